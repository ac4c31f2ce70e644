"""`make lint`: every check that needs no test, all of them even where one fails."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHECKS = {
    "style": "ruff check .",
    "layout": "ruff format --check .",
    "types": "mypy lacelux customers inventory sales analytics reports demo manage.py",
    "current Django": "django-upgrade --check --target-version 5.2 {modules}",
    "layers": "lint-imports --no-logo",
    "migrations": "python manage.py makemigrations --check --dry-run",
    "deployment": "python manage.py check --deploy --fail-level WARNING",
    "API description": "python manage.py spectacular --validate --fail-on-warn --file {var}/schema.yaml",
}
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "only for this check: forty and more characters, varied 0123456789",
    "ALLOWED_HOSTS": "shop.example.com",
}


def main() -> int:
    with tempfile.TemporaryDirectory() as var:
        failed = [name for name, command in CHECKS.items() if not _passes(name, command, var)]
    print(f"\nlint: {', '.join(failed)} failed" if failed else "\nlint: ok")
    return 1 if failed else 0


def _passes(name: str, command: str, var: str) -> bool:
    print(f"--- {name}: {command}", flush=True)
    program, *arguments = command.format(var=var, modules=" ".join(_modules())).split()
    environment = {**os.environ, "VAR_DIR": var, **(PRODUCTION if name == "deployment" else {})}
    return subprocess.run([BIN / program, *arguments], cwd=ROOT, env=environment).returncode == 0


def _modules() -> list[str]:
    """Every committed Python file that somebody wrote."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.split() if "/migrations/" not in path and (ROOT / path).exists()]


if __name__ == "__main__":
    sys.exit(main())
