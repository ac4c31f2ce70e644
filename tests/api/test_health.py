"""GET /api/health: what works, and nothing that helps an intruder."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/health", "/api/health/"])
def test_all_is_well(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok", "version": settings.VERSION, "database": "ok", "queue": "ok", "mart": answer.json()["mart"],
    }  # fmt: skip
    assert answer.json()["mart"] in ("ok", "absent")


def test_no_database_is_a_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any) -> None:
        raise OperationalError("could not connect to secret-host")

    monkeypatch.setattr(connections["default"], "cursor", down)
    answer = client.get("/api/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["database"]) == (503, "down", "down")
    assert b"secret-host" not in answer.content


@pytest.mark.django_db
def test_without_the_queue_the_shop_sells_on(client: Client, settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/api/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["queue"]) == (200, "degraded", "down")
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.QUEUE_DIR = "/nowhere"
    assert client.get("/api/health").json()["queue"] == "down"


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())["project"]
    assert project["version"] == settings.VERSION
