# Two commands: `make run` and `make test`. All targets set everything up in .venv first.
PYTHON ?= python3
BIN := .venv/bin
PIP := pip install --quiet --disable-pip-version-check
TARGET ?= duckdb
# Superset needs other versions than dbt, so it has an environment of its own.
SUPERSET := .venv-superset
TABLES ?= public
PORT ?= 8088
# Tests of a group stay together; groups start in the order of tests/python/conftest.py.
BY_GROUP := --numprocesses 2 --dist loadgroup --no-loadscope-reorder
export DBT_PROFILES_DIR := profiles
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.DEFAULT_GOAL := help
.PHONY: help setup run check test-fast test-unit test-rules test test-faults test-superset \
	superset bench docs clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 15

setup: .venv/.ready  ## make .venv with pinned packages and load the seeds

.venv/.ready: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "wikilake needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	sed -n '/^setuptools==/,/[^\\]$$/p' requirements.txt > .venv/setuptools.txt
	$(BIN)/$(PIP) --require-hashes --requirement .venv/setuptools.txt
	$(BIN)/$(PIP) --require-hashes --no-build-isolation --requirement requirements.txt
	$(BIN)/$(PIP) --no-deps --no-build-isolation --editable .
	$(BIN)/dbt seed --quiet
	touch $@

run: setup  ## refine the shipped sample and show the results
	$(BIN)/wikilake build --from 2026-11-01T00 --to 2026-11-01T02
	$(BIN)/wikilake build --snapshot 2026-10
	$(BIN)/dbt docs generate --static --quiet
	$(BIN)/wikilake summary --snapshot 2026-10
	$(BIN)/wikilake summary --from 2026-11-01T00 --to 2026-11-01T02

check: setup  ## check style and types of Python and SQL, and that dbt can parse the project
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	if [ -x $(BIN)/mypy ]; then $(BIN)/mypy; fi
	$(BIN)/dbt --warn-error parse --quiet --no-partial-parse
	$(BIN)/sqlfluff lint --processes 2 models tests analyses

test-fast: setup  ## run the tests that need no lake, side by side: less than a minute
	$(MAKE) --jobs 2 test-rules test-unit

test-unit: setup
	$(BIN)/python -m pytest tests/python/unit $(BY_GROUP) -q

test-rules: setup
	WIKILAKE_LAKE=$$(mktemp -d)/lake $(BIN)/dbt --quiet build --selector truth_tables

test: setup  ## run every test but those of faults: dbt's on the sample, pytest's around it
	$(BIN)/python -m pytest $(BY_GROUP) --durations=10

test-faults: setup  ## run the tests of full disks, kills, limits: some fifteen minutes
	$(BIN)/python -m pytest -m faults --numprocesses 2 --dist load --durations=5

test-superset: setup $(SUPERSET)/.ready  ## ask a real Superset for every chart and compare with the marts: five minutes
	$(BIN)/python -m pytest -m superset --durations=5

superset: setup $(SUPERSET)/.ready  ## look at the lake in Superset (TABLES=all PORT=8088)
	$(BIN)/wikilake superset --tables $(TABLES) --port $(PORT)

$(SUPERSET)/.ready: dashboards/superset/requirements.txt
	$(PYTHON) -m venv $(SUPERSET)
	sed -n '/^setuptools==/,/[^\\]$$/p' $< > $(SUPERSET)/setuptools.txt
	$(SUPERSET)/bin/$(PIP) --require-hashes --requirement $(SUPERSET)/setuptools.txt
	$(SUPERSET)/bin/$(PIP) --require-hashes --no-build-isolation --requirement $<
	touch $@

bench: setup  ## measure CPU, wall time and memory against the bare copy (TARGET=spark)
	$(BIN)/wikilake bench --target $(TARGET)

docs: setup  ## write the documentation: target/static_index.html
	$(BIN)/python -m wikilake.project.definitions
	$(BIN)/python -m wikilake.superset.bundle
	$(BIN)/dbt docs generate --static --quiet

clean:  ## remove what was built: environment, lake, dbt's output
	rm -rf .venv $(SUPERSET) .superset lake target logs bench
