"""The catalog's copy and its publication; two files swapped while nobody reads one of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT

from wikilake.lake import catalog, durable

WRITE = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("create view theirs as select 1")
print("written", flush=True)
input()
connection.execute("create view lost as select 1")
connection.close()
"""

READ_TWICE = """
import os, sys
print("reading", flush=True)
torn = times = 0
while os.path.exists(sys.argv[2]):
    first = os.open(sys.argv[1], os.O_RDONLY)
    second = os.open(sys.argv[1], os.O_RDONLY)
    torn += os.fstat(first).st_ino != os.fstat(second).st_ino
    times += 1
    os.close(first)
    os.close(second)
print(torn, times)
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path))
    return tmp_path


def made(root: Path, *statements: str) -> None:
    with catalog.changed() as connection:
        for statement in statements:
            connection.execute(statement)


def names(root: Path) -> list[str]:
    with duckdb.connect(str(root / "wikilake.duckdb"), read_only=True) as connection:
        found = connection.execute("select view_name from duckdb_views() where not internal")
        return [name for (name,) in found.fetchall()]


@pytest.mark.parametrize(
    ("statement", "is_new"),
    [
        ("select 1", False),
        ("create or replace view v as select 1 as a", False),
        ("create or replace table t as select 'x' as b", False),
        ("create or replace view v as select 2 as a", True),
        ("comment on view v is 'c'", True),
        ("comment on table t is 'c'", True),
        ("update t set b = 'y'", True),
        ("create or replace table t as select 'y' as b", True),
        ("create or replace table t as select 'x' as c", True),
        ("create schema s", True),
        ("drop table t", True),
    ],
)
def test_a_catalog_is_published_when_it_holds_something_else_and_only_then(root, statement, is_new):
    made(root, "create view v as select 1 as a", "create table t as select 'x' as b")
    before = (root / "wikilake.duckdb").stat().st_ino
    made(root, statement)
    assert ((root / "wikilake.duckdb").stat().st_ino != before) == is_new


def test_who_has_the_old_catalog_open_goes_on_reading_it(root):
    made(root, "create view v as select 1 as a", "create table t as from range(100000)")
    with duckdb.connect(str(root / "wikilake.duckdb"), read_only=True) as reader:
        made(root, "drop table t", "create or replace view v as select 2 as a")
        assert reader.execute("select a from v").fetchall() == [(1,)]
        assert reader.execute("select count(*) from t").fetchall() == [(100000,)]
    with duckdb.connect(str(root / "wikilake.duckdb"), read_only=True) as reader:
        assert reader.execute("select a from v").fetchall() == [(2,)]


def test_a_log_of_somebody_who_wrote_into_the_published_catalog_does_no_harm(root):
    made(root, "create view v as select 1 as a")
    log = root / "wikilake.duckdb.wal"
    command = [sys.executable, "-c", WRITE, str(root / "wikilake.duckdb")]
    writer = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert writer.stdout.readline() == "written\n"
    assert log.exists()
    made(root, "create view w as select 1")
    assert not log.exists()
    assert set(names(root)) == {"v", "w", "theirs"}
    writer.communicate("\n")
    assert writer.returncode == 0
    assert set(names(root)) == {"v", "w", "theirs"} and not log.exists()


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_kill_before_the_catalog_is_in_place_leaves_the_old_one(root, moment):
    made(root, "create view v as select 1 as a")
    before = (root / "wikilake.duckdb").read_bytes()
    program = f"""
import os, signal
from wikilake.lake import catalog
with catalog.changed() as connection:
    connection.execute("create view w as select 1")
    os.{moment} = lambda *paths: os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", program], cwd=PROJECT)
    assert killed.returncode == -signal.SIGKILL
    assert (root / "wikilake.duckdb.new").exists()
    assert (root / "wikilake.duckdb").read_bytes() == before
    made(root, "create view x as select 1")
    assert set(names(root)) == {"v", "x"}
    assert not (root / "wikilake.duckdb.new").exists()


def test_a_catalog_that_cannot_be_written_leaves_the_old_one_and_says_so(root, monkeypatch):
    made(root, "create view v as select 1 as a")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(catalog.CatalogUnwritable, match="the one of before.*No space left"):
        made(root, "create view w as select 1")
    monkeypatch.undo()
    monkeypatch.setenv("WIKILAKE_LAKE", str(root))
    assert names(root) == ["v"] and not (root / "wikilake.duckdb.new").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="leases are Linux's")
@pytest.mark.parametrize("kind", ["folder", "file"])
def test_who_opens_a_file_twice_has_the_same_one_while_it_is_replaced(tmp_path, kind):
    """But for one opening in two million: the kernel finds a file before it asks for leases.

    Swaps without leases tear one opening in twenty here.
    """
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part-0.parquet").write_text(name)
    (tmp_path / "go").touch()
    read = tmp_path / "old" / "part-0.parquet"
    command = [sys.executable, "-c", READ_TWICE, str(read), str(tmp_path / "go")]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for reader in readers:
        assert reader.stdout.readline() == "reading\n"
    one, other = (
        tmp_path / name if kind == "folder" else tmp_path / name / "part-0.parquet"
        for name in ("new", "old")
    )
    for _ in range(200):
        durable.exchange_unread(one, other, time.monotonic() + 30)
    (tmp_path / "go").unlink()
    for reader in readers:
        torn, times = map(int, reader.communicate(timeout=60)[0].split())
        assert times > 100 and torn <= 1 + times / 200_000


@pytest.mark.skipif(sys.platform != "linux", reason="leases are Linux's")
def test_a_reader_that_stays_delays_a_swap_and_does_not_prevent_it(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part-0.parquet").write_text(name)
    target = tmp_path / "old" / "part-0.parquet"
    with target.open() as reader:
        began = time.monotonic()
        threading.Timer(0.3, reader.close).start()
        durable.exchange_unread(tmp_path / "new", tmp_path / "old", began + 10)
        assert 0.3 <= time.monotonic() - began < 5
    with target.open():
        began = time.monotonic()
        durable.exchange_unread(tmp_path / "new", tmp_path / "old", began + 0.3)
        assert 0.3 <= time.monotonic() - began < 5
    assert target.read_text() == "old"
