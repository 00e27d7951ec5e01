"""Real faults, not simulated ones: killed runs, full and locked disks, broken and lost files."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from conftest import BIN, HOUR, PROJECT, Lake, counts_seen, start_readers
from lines import numbered

from wikilake.lake import partitions
from wikilake.lake.manifests import read_manifest
from wikilake.upkeep import check

PERIOD = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
NO_TESTS = ("--exclude-resource-type", "test")
TABLES = (
    "wmf.webrequest", "wmf.pageview_actor", "wmf.pageview_hourly", "wmf.projectview_hourly",
    "wmf_raw.webrequest_sequence_stats",
)  # fmt: skip


def contents(lake: Lake) -> dict[str, list]:
    """Every row of the tables, in one order; maps as text."""
    return {
        table: lake.query(f"select cast(t as varchar) from {table} as t order by all")
        for table in TABLES
    }


RUN_AND_KILL = """
    import os, random, signal, sys, time
    from dbt.cli.main import dbtRunner
    seed, rounds = int(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(seed)
    parsed = dbtRunner().invoke(["parse", "--quiet"])
    arguments = ["run", "--quiet", "--exclude", "tag:history"]

    def run():
        child = os.fork()
        if child == 0:
            success = dbtRunner(manifest=parsed.result).invoke(arguments).success
            os._exit(0 if success else 1)
        return child

    began = time.monotonic()
    assert os.waitpid(run(), 0)[1] == 0
    length = time.monotonic() - began
    print("went through", flush=True)
    sys.stdin.readline()
    for _ in range(rounds):
        child = run()
        time.sleep(chance.uniform(0.2, 0.95) * length)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        print("killed", flush=True)
        sys.stdin.readline()
    assert os.waitpid(run(), 0)[1] == 0
    print("repaired", flush=True)
"""


def test_ten_killed_runs_leave_whole_partitions_and_a_rerun_gives_the_same_rows(lake, monkeypatch):
    seed = random.randrange(2**32)
    print("seed", seed)
    lake.write_raw([numbered(n) for n in range(10)])
    assert lake.dbt("seed", "--quiet", "--exclude", "tag:rule_test").returncode == 0
    program = [sys.executable, "-c", textwrap.dedent(RUN_AND_KILL), str(seed), "10"]
    process = subprocess.Popen(
        program, cwd=PROJECT, env=lake.environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip

    def await_word(word: str) -> None:
        for line in process.stdout:
            if line.strip() == word:
                return
        pytest.fail(f"never came to: {word}")

    def go_on() -> None:
        process.stdin.write("\n")
        process.stdin.flush()

    monkeypatch.setenv("WIKILAKE_LAKE", str(lake.root))
    await_word("went through")
    lake.write_raw([numbered(n) for n in range(1000)])
    for _ in range(10):
        go_on()
        await_word("killed")
        for table in TABLES:
            folder = lake.root / table.replace(".", "/")
            with duckdb.connect() as connection:
                paths = [str(path) for path in folder.rglob("*.parquet")]
                [(rows,)] = connection.execute(
                    "select count(*) from read_parquet(?)", [paths]
                ).fetchall()
            assert rows in ((10, 1000) if "_hourly" not in table and "stats" not in table else (1,))
            for path in {path.parent for path in folder.rglob("*.parquet")}:
                assert not list(check.content_faults(path, read_manifest(path), deep=True))
    go_on()
    await_word("repaired")
    assert process.wait() == 0
    again = contents(lake)
    assert len(again["wmf.webrequest"]) == 1000
    staged = {path.name for path in (lake.root / ".staging").rglob("*.parquet")}
    assert staged <= {"none.parquet"}, "which has no rows: there are no dumps"
    other = Lake(lake.folder / "other", lake.settings)
    other.run_hour()
    assert contents(other) == again


def test_a_full_disk_and_a_locked_one_stop_the_run_in_plain_words_and_a_rerun_repairs(
    small_disk, tmp_path
):
    lake = Lake(small_disk, {"WIKILAKE_RAW": str(tmp_path / "raw")})
    environment = {"DBT_TARGET_PATH": str(tmp_path / "target"), "DBT_LOG_PATH": str(tmp_path / "l")}
    lake.settings |= environment
    lake.write_raw([numbered(n) for n in range(10)])
    built = lake.wikilake("build", *PERIOD, *NO_TESTS)
    assert built.returncode == 0, built.stderr
    before = contents(lake)
    lake.write_raw([numbered(n) for n in range(3000)])
    filler = small_disk / "filler"
    with pytest.raises(OSError), filler.open("wb") as file:
        while True:
            file.write(bytes(1 << 16))
            file.flush()
    failed = lake.wikilake("build", *PERIOD, *NO_TESTS)
    assert failed.returncode == 1
    assert "No space left" in failed.stderr and "Traceback" not in failed.stderr
    filler.unlink()
    assert {table: len(rows) for table, rows in contents(lake).items()} == {
        table: len(rows) for table, rows in before.items()
    }
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    refused = lake.wikilake("build", *PERIOD, *NO_TESTS)
    assert refused.returncode == 1
    assert "cannot be written" in refused.stderr and "Traceback" not in refused.stderr
    subprocess.run([*remount[:2], "remount,rw", str(small_disk)], check=True)
    repaired = lake.wikilake("build", *PERIOD, *NO_TESTS)
    assert repaired.returncode == 0, repaired.stderr
    assert lake.query("select count(*) from wmf.webrequest") == [(3000,)]


def test_two_builds_at_once_wait_for_each_other_or_refuse_clearly(lake):
    for hour in range(2):
        lake.write_raw([numbered(n) for n in range(hour + 1)], hour=hour)
    hold = (
        "from wikilake.lake.lock import hold_lake; hold_lake(); print('held', flush=True); input()"
    )
    lake.root.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", hold], env=lake.environment(), cwd=PROJECT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    holder.stdout.readline()
    lake.settings["WIKILAKE_WAIT"] = "0"
    refused = lake.wikilake("build", *PERIOD, *NO_TESTS)
    assert refused.returncode == 1
    assert f"process {holder.pid}" in refused.stderr and "WIKILAKE_WAIT" in refused.stderr
    assert "Traceback" not in refused.stderr
    holder.communicate("\n")
    del lake.settings["WIKILAKE_WAIT"]
    ends = ("2026-11-01T01", "2026-11-01T02")
    builds = [
        subprocess.Popen(
            [BIN / "wikilake", "build", "--from", f"2026-11-01T0{hour}", "--to", end, *NO_TESTS],
            cwd=PROJECT, env=lake.environment(), stderr=subprocess.PIPE, text=True,
        )
        for hour, end in enumerate(ends)
    ]  # fmt: skip
    said = [build.communicate()[1] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], said
    assert sum("Waiting for another run" in text for text in said) == 1
    assert lake.query("select hour, count(*) from wmf.webrequest group by all order by all") == [
        (0, 1),
        (1, 2),
    ]


def test_a_reader_during_rebuilds_sees_whole_partitions(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path))

    def publish(hour: int, rows: int) -> None:
        folder = partitions.stage_partition("wmf/t", f"hour={hour}")
        query = f"select i, {rows} as made from range({rows}) t(i)"
        duckdb.execute(f"copy ({query}) to '{folder}/part-0.parquet' (row_group_size 2048)")
        partitions.publish_partition("wmf/t", f"hour={hour}")

    for hour in range(9):
        publish(hour, 10_000)
    readers = start_readers(f"{tmp_path}/wmf/t/*/*.parquet", last=9 * 20_000)
    for times in range(10):
        for hour in range(9):
            publish(hour, 20_000 if times % 2 or times == 9 else 10_000)
    assert all(count % 10_000 == 0 for count in counts_seen(readers))


def test_a_broken_file_or_catalog_is_named_with_the_remedy_and_a_lost_one_is_made_again(lake):
    for hour in range(2):
        lake.write_raw([numbered(n) for n in range(5)], hour=hour)
    built = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T02", *NO_TESTS)
    assert built.returncode == 0, built.stderr
    before = contents(lake)
    catalog = lake.root / "wikilake.duckdb"
    catalog.write_bytes(b"no catalog" * 1000)
    broken = lake.wikilake("build", *PERIOD, *NO_TESTS)
    assert broken.returncode == 1
    assert "wikilake catalog rebuild" in broken.stderr and "Traceback" not in broken.stderr
    catalog.unlink()
    rebuilt = lake.wikilake("catalog", "rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert "wmf.webrequest" in rebuilt.stdout
    assert contents(lake) == before
    [file] = (lake.root / "wmf/webrequest").glob(f"*/{HOUR}0/part-0.parquet")
    file.write_bytes(b"PAR1" + bytes(file.stat().st_size - 8) + b"PAR2")
    second = ("--from", "2026-11-01T01", "--to", "2026-11-01T02")
    failed = lake.wikilake("build", *second, *NO_TESTS)
    assert failed.returncode == 1
    assert str(file) in failed.stderr and "Traceback" not in failed.stderr
    remedy = "wikilake build --from 2026-11-01T00 --to 2026-11-01T01"
    assert remedy in failed.stderr
    checked = lake.wikilake("check")
    assert checked.returncode == 1 and "not a readable Parquet file" in checked.stdout
    repaired = lake.command(BIN / remedy.split()[0], *remedy.split()[1:], *NO_TESTS)
    assert repaired.returncode == 0, repaired.stderr
    assert contents(lake) == before


def test_an_odd_clock_time_zone_and_language_of_the_machine_change_no_row(lake):
    lines = [numbered(n).replace(b"/wiki/Cat", b"/wiki/I%C4%B0") for n in range(50)]
    lines.append(numbered(50).replace(b"text/html", b"TEXT/HTML"))
    lake.write_raw(lines)
    lake.run_hour()
    odd = {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}
    other = Lake(lake.folder / "other", lake.settings | odd)
    other.run_hour()
    assert contents(other) == contents(lake)
    [manifest] = (other.root / "wmf/webrequest").glob(f"*/{HOUR}0/_manifest.json")
    refined = datetime.fromisoformat(read_manifest(manifest.parent)["refined_at"])
    assert abs(datetime.now(UTC) - refined) < timedelta(minutes=10)


def test_a_raw_file_that_is_still_being_written_is_left_out_by_name_or_fails_the_hour(lake):
    path = lake.write_raw([numbered(n) for n in range(5)])
    for name in (".part-1.jsonl", "part-2.jsonl.tmp", "_part-3.jsonl", "part-4.json._COPYING_"):
        (path.parent / name).write_bytes(numbered(99))
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_ON, str(path)], stdout=subprocess.DEVNULL
    )
    built = lake.wikilake("build", *PERIOD, *NO_TESTS)
    writer.terminate()
    writer.wait()
    assert built.returncode == 1
    assert str(path) in built.stderr and "changed while the hour was built" in built.stderr
    [(foreign,)] = lake.query("select count(*) from wmf.webrequest where sequence = 99")
    assert foreign == 0


WRITE_ON = """
import os, sys, time
while True:
    os.utime(sys.argv[1])
    time.sleep(0.05)
"""
