"""The tables of a MediaWiki's database, read in one transaction and row by row.

What a public copy of the database hides is left out in the queries themselves, so that it never
leaves the database. Comments and hashes that nothing shown refers to are left out when they are
written.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from wikilake.ingest.mediawiki_tables import ExtractFailed, Rows

LOG_TYPES = ("newusers", "renameuser", "rights", "block", "move", "delete", "create", "merge")
"""Types of log rows of which histories are made. Those of oversight are not among them."""

PARAMETERS = {
    "mysql": {"unix_socket": "unix_socket", "ssl_ca": "ssl_ca"},
    "postgresql": {name: name for name in ("host", "sslmode", "sslrootcert")},
    "sqlite": {},
}
"""What may stand behind the question mark of a database's address, by kind."""

_SCHEMES = {"mysql": "mysql", "mariadb": "mysql", "postgresql": "postgresql"} | {
    "postgres": "postgresql",
    "sqlite": "sqlite",
}
_NAME = re.compile(r"[A-Za-z0-9_]+")
WAIT_FOR_SQLITE = 10.0
"""Seconds to wait for a program that writes the file."""


@dataclass(frozen=True)
class Address:
    """Where a database is: `mysql://user@host:3306/wiki`, `sqlite:///srv/wiki.sqlite`."""

    kind: str
    parts: SplitResult
    parameters: dict[str, str]
    file: Path
    """The file of a SQLite database."""

    @property
    def database(self) -> str:
        return unquote(self.parts.path.lstrip("/"))


def address(text: str, folder: Path) -> Address:
    """Reads the address of a database; refuses a password in it, and names no part of it.

    The path of a SQLite file is relative to a folder.
    """
    try:
        parts = urlsplit(text)
        _ = parts.port
        secret = parts.password
    except ValueError as error:
        raise ExtractFailed(f"--from is no address of a database: {error}.") from None
    if secret is not None or "password" in parts.query.lower():
        raise ExtractFailed(
            "--from has a password in it, which everybody on this machine sees in the list of "
            "processes. Change it, leave it out of --from, and put it into the environment "
            "(WIKILAKE_DATABASE_PASSWORD) or a file (--password-file)."
        )
    kind = _SCHEMES.get(parts.scheme)
    if kind is None:
        raise ExtractFailed(
            f"--from begins with {parts.scheme or text!r}: known are mysql://, postgresql:// and "
            "sqlite://, or the folder of downloaded dumps."
        )
    parameters = dict(parse_qsl(parts.query, keep_blank_values=True)) if kind != "sqlite" else {}
    for name in parameters.keys() - PARAMETERS[kind]:
        raise ExtractFailed(
            f"--from has the parameter {name!r}; known are {', '.join(PARAMETERS[kind])}."
        )
    if kind != "sqlite" and not _NAME.fullmatch(parts.path.lstrip("/").replace("-", "_")):
        raise ExtractFailed(
            f"--from names no database: write {kind}://user@host/database, with the name of "
            "$wgDBname in LocalSettings.php."
        )
    path = folder / unquote(text.partition(":")[2].removeprefix("//"))
    return Address(kind, parts, parameters, path)


@dataclass(frozen=True)
class Options:
    """How the tables of a wiki are called, and what of them is read."""

    snapshot: str
    prefix: str = ""
    schema: str = "mediawiki"
    shared: dict[str, str] = field(default_factory=dict)
    """Tables that other wikis share, by name: `{"user": "commonwiki.user"}`."""
    shows_hidden: bool = False

    def __post_init__(self) -> None:
        for name in (self.prefix, self.schema, *self.shared, *self.shared.values()):
            if name and not all(_NAME.fullmatch(part) for part in name.split(".")):
                raise ExtractFailed(
                    f"{name!r} is no name of a table or a part of one: write letters, digits and _."
                )


