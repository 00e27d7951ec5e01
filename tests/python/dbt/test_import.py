"""Web servers' own logs become raw requests: every line once, nothing lost, nothing invented."""

import bz2
import gzip
import hashlib
import json
import lzma
import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard
from conftest import BIN, PROJECT

from wikilake.ingest import log_import
from wikilake.ingest.web_logs import LineReader, LogFormat, OptionError, checked_format

TIME = "[01/Nov/2026:00:10:00 +0000]"
REQUEST = '"GET /wiki/Cat HTTP/1.1"'
SITE = LogFormat(site="en.example.org")
BLANK = {
    "server_pid": "log-test",
    "sequence": 1,
    "dt": "2026-11-01T00:10:00Z",
    "ip": "192.0.2.1",
    "http_status": "200",
    "response_size": 512,
    "http_method": "GET",
    "uri_host": "en.example.org",
    "uri_path": "/wiki/Cat",
    "uri_query": "",
    "referer": "-",
    "user_agent": "Agent/1",
    "x_forwarded_for": None,
}


def read(line: str | bytes, log_format: LogFormat = SITE) -> list[tuple]:
    """(hour, raw request) of each line; (None, reason and text) of one that cannot be read."""
    block = line.encode() if isinstance(line, str) else line
    rows = LineReader(log_format, "log-test", native=False).rows(block + b"\n", 1).to_pylist()
    return [
        (str(row["hour"]), json.loads(row["text"])) if row["hour"] else (None, row["text"])
        for row in rows
    ]


def combined(
    client: str = "192.0.2.1 - -",
    time: str = TIME,
    request: str = REQUEST,
    answer: str = "200 512",
    referer: str = "-",
    agent: str = "Agent/1",
    more: str = "",
) -> str:
    return f'{client} {time} {request} {answer} "{referer}" "{agent}"{more}'


@pytest.mark.parametrize(
    ("line", "differs"),
    [
        (combined(), {}),
        (f"192.0.2.1 - - {TIME} {REQUEST} 200 512", {"referer": None, "user_agent": None}),
        (combined(client="www.example.org:443 192.0.2.1 - -"), {"uri_host": "www.example.org"}),
        (combined(client="www.example.org 192.0.2.1 - anna"), {"uri_host": "www.example.org"}),
        (combined(client="192.0.2.1 - anna of wiki"), {}),
        (combined(client="2001:db8::1 - -"), {"ip": "2001:db8::1"}),
        (combined(time="[01/Nov/2026:05:40:00 +0530]"), {}),
        (combined(time="[2026-11-01T01:10:00+01:00]"), {}),
        (combined(answer="304 -"), {"http_status": "304", "response_size": None}),
        (combined(more=' "198.51.100.7, 10.0.0.1"'), {"x_forwarded_for": "198.51.100.7, 10.0.0.1"}),
        (combined(more=" 0.123 -"), {}),
        (combined(request='"GET /w/index.php?title=A%26B&x=%zz HTTP/2.0"'),
         {"uri_path": "/w/index.php", "uri_query": "?title=A%26B&x=%zz"}),
        (combined(request='"GET https://de.example.org/wiki/Hund?a=1 HTTP/1.1"'),
         {"uri_host": "de.example.org", "uri_path": "/wiki/Hund", "uri_query": "?a=1"}),
        (combined(request='"GET /wiki/A B HTTP/1.1"'), {"uri_path": "/wiki/A B"}),
        (combined(request='"GET /old"'), {"uri_path": "/old"}),
        (combined(request='"OPTIONS * HTTP/1.1"'), {"http_method": "OPTIONS", "uri_path": "*"}),
        (combined(request='"-"', answer="408 -"),
         {"http_method": "<BADREQ>", "uri_path": "-", "http_status": "408", "response_size": None}),
        (combined(request=r'"\x16\x03\x01"', answer="400 150"),
         {"http_method": "<BADREQ>", "uri_path": "\x16\x03\x01", "http_status": "400",
          "response_size": 150}),
        (combined(request=r'"GET /wiki/\xD0\x9F\xFF?q=\x00 HTTP/1.1"'),
         {"uri_path": "/wiki/П%FF", "uri_query": "?q=%00"}),
        (combined(referer=r"http://a.example/\"q\"\\", agent=r"Say \x22hi\x22\t\xC3\xA4 \xFF\x00"),
         {"referer": 'http://a.example/"q"\\', "user_agent": 'Say "hi"\tä \\xff\\x00'}),
        (combined(agent="Мозилла"), {"user_agent": "Мозилла"}),
        (combined().encode() + b"\r", {}),
        (combined(agent="Agent").encode().replace(b"Agent", b"\xffgent"),
         {"user_agent": "\\xffgent"}),
        (combined(agent="a\tb\rc"), {"user_agent": "a\tb\rc"}),
    ],
)  # fmt: skip
def test_each_form_of_a_line_gives_its_fields(line, differs):
    assert read(line) == [("2026-11-01 00:00:00", BLANK | differs)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("no log line", "quotes"),
        (combined(request='"GET /"cat" HTTP/1.1"'), "quotes"),
        (combined()[:-1], "quotes"),
        (combined(time="[01/Foo/2026:00:10:00 +0000]"), "time"),
        (combined(time=""), "time"),
        (combined(client="192.0.2.1"), "client"),
        (combined(answer="20 512"), "status"),
        (combined(answer="200 many"), "status"),
        (combined(answer="200 -1"), "status"),
    ],
)
def test_a_line_that_cannot_be_read_is_kept_with_the_reason(line, reason):
    assert read(line) == [(None, f"{reason}\t{line}")]


