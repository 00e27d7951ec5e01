"""A file without rows for each table of the lake, which its view reads before all others.

DuckDB takes the columns of a query from the first file when it plans, and reads that file's rows
when it runs. A first file that is replaced in between would be read by the footer of the old one.
So the first file is one that no run replaces, unless the table has other columns when its view is
made again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from wikilake.lake.durable import make_folders, sync_all, write_durably
from wikilake.lake.paths import quoted
from wikilake.settings import lake_root

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = ".columns"
"""Folder of the lake for these files."""


def make_file_of_columns(table: str, place: str, partition_by: str) -> int:
    """Has a table's file at `place` (`year=0/…`) show the columns of the table's first file.

    `table` is `schema/name`, `partition_by` a JSON list of the names in a path. Returns how many
    columns there are.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    root = lake_root()
    first = first_file(root / table, json.loads(partition_by))
    try:
        columns = pq.read_schema(first).remove_metadata()
    except pa.ArrowException as error:
        raise OSError(f"{first} is no Parquet file ({error})") from None
    file = root / COLUMNS / table / place / "columns.parquet"
    mode = (root / table).stat().st_mode & 0o777
    made = make_folders(root / COLUMNS, root, 0o755)
    made += make_folders(file.parent, root / COLUMNS, mode)
    if schema_of(file) == columns:
        file.chmod(mode & 0o666)
    else:
        rowless = pa.BufferOutputStream()
        pq.write_table(columns.empty_table(), rowless)
        write_durably(file, rowless.getvalue().to_pybytes(), mode & 0o666)
        sync_all(made)
    return len(columns)


def first_file(folder: Path, partition_by: list[str]) -> Path:
    """The first file in the order of paths, found without a look at all of them.

    Raises FileNotFoundError when there is none.
    """
    if found := _first_file(folder, partition_by):
        return found
    raise FileNotFoundError(f"{folder} holds no partition")


def _first_file(folder: Path, partition_by: list[str]) -> Path | None:
    """The first file in the order of paths, found without a look at all of them."""
    if not partition_by:
        return min(folder.glob("*.parquet"), default=None)
    for part in sorted(folder.glob(f"{partition_by[0]}=*")):
        if found := _first_file(part, partition_by[1:]):
            return found
    return None


def schema_of(file: Path) -> pa.Schema | None:
    """The columns of a Parquet file; None for one that cannot be read, which `check` names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(file)
    except (OSError, pa.ArrowException):
        return None


def documentation_of(files: Iterable[Path]) -> str:
    """The option of DuckDB's `copy` that says of a file what the first of others says of itself.

    It begins with a comma; '' where none of them says anything. See documentation_of_file.sql.
    """
    for file in files:
        schema = schema_of(file)
        known = (schema.metadata or {}) if schema is not None else {}
        if b"columns" in known:
            keys = ("description", "columns")
            said = [
                f"{key}: {quoted(known[key.encode()].decode(errors='replace'))}" for key in keys
            ]
            return f", kv_metadata {{{', '.join(said)}}}"
    return ""
