"""Takes what is older than its retention: raw files wholly, lake partitions row for row.

What purge looks at, below the roots of the lake, of raw requests and of raw events:

- Lake tables with a retention (`meta.retention`), and raw partitions. A file goes when the time
  that its path names (`year=…/month=…/day=…/hour=…`, as far as it goes) has ended before the limit,
  whatever its name, and with it sub-folders and links. Outside folders of whole days a file goes by
  its time of change as well.
- Raw events of the declared streams, which go like refined ones.
- What else lies in the schema of such a table: a copy of a table goes like the table that its name
  holds, files and hidden folders like the shortest-lived table of the schema.
- `import_rejected`, and hidden folders of a root that are named like a trash (`.trash`, `.old`, …):
  as raw requests do, by path or time of change. In other hidden folders: what bears a date in its
  path.
- What a killed run or import has left (`.staging`, `.spill`, `.scratch`, `.importing`): at once,
  since the lock proves that nobody works on it.

It looks at nothing else: files that lie directly in a root, visible folders there that are no
schema of the project (`geoip`, `druid`, `history`, another lake), and tables that the project does
not know. The dry run names them. Links are removed, never followed.

A partition of the lake is emptied first and its folder taken at a later purge. A reader that has
listed the files already then finds a file without rows, never a file that does not exist. Where
that cannot be done – the file is unreadable, the disk is full – the file itself goes at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import stat
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake.durable import patience, replace_file, write_durably
from wikilake.lake.lock import NAME as LAKE_LOCK
from wikilake.lake.lock import LakeInUse, hold_lake, waiting_time
from wikilake.lake.manifests import MANIFEST, ManifestError, read_manifest
from wikilake.progress import progress_bar
from wikilake.streams.declarations import declared_streams

if TYPE_CHECKING:
    from wikilake.project.dbt import Project

GRACE = timedelta(hours=1)
"""How long an emptied folder stays, for readers that listed its files before."""

LONGEST_SILENCE = timedelta(days=7)
"""A lake that nobody has written for so long makes the clock look wrong."""

CLOCK_ERROR = timedelta(minutes=5)
RETENTIONS = ("raw", "refined", "statistics")

WORK_FOLDERS = (".staging", ".spill", ".scratch")
"""Folders of the lake that hold nothing but what a run works on."""

IMPORT_FOLDER, IMPORT_LOCK = ".importing", ".import.lock"
"""The same of an import, in the root of raw partitions, and the lock of imports."""

REJECTED = "import_rejected"
"""Folder there with the lines that an import could not read."""

_TRASH = re.compile(
    r"[.](trash|recycle|delete|purg|old|bak|back|te?mp|stag|spill|scratch|import).*|.*[.]duckdb[.]tmp",
    re.IGNORECASE,
)
"""Folders of a root whose every file goes by age: trash, and where DuckDB spills for a reader."""

_DATE_PART = re.compile(r"(year|month|day|hour)=0*([0-9]{1,4})(?![0-9])")
_DAY = re.compile(r"(?<![^/])day=([0-9]{4})-([0-9]{2})-([0-9]{2})(?![^/])")
_PARTITION_PART = re.compile(
    r"(?:year|month|day|hour)=[0-9]+|day=[0-9]{4}-[0-9]{2}-[0-9]{2}|(?!year=|month=|day=|hour=)\w+=.*"
)


class PurgeRefused(WikilakeError):
    """Why nothing was taken; the message says what to do."""


class PurgeIncomplete(WikilakeError):
    """What could not be taken while all the rest was; one line each below a heading."""


@dataclass(frozen=True)
class Period:
    """The time that a path names; `is_whole` when it names the day at least."""

    begins: datetime
    ends: datetime
    is_whole: bool


@dataclass(frozen=True)
class Old:
    """A partition that is past its retention, or what else is, and what it holds."""

    table: str  # schema/name, or `raw`
    root: Path
    path: Path
    begins: datetime
    rows: int | None
    bytes: int
    stays: Path | None = None
    """The folder that stays when all in it is gone; None for the root."""

    @property
    def name(self) -> str:
        return str(self.path.relative_to(self.root))


@dataclass(frozen=True)
class Plan:
    """What a purge would take, and by which days."""

    days: dict[str, int]
    partitions: list[Old]
    shells: list[Path]
    leftovers: list[Old] = field(default_factory=list)
    """Files and folders beside partitions: copies, hidden files, what killed runs have left."""
    unseen: list[str] = field(default_factory=list)
    """What should have been looked at and could not be; a sentence each."""
    foreign: list[Path] = field(default_factory=list)
    """What lies in the roots and is not wikilake's."""

    @property
    def checksum(self) -> str:
        """Stands for the days and for all that would go with its size; `--execute` asks for it."""
        lines = [json.dumps(self.days, sort_keys=True)]
        lines += sorted(f"{str(old.path)!r} {old.bytes}" for old in self.all)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    @property
    def all(self) -> list[Old]:
        return [*self.partitions, *self.leftovers]


