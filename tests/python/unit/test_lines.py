"""What one line of a log becomes: its record, or why it is rejected. Never anything else."""

from __future__ import annotations

import ipaddress
import json
import random
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from test_import import SITE, TIME, combined

from wikilake.ingest.web_logs import LineReader, LogFormat, is_json

NOW = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)
PLAIN = combined()
NATIVE = '{"dt":"2026-11-01T00:10:00Z","ip":"192.0.2.1"}'
TRUSTING = LogFormat(site="en.example.org", trusted_proxies=("10.0.0.0/8",))
AFTER = LogFormat(site="en.example.org", host_after_client=True)


@cache
def reader(log_format: LogFormat = SITE, native: bool = False) -> LineReader:
    return LineReader(log_format, "log-test", native=native, now=NOW)


def read(line: str | bytes, log_format: LogFormat = SITE, native: bool = False):
    """The record of a line, the reason why it is rejected, or None for one that says nothing."""
    block = line.encode() if isinstance(line, str) else line
    [row] = reader(log_format, native).rows(block + b"\n", 1).to_pylist()
    if row["hour"] is None:
        return row["text"] and row["text"].partition("\t")[0]
    record = json.loads(row["text"])
    assert row["text"].count("\n") == 1 and row["text"].endswith("\n")
    assert native or f"{row['hour']:%Y-%m-%dT%H}" == record["dt"][:13]
    return record


ODD_TIMES = [
    "01/Jan/0000:00:00:00 +0000", "31/Dec/9999:23:00:00 -1200", "01/Nov/290000:00:00:00 +0000",
    "infinity", "-infinity", "now", "epoch", "", "01/Nov/2026:24:00:00 +0000",
    "31/Dec/2016:23:59:60 +0000", "29/Feb/2025:00:00:00 +0000", "31/Nov/2025:00:00:00 +0000",
    "00/Nov/2026:00:00:00 +0000", "01/Nov/2026:00:60:00 +0000", "01/Nov/2026:00:00:00 +9999",
    "01/Nov/2026:00:00:00 +1500", "01/Nov/2026:00:00:00", "31/Dec/1969:23:59:59 +0000",
    "28/Nov/2026:12:30:00 +0000", "2026-11-01T00:00:00", "0000-01-01T00:00:00Z",
    "290000-01-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-01 (BC) 00:00:00Z",
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD_TIMES)
def test_a_time_that_no_request_can_have_is_rejected_and_the_next_line_is_read(odd):
    block = f"{PLAIN.replace(TIME, f'[{odd}]')}\n{PLAIN}\n".encode()
    [first, second] = reader().rows(block, 1).to_pylist()
    assert first["hour"] is None and first["text"].startswith("time\t")
    assert second["hour"] is not None


@pytest.mark.parametrize(
    "odd",
    [text for text in ODD_TIMES if "/" not in text and text != "2026-11-01T00:00:00"]
    + ["today", "2026-11-01T24:00:00Z", "9999-12-31T23:59:59-12:00", "2016-12-31T23:59:60Z",
       "2026-11-01", "0044-03-15 (BC) 00:00:00", "1969-12-31T23:59:59Z", "2027-01-01T00:00:00Z",
       "2026-11-01T00:00:00+99:99", "2026-11-01T00:00:00 Europe/Berlin"],
)  # fmt: skip
def test_an_odd_dt_of_a_raw_request_is_rejected_and_the_next_line_is_read(odd):
    block = (json.dumps({"dt": odd}) + "\n" + NATIVE + "\n").encode()
    [first, second] = reader(native=True).rows(block, 1).to_pylist()
    assert (first["hour"], first["text"].partition("\t")[0]) == (None, "time")
    assert second["hour"] is not None


