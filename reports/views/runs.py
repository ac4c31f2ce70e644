"""Pages of runs: what was asked, how far it is, its files, its mails; and doing it once more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import DetailView, FormView, View
from unfold.widgets import CHECKBOX_CLASSES

from lacelux.outbox.models import Delivery
from lacelux.shell import ShellMixin, person
from lacelux.shell.acts import Nothing
from reports.audience import Rights
from reports.foreseen import Foreseen, foreseen, name_of
from reports.models import Run
from reports.outlines import InvalidOutline
from reports.production import OURS
from reports.sending import REPORT, NobodyToSendTo
from reports.services import TooManyWaiting, make_again, send_again
from reports.views.files import shelves
from reports.views.telling import told_mail, what_was_asked

PATIENCE = 45  # seconds after which a waiting run tells that no worker runs
RUNS = Run.objects.select_related("report", "schedule__report", "owner")
MAILS = "outbox.view_delivery"


class RunPage(ShellMixin, DetailView):  # type: ignore[type-arg]
    permission_required = "reports.view_run"
    template_name = "reports/run.html"
    queryset = RUNS

    def get_title(self) -> str:
        return str(self.object.title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run, user = self.object, person(self.request)
        rights, may_make = Rights.of(user), user.has_perm("reports.add_run")
        context = super().get_context_data(
            run=run,
            standing=standing(run, sees_mails=user.has_perm(MAILS)),
            advice=advice(run),
            asked=what_was_asked(run, rights.viewer),
            owner=name_of(run.owner),
            shelves=(found := shelves(run, rights)),
            keep_days=settings.REPORT_KEEP_DAYS,
            is_removed=bool(found) and not any(file.is_kept for shelf in found for file in shelf.files),
            mails=[told_mail(each) for each in deliveries(run)] if user.has_perm(MAILS) else None,
            can_send=may_make and can_send(run),
            can_make=may_make and run.is_over,
            **kwargs,
        )
        del context["object"]  # the shell would name it in its breadcrumbs, which has the title already
        return context


class Progress(ShellMixin, View):
    """How far a run is, for the script of its page."""

    permission_required = "reports.view_run"

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        return JsonResponse(standing(get_object_or_404(Run, pk=pk), sees_mails=person(request).has_perm(MAILS)))


class AgainForm(forms.Form):
    is_mailed = forms.BooleanField(
        label="Mail it to those it was for", required=False,
        widget=forms.CheckboxInput(attrs={"class": " ".join(CHECKBOX_CLASSES)}),
    )  # fmt: skip


class OnceMore(ShellMixin, FormView):  # type: ignore[type-arg]
    """A page that says what will happen and to whom it goes, and a button."""

    permission_required = ("reports.view_run", "reports.add_run")
    template_name = "reports/again.html"
    intro = ""
    button = ""

    @property
    def run(self) -> Run:
        return get_object_or_404(RUNS, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.run
        return super().get_context_data(
            record=run, back=run.get_absolute_url(), intro=self.intro, button=self.button,
            foreseen=self.readers(run) if run.recipients else None, **kwargs,
        )  # fmt: skip

    def readers(self, run: Run) -> Foreseen:
        """In whose name and to whom it would go now."""
        user = person(self.request)
        return foreseen(
            rule=None, recipients=run.recipients, owner=self.sender(run), now=timezone.now(),
            shows_people=user.has_perm("access.view_personal"),
        )  # fmt: skip

    def sender(self, run: Run) -> Any:
        return person(self.request)


class SendAgain(OnceMore):
    title = "Send again"
    intro = "The files stay as they are. Everybody who gets it is mailed once more, as a new mail."
    button = "Send again"
    form_class = Nothing

    def sender(self, run: Run) -> Any:
        return run.owner

    def form_valid(self, form: forms.Form) -> HttpResponse:
        run = self.run
        if not can_send(run):
            messages.error(self.request, "Only a report that is done and was for somebody can be sent again.")
            return redirect(run)
        try:
            count = send_again(run)
        except NobodyToSendTo as refusal:
            messages.error(self.request, str(refusal))
        else:
            messages.success(self.request, f"On its way to {count} {'reader' if count == 1 else 'readers'}.")
        return redirect(run)


class MakeAgain(OnceMore):
    title = "Make it again"
    intro = "The same questions with the figures of now, in your name; its period is counted from today."
    button = "Make it"
    form_class = AgainForm

    def get_initial(self) -> dict[str, Any]:
        """What failed has reached nobody yet; what was sent is not sent twice by mistake."""
        return {"is_mailed": self.run.state == Run.State.FAILED}

    def get_form(self, form_class: Any = None) -> forms.Form:
        form: forms.Form = super().get_form(form_class)
        if not self.run.recipients:
            del form.fields["is_mailed"]
        return form

    def form_valid(self, form: forms.Form) -> HttpResponse:
        is_mailed = form.cleaned_data.get("is_mailed", False)
        try:
            return redirect(make_again(run=self.run, by=person(self.request), is_mailed=is_mailed))
        except (InvalidOutline, TooManyWaiting) as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)


def can_send(run: Run) -> bool:
    return run.state == Run.State.DONE and bool(run.recipients)


def deliveries(run: Run) -> list[Delivery]:
    found = Delivery.objects.filter(kind=REPORT, reference=run.uuid).select_related("person")
    return list(found.order_by("-send_number", "address"))


def advice(run: Run) -> str:
    """What to do about its trouble."""
    if not run.trouble:
        return ""
    if not run.is_over:
        return f"It is tried again by itself at {timezone.localtime(run.next_try_at):%H:%M}; you need do nothing."
    if run.trouble == OURS:
        return "Make it again. If it fails once more, show whoever looks after the shop's server this page."
    where = "the schedule or the report" if run.schedule_id else "the report" if run.report_id else "what was asked"
    return f"Put right what is named here in {where}, then make it again."


def standing(run: Run, *, sees_mails: bool) -> dict[str, Any]:
    """What the page shows while it waits; it is drawn anew when `mark` changes."""
    waited = (timezone.now() - run.due_at).total_seconds()
    warning = ""
    if run.state == Run.State.QUEUED and not run.failures and waited > PATIENCE:
        warning = "No worker has taken this up yet. Start one: manage.py up, or celery -A lacelux worker."
    states = [mail.state for mail in deliveries(run)] if sees_mails and run.state == Run.State.DONE else []
    return {
        "mark": " ".join([run.state, str(run.failures), *states]),
        "label": run.get_state_display(),
        "is_moving": not run.is_over,
        "is_mailing": any(state in Delivery.OPEN for state in states),
        "steps": run.steps,
        "steps_done": run.steps_done,
        "warning": warning,
        "trouble": run.trouble,
    }
