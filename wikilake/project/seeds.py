"""The seeds in the lake's catalog: loaded and tested when one of them has changed."""

from __future__ import annotations

import hashlib
import json

import duckdb
from dbt.contracts.graph.manifest import Manifest
from dbt.node_types import NodeType

from wikilake import settings
from wikilake.project.dbt import Project


def load_seeds(project: Project) -> None:
    """Loads and tests the seeds; raises DbtFailed.

    On DuckDB seeds that are as they were are left alone, which saves two seconds.
    """
    manifest = project.manifest
    loaded_from = _digest_of_seeds(manifest)
    if project.is_on_duckdb and _seeds_of(manifest) <= _seeds_loaded_from(loaded_from):
        return
    seeds = ["--select", "resource_type:seed", "--exclude", "tag:rule_test"]
    only_seeds = ["--indirect-selection", "cautious"]  # of the tests: those of seeds alone
    project.run("build", *seeds, *only_seeds)
    if project.is_on_duckdb:
        arguments = json.dumps({"loaded_from": loaded_from})
        project.run("run-operation", "record_seed_digest", "--args", arguments)


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


def _seeds_loaded_from(digest: str) -> set[str]:
    """Unique ids of the seeds that the published catalog holds with this mark."""
    if not settings.catalog_path().exists():
        return set()
    marked = "select 'seed.wikilake.' || table_name from duckdb_tables() where comment = ?"
    try:
        with duckdb.connect(str(settings.catalog_path()), read_only=True) as catalog:
            return {name for (name,) in catalog.execute(marked, [digest]).fetchall()}
    except duckdb.Error:
        return set()