@pytest.mark.parametrize(
    ("text", "dt"),
    [
        ("01/Nov/2026:00:10:00 Z", "2026-11-01T00:10:00Z"),
        ("2026-11-01T00:10:00Z", "2026-11-01T00:10:00Z"),
        ("2026-11-01T00:10:00.999999999+0100", "2026-10-31T23:10:00Z"),
        ("2026-11-01 00:10:00,5 +05:30", "2026-10-31T18:40:00Z"),
        ("01/Nov/2026:00:10:00 -0030", "2026-11-01T00:40:00Z"),
        ("29/Feb/2024:12:00:00 -1200", "2024-03-01T00:00:00Z"),
        ("01/Jan/1970:00:00:00 +0000", "1970-01-01T00:00:00Z"),
        ("28/Nov/2026:12:29:59 +0000", "2026-11-28T12:29:59Z"),
    ],
)
def test_zones_fractions_and_leap_days_are_read(text, dt):
    assert read(PLAIN.replace(TIME, f"[{text}]"))["dt"] == dt


PREFIXES = [
    "", "  ", "\ufeff",
    "Sep 15 16:13:46 web nginx[1]: ", "<134>Sep  5 16:13:46 web nginx: ",
    "<134>Sep 15 16:13:46 nginx: ", "Sep 15 16:13:46.123456 web.example.org httpd[12345]: ",
    '<165>1 2026-09-15T16:13:46.003Z web nginx 12 ID47 [ex@1 a="x \\"y\\] z" b="q"][y] \ufeff',
    "<134>1 2026-09-15T16:13:46+02:00 web nginx - - - ", "1 2026-09-15T16:13:46Z web nginx - - - ",
    "2026-09-15T16:13:46.123456+00:00 web nginx[7]: ", "2026-09-15T16:13:46+0000 web nginx[7]: ",
    "Tue 2026-09-15 16:13:46 UTC web nginx[1]: ", "1789488826.123456 web nginx[1]: ", "<134>",
    "2026-09-15T16:13:46.1Z stdout F ", "2026-09-15T16:13:46.123456789+02:00 stderr F ",
    "web-1  | ", "\x1b[36mweb-1  | \x1b[0m", "web-1  | 2026-09-15T16:13:46.123456789Z ",
    "[pod/web-5d8/nginx] ", "2026-09-15T16:13:46Z ", "2026-09-15 16:13:46 ",
    "2026/09/15 16:13:46 ", "[2026-09-15 16:13:46] ", "nginx[17]: ",
]  # fmt: skip


@pytest.mark.parametrize("prefix", PREFIXES)
def test_what_others_put_before_a_line_is_passed_over(prefix):
    assert read(prefix + PLAIN) == read(PLAIN)
    assert read(prefix + NATIVE, native=True) == json.loads(NATIVE)
    assert is_json((prefix + NATIVE).encode()) and not is_json((prefix + PLAIN).encode())


def test_lines_in_dockers_json_are_read_and_its_other_lines_rejected():
    wrapped = json.dumps({"log": PLAIN + "\n", "stream": "stdout", "time": "2026-09-15T16:13:46Z"})
    assert read(wrapped) == read(PLAIN)
    assert (
        read(json.dumps({"stream": "stdout", "log": combined(agent="Щ\\x22 q")}))["user_agent"]
        == 'Щ" q'
    )
    assert not is_json(wrapped.encode() + b"\n")
    raw = json.dumps({"log": NATIVE + "\n", "stream": "stdout"})
    assert is_json(raw.encode()) and read(raw, native=True) == json.loads(NATIVE)
    assert read(json.dumps({"log": "start\n", "stream": "stderr"})) == "quotes"
    assert read('{"log": ') == "client"


@pytest.mark.parametrize(
    "line",
    ["Sep 15 16:13:46 web " + PLAIN, "some words " + PLAIN, "10 " + PLAIN, "access.log:" + PLAIN,
     "2026-09-15T16:13:46Z stdout P " + PLAIN,
     combined(client="- - -"), combined(client="unix: - -"),
     combined(client="300.1.2.3 - -"), combined(client="192.0.2.07 - -"),
     combined(client="1.2.3 - -"), combined(client=":::: - -"), combined(client="192.0.2.1 -"),
     combined(client="192.0.2.7 203.0.113.5 -"), combined(client="198.51.100.7, 10.0.0.1 - -"),
     combined(client="Sep/15 192.0.2.1 - -")],
)  # fmt: skip
def test_where_no_address_is_the_client_the_line_is_rejected(line):
    assert read(line) == "client"


