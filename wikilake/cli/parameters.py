"""Types of arguments, and what commands share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from wikilake.settings import HOUR_FORMAT

CALLED_FROM = Path.cwd()
"""Paths on the command line are relative to this folder, those of settings to the project's."""


class Hour(click.ParamType):
    """An hour in UTC, written YYYY-MM-DDTHH."""

    name = "YYYY-MM-DDTHH"

    def convert(self, value, param, ctx) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.strptime(value, HOUR_FORMAT)
        except ValueError:
            self.fail(f"{value!r} is not an hour: write YYYY-MM-DDTHH, for example 2026-11-01T00.")


class Snapshot(click.ParamType):
    """A snapshot of edit histories, named by its month YYYY-MM."""

    name = "YYYY-MM"

    def convert(self, value, param, ctx) -> str:
        try:
            return f"{datetime.strptime(value, '%Y-%m'):%Y-%m}"
        except ValueError:
            self.fail(f"{value!r} is not a snapshot: write YYYY-MM, for example 2026-10.")


class Hours(click.ParamType):
    """Hours of a sample: how many from --from on, or a list YYYY-MM-DDTHH,YYYY-MM-DDTHH,…"""

    name = "N|HOUR,HOUR,…"

    def convert(self, value, param, ctx) -> int | list[datetime]:
        if isinstance(value, (int, list)):
            return value
        if value.isdecimal() and int(value) > 0:
            return int(value)
        return [Hour().convert(part, param, ctx) for part in value.split(",")]


def hold_lake_or_fail() -> None:
    """Locks the lake for what this command writes; the error says who has it."""
    from wikilake.lake.lock import LakeInUse, hold_lake

    try:
        hold_lake()
    except LakeInUse as error:
        raise click.ClickException(str(error)) from None


def target_arguments(target: str | None) -> list[str]:
    """The argument for dbt that names a target; none for the default."""
    return ["--target", target] if target else []
