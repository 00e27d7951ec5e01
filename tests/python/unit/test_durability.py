"""A table's partitions are published together, and outlast what ends the process or the power."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wikilake.lake import durable, lock, partitions
from wikilake.lake.manifests import read_manifest
from wikilake.upkeep.check import content_faults

TABLE = "wmf/t"
SOURCES = ("text", "upload")
NAMES = [f"webrequest_source={source}/year=2026/month=11/day=1/hour=0" for source in SOURCES]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a lake that this process uses."""
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    partitions.make_root(tmp_path / "lake")
    return tmp_path / "lake"


def publish(root: Path, run: str, table: str = TABLE, names: list[str] = NAMES) -> None:
    """Publishes an hour of two sources, each with the name of the run as its only row."""
    for name in names:
        staged = partitions.stage(root, table, name)
        pq.write_table(pa.table({"run": [run]}), staged / "part-0.parquet")
    partitions.publish(root, table, names, {"run_id": run})


def publish_as_spark(root: Path, run: str) -> None:
    """The same as Spark leaves it: all sources below one folder, by their source alone."""
    staged = partitions.stage(root, TABLE, "")
    written = {name: f"written/{name.partition('/')[0]}" for name in NAMES}
    for folder in written.values():
        (staged / folder).mkdir(parents=True)
        pq.write_table(pa.table({"run": [run]}), staged / folder / "part-0.parquet")
    facts = json.dumps({"run_id": run})
    assert partitions.publish_written(TABLE, json.dumps(written), facts) == len(NAMES)


def runs(root: Path, table: str = TABLE) -> set[str | None]:
    """The runs that the partitions are of, by their rows; None for one that is not there.

    What a partition holds is what its manifest says, to the byte.
    """
    found = set()
    for name in NAMES:
        folder = root / table / name
        if not list(folder.glob("*.parquet")):
            found.add(None)
            continue
        assert not list(content_faults(folder, read_manifest(folder), deep=True))
        [row] = pq.read_table(folder / "part-0.parquet", partitioning=None).to_pylist()
        assert row["run"] == read_manifest(folder)["run_id"]
        found.add(row["run"])
    return found


def watch(monkeypatch: pytest.MonkeyPatch, seen: Callable[[str, Path, Path | None], None]) -> None:
    """Calls `seen` with each step before it changes or syncs the disk, its path and new path."""

    def replaced(module: object, name: str, paths: int) -> None:
        real = getattr(module, name)

        def step(*arguments, **options):
            named = [Path(path) for path in arguments[:paths]]
            seen(name, named[0], named[1] if paths == 2 else None)
            return real(*arguments, **options)

        monkeypatch.setattr(module, name, step)

    real_sync = os.fsync

    def fsync(handle: int) -> None:
        seen("fsync", Path(os.readlink(f"/proc/self/fd/{handle}")), None)
        real_sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    for name in ("rename", "replace"):
        replaced(os, name, 2)
    for name in ("unlink", "mkdir"):
        replaced(os, name, 1)
    replaced(shutil, "rmtree", 1)
    replaced(durable, "_exchange", 2)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no /proc tells what is synced")
def test_all_is_synced_before_the_first_swap_and_the_swaps_before_anything_goes(root, monkeypatch):
    publish(root, "old")
    steps: list[tuple[str, Path, Path | None]] = []
    watch(monkeypatch, lambda *step: steps.append(step))
    publish(root, "new")
    kinds = [kind for kind, _, _ in steps]
    swaps = [place for place, kind in enumerate(kinds) if kind == "_exchange"]
    assert len(swaps) == len(NAMES)
    before = {path for kind, path, _ in steps[: swaps[0]] if kind == "fsync"}
    folders = {path for kind, path, _ in steps if kind == "_exchange"}
    for folder in folders:
        names = {folder / "part-0.parquet", folder / "_manifest.json"}
        assert {folder, *names, *folder.parents[: len(folder.relative_to(root).parts)]} <= before
        # A file is not changed any more once it is synced: its folder is synced after it.
        at = {path: place for place, (kind, path, _) in enumerate(steps) if kind == "fsync"}
        assert max(at[name] for name in names) < at[folder] < swaps[0]
    written = steps.index(("fsync", root / ".staging/wmf.t.publishing.new", None))
    named = kinds.index("replace")
    assert steps[named][2] == root / ".staging/wmf.t.publishing"
    assert written < named < kinds.index("fsync", named) < swaps[0]
    assert steps[kinds.index("fsync", named)][1] == root / ".staging"
    gone = kinds.index("unlink", swaps[-1])
    after = {path for kind, path, _ in steps[swaps[-1] : gone] if kind == "fsync"}
    assert after == {folder.parent for folder in folders} | {
        (root / TABLE / name).parent for name in NAMES
    }
    assert gone < kinds.index("rmtree", swaps[-1])