def test_the_reason_tells_names_for_addresses_and_hosts_in_another_place():
    assert read(combined(client="dsl-7.example.net - -")) == "client_name"
    assert read(combined(client="192.0.2.1 en.example.org -")) == "host_position"


@pytest.mark.parametrize(
    ("client", "ip"),
    [("192.0.2.7:51234", "192.0.2.7"), ("[2001:db8::1]", "2001:db8::1"),
     ("[2001:db8::1]:443", "2001:db8::1"), ("fe80::1%eth0", "fe80::1"),
     ("2001:db8::", "2001:db8::"), ("::ffff:192.0.2.7", "::ffff:192.0.2.7")],
)  # fmt: skip
def test_an_address_is_read_without_brackets_port_and_zone(client, ip):
    assert read(combined(client=f"{client} - -"))["ip"] == ip
    assert read(combined(client=f"en.example.org:443 {client} - a b"))["ip"] == ip


@pytest.mark.parametrize("chain", ["9.9.9.9, 198.51.100.7, 10.0.0.1", "9.9.9.9,198.51.100.7"])
def test_trusted_proxies_decide_which_address_of_a_list_is_the_client(chain):
    """The first of them is what the client says of itself."""
    assert read(combined(client=f"{chain} - -"), TRUSTING)["ip"] == "198.51.100.7"
    assert read(combined(client=f"de.example.org {chain} - -"), TRUSTING)["ip"] == "198.51.100.7"
    assert read(combined(client=f"{chain} - -")) == "client"


@pytest.mark.parametrize(
    "user", ["-", "frank smith", "a [b] c", "Smith, John", "x - - [01/Nov/2020:00:00:00 +0000]",
             "[01/Nov/2020:00:00:00 +0000]", "192.0.2.99 - -"],
)  # fmt: skip
def test_a_user_can_be_anything_and_changes_nothing(user):
    assert read(combined(client=f"192.0.2.1 - {user}")) == read(PLAIN)
    host = read(combined(client=f"de.example.org 192.0.2.1 ident {user}"))
    assert host == read(PLAIN) | {"uri_host": "de.example.org"}
    assert read(combined(client=f"192.0.2.1 de.example.org {user}"), AFTER) == host


@pytest.mark.parametrize(
    ("target", "host", "path", "query"),
    [("HTTP://user:password@DE.example.org:8080/path?q=1", "de.example.org", "/path", "?q=1"),
     ("http://u:password@w@h.example", "h.example", "/", ""),
     ("https://h.example?x=/@y", "h.example", "/", "?x=/@y"),
     ("ftp://u:password@h.example/x", "h.example", "/x", ""),
     ("http://[2001:db8::1]:80/", "[2001:db8::1]", "/", ""),
     ("http:///x", "en.example.org", "/x", ""),
     ("//a@b/x", "en.example.org", "//a@b/x", "")],
)  # fmt: skip
def test_full_addresses_give_their_host_without_user_port_and_capitals(target, host, path, query):
    record = read(combined(request=f'"GET {target} HTTP/1.1"'))
    assert (record["uri_host"], record["uri_path"], record["uri_query"]) == (host, path, query)
    assert "password" not in json.dumps(record)


def test_no_password_of_an_address_is_kept_anywhere():
    for line in (
        combined(request='"CONNECT u:password@h.example:443 HTTP/1.1"'),
        combined(request='"\\x16 http://u:password@h.example/"'),
        combined(referer="https://u:password@h.example/x"),
    ):
        record = read(line)
        assert "h.example" in json.dumps(record) and "password" not in json.dumps(record)


@pytest.mark.parametrize(
    ("fields", "referer", "agent"),
    [('"-" "Mozilla "x" y"', "-", 'Mozilla "x" y'),
     ('"-" "Mozilla " x " y"', "-", 'Mozilla " x " y'),
     ('"http://a/?q="x"" "A"', 'http://a/?q="x"', "A"), ('"-" ""A""', "-", '"A"'),
     ('"-" "a "b c"', "-", 'a "b c'), ('"-" "a "q" b" 0.1', "-", 'a "q" b'),
     ('"-"\t"A"', "-", "A"), ('"" ""', "", "")],
)  # fmt: skip
def test_quotes_that_a_server_did_not_escape_are_read_where_they_are_clear(fields, referer, agent):
    record = read(PLAIN.replace('"-" "Agent/1"', fields))
    assert (record["referer"], record["user_agent"]) == (referer, agent)
    assert record["x_forwarded_for"] is None


