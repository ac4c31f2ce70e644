"""`/api/v1/reports/`: which reports there are, making one, following it, fetching its files, and schedules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import CreateModelMixin, DestroyModelMixin, UpdateModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lacelux.access.idempotency import HEADER, answer_once
from lacelux.access.records import Records
from lacelux.access.refusals import Conflict
from reports.audience import Recipients, Rights
from reports.files import readable, sent
from reports.filters import ReportFilter, RunFilter, ScheduleFilter
from reports.models import Report, Run, Schedule
from reports.serializers import GenerateEntry, ReportSerializer, RunSerializer, ScheduleSerializer
from reports.services import TooManyWaiting, run_report

TAG = "Reports"
RUNS = Run.objects.select_related("report", "schedule", "owner").prefetch_related("renditions")
MAY_HAVE_A_KEY = OpenApiParameter(
    HEADER, OpenApiTypes.STR, OpenApiParameter.HEADER, description="With one, asking again gives the same run."
)


@extend_schema(tags=[TAG])
class Reports(Records):
    """Reports of the shop, each with the questions it asks."""

    needs = {"GET": ("reports.view_report",)}
    queryset = Report.objects.prefetch_related("sections")
    serializer_class = ReportSerializer
    filterset_class = ReportFilter
    search_fields = ("title", "slug", "description")
    ordering_fields = ("id", "title", "changed_at")


@extend_schema(tags=[TAG])
class Runs(Records):
    """Reports that were made, or are being made, the latest first."""

    needs = {"GET": ("reports.view_run",)}
    queryset = RUNS
    serializer_class = RunSerializer
    filterset_class = RunFilter
    search_fields = ("title",)
    ordering_fields = ("id", "due_at", "finished_at")


class RunFile(APIView):
    """A file of a run, as a download. 404 where you may not see what is in it, or it is no longer kept."""

    needs: Mapping[str, tuple[str, ...]] = {"GET": ("reports.view_run",)}

    @extend_schema(
        operation_id="report_run_file",
        tags=[TAG],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, form: str) -> StreamingHttpResponse:
        run = get_object_or_404(RUNS, pk=pk)
        for file in readable(run, Rights.of(cast(User, request.user))):
            if file.form == form and file.is_kept:
                return sent(request._request, file)
        raise NotFound


class Generate(GenericAPIView[Any]):
    """Make a report. It is made in the background: follow `url` until it is done, then fetch its files."""

    needs = {"POST": ("reports.add_run",)}
    serializer_class = GenerateEntry

    @extend_schema(
        operation_id="generate_report",
        tags=[TAG],
        request=GenerateEntry,
        responses={202: OpenApiResponse(RunSerializer, description="Being made.")},
        parameters=[MAY_HAVE_A_KEY],
    )
    def post(self, request: Request) -> Response:
        return answer_once(request, self.generate) if HEADER in request.headers else self.generate()

    def generate(self) -> Response:
        entry = self.get_serializer(data=self.request.data)
        entry.is_valid(raise_exception=True)
        asked = entry.validated_data
        recipients = Recipients.of_json(asked["recipients"]) if "recipients" in asked else None
        try:
            run = run_report(
                outline=asked["outline"], owner=cast(User, self.request.user), cause=Run.Cause.PROGRAM,
                formats=asked["formats"], report=asked.get("report"), recipients=recipients,
            )  # fmt: skip
        except TooManyWaiting as error:
            raise Conflict(str(error), "too_many_waiting") from error
        answer = RunSerializer(RUNS.get(pk=run.pk), context=self.get_serializer_context()).data
        return Response(answer, status=202, headers={"Location": answer["url"]})


@extend_schema(tags=[TAG])
class Schedules(CreateModelMixin, UpdateModelMixin, DestroyModelMixin, Records):
    """When reports go out by themselves, to whom, with whose rights."""

    needs = {
        "GET": ("reports.view_schedule",),
        "POST": ("reports.add_schedule",),
        "PATCH": ("reports.change_schedule",),
        "DELETE": ("reports.delete_schedule",),
    }
    http_method_names = ["get", "head", "options", "post", "patch", "delete"]
    queryset = Schedule.objects.select_related("report", "owner")
    serializer_class = ScheduleSerializer
    filterset_class = ScheduleFilter
    search_fields = ("report__title", "report__slug")
    ordering_fields = ("id", "next_due_at")
