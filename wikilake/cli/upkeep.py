"""Commands that keep a lake in order."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from wikilake import settings
from wikilake.cli.group import main
from wikilake.cli.parameters import (
    CALLED_FROM,
    dbt_project,
)
from wikilake.lake.reader import LakeUnreadable, require_lake
from wikilake.terminal import complain, say, say_lines


@main.group()
def catalog() -> None:
    """The catalog of the lake, `wikilake.duckdb`: views over its files, and the seeds."""


@catalog.command()
@click.option("--public", is_flag=True, hidden=True, help="Let everyone read it.")
def rebuild(public: bool) -> None:
    """Rebuild the catalog from the files of the lake, for example when it is lost or broken.

    A lake that was moved needs this too, since views name their files by absolute paths.
    """
    from wikilake.project.catalog import rebuild_catalog

    if not settings.lake_root().is_dir():
        raise LakeUnreadable(f"There is no lake at {settings.lake_root()}: wikilake build first.")
    tables = rebuild_catalog(dbt_project(), 0o644 if public else 0o600)
    say(f"Made {settings.catalog_path()}, which shows {len(tables)} tables:")
    for table in tables:
        say(f"  {table}")


@main.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Root of the other lake; an empty folder, or what an earlier call made.",
)
def share(output: Path) -> None:
    """Copy the public tables, and only those, into another lake that everyone may read.

    Rows with too few readers lose their place or are left out, and numbers are rounded: the seed
    public_aggregates sets how many readers a row needs (docs/privacy.md). What is there already and
    unchanged is not copied again.
    """
    import duckdb

    require_lake()
    from wikilake.upkeep.share import report
    from wikilake.upkeep.share import share as copy_public_tables

    os.umask(0o022)  # everybody may read what is shared, and nobody else may write it
    try:
        done = copy_public_tables(dbt_project(), CALLED_FROM / output)
    except (OSError, duckdb.IOException) as failure:
        raise click.ClickException(
            f"{failure}\nWhat was copied before is whole. Mend the cause, then share again."
        ) from None
    if not done:
        raise click.ClickException("The lake holds no partition of a public table yet.")
    say_lines(report(done))


@main.command()
@click.option("--deep", is_flag=True, help="Read every byte and compare checksums as well.")
def check(deep: bool) -> None:
    """Check every partition: path, manifest, files and columns agree, and no hour is missing.

    Prints one line per finding; the exit code is then 1.
    """
    from wikilake.lake.test_results import unpublished_hours
    from wikilake.upkeep import check

    require_lake()
    found = check.check(check.tables(dbt_project().nodes), deep=deep)
    for partition in unpublished_hours():
        found.append(check.Finding("gate", partition, "too much is lost; not published yet."))
    for finding in found:
        say(f"{finding.kind:<9} {finding}")
    say(
        f"{len(found)} finding{'s' if len(found) > 1 else ''}."
        if found
        else "Every partition is as it should be."
    )
    sys.exit(bool(found))


@main.command()
@click.option("--execute", "checksum", metavar="CHECKSUM", help="Take what the dry run listed.")
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=48,
    show_default=True,
    help="Hours of a table that may go at once; a daily purge takes 24.",
)
@click.option("--clock-is-right", is_flag=True, help="Go on although the clock looks wrong.")
@click.option("--checksum-only", is_flag=True, help="Print the checksum of the dry run alone.")
@click.option("--vars", "variables", metavar="YAML", help="Other days: 'retention_raw_days: 14'.")
def purge(
    checksum: str | None,
    most: int,
    clock_is_right: bool,
    checksum_only: bool,
    variables: str | None,
) -> None:
    """Delete what is older than its retention: raw requests, refined tables, statistics.

    Without --execute nothing is deleted: the list and its checksum are shown. With the checksum
    exactly this list is deleted, unless it has changed. More hours than --most are refused too, and
    so is a clock that looks wrong. No run may use the lake meanwhile. What cannot be deleted is
    named at the end, with exit code 1.

    What purge looks at: tables of the lake, raw requests and raw events of declared streams by the
    time in their path, with every file beside and between partitions, whatever its name; copies of
    tables; rejected lines of imports and hidden trash folders by time of change; and at once what
    killed runs have left (.staging, .spill, .scratch, .importing). It looks at nothing else: other
    files directly in WIKILAKE_RAW and WIKILAKE_LAKE, visible folders there that are not schemas
    (geoip, history), and tables that the project does not know stay, and are named. A link is
    removed, its target is not.
    """
    from wikilake.project.sandbox import clear_abandoned
    from wikilake.upkeep import purge as purging

    if not settings.lake_root().is_dir():
        raise LakeUnreadable(f"There is no lake at {settings.lake_root()}: wikilake build first.")
    now = purging.now_utc()
    days = purging.days_of(purging.variables(variables))
    tables = purging.tables_of_project(dbt_project())
    if checksum is not None:
        purging.hold()  # from the list to its end, nobody else changes what is listed
    plan = purging.make_plan(tables, days, now, alone=None if checksum is None else True)
    if checksum_only:
        say(plan.checksum)
        return
    count, size = purging.sum_of(plan.partitions)
    others, size_of_others = purging.sum_of(plan.leftovers)
    if checksum is None:
        for line in purging.listing(plan):
            say(line)
        for text in filter(None, [*plan.unseen, purging.said_of_foreign(plan)]):
            complain(text)
        say_lines(
            f"{count} partitions, {size:,} bytes, and {others} other files or folders, "
            f"{size_of_others:,} bytes, are past their retention ("
            + ", ".join(f"{kind} {number} days" for kind, number in days.items())
            + f").\nTo take them: wikilake purge --execute {plan.checksum}"
        )
        purging.check_plan(plan, now, most, clock_is_right)
        return
    if checksum != plan.checksum:
        raise purging.PurgeRefused(
            "What would go is not what the dry run listed: look at it again, wikilake purge"
        )
    purging.check_plan(plan, now, most, clock_is_right)
    clear_abandoned()
    purging.execute(plan, now)
    say(
        f"Took {count} partitions, {size:,} bytes, and {others} other files or folders, "
        f"{size_of_others:,} bytes."
    )
