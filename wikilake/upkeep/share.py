"""Copies what is public, and only that, into another lake that everyone may read.

What of an aggregate may be published, publishing.py says, and docs/privacy.md why.
"""

from __future__ import annotations

import glob
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake import partitions
from wikilake.lake.columns import documentation_of
from wikilake.lake.hours import hour_path, hours_between
from wikilake.lake.lock import NAME, hold_lake, release_lake
from wikilake.lake.manifests import ManifestError, read_manifest
from wikilake.lake.paths import quoted
from wikilake.lake.work_tables import work_tables_file
from wikilake.progress import progress_bar
from wikilake.project import privacy
from wikilake.project.catalog import rebuild_catalog_of
from wikilake.project.dbt import Project
from wikilake.project.lists import read_list
from wikilake.upkeep import publishing
from wikilake.upkeep.purge import period_of


class ShareError(WikilakeError):
    """What cannot be shared, or not there; the message says why."""


def share(project: Project, output: Path) -> dict[str, dict[str, int]]:
    """Copies every public table; returns {table: {partitions, copied, rows, left_out, withheld}}.

    `left_out` is what the measure lacks in the copied partitions, since too few readers stand
    behind it or by rounding; it is for the owner alone. `withheld` counts partitions whose readers
    cannot be counted. Partitions that the other lake has already, made from the same files by the
    same rule, are left as they are. Raises ShareError before anything is written.
    """
    _check(output)
    hold_lake()
    hold_lake(root=output)
    aggregates = {row["table_name"]: row for row in read_list("public_aggregates")}
    for name, row in aggregates.items():
        if int(row["k"]) < 2:
            raise ShareError(
                f"public_aggregates: k of {name} is {row['k']}, which shows single readers. "
                "Set it to 2 at least, better 25, or do not share."
            )
    tables = public_tables(project)
    least = {model["name"]: privacy.thresholds(model) for model in privacy.models(project.nodes)}
    done: dict[str, dict[str, int]] = {}
    with progress_bar("rows") as progress:
        found = [(table, folder) for table in tables for folder in _partitions(table)]
        bar = progress.add_task("sharing", total=len(found), rows=0)
        for table, folder in found:
            name = table.partition("/")[2]
            progress.update(bar, description=table)
            counts = done.setdefault(table, dict.fromkeys(("partitions", "copied", "rows"), 0))
            result = _share_partition(table, folder, output, aggregates.get(name), least[name])
            for key, count in result.items():
                counts[key] = counts.get(key, 0) + count
            progress.update(bar, advance=1, rows=sum(table["rows"] for table in done.values()))
    partitions.clear_staging(output)
    release_lake(output)  # the process that makes the catalog there takes it
    if done:
        rebuild_catalog_of(output)
        for name in ("wikilake.duckdb.old", work_tables_file("duckdb").name):
            (output / name).unlink(missing_ok=True)
    return done


def public_tables(project: Project) -> list[str]:
    """`schema/name` of the lake tables whose access is public, in the project as it is now."""
    return [
        f"{model['schema']}/{model['alias']}"
        for model in privacy.models(project.nodes)
        if model["access"] == "public" and model["config"]["materialized"] == "partitioned"
    ]


def _check(output: Path) -> None:
    root = settings.lake_root().resolve()
    target = output.resolve()
    if not root.is_dir():
        raise ShareError(f"There is no lake at {root}: wikilake build first.")
    if target == root or root in target.parents or target in root.parents:
        raise ShareError(f"{target} and the lake {root} are one in the other: name another folder.")
    begun = any((target / name).exists() for name in ("wikilake.duckdb", NAME))
    if target.exists() and any(target.iterdir()) and not begun:
        raise ShareError(f"{target} holds something that is not a lake: name an empty folder.")


def _partitions(table: str) -> Iterator[Path]:
    """The partition folders of a table, in order."""
    yield from sorted({file.parent for file in (settings.lake_root() / table).rglob("*.parquet")})


