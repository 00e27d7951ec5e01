"""Answers paths of the public pageview, device and media APIs from the serving tables.

The tables hold what the API serves, so this module reads the path, refuses what the API refuses,
and writes rows as the API's JSON. A day or hour without a row is left out; nothing found is 404.
Page views that the lake has no requests of are answered from public dumps, if those were read.

The words of refusals on Wikistats paths are compared with the public service's own answers. There
are none at hand for the paths of this module: its words are from memory, and by analogy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

NOTHING = (
    "The date(s) you used are valid, but we either do not have data for those date(s), or the "
    "project you asked for is not loaded yet."
)
ACCESS = ("all-access", "desktop", "mobile-app", "mobile-web")
AGENTS = ("all-agents", "user", "spider", "automated")
MEDIA_TYPES = ("all-media-types", "image", "audio", "video", "document", "data", "other")
CHOICES = {
    "access": ACCESS,
    "agent": AGENTS,
    "media-agent": ("all-agents", "user", "spider"),
    "media_type": MEDIA_TYPES,
    "access-site": ("all-sites", "desktop-site", "mobile-site"),
    "granularity": ("daily", "monthly"),
    "granularity-with-hours": ("hourly", "daily", "monthly"),
}
ACCESS_LETTERS = {"all-access": "a", "desktop": "d", "mobile-app": "ma", "mobile-web": "mw"}
AGENT_LETTERS = {"all-agents": "a", "automated": "b", "spider": "s", "user": "u"}


class NoAnswer(Exception):
    """A path that has no answer: the HTTP status, its kind and the detail."""

    def __init__(self, status: int, kind: str, detail: str | list[str]) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail


def _bad(detail: str | list[str]) -> NoAnswer:
    return NoAnswer(400, "invalid_request", detail)


@dataclass(frozen=True)
class Dumped:
    """What answers a series from public dumps: a query of `views`, and which of its rows count.

    The query has `{days}` for a condition on its days, and `{unit}` for `hourly` or `daily`.
    """

    query: str
    condition: str
    measure: str = "views"


@dataclass(frozen=True)
class Series:
    """A metric over time: parameters between path and time, table, and measures by their names."""

    table: str | None
    """Its name without `_daily` or `_hourly`; None where only dumps answer."""
    parameters: tuple[str, ...]
    measures: Callable[[dict[str, str]], dict[str, str]]
    columns: tuple[str, ...]
    """Parameters that are columns of the table."""
    digits: int = 10
    granularities: str = "granularity"
    has_months: bool = False
    """Whether months have a table of their own, as they are not the sums of their days."""
    dumped: Dumped | None = None
    """What answers where the table has no row."""


@dataclass(frozen=True)
class Top:
    """A list of a day or month: parameters, table, and the column with the list."""

    table: str
    parameters: tuple[str, ...]
    column: str
    name: str
    is_monthly: bool = False
    bucketed: bool = False
    monthly_table: str | None = None
    """The table that answers `all-days`."""
    dumped_table: str | None = None
    """The table of public dumps that answers where the other has no row."""


def _article_measure(asked: dict[str, str]) -> dict[str, str]:
    column = ACCESS_LETTERS[asked["access"]] + AGENT_LETTERS[asked["agent"]]
    return {"views": f'sum(try_cast("{column}" as bigint))'}


def _file_measure(asked: dict[str, str]) -> dict[str, str]:
    column = {"all-agents": 'spider + "user"', "spider": "spider", "user": '"user"'}[asked["agent"]]
    return {"requests": f"sum({column})"}


def _sums(**columns: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda asked: {name: f'sum("{column}")' for name, column in columns.items()}


_OF_PROJECTS = Dumped(
    "select *, v as views from dumps.pageviews_per_project_{unit} "
    "where {days} and dataset = 'pageviews'",
    "project = $project and access = $access and agent = $agent",
)
_OF_ARTICLES = Dumped(
    (Path(__file__).parents[1] / "sql" / "dumped_articles.sql").read_text("utf-8"),
    "project = $project and article = $article and $access in (access, 'all-access') and "
    # All agents are known of days that have the files of all agents.
    "(agent = $agent or $agent = 'all-agents' and timestamp in (select timestamp "
    "from dumps.pageviews_per_project_daily where project = 'all-projects' "
    "and access = 'all-access' and agent = 'all-agents'))",
)
_OF_PAGECOUNTS = Dumped(
    "select *, v as views from dumps.pageviews_per_project_hourly "
    "where {days} and dataset = 'pagecounts'",
    "project = $project and access = case $access_site when 'all-sites' then 'all-access' "
    "when 'desktop-site' then 'desktop' else 'mobile' end",
    "count",
)

ROUTES: dict[tuple[str, ...], Series | Top] = {
    ("pageviews", "aggregate"): Series(
        "pageview_per_project",
        ("project", "access", "agent"),
        _sums(views="v"),
        ("project", "access", "agent"),
        granularities="granularity-with-hours",
        dumped=_OF_PROJECTS,
    ),
    ("pageviews", "per-article"): Series(
        "pageview_per_article",
        ("project", "access", "agent", "article"),
        _article_measure,
        ("project", "article"),
        dumped=_OF_ARTICLES,
    ),
    ("pageviews", "top"): Top(
        "pageview_top_articles_daily",
        ("project", "access"),
        "articlesJSON",
        "articles",
        monthly_table="pageview_top_articles_monthly",
        dumped_table="pageviews_top_articles_daily",
    ),
    ("pageviews", "top-by-country"): Top(
        "pageview_top_bycountry_monthly",
        ("project", "access"),
        "countriesJSON",
        "countries",
        is_monthly=True,
        bucketed=True,
    ),
    ("pageviews", "top-per-country"): Top(
        "pageview_top_percountry_daily", ("country", "access"), "articles", "articles"
    ),
    ("unique-devices",): Series(
        "unique_devices_cassandra",
        ("project", "access-site"),
        _sums(devices="devices", offset="offset", underestimate="underestimate"),
        ("project", "access-site"),
        digits=8,
        has_months=True,
    ),
    ("mediarequests", "aggregate"): Series(
        "mediarequest_per_referer",
        ("referer", "media_type", "agent"),
        _sums(requests="requests"),
        ("referer", "media_type", "agent"),
    ),
    ("mediarequests", "per-file"): Series(
        "mediarequest_per_file",
        ("referer", "agent", "file_path"),
        _file_measure,
        ("referer", "file_path"),
    ),
    ("mediarequests", "top"): Top(
        "mediarequest_top_files_daily", ("referer", "media_type"), "filesJSON", "files"
    ),
    # What was counted before 2015 is in dumps alone.
    ("legacy", "pagecounts", "aggregate"): Series(
        None,
        ("project", "access-site"),
        _sums(),
        (),
        granularities="granularity-with-hours",
        dumped=_OF_PAGECOUNTS,
    ),
}


def knows(parts: list[str]) -> bool:
    """Whether a path is one of these metrics'."""
    return bool(parts) and parts[0] in {key[0] for key in ROUTES}


