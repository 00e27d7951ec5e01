"""Reader of the public dumps of page views: files of hours and days to Parquet, in flat memory.

A line is split, checked and typed here. What a domain code means is a rule and lives in SQL
(dumped_project). The time in the name of an hour's file is the end of that hour, as Wikimedia's
documentation says; of a file that `wikilake export dumps` wrote it is the beginning, like the names
of everything else in the lake.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from wikilake import settings
from wikilake.ingest.open_dump import DumpFileError, cores, pieces_of
from wikilake.lake import partitions
from wikilake.lake.hours import HOUR
from wikilake.lake.raw_lines import blocks_of_lines
from wikilake.progress import progress_bar

MADE_FROM = ".made_from.json"
"""File of a folder that wikilake exports to: of which partitions each of its files was made."""

ACCESS = ("desktop", "mobile-web", "mobile-app")
AGENTS = ("user", "spider", "automated")

_HOURLY_NAME = re.compile(r"(pageviews|pagecounts)-([0-9]{8})-([0-9]{6})(?:[.]gz|[.]bz2)?")
_DAILY_NAME = re.compile(rf"pageviews-([0-9]{{8}})-({'|'.join(AGENTS)})(?:[.]gz|[.]bz2)?")
_OTHER_NAME = re.compile(rf"pageviews-[0-9]{{6}}-({'|'.join(AGENTS)})[.]bz2")
"""Files of months, which hold nothing that files of days do not."""

_PERIOD = [(name, pa.int32()) for name in ("year", "month", "day", "hour")]
HOURLY = pa.schema(
    [("dataset", pa.string()), ("domain_code", pa.string()), ("title", pa.string())]
    + [("views", pa.int64()), *_PERIOD]
)
DAILY = pa.schema(
    [("project", pa.string()), ("title", pa.string()), ("page_id", pa.int64())]
    + [("access", pa.string()), ("agent", pa.string()), ("views", pa.int64())]
    + [("hourly_views", pa.string()), *_PERIOD[:3]]
)
REJECTED = pa.schema(
    [("file_name", pa.string()), ("line_number", pa.int64()), ("line", pa.string())]
    + [("reason", pa.string()), *_PERIOD]
)

_LARGEST = 2**63 - 1
_FEW = 64 * 1024
"""Bytes of lines that are read one by one where one of them is odd."""

_LETTERS = "([A-X][0-9]+)+"


@dataclass(frozen=True)
class Dump:
    """A file of page views: which hour or day it is of, and what its name says of every line."""

    path: Path
    time: datetime
    facts: dict[str, str] = field(default_factory=dict)
    """Columns that are the same in every row: `dataset` of hours, `agent` of days."""

    @property
    def key(self) -> tuple[datetime, str]:
        """What no two files may share."""
        return self.time, *self.facts.values()  # type: ignore[return-value]


@dataclass(frozen=True)
class Layout:
    """How the lines of a file are read: the names of their fields, and what makes rows of them."""

    fields: tuple[str, ...]
    schema: pa.Schema
    row: Callable[[list[str]], tuple | str]
    """The row of a line's fields, or why it is none."""


def dumps_root() -> Path:
    """Root of the downloaded dumps of page views; raises DumpFileError where none is named."""
    if not settings.value("WIKILAKE_DUMPS"):
        raise DumpFileError(
            "WIKILAKE_DUMPS is not set: let it name the folder with the downloaded files, such as "
            "pageviews-20261101-010000.gz and pageviews-20261101-user.bz2, at any depth."
        )
    return settings.root("WIKILAKE_DUMPS")


def load_hourly_dumps(first: str, end: str) -> str:
    """Turns the files of the hours from `first` to `end` into Parquet; returns its folder.

    Below it are `rows/` and `rejected/`, which hold at least a file without rows.
    """
    span = datetime.fromisoformat(first), datetime.fromisoformat(end)
    found = [dump for dump in _dumps_of_setting()[0] if span[0] <= dump.time < span[1]]
    return _load("hourly", HOURLY, [dump for dump in found if "dataset" in dump.facts])


def load_daily_dumps(days: str) -> str:
    """The same of the files of days, a JSON list of them as YYYY-MM-DD."""
    asked = {datetime.fromisoformat(day) for day in json.loads(days)}
    found = [dump for dump in _dumps_of_setting()[0] if dump.time in asked]
    return _load("daily", DAILY, [dump for dump in found if "agent" in dump.facts])


