"""Reports as workbooks, read back: the summary, the sheets, what they are called, the charts, and that nothing runs."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import time_machine
import xlsxwriter
from papers import AS_OF, BY_BRAND, COLUMNS, HOSTILE, MARCH, ROWS, UNUSUAL, document, part, result, sales
from python_calamine import CalamineError, CalamineWorkbook
from workbook import Workbook, kinds, ranges, words

from analytics import charts
from analytics.columns import Column, Date, Flag, Hour, Integer, Key, Measure, Money, Percent, Text, Weekday
from analytics.formats import xlsx as answers
from analytics.plots import PAINTERS as PLOTS
from lacelux.lib.cells import unescape
from lacelux.lib.palette import CATEGORIES
from reports.documents import Part
from reports.formats.workbooks.charts import PAINTERS
from reports.formats.workbooks.pages import Names

RUNNING = (
    "=1+1",
    "+cmd",
    "-2+3",
    "@handle",
    "'=1",
    "\t=1",
    "\rX",
    " =1",
    "'",
    "-5",
    "<r>a & b</r>",
    "<r><t>=1</t></r>",
)
FIGURES = (
    Key("kpi"), Text("label", "Figure"), Measure("value", "Value"), Measure("before", "Period before"),
    Percent("change", "Change"), Text("unit", "Unit"),
)  # fmt: skip
KPIS = result(
    FIGURES,
    [
        ("revenue", "Revenue", Decimal("3215.00"), Decimal("1250.00"), 1.572, "money"),
        ("orders", "Orders", 5, 2, 1.5, "integer"),
        ("margin", "Margin", 0.2868, 0.25, 0.0368, "percent"),
        ("days_to_sell", "Days to sell", 14.5, 20.0, -0.275, "days"),
        ("on_hand", "Pieces on hand", 12, None, None, "integer"),
    ],
    chart=charts.Tiles(label="label", value="value", change="change", title="Figures"),
)


def drawn(chart: charts.Chart, columns: tuple[Column, ...] = COLUMNS, rows: Any = ROWS, **more: Any) -> Workbook:
    return Workbook(document(part(result(columns, rows, chart=chart, **more), heading="Sales")))


class TestSummary:
    def test_says_what_the_figures_are_of(self):
        book = Workbook(document(filters=[("Brand", "Gucci, Prada")], left_out=["Profit"]))
        assert book.names[0] == "Summary"
        assert book.said[:2] == ["How March went", "For Monday's meeting."]
        assert [(row[0], row[1]) for row in book.summary if row[1] != ""][:7] == [
            ("Shop", "Lace-Luxx"),
            ("Period", "1 – 31 Mar 2026"),
            ("Brand", "Gucci, Prada"),
            ("As of", "31 Mar 2026, 12:05"),
            ("Time zone", "America/New_York"),
            ("Currency", "USD"),
            ("Left out", "Profit, which its reader may not see"),
        ]

    def test_leads_to_the_report_in_the_shop_and_to_each_sheet(self):
        told = document(part(heading="Bags & shoes"), part(heading="What's new?"), address="https://shop.test/runs/1")
        book = Workbook(told)
        assert book.fact("In the shop") == "https://shop.test/runs/1"
        places = re.findall(r'location="(.*?)"', book.sheet("Summary"))
        assert places == ["'Bags &amp; shoes'!A1", "'What''s new'!A1"]
        assert "https://shop.test/runs/1" in book.xml("worksheets/_rels/sheet1.xml.rels")

    def test_tells_text_insights_and_notes_as_sentences(self):
        answer = result(insights=["Chanel earns most.", "Hermès grew."], notes=["Refunds are taken off."])
        narrow = part(
            answer, text="Who earns.\n\nAnd who does not.", period="1 – 7 Mar 2026", filters=[("Host", "Ann")]
        )
        assert Workbook(document(narrow)).said[-7:] == [
            "Brand performance",
            "Who earns.",
            "And who does not.",
            "Period: 1 – 7 Mar 2026; Host: Ann",
            "Chanel earns most.",
            "Hermès grew.",
            "Refunds are taken off.",
        ]

    def test_figures_are_a_table_of_typed_cells(self):
        book = Workbook(document(part(KPIS)))
        at = next(i for i, row in enumerate(book.summary) if row[0] == "Figure")
        assert [row[:4] for row in book.summary[at : at + 6]] == [
            ["Figure", "Value", "Period before", "Change"],
            ["Revenue", 3215.0, 1250.0, 1.572],
            ["Orders", 5.0, 2.0, 1.5],
            ["Margin", 0.2868, 0.25, 0.0368],
            ["Days to sell", 14.5, 20.0, -0.275],
            ["Pieces on hand", 12.0, "", ""],
        ]
        assert "The period before: 1 – 28 Feb 2026." in book.said
        forms = {name: book.form("Summary", f"{column}{at + row}") for name, column, row in [
            ("money", "B", 2), ("integer", "B", 3), ("percent", "B", 4), ("change", "D", 2), ("points", "D", 4),
        ]}  # fmt: skip
        assert forms["money"].startswith('"$"#,##0.00')
        assert forms["integer"].startswith("#,##0_")
        assert forms["percent"].startswith("0.0%")
        assert forms["change"].startswith("+0.0%_")
        assert forms["points"].startswith('+0.0%" pts"')

    def test_a_long_text_stands_on_rows_that_excel_can_show(self):
        book = Workbook(document(part(text="many words " * 2_000)))
        heights = [float(height) for height in re.findall(r'<row r="\d+" ht="([\d.]+)"', book.sheet("Summary"))]
        assert 250 < max(heights) <= 409
        assert " ".join(row for row in book.said if row.startswith("many")).split() == ["many", "words"] * 2_000


class TestSheets:
    def test_every_part_has_its_sheet_even_where_only_the_chart_is_shown(self):
        parts = part(heading="Brands"), part(result(chart=BY_BRAND), heading="Chart", shows_table=False)
        book = Workbook(document(*parts))
        assert book.names == ["Summary", "Brands", "Chart"]
        assert book.rows("Chart") == book.rows("Brands")

    def test_cells_are_typed(self):
        columns = (*COLUMNS, Date("date", "Day"), Weekday("weekday", "Weekday"), Hour("hour", "Hour"), Flag("is", "Is"))
        book = Workbook(
            document(part(result(columns, [("Gucci", 3, Decimal("-120.10"), 0.25, date(2026, 3, 2), 1, 20, True)])))
        )
        assert book.rows("Brand performance")[1] == [
            "Gucci", 3.0, -120.1, 0.25, date(2026, 3, 2), "Monday", 20.0, True,
        ]  # fmt: skip

    def test_every_row_is_there_and_to_the_cent(self):
        columns, rows = sales(2_000)
        book = Workbook(document(part(result(columns, rows[:10], total_rows=2_000), rows)))
        read = book.rows("Brand performance")[1:]
        assert len(read) == 2_000
        assert sum(Decimal(str(row[6])) for row in read) == sum(row[6] for row in rows)
        told = [str(answers.text.local(row[1]).replace(tzinfo=None)) for row in rows]
        assert all(moment.startswith(str(row[1])) for moment, row in zip(told, read, strict=True))  # midnight: a day

    def test_it_can_be_read_filtered_and_printed(self):
        book = Workbook(document(part(heading="Brands")))
        sheet = book.sheet("Brands")
        assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet
        assert '<autoFilter ref="A1:D4"/>' in sheet
        assert 'orientation="landscape"' in sheet
        assert "Brands!$1:$1" in book.xml("workbook.xml")
        assert "&amp;LHow March went&amp;RBrands" in sheet
        assert "&amp;RPage &amp;P of &amp;N" in sheet

    def test_a_part_in_which_nothing_happened_says_so(self):
        quiet = part(result(rows=[], chart=BY_BRAND), heading="Quiet")
        timeless = part(result(rows=[], period=None), heading="Stock")
        book = Workbook(document(quiet, timeless))
        assert book.rows("Quiet") == [["Nothing in this period."]]
        assert book.rows("Stock") == [["There is nothing to show."]]
        assert {"Nothing in this period.", "There is nothing to show."} <= set(book.said)
        assert not book.charts

    def test_a_report_whose_parts_are_all_withheld_is_its_summary(self):
        assert Workbook(replace(document(), parts=())).names == ["Summary"]

    @pytest.mark.parametrize(
        ("formats", "rest"), [(("xlsx", "csv"), "the rest is in the CSV file"), (("xlsx",), "a CSV")]
    )
    def test_more_rows_than_a_sheet_holds(self, monkeypatch: pytest.MonkeyPatch, formats: tuple[str, ...], rest: str):
        monkeypatch.setattr(answers, "MOST_ROWS", 2)
        book = Workbook(document(formats=formats))
        assert len(book.rows("Brand performance")) == 3
        assert book.said[-1].startswith("The sheet holds the first 2 of 3 rows; ")
        assert rest in book.said[-1]

    def test_rows_are_written_as_they_are_read(self):
        """Constant memory: when the last row is asked for, the first ones have long been let go."""
        alive: list[int] = []

        class Told(str):
            def __new__(cls, text: str) -> "Told":
                alive.append(1)
                return super().__new__(cls, text)

            def __del__(self) -> None:
                alive.pop()

        most = 0

        def rows() -> Iterator[tuple[Any, ...]]:
            nonlocal most
            for n in range(5_000):
                most = max(most, len(alive))
                yield (Told(f"Brand {n}"), n, None, None)

        Workbook(document(replace(part(), rows=rows, row_count=5_000)))
        assert most < 500


class TestNames:
    @pytest.mark.parametrize(
        ("heading", "name"),
        [
            ("Sales: [all] * of / it?\\", "Sales all of it"),
            ("'quoted'", "quoted"),
            ("a\tb\nc\x00d", "a b c d"),
            ("", "Section"),
            ("///", "Section"),
            ("History", "History (2)"),
            ("A heading that is far too long for a sheet", "A heading that is far too long…"),
            ("👜" * 20, "👜" * 15 + "…"),
        ],
    )
    def test_what_excel_refuses_is_left_out(self, heading: str, name: str):
        assert Names().new(heading) == name
        assert Workbook(document(part(heading=heading))).names == ["Summary", name]

    def test_no_two_are_alike_whatever_their_case(self):
        names = Names()
        long = "A heading that is far too long for a sheet"
        given = [names.new(each) for each in ("Sales", "sales", "SALES", "Summary", "summary", long, long)]
        assert given[:5] == ["Sales", "sales (2)", "SALES (3)", "Summary", "summary (2)"]
        assert len({name.lower() for name in given}) == len(given)
        assert all(len(name) <= 31 for name in given)

    @pytest.mark.parametrize(
        "title", ["D&G", "A&[Picture]", "&G&G&G" * 40, "R&B &P of 3", "100% \U0001f45c" * 60, "x" * 300]
    )
    def test_any_title_stands_in_a_header(self, title: str):
        book = Workbook(document(part(heading=title), title=title))
        assert "<oddHeader>" in book.sheet("Summary")


class TestHarmless:
    TEXTS = (*RUNNING, *HOSTILE, *UNUSUAL)

    def test_text_is_text_and_comes_back(self):
        """E4: no text is a formula, a link or markup; every one is read back as it was, and numbers are numbers."""
        columns = (Text("t", "T"), Money("m", "M"))
        book = Workbook(document(part(result(columns, [(text, Decimal("-5.00")) for text in self.TEXTS]), heading="T")))
        cells = book.rows("T")[1:]
        assert [unescape(row[0]) for row in cells] == list(self.TEXTS)
        assert {row[1] for row in cells} == {-5.0}
        assert not [row[0] for row in cells if re.match(r"\s*[=+@]|\s*-\D", row[0])]
        assert "<f>" not in book.sheet("T")
        assert "<hyperlink" not in book.sheet("T")

    @pytest.mark.parametrize("text", RUNNING)
    def test_nor_does_any_other_text_of_a_report_run(self, text: str):
        one = part(
            result(insights=[text], notes=[text], chart=BY_BRAND), heading=text, text=text, filters=[(text, text)]
        )
        book = Workbook(document(one, title=text, description=text, filters=[("Brand", text)]))
        assert unescape(book.said[0]) == text
        assert all("<f>" not in book.sheet(name) for name in book.names)

    def test_control_a_careless_workbook_takes_text_for_markup(self):
        file = BytesIO()
        with xlsxwriter.Workbook(file, answers.OPTIONS) as book:
            book.add_worksheet("T").write_string(0, 0, "<r>a & b</r>")
        file.seek(0)
        with pytest.raises(CalamineError):
            CalamineWorkbook.from_filelike(file).get_sheet_by_name("T").to_python()

    def test_what_is_no_number_leaves_its_cell_empty(self):
        book = Workbook(document(part(result(rows=[("Gucci", 1, Decimal("1.00"), float("inf"))]), heading="T")))
        assert book.rows("T")[1] == ["Gucci", 1.0, 1.0, ""]


DAYS = (Date("date", "Day"), Money("revenue", "Revenue"), Integer("units", "Units"), Flag("complete", "Over"))
SERIES = [(date(2026, 3, n), Decimal(10 * n), n, n < 31) for n in range(28, 32)]


class TestCharts:
    def test_bars_point_at_their_cells(self):
        (chart,) = drawn(BY_BRAND).charts
        assert kinds(chart) == ["bar"]
        assert '<c:barDir val="col"/>' in chart
        assert ranges(chart) == ["Sales!$A$2:$A$4", "Sales!$C$2:$C$4"]
        assert words(chart) == ["Revenue by brand", "Brand", "Revenue (USD)"]
        assert CATEGORIES[0].removeprefix("#").upper() in chart
        assert "<c:v>Louis Vuitton</c:v>" in chart  # for those that show it without reckoning

    def test_lying_bars_are_the_first_twenty_as_on_the_page(self):
        rows = [(f"Brand {n}", n, Decimal(100 - n), None) for n in range(30)]
        (chart,) = drawn(charts.HorizontalBar(x="brand", y="revenue", title="Revenue by brand"), rows=rows).charts
        assert '<c:barDir val="bar"/>' in chart
        assert ranges(chart) == ["Sales!$A$2:$A$21", "Sales!$C$2:$C$21"]
        assert words(chart)[0] == "Revenue by brand (first 20)"
        assert set(words(chart)[1:]) == {"Brand", "Revenue (USD)"}
        assert '<c:orientation val="maxMin"/>' in chart

    def test_columns_without_cells_are_passed_over(self):
        rows = [(7, *row) for row in ROWS]
        (chart,) = drawn(BY_BRAND, (Key("brand_id"), *COLUMNS), rows).charts
        assert ranges(chart) == ["Sales!$A$2:$A$4", "Sales!$C$2:$C$4"]

    def test_a_day_that_is_not_over_is_pale(self):
        (chart,) = drawn(charts.Bar(x="date", y="revenue"), DAYS, SERIES).charts
        assert re.findall(r'<c:dPt><c:idx val="(\d+)"/>', chart) == ["3"]
        assert words(chart)[1] == "Day · Pale bars are not over yet."
        assert "<c:dateAx>" in chart

    def test_bars_are_shaded_by_another_column(self):
        (chart,) = drawn(charts.Bar(x="brand", y="revenue", colour="margin")).charts
        assert len(re.findall("<c:dPt>", chart)) == 3
        assert words(chart)[2] == "Revenue (USD) · darker: higher margin"

    def test_lines_of_two_kinds_have_an_axis_each(self):
        (chart,) = drawn(charts.Line(x="date", y=("revenue", "units"), complete="complete"), DAYS, SERIES).charts
        assert kinds(chart) == ["line", "line"]
        assert ranges(chart) == ["Sales!$A$2:$A$5", "Sales!$B$2:$B$5", "Sales!$A$2:$A$5", "Sales!$C$2:$C$5"]
        assert {"Revenue (USD)", "Units", "Day · Hollow points are not over yet."} <= set(words(chart))
        assert "<c:legend>" in chart

    def test_a_ring_points_at_its_cells_where_they_are_its_slices(self):
        ring = charts.Pie(label="brand", value="revenue", title="Revenue by brand")
        rows = sorted(ROWS, key=lambda row: -row[2])
        book = drawn(ring, rows=rows)
        (chart,) = book.charts
        assert kinds(chart) == ["doughnut"]
        assert ranges(chart) == ["Sales!$A$2:$A$4", "Sales!$C$2:$C$4"]
        assert book.names == ["Summary", "Sales"]

    def test_a_ring_with_sums_has_them_on_a_sheet_beside(self):
        rows = [(f"Brand <{n}>", 1, Decimal(10 - n), None) for n in range(9)]
        book = drawn(charts.Pie(label="brand", value="revenue"), rows=rows)
        assert ranges(book.charts[0]) == ["'Sales slices'!$A$2:$A$9", "'Sales slices'!$B$2:$B$9"]
        assert book.rows("Sales slices")[1] == ["Brand <0>", 10.0]
        assert book.rows("Sales slices")[-1] == ["Other", 5.0]
        assert book.said[-1] == "See “Sales slices”"

    def test_points_of_a_scatter(self):
        (chart,) = drawn(charts.Scatter(x="revenue", y="margin", label="brand", title="Margin by revenue")).charts
        assert kinds(chart) == ["scatter"]
        assert ranges(chart) == ["Sales!$C$2:$C$4", "Sales!$D$2:$D$4"]
        assert words(chart) == ["Margin by revenue", "Revenue (USD)", "Margin (%)"]

    def test_a_heat_map_is_a_grid_beside(self):
        columns = (Weekday("weekday", "Weekday"), Hour("hour", "Hour"), Money("revenue", "Revenue"))
        heat = charts.HeatMap(x="hour", y="weekday", z="revenue", title="Revenue by weekday and hour")
        book = drawn(heat, columns, [(7, 20, Decimal("99.50")), (1, 9, Decimal("-3.00"))])
        title, head, *rows = book.rows("Sales grid")
        assert title[0] == "Revenue by weekday and hour"
        assert head == ["Weekday / hour", *(f"{hour:02}" for hour in range(24))]
        assert [row[0] for row in rows] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        assert (rows[6][21], rows[0][10], rows[3][1]) == (99.5, -3.0, 0.0)
        assert '<cfRule type="colorScale"' in book.sheet("Sales grid")
        assert not book.charts
        assert "'Sales grid'!A1" in book.sheet("Summary")

    def test_a_chart_hides_no_figure_and_is_told_in_words(self):
        book = drawn(BY_BRAND, insights=["Chanel earns most."])
        assert re.findall(r"<xdr:from><xdr:col>(\d+)</xdr:col>", book.drawing) == ["4"]
        assert 'descr="Chart: Revenue by brand. Chanel earns most.' in book.drawing

    def test_below_a_table_that_is_wide_and_short(self):
        columns = (*COLUMNS, *(Text(f"t{n}", "A heading of some length") for n in range(6)))
        book = drawn(BY_BRAND, columns, [(*row, *["x"] * 6) for row in ROWS])
        assert re.findall(r"<xdr:row>(\d+)</xdr:row>", book.drawing)[0] == "5"

    @pytest.mark.parametrize("answer", [KPIS, result(), result(chart=BY_BRAND)])
    def test_no_chart_where_none_is_drawn_or_wanted(self, answer: Any):
        assert not Workbook(document(part(answer, shows_chart=answer.chart is not BY_BRAND))).charts

    def test_every_chart_of_the_pages_is_drawn(self):
        assert set(PAINTERS) | {charts.HeatMap} == set(PLOTS)


class TestSameness:
    def everything(self) -> tuple[Part, ...]:
        return part(KPIS, heading="Figures"), part(result(chart=BY_BRAND), heading="Brands"), part(heading="Table")

    def test_the_same_document_gives_the_same_bytes_a_year_later(self):
        with time_machine.travel(datetime(2026, 3, 31)):
            first = Workbook(document(*self.everything())).bytes
        with time_machine.travel(datetime(2027, 3, 31)):
            assert Workbook(document(*self.everything())).bytes == first

    def test_it_says_when_and_of_what_it_was_made(self):
        book = Workbook(document(as_of=AS_OF, period=MARCH))
        assert "<dc:title>How March went</dc:title>" in book.properties
        assert "2026-03-31T16:05:00Z" in book.properties
