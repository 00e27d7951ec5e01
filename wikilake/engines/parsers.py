"""The functions that SQL calls: user agents (ua-parser), addresses (maxminddb), titles, keys.

Both parsers take one text and give one flat record of texts; what is not known is None. Which
value the lake shows for "not known" (`-`, `Unknown`, `--`) is a rule and lives in SQL.
"""

from __future__ import annotations

import codecs
import hmac
import ipaddress
import json
import math
import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from decimal import Decimal
from functools import cache
from itertools import accumulate
from typing import Any
from urllib.parse import unquote

import maxminddb
import pyarrow as pa
from pyarrow.lib import StringBuilder
from ua_parser import Domain, PartialResult
from ua_parser.loaders import load_builtins, load_yaml
from ua_parser.re2 import Resolver

from wikilake import settings
from wikilake.errors import WikilakeError

USER_AGENT_FIELDS = (
    "browser_family",
    "browser_major",
    "device_family",
    "os_family",
    "os_major",
    "os_minor",
)
ADDRESS_FIELDS = (
    "bits",
    "continent",
    "country_code",
    "country",
    "subdivision",
    "subdivision_code",
    "city",
    "timezone",
    "postal_code",
    "latitude",
    "longitude",
    "isp",
    "organization",
    "autonomous_system_organization",
    "autonomous_system_number",
)
PARSER_SETTINGS = ("WIKILAKE_UA_REGEXES", "WIKILAKE_GEOIP_CITY", "WIKILAKE_GEOIP_ISP")
"""The environment variables that name the data of the parsers."""


KEY_LINE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2})\s+((?:[0-9a-fA-F]{2}){32,})")


class SettingError(WikilakeError):
    """A WIKILAKE_… setting that cannot be used; the message says which and what to do."""


def check_settings() -> None:
    """Raises SettingError when a file that a setting names cannot be used."""
    address_databases("WIKILAKE_GEOIP_CITY")
    address_databases("WIKILAKE_GEOIP_ISP")
    actor_keys()
    for setting in ("WIKILAKE_UA_REGEXES", "WIKILAKE_ACTOR_LABELS", "WIKILAKE_ALLOWLIST"):
        path = settings.given(setting)
        if path and not os.path.exists(path):
            raise SettingError(f"{setting}: there is no {path}. Name another file, or unset it.")


class ExactResolver(Resolver):
    """The library's RE2 resolver, changed to take the first definition that really matches.

    The library looks up candidates in a set of simplified expressions (bounded repetitions made
    unbounded) and trusts the first; the exact expression of that one may not match where a later
    one does.
    """

    def __call__(self, ua: str, domains: Domain, /) -> PartialResult:
        def first_match(candidates: Any, matchers: list) -> Any:
            chosen = (matchers[index] for index in sorted(candidates.Match(ua) or ()))
            found = (matcher(ua) if ua.isascii() else _of_ascii(matcher)(ua) for matcher in chosen)
            return next((match for match in found if match is not None), None)

        return PartialResult(
            domains=Domain.ALL,
            string=ua,
            user_agent=first_match(self.ua, self.user_agent_matchers),
            os=first_match(self.os, self.os_matchers),
            device=first_match(self.devices, self.device_matchers),
        )


@cache
def _of_ascii(matcher: Any) -> Any:
    """A matcher to which only ASCII has digits and letters in two cases, as definitions mean it.

    To Python's expressions `ſ` is an `s` in another case, and the Kelvin sign a `k`.
    """
    copied = copy(matcher)
    copied.pattern = re.compile(matcher.pattern.pattern, matcher.pattern.flags & re.I | re.A)
    return copied


def user_agent_resolver() -> ExactResolver:
    """The ua-parser with the definitions of WIKILAKE_UA_REGEXES, else those of the library."""
    return _resolver(settings.given("WIKILAKE_UA_REGEXES"))


@cache
def _resolver(path: str | None) -> ExactResolver:
    if not path:
        return ExactResolver(load_builtins())
    try:
        if load_yaml is None:  # the library's, where PyYAML is not there
            raise ImportError("PyYAML is not installed")
        return ExactResolver(load_yaml(path))
    except Exception as error:
        raise SettingError(
            f"WIKILAKE_UA_REGEXES: {path} is not a readable uap-core regexes.yaml ({error}). "
            "Name another file, or unset it to use the definitions of the ua-parser library."
        ) from error