@pytest.mark.parametrize(
    "fields", ['"-" "A "q"" "192.0.2.9"', '"-" "A"0.1', '"-" "a " b c', '"-" "a" "b" c" "d"', '"-"']
)
def test_quotes_that_are_not_clear_are_rejected(fields):
    assert read(PLAIN.replace('"-" "Agent/1"', fields)) == "quotes"


@pytest.mark.parametrize(
    ("more", "forwarded"),
    [(' 12 "web@docker" "http://192.0.2.9:80" 12ms', None), (' "fe" "be" "srv" 0 0', None),
     (' "192.0.2.9"', "192.0.2.9"), (' "-" 0.1', "-"), (' "x, 2001:db8::1"', "x, 2001:db8::1"),
     (' "[2001:db8::1]:80"', "[2001:db8::1]:80")],
)  # fmt: skip
def test_the_name_of_a_router_is_not_a_forwarded_address(more, forwarded):
    assert read(PLAIN + more)["x_forwarded_for"] == forwarded


@pytest.mark.parametrize(
    "line", ["", "   ", "\t", "\r", "#Fields: date time c-ip", "# " + PLAIN, "\ufeff", "\ufeff# x",
             "web-1  | ", '{"log":"\\n","stream":"stdout"}'],
)  # fmt: skip
def test_lines_that_say_nothing_are_neither_requests_nor_unreadable(line):
    assert read(line) is None
    assert read(line, native=True) is None


@pytest.mark.parametrize("answer", ["2000 5", "20 5", "200", "200 5 0.1", "- -", "200 " + "9" * 19])
def test_a_line_without_a_valid_status_is_rejected(answer):
    assert read(combined(answer=answer)) == "status"


def test_odd_bytes_stay_what_they_are():
    assert read(combined(agent="a\0b"))["user_agent"] == r"a\x00b"
    assert read(combined(agent="a\rb"))["user_agent"] == "a\rb"
    assert read(combined(agent="x" * 10_000))["user_agent"] == "x" * 10_000
    assert read(combined(request='"GET\t/a\tHTTP/1.1"'))["uri_path"] == "/a"
    assert read(combined(request='"GET  /a  b  HTTP/1.1"'))["uri_path"] == "/a  b"
    assert read(combined(request='""'))["http_method"] == "<BADREQ>"
    assert read(PLAIN.replace(" - - ", "\t-\t-\t").replace(" 200 512 ", "\t200\t512\t")) == read(
        PLAIN
    )
    assert read(NATIVE.replace(",", ",\r\r"), native=True) == json.loads(NATIVE)
    infinite = LogFormat(site="en.example.org", extra=("time_firstbyte",))
    assert read(PLAIN + " nan", infinite)["time_firstbyte"] is None


# Lines by grammar: what they say is known because they were made from it.

hosts = st.sampled_from(
    ["www.example.org", "a-b.example", "localhost", "203.0.113.8", "WIKI.example"]
)
addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
words = st.text("abcXYZ09-_.~%/", min_size=1, max_size=12)
texts = st.text(st.characters(codec="utf-8"), max_size=30).map(str.strip).filter(lambda t: t != "-")
users = st.one_of(st.just("-"), st.text("abc, [](){}:-0/", min_size=1, max_size=20).map(
    lambda text: text.strip() or "-"))  # fmt: skip
times = st.datetimes(datetime(1971, 1, 1), datetime(2026, 11, 26)).map(
    lambda time: time.replace(microsecond=0, tzinfo=UTC)
)
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = ["%d/%b/%Y:%H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S,25 %z"]


def escaped(text: str) -> str:
    """A text as nginx writes it."""
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02X}"
        for byte in text.encode()
    )


