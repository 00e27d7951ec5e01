"""Session set-up for DuckDB: gives the SQL of this project the functions it calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt_common.exceptions import DbtRuntimeError

from wikilake import functions, history, lake


class Plugin(BasePlugin):
    """dbt-duckdb's hook: called once for the connection that all models of a run share."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Before the catalogue is opened: its folder is there, and every setting can be used."""
        try:
            lake.lake_root().mkdir(parents=True, exist_ok=True)
            functions.check_settings()
        except OSError as error:
            raise DbtRuntimeError(
                f"WIKILAKE_LAKE: {lake.lake_root()} cannot be made ({error})."
            ) from None
        except functions.SettingError as error:
            raise DbtRuntimeError(str(error)) from None

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        lake.clear_staging()
        _add_parser(
            conn, "parse_user_agent", functions.parse_user_agent, functions.USER_AGENT_FIELDS
        )
        _add_parser(conn, "parse_address", functions.parse_address, functions.ADDRESS_FIELDS)
        conn.create_function(
            "missing_databases", functions.missing_databases, [], "VARCHAR[]", side_effects=True
        )
        _add_file_function(conn, lake.absolute_path, ["VARCHAR"], "VARCHAR")
        _add_file_function(conn, lake.stage_partition, ["VARCHAR", "VARCHAR"], "VARCHAR")
        _add_file_function(conn, lake.publish_partition, ["VARCHAR", "VARCHAR"], "VARCHAR")
        _add_file_function(conn, history.load_history_dumps, ["VARCHAR"], "VARCHAR")
        unreadable = "STRUCT(line VARCHAR, reason VARCHAR)[]"
        _add_file_function(conn, lake.unreadable_lines, ["VARCHAR"], unreadable)


def _add_parser(
    conn: duckdb.DuckDBPyConnection,
    name: str,
    parse: Callable[[str], dict[str, str | None]],
    fields: Sequence[str],
) -> None:
    """Registers `parse` as an Arrow function from text to a struct of texts, all null for null."""
    record = pa.struct([(field, pa.string()) for field in fields])

    def parse_all(texts: pa.Array) -> pa.Array:
        nothing = dict.fromkeys(fields)
        records = [nothing if text is None else parse(text) for text in texts.to_pylist()]
        columns = [pa.array([row[field] for row in records], pa.string()) for field in fields]
        return pa.StructArray.from_arrays(columns, fields=list(record))

    members = ", ".join(f"{field} VARCHAR" for field in fields)
    conn.create_function(
        name, parse_all, ["VARCHAR"], f"STRUCT({members})", type="arrow", null_handling="special"
    )


def _add_file_function(
    conn: duckdb.DuckDBPyConnection, function: Callable, parameters: list[str], result: str
) -> None:
    """Registers a function on files under its own name, called again at every use."""
    conn.create_function(function.__name__, function, parameters, result, side_effects=True)
