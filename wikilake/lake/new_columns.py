"""Columns that a table gets when it has partitions already: its model, or its schema, grew.

DuckDB takes the columns of a table from one file and stops at a file that lacks one of them. So the
older partitions are written again with the new columns, NULL in every row, as soon as the first
partition that has them is in the lake.
"""

from __future__ import annotations

import glob
import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from wikilake import settings
from wikilake.lake import partitions
from wikilake.lake.columns import COLUMNS, documentation_of, first_file, schema_of
from wikilake.lake.manifests import ManifestError, read_manifest
from wikilake.lake.paths import quoted


def add_new_columns(table: str, published: str, partition_by: str) -> int:
    """Has all partitions of a table hold the columns and fields that any of them has.

    `table` is `schema/name`, `published` the path of a partition that was just written, and
    `partition_by` a JSON list of the names in such a path. Returns how many partitions were written
    again. When this is interrupted, the next run goes on with it: the first partition in the order
    of paths comes last. Raises FileNotFoundError when the table has no partition.
    """
    root = settings.lake_root()
    names = json.loads(partition_by)
    # The run's order of columns is the table's; what only older partitions have comes after it.
    known = sorted((root / table / published).glob("*.parquet"))[:1]
    known += sorted((root / COLUMNS / table).rglob("*.parquet"))
    known += [first_file(root / table, names)]
    schemas = {path: schema for path in known if (schema := schema_of(path))}
    if not any(_lacks(one, other) for one in schemas.values() for other in schemas.values()):
        return 0
    folder = partitions.stage(root, table, "columns")  # the next run clears it
    with duckdb.connect(config={"threads": 1, "temp_directory": ""}) as connection:
        connection.execute("set memory_limit = ?", [settings.value("WIKILAKE_MEMORY")])
        wanted = folder / "columns.parquet"
        _copy(connection, list(schemas), wanted, "where false")
        has_all = pq.read_schema(wanted)
        files = sorted((root / table).glob("/".join([*(f"{n}=*" for n in names), "*.parquet"])))
        known_files = {path: schema for path in files if (schema := schema_of(path))}
        lacking = {p.parent: None for p, schema in known_files.items() if _lacks(schema, has_all)}
        for old in reversed(lacking):
            _write_again(connection, table, old, wanted)
    return len(lacking)


def _lacks(one: pa.Schema, other: pa.Schema) -> bool:
    """Whether the other has a column, or a field of one, that the one has not."""
    return _type_lacks(pa.struct(list(one)), pa.struct(list(other)))


def _type_lacks(one: pa.DataType, other: pa.DataType) -> bool:
    if pa.types.is_map(one) and pa.types.is_map(other):
        return _type_lacks(one.item_type, other.item_type)
    if pa.types.is_list(one) and pa.types.is_list(other):
        return _type_lacks(one.value_type, other.value_type)
    if not (pa.types.is_struct(one) and pa.types.is_struct(other)):
        return False
    fields = {field.name.lower(): field.type for field in one.fields}
    return any(
        field.name.lower() not in fields or _type_lacks(fields[field.name.lower()], field.type)
        for field in other.fields
    )


def _write_again(
    connection: duckdb.DuckDBPyConnection, table: str, old: Path, wanted: Path
) -> None:
    root = settings.lake_root()
    name = str(old.relative_to(root / table))
    staged = partitions.stage(root, table, name)
    for file in sorted(old.glob("*.parquet")):
        _copy(connection, [wanted, file], staged / file.name)
    try:
        facts = dict(read_manifest(old))
    except ManifestError:
        facts = {}
    facts["is_public"] = bool(old.stat().st_mode & 0o004)
    partitions.publish(root, table, [name], facts)


def _copy(
    connection: duckdb.DuckDBPyConnection, files: list[Path], target: Path, condition: str = ""
) -> None:
    """The rows of files as one file with the columns of all of them."""
    names = ", ".join(quoted(glob.escape(str(path))) for path in files)
    connection.execute(
        "copy (select * from "
        f"read_parquet([{names}], union_by_name = true, hive_partitioning = false) {condition}) "
        f"to {quoted(str(target))} (format parquet, compression zstd, row_group_size 61440"
        f"{documentation_of(files)})"
    )
