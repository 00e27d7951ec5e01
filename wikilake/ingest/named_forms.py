"""Logs of other forms than those of most web servers, each line written anew as those write it.

A line becomes one of the combined format with further fields, so that the query for that judges
it: addresses, hosts, times and escapes have one reading, whoever wrote them. The forms are those of
the programs' documentation: JSON lines (Caddy, Traefik, nginx with the names of its variables, or
any names that are said), HAProxy's `option httplog`, load balancers of AWS (application and
classic), S3's access logs, and W3C's extended format (CloudFront, IIS).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import unquote

Fields = Mapping[str, str | None]
"""What a line says, by the names of raw fields, and `request` or `url` for the whole of it."""

FURTHER = (
    "uri_host", "x_forwarded_for", "content_type", "accept_language", "range", "accept",
    "cache_status", "tls", "time_firstbyte",
)  # fmt: skip
"""The fields after the user agent, in the order in which lines are written."""

NAMED = ("dt", "ip", "request", "http_method", "url", "uri_path", "uri_query", "http_status",
         "response_size", "referer", "user_agent", *FURTHER)  # fmt: skip
"""What a mapping of JSON lines may name."""

FIRST_LINES = 50
"""Lines by which a form is told."""


class FieldsChange(Exception):
    """A line `#Fields:` that says other columns than the first one."""


@dataclass(frozen=True)
class Form:
    """A form of lines."""

    name: str
    read: Callable[[str], Fields | None]
    """What a line says; None where it is not of this form."""
    has_prefix: bool = True
    """Whether syslog or a container's runtime may have put something before a line."""
    has_zone: bool = True
    """Whether its times say their zone, or are UTC by the form's definition."""

    def written(self, line: str, zone: tzinfo) -> str | None:
        """A line in the combined format with FURTHER; None where it is not of this form."""
        said = self.read(line)
        if said is None:
            return None
        host = [_quoted(said.get(name)) for name in FURTHER]
        size = said.get("response_size") or "-"
        return (
            f"{_word(said.get('ip'))} - - [{_time(said.get('dt') or '', zone)}] "
            f"{_quoted(_request(said))} {_word(said.get('http_status'))} "
            f"{size if size.isdecimal() else '-'} {_quoted(said.get('referer'))} "
            f"{_quoted(said.get('user_agent'))} {' '.join(host)}"
        )


def _request(said: Fields) -> str:
    if (whole := said.get("request")) is not None:
        return whole
    url = said.get("url")
    if url is None:
        url = said.get("uri_path")
    if url is None:
        return ""
    query = (said.get("uri_query") or "").removeprefix("?")
    if query and query != "-" and "?" not in url:
        url += f"?{query}"
    return f"{_word(said.get('http_method'))} {url} HTTP/1.1"


def _word(text: str | None) -> str:
    """A text without blanks and quotes, which would end the field."""
    return re.sub(r'[\s"\\\[\]]+', "_", text) if text and text[0] != "[" else _address(text)


def _address(text: str | None) -> str:
    """`[2001:db8::1]:443` keeps its brackets, other texts in brackets do not."""
    return text if text and re.fullmatch(r"\[[0-9A-Fa-f:.]+\](:\d+)?", text) else "-"


_UNPLAIN = re.compile(r'[\x00-\x1f\x7f"\\]')


def _quoted(text: str | None) -> str:
    """A text in quotes, escaped as servers do it; `-` for none."""
    text = (text or "").strip() or "-"
    return '"' + _UNPLAIN.sub(lambda found: f"\\x{ord(found[0]):02x}", text) + '"'


_EPOCH = re.compile(r"[0-9]{9,10}([.][0-9]+)?|[0-9]{12,13}|[0-9]{15,16}|[0-9]{18,19}")
_WITHOUT_ZONE = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]|\d\d/[A-Z][a-z]{2}/\d{4}:)\d\d:\d\d:\d\d([.,]\d+)?"
)


