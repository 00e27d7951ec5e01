"""Turns lines of web servers' logs into raw webrequests, in one query.

It reads the common and the combined log format, as Apache, nginx, lighttpd, Varnish and Traefik
write them: with or without a host next to the client, with or without fields after the user agent.
It also takes lines that are raw webrequests already and only sorts them by hour. Either may
come as syslog, Docker or Kubernetes keep them. What is not understood is rejected with the reason.

The query (web_logs.sql.jinja) reads only ordinary lines; for rare and intricate ones it calls the
functions here.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import ARROW, SPECIAL
from jinja2 import Environment, FileSystemLoader

from wikilake.errors import WikilakeError
from wikilake.ingest import named_forms
from wikilake.project.remedies import nearest

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), extensions=["jinja2.ext.do"]
)

RAW_FIELDS = (
    "time_firstbyte", "cache_status", "uri_host", "content_type", "referer", "x_forwarded_for",
    "user_agent", "accept_language", "x_analytics", "range", "x_cache", "accept", "tls",
    "termination_state",
)  # fmt: skip
"""Fields of a raw webrequest that a log may have after the user agent."""

IGNORED_FIELD = "-"

LATEST = timedelta(days=1)
"""How far in the future a line may be. Wrong zones are no further off; the partitions of a clock
that is further off would be in no report and outlive every purge."""

_BOM = "\ufeff".encode()
_BEGINNING = 64 * 1024


@dataclass(frozen=True)
class LogFormat:
    """What a log does not say itself."""

    site: str | None = None
    """Host of lines that name none."""
    hostname: str | None = None
    """Machine that wrote the log."""
    extra: tuple[str, ...] = ()
    """Raw fields after the user agent, in order; `-` for one to pass over. With none given, the
    first quoted one is X-Forwarded-For."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose X-Forwarded-For names the client."""
    host_after_client: bool = False
    """Whether lines are `client host user`, as lighttpd and OVH write them."""
    format: str | None = None
    """Name of the form, where it is not told by the lines; see named_forms.py."""
    time_zone: str | None = None
    """Zone of times that name none; else UTC."""
    fields: tuple[tuple[str, str], ...] = ()
    """Of JSON lines with other names: raw fields and where each is in the line."""


class OptionError(WikilakeError):
    """A format that cannot be meant; the message says which option and what to write."""


def checked_format(log_format: LogFormat, source: str) -> LogFormat:
    """The format if every part of it makes sense, else OptionError."""
    if not re.fullmatch(r"[a-z0-9_]+", source):
        raise OptionError(f"--source {source!r}: write lower-case letters, digits and _ only.")
    for option, name in (("--site", log_format.site), ("--hostname", log_format.hostname)):
        if name is not None and not re.fullmatch(r"[\w.-]+|\[[0-9a-fA-F:]+\]", name):
            raise OptionError(f"{option} {name!r} is not a name of a host, like en.example.org.")
    for name in log_format.extra:
        if name not in (*RAW_FIELDS, IGNORED_FIELD):
            known = ", ".join(RAW_FIELDS)
            raise OptionError(f"--extra {name!r}: write one of {known}, or {IGNORED_FIELD}.")
    form = log_format.format
    if form is not None and form not in named_forms.FORMS:
        raise OptionError(
            f"--format {form!r} is not known.{nearest(form, named_forms.FORMS)} Known are "
            f"{', '.join(named_forms.FORMS)}; the common and combined format need no name."
        )
    for name, place in log_format.fields:
        if name not in named_forms.NAMED or not place:
            raise OptionError(
                f"--field {name}={place}: there is no raw field of this name."
                f"{nearest(name, named_forms.NAMED)} Known are {', '.join(named_forms.NAMED)}."
            )
    if log_format.fields and log_format.format not in (None, "json", *named_forms.JSON_NAMES):
        raise OptionError(f"--field is for JSON lines, not for --format {log_format.format}.")
    zone(log_format)
    for network in log_format.trusted_proxies:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise OptionError(f"--trusted-proxy {network!r} is not a network: {error}.") from None
    return log_format


