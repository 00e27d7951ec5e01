"""Public dumps of page views as the world has them: cut off, doubled, misnamed, odd lines."""

import bz2
import gzip
import json
import random
from datetime import datetime

import pyarrow.parquet as pq
import pytest

from wikilake.answers.dumps import field_text
from wikilake.ingest import view_dumps
from wikilake.ingest.open_dump import DumpFileError

HOUR = "2026-11-01 00:00:00", "2026-11-01 01:00:00"
NAME = "pageviews-20261101-010000.gz"
"""The file of that hour: it is named by the hour's end."""


@pytest.fixture
def dumps(tmp_path, monkeypatch):
    folder = tmp_path / "dumps"
    folder.mkdir()
    monkeypatch.setenv("WIKILAKE_DUMPS", str(folder))
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    return folder


def rows_of(folder, part="rows"):
    from pathlib import Path

    files = sorted((Path(folder) / part).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def hourly(dumps, text, name=NAME):
    """What becomes of the lines of an hour's file: code, title and views, and reasons."""
    data = text if isinstance(text, bytes) else text.encode()
    (dumps / name).write_bytes(gzip.compress(data))
    folder = view_dumps.load_hourly_dumps(*HOUR)
    rows = [(row["domain_code"], row["title"], row["views"]) for row in rows_of(folder)]
    return rows, [(row["line_number"], row["reason"]) for row in rows_of(folder, "rejected")]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("en Main_Page 5 0", ("en", "Main_Page", 5)),
        (r'en "\"Heroes\"" 5 0', ("en", '"Heroes"', 5)),
        ('en "Heroes" 5 0', ("en", '"Heroes"', 5)),
        ('en "Heroes"_(album) 5 0', ("en", '"Heroes"_(album)', 5)),
        ('en "Unfinished 5 0', ("en", '"Unfinished', 5)),
        ('en "a b" 5 0', ("en", "a b", 5)),
        (r'en "a \"b\" \\c" 5 0', ("en", r'a "b" \c', 5)),
        ('en "" 5 0', ("en", "", 5)),
        ("en  5 0", ("en", None, 5)),
        ("en null 5 0", ("en", "null", 5)),
        ("en a\tb 5 0", ("en", "a\tb", 5)),
        ("en a\rb 5 0", ("en", "a\rb", 5)),
        (r"en a\b 5 0", ("en", r"a\b", 5)),
        ("en 0x10 5 0", ("en", "0x10", 5)),
        ("en \x00 5 0", ("en", "\x00", 5)),
        ("en 東京 9223372036854775807 0", ("en", "東京", 2**63 - 1)),
        ("en a 0 123456", ("en", "a", 0)),
    ],
)
@pytest.mark.parametrize("others", ["", "en B 1 0\n"])
def test_a_line_is_read_as_it_was_written(dumps, line, row, others):
    rows, rejected = hourly(dumps, f"{others}{line}\n")
    assert not rejected
    assert sorted(rows, key=str) == sorted([row] + [("en", "B", 1)] * bool(others), key=str)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"en a b 5 0", "has_5_fields"),
        (b"en a 5", "has_3_fields"),
        (b"", "has_1_fields"),
        (b" a 5 0", "has_no_domain_code"),
        (b"en a -5 0", "views_is_negative"),
        (b"en a 9223372036854775808 0", "views_is_too_large"),
        (b"en a 99999999999999999999999999 0", "views_is_too_large"),
        (b"en a 5.0 0", "views_is_no_number"),
        (b"en a 0x10 0", "views_is_no_number"),
        (b"en a  0", "views_is_no_number"),
        (b"en a 5 x", "bytes_is_no_number"),
        ("en a ٥ 0".encode(), "views_is_no_number"),
        (b"en \xff\xfe 5 0", "not_utf8"),
        (b"en a\xc3 b 5 0", "not_utf8"),
        (b"<html>", "has_1_fields"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"", b"\nen C 2 0\n"])
def test_a_line_that_is_no_row_is_rejected_with_its_number_and_reason(dumps, line, reason, end):
    if not line and not end:
        return  # a file that ends after a line feed has no further line
    rows, rejected = hourly(dumps, b"en B 1 0\n" + line + end)
    assert rejected == [(2, reason)]
    assert rows == [("en", "B", 1)] + [("en", "C", 2)] * (b"C" in end)


