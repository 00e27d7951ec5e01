"""The benchmark of `wikilake import`: lines per second, CPU per line, and memory."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

LINES_A_SECOND = 100
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{}.0.0.0 Safari/537.36"
)


def write_log(path: Path, lines: int, seed: int, length: timedelta | None = None) -> None:
    """Writes a log in the combined format: like the nginx of a busy wiki, or over some time."""
    chance = random.Random(seed)
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    with path.open("w") as file:
        for number in range(lines):
            seconds = number // LINES_A_SECOND
            time = begin + (length * number / lines if length else timedelta(seconds=seconds))
            address = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
            page = f"/wiki/Page_{chance.randrange(20_000)}%20{chance.randrange(9)}"
            referer = f"https://search.example/?q={chance.randrange(1000)}"
            file.write(
                f'{address} - - [{time:%d/%b/%Y:%H:%M:%S %z}] "GET {page} HTTP/1.1" 200 '
                f'{chance.randrange(100_000)} "{referer}" "{AGENT.format(chance.randrange(500))}"\n'
            )


def measure_import(console: Console, lines: int, seed: int, runs: int, folder: Path) -> None:
    """Imports a log of so many lines `runs` times, each in a process of its own; medians."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"access-{lines}-{seed}.log"
    if not log.exists():
        console.print(f"writing {lines:,} lines to {log}")
        write_log(log, lines, seed)
    figures = [_figures(log, folder / "run") for _ in range(runs)]
    table = Table(title=f"import of a log of {lines:,} lines, plain", title_justify="left")
    for column in ("lines/s", "CPU µs/line", "wall s", "peak memory MB"):
        table.add_column(column, justify="right")
    wall = statistics.median(run["wall"] for run in figures)
    table.add_row(
        f"{lines / wall:,.0f}",
        f"{statistics.median(run['cpu'] for run in figures) / lines * 1e6:.2f}",
        f"{wall:.2f}",
        f"{max(run['memory'] for run in figures) / 1e6:,.0f}",
    )
    console.print(table)


def _figures(log: Path, run: Path) -> dict[str, float]:
    shutil.rmtree(run, ignore_errors=True)
    command = [sys.executable, "-m", "wikilake.bench.imports", str(log), str(run / "raw")]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    cpu, wall, memory = map(float, output.split())
    return {"cpu": cpu, "wall": wall, "memory": memory}


def _import(log: Path, root: Path) -> str:
    """One import in this process: CPU seconds, wall seconds and bytes of memory."""
    from wikilake.bench.hours import Usage
    from wikilake.ingest.log_import import import_log, opened_state
    from wikilake.ingest.web_logs import LogFormat

    usage = Usage()
    with opened_state(root) as state:
        import_log(state, root, log, "text", LogFormat(site="en.example.org"))
    lap = usage.lap()
    return f"{lap['cpu']} {lap['wall']} {lap['memory']}"


if __name__ == "__main__":
    os.environ.pop("WIKILAKE_RAW", None)
    print(_import(Path(sys.argv[1]), Path(sys.argv[2])))
