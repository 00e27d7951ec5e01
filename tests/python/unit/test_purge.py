"""What is older than its retention goes, wholly, and nothing else; readers never notice."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import random
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import counts_seen, start_readers
from lines import numbered

from wikilake import settings
from wikilake.ingest.log_import import ImportFailed, import_log, opened_state
from wikilake.ingest.web_logs import LogFormat
from wikilake.lake import durable, lock, partitions
from wikilake.lake.manifests import read_manifest
from wikilake.upkeep import purge

DAYS = {"raw": 31, "refined": 90, "statistics": 400}
NOW = datetime.now(UTC).replace(microsecond=0)
TABLE = "wmf/webrequest"


@pytest.fixture(autouse=True)
def present() -> None:
    """The time at which a test begins, not the one at which the whole run began."""
    global NOW
    NOW = datetime.now(UTC).replace(microsecond=0)


def hour_path(hour: datetime) -> str:
    return f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"


def days_ago(days: int, hour: int = 5) -> datetime:
    return (NOW - timedelta(days=days)).replace(hour=hour, minute=0, second=0)


@pytest.fixture
def made(tmp_path, monkeypatch) -> Iterator[Path]:
    """An empty lake and raw root that this process uses."""
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("WIKILAKE_RAW", str(tmp_path / "raw"))
    (tmp_path / "lake").mkdir()
    yield tmp_path
    lock.release_lake()


def publish(hour: datetime, table: str = TABLE, rows: int = 3) -> Path:
    """A partition of a table with two columns, as a build would publish it."""
    partition = f"webrequest_source=text/{hour_path(hour)}"
    folder = partitions.stage_partition(table, partition)
    duckdb.execute(
        f"copy (select i, 'reader' as ip from range({rows}) t(i)) to '{folder}/p.parquet'"
    )
    return Path(partitions.publish_partition(table, partition))


def raw_partition(root: Path, hour: datetime) -> Path:
    folder = root / "raw/webrequest_source=text" / hour_path(hour)
    folder.mkdir(parents=True)
    (folder / "part-0.jsonl").write_bytes(numbered(1))
    return folder


def planned(tables: dict[str, str] | None = None) -> purge.Plan:
    return purge.make_plan(tables or {TABLE: "refined"}, DAYS, NOW)


def test_the_limit_is_a_whole_day(made):
    inside, outside = publish(days_ago(90, hour=0)), publish(days_ago(91, hour=23))
    assert [old.path for old in planned().partitions] == [outside]
    purge.execute(planned(), NOW)
    assert read_manifest(inside)["rows"] == 3
    assert read_manifest(outside)["rows"] == 0


def test_each_kind_has_its_own_days(made):
    hour = days_ago(100)
    for table in ("wmf/a", "wmf/b"):
        publish(hour, table)
    kept, gone = raw_partition(made, days_ago(31, hour=0)), raw_partition(made, days_ago(33))
    plan = planned({"wmf/a": "refined", "wmf/b": "statistics"})
    assert [old.table for old in plan.partitions] == ["wmf/a", "raw"]
    purge.execute(plan, NOW)
    assert kept.exists() and not gone.exists()
    assert not list((made / "raw").rglob(f"month={gone.parts[-3]}/day=99"))


@pytest.mark.parametrize("place", ["raw/events", "events"])
def test_raw_events_of_declared_streams_go_like_refined_ones(made, monkeypatch, place):
    if place == "events":
        monkeypatch.setenv("WIKILAKE_EVENTS", str(made / place))
    topic, padded = made / place / "eqiad.mediawiki.api-request", "year=%Y/month=%m/day=%d/hour=%H"
    lines = {
        days: marked(topic / f"{days_ago(days):{form}}" / "part-0.jsonl")
        for days, form in ((89, padded), (92, padded), (93, "year=%Y/month=%-m/day=%-d/hour=%-H"))
    }
    foreign = marked(made / place / "eqiad.other" / f"{days_ago(1000):{padded}}" / "part-0.jsonl")
    trash = marked(made / place / ".trash" / "x", days_ago(1000))
    plan = planned()
    assert plan.foreign == [foreign.parents[4]]
    purge.execute(plan, NOW)
    assert [days for days, line in lines.items() if line.exists()] == [89]
    assert foreign.exists() and not trash.exists()


def test_what_an_import_of_events_has_rejected_goes_with_the_events(made, monkeypatch):
    events = made / "raw/events"
    old = marked(events / "import_rejected" / "import-a-0.jsonl", days_ago(92))
    new = marked(events / "import_rejected" / "import-b-0.jsonl", days_ago(1))
    torn = marked(events / ".importing" / "x")
    plan = planned()
    assert plan.foreign == []
    with (events / ".import.lock").open("w") as lock_:
        fcntl.flock(lock_, fcntl.LOCK_EX)
        monkeypatch.setenv("WIKILAKE_WAIT", "0")
        with pytest.raises(purge.PurgeIncomplete, match="an import writes there"):
            purge.execute(plan, NOW)
        assert old.exists() and torn.exists()
        assert torn not in [left.path for left in planned().leftovers]
    purge.execute(planned(), NOW)
    assert new.exists() and not old.exists() and not torn.exists()


@pytest.mark.parametrize("folder", ["day={0:%Y-%m-%d}", "wiki=a/day={0:%Y-%m-%d}"])
def test_partitions_of_dates_go_by_their_day(made, folder):
    for days in (89, 90, 91, 400):
        name = folder.format(days_ago(days))
        staged = partitions.stage_partition("wmf/of_days", name)
        duckdb.execute(f"copy (select 1 as a) to '{staged}/p.parquet'")
        partitions.publish_partition("wmf/of_days", name)
    plan = planned({"wmf/of_days": "refined"})
    assert sorted(old.begins for old in plan.partitions) == [days_ago(400, 0), days_ago(91, 0)]
    purge.check_plan(plan, NOW, 48, trust_clock=True)
    with pytest.raises(purge.PurgeRefused, match="48 hours would go"):
        purge.check_plan(plan, NOW, 47, trust_clock=True)
    purge.execute(plan, NOW)
    files = f"read_parquet('{made}/lake/wmf/of_days/**/*.parquet', hive_partitioning=true)"
    left = duckdb.sql(f"select day from {files}").fetchall()
    assert sorted(day for (day,) in left) == [days_ago(90).date(), days_ago(89).date()]


def test_the_shipped_sample_is_never_purged(made, monkeypatch):
    raw_partition(made, days_ago(1000))
    monkeypatch.delenv("WIKILAKE_RAW")
    assert planned().partitions == []


def test_emptied_folders_go_at_a_later_purge_but_the_last_one_stays_for_the_view(made):
    folders = [publish(days_ago(100 + day)) for day in range(3)]
    purge.execute(planned(), NOW)
    assert all(folder.exists() for folder in folders), "readers may have listed them"
    assert planned().partitions == []
    purge.execute(planned(), NOW + timedelta(minutes=30))
    assert all(folder.exists() for folder in folders)
    purge.execute(planned(), NOW + timedelta(hours=2))
    assert sum(folder.exists() for folder in folders) == 1
    left = duckdb.sql(f"select * from '{made}/lake/wmf/webrequest/*/*/*/*/*/*.parquet'").fetchall()
    assert left == []


def request_at(hour: datetime, number: int) -> str:
    return (
        f'192.0.2.7 - - [{hour:%d/%b/%Y:%H}:00:00 +0000] "GET /wiki/{number} HTTP/1.1" 200 5 '
        '"-" "-"\n'
    )


def imported(root: Path, log: Path) -> int:
    """Imports what is new of a log; returns the rows that it gave."""
    with opened_state(root / "raw") as state:
        return import_log(state, root / "raw", log, "text", LogFormat(site="a.example")).rows


def pages_in_raw(root: Path) -> list[str]:
    """The pages of all raw requests, each as often as it is there."""
    files = sorted((root / "raw").glob("webrequest_source=*/*/*/*/*/*.gz"))
    lines = [line for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]
    return sorted(json.loads(line)["uri_path"].removeprefix("/wiki/") for line in lines)


def test_an_import_after_a_purge_neither_doubles_nor_loses_lines(made):
    old, new = days_ago(100), days_ago(1)
    log, state = made / "access.log", made / "raw/.import.json"
    log.write_text(request_at(old, 1) + request_at(new, 2) + request_at(new, 3))
    assert imported(made, log) == 3
    known = state.read_bytes()
    for path in (state, made / "raw/.import.lock", *(made / "raw/.import").iterdir()):
        os.utime(path, (old.timestamp(), old.timestamp()))
    purge.execute(planned(), NOW)
    assert pages_in_raw(made) == ["2", "3"] and state.read_bytes() == known
    assert not list((made / "raw").glob(".import/*")), "check sums of private lines go by age"
    assert imported(made, log) == 0
    with log.open("a") as file:
        file.write(request_at(new, 4))
    assert imported(made, log) == 1
    renamed = log.rename(made / "access.log.1")
    assert imported(made, renamed) == 0
    log.write_text(request_at(old, 1) + request_at(new, 2))
    with pytest.raises(ImportFailed, match="--as-new"):  # a copy, or a log that begins alike
        imported(made, log)
    log.write_text(request_at(old, 1) + "".join(request_at(new, page) for page in range(5, 9)))
    assert imported(made, log) == 5
    assert pages_in_raw(made) == sorted("12345678")


def test_what_purge_writes_is_on_the_disk_before_it_has_its_name(made, monkeypatch):
    folder = publish(days_ago(100))
    steps: list[tuple[str, str]] = []
    sync, replace, exchange = os.fsync, Path.replace, durable._exchange

    def synced(handle: int) -> None:
        steps.append(("sync", os.path.basename(os.readlink(f"/proc/self/fd/{handle}"))))
        sync(handle)

    def replaced(path: Path, target: Path) -> Path:
        steps.append(("name", Path(target).name))
        return replace(path, target)

    def exchanged(path: Path, place: Path) -> None:
        steps.append(("name", place.name))
        exchange(path, place)

    plan = planned()
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    monkeypatch.setattr(durable, "_exchange", exchanged)
    purge.execute(plan, NOW)
    assert steps == [
        step
        for name in ("p.parquet", "_manifest.json")
        for step in (("sync", f"{name}.new"), ("name", name), ("sync", folder.name))
    ]


def test_a_changed_list_has_another_checksum(made):
    publish(days_ago(100))
    first = planned().checksum
    assert planned().checksum == first
    publish(days_ago(101))
    assert planned().checksum != first
    assert purge.make_plan({TABLE: "refined"}, DAYS | {"refined": 50}, NOW).checksum != first


def test_more_hours_than_expected_are_refused(made):
    for day in range(3):
        publish(days_ago(100 + day))
    plan = planned()
    with pytest.raises(purge.PurgeRefused, match="--most 3"):
        purge.check_plan(plan, NOW, most_hours=2, trust_clock=False)
    purge.check_plan(plan, NOW, most_hours=3, trust_clock=False)


@pytest.mark.parametrize("wrong", [timedelta(days=300), timedelta(days=-2)])
def test_a_clock_that_differs_from_the_disk_is_refused(made, wrong):
    publish(days_ago(100))
    with pytest.raises(purge.PurgeRefused, match="The clock looks wrong"):
        purge.check_plan(planned(), NOW + wrong, 48, trust_clock=False)
    purge.check_plan(planned(), NOW + wrong, 48, trust_clock=True)


def test_a_lake_that_nobody_wrote_for_long_or_in_the_future_makes_the_clock_look_wrong(made):
    manifest = publish(days_ago(100)) / "_manifest.json"
    purge.check_plan(planned(), NOW, 48, trust_clock=False)
    for moment in (NOW - timedelta(days=8), NOW + timedelta(days=1)):
        os.utime(manifest, (moment.timestamp(), moment.timestamp()))
        with pytest.raises(purge.PurgeRefused, match="run was at"):
            purge.check_plan(planned(), NOW, 48, trust_clock=False)


def test_a_link_goes_and_what_it_leads_to_stays_and_is_named(made):
    folder, other = publish(days_ago(100)), publish(days_ago(101))
    elsewhere = made / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    (other / "note").symlink_to(elsewhere / "p.parquet")
    (other / "dangling").symlink_to(made / "nothing")
    with pytest.raises(purge.PurgeIncomplete) as incomplete:
        purge.execute(planned(), NOW)
    heading, *said = str(incomplete.value).splitlines()
    assert heading == "All is gone but this:"
    assert len(said) == 2 and all("elsewhere" in line for line in said)
    assert (elsewhere / "p.parquet").exists()
    assert not folder.is_symlink() and sorted(p.name for p in other.iterdir()) == [
        "_manifest.json", "p.parquet",
    ]  # fmt: skip
    assert read_manifest(other)["rows"] == 0


def test_a_table_behind_a_link_is_not_purged_in_silence(made):
    publish(days_ago(100))
    table = made / "lake" / TABLE
    table.rename(made / "elsewhere")
    table.symlink_to(made / "elsewhere")
    with pytest.raises(purge.PurgeIncomplete, match="leads out of the lake"):
        purge.execute(planned(), NOW)
    assert table.is_symlink() and list((made / "elsewhere").rglob("p.parquet"))


@pytest.mark.parametrize("days", [0, "many", -3])
def test_retentions_that_are_not_a_number_of_days_are_refused(days):
    values = {f"retention_{kind}_days": 90 for kind in DAYS} | {"retention_raw_days": days}
    with pytest.raises(purge.PurgeRefused, match="retention_raw_days"):
        purge.make_plan({}, purge.days_of(values), NOW)


def test_a_reader_sees_the_old_rows_or_none_while_they_are_purged(made):
    folders = [publish(days_ago(100 + day), rows=20_000) for day in range(30)]
    pattern = f"{made}/lake/wmf/webrequest/*/*/*/*/*/*.parquet"
    readers = start_readers(pattern, last=0)
    for old in planned().partitions:
        purge.execute(purge.Plan(DAYS, [old], []), NOW)
        time.sleep(0.02)
    assert all(count % 20_000 == 0 for count in counts_seen(readers))
    assert all(folder.exists() for folder in folders)


@pytest.fixture
def run_in_progress(made):
    """Another process that holds the lake until it reads a line."""
    hold = (
        "from wikilake.lake.lock import hold_lake; hold_lake(); print('held', flush=True); input()"
    )
    settings.lake_root().mkdir(exist_ok=True)
    run = subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    run.stdout.readline()
    yield run
    if run.poll() is None:
        run.communicate("\n")


def test_nothing_is_taken_while_a_run_uses_the_lake(made, run_in_progress, monkeypatch):
    monkeypatch.setenv("WIKILAKE_WAIT", "0")
    folder, raw = publish(days_ago(100)), raw_partition(made, days_ago(100))
    spilled = made / "lake/.spill/work_tables.duckdb"
    spilled.parent.mkdir(exist_ok=True)
    spilled.write_text("of the run")
    assert not planned().leftovers, "what a run works on is not left over"
    with pytest.raises(purge.PurgeRefused, match=f"process {run_in_progress.pid}"):
        purge.execute(planned(), NOW)
    assert raw.exists() and read_manifest(folder)["rows"] == 3
    run_in_progress.communicate("\n")
    purge.execute(planned(), NOW)
    assert not raw.exists() and not spilled.exists() and read_manifest(folder)["rows"] == 0


MARK = "qzmark"


def marked(path: Path, moment: datetime | None = None) -> Path:
    """A file with the marker, last changed at a moment; in Parquet files in a row and apart."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet" and not path.exists():
        duckdb.execute(f"copy (select '{MARK}' as ip) to '{path}' (format parquet)")
    else:
        path.write_bytes(f"not Parquet, but private: {MARK}\n".encode())
    if moment:
        os.utime(path, (moment.timestamp(), moment.timestamp()))
    return path


