"""The lake's catalog as it is published, and the copy of it in which a run works.

DuckDB lets a process that writes a database shut out all others. So nobody opens the published file
for writing: a run has a copy of its own, which takes the place of the published one when it holds
something else. Who has the old file open goes on reading it. The lock of the lake keeps two runs
apart.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake import partitions
from wikilake.lake.durable import sync

if TYPE_CHECKING:
    import duckdb

_NEW = ".new"
"""Ending of a catalog that is about to be published; where a run died, the next one removes it."""


class CatalogUnwritable(WikilakeError):
    """A catalog that cannot be published, or not be copied; the message says why."""


def copy_path() -> Path:
    """Where a run works: a file of the same name, for DuckDB and views call the database by it."""
    published = settings.catalog_path()
    return published.parent / partitions.SPILL / published.name


def take_copy() -> Path:
    """Copies the published catalog, if there is one, for this process, which holds the lake."""
    published, copy = settings.catalog_path(), copy_path()
    partitions.closed_folder(copy.parent)
    _beside(published, _NEW).unlink(missing_ok=True)
    for ending in ("", ".wal"):  # a log beside it is of somebody who writes where nobody should
        _beside(copy, ending).unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            try:
                shutil.copyfile(_beside(published, ending), _beside(copy, ending))
            except IsADirectoryError:
                raise CatalogUnwritable(
                    f"{published} is a folder, where the catalog should be. Move it away."
                ) from None
    return copy


class Work:
    """A run's copy, open, and what of it is published."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._copy, self._published = copy_path(), settings.catalog_path()
        self._written, self._shown = self._bytes(), self._held()

    def publish(self) -> None:
        """Puts the copy in the place of the published catalog, if views, seeds or comments differ.

        Raises CatalogUnwritable; the old one is whole then.
        """
        import duckdb

        try:
            if self._bytes() == self._written and self._published.exists():
                return
            held = self._held()
            if held != self._shown or not self._published.exists():
                self._connection.cursor().execute("force checkpoint")
                put_in_place(self._copy, self._published)
        except (OSError, duckdb.Error) as error:
            raise CatalogUnwritable(
                f"{self._published} is the one of before, since the new one could not be written "
                f"({error}). Mend that, then run this again."
            ) from None
        self._written, self._shown = self._bytes(), held

    def _bytes(self) -> list[tuple[int, int]]:
        """Another one whenever something was written: DuckDB's file, and its log."""
        files = [path for path in (self._copy, _beside(self._copy, ".wal")) if path.exists()]
        return [(file.stat().st_size, file.stat().st_mtime_ns) for file in files]

    def _held(self) -> list[tuple[Any, ...]]:
        """What the catalog says and holds, whatever its bytes are."""
        cursor = self._connection.cursor()
        said = cursor.execute(
            """
            select schema_name, view_name, sql, comment from duckdb_views()
            where database_name = current_database() and not internal
            union all
            select schema_name, null, null, comment from duckdb_schemas()
            where database_name = current_database() and not internal
            order by all
            """
        ).fetchall()
        tables = cursor.execute(
            """
            select schema_name, table_name, sql, comment from duckdb_tables()
            where database_name = current_database() order by all
            """
        ).fetchall()
        for schema, name, sql, comment in tables:
            counted = f'select count(*), sum(hash(t)) from "{schema}"."{name}" as t'
            said += [
                (schema, name, sql, comment, *row) for row in cursor.execute(counted).fetchall()
            ]
        return said


_work: Work | None = None


def work_in(connection: duckdb.DuckDBPyConnection) -> None:
    """Remembers the connection in which this process works in its copy."""
    global _work
    _work = Work(connection)


def publish() -> None:
    """Publishes what a command of this process has changed, see Work.publish."""
    global _work
    import duckdb

    if _work:
        try:
            _work.publish()
        except duckdb.ConnectionException:
            _work = None


@contextmanager
def changed() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a copy, published afterwards, for a process without dbt-duckdb."""
    import duckdb

    copy = take_copy()
    with duckdb.connect(str(copy)) as connection:
        work = Work(connection)
        yield connection
        work.publish()


def put_in_place(new: Path, published: Path, mode: int = 0o600) -> None:
    """Gives readers a whole, synced copy of a catalog under the published name, in one step."""
    aside = _beside(published, _NEW)
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "wb") as file:
            os.fchmod(handle, mode)
            with new.open("rb") as source:
                shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(handle)
        # A log belongs to the old file, and would be replayed into the new one.
        _beside(published, ".wal").unlink(missing_ok=True)
        aside.replace(published)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    sync(published.parent)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
