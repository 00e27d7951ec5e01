"""The command line: one module per group of commands."""

from wikilake.cli import (
    answers,
    bench,
    build,
    extract,
    ingest,
    report,
    streams,
    upkeep,
    wiki,
)  # each adds its commands
from wikilake.cli.group import main

__all__ = [
    "answers",
    "bench",
    "build",
    "extract",
    "ingest",
    "main",
    "report",
    "streams",
    "upkeep",
    "wiki",
]
