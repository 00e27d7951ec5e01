"""Logs that are already there, into raw partitions: each line once, whatever happens in between.

What was imported of a log is remembered by what it holds, not by its name: by its first bytes and
by those before the place that was reached. So a log may grow, be renamed or be compressed, and
only its new lines are taken. Files of raw partitions are named after the log and the place, and
put there whole before the place is remembered: an import that was killed is repeated, and writes
the same files again.
"""

from __future__ import annotations

import bz2
import fcntl
import hashlib
import json
import lzma
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from glob import escape as glob_escape
from itertools import chain, islice
from pathlib import Path
from typing import IO, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import zstandard
from isal import igzip, isal_zlib

from wikilake.weblog import LineReader, LogFormat, is_json, why_none_is_read

STATE = ".import.json"
REJECTED = "import_rejected"
"""Folder beside the raw partitions with the lines that could not be read."""

BLOCK = 8 * 1024 * 1024
BLOCKS_A_COMMIT = 128
"""Every 128 blocks of 8 MB what is done is published and remembered."""

THREADS = 2
FINGERPRINT = 64 * 1024
LONGEST_LINE = 16 * 1024 * 1024
MOST_OPEN_FILES = 64


class ImportFailed(Exception):
    """A log that cannot be imported; the message names it and says what to do."""


@dataclass
class Log:
    """What is known of a log that was imported, all or in part."""

    id: str
    path: str
    """Where it was found first; `--resume` looks there, and at the names it rotates to."""
    source: str
    log_format: LogFormat
    head_length: int = 0
    head: str = ""
    """Digest of the first `head_length` bytes, uncompressed: of 64 KB when there are so many."""
    position: int = 0
    """Bytes, uncompressed, up to which it was imported."""
    tail: str = ""
    """Digest of the 64 KB before that place."""
    line: int = 0
    """Lines up to there."""
    modified: float = 0.0
    """When the file was changed last, as it was then."""


@dataclass
class Counts:
    """What an import did."""

    lines: int = 0
    rows: int = 0
    rejected: int = 0
    blank: int = 0
    """Lines with nothing in them, or a comment."""
    hours: set[datetime] = field(default_factory=set)
    waiting: bool = False
    """Whether the last line has no end yet and was left for the next time."""

    def add(self, other: Counts) -> None:
        self.lines += other.lines
        self.rows += other.rows
        self.rejected += other.rejected
        self.blank += other.blank
        self.hours |= other.hours
        self.waiting = self.waiting or other.waiting


class State:
    """The logs that were imported into a root of raw partitions, kept there in `.import.json`."""

    def __init__(self, root: Path) -> None:
        self._path = root / STATE
        try:
            self.logs = [_log_of(saved) for saved in json.loads(self._path.read_text())]
        except FileNotFoundError:
            self.logs = []
        except (ValueError, TypeError):
            raise ImportFailed(
                f"{self._path} cannot be read. Without it nothing tells which lines were imported "
                "before: fetch it from a backup, or remove it together with the import-* files of "
                "the raw partitions."
            ) from None

    def save(self) -> None:
        new = self._path.with_suffix(".new")
        with new.open("w") as file:
            json.dump([asdict(log) for log in self.logs], file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._path)


