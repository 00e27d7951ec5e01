"""The catalog opened by a command that only reads: it waits for a run, or fails in plain words."""

from __future__ import annotations

import os
import re
import time

import duckdb

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake import lock
from wikilake.terminal import complain

REBUILD = "Rebuild it from the files of the lake: wikilake catalog rebuild"


class LakeUnreadable(WikilakeError):
    """A lake that cannot be read; the message says why and what to do."""


def open_catalog(spill: str | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the lake's catalog; large queries spill into the folder `spill`.

    While a run has it, waits as long as a run would (WIKILAKE_WAIT) and says so. Raises
    LakeUnreadable, or LakeInUse when the run is still there.
    """
    path = settings.catalog_path()
    require_lake()
    config: dict[str, str | bool | int | float | list[str]] = {}
    if spill:
        config["temp_directory"] = spill
    until, said = time.monotonic() + lock.waiting_time(), False
    while True:
        try:
            return duckdb.connect(str(path), read_only=True, config=config)
        except duckdb.Error as error:
            message = str(error)
        if "Could not set lock on file" not in message:
            raise LakeUnreadable(_why(message))
        holder = lock.holder_of_lake() or _process_in(message)
        if time.monotonic() >= until:
            raise lock.LakeInUse(
                f"{path.parent} is in use by another run ({holder}). Ask again when it is done, or "
                "let this command wait longer: WIKILAKE_WAIT, in seconds."
            )
        if not said:
            complain(f"Waiting for another run ({holder}) to leave the lake.")
            said = True
        time.sleep(0.2)


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


def _why(message: str) -> str:
    path = settings.catalog_path()
    if path.is_dir():
        return f"{path} is a folder, where the catalog should be. Move it away. {REBUILD}"
    found = re.search("version number|newer version|older version", message)
    reason = "another version of DuckDB wrote it" if found else message.split("\n")[0]
    return f"The catalog {path} cannot be read ({reason}). {REBUILD}"


def _process_in(message: str) -> str:
    found = re.search(r"PID (\d+)", message)
    return f"process {found[1]}" if found else "which has just begun"
