"""Parts of the report that need no lake: names, comparisons, places, and the loop of --watch."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from wikilake.answers import report, report_charts
from wikilake.answers.report_charts import OTHER, map_of, shown_name, title_as_read, topmost
from wikilake.answers.report_counts import Comparison
from wikilake.answers.report_edits import Edits
from wikilake.cli.watch import Follower, keep_going
from wikilake.errors import WikilakeError
from wikilake.lake.due_hours import RunState

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 1, 12)


def test_the_topmost_groups_come_first_and_the_others_last():
    ranked = topmost([("x", 5), (OTHER, 9), ("y", 7), ("z", 5)], 2)
    assert ranked == [("y", 7), ("x", 5), (OTHER, 14)]
    assert topmost([], 2) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zürich", "Zürich"),
        ("a\x00b\x1b]8;;x\x07", "a\ufffdb\ufffd]8;;x\ufffd"),
        ("a\u202eb\u2066c\u2028d\x85", "a\ufffdb\ufffdc\ufffdd\ufffd"),
        ("نام\u200cها 👩\u200d👧", "نام\u200cها 👩\u200d👧"),
        ("x" * 300, "x" * 300),
        ("x" * 301, "x" * 299 + "…"),
    ],
)
def test_a_name_is_shown_without_what_acts_on_the_text_around_it(name: str, shown: str):
    assert shown_name(name) == shown


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Main_Page · en.wikipedia", "Main Page · en.wikipedia"),
        ("Z%C3%BCrich", "Zürich"),
        ("Caf%E9_au_lait", "Caf%E9 au lait"),  # Latin-1: what it is cannot be known
        ("100%", "100%"),
        ("%3Cscript%3E%E2%80%AE", "<script>\u202e"),
        ("%25C3", "%C3"),
    ],
)
def test_a_title_is_decoded_once_where_that_gives_a_text(title: str, read: str):
    assert title_as_read(title) == read


def counts(first: datetime, hours: list[datetime], views: int = 10) -> SimpleNamespace:
    """What Counts has of a day's length or more, with equal views in each counted hour."""
    numbers: Counter = Counter({(hour, "all"): views for hour in hours})
    of_days: Counter = Counter()
    for hour in hours:
        of_days[hour.replace(hour=0), "all"] += views
    return SimpleNamespace(
        first=first, end=first, hours=hours, counted=hours,
        of_hours={"people": numbers}, of_days={"people": of_days},
    )  # fmt: skip


