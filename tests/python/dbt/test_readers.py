"""Readers and runs do not wait for each other, and a query sees a partition as it was or is."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import BIN, PROJECT, Lake
from lines import numbered

from wikilake import Lake as Notebook

HOURS = 3
PERIOD = ("--from", "2026-11-01T00", "--to", f"2026-11-01T0{HOURS}")
NO_TESTS = ("--exclude-resource-type", "test")
CATALOG = "wikilake.duckdb"

SUMS = """
select 'webrequest', hour, count(*), sum(sequence) from wmf.webrequest group by hour
union all
select 'explained', hour, count(*), sum(sequence) from wmf.webrequest_explained group by hour
union all
select 'pageview_hourly', hour, sum(view_count), 0 from wmf.pageview_hourly group by hour
"""

READ_ON = """
import json, sys, duckdb
path, query, keeps_open = sys.argv[1], sys.argv[2], sys.argv[3] == "kept"
connection = duckdb.connect(path, read_only=True)
times, rows, errors = 0, set(), []
print("reading", flush=True)
import select
while not select.select([sys.stdin], [], [], 0)[0]:
    try:
        if not keeps_open:
            connection.close()
            connection = duckdb.connect(path, read_only=True)
        rows |= set(connection.execute(query).fetchall())
    except duckdb.Error as error:
        errors.append(str(error))
    times += 1