def test_the_whole_disk_is_synced_before_and_after_many_partitions_are_swapped(root, monkeypatch):
    names = [f"webrequest_source=text/year=2026/month=11/day=1/hour={hour}" for hour in range(24)]
    publish(root, "old", names=names)
    steps: list[tuple[str, Path, Path | None]] = []
    watch(monkeypatch, lambda *step: steps.append(step))
    real = partitions.sync_disk

    def sync_disk(folder: Path) -> None:
        steps.append(("sync_disk", folder, None))
        real(folder)

    monkeypatch.setattr(partitions, "sync_disk", sync_disk)
    publish(root, "new", names=names)
    kinds = [kind for kind, _, _ in steps]
    swaps = [place for place, kind in enumerate(kinds) if kind == "_exchange"]
    assert len(swaps) == len(names)
    named = kinds.index("replace")
    assert steps[named][2] == root / ".staging/wmf.t.publishing"
    assert kinds.count("sync_disk") == 2
    first = kinds.index("sync_disk")
    assert first < named < swaps[0]
    assert swaps[-1] < kinds.index("sync_disk", first + 1) < kinds.index("unlink", swaps[-1])
    rows = [pq.read_table(root / TABLE / name, partitioning=None).to_pylist() for name in names]
    assert rows == [[{"run": "new"}]] * len(names)


def test_what_one_statement_wrote_is_published_with_empty_partitions_and_nothing_else(root):
    hours = [f"year=2026/month=11/day=1/hour={hour}" for hour in range(3)]
    staged = partitions.stage(root, TABLE, "")
    for place in (f"written/{hours[0]}", f"written/{hours[1]}", partitions.EMPTY):
        (staged / place).mkdir(parents=True)
        rows = [] if place == partitions.EMPTY else [place]
        table = pa.table({"place": pa.array(rows, pa.string())})
        pq.write_table(table, staged / place / "part-7.parquet")
    facts = json.dumps({"run_id": "x"})
    with pytest.raises(partitions.PublishingError, match="hour=1/part-7.parquet was written"):
        partitions.publish_written(TABLE, json.dumps({hours[0]: f"written/{hours[0]}"}), facts)
    assert not (root / TABLE).exists()
    staged = partitions.stage(root, TABLE, "")
    for place in (f"written/{hours[0]}", partitions.EMPTY):
        (staged / place).mkdir(parents=True)
        table = pa.table({"place": pa.array(["x"][: place != partitions.EMPTY], pa.string())})
        pq.write_table(table, staged / place / "part-7.parquet")
    written = {hour: f"written/{hour}" for hour in hours}
    assert partitions.publish_written(TABLE, json.dumps(written), facts) == 3
    assert [read_manifest(root / TABLE / hour)["rows"] for hour in hours] == [1, 0, 0]


def test_new_folders_are_synced_up_to_the_root_before_a_partition_comes_into_them(
    root, monkeypatch
):
    steps = []
    watch(monkeypatch, lambda *step: steps.append(step))
    publish(root, "new", names=NAMES[:1])
    target = root / TABLE / NAMES[0]
    swap = next(place for place, (_, _, to) in enumerate(steps) if to == target)
    made = [path for kind, path, _ in steps[:swap] if kind == "mkdir" and root in path.parents]
    synced = [path for kind, path, _ in steps[:swap] if kind == "fsync"]
    assert target.parent in made and root / "wmf" in made
    assert {path.parent for path in made} <= set(synced)


