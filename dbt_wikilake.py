"""dbt's plugin of this project: gives the Spark target its session before dbt asks for one.

dbt imports every module whose name begins with `dbt_` and makes its plugins at the start of each
command. dbt-duckdb has a hook of its own for this (wikilake/plugin.py); dbt-spark has none.
"""

import click
from dbt.plugins.manager import dbtPlugin


class WikilakePlugin(dbtPlugin):
    """Puts wikilake's connection in the place of dbt-spark's, for a target of method session."""

    def initialize(self) -> None:
        """Called once a command, when the profile is known; other targets are left alone."""
        context = click.get_current_context(silent=True)
        profile = context.obj.get("profile") if context and context.obj else None
        credentials = getattr(profile, "credentials", None)
        if credentials and credentials.type == "spark" and credentials.method == "session":
            from wikilake import spark_session

            spark_session.install()


plugins = [WikilakePlugin]
