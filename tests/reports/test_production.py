"""A run from the queue to the readers: files per set of rights, mails, and what becomes of one that cannot be made."""

import csv
import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from boutique import Boutique
from django.contrib.auth.models import User
from django.utils import timezone
from march import MARCH, states

from inventory.models import Brand
from lacelux.outbox.leases import claim
from lacelux.outbox.models import Delivery
from reports import production, renditions
from reports.audience import Rights
from reports.models import Rendition, Run
from reports.outlines import Outline, SectionOutline
from reports.sending import NobodyToSendTo, send_again
from reports.services import TooManyWaiting

pytestmark = pytest.mark.django_db
RunFor = Callable[..., Run]
Work = Callable[[], list[Any]]


def columns_in(data: bytes) -> set[str]:
    """Names of all columns in a zip of CSV files."""
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        heads = [next(csv.reader(io.StringIO(files.read(name).decode("utf-8-sig")))) for name in files.namelist()]
    return {name for head in heads for name in head}


def text_of(mail: Any) -> str:
    """Its plain text, as it was sent."""
    plain = next(part for part in mail.message().walk() if part.get_content_type() == "text/plain")
    return plain.get_payload(decode=True).decode()


def files_in(message: Any) -> dict[str, bytes]:
    """Attached files of a mail as it was sent."""
    whole: EmailMessage = message.message()
    found = [part for part in whole.walk() if part.get_content_disposition() == "attachment"]
    return {part.get_filename(): part.get_payload(decode=True) for part in found}


def test_without_recipients_its_files_are_for_who_asked(shop: Boutique, run_for: RunFor, work: Work):
    run = run_for(formats=("pdf", "xlsx", "csv"))
    assert work() == []
    run.refresh_from_db()
    assert (run.state, run.steps, run.steps_done) == ("done", 3, 3)
    files = {file.form: file for file in run.renditions.all()}
    assert set(files) == {"pdf", "xlsx", "csv"}
    for file in files.values():
        data = file.file.read_bytes()
        assert (file.size, file.sha256) == (len(data), hashlib.sha256(data).hexdigest())
        assert file.as_of == run.as_of
    assert files["pdf"].name == "the-month_2026-03-01_2026-03-31.pdf"
    assert files["csv"].name == "the-month_2026-03-01_2026-03-31.zip"


def test_each_set_of_rights_gets_a_document_of_its_own_made_once(
    shop: Boutique, run_for: RunFor, work: Work, owner: User, manager: User, viewer: User
):
    run = run_for(people=(owner.pk, manager.pk, viewer.pk), addresses=("ann@x.test",))
    mails = {mail.to[0]: mail for mail in work()}
    assert set(mails) == {owner.email, manager.email, viewer.email, "ann@x.test"}
    assert run.renditions.filter(form="csv").count() == 2
    seen = {address: columns_in(next(iter(files_in(mail).values()))) for address, mail in mails.items()}
    assert {"profit", "customer"} <= seen[owner.email] == seen[manager.email]
    assert not {"profit", "customer", "cost"} & seen[viewer.email]
    assert seen["ann@x.test"] == seen[viewer.email]
    assert "$922.00" in text_of(mails[owner.email])
    assert "Profit" not in text_of(mails[viewer.email])
    assert set(states().values()) == {"sent"}


def test_a_mail_has_a_headline_and_its_own_message_id(shop: Boutique, run_for: RunFor, work: Work):
    run_for(addresses=("ann@x.test", "ben@x.test"))
    first, second = work()
    assert first.subject.startswith("The month, 1 – 31 Mar 2026: revenue $3,215.00")
    ids = {mail.message()["Message-ID"] for mail in (first, second)}
    assert ids == set(Delivery.objects.values_list("message_id", flat=True))
    assert len(ids) == 2


def test_a_test_says_that_it_is_one(shop: Boutique, run_for: RunFor, work: Work):
    run = run_for(addresses=("ann@x.test",))
    Run.objects.filter(pk=run.pk).update(cause="test")
    [mail] = work()
    assert mail.subject.startswith("Test: The month")
    assert "This is a test." in text_of(mail)


