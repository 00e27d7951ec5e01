"""Session set-up for Spark: gives the SQL of this project the functions it calls.

Runs `local[*]` in this process unless Spark is configured otherwise by its own means: spark-submit,
spark-defaults.conf, PYSPARK_SUBMIT_ARGS, or SPARK_REMOTE for Spark Connect. Such settings win over
the defaults below.
"""

from __future__ import annotations

import atexit
import gc
import glob
import logging
import os
import re
import shlex
import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pyspark
from dbt.adapters.spark import session as dbt_session
from dbt_common.exceptions import DbtRuntimeError
from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import Row, SparkSession
from pyspark.sql.functions import arrow_udf
from pyspark.sql.pandas.types import from_arrow_type

from wikilake import settings
from wikilake.engines import components, page_walk, parsers, php_arrays
from wikilake.errors import WikilakeError
from wikilake.ingest import history_dumps, view_dumps
from wikilake.lake import (
    catalog,
    columns,
    new_columns,
    partitions,
    raw,
    raw_lines,
    run_partitions,
    test_results,
    work_tables,
)
from wikilake.lake.lock import hold_lake
from wikilake.lake.paths import (
    ROOTS,
    PathRefused,
    all_in_lake,
    below,
    check_roots,
    checked_name,
    confine,
    in_lake,
    quoted_for_spark,
)
from wikilake.streams import facts, reading, salts

RUNTIME_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # Impossible casts return NULL, as the rules require; dbt-spark sets the same.
    "spark.sql.ansi.enabled": "false",
    # The last of a repeated key of X-Analytics counts.
    "spark.sql.mapKeyDedupPolicy": "LAST_WIN",
    # A quote in a text is written `''`, as everywhere else.
    "spark.sql.legacy.consecutiveStringLiterals.enabled": "false",
    # A backslash in a text escapes, as the macro literal() writes it.
    "spark.sql.parser.escapedStringLiterals": "false",
    # `${env:…}` in a text stays a text.
    "spark.sql.variable.substitute": "false",
    # This is for work tables, which are read soon; the lake's use zstd.
    "spark.sql.parquet.compression.codec": "snappy",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Several partitions are written side by side, instead of sorting all rows by partition.
    "spark.sql.maxConcurrentOutputFileWriters": "64",
    # A chain of renames may be long, and renames may be many.
    "spark.sql.cteRecursionLevelLimit": "10000",
    "spark.sql.cteRecursionRowLimit": "-1",
    # dbt asks for one thing at a time, and the long texts of plans would only cost time.
    "spark.sql.maxPlanStringLength": "10000",
}
"""What the rules rely on: set in every session, even in one that somebody else has made."""

START_SETTINGS = {
    "spark.app.name": "wikilake",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    "spark.io.compression.codec": "lz4",
    # Look-up tables of the hour's distinct values are broadcast.
    "spark.sql.autoBroadcastJoinThreshold": "64MB",
    "spark.sql.adaptive.autoBroadcastJoinThreshold": "64MB",
    # Generated code is compiled once for all hours of a loop: one has some 250 pieces of it.
    "spark.sql.codegen.cache.maxEntries": "1000",
}
"""Defaults of a session that is made here."""

_making = threading.RLock()

JAVA_OPTIONS = (
    "-XX:+UseParallelGC -XX:-DontCompileHugeMethods -XX:ReservedCodeCacheSize=512m "
    "-XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=5000 "
    "-XX:Tier4CompileThreshold=60000"
)
"""A long query becomes one long Java method, which Java without this would only interpret.

Each query makes new methods and a run has many queries, so Java's second compiler took a quarter of
a run: it waits until a method has been called four times as often as it would by itself. What is
called for each request gets there within a few per cent of a million.
"""

HEAP = "3GB"
"""Memory of the driver where WIKILAKE_MEMORY is not given; DuckDB's default is less."""

