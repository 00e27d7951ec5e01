"""Commands for streams of events: their declarations, and the salts of their sanitised copies."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from wikilake.cli.group import main
from wikilake.settings import PROJECT
from wikilake.terminal import say


@main.group()
def streams() -> None:
    """Streams of events, as streams/streams.yml declares them."""


@streams.command()
def sync() -> None:
    """Write the models of the declared streams, and remove those of streams that are gone."""
    from wikilake.streams import model_files

    written = model_files.sync(PROJECT)
    for name in written:
        say(f"  {name}")
    say(f"{len(written)} files changed." if written else "All models are as declared.")


@streams.command()
def check() -> None:
    """Compare the models with the declarations, and say what of the allowlist has no effect.

    The exit code is 1 when a model differs from its declaration.
    """
    from wikilake.streams import model_files
    from wikilake.streams.allowlist import allowlist
    from wikilake.streams.declarations import declared_streams

    stale = model_files.sync(PROJECT, only_look=True)
    for name in stale:
        say(f"{name} is not as declared: wikilake streams sync")
    for sentence in allowlist().warnings(declared_streams()):
        say(sentence)
    if not stale:
        say("All models are as declared.")
    sys.exit(bool(stale))


@main.group()
def salts() -> None:
    """Salts with which sanitised events are hashed, in the folder WIKILAKE_SALTS."""


@salts.command()
@click.option(
    "--months",
    type=click.IntRange(min=1, max=12),
    default=3,
    show_default=True,
    help="How long a salt is used.",
)
def rotate(months: int) -> None:
    """Delete the salts that are due, and make the current one where there is none; run it daily."""
    from wikilake.streams import salts as kept

    gone, made = kept.rotate(datetime.now(UTC).replace(tzinfo=None), months)
    for name in gone:
        say(f"Deleted {name}.")
    say(f"Made {made}." if made else "The current hour has a salt.")
