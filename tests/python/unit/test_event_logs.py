"""Events that a wiki has logged become raw events of their hours, each once and as they are."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import BIN, PROJECT

from wikilake.ingest import log_import
from wikilake.ingest.event_logs import EventReader, reader_of_events, time_of
from wikilake.ingest.known_logs import ImportFailed, opened_state
from wikilake.ingest.web_logs import LogFormat

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
API = "eqiad.mediawiki.api-request"
PREVIEW = "eventlogging_VirtualPageView"
HOUR = "year=2026/month=11/day=1/hour="


def event(**fields) -> dict:
    meta = {"stream": "mediawiki.api-request", "id": "u1", "dt": "2026-11-01T00:10:00Z"}
    return {"$schema": "/mediawiki/api/request/1.0.0", "meta": meta} | fields


def record(context: object, **fields) -> dict:
    """What Monolog's formatter writes."""
    return {
        "message": "", "context": context, "level": 200, "level_name": "INFO",
        "channel": "api-request", "datetime": "2026-11-01T03:59:59.123456+02:00", "extra": {},
    } | fields  # fmt: skip


def rows(*lines: str | bytes | dict | list) -> list[tuple]:
    """(topic, hour, text) per row; a rejected line has its reason as text, another one None."""
    texts = [
        line if isinstance(line, bytes) else
        line.encode() if isinstance(line, str) else json.dumps(line).encode()
        for line in lines
    ]  # fmt: skip
    table = EventReader(now=NOW).rows(b"\n".join(texts) + b"\n", 1).to_pylist()
    return [
        (
            row["folder"],
            row["hour"] and row["hour"].hour,
            row["text"] and row["text"].split("\t")[0],
        )
        for row in table
    ]


def test_an_event_is_copied_as_its_line_spells_it():
    line = '{"meta": {"stream":"mediawiki.api-request", "dt":"2026-11-01T05:10:00Z"}, "x": 1.50}'
    assert rows(f"\ufeff {line}\r") == [(API, 5, line + "\n")]


def test_the_context_of_a_record_is_the_event_but_for_its_private_mark():
    sent = event(params={"text": 'é\u2028\t"', "n": "1"}, backend_time_ms=12, x=1.50, private=True)
    [(topic, hour, text)] = rows(record(sent))
    assert (topic, hour) == (API, 0)
    assert json.loads(text) == {key: sent[key] for key in sent if key != "private"}
    assert text.count("\n") == 1


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026-11-01T03:59:59.123456+02:00", 1),
        ({"date": "2026-11-01 03:10:00.5", "timezone_type": 3, "timezone": "UTC"}, 3),
        ({"date": "2026-11-01 03:10:00.5", "timezone_type": 3, "timezone": "Asia/Tokyo"}, 18),
        ({"date": "2026-11-01 03:10:00", "timezone_type": 1, "timezone": "+01:00"}, 2),
    ],
)
def test_a_record_gives_its_time_to_an_event_without_one(written, hour):
    sent = event(meta={"id": "u1"})
    [(topic, found, text)] = rows(record(sent, datetime=written))
    assert (topic, found) == (API, hour)
    assert json.loads(text)["meta"]["dt"][11:13] == f"{hour:02}"


def test_records_of_other_channels_and_blank_lines_are_passed_over():
    other = record({"secret": 1}, channel="session")
    assert rows(other, "", " \t\r", [], [other]) == [(None, None, None)] * 5


def test_an_array_is_as_many_events():
    legacy = {"schema": "VirtualPageView", "dt": "2026-11-01T02:00:00+00:00", "event": {}}
    found = rows([event(), legacy, 3, record(event())])
    assert [row[:2] for row in found] == [(API, 0), (PREVIEW, 2), (None, None), (API, 0)]
    assert found[2][2] == "not_a_json_object"


ODD_TIMES = (
    None, "", 7, "yesterday", "2026-11-01T00:10:00", "2026-11-01", "2026-13-01T00:00:00Z",
    "1969-12-31T23:59:59Z", "2026-11-29T12:00:00Z", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "2026-11-01T24:00:00Z", "2026-11-01T00:10:00+99:00",
)  # fmt: skip


@pytest.mark.parametrize("text", ODD_TIMES)
def test_an_event_without_a_time_that_can_be_is_rejected(text):
    assert rows(event(meta={"stream": "mediawiki.api-request", "dt": text})) == [
        (None, None, "time")
    ]


