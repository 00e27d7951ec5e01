"""What to do about errors of files, disks and DuckDB."""

from __future__ import annotations

import difflib
import re
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from wikilake.settings import HOUR_FORMAT, PROJECT

_CUT_OFF = re.compile(r'Could not read (?:enough|all) bytes from file "([^"]+)"')
_HARDLY_ANY = 64 * 1024
"""Bytes with which a disk is as good as full."""


def in_words(error: OSError) -> str:
    """What the system refused, and what to do about it."""
    said = f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    return said + remedy(said)


def remedy(message: str) -> str:
    """What to do about a full disk, a broken file, a partition that is missing; '' for nothing."""
    full = "No space left on device|Disk quota exceeded|not enough disk space"
    if re.search(full, message) or _is_cut_off_by_a_full_disk(message):
        return (
            "\nThe disk is full; the lake holds what it held. Make room, or let the lake or its "
            "raw files be on a larger one, then run it again."
        )
    if "Too many open files" in message:
        return (
            "\nThis process may not open so many files. Let it open more (ulimit -n 1024, or "
            "LimitNOFILE of the service), then run it again."
        )
    if re.search("Memory must have a number|Unknown unit for memory", message):
        return "\nWIKILAKE_MEMORY is not a size: write for example 3GB."
    if re.search(r"No files found .*/[.]columns/", message):
        return "\nA file that the view reads is gone. Rebuild both: wikilake catalog rebuild"
    if unmatched := re.search(r"selection criterion '(.+?)' does not match", message):
        return _nearest_node(unmatched[1])
    if "wikilake.duckdb" in message and "not a valid DuckDB database" in message:
        return "\nThe catalog is broken. Rebuild it: wikilake catalog rebuild"
    missing = re.search(r'No files found .*/([^/"=]+)/([^/"=]+)/[a-z_]+=', message)
    if missing:
        return (
            f"\n{missing[1]}.{missing[2]} holds nothing of that time, for it was never built. "
            "Build it as well, with a plus before what you select: --select +…"
        )
    found = re.search(r"/([^/']+/[^/']+)/((?:[a-z_]+=[^/']+/)+)[^/']*[.]parquet", message)
    if not found or not re.search(
        "magic bytes|Parquet|Thrift|footer|[Ii]nvalid|[Cc]orrupt", message
    ):
        return ""
    values = dict(part.split("=", 1) for part in found[2].strip("/").split("/"))
    if not {"year", "month", "day", "hour"} <= values.keys():
        return f"\nA file of {found[1]} is broken: build {found[2].strip('/')} again."
    year, month, day, hour_of_day = (int(values[name]) for name in ("year", "month", "day", "hour"))
    hour = datetime(year, month, day, hour_of_day)
    return (
        f"\nA file of {found[1]} is broken: wikilake check names all that are. Build its hour "
        f"again: wikilake build --from {hour:{HOUR_FORMAT}} "
        f"--to {hour + timedelta(hours=1):{HOUR_FORMAT}}"
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """` Did you mean …?` with the known name that is most like one; '' when none is."""
    [found] = difflib.get_close_matches(name, sorted(known), 1) or [""]
    return f" Did you mean {found}?" if found else ""


def _nearest_node(criterion: str) -> str:
    """What may be meant by a name that selects nothing."""
    name = criterion.strip("+@0123456789")
    folders = [PROJECT / folder for folder in ("models", "seeds", "tests", "analyses")]
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix != ".yml"]
    said = nearest(name, {file.stem for file in files})
    return f".{said} Names of tables and tests: .venv/bin/dbt ls"


def _is_cut_off_by_a_full_disk(message: str) -> bool:
    """Whether DuckDB misses the end of a file that it could not write: it does not say so then."""
    found = _CUT_OFF.search(message)
    if not found:
        return False
    try:
        folder = next(path for path in Path(found[1]).parents if path.is_dir())
        return shutil.disk_usage(folder).free < _HARDLY_ANY
    except (OSError, StopIteration):
        return False
