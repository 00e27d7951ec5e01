"""The benchmark: CPU, wall time and memory of each model of an hour, compared with its limit.

On DuckDB every measured run is a process of its own, so its memory is its own and it starts cold;
runs of one size alternate with what they are compared with, so that a change of the machine's speed
affects both. On Spark the runs of one size share one session, as the hours of a loop do: the first
costs most, since it compiles what the others find compiled.
"""

from __future__ import annotations

import glob
import json
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console
from rich.table import Table

from wikilake import settings, terminal
from wikilake.errors import WikilakeError
from wikilake.lake.paths import quoted
from wikilake.samples.histories import write_history, write_namespaces
from wikilake.samples.requests import write_sample
from wikilake.samples.wikis import write_wiki

if TYPE_CHECKING:
    from dbt_common.events.base_types import EventMsg

    from wikilake.project.dbt import Project

Figure = dict[str, float]
"""CPU and wall seconds, bytes of memory, bytes written: {cpu, wall, memory, bytes}."""

Figures = dict[str, Any]
"""The figure of each step of a run; of a first run on Spark also its `notes`."""

HOUR = datetime(2026, 11, 1)
THREADS = 2
SNAPSHOT = "2026-10"
LIMIT = "limit: bare read of the lines, bare write of webrequest"
COPY = "floor: the bare copy to Parquet"
REFINEMENT = "refinement: webrequest and its statistics"
WHOLE_JOB = "whole job: to projectview_hourly"
REDUCED = "mediawiki_history_reduced and what it needs"
METRICS = "with the metrics and checks"
HISTORY = "mediawiki_history of the tables, and what it needs"
MADE_FROM_TABLES = re.compile(
    r"(stg_mediawiki__|int_mediawiki_history__).*|mediawiki_(user_|page_)?history"
)
AFTER_REFINEMENT = ("pageview", "projectview", "int_pageview", "stg_pageview")


class BenchFailed(WikilakeError):
    """A run that could not be measured; the message is what it said."""


def measure(
    console: Console,
    sizes: Sequence[int],
    snapshots: Sequence[int],
    seed: int,
    runs: int,
    folder: Path,
    target: str = "duckdb",
    wikis: Sequence[int] = (),
) -> None:
    """Measures hours of `sizes` rows and snapshots of so many events, `runs` times; medians.

    `wikis` are the revisions of wikis whose histories are made from the tables of their databases.

    `target` is where the job runs, duckdb or spark; what it is compared with is always DuckDB's.
    What is measured is written below `folder` once and used again by the next call.
    """
    console.print(
        f"{target} on {platform.machine()}, {os.cpu_count()} cores, {THREADS} used; Python "
        f"{platform.python_version()}, DuckDB {duckdb.__version__}; seed {seed}, "
        f"median of {runs} runs [min–max]"
    )
    for rows in sizes:
        files = raw_hour(console, folder, rows, seed)
        found = figures(target, "hour", folder / "run", files, runs)
        for note in _notes(found):
            console.print(note)
        console.print(_report(f"an hour of {rows:,} requests, plain JSON", rows, found))
    for events in snapshots:
        history = folder / f"history-{events}-{seed}"
        if not history.exists():
            console.print(f"writing {events:,} events to {history}")
            write_history(history, events, seed, SNAPSHOT, parquet=True)
            write_namespaces(history / "namespaces.csv")
        files = {
            "WIKILAKE_HISTORY": history,
            "WIKILAKE_NAMESPACES": history / "namespaces.csv",
        }
        found = figures(target, "snapshot", folder / "run", files, runs)
        for note in _notes(found):
            console.print(note)
        console.print(_report(f"a snapshot of {events:,} events, Parquet", events, found))

    for revisions in wikis:
        files = wiki_tables(console, folder, revisions, seed)
        found = figures(target, "history", folder / "run", files, runs)
        for note in _notes(found):
            console.print(note)
        console.print(_report(f"a wiki of {revisions:,} revisions, Parquet", revisions, found))


