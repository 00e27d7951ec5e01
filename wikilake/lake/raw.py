"""Raw files: which belong to an hour, and the lines that no reader takes."""

from __future__ import annotations

import os
import re
import stat
from datetime import datetime
from pathlib import Path

from wikilake import settings
from wikilake.errors import WikilakeError

RAW_NAME = re.compile(r"[^._].*[.]jsonl?([.]gz)?", re.DOTALL)
_ODD_NAME = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters, and bytes that are not UTF-8: no engine gets at such a file."""


class RawFileError(WikilakeError):
    """A raw file that cannot be read to its end; the message names it and says what to do."""


def raw_files(hour: datetime) -> list[Path]:
    """The raw files of an hour, all sources, without those whose name says they are not finished.

    These are hidden ones and those with another ending, as macros/readers/raw_files.sql has it.
    Raises RawFileError for a folder that cannot be listed: an hour is not empty because of that.
    """
    return files_of(f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}")


def files_of(partition: str) -> list[Path]:
    """raw_files() of the hour that a path `year=…/month=…/day=…/hour=…` names."""
    sources = [
        name for name in _names(settings.raw_root()) if name.startswith("webrequest_source=")
    ]
    folders = [settings.raw_root() / source / partition for source in sources]
    found = [
        folder / name for folder in folders for name in _names(folder) if RAW_NAME.fullmatch(name)
    ]
    for path in found:
        if _ODD_NAME.search(path.name):
            raise RawFileError(
                f"{path.parent} has a raw file of the name {path.name!r}, which holds a control "
                "character or is not UTF-8. Rename it, then run the hour again."
            )
    return sorted(found)


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


def raw_state(hour: datetime) -> dict[Path, tuple[int, int]]:
    """Size and time of change of each raw file of an hour: what differs later is being written.

    A file that has just gone is left out. Raises RawFileError for one that cannot be looked at,
    such as a link to nothing, and for what is no file.
    """
    state = {}
    for path in raw_files(hour):
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


def raw_bytes(hour: datetime) -> int:
    """About how many bytes of lines an hour has; a gzip file is an eighth of its lines."""
    return sum(
        size * (8 if path.suffix == ".gz" else 1) for path, (size, _) in raw_state(hour).items()
    )


def fits_into(memory: str, hour: datetime) -> bool:
    """Whether the work tables of an hour fit into DuckDB's memory (`2GB`), by its raw files.

    Where they do not, DuckDB would write what it needs elsewhere to disk, read it again for the
    next model, and write it once more: a file of its own is written once.
    """
    limit = settings.mebibytes(memory)
    try:
        return limit is None or raw_bytes(hour) < limit * 2**20 * 0.6
    except RawFileError:  # the run itself will say what is wrong
        return True
