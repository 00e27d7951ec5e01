"""What `wikilake build` runs: the project parsed once, then dbt for each window or a snapshot."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from dbt.artifacts.schemas.results import NodeStatus
from dbt.cli.main import dbtRunnerResult
from dbt_common.events.base_types import EventMsg

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake import partitions, raw, work_tables
from wikilake.lake.hours import HOUR, hour_path
from wikilake.lake.lock import hold_lake
from wikilake.lake.reader import open_catalog
from wikilake.lake.test_results import messages_of_gate
from wikilake.lake.windows import Window, windows
from wikilake.progress import progress_bar
from wikilake.project.arguments import apart, users_variables
from wikilake.project.dbt import QUIET, Project, failures, node_results, said_by
from wikilake.project.seeds import load_seeds

LEFT_OUT = ["resource_type:seed", "resource_type:unit_test", "tag:rule_test"]
"""Seeds are loaded once before a loop, and rules do not change between its hours."""

EVENTS = "path:models/*/events"
"""The models of events, which a wiki without events need not wait for."""

DUMPS = "tag:dumps"
"""What is read of public dumps, by itself and never with an hour."""

SMALL = 64 * 1024 * 1024
"""Bytes of lines below which a window waits for dbt rather than for DuckDB."""

MADE_WHEN_COMPLETE = "made_when_complete"
"""Config of models that are made when their day or month is complete."""

KEPT = "partitioned"
"""How tables of the lake are materialized; others live only during a run."""

MISSPELT = ["--warn-error-options", '{"error": ["NoNodesForSelectionCriteria"]}']
"""A selection of nothing is an error; dbt would do nothing, and call it success."""

UNLISTED = "--no-populate-cache"
"""dbt need not list every table before each hour: a model looks for its own where needed."""


class BuildFailed(WikilakeError):
    """A window, day or snapshot that did not go through; the message lists what failed and why."""

    def __init__(self, period: str, message: str) -> None:
        super().__init__(message)
        self.period = period


@dataclass
class Built:
    """What a build of hours has done."""

    rows: int = 0
    """Rows of webrequest that were written."""
    warnings: list[str] = field(default_factory=list)
    held_back: dict[datetime, list[str]] = field(default_factory=dict)
    """Hours behind a failed gate, with what it objects to."""


@dataclass
class Dumped:
    """What was read of public dumps."""

    rows: int = 0
    rejected: int = 0
    """Rows of dumps.pageviews_rejected: lines, and domain codes that are not known."""
    warnings: list[str] = field(default_factory=list)


def build_hours(
    project: Project,
    first: datetime,
    end: datetime,
    dbt_arguments: Sequence[str],
    *,
    variables: dict[str, str] | None = None,
    accept_loss: bool = False,
    done: int = 0,
    before_window: Callable[[datetime], None] = lambda hour: None,
) -> Built:
    """Builds the hours in windows.

    Raises BuildFailed for the first hour that fails. Hours that the gate holds back do not: they
    are refined, and the result names them. `done` hours of the same loop were built earlier.
    `variables` are dbt's, for every window. `accept_loss` publishes hours behind a failed gate.
    Extra arguments go to `dbt build`.
    """
    chosen: dict[str, Any] = dict(variables or {})
    chosen |= {"accept_loss": True} if accept_loss else {}
    todo = list(windows(first, end))
    built = Built()
    with progress_bar("rows") as progress:
        total = done + (end - first) // HOUR
        task = progress.add_task("loading seeds", total=total, completed=done, rows=0)
        with prepared(project, str(todo[0]), fits=all(map(_fits, todo))):
            progress.reset(task, completed=done)  # so that rows a second are those of the hours

            def build(window: Window) -> None:
                def advance(share: float) -> None:
                    progress.update(task, completed=done + share * len(window.hours))

                progress.update(task, description=str(window))
                _build_window(project, window, chosen, dbt_arguments, built, advance)

            for window in todo:
                for part in _sound_parts(window, build, before_window):
                    done += len(part.hours)
                    progress.update(task, completed=done, rows=built.rows)
    return built


def _sound_parts(
    window: Window,
    build: Callable[[Window], None],
    before: Callable[[datetime], None],
    is_sound: bool = False,
) -> Iterator[Window]:
    """Builds a window; where it fails, smaller and smaller parts of it up to the hour that fails.

    So everything before that hour is complete, as if hours were built one by one. Where already the
    first hour fails, it is not for what one hour holds.
    """
    before(window.first)
    try:
        build(window)
    except BuildFailed:
        if window.is_one_hour:
            raise
        parts = (
            window.halves()
            if is_sound
            else (
                Window(window.first, window.first + HOUR),
                Window(window.first + HOUR, window.end),
            )
        )
        for part in parts:
            yield from _sound_parts(part, build, before, is_sound=True)
    else:
        yield window


def _build_window(
    project: Project,
    window: Window,
    variables: dict[str, Any],
    dbt_arguments: Sequence[str],
    built: Built,
    advance: Callable[[float], None],
) -> None:
    """Builds a window; `advance` is told which share of it is done."""
    period = str(window)
    with failing(period):
        before = raw.raw_state(window.first, window.end)
        arguments = [*dbt_arguments, *_threads(project, window, dbt_arguments)]
        left_out = [*LEFT_OUT, "tag:history", DUMPS, *_not_due(project, window, arguments)]
        if not has_events() and not _selects(dbt_arguments):
            left_out.append(EVENTS)
        warnings, is_held_back = _run(
            project, period, variables | window.variables, left_out, arguments, advance
        )
        _check_raw(before, window)
    built.warnings += warnings
    built.rows += rows_of_hours("wmf/webrequest", window)
    if is_held_back:
        messages = {hour: messages_of_gate(hour) for hour in window.hours}
        built.held_back |= {hour: said for hour, said in messages.items() if said}


def _not_due(project: Project, window: Window, dbt_arguments: Sequence[str]) -> list[str]:
    """What a window leaves out that neither ends a day nor changes one that is over.

    The macro is_complete leaves the same tables as they are, but dbt takes longer to ask each of
    them than a small hour has rows. They are asked until each can be read, if only as empty: on
    DuckDB until each has its view, on Spark until work tables were made once (`dbt test` shows the
    others).
    """
    last_hours = {hour.replace(hour=23) for hour in window.hours}
    actors = settings.lake_root() / "wmf/pageview_actor"
    is_due = any(hour in window.hours or (actors / hour_path(hour)).is_dir() for hour in last_hours)
    is_named = bool({"day", "month"} & users_variables(dbt_arguments).keys())
    if is_due or is_named or _selects(dbt_arguments):
        return []
    not_due = f"config.{MADE_WHEN_COMPLETE}:true"
    if project.is_on_duckdb:
        return [not_due] if _has_views(project) else []
    return [not_due if _has_work_tables(project) else f"{not_due},config.materialized:{KEPT}"]


def _made_when_complete(project: Project, materialized: str) -> set[str]:
    """Names of the models that are made when their day or month is complete."""
    return {
        node.name
        for node in project.manifest.nodes.values()
        if node.config.get(MADE_WHEN_COMPLETE) and node.config.get("materialized") == materialized
    }


def _has_work_tables(project: Project) -> bool:
    """Whether each work table that is made when its day is complete was made once, on Spark."""
    kept = {name.split(".")[-1] for name in work_tables.kept_work_tables("spark")}
    return _made_when_complete(project, "table") <= kept


def _has_views(project: Project) -> bool:
    """Whether each table that is made when its day is complete can be read, if only as empty."""
    names = _made_when_complete(project, KEPT)
    with suppress(WikilakeError), open_catalog() as connection:
        found = connection.execute("select view_name from duckdb_views() where not internal")
        return names <= {name for (name,) in found.fetchall()}
    return False


def has_events() -> bool:
    """Whether there are raw events of any hour, or tables of them that an hour may have rows in."""
    return settings.events_root().exists() or (settings.lake_root() / "event").exists()


def build_period(
    project: Project, variables: dict[str, Any], dbt_arguments: Sequence[str]
) -> list[str]:
    """Makes what is made per day or month, for the variable `day` or `month`; returns warnings."""
    [period] = [str(variables[name]) for name in ("day", "month") if name in variables]
    arguments = apart(dbt_arguments)
    if not {"--select", "-s"} & set(arguments):
        names = _models_of_periods(project)
        arguments += ["--select", *names, *_work_tables_of(project, names)]
    with failing(period):
        left_out = [*LEFT_OUT, "tag:history", DUMPS, *([] if has_events() else [EVENTS])]
        return _run(project, period, variables, left_out, arguments)[0]


def build_dumps(
    project: Project, spans: Sequence[tuple[datetime, datetime]], dbt_arguments: Sequence[str]
) -> Dumped:
    """Reads the public dumps of spans of hours, each by one run, into the tables of `dumps`.

    Raises BuildFailed for the first span that fails.
    """
    done = Dumped()
    arguments = apart(dbt_arguments)
    if not _selects(arguments):
        names = sorted(
            node["name"]
            for node in project.nodes["nodes"].values()
            if "dumps" in node["config"].get("tags", []) and node["resource_type"] == "model"
        )
        arguments += ["--select", *names, *_work_tables_of(project, names)]
    todo = [Window(first, end) for first, end in spans]
    with progress_bar("lines") as progress, prepared(project, "dumps"):
        task = progress.add_task("dumps", total=len(todo), rows=0)
        for window in todo:
            progress.update(task, description=str(window))
            with failing(str(window)):
                done.warnings += _run(project, str(window), window.variables, LEFT_OUT, arguments)[
                    0
                ]
            for table in ("pageviews_hourly", "pageviews_daily"):
                done.rows += _rows_of_days(f"dumps/{table}", window)
            done.rejected += _rows_of_days("dumps/pageviews_rejected", window)
            progress.update(task, advance=1, rows=done.rows)
    return done


def _rows_of_days(table: str, window: Window) -> int:
    """Rows of a lake table in a window, where it has a partition per day in all of its days."""
    days = {f"year={hour.year}/month={hour.month}/day={hour.day}" for hour in window.hours}
    hours = {hour_path(hour) for hour in window.hours}
    root = settings.lake_root() / table
    files = [file for day in days for file in (root / day).rglob("*.parquet")]
    return sum(
        pq.read_metadata(file).num_rows
        for file in files
        if not file.parent.name.startswith("hour=") or str(file.parent.relative_to(root)) in hours
    )


def settle_hours(
    project: Project, first: datetime, end: datetime, dbt_arguments: Sequence[str]
) -> list[str]:
    """Makes what follows from the labels of actors anew, by all labels that hold for the hours.

    Returns warnings; raises BuildFailed for the first window that fails.
    """
    names = _kept_tables_below(project, "int_actors__automated")
    selected = ["--select", *names, *_work_tables_of(project, names)]
    todo = list(windows(first, end, _raw_bytes_of_refined))
    warnings: list[str] = []
    with progress_bar("") as progress, prepared(project, str(todo[0]), fits=all(map(_fits, todo))):
        task = progress.add_task("", total=(end - first) // HOUR, rows=0)
        for window in todo:
            progress.update(task, description=str(window))
            variables = window.variables | {"settled": True}
            with failing(str(window)):
                warnings += _run(
                    project,
                    str(window),
                    variables,
                    [*LEFT_OUT, "tag:history"],
                    [*selected, *dbt_arguments],
                )[0]
            progress.advance(task, len(window.hours))
    return warnings


RAW_PER_REFINED = 8
"""Bytes of raw lines per byte of webrequest's files, about."""


