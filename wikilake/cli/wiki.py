"""`wikilake init` and `wikilake run`: a wiki of one's own, in one file and one command."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wikilake import wiki_file
from wikilake.cli.build import complain_of_held_back, say_warnings
from wikilake.cli.group import main
from wikilake.cli.ingest import import_files
from wikilake.cli.parameters import CALLED_FROM, dbt_project
from wikilake.errors import WikilakeError
from wikilake.lake.hours import HOUR, hours_between
from wikilake.settings import HOUR_FORMAT
from wikilake.terminal import complain, plain, say, say_lines

if TYPE_CHECKING:
    from wikilake.lake.due_hours import RunState
    from wikilake.wiki_file import WikiFile

Tell = Callable[[str], None]
Warn = Callable[..., None]
"""Takes a text and perhaps its color."""
Ranges = Sequence[tuple[datetime, datetime]]


@main.command()
@click.option("--domain", "domains", multiple=True, help="Domain of the wiki; repeatable.")
@click.option(
    "--kind",
    type=click.Choice(["mediawiki", "generic", "wikimedia"]),
    help="How pages are told: mediawiki, or generic for any other site.",
)
@click.option(
    "--log",
    "logs",
    multiple=True,
    metavar="FILES",
    help="Log files, or a pattern in quotes; repeatable.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for everything that is made. Default: wikilake-data.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=wiki_file.NAME,
    show_default=True,
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def init(
    domains: tuple[str, ...],
    kind: str | None,
    logs: tuple[str, ...],
    data: Path | None,
    output: Path,
    force: bool,
) -> None:
    """Write wikilake.yml: what your wiki is, where its logs are, where data goes.

    \b
    wikilake init --domain example.org --log '/var/log/nginx/access.log*'
    wikilake run

    What is not given is asked for where somebody sits at the terminal. `wikilake run` does
    the rest, now and from cron.
    """
    from wikilake.ingest import new_wiki

    path = CALLED_FROM / output.expanduser()
    if path.exists() and not force:
        raise click.UsageError(f"{path} is there already: change it, or replace it with --force.")
    if sys.stdin is not None and sys.stdin.isatty():
        domains = domains or _asked("Domain of the wiki", "en.example.org")
        kind = kind or click.prompt(
            "Kind", default="mediawiki", type=click.Choice(["mediawiki", "generic", "wikimedia"])
        )
        logs = logs or _asked("Log files (a pattern may have *)", "/var/log/nginx/access.log*")
        data = data or click.prompt("Folder for the data", default="wikilake-data", type=Path)
    missing = [name for name, given in (("--domain", domains), ("--log", logs)) if not given]
    if missing and (kind or "mediawiki") != "wikimedia" or "--log" in missing:
        raise click.UsageError(
            f"Say {' and '.join(missing)}, for example: wikilake init --domain en.example.org "
            "--log '/var/log/nginx/access.log*'"
        )
    new = new_wiki.NewWiki(
        tuple(domains), kind or "mediawiki", tuple(logs), data or Path("wikilake-data"), CALLED_FROM
    )
    text = new.text(path.parent)
    for warning in new.warnings():
        complain(f"warning: {plain(warning)}", "yellow")
    path.write_text(text, encoding="utf-8")
    wiki_file.read(path)
    say(f"Wrote {path}. Now, and whenever there are new lines: wikilake run")
    say_lines(new_wiki.schedule(path))


def _asked(question: str, example: str) -> tuple[str, ...]:
    return tuple(str(click.prompt(f"{question}, for example {example}")).split())


class NoWikiFile(click.UsageError):
    """There is no wikilake.yml, or it names no logs."""


def found_wiki() -> WikiFile:
    """The wiki of the folder that the command was called in; raises NoWikiFile without its logs."""
    found = wiki_file.find(CALLED_FROM)
    if found is None:
        raise NoWikiFile(f"There is no {wiki_file.NAME} in {CALLED_FROM}: wikilake init writes it.")
    wiki = wiki_file.read(found)
    if not wiki.logs:
        raise NoWikiFile(f"{found} names no logs: wikilake init writes an example of how.")
    return wiki


@main.command()
@click.option("--again", is_flag=True, help="Build all hours again, after a change of the file.")
@click.option("--quiet", is_flag=True, help="Print warnings and errors alone.")
def run(again: bool, quiet: bool) -> None:
    """Import what is new in the logs of wikilake.yml, build the hours that are over, and report.

    Run it as often as you like: each line counts once, an hour is built when it is over, and again
    when later lines of it come. Two runs wait for each other. Exit code 1 says that something is
    left to do, and what.
    """
    from wikilake.lake import due_hours
    from wikilake.lake.lock import hold_lake

    wiki = found_wiki()
    tell = (lambda text: None) if quiet else say
    hold_lake()
    state = due_hours.RunState.load()
    is_whole = import_new(wiki, state, tell)
    due = due_hours.due(state, timedelta(minutes=wiki.late_minutes), again=again)
    for hour in due.waiting:
        tell(f"Not over yet: {hour:{HOUR_FORMAT}} (UTC).")
    is_whole &= build_due(due.ranges, state, tell)
    if not due.ranges:
        tell("No hour is to be built.")
    elif end := state.end():
        _report(wiki, end, tell)
    sys.exit(not is_whole)


def import_new(wiki: WikiFile, state: RunState, tell: Tell, warn: Warn = complain) -> bool:
    """Imports what is new; whether all of it could be read."""
    from wikilake.ingest import log_import, wiki_logs

    root, failed = log_import.own_raw_root(), set()

    def fail(file: Path, error: WikilakeError) -> None:
        failed.add(file)
        warn(f"Error: {error}", "red")

    with log_import.opened_state(root) as known:
        jobs, missing = wiki_logs.jobs(wiki, known, state)
        for name in missing:
            warn(f"warning: there is no log {plain(name)}", "yellow")
        if missing and not known.logs and not jobs:
            raise log_import.ImportFailed(f"{wiki.path} names no log that is there.")
        facts = {job[0]: wiki_logs.facts(job) for job in jobs}
        import_files(state=known, root=root, jobs=jobs, failed=fail, tell=tell)
    state.files |= {str(file): known for file, known in facts.items() if file not in failed}
    state.save()
    return not failed


def build_due(ranges: Ranges, state: RunState, tell: Tell, warn: Warn = complain) -> bool:
    """Builds the hours, oldest first, and remembers each; whether all of them are published."""
    from wikilake.project.build import BuildFailed, build_hours

    is_whole = True
    for first, end in ranges:
        done: list[datetime] = []

        def note(hour: datetime, first: datetime = first, done: list[datetime] = done) -> None:
            before = [built for built in hours_between(first, hour) if built not in done]
            if before:
                state.note(before)
                done += before

        try:
            built = build_hours(dbt_project(), first, end, (), before_window=note)
        except BuildFailed as failure:
            warn(f"\n{failure.period} failed:", "red")
            warn(str(failure))
            warn("What was built before is complete. Mend the cause, then: wikilake run")
            return False
        note(end)
        say_warnings(built.warnings, warn)
        hours = (end - first) // HOUR
        tell(
            f"Built {hours} hour{'s' if hours > 1 else ''} from {first:{HOUR_FORMAT}}: "
            f"{built.rows:,} requests."
        )
        if built.held_back:
            complain_of_held_back(built.held_back)
            is_whole = False
    return is_whole


def first_of_report(wiki: WikiFile, end: datetime) -> datetime:
    """Where the report of the last days up to `end` begins."""
    from wikilake.lake import raw

    return max(end - timedelta(days=wiki.report_days), min(raw.hours_with_files(), default=end))


def _report(wiki: WikiFile, end: datetime, tell: Tell) -> None:
    """Writes the reports of the last days up to `end`: the owner's, and the one for others."""
    from wikilake.answers.report import write_report

    for path, is_private in ((wiki.report, wiki.is_report_private), (wiki.public_report, False)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_report(path, first_of_report(wiki, end), end, None, is_private=is_private)
            tell(f"Wrote {path}: open it in a browser.")