def zone(log_format: LogFormat) -> ZoneInfo:
    """The zone of times that name none."""
    try:
        return ZoneInfo(log_format.time_zone or "UTC")
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise OptionError(
            f"--time-zone {log_format.time_zone!r} is no time zone: write one like Europe/Berlin."
        ) from None


def form_of(block: bytes, log_format: LogFormat) -> named_forms.Form | None:
    """The form of a log's first lines, where it is neither the combined one nor raw webrequests."""
    first = block[:_BEGINNING]
    first = first[: first.rfind(b"\n") + 1] or first
    messages = LineReader(LogFormat(), "", native=False).messages(first)
    return named_forms.form_of(
        first.removeprefix(_BOM).decode(errors="backslashreplace").split("\n"),
        messages,
        name=log_format.format,
        mapping=log_format.fields,
        captured=log_format.extra,
    )


def is_json(block: bytes) -> bool:
    """Whether a log holds raw webrequests already: most of its first lines are JSON objects.

    Told by what was logged, not by what a container's runtime put around it. Other lines of its
    output, like those it starts with, do not count.
    """
    first = block[:_BEGINNING]
    messages = LineReader(LogFormat(), "", native=False).messages(first)
    objects = sum(message.startswith("{") for message in messages)
    return objects > sum('] "' in message for message in messages)


class LineReader:
    """Turns blocks of lines into rows (hour, text): raw webrequests by hour, or rejected lines.

    A row whose hour is null is a line that could not be read; its text is then the reason, a tab
    and the line. The text of a blank line, or of a comment (`#Fields: …`), is null as well.
    """

    def __init__(
        self,
        log_format: LogFormat,
        process: str,
        *,
        native: bool,
        form: named_forms.Form | None = None,
        now: datetime | None = None,
    ) -> None:
        """`process` names the log in server_pid; `native` lines are raw webrequests already.

        Lines of a `form` are written anew in the combined one first.
        """
        self._form, self._zone = form, zone(log_format)
        self.notes: list[str] = []
        """What the user should know of how lines are read."""
        if form:
            log_format = replace(log_format, extra=named_forms.FURTHER, host_after_client=False)
        # Lines of readers in blocks that fit into memory: nothing of them goes to a disk.
        self._connection = duckdb.connect(config={"threads": 1, "temp_directory": ""})
        self._of_thread = threading.local()
        client = _client_address(log_format.trusted_proxies)
        for name, function, arguments, result in (
            ("unescaped", _of_pairs(unescaped), ["VARCHAR", "BOOLEAN"], "VARCHAR"),
            ("client_address", _of_pairs(client), ["VARCHAR", "VARCHAR"], "VARCHAR"),
            ("iso_time", _of_texts(iso_time), ["VARCHAR"], "VARCHAR"),
            ("mended_fields", _of_texts(mended_fields, pa.list_(pa.string())),
             ["VARCHAR"], "VARCHAR[]"),
        ):  # fmt: skip
            self._connection.create_function(
                name, function, [*arguments], result, type=ARROW, null_handling=SPECIAL
            )
        self._native = native
        end = (now or datetime.now(UTC)).astimezone(UTC) + LATEST
        self._render = partial(_query, log_format, process, native=native, end=end)
        self._query = self._render()

    def rows(self, block: bytes, first_line: int) -> pa.Table:
        """The rows of a block of lines, the first of which is line `first_line` of its log."""
        if self._form:
            return self._rows_of_form(self._form, block, first_line)
        return self._answer(self._query, block, first_line)

    def _rows_of_form(self, form: named_forms.Form, block: bytes, first_line: int) -> pa.Table:
        """The same for a form that is written anew; rejected lines are shown as they were."""
        escape = b"\\\\x" if block.lstrip().startswith(b"{") else b"\\x"
        lines = _valid_utf8(block.removesuffix(b"\n"), escape).decode().split("\n")
        messages = self.messages(block) if form.has_prefix else lines
        texts = [message.strip("\r\n\ufeff") for message in messages]
        written = [
            "" if not text.strip() or (text.startswith("#") and not text.startswith("#Fields:"))
            else form.written(text, self._zone)
            for text in texts
        ]  # fmt: skip
        anew = "".join(f"{'' if text is None else text}\n" for text in written)
        table = self._answer(self._query, anew.encode(errors="backslashreplace"), first_line)
        hours, rows = table.column("hour").to_pylist(), table.column("text").to_pylist()
        for place, line in enumerate(lines):
            if written[place] is None and not texts[place].startswith("#"):
                rows[place] = f"form\t{line}"
            elif hours[place] is None and rows[place] is not None:
                rows[place] = rows[place].partition("\t")[0] + f"\t{line}"
        return table.set_column(1, "text", pa.array(rows, pa.string()))

    def messages(self, block: bytes) -> list[str]:
        """What was logged in each line, without what others put before it."""
        rows = self._answer(self._render(only_messages=True), block, 1)
        return rows.column("message").to_pylist()

    def _answer(self, query: str, block: bytes, first_line: int) -> pa.Table:
        if not block.isascii():
            is_json = self._native or block.removeprefix(_BOM).lstrip().startswith(b"{")
            block = _valid_utf8(block, b"\\\\x" if is_json else b"\\x")
        content = np.frombuffer(block, np.uint8)
        special = np.flatnonzero((content < ord(" ")) | (content == ord("\\")))
        is_end = content[special] == ord("\n")
        ends = special[is_end] + 1
        if not len(ends) or ends[-1] != len(block):
            ends = np.append(ends, len(block))
        offsets = np.concatenate([np.zeros(1), ends]).astype(np.int32)
        buffers = pa.py_buffer(offsets), pa.py_buffer(block)
        lines = pa.StringArray.from_buffers(len(ends), *buffers)
        numbers = pa.array(np.arange(first_line, first_line + len(ends)))
        # What JSON cannot hold as it is, but for the end of a line: most lines have nothing of it.
        odd = special[~is_end]
        is_plain = np.ones(len(ends), bool)
        is_plain[np.searchsorted(ends, odd, side="right")] = False
        given = {"number": numbers, "line": lines, "is_plain": pa.array(is_plain)}
        return self._planned(query).answer(pa.table(given))

    def _planned(self, query: str) -> _PlannedQuery:
        """The query as this thread has planned it: a plan takes as long as 20,000 lines do."""
        known = getattr(self._of_thread, "planned", None)
        if known is None or known.query != query:
            known = self._of_thread.planned = _PlannedQuery(self._connection.cursor(), query)
        return known


