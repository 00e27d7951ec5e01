"""The bytes of a downloaded dump, uncompressed: gzip, bz2 or plain, as its name says."""

from __future__ import annotations

import bz2
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

import rapidgzip
from isal import igzip, isal_zlib

from wikilake.errors import WikilakeError

PIECE = 8 * 1024 * 1024
_BEGINNINGS = {".bz2": b"BZh", ".gz": b"\x1f\x8b"}


class DumpFileError(WikilakeError):
    """A dump that cannot be read; the message names it and says what to do."""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def pieces_of(path: Path, threads: int, again: str) -> Iterator[tuple[bytes, float]]:
    """The text of a dump in pieces, each with the share of the file that is read by then.

    Raises DumpFileError for a file that is cut off, damaged, or not what its name says, such as the
    page of an error that was saved in its place; `again` is what to do when it was fetched anew.
    """
    try:
        with ExitStack() as stack:
            size = path.stat().st_size
            file, position = _open(path, threads, stack)
            while piece := file.read(PIECE):
                yield piece, min(1.0, position() / size)
    # rapidgzip reports all damage as RuntimeError, without a cause.
    except (EOFError, OSError, RuntimeError, ValueError, zlib.error, isal_zlib.error) as error:
        raise DumpFileError(
            f"{path} cannot be read to its end, it is cut off or damaged ({error}): fetch the file "
            f"again, then {again}."
        ) from None


def _open(path: Path, threads: int, stack: ExitStack) -> tuple[IO[bytes], Callable[[], int]]:
    """The text of a file, and how many of its bytes are read; to be closed with `stack`."""
    raw = stack.enter_context(path.open("rb"))
    beginning = _BEGINNINGS.get(path.suffix, b"")
    if (read := raw.read(len(beginning))) != beginning:
        raise OSError(f"it is {'' if read else 'empty, '}not a {path.suffix[1:]} file")
    raw.seek(0)
    if path.suffix == ".bz2" and threads > 1:
        file = stack.enter_context(rapidgzip.IndexedBzip2File(str(path), parallelization=threads))
        return file, lambda: file.tell_compressed() // 8
    if path.suffix == ".bz2":
        return cast(IO[bytes], stack.enter_context(bz2.open(raw))), raw.tell
    if path.suffix == ".gz":
        return cast(IO[bytes], stack.enter_context(igzip.open(raw))), raw.tell
    return raw, raw.tell
