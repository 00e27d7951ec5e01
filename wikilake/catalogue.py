"""The catalogue made anew from the lake: nothing in it is more than a view, or a seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from wikilake import lake
from wikilake.build import QUIET, BuildFailed, failures, prepared_runner

VIEWS = {
    "wmf/webrequest": "webrequest_explained",
    "wmf/mediawiki_history_reduced": "config.materialized:view,path:models/marts/wikistats",
}
"""The views on a lake table, as dbt selects them: without its files none can be made."""


def rebuild_catalogue() -> list[str]:
    """Makes the lake's catalogue anew and gives the names of the tables it shows.

    An old one is set aside as `wikilake.duckdb.old`, also when it can no longer be read.
    Raises BuildFailed when dbt fails.
    """
    for path in (lake.catalogue_path(), lake.catalogue_path().with_suffix(".duckdb.wal")):
        if path.exists():
            path.replace(path.with_name(path.name + ".old"))
    runner = prepared_runner("the catalogue")
    shown = runner.invoke(["run-operation", *QUIET, "show_partitions_of_the_lake"])
    if not shown.success:
        raise BuildFailed("the catalogue", failures(shown))
    views = [
        selection
        for table, selection in VIEWS.items()
        if any((lake.lake_root() / table).rglob("*.parquet"))
    ]
    if views:
        views = ["--select", *views]
        made = runner.invoke(["run", *QUIET, *views])
        if not made.success:
            raise BuildFailed("the catalogue", failures(made))
    folders = (lake.lake_root().glob(f"{schema}/*") for schema in ("wmf", "wmf_raw", "wikistats"))
    tables = (folder for found in folders for folder in found if any(folder.rglob("*.parquet")))
    return sorted(f"{folder.parent.name}.{folder.name}" for folder in tables)


def rebuild_catalogue_of(root: Path) -> None:
    """The same for a lake in another folder; raises BuildFailed with what was said there."""
    command = [sys.executable, "-m", "wikilake.cli", "catalog", "rebuild"]
    environment = os.environ | {"WIKILAKE_LAKE": str(root)}
    made = subprocess.run(command, env=environment, capture_output=True, text=True)
    if made.returncode:
        raise BuildFailed(f"the catalogue of {root}", made.stderr.strip().removeprefix("Error: "))
