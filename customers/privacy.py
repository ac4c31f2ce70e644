"""Personal data, masked: enough to recognise someone by, too little to write to them."""

from __future__ import annotations


def masked_email(address: str) -> str:
    """`anna@example.com` → `a•••@e•••.com`; empty stays empty."""
    name, at, domain = address.rpartition("@")
    if not at:
        return "•••" if address else ""
    host, dot, ending = domain.rpartition(".")
    return f"{name[:1]}•••@{(host or ending)[:1]}•••{dot}{ending if dot else ''}"


def masked_phone(number: str) -> str:
    """All but the last two digits hidden; empty stays empty."""
    digits = [character for character in number if character.isdigit()]
    if not number:
        return ""
    return "•••" + "".join(digits[-2:] if len(digits) > 4 else [])