class _PlannedQuery:
    """A query of lines that DuckDB plans once and asks of many blocks, in one thread."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, query: str) -> None:
        self.query = query
        self._cursor = cursor
        self._lines = _Lines()
        cursor.execute("set TimeZone = 'UTC'")
        cursor.register("lines", self._lines)
        cursor.execute(f"prepare answer as {query}")

    def answer(self, lines: pa.Table) -> pa.Table:
        self._lines.table = lines
        try:
            return self._cursor.sql("execute answer").to_arrow_table()
        finally:
            del self._lines.table


class _Lines:
    """A table for DuckDB whose rows are others at each execution of a plan; without any, empty."""

    table = pa.table(
        {
            "number": pa.array([], pa.int64()),
            "line": pa.array([], pa.string()),
            "is_plain": pa.array([], pa.bool_()),
        }
    )

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


def _of_texts(function: Callable, kind: pa.DataType = pa.string()) -> Callable:  # noqa: B008
    """A function of texts as one of an Arrow array; null of null."""

    def of_array(texts: pa.Array) -> pa.Array:
        answers = (None if text is None else function(text) for text in texts.to_pylist())
        return pa.array(answers, kind)

    return of_array


def _of_pairs(function: Callable) -> Callable:
    """A function of a text and something else as one of two Arrow arrays; null of a null text."""

    def of_arrays(texts: pa.Array, others: pa.Array) -> pa.Array:
        pairs = zip(texts.to_pylist(), others.to_pylist(), strict=True)
        answers = (None if text is None else function(text, other) for text, other in pairs)
        return pa.array(answers, pa.string())

    return of_arrays


def _valid_utf8(block: bytes, escape: bytes) -> bytes:
    """The block with each byte that is no UTF-8 written `\\xff`, as servers escape it in logs.

    In JSON the backslash must be doubled to say the same.
    """
    try:
        block.decode()
    except UnicodeDecodeError:
        odd = re.compile("[\udc80-\udcff]")
        text = block.decode(errors="surrogateescape")
        start = escape.decode()
        return odd.sub(lambda found: f"{start}{ord(found[0]) & 0xFF:02x}", text).encode()
    return block


_ESCAPE = re.compile(rb'\\(?:x([0-9A-Fa-f]{2})|([\\"bfnrtv]))')
_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def unescaped(text: str, in_url: bool) -> str:
    """What a server's escapes (`\\xd0\\x9f`, `\\"`) stand for.

    Bytes that are no UTF-8, and NUL, are not lost: in a URL they become percent-encoded, elsewhere
    they stay escaped.
    """

    def byte(found: re.Match[bytes]) -> bytes:
        code, letter = found.groups()
        if code is None:
            return _LETTERS.get(letter, letter)
        return found[0] if code == b"00" and not in_url else bytes.fromhex(code.decode())

    whole = _ESCAPE.sub(byte, text.encode())
    if not in_url:
        return whole.decode(errors="backslashreplace").replace("\0", r"\x00")
    readable = whole.decode(errors="surrogateescape")
    return re.sub("[\x00\udc80-\udcff]", lambda found: f"%{ord(found[0]) & 0xFF:02X}", readable)


_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_TIME = re.compile(
    r"(?:(?P<day>\d{1,2})/(?P<month>[A-Z][a-z]{2})/(?P<year>\d{4}):"
    r"|(?P<date>\d{4}-\d\d-\d\d)[Tt ])"
    r"(?P<clock>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:[.,]\d{1,9})? ?"
    r"(?P<zone>Z|z|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)\][ \t]*",
    re.ASCII,
)


def iso_time(text: str) -> str | None:
    """A time as servers write it, up to the bracket after it, in one form; without fractions.

    The calendar may not have it. A time without a zone may be any hour, so it does not count.
    """
    found = _TIME.fullmatch(text)
    if not found or (found["month"] and found["month"] not in _MONTHS):
        return None
    day = found["date"] or (
        f"{found['year']}-{_MONTHS.index(found['month']) + 1:02}-{int(found['day']):02}"
    )
    zone = found["zone"].replace(":", "")
    zone = f"{zone[:3]}:{zone[3:] or '00'}" if zone[0] in "+-" else "+00:00"
    return f"{day} {found['clock']}{zone}"


_MENDABLE = re.compile(
    r'([^"]*)"([^"]*)"[ \t]+([0-9]{3})[ \t]+([0-9]{1,18}|-)'
    r'(?:[ \t]+"(.*)"([ \t][^"]*)?)?',
    re.DOTALL,
)


def mended_fields(line: str) -> list[str] | None:
    """Splits a line whose fields are not separated in the usual way, at its quotes.

    It has more blanks, or tabs, between fields. Or a server wrote quotes in referer or user agent
    as they came: that is clear only when these are the last quoted fields, and `" "` stands between
    them alone. Null where it is not clear.
    """
    found = _MENDABLE.fullmatch(line.rstrip(_BLANKS))
    if not found:
        return None
    head, request, status, size, quoted, rest = found.groups()
    part = [re.sub("[ \t]+", " ", head), request, f" {status} {size} "]
    if quoted is None:
        return part
    values = re.split(r'"[ \t]+"', quoted)
    has_quotes = any('"' in value for value in values)
    if len(values) < 2 or (has_quotes and len(values) != 2):
        return None
    if (has_quotes or rest) and any(value != value.strip(" ") for value in values):
        return None
    for value in values:
        part += [value, " "]
    return [*part[:-1], rest or ""]


def address(text: str) -> str | None:
    """The address in `192.0.2.7:51234`, `[2001:db8::1]:443` or `fe80::1%eth0`, if it is one."""
    text = text.strip()
    if text.startswith("["):
        text, _, port = text[1:].partition("]")
        if port and not re.fullmatch(":[0-9]{1,5}", port):
            return None
    elif text.count(":") == 1 and "." in text:
        text, _, port = text.partition(":")
        if not re.fullmatch("[0-9]{1,5}", port):
            return None
    if ":" in text:
        text = text.partition("%")[0]
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
    except (OSError, ValueError):
        return None
    return text


def _client_address(trusted_proxies: Sequence[str]) -> Callable[[str, str | None], str | None]:
    """A function: the client's address from what stands in its place, and X-Forwarded-For.

    There may be a list, of the addresses that proxies saw. It tells the client only when one's own
    proxies are known: anyone may send the first addresses of it.
    """
    networks = [ipaddress.ip_network(network) for network in trusted_proxies]
    known: dict[str, bool] = {}

    def is_trusted(text: str) -> bool:
        if len(known) > 100_000:
            known.clear()
        if text not in known:
            parsed = ipaddress.ip_address(text)
            parsed = getattr(parsed, "ipv4_mapped", None) or parsed
            known[text] = any(parsed in network for network in networks)
        return known[text]

    def client(place: str, forwarded: str | None) -> str | None:
        *earlier, last = place.split(",")
        peer = address(last)
        if peer is None or (earlier and not networks):
            return None
        hops = [*(forwarded or "").split(","), *earlier] if forwarded else earlier
        for hop in reversed(hops):
            if not networks or not is_trusted(peer):
                break
            before = address(hop)
            if before is None:
                break
            peer = before
        return peer

    return client


_BLANKS = " \t\r\n"
_IPV4_PART = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"({_IPV4_PART}\.){{3}}{_IPV4_PART}"
_NO_HOST = r" :/\\@,\[\]<>|;"
_HOST = f"[^{_NO_HOST}]"
_ISO_DATE = r"[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"
_ISO_TIME = _ISO_DATE + r"([.,][0-9]+)?( ?(Z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?))?"
_SYSLOG_TIME = r"[A-Z][a-z]{2} +[0-9]{1,2}( [0-9]{4})? [0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
_TAG = r"[^ :\[\]\"]+(:[^ :\[\]\"]+)*(\[[^ \]\"]*\])?:( +|$)"
_DAY = (
    "((0[1-9]|1[0-9]|2[0-8])/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    "|(29|30)/(Jan|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    "|31/(Jan|Mar|May|Jul|Aug|Oct|Dec))"
)
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_ZONE_HOURS = "(0[0-9]|1[0-4])"
"""No place on Earth is further from UTC."""

PREFIXES = {
    "syslog of RFC 5424": (
        r'([0-9]+ )?(<[0-9]{1,3}>)?1 (-|[0-9]{4}-[^ "]+)( [^ "]+){4} '
        r'(-|(\[([^\]"]|"([^"\\]|\\.)*")*\])+)( +|$)'
    ),
    "syslog of RFC 3164, and what journalctl writes": (
        rf"(<[0-9]{{1,3}}>)?({_SYSLOG_TIME}|([A-Z][a-z]{{2}} )?{_ISO_TIME}|[0-9]+\.[0-9]+) "
        rf'([^ "\[]+ )?{_TAG}'
    ),
    "syslog without a date": rf"<[0-9]{{1,3}}>({_TAG})?|[A-Za-z_][A-Za-z0-9_.-]*(\[[0-9]+\])?: +",
    "Kubernetes (CRI)": rf"{_ISO_TIME} (stdout|stderr) F(:[^ ]*)?( |$)",
    "a date": rf"({_ISO_TIME}|\[{_ISO_TIME}\]) +",
    "docker compose": r"(\x1b\[[0-9;]*m)*[A-Za-z0-9][A-Za-z0-9_.@-]* +\|( |\x1b\[[0-9;]*m)*",
    "kubectl": r"\[pod/[^ \]]+\] +",
}
"""Prefixes that others put before a line, as RE2 expressions; they are skipped."""

READ = (
    "the common or combined log format (Apache, nginx, lighttpd, Varnish, Traefik), JSON lines "
    f"that are raw webrequests, {', '.join(named_forms.FORMS.values())}; either as a file, or as "
    "syslog, journalctl, Docker, docker compose or Kubernetes keep it"
)
"""The formats that are read, for error messages."""

_REASONS = {
    "client": "the client has no address; a list of addresses needs --trusted-proxy",
    "client_name": "the client is a host name (HostnameLookups), not an address",
    "host_position": "a host stands after the client: give --host-after-client",
    "form": "they are not of the form of the others; for JSON lines say which name is what",
    "time": "the calendar does not have the time, or it has no zone, is before 1970, or is more "
    "than a day after this machine's clock",
}


def why_none_is_read(rows: pa.Table) -> str | None:
    """What to tell of the first lines of a log if all are rejected; null if none is."""
    texts = [text for text in rows.column("text").to_pylist() if text is not None]
    if not texts:
        return None
    reasons = Counter(text.partition("\t")[0] for text in texts)
    reason = _REASONS.get(reasons.most_common(1)[0][0])
    because = f" Most of them because {reason}." if reason else ""
    return (
        f"not one of its first {len(texts):,} lines can be read.{because} What is read is {READ}. "
        "docs/own-wiki.md shows the forms."
    )


_UNSEEN = r"[\s\x{feff}]"
_PREFIX = "|".join(f"({regex})" for regex in PREFIXES.values())
_REGEXES = {
    "has_prefix": rf"^({_UNSEEN}|{_PREFIX})",
    "prefix": rf"^{_UNSEEN}*({_PREFIX})*{_UNSEEN}*",
    # What JSON cannot hold as it is; a line without it needs no escaping. Quotes separate fields.
    "unplain": r"[\\\x00-\x09\x0b\x0c\x0e-\x1f]|\r[^\n]|\n(?s:.)",
    "answer": r" [0-9]{3} ([0-9]{1,18}|-)[ \r\n]*",
    "ipv4": _IPV4,
    "bare_ipv4": f"^{_IPV4} - ",
    "host_name": r"[\w-]+(\.[\w-]+)*\.[0-9-]*[A-Za-z][\w-]*\.?(:[0-9]+)?",
    # A mere number is a count, as `uniq -c` writes it.
    "host_shape": rf"(\[[0-9A-Fa-f:.]+\]|{_HOST}*[^0-9{_NO_HOST}]{_HOST}*|{_IPV4})(:[0-9]{{1,5}})?",
    "common_time": rf"{_DAY}/[12][0-9]{{3}}:{_CLOCK} [+-]{_ZONE_HOURS}[0-5][0-9]\] ",
    "native_time": (
        rf"[12][0-9]{{3}}-[01][0-9]-[0-3][0-9][Tt ]{_CLOCK}([.,][0-9]{{1,9}})?"
        rf"([Zz]|[+-]{_ZONE_HOURS}(:?[0-5][0-9])?)?"
    ),
}
_ADDRESSES = (
    r"^-$|(^|,) *\[?([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)"
    r"(%[^ ,]*)?\]?(:[0-9]+)? *(,|$)"
)
"""What X-Forwarded-For looks like: Traefik's name of a router does not."""


