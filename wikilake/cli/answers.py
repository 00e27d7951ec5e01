"""Commands that query a lake and change nothing in it."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from wikilake import settings
from wikilake.cli.group import main
from wikilake.cli.parameters import (
    CALLED_FROM,
    Hour,
    Snapshot,
    dbt_project,
    target_arguments,
)
from wikilake.lake.lock import hold_lake
from wikilake.lake.reader import require_lake
from wikilake.terminal import console, json_text, say, say_lines


@main.command()
@click.option("--from", "first", type=Hour(), help="First hour, UTC.")
@click.option("--to", "end", type=Hour(), help="Hour after the last one.")
@click.option("--snapshot", type=Snapshot(), help="A snapshot, instead of hours.")
def summary(first: datetime | None, end: datetime | None, snapshot: str | None) -> None:
    """Show what hours hold (rows, losses, top pages, views), or a snapshot (edits, editors)."""
    from wikilake.answers.history_summary import show_snapshot
    from wikilake.answers.summary import show

    require_lake()
    if snapshot:
        show_snapshot(console(), snapshot)
    elif first and end:
        if first >= end:
            raise click.UsageError("--to is the hour after the last one, so it must be later.")
        show(console(), first, end)
    else:
        raise click.UsageError("Say which hours (--from and --to) or which --snapshot.")


@main.command()
@click.argument("path")
@click.option("--snapshot", type=Snapshot(), help="Default: the newest in the lake.")
def aqs(path: str, snapshot: str | None) -> None:
    """Answer a PATH of Wikimedia's metrics API from the lake, with the same JSON.

    \b
    wikilake aqs \\
    /metrics/edits/aggregate/all-projects/all-editor-types/all-page-types/monthly/20260101/20261001

    For a path without an answer it prints the API's error as JSON; the exit code is 1.
    """
    from wikilake.answers.aqs import answer

    require_lake()
    status, response = answer(path, snapshot=snapshot)
    say_lines(json_text(response))
    sys.exit(status != 200)


@main.command()
@click.argument("line", required=False)
@click.option("--record-version", default="newest", show_default=True, help="By which definition.")
@click.option("--target", help="dbt's target: duckdb (default) or spark.")
@click.option(
    "--actor", help="Instead of a line: a signature, as pageview_actor has it per family."
)
@click.option("--hour", type=Hour(), help="The hour, UTC, in which the actor was judged.")
def explain(
    line: str | None,
    record_version: str,
    target: str | None,
    actor: str | None,
    hour: datetime | None,
) -> None:
    """Say why one raw JSON LINE (or one on standard input) is a pageview or not.

    With --actor and --hour, say why somebody is a program or a person: each rule with what it
    looked at, and what the actor did in each of the 24 hours.

    Shows each condition in order with the value that it looked at, then what is known of the
    request and which rule or row of a list decided it. Nothing is written to the lake, nor the
    request to any file. Others on the machine can see an argument for a moment: pass a real request
    on standard input.

    \b
    wikilake explain '{"http_status": "200", "uri_host": "en.wikipedia.org", "uri_path": "/x"}'
    zcat part-0.jsonl.gz | sed -n 7p | wikilake explain --record-version 0.0.19
    """
    from wikilake.answers.diff import VersionUnknown, resolve
    from wikilake.answers.explain import explain as explained
    from wikilake.answers.explain import show as show_explanation
    from wikilake.project.sandbox import hide_argument

    if (actor is None) != (hour is None) or (actor and line):
        raise click.UsageError("Say --actor and --hour together, without a line.")
    if actor and hour:
        from wikilake.answers.explain_actor import show_actor

        show_actor(console(width=160), actor, hour)
        return
    if line is not None:
        hide_argument(line)
        text = line
    else:
        text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    if not text.strip():
        raise click.UsageError("Give one raw line as JSON, as argument or on standard input.")
    project = dbt_project(*target_arguments(target))
    try:
        with console(stderr=True).status("asking the rules"):
            found = explained(project, text.strip(), resolve(record_version))
    except VersionUnknown as unknown:
        raise click.UsageError(str(unknown)) from None
    show_explanation(console(width=160), found)


@main.command()
@click.option("--hour", type=Hour(), required=True, help="The hour, UTC.")
@click.option("--from", "before", default="0.0.19", show_default=True, help="A record_version.")
@click.option("--to", "after", default="newest", show_default=True, help="Another one.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="*.csv, *.parquet")
@click.option("--private", is_flag=True, help="Show who sent the example requests.")
@click.option("--target", help="dbt's target: duckdb (default) or spark.")
def diff(hour, before, after, output, private, target) -> None:
    """Say what changes of the definition do to an hour: make it under two versions and compare.

    Shows the requests that became or ceased to be pageviews, by the change behind it; views by
    project, access_method, agent_type and referer_class before and after; and ten example requests
    per change. Nothing is written to the lake.
    """
    from wikilake.answers.diff import VersionUnknown, compare, resolve, show_difference, write
    from wikilake.project.sandbox import folder_of_its_own

    if output and output.suffix not in (".csv", ".parquet"):
        raise click.UsageError("--output: the name must end in .csv or .parquet.")
    try:
        before, after = resolve(before), resolve(after)
        with folder_of_its_own() as folder:
            with console(stderr=True).status("") as status:
                difference = compare(
                    dbt_project(*target_arguments(target)), hour, before, after, folder,
                    private=private, progress=status.update,
                )  # fmt: skip
            show_difference(console(width=160), difference, before, after)
            if output:
                write(difference, CALLED_FROM / output)
                say(f"Written: {CALLED_FROM / output}")
    except VersionUnknown as unknown:
        raise click.UsageError(str(unknown)) from None


@main.command()
@click.option("--from", "first", type=Hour(), help="First hour, UTC.")
@click.option("--to", "end", type=Hour(), help="Hour after the last one.")
@click.option("--snapshot", type=Snapshot(), help="A snapshot of edit histories, too or alone.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default="report.html",
    show_default=True,
    help="The page to write.",
)
@click.option("--private", is_flag=True, help="For yourself alone: every number as it is.")
def report(
    first: datetime | None,
    end: datetime | None,
    snapshot: str | None,
    output: Path,
    private: bool,
) -> None:
    """Draw hours and a snapshot on one self-contained page: views, readers, losses, edits.

    \b
    wikilake report --from 2026-11-01T00 --to 2026-11-02T00 --output report.html

    The page needs no network. Its numbers are rounded and have enough readers behind them, by hours
    and whole days; smaller groups are added up or left out (docs/privacy.md). With --private every
    number is exact: the page is for you alone, and only you can read the file.
    """
    from wikilake.answers.report import write_report
    from wikilake.progress import progress_bar

    require_lake()
    if bool(first) != bool(end) or not (first or snapshot):
        raise click.UsageError("Say which hours (--from and --to), which --snapshot, or both.")
    if first and end and first >= end:
        raise click.UsageError("--to is the hour after the last one, so it must be after --from.")
    path = CALLED_FROM / output
    try:
        with progress_bar("days") as progress:
            task = progress.add_task("counting")
            write_report(
                path,
                first,
                end,
                snapshot,
                progress=lambda done, of: progress.update(task, completed=done, total=of),
                is_private=private,
            )
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error}") from None
    say(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB): open it in a browser.")


@main.group()
def export() -> None:
    """Hand tables of the lake to other systems."""


@export.command()
@click.option("--snapshot", type=Snapshot(), required=True, help="A snapshot that was built.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
def druid(snapshot: str, output: Path | None) -> None:
    """Write the spec with which Druid ingests mediawiki_history_reduced from its Parquet files."""
    from wikilake.answers.druid import write_ingestion_spec

    if settings.lake_root().is_dir():
        hold_lake()
    try:
        say(write_ingestion_spec(snapshot, output and CALLED_FROM / output))
    except OSError as error:
        raise click.ClickException(f"The spec cannot be written: {error}.") from None