def holding(*folders: Path) -> list[Path]:
    """The files, links not followed, that hold the marker."""
    found = [path for folder in folders for path in folder.rglob("*") if not path.is_symlink()]
    return [path for path in found if path.is_file() and MARK.encode() in path.read_bytes()]


def every_kind(root: Path, old: datetime, ancient: datetime) -> None:
    """A tree that holds, past its time, everything that purge looks at."""
    hour = hour_path(old)
    day, month = hour.rpartition("/")[0], hour.rpartition("/day")[0]
    last_year = f"year={old.year - 2}"
    for table in (root / "lake/wmf/webrequest", root / "lake/wmf/webrequest.bak"):
        source = table / "webrequest_source=text"
        for name in (
            f"{hour}/part-0.parquet",  # no Parquet, the file before it is
            f"{hour}/.part-0.parquet.swp", f"{hour}/part-0.parquet~", f"{hour}/.hidden.parquet",
            f"{hour}/sub/folder/x", f"{hour}/with=equals", f"{hour}/new\nline\x1b[31m",
            f"{hour}.old/part-0.parquet", f"{day}/.hour=5/x", f"{day}/between", f"{day}/.trash/x",
            f"{day}/hour=99/x", f"{last_year}/of-the-year", f"{last_year}/month=13/x",
        ):  # fmt: skip
            marked(source / name)
        marked(source / f"{month}/beside", ancient)
        marked(source / "beside", ancient)
        marked(table / "part-0.parquet.tmp", ancient)
        marked(source / hour / os.fsdecode(b"not-utf-8\xff"))
        (source / hour / "dangling").symlink_to(root / "nowhere")
        (source / hour / "circle").symlink_to("circle")
        os.mkfifo(source / hour / "pipe")
        os.mkfifo(source / hour / "pipe.parquet")
    marked(root / f"lake/wmf/webrequest/webrequest_source=text/{hour}/part-1.parquet")
    for name in ("lake/wmf/.trash/x", "lake/wmf/file", "lake/.trash/x", "lake/.Trash-0/a/b"):
        marked(root / name, ancient)
    marked(root / "lake/wikilake.duckdb.tmp/duckdb_temp_storage-0.tmp", ancient)
    marked(root / f"lake/.somebody/{hour}/x")
    for name in (
        ".staging/wmf/t/x",
        ".spill/work_tables.duckdb",
        ".spill/a/b",
        ".scratch/a.parquet",
    ):
        marked(root / "lake" / name)
    source = root / "raw/webrequest_source=text"
    for name in ("part-0.jsonl", "part-0.jsonl.gz~", ".part-0.swp", "sub/x", "part.jsonl.tmp"):
        marked(source / hour / name)
    for name in (f"{day}/between", f"{day}/hour=3.bak/x", f"{last_year}/x"):
        marked(source / name)
    marked(source / "beside", ancient)
    marked(root / "raw/webrequest_source=text.old" / hour / "x")
    marked(root / "raw/import_rejected/import-1-0.jsonl", ancient)
    marked(root / "raw/.importing/2026-01-01T00")
    marked(root / f"raw/.trash/webrequest_source=text/{hour}/x")
    marked(root / "raw/.trash/y", ancient)


