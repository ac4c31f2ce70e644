"""The PDF of a report: it says what the page says, can be read by all, and holds still."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from boutique import MARCH, OWNER, VIEWER, Boutique, ask
from pages import facts, inside, made, read, sheets, squeezed, texts, words
from papers import BY_BRAND, HOSTILE, UNUSUAL, document, part, result, sales

from analytics.base import Result
from analytics.catalogue import ANALYSES
from analytics.charts import Tiles
from analytics.columns import Column, Date, Flag, Integer, Money, Percent, Text
from analytics.mart.session import Row
from reports.documents import Part
from reports.formats import pdf
from reports.formats.typesetting import TypesettingFailed, typeset

PRICE = Decimal("-1234567.89")


def figures(answer: Result) -> Part:
    return part(answer, shows_chart=False)


def cells(each: Part) -> Counter[str]:
    """All figures of a part as its page says them."""
    columns = each.shown_columns
    found: Counter[str] = Counter()
    for row in pdf.cells(each):
        found.update(cell.text for column, cell in zip(columns, row, strict=True) if column.is_number)
    return Counter({text: count for text, count in found.items() if " " not in text})


# --- What it says -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ANALYSES)
def test_every_figure_of_a_page_can_be_copied_out(slug: str, shop: Boutique):
    asked = {"period": MARCH} if ANALYSES[slug].Params.has_period else {}
    each = part(ask(slug, **asked))
    assert cells(each)
    missing = cells(each) - words(made(document(each)))
    assert not missing


@pytest.mark.django_db
def test_figures_are_those_of_the_shop_to_the_cent(shop: Boutique):
    said = squeezed(read(made(document(part(ask("overview/kpis", period=MARCH), shows_table=False))), "-raw"))
    for label, figure in (("Revenue", "$3,215.00"), ("Profit", "$922.00"), ("Refunds", "$40.00"), ("Orders", "5")):
        assert label + figure in said


@pytest.mark.django_db
def test_a_viewer_is_told_nothing_of_cost_and_profit(shop: Boutique):
    parts = [part(ask(slug, VIEWER, period=MARCH)) for slug in ("overview/kpis", "sales/daily", "brands/performance")]
    said = read(made(document(*parts)))
    assert "Revenue" in said
    assert not re.search("profit|margin|cost", said, re.IGNORECASE)
    assert "Profit" in read(made(document(part(ask("sales/daily", OWNER, period=MARCH)))))


def test_the_cover_says_what_must_be_known():
    asked = document(filters=[("Brand", "Gucci, Prada")], address="https://shop.test/reports/1")
    data = made(asked)
    first = texts(data)[0]
    for said in (
        "Lace-Luxx", "How March went", "For Monday's meeting.", "1 – 31 Mar 2026", "31 Mar 2026, 12:05",
        "America/New_York", "USD", "Brand: Gucci, Prada",
    ):  # fmt: skip
        assert said in first
    assert "https://shop.test/reports/1" in read(data, "-url", tool="pdfinfo")


def test_a_part_says_all_it_knows():
    answer = result(insights=["Chanel earned most."], notes=["Costs are as of today."], chart=BY_BRAND)
    each = part(
        answer, heading="Brands", text="First.\n\nThen\nthis.", period="1 Jan – 31 Mar 2026",
        filters=[("Channel", "Whatnot")], address="https://shop.test/brands?a=b&c=d",
    )  # fmt: skip
    data = made(document(each))
    lines = [line.strip() for line in texts(data)[0].splitlines()]
    for said in (
        "Brands", "1 Jan – 31 Mar 2026 · Channel: Whatnot", "First.", "Then", "this.", "Chanel earned most.",
        "Revenue by brand", "Costs are as of today.",
    ):  # fmt: skip
        assert said in lines
    assert "https://shop.test/brands?a=b&c=d" in read(data, "-url", tool="pdfinfo")


def test_tiles_carry_their_change_with_its_sign(settings: Any):
    columns = ANALYSES["overview/kpis"].columns
    rows: list[Row] = [
        ("revenue", "Revenue", Decimal(120), Decimal(100), 0.2, "money"),
        ("refunds", "Refunds", Decimal(90), Decimal(100), -0.1, "money"),
        ("on_hand", "Pieces on hand", 7, None, None, "integer"),
    ]
    chart = Tiles(label="label", value="value", change="change")
    told = pdf.cards(result(columns, rows, chart=chart))
    assert told
    assert told["cards"][0][:4] == ["Revenue", "$120.00", "+20.0%", "up"]
    assert told["cards"][1][:4] == ["Refunds", "$90.00", "−10.0%", "up"]
    assert told["cards"][2][:4] == ["Pieces on hand", "7", "", ""]
    said = squeezed(read(made(document(part(result(columns, rows, chart=chart), shows_table=False))), "-raw"))
    assert "Revenue$120.00+20.0%Refunds$90.00−10.0%Piecesonhand7Changesagainst1–28Feb2026" in said


def test_long_figures_have_larger_tiles():
    columns = ANALYSES["overview/kpis"].columns
    rows: list[Row] = [(f"k{n}", f"Figure {n}", Decimal(10) ** (3 * n + 2), None, None, "money") for n in range(4)]
    data = made(document(part(result(columns, rows, chart=Tiles(label="label", value="value")), shows_table=False)))
    assert "$100,000,000,000.00" in read(data)
    assert apart(data)


def test_a_part_without_anything_says_so():
    data = made(document(part(result(rows=[], chart=BY_BRAND, notes=["Records begin in May."]), text="Look at this.")))
    said = texts(data)[0]
    for words_ in ("Look at this.", "Nothing in this period.", "Records begin in May."):
        assert words_ in said
    assert "Brand performance" in said
    assert b"/S/Table" not in inside(data)
    assert b"/S/Figure" not in inside(data)
    assert "There is nothing to show." in read(made(document(part(result(rows=[], period=None)))))


def test_what_is_left_out_is_told_in_one_sentence():
    data = made(document(left_out=["Profit by brand", "Best customers"]))
    told = "Left out: “Profit by brand” and “Best customers”, which readers of this copy may not see."
    assert told in texts(data)[-1]
    assert "Left out" not in read(made(document()))


def test_a_document_without_parts_is_a_cover():
    assert "How March went" in read(made(replace(document(), parts=(), left_out=["Profit"])))


def test_a_row_that_is_not_over_yet_is_marked():
    columns = (Date("date", "Day"), Money("revenue", "Revenue"), Flag("complete", "Over"))
    rows: list[Row] = [(date(2026, 3, 30), Decimal(10), True), (date(2026, 3, 31), Decimal(20), False)]
    lines = texts(made(document(part(result(columns, rows)))))[0].splitlines()
    assert [line for line in lines if "31 Mar 2026 not over yet" in line and "$20.00" in line]
    assert [line for line in lines if "30 Mar 2026" in line and "not over yet" not in line]
    assert "Over" not in " ".join(lines)


def test_amounts_are_in_the_currency_of_the_shop(settings: Any):
    settings.SHOP_CURRENCY = "KRW"
    said = read(made(document()))
    assert "₩1,035.00" in said
    assert "KRW" in said


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_each_page_says_which_it_is_and_of_what():
    columns, rows = sales(150)
    pages = texts(made(document(part(result(columns, rows)))))
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in page
        assert "Lace-Luxx · How March went" in page
    assert pages[0].count("How March went") == 2
    assert [page.count("1 – 31 Mar 2026") for page in pages[1:]] == [1] * (len(pages) - 1)  # the running head


@pytest.mark.parametrize("long", [10_000, 100], ids=["tagged", "plain"])
def test_the_head_of_a_table_is_on_each_of_its_pages(long: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "LONG", long)
    columns, rows = sales(150)
    data = made(document(part(result(columns, rows))))
    assert all(re.search(r"Number\s+Sold\s+Day\s+Title\s+Customer\s+Units\s+Revenue", page) for page in texts(data))
    assert apart(data)
    found = words(data)
    assert all(found[row[0]] == 1 for row in rows)


def test_a_heading_is_never_left_alone_at_the_foot_of_a_page():
    columns, rows = sales(9)
    for lines in range(8, 40, 3):
        before = part(heading="Before", shows_table=False, text="\n\n".join(["Words."] * lines))
        data = made(document(before, part(result(columns, rows), heading="Afterwards")))
        [page] = [page for page in texts(data) if "Afterwards" in page]
        assert "T-00001" in page


def test_paper_is_letter_for_dollars_and_a4_for_all_others(settings: Any):
    assert facts(made(document()))["Page size"] == "612 x 792 pts (letter)"
    settings.SHOP_CURRENCY = "EUR"
    assert facts(made(document()))["Page size"] == "595.276 x 841.89 pts (A4)"


# --- Wide and long ----------------------------------------------------------------------------------------------------


def apart(data: bytes) -> bool:
    """Whether every word is within its page's margins, and none touches the next."""
    for sheet in sheets(data):
        assert min(word.left for word in sheet.words) > 30
        assert max(word.right for word in sheet.words) < sheet.width - 30
        for line in sheet.lines:
            assert all(before.right <= after.left for before, after in pairwise(line)), line
    return True


