"""What dbt's tests found, written beside the measures of the hour; the mark of the gate."""

from __future__ import annotations

import io
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import json as pa_json

from wikilake import settings
from wikilake.lake import partitions
from wikilake.lake.durable import write_all_durably
from wikilake.lake.hours import HOUR, hour_path, hours_between
from wikilake.lake.manifests import MANIFEST, ManifestError, read_manifest
from wikilake.lake.paths import below

METRICS, ALERTS = "wmf_data_ops/data_quality_metrics", "wmf_data_ops/data_quality_alerts"
RAW = "wmf_raw.webrequest"
TESTS = "tests.parquet"
"""Name of the second file of a partition; a build of the hour takes it away with the first."""

COLUMNS = pa.schema(
    [
        ("dataset", pa.string()),
        ("partition_id", pa.string()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("status", pa.string()),
        ("severity", pa.string()),
        ("constraint_rule", pa.string()),
        ("message", pa.string()),
        ("run_id", pa.string()),
    ]
)
STATUS = {"pass": "ok", "warn": "warn", "fail": "error", "error": "error"}


def record_test_results(said: str) -> int:
    """Writes the results of a run's tests, a JSON object of record_test_results.sql; how many.

    They lie in the partition of the run's last hour. Only hours that have the two tables get them.
    The same run, or the next, replaces them.
    """
    run = json.loads(said)
    first, end = datetime.fromisoformat(run["first"]), datetime.fromisoformat(run["end"])
    partition = hour_path(end - HOUR)
    tests = [test for test in run["tests"] if not test["is_of_history"]]
    tested = partition
    if end - first > HOUR:
        tested = f"from={first:{settings.HOUR_FORMAT}}/to={end:{settings.HOUR_FORMAT}}"
    rows = [_row(test, tested, run["run_id"]) for test in tests]
    if not rows:
        return 0
    for gate in (test for test in tests if test["is_gate"]):
        mark_gate(first, end, gate, run)
    for table, kept in ((METRICS, rows), (ALERTS, [row for row in rows if row["status"] != "ok"])):
        folder = below(settings.lake_root(), f"{table}/{partition}")
        if (folder / MANIFEST).exists():
            _replace_tests(folder, table, partition, kept)
    return len(rows)


def mark_gate(first: datetime, end: datetime, gate: dict[str, Any], run: dict[str, Any]) -> None:
    """Writes `gate` into the manifests of the hours' webrequest: passed, warned, failed, accepted.

    `failed` says that the pageview tables of the hour were not built from these rows.
    """
    sources = list((settings.lake_root() / "wmf" / "webrequest").glob("webrequest_source=*"))
    marked: dict[Path, str] = {}
    for hour in hours_between(first, end):
        status = STATUS.get(gate["status"], "error")
        if end - first > HOUR:
            levels = {row["status"] for row in measures_of_gate(hour)}
            status = next((level for level in ("error", "warn") if level in levels), "ok")
        mark = {"ok": "passed", "warn": "warned", "error": "failed"}[status]
        if run["accept_loss"] and status != "ok":
            mark = "accepted"
        for path in (source / hour_path(hour) / MANIFEST for source in sources):
            if path.exists():
                manifest = read_manifest(path.parent) | {"gate": mark, "gate_run_id": run["run_id"]}
                marked[path] = json.dumps(manifest, indent=1) + "\n"
    write_all_durably(marked)


def measures_of_gate(hour: datetime) -> list[dict[str, Any]]:
    """The rows of data_quality_metrics by which the gate judges an hour."""
    folder = settings.lake_root() / METRICS / hour_path(hour)
    return [
        row
        for path in folder.glob("part-*")
        if pq.read_metadata(path).num_rows
        for row in pq.ParquetFile(path).read().to_pylist()
        if row["dataset"] == RAW and row["severity"] == "error"
    ]


def unpublished_hours() -> list[str]:
    """The partitions of webrequest behind a failed gate that nobody has accepted."""
    root = settings.lake_root() / "wmf" / "webrequest"
    marked = []
    for path in sorted(root.rglob(MANIFEST)):
        try:
            if read_manifest(path.parent).get("gate") == "failed":
                marked.append(str(path.parent.relative_to(root)))
        except ManifestError:
            continue
    return marked


def messages_of_gate(hour: datetime) -> list[str]:
    """For what the gate holds back an hour, in words; nothing when it does not."""
    rows = measures_of_gate(hour)
    if all(row["status"] != "error" for row in rows):
        return []
    return [f"{row['message']} ({row['constraint_rule']})" for row in rows if row["message"]]


def _row(test: dict[str, Any], partition: str, run_id: str) -> dict[str, Any]:
    status = STATUS.get(test["status"], "error")
    failures = test["failures"]
    rule = f"warn if {test['warn_if']}"
    if test["severity"] == "error":
        rule += f", error if {test['error_if']}"
    found = "it did not run to its end" if failures is None else f"it gave {failures}"
    return {
        "dataset": test["dataset"],
        "partition_id": partition,
        "metric": test["metric"],
        "value": None if failures is None else float(failures),
        "status": status,
        "severity": test["severity"],
        "constraint_rule": rule,
        "message": None if status == "ok" else f"test {test['metric']}: {found}",
        "run_id": run_id,
    }


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as they are stored, read from JSON, since Arrow loads pandas for Python's own values."""
    if not rows:
        return pa.Table.from_batches([], COLUMNS)
    lines = "\n".join(map(json.dumps, rows)).encode()
    columns = pa_json.ParseOptions(explicit_schema=COLUMNS)
    at_once = pa_json.ReadOptions(block_size=len(lines) + 1)  # a row must lie within two blocks
    return pa_json.read_json(io.BytesIO(lines), at_once, columns)


def _replace_tests(folder: Path, table: str, partition: str, rows: list[dict[str, Any]]) -> None:
    """Publishes a partition that is there once more, with these test results beside its rows."""
    staged = Path(partitions.stage_partition(table, partition))
    for path in folder.glob("*.parquet"):
        shutil.copyfile(path, staged / path.name)
    pq.write_table(_table(rows), staged / TESTS, compression="zstd")
    is_public = bool(folder.stat().st_mode & 0o005)
    facts = read_manifest(folder) | {"is_public": is_public}
    partitions.publish_partition(table, partition, json.dumps(facts))
