"""What `wikilake build` runs: the project parsed once, then dbt for each hour or a snapshot."""

from __future__ import annotations

import atexit
import gc
import glob
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.artifacts.schemas.results import NodeStatus
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg

from wikilake import settings
from wikilake.lake import raw
from wikilake.lake.lock import LakeInUse, hold_lake
from wikilake.lake.test_results import messages_of_gate
from wikilake.progress import progress_bar
from wikilake.settings import HOUR_FORMAT

LEFT_OUT = ["resource_type:seed", "resource_type:unit_test", "tag:rule_test"]
"""Seeds are loaded once before a loop, and rules do not change between its hours."""

SMALL_HOUR = 64 * 1024 * 1024
"""Bytes of lines below which an hour waits for dbt rather than for DuckDB."""

QUIET = ["--quiet", "--log-level", "none", "--no-write-json"]
"""These make dbt quiet and write no manifest of the whole project, a third of a small hour."""

UNLISTED = "--no-populate-cache"
"""dbt need not list every table before each hour: a model looks for its own where needed."""


class BuildFailed(Exception):
    """An hour or snapshot that did not go through; the message lists what failed and why."""

    def __init__(self, period: str, message: str) -> None:
        super().__init__(message)
        self.period = period


class ArgumentsWrong(Exception):
    """Arguments for dbt that make no sense; the message says what to write."""


def build_hours(
    hours: Sequence[datetime],
    dbt_arguments: Sequence[str],
    *,
    variables: dict[str, str] | None = None,
    accept_loss: bool = False,
    done: int = 0,
    before_hour: Callable[[datetime], None] = lambda hour: None,
) -> tuple[int, list[str]]:
    """Builds each hour; raises BuildFailed at the first failure.

    Returns the rows of webrequest that were written and the warnings, one text each. `done` hours
    of the same loop were built earlier. `variables` are dbt's, for every hour. `accept_loss`
    publishes an hour behind a failed gate. Extra arguments go to `dbt build`.
    """
    warnings: list[str] = []
    settings.hours_ahead[:] = hours
    with progress_bar("rows") as progress:
        task = progress.add_task("loading seeds", total=done + len(hours), completed=done, rows=0)
        runner = prepared_runner(f"{hours[0]:{HOUR_FORMAT}}", dbt_arguments)
        progress.reset(task, completed=done)  # so that rows per second are those of the hours
        rows = 0
        for hour in hours:
            period = f"{hour:{HOUR_FORMAT}}"
            progress.update(task, description=period)
            before_hour(hour)
            left_out = [*LEFT_OUT, "tag:history"]
            chosen = (variables or {}) | {"hour": period}
            chosen |= {"accept_loss": True} if accept_loss else {}
            before = _raw_state(hour)
            arguments = [*dbt_arguments, *_threads(runner, hour, dbt_arguments)]
            warnings += _run(runner, period, chosen, left_out, arguments)
            _check_raw(before, hour)
            rows += rows_of_hour("wmf/webrequest", hour)
            progress.update(task, advance=1, rows=rows)
    return rows, warnings


def _threads(runner: dbtRunner, hour: datetime, dbt_arguments: Sequence[str]) -> list[str]:
    """Lets dbt prepare one model while DuckDB makes another, where neither needs much memory."""
    on_duckdb = runner.manifest.metadata.adapter_type == "duckdb"
    if not on_duckdb or "--threads" in dbt_arguments or raw.raw_bytes(hour) >= SMALL_HOUR:
        return []
    return ["--threads", "2"]


def build_snapshot(snapshot: str, dbt_arguments: Sequence[str]) -> list[str]:
    """Builds a snapshot of the history tables and metrics; returns the warnings, one text each."""
    runner = prepared_runner(snapshot, dbt_arguments)
    if "--select" not in dbt_arguments:
        dbt_arguments = ["--select", "tag:history", *dbt_arguments]
    return _run(runner, snapshot, {"snapshot": snapshot}, LEFT_OUT, dbt_arguments)


