"""D2 for reports: six identities × every address of the API and of the pages × methods."""

from collections.abc import Callable
from typing import Any

import pytest
from boutique import Boutique
from django.contrib.auth.models import Group, User
from django.urls import reverse
from march import MARCH
from rest_framework.test import APIClient

from reports import production
from reports.models import Run, Schedule
from reports.services import run_report
from reports.shipped import make
from reports.urls import api as API
from reports.urls import urlpatterns as PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ROLES = ("", "owner", "manager", "staff", "pos", "viewer")
PLAN = {
    "report": "the-month", "every": "day", "at": "07:30", "zone": "Europe/Berlin", "formats": ["pdf"],
    "recipients": {"addresses": ["ann@x.test"]},
}  # fmt: skip
READ = (401, 200, 200, 200, 403, 200)
NONE = (401, 405, 405, 405, 405, 405)
# For each name of an address: method → what each of ROLES gets.
MATRIX: dict[str, dict[str, tuple[int, ...]]] = {
    "report-list": {"GET": READ, "POST": NONE, "PATCH": NONE, "DELETE": NONE},
    "report-detail": {"GET": READ, "POST": NONE, "PATCH": NONE, "DELETE": NONE},
    "report-run-list": {"GET": READ, "POST": NONE, "PATCH": NONE, "DELETE": NONE},
    "report-run-detail": {"GET": READ, "POST": NONE, "PATCH": NONE, "DELETE": NONE},
    "report-run-file": {"GET": (401, 200, 200, 404, 403, 404), "POST": NONE, "PATCH": NONE, "DELETE": NONE},
    "report-generate": {"GET": NONE, "POST": (401, 202, 202, 403, 403, 403), "PATCH": NONE, "DELETE": NONE},
    "report-schedule-list": {"GET": READ, "POST": (401, 201, 201, 403, 403, 403), "PATCH": NONE, "DELETE": NONE},
    "report-schedule-detail": {
        "GET": READ, "POST": NONE, "PATCH": (401, 200, 200, 403, 403, 403), "DELETE": (401, 204, 204, 403, 403, 403),
    },
}  # fmt: skip


@pytest.fixture
def people(db: None) -> dict[str, User | None]:
    made: dict[str, User | None] = {"": None}
    for role in ROLES[1:]:
        made[role] = User.objects.create_user(f"a-{role}", f"{role}@lace-luxx.test", is_staff=True)
        made[role].groups.add(Group.objects.get(name=role))
    return made


@pytest.fixture
def run(shop: Boutique, people: dict[str, Any]) -> Run:
    """A run of the owner's, done."""
    report = make(MARCH)
    asked = run_report(
        outline=MARCH, owner=people["owner"], cause=Run.Cause.PERSON, formats=["csv"], report=report
    )  # fmt: skip
    production.produce(asked.pk)
    return asked


def schedule_of(run: Run) -> Schedule:
    assert run.report is not None
    return Schedule.objects.create(
        report=run.report, owner=run.owner, every="day", formats=["pdf"], addresses="a@x.test"
    )


def shut(answer: Any) -> None:
    """Reads a served file to its end, which closes it."""
    if answer.streaming:
        b"".join(answer.streaming_content)


def test_every_address_is_in_the_matrix():
    assert {pattern.name for pattern in API} == set(MATRIX)


@pytest.mark.parametrize("name", MATRIX)
def test_each_identity_gets_what_the_matrix_says(name: str, run: Run, people: dict[str, Any]):
    bodies = {"report-generate": {"report": "the-month"}, "report-schedule-list": PLAN}
    for method, expected in MATRIX[name].items():
        for role, status in zip(ROLES, expected, strict=True):
            client = APIClient()
            if people[role]:
                client.force_authenticate(people[role])
            ids: dict[str, list[Any]] = {
                "report-detail": [run.report_id], "report-run-detail": [run.pk], "report-run-file": [run.pk, "csv"],
                "report-schedule-detail": [schedule_of(run).pk],
            }  # fmt: skip
            answer = client.generic(method, reverse(name, args=ids.get(name, [])))
            if method in ("POST", "PATCH"):
                body = bodies.get(name, {})
                answer = getattr(client, method.lower())(reverse(name, args=ids.get(name, [])), body)
            assert answer.status_code == status, (role, method, answer.content)
            assert "no-store" in answer.headers["Cache-Control"]
            if status >= 400:
                assert set(answer.json()) == {"error"}
            shut(answer)


# Pages: what each of ROLES gets for GET; strangers are sent to sign in.
PAGE_MATRIX: dict[str, tuple[int, ...]] = {
    "run": (302, 200, 200, 200, 403, 200),
    "progress": (302, 200, 200, 200, 403, 200),
    "file": (302, 200, 200, 404, 403, 404),
    "again": (302, 200, 200, 403, 403, 403),
    "make-again": (302, 200, 200, 403, 403, 403),
    "linked-file": (410, 410, 410, 410, 410, 410),
    "mail-this": (302, 200, 200, 403, 403, 403),
    "schedule-this": (302, 200, 200, 403, 403, 403),
}
POSTS = {"foresee"}  # answers to POST alone


def test_every_page_is_in_the_matrix():
    assert {pattern.name for pattern in PAGES} - POSTS == set(PAGE_MATRIX)


@pytest.mark.parametrize("name", PAGE_MATRIX)
def test_each_identity_gets_its_pages(
    name: str, run: Run, people: dict[str, Any], client_as: Callable[[User], Any], client: Any
):
    args: dict[str, list[Any]] = {
        **dict.fromkeys(("run", "progress", "again", "make-again"), [run.pk]),
        "file": [run.renditions.get().pk], "linked-file": ["no-link"],
    }  # fmt: skip
    query = {"question": "brands/performance"} if name.endswith("-this") else {}
    for role, status in zip(ROLES, PAGE_MATRIX[name], strict=True):
        who = client_as(people[role]) if people[role] else client
        answer = who.get(reverse(f"reports:{name}", args=args.get(name, [])), query)
        assert answer.status_code == status, (role, name)
        assert "no-store" in answer.headers["Cache-Control"]
        shut(answer)
