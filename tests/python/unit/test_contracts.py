"""Path, manifest, files and schema of a partition agree; no hour is missing; reads are found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from wikilake.lake import partitions
from wikilake.project.lists import read_list
from wikilake.upkeep import check
from wikilake.upkeep.check import Table

TABLE = Table(
    "wmf/requests",
    ("webrequest_source", "year", "month", "day", "hour"),
    (("ip", "varchar"), ("sequence", "bigint"), ("m", "map(varchar, varchar)")),
)
ROW = "select 'a' as ip, cast(i as bigint) as sequence, map {'a': 'b'} as m from range(3) t(i)"
HOUR = datetime(2026, 10, 31, 22)


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    return tmp_path / "lake"


def publish(hour: datetime = HOUR, source: str = "text", rows: str = ROW) -> Path:
    period = f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"
    partition = f"webrequest_source={source}/{period}"
    folder = partitions.stage_partition(TABLE.name, partition)
    duckdb.execute(f"copy ({rows}) to '{folder}/part-0.parquet'")
    return Path(partitions.publish_partition(TABLE.name, partition))


def found(**options: bool) -> list[str]:
    return [f"{finding.kind} {finding}" for finding in check.check([TABLE], **options)]


def test_a_partition_as_it_was_published_has_no_finding(root):
    publish()
    assert found(deep=True) == []


def test_a_partition_that_a_run_replaces_while_it_is_looked_at_has_no_finding(root, monkeypatch):
    publish()
    real, times = check.content_faults, []

    def replaced_meanwhile(folder, manifest, deep):
        times.append(folder)
        if len(times) == 1:
            publish(rows=ROW.replace("range(3)", "range(9)"))
        return real(folder, manifest, deep)

    monkeypatch.setattr(check, "content_faults", replaced_meanwhile)
    assert found(deep=True) == []
    assert len(times) == 2


def damage_path(folder: Path) -> None:
    folder.rename(folder.with_name("hour=05"))


def damage_place(folder: Path) -> None:
    other = folder.parents[2] / "month=11/day=1/hour=1"
    other.parent.mkdir(parents=True)
    folder.rename(other)


def damage_bytes(folder: Path) -> None:
    path = folder / "part-0.parquet"
    content = bytearray(path.read_bytes())
    content[10] ^= 255
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_path, "numbers are padded"),
        (damage_place, "_manifest.json belongs to"),
        (damage_bytes, "checksum differs"),
        (lambda folder: (folder / "_manifest.json").unlink(), "has no _manifest.json"),
        (lambda folder: (folder / "_manifest.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "part-0.parquet").unlink(), "not there"),
        (lambda folder: (folder / "part-1.parquet").touch(), "part-1.parquet is not in"),
        (lambda folder: (folder / "part-0.parquet").write_bytes(b"PAR1"), "4 bytes"),
        (lambda folder: (folder.parent / "part.parquet").touch(), "is not a partition of"),
    ],
)
def test_a_partition_that_was_changed_is_found(root, damage, words):
    damage(publish())
    assert any(words in finding for finding in found(deep=True)), found(deep=True)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (ROW.replace("as ip", "as address"), "missing ip, unknown address"),
        (ROW.replace("as bigint", "as integer"), "column sequence is INTEGER, not BIGINT"),
        ("select sequence, ip, m from (" + ROW + ")", "another order"),
        (ROW.replace("'b'}", "1}"), "column m is MAP(VARCHAR, INTEGER)"),
    ],
)
def test_columns_that_differ_from_the_contract_are_found(root, rows, words):
    publish(rows=rows)
    [finding] = found()
    assert finding.startswith("schema") and words in finding


def restamp(folder: Path, **facts: str) -> None:
    path = folder / "_manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))


def test_a_partition_older_than_its_definition_was_refined_again_since(root, monkeypatch):
    table = Table("wmf/webrequest", TABLE.partition_by, TABLE.columns)
    monkeypatch.setitem(globals(), "TABLE", table)
    folder = publish(datetime(2025, 3, 31, 23))
    new = {"record_version": "0.0.26+20250401"}
    for facts, words in (
        (new | {"refined_at": "2025-04-01T00:30:00Z"}, None),
        (new | {"refined_at": "2025-03-31T23:59:00Z"}, "was refined before"),
        ({"record_version": "0.0.26+20250325", "refined_at": "2025-03-31T23:59:00Z"}, None),
        ({"record_version": "0.0.99"}, "not listed in seeds/reference/record_versions.csv"),
    ):
        restamp(folder, **facts)
        assert [words in finding for finding in found()] == ([True] if words else []), found()


def test_a_source_that_is_not_listed_is_found(root):
    publish(source="tea")
    assert ["source tea" in finding for finding in found()] == [True]


def test_missing_hours_in_a_row_are_one_gap_and_declared_ones_are_not_reported(root, monkeypatch):
    for hours in (0, 4, 5, 7):
        publish(HOUR + timedelta(hours=hours))
    publish(HOUR + timedelta(hours=9), source="upload")
    gaps = [finding for finding in found() if finding.startswith("gap")]
    assert len(gaps) == 2
    assert "3 hours of text" in gaps[0] and "2026-10-31T23 up to 2026-11-01T02" in gaps[0]
    assert "1 hours of text" in gaps[1] and "2026-11-01T04 up to 2026-11-01T05" in gaps[1]
    row = {"webrequest_source": "text", "first_hour": "2026-10-31T23", "end_hour": "2026-11-01T01"}
    monkeypatch.setattr(
        check, "read_list", lambda name: [row] if name == "missing_hours" else read_list(name)
    )
    assert "1 hours of text" in found()[0] and "2026-11-01T01 up to" in found()[0]


# --- reads of partitioned tables are bounded ------------------------------------------------------


def selects(node: object) -> Iterator[dict]:
    """Every select of a statement that DuckDB has taken apart."""
    if isinstance(node, dict):
        if node.get("type") == "SELECT_NODE":
            yield node
        for value in node.values():
            yield from selects(value)
    elif isinstance(node, list):
        for value in node:
            yield from selects(value)


def tables_of(node: object) -> Iterator[str]:
    """`schema.table` of every base table in a from clause, not those of selects inside it."""
    if isinstance(node, dict) and node.get("type") != "SELECT_NODE":
        if node.get("type") == "BASE_TABLE":
            yield f"{node['schema_name']}.{node['table_name']}"
        for key in ("left", "right"):
            yield from tables_of(node.get(key))


def columns_of(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("class") == "COLUMN_REF":
            yield node["column_names"][-1]
        for value in node.values():
            yield from columns_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from columns_of(value)


FALSE = {"kind": "BOOLEAN", "text": "false"}


def unbounded(sql: str, keys: dict[str, tuple[str, ...]]) -> list[str]:
    """The tables of `keys` that a statement reads without a predicate on one of their keys.

    With `where false`, or `false and …`, it reads no row of them.
    """
    [(text,)] = duckdb.execute("select json_serialize_sql(?)", [sql]).fetchall()
    tree = json.loads(text)
    assert not tree["error"], tree
    return [
        table
        for select in selects(tree)
        for table in tables_of(select["from_table"])
        if table in keys
        and not is_false(select["where_clause"])
        and not set(keys[table]) & set(columns_of(select["where_clause"]))
    ]


def is_false(condition: dict | None) -> bool:
    """Whether a condition is the word `false`, or that and something else."""
    if not condition:
        return False
    if condition["type"] == "CONJUNCTION_AND":
        return any(map(is_false, condition["children"]))
    return condition.get("literal") == FALSE


def test_the_finder_of_unbounded_reads_finds_them():
    keys = {"wmf.t": ("hour",)}
    read = 'select a from "lake"."wmf"."t"'
    assert unbounded(read, keys) == ["wmf.t"]
    assert unbounded(f"{read} where hour = 1", keys) == []
    assert unbounded(f"{read} where false", keys) == []
    assert unbounded(f"{read} where (false) and a = 'x'", keys) == []
    assert unbounded(f"{read} where false or a = 'x'", keys) == ["wmf.t"]
    assert unbounded(f"{read} where true", keys) == ["wmf.t"]
    assert unbounded(f"{read} where a = 1", keys) == ["wmf.t"]
    assert unbounded(f"with c as ({read}) select * from c where hour = 1", keys) == ["wmf.t"]
    assert unbounded("select * from x join wmf.t using (a)", keys) == ["wmf.t"]
    assert unbounded("select * from wmf.other", keys) == []
