"""The manifest of a partition: a JSON file beside its Parquet files that says what they are.

Engines pass over it, since its name begins with an underscore. Whoever writes a partition writes
its manifest into the staged folder, so that both come into the lake in the same step.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from wikilake.errors import WikilakeError

MANIFEST = "_manifest.json"
"""Name of the file in every partition folder."""


_TEXT = (str, type(None))
KINDS: dict[str, type | tuple[type, ...]] = {
    "table": _TEXT,
    "partition": _TEXT,
    "refined_at": _TEXT,
    "record_version": _TEXT,
    "run_id": _TEXT,
    "rows": int,
    "columns": dict,
    "files": list,
}
"""What every manifest has; one that a purge has emptied may hold null for what it did not know."""

KINDS_OF_FILES = {"name": str, "rows": int, "bytes": int, "sha256": str}


class ManifestError(WikilakeError):
    """A partition folder without a manifest that can be read; the message names it."""


def write_manifest(
    folder: Path,
    table: str,
    partition: str,
    facts: dict[str, Any],
    columns: dict[str, str],
) -> str:
    """Writes the manifest of the Parquet files that lie in `folder`; returns its SHA-256.

    `facts` are what only the writer knows: `record_version` (the definition; null where the table
    has none), `run_id` (dbt's invocation), `settled` (whether later labels of actors count) and
    `thresholds`, the numbers that must stand behind a row where the table has such; in a shared
    lake also `made_from`, see share.py.
    `refined_at` is the clock's time in UTC unless they say another one; `id` is random, and another
    one for each time that the partition is written: it names this state to others and tells nothing
    of it. `columns` are those of the files, see columns_of. The folder is still to be synced, see
    durable.py.
    """
    files = [_file(path) for path in sorted(folder.glob("*.parquet"))]
    manifest = {
        "id": uuid.uuid4().hex,
        "table": table,
        "partition": partition,
        "refined_at": facts.get("refined_at") or f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "record_version": facts.get("record_version"),
        "run_id": facts.get("run_id"),
        "rows": sum(file["rows"] for file in files),
        "bytes": sum(file["bytes"] for file in files),
        "columns": columns,
        "files": files,
    } | {key: facts[key] for key in ("settled", "made_from", "thresholds") if facts.get(key)}
    # A line per key, for people. json.dumps(indent=…) is several times slower: an hour has dozens.
    lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in manifest.items()]
    text = ("{\n" + ",\n".join(lines) + "\n}\n").encode()
    (folder / MANIFEST).write_bytes(text)
    return hashlib.sha256(text).hexdigest()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a partition folder; raises ManifestError when it is missing or wrong."""
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestError(
            f"{folder} has no {MANIFEST}: build this partition again, so that it gets one."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise ManifestError(
            f"{path} cannot be read ({error}): build this partition again."
        ) from None
    if fault := _fault(manifest):
        raise ManifestError(f"{path} is not a manifest ({fault}): build this partition again.")
    return manifest


def _fault(manifest: Any) -> str | None:
    """What keeps JSON from being a manifest: it may be from a broken disk or another program."""
    if not isinstance(manifest, dict):
        return "it holds no JSON object"
    for key, kind in KINDS.items():
        if not isinstance(manifest.get(key), kind):
            return f"its {key} is missing or of another type"
    for file in manifest["files"]:
        if not isinstance(file, dict):
            return "its files are not objects"
        for key, kind in KINDS_OF_FILES.items():
            if not isinstance(file.get(key), kind):
                return f"the {key} of a file is missing or of another type"
    return None


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


def columns_of(folder: Path) -> dict[str, str]:
    """Name and Arrow type of each column of the files, in order, without partition columns."""
    for path in sorted(folder.glob("*.parquet")):
        return {field.name: str(field.type) for field in pq.read_schema(path)}
    return {}
