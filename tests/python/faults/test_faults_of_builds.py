"""Whole builds under faults: full disks, few open files, kills, odd umasks, two commands at once.

A tier of its own with all that lies in this folder, `make test-faults`: each test takes a minute or
more.
"""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BIN, PROJECT, Lake
from lines import numbered
from test_faults import NO_TESTS, PERIOD, contents

from wikilake.lake.manifests import MANIFEST, read_manifest
from wikilake.lake.partitions import STAGING
from wikilake.upkeep import check

SNAPSHOT = ("build", "--snapshot", "2026-10", *NO_TESTS)
OLD, NEW = 3, 60
"""Rows of each source before and after: no table is the same."""


def write_hour(lake: Lake, rows: int) -> None:
    for source in ("text", "upload"):
        lake.write_raw([numbered(n) for n in range(rows)], source=source)


def build(lake: Lake, **limits: float) -> subprocess.CompletedProcess[str]:
    return lake.wikilake("build", *PERIOD, *NO_TESTS, **limits)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, list]]:
    """What each table holds of the old hour and of the new one, where nothing is in the way."""
    folder = tmp_path_factory.mktemp("undisturbed")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    held = {}
    for rows in (OLD, NEW):
        write_hour(lake, rows)
        built = build(lake)
        assert built.returncode == 0, built.stderr
        held[rows] = contents(lake)
    return held


@pytest.fixture
def old_hour(lake: Lake) -> Lake:
    """A lake with the old hour, and the raw files of the new one."""
    write_hour(lake, OLD)
    built = build(lake)
    assert built.returncode == 0, built.stderr
    write_hour(lake, NEW)
    return lake


@pytest.fixture
def chance() -> random.Random:
    seed = random.randrange(2**32)
    print("seed", seed)
    return random.Random(seed)


def check_whole(lake: Lake, undisturbed: dict[int, dict[str, list]]) -> None:
    """Each table holds the old hour or the new one, and every file is what its manifest says."""
    for table, rows in contents(lake).items():
        assert rows in (undisturbed[OLD][table], undisturbed[NEW][table]), table
    check_files(lake)


def check_files(lake: Lake) -> None:
    partitions = [path for path in lake.root.rglob(MANIFEST) if STAGING not in path.parts]
    for path in partitions:
        faults = check.content_faults(path.parent, read_manifest(path.parent), deep=True)
        assert not list(faults), path


def check_in_words(failed: subprocess.CompletedProcess[str], *words: str) -> None:
    assert failed.returncode == 1, failed
    assert "Traceback" not in failed.stderr, failed.stderr
    for word in words:
        assert word in failed.stderr, failed.stderr


