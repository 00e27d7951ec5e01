"""What `wikilake build` runs: the project parsed once, then dbt for each hour or a snapshot."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

import duckdb
import yaml
from dbt.artifacts.schemas.results import NodeStatus
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt_common.events.base_types import EventMsg

from wikilake import lake
from wikilake.progress import progress_bar

HOUR_FORMAT = "%Y-%m-%dT%H"

LEFT_OUT = ["resource_type:seed", "resource_type:unit_test", "tag:rule_test"]
"""Seeds are loaded once before a loop, and rules do not change between its hours."""

QUIET = ["--quiet", "--log-level", "none"]


class BuildFailed(Exception):
    """An hour or snapshot that did not go through; the message lists what failed and why."""

    def __init__(self, period: str, message: str) -> None:
        super().__init__(message)
        self.period = period


def build_hours(
    hours: Sequence[datetime],
    dbt_arguments: Sequence[str],
    *,
    done: int = 0,
    before_hour: Callable[[datetime], None] = lambda hour: None,
) -> tuple[int, list[str]]:
    """Builds each hour; raises BuildFailed at the first failure.

    Gives the rows of webrequest that were written, and the warnings, one text each. `done` hours
    of the same loop were built earlier. Extra arguments go to `dbt build`.
    """
    warnings: list[str] = []
    with progress_bar("rows") as progress:
        task = progress.add_task("loading seeds", total=done + len(hours), completed=done, rows=0)
        runner = prepared_runner(f"{hours[0]:{HOUR_FORMAT}}")
        progress.reset(task, completed=done)  # so that rows a second are those of the hours
        rows = 0
        for hour in hours:
            period = f"{hour:{HOUR_FORMAT}}"
            progress.update(task, description=period)
            before_hour(hour)
            left_out = [*LEFT_OUT, "tag:history"]
            warnings += _run(runner, period, {"hour": period}, left_out, dbt_arguments)
            rows += rows_of_hour("wmf/webrequest", hour)
            progress.update(task, advance=1, rows=rows)
    return rows, warnings


def build_snapshot(snapshot: str, dbt_arguments: Sequence[str]) -> list[str]:
    """Builds a snapshot of the history tables and metrics; gives the warnings, one text each."""
    runner = prepared_runner(snapshot)
    if "--select" not in dbt_arguments:
        dbt_arguments = ["--select", "tag:history", *dbt_arguments]
    return _run(runner, snapshot, {"snapshot": snapshot}, LEFT_OUT, dbt_arguments)


def rows_of_hour(table: str, hour: datetime) -> int:
    """Rows of a lake table (`schema/name`) in one hour, read from the footers of its files."""
    path = f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"
    files = list((lake.lake_root() / table).glob(f"webrequest_source=*/{path}/*.parquet"))
    files += (lake.lake_root() / table / path).glob("*.parquet")
    if not files:
        return 0
    metadata = duckdb.execute(
        "select sum(num_rows) from parquet_file_metadata(?)", [[str(file) for file in files]]
    )
    return int(metadata.fetchone()[0])


def prepared_runner(period: str) -> dbtRunner:
    """A runner that holds the parsed project, with the seeds loaded and tested."""
    lake.lake_root().mkdir(parents=True, exist_ok=True)
    parsed = dbtRunner().invoke(["parse", "--quiet"])
    if not parsed.success:
        raise BuildFailed(period, failures(parsed))
    runner = dbtRunner(manifest=parsed.result)
    seeds = ["--select", "resource_type:seed", "--exclude", "tag:rule_test"]
    only_seeds = ["--indirect-selection", "cautious"]  # of the tests: those of seeds alone
    seeded = runner.invoke(["build", *QUIET, *seeds, *only_seeds])
    if not seeded.success:
        raise BuildFailed(period, failures(seeded))
    return runner


def _run(
    runner: dbtRunner,
    period: str,
    variables: dict[str, str],
    left_out: Sequence[str],
    dbt_arguments: Sequence[str],
) -> list[str]:
    """One `dbt build` with the period's variables; gives its warnings or raises BuildFailed."""
    warnings: list[str] = []
    runner.callbacks[:] = [lambda event: warnings.extend(_said_in_a_macro(event))]
    result = runner.invoke(command_line(period, variables, left_out, dbt_arguments))
    if not result.success:
        raise BuildFailed(period, failures(result))
    return warnings + _said_by(result, NodeStatus.Warn)


def command_line(
    period: str,
    variables: dict[str, str],
    left_out: Sequence[str],
    dbt_arguments: Sequence[str],
) -> list[str]:
    """The dbt command line of a period: the user's --vars and --exclude, and the period's own."""
    arguments = list(dbt_arguments)
    for flag in ("--vars", "--exclude"):
        if arguments.count(flag) > 1:
            raise BuildFailed(period, f"{flag} is given twice: put both into one.")
    if "--vars" in arguments:
        place = arguments.index("--vars")
        variables = yaml.safe_load(arguments[place + 1]) | variables
        del arguments[place : place + 2]
    if "--exclude" in arguments:
        place = arguments.index("--exclude") + 1
        arguments[place:place] = left_out
    else:
        arguments += ["--exclude", *left_out]
    return ["build", *QUIET, *arguments, "--vars", json.dumps(variables)]


def failures(result: dbtRunnerResult) -> str:
    """What failed, a paragraph each: the name of the model or test and dbt's message."""
    if result.exception is not None:
        return str(result.exception).strip()
    return "\n".join(_said_by(result, NodeStatus.Error, NodeStatus.Fail))


def _said_in_a_macro(event: EventMsg) -> list[str]:
    """The text of a warning that a macro gave, such as an hour without files."""
    return [event.data.msg] if event.info.name == "JinjaLogWarning" else []


def _said_by(result: dbtRunnerResult, *statuses: NodeStatus) -> list[str]:
    """`name: message` of each model or test that ended so, without dbt's list of macros."""
    return [
        f"{item.node.name}: {(item.message or '').split(chr(10) + '  > in macro')[0].strip()}"
        for item in result.result.results
        if item.status in statuses
    ]
