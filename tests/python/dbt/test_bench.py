"""The benchmark as a guard: what a request costs, against its limit, must not double."""

import os

import pytest
from rich.console import Console

from wikilake.bench.growth import measure_growth
from wikilake.bench.hours import LIMIT, REFINEMENT, WHOLE_JOB, figures, raw_hour

ROWS = 100_000
MOST = {REFINEMENT: 6, WHOLE_JOB: 7}
"""About twice what such a small hour takes, of which a part does not depend on its rows."""


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.setenv("DBT_PROFILES_DIR", "profiles")
    for name in [name for name in os.environ if name.startswith("WIKILAKE_")]:
        monkeypatch.delenv(name)


def test_an_hour_costs_less_cpu_than_twice_what_it_did_compared_with_its_limit(
    environment, tmp_path
):
    settings = raw_hour(Console(quiet=True), tmp_path, ROWS, 1)
    [run] = figures("duckdb", "hour", tmp_path / "run", settings)
    ratios = {step: run[step]["cpu"] / run[LIMIT]["cpu"] for step in MOST}
    print(ratios)
    assert {step: ratio for step, ratio in ratios.items() if ratio > MOST[step]} == {}


def test_growth_is_measured_and_drawn(environment, tmp_path):
    """The figures mean nothing here: the lake must grow, and the picture must be drawn."""
    pictures = tmp_path / "pictures"
    measure_growth(Console(quiet=True), [], [3], 1, 1, tmp_path, pictures)
    hours = (tmp_path / "run/lake/wmf/webrequest").glob("*/*/*/*/*/*.parquet")
    assert len(list(hours)) == 3 * 2
    assert (pictures / "growth.svg").read_text().count("<path") > 10