def wiki_tables(console: Console, folder: Path, revisions: int, seed: int) -> dict[str, Path]:
    """The settings of a run on the made-up tables of a wiki, written when they are not there."""
    tables = folder / f"wiki-{revisions}-{seed}"
    if not tables.exists():
        console.print(f"writing the tables of {revisions:,} revisions to {tables}")
        write_wiki(tables, revisions, seed)
    return {"WIKILAKE_MEDIAWIKI": tables, "WIKILAKE_NAMESPACES": tables / "namespaces.csv"}


def raw_hour(console: Console, folder: Path, rows: int, seed: int) -> dict[str, Path]:
    """The settings of a run on the made-up hour of so many rows, written when it is not there."""
    raw = folder / f"raw-{rows}-{seed}"
    if not raw.exists():
        console.print(f"writing {rows:,} lines to {raw}")
        write_sample(raw, rows, seed, [HOUR], compress=False)
    return {"WIKILAKE_RAW": raw}


def _notes(figures: Sequence[Figures]) -> list[str]:
    """What the first run says of its plans, taken out of its figures; nothing on DuckDB."""
    return figures[0].pop("notes", [])


def figures(
    target: str,
    period: str,
    run: Path,
    files: dict[str, Path],
    runs: int = 1,
    *,
    fresh: bool = True,
) -> list[Figures]:
    """{step: {cpu, wall, memory}} in seconds and bytes for each run of the job, its base first.

    The lake is `run`/lake, an empty one unless `fresh` is false. Raises BenchFailed with what the
    run said when it fails.
    """
    found = []
    in_a_session = runs if target == "spark" else 1
    for _ in range(runs // in_a_session):
        if fresh:
            shutil.rmtree(run, ignore_errors=True)
        run.mkdir(parents=True, exist_ok=True)
        jobs = _process("job", target, period, run, files, in_a_session)
        bases = _process("base", target, period, run, files, in_a_session)
        found += [base | job for base, job in zip(bases, jobs, strict=True)]
    return found


def _process(
    what: str, target: str, period: str, run: Path, files: dict[str, Path], runs: int
) -> list[Figures]:
    """Runs the `base` or the `job` in a process of its own, `runs` times."""
    environment = os.environ | {name: str(path) for name, path in files.items()}
    environment["WIKILAKE_LAKE"] = str((run / "lake").absolute())
    environment.setdefault("WIKILAKE_SPARK_MASTER", f"local[{THREADS}]")
    file = run / f"{what}.json"
    arguments = [what, period, target, str(runs), str(file)]
    command = [sys.executable, "-m", "wikilake.bench.hours", *arguments]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True)
    if finished.returncode:
        raise BenchFailed(f"the {what} run failed:\n{finished.stdout}{finished.stderr}")
    return json.loads(file.read_text())


def _report(title: str, rows: int, figures: Sequence[Figures]) -> Table:
    """One table of a size: a row a step, medians over the runs."""
    table = Table(title=title, title_justify="left")
    base = next(iter(figures[0]))
    columns = ("rows/s", "CPU µs/row", "of the first", "wall s", "memory MB", "output MB")
    for column in ("step", *columns):
        table.add_column(column, justify="left" if column == "step" else "right")
    for step in figures[0]:
        cpu = [run[step]["cpu"] / rows * 1e6 for run in figures]
        ratio = [run[step]["cpu"] / run[base]["cpu"] for run in figures]
        wall = statistics.median(run[step]["wall"] for run in figures)
        output = figures[0][step].get("bytes")
        table.add_row(
            step,
            f"{rows / wall:,.0f}" if wall else "",
            f"{statistics.median(cpu):.2f} [{min(cpu):.2f}–{max(cpu):.2f}]",
            f"{statistics.median(ratio):.2f}",
            f"{wall:.2f}",
            f"{max(run[step]['memory'] for run in figures) / 1e6:,.0f}",
            f"{output / 1e6:,.0f}" if output else "",
            end_section=step in (base, WHOLE_JOB, METRICS),
        )
    return table


