"""Painters of files and of JSON, on answers made by hand."""

import csv as plain_csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
import simplejson
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from analytics.base import Result
from analytics.columns import (
    Column,
    Date,
    Days,
    Flag,
    Hour,
    Integer,
    Key,
    Measure,
    Money,
    Percent,
    Text,
    Time,
    Weekday,
)
from analytics.formats import csv, json, text, xlsx
from analytics.renderers import ExactJSONRenderer
from lacelux.lib.cells import unescape
from lacelux.lib.periods import Period

COLUMNS = (
    Key("brand_id"),
    Text("brand", "Brand"),
    Date("date", "Day"),
    Time("sold_at", "Sold"),
    Money("revenue", "Revenue"),
    Percent("margin", "Margin"),
    Integer("units", "Units"),
    Days("days_to_sell", "Days to sell"),
    Weekday("weekday", "Weekday"),
    Hour("hour", "Hour"),
    Flag("is_rising", "Rising"),
)
EIGHT_PM = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)  # in New York still the evening before
GUCCI = (7, "Gucci", date(2026, 3, 2), EIGHT_PM, Decimal("120.10"), 0.123456789, 3, 14.5, 1, 20, True)
NOTHING = (None, None, None, None, None, None, None, None, None, None, None)
HOSTILE = [
    "=1+1", "+1", "-cmd", "@SUM(A1)", "'=1", "\t=1", "\r=1", " =1", "</script>", "|calc", "-5", "plain", "<r>a & b</r>",
]  # fmt: skip


def result(columns: tuple[Column, ...] = COLUMNS, rows: list[tuple] | None = None, **more: object) -> Result:
    return Result(
        slug="brands/performance",
        title="Brand performance",
        description="Which brands earn.",
        params={"period": "7d"},
        period=Period("7d", date(2026, 3, 5), date(2026, 3, 11), "day"),
        as_of=datetime(2026, 3, 11, 16, tzinfo=UTC),
        columns=columns,
        rows=[GUCCI] if rows is None else rows,
        insights=[],
        notes=[],
        **more,
    )


def read_csv(*rows: tuple, columns: tuple[Column, ...] = COLUMNS) -> list[list[str]]:
    whole = "".join(csv.stream(columns, rows))
    assert whole.startswith("\ufeff")
    return list(plain_csv.reader(StringIO(whole[1:])))


def read_xlsx(*rows: tuple, columns: tuple[Column, ...] = COLUMNS, sheet: str = "Answer") -> list[list[object]]:
    file = BytesIO()
    about = xlsx.About([("Title", "Brand performance"), ("Period", "=cmd")], ["A note."])
    xlsx.write(file, title="Brand performance", columns=columns, rows=rows, about=about)
    file.seek(0)
    return CalamineWorkbook.from_filelike(file).get_sheet_by_name(sheet).to_python()


class TestJSON:
    def test_the_whole_answer(self):
        answer = json.answer(result())
        assert list(answer) == [
            "slug", "title", "description", "params", "period", "as_of", "columns", "rows", "insights", "notes",
        ]  # fmt: skip
        assert answer["period"] == {"text": "7d", "start": "2026-03-05", "end": "2026-03-11", "grain": "day"}
        assert answer["as_of"] == "2026-03-11T12:00:00.000-04:00"
        assert answer["columns"][4] == {"name": "revenue", "label": "Revenue", "kind": "money"}
        assert answer["rows"] == [
            {
                "brand_id": 7,
                "brand": "Gucci",
                "date": "2026-03-02",
                "sold_at": "2026-03-02T20:30:00-05:00",
                "revenue": Decimal("120.10"),
                "margin": 0.123457,
                "units": 3,
                "days_to_sell": 14.5,
                "weekday": 1,
                "hour": 20,
                "is_rising": True,
            }
        ]

    def test_listings_say_their_page(self):
        answer = json.answer(result(total_rows=120, page=2), next_page="/next")
        assert (answer["page"], answer["total_rows"], answer["next"]) == (2, 120, "/next")

    def test_money_keeps_two_decimals_as_a_number(self):
        rows = json.rows((Money("a"),), [(Decimal("120.10"),), (Decimal("5"),), (Decimal("-0.30"),)])
        assert ExactJSONRenderer().render(rows) == b'[{"a":120.10},{"a":5.00},{"a":-0.30}]'

    def test_money_beyond_what_a_float_holds_is_exact(self):
        body = ExactJSONRenderer().render({"a": Decimal("9007199254740993.01")})
        assert simplejson.loads(body, use_decimal=True) == {"a": Decimal("9007199254740993.01")}

    def test_nothing_is_null_and_what_is_no_number_too(self):
        assert json.rows((Percent("p"), Money("m")), [(None, None), (float("inf"), None)]) == [
            {"p": None, "m": None},
            {"p": None, "m": None},
        ]

    def test_a_measure_is_of_the_kind_its_row_names(self):
        columns = (Measure("value"), Text("unit"))
        rows = [(Decimal("5"), "money"), (0.123456789, "percent"), (7, "integer")]
        painted = [row["value"] for row in json.rows(columns, rows)]
        assert painted == [Decimal("5.00"), 0.123457, 7]
        assert str(painted[0]) == "5.00"


