"""Rebuilds the catalog from the lake: it holds only views and seeds."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake import catalog, partitions
from wikilake.lake.lock import hold_lake
from wikilake.project.dbt import Project
from wikilake.project.remedies import in_words, remedy
from wikilake.project.seeds import load_seeds

VIEWS_ON = {
    "wmf/mediawiki_history_reduced": "tag:history",
    "wmf/webrequest": "path:models/marts/webrequest",
}
"""Which views can be made where a lake holds a table; a shared one does not hold each."""


SCHEMAS = ("wmf", "wmf_raw", "event", "event_sanitized", "wikistats", "dumps")
"""Folders of the lake whose tables are named when a catalog is made."""


class CatalogFailed(WikilakeError):
    """A catalog that cannot be made; the message says why."""


def rebuild_catalog(project: Project, mode: int = 0o600) -> list[str]:
    """Rebuilds the lake's catalog and returns the names of the tables it shows.

    It is made beside the old one, which stays until then, whatever happens, and is kept as
    `wikilake.duckdb.old`, also when it can no longer be read. Raises CatalogFailed
    when another run holds the lake or dbt fails.
    """
    aside = settings.lake_root() / ".catalog"
    try:
        hold_lake()
        shutil.rmtree(aside, ignore_errors=True)
        partitions.closed_folder(aside)
        with settings.changed(catalog=aside):
            _make_catalog(project)
            new = settings.catalog_path()
        _put_in_place(new, settings.catalog_path(), mode)
    except OSError as error:
        raise CatalogFailed(f"the catalog failed: {in_words(error)}") from None
    except duckdb.Error as error:
        raise CatalogFailed(f"the catalog failed: {error}{remedy(str(error))}") from None
    except WikilakeError as error:
        raise CatalogFailed(f"the catalog failed: {error}") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    folders = (settings.lake_root().glob(f"{schema}/*") for schema in SCHEMAS)
    tables = (folder for found in folders for folder in found if any(folder.rglob("*.parquet")))
    return sorted(f"{folder.parent.name}.{folder.name}" for folder in tables)


def _make_catalog(project: Project) -> None:
    """Seeds and views, where settings.catalog_path() says."""
    with project.without_collector():
        load_seeds(project)
        project.run("run-operation", "show_partitions_of_the_lake")
        views = [
            f"config.materialized:view,path:models/marts,{chosen}"
            for table, chosen in VIEWS_ON.items()
            if any((settings.lake_root() / table).rglob("*.parquet"))
        ]
        if views:
            project.run("run", "--select", *views)
    close_all: Callable[[], None] = DuckDBConnectionManager.close_all_connections
    close_all()
    gc.collect()


def _put_in_place(new: Path, old: Path, mode: int) -> None:
    """Gives the new catalog the name of the old one, in one step, which is kept as `….old`."""
    kept = old.with_name(old.name + ".old")
    log, kept_log = (path.with_name(path.name + ".wal") for path in (old, kept))
    if old.exists():
        for path in (kept, kept_log):
            path.unlink(missing_ok=True)
        try:
            os.link(old, kept)
        except OSError:  # a disk without links
            shutil.copyfile(old, kept)
            kept.chmod(0o600)
        if log.exists():
            shutil.copyfile(log, kept_log)
    catalog.put_in_place(new, old, mode)


def rebuild_catalog_of(root: Path) -> None:
    """The same for a shared lake, whose catalog everyone may read.

    Raises CatalogFailed with what was said there.
    """
    command = [sys.executable, "-m", "wikilake.cli", "catalog", "rebuild", "--public"]
    environment = os.environ | {"WIKILAKE_LAKE": str(root)}
    made = subprocess.run(command, env=environment, capture_output=True, text=True)
    if made.returncode:
        raise CatalogFailed(made.stderr.strip().removeprefix("Error: "))