def parse_user_agent(text: str) -> dict[str, str | None]:
    """The USER_AGENT_FIELDS of one user agent; a family that nothing matches is `Other`."""
    parsed = user_agent_resolver()(text, Domain.ALL)
    browser, system, device = parsed.user_agent, parsed.os, parsed.device
    return {
        "browser_family": browser.family if browser else "Other",
        "browser_major": browser.major if browser else None,
        "device_family": device.family if device else "Other",
        "os_family": system.family if system else "Other",
        "os_major": system.major if system else None,
        "os_minor": system.minor if system else None,
    }


INSTALLED = {"WIKILAKE_GEOIP_CITY": "city-*.mmdb", "WIKILAKE_GEOIP_ISP": "network-*.mmdb"}
"""Files in the lake's folder geoip that are used where a setting is missing."""


def address_databases(setting: str) -> tuple[maxminddb.Reader, ...]:
    """The open mmdb files that the environment variable `setting` names, joined by `:`.

    Where it is not there, those that `wikilake geoip install` put into the lake; often none.
    """
    return _opened(setting, settings.given(setting), settings.given("WIKILAKE_LAKE"))


def database_paths(setting: str) -> tuple[str, ...]:
    """The paths of the mmdb files for `setting`, in the order in which they are asked."""
    named = settings.given(setting)
    if named is not None:
        return tuple(path for path in named.split(os.pathsep) if path)
    return tuple(
        str(path) for path in sorted((settings.lake_root() / "geoip").glob(INSTALLED[setting]))
    )


@cache
def _opened(setting: str, named: str | None, lake_folder: str | None) -> tuple:
    """The databases for these values of the environment: they are asked for at each address."""
    opened = []
    for path in database_paths(setting):
        try:
            opened.append(maxminddb.open_database(path))
        except (OSError, maxminddb.InvalidDatabaseError) as error:
            raise SettingError(
                f"{setting}: {path} is not a readable mmdb file ({error}). "
                "Name another file, or unset it to leave addresses unknown."
            ) from error
    return tuple(opened)


def parser_settings() -> dict[str, str]:
    """The environment that the parsers of another process need to behave like these."""
    known = {name: os.pathsep.join(database_paths(name)) for name in INSTALLED}
    regexes = settings.given("WIKILAKE_UA_REGEXES")
    return known | ({"WIKILAKE_UA_REGEXES": regexes} if regexes else {})


def missing_databases() -> list[str]:
    """A sentence for each address database that is not set, to be said once per run."""
    consequences = {
        "WIKILAKE_GEOIP_CITY": "geocoded_data is Unknown for every address",
        "WIKILAKE_GEOIP_ISP": "isp_data is Unknown for every address",
    }
    return [
        f"{setting} names no address database (mmdb file): {consequence}. "
        "A free one: wikilake geoip install"
        for setting, consequence in consequences.items()
        if not address_databases(setting)
    ]


def parse_address(text: str) -> dict[str, str | None]:
    """The ADDRESS_FIELDS of one address text: its bits, and what the two databases say of it.

    `bits` has 32 characters for IPv4 (also when mapped into IPv6) and 128 for IPv6; it is None,
    like all the rest, when the text is not an address. A text with blanks around it is none.
    """
    record = dict.fromkeys(ADDRESS_FIELDS)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return record
    if getattr(address, "scope_id", None):
        return record
    address = getattr(address, "ipv4_mapped", None) or address
    record["bits"] = format(int(address), f"0{address.max_prefixlen}b")
    record |= _place(_look_up("WIKILAKE_GEOIP_CITY", address))
    record |= _network_owner(_look_up("WIKILAKE_GEOIP_ISP", address))
    return record


def percent_decode(text: str) -> str:
    """The text with each `%` and two hex digits as a byte of UTF-8; U+FFFD for ill-formed bytes.

    Every other character stays, also a plus. Java's own decoder does the same on Spark.
    """
    return unquote(text, errors="count_as_java")


MOST_LEVELS = 1000
MOST_DIGITS = 1000
LONGEST_KEY = 50_000
"""What Spark's parser takes of nested arrays and objects, of digits of a number, and of a key's
UTF-16 units when its escapes are read."""

