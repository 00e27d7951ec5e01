"""The tables of a wiki from its public dumps, as far as these tell them.

The stubs and logs (XML) are read once into work files, one row per revision and log row; what they
name again and again, actors and comments, becomes tables of its own. SQL dumps are read as they
are. What the dumps lack, deleted revisions above all, is NULL or not there.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from wikilake import settings
from wikilake.ingest.mediawiki_database import LOG_TYPES
from wikilake.ingest.mediawiki_tables import ExtractFailed, Rows, batches

STUBS, LOGS = "stub-meta-history", "pages-logging"
SQL = {
    "page": ("page_id", "page_namespace", "page_title", "page_is_redirect"),
    "user_groups": ("ug_user", "ug_group"),
    "change_tag": ("ct_rev_id", "ct_tag_id"),
    "change_tag_def": ("ctd_id", "ctd_name"),
}
"""The tables that are read from SQL dumps, and their columns."""

_NAME = re.compile(
    r"(?:(?P<wiki>[A-Za-z0-9_]+)-(?P<date>\d{8})-)?"
    rf"(?P<what>{STUBS}|{LOGS}|{'|'.join(SQL)})(?P<part>\d*)(?:[.](?P<ending>xml|sql))"
    r"(?:-p\d+p\d+)?(?:[.](?P<packed>gz|bz2|xz))?"
)
_OPENERS: dict[str | None, Callable[..., Any]] = {
    None: open, "gz": gzip.open, "bz2": bz2.open, "xz": lzma.open,
}  # fmt: skip
_BROKEN = (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, ElementTree.ParseError)

GAPS = (
    "Dumps hold no deleted revisions and no registrations: deleted pages have no edits, and an "
    "account begins with its log row or its first edit.",
    "Dumps hold no page numbers in log rows: deletions and restorations are found by title alone.",
)

REVISIONS = pa.schema(
    [
        ("rev_id", pa.int64()),
        ("rev_page", pa.int64()),
        ("rev_timestamp", pa.string()),
        ("rev_minor_edit", pa.bool_()),
        ("rev_deleted", pa.int32()),
        ("rev_len", pa.int64()),
        ("rev_parent_id", pa.int64()),
        ("user_id", pa.int64()),
        ("user_name", pa.string()),
        ("comment", pa.string()),
        ("roles", pa.list_(pa.string())),
        ("hashes", pa.list_(pa.string())),
    ]
)
PAGES = pa.schema(
    [
        ("page_id", pa.int64()),
        ("page_namespace", pa.int32()),
        ("page_title", pa.string()),
        ("page_is_redirect", pa.bool_()),
    ]
)
LOG_ROWS = pa.schema(
    [
        ("log_id", pa.int64()),
        ("log_type", pa.string()),
        ("log_action", pa.string()),
        ("log_timestamp", pa.string()),
        ("log_namespace", pa.int32()),
        ("log_title", pa.string()),
        ("log_params", pa.string()),
        ("log_deleted", pa.int32()),
        ("user_id", pa.int64()),
        ("user_name", pa.string()),
        ("comment", pa.string()),
    ]
)


@dataclass(frozen=True)
class Siteinfo:
    """What the head of an XML dump says of its wiki."""

    texts: dict[str, str]
    names: dict[int, str]
    numbers: dict[str, int]

    @classmethod
    def of(cls, head: Element) -> Siteinfo:
        spaces = [one for one in head.iter() if _tag(one) == "namespace"]
        names = {int(one.get("key", "0")): one.text or "" for one in spaces}
        numbers = {name: number for number, name in names.items() if name}
        return cls({_tag(one): one.text or "" for one in head}, names, numbers)

    def parted(self, title: str) -> tuple[int, str]:
        """Number of the namespace and title with underscores, of a title that names both."""
        prefix, _, rest = title.replace("_", " ").partition(":")
        number = self.numbers.get(prefix) if rest else None
        shown = title if number is None else rest
        return number or 0, shown.replace(" ", "_")


class Dumps:
    """The dumps of one wiki in a folder."""

    hides = False
    """Whether rows have to be left out; what dumps hide is not in them."""

    def __init__(self, folder: Path, wiki_db: str, snapshot: str, work: Path) -> None:
        """`work` is a folder for what is read once and used for several tables."""
        self._work = work
        year, month = map(int, snapshot.split("-"))
        self._end = f"{year + month // 12:04}{month % 12 + 1:02}01000000"
        self._files = _found(folder, wiki_db)
        for what in (STUBS, LOGS):
            if what not in self._files:
                raise ExtractFailed(
                    f"There is no {what}.xml.gz of {wiki_db} in {folder}: put the dumps there as "
                    "they were downloaded, or as maintenance/dumpBackup.php writes them (--full "
                    "--stub, and --logs)."
                )

    def lacks(self, table: str) -> str:
        """Why a table is not read; empty for one that is."""
        if table == "archive":
            return "no dump has deleted revisions"
        if table in SQL and table != "page" and table not in self._files:
            return f"there is no {table}.sql.gz"
        return ""

    def gaps(self) -> list[str]:
        """What dumps do not tell, in sentences."""
        return list(GAPS)

    def namespaces(self, wiki_db: str) -> list[list[str]]:
        """The namespaces in the head of the stubs, in the form of the map."""
        from wikilake.ingest.siteinfo import rows_of_dump

        site = _siteinfo(self._files[STUBS][0])
        return rows_of_dump(wiki_db, site.texts, site.names)

    def rows(self, table: str) -> Rows | pa.RecordBatchReader:
        """The rows of a table, of its own dump or of the work files."""
        if table in self._files:
            return _sql_rows(self._files[table], table, SQL[table])
        self._read_xml()
        connection = duckdb.connect(config={"temp_directory": str(self._work / "spill")})
        connection.execute("set threads = 2")
        connection.execute(
            "set memory_limit = $limit", {"limit": settings.value("WIKILAKE_MEMORY")}
        )
        for name in ("revisions", "pages", "log_rows"):
            file = connection.read_parquet(str(self._work_file(name)))
            file.create_view(name)
        connection.execute(VIEWS)
        return connection.sql(QUERIES[table]).to_arrow_reader(100_000)

    def _work_file(self, name: str) -> Path:
        return self._work / f"{name}.work"

    def _read_xml(self) -> None:
        """Reads the XML dumps into the work files, unless that is done."""
        kinds = {"revisions": REVISIONS, "pages": PAGES, "log_rows": LOG_ROWS}
        if all(self._work_file(name).exists() for name in kinds):
            return
        with ExitStack() as stack:
            writers = {
                name: stack.enter_context(_Writer(self._work_file(name), schema))
                for name, schema in kinds.items()
            }
            for what, names in ((STUBS, ("revisions", "pages")), (LOGS, ("log_rows",))):
                for file in self._files[what]:
                    for name, row in _xml_rows(file, self._end):
                        if name in names:
                            writers[name].add(row)


class _Writer:
    """A Parquet file that has its name only when it is whole."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._schema = path, schema
        self._partial = path.with_name(path.name + ".partial")
        self._rows: list[tuple[Any, ...]] = []

    def __enter__(self) -> _Writer:
        self._partial.touch(0o600)
        self._file = pq.ParquetWriter(self._partial, self._schema, compression="zstd")
        return self

    def add(self, row: tuple[Any, ...]) -> None:
        self._rows.append(row)
        if len(self._rows) >= 20_000:
            self._flush()

    def _flush(self) -> None:
        for table in batches(self._rows, self._schema):
            self._file.write_table(table)
        self._rows = []

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._flush()
        self._file.close()
        if kind is None:
            self._partial.replace(self._path)
        else:
            self._partial.unlink()


