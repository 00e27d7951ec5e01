"""Session set-up for DuckDB: gives the SQL of this project the functions it calls."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.flags import get_flags
from dbt_common.exceptions import DbtRuntimeError
from duckdb.func import ARROW, SPECIAL

from wikilake import settings
from wikilake.engines import components, duckdb_errors, page_walk, parsers, php_arrays
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
from wikilake.lake.paths import all_in_lake, check_roots, in_lake
from wikilake.streams import facts, reading, salts


class Plugin(BasePlugin):
    """dbt-duckdb's hook: called once for the connection that all models of a run share."""

    def initialize(self, config: dict[str, Any]) -> None:
        """Is told, by wikilake/project/package.py alone, that the database is another project's."""
        self._is_package = bool(config.get("is_package"))

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Before the catalog is opened, makes its folder, checks every setting and tells DuckDB.

        The profile cannot: dbt parses the whole project anew when one of its variables changes.
        """
        duckdb_errors.install()
        try:
            check_roots()
            # dbt reads a path as an address, and would cut it at `?` or `#`: the profile has none.
            if not self._is_package:
                creds.path = str(catalog.copy_path())
            hold_lake()
            spill = settings.lake_root() / ".spill"
            partitions.closed_folder(spill)
            config.setdefault("temp_directory", str(spill))
            config.setdefault("memory_limit", settings.value("WIKILAKE_MEMORY"))
            parsers.check_settings()
            partitions.clear_spill()
            atexit.register(partitions.clear_spill)
            if not self._is_package:
                catalog.take_copy()
            for attached in creds.attach or []:
                if attached.path == ":memory:" and not _fit_into(str(config["memory_limit"])):
                    attached.path = str(partitions.work_tables_path())
        except OSError as error:
            raise DbtRuntimeError(
                f"WIKILAKE_LAKE: {settings.lake_root()} cannot be made ({error})."
            ) from None
        except WikilakeError as error:
            raise DbtRuntimeError(str(error)) from None

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        partitions.clear_staging()
        if not self._is_package:
            catalog.work_in(conn)
        add_parsers(conn)
        add_history_functions(conn)
        conn.create_function(
            "keyed_signature", _keyed_signatures, ["VARCHAR", "VARCHAR"], "VARCHAR",
            type=ARROW, null_handling=SPECIAL,
        )  # fmt: skip
        conn.create_function(
            "missing_databases", parsers.missing_databases, [], "VARCHAR[]", side_effects=True
        )
        _add_file_function(conn, settings.absolute_path, ["VARCHAR"], "VARCHAR")
        held, stage = in_lake(partitions.held_versions, 1), in_lake(partitions.stage_partition, 2)
        publish = all_in_lake(partitions.publish_partitions)
        publish_written = all_in_lake(partitions.publish_written)
        spans = in_lake(run_partitions.partitions_of_spans, 1)
        _add_file_function(conn, stage, ["VARCHAR", "VARCHAR"], "VARCHAR")
        _add_file_function(conn, publish, ["VARCHAR", "VARCHAR", "VARCHAR"], "BIGINT")
        _add_file_function(conn, publish_written, ["VARCHAR", "VARCHAR", "VARCHAR"], "BIGINT")
        held_hours = in_lake(run_partitions.held_hours, 1)
        for function in (held, held_hours):
            _add_file_function(conn, function, ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR[]")
        _add_file_function(conn, spans, ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR")
        show_columns = in_lake(columns.make_file_of_columns, 2)
        _add_file_function(conn, show_columns, ["VARCHAR", "VARCHAR", "VARCHAR"], "BIGINT")
        grow = in_lake(new_columns.add_new_columns, 2)
        _add_file_function(conn, grow, ["VARCHAR", "VARCHAR", "VARCHAR"], "BIGINT")
        _add_file_function(
            conn, in_lake(history_dumps.load_history_dumps, 1), ["VARCHAR"], "VARCHAR"
        )
        _add_file_function(conn, view_dumps.load_hourly_dumps, ["VARCHAR"] * 2, "VARCHAR")
        _add_file_function(conn, view_dumps.load_daily_dumps, ["VARCHAR"], "VARCHAR")
        _add_file_function(conn, view_dumps.faults_of_dumps, ["VARCHAR"] * 2, "VARCHAR[]")
        _add_file_function(conn, test_results.record_test_results, ["VARCHAR"], "BIGINT")
        _add_file_function(conn, raw_lines.event_files_to_read, ["VARCHAR"] * 4, "VARCHAR[]")
        _add_file_function(conn, facts.stream_facts, ["VARCHAR"], "VARCHAR")
        _add_file_function(conn, facts.stream_rules, ["VARCHAR"] * 5, "VARCHAR")
        conn.create_function(
            "event_hash", salts.hashes_of, ["VARCHAR", "VARCHAR"], "VARCHAR",
            type=ARROW, null_handling=SPECIAL,
        )  # fmt: skip
        _add_file_function(conn, raw.newest_raw_hour, [], "VARCHAR")
        _add_file_function(conn, work_tables.remember_work_tables, ["VARCHAR"], "BIGINT")
        _add_file_function(conn, work_tables.recalled_work_tables, [], "VARCHAR[]")
        for function in (
            raw_lines.raw_files_to_read,
            raw_lines.raw_line_counts,
            run_partitions.hours_without_raw_files,
        ):
            _add_file_function(conn, function, ["VARCHAR", "VARCHAR"], "VARCHAR[]")


def add_history_functions(conn: duckdb.DuckDBPyConnection) -> None:
    """Registers what histories need besides SQL: PHP's arrays, components, the walk over pages."""
    for name, function, kinds, result in (
        ("parse_php_array", php_arrays.parse_all, [pa.string()], php_arrays.TYPE),
        (
            "connected_components",
            components.connected_components,
            [pa.list_(pa.int64()), pa.list_(pa.int64())],
            pa.list_(components.MEMBER),
        ),
        (
            "page_walk",
            page_walk.page_walks,
            [pa.list_(page_walk.EVENT), pa.list_(page_walk.PAGE)],
            pa.list_(page_walk.STATE),
        ),
    ):
        conn.create_function(
            name, function, [_sql_type(kind) for kind in kinds], _sql_type(result),
            type=ARROW, null_handling=SPECIAL, side_effects=True,
        )  # fmt: skip


