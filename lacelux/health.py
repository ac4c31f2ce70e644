"""Is the shop well? For load balancers and monitors: public, terse, no secrets."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

OK, DOWN, ABSENT = "ok", "down", "absent"


class HealthSerializer(serializers.Serializer[dict[str, str]]):
    status = serializers.ChoiceField([OK, "degraded", DOWN])
    version = serializers.CharField()
    database = serializers.CharField(help_text="ok or down")
    queue = serializers.CharField(help_text="ok or down")
    mart = serializers.CharField(help_text="ok, down or absent")


class Health(APIView):
    """503 when the database is down: nothing works then. Sales go on without queue and mart: `degraded`, 200."""

    authentication_classes = ()  # asks nobody who they are: that would need the database
    permission_classes = (AllowAny,)
    throttle_classes = ()

    @extend_schema(
        operation_id="health",
        responses={200: HealthSerializer, 503: OpenApiResponse(HealthSerializer, description="The database is down.")},
        auth=[],
    )
    def get(self, request: Request) -> Response:
        parts = {"database": database(), "queue": queue(), "mart": mart()}
        worst = DOWN if parts["database"] == DOWN else "degraded" if DOWN in parts.values() else OK
        return Response({"status": worst, "version": settings.VERSION, **parts}, status=503 if worst == DOWN else 200)


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return DOWN
    return OK


def queue() -> str:
    """Redis answers, or the folder of the filesystem broker takes files."""
    url = settings.CELERY_BROKER_URL
    if not url.startswith(("redis:", "rediss:")):
        return OK if os.access(settings.QUEUE_DIR, os.W_OK) else DOWN
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return DOWN
    return OK


def mart() -> str:
    """The columnar copy can be loaded; absent where this process does without analytics."""
    if find_spec("analytics.mart") is None:
        return ABSENT
    try:
        import_module("analytics.mart")
    except ImportError:
        return DOWN
    return OK
