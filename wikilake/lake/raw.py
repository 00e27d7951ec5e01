"""Raw files: which belong to an hour, and the lines that no reader takes."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

from wikilake import settings
from wikilake.errors import WikilakeError

RAW_NAME = re.compile(r"[^._].*[.]jsonl?([.]gz)?")


class RawFileError(WikilakeError):
    """A raw file that cannot be read to its end; the message names it and says what to do."""


def raw_files(hour: datetime) -> list[Path]:
    """The raw files of an hour, all sources, without those whose name says they are not finished.

    These are hidden ones and those with another ending, as macros/readers/raw_files.sql has it.
    """
    partition = f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"
    files = settings.raw_root().glob(f"webrequest_source=*/{partition}/*.json*")
    return sorted(file for file in files if RAW_NAME.fullmatch(file.name))


def raw_state(hour: datetime) -> dict[Path, tuple[int, int]]:
    """Size and time of change of each raw file of an hour: what differs later is being written.

    A file that has just gone is left out. Raises RawFileError for one that cannot be looked at,
    such as a link to nothing.
    """
    state = {}
    for path in raw_files(hour):
        try:
            stat = path.stat()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not path.is_symlink():
                continue
            what = f"is a link to {os.readlink(path)}" if path.is_symlink() else "is there"
            raise RawFileError(
                f"{path} {what}, but cannot be read: {error.strerror}. Put its file there or move "
                "it out of the partition, then run the hour again."
            ) from None
        state[path] = (stat.st_size, stat.st_mtime_ns)
    return state


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
    return limit is None or raw_bytes(hour) < limit * 2**20 * 0.6