def test_times_are_read_with_their_zone():
    assert time_of("2026-11-01T01:30:00.1+02:30").isoformat() == "2026-10-31T23:00:00.100000+00:00"
    assert time_of("2026-10-31 23:00:00,123456789z").isoformat()[:19] == "2026-10-31T23:00:00"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("no json", "not_a_json_object"),
        ('{"meta": {"stream": "mediawiki.api-requ', "not_a_json_object"),
        ("3", "not_a_json_object"),
        ("null", "not_a_json_object"),
        (b'{"a": "\xff"}', "not_utf8"),
        ("[" * 600 + "]" * 600, "too_deep"),
        ("[" * 100_000, "too_deep"),
        (json.dumps(event()) * 2, "two_values"),
        ({}, "no_stream"),
        ({"meta": []}, "no_stream"),
        (event(meta={"stream": ["x"], "dt": "2026-11-01T00:10:00Z"}), "no_stream"),
        (event(meta={"stream": "../../x", "dt": "2026-11-01T00:10:00Z"}), "undeclared_stream"),
        (event(meta={"stream": "eqiad.mediawiki.api-request"}), "undeclared_stream"),
        (record([]), "not_a_json_object"),
        (record("x"), "not_a_json_object"),
        (record({"meta": {"dt": "x"}}), "time"),
        (record({"meta": 1}, datetime=None), "time"),
        (record({}, datetime={"date": "x", "timezone": "../../etc/passwd"}), "time"),
    ],
)
def test_a_line_that_is_no_event_is_rejected_with_the_reason(line, reason):
    assert rows(line) == [(None, None, reason)]


def test_random_bytes_become_one_row_per_line_and_nothing_is_lost():
    seed = random.randrange(2**32)
    print("seed", seed)
    draw = random.Random(seed)
    good = json.dumps(record(event(x="é")), ensure_ascii=False).encode()
    lines = []
    for _ in range(300):
        line = bytearray(good)
        for _ in range(draw.randrange(4)):
            line[draw.randrange(len(line))] = draw.choice(
                [0, 9, 34, 39, 91, 92, 123, 125, 200, 255]
            )
        lines.append(bytes(line[: draw.choice([len(line), draw.randrange(len(line))])]))
    table = EventReader(now=NOW).rows(b"\n".join(lines) + b"\n", 5)
    assert table.column("number").to_pylist() == list(range(5, 305))
    for row in table.to_pylist():
        assert (row["hour"] is None) == (row["folder"] is None)


@pytest.fixture
def root(tmp_path) -> Path:
    return tmp_path / "events"


def imported(root: Path, log: Path, datacenter: str | None = None, **options: bool):
    with opened_state(root) as state:
        return log_import.import_log(
            state, root, log, datacenter or "", LogFormat(),
            make_reader=reader_of_events(datacenter), **options,
        )  # fmt: skip


def ids(root: Path, topic: str = API) -> list[str]:
    """The ids of all raw events of a topic, each as often as it is there."""
    files = root.glob(f"{topic}/{HOUR}*/*.gz")
    lines = [line for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]
    return sorted(json.loads(line)["meta"]["id"] for line in lines)


def line(number: int, hour: int = 0) -> str:
    moment = f"2026-11-01T{hour:02}:10:00Z"
    meta = {"stream": "mediawiki.api-request", "id": f"{number:04}", "dt": moment}
    return json.dumps(record(event(meta=meta))) + "\n"


def test_a_file_that_grew_was_rotated_or_compressed_adds_only_its_new_lines(root, tmp_path):
    log = tmp_path / "api.json"
    log.write_text("".join(line(n, n % 3) for n in range(10)) + "{broken\n" + line(10)[:30])
    done = imported(root, log)
    assert (done.rows, done.rejected, done.lines, len(done.hours)) == (10, 1, 11, 3)
    assert done.waiting, "the last line has no end yet"
    assert imported(root, log).lines == 0
    content = log.read_text()[:-30] + line(10)
    log.write_text(content)
    assert imported(root, log).rows == 1
    (tmp_path / "api.json.1.gz").write_bytes(gzip.compress(content.encode()))
    assert imported(root, tmp_path / "api.json.1.gz").lines == 0
    log.write_text(line(11))
    assert imported(root, log).rows == 1
    assert ids(root) == [f"{n:04}" for n in range(12)]
    rejected = [json.loads(text) for file in root.glob("import_rejected/*")
                for text in file.read_text().splitlines()]  # fmt: skip
    assert [(one["line"], one["reason"], one["text"]) for one in rejected] == [
        (11, "not_a_json_object", "{broken")
    ]