def test_only_if_there_is_something_in_it(shop: Boutique, run_for: RunFor, work: Work):
    outline = replace(MARCH, period="2020-01-01/2020-01-31", sections=MARCH.sections[1:3])
    run = run_for(outline, addresses=("ann@x.test",))
    Run.objects.filter(pk=run.pk).update(only_if_data=True)
    assert work() == []
    run.refresh_from_db()
    assert (run.state, run.renditions.count()) == ("empty", 0)


def test_one_worker_makes_it_and_only_once(shop: Boutique, run_for: RunFor, work: Work):
    run = run_for(addresses=("ann@x.test",))
    assert claim(Run, run.pk) is not None
    production.produce(run.pk)  # a message that came twice
    assert run.renditions.count() == 0
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert len(work()) == 1
    assert work() == []


def test_whoever_lost_the_lease_leaves_the_run_alone(shop: Boutique, run_for: RunFor, monkeypatch: pytest.MonkeyPatch):
    run, keep = run_for(addresses=("ann@x.test",)), renditions.keep

    def taken_over(*given: Any) -> Rendition:
        Run.objects.filter(pk=run.pk).update(claim="00000000-0000-0000-0000-000000000000")
        return keep(*given)

    monkeypatch.setattr(renditions, "keep", taken_over)
    production.produce(run.pk)
    assert states() == {}
    run.refresh_from_db()
    assert run.state == "running"


class TestWhatCannotBeMade:
    def test_rights_of_the_owner_are_looked_at_again(self, shop: Boutique, run_for: RunFor, work: Work, owner: User):
        run = run_for(addresses=("ann@x.test",))
        User.objects.filter(pk=owner.pk).update(is_active=False)
        assert work() == []
        run.refresh_from_db()
        assert (run.state, run.trouble) == ("failed", "olivia, in whose name it is made, may no longer sign in.")

    def test_an_owner_who_may_not_make_reports_makes_none(
        self, shop: Boutique, run_for: RunFor, work: Work, viewer: User
    ):
        run = run_for(by=viewer)
        work()
        run.refresh_from_db()
        assert run.trouble == "victor, in whose name it is made, may no longer make reports."

    def test_nobody_left_to_send_to(self, shop: Boutique, run_for: RunFor, work: Work, viewer: User):
        run = run_for(people=(viewer.pk,))
        User.objects.filter(pk=viewer.pk).update(is_active=False)
        work()
        run.refresh_from_db()
        assert run.trouble == "Nobody is left to send it to: victor: may no longer sign in."

    def test_a_brand_that_is_gone_is_said_and_not_tried_again(self, shop: Boutique, run_for: RunFor, work: Work):
        brand = Brand.objects.create(name="Gone")
        section = SectionOutline(analysis="brands/performance", heading="Old", params={"brand": str(brand.pk)})
        run = run_for(Outline(title="Old", sections=(section,)))
        brand.delete()
        work()
        run.refresh_from_db()
        assert (run.state, run.attempts) == ("failed", 1)
        assert run.trouble.startswith("Old: brand: There is no brand")

    def test_a_fault_of_ours_is_tried_again_with_pauses_and_then_given_up(
        self, shop: Boutique, run_for: RunFor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ):
        run = run_for(addresses=("ann@x.test",))

        def full(*given: Any) -> Rendition:
            raise OSError("No space left on device")

        monkeypatch.setattr(renditions, "keep", full)
        waits = []
        for _ in range(5):
            before = timezone.now()
            Run.objects.filter(pk=run.pk).update(next_try_at=before)
            production.produce(run.pk)
            run.refresh_from_db()
            waits.append(round((run.next_try_at - before).total_seconds() / 60))
        assert waits[:4] == [1, 5, 15, 60]
        assert (run.state, run.failures) == ("failed", 4)
        assert "Something went wrong in the shop itself" in run.trouble
        assert caplog.text.count("No space left on device") >= 5
        assert states() == {}

    def test_it_succeeds_once_the_fault_is_gone(
        self, shop: Boutique, run_for: RunFor, work: Work, monkeypatch: pytest.MonkeyPatch
    ):
        run = run_for(addresses=("ann@x.test",))
        with monkeypatch.context() as patch:
            patch.setattr(renditions, "keep", lambda *given: 1 / 0)
            assert work() == []
        Run.objects.filter(pk=run.pk).update(next_try_at=timezone.now())
        assert len(work()) == 1
        run.refresh_from_db()
        assert (run.state, run.trouble) == ("done", "")

    def test_nobody_can_ask_for_more_than_gets_done(self, shop: Boutique, run_for: RunFor):
        for _ in range(50):
            run_for()
        with pytest.raises(TooManyWaiting):
            run_for()


