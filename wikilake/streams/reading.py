"""Lines of events, read as Wikimedia's jobs read them.

Nearly every line is plain: JSON whose values have the types of the schema and whose keys stand
once. The engine reads those. The others are read here and written again as plain JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, Optional

import pyarrow as pa
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from wikilake.streams.declarations import Type, stream_of

_STRICT = ConfigDict(strict=True, allow_inf_nan=False)
_LONG = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
_PLAIN = {"text": str, "integer": _LONG, "number": float, "boolean": bool}
_DOUBLES = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "+Infinity": "Infinity",
    "+INF": "Infinity",
    "-Infinity": "-Infinity",
    "-INF": "-Infinity",
}
_DEEPEST = 500
"""Levels of arrays and objects within each other; both engines read as many."""

_TOKEN = re.compile(r"""[^"']+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|.""", re.DOTALL)
_BLANKS = " \t\r\n"
_BEFORE_COLON = tuple(f"{blank}:" for blank in _BLANKS)


class Odd(Exception):
    """Why a line cannot be read."""


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def plain_check(table: str) -> Callable[[str], bool]:
    """Whether a line is plain JSON of the table's stream, so that any engine reads it alike."""
    return _plain_check(json.dumps(stream_of(table).fields))


@lru_cache(maxsize=256)
def _plain_check(fields: str) -> Callable[[str], bool]:
    event: Type = {"kind": "struct", "fields": json.loads(fields)}
    validate = TypeAdapter(_python_type(event)).validator.validate_json
    keys = _key_counter(event)

    def is_plain(line: str) -> bool:
        # A key that stands twice is one key of what was read, but twice in the line. Blanks between
        # a key and its colon, or a text that looks like a key, put the line in doubt, no more.
        if any(blank in line for blank in _BEFORE_COLON) or line.strip() == "null":
            return False
        try:
            read = validate(line)
        except ValidationError:
            return False
        return keys is None or line.count('":') == keys(read)

    return is_plain


def _python_type(column: Type) -> Any:
    """The type of which a plain value is."""
    kind = column["kind"]
    made: Any
    if kind in _PLAIN:
        made = _PLAIN[kind]
    elif kind == "array":
        made = list[_python_type(column["items"])]  # type: ignore[misc]
    elif kind == "map":
        made = dict[str, _python_type(column["values"])]  # type: ignore[misc]
    else:
        fields = {f["key"]: _python_type(f["type"]) for f in column["fields"]}
        make: Any = TypedDict  # for a type that is known when it runs
        made = make("Event", fields, total=False)
        made.__pydantic_config__ = _STRICT
    return Optional[made]  # noqa: UP045 - a value, no annotation


def _key_counter(column: Type) -> Callable[[Any], int] | None:
    """A function that counts the keys of a plain value of a type; None where there are none."""
    kind = column["kind"]
    if kind == "struct":
        inner = [(f["key"], _key_counter(f["type"])) for f in column["fields"]]
        counters = [(key, count) for key, count in inner if count]

        def count_struct(value: Any) -> int:
            if not value:
                return 0
            return len(value) + sum(count(value.get(key)) for key, count in counters)

        return count_struct
    if kind not in ("array", "map"):
        return None
    members = _key_counter(column["items" if kind == "array" else "values"])
    if kind == "array":
        return members and (lambda value: sum(map(members, value)) if value else 0)
    if members is None:
        return lambda value: len(value) if value else 0
    return lambda value: len(value) + sum(map(members, value.values())) if value else 0


def event_texts(line: str, table: str) -> list[str]:
    """The events of a line as plain JSON, or the reason why it cannot be read.

    Every event begins with `{`, a reason does not. A blank line holds no event, an array as many as
    it has members.
    """
    event: Type = {"kind": "struct", "fields": stream_of(table).fields}
    text = line.removeprefix("\ufeff").strip(_BLANKS)
    if not text:
        return []
    try:
        read = parsed(text)
        events = read if isinstance(read, list) else [read]
        if not all(isinstance(member, dict) for member in events):
            raise Odd("not_a_json_object")
        return [
            json.dumps(_plain(member, event, ""), ensure_ascii=False, allow_nan=False)
            for member in events
        ]
    except Odd as odd:
        return [str(odd)]


def are_plain(lines: pa.Array, tables: pa.Array) -> pa.Array:
    """plain_check() for each of an Arrow array of lines, all of one table."""
    is_plain = plain_check(tables[0].as_py()) if len(tables) else bool
    return pa.array([line is not None and is_plain(line) for line in lines.to_pylist()], pa.bool_())