def _raw_bytes_of_refined(hour: datetime) -> float:
    files = (settings.lake_root() / "wmf/webrequest").glob(f"*/{hour_path(hour)}/*.parquet")
    return RAW_PER_REFINED * sum(file.stat().st_size for file in files)


def _kept_tables_below(project: Project, name: str) -> list[str]:
    """The tables of the lake that follow from a model."""
    nodes = project.nodes["nodes"]
    below = [key for key, node in nodes.items() if node["name"] == name]
    for key in below:
        below += [
            child
            for child, node in nodes.items()
            if key in node.get("depends_on", {}).get("nodes", []) and child not in below
        ]
    return sorted(
        nodes[key]["name"] for key in below if nodes[key]["config"].get("materialized") == KEPT
    )


def _models_of_periods(project: Project) -> list[str]:
    """The models that are made per day or per month."""
    nodes = project.nodes["nodes"].values()
    return sorted(node["name"] for node in nodes if _is_of_a_period(node))


def _is_of_a_period(node: dict[str, Any]) -> bool:
    partition_by = node["config"].get("partition_by") or ["hour"]
    is_dumped = "dumps" in node["config"].get("tags", [])
    is_model = node["resource_type"] == "model" and not is_dumped
    return is_model and partition_by[-1] in ("day", "month")