@dataclass(frozen=True)
class _Area:
    """A tree that purge looks at."""

    table: str
    root: Path
    path: Path
    limit: datetime
    by_change: bool = True
    """Whether files without a whole date go by their time of change."""
    has_partitions: bool = False
    stays: bool = False


def make_plan(
    tables: dict[str, str], days: dict[str, int], now: datetime, alone: bool | None = None
) -> Plan:
    """What is past its retention at `now`.

    `tables` is `schema/name` to one of RETENTIONS, or to `kept`; `days` the days of each of these.
    Raw partitions are looked for under WIKILAKE_RAW and WIKILAKE_EVENTS, only when these are set:
    the shipped sample stays. `alone` says that no run works in the lake; None has it found out.
    """
    for kind in RETENTIONS:
        if days[kind] < 1:
            raise PurgeRefused(f"retention_{kind}_days is {days[kind]}: keep one day at least.")
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    limits = {kind: today - timedelta(days=days[kind]) for kind in RETENTIONS}
    plan = Plan(dict(days), [], [])
    root = settings.lake_root()
    areas = [*_areas_of_lake(root, tables, limits, plan)]
    at_once = [root / name for name in WORK_FOLDERS] if alone or _is_free(root / LAKE_LOCK) else []
    if settings.given("WIKILAKE_RAW"):
        raw = settings.raw_root()
        areas += _areas_of_raw(raw, limits["raw"], plan)
        at_once += _left_by_import(raw)
    if settings.given("WIKILAKE_EVENTS") or settings.given("WIKILAKE_RAW"):
        areas += _areas_of_events(settings.events_root(), limits["refined"], plan)
        at_once += _left_by_import(settings.events_root())
    for area in areas:
        _look(area, plan)
    for folder in dict.fromkeys(at_once):
        if folder.is_dir() and not folder.is_symlink() and _holds_something(folder):
            plan.leftovers.append(_old(folder.name, folder.parent, folder, now))
    once = {old.path: old for old in plan.leftovers}
    plan.leftovers[:] = [once[path] for path in sorted(once)]
    plan.partitions.sort(key=lambda old: (old.table == "raw", old.table, old.path))
    plan.shells.sort()
    return plan


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


def hold() -> None:
    """Takes the lake for this process, so that nobody works on what goes; raises PurgeRefused."""
    try:
        hold_lake()
    except LakeInUse as error:
        raise PurgeRefused(f"Nothing was taken. {error}") from None