JSON_TEXT = re.compile(r'("(?:[^"\\]|\\.)*")([ \t\r]*:)?')
LAX = re.compile(r"(?i)nan|inf|,[ \t\r]*[]}]")
LONG_NUMBER = re.compile(rf"[-+.0-9eE]{{{MOST_DIGITS + 1},}}")
JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[]{}[,:]|[ \t\r]+|[^]["{},: \t\r]+|"')
FRACTION = re.compile("-?[0-9]+([.][0-9]+|([.][0-9]+)?[eE][-+]?[0-9]+)")
NUMBER_KEYS = {'"sequence"', '"time_firstbyte"', '"response_size"'}
ESCAPED = re.compile(r'[\x00-\x1f"\\\U00010000-\U0010ffff]')
ESCAPES = {character: json.dumps(character)[1:-1] for character in '"\\\b\f\n\r\t'}


def strict_json(text: str) -> str | None:
    """A line that is JSON for Spark's parser as well, or None where only DuckDB's would take it.

    DuckDB takes `NaN` and `Infinity` in any case, a comma before a bracket, and any size. What
    neither takes may come back as it is. A fraction, array or object in the place of a text becomes
    the text that Spark makes of it.
    """
    keys = (found[1] for found in JSON_TEXT.finditer(text) if found[2])
    bare = JSON_TEXT.sub('""', text)
    steps = (1 if bracket in "[{" else -1 for bracket in bare if bracket in "[{}]")
    if LAX.search(bare) or max(accumulate(steps), default=0) > MOST_LEVELS:
        return None
    if any(map(_has_too_many_digits, LONG_NUMBER.findall(bare))) or any(map(_is_too_long, keys)):
        return None
    return _with_texts_of_values(text)


def _has_too_many_digits(number: str) -> bool:
    """Whether a number is too long; a leading zero counts in whole ones and beside an exponent."""
    has_free_zero = number.lstrip("-").startswith("0.") and "e" not in number.lower()
    return sum(map(str.isdigit, number)) - has_free_zero > MOST_DIGITS


def _is_too_long(key: str) -> bool:
    """Whether a key, with its quotes and escapes, is too long; one that is broken is refused later.

    A character has two UTF-16 units at most, and an escape makes none longer.
    """
    try:
        return 2 * len(key) > LONGEST_KEY and _utf16_length(json.loads(key)) > LONGEST_KEY
    except ValueError:
        return False


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _with_texts_of_values(line: str) -> str:
    written: list[str] = []
    inner: list[str] = []
    level, key = 0, ""
    for token in JSON_TOKEN.findall(line):
        level += token in ("[", "{")
        if level > 1:
            inner.append(token)
        elif key.lower() not in NUMBER_KEYS and FRACTION.fullmatch(token):
            written.append(json.dumps(_java_text(float(token))))
        else:
            key = token if token.startswith('"') else key
            written.append(token)
        if token in ("]", "}"):
            level -= 1
            if level == 1:
                written.append(_text_of_json("".join(inner)))
                inner = []
    return "".join(written + inner)


def _text_of_json(inner: str) -> str:
    """An array or object as a JSON text that holds it; as it is when it is broken, or very deep."""
    try:
        value = json.loads(inner, object_pairs_hook=tuple, parse_int=_Number, parse_float=_Number)
        text = json.dumps(_java_json(value), ensure_ascii=False)
        text.encode()  # half a surrogate pair, which is for DuckDB's parser to refuse
        return text
    except (ValueError, RecursionError):
        return inner


class _Number(str):
    """A number of JSON as it is written."""


def _java_json(value: Any) -> str:
    """JSON as Spark writes it, which is not as DuckDB does: exponents, characters beyond U+FFFF."""
    if isinstance(value, tuple):
        members = (f"{_java_json(key)}:{_java_json(member)}" for key, member in value)
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_java_json, value)) + "]"
    if isinstance(value, _Number):
        if FRACTION.fullmatch(value):
            return _java_text(float(value))
        return "0" if value == "-0" else value
    if isinstance(value, str):
        return '"' + ESCAPED.sub(_java_escape, value) + '"'
    return json.dumps(value)


def _java_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be").hex().upper()
    escapes = (f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))
    return ESCAPES.get(found[0]) or "".join(escapes)


def _java_text(number: float) -> str:
    """A double as Java writes it: with an exponent from 10**7 on, and below a thousandth."""
    if abs(number) == math.inf:
        return '"Infinity"' if number > 0 else '"-Infinity"'  # Spark's parser keeps the quotes
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(number)
    sign, digits, exponent = Decimal(repr(number)).as_tuple()
    if len(digits) == 1:  # Java writes two, the nearest that still mean this number
        sign, digits, exponent = Decimal(f"{number:.1e}").as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    power = len(digits) + int(exponent) - 1
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


ENCODED_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]?")