def what_stays(root: Path, old: datetime, new: datetime) -> list[Path]:
    """Files in the same tree that are not past their time, or that purge has no say in."""
    names = [
        "README", "wmf/unknown/x", "history/2020-01/wiki.tsv.bz2", "geoip/city.mmdb", ".git/config",
        f"own/wmf/webrequest/webrequest_source=text/{hour_path(old)}/part-0.parquet",
        f"wmf/pageview_hourly/{hour_path(old)}/part-0.parquet",
        f"reference/seed/{hour_path(old)}/part-0.parquet",
        f"wmf/webrequest/webrequest_source=text/{hour_path(new)}/part-0.parquet",
        f"wmf/webrequest/webrequest_source=text/{hour_path(new)}/.part-0.swp",
    ]  # fmt: skip
    stays = [root / "lake" / name for name in names]
    stays += [root / "raw" / name for name in ("README", "incoming/access.log", ".note")]
    stays += [root / f"raw/webrequest_source=text/{hour_path(new)}/part-0.jsonl"]
    for path in stays:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("stays")
        if path.parts[-2] != hour_path(new).rpartition("/")[2]:
            os.utime(path, (0, 0))
    recent = [root / "raw/import_rejected/import-2-0.jsonl", root / "lake/.trash/recent"]
    for path in recent:
        path.write_text("stays")
    return stays + recent