def _sql_type(kind: pa.DataType) -> str:
    """DuckDB's name of an Arrow type."""
    if pa.types.is_struct(kind):
        return f"STRUCT({', '.join(f'{field.name} {_sql_type(field.type)}' for field in kind)})"
    if pa.types.is_list(kind):
        return f"{_sql_type(kind.value_type)}[]"
    if pa.types.is_map(kind):
        return f"MAP({_sql_type(kind.key_type)}, {_sql_type(kind.item_type)})"
    return {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.bool_(): "BOOLEAN"}[kind]


def add_parsers(conn: duckdb.DuckDBPyConnection) -> None:
    """Registers the functions that read a single text of a request."""
    _add_parser(conn, "parse_user_agent", parsers.parse_user_agent, parsers.USER_AGENT_FIELDS)
    _add_parser(conn, "parse_address", parsers.parse_address, parsers.ADDRESS_FIELDS)
    for name, change in {
        "lower_in_context": str.lower,
        "percent_decode": parsers.percent_decode,
        "strict_json": parsers.strict_json,
    }.items():
        conn.create_function(
            name, _of_each(change), ["VARCHAR"], "VARCHAR",
            type=ARROW, null_handling=SPECIAL, side_effects=True,
        )  # fmt: skip
    conn.create_function(
        "is_plain_event", reading.are_plain, ["VARCHAR", "VARCHAR"], "BOOLEAN",
        type=ARROW, null_handling=SPECIAL, side_effects=True,
    )  # fmt: skip
    conn.create_function(
        "event_texts", reading.texts_of, ["VARCHAR", "VARCHAR"], "VARCHAR[]",
        type=ARROW, null_handling=SPECIAL, side_effects=True,
    )  # fmt: skip


def _fit_into(memory_limit: str) -> bool:
    """Whether the work tables of the command's hours, or of its snapshot, fit into memory."""
    given = getattr(get_flags(), "VARS", None) or {}
    if given.get("history_source") == "tables" and "snapshot" in given:
        return raw.history_fits_into(memory_limit, str(given["snapshot"]))
    names = ("from", "to") if "from" in given else ("hour",)
    try:
        hours = [datetime.strptime(str(given.get(name)), settings.HOUR_FORMAT) for name in names]
        return raw.fits_into(memory_limit, *hours)
    except (ValueError, OverflowError):  # no hour, or check_run says what is wrong with it
        return True


def _add_parser(
    conn: duckdb.DuckDBPyConnection,
    name: str,
    parse: Callable[[str], dict[str, str | None]],
    fields: Sequence[str],
) -> None:
    """Registers `parse` as an Arrow function from text to a struct of texts, all null for null.

    It is said to have side effects, so that DuckDB calls it once even where two read its result.
    """

    def parse_all(texts: pa.Array) -> pa.Array:
        return parsers.records(parse, fields, texts)

    members = ", ".join(f"{field} VARCHAR" for field in fields)
    conn.create_function(
        name, parse_all, ["VARCHAR"], f"STRUCT({members})", type=ARROW, null_handling=SPECIAL,
        side_effects=True,
    )  # fmt: skip


def _of_each(change: Callable[[str], str | None]) -> Callable[[pa.Array], pa.Array]:
    """A function of one text as a function of an Arrow array of them; null for null."""

    def change_all(texts: pa.Array) -> pa.Array:
        return parsers.array_of_texts(text and change(text) for text in texts.to_pylist())

    return change_all


def _keyed_signatures(texts: pa.Array, hours: pa.Array) -> pa.Array:
    pairs = zip(texts.to_pylist(), hours.to_pylist(), strict=True)
    return parsers.array_of_texts(text and parsers.keyed_signature(text, at) for text, at in pairs)


def _add_file_function(
    conn: duckdb.DuckDBPyConnection,
    function: Callable[..., Any],
    parameters: list[str],
    result: str,
) -> None:
    """Registers a function on files under its own name, called again at every use."""
    conn.create_function(function.__name__, function, [*parameters], result, side_effects=True)
