"""Public dumps of page views as tables of the lake: runs, partitions, lists and the metrics API."""

import bz2
import gzip
import json

import duckdb
import pytest
from conftest import Lake

from wikilake.answers.aqs import answer

DAY = ("--day", "2026-11-01")


def write(folder, name, *lines):
    text = "".join(f"{line}\n" for line in lines).encode()
    (folder / name).write_bytes((bz2 if name.endswith(".bz2") else gzip).compress(text))


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Lake:
    """Two hours of the first of November, its file of users, two days more and an old hour."""
    folder = tmp_path_factory.mktemp("dumps")
    files = folder / "files" / "2026" / "2026-11"
    files.mkdir(parents=True)
    disallowed = folder / "disallowed.jsonl"
    disallowed.write_text(json.dumps({"project": "en.wikipedia", "article": "bad_ARTICLE"}))
    write(files, "pageviews-20261101-010000.gz", "en A 5 0", "en.m A 3 0", "x.y.z B 1 0", "en C")
    write(files, "pageviews-20261102-000000.gz", "en B 4 0", "www.wd Q42 1 0", "en - 9 0")
    write(files, "pagecounts-20261101-020000.gz", "en A 70 1000", "en.m A 20 100", "de A 1 9")
    write(
        files,
        "pageviews-20261102-user.bz2",
        "en.wikipedia A 1 desktop 5 A2X3",
        "en.wikipedia A 1 mobile-web 2 B2",
        "en.wikipedia Bad_Article null desktop 90 A90",
        "en.wikipedia A 1 carrier 2 B2",
    )
    write(files, "pageviews-20261103-010000.gz", "en A 7 0")
    for agent, views in (("user", 1), ("spider", 10), ("automated", 100)):
        write(
            files, f"pageviews-20261104-{agent}.bz2", f"en.wikipedia A 1 desktop {views} A{views}"
        )
    settings = {
        "WIKILAKE_DUMPS": str(folder / "files"),
        "WIKILAKE_DISALLOWED_ARTICLES": str(disallowed),
        "WIKILAKE_RAW": str(folder / "raw"),
    }
    lake = Lake(folder, settings)
    read = lake.wikilake("build", "--dumps")
    assert read.returncode == 0, read.stdout + read.stderr
    assert "entries of dumps.pageviews_rejected" in read.stderr
    return lake


def asked(lake, path):
    with duckdb.connect(str(lake.root / "wikilake.duckdb"), read_only=True) as connection:
        return answer(f"/metrics/{path}", connection)


def views_of(lake, path, name="views"):
    status, found = asked(lake, path)
    return [(item["timestamp"], item[name]) for item in found["items"]] if status == 200 else status


def test_all_days_that_have_files_are_read(lake):
    assert lake.query(
        "select dataset, project, title, access, agent, views, day, hour "
        "from dumps.pageviews_hourly order by all"
    ) == [
        ("pagecounts", "de.wikipedia", "A", "desktop", "all-agents", 1, 1, 1),
        ("pagecounts", "en.wikipedia", "A", "desktop", "all-agents", 70, 1, 1),
        ("pagecounts", "en.wikipedia", "A", "mobile", "all-agents", 20, 1, 1),
        ("pageviews", "en.wikipedia", "-", "desktop", "user", 9, 1, 23),
        ("pageviews", "en.wikipedia", "A", "desktop", "user", 5, 1, 0),
        ("pageviews", "en.wikipedia", "A", "desktop", "user", 7, 3, 0),
        ("pageviews", "en.wikipedia", "A", "mobile", "user", 3, 1, 0),
        ("pageviews", "en.wikipedia", "B", "desktop", "user", 4, 1, 23),
        ("pageviews", "wikidata", "Q42", "desktop", "user", 1, 1, 23),
    ]
    assert lake.query(
        "select title, page_id, access, agent, views, hourly_views, day "
        "from dumps.pageviews_daily where day = 2 order by all"
    ) == [
        ("A", 1, "desktop", "user", 5, "A2X3", 2),
        ("A", 1, "mobile-web", "user", 2, "B2", 2),
        ("Bad_Article", None, "desktop", "user", 90, "A90", 2),
    ]


def test_what_is_not_used_is_there_with_its_reason(lake):
    assert lake.query(
        "select parse_filename(file_name), line_number, line, reason, line_count, day, hour "
        "from dumps.pageviews_rejected order by day, line_number"
    ) == [
        ("pageviews-20261101-010000.gz", 4, "en C", "has_2_fields", 1, 1, 0),
        ("pageviews", None, "x.y.z", "domain_code_is_unknown", 1, 1, 0),
        (
            "pageviews-20261102-user.bz2",
            4,
            "en.wikipedia A 1 carrier 2 B2",
            "access_is_unknown",
            1,
            2,
            0,
        ),
    ]


