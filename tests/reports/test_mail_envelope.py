"""How a mail is put together, and how it looks."""

import re
from dataclasses import replace
from decimal import Decimal
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from mails import LINK, PNG, Seen, brands, html_of, kpis, without_drawing
from papers import HOSTILE, ROWS, UNUSUAL, document, part, result
from playwright.sync_api import Page

from reports.formats import mail
from reports.formats.mail.envelope import DARK, LIGHT
from reports.formats.mail.words import web


@pytest.fixture(autouse=True)
def _quick_pictures(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """All but those who look at it do without the drawing."""
    if "opened" not in request.fixturenames:
        without_drawing(monkeypatch)


@pytest.fixture
def made() -> mail.ReportMail:
    whole = document(part(kpis(("Fine.",))), brands(), address="https://shop.test/reports/runs/7")
    return mail.message(mail.letter(whole), links=[LINK], attached=["a.csv"], note="This is a test.", reason="Why.")


def arrived(sent: mail.ReportMail) -> Message:
    return message_from_bytes(sent.message().as_bytes(linesep="\r\n"))


def tree(of: Message) -> Any:
    inner = of.get_payload()
    return (of.get_content_type(), [tree(each) for each in inner]) if isinstance(inner, list) else of.get_content_type()


def test_the_picture_is_with_the_html_and_files_are_beside_both(made: mail.ReportMail) -> None:
    body = ("multipart/alternative", ["text/plain", ("multipart/related", ["text/html", "image/png"])])
    assert tree(arrived(made)) == body
    made.attach("a.pdf", b"%PDF-1.7", "application/pdf")
    assert tree(arrived(made)) == ("multipart/mixed", [body, "application/pdf"])


def test_the_html_shows_the_picture_that_comes_with_it(made: mail.ReportMail) -> None:
    picture = next(each for each in arrived(made).walk() if each.get_content_type() == "image/png")
    assert Seen(html_of(made)).pictures == [f"cid:{picture['Content-ID'].strip('<>')}"]
    assert (picture.get_payload(decode=True), picture.get_content_disposition()) == (PNG, "inline")


def test_without_a_picture_there_is_nothing_to_relate() -> None:
    plain = mail.message(mail.letter(document(part(kpis()))))
    assert tree(arrived(plain)) == ("multipart/alternative", ["text/plain", "text/html"])
    assert "img" not in Seen(html_of(plain)).tags


def test_files_arrive_byte_for_byte(made: mail.ReportMail) -> None:
    table = '\ufeffbrand,note\r\nHermès,"two\nlines"\r\n'.encode()
    made.attach("a.csv", table, "text/csv")
    file = list(arrived(made).walk())[-1]
    assert (file.get_filename(), file.get_content_type(), file.get_param("charset")) == ("a.csv", "text/csv", "utf-8")
    assert file.get_payload(decode=True) == table


def test_all_of_it_is_short_lines_of_ascii() -> None:
    long = mail.letter(document(brands(insights=["x" * 5_000, *UNUSUAL]), title="Weiß\u00a0日本橋 👩‍💻"))
    for line in mail.message(long).message().as_bytes(linesep="\r\n").splitlines():
        assert len(line) <= 200
        assert line.isascii()
    plain = next(each for each in arrived(mail.message(long)).walk() if each.get_content_type() == "text/plain")
    words = plain.get_payload(decode=True)
    assert isinstance(words, bytes)
    assert all(each in words.decode() for each in ("x" * 5_000, "日本橋", "Zażółć gęślą"))


def test_both_texts_say_the_same(made: mail.ReportMail) -> None:
    seen = Seen(html_of(made))
    said = (
        "This is a test.", "How March went", "1 – 31 Mar 2026", "For Monday's meeting.", "Fine.", "Attached: ", "a.csv",
        "Weekly review.pdf", "(12 MB)", "open it until 9 Dec 2026", "As of 31 Mar 2026, 12:05 (America/New_York)",
        "Changes against 1 – 28 Feb 2026", "Why.", settings.SHOP_NAME,
    )  # fmt: skip
    for words in said:
        assert words in made.body
        assert words in seen.words
    assert seen.links == ["https://shop.test/reports/runs/7", LINK.address]
    assert all(f"{link}\n" in made.body for link in seen.links)
    assert max(map(len, made.body.splitlines())) <= 78


def test_the_same_letter_makes_the_same_mail(made: mail.ReportMail) -> None:
    again = mail.message(
        mail.letter(document(part(kpis(("Fine.",))), brands(), address="https://shop.test/reports/runs/7")),
        links=[LINK], attached=["a.csv"], note="This is a test.", reason="Why.",
    )  # fmt: skip
    assert (made.subject, made.body, html_of(made)) == (again.subject, again.body, html_of(again))


@pytest.mark.parametrize("hostile", [*HOSTILE, "<script>alert(1)</script>", "{{ letter }}", "{% now 'Y' %}", "a\nb: c"])
def test_hostile_words_stay_words(hostile: str) -> None:
    answer = result(rows=[(hostile, 1, Decimal(1), 0.5), *ROWS], title=hostile, insights=[hostile], notes=[hostile])
    whole = document(
        part(answer), part(), title=hostile, description=hostile, filters=[(hostile, hostile)], left_out=[hostile]
    )
    made = mail.message(
        mail.letter(whole), links=[replace(LINK, name=hostile)], attached=[hostile], note=hostile, reason=hostile
    )
    seen, flat = Seen(html_of(made)), hostile.replace("\n", " ")
    assert seen.words.count(flat) >= 9
    assert made.body.count(flat) >= 9
    assert "script" not in seen.tags
    assert "img" not in seen.tags
    assert seen.links == [LINK.address]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.test/a", "http://[", "file:///etc"]
)
def test_only_addresses_of_the_web_are_links(address: str) -> None:
    assert web(address) == ""
    made = mail.message(mail.letter(document(address=address)), links=[replace(LINK, address=address)])
    assert Seen(html_of(made)).links == []
    assert address not in made.body