def answer(parts: list[str], connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The JSON of a path, by its decoded parts; raises NoAnswer."""
    for length in (1, 2, 3):
        route = ROUTES.get(tuple(parts[:length]))
        if route is None:
            continue
        count = 2 if isinstance(route, Top) and route.is_monthly else 3
        values = parts[length:]
        if len(values) == len(route.parameters) + count:
            is_media = parts[0] == "mediarequests"
            asked = _parameters(route.parameters, values[: len(route.parameters)], is_media)
            time = values[len(route.parameters) :]
            if isinstance(route, Top):
                items = _top(connection, route, asked, time)
            else:
                items = _series(connection, route, asked, time)
            if not items:
                raise NoAnswer(404, "not_found", NOTHING)
            return {"items": items}
    raise NoAnswer(404, "not_found", "There is no metric at this path.")


def _parameters(names: tuple[str, ...], values: list[str], is_media: bool) -> dict[str, str]:
    """The parameters by name, as the tables spell them; raises NoAnswer for what is not allowed."""
    asked = dict(zip(names, values, strict=True))
    for name, value in asked.items():
        choices = CHOICES.get("media-agent" if is_media and name == "agent" else name)
        if choices and value not in choices:
            raise _bad(f"{name} should be one of {', '.join(choices)}")
    for name in ("project", "referer"):
        if name in asked:
            text = asked[name].strip().lower().removeprefix("www.").removesuffix(".org")
            pattern = r"[\w.-]+" if name == "project" else r"[\w.() -]+"
            if not re.fullmatch(pattern, text, re.ASCII):
                raise _bad(f"The parameter `{name}` contains invalid charaters.")
            asked[name] = text
    if "country" in asked:
        asked["country"] = asked["country"].upper()
        if not re.fullmatch("[A-Z]{2}", asked["country"]):
            raise _bad("country should be two letters of ISO 3166-1")
    if "article" in asked:
        asked["article"] = asked["article"].replace(" ", "_")
    return asked


def _series(
    connection: duckdb.DuckDBPyConnection, route: Series, asked: dict[str, str], time: list[str]
) -> list[dict[str, Any]]:
    """An item for each hour, day or month of the interval that has rows; its ends belong to it."""
    granularity, start, end = time
    if granularity not in CHOICES[route.granularities]:
        raise _bad(f"granularity should be one of {', '.join(CHOICES[route.granularities])}")
    first, last = _interval(granularity, start, end)
    measures = route.measures(asked)
    rows: list[tuple] = []
    if route.table:
        is_of_months = granularity == "monthly" and route.has_months
        unit = "monthly" if is_of_months else _unit(granularity)
        filters = " and ".join(f'"{name}" = ${_named(name)}' for name in route.columns)
        rows = _rows(
            connection,
            f"(select * from wmf.{route.table}_{unit} where "
            f"{_days(first, last, '1' if is_of_months else 'day')})",
            ", ".join(measures.values()),
            filters,
            {_named(name): asked[name] for name in route.columns},
            granularity,
            (first, last),
        )
    if not rows and route.dumped:
        query = route.dumped.query.format(unit=_unit(granularity), days=_days(first, last))
        measures = {route.dumped.measure: "cast(sum(views) as bigint)"}
        named = {_named(name): value for name, value in asked.items()}
        rows = _rows(
            connection,
            f"({query})",
            ", ".join(measures.values()),
            route.dumped.condition,
            {name: value for name, value in named.items() if f"${name}" in route.dumped.condition},
            granularity,
            (first, last),
        )
    return [
        {**asked, "granularity": granularity, "timestamp": at[: route.digits]}
        | dict(zip(measures, values, strict=True))
        for at, *values in rows
    ]


def _unit(granularity: str) -> str:
    """How the table is called that answers a granularity: months are made of days."""
    return "hourly" if granularity == "hourly" else "daily"


def _days(first: datetime, last: datetime, day: str = "day") -> str:
    """A condition on partition columns: the days of an interval, of tables of months the first."""
    return f"year * 10000 + month * 100 + {day} between {first:%Y%m%d} and {last:%Y%m%d}"


def _rows(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    measures: str,
    condition: str,
    asked: dict[str, str],
    granularity: str,
    interval: tuple[datetime, datetime],
) -> list[tuple]:
    """The measures of an interval by their timestamps; none where a table was never built."""
    digits = {"hourly": 10, "daily": 8, "monthly": 6}[granularity]
    first_day = "01" if granularity == "monthly" else ""
    stamp = f"rpad(left(timestamp, {digits}) || '{first_day}', 10, '0')"
    # The hour belongs to the interval of hours alone; of others it counts as 0.
    first, last = (f"{time:%Y%m%d%H}" for time in interval)
    try:
        return connection.execute(
            f"select {stamp} as stamp, {measures} from {relation} as asked_rows "
            f"where left(timestamp || '00', 10) between $first and $last_one and {condition} "
            "group by stamp order by stamp",
            asked | {"first": first, "last_one": f"{last[:8]}23" if digits < 10 else last},
        ).fetchall()
    except duckdb.CatalogException:
        return []


def _named(parameter: str) -> str:
    return parameter.replace("-", "_")


def _interval(granularity: str, start: str, end: str) -> tuple[datetime, datetime]:
    """The first and the last hour or day of an interval; of months those that are whole in it."""
    form = "YYYYMMDDHH" if granularity == "hourly" else "YYYYMMDD"
    first, last = (_time(text, granularity == "hourly") for text in (start, end))
    wrong = [
        f"{name} timestamp is invalid, must be a valid date in {form} format"
        for name, time in (("start", first), ("end", last))
        if time is None
    ]
    if first and last and first > last:
        wrong.append("start timestamp should be before the end timestamp")
    if wrong or first is None or last is None:
        raise _bad(wrong)
    if granularity == "monthly":
        if first.day > 1:
            first = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        after = last + timedelta(days=1)
        last = after.replace(day=1) - timedelta(days=1)
        if first > last:
            raise _bad(["no full months found in specified date range"])
    return first, last


def _time(text: str, with_hour: bool) -> datetime | None:
    """A time from YYYYMMDD or YYYYMMDDHH; the hour counts for hours alone. None for others."""
    if not re.fullmatch("[0-9]{8}([0-9]{2})?", text):
        return None
    hour = int(text[8:] or 0)
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
        if not date(1970, 1, 1) <= day < date(9998, 12, 31):
            return None
        return datetime(day.year, day.month, day.day, hour if with_hour else 0)
    except ValueError:
        return None


def _top(
    connection: duckdb.DuckDBPyConnection, route: Top, asked: dict[str, str], time: list[str]
) -> list[dict[str, Any]]:
    """The list of a day or month, as one item."""
    year, month, *rest = time
    is_of_month = rest == ["all-days"]
    day = rest[0] if rest and not is_of_month else "01"
    is_padded = (len(year), len(month), len(day)) == (4, 2, 2)
    if not is_padded or _time(f"{year}{month}{day}", False) is None:
        raise _bad(["Given year/month/day is invalid date"])
    periods = dict(zip(("year", "month", "day"), time, strict=False))
    asked_columns = asked | periods
    filters = " and ".join(f'"{name}" = ${_named(name)}' for name in asked_columns)
    tables = [f"wmf.{route.table}", f"dumps.{route.dumped_table}" if route.dumped_table else ""]
    if is_of_month:
        tables = [f"wmf.{route.monthly_table}" if route.monthly_table else ""]
    listed: list[dict[str, Any]] = []
    for table in tables:
        if listed or not table:
            continue
        try:
            rows = connection.execute(
                f'select "{route.column}" from {table} where {filters}',
                {_named(name): value for name, value in asked_columns.items()},
            ).fetchall()
        except duckdb.CatalogException:
            continue
        listed = [entry for (text,) in rows for entry in json.loads(text)]
    if route.bucketed:
        listed = [_bucketed(entry) for entry in listed]
    return [{**asked, **periods, route.name: listed}] if listed else []


def _bucketed(entry: dict[str, Any]) -> dict[str, Any]:
    """A country as the API shows it: a range of views by powers of ten, and the rounded number."""
    power = 10 ** (len(str(entry["views"])) - 1)
    views = f"{power}-{10 * power - 1}"
    return {
        "country": entry["country"],
        "views": views,
        "rank": entry["rank"],
        "views_ceil": entry["views"],
    }
