"""The benchmark as a guard: what a request costs, in bare copies of it, must not double."""

import os

import pytest
from rich.console import Console

from wikilake.bench.growth import measure_growth
from wikilake.bench.hours import FLOOR, REFINEMENT, WHOLE_JOB, figures, raw_hour

ROWS = 100_000
MOST_COPIES = {REFINEMENT: 11, WHOLE_JOB: 13}
"""About twice what such a small hour takes, of which a part does not depend on its rows."""


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.setenv("DBT_PROFILES_DIR", "profiles")
    for name in [name for name in os.environ if name.startswith("WIKILAKE_")]:
        monkeypatch.delenv(name)


def test_an_hour_costs_less_cpu_than_twice_what_it_did_counted_in_bare_copies(
    environment, tmp_path
):
    settings = raw_hour(Console(quiet=True), tmp_path, ROWS, 1)
    [run] = figures("duckdb", "hour", tmp_path / "run", settings)
    copies = {step: run[step]["cpu"] / run[FLOOR]["cpu"] for step in MOST_COPIES}
    print(copies)
    assert {step: number for step, number in copies.items() if number > MOST_COPIES[step]} == {}


def test_growth_is_measured_and_drawn(environment, tmp_path):
    """The figures mean nothing here: the lake must grow, and the picture must be drawn."""
    pictures = tmp_path / "pictures"
    measure_growth(Console(quiet=True), [], [3], 1, 1, tmp_path, pictures)
    hours = (tmp_path / "run/lake/wmf/webrequest").glob("*/*/*/*/*/*.parquet")
    assert len(list(hours)) == 3 * 2
    assert (pictures / "growth.svg").read_text().count("<path") > 10