@pytest.mark.parametrize("seed", range(20))
def test_any_bytes_survive_the_escaping_of_nginx_and_apache(seed):
    chance = random.Random(seed)
    text = "".join(chance.choice(['"', "\\", "\n", "\x7f", "a", "ä", "п", "中", "x41", "\x1f"])
                   for _ in range(30))  # fmt: skip
    nginx = "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02X}"
        for byte in text.encode()
    )
    letters = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n"}
    apache = "".join(
        letters.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}")
        for byte in text.encode()
    )
    for escaped in (nginx, apache):
        [(_, row)] = read(combined(agent=escaped))
        assert row["user_agent"] == text


def test_named_fields_follow_the_user_agent_in_their_order():
    log_format = LogFormat(
        site="en.example.org",
        extra=("time_firstbyte", "-", "accept_language", "uri_host", "x_forwarded_for"),
    )
    line = combined(more=' 0.25 pipe "de, en;q=0.5" www.example.org "203.0.113.9"')
    [(_, row)] = read(line, log_format)
    assert row["time_firstbyte"] == 0.25
    assert row["accept_language"] == "de, en;q=0.5"
    assert row["x_forwarded_for"] == "203.0.113.9"
    [(_, short)] = read(combined(more=" -"), log_format)
    assert (short["time_firstbyte"], short["accept_language"]) == (None, None)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.5, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "made up, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, unknown", "10.0.0.1"),
        ("10.0.0.1", "-", "10.0.0.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("2001:db8::1", "2001:db8:1::9", "2001:db8:1::9"),
    ],
)
def test_only_trusted_proxies_may_name_the_client(peer, forwarded, client):
    own = LogFormat(site="x.example", trusted_proxies=("10.0.0.0/8", "2001:db8::/64"))
    [(_, row)] = read(combined(client=f"{peer} - -", more=f' "{forwarded}"'), own)
    assert row["ip"] == client
    assert row["x_forwarded_for"] == forwarded


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "two words"},
        {"hostname": "a/b"},
        {"extra": ("tea",)},
        {"trusted_proxies": ("10.0.0.1/8",)},
    ],
)
def test_options_of_wrong_values_are_refused_with_what_to_write(wrong):
    with pytest.raises(
        OptionError, match="--(site|hostname|extra|trusted-proxy) .*(10|tea|a/b|two)"
    ):
        checked_format(LogFormat(**wrong), "text")


# Files


def lines(first: int, end: int) -> bytes:
    """Numbered lines, one per second; now and then the same request twice in a second."""
    return b"".join(
        combined(time=f"[01/Nov/2026:{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02} +0000]",
                 request=f'"GET /wiki/{n} HTTP/1.1"').encode() + b"\n"
        for n in range(first, end)
    )  # fmt: skip


def imported(lake) -> list[dict]:
    """Every request in the raw partitions, by its line in the log."""
    files = lake.raw.glob("webrequest_source=*/year=*/month=*/day=*/hour=*/*.jsonl.gz")
    rows = [json.loads(line) for file in files for line in gzip.open(file)]
    return sorted(rows, key=lambda row: (row["server_pid"], row["sequence"]))


def paths(lake) -> list[int]:
    return sorted(int(row["uri_path"].removeprefix("/wiki/")) for row in imported(lake))


def import_file(lake, *arguments) -> subprocess.CompletedProcess:
    return lake.wikilake("import", "--site", "en.example.org", *map(str, arguments))


