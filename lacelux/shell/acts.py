"""Doing something to one record: a page that says what will happen, a small form, a button."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from lacelux.shell.pages import shell_context


class Nothing(forms.Form):
    """No questions: only the button."""


def act(
    model_admin: Any,
    request: HttpRequest,
    object_id: str,
    *,
    title: str,
    intro: str = "",
    button: str,
    form: Callable[..., forms.Form] = Nothing,
    do: Callable[[Any, Mapping[str, Any]], str | HttpResponse],
    refusals: tuple[type[Exception], ...] = (),
    is_grave: bool = False,
    template: str = "act.html",
) -> HttpResponse:
    """Ask, then `do(record, answers)` and go back to the record with the message it returns, or show its answer.

    `form` gets the record as `record=`, unless it asks nothing. Exceptions among `refusals` are shown on the form.
    """
    record = model_admin.get_object(request, object_id)
    if record is None:
        raise Http404
    more = {} if form is Nothing else {"record": record}
    asked = form(request.POST if request.method == "POST" else None, **more)
    if request.method == "POST" and asked.is_valid():
        try:
            done = do(record, asked.cleaned_data)
        except refusals as refusal:
            asked.add_error(None, str(refusal))
        else:
            return done if isinstance(done, HttpResponse) else finished(model_admin, request, record, done)
    context = shell_context(
        request,
        title=title,
        intro=intro,
        button=button,
        form=asked,
        media=model_admin.media + asked.media,
        record=record,
        is_grave=is_grave,
        back=address_of(model_admin, record),
    )
    return TemplateResponse(request, template, context)


def finished(model_admin: Any, request: HttpRequest, record: Any, message: str) -> HttpResponse:
    messages.success(request, message)
    return HttpResponseRedirect(address_of(model_admin, record))


def address_of(model_admin: Any, record: Any) -> str:
    meta = model_admin.opts
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])
