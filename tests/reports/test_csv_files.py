"""Reports as CSV: one file or a zip of them, the same bytes for the same document, and harmless."""

import csv as plain_csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import time_machine
from papers import HOSTILE, UNUSUAL, document, part, result, sales

from analytics.columns import Column, Integer, Key, Money, Percent, Text
from analytics.formats import csv as answers
from lacelux.lib.cells import unescape
from reports.documents import Document
from reports.formats import csv

RUNNING = ("=1+1", "+cmd", "-2+3", "@handle", "'=1", "''@a", "\t=1", "\rX", " =1", "\n=1", "'", "-5", "+1 555 0100", "")


def written(told: Document) -> bytes:
    file = BytesIO()
    csv.write(told, file)
    return file.getvalue()


def unzipped(told: Document) -> dict[str, bytes]:
    with ZipFile(BytesIO(written(told))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(file: bytes) -> list[list[str]]:
    return list(plain_csv.reader(StringIO(file.decode("utf-8-sig"), newline="")))


class TestOneFile:
    def test_a_report_of_one_part_is_one_file(self):
        assert csv.extension(document(part())) == "csv"
        assert (
            written(document(part()))
            == (
                "\ufeffbrand,units,revenue,margin\r\nLouis Vuitton,3,1035.00,0.3285\r\nHermès,4,80.00,0.75\r\n"
                "Chanel,1,2000.00,0.25\r\n"
            ).encode()
        )

    def test_it_holds_every_row_where_the_answer_holds_the_first(self):
        columns, rows = sales(50)
        answer = result(columns, rows[:5], total_rows=50)
        assert len(rows_of(written(document(part(answer, rows))))) == 51

    def test_keys_are_for_programs_and_so_are_in_it(self):
        answer = result((Key("brand_id"), Text("brand", "Brand")), [(7, "Gucci")])
        assert rows_of(written(document(part(answer)))) == [["brand_id", "brand"], ["7", "Gucci"]]

    def test_nothing_in_the_period_leaves_the_header(self):
        assert rows_of(written(document(part(result(rows=[]))))) == [["brand", "units", "revenue", "margin"]]


class TestZip:
    def test_a_report_of_several_parts_is_a_zip_of_numbered_files(self):
        told = document(part(heading="Brand performance"), part(heading="Daily sales"))
        assert csv.extension(told) == "zip"
        assert list(unzipped(told)) == ["01-brand-performance.csv", "02-daily-sales.csv"]

    def test_each_file_is_written_as_an_answer_alone(self):
        for file in unzipped(document(part(), part())).values():
            assert file == written(document(part()))

    def test_names_are_unique_and_of_letters_that_every_system_knows(self):
        headings = ("Sales", "Sales", "sales!", "日本橋", "../../etc/passwd", "Zażółć: gęślą", "x" * 200, "D&G / Co.")
        names = list(unzipped(document(*(part(heading=heading) for heading in headings))))
        assert names == [
            "01-sales.csv", "02-sales.csv", "03-sales.csv", "04-brands-performance.csv", "05-etcpasswd.csv",
            "06-zazoc-gesla.csv", f"07-{'x' * 60}.csv", "08-dg-co.csv",
        ]  # fmt: skip

    def test_a_report_whose_parts_are_all_withheld_is_an_empty_zip(self):
        empty = document(part())
        assert unzipped(Document(**{**vars(empty), "parts": ()})) == {}

    def test_the_same_document_gives_the_same_bytes_a_year_later(self):
        told = document(part(), part())
        with time_machine.travel(datetime(2026, 3, 31)):
            first = written(told)
        with time_machine.travel(datetime(2027, 3, 31)):
            assert written(told) == first

    def test_no_file_is_whole_in_memory(self):
        class Target(BytesIO):
            largest = 0

            def write(self, piece: Any) -> int:
                self.largest = max(self.largest, len(piece))
                return super().write(piece)

        long = replace(part(), rows=lambda: (("x" * 120, n, None, None) for n in range(20_000)), row_count=20_000)
        for told in (document(long), document(long, part())):
            target = Target()
            csv.write(told, target)
            assert 0 < target.largest < 250_000


TEXTS = (*RUNNING, *HOSTILE, *UNUSUAL, 'a "quoted", one', "two\r\nlines")
COLUMNS: tuple[Column, ...] = (Text("t", "T"), Money("m", "M"), Percent("p", "P"), Integer("i", "I"))


def of_texts(texts: Sequence[str]) -> Document:
    return document(part(result(COLUMNS, [(text, Decimal("-5.00"), -0.5, -3) for text in texts])))


class TestHarmless:
    def test_text_that_a_spreadsheet_would_run_does_not(self):
        cells = [row[0] for row in rows_of(written(of_texts(TEXTS)))[1:]]
        live = [cell for cell in cells if cell.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert live == ["-5"]  # a bare number runs nothing

    def test_negative_numbers_stay_numbers(self):
        assert rows_of(written(of_texts(["x"])))[1] == ["x", "-5.00", "-0.5", "-3"]

    def test_out_and_in_and_out_again_changes_no_byte(self):
        """E4: what an import undoes gives the same file once more."""
        first = written(of_texts(TEXTS))
        read = [unescape(row[0]) for row in rows_of(first)[1:]]
        assert tuple(read) == TEXTS
        assert written(of_texts(read)) == first

    def test_the_file_is_what_an_answer_downloads_as(self):
        told = of_texts(TEXTS)
        (only,) = told.parts
        assert written(told) == "".join(answers.stream(only.columns, only.rows())).encode()
