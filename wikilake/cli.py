"""The command line: builds, results on the screen, metrics, exports, samples, the benchmark."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import click
from rich.console import Console

from wikilake import lake

HOUR_FORMAT = "%Y-%m-%dT%H"

PROJECT = Path(__file__).resolve().parent.parent
CALLED_FROM = Path.cwd()
"""Paths on the command line are taken from here, those of settings from the project's folder."""


class Hour(click.ParamType):
    """An hour in UTC, written YYYY-MM-DDTHH."""

    name = "YYYY-MM-DDTHH"

    def convert(self, value, param, ctx) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.strptime(value, HOUR_FORMAT)
        except ValueError:
            self.fail(f"{value!r} is no hour: write YYYY-MM-DDTHH, for example 2026-11-01T00.")


class Snapshot(click.ParamType):
    """A snapshot of edit histories, named by its month YYYY-MM."""

    name = "YYYY-MM"

    def convert(self, value, param, ctx) -> str:
        try:
            return f"{datetime.strptime(value, '%Y-%m'):%Y-%m}"
        except ValueError:
            self.fail(f"{value!r} is no snapshot: write YYYY-MM, for example 2026-10.")


class Hours(click.ParamType):
    """Hours of a sample: how many from --from on, or a list YYYY-MM-DDTHH,YYYY-MM-DDTHH,…"""

    name = "N|HOUR,HOUR,…"

    def convert(self, value, param, ctx) -> int | list[datetime]:
        if isinstance(value, (int, list)):
            return value
        if value.isdecimal() and int(value) > 0:
            return int(value)
        return [Hour().convert(part, param, ctx) for part in value.split(",")]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Wikimedia's analytics data lake on your machine: request logs to pageviews, hour by hour.

    \b
    wikilake build --from 2026-11-01T00 --to 2026-11-01T02    refine two hours
    wikilake summary --from 2026-11-01T00 --to 2026-11-01T02  show what came out
    wikilake build --snapshot 2026-10                         edit histories and their metrics
    wikilake aqs /metrics/edits/aggregate/…                   a path of the metrics API, answered
    wikilake sample --rows 2500 --seed 7                      write raw requests to try it on

    Settings are environment variables: WIKILAKE_RAW (raw partitions), WIKILAKE_LAKE (the lake),
    WIKILAKE_GEOIP_CITY and WIKILAKE_GEOIP_ISP (mmdb files), WIKILAKE_UA_REGEXES (uap-core
    regexes.yaml), WIKILAKE_ACTOR_LABELS, WIKILAKE_ALLOWLIST, WIKILAKE_HISTORY (dumps of edit
    histories), WIKILAKE_NAMESPACES, WIKILAKE_MEMORY. Each has a default that makes the shipped
    sample work; the README says more.
    """
    os.chdir(PROJECT)
    os.environ.setdefault("DBT_PROFILES_DIR", "profiles")


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--from", "first", type=Hour(), help="First hour, UTC.")
@click.option("--to", "end", type=Hour(), help="Hour after the last one.")
@click.option("--resume", is_flag=True, help="Go on at the hour where the last build stopped.")
@click.option("--snapshot", type=Snapshot(), help="A snapshot of edit histories, instead of hours.")
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
def build(
    first: datetime | None,
    end: datetime | None,
    resume: bool,
    snapshot: str | None,
    dbt_arguments: tuple[str, ...],
) -> None:
    """Build the hours from --from up to, but not including, --to; or a --snapshot.

    Each hour is one dbt run that replaces exactly that hour in every table, also with nothing; a
    snapshot likewise. The first hour that fails stops the loop (exit code 1); --resume goes on
    there. Other arguments go to dbt: `wikilake build --from … --to … --select +pageview_hourly`
    (with the plus: work tables live only as long as the run).
    """
    from wikilake.build import BuildFailed

    try:
        if snapshot:
            if first or end or resume:
                raise click.UsageError("--snapshot goes without --from, --to and --resume.")
            _build_snapshot(snapshot, dbt_arguments)
        else:
            _build_hours(first, end, resume, dbt_arguments)
    except BuildFailed as failure:
        click.secho(f"\n{failure.period} failed:", fg="red", err=True)
        click.echo(str(failure), err=True)
        click.echo(
            "\nWhat was built before is complete; tables that were not reached hold what they held."
            + ("" if snapshot else " Mend the cause, then: wikilake build --resume"),
            err=True,
        )
        sys.exit(1)


def _build_hours(
    first: datetime | None, end: datetime | None, resume: bool, dbt_arguments: tuple[str, ...]
) -> None:
    from wikilake.build import build_hours

    start, state = first, BuildState.load()
    if resume and state and (first, end) in ((None, None), (state.first, state.end)):
        first, end, start = state.first, state.end, state.next
    elif resume and not state and first is None:
        click.echo("Nothing to resume: the last build went through.")
        return
    if first is None or end is None:
        raise click.UsageError("Say which hours: --from 2026-11-01T00 --to 2026-11-01T02.")
    if first >= end:
        raise click.UsageError("--to is the hour after the last one, so it must be after --from.")
    hours = [start + timedelta(hours=n) for n in range((end - start) // timedelta(hours=1))]
    began = time.monotonic()
    rows, warnings = build_hours(
        hours,
        dbt_arguments,
        done=(start - first) // timedelta(hours=1),
        before_hour=lambda hour: BuildState(first, end, hour).save(),
    )
    BuildState.clear()
    _say(warnings)
    click.echo(
        f"Built {len(hours)} hour{'s' if len(hours) > 1 else ''}: {rows:,} requests in "
        f"{time.monotonic() - began:.1f} s. See them: wikilake summary "
        f"--from {first:{HOUR_FORMAT}} --to {end:{HOUR_FORMAT}}"
    )


def _build_snapshot(snapshot: str, dbt_arguments: tuple[str, ...]) -> None:
    from wikilake.build import build_snapshot

    began = time.monotonic()
    _say(build_snapshot(snapshot, dbt_arguments))
    click.echo(
        f"Built snapshot {snapshot} in {time.monotonic() - began:.1f} s. See it: wikilake summary "
        f"--snapshot {snapshot}"
    )


def _say(warnings: list[str]) -> None:
    """Warnings on standard error, each once with the number of times it came."""
    for text, count in Counter(warnings).items():
        times = f" ({count} times)" if count > 1 else ""
        click.secho(f"warning{times}: {text}", fg="yellow", err=True)


class BuildState:
    """Where a build stands, kept beside the lake: {first, end, next}, for --resume."""

    def __init__(self, first: datetime, end: datetime, next: datetime) -> None:
        self.first, self.end, self.next = first, end, next

    @staticmethod
    def path() -> Path:
        return lake.lake_root() / ".build.json"

    @classmethod
    def load(cls) -> BuildState | None:
        try:
            saved = json.loads(cls.path().read_text())
        except FileNotFoundError:
            return None
        return cls(
            *(datetime.strptime(saved[key], HOUR_FORMAT) for key in ("first", "end", "next"))
        )

    def save(self) -> None:
        self.path().parent.mkdir(parents=True, exist_ok=True)
        hours = {key: f"{hour:{HOUR_FORMAT}}" for key, hour in vars(self).items()}
        self.path().write_text(json.dumps(hours))

    @classmethod
    def clear(cls) -> None:
        cls.path().unlink(missing_ok=True)


@main.command()
@click.option("--from", "first", type=Hour(), help="First hour, UTC.")
@click.option("--to", "end", type=Hour(), help="Hour after the last one.")
@click.option("--snapshot", type=Snapshot(), help="A snapshot, instead of hours.")
def summary(first: datetime | None, end: datetime | None, snapshot: str | None) -> None:
    """Show what hours hold (rows, losses, top pages, views), or a snapshot (edits, editors)."""
    from wikilake.history_summary import show_snapshot
    from wikilake.summary import show

    _require_lake()
    if snapshot:
        show_snapshot(Console(), snapshot)
    elif first and end:
        show(Console(), first, end)
    else:
        raise click.UsageError("Say which hours (--from and --to) or which --snapshot.")


def _require_lake() -> None:
    """An error in plain words where nothing was built yet."""
    if not (lake.lake_root() / "wikilake.duckdb").exists():
        raise click.ClickException(f"There is no lake at {lake.lake_root()}: wikilake build first.")


@main.command()
@click.argument("path")
@click.option("--snapshot", type=Snapshot(), help="Default: the newest in the lake.")
def aqs(path: str, snapshot: str | None) -> None:
    """Answer a PATH of Wikimedia's metrics API from the lake, with the same JSON.

    \b
    wikilake aqs \\
    /metrics/edits/aggregate/all-projects/all-editor-types/all-page-types/monthly/20260101/20261001

    A path that has no answer gives the API's error as JSON, and exit code 1.
    """
    from wikilake.aqs import answer

    _require_lake()
    status, response = answer(path, snapshot=snapshot)
    click.echo(json.dumps(response, ensure_ascii=False, indent=2))
    sys.exit(status != 200)


@main.group()
def export() -> None:
    """Hand tables of the lake to other systems."""


@export.command()
@click.option("--snapshot", type=Snapshot(), required=True, help="A snapshot that was built.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
def druid(snapshot: str, output: Path | None) -> None:
    """Write the spec with which Druid ingests mediawiki_history_reduced from its Parquet files."""
    from wikilake.druid import SnapshotMissing, write_ingestion_spec

    try:
        click.echo(write_ingestion_spec(snapshot, output and CALLED_FROM / output))
    except SnapshotMissing as missing:
        raise click.ClickException(str(missing)) from None


@main.command()
@click.option(
    "--rows",
    type=click.IntRange(min=1),
    default=2500,
    show_default=True,
    help="Lines an hour, both sources together.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=7,
    show_default=True,
    help="The same seed gives the same bytes.",
)
@click.option(
    "--hours",
    type=Hours(),
    default=2,
    show_default=True,
    help="How many consecutive hours, or which: 2026-11-01T00,2026-11-01T01.",
)
@click.option(
    "--from",
    "first",
    type=Hour(),
    default="2026-11-01T00",
    show_default=True,
    help="The first hour, UTC, where --hours is a number.",
)
@click.option(
    "--files",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="Files a source and hour.",
)
@click.option("--plain", is_flag=True, help="Write .jsonl instead of .jsonl.gz.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Root of the raw partitions; default: WIKILAKE_RAW.",
)
def sample(rows, seed, hours, first, files, plain, output) -> None:
    """Write made-up raw requests in the real format, to try wikilake on or to measure it."""
    from wikilake.progress import progress_bar
    from wikilake.sample import write_sample

    root = CALLED_FROM / output if output else lake.raw_root()
    if isinstance(hours, int):
        hours = [first + timedelta(hours=n) for n in range(hours)]
    with progress_bar("lines") as progress:
        task = progress.add_task("writing", total=rows * len(hours))
        counts = write_sample(
            root,
            rows,
            seed,
            hours,
            files=files,
            compress=not plain,
            progress=lambda written: progress.advance(task, written),
        )
    for partition, count in counts.items():
        click.echo(f"{count:>10,} lines  {root}/{partition}")


@main.command()
@click.option(
    "--rows",
    type=click.IntRange(min=1000),
    multiple=True,
    default=(250_000, 1_000_000, 4_000_000),
    show_default=True,
    help="Size of the measured hour; may be given several times.",
)
@click.option(
    "--events",
    type=click.IntRange(min=1000),
    multiple=True,
    default=(2_000_000,),
    show_default=True,
    help="Size of the measured snapshot; may be given several times.",
)
@click.option(
    "--only",
    type=click.Choice(["hours", "snapshots"]),
    default=None,
    help="Measure just these. Default: both.",
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Runs of each size; medians are shown.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="bench",
    show_default=True,
    help="Where the hour and its lake are written.",
)
def bench(rows, events, only, seed, runs, folder) -> None:
    """Measure a made-up hour, and a snapshot, against the bare copy of the same rows.

    The floor is DuckDB reading what the job reads and writing it to Parquet, nothing else. CPU
    time is the figure to compare; wall time depends on what else the machine does.
    """
    from wikilake.bench import measure

    measure(
        Console(width=None if sys.stdout.isatty() else 110),
        rows if only != "snapshots" else (),
        events if only != "hours" else (),
        seed,
        runs,
        CALLED_FROM / folder,
    )


if __name__ == "__main__":
    main()
