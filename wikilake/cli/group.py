"""The command `wikilake` itself."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import Any

import click

from wikilake import settings, terminal, wiki_file
from wikilake.cli.parameters import CALLED_FROM
from wikilake.lake.paths import check_roots
from wikilake.settings import PROJECT, SETTINGS


class PlainGroup(click.Group):
    """Commands whose errors are sentences, and whose messages hold no control characters."""

    def main(self, *arguments: Any, standalone_mode: bool = True, **options: Any) -> Any:
        command = partial(super().main, *arguments, standalone_mode=False, **options)
        if not standalone_mode:
            return command()
        sys.exit(terminal.run(command))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the settings below the commands."""
        shown = [setting for setting in SETTINGS.values() if not setting.is_internal]
        with formatter.section("Settings (environment variables; the README says more)"):
            formatter.write_dl(
                [(s.name, s.meaning + (f" [{s.default}]" if s.default else "")) for s in shown]
            )


@click.group(
    cls=PlainGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.pass_context
def main(context: click.Context) -> None:
    """Wikimedia's analytics data lake on your machine: request logs to pageviews, hour by hour.

    \b
    wikilake init, wikilake run                               your own wiki, in one file
    wikilake build --from 2026-11-01T00 --to 2026-11-01T02    refine two hours
    wikilake summary --from 2026-11-01T00 --to 2026-11-01T02  show what came out
    wikilake settle --from … --to …                           label a day-old hour's programs, too
    wikilake build --snapshot 2026-10                         build edit histories and metrics
    wikilake aqs /metrics/edits/aggregate/…                   answer a path of the metrics API
    wikilake serve                                            answer its clients over HTTP
    wikilake check                                            check every partition
    wikilake purge                                            delete what is past its retention
    wikilake share --output public                            copy the public tables
    wikilake sample --rows 2500 --seed 7                      write raw requests to try it on
    """
    is_asking = bool({"-h", "--help"} & set(sys.argv))
    if not is_asking and context.invoked_subcommand != "init":
        if found := wiki_file.find(CALLED_FROM):
            said = wiki_file.read(found).environment()
            context.with_resource(settings.changed(**said))
    os.chdir(PROJECT)
    os.environ.setdefault("DBT_PROFILES_DIR", "profiles")
    check_roots()