def _work_tables_of(project: Project, names: Sequence[str]) -> list[str]:
    """The models that the named ones read and that live only during a run."""
    nodes = project.nodes["nodes"]
    found: list[str] = []
    reading = [key for key, node in nodes.items() if node["name"] in names]
    while reading:
        for parent in nodes[reading.pop()]["depends_on"]["nodes"]:
            node = nodes.get(parent)
            is_kept = node is None or node["config"]["materialized"] in (KEPT, "seed")
            if not is_kept and node["name"] not in found:
                found.append(node["name"])
                reading.append(parent)
    return sorted(found)


@contextmanager
def prepared(project: Project, period: str, *, fits: bool = True) -> Iterator[None]:
    """The lake held, the project parsed, its seeds loaded; raises BuildFailed.

    Where what will be built does not fit into memory, the work tables are in a file. DuckDB
    attaches it once, before the first window.
    """
    with ExitStack() as stack:
        with failing(period):
            hold_lake()
            stack.enter_context(project.without_collector())
            stack.enter_context(_work_tables(fits))
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
def _work_tables(fits: bool) -> Iterator[None]:
    in_memory = settings.value("WIKILAKE_SCRATCH") == settings.SETTINGS["WIKILAKE_SCRATCH"].default
    if fits or not in_memory:
        yield
        return
    with settings.changed(scratch=partitions.work_tables_path()):
        yield


