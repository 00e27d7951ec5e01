"""What `wikilake build` runs: the project parsed once, then dbt for each hour or a snapshot."""

from __future__ import annotations

import glob
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from dbt.artifacts.schemas.results import NodeStatus
from dbt.cli.main import dbtRunnerResult
from dbt_common.events.base_types import EventMsg

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake import partitions, raw
from wikilake.lake.lock import hold_lake
from wikilake.lake.test_results import messages_of_gate
from wikilake.progress import progress_bar
from wikilake.project.arguments import apart, users_variables
from wikilake.project.dbt import QUIET, Project, failures, node_results, said_by
from wikilake.project.seeds import load_seeds
from wikilake.settings import HOUR_FORMAT

LEFT_OUT = ["resource_type:seed", "resource_type:unit_test", "tag:rule_test"]
"""Seeds are loaded once before a loop, and rules do not change between its hours."""

SMALL_HOUR = 64 * 1024 * 1024
"""Bytes of lines below which an hour waits for dbt rather than for DuckDB."""

UNLISTED = "--no-populate-cache"
"""dbt need not list every table before each hour: a model looks for its own where needed."""


class BuildFailed(WikilakeError):
    """An hour or snapshot that did not go through; the message lists what failed and why."""

    def __init__(self, period: str, message: str) -> None:
        super().__init__(message)
        self.period = period


def build_hours(
    project: Project,
    hours: Sequence[datetime],
    dbt_arguments: Sequence[str],
    *,
    variables: dict[str, str] | None = None,
    accept_loss: bool = False,
    done: int = 0,
    before_hour: Callable[[datetime], None] = lambda hour: None,
) -> tuple[int, list[str]]:
    """Builds each hour; raises BuildFailed at the first failure.

    Returns the rows of webrequest that were written, and the warnings, one text each. `done` hours
    of the same loop were built earlier. `variables` are dbt's, for every hour. `accept_loss`
    publishes an hour behind a failed gate. Extra arguments go to `dbt build`.
    """
    warnings: list[str] = []
    rows = 0
    with progress_bar("rows") as progress:
        task = progress.add_task("loading seeds", total=done + len(hours), completed=done, rows=0)
        with prepared(project, f"{hours[0]:{HOUR_FORMAT}}", hours):
            progress.reset(task, completed=done)  # so that rows a second are those of the hours
            for hour in hours:
                period = f"{hour:{HOUR_FORMAT}}"
                progress.update(task, description=period)
                before_hour(hour)
                left_out = [*LEFT_OUT, "tag:history"]
                chosen: dict[str, Any] = (variables or {}) | {"hour": period}
                chosen |= {"accept_loss": True} if accept_loss else {}
                with failing(period):
                    before = raw.raw_state(hour)
                    arguments = [*dbt_arguments, *_threads(project, hour, dbt_arguments)]
                    warnings += _run(project, period, chosen, left_out, arguments)
                    _check_raw(before, hour)
                rows += rows_of_hour("wmf/webrequest", hour)
                progress.update(task, advance=1, rows=rows)
    return rows, warnings


@contextmanager
def prepared(project: Project, period: str, hours: Sequence[datetime] = ()) -> Iterator[None]:
    """The lake held, the project parsed, its seeds loaded; raises BuildFailed.

    `hours` are those that will be built: where one is too large for memory, the work tables are in
    a file. DuckDB attaches it once, before the first of them.
    """
    with ExitStack() as stack:
        with failing(period):
            hold_lake()
            stack.enter_context(project.without_collector())
            stack.enter_context(_work_tables_for(hours))
            load_seeds(project)
        yield


@contextmanager
def failing(period: str) -> Iterator[None]:
    """Makes what goes wrong meanwhile a failure of the period: raises BuildFailed."""
    try:
        yield
    except BuildFailed:
        raise
    except WikilakeError as error:
        raise BuildFailed(period, str(error)) from None


@contextmanager
def _work_tables_for(hours: Sequence[datetime]) -> Iterator[None]:
    in_memory = settings.value("WIKILAKE_SCRATCH") == settings.SETTINGS["WIKILAKE_SCRATCH"].default
    if not in_memory or all(_fits(hour) for hour in hours):
        yield
        return
    with settings.changed(scratch=partitions.work_tables_path()):
        yield


def _fits(hour: datetime) -> bool:
    with suppress(raw.RawFileError):  # said when the hour's turn has come
        return raw.fits_into(settings.value("WIKILAKE_MEMORY"), hour)
    return True


def _threads(project: Project, hour: datetime, dbt_arguments: Sequence[str]) -> list[str]:
    """Has dbt prepare one model while DuckDB makes another, where neither needs much memory."""
    is_chosen = "--threads" in dbt_arguments
    if not project.is_on_duckdb or is_chosen or raw.raw_bytes(hour) >= SMALL_HOUR:
        return []
    return ["--threads", "2"]


def build_snapshot(project: Project, snapshot: str, dbt_arguments: Sequence[str]) -> list[str]:
    """Builds a snapshot of the history tables and metrics; returns the warnings, one text each."""
    if "--select" not in dbt_arguments:
        dbt_arguments = ["--select", "tag:history", *dbt_arguments]
    with prepared(project, snapshot):
        return _run(project, snapshot, {"snapshot": snapshot}, LEFT_OUT, dbt_arguments)


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
    [(rows,)] = metadata.fetchall()
    return int(rows)


def _run(
    project: Project,
    period: str,
    variables: dict[str, Any],
    left_out: Sequence[str],
    dbt_arguments: Sequence[str],
) -> list[str]:
    """One `dbt build` with the period's variables; returns its warnings or raises BuildFailed."""
    warnings: list[str] = []
    arguments = command_line(period, variables, left_out, dbt_arguments)
    result = project.invoke(arguments, [lambda event: warnings.extend(_said_in_a_macro(event))])
    if not result.success:
        raise BuildFailed(period, failures(result) + _gate(result, period))
    return warnings + said_by(result, NodeStatus.Warn)


def _check_raw(before: dict[Path, tuple[int, int]], hour: datetime) -> None:
    """Fails the hour when a raw file came, went or changed while it was built."""
    after = raw.raw_state(hour)
    changed = [str(path) for path in sorted(before | after) if before.get(path) != after.get(path)]
    if changed:
        raise BuildFailed(
            f"{hour:{HOUR_FORMAT}}",
            f"{', '.join(changed)} changed while the hour was built, so some of its requests may "
            "be missing: build the hour again when all its files are there. Files that are still "
            "being written belong under another name, such as .part-0.jsonl.gz.tmp.",
        )


def _gate(result: dbtRunnerResult, period: str) -> str:
    """What to know and do when the gate of the load failed; '' when it did not."""
    if not any(
        item.status == NodeStatus.Fail and "loss_gate" in item.node.tags
        for item in node_results(result)
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
    variables: dict[str, Any],
    left_out: Sequence[str],
    dbt_arguments: Sequence[str],
) -> list[str]:
    """The dbt command line of a period: the user's --vars and --exclude, and the period's own."""
    arguments = apart(dbt_arguments)
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


def _said_in_a_macro(event: EventMsg) -> list[str]:
    """The text of a warning that a macro gave, such as an hour without files."""
    return [event.data.msg] if event.info.name == "JinjaLogWarning" else []
