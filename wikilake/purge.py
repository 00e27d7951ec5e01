"""Takes what is older than its retention: raw partitions wholly, lake partitions row for row.

A partition of the lake is emptied first and its folder taken at a later purge. A reader that has
listed the files already then finds a file without rows, never a file that does not exist.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from wikilake import lake
from wikilake.lock import LakeInUse, hold_lake
from wikilake.manifests import MANIFEST, ManifestError, read_manifest
from wikilake.progress import progress_bar

GRACE = timedelta(hours=1)
"""How long an emptied folder stays, for readers that listed its files before."""

LONGEST_SILENCE = timedelta(days=7)
"""A lake that nobody has written for so long makes the clock look wrong."""

CLOCK_ERROR = timedelta(minutes=5)
RETENTIONS = ("raw", "refined", "statistics")


class PurgeRefused(Exception):
    """Why nothing was taken; the message says what to do."""


@dataclass(frozen=True)
class Old:
    """A partition that is past its retention, and what it holds."""

    table: str  # schema/name, or `raw`
    root: Path
    path: Path
    begins: datetime
    rows: int | None
    bytes: int

    @property
    def name(self) -> str:
        return str(self.path.relative_to(self.root))


@dataclass(frozen=True)
class Plan:
    """What a purge would take, and by which days."""

    days: dict[str, int]
    partitions: list[Old]
    shells: list[Path]

    @property
    def checksum(self) -> str:
        """Stands for the days and for each partition with its size; `--execute` asks for it."""
        lines = [json.dumps(self.days, sort_keys=True)]
        lines += sorted(f"{old.path} {old.bytes}" for old in self.partitions)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def make_plan(tables: dict[str, str], days: dict[str, int], now: datetime) -> Plan:
    """What is past its retention at `now`.

    `tables` is `schema/name` to one of RETENTIONS, `days` the days of each of these. Raw
    partitions are looked for under WIKILAKE_RAW, only when that is set: the shipped sample stays.
    """
    for kind in RETENTIONS:
        if days[kind] < 1:
            raise PurgeRefused(f"retention_{kind}_days is {days[kind]}: keep one day at least.")
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    oldest = {kind: today - timedelta(days=days[kind]) for kind in RETENTIONS}
    partitions, shells = [], []
    for table, kind in sorted(tables.items()):
        root = lake.lake_root() / table
        for folder in _partition_folders(root):
            begins, ends = _period(root, folder)
            if ends is None or ends > oldest[kind]:
                continue
            if _purged_at(folder):
                shells.append(folder)
            else:
                _check_inside(folder, lake.lake_root())
                partitions.append(_old(table, lake.lake_root(), folder, begins))
    if os.environ.get("WIKILAKE_RAW"):
        root = lake.raw_root()
        for folder in sorted(root.glob("webrequest_source=*/year=*/month=*/day=*/hour=*")):
            begins, ends = _period(root, folder)
            if ends is not None and ends <= oldest["raw"]:
                _check_inside(folder, root)
                partitions.append(_old("raw", root, folder, begins))
    return Plan(dict(days), partitions, shells)


def check_plan(plan: Plan, now: datetime, most_hours: int, trust_clock: bool) -> None:
    """Raises PurgeRefused when the clock looks wrong or more would go than expected."""
    _check_clock(now, trust_clock)
    hours = defaultdict(set)
    hours_each: dict[str, int] = {}
    for old in plan.partitions:
        hours[old.table].add(old.begins)
        hours_each[old.table] = 1 if "hour=" in old.name else 24
    for table, begins in hours.items():
        length = len(begins) * hours_each[table]
        if length > most_hours:
            raise PurgeRefused(
                f"{table}: {length} hours would go, from {min(begins):%Y-%m-%dT%H} to "
                f"{max(begins):%Y-%m-%dT%H}, and {most_hours} are expected at most. If the "
                f"list is right, say so: --most {length}"
            )


def execute(plan: Plan, now: datetime) -> None:
    """Empties or deletes every partition of the plan, and takes folders emptied long enough ago.

    Raises PurgeRefused at the end when raw partitions had to stay, since a run is in progress.
    """
    with progress_bar("partitions") as progress:
        bar = progress.add_task("purging", total=len(plan.partitions))
        raw = [old for old in plan.partitions if old.table == "raw"]
        for old in plan.partitions:
            if old.table != "raw":
                _empty(old.path, now)
                progress.advance(bar)
        for folder in plan.shells:
            _take_shell(folder, now)
        if raw:
            try:
                hold_lake()  # a run may be reading them
            except LakeInUse as error:
                raise PurgeRefused(f"{len(raw)} raw partitions are left. {error}") from None
        for old in raw:
            shutil.rmtree(old.path)
            _take_empty_parents(old.path, old.root)
            progress.advance(bar)


def retentions(manifest: dict[str, Any]) -> dict[str, str]:
    """`schema/name` to its retention, of the lake tables that are not kept for ever."""
    from wikilake.privacy import models

    found = {
        f"{model['schema']}/{model['name']}": model["config"]["meta"]["retention"]
        for model in models(manifest)
        if model["config"]["materialized"] == "partitioned"
    }
    return {table: kind for table, kind in found.items() if kind in RETENTIONS}


def listing(plan: Plan) -> Iterator[str]:
    """A line a partition: its size, rows and path."""
    for old in plan.partitions:
        rows = "" if old.rows is None else f"{old.rows:,} rows"
        yield f"{old.bytes:>14,} bytes {rows:>16}  {old.path}"


def _partition_folders(folder: Path) -> Iterator[Path]:
    """The folders `…=…` with files below a table's root, links included, as an engine sees them."""
    inner = sorted(folder.glob("*=*"))
    if not inner and any(folder.glob("*.parquet")):
        yield folder
    for child in inner:
        yield from _partition_folders(child)


