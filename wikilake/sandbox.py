"""A lake of its own for questions that must leave the user's lake as it is."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner

from wikilake.build import QUIET, BuildFailed, failures

MODELS_ALONE = ["--resource-type", "seed", "--resource-type", "model"]


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """A folder for private lakes, readable by its owner alone, that goes with everything in it."""
    with tempfile.TemporaryDirectory(prefix="wikilake-") as folder:
        yield Path(folder)


@contextmanager
def settings(**values: Path | str) -> Iterator[None]:
    """Settings (environment variables WIKILAKE_…) for a while, by their names without WIKILAKE_."""
    before = dict(os.environ)
    os.environ.update({f"WIKILAKE_{name.upper()}": str(value) for name, value in values.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def parsed_project(period: str, dbt_arguments: Sequence[str] = ()) -> dbtRunner:
    """A runner that holds the parsed project; raises BuildFailed when it does not parse."""
    parsed = dbtRunner().invoke(["parse", "--quiet", *dbt_arguments])
    if not parsed.success:
        raise BuildFailed(period, failures(parsed))
    return dbtRunner(manifest=parsed.result)


def run(runner: dbtRunner, period: str, *arguments: str) -> Any:
    """One dbt command, quietly; gives its result or raises BuildFailed."""
    result = runner.invoke([arguments[0], *QUIET, *arguments[1:]])
    if not result.success:
        raise BuildFailed(period, failures(result))
    return result.result


def rows_of(runner: dbtRunner, period: str, analysis: str, *arguments: str) -> list[dict[str, Any]]:
    """The rows that an analysis gives in the present lake, one dictionary each."""
    shown = run(runner, period, "show", "--select", analysis, "--limit", "-1", *arguments)
    table = shown.results[0].agate_table
    return [dict(zip(table.column_names, row, strict=True)) for row in table.rows]
