"""Lines of web servers' own logs, made into raw webrequests: what one line says, in one query.

Read are the common and the combined log format, as Apache, nginx and Varnish write them: with or
without a host before the client, with or without fields after the user agent. And lines that are
raw webrequests already, which are only told apart by their hours.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

RAW_FIELDS = (
    "time_firstbyte", "cache_status", "uri_host", "content_type", "referer", "x_forwarded_for",
    "user_agent", "accept_language", "x_analytics", "range", "x_cache", "accept", "tls",
    "termination_state",
)  # fmt: skip
"""Fields of a raw webrequest that a log may have after the user agent."""

IGNORED_FIELD = "-"

_PLAIN = r"[\\\x00-\x09\x0b\x0c\x0e-\x1f]|\r[^\n]"
"""What JSON cannot hold as it is; a line without it needs no escaping. Quotes separate fields."""


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


class OptionError(Exception):
    """A format that cannot be meant; the message says which option and what to write."""


def checked_format(log_format: LogFormat, source: str) -> LogFormat:
    """The format if every part of it makes sense, else OptionError."""
    if not re.fullmatch(r"[a-z0-9_]+", source):
        raise OptionError(f"--source {source!r}: write lower-case letters, digits and _ only.")
    for option, name in (("--site", log_format.site), ("--hostname", log_format.hostname)):
        if name is not None and not re.fullmatch(r"[\w.-]+|\[[0-9a-fA-F:]+\]", name):
            raise OptionError(f"{option} {name!r} is no name of a host, like en.example.org.")
    for name in log_format.extra:
        if name not in (*RAW_FIELDS, IGNORED_FIELD):
            known = ", ".join(RAW_FIELDS)
            raise OptionError(f"--extra {name!r}: write one of {known}, or {IGNORED_FIELD}.")
    for network in log_format.trusted_proxies:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise OptionError(f"--trusted-proxy {network!r} is no network: {error}.") from None
    return log_format


def is_json(block: bytes) -> bool:
    """Whether a log holds raw webrequests already: its first line begins like a JSON object."""
    return block.lstrip()[:1] == b"{"


class LineReader:
    """Turns blocks of lines into rows (hour, text): raw webrequests by hour, or lines put aside.

    A row whose hour is null is a line that could not be read; its text is then the reason, a tab
    and the line.
    """

    def __init__(self, log_format: LogFormat, process: str, *, native: bool) -> None:
        """`process` names the log in server_pid; `native` lines are raw webrequests already."""
        self._connection = duckdb.connect(config={"threads": 1})
        self._connection.execute("set TimeZone = 'UTC'")
        self._connection.create_function(
            "unescaped", _unescaped_all, ["VARCHAR", "BOOLEAN"], "VARCHAR", type="arrow",
            null_handling="special",
        )  # fmt: skip
        self._connection.create_function(
            "client_address", _client_addresses(log_format.trusted_proxies),
            ["VARCHAR", "VARCHAR"], "VARCHAR", type="arrow", null_handling="special",
        )  # fmt: skip
        self._native = native
        self._query = _NATIVE if native else _query(log_format, process)

    def rows(self, block: bytes, first_line: int) -> pa.Table:
        """The rows of a block of lines, the first of which is line `first_line` of its log."""
        if not block.isascii():
            block = _valid_utf8(block, b"\\\\x" if self._native else b"\\x")
        ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n")) + 1
        if not len(ends) or ends[-1] != len(block):
            ends = np.append(ends, len(block))
        offsets = np.concatenate([np.zeros(1), ends]).astype(np.int32)
        buffers = pa.py_buffer(offsets), pa.py_buffer(block)
        lines = pa.StringArray.from_buffers(len(ends), *buffers)
        numbers = pa.array(np.arange(first_line, first_line + len(ends)))
        cursor = self._connection.cursor()
        cursor.execute("set TimeZone = 'UTC'")
        cursor.register("lines", pa.table({"number": numbers, "line": lines}))
        return cursor.sql(self._query).to_arrow_table()


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


def unescaped(text: str, *, in_url: bool) -> str:
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
        return whole.decode(errors="backslashreplace")
    readable = whole.decode(errors="surrogateescape")
    return re.sub("[\x00\udc80-\udcff]", lambda found: f"%{ord(found[0]) & 0xFF:02X}", readable)


def _unescaped_all(texts: pa.Array, in_url: pa.Array) -> pa.Array:
    pairs = zip(texts.to_pylist(), in_url.to_pylist(), strict=True)
    return pa.array(
        [None if text is None else unescaped(text, in_url=url) for text, url in pairs], pa.string()
    )


def _client_addresses(trusted_proxies: Sequence[str]):
    """An Arrow function: the client's address from the peer's and X-Forwarded-For."""
    networks = [ipaddress.ip_network(network) for network in trusted_proxies]
    known: dict[str, bool] = {}

    def is_trusted(text: str) -> bool:
        if text not in known:
            try:
                address = ipaddress.ip_address(text)
                known[text] = any(address in network for network in networks)
            except ValueError:
                known[text] = False
            if len(known) > 100_000:
                known.clear()
                return is_trusted(text)
        return known[text]

    def client(peer: str, forwarded: str | None) -> str:
        if is_trusted(peer):
            for hop in reversed((forwarded or "").split(",")):
                if not _is_address(hop.strip()):
                    break
                peer = hop.strip()
                if not is_trusted(peer):
                    break
        return peer

    def clients(peers: pa.Array, forwarded: pa.Array) -> pa.Array:
        pairs = zip(peers.to_pylist(), forwarded.to_pylist(), strict=True)
        return pa.array([client(*pair) for pair in pairs], pa.string())

    return clients


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


_NATIVE = """
with timed as (
    select
        line,
        case when json_valid(line) then json_type(line) = 'OBJECT' end as is_object,
        case when json_valid(line) then try_cast(line ->> '$.dt' as timestamptz) end as time
    from lines
)
select
    date_trunc('hour', time at time zone 'UTC') as hour,
    case
        when is_object and time is not null then rtrim(line, chr(13) || chr(10)) || chr(10)
        else case when is_object then 'time' else 'no_json_object' end
            || chr(9) || rtrim(line, chr(13) || chr(10))
    end as text
