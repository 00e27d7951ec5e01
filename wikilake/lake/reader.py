"""The catalog opened by a command that only reads: at once, whatever run there is, or never."""

from __future__ import annotations

import os
import re

import duckdb

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake import lock

REBUILD = "Rebuild it from the files of the lake: wikilake catalog rebuild"


class LakeUnreadable(WikilakeError):
    """A lake that cannot be read; the message says why and what to do."""


def open_catalog(spill: str | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the lake's catalog; large queries spill into the folder `spill`.

    No run is waited for: none opens this file for writing. Raises LakeUnreadable.
    """
    require_lake()
    config: dict[str, str | bool | int | float | list[str]] = {}
    if spill:
        config["temp_directory"] = spill
    try:
        return duckdb.connect(str(settings.catalog_path()), read_only=True, config=config)
    except duckdb.Error as error:
        raise LakeUnreadable(why_unreadable(settings.catalog_path(), str(error))) from None


def require_lake() -> None:
    """Raises LakeUnreadable where nothing was built yet; else leaves no table half published."""
    root, path = settings.lake_root(), settings.catalog_path()
    if root.exists() and not root.is_dir():
        raise LakeUnreadable(f"WIKILAKE_LAKE: {root} is a file. Name the folder of a lake.")
    if not path.exists():
        try:
            is_lake = any(root.glob("wmf*/*"))
        except OSError as error:
            raise LakeUnreadable(f"{root} cannot be read: {error.strerror}.") from None
        if is_lake:
            raise LakeUnreadable(f"{root} has no catalog. {REBUILD}")
        raise LakeUnreadable(f"There is no lake at {root}: wikilake build first.")
    if not os.access(path, os.R_OK):
        raise LakeUnreadable(
            f"{path} is closed to you: its owner can share the lake's public part."
        )
    lock.settle_lake()


def why_unreadable(path: os.PathLike[str], message: str) -> str:
    """DuckDB's message on a catalog that it cannot open, as sentences for the user."""
    if os.path.isdir(path):
        return f"{path} is a folder, where the catalog should be. Move it away. {REBUILD}"
    if "Could not set lock on file" in message:
        holder = re.search(r"PID (\d+)", message)
        return (
            f"{path} is open for writing{f' in process {holder[1]}' if holder else ''}, which is "
            "none of wikilake's. End that, or have it open the file with read_only."
        )
    found = re.search("version number|newer version|older version", message)
    reason = "another version of DuckDB wrote it" if found else message.split("\n")[0]
    return f"The catalog {path} cannot be read ({reason}). {REBUILD}"
