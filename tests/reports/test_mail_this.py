"""From a page of answers to a mail, and to a schedule."""

import re
from collections.abc import Callable
from datetime import time
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from boutique import Boutique
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import NoReverseMatch, reverse
from said import plain_of, text_of

from analytics import pages
from analytics.catalogue import ANALYSES
from analytics.pages import page_address
from lacelux.outbox.models import Delivery
from reports import asked
from reports.models import Report, Run, Schedule

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("clock")]
ClientAs = Callable[[User], Client]
Work = Callable[[], list[Any]]
MAIL, SCHEDULE = "/reports/mail-this/", "/reports/schedule-this/"
MARCH = "2026-03-01/2026-03-31"


def onward(page: Any) -> dict[str, str]:
    """The buttons of a page of answers that lead to mailing and scheduling."""
    found = re.findall(r'<a class="button" href="(/reports/[^"]+)">.*?</span>([^<]+)</a>', page.content.decode())
    return {words: unescape(address) for address, words in found}


def about(base: str, slug: str, query: str = "") -> str:
    return f"{base}?question={slug}&{query}"


def letter(**other: Any) -> dict[str, Any]:
    return {"to_me": "on", "formats": ["csv"], **other}


def plan(**other: Any) -> dict[str, Any]:
    plain = {
        "title": "My brands", "every": "day", "at": "06:15", "zone": "Europe/Berlin", "period": "", "formats": ["csv"],
        "addresses": "ann@example.com",
    }  # fmt: skip
    return {**plain, **other}


# --- The buttons -----------------------------------------------------------------------------------------------------


def test_buttons_carry_what_the_page_asks(shop: Boutique, owner: User, client_as: ClientAs):
    chanel = shop.brands["Chanel"].pk
    page = client_as(owner).get(f"/analytics/sales/entries/?period=30d&brand={chanel}&brand=none&sort=-revenue&page=1")
    links = onward(page)
    assert set(links) == {"Mail this", "Schedule this"}
    address = urlsplit(links["Mail this"])
    assert address.path == MAIL
    assert parse_qs(address.query) == {
        "question": ["sales/entries"], "period": ["30d"], "brand": [str(chanel), "none"], "sort": ["-revenue"],
    }  # fmt: skip


def test_an_answer_without_rows_can_be_scheduled_all_the_same(shop: Boutique, owner: User, client_as: ClientAs):
    page = client_as(owner).get("/analytics/brands/performance/?period=2020-01-01/2020-01-31")
    assert "Nothing in this period" in text_of(page)
    assert "Schedule this" in onward(page)
    assert "format=csv" not in page.content.decode()


@pytest.mark.parametrize("slug", sorted(ANALYSES))
def test_every_question_can_be_mailed_and_scheduled(shop: Boutique, owner: User, client_as: ClientAs, slug: str):
    client = client_as(owner)
    links = onward(client.get(page_address(slug)))
    for address in links.values():
        assert client.get(address).status_code == 200, address
    assert set(links) == {"Mail this", "Schedule this"}


@pytest.mark.parametrize(("who", "has"), [("owner", 2), ("manager", 2), ("staff", 0), ("viewer", 0)])
def test_buttons_are_for_those_who_may(
    shop: Boutique, request: pytest.FixtureRequest, client_as: ClientAs, who: str, has: int
):
    client = client_as(request.getfixturevalue(who))
    for address in (f"/analytics/brands/performance/?period={MARCH}", f"/?period={MARCH}"):
        page = client.get(address)
        assert page.status_code == 200
        assert len(onward(page)) == has


def test_without_the_reports_there_are_no_buttons(
    shop: Boutique, owner: User, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
):
    def nowhere(name: str, *args: Any, **kwargs: Any) -> str:
        if name.startswith("reports:"):
            raise NoReverseMatch(name)
        return reverse(name, *args, **kwargs)

    monkeypatch.setattr(pages, "reverse", nowhere)
    page = client_as(owner).get(f"/analytics/brands/performance/?period={MARCH}")
    assert page.status_code == 200
    assert not onward(page)


# --- Mailing ---------------------------------------------------------------------------------------------------------


def test_it_says_what_will_be_mailed(shop: Boutique, owner: User, client_as: ClientAs):
    chanel = shop.brands["Chanel"].pk
    query = f"period=last-month&brand={chanel}&brand=Gucci"
    said = text_of(client_as(owner).get(about(MAIL, "brands/performance", query)))
    assert "Mail “Brand performance”" in said
    assert "Period Last month: 1 – 28 Feb 2026" in said
    assert "Brand Chanel, Gucci" in said
    assert "To me, olivia@lace-luxx.test" in said


