"""Readings of raw requests that owe nothing to the project: libraries, and a few lines of Python.

What is read here is what the descriptions of the models promise, in another language, by other
people's code where there is some: json, urllib, datetime, ipaddress, ua-parser's own expressions.
"""

from __future__ import annotations

import csv
import ipaddress
import json
import re
from calendar import timegm
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes

from conftest import PROJECT
from ua_parser import Domain, Result
from ua_parser.basic import Resolver
from ua_parser.loaders import load_builtins
from world import GOOD, NUMERIC

BLANKS = "".join(map(chr, range(33)))
"""What Java's trim takes away."""


class Number(str):
    """A number of a line, as the text that stands there."""


class NotRead(Exception):
    """A line that cannot be used; the message is the reason."""


# --- lines ----------------------------------------------------------------------------------------


def request(line: bytes) -> dict[str, Any]:
    """The raw fields of a line, texts and numbers; raises NotRead with the reason."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise NotRead("not_utf8") from None
    if not text.strip(BLANKS):
        raise NotRead("blank_line")
    try:
        pairs = json.loads(
            text, object_pairs_hook=members, parse_int=short, parse_float=short,
            parse_constant=refuse,
        )  # fmt: skip
        json.dumps(pairs, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise NotRead("not_a_json_object") from None
    if not isinstance(pairs, tuple):
        raise NotRead("not_a_json_object")
    found = dict.fromkeys(GOOD) | {name.lower(): value for name, value in pairs}
    fields = {name: found[name] if name in NUMERIC else text_of(found[name]) for name in GOOD}
    for name in NUMERIC:
        if fields[name] is not None:
            integer = name != "time_firstbyte"
            fields[name] = number(fields[name], integer)
            if fields[name] is None:
                raise NotRead(f"{name}_is_no_{'integer' if integer else 'number'}")
    return fields


def text_of(value: Any) -> str | None:
    """What a field of texts holds for a value of JSON: a number its text, all else its JSON."""
    if isinstance(value, Number):
        text = "0" if value == "-0" else canonical(value)
        # What is beyond every double has the quotes that Spark's parser puts around it.
        return {"inf": '"Infinity"', "-inf": '"-Infinity"'}.get(text, text)
    return value if value is None or isinstance(value, str) else as_json(value)


def as_json(value: Any) -> str:
    if isinstance(value, tuple):
        return "{" + ",".join(f"{json.dumps(key)}:{as_json(inner)}" for key, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(as_json, value)) + "]"
    return text_of(value) if isinstance(value, Number) else json.dumps(value)


def canonical(text: Any) -> Any:
    """One text for all ways to write the same JSON, or the same number that is no integer."""
    if isinstance(text, str) and text[:1] in ("[", "{"):
        try:
            return as_json(
                json.loads(text, object_pairs_hook=tuple, parse_int=Number, parse_float=Number)
            )
        except (ValueError, RecursionError):
            return text
    if isinstance(text, str) and re.fullmatch(
        "-?[0-9]+([.][0-9]+|([.][0-9]+)?[eE][-+]?[0-9]+)", text
    ):
        return repr(float(text))
    return text


def members(pairs: list[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    """The members of an object, whose keys have 50,000 characters of UTF-16 at most."""
    if any(len(key.encode("utf-16-le", "surrogatepass")) > 100_000 for key, _ in pairs):
        raise ValueError(pairs)
    return tuple(pairs)


def short(text: str) -> Number:
    """A number that both engines read: one of 1,000 digits at most, after a zero and a point."""
    if len(re.findall("[0-9]", re.sub("^-?0(?=[.][0-9]+$)", "", text))) > 1000:
        raise ValueError(text)
    return Number(text)


def refuse(constant: str) -> None:
    raise ValueError(constant)


def number(value: Any, integer: bool) -> int | float | None:
    """A number or a text that is one, in its type; None for all else."""
    if not isinstance(value, str) or not re.fullmatch(
        r"-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?", value
    ):
        return None
    if integer and value.lstrip("-").isdecimal():
        return as_bigint(int(value)) if len(value) < 1000 else None
    read = float(value)
    if abs(read) == float("inf"):
        return None
    return as_bigint(int(read)) if integer else read


def as_bigint(value: int) -> int | None:
    return value if -(2**63) <= value < 2**63 else None


# --- titles ---------------------------------------------------------------------------------------


def percent_decoded(text: str) -> str:
    """By urllib and Python's decoder; a surrogate of three bytes is one U+FFFD, as Java counts."""
    decoded = unquote_to_bytes(text)
    return re.sub(rb"\xed[\xa0-\xbf][\x80-\xbf]?", "\ufffd".encode(), decoded).decode(
        "utf-8", "replace"
    )


