"""Files as they should not be. Each row goes in or is named with its column, value and reason; nothing falls over."""

import gzip
import zipfile
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from lacelux.intake.models import Batch
from lacelux.intake.reading import heads, records, survey
from lacelux.intake.refusals import Refused
from sales.models import OrderLine
from tests.intake.conftest import RETAIL_HEADER, Run

Intake = Callable[..., Run]

HEADER = RETAIL_HEADER
GOOD = "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom"
OTHER = "536370,22728,ALARM CLOCK,24,2010-12-01 08:45:00,3.75,12583.0,France"


def cell(place: int, value: str) -> str:
    cells = GOOD.split(",")
    cells[place] = value
    return ",".join(cells)


BAD_CELLS = {
    "no order": (cell(0, ""), "InvoiceNo", "Missing"),
    "order too long": (cell(0, "5" * 81), "InvoiceNo", "Longer than 80"),
    "SKU too long": (cell(1, "S" * 61), "StockCode", "Longer than 60"),
    "text too long": (cell(2, "x" * 201), "Description", "Longer than 200"),
    "no quantity": (cell(3, ""), "Quantity", "Missing"),
    "quantity is a word": (cell(3, "six"), "Quantity", "Not a whole number"),
    "half a piece": (cell(3, "1.5"), "Quantity", "Not a whole number"),
    "quantity of zero": (cell(3, "0"), "Quantity", "1 or more"),
    "negative quantity at a price": (cell(3, "-6"), "Quantity", "1 or more"),
    "quantity beyond the column": (cell(3, "2147483648"), "Quantity", "Too large"),
    "quantity of fifteen digits": (cell(3, "999999999999999"), "Quantity", "Too large"),
    "quantity in Arabic digits": (cell(3, "٦"), "Quantity", "Not a whole number"),
    "no date": (cell(4, ""), "InvoiceDate", "Missing"),
    "ambiguous date": (cell(4, "03/04/2025"), "InvoiceDate", "Day or month first"),
    "a date that never was": (cell(4, "2011-02-30"), "InvoiceDate", "exists"),
    "two-digit year": (cell(4, "01/02/11"), "InvoiceDate", "Not a date"),
    "a word for a date": (cell(4, "yesterday"), "InvoiceDate", "Not a date"),
    "hour 25": (cell(4, "2011-01-01 25:00:00"), "InvoiceDate", "exists"),
    "long ago": (cell(4, "0001-01-01T00:00:00+14:00"), "InvoiceDate", ""),
    "before computers": (cell(4, "1969-12-31"), "InvoiceDate", "Before 1970"),
    "the year 9999": (cell(4, "9999-12-31T23:59:59-12:00"), "InvoiceDate", ""),
    "the day after tomorrow": (cell(4, "2999-01-01"), "InvoiceDate", "future"),
    "no price": (cell(5, ""), "UnitPrice", "Missing"),
    "decimal comma": ('536365,1,HEART,6,2010-12-01 08:26:00,"1.234,56",1,France', "UnitPrice", "like 1234.56"),
    "thousands comma": ('536365,1,HEART,6,2010-12-01 08:26:00,"1,234.56",1,France', "UnitPrice", "like 1234.56"),
    "not a number": (cell(5, "NaN"), "UnitPrice", "like 1234.56"),
    "infinite": (cell(5, "inf"), "UnitPrice", "like 1234.56"),
    "exponent": (cell(5, "1e400"), "UnitPrice", "like 1234.56"),
    "currency sign": (cell(5, "$2.55"), "UnitPrice", "like 1234.56"),
    "formula": (cell(5, "=1+1"), "UnitPrice", "like 1234.56"),
    "hexadecimal": (cell(5, "0x10"), "UnitPrice", "like 1234.56"),
    "underscore": (cell(5, "1_000"), "UnitPrice", "like 1234.56"),
    "negative price": (cell(5, "-2.55"), "UnitPrice", "not negative"),
    "five decimals": (cell(5, "2.55555"), "UnitPrice", "More than 4 decimals"),
    "eleven digits": (cell(5, "10000000000"), "UnitPrice", "Too large"),
    "fifty digits": (cell(5, "9" * 50), "UnitPrice", "like 1234.56"),
    "total beyond the column": (cell(3, "2147483647").replace("2.55", "9999999999"), "UnitPrice", "too large"),
    "customer too long": (cell(6, "1" * 101), "CustomerID", "Longer than 100"),
    "country too long": (cell(7, "U" * 61), "Country", "Longer than 60"),
    "a cell too few": (GOOD.rpartition(",")[0], "", "7 cells where the header has 8"),
    "a cell too many": (f"{GOOD},more", "", "9 cells where the header has 8"),
    "zero byte": (cell(2, "HE\0ART"), "Description", "zero byte"),
    "quote in the middle of nowhere": (cell(2, '"HEART" of glass'), "", "Quotes are not in pairs"),
    "quote that never closes": (cell(2, '"HEART'), "", "never closed"),
    "a cell of 200 kB": (cell(2, "x" * 200_000), "", "too long"),
    "a cell of 10 MB": (cell(2, "x" * 10_000_000), "", "too long"),
    "a cancellation that sells": (cell(0, "C536365"), "Quantity", "takes back"),
}


