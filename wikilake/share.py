"""Copies what is public, and only that, into another lake that everyone may read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
from dbt.cli.main import dbtRunner

from wikilake import lake, privacy
from wikilake.build import failures
from wikilake.catalogue import rebuild_catalogue_of
from wikilake.lock import NAME, LakeInUse, hold_lake, release_lake
from wikilake.manifests import read_manifest
from wikilake.progress import progress_bar


class ShareError(Exception):
    """What cannot be shared, or not there; the message says why."""


def share(output: Path) -> dict[str, dict[str, int]]:
    """Copies every public table; gives {table: {partitions, copied, rows, left_out}}.

    `left_out` is what the measure of the rows sums to that count too little to be published.
    Partitions that the other lake has already, made from the same files by the same threshold,
    are left as they are. Raises ShareError before anything is written.
    """
    _check(output)
    try:
        hold_lake()
        hold_lake(root=output)
    except LakeInUse as error:
        raise ShareError(str(error)) from None
    tables = public_tables()
    aggregates = {row["table_name"]: row for row in privacy.seed("public_aggregates")}
    done: dict[str, dict[str, int]] = {}
    with progress_bar("rows") as progress:
        partitions = [(table, folder) for table in tables for folder in _partitions(table)]
        bar = progress.add_task("sharing", total=len(partitions), rows=0)
        for table, folder in partitions:
            name = table.partition("/")[2]
            progress.update(bar, description=table)
            counts = done.setdefault(table, dict.fromkeys(("partitions", "copied", "rows"), 0))
            result = _share_partition(table, folder, output, aggregates.get(name))
            for key, count in result.items():
                counts[key] = counts.get(key, 0) + count
            progress.update(bar, advance=1, rows=sum(table["rows"] for table in done.values()))
    lake.clear_staging(output)
    release_lake(output)  # the process that makes the catalogue there takes it
    if done:
        rebuild_catalogue_of(output)
        (output / "wikilake.duckdb").chmod(0o644)
        for name in ("wikilake.duckdb.old", ".work_tables.parquet"):
            (output / name).unlink(missing_ok=True)
    return done


def public_tables() -> list[str]:
    """`schema/name` of the lake tables whose access is public, in the project as it is now."""
    parsed = dbtRunner().invoke(["--quiet", "parse"])
    if not parsed.success:
        raise ShareError(failures(parsed))
    models = privacy.models(parsed.result.to_dict())
    return [
        f"{model['schema']}/{model['name']}"
        for model in models
        if model["access"] == "public" and model["config"]["materialized"] == "partitioned"
    ]


def published_rows(columns: list[str], aggregate: dict[str, str]) -> str:
    """SQL that makes the publishable rows of an aggregate from its relation `counted`.

    A row below k gives up the columns of `folded_columns` and is summed with its like; what is
    still below k is not published.
    """
    measure, k = aggregate["measure"], int(aggregate["k"])
    folded = dict(pair.split("=") for pair in aggregate["folded_columns"].split(";") if pair)
    kept = [
        f"case when {measure} < {k} then '{folded[column]}' else {column} end as {column}"
        if column in folded
        else column
        for column in columns
        if column != measure
    ]
    return f"""
        with folded as (select {", ".join(kept)}, {measure} from counted),
        summed as (
            select * exclude ({measure}), cast(sum({measure}) as bigint) as {measure}
            from folded group by all
        )
        select {", ".join(columns)} from summed where {measure} >= {k} order by all
    """


def _check(output: Path) -> None:
    root = lake.lake_root().resolve()
    target = output.resolve()
    if not root.is_dir():
        raise ShareError(f"There is no lake at {root}: wikilake build first.")
    if target == root or root in target.parents or target in root.parents:
        raise ShareError(f"{target} and the lake {root} are one in the other: name another folder.")
    begun = any((target / name).exists() for name in ("wikilake.duckdb", NAME))
    if target.exists() and any(target.iterdir()) and not begun:
        raise ShareError(f"{target} holds something that is no lake: name an empty folder.")


def _partitions(table: str) -> Iterator[Path]:
    """The partition folders of a table, in order."""
    yield from sorted({file.parent for file in (lake.lake_root() / table).rglob("*.parquet")})


def _share_partition(
    table: str, folder: Path, output: Path, aggregate: dict[str, str] | None
) -> dict[str, int]:
    partition = str(folder.relative_to(lake.lake_root() / table))
    made_from = {
        "files": [file["sha256"] for file in read_manifest(folder)["files"]],
        "aggregate": aggregate and {key: aggregate[key] for key in ("k", "folded_columns")},
    }
    target = output / table / partition
    if (target / "_manifest.json").exists():
        there = read_manifest(target)
        if there["made_from"] == made_from:
            return {"partitions": 1, "rows": there["rows"]} | _left_out(there)
    staged = lake.stage(output, table, partition)
    facts: dict[str, Any] = read_manifest(folder) | {"made_from": made_from, "is_public": True}
    del facts["refined_at"]
    if aggregate is None:
        for file in folder.glob("*.parquet"):
            shutil.copyfile(file, staged / file.name)
    else:
        facts["left_out"] = _publish_aggregate(folder, staged, aggregate)
    lake.publish(output, table, [partition], facts)
    written = read_manifest(target)
    return {"partitions": 1, "copied": 1, "rows": written["rows"]} | _left_out(written)


def _left_out(manifest: dict[str, Any]) -> dict[str, int]:
    return {"left_out": manifest["left_out"]} if "left_out" in manifest else {}


def _publish_aggregate(folder: Path, staged: Path, aggregate: dict[str, str]) -> int:
    """Writes the publishable rows of a partition; gives the sum of the measure that is missing."""
    files = [str(path) for path in folder.glob("*.parquet")]
    with duckdb.connect() as connection:
        connection.execute(
            "create table counted as select * from read_parquet(?, hive_partitioning = false)",
            [files],
        )
        described = connection.execute("describe counted").fetchall()
        query = published_rows([row[0] for row in described], aggregate)
        connection.execute(f"create table published as {query}")
        target = str(staged / "part-0.parquet").replace("'", "''")
        connection.execute(f"copy published to '{target}' (format parquet, compression zstd)")
        before, after = (
            connection.execute(
                f"select coalesce(sum({aggregate['measure']}), 0) from {table}"
            ).fetchone()[0]
            for table in ("counted", "published")
        )
    return int(before - after)


def report(done: dict[str, dict[str, int]]) -> str:
    """A line a table, for the screen."""
    return "\n".join(
        f"{table:<45} {json.dumps(counts)[1:-1].replace(chr(34), '')}"
        for table, counts in done.items()
    )
