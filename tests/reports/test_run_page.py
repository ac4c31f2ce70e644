"""The page of a run: what it asked, its files and mails, and doing it once more."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from boutique import Boutique
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from said import text_of

from lacelux.outbox.models import Delivery
from reports import production, renditions
from reports.models import Report, Run, Schedule
from reports.outlines import Outline, SectionOutline

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("clock")]
ClientAs = Callable[[User], Client]
RunFor = Callable[..., Run]
Work = Callable[[], list[Any]]
TWO_DAYS = 2 * 86_400


def page_of(run: Run) -> str:
    return reverse("reports:run", args=[run.pk])


@pytest.fixture
def done(shop: Boutique, run_for: RunFor, work: Work, owner: User, viewer: User) -> Run:
    """March as Excel and CSV, made and mailed to the owner, a viewer and an address."""
    run = run_for(formats=("xlsx", "csv"), people=(owner.pk, viewer.pk), addresses=("ann@x.test",))
    work()
    run.refresh_from_db()
    return run


# --- What was asked --------------------------------------------------------------------------------------------------


def test_it_says_what_was_asked(done: Run, owner: User, client_as: ClientAs):
    said = text_of(client_as(owner).get(page_of(done)))
    for words in (
        "The month", "Done", "By hand", "Period 1 – 31 Mar 2026", "At a glance", "Customers", "In the name of olivia",
        "Due Wed 11 Mar 2026, 12:00", "Figures as of Wed 11 Mar 2026, 12:00",
    ):  # fmt: skip
        assert words in said, words


def test_relative_periods_filters_and_own_periods_are_told_as_the_run_meant_them(
    shop: Boutique, run_for: RunFor, owner: User, client_as: ClientAs, clock: Any
):
    chanel = shop.brands["Chanel"]
    outline = Outline(
        title="Chanel",
        period="last-month",
        filters={"brand": str(chanel.pk)},
        sections=(
            SectionOutline(analysis="brands/performance"),
            SectionOutline(analysis="sales/daily", heading="Lately", params={"period": "7d"}),
            SectionOutline(analysis="inventory/aging"),
        ),
    )
    run = run_for(outline)
    clock.shift(40 * 86_400)  # it is April by now
    page = client_as(owner).get(page_of(run))
    said = text_of(page)
    assert "Period Last month: 1 – 28 Feb 2026" in said
    assert "Brand Chanel" in said
    assert "Lately · Period: Last 7 days: 5 – 11 Mar 2026" in said
    links = unescape(page.content.decode())
    assert f'"/analytics/brands/performance/?period=2026-02-01%2F2026-02-28&brand={chanel.pk}"' in links
    assert f'"/analytics/inventory/aging/?brand={chanel.pk}"' in links


def test_a_question_that_is_gone_is_named(shop: Boutique, run_for: RunFor, owner: User, client_as: ClientAs):
    run = run_for()
    kept = {**run.outline_kept, "sections": [{**run.outline_kept["sections"][0], "analysis": "moon/phases"}]}
    Run.objects.filter(pk=run.pk).update(outline_kept=kept)
    assert "At a glance (a question the shop no longer has)" in text_of(client_as(owner).get(page_of(run)))


# --- While it is made ------------------------------------------------------------------------------------------------


def test_while_it_waits_it_can_be_followed(
    shop: Boutique, run_for: RunFor, owner: User, client_as: ClientAs, clock: Any
):
    run = run_for()
    client = client_as(owner)
    page = client.get(page_of(run)).content.decode()
    assert "<progress" in page
    assert 'data-every="1000"' in page
    before = client.get(reverse("reports:progress", args=[run.pk])).json()
    assert (before["is_moving"], before["warning"]) == (True, "")
    clock.shift(60)
    assert "No worker has taken this up" in client.get(reverse("reports:progress", args=[run.pk])).json()["warning"]
    production.produce(run.pk)
    after = client.get(reverse("reports:progress", args=[run.pk])).json()
    assert (after["is_moving"], after["is_mailing"]) == (False, False)
    assert after["mark"] != before["mark"]


def test_it_is_followed_until_its_mails_are_out(
    shop: Boutique, run_for: RunFor, owner: User, viewer: User, client_as: ClientAs
):
    run = run_for(addresses=("ann@x.test",))
    production.produce(run.pk)
    standing = client_as(owner).get(reverse("reports:progress", args=[run.pk])).json()
    assert (standing["is_moving"], standing["is_mailing"]) == (False, True)
    assert 'data-every="4000"' in client_as(owner).get(page_of(run)).content.decode()
    assert not client_as(viewer).get(reverse("reports:progress", args=[run.pk])).json()["is_mailing"]


# --- What went wrong -------------------------------------------------------------------------------------------------


def test_a_failed_one_says_why_and_what_to_do(
    shop: Boutique, run_for: RunFor, work: Work, owner: User, viewer: User, client_as: ClientAs
):
    run = run_for(people=(viewer.pk,))
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    work()
    said = text_of(client_as(owner).get(page_of(run)))
    assert "Failed" in said
    assert "Nobody is left to send it to: victor: may no longer sign in." in said
    assert "then make it again" in said


def test_a_fault_of_ours_says_that_it_is_tried_again(
    shop: Boutique, run_for: RunFor, work: Work, owner: User, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
):
    def broken(*args: Any) -> None:
        raise OSError("disk full")

    run = run_for()
    monkeypatch.setattr(renditions, "keep", broken)
    work()
    said = text_of(client_as(owner).get(page_of(run)))
    assert production.OURS in said
    assert "It is tried again by itself at 12:01" in said


def test_an_empty_one_says_so(shop: Boutique, run_for: RunFor, work: Work, owner: User, client_as: ClientAs):
    nothing = Outline(title="Nothing", period="day", sections=(SectionOutline(analysis="brands/performance"),))
    run = run_for(nothing, addresses=("ann@x.test",))
    Run.objects.filter(pk=run.pk).update(only_if_data=True, state="empty")
    said = text_of(client_as(owner).get(page_of(run)))
    assert "There was nothing to report" in said
    assert "Mails" not in said


# --- Files -----------------------------------------------------------------------------------------------------------


def test_files_have_size_digest_and_download(done: Run, owner: User, client_as: ClientAs):
    client = client_as(owner)
    page = client.get(page_of(done)).content.decode()
    for file in done.renditions.exclude(form="mail"):
        assert f"SHA-256 <code>{file.sha256[:12]}…" in page
        assert f'<code class="whole">{file.sha256}</code>' in page
        got = client.get(reverse("reports:file", args=[file.pk]))
        assert b"".join(got.streaming_content) == file.file.read_bytes()
        assert file.name in got.headers["Content-Disposition"]


def test_files_of_other_rights_are_shown_to_those_who_may_see_them(
    done: Run, owner: User, viewer: User, client_as: ClientAs
):
    said = text_of(client_as(owner).get(page_of(done)))
    assert "For a reader who sees everything" in said
    assert "For a reader who sees figures, no cost, no margin" in said
    full = done.renditions.filter(form="xlsx").order_by("size").last()
    fullest = max(done.renditions.filter(form="xlsx"), key=lambda file: len(file.permissions))
    assert full is not None
    page = client_as(viewer).get(page_of(done)).content.decode()
    assert "For a reader" not in page
    assert reverse("reports:file", args=[fullest.pk]) not in page
    assert page.count(" download>") == 2
    assert client_as(viewer).get(reverse("reports:file", args=[fullest.pk])).status_code == 404


def test_the_kept_mail_is_no_file_to_download(done: Run, owner: User, client_as: ClientAs):
    kept = done.renditions.filter(form="mail").first()
    assert kept is not None
    assert client_as(owner).get(reverse("reports:file", args=[kept.pk])).status_code == 404


def test_removed_files_are_said_to_be(done: Run, owner: User, client_as: ClientAs, clock: Any):
    clock.shift(91 * 86_400)
    renditions.remove_old()
    client = client_as(owner)
    said = text_of(client.get(page_of(done)))
    assert "The files have been removed: they are kept for 90 days." in said
    assert "Removed 10 Jun 2026" in said
    assert "Download" not in said
    file = done.renditions.filter(form="xlsx").first()
    assert file is not None
    assert client.get(reverse("reports:file", args=[file.pk])).status_code == 404


def test_a_lost_file_is_said_to_be(done: Run, owner: User, client_as: ClientAs):
    for file in done.renditions.filter(form="csv"):
        file.file.unlink()
    said = text_of(client_as(owner).get(page_of(done)))
    assert "No longer here" in said
    assert "Download" in said


# --- Mails -----------------------------------------------------------------------------------------------------------


def test_each_mail_is_told(done: Run, owner: User, client_as: ClientAs):
    Delivery.objects.filter(address="ann@x.test").update(state="refused", words="550 No such user here", attempts=3)
    page = client_as(owner).get(page_of(done))
    said = text_of(page)
    assert re.search(r"ann@x.test Refused 3 550 No such user here", said)
    assert re.search(r"victor victor@lace-luxx.test Sent 1 – 11 Mar 2026, 12:00", said)
    for mail in Delivery.objects.all():
        assert f'href="/admin/outbox/delivery/{mail.pk}/change/"' in page.content.decode()


@pytest.mark.parametrize("who", ["staff", "viewer"])
def test_addresses_are_for_those_who_may_see_mails(
    done: Run, request: pytest.FixtureRequest, client_as: ClientAs, who: str
):
    Run.objects.update(notes=["stella: has no e-mail address"])
    said = text_of(client_as(request.getfixturevalue(who)).get(page_of(done)))
    assert "Done" in said
    assert "ann@x.test" not in said
    assert "stella:" not in said
    assert "Send again" not in said
    assert "Make it again" not in said


def test_the_till_sees_no_run(done: Run, pos: User, client_as: ClientAs):
    assert client_as(pos).get(page_of(done)).status_code == 403


# --- Once more -------------------------------------------------------------------------------------------------------


def test_it_is_sent_again_after_asking(done: Run, owner: User, client_as: ClientAs, work: Work):
    client, address = client_as(owner), reverse("reports:again", args=[done.pk])
    said = text_of(client.get(address))
    assert "Everybody who gets it is mailed once more" in said
    assert "victor victor@lace-luxx.test sees figures, no cost" in said
    assert Delivery.objects.count() == 3
    answer = client.post(address, follow=True)
    assert "On its way to 3 readers." in answer.content.decode()
    assert len(work()) == 3
    said = text_of(client.get(page_of(done)))
    assert said.index("Sending no. 2") < said.index("Sending no. 1")


def test_nobody_left_to_send_it_to_is_said(done: Run, owner: User, client_as: ClientAs):
    Run.objects.update(recipients_kept={"people": [], "roles": ["staff"], "addresses": []})
    answer = client_as(owner).post(reverse("reports:again", args=[done.pk]), follow=True)
    assert "There is nobody to send it to" in answer.content.decode()
    assert Delivery.objects.count() == 3


def test_what_is_not_done_is_not_sent_again(shop: Boutique, run_for: RunFor, owner: User, client_as: ClientAs):
    run = run_for(addresses=("ann@x.test",))
    client = client_as(owner)
    assert "Send again" not in text_of(client.get(page_of(run)))
    answer = client.post(reverse("reports:again", args=[run.pk]), follow=True)
    assert "can be sent again" in answer.content.decode()
    assert not Delivery.objects.exists()


def test_it_is_made_again_with_todays_day_and_mailed_only_if_asked(
    done: Run, manager: User, client_as: ClientAs, clock: Any
):
    clock.shift(TWO_DAYS)
    client, address = client_as(manager), reverse("reports:make-again", args=[done.pk])
    assert not client.get(address).context["form"]["is_mailed"].value()
    answer = client.post(address)
    again = Run.objects.order_by("pk").last()
    assert again is not None
    assert answer.headers["Location"] == page_of(again)
    assert (again.owner, again.today.isoformat()) == (manager, "2026-03-13")
    assert (again.outline_kept, again.formats) == (done.outline_kept, done.formats)
    assert not again.recipients
    client.post(address, {"is_mailed": "on"})
    mailed = Run.objects.order_by("pk").last()
    assert mailed is not None
    assert mailed.recipients == done.recipients


def test_one_that_failed_is_mailed_when_it_is_made_again(
    shop: Boutique, run_for: RunFor, owner: User, client_as: ClientAs
):
    run = run_for(addresses=("ann@x.test",))
    Run.objects.update(state="failed", trouble="It did.")
    assert client_as(owner).get(reverse("reports:make-again", args=[run.pk])).context["form"]["is_mailed"].value()


def test_one_that_can_no_longer_be_asked_says_why(done: Run, owner: User, client_as: ClientAs):
    kept = {**done.outline_kept, "filters": {"brand": "Nobody & Sons"}}
    Run.objects.update(outline_kept=kept)
    answer = client_as(owner).post(reverse("reports:make-again", args=[done.pk]))
    assert answer.status_code == 200
    assert "There is no brand “Nobody & Sons”" in text_of(answer)


@pytest.mark.parametrize("name", ["again", "make-again"])
@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("manager", 200), ("staff", 403), ("viewer", 403), ("pos", 403)]
)
def test_who_may_do_it_once_more(
    done: Run, request: pytest.FixtureRequest, client_as: ClientAs, name: str, who: str, status: int
):
    address = reverse(f"reports:{name}", args=[done.pk])
    client = client_as(request.getfixturevalue(who))
    assert client.get(address).status_code == status
    assert client.post(address).status_code == (302 if status == 200 else 403)
    assert Client().post(address).headers["Location"].startswith("/admin/login/")


# --- The list --------------------------------------------------------------------------------------------------------


def test_the_list_of_runs_is_read_filtered_and_opened(
    done: Run, run_for: RunFor, report: Report, owner: User, staff: User, client_as: ClientAs, clock: Any
):
    clock.shift(TWO_DAYS)
    schedule = Schedule.objects.create(report=report, owner=owner, every="day", formats=["csv"], addresses="ann@x.test")
    other = run_for(Outline(title="Stock now", sections=(SectionOutline(analysis="inventory/aging"),)))
    Run.objects.filter(pk=other.pk).update(state="failed", report=report, cause="schedule", schedule=schedule)
    client = client_as(owner)

    def found(**query: str) -> set[str]:
        page = client.get("/admin/reports/run/", query)
        return {run.title for run in page.context["cl"].result_list}

    assert found() == {"The month", "Stock now"}
    assert found(state__exact="failed") == {"Stock now"}
    assert found(cause__exact="person") == {"The month"}
    assert found(report__id__exact=str(report.pk)) == {"Stock now"}
    assert found(due_at_from="2026-03-11", due_at_to="2026-03-11") == {"The month"}
    assert found(q="stock") == {"Stock now"}
    said = text_of(client.get("/admin/reports/run/"))
    assert "Excel, CSV" in said
    assert "By hand" in said
    opened = client.get(f"/admin/reports/run/{done.pk}/change/")
    assert opened.headers["Location"] == page_of(done)
    assert client.get("/admin/reports/run/add/").status_code == 403
    assert client_as(staff).get("/admin/reports/run/").status_code == 200