def execute(plan: Plan, now: datetime) -> None:
    """Takes all of the plan, and folders emptied long enough ago; what frees most space first.

    Raises PurgeIncomplete at the end, when all else is gone, for what could not be taken.
    """
    hold()
    left = list(plan.unseen)
    roots = {settings.raw_root(), settings.events_root()}
    raw = defaultdict(list)
    for old in plan.partitions:
        if old.table == "raw":
            raw[old.root].append(old)
    for old in plan.leftovers:
        if old.root in roots:
            raw[old.root].append(old)
    others = [old for old in plan.leftovers if old.root not in roots]
    tables = [old for old in plan.partitions if old.table != "raw"]
    with progress_bar("partitions") as progress:
        bar = progress.add_task("purging", total=len(plan.all))
        for old in others:
            left += _take(old)
            progress.advance(bar)
        for root, of_root in raw.items():
            with _no_import(root) as is_free:
                if not is_free:
                    left.append(
                        f"{root}: an import writes there, so {len(of_root)} raw partitions and "
                        "files are left for the next purge."
                    )
                for old in of_root if is_free else []:
                    left += _take(old)
                    progress.advance(bar)
        for old in tables:
            try:
                left += _empty(old.path, now)
            except OSError as error:
                left.append(f"{shown(old.path)} could not be emptied ({error.strerror}).")
            if not old.path.exists():
                _take_empty_parents(old.path, old.stays or old.root)
            progress.advance(bar)
        left += _take_shells(plan.shells, now)
    if left:
        raise PurgeIncomplete("\n".join(["All is gone but this:", *left]))


def retentions(manifest: dict[str, Any]) -> dict[str, str]:
    """`schema/name` to its retention, of the lake tables that are not kept for ever."""
    return {table: kind for table, kind in all_tables(manifest).items() if kind in RETENTIONS}


def all_tables(manifest: dict[str, Any]) -> dict[str, str]:
    """`schema/name` to its retention, `kept` as well, of every table of the lake."""
    from wikilake.project.privacy import models

    return {
        f"{model['schema']}/{model['alias']}": model["config"]["meta"]["retention"]
        for model in models(manifest)
        if model["config"]["materialized"] == "partitioned"
    }


def listing(plan: Plan) -> Iterator[str]:
    """A line for each thing that would go: its size, rows and path."""
    for old in plan.all:
        rows = "" if old.rows is None else f"{old.rows:,} rows"
        yield f"{old.bytes:>14,} bytes {rows:>16}  {shown(old.path)}"


