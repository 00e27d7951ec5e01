"""dbt's plugin of this project: closes its log, gives Spark its session before dbt asks for one.

dbt imports every module whose name begins with `dbt_` and makes its plugins at the start of each
command. dbt-duckdb has a hook of its own for this (wikilake/engines/duckdb_plugin.py), dbt-spark
has none.
"""

import warnings
from contextlib import suppress
from pathlib import Path

import click
from dbt.flags import get_flags
from dbt.plugins.manager import dbtPlugin

# dbt_project.yml says the type of each column of all truth tables once. The reader of CSV files
# would name every column that one of them does not have.
warnings.filterwarnings("ignore", message=".*does not match the name of any column")


class WikilakePlugin(dbtPlugin):
    """Names the catalog of the lake, and replaces dbt-spark's connection by wikilake's."""

    def initialize(self) -> None:
        """Called once per command, when the profile is known; other targets are left alone."""
        close_logs()
        context = click.get_current_context(silent=True)
        profile = context.obj.get("profile") if context and context.obj else None
        credentials = getattr(profile, "credentials", None)
        if context and credentials and credentials.type == "duckdb":
            from wikilake.lake import catalog

            # Before dbt-duckdb compares: a command of the same process that opens the same catalog
            # goes on with its connection, and so with the work tables in memory.
            credentials.path = str(catalog.copy_path())
            context.call_on_close(publish_catalog)
        if credentials and credentials.type == "spark" and credentials.method == "session":
            from wikilake.engines import spark_session

            spark_session.install()


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
