"""JSON in which money keeps its two decimals: 120.10 stays 120.10."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import simplejson
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.encoders import JSONEncoder


class ExactJSONRenderer(JSONRenderer):
    """Decimals as JSON numbers, digit by digit. What is neither finite nor JSON is a mistake of ours."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        if data is None:
            return b""
        indent = self.get_indent(accepted_media_type or "", dict(renderer_context or {}))
        text: str = simplejson.dumps(
            data,
            use_decimal=True,
            allow_nan=False,
            ensure_ascii=False,
            indent=indent,
            separators=(", ", ": ") if indent else (",", ":"),
            default=JSONEncoder().default,
        )
        return text.encode()
