"""Imports existing logs into raw partitions: each line once, whatever happens in between.

A log is recognised by its content, not by its name (known_logs.py). So a log may grow, be renamed
or be compressed, and only its new lines are taken. Files of raw partitions are named after the log
and the place, and count once the state knows the place that they reach to: the next import removes
what a killed one has left.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from glob import escape as glob_escape
from itertools import chain, islice
from pathlib import Path
from typing import IO, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from isal import igzip

from wikilake import settings
from wikilake.ingest.known_logs import (
    REJECTED,
    WORK,
    ImportFailed,
    Log,
    Match,
    State,
    line_checksums,
    opened_state,
    recognise,
    sync_folder,
)
from wikilake.ingest.named_forms import FieldsChange
from wikilake.ingest.open_log import READ_ERRORS, OpenLog
from wikilake.ingest.web_logs import LineReader, LogFormat, form_of, is_json, why_none_is_read
from wikilake.lake.hours import hour_path
from wikilake.lake.raw_lines import Block, blocks_of_lines

__all__ = ["Counts", "ImportFailed", "import_log", "opened_state", "resumable"]

BLOCK = 8 * 1024 * 1024
BLOCKS_A_COMMIT = 128
"""Every 128 blocks of 8 MB what is done is published and remembered."""

THREADS = 2
FINGERPRINT = 64 * 1024
MOST_OPEN_FILES = 64


@dataclass
class Counts:
    """What an import did."""

    lines: int = 0
    rows: int = 0
    rejected: int = 0
    blank: int = 0
    """Lines with nothing in them, a comment, or what is of no interest here."""
    hours: set[datetime] = field(default_factory=set)
    waiting: bool = False
    """Whether the last line has no end yet and was left for the next time."""
    notes: list[str] = field(default_factory=list)
    """What the user should know: which lines were skipped or taken twice, and why."""

    def add(self, other: Counts) -> None:
        self.lines += other.lines
        self.rows += other.rows
        self.rejected += other.rejected
        self.blank += other.blank
        self.hours |= other.hours
        self.waiting = self.waiting or other.waiting
        self.notes += other.notes


class BlockReader(Protocol):
    """Makes rows of blocks of lines."""

    def rows(self, block: bytes, first_line: int) -> pa.Table:
        """The rows of a block of lines, the first of which is line `first_line` of its log.

        They are (hour, text) as LineReader says. Where a line may be several rows, or rows of
        several sources, they also have its `number` and the `folder` that the hours are below.
        """


MakeReader = Callable[[Log, Path, Block], BlockReader]
"""Makes the reader of a log by its first block; raises ImportFailed where it can read nothing."""


def require_file(path: Path) -> None:
    """Raises ImportFailed where there is no file whose lines could be read."""
    if path.is_dir():
        raise ImportFailed(f"{path} is a folder. Name the logs in it: {path}/*.log*")
    if not path.is_file():
        raise ImportFailed(f"There is no file {path}.")


def import_log(
    state: State,
    root: Path,
    path: Path,
    source: str,
    log_format: LogFormat,
    *,
    is_complete: bool = False,
    again: bool = False,
    as_new: bool = False,
    progress: Callable[[int, int], None] = lambda bytes_read, lines: None,
    make_reader: MakeReader | None = None,
) -> Counts:
    """Imports the lines of a log that were not imported before.

    `is_complete` takes a last line without line end too (always taken of compressed logs, which
    do not grow). `again` removes what the log gave before, and imports it again. `as_new` takes the
    file for a log of its own, whatever was imported before. `make_reader` reads lines of another
    kind than those of web servers.
    """
    require_file(path)
    try:
        with OpenLog(path) as file:
            match = recognise(state, file)
            if as_new:
                if match and match.goes_on and match.log.path == str(path):
                    raise ImportFailed(f"{path} itself was imported before, so it is not new.")
                match = None
            elif match and (match.goes_on or match.is_copy):
                option = "--datacenter" if make_reader else "--source"
                _check_known(match, path, (option, source), log_format, again)
                if match.is_copy:
                    return Counts(notes=[_said_of_copy(match, path)])
            known = match.log if match and match.goes_on else None
            replaced = known if again else None
            notes = []
            if match and not match.goes_on:
                notes = [
                    f"{path} begins like {match.log.path} ({match.lines:,} lines) and then goes on "
                    "in another way. It counts as a log of its own, these lines too."
                ]
            if known and not replaced:
                log = known
            else:
                log = _new_log(state, file, source, log_format, replaced)
            begun = match.digest if match and log is match.log else None
            counts = _Import(
                state, root, log, file, is_complete, progress, replaced, begun,
                make_reader or _reader_of_web_log,
            ).run()  # fmt: skip
    except READ_ERRORS as error:
        raise _unreadable(path, error) from None
    except FieldsChange as change:
        raise ImportFailed(
            f"{path} says other columns further down: {change}. Cut it there, and import both."
        ) from None
    if not counts.lines and match and match.goes_on and not again and match.log.path != str(path):
        notes.append(
            f"{path}: nothing new, its {match.lines:,} lines were imported from {match.log.path}. "
            "If it is another log that happens to be equal: --as-new"
        )
    counts.notes += notes
    return counts


def _check_known(
    match: Match, path: Path, source: tuple[str, str], log_format: LogFormat, again: bool
) -> None:
    """Refuses what would change or take away lines that were imported before.

    `source` is its option and what it says.
    """
    log = match.log
    if again and match.is_copy:
        raise ImportFailed(
            f"{path} is an older copy of {log.path}: --again would take away all {log.line:,} "
            f"lines of that and put the first {match.lines:,} back. Give the newer file."
        )
    if not again and (log.source, log.log_format) != (source[1], log_format):
        raise ImportFailed(
            f"{path} was imported before with other options ({_options_of(log, source[0])}). "
            "Give the same ones to import what is new, --again to import all of it again, or "
            f"--as-new if it is not the log that was imported from {log.path}."
        )


def _said_of_copy(match: Match, path: Path) -> str:
    left = f" Left out is a last line without end ({match.unfinished:,} bytes)."
    return (
        f"{path}: nothing new, its {match.lines:,} lines are the first of {match.log.line:,} that "
        f"were imported from {match.log.path}.{left if match.unfinished else ''} If it is another "
        "log: --as-new"
    )


def resumable(state: State) -> list[tuple[Path, str, LogFormat]]:
    """The files in which lines may be that were not imported yet: path, source, format of each.

    These are the logs of the state by their first names, and what stands beside them under a name
    that goes on from there (`access.log.1`, `access.log-20261101.gz`) if it is a log of the state
    or was written to since the last import.
    """
    last = {log.path: log for log in sorted(state.logs, key=lambda log: log.modified)}
    found = []
    for path, log in sorted(last.items()):
        files = [Path(path), *rotated(state, Path(path))]
        times = {file: file.stat().st_mtime for file in files if file.is_file()}
        for file in sorted(times, key=lambda file: times[file]):
            known = _known_log(state, file) or log
            found.append((file, known.source, known.log_format))
    return found


def rotated(state: State, path: Path) -> list[Path]:
    """Files beside a log that was imported, under names that go on from its own.

    They are logs of the state, or were written to since the last import.
    """
    last = max((log.modified for log in state.logs if log.path == str(path)), default=None)
    if last is None:
        return []
    beside = path.parent.glob(glob_escape(path.name) + "[.-]*")
    return [
        file
        for file in beside
        if file.is_file() and (file.stat().st_mtime >= last or _known_log(state, file))
    ]


def own_raw_root() -> Path:
    """The root that logs are imported into; raises ImportFailed for the one of the sample."""
    root = settings.raw_root()
    if root == settings.PROJECT / "sample" / "raw":
        raise ImportFailed(
            "WIKILAKE_RAW is not set, and the sample is not the place for your logs: wikilake init "
            "writes a file that says where, or export WIKILAKE_RAW=lake/raw"
        )
    return root


class _Import:
    """One import of one log, from where the last one ended."""

    def __init__(
        self,
        state: State,
        root: Path,
        log: Log,
        file: OpenLog,
        is_complete: bool,
        progress: Callable[[int, int], None],
        replaced: Log | None,
        begun: hashlib._Hash | None,
        make_reader: MakeReader,
    ) -> None:
        self.state, self.root, self.log, self.file = state, root, log, file
        self.path = file.path
        self.is_complete = is_complete or file.is_compressed
        self.progress = progress
        self.replaced, self.begun, self.make_reader = replaced, begun, make_reader
        self.counts = Counts()
        self.failure: Exception | None = None

    def run(self) -> Counts:
        if self.begun and self.file.position == self.log.position:
            self.digest = self.begun
        else:
            self.digest = self.file.digest_to(self.log.position)
        if self.digest.hexdigest() != self.log.digest:
            raise self._changed()
        blocks = self._blocks()
        first = next(blocks, None)
        if first is not None:
            self.reader = self.make_reader(self.log, self.path, first)
            self.counts.notes += getattr(self.reader, "notes", [])
            if self.replaced:
                self.state.forget(self.replaced)
            blocks = chain([first], blocks)
            while self._commit(blocks):
                pass
        if isinstance(self.failure, ImportFailed):
            raise self.failure
        if self.failure:
            raise _unreadable(self.path, self.failure)
        return self.counts

    def _blocks(self) -> Iterator[Block]:
        """Whole lines, about BLOCK bytes at a time, up to where the file ends or is damaged."""
        try:
            for block in blocks_of_lines(self.file.read, BLOCK, self.digest.update):
                if not block.has_end and not self.is_complete:
                    self.counts.waiting = True
                    return
                yield block
        except READ_ERRORS as error:
            self.failure = error

    def _rows(self, block: Block, first_line: int) -> pa.Table:
        """The rows of a block of lines; a line that is too long is one that cannot be read."""
        if not block.is_too_long:
            return self.reader.rows(block.text, first_line)
        text = f"too_long\t{block.text.decode(errors='backslashreplace')}"
        return pa.table(
            {"hour": pa.array([None], pa.timestamp("us")), "text": pa.array([text], pa.string())}
        )

    def _commit(self, blocks: Iterator[Block]) -> bool:
        """Imports the next BLOCKS_A_COMMIT blocks; whether there were any."""
        log, done = self.log, Counts()
        position, line, is_cut = log.position, log.line, log.is_cut
        digest, rest = log.digest, None
        sums: list[np.ndarray] = []

        def numbered() -> Iterator[tuple[Block, int]]:
            nonlocal position, line, is_cut, digest, rest
            for block in islice(blocks, BLOCKS_A_COMMIT):
                position += block.size
                digest = self.digest.hexdigest()
                if is_cut:  # its beginning was taken as a line before
                    rest, block = _without_first(block)
                is_cut = not block.has_end
                if not block.text:
                    continue
                sums.append(line_checksums(block))
                first = line + 1
                line += len(sums[-1])
                yield block, first

        try:
            writer = HourFiles(self.root, log, self.path)
            with ThreadPoolExecutor(THREADS) as pool:
                for rows in _in_order(pool, self._rows, numbered()):
                    done.add(writer.write(rows))
                    self.progress(self.file.bytes_read(), self.counts.lines + done.lines)
            if rest and rest.strip():
                done.add(writer.reject_rest(rest))
            if position == log.position:
                return False
            if not self.file.is_as_it_was():
                raise self._changed()
            # That files bear the log's name is remembered before they do, the place once they are
            # there: what is found from the place on is of an import that died.
            self.state.add(log)
            log.is_unsettled = True
            self.state.save()
            writer.publish()
            self.state.add_checksums(log, sums)
            if sums and not log.line:
                log.first_line = int(sums[0][0])
            log.position, log.line, log.digest = position, line, digest
            log.is_cut, log.is_unsettled = is_cut, False
            log.modified = self.file.modified()
            self.state.save()
        except OSError as error:
            raise ImportFailed(
                f"{self.root} cannot be written: {error}. What was imported before of {self.path} "
                "is kept; make room and import it again: only the rest is taken."
            ) from None
        self.counts.add(done)
        return True

    def _changed(self) -> ImportFailed:
        return ImportFailed(
            f"{self.path} was cut or written again while it was read, so nothing was imported of "
            "what was read last. Import it again, together with the copy of it if there is one."
        )


def _reader_of_web_log(log: Log, path: Path, first: Block) -> LineReader:
    """The reader of a web server's log."""
    log_format = log.log_format
    with OpenLog(path) as file:
        form = form_of(file.head() or first.text, log_format)
    native = form is None and is_json(first.text)
    reader = LineReader(log_format, f"log-{log.id}", native=native, form=form)
    if form and not form.has_zone and not log_format.time_zone:
        reader.notes.append(
            f"{path}: its times name no zone and are read as UTC. If they are of another one, "
            "import it again: --again --time-zone Europe/Berlin"
        )
    if first.is_too_long:
        return reader
    rows = reader.rows(beginning(first), 1)
    hours = rows.column("hour")
    if log.line == 0 and hours.null_count == len(hours):
        if reason := why_none_is_read(rows):
            raise ImportFailed(f"{path}: {reason}")
    if log_format.site is None and not native:
        hosts = rows.filter(pc.is_valid(hours)).column("text")
        if pc.any(pc.match_substring(hosts, '"uri_host":null')).as_py():
            raise ImportFailed(
                f"{path}: its lines do not say which site was asked for. "
                "Say it: --site en.example.org"
            )
    return reader


