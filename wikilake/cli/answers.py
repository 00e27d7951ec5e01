"""Commands that query a lake and change nothing in it."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from wikilake import settings
from wikilake.cli.group import main
from wikilake.cli.parameters import (
    CALLED_FROM,
    Day,
    Hour,
    Snapshot,
    dbt_project,
    target_arguments,
)
from wikilake.lake.lock import hold_lake
from wikilake.lake.reader import require_lake
from wikilake.terminal import complain, console, json_text, say, say_lines


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
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="0: any that is free.",
)
@click.option("--snapshot", type=Snapshot(), help="Default: the newest in the lake.")
@click.option(
    "--tables",
    type=click.Choice(["all", "public"]),
    help="Of which the API answers. Default: all here, public where others reach the server.",
)
@click.option(
    "--max-age",
    type=click.IntRange(0, 31 * 24 * 3600),
    default=14400,
    show_default=True,
    help="Seconds for which browsers keep an answer.",
)
def serve(host: str, port: int, snapshot: str | None, tables: str | None, max_age: int) -> None:
    """Serve the lake as Wikimedia's metrics API, to Wikistats and other clients of it.

    \b
    wikilake serve --port 8080
    curl http://127.0.0.1:8080/api/rest_v1/metrics/edits/aggregate/…
    curl 'http://127.0.0.1:8080/w/api.php?action=sitematrix&format=json'

    It reads the lake while runs go on and shows what they publish. The first page lists all paths.
    Whoever reaches the server reads what it answers, also pages in your browser: views of single
    pages and hours are answered on this machine alone, unless --tables all is said.
    """
    from wikilake.lake.reader import LakeUnreadable
    from wikilake.server.run import is_loopback, serve

    try:
        require_lake()
    except LakeUnreadable as error:
        complain(f"{error} Until then every answer is 503.")

    def ready(address: str) -> None:
        say(f"Serving {settings.lake_root()} at {address}/ until Ctrl-C.")

    is_public_only = tables == "public" or (tables is None and not is_loopback(host))
    serve(
        host, port, kept_for=max_age, is_public_only=is_public_only, snapshot=snapshot, ready=ready
    )


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8088, show_default=True)
@click.option(
    "--tables",
    type=click.Choice(["public", "all"]),
    default="public",
    show_default=True,
    help="All: also losses, funnel, programs and pages, from tables that not everyone may read.",
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=settings.PROJECT / ".superset",
    help="What Superset keeps: users, charts, its secret. Default: .superset in the project.",
)
def superset(port: int, tables: str, home: Path) -> None:
    """Show the lake in Apache Superset, on this machine alone; `make superset` installs it first.

    The first start makes Superset's own database, which takes a minute. Each one brings the
    dashboards of dashboards/superset/ in again: what you change, save under another name.
    """
    from wikilake.superset.run import prepare

    programs = settings.PROJECT / ".venv-superset" / "bin"
    server = prepare(CALLED_FROM / home, programs, port=port, is_public_only=tables == "public")
    say(f"Superset on {settings.lake_root()}, in some seconds, until Ctrl-C: {server.address}")
    say(f"User {server.user}, password {server.password}")
    sys.stdout.flush()
    os.execve(server.command[0], server.command, server.environment)


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
    if (actor is None) != (hour is None) or (actor and line):
        raise click.UsageError("Say --actor and --hour together, without a line.")
    if actor and hour:
        from wikilake.answers.explain_actor import show_actor

        show_actor(console(width=160), actor, hour)
        return
    from wikilake.answers.diff import VersionUnknown, resolve
    from wikilake.answers.explain import explain as explained
    from wikilake.answers.explain import show as show_explanation
    from wikilake.project.sandbox import hide_argument

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


@export.command()
@click.option("--snapshot", type=Snapshot(), required=True, help="A snapshot made from tables.")
def history(snapshot: str) -> None:
    """Write edit histories as the public dumps have them, below <lake>/dumps/mediawiki_history/.

    \b
    wikilake export history --snapshot 2026-10

    There is one file per wiki, or per year or month of those in the seed history_dump_buckets.
    Each is whole or not there, and SHA256SUMS of its folder has its checksum. Whoever has the
    files reads them with WIKILAKE_HISTORY. What is there and still right is not written again.
    """
    from wikilake.answers.dumps import export_history

    require_lake()
    hold_lake()
    try:
        done = export_history(snapshot)
    except OSError as error:
        raise click.ClickException(f"The dumps cannot be written: {error}.") from None
    say(
        f"Wrote {len(done.written)} files below "
        f"{settings.lake_root() / 'dumps' / 'mediawiki_history' / snapshot}; "
        f"{done.unchanged} were there already."
    )


@export.command()
@click.option("--day", type=Day(), help="A day that was built: its files and those of its hours.")
@click.option("--month", type=Snapshot(), help="A month: its monthly files.")
def dumps(day: str | None, month: str | None) -> None:
    """Write the public dumps of page views, devices, referrals and media below <lake>/dumps/.

    \b
    wikilake export dumps --day 2026-11-01

    Lines, names and folders are those of dumps.wikimedia.org. Each file is whole or not there, and
    SHA256SUMS of its folder has its checksum. What is there and still right is not written again.
    """
    from wikilake.answers.dumps import export_day, export_month

    if bool(day) == bool(month):
        raise click.UsageError("Say a --day or a --month.")
    require_lake()
    hold_lake()
    try:
        if day:
            done = export_day(datetime.strptime(day, "%Y-%m-%d"))
        else:
            done = export_month(datetime.strptime(str(month), "%Y-%m"))
    except OSError as error:
        raise click.ClickException(f"The dumps cannot be written: {error}.") from None
    say(
        f"Wrote {len(done.written)} files below {settings.lake_root() / 'dumps'}; "
        f"{done.unchanged} were there already."
    )
    if done.missing_hours:
        complain(f"{done.missing_hours} hours of {month} are not in the lake, so not in its files.")
