"""What a schedule's form would lead to, for the script of its page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.generic import View

from lacelux.shell import ShellMixin, person
from reports.forms import form_for
from reports.models import Schedule


class Foresee(ShellMixin, View):
    """The form as it is filled in by now, right or not yet: due times and readers as far as they are known."""

    permission_required = ("access.view_personal", "reports.add_schedule", "reports.change_schedule")

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        schedule = get_object_or_404(Schedule, pk=pk) if pk else None
        user = person(request)
        form = form_for(user, schedule)(request.POST, instance=schedule)
        form.is_valid()  # what is wrong is told when it is saved
        return render(request, "reports/_foreseen.html", {"foreseen": form.foreseen(user)})