def _share_partition(
    table: str,
    folder: Path,
    output: Path,
    aggregate: dict[str, str] | None,
    least: dict[str, int],
) -> dict[str, int]:
    partition = str(folder.relative_to(settings.lake_root() / table))
    kept = read_manifest(folder).get("thresholds", {})
    is_safe = all(kept.get(name, 0) >= threshold for name, threshold in least.items())
    if least and not (is_safe and _is_over(Path(table) / partition)):
        # A lower threshold made it, or hours are still to come, which a later state would show.
        known = (output / table / partition / "_manifest.json").exists()
        if known:
            _withdraw(output, table, partition)
        return {"withheld": 1}
    made_from = {
        # Random, not a hash: with one, a guess of what the private file holds could be proved.
        "id": read_manifest(folder).get("id"),
        "aggregate": aggregate
        and {key: aggregate[key] for key in ("k", "folded_columns")} | {"rule": publishing.RULE},
    }
    target = output / table / partition
    is_known = False
    if (target / "_manifest.json").exists():
        there = _shared_manifest(target)
        if there and "made_from" not in there:
            raise ShareError(f"{target} was not made by wikilake share: name another folder.")
        known = there.get("made_from", {})
        if made_from["id"] and known == made_from:
            return {"partitions": 1, "rows": there["rows"]}
        is_known = known.get("aggregate") == made_from["aggregate"]
    staged = partitions.stage(output, table, partition)
    facts: dict[str, Any] = read_manifest(folder) | {"made_from": made_from, "is_public": True}
    del facts["refined_at"]
    result = {"partitions": 1, "copied": 1}
    if aggregate is None:
        for file in folder.glob("*.parquet"):
            shutil.copyfile(file, staged / file.name)
    else:
        left_out = _publish_aggregate(folder, staged, aggregate, target if is_known else None)
        if left_out is None:
            if is_known or not target.exists():
                return {"withheld": 1}
            made_from["aggregate"] = None  # what was shared by another rule is taken back
            result = {"withheld": 1}
        else:
            result["left_out"] = left_out
    partitions.publish(output, table, [partition], facts)
    return result | {"rows": read_manifest(target)["rows"]}


def _is_over(path: Path) -> bool:
    """Whether all hours of the period that a path names are in the lake; a single hour is."""
    period = period_of(path)
    if period is None:
        return False
    begins, ends = period.begins.replace(tzinfo=None), period.ends.replace(tzinfo=None)
    views = settings.lake_root() / "wmf" / "projectview_hourly"
    hours = list(hours_between(begins, ends))
    return len(hours) == 1 or all((views / hour_path(hour)).is_dir() for hour in hours)


def _withdraw(output: Path, table: str, partition: str) -> None:
    """Empties a partition of the other lake."""
    folder = output / table / partition
    facts = read_manifest(folder) | {"is_public": True}
    staged = partitions.stage(output, table, partition)
    for file in folder.glob("*.parquet"):
        pq.write_table(pq.read_schema(file).empty_table(), staged / file.name)
    partitions.publish(output, table, [partition], facts)


def _shared_manifest(target: Path) -> dict[str, Any]:
    """The manifest of a partition in the other lake; empty for one to be copied again."""
    try:
        return read_manifest(target)
    except ManifestError:
        return {}


