"""A window of hours has the rows of its hours built one by one, whatever the hours are like."""

from __future__ import annotations

import json
import random
import shutil
from datetime import datetime, timedelta

import pytest
from conftest import UNWRITTEN, Lake
from lines import numbered
from spark_runs import REQUESTS_ALONE, differences, on_spark

from wikilake.lake.hours import HOUR, hour_path, hours_between
from wikilake.lake.manifests import read_manifest
from wikilake.samples.requests import write_sample
from wikilake.settings import HOUR_FORMAT

FIRST, END = datetime(2026, 10, 31, 12), datetime(2026, 11, 1, 18)
HOURS = list(hours_between(FIRST, END))
WITHOUT_FOLDER, EMPTY, LOST, RESTARTED, LATE = HOURS[3], HOURS[4], HOURS[12], HOURS[20], HOURS[25]
WINDOW = {"from": f"{FIRST:{HOUR_FORMAT}}", "to": f"{END:{HOUR_FORMAT}}"}
GATE = "assert_loss_is_below_the_thresholds"
WITH_GATE = (
    *UNWRITTEN, "--indirect-selection", "empty", "--select", "resource_type:model", GATE
)  # fmt: skip


def write(lake: Lake, hour: datetime, lines: list[bytes], name: str) -> None:
    folder = lake.raw / "webrequest_source=text" / hour_path(hour)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"".join(line + b"\n" for line in lines))


@pytest.fixture(scope="module")
def window(tmp_path_factory) -> Lake:
    """30 hours over a month's end, built as one window: some empty, one lost, one restarted."""
    folder = tmp_path_factory.mktemp("window")
    lake = Lake(folder / "lake", {"WIKILAKE_RAW": str(folder / "raw")})
    seed = random.randrange(2**32)
    print("seed", seed)
    write_sample(lake.raw, 200, seed, [h for h in HOURS if h not in (WITHOUT_FOLDER, EMPTY)])
    write(lake, EMPTY, [], "part-0.jsonl")
    write(lake, LOST, [numbered(n) for n in range(900, 1000) if n % 7], "part-lost.jsonl")
    later = [numbered(n).replace(b"T00:00:01Z", b"T00:30:00Z") for n in range(1, 40)]
    restarted = [*map(numbered, range(5000, 5040)), *later, later[3], b"{", b""]
    write(lake, RESTARTED, restarted, "part-restarted.jsonl")
    # What is missing in one hour and came in another: 4 too early, 3 and 6 too late, 7 never.
    host = [numbered(n).replace(b'"cp1"', b'"cp2"') for n in range(10)]
    write(lake, HOURS[7], [*host[:3], host[4]], "part-beside.jsonl")
    write(lake, HOURS[8], [host[3], host[5], host[8]], "part-beside.jsonl")
    write(lake, HOURS[9], [host[6], host[9]], "part-beside.jsonl")
    lake.start_with_lists()
    lake.built = lake.plain_dbt("build", *WITH_GATE, *REQUESTS_ALONE, "--vars", json.dumps(WINDOW))
    return lake


def measures(lake: Lake) -> list[tuple]:
    """The measures of the load, without those of tests and of which run they are."""
    return lake.query(
        "select * exclude (run_id) from wmf_data_ops.data_quality_metrics "
        "where dataset = 'wmf_raw.webrequest' order by all"
    )


def runs(lake: Lake, table: str) -> dict[datetime, str]:
    """By which run each hour of a table was made."""
    folders = {hour: lake.root / "wmf" / table / hour_path(hour) for hour in HOURS}
    return {hour: read_manifest(path)["run_id"] for hour, path in folders.items() if path.exists()}


