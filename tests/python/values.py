"""Follows values of variables and settings through the Jinja of the project into its SQL.

A value enters by var(), env_var(), the command line, or the rows of a query. It leaves by a call of
literal(), or as something that is no text: a length, a comparison, an integer. A macro's result is
whatever it returns or prints. What a value must not reach is SQL that runs: the text of a model, a
test or an analysis, an argument of run_query(), the body of a statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dbt_common.clients.jinja import get_environment
from jinja2 import nodes

PROJECT = Path(__file__).parents[2]

SAFE = {
    "literal",
    "literals",
    "duckdb__literal",
    "spark__literal",
    "log",
    "ref",
    "source",
    "config",
}
"""Calls whose result holds no value: quoted, or nothing that is SQL by our doing."""

CHECKED_KINDS = {"number", "count", "boolean", "choice"}
"""Kinds of variables that can be nothing but a number, true, false, or one of a list of ours."""

JUSTIFIED = {
    "record_version": "one of known_record_versions(), or an error",
    "history_reduced_definition": "one of two texts, or an error",
    "run_snapshot": "YYYY-MM, or an error",
    "previous_snapshot": "the same, a month before",
    "run_partitions": "numbers, and folder names of letters, digits, _ . - alone, or an error",
    "query_without_rows": "names and types that DuckDB says of our own query",
    "duckdb__list_schemas": "a result for dbt, which makes no SQL of it",
    "duckdb__recall_work_tables": "statements that the last run kept in the lake's closed folder",
    "spark_files": "a path, quoted as Spark quotes names: backticks doubled",
    "quoted_name": "a name, quoted as the engine quotes names",
    "stream": "declared names, all through quoted_name() or literal(); kinds and steps are ours",
    "show_failing_rows": "the SQL of a test that has just run, as dbt compiled it",
    "column_releases": "dates and versions of the seed record_versions, compared alone",
}
"""Macros whose result or inside counts as safe, and why."""

NO_TEXT = {"int", "length", "float", "count", "fromisoformat"}
"""Filters and methods whose result is a number or a time, or an error."""

Origins = frozenset[str]
NONE: Origins = frozenset()


@dataclass
class Routine:
    """A macro, or the body of a model, test or analysis."""

    name: str
    file: str
    body: list[nodes.Node]
    parameters: list[str] = field(default_factory=list)
    is_sql: bool = False
    result: Origins = NONE
    """Where what it returns or prints comes from: places of values, `@` and a parameter's name."""
    run: Origins = NONE
    """The same, of what it runs as SQL."""


def findings(texts: dict[str, str], kinds: dict[str, dict]) -> list[str]:
    """Where a value reaches SQL unquoted; `texts` are files by their names."""
    routines = [routine for name, text in texts.items() for routine in _routines(name, text)]
    known = {routine.name: routine for routine in routines if not routine.is_sql}
    while any([_Walk(routine, known, kinds).changes() for routine in routines]):
        pass
    reached = {
        f"{origin} reaches SQL in {routine.file}"
        for routine in routines
        if routine.name not in JUSTIFIED
        for origin in routine.run
        if not origin.startswith("@")
    }
    return sorted(reached)


def project_texts() -> dict[str, str]:
    """The SQL files of the project."""
    return {
        str(path.relative_to(PROJECT)): path.read_text(encoding="utf-8")
        for folder in ("macros", "models", "tests", "analyses")
        for path in sorted((PROJECT / folder).rglob("*.sql"))
    }


def variable_kinds(text: str) -> dict[str, dict]:
    """What the macro variable_kinds() says, with the choices left out that are not constant."""
    [macro] = [routine for routine in _routines("", text) if routine.name == "variable_kinds"]
    [table] = [call.args[0] for node in macro.body for call in node.find_all(nodes.Call)
               if isinstance(call.node, nodes.Name) and call.node.name == "return"]  # fmt: skip
    return {
        pair.key.value: {
            part.key.value: part.value.value
            for part in pair.value.items
            if isinstance(part.value, nodes.Const)
        }
        for pair in table.items
    }


def _routines(file: str, text: str) -> Iterator[Routine]:
    parsed = _parsed(text)
    macros = list(parsed.find_all(nodes.Macro))
    for macro in macros:
        parameters = [argument.name for argument in macro.args]
        name = macro.name.removeprefix("dbt_macro__")
        yield Routine(name, file, macro.body, parameters)
    if not file.startswith("macros"):
        rest = [node for node in parsed.body if not isinstance(node, nodes.Macro)]
        yield Routine(file, file, rest, is_sql=True)


@cache
def _parsed(text: str) -> nodes.Template:
    return get_environment(None, capture_macros=False).parse(text)