def wide(count: int) -> tuple[tuple[Column, ...], list[Row]]:
    columns = tuple(Money(f"m{n}", f"Revenue in the comparable period before, no. {n}") for n in range(count - 1))
    rows = [(f"Maison Margiela {n}", *(PRICE + n + at for at in range(count - 1))) for n in range(20)]
    return (Text("brand", "Brand and the line it belongs to"), *columns), rows


@pytest.mark.parametrize("count", [9, 13, 22, 30])
@pytest.mark.parametrize("long", [10_000, 10], ids=["tagged", "plain"])
def test_nothing_of_a_wide_table_is_cut_off(count: int, long: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "LONG", long)
    each = figures(result(*wide(count), title="Wide"))
    data = made(document(each))
    assert apart(data)
    assert not cells(each) - words(data)
    assert pdf.told_table(each)["size"] >= 6.5


@pytest.mark.django_db
def test_the_widest_listing_of_the_shop_lies_across(shop: Boutique):
    data = made(document(part(ask("sales/entries", period=MARCH)), part()))
    across, upright = sheets(data)[0], sheets(data)[-1]
    assert (across.width, across.height) == (upright.height, upright.width)
    assert apart(data)
    assert "How March went" in texts(data)[0]
    assert len(sheets(data)) == 2


def test_a_narrow_table_stays_upright_and_at_the_common_size():
    told = pdf.told_table(part())
    assert (told["is_wide"], told["size"], told["lines"]) == (False, 8.5, 1)


