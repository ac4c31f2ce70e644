"""A workbook read back, by other means than it was written with."""

import re
from functools import cached_property
from html import unescape
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from reports.documents import Document
from reports.formats import xlsx

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Workbook:
    """What `document` was written as: values as a reader of spreadsheets finds them, and the XML behind them."""

    def __init__(self, document: Document) -> None:
        self.file = BytesIO()
        xlsx.write(document, self.file)
        self.bytes = self.file.getvalue()

    @cached_property
    def reader(self) -> Any:
        return CalamineWorkbook.from_filelike(BytesIO(self.bytes))

    @property
    def names(self) -> list[str]:
        return list(self.reader.sheet_names)

    def rows(self, sheet: str) -> list[list[Any]]:
        return self.reader.get_sheet_by_name(sheet).to_python()

    @property
    def summary(self) -> list[list[Any]]:
        return self.rows("Summary")

    @property
    def said(self) -> list[str]:
        """The first words of each line of the summary."""
        return [str(row[0]) for row in self.summary if row[0] != ""]

    def fact(self, label: str) -> Any:
        return next((row[1] for row in self.summary if row[0] == label), None)

    def xml(self, path: str) -> str:
        with ZipFile(BytesIO(self.bytes)) as archive:
            return archive.read(f"xl/{path}").decode()

    @property
    def properties(self) -> str:
        with ZipFile(BytesIO(self.bytes)) as archive:
            return archive.read("docProps/core.xml").decode()

    def sheet(self, name: str) -> str:
        """The XML of a sheet."""
        return self.xml(f"worksheets/sheet{self.names.index(name) + 1}.xml")

    @property
    def charts(self) -> list[str]:
        with ZipFile(BytesIO(self.bytes)) as archive:
            paths = sorted(name for name in archive.namelist() if name.startswith("xl/charts/chart"))
            return [archive.read(path).decode() for path in paths]

    @property
    def drawing(self) -> str:
        return self.xml("drawings/drawing1.xml")

    def form(self, sheet: str, cell: str) -> str:
        """The number format of a cell."""
        found = ElementTree.fromstring(self.sheet(sheet)).find(f".//{MAIN}c[@r='{cell}']")
        assert found is not None
        styles = ElementTree.fromstring(self.xml("styles.xml"))
        cells = styles.find(f"{MAIN}cellXfs")
        assert cells is not None
        number = cells[int(found.get("s", "0"))].get("numFmtId")
        named = styles.find(f"{MAIN}numFmts/{MAIN}numFmt[@numFmtId='{number}']")
        return "General" if named is None else str(named.get("formatCode"))


def ranges(chart: str) -> list[str]:
    """The ranges a chart points at, in their order."""
    return [unescape(found) for found in re.findall(r"<c:f>(.*?)</c:f>", chart)]


def words(chart: str) -> list[str]:
    """What is written in it: its title, then those of its axes."""
    return [unescape(found) for found in re.findall(r"<a:t>(.*?)</a:t>", chart)]


def kinds(chart: str) -> list[str]:
    return re.findall(r"<c:(\w+)Chart>", chart)