def test_hours_that_the_gate_holds_back_alone_are_not_published(window):
    assert window.built.returncode == 1
    assert "FAIL 2 assert_loss_is_below_the_thresholds" in window.built.stdout
    for table in ("pageview_actor", "pageview_hourly", "projectview_hourly", "mediacounts"):
        assert set(runs(window, table)) == set(HOURS) - {LOST}
    [(refined,)] = window.query(
        f"select count(*) from wmf.webrequest where day = {LOST.day} and hour = {LOST.hour}"
    )
    assert refined > 85


def test_the_days_of_a_window_are_made_as_far_as_they_are_built(window):
    days = window.root / "wmf/pageview_unexpected_values"
    assert sorted(str(path.relative_to(days)) for path in days.glob("*/*/*")) == [
        "year=2026/month=10/day=31", "year=2026/month=11/day=1",
    ]  # fmt: skip


def test_a_window_has_the_rows_of_its_hours_built_one_by_one(window, tmp_path):
    """This is slow since it takes 30 runs."""
    alone = Lake(tmp_path, dict(window.settings))
    alone.start_with_lists()
    for hour in HOURS:
        built = alone.dbt("build", *WITH_GATE, *REQUESTS_ALONE, hour=f"{hour:{HOUR_FORMAT}}")
        assert built.returncode == (hour == LOST), built.stdout[-3000:]
    assert len(set(runs(alone, "pageview_hourly").values())) == 29
    assert differences(window, alone) == {}
    assert measures(window) == measures(alone)


def test_a_window_has_the_same_rows_on_spark(window, tmp_path):
    spark = on_spark(Lake(tmp_path, dict(window.settings)))
    spark.start_with_lists("spark")
    chosen = json.dumps(WINDOW)
    built = spark.plain_dbt(
        "build", "--target", "spark", *WITH_GATE, *REQUESTS_ALONE, "--vars", chosen
    )
    assert built.returncode == 1
    assert differences(window, spark) == {}
    assert measures(window) == measures(spark)


def test_holes_are_compared_with_the_hour_before_and_with_one_after_that_was_there(
    window, tmp_path
):
    holes = (
        "select hour, first_missing, last_missing, has_hour_before, has_hour_after, "
        "count_found_before, count_found_after, count_lost from wmf_raw.webrequest_sequence_holes "
        "where hostname = 'cp2' order by all"
    )
    assert window.query(holes) == [
        (HOURS[7].hour, 3, 3, True, False, 0, 0, 1),
        (HOURS[8].hour, 4, 4, True, False, 1, 0, 0),
        (HOURS[8].hour, 6, 7, True, False, 0, 0, 2),
        (HOURS[9].hour, 7, 8, True, False, 1, 0, 1),
    ]
    again = Lake(tmp_path, dict(window.settings))
    shutil.copytree(window.root, again.root)
    built = again.plain_dbt("build", *WITH_GATE, *REQUESTS_ALONE, "--vars", json.dumps(WINDOW))
    assert built.returncode == 1
    assert again.query(holes) == [
        (HOURS[7].hour, 3, 3, True, True, 0, 1, 0),
        (HOURS[8].hour, 4, 4, True, True, 1, 0, 0),
        (HOURS[8].hour, 6, 7, True, True, 0, 1, 1),
        (HOURS[9].hour, 7, 8, True, True, 1, 0, 1),
    ]


