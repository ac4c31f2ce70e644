"""A report and its sections written in one go, with words for the history on what became of the sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import slugify

from analytics.catalogue import ANALYSES
from reports.models import Report, Section
from reports.outlines import Outline, SectionOutline

LONGEST_SLUG = 60
OWN = ("title", "slug", "description", "period", "filters")
SECTION = ("position", "analysis", "heading", "text", "params", "shows_chart", "shows_table", "columns")


@dataclass(frozen=True)
class Kept:
    """Sections by their keys: as they were, and as they are to be, in order. The key of an old one is its id."""

    before: Mapping[str, SectionOutline]
    after: Sequence[tuple[str, SectionOutline]]


def keep(report: Report, outline: Outline, sections: Kept) -> str:
    """Write `report` as `outline` has it; in words what has changed, nothing where nothing has.

    Within the caller's transaction.
    """
    own = {name: getattr(outline, name) for name in OWN}
    is_changed = any(getattr(report, name) != value for name, value in own.items())
    words = changes(sections)
    if not (is_changed or words):
        return ""
    for name, value in own.items():
        setattr(report, name, value)
    report._change_reason = words  # type: ignore[attr-defined]  # simple-history reads it
    report.save()
    if words:
        write_sections(report, sections)
    return words or "Title, period or filters changed."


def write_sections(report: Report, sections: Kept) -> None:
    old = {str(section.pk): section for section in report.sections.all()}
    wanted = [shaped(old.get(key) or Section(report=report), place, o) for place, (key, o) in enumerate(sections.after)]
    gone = old.keys() - {key for key, _ in sections.after}
    report.sections.filter(pk__in=[old[key].pk for key in gone]).delete()
    Section.objects.bulk_update([section for section in wanted if section.pk], SECTION)
    Section.objects.bulk_create([section for section in wanted if not section.pk])


def shaped(section: Section, place: int, outline: SectionOutline) -> Section:
    for name in SECTION[1:]:
        setattr(section, name, getattr(outline, name))
    section.columns = list(outline.columns)  # a tuple, as an outline has it, is no JSON that compares
    section.position = place
    return section


def changes(sections: Kept) -> str:
    """`Added “Best sellers”. Removed “Stock”. Changed “Brands”. Put in another order.`"""
    before, after = sections.before, dict(sections.after)
    told = {
        "Added": [outline.title for key, outline in sections.after if key not in before],
        "Removed": [named(outline) for key, outline in before.items() if key not in after],
        "Changed": [outline.title for key, outline in sections.after if before.get(key, outline) != outline],
    }
    words = [f"{verb} {', '.join(f'“{name}”' for name in names)}." for verb, names in told.items() if names]
    stayed = [key for key, _ in sections.after if key in before]
    if stayed != [key for key in before if key in after]:
        words.append("Put in another order.")
    return " ".join(words)


def named(outline: SectionOutline) -> str:
    """Its title, also where its question has left the catalogue."""
    question = ANALYSES.get(outline.analysis)
    return outline.heading or (question.title if question else outline.analysis)


def free_slug(title: str, own: Report | None = None) -> str:
    """A name for programs made of the title, with a number behind it where another report has it."""
    stem = slugify(title)[:LONGEST_SLUG].strip("-") or "report"
    others = Report.objects.filter(slug__startswith=stem[: LONGEST_SLUG - 5])
    if own:
        others = others.exclude(pk=own.pk)
    taken = set(others.values_list("slug", flat=True))
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem[: LONGEST_SLUG - len(str(number)) - 1]}-{number}"
    return slug
