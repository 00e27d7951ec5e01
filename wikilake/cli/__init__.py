"""The command line: one module per group of commands."""

from wikilake.cli import answers, bench, build, ingest, upkeep  # each adds its commands
from wikilake.cli.group import main

__all__ = ["answers", "bench", "build", "ingest", "main", "upkeep"]