@st.composite
def lines_with_records(draw) -> tuple[str, dict]:
    client, time, agent, referer = draw(addresses), draw(times), draw(texts), draw(texts)
    host, path, query = draw(st.none() | hosts), "/" + draw(words), draw(st.just("") | words)
    status, size = draw(st.integers(0, 999)), draw(st.none() | st.integers(0, 10**18 - 1))
    written = f"[{client}]:443" if ":" in client and draw(st.booleans()) else client
    before = f"{host}:8080 " if host else ""
    target = path + (f"?{query}" if query else "")
    line = (
        f"{before}{written} - {draw(users)} "
        f"[{time.astimezone(draw(zones)).strftime(draw(st.sampled_from(TIMES)))}] "
        f'"GET {target} HTTP/1.1" {status:03} {"-" if size is None else size}'
    )
    is_common = draw(st.booleans())
    if not is_common:
        line += f' "{escaped(referer)}" "{escaped(agent)}"' + draw(st.sampled_from(["", " 0.12"]))
    record = {
        "ip": client, "dt": f"{time:%Y-%m-%dT%H:%M:%SZ}", "http_status": f"{status:03}",
        "response_size": size, "uri_path": path, "uri_query": f"?{query}" if query else "",
        "uri_host": host.lower() if host else "en.example.org",
        "referer": None if is_common else referer.replace("\0", r"\x00"),
        "user_agent": None if is_common else agent.replace("\0", r"\x00"), "http_method": "GET",
    }  # fmt: skip
    wrapped = draw(st.sampled_from(PREFIXES)) + line
    if draw(st.integers(0, 9)) == 0:
        wrapped = json.dumps({"log": line + "\n", "stream": "stdout", "time": "x"})
    return wrapped, record


SEED = random.SystemRandom().randrange(2**32)
CALM = settings(
    max_examples=60, deadline=None, derandomize=False, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def test_lines_made_by_a_grammar_say_what_they_were_made_of():
    print("seed", SEED)

    @seed(SEED)
    @CALM
    @given(st.lists(lines_with_records(), min_size=1, max_size=40))
    def check(made):
        block = "".join(line + "\n" for line, _ in made).encode()
        rows = reader().rows(block, 1).to_pylist()
        assert len(rows) == len(made)
        for row, (line, record) in zip(rows, made, strict=True):
            assert row["hour"] is not None, (line, row["text"])
            got = json.loads(row["text"])
            assert {name: got[name] for name in record} == record, line

    check()


def test_lines_with_any_change_are_one_record_one_rejection_or_nothing():
    print("seed", SEED)
    odd = st.sampled_from(
        [b'"', b"[", b"]", b" ", b"\\", b"\\x", b"\0", b"\r", b"\t", b"\xff", b"\xef\xbb\xbf", b",",
         b"-", b"#", b"{", b':', b"%", b"@", b"://", b"9999", b"infinity", b"- - [", "ä".encode()]
    )  # fmt: skip
    cuts = st.tuples(st.floats(0, 1), st.integers(0, 20), odd | st.binary(max_size=6))
    formats = [SITE, TRUSTING, AFTER, LogFormat(extra=("time_firstbyte", "uri_host", "-", "range"))]

    @seed(SEED)
    @CALM
    @given(
        st.lists(st.tuples(lines_with_records(), st.lists(cuts, max_size=3)), min_size=1),
        st.sampled_from(formats), st.booleans(),
    )  # fmt: skip
    def check(made, log_format, native):
        lines = []
        for (text, _), changes in made:
            line = NATIVE.encode() if native and len(changes) % 2 else text.encode()
            for place, length, new in changes:
                begin = int(place * len(line))
                line = line[:begin] + new.replace(b"\n", b"") + line[begin + length :]
            lines.append(line)
        rows = reader(log_format, native).rows(b"\n".join(lines) + b"\n", 1).to_pylist()
        assert len(rows) == len(lines)
        for number, row in enumerate(rows, start=1):
            if row["hour"] is None:
                assert row["text"] is None or "\t" in row["text"]
                continue
            assert (
                datetime(1970, 1, 1) <= row["hour"] <= NOW.replace(tzinfo=None) + timedelta(days=1)
            )
            assert row["text"].endswith("\n") and row["text"].count("\n") == 1
            record = json.loads(row["text"])
            if not native:
                ipaddress.ip_address(record["ip"])
                assert record["sequence"] == number

    check()