class _Walk:
    """One reading of a routine, with what is known of the others."""

    def __init__(self, routine: Routine, known: dict[str, Routine], kinds: dict[str, dict]) -> None:
        self.routine, self.known, self.kinds = routine, known, kinds
        self.names = {name: frozenset({f"@{name}"}) for name in routine.parameters}
        self.result: Origins = NONE
        self.run: Origins = NONE

    def changes(self) -> bool:
        """Reads the routine; whether more is known of it now."""
        for _ in range(3):  # what a loop appends is seen by what stands before it
            printed = self._block(self.routine.body)
        if self.routine.is_sql:
            self.run |= printed
        before = self.routine.result, self.routine.run
        if self.routine.name not in JUSTIFIED:
            self.routine.result |= self.result | printed
            self.routine.run |= self.run
        return before != (self.routine.result, self.routine.run)

    def _block(self, body: list[nodes.Node]) -> Origins:
        """What statements print."""
        printed: Origins = NONE
        for node in body:
            printed |= self._statement(node)
        return printed

    def _statement(self, node: nodes.Node) -> Origins:
        if isinstance(node, nodes.Output):
            return self._all(node.nodes)
        if isinstance(node, nodes.Assign):
            self._assign(node.target, self._origins(node.node))
        elif isinstance(node, nodes.AssignBlock):
            self._assign(node.target, self._block(node.body))
        elif isinstance(node, nodes.For):
            self._assign(node.target, self._origins(node.iter))
            return self._block(node.body) | self._block(node.else_)
        elif isinstance(node, nodes.If):
            self._origins(node.test)
            branches = [node.body, *(branch.body for branch in node.elif_), node.else_]
            return frozenset().union(*map(self._block, branches))
        elif isinstance(node, nodes.ExprStmt):
            self._origins(node.node)
        elif isinstance(node, nodes.CallBlock):  # {% call statement(…) %}
            self.run |= self._block(node.body)
        elif isinstance(node, nodes.Macro):
            pass
        elif hasattr(node, "body"):
            return self._block(node.body)
        return NONE

    def _assign(self, target: nodes.Node, origins: Origins) -> None:
        for name in [target, *target.find_all((nodes.Name, nodes.NSRef))]:
            if isinstance(name, (nodes.Name, nodes.NSRef)):
                self.names[name.name] = self.names.get(name.name, NONE) | origins

    def _all(self, found: list[nodes.Node]) -> Origins:
        return frozenset().union(*map(self._origins, found))

    def _origins(self, node: nodes.Node | None) -> Origins:
        """Where the value of an expression comes from."""
        if isinstance(node, nodes.Name):
            if node.name in ("invocation_args_dict", "results"):
                return frozenset({f"{self.routine.file}:{node.lineno}: {node.name}"})
            return self.names.get(node.name, NONE)
        if isinstance(node, nodes.Call):
            return self._call(node)
        if isinstance(node, nodes.Filter):
            inner = self._all([part for part in (node.node, *node.args) if part is not None])
            return NONE if node.name in NO_TEXT else inner
        if isinstance(node, (nodes.Test, nodes.Compare, nodes.Not)):
            self._all(list(node.iter_child_nodes()))
            return NONE
        if isinstance(node, nodes.CondExpr):
            self._origins(node.test)
            return self._origins(node.expr1) | self._origins(node.expr2)
        if node is None:
            return NONE
        return self._all(list(node.iter_child_nodes()))

    def _call(self, call: nodes.Call) -> Origins:
        arguments = self._all([*call.args, *(pair.value for pair in call.kwargs)])
        called = call.node
        if isinstance(called, nodes.Call) and _attribute(called.node) == "adapter.dispatch":
            name = called.args[0].value
            found = [self.known.get(f"{kind}__{name}") for kind in ("default", "duckdb", "spark")]
            return self._of_macros([macro for macro in found if macro], call)
        if isinstance(called, nodes.Name):
            return self._of_name(called.name, call, arguments)
        if _attribute(called).startswith(("exceptions.", "adapter.")):
            return NONE
        if isinstance(called, nodes.Getattr):
            if called.attr in NO_TEXT:
                return NONE
            if isinstance(called.node, nodes.Name) and called.attr in ("append", "update"):
                self._assign(called.node, arguments)
            return self._origins(called.node) | arguments
        return arguments

    def _of_name(self, name: str, call: nodes.Call, arguments: Origins) -> Origins:
        place = f"{self.routine.file}:{call.lineno}: {name}"
        if name in SAFE:
            return NONE
        if name == "return":
            self.result |= arguments
            return NONE
        if name == "run_query":
            self.run |= arguments
            return frozenset({place})
        if name in ("var", "env_var"):
            return frozenset({f"{place}({_first(call)!r})"})
        if name == "variable":
            kind = self.kinds.get(_first(call), {}).get("kind")
            return NONE if kind in CHECKED_KINDS else frozenset({f"{place}({_first(call)!r})"})
        if name in self.known:
            return self._of_macros([self.known[name]], call)
        return arguments

    def _of_macros(self, macros: list[Routine], call: nodes.Call) -> Origins:
        result: Origins = NONE
        for macro in macros:
            if macro.name in JUSTIFIED:
                continue
            given = dict(zip(macro.parameters, map(self._origins, call.args), strict=False))
            given |= {pair.key: self._origins(pair.value) for pair in call.kwargs}
            result |= _filled(macro.result, given)
            self.run |= _filled(macro.run, given) - macro.run
        return result


def _filled(origins: Origins, given: dict[str, Origins]) -> Origins:
    """Origins with the parameters replaced by where the arguments come from."""
    places = (
        given.get(origin[1:], NONE) if origin.startswith("@") else frozenset({origin})
        for origin in origins
    )
    return frozenset().union(*places)


def _first(call: nodes.Call) -> str | None:
    return getattr(call.args[0], "value", None) if call.args else None


def _attribute(node: nodes.Node) -> str:
    """`adapter.dispatch` of such an expression; '' of any other."""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{node.attr}"
    return ""