def shown(path: PurePath) -> str:
    """A path for the screen: what is not a printable character of it is escaped."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in str(path)
    )


def period_of(path: PurePath) -> Period | None:
    """The time that a path names, as far as it does: an hour, a day, a month, a year; else None."""
    values = {name: int(digits) for name, digits in _DATE_PART.findall(str(path))}
    if day := _DAY.search(str(path)):
        values = dict(zip(("year", "month", "day"), map(int, day.groups()), strict=True))
    found = None
    for place, (name, length) in enumerate(
        (("year", None), ("month", None), ("day", timedelta(1)), ("hour", timedelta(hours=1)))
    ):
        if name not in values:
            break
        try:
            named = dict.fromkeys(("year", "month", "day"), 1) | {"hour": 0}
            named |= {part: values[part] for part in list(named)[: place + 1]}
            begins = datetime(named["year"], named["month"], named["day"], named["hour"])
            if length is None:
                month = begins.month if name == "month" else 12
                ends = datetime(begins.year + month // 12, month % 12 + 1, 1)
            else:
                ends = begins + length
        except (ValueError, OverflowError):
            break
        found = Period(begins.replace(tzinfo=UTC), ends.replace(tzinfo=UTC), place >= 2)
    return found


# ------------------------------------------------------------------ what is looked at


def _areas_of_lake(
    root: Path, tables: dict[str, str], limits: dict[str, datetime], plan: Plan
) -> Iterator[_Area]:
    """The trees of a lake: its tables, what lies beside them, and hidden folders of the root."""
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for table, retention in tables.items():
        schema, _, name = table.partition("/")
        known[schema][name] = retention
    for schema, kinds in sorted(known.items()):
        dated = [limits[name] for name in kinds.values() if name in limits]
        if not dated or not (root / schema).exists() or _leads_elsewhere(root / schema, plan):
            continue
        for path in _entries(root / schema, plan):
            held = [name for name in kinds if name in path.name]
            kind = kinds[max(held, key=len)] if held else None
            limit = limits.get(kind) if kind else max(dated)
            if not kind and path.is_dir() and not path.name.startswith("."):
                plan.foreign.append(path)  # a table of somebody else's, or none of this release
                continue
            if limit is None:
                continue
            table = f"{schema}/{path.name}"
            yield _Area(
                table, root, path, limit, has_partitions=table in tables, stays=table in tables
            )
    ours = {*known, "geoip", "druid", *WORK_FOLDERS}
    yield from _hidden_areas(root, ours, limits["raw"], plan)


def _areas_of_raw(root: Path, limit: datetime, plan: Plan) -> Iterator[_Area]:
    """The trees of a root of raw partitions: the sources, rejected lines, hidden folders."""
    ours = set()
    for path in _entries(root, plan):
        if "webrequest_source=" in path.name or path.name.startswith(REJECTED):
            ours.add(path.name)
            is_source = path.name.startswith("webrequest_source=")
            yield _Area("raw", root, path, limit, has_partitions=is_source, stays=is_source)
    yield from _hidden_areas(root, ours | {IMPORT_FOLDER}, limit, plan)


def _areas_of_events(root: Path, limit: datetime, plan: Plan) -> Iterator[_Area]:
    """The topics of the declared streams; raw events stay as long as refined ones."""
    topics = {topic for stream in declared_streams().values() for topic in stream.topics}
    for path in _entries(root, plan):
        if path.name in topics and not _leads_elsewhere(path, plan):
            yield _Area("raw", root, path, limit, by_change=False, has_partitions=True, stays=True)
        elif path.name.startswith(REJECTED) and root != settings.raw_root():
            topics.add(path.name)
            yield _Area("raw", root, path, limit)
    if root != settings.raw_root():
        yield from _hidden_areas(root, topics | {IMPORT_FOLDER}, limit, plan)


def _left_by_import(root: Path) -> list[Path]:
    """The folder in which an import works, where none does."""
    return [root / IMPORT_FOLDER] if _is_free(root / IMPORT_LOCK) else []


def _hidden_areas(root: Path, ours: set[str], limit: datetime, plan: Plan) -> Iterator[_Area]:
    roots = (settings.raw_root(), settings.events_root())
    for path in _entries(root, plan):
        if path.name in ours or path.is_symlink():
            continue
        is_trash = bool(_TRASH.fullmatch(path.name))
        if path.is_dir() and (is_trash or path.name.startswith(".")):
            yield _Area(path.name, root, path, limit, by_change=is_trash)
        elif not path.name.startswith((".", "wikilake.duckdb")) and path not in roots:
            plan.foreign.append(path)


def _entries(folder: Path, plan: Plan, *, goes: bool = False) -> list[Path]:
    """What lies in a folder; what cannot be listed is noted, unless it goes as a whole."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        if not goes:
            said = f"{shown(folder)} cannot be read ({error.strerror}): nothing in it is seen."
            plan.unseen.append(said)
        return []


def _leads_elsewhere(path: Path, plan: Plan) -> bool:
    """Whether a folder is a link, which is not followed; noted when it leads out of the roots."""
    if not path.is_symlink():
        return False
    if path.is_dir() and (target := _outside(path)):
        plan.unseen.append(
            f"{shown(path)} is a link that leads out of the lake or raw root, to {shown(target)}: "
            "what is behind it was not looked at, and is yours to delete."
        )
    return True


