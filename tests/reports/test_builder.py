"""Reports as owners and managers write them: begun, changed, looked at, and refused with nothing lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from boutique import Boutique
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from writing import MARCH, PERIOD, address, as_it_is, card, form, ids, words_of

from reports import shipped
from reports.models import Report, Schedule, Section
from reports.outlines import Outline, SectionOutline
from reports.shipped import make

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ClientAs = Callable[[User], Client]
LIST, ADD = "/admin/reports/report/", "/admin/reports/report/add/"


def saved(client: Client, report: Report, *cards: dict[str, Any], **typed: Any) -> Report:
    answer = client.post(address(report), form(report, *cards, **{**MARCH, **typed}))
    assert answer.status_code == 302, words_of(answer)
    return Report.objects.get(pk=report.pk)


def refused(client: Client, report: Report, *cards: dict[str, Any], **typed: Any) -> str:
    """What the page says of a form that is not saved."""
    before = report.outline
    answer = client.post(address(report), form(report, *cards, **{**MARCH, **typed}))
    assert answer.status_code == 200
    assert Report.objects.get(pk=report.pk).outline == before
    return words_of(answer)


class TestBeginning:
    def test_an_empty_shop_of_reports_says_what_to_do(self, olivia: Client):
        Report.objects.all().delete()
        page = olivia.get(LIST)
        assert "No reports yet" in words_of(page)
        assert f'href="{ADD}"' in page.content.decode()

    def test_a_new_one_starts_from_one_that_is_delivered(self, olivia: Client, owner: User):
        olivia.post(ADD, {"title": "Our week", "start": "shipped:weekly-review"})
        report = Report.objects.get(title="Our week")
        assert report.slug == "our-week"
        assert report.created_by == owner
        assert report.outline.sections == shipped.WEEKLY.sections

    def test_or_as_a_copy_of_another(self, olivia: Client, corner: Report):
        olivia.post(ADD, {"title": "Corner", "start": f"copy:{corner.pk}"})
        copy = Report.objects.exclude(pk=corner.pk).get(title="Corner")
        assert copy.slug == "corner-2"
        assert copy.outline.sections == corner.outline.sections

    def test_or_empty_with_a_section_to_choose_a_question_for(self, olivia: Client):
        answer = olivia.post(ADD, {"title": "Ünïque", "start": ""}, follow=True)
        assert Report.objects.get(slug="unique").sections.count() == 0
        assert "Choose a question" in words_of(answer)

    def test_without_a_title_nothing_is_made(self, olivia: Client):
        before = Report.objects.count()
        assert olivia.post(ADD, {"title": " ", "start": "shipped:weekly-review"}).status_code == 200
        assert Report.objects.count() == before


class TestSaving:
    def test_what_is_not_touched_stays(self, olivia: Client, corner: Report):
        before = corner.outline
        assert saved(olivia, corner, *as_it_is(corner)).outline == before
        assert "Nothing had changed." in olivia.get(address(corner)).content.decode()

    def test_sections_are_changed_added_moved_and_taken_away_at_once(self, olivia: Client, corner: Report):
        brands, sellers = ids(corner)
        hours = card("new1", "sales/hourly", heading="When we sell", text="Evenings!")
        del hours["section-new1-shows_table"]
        changed = card(brands, "brands/performance", heading="Our brands", limit="3", sort="-units", columns=["units"])
        gone = card(sellers, "products/top-selling", heading="Best sellers", removed="yes")
        report = saved(olivia, corner, hours, gone, changed, title="Corner shop")
        assert report.title == "Corner shop"
        assert report.outline.sections == (
            SectionOutline(analysis="sales/hourly", heading="When we sell", text="Evenings!", shows_table=False),
            SectionOutline(
                analysis="brands/performance", heading="Our brands", params={"limit": "3", "sort": "-units"},
                columns=("units",),
            ),
        )  # fmt: skip
        assert ids(report)[1] == brands

    def test_the_history_says_what_became_of_the_sections_and_who_did_it(
        self, olivia: Client, corner: Report, owner: User
    ):
        brands, sellers = as_it_is(corner)
        longer = {**brands, f"section-{brands['sections']}-limit": "9"}
        past = saved(olivia, corner, sellers, longer, card("new1", "sales/daily")).history.first()
        assert past.history_user == owner
        assert past.history_change_reason == "Added “Daily sales”. Changed “Brands”. Put in another order."

    def test_the_history_reads_in_words(self, olivia: Client, corner: Report, shop: Boutique):
        saved(olivia, corner, *as_it_is(corner), period="last-week", filter_brand=[shop.brands["Gucci"].pk])
        page = words_of(olivia.get(address(corner, "history")))
        assert "Brand: Gucci" in page
        assert "1 – 31 Mar 2026" in page
        assert "{" not in page

    def test_a_period_by_days_and_filters_by_name(self, olivia: Client, corner: Report, shop: Boutique):
        brands, sellers = as_it_is(corner)
        gucci, chanel = shop.brands["Gucci"].pk, shop.brands["Chanel"].pk
        own = {f"section-{sellers['sections']}-{name}": value for name, value in MARCH.items()}
        own[f"section-{sellers['sections']}-filter_condition"] = ["A", "B"]
        report = saved(olivia, corner, brands, {**sellers, **own}, period="last-week", filter_brand=[gucci, chanel])
        assert report.period == "last-week"
        assert report.filters == {"brand": sorted([str(gucci), str(chanel)])}
        assert report.outline.sections[1].params == {"period": PERIOD, "condition": ["A", "B"]}

    def test_what_came_by_a_way_down_is_kept_and_can_be_taken_away(
        self, olivia: Client, corner: Report, shop: Boutique
    ):
        entries = Section.objects.create(
            report=corner, position=2, analysis="sales/entries", params={"customer": str(shop.bella.pk)}
        )
        page = olivia.get(address(corner)).content.decode()
        assert "Bella Ruiz" in page
        kept = card(entries.pk, "sales/entries", filter_customer=[shop.bella.pk])
        assert saved(olivia, corner, kept).outline.sections[0].params == {"customer": str(shop.bella.pk)}

    def test_an_empty_name_for_programs_is_made_from_the_title(self, olivia: Client, corner: Report):
        assert saved(olivia, corner, *as_it_is(corner), title="Our corner", slug="").slug == "our-corner"

    def test_who_saves_after_somebody_else_is_told_and_may_insist(self, olivia: Client, corner: Report):
        mine = form(corner, *as_it_is(corner), **MARCH, title="Mine")
        saved(olivia, corner, *as_it_is(corner), title="Theirs")
        answer = olivia.post(address(corner), mine)
        assert "Somebody else has saved this report" in words_of(answer)
        assert Report.objects.get(pk=corner.pk).title == "Theirs"
        again = {**mine, "version": Report.objects.get(pk=corner.pk).changed_at.isoformat()}
        assert olivia.post(address(corner), again).status_code == 302
        assert Report.objects.get(pk=corner.pk).title == "Mine"


class TestRefusing:
    def test_each_fault_names_its_section_and_nothing_typed_is_lost(self, olivia: Client, corner: Report):
        brands, sellers = ids(corner)
        page = olivia.post(
            address(corner),
            form(
                corner,
                card(brands, "brands/performance", heading="Brands", limit="5000"),
                card(sellers, "products/top-selling", text="Typed with care", filter_brand=["No such brand"]),
                card("new1", ""),
                **MARCH,
                title="",
            ),
        )
        said = words_of(page)
        assert "Title : Give it a title." in said
        assert "Section 1, “Brands”: Rows : At most 1,000." in said
        assert "Section 2, “Top-selling products”: Brand : There is no brand “No such brand”." in said
        assert "Section 3, “New section”: Question : Choose a question." in said
        assert "Typed with care" in said
        assert 'value="5000"' in page.content.decode()
        assert corner.outline == Report.objects.get(pk=corner.pk).outline

    @pytest.mark.parametrize(
        ("start", "end", "words"),
        [
            ("", "", "From : Say from which day, and to which."),
            ("2026-03-31", "2026-03-01", "To : This day is before the first."),
            ("1812-01-01", "2026-03-01", "From : “1812-01-01/2026-03-01” lies outside"),
            ("soon", "", "From : Enter a valid date."),
        ],
    )
    def test_days_that_make_no_period(self, olivia: Client, corner: Report, start: str, end: str, words: str):
        assert words in refused(olivia, corner, *as_it_is(corner), start=start, end=end)

    def test_more_points_than_a_series_can_have(self, olivia: Client, corner: Report):
        trends = card("new1", "sales/trends", grain="day")
        said = refused(olivia, corner, trends, start="2010-01-01", end="2026-03-31")
        assert "Section 1, “Sales trends”: Points" in said
        assert "more than 1,500 points" in said

    def test_no_section_at_all(self, olivia: Client, corner: Report):
        assert "A report has 1 to 30 sections; this one has 0." in refused(olivia, corner)

    def test_more_sections_than_anybody_reads(self, olivia: Client, corner: Report):
        many = [card(f"new{n}", "sales/daily") for n in range(31)]
        assert "A report has 1 to 30 sections; this one has 31." in refused(olivia, corner, *many)

    def test_a_filter_that_no_section_knows(self, olivia: Client, corner: Report):
        stock = card("new1", "inventory/aging")
        said = refused(olivia, corner, stock, filter_channel=["till"])
        assert "Channel : No section knows this filter" in said

    def test_a_name_for_programs_that_another_report_has(self, olivia: Client, corner: Report):
        make(Outline(title="Other", slug="other", period="30d"))
        assert "already exists" in refused(olivia, corner, *as_it_is(corner), slug="other")


class TestRights:
    def test_staff_and_viewer_read_and_find_no_button_they_may_not_use(
        self, corner: Report, staff: User, viewer: User, client_as: ClientAs
    ):
        for who in (staff, viewer):
            client = client_as(who)
            page = client.get(address(corner))
            assert page.status_code == 200
            assert "Best sellers" in words_of(page)
            for word in ("Run now", "Send to me", "Test send", "Schedule ", "Save", "Delete", "History"):
                assert word not in words_of(page), word
            assert client.post(address(corner), form(corner)).status_code == 403
            assert client.post(address(corner, "section"), {"key": "new1"}).status_code == 403
            assert client.get(ADD).status_code == 403
            assert client.get(address(corner, "delete")).status_code == 403

    def test_the_till_has_no_reports(self, corner: Report, pos: User, client_as: ClientAs):
        for page in (LIST, address(corner), address(corner, "preview")):
            assert client_as(pos).get(page).status_code == 403

    def test_a_report_that_is_not_there(self, olivia: Client):
        assert olivia.get("/admin/reports/report/999999/preview/").status_code == 404
        assert olivia.get("/admin/reports/report/999999/change/").status_code == 404


def many(count: int) -> Report:
    sections = tuple(SectionOutline(analysis="brands/performance", heading=f"No. {n}") for n in range(count))
    return make(Outline(title=f"{count} sections", slug=f"of-{count}", period=PERIOD, sections=sections))


def queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert act().status_code in (200, 302)
    return len(asked)


def test_twenty_sections_cost_as_many_queries_as_two(olivia: Client, shop: Boutique):
    few, lots = many(2), many(20)
    for report in (few, lots):
        olivia.get(address(report))  # fills the caches of content types

    def typed(report: Report, heading: str) -> dict[str, Any]:
        cards = [card(pk, "brands/performance", heading=f"{heading} {pk}") for pk in ids(report)]
        return form(report, *cards, **MARCH)

    for act in (
        lambda report: olivia.get(address(report)),
        lambda report: olivia.get(address(report, "preview")),
        lambda report: olivia.post(address(report, "preview"), typed(report, "Seen")),
        lambda report: olivia.post(address(report), typed(report, "Saved")),
    ):
        assert queries(lambda: act(few)) == queries(lambda: act(lots))  # noqa: B023  called at once


def test_the_list_costs_as_many_queries_for_many_reports(olivia: Client, owner: User, shop: Boutique):
    shipped.install()  # an empty list asks less
    olivia.get(LIST)
    few = queries(lambda: olivia.get(LIST))
    now = timezone.now()
    for count in range(2, 12):
        schedule = Schedule(report=many(count), owner=owner, every="day", formats=["pdf"])
        schedule.save()
        Schedule.objects.filter(pk=schedule.pk).update(next_due_at=now + timedelta(days=count))
    assert queries(lambda: olivia.get(LIST)) == few