def test_a_state_file_is_synced_before_and_after_it_gets_its_name(root, monkeypatch):
    steps = []
    watch(monkeypatch, lambda *step: steps.append(step))
    durable.write_durably(root / "state.json", "{}", 0o640)
    aside = root / "state.json.new"
    assert steps == [
        ("fsync", aside, None),
        ("replace", aside, root / "state.json"),
        ("fsync", root, None),
    ]
    assert (root / "state.json").stat().st_mode & 0o777 == 0o640


def test_a_state_file_that_cannot_be_written_leaves_the_old_one_and_nothing_beside(
    root, monkeypatch
):
    durable.write_durably(root / "state.json", "old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        durable.write_durably(root / "state.json", "new")
    assert [path.read_text() for path in root.iterdir()] == ["old"]


def die_at(step: int, work: Callable[[], None]) -> bool:
    """Does `work` in a process that is killed before its n-th change of the disk; whether it was.

    That is a fork which changes its own functions; the program has no place for this.
    """
    child = os.fork()
    if child == 0:
        left = step

        def count(*_) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        code = 1
        try:
            watch(pytest.MonkeyPatch(), count)
            work()
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL)
    return status != 0


def in_another_process(work: Callable[[], None]) -> None:
    """Does `work` as the next command would, without what this process remembers."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize(
    ("publish_hour", "in_one_step"),
    [(publish, True), (publish, False), (publish_as_spark, True)],
    ids=["swaps", "renames", "spark"],
)
def test_killed_before_any_step_a_tables_hour_is_wholly_old_or_new_for_the_next_command(
    root, monkeypatch, publish_hour, in_one_step
):
    if not in_one_step:  # as on a system or disk that cannot swap two folders

        def cannot(*_) -> None:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

        monkeypatch.setattr(durable, "_exchange", cannot)
    partitions._replaces_in_one_step.cache_clear()
    publish(root, "0")
    seen, step, last = [], 0, "0"
    while True:
        new = f"{step + 1}"
        was_killed = die_at(step, lambda run=new: publish_hour(root, run))
        mixed = len(runs(root)) > 1
        in_another_process(lock.hold_lake if step % 2 else lock.settle_lake)
        [now] = runs(root)
        assert now in (last, new)
        assert not list((root / ".staging").glob("*.publishing"))
        seen.append((now == new, mixed))
        last = now
        step += 1
        if not was_killed:
            break
    partitions._replaces_in_one_step.cache_clear()
    assert len(seen) > 20
    assert (False, False) in seen and (True, False) in seen
    assert (True, True) in seen, "no kill came between two swaps"
    assert (False, True) not in seen, "what was begun goes on"


def test_a_run_that_keeps_footers_reads_what_was_published_a_moment_ago(root):
    """DuckDB knows a file by its inode, its size and the second it was written in.

    Of a single file the footer alone gives the answer. Written over in place, it would be stale.
    """
    sizes = set()
    with duckdb.connect() as connection:
        connection.execute("set parquet_metadata_cache = true")
        for number in range(100, 130):
            file = partitions.stage(root, TABLE, NAMES[0]) / "part-0.parquet"
            pq.write_table(pa.table({"number": [number]}), file)
            partitions.publish(root, TABLE, NAMES[:1], {})
            sizes |= {path.stat().st_size for path in root.glob(f"{TABLE}/**/*.parquet")}
            files = f"'{root}/{TABLE}/*/*/*/*/*/*.parquet'"
            [found] = connection.execute(f"select min(number), max(number) from {files}").fetchall()
            assert found == (number, number)
    assert len(sizes) == 1, "or the size tells them apart"


def test_killed_while_a_killed_run_is_repaired_it_is_repaired_all_the_same(root):
    publish(root, "old")
    step = 0
    while die_at(step, lambda run=f"{step}": publish(root, run)) and len(runs(root)) == 1:
        step += 1
    assert len(runs(root)) == 2, "no kill came between two swaps"
    again = 0
    while die_at(again, lambda: partitions.finish_publishing(root)):
        again += 1
    assert again >= 2
    assert runs(root) == {f"{step}"}


def test_a_run_that_could_not_go_on_in_the_middle_is_finished_before_the_table_is_written_again(
    root, monkeypatch
):
    publish(root, "old")
    real, left = durable._exchange, [2]

    def fail(*paths: Path) -> None:
        left[0] -= 1
        if not left[0]:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(*paths)

    with monkeypatch.context() as failing:
        failing.setattr(durable, "_exchange", fail)
        with pytest.raises(OSError):
            publish(root, "new")
    assert runs(root) == {"old", "new"}
    partitions.stage(root, TABLE, NAMES[0])
    assert runs(root) == {"new"}


def test_tables_are_published_side_by_side(root):
    from concurrent.futures import ThreadPoolExecutor

    tables = [f"wmf/t{number}" for number in range(8)]
    for run in ("old", "new"):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda table, run=run: publish(root, run, table), tables))
        assert all(runs(root, table) == {run} for table in tables)


# ------------------------------------------------------------------ the power


class Disk:
    """A disk of its own in a file, whose power can be cut."""

    def __init__(self, folder: Path) -> None:
        self.image, self.mounted, self.folder = folder / "disk", folder / "mounted", folder
        self.mounted.mkdir()
        with self.image.open("wb") as file:
            file.truncate(24 * 2**20)
        subprocess.run(["mkfs.ext4", "-q", "-F", self.image], check=True)
        options = "loop,commit=600"  # the disk gets what it is told to sync, nothing by itself
        subprocess.run(["mount", "-o", options, self.image, self.mounted], check=True)

    def cut(self, to: Path) -> None:
        """Copies what the disk holds; the system has told it all names, and of bytes what it must.

        A file system may do so at any time: here it is made to, by syncing a file of no interest.
        """
        other = self.mounted / "of no interest"
        other.write_text(to.name)
        durable.sync(other)
        subprocess.run(["cp", "--sparse=always", self.image, to], check=True)

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", self.mounted], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk whose power can be cut; skipped where none can be mounted."""
    for program in ("mkfs.ext4", "mount", "losetup"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program}: no disk can be mounted whose power can be cut")
    try:
        disk = Disk(tmp_path)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no disk can be mounted whose power can be cut: {error}")
    yield disk
    disk.close()