KINDS = {TABLE: "refined", "wmf/pageview_hourly": "kept", "reference/seed": "kept"}


def test_everything_past_its_time_below_both_roots_goes_and_nothing_else(made):
    old, ancient, new = days_ago(100), days_ago(200), days_ago(1)
    every_kind(made, old, ancient)
    stays = what_stays(made, old, new)
    before = planned(KINDS)
    assert len(holding(made)) > 50
    assert planned(KINDS).checksum == before.checksum
    for hidden in (made / "lake/.staging/wmf/t/x", made / "raw/.importing/2026-01-01T00"):
        hidden.write_text(MARK + MARK)
        assert planned(KINDS).checksum != before.checksum, "the checksum covers every kind"
    listed = "\n".join(purge.listing(before))
    assert (
        "\x1b" not in listed
        and ".part-0.parquet.swp" not in listed
        and "part-0.jsonl" not in listed
    )
    purge.execute(planned(KINDS), NOW)
    assert holding(made) == []
    assert [path for path in stays if not path.exists() or path.read_text() != "stays"] == []
    assert not [path for path in (made / "lake/wmf").rglob("*") if path.is_symlink()]
    left = planned(KINDS)
    assert (left.partitions, left.leftovers, left.unseen) == ([], [], [])
    assert {path.name for path in left.foreign} == {
        "README", "history", "own", "incoming", "unknown",
    }  # fmt: skip