def faults_of_dumps(first: str, end: str) -> list[str]:
    """What a run over these hours will not find, one sentence each."""
    span = datetime.fromisoformat(first), datetime.fromisoformat(end)
    if not settings.value("WIKILAKE_DUMPS"):
        return []
    dumps, misnamed = _dumps_of_setting()
    said = []
    if misnamed:
        more = f" and {len(misnamed) - 3} more" if len(misnamed) > 3 else ""
        said.append(
            f"WIKILAKE_DUMPS: {', '.join(str(path) for path in misnamed[:3])}{more} is left out: "
            "its name says no hour or day. Give it the name that it has at dumps.wikimedia.org."
        )
    hours = {dump.time for dump in dumps if "dataset" in dump.facts}
    days = {dump.time for dump in dumps if "agent" in dump.facts}
    asked = [span[0] + HOUR * number for number in range((span[1] - span[0]) // HOUR)]
    missing = [
        hour for hour in asked if hour not in hours and hour.replace(hour=0, minute=0) not in days
    ]
    if missing:
        said.append(
            f"WIKILAKE_DUMPS has no file of {missing[0]:{settings.HOUR_FORMAT}}"
            + (f" and {len(missing) - 1} further hours: they have" if missing[1:] else ": it has")
            + " no rows. The file of an hour is named by its end: that of 00 to 01 o'clock ends in "
            "-010000."
        )
    return said


def _dumps_of_setting() -> tuple[list[Dump], list[Path]]:
    """The dumps below WIKILAKE_DUMPS: none for a run of everything by somebody who has no dumps."""
    return dumps_below(dumps_root()) if settings.value("WIKILAKE_DUMPS") else ([], [])


def days_with_dumps() -> list[datetime]:
    """The days of which there are files, of the day or of one of its hours."""
    dumps = dumps_below(dumps_root())[0]
    return sorted({dump.time.replace(hour=0) for dump in dumps})


def dumps_below(root: Path) -> tuple[list[Dump], list[Path]]:
    """The dumps in a folder and its folders, by time; and files whose names say no hour or day.

    Of two with the same content one is taken; two that differ raise DumpFileError.
    """
    if not root.is_dir():
        raise DumpFileError(f"WIKILAKE_DUMPS: there is no folder {root}.")
    found: dict[tuple, Dump] = {}
    misnamed = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if "=" not in name and name[0] != ".")
        own = _exported(Path(folder))
        for name in sorted(names):
            if not name.startswith(("pageviews-", "pagecounts-")) or _OTHER_NAME.fullmatch(name):
                continue
            dump = _dump(Path(folder, name), name in own)
            if dump is None:
                misnamed.append(Path(folder, name))
            elif dump.key in found:
                _check_are_equal(found[dump.key], dump)
            else:
                found[dump.key] = dump
    return sorted(found.values(), key=lambda dump: dump.key), misnamed


def _exported(folder: Path) -> set[str]:
    """The names of the files in a folder that wikilake exported."""
    try:
        return set(json.loads((folder / MADE_FROM).read_bytes()))
    except (OSError, ValueError, TypeError):
        return set()


def _dump(path: Path, is_exported: bool) -> Dump | None:
    """What the name of a file says; None for a name that says no hour or day."""
    try:
        if hourly := _HOURLY_NAME.fullmatch(path.name):
            time = datetime.strptime(hourly[2] + hourly[3], "%Y%m%d%H%M%S")
            hour = time.replace(minute=0, second=0)
            # The clock of pagecounts was late by seconds or minutes at times.
            if time != hour and hourly[1] == "pageviews":
                return None
            return Dump(path, hour if is_exported else hour - HOUR, {"dataset": hourly[1]})
        if daily := _DAILY_NAME.fullmatch(path.name):
            return Dump(path, datetime.strptime(daily[1], "%Y%m%d"), {"agent": daily[2]})
    except (ValueError, OverflowError):
        pass
    return None


def _check_are_equal(one: Dump, other: Dump) -> None:
    if one.path.stat().st_size == other.path.stat().st_size:
        digests = {_digest(dump.path) for dump in (one, other)}
        if len(digests) == 1:
            return
    raise DumpFileError(
        f"{one.path} and {other.path} are of the same {'hour' if 'dataset' in one.facts else 'day'}"
        " and differ: move one of them away."
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _load(kind: str, schema: pa.Schema, dumps: list[Dump]) -> str:
    """Reads dumps, several at a time, into a folder of the lake that the next run clears."""
    target = Path(partitions.stage_partition(f"dumps/{kind}_files", ""))
    for name, columns in (("rows", schema), ("rejected", REJECTED)):
        (target / name).mkdir()
        pq.write_table(columns.empty_table(), target / name / "none.parquet")
    sizes = [dump.path.stat().st_size / 2**20 for dump in dumps]
    # The largest first, so that all cores end together.
    order = sorted(range(len(dumps)), key=lambda number: -sizes[number])
    workers = max(1, min(cores(), len(dumps)))
    rows = [0] * len(dumps)
    with progress_bar("lines") as progress, ThreadPoolExecutor(workers) as pool:
        bar = progress.add_task(f"{kind} dumps, MiB", total=round(sum(sizes)), rows=0)

        def convert(number: int) -> None:
            done = 0.0
            threads = max(1, round(cores() * sizes[number] / (sum(sizes) or 1)))
            for share, lines in _convert(dumps[number], schema, target, number, threads):
                rows[number] = lines
                progress.update(bar, advance=(share - done) * sizes[number], rows=sum(rows))
                done = share

        for result in [pool.submit(convert, number) for number in order]:
            try:
                result.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    return str(target)


def _convert(
    dump: Dump, schema: pa.Schema, target: Path, number: int, threads: int
) -> Iterator[tuple[float, int]]:
    """Writes the rows and the rejected lines of a dump; reports the share and the lines done."""
    pieces, share = pieces_of(dump.path, threads, "build again"), 0.0

    def read(_: int) -> bytes:
        nonlocal share
        piece, share = next(pieces, (b"", 1.0))
        return piece

    period = {name: getattr(dump.time, name) for name, _ in _PERIOD}
    line, layout = 0, None
    with ExitStack() as stack:
        write_rows = stack.enter_context(
            pq.ParquetWriter(
                target / "rows" / f"{number:06}.parquet", schema, compression="lz4",
                use_dictionary=[name for name in schema.names if name not in ("title", "views")],
                write_statistics=False,
            )
        ).write_table  # fmt: skip
        write_rejected = stack.enter_context(
            pq.ParquetWriter(target / "rejected" / f"{number:06}.parquet", REJECTED)
        ).write_table
        for block in blocks_of_lines(read):
            if block.is_too_long:
                faults, table, count = [(0, block.text, "too_long")], None, 1
            else:
                # A file may have been through a program that ends lines as Windows does.
                text = block.text.replace(b"\r\n", b"\n")
                layout = layout or layout_of(text, schema)
                table, faults = read_lines(text, layout)
                count = block.text.count(b"\n") + (not block.has_end)
            if table is not None and len(table):
                write_rows(_with_facts(table, {**dump.facts, **period}, schema))
            if faults:
                write_rejected(_rejected(dump, line, faults, period))
            line += count
            yield share, line


def _with_facts(table: pa.Table, facts: dict[str, str | int], schema: pa.Schema) -> pa.Table:
    columns = [
        table.column(column.name)
        if column.name in table.column_names
        else pa.repeat(pa.scalar(facts[column.name], column.type), len(table))
        for column in schema
    ]
    return pa.table(columns, schema=schema)


def _rejected(
    dump: Dump, line: int, faults: list[tuple[int, bytes, str]], period: dict[str, int]
) -> pa.Table:
    name = str(dump.path).encode("utf-8", "replace").decode()
    rows = [
        (name, line + index + 1, text.decode("utf-8", "replace"), reason)
        for index, text, reason in faults
    ]
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    columns += [pa.repeat(pa.scalar(number, pa.int32()), len(rows)) for number in period.values()]
    return pa.table(columns, schema=REJECTED)


# ------------------------------------------------------------------ lines


def layout_of(text: bytes, schema: pa.Schema) -> Layout:
    """How the lines of a file are read, by what most of its first lines hold.

    Lines of hours have four fields. Lines of days have six, `project title page_id access views
    letters`; in older files five, without the page or without the access.
    """
    if schema is HOURLY:
        return _HOUR
    lines = text[: 64 * 1024].decode("latin-1").split("\n")[:100]
    kinds = Counter(kind for line in lines if (kind := _kind_of_day(fields_of(line))))
    return _DAYS[kinds.most_common(1)[0][0] if kinds else "page"]


def _kind_of_day(fields: list[str]) -> str | None:
    if len(fields) == 5:
        return "no page" if fields[2] in ACCESS else "no access"
    return "page" if len(fields) == 6 else None


def read_lines(text: bytes, layout: Layout) -> tuple[pa.Table, list[tuple[int, bytes, str]]]:
    """The rows of a block of lines, and the lines that are none: index, line, reason."""
    table, odd = _read_at_once(text, layout)
    if table is not None and not odd:
        return table, []
    middle = text.rfind(b"\n", 0, len(text) // 2) + 1
    if table is None and middle and len(text) > _FEW:
        # One odd line costs its neighbours, not all lines of the block.
        (one, faults), (other, more) = (
            read_lines(part, layout) for part in (text[:middle], text[middle:])
        )
        before = text.count(b"\n", 0, middle)
        faults += [(before + number, line, reason) for number, line, reason in more]
        return pa.concat_tables([one, other]), faults
    lines = text.removesuffix(b"\n").split(b"\n")
    if table is None:
        odd = list(range(len(lines)))
    rows, faults = [], []
    for number in odd:
        row = _row(lines[number], layout)
        if isinstance(row, str):
            faults.append((number, lines[number], row))
        else:
            rows.append(row)
    schema = _own_columns(layout)
    read = schema.empty_table()
    if rows:
        columns = [pa.array(column) for column in zip(*rows, strict=True)]
        read = pa.table(columns, schema=schema)
    return (read if table is None else pa.concat_tables([table, read])), faults


def _own_columns(layout: Layout) -> pa.Schema:
    """The columns of a layout that come from the lines themselves."""
    names = ["domain_code", "title", "views"] if layout is _HOUR else _OF_DAY
    return pa.schema([layout.schema.field(name) for name in names])


_OF_DAY = ["project", "title", "page_id", "access", "views", "hourly_views"]


def _read_at_once(text: bytes, layout: Layout) -> tuple[pa.Table | None, list[int]]:
    """The rows of a block by Arrow's reader, and the lines that have another number of fields.

    None for a block in which it would misread something, whose lines are then read one by one.
    """
    # Arrow ends a line at a carriage return, skips a blank last line, and reads 0x10 as a number.
    if b"\r" in text or b" 0x" in text or b" 0X" in text or text.endswith(b"\n\n") or text == b"\n":
        return None, []
    odd: list[int] = []

    def put_aside(row: pa_csv.InvalidRow) -> str:
        odd.append(row.number - 1)
        return "skip"

    numbers = {name: pa.int64() for name in ("views", "bytes") if name in layout.fields}
    try:
        # Also because the handler of odd rows cannot be told of bytes that are no text.
        pa.array([text], pa.large_binary()).cast(pa.large_string())
        read = pa_csv.read_csv(
            pa.BufferReader(text),
            pa_csv.ReadOptions(
                column_names=list(layout.fields), use_threads=False, block_size=2**31 - 1
            ),
            pa_csv.ParseOptions(
                delimiter=" ", quote_char=False, escape_char=False, ignore_empty_lines=False,
                invalid_row_handler=put_aside,
            ),
            pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in layout.fields} | numbers,
                null_values=[""], strings_can_be_null=True, check_utf8=False,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None, []
    table = _checked(read.combine_chunks(), layout)
    return table, (odd if table is not None else [])


def _checked(read: pa.Table, layout: Layout) -> pa.Table | None:
    """The columns of rows that are all as they should be; None where one is not."""
    columns = {name: read.column(name) for name in read.column_names}
    if not len(read):
        return _own_columns(layout).empty_table()
    for name in ("domain_code", "project", "views", "bytes"):
        if name in columns and columns[name].null_count:
            return None
    if pc.min(columns["views"]).as_py() < 0:
        return None
    columns["title"] = _unquoted_titles(columns["title"])
    if layout is not _HOUR:
        letters = columns["hourly_views"]
        if not _all(pc.match_substring_regex(letters, f"^{_LETTERS}$")):
            return None
        page = columns.get("page_id", pa.nulls(len(read), pa.string()))
        try:
            known = pc.if_else(pc.equal(page, "null"), pa.scalar(None, pa.string()), page)
            columns["page_id"] = known.cast(pa.int64())
        except pa.ArrowInvalid:
            return None
        columns.setdefault("access", pa.repeat(pa.scalar("unknown"), len(read)))
        if "access" in layout.fields and not _all(
            pc.is_in(columns["access"], value_set=pa.array(ACCESS))
        ):
            return None
    schema = _own_columns(layout)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _all(holds: pa.ChunkedArray) -> bool:
    """Whether a condition holds for every row, for none of which it is unknown."""
    return bool(holds.null_count == 0 and pc.all(holds).as_py())


def _unquoted_titles(titles: pa.ChunkedArray) -> pa.ChunkedArray:
    is_quoted = pc.fill_null(pc.starts_with(titles, '"'), False)
    if not pc.any(is_quoted).as_py():
        return titles
    texts = [unquoted(text) for text in titles.filter(is_quoted).to_pylist()]
    whole = titles.combine_chunks() if isinstance(titles, pa.ChunkedArray) else titles
    mask = is_quoted.combine_chunks() if isinstance(is_quoted, pa.ChunkedArray) else is_quoted
    return pc.replace_with_mask(whole, mask, pa.array(texts, pa.string()))


_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


def unquoted(text: str) -> str:
    r"""A field as it was before it was written to CSV.

    Only what holds a blank, a quote or the end of a line was quoted, and an empty text; other
    quotes at both ends belong to the title, as in older files, which quote nothing: `"Heroes"`.
    """
    if text == '""':
        return ""
    found = _QUOTED.fullmatch(text)
    if not found or not re.search(r'[ \r\n"]', found[1]):
        return text
    return re.sub(r'\\([\\"])', r"\1", found[1])


def fields_of(line: str) -> list[str]:
    """The fields of a line, of which the second may be quoted and then hold blanks."""
    if ' "' in line and (found := re.fullmatch(rf"([^ ]*) ({_QUOTED.pattern}) (.*)", line, re.S)):
        return [found[1], found[2], *found[4].split(" ")]
    return line.split(" ")


def _row(line: bytes, layout: Layout) -> tuple | str:
    """The row of a line, or why it is none."""
    try:
        return layout.row(fields_of(line.decode()))
    except UnicodeDecodeError:
        return "not_utf8"


def _row_of_hour(fields: list[str]) -> tuple | str:
    if len(fields) != 4:
        return f"has_{len(fields)}_fields"
    code, title, views, size = fields
    if not code:
        return "has_no_domain_code"
    fault = _number_fault("views", views) or _number_fault("bytes", size)
    return fault or (code, unquoted(title) if title else None, int(views))


def _row_of_day(fields: list[str]) -> tuple | str:
    if len(fields) not in (5, 6):
        return f"has_{len(fields)}_fields"
    project, title, *named, views, letters = fields
    page = "null" if len(named) == 1 and named[0] in ACCESS else named[0]
    access = named[-1] if len(named) == 2 or named[0] in ACCESS else "unknown"
    if not project:
        return "has_no_project"
    if page != "null" and _number_fault("page_id", page):
        return str(_number_fault("page_id", page))
    if access not in (*ACCESS, "unknown") or (access == "unknown" and len(named) == 2):
        return "access_is_unknown"
    if not re.fullmatch(_LETTERS, letters):
        return "hourly_views_are_no_letters_with_numbers"
    page_id = None if page == "null" else int(page)
    title = unquoted(title) if title else None  # type: ignore[assignment]
    return _number_fault("views", views) or (project, title, page_id, access, int(views), letters)


def _number_fault(name: str, text: str) -> str | None:
    """What is wrong with a number that may not be negative; None when nothing is."""
    if not re.fullmatch("-?[0-9]+", text, re.ASCII):
        return f"{name}_is_no_number"
    if len(text) > 19 or int(text) > _LARGEST:
        return f"{name}_is_too_large"
    return f"{name}_is_negative" if text.startswith("-") else None


_HOUR = Layout(("domain_code", "title", "views", "bytes"), HOURLY, _row_of_hour)
_DAYS = {
    "page": Layout(tuple(_OF_DAY), DAILY, _row_of_day),
    "no page": Layout(("project", "title", "access", "views", "hourly_views"), DAILY, _row_of_day),
    "no access": Layout(
        ("project", "title", "page_id", "views", "hourly_views"), DAILY, _row_of_day
    ),
}