def test_lines_go_to_the_hours_of_their_time_in_utc_and_identical_ones_stay_two(lake):
    log = lake.folder / "access.log"
    same = combined(time="[01/Nov/2026:01:59:59 +0100]").encode() + b"\n"
    log.write_bytes(same * 2 + lines(0, 2) + lines(3600, 3601))
    done = import_file(lake, log)
    assert done.returncode == 0, done.stderr
    assert "wikilake build --from 2026-11-01T00 --to 2026-11-01T02" in done.stdout
    hours = {file.parent.name: len(gzip.open(file).readlines())
             for file in lake.raw.rglob("*.jsonl.gz")}  # fmt: skip
    assert hours == {"hour=0": 4, "hour=1": 1}
    lake.run_hour()
    assert lake.query("select count(*) from wmf.webrequest where hour = 0") == [(4,)]
    assert lake.query(
        "select count_actual, percent_lost from wmf_raw.webrequest_sequence_stats_hourly"
    ) == [(None, None)], "a log without counters does not pretend that nothing was lost"


@pytest.mark.parametrize(
    "compress",
    [bytes, gzip.compress, zstandard.compress, bz2.compress, lzma.compress,
     lambda content: gzip.compress(content[:5000]) + gzip.compress(content[5000:])],
)  # fmt: skip
def test_a_log_that_grows_rotates_and_is_compressed_adds_each_line_once(lake, compress):
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 100) + lines(100, 101)[:20])
    first = import_file(lake, log)
    assert "waits for the rest" in first.stdout
    assert paths(lake) == list(range(100))
    log.write_bytes(lines(0, 400))
    import_file(lake, log)
    (lake.folder / "access.log.1").write_bytes(compress(lines(0, 600)))
    log.write_bytes(lines(600, 700))
    done = import_file(lake, *lake.folder.glob("access.log*"))
    assert done.returncode == 0, done.stderr
    assert paths(lake) == list(range(700))
    again = import_file(lake, *lake.folder.glob("access.log*"))
    assert "Nothing new" in again.stdout
    assert paths(lake) == list(range(700))