class Wiki:
    """An open database of a wiki, as it is at one moment."""

    def __init__(
        self, kind: str, names: dict[str, set[str]], options: Options, select: Callable[..., Rows]
    ) -> None:
        self._kind, self._names, self._options, self._select = kind, names, options, select
        self.hides = not options.shows_hidden
        self._check()

    def _check(self) -> None:
        prefix, known = self._options.prefix, self._names
        if not self._has("revision") or not self._has("page"):
            prefixes = sorted(
                name.removesuffix("revision")
                for name in known
                if name.endswith("revision")
                and "." not in name
                and name.removesuffix("revision") + "page" in known
            )
            raise ExtractFailed(
                f"The database has no table {prefix}revision and {prefix}page: "
                + (
                    f"it has some with the prefix {' or '.join(map(repr, prefixes))}, see --prefix."
                    if prefixes
                    else "it is not that of a MediaWiki, or this user may not see its tables "
                    "(grant select on them)."
                )
            )
        for table in ("actor", "comment", "slots", "content", "logging", "archive", self._user()):
            if not self._has(table):
                raise ExtractFailed(
                    f"The database has no table {prefix}{table}, or this user may not see it. If "
                    f"wikis share it, say where it is: --table {table}=database.{table}. If the "
                    "MediaWiki is older than 1.35, run its maintenance/update.php first."
                )
        if not self._options.shows_hidden and not self._hiding("0"):
            raise ExtractFailed(
                f"The database has neither a table {prefix}ipblocks nor {prefix}block, or this "
                "user may not see it: who is hidden stands there. Grant select on it, or read "
                "everything for private use, with --include-hidden."
            )

    def _has(self, table: str, column: str = "") -> bool:
        names = self._names.get(self._full_name(table))
        return names is not None and (not column or column in names)

    def _full_name(self, table: str) -> str:
        return self._options.shared.get(table, self._options.prefix + table)

    def _user(self) -> str:
        """Older MediaWikis avoid a word of PostgreSQL's."""
        return "mwuser" if not self._has("user") and self._has("mwuser") else "user"

    def _table(self, name: str) -> str:
        mark = "`" if self._kind == "mysql" else '"'
        parts = self._full_name(self._user() if name == "user" else name).split(".")
        return ".".join(f"{mark}{part}{mark}" for part in parts)

    def _text(self, column: str) -> str:
        return f"cast({column} as text)" if self._kind == "sqlite" else column

    def _number(self, column: str) -> str:
        return f"cast({column} as integer)" if self._kind == "sqlite" else column

    def _time(self, column: str) -> str:
        if self._kind == "postgresql":
            return f"to_char({column} at time zone 'UTC', 'YYYYMMDDHH24MISS')"
        return self._text(column)

    def _shown(self, value: str, bits: str, part: int) -> str:
        if self._options.shows_hidden:
            return value
        return f"case when (coalesce({bits}, 0) & {part}) = 0 then {value} end"

    def _before(self, column: str) -> str:
        """Whether a row is older than the end of the snapshot's month."""
        year, month = map(int, self._options.snapshot.split("-"))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        end = f"'{year:04}{month:02}01000000'"
        if self._kind == "postgresql":
            end = f"timestamptz '{year:04}-{month:02}-01 00:00:00+00'"
        return f"({self._text(column)} < {end} or {column} is null)"

    def _hiding(self, user: str) -> str:
        """A condition on an account: it is not blocked in a way that hides its name."""
        conditions = []
        if self._has("block", "bl_deleted") and self._has("block_target"):
            conditions.append(
                f"not exists (select 1 from {self._table('block')} join "
                f"{self._table('block_target')} on bt_id = bl_target "
                f"where bt_user = {user} and bl_deleted <> 0)"
            )
        if self._has("ipblocks"):
            conditions.append(
                f"not exists (select 1 from {self._table('ipblocks')} "
                f"where ipb_user = {user} and ipb_deleted <> 0)"
            )
        return " and ".join(conditions)

    def _not_hidden(self, user: str) -> str:
        return "1 = 1" if self._options.shows_hidden else self._hiding(user)

    def _revisions(self) -> tuple[str, str, str]:
        """Author and comment of revisions, and where from: some versions keep them aside."""
        actor, comment, tables = "rev_actor", "rev_comment_id", self._table("revision")
        for name, column in (("actor", "rev_actor"), ("comment", "rev_comment_id")):
            aside = f"revision_{name}_temp"
            if not self._has(aside):
                continue
            value = "revactor_actor" if name == "actor" else "revcomment_comment_id"
            key = "revactor_rev" if name == "actor" else "revcomment_rev"
            tables += f" left join {self._table(aside)} on {key} = rev_id"
            if self._has("revision", column):
                value = f"coalesce(nullif({column}, 0), {value})"
            actor, comment = (value, comment) if name == "actor" else (actor, value)
        return actor, comment, tables

    def _logs(self) -> str:
        if self._options.shows_hidden:
            return "1 = 1"
        types = ", ".join(f"'{name}'" for name in LOG_TYPES)
        return f"{self._text('log_type')} in ({types})"

    def _shown_actors(self) -> str:
        """Numbers of the actors of something that is shown."""
        actor, _, revisions = self._revisions()
        return (
            f"(select {actor} as id from {revisions} "
            f"where {self._before('rev_timestamp')} and (rev_deleted & 4) = 0 "
            f"union select log_actor from {self._table('logging')} where {self._logs()} "
            f"and {self._before('log_timestamp')} and (coalesce(log_deleted, 0) & 4) = 0 "
            f"union select ar_actor from {self._table('archive')} "
            f"where {self._before('ar_timestamp')} and (ar_deleted & 4) = 0) shown"
        )

    def _shown_slots(self) -> str:
        """A condition on slots: the text of their revision is shown."""
        if self._options.shows_hidden:
            return "1 = 1"
        return (
            f"not exists (select 1 from {self._table('revision')} "
            "where rev_id = slot_revision_id and (rev_deleted & 1) <> 0) and "
            f"not exists (select 1 from {self._table('archive')} "
            "where ar_rev_id = slot_revision_id and (ar_deleted & 1) <> 0)"
        )

    def query(self, table: str) -> str:
        """The query for a table that a history is made of."""
        values, rest = getattr(self, f"_query_of_{table}")()
        return f"select {', '.join(values)} from {rest}"

    def rows(self, table: str) -> Rows:
        """The rows of a table, as the driver brings them."""
        return self._select(table, self.query(table))

    def lacks(self, table: str) -> str:
        """Why a table is not read; empty for one that is."""
        if self._has(self._user() if table == "user" else table):
            return ""
        return "this database has no such table"

    def gaps(self) -> list[str]:
        """A database lacks nothing."""
        return []

    def namespaces(self, wiki_db: str) -> list[list[str]]:
        """A database knows no names of namespaces."""
        return []

    def _query_of_user(self) -> tuple[list[str], str]:
        temporary = self._has(self._user(), "user_is_temp")
        return [
            self._number("user_id"),
            self._text("user_name"),
            self._time("user_registration"),
            "user_is_temp <> 0" if temporary else "null",
        ], f"{self._table('user')} where {self._not_hidden('user_id')}"

    def _query_of_user_groups(self) -> tuple[list[str], str]:
        shown = self._not_hidden("ug_user")
        values = [self._number("ug_user"), self._text("ug_group")]
        return values, f"{self._table('user_groups')} where {shown}"

    def _query_of_actor(self) -> tuple[list[str], str]:
        values = [self._number("actor_id"), self._number("actor_user"), self._text("actor_name")]
        if self._options.shows_hidden:
            return values, self._table("actor")
        return values, (
            f"{self._shown_actors()} join {self._table('actor')} on actor_id = id "
            f"where {self._hiding('actor_user')}"
        )

    def _query_of_comment(self) -> tuple[list[str], str]:
        values = [self._number("comment_id"), self._text("comment_text")]
        return values, self._table("comment")

    def _query_of_page(self) -> tuple[list[str], str]:
        return [
            self._number("page_id"),
            self._number("page_namespace"),
            self._text("page_title"),
            "page_is_redirect <> 0",
        ], self._table("page")

    def _query_of_revision(self) -> tuple[list[str], str]:
        actor, comment, tables = self._revisions()
        return [
            self._number("rev_id"),
            self._number("rev_page"),
            self._time("rev_timestamp"),
            "rev_minor_edit <> 0",
            self._number("rev_deleted"),
            self._number("rev_len"),
            self._number("rev_parent_id"),
            self._shown(actor, "rev_deleted", 4),
            self._shown(comment, "rev_deleted", 2),
        ], f"{tables} where {self._before('rev_timestamp')}"

    def _query_of_archive(self) -> tuple[list[str], str]:
        return [
            self._number("ar_namespace"),
            self._text("ar_title"),
            self._time("ar_timestamp"),
            "ar_minor_edit <> 0",
            self._number("ar_rev_id"),
            self._number("ar_deleted"),
            self._shown("ar_len", "ar_deleted", 1),
            self._number("ar_page_id"),
            self._number("ar_parent_id"),
            self._shown("ar_actor", "ar_deleted", 4),
        ], f"{self._table('archive')} where {self._before('ar_timestamp')}"

    def _query_of_slots(self) -> tuple[list[str], str]:
        names = ("slot_revision_id", "slot_role_id", "slot_content_id")
        values = [self._number(name) for name in names]
        return values, f"{self._table('slots')} where {self._shown_slots()}"

    def _query_of_slot_roles(self) -> tuple[list[str], str]:
        return [self._number("role_id"), self._text("role_name")], self._table("slot_roles")

    def _query_of_content(self) -> tuple[list[str], str]:
        values = [self._number("content_id"), self._text("content_sha1")]
        return values, self._table("content")

    def _query_of_logging(self) -> tuple[list[str], str]:
        def shown(value: str, part: int) -> str:
            return self._shown(value, "log_deleted", part)

        return [
            self._number("log_id"),
            self._text("log_type"),
            shown(self._text("log_action"), 1),
            self._time("log_timestamp"),
            shown(self._number("log_namespace"), 1),
            shown(self._text("log_title"), 1),
            shown(self._text("log_params"), 15),
            shown(self._number("log_page"), 1),
            shown(self._number("log_actor"), 4),
            shown(self._number("log_comment_id"), 2),
            self._number("log_deleted"),
        ], f"{self._table('logging')} where {self._logs()} and {self._before('log_timestamp')}"

    def _query_of_change_tag(self) -> tuple[list[str], str]:
        values = [self._number("ct_rev_id"), self._number("ct_tag_id")]
        return values, f"{self._table('change_tag')} where ct_rev_id is not null"

    def _query_of_change_tag_def(self) -> tuple[list[str], str]:
        return [self._number("ctd_id"), self._text("ctd_name")], self._table("change_tag_def")