def test_long_titles_and_words_are_never_cut_off():
    endless = "W" * 200
    columns = (Text("brand", endless), Integer("units", "Unitswithoutanyspaceinthem" * 4), Money("revenue", "Revenue"))
    names = (endless, "ü" * 90, "W" * 16, "MM-" * 30, "金" * 30)
    answer = result(columns, [(name, 2, PRICE) for name in names], notes=[endless], insights=[endless])
    each = part(answer, heading=endless, text=endless, filters=[(endless, endless)])
    data = made(document(each, title="A title of words " * 12, description=endless, filters=[("Brand", endless)]))
    assert apart(data)
    assert squeezed(read(data, "-raw")).count("W" * 200) >= 8
    assert facts(data)["Title"] == ("A title of words " * 12).strip()
    assert apart(made(document(part(result(*sales(60))), title=endless)))


def test_a_shortened_table_says_where_the_rest_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "MOST_ROWS", 20)
    columns, rows = sales(45)
    each = part(result(columns, rows[:10]), rows=rows)
    said = read(made(document(each)))
    assert "The first 20 of 45 rows; all of them are in the CSV and Excel files." in said
    assert "T-00020" in said
    assert "T-00021" not in said
    assert "all of them are in the Excel file." in read(made(document(each, formats=("pdf", "xlsx"))))
    assert "45 rows; ask for CSV or Excel to have all." in read(made(document(each, formats=("pdf",))))
    assert "rows;" not in read(made(document(part(result(columns, rows[:20])))))


def test_only_rows_that_are_shown_are_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "MOST_ROWS", 20)
    columns, rows = sales(20)

    def endless() -> Iterator[Row]:
        yield from rows
        raise AssertionError("one row too many")

    each = replace(part(result(columns, rows[:5])), rows=endless, row_count=1_000_000)
    assert "The first 20 of 1,000,000 rows" in read(made(document(each)))


# --- Text is text -----------------------------------------------------------------------------------------------------