def test_it_is_mailed_to_me_with_my_sentence(shop: Boutique, owner: User, client_as: ClientAs, work: Work):
    client = client_as(owner)
    address = about(MAIL, "brands/performance", f"period={MARCH}&sort=revenue&limit=3")
    answer = client.post(address, letter(text="Look at Hermès."))
    run = Run.objects.get()
    assert answer.headers["Location"] == run.get_absolute_url()
    assert (run.owner, run.cause, run.title, run.formats) == (owner, "person", "Brand performance", ["csv"])
    assert (run.outline.period, run.outline.description) == (MARCH, "Look at Hermès.")
    [section] = run.outline.sections
    assert (section.analysis, section.params) == ("brands/performance", {"sort": "revenue", "limit": "3"})
    [mail] = work()
    assert mail.to == [owner.email]
    assert "Look at Hermès." in plain_of(mail)
    assert "Done" in text_of(client.get(run.get_absolute_url()))


def test_a_period_stays_text_and_filters_are_shared(shop: Boutique, owner: User, client_as: ClientAs):
    client_as(owner).post(about(MAIL, "brands/performance", "period=last-month&brand=Chanel&page=1"), letter())
    outline = Run.objects.get().outline
    assert (outline.period, outline.filters, outline.sections[0].params) == ("last-month", {"brand": "Chanel"}, {})


def test_it_goes_to_people_and_addresses(shop: Boutique, owner: User, viewer: User, client_as: ClientAs, work: Work):
    data = letter(people=[viewer.pk], addresses="ann@example.com, bea@example.com", to_me="")
    client_as(owner).post(about(MAIL, "brands/performance", f"period={MARCH}"), data)
    work()
    sent = set(Delivery.objects.values_list("address", flat=True))
    assert sent == {viewer.email, "ann@example.com", "bea@example.com"}


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"to_me": ""}, "to_me", "Say to whom"),
        ({"addresses": "ann@example.com\nbea"}, "addresses", "Line 2: “bea” is no address."),
        ({"formats": []}, "formats", "Choose at least one kind of file."),
        ({"formats": ["exe"]}, "formats", "Select a valid choice"),
        ({"people": ["77"]}, "people", "Select a valid choice"),
        ({"text": "x" * 2_001}, "text", "at most 2000 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    shop: Boutique, owner: User, client_as: ClientAs, data: dict[str, Any], field: str, message: str
):
    answer = client_as(owner).post(about(MAIL, "brands/performance"), letter(**data))
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert message in str(errors[field])
    assert f'aria-describedby="id_{field}' in answer.content.decode()
    assert not Run.objects.exists()


def test_without_an_address_it_is_not_for_me(shop: Boutique, owner: User, client_as: ClientAs):
    User.objects.filter(pk=owner.pk).update(email="")
    client = client_as(owner)
    assert "The shop has no e-mail address of yours" in text_of(client.get(about(MAIL, "brands/performance")))
    answer = client.post(about(MAIL, "brands/performance"), letter())
    assert list(answer.context["form"].errors) == ["to_me"]


@pytest.mark.parametrize("base", [MAIL, SCHEDULE])
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("period=soon", "“soon” is no period."),
        ("brand=Atlantis", "There is no brand “Atlantis”."),
        ("colour=red", "This question has no parameter “colour”."),
        ("sort=beauty", "There is no column “beauty” to sort by."),
        ("limit=0", "greater than or equal to 1"),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(
    shop: Boutique, owner: User, client_as: ClientAs, base: str, query: str, message: str
):
    client = client_as(owner)
    data = letter() if base == MAIL else plan()
    for answer in (
        client.get(about(base, "brands/performance", query)),
        client.post(about(base, "brands/performance", query), data),
    ):
        assert answer.status_code == 400
        assert message in text_of(answer)
        assert "Back to the figures" in text_of(answer)
    assert not Run.objects.exists()
    assert not Report.objects.filter(title="My brands").exists()


def test_stock_has_no_period_to_ask_for(shop: Boutique, owner: User, client_as: ClientAs):
    answer = client_as(owner).get(about(MAIL, "inventory/aging", "period=7d"))
    assert answer.status_code == 400
    assert "This question has no parameter “period”." in text_of(answer)


@pytest.mark.parametrize("query", ["", "?question=moon/phases", "?question=brands"])
def test_what_is_no_question_is_not_found(owner: User, client_as: ClientAs, query: str):
    for base in (MAIL, SCHEDULE):
        assert client_as(owner).get(base + query).status_code == 404


@pytest.mark.parametrize("who", ["staff", "viewer", "pos"])
def test_others_are_refused(shop: Boutique, request: pytest.FixtureRequest, client_as: ClientAs, who: str):
    client = client_as(request.getfixturevalue(who))
    for base, data in ((MAIL, letter()), (SCHEDULE, plan())):
        assert client.get(about(base, "brands/performance")).status_code == 403
        assert client.post(about(base, "brands/performance"), data).status_code == 403
    assert not Run.objects.exists()
    assert not Schedule.objects.exists()


