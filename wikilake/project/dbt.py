"""dbt from Python: the project parsed once, then any of its commands."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dbt.artifacts.schemas.results import NodeStatus
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt_common.events.base_types import EventMsg

from wikilake.errors import WikilakeError
from wikilake.project.arguments import users_variables, where
from wikilake.project.remedies import remedy

QUIET = ["--quiet", "--log-level", "none", "--no-write-json"]
"""Says nothing, and writes no manifest of the whole project, which took a third of a small hour."""

ENABLING = ("today", "history_source")
"""Variables that decide which models and tests there are: the project is parsed with them."""

MOST_UNCOLLECTED = 3
"""Commands whose garbage is kept before it is looked for, which takes a third of a second."""

EventCallback = Callable[[EventMsg], None]


class DbtFailed(WikilakeError):
    """A dbt command that did not go through; the message lists what failed and why."""

    def __init__(self, result: dbtRunnerResult, said: Sequence[str] = ()) -> None:
        text = "\n".join(said)
        super().__init__(text + remedy(text) if text else failures(result))
        self.result = result


class Project:
    """The dbt project. It is parsed when its manifest is first needed, or comes with one.

    Of the arguments for dbt those count that say where, --target and the like, and of --vars those
    variables that a parse has to know.
    """

    def __init__(self, dbt_arguments: Sequence[str] = (), manifest: Manifest | None = None) -> None:
        self.where = where(dbt_arguments)
        variables = users_variables(dbt_arguments)
        self._enabling = {name: variables[name] for name in ENABLING if name in variables}
        self._manifest = None if self._enabling else manifest
        self._uncollected = 0

    @property
    def manifest(self) -> Manifest:
        return self._manifest or self.parse()

    def parse_once(self) -> None:
        """Parses the project now, for who wants to say so, or to change settings afterwards."""
        _ = self.manifest

    def parse(self, *arguments: str) -> Manifest:
        """Parses the project with further arguments; raises DbtFailed."""
        if self._enabling:
            arguments = ("--vars", json.dumps(self._enabling, default=str), *arguments)
        parsed = _invoked(dbtRunner(), ["parse", *QUIET, *self.where, *arguments])
        if not parsed.success or not isinstance(parsed.result, Manifest):
            raise DbtFailed(parsed)
        self._manifest = parsed.result
        return self._manifest

    @property
    def nodes(self) -> dict[str, Any]:
        """The manifest as dbt writes it to JSON."""
        return self.manifest.to_dict()

    @property
    def is_on_duckdb(self) -> bool:
        return self.manifest.metadata.adapter_type == "duckdb"

    def invoke(
        self, arguments: Sequence[str], callbacks: Sequence[EventCallback] = ()
    ) -> dbtRunnerResult:
        """One dbt command as it is written, whatever comes of it but an interruption."""
        if not gc.isenabled() and self._uncollected >= MOST_UNCOLLECTED:
            gc.collect()
            self._uncollected = 0
        self._uncollected += 1
        return _invoked(dbtRunner(self.manifest, list(callbacks)), arguments)

    def run(self, command: str, *arguments: str) -> dbtRunnerResult:
        """One dbt command, quietly; raises DbtFailed."""
        said: list[str] = []

        def listen(event: EventMsg) -> None:
            if event.info.name in ("RunningOperationCaughtError", "RunningOperationUncaughtError"):
                said.append(_without_macros(event.data.exc))  # dbt's result leaves it out

        result = self.invoke([command, *QUIET, *arguments, *self.where], [listen])
        if not result.success:
            raise DbtFailed(result, said)
        return result

    def compiled(self, *arguments: str) -> dict[str, str | None]:
        """The SQL of what is selected, by name."""
        items = node_results(self.run("compile", *arguments))
        return {item.node.name: item.node.compiled_code for item in items}

    def rows(self, analysis: str, *arguments: str) -> list[dict[str, Any]]:
        """The rows that an analysis has in the present lake, one dictionary each."""
        shown = self.run("show", "--select", analysis, "--limit", "-1", *arguments)
        table = node_results(shown)[0].agate_table
        return [dict(zip(table.column_names, row, strict=True)) for row in table.rows]

    @contextmanager
    def without_collector(self) -> Iterator[None]:
        """Has Python look for garbage between commands alone: none of the manifest ever is."""
        gc.disable()
        try:
            self.parse_once()
            gc.freeze()
            yield
        finally:
            gc.unfreeze()  # or libraries complain of what is left at the end
            gc.enable()


def _invoked(runner: dbtRunner, arguments: Sequence[str]) -> dbtRunnerResult:
    """What a command came to; an interruption, which dbt catches, goes on its way."""
    result = runner.invoke(list(arguments))
    if isinstance(result.exception, KeyboardInterrupt):
        raise KeyboardInterrupt
    return result


def node_results(result: dbtRunnerResult) -> list[Any]:
    """What came of each node of a command; nothing for a command without nodes."""
    return list(result.result.results) if isinstance(result.result, RunExecutionResult) else []


def failures(result: dbtRunnerResult) -> str:
    """What failed, a paragraph each: the name of the model or test and dbt's message."""
    if result.exception is not None:
        said = _without_macros(str(result.exception))
    else:
        said = "\n".join(said_by(result, NodeStatus.Error, NodeStatus.Fail))
    return said + remedy(said)


def said_by(result: dbtRunnerResult, *statuses: NodeStatus) -> list[str]:
    """`name: message` of each model or test that ended so, without dbt's list of macros."""
    return [
        f"{item.node.name}: {_without_macros(item.message or '')}"
        for item in node_results(result)
        if item.status in statuses
    ]


def _without_macros(message: str) -> str:
    """dbt's message without the list of macros that it came through."""
    return message.split("\n  > in macro")[0].strip()