@contextmanager
def opened(where: Address, password: str | None, options: Options) -> Iterator[Wiki]:
    """Opens a database to read it as it is now; errors of its driver become sentences."""
    opening = {"mysql": _mysql, "postgresql": _postgresql, "sqlite": _sqlite}[where.kind]
    with opening(where, password, options) as wiki:
        yield wiki


@contextmanager
def _sqlite(where: Address, password: str | None, options: Options) -> Iterator[Wiki]:
    path = where.file
    if not path.is_file():
        raise ExtractFailed(
            f"There is no file {path}: $wgSQLiteDataDir in LocalSettings.php names its folder."
        )
    connection = None
    try:
        connection = sqlite3.connect(
            path.as_uri() + "?mode=ro", uri=True, timeout=WAIT_FOR_SQLITE, isolation_level=None
        )
        connection.text_factory = bytes
        connection.execute("begin")
        tables = "select cast(name as blob) from sqlite_master where type in ('table', 'view')"
        names = {
            name: {
                row[0].decode()
                for row in connection.execute("select name from pragma_table_info(?)", [name])
            }
            for name in [row[0].decode("utf-8", "replace") for row in connection.execute(tables)]
        }
        yield Wiki(
            "sqlite", names, options, lambda table, query: connection.cursor().execute(query)
        )
    except sqlite3.Error as error:
        raise ExtractFailed(_of_sqlite(error, path)) from None
    finally:
        if connection is not None:
            connection.close()


