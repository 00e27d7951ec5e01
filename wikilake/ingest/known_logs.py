"""What was imported of each log, recognised by its bytes and lines, never by its name.

Of each log the state keeps the SHA-256 of all bytes that were imported, which proves that a file
continues where the last import ended. In `.import/` there is also a checksum per line (four bytes).
They tell how many first lines another file has in common with a log, so an older copy is told from
another log that only begins alike.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from isal import isal_zlib

from wikilake.errors import WikilakeError
from wikilake.ingest.open_log import READ_ERRORS, OpenLog
from wikilake.ingest.web_logs import LogFormat
from wikilake.lake.raw_lines import Block, blocks_of_lines

STATE = ".import.json"
REJECTED = "import_rejected"
"""Folder beside the raw partitions with the lines that could not be read."""

WORK = ".importing"
"""Folder for the files of a commit that are not whole yet."""

_CHECKSUMS = ".import"
_VERSION = 2
_FINGERPRINT = 64 * 1024
_NOTHING = hashlib.sha256().hexdigest()
_BLOCK = 1024 * 1024


class ImportFailed(WikilakeError):
    """A log that cannot be imported; the message names it and says what to do."""


@dataclass
class Log:
    """What is known of a log that was imported, all or in part."""

    id: str
    path: str
    """Where it was found first; `--resume` looks there, and at the names it rotates to."""
    source: str
    log_format: LogFormat
    position: int = 0
    """Bytes, uncompressed, up to which it was imported."""
    digest: str = _NOTHING
    """SHA-256 of all of them; empty for a log of an older version, until it is seen again."""
    line: int = 0
    """Number of lines up to there."""
    first_line: int = 0
    """Checksum of the first one."""
    is_cut: bool = False
    """Whether the last one was taken without its end."""
    is_unsettled: bool = False
    """Whether raw files that begin at `position`, or later, may be there and do not count."""
    modified: float = 0.0
    """When the file was changed last, as it was then."""
    head_length: int = 0
    head: str = ""
    tail: str = ""
    """What the older version kept: digests of the first 64 KB and of those before `position`."""


@dataclass
class Match:
    """How a file and a log of the state are related."""

    log: Log
    lines: int
    """How many lines of the log the file begins with."""
    goes_on: bool = False
    """Whether the file begins with all that was imported of the log."""
    is_copy: bool = False
    """Whether all lines of the file were imported, and more."""
    unfinished: int = 0
    """Bytes of a copy's last line, which has no end and is part of no whole line that is known."""
    digest: hashlib._Hash | None = None
    """Of the bytes up to the log's position, where the file goes on from there."""


class State:
    """The logs that were imported into a root of raw partitions, kept there in `.import.json`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._path = root / STATE
        self.logs: list[Log] = []
        try:
            saved = json.loads(self._path.read_text())
            self.is_old = isinstance(saved, list)
            if not self.is_old and saved["version"] != _VERSION:
                raise ImportFailed(
                    f"{self._path} is of another version of wikilake ({saved['version']}): import "
                    "with that one, or a newer one."
                )
            self.logs = [_log_of(log) for log in (saved if self.is_old else saved["logs"])]
        except FileNotFoundError:
            self.is_old = False
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ImportFailed(
                f"{self._path} cannot be read. Without it nothing tells which lines were imported "
                "before: fetch it from a backup, or remove it together with the import-* files of "
                "the raw partitions."
            ) from None

    def save(self) -> None:
        """Writes the state to the disk, to be there whatever happens afterwards."""
        new = self._path.with_suffix(".new")
        with new.open("w") as file:
            json.dump({"version": _VERSION, "logs": [asdict(log) for log in self.logs]}, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self._path)
        sync_folder(self.root)

    def settle(self) -> None:
        """Removes the raw files of an import that died before it recorded them."""
        unsettled = [log for log in self.logs if log.is_unsettled]
        for log in unsettled:
            for file in files_of(self.root, log):
                if int(file.name.split(".")[0].rpartition("-")[2]) >= log.position:
                    file.unlink(missing_ok=True)
            log.is_unsettled = False
        if unsettled:
            self.save()

    def add(self, log: Log) -> None:
        """Makes a log known, in the place of those of its path and name that never got anywhere."""
        others = [
            known
            for known in self.logs
            if known is not log
            and (known.position or log.path != known.path and log.id != known.id)
        ]
        self.logs = [*others, log]

    def forget(self, log: Log) -> None:
        """Removes a log and its raw files; if this is killed, the next import does the rest."""
        log.position = log.line = 0
        log.is_unsettled = True
        self.save()
        self.settle()
        self._checksum_file(log).unlink(missing_ok=True)
        self.logs.remove(log)
        self.save()

    def checksums(self, log: Log) -> np.ndarray:
        """The check sums of a log's lines; none of a log that has none kept."""
        try:
            sums = np.fromfile(self._checksum_file(log), "<u4", log.line)
        except FileNotFoundError:
            sums = np.empty(0, "<u4")
        return sums if len(sums) == log.line else sums[:0]

    def add_checksums(self, log: Log, sums: Iterable[np.ndarray]) -> None:
        """Keeps the check sums of the lines that follow the log's last one."""
        path = self._checksum_file(log)
        path.parent.mkdir(exist_ok=True)
        path.touch()
        if path.stat().st_size < 4 * log.line:  # somebody removed the earlier ones
            path.unlink()
            return
        with path.open("r+b") as file:
            file.truncate(4 * log.line)
            file.seek(4 * log.line)
            file.writelines(part.tobytes() for part in sums)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)

    def _checksum_file(self, log: Log) -> Path:
        return self.root / _CHECKSUMS / f"{log.id}.lines"