@pytest.mark.parametrize("odd", [b"bad", b"en \xff 1 0", b"en a -1 0"])
@pytest.mark.parametrize(("block", "few"), [(100, 65536), (10**7, 200), (5000, 200)])
def test_lines_are_numbered_through_the_blocks_of_a_file(dumps, monkeypatch, odd, block, few):
    monkeypatch.setattr("wikilake.ingest.open_dump.PIECE", block)
    monkeypatch.setattr(view_dumps, "_FEW", few)
    lines = [f"en Title_{number} {number} 0".encode() for number in range(500)]
    for number in (0, 99, 250, 499):
        lines[number] = odd
    rows, rejected = hourly(dumps, b"\r\n".join(lines) + b"\r\n")
    assert [number for number, _ in rejected] == [1, 100, 251, 500]
    assert len(rows) == 496 and ("en", "Title_498", 498) in rows


def test_whatever_is_written_to_a_dump_is_read_from_it(dumps):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    draw = random.Random(seed)
    signs = ['"', "\\", " ", "\t", "a", "é", "東", "😀", "'", ",", "0x", "null", "\x7f"]
    titles = {"".join(draw.choices(signs, k=draw.randrange(8))) for _ in range(2000)}
    text = "".join(f"en {field_text(title, ' ')} 1 0\n" for title in titles)
    rows, rejected = hourly(dumps, text)
    assert not rejected
    assert {title for _, title, _ in rows} == titles and len(rows) == len(titles)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("en.wikipedia A 12 desktop 3 A1X2", ("A", 12, "desktop", 3, "A1X2")),
        ("en.wikipedia A null mobile-web 3 B3", ("A", None, "mobile-web", 3, "B3")),
        ("en.wikipedia null null desktop 3 B3", ("null", None, "desktop", 3, "B3")),
        ('en.wikipedia "a b" 7 mobile-app 3 B3', ("a b", 7, "mobile-app", 3, "B3")),
        ("en.wikipedia A desktop 3 B3", ("A", None, "desktop", 3, "B3")),
        ("en.wikipedia A 12 3 B3", ("A", 12, "unknown", 3, "B3")),
        ("en.wikipedia A null 3 B3", ("A", None, "unknown", 3, "B3")),
    ],
)
@pytest.mark.parametrize("first", ["en.wikipedia B 1 desktop 1 A1", "en.wikipedia B desktop 1 A1"])
def test_files_of_days_have_five_or_six_fields(dumps, line, row, first):
    (dumps / "pageviews-20261101-spider.bz2").write_bytes(
        bz2.compress(f"{first}\n{first}\n{line}\n".encode())
    )
    folder = view_dumps.load_daily_dumps('["2026-11-01"]')
    assert not rows_of(folder, "rejected")
    rows = [row for row in rows_of(folder) if row["title"] != "B"]
    names = ("title", "page_id", "access", "views", "hourly_views")
    assert [tuple(row[name] for name in names) for row in rows] == [row]
    assert rows[0]["agent"] == "spider" and rows[0]["project"] == "en.wikipedia"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("en.wikipedia A null desktop 3 a3", "hourly_views_are_no_letters_with_numbers"),
        ("en.wikipedia A null desktop 3 ", "hourly_views_are_no_letters_with_numbers"),
        ("en.wikipedia A null carrier 3 A3", "access_is_unknown"),
        ("en.wikipedia A x desktop 3 A3", "page_id_is_no_number"),
        ("en.wikipedia A null desktop -3 A3", "views_is_negative"),
        (" A null desktop 3 A3", "has_no_project"),
        ("en.wikipedia A 3 A3", "has_4_fields"),
    ],
)
def test_lines_of_days_are_rejected_with_a_reason(dumps, line, reason):
    text = f"en.wikipedia B 1 desktop 1 A1\n{line}\n"
    (dumps / "pageviews-20261101-user.bz2").write_bytes(bz2.compress(text.encode()))
    folder = view_dumps.load_daily_dumps('["2026-11-01"]')
    assert [(row["line_number"], row["reason"]) for row in rows_of(folder, "rejected")] == [
        (2, reason)
    ]
    assert [row["title"] for row in rows_of(folder)] == ["B"]


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("pageviews-20261101-010000.gz", datetime(2026, 11, 1, 0)),
        ("pageviews-20261101-000000.gz", datetime(2026, 10, 31, 23)),
        ("pageviews-20261101-010000", datetime(2026, 11, 1, 0)),
        ("pagecounts-20091101-010003.gz", datetime(2009, 11, 1, 0)),
        ("pageviews-20261101-user.bz2", datetime(2026, 11, 1)),
        ("pageviews-20261101-010003.gz", None),
        ("pageviews-20261101-250000.gz", None),
        ("pageviews-20261301-000000.gz", None),
        ("pageviews-20261101-010000.gz.1", None),
        ("pageviews-20261101-person.bz2", None),
        ("pagecounts-2012-01-01.bz2", None),
    ],
)
def test_a_name_says_the_hour_or_day_or_is_left_out_with_a_warning(dumps, name, time):
    (dumps / "2026").mkdir()
    (dumps / "2026" / name).write_bytes(b"")
    found, misnamed = view_dumps.dumps_below(dumps)
    assert [dump.time for dump in found] == ([time] if time else [])
    assert [path.name for path in misnamed] == ([] if time else [name])
    said = view_dumps.faults_of_dumps("2026-11-01 00:00:00", "2026-11-02 00:00:00")
    assert any(name in text for text in said) == (time is None)