def test_line_numbers_of_rejected_lines_count_lines_not_events(root, tmp_path):
    log = tmp_path / "api.json"
    pair = json.dumps([json.loads(line(1)), 1, json.loads(line(2))])
    log.write_text(f"{pair}\n\nx\n")
    done = imported(root, log)
    assert (done.lines, done.rows, done.rejected, done.blank) == (3, 2, 2, 1)
    [file] = root.glob("import_rejected/*")
    assert [json.loads(text)["line"] for text in file.read_text().splitlines()] == [1, 3]


def test_again_takes_back_what_a_file_gave_before(root, tmp_path):
    log = tmp_path / "api.json"
    log.write_text(line(1) + line(2, 1))
    imported(root, log)
    assert imported(root, log, again=True).rows == 2
    assert ids(root) == ["0001", "0002"]
    with pytest.raises(ImportFailed, match="other options [(]none[)]"):
        imported(root, log, "codfw")
    assert imported(root, log, "codfw", again=True).rows == 2
    assert ids(root) == [] and ids(root, "codfw.mediawiki.api-request") == ["0001", "0002"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nov 1 plain text\n", "no JSON"),
        (json.dumps({"a": 1}) + "\n", "do not name their stream"),
        (json.dumps(event(meta={"stream": "acme.click"})) + "\n", "declares no such stream"),
        (json.dumps(event(meta={"stream": "mediawiki.api-request"})) + "\n", "meta.dt"),
    ],
)
def test_a_file_without_any_event_is_refused_with_what_is_read(root, tmp_path, text, words):
    log = tmp_path / "x.log"
    log.write_text(text)
    with pytest.raises(ImportFailed, match=words):
        imported(root, log)
    assert not list(root.glob("*/year=*")) and not list(root.glob("import_rejected/*"))


def test_an_unknown_data_centre_is_refused(root, tmp_path):
    log = tmp_path / "api.json"
    log.write_text(line(1))
    with pytest.raises(ImportFailed, match="no such --datacenter"):
        imported(root, log, "mars")


KILLED = """
import os, signal, sys
from wikilake.ingest import log_import
from wikilake.cli import main
place, calls = int(sys.argv.pop(1)), 0
def dying(function):
    def call(*arguments):
        global calls
        calls += 1
        if calls == place:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments)
    return call
log_import._put = dying(log_import._put)
log_import.sync_folder = dying(log_import.sync_folder)
main(["import-events", *sys.argv[1:]])
"""


def test_a_killed_import_is_whole_the_next_time_and_never_doubled(root, tmp_path):
    log = tmp_path / "api.json"
    log.write_text("".join(line(n, n % 4) for n in range(40)) + "broken\n")
    environment = os.environ | {
        "WIKILAKE_EVENTS": str(root), "WIKILAKE_LAKE": str(tmp_path / "lake"),
    }  # fmt: skip
    for place in (1, 3, 6):
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(place), log], env=environment, cwd=PROJECT,
            capture_output=True, text=True,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = subprocess.run(
        [BIN / "wikilake", "import-events", log], env=environment, cwd=PROJECT,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "40 events of 41 lines" in done.stdout and "1 of 41 lines" in done.stderr
    assert ids(root) == [f"{n:04}" for n in range(40)]
    assert not (root / ".importing").exists()
    modes = {path.stat().st_mode & 0o077 for path in root.rglob("*")}
    assert modes == {0}, "nobody else may read what people sent"


def test_the_sample_is_no_place_for_events(tmp_path):
    log = tmp_path / "api.json"
    log.write_text(line(1))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("WIKILAKE_")}
    refused = subprocess.run(
        [BIN / "wikilake", "import-events", log], env=environment, cwd=PROJECT,
        capture_output=True, text=True,
    )  # fmt: skip
    assert refused.returncode == 1 and "WIKILAKE_EVENTS" in refused.stderr
    assert "Traceback" not in refused.stderr