def hold_for(period: str) -> None:
    """Takes the lake before anything is written for a period; raises BuildFailed when it cannot."""
    try:
        hold_lake()
    except LakeInUse as error:
        raise BuildFailed(period, str(error)) from None


def in_words(error: OSError) -> str:
    """What the system refused, and what to do about it."""
    said = f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    return said + remedy(said)


def rows_of_hour(table: str, hour: datetime) -> int:
    """Rows of a lake table (`schema/name`) in one hour, read from the footers of its files."""
    path = f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"
    files = list((settings.lake_root() / table).glob(f"webrequest_source=*/{path}/*.parquet"))
    files += (settings.lake_root() / table / path).glob("*.parquet")
    if not files:
        return 0
    metadata = duckdb.execute(
        "select sum(num_rows) from parquet_file_metadata(?)",
        [[glob.escape(str(file)) for file in files]],
    )
    return int(metadata.fetchone()[0])


def prepared_runner(period: str, dbt_arguments: Sequence[str] = ()) -> dbtRunner:
    """A runner that holds the parsed project, with the seeds loaded and tested.

    On DuckDB unchanged seeds are not loaded again, which saves two seconds. Only the arguments for
    dbt that say where matter: --target and the like.
    """
    where = _where(dbt_arguments)
    hold_for(period)
    gc.disable()  # nothing in a parsed project is garbage; _run collects what an hour leaves
    parsed = dbtRunner().invoke(["parse", *QUIET, *where])
    gc.freeze()
    atexit.register(gc.unfreeze)  # or libraries complain of what is left at the end
    if not parsed.success:
        raise BuildFailed(period, failures(parsed))
    runner = dbtRunner(manifest=parsed.result)
    loaded_from = _digest_of_seeds(parsed.result)
    on_duckdb = parsed.result.metadata.adapter_type == "duckdb"
    if on_duckdb and _seeds_of(parsed.result) <= _seeds_loaded_from(loaded_from):
        return runner
    seeds = ["--select", "resource_type:seed", "--exclude", "tag:rule_test"]
    only_seeds = ["--indirect-selection", "cautious"]  # of the tests: those of seeds alone
    seeded = runner.invoke(["build", *QUIET, *seeds, *only_seeds, *where])
    if seeded.success and on_duckdb:
        arguments = ["--args", json.dumps({"loaded_from": loaded_from})]
        seeded = runner.invoke(["run-operation", *QUIET, "record_seed_digest", *arguments, *where])
    if not seeded.success:
        raise BuildFailed(period, failures(seeded))
    return runner


def _seeds_of(manifest: Manifest) -> set[str]:
    """Unique ids of the seeds that models read."""
    nodes = manifest.nodes.items()
    return {name for name, n in nodes if n.resource_type == "seed" and "rule_test" not in n.tags}


def _digest_of_seeds(manifest: Manifest) -> str:
    """A digest that changes when a row, a type or a test of a seed does."""
    seeds = _seeds_of(manifest)
    said = sorted(
        (name, node.checksum.checksum, node.config.to_dict(), getattr(node, "raw_code", ""))
        for name, node in manifest.nodes.items()
        if name in seeds or (node.resource_type == "test" and set(node.depends_on.nodes) <= seeds)
    )
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _seeds_loaded_from(digest: str) -> set[str]:
    """Unique ids of the seeds that the catalog holds with this mark; none when it is in use."""
    if not settings.catalogue_path().exists():
        return set()
    marked = "select 'seed.wikilake.' || table_name from duckdb_tables() where comment = ?"
    try:
        with duckdb.connect(str(settings.catalogue_path()), read_only=True) as catalogue:
            return {name for (name,) in catalogue.execute(marked, [digest]).fetchall()}
    except duckdb.Error:
        return set()


