"""The lake as a server reads it: the newest published catalog, many questions at a time."""

from __future__ import annotations

import time
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

import duckdb

from wikilake import settings
from wikilake.lake.lock import settle_lake
from wikilake.lake.partitions import STAGING
from wikilake.lake.paths import confine, quoted
from wikilake.lake.reader import LakeUnreadable, require_lake, why_unreadable

State = tuple[int, ...]
Value = TypeVar("Value")

KEPT_FOR = 60
"""Seconds for which an answer is kept at most: a purge deletes without a new catalog."""

KEPT_DURING_A_RUN = 1


class PublishedLake:
    """Hands out cursors on the lake's newest catalog. Threads may share it.

    A run puts a new file in the place of the catalog. DuckDB keeps one database per path and
    process, so each file is attached to an instance of its own; who asks the old one goes on.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._opened: State = ()
        self._settled: State = ()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor for one question, read-only; raises LakeUnreadable."""
        with self._lock:
            staged = _state_of_file(settings.lake_root() / STAGING)
            if staged != self._settled:  # once per state: a reader may be unable to complete it
                settle_lake()
                self._settled = staged
            found = _state_of_file(settings.catalog_path())
            if self._connection is None or found != self._opened:
                self._connection, self._opened = _open(), found
            cursor = self._connection.cursor()
        cursor.execute("use wikilake")
        return cursor

    def state(self) -> State:
        """Another one whenever an answer may have become another one, by a run or by time."""
        root = settings.lake_root()
        is_written = _state_of_file(root / STAGING)
        seconds = KEPT_DURING_A_RUN if is_written else KEPT_FOR
        files = (settings.catalog_path(), root / ".lock")
        known = [number for file in files for number in _state_of_file(file) or (0,)]
        return (*known, *is_written, int(time.time() // seconds))


def _open() -> duckdb.DuckDBPyConnection:
    require_lake()
    path = settings.catalog_path()
    memory = settings.mebibytes(settings.value("WIKILAKE_MEMORY"))
    limit = {"memory_limit": f"{memory}MiB"} if memory else {}
    connection = duckdb.connect(config={"temp_directory": "", **limit})
    try:
        connection.execute(f"attach {quoted(str(path))} as wikilake (read_only)")
        confine(connection, settings.lake_root())
        connection.execute("set lock_configuration = true")
    except duckdb.Error as error:
        raise LakeUnreadable(why_unreadable(path, str(error))) from None
    return connection


def _state_of_file(path: Path) -> State:
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_ino, found.st_mtime_ns, found.st_size)


class Kept(Generic[Value]):
    """The answers asked for last, of the newest state of the lake alone. For one thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._state: State = ()
        self._values: OrderedDict[str, Value] = OrderedDict()

    def get(self, key: str, state: State) -> Value | None:
        """What is kept for a key, unless it is of another state."""
        if state != self._state:
            self._state = state
            self._values.clear()
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: str, state: State, value: Value) -> None:
        """Keeps a value that was computed in a state."""
        if state == self._state:
            self._values[key] = value
            if len(self._values) > self._most:
                self._values.popitem(last=False)
