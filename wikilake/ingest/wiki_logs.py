"""Which files of the logs in wikilake.yml may hold lines that were not imported yet."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from wikilake.errors import WikilakeError
from wikilake.ingest.known_logs import State
from wikilake.ingest.log_import import rotated
from wikilake.ingest.web_logs import LogFormat, checked_format
from wikilake.lake.due_hours import RunState
from wikilake.wiki_file import LogEntry, WikiFile, WikiFileError

Job = tuple[Path, str, LogFormat]


def jobs(wiki: WikiFile, known: State, state: RunState) -> tuple[list[Job], list[str]]:
    """The files to import, older ones first, and the names of logs that are not there.

    Left out are files that have not changed since all of them was imported: of a log that was
    rotated often, only what is new is read.
    """
    if not known.logs:  # the raw root is another one, or new
        state.files.clear()
    found: dict[Path, tuple[Job, int]] = {}
    missing = []
    for entry in wiki.logs:
        log_format = format_of(wiki, entry)
        for name in entry.files:
            files = _files(name, known)
            if not files:
                missing.append(name)
            for file in files:
                _, line = found.setdefault(file, ((file, entry.source, log_format), entry.line))
                if line != entry.line:
                    raise WikiFileError(
                        f"{wiki.path}:{entry.line}: {file} is named by the entry in line {line} as "
                        "well: name each file once, since each may be of another form."
                    )
    changed = [job for job, _ in found.values() if state.files.get(str(job[0])) != facts(job)]
    return sorted(changed, key=lambda job: job[0].stat().st_mtime), missing


def format_of(wiki: WikiFile, entry: LogEntry) -> LogFormat:
    """What the logs of an entry do not say themselves; raises WikiFileError with its line."""
    try:
        return checked_format(LogFormat(**entry.options), entry.source)
    except WikilakeError as error:
        raise WikiFileError(f"{wiki.path}:{entry.line}: {error}") from None


def facts(job: Job) -> list[object]:
    """What differs when a file has changed, or is to be read in another way."""
    file, source, log_format = job
    there = file.stat()
    return [there.st_ino, there.st_size, there.st_mtime_ns, source, repr(log_format)]


def _files(name: str, known: State) -> list[Path]:
    """The files of a path or pattern; of a path also what it was rotated to since."""
    if not glob.has_magic(name) or os.path.lexists(name):
        path = Path(name)
        return [path for path in [path, *rotated(known, path)] if path.is_file()]
    return [path for path in map(Path, sorted(glob.glob(name, recursive=True))) if path.is_file()]
