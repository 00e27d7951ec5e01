"""The seeds in the lake: loaded and tested when one of them has changed."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

import duckdb
from dbt.contracts.graph.manifest import Manifest
from dbt.node_types import NodeType

from wikilake import settings
from wikilake.lake.durable import write_durably
from wikilake.lake.manifests import ManifestError, read_manifest
from wikilake.project.dbt import Project


def load_seeds(project: Project) -> None:
    """Loads and tests the seeds; raises DbtFailed.

    Seeds that are as they were are left alone, which saves two seconds on DuckDB and more on Spark.
    """
    manifest = project.manifest
    loaded_from = _digest_of_seeds(manifest)
    loaded = _in_catalog if project.is_on_duckdb else _in_files
    if _seeds_of(manifest) <= loaded(manifest, loaded_from):
        return
    seeds = ["--select", "resource_type:seed", "--exclude", "tag:rule_test"]
    only_seeds = ["--indirect-selection", "cautious"]  # of the tests: those of seeds alone
    project.run("build", *seeds, *only_seeds)
    if project.is_on_duckdb:
        arguments = json.dumps({"loaded_from": loaded_from})
        project.run("run-operation", "record_seed_digest", "--args", arguments)
    else:
        note = {"loaded_from": loaded_from, "ids": _ids_of_files(manifest)}
        write_durably(_note_of_files(), json.dumps(note))


def _seeds_of(manifest: Manifest) -> set[str]:
    """Unique ids of the seeds that models read."""
    nodes = manifest.nodes.items()
    return {
        name for name, n in nodes if n.resource_type == NodeType.Seed and "rule_test" not in n.tags
    }


def _digest_of_seeds(manifest: Manifest) -> str:
    """A digest that is another one when a row, a type or a test of a seed is."""
    seeds = _seeds_of(manifest)
    said = sorted(
        (name, node.checksum.checksum, node.config.to_dict(), getattr(node, "raw_code", ""))
        for name, node in manifest.nodes.items()
        if name in seeds
        or (node.resource_type == NodeType.Test and set(node.depends_on.nodes) <= seeds)
    )
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _in_catalog(manifest: Manifest, digest: str) -> set[str]:
    """Unique ids of the seeds that the published catalog holds with this digest: DuckDB's."""
    if not settings.catalog_path().exists():
        return set()
    marked = "select 'seed.wikilake.' || table_name from duckdb_tables() where comment = ?"
    try:
        with duckdb.connect(str(settings.catalog_path()), read_only=True) as catalog:
            return {name for (name,) in catalog.execute(marked, [digest]).fetchall()}
    except duckdb.Error:
        return set()


def _in_files(manifest: Manifest, digest: str) -> set[str]:
    """Unique ids of the seeds whose files are those that the note of this digest names: Spark's."""
    with suppress(OSError, ValueError, LookupError, TypeError):  # there is none, or it is torn
        note = json.loads(_note_of_files().read_text(encoding="utf-8"))
        if note["loaded_from"] == digest:
            ids = note["ids"]
            return {name for name, found in _ids_of_files(manifest).items() if ids[name] == found}
    return set()


def _note_of_files() -> Path:
    return settings.lake_root() / ".lists.spark.json"


def _ids_of_files(manifest: Manifest) -> dict[str, str]:
    """Which state of each seed lies in the lake, where its files are complete."""
    ids = {}
    for name in _seeds_of(manifest):
        node = manifest.nodes[name]
        folder = settings.lake_root() / node.schema / node.alias
        with suppress(ManifestError, OSError):
            said = read_manifest(folder)
            if all((folder / f["name"]).stat().st_size == f["bytes"] for f in said["files"]):
                ids[name] = said.get("id", "")
    return ids
