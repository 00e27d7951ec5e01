"""A log's bytes, uncompressed, whatever lies on disk; and whether they are still those on disk."""

from __future__ import annotations

import bz2
import hashlib
import io
import lzma
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import zstandard
from isal import igzip, isal_zlib

READ_ERRORS = (OSError, EOFError, isal_zlib.error, lzma.LZMAError, zstandard.ZstdError)

_OPENERS: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x1f\x8b": lambda file: igzip.IGzipFile(fileobj=file, mode="rb"),
    b"\x28\xb5\x2f\xfd": lambda file: zstandard.ZstdDecompressor(
        max_window_size=2**31
    ).stream_reader(file, read_across_frames=True),
    b"BZh": lambda file: bz2.open(file, "rb"),
    b"\xfd7zXZ": lambda file: lzma.open(file, "rb"),
}
"""Compressed logs are told by their first bytes, not by their names."""

_PIECE = 64 * 1024
_HEAD = 64 * 1024
_SKIPPED = 1024 * 1024


class OpenLog:
    """A log that is read from one open file, whatever becomes of its name in the meantime."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._disk = path.open("rb")
        self._head = os.pread(self._disk.fileno(), _HEAD, 0)
        openers = [opener for magic, opener in _OPENERS.items() if self._head.startswith(magic)]
        self._opener = openers[0] if openers else None
        self.is_compressed = self._opener is not None
        self.rewind()

    def __enter__(self) -> OpenLog:
        return self

    def __exit__(self, *exception: object) -> None:
        self._disk.close()

    def head(self) -> bytes:
        """The first lines, wherever reading is."""
        if self._opener is None:
            return self._head
        try:
            return self._opener(io.BytesIO(self._head)).read1(_HEAD)
        except READ_ERRORS:
            return b""

    def rewind(self) -> None:
        """Goes back to the start."""
        self._disk.seek(0)
        self._file: Any = self._opener(self._disk) if self._opener else self._disk
        self.position = 0
        self._last = 0, b""

    def read(self, length: int) -> bytes:
        """As many bytes as asked for, fewer only at the end or before a place that is damaged."""
        pieces: list[bytes] = []
        try:
            while length and (read := self._file.read1(min(length, _PIECE))):
                if not self.is_compressed:
                    self._last = self.position, read
                self.position += len(read)
                pieces.append(read)
                length -= len(read)
        except READ_ERRORS:
            if not pieces:
                raise
        return b"".join(pieces)

    def digest_to(self, position: int) -> hashlib._Hash:
        """Goes from the start to a position, or to the end before it; SHA-256 of what is there."""
        self.rewind()
        digest = hashlib.sha256()
        while read := self.read(min(position - self.position, _SKIPPED)):
            digest.update(read)
        return digest

    def is_as_it_was(self) -> bool:
        """Whether what was read still lies on disk: the first bytes, and the last ones if plain.

        Else the log was cut and written again, as logrotate's copytruncate does, while it was read.
        """
        disk = self._disk.fileno()
        place, last = self._last
        return (
            os.pread(disk, len(self._head), 0) == self._head
            and os.pread(disk, len(last), place) == last
            and os.fstat(disk).st_size >= self._disk.tell()
        )

    def modified(self) -> float:
        """When the file was changed last."""
        return os.fstat(self._disk.fileno()).st_mtime

    def bytes_read(self) -> int:
        """How much of the file on disk was read."""
        return self._disk.tell()