def test_resume_takes_what_is_new_in_known_logs_also_after_a_rotation(lake):
    log = lake.folder / "access.log"
    (lake.folder / "access.log.1").write_bytes(lines(5000, 5100))
    os.utime(lake.folder / "access.log.1", (1, 1))
    (lake.folder / "access.logic").write_bytes(lines(6000, 6100))
    log.write_bytes(lines(0, 100))
    assert import_file(lake, log).returncode == 0
    log.write_bytes(lines(0, 150))
    log.rename(lake.folder / "access.log-20261101")
    log.write_bytes(lines(150, 200))
    resumed = lake.wikilake("import", "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert paths(lake) == list(range(200)), "older logs, never asked for, stay out"
    assert {row["uri_host"] for row in imported(lake)} == {"en.example.org"}


def test_two_logs_that_begin_alike_are_two_logs(lake):
    one, other = lake.folder / "one.log", lake.folder / "other.log"
    one.write_bytes(lines(0, 2000) + lines(2000, 2100))
    other.write_bytes(lines(0, 2000) + lines(3000, 3200))
    done = import_file(lake, one, other)
    assert done.returncode == 0, done.stderr
    assert paths(lake) == sorted([*range(2000), *range(2100), *range(3000, 3200)])
    assert len({row["server_pid"] for row in imported(lake)}) == 2


def test_an_older_copy_of_a_log_adds_nothing(lake):
    log, copy = lake.folder / "access.log", lake.folder / "copy.log"
    log.write_bytes(lines(0, 3000))
    copy.write_bytes(lines(0, 2000))
    import_file(lake, log, copy)
    assert paths(lake) == list(range(3000))


def test_unparsable_lines_are_rejected_with_file_number_and_text(lake):
    log = lake.folder / "access.log"
    odd = [b"\x00\x00\x00", b"half a line \xff", b'{"dt": 1}']
    log.write_bytes(lines(0, 3) + odd[0] + b"\n" + lines(3, 5) + odd[1] + b"\n" + odd[2] + b"\n")
    done = import_file(lake, log)
    assert done.returncode == 0
    assert f"{log} (3 of 8 lines)" in done.stderr
    [file] = (lake.raw / "import_rejected").iterdir()
    assert [json.loads(line) for line in file.open()] == [
        {"file": str(log), "line": 4, "reason": "quotes", "text": "\x00\x00\x00"},
        {"file": str(log), "line": 7, "reason": "quotes", "text": "half a line \\xff"},
        {"file": str(log), "line": 8, "reason": "client", "text": '{"dt": 1}'},
    ]
    assert [row["sequence"] for row in imported(lake)] == [1, 2, 3, 5, 6]


def test_blank_lines_comments_and_a_byte_order_mark_are_not_counted_as_unreadable(lake):
    log = lake.folder / "access.log"
    log.write_bytes(b"\xef\xbb\xbf# written by a test\n\n" + lines(0, 3) + b"\r\n#\n" + lines(3, 5))
    done = import_file(lake, log)
    assert done.returncode == 0, done.stderr
    assert "could not be read" not in done.stderr
    assert not (lake.raw / "import_rejected").exists()
    assert [row["sequence"] for row in imported(lake)] == [3, 4, 5, 8, 9], "numbers of lines"


def test_one_odd_date_stops_no_import(lake):
    log, requests = lake.folder / "access.log", lake.folder / "requests.json"
    odd = [
        combined(time="[31/Dec/9999:23:00:00 -1200]"),
        combined(time="[01/Jan/0000:00:00:00 +0000]"),
    ]
    log.write_bytes(lines(0, 2) + "\n".join(odd).encode() + b"\n" + lines(2, 4))
    dates = ["2026-11-01T00:00:00Z", "infinity", "0000-01-01", "290000-01-01T00:00:00Z"]
    requests.write_text("".join(json.dumps({"dt": dt}) + "\n" for dt in dates))
    done = import_file(lake, log, requests)
    assert done.returncode == 0, done.stderr
    assert "(2 of 6 lines)" in done.stderr and "(3 of 4 lines)" in done.stderr
    rejected = [json.loads(line) for file in (lake.raw / "import_rejected").iterdir()
                for line in file.open()]  # fmt: skip
    assert [row["reason"] for row in rejected] == ["time"] * 5
    assert {file.parent.name for file in lake.raw.rglob("*.jsonl.gz")} == {"hour=0"}


def test_a_log_of_another_format_is_refused_with_the_option_that_reads_it(lake):
    log = lake.folder / "access.log"
    for content, words in (
        ("#Fields: date time c-ip cs-method\n2026-11-01 00:00:00 192.0.2.1 GET\n", "syslog"),
        (combined(client="dsl.example.net - -") + "\n", "HostnameLookups"),
        (combined(client="192.0.2.1 en.example.org -") + "\n", "--host-after-client"),
        (combined(time="[01/Nov/2026:00:00:00]") + "\n", "zone"),
    ):
        log.write_text(content)
        refused = import_file(lake, log)
        assert refused.returncode == 1
        assert "not one of its first 1 lines" in refused.stderr and words in refused.stderr
    read_right = import_file(lake, "--again", "--host-after-client", log)
    assert read_right.returncode == 1, "a host after the client does not mend the time"
    log.write_text(combined(client="192.0.2.1 de.example.org -") + "\n")
    assert import_file(lake, "--host-after-client", log).returncode == 0
    assert [row["uri_host"] for row in imported(lake)] == ["de.example.org"]
    other = import_file(lake, log)
    assert other.returncode == 1 and "--host-after-client" in other.stderr


def test_json_lines_are_taken_as_they_are_into_the_hours_of_their_dt(lake):
    log = lake.folder / "requests.json"
    native = [
        b'{"dt": "2026-11-01T00:59:59Z", "hostname": "cp1",  "uri_path": "\\u00e4 \xc3\xa4"}',
        b'{"dt": "2026-11-01T01:30:00+0100", "odd field": 1}',
        b'{"dt": "2026-11-01T02:00:00.25Z"}',
        b'{"dt": "soon"}',
        b'{"dt": "2026-11-01T00:00:00Z"',
        b"[1]",
    ]
    log.write_bytes(b"\n".join(native) + b"\n")
    done = lake.wikilake("import", "--source", "upload", str(log))
    assert done.returncode == 0, done.stderr
    files = {file.parent.name: gzip.open(file).read() for file in lake.raw.rglob("*.jsonl.gz")}
    assert files == {
        "hour=0": native[0] + b"\n" + native[1] + b"\n",
        "hour=2": native[2] + b"\n",
    }
    [file] = (lake.raw / "import_rejected").iterdir()
    reasons = [json.loads(line)["reason"] for line in file.open()]
    assert reasons == ["time", "no_json_object", "no_json_object"]


class Died(BaseException):
    """What kills an import in a test."""


@pytest.mark.parametrize("alive", range(4))
def test_an_import_that_dies_while_it_publishes_is_repeated_without_doubles(
    lake, monkeypatch, alive
):
    """It dies before the nth file is put into place; the log has grown when it is run again."""
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 3 * 3600))
    put, calls = log_import._put, iter(range(alive))

    def put_or_die(*arguments):
        if next(calls, None) is None:
            raise Died
        put(*arguments)

    def run():
        with log_import.opened_state(lake.raw) as state:
            log_import.import_log(state, lake.raw, log, "text", SITE)

    monkeypatch.setattr(log_import, "BLOCK", 100_000)
    monkeypatch.setattr(log_import, "BLOCKS_A_COMMIT", 8)
    monkeypatch.setattr(log_import, "_put", put_or_die)
    with pytest.raises(Died):
        run()
    monkeypatch.setattr(log_import, "_put", put)
    with log.open("ab") as file:
        file.write(lines(3 * 3600, 3 * 3600 + 60))
    run()
    assert paths(lake) == list(range(3 * 3600 + 60))