def test_folders_of_any_depth_go(made):
    folder, raw = publish(days_ago(100)), raw_partition(made, days_ago(100))
    for deep in (folder, raw, made / "lake/wmf/.trash"):
        deep.mkdir(exist_ok=True)
        for _ in range(1500):
            deep = deep / "d"
            os.mkdir(deep)
        (deep / "x").write_text(MARK)
        os.utime(deep / "x", (0, 0))
    plan = planned()
    purge.check_plan(plan, NOW, 48, trust_clock=False)
    purge.execute(plan, NOW)
    assert not (folder / "d").exists() and not raw.exists()
    assert not (made / "lake/wmf/.trash").exists()


def test_hidden_files_in_a_partition_that_was_emptied_before_go(made):
    folder = publish(days_ago(100))
    publish(days_ago(99))
    purge.execute(planned(), NOW)
    marked(folder / ".p.parquet.swp")
    duckdb.execute(f"copy (select '{MARK}' as ip from range(9)) to '{folder}/p.parquet'")
    assert [old.path for old in planned().partitions] == [folder]
    purge.execute(planned(), NOW)
    assert holding(made) == [] and planned().partitions == []


@pytest.mark.parametrize(
    "content", ["[]", "{", "null", '{"rows": "many", "purged_at": 7}', "[" * 9999]
)
def test_a_broken_manifest_stops_no_purge(made, content):
    folder = publish(days_ago(100))
    (folder / "_manifest.json").write_text(content)
    assert len(list(purge.listing(planned()))) == 1
    purge.execute(planned(), NOW)
    assert read_manifest(folder)["rows"] == 0
    assert duckdb.sql(f"from '{folder}/p.parquet'").fetchall() == []