def test_other_files_are_no_dumps_of_views(dumps):
    for name in ("README.html", "projectviews-20261101-010000", "pageviews-202611-user.bz2"):
        (dumps / name).write_bytes(b"")
    assert view_dumps.dumps_below(dumps) == ([], [])


def test_a_file_that_wikilake_exported_is_named_by_the_beginning_of_its_hour(dumps):
    (dumps / view_dumps.MADE_FROM).write_text(json.dumps({"pageviews-20261101-000000.gz": {}}))
    rows, _ = hourly(dumps, "en A 1 0\n", "pageviews-20261101-000000.gz")
    assert rows == [("en", "A", 1)]


def test_the_same_file_twice_counts_once_and_two_that_differ_stop_the_run(dumps):
    (dumps / "copy").mkdir()
    hourly(dumps, "en A 1 0\n")
    (dumps / "copy" / NAME).write_bytes((dumps / NAME).read_bytes())
    assert len(rows_of(view_dumps.load_hourly_dumps(*HOUR))) == 1
    (dumps / "copy" / NAME).write_bytes(gzip.compress(b"en A 2 0\n"))
    with pytest.raises(DumpFileError, match="same hour and differ: move one"):
        view_dumps.load_hourly_dumps(*HOUR)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (gzip.compress(b"en A 1 0\n" * 10000)[:-4], "cut off"),
        (gzip.compress(random.Random(1).randbytes(10000))[:5000], "cut off"),
        (b"", "empty"),
        (b"<html>404 Not Found</html>", "not a gz file"),
        (gzip.compress(b"en A 1 0\n") + b"garbage", "cut off or damaged"),
    ],
    ids=["end cut off", "middle cut off", "empty", "a page", "something behind it"],
)
def test_a_torn_file_of_an_hour_is_an_error_that_names_it(dumps, data, says):
    (dumps / NAME).write_bytes(data)
    with pytest.raises(DumpFileError, match=says) as error:
        view_dumps.load_hourly_dumps(*HOUR)
    assert str(dumps / NAME) in str(error.value) and "fetch the file again" in str(error.value)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_torn_file_of_a_day_is_an_error_that_names_it(dumps, monkeypatch, threads):
    monkeypatch.setattr(view_dumps, "cores", lambda: threads)
    line = "en.wikipedia Title_%d null desktop 1 A1\n"
    text = "".join(line % number for number in range(60000)).encode()
    path = dumps / "pageviews-20261101-user.bz2"
    path.write_bytes(bz2.compress(text)[:-2000])
    with pytest.raises(DumpFileError, match="cut off or damaged"):
        view_dumps.load_daily_dumps('["2026-11-01"]')
    path.write_bytes(
        bz2.compress(text[: len(text) // 2 + 7]) + bz2.compress(text[len(text) // 2 + 7 :])
    )
    assert len(rows_of(view_dumps.load_daily_dumps('["2026-11-01"]'))) == 60000


def test_a_file_without_lines_is_an_hour_without_views_and_one_that_is_missing_is_told(dumps):
    assert hourly(dumps, "") == ([], [])
    [said] = view_dumps.faults_of_dumps("2026-11-01 00:00:00", "2026-11-01 03:00:00")
    assert "no file of 2026-11-01T01 and 1 further hours" in said


def test_without_the_setting_or_its_folder_the_error_says_what_to_set(dumps, monkeypatch):
    monkeypatch.setenv("WIKILAKE_DUMPS", str(dumps / "nowhere"))
    with pytest.raises(DumpFileError, match="no folder .*nowhere"):
        view_dumps.load_hourly_dumps(*HOUR)
    monkeypatch.setenv("WIKILAKE_DUMPS", "")
    with pytest.raises(DumpFileError, match="WIKILAKE_DUMPS is not set"):
        view_dumps.days_with_dumps()


def test_a_run_of_everything_reads_no_dumps_where_no_folder_is_named(dumps, monkeypatch):
    monkeypatch.setenv("WIKILAKE_DUMPS", "")
    assert hourly(dumps, "en A 5 0\n") == ([], [])
    assert view_dumps.faults_of_dumps("2026-11-01 00:00:00", "2026-11-01 03:00:00") == []
