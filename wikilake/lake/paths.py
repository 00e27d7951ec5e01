"""Names that SQL may give to functions on files, and roots that no engine would misread."""

from __future__ import annotations

import glob
import json
import re
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake import partitions

if TYPE_CHECKING:
    import duckdb

ROOTS = (
    "WIKILAKE_LAKE",
    "WIKILAKE_RAW",
    "WIKILAKE_HISTORY",
    "WIKILAKE_NAMESPACES",
    "WIKILAKE_MEDIAWIKI",
)
"""Settings that are paths to folders or files that SQL reads."""

FILES = ("WIKILAKE_ALLOWLIST", "WIKILAKE_ACTOR_LABELS", "WIKILAKE_EVENTS", "WIKILAKE_DUMPS")
"""The same for what need not exist."""

FOLDERS_OF_PARTITIONS = ("WIKILAKE_LAKE", "WIKILAKE_RAW", "WIKILAKE_EVENTS")

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=+-]*")


class PathRefused(WikilakeError):
    """A name or a root that must not be used; the message says why and what to do."""


def checked_name(text: str) -> str:
    """A name relative to a root, such as `wmf/webrequest` or `year=2026/month=11`; '' is the root.

    Refuses absolute names, `..`, hidden files, and characters that mean something to a shell, to
    SQL or to a pattern.
    """
    if text and not all(_PART.fullmatch(part) for part in text.split("/")):
        raise PathRefused(
            f"{text!r} names nothing in the lake: names are relative, without `..` and hidden "
            "folders, of letters, digits and _ . = + - alone."
        )
    return text


def below(root: Path, name: str, known: dict[Path, Path] | None = None) -> Path:
    """The path of a checked name below a root; refuses one that links lead out of it.

    `known` keeps where folders really lie, for who asks about many places in them at once.
    """
    path = root / checked_name(name)
    known = {} if known is None else known
    base = known.get(root) or known.setdefault(root, root.resolve())
    real = _real(path, known) if name else base
    if not real.is_relative_to(base):
        raise PathRefused(f"{path} leads out of {root}, to {real}: replace the link by a folder.")
    return path


def _real(path: Path, known: dict[Path, Path]) -> Path:
    """Where a path lies when all links are followed; its folder is looked up once."""
    folder = known.get(path.parent) or known.setdefault(path.parent, path.parent.resolve())
    place = folder / path.name
    return place.resolve() if place.is_symlink() else place


def in_lake(function: Callable[..., Any], names: int) -> Callable[..., Any]:
    """A function for SQL whose first arguments, so many, name a place of the lake and stay in it.

    Before it is published, the place is the same below the folder `.staging`.
    """

    @wraps(function)
    def checked(*arguments: str) -> Any:
        _check_place(settings.lake_root(), arguments[:names], {})
        return function(*arguments)

    return checked


def all_in_lake(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same for a table and its partitions: a JSON list, or an object of their staged places."""

    @wraps(function)
    def checked(table: str, written: str, *arguments: str) -> Any:
        named = json.loads(written)
        root = settings.lake_root()
        known: dict[Path, Path] = {}
        for partition in named:
            _check_place(root, (table, partition), known)
        staged = root / partitions.STAGING / table
        for place in named.values() if isinstance(named, dict) else ():
            below(staged, place.rstrip("/"), known)
        return function(table, written, *arguments)

    return checked


def _check_place(root: Path, names: Sequence[str], known: dict[Path, Path]) -> None:
    for text in names:
        checked_name(text)
    place = "/".join(text for text in names if text)
    staging = root / partitions.STAGING
    below(root, place, known)
    if staging.is_symlink():
        raise PathRefused(f"{staging} is a link: remove it.")
    below(staging, place, known)


def check_roots(on_spark: bool = False) -> None:
    """Raises PathRefused for a root that an engine would read as something else."""
    given = {setting: settings.value(setting) for setting in ROOTS}
    given |= {setting: path for setting in FILES if (path := settings.given(setting))}
    for setting, text in given.items():
        path = settings.absolute_path(text)
        fault = _fault(path, on_spark)
        if not text:
            fault = "it is empty"
        elif not fault and setting in FOLDERS_OF_PARTITIONS and "=" in path:
            fault = "a folder `name=value` would become a column of every row below it"
        elif not fault and setting == "WIKILAKE_LAKE" and on_spark and set("[]{}*") & set(path):
            fault = "Spark reads `[`, `]`, `{`, `}` and `*` in the place of a table as a pattern"
        if fault:
            raise PathRefused(f"{setting}: {path!r} cannot be used: {fault}. Choose another path.")


def _fault(path: str, on_spark: bool) -> str | None:
    if "\\" in path:
        return "it has a backslash, which patterns of files cannot say"
    if "?" in path:
        return "it has a question mark, behind which DuckDB does not see that a file is gzip"
    if not path.isascii() and any("\ud800" <= character <= "\udfff" for character in path):
        return "it is not UTF-8"
    if on_spark and ":" in path:
        return "it has a colon, which Spark takes for the end of a scheme"
    return None


def confine(connection: duckdb.DuckDBPyConnection, root: Path) -> None:
    """Lets a connection read what is below a root and no other file.

    DuckDB compares the text of a pattern with that of the folder, so both of its spellings count.
    """
    folders = [quoted(str(root)), quoted(glob.escape(str(root)))]
    connection.execute(f"set allowed_directories = [{', '.join(folders)}]")
    connection.execute("set enable_external_access = false")


def quoted(text: str) -> str:
    """A text as a literal of DuckDB, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def quoted_for_spark(text: str) -> str:
    """The same for Spark, where a backslash escapes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
