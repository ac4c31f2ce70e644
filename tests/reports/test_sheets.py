"""How tables are laid out on paper."""

import pytest

from analytics.columns import Column, Integer, Money, Text
from reports.formats.sheets import LONGEST_WORD, Room, Sheet, breadth, pieces, sheet

ROOM = Room(upright=480, across=710)


def laid(words: int, figures: int, longest: str = "$1,234.56") -> Sheet:
    """A table of so many columns of words, then of figures."""
    columns: list[Column] = [Text(f"t{n}") for n in range(words)]
    columns += [Money(f"m{n}") for n in range(figures)]
    texts = [["Maison Margiela"]] * words + [[longest, "$0.00"]] * figures
    return sheet(columns, [f"Head {n}" for n in range(len(columns))], texts, ROOM)


@pytest.mark.parametrize(("words", "figures"), [(1, 1), (1, 3), (4, 8), (1, 15), (12, 14), (20, 20), (0, 3), (3, 0)])
def test_every_column_has_one_place_and_the_room_is_filled(words: int, figures: int):
    found = laid(words, figures)
    assert sorted(place for place in found.places if place is not None) == list(range(words + figures))
    assert len(found.places) == 1 + found.lines * (len(found.widths) - 1)
    assert sum(found.widths) == pytest.approx(ROOM.of(found.is_wide), abs=0.2)


def test_type_is_smaller_before_paper_is_turned_before_records_take_lines():
    found = [laid(1, count) for count in range(1, 24)]
    steps = [(each.lines, each.is_wide, -each.size) for each in found if each.lines == 1]
    assert steps == sorted(steps)
    assert {each.lines for each in found} >= {1, 2}
    assert not found[3].is_wide
    assert found[12].is_wide


def test_figures_stand_under_figures():
    found = laid(12, 14)
    slots = len(found.widths) - 1
    assert found.lines > 1
    for place, cell in enumerate(found.places[1:]):
        if cell is not None:
            assert found.right[1 + place % slots] == (cell >= 12)


def test_a_figure_has_room_for_its_longest():
    found = laid(1, 5, longest="−$123,456,789.00")
    assert min(found.widths[1:]) >= (breadth("−$123,456,789.00") + 1) * found.size


def test_a_record_keeps_its_cells_in_their_places():
    found = laid(12, 14)
    cells = [f"cell {n}" for n in range(26)]
    line = found.line(cells)
    assert line[0] == "cell 0"
    assert sorted(filter(None, line)) == sorted(cells)


def test_words_behind_figures_stand_apart():
    columns = [Text("brand"), Integer("units"), Text("customer")]
    found = sheet(columns, ["Brand", "Units", "Customer"], [["Gucci"], ["7"], ["Anna Ode"]], ROOM)
    before = [before for before, _ in found.gutters]
    assert before[0] == before[1] < before[2]


def test_only_words_that_are_too_long_are_in_pieces():
    assert pieces("Speedy 30 Monogram Canvas", LONGEST_WORD) == "Speedy 30 Monogram Canvas"
    assert pieces("Papadopoulou-Weissenberger", LONGEST_WORD) == "Papadopoulou-Weissenberger"
    found = pieces("a " + "x" * 30 + " b", LONGEST_WORD)
    assert "".join(found) == "a " + "x" * 30 + " b"
    assert max(len(piece) for piece in found) == 4


def test_a_letter_is_never_parted_from_its_accents():
    text = "e\u0301" * 20
    found = pieces(text, LONGEST_WORD)
    assert "".join(found) == text
    assert not any(piece.startswith("\u0301") for piece in found)