def _time(text: str, zone: tzinfo) -> str:
    """A time as servers write it; seconds since 1970, also in thousandths and so on, are times."""
    text = text.strip()
    if _EPOCH.fullmatch(text):
        whole, _, fraction = text.partition(".")
        seconds = int(whole) / 1000 ** ((len(whole) - 9) // 3) if not fraction else float(text)
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if _WITHOUT_ZONE.fullmatch(text):
        form = "%d/%b/%Y:%H:%M:%S" if text[2] == "/" else f"%Y-%m-%d{text[10]}%H:%M:%S"
        try:
            time = datetime.strptime(re.split("[.,]", text)[0], form).replace(tzinfo=zone)
            return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        except (ValueError, OverflowError):
            return "-"
    return re.sub(r'["\[\]]', "_", text) or "-"


@dataclass(frozen=True)
class JsonNames:
    """Where the fields of a JSON line are, and what shows that it is of this form."""

    marks: tuple[str, ...]
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Places to look at in order, parts of a path joined by dots; of a list counts the first."""


JSON_NAMES = {
    "caddy": JsonNames(
        ("ts", "request.remote_ip|request.remote_addr", "request.uri"),
        {
            "dt": ("ts",),
            "ip": ("request.client_ip", "request.remote_ip", "request.remote_addr"),
            "http_method": ("request.method",),
            "url": ("request.uri",),
            "uri_host": ("request.host",),
            "http_status": ("status",),
            "response_size": ("size",),
            "referer": ("request.headers.Referer",),
            "user_agent": ("request.headers.User-Agent",),
            "x_forwarded_for": ("request.headers.X-Forwarded-For",),
            "accept_language": ("request.headers.Accept-Language",),
            "accept": ("request.headers.Accept",),
            "range": ("request.headers.Range",),
            "content_type": ("resp_headers.Content-Type",),
            "time_firstbyte": ("duration",),
        },
    ),
    "traefik": JsonNames(
        ("RequestPath", "DownstreamStatus", "ClientHost|ClientAddr"),
        {
            "dt": ("StartUTC", "time", "StartLocal"),
            "ip": ("ClientHost", "ClientAddr"),
            "http_method": ("RequestMethod",),
            "url": ("RequestPath",),
            "uri_host": ("RequestHost", "RequestAddr"),
            "http_status": ("DownstreamStatus",),
            "response_size": ("DownstreamContentSize",),
            "referer": ("request_Referer",),
            "user_agent": ("request_User-Agent",),
            "x_forwarded_for": ("request_X-Forwarded-For",),
            "accept_language": ("request_Accept-Language",),
            "accept": ("request_Accept",),
            "range": ("request_Range",),
            "content_type": ("downstream_Content-Type", "origin_Content-Type"),
            "tls": ("TLSVersion",),
        },
    ),
    "nginx": JsonNames(
        ("remote_addr", "status", "request|request_uri|uri"),
        {
            "dt": ("time_iso8601", "time_local", "msec", "@timestamp", "timestamp", "time"),
            "ip": ("remote_addr",),
            "request": ("request",),
            "http_method": ("request_method",),
            "url": ("request_uri", "uri"),
            "uri_query": ("args", "query_string"),
            "uri_host": ("http_host", "host", "server_name"),
            "http_status": ("status",),
            "response_size": ("body_bytes_sent", "bytes_sent"),
            "referer": ("http_referer", "http_referrer"),
            "user_agent": ("http_user_agent",),
            "x_forwarded_for": ("http_x_forwarded_for",),
            "accept_language": ("http_accept_language",),
            "accept": ("http_accept",),
            "range": ("http_range",),
            "content_type": ("sent_http_content_type",),
            "cache_status": ("upstream_cache_status",),
            "tls": ("ssl_protocol",),
            "time_firstbyte": ("request_time",),
        },
    ),
}

JSON = "json"
"""JSON lines of any names, which a mapping says."""


def json_form(name: str, mapping: Iterable[tuple[str, str]]) -> Form:
    """JSON lines with the names of a program, and those of a mapping in their place."""
    known = JSON_NAMES[name].places if name in JSON_NAMES else {}
    own = {raw: (place,) for raw, place in mapping}
    others = {"request", "url", "uri_path"} if own.keys() & {"request", "url", "uri_path"} else ()
    places = {raw: at for raw, at in known.items() if raw not in others} | own

    def read(line: str) -> Fields | None:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(record, dict):
            return None
        found = {
            raw: next((text for at in ats if (text := _text(_at(record, at)))), None)
            for raw, ats in places.items()
        }
        # A program logs other things in the same file: what has no answer is no request.
        return found if found.get("http_status") and found.get("dt") else None

    return Form(name, read)


def _at(value: Any, place: str) -> Any:
    """What lies at a place; a name may have dots itself."""
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return None
    if place in value:
        return value[place]
    for end in (found.start() for found in re.finditer("[.]", place)):
        if place[:end] in value:
            return _at(value[place[:end]], place[end + 1 :])
    return None


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool) or value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".")
    return str(value).encode(errors="backslashreplace").decode()


def _matching(regex: str, finish: Callable[[dict[str, str | None]], Fields]) -> Callable:
    pattern = re.compile(regex, re.ASCII)

    def read(line: str) -> Fields | None:
        found = pattern.fullmatch(line)
        return finish(found.groupdict()) if found else None

    return read


_HAPROXY = (
    r"(?P<ip>\S+):\d+ \[(?P<dt>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d)(?:\.\d+)?\] \S+ \S+ "
    r"(?:[-+]?\d+/){3,4}[-+]?\d+ (?P<http_status>\d{3}|-1) \+?(?P<response_size>\d+) \S+ \S+ "
    r"\S{4} (?:\d+/){4}\+?\d+ \d+/\d+ (?:\{(?P<sent>[^{}]*)\} )?(?:\{[^{}]*\} )?"
    r'"(?P<request>[^"]*)(?:".*)?'
)


def haproxy_form(captured: Sequence[str]) -> Form:
    """`option httplog` and `httpslog`; the names of captured request headers, in order."""

    def decoded(text: str) -> str:
        # `#` is never part of what a client sends, so HAProxy escapes bytes by it.
        pieces = re.sub(r"#([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), text)
        return (
            pieces
            if pieces.isascii()
            else pieces.encode("latin-1", "replace").decode(errors="backslashreplace")
        )

    def finish(found: dict[str, str | None]) -> Fields:
        headers = (found.pop("sent") or "").split("|")
        named = dict(zip(captured, headers, strict=False))
        said: dict[str, str | None] = {
            name: decoded(text) for name, text in named.items() if text and name != "-"
        }
        return found | said | {"request": decoded(found["request"] or "")}

    return Form("haproxy", _matching(_HAPROXY, finish), has_zone=False)


def _request_as_sent(found: dict[str, str | None]) -> Fields:
    """`- ` stands for a request line that was none."""
    request = found.get("request") or "-"
    return found | {"request": "-" if request.startswith("-") else request}


_ELB = (
    r"(?:(?:https?|h2|grpcs|wss?) )?(?P<dt>\d{4}-\d\d-\d\dT[\d:.]+Z) \S+ (?P<ip>\S+) \S+ "
    r"(?:-?[\d.]+ ){3}(?P<http_status>\d{3}|-) (?:\d{1,3}|-) \d+ (?P<response_size>\d+) "
    r'"(?P<request>[^"]*)"(?: "(?P<user_agent>[^"]*)"(?: .*)?)?'
)
_S3 = (
    r"\S+ \S+ \[(?P<dt>[^\]]+)\] (?P<ip>\S+) \S+ \S+ [A-Z0-9]+\.\S+ \S+ "
    r'(?:"(?P<request>[^"]*)"|-) (?P<http_status>\d{3}|-) \S+ (?P<response_size>\d+|-) '
    r'(?:\d+|-) (?:\d+|-) (?:\d+|-) (?:"(?P<referer>[^"]*)"|-) (?:"(?P<user_agent>[^"]*)"|-) '
    r"\S+(?: \S+ \S+ \S+ \S+ (?P<uri_host>\S+)(?: .*)?)?"
)
ELB = Form("elb", _matching(_ELB, _request_as_sent), has_prefix=False)
S3 = Form("s3", _matching(_S3, _request_as_sent), has_prefix=False)

_COLUMNS = {
    "ip": ("c-ip",),
    "http_method": ("cs-method",),
    "uri_path": ("cs-uri-stem",),
    "uri_query": ("cs-uri-query",),
    "uri_host": ("x-host-header", "cs-host", "cs(Host)"),
    "http_status": ("sc-status",),
    "response_size": ("sc-bytes",),
    "referer": ("cs(Referer)",),
    "user_agent": ("cs(User-Agent)",),
    "x_forwarded_for": ("x-forwarded-for",),
    "content_type": ("sc-content-type",),
    "cache_status": ("x-edge-result-type",),
    "tls": ("ssl-protocol",),
    "time_firstbyte": ("time-to-first-byte",),
}


def w3c_form(columns: Sequence[str]) -> Form:
    """The extended format of W3C with the columns of its line `#Fields:`."""
    is_cloudfront = "x-edge-location" in columns

    def read(line: str) -> Fields | None:
        if line.startswith("#Fields:") and line.split()[1:] != list(columns):
            raise FieldsChange(line)
        values = line.split("\t") if "\t" in line else line.split()
        if len(values) != len(columns):
            return None
        found = {
            name: None if value == "-" else value
            for name, value in zip(columns, values, strict=True)
        }
        said: dict[str, str | None] = {
            raw: next((found[name] for name in names if found.get(name)), None)
            for raw, names in _COLUMNS.items()
        }
        said["dt"] = f"{found.get('date')}T{found.get('time')}Z"
        if is_cloudfront:  # it encodes the percent signs of what was sent once more
            for name in ("uri_path", "uri_query", "referer", "user_agent"):
                said[name] = (said[name] or "").replace("%25", "%") or None
            said["user_agent"] = unquote(said["user_agent"] or "", errors="backslashreplace")
        elif said["user_agent"] and "\t" not in line:
            said["user_agent"] = said["user_agent"].replace("+", " ")
        return said

    return Form("w3c", read, has_prefix=False)


FORMS = {
    "caddy": "JSON lines of Caddy",
    "traefik": "JSON lines of Traefik",
    "nginx": "JSON lines of nginx with the names of its variables",
    JSON: "JSON lines of any names (with a mapping: --field, or `fields` in wikilake.yml)",
    "haproxy": "HAProxy's option httplog",
    "elb": "AWS load balancers",
    "s3": "access logs of S3",
    "w3c": "W3C's extended format (CloudFront, IIS)",
}
"""The forms by their names."""


def form_of(
    lines: Sequence[str],
    messages: Sequence[str],
    *,
    name: str | None,
    mapping: Sequence[tuple[str, str]],
    captured: Sequence[str],
) -> Form | None:
    """The form of a log, by its first lines and what was logged in them, or by its name.

    None for the common and combined format, and for raw webrequests.
    """
    header = next((line for line in lines if line.startswith("#Fields:")), None)
    if header and name in (None, "w3c"):
        return w3c_form(header.split()[1:])
    if name in JSON_NAMES or name == JSON or (name is None and mapping):
        return json_form(name if name in JSON_NAMES else _program(messages) or JSON, mapping)
    texts = {"haproxy": haproxy_form(captured), "elb": ELB, "s3": S3}
    if name:
        return texts.get(name)
    if program := _program(messages):
        return json_form(program, mapping)
    for form in texts.values():
        shown = [text for text in (messages if form.has_prefix else lines) if text.strip()]
        understood = sum(form.read(text.rstrip("\r\n")) is not None for text in shown[:FIRST_LINES])
        if 2 * understood > len(shown[:FIRST_LINES]):
            return form
    return None


def _program(messages: Sequence[str]) -> str | None:
    """The program whose names JSON lines have; None for raw webrequests and unknown names."""
    records = []
    for message in messages[:FIRST_LINES]:
        try:
            record = json.loads(message) if message.startswith("{") else None
        except (ValueError, RecursionError):
            continue
        records += [record] if isinstance(record, dict) else []
    if any("dt" in record for record in records):
        return None
    for name, names in JSON_NAMES.items():
        marks = [mark.split("|") for mark in names.marks]
        if any(
            all(any(_at(record, place) is not None for place in mark) for mark in marks)
            for record in records
        ):
            return name
    return None