def test_an_import_that_is_killed_leaves_whole_files_and_goes_on(lake):
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 24 * 3600) * 4)
    command = [BIN / "wikilake", "import", "--site", "en.example.org", log]
    for _ in range(2):
        running = subprocess.Popen(command, env=lake.environment(), cwd=PROJECT)
        while running.poll() is None and not (lake.raw / ".importing").exists():
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert import_file(lake, log).returncode == 0
    assert paths(lake) == sorted(list(range(24 * 3600)) * 4)


def test_a_log_that_ends_in_the_middle_gives_what_can_be_read_and_the_rest_later(lake):
    log = lake.folder / "access.log.gz"
    whole = gzip.compress(lines(0, 3000))
    log.write_bytes(whole[: len(whole) // 2])
    cut = import_file(lake, log)
    assert cut.returncode == 1
    assert str(log) in cut.stderr and "only the rest" in cut.stderr
    some = paths(lake)
    assert some == list(range(len(some))) and 0 < len(some) < 3000
    log.write_bytes(whole)
    assert import_file(lake, log).returncode == 0
    assert paths(lake) == list(range(3000))


def test_a_last_line_without_end_is_taken_when_the_log_is_complete(lake):
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 5)[:-1])
    assert import_file(lake, log).returncode == 0
    assert paths(lake) == [0, 1, 2, 3]
    assert import_file(lake, "--complete", log).returncode == 0
    assert paths(lake) == [0, 1, 2, 3, 4]


def test_a_log_can_be_imported_again_under_another_site(lake):
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 50))
    import_file(lake, log)
    refused = lake.wikilake("import", "--site", "de.example.org", str(log))
    assert refused.returncode == 1
    assert "--site en.example.org" in refused.stderr and "--again" in refused.stderr
    done = lake.wikilake("import", "--site", "de.example.org", "--again", str(log))
    assert done.returncode == 0, done.stderr
    assert paths(lake) == list(range(50))
    assert {row["uri_host"] for row in imported(lake)} == {"de.example.org"}


def test_mistakes_are_reported_in_plain_words(lake):
    log, text = lake.folder / "access.log", lake.folder / "notes.txt"
    log.write_bytes(lines(0, 5))
    text.write_text("a shopping list\n" * 3)
    for arguments, words, code in (
        ([], "Say which FILES", 2),
        ([str(log)], "--site en.example.org", 1),
        (["--site", "x.org", "nowhere.log"], "There is no file", 1),
        (["--site", "x.org", str(log), str(lake.folder)], "is a folder. Name the logs in it", 1),
        (["--site", "x.org", str(text)], "not one of its first 3 lines", 1),
        (["--site", "x.org", "--extra", "tea", str(log)], "--extra 'tea'", 1),
    ):
        called = lake.wikilake("import", *arguments)
        assert called.returncode == code, called.stderr
        assert words in called.stderr
        assert "Traceback" not in called.stderr
    assert not list(lake.raw.rglob("import-*"))
    empty = lake.folder / "empty.log"
    empty.touch()
    called = import_file(lake, empty)
    assert called.returncode == 0 and f"{empty} is empty" in called.stderr
    lake.settings.pop("WIKILAKE_RAW")
    called = import_file(lake, log)
    assert "WIKILAKE_RAW" in called.stderr and called.returncode == 1


def test_two_imports_at_once_do_not_mix(lake):
    with log_import.opened_state(lake.raw):
        log = lake.folder / "access.log"
        log.write_bytes(lines(0, 5))
        refused = import_file(lake, log)
    assert refused.returncode == 1
    assert "Another import" in refused.stderr


# Which log it is


def run_import(lake, log, **options) -> log_import.Counts:
    """Imports a log as the command does, in this process."""
    with log_import.opened_state(lake.raw) as state:
        return log_import.import_log(state, lake.raw, log, "text", SITE, **options)


CHECKS = combined(request='"GET /wiki/0 HTTP/1.1"', agent="check").encode() + b"\n"
"""What a load balancer asks each second, here always in the same one."""


@pytest.mark.parametrize("shared", [1, 700, 5000])
@pytest.mark.parametrize("longer_first", [True, False])
def test_of_two_logs_that_share_a_long_beginning_both_are_imported(lake, shared, longer_first):
    long, short = lake.folder / "long.log", lake.folder / "short.log"
    long.write_bytes(CHECKS * shared + lines(1000, 4000))
    short.write_bytes(CHECKS * shared + lines(5000, 5001))
    files = [long, short] if longer_first else [short, long]
    done = import_file(lake, *files)
    assert done.returncode == 0, done.stderr
    assert paths(lake) == [0] * shared * 2 + [*range(1000, 4000), 5000]
    assert f"{files[1]} begins like {files[0]} ({shared:,} lines)" in done.stdout
    again = import_file(lake, *files)
    assert "Nothing new" in again.stdout
    short.write_bytes(short.read_bytes() + lines(5001, 5010))
    assert import_file(lake, *files).returncode == 0
    assert paths(lake) == [0] * shared * 2 + [*range(1000, 4000), *range(5000, 5010)]