def test_a_late_file_changes_its_hour_alone_and_the_day_is_made_again(window, tmp_path):
    late = Lake(tmp_path, {"WIKILAKE_RAW": str(tmp_path / "raw")})
    hours = ("--from", "2026-10-31T22", "--to", "2026-11-01T00")
    for hour in HOURS[10:12]:
        write(late, hour, [numbered(n) for n in range(10)], "part-0.jsonl")
    built = late.wikilake("build", *hours)
    assert built.returncode == 0, built.stderr
    assert "Built 2 hours: 20 requests" in built.stdout
    day = late.root / "wmf/pageview_unexpected_values/year=2026/month=10/day=31"
    made = read_manifest(day)["run_id"]
    first, last = (late.root / "wmf/pageview_hourly" / hour_path(hour) for hour in HOURS[10:12])
    before = read_manifest(last)["id"]
    views = [numbered(n).replace(b"en.wikipedia", b"qqq.wikipedia") for n in range(10, 13)]
    write(late, HOURS[10], views, "part-1.jsonl")
    built = late.wikilake("build", "--from", "2026-10-31T22", "--to", "2026-10-31T23")
    assert built.returncode == 0, built.stderr
    assert read_manifest(last)["id"] == before
    assert read_manifest(first)["run_id"] != made != read_manifest(day)["run_id"]
    assert late.query(
        "select unexpected_value, view_count from wmf.pageview_unexpected_values "
        "where field_name = 'project' and unexpected_value like 'qqq%'"
    ) == [("qqq.wikipedia", 3)]


def test_tables_of_days_and_months_are_made_when_the_last_hour_is_and_again_when_one_changes(lake):
    def build(hour: datetime, names: range) -> tuple[int, int, set[str]]:
        """The views of the day and of the month, and by which runs they were made."""
        write(lake, hour, [numbered(n) for n in names], f"part-{names.start}.jsonl")
        done = lake.wikilake(
            "build", "--from", f"{hour:{HOUR_FORMAT}}", "--to", f"{hour + HOUR:{HOUR_FORMAT}}"
        )
        assert done.returncode == 0, done.stderr
        [(views,)] = lake.query(
            "select coalesce(sum(v), 0) from wmf.pageview_per_project_daily "
            "where (project, access, agent) = ('all-projects', 'all-access', 'all-agents')"
        )
        [(countries,)] = lake.query("select count(*) from wmf.pageview_top_bycountry_monthly")
        days = (lake.root / "wmf/pageview_per_project_daily").glob("*/*/*")
        return views, countries, {read_manifest(day)["run_id"] for day in days}

    assert build(HOURS[10], range(60)) == (0, 0, set()), "the tables can be read all the same"
    views, countries, made = build(HOURS[11], range(60, 120))
    assert (views, countries, len(made)) == (120, 4, 1)
    views, countries, again = build(HOURS[10], range(120, 180))
    assert (views, countries, len(again)) == (180, 4, 1)
    assert made != again
    assert build(HOURS[12], range(60))[0::2] == (180, again), "the next day is not over"


def test_a_day_can_be_made_by_itself(lake):
    write(
        lake, HOURS[10], [numbered(n).replace(b"en.wiki", b"qqq.wiki") for n in range(3)], "a.json"
    )
    built = lake.wikilake("build", "--from", "2026-10-31T22", "--to", "2026-10-31T23")
    assert built.returncode == 0, built.stderr
    shutil.rmtree(lake.root / "wmf/pageview_unexpected_values/year=2026")
    for period in (("--day", "2026-10-31"), ("--month", "2026-10")):
        built = lake.wikilake("build", *period)
        assert built.returncode == 0, built.stderr
        assert f"Built {period[0][2:]} {period[1]} in" in built.stdout
        [(unexpected,)] = lake.query("select count(*) from wmf.pageview_unexpected_values")
        assert unexpected > 0


