"""Ask the shop from a notebook: one module, nothing but the standard library.

    from lacelux_client import Shop

    shop = Shop("http://127.0.0.1:8000", "lx_…")
    shop.ask("brands/performance", period="90d").table()

`manage.py api_key NAME --role viewer` makes a key. `shop.questions()` lists what can be asked, and with which filters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import Request, urlopen

__all__ = ["Answer", "Shop", "ShopError"]
Row = dict[str, Any]


class ShopError(Exception):
    """What the shop refused: `status`, `code`, and what is wrong by parameter in `fields`."""

    def __init__(self, status: int, code: str, message: str, fields: Mapping[str, list[str]] | None = None) -> None:
        self.status, self.code, self.fields = status, code, dict(fields or {})
        wrong = "".join(f"\n  {name}: {' '.join(messages)}" for name, messages in self.fields.items())
        super().__init__(f"{message} ({status} {code}){wrong}")


class Answer(Sequence[Row]):
    """The rows of one answer, as dicts; `columns`, `insights`, `notes`, `period` and `as_of` beside them."""

    def __init__(self, shop: Shop, said: Mapping[str, Any]) -> None:
        self.shop = shop
        self.rows: list[Row] = said["rows"]
        self.columns: list[dict[str, str]] = said["columns"]
        self.slug: str = said["slug"]
        self.title: str = said["title"]
        self.insights: list[Any] = said["insights"]
        self.notes: list[str] = said["notes"]
        self.period: dict[str, str] | None = said["period"]
        self.as_of: str = said["as_of"]
        self.total_rows: int = said.get("total_rows", len(self.rows))
        self._next: str | None = said.get("next")

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: Any) -> Any:
        return self.rows[place]

    def __repr__(self) -> str:
        return f"<{self.title}: {len(self)} rows, as of {self.as_of}>"

    def table(self) -> Any:
        """A pandas DataFrame where pandas is installed, else the rows as text in columns."""
        try:
            import pandas  # type: ignore[import-untyped]
        except ImportError:
            return as_text(self.columns, self.rows)
        return pandas.DataFrame(self.rows, columns=[column["name"] for column in self.columns])

    def pages(self) -> Iterator[Answer]:
        """This answer and, of a listing, the pages after it, each asked for when it is wanted."""
        page: Answer | None = self
        while page is not None:
            yield page
            query = parse_qs(urlsplit(page._next).query) if page._next else None
            page = self.shop.ask(self.slug, **query) if query else None


class Shop:
    """One shop, asked with one key."""

    def __init__(self, url: str, key: str, *, timeout: float = 60) -> None:
        self.url, self.key, self.timeout = url.rstrip("/"), key, timeout

    def ask(self, slug: str, **params: Any) -> Answer:
        """The answer to a question. Several values of one filter are a list; what is None is left out.

        Raises ShopError where the shop refuses, and URLError where it cannot be reached.
        """
        given = {name: value for name, value in params.items() if value is not None}
        query = f"?{urlencode(given, doseq=True)}" if given else ""
        return Answer(self, self.get(f"/api/v1/analytics/{slug.strip('/')}/{query}"))

    def questions(self) -> list[Row]:
        """What this key may ask: slug, title, description, parameters and columns of each."""
        found: list[Row] = self.get("/api/v1/analytics/")
        return found

    def get(self, path: str) -> Any:
        """What any address of the API answers to a reader."""
        headers = {"Authorization": f"Api-Key {self.key}", "Accept": "application/json"}
        try:
            with urlopen(Request(self.url + path, headers=headers), timeout=self.timeout) as answer:
                return json.load(answer)
        except HTTPError as refusal:
            raise refused(refusal) from None


def refused(refusal: HTTPError) -> ShopError:
    with refusal:
        body = refusal.read()
    try:
        error = json.loads(body)["error"]
        return ShopError(refusal.code, error["code"], error["message"], error.get("fields"))
    except (ValueError, KeyError, TypeError):  # not the shop's words: a proxy before it, or another server
        return ShopError(refusal.code, "unknown", str(refusal.reason))


def as_text(columns: Sequence[Mapping[str, str]], rows: Sequence[Row]) -> str:
    """Columns as wide as what stands in them, numbers to the right."""
    heads = [column["label"] for column in columns]
    cells = [["" if row[c["name"]] is None else str(row[c["name"]]) for c in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    right = [any(isinstance(row[column["name"]], (int, float)) for row in rows) for column in columns]
    return "\n".join(_line(texts, widths, right) for texts in [heads, *cells])


def _line(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    placed = [
        text.rjust(width) if is_number else text.ljust(width)
        for text, width, is_number in zip(texts, widths, right, strict=True)
    ]
    return "  ".join(placed).rstrip()