SEED_TYPES = {
    "string": pa.string(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
"""What a seed's column may be in `column_types`."""

WORK_SCHEMAS = ("staging", "intermediate")
WORK_FOLDER = ".scratch"
"""Folder of the lake for the tables of one run: private data, removed when the run ends."""

DAMAGED = (
    "{path} cannot be read to its end: {fault}. Fetch the file again or move it out of the "
    "partition, then run the hour again."
)


def session() -> SparkSession:
    """The one session of this process, with settings and functions, made at the first call."""
    with _making:  # dbt asks from several threads at once
        return _session()


@cache
def _session() -> SparkSession:
    _check()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    # pyspark logs every failed statement with its stack trace; dbt says what has failed.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    spark = _builder().getOrCreate()
    for name, value in RUNTIME_SETTINGS.items():
        spark.conf.set(name, value)
    _drop_work_schemas(spark)
    _add_parser(spark, "parse_user_agent", parsers.parse_user_agent, parsers.USER_AGENT_FIELDS)
    _add_parser(spark, "parse_address", parsers.parse_address, parsers.ADDRESS_FIELDS)
    spark.udf.register("keyed_signature", _keyed_signature)
    _add_history_functions(spark)
    _add_event_functions(spark)
    atexit.register(_stop, spark)
    return spark


def _check() -> None:
    """Before Spark starts, locks the lake and checks every setting."""
    try:
        check_roots(on_spark=True)
        hold_lake()
        parsers.check_settings()
        partitions.clear_staging()
        partitions.closed_folder(settings.lake_root() / ".spill")
        partitions.clear_spill()
        shutil.rmtree(settings.lake_root() / WORK_FOLDER, ignore_errors=True)
        partitions.closed_folder(settings.lake_root() / WORK_FOLDER)
    except OSError as error:
        raise DbtRuntimeError(
            f"WIKILAKE_LAKE: {settings.lake_root()} cannot be made ({error})."
        ) from None
    except WikilakeError as error:
        raise DbtRuntimeError(str(error)) from None


def _builder() -> SparkSession.Builder:
    builder = SparkSession.builder
    if os.environ.get("SPARK_REMOTE"):
        return builder
    given = _given_settings()
    size = HEAP if (given_size := settings.given("WIKILAKE_MEMORY")) is None else given_size
    memory = settings.mebibytes(size)
    if memory is None:
        raise DbtRuntimeError(f"WIKILAKE_MEMORY: {size!r} is not a size: write for example 3GB.")
    master = settings.given("WIKILAKE_SPARK_MASTER") or given.get("spark.master", "local[*]")
    defaults = START_SETTINGS | {
        "spark.driver.memory": f"{memory}m",
        "spark.sql.warehouse.dir": str(settings.lake_root()),
        "spark.driver.extraJavaOptions": JAVA_OPTIONS,
        "spark.executor.extraJavaOptions": JAVA_OPTIONS,
    }
    if master.startswith("local"):
        defaults |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            # Few and large, as there are no other machines; more would only be more to start.
            "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        }
    for name, value in defaults.items():
        if name not in given:
            builder = builder.config(name, value)
    return builder.master(master)


def _given_settings() -> dict[str, str]:
    """The user's settings by Spark's own means: spark-submit, its arguments, its defaults."""
    if "PYSPARK_GATEWAY_PORT" in os.environ:  # spark-submit has started Java already
        SparkContext._ensure_initialized()
        return dict(SparkConf().getAll())
    home = os.environ.get("SPARK_HOME") or str(Path(pyspark.__file__).parent)
    file = Path(os.environ.get("SPARK_CONF_DIR") or f"{home}/conf") / "spark-defaults.conf"
    lines = file.read_text().splitlines() if file.exists() else []
    pairs = (re.split(r"[\s=]+", line.strip(), maxsplit=1) for line in lines if line[:1] != "#")
    given = {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
    arguments = shlex.split(os.environ.get("PYSPARK_SUBMIT_ARGS", ""))
    for option, value in zip(arguments, arguments[1:], strict=False):
        if option in ("--conf", "-c"):
            name, _, text = value.partition("=")
            given[name] = text
        elif option in ("--master", "--driver-memory", "--name"):
            option = {"--name": "--app.name"}.get(option, option)
            given["spark." + option.removeprefix("--").replace("-", ".")] = value
    return given


def _stop(spark: SparkSession) -> None:
    """Ends the session with the process, and removes what work tables held."""
    try:
        spark.stop()
    finally:
        partitions.clear_staging()
        partitions.clear_spill()
        shutil.rmtree(settings.lake_root() / WORK_FOLDER, ignore_errors=True)


def _add_parser(
    spark: SparkSession,
    name: str,
    parse: Callable[[str], dict[str, str | None]],
    fields: Sequence[str],
) -> None:
    """Registers `parse` as an Arrow function from text to a struct of texts, all null for null.

    The settings of this process travel with the function, so that executors need none of their
    own; the files that they name must be there too.
    """
    settings = parsers.parser_settings()

    def parse_all(texts: pa.Array) -> pa.Array:
        for key in parsers.PARSER_SETTINGS:
            os.environ.pop(key, None)
        os.environ.update(settings)
        return parsers.records(parse, fields, texts)

    members = ", ".join(f"{field} string" for field in fields)
    # Called so, Spark neither repeats the call where its result is used twice nor puts it into the
    # condition of a join, where it would be made for every pair of rows.
    function = arrow_udf(parse_all, members)  # type: ignore[call-overload]  # functionType has a default
    spark.udf.register(name, function.asNondeterministic())


def _add_history_functions(spark: SparkSession) -> None:
    """Registers what histories need besides SQL: PHP's arrays, components, the walk over pages."""
    for name, function, kind in (
        ("parse_php_array", php_arrays.parse_all, php_arrays.TYPE),
        (
            "connected_components",
            components.connected_components,
            pa.list_(components.MEMBER),
        ),
        ("page_walk", page_walk.page_walks, pa.list_(page_walk.STATE)),
    ):
        made = arrow_udf(function, from_arrow_type(kind))  # type: ignore[call-overload]  # functionType has a default
        spark.udf.register(name, made.asNondeterministic())


def _add_event_functions(spark: SparkSession) -> None:
    """Registers the functions that read a line of events and hash a value.

    Executors find the declarations and the salts where this process does.
    """
    given = {
        name: settings.absolute_path(text)
        for name in ("WIKILAKE_STREAMS", "WIKILAKE_SALTS")
        if (text := settings.value(name))
    }

    def is_plain(lines: pa.Array, tables: pa.Array) -> pa.Array:
        os.environ.update(given)
        return reading.are_plain(lines, tables)

    def texts(lines: pa.Array, tables: pa.Array) -> pa.Array:
        os.environ.update(given)
        return reading.texts_of(lines, tables)

    def hashes(values: pa.Array, hours: pa.Array) -> pa.Array:
        os.environ.update(given)
        return salts.hashes_of(values, hours)

    def hash_lists(lists: pa.Array, hours: pa.Array) -> pa.Array:
        os.environ.update(given)
        return salts.hash_lists_of(lists, hours)

    for name, function, result in (
        ("is_plain_event", is_plain, "boolean"),
        ("event_texts", texts, "array<string>"),
        ("event_hash", hashes, "string"),
        ("event_hashes", hash_lists, "array<string>"),
    ):
        made = arrow_udf(function, result)  # type: ignore[call-overload]  # as above
        spark.udf.register(name, made.asNondeterministic())


def _keyed_signature(text: str | None, hour: str) -> str | None:
    return text and parsers.keyed_signature(text, hour)


# ------------------------------------------------------------------ functions of the driver


def files(pattern: str) -> list[str]:
    """Paths that a pattern with *, ** matches, sorted; only those of the lake and its sources."""
    roots = [glob.escape(str(settings.root(setting))) for setting in ROOTS]
    if ".." in Path(pattern).parts or not any(
        pattern == root or pattern.startswith(f"{root}/") for root in roots
    ):
        raise PathRefused(f"{pattern} is neither in the lake nor in what it is made from.")
    return sorted(glob.glob(pattern, recursive=True))


def load_seed(path: str, table: str, types: str) -> str:
    """Puts the rows of a CSV file into a table (`schema/name`) in the place of those there.

    `types` are `name type, name type, …`. An empty field is NULL; the text `null` is a text.
    """
    below(settings.lake_root(), table)
    kinds = {name: SEED_TYPES[kind] for name, kind in (c.split(" ") for c in types.split(", "))}
    options = pa_csv.ConvertOptions(
        column_types=kinds,
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    rows = pa_csv.read_csv(checked_name(path), convert_options=options)
    pq.write_table(rows, Path(partitions.stage_partition(table, "")) / "part-0.parquet")
    return partitions.publish_partition(table, "")


def remember_work_tables(keep: str) -> str:
    """Ends a run: drops its work tables, and keeps their types beside those of earlier runs.

    With an empty `keep` their types are not kept. The tables of a sandbox stay: they are asked
    next, and go with the sandbox.
    """
    spark, types = session(), {}
    for schema in WORK_SCHEMAS:
        if spark.catalog.databaseExists(schema):
            for table in spark.catalog.listTables(schema):
                if not table.isTemporary:
                    name = f"{schema}.{table.name}"
                    types[name] = spark.table(name).schema.simpleString()
    if keep:
        work_tables.keep_work_tables("spark", types)
    scratch = settings.given("WIKILAKE_SCRATCH") or ""
    if scratch in ("", str(partitions.work_tables_path())):  # a sandbox names another place
        _drop_work_schemas(spark)
    return str(len(types))


def recall_work_tables() -> str:
    """Makes the work tables of earlier runs, empty, before `dbt test` alone."""
    types = work_tables.kept_work_tables("spark")
    spark = session()
    for name, described in types.items():
        schema = name.split(".")[0]
        folder = quoted_for_spark(str(settings.lake_root() / WORK_FOLDER / schema))
        spark.sql(f"create schema if not exists {checked_name(schema)} location {folder}")
        spark.createDataFrame([], _parsed(described)).write.mode("ignore").saveAsTable(name)
    return str(len(types))


def _parsed(columns: str) -> Any:
    from pyspark.sql.types import _parse_datatype_string

    return _parse_datatype_string(columns)


def _drop_work_schemas(spark: SparkSession) -> None:
    """Drops the schemas of work tables; those that somebody else keeps elsewhere are left alone."""
    for schema in WORK_SCHEMAS:
        if not spark.catalog.databaseExists(schema):
            continue
        folder = unquote(spark.catalog.getDatabase(schema).locationUri or "")
        if not folder.endswith(f"{settings.lake_root()}/{WORK_FOLDER}/{schema}"):
            raise DbtRuntimeError(
                f"The catalog has a schema {schema} in {folder}, which is not of this lake. Work "
                "tables need the name: use another catalog, or rename that schema."
            )
        spark.sql(f"drop schema {schema} cascade")


def show_in_duckdb(statements: str) -> str:
    """Registers the tables of the lake in DuckDB's catalog; returns the catalog's path.

    The statements make schemas and views, which read nothing but the lake.
    """
    with catalog.changed() as connection:
        confine(connection, settings.lake_root())
        for statement in connection.extract_statements(statements):
            if not _SHOWING.match(statement.query.strip()):
                raise PathRefused(f"No view of the lake is made by: {statement.query[:200]}")
            connection.execute(statement)
    return str(settings.catalog_path())


_SHOWING = re.compile(r"create (schema if not exists \w+\s*;?\s*$|or replace view \w+[.]\w+ as\s)")


DRIVER_FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        settings.absolute_path,
        in_lake(partitions.stage_partition, 2),
        all_in_lake(partitions.publish_written),
        parsers.missing_databases,
        in_lake(history_dumps.load_history_dumps, 1),
        view_dumps.load_hourly_dumps,
        view_dumps.load_daily_dumps,
        view_dumps.faults_of_dumps,
        test_results.record_test_results,
        in_lake(partitions.held_versions, 1),
        in_lake(run_partitions.held_hours, 1),
        in_lake(run_partitions.partitions_of_spans, 1),
        run_partitions.hours_without_raw_files,
        files,
        raw.newest_raw_hour,
        raw_lines.raw_files_to_read,
        raw_lines.event_files_to_read,
        facts.stream_facts,
        facts.stream_rules,
        raw_lines.raw_line_counts,
        load_seed,
        remember_work_tables,
        recall_work_tables,
        in_lake(columns.make_file_of_columns, 2),
        in_lake(new_columns.add_new_columns, 2),
        show_in_duckdb,
    )
}
"""Functions that `select name('…', '…')` calls here, on the driver, not on executors.

`select unnest(name('…'))` returns a row for each member of a list, as on DuckDB.
"""

_CALL = re.compile(
    r"select\s+(?:unnest\()?(\w+)\(\s*((?:'(?:[^'\\]|\\.|'')*'\s*,?\s*)*)\)\)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_TEXT = re.compile(r"'((?:[^'\\]|\\.|'')*)'", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)|''", re.DOTALL)


