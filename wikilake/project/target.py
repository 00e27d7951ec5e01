"""The folder in which dbt keeps what it has parsed; looked at before dbt is imported."""

from __future__ import annotations

import os

from wikilake.errors import WikilakeError
from wikilake.settings import PROJECT


class TargetClosed(WikilakeError):
    """A folder that dbt cannot write; the message names it and says what to do."""


def require_target() -> None:
    """Raises TargetClosed where dbt could not keep what it parses."""
    folder = PROJECT / os.environ.get("DBT_TARGET_PATH", "target")
    there = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    if not there.is_dir():
        fault = f"{there} is no folder"
    elif not os.access(there, os.W_OK | os.X_OK):
        fault = f"you may not write to {there}"
    else:
        return
    raise TargetClosed(
        f"dbt keeps what it parses in {folder}, and {fault}. Choose another folder: "
        "export DBT_TARGET_PATH=/tmp/wikilake-target"
    )
