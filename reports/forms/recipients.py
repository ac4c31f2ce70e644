"""To whom something goes, as it is asked: people of the shop by name, other addresses line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet
from django.forms.boundfield import BoundField
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, TEXTAREA_CLASSES, UnfoldAdminCheckboxSelectMultipleWidget

from lacelux.access.roles import ROLES, permissions_of
from reports.audience import FIGURES
from reports.foreseen import name_of
from reports.models.schedule import FILES

LONGEST_ADDRESS = 254
NOBODY = "Say to whom: a person, a role or an address."
CHECK = {"class": " ".join(CHECKBOX_CLASSES)}
INPUT = {"class": " ".join(INPUT_CLASSES)}
LINES = {"class": " ".join(TEXTAREA_CLASSES), "rows": 3, "spellcheck": "false", "autocomplete": "off"}


class InParts(forms.BaseForm):
    """A form whose page lays its fields out under headings."""

    PARTS: ClassVar[Sequence[tuple[str, Sequence[str]]]] = ()

    def parts(self) -> Iterator[tuple[str, list[BoundField]]]:
        for title, names in self.PARTS:
            yield title, [self[name] for name in names if name in self.fields]


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Check boxes with names; who cannot be reached is named as such."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def label_from_instance(self, obj: User) -> str:
        if not obj.is_active:
            return f"{name_of(obj)} (may no longer sign in)"
        return f"{name_of(obj)}, {obj.email or 'no e-mail address'}"


class RolesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def label_from_instance(self, obj: Group) -> str:
        return obj.name.capitalize()


def files_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Files", choices=FILES, initial=["pdf"], widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": "Choose at least one kind of file."},
    )  # fmt: skip


class RecipientFields(InParts, forms.Form):
    """People, and addresses of others. `NAMES` are the fields of which at least one must be filled."""

    NAMES: ClassVar[Sequence[str]] = ("people", "addresses")

    people = PeopleField(queryset=User.objects.none(), required=False)
    addresses = forms.CharField(
        label="Other addresses", required=False, widget=forms.Textarea(attrs=LINES),
        help_text="One a line. They get what a viewer may see.",
    )  # fmt: skip

    def offer_people(self, chosen: Sequence[int] = ()) -> None:
        """Those who can be reached, and those who are chosen already."""
        people: Any = self.fields["people"]
        people.queryset = reachable(chosen)

    def clean_addresses(self) -> str:
        return "\n".join(addresses_in(self.cleaned_data["addresses"]))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not any(self.cleaned_data.get(name) or name in self.errors for name in self.NAMES):
            self.add_error(self.NAMES[0], NOBODY)
        return cleaned


def reachable(chosen: Sequence[int] = ()) -> QuerySet[User]:
    """People, not programs, with an address who may sign in; and those with the ids `chosen`, whatever they are."""
    known = Q(is_active=True, api_key=None) & ~Q(email="")
    return User.objects.filter(known | Q(pk__in=chosen)).order_by("first_name", "last_name", "username")


def reading_roles() -> QuerySet[Group]:
    """The roles whose people may see figures."""
    return Group.objects.filter(name__in=[role for role in ROLES if FIGURES in permissions_of(role)]).order_by("pk")


def addresses_in(text: str) -> list[str]:
    """The addresses, each once. Raises ValidationError that names the line and the word of each that is none."""
    found: dict[str, str] = {}
    wrong = []
    for number, line in enumerate(text.splitlines(), 1):
        for word in re.split(r"[\s,;]+", line.strip(" \t,;")):
            if is_address(word):
                found.setdefault(word.lower(), word)
            elif word:
                wrong.append(f"Line {number}: “{word[:80]}” is no address.")
    if wrong:
        raise ValidationError(wrong)
    return list(found.values())


def is_address(word: str) -> bool:
    try:
        validate_email(word)
    except ValidationError:
        return False
    return len(word) <= LONGEST_ADDRESS