class TestCSV:
    def test_names_as_header_and_raw_numbers(self):
        header, row = read_csv(GUCCI)
        assert header == [column.name for column in COLUMNS]
        assert row == [
            "7", "Gucci", "2026-03-02", "2026-03-02T20:30:00-05:00", "120.10", "0.123457", "3", "14.5", "1", "20",
            "true",
        ]  # fmt: skip

    def test_nothing_is_an_empty_cell(self):
        assert read_csv(NOTHING)[1] == [""] * len(COLUMNS)

    def test_text_that_would_run_is_made_harmless_and_comes_back(self):
        cells = [row[0] for row in read_csv(*((text_,) for text_ in HOSTILE), columns=(Text("t"),))[1:]]
        live = [cell for cell in cells if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert live == ["+1", "-5"]  # bare numbers run nothing
        assert [unescape(cell) for cell in cells] == HOSTILE

    def test_negative_numbers_stay_numbers(self):
        row = read_csv((Decimal("-5.00"), -0.5, -3), columns=(Money("m"), Percent("p"), Integer("i")))[1]
        assert row == ["-5.00", "-0.5", "-3"]

    def test_quotes_commas_and_lines_survive(self):
        awkward = 'Gucci "Jackie", 1961\nblack'
        assert read_csv((awkward,), columns=(Text("t"),))[1] == [awkward]

    def test_it_is_written_in_pieces(self):
        pieces = list(csv.stream((Integer("i"),), ((i,) for i in range(2_500))))
        assert len(pieces) == 3
        assert "".join(pieces).count("\r\n") == 2_501


class TestXLSX:
    def test_labels_as_header_without_keys(self):
        header, *_ = read_xlsx(GUCCI)
        assert header == [
            "Brand", "Day", "Sold", "Revenue", "Margin", "Units", "Days to sell", "Weekday", "Hour", "Rising",
        ]  # fmt: skip

    def test_cells_are_typed(self):
        _, row = read_xlsx(GUCCI)
        assert row == [
            "Gucci", date(2026, 3, 2), datetime(2026, 3, 2, 20, 30), 120.1, 0.123456789, 3.0, 14.5, "Monday", 20.0,
            True,
        ]  # fmt: skip

    def test_text_is_text_and_harmless(self):
        cells = [row[0] for row in read_xlsx(*((text_,) for text_ in HOSTILE), columns=(Text("t", "T"),))[1:]]
        assert all(isinstance(cell, str) for cell in cells)
        assert [unescape(cell) for cell in cells] == HOSTILE

    def test_negative_money_is_a_number(self):
        assert read_xlsx((Decimal("-5.00"),), columns=(Money("m", "M"),))[1] == [-5.0]

    def test_a_second_sheet_says_what_it_is(self):
        assert read_xlsx(GUCCI, sheet="About") == [
            ["Title", "Brand performance"],
            ["Period", "'=cmd"],
            ["Note", "A note."],
        ]

    def test_measures_take_the_format_of_their_row(self):
        columns = (Text("label", "Figure"), Measure("value", "Value"), Text("unit", "Unit"))
        rows = read_xlsx(("Revenue", Decimal("5.10"), "money"), ("Margin", 0.25, "percent"), columns=columns)
        assert [row[1] for row in rows[1:]] == [5.1, 0.25]

    def test_more_rows_than_a_sheet_holds_are_refused(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
        with pytest.raises(ValueError, match="A sheet holds 2 rows"):
            read_xlsx(*[(1,)] * 3, columns=(Integer("i", "I"),))

    def test_control_a_careless_workbook_would_run_the_text(self):
        file = BytesIO()
        with Workbook(file) as book:
            book.add_worksheet("Answer").write(0, 0, "=1+1")
        file.seek(0)
        assert CalamineWorkbook.from_filelike(file).get_sheet_by_name("Answer").to_python() != [["=1+1"]]


class TestWords:
    @pytest.mark.parametrize(
        ("column", "value", "words"),
        [
            (Money("m"), Decimal("-1234.5"), "−$1,234.50"),
            (Percent("share"), 0.1234, "12.3%"),
            (Percent("share"), -0.0001, "0.0%"),
            (Percent("growth"), 0.5, "+50.0%"),
            (Percent("growth"), -0.5, "−50.0%"),
            (Integer("i"), 1234567, "1,234,567"),
            (Days("d"), 14.0, "14"),
            (Date("d"), date(2026, 3, 2), "2 Mar 2026"),
            (Time("t"), EIGHT_PM, "2 Mar 2026, 20:30"),
            (Weekday("w"), 7, "Sunday"),
            (Hour("h"), 9, "09:00"),
            (Flag("f"), False, "No"),
            (Text("t"), "", "–"),
            (Money("m"), None, "–"),
        ],
    )
    def test_how_values_are_said(self, column: Column, value: object, words: str):
        assert text.said(column, value) == words

    def test_another_currency(self, settings):
        settings.SHOP_CURRENCY = "CHF"
        assert text.money(Decimal("5")) == "CHF\u00a05.00"
