"""Partitions of the lake: staging, publishing, exchanging them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from wikilake.errors import WikilakeError
from wikilake.lake.durable import (
    FEW,
    make_folders,
    patience,
    replace_folder,
    replaces_in_one_step,
    sync_all,
    sync_disk,
    sync_tree,
    write_durably,
)
from wikilake.lake.hours import hour_path, hours_between
from wikilake.lake.manifests import (
    MANIFEST,
    ManifestError,
    columns_of,
    read_manifest,
    sha256,
    write_manifest,
)
from wikilake.settings import HOUR_FORMAT, lake_root

STAGING = ".staging"

"""Folder of the lake for what is being written; whatever lies there is not in the lake yet."""

EMPTY = "empty"
"""Folder of a staged table, with a file that has its columns and no row."""

INTENT = ".publishing"

"""Ending of the file in it that names the partitions of a table which are to be swapped."""


SPILL = ".spill"
"""Folder of the lake for what a run keeps on disk while it runs; only its own user may enter."""


class PublishingError(WikilakeError):
    """What was written does not fit to what is to be published; the message names it."""


def work_tables_path() -> Path:
    """The file of the work tables of an hour that does not fit into memory; gone after the run."""
    return lake_root() / SPILL / "work_tables.duckdb"


def clear_spill() -> None:
    """Removes what a run keeps on disk while it runs, or what a killed one has left there: its work
    tables, and its copy of the catalog.

    Only for the process that holds the lake.
    """
    for path in work_tables_path().parent.glob("*"):
        with suppress(OSError):
            path.unlink()


def make_root(root: Path) -> None:
    """Makes a lake's root where there is none: others may enter, what lies in it may be closed.

    Modes are what they are here whatever umask a run was started with, as everywhere in the lake.
    """
    if not root.is_dir():
        root.mkdir(parents=True, exist_ok=True)
        root.chmod(0o755)


def stage_partition(table: str, partition: str) -> str:
    """An empty folder to write `table`'s (`schema/name`) new `partition` (`year=…/…`) into."""
    return str(stage(lake_root(), table, partition))


def publish_partition(table: str, partition: str, facts: str = "{}") -> str:
    """Publishes the one partition, see publish; returns its path."""
    publish(lake_root(), table, [partition], json.loads(facts))
    return str(lake_root() / table / partition)


def publish_partitions(table: str, partitions: str, facts: str) -> int:
    """Publishes a JSON list of partitions, see publish; returns how many."""
    names = json.loads(partitions)
    publish(lake_root(), table, names, json.loads(facts))
    return len(names)


def stage(root: Path, table: str, partition: str) -> Path:
    """The same as stage_partition, in any lake."""
    if _intent(root, table).exists():  # the same process has failed in the middle of it
        _finish(root, _intent(root, table))
    folder = _staged(root, table, partition)
    shutil.rmtree(folder, ignore_errors=True)
    closed_folder(root / STAGING)
    folder.mkdir(parents=True)
    return folder


def publish_written(table: str, written: str, facts: str) -> int:
    """Publishes partitions that one statement has written below the folder of the staged table.

    `written` is a JSON object: the path of each partition to its folder there. One that has no
    file gets the one without rows that lies in EMPTY, so that readers see its columns.
    Raises PublishingError for what was written and is not to be published.
    """
    folders = json.loads(written)
    root = lake_root()
    staged = root / STAGING / table
    without_rows = list((staged / EMPTY).glob("*.parquet"))
    for partition, name in folders.items():
        target = _staged(root, table, partition)
        if target.exists():
            shutil.rmtree(target)
        folder = staged / name.rstrip("/")
        if any(folder.glob("*.parquet")):
            name_files(folder.rename(target))
        else:
            target.mkdir()
            for empty in without_rows:
                shutil.copyfile(empty, target / empty.name)
    left = [path for path in (staged / "written").rglob("*.parquet")]
    if left:
        raise PublishingError(
            f"{table}: {left[0].relative_to(staged)} was written, but is no partition of this run."
        )
    publish(root, table, list(folders), json.loads(facts))
    shutil.rmtree(staged, ignore_errors=True)
    return len(folders)


def publish(root: Path, table: str, names: Sequence[str], facts: dict[str, Any]) -> None:
    """Replaces partitions of a table in the lake by the staged ones.

    A reader sees the old files of a partition or the new ones. Whenever the process dies, all of
    them are new or none is, once the lake is held by a process again: what was begun is written
    down first. And a power cut leaves no partition without its bytes.

    `facts` are for the partitions' manifests, see manifests.write_manifest, and say with
    `is_public` whether everyone may read the table; else only the lake's own user may.
    """
    is_public = bool(facts.get("is_public"))
    staged = {name: _staged(root, table, name) for name in names}
    columns = columns_of(staged[names[0]])
    manifests = {}
    for partition, folder in staged.items():
        manifests[partition] = write_manifest(folder, table, partition, facts, columns)
        _set_permissions(folder, is_public)
        if len(names) <= FEW:
            sync_tree(folder)
    above = _make_parents(root, table, names, is_public)
    _sync(root, [*above, *_up_to(staged[names[0]].parent, root)], names)
    intent = _intent(root, table)
    if len(names) > 1 or not _replaces_in_one_step(root / STAGING):
        write_durably(intent, json.dumps({"table": table, "manifests": manifests}))
    _replace(root, table, staged)
    intent.unlink(missing_ok=True)
    for folder in staged.values():
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


