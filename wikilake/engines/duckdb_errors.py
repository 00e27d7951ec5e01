"""DuckDB's errors without the values of requests, since they go to logs, screens and mails."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.environments import local

from wikilake import settings

_ABOUT_DATA = (
    duckdb.DataError,
    duckdb.IntegrityError,
    duckdb.InvalidInputException,
    duckdb.InvalidTypeException,
)
"""Errors that may quote what a row holds. All others are about SQL, files and memory."""

_OUR_OWN = (
    "SettingError|RawFileError|HistoryFileError|DumpFileError|ManifestError|LakeInUse|OSError|"
    "FileNotFoundError|PermissionError|InvalidDatabaseError|SourceRefused|PublishingError|"
    "StreamError|SaltError"
)
"""Errors of Python functions that name files and settings, but nothing of a request."""

_FUNCTION = re.compile(r"(.*exception occurred while executing the UDF: )(\w+): ", re.DOTALL)
_SQL = re.compile(r"\n\nLINE \d+: .*", re.DOTALL)
_FILE = re.compile(r"\n\s*file = (.+)")
_QUOTED = re.compile(r"""(['"])(.*)\1""")
_KNOWN = re.compile("Can't|Cannot|Could not|Failed|File|Invalid|Malformed|No magic|Parquet|Unable")
"""How DuckDB's own words begin; without them a message may be a value and nothing else."""

_NUMBER = re.compile(r"(?<![A-Za-z0-9_])-?[0-9][0-9a-fA-F.:/-]*")
HIDDEN = "…"


def without_values(error: duckdb.Error) -> str:
    """The message of an error; for one about data only what happened and where, not the value.

    Such a message keeps its first line without quoted parts and numbers, the file that it names, if
    it is one of the lake or of what it is made from, and the place in the SQL.
    """
    text = str(error)
    if not isinstance(error, _ABOUT_DATA):
        return text
    function = _FUNCTION.match(text)
    if function:
        keeps = re.fullmatch(_OUR_OWN, function[2])
        return text if keeps else f"{function[1]}{function[2]}: {HIDDEN}"
    kind, _, said = text.partition(": ")
    sql, file = _SQL.search(text), _FILE.search(text)
    first = said.split("\n")[0]
    if isinstance(error, duckdb.InvalidInputException) and not _KNOWN.match(first):
        said = HIDDEN
    elif (quoted := _QUOTED.search(first)) and _is_file(quoted[2]):
        said = first
    else:
        said = _NUMBER.sub(HIDDEN, _QUOTED.sub(HIDDEN, first))
    named = f" (file {file[1]})" if file else ""
    return f"{kind}: {said}{named}{sql[0] if sql else ''}"


def _is_file(text: str) -> bool:
    """Whether a text is the path of a file of the lake or of what it is made from."""
    path = Path(text)
    inputs = ("WIKILAKE_LAKE", "WIKILAKE_RAW", "WIKILAKE_HISTORY", "WIKILAKE_MEDIAWIKI")
    roots = {settings.root(name) for name in inputs}
    return len(text) < 4096 and not roots.isdisjoint(path.parents) and path.is_file()


class Cursor(local.DuckDBCursorWrapper):
    """dbt-duckdb's cursor, with errors that can be shown."""

    def execute(self, sql: str, bindings: Any = None) -> Any:
        return self._shown(super().execute, sql, bindings)

    def fetchall(self) -> Any:
        return self._shown(self._cursor.fetchall)

    def fetchone(self) -> Any:
        return self._shown(self._cursor.fetchone)

    def fetchmany(self, *size: int) -> Any:
        return self._shown(self._cursor.fetchmany, *size)

    @staticmethod
    def _shown(call: Any, *arguments: Any) -> Any:
        try:
            return call(*arguments)
        except duckdb.Error as error:
            raise type(error)(without_values(error)) from None


def install() -> None:
    """Has dbt-duckdb use these cursors."""
    local.DuckDBCursorWrapper = Cursor  # type: ignore[misc]  # dbt-duckdb has no hook for it
