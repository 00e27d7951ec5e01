"""The benchmark of a small wiki: commands from their start, a month of small hours, a log."""

from __future__ import annotations

import gzip
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from wikilake.bench.hours import HOUR, BenchFailed
from wikilake.bench.imports import write_log
from wikilake.samples.requests import write_sample
from wikilake.settings import HOUR_FORMAT

HOURS = 720
REQUESTS = 417
"""Of each hour: a month of them is a log of 300,000 lines."""

SITE = "{site_profile: mediawiki, site_domains: [example.org]}"
"""Variables for the log's site."""


@dataclass
class Command:
    """What a command took from its start to its end: seconds of the clock and of processors."""

    wall: float
    cpu: float
    memory: float
    """Bytes of memory of its largest process."""


def measure_month(console: Console, seed: int, runs: int, folder: Path) -> None:
    """Measures what a small wiki waits for, each command in a process of its own; medians."""
    raw = _raw(console, folder, seed)
    log = folder / f"month-{seed}.log"
    if not log.exists():
        console.print(f"writing a month's log of {HOURS * REQUESTS:,} lines to {log}")
        write_log(log, HOURS * REQUESTS, seed, timedelta(hours=HOURS))
    end = HOUR + timedelta(hours=HOURS)
    found: dict[str, list[Command]] = {}
    # Each lake has a folder of its own until all are measured: a disk of ext4 goes around the
    # places of files that were just deleted, which takes a tenth of a month's time.
    lakes = folder / "run"
    shutil.rmtree(lakes, ignore_errors=True)
    for number in range(runs):
        for name, hours in (("ten", 1), ("small", 1), ("one", 1), ("month", HOURS)):
            took = timed_build(lakes / f"{name}-{number}", raw[name], hours)
            found.setdefault(name, []).append(took)
        report = "--private", *_span(HOUR, end), "--output", str(lakes / "report.html")
        lake = lakes / f"month-{number}"
        found.setdefault("report", []).append(_run(lake, raw["month"], "report", *report))
        lake, logs = lakes / f"log-{number}", lakes / f"raw-{number}"
        steps = [
            _run(lake, logs, "import", str(log), "--site", "en.example.org"),
            timed_build(lake, logs, HOURS, "--vars", SITE),
            _run(lake, logs, "report", *report),
        ]
        sums = (sum(step.wall for step in steps), sum(step.cpu for step in steps))
        found.setdefault("log", []).append(Command(*sums, max(step.memory for step in steps)))
    shutil.rmtree(lakes)
    console.print(_table(found))


def _raw(console: Console, folder: Path, seed: int) -> dict[str, Path]:
    """Roots of raw partitions: ten requests, 1,000, a month's, and a month's in one hour."""
    roots = {name: folder / f"raw-{name}-{seed}" for name in ("ten", "small", "month", "one")}
    if not roots["one"].exists():
        console.print(f"writing {HOURS} hours of {REQUESTS} requests to {roots['month']}")
        write_sample(roots["ten"], 10, seed, [HOUR])
        write_sample(roots["small"], 1000, seed, [HOUR])
        hours = [HOUR + timedelta(hours=number) for number in range(HOURS)]
        write_sample(roots["month"], REQUESTS, seed, hours)
        path = f"year={HOUR.year}/month={HOUR.month}/day={HOUR.day}/hour={HOUR.hour}"
        for source in roots["month"].iterdir():
            together = roots["one"] / source.name / path / "part-0.jsonl.gz"
            together.parent.mkdir(parents=True)
            with gzip.open(together, "wb") as file:
                for part in sorted(source.rglob("*.gz")):
                    file.write(gzip.decompress(part.read_bytes()))
    return roots


def _span(first, end) -> tuple[str, ...]:
    return "--from", f"{first:{HOUR_FORMAT}}", "--to", f"{end:{HOUR_FORMAT}}"


def timed_build(lake: Path, raw: Path, hours: int, *arguments: str) -> Command:
    """A build of so many hours from HOUR on, in a process of its own; raises BenchFailed."""
    span = _span(HOUR, HOUR + timedelta(hours=hours))
    return _run(lake, raw, "build", *span, "--accept-loss", *arguments)


def _run(lake: Path, raw: Path, *arguments: str) -> Command:
    """A command of wikilake in a process of its own; raises BenchFailed with what it said."""
    settings = {"WIKILAKE_LAKE": lake, "WIKILAKE_RAW": raw}
    environment = os.environ | {name: str(path.absolute()) for name, path in settings.items()}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "wikilake.cli", *arguments], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise BenchFailed(f"wikilake {' '.join(arguments)} failed:\n{said}")
    wall = time.perf_counter() - began
    return Command(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024.0)


def _table(found: dict[str, list[Command]]) -> Table:
    """A row per thing that is waited for, medians; `times` compares within one run."""
    names = {
        "ten": "fixed cost: a build of ten requests in a new lake",
        "small": "a first hour of 1,000 requests",
        "one": f"{HOURS * REQUESTS:,} requests in one hour",
        "month": f"the same in {HOURS} hours",
        "report": f"report of the {HOURS} hours",
        "log": f"log to report: {HOURS * REQUESTS:,} lines of a month",
    }
    table = Table(title="what a small wiki waits for, start included", title_justify="left")
    for column in ("what", "wall s", "CPU s", "times one hour", "memory MB"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, title in names.items():
        runs = found[name]
        ratios = [run.cpu / one.cpu for run, one in zip(runs, found["one"], strict=True)]
        table.add_row(
            title,
            _median([run.wall for run in runs]),
            _median([run.cpu for run in runs]),
            _median(ratios) if name == "month" else "",
            f"{max(run.memory for run in runs) / 1e6:,.0f}",
        )
    return table


def _median(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.1f}"
