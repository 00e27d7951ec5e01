"""Tables of a wiki's database as Parquet below WIKILAKE_MEDIAWIKI, a whole snapshot or none of it.

Tables are written one by one in a folder that no build reads, and moved to their places when all
are there. What an interrupted extraction has finished waits in that folder for `--resume`.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake.durable import sync, write_durably

SOURCES = "models/staging/mediawiki_history/tables/_mediawiki__sources.yml"
_TYPES = {"string": pa.string(), "bigint": pa.int64(), "integer": pa.int32(), "boolean": pa.bool_()}
_BATCH_BYTES = 64 * 1024 * 1024
ABOUT, PUBLISHING = "about.json", "publishing.json"

NAMED_BY = {
    "comment": {"revision": "rev_comment_id", "logging": "log_comment_id"},
    "content": {"slots": "slot_content_id"},
}
"""Which rows of a table are used; a database would take minutes to find out for a million."""

Rows = Iterable[Sequence[Any]]
"""Rows of a table, their values in the order of its columns: text or its bytes, numbers, None."""


Progress = Callable[[int], None]
"""Is told how many rows of a table are written."""


class ExtractFailed(WikilakeError):
    """Tables that cannot be read or written; the message says which, why and what to do."""


@cache
def columns() -> dict[str, pa.Schema]:
    """The columns of each table that a history is made of, as the dbt source describes them.

    The wiki is the name of a folder. Those of centralauth are another database's.
    """
    text = (settings.PROJECT / SOURCES).read_text(encoding="utf-8")
    tables = yaml.safe_load(text)["sources"][0]["tables"]
    return {
        table["name"]: pa.schema(
            [(column["name"], _TYPES[column["data_type"]]) for column in table["columns"][1:]]
        )
        for table in tables
        if table["columns"][0]["name"] == "wiki_db"
    }


@dataclass(frozen=True)
class About:
    """What an extraction reads; one that was interrupted goes on only with the same."""

    source: str
    """Without a password."""
    wiki_db: str
    snapshot: str
    shows_hidden: bool

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", self.wiki_db):
            raise ExtractFailed(
                f"{self.wiki_db!r} is no name of a wiki's database: write letters, digits, _ and - "
                "alone, as in the namespace map, for example --wiki-db mywiki."
            )


class Extraction:
    """One snapshot of a wiki that is being written."""

    def __init__(self, root: Path, about: About) -> None:
        self.about, self._root = about, root
        self.folder = root / ".extract" / about.snapshot / about.wiki_db

    def place(self, table: str) -> Path:
        """Where a table is read from."""
        partition = f"snapshot={self.about.snapshot}/wiki_db={self.about.wiki_db}"
        return self._root / table / partition / "part-0.parquet"

    def is_written(self, table: str) -> bool:
        """Whether a table is whole, and waits for the others."""
        return self._staged(table).exists()

    def _staged(self, table: str) -> Path:
        return self.folder / f"{table}.parquet"

    def began(self) -> str:
        return json.loads((self.folder / ABOUT).read_text(encoding="utf-8"))["began"]

    def write(
        self, table: str, rows: Rows | pa.RecordBatchReader, show: Progress, only_used: bool = False
    ) -> int:
        """Writes a table as a whole or not at all; returns how many rows it has.

        `only_used` leaves out comments and contents that no written row names: what the wiki hides.
        """
        schema, partial = columns()[table], self.folder / f"{table}.partial"
        count, used = 0, self._used(table) if only_used else None
        try:
            with open(partial, "wb", opener=_closed) as file:
                with pq.ParquetWriter(file, schema, compression="zstd") as writer:
                    for batch in batches(rows, schema):
                        if used is not None:
                            batch = batch.filter(_is_in(batch.column(0), used))
                        writer.write_table(batch)
                        count += batch.num_rows
                        show(count)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self._staged(table))
        finally:
            partial.unlink(missing_ok=True)
        sync(self.folder)
        return count

    def _used(self, table: str) -> np.ndarray | None:
        """The numbers of a table's rows that tables written before name; eight bytes for each."""
        if table not in NAMED_BY:
            return None
        numbers = [np.empty(0, np.int64)]
        for other, column in NAMED_BY[table].items():
            for batch in pq.ParquetFile(self._staged(other)).iter_batches(columns=[column]):
                numbers.append(np.unique(batch.column(0).drop_null().to_numpy()))
        return np.unique(np.concatenate(numbers))

    def written(self) -> dict[str, int]:
        """The tables that are whole, with their numbers of rows."""
        return {
            table: pq.read_metadata(self._staged(table)).num_rows
            for table in columns()
            if self.is_written(table)
        }

    def publish(self) -> None:
        """Moves all tables to their places, and removes there what only an older extraction had.

        The table without which nothing is built comes last, so that a build sees no half snapshot.
        A kill between two moves leaves the rest where the next command finds it.
        """
        plan = self.folder / PUBLISHING
        if not plan.exists():
            write_durably(plan, json.dumps(sorted(columns().keys() - self.written().keys())))
        absent = json.loads(plan.read_text(encoding="utf-8"))
        for table in sorted(columns(), key=lambda name: name == "revision"):
            place, staged = self.place(table), self._staged(table)
            if staged.exists():
                _make_closed(place.parent)
                staged.replace(place)
                sync(place.parent)
            elif table in absent:
                place.unlink(missing_ok=True)
        shutil.rmtree(self.folder)


