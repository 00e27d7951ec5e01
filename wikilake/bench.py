"""The benchmark: CPU, wall time and memory of each model of an hour, beside the bare copy's.

Every measured run is a process of its own, so memory is its own and nothing is warm from before.
Runs of one size alternate with the floor, so a change of the machine's speed meets both.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
import duckdb
from rich.console import Console
from rich.table import Table

from wikilake.sample import write_sample

HOUR = datetime(2026, 11, 1)
THREADS = 2
REFINEMENT = "refinement: webrequest and its statistics"
WHOLE_JOB = "whole job: to projectview_hourly"
AFTER_REFINEMENT = ("pageview", "projectview", "int_pageview", "stg_pageview")


def measure(console: Console, sizes: Sequence[int], seed: int, runs: int, folder: Path) -> None:
    """Writes an hour of each size below `folder`, measures `runs` runs of it, prints medians."""
    console.print(
        f"{platform.machine()}, {os.cpu_count()} cores, {THREADS} used; Python "
        f"{platform.python_version()}, DuckDB {duckdb.__version__}; plain JSON, seed {seed}, "
        f"median of {runs} runs [min–max]"
    )
    for rows in sizes:
        raw = folder / f"raw-{rows}"
        if not raw.exists():
            console.print(f"writing {rows:,} lines to {raw}")
            write_sample(raw, rows, seed, [HOUR], compress=False)
        figures = [_figures(raw, folder / "run") for _ in range(runs)]
        console.print(_report(rows, figures))


def _figures(raw: Path, run: Path) -> dict[str, dict[str, float]]:
    """{step: {cpu, wall, memory}} in seconds and bytes of one floor run and one run of the job."""
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(parents=True)
    environment = os.environ | {"WIKILAKE_RAW": str(raw), "WIKILAKE_LAKE": str(run / "lake")}
    steps = {}
    for what in ("floor", "job"):
        command = [sys.executable, "-m", "wikilake.bench", what, str(run / f"{what}.json")]
        finished = subprocess.run(command, env=environment, capture_output=True, text=True)
        if finished.returncode:
            raise click.ClickException(
                f"the {what} run failed:\n{finished.stdout}{finished.stderr}"
            )
        steps |= json.loads((run / f"{what}.json").read_text())
    return steps


def _report(rows: int, figures: Sequence[dict[str, dict[str, float]]]) -> Table:
    """One table of a size: a row a step, medians over the runs."""
    table = Table(title=f"{rows:,} rows", title_justify="left")
    for column in ("step", "rows/s", "CPU µs/row", "of the floor", "wall s", "peak memory MB"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for step in figures[0]:
        cpu = [run[step]["cpu"] / rows * 1e6 for run in figures]
        ratio = [run[step]["cpu"] / run["floor: JSON to Parquet"]["cpu"] for run in figures]
        wall = statistics.median(run[step]["wall"] for run in figures)
        table.add_row(
            step,
            f"{rows / wall:,.0f}" if wall else "",
            f"{statistics.median(cpu):.2f} [{min(cpu):.2f}–{max(cpu):.2f}]",
            f"{statistics.median(ratio):.2f}",
            f"{wall:.2f}",
            f"{max(run[step]['memory'] for run in figures) / 1e6:,.0f}",
            end_section=step in ("floor: JSON to Parquet", WHOLE_JOB),
        )
    return table


class Usage:
    """CPU seconds, wall seconds since the last call, and the process's peak memory in bytes."""

    def __init__(self) -> None:
        self.cpu, self.wall = self._now()

    def _now(self) -> tuple[float, float]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime, time.perf_counter()

    def lap(self) -> dict[str, float]:
        before, (self.cpu, self.wall) = (self.cpu, self.wall), self._now()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return {"cpu": self.cpu - before[0], "wall": self.wall - before[1], "memory": peak}


def _floor() -> dict[str, dict[str, float]]:
    """The bare copy: all fields of the lines to one Parquet file."""
    lake = Path(os.environ["WIKILAKE_LAKE"])
    lake.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": "false"})
    usage = Usage()
    connection.execute(
        f"""
        copy (
            select * from read_json('{os.environ["WIKILAKE_RAW"]}/**/*.jsonl',
                format = 'newline_delimited', ignore_errors = true,
                hive_partitioning = true)
        ) to '{lake}/floor.parquet' (format parquet, compression zstd)
        """
    )
    return {"floor: JSON to Parquet": usage.lap()}


def _job() -> dict[str, dict[str, float]]:
    """One hour as `wikilake build` runs it: a step a model, then the sums."""
    from dbt.cli.main import dbtRunner

    from wikilake.build import LEFT_OUT, _arguments, _failures, _prepared_runner

    steps: dict[str, dict[str, float]] = {}
    usage = None

    def at_event(event) -> None:
        nonlocal usage
        if event.info.name == "NodeStart":
            usage = Usage()
        elif event.info.name == "NodeFinished" and usage is not None:
            node = event.data.node_info
            if node.resource_type == "model":
                steps[node.node_name] = usage.lap()

    hour = f"{HOUR:%Y-%m-%dT%H}"
    manifest = _prepared_runner(hour).manifest
    result = dbtRunner(manifest=manifest, callbacks=[at_event]).invoke(
        _arguments(hour, {"hour": hour}, [*LEFT_OUT, "tag:history"], [])
    )
    if not result.success:
        raise SystemExit(_failures(result))
    refinement = [
        figures for name, figures in steps.items() if not name.startswith(AFTER_REFINEMENT)
    ]
    return {
        REFINEMENT: _sum(refinement),
        WHOLE_JOB: _sum(list(steps.values())),
        **steps,
    }


def _sum(figures: Sequence[dict[str, float]]) -> dict[str, float]:
    return {
        "cpu": sum(step["cpu"] for step in figures),
        "wall": sum(step["wall"] for step in figures),
        "memory": max(step["memory"] for step in figures),
    }


if __name__ == "__main__":
    measured = {"floor": _floor, "job": _job}[sys.argv[1]]()
    Path(sys.argv[2]).write_text(json.dumps(measured))
