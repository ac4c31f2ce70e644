"""Mails as files, where there is no mail server."""

from __future__ import annotations

import email
from pathlib import Path

import pytest
from django.conf import settings as own_settings
from django.core.mail import EmailMessage, get_connection
from django.core.management import call_command
from pytest_django import Settings

from lacelux.outbox.delivering import deliver
from tests.outbox.conftest import Post


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "lacelux.outbox.backends.FolderBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def write(message_id: str, body: str = "Hello") -> int:
    headers = {"Message-ID": message_id}
    return EmailMessage("Hi", body, to=["anna@example.com"], headers=headers).send()


def test_each_mail_is_a_file_named_by_its_moment_and_message_id(folder: Path, clock: object) -> None:
    assert write("<abc.1@lace-luxx.test>") == 1
    assert [path.name for path in folder.iterdir()] == ["20260311-120000-abc.1.eml"]
    content = (folder / "20260311-120000-abc.1.eml").read_bytes()
    assert email.message_from_bytes(content)["To"] == "anna@example.com"
    assert b"\r\nHello" in content


def test_the_same_message_id_writes_over_its_own_file_alone(folder: Path, clock: object) -> None:
    for message_id in ("<abc@lace-luxx.test>", "<x-abc@lace-luxx.test>"):
        write(message_id, "first")
    clock.shift(3600)  # type: ignore[attr-defined]
    write("<abc@lace-luxx.test>", "second")
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(found) == {"20260311-120000-abc.eml", "20260311-120000-x-abc.eml"}
    assert b"second" in found["20260311-120000-abc.eml"]
    assert b"first" in found["20260311-120000-x-abc.eml"]


def test_a_message_id_cannot_name_a_file_elsewhere(folder: Path, clock: object) -> None:
    write("<../../up*[a]@lace-luxx.test>")
    assert [path.name for path in folder.iterdir()] == ["20260311-120000-.._.._up__a_.eml"]


def test_djangos_own_test_mail_arrives(folder: Path) -> None:
    call_command("sendtestemail", "anna@example.com")
    [path] = folder.iterdir()
    assert email.message_from_bytes(path.read_bytes())["Subject"].startswith("Test email from")


@pytest.mark.django_db
def test_a_delivery_ends_as_a_file(folder: Path, posted: Post) -> None:
    mail = posted()
    deliver(mail.pk)
    mail.refresh_from_db()
    assert mail.state == "sent"
    [path] = folder.glob(f"*{mail.message_id.strip('<>').partition('@')[0]}.eml")
    assert email.message_from_bytes(path.read_bytes())["Message-ID"] == mail.message_id


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_is_a_failure_and_no_doubt(folder: Path, posted: Post) -> None:
    folder.write_text("in the way")
    mail = posted()
    deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.state, mail.failures, mail.offered_at) == ("queued", 1, None)


def test_the_embedded_shop_writes_into_its_own_folder() -> None:
    """The settings without EMAIL_URL; pytest-django puts another backend in place while tests run."""
    assert Path(own_settings.EMAIL_FILE_PATH) == Path(own_settings.VAR_DIR) / "mail"
    assert get_connection("lacelux.outbox.backends.FolderBackend").send_messages([]) == 0
