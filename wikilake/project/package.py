"""wikilake as a package of another dbt project: what that project's profile need not say."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wikilake import settings
from wikilake.errors import WikilakeError

if TYPE_CHECKING:
    from dbt.adapters.duckdb.credentials import DuckDBCredentials
    from dbt.config.project import Project

NAME = "wikilake"
"""The name of the project, and so of the package."""

PLUGIN = "wikilake.engines.duckdb_plugin"
WORK_TABLES = "scratch"
"""The database of a run's work tables, as dbt_project.yml names it."""


class ProfileUnfit(WikilakeError):
    """A profile with which rows would not be the same; the message says which line to write."""


def has_package(project: Project) -> bool:
    """Whether `dbt deps` has installed wikilake into a project."""
    return (Path(project.project_root) / project.packages_install_path / NAME).is_dir()


def complete(credentials: DuckDBCredentials) -> None:
    """Adds to a profile of plain dbt-duckdb what wikilake's models need; what it says is kept.

    Raises ProfileUnfit.
    """
    if credentials.type != "duckdb":
        raise ProfileUnfit(
            f"As a package wikilake builds its tables on DuckDB, and the profile says "
            f"type: {credentials.type}. Build them in a clone of wikilake, with --target spark for "
            "Spark, and read them as sources."
        )
    from dbt.adapters.duckdb.credentials import Attachment, PluginConfig

    said = credentials.settings = credentials.settings or {}
    zone = next((value for name, value in said.items() if name.lower() == "timezone"), "UTC")
    if str(zone).upper() not in ("UTC", "ETC/UTC"):
        raise ProfileUnfit(
            f"The profile sets TimeZone to {zone}, in which wikilake's hours would be other ones. "
            "Write under settings: TimeZone: UTC"
        )
    said.setdefault("TimeZone", "UTC")
    attached = credentials.attach = credentials.attach or []
    if not any(each.alias == WORK_TABLES for each in attached):
        attached.append(Attachment(path=settings.value("WIKILAKE_SCRATCH"), alias=WORK_TABLES))
    plugins = credentials.plugins = credentials.plugins or []
    if not any(each.module == PLUGIN for each in plugins):
        plugins.append(PluginConfig(module=PLUGIN))
    for each in plugins:
        if each.module == PLUGIN:
            each.config = {"is_package": True}


def name_what_ships() -> None:
    """Has settings that nobody gives name the sample and the streams of wikilake's own folder.

    Their defaults are relative, and the project that runs has other folders.
    """
    from dbt_common.context import get_invocation_context

    known = get_invocation_context().env  # what dbt has read of the environment before
    assert isinstance(known, dict)
    for setting in settings.SETTINGS.values():
        shipped = settings.PROJECT / setting.default
        is_ours = setting.is_path and setting.default and shipped.exists()
        if is_ours and settings.given(setting.name) is None and setting.name != "WIKILAKE_LAKE":
            os.environ[setting.name] = known[setting.name] = str(shipped)
