"""A schedule, asked in the words of those who run the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from analytics.filterbar import NAMES, PERIODS
from lacelux.lib.recurrence import LAST_DAY, WEEKDAYS, InvalidRecurrence, Recurrence, known_zones, ordinal
from lacelux.shell.records import RefusableForm
from reports.audience import Recipients
from reports.foreseen import Foreseen, foreseen
from reports.forms.recipients import CHECK, INPUT, RecipientFields, RolesField, files_field, reading_roles
from reports.models import Report, Schedule

AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# Fields that matter for one rhythm only, which one, and what they hold for the others.
MATTER_FOR: Mapping[str, tuple[str, Any]] = {
    "weekdays": (Schedule.Every.WEEK, []),
    "day": (Schedule.Every.MONTH, 1),
}
DAYS = [*((day, f"The {ordinal(day)}") for day in range(1, 32)), (LAST_DAY, "The last day")]


class ScheduleForm(RecipientFields, RefusableForm):
    PARTS: ClassVar[Sequence[tuple[str, Sequence[str]]]] = (
        ("What", ("report", "period", "formats", "only_if_data")),
        ("When", ("every", "weekdays", "day", "at", "zone")),
        ("To whom", ("people", "roles", "addresses")),
        ("Standing", ("is_paused", "owner")),
    )
    NAMES = ("people", "roles", "addresses")

    report = forms.ModelChoiceField(queryset=Report.objects.all(), empty_label=None, widget=UnfoldAdminSelectWidget)
    every = forms.ChoiceField(
        label="How often", choices=Schedule.Every.choices, initial=Schedule.Every.WEEK,
        widget=UnfoldAdminRadioSelectWidget,
    )  # fmt: skip
    weekdays = forms.TypedMultipleChoiceField(
        label="Days of the week", coerce=int, choices=[*enumerate(WEEKDAYS, 1)], initial=[1], required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )  # fmt: skip
    day = forms.TypedChoiceField(
        label="Day of the month", coerce=int, choices=DAYS, initial=1,
        widget=UnfoldAdminSelectWidget,
        help_text="A month without such a day has its turn on its last.",
    )  # fmt: skip
    at = forms.TimeField(
        label="At", initial=time(7), widget=forms.TimeInput(attrs={**INPUT, "type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Choose a time of day, such as 07:30."},
    )  # fmt: skip
    zone = forms.ChoiceField(label="Time zone", widget=UnfoldAdminSelect2Widget)
    period = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    formats = files_field()
    roles = RolesField(
        queryset=reading_roles(), required=False, help_text="Everybody in that role, on the day it is sent."
    )
    only_if_data = forms.BooleanField(
        label="Only if there is something in it", required=False, widget=forms.CheckboxInput(attrs=CHECK)
    )
    is_paused = forms.BooleanField(label="Paused", required=False, widget=forms.CheckboxInput(attrs=CHECK))

    class Meta:
        model = Schedule
        fields = (
            "report", "period", "formats", "only_if_data", "every", "weekdays", "day", "at", "zone", "people", "roles",
            "addresses", "is_paused",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schedule = self.instance
        self.offer_people(schedule.recipients.people if schedule.pk else ())
        self.offer("zone", zones(schedule.zone))
        self.offer("period", periods(schedule.period))
        self.fields["zone"].initial = schedule.zone
        for name, (rhythm, _) in MATTER_FOR.items():
            self.fields[name].widget.attrs["data-only"] = rhythm  # for the page's script

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean(self) -> dict[str, Any] | None:
        """What does not matter for the rhythm is not looked at, whether a script has hidden it or not."""
        cleaned = super().clean()
        chosen = self.cleaned_data.get("every")
        for name, (rhythm, otherwise) in MATTER_FOR.items():
            if chosen and chosen != rhythm:
                self.errors.pop(name, None)
                self.cleaned_data[name] = otherwise
        return cleaned

    def present(self, name: str) -> Any:
        """What the field holds by now; None where it is wrong."""
        return self.cleaned_data.get(name) if self.is_bound else self.get_initial_for_field(self.fields[name], name)

    @property
    def rule(self) -> Recurrence | None:
        """The rhythm as it is asked by now; None where it is not whole."""
        asked = {name: self.present(name) for name in ("every", "at", "zone", "day")}
        if None in asked.values():
            return None
        try:
            return Recurrence(**asked, weekdays=tuple(self.present("weekdays") or ()))
        except InvalidRecurrence:
            return None

    @property
    def asked_recipients(self) -> Recipients:
        """To whom, as it is asked by now."""
        return Recipients(
            people=tuple(person.pk for person in self.present("people") or ()),
            roles=tuple(group.name for group in self.present("roles") or ()),
            addresses=tuple((self.present("addresses") or "").split()),
        )

    def foreseen(self, user: User) -> Foreseen:
        """What saving it would lead to; `user` is the owner of a new one. A bound form must have been validated."""
        schedule = self.instance
        return foreseen(
            rule=self.rule,
            recipients=self.asked_recipients,
            owner=schedule.owner if schedule.owner_id else user,
            now=timezone.now(),
            is_at_rest=bool("is_paused" in self.fields and self.present("is_paused") or schedule.stopped_at),
        )


class OwnedScheduleForm(ScheduleForm):
    """… for those who may say with whose rights it is made."""

    owner = forms.ModelChoiceField(
        label="In whose name", queryset=User.objects.none(), empty_label=None, widget=UnfoldAdminSelectWidget,
        help_text="It is made with this person's rights: nobody is sent more than this person may see.",
    )  # fmt: skip

    class Meta(ScheduleForm.Meta):
        fields = (*ScheduleForm.Meta.fields, "owner")  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners: Any = self.fields["owner"]
        owners.queryset = possible_owners(self.instance.owner_id)


class QuestionScheduleForm(ScheduleForm):
    """… of a report that is made for it, out of one question."""

    PARTS = (("What", ("title", "period", "formats", "only_if_data")), *ScheduleForm.PARTS[1:3])

    report = None  # type: ignore[assignment]
    is_paused = None  # type: ignore[assignment]
    title = forms.CharField(max_length=120, widget=UnfoldAdminTextInputWidget)

    class Meta(ScheduleForm.Meta):
        fields = tuple(name for name in ScheduleForm.Meta.fields if name not in ("report", "is_paused"))  # type: ignore[assignment]

    def __init__(self, *args: Any, asked_period: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("period", [("", f"As asked: {NAMES.get(asked_period, asked_period)}"), *periods("")[1:]])


def form_for(user: User, schedule: Model | None) -> type[ScheduleForm]:
    """Only owners of the shop say in whose name a schedule is made; a new one is made in the name of who makes it."""
    return OwnedScheduleForm if schedule and is_shop_owner(user) else ScheduleForm


def is_shop_owner(user: User) -> bool:
    return user.is_superuser or user.groups.filter(name="owner").exists()


def zones(present: str) -> list[tuple[str, str]]:
    """Names to choose from: the shop's first, then places by their region, and the present one whatever it is."""
    shop = settings.SHOP_TIME_ZONE
    places = sorted(zone for zone in known_zones() if zone.split("/")[0] in AREAS and zone != shop)
    more = [present] if present and present not in (shop, "UTC", *places) else []
    return [(shop, f"{readable(shop)} (the shop's)"), *((zone, readable(zone)) for zone in [*more, *places, "UTC"])]


def readable(zone: str) -> str:
    return zone.replace("_", " ")


def periods(present: str) -> list[tuple[str, str]]:
    known = [(choice.value, choice.label) for choice in PERIODS]
    more = [(present, NAMES.get(present, present))] if present and present not in dict(known) else []
    return [("", "As the report says"), *more, *known]


def possible_owners(present: int | None) -> QuerySet[User]:
    """People whose role lets them make reports, and the present owner."""
    may = Q(groups__permissions__codename="add_run") | Q(is_superuser=True)
    return User.objects.filter(may & Q(is_active=True, api_key=None) | Q(pk=present)).distinct()
