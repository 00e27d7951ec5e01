"""Where address databases are installed, and whom to thank for them."""

from __future__ import annotations

from pathlib import Path

from wikilake import settings

CREDIT = "credit.txt"


def folder() -> Path:
    """Where databases are installed: `geoip` in the lake."""
    return settings.lake_root() / "geoip"


def attribution() -> list[str]:
    """The credits of the installed databases, a sentence each; empty when there are none."""
    path = folder() / CREDIT
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
