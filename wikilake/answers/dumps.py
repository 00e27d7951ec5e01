"""The public dumps of page views, devices, referrals, media and edits, as Wikimedia writes them.

A file is there as a whole or not at all. It is written again when the partitions that it is made of
have changed; what is still right is left, so a killed export goes on where it was. SHA256SUMS of a
folder names its files. They hold titles and files that one reader may have asked for, as the
original's do, so they are closed to others: whoever publishes them opens them.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import duckdb

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.ingest.history_dumps import LAYOUTS
from wikilake.ingest.view_dumps import MADE_FROM
from wikilake.lake.durable import make_folders, sync, write_durably
from wikilake.lake.hours import HOUR, hour_path, hours_between
from wikilake.lake.manifests import read_manifest, sha256
from wikilake.lake.reader import open_catalog
from wikilake.progress import progress_bar
from wikilake.project.lists import read_list
from wikilake.project.privacy import project_variable

FOLDER = "dumps"
"""Folder of the lake with the files, laid out as dumps.wikimedia.org/other."""

SUMS = "SHA256SUMS"

AGENTS = ("user", "spider", "automated")
REFERRER_HEADER = "country\tlang\tbrowser_family\tos_family\tsearch_engine\tnum_referrals\tday"


class DumpRefused(WikilakeError):
    """A day or month that cannot be dumped; the message says what to do."""


@dataclass(frozen=True)
class Dump:
    """A file: its path, the query for its lines, and the partitions that it is made of."""

    path: str
    query: str
    sources: tuple[str, ...]
    """Partition folders, relative to the lake."""
    parts: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    separator: str = " "
    """What stands between fields; none when the query makes the whole line."""
    header: str = ""


@dataclass
class Exported:
    """What an export has done."""

    written: list[str] = field(default_factory=list)
    unchanged: int = 0
    missing_hours: int = 0


def export_day(day: datetime) -> Exported:
    """Writes the files of a day and its hours; raises DumpRefused when an hour is not built."""
    hours = list(hours_between(day, day + timedelta(days=1)))
    if missing := _missing(hours):
        raise DumpRefused(
            f"{day:%Y-%m-%d} is not complete: {missing[0]:{settings.HOUR_FORMAT}} is not in the "
            f"lake ({len(missing)} hours are missing). Build it first, with wikilake build --from "
            f"{missing[0]:{settings.HOUR_FORMAT}} --to {missing[-1] + HOUR:{settings.HOUR_FORMAT}}."
        )
    hourly = [dump for hour in hours for dump in _dumps_of_hour(hour)]
    return _export([*hourly, *_dumps_of_day(day, hours)])


def export_month(month: datetime) -> Exported:
    """Writes the monthly files, of the hours that are in the lake; raises DumpRefused for none."""
    end = (month + timedelta(days=31)).replace(day=1)
    hours = list(hours_between(month, end))
    missing = set(_missing(hours))
    if len(missing) == len(hours):
        raise DumpRefused(f"No hour of {month:%Y-%m} is in the lake: wikilake build first.")
    sources = _of_hours("pageview_hourly", [hour for hour in hours if hour not in missing])
    folder = f"pageview_complete/monthly/{month:%Y}/{month:%Y-%m}"
    period = f"year = {month.year} and month = {month.month}"
    done = _export(
        [
            Dump(
                f"{folder}/pageviews-{month:%Y%m}-{agent}.bz2",
                "pageview_complete",
                sources,
                {"period": period, "unit": "day", "first_letter": "64"},
                {"agent_type": agent},
            )
            for agent in AGENTS
        ]
    )
    done.missing_hours = len(missing)
    return done


def export_history(snapshot: str) -> Exported:
    """Writes the histories of a snapshot that was made from tables; DumpRefused without one."""
    source = f"wmf/mediawiki_history/snapshot={snapshot}"
    if not list((settings.lake_root() / source).glob("*.parquet")):
        raise DumpRefused(
            f"{source} is not in the lake: wikilake build --snapshot {snapshot} --vars "
            "'{history_source: tables}' makes it from a wiki's own tables."
        )
    lengths = {row["wiki_db"]: row["bucket"] for row in read_list("history_dump_buckets")}
    with open_catalog() as connection:
        found = connection.execute(_sql("history_buckets"), {"snapshot": snapshot}).fetchall()
        described = connection.execute("describe wmf.mediawiki_history").fetchall()
    types = {name: kind for name, kind, *_ in described}
    [names] = [names for count, names in LAYOUTS.items() if count == max(LAYOUTS)]
    line = " || chr(9) || ".join(_history_field(name, types[name]) for name in names)
    prefix = {"month": 7, "year": 4}
    buckets = {(wiki, month[: prefix.get(lengths.get(wiki, ""), 0)]) for wiki, month in found}
    folder = f"mediawiki_history/{snapshot}"
    return _export(
        [
            Dump(
                f"{folder}/{wiki}/{snapshot}.{wiki}.{bucket or 'all-time'}.tsv.bz2",
                "history",
                (source,),
                {"line": line},
                {"snapshot": snapshot, "wiki_db": wiki, "bucket": bucket},
                separator="",
            )
            for wiki, bucket in sorted(buckets)
        ]
    )


def _history_field(name: str, kind: str) -> str:
    """A field as the original writes it: NULL is empty, texts of people are escaped."""
    text = f"{name}::varchar"
    if kind == "VARCHAR[]":
        text = f"array_to_string(list_transform({name}, lambda i: replace(i, ',', '\\,')), ',')"
    if kind == "VARCHAR[]" or re.search("comment|_text|_title", name):
        for sign, code in (("t", 9), ("n", 10), ("r", 13)):
            text = f"replace({text}, chr({code}), '\\{sign}')"
    return f"coalesce({text}, '')"


def _dumps_of_hour(hour: datetime) -> Iterator[Dump]:
    of_hour = {
        "period": f"{_day_is(hour)} and hour = {hour.hour}",
        "domain_code": _sql("domain_code"),
    }
    views, projects = _of_hours("pageview_hourly", [hour]), _of_hours("projectview_hourly", [hour])
    folder, stamp = f"{hour:%Y}/{hour:%Y-%m}", f"{hour:%Y%m%d-%H}0000"
    yield Dump(f"pageviews/{folder}/pageviews-{stamp}.gz", "pageviews", views, of_hour)
    yield Dump(f"pageviews/{folder}/projectviews-{stamp}", "projectviews", projects, of_hour)
    yield Dump(
        f"projectview_geo/{folder}/projectview_geo-{stamp}.tsv.gz",
        "projectview_geo",
        projects,
        of_hour,
        separator="\t",
    )


def _dumps_of_day(day: datetime, hours: list[datetime]) -> Iterator[Dump]:
    folder, date = f"{day:%Y}/{day:%Y-%m}", f"{day:%Y-%m-%d}"
    for agent in AGENTS:
        yield Dump(
            f"pageview_complete/{folder}/pageviews-{day:%Y%m%d}-{agent}.bz2",
            "pageview_complete",
            _of_hours("pageview_hourly", hours),
            {"period": _day_is(day), "unit": "hour", "first_letter": "65"},
            {"agent_type": agent},
        )
    for kind, values in (
        ("domain", {"day": date, "threshold": int(project_variable("unique_devices_threshold"))}),
        ("project_family", {"day": date}),
    ):
        table = f"unique_devices_per_{kind}"
        yield Dump(
            f"unique_devices/per_{kind}/{folder}/{table}_daily-{date}.gz",
            table,
            (f"wmf/{table}_daily/day={date}",),
            values=values,
            separator="\t",
        )
    yield Dump(
        f"referrer/{folder}/referrer_daily-{day:%Y%m%d}.tsv",
        "referrer",
        (f"wmf/referrer_daily/day={date}",),
        values={"day": date},
        separator="\t",
        header=REFERRER_HEADER,
    )
    yield Dump(
        f"mediacounts/daily/{day:%Y}/mediacounts.{date}.v00.tsv.bz2",
        "mediacounts",
        _of_hours("mediacounts", hours),
        {"period": _day_is(day)},
        separator="\t",
    )


def _day_is(time: datetime) -> str:
    return f"year = {time.year} and month = {time.month} and day = {time.day}"


def _of_hours(table: str, hours: list[datetime]) -> tuple[str, ...]:
    return tuple(f"wmf/{table}/{hour_path(hour)}" for hour in hours)


def _missing(hours: list[datetime]) -> list[datetime]:
    folders = {hour: f"wmf/projectview_hourly/{hour_path(hour)}" for hour in hours}
    return [hour for hour in hours if not (settings.lake_root() / folders[hour]).is_dir()]


def _sql(name: str) -> str:
    return (Path(__file__).parents[1] / "sql" / "dumps" / f"{name}.sql").read_text("utf-8")


def _export(dumps: list[Dump]) -> Exported:
    """Writes the files that are not there or whose partitions have changed."""
    root = settings.lake_root() / FOLDER
    done = Exported()
    with progress_bar("lines") as progress, open_catalog() as connection:
        connection.execute("set timezone = 'UTC'")
        bar = progress.add_task("dumping", total=len(dumps), rows=0)
        lines = 0
        for dump in dumps:
            progress.update(bar, description=dump.path.rsplit("/", 1)[-1])
            path = root / dump.path
            state = _state(dump)
            if _is_current(path, state):
                done.unchanged += 1
            else:
                make_folders(path.parent, settings.lake_root(), 0o700)
                lines += _write(connection, dump, path)
                _list_in_folder(path, state)
                done.written.append(dump.path)
            progress.update(bar, advance=1, rows=lines)
    return done


def _state(dump: Dump) -> str:
    """A digest of the partitions as they are, and of the rule; raises DumpRefused without them."""
    state = hashlib.sha256(
        json.dumps([_sql(dump.query), dump.parts, dump.values, dump.separator]).encode()
    )
    for source in dump.sources:
        folder = settings.lake_root() / source
        if not folder.is_dir():
            raise DumpRefused(
                f"{source} is not in the lake, of which {Path(dump.path).name} is made: build the "
                "day first, with wikilake build --day."
            )
        manifest = read_manifest(folder)
        state.update(json.dumps([source, manifest.get("id"), manifest["files"]]).encode())
    return state.hexdigest()


def _is_current(path: Path, state: str) -> bool:
    made_from = _made_from(path.parent).get(path.name, {})
    return (
        made_from.get("state") == state
        and path.is_file()
        and path.stat().st_size == made_from.get("bytes")
        and sha256(path) == made_from.get("sha256")
    )


def _made_from(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MADE_FROM).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _list_in_folder(path: Path, state: str) -> None:
    """Adds a file to the checksums of its folder and to what its files were made of."""
    facts = {"state": state, "sha256": sha256(path), "bytes": path.stat().st_size}
    known = _made_from(path.parent) | {path.name: facts}
    there = {name: said for name, said in sorted(known.items()) if (path.parent / name).is_file()}
    sums = "".join(f"{said['sha256']}  {name}\n" for name, said in there.items())
    write_durably(path.parent / SUMS, sums)
    write_durably(path.parent / MADE_FROM, json.dumps(there, indent=1) + "\n")


def _write(connection: duckdb.DuckDBPyConnection, dump: Dump, path: Path) -> int:
    """Writes a file under another name, has the disk hold it and puts it in place."""
    query = _sql(dump.query).format(**dump.parts)
    found = connection.execute(query, dump.values or None)
    count = 0
    with _written_whole(path) as file:
        if dump.header:
            file.write(f"{dump.header}\n".encode())
        while rows := found.fetchmany(10_000):
            count += len(rows)
            file.write(b"".join(_line(row, dump.separator) for row in rows))
    return count


@contextmanager
def _written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, compressed by its name; the same content always gives the same bytes."""
    aside = path.with_name(path.name + ".new")
    try:
        with open(aside, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as raw:
            file: IO[bytes] = raw
            if path.suffix == ".gz":
                file = gzip.GzipFile("", "wb", fileobj=raw, mtime=0)  # type: ignore[assignment]
            elif path.suffix == ".bz2":
                file = bz2.BZ2File(raw, "wb")
            yield file
            if file is not raw:
                file.close()
            raw.flush()
            os.fsync(raw.fileno())
        aside.replace(path)
        sync(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _line(row: tuple[Any, ...], separator: str) -> bytes:
    if not separator:
        return f"{row[0]}\n".encode()
    return (separator.join(field_text(value, separator) for value in row) + "\n").encode()


def field_text(value: Any, separator: str) -> str:
    """A value as Spark writes it to CSV: quoted where it could be taken for something else."""
    if value is None:
        return ""
    text = str(value)
    if text == "":
        return '""'
    if any(sign in text for sign in (separator, '"', "\n", "\r")):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text