def _look(area: _Area, plan: Plan) -> None:
    """Adds what is past its time in a tree to the plan."""
    waiting = [area.path]
    while waiting:
        path = waiting.pop()
        try:
            state = path.lstat()
            period = period_of(path.relative_to(area.root))
            is_past = period is not None and period.ends <= area.limit
            is_whole = period is not None and period.is_whole
            changed = datetime.fromtimestamp(state.st_mtime, UTC)
            begins = period.begins if period else changed
            if stat.S_ISDIR(state.st_mode):
                inner = _entries(path, plan, goes=is_past and is_whole)
                if not is_past or not is_whole or _has_parts(inner):
                    waiting += inner
                elif not (area.has_partitions and _is_partition(path.relative_to(area.path))):
                    plan.leftovers.append(_old_of(area, path, begins))
                elif area.table == "raw":
                    plan.partitions.append(_old_of(area, path, begins))
                elif _is_shell(path):
                    plan.shells.append(path)
                elif any(child.name.endswith(".parquet") for child in inner):
                    plan.partitions.append(_old_of(area, path, begins))
                else:
                    plan.leftovers.append(_old_of(area, path, begins))
                continue
            if stat.S_ISLNK(state.st_mode) and path.is_dir() and not is_past:
                if not is_whole:
                    _leads_elsewhere(path, plan)
            elif is_past or (area.by_change and not is_whole and changed <= area.limit):
                plan.leftovers.append(_old_of(area, path, begins))
        except FileNotFoundError:  # gone meanwhile
            continue
        except (OSError, OverflowError, ValueError) as error:
            plan.unseen.append(f"{shown(path)} cannot be looked at ({error}).")


def _has_parts(inner: list[Path]) -> bool:
    """Whether a dated folder is divided further, a day into hours."""
    return any("=" in child.name and child.is_dir() for child in inner)


def _is_partition(path: PurePath) -> bool:
    """Whether a path below a table is that of a partition, not of a copy of one."""
    return all(_PARTITION_PART.fullmatch(part) for part in path.parts)


def _is_shell(folder: Path) -> bool:
    """Whether a partition was emptied by a purge and holds nothing since."""
    return _purged_at(folder) is not None and all(
        path.name == MANIFEST or (path.suffix == ".parquet" and _rows_of(path) == 0)
        for path in folder.iterdir()
    )


def _rows_of(path: Path) -> int | None:
    """Rows of a Parquet file; None when it is none."""
    try:
        return pq.read_metadata(path).num_rows if stat.S_ISREG(path.lstat().st_mode) else None
    except (OSError, pa.ArrowException):
        return None


def _old_of(area: _Area, path: Path, begins: datetime) -> Old:
    return _old(area.table, area.root, path, begins, area.path if area.stays else None)


def _old(table: str, root: Path, path: Path, begins: datetime, stays: Path | None = None) -> Old:
    rows = _manifest_of(path).get("rows") if table != "raw" else None
    size = sum(_size(inner) for inner in _tree(path))
    return Old(table, root, path, begins, rows if isinstance(rows, int) else None, size, stays)


def _tree(path: Path, *, opening: bool = False) -> Iterator[Path]:
    """A file, or a folder and all that lies below it, links not followed.

    Folders that are closed even to their owner are passed over, or opened.
    """
    waiting = [path]
    while waiting:
        path = waiting.pop()
        yield path
        if not path.is_symlink() and path.is_dir():
            with suppress(OSError):
                if opening and not os.access(path, os.R_OK | os.W_OK | os.X_OK):
                    path.chmod(0o700)
                waiting += sorted(path.iterdir())


def _size(path: Path) -> int:
    try:
        state = path.lstat()
    except OSError:
        return 0
    return state.st_size if stat.S_ISREG(state.st_mode) else 0


def _holds_something(folder: Path) -> bool:
    """Whether there is more below a folder than folders."""
    return any(path.is_symlink() or not path.is_dir() for path in _tree(folder))


