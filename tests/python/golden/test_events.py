"""The same rows of events as Wikimedia's own code, refined and sanitised."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from conftest import Lake
from stream_project import LOOK_UPS, StreamProject

from wikilake.streams import allowlist, declarations, reading, salts

WINDOWS = {
    "adversarial": {"from": "2026-12-31T23", "to": "2027-01-01T01"},
    "realistic": {"from": "2026-12-31T22", "to": "2027-01-01T01"},
}
LISTS = {
    "adversarial": (
        "main_like", "nested_keep_all", "production_like", "random_1", "random_2", "random_3",
    ),
    "realistic": ("main_like", "nested_keep_all", "production_like", "random_4"),
}  # fmt: skip
ODD_ADDRESS = "081.2.69.160"
"""The address that Java alone reads, the one deviation: here its place is unknown."""
PLACE = ("geocoded_data", "continent", "country_code", "country", "subdivision", "city")
DERIVED = (
    "stg_pageview__allowlist", "int_events__api_requests", "virtualpageview_hourly",
    "session_length", "action_*_hourly",
)  # fmt: skip
"""What is counted of the refined events, and what that needs."""
BY_DESIGN = {
    "unknown_tag": "the tag drop takes back a default",
    "duplicate_key_last_wins": "a key that stands twice is an error",
    "map_default_with_empty_table_map": "the original crashes, here the default's keys stay",
    "salt_never_ends": "a salt without end has none",
}


def declare(golden: Path, name: str, made: StreamProject, chosen: str | None = None) -> None:
    """Declares the streams of a golden set, and one of its allowlists, as a user does."""
    declared = json.loads((golden / name / "streams.json").read_text())["streams"]
    entries = []
    for stream in declared:
        places = [topic[1].get("datacenter") for topic in stream["topics"]]
        entries.append(
            {"stream": stream["stream"], "datacenters": [place for place in places if place]}
        )
    schemas = {stream["table"]: {"1.0.0": stream["schema"]} for stream in declared}
    lists = golden / name / "inputs" / "allowlists"
    made.declare(entries, schemas, (lists / f"{chosen}.yaml").read_text() if chosen else None)


class Events(StreamProject):
    """The streams of a golden set, and their rows."""

    def __init__(self, golden: Path, name: str, lake: Lake) -> None:
        self.golden, self.name = golden / "events", name
        folder = self.golden / name
        lake.settings |= {
            "WIKILAKE_EVENTS": str(folder / "raw"),
            "WIKILAKE_SALTS": str(folder / "inputs" / "salts"),
            "WIKILAKE_ALLOWLIST": str(folder / "inputs" / "pageview_allowlist.tsv"),
        }
        super().__init__(lake)

    def choose(self, chosen: str | None = None) -> None:
        declare(self.golden, self.name, self, chosen)

    def make(self, *select: str, target: str = "duckdb") -> None:
        told = WINDOWS[self.name] | {"sanitize_map_keys": "original"}
        self.build(*select, target=target, **told)

    def differences(self, schema: str, chosen: str = "") -> dict[str, str]:
        """What differs of the tables of a schema, but for the places of the odd address."""
        spec = importlib.util.spec_from_file_location(
            "compare_events", self.golden / "compare_events.py"
        )
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        found = {}
        connection = duckdb.connect()
        files = sorted((self.golden / self.name / "expected" / schema / chosen).glob("*.parquet"))
        assert files
        for file in files:
            described = connection.execute(f"describe select * from '{file}'").fetchall()
            types = {column[0]: tool.parsed(column[1]) for column in described}
            schemas = [schema] if schema else ["wmf", "wmf_traffic"]
            relation = tool.relation(connection, str(self.lake.root), schemas, file.stem)
            assert relation, file.stem
            expected = tool.rows(connection, f"'{file}'", types, False)
            mine = tool.rows(connection, relation, types, False)
            missing, extra = expected - mine, mine - expected
            if _without_place(missing) != _without_place(extra):
                found[file.stem] = f"{next(iter(missing))[:800]} for {next(iter(extra))[:800]}"
            allowed = 0
            if "geocoded_data" in types or "continent" in types:
                table = file.stem.removesuffix("_hourly")
                refined = self.golden / self.name / "expected" / "event" / f"{table}.parquet"
                text = (
                    f"select count(*) from '{refined}' as t where t::varchar like '%{ODD_ADDRESS}%'"
                )
                [(allowed,)] = connection.execute(text).fetchall()
            assert missing.total() <= allowed, file.stem
        return found


def _without_place(rows: Counter[str]) -> Counter[str]:
    without: Counter[str] = Counter()
    for row, count in rows.items():
        columns = json.loads(row)
        for column in PLACE:
            columns.pop(column, None)
        without[json.dumps(columns, sort_keys=True)] += count
    return without


@pytest.fixture(scope="module", params=["adversarial", "realistic"])
def events(request, golden, golden_settings, tmp_path_factory) -> Events:
    if not (golden / "events").is_dir():
        pytest.skip("golden events not found")
    lake = Lake(tmp_path_factory.mktemp(request.param), dict(golden_settings))
    made = Events(golden, request.param, lake)
    made.choose()
    made.make(
        *LOOK_UPS,
        "path:models/staging/events",
        "event__*",
        *DERIVED,
    )
    return made


def test_refined_events_are_equal_in_every_row_and_column(events):
    assert events.differences("event") == {}


def test_what_is_counted_of_events_is_equal_in_every_row_and_column(events):
    assert events.differences("") == {}


def test_sanitised_events_are_equal_by_every_allowlist(events):
    for chosen in LISTS[events.name]:
        shutil.rmtree(events.lake.root / "event_sanitized", ignore_errors=True)
        events.choose(chosen)
        events.make("event_sanitized__*")
        assert events.differences("event_sanitized", chosen) == {}, chosen


def test_no_salt_is_in_the_lake_the_logs_or_the_compiled_sql(events):
    chosen = LISTS[events.name][0]
    events.choose(chosen)
    events.make("event_sanitized__*")
    assert_no_salt_is_written(events)


def assert_no_salt_is_written(events: Events) -> None:
    secrets = [
        path.read_text().strip() for path in Path(events.lake.settings["WIKILAKE_SALTS"]).iterdir()
    ]
    assert secrets
    written = events.everything_written()
    for one in (".parquet", ".log", ".sql"):
        assert any(path.suffix == one for path in written), one
    for path in written:
        content = path.read_bytes()
        if path.suffix == ".parquet":  # which is compressed
            content += repr(pq.read_table(path).to_pylist()).encode()
        assert not any(secret.encode() in content for secret in secrets), path


def test_spark_gives_the_same_rows_of_events(golden, golden_settings, tmp_path):
    if not (golden / "events").is_dir():
        pytest.skip("golden events not found")
    events = Events(golden, "adversarial", Lake(tmp_path, dict(golden_settings)))
    events.choose("random_2")
    events.make(
        *LOOK_UPS, "path:models/staging/events", "event__*", "event_sanitized__*", *DERIVED,
        target="spark",
    )  # fmt: skip
    assert events.differences("event") == {}
    assert events.differences("") == {}
    assert events.differences("event_sanitized", "random_2") == {}
    assert_no_salt_is_written(events)


def test_odd_json_is_read_as_the_original_reads_it(golden, tmp_path, monkeypatch):
    folder = golden / "events" / "adversarial"
    probe = json.loads((folder / "streams.json").read_text())["probe_schema"]
    (tmp_path / "probe").mkdir()
    (tmp_path / "probe" / "1.0.0.json").write_text(json.dumps(probe))
    (tmp_path / "streams.yml").write_text("streams: [{stream: probe}]")
    monkeypatch.setenv("WIKILAKE_STREAMS", str(tmp_path))
    is_plain = reading.plain_check("probe")
    for case in json.loads((folder / "expected" / "odd_json.json").read_text()):
        texts = reading.event_texts(case["line"], "probe")
        expected = [json.loads(row) for row in case["kept_rows"]]
        if case["line"] == '{"id":"two"}{"id":"objects"}':
            assert texts == ["two_values"]  # the original loses the second one
            continue
        read = [json.loads(text) for text in texts if text.startswith("{")]
        assert [_known(row) for row in read] == [_known(row) for row in expected], case["line"]
        assert bool(case["corrupt"]) == (len(read) < len(texts)), case["line"]
        if is_plain(case["line"]) and "inner key case" not in case["line"]:
            assert [_known(json.loads(case["line"]))] == [_known(row) for row in expected]


def _known(value):
    """A value of JSON without what is null, and without the field that the probe does not have."""
    if isinstance(value, list):
        return [_known(member) for member in value]
    if not isinstance(value, dict):
        return value
    return {k: _known(v) for k, v in value.items() if v is not None and k not in ("zzz", "S", "I")}


def test_every_small_allowlist_stops_where_the_original_does(golden, tmp_path, monkeypatch):
    folder = golden / "events" / "adversarial"
    declare(golden / "events", "adversarial", StreamProject(Lake(tmp_path)))
    monkeypatch.setenv("WIKILAKE_STREAMS", str(tmp_path / "streams"))
    expected = {
        case["name"]: case
        for case in json.loads((folder / "expected" / "allowlist_cases.json").read_text())
    }
    wrong = []
    for case in json.loads((folder / "inputs" / "allowlist_cases.json").read_text()):
        salts_folder = "" if case["salts"] == "none" else str(folder / "inputs" / case["salts"])
        monkeypatch.setenv("WIKILAKE_SALTS", salts_folder)
        parts = expected[case["name"]].get("partitions", [{"outcome": "error"}])
        stops = any(part["outcome"] == "error" for part in parts)
        if (_stops(case, tmp_path) != stops) != (case["name"] in BY_DESIGN):
            wrong.append(case["name"])
    assert wrong == []


def _stops(case: dict, folder: Path) -> bool:
    file = folder / "allowlist.yaml"
    file.write_text(case["yaml"])
    try:
        read = allowlist.read_list(file, is_keep_all_allowed=case["keep_all_enabled"])
        if case["table"] in read.tables:
            rules = read.compiled(declarations.stream_of(case["table"]))
            if allowlist.has_hash(rules):
                salts.require_salts(case["table"], "2026-12-31T23", "2027-01-01T01")
    except (declarations.StreamError, salts.SaltError):
        return True
    return False