def beginning(first: Block) -> bytes:
    """The first lines of a log, enough to tell what it is."""
    return first.text[: first.text.find(b"\n", FINGERPRINT) + 1] or first.text


def _without_first(block: Block) -> tuple[bytes, Block]:
    """The first line of a block, and the block without it."""
    if block.is_too_long:
        return block.text, Block(b"", 0, has_end=block.has_end)
    first, end, rest = block.text.partition(b"\n")
    return first, Block(rest, len(rest), has_end=block.has_end)


class HourFiles:
    """The raw files of one commit: one per hour, under temporary names until they are whole."""

    def __init__(self, root: Path, log: Log, path: Path) -> None:
        self.root, self.log, self.path = root, log, path
        self.folder = root / WORK
        self.folder.mkdir(exist_ok=True)
        self.name = f"import-{log.id}-{log.position}"
        self.next_line = log.line + 1
        self.places: set[tuple[str, datetime]] = set()
        self._open: dict[tuple[str, datetime], IO[bytes]] = {}
        self._rejected: IO[bytes] | None = None

    def write(self, rows: pa.Table) -> Counts:
        """Appends the rows of the next lines to the files of their hours; says what went where."""
        if "number" not in rows.column_names:
            numbers = np.arange(self.next_line, self.next_line + len(rows))
            rows = rows.append_column("number", pa.array(numbers))
        counts = Counts(lines=pc.count_distinct(rows.column("number")).as_py())
        if "folder" in rows.column_names:
            folders = pc.unique(rows.column("folder").combine_chunks()).to_pylist()
            for folder in folders:
                self._write(folder or "", rows.filter(_is(rows.column("folder"), folder)), counts)
        else:
            self._write(f"webrequest_source={self.log.source}", rows, counts)
        counts.hours = {hour for _, hour in self.places}
        self.next_line += counts.lines
        return counts

    def _write(self, folder: str, rows: pa.Table, counts: Counts) -> None:
        """Appends rows of one folder."""
        hours = rows.column("hour").combine_chunks()
        different = pc.unique(hours).to_pylist()
        for hour in different:
            of_hour = rows if len(different) == 1 else rows.filter(_is(hours, hour))
            texts = of_hour.column("text")
            if hour is not None:
                file = self._file(folder, hour)
                for chunk in texts.chunks:
                    file.write(_bytes_of(chunk))
                counts.rows += len(texts)
            else:
                counts.blank += texts.null_count
                counts.rejected += len(texts) - texts.null_count
                if texts.null_count < len(texts):
                    self._reject(of_hour.column("number").to_pylist(), texts.to_pylist())

    def reject_rest(self, rest: bytes) -> Counts:
        """Rejects the rest of a line whose beginning was taken as the last line before."""
        text = f"rest_of_line\t{rest.decode(errors='backslashreplace')}"
        self._reject([self.log.line], [text])
        return Counts(lines=1, rejected=1)

    def publish(self) -> None:
        """Gives the files their final names in the raw partitions and syncs them."""
        folders = set()
        for file in [*self._open.values(), *([self._rejected] if self._rejected else [])]:
            file.close()
        for folder, hour in sorted(self.places):
            place = self.root / folder / hour_path(hour) / f"{self.name}.jsonl.gz"
            _put(self._temporary(folder, hour), place)
            folders |= {folder for folder in place.parents if folder.is_relative_to(self.root)}
        if self._rejected:
            _put(self.folder / "rejected", self.root / REJECTED / f"{self.name}.jsonl")
            folders |= {self.root / REJECTED, self.root}
        for synced in folders:
            sync_folder(synced)

    def _file(self, folder: str, hour: datetime) -> IO[bytes]:
        place = folder, hour
        self.places.add(place)
        if place not in self._open:
            if len(self._open) >= MOST_OPEN_FILES:
                self._open.pop(next(iter(self._open))).close()
            # A file that is opened again gets another gzip member: readers take them as one text.
            self._open[place] = igzip.open(self._temporary(*place), "ab", compresslevel=1)
        return self._open[place]

    def _temporary(self, folder: str, hour: datetime) -> Path:
        return self.folder / f"{hour:%Y-%m-%dT%H} {folder}"

    def _reject(self, numbers: list[int], texts: list[str | None]) -> None:
        if self._rejected is None:
            self._rejected = (self.folder / "rejected").open("wb")
        for number, text in zip(numbers, texts, strict=True):
            if text is None:
                continue
            reason, line = text.split("\t", 1)
            kept = {"file": str(self.path), "line": number, "reason": reason, "text": line}
            self._rejected.write(json.dumps(kept, ensure_ascii=False).encode() + b"\n")


