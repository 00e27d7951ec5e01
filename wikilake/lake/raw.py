"""Raw files: which belong to an hour, and the lines that no reader takes."""

from __future__ import annotations

import os
import re
import stat
from datetime import datetime
from pathlib import Path

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake.hours import HOUR, hour_path, hours_between

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
    """About how many bytes of lines raw_files() have; a gzip file is an eighth of its lines."""
    return sum(
        size * (8 if path.suffix == ".gz" else 1)
        for path, (size, _) in raw_state(first, end).items()
    )


def fits_into(memory: str, first: datetime, end: datetime | None = None) -> bool:
    """Whether the work tables of these hours fit into DuckDB's memory (`2GB`), by their raw files.

    Where they do not, DuckDB would write what it needs elsewhere to disk, read it again for the
    next model, and write it once more: a file of its own is written once.
    """
    limit = settings.mebibytes(memory)
    try:
        return limit is None or raw_bytes(first, end) < limit * 2**20 * 0.6
    except RawFileError:  # the run itself will say what is wrong
        return True