def compared(length: timedelta, left_out: set[datetime]) -> Comparison:
    """Two periods that begin at noon, without some hours."""
    periods = []
    for first in (NOON, NOON - length):
        all_hours = [first + HOUR * n for n in range(length // HOUR)]
        found = counts(first, [hour for hour in all_hours if hour not in left_out])
        found.hours, found.end = all_hours, first + length
        periods.append(found)
    return Comparison(*periods)


def test_days_are_compared_by_the_same_hours_alone():
    whole = compared(3 * DAY, set())
    assert [sum(sums.values()) for sums in whole.sums("people")] == [720, 720]
    assert len(whole.of_now) == 4, "of the first and the last day a half each"
    gap = compared(3 * DAY, {NOON + DAY})  # one hour of a day: that day is not compared
    assert [sum(sums.values()) for sums in gap.sums("people")] == [480, 480]
    assert "3 of 4 days" in gap.extent()


def test_parts_of_days_are_compared_hour_by_hour():
    part = compared(5 * HOUR, {NOON - HOUR, NOON})
    assert [sum(sums.values()) for sums in part.sums("people")] == [30, 30]
    assert "3 of 5 hours, each with the one 5 hours before it" in part.extent()
    assert compared(5 * HOUR, {NOON - HOUR * n for n in range(1, 6)}).of_now == []


def test_a_code_that_is_none_of_a_country_is_on_no_map():
    rows = [("Germany", "DE", 3), ("Malta", "MT", 2), ("</script>\u202e", "MT", 1)]
    odd = [("x", code, 1) for code in ("__proto__", "", "constructor", "de", "D" * 9999)]
    _, values = map_of(rows + odd, "views")
    assert [value["code"] for value in values] == ["DE", "MT", "MT"]
    assert "longitude" in values[1] and "longitude" not in values[0]
    assert "\u202e" not in values[2]["country"]


def test_every_country_of_the_list_has_a_place_on_the_map_but_the_smallest():
    world = report_charts.world()
    known = {country.get("id") for country in world["objects"]["countries"]["geometries"]}
    listed = {row["iso_code"] for row in report.publishing.read_list("countries")}
    without = listed - known - world["places"].keys()
    assert len(listed) > 200 and len(without) < 20, without


def test_a_private_page_goes_into_no_place_of_others(tmp_path: Path):
    mine = tmp_path / "mine"
    mine.mkdir(0o700)
    report.refuse_shared_place(mine / "page.html")
    (tmp_path / "Public_HTML" / "x").mkdir(parents=True)
    open_to_all = tmp_path / "drop"
    open_to_all.mkdir()
    open_to_all.chmod(0o1777)
    shared = tmp_path / "shared"
    (shared / "wmf").mkdir(parents=True)
    (shared / "wikilake.duckdb").touch(0o644)
    (shared / "wikilake.duckdb").chmod(0o644)
    (mine / "link.html").symlink_to(open_to_all / "page.html")
    for path, said in (
        (tmp_path / "Public_HTML" / "x" / "page.html", "a web server hands out"),
        (open_to_all / "page.html", "can be written by everybody"),
        (shared / "wmf" / "page.html", "is a shared lake"),
        (mine / "link.html", "can be written by everybody"),
    ):
        with pytest.raises(report.PlaceIsShared, match=said):
            report.write_report(path, NOON, NOON + HOUR, None, is_private=True)
        assert not path.exists()


def test_who_has_a_page_open_reads_the_old_one_to_its_end(tmp_path: Path):
    path = tmp_path / "page.html"
    report._write(path, b"old", is_private=False)
    assert path.stat().st_mode & 0o777 == 0o666 & ~report.users_umask()
    with path.open() as old:
        report._write(path, b"new and longer", is_private=True)
        assert old.read() == "old"
    assert path.read_text() == "new and longer" and path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_page_that_is_loaded_anew_can_be_paused_and_another_one_is_not():
    live, still = report.page([], [], refresh=60), report.page([], [])
    assert "again every 60 seconds" in live and 'id="pause"' in live and "60000" in live
    assert 'id="pause"' not in still and "location.reload" not in still.rpartition("<script>")[2]


@pytest.fixture
def edited() -> Iterator[duckdb.DuckDBPyConnection]:
    """A snapshot of one wiki: three months, of which ann stays, bob leaves, and eve comes last."""
    with duckdb.connect() as connection:
        for schema in ("wikistats", "wmf"):
            connection.execute(f"create schema {schema}")
        kinds = "'all-editor-types' as editor_type, 'all-page-types' as page_type"
        months = "from range(8, 11) m(month)"
        of_month = (
            f"'s' as snapshot, 'monthly' as granularity, 'w' as project, {kinds}, "
            "make_date(2026, month::int, 1) as period_start"
        )
        for table, columns in (
            ("edits", "31 as edits, 5 as net_bytes_diff"),
            ("editors", "2 as editors, 'all-activity-levels' as activity_level"),
            ("active_editors", "1 as active_editors"),
            ("new_pages", "7 as new_pages"),
        ):
            connection.execute(
                f"create table wikistats.{table} as select {of_month}, {columns} {months}"
            )
        connection.execute(
            """
            create table wmf.mediawiki_history_reduced as
            select 's' as snapshot, 'w' as project, 'revision' as event_entity,
                'create' as event_type, name as user_text, kind as user_type,
                time as event_timestamp
            from (values
                ('ann', 'user', '2026-08-31 23:59:59.0'), ('ann', 'user', '2026-09-01 00:00:00.0'),
                ('ann', 'user', '2026-09-02 00:00:00.0'), ('bob', 'user', '2026-08-02 00:00:00.0'),
                ('bob', 'user', '2026-10-02 00:00:00.0'), ('eve', 'user', '2026-10-03 00:00:00.0'),
                ('bot', 'name_bot', '2026-08-02 00:00:00.0'),
                (null, 'user', '2026-08-02 00:00:00.0'),
                ('odd', 'user', 'yesterday'), ('</script>', 'user', '2026-09-30 00:00:00.0'),
                ('</script>', 'user', '2026-10-30 00:00:00.0')
            ) t(name, kind, time)
            """
        )
        connection.execute(
            "create table wmf.pageview_per_project_daily as select 2026 as year, 9 as month, "
            "day::int as day, 'w' as project, 'all-access' as access, 'user' as agent, "
            "100::bigint as v from range(1, 16) d(day)"
        )
        yield connection


def test_new_editors_are_those_of_a_month_and_stay_in_the_next_one(edited):
    [chart] = [c for c in Edits(edited, "s").by_month().charts if c.name == "new-editors"]
    assert chart.rows == [
        (datetime(2026, 8, 1), "w", 2, 50.0, 1),
        (datetime(2026, 9, 1), "w", 1, 100.0, 1),
    ]


def test_views_stand_beside_the_edits_of_the_same_month_and_project(edited):
    days = Counter({(datetime(2026, 10, day), name): 31 for day in (1, 2) for name in ("w", "x")})
    views = SimpleNamespace(k=1, now=SimpleNamespace(of_days={"projects": days}))
    [chart] = Edits(edited, "s").beside(views).charts
    assert chart.rows == [
        (datetime(2026, 9, 1), "w", 15, 1500, 2, 7, 31, round(1500 / 15 * 30 / 31, 1)),
        (datetime(2026, 10, 1), "w", 2, 62, 2, 7, 31, 31.0),
    ]
    views.k = 25  # a public page has the numbers of its own period alone
    [chart] = Edits(edited, "s").beside(views).charts
    assert [row[0] for row in chart.rows] == [datetime(2026, 10, 1)]


class Failure(WikilakeError):
    """A round that fails."""


def test_a_round_that_fails_is_said_once_and_the_next_one_tries_again(capsys):
    rounds, waits = [], []

    def one(warn):
        rounds.append(len(rounds))
        warn("no address database", "yellow")
        if len(rounds) in (1, 2, 4):
            raise Failure("The log is not there.")
        if len(rounds) == 5:
            raise OSError(28, "No space left on device")
        if len(rounds) == 6:
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    keep_going(one, 60, waits.append)
    said = capsys.readouterr().err
    assert len(rounds) == 6 and len(waits) == 5 and all(50 < wait <= 60 for wait in waits)
    assert said.count("The log is not there.") == 2, "again after a round that went well"
    assert said.count("no address database") == 1 and said.count("No space left") == 1
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_the_loop_even_where_a_library_takes_it_for_a_failure(number):
    def one(warn):
        try:
            os.kill(os.getpid(), number)
        except KeyboardInterrupt:
            raise Failure("dbt: interrupted") from None

    keep_going(one, 60, lambda seconds: pytest.fail("it waits for another round"))


def test_what_is_wrong_in_the_program_itself_is_not_tried_forever():
    def one(warn):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep_going(one, 60)


def test_the_page_ends_with_the_newest_hour_although_an_old_one_was_built_last():
    assert RunState().end() is None
    state = RunState(hours={"2026-11-02T03": "a", "2026-11-01T23": "b", "2026-10-31T00": "c"})
    assert state.end() == datetime(2026, 11, 2, 4)


def test_a_page_is_written_when_an_hour_was_built_and_first_of_all(tmp_path, monkeypatch):
    from wikilake.cli import watch

    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("WIKILAKE_RAW", str(tmp_path / "raw"))
    todo, written = iter(["one", None, "fails", "two"]), []

    def build(ranges, state, tell, warn):
        step = next(todo)
        if step == "fails":
            warn("the build failed", "red")
        elif step:
            state.note([NOON if step == "one" else NOON + HOUR])

    monkeypatch.setattr(watch, "import_new", lambda *given: True)
    monkeypatch.setattr(watch, "build_due", build)
    wiki = SimpleNamespace(report_days=1)
    follower = Follower(wiki, lambda first, end: written.append(end))
    for _ in range(4):
        follower.round(lambda text, color=None: None)
    assert written == [NOON + HOUR, NOON + 2 * HOUR]
