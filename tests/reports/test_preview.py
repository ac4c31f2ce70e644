"""The sheet beside the builder's form, and the form of one section: what the builder's script asks for."""

from collections.abc import Callable
from typing import Any

import pytest
from boutique import Boutique
from django.contrib.auth.models import User
from django.test import Client
from writing import MARCH, address, as_it_is, card, form, ids, words_of

from reports.models import Report, Section

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ClientAs = Callable[[User], Client]


def sheet(client: Client, report: Report, *cards: dict[str, Any], **typed: Any) -> str:
    answer = client.post(address(report, "preview"), form(report, *cards, **{**MARCH, **typed}))
    assert answer.status_code == 200
    return words_of(answer)


class TestOneSection:
    def ask(self, olivia: Client, report: Report, key: str = "new1", **typed: Any) -> str:
        data = {"key": key, **{f"section-{key}-{name}": value for name, value in typed.items()}}
        answer = olivia.post(address(report, "section"), data)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_a_new_one_asks_for_its_question_only(self, olivia: Client, corner: Report):
        made = self.ask(olivia, corner)
        assert "Choose a question" in made
        assert "section-new1-heading" not in made

    def test_a_question_brings_the_fields_it_has(self, olivia: Client, corner: Report):
        ranking = self.ask(olivia, corner, analysis="brands/performance")
        assert "Which brands earn" in ranking
        assert "section-new1-limit" in ranking
        assert "Revenue: largest first" in ranking
        assert "section-new1-period" in ranking
        stock = self.ask(olivia, corner, analysis="inventory/aging")
        assert "As the stock stands" in stock
        assert "section-new1-period" not in stock
        assert "section-new1-limit" not in stock
        assert 'data-filter="status"' in stock

    def test_what_is_typed_goes_along_to_another_question(self, olivia: Client, corner: Report, shop: Boutique):
        gucci = shop.brands["Gucci"].pk
        made = self.ask(
            olivia, corner, analysis="customers/top", heading="Mine", text="And why", filter_brand=[gucci], limit="7"
        )
        assert 'value="Mine"' in made
        assert "And why" in made
        assert "Gucci" in made
        assert 'value="7"' in made
        assert 'name="section-new1-shows_chart" id="id_section-new1-shows_chart"' in made.replace(' class=""', "")

    def test_a_key_of_somebody_elses_making_is_none(self, olivia: Client, corner: Report):
        assert olivia.post(address(corner, "section"), {"key": '"><script>'}).status_code == 404


class TestLooking:
    def test_the_sheet_shows_what_is_typed_and_saves_nothing(self, olivia: Client, corner: Report):
        brands, sellers = ids(corner)
        before = corner.outline
        shown = sheet(
            olivia, corner, card(sellers, "products/top-selling", heading="Hits", text="All of March"), title="Try"
        )
        assert "Try" in shown
        assert "1 – 31 Mar 2026" in shown
        assert "Hits" in shown
        assert "All of March" in shown
        assert "Revenue by product, best first" in shown
        assert "$2,000.00" in shown
        assert Report.objects.get(pk=corner.pk).outline == before

    def test_what_is_wrong_is_named_and_the_rest_is_shown(self, olivia: Client, corner: Report):
        brands, sellers = as_it_is(corner)
        shown = sheet(olivia, corner, {**brands, f"section-{brands['sections']}-limit": "x"}, sellers)
        assert "Section 1, “Brands”: Rows: A number, please." in shown
        assert "Best sellers" in shown

    def test_a_section_without_a_question_is_no_fault_yet(self, olivia: Client, corner: Report):
        shown = sheet(olivia, corner, *as_it_is(corner), card("new1", ""))
        assert "Not right yet" not in shown

    def test_nothing_in_a_period_is_said_so(self, olivia: Client, corner: Report):
        shown = sheet(olivia, corner, *as_it_is(corner), start="2020-01-01", end="2020-01-31")
        assert shown.count("Nothing in this period.") == 2

    def test_ten_rows_at_most_and_how_many_there_are(self, olivia: Client, corner: Report):
        shown = sheet(olivia, corner, card("new1", "sales/hourly"), card("new2", "sales/daily"))
        assert "The first 10 of 168 rows." in shown
        assert "The first 10 of 31 rows." in shown

    def test_only_the_columns_that_were_chosen(self, olivia: Client, corner: Report):
        few = card("new1", "brands/performance", columns=["brand", "margin"])
        del few["section-new1-shows_chart"]
        answer = olivia.post(address(corner, "preview"), form(corner, few, **MARCH)).content.decode()
        assert "Margin</th>" in answer
        assert "Revenue</th>" not in answer

    def test_each_sees_what_they_may(self, corner: Report, owner: User, viewer: User, client_as: ClientAs):
        for who, sees in ((owner, True), (viewer, False)):
            answer = client_as(who).get(address(corner, "preview")).content.decode()
            assert "Brands" in answer
            assert ("Profit" in answer) is sees

    def test_what_one_may_not_see_is_left_out_and_named(self, corner: Report, viewer: User, client_as: ClientAs):
        Section.objects.create(
            report=corner, position=2, analysis="brands/performance", heading="By profit", params={"sort": "-profit"}
        )
        assert "Left out, because you may not see it: “By profit”." in words_of(
            client_as(viewer).get(address(corner, "preview"))
        )

    def test_a_viewer_cannot_try_out_what_is_not_saved(self, corner: Report, viewer: User, client_as: ClientAs):
        shown = sheet(client_as(viewer), corner, card("new1", "sales/daily", heading="Not theirs"))
        assert "Not theirs" not in shown
        assert "Best sellers" in shown

    def test_text_of_people_is_text(self, olivia: Client, corner: Report):
        nasty = card("new1", "sales/daily", heading="<script>alert(1)</script>", text="<b>")
        answer = olivia.post(address(corner, "preview"), form(corner, nasty, **MARCH, title="<i>")).content.decode()
        assert "<script>" not in answer
        assert "<b>" not in answer.replace("<b>Not right", "")

    def test_a_saved_report_that_cannot_be_answered_says_why(self, olivia: Client, corner: Report):
        Report.objects.filter(pk=corner.pk).update(filters={"brand": "Gone & Co"})
        shown = words_of(olivia.get(address(corner, "preview")))
        assert "Nothing can be shown until this is put right: Brands: brand: There is no brand “Gone & Co”." in shown
        assert "Gone &amp; Co" in olivia.get(address(corner)).content.decode()