def page_title(path: str, query: str | None) -> str:
    """The title that a pageview is of (spec 2.9)."""
    if path.startswith("http"):
        start = path.find("/", 9)
        path = path[start:] if start >= 0 else ""
    path = re.sub("/{2,}", "/", path.partition("?")[0])
    named = ("/wiki/" in path and "index." not in path) or "/w/index.php/" in path
    named = named or path.startswith(tuple(f"/api/rest_v1/page/{end}/" for end in ENDPOINTS))
    if title := parameter(query or "", "title"):
        chosen = title
    elif named:
        chosen = title_from_path(path)
    elif page := parameter(query or "", "page"):
        chosen = page
    else:
        chosen = "-" if "index." in path else title_from_path(path)
    decoded = percent_decoded(chosen)
    if not 0 < len(decoded.encode()) <= 512 or re.search(r"[#<>\[\]{}|\x00-\x1f\x7f]", decoded):
        return "-"
    return decoded.replace(" ", "_")


ENDPOINTS = ("mobile-sections-lead", "mobile-sections", "mobile-html")


def parameter(query: str, name: str) -> str:
    """The first value of a query's parameter that is not empty."""
    pairs = (pair.partition("=") for pair in query.removeprefix("?").split("&"))
    values = (value for key, _, value in pairs if key == name and value)
    return next(values, "").replace("+", "_")


def title_from_path(path: str) -> str:
    if not path.startswith("#"):
        path = path.partition("#")[0]
    for marker in [*(f"/api/rest_v1/page/{end}/" for end in ENDPOINTS), "/wiki/", "/w/"]:
        if after := path.partition(marker)[2]:
            return after
    if path.startswith("/view/"):
        return path.rpartition("/")[2] or "-"
    parts = path.split("/", 2)
    return parts[2] if parts[0] == "" and len(parts) == 3 and parts[2] else "-"


# --- headers --------------------------------------------------------------------------------------


def header_map(header: str | None) -> dict[str, str | None] | None:
    """`a=1;b`: parts at `;`, each at its first `=`; the last of equal keys counts."""
    if header is None or header == "-":
        return None
    pairs = (part.partition("=") for part in header.split(";"))
    return {key: value if equals else None for key, equals, value in pairs}


def x_analytics_map(header: str | None) -> dict[str, str | None] | None:
    """The same with every wprov cleaned (spec 2.3)."""
    if header is None:
        return None
    parts = []
    for part in header.split(";"):
        key, equals, value = part.partition("=")
        if equals and key.strip(" \t\n\v\f\r").lower() == "wprov" and key.isascii():
            value = value.strip(BLANKS)
            if (place := value.lower().find("http")) > 0:
                value = value[:place]
            part = key.strip(" \t\n\v\f\r") + "=" + re.match("[a-z0-9]*", value)[0]
        parts.append(part)
    return header_map(";".join(parts))


def whole_number(text: str | None) -> int | None:
    """As Spark casts a text to bigint: fractions are cut off, blanks and U+007F around ignored."""
    found = re.fullmatch(
        r"([+-]?)(?:([0-9]+)(?:[.][0-9]*)?|[.][0-9]*)", (text or "x").strip(BLANKS + "\x7f")
    )
    return as_bigint(int(found[1] + (found[2] or "0"))) if found else None


@cache
def user_agent_parser() -> Resolver:
    """ua-parser in pure Python: one expression after the other, none left out."""
    matchers = load_builtins()
    for matcher in (matcher for domain in matchers for matcher in domain):
        # The definitions are written for engines whose digits and cases are ASCII's.
        matcher.pattern = re.compile(matcher.pattern.pattern, matcher.pattern.flags & re.I | re.A)
    return Resolver(matchers)


def user_agent_map(agent: str | None) -> dict[str, str]:
    agent = agent or ""
    app = (
        agent.removeprefix("WikipediaApp/").split(" ")[0]
        if agent.startswith("WikipediaApp/")
        else "-"
    )
    found = dict.fromkeys(
        ("browser_family", "browser_major", "device_family", "os_family", "os_major", "os_minor"),
        "-",
    )
    if len(agent.encode("utf-16-le")) // 2 <= 400:
        parsed: Result = user_agent_parser()(agent, Domain.ALL).complete().with_defaults()
        found = {
            "browser_family": parsed.user_agent.family, "browser_major": parsed.user_agent.major,
            "device_family": parsed.device.family, "os_family": parsed.os.family,
            "os_major": parsed.os.major, "os_minor": parsed.os.minor,
        }  # fmt: skip
    return {key: value or "-" for key, value in found.items()} | {"wmf_app_version": app}


