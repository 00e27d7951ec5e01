"""Which work tables runs have made, kept in the lake: names and types, never a row.

Work tables live as long as a run. `dbt test` alone needs their types for the inputs of unit tests.
"""

from __future__ import annotations

import json
from pathlib import Path

from wikilake import settings
from wikilake.lake.durable import write_durably


def work_tables_file(engine: str) -> Path:
    """The file of an engine's work tables."""
    return settings.lake_root() / f".work_tables.{engine}.json"


def kept_work_tables(engine: str) -> dict[str, str]:
    """Of each work table of earlier runs what makes it again; nothing when the file is torn."""
    try:
        kept = json.loads(work_tables_file(engine).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    is_whole = isinstance(kept, dict) and all(isinstance(text, str) for text in kept.values())
    return kept if is_whole else {}


def keep_work_tables(engine: str, made: dict[str, str]) -> None:
    """Keeps the work tables of a run beside those of earlier ones."""
    kept = kept_work_tables(engine) | made
    write_durably(work_tables_file(engine), json.dumps(kept))


def remember_work_tables(made: str) -> int:
    """The same for DuckDB: `made` is a JSON object of statements by name."""
    keep_work_tables("duckdb", json.loads(made))
    return 0


def recalled_work_tables() -> list[str]:
    """The statements that make DuckDB's work tables again, empty."""
    return list(kept_work_tables("duckdb").values())
