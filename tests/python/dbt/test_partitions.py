"""A partition is replaced wholly or not at all, in any order, also with nothing."""

import hashlib
from datetime import UTC, datetime

import duckdb
from conftest import HOUR
from lines import numbered

from wikilake.lake import partitions
from wikilake.lake.manifests import read_manifest


def sequences(lake) -> list[tuple]:
    return lake.query("select webrequest_source, hour, sequence from wmf.webrequest order by all")


def test_a_rerun_replaces_its_hour_and_leaves_the_others(lake):
    lake.write_raw([numbered(1)], hour=1)
    lake.write_raw([numbered(2)], hour=0)
    lake.run_hour("2026-11-01T01")
    lake.run_hour("2026-11-01T00")
    assert sequences(lake) == [("text", 0, 2), ("text", 1, 1)]
    lake.write_raw([numbered(3), numbered(4)], hour=1)
    lake.run_hour("2026-11-01T01")
    assert sequences(lake) == [("text", 0, 2), ("text", 1, 3), ("text", 1, 4)]
    views = "select hour, sum(view_count) from wmf.pageview_hourly group by all order by 1"
    assert lake.query(views) == [(0, 1), (1, 2)]


def test_an_hour_that_has_become_empty_is_emptied_in_every_table(lake):
    text, upload = lake.write_raw([numbered(1)]), lake.write_raw([numbered(2)], source="upload")
    lake.write_raw([numbered(3)], hour=1)
    lake.run_hour()
    assert len(sequences(lake)) == 2
    upload.unlink()
    lake.run_hour()
    assert sequences(lake) == [("text", 0, 1)]
    text.unlink()
    lake.run_hour()
    for table in ("webrequest", "pageview_actor", "pageview_hourly", "projectview_hourly"):
        assert lake.query(f"select count(*) from wmf.{table}") == [(0,)]


def test_any_source_is_accepted(lake):
    for source in ("text", "upload", "mobile", "misc", "bits", "maps"):
        lake.write_raw([numbered(1)], source=source)
    lake.run_hour()
    assert len(sequences(lake)) == 6
    assert lake.query("select count(*) from wmf.pageview_actor") == [(1,)]


def test_partitions_are_parquet_files_that_any_engine_reads(lake):
    lake.write_raw([numbered(1)])
    lake.run_hour()
    folder = lake.root / "wmf/webrequest/webrequest_source=text" / f"{HOUR}0"
    [file] = folder.glob("*.parquet")
    assert {path.name for path in folder.iterdir()} == {file.name, "_manifest.json"}
    columns = [
        row[0]
        for row in duckdb.sql(
            f"describe select * from read_parquet('{file}', hive_partitioning = false)"
        ).fetchall()
    ]
    assert "webrequest_source" not in columns
    partition = ["webrequest_source", "year", "month", "day", "hour"]
    explained = [row[0] for row in lake.query("describe wmf.webrequest_explained")]
    assert set(explained) > {*columns, *partition}
    columns.remove("pageview_condition")  # what the view of webrequest leaves to the other one
    assert [row[0] for row in lake.query("describe wmf.webrequest")] == [*columns, *partition]


def test_each_partition_has_a_manifest_that_says_what_lies_beside_it(lake):
    lake.write_raw([numbered(1), numbered(2)])
    before = datetime.now(UTC).replace(microsecond=0)
    lake.run_hour()
    folder = lake.root / "wmf/webrequest/webrequest_source=text" / f"{HOUR}0"
    manifest = read_manifest(folder)
    assert manifest["table"] == "wmf/webrequest"
    assert manifest["partition"] == f"webrequest_source=text/{HOUR}0"
    assert before <= datetime.fromisoformat(manifest["refined_at"]) <= datetime.now(UTC)
    assert manifest["rows"] == 2
    assert list(manifest["columns"])[:3] == ["hostname", "server_pid", "sequence"]
    [file] = manifest["files"]
    content = (folder / file["name"]).read_bytes()
    assert (file["rows"], file["bytes"]) == (2, len(content))
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert lake.query("select distinct record_version from wmf.webrequest") == [
        (manifest["record_version"],)
    ]
    folders = {path.parent for path in lake.root.glob("[!.]*/**/*.parquet")} - {lake.root}
    assert {path.parent for path in lake.root.rglob("_manifest.json")} == folders


def test_folders_are_swapped_in_one_step(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path))
    for content in ("old", "new"):
        folder = partitions.stage_partition("wmf/t", "hour=0")
        (tmp_path / ".staging/wmf/t/hour=0/part-0").write_text(content)
        assert folder == str(tmp_path / ".staging/wmf/t/hour=0")
        partitions.publish_partition("wmf/t", "hour=0")
        assert (tmp_path / "wmf/t/hour=0/part-0").read_text() == content
    assert not (tmp_path / ".staging/wmf/t/hour=0").exists()
