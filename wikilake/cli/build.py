"""`wikilake build`: hours, snapshots and public dumps; `wikilake settle`."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import click

from wikilake import settings
from wikilake.cli.group import main
from wikilake.cli.parameters import Day, Hour, Snapshot, dbt_project
from wikilake.errors import WikilakeError
from wikilake.lake.hours import HOUR
from wikilake.settings import HOUR_FORMAT
from wikilake.terminal import INTERRUPTED, complain, say

DAY = timedelta(days=1)


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--from", "first", type=Hour(), help="First hour, UTC.")
@click.option("--to", "end", type=Hour(), help="Hour after the last one.")
@click.option("--resume", is_flag=True, help="Go on at the hour where the last build stopped.")
@click.option("--day", type=Day(), help="Only what is made per day, for this day.")
@click.option("--month", type=Snapshot(), help="The same for each day and the whole of a month.")
@click.option("--snapshot", type=Snapshot(), help="A snapshot of edit histories, instead of hours.")
@click.option("--dumps", is_flag=True, help="Public dumps of page views, from WIKILAKE_DUMPS.")
@click.option("--record-version", help="By which definition, such as 0.0.19. Default: newest.")
@click.option("--accept-loss", is_flag=True, help="Publish hours although too much is lost or bad.")
@click.option("--yes", is_flag=True, help="Build long stretches without raw files, as empty hours.")
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
def build(
    first: datetime | None,
    end: datetime | None,
    resume: bool,
    day: str | None,
    month: str | None,
    snapshot: str | None,
    dumps: bool,
    record_version: str | None,
    accept_loss: bool,
    yes: bool,
    dbt_arguments: tuple[str, ...],
) -> None:
    """Build the hours from --from up to, but not including, --to; or a --snapshot; or --dumps.

    Hours are built in windows of as many as fit into memory (WIKILAKE_WINDOW), each window by one
    dbt run that replaces exactly its hours in every table, even with nothing; a snapshot likewise.
    What is made per day or month is made with its last hour, and again when one of its hours is.
    The first hour that fails stops the loop (exit code 1); --resume continues there. An hour with
    too much loss (2 % lost or bad) is refined, but its pageviews are not published until it is
    built with --accept-loss; the loop goes on and ends with exit code 1. Other arguments go to dbt:
    `wikilake build --from … --to … --select +pageview_hourly` (with the plus, since work tables
    live only during the run); `--target spark` builds on Spark. --dumps reads downloaded dumps of a
    --day, a --month, or hours, else of all days that WIKILAKE_DUMPS has files of.
    """
    from wikilake.project.arguments import users_variables
    from wikilake.project.target import require_target

    users_variables(dbt_arguments)
    require_target()
    from wikilake.project.build import BuildFailed

    is_loop = not (snapshot or day or month or dumps)
    try:
        if dumps:
            if snapshot or resume or record_version or accept_loss:
                raise click.UsageError("--dumps goes with --day, --month, or --from and --to.")
            _build_dumps(_spans(first, end, day, month), dbt_arguments)
        elif snapshot or day or month:
            if sum(map(bool, (first or end or resume, day, month, snapshot))) > 1:
                raise click.UsageError(
                    "Say one of: hours (--from, --to), a --day, a --month, a --snapshot."
                )
            if snapshot and record_version:
                raise click.UsageError("--record-version is for hours, not for a --snapshot.")
            _build_period({"day": day, "month": month, "snapshot": snapshot}, dbt_arguments)
        else:
            _build_hours(first, end, resume, record_version, accept_loss, yes, dbt_arguments)
    except KeyboardInterrupt:
        complain("\nInterrupted. What was built before is complete.", "red")
        if is_loop:
            complain("Go on with: wikilake build --resume")
        sys.exit(INTERRUPTED)
    except BuildFailed as failure:
        complain(f"\n{failure.period} failed:", "red")
        complain(str(failure))
        complain(
            "\nWhat was built before is complete; tables that were not reached hold what they held."
            + (
                ""
                if snapshot or day or month or dumps
                else " Mend the cause, then: wikilake build --resume"
            )
        )
        sys.exit(1)


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--from", "first", type=Hour(), required=True, help="First hour, UTC.")
@click.option("--to", "end", type=Hour(), required=True, help="Hour after the last one.")
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
def settle(first: datetime, end: datetime, dbt_arguments: tuple[str, ...]) -> None:
    """Count programs from their first request on: label hours by the day that follows them.

    An hour is built with what is known of its actors at its end. A program that gives itself away
    at 15:00 stays a person in the hours before. This makes pageview_actor and all that follows from
    it anew for published hours, by the labels of the hour itself and of the 23 after it, which must
    be built. Settling twice gives the same rows; building an hour again undoes it. In the manifests
    `settled` is true; wmf.pageview_agents_hourly counts what moved. Other arguments go to dbt.
    """
    from wikilake.lake.reader import open_catalog
    from wikilake.project.arguments import users_variables
    from wikilake.project.build import BuildFailed, settle_hours

    users_variables(dbt_arguments)
    if first >= end:
        raise click.UsageError("--to is the hour after the last one, so it must be after --from.")
    if set(dbt_arguments) & {"--select", "-s", "--selector"}:
        raise click.UsageError("What is settled follows from the labels: leave --select out.")
    began = time.monotonic()
    try:
        say_warnings(settle_hours(dbt_project(*dbt_arguments), first, end, dbt_arguments))
    except BuildFailed as failure:
        complain(f"\n{failure.period} failed:", "red")
        complain(str(failure))
        sys.exit(1)
    with open_catalog() as connection:
        [(hours, moved)] = connection.execute(MOVED, {"first": first, "end": end}).fetchall()
    count = (end - first) // HOUR
    say(
        f"Settled {hours} hour{'s' if hours != 1 else ''} in {time.monotonic() - began:.1f} s: "
        f"{moved:,} requests moved from people to programs."
        + (f" {count - hours} hours are not published." if hours < count else "")
    )


MOVED = """
select
    count(distinct (year, month, day, hour)),
    cast(coalesce(sum(request_count) filter (where is_settled), 0) as bigint)
