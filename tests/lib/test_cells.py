import pytest

from lacelux.lib.cells import escape, unescape

DANGEROUS = [
    "=1+1",
    "+cmd",
    "-2+3",
    "@handle",
    "\t=1",
    "\rX",
    " =1",
    "\n=1",
    "  -x",
    "'=1",
    "''@a",
    "-",
    "+1 555 0100",
    "\tplain",
]
HARMLESS = [
    "",
    "Speedy 30",
    "-5",
    "+5.25",
    "-.5",
    "1e5",
    "'75008",
    "'-5",
    "it's",
    "a=b",
    "O'Neill",
    "  plain",
    "75008",
    "'",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert escape(text) == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_and_plain_text_stay_as_they_are(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize("text", DANGEROUS + HARMLESS)
def test_there_and_back_again_changes_nothing(text: str) -> None:
    assert unescape(escape(text)) == text
    assert unescape(escape(escape(text))) == escape(text)
