"""dbt's plugin of this project: closes its log, gives Spark its session before dbt asks for one.

dbt imports every module whose name begins with `dbt_` and makes its plugins at the start of each
command. dbt-duckdb has a hook of its own for this (wikilake/engines/duckdb_plugin.py), dbt-spark
has none.
"""

import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click
from dbt.flags import get_flags
from dbt.plugins.manager import dbt_hook, dbtPlugin
from dbt.plugins.manifest import PluginNodes
from dbt_common.exceptions import DbtRuntimeError

# dbt_project.yml says the type of each column of all truth tables once. The reader of CSV files
# would name every column that one of them does not have.
warnings.filterwarnings("ignore", message=".*does not match the name of any column")


class WikilakePlugin(dbtPlugin):
    """Names the catalog of the lake, and replaces dbt-spark's connection by wikilake's."""

    _name_files: Callable[[], None] | None = None
    """What is to be done after a parse; nothing for a project that is left alone."""

    def initialize(self) -> None:
        """Called once per command, when profile and project are known.

        A project that neither is wikilake nor has it as a package is left alone, and so are other
        targets.
        """
        close_logs()
        context = click.get_current_context(silent=True)
        known = context.obj if context and context.obj else {}
        credentials: Any = getattr(known.get("profile"), "credentials", None)
        project = known.get("project")
        if not context or not project or getattr(credentials, "type", None) is None:
            return  # such as `dbt deps`, which asks no database
        from wikilake.project import package

        is_own = project.project_name == package.NAME
        if not is_own and not package.has_package(project):
            return
        if not is_own:
            prepare_package(credentials)
            return
        if credentials.type == "duckdb":
            from wikilake import settings
            from wikilake.lake import catalog

            files = str(catalog.copy_path()), settings.value("WIKILAKE_SCRATCH")
            self._name_files = partial(name_files, credentials, *files)
            if known.get("manifest"):  # nothing will be parsed
                self._name_files()
            context.call_on_close(publish_catalog)
        if credentials.type == "spark" and credentials.method == "session":
            from wikilake.engines import spark_session

            spark_session.install()

    @dbt_hook
    def get_nodes(self) -> PluginNodes:
        """Called when dbt has compared the profile with that of its last parse."""
        if self._name_files:
            self._name_files()
        return PluginNodes()


def name_files(credentials: Any, catalog: str, work_tables: str) -> None:
    """Has the profile name the files that a run works in.

    A command of the same process that opens the same files goes on with its connection, and so with
    the work tables in memory. Were they named before a parse, another lake would have dbt parse the
    whole project anew.
    """
    from wikilake.project.package import WORK_TABLES

    credentials.path = catalog
    for attached in credentials.attach or []:
        if attached.alias == WORK_TABLES and attached.path == ":memory:":
            attached.path = work_tables


def prepare_package(credentials: Any) -> None:
    """Lets another project's command build wikilake's models in the database of its profile."""
    from wikilake.errors import WikilakeError
    from wikilake.project import package

    try:
        package.name_what_ships()
        package.complete(credentials)
    except WikilakeError as error:
        raise DbtRuntimeError(str(error)) from None


def publish_catalog() -> None:
    """Shows readers what a command has made, also one that failed."""
    from wikilake.errors import WikilakeError
    from wikilake.lake import catalog

    try:
        catalog.publish()
    except WikilakeError as error:
        raise click.ClickException(str(error)) from None


def close_logs() -> None:
    """Keeps others from dbt's log: `dbt show` writes into it the rows that it shows."""
    for path in Path(getattr(get_flags(), "LOG_PATH", None) or "logs").glob("dbt.log*"):
        with suppress(OSError):  # it belongs to somebody else
            path.chmod(0o600)


plugins = [WikilakePlugin]