def test_folders_that_are_closed_even_to_their_owner_go(made):
    if os.geteuid() == 0:
        pytest.skip("root may enter every folder")
    folder, raw = publish(days_ago(100)), raw_partition(made, days_ago(100))
    inner = marked(raw / "sub/x").parent
    for path in (folder, inner, raw):
        path.chmod(0)
    purge.execute(planned(), NOW)
    assert not raw.exists() and not folder.exists()


def test_what_cannot_go_is_named_at_the_end_and_all_the_rest_is_gone(made, monkeypatch):
    first, second = publish(days_ago(101)), publish(days_ago(100))
    raw, more = raw_partition(made, days_ago(50)), raw_partition(made, days_ago(49))
    stuck = {str(first / "p.parquet"), str(raw / "part-0.jsonl")}
    unlink, replace = Path.unlink, Path.replace

    def refusing(call):
        def called(path, *arguments, **options):
            if str(path) in stuck or (arguments and str(arguments[0]) in stuck):
                raise OSError(5, "Input/output error")
            return call(path, *arguments, **options)

        return called

    monkeypatch.setattr(Path, "unlink", refusing(unlink))
    monkeypatch.setattr(Path, "replace", refusing(replace))
    monkeypatch.setattr(durable, "_exchange", refusing(durable._exchange))
    with pytest.raises(purge.PurgeIncomplete) as incomplete:
        purge.execute(planned(), NOW)
    assert all(name in str(incomplete.value) for name in stuck)
    assert not more.exists() and read_manifest(second)["rows"] == 0
    assert raw.exists()


