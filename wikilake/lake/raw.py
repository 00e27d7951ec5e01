"""Raw files: which belong to an hour, and the lines that no reader takes."""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake.hours import HOUR, hour_path, hours_between
from wikilake.streams.declarations import StreamError, declared_streams

RAW_NAME = re.compile(r"[^._].*[.]jsonl?([.]gz)?", re.DOTALL)
_ODD_NAME = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters, and bytes that are not UTF-8: no engine gets at such a file."""


class RawFileError(WikilakeError):
    """A raw file that cannot be read to its end; the message names it and says what to do."""


def raw_files(first: datetime, end: datetime | None = None) -> list[Path]:
    """The raw files of an hour, or of all hours before `end`, by source and hour.

    Files whose name says that they are not finished are left out: hidden ones and those with
    another ending. Raises RawFileError for a folder that cannot be listed: an hour is not empty
    because of that.
    """
    sources = [
        name for name in _names(settings.raw_root()) if name.startswith("webrequest_source=")
    ]
    return [
        path
        for source in sorted(sources)
        for hour in hours_between(first, end or first + HOUR)
        for path in files_in(settings.raw_root() / source / hour_path(hour))
    ]


def event_files(topic: str, first: datetime, end: datetime) -> list[Path]:
    """The raw files of a topic of events before `end`; folders may have numbers of two digits."""
    folder = settings.events_root() / topic
    padded = "year=%Y/month=%m/day=%d/hour=%H"
    return [
        path
        for hour in hours_between(first, end)
        for part in sorted({hour_path(hour), hour.strftime(padded)})
        for path in files_in(folder / part)
    ]


def files_in(folder: Path) -> list[Path]:
    """The raw files of one source and hour, sorted; see raw_files."""
    found = sorted(folder / name for name in _names(folder) if RAW_NAME.fullmatch(name))
    for path in found:
        if _ODD_NAME.search(path.name):
            raise RawFileError(
                f"{path.parent} has a raw file of the name {path.name!r}, which holds a control "
                "character or is not UTF-8. Rename it, then run the hour again."
            )
    return found


def hours_with_files() -> list[datetime]:
    """All hours of which there are raw files, in order; folders that are no hour are passed over.

    Raises RawFileError for a folder that cannot be listed.
    """

    def below(folders: list[Path], unit: str) -> list[Path]:
        pattern = re.compile(f"{unit}=[0-9]{{1,4}}")
        return [
            folder / name
            for folder in folders
            for name in _names(folder)
            if pattern.fullmatch(name)
        ]

    root = settings.raw_root()
    folders = [root / name for name in _names(root) if name.startswith("webrequest_source=")]
    for unit in ("year", "month", "day", "hour"):
        folders = below([folder for folder in folders if folder.is_dir()], unit)
    hours = set()
    for folder in folders:
        numbers = [int(part.partition("=")[2]) for part in folder.parts[-4:]]
        with suppress(ValueError):
            hour = datetime(*numbers)  # type: ignore[arg-type]
            if folder.is_dir() and files_in(folder):
                hours.add(hour)
    return sorted(hours)


def newest_raw_hour() -> str:
    """The newest hour that has raw files, as `YYYY-MM-DD HH:00:00`; '' when there is none."""

    def newest(folder: Path, *units: str) -> tuple[int, ...]:
        if not units:
            return (0,) if files_in(folder) else ()
        unit, *others = units
        numbers = (
            int(name.removeprefix(f"{unit}="))
            for name in _names(folder)
            if re.fullmatch(f"{unit}=[0-9]{{1,4}}", name)
        )
        for number in sorted(numbers, reverse=True):
            if found := newest(folder / f"{unit}={number}", *others):
                return number, *found
        return ()

    root = settings.raw_root()
    sources = [name for name in _names(root) if name.startswith("webrequest_source=")]
    hours = [newest(root / source, "year", "month", "day", "hour") for source in sources]
    if not any(hours):
        return ""
    year, month, day, hour, _ = max(hours)
    return f"{year:04}-{month:02}-{day:02} {hour:02}:00:00"


def _names(folder: Path) -> list[str]:
    """What lies in a folder; nothing when there is no such folder."""
    try:
        return os.listdir(folder)
    except OSError as error:
        ways = [folder, *folder.parents]
        lost = next((path for path in ways if path.is_symlink() and not path.exists()), None)
        if isinstance(error, FileNotFoundError) and lost is None:
            return []
        raise RawFileError(
            f"{lost or folder} cannot be listed: {error.strerror}. Open the folder, or mount the "
            "disk that it lies on, then run the hour again."
        ) from None


def raw_state(first: datetime, end: datetime | None = None) -> dict[Path, tuple[int, int]]:
    """Size and time of change of each of raw_files(): what differs later is being written.

    A file that has just gone is left out. Raises RawFileError for one that cannot be looked at,
    such as a link to nothing, and for what is no file.
    """
    state = {}
    for path in raw_files(first, end):
        try:
            found = path.stat()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not path.is_symlink():
                continue
            what = f"is a link to {os.readlink(path)}" if path.is_symlink() else "is there"
            raise RawFileError(
                f"{path} {what}, but cannot be read: {error.strerror}. Put its file there or move "
                "it out of the partition, then run the hour again."
            ) from None
        check_is_file(path, found)
        state[path] = (found.st_size, found.st_mtime_ns)
    return state


def check_is_file(path: Path, found: os.stat_result) -> None:
    """Raises RawFileError for a folder, which holds who knows what, or a pipe, which never ends."""
    if not stat.S_ISREG(found.st_mode):
        kind = "folder" if stat.S_ISDIR(found.st_mode) else "pipe or device"
        raise RawFileError(
            f"{path} is a {kind}, where a file of raw lines should be. Move it out of the "
            "partition, or name it with a dot before, then run the hour again."
        )


def raw_bytes(first: datetime, end: datetime | None = None) -> int:
    """About how many bytes of lines raw_files(), and the events of these hours, have."""
    sizes = {path: size for path, (size, _) in raw_state(first, end).items()}
    sizes |= event_sizes(first, end or first + HOUR)
    # A gzip file is an eighth of its lines.
    return sum(size * (8 if path.suffix == ".gz" else 1) for path, size in sizes.items())


def event_sizes(first: datetime, end: datetime) -> dict[Path, int]:
    """The size of each raw file of a declared stream; of none where the declarations are wrong."""
    sizes = {}
    with suppress(StreamError):  # said when the events are made
        topics = [topic for stream in declared_streams().values() for topic in stream.topics]
        there = set(_names(settings.events_root()))
        for topic in topics:
            for path in event_files(topic, first, end) if topic in there else ():
                with suppress(OSError):  # gone, or said when it is read
                    sizes[path] = path.stat().st_size
    return sizes


WORKING_SHARE = 0.6
"""The share of DuckDB's memory that work tables may take without being spilled again and again."""