def finish_publishing(root: Path) -> None:
    """Goes on with what a killed process was about to publish: it was complete already.

    Only for the process that holds the lake, before it publishes anything.
    """
    for intent in sorted((root / STAGING).glob(f"*{INTENT}")):
        _finish(root, intent)


def _finish(root: Path, intent: Path) -> None:
    """Makes the swaps of an intent that were not made: these still lie staged as announced."""
    said = json.loads(intent.read_text(encoding="utf-8"))
    table = said["table"]
    staged = {name: _staged(root, table, name) for name in said["manifests"]}
    _replace(root, table, {
        name: folder for name, folder in staged.items()
        if (folder / MANIFEST).is_file() and sha256(folder / MANIFEST) == said["manifests"][name]
    })  # fmt: skip
    intent.unlink()


def is_publishing(root: Path) -> bool:
    """Whether several partitions are being put into the lake just now, or were when a run died."""
    return any((root / STAGING).glob(f"*{INTENT}"))


def _replace(root: Path, table: str, staged: dict[str, Path]) -> None:
    """Swaps partitions, each with where it lies staged, with those in the lake; syncs the result.

    A query goes on with the file that it has open. One that has listed the files only opens the new
    file, which has the old one's name. So nothing of the old partition is kept.
    """
    swaps = {folder: root / table / name for name, folder in staged.items()}
    until = patience(root)
    for folder, target in swaps.items():
        replace_folder(folder, target, until)
    _sync(root, (folder.parent for swap in swaps.items() for folder in reversed(swap)), staged)


def _sync(root: Path, folders: Iterable[Path], names: Collection[str]) -> None:
    """Syncs folders, or for many partitions the whole disk with them and what lies in them."""
    if len(names) <= FEW:
        sync_all(folders)
    else:
        sync_disk(root)


def _staged(root: Path, table: str, partition: str) -> Path:
    """Where a partition is written: one folder, whatever its depth in the lake, to sync less."""
    return root / STAGING / table / partition.replace("/", ",")


def _intent(root: Path, table: str) -> Path:
    return root / STAGING / (table.replace("/", ".") + INTENT)


def name_files(staged: Path) -> None:
    """Gives the files the names that those of every partition have, whatever has written them.

    A query that has listed the old files then finds new ones.
    """
    written = sorted(staged.glob("*.parquet"))
    names = [staged / f"part-{number}.parquet" for number in range(len(written))]
    if written != sorted(names):
        for number, file in enumerate(written):
            file.rename(staged / f".{number}")
        for number, name in enumerate(names):
            (staged / f".{number}").rename(name)


def _make_parents(root: Path, table: str, names: Iterable[str], is_public: bool) -> list[Path]:
    """Makes the folders that partitions will lie in, each once; lists all, up to the root."""
    parents = {(root / table / name).parent: None for name in names}
    mode = 0o755 if is_public else 0o700
    return [folder for parent in parents for folder in make_folders(parent, root, mode)]


def _up_to(folder: Path, root: Path) -> list[Path]:
    """A folder and those above it, up to the root."""
    return [folder, *(parent for parent in folder.parents if root in (parent, *parent.parents))]


@cache
def _replaces_in_one_step(folder: Path) -> bool:
    return replaces_in_one_step(folder)


def closed_folder(folder: Path) -> None:
    """Makes a folder that only the lake's own user may enter, or closes the one that is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _set_permissions(staged: Path, is_public: bool) -> None:
    """Opens or closes a staged partition."""
    for path in staged.iterdir():
        path.chmod(0o644 if is_public else 0o600)
    staged.chmod(0o755 if is_public else 0o700)


def clear_staging(root: Path | None = None) -> None:
    """Removes what a killed run left behind, once what it began is done.

    Only for the process that holds the lake.
    """
    root = root or lake_root()
    finish_publishing(root)
    shutil.rmtree(root / STAGING, ignore_errors=True)


def held_versions(table: str, first: str, end: str) -> list[str]:
    """The definitions by which `table` (`schema/name`) holds the hours of a window, all sources.

    A JSON object for each: `version`, the first `hour` of it, and how many `further` ones there
    are. They are those of the manifests, so that a broken Parquet file does not matter; a partition
    without a manifest that can be read is passed over.
    """
    hours: dict[str, list[str]] = {}
    sources = list((lake_root() / table).glob("webrequest_source=*"))
    for hour in hours_between(datetime.fromisoformat(first), datetime.fromisoformat(end)):
        versions: set[str] = set()
        for source in sources:
            with suppress(ManifestError):
                if version := read_manifest(source / hour_path(hour)).get("record_version"):
                    versions.add(version)
        for version in versions:
            hours.setdefault(version, []).append(f"{hour:{HOUR_FORMAT}}")
    return [
        json.dumps({"version": version, "hour": names[0], "further": len(names) - 1})
        for version, names in sorted(hours.items())
    ]
