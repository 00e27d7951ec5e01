"""What every partition must be: path, manifest, files and columns agree, and no hour is missing."""

from __future__ import annotations

import glob
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from wikilake import settings
from wikilake.lake.manifests import MANIFEST, ManifestError, read_manifest, sha256
from wikilake.progress import progress_bar
from wikilake.project import privacy
from wikilake.project.lists import read_list
from wikilake.settings import HOUR_FORMAT

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """One breach: what kind it is, where, and what is wrong in words."""

    kind: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True)
class Table:
    """A table of the lake as its model promises it: partition columns, other columns and types."""

    name: str
    partition_by: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    is_padded: bool = False
    """Whether months and days have two digits in its paths, since the columns are texts."""

    @property
    def root(self) -> Path:
        return settings.lake_root() / self.name


def tables(manifest: dict[str, Any]) -> list[Table]:
    """The lake tables of a dbt manifest."""
    return [
        Table(
            f"{model['schema']}/{model['alias']}",
            tuple(model["config"]["partition_by"]),
            tuple(
                (column["name"], column["data_type"])
                for column in model["columns"].values()
                if column["name"] not in model["config"]["partition_by"]
            ),
            model["columns"]["month"]["data_type"] == "varchar"
            if "month" in model["config"]["partition_by"]
            else False,
        )
        for model in privacy.models(manifest)
        if model["config"]["materialized"] == "partitioned"
    ]


def check(promised: list[Table], *, deep: bool = False) -> list[Finding]:
    """Every breach of a contract in the lake. `deep` reads every byte and compares checksums."""
    found: list[Finding] = []
    types = _Types()
    with progress_bar("partitions") as progress:
        folders = [(table, folder) for table in promised for folder in _folders(table)]
        bar = progress.add_task("checking", total=len(folders))
        for table, folder in folders:
            progress.update(bar, description=table.name, advance=1)
            findings = _check_partition(table, folder, types, deep)
            if findings:  # a run may have replaced it meanwhile: what is wrong still is
                findings = _check_partition(table, folder, types, deep)
            found += findings
    return found + [finding for table in promised for finding in gaps(table)]


def gaps(table: Table) -> Iterator[Finding]:
    """The stretches of hours between the first and the last that are neither there nor declared."""
    if not {"hour", "hour_of_day"} & set(table.partition_by):
        return
    there: dict[str, set[datetime]] = defaultdict(set)
    for folder in _folders(table):
        values = _values(table, folder)
        if values and (hour := _hour(values, table.is_padded)) is not None:
            there[values.get("webrequest_source", "all")].add(hour)
    declared = _declared()
    for source, hours in sorted(there.items()):
        gap: list[datetime] = []
        hour = min(hours)
        while hour <= max(hours):
            known = any(
                first <= hour < end and of in (source, "all") for of, first, end in declared
            )
            if hour not in hours and not known:
                gap.append(hour)
            elif gap:
                yield _gap(table, source, gap)
                gap = []
            hour += HOUR


def _gap(table: Table, source: str, gap: list[datetime]) -> Finding:
    first, end = f"{gap[0]:{HOUR_FORMAT}}", f"{gap[-1] + HOUR:{HOUR_FORMAT}}"
    of = "" if source == "all" else f" of {source}"
    return Finding(
        "gap",
        table.name,
        f"{len(gap)} hours{of} are missing, from {first} up to {end}: wikilake build --from "
        f"{first} --to {end}, or declare them in seeds/reference/missing_hours.csv.",
    )


def _declared() -> list[tuple[str, datetime, datetime]]:
    return [
        (
            row["webrequest_source"],
            datetime.strptime(row["first_hour"], HOUR_FORMAT),
            datetime.strptime(row["end_hour"], HOUR_FORMAT),
        )
        for row in read_list("missing_hours")
    ]


def _folders(table: Table) -> list[Path]:
    """The folders below a table that hold files."""
    return sorted({path.parent for path in table.root.rglob("*") if path.is_file()})


def _values(table: Table, folder: Path) -> dict[str, str] | None:
    """Partition column to its text by the path; None when the path is not one of the table's."""
    pairs = [part.partition("=") for part in folder.relative_to(table.root).parts]
    if tuple(name for name, _, _ in pairs) != table.partition_by:
        return None
    return {name: value for name, _, value in pairs}


def _hour(values: dict[str, str], is_padded: bool) -> datetime | None:
    """The hour, or the first of a day or month, of a partition; None when there is no such."""
    if "year" not in values:
        values = _parts_of_date(values.get("day", ""))
        is_padded = True
    hour = values.get("hour", values.get("hour_of_day"))
    parts = [values.get("year"), values.get("month"), values.get("day"), hour]
    texts = [text for text in parts if text is not None]
    form = "[0-9]{2,4}" if is_padded else "0|[1-9][0-9]*"
    if len(texts) < 2 or not all(re.fullmatch(form, text) for text in texts):
        return None
    year, month, day, hour_of_day = (
        [*map(int, texts), 1, 0][:4] if len(texts) < 4 else map(int, texts)
    )
    try:
        return datetime(year, month, day, hour_of_day)
    except ValueError:
        return None


def _parts_of_date(day: str) -> dict[str, str]:
    return dict(zip(("year", "month", "day"), day.split("-"), strict=False))


