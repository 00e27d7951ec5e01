"""Streams of events whose schemas change while their tables have partitions."""

from __future__ import annotations

import json
import shutil

import pytest
from conftest import Lake
from stream_project import StreamProject

from wikilake.lake.manifests import read_manifest

ACME = [{"stream": "acme.click", "datacenters": ["eqiad"]}]
META = {"type": "object", "properties": {"id": {"type": "string"}, "dt": {"type": "string"}}}
ALLOWLIST = "acme_click: {a: keep, info: {x: keep, y: keep}, tags: keep, late: hash}\n"
SEEDS = "resource_type:seed,path:seeds/reference"
TABLES = ("path:models/*/events",)
PLACE = "year=2026/month=11/day=1/hour="


def schema(**properties: dict) -> dict:
    return {"type": "object", "properties": {"meta": META} | properties}


def struct(*names: str) -> dict:
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


FIRST = schema(
    a={"type": "integer"}, info=struct("x"), tags={"type": "array", "items": struct("p")}
)
SECOND = schema(
    a={"type": "integer"}, info=struct("x", "y"),
    tags={"type": "array", "items": struct("p", "q")}, late={"type": "string"}, more=struct("z"),
)  # fmt: skip
EVENT = {
    "a": 1, "info": {"x": "i", "y": "j"}, "tags": [{"p": "k", "q": "l"}],
    "late": "secret", "more": {"z": "m"}, "last": "n",
}  # fmt: skip


def rows(lake: Lake, schema: str) -> list[tuple]:
    return lake.query(
        "select hour, a, info.x, info.y, tags[1].p, tags[1].q, late, more.z "
        f"from {schema}.acme_click order by hour"
    )


@pytest.fixture(scope="module")
def grown(tmp_path_factory) -> StreamProject:
    """Two hours by a schema, then a third one by a newer version of it."""
    folder = tmp_path_factory.mktemp("grown")
    lake = Lake(folder, {"WIKILAKE_EVENTS": str(folder / "events")})
    lake.settings["WIKILAKE_SALTS"] = str(folder / "salts")
    (folder / "salts").mkdir()
    (folder / "salts" / "2026100100_2027010100_2027022000").write_text("0" * 64)
    for hour in range(4):
        file = folder / "events" / "eqiad.acme.click" / f"{PLACE}{hour}" / "part-0.jsonl"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(EVENT) + "\n")
    made = StreamProject(lake)
    made.declare(ACME, {"acme_click": {"1.0.0": FIRST}}, ALLOWLIST)
    made.build(SEEDS, *TABLES, **{"from": "2026-11-01T00", "to": "2026-11-01T02"})
    made.declare(ACME, {"acme_click": {"1.0.0": FIRST, "1.1.0": SECOND}}, ALLOWLIST)
    made.build(*TABLES, hour="2026-11-01T02")
    return made


OLD = (1, "i", None, "k", None, None, None)
NEW = (1, "i", "j", "k", "l", "secret", "m")


def test_rows_of_an_older_schema_have_null_in_the_columns_and_fields_of_a_newer(grown):
    assert rows(grown.lake, "event") == [(0, *OLD), (1, *OLD), (2, *NEW)]


def test_the_sanitised_copy_grows_with_its_table(grown):
    old, again, new = rows(grown.lake, "event_sanitized")
    assert (old, again) == ((0, *OLD), (1, *OLD))
    assert new[:6] == (2, *NEW[:5]) and len(new[6]) == 64 and new[7] is None


def test_partitions_that_were_written_again_keep_what_is_said_of_them(grown):
    root = grown.lake.root / "event" / "acme_click" / "datacenter=eqiad"
    old, new = (read_manifest(root / f"{PLACE}{hour}") for hour in (0, 2))
    assert old["rows"] == 1 and old["columns"].keys() == new["columns"].keys()
    assert old["run_id"] != new["run_id"] and old["refined_at"] <= new["refined_at"]
    assert {path.stat().st_mode & 0o777 for path in root.rglob("*.*")} == {0o600}


def test_a_table_grows_by_a_run_on_spark_too(grown, tmp_path):
    copied = Lake(tmp_path, dict(grown.lake.settings))
    shutil.copytree(grown.lake.root, copied.root)
    third = StreamProject(copied)
    newest = schema(**SECOND["properties"], last={"type": "string"})
    third.declare(ACME, {"acme_click": {"1.0.0": FIRST, "1.2.0": newest}}, ALLOWLIST)
    third.build(SEEDS, *TABLES, target="spark", hour="2026-11-01T03")
    third.show()
    assert rows(copied, "event")[1:] == [(1, *OLD), (2, *NEW), (3, *NEW)]
    assert copied.query("select hour, last from event.acme_click where last is not null") == [
        (3, "n")
    ]


def test_an_older_schema_that_comes_back_takes_nothing_away(grown, tmp_path):
    copied = Lake(tmp_path, dict(grown.lake.settings))
    shutil.copytree(grown.lake.root, copied.root)
    older = StreamProject(copied)
    older.declare(ACME, {"acme_click": {"1.0.0": FIRST}}, ALLOWLIST)
    older.build(SEEDS, "+event__*", hour="2026-11-01T03")
    assert rows(copied, "event") == [(0, *OLD), (1, *OLD), (2, *NEW), (3, *OLD)]
    older.show()
    assert rows(copied, "event")[2:] == [(2, *NEW), (3, *OLD)]


def test_a_field_that_is_kept_and_whose_schema_is_gone_is_named_with_what_to_do(grown, tmp_path):
    copied = Lake(tmp_path, dict(grown.lake.settings))
    shutil.copytree(grown.lake.root, copied.root)
    older = StreamProject(copied)
    older.declare(ACME, {"acme_click": {"1.0.0": FIRST}}, ALLOWLIST)
    run = older.try_build(SEEDS, *TABLES, hour="2026-11-01T03")
    assert run.returncode == 1
    assert "contract" not in run.stdout
    for said in ("allowlist.yaml", "acme.click", "tags.q", str(older.streams), "streams sync"):
        assert said in run.stdout, said
