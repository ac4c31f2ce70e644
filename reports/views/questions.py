"""From a page of answers: mail what it shows, or schedule it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView

from analytics.filterbar import query_text, settled
from analytics.mart.replica import mart
from analytics.pages import page_address
from analytics.views import WHOLE
from lacelux.shell import ShellMixin, person
from reports.asked import UnknownQuestion, outline_of
from reports.audience import Rights
from reports.forms import MailForm, QuestionScheduleForm
from reports.models import Run, Schedule
from reports.outlines import InvalidOutline, Outline
from reports.services import TooManyWaiting, keep_report, run_report
from reports.views.telling import in_words

QUESTION = "question"


class AboutQuestion(ShellMixin, FormView):  # type: ignore[type-arg]
    """A form about the question that the address names, asked as the address asks it."""

    @cached_property
    def slug(self) -> str:
        return self.request.GET.get(QUESTION, "")

    @cached_property
    def query(self) -> dict[str, list[str]]:
        return settled({name: values for name, values in self.request.GET.lists() if name != QUESTION})

    @cached_property
    def outline(self) -> Outline:
        try:
            return outline_of(self.slug, self.query)
        except UnknownQuestion as unknown:
            raise Http404(f"There is no question {unknown}.") from unknown

    @property
    def back(self) -> str:
        page = reverse("analytics:overview") if self.slug == WHOLE else page_address(self.slug)
        return page + query_text(self.query)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.wrong() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.wrong() or super().post(request, *args, **kwargs)

    def wrong(self) -> HttpResponse | None:
        """Says what is wrong with what the address asks; None where nothing is."""
        try:
            self.outline.check()
        except InvalidOutline as invalid:
            told = [message for messages in invalid.errors.values() for message in messages]
            context = self.get_context_data(wrong=dict.fromkeys(told), form=None)
            return render(self.request, "reports/wrong.html", context, status=400)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(outline=self.outline, back=self.back, **kwargs)
        if context["form"] is not None:
            viewer = Rights.of(person(self.request)).viewer
            with mart().session() as session:
                context["asked"] = in_words(self.outline, timezone.localdate(), viewer, session)
            context["parts"] = context["form"].parts()
        return context


class MailThis(AboutQuestion):
    title = "Mail this"
    template_name = "reports/mail_this.html"
    permission_required = ("access.view_figures", "reports.add_run")

    def get_form(self, form_class: Any = None) -> MailForm:
        return MailForm(sender=person(self.request), **self.get_form_kwargs())

    def form_valid(self, form: MailForm) -> HttpResponse:
        try:
            run = run_report(
                outline=with_text(self.outline, form.cleaned_data["text"]),
                owner=person(self.request),
                cause=Run.Cause.PERSON,
                formats=form.cleaned_data["formats"],
                recipients=form.recipients,
            )
        except (InvalidOutline, TooManyWaiting) as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        return redirect(run)


class ScheduleThis(AboutQuestion):
    title = "Schedule this"
    template_name = "reports/schedule_this.html"
    permission_required = ("access.view_figures", "access.view_personal", "reports.add_report", "reports.add_schedule")

    def get_form(self, form_class: Any = None) -> QuestionScheduleForm:
        return QuestionScheduleForm(asked_period=self.outline.period, **self.get_form_kwargs())

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.outline.title}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        return {**context, "foreseen": form.foreseen(person(self.request)) if form else None}

    def form_valid(self, form: forms.ModelForm[Schedule]) -> HttpResponse:
        with transaction.atomic():
            outline = replace(self.outline, title=form.cleaned_data["title"])
            schedule = form.save(commit=False)
            schedule.owner = person(self.request)
            schedule.report = keep_report(outline=outline, owner=schedule.owner)
            schedule.save()
            form.save_m2m()
        messages.success(self.request, f"Scheduled. Next: {schedule.said_next}")
        return redirect(schedule)


def with_text(outline: Outline, text: str) -> Outline:
    """… with a sentence of the sender's at the top."""
    return replace(outline, description=text or outline.description)
