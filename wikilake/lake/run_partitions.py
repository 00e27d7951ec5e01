"""Which partitions of the lake a run of some hours replaces."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake import raw
from wikilake.lake.hours import hour_path, hours_between
from wikilake.lake.paths import below

_SOURCE = "webrequest_source="


class SourceRefused(WikilakeError):
    """A folder of raw files whose source cannot be the name of a partition."""


def partitions_of_spans(table: str, spans: str, by_source: str) -> str:
    """The partitions of a table (`schema/name`) that a run of some hours replaces, in path order.

    `spans` is a JSON list of [first, end]. A table `by_source` (`yes`, else '') has a partition for
    each source that has raw files in an hour, and for each that the table holds of an earlier run,
    so that a source that is gone is emptied; for `text` where there is none. The result is a JSON
    list of their columns. Raises SourceRefused.
    """
    folder = below(settings.lake_root(), table)
    sources = _sources(settings.raw_root(), folder) if by_source else []
    found: list[dict[str, Any]] = []
    for first, end in json.loads(spans):
        for hour in hours_between(datetime.fromisoformat(first), datetime.fromisoformat(end)):
            columns = {part: getattr(hour, part) for part in ("year", "month", "day", "hour")}
            path = hour_path(hour)
            here = [name for name in sources if _is_of(name, path, folder)]
            found += [{"webrequest_source": name} | columns for name in here or ["text"]]
            if not by_source:
                found[-1] = columns
    return json.dumps(found)


def held_hours(table: str, first: str, end: str) -> list[str]:
    """The hours of a window, `YYYY-MM-DD HH:MM:SS`, of which a table holds a partition."""
    folder = below(settings.lake_root(), table)
    places = [folder, *folder.glob(f"{_SOURCE}*")]
    hours = hours_between(datetime.fromisoformat(first), datetime.fromisoformat(end))
    return [
        str(hour) for hour in hours if any((place / hour_path(hour)).is_dir() for place in places)
    ]


def hours_without_raw_files(first: str, end: str) -> list[str]:
    """The hours of a window that no source has a raw file of, each a JSON object.

    `hour` is its name and `partition` its path.
    """
    hours = hours_between(datetime.fromisoformat(first), datetime.fromisoformat(end))
    return [
        json.dumps({"hour": f"{hour:{settings.HOUR_FORMAT}}", "partition": hour_path(hour)})
        for hour in hours
        if not raw.raw_files(hour)
    ]


def _sources(*roots: Path) -> list[str]:
    """The sources that have a folder in one of the roots, sorted."""
    names = set()
    for root in roots:
        with suppress(OSError):
            names |= {name for name in os.listdir(root) if name.startswith(_SOURCE)}
    return sorted(name.removeprefix(_SOURCE) for name in names)


def _is_of(source: str, path: str, folder: Path) -> bool:
    """Whether a source has raw files in an hour, or a table's folder holds some of it."""
    is_of = bool(raw.files_in(settings.raw_root() / f"{_SOURCE}{source}" / path))
    if not is_of:
        with suppress(OSError):
            held = os.listdir(folder / f"{_SOURCE}{source}" / path)
            is_of = any(not name.startswith(".") for name in held)
    if is_of and not re.fullmatch("[A-Za-z0-9_.-]+", source):
        raise SourceRefused(
            f"The folder {_SOURCE}{source} names no source: write letters, digits, and _ . - alone."
        )
    return is_of