def texts_of(lines: pa.Array, tables: pa.Array) -> pa.Array:
    """event_texts() for each of an Arrow array of lines."""
    pairs = zip(lines.to_pylist(), tables.to_pylist(), strict=True)
    texts = [None if line is None else event_texts(line, table) for line, table in pairs]
    return pa.array(texts, pa.list_(pa.string()))


def parsed(text: str) -> Any:
    """A line's value; numbers as _Number, so that they keep their digits."""
    if "'" in text:
        text = "".join(_in_double_quotes(token) for token in _TOKEN.findall(text))
    if _depth(text) > _DEEPEST:
        raise Odd("too_deep")
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        raise Odd("not_a_json_object") from None
    if text[end:].lstrip(_BLANKS)[:1] in ("{", "["):
        raise Odd("two_values")
    return value


def _in_double_quotes(token: str) -> str:
    if len(token) < 2 or token[0] != "'":
        return token
    return '"' + token[1:-1].replace('"', '\\"') + '"'


def _depth(text: str) -> int:
    """No fewer levels of arrays and objects than a text has."""
    if text.count("[") + text.count("{") <= _DEEPEST:
        return 0
    depth = deepest = 0
    for token in _TOKEN.findall(text):
        if token[0] not in "\"'":
            for sign in token:
                depth += (sign in "[{") - (sign in "]}")
                deepest = max(deepest, depth)
    return deepest


_DECODER = json.JSONDecoder(
    parse_int=_Number, parse_float=_Number, parse_constant=lambda name: _Number(name)
)


def _plain(value: Any, column: Type, place: str) -> Any:
    """A value as JSON of its type. Raises Odd, which names the place, for one of another type."""
    kind = column["kind"]
    if value is None:
        return None
    if kind == "text":
        return _text(value)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind == "integer" and isinstance(value, _Number) and re.fullmatch("-?[0-9]{1,19}", value):
        number = int(value)
        if -(2**63) <= number < 2**63:
            return number
    if kind == "number" and isinstance(value, str):
        if isinstance(value, _Number) and value not in _DOUBLES:
            double = float(value)
            return double if abs(double) < float("inf") else _DOUBLES[_java_double(value)]
        if value in _DOUBLES:
            return _DOUBLES[value]
    if kind == "array" and isinstance(value, list):
        return [_plain(member, column["items"], f"{place}[]") for member in value]
    if kind == "map" and isinstance(value, dict):
        return {
            _well_formed(key): _plain(member, column["values"], f"{place}{{}}")
            for key, member in value.items()
        }
    if kind == "struct" and isinstance(value, dict):
        return {
            f["key"]: _plain(value[f["key"]], f["type"], f"{place}.{f['key']}".lstrip("."))
            for f in column["fields"]
            if f["key"] in value
        }
    raise Odd(f"wrong_type: {place}")


def _text(value: Any) -> str:
    """A value in a column of texts: itself, or its JSON."""
    if isinstance(value, str) and not isinstance(value, _Number):
        return _well_formed(value)
    return json_text(value)


def json_text(value: Any) -> str:
    """A value as Jackson writes JSON: without blanks, numbers with a fraction as doubles."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, _Number):
        if re.fullmatch("-?[0-9]+", value):
            return "0" if value == "-0" else str(value)
        double = _DOUBLES.get(value) or _java_double(value)
        return f'"{double}"' if double in _DOUBLES else double
    if isinstance(value, str):
        return json.dumps(_well_formed(value), ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    return (
        "{"
        + ",".join(f"{json_text(key)}:{json_text(member)}" for key, member in value.items())
        + "}"
    )


def _well_formed(text: str) -> str:
    """A text with `?` for each half of a surrogate pair."""
    return re.sub("[\ud800-\udfff]", "?", text)


def _java_double(written: str) -> str:
    """A number as Java prints it as a double."""
    number = float(written)
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    sign, digits = ("-", repr(number)[1:]) if repr(number)[0] == "-" else ("", repr(number))
    mantissa, _, exponent = digits.partition("e")
    whole, _, fraction = mantissa.partition(".")
    if number == 0 or (1e-3 <= abs(number) < 1e7):
        if not exponent:
            return f"{sign}{whole}.{fraction or '0'}"
    power = int(exponent or 0) + len(whole) - 1
    figures = (whole + fraction).lstrip("0")
    power -= len(whole + fraction) - len(figures) if whole == "0" else 0
    figures = figures.rstrip("0")
    return f"{sign}{figures[0]}.{figures[1:] or '0'}E{power}"
