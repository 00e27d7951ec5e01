"""Writes databases of networks (mmdb, format 2.0): a search tree of bits, and records.

The library that there is inserts each network by its 128 bits, which takes minutes for half a
million. Here networks come in order, so each goes on where the one before it branched off.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

BITS = 128
_MARKER = b"\xab\xcd\xefMaxMind.com"
_RECORD_BITS = 32

Range = tuple[int, int, int]
"""First and last address, IPv4 below 2**32, and the number of the record."""


def write(path: Path, kind: str, ranges: Iterable[Range], records: list[dict[str, Any]]) -> None:
    """Writes the records of ranges of addresses that do not overlap."""
    data, places = bytearray(), []
    for record in records:
        places.append(len(data))
        data += _encoded(record)
    tree = _Tree()
    for first, last, number in sorted(ranges):
        for address, length in _networks(first, last):
            tree.insert(address, length, number)
    about = {
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": int(time.time()),
        "database_type": kind,
        "description": {"en": kind},
        "ip_version": 6,
        "languages": ["en"],
        "node_count": tree.count,
        "record_size": _RECORD_BITS,
    }
    with path.open("wb") as file:
        file.write(tree.content(np.array(places, np.int64)))
        file.write(bytes(16))
        file.write(data)
        file.write(_MARKER)
        file.write(_encoded(about))


class _Tree:
    """Nodes of two children each: 0 for nothing, n for node n, -n for record n-1."""

    def __init__(self) -> None:
        self._children = array("q", (0, 0))
        self._path = [0]
        """The nodes from the root to the network that was inserted last."""
        self._last = 0

    @property
    def count(self) -> int:
        return len(self._children) // 2

    def insert(self, address: int, length: int, record: int) -> None:
        """Adds a network, the first `length` bits of an address, after those before it."""
        children, path = self._children, self._path
        common = BITS - (address ^ self._last).bit_length()
        depth = min(common, len(path) - 1)
        del path[depth + 1 :]
        while depth < length - 1:
            node = len(children) // 2
            children[2 * path[-1] + (address >> (BITS - 1 - depth) & 1)] = node
            children.extend((0, 0))
            path.append(node)
            depth += 1
        children[2 * path[-1] + (address >> (BITS - 1 - depth) & 1)] = -record - 1
        self._last = address

    def content(self, places: np.ndarray) -> bytes:
        """The nodes as they are written; `places` are those of the records in their section."""
        children = np.frombuffer(self._children, np.int64)
        is_record = children < 0
        found = np.where(children == 0, self.count, children)
        found[is_record] = self.count + 16 + places[-children[is_record] - 1]
        return found.astype(">u4").tobytes()


def _networks(first: int, last: int) -> Iterator[tuple[int, int]]:
    """The fewest networks (address, length) that make up a range."""
    while first <= last:
        size = (first & -first) or 1 << BITS
        while size > last - first + 1:
            size >>= 1
        yield first, BITS - size.bit_length() + 1
        first += size


_KINDS = {str: 2, dict: 7, list: 11}
_NUMBERS = {
    "node_count": 6, "autonomous_system_number": 6, "build_epoch": 9,
}  # fmt: skip
"""Fields that are wider than 16 bits: 6 is 32 bits, 9 is 64."""


def _encoded(value: Any, name: str = "") -> bytes:
    """A value of the data section."""
    if isinstance(value, str):
        content = value.encode()
        return _head(_KINDS[str], len(content)) + content
    if isinstance(value, int):
        content = value.to_bytes(8).lstrip(b"\0")
        return _head(_NUMBERS.get(name, 5), len(content)) + content
    if isinstance(value, list):
        return _head(_KINDS[list], len(value)) + b"".join(map(_encoded, value))
    members = (_encoded(key) + _encoded(member, key) for key, member in value.items())
    return _head(_KINDS[dict], len(value)) + b"".join(members)


def _head(kind: int, size: int) -> bytes:
    """The control bytes: three bits of the kind, then the size; kinds from 8 on have a second."""
    if size < 29:
        short, more = size, b""
    elif size < 285:
        short, more = 29, (size - 29).to_bytes(1)
    elif size < 65821:
        short, more = 30, (size - 285).to_bytes(2)
    else:
        short, more = 31, (size - 65821).to_bytes(3)
    if kind < 8:
        return bytes([kind << 5 | short]) + more
    return bytes([short, kind - 7]) + more
