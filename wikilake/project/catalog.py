"""Rebuilds the catalog from the lake: it holds only views and seeds."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from wikilake import settings
from wikilake.lake import partitions
from wikilake.lake.durable import sync
from wikilake.project.build import (
    QUIET,
    BuildFailed,
    failures,
    hold_for,
    in_words,
    prepared_runner,
    remedy,
)

VIEWS_ON = {
    "wmf/mediawiki_history_reduced": "tag:history",
    "wmf/webrequest": "path:models/marts/webrequest",
}
"""Which views can be made where a lake holds a table; a shared one does not hold each."""


def rebuild_catalogue() -> list[str]:
    """Rebuilds the lake's catalog and returns the names of the tables it shows.

    It is made beside the old one, which stays until then, whatever happens, and is kept as
    `wikilake.duckdb.old`, also when it can no longer be read. Raises BuildFailed when another run
    holds the lake or dbt fails.
    """
    aside = settings.lake_root() / ".catalogue"
    hold_for("the catalog")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        partitions.closed_folder(aside)
        settings.catalogue_aside.append(aside)
        try:
            _make_catalogue()
        finally:
            settings.catalogue_aside.pop()
        _put_in_place(aside / settings.catalogue_path().name, settings.catalogue_path())
    except OSError as error:
        raise BuildFailed("the catalog", in_words(error)) from None
    except duckdb.Error as error:
        raise BuildFailed("the catalog", f"{error}{remedy(str(error))}") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    folders = (
        settings.lake_root().glob(f"{schema}/*") for schema in ("wmf", "wmf_raw", "wikistats")
    )
    tables = (folder for found in folders for folder in found if any(folder.rglob("*.parquet")))
    return sorted(f"{folder.parent.name}.{folder.name}" for folder in tables)


def _make_catalogue() -> None:
    """Seeds and views, where settings.catalogue_path() says."""
    runner = prepared_runner("the catalog")
    shown = runner.invoke(["run-operation", *QUIET, "show_partitions_of_the_lake"])
    if not shown.success:
        raise BuildFailed("the catalog", failures(shown))
    views = [
        f"config.materialized:view,path:models/marts,{chosen}"
        for table, chosen in VIEWS_ON.items()
        if any((settings.lake_root() / table).rglob("*.parquet"))
    ]
    if views:
        made = runner.invoke(["run", *QUIET, "--select", *views])
        if not made.success:
            raise BuildFailed("the catalog", failures(made))
    DuckDBConnectionManager.close_all_connections()
    gc.collect()


def _put_in_place(new: Path, old: Path) -> None:
    """Gives the new catalog the name of the old one, in one step, which is kept as `….old`."""
    with duckdb.connect(str(new)) as catalogue:
        catalogue.execute("force checkpoint")  # nothing of it is left in a log beside it
    new.chmod(0o600)
    sync(new)
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
    if log.exists():  # it belongs to the old one and would be replayed into the new one
        log.replace(kept_log)
    new.replace(old)
    sync(old.parent)


def rebuild_catalogue_of(root: Path) -> None:
    """The same for a lake in another folder; raises BuildFailed with the message from there."""
    command = [sys.executable, "-m", "wikilake.cli", "catalog", "rebuild"]
    environment = os.environ | {"WIKILAKE_LAKE": str(root)}
    made = subprocess.run(command, env=environment, capture_output=True, text=True)
    if made.returncode:
        raise BuildFailed(f"the catalog of {root}", made.stderr.strip().removeprefix("Error: "))