from timed
"""

# Escaped quotes are written as bytes first, so that every quote left separates two fields.
_LOG = r"""
with checked as (
    select number, line, not regexp_matches(line, '{plain}') as is_plain
    from lines
),
split as (
    select
        number,
        line,
        is_plain,
        string_split(
            case
                when is_plain then line
                else replace(replace(line, '\\', '\x5c'), '\"', '\x22')
            end,
            '"'
        ) as part
    from checked
),
parted as (
    select
        number,
        line,
        is_plain,
        part,
        string_split(split_part(part[1], ' [', 1), ' ') as client,
        string_split(part[2], ' ') as request,
        trim(part[3], ' ' || chr(13) || chr(10)) as answer,
        try_strptime(
            split_part(split_part(part[1], ' [', 2), ']', 1),
            ['%d/%b/%Y:%H:%M:%S %z', '%Y-%m-%dT%H:%M:%S%z']
        ) at time zone 'UTC' as time
    from split
),
judged as (
    select
        *,
        case
            when len(part) % 2 = 0 or len(part) = 1 then 'quotes'
            when len(part) = 5 or (len(part) > 5 and trim(part[5]) <> '') then 'quotes'
            when len(client) < 3 or client[1] = '' then 'client'
            when time is null then 'time'
            when not regexp_full_match(answer, '[0-9]{{3}} ([0-9]{{1,18}}|-)') then 'status'
        end as fault,
        -- The name before the client: `host[:port] client identity user`; an identity is `-`.
        len(client) > 3 and client[2] <> '-' and client[3] = '-' as has_host,
        -- What is no request line was refused by the server. Servers log such bytes as they came.
        coalesce(
            len(request) >= 2 and regexp_full_match(part[2], '[A-Za-z_-]+ [^ ].*'), false
        ) as is_request
    from parted
),
located as (
    select
        *,
        case when has_host then client[2] else client[1] end as peer,
        case when has_host and client[1] <> '-' then regexp_replace(client[1], ':[0-9]+$', '') end
            as log_host,
        case
            when not is_request then part[2]
            when len(request) = 3 then request[2]
            when request[-1] like 'HTTP/%' then array_to_string(request[2:-2], ' ')
            else array_to_string(request[2:], ' ')
        end as target
        {extra_list}
    from judged
),
targeted as (
    select
        *,
        -- `GET https://host/path`: how proxies ask, and how Varnish logs.
        case when is_request and regexp_matches(target, '^https?://') then true else false end
            as is_absolute
    from located
),
pathed as (
    select
        *,
        case when is_absolute then regexp_extract(target, '^https?://([^/?]*)', 1) end
            as target_host,
        case when is_absolute then regexp_extract(target, '^https?://[^/?]*(.*)$', 1) else target
        end as local_target
    from targeted
),
named as (
    select
        *,
        {fields}
    from pathed
)
select
    case when fault is null then date_trunc('hour', time) end as hour,
    case
        when fault is null then concat(
            '{{"server_pid":"{process}","sequence":', number,
            ',"dt":"', replace(cast(time as varchar), ' ', 'T'), 'Z"',
            ',"http_status":"', left(answer, 3), '"',
            ',"response_size":', case
                when answer like '%-' then 'null'
                else cast(cast(substr(answer, 5) as bigint) as varchar)
            end,
            {pairs},
            '}}', chr(10)
        )
        else concat(fault, chr(9), rtrim(line, chr(13) || chr(10)))
    end as text
