"""`wikilake share` killed, on a full disk, under any umask, beside a purge: whole or repaired."""

from __future__ import annotations

import os
import random
import shutil
import stat
import subprocess
import time
from pathlib import Path

import duckdb
import pytest
from conftest import BIN, PROJECT, Lake


def contents(output: Path) -> dict[str, list]:
    """Every row of the shared tables, in one order."""
    files = output.glob("[!.]*/**/*.parquet")
    found = {}
    for table in sorted({"/".join(path.relative_to(output).parts[:2]) for path in files}):
        rows = f"read_parquet('{output}/{table}/**/*.parquet', hive_partitioning = true)"
        found[table] = duckdb.sql(
            f"select cast(t as varchar) from {rows} t order by all"
        ).fetchall()
    assert found
    return found


def faults(output: Path) -> list[str]:
    """The files that not everybody can read or that others can write; the lock is nobody's."""
    found = []
    for path in [output, *output.rglob("*")]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.name not in (".lock", ".spill") and mode != (0o755 if path.is_dir() else 0o644):
            found.append(f"{path} {mode:o}")
    return found


@pytest.fixture(scope="module")
def shared(built_sample: Lake, tmp_path_factory) -> Path:
    """What an undisturbed call makes of the sample."""
    output = tmp_path_factory.mktemp("undisturbed") / "public"
    done = built_sample.wikilake("share", "--output", output)
    assert done.returncode == 0, done.stderr
    return output


def start(lake: Lake, output: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [BIN / "wikilake", "share", "--output", output], cwd=PROJECT, env=lake.environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_killed_share_is_finished_by_the_next_one(built_sample, shared, tmp_path):
    seed = random.randrange(2**32)
    print("seed", seed)
    chance = random.Random(seed)
    output = tmp_path / "public"
    for _ in range(3):
        process = start(built_sample, output)
        until = time.monotonic() + 60
        while not output.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 1.5))
        process.kill()
        process.communicate()
        for path in output.rglob("_manifest.json"):
            if ".staging" not in path.parts:
                assert all(p.stat().st_size for p in path.parent.iterdir())
    done = built_sample.wikilake("share", "--output", output)
    assert done.returncode == 0, done.stderr
    assert contents(output) == contents(shared)
    assert not list(output.rglob(".staging/**/*.parquet")) and faults(output) == []


@pytest.mark.parametrize("size", ["64k", "400k", "1m"])
def test_a_full_disk_stops_a_share_in_plain_words_and_the_next_one_finishes(
    built_sample, shared, tmp_path, size
):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(disk)]
    mounted = subprocess.run(mount, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        failed = built_sample.wikilake("share", "--output", disk / "public")
        assert failed.returncode == 1
        assert "Traceback" not in failed.stderr
        assert "No space left" in failed.stderr or "not enough" in failed.stderr.lower()
        subprocess.run(["mount", "-o", "remount,size=60m", str(disk)], check=True)
        done = built_sample.wikilake("share", "--output", disk / "public")
        assert done.returncode == 0, done.stderr
        assert contents(disk / "public") == contents(shared)
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_what_is_shared_is_readable_and_nothing_else_under_any_umask(built_sample, tmp_path, umask):
    before = os.umask(umask)
    try:
        process = start(built_sample, tmp_path / "public")
    finally:
        os.umask(before)
    errors = process.communicate()[1]
    assert process.returncode == 0, errors
    assert faults(tmp_path / "public") == []


def test_a_purge_and_a_share_beside_each_other_both_go_through(built_sample, shared, tmp_path):
    lake = Lake(tmp_path, dict(built_sample.settings))
    shutil.copytree(built_sample.root, lake.root)
    lake.settings["WIKILAKE_RAW"] = str(tmp_path / "raw")
    days = [f"retention_{kind}_days: 1" for kind in ("raw", "refined", "statistics")]
    options = ["--clock-is-right", "--vars", f"{{{', '.join(days)}}}"]
    checksum = lake.wikilake("purge", "--checksum-only", *options).stdout.strip()
    assert checksum
    sharing = start(lake, tmp_path / "public")
    purged = lake.command(BIN / "wikilake", "purge", "--execute", checksum, *options)
    assert purged.returncode == 0, purged.stderr
    errors = sharing.communicate()[1]
    assert sharing.returncode == 0, errors
    again = lake.wikilake("share", "--output", tmp_path / "public")
    assert again.returncode == 0, again.stderr
    views = contents(tmp_path / "public").get("wmf/projectview_hourly")
    if views is None:  # purge had the lake first, and readers of the hours cannot be counted now
        assert "withheld" in again.stdout
    else:
        assert views == contents(shared)["wmf/projectview_hourly"]