def _manifest_of(folder: Path) -> dict[str, Any]:
    """The manifest of a partition; empty when there is none that can be read."""
    try:
        said = read_manifest(folder)
    except (ManifestError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _purged_at(folder: Path) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_manifest_of(folder)["purged_at"])
    except (KeyError, ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _outside(path: Path) -> Path | None:
    """Where a link leads to, when that is there and is not below the lake or the raw root."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # nothing there, or a circle of links
        return None
    for root in (settings.lake_root().resolve(), settings.raw_root().resolve()):
        if target == root or root in target.parents:
            return None
    return target


# ------------------------------------------------------------------ the clock and locks


def _check_clock(now: datetime, trust_clock: bool) -> None:
    root = settings.lake_root()
    try:
        os.utime(root)  # has the disk write its time, which needs no space
        disk = datetime.fromtimestamp(root.stat().st_mtime, UTC)
    except OSError as error:
        raise PurgeRefused(f"{root} cannot be written ({error.strerror}).") from None
    written = []
    for path in _tree(root):
        if path.name == MANIFEST:
            with suppress(OSError):
                written.append(path.lstat().st_mtime)
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


def _is_free(lock: Path) -> bool:
    """Whether no process holds a lock now."""
    try:
        handle = os.open(lock, os.O_RDONLY)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        return _try_lock(handle)
    finally:
        os.close(handle)


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def _no_import(root: Path) -> Iterator[bool]:
    """Keeps imports out of a root of raw partitions; False when one does not end soon."""
    try:
        handle = os.open(root / IMPORT_LOCK, os.O_RDONLY)
    except FileNotFoundError:  # nothing was ever imported here
        yield True
        return
    try:
        until = time.monotonic() + waiting_time()
        while not (is_free := _try_lock(handle)) and time.monotonic() < until:
            time.sleep(0.2)
        yield is_free
    finally:
        os.close(handle)


# ------------------------------------------------------------------ what is taken


def _take(old: Old) -> list[str]:
    left = _remove(old.path)
    _take_empty_parents(old.path, old.stays or old.root)
    return left


def _remove(top: Path) -> list[str]:
    """Deletes a file, a link, or a folder with everything in it; returns what could not go.

    Also told is each link that led to something outside the roots, for that is still there.
    """
    left = []
    for path in reversed(list(_tree(top, opening=True))):  # what is in a folder comes before it
        try:
            is_folder = stat.S_ISDIR(path.lstat().st_mode)
            target = None if is_folder else path.is_symlink() and _outside(path)
            _unlink(path, is_folder)
            if target:
                left.append(
                    f"{shown(path)} was a link to {shown(target)}, which lies outside the lake and "
                    "raw root: the link is gone, what it led to is yours to delete."
                )
        except FileNotFoundError:
            continue
        except OSError as error:
            left.append(f"{shown(path)} could not be deleted ({error.strerror}).")
    return left


def _unlink(path: Path, is_folder: bool) -> None:
    """Deletes a file or an empty folder; opens the folder that it lies in, if that is closed."""
    delete = path.rmdir if is_folder else path.unlink
    try:
        delete()
    except PermissionError:
        path.parent.chmod(stat.S_IMODE(path.parent.stat().st_mode) | 0o700)
        delete()


def _empty(folder: Path, now: datetime) -> list[str]:
    """Leaves of a partition its files without their rows; returns what could not go."""
    left, files = [], []
    for path in sorted(folder.iterdir()):
        if path.name == MANIFEST:
            continue
        if path.suffix == ".parquet" and not path.name.startswith(".") and _empty_file(path):
            files.append(path)
        else:
            left += _remove(path)
    if not files and not left:
        return _remove(folder)
    said = dict.fromkeys(("table", "partition", "refined_at", "record_version", "run_id"))
    said |= {"rows": 0, "bytes": 0, "columns": {}, "files": []}
    said |= {key: value for key, value in _manifest_of(folder).items() if key in said}
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
    manifest = folder / MANIFEST
    try:
        write_durably(manifest, json.dumps(said, indent=1) + "\n", _mode(manifest))
    except OSError as error:
        left.append(f"{shown(manifest)} could not be written ({error.strerror}).")
    return left


def _empty_file(file: Path) -> bool:
    """Puts a file of the same columns without rows in the place of a Parquet file.

    False where that cannot be done, for the file to be deleted: it is no Parquet file, or the disk
    is full even without it.
    """
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return False
        columns = pq.read_schema(file).remove_metadata()
        written = pa.BufferOutputStream()
        pq.write_table(columns.empty_table(), written, compression="zstd")
    except (OSError, pa.ArrowException, ValueError):
        return False
    content = written.getvalue().to_pybytes()
    try:
        replace_file(file, content, _mode(file), patience(settings.lake_root()))
    except OSError:
        try:
            with file.open("r+b") as opened:  # room for the new one, where there is none
                opened.truncate()
            replace_file(file, content, _mode(file), patience(settings.lake_root()))
        except OSError:
            return False
    return True


def _mode(file: Path) -> int:
    """The permissions that a new file in the place of this one gets."""
    return stat.S_IMODE(file.lstat().st_mode) if file.exists() else 0o600


def _take_shells(shells: Sequence[Path], now: datetime) -> list[str]:
    """Deletes folders that were emptied long enough ago, but not the last one of a table.

    The view over a table cannot be read when no file of it is left.
    """
    left: list[str] = []
    holding: dict[Path, set[Path]] = {}
    for folder in shells:
        root = folder
        while "=" in root.name:
            root = root.parent
        if root not in holding:
            holding[root] = {file.parent for file in _tree(root) if file.suffix == ".parquet"}
        purged = _purged_at(folder)
        is_due = purged and (now - purged >= GRACE or purged - now > CLOCK_ERROR)
        if is_due and holding[root] - {folder}:
            left += _remove(folder)
            holding[root].discard(folder)
            _take_empty_parents(folder, root)
    return left


def _take_empty_parents(path: Path, stays: Path) -> None:
    """Deletes the folders above what is gone that hold nothing else, up to the one that stays."""
    for parent in path.parents:
        if parent == stays or path == stays or stays not in parent.parents:
            return
        try:
            parent.rmdir()
        except OSError:
            return


# ------------------------------------------------------------------ for the command line


def tables_of_project(project: Project) -> dict[str, str]:
    """all_tables() of the project as it is now; raises DbtFailed when it does not parse.

    dbt keeps what it has parsed in a file. Where there is no room for it, it gets a folder
    elsewhere, in memory if there is such a one: a full disk is what purge is needed for most.
    """
    from wikilake.project import sandbox
    from wikilake.project.dbt import DbtFailed

    try:
        return all_tables(project.nodes)
    except DbtFailed:
        with sandbox.folder_of_its_own(in_memory=True) as folder:
            project.parse("--target-path", str(folder))
            return all_tables(project.nodes)


def now_utc() -> datetime:
    """The clock's time."""
    return datetime.fromtimestamp(time.time(), UTC)


def variables(vars_text: str | None) -> dict[str, Any]:
    """The project's variables, with those of a text as dbt's --vars takes it."""
    import yaml

    from wikilake.project.arguments import users_variables
    from wikilake.wiki_file import variable_names

    try:
        given = yaml.safe_load(vars_text) if vars_text else {}
    except (yaml.YAMLError, RecursionError, ValueError):
        given = None
    if not isinstance(given, dict):
        raise PurgeRefused("--vars: write name: value pairs, for example 'retention_raw_days: 14'.")
    return variable_names() | users_variables([]) | given


def days_of(values: dict[str, Any]) -> dict[str, int]:
    """The days of each retention from the variables; raises PurgeRefused for no number."""
    days = {}
    for kind in RETENTIONS:
        text = str(values[f"retention_{kind}_days"])
        if not re.fullmatch(r"[0-9]{1,5}", text):
            raise PurgeRefused(f"retention_{kind}_days is {text!r}: write a number of days.")
        days[kind] = int(text)
    return days


def said_of_foreign(plan: Plan) -> str:
    """A sentence that names what lies in the roots and is none of purge's; '' for nothing."""
    names = ", ".join(shown(path) for path in plan.foreign)
    return f"Not looked at, since wikilake did not make it: {names}" if names else ""


def sum_of(partitions: Sequence[Old]) -> tuple[int, int]:
    """How many partitions or files, and their bytes."""
    sizes = [old.bytes for old in partitions]
    return len(sizes), sum(sizes)