def _found(folder: Path, wiki_db: str) -> dict[str, list[Path]]:
    """The dumps of a wiki in a folder: the whole one of each kind, else its parts."""
    if not folder.is_dir():
        raise ExtractFailed(
            f"--from names no folder {folder}; a database's address begins with mysql://, "
            "postgresql:// or sqlite://."
        )
    files: dict[str, dict[str, Path]] = {}
    dates = set()
    for path in sorted(folder.iterdir()):
        name = _NAME.fullmatch(path.name)
        if not name or name["wiki"] not in (None, wiki_db):
            continue
        dates.add(name["date"])
        part = f"{name['part']}{path.name.partition('-p')[2]}".partition(".")[0]
        known = files.setdefault(name["what"], {})
        if (twin := known.get(part)) is not None:
            raise ExtractFailed(f"{twin} and {path} are the same dump: leave one of them.")
        known[part] = path
    if len(dates) > 1:
        raise ExtractFailed(
            f"{folder} has dumps of {', '.join(sorted(str(date) for date in dates))}: leave those "
            "of one day there, since they must fit together."
        )
    return {
        what: [parts[""]] if "" in parts else list(parts.values()) for what, parts in files.items()
    }


def _opened(file: Path, mode: str) -> Any:
    packed = file.suffix.removeprefix(".")
    return _OPENERS[packed if packed in _OPENERS else None](file, mode)