def _driver_call(sql: str) -> list[Row] | None:
    """The rows of a statement that calls a function of the driver; None for every other one."""
    statement = re.sub(r"^\s*/\*.*?\*/\s*", "", sql, flags=re.DOTALL)
    call = _CALL.fullmatch(statement)
    if call is None or call[1] not in DRIVER_FUNCTIONS:
        return None
    arguments = [_ESCAPED.sub(lambda sign: sign[1] or "'", text) for text in _TEXT.findall(call[2])]
    result = DRIVER_FUNCTIONS[call[1]](*arguments)
    return [Row(**{call[1]: row}) for row in (result if isinstance(result, list) else [result])]


# ------------------------------------------------------------------ dbt's connection


HANDLED = (
    PySparkException,
    Py4JError,
    duckdb.Error,
    WikilakeError,
)
"""Errors that are said in their own words; every other one is a fault of the program."""


class Cursor(dbt_session.Cursor):
    """dbt-spark's cursor on the session of this module, with errors that a user can read."""

    def execute(self, sql: str, *parameters: Any) -> None:
        # What Python holds of the last statement, methods and objects in cycles, keeps
        # its tables in Java's memory; only this lets go of it where the collector is off.
        gc.collect(0)
        try:
            self._df, self._rows = None, _driver_call(sql)
            if self._rows is None:
                self._df = session().sql(sql % parameters if parameters else sql)
            else:
                self._columns = self._rows[0].__fields__ if self._rows else ["nothing"]
        except HANDLED as error:
            raise DbtRuntimeError(_in_words(error)) from None

    @property
    def description(self) -> Sequence[tuple]:
        if self._df is None and self._rows is not None:
            return [(name, "string", None, None, None, None, True) for name in self._columns]
        return super().description

    def fetchall(self) -> list[Row] | None:
        try:
            return super().fetchall()
        except HANDLED as error:
            raise DbtRuntimeError(_in_words(error)) from None

    def fetchone(self) -> Row | None:
        try:
            return super().fetchone()
        except HANDLED as error:
            raise DbtRuntimeError(_in_words(error)) from None