def test_an_equal_log_of_another_server_is_named_and_taken_when_it_is_said_to_be_new(lake):
    one, other = lake.folder / "one.log", lake.folder / "other.log"
    one.write_bytes(lines(0, 50))
    other.write_bytes(lines(0, 50))
    done = import_file(lake, one, other)
    assert done.returncode == 0, done.stderr
    assert f"{other}: nothing new, its 50 lines were imported from {one}" in done.stdout
    assert "--as-new" in done.stdout
    assert import_file(lake, "--as-new", other).returncode == 0
    assert paths(lake) == sorted([*range(50)] * 2)
    refused = import_file(lake, "--as-new", other)
    assert refused.returncode == 1 and "itself was imported before" in refused.stderr
    other.write_bytes(lines(0, 60))
    one.write_bytes(lines(0, 50) + lines(100, 105))
    assert import_file(lake, one, other).returncode == 0
    assert paths(lake) == sorted([*range(50)] * 2 + [*range(50, 60), *range(100, 105)])


@pytest.mark.parametrize("kept", [1, 20, 2999])
@pytest.mark.parametrize("cut", [0, 17])
@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_a_shorter_copy_of_a_log_adds_nothing_and_says_so(lake, kept, cut, compress):
    log, copy = lake.folder / "access.log", lake.folder / "backup.log"
    log.write_bytes(lines(0, 3000))
    run_import(lake, log)
    copy.write_bytes(compress(lines(0, kept) + lines(kept, kept + 1)[:cut]))
    done = run_import(lake, copy)
    assert done.lines == 0
    [note] = done.notes
    assert f"its {kept:,} lines are the first of 3,000 that were imported from {log}" in note
    assert ("without end" in note) == bool(cut)
    assert paths(lake) == list(range(3000))
    with pytest.raises(log_import.ImportFailed, match="--again would take away all 3,000 lines"):
        run_import(lake, copy, again=True)


def test_a_log_restored_from_a_backup_that_goes_on_otherwise_is_imported_and_named(lake):
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 2000))
    run_import(lake, log)
    log.write_bytes(lines(0, 1500) + lines(6000, 6100))
    done = run_import(lake, log)
    assert done.lines == 1600
    assert "begins like" in done.notes[0] and "(1,500 lines)" in done.notes[0]


@pytest.mark.parametrize("grown", [0, 10, 3000])
def test_a_log_that_is_truncated_and_written_again_is_a_new_log(lake, grown):
    """As copytruncate of logrotate does: longer, shorter or empty when the import sees it again."""
    log, rotated = lake.folder / "access.log", lake.folder / "access.log.1"
    log.write_bytes(lines(0, 1000))
    run_import(lake, log)
    rotated.write_bytes(lines(0, 1200))
    log.write_bytes(lines(1200, 1200 + grown))
    for file in (log, rotated, log, rotated):
        run_import(lake, file)
    assert paths(lake) == list(range(1200 + grown))


def test_an_empty_log_and_one_of_half_a_line_add_nothing(lake):
    log = lake.folder / "access.log"
    log.write_bytes(b"")
    assert run_import(lake, log).lines == 0
    log.write_bytes(lines(0, 1)[:-1])
    assert run_import(lake, log).waiting
    log.write_bytes(lines(0, 2))
    assert run_import(lake, log).lines == 2
    log.write_bytes(b"")
    assert run_import(lake, log).lines == 0
    assert paths(lake) == [0, 1]


@pytest.mark.parametrize(("rest", "aside"), [(b"", []), (b"of the agent", ["of the agent"])])
def test_a_line_taken_without_its_end_is_not_taken_again_when_the_end_comes(lake, rest, aside):
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 5)[:-1])
    assert run_import(lake, log, is_complete=True).lines == 5
    log.write_bytes(lines(0, 5)[:-1] + rest + b"\n" + lines(5, 8))
    run_import(lake, log)
    log.write_bytes(lines(0, 5)[:-1] + rest + b"\n" + lines(5, 9))
    run_import(lake, log)
    assert paths(lake) == list(range(9))
    assert [row["sequence"] for row in imported(lake)] == list(range(1, 10))
    kept = [json.loads(line) for file in (lake.raw / "import_rejected").glob("*") for line in
            file.open()]  # fmt: skip
    assert [(row["reason"], row["line"], row["text"]) for row in kept] == [
        ("rest_of_line", 5, text) for text in aside
    ]


