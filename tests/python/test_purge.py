"""What is older than its retention goes, wholly, and nothing else; readers never notice."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import BIN, Lake, counts_seen, start_readers
from test_bad_input import numbered
from test_documentation import manifest  # noqa: F401 - the parsed project

from wikilake import lake as files
from wikilake import lock, purge
from wikilake.manifests import read_manifest

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
    folder = files.stage_partition(table, partition)
    duckdb.execute(
        f"copy (select i, 'reader' as ip from range({rows}) t(i)) to '{folder}/p.parquet'"
    )
    return Path(files.publish_partition(table, partition))


def raw_partition(root: Path, hour: datetime) -> Path:
    folder = root / "raw/webrequest_source=text" / hour_path(hour)
    folder.mkdir(parents=True)
    (folder / "part-0.jsonl").write_bytes(numbered(1))
    return folder


def planned(tables: dict[str, str] | None = None) -> purge.Plan:
    return purge.make_plan(tables or {TABLE: "refined"}, DAYS, NOW)


def test_every_mart_has_a_retention_and_the_daily_test_asks_for_the_same(manifest):  # noqa: F811
    marts = [
        model
        for model in purge_models(manifest)
        if model["config"]["materialized"] == "partitioned"
    ]
    known = {*purge.RETENTIONS, "kept"}
    assert [m["name"] for m in marts if m["config"]["meta"].get("retention") not in known] == []
    guard = Path(__file__).parents[1] / "invariants/assert_nothing_older_than_retention.sql"
    text = guard.read_text()
    for table, kind in purge.retentions(manifest).items():
        assert f"'{table.split('/')[1]}': '{kind}'," in text


def purge_models(manifest):  # noqa: F811
    from wikilake.privacy import models

    return models(manifest)


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
    manifest = publish(days_ago(100)) / "_manifest.json"  # noqa: F811
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
    said = str(incomplete.value).splitlines()
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
def test_days_that_are_no_days_are_refused(days):
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
    hold = "from wikilake.lock import hold_lake; hold_lake(); print('held', flush=True); input()"
    files.lake_root().mkdir(exist_ok=True)
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


def test_after_a_purge_the_bytes_are_gone_views_work_and_every_test_passes(tmp_path):
    lake = Lake(tmp_path, {"WIKILAKE_RAW": str(tmp_path / "raw")})
    token = secrets.token_hex(16)
    line = numbered(1).replace(b"Mozilla/5.0", token.encode())
    old, new = days_ago(91), days_ago(0, hour=0)
    for hour in (old, new):
        folder = lake.raw / "webrequest_source=text" / hour_path(hour)
        folder.mkdir(parents=True)
        text = line.replace(b"2026-11-01T00", f"{hour:%Y-%m-%dT%H}".encode())
        (folder / "part-0.jsonl").write_bytes(text if hour == old else numbered(1))
        built = lake.wikilake(
            "build", "--from", f"{hour:%Y-%m-%dT%H}", "--to",
            f"{hour + timedelta(hours=1):%Y-%m-%dT%H}", "--exclude-resource-type", "test",
        )  # fmt: skip
        assert built.returncode == 0, built.stderr

    def holding() -> set[str]:
        found = [path for path in tmp_path.rglob("*") if path.is_file()]
        return {p.relative_to(tmp_path).parts[0] for p in found if token.encode() in p.read_bytes()}

    assert holding() == {"raw", "lake"}
    today = f"today: {NOW:%Y-%m-%d}"
    guard = ("test", "--select", "assert_nothing_older_than_retention", "--vars", today)
    failing = lake.command(BIN / "dbt", *guard)
    assert failing.returncode == 1
    dry = lake.wikilake("purge")
    assert dry.returncode == 0, dry.stderr
    assert hour_path(old) in dry.stdout and hour_path(new) not in dry.stdout
    assert holding() == {"raw", "lake"}, "a dry run takes nothing"
    wrong = lake.wikilake("purge", "--execute", "0123456789abcdef")
    assert wrong.returncode == 1 and "look at it again" in wrong.stderr
    checksum = dry.stdout.split()[-1]
    done = lake.wikilake("purge", "--execute", checksum)
    assert done.returncode == 0, done.stderr
    assert holding() == set()
    assert lake.query("select count(*) from wmf.webrequest") == [(1,)]
    left_out = ("tag:history", "tag:rule_test", "resource_type:unit_test")
    both = f"{{{today}, hour: {new:%Y-%m-%dT%H}}}"
    passing = lake.command(BIN / "dbt", "test", "--exclude", *left_out, "--vars", both)
    assert passing.returncode == 0, passing.stdout
    assert "assert_nothing_older_than_retention" in passing.stdout