def _where(dbt_arguments: Sequence[str]) -> list[str]:
    """The arguments that every dbt command of a build needs, whatever it builds."""
    options = ("--target", "-t", "--profile", "--profiles-dir", "--project-dir")
    chosen: list[str] = []
    for place, argument in enumerate(dbt_arguments):
        if argument in options:
            chosen += dbt_arguments[place : place + 2]
        elif argument.startswith(tuple(f"{option}=" for option in options)):
            chosen.append(argument)
    return chosen


def _run(
    runner: dbtRunner,
    period: str,
    variables: dict[str, str],
    left_out: Sequence[str],
    dbt_arguments: Sequence[str],
) -> list[str]:
    """One `dbt build` with the period's variables; returns its warnings or raises BuildFailed."""
    warnings: list[str] = []
    runner.callbacks[:] = [lambda event: warnings.extend(_said_in_a_macro(event))]
    result = runner.invoke(command_line(period, variables, left_out, dbt_arguments))
    gc.collect()
    if not result.success:
        raise BuildFailed(period, failures(result) + _gate(result, period))
    return warnings + _said_by(result, NodeStatus.Warn)


def _raw_state(hour: datetime) -> dict[Path, tuple[int, int]]:
    try:
        return raw.raw_state(hour)
    except raw.RawFileError as error:
        raise BuildFailed(f"{hour:{HOUR_FORMAT}}", str(error)) from None


def _check_raw(before: dict[Path, tuple[int, int]], hour: datetime) -> None:
    """Fails the hour when a raw file came, went or changed while it was built."""
    after = _raw_state(hour)
    changed = [str(path) for path in sorted(before | after) if before.get(path) != after.get(path)]
    if changed:
        raise BuildFailed(
            f"{hour:{HOUR_FORMAT}}",
            f"{', '.join(changed)} changed while the hour was built, so some of its requests may "
            "be missing: build the hour again when all its files are there. Files that are still "
            "being written belong under another name, such as .part-0.jsonl.gz.tmp.",
        )


def remedy(message: str) -> str:
    """What to do about a full disk, a broken file, a partition that is missing; '' for nothing."""
    if re.search("No space left on device|Disk quota exceeded|not enough disk space", message):
        return (
            "\nThe disk is full; the lake holds what it held. Make room, or let the lake or its "
            "raw files be on a larger one, then run it again."
        )
    if "Too many open files" in message:
        return (
            "\nThis process may not open so many files. Let it open more (ulimit -n 1024, or "
            "LimitNOFILE of the service), then run it again."
        )
    if "wikilake.duckdb" in message and "not a valid DuckDB database" in message:
        return "\nThe catalog is broken. Rebuild it: wikilake catalog rebuild"
    missing = re.search(r'No files found .*/([^/"=]+)/([^/"=]+)/[a-z_]+=', message)
    if missing:
        return (
            f"\n{missing[1]}.{missing[2]} holds nothing of that time, for it was never built. "
            "Build it as well, with a plus before what you select: --select +…"
        )
    found = re.search(r"/([^/']+/[^/']+)/((?:[a-z_]+=[^/']+/)+)[^/']*[.]parquet", message)
    if not found or not re.search(
        "magic bytes|Parquet|Thrift|footer|[Ii]nvalid|[Cc]orrupt", message
    ):
        return ""
    values = dict(part.split("=", 1) for part in found[2].strip("/").split("/"))
    if not {"year", "month", "day", "hour"} <= values.keys():
        return f"\nA file of {found[1]} is broken: build {found[2].strip('/')} again."
    hour = datetime(*(int(values[name]) for name in ("year", "month", "day", "hour")))
    return (
        f"\nA file of {found[1]} is broken: wikilake check names all that are. Build its hour "
        f"again: wikilake build --from {hour:{HOUR_FORMAT}} "
        f"--to {hour + timedelta(hours=1):{HOUR_FORMAT}}"
    )