# --- Its looks -----------------------------------------------------------------------------------------------------


def test_mails_and_pages_have_the_same_colours() -> None:
    css = Path(settings.BASE_DIR, "assets/css/lacelux.css").read_text()
    names = {"soft": "ink-soft"}
    for side, colours in zip(css.split("\n.dark {", 1), (LIGHT, DARK), strict=True):
        found = dict(reversed(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", side)))
        ground = {"ground": "card-soft"} if colours is LIGHT else {}
        assert {name: found[{**names, **ground}.get(name, name)] for name in colours} == dict(colours)


# For each element with words of its own: what it says, and how far its colour stands out from the ground below it.
CONTRASTS = """() => {
    const parse = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = (rgb) => rgb.slice(0, 3).map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92
        : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => {
        const rgb = parse(getComputedStyle(element).backgroundColor);
        return rgb.length === 4 && rgb[3] === 0 ? ground(element.parentElement) : rgb;
    };
    const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return [...document.body.querySelectorAll("*")].filter((e) => own(e) && e.checkVisibility()).map((e) => {
        const pair = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((a, b) => a - b);
        return [e.textContent.trim(), (pair[1] + 0.05) / (pair[0] + 0.05)];
    });
}"""


@pytest.fixture(params=["light", "dark"])
def opened(request: pytest.FixtureRequest, page: Page) -> Page:
    whole = document(part(kpis(("Fine.",))), brands(), left_out=["Payouts"], address="https://shop.test/reports/runs/7")
    letter = mail.letter(whole)
    assert letter.picture.startswith(b"\x89PNG")
    html = html_of(mail.message(letter, links=[LINK], note="This is a test.", reason="Why."))
    picture = f"data:image/png;base64,{letter.as_json()['picture']}"
    page.emulate_media(color_scheme=request.param)
    page.set_content(re.sub(r"cid:[^\"]+", picture, html))
    return page


@pytest.mark.parametrize("width", [600, 390])
def test_a_mail_fits_the_screen_and_can_be_read(opened: Page, width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 800})
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    assert opened.evaluate("[...document.images].every((image) => image.naturalWidth > 500)")
    faint = [(words, ratio) for words, ratio in opened.evaluate(CONTRASTS) if ratio < 4.5]
    assert faint == []