@contextmanager
def extraction(root: Path, about: About, *, resume: bool, again: bool) -> Iterator[Extraction]:
    """Holds a snapshot of a wiki for one process, and refuses to mix it with another one.

    What a killed process was about to publish is published first.
    """
    extract = Extraction(root, about)
    _make_closed(extract.folder)
    handle = os.open(extract.folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExtractFailed(
                f"Another process extracts {about.wiki_db}, snapshot {about.snapshot}, into "
                f"{root} just now: wait until it is done."
            ) from None
        if (extract.folder / PUBLISHING).exists():
            extract.publish()
            _make_closed(extract.folder)
        _begin(extract, resume, again)
        yield extract
    finally:
        os.close(handle)
        with suppress(OSError):  # there is something in it that waits for --resume
            extract.folder.rmdir()


def _begin(extract: Extraction, resume: bool, again: bool) -> None:
    about, wiki = extract.about, f"{extract.about.wiki_db}, snapshot {extract.about.snapshot}"
    file = extract.folder / ABOUT
    found = [str(place) for table in columns() if (place := extract.place(table)).exists()]
    if again:
        for left in extract.folder.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    elif file.exists():
        known = json.loads(file.read_text(encoding="utf-8"))
        if not resume:
            raise ExtractFailed(
                f"An extraction of {wiki}, was interrupted; {len(extract.written())} of its tables "
                "are whole. --resume goes on with it, --again begins anew."
            )
        differ = [name for name, value in asdict(about).items() if known.get(name) != value]
        if differ:
            raise ExtractFailed(
                f"The interrupted extraction of {wiki}, has another {', '.join(differ)}: name the "
                "same, or begin anew with --again."
            )
        return
    elif found:
        raise ExtractFailed(
            f"{wiki}, is there already and whole: {found[0]} and {len(found) - 1} more. --again "
            "replaces it, --snapshot names another one."
        )
    elif resume:
        raise ExtractFailed(f"There is nothing to resume of {wiki}: leave --resume out.")
    known = asdict(about) | {"began": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"}
    write_durably(file, json.dumps(known))


def _is_in(numbers: pa.ChunkedArray, known: np.ndarray) -> pa.Array:
    """Which of the numbers are among sorted ones; never one that is NULL."""
    asked = numbers.fill_null(0).to_numpy()
    places = np.searchsorted(known, asked)
    found = np.zeros(len(asked), bool)
    inside = places < len(known)
    found[inside] = known[places[inside]] == asked[inside]
    return pa.array(found & numbers.is_valid().to_numpy())


def batches(rows: Rows | pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.Table]:
    """Rows as tables of some megabytes, with what is no text or number of its column mended."""
    kept: list[pa.Table] = []
    for chunk in _chunks(rows):
        if isinstance(chunk, pa.RecordBatch):
            kept.append(pa.Table.from_batches([chunk]).cast(schema))
        else:
            values = zip(*chunk, strict=True)
            arrays = [_array(column, field) for column, field in zip(values, schema, strict=True)]
            kept.append(pa.table(arrays, schema=schema))
        if sum(table.nbytes for table in kept) >= _BATCH_BYTES:
            yield pa.concat_tables(kept)
            kept = []
    if kept:
        yield pa.concat_tables(kept)


def _chunks(rows: Rows | pa.RecordBatchReader, size: int = 2_000) -> Iterator[Any]:
    if isinstance(rows, pa.RecordBatchReader):
        yield from rows
        return
    remaining = iter(rows)
    while chunk := list(islice(remaining, size)):
        yield chunk


def _array(values: Sequence[Any], field: pa.Field) -> pa.Array:
    try:
        if pa.types.is_string(field.type):
            return pa.array(values, pa.binary()).cast(pa.string())
        if pa.types.is_boolean(field.type):
            return pa.array(
                [None if value is None else bool(value) for value in values], field.type
            )
        return pa.array(values, field.type)
    except (pa.ArrowInvalid, OverflowError, pa.ArrowTypeError):
        return pa.array([_mended(value, field.type) for value in values], field.type)


def _mended(value: Any, to: pa.DataType) -> Any:
    """A value that is no UTF-8, with marks in the place of bad bytes; NULL for a number too big."""
    if value is None:
        return None
    if pa.types.is_string(to):
        raw = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        return raw.decode("utf-8", "replace")
    try:
        return pa.scalar(int(value), to).as_py()
    except (ValueError, TypeError, OverflowError, pa.ArrowInvalid):
        return None


def _make_closed(folder: Path) -> None:
    """Makes folders that only their own user may enter, and has the disk hold their names."""
    missing = [folder, *folder.parents]
    missing = missing[: next(n for n, path in enumerate(missing) if path.is_dir())]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
        sync(path.parent)


def _closed(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