@contextmanager
def opened_state(root: Path) -> Iterator[State]:
    """The state of a root of raw partitions, for one import at a time."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".import.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ImportFailed(
                f"Another import writes to {root} just now: wait until it is through."
            ) from None
        shutil.rmtree(root / ".importing", ignore_errors=True)
        yield State(root)


def import_log(
    state: State,
    root: Path,
    path: Path,
    source: str,
    log_format: LogFormat,
    *,
    is_complete: bool = False,
    again: bool = False,
    progress: Callable[[int, int], None] = lambda bytes_read, lines: None,
) -> Counts:
    """Imports the lines of a log that were not imported before.

    `is_complete` takes a last line without line end too (always taken of compressed logs, which
    do not grow). `again` removes what the log gave before, and imports it anew.
    """
    if not path.is_file():
        raise ImportFailed(f"There is no file {path}.")
    try:
        log = _known_log(state, path)
        if again and log is not None:
            _remove_files(root, log)
            state.logs.remove(log)
            log = None
        if log is None:
            log = _new_log(state, path, source, log_format)
        elif (log.source, log.log_format) != (source, log_format):
            raise ImportFailed(
                f"{path} was imported before with other options ({_options_of(log)}). Give the "
                "same ones to import what is new, or --again to import all of it anew."
            )
        return _Import(state, root, log, path, is_complete, progress).run()
    except _READ_ERRORS as error:
        raise _unreadable(path, error) from None


def resumable(state: State) -> list[tuple[Path, str, LogFormat]]:
    """The files in which lines may be that were not imported yet: path, source, format of each.

    These are the logs of the state by their first names, and what stands beside them under a name
    that goes on from there (`access.log.1`, `access.log-20261101.gz`) if it is a log of the state
    or was written to since the last import.
    """
    last = {log.path: log for log in sorted(state.logs, key=lambda log: log.modified)}
    found = []
    for path, log in sorted(last.items()):
        beside = Path(path).parent.glob(glob_escape(Path(path).name) + "[.-]*")
        files = [Path(path), *beside]
        times = {file: file.stat().st_mtime for file in files if file.is_file()}
        for file in sorted(times, key=lambda file: times[file]):
            if times[file] >= log.modified or _known_log(state, file):
                known = _known_log(state, file) or log
                found.append((file, known.source, known.log_format))
    return found


class _Import:
    """One import of one log, from where the last one ended."""

    def __init__(
        self,
        state: State,
        root: Path,
        log: Log,
        path: Path,
        is_complete: bool,
        progress: Callable[[int, int], None],
    ) -> None:
        self.state, self.root, self.log, self.path = state, root, log, path
        self.is_complete = is_complete
        self.progress = progress
        self.counts = Counts()
        self.failure: Exception | None = None

    def run(self) -> Counts:
        with OpenLog(self.path) as self.file:
            self.is_complete = self.is_complete or self.file.is_compressed
            self.file.skip_to(self.log.position)
            blocks = self._blocks()
            first = next(blocks, None)
            if first is not None:
                self._prepare(first)
                blocks = chain([first], blocks)
                while self._commit(blocks):
                    pass
        if isinstance(self.failure, ImportFailed):
            raise self.failure
        if self.failure:
            raise _unreadable(self.path, self.failure)
        return self.counts

    def _prepare(self, block: bytes) -> None:
        """Makes the reader; an error where the first lines are of no known form."""
        native = is_json(block)
        log_format = self.log.log_format
        self.reader = LineReader(log_format, f"log-{self.log.id}", native=native)
        start = block[: block.find(b"\n", FINGERPRINT) + 1] or block
        rows = self.reader.rows(start, 1)
        hours = rows.column("hour")
        if self.log.line == 0 and hours.null_count == len(hours):
            if reason := why_none_is_read(rows):
                raise ImportFailed(f"{self.path}: {reason}")
        if log_format.site is None and not native:
            hosts = rows.filter(pc.is_valid(hours)).column("text")
            if pc.any(pc.match_substring(hosts, '"uri_host":null')).as_py():
                raise ImportFailed(
                    f"{self.path}: its lines do not say which site was asked for. "
                    "Say it: --site en.example.org"
                )

    def _blocks(self) -> Iterator[bytes]:
        """Whole lines, about BLOCK bytes at a time; the ends depend on the place alone."""
        rest = b""
        try:
            while read := self.file.read(BLOCK):
                cut = read.rfind(b"\n") + 1
                if cut:
                    yield rest + read[:cut]
                    rest = read[cut:]
                else:
                    rest += read
                if len(rest) > LONGEST_LINE:
                    raise ImportFailed(
                        f"{self.path}: a line is longer than {LONGEST_LINE >> 20} MiB; this is no "
                        "log of a web server."
                    )
        except (ImportFailed, *_READ_ERRORS) as error:
            self.failure = error
            return
        if rest and self.is_complete:
            yield rest
        elif rest:
            self.counts.waiting = True

    def _commit(self, blocks: Iterator[bytes]) -> bool:
        """Imports the next BLOCKS_A_COMMIT blocks; whether there were any."""
        log, done = self.log, Counts()
        position, line, tail = log.position, log.line, b""

        def numbered() -> Iterator[tuple[bytes, int]]:
            nonlocal position, line, tail
            for block in islice(blocks, BLOCKS_A_COMMIT):
                first = line + 1
                line += block.count(b"\n") + (not block.endswith(b"\n"))
                position += len(block)
                tail = (tail + block)[-FINGERPRINT:]
                yield block, first

        writer = HourFiles(self.root, log, self.path)
        with ThreadPoolExecutor(THREADS) as pool:
            for rows in _in_order(pool, self.reader.rows, numbered()):
                done.add(writer.write(rows))
                self.progress(self.file.bytes_read(), self.counts.lines + done.lines)
        if not done.lines:
            return False
        # The log's name is remembered before files bear it, the place once they are there.
        if log not in self.state.logs:
            self.state.logs.append(log)
            self.state.save()
        writer.publish()
        with OpenLog(self.path) as file:
            log.head_length = min(position, FINGERPRINT)
            log.head = _digest(file.read(log.head_length))
        if len(tail) < min(FINGERPRINT, position):
            with OpenLog(self.path) as file:
                tail = (file.skip_to(log.position) + tail)[-FINGERPRINT:]
        log.position, log.line, log.tail = position, line, _digest(tail)
        log.modified = self.path.stat().st_mtime
        self.state.save()
        self.counts.add(done)
        return True


class HourFiles:
    """The raw files of one commit: one an hour, under temporary names until they are whole."""

    def __init__(self, root: Path, log: Log, path: Path) -> None:
        self.root, self.log, self.path = root, log, path
        self.folder = root / ".importing"
        self.folder.mkdir(exist_ok=True)
        self.name = f"import-{log.id}-{log.position}"
        self.next_line = log.line + 1
        self.hours: set[datetime] = set()
        self._open: dict[datetime, IO[bytes]] = {}
        self._rejected: IO[bytes] | None = None

    def write(self, rows: pa.Table) -> Counts:
        """Appends the rows of the next lines to the files of their hours; gives what went where."""
        counts = Counts(lines=len(rows))
        hours = rows.column("hour").combine_chunks()
        different = pc.unique(hours)
        for hour in different:
            of_hour = pc.equal(hours, hour) if hour.is_valid else pc.is_null(hours)
            texts = rows.column("text")
            texts = texts if len(different) == 1 else texts.filter(of_hour)
            if hour.is_valid:
                file = self._file(hour.as_py())
                for chunk in texts.chunks:
                    file.write(_bytes_of(chunk))
                counts.rows += len(texts)
            else:
                counts.blank += texts.null_count
                counts.rejected += len(texts) - texts.null_count
                if texts.null_count < len(texts):
                    self._reject(pc.indices_nonzero(of_hour).to_pylist(), texts.to_pylist())
        counts.hours = set(self.hours)
        self.next_line += len(rows)
        return counts

    def publish(self) -> None:
        """Gives the files their names in the raw partitions. Each step can be repeated."""
        for file in [*self._open.values(), *([self._rejected] if self._rejected else [])]:
            file.close()
        for hour in sorted(self.hours):
            partition = (
                f"webrequest_source={self.log.source}/year={hour.year}/month={hour.month}"
                f"/day={hour.day}/hour={hour.hour}"
            )
            _put(self._temporary(hour), self.root / partition / f"{self.name}.jsonl.gz")
        if self._rejected:
            _put(self.folder / "rejected", self.root / REJECTED / f"{self.name}.jsonl")

    def _file(self, hour: datetime) -> IO[bytes]:
        self.hours.add(hour)
        if hour not in self._open:
            if len(self._open) >= MOST_OPEN_FILES:
                self._open.pop(next(iter(self._open))).close()
            # A file that is opened again gets another gzip member: readers take them as one text.
            self._open[hour] = igzip.open(self._temporary(hour), "ab", compresslevel=1)
        return self._open[hour]

    def _temporary(self, hour: datetime) -> Path:
        return self.folder / f"{hour:%Y-%m-%dT%H}"

    def _reject(self, places: list[int], texts: list[str]) -> None:
        if self._rejected is None:
            self._rejected = (self.folder / "rejected").open("wb")
        for place, text in zip(places, texts, strict=True):
            if text is None:
                continue
            reason, line = text.split("\t", 1)
            number = self.next_line + place
            kept = {"file": str(self.path), "line": number, "reason": reason, "text": line}
            self._rejected.write(json.dumps(kept, ensure_ascii=False).encode() + b"\n")


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
    """What the function gives for each argument, in their order, a few ahead of the taker."""
    running = [pool.submit(function, *each) for each in islice(arguments, THREADS + 1)]
    while running:
        yield running.pop(0).result()
        running += [pool.submit(function, *each) for each in islice(arguments, 1)]


_READ_ERRORS = (OSError, EOFError, isal_zlib.error, lzma.LZMAError, zstandard.ZstdError)

_OPENERS: dict[bytes, Callable[[BinaryIO], IO[bytes]]] = {
    b"\x1f\x8b": lambda file: igzip.IGzipFile(fileobj=file, mode="rb"),
    b"\x28\xb5\x2f\xfd": lambda file: zstandard.ZstdDecompressor(
        max_window_size=2**31
    ).stream_reader(file, read_across_frames=True),
    b"BZh": lambda file: bz2.open(file, "rb"),
    b"\xfd7zXZ": lambda file: lzma.open(file, "rb"),
}
"""Compressed logs are told by their first bytes, not by their names."""

_PIECE = 64 * 1024


class OpenLog:
    """A log's bytes, uncompressed, whatever lies on disk."""

    def __init__(self, path: Path) -> None:
        self._disk = path.open("rb")
        start = self._disk.read(6)
        self._disk.seek(0)
        openers = [opener for magic, opener in _OPENERS.items() if start.startswith(magic)]
        self.is_compressed = bool(openers)
        self._file = openers[0](self._disk) if openers else self._disk

    def __enter__(self) -> OpenLog:
        return self

    def __exit__(self, *exception: object) -> None:
        self._disk.close()

    def read(self, length: int) -> bytes:
        """As many bytes as asked for, fewer only at the end or before a place that is damaged."""
        pieces: list[bytes] = []
        try:
            while length and (read := self._file.read1(min(length, _PIECE))):
                pieces.append(read)
                length -= len(read)
        except _READ_ERRORS:
            if not pieces:
                raise
        return b"".join(pieces)

    def skip_to(self, position: int) -> bytes:
        """Goes from the start to a position; gives the FINGERPRINT bytes before it."""
        if not self.is_compressed:
            self._disk.seek(max(position - FINGERPRINT, 0))
            return self.read(min(position, FINGERPRINT))
        last, left = b"", position
        while left and (read := self.read(min(left, BLOCK))):
            last, left = (last + read)[-FINGERPRINT:], left - len(read)
        return b"" if left else last

    def bytes_read(self) -> int:
        """How much of the file on disk was read."""
        return self._disk.tell()


