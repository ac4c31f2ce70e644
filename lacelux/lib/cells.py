"""Text cells made harmless for spreadsheets. Only for text: a column of numbers is written as numbers."""

import re

# Leading apostrophes are looked through, so that a text which had one of its own keeps it on the way back.
_FORMULA = re.compile(r"'*(?:\s*[=+\-@]|[ \n]*[\t\r])")
_NUMBER = re.compile(r"'*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def _runs(text: str) -> bool:
    return _FORMULA.match(text) is not None and _NUMBER.fullmatch(text) is None


def escape(text: str) -> str:
    """`text` with an apostrophe in front where a spreadsheet would run it; every other text as it is."""
    return f"'{text}" if _runs(text) else text


def unescape(text: str) -> str:
    """What `escape` was given: `unescape(escape(text)) == text` for every text."""
    return text[1:] if text.startswith("'") and _runs(text[1:]) else text