class Usage:
    """CPU seconds, wall seconds since the last call, and peak memory in bytes.

    CPU time and memory are of this process and of those that it started: Spark's are others.
    """

    def __init__(self) -> None:
        self.cpu, self.wall = self._now()

    def _now(self) -> tuple[float, float]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        started = sum(cpu for cpu, _ in _started_processes())
        return used.ru_utime + used.ru_stime + started, time.perf_counter()

    def lap(self) -> Figure:
        before, (self.cpu, self.wall) = (self.cpu, self.wall), self._now()
        peak: float = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        peak += sum(memory for _, memory in _started_processes())
        return {"cpu": self.cpu - before[0], "wall": self.wall - before[1], "memory": peak}


def _started_processes() -> list[tuple[float, float]]:
    """(CPU seconds, peak memory in bytes) of every process below this one, from /proc."""
    children: dict[int, list[int]] = {}
    seconds: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name in brackets: state, parent, …; ended children of it are counted in.
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        process = int(path.parent.name)
        children.setdefault(int(fields[1]), []).append(process)
        seconds[process] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    found, below = [], [os.getpid()]
    while below:
        for process in children.get(below.pop(), []):
            below.append(process)
            found.append((seconds[process], _peak_memory(process)))
    return found


def _peak_memory(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) * 1024 if peak else 0.0


def _files(setting: str, ending: str) -> str:
    """The pattern of all files below the folder of a setting, as a literal."""
    return quoted(f"{glob.escape(str(settings.root(setting)))}/**/*.{ending}")


def _base(period: str, target: str, runs: int) -> list[Figures]:
    """What DuckDB takes for reading and writing alone: an hour's limit, a snapshot's bare copy."""
    folder = settings.lake_root()
    connection = duckdb.connect(
        config={
            "threads": THREADS,
            "preserve_insertion_order": "false",
            "temp_directory": str(folder / ".spill"),
        }
    )
    file = folder / "base.parquet"
    write = f"to {quoted(str(file))} (format parquet, compression zstd)"
    if period != "hour":
        history = f"read_parquet({_files('WIKILAKE_HISTORY', 'parquet')})"
        if period == "history":
            made = glob.escape(str(folder / "wmf/mediawiki_history"))
            history = f"read_parquet({quoted(made + '/**/*.parquet')})"
        found = []
        for _ in range(runs):
            usage = Usage()
            connection.execute(f"copy (select * from {history}) {write}")
            found.append({COPY: usage.lap() | {"bytes": file.stat().st_size}})
        return found
    webrequest = quoted(f"{glob.escape(str(folder))}/wmf/webrequest/**/*.parquet")
    connection.execute(f"create table refined as select * from read_parquet({webrequest})")
    found = []
    for _ in range(runs):
        usage = Usage()
        connection.execute(
            f"""create or replace table lines as select * from read_json(
                {_files("WIKILAKE_RAW", "jsonl")},
                format = 'newline_delimited', ignore_errors = true, hive_partitioning = true)"""
        )
        connection.execute(f"copy refined {write}")
        found.append({LIMIT: usage.lap() | {"bytes": file.stat().st_size}})
    file.unlink()
    return found


def _job(period: str, target: str, runs: int) -> list[Figures]:
    """What `wikilake build` runs for the period: a step a model, after the sums."""
    from wikilake.lake import raw
    from wikilake.project.build import DUMPS, EVENTS, LEFT_OUT, command_line, prepared
    from wikilake.project.dbt import Project

    where = ["--target", target, "--threads", "1"]  # so that figures belong to one model
    if period == "hour":
        name = f"{HOUR:%Y-%m-%dT%H}"
        left_out = [*LEFT_OUT, "tag:history", DUMPS, EVENTS]
        arguments = command_line(name, {"hour": name}, left_out, where)
    else:
        if period == "history":
            where += ["--vars", "{history_source: tables}"]
        left_out = LEFT_OUT if period == "history" else [*LEFT_OUT, "tag:history_from_tables"]
        selection = ["--select", "tag:history", *where]
        arguments = command_line(SNAPSHOT, {"snapshot": SNAPSHOT}, left_out, selection)
    project = Project(where)
    found: list[Figures] = []
    memory = settings.value("WIKILAKE_MEMORY")
    fits = {
        "hour": lambda: raw.fits_into(memory, HOUR),
        "history": lambda: raw.history_fits_into(memory, SNAPSHOT),
    }.get(period, lambda: True)
    with prepared(project, period, fits=fits()):
        for _ in range(runs):
            steps, whole = _steps(project, arguments)
            notes = {"notes": _spark_notes()} if target == "spark" and not found else {}
            found.append(_sums(period, steps, whole) | steps | notes)
    return found