def after_power(image: Path, look: Callable[[Path], None]) -> None:
    """Looks at a disk as it is when the power is there again."""
    mounted = image.with_name(f"{image.name} again")
    mounted.mkdir()
    subprocess.run(["mount", "-o", "loop", image, mounted], check=True)
    try:
        look(mounted)
    finally:
        subprocess.run(["umount", "--lazy", mounted], check=True)
        image.unlink()


def test_the_power_may_go_before_any_step_and_the_hour_is_wholly_old_or_new(disk, monkeypatch):
    root = disk.mounted / "lake"
    partitions.make_root(root)
    publish(root, "old")
    subprocess.run(["sync", "--file-system", disk.mounted], check=True)
    cuts: list[Path] = []

    def cut(kind: str, path: Path, _) -> None:
        if kind == "fsync" and path.name == "of no interest":
            return
        cuts.append(disk.folder / f"cut-{len(cuts)}")
        disk.cut(cuts[-1])

    with monkeypatch.context() as watched:
        watch(watched, cut)
        publish(root, "new")
    cut("end", root, None)
    seen = []

    def look(mounted: Path) -> None:
        partitions.finish_publishing(mounted / "lake")
        seen.append(runs(mounted / "lake"))

    for image in cuts:
        after_power(image, look)
    assert len(seen) > 20
    assert [now for now in seen if now not in ({"old"}, {"new"})] == []
    assert seen[0] == {"old"} and seen[-1] == {"new"}
    assert seen == sorted(seen, key=lambda now: now == {"new"}), "once new, always new"


def test_a_disk_of_this_kind_loses_what_is_not_synced(disk):
    """Proves the test before: the same without syncs has names of files without bytes."""
    folder = disk.mounted / "folder"
    folder.mkdir()
    (folder / "_manifest.json").write_text(json.dumps({"rows": 1}))
    (folder / "_manifest.json").rename(folder / "renamed.json")
    image = disk.folder / "cut"
    disk.cut(image)
    found = []
    after_power(image, lambda mounted: found.extend((mounted / "folder").iterdir()) or found.extend(
        path.stat().st_size for path in (mounted / "folder").iterdir()
    ))  # fmt: skip
    assert [path.name if isinstance(path, Path) else path for path in found] == ["renamed.json", 0]


# ------------------------------------------------------------------ one lock