from wmf.pageview_agents_hourly
where make_timestamp(year, month, day, hour, 0, 0) >= $first
    and make_timestamp(year, month, day, hour, 0, 0) < $end
"""


def _build_hours(
    first: datetime | None,
    end: datetime | None,
    resume: bool,
    record_version: str | None,
    accept_loss: bool,
    yes: bool,
    dbt_arguments: tuple[str, ...],
) -> None:
    from wikilake.lake.lock import hold_lake
    from wikilake.project.build import build_hours

    hold_lake()  # before another run's state is read, or written over
    state = BuildState.load() if resume else None
    if resume and not state and first is None:
        say("Nothing to resume: the last build went through.")
        return
    start = first
    if state and (first, end) in ((None, None), (state.first, state.end)):
        first, end, start = state.first, state.end, state.next
    if first is None or end is None or start is None:
        raise click.UsageError("Say which hours: --from 2026-11-01T00 --to 2026-11-01T02.")
    if first >= end:
        raise click.UsageError("--to is the hour after the last one, so it must be after --from.")
    if not yes:
        _check_there_are_files(start, end)
    began = time.monotonic()
    built = build_hours(
        dbt_project(*dbt_arguments),
        start,
        end,
        dbt_arguments,
        accept_loss=accept_loss,
        done=(start - first) // HOUR,
        variables={"record_version": record_version} if record_version else {},
        before_window=lambda hour: BuildState(first, end, hour).save(),
    )
    BuildState.clear()
    say_warnings(built.warnings)
    count = (end - start) // HOUR
    say(
        f"Built {count} hour{'s' if count > 1 else ''}: {built.rows:,} requests in "
        f"{time.monotonic() - began:.1f} s. See them: wikilake summary "
        f"--from {first:{HOUR_FORMAT}} --to {end:{HOUR_FORMAT}}"
    )
    if built.held_back:
        complain_of_held_back(built.held_back)
        sys.exit(1)


MANY = 24 * 7
"""Hours without a raw file that are hardly meant."""


def _check_there_are_files(first: datetime, end: datetime) -> None:
    """Refuses hours of which most have no raw file: a year is misspelt, or files lie elsewhere."""
    from wikilake.lake import raw
    from wikilake.lake.hours import hours_between

    hours = list(hours_between(first, end))
    if len(hours) <= MANY:
        return
    filled = [hour for hour in hours if raw.raw_files(hour) or raw.event_sizes(hour, hour + HOUR)]
    if len(hours) - len(filled) > max(MANY, len(filled)):
        where = (
            f" the first is {filled[0]:{HOUR_FORMAT}}, the last {filled[-1]:{HOUR_FORMAT}}"
            if filled
            else " see WIKILAKE_RAW"
        )
        raise click.UsageError(
            f"Of these {len(hours):,} hours {len(filled):,} have raw files below "
            f"{settings.raw_root()};{where}. To build the others as empty hours, add --yes."
        )


def complain_of_held_back(held_back: dict[datetime, list[str]]) -> None:
    """Says which hours the gate holds back, why, and how they are published all the same."""
    complain("\nToo much is lost or bad of", "red")
    for hour, messages in held_back.items():
        complain(f"  {hour:{HOUR_FORMAT}}: {'; '.join(messages)}")
    hours = sorted(held_back)
    complain(
        "They are refined; their pageview tables hold what they held. What is missing is in "
        "wmf_raw.webrequest_sequence_holes. To publish them all the same: wikilake build "
        f"--from {hours[0]:{HOUR_FORMAT}} --to {hours[-1] + HOUR:{HOUR_FORMAT}} --accept-loss"
    )


def _build_period(chosen: dict[str, str | None], dbt_arguments: tuple[str, ...]) -> None:
    """Builds a snapshot, or what is made per day or month for one of them."""
    from wikilake.project.build import build_period, build_snapshot, prepared

    [(name, period)] = [(name, text) for name, text in chosen.items() if text]
    began = time.monotonic()
    project = dbt_project(*dbt_arguments)
    if name == "snapshot":
        say_warnings(build_snapshot(project, period, dbt_arguments))
    else:
        with prepared(project, period):
            say_warnings(build_period(project, {name: period}, dbt_arguments))
    see = f" See it: wikilake summary --snapshot {period}" if name == "snapshot" else ""
    say(f"Built {name} {period} in {time.monotonic() - began:.1f} s.{see}")


def _spans(
    first: datetime | None, end: datetime | None, day: str | None, month: str | None
) -> list[tuple[datetime, datetime]]:
    """The days of dumps to read, or the hours within a day."""
    from wikilake.ingest.view_dumps import days_with_dumps

    if bool(first) != bool(end) or sum(map(bool, (first, day, month))) > 1:
        raise click.UsageError("Say one of: hours (--from, --to), a --day, a --month, or nothing.")
    if day:
        first = datetime.strptime(day, "%Y-%m-%d")
        end = first + DAY
    elif month:
        first = datetime.strptime(month, "%Y-%m")
        end = (first + 31 * DAY).replace(day=1)
    if not first or not end:
        return [(date, date + DAY) for date in days_with_dumps()]
    if first >= end:
        raise click.UsageError("--to is the hour after the last one, so it must be after --from.")
    midnight = first.replace(hour=0)
    starts = [midnight + DAY * number for number in range((end - midnight) // DAY + 1)]
    spans = [(max(start, first), min(start + DAY, end)) for start in starts]
    return [span for span in spans if span[0] < span[1]]


def _build_dumps(spans: list[tuple[datetime, datetime]], dbt_arguments: tuple[str, ...]) -> None:
    """Reads public dumps and says what could not be used."""
    from wikilake.project.build import build_dumps

    if not spans:
        raise click.UsageError("WIKILAKE_DUMPS holds no dump of page views of any day.")
    began = time.monotonic()
    done = build_dumps(dbt_project(*dbt_arguments), spans, dbt_arguments)
    say_warnings(done.warnings)
    say(f"Read {done.rows:,} rows of dumps in {time.monotonic() - began:.1f} s.")
    if done.rejected:
        complain(f"{done.rejected:,} entries of dumps.pageviews_rejected say what was not used.")


def say_warnings(warnings: list[str], warn: Callable[..., None] = complain) -> None:
    """Prints warnings on standard error, each once with its number of occurrences."""
    for text, count in Counter(warnings).items():
        times = f" ({count} times)" if count > 1 else ""
        warn(f"warning{times}: {text}", "yellow")


class StateUnreadable(WikilakeError):
    """A note of an earlier build that cannot be read; the message says what to do without it."""


class BuildState:
    """Where a build stands, kept beside the lake: {first, end, next}, for --resume."""

    def __init__(self, first: datetime, end: datetime, next: datetime) -> None:
        self.first, self.end, self.next = first, end, next

    @staticmethod
    def path() -> Path:
        return settings.lake_root() / ".build.json"

    @classmethod
    def load(cls) -> BuildState | None:
        """What is kept; None for nothing. Raises StateUnreadable when that cannot be read."""
        try:
            saved = json.loads(cls.path().read_bytes())
            hours = [datetime.strptime(saved[key], HOUR_FORMAT) for key in ("first", "end", "next")]
            if not hours[0] <= hours[2] < hours[1]:
                raise ValueError("its hours are in no order")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise StateUnreadable(
                f"{cls.path()}, where a build notes how far it is, cannot be read ({error}). Say "
                "which hours instead, without --resume: wikilake build --from … --to …"
            ) from None
        return cls(*hours)

    def save(self) -> None:
        """Replaces the saved state as a whole or not at all; raises BuildFailed when it cannot."""
        from wikilake.lake.durable import write_durably
        from wikilake.project.build import BuildFailed
        from wikilake.project.remedies import in_words

        hours = {key: f"{hour:{HOUR_FORMAT}}" for key, hour in vars(self).items()}
        try:
            write_durably(self.path(), json.dumps(hours))
        except OSError as error:
            raise BuildFailed(hours["next"], in_words(error)) from None

    @classmethod
    def clear(cls) -> None:
        cls.path().unlink(missing_ok=True)
