"""`wikilake report --watch`: the page of a log that grows."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import duckdb

from wikilake.cli.parameters import CALLED_FROM
from wikilake.cli.wiki import Warn, build_due, first_of_report, found_wiki, import_new
from wikilake.errors import WikilakeError
from wikilake.lake.hours import HOUR
from wikilake.settings import HOUR_FORMAT
from wikilake.terminal import complain, say

if TYPE_CHECKING:
    from wikilake.wiki_file import WikiFile


def watch_logs(
    output: Path | None, every: int, *, is_private: bool = False, threshold: int | None = None
) -> None:
    """Follows the logs of wikilake.yml until Ctrl-C, and writes their page every few seconds."""
    from wikilake.answers import report

    wiki = found_wiki()
    is_private = is_private or (output is None and wiki.is_report_private)
    # What is private does not replace the page that others may see, nor the other way round.
    same_kind = wiki.report if is_private == wiki.is_report_private else None
    own = CALLED_FROM / ("report-private.html" if is_private else "report.html")
    path = output or same_kind or own
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_private:
        report.refuse_shared_place(path)

    def write(first: datetime, end: datetime) -> None:
        report.write_report(
            path, first, end, None, is_private=is_private, threshold=threshold, refresh=every
        )

    follower = Follower(wiki, write)
    say(f"Following the logs of {wiki.path} in {path} until Ctrl-C.")
    keep_going(follower.round, every)
    say(f"Stopped. {path} stays as it is; wikilake run goes on where this ends.")


@dataclass
class Follower:
    """Follows the logs of a wiki."""

    wiki: WikiFile
    write: Callable[[datetime, datetime], None]
    """Writes the page of the hours from the first time up to the second."""
    has_written: bool = False

    def round(self, warn: Warn) -> None:
        """Imports what is new, builds its hours, also the one that is not over, and writes."""
        from wikilake.lake import due_hours
        from wikilake.lake.lock import hold_lake, release_lake

        hold_lake()
        try:
            state = due_hours.RunState.load()
            before = dict(state.hours)
            import_new(self.wiki, state, _nothing, warn)
            build_due(due_hours.due(state, -HOUR).ranges, state, _nothing, warn)
        finally:
            release_lake()
        end = state.end()
        if end and (not self.has_written or state.hours != before):
            self.write(first_of_report(self.wiki, end), end)
            self.has_written = True
            say(f"{datetime.now(UTC):%H:%M:%S} UTC: shown up to {end - HOUR:{HOUR_FORMAT}}.")


def _nothing(text: str) -> None:
    """What a single run would tell is too much for one every minute."""


def keep_going(
    round: Callable[[Warn], None], every: float, wait: Callable[[float], None] = time.sleep
) -> None:
    """Calls `round` every few seconds until the process is interrupted.

    A round that fails is said, and the next one tries again. What is wrong is not said again until
    a round goes well; a warning, which is yellow, is said once.
    """
    said: list[set[str]] = [set(), set()]
    """What was said of the round before, and of this one."""
    warnings: set[str] = set()
    is_stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal is_stopped
        is_stopped = True
        raise KeyboardInterrupt

    def warn(text: str, color: str | None = None) -> None:
        if text not in said[0] | said[1] | warnings:
            complain(text, color)
        (warnings if color == "yellow" else said[1]).add(text)

    handlers = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        while not is_stopped:
            began = time.monotonic()
            try:
                round(warn)
            except (WikilakeError, OSError, duckdb.Error) as error:
                warn(f"Error: {error} It is tried again every {every:g} seconds.", "red")
            said = [said[1], set()]
            if not is_stopped:
                wait(max(0.0, began + every - time.monotonic()))
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
