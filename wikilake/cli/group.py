"""The command `wikilake` itself."""

from __future__ import annotations

import os
import sys
from functools import partial

import click

from wikilake import terminal
from wikilake.lake.paths import PathRefused, check_roots
from wikilake.settings import PROJECT


class PlainGroup(click.Group):
    """Commands whose errors are sentences, and whose messages hold no control characters."""

    def main(self, *arguments, standalone_mode: bool = True, **options):
        if not standalone_mode:
            return super().main(*arguments, standalone_mode=False, **options)
        command = partial(super().main, *arguments, standalone_mode=False, **options)
        sys.exit(terminal.run(command))


@click.group(
    cls=PlainGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def main() -> None:
    """Wikimedia's analytics data lake on your machine: request logs to pageviews, hour by hour.

    \b
    wikilake build --from 2026-11-01T00 --to 2026-11-01T02    refine two hours
    wikilake summary --from 2026-11-01T00 --to 2026-11-01T02  show what came out
    wikilake build --snapshot 2026-10                         build edit histories and metrics
    wikilake aqs /metrics/edits/aggregate/…                   answer a path of the metrics API
    wikilake check                                            check every partition
    wikilake purge                                            delete what is past its retention
    wikilake share --output public                            copy the public tables
    wikilake sample --rows 2500 --seed 7                      write raw requests to try it on

    Settings are environment variables: WIKILAKE_RAW (raw partitions), WIKILAKE_LAKE (the lake),
    WIKILAKE_GEOIP_CITY and WIKILAKE_GEOIP_ISP (mmdb files), WIKILAKE_UA_REGEXES (uap-core
    regexes.yaml), WIKILAKE_ACTOR_LABELS, WIKILAKE_ALLOWLIST, WIKILAKE_HISTORY (dumps of edit
    histories), WIKILAKE_NAMESPACES, WIKILAKE_MEMORY, WIKILAKE_ACTOR_KEY_FILE (keys of pseudonyms),
    WIKILAKE_WAIT (seconds to wait for another run). Each has a default that makes the shipped
    sample work; the README says more.
    """
    os.chdir(PROJECT)
    os.environ.setdefault("DBT_PROFILES_DIR", "profiles")
    try:
        check_roots()
    except PathRefused as error:
        raise click.ClickException(str(error)) from None
