"""What holds for the project as a whole."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)
BIN = Path(sys.executable).parent
# Written in pieces, or this file would hold them itself. A path of somebody's machine helps nobody else.
FOREIGN = re.compile("|".join([r"(?<![\w.])/" + "work/", r"(?<![\w.])/" + "tmp/", "/" + "root/", "/home" + r"/\w+"]))


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("no git repository")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_imports_only_point_down() -> None:
    done = subprocess.run([BIN / "lint-imports", "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_app_has_its_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {name.strip() for layer in contracts[0]["layers"] for name in layer.split("|")}
    own = {app.name for app in apps.get_app_configs() if Path(app.path).is_relative_to(ROOT / app.name.split(".")[0])}
    assert own - layers == {"lacelux"}  # the shell, which sees every app
    assert {"sales", "lacelux.intake"} <= own


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_nothing_committed_names_a_folder_of_one_machine() -> None:
    found = []
    for path in committed():
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:  # a picture, a font
            continue
        found += [f"{path.relative_to(ROOT)}:{n}: {line}" for n, line in enumerate(lines, 1) if FOREIGN.search(line)]
    assert not found, "\n".join(found)


def test_the_readme_shows_how_to_run_and_to_test() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make run" in readme
    assert "make test" in readme


def test_every_target_of_make_explains_itself_and_is_documented() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):(?!=)", makefile, re.MULTILINE))
    explained = set(re.findall(r"^([a-z]+):.*## \w", makefile, re.MULTILINE))
    assert targets == explained
    documented = set(re.findall(r"`make ([a-z]+)", (ROOT / "docs" / "development.md").read_text()))
    assert targets - documented == {"help"} - documented


def test_every_setting_of_the_environment_is_documented() -> None:
    read = re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', (ROOT / "lacelux" / "settings.py").read_text())
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert set(read) - {"PYTEST_XDIST_WORKER"} == documented
    assert "DATABASE_URL" in read


def test_locked_requirements_hold_what_is_asked_for() -> None:
    for name in ("base", "development", "production"):
        asked = re.findall(r"^([a-z0-9][a-z0-9-]+)", (ROOT / "requirements" / f"{name}.in").read_text(), re.MULTILINE)
        locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE)
        assert set(asked) <= set(locked), name