def _count_as_java(error: UnicodeError) -> tuple[str | bytes, int]:
    """One U+FFFD for what Python finds ill-formed, but for a surrogate as a whole, also cut off."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    surrogate = ENCODED_SURROGATE.match(error.object, error.start)
    return "\ufffd", surrogate.end() if surrogate else error.end


codecs.register_error("count_as_java", _count_as_java)


def array_of_texts(texts: Iterable[str | None]) -> pa.Array:
    """An Arrow array of texts. `pa.array` would load pandas where it is there: a quarter second."""
    builder = StringBuilder()
    builder.append_values(texts)
    return builder.finish()


def records(
    parse: Callable[[str], dict[str, str | None]], fields: Sequence[str], texts: pa.Array
) -> pa.Array:
    """The records that `parse` makes of many texts, as Arrow structs; all null for a null text."""
    nothing = dict.fromkeys(fields)
    parsed = [nothing if text is None else parse(text) for text in texts.to_pylist()]
    columns = [array_of_texts(row[field] for row in parsed) for field in fields]
    return pa.StructArray.from_arrays(columns, names=list(fields))


def _look_up(setting: str, address: Any) -> dict[str, Any]:
    """The record of an address in the first database that has one; empty when none has."""
    for database in address_databases(setting):
        if address.version == 4 or database.metadata().ip_version == 6:
            found = database.get(address)
            if isinstance(found, dict):
                return found
    return {}


def _place(found: dict[str, Any]) -> dict[str, str | None]:
    """Names of the place, from MaxMind's nested records or the flat ones of free databases."""
    if isinstance(found.get("country_code"), str):
        return {
            "country_code": found["country_code"] or None,
            "subdivision": found.get("state1") or None,
            "city": found.get("city") or None,
            "timezone": found.get("timezone") or None,
            "postal_code": found.get("postcode") or None,
            **_coordinates(found),
        }
    country = found.get("country") or {}
    location = found.get("location") or {}
    subdivision = (found.get("subdivisions") or [{}])[0]
    return {
        "continent": _english(found.get("continent")),
        "country_code": country.get("iso_code"),
        "country": _english(country),
        "subdivision": _english(subdivision),
        "subdivision_code": subdivision.get("iso_code"),
        "city": _english(found.get("city")),
        "timezone": location.get("time_zone"),
        "postal_code": (found.get("postal") or {}).get("code"),
        **_coordinates(location),
    }


def _coordinates(found: dict[str, Any]) -> dict[str, str | None]:
    """Latitude and longitude in their shortest decimal form, with a point; only both together."""
    latitude, longitude = found.get("latitude"), found.get("longitude")
    if latitude is None or longitude is None:
        return {}
    return {"latitude": _decimal(latitude), "longitude": _decimal(longitude)}


def _decimal(number: float | str) -> str:
    return format(Decimal(repr(float(number))), "f")


def _english(named: dict[str, Any] | None) -> str | None:
    return ((named or {}).get("names") or {}).get("en")


def _network_owner(found: dict[str, Any]) -> dict[str, str | None]:
    number = found.get("autonomous_system_number")
    return {
        "isp": found.get("isp"),
        "organization": found.get("organization"),
        "autonomous_system_organization": found.get("autonomous_system_organization"),
        "autonomous_system_number": None if number is None else str(number),
    }


@cache
def actor_keys() -> list[tuple[str, bytes]]:
    """(first hour, key) of the file WIKILAKE_ACTOR_KEY_FILE, by hour; none when it is unset.

    Raises SettingError, without showing a key, when the file is malformed.
    """
    path = settings.given("WIKILAKE_ACTOR_KEY_FILE")
    if not path:
        return []
    try:
        if os.stat(path).st_mode & 0o077:
            raise SettingError(
                f"WIKILAKE_ACTOR_KEY_FILE: others may read {path}. Close it: chmod 600 {path}"
            )
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"WIKILAKE_ACTOR_KEY_FILE: {path} cannot be read ({type(error).__name__})."
        ) from None
    keys = []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            found = KEY_LINE.fullmatch(line.strip())
            if not found:
                raise SettingError(
                    f"WIKILAKE_ACTOR_KEY_FILE: line {number} of {path} is not an hour and key: "
                    "write the first hour YYYY-MM-DDTHH, a blank, and at least 64 hexadecimal "
                    "digits."
                )
            keys.append((found[1], bytes.fromhex(found[2])))
    return sorted(keys)


def keyed_signature(text: str, hour: str) -> str:
    """The HMAC-SHA-256 of a text, lower-case hexadecimal, by the key that holds in an hour.

    The key of an hour `YYYY-MM-DDTHH` is the last one that begins no later. Raises SettingError
    when there is none.
    """
    index = bisect_right(actor_keys(), hour, key=lambda entry: entry[0])
    if not index:
        raise SettingError(
            f"WIKILAKE_ACTOR_KEY_FILE: {settings.given('WIKILAKE_ACTOR_KEY_FILE')} has no key for "
            f"{hour}: add a line that begins with this hour or an earlier one."
        )
    return hmac.digest(actor_keys()[index - 1][1], text.encode(), "sha256").hex()