def _sums(period: str, steps: dict[str, Figure], whole: Figure) -> dict[str, Figure]:
    """The figures of the groups of steps that are compared."""
    if period == "hour":
        refinement = [lap for n, lap in steps.items() if not n.startswith(AFTER_REFINEMENT)]
        return {
            REFINEMENT: _sum(refinement) | _written("wmf/webrequest", "wmf_raw/*"),
            WHOLE_JOB: _sum(list(steps.values())) | _written("wmf/*", "wmf_raw/*"),
        }
    if period == "history":
        made = [lap for name, lap in steps.items() if MADE_FROM_TABLES.fullmatch(name)]
        return {
            HISTORY: _sum(made) | _written("wmf/mediawiki_*history"),
            METRICS: whole | _written("wmf/*", "wikistats/*"),
        }
    reduced = [lap for name, lap in steps.items() if "history" in name]
    return {
        REDUCED: _sum(reduced) | _written("wmf/mediawiki_history_reduced"),
        METRICS: whole | _written("wmf/*", "wikistats/*"),
    }


def _steps(project: Project, arguments: list[str]) -> tuple[dict[str, Figure], Figure]:
    """What each model took in one run of dbt, and all models and tests together."""
    from wikilake.project.dbt import DbtFailed

    steps: dict[str, Figure] = {}
    whole: Figure = {"cpu": 0.0, "wall": 0.0, "memory": 0.0}
    usage: Usage | None = None

    def at_event(event: EventMsg) -> None:
        nonlocal usage, whole
        if event.info.name == "NodeStart":
            usage = Usage()
        elif event.info.name == "NodeFinished" and usage is not None:
            node, lap = event.data.node_info, usage.lap()
            whole = _sum([whole, lap])
            if node.resource_type == "model":
                steps[node.node_name] = lap

    result = project.invoke(arguments, [at_event])
    if not result.success:
        raise DbtFailed(result)
    return steps, whole


def _written(*tables: str) -> Figure:
    """`bytes` of the Parquet files of tables, given by patterns of folders of the lake."""
    folders = (folder for table in tables for folder in settings.lake_root().glob(table))
    return {"bytes": sum(path.stat().st_size for f in folders for path in f.rglob("*.parquet"))}


def _spark_notes() -> list[str]:
    """What Spark has done so far: scans of the raw lines, shuffles, tasks of each executor."""
    from wikilake.engines import spark_session

    spark = spark_session.session()
    executions = spark._jsparkSession.sharedState().statusStore().executionsList()
    plans = [
        executions.apply(n).physicalPlanDescription().split("== Initial Plan ==")[0]
        for n in range(executions.size())
    ]
    # A plan is drawn as a tree, then each of its nodes is described under a heading `(n) Name`.
    heads = [re.sub(r"\n\(\d+\) .*", "", plan, flags=re.DOTALL) for plan in plans]
    executors = spark.sparkContext._jsc.sc().statusStore().executorList(True)
    tasks = (executors.apply(n) for n in range(executors.size()))
    return [
        f"scans of the raw lines: {sum(len(re.findall('Scan text', head)) for head in heads)}; "
        f"shuffles: {sum(len(re.findall(r'[- ]Exchange', head)) for head in heads)}; "
        "tasks of each executor: "
        + ", ".join(f"{executor.id()} {executor.totalTasks()}" for executor in tasks)
    ]


def _sum(figures: Sequence[Figure]) -> Figure:
    return {
        "cpu": sum(step["cpu"] for step in figures),
        "wall": sum(step["wall"] for step in figures),
        "memory": max(step["memory"] for step in figures),
    }


def _main() -> None:
    what, period, target, runs, file = sys.argv[1:]
    measured = {"base": _base, "job": _job}[what](period, target, int(runs))
    Path(file).write_text(json.dumps(measured))


if __name__ == "__main__":
    sys.exit(terminal.run(_main))