class TestSendingAgain:
    def test_sends_the_same_files_under_a_new_number(self, shop: Boutique, run_for: RunFor, work: Work):
        run = run_for(addresses=("ann@x.test",))
        [first] = work()
        assert send_again(run) == 1
        [second] = work()
        assert files_in(first) == files_in(second)
        assert first.message()["Message-ID"] != second.message()["Message-ID"]
        assert "Sent again." in text_of(second)
        assert sorted(Delivery.objects.values_list("send_number", flat=True)) == [1, 2]

    def test_who_has_lost_rights_since_gets_what_may_be_seen_now(
        self, shop: Boutique, run_for: RunFor, work: Work, manager: User, viewer: User
    ):
        run = run_for(people=(manager.pk,))
        work()
        manager.groups.set(viewer.groups.all())
        assert send_again(run) == 1
        [mail] = work()
        assert not {"profit", "customer"} & columns_in(next(iter(files_in(mail).values())))

    def test_files_that_are_gone_are_made_anew_for_the_same_days(
        self, shop: Boutique, run_for: RunFor, work: Work, settings: Any
    ):
        run = run_for(replace(MARCH, period="last-month"), addresses=("ann@x.test",))
        Run.objects.filter(pk=run.pk).update(today="2026-04-05")
        work()
        settings.REPORT_KEEP_DAYS = -1
        assert renditions.remove_old() == run.renditions.count() > 0
        assert not any(file.file.exists() for file in run.renditions.all())
        send_again(run)
        [mail] = work()
        assert list(files_in(mail)) == ["the-month_2026-03-01_2026-03-31.zip"]

    def test_files_made_anew_are_kept_as_long_as_new_ones(self, shop: Boutique, run_for: RunFor, work: Work):
        run = run_for(addresses=("ann@x.test",))
        work()
        run.renditions.update(created_at=timezone.now() - timedelta(days=91))
        renditions.remove_old()
        send_again(run)
        work()
        assert renditions.remove_old() == 0
        again = run.renditions.filter(rights=Rights.of_stranger().digest)
        assert again
        assert all(file.is_kept for file in again)

    def test_without_recipients_it_says_so(self, shop: Boutique, run_for: RunFor, work: Work):
        run = run_for()
        work()
        with pytest.raises(NobodyToSendTo, match="made without recipients"):
            send_again(run)


class TestFiles:
    def test_large_files_are_linked_and_the_link_leads_to_them(
        self, shop: Boutique, run_for: RunFor, work: Work, settings: Any, client: Any
    ):
        settings.REPORT_ATTACH_MAX_BYTES = 1
        run = run_for(addresses=("ann@x.test",))
        [mail] = work()
        assert files_in(mail) == {}
        address = next(word for word in text_of(mail).split() if "/reports/linked/" in word)
        answer = client.get(address.removeprefix(settings.SHOP_URL))
        assert answer.status_code == 200
        assert (
            b"".join(answer.streaming_content)
            == run.renditions.get(form="csv", rights=Rights.of_stranger().digest).file.read_bytes()
        )

    def test_stray_files_of_killed_workers_go(self, run_for: RunFor, settings: Any, tmp_path: Any):
        home = tmp_path / "reports"
        home.mkdir()
        old, young = home / "a.part", home / "b.part"
        for path in (old, young):
            path.write_bytes(b"half")
        os.utime(old, (0, 0))
        renditions.remove_old()
        assert (old.exists(), young.exists()) == (False, True)

    def test_a_painter_that_fails_leaves_nothing_behind(
        self, shop: Boutique, run_for: RunFor, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ):
        run = run_for()
        monkeypatch.setitem(renditions.PAINTERS, "csv", lambda document, target: 1 / 0)
        production.produce(run.pk)
        assert list((tmp_path / "reports").rglob("*")) == []
        assert Rendition.objects.count() == 0

    def test_rights_are_kept_with_each_file(self, shop: Boutique, run_for: RunFor, work: Work, owner: User):
        run = run_for()
        work()
        assert run.renditions.get().needs == Rights.of(owner)