def leave_free(disk: Path, size: int) -> None:
    """Fills a disk up to so many bytes."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    with filler.open("wb") as file:
        left = int(subprocess.check_output(["df", "--output=avail", "-B1", disk]).split()[1])
        file.truncate(0)
        for _ in range((left - size) // 4096):
            file.write(bytes(4096))


def test_twenty_sizes_of_a_full_disk_stop_a_build_in_words_and_leave_the_old_hour(
    small_disk,
    tmp_path,
    monkeypatch,
    undisturbed,
):
    lake = Lake(small_disk, {"WIKILAKE_RAW": str(tmp_path / "raw")})
    lake.settings |= {"DBT_TARGET_PATH": str(tmp_path / "t"), "DBT_LOG_PATH": str(tmp_path / "l")}
    monkeypatch.setenv("WIKILAKE_LAKE", str(lake.root))
    write_hour(lake, OLD)
    assert build(lake).returncode == 0
    write_hour(lake, NEW)
    failed = 0
    for place in range(20):
        leave_free(small_disk, int(4096 * 1.2**place))
        built = build(lake)
        if built.returncode:
            failed += 1
            check_in_words(built, "disk is full", "Make room")
        assert not (lake.root / STAGING).exists(), "what was staged still takes room"
        check_whole(lake, undisturbed)
        if not built.returncode:
            assert contents(lake) == undisturbed[NEW]
            write_hour(lake, NEW)
    assert failed >= 8
    (small_disk / "filler").unlink()
    repaired = build(lake)
    assert repaired.returncode == 0, repaired.stderr
    assert contents(lake) == undisturbed[NEW]


@pytest.mark.parametrize("most", range(40, 101, 10))
def test_few_open_files_stop_a_build_in_words_or_not_at_all(
    old_hour, monkeypatch, undisturbed, most
):
    monkeypatch.setenv("WIKILAKE_LAKE", str(old_hour.root))
    built = build(old_hour, files=most)
    if built.returncode:
        check_in_words(built, "ulimit -n")
    check_whole(old_hour, undisturbed)
    repaired = build(old_hour)
    assert repaired.returncode == 0, repaired.stderr
    assert contents(old_hour) == undisturbed[NEW]


def test_a_build_killed_before_each_of_its_swaps_leaves_each_table_old_or_new_as_a_whole(
    old_hour, monkeypatch, undisturbed
):
    monkeypatch.setenv("WIKILAKE_LAKE", str(old_hour.root))
    rows = NEW
    for swap in range(1, 30):
        write_hour(old_hour, rows)
        built = build(old_hour, kill_at_swap=swap)
        # What reads the lake repairs it.
        old_hour.wikilake("summary", *PERIOD)
        check_whole(old_hour, undisturbed)
        if built.returncode == 0:
            break
        assert built.returncode == -signal.SIGKILL
        rows = OLD if rows == NEW else NEW
    assert built.returncode == 0 and swap > 10
    assert contents(old_hour) == undisturbed[rows]


def test_builds_killed_at_random_moments_leave_whole_hours_and_a_rerun_gives_the_same(
    old_hour, monkeypatch, undisturbed, chance
):
    monkeypatch.setenv("WIKILAKE_LAKE", str(old_hour.root))
    began = time.monotonic()
    assert build(old_hour).returncode == 0
    length = time.monotonic() - began
    for rows in (OLD, NEW) * 5:
        write_hour(old_hour, rows)
        build(old_hour, kill_after=chance.uniform(0.1, 1) * length)
        old_hour.wikilake("summary", *PERIOD)
        check_whole(old_hour, undisturbed)
    assert build(old_hour).returncode == 0
    assert contents(old_hour) == undisturbed[NEW]


def rows_of_snapshot(lake: Lake) -> dict[str, list]:
    tables = lake.query(
        "select schema_name || '.' || view_name from duckdb_views() "
        "where not internal and schema_name in ('wmf', 'wikistats', 'wmf_raw') order by all"
    )
    return {
        table: lake.query(f"select cast(t as varchar) from {table} as t order by all")
        for (table,) in tables
    }


def test_snapshots_killed_at_random_moments_give_the_same_when_built_again(lake, chance):
    began = time.monotonic()
    built = lake.wikilake(*SNAPSHOT)
    length = time.monotonic() - began
    assert built.returncode == 0, built.stderr
    expected = rows_of_snapshot(lake)
    assert len(expected) > 12  # metrics, events, what was rejected
    for _ in range(5):
        lake.wikilake(*SNAPSHOT, kill_after=chance.uniform(0.1, 1) * length)
        lake.wikilake("summary", "--snapshot", "2026-10")
        check_files(lake)
        assert rows_of_snapshot(lake) == expected  # the same snapshot, old or new
    again = lake.wikilake(*SNAPSHOT)
    assert again.returncode == 0, again.stderr
    assert rows_of_snapshot(lake) == expected
    assert not (lake.root / STAGING).exists()


def test_rebuilds_killed_at_random_moments_leave_the_old_catalog_or_the_new_one(
    old_hour, undisturbed, chance
):
    began = time.monotonic()
    assert old_hour.wikilake("catalog", "rebuild").returncode == 0
    length = time.monotonic() - began
    for _ in range(8):
        old_hour.wikilake("catalog", "rebuild", kill_after=chance.uniform(0.1, 1.05) * length)
        assert contents(old_hour) == undisturbed[OLD]
    assert old_hour.wikilake("catalog", "rebuild").returncode == 0
    assert contents(old_hour) == undisturbed[OLD]
    assert not (old_hour.root / ".catalog").exists()
    assert build(old_hour).returncode == 0
    assert contents(old_hour) == undisturbed[NEW]


def modes(root: Path) -> Iterator[tuple[str, int]]:
    for path in [root, *root.rglob("*")]:
        yield str(path.relative_to(root)), path.stat().st_mode & 0o777


PUBLIC = ("wikistats", "reference", "geoip")


@pytest.mark.parametrize("umask", [0, 0o077], ids=["000", "077"])
def test_modes_of_a_lake_are_as_documented_whatever_the_umask(lake, tmp_path, umask):
    write_hour(lake, OLD)
    commands = [
        ("build", *PERIOD, *NO_TESTS),
        SNAPSHOT,
        ("catalog", "rebuild"),
        ("build", *PERIOD),
        ("share", "--output", tmp_path / "shared"),
    ]
    for command in commands:
        done = lake.wikilake(*command, umask=umask)
        assert done.returncode == 0, done.stderr
    found = dict(modes(lake.root))
    assert found.pop(".") == found.pop(".columns") == 0o755
    for path, mode in found.items():
        is_public = path.removeprefix(".columns/").split("/")[0] in PUBLIC
        is_folder = (lake.root / path).is_dir()
        assert mode == {
            (True, True): 0o755, (True, False): 0o644, (False, True): 0o700, (False, False): 0o600,
        }[is_public, is_folder], path  # fmt: skip
    assert any(path.startswith("wikistats/") for path in found)
    assert any(
        path.startswith("wmf_data_ops/") and path.endswith("tests.parquet") for path in found
    )
    for path, mode in modes(tmp_path / "shared"):
        if not path.startswith((".lock", ".spill")):
            assert mode == (0o755 if (tmp_path / "shared" / path).is_dir() else 0o644), path


def start(lake: Lake, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [BIN / "wikilake", *arguments], cwd=PROJECT, env=lake.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said = "".join(process.communicate(timeout=120))
    assert "Traceback" not in said, said
    return process.returncode, said


PURGE = ("--clock-is-right", "--vars", "{retention_refined_days: 1, retention_raw_days: 9999}")


def test_a_purge_beside_a_build_takes_all_of_an_hour_or_leaves_all_of_it(
    old_hour, monkeypatch, undisturbed, chance
):
    monkeypatch.setenv("WIKILAKE_LAKE", str(old_hour.root))
    private = ("wmf.webrequest", "wmf.pageview_actor")
    for _ in range(4):
        checksum = old_hour.wikilake("purge", "--checksum-only", *PURGE).stdout.strip()
        commands = [("build", *PERIOD, *NO_TESTS), ("purge", "--execute", checksum, *PURGE)]
        chance.shuffle(commands)
        running = {}
        for command in commands:
            running[command[0]] = start(old_hour, *command)
            time.sleep(chance.uniform(0, 3))
        (built, said), (purged, listed) = (ended(running[name]) for name in ("build", "purge"))
        assert built == 0, said
        assert purged == 0 or "look at it again" in listed, listed
        found = contents(old_hour)
        for table, rows in found.items():
            # What is public stays as it was built, whichever came first.
            expected = [undisturbed[NEW][table]] + ([[]] if table in private else [])
            assert rows in expected, table
        assert len({bool(found[table]) for table in private}) == 1
        check_files(old_hour)
    assert build(old_hour).returncode == 0
    assert contents(old_hour) == undisturbed[NEW]


def test_whoever_reads_while_the_catalog_is_made_anew_reads_the_same(old_hour):
    alone = old_hour.wikilake("summary", *PERIOD)
    assert alone.returncode == 0, alone.stderr
    for _ in range(2):
        rebuild, read = start(old_hour, "catalog", "rebuild"), 0
        while rebuild.poll() is None:
            summary = old_hour.wikilake("summary", *PERIOD)
            assert (summary.returncode, summary.stdout) == (0, alone.stdout), summary.stderr
            read += 1
        assert ended(rebuild)[0] == 0 and read


def test_two_rebuilds_and_a_build_at_once_all_go_through(old_hour, monkeypatch, undisturbed):
    monkeypatch.setenv("WIKILAKE_LAKE", str(old_hour.root))
    commands = (("catalog", "rebuild"), ("build", *PERIOD, *NO_TESTS), ("catalog", "rebuild"))
    running = [start(old_hour, *command) for command in commands]
    for process in running:
        code, said = ended(process)
        assert code == 0, said
    assert contents(old_hour) == undisturbed[NEW]
    check_files(old_hour)
    assert not (old_hour.root / ".catalog").exists()


def test_a_rebuild_on_a_full_disk_says_so_and_leaves_the_old_catalog(
    small_disk, tmp_path, monkeypatch, undisturbed
):
    lake = Lake(small_disk, {"WIKILAKE_RAW": str(tmp_path / "raw")})
    lake.settings |= {"DBT_TARGET_PATH": str(tmp_path / "t"), "DBT_LOG_PATH": str(tmp_path / "l")}
    monkeypatch.setenv("WIKILAKE_LAKE", str(lake.root))
    write_hour(lake, OLD)
    assert build(lake).returncode == 0
    catalog, failed = lake.root / "wikilake.duckdb", 0
    for place in range(12):
        leave_free(small_disk, int(4096 * 2.2**place))
        before = catalog.read_bytes()
        rebuilt = lake.wikilake("catalog", "rebuild")
        if rebuilt.returncode:
            failed += 1
            check_in_words(rebuilt, "the catalog failed", "Make room")
            assert catalog.read_bytes() == before
        assert not (lake.root / ".catalog").exists(), "what was begun still takes room"
        assert not (lake.root / STAGING).exists()
        check_whole(lake, undisturbed)
    assert failed >= 4
    assert rebuilt.returncode == 0, rebuilt.stderr
