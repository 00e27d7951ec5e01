"""What dbt's tests found, written beside the measures of the hour; the mark of the gate."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wikilake import settings
from wikilake.lake import partitions
from wikilake.lake.durable import write_durably
from wikilake.lake.manifests import MANIFEST, ManifestError, read_manifest
from wikilake.lake.paths import below, checked_name

METRICS, ALERTS = "wmf_data_ops/data_quality_metrics", "wmf_data_ops/data_quality_alerts"
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

    Only hours that have the two tables get them. The same run, or the next, replaces them.
    """
    run = json.loads(said)
    partition = checked_name("/".join(f"{name}={value}" for name, value in run["hour"].items()))
    tests = [test for test in run["tests"] if not test["is_of_history"]]
    rows = [_row(test, partition, run["run_id"]) for test in tests]
    if not rows:
        return 0
    for gate in (test for test in tests if test["is_gate"]):
        mark_gate(partition, gate, run)
    for table, kept in ((METRICS, rows), (ALERTS, [row for row in rows if row["status"] != "ok"])):
        folder = below(settings.lake_root(), f"{table}/{partition}")
        if (folder / MANIFEST).exists():
            _replace_tests(folder, table, partition, kept)
    return len(rows)


def mark_gate(partition: str, gate: dict[str, Any], run: dict[str, Any]) -> None:
    """Writes `gate` into the manifests of the hour's webrequest: passed, warned, failed, accepted.

    `failed` says that the pageview tables of the hour were not built from these rows.
    """
    status = STATUS.get(gate["status"], "error")
    mark = {"ok": "passed", "warn": "warned", "error": "failed"}[status]
    if run["accept_loss"] and status != "ok":
        mark = "accepted"
    for path in (settings.lake_root() / "wmf" / "webrequest").glob(f"*/{partition}/{MANIFEST}"):
        manifest = read_manifest(path.parent) | {"gate": mark, "gate_run_id": run["run_id"]}
        mode = path.stat().st_mode & 0o777
        write_durably(path, json.dumps(manifest, indent=1) + "\n", mode)


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


def messages_of_gate(partition: str) -> list[str]:
    """What the gate of an hour objects to, in words, from data_quality_alerts."""
    folder = settings.lake_root() / ALERTS / partition
    rows = [row for path in folder.glob("part-*") for row in pq.read_table(path).to_pylist()]
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


def _replace_tests(folder: Path, table: str, partition: str, rows: list[dict[str, Any]]) -> None:
    """Publishes a partition that is there once more, with these test results beside its rows."""
    staged = Path(partitions.stage_partition(table, partition))
    for path in folder.glob("*.parquet"):
        shutil.copyfile(path, staged / path.name)
    pq.write_table(pa.Table.from_pylist(rows, COLUMNS), staged / TESTS, compression="zstd")
    is_public = bool(folder.stat().st_mode & 0o005)
    facts = read_manifest(folder) | {"is_public": is_public}
    partitions.publish_partition(table, partition, json.dumps(facts))
