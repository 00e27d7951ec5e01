"""Files of the lake and the raw input: where they are, publishing a partition, bad lines."""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from wikilake.manifests import MANIFEST, ManifestError, read_manifest, write_manifest

RAW_NAME = re.compile(r"[^._].*[.]jsonl?([.]gz)?")
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


hours_ahead: list[datetime] = []
"""The hours that this process is about to build; empty when only dbt knows."""


class RawFileError(Exception):
    """A raw file that cannot be read to its end; the message names it and says what to do."""


def mebibytes(text: str) -> int | None:
    """Mebibytes of a size such as 3GB, 800MB or 3GiB; None for what is no size."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*([KMGT]?)(i?B)?\s*", text, re.IGNORECASE)
    if not found:
        return None
    power = "KMGT".find(found[2].upper()) if found[2] else -1
    return max(1, int(float(found[1]) * 1024.0 ** (power - 1)))


def absolute_path(path: str) -> str:
    """The path of a setting, taken from the working folder, which is the project's in every run."""
    return str(Path(path).expanduser().absolute())


def lake_root() -> Path:
    """Root of the lake: WIKILAKE_LAKE, by default `lake` in the project's folder."""
    return Path(absolute_path(os.environ.get("WIKILAKE_LAKE", "lake")))


def catalogue_path() -> Path:
    """The catalogue: a DuckDB file with views over the lake and the seeds, and no reader's data."""
    return lake_root() / "wikilake.duckdb"


def work_tables_path() -> Path:
    """The file of the work tables of an hour that does not fit into memory; gone after the run."""
    return lake_root() / ".spill" / "work_tables.duckdb"


def clear_spill() -> None:
    """Removes what a run keeps on disk for as long as it runs, or a killed one has left there.

    Only for the process that holds the lake.
    """
    for path in work_tables_path().parent.glob("*"):
        with suppress(OSError):
            path.unlink()


def raw_root() -> Path:
    """Root of the raw partitions: WIKILAKE_RAW, by default the shipped sample."""
    return Path(absolute_path(os.environ.get("WIKILAKE_RAW", "sample/raw")))


def stage_partition(table: str, partition: str) -> str:
    """An empty folder to write `table`'s (`schema/name`) new `partition` (`year=…/…`) into."""
    folder = lake_root() / ".staging" / table / partition
    shutil.rmtree(folder, ignore_errors=True)
    closed_folder(lake_root() / ".staging")
    folder.mkdir(parents=True)
    return str(folder)


def publish_partition(table: str, partition: str, facts: str = "{}") -> str:
    """Puts the staged partition into the lake in the place of the old one, in one step.

    A reader sees the old files or the new ones, whenever the process dies. Gives the path.
    `facts` is a JSON object for the partition's manifest, see manifests.write_manifest, and says
    with `is_public` whether everyone may read the table; else only the lake's own user may.
    """
    staged = lake_root() / ".staging" / table / partition
    said = json.loads(facts)
    write_manifest(staged, table, partition, said)
    target = lake_root() / table / partition
    target.mkdir(parents=True, exist_ok=True)
    set_permissions(lake_root(), target, staged, bool(said.get("is_public")))
    exchange(staged, target)
    shutil.rmtree(staged)
    return str(target)


def closed_folder(folder: Path) -> None:
    """Makes a folder that only the lake's own user may enter, or closes the one that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def set_permissions(root: Path, target: Path, staged: Path, is_public: bool) -> None:
    """Opens or closes a staged partition, and the folders from below the lake's root down to it."""
    folder, file = (0o755, 0o644) if is_public else (0o700, 0o600)
    for path in staged.iterdir():
        path.chmod(file)
    staged.chmod(folder)
    while target != root:
        target.chmod(folder)
        target = target.parent


def clear_staging() -> None:
    """Removes what a killed run left behind. Only for the process that holds the lake."""
    shutil.rmtree(lake_root() / ".staging", ignore_errors=True)


def held_versions(table: str, partition: str) -> list[str]:
    """The definitions by which `table` (`schema/name`) holds a partition, of all sources; sorted.

    They are those of the manifests, so that a broken Parquet file does not matter; a partition
    without a manifest that can be read is passed over.
    """
    versions = set()
    for path in (lake_root() / table).glob(f"**/{partition}/{MANIFEST}"):
        with suppress(ManifestError):
            versions.add(read_manifest(path.parent).get("record_version"))
    return sorted(versions - {None})


def exchange(one: Path, other: Path) -> None:
    """Swaps two folders atomically where the system can (Linux); else by two renames."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is not None:
        paths = os.fsencode(one), os.fsencode(other)
        if renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0:
            return
    aside = one.with_name(one.name + ".old")
    other.rename(aside)
    one.rename(other)
    aside.rename(one)


def raw_files(hour: datetime) -> list[Path]:
    """The raw files of an hour, all sources, without those whose name says they are not finished.

    These are hidden ones and those with another ending, as macros/readers/raw_files.sql has it.
    """
    partition = f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"
    files = raw_root().glob(f"webrequest_source=*/{partition}/*.json*")
    return sorted(file for file in files if RAW_NAME.fullmatch(file.name))


def raw_state(hour: datetime) -> dict[Path, tuple[int, int]]:
    """Size and time of change of each raw file of an hour: what differs later is being written.

    A file that has just gone is left out. Raises RawFileError for one that cannot be looked at,
    such as a link to nothing.
    """
    state = {}
    for path in raw_files(hour):
        try:
            stat = path.stat()
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not path.is_symlink():
                continue
            what = f"is a link to {os.readlink(path)}" if path.is_symlink() else "is there"
            raise RawFileError(
                f"{path} {what}, but cannot be read: {error.strerror}. Put its file there or move "
                "it out of the partition, then run the hour again."
            ) from None
        state[path] = (stat.st_size, stat.st_mtime_ns)
    return state


def raw_bytes(hour: datetime) -> int:
    """About how many bytes of lines an hour has; a gzip file is an eighth of its lines."""
    return sum(
        size * (8 if path.suffix == ".gz" else 1) for path, (size, _) in raw_state(hour).items()
    )