def test_the_hour_that_fails_is_named_and_all_before_it_is_built(lake):
    for hour in HOURS[:6]:
        write(lake, hour, [numbered(n) for n in range(10)], "part-0.jsonl")
    broken = lake.raw / "webrequest_source=text" / hour_path(HOURS[4]) / "part-1.jsonl.gz"
    broken.write_bytes(b"\x1f\x8b no gzip")
    hours = (f"{HOURS[0]:{HOUR_FORMAT}}", f"{HOURS[6]:{HOUR_FORMAT}}")
    built = lake.wikilake("build", "--from", hours[0], "--to", hours[1])
    assert built.returncode == 1
    assert f"{HOURS[4]:{HOUR_FORMAT}} failed" in built.stderr
    assert str(broken) in built.stderr
    assert set(runs(lake, "pageview_hourly")) == set(HOURS[:4])
    broken.unlink()
    resumed = lake.wikilake("build", "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "Built 2 hours" in resumed.stdout
    assert set(runs(lake, "pageview_hourly")) == set(HOURS[:6])


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"from": "2026-11-01T00"}, "a window needs `from`"),
        ({"from": "2026-11-01T00", "to": "2026-11-01T00"}, "not after `from`"),
        ({"from": "2026-11-01T00", "to": "2026-12-31T00"}, "more than 31 days after"),
        ({"from": "2026-11-01T24", "to": "2026-11-02T01"}, "hours go from 00 to 23"),
        ({"from": "yesterday", "to": "2026-11-02T01"}, "write YYYY-MM-DDTHH"),
        (
            {"from": "2026-11-01T00", "to": "2026-11-01T02", "hour": "2026-11-01T00"},
            "`hour` is given, too",
        ),
        ({"day": "2026-11-01", "month": "2026-11"}, "`day` is given, too"),
        ({"month": "2026-13"}, "write YYYY-MM"),
        ({"day": "2026-02-30"}, "the calendar has no such day"),
    ],
)
def test_a_window_that_makes_no_sense_is_said(lake, variables, said):
    run = lake.plain_dbt("run", "--vars", json.dumps(variables))
    assert run.returncode != 0
    assert said in run.stdout


def test_hours_are_cut_into_windows_by_bytes_and_months(tmp_path, monkeypatch):
    from wikilake.lake.windows import windows

    lake = Lake(tmp_path, {"WIKILAKE_RAW": str(tmp_path / "raw")})
    monkeypatch.setenv("WIKILAKE_RAW", str(lake.raw))
    monkeypatch.setenv("WIKILAKE_WINDOW", "1MB")
    sizes = {8: 600, 9: 300, 10: 300, 11: 5000, 13: 200}
    for number, size in sizes.items():
        write(lake, HOURS[number], [b"x" * 1023] * size, "part-0.jsonl")
    found = [(window.first, window.end) for window in windows(FIRST, END)]
    cuts = [FIRST, HOURS[10], HOURS[11], HOURS[12], END]
    assert found == list(zip(cuts, cuts[1:], strict=False))
    assert HOURS[12] == datetime(2026, 11, 1), "a month begins a window"
    assert sum((end - first for first, end in found), timedelta()) == END - FIRST


@pytest.mark.parametrize(
    "form", ["year=%Y/month=%m/day=%d/hour=%H", "year=%Y/month=%-m/day=%-d/hour=%-H"]
)
def test_events_count_as_much_as_requests_where_hours_are_cut(tmp_path, monkeypatch, form):
    from wikilake.lake.windows import windows

    lake = Lake(tmp_path, {"WIKILAKE_RAW": str(tmp_path / "raw")})
    monkeypatch.setenv("WIKILAKE_RAW", str(lake.raw))
    monkeypatch.setenv("WIKILAKE_WINDOW", "1MB")
    write(lake, HOURS[1], [b"x" * 1023] * 600, "part-0.jsonl")
    topics = ("eqiad.mediawiki.api-request", "eventlogging_VirtualPageView", "eqiad.undeclared")
    for number, topic in ((2, topics[0]), (4, topics[1]), (5, topics[2])):
        folder = lake.raw / "events" / topic / HOURS[number].strftime(form)
        folder.mkdir(parents=True)
        (folder / "part-0.jsonl").write_bytes(b"x" * 600 * 1024)
    found = [window.first for window in windows(FIRST, HOURS[8])]
    assert found == [FIRST, HOURS[2], HOURS[4]], "what is not declared is not read"
    monkeypatch.setenv("WIKILAKE_STREAMS", str(tmp_path))  # which declares nothing
    assert [window.first for window in windows(FIRST, HOURS[8])] == [FIRST]