def test_an_import_in_progress_keeps_its_files(made, monkeypatch):
    monkeypatch.setenv("WIKILAKE_WAIT", "0")
    raw = raw_partition(made, days_ago(50))
    marked(made / "raw/.importing/2026-01-01T00")
    (made / "raw/.import.lock").touch()
    hold = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, 2); print(flush=True); input()"
    command = [sys.executable, "-c", hold, str(made / "raw/.import.lock")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as running:
        running.stdout.readline()
        with pytest.raises(purge.PurgeIncomplete, match="an import writes there"):
            purge.execute(planned(), NOW)
        assert raw.exists() and holding(made)
        running.communicate("\n")
    purge.execute(planned(), NOW)
    assert not raw.exists() and holding(made) == []


@pytest.mark.parametrize(
    ("path", "ends", "is_whole"),
    [
        ("t/year=2026/month=11/day=1/hour=5", "2026-11-01T06", True),
        ("t/year=2026/month=11/day=01/hour=05.old/x", "2026-11-01T06", True),
        ("t/year=2026/month=11/day=30/x", "2026-12-01T00", True),
        ("t/year=2026/month=12/day=31/hour=23", "2027-01-01T00", True),
        ("t/year=2026/month=11/x", "2026-12-01T00", False),
        ("t/year=2026/month=12/x", "2027-01-01T00", False),
        ("t/year=2026/month=13/day=1/hour=5", "2027-01-01T00", False),
        ("t/year=2026/month=2/day=30", "2026-03-01T00", False),
        ("t/year=2026/month=2/day=28/hour=24", "2026-03-01T00", True),
        ("t/year=2026/day=1", "2027-01-01T00", False),
        ("t/year=9999/month=12/day=31/hour=23", None, False),
        ("t/year=0/month=1/day=1", None, False),
        ("t/year=20260/month=1/day=1", None, False),
        ("t/month=1/day=1", None, False),
    ],
)
def test_a_path_names_a_time_as_far_as_it_makes_sense(path, ends, is_whole):
    period = purge.period_of(Path(path))
    if ends is None:
        assert period is None or period.ends > NOW
    else:
        assert (f"{period.ends:%Y-%m-%dT%H}", period.is_whole) == (ends, is_whole)


def test_a_full_disk_is_purged(made, small_disk, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(small_disk / "lake"))
    monkeypatch.setenv("WIKILAKE_RAW", str(small_disk / "raw"))
    folders = [publish(days_ago(100 + day), rows=2000) for day in range(3)]
    for folder in folders:
        marked(folder / ".swp")
    raw_partition(small_disk, days_ago(100))
    with pytest.raises(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
    plan = planned()
    purge.check_plan(plan, NOW, 48, trust_clock=False)
    purge.execute(plan, NOW)
    assert [read_manifest(folder)["rows"] for folder in folders] == [0, 0, 0]
    assert (
        duckdb.sql(f"from '{small_disk}/lake/wmf/webrequest/*/*/*/*/*/*.parquet'").fetchall() == []
    )
    assert holding(small_disk / "lake") == [] and not list((small_disk / "raw").rglob("*.jsonl"))


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_what_purge_writes_is_as_closed_as_what_was_there(made, umask):
    private = publish(days_ago(100))
    before = os.umask(umask)
    try:
        purge.execute(planned(), NOW)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in private.iterdir()} == {0o600}


PURGE_AND_KILL = """
import json, sys
from datetime import datetime
from wikilake.upkeep import purge
now = datetime.fromisoformat(sys.argv[1])
plan = purge.make_plan({"wmf/webrequest": "refined"}, json.loads(sys.argv[2]), now)
print("planned", flush=True)
purge.execute(plan, now)
"""


def test_a_purge_killed_anywhere_is_finished_by_the_next_one(made):
    seed = secrets.randbelow(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    every_kind(made, days_ago(100), days_ago(200))
    for day in range(60):
        publish(days_ago(101 + day), rows=500)
        raw_partition(made, days_ago(101 + day))
    stays = what_stays(made, days_ago(100), days_ago(1))
    killed = 0
    command = [sys.executable, "-c", PURGE_AND_KILL, NOW.isoformat(), json.dumps(DAYS)]
    for _ in range(8):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.25))
        process.kill()
        killed += process.wait() < 0
    assert killed > 0
    purge.execute(planned(KINDS), NOW)
    assert holding(made) == []
    assert all(path.read_text() == "stays" for path in stays)
    left = planned(KINDS)
    assert (left.partitions, left.leftovers) == ([], [])
    assert not [path for path in made.rglob(".purging*")]
    files_left = [*(made / "lake/wmf/webrequest").rglob("p.parquet")]
    assert sum(duckdb.sql(f"from '{path}'").shape[0] for path in files_left) == 0


def test_two_purges_at_once_take_everything_once(made):
    for day in range(20):
        publish(days_ago(101 + day))
        raw_partition(made, days_ago(101 + day))
    command = [sys.executable, "-c", PURGE_AND_KILL, NOW.isoformat(), json.dumps(DAYS)]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        errors = process.communicate()[1]
        assert process.returncode == 0, errors
    assert planned().all == [] and not list((made / "raw").rglob("*.jsonl"))
