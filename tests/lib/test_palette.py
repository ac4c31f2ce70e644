"""One palette everywhere, and one that colour-blind people can read."""

import itertools
import re
from pathlib import Path

import pytest
from django.conf import settings

from lacelux.lib import palette

# Machado, Oliveira and Fernandes (2009), severity 1: linear RGB as seen without one kind of cone.
SIGHT = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
# Ottosson's Oklab.
TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
Triple = tuple[float, ...]


def times(matrix: tuple[Triple, ...], vector: Triple) -> Triple:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def linear(colour: str) -> Triple:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)


def lab(colour: str, sight: str) -> Triple:
    seen = tuple(min(max(c, 0), 1) for c in times(SIGHT[sight], linear(colour)))
    return times(TO_LAB, tuple(c ** (1 / 3) for c in times(TO_CONES, seen)))


def contrast(a: str, b: str) -> float:
    low, high = sorted(sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (a, b))
    return (high + 0.05) / (low + 0.05)


def sides() -> tuple[str, str]:
    css = Path(settings.BASE_DIR, "assets/css/lacelux.css").read_text()
    light, dark = css.split("\n.dark {", 1)
    return light, dark


def colours(css: str) -> dict[str, str]:
    return dict(reversed(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", css)))


def test_documents_and_pages_have_the_same_colours() -> None:
    light = colours(sides()[0])
    assert [light[f"chart-{n}"] for n in range(1, 8)] == list(palette.CATEGORIES)
    assert (light["chart-8"], light["accent"], light["ink"]) == (palette.REST, palette.ACCENT, palette.INK)
    assert (light["chart-low"], light["chart-high"]) == (palette.LOW, palette.HIGH)


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_categories_are_told_apart(side: int, sight: str) -> None:
    found = colours(sides()[side])
    seen = [lab(found[f"chart-{n}"], sight) for n in range(1, 8)]
    distances = [
        sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5 for a, b in itertools.combinations(seen, 2)
    ]
    assert min(distances) > 0.05  # 0.02 is just noticed


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
def test_text_and_marks_stand_out_from_their_ground(side: int) -> None:
    found = colours(sides()[side])
    for name in ("ink", "ink-soft", "accent", "good", "bad", "warn"):
        assert contrast(found[name], found["card"]) >= 4.5, name
    for n in range(1, 8):
        assert contrast(found[f"chart-{n}"], found["card"]) >= 3, n