def _of_sqlite(error: sqlite3.Error, path: Path) -> str:
    said = str(error)
    remedies = {
        "locked": "Another program writes it and holds it: try again when that is done.",
        "not a database": "It is no SQLite database, or a broken one.",
        "malformed": "The file is broken: copy it with sqlite3's .backup, or restore it.",
        "readonly": "Run this as the user of the web server, or read a copy (.backup).",
        "unable to open": "Run this as the user of the web server, or read a copy (.backup).",
    }
    remedy = next((text for part, text in remedies.items() if part in said), "")
    return f"{path}: {said}. {remedy}".rstrip()


@contextmanager
def _mysql(where: Address, password: str | None, options: Options) -> Iterator[Wiki]:
    import pymysql
    from pymysql.cursors import SSCursor

    parts = where.parts
    connection: Any = None
    reading: list[Any] = []

    def select(table: str, query: str) -> Rows:
        cursor = connection.cursor(SSCursor)
        reading.append(cursor)
        cursor.execute(query)
        while rows := cursor.fetchmany(1_000):
            yield from rows
        reading.remove(cursor)
        cursor.close()

    try:
        connection = pymysql.connect(
            host=unquote(parts.hostname or "localhost"),
            port=parts.port or 3306,
            user=unquote(parts.username) if parts.username else None,
            password=password or "",
            database=where.database,
            charset="utf8mb4",
            connect_timeout=30,
            **where.parameters,
        )
        with connection.cursor() as cursor:
            cursor.execute("set session transaction isolation level repeatable read")
            cursor.execute("set session net_write_timeout = 3600")
            cursor.execute("start transaction with consistent snapshot, read only")
            schemas = {name.partition(".")[0] for name in options.shared.values() if "." in name}
            cursor.execute(
                "select table_schema = database(), table_schema, table_name, column_name "
                "from information_schema.columns where table_schema in %s",
                [[where.database, *schemas]],
            )
            names: dict[str, set[str]] = {}
            for is_own, schema, name, column in cursor.fetchall():
                for full in [name] * is_own + [f"{schema}.{name}"]:
                    names.setdefault(full, set()).add(column)
        yield Wiki("mysql", names, options, select)
    except (pymysql.Error, RuntimeError) as error:
        code, said = (*error.args, "")[:2] if len(error.args) > 1 else (0, str(error))
        raise ExtractFailed(_of_mysql(code, _without(said, password))) from None
    finally:
        for cursor in reading:  # its end is not waited for, which may be gigabytes away
            connection._force_close()
            if cursor._result is not None:
                cursor._result.unbuffered_active = False
        if connection is not None and connection.open:
            connection.close()