@pytest.mark.parametrize(("line", "column", "reason"), BAD_CELLS.values(), ids=BAD_CELLS.keys())
def test_a_bad_row_is_named_and_its_neighbours_go_in(
    intake: Intake, tmp_path: Path, line: str, column: str, reason: str
) -> None:
    path = tmp_path / "day.csv"
    path.write_text("\n".join([HEADER, GOOD, line, OTHER, ""]), encoding="utf-8")
    run = intake(path)

    assert run.counts == {"rows": 3, "new": 2, "rejected": 1}
    refusal = run.batch.rejections.get()
    assert (refusal.file, refusal.row, refusal.column) == ("day.csv", 3, column)
    assert reason in refusal.reason
    assert len(refusal.value) <= 500
    assert OrderLine.objects.count() == 2


FULL = f"{HEADER}\n{GOOD}\n{OTHER}\n"
READABLE = {
    "byte order mark": FULL.encode("utf-8-sig"),
    "UTF-16 with a mark": FULL.encode("utf-16"),
    "UTF-16 without one": FULL.encode("utf-16-le"),
    "UTF-16, big end first": FULL.encode("utf-16-be"),
    "UTF-32": FULL.encode("utf-32"),
    "Windows-1252": FULL.replace("HEART", "CŒUR £").encode("cp1252"),
    "carriage returns and line feeds": FULL.replace("\n", "\r\n").encode(),
    "carriage returns alone": FULL.replace("\n", "\r").encode(),
    "no end of line at the end": FULL.rstrip("\n").encode(),
    "semicolons": FULL.replace(",", ";").encode(),
    "tabs": FULL.replace(",", "\t").encode(),
    "bars": FULL.replace(",", "|").encode(),
    "blank lines": FULL.replace("\n", "\n\n").encode(),
    "lines of commas": (FULL + ",,,,,,,\n").encode(),
    "a preamble": f"Ledger of the shop\n12/31/2024 - 12/31/2025,\n\n{FULL}".encode(),
    "a cell more, empty": FULL.replace(GOOD, GOOD + ",").encode(),
    "columns in another order": (
        "Country,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\n"
        + "\n".join(",".join(reversed(line.split(","))) for line in (GOOD, OTHER))
    ).encode(),
    "columns nobody asked for": "\n".join(f"{line},x" for line in FULL.strip().split("\n")).encode(),
    "names with spaces and underscores": FULL.replace("InvoiceNo", "invoice_no").replace("UnitP", "Unit P").encode(),
    "everything in quotes": "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in FULL.strip().split("\n")
    ).encode(),
    "a line break within quotes": FULL.replace("HEART", '"HEART\nOF GLASS"').encode(),
}  # fmt: skip


