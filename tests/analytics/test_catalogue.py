"""What every question promises, whoever wrote it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest
from boutique import MARCH, OWNER, TODAY, VIEWER, Boutique, ask
from django.conf import settings

from analytics.analyses.overview import BY_NAME
from analytics.base import Analysis, Result, Viewer
from analytics.catalogue import ANALYSES, QUESTIONS
from analytics.columns import COST, MARGIN, PERSONAL, Flag, Key, Measure, Money, Percent, Text
from analytics.params import InvalidParams, NotAllowed
from lacelux.lib.periods import TEXTS

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # the mart is the same whatever database fills it
EVERY = pytest.mark.parametrize("slug", list(ANALYSES))
TIMED = pytest.mark.parametrize("slug", [slug for slug, a in ANALYSES.items() if a.Params.has_period])
ALL_TIME = "2025-01-01/2026-12-31"
SUMMED = (
    "units", "gross", "discounts", "refunds", "revenue", "profit", "list_value", "cost", "on_hand", "pieces", "orders",
)  # fmt: skip


def first_query(analysis: Analysis, period: str = MARCH) -> dict[str, Any]:
    return {"period": period} if analysis.Params.has_period else {}


def whole(slug: str, viewer: Viewer = OWNER, **more: Any) -> Result:
    return ask(slug, viewer, **{**first_query(ANALYSES[slug]), **more})


def test_slugs_are_unique_and_addresses():
    assert len(ANALYSES) == len(QUESTIONS)
    assert all(re.fullmatch(r"[a-z]+/[a-z-]+", slug) for slug in ANALYSES)


@EVERY
class TestWhatItIs:
    def test_says_what_it_is(self, slug: str):
        analysis = ANALYSES[slug]
        assert analysis.title
        assert analysis.description.endswith(".")
        assert "\n" not in analysis.description

    def test_has_its_paragraph_in_the_docs(self, slug: str):
        assert f"## `{slug}`" in (settings.BASE_DIR / "docs" / "questions.md").read_text()

    def test_columns_are_named_once_and_labelled_for_people(self, slug: str):
        columns = ANALYSES[slug].columns
        names = [column.name for column in columns]
        assert len(set(names)) == len(names)
        assert all(column.label for column in columns if not isinstance(column, Key))
        assert {column.permission for column in columns} <= {"", COST, MARGIN, PERSONAL}

    def test_cost_profit_and_names_of_people_are_guarded(self, slug: str):
        guarded = {column.name: column.permission for column in ANALYSES[slug].columns}
        expected = dict.fromkeys(("cost", "landed_cost", "cost_share", "loss"), COST)
        expected |= {"profit": MARGIN, "margin": MARGIN, "customer": PERSONAL}
        assert all(guarded[name] == permission for name, permission in expected.items() if name in guarded)

    def test_chart_and_drill_name_existing_columns(self, slug: str):
        analysis = ANALYSES[slug]
        names = {column.name for column in analysis.columns}
        if analysis.chart:
            assert set(analysis.chart.uses) <= names
            assert analysis.chart.title
        if analysis.drill:
            assert set(analysis.drill.uses) <= names
            assert analysis.drill.to in ANALYSES

    def test_every_filter_goes_along_on_the_way_down(self, slug: str):
        drill = ANALYSES[slug].drill
        if drill:
            taken = set(ANALYSES[drill.to].Params.names())
            kept = {f.name for f in ANALYSES[slug].Params.filters} - set(drill.but)
            assert kept <= taken
            assert set(drill.filters) <= taken

    def test_is_a_listing_or_leads_to_one(self, slug: str):
        analysis = ANALYSES[slug]
        assert analysis.is_listing or ANALYSES[analysis.drill.to].is_listing


@EVERY
class TestWhatItAnswers:
    def test_an_empty_shop(self, slug: str, db: None):
        result = whole(slug)
        assert result.slug == slug
        assert isinstance(result.insights, list)
        for viewer in (OWNER, VIEWER):
            assert len(whole(slug, viewer).rows) == len(result.rows) or slug == "overview/kpis"

    def test_rows_match_columns(self, shop: Boutique, slug: str):
        result = whole(slug)
        assert result.rows
        for row in result.rows:
            assert len(row) == len(result.columns)
            for column, value in zip(result.columns, row, strict=True):
                assert is_of(column, value), (column, value)
        assert len(result.links()) == (len(result.rows) if ANALYSES[slug].drill else 0)

    def test_the_stream_gives_the_same(self, shop: Boutique, slug: str):
        query = {name: [str(value)] for name, value in first_query(ANALYSES[slug]).items()}
        for viewer in (OWNER, VIEWER):
            result = whole(slug, viewer)
            with ANALYSES[slug].stream(query, viewer, today=TODAY) as (columns, rows):
                assert columns == result.columns
                assert list(rows) == result.rows

    def test_sorts_by_every_column_both_ways(self, shop: Boutique, slug: str):
        for column in ANALYSES[slug].columns:
            for sign in ("", "-"):
                found = whole(slug, sort=f"{sign}{column.name}").column(column.name)
                known = [value for value in found if value is not None]
                assert found == known + [None] * (len(found) - len(known))
                if not isinstance(column, Text | Measure | Flag):
                    assert known == sorted(known, reverse=bool(sign))

    def test_a_limit_cuts_without_changing_figures(self, shop: Boutique, slug: str):
        assert whole(slug, limit=2).rows == whole(slug).rows[:2]
        assert whole(slug, limit=1, page=2).rows == whole(slug).rows[1:2]

    def test_every_filter_takes_one_many_and_none(self, shop: Boutique, slug: str):
        analysis = ANALYSES[slug]
        for filter_ in analysis.Params.filters:
            for values in ([some(filter_)], [some(filter_), "none"], ["none"]):
                result = whole(slug, **{filter_.name: values})
                assert result.params[filter_.name] == values
        combined = {filter_.name: [some(filter_)] for filter_ in analysis.Params.filters}
        assert whole(slug, **combined).params.keys() >= combined.keys()

    def test_nonsense_is_refused(self, shop: Boutique, slug: str):
        refused = [
            {"nonsense": "1"}, {"limit": "0"}, {"limit": "1001"}, {"page": "0"}, {"page": "x"}, {"sort": "nothing"},
            {"sort": "revenue; DROP TABLE entry"}, {"brand": "No such brand"}, {"brand": "999999"},
            {"brand": "1\x00"}, {"condition": "X"}, {"brand": ["1"] * 201},
        ]  # fmt: skip
        if ANALYSES[slug].Params.has_period:
            refused += [{"period": text} for text in ("soon", "2026-02-30/2026-03-01", "2026-03-02/2026-03-01", "٣d")]
        if ANALYSES[slug].Params.has_grain:
            refused += [{"grain": "hour"}, {"period": "2000-01-01/2026-01-01", "grain": "day"}]
        else:
            refused += [{"grain": "day"}]
        for params in refused:
            with pytest.raises(InvalidParams) as caught:
                whole(slug, **params)
            assert set(caught.value.errors) <= {*params, "period"}, params


@EVERY
class TestWhoMaySee:
    def test_without_the_right_to_figures_nothing(self, slug: str, shop: Boutique):
        with pytest.raises(NotAllowed):
            whole(slug, Viewer(frozenset()))

    def test_a_withheld_column_is_gone_everywhere(self, slug: str, shop: Boutique):
        analysis = ANALYSES[slug]
        for permission in (COST, MARGIN, PERSONAL):
            viewer = Viewer(frozenset(OWNER.permissions) - {permission})
            withheld = {column.name for column in analysis.columns if column.permission == permission}
            result = whole(slug, viewer)
            assert not withheld & {column.name for column in result.columns}
            assert all(len(row) == len(result.columns) for row in result.rows)
            assert not (result.chart and withheld & set(result.chart.uses))
            assert not (result.drill and withheld & set(result.drill.uses))
            for name in withheld:
                with pytest.raises(NotAllowed):
                    whole(slug, viewer, sort=f"-{name}")

    def test_sentences_on_a_withheld_column_are_gone(self, slug: str, shop: Boutique):
        analysis = ANALYSES[slug]
        full = whole(slug)
        said = analysis.insights(replace(whole_of(analysis, full), insights=[]))
        hidden = {column.name for column in analysis.columns if column.permission}
        seen = whole(slug, VIEWER).insights
        for insight in said:
            assert set(insight.uses) <= {column.name for column in analysis.columns}
            assert (insight.text in seen) == (not hidden & set(insight.uses)), insight


@TIMED
def test_every_period_is_answered(shop: Boutique, slug: str):
    for text in (*TEXTS, "2026-03-05/2026-03-05", ALL_TIME):
        result = whole(slug, period=text)
        assert result.period is not None
        assert result.period.text == text


@EVERY
def test_each_row_leads_to_rows_that_add_up_to_it(shop: Boutique, slug: str):
    analysis = ANALYSES[slug]
    periods = (MARCH, "all", "7d") if analysis.Params.has_period else ("",)
    more: list[dict[str, Any]] = [{}, {"brand": ["Hermès", "none"]}, {"condition": "none"}]
    for period in periods:
        for filters in more:
            for row, link in followed(whole(slug, **({"period": period} if period else {}), **filters)):
                check_sums(slug, row, behind(link))


def followed(result: Result) -> Iterator[tuple[dict[str, Any], str]]:
    """Every row with something in it, and one of those with nothing."""
    is_first_empty = True
    for row, link in zip(result.dicts(), result.links(), strict=False):
        is_empty = not any(isinstance(value, int | Decimal) and value for name, value in row.items() if name in SUMMED)
        if not is_empty or is_first_empty or result.slug == "overview/kpis":
            yield row, link
        is_first_empty = is_first_empty and not is_empty


def behind(link: str) -> Result:
    slug, _, query = link.partition("?")
    params = parse_qs(query, strict_parsing=bool(query))
    assert ANALYSES[slug].is_listing
    return ask(slug, **params, limit=1000)


def check_sums(slug: str, row: dict[str, Any], found: Result) -> None:
    if slug == "overview/kpis":
        kpi = BY_NAME[row["kpi"]]
        row = {row["kpi"]: row["value"], "list_value": None, "cost": None, "on_hand": None} | (
            {{"stock_cost": "cost"}.get(kpi.name, kpi.name): row["value"]}
        )
    for name in SUMMED[:-2]:
        of_piece_now = name == "on_hand" and found.slug == "sales/entries"
        if row.get(name) is not None and not of_piece_now and slug != "inventory/pieces":
            assert row[name] == sum(value for value in found.column(name) if value is not None), (slug, name, row)
    if row.get("pieces") is not None:
        assert row["pieces"] == sum(found.column("on_hand"))
    if row.get("orders") is not None:
        assert row["orders"] == orders_in(found), (slug, row)


def orders_in(found: Result) -> int:
    return len({row["order_id"] for row in found.dicts() if row["kind"] == "sale" and row["gross"] > 0})


def whole_of(analysis: Analysis, result: Result) -> Result:
    """The answer as insights get it, with its facts."""
    assert [column.name for column in result.columns] == [column.name for column in analysis.columns]
    return result


def is_of(column: Any, value: Any) -> bool:
    if value is None or isinstance(column, Measure):
        return True
    if isinstance(column, Money):
        return isinstance(value, Decimal) and value.as_tuple().exponent == -2
    if isinstance(column, Percent):
        return isinstance(value, float)
    if isinstance(column, Flag):
        return isinstance(value, bool)
    if isinstance(column, Text):
        return isinstance(value, str)
    return not isinstance(value, str | Decimal) or isinstance(column, Key)


def some(filter_: Any) -> str:
    """A value that the filter knows in the boutique."""
    known = {
        "brand": "Hermès", "category": "Bags", "channel": "Whatnot", "show": "Bags, live", "host": "Hana",
        "campaign": "Spring", "country": "Japan", "model": "Speedy 30",
    }  # fmt: skip
    return known.get(filter_.name) or (filter_.choices[0][0] if filter_.choices else "1")