def _broken(file: Path, error: BaseException) -> ExtractFailed:
    return ExtractFailed(
        f"{file} is cut off or broken ({type(error).__name__}: {error}). Download it again, and "
        "compare its checksum."
    )


def _tag(element: Element) -> str:
    """The name of an element, whatever version of the format its namespace says."""
    return element.tag.rpartition("}")[2]


def _siteinfo(file: Path) -> Siteinfo:
    try:
        with _opened(file, "rb") as stream:
            for _, element in ElementTree.iterparse(stream):
                if _tag(element) == "siteinfo":
                    return Siteinfo.of(element)
    except _BROKEN as error:
        raise _broken(file, error) from None
    raise ExtractFailed(f"{file} has no siteinfo: it is no dump of a MediaWiki.")


def _xml_rows(file: Path, end: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Rows of revisions and pages, or of the log, in the order of an XML dump.

    What was read is forgotten, so that a page of a million revisions takes no more than another.
    """
    site, path = Siteinfo({}, {}, {}), []
    try:
        with _opened(file, "rb") as stream:
            for event, element in ElementTree.iterparse(stream, ("start", "end")):
                if event == "start":
                    path.append(element)
                    continue
                path.pop()
                match _tag(element) if path else "":
                    case "siteinfo":
                        site = Siteinfo.of(element)
                    case "revision":
                        if (at := _time(_parts(element))) < end:
                            yield "revisions", _revision(element, path[-1], at)
                    case "page":
                        yield "pages", _page(element, site)
                    case "logitem":
                        parts = _parts(element)
                        if (at := _time(parts)) < end and _text(parts, "type") in LOG_TYPES:
                            yield "log_rows", _log_row(parts, site, at)
                    case _:
                        continue
                path[-1].remove(element)
    except _BROKEN as error:
        raise _broken(file, error) from None


def _parts(element: Element) -> dict[str, Element]:
    return {_tag(one): one for one in element}


def _text(parts: dict[str, Element], name: str) -> str | None:
    return None if (part := parts.get(name)) is None else part.text or ""


def _number(parts: dict[str, Element], name: str) -> int | None:
    text = _text(parts, name)
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _time(parts: dict[str, Element]) -> str:
    return (_text(parts, "timestamp") or "").translate(dict.fromkeys(map(ord, "-:TZ")))


def _is_hidden(parts: dict[str, Element], name: str) -> bool:
    return name in parts and parts[name].get("deleted") is not None


def _author(parts: dict[str, Element]) -> tuple[int | None, str | None]:
    """Number and name of an account; of an address or an imported name the name alone."""
    if "contributor" not in parts or _is_hidden(parts, "contributor"):
        return None, None
    who = _parts(parts["contributor"])
    name = _text(who, "username") if "username" in who else _text(who, "ip")
    return _number(who, "id") or None, name


def _comment(parts: dict[str, Element]) -> str | None:
    return None if _is_hidden(parts, "comment") else _text(parts, "comment") or ""


def _bits(parts: dict[str, Element]) -> int:
    marks = (("text", 1), ("comment", 2), ("contributor", 4))
    return sum(bit for name, bit in marks if _is_hidden(parts, name))


def _revision(element: Element, page: Element, at: str) -> tuple[Any, ...]:
    parts = _parts(element)
    bits, roles, hashes = _bits(parts), ["main"], [_hash(parts) or _text(parts, "sha1") or None]
    for one in element:
        if _tag(one) == "content":
            slot = _parts(one)
            roles.append(_text(slot, "role") or "")
            hashes.append(_hash(slot))
    length = parts["text"].get("bytes") if "text" in parts else None
    return (
        _number(parts, "id"), _number(_parts(page), "id"), at, "minor" in parts, bits,
        int(length) if length and length.isdecimal() else None, _number(parts, "parentid") or 0,
        *_author(parts), _comment(parts), [] if bits & 1 else roles, [] if bits & 1 else hashes,
    )  # fmt: skip


def _hash(parts: dict[str, Element]) -> str | None:
    return (parts["text"].get("sha1") or None) if "text" in parts else None


def _page(element: Element, site: Siteinfo) -> tuple[Any, ...]:
    parts = _parts(element)
    number, title = site.parted(_text(parts, "title") or "")
    told = _text(parts, "ns")
    if told is not None and told.lstrip("-").isdecimal():
        number = int(told)
        if number == 0:
            title = (_text(parts, "title") or "").replace(" ", "_")
    return _number(parts, "id"), number, title or None, "redirect" in parts


def _log_row(parts: dict[str, Element], site: Siteinfo, at: str) -> tuple[Any, ...]:
    title, bits = _text(parts, "logtitle"), _bits(parts)
    number, name = (None, None) if title is None or bits & 1 else site.parted(title)
    return (
        _number(parts, "id"), _text(parts, "type"), None if bits & 1 else _text(parts, "action"),
        at, number, name, None if bits else _text(parts, "params") or "", bits, *_author(parts),
        _comment(parts),
    )  # fmt: skip


_VALUE = re.compile(
    rb"\s*(?:(NULL)|(-?[0-9][-+0-9.eE]*)|(?:_binary |_utf8mb4 )?"
    rb"'([^'\\]*(?:(?:\\.|'')[^'\\]*)*)'|0x([0-9A-Fa-f]*))\s*([,)])",
    re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)|''", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0", b"Z": b"\x1a", b"b": b"\b"}
_COLUMN = re.compile(rb"\s+`(\w+)` ")
_BEGIN = re.compile(rb"-- \w+ dump")
_INSERT = re.compile(rb"INSERT INTO `?\w+`?\s*(\([^)']*\))?\s*VALUES\s*", re.IGNORECASE)


def _sql_rows(files: list[Path], table: str, wanted: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """The wanted columns of the rows that a SQL dump inserts."""
    for file in files:
        names: list[str] = []
        first = last = b""
        try:
            with _opened(file, "rb") as stream:
                for line in stream:
                    first, last = first or line, line.strip() or last
                    if column := _COLUMN.match(line):
                        names.append(column[1].decode())
                    elif insert := _INSERT.match(line):
                        told = re.findall(r"\w+", (insert[1] or b"").decode()) or names
                        if missing := [name for name in wanted if name not in told]:
                            raise ExtractFailed(
                                f"{file} has no column {', '.join(missing)}: it is no dump of the "
                                f"table {table}, or of a MediaWiki older than 1.35."
                            )
                        places = [told.index(name) for name in wanted]
                        for row in _inserted(line, insert.end(), stream):
                            if len(row) != len(told):
                                raise EOFError("a row has another number of values")
                            yield tuple(row[place] for place in places)
                        last = b";"  # it may have gone on in lines that are read
            if last[-1:] != b";" and not last.startswith(b"--"):
                raise EOFError("a statement does not end")
            if _BEGIN.match(first) and not last.startswith(b"-- Dump completed"):
                raise EOFError("it does not say that it is complete")
        except _BROKEN as error:
            raise _broken(file, error) from None
        if not names:
            raise ExtractFailed(f"{file} makes no table {table}: it is no SQL dump.")


def _inserted(line: bytes, at: int, stream: Any) -> Iterator[list[Any]]:
    """The rows of an INSERT, whose text may go on in further lines."""
    while True:
        while line[at : at + 1] in (b"(", b",", b" ", b"\r", b"\n") and line[at : at + 1]:
            if line[at : at + 1] != b"(":
                at += 1
                continue
            row, at = [], at + 1
            while True:
                value = _VALUE.match(line, at)
                if value is None:
                    more = stream.readline()
                    if not more:
                        raise EOFError("an INSERT does not end")
                    line += more
                    continue
                row.append(_value(value))
                at = value.end()
                if value[5] == b")":
                    break
            yield row
        if line[at : at + 1] == b";":
            return
        line, at = stream.readline(), 0
        if not line:
            raise EOFError("an INSERT does not end")


def _value(found: re.Match[bytes]) -> Any:
    null, number, text, digits, _ = found.groups()
    if null is not None:
        return None
    if number is not None:
        return int(number) if number.lstrip(b"-").isdigit() else float(number)
    if text is None:
        return bytes.fromhex(digits.decode())
    return _ESCAPED.sub(lambda one: _ESCAPES.get(one[1], one[1]) if one[1] else b"'", text)


_ACTOR = "case when user_name is not null then cast(hash(user_id, user_name) >> 1 as bigint) end"

VIEWS = """
create view authors as
select user_id, user_name, rev_timestamp as seen_at from revisions
union all
select user_id, user_name, log_timestamp from log_rows;
create view parts as
select
    rev_id,
    unnest(roles) as role_name,
    unnest(hashes) as content_sha1,
    unnest(range(len(roles))) as place
from revisions;
create view roles as
select role_name, row_number() over (order by role_name <> 'main', role_name) as role_id
from (select distinct role_name from parts);
"""
"""Who did something, and the parts of revisions."""

QUERIES = {
    "revision": f"""
        select
            rev_id, rev_page, rev_timestamp, rev_minor_edit, rev_deleted, rev_len, rev_parent_id,
            {_ACTOR} as rev_actor,
            case when comment is not null then rev_id * 2 end as rev_comment_id
        from revisions
    """,
    "page": "select page_id, page_namespace, page_title, page_is_redirect from pages",
    "logging": f"""
        select
            log_id, log_type, log_action, log_timestamp, log_namespace, log_title, log_params,
            cast(null as bigint) as log_page,
            {_ACTOR} as log_actor,
            case when comment is not null then log_id * 2 + 1 end as log_comment_id,
            log_deleted
        from log_rows
    """,
    "comment": """
        select rev_id * 2 as comment_id, comment as comment_text
        from revisions
        where comment is not null
        union all
        select log_id * 2 + 1, comment
        from log_rows
        where comment is not null
    """,
    "actor": f"""
        select distinct {_ACTOR} as actor_id, user_id as actor_user, user_name as actor_name
        from authors
        where user_name is not null
    """,
    "user": """
        select
            user_id, max_by(user_name, seen_at) as user_name,
            cast(null as varchar) as user_registration, cast(null as boolean) as user_is_temp
        from authors
        where user_id is not null and user_name is not null
        group by user_id
    """,
    "slots": """
        select
            rev_id as slot_revision_id,
            cast(role_id as integer) as slot_role_id,
            rev_id * 64 + place as slot_content_id
        from parts inner join roles using (role_name)
        where content_sha1 is not null
    """,
    "slot_roles": "select cast(role_id as integer) as role_id, role_name from roles",
    "content": """
        select rev_id * 64 + place as content_id, content_sha1
        from parts
        where content_sha1 is not null
    """,
}
"""The tables that follow from the work files, in the columns of the source."""