def test_the_tops_of_a_day_leave_out_what_is_disallowed(lake):
    tops = dict(
        lake.query(
            "select day || ' ' || access, \"articlesJSON\" from dumps.pageviews_top_articles_daily "
            "where project = 'en.wikipedia'"
        )
    )
    assert json.loads(tops["01 all-access"]) == [
        {"article": "A", "views": 8, "rank": 1},
        {"article": "B", "views": 4, "rank": 2},
    ]
    assert json.loads(tops["02 desktop"]) == [{"article": "A", "views": 5, "rank": 1}]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "pageviews/aggregate/en.wikipedia/all-access/user/daily/20261101/20261104",
            [("2026110100", 21), ("2026110200", 97), ("2026110300", 7), ("2026110400", 1)],
        ),
        (
            "pageviews/aggregate/all-projects/desktop/user/hourly/2026110100/2026110123",
            [("2026110100", 5), ("2026110123", 14)],
        ),
        (
            "pageviews/aggregate/en.wikipedia/all-access/user/monthly/20261101/20261130",
            [("2026110100", 126)],
        ),
        # All agents together are known of days that have the files of all.
        (
            "pageviews/aggregate/en.wikipedia/all-access/all-agents/daily/20261101/20261104",
            [("2026110400", 111)],
        ),
        (
            "pageviews/per-article/en.wikipedia/all-access/user/A/daily/20261101/20261104",
            [("2026110100", 8), ("2026110200", 7), ("2026110300", 7), ("2026110400", 1)],
        ),
        (
            "pageviews/per-article/en.wikipedia/all-access/all-agents/A/daily/20261101/20261104",
            [("2026110400", 111)],
        ),
        (
            "pageviews/per-article/en.wikipedia/mobile-web/user/A/monthly/20261101/20261130",
            [("2026110100", 2)],
        ),
        ("pageviews/per-article/en.wikipedia/all-access/user/Nothing/daily/20261101/20261104", 404),
    ],
)
def test_the_metrics_api_answers_from_dumps(lake, path, expected):
    assert views_of(lake, path) == expected


@pytest.mark.parametrize(
    ("site", "granularity", "interval", "expected"),
    [
        ("all-sites", "hourly", "2026110100/2026110123", [("2026110101", 90)]),
        ("desktop-site", "daily", "20261101/20261102", [("2026110100", 70)]),
        ("mobile-site", "monthly", "20261101/20261130", [("2026110100", 20)]),
        ("all-sites", "daily", "20261103/20261104", 404),
        ("all-sites", "weekly", "20261103/20261104", 400),
    ],
)
def test_legacy_pagecounts_are_answered_from_pagecounts(
    lake, site, granularity, interval, expected
):
    path = f"legacy/pagecounts/aggregate/en.wikipedia/{site}/{granularity}/{interval}"
    assert views_of(lake, path, "count") == expected


def test_tops_are_answered_from_dumps(lake):
    status, found = asked(lake, "pageviews/top/en.wikipedia/all-access/2026/11/01")
    assert status == 200
    assert [entry["article"] for entry in found["items"][0]["articles"]] == ["A", "B"]


def test_a_torn_file_stops_the_run_by_name_and_the_tables_keep_what_they_held(lake):
    before = lake.query("select * from dumps.pageviews_hourly order by all")
    [path] = lake.folder.rglob("pageviews-20261101-010000.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    try:
        failed = lake.wikilake("build", "--dumps", *DAY)
    finally:
        path.write_bytes(whole)
    assert failed.returncode == 1
    assert str(path) in failed.stderr and "cut off or damaged" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert lake.query("select * from dumps.pageviews_hourly order by all") == before


def test_an_hour_read_again_is_replaced_and_no_other(lake):
    [path] = lake.folder.rglob("pageviews-20261103-010000.gz")
    whole = path.read_bytes()
    try:
        write(path.parent, path.name, "en A 8 0")
        read = lake.wikilake("build", "--dumps", "--from", "2026-11-03T00", "--to", "2026-11-03T01")
        assert read.returncode == 0, read.stdout + read.stderr
        sums = "select day, sum(views) from dumps.pageviews_hourly where dataset = 'pageviews'"
        assert lake.query(f"{sums} group by day order by day") == [(1, 22), (3, 8)]
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--snapshot", "2026-10"), "--dumps goes with"),
        (("--resume",), "--dumps goes with"),
        ((*DAY, "--month", "2026-11"), "Say one of"),
        (("--from", "2026-11-01T00"), "Say one of"),
        (("--from", "2026-11-01T01", "--to", "2026-11-01T01"), "must be after"),
    ],
)
def test_what_fits_together_in_no_way_is_refused(lake, arguments, says):
    refused = lake.wikilake("build", "--dumps", *arguments)
    assert refused.returncode == 2 and says in refused.stderr


def test_without_the_setting_the_command_says_what_to_set(lake):
    folder = lake.settings.pop("WIKILAKE_DUMPS")
    try:
        refused = lake.wikilake("build", "--dumps")
    finally:
        lake.settings["WIKILAKE_DUMPS"] = folder
    assert refused.returncode == 1 and "WIKILAKE_DUMPS is not set" in refused.stderr
    assert "Traceback" not in refused.stderr
