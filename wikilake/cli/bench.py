"""Commands for trying and measuring: made-up requests, the benchmark."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from wikilake import settings
from wikilake.cli.group import main
from wikilake.cli.parameters import (
    CALLED_FROM,
    Hour,
    Hours,
)
from wikilake.terminal import console, say


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
    help="Root of the raw partitions; default: WIKILAKE_RAW. Events go below `events` in it, by "
    "default into WIKILAKE_EVENTS.",
)
def sample(rows, seed, hours, first, files, plain, output) -> None:
    """Write made-up raw requests in the real format, to try or to measure wikilake.

    Of each shipped stream of events there is one for 20 requests.
    """
    from wikilake.progress import progress_bar
    from wikilake.samples import events
    from wikilake.samples.requests import write_sample

    root = CALLED_FROM / output if output else settings.raw_root()
    events_root = root / "events" if output else settings.events_root()
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
    few = max(1, int(rows * events.SHARE))
    of_events = events.write_events(events_root, few, seed, hours, compress=not plain)
    for place, written in ((root, counts), (events_root, of_events)):
        for partition, count in written.items():
            say(f"{count:>10,} lines  {place}/{partition}")


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
    "--revisions",
    type=click.IntRange(min=1000),
    multiple=True,
    default=(1_000_000,),
    show_default=True,
    help="Size of the wiki whose history is made from its tables; may be given several times.",
)
@click.option(
    "--lines",
    type=click.IntRange(min=1000),
    multiple=True,
    default=(1_000_000,),
    show_default=True,
    help="Size of the imported log; may be given several times.",
)
@click.option(
    "--only",
    type=click.Choice(["hours", "snapshots", "history", "imports", "months", "serve", "growth"]),
    default=None,
    help="Measure just these. Default: all but growth, which takes 20 minutes.",
)
@click.option(
    "--most-rows",
    type=click.IntRange(min=1000),
    default=10_000_000,
    show_default=True,
    help="Of growth: the largest hour; the others have a tenth of the next.",
)
@click.option(
    "--most-hours",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Of growth: the largest lake and window; the others have a tenth of the next.",
)
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    default="docs/benchmarks",
    show_default=True,
    help="Of growth: where its picture is drawn.",
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
@click.option(
    "--target",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="The engine that is measured.",
)
def bench(
    rows,
    events,
    revisions,
    lines,
    only,
    most_rows,
    most_hours,
    pictures,
    seed,
    runs,
    folder,
    target,
) -> None:
    """Measure a made-up hour, a snapshot, an import, a small wiki's month, and the server.

    An hour is compared with its limit: DuckDB reading the same lines, and writing the columns of
    webrequest, and nothing else. A snapshot is compared with its bare copy. CPU time is the figure
    to compare; wall time depends on what else the machine does.
    """
    from wikilake.bench.hours import measure
    from wikilake.bench.imports import measure_import

    screen = console(width=110)
    measure(
        screen,
        rows if only in (None, "hours") else (),
        events if only in (None, "snapshots") else (),
        seed,
        runs,
        CALLED_FROM / folder,
        target,
        revisions if only in (None, "history") else (),
    )
    for size in lines if only in (None, "imports") else ():
        measure_import(screen, size, seed, runs, CALLED_FROM / folder)
    if only in (None, "months") and target == "duckdb":
        from wikilake.bench.months import measure_month

        measure_month(screen, seed, runs, CALLED_FROM / folder)
    if only in (None, "serve") and target == "duckdb":
        from wikilake.bench.serving import measure_serving

        measure_serving(screen, seed, CALLED_FROM / folder)
    if only == "growth":
        from wikilake.bench.growth import measure_growth

        sizes = [most_rows // 10**n for n in (3, 2, 1, 0)]
        lakes = sorted({max(1, most_hours // 10**n) for n in (3, 2, 1, 0)})
        folders = (CALLED_FROM / folder, CALLED_FROM / pictures)
        measure_growth(screen, sizes, lakes, seed, runs, *folders)
