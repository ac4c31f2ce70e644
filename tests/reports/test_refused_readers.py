"""What the mail server says to a report's mails, and whose rights have gone by then (bars B3 and B5).

A real mail server over a real line; pauses between tries are not waited for. What one mail goes through for itself is
shown in `tests/outbox`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from boutique import boutique
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from march import MARCH

from lacelux.outbox.models import Delivery
from reports import letters, production
from reports.models import Report, Run, Schedule
from tests.outbox.post_office import PostOffice, free_port
from tests.reports.survival import expected_ids, open_post_office, tell_nobody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
ANN, BEN, CLEO = READERS = ["ann@x.test", "ben@x.test", "cleo@x.test"]
NO_SUCH_USER = "550 5.1.1 No such user"
RunFor = Callable[..., Run]
Work = Callable[[], list[Any]]


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with open_post_office(settings) as office:
        yield office


@pytest.fixture(autouse=True)
def _stock(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_nobody(monkeypatch)
    boutique()


def pause_is_over() -> None:
    Delivery.objects.filter(state__in=Delivery.WAITING).update(next_try_at=timezone.now())


def told(client: Client, run: Run) -> dict[str, tuple[str, str]]:
    """State and words of each mail, by address, as the run's page tells them."""
    mails = client.get(run.get_absolute_url()).context["mails"]
    return {mail.address: (mail.state, mail.words) for mail in mails}


# --- The mail server (B3) ---------------------------------------------------------------------------------------------


def test_one_refused_reader_keeps_nobody_else_waiting(
    office: PostOffice, run_for: RunFor, work: Work, client_as: Callable[[User], Client], owner: User
) -> None:
    office.refuses[BEN] = NO_SUCH_USER
    run = run_for(addresses=READERS)
    work()
    pause_is_over()
    work()
    assert Counter(office.recipients) == {ANN: 1, CLEO: 1}
    assert set(office.message_ids) == expected_ids(run, [ANN, CLEO])
    assert told(client_as(owner), run) == {
        ANN: ("Sent", ""),
        BEN: ("Refused", NO_SUCH_USER),
        CLEO: ("Sent", ""),
    }
    assert Delivery.objects.get(address=BEN).attempts == 1


def test_while_the_server_is_away_mails_wait_and_then_each_comes_once(
    office: PostOffice, run_for: RunFor, work: Work, settings: Any, client_as: Callable[[User], Client], owner: User
) -> None:
    settings.EMAIL_PORT = free_port()
    run = run_for(addresses=READERS)
    for _ in range(3):
        work()
        pause_is_over()
    run.refresh_from_db()
    assert (run.state, office.accepted) == ("done", [])
    waiting = told(client_as(owner), run)
    assert {state for state, _ in waiting.values()} == {"Waiting"}
    assert all("the connection was refused. Tried again at" in words for _, words in waiting.values())

    settings.EMAIL_PORT = office.port
    work()
    work()
    assert office.message_ids == dict.fromkeys(expected_ids(run, READERS), 1)
    assert set(told(client_as(owner), run).values()) == {("Sent", "")}


def test_away_for_good_each_mail_is_tried_five_times_and_the_page_says_why(
    run_for: RunFor, work: Work, settings: Any, client_as: Callable[[User], Client], owner: User, office: PostOffice
) -> None:
    settings.EMAIL_PORT = free_port()
    run = run_for(addresses=READERS)
    for _ in range(8):
        work()
        pause_is_over()
    assert set(Delivery.objects.values_list("state", "attempts")) == {("refused", 5)}
    assert {words for _, words in told(client_as(owner), run).values()} == {
        "No mail server answers there: the connection was refused."
    }


def test_the_server_comes_back_after_three_days_and_there_is_one_mail(
    office: PostOffice, work: Work, report: Report, owner: User, settings: Any
) -> None:
    """The shop was down as well, so only the latest due time is made up for."""
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=False):
        schedule = Schedule.objects.create(
            report=report, owner=owner, every="day", at=time(7), zone="UTC", formats=["csv"], addresses=ANN
        )
    work()
    work()
    assert Counter(office.recipients) == {ANN: 1}
    assert Run.objects.get().schedule == schedule


# --- Rights at sending (B5) -------------------------------------------------------------------------------------------


@pytest.fixture
def made(run_for: RunFor, settings: Any, work: Work, viewer: User, manager: User, office: PostOffice) -> Run:
    """A run that is made, for two people and a bare address, while the mail server was away."""
    settings.EMAIL_PORT = free_port()
    run = run_for(MARCH, people=(manager.pk, viewer.pk), addresses=(ANN,))
    work()
    assert (Run.objects.get().state, office.accepted) == ("done", [])
    settings.EMAIL_PORT = office.port
    pause_is_over()
    return run


def test_who_was_deactivated_while_the_server_was_away_gets_nothing(
    made: Run, office: PostOffice, work: Work, viewer: User, manager: User, client_as: Any, owner: User
) -> None:
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    work()
    assert sorted(office.recipients) == [ANN, manager.email]
    assert told(client_as(owner), made)[viewer.email] == ("Withheld", "victor may no longer sign in.")


def test_who_lost_rights_meanwhile_gets_what_may_be_seen_now(
    made: Run, office: PostOffice, work: Work, viewer: User, manager: User
) -> None:
    manager.groups.set(viewer.groups.all())
    work()
    contents = {mail.recipients[0]: mail.message for mail in office.accepted}
    assert len(contents) == 3
    assert "Profit" not in text_of(contents[manager.email])


def test_nobody_gets_anything_of_an_owner_who_was_deactivated(
    made: Run, office: PostOffice, work: Work, owner: User
) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    work()
    assert office.accepted == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {"withheld"}


def test_control_with_the_rights_of_when_it_was_made_all_of_them_get_it(
    made: Run, office: PostOffice, work: Work, owner: User, viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rights = production.rights_of_owner(made)
    monkeypatch.setattr(letters, "rights_today", lambda run, delivery: rights)
    User.objects.filter(pk__in=[owner.pk, viewer.pk]).update(is_active=False)
    work()
    assert len(office.accepted) == 3
    assert viewer.email in office.recipients


def text_of(message: Any) -> str:
    plain = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    return str(plain.get_payload(decode=True), "utf-8")


def test_five_reports_that_nobody_could_be_given_stop_the_schedule_and_tell_its_owner(
    office: PostOffice, work: Work, report: Report, owner: User
) -> None:
    office.refuses = dict.fromkeys(READERS, NO_SUCH_USER)
    with time_machine.travel(timezone.now() - timedelta(days=6), tick=False) as clock:
        schedule = Schedule.objects.create(
            report=report, owner=owner, every="day", at=time(7), zone="UTC", formats=["csv"],
            addresses="\n".join(READERS),
        )  # fmt: skip
        for _ in range(6):
            clock.shift(timedelta(days=1))
            work()
            work()
    schedule.refresh_from_db()
    assert (schedule.failures, Run.objects.count()) == (5, 5)
    assert schedule.stopped_at is not None
    assert NO_SUCH_USER in schedule.trouble
    [notice] = office.accepted
    assert notice.recipients == (owner.email,)
    assert "Stopped: The month" in str(notice.message["Subject"])