def _of_mysql(code: int, said: str) -> str:
    remedies = {
        2003: "Look at the host and port of --from, and whether the server is there.",
        2002: "Look at the host and port of --from, and whether the server is there.",
        1045: "Look at the user of --from and the password (WIKILAKE_DATABASE_PASSWORD or "
        "--password-file).",
        1698: "This user needs its socket: add ?unix_socket=/run/mysqld/mysqld.sock to --from.",
        1049: "Look at the name of the database, $wgDBname in LocalSettings.php.",
        1044: "Grant this user select on the database.",
        1142: "Grant this user select on the table.",
        1143: "Grant this user select on the table.",
        1146: "A table is missing: run MediaWiki's maintenance/update.php.",
        2006: "The server ended the connection; --resume goes on.",
        2013: "The server ended the connection; --resume goes on.",
        1317: "Somebody stopped the query; --resume goes on.",
        1969: "The server allows no query of this length (max_statement_time); ask a replica.",
    }
    return f"The database says: {said.rstrip('.')}. {remedies.get(code, '')}".rstrip()


@contextmanager
def _postgresql(where: Address, password: str | None, options: Options) -> Iterator[Wiki]:
    import psycopg

    parts = where.parts
    given: dict[str, Any] = {
        "host": unquote(parts.hostname) if parts.hostname else None,
        "port": parts.port,
        "user": unquote(parts.username) if parts.username else None,
        "password": password,
        "dbname": where.database,
    }
    given |= where.parameters
    connection: Any = None

    def select(table: str, query: str) -> Rows:
        with connection.cursor(name="wikilake") as cursor:
            cursor.itersize = 5_000
            cursor.execute(query)
            yield from cursor

    try:
        connection = psycopg.connect(
            connect_timeout=30, **{name: value for name, value in given.items() if value}
        )
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        path = f'"{options.schema}", public'
        connection.execute("select set_config('search_path', %s, false)", [path])
        shown = connection.execute(
            "select table_schema = any(current_schemas(false)), table_schema, table_name, "
            "column_name from information_schema.columns "
            "where table_schema not in ('information_schema', 'pg_catalog')"
        )
        names: dict[str, set[str]] = {}
        for is_own, schema, name, column in shown.fetchall():
            for full in [name] * is_own + [f"{schema}.{name}"]:
                names.setdefault(full, set()).add(column)
        yield Wiki("postgresql", names, options, select)
    except psycopg.Error as error:
        said = _without(str(error).partition("\n")[0], password)
        raise ExtractFailed(_of_postgresql(error.sqlstate or "", said)) from None
    finally:
        if connection is not None:
            connection.close()


def _of_postgresql(state: str, said: str) -> str:
    if state == "42501":
        remedy = "Grant this user select on the table, and usage on its schema."
    elif state.startswith("08") or state == "57P01":
        remedy = "The server ended the connection; --resume goes on."
    elif not state:
        remedy = (
            "Look at host, port, user and database of --from, and at the password "
            "(WIKILAKE_DATABASE_PASSWORD or --password-file)."
        )
    else:
        remedy = "--resume goes on when that is mended."
    return f"The database says: {said.rstrip('.')}. {remedy}"


def _without(text: Any, password: str | None) -> str:
    """A driver's message without the password, should it ever quote it."""
    said = str(text)
    return said.replace(password, "…") if password else said
