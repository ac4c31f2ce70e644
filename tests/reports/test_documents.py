"""A report answered: which figures, for whom, of which moment, and what is said where something does not fit."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from boutique import OWNER, TODAY, VIEWER, Boutique, ask
from django.contrib.auth.models import User
from march import MARCH as REPORT
from pieces import at

from analytics.base import Viewer
from analytics.catalogue import ANALYSES
from inventory.models import Brand
from lacelux.access.roles import SHOP
from reports.audience import DECIDING
from reports.documents import Document, InvalidSection, answered, reading
from reports.models import Report
from reports.outlines import InvalidOutline, Outline, SectionOutline
from reports.shipped import SHIPPED
from sales.services import SaleLine, record_sale

pytestmark = [pytest.mark.django_db, pytest.mark.once]
Answer = Callable[..., Document]


@pytest.fixture
def document() -> Iterator[Callable[..., Document]]:
    """`document(outline, viewer)`: answered in a session that is open until the end of the test."""
    with ExitStack() as stack:

        def document(outline: Outline = REPORT, viewer: Viewer = OWNER, today: date = TODAY) -> Document:
            return answered(outline, viewer, stack.enter_context(reading()), today=today)

        yield document


def of(*sections: SectionOutline, **more: Any) -> Outline:
    return Outline(title="A report", sections=sections, **more)


def test_the_shipped_reports_answer_an_empty_shop(document: Answer):
    """The first test of the file: the boutique of the others stays open until its end."""
    for outline in SHIPPED:
        assert not document(outline).has_data


def test_each_part_is_the_answer_of_its_question(shop: Boutique, document: Answer):
    found = document()
    assert [part.heading for part in found.parts] == ["At a glance", "Brands", "Customers", "Stock"]
    for part, slug in zip(found.parts[:3], ("overview/kpis", "brands/performance", "customers/top"), strict=True):
        assert part.result.rows == ask(slug, period=REPORT.period).rows
        assert list(part.rows()) == part.result.rows
    assert found.parts[3].result.rows == ask("inventory/aging").rows
    assert found.period is not None
    assert (found.period.start, found.period.end) == (date(2026, 3, 1), date(2026, 3, 31))


def test_all_parts_are_of_one_moment_whatever_is_sold_meanwhile(shop: Boutique):
    """The sale is committed to the mart between two sections; the document holds it in none of them."""
    outline = of(
        SectionOutline(analysis="sales/daily"), SectionOutline(analysis="sales/entries"), period="2026-03-31/2026-03-31"
    )
    with reading() as session:
        found = answered(outline, OWNER, session, today=TODAY)
        before = found.parts[0].result.column("revenue")
        record_sale(
            channel=shop.orders["T-1"].channel, number="T-9", ordered_at=at("2026-03-31", 10),
            lines=[SaleLine(product=shop.scarf, unit_price=Decimal(70))],
        )  # fmt: skip
        assert ask("sales/daily", period=outline.period).column("revenue") == [before[0] + 70]
        names = [column.name for column in found.parts[1].columns]
        listed = sum(row[names.index("revenue")] for row in found.parts[1].rows())
        assert [listed] == before
        assert {part.result.as_of for part in found.parts} == {found.as_of}


def test_a_viewer_gets_no_profit_and_no_names(shop: Boutique, document: Answer):
    found = document(viewer=VIEWER)
    names = {column.name for part in found.parts for column in part.columns}
    assert not names & {"profit", "margin", "customer", "cost"}
    assert all(len(row) == len(part.columns) for part in found.parts for row in part.rows())


def test_a_section_that_may_not_be_seen_is_left_out_and_named(
    shop: Boutique, monkeypatch: pytest.MonkeyPatch, document: Answer
):
    monkeypatch.setattr(type(ANALYSES["customers/top"]), "permission", "access.view_personal")
    found = document(viewer=VIEWER)
    assert found.left_out == ["Customers"]
    assert len(found.parts) == 3


def test_the_deciding_rights_are_all_that_the_catalogue_asks_for():
    asked = {analysis.permission for analysis in ANALYSES.values()}
    asked |= {column.permission for analysis in ANALYSES.values() for column in analysis.columns}
    asked |= {filter_.permission for analysis in ANALYSES.values() for filter_ in analysis.Params.filters}
    assert asked - {""} <= DECIDING
    assert {name.removeprefix("access.") for name in DECIDING} <= set(SHOP)


def test_a_filter_of_the_report_holds_for_the_sections_that_know_it(shop: Boutique, document: Answer):
    gucci, vuitton = str(shop.brands["Gucci"].pk), str(shop.brands["Louis Vuitton"].pk)
    found = document(
        of(
            SectionOutline(analysis="brands/performance"),
            SectionOutline(analysis="brands/performance", params={"brand": gucci}),
            SectionOutline(analysis="inventory/aging"),
            period=REPORT.period,
            filters={"brand": vuitton, "channel": "Till"},
        )
    )
    first, second, stock = found.parts
    assert first.result.column("brand") == ["Louis Vuitton"]
    assert second.result.column("brand") == ["Gucci"]
    assert second.filters == [("Brand", "Gucci")]
    assert found.filters == [("Brand", "Louis Vuitton"), ("Channel", "Till")]
    assert "Not filtered by channel, which this question does not know." in stock.result.notes
    assert not any("Not filtered" in note for note in first.result.notes)


def test_a_period_of_its_own_is_said(shop: Boutique, document: Answer):
    found = document(
        of(
            SectionOutline(analysis="sales/daily", params={"period": "2026-02-01/2026-02-28"}),
            SectionOutline(analysis="sales/daily"),
            period=REPORT.period,
        )
    )
    assert [part.period for part in found.parts] == ["1 – 28 Feb 2026", ""]


def test_periods_are_counted_from_the_day_of_the_run(shop: Boutique, document: Answer):
    outline = of(SectionOutline(analysis="overview/kpis"), period="last-month")
    assert document(outline, today=date(2026, 3, 5)).parts[0].result.rows[0][2] == Decimal("1250.00")  # February
    assert document(outline, today=date(2026, 4, 5)).parts[0].result.rows[0][2] == Decimal("3215.00")


def test_a_listing_gives_all_its_rows_or_as_many_as_asked(shop: Boutique, document: Answer):
    everything = document(of(SectionOutline(analysis="inventory/pieces"))).parts[0]
    assert everything.row_count == len(list(everything.rows())) == len(list(everything.rows())) > 10
    three = document(of(SectionOutline(analysis="inventory/pieces", params={"limit": "3"}))).parts[0]
    assert three.row_count == len(list(three.rows())) == 3


def test_a_brand_that_is_gone_is_named_with_its_section(shop: Boutique, document: Answer):
    brand = Brand.objects.create(name="Gone")
    outline = of(SectionOutline(analysis="brands/performance", heading="Old", params={"brand": str(brand.pk)}))
    brand.delete()
    with pytest.raises(InvalidSection, match=r"Old: brand: There is no brand “\d+”"):
        document(outline)


def test_a_question_that_left_the_catalogue_is_named(shop: Boutique, document: Answer):
    with pytest.raises(InvalidSection, match="Old one: the shop does not know this question any more"):
        document(of(SectionOutline(analysis="no/more", heading="Old one")))


@pytest.mark.parametrize("outline", SHIPPED, ids=lambda outline: outline.slug)
def test_the_shipped_reports_answer_a_shop_and_an_empty_one(shop: Boutique, outline: Outline, document: Answer):
    outline.check()
    assert document(outline).has_data
    assert len(document(outline).parts) == len(outline.sections)


class TestOutlines:
    def test_json_keeps_all_of_it(self):
        for outline in (*SHIPPED, REPORT):
            assert Outline.of_json(outline.as_json()) == outline

    def test_a_report_of_the_shop_asks_what_it_was_made_of(self, report: Report):
        assert report.outline == REPORT

    @pytest.mark.parametrize(
        ("wrong", "place", "words"),
        [
            ({"sections": ()}, "sections", "1 to 30 sections"),
            ({"period": "soon"}, "period", "“soon” is no period"),
            ({"filters": {"colour": "red"}}, "filters", "No section knows “colour”"),
            ({"sections": (SectionOutline(analysis="no/such"),)}, "sections.0.analysis", "no question “no/such”"),
            (
                {"sections": (SectionOutline(analysis="sales/daily", params={"limit": "0"}),)},
                "sections.0.params", "limit: ",
            ),
            (
                {"sections": (SectionOutline(analysis="sales/daily", params={"sort": "nothing"}),)},
                "sections.0.params", "no column “nothing”",
            ),
            (
                {"sections": (SectionOutline(analysis="sales/daily", params={"brand": {"a": 1}}),)},
                "sections.0.params", "names with a text",
            ),
            ({"filters": {"brand": "999999"}}, "sections.0.params", "no brand “999999”"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_asked_is_refused_with_its_place(self, shop: Boutique, wrong: Any, place: str, words: str):
        with pytest.raises(InvalidOutline) as caught:
            replace(REPORT, **wrong).check()
        assert words in " ".join(caught.value.errors[place])


def test_who_made_a_report_is_kept(owner: User, report: Report):
    report.created_by = owner
    report.save()
    assert report.history.count() == 2


def test_a_day_without_a_sale_has_no_data_whatever_lies_on_the_shelf(shop: Boutique, document: Answer):
    sections = (SectionOutline(analysis="overview/kpis"), SectionOutline(analysis="inventory/aging"))
    assert not document(of(*sections, period="2026-03-21/2026-03-22")).has_data
    assert document(of(*sections, period="2026-03-31/2026-03-31")).has_data
    assert document(of(sections[1])).has_data


def test_people_are_shown_the_columns_that_were_chosen(shop: Boutique, document: Answer):
    [part] = document(of(SectionOutline(analysis="brands/performance", columns=("brand", "profit", "revenue")))).parts
    assert [column.name for column in part.shown_columns] == ["brand", "revenue", "profit"]
    assert len(part.columns) > 3
    [part] = document(
        of(SectionOutline(analysis="brands/performance", columns=("brand", "profit"))), viewer=VIEWER
    ).parts
    assert [column.name for column in part.shown_columns] == ["brand"]
