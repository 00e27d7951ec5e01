"""Lines of raw files, cut at line feeds alone and in bounded memory, whatever a file holds.

The engines' own readers cut nearly every file as fast as it can be read, but not always correctly:
DuckDB's also ends a line at a carriage return and skips lines that are not UTF-8 or too long;
Spark's holds a line of any length in memory. So each file is examined first, and one that they
would misread is cut here into a Parquet file that both read.
"""

from __future__ import annotations

import codecs
import gzip
import json
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from isal import igzip, isal_zlib

from wikilake import settings
from wikilake.lake import partitions, raw

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of the longest line that is read, without its end. It is only defined here."""

BEGINNING = 64 * 1024
"""Bytes that are kept of a line that is longer."""

_BLOCK = 1024 * 1024
_GZIP_BLOCK = 16 * 1024
"""Bytes of a gzip file that are looked at together: what follows a member is copied each time."""

_ROW_GROUP = 4 * 1024 * 1024
_KNOWN_HEADERS = (b"\x00", b"\x04", b"\x08", b"\x0c")
"""Flags of gzip headers: none, a field of a program's own, a file's name, both."""
_MARK = codecs.BOM_UTF8
_COPY = pa.schema(
    [
        ("file_name", pa.string()),
        ("source", pa.string()),
        ("line", pa.string()),
        ("unreadable_reason", pa.string()),
        ("year", pa.int32()),
        ("month", pa.int32()),
        ("day", pa.int32()),
        ("hour", pa.int32()),
    ]
)


@dataclass
class Block:
    """Whole lines of a file, or the beginning of one line that is too long."""

    text: bytes
    size: int
    """Bytes of the file that it stands for."""
    is_too_long: bool = False
    has_end: bool = True
    """Whether the last line has its line feed: in the last block of a file it may have none."""


def blocks_of_lines(
    read: Callable[[int], bytes],
    size: int = _BLOCK,
    passed: Callable[[bytes], object] = lambda piece: None,
) -> Iterator[Block]:
    """The bytes that `read` returns, as blocks of whole lines.

    No more than `size`, which is at most LONGEST_LINE, and that are held at a time. `passed` gets
    all bytes in their order, those of a block before the block is returned.
    """
    held: list[bytes] = []  # of a line whose end is not read yet
    length = 0
    beginning: bytes | None = None
    while chunk := read(size):
        first = chunk.find(b"\n") + 1
        part = chunk[:first] if first else chunk
        length += len(part)
        if length - bool(first) > LONGEST_LINE:
            whole = b"".join([*held, part])
            passed(whole)
            beginning, held = beginning or whole[:BEGINNING], []
            if not first:
                continue
            yield Block(beginning, length, is_too_long=True)
            beginning, chunk = None, chunk[first:]
        elif not first:
            held.append(part)
            continue
        last = chunk.rfind(b"\n") + 1
        if last:
            text = b"".join([*held, chunk[:last]])
            passed(text)
            yield Block(text, len(text))
        held = [chunk[last:]] if chunk[last:] else []
        length = len(chunk) - last
    if beginning is not None:
        yield Block(beginning, length, is_too_long=True, has_end=False)
    elif length:
        text = b"".join(held)
        passed(text)
        yield Block(text, length, has_end=False)


def count_raw_lines(hour: datetime) -> int:
    """Lines in the raw files of an hour, blank and broken ones included."""
    return sum(_count(path) for path in raw.raw_files(hour))


def raw_line_counts(first: str, end: str) -> list[str]:
    """The lines in the raw files of each source and hour of a window, by their line feeds alone.

    A JSON object for each: `webrequest_source`, `year`, `month`, `day`, `hour`, and `lines`.
    """
    lines: Counter[tuple[str, int, int, int, int]] = Counter()
    for path in _files(first, end):
        lines[_source(path), *_hour(path)] += _count(path)
    names = ("webrequest_source", "year", "month", "day", "hour", "lines")
    counts = [(*key, count) for key, count in lines.items()]
    return [json.dumps(dict(zip(names, count, strict=True))) for count in counts]


def raw_files_to_read(first: str, end: str) -> list[str]:
    """The raw files of a window's hours, and how they are to be read.

    A JSON object for each: `file`; `pattern`, which matches only this file; `source`; `partition`,
    the path of its hour; `longest_line`, a number of bytes that none of its lines has more of; and
    `copy`, the Parquet file that holds its lines when an engine's reader would misread them, else
    null.

    Raises RawFileError when a file is cut off, or not what its name says.
    """
    return _ways_to_read(_files(first, end), "raw_lines")


def event_files_to_read(table: str, topics: str, first: str, end: str) -> list[str]:
    """The raw files of the topics (a JSON list) of a stream, as raw_files_to_read() tells them."""
    hours = datetime.fromisoformat(first), datetime.fromisoformat(end)
    files = [path for topic in json.loads(topics) for path in raw.event_files(topic, *hours)]
    return _ways_to_read(files, f"event_lines_{table}")


def _ways_to_read(paths: list[Path], copies: str) -> list[str]:
    """How files are to be read; `copies` begins the names of the files that hold their lines."""
    found = []
    folder = settings.lake_root() / ".spill"
    partitions.closed_folder(folder)
    for number, path in enumerate(paths):
        # DuckDB takes a backslash in a pattern for a slash, and sees no gzip ending behind a `?`.
        longest = None if set("\\?") & set(str(path)) else _longest_line(path)
        copy = None
        if longest is None:
            copy = folder / f"{copies}_{number}.parquet"
            _write_copy(path, copy)
        found.append(
            {
                "file": str(path),
                "pattern": escape(str(path)),
                "source": _source(path),
                "partition": "/".join(path.parts[-5:-1]),
                "longest_line": longest,
                "copy": copy and str(copy),
            }
        )
    return [json.dumps(file) for file in found]


def _files(first: str, end: str) -> list[Path]:
    return raw.raw_files(datetime.fromisoformat(first), datetime.fromisoformat(end))


def _hour(path: Path) -> tuple[int, int, int, int]:
    """Year, month, day and hour of a raw file, by its folders."""
    year, month, day, hour = (int(part.partition("=")[2]) for part in path.parts[-5:-1])
    return year, month, day, hour


def _source(path: Path) -> str:
    """The webrequest source or the topic of a raw file, by its folder."""
    return path.parts[-6].removeprefix("webrequest_source=")


def _count(path: Path) -> int:
    lines, last = 0, b"\n"
    with _opened(path) as file:
        while block := file.read(_BLOCK):
            lines += int(np.count_nonzero(np.frombuffer(block, np.uint8) == ord("\n")))
            last = block[-1:]
    return lines + (last != b"\n")


def _longest_line(path: Path) -> int | None:
    """Bytes that no line of a file has more of; None for a file that must be cut here.

    That is one with a carriage return, with a byte order mark, with bytes that are not UTF-8, or
    with a line that is too long; and a gzip file with a header that DuckDB does not know, or with
    zero bytes around its members, as block devices and tapes leave them.
    """
    longest = begun = size = 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_first, is_ascii = True, True
    with _opened(path) as file:
        while block := file.read(_BLOCK):
            if b"\r" in block or (is_first and block.startswith(_MARK)):
                return None
            if not (block.isascii() and is_ascii):
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    return None
                is_ascii = not decoder.getstate()[0]  # else a character goes on in the next block
            first = block.find(b"\n")
            begun += len(block) if first < 0 else first
            longest = max(longest, begun, len(block))
            if begun > LONGEST_LINE:
                return None
            if first >= 0:
                begun = len(block) - block.rfind(b"\n") - 1
            is_first = False
            size += len(block)
    if path.suffix == ".gz" and not _is_plain_gzip(path, size):
        return None
    return longest if is_ascii else None


def _is_plain_gzip(path: Path, size: int) -> bool:
    """Whether a file is gzip members one right after the other, each with a header DuckDB knows.

    It is whole and holds `size` bytes. Where its end says as much, and its first member is not
    empty, this is the only one.
    """
    with path.open("rb") as file:
        file.seek(-4, os.SEEK_END)
        size_at_end = int.from_bytes(file.read(), "little")
        file.seek(0)
        data = file.read(_GZIP_BLOCK)
        if size_at_end == size and isal_zlib.decompressobj(wbits=31).decompress(data, 1):
            return data[3:4] in _KNOWN_HEADERS
        while data:
            data += file.read(4 - len(data)) if len(data) < 4 else b""
            if data[:2] != b"\x1f\x8b" or data[3:4] not in _KNOWN_HEADERS:
                return False
            member = isal_zlib.decompressobj(wbits=31)
            while not member.eof:
                text = member.decompress(data, _BLOCK)
                data = member.unconsumed_tail
                if not data and not member.eof:
                    data = file.read(_GZIP_BLOCK)
                    if not data and not text:
                        return False
            data = member.unused_data or file.read(_GZIP_BLOCK)
    return True


def _write_copy(path: Path, copy: Path) -> None:
    """Writes the lines of a file into a Parquet file: all of their bytes, the line feed left off.

    A byte order mark is not part of the first line. A line that cannot be a text has a reason, and
    U+FFFD for what is not UTF-8.
    """
    facts = str(path), _source(path)
    hour = [pa.scalar(number, pa.int32()) for number in _hour(path)]
    copy.unlink(missing_ok=True)
    copy.touch(0o600)
    options = {"compression": "lz4", "use_dictionary": False}
    with _opened(path) as file, pq.ParquetWriter(copy, _COPY, **options) as writer:
        is_first = True
        for block in blocks_of_lines(file.read, _ROW_GROUP):
            text = block.text
            if is_first:
                text, is_first = text.removeprefix(_MARK), False
            lines, reasons = _lines(text, block.is_too_long)
            names = [pa.repeat(fact, len(lines)) for fact in facts]
            parts = [pa.repeat(number, len(lines)) for number in hour]
            table = pa.table([*names, lines, reasons, *parts], schema=_COPY)
            try:
                writer.write_table(table)
            except OSError as error:
                raise raw.RawFileError(
                    f"{copy} cannot be written: {error}. It holds the lines of {path}, which no "
                    "engine reads right by itself: make room, then run the hour again."
                ) from None


def _lines(text: bytes, is_too_long: bool) -> tuple[pa.Array, pa.Array]:
    """The lines of a block and why each cannot be read, null for those that can."""
    if is_too_long:
        return pa.array([text.decode("utf-8", "replace")]), pa.array(["too_long"])
    try:
        text.decode()
    except UnicodeDecodeError:
        lines = text.removesuffix(b"\n").split(b"\n")
        reasons = [None if _is_utf8(line) else "not_utf8" for line in lines]
        texts = [line.decode("utf-8", "replace") for line in lines]
        return pa.array(texts, pa.string()), pa.array(reasons, pa.string())
    whole = pa.array([text.removesuffix(b"\n")], pa.binary()).view(pa.string())
    lines = pc.split_pattern(whole, "\n").values
    return lines, pa.nulls(len(lines), pa.string())


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The text of a raw file, uncompressed; RawFileError when it cannot be read to its end."""
    try:
        is_gzip = path.suffix == ".gz"
        raw.check_is_file(path, path.stat())
        with igzip.open(path) if is_gzip else path.open("rb", buffering=0) as file:
            if is_gzip and path.stat().st_size == 0:
                raise EOFError("it is empty")
            yield file
    except (EOFError, OSError, zlib.error, isal_zlib.error, gzip.BadGzipFile) as error:
        raise raw.RawFileError(
            f"{path} cannot be read to its end: {error}. Fetch the file again or move it out of "
            "the partition, then run the hour again."
        ) from None
