"""What the reader of dumps makes of files: every layout, every damage, nothing lost silently."""

import bz2
import gzip

import pyarrow.parquet as pq
import pytest
from conftest import PROJECT
from test_history import count

from wikilake.ingest.history_dumps import LAYOUTS, READ, HistoryFileError, load_history_dumps
from wikilake.ingest.open_dump import DumpFileError
from wikilake.lake.raw_lines import BEGINNING, LONGEST_LINE
from wikilake.samples import histories

SNAPSHOT = "2026-10"
SAMPLE = PROJECT / "sample/history" / SNAPSHOT
DUMP = SAMPLE / "dewikivoyage" / f"{SNAPSHOT}.dewikivoyage.all-time.tsv.bz2"


@pytest.fixture
def dumps(tmp_path, monkeypatch):
    """An empty folder for dumps of a wiki, that the settings point to."""
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("WIKILAKE_HISTORY", str(tmp_path / "history"))
    folder = tmp_path / "history" / SNAPSHOT / "dewikivoyage"
    folder.mkdir(parents=True)
    return folder


def lines() -> list[bytes]:
    return bz2.decompress(DUMP.read_bytes()).splitlines(keepends=True)


def load() -> tuple[list[dict], list[dict]]:
    """Events and rejected lines."""
    folder = load_history_dumps(SNAPSHOT)
    return tuple(pq.read_table(f"{folder}/{part}").to_pylist() for part in ("events", "rejected"))


def test_all_compressions_read_the_same(dumps):
    text = b"".join(lines())
    for name, content in {
        "a.tsv": text,
        "b.tsv.gz": gzip.compress(text),
        "c.tsv.bz2": bz2.compress(text),
        "d.tsv.bz2": bz2.compress(text[:5_000]) + bz2.compress(text[5_000:]),
    }.items():
        (dumps / name).write_bytes(content)
    events, rejected = load()
    assert (len(events), rejected) == (4 * len(lines()), [])
    assert len({repr(event) for event in events}) == len(set(lines()))


@pytest.mark.parametrize("columns", LAYOUTS)
def test_a_layout_is_found_by_counting_its_columns(dumps, columns):
    row = {name: str(number) for number, name in enumerate(LAYOUTS[78])}
    row |= {name: "true" for name in READ.names if READ.field(name).type == "bool"}
    fields = [row[name] for name in LAYOUTS[columns]]
    (dumps / "a.tsv").write_text("\t".join(fields) + "\n")
    ((event,), rejected) = load()
    assert rejected == []
    for name in READ.names:
        value = event[name]
        if name not in LAYOUTS[columns]:
            assert value is None, name
        else:
            assert value is True or str(value) == row[name], name


def test_quotes_and_line_ends_within_are_plain_characters(dumps):
    fields = lines()[0].rstrip(b"\n").split(b"\t")
    fields[LAYOUTS[78].index("page_title")] = b'He said "no'
    fields[LAYOUTS[78].index("event_comment")] = b"a\rb"
    (dumps / "a.tsv").write_bytes(b"\t".join(fields) + b"\n" + lines()[1])
    events, rejected = load()
    assert rejected == []
    assert events[0]["page_title"] == 'He said "no'
    assert len(events) == 2


def test_lines_that_are_not_rows_are_rejected_with_their_number_and_reason(dumps):
    good = lines()
    fields = good[1].rstrip(b"\n").split(b"\t")

    def with_field(name: str, value: bytes) -> bytes:
        changed = list(fields)
        changed[LAYOUTS[78].index(name)] = value
        return b"\t".join(changed) + b"\n"

    bad = {
        b"half a line\n": "has_1_columns",
        b"\n": "has_1_columns",
        with_field("page_title", b"\xff"): "not_utf8",
        with_field("page_id", b"seven"): "page_id_is_no_integer",
        with_field("page_id", b"9223372036854775808"): "page_id_is_no_integer",
        with_field("page_namespace", b"2147483648"): "page_namespace_is_no_integer",
        with_field("page_is_deleted", b"yes"): "page_is_deleted_is_no_boolean",
    }
    (dumps / "a.tsv").write_bytes(good[0] + b"".join(bad) + good[2])
    events, rejected = load()
    assert len(events) == 2
    assert [(row["line_number"], row["reason"]) for row in rejected] == list(
        enumerate(bad.values(), start=2)
    )
    assert rejected[3]["line"] == with_field("page_id", b"seven").decode().rstrip("\n")


def test_a_line_that_is_too_long_is_rejected_with_its_beginning_and_the_rest_is_read(dumps):
    good = lines()
    long = b"x" * (LONGEST_LINE + 1)
    (dumps / "a.tsv").write_bytes(good[0] + long + b"\n" + good[1] + b"half a line\n" + long)
    events, rejected = load()
    assert len(events) == 2
    assert [(row["line_number"], row["reason"]) for row in rejected] == [
        (2, "too_long"), (4, "has_1_columns"), (5, "too_long"),
    ]  # fmt: skip
    assert rejected[0]["line"] == "x" * BEGINNING


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.tsv", b"a\tb\n", "line 1, has 2 columns"),
        ("a.tsv.bz2", DUMP.read_bytes()[:-20], "cut off or damaged"),
        ("a.tsv.bz2", DUMP.read_bytes()[:9_000] + bytes(500), "cut off or damaged"),
        ("a.tsv.bz2", b"", "not a bz2 file"),
        ("a.tsv.bz2", b"a\tb\n", "not a bz2 file"),
        ("a.tsv.gz", gzip.compress(b"".join(lines()), mtime=0)[:-20], "cut off or damaged"),
        ("a.tsv.gz", b"", "empty"),
        ("a.csv", b"", "holds no dump"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(dumps, name, content, says):
    (dumps / name).write_bytes(content)
    with pytest.raises(DumpFileError, match=says) as error:
        load()
    assert str(dumps.parent) in str(error.value)


def test_a_snapshot_that_is_not_there_or_twice_is_named(dumps, monkeypatch):
    with pytest.raises(HistoryFileError, match="no snapshot 2020-01, only 2026-10"):
        load_history_dumps("2020-01")
    (dumps.parents[1] / f"snapshot={SNAPSHOT}").mkdir()
    with pytest.raises(HistoryFileError, match="twice"):
        load()
    monkeypatch.setenv("WIKILAKE_HISTORY", str(dumps / "nowhere"))
    with pytest.raises(HistoryFileError, match="only nothing"):
        load()


def test_the_sample_is_what_its_seed_makes(tmp_path):
    histories.write_history(tmp_path, 6_000, 7, SNAPSHOT)
    histories.write_namespaces(tmp_path / "namespaces.csv")
    for path in SAMPLE.rglob("*.bz2"):
        assert (tmp_path / path.relative_to(SAMPLE.parent)).read_bytes() == path.read_bytes()
    shipped = PROJECT / "sample/namespaces.csv"
    assert (tmp_path / "namespaces.csv").read_bytes() == shipped.read_bytes()


def test_a_sample_as_parquet_holds_the_same_events(tmp_path):
    histories.write_history(tmp_path, 300, 7, SNAPSHOT, parquet=True)
    assert count(f"'{tmp_path}/snapshot={SNAPSHOT}/*.parquet'") == 300