def test_nothing_in_a_text_is_ever_markup():
    columns = (Text("brand", "Brand #let"), Integer("units", "$Units$"), Money("revenue", "<Revenue>"))
    rows: list[Row] = [(text, n, Decimal(n)) for n, text in enumerate([*HOSTILE, *UNUSUAL])]
    answer = result(columns, rows, chart=BY_BRAND, insights=HOSTILE, notes=HOSTILE)
    each = part(answer, heading="#let *x*", text="\n\n".join(HOSTILE), filters=[("*Brand*", HOSTILE[0])])
    data = made(document(each, title="$x$ #panic()", description="\n\n".join(HOSTILE), left_out=HOSTILE))
    said = squeezed(read(data))
    for text in HOSTILE:
        assert said.count(squeezed(text)) >= 5, text
    for text in ("#let *x*", "*Brand*: #let x = 1", "Brand #let", "$Units$", "<Revenue>", "$x$ #panic()"):
        assert squeezed(text) in said
    assert facts(data)["Title"] == "$x$ #panic()"


@pytest.mark.parametrize("text", UNUSUAL)
def test_names_in_any_script_can_be_copied_out(text: str):
    said = squeezed(read(made(document(part(result(rows=[(text, 1, Decimal(1), 0.5)])), title=text))))
    found = squeezed(text)
    assert found in said or found[::-1] in said  # poppler turns what runs from the right


def test_what_nobody_can_see_is_left_out():
    strange = "Speedy\x00\x07 30\ufeff\ufffe\tcanvas\r\nbrown\x7f\U0010ffff\ue000"
    said = read(made(document(part(result(rows=[(strange, 1, Decimal(1), 0.5)]), text=strange), title=strange)))
    assert "Speedy 30 canvas" in said


# --- Accessible, and the same each time -------------------------------------------------------------------------------


def test_it_is_tagged_for_screen_readers():
    answer = result(chart=BY_BRAND, insights=["Chanel earned most."])
    data = made(document(part(answer, heading="Brands"), part(answer, heading="Brands again", shows_table=False)))
    told, written = facts(data), inside(data)
    assert told["Tagged"] == "yes"
    assert (told["Title"], told["Author"]) == ("How March went", "Lace-Luxx")
    assert told["Subject"] == "For Monday's meeting."
    for entry in (b"/StructTreeRoot", b"/Lang(en)", b"/DisplayDocTitle true", b"/Outlines", b"<pdfuaid:part>1<"):
        assert entry in written
    assert b"/Alt(Chart: Revenue by brand. The table below holds the same figures.)" in written
    assert b"/Alt(Chart: Revenue by brand.)" in written
    tags = read(data, "-struct-text", tool="pdfinfo")
    assert re.findall(r'H1 "(.*?)"', tags) == ["Brands", "Brands again"]
    assert re.findall(r'TH <.*?>:.*?"(.*?)"', tags, re.DOTALL) == ["Brand", "Units", "Revenue", "Margin"]
    assert tags.count("LBody") == 2


def test_long_tables_are_not_tagged(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf, "LONG", 2)
    data = made(document())
    assert "Table" not in read(data, "-struct-text", tool="pdfinfo")
    assert "Louis Vuitton" in read(data)


def test_the_same_document_gives_the_same_bytes():
    answer = result(chart=BY_BRAND, insights=["Chanel earned most."])
    asked = document(part(answer), part(result(*sales(80))))
    assert made(asked) == made(asked)
    assert b"/CreationDate(D:20260331160500Z" in made(asked)


def test_what_typst_refuses_is_told(tmp_path: Any):
    wrong = tmp_path / "wrong.typ"
    wrong.write_text("#nonsense")
    with pytest.raises(TypesettingFailed, match="nonsense"):
        typeset(wrong, "{}", families=["Inter"], folders=[pdf.FONTS], at=document().as_of)


def test_percentages_and_counts_are_set_to_the_right():
    columns = (Text("brand", "Brand"), Integer("units", "Units"), Percent("margin", "Margin"))
    data = made(document(part(result(columns, [("Gucci", 7, 0.5), ("Prada", 1234, 0.125)]))))
    [page] = sheets(data)
    edge = {word.text: round(word.right, 1) for word in page.words}
    assert edge["7"] == edge["1,234"] == edge["Units"]
    assert edge["50.0%"] == edge["12.5%"] == edge["Margin"]