def test_a_compressed_log_that_gets_more_members_adds_their_lines(lake):
    log = lake.folder / "access.log.gz"
    log.write_bytes(gzip.compress(lines(0, 100)))
    run_import(lake, log)
    log.write_bytes(log.read_bytes() + gzip.compress(lines(100, 150)))
    run_import(lake, log)
    log.write_bytes(log.read_bytes() + gzip.compress(b"") + gzip.compress(lines(150, 151)))
    run_import(lake, log)
    assert paths(lake) == list(range(151))


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_log_that_changes_while_it_is_read_is_not_mixed(lake, monkeypatch, is_gone):
    """A rename, or a truncation, between two commits: what was committed stays."""
    log, rotated = lake.folder / "access.log", lake.folder / "access.log.1"
    log.write_bytes(lines(0, 3000))
    monkeypatch.setattr(log_import, "BLOCK", 10_000)
    monkeypatch.setattr(log_import, "BLOCKS_A_COMMIT", 8)
    publish, calls = log_import.HourFiles.publish, []

    def publish_and_change(writer):
        publish(writer)
        calls.append(1)
        if len(calls) == 2:
            if is_gone:
                log.rename(rotated)
                log.write_bytes(lines(3000, 7000))
            else:
                rotated.write_bytes(log.read_bytes())
                log.write_bytes(lines(3000, 7000))

    monkeypatch.setattr(log_import.HourFiles, "publish", publish_and_change)
    if is_gone:
        run_import(lake, log)
        assert paths(lake) == list(range(3000))
    else:
        with pytest.raises(log_import.ImportFailed, match="written again while it was read"):
            run_import(lake, log)
        assert paths(lake) == list(range(len(paths(lake)))) and 0 < len(paths(lake)) < 3000
    for file in (rotated, log):
        run_import(lake, file)
    assert paths(lake) == list(range(7000))


def old_state(log, position: int, line: int, **more) -> dict:
    """An entry of the state as the version before wrote it."""
    content = log.read_bytes()[:position]
    tail = hashlib.sha256(content[-65536:]).hexdigest()
    head = hashlib.sha256(content[:65536]).hexdigest()
    log_format = {"site": "en.example.org", "hostname": None, "extra": [], "trusted_proxies": []}
    return {
        "id": "0123456789ab", "path": str(log), "source": "text", "log_format": log_format,
        "head_length": min(position, 65536), "head": head, "position": position, "tail": tail,
        "line": line, "modified": 1.0,
    } | more  # fmt: skip


def test_the_state_of_the_version_before_is_taken_over(lake):
    log, copy = lake.folder / "access.log", lake.folder / "copy.log"
    log.write_bytes(lines(0, 1500))
    position = len(lines(0, 1000))
    hour = lake.raw / "webrequest_source=text/year=2026/month=11/day=1/hour=0"
    hour.mkdir(parents=True)
    os.chmod(lake.raw / "webrequest_source=text", 0o755)
    (hour / "import-0123456789ab-0.jsonl.gz").write_bytes(gzip.compress(
        b"".join(b'{"uri_path": "/wiki/%d", "server_pid": "log", "sequence": %d}\n' % (n, n)
                 for n in range(1000))))  # fmt: skip
    of_killed_one = hour / f"import-0123456789ab-{position}.jsonl.gz"
    of_killed_one.write_bytes(gzip.compress(b"of a killed one"))
    (lake.raw / ".import.json").write_text(json.dumps([old_state(log, position, 1000)]))
    copy.write_bytes(lines(0, 900))
    with pytest.raises(
        log_import.ImportFailed, match="is shorter than what was imported.*--as-new"
    ):
        run_import(lake, copy)
    run_import(lake, log)
    assert paths(lake) == list(range(1500))
    assert "900 lines are the first of 1,500" in run_import(lake, copy).notes[0]
    assert oct((hour / "import-0123456789ab-0.jsonl.gz").stat().st_mode)[-3:] == "600"
    assert oct((lake.raw / "webrequest_source=text").stat().st_mode)[-3:] == "700"


@pytest.mark.parametrize(
    ("state", "words"),
    [("{", "cannot be read"), ("[1]", "cannot be read"), ("{}", "cannot be read"),
     ('{"version": 99, "logs": []}', "another version"), ('[{"id": "x"}]', "cannot be read"),
     ('{"version": 2, "logs": [{"idd": 1}]}', "cannot be read"), ("", "cannot be read")],
)  # fmt: skip
def test_a_state_file_that_cannot_be_read_is_reported_and_nothing_is_imported(lake, state, words):
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 5))
    lake.raw.mkdir()
    (lake.raw / ".import.json").write_text(state)
    refused = import_file(lake, log)
    assert refused.returncode == 1
    assert words in refused.stderr and "Traceback" not in refused.stderr
    assert not list(lake.raw.rglob("import-*"))


