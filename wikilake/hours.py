"""The loop over hours: one dbt project, parsed once, run for each hour in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

import duckdb
from dbt.artifacts.schemas.results import NodeStatus
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt_common.events.base_types import EventMsg

from wikilake import lake
from wikilake.progress import progress_bar

NOT_HOURLY = ["resource_type:seed", "resource_type:unit_test", "tag:rule_test", "tag:history"]
"""What a loop leaves out: seeds are loaded once before it, rules do not change between hours."""


QUIET = ["--quiet", "--log-level", "none"]


class BuildFailed(Exception):
    """An hour that did not go through; the message lists what failed and why."""

    def __init__(self, hour: datetime, message: str) -> None:
        super().__init__(message)
        self.hour = hour


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
        runner = _prepared_runner(hours[0])
        runner.callbacks.append(lambda event: warnings.extend(_said_in_a_macro(event)))
        rows = 0
        for hour in hours:
            progress.update(task, description=f"{hour:%Y-%m-%dT%H}")
            before_hour(hour)
            result = runner.invoke(_arguments(hour, dbt_arguments))
            if not result.success:
                raise BuildFailed(hour, _failures(result))
            warnings += _said_by(result, NodeStatus.Warn)
            rows += rows_of_hour("wmf/webrequest", hour)
            progress.update(task, advance=1, rows=rows)
    return rows, warnings


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


def _prepared_runner(hour: datetime) -> dbtRunner:
    """A runner that holds the parsed project, with the seeds loaded."""
    lake.lake_root().mkdir(parents=True, exist_ok=True)
    parsed = dbtRunner().invoke(["parse", "--quiet"])
    if not parsed.success:
        raise BuildFailed(hour, _failures(parsed))
    runner = dbtRunner(manifest=parsed.result)
    seeds = ["--select", "resource_type:seed", "--exclude", "tag:rule_test", "tag:history"]
    only_seeds = ["--indirect-selection", "cautious"]  # of the tests: those of seeds alone
    seeded = runner.invoke(["build", *QUIET, *seeds, *only_seeds])
    if not seeded.success:
        raise BuildFailed(hour, _failures(seeded))
    return runner


def _arguments(hour: datetime, dbt_arguments: Sequence[str]) -> list[str]:
    """The dbt command line of one hour; the user's --vars are kept, `hour` is added."""
    arguments = list(dbt_arguments)
    variables = {}
    for flag in ("--vars", "--exclude"):
        if arguments.count(flag) > 1:
            raise BuildFailed(hour, f"{flag} is given twice.")
    if "--vars" in arguments:
        import yaml

        place = arguments.index("--vars")
        variables = yaml.safe_load(arguments[place + 1])
        del arguments[place : place + 2]
    variables["hour"] = f"{hour:%Y-%m-%dT%H}"
    if "--exclude" in arguments:
        place = arguments.index("--exclude") + 1
        arguments[place:place] = NOT_HOURLY
    else:
        arguments += ["--exclude", *NOT_HOURLY]
    return ["build", *QUIET, *arguments, "--vars", json.dumps(variables)]


def _failures(result: dbtRunnerResult) -> str:
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