@contextmanager
def opened_state(root: Path) -> Iterator[State]:
    """The state of a root of raw partitions, for one import at a time.

    What an import writes is for its own user alone, whatever the umask; only folders that were
    there before are left as they are.
    """
    before = os.umask(0o077)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with (root / ".import.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ImportFailed(
                    f"Another import writes to {root} just now: wait until it is through."
                ) from None
            state = State(root)
            shutil.rmtree(root / WORK, ignore_errors=True)
            if state.is_old:
                close_files(root)
            state.settle()
            yield state
            shutil.rmtree(root / WORK, ignore_errors=True)
    except OSError as error:
        raise ImportFailed(
            f"WIKILAKE_RAW or WIKILAKE_EVENTS: {error.filename or root} cannot be written "
            f"({error.strerror})."
        ) from None
    finally:
        os.umask(before)


def sync_folder(folder: Path) -> None:
    """Syncs the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files_of(root: Path, log: Log) -> list[Path]:
    """The raw files that came from a log, and those with its rejected lines."""
    name = f"import-{log.id}-[0-9]*"
    partitions = f"[!.]*/year=*/month=*/day=*/hour=*/{name}.jsonl.gz"
    found = [*root.glob(partitions), *root.glob(f"{REJECTED}/{name}.jsonl")]
    only = re.compile(f"import-{re.escape(log.id)}-[0-9]+")
    return [file for file in found if only.fullmatch(file.name.split(".")[0])]


def close_files(root: Path) -> None:
    """Closes what an older version left open: its files, and folders that hold nothing else."""
    closed: set[Path] = set()
    for name, folders, files in os.walk(root, topdown=False):
        folder = Path(name)
        own = [folder / file for file in files if file.startswith(("import-", ".import"))]
        for file in own:
            file.chmod(0o600)
        paths = {folder / child for child in folders}
        if folder != root and len(own) == len(files) and paths <= closed:
            folder.chmod(0o700)
            closed.add(folder)


def line_checksums(block: Block) -> np.ndarray:
    """The check sum of each line of a block."""
    if block.is_too_long:
        lines = [block.text + str(block.size - block.has_end).encode()]
    else:
        lines = block.text.removesuffix(b"\n").split(b"\n")
    return np.fromiter(map(isal_zlib.crc32, lines), "<u4", len(lines))


def recognise(state: State, file: OpenLog) -> Match | None:
    """The log of the state that a file belongs to, None when it begins like no other.

    That is the one whose bytes it goes on from, else the one with most lines in common. Raises
    ImportFailed where too little was noted to tell.
    """
    known = [log for log in state.logs if log.position]
    try:
        file.rewind()
        block = next(blocks_of_lines(file.read, _FINGERPRINT), None) if known else None
    except READ_ERRORS:
        return None  # so is the import's first line
    if block is None:
        return None
    first = int(line_checksums(block)[0])
    candidates = [log for log in known if not log.digest or log.first_line == first]
    if not candidates:
        return None
    return _continued(state, file, candidates) or _shared(state, file, candidates)


def _continued(state: State, file: OpenLog, candidates: list[Log]) -> Match | None:
    """The log with most bytes of those that the file goes on from."""
    found: Match | None = None
    digest, tail, heads = hashlib.sha256(), b"", {}
    file.rewind()
    old = [log for log in candidates if not log.digest]
    for place in sorted({log.position for log in candidates} | {log.head_length for log in old}):
        while read := _read(file, min(place - file.position, _BLOCK)):
            digest.update(read)
            tail = (tail + read)[-_FINGERPRINT:]
        if file.position < place:
            break
        heads[place] = digest.hexdigest()
        for log in candidates:
            is_there = found and (found.log.position, found.log.path) == (place, str(file.path))
            if log.position == place and not is_there:
                if log.digest:
                    goes_on = log.digest == digest.hexdigest()
                else:
                    ends = hashlib.sha256(tail).hexdigest()
                    goes_on = (heads[log.head_length], ends) == (log.head, log.tail)
                if goes_on:
                    found = Match(log, log.line, goes_on=True, digest=digest.copy())
    for log in old:
        if (
            found is None
            and file.position < log.position
            and heads.get(log.head_length) == log.head
        ):
            raise _undecided(file, log)
    if found and not found.log.digest:
        _note_all(state, file, found.log)
    return found


def _shared(state: State, file: OpenLog, candidates: list[Log]) -> Match | None:
    """The log that has most of its first lines in common with the file."""
    most = max(log.line for log in candidates)
    sums, count = [np.empty(0, "<u4")], 0
    unfinished, failure = 0, None
    file.rewind()
    try:
        for block in blocks_of_lines(file.read, _BLOCK):
            new = line_checksums(block)
            if not block.has_end:
                unfinished = block.size - block.text.rfind(b"\n") - 1
                new = new[:-1]
            sums.append(new)
            count += len(new)
            if count > most:
                break
    except READ_ERRORS as error:
        failure = error
    found = None
    of_file = np.concatenate(sums)
    for log in candidates:
        of_log = state.checksums(log)
        if log.digest and not len(of_log) and len(of_file) <= log.line:
            raise _undecided(file, log)
        length = min(len(of_file), len(of_log))
        differing = np.flatnonzero(of_file[:length] != of_log[:length])
        lines = int(differing[0]) if len(differing) else length
        if lines and (found is None or lines > found.lines):
            found = Match(log, lines, is_copy=lines == len(of_file), unfinished=unfinished)
    if found and found.is_copy and failure:
        raise failure
    return found


def _read(file: OpenLog, length: int) -> bytes:
    """Bytes of a file, none at its end or where it is damaged."""
    try:
        return file.read(length)
    except READ_ERRORS:
        return b""


def _note_all(state: State, file: OpenLog, log: Log) -> None:
    """Notes of an older version's log what is noted of others, from a file that goes on from it."""
    file.rewind()
    left, digest = log.position, hashlib.sha256()

    def read(length: int) -> bytes:
        nonlocal left
        piece = file.read(min(length, left))
        left -= len(piece)
        digest.update(piece)
        return piece

    sums = []
    for block in blocks_of_lines(read, _BLOCK):
        sums.append(line_checksums(block))
        log.is_cut = not block.has_end
    log.line = 0
    state.add_checksums(log, sums)
    log.line, log.first_line = sum(map(len, sums)), int(sums[0][0])
    log.digest = digest.hexdigest()
    log.head_length, log.head, log.tail = 0, "", ""
    state.save()


def _undecided(file: OpenLog, log: Log) -> ImportFailed:
    return ImportFailed(
        f"{file.path} begins like {log.path} and is shorter than what was imported of that. Too "
        "little was noted to tell whether it is an older copy, so nothing of it was imported. If "
        "it is, leave it out; else import it as a log of its own: --as-new"
    )


def _log_of(saved: dict) -> Log:
    """A log as it was saved; an older version's has no digest of all, and may be unsettled."""
    given = saved["log_format"]
    lists = {name: tuple(given[name]) for name in ("extra", "trusted_proxies")}
    lists["fields"] = tuple(tuple(pair) for pair in given.get("fields", ()))
    log = Log(**saved | {"log_format": LogFormat(**given | lists)})
    if "digest" not in saved:
        log.digest, log.is_unsettled = "", True
    return log