# Files on the disk


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_what_an_import_writes_is_for_its_own_user_alone(lake, monkeypatch, umask):
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 5) + b"odd\n")
    theirs = lake.raw / "webrequest_source=upload"
    theirs.mkdir(parents=True)
    theirs.chmod(0o755)
    lake.raw.chmod(0o755)
    put, during = log_import._put, {}

    def look_and_put(temporary, place):
        during.update({path: path.stat().st_mode for path in lake.raw.rglob("*")})
        put(temporary, place)

    monkeypatch.setattr(log_import, "_put", look_and_put)
    before = os.umask(umask)
    try:
        run_import(lake, log)
    finally:
        assert os.umask(before) == umask
    after = {path: path.stat().st_mode for path in lake.raw.rglob("*")}
    assert len(during) > 3 and len(after) > 8
    for path, mode in [*during.items(), *after.items()]:
        if path != theirs:
            assert mode & 0o777 in (0o600, 0o700), path
    assert theirs.stat().st_mode & 0o777 == lake.raw.stat().st_mode & 0o777 == 0o755


def test_leftovers_of_a_killed_import_go_with_the_next_one(lake):
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 5))
    leftover = lake.raw / ".importing" / "2026-11-01T00"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half a gzip file of private lines")
    run_import(lake, log)
    assert not leftover.parent.exists()
    assert paths(lake) == list(range(5))


def test_files_and_folders_are_on_the_disk_before_the_state_says_so(lake, monkeypatch):
    """Each file is synced before its name, the folders of its name before the state is renamed."""
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 5) + b"odd\n")
    done, fsync, replace, rename = [], os.fsync, Path.replace, Path.rename

    def synced(handle):
        done.append(("sync", Path(os.readlink(f"/proc/self/fd/{handle}"))))
        fsync(handle)

    def named(path, target):
        done.append(("name", path, Path(target)))
        return replace(path, target) if Path(target).suffix != ".json" else rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", named)
    monkeypatch.setattr(Path, "rename", named)
    run_import(lake, log)
    last = max(n for n, each in enumerate(done) if each[0] == "name")
    assert done[last][2] == lake.raw / ".import.json"
    names = [each for each in done if each[0] == "name"]
    assert len(names) == 4, "the state, an hour, rejected lines, the state"
    for each in names:
        place = done.index(each)
        assert ("sync", each[1]) in done[:place]
        folder = each[2].parent
        assert ("sync", folder) in done[place:]
        if each != names[-1]:
            needed = [folder, *(f for f in folder.parents if f.is_relative_to(lake.raw))]
            assert {("sync", path) for path in needed} <= set(done[place:last])


@pytest.mark.parametrize("attempt", range(12))
def test_an_import_killed_at_any_step_is_repeated_with_each_line_once(lake, monkeypatch, attempt):
    """Every call that changes the disk is a place to die; the log grows in between."""
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    log, grown = lake.folder / "access.log", 3000
    log.write_bytes(lines(0, grown))
    monkeypatch.setattr(log_import, "BLOCK", 20_000)
    monkeypatch.setattr(log_import, "BLOCKS_A_COMMIT", chance.randrange(1, 6))
    left = 0

    def deadly(call):
        def step(*arguments, **options):
            nonlocal left
            left -= 1
            if left < 0:
                raise Died
            return call(*arguments, **options)

        return step

    for holder, name in ((os, "fsync"), (Path, "replace"), (Path, "rename"), (Path, "unlink")):
        monkeypatch.setattr(holder, name, deadly(getattr(holder, name)))
    for attempt in range(12):
        left = chance.randrange(40)
        again = chance.random() < 0.2
        with suppress(Died):
            run_import(lake, log, again=again)
        if attempt % 4 == 3:
            left = 10**6
            log.rename(lake.folder / f"access.log.{attempt}")
            log = lake.folder / f"access.log.{attempt}"
        with log.open("ab") as file:
            file.write(lines(grown, grown + 50))
        grown += 50
    left = 10**6
    run_import(lake, log)
    assert paths(lake) == list(range(grown))
    assert not (lake.raw / ".importing").exists()


def test_a_full_disk_is_reported_as_that_of_the_raw_root_and_the_rest_is_imported_later(
    lake, monkeypatch
):
    log = lake.folder / "access.log"
    log.write_bytes(lines(0, 5))
    with monkeypatch.context() as patched:
        patched.setattr(log_import, "_put", raising(OSError(28, "No space left on device")))
        with pytest.raises(log_import.ImportFailed, match="raw cannot be written.*No space left"):
            run_import(lake, log)
    run_import(lake, log)
    assert paths(lake) == list(range(5))


def raising(error: Exception):
    def fail(*_):
        raise error

    return fail