# --- hosts, addresses, times ----------------------------------------------------------------------


def normalized_host(host: str | None) -> dict[str, Any]:
    """The host taken apart (spec 2.5)."""
    labels = (
        re.sub("[/.]+", ".", (host or "").lower().partition(":")[0]).removesuffix(".").split(".")
    )
    if not (host or "").strip(BLANKS) or len(labels) < 2 or re.fullmatch("[0-9]*", labels[-1]):
        return {
            "project_class": "-",
            "project": "-",
            "qualifiers": [],
            "tld": "-",
            "project_family": "-",
        }
    *first, family, tld = labels
    project, qualifiers = "-", []
    if first and first[0] in ("m", "mobile", "wap", "zero", "download"):
        qualifiers = first
    elif first:
        project, qualifiers = "-" if first[0] == "www" else first[0], first[1:]
    return {
        "project_class": family,
        "project": project,
        "qualifiers": qualifiers,
        "tld": tld,
        "project_family": family,
    }


@cache
def networks() -> list[tuple[str, Any]]:
    with (PROJECT / "seeds/reference/networks.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["position"]))
    return [(row["provenance"], ipaddress.ip_network(row["network"])) for row in rows]


def address(text: str | None) -> Any:
    """The address that a text is; None for none, or one of a zone of somebody's machine."""
    try:
        read = ipaddress.ip_address(text or "")
    except ValueError:
        return None
    return None if getattr(read, "scope_id", None) else getattr(read, "ipv4_mapped", None) or read


def ip_provenance(ip: str | None) -> str:
    read = address((ip or "").strip(BLANKS))
    return next((name for name, network in networks() if read and read in network), "internet")


def country_code(ip: str | None) -> str:
    """By a database that knows IPv4 alone: half of it Japan, half Peru."""
    read = address(ip)
    if not read or int(read) >= 2**32 or ip_provenance(ip) != "internet":
        return "--"
    return "JP" if int(read) < 2**31 else "PE"


def epoch_seconds(dt: str | None) -> int | None:
    """The time of a request (spec 2.13): ISO 8601 with seconds and a zone, in the calendar."""
    shape = "[0-9]{4}(-NN-NNTNN:NN:NN)(?:Z|([+-])(NN)(?::?([0-5][0-9]))?)".replace("N", "[0-9]")
    found = re.fullmatch(shape, (dt or "").upper())
    if not found:
        return None
    try:
        # Python has no year 0; the calendar repeats itself every 400 years of 146,097 days.
        cycles = 1 if dt.startswith("0000") else 0
        read = datetime.fromisoformat(f"{int(dt[:4]) + 400 * cycles:04d}{found[1]}")
    except ValueError:
        return None
    offset = int(found[3] or 0) * 3600 + int(found[4] or 0) * 60
    if offset > 18 * 3600:
        return None
    seconds = timegm(read.timetuple()) - cycles * 146_097 * 86_400
    return seconds - offset if found[2] == "+" else seconds + offset


def access_method(agent: str | None, x_analytics: dict[str, str | None] | None) -> str:
    if re.search("Wikipedia(App|/5.0.)", agent or ""):
        return "mobile app"
    return "mobile web" if whole_number((x_analytics or {}).get("ismobile")) == 1 else "desktop"


def title_of(row: dict[str, Any]) -> str | None:
    if row["is_pageview"] or row["is_redirect_to_pageview"]:
        return page_title(row["uri_path"] or "", row["uri_query"])
    return None


READINGS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "x_analytics_map": lambda row: x_analytics_map(row["x_analytics"]),
    "tls_map": lambda row: header_map(row["tls"]),
    "user_agent_map": lambda row: user_agent_map(row["user_agent"]),
    "normalized_host": lambda row: normalized_host(row["uri_host"]),
    "seconds": lambda row: epoch_seconds(row["dt"]),
    "ip_provenance": lambda row: ip_provenance(row["ip"]),
    "country_code": lambda row: country_code(row["ip"]),
    "page_title": title_of,
    "page_id": lambda row: whole_number((x_analytics_map(row["x_analytics"]) or {}).get("page_id")),
    "access_method": lambda row: access_method(
        row["user_agent"], x_analytics_map(row["x_analytics"])
    ),
}
"""Of columns of `webrequest` the value by its raw fields, read independently."""
