"""`wikilake extract`: the tables of a wiki, of which its history is made."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from wikilake import settings
from wikilake.cli.group import main
from wikilake.cli.parameters import CALLED_FROM, Snapshot
from wikilake.lake.lock import hold_lake
from wikilake.terminal import complain, plain, say

ORDER = ("logging", "archive", "revision", "page", "user", "slots")
"""What is read first. After an interruption the rest is younger, and knows what these name."""


@main.command()
@click.option(
    "--from",
    "source",
    required=True,
    metavar="ADDRESS|FOLDER",
    help="mysql://user@host/database, postgresql://…, sqlite:///path; or a folder of dumps.",
)
@click.option("--wiki-db", required=True, help="Name of the wiki's database, such as mywiki.")
@click.option("--snapshot", type=Snapshot(), required=True, help="The month up to whose end to go.")
@click.option(
    "--siteinfo",
    type=click.Path(path_type=Path),
    help="What the wiki's api.php answers about its namespaces; dumps bring it along.",
)
@click.option("--prefix", default="", help="What the names of its tables begin with ($wgDBprefix).")
@click.option(
    "--schema", default="mediawiki", show_default=True, help="PostgreSQL's ($wgDBmwschema)."
)
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="TABLE=DATABASE.TABLE",
    help="Where a table is that wikis share ($wgSharedTables); repeatable.",
)
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    help="File whose first line is the password. Else WIKILAKE_DATABASE_PASSWORD.",
)
@click.option(
    "--include-hidden",
    is_flag=True,
    help="For private use: also names, comments and log rows that the wiki hides.",
)
@click.option("--resume", is_flag=True, help="Go on with an extraction that was interrupted.")
@click.option("--again", is_flag=True, help="Replace a snapshot that is there.")
def extract(
    source: str,
    wiki_db: str,
    snapshot: str,
    siteinfo: Path | None,
    prefix: str,
    schema: str,
    tables: tuple[str, ...],
    password_file: Path | None,
    include_hidden: bool,
    resume: bool,
    again: bool,
) -> None:
    """Read a MediaWiki's database, or its dumps, into the tables that a history is made of.

    \b
    wikilake extract --from mysql://reader@localhost/mywiki --wiki-db mywiki --snapshot 2026-10
    wikilake build --snapshot 2026-10 --vars 'history_source: tables'

    The database is that of a MediaWiki of version 1.35 or newer. It is only read, all tables in
    one transaction and in little memory; at best ask a replica. What the wiki hides from the
    public is left out. A FOLDER holds dumps as downloaded: stub-meta-history.xml.gz and
    pages-logging.xml.gz; and page, user_groups, change_tag, change_tag_def (.sql.gz) if there are.

    The tables are Parquet below WIKILAKE_MEDIAWIKI, the namespaces a map beside them. A snapshot is
    there as a whole or not at all; what an interrupted one has read waits for --resume.
    """
    from wikilake.ingest import mediawiki_tables as written
    from wikilake.ingest.siteinfo import HOW, namespaces_of, write_namespaces

    if resume and again:
        raise click.UsageError("Say --resume or --again: go on, or begin anew.")
    root = settings.root("WIKILAKE_MEDIAWIKI")
    if not settings.given("WIKILAKE_MEDIAWIKI"):
        raise written.ExtractFailed(
            "WIKILAKE_MEDIAWIKI is not set, and the sample is not the place for your wiki: "
            "export WIKILAKE_MEDIAWIKI=lake/mediawiki"
        )
    about = written.About(_without_user(source), wiki_db, snapshot, include_hidden)
    namespaces = namespaces_of(CALLED_FROM / siteinfo, wiki_db) if siteinfo else []
    shared = dict(_pair(text) for text in tables)
    began = time.monotonic()
    work = written.Extraction(root, about).folder
    with _opened(source, password_file, about, prefix, schema, shared, work) as wiki:
        with written.extraction(root, about, resume=resume, again=again) as extraction:
            older = extraction.written()
            if older and not wiki.gaps():  # dumps do not change
                complain(
                    f"Going on: {', '.join(older)} are from the extraction that began at "
                    f"{extraction.began()} UTC. What was deleted or restored since then may be in "
                    "them twice, or not at all.",
                    "yellow",
                )
            _write(extraction, wiki)
            namespaces = namespaces or wiki.namespaces(wiki_db)
            counts = extraction.written()
            if settings.lake_root().is_dir() and os.access(settings.lake_root(), os.W_OK):
                hold_lake()  # a build may be reading what is about to be replaced
            extraction.publish()
    if namespaces:
        path = write_namespaces(root, wiki_db, namespaces)
    for table in written.columns():
        if table in counts:
            say(f"{table:15} {counts[table]:>14,} rows")
        elif why := wiki.lacks(table):
            say(f"{table:15} not read: {why}")
    seconds = time.monotonic() - began
    total = sum(counts.values())
    say(f"Extracted {total:,} rows in {seconds:.1f} s ({total / seconds:,.0f}/s) into {root}.")
    for gap in wiki.gaps():
        say(gap)
    if namespaces:
        say(f"Its {len(namespaces)} namespaces are in the map: export WIKILAKE_NAMESPACES={path}")
    else:
        complain(f"Its namespaces are not known yet: {HOW}, or add them to the map.", "yellow")
    say(f"Build it: wikilake build --snapshot {snapshot} --vars 'history_source: tables'")


@contextmanager
def _opened(source, password_file, about, prefix, schema, shared, work) -> Iterator:
    """The database or the dumps that --from names."""
    from wikilake.ingest import mediawiki_database as database
    from wikilake.ingest import mediawiki_dumps as dumps

    if "://" not in source and not source.startswith("sqlite:"):
        yield dumps.Dumps(CALLED_FROM / source, about.wiki_db, about.snapshot, work)
        return
    where = database.address(source, CALLED_FROM)
    options = database.Options(about.snapshot, prefix, schema, shared, about.shows_hidden)
    with database.opened(where, _password(password_file), options) as wiki:
        yield wiki


def _write(extraction, wiki) -> None:
    from wikilake.ingest.mediawiki_tables import columns
    from wikilake.progress import progress_bar

    order = sorted(columns(), key=lambda name: (ORDER + (name,)).index(name))
    names = [table for table in order if not wiki.lacks(table)]
    with progress_bar("rows") as progress:
        task, rows = progress.add_task("", total=len(names), rows=0), 0
        for done, table in enumerate(names):
            progress.update(task, description=table, completed=done)
            if extraction.is_written(table):
                continue

            def show(count: int, before: int = rows) -> None:
                progress.update(task, rows=before + count)

            rows += extraction.write(table, wiki.rows(table), show, wiki.hides)
        progress.update(task, description="", completed=len(names))


def _pair(text: str) -> tuple[str, str]:
    table, is_pair, place = text.partition("=")
    if not is_pair or not table or not place:
        raise click.UsageError(f"--table {plain(text)}: write TABLE=DATABASE.TABLE.")
    return table, place


def _password(file: Path | None) -> str | None:
    if file is None:
        return settings.given("WIKILAKE_DATABASE_PASSWORD")
    lines = (CALLED_FROM / file).read_text(encoding="utf-8").splitlines()
    return lines[0] if lines else ""


def _without_user(source: str) -> str:
    """What is kept of --from, to compare it: no names of users, no parameters."""
    scheme, is_address, rest = source.partition("://")
    return scheme + is_address + rest.partition("?")[0].rpartition("@")[2]