from named
"""


def _query(log_format: LogFormat, process: str) -> str:
    """The query for one log: which fields it gives depends on what the log may have."""
    # What the log gives, by raw field: an SQL expression, and whether its escapes are of a URL.
    site = "null" if log_format.site is None else _literal(log_format.site)
    fields = {
        "http_method": ("case when is_request then request[1] else '<BADREQ>' end", False),
        "uri_host": (f"coalesce(target_host, log_host, {site})", False),
        "uri_path": ("split_part(local_target, '?', 1)", True),
        "uri_query": (
            "case when contains(local_target, '?') "
            "then substr(local_target, instr(local_target, '?')) else '' end",
            True,
        ),
        "referer": ("part[4]", False),
        "user_agent": ("part[6]", False),
    }
    if log_format.hostname is not None:
        fields["hostname"] = (_literal(log_format.hostname), False)
    extra_list = ""
    if log_format.extra:
        extra_list = """,
        flatten(list_transform(
            part[7:],
            lambda piece, place: case
                when place % 2 = 0 then [piece]
                else list_filter(
                    string_split(trim(piece, ' ' || chr(13) || chr(10)), ' '),
                    lambda token: token <> ''
                )
            end
        )) as extra"""
        for place, name in enumerate(log_format.extra, start=1):
            if name != IGNORED_FIELD:
                fields[name] = (f"extra[{place}]", False)
    else:
        fields["x_forwarded_for"] = ("case when len(part) > 8 then part[8] end", False)
    if "x_forwarded_for" in fields and log_format.trusted_proxies:
        forwarded = fields["x_forwarded_for"][0]
        fields["ip"] = (f"client_address(peer, {forwarded})", False)
    else:
        fields["ip"] = ("peer", False)
    named = [f"{sql} as raw_{name}" for name, (sql, _) in fields.items()]
    pairs = [
        f"',\"{name}\":', " + _json_text(f"raw_{name}", is_url)
        for name, (_, is_url) in fields.items()
    ]
    if "time_firstbyte" in fields:
        place = list(fields).index("time_firstbyte")
        pairs[place] = (
            "',\"time_firstbyte\":', coalesce(cast(try_cast(raw_time_firstbyte as double) "
            "as varchar), 'null')"
        )
    return _LOG.format(
        plain=_PLAIN,
        process=process,
        extra_list=extra_list,
        fields=",\n        ".join(named),
        pairs=",\n            ".join(pairs),
    )


def _json_text(value: str, is_url: bool) -> str:
    """SQL of a JSON value: most lines need nothing escaped and are only put between quotes."""
    url = "true" if is_url else "false"
    return (
        f"case when {value} is null then 'null' when is_plain then concat('\"', {value}, '\"') "
        f"else cast(to_json(unescaped({value}, {url})) as varchar) end"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
