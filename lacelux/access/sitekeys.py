"""The key that a web shop's pages carry: public, so it proves little, but a page without it is not ours."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

HEADER = "X-Site-Key"
LENGTH = 24


def site_keys() -> list[str]:
    """Those of the setting SITE_KEYS; without it one of this installation's own, which follows its SECRET_KEY."""
    return settings.SITE_KEYS or ["site_" + salted_hmac("lacelux.access.sitekeys", "1").hexdigest()[:LENGTH]]


def is_site_key(value: str) -> bool:
    return any(constant_time_compare(value, key) for key in site_keys())
