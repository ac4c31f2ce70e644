"""What the templates of pages are given: an answer with everything people see of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from analytics.base import Analysis, Result, Viewer
from analytics.catalogue import ANALYSES
from analytics.charts import Tiles
from analytics.columns import Money
from analytics.filterbar import Query, query_text, span
from analytics.formats import text
from analytics.mart.replica import mart
from analytics.params import InvalidParams, NotAllowed
from analytics.plots import Figure, figure
from analytics.tables import Table, Tile, table, tiles

# The charts of the overview, in their order; wide ones take the whole row.
PANELS: tuple[tuple[str, bool], ...] = (
    ("sales/trends", True),
    ("brands/performance", False),
    ("products/top-selling", False),
    ("sales/hourly", True),
    ("inventory/aging", False),
    ("customers/top", False),
)
COUNTS = ("orders", "units", "customers", "pieces")  # what tells, beside money, that something happened
PANEL_ROWS = 10
PANEL_HEIGHT = 400  # pixels, so that neighbours are alike
# Ways to begin, in an empty shop: words, address, what one must be allowed.
STARTS = (
    ("Import a file", "intake:upload", "access.stage_intake"),
    ("Record a sale", "admin:sales_order_add", "sales.add_order"),
    ("Add a piece", "admin:inventory_product_add", "inventory.add_product"),
)
# What can be done with an answer elsewhere in the shop: words, icon, address, what one must be allowed. The address
# is given the question's slug and all that was asked.
ONWARD = (
    ("Mail this", "mail", "reports:mail-this", "reports.add_run"),
    ("Schedule this", "event_repeat", "reports:schedule-this", "reports.add_schedule"),
)


def address_of(drill: str) -> str:
    """The page of a drill-down query: `sales/entries?brand=3`."""
    slug, _, query = drill.partition("?")
    return f"{page_address(slug)}?{query}" if query else page_address(slug)


@cache
def page_address(slug: str) -> str:
    return reverse("analytics:page", args=slug.split("/"))


def is_empty_shop(analysis: Analysis) -> bool:
    """Whether there is nothing yet that the question could be about: no entry, or no piece."""
    source = "entry" if analysis.Params.has_period else "products"
    with mart().session() as session:
        return not session.query(f"SELECT 1 FROM {source} LIMIT 1")


def start_links(viewer: Viewer) -> list[tuple[str, str]]:
    found = []
    for words, name, permission in STARTS:
        try:
            found += [(words, reverse(name))] if viewer.may(permission) else []
        except NoReverseMatch:
            continue
    return found


def onward_links(slug: str, query: Query, viewer: Viewer) -> list[tuple[str, str, str]]:
    """(words, icon, address) for each of ONWARD that there is in this shop, and that the viewer may do."""
    asked = {"question": [slug], **{name: values for name, values in query.items() if name != "page"}}
    found = []
    for words, icon, name, permission in ONWARD:
        try:
            found += [(words, icon, reverse(name) + query_text(asked))] if viewer.may(permission) else []
        except NoReverseMatch:
            continue
    return found


def is_blank(result: Result, *, but: Collection[str] = ()) -> bool:
    """Whether nothing happened: no rows, or a dense series of zeros. Columns that count days do not speak of it.

    `but` names columns that are not listened to.
    """
    if result.total_rows is not None:
        return not result.rows
    columns = [(i, column) for i, column in enumerate(result.columns) if column.name not in but]
    telling = [i for i, column in columns if isinstance(column, Money) or column.name in COUNTS]
    telling = telling or [i for i, column in columns if column.is_number]
    return not any(row[i] for row in ANALYSES[result.slug].telling(result) for i in telling)


@dataclass(frozen=True)
class Pager:
    first: int
    last: int
    total: int
    before: str
    after: str


@dataclass(frozen=True)
class QuestionView:
    """An answer as its page shows it."""

    analysis: Analysis
    result: Result
    viewer: Viewer
    query: Query
    here: Callable[[Mapping[str, Any]], str]

    @cached_property
    def figure(self) -> Figure | None:
        return None if self.is_blank else figure(self.result, address_of)

    @cached_property
    def tiles(self) -> list[Tile]:
        if not isinstance(self.result.chart, Tiles):
            return []
        return tiles(self.result, address=address_of, before=self.before)

    @cached_property
    def table(self) -> Table:
        return table(self.analysis, self.result, self.viewer, address=address_of, sort=self.sorted_by)

    @cached_property
    def is_blank(self) -> bool:
        return is_blank(self.result)

    @property
    def before(self) -> str:
        """What changes compare with: `22 Sep – 21 Oct 2026`."""
        previous = self.result.period.previous() if self.result.period else None
        return f"against {span(previous)}" if previous else ""

    @property
    def period(self) -> str:
        return span(self.result.period) if self.result.period else ""

    @property
    def as_of(self) -> str:
        return text.moment(self.result.as_of)

    @property
    def as_of_iso(self) -> str:
        return text.local(self.result.as_of).isoformat(timespec="seconds")

    def sorted_by(self, sort: str) -> str:
        kept = {name: values for name, values in self.query.items() if name not in ("sort", "page")}
        return self.here({**kept, "sort": [sort]})

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """(CSV, address) for each format, if there is something and the viewer may take figures away."""
        if self.is_blank or not self.viewer.may("access.export"):
            return []
        api = reverse(f"answer-{self.result.slug}")
        kept = {name: values for name, values in self.query.items() if name != "page"}
        return [
            (label, f"{api}?{urlencode({**kept, 'format': kind}, doseq=True)}")
            for label, kind in (("CSV", "csv"), ("Excel", "xlsx"))
        ]

    @property
    def onward(self) -> list[tuple[str, str, str]]:
        return onward_links(self.result.slug, self.query, self.viewer)

    @cached_property
    def pager(self) -> Pager | None:
        total = self.result.total_rows
        if not total:
            return None
        size = int(self.result.params.get("limit") or self.analysis.limit or total)
        at = self.result.page
        return Pager(
            first=size * (at - 1) + 1,
            last=min(size * at, total),
            total=total,
            before=self.page(at - 1) if at > 1 else "",
            after=self.page(at + 1) if size * at < total else "",
        )

    def page(self, number: int) -> str:
        kept = {name: values for name, values in self.query.items() if name != "page"}
        return self.here({**kept, "page": [str(number)]} if number > 1 else kept)


@dataclass(frozen=True)
class Panel:
    """One chart of the overview, with its first insight and the way to its page."""

    result: Result
    figure: Figure | None
    address: str
    is_wide: bool

    @property
    def insight(self) -> str:
        return self.result.insights[0] if self.result.insights else ""


def panels(query: Query, viewer: Viewer) -> list[Panel]:
    """The charts a viewer may see, each asked what it understands of the page's filters."""
    found = (panel(ANALYSES[slug], query, viewer, is_wide) for slug, is_wide in PANELS if slug in ANALYSES)
    return [each for each in found if each]


def panel(analysis: Analysis, query: Query, viewer: Viewer, is_wide: bool) -> Panel | None:
    names = set(analysis.Params.names()) - {"sort", "limit", "page"}
    kept = {name: values for name, values in query.items() if name in names}
    asked = kept if analysis.limit is None else {**kept, "limit": [str(PANEL_ROWS)]}
    try:
        result = analysis.run(asked, viewer)
    except (NotAllowed, InvalidParams):
        return None
    if result.chart is None:
        return None
    drawn = None if is_blank(result) else figure(result, address_of)
    if drawn and not is_wide:
        drawn["layout"]["height"] = PANEL_HEIGHT
    return Panel(result, drawn, address_of(f"{analysis.slug}?{urlencode(kept, doseq=True)}".rstrip("?")), is_wide)