def _unreadable(path: Path, error: Exception) -> ImportFailed:
    return ImportFailed(
        f"{path} cannot be read to its end: {error}. What could be read is imported; mend the "
        "file and import it again: only the rest is taken."
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _known_log(state: State, path: Path) -> Log | None:
    """The log of the state that a file holds: its beginning, or all of it, or more."""
    with OpenLog(path) as file:
        head = file.read(FINGERPRINT)
    candidates = [log for log in state.logs if _digest(head[: log.head_length]) == log.head]
    for log in sorted(candidates, key=lambda log: -log.position):
        with OpenLog(path) as file:
            before = file.skip_to(log.position)
            is_shorter = len(before) < min(log.position, FINGERPRINT)
        if _digest(before) == log.tail or (is_shorter and log.head_length == FINGERPRINT):
            return log
    return None


def _new_log(state: State, path: Path, source: str, log_format: LogFormat) -> Log:
    with OpenLog(path) as file:
        head = file.read(FINGERPRINT)
    head = head[: head.rfind(b"\n") + 1] or head
    name = digest = _digest(head)[:12]
    names, count = {log.id for log in state.logs}, 1
    while name in names:
        count += 1
        name = f"{digest}-{count}"
    return Log(name, str(path), source, log_format, len(head), _digest(head), tail=_digest(b""))


def _log_of(saved: dict) -> Log:
    lists = {name: tuple(saved["log_format"][name]) for name in ("extra", "trusted_proxies")}
    return Log(**saved | {"log_format": LogFormat(**saved["log_format"] | lists)})


def _options_of(log: Log) -> str:
    """The options of the command line that a log was imported with."""
    known = log.log_format
    options = [("--source", log.source), ("--site", known.site), ("--hostname", known.hostname)]
    options += [("--extra", name) for name in known.extra]
    options += [("--trusted-proxy", network) for network in known.trusted_proxies]
    given = [f"{option} {text}" for option, text in options if text is not None]
    return " ".join(given + ["--host-after-client"] * known.host_after_client)


def _remove_files(root: Path, log: Log) -> None:
    """Removes the raw files that a log gave."""
    name = f"import-{log.id}-[0-9]*"
    partitions = f"webrequest_source=*/year=*/month=*/day=*/hour=*/{name}.jsonl.gz"
    for file in [*root.glob(partitions), *root.glob(f"{REJECTED}/{name}.jsonl")]:
        if re.fullmatch(f"import-{log.id}-[0-9]+", file.name.split(".")[0]):
            file.unlink()
