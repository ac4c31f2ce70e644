"""Reports: the list, the builder with its preview, and making and sending one by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin
from unfold.decorators import action, display

from analytics.base import Viewer
from analytics.formats import text
from lacelux.shell import person, shell_context
from lacelux.shell.acts import act, address_of
from lacelux.shell.figures import figure, whole
from lacelux.shell.records import History, RecordAdmin
from reports.admin.making import REFUSALS, MakeForm, TestForm, made
from reports.admin.past import Past
from reports.admin.previewing import of_draft, of_report
from reports.admin.starting import NewReportForm, start_report
from reports.audience import Recipients
from reports.builder import Draft, offering, period_words
from reports.builder.drafts import KEY, ChangedMeanwhile
from reports.builder.saving import named
from reports.builder.sections import SectionForm
from reports.models import Report, Run, Schedule, Section

AS_SAVED = "The report is taken as it was saved last"
UNSAVED = "Not saved yet: runs and mails take what was saved last."
MEANWHILE = (
    "Somebody else has saved this report since you opened it. Nothing of yours is lost: look at theirs in another "
    "window first; saving again puts yours in its place."
)


def listed(reports: QuerySet[Report]) -> QuerySet[Report]:
    """With all that a row of the list shows, whatever their number."""
    sections = Section.objects.filter(report=OuterRef("pk")).order_by().values("report")
    last = Run.objects.filter(report=OuterRef("pk")).order_by("-id")
    due_first = Schedule.objects.order_by(F("next_due_at").asc(nulls_last=True), "id")
    return reports.annotate(
        section_count=Subquery(sections.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
        last_run_id=Subquery(last.values("pk")[:1]),
        last_run_at=Subquery(last.values("created_at")[:1]),
        last_run_state=Subquery(last.values("state")[:1]),
    ).prefetch_related(Prefetch("schedules", due_first))


@admin.register(Report)
class ReportAdmin(History, SimpleHistoryAdmin, RecordAdmin):
    list_display = (
        "title",
        "over",
        figure("section_count", "Sections", whole, of=lambda report: report.section_count or 0),
        "next_run",
        "last_run",
    )
    search_fields = ("title", "description", "slug")
    search_help_text = "Title or description"
    change_list_template = "reports/list.html"
    delete_confirmation_template = "reports/delete.html"
    fields = ("title", "slug", "description")  # of a past version; the rest is no text for people
    actions_detail = ("run_now", "send_to_me", "send_test")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """None on several at once: deleting says first what goes with it."""
        return {}

    # --- the list -----------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return listed(super().get_queryset(request))

    @display(description="Period", ordering="period")
    def over(self, report: Report) -> str:
        return period_words(report.period)

    @display(description="Goes out next")
    def next_run(self, report: Report) -> str:
        schedules = list(report.schedules.all())
        if not schedules:
            return "Not scheduled"
        more = f" (+{len(schedules) - 1} more)" if len(schedules) > 1 else ""
        first = schedules[0]
        return f"{'Stopped' if first.stopped_at else first.said_next}{more}"  # why it stopped may name an address

    @display(description="Made last", ordering="last_run_at")
    def last_run(self, report: Any) -> str:
        if report.last_run_id is None:
            return "Never"
        return format_html(
            '<a href="{}">{}</a> <span class="chip">{}</span>',
            reverse("reports:run", args=[report.last_run_id]),
            text.moment(report.last_run_at),
            Run.State(report.last_run_state).label,
        )

    # --- pages --------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/preview/", view(self.preview), name="reports_report_preview"),
            path("<int:pk>/section/", view(self.section), name="reports_report_section"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewReportForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            report = start_report(form, person(request))
            self.log_addition(request, report, [{"added": {}}])
            return HttpResponseRedirect(address_of(self, report))
        return self.page(request, "reports/new.html", None, form=form)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        report = self.asked_for(request, object_id)
        if not self.has_change_permission(request, report):
            return self.read_only(request, report)
        with offering(viewer(request)) as offers:
            draft = Draft(report, offers, request.POST if request.method == "POST" else None)
            if request.method == "POST" and draft.check() and self.saved(request, draft):
                return HttpResponseRedirect(address_of(self, report))
            return self.builder(request, draft)

    def saved(self, request: HttpRequest, draft: Draft) -> bool:
        try:
            words = draft.save()
        except ChangedMeanwhile:
            draft.form.add_error(None, MEANWHILE)
            return False
        if words:
            self.log_change(request, draft.report, words)
        messages.success(request, "Saved." if words else "Nothing had changed.")
        return True

    def builder(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        changed_at = text.moment(draft.report.changed_at)
        more = {"draft": draft, "unsaved": UNSAVED, "changed_at": changed_at}
        answer = self.page(request, "reports/builder.html", draft.report, **more)
        return answer.render()  # while what can be chosen can be looked up

    def read_only(self, request: HttpRequest, report: Report) -> HttpResponse:
        if request.method == "POST":
            raise PermissionDenied
        sections = [named(section) for section in report.outline.sections]
        return self.page(request, "reports/read.html", report, period=period_words(report.period), sections=sections)

    def page(self, request: HttpRequest, template: str, report: Any, **more: Any) -> TemplateResponse:
        """`opts` and `original` make the way back in the head of the page."""
        acts = self.get_actions_detail(request, report.pk) if report else []
        context = shell_context(
            request,
            title=report.title if report else "New report",
            opts=self.opts,
            original=report,
            report=report,
            is_fullwidth="1",
            acts=[(each, reverse(f"admin:{each.action_name}", args=[report.pk])) for each in acts if report],
            may_schedule=request.user.has_perm("reports.add_schedule"),
            may_delete=report is not None and self.has_delete_permission(request, report),
            may_add=self.has_add_permission(request),
            back=reverse("admin:reports_report_changelist"),
            last_run_at=text.moment(report.last_run_at) if report and report.last_run_id else "",
            **more,
        )
        return TemplateResponse(request, template, context)

    def asked_for(self, request: HttpRequest, object_id: Any) -> Any:
        """The report, for those who may look at it."""
        report = self.get_object(request, str(object_id))
        if report is None:
            raise Http404
        if not self.has_view_or_change_permission(request, report):
            raise PermissionDenied
        return report

    # --- what the script of the builder asks ----------------------------------------------------------------------

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The sheet: of what is being typed for those who may change it, of the saved report for all who may see it."""
        report = self.asked_for(request, pk)
        if not request.user.has_perm("access.view_figures"):
            raise PermissionDenied
        with offering(viewer(request)) as offers:
            is_narrow = request.GET.get("width") == "narrow"
            if request.method == "POST" and self.has_change_permission(request, report):
                context = of_draft(Draft(report, offers, request.POST), offers, is_narrow)
            else:
                context = of_report(report, offers, is_narrow)
        return TemplateResponse(request, "reports/_sheet.html", context)

    def section(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form of one section, new or with another question, from what is typed."""
        report = self.asked_for(request, pk)
        if not self.has_change_permission(request, report):
            raise PermissionDenied
        with offering(viewer(request)) as offers:
            card = SectionForm.typed(request.POST, key=self.key(request), offers=offers)
            return TemplateResponse(request, "reports/_section.html", {"card": card, "is_open": True}).render()

    def key(self, request: HttpRequest) -> str:
        key = request.POST.get("key", "")
        if not KEY.fullmatch(key):
            raise Http404
        return key

    # --- made and sent by hand ------------------------------------------------------------------------------------

    @action(description="Run now", icon="play_arrow", url_path="run", permissions=["reports.add_run"])
    def run_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(report: Report, answers: Mapping[str, Any]) -> HttpResponse:
            return HttpResponseRedirect(made(report, answers, actor=person(request)).get_absolute_url())

        intro = f"Makes its files, which you can look at and keep. {AS_SAVED}, and shows what you may see."
        return self.ask(request, object_id, "Run now", intro, "Run", MakeForm, do)

    @action(description="Send to me", icon="forward_to_inbox", url_path="send", permissions=["reports.add_run"])
    def send_to_me(self, request: HttpRequest, object_id: str) -> HttpResponse:
        me = person(request)
        if not me.email:
            messages.error(request, "You have no e-mail address here. Ask an owner to add it to your account.")
            return HttpResponseRedirect(reverse("admin:reports_report_change", args=[object_id]))

        def do(report: Report, answers: Mapping[str, Any]) -> HttpResponse:
            run = made(report, answers, actor=me, to=Recipients(people=(me.pk,)))
            return HttpResponseRedirect(run.get_absolute_url())

        intro = f"Mails it to {me.email}. {AS_SAVED}."
        return self.ask(request, object_id, "Send to me", intro, "Send", MakeForm, do)

    @action(description="Test send", icon="outgoing_mail", url_path="test", permissions=["reports.add_run"])
    def send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def do(report: Report, answers: Mapping[str, Any]) -> HttpResponse:
            to = Recipients(addresses=(answers["address"],))
            run = made(report, answers, actor=person(request), cause=Run.Cause.TEST, to=to)
            return HttpResponseRedirect(run.get_absolute_url())

        intro = f"Mails it to one address, marked as a test, whatever its schedules say. {AS_SAVED}."
        return self.ask(request, object_id, "Send a test", intro, "Send", TestForm, do)

    def ask(
        self, request: HttpRequest, object_id: str, title: str, intro: str, button: str, form: Any, do: Any
    ) -> HttpResponse:
        return act(
            self, request, object_id, title=title, intro=intro, button=button, form=form, do=do, refusals=REFUSALS,
            template="reports/make.html",
        )  # fmt: skip

    # --- past and end ---------------------------------------------------------------------------------------------

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        report = self.get_object(request, object_id)
        schedules = list(report.schedules.all()) if report else []
        context = {"schedules": schedules, "back": report.get_absolute_url() if report else ""}
        answer: HttpResponse = super().delete_view(request, object_id, {**context, **(extra_context or {})})
        return answer

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> Past:
        return Past(self.model, historical_record, viewer=viewer(request))


def viewer(request: HttpRequest) -> Viewer:
    return Viewer(person(request).get_all_permissions())
