# What this project can do: `make help`.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint soak bench audit lock format clean

VENV ?= .venv
PYTHON := $(VENV)/bin/python
RUN := $(VENV)/stamp-base
DEVELOP := $(VENV)/stamp-development
ARGS ?=

help:  ## Says what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Variables: PORT=8000 VAR_DIR=var DEMO=0 (no demo shop); ARGS=… for test, soak and bench"

run: $(RUN)  ## Starts the shop, on the first run with a demo in it; Ctrl-C stops it
	@exec $(PYTHON) manage.py up --prepare

test: $(DEVELOP)  ## Runs every test on SQLite, then on PostgreSQL and Redis where they can be reached
	@$(PYTHON) tests/run.py $(ARGS)

lint: $(DEVELOP)  ## Checks style, types, layers, migrations, settings and the API's description
	@$(PYTHON) tests/lint.py

format: $(DEVELOP)  ## Lays the code out
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format .

soak: $(DEVELOP)  ## Runs the long checks that `make test` leaves out
	@$(PYTHON) -m pytest -m soak --timeout 3600 $(ARGS)

bench: $(DEVELOP)  ## Measures speed: ARGS=name for one benchmark, ARGS=--list for their names
	@$(PYTHON) -m bench $(ARGS)

audit: $(DEVELOP)  ## Looks the locked packages up among known weaknesses
	@$(VENV)/bin/pip-audit --strict --requirement requirements/production.txt --disable-pip --no-deps

lock: $(DEVELOP)  ## Writes requirements/*.txt anew from requirements/*.in
	@$(PYTHON) -m pip install -qq --disable-pip-version-check uv
	@for name in base development production; do \
		$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 \
			requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

clean:  ## Removes the virtual environment and caches; never var/, where the shop is
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage htmlcov
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

$(PYTHON):
	@for python in $(BASE_PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making $(VENV) with $$($$python --version) …"; exec $$python -m venv $(VENV); \
		fi; \
	done; echo "Lace-Luxx needs Python 3.11 or newer; none was found." >&2; exit 1

$(RUN): requirements/base.txt | $(PYTHON)
	@echo "Installing what the shop needs; the first time this takes a minute or two …"
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --requirement $<
	@touch $@

$(DEVELOP): requirements/development.txt requirements/base.txt | $(PYTHON)
	@echo "Installing what development needs; the first time this takes a minute or two …"
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --requirement $<
	@touch $(RUN) $@