def _is(column: pa.ChunkedArray | pa.Array, value: object) -> pa.ChunkedArray | pa.Array:
    """Whether each value of a column is a value, which may be None."""
    return pc.is_null(column) if value is None else pc.equal(column, value)


def _put(temporary: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(place)


def _bytes_of(texts: pa.StringArray) -> memoryview:
    """The texts of an array one after the other, as they lie in memory."""
    if not len(texts):
        return memoryview(b"")
    _, offsets, content = texts.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(content)[ends[texts.offset] : ends[texts.offset + len(texts)]]


def _in_order(pool: ThreadPoolExecutor, function: Callable, arguments: Iterator) -> Iterator:
    """What the function returns for each argument, in their order, a few ahead of the taker."""
    running = [pool.submit(function, *each) for each in islice(arguments, THREADS + 1)]
    while running:
        yield running.pop(0).result()
        running += [pool.submit(function, *each) for each in islice(arguments, 1)]


def _unreadable(path: Path, error: Exception) -> ImportFailed:
    return ImportFailed(
        f"{path} cannot be read to its end: {error}. What could be read is imported; mend the "
        "file and import it again: only the rest is taken."
    )


def _known_log(state: State, path: Path) -> Log | None:
    """The log of the state that a file holds: its beginning, or all of it, or more."""
    try:
        with OpenLog(path) as file:
            match = recognise(state, file)
    except (ImportFailed, *READ_ERRORS):
        return None  # the import says why
    return match.log if match and (match.goes_on or match.is_copy) else None


def _new_log(
    state: State, file: OpenLog, source: str, log_format: LogFormat, replaced: Log | None
) -> Log:
    """A log under a name that no other one has, but for the one in whose place it comes."""
    file.rewind()
    head = file.read(FINGERPRINT)
    head = head[: head.rfind(b"\n") + 1] or head
    name = digest = hashlib.sha256(head).hexdigest()[:12]
    names, count = {log.id for log in state.logs if log.position and log is not replaced}, 1
    while name in names:
        count += 1
        name = f"{digest}-{count}"
    return Log(name, str(file.path), source, log_format)


def _options_of(log: Log, source: str) -> str:
    """The options of the command line that a log was imported with; `source` is one's name."""
    known = log.log_format
    options = [(source, log.source), ("--site", known.site), ("--hostname", known.hostname)]
    options += [("--extra", name) for name in known.extra]
    options += [("--trusted-proxy", network) for network in known.trusted_proxies]
    options += [("--format", known.format), ("--time-zone", known.time_zone)]
    options += [("--field", f"{name}={place}") for name, place in known.fields]
    given = [f"{option} {text}" for option, text in options if text]
    return " ".join(given + ["--host-after-client"] * known.host_after_client) or "none"
