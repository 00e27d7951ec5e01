"""The benchmark of `wikilake serve`: how soon it answers at a rate, from memory and the lake."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from wikilake.bench.hours import HOUR, SNAPSHOT, BenchFailed
from wikilake.samples.histories import write_history, write_namespaces
from wikilake.samples.requests import write_sample
from wikilake.settings import HOUR_FORMAT

EVENTS, REQUESTS = 200_000, 10_000
SECONDS = 10
CONNECTIONS = 16
METRICS = "/api/rest_v1/metrics"
TYPES = ("all-editor-types", "user", "anonymous", "name-bot", "group-bot")
PROJECTS = ("all-projects", "de.wikivoyage", "simple.wikipedia", "wikidata")


def measure_serving(console: Console, seed: int, folder: Path) -> None:
    """Measures answers of a made-up lake at fixed rates: the time counts from when one was due."""
    lake = _lake(console, folder, seed)
    chance = random.Random(seed)
    series = [f"{METRICS}/{path}" for path in _series(chance)]
    tops = [f"{METRICS}/{path}" for path in _tops(chance)]
    table = Table(title=f"wikilake serve, {SECONDS} s each", title_justify="left")
    for column in ("answers", "asked per s", "answered per s", "median ms", "p99 ms", "failed"):
        table.add_column(column, justify="left" if column == "answers" else "right")
    with _served(lake) as (host, port):
        kept = series[:100]
        ask(host, port, kept, 100)
        for name, paths, rate in (
            ("kept in memory", kept * (200 * SECONDS // len(kept)), 200),
            ("series, from the lake", series[100 : 100 + 50 * SECONDS], 50),
            ("tops, from the lake", tops[: 50 * SECONDS], 50),
        ):
            began = time.perf_counter()
            waited, failed = ask(host, port, paths, rate)
            took = time.perf_counter() - began
            median, last = (waited[int(len(waited) * part)] * 1000 for part in (0.5, 0.99))
            cells = [f"{len(paths) / took:.0f}", f"{median:.0f}", f"{last:.0f}", str(failed)]
            table.add_row(name, str(rate), *cells)
    console.print(table)


def ask(host: str, port: int, paths: Sequence[str], rate: float) -> tuple[list[float], int]:
    """Asks for paths at a rate, whether or not answers keep up; the times in order, and failures.

    An answer that had to wait for its turn has waited, too.
    """
    begin = time.perf_counter() + 0.1
    due = list(enumerate(paths))[::-1]
    waited: list[float] = []
    failures: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection(host, port, timeout=60)
        while due:
            try:
                number, path = due.pop()
            except IndexError:
                break
            at = begin + number / rate
            time.sleep(max(0.0, at - time.perf_counter()))
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            waited.append(time.perf_counter() - at)
            if answer.status != 200:
                failures.append(path)
        connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for done in [pool.submit(work) for _ in range(CONNECTIONS)]:
            done.result()
    return sorted(waited), len(failures)


def _series(chance: random.Random) -> Iterator[str]:
    """Paths of the metrics of edits over time, each another one."""
    seen: set[str] = set()
    while len(seen) < 100 + 50 * SECONDS:
        metric = chance.choice(
            ("edits/aggregate", "edited-pages/new", "bytes-difference/net/aggregate")
        )
        first = date(2025, 1, 1) + timedelta(days=chance.randrange(300))
        last = first + timedelta(days=chance.randrange(60, 300))
        path = (
            f"{metric}/{chance.choice(PROJECTS)}/{chance.choice(TYPES)}/all-page-types/"
            f"{chance.choice(('daily', 'monthly'))}/{first:%Y%m%d}/{last:%Y%m%d}"
        )
        if path not in seen:
            seen.add(path)
            yield path


def _tops(chance: random.Random) -> Iterator[str]:
    paths = [
        f"{metric}/top-by-{measure}/{project}/{editors}/all-page-types/2026/{month:02}/all-days"
        for metric in ("editors", "edited-pages")
        for measure in ("edits", "net-bytes-difference", "absolute-bytes-difference")
        for project in PROJECTS
        for editors in TYPES
        for month in range(1, 10)
    ]
    chance.shuffle(paths)
    yield from paths


def _lake(console: Console, folder: Path, seed: int) -> Path:
    """A lake of an hour and a snapshot, built when it is not there."""
    lake = folder / f"served-{seed}" / "lake"
    if not (lake / "wikilake.duckdb").exists():
        console.print(f"building a lake of {REQUESTS:,} requests and {EVENTS:,} events in {lake}")
        source = folder / f"served-{seed}"
        write_sample(source / "raw", REQUESTS, seed, [HOUR])
        write_history(source / "history", EVENTS, seed, SNAPSHOT, parquet=True)
        write_namespaces(source / "namespaces.csv")
        end = HOUR + timedelta(hours=1)
        for period in (
            ("--from", f"{HOUR:{HOUR_FORMAT}}", "--to", f"{end:{HOUR_FORMAT}}"),
            ("--snapshot", SNAPSHOT),
        ):
            command = [sys.executable, "-m", "wikilake.cli", "build", *period, "--accept-loss"]
            run = subprocess.run(command, env=_environment(lake), capture_output=True, text=True)
            if run.returncode:
                raise BenchFailed(f"{' '.join(command)} failed:\n{run.stdout}{run.stderr}")
    return lake


def _environment(lake: Path) -> dict[str, str]:
    source = lake.absolute().parent
    return os.environ | {
        "WIKILAKE_LAKE": str(source / "lake"),
        "WIKILAKE_RAW": str(source / "raw"),
        "WIKILAKE_HISTORY": str(source / "history"),
        "WIKILAKE_NAMESPACES": str(source / "namespaces.csv"),
    }


@contextmanager
def _served(lake: Path) -> Iterator[tuple[str, int]]:
    """Host and port of a server in a process of its own, for a while."""
    command = [sys.executable, "-m", "wikilake.cli", "serve", "--port", "0"]
    process = subprocess.Popen(
        command, env=_environment(lake), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        said = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://([\d.]+):(\d+)", said)
        if not found:
            raise BenchFailed(f"wikilake serve said {said!r} and no address.")
        yield found[1], int(found[2])
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