def _check_partition(table: Table, folder: Path, types: _Types, deep: bool) -> list[Finding]:
    where = str(folder.relative_to(settings.lake_root()))
    values = _values(table, folder)
    if values is None:
        keys = "/".join(f"{name}=…" for name in table.partition_by)
        return [Finding("path", where, f"is not a partition of {table.name}, which has {keys}.")]
    found = [Finding("path", where, message) for message in _path_faults(table, values)]
    try:
        manifest = read_manifest(folder)
    except ManifestError as error:
        return [*found, Finding("manifest", where, str(error))]
    partition = str(folder.relative_to(table.root))
    if (manifest["table"], manifest["partition"]) != (table.name, partition):
        named = f"{manifest['table']}/{manifest['partition']}"
        found.append(Finding("manifest", where, f"its {MANIFEST} belongs to {named}."))
    found += [Finding("version", where, text) for text in _version_faults(table, values, manifest)]
    found += [Finding("content", where, text) for text in content_faults(folder, manifest, deep)]
    if not any(finding.kind == "content" for finding in found):
        for file in manifest["files"]:
            faults = types.faults(table, folder / file["name"])
            found += [Finding("schema", f"{where}/{file['name']}", text) for text in faults]
    return found


def _version_faults(
    table: Table, values: dict[str, str], manifest: dict[str, Any]
) -> Iterator[str]:
    """A definition that nobody lists, or that is younger than the rows it is said to have made.

    An hour from before a definition may carry it when it was refined again since: `refined_at` of
    the manifest says when.
    """
    version = manifest["record_version"]
    if version is None or table.name != "wmf/webrequest":
        return
    since = {
        row["record_version"]: row["valid_from"]
        for row in read_list("record_versions")
        if row["table_name"] == "webrequest"
    }
    hour = _hour(values, table.is_padded)
    if version not in since:
        yield f"its record_version {version} is not listed in seeds/reference/record_versions.csv."
    elif hour and f"{hour:%Y-%m-%d}" < since[version] > (manifest["refined_at"] or "")[:10]:
        yield (
            f"it carries record_version {version}, which came on {since[version]}, but was refined "
            f"before, at {manifest['refined_at']}: build the hour again."
        )


def _path_faults(table: Table, values: dict[str, str]) -> Iterator[str]:
    known = {row["webrequest_source"] for row in read_list("webrequest_sources")}
    source = values.get("webrequest_source")
    if source is not None and source not in known:
        yield f"the source {source} is not listed in seeds/reference/webrequest_sources.csv."
    if {"year", "day"} & values.keys() and _hour(values, table.is_padded) is None:
        yield (
            "the calendar has no such time, or its numbers are "
            f"{'not ' if table.is_padded else ''}padded."
        )
    if "snapshot" in values and not re.fullmatch("[0-9]{4}-(0[1-9]|1[0-2])", values["snapshot"]):
        yield "a snapshot is named YYYY-MM."


def content_faults(folder: Path, manifest: dict[str, Any], deep: bool) -> Iterator[str]:
    """What differs between the files of a partition folder and its manifest."""
    listed = {file["name"]: file for file in manifest["files"]}
    there = {path.name for path in folder.iterdir() if not path.name.startswith(("_", "."))}
    for name in sorted(there - listed.keys()):
        yield f"{name} is not in {MANIFEST}."
    for name, file in listed.items():
        path = folder / name
        if not path.exists():
            yield f"{name} is in {MANIFEST} and not there."
        elif path.stat().st_size != file["bytes"]:
            yield f"{name} has {path.stat().st_size} bytes, not {file['bytes']} as when written."
        elif deep and sha256(path) != file["sha256"]:
            yield f"{name} has changed since it was written: its checksum differs."
        else:
            try:
                rows = pq.read_metadata(path).num_rows
            except (OSError, ValueError) as error:
                yield f"{name} is not a readable Parquet file ({error}): build the partition again."
                continue
            if rows != file["rows"]:
                yield f"{name} has {rows} rows, not {file['rows']} as when written."


class _Types:
    """Compares the columns of files with those that a model promises, in DuckDB's words."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"temp_directory": ""})  # it reads no rows
        self.seen: dict[tuple[str, str], list[str]] = {}
        self.promised: dict[str, list[tuple[str, str]]] = {}

    def faults(self, table: Table, path: Path) -> list[str]:
        """What differs; the same for all files of one table with one Arrow schema."""
        key = (table.name, str(pq.read_schema(path).remove_metadata()))
        if key not in self.seen:
            read = "describe select * from read_parquet(?, hive_partitioning = false)"
            described = self.connection.execute(read, [glob.escape(str(path))]).fetchall()
            columns = [(name, kind) for name, kind, *_ in described]
            self.seen[key] = list(_differences(self._of_contract(table), columns))
        return self.seen[key]

    def _of_contract(self, table: Table) -> list[tuple[str, str]]:
        if table.name not in self.promised:
            columns = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in table.columns)
            described = self.connection.execute(f"describe select {columns}").fetchall()
            self.promised[table.name] = [(name, kind) for name, kind, *_ in described]
        return self.promised[table.name]


def _differences(promised: list[tuple[str, str]], found: list[tuple[str, str]]) -> Iterator[str]:
    if [name for name, _ in promised] != [name for name, _ in found]:
        missing = [name for name, _ in promised if name not in dict(found)]
        other = [name for name, _ in found if name not in dict(promised)]
        yield (
            f"columns differ from the model's: missing {', '.join(missing) or 'none'}, unknown "
            f"{', '.join(other) or 'none'}{'' if missing or other else ', another order'}."
        )
    for name, kind in found:
        if name in dict(promised) and dict(promised)[name] != kind:
            yield f"column {name} is {kind}, not {dict(promised)[name]}."