def _query(
    log_format: LogFormat,
    process: str,
    *,
    native: bool,
    end: datetime,
    only_messages: bool = False,
) -> str:
    """The query for one log: which fields it returns depends on what the log may have."""
    extra = _extra(log_format)
    texts = {name: _literal(regex) for name, regex in _REGEXES.items()}
    return _TEMPLATES.get_template("web_logs.sql.jinja").render(
        only_messages=only_messages,
        native=native,
        process=process,
        end=f"timestamp '{end:%Y-%m-%d %H:%M:%S}'",
        site=_literal(log_format.site.lower()) if log_format.site else "null",
        hostname=_literal(log_format.hostname) if log_format.hostname else None,
        extra=extra,
        has_extra=bool(log_format.extra),
        host_after_client=log_format.host_after_client,
        trusts=bool(log_format.trusted_proxies),
        blanks=_literal(_BLANKS),
        line_end=_literal("\r\n"),
        **texts,
    )


def _extra(log_format: LogFormat) -> dict[str, str]:
    """SQL of the raw fields that lines of a format have after the user agent."""
    if log_format.extra:
        places = enumerate(log_format.extra, start=1)
        return {name: f"extra[{place}]" for place, name in places if name != IGNORED_FIELD}
    is_list = f"regexp_matches(part[8], {_literal(_ADDRESSES)})"
    return {"x_forwarded_for": f"case when {is_list} then part[8] end"}


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
