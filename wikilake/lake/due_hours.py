"""Which hours are to be built: those that are over and whose raw files differ from the last time.

What each hour was built from is kept beside the lake. When that is lost, hours are built again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wikilake import settings
from wikilake.lake import raw
from wikilake.lake.durable import write_durably
from wikilake.lake.hours import HOUR, hours_between
from wikilake.settings import HOUR_FORMAT

LONGEST_GAP = timedelta(days=7)
"""Hours without a line are built as empty ones, unless so many are missing: that is no night."""


@dataclass
class RunState:
    """What earlier runs have done, kept in `.run.json` beside the lake."""

    files: dict[str, list[object]] = field(default_factory=dict)
    """What each log was like when all of it had been imported, by its path."""
    hours: dict[str, str] = field(default_factory=dict)
    """The digest of the raw files that an hour was built from."""

    @staticmethod
    def path() -> Path:
        return settings.lake_root() / ".run.json"

    @classmethod
    def load(cls) -> RunState:
        """What is kept; where that cannot be read nothing was done, and all of it is done again."""
        with suppress(OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
            saved = json.loads(cls.path().read_bytes())
            return cls(dict(saved["files"]), dict(saved["hours"]))
        return cls()

    def save(self) -> None:
        write_durably(self.path(), json.dumps({"files": self.files, "hours": self.hours}))

    def end(self) -> datetime | None:
        """The hour after the last one that was built; None before the first."""
        return datetime.strptime(max(self.hours), HOUR_FORMAT) + HOUR if self.hours else None

    def note(self, hours: Sequence[datetime]) -> None:
        """Remembers that hours were built from the raw files that they have now."""
        for hour in hours:
            self.hours[f"{hour:{HOUR_FORMAT}}"] = digest(hour)
        self.save()


@dataclass(frozen=True)
class Due:
    """The hours of the raw files, by what is to be done."""

    ranges: tuple[tuple[datetime, datetime], ...]
    """Hours to build now, as (first, hour after the last one)."""
    waiting: tuple[datetime, ...]
    """Hours that are not over."""


def due(state: RunState, late: timedelta, now: datetime | None = None, again: bool = False) -> Due:
    """Which hours to build now, `late` after their end; all that are over where `again` says so."""
    over = (now or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None) - late - HOUR
    filled = raw.hours_with_files()
    chosen = {
        hour
        for hour in filled
        if hour <= over and (again or state.hours.get(f"{hour:{HOUR_FORMAT}}") != digest(hour))
    }
    for before, after in zip(filled, filled[1:], strict=False):
        if after <= over and after - before <= LONGEST_GAP:
            empty = hours_between(before + HOUR, after)
            chosen |= {hour for hour in empty if f"{hour:{HOUR_FORMAT}}" not in state.hours}
    ranges: list[tuple[datetime, datetime]] = []
    for hour in sorted(chosen):
        if ranges and ranges[-1][1] == hour:
            ranges[-1] = ranges[-1][0], hour + HOUR
        else:
            ranges.append((hour, hour + HOUR))
    return Due(tuple(ranges), tuple(hour for hour in filled if hour > over))


def digest(hour: datetime) -> str:
    """What differs when a raw file of an hour came, went or changed."""
    files = [(str(path), *facts) for path, facts in sorted(raw.raw_state(hour).items())]
    return hashlib.sha256(json.dumps(files).encode("utf-8", "surrogateescape")).hexdigest()[:16]