def _gate(result: dbtRunnerResult, period: str) -> str:
    """What to know and to do when the gate of the load failed; '' when it did not."""
    if result.exception is not None or not any(
        item.status == NodeStatus.Fail and "loss_gate" in item.node.tags
        for item in result.result.results
    ):
        return ""
    hour = datetime.strptime(period, HOUR_FORMAT)
    partition = f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"
    end = f"{hour + timedelta(hours=1):{HOUR_FORMAT}}"
    said = "".join(f"\n  {message}" for message in messages_of_gate(partition))
    return (
        f"\nToo much of the hour is lost or bad:{said}\nIt is refined; its pageview tables hold "
        "what they held. What is missing is in wmf_raw.webrequest_sequence_holes. To publish it "
        f"all the same: wikilake build --from {period} --to {end} --accept-loss"
    )


def command_line(
    period: str,
    variables: dict[str, str],
    left_out: Sequence[str],
    dbt_arguments: Sequence[str],
) -> list[str]:
    """The dbt command line of a period: the user's --vars and --exclude, and the period's own."""
    arguments = _apart(dbt_arguments)
    chosen = {"--select", "-s", "--models", "-m", "--selector", "--indirect-selection"}
    if not chosen & {argument.split("=")[0] for argument in arguments}:
        # Left out with the seeds are the tests of seeds alone, not those that read tables as well.
        arguments += ["--indirect-selection", "cautious"]
    for flag in ("--vars", "--exclude"):
        if arguments.count(flag) > 1:
            raise BuildFailed(period, f"{flag} is given twice: put both into one.")
    variables = users_variables(arguments) | variables
    if "--vars" in arguments:
        place = arguments.index("--vars")
        del arguments[place : place + 2]
    if "--exclude" in arguments:
        place = arguments.index("--exclude") + 1
        arguments[place:place] = left_out
    else:
        arguments += ["--exclude", *left_out]
    return ["build", *QUIET, UNLISTED, *arguments, "--vars", json.dumps(variables, default=str)]


def _apart(dbt_arguments: Sequence[str]) -> list[str]:
    """The arguments with `--vars=…` as two, which dbt takes as well."""
    parted: list[str] = []
    for argument in dbt_arguments:
        parted += argument.split("=", 1) if argument.startswith("--vars=") else [argument]
    return parted


def users_variables(dbt_arguments: Sequence[str]) -> dict[str, Any]:
    """The variables of --vars among arguments for dbt; raises ArgumentsWrong for no mapping."""
    arguments = _apart(dbt_arguments)
    if "--vars" not in arguments:
        return {}
    following = arguments[arguments.index("--vars") + 1 :]
    given: Any = None
    with suppress(yaml.YAMLError, RecursionError, ValueError):
        given = yaml.safe_load(following[0]) if following else None
        given = {} if following and given is None else given  # an empty text means none, as for dbt
    if not isinstance(given, dict) or not all(isinstance(name, str) for name in given):
        said = f"{following[0]!r} is none" if following else "there is none"
        raise ArgumentsWrong(
            f"--vars: write a YAML mapping, {said}. For example: --vars 'loss_error_percent: 5'"
        )
    return given


def failures(result: dbtRunnerResult) -> str:
    """What failed, a paragraph each: the name of the model or test and dbt's message."""
    if result.exception is not None:
        said = _without_macros(str(result.exception))
    else:
        said = "\n".join(_said_by(result, NodeStatus.Error, NodeStatus.Fail))
    return said + remedy(said)


def _said_in_a_macro(event: EventMsg) -> list[str]:
    """The text of a warning that a macro gave, such as an hour without files."""
    return [event.data.msg] if event.info.name == "JinjaLogWarning" else []


def _said_by(result: dbtRunnerResult, *statuses: NodeStatus) -> list[str]:
    """`name: message` of each model or test that ended so, without dbt's list of macros."""
    return [
        f"{item.node.name}: {_without_macros(item.message or '')}"
        for item in result.result.results
        if item.status in statuses
    ]


def _without_macros(message: str) -> str:
    """dbt's message without the list of macros that it came through."""
    return message.split("\n  > in macro")[0].strip()