def _fits(window: Window) -> bool:
    with suppress(raw.RawFileError):  # said when the window's turn has come
        return raw.fits_into(settings.value("WIKILAKE_MEMORY"), window.first, window.end)
    return True


def _threads(project: Project, window: Window, dbt_arguments: Sequence[str]) -> list[str]:
    """Has dbt prepare one model while DuckDB makes another, where neither needs much memory."""
    is_chosen = "--threads" in dbt_arguments
    if not project.is_on_duckdb or is_chosen or raw.raw_bytes(window.first, window.end) >= SMALL:
        return []
    return ["--threads", "2"]


def build_snapshot(project: Project, snapshot: str, dbt_arguments: Sequence[str]) -> list[str]:
    """Builds a snapshot of the history tables and metrics; returns the warnings, one text each."""
    if "--select" not in dbt_arguments:
        dbt_arguments = ["--select", "tag:history", *dbt_arguments]
    is_from_dumps = "model.wikilake.stg_mediawiki_history__dump_events" in project.manifest.nodes
    left_out = [*LEFT_OUT, "tag:history_from_tables"] if is_from_dumps else LEFT_OUT
    memory = settings.value("WIKILAKE_MEMORY")
    fits = is_from_dumps or raw.history_fits_into(memory, snapshot)
    with prepared(project, snapshot, fits=fits):
        return _run(project, snapshot, {"snapshot": snapshot}, left_out, dbt_arguments)[0]


