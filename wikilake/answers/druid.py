"""The ingestion spec with which Druid loads a snapshot of mediawiki_history_reduced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake.durable import make_folders, write_durably

FOLDER = "druid"
"""Folder of the lake with the specs."""

DIMENSIONS = (
    "project", "event_entity", "event_type", "user_text", "user_type", "page_title",
    "page_namespace", "page_type", "other_tags", "revisions", "text_bytes_diff",
    "text_bytes_diff_abs",
)  # fmt: skip
"""All are texts to Druid: so an activity level can be a filter on `revisions`."""

SUMS = ("revisions", "text_bytes_diff", "text_bytes_diff_abs")
SHARDS = 16


class SnapshotMissing(WikilakeError):
    """A snapshot that is not in the lake; the message says what to do."""


def write_ingestion_spec(snapshot: str, path: Path | None = None) -> Path:
    """Writes the spec of a built snapshot as JSON, by default into the lake's folder `druid`.

    Druid runs as another user, who may read it; nobody but its owner may change what Druid does.
    """
    partition = settings.lake_root() / "wmf/mediawiki_history_reduced" / f"snapshot={snapshot}"
    if not list(partition.glob("*.parquet")):
        raise SnapshotMissing(
            f"Snapshot {snapshot} is not in the lake ({partition} holds no Parquet): build it "
            f"first, with wikilake build --snapshot {snapshot}."
        )
    if path is None:
        path = settings.lake_root() / FOLDER / f"{data_source(snapshot)}.json"
        make_folders(path.parent, settings.lake_root(), 0o755)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(ingestion_spec(snapshot, partition), indent=2) + "\n"
    if path.exists() and not path.is_file():  # /dev/stdout, whose place nothing may take
        path.write_text(text)
    else:
        write_durably(path.resolve(), text, 0o644)
    return path


def data_source(snapshot: str) -> str:
    return f"mediawiki_history_reduced_{snapshot.replace('-', '_')}"


def ingestion_spec(snapshot: str, partition: Path) -> dict[str, Any]:
    """A batch task that reads the Parquet files of a partition and rolls them up by day."""
    year, month = map(int, snapshot.split("-"))
    end = f"{year + month // 12}-{month % 12 + 1:02}-01"
    sums = [{"type": "longSum", "name": f"{name}_sum", "fieldName": name} for name in SUMS]
    schema = {
        "dataSource": data_source(snapshot),
        "timestampSpec": {"column": "event_timestamp", "format": "yyyy-MM-dd HH:mm:ss.S"},
        "dimensionsSpec": {"dimensions": list(DIMENSIONS)},
        "metricsSpec": [{"type": "count", "name": "events"}, *sums],
        "granularitySpec": {
            "type": "uniform",
            "segmentGranularity": "month",
            "queryGranularity": "day",
            "rollup": True,
            "intervals": [f"2001-01-01/{end}"],
        },
    }
    source = {"type": "local", "baseDir": str(partition), "filter": "*.parquet"}
    tuning = {
        "type": "index_parallel",
        "forceGuaranteedRollup": True,
        "partitionsSpec": {"type": "hashed", "numShards": SHARDS},
    }
    return {
        "type": "index_parallel",
        "spec": {
            "dataSchema": schema,
            "ioConfig": {
                "type": "index_parallel",
                "inputSource": source,
                "inputFormat": {"type": "parquet"},
            },
            "tuningConfig": tuning,
        },
    }