WORK_OF_TABLES = 9
"""Bytes of work tables for each byte of Parquet of wikis' tables."""


def fits_into(memory: str, first: datetime, end: datetime | None = None) -> bool:
    """Whether the work tables of these hours fit into DuckDB's memory (`2GB`), by their raw files.

    Where they do not, DuckDB would write what it needs elsewhere to disk, read it again for the
    next model, and write it once more: a file of its own is written once.
    """
    limit = settings.mebibytes(memory)
    try:
        return limit is None or raw_bytes(first, end) < limit * 2**20 * WORKING_SHARE
    except RawFileError:  # the run itself will say what is wrong
        return True


def history_fits_into(memory: str, snapshot: str) -> bool:
    """The same of a snapshot's history that is made from the tables of wikis."""
    limit = settings.mebibytes(memory)
    return limit is None or WORK_OF_TABLES * _table_bytes(snapshot) < limit * 2**20 * WORKING_SHARE


def _table_bytes(snapshot: str) -> int:
    """Bytes of the tables of wikis for a snapshot, those of other snapshots left out."""
    size = 0
    for path in settings.root("WIKILAKE_MEDIAWIKI").glob("*/**/*.parquet"):
        of_snapshots = {part for part in path.parts if part.startswith("snapshot=")}
        if of_snapshots <= {f"snapshot={snapshot}"}:
            with suppress(OSError):  # said when the table is read
                size += path.stat().st_size
    return size
