"""One program at a time writes to a lake; every other one refuses or waits, and says for whom."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import BIN, PROJECT, Lake
from lines import numbered
from test_durability import SOURCES

from wikilake.lake import lock

HOLD = """
import sys
from pathlib import Path
from wikilake.lake.lock import hold_lake
hold_lake(root=Path(sys.argv[1]))
print("held", flush=True)
input()
"""


@pytest.fixture
def held() -> Iterator[Callable[[Path], subprocess.Popen]]:
    """Has another process hold a lake, until the test ends or tells it to leave."""
    holders = []

    def hold(root: Path) -> subprocess.Popen:
        holders.append(subprocess.Popen(
            [sys.executable, "-c", HOLD, root], cwd=PROJECT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        ))  # fmt: skip
        assert holders[-1].stdout.readline() == "held\n"
        return holders[-1]

    yield hold
    for holder in holders:
        if holder.poll() is None:
            holder.communicate("\n")


def everything(root: Path) -> dict[str, tuple]:
    """Each path below a root with its mode and bytes, but the lock and what a run spills."""
    return {
        str(path.relative_to(root)): (
            path.stat().st_mode,
            path.read_bytes() if path.is_file() else None,
        )
        for path in root.rglob("*")
        if path.name not in (lock.NAME, ".spill")
    }


@pytest.fixture(scope="module")
def small_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake of one hour of two sources, built without tests."""
    folder = tmp_path_factory.mktemp("small")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    for source in SOURCES:
        lake.write_raw([numbered(1)], source=source)
    built = lake.wikilake("build", *HOUR, "--exclude-resource-type", "test")
    assert built.returncode == 0, built.stderr
    (folder / "access.log").write_text(
        '192.0.2.7 - - [01/Nov/2026:05:00:00 +0000] "GET /wiki/A HTTP/1.1" 200 5 "-" "-"\n'
    )
    return lake


HOUR = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")


WRITERS = {
    "build": ("build", *HOUR),
    "resume": ("build", *HOUR, "--resume"),
    "snapshot": ("build", "--snapshot", "2026-10"),
    "rebuild": ("catalog", "rebuild"),
    "share": ("share", "--output", "{folder}/shared"),
    "purge": ("purge", "--execute", "0"),
    "druid": ("export", "druid", "--snapshot", "2026-10"),
    "import": ("import", "--site", "en.example.org", "{logs}/access.log"),
    "geoip": ("geoip", "install", "--city", "{folder}/none", "--network", "{folder}/none"),
}


@pytest.mark.parametrize("writer", [*WRITERS, "dbt build", "dbt seed"])
def test_whatever_writes_refuses_a_lake_that_is_held_and_changes_nothing(
    small_lake, tmp_path, held, writer
):
    holder = held(small_lake.root)
    small_lake.settings["WIKILAKE_WAIT"] = "0"
    before = everything(small_lake.root), everything(small_lake.raw)
    if writer in WRITERS:
        words = [word.format(folder=tmp_path, logs=small_lake.folder) for word in WRITERS[writer]]
        refused = small_lake.wikilake(*words)
    else:
        refused = small_lake.dbt(writer.removeprefix("dbt "), "--quiet")
    assert refused.returncode in ((1,) if writer in WRITERS else (1, 2))
    said = refused.stdout + refused.stderr
    assert f"process {holder.pid}" in said and "WIKILAKE_WAIT" in said, said
    assert "Traceback" not in said
    assert (everything(small_lake.root), everything(small_lake.raw)) == before
    assert not (tmp_path / "shared").exists()


def test_share_refuses_a_lake_that_another_one_is_copying_to(small_lake, tmp_path, held):
    small_lake.settings["WIKILAKE_WAIT"] = "0"
    (tmp_path / "shared").mkdir()
    holder = held(tmp_path / "shared")
    refused = small_lake.wikilake("share", "--output", tmp_path / "shared")
    assert refused.returncode == 1
    assert f"process {holder.pid}" in refused.stderr
    assert [path.name for path in (tmp_path / "shared").iterdir()] == [lock.NAME]


def test_a_rebuild_waits_for_a_run_and_a_failed_one_leaves_the_old_catalog(small_lake, held):
    catalog = small_lake.root / "wikilake.duckdb"
    before = catalog.read_bytes()
    failed = Lake(small_lake.folder, small_lake.settings | {"WIKILAKE_MEMORY": "no size"})
    refused = failed.wikilake("catalog", "rebuild")
    assert refused.returncode == 1 and "Traceback" not in refused.stderr
    assert catalog.read_bytes() == before
    assert not (small_lake.root / ".catalog").exists()
    holder = held(small_lake.root)
    small_lake.settings["WIKILAKE_WAIT"] = "60"
    rebuild = subprocess.Popen(
        [BIN / "wikilake", "catalog", "rebuild"], cwd=PROJECT, env=small_lake.environment(),
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert f"process {holder.pid}" in rebuild.stderr.readline()
    assert catalog.read_bytes() == before
    holder.communicate("\n")
    assert rebuild.wait() == 0
    assert (small_lake.root / "wikilake.duckdb.old").read_bytes() == before
    [(rows,)] = small_lake.query("select count(*) from wmf.webrequest")
    assert rows == len(SOURCES)
