"""Reader of the public edit-history dumps: bz2, gz or plain text to Parquet, in bounded memory.

Only the columns that the models read are kept, and only their types are made here. What an empty
field or an escape means is a rule and lives in SQL (stg_mediawiki_history__dump_events).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from wikilake import settings
from wikilake.ingest.open_dump import DumpFileError, cores, pieces_of
from wikilake.lake import partitions
from wikilake.lake.raw_lines import Block, blocks_of_lines
from wikilake.progress import progress_bar

# The columns of a dump in their order. A letter says with which layout a column came: b in 2025-01
# (74 columns), c in 2025-10 (76), d (77) and e (78) in 2026-05; the rest was there before (70).
COLUMNS = [
    "wiki_db",
    "event_log_id:e",
    "event_entity",
    "event_type",
    "event_timestamp",
    "event_comment",
    "event_user_id",
    "event_user_central_id:c",
    "event_user_text_historical",
    "event_user_text",
    "event_user_blocks_historical",
    "event_user_blocks",
    "event_user_groups_historical",
    "event_user_groups",
    "event_user_is_bot_by_historical",
    "event_user_is_bot_by",
    "event_user_is_created_by_self",
    "event_user_is_created_by_system",
    "event_user_is_created_by_peer",
    "event_user_is_anonymous",
    "event_user_is_temporary:b",
    "event_user_is_permanent:b",
    "event_user_is_cross_wiki:d",
    "event_user_registration_timestamp",
    "event_user_creation_timestamp",
    "event_user_first_edit_timestamp",
    "event_user_revision_count",
    "event_user_seconds_since_previous_revision",
    "page_id",
    "page_title_historical",
    "page_title",
    "page_namespace_historical",
    "page_namespace_is_content_historical",
    "page_namespace",
    "page_namespace_is_content",
    "page_is_redirect",
    "page_is_deleted",
    "page_creation_timestamp",
    "page_first_edit_timestamp",
    "page_revision_count",
    "page_seconds_since_previous_revision",
    "user_id",
    "user_central_id:c",
    "user_text_historical",
    "user_text",
    "user_blocks_historical",
    "user_blocks",
    "user_groups_historical",
    "user_groups",
    "user_is_bot_by_historical",
    "user_is_bot_by",
    "user_is_created_by_self",
    "user_is_created_by_system",
    "user_is_created_by_peer",
    "user_is_anonymous",
    "user_is_temporary:b",
    "user_is_permanent:b",
    "user_registration_timestamp",
    "user_creation_timestamp",
    "user_first_edit_timestamp",
    "revision_id",
    "revision_parent_id",
    "revision_minor_edit",
    "revision_deleted_parts",
    "revision_deleted_parts_are_suppressed",
    "revision_text_bytes",
    "revision_text_bytes_diff",
    "revision_text_sha1",
    "revision_content_model",
    "revision_content_format",
    "revision_is_deleted_by_page_deletion",
    "revision_deleted_by_page_deletion_timestamp",
    "revision_is_identity_reverted",
    "revision_first_identity_reverting_revision_id",
    "revision_seconds_to_identity_revert",
    "revision_is_identity_revert",
    "revision_is_from_before_page_creation",
    "revision_tags",
]

LAYOUTS = {
    len(names): names
    for newest in ("a", "ab", "abc", "abcd", "abcde")
    for names in [[c.partition(":")[0] for c in COLUMNS if (c.partition(":")[2] or "a") in newest]]
}
"""Names of the columns in their order, by their number."""

READ = pa.schema(
    [
        (name, pa.string())
        for name in [
            "wiki_db",
            "event_entity",
            "event_type",
            "event_timestamp",
            "event_user_text_historical",
            "event_user_text",
            "event_user_is_bot_by_historical",
            "event_user_is_bot_by",
            "event_user_creation_timestamp",
            "page_title_historical",
            "page_title",
            "page_first_edit_timestamp",
            "user_text_historical",
        ]
    ]
    + [
        (name, pa.int64())
        for name in [
            "event_user_id",
            "event_user_central_id",
            "page_id",
            "revision_id",
            "revision_text_bytes_diff",
        ]
    ]
    + [(name, pa.int32()) for name in ("page_namespace_historical", "page_namespace")]
    + [
        (name, pa.bool_())
        for name in [
            "event_user_is_created_by_self",
            "event_user_is_anonymous",
            "event_user_is_temporary",
            "page_namespace_is_content_historical",
            "page_namespace_is_content",
            "page_is_redirect",
            "page_is_deleted",
            "user_is_created_by_self",
            "revision_is_deleted_by_page_deletion",
            "revision_is_identity_reverted",
            "revision_is_identity_revert",
        ]
    ]
)
"""The columns that are read and their types; texts and lists as the dump spells them."""

REJECTED = pa.schema(
    [("file_name", pa.string()), ("line_number", pa.int64()), ("line", pa.string())]
    + [("reason", pa.string())]
)

_BITS = {pa.int32(): 31, pa.int64(): 63}
_READ_OPTIONS = {"use_threads": False, "block_size": 2**31 - 1}


class HistoryFileError(DumpFileError):
    """A dump that cannot be read; the message names it and says what to do."""


def history_root() -> Path:
    """Root of the edit histories, by default of the shipped sample."""
    return settings.root("WIKILAKE_HISTORY")


def load_history_dumps(snapshot: str) -> str:
    """Turns the dumps of a snapshot into Parquet, `events/` and `rejected/`; returns their folder.

    Both hold at least a file without rows, so that a snapshot in Parquet reads as one without
    dumps. Raises HistoryFileError when the snapshot is not there, or twice.
    """
    target = Path(
        partitions.stage_partition("wmf_raw/mediawiki_history_dumps", f"snapshot={snapshot}")
    )
    for name, schema in (("events", READ), ("rejected", REJECTED)):
        (target / name).mkdir()
        pq.write_table(schema.empty_table(), target / name / "none.parquet")
    files = _dump_files(snapshot)
    sizes = [path.stat().st_size / 2**20 for path in files]
    workers = max(1, min(cores(), len(files)))
    with progress_bar("events") as progress, ThreadPoolExecutor(workers) as pool:
        bar = progress.add_task(f"dumps {snapshot}, MiB", total=round(sum(sizes)), rows=0)
        rows = [0] * len(files)

        def convert(number: int) -> None:
            path, name = files[number], f"{number:06}.parquet"
            # A file as large as the share of a core gets the threads of that core.
            threads = max(1, round(cores() * sizes[number] / sum(sizes))) if sum(sizes) else 1
            reports = _convert(path, target / "events" / name, target / "rejected" / name, threads)
            done = 0.0
            for share, rows[number] in reports:
                progress.update(bar, advance=(share - done) * sizes[number], rows=sum(rows))
                done = share

        for result in [pool.submit(convert, number) for number in range(len(files))]:
            try:
                result.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    return str(target)


def _dump_files(snapshot: str) -> list[Path]:
    """The dumps of a snapshot, the largest first so that all cores end together."""
    root = history_root()
    dumps, tables = root / snapshot, root / f"snapshot={snapshot}"
    if dumps.is_dir() and tables.is_dir():
        raise HistoryFileError(
            f"WIKILAKE_HISTORY: {root} holds snapshot {snapshot} twice, as dumps in {dumps.name} "
            f"and as Parquet in {tables.name}: move one of them away."
        )
    if not dumps.is_dir() and not tables.is_dir():
        there = sorted(
            {name.removeprefix("snapshot=") for name in os.listdir(root)} if root.is_dir() else ()
        )
        raise HistoryFileError(
            f"WIKILAKE_HISTORY: {root} has no snapshot {snapshot}, only "
            f"{', '.join(there) or 'nothing'}: set the variable snapshot to one that is there, "
            f"put the dumps into {dumps}/<wiki_db>/, or make it of a wiki's own tables with "
            "--vars 'history_source: tables'."
        )
    files = [path for path in dumps.glob("*/*.tsv*") if path.suffix in (".tsv", ".gz", ".bz2")]
    if dumps.is_dir() and not files:
        raise HistoryFileError(
            f"WIKILAKE_HISTORY: {dumps} holds no dump: they are named "
            f"<wiki_db>/{snapshot}.<wiki_db>.<time>.tsv.bz2 (or .tsv.gz, .tsv)."
        )
    return sorted(files, key=lambda path: (-path.stat().st_size, path))


def _convert(path: Path, events: Path, rejected: Path, threads: int) -> Iterator[tuple[float, int]]:
    """Writes the events and the rejected lines of a dump; reports the share and the rows done."""
    rows, first_line, layout = 0, 1, None
    with ExitStack() as stack:
        write_events = stack.enter_context(pq.ParquetWriter(events, READ)).write_table
        write_rejected = stack.enter_context(pq.ParquetWriter(rejected, REJECTED)).write_table
        for block, share in _blocks(path, threads):
            layout = layout or _layout(path, block.text)
            if block.is_too_long:
                table, faults = READ.empty_table(), [(0, block.text, "too_long")]
            else:
                table, faults = _parse(block.text, layout)
            write_events(table)
            if faults:
                write_rejected(_rejected(path, first_line, faults))
            rows += len(table)
            first_line += 1 if block.is_too_long else block.text.count(b"\n")
            yield share, rows


def _layout(path: Path, block: bytes) -> list[str]:
    """The names of the columns, chosen by the number of columns in the first line."""
    number = block.partition(b"\n")[0].count(b"\t") + 1
    if number not in LAYOUTS:
        raise HistoryFileError(
            f"{path}, line 1, has {number} columns; dumps of mediawiki_history have "
            f"{', '.join(map(str, LAYOUTS))}: fetch the file again, or move it away."
        )
    return LAYOUTS[number]


def _parse(block: bytes, layout: list[str]) -> tuple[pa.Table, list[tuple[int, bytes, str]]]:
    """The rows of a block of lines, and the lines that cannot be read: index, line, reason."""
    # A carriage return would end a line here; written as dumps write it, it is read as such.
    block = block.replace(b"\r", b"\\r")
    try:
        return _parse_clean(block, layout), []
    except pa.ArrowInvalid:
        pass
    lines = block.removesuffix(b"\n").split(b"\n")
    reasons = [_fault(line, layout) for line in lines]
    clean = [line for line, reason in zip(lines, reasons, strict=True) if not reason]
    faults = [(n, lines[n], reason) for n, reason in enumerate(reasons) if reason]
    return (_parse_clean(b"\n".join(clean), layout) if clean else READ.empty_table()), faults


def _parse_clean(block: bytes, layout: list[str]) -> pa.Table:
    table = pa_csv.read_csv(
        pa.BufferReader(block),
        pa_csv.ReadOptions(column_names=layout, **_READ_OPTIONS),
        pa_csv.ParseOptions(
            delimiter="\t", quote_char=False, escape_char=False, ignore_empty_lines=False
        ),
        pa_csv.ConvertOptions(
            include_columns=READ.names,
            include_missing_columns=True,
            column_types=READ,
            null_values=[""],
            strings_can_be_null=True,
            true_values=["true"],
            false_values=["false"],
        ),
    )
    return table.cast(READ)


def _fault(line: bytes, layout: list[str]) -> str | None:
    """Why a line cannot be read; None when it can."""
    fields = line.split(b"\t")
    if len(fields) != len(layout):
        return f"has_{len(fields)}_columns"
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return "not_utf8"
    for name, field in zip(layout, fields, strict=True):
        kind = READ.field(name).type if name in READ.names else None
        if not field or kind in (None, pa.string()):
            continue
        if kind == pa.bool_() and field not in (b"true", b"false"):
            return f"{name}_is_no_boolean"
        if kind in _BITS and not _is_integer(field, _BITS[kind]):
            return f"{name}_is_no_integer"
    return None


def _is_integer(field: bytes, bits: int) -> bool:
    is_number = re.fullmatch(rb"-?[0-9]{1,19}", field)
    return bool(is_number) and -(2**bits) <= int(field) < 2**bits


def _rejected(path: Path, first_line: int, faults: list[tuple[int, bytes, str]]) -> pa.Table:
    rows = [
        (str(path), first_line + index, line.decode("utf-8", "replace"), reason)
        for index, line, reason in faults
    ]
    return pa.table(list(zip(*rows, strict=True)), schema=REJECTED)


def _blocks(path: Path, threads: int) -> Iterator[tuple[Block, float]]:
    """The text of a dump in blocks of whole lines, with the share of the file that is read."""
    pieces, share = pieces_of(path, threads, "build the snapshot again"), 0.0

    def read(_: int) -> bytes:
        nonlocal share
        piece, share = next(pieces, (b"", 1.0))
        return piece

    for block in blocks_of_lines(read):
        yield block, share
