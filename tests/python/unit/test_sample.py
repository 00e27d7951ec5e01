"""The made-up raw lines have the shape that the pipeline reads, and can be made again."""

import gzip
import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from wikilake.ingest.event_logs import EventReader
from wikilake.samples.events import write_events
from wikilake.samples.requests import write_sample

# The raw fields, in the order of the input format.
FIELDS = [
    "hostname",
    "server_pid",
    "sequence",
    "dt",
    "time_firstbyte",
    "ip",
    "cache_status",
    "http_status",
    "response_size",
    "http_method",
    "uri_host",
    "uri_path",
    "uri_query",
    "content_type",
    "referer",
    "x_forwarded_for",
    "user_agent",
    "accept_language",
    "x_analytics",
    "range",
    "x_cache",
    "accept",
    "tls",
    "ch_ua",
    "ch_ua_mobile",
    "ch_ua_platform",
    "ch_ua_arch",
    "ch_ua_bitness",
    "ch_ua_full_version_list",
    "ch_ua_model",
    "ch_ua_platform_version",
    "termination_state",
]
HOURS = (datetime(2026, 11, 1, 23), datetime(2026, 11, 2, 0))
ROWS, SEED = 3_000, 11


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("sample")
    write_sample(root, ROWS, SEED, HOURS)
    return root


def parts(root: Path) -> dict[str, list[str]]:
    """The lines of each file, by its path below `root`."""
    return {
        str(path.relative_to(root)): gzip.decompress(path.read_bytes()).decode().splitlines()
        for path in sorted(root.rglob("part-*.jsonl.gz"))
    }


def row_of(line: str) -> dict | None:
    """The row of a line, None for a broken one."""
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None


def all_bytes(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_the_same_seed_gives_the_same_bytes(sample, tmp_path):
    write_sample(tmp_path, ROWS, SEED, HOURS)
    assert all_bytes(tmp_path) == all_bytes(sample)


def test_another_seed_gives_other_lines(sample, tmp_path):
    write_sample(tmp_path, ROWS, SEED + 1, HOURS)
    assert parts(tmp_path).keys() == parts(sample).keys()
    assert all(parts(tmp_path)[name] != lines for name, lines in parts(sample).items())


def test_each_hour_has_the_rows_asked_for_in_unpadded_partitions(tmp_path):
    seen = []
    counts = write_sample(tmp_path, 1_001, SEED, HOURS, files=3, progress=seen.append)
    assert counts == {
        "webrequest_source=text/year=2026/month=11/day=1/hour=23": 701,
        "webrequest_source=upload/year=2026/month=11/day=1/hour=23": 300,
        "webrequest_source=text/year=2026/month=11/day=2/hour=0": 701,
        "webrequest_source=upload/year=2026/month=11/day=2/hour=0": 300,
    }
    written = defaultdict(int)
    for name, lines in parts(tmp_path).items():
        written[name.rsplit("/", 1)[0]] += len(lines)
    assert written == counts
    assert len(parts(tmp_path)) == 12
    assert sum(seen) == 2_002


def test_every_line_but_the_broken_ones_has_exactly_the_raw_fields(sample):
    rows = [row_of(line) for lines in parts(sample).values() for line in lines]
    assert all(list(row) == FIELDS for row in rows if row)
    assert all(None not in row.values() for row in rows if row)


def test_each_hour_of_the_text_source_has_a_broken_line_and_upload_has_none(sample):
    broken = defaultdict(int)
    for name, lines in parts(sample).items():
        broken[name.rsplit("/", 1)[0]] += sum(row_of(line) is None for line in lines)
    assert all(n == ("=text/" in partition) for partition, n in broken.items())


def test_sequences_never_repeat_except_in_exact_duplicate_lines(sample):
    lines_of = defaultdict(list)
    for lines in parts(sample).values():
        for line in lines:
            if row := row_of(line):
                lines_of[row["hostname"], row["server_pid"], row["sequence"]].append(line)
    repeated = [lines for lines in lines_of.values() if len(lines) > 1]
    assert repeated
    assert all(len(set(lines)) == 1 for lines in repeated)


def test_sequences_run_on_over_the_hours_with_few_numbers_missing(sample):
    numbers = defaultdict(set)
    for lines in parts(sample).values():
        for row in filter(None, map(row_of, lines)):
            numbers[row["hostname"], row["server_pid"]].add(row["sequence"])
    missing = sum(max(seen) - min(seen) + 1 - len(seen) for seen in numbers.values())
    assert 0 < missing < 0.003 * 2 * ROWS


def test_times_lie_within_the_hour_and_are_sorted_in_each_file(sample):
    for name, lines in parts(sample).items():
        times = [datetime.fromisoformat(row["dt"][:-1]) for row in map(row_of, lines) if row]
        hour = HOURS["day=2/" in name]
        assert times == sorted(times)
        assert hour <= times[0] and times[-1] < hour + timedelta(hours=1)


def test_writing_an_hour_again_replaces_its_files(tmp_path):
    write_sample(tmp_path, 50, SEED, HOURS[:1], files=3)
    write_sample(tmp_path, 20, SEED, HOURS[:1], files=1, compress=False)
    files = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["part-0.jsonl", "part-0.jsonl"]


@pytest.mark.parametrize(
    ("rows", "hours"), [(0, HOURS), (10, HOURS[:1] * 2), (10, [datetime(2026, 11, 1, 0, 30)])]
)
def test_arguments_that_make_no_sense_are_refused(tmp_path, rows, hours):
    with pytest.raises(ValueError):
        write_sample(tmp_path, rows, SEED, hours)


@pytest.fixture(scope="module")
def events(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("events")
    write_events(root, 200, SEED, HOURS)
    return root


def test_events_are_the_same_by_the_same_seed_and_others_by_another(events, tmp_path):
    write_events(tmp_path / "same", 200, SEED, HOURS)
    write_events(tmp_path / "other", 200, SEED + 1, HOURS)
    assert all_bytes(tmp_path / "same") == all_bytes(events)
    assert all(parts(tmp_path / "other")[name] != lines for name, lines in parts(events).items())


def test_each_hour_of_a_stream_has_a_canary_a_repetition_and_a_broken_line(events):
    assert len(parts(events)) == 6
    for name, lines in parts(events).items():
        read = [row for row in map(row_of, lines) if row]
        metas = [row["meta"] for row in read]
        assert len(lines) == 203 and len(read) == 202
        assert sum(meta["domain"] == "canary" for meta in metas) == 1
        assert len({meta["id"] for meta in metas}) == 201
        hour = HOURS["day=2/" in name]
        assert {meta["dt"][:13] for meta in metas} == {f"{hour:%Y-%m-%dT%H}"}


def test_every_event_is_one_of_a_shipped_stream(events):
    table = EventReader().rows(
        "".join(f"{line}\n" for lines in parts(events).values() for line in lines).encode(), 1
    )
    topics = Counter(table.column("folder").to_pylist())
    assert topics == Counter({name.split("/")[0]: 404 for name in parts(events)} | {None: 6})


def test_few_events_are_possible_and_replace_those_before(tmp_path):
    write_events(tmp_path, 50, SEED, HOURS[:1])
    write_events(tmp_path, 1, SEED, HOURS[:1], compress=False)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 3