def _publish_aggregate(
    folder: Path, staged: Path, aggregate: dict[str, str], known: Path | None
) -> int | None:
    """Writes the publishable rows of a partition; returns what the measure lacks then.

    `known` is the folder that the public has of this hour already. None when the readers cannot be
    counted, as pageview_actor holds other views than the partition or none any more; the file that
    is written then has no rows.
    """
    measure = aggregate["measure"]
    spill = settings.lake_root() / ".spill"  # rows of readers, which nobody else may see
    partitions.closed_folder(spill)
    with duckdb.connect(config={"temp_directory": str(spill)}) as connection:
        _read(connection, "counted", folder)
        columns = [row[0] for row in connection.execute("describe counted").fetchall()]
        # A row stays the same one when its hour is made by another definition.
        keys = [column for column in columns if column not in (measure, "record_version")]
        if is_proved := _count_readers(connection, folder, keys, aggregate):
            if known:
                _read(connection, "known", known)
            connection.execute(
                f"create table before as select {publishing.key_of(keys)} as key, "
                f"{measure} as published from {'known' if known else 'counted limit 0'}"
            )
            publishing.rows_of_hour(connection, keys, aggregate, is_known=known is not None)
        else:
            found = ", ".join([*keys, measure])
            connection.execute(f"create table published as select {found} from counted limit 0")
        target = quoted(str(staged / "part-0.parquet"))
        version = "(select any_value(record_version) from counted) as record_version"
        connection.execute(
            f"copy (select {', '.join(columns)} from (select *, {version} from published)) "
            f"to {target} (format parquet, compression zstd"
            f"{documentation_of(sorted(folder.glob('*.parquet')))})"
        )
        [(before, after)] = connection.execute(
            f"select (select coalesce(sum({measure}), 0) from counted), "
            f"(select coalesce(sum({measure}), 0) from published)"
        ).fetchall()
    return int(before - after) if is_proved else None


def _count_readers(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    keys: list[str],
    aggregate: dict[str, str],
) -> bool:
    """Makes the table `views`, the aggregate's views one by one; says whether they are the same.

    They are not when one of both was made again alone, and after the retention of pageview_actor.
    """
    measure = aggregate["measure"]
    of_actors = settings.lake_root() / "wmf" / "pageview_actor" / _hour_of(folder)
    if not any(of_actors.glob("*.parquet")):
        return False
    _read(connection, "actors", of_actors)
    views = publishing.query("views", source="(select *, null as hour from actors)")
    # Since 0.0.20 carriers are null, whatever the requests say.
    connection.execute(
        f"""
        create table views as
        with views as ({views}), of_hour as (
            select count(zero_carrier) as carriers from counted
        )
        select views.* replace (case when carriers > 0 then zero_carrier end as zero_carrier)
        from views cross join of_hour
        """
    )
    known = {row[0] for row in connection.execute("describe views").fetchall()}
    if unknown := sorted(set(keys) - known):
        raise ShareError(
            f"public_aggregates: {folder.parts[-5]} has columns whose readers nobody counts "
            f"({', '.join(unknown)}): add them to wikilake/sql/views.sql, or remove the row."
        )
    grouped = f"select {', '.join(keys)}, count(*) as {measure} from views group by all"
    given = f"select {', '.join(keys)}, {measure} from counted"
    [(differences,)] = connection.execute(
        f"select count(*) from (({grouped} except {given}) union all ({given} except {grouped}))"
    ).fetchall()
    return bool(differences == 0)


def _hour_of(folder: Path) -> Path:
    """`year=…/month=…/day=…/hour=…` of a partition folder."""
    return Path(*[part for part in folder.parts if "=" in part][-4:])


def _read(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
    """Shows the files of a partition folder as a view."""
    files = [glob.escape(str(path)) for path in sorted(folder.glob("*.parquet"))]
    connection.read_parquet(files, hive_partitioning=False).create_view(table)


def report(done: dict[str, dict[str, int]]) -> str:
    """A line per table, for the screen, and what has to be known about it."""
    lines = [
        f"{table:<45} {json.dumps(counts)[1:-1].replace(chr(34), '')}"
        for table, counts in done.items()
    ]
    withheld = {table: counts["withheld"] for table, counts in done.items() if "withheld" in counts}
    for table, count in withheld.items():
        lines.append(
            f"{count} hours of {table} are withheld: wmf.pageview_actor does not hold the same "
            "views (any more), so nobody can count their readers. Share within the retention of "
            "pageview_actor, or build the hours again."
        )
    return "\n".join(lines)
