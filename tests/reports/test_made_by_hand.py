"""Making a report by hand and mailing it to oneself or as a test; and what goes with a report that is deleted."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from writing import PERIOD, address, words_of

from lacelux.outbox.models import Delivery
from lacelux.outbox.reading import read
from reports.models import Report, Run, Schedule
from reports.outlines import Outline
from reports.shipped import make

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ClientAs = Callable[[User], Client]
Work = Callable[[], list[mail.EmailMessage]]


def asked(client: Client, report: Report, act: str, **answers: Any) -> Run:
    """The run that the act queues; its page is where one is taken."""
    answer = client.post(address(report, act), {"formats": ["csv"], "period": "", **answers})
    assert answer.status_code == 302, words_of(answer)
    run = Run.objects.get()
    assert answer.headers["Location"] == run.get_absolute_url()
    return run


def test_run_now_makes_files_for_whoever_asks(olivia: Client, corner: Report, owner: User):
    run = asked(olivia, corner, "run_now", formats=["pdf", "xlsx"])
    assert (run.owner, run.cause, run.formats, run.report) == (owner, "person", ["pdf", "xlsx"], corner)
    assert run.outline == corner.outline
    assert not run.recipients


def test_over_another_period_where_one_is_chosen(olivia: Client, corner: Report):
    assert "As the report: 1 – 31 Mar 2026" in words_of(olivia.get(address(corner, "run_now")))
    run = asked(olivia, corner, "run_now", period="custom", start="2026-02-01", end="2026-02-28")
    assert run.outline.period == "2026-02-01/2026-02-28"
    assert corner.outline.period == PERIOD


def test_send_to_me_mails_it_to_me(olivia: Client, corner: Report, owner: User, work: Work):
    run = asked(olivia, corner, "send_to_me")
    assert run.recipients.people == (owner.pk,)
    assert [sent.to for sent in work()] == [[owner.email]]


def test_without_an_address_one_is_told_so(olivia: Client, corner: Report, owner: User):
    User.objects.filter(pk=owner.pk).update(email="")
    page = olivia.get(address(corner, "send_to_me"), follow=True)
    assert "You have no e-mail address here" in page.content.decode()
    assert not Run.objects.exists()


def test_a_test_goes_to_one_address_marked_as_a_test(olivia: Client, corner: Report, work: Work):
    run = asked(olivia, corner, "send_test", address="ann@example.com")
    assert run.cause == Run.Cause.TEST
    (sent,) = work()
    assert sent.to == ["ann@example.com"]
    assert "This is a test." in read(sent.message()).text
    assert Delivery.objects.get().person is None


def test_what_is_wrong_is_said_and_nothing_is_made(olivia: Client, corner: Report):
    answer = olivia.post(address(corner, "send_test"), {"address": "nobody", "period": "custom"})
    said = words_of(answer)
    assert "Enter a valid email address." in said
    assert "Choose one or more." in said
    assert "Say from which day, and to which." in said
    assert not Run.objects.exists()


def test_a_report_that_cannot_be_asked_says_where(olivia: Client, corner: Report):
    corner.sections.filter(analysis="products/top-selling").update(params={"brand": "Gone"})
    said = words_of(olivia.post(address(corner, "run_now"), {"formats": ["pdf"], "period": ""}))
    assert "Section 2, “Best sellers”: brand: There is no brand “Gone”." in said
    empty = make(Outline(title="Empty", slug="empty", period="30d"))
    assert "A report has 1 to 30 sections" in words_of(
        olivia.post(address(empty, "run_now"), {"formats": ["pdf"], "period": ""})
    )


def test_who_may_not_run_reports_cannot(corner: Report, staff: User, viewer: User, client_as: ClientAs):
    for who in (staff, viewer):
        for act in ("run_now", "send_to_me", "send_test"):
            assert client_as(who).get(address(corner, act)).status_code == 403


def test_the_page_says_when_it_goes_out_and_was_made_last(olivia: Client, corner: Report, owner: User):
    Schedule.objects.create(report=corner, owner=owner, every="week", weekdays=[1], formats=["pdf"])
    run = asked(olivia, corner, "run_now")
    page = olivia.get(address(corner)).content.decode()
    assert "Every Monday at 07:00" in page
    assert run.get_absolute_url() in page
    assert f"/admin/reports/schedule/add/?report={corner.pk}" in page
    listed = words_of(olivia.get("/admin/reports/report/"))
    assert re.search(r"Mon \d+ \w+ \d{4}, 07:00 \(New York time\)", listed)
    assert "Waiting" in listed


def test_deleting_says_which_schedules_go_and_leaves_what_was_made(olivia: Client, corner: Report, owner: User):
    run = asked(olivia, corner, "run_now")
    for every in ("day", "month"):
        Schedule.objects.create(report=corner, owner=owner, every=every, formats=["pdf"])
    said = words_of(olivia.get(address(corner, "delete")))
    assert "2 schedules go with it" in said
    assert "Every day at 07:00" in said
    assert "its runs, their files and the mails" in said
    assert olivia.post(address(corner, "delete"), {"post": "yes"}).status_code == 302
    assert not Schedule.objects.exists()
    kept = Run.objects.get(pk=run.pk)
    assert kept.report is None
    assert kept.title == "Corner"
