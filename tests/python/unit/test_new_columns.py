"""A table that gets columns has them in all partitions, whatever was there and whatever happens."""

from __future__ import annotations

import glob
import json
from pathlib import Path

import duckdb
import pytest

from wikilake.lake import columns, lock, partitions
from wikilake.lake.manifests import read_manifest
from wikilake.lake.new_columns import add_new_columns
from wikilake.lake.paths import quoted

TABLE = "event/t"
NAMES = ["datacenter", "hour"]
OLD = "select i as a, {'x': i} as s, [{'p': i}] as l, map {'k': {'u': i}} as m from range(3) r(i)"
NEW = (
    "select 'b' as \"select\", map {'k': {'v': 'v', 'u': i}} as m, [{'q': [1], 'p': i}] as l, "
    "{'y': 'y', 'X': i} as s, i as a, map {'k': 'v'} as n from range(2) r(i)"
)


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "la ke'[1]"))
    yield tmp_path / "la ke'[1]"
    lock.release_lake()


def publish(root: Path, hour: int, query: str, **facts: str) -> str:
    name = f"datacenter=eqiad/hour={hour}"
    folder = partitions.stage(root, TABLE, name)
    duckdb.execute(f"copy ({query}) to {quoted(str(folder / 'part-0.parquet'))}")
    partitions.publish(root, TABLE, [name], facts)
    return name


def grow(published: str) -> int:
    return add_new_columns(TABLE, published, json.dumps(NAMES))


def columns_of(root: Path, hour: int) -> set[str]:
    return set(read_manifest(root / TABLE / f"datacenter=eqiad/hour={hour}")["columns"])


def test_old_partitions_get_the_new_columns_and_keep_their_rows_and_facts(root):
    publish(root, 0, OLD, run_id="first", refined_at="2026-11-01T00:00:00Z")
    publish(root, 1, OLD)
    columns.make_file_of_columns(TABLE, "datacenter=none/hour=0", json.dumps(NAMES))
    assert grow(publish(root, 2, NEW)) == 2
    assert grow("datacenter=eqiad/hour=2") == 0
    manifest = read_manifest(root / TABLE / "datacenter=eqiad/hour=0")
    assert (manifest["run_id"], manifest["refined_at"]) == ("first", "2026-11-01T00:00:00Z")
    assert columns_of(root, 0) == columns_of(root, 2)
    columns.make_file_of_columns(TABLE, "datacenter=none/hour=0", json.dumps(NAMES))
    escaped = glob.escape(str(root))
    read = duckdb.sql(
        "select hour, a, s.x, s.y, l[1].p, l[1].q, m['k'].u, m['k'].v, \"select\", n['k'] "
        "from read_parquet(?, hive_partitioning = true) order by hour, a",
        params=[[f"{escaped}/{place}/**/*.parquet" for place in (".columns", TABLE)]],
    ).fetchall()
    assert read[:6] == [
        (h, i, i, None, i, None, i, None, None, None) for h in (0, 1) for i in range(3)
    ]
    assert read[6:] == [(2, i, i, "y", i, [1], i, "v", "b", "v") for i in range(2)]


def test_a_partition_by_an_older_schema_is_the_one_that_is_written_again(root):
    publish(root, 0, NEW)
    assert grow(publish(root, 1, OLD)) == 1
    assert columns_of(root, 1) == columns_of(root, 0)


def test_what_was_interrupted_is_gone_on_with(root, monkeypatch):
    for hour in range(4):
        publish(root, hour, OLD)
    published = publish(root, 4, NEW)
    really = partitions.publish
    done = []

    def dies(*arguments):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(arguments)
        really(*arguments)

    monkeypatch.setattr(partitions, "publish", dies)
    with pytest.raises(KeyboardInterrupt):
        grow(published)
    monkeypatch.setattr(partitions, "publish", really)
    assert grow(publish(root, 4, NEW)) == 2
    assert len({frozenset(columns_of(root, hour)) for hour in range(5)}) == 1


def test_a_partition_without_rows_or_without_a_manifest_grows_too(root):
    publish(root, 0, f"select * from ({OLD}) where false")
    publish(root, 1, OLD)
    (root / TABLE / "datacenter=eqiad/hour=1/_manifest.json").unlink()
    assert grow(publish(root, 2, NEW)) == 2
    assert read_manifest(root / TABLE / "datacenter=eqiad/hour=0")["rows"] == 0
    assert read_manifest(root / TABLE / "datacenter=eqiad/hour=1")["rows"] == 3


def test_a_torn_file_is_left_as_it_is_and_stops_nothing(root):
    """Each run looks at the oldest partition, so a torn one would stop every run."""
    publish(root, 0, OLD)
    publish(root, 1, OLD)
    columns.make_file_of_columns(TABLE, "datacenter=none/hour=0", json.dumps(NAMES))
    torn = root / TABLE / "datacenter=eqiad/hour=0/part-0.parquet"
    torn.write_bytes(b"PAR1")
    assert grow(publish(root, 2, NEW)) == 1
    assert columns_of(root, 1) == columns_of(root, 2)
    assert torn.read_bytes() == b"PAR1"
