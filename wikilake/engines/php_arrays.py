"""Reads what PHP's serialize() makes of an array, such as the parameters of a log row (L1, L2).

Like a user agent it is a text with a grammar of its own: arrays hold arrays, lengths count bytes.
A regular expression finds single keys of a well-formed text, but not whether the text is one, on
which it depends whether a log row is read as an array or as lines.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

Nested = list[tuple[str, Any]]
"""A PHP array: its keys as texts, each with a text, an array or what stands for another value."""

_SCALAR = re.compile(rb'i:(-?[0-9]{1,10});|b:([01]);|d:([^;]{1,40});|(N);|s:([0-9]{1,9}):"')
_ARRAY = re.compile(rb"a:([0-9]{1,9}):\{")
_INTEGERS = range(-(2**31), 2**31)
_DEEPEST = 32

TYPE = pa.struct(
    [
        ("entries", pa.map_(pa.string(), pa.string())),
        ("texts", pa.map_(pa.string(), pa.string())),
        ("lists", pa.map_(pa.string(), pa.list_(pa.string()))),
    ]
)
"""An array as SQL sees it: every entry as text, its texts alone, and the values of inner arrays."""


class _Shown(str):
    """The text that stands for a value that is no text."""


def parse_all(texts: pa.Array) -> pa.Array:
    """The arrays of many texts; NULL for NULL and for every text that is no array."""
    return pa.array([_as_maps(text) for text in texts.to_pylist()], TYPE)


def _as_maps(text: str | None) -> dict[str, Any] | None:
    array = None if text is None else parse(text)
    if array is None:
        return None
    values = dict(array)  # the last of a repeated key counts
    return {
        "entries": [(key, _shown(value)) for key, value in values.items()],
        "texts": [(key, value) for key, value in values.items() if type(value) is str],
        "lists": [
            (key, [_shown(inner) for _, inner in value])
            for key, value in values.items()
            if isinstance(value, list)
        ],
    }


def parse(text: str) -> Nested | None:
    """The array that a text begins with; None where it begins with none that can be read."""
    if not text.startswith("a:"):
        return None
    try:
        return _array(text.encode(), 0, 0)[0]
    except (ValueError, IndexError):
        return None


def _array(data: bytes, place: int, depth: int) -> tuple[Nested, int]:
    begin = _ARRAY.match(data, place)
    if begin is None or depth == _DEEPEST:
        raise ValueError(f"there is no array at byte {place}")
    place, entries = begin.end(), []
    for _ in range(int(begin[1])):
        key, place = _value(data, place, depth)
        value, place = _value(data, place, depth)
        if isinstance(key, list):
            raise ValueError(f"an array is a key before byte {place}")
        entries.append((str(key), value))
    if data[place : place + 1] != b"}":
        raise ValueError(f"the array does not end at byte {place}")
    return entries, place + 1


def _value(data: bytes, place: int, depth: int) -> tuple[str | Nested, int]:
    scalar = _SCALAR.match(data, place)
    if scalar is None:
        return _array(data, place, depth + 1)
    integer, flag, double, _, length = scalar.groups()
    place = scalar.end()
    if length is not None:
        end = place + int(length)
        if data[end : end + 2] != b'";':
            raise ValueError(f"the text does not end at byte {end}")
        return data[place:end].decode(), end + 2
    if integer is not None:
        if int(integer) not in _INTEGERS:
            raise ValueError(f"{integer!r} has more than 32 bits")
        return _Shown(int(integer)), place
    if flag is not None:
        return _Shown("true" if flag == b"1" else "false"), place
    return _Shown("None" if double is None else float(double)), place


def _shown(value: str | Nested) -> str:
    """A value as text, an array as Scala shows a map."""
    if isinstance(value, list):
        entries = dict(value).items()
        return f"Map({', '.join(f'{key} -> {_shown(inner)}' for key, inner in entries)})"
    return str(value)
