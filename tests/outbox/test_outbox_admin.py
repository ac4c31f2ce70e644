"""The list of mails, reading one, and sending one again: for owner and manager alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from writers import Notes

from lacelux.outbox.models import Delivery
from tests.outbox.conftest import Post

pytestmark = pytest.mark.django_db
ClientAs = Callable[[User], Client]
LIST = "/admin/outbox/delivery/"


def address_of(delivery: Delivery, page: str = "change") -> str:
    return f"{LIST}{delivery.pk}/{page}/"


def refused(delivery: Delivery, words: str = "550 No such user") -> Delivery:
    Delivery.objects.filter(pk=delivery.pk).update(state="refused", words=words, subject="Week 9", failures=1)
    delivery.refresh_from_db()
    return delivery


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("manager", 200), ("staff", 403), ("viewer", 403), ("pos", 403)]
)
def test_mails_are_for_owner_and_manager(
    request: pytest.FixtureRequest, client_as: ClientAs, posted: Post, who: str, status: int
) -> None:
    client, mail = client_as(request.getfixturevalue(who)), refused(posted())
    pages = [LIST, address_of(mail), address_of(mail, "read"), address_of(mail, "read/0"), address_of(mail, "send-now")]
    assert [client.get(page).status_code for page in pages] == [status] * 5


def test_strangers_are_sent_to_the_door(client: Client, posted: Post) -> None:
    for page in ("read", "read/0", "send-now"):
        assert client.get(address_of(posted(), page)).status_code == 302


def test_the_list_tells_how_each_mail_stands(owner: User, client_as: ClientAs, posted: Post) -> None:
    refused(posted("berta@example.com"))
    posted("anna@example.com")
    client = client_as(owner)
    page = client.get(LIST).content.decode()
    for words in ("Mails", "Refused", "Waiting", "550 No such user", "berta@example.com", "anna@example.com"):
        assert words in page
    only = client.get(LIST, {"state__exact": "refused"}).content.decode()
    assert ("berta@example.com" in only, "anna@example.com" in only) == (True, False)
    assert "anna@example.com" not in client.get(LIST, {"q": "Week 9"}).content.decode()


def test_the_list_asks_as_often_for_many_as_for_few(owner: User, client_as: ClientAs, posted: Post) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        return len(queries)

    client = client_as(owner)
    posted(person=owner)
    asked()
    few = asked()
    for n in range(40):
        posted(f"anna{n}@example.com", person=owner)
    assert asked() == few


def test_nothing_is_added_changed_or_deleted_by_hand(owner: User, client_as: ClientAs, posted: Post) -> None:
    client, mail = client_as(owner), posted()
    for page in (f"{LIST}add/", address_of(mail, "delete")):
        assert client.get(page).status_code == 403
    assert client.post(address_of(mail), {"address": "eve@example.com"}).status_code == 403


def test_a_mail_is_read_as_it_would_be_written(owner: User, client_as: ClientAs, posted: Post) -> None:
    page = client_as(owner).get(address_of(mail := posted(), "read")).content.decode()
    assert "Three bags – all black." in page
    assert mail.message_id.strip("<>") in page
    assert "week 9.csv" in page
    assert '<iframe sandbox srcdoc="&lt;h1&gt;Three bags' in page
    assert "cid:bag" not in page


def test_a_file_of_a_mail_is_a_download(owner: User, client_as: ClientAs, posted: Post) -> None:
    client, mail = client_as(owner), posted()
    answer = client.get(reverse("admin:outbox_attachment", args=[mail.pk, 0]))
    assert answer.content == b"piece,price\nSpeedy 30,450.00\n"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="week 9.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for unknown in ([mail.pk, 1], [mail.pk + 1, 0]):
        assert client.get(reverse("admin:outbox_attachment", args=unknown)).status_code == 404


def test_a_mail_that_must_not_or_cannot_be_written_says_why(
    owner: User, client_as: ClientAs, posted: Post, writer: type[Notes], caplog: pytest.LogCaptureFixture
) -> None:
    client, mail = client_as(owner), posted("anna@example.com")
    writer.withheld["anna@example.com"] = "Anna no longer works here."
    assert "Anna no longer works here." in client.get(address_of(mail, "read")).content.decode()
    writer.broken = True
    assert "The fault is ours" in client.get(address_of(mail, "read")).content.decode()
    assert "the pen leaks" in caplog.text
    assert client.get(reverse("admin:outbox_attachment", args=[mail.pk, 0])).status_code == 404


def test_a_refused_mail_is_sent_again_by_hand(manager: User, client_as: ClientAs, posted: Post) -> None:
    client, mail = client_as(manager), refused(posted())
    assert "Send again now" in client.get(address_of(mail)).content.decode()
    answer = client.post(address_of(mail, "send-now"), follow=True)
    assert "It is on its way." in answer.content.decode()
    mail.refresh_from_db()
    assert (mail.state, mail.failures) == ("queued", 0)
    assert LogEntry.objects.get().user == manager


def test_a_mail_that_waits_or_was_sent_is_not_sent_again_from_here(
    manager: User, client_as: ClientAs, posted: Post
) -> None:
    client, mail = client_as(manager), posted()
    assert "Send again now" not in client.get(address_of(mail)).content.decode()
    answer = client.post(address_of(mail, "send-now"))
    assert "It is on its way, or has been sent." in answer.content.decode()
    assert not LogEntry.objects.exists()


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_a_mail_is_shown_with_its_picture(page: Page, live_server: LiveServer, owner: User, posted: Post) -> None:
    """`page` fails on anything that the content security policy refuses."""
    mail = posted(reference=uuid.uuid4())
    path = address_of(mail, "read")
    page.goto(f"{live_server.url}/admin/login/?next={path}")
    page.fill("input[name=username]", "olivia")
    page.fill("input[name=password]", "a long password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{path}")
    letter = page.frame_locator("iframe")
    expect(letter.get_by_role("heading", name="Three bags")).to_be_visible()
    assert letter.get_by_alt_text("A bag").evaluate("picture => picture.naturalWidth") == 1
    with page.expect_download() as download:
        page.get_by_role("link", name="week 9.csv").click()
    assert download.value.suggested_filename == "week 9.csv"
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