@pytest.mark.parametrize("content", READABLE.values(), ids=READABLE.keys())
def test_a_file_of_another_make_is_read_all_the_same(intake: Intake, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(content)
    run = intake(path)
    assert run.counts == {"rows": 2, "new": 2}
    assert sorted(OrderLine.objects.values_list("gross", flat=True)) == [Decimal("15.30"), Decimal("90.00")]


def _zip() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("day.csv", b"0" * 10_000_000)  # ten megabytes in ten kilobytes: never unpacked
    return packed.getvalue()


XXE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
HOPELESS = {
    "empty": (b"", "empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "No line near the top"),
    "prose": (b"Dear all,\nplease find attached nothing.\n", "No line near the top"),
    "a header without what counts": (b"InvoiceNo,StockCode,Description\n1,2,3\n", "lacks the columns: Quantity"),
    "a renamed column": (FULL.replace("UnitPrice", "Price").encode(), "lacks the columns: UnitPrice"),
    "XML with an entity": (XXE.encode(), "No line near the top"),
    "a workbook or zip bomb": (_zip(), "workbook or an archive"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "workbook"),
    "gzip": (gzip.compress(FULL.encode()), "compressed"),
    "a PDF": (b"%PDF-1.7 ...", "PDF"),
    "zero bytes": (b"ab\0\0" * 40 + b"c" * 200, "zero bytes"),
    "no encoding at all": (FULL.encode() + b"\x81\x8d\xff\n", "not text"),
    "half a UTF-16 letter": (FULL.encode("utf-16") + b"x", "not text"),
    "a header below a long preamble": (b"a,b\n" * 60 + FULL.encode(), "No line near the top"),
}


@pytest.mark.parametrize(("content", "reason"), HOPELESS.values(), ids=HOPELESS.keys())
def test_what_is_no_file_of_ours_is_refused_with_its_reason(
    intake: Intake, tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes(content)
    run = intake(path)
    assert reason in run.error
    assert run.batch is None
    assert not Batch.objects.exists()


def test_a_hopeless_file_among_good_ones_is_listed_and_they_go_in(intake: Intake, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(FULL)
    (tmp_path / "b.csv").write_text(FULL.replace("UnitPrice", "Price"))
    (tmp_path / "c.csv").write_bytes(b"")
    (tmp_path / "d.csv").write_text(FULL.replace("Country", "CustomerID,Country").replace("France", "1,France"))
    run = intake(tmp_path)

    assert run.counts == {"rows": 6, "new": 2, "rejected": 4}
    reasons = {r.file: r.reason for r in run.batch.rejections.all()}
    assert "lacks the columns: UnitPrice" in reasons["b.csv"]
    assert reasons["c.csv"] == "The file is empty."
    assert "CustomerID stands there twice" in reasons["d.csv"]


def test_two_thousand_columns_are_refused(intake: Intake, tmp_path: Path) -> None:
    many = "".join(f",c{i}" for i in range(2_000))
    path = tmp_path / "wide.csv"
    path.write_text("\n".join([HEADER + many, GOOD + "," * 2_000]))
    run = intake(path)
    assert run.counts == {"rows": 1, "rejected": 1}
    assert "2008 columns" in run.batch.rejections.get().reason


def test_a_file_over_the_limit_is_refused(intake: Intake, tmp_path: Path, settings: object) -> None:
    settings.INTAKE_MAX_BYTES = 100  # type: ignore[attr-defined]
    path = tmp_path / "day.csv"
    path.write_text(FULL)
    assert "Split the file" in intake(path).error


def test_a_file_that_is_not_there(intake: Intake, tmp_path: Path) -> None:
    assert "No such file" in intake(tmp_path / "gone.csv").error


def test_a_header_alone_is_an_import_of_nothing(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_text(HEADER + "\n")
    assert intake(path).counts == {}


def test_after_a_quote_that_never_closes_every_later_row_is_read(tmp_path: Path) -> None:
    rows = [cell(2, '"HEART')] + [GOOD] * 500
    path = tmp_path / "day.csv"
    path.write_text("\n".join([HEADER, *rows, ""]))
    found = survey(path)
    head = next(head for head in heads(found) if len(head.cells) == 8)
    read = list(records(found, head))
    assert len(read) == 501
    assert isinstance(read[0][1], Refused)
    assert [line for line, _ in read] == list(range(2, 503))
    assert all(cells == GOOD.split(",") for _, cells in read[1:])
