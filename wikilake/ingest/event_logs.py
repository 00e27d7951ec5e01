"""Turns lines of events into raw events by topic and hour.

A line is an event as EventBus or EventLogging sends it, a record that Monolog's JSON formatter
wrote, or an array of either. A record of MediaWiki's channel `api-request` holds an event: its
context but for the mark `private`. An event is copied as it is; what is none is rejected with the
reason, by the rules by which it would be refined (wikilake/streams/reading.py).
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from wikilake.ingest.known_logs import ImportFailed, Log
from wikilake.ingest.log_import import MakeReader, beginning
from wikilake.ingest.web_logs import LATEST
from wikilake.lake.raw_lines import Block
from wikilake.streams.declarations import Stream, declared_streams
from wikilake.streams.reading import Odd, json_text, parsed

CHANNEL = "api-request"
"""The channel on which MediaWiki logs what its API answers."""

STREAM = "mediawiki.api-request"
_LEGACY = "eventlogging_"
_BLANKS = " \t\r\n"
_BOM = "\ufeff"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d([.,]\d+)?(Z|z|[+-]\d\d:?\d\d)")
_REASONS = {
    "time": "they have no time: `meta.dt`, else `dt`, as 2026-11-01T00:00:00Z, not in the future",
    "no_stream": "they do not name their stream in `meta.stream`",
    "undeclared_stream": "streams/streams.yml declares no such stream",
    "undeclared_datacenter": "their stream has no such --datacenter",
}
_Row = tuple[str | None, datetime | None, str | None]
"""Folder of the topic, hour, text; see rows()."""


class EventReader:
    """Turns blocks of lines into rows (number, folder, hour, text): raw events, or rejected lines.

    A row whose hour is null is a line that holds no event: its text is the reason, a tab and the
    line, or null for a blank line and for records of other channels.
    """

    def __init__(self, datacenter: str | None = None, now: datetime | None = None) -> None:
        """`datacenter` is that of the topics; by default the first one that a stream declares."""
        self._datacenter = datacenter
        self._streams = {stream.name: stream for stream in declared_streams().values()}
        self._end = (now or datetime.now(UTC)) + LATEST

    def rows(self, block: bytes, first_line: int) -> pa.Table:
        """The rows of a block of lines, the first of which is line `first_line` of its log."""
        numbers: list[int] = []
        rows: list[_Row] = []
        for number, line in enumerate(block.removesuffix(b"\n").split(b"\n"), first_line):
            of_line = self._of_line(line)
            numbers += [number] * len(of_line)
            rows += of_line
        folders, hours, texts = zip(*rows, strict=True)
        return pa.table(
            {
                "number": pa.array(numbers, pa.int64()),
                "folder": pa.array(folders, pa.string()),
                "hour": pa.array(hours, pa.timestamp("us")),
                "text": pa.array(texts, pa.large_string()).cast(pa.string()),
            }
        )

    def _of_line(self, line: bytes) -> list[_Row]:
        """The rows of a line: one, or one per member of an array."""
        try:
            text = line.decode().removeprefix(_BOM).strip(_BLANKS)
            if not text:
                return [(None, None, None)]
            read = parsed(text)
        except UnicodeDecodeError:
            return [_rejected("not_utf8", line.decode(errors="backslashreplace"))]
        except Odd as odd:
            return [_rejected(str(odd), text)]
        if not isinstance(read, list):
            return [self._row(read, text)]
        return [self._row(member, json_text(member)) for member in read] or [(None, None, None)]

    def _row(self, member: Any, text: str) -> _Row:
        """The row of an event, or of what should be one; `text` is how its line spells it."""
        try:
            return self._event(member, text)
        except Odd as odd:
            return _rejected(str(odd), text)

    def _event(self, member: Any, text: str) -> _Row:
        if not isinstance(member, dict):
            raise Odd("not_a_json_object")
        if {"channel", "level", "context"} <= member.keys():
            if member["channel"] != CHANNEL:
                return None, None, None
            member = _event_of_record(member)
            text = json_text(member)
        meta = member.get("meta")
        said = meta if isinstance(meta, dict) else {}
        stream = self._stream(said.get("stream"), member.get("schema"))
        hour = self._hour(said.get("dt") or member.get("dt"))
        return self._topic(stream), hour, f"{text}\n"

    def _stream(self, name: Any, schema: Any) -> Stream:
        """The declared stream that an event is of; a legacy one may name just its schema."""
        if not isinstance(name, str) and isinstance(schema, str):
            name = f"{_LEGACY}{schema}"
        if not isinstance(name, str):
            raise Odd("no_stream")
        if name not in self._streams:
            raise Odd("undeclared_stream")
        return self._streams[name]

    def _topic(self, stream: Stream) -> str:
        if not stream.datacenters:
            return stream.name
        datacenter = self._datacenter or stream.datacenters[0]
        if datacenter not in stream.datacenters:
            raise Odd("undeclared_datacenter")
        return f"{datacenter}.{stream.name}"

    def _hour(self, text: Any) -> datetime:
        """The hour of a time, without its zone. Raises Odd for what is none."""
        moment = time_of(text)
        if moment is None or not _EPOCH <= moment < self._end:
            raise Odd("time")
        return moment.replace(minute=0, second=0, microsecond=0, tzinfo=None)


def _rejected(reason: str, text: str) -> _Row:
    return None, None, f"{reason}\t{text}"


def time_of(text: Any) -> datetime | None:
    """A time of ISO 8601 in UTC; None for what is none, or has no zone and so may be any hour."""
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper().replace(",", ".")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _event_of_record(record: dict[str, Any]) -> dict[str, Any]:
    """The event in a record of Monolog, with the time of the record where it has none itself."""
    context = record["context"]
    if not isinstance(context, dict):
        raise Odd("not_a_json_object")
    event = {name: value for name, value in context.items() if name != "private"}
    meta = event.get("meta")
    meta = dict(meta) if isinstance(meta, dict) else {}
    meta.setdefault("stream", STREAM)
    if not meta.get("dt") and (written := _time_of_record(record.get("datetime"))):
        meta["dt"] = f"{written:%Y-%m-%dT%H:%M:%SZ}"
    return event | {"meta": meta}


def _time_of_record(said: Any) -> datetime | None:
    """When a record was written: a text, or the mapping that Monolog made of it in version 1."""
    if not isinstance(said, dict):
        return time_of(said)
    date, zone = said.get("date"), said.get("timezone")
    if not isinstance(date, str) or not isinstance(zone, str):
        return None
    if found := time_of(f"{date}{zone}"):
        return found
    try:
        moment = datetime.fromisoformat(date)
        return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OSError, OverflowError):  # no such time, no such zone
        return None


def reader_of_events(datacenter: str | None) -> MakeReader:
    """What import_log() takes to read events."""
    return partial(_reader, datacenter)


def _reader(datacenter: str | None, log: Log, path: Path, first: Block) -> EventReader:
    """A reader, after a look whether the first lines hold any event."""
    reader = EventReader(datacenter)
    if log.line or first.is_too_long:
        return reader
    rows = reader.rows(beginning(first), 1)
    texts = [text for text in rows.column("text").to_pylist() if text is not None]
    if rows.column("hour").null_count == len(rows) and texts:
        reasons = Counter(text.partition("\t")[0] for text in texts)
        reason = _REASONS.get(reasons.most_common(1)[0][0], "they are no JSON")
        raise ImportFailed(
            f"{path}: not one of its first {len(texts):,} lines can be read, most of them because "
            f"{reason}. What is read is JSON lines: events, or records that Monolog's "
            "JsonFormatter wrote. docs/events.md shows both."
        )
    return reader
