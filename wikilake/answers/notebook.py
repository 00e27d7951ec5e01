"""A lake from a notebook or script: SQL in, pandas, polars or Arrow out; nothing is ever written.

from wikilake import Lake
Lake().sql("select project, sum(view_count) as views from wmf.projectview_hourly "
           "where year = 2026 and month = 11 group by project").pandas()
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import yaml

from wikilake import settings, wiki_file
from wikilake.errors import WikilakeError
from wikilake.lake.lock import settle_lake
from wikilake.lake.paths import confine, quoted, quoted_for_spark
from wikilake.lake.reader import why_unreadable

if TYPE_CHECKING:
    from wikilake.answers.plots import Plots

SHOWN_ROWS = 20
PUBLIC_SCHEMAS = ("wmf", "wmf_raw", "wikistats", "dumps", "reference")


class LakeError(WikilakeError):
    """What cannot be asked or answered; the message says what to do."""


class PartitionWarning(UserWarning):
    """A partitioned table is read whole, because no condition names its partitions."""


class Result:
    """The rows of a query. `pandas()`, `polars()` and `arrow()` return them.

    In frames sums and other decimals are whole numbers of 64 bits, or floats where they have
    fractions or do not fit; an Arrow table has them as the engine does.
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def arrow(self) -> pa.Table:
        """The rows as an Arrow table."""
        return self._table

    def pandas(self) -> Any:
        """The rows as a pandas DataFrame."""
        return _with_plain_numbers(self._table).to_pandas()

    def polars(self) -> Any:
        """The rows as a polars DataFrame."""
        try:
            import polars
        except ImportError:
            raise LakeError("polars is not installed: pip install polars") from None
        return polars.from_arrow(_with_plain_numbers(self._table))

    def __len__(self) -> int:
        return len(self._table)

    def __repr__(self) -> str:
        shown = self._shown().to_string(index=False)
        more = len(self) - SHOWN_ROWS
        return shown + (f"\n… and {more:,} rows more" if more > 0 else "")

    def _shown(self) -> Any:
        return _with_plain_numbers(self._table.slice(0, SHOWN_ROWS)).to_pandas()

    def _repr_html_(self) -> str:
        shown = self._shown().to_html(index=False)
        more = len(self) - SHOWN_ROWS
        return shown + (f"<p>… and {more:,} rows more</p>" if more > 0 else "")


