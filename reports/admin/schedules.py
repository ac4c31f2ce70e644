"""Schedules: when a report goes out by itself, to whom, and what became of it the last time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from simple_history.admin import SimpleHistoryAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from analytics.filterbar import NAMES
from lacelux.shell import person
from lacelux.shell.acts import act
from lacelux.shell.figures import NOTHING
from lacelux.shell.records import History, RecordAdmin
from reports.foreseen import foreseen, name_of
from reports.forms import ScheduleForm, form_for
from reports.models import Run, Schedule
from reports.models.schedule import FILES
from reports.outlines import InvalidOutline
from reports.services import TooManyWaiting, pause, resume, run_schedule_now

PERSONAL = "access.view_personal"
COLOURS = {"active": "success", "paused": "warning", "stopped": "danger"}
READ = ("report", "rhythm", "next_due", "over", "files", "to_whom", "only_if_data", "state_now", "in_name_of")
NAMED = 2  # recipients that a list names


@admin.register(Schedule)
class ScheduleAdmin(History, SimpleHistoryAdmin, RecordAdmin):
    """Who may not see personal data sees a schedule without its readers, and cannot change it."""

    form = ScheduleForm
    change_form_template = "reports/schedule.html"
    list_display = ("report", "rhythm", "next_run", "to_whom", "files", "standing", "last_run")
    list_select_related = ("report", "owner")
    list_filter = (("report", RelatedDropdownFilter), ("every", ChoicesDropdownFilter))
    search_fields = ("report__title", "owner__username")
    search_help_text = "Report or owner"
    readonly_fields = ("rhythm", "next_due", "over", "files", "to_whom", "state_now", "in_name_of")
    withheld: ClassVar[Mapping[str, Any]] = {PERSONAL: ("people", "roles", "addresses", "to_whom")}
    actions_detail = ("run_now", "pause", "resume")

    # --- who may -----------------------------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_add_permission(request)) and request.user.has_perm(PERSONAL)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and request.user.has_perm(PERSONAL)

    def may_edit(self, request: HttpRequest, obj: Model | None) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    # --- the form ----------------------------------------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change=change, **{**kwargs, "form": form_for(person(request), obj)})

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        names = form_for(person(request), obj).Meta.fields if self.may_edit(request, obj) else READ
        return self.shown(request, names)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [] if self.may_edit(request, obj) else list(super().get_readonly_fields(request, obj))

    def save_model(self, request: HttpRequest, obj: Schedule, form: ModelForm[Schedule], change: bool) -> None:
        """A new one is made in the name of who makes it; a changed one keeps its owner, unless an owner says other."""
        if not change:
            obj.owner = person(request)
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, change: bool = False,
        form_url: str = "", obj: Schedule | None = None,
    ) -> HttpResponse:  # fmt: skip
        form, user = context["adminform"].form, person(request)
        if self.may_edit(request, obj):
            more = {"parts": form.parts(), "foreseen": form.foreseen(user)}
        else:
            assert obj is not None  # nobody is shown the form of a new one who may not add it
            more = {"foreseen": seen_from_outside(obj)}
        shown = {**context, **more, "last": last_run_of(obj) if obj else None}
        answer: HttpResponse = super().render_change_form(request, shown, add, change, form_url, obj)
        return answer

    # --- the list ----------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Schedule]:
        runs = Run.objects.filter(schedule=OuterRef("pk")).order_by("-due_at")
        last = {f"last_{name}": Subquery(runs.values(name)[:1]) for name in ("pk", "state", "due_at")}
        queryset: QuerySet[Schedule] = super().get_queryset(request)
        return queryset.prefetch_related("people", "roles").annotate(**last)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """What went wrong may name an address."""
        names = super().get_list_display(request)
        return names if request.user.has_perm(PERSONAL) else ["next_due" if n == "next_run" else n for n in names]

    @display(description="When")
    def rhythm(self, schedule: Schedule) -> str:
        return schedule.words

    @display(description="Next", ordering="next_due_at")
    def next_run(self, schedule: Schedule) -> str:
        return str(Truncator(schedule.said_next).chars(120))

    @display(description="Next", ordering="next_due_at")
    def next_due(self, schedule: Schedule) -> str:
        return NOTHING if schedule.next_due_at is None else schedule.said_next

    @display(description="To whom")
    def to_whom(self, schedule: Schedule) -> str:
        return in_short(schedule)

    @display(description="Files")
    def files(self, schedule: Schedule) -> str:
        return ", ".join(label for form, label in FILES if form in schedule.formats)

    @display(description="Period")
    def over(self, schedule: Schedule) -> str:
        return NAMES.get(schedule.period, schedule.period) or "As the report says"

    @display(description="State", label=COLOURS)
    def standing(self, schedule: Schedule) -> tuple[str, str]:
        return state_of(schedule)

    @display(description="State")
    def state_now(self, schedule: Schedule) -> str:
        return state_of(schedule)[1]

    @display(description="In the name of")
    def in_name_of(self, schedule: Schedule) -> str:
        return name_of(schedule.owner)

    @display(description="Last run", ordering="last_due_at")
    def last_run(self, schedule: Schedule) -> str:
        last: Any = schedule
        if last.last_pk is None:
            return "None yet"
        when = timezone.localtime(last.last_due_at)
        link: str = format_html(
            '<a href="{}">{}</a>, {}',
            reverse("reports:run", args=[last.last_pk]),
            Run.State(last.last_state).label,
            f"{when.day} {when:%b, %H:%M}",
        )
        return link

    # --- what can be done with one -----------------------------------------------------------------------------------

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """What rests is resumed, what does not is paused. Nothing is done by who may not see to whom it goes."""
        schedule = Schedule.objects.filter(pk=object_id).first()
        if schedule is None or not self.has_change_permission(request, schedule):
            return []
        unfit = "pause" if schedule.is_at_rest else "resume"
        return [each for each in super().get_actions_detail(request, object_id) if each.method.__name__ != unfit]

    @action(description="Run now…", icon="play_arrow", url_path="run-now", permissions=["may_run"])
    def run_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(schedule: Schedule, answers: Mapping[str, Any]) -> HttpResponse:
            run = run_schedule_now(schedule=schedule, by=person(request))
            self.log_change(request, schedule, f"Run now, as no. {run.pk}.")
            return redirect(run)

        intro = (
            "It is made at once over its period, counted from today, in your name and with your rights, and mailed to "
            "everybody it goes to. When it is due next does not change."
        )
        return act(
            self, request, object_id, title="Run now", intro=intro, button="Make and mail it", do=do,
            refusals=(InvalidOutline, TooManyWaiting),
        )  # fmt: skip

    @action(description="Pause…", icon="pause", url_path="pause", permissions=["may_change"])
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.changed(
            request, object_id, pause, title="Pause it", button="Pause", done="Paused.",
            intro="Nothing is made or mailed until it is resumed. Due times that pass meanwhile are not made up for.",
        )  # fmt: skip

    @action(description="Resume…", icon="resume", url_path="resume", permissions=["may_change"])
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.changed(
            request, object_id, resume, title="Resume it", button="Resume", done="It runs again.",
            intro="It runs again from its next due time on. If it had stopped, its failures are counted from none.",
        )  # fmt: skip

    def changed(
        self, request: HttpRequest, object_id: str, service: Callable[[Schedule], None], *, done: str, **words: Any
    ) -> HttpResponse:
        def do(schedule: Schedule, answers: Mapping[str, Any]) -> str:
            service(schedule)
            self.log_change(request, schedule, done)
            return done if schedule.is_at_rest else f"{done} Next: {schedule.said_next}"

        return act(self, request, object_id, do=do, **words)

    def has_may_change_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_change_permission(request)

    def has_may_run_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_change_permission(request) and request.user.has_perm("reports.add_run")


def state_of(schedule: Schedule) -> tuple[str, str]:
    if schedule.stopped_at:
        return "stopped", "Stopped"
    return ("paused", "Paused") if schedule.is_paused else ("active", "Active")


def in_short(schedule: Schedule) -> str:
    """`Olivia, everybody in Owner, 3 more`."""
    found = [name_of(each) for each in schedule.people.all()]
    found += [f"everybody in {group.name.capitalize()}" for group in schedule.roles.all()]
    found += schedule.addresses.split()
    more = [f"{len(found) - NAMED} more"] if len(found) > NAMED else []
    return ", ".join([*found[:NAMED], *more])


def last_run_of(schedule: Schedule) -> Run | None:
    return Run.objects.filter(schedule=schedule).order_by("-due_at").first()


def seen_from_outside(schedule: Schedule) -> Any:
    """… by people who may not see to whom it goes."""
    return foreseen(
        rule=schedule.recurrence, recipients=schedule.recipients, owner=schedule.owner, now=timezone.now(),
        is_at_rest=schedule.is_at_rest, shows_people=False,
    )  # fmt: skip