def test_who_may_mail_but_not_schedule_has_one_button(shop: Boutique, staff: User, client_as: ClientAs):
    staff.user_permissions.add(Permission.objects.get(codename="add_run"))
    page = client_as(staff).get(f"/analytics/brands/performance/?period={MARCH}")
    assert set(onward(page)) == {"Mail this"}


# --- The whole overview ----------------------------------------------------------------------------------------------


def test_the_overview_is_mailed_with_all_its_panels(shop: Boutique, owner: User, client_as: ClientAs, work: Work):
    client = client_as(owner)
    address = onward(client.get(f"/?period={MARCH}&brand=Chanel"))["Mail this"]
    said = text_of(client.get(address))
    assert "Sections Overview, Sales trends, Brand performance" in said
    client.post(address, letter())
    run = Run.objects.get()
    assert [section.analysis for section in run.outline.sections] == [
        "overview/kpis", *(slug for slug, _ in pages.PANELS)
    ]  # fmt: skip
    assert run.outline.filters == {"brand": "Chanel"}
    assert len(work()) == 1


# --- Scheduling ------------------------------------------------------------------------------------------------------


def test_it_becomes_a_report_and_a_schedule(shop: Boutique, manager: User, client_as: ClientAs):
    address = about(SCHEDULE, "brands/performance", "period=last-month&brand=Chanel&limit=5")
    said = text_of(client_as(manager).get(address))
    assert "As asked: Last month" in said
    assert "Next: Mon 16 Mar 2026, 07:00 (New York time)" in said
    answer = client_as(manager).post(address, plan())
    report, schedule = Report.objects.get(title="My brands"), Schedule.objects.get()
    assert answer.headers["Location"] == schedule.get_absolute_url()
    assert (report.slug, report.period, report.filters, report.created_by) == (
        "my-brands", "last-month", {"brand": "Chanel"}, manager,
    )  # fmt: skip
    [section] = report.sections.all()
    assert (section.analysis, section.params) == ("brands/performance", {"limit": "5"})
    assert (schedule.report, schedule.owner, schedule.period) == (report, manager, "")
    assert (schedule.every, schedule.at, schedule.zone) == ("day", time(6, 15), "Europe/Berlin")
    assert schedule.recipients.addresses == ("ann@example.com",)
    assert schedule.next_due_at is not None


def test_two_of_one_name_are_told_apart_by_their_slugs(shop: Boutique, manager: User, client_as: ClientAs):
    for _ in range(2):
        client_as(manager).post(about(SCHEDULE, "brands/performance"), plan())
    assert set(Report.objects.filter(title="My brands").values_list("slug", flat=True)) == {"my-brands", "my-brands-2"}


def test_stock_as_it_stands_is_scheduled_without_a_period(shop: Boutique, manager: User, client_as: ClientAs):
    said = text_of(client_as(manager).get(about(SCHEDULE, "inventory/aging")))
    assert "Period Last" not in said
    assert client_as(manager).post(about(SCHEDULE, "inventory/aging"), plan()).status_code == 302


@pytest.mark.parametrize(
    ("data", "field"), [({"title": " "}, "title"), ({"addresses": ""}, "people"), ({"at": "soon"}, "at")]
)
def test_nothing_is_made_where_something_is_wrong(
    shop: Boutique, manager: User, client_as: ClientAs, data: dict[str, Any], field: str
):
    before = Report.objects.count()
    answer = client_as(manager).post(about(SCHEDULE, "brands/performance"), plan(**data))
    assert list(answer.context["form"].errors) == [field]
    assert Report.objects.count() == before
    assert not Schedule.objects.exists()


def test_a_broken_schedule_leaves_no_report_behind(
    shop: Boutique, manager: User, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
):
    def broken(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    before = Report.objects.count()
    monkeypatch.setattr(Schedule, "save", broken)
    with pytest.raises(OSError, match="disk full"):
        client_as(manager).post(about(SCHEDULE, "brands/performance"), plan())
    assert Report.objects.count() == before


def test_the_period_in_words_is_the_text_where_it_is_none(shop: Boutique):
    from django.utils import timezone

    from analytics.mart.replica import mart
    from reports.outlines import Outline

    with mart().session() as session:
        words = [
            asked.period_in_words(Outline(title="x", period=period), timezone.localdate(), session)
            for period in ("soon", "7d", "2026-02-01/2026-02-28")
        ]
    assert words == ["soon", "Last 7 days: 5 – 11 Mar 2026", "1 – 28 Feb 2026"]
