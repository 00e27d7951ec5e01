"""The manifest of a partition: a JSON file beside its Parquet files that says what they are.

Engines pass over it, since its name begins with an underscore. Whoever writes a partition writes
its manifest into the staged folder, so that both come into the lake in the same step.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

MANIFEST = "_manifest.json"
"""Name of the file in every partition folder."""


class ManifestError(Exception):
    """A partition folder without a manifest that can be read; the message names it."""


def write_manifest(
    folder: Path, table: str, partition: str, facts: dict[str, Any]
) -> dict[str, Any]:
    """Writes the manifest of the Parquet files that lie in `folder`, and gives it.

    `facts` are what only the writer knows: `record_version` (the definition; null where the table
    has none) and `run_id` (dbt's invocation); in a shared lake also `made_from` and `left_out`,
    see share.py. `refined_at` is the clock's time in UTC unless they say another one. The folder
    is still to be synced, see durable.py.
    """
    files = [_file(path) for path in sorted(folder.glob("*.parquet"))]
    manifest = {
        "table": table,
        "partition": partition,
        "refined_at": facts.get("refined_at") or f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "record_version": facts.get("record_version"),
        "run_id": facts.get("run_id"),
        "rows": sum(file["rows"] for file in files),
        "bytes": sum(file["bytes"] for file in files),
        "columns": _columns(folder),
        "files": files,
    } | {key: facts[key] for key in ("made_from", "left_out") if key in facts}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a partition folder; raises ManifestError when there is none to read."""
    path = folder / MANIFEST
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestError(
            f"{folder} has no {MANIFEST}: build this partition again, so that it gets one."
        ) from None
    except (OSError, ValueError) as error:
        raise ManifestError(
            f"{path} cannot be read ({error}): build this partition again."
        ) from None


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file(path: Path) -> dict[str, Any]:
    return {
        "name": path.name,
        "rows": pq.read_metadata(path).num_rows,
        "bytes": path.stat().st_size,
        "sha256": sha256(path),
    }


def _columns(folder: Path) -> dict[str, str]:
    """Name and Arrow type of each column of the files, in their order; partition columns not."""
    for path in sorted(folder.glob("*.parquet")):
        return {field.name: str(field.type) for field in pq.read_schema(path)}
    return {}
