"""A document made short: the subject, what the mail says, and what it keeps to itself."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from boutique import MARCH as IN_MARCH
from boutique import OWNER, TODAY, VIEWER, boutique
from mails import PNG, Seen, brands, html_of, kpis, without_drawing
from papers import BY_BRAND, UNUSUAL, document, part, result

from analytics.base import Viewer
from analytics.columns import Money, Text
from lacelux.lib.periods import Period
from reports.documents import Document, Part, answered, reading
from reports.formats import mail
from reports.formats.mail.words import cut
from reports.outlines import Outline, SectionOutline


@pytest.fixture(autouse=True)
def _quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    without_drawing(monkeypatch)


def subject(*parts: Part, **more: Any) -> str:
    return mail.letter(document(*parts, **{"title": "Daily sales", **more})).subject


# --- The subject -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("revenue", "said"),
    [
        ((Decimal("1234.00"), 0.125), "revenue $1,234.00, up 12.5%"),
        ((Decimal("1234.00"), -0.031), "revenue $1,234.00, down 3.1%"),
        ((Decimal("1234.00"), 0.0001), "revenue $1,234.00, unchanged"),
        ((Decimal("-15.50"), None), "revenue −$15.50"),
        ((None, None), "orders 7, down 30.0%"),
    ],
)
def test_the_subject_has_the_first_figure_and_where_it_went(revenue: tuple[Any, Any], said: str) -> None:
    assert subject(part(kpis(revenue=revenue))) == f"Daily sales, 1 – 31 Mar 2026: {said}"


def test_the_change_of_a_percentage_is_in_points() -> None:
    answer = kpis()
    margin_first = replace(answer, rows=[row for row in answer.rows if row[0] == "margin"])
    assert subject(part(margin_first)).endswith(": margin 31.5%, up 1.3 pts")


def test_of_a_section_with_days_of_its_own_the_subject_names_these() -> None:
    assert subject(part(kpis(), period="30 Mar 2026")).startswith("Daily sales, 30 Mar 2026: revenue")


def test_without_big_numbers_the_subject_has_the_first_insight_cut_at_a_word() -> None:
    long = "Chanel, Hermès and Louis Vuitton bring three quarters of all the revenue of this month."
    said = subject(brands(insights=[long, "Another."])).partition(": ")[2]
    assert said == "Chanel, Hermès and Louis Vuitton bring three quarters of all the…"
    assert subject(brands(insights=["Chanel leads."])).endswith("2026: Chanel leads")


def test_without_anything_to_say_the_subject_is_title_and_days() -> None:
    assert subject(brands()) == "Daily sales, 1 – 31 Mar 2026"
    assert subject(brands(), period=None) == "Daily sales, 31 Mar 2026"
    assert subject(brands(), period=Period("day", date(2026, 3, 5), date(2026, 3, 5), "day")).endswith(", 5 Mar 2026")


def test_the_subject_says_that_nothing_happened() -> None:
    nothing = part(result(rows=[], insights=["No order."]))
    assert subject(nothing) == "Daily sales, 1 – 31 Mar 2026: nothing in this period"
    assert subject(nothing, period=None).endswith(": there is nothing to show")
    letter = mail.letter(document(nothing))
    assert (letter.nothing, letter.insights, letter.figures, letter.table) == ("Nothing in this period", (), (), None)
    assert "Nothing in this period." in mail.message(letter).body


def test_a_document_of_which_all_is_left_out_says_so_and_nothing_else() -> None:
    letter = mail.letter(replace(document(), parts=(), left_out=("Payouts",)))
    assert (letter.subject, letter.nothing) == ("How March went, 1 – 31 Mar 2026", "")
    assert "Left out, because you may not see it: Payouts." in mail.message(letter).body


def test_the_subject_is_one_short_line_and_keeps_the_figure_whole() -> None:
    title = "All\r\nBcc: x@evil.test\x00\u2028\u202e the days " + "and nights " * 20
    made = subject(part(kpis()), title=title)
    assert len(made) <= 150
    assert made.isprintable()
    assert made.startswith("All Bcc: x@evil.test the days and nights")
    assert made.endswith("…, 1 – 31 Mar 2026: revenue $1,234.00, up 12.5%")
    mail.message(mail.letter(document(part(kpis()), title=title))).message()  # Django refuses line ends in headers


def test_texts_are_cut_at_a_word_or_else_anywhere() -> None:
    assert (cut("one two", 7), cut("one two three", 9), cut("x" * 20, 9)) == ("one two", "one two…", "xxxxxxxx…")


# --- What it says --------------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_page() -> None:
    letter = mail.letter(document(part(kpis())))
    assert [(f.label, f.value, f.change, f.is_good) for f in letter.figures] == [
        ("Revenue", "$1,234.00", "+12.5%", True),
        ("Orders", "7", "−30.0%", False),
        ("Average order", "$176.29", "0.0%", None),
        ("Margin", "31.5%", "+1.3 pts", True),
        ("Refunds", "$40.00", "+50.0%", False),
        ("Pieces on hand", "2,001", "", None),
    ]
    assert letter.before == "against 1 – 28 Feb 2026"
    assert letter.table is None
    made = mail.message(letter)
    for text in (made.body, Seen(html_of(made)).words):
        assert all(figure.value in text and figure.change in text for figure in letter.figures)


def test_a_mail_without_big_numbers_has_a_small_table_instead() -> None:
    letter = mail.letter(document(part(result(rows=[(f"Brand {n}", n, Decimal(n), 0.5) for n in range(1, 31)]))))
    assert letter.table is not None
    assert letter.table.heads == ("Brand", "Units", "Revenue", "Margin")
    assert letter.table.rows[0] == ("Brand 1", "1", "$1.00", "50.0%")
    assert (len(letter.table.rows), letter.table.rest) == (10, "… and 20 rows more in the report.")


def test_the_table_has_the_columns_that_tell_most() -> None:
    columns = [Text(name, name) for name in "abcde"] + [Money("revenue", "Revenue")]
    wide = part(result(columns, [("1", "2", "3", "4", "5", Decimal("6.00"))]))
    table = mail.letter(document(wide)).table
    assert table is not None
    assert (table.heads, table.rest) == (("a", "b", "c", "Revenue"), "… and 2 columns more in the report.")


def test_the_first_sentence_of_every_section_comes_before_the_second_of_any() -> None:
    parts = [part(result(title=f"S{n}", insights=[f"{n}a.", f"{n}b."])) for n in range(1, 7)]
    letter = mail.letter(document(*parts))
    assert [(said.heading, said.sentences) for said in letter.insights] == [
        ("S1", ("1a.", "1b.")), ("S2", ("2a.", "2b.")), ("S3", ("3a.",)), ("S4", ("4a.",)), ("S5", ("5a.",)),
        ("S6", ("6a.",)),
    ]  # fmt: skip
    assert "… and 4 more in the report." in mail.message(letter).body


def test_a_section_names_the_days_and_filters_that_only_it_has() -> None:
    own = part(result(insights=["A."]), heading="Brands", period="1 – 28 Feb 2026", filters=[("Channel", "Whatnot")])
    letter = mail.letter(document(own, part(result(title="Hosts", insights=["B."]))))
    assert [said.heading for said in letter.insights] == ["Brands · 1 – 28 Feb 2026 · Channel: Whatnot", "Hosts"]


def test_the_picture_is_the_first_that_is_to_be_shown() -> None:
    hidden, shown = part(result(chart=BY_BRAND, title="Hidden"), shows_chart=False), brands(title="Shown")
    letter = mail.letter(document(part(kpis()), hidden, shown))
    assert (letter.picture, letter.caption) == (PNG, "Shown: Revenue by brand")
    assert letter.alt == "Chart: Shown: Revenue by brand. The report has the figures."
    assert mail.letter(document(hidden)).picture == b""


def test_a_note_names_its_sections_unless_it_is_about_all() -> None:
    both, one = "Growing.", "Not filtered by brand."
    parts = (part(result(title="A", notes=[both])), part(result(title="B", notes=[both, one])))
    assert mail.letter(document(*parts)).notes == (both, f"B: {one}")


@pytest.mark.django_db
def test_what_the_reader_may_not_see_is_nowhere_in_the_mail() -> None:
    boutique()
    owners, viewers = (mail.letter(of_march(viewer)).as_json() for viewer in (OWNER, VIEWER))
    kept = [json.dumps({**each, "picture": ""}, ensure_ascii=False) for each in (owners, viewers)]
    assert owners["subject"] == viewers["subject"]
    assert owners["subject"] == "Review, 1 – 31 Mar 2026: revenue $3,215.00, up 157.2%"
    for secret in ("Profit", "Margin", "922.00"):
        assert secret in kept[0]
        assert secret not in kept[1]
    assert "Anna Ode" not in kept[1]


def of_march(viewer: Viewer) -> Document:
    slugs = ("overview/kpis", "brands/performance", "customers/top")
    outline = Outline(title="Review", period=IN_MARCH, sections=[SectionOutline(analysis=slug) for slug in slugs])
    with reading() as session:
        return answered(outline, viewer, session, today=TODAY)


# --- Kept as JSON --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [part(kpis(("Fine.",))), brands(notes=["A note."])], ids=["figures", "table"])
def test_a_letter_comes_back_from_its_file_as_it_went(first: Part) -> None:
    whole = document(first, brands(insights=UNUSUAL), filters=[("Brand", "Gucci, Weiß")], left_out=["Payouts"])
    files = [BytesIO(), BytesIO()]
    for file in files:
        mail.write(whole, file)
    assert files[0].getvalue() == files[1].getvalue()
    assert mail.read(files[0].getvalue()) == mail.letter(whole)
