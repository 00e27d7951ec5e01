"""Answers paths of the public Wikistats API from the tables of schema `wikistats`.

Paths of page views, devices and media are those of traffic_api.py. SQL does the counting; this
module only handles the path: reading it, refusing what the API refuses, and writing the rows as the
API's JSON, with 0 for the days and months that have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import duckdb

from wikilake.answers import traffic_api
from wikilake.lake.paths import quoted
from wikilake.lake.reader import open_catalog

FAMILIES = (
    "wikipedia", "wikivoyage", "wiktionary", "wikibooks",
    "wikinews", "wikiquote", "wikisource", "wikiversity",
)  # fmt: skip
CHOICES = {
    "editor-type": ("all-editor-types", "anonymous", "group-bot", "name-bot", "user"),
    "page-type": ("all-page-types", "content", "non-content"),
    "activity-level": (
        "all-activity-levels", "1..4-edits", "5..24-edits", "25..99-edits", "100..-edits"
    ),
    "granularity": ("daily", "monthly"),
}  # fmt: skip
LONGEST = timedelta(days=367)
"""The longest interval that can be asked for a single page or editor."""

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Metric:
    """What answers a path: the table, its measure, and the parameters between path and time."""

    table: str
    measure: str
    parameters: tuple[str, ...]
    takes_groups: bool = False
    name: str | None = None

    @property
    def answer_order(self) -> tuple[str, ...]:
        """The parameters as the API lists them: a page's or editor's name after the types."""
        named = ("page-title", "user-text")
        return tuple(sorted(self.parameters, key=lambda parameter: parameter in named))


def _metrics() -> dict[tuple[str, ...], Metric]:
    typed = ("project", "editor-type", "page-type")
    found: dict[tuple[str, ...], Metric] = {
        ("registered-users", "new"): Metric(
            "new_registered_users", "new_registered_users", ("project",), True
        ),
        ("edited-pages", "new"): Metric("new_pages", "new_pages", typed, True),
        ("edited-pages", "aggregate"): Metric(
            "edited_pages", "edited_pages", (*typed, "activity-level")
        ),
        ("editors", "aggregate"): Metric("editors", "editors", (*typed, "activity-level")),
    }
    for path, name, measure in (
        (("edits",), "edits", "edits"),
        (("bytes-difference", "net"), "net-bytes-difference", "net_bytes_diff"),
        (("bytes-difference", "absolute"), "absolute-bytes-difference", "abs_bytes_diff"),
    ):
        by_page, by_editor = (
            ("project", "page-title", "editor-type"),
            ("project", "user-text", "page-type"),
        )
        top = f"top-by-{name}"
        found |= {
            (*path, "aggregate"): Metric("edits", measure, typed, True),
            (*path, "per-page"): Metric("edits_per_page", measure, by_page),
            (*path, "per-editor"): Metric("edits_per_editor", measure, by_editor),
            ("editors", top): Metric("top_editors", measure, typed, True, "user_text"),
            ("edited-pages", top): Metric("top_edited_pages", measure, typed, True, "page_title"),
        }
    return found


METRICS = _metrics()


@dataclass
class Refusal(Exception):
    """A path that has no answer: the HTTP status and the detail."""

    status: int
    kind: str
    detail: str | list[str] = field(default="")


def answer(
    path: str, connection: duckdb.DuckDBPyConnection | None = None, snapshot: str | None = None
) -> tuple[int, dict[str, Any]]:
    """The HTTP status and the JSON of a path such as `/metrics/edits/aggregate/…`.

    Reads the catalog of the lake, and its newest snapshot unless one is named.
    """
    connection = connection or open_catalog()
    try:
        parts = parts_of(path)
        if traffic_api.knows(parts):
            return 200, traffic_api.answer(parts, connection)
        metric, values = _route(parts)
        asked = _parameters(metric, values[: len(metric.parameters)])
        snapshot = snapshot or _newest(connection, metric.table)
        respond = _top if metric.name else _series
        item = respond(connection, metric, asked, values[len(metric.parameters) :], snapshot)
    except (Refusal, traffic_api.NoAnswer) as refusal:
        return refusal.status, {"type": refusal.kind, "detail": refusal.detail}
    return 200, {"items": [item]}


def parts_of(path: str) -> list[str]:
    """The decoded parts of a path, without `metrics` before them."""
    parts = [unquote(part) for part in path.partition("?")[0].strip("/").split("/")]
    parts = [part.encode("utf-8", "replace").decode() for part in parts]  # no surrogates
    return parts[1:] if parts[0] == "metrics" else parts


def _route(parts: list[str]) -> tuple[Metric, list[str]]:
    """The metric that a path begins with, and the rest of the path."""
    for length in (2, 3):
        metric = METRICS.get(tuple(parts[:length]))
        if metric and len(parts) == length + len(metric.parameters) + 3:
            return metric, parts[length:]
    raise Refusal(404, "not_found", "There is no metric at this path.")


def _bad(detail: str | list[str]) -> Refusal:
    return Refusal(400, "invalid_request", detail)


def _parameters(metric: Metric, values: list[str]) -> dict[str, str]:
    """The parameters by name, as the tables spell them."""
    asked = dict(zip(metric.parameters, values, strict=True))
    for name, value in asked.items():
        if name in CHOICES and value not in CHOICES[name]:
            raise _bad(f"{name} should be one of {', '.join(CHOICES[name])}")
    asked["project"] = _project(asked["project"], metric.takes_groups)
    if "page-title" in asked:
        asked["page-title"] = asked["page-title"].replace(" ", "_")
    return asked


def _project(text: str, takes_groups: bool) -> str:
    project = text.strip().lower().removeprefix("www.").removesuffix(".org")
    if not re.fullmatch(r"[\w.-]+", project, re.ASCII):
        # Spelled as the public API spells it.
        raise _bad("The parameter `project` contains invalid charaters.")
    is_group = project == "all-projects" or project in {f"all-{name}-projects" for name in FAMILIES}
    if is_group and not takes_groups:
        raise _bad("`all-...` project values are not accepted for this metric.")
    return project


def _newest(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    try:
        found = connection.execute("select max(snapshot) from wikistats.time_span").fetchone()
    except duckdb.CatalogException:
        found = None
    if found is None or found[0] is None:
        raise Refusal(404, "not_found", f"No snapshot is built yet, so {table} has no rows.")
    return str(found[0])


def _series(
    connection: duckdb.DuckDBPyConnection,
    metric: Metric,
    asked: dict[str, str],
    time: list[str],
    snapshot: str,
) -> dict[str, Any]:
    """One value a day or month of an interval."""
    granularity, first_day, last_day = time
    if granularity not in CHOICES["granularity"]:
        raise _bad(f"granularity should be one of {', '.join(CHOICES['granularity'])}")
    is_single = {"page-title", "user-text"} & asked.keys()
    start, end = _interval(granularity, first_day, last_day, longest=LONGEST if is_single else None)
    rows = _rows(
        connection,
        metric,
        {**asked, "granularity": granularity, "snapshot": snapshot},
        f"period_start, {metric.measure}",
        "period_start >= $start and period_start < $end",
        start=start,
        end=end,
    )
    values = dict(rows)
    # Like the public API, no zeros before the first and after the last event of all projects.
    first, last = _time_span(connection, snapshot)
    start = max(start, first.replace(day=1) if granularity == "monthly" else first)
    end = min(end, last + timedelta(days=1)) if last < date.max else end
    results = [
        {"timestamp": _timestamp(day), metric.measure: values.get(day, 0)}
        for day in _periods(granularity, start, end)
    ]
    order = {name: asked[name] for name in metric.answer_order}
    return {**order, "granularity": granularity, "results": results}


def _time_span(connection: duckdb.DuckDBPyConnection, snapshot: str) -> tuple[date, date]:
    """The days of the first and the last event of a snapshot; an empty one has none."""
    span = connection.execute(
        "select first_day, last_day from wikistats.time_span where snapshot = $snapshot",
        {"snapshot": snapshot},
    ).fetchone()
    return span if span and span[0] else (date.max, date.min)


def _top(
    connection: duckdb.DuckDBPyConnection,
    metric: Metric,
    asked: dict[str, str],
    time: list[str],
    snapshot: str,
) -> dict[str, Any]:
    """The first hundred of a day or month."""
    year, month, day = time
    granularity = "monthly" if day == "all-days" else "daily"
    start = _date(f"{year}{month}{'01' if day == 'all-days' else day}")
    if start is None:
        raise _bad(["Given year/month/day is invalid date"])
    rows = _rows(
        connection,
        metric,
        {
            **asked,
            "granularity": granularity,
            "measure": metric.measure,
            "month": str(start)[:7],
            "snapshot": snapshot,
        },
        f"{metric.name}, value, rank",
        "period_start = $start order by rank",
        start=start,
    )
    top = [{metric.name: name, metric.measure: value, "rank": rank} for name, value, rank in rows]
    results = [{"timestamp": _timestamp(start), "top": top}] if top else []
    return {**asked, "granularity": granularity, "results": results}


def _rows(
    connection: duckdb.DuckDBPyConnection,
    metric: Metric,
    equal: dict[str, str],
    columns: str,
    condition: str,
    **values: date,
) -> list[tuple]:
    """Rows of the metric's table where columns are as asked, and a condition holds.

    The values are written out, as the engine leaves out whole members of a view only by constants.
    """
    filters = " and ".join(
        f"{name.replace('-', '_')} = {quoted(value)}" for name, value in equal.items()
    )
    for name, day in values.items():
        condition = condition.replace(f"${name}", f"date '{day}'")
    return connection.execute(
        f"select {columns} from wikistats.{metric.table} where {filters} and {condition}"
    ).fetchall()


def _interval(
    granularity: str, start: str, end: str, longest: timedelta | None
) -> tuple[date, date]:
    """First day and the day after the last, in full months for months.

    Like the public API it names all that is wrong, in this order, and asks how long the interval
    is before it is cut to months. An invalid date counts there as 1970, and in a month as its
    numbers say: 31 February is in March.
    """
    first, last = _date(start), _date(end)
    wrong = [
        f"{name} timestamp is invalid, must be a valid date in YYYYMMDD format"
        for name, day in (("start", first), ("end", last))
        if day is None
    ]
    if first and last and first > last:
        wrong.append("start timestamp should be before the end timestamp")
    if longest and (last or EPOCH) - (first or EPOCH) > longest:
        # The public API prints the limit outside the brackets.
        seconds = int(longest.total_seconds())
        wrong.append(f"Query timespan is too long (max: ) {seconds} seconds")
    if granularity == "monthly":
        first, last = _first_month(first or _rolled_over(start)), last or _rolled_over(end)
        last = last and last.replace(day=1)
        if first is None or (last and first >= last):
            wrong.append("no full months found in specified date range")
    if wrong or not first or not last:
        raise _bad(wrong)
    return first, last


def _date(text: str) -> date | None:
    """A day from YYYYMMDD, with an hour after it cut off; None for anything else."""
    try:
        if re.fullmatch(r"[0-9]{8}([0-9]{2})?", text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        pass
    return None


def _rolled_over(text: str) -> date | None:
    """The day that YYYYMMDD names when numbers too large or small count on; None for no numbers."""
    if not re.match(r"[0-9]{8}", text):
        return None
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
    try:
        begin = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        return begin + timedelta(days=day - 1)
    except (ValueError, OverflowError):
        return None


def _first_month(day: date | None) -> date | None:
    """The first month that begins on a day or after it; None where the calendar has none."""
    if day is None or day >= date(date.max.year, 12, 2):
        return None
    return day if day.day == 1 else _next_month(day)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _periods(granularity: str, start: date, end: date) -> list[date]:
    step: Callable[[date], date] = (
        _next_month if granularity == "monthly" else lambda day: day + timedelta(days=1)
    )
    days = []
    while start < end:
        days.append(start)
        start = step(start)
    return days


def _timestamp(day: date) -> str:
    return f"{day:%Y-%m-%d}T00:00:00.000Z"