class Lake:
    """The tables of a lake, to be read.

    `root` is the lake's folder (default: WIKILAKE_LAKE, else `lake` in the project). `engine` is
    `duckdb`, or `spark` for the Spark session of this process. A lake may be built while a notebook
    uses it: neither waits, and each query sees the tables as they are then.
    """

    def __init__(self, root: str | Path | None = None, engine: str = "duckdb") -> None:
        if engine not in ("duckdb", "spark"):
            raise LakeError(f"There is no engine {engine!r}: write duckdb or spark.")
        self.root = Path(root).expanduser().absolute() if root else _default_root()
        self.engine = engine
        self._catalog = self.root / "wikilake.duckdb"
        if not self._catalog.exists():
            raise LakeError(
                f"There is no lake at {self.root}: wikilake build first, or name another folder "
                "with WIKILAKE_LAKE or Lake('path')."
            )

    def sql(self, query: str) -> Result:
        """The rows that a query returns. Tables have their schema's name: `wmf.pageview_hourly`.

        Only queries are accepted. One that reads a partitioned table without a condition on its
        partitions causes a PartitionWarning.
        """
        with self._connected() as connection:
            try:
                kinds = {statement.type for statement in connection.extract_statements(query)}
            except duckdb.Error as error:
                if self.engine == "duckdb":
                    raise LakeError(str(error)) from None
                kinds = {duckdb.StatementType.SELECT}
            if kinds - {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}:
                raise LakeError("A lake is only read here: write a select.")
            self._warn_of_whole_tables(connection, query)
            if self.engine == "spark":
                return Result(self._spark.sql(query).toArrow())
            try:
                return Result(connection.sql(query).to_arrow_table())
            except duckdb.Error as error:
                raise LakeError(str(error)) from None

    def run(self, queries: str | Sequence[str]) -> Any:
        """Runs a query, or several in order; the rows of the last one as a pandas DataFrame."""
        results = [
            self.sql(query) for query in ([queries] if isinstance(queries, str) else queries)
        ]
        if not results:
            raise LakeError("There is no query to run: write one, or a list of them.")
        return results[-1].pandas()

    def plots(
        self,
        first: str | datetime | None = None,
        end: str | datetime | None = None,
        snapshot: str | None = None,
        *,
        is_private: bool = False,
    ) -> Plots:
        """The charts of the report on hours from `first` up to `end`, a snapshot, or both.

        Numbers of readers are those that may be published, as in `wikilake report`; with
        `is_private` they are shown as they are.
        """
        from wikilake.answers.plots import plots

        return plots(self.root, first, end, snapshot, is_private=is_private)

    def tables(self) -> Result:
        """Name, partition columns and description of each table."""
        described = dict(_descriptions())
        with self._attached() as connection:
            names = [f"{schema}.{name}" for schema, name, _ in self._definitions(connection)]
        return Result(
            pa.table(
                {
                    "table": names,
                    "partitioned_by": [", ".join(self._partitions(name)) for name in names],
                    "description": [described.get(name.split(".")[1], "") for name in names],
                }
            )
        )

    def _definitions(
        self, connection: duckdb.DuckDBPyConnection
    ) -> list[tuple[str, str, str | None]]:
        """(schema, name, SQL) of each table and view of the attached catalog."""
        return connection.execute(
            """
            select schema_name, view_name, sql from duckdb_views()
            where database_name = 'catalog' and not internal and list_contains(?, schema_name)
            union all
            select schema_name, table_name, null from duckdb_tables()
            where database_name = 'catalog' and list_contains(?, schema_name)
            order by all
            """,
            [list(PUBLIC_SCHEMAS), list(PUBLIC_SCHEMAS)],
        ).fetchall()

    @contextmanager
    def _attached(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A database in memory, beside the catalog as it is now; a run may replace it meanwhile."""
        connection = duckdb.connect(config={"temp_directory": self._spill.name})
        try:
            connection.execute(f"attach {quoted(str(self._catalog))} as catalog (read_only)")
        except duckdb.Error as error:
            raise LakeError(why_unreadable(self._catalog, str(error))) from None
        yield connection
        connection.execute("detach catalog")

    def _connected(self) -> duckdb.DuckDBPyConnection:
        """A database in memory with the lake's tables; it may read the lake and nothing else."""
        settle_lake(self.root)
        with self._attached() as connection:
            connection.execute("set TimeZone = 'UTC'")
            definitions = self._definitions(connection)
            for schema in PUBLIC_SCHEMAS:
                connection.execute(f"create schema {schema}")
            for schema, name, sql in definitions:
                if sql is None:
                    connection.execute(
                        f'create table {schema}."{name}" as from catalog.{schema}."{name}"'
                    )
        views = [(schema, name, sql) for schema, name, sql in definitions if sql is not None]
        while views:
            waiting = []
            for view in views:
                try:
                    connection.execute(view[2])
                except duckdb.Error:
                    waiting.append(view)  # it may read a view that comes later, or has lost files
            if len(waiting) == len(views):
                break
            views = waiting
        confine(connection, self.root)
        connection.execute("set lock_configuration = true")
        return connection

    @cached_property
    def _spill(self) -> TemporaryDirectory[str]:
        """A folder closed to others for what does not fit into memory; it goes with this object."""
        return TemporaryDirectory(prefix="wikilake-spill-")

    def _partitions(self, table: str) -> list[str]:
        """The partition columns of a table `schema.name`, read from its folders."""
        folder, columns = self.root / table.replace(".", "/"), []
        while folder.is_dir():
            folder = next((path for path in folder.iterdir() if "=" in path.name), Path())
            if not folder.name:
                break
            columns.append(folder.name.split("=")[0])
        return columns

    def _warn_of_whole_tables(self, connection: duckdb.DuckDBPyConnection, query: str) -> None:
        try:
            [(text,)] = connection.execute("select json_serialize_sql(?)", [query]).fetchall()
        except duckdb.Error:
            return
        for table, conditions in _tables_with_conditions(json.loads(text)):
            columns = self._partitions(table)
            if columns and not set(columns) & conditions:
                warnings.warn(
                    f"{table} is read whole: name partitions in the condition "
                    f"({', '.join(columns)}).",
                    PartitionWarning,
                    stacklevel=3,
                )

    @cached_property
    def _spark(self) -> Any:
        """Spark's session, with the lake's partitioned tables in its catalog."""
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise LakeError("pyspark is not installed: pip install pyspark") from None
        builder = SparkSession.builder.appName("wikilake").config(
            "spark.sql.session.timeZone", "UTC"
        )
        session = builder.getOrCreate()
        for table in self.tables().arrow().to_pylist():
            if table["partitioned_by"]:
                schema, name = table["table"].split(".")
                session.sql(f"create database if not exists {schema}")
                session.sql(f"drop table if exists {schema}.{name}")
                folder = quoted_for_spark(str(self.root / schema / name))
                session.sql(f"create table {schema}.{name} using parquet location {folder}")
                session.sql(f"alter table {schema}.{name} recover partitions")
        return session


def _with_plain_numbers(table: pa.Table) -> pa.Table:
    """A table whose decimals, also within lists and the like, are whole numbers or floats."""
    columns = [_plain(table.column(place)) for place in range(table.num_columns)]
    return pa.table(columns, names=table.column_names)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    for whole in (pa.int64(), pa.float64()):
        kind = _plain_type(column.type, whole)
        if kind == column.type:
            return column
        try:
            return column.cast(kind)
        except pa.ArrowInvalid:  # more than 64 bits
            continue
    return column


def _plain_type(kind: pa.DataType, whole: pa.DataType) -> pa.DataType:
    """A type with `whole` in the place of decimals without fractions, and floats of others."""
    if pa.types.is_decimal(kind):
        return whole if kind.scale == 0 else pa.float64()
    if pa.types.is_list(kind):
        return pa.list_(_plain_type(kind.value_type, whole))
    if pa.types.is_struct(kind):
        fields = [kind.field(place) for place in range(kind.num_fields)]
        return pa.struct([(field.name, _plain_type(field.type, whole)) for field in fields])
    if pa.types.is_map(kind):
        return pa.map_(kind.key_type, _plain_type(kind.item_type, whole))
    return kind


def _default_root() -> Path:
    """The lake of the setting, from the project's folder as in every command, or of the wiki."""
    if settings.given("WIKILAKE_LAKE") is None and (found := wiki_file.find(Path.cwd())):
        if said := wiki_file.read(found).settings.get("WIKILAKE_LAKE"):
            return Path(said)
    return settings.PROJECT / Path(settings.value("WIKILAKE_LAKE")).expanduser()


def _tables_with_conditions(node: Any) -> Iterator[tuple[str, set[str]]]:
    """Each table of a parsed query, with the columns that the conditions beside it name."""
    if isinstance(node, list):
        for part in node:
            yield from _tables_with_conditions(part)
    elif isinstance(node, dict):
        if node.get("type") == "SELECT_NODE":
            source = node.get("from_table") or {}
            named = set(_columns(node.get("where_clause"))) | set(_columns(source))
            for table in _base_tables(source):
                yield table, named
        for part in node.values():
            yield from _tables_with_conditions(part)


def _base_tables(source: Any) -> Iterator[str]:
    """Tables of a from clause, without those of subqueries: they have conditions of their own."""
    if isinstance(source, dict):
        if source.get("type") == "BASE_TABLE":
            yield f"{source.get('schema_name') or 'main'}.{source['table_name']}"
        elif source.get("type") == "JOIN":
            yield from _base_tables(source.get("left"))
            yield from _base_tables(source.get("right"))


def _columns(node: Any) -> Iterator[str]:
    """Names of all columns in a part of a query."""
    if isinstance(node, list):
        for part in node:
            yield from _columns(part)
    elif isinstance(node, dict):
        if node.get("class") == "COLUMN_REF":
            yield node["column_names"][-1].lower()
        yield from (column.lower() for column in node.get("using_columns") or [])
        for part in node.values():
            yield from _columns(part)


def _descriptions() -> Iterator[tuple[str, str]]:
    """Name and first paragraph of the description of each model and seed of the project."""
    for folder in ("models", "seeds"):
        for path in sorted((settings.PROJECT / folder).rglob("*.yml")):
            content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            for resource in [*content.get("models", []), *content.get("seeds", [])]:
                text = (resource.get("description") or "").strip().split("\n\n")[0]
                yield resource["name"], re.sub(r"\s+", " ", text)
