"""Types of arguments, and what commands share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wikilake.settings import HOUR_FORMAT

if TYPE_CHECKING:
    from wikilake.project.dbt import Project

Parameter = click.Parameter | None
Context = click.Context | None

CALLED_FROM = Path.cwd()
"""Paths on the command line are relative to this folder, those of settings to the project's."""


class Hour(click.ParamType):
    """An hour in UTC, written YYYY-MM-DDTHH."""

    name = "YYYY-MM-DDTHH"

    def convert(self, value: Any, param: Parameter, context: Context) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.strptime(value, HOUR_FORMAT)
        except ValueError:
            self.fail(f"{value!r} is not an hour: write YYYY-MM-DDTHH, for example 2026-11-01T00.")


class Dated(click.ParamType):
    """A text that strptime reads by a form, and that is written by it again."""

    form, kind, example = "", "", ""

    def convert(self, value: Any, param: Parameter, context: Context) -> str:
        try:
            return datetime.strptime(value, self.form).strftime(self.form)
        except ValueError:
            self.fail(f"{value!r} is not a {self.kind}: write {self.name}, like {self.example}.")


class Day(Dated):
    """A day in UTC."""

    name, form, kind, example = "YYYY-MM-DD", "%Y-%m-%d", "day", "2026-11-01"


class Snapshot(Dated):
    """A month, or the snapshot of edit histories that bears its name."""

    name, form, kind, example = "YYYY-MM", "%Y-%m", "month", "2026-10"


class Hours(click.ParamType):
    """Hours of a sample: how many from --from on, or a list YYYY-MM-DDTHH,YYYY-MM-DDTHH,…"""

    name = "N|HOUR,HOUR,…"

    def convert(self, value: Any, param: Parameter, context: Context) -> int | list[datetime]:
        if isinstance(value, (int, list)):
            return value
        if value.isdecimal() and int(value) > 0:
            return int(value)
        return [Hour().convert(part, param, context) for part in value.split(",")]


def dbt_project(*dbt_arguments: str) -> Project:
    """The dbt project, for --target and the like among arguments for dbt.

    Who calls main() from Python may hand in a manifest as `obj`, which is not parsed again.
    """
    from wikilake.project.target import require_target

    require_target()
    from wikilake.project.dbt import Project

    return Project(dbt_arguments, click.get_current_context().obj)


def target_arguments(target: str | None) -> list[str]:
    """The argument for dbt that names a target; none for the default."""
    return ["--target", target] if target else []