class Connection(dbt_session.Connection):
    """dbt-spark's connection with our cursor; dbt's own parameters are in RUNTIME_SETTINGS."""

    def cursor(self) -> Cursor:
        return Cursor(server_side_parameters=self.server_side_parameters)


def install() -> None:
    """Has dbt-spark make these connections. Called by the dbt plugin for the target `spark`."""
    dbt_session.Connection = Connection  # type: ignore[misc]  # dbt-spark has no hook for it


def _in_words(error: Exception) -> str:
    """What went wrong without the stack traces of Spark, a damaged raw file with its remedy."""
    text = re.sub(r"^An error occurred while calling .*\n: [\w.$]+: ", "", str(error))
    damaged = re.search(r"FAILED_READ_FILE.* reading file file:/{1,3}(\S+)", text)
    if damaged:
        path = "/" + unquote(damaged[1]).rstrip(".")
        return DAMAGED.format(path=path, fault="it is cut off or damaged")
    lines = [line for line in text.splitlines() if not re.match(r"\s+at |\s*\.\.\. \d+ more", line)]
    setting = re.search(rf"{re.escape(parsers.__name__)}\.SettingError: (.*)", text)
    return setting[1] if setting else "\n".join(lines).split("\n\nJVM stacktrace:")[0].strip()