def _period(root: Path, folder: Path) -> tuple[datetime | None, datetime | None]:
    """Begin and end of a partition by its path; None when the path names no time."""
    values = dict(re.findall(r"(year|month|day|hour)=(\d+)", str(folder.relative_to(root))))
    try:
        begins = datetime(
            *(int(values[key]) for key in ("year", "month", "day")),
            hour=int(values.get("hour", 0)),
            tzinfo=UTC,
        )
    except (KeyError, ValueError):
        return None, None
    return begins, begins + (timedelta(hours=1) if "hour" in values else timedelta(days=1))


def _old(table: str, root: Path, folder: Path, begins: datetime) -> Old:
    rows = None
    if table != "raw":
        try:
            rows = read_manifest(folder)["rows"]
        except (ManifestError, KeyError):
            rows = None
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Old(table, root, folder, begins, rows, size)


def _purged_at(folder: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(read_manifest(folder)["purged_at"])
    except (ManifestError, KeyError, ValueError, TypeError):
        return None


def _check_inside(folder: Path, root: Path) -> None:
    """Refuses a partition that a link leads out of the lake, or out of the raw root."""
    real, inside = folder.resolve(), root.resolve()
    if inside not in real.parents or any(path.is_symlink() for path in folder.rglob("*")):
        raise PurgeRefused(f"{folder} leads out of {root} by a link: nothing is taken. Remove it.")


def _check_clock(now: datetime, trust_clock: bool) -> None:
    root = lake.lake_root()
    probe = root / f".clock-{os.getpid()}"
    try:
        probe.touch()
        disk = datetime.fromtimestamp(probe.stat().st_mtime, UTC)
        probe.unlink()
    except OSError as error:
        raise PurgeRefused(f"{root} cannot be written ({error.strerror}).") from None
    written = [path.stat().st_mtime for path in root.rglob(MANIFEST)]
    newest = datetime.fromtimestamp(max(written, default=now.timestamp()), UTC)
    said = None
    if abs(disk - now) > CLOCK_ERROR:
        said = f"it shows {now:%Y-%m-%d %H:%M} UTC, the disk of the lake {disk:%Y-%m-%d %H:%M}"
    elif newest - now > CLOCK_ERROR:
        said = f"it shows {now:%Y-%m-%d %H:%M} UTC, but a run was at {newest:%Y-%m-%d %H:%M}"
    elif now - newest > LONGEST_SILENCE:
        said = f"it shows {now:%Y-%m-%d %H:%M} UTC, but the last run was at {newest:%Y-%m-%d %H:%M}"
    if said and not trust_clock:
        raise PurgeRefused(f"The clock looks wrong: {said}. If it is right: --clock-is-right")


def _empty(folder: Path, now: datetime) -> None:
    """Puts a file of the same columns without rows in the place of each file of a partition."""
    for file in sorted(folder.glob("*.parquet")):
        schema = pq.read_schema(file)
        aside = lake.lake_root() / ".purging.parquet"
        pq.write_table(schema.empty_table(), aside, compression="zstd")
        aside.chmod(file.stat().st_mode & 0o777)
        os.replace(aside, file)
    manifest = folder / MANIFEST
    mode = manifest.stat().st_mode & 0o777 if manifest.exists() else 0o600
    said = {
        "table": None,
        "partition": None,
        "refined_at": None,
        "record_version": None,
        "run_id": None,
        "rows": 0,
        "columns": {},
        "files": [],
    }
    try:
        said |= {key: value for key, value in read_manifest(folder).items() if key in said}
    except ManifestError:
        pass
    files = sorted(folder.glob("*.parquet"))
    said |= {
        "rows": 0,
        "bytes": sum(file.stat().st_size for file in files),
        "files": [
            {
                "name": file.name,
                "rows": 0,
                "bytes": file.stat().st_size,
                "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            }
            for file in files
        ],
        "purged_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
    }
    manifest.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    manifest.chmod(mode)


def _take_shell(folder: Path, now: datetime) -> None:
    """Deletes a folder that was emptied long enough ago, but not the last one of its table.

    The view over a table cannot be read when no file of it is left.
    """
    purged = _purged_at(folder)
    root = folder
    while "=" in root.name:
        root = root.parent
    others = {file.parent for file in root.rglob("*.parquet")} - {folder}
    if purged and now - purged >= GRACE and others:
        shutil.rmtree(folder)
        _take_empty_parents(folder, root)


def _take_empty_parents(folder: Path, root: Path) -> None:
    parent = folder.parent
    while parent != root and not any(parent.iterdir()):
        parent.rmdir()
        parent = parent.parent


def now_utc() -> datetime:
    """The clock's time."""
    return datetime.fromtimestamp(time.time(), UTC)


def variables(vars_text: str | None) -> dict[str, Any]:
    """The project's variables, with those of a text as dbt's --vars takes it."""
    import yaml

    from wikilake.privacy import PROJECT

    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    try:
        given = yaml.safe_load(vars_text) if vars_text else {}
    except (yaml.YAMLError, RecursionError, ValueError):
        given = None
    if not isinstance(given, dict):
        raise PurgeRefused("--vars: write name: value pairs, for example 'retention_raw_days: 14'.")
    return project | given


def days_of(values: dict[str, Any]) -> dict[str, int]:
    """The days of each retention from the variables; raises PurgeRefused when one is no number."""
    days = {}
    for kind in RETENTIONS:
        text = str(values[f"retention_{kind}_days"])
        if not re.fullmatch(r"[0-9]{1,5}", text):
            raise PurgeRefused(f"retention_{kind}_days is {text!r}: write a number of days.")
        days[kind] = int(text)
    return days


def sum_of(partitions: Sequence[Old]) -> tuple[int, int]:
    """How many partitions, and their bytes."""
    sizes = [old.bytes for old in partitions]
    return len(sizes), sum(sizes)
