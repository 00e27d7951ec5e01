"""The benchmark of growth: the cost of a build by rows, by hours in the lake and in the window."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import altair as alt
import vl_convert
from rich.console import Console
from rich.table import Table

from wikilake.bench.hours import HOUR, WHOLE_JOB, figures, raw_hour
from wikilake.bench.months import REQUESTS, Command, timed_build
from wikilake.samples.requests import write_sample

SMALL_HOUR = 10_000
"""Rows of the hour that is measured in lakes of different sizes."""

MEASURES = {"seconds": "wall seconds", "cpu": "CPU seconds", "megabytes": "peak memory, MB"}


def measure_growth(
    console: Console,
    rows: Sequence[int],
    hours: Sequence[int],
    seed: int,
    runs: int,
    folder: Path,
    pictures: Path,
) -> None:
    """Measures hours of so many rows, one small hour in lakes of so many hours, and such windows.

    Writes growth.json and growth.svg into `pictures`. The fastest run of a point counts, since
    other work on the machine only slows it down.
    """
    points = []
    for size in rows:
        settings = raw_hour(console, folder, size, seed)
        times = runs if size <= 1_000_000 else 1
        found = _jobs(figures("duckdb", "hour", folder / "run", settings, times))
        points.append(_point("rows of the hour", size, found))
    settings = raw_hour(console, folder, SMALL_HOUR, seed)
    figures("duckdb", "hour", folder / "run", settings)
    for number in hours:
        _fill(folder / "run" / "lake", number)
        found = _jobs(figures("duckdb", "hour", folder / "run", settings, runs, fresh=False))
        points.append(_point("hours in the lake", number, found))
    for number in hours:
        times = runs if number <= 100 else 1
        found = _windows(console, folder, number, seed, times)
        points.append(_point(f"hours of {REQUESTS} requests in the window", number, found))
    pictures.mkdir(parents=True, exist_ok=True)
    (pictures / "growth.json").write_text(json.dumps(points, indent=1) + "\n")
    (pictures / "growth.svg").write_text(vl_convert.vegalite_to_svg(_picture(points).to_json()))
    console.print(_table(points))
    console.print(f"drawn in {pictures / 'growth.svg'}")


def _fill(lake: Path, hours: int) -> None:
    """Fills a lake with so many hours: the measured one, and links to its files as earlier ones."""
    path = f"year={HOUR.year}/month={HOUR.month}/day={HOUR.day}/hour={HOUR.hour}"
    partitions = [*lake.glob(f"w*/*/{path}"), *lake.glob(f"w*/*/*/{path}")]
    for number in range(1, hours):
        earlier = HOUR - timedelta(hours=number)
        for partition in partitions:
            copy = partition.parents[3] / (
                f"year={earlier.year}/month={earlier.month}/day={earlier.day}/hour={earlier.hour}"
            )
            if not copy.exists():
                shutil.copytree(partition, copy, copy_function=os.link)


def _jobs(found: Sequence[dict[str, dict[str, float]]]) -> list[Command]:
    """The whole job of each measured run, dbt's start left out."""
    jobs = [run[WHOLE_JOB] for run in found]
    return [Command(job["wall"], job["cpu"], job["memory"]) for job in jobs]


def _windows(console: Console, folder: Path, hours: int, seed: int, runs: int) -> list[Command]:
    """Builds of so many small hours together, each in a new lake, the start of dbt included."""
    raw = folder / f"raw-window-{hours}-{seed}"
    if not raw.exists():
        console.print(f"writing {hours:,} hours of {REQUESTS} requests to {raw}")
        write_sample(raw, REQUESTS, seed, [HOUR + timedelta(hours=n) for n in range(hours)])
    lakes = [folder / "run" / f"window-{hours}-{number}" for number in range(runs)]
    for lake in lakes:
        shutil.rmtree(lake, ignore_errors=True)
    return [timed_build(lake, raw, hours) for lake in lakes]


def _point(by: str, size: int, found: Sequence[Command]) -> dict:
    return {
        "by": by,
        "size": size,
        "seconds": round(min(run.wall for run in found), 2),
        "cpu": round(min(run.cpu for run in found), 2),
        "megabytes": round(min(run.memory for run in found) / 1e6),
    }


def _picture(points: Sequence[dict]) -> alt.VConcatChart:
    """A row of three pictures for each kind of size, whose scale is logarithmic."""
    sizes = dict.fromkeys(point["by"] for point in points)
    return alt.vconcat(
        *(alt.hconcat(*(_panel(points, by, key) for key in MEASURES)) for by in sizes)
    )


def _panel(points: Sequence[dict], by: str, measure: str) -> alt.Chart:
    return (
        alt.Chart(alt.Data(values=[point for point in points if point["by"] == by]))
        .mark_line(point=True)
        .encode(
            x=alt.X("size:Q", title=by, scale=alt.Scale(type="log"), axis=alt.Axis(format="~s")),
            y=alt.Y(f"{measure}:Q", title=MEASURES[measure], scale=alt.Scale(zero=True)),
        )
        .properties(width=230, height=180)
    )


def _table(points: Sequence[dict]) -> Table:
    table = Table(title="a build, whole job, as it grows", title_justify="left")
    for column in ("by", "size", *MEASURES.values()):
        table.add_column(column, justify="left" if column == "by" else "right")
    for point in points:
        numbers = (f"{point[measure]:,}" for measure in ("size", *MEASURES))
        table.add_row(point["by"], *numbers)
    return table
