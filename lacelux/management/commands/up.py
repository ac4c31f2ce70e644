"""`manage.py up`: the whole shop in one command."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from lacelux.processes import AlreadyRunning, FolderLock, ProcessTree, Program, port_is_free


class Command(BaseCommand):
    help = "Runs web server, worker and clock together, until Ctrl-C. One instance per VAR_DIR."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="Address to listen on (HOST; %(default)s).")
        parser.add_argument("--port", type=int, default=settings.PORT, help="Port (PORT; %(default)s).")
        parser.add_argument(
            "--prepare", action="store_true", help="First migrate, collect static files and fill an empty shop."
        )

    def handle(self, *, host: str, port: int, prepare: bool, **options: Any) -> None:
        try:
            with FolderLock(settings.VAR_DIR / "up.lock"):
                if not port_is_free(host, port):
                    raise CommandError(f"Port {port} on {host} is taken. Choose another: make run PORT={port + 1}")
                if prepare:
                    self._prepare()
                elif not _is_migrated():
                    raise CommandError("The database lacks migrations: run `manage.py migrate`, or say --prepare.")
                self._run(host, port)
        except AlreadyRunning as error:
            raise CommandError(f"Lace-Luxx is {error}. Stop that one, or set another VAR_DIR and PORT.") from error

    def _prepare(self) -> None:
        self._manage("migrate", "--verbosity", "0")
        self._manage("collectstatic", "--no-input", "--verbosity", "0")
        if settings.DEMO and not settings.PRODUCTION and _shop_is_empty():
            self.stdout.write("First run: making a demo shop (DEMO=0 makes none) …")
            self._manage("demo")

    def _manage(self, *command: str) -> None:
        done = subprocess.run([sys.executable, "manage.py", *command], cwd=settings.BASE_DIR)
        if done.returncode:
            raise CommandError(f"manage.py {command[0]} failed.")

    def _run(self, host: str, port: int) -> None:
        news = ["", f"  {settings.SHOP_NAME} is at http://{host}:{port}/", *_demo_logins(), "  Ctrl-C stops it.", ""]
        connections.close_all()
        threading.Thread(target=self._announce, args=(host, port, news), daemon=True).start()
        self.stdout.write("Starting …")
        ProcessTree(_programs(host, port)).run()
        self.stdout.write("Stopped.")

    def _announce(self, host: str, port: int, news: list[str]) -> None:
        while not _answers(host, port):
            time.sleep(0.3)
        self.stdout.write("\n".join(news))


def _programs(host: str, port: int) -> list[Program]:
    web = f"uvicorn lacelux.asgi:application --host {host} --port {port} --workers {settings.WEB_CONCURRENCY}"
    worker = (
        f"celery --quiet -A lacelux worker --pool threads --concurrency {settings.WORKER_CONCURRENCY} --loglevel INFO"
    )
    commands = {
        # Streams to open pages never end by themselves, hence the limit.
        "web": f"{web} --no-access-log --lifespan on --timeout-graceful-shutdown 3",
        "worker": f"{worker} --loglevel INFO --without-gossip --without-mingle --without-heartbeat",
        "beat": "celery --quiet -A lacelux beat --loglevel INFO --pidfile=",
    }
    # Mails and documents hold links to where we really are.
    environment = {"VAR_DIR": str(settings.VAR_DIR), "HOST": host, "PORT": str(port)}
    return [
        Program(
            name=name,
            command=[sys.executable, "-m", *command.split()],
            environment=environment,
            folder=settings.BASE_DIR,
        )
        for name, command in commands.items()
    ]


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _shop_is_empty() -> bool:
    from inventory.models import Product
    from sales.models import Order

    return not (Product.objects.exists() or Order.staged.exists())


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _demo_logins() -> list[str]:
    """A line for each of the demo's accounts that still has the password it was made with."""
    from demo.logins import ROLES, demo_password

    password = demo_password()
    users = User.objects.filter(username__in=ROLES, is_active=True)
    known = {user.username for user in users if user.check_password(password)}
    return [f"  Log in as {role:<8} password {password}" for role in ROLES if role in known]