print(json.dumps({"times": times, "rows": sorted(rows), "errors": errors}))
"""

OPEN = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read_only")
print(connection.execute("select count(*) from wmf.webrequest").fetchone()[0], flush=True)
input()
print(connection.execute("select count(*) from wmf.webrequest").fetchone()[0])
"""


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a program that says a line, then reads one and ends; it is ended with the test."""
    programs = []

    def start(program: str, *arguments: object) -> subprocess.Popen[str]:
        programs.append(subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ))  # fmt: skip
        return programs[-1]

    yield start
    for program in programs:
        program.kill()
        program.communicate()


def write_hours(lake: Lake, first: int, count: int) -> set[tuple]:
    """Replaces the raw files of all hours; returns the rows of SUMS that are right for them."""
    right = set()
    for hour in range(HOURS):
        numbers = range(first, first + count + hour)
        lake.write_raw([numbered(number) for number in numbers], hour=hour)
        requests = (hour, len(numbers), sum(numbers))
        right |= {("webrequest", *requests), ("explained", *requests)}
        right.add(("pageview_hourly", hour, len(numbers), 0))
    return right


def succeed(lake: Lake, *arguments: str) -> str:
    done = lake.wikilake(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_readers_see_whole_partitions_during_builds_rebuilds_purges_and_new_catalogs(lake, started):
    right = write_hours(lake, 1, 40)
    succeed(lake, "build", *PERIOD, *NO_TESTS)
    readers = [started(READ_ON, lake.root / CATALOG, SUMS, how) for how in ("kept", "new") * 2]
    for reader in readers:
        assert reader.stdout.readline() == "reading\n"
    for first, count in ((1000, 60), (5000, 25), (9000, 60)):
        right |= write_hours(lake, first, count)
        succeed(lake, "build", *PERIOD, *NO_TESTS)
        succeed(lake, "catalog", "rebuild")
    days = ("--vars", "{retention_refined_days: 1, retention_statistics_days: 1}")
    anyway = ("--clock-is-right", "--most", "999999")
    checksum = succeed(lake, "purge", *days, *anyway, "--checksum-only").strip()
    succeed(lake, "purge", *days, *anyway, "--execute", checksum)
    assert lake.query("select count(*) from wmf.webrequest") == [(0,)]
    for reader in readers:
        said, errors = reader.communicate("\n", timeout=60)
        seen = json.loads(said)
        assert seen["errors"] == [] and errors == ""
        assert {tuple(row) for row in seen["rows"]} <= right
        assert len(seen["rows"]) > len(right) / 4 and seen["times"] > 20


@pytest.mark.parametrize("how", ["read_only", "read_write"])
def test_a_build_is_not_stopped_by_who_has_the_catalog_open(lake, started, how):
    write_hours(lake, 1, 10)
    succeed(lake, "build", *PERIOD, *NO_TESTS)
    reader = started(OPEN, lake.root / CATALOG, how)
    assert reader.stdout.readline() == "33\n"
    lake.settings["WIKILAKE_WAIT"] = "0"
    write_hours(lake, 1, 20)
    succeed(lake, "build", *PERIOD, "--full-refresh", *NO_TESTS)
    succeed(lake, "catalog", "rebuild")
    assert lake.query("select count(*) from wmf.webrequest") == [(63,)]
    assert len(Notebook(lake.root).sql("select * from wmf.webrequest where hour >= 0")) == 63
    said, errors = reader.communicate("\n", timeout=60)
    assert (said, errors) == ("63\n", "")
    assert lake.query("select count(*) from wmf.webrequest") == [(63,)]


def test_a_command_that_reads_does_not_wait_for_a_run(lake, started):
    write_hours(lake, 1, 10)
    succeed(lake, "build", *PERIOD, *NO_TESTS)
    holding = "from wikilake.lake.lock import hold_lake; hold_lake(); print('held'); input()"
    holder = subprocess.Popen(
        [sys.executable, "-u", "-c", holding], cwd=PROJECT, env=lake.environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout.readline() == "held\n"
    try:
        for command in (
            ("summary", *PERIOD),
            ("report", *PERIOD, "--private", "--output", lake.folder / "r.html"),
            ("check",),
        ):
            began = time.monotonic()
            done = lake.wikilake(*command)
            assert "another run" not in done.stderr and done.returncode == 0, done.stderr
            assert time.monotonic() - began < 30
        assert len(Notebook(lake.root).sql("select * from wmf.webrequest where hour = 0")) == 10
    finally:
        holder.communicate("\n")


def test_the_catalog_is_published_once_and_views_show_later_partitions_without_a_new_one(lake):
    write_hours(lake, 1, 10)
    succeed(lake, "build", "--from", "2026-11-01T00", "--to", "2026-11-01T01", *NO_TESTS)
    first = (lake.root / CATALOG).stat()
    with duckdb.connect(str(lake.root / CATALOG), read_only=True) as connection:
        succeed(lake, "build", "--from", "2026-11-01T01", "--to", "2026-11-01T03", *NO_TESTS)
        found = connection.execute("select count(distinct hour) from wmf.webrequest").fetchall()
    assert found == [(3,)]
    later = (lake.root / CATALOG).stat()
    assert (later.st_ino, later.st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
    assert later.st_mode & 0o777 == 0o600


def test_a_failed_run_shows_the_views_that_it_has_made(lake):
    lake.write_raw([numbered(1), numbered(1000)])
    failed = lake.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert failed.returncode == 1 and "Too much is lost or bad of" in failed.stderr
    assert lake.query("select count(*) from wmf.webrequest") == [(2,)]
    assert lake.query("select count(*) > 0 from reference.networks") == [(True,)]


def test_no_command_leaves_a_copy_of_the_catalog_behind(lake):
    lake.write_raw([numbered(1)])
    succeed(lake, "build", "--from", "2026-11-01T00", "--to", "2026-11-01T01", *NO_TESTS)
    dbt = lake.command(BIN / "dbt", "seed", "--quiet")
    assert dbt.returncode == 0, dbt.stdout
    left = [path for path in lake.root.rglob("*") if CATALOG in path.name]
    assert left == [lake.root / CATALOG]
    assert not list(Path(lake.root / ".spill").iterdir())


def test_a_run_that_cannot_copy_or_publish_the_catalog_fails_in_plain_words(lake):
    lake.write_raw([numbered(1)])
    hour = ("--from", "2026-11-01T00", "--to", "2026-11-01T01", *NO_TESTS)
    (lake.root / CATALOG).mkdir(parents=True)
    refused = lake.wikilake("build", *hour)
    assert refused.returncode == 1 and "is a folder, where the catalog should be" in refused.stderr
    (lake.root / CATALOG).rmdir()
    (lake.root / f"{CATALOG}.new").mkdir()
    (lake.root / f"{CATALOG}.new" / "x").touch()
    for failed in (lake.wikilake("build", *hour), lake.dbt("seed", "--quiet")):
        assert failed.returncode != 0
        said = failed.stdout + failed.stderr
        assert f"{CATALOG}.new" in said and "Traceback" not in said, said
