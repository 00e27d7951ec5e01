"""The ingestion spec for Druid has the shape that Druid takes, and says what the dataset needs."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import jsonschema
import pytest

from wikilake.answers.druid import SnapshotMissing, write_ingestion_spec

TEXT = {"type": "string", "minLength": 1}


def record(**properties: dict) -> dict:
    """The schema of an object with these members, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def one_of(*values: str) -> dict:
    return {"enum": list(values)}


GRANULARITY = one_of("hour", "day", "week", "month", "quarter", "year", "all")
SCHEMA = record(
    type=one_of("index_parallel"),
    spec=record(
        dataSchema=record(
            dataSource={"type": "string", "pattern": "^[a-z0-9_]+$"},
            timestampSpec=record(column=TEXT, format=TEXT),
            dimensionsSpec=record(dimensions={"type": "array", "items": TEXT, "uniqueItems": True}),
            metricsSpec={
                "type": "array",
                "items": {
                    "oneOf": [
                        record(type=one_of("count"), name=TEXT),
                        record(type=one_of("longSum"), name=TEXT, fieldName=TEXT),
                    ]
                },
            },
            granularitySpec=record(
                type=one_of("uniform"),
                segmentGranularity=GRANULARITY,
                queryGranularity=GRANULARITY,
                rollup={"type": "boolean"},
                intervals={
                    "type": "array",
                    "items": {
                        "type": "string",
                        "pattern": "^[0-9]{4}(-[0-9]{2}){2}/[0-9]{4}(-[0-9]{2}){2}$",
                    },
                },
            ),
        ),
        ioConfig=record(
            type=one_of("index_parallel"),
            inputSource=record(type=one_of("local"), baseDir=TEXT, filter=TEXT),
            inputFormat=record(type=one_of("parquet")),
        ),
        tuningConfig=record(
            type=one_of("index_parallel"),
            forceGuaranteedRollup={"type": "boolean"},
            partitionsSpec=record(
                type=one_of("hashed"), numShards={"type": "integer", "minimum": 1}
            ),
        ),
    ),
)


@pytest.fixture
def lake(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path))
    for snapshot in ("2025-06", "2025-12"):
        partition = tmp_path / f"wmf/mediawiki_history_reduced/snapshot={snapshot}"
        partition.mkdir(parents=True)
        (partition / "part-0.parquet").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("snapshot", "end"), [("2025-06", "2025-07-01"), ("2025-12", "2026-01-01")]
)
def test_the_spec_is_what_druid_takes_and_ends_with_the_snapshot(lake, snapshot, end):
    spec = json.loads(write_ingestion_spec(snapshot).read_text())
    jsonschema.validate(spec, SCHEMA)
    data = spec["spec"]["dataSchema"]
    assert data["dataSource"] == f"mediawiki_history_reduced_{snapshot.replace('-', '_')}"
    assert data["granularitySpec"]["intervals"] == [f"2001-01-01/{end}"]
    assert len(data["dimensionsSpec"]["dimensions"]) == 12
    assert [metric["name"] for metric in data["metricsSpec"]] == [
        "events",
        "revisions_sum",
        "text_bytes_diff_sum",
        "text_bytes_diff_abs_sum",
    ]


def test_a_snapshot_that_is_not_built_is_named(lake):
    with pytest.raises(SnapshotMissing, match="2024-01 is not in the lake"):
        write_ingestion_spec("2024-01")


def test_a_spec_is_for_others_to_read_and_its_owner_to_write_under_any_umask(lake):
    for umask in (0o000, 0o077):
        before = os.umask(umask)
        try:
            path = write_ingestion_spec("2025-06")
        finally:
            os.umask(before)
        assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (
            0o644,
            0o755,
        )
        assert list(path.parent.iterdir()) == [path]


def test_a_spec_is_written_into_a_pipe_or_through_a_link_which_stay(lake):
    pipe = lake / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_text)
        write_ingestion_spec("2025-06", pipe)
        assert json.loads(read.result(10))["type"] == "index_parallel"
    assert pipe.is_fifo()
    (lake / "link.json").symlink_to(lake / "spec.json")
    write_ingestion_spec("2025-06", lake / "link.json")
    assert (lake / "link.json").is_symlink() and (lake / "spec.json").is_file()