def rows_of_hours(table: str, window: Window) -> int:
    """Rows of a lake table (`schema/name`) in a window, read from the footers of its files."""
    root = settings.lake_root() / table
    places = [root, *root.glob("webrequest_source=*")]
    paths = [hour_path(hour) for hour in window.hours]
    files = [
        file for place in places for path in paths for file in (place / path).glob("*.parquet")
    ]
    return sum(pq.read_metadata(file).num_rows for file in files)


def _run(
    project: Project,
    period: str,
    variables: dict[str, Any],
    left_out: Sequence[str],
    dbt_arguments: Sequence[str],
    advance: Callable[[float], None] = lambda share: None,
) -> tuple[list[str], bool]:
    """One `dbt build` with the period's variables; raises BuildFailed.

    Returns its warnings, and whether the gate holds back an hour and nothing else is wrong.
    """
    warnings: list[str] = []

    def listen(event: EventMsg) -> None:
        warnings.extend(_said_in_a_macro(event))
        if event.info.name == "LogModelResult":
            advance(event.data.index / event.data.total)

    arguments = command_line(period, variables, left_out, dbt_arguments)
    result = project.invoke(arguments, [listen])
    is_held_back = not result.success and is_of_gate_alone(result)
    if not result.success and not is_held_back:
        rows = [text for text in warnings if " fails for " in text]
        raise BuildFailed(period, "\n".join([failures(result), *rows]))
    return warnings + said_by(result, NodeStatus.Warn), is_held_back


def _check_raw(before: dict[Path, tuple[int, int]], window: Window) -> None:
    """Fails the window when a raw file came, went or changed while it was built."""
    after = raw.raw_state(window.first, window.end)
    changed = [str(path) for path in sorted(before | after) if before.get(path) != after.get(path)]
    if changed:
        raise BuildFailed(
            str(window),
            f"{', '.join(changed)} changed while the hour was built, so some of its requests may "
            "be missing: build the hour again when all its files are there. Files that are still "
            "being written belong under another name, such as .part-0.jsonl.gz.tmp.",
        )


def is_of_gate_alone(result: dbtRunnerResult) -> bool:
    """Whether nothing failed but the test of the gate."""
    failed = [
        item
        for item in node_results(result)
        if item.status in (NodeStatus.Fail, NodeStatus.Error, NodeStatus.RuntimeErr)
    ]
    return bool(failed) and all("loss_gate" in item.node.tags for item in failed)


def command_line(
    period: str,
    variables: dict[str, Any],
    left_out: Sequence[str],
    dbt_arguments: Sequence[str],
) -> list[str]:
    """The dbt command line of a period: the user's --vars and --exclude, and the period's own."""
    arguments = apart(dbt_arguments)
    if not _selects(arguments, "--indirect-selection"):
        # Left out with the seeds are the tests of seeds alone, not those that read tables as well.
        arguments += ["--indirect-selection", "cautious"]
    if not {"--warn-error", "--warn-error-options"} & set(arguments):
        arguments += MISSPELT
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


def _selects(dbt_arguments: Sequence[str], *others: str) -> bool:
    """Whether the user says what is built, or gives one of the other options."""
    options = {"--select", "-s", "--models", "-m", "--selector", *others}
    return bool(options & {argument.split("=")[0] for argument in dbt_arguments})


def _said_in_a_macro(event: EventMsg) -> list[str]:
    """The text of a warning that a macro gave, such as an hour without files."""
    return [event.data.msg] if event.info.name == "JinjaLogWarning" else []
