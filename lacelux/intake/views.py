"""Uploads: choose files, watch them being read, look at the counts, publish or discard."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import DetailView, FormView, View

from lacelux.intake import batches, staging
from lacelux.intake.forms import UploadForm
from lacelux.intake.models import Batch
from lacelux.intake.plans import UnknownFormat
from lacelux.intake.refusals import Refused
from lacelux.intake.tasks import read_batch
from lacelux.intake.uploads import accept
from lacelux.lib.nudging import nudge
from lacelux.shell import ShellMixin, person

SHOWN = 50  # rejected rows on the page; the file has all
PATIENCE = 10  # seconds after which a waiting batch tells that no worker runs
MOVING = (Batch.State.QUEUED, Batch.State.STAGING, Batch.State.DISCARDING)


class Upload(ShellMixin, FormView):  # type: ignore[type-arg]
    title = "Upload files"
    permission_required = "access.stage_intake"
    template_name = "intake/upload.html"
    form_class = UploadForm

    def form_valid(self, form: UploadForm) -> HttpResponse:
        try:
            batch = accept(
                files=form.cleaned_data["uploads"],
                format_name=form.cleaned_data["format"],
                options=form.options,
                actor=person(self.request),
            )
        except (UnknownFormat, Refused) as refusal:
            form.add_error("uploads", str(refusal))
            return self.form_invalid(form)
        nudge(read_batch, batch.pk)
        return redirect("intake:batch", batch.pk)


class BatchPage(ShellMixin, DetailView):  # type: ignore[type-arg]
    permission_required = "access.stage_intake"
    template_name = "intake/batch.html"
    queryset = Batch.objects.select_related("created_by", "published_by")

    def get_title(self) -> str:
        return str(self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch = self.object
        context = super().get_context_data(
            standing=standing(batch),
            rejections=batch.rejections.order_by("id")[:SHOWN],
            shown=SHOWN,
            has_rejected_file=batch.rejected_path.exists(),
            can_publish=batch.state == Batch.State.STAGED and self.request.user.has_perm("access.publish_intake"),
            can_discard=may_discard(self.request, batch),
            **kwargs,
        )
        del context["object"]  # the shell would name it in its breadcrumbs, which has the title already
        return context


class Progress(ShellMixin, View):
    """How far a batch is, for the script of its page."""

    permission_required = "access.stage_intake"

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        return JsonResponse(standing(get_object_or_404(Batch, pk=pk)))


class RejectedFile(ShellMixin, View):
    permission_required = "access.stage_intake"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        path = get_object_or_404(Batch, pk=pk).rejected_path
        if not path.exists():
            raise Http404
        return FileResponse(path.open("rb"), as_attachment=True, filename=f"rejected-{pk}.csv")


class Publish(ShellMixin, View):
    permission_required = "access.publish_intake"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = get_object_or_404(Batch, pk=pk)
        try:
            staging.publish(batch, actor=person(request))
        except (batches.Lost, staging.TooLarge, UnknownFormat, Refused) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{batch} is published.")
        return redirect("intake:batch", pk)


class Discard(ShellMixin, View):
    permission_required = "access.stage_intake"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = get_object_or_404(Batch, pk=pk)
        if not may_discard(request, batch):
            messages.error(request, f"{batch} is not yours to discard, or not in a state to be.")
            return redirect("intake:batch", pk)
        try:
            batches.drop(batch)
        except batches.Lost as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{batch} is discarded.")
        return redirect("intake:batch", pk)


def may_discard(request: HttpRequest, batch: Batch) -> bool:
    """Whoever may publish, and whoever uploaded it."""
    is_theirs = request.user.has_perm("access.publish_intake") or batch.created_by_id == person(request).pk
    is_ready = batch.state in (Batch.State.QUEUED, Batch.State.STAGED) or batches.is_abandoned(batch)
    return is_theirs and is_ready


def standing(batch: Batch) -> dict[str, Any]:
    """What the page shows while it waits."""
    waited = (timezone.now() - batch.created_at).total_seconds()
    warning = ""
    if batch.state == Batch.State.QUEUED and waited > PATIENCE:
        warning = "No worker has taken this up yet. Start one: manage.py up, or celery -A lacelux worker."
    elif batches.is_abandoned(batch):
        warning = "Whoever read this has stopped. Discard it and upload the files again."
    return {
        "state": batch.state,
        "label": batch.get_state_display(),
        "is_moving": batch.state in MOVING,
        "rows": batch.rows,
        "rows_expected": batch.rows_expected,
        "warning": warning,
    }
