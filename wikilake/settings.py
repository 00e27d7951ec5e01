"""Settings: environment variables that begin with WIKILAKE_, and the folders that they name."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
"""The folder of the dbt project."""

HOUR_FORMAT = "%Y-%m-%dT%H"


hours_ahead: list[datetime] = []
"""The hours that this process is about to build; empty when only dbt knows."""

catalogue_aside: list[Path] = []
"""The folder of the catalog that this process makes again, before it takes the old one's place.

The name of the file stays, since DuckDB calls the database by it and views name the database.
"""


def mebibytes(text: str) -> int | None:
    """Mebibytes of a size such as 3GB, 800MB or 3GiB; None for what is not a size."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*([KMGT]?)(i?B)?\s*", text, re.IGNORECASE)
    if not found:
        return None
    power = "KMGT".find(found[2].upper()) if found[2] else -1
    return max(1, int(float(found[1]) * 1024.0 ** (power - 1)))


def absolute_path(path: str) -> str:
    """The path of a setting, taken from the working folder, which is the project's in every run."""
    return str(Path(path).expanduser().absolute())


def lake_root() -> Path:
    """Root of the lake: WIKILAKE_LAKE, by default `lake` in the project's folder."""
    return Path(absolute_path(os.environ.get("WIKILAKE_LAKE", "lake")))


def catalogue_path() -> Path:
    """The catalog: a DuckDB file with views over the lake and the seeds, and no reader's data."""
    return (catalogue_aside[-1] if catalogue_aside else lake_root()) / "wikilake.duckdb"


def raw_root() -> Path:
    """Root of the raw partitions: WIKILAKE_RAW, by default the shipped sample."""
    return Path(absolute_path(os.environ.get("WIKILAKE_RAW", "sample/raw")))
