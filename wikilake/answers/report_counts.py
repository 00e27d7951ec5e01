"""What a report counts of a period: groups of views and requests, as far as they may be shown.

Numbers of readers are counted hour by hour and day by day, see upkeep/publishing.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

import duckdb

from wikilake import settings
from wikilake.answers.report_charts import LONGEST_NAME, OTHER, UNKNOWN
from wikilake.lake.hours import HOUR
from wikilake.lake.paths import quoted
from wikilake.project.lists import read_list
from wikilake.upkeep import publishing

VIEWS_AT_ONCE = 1_000_000
"""Views whose days are read together; more of them would not fit into little memory."""

SLOW = 1
"""Seconds to the first byte from which an answer is a slow one."""


@dataclass
class Group:
    """What a chart counts: rows of the table `rows` by the SQL `name`."""

    name: str
    condition: str = "true"
    rows: str = "views"
    all: str = "people"
    """The chart whose sum holds what this one leaves out."""


_PEOPLE = "agent_type = 'user'"
_SPIDERS = "agent_type = 'spider'"
_KNOWN_SITE = f"{_PEOPLE} and referer_name <> 'none'"
_TITLE = "case when page_title = '-' then '(no title)' else page_title end"
GROUPS = {
    "all": Group("'all'"),
    "people": Group("'all'", _PEOPLE),
    "spiders": Group("'all'", _SPIDERS),
    "known-sites": Group("'all'", _KNOWN_SITE),
    "access_method": Group("access_method"),
    "agent_type": Group("agent_type"),
    "pages": Group(f"{_TITLE} || ' · ' || project", _PEOPLE),
    "projects": Group("project", _PEOPLE),
    "referer-classes": Group("referer_class", _PEOPLE),
    "referer-names": Group("referer_name", _KNOWN_SITE, all="known-sites"),
    # A code of two letters, a blank, and the name; the name alone may be anything.
    "countries": Group(
        "case when country_code not in ('--', '') and not country_code in ({protected}) "
        "then left(country_code, 2) || ' ' || "
        "case when country <> 'Unknown' then country else country_code end end",
        _PEOPLE,
    ),
    "browsers": Group("browser_family", _PEOPLE),
    "systems": Group("os_family", _PEOPLE),
    "crawlers": Group("browser_family", _SPIDERS, all="spiders"),
    "agents": Group("agent", rows="agents", all="all"),
    "not-found": Group("page", "trouble = 'not found'", "troubles", all="not-found"),
    "slow": Group("page", "trouble = 'slow'", "troubles", all="slow"),
    "funnel": Group("pageview_condition", rows="requests"),
    "sources": Group("webrequest_source", rows="requests"),
}
COMPARED = ("people", "agent_type", "pages", "not-found", "slow")
"""The groups that are counted of the period before as well."""

_TABLES = {
    "views": {"source": "wmf.pageview_actor"},
    "requests": {"source": "wmf.webrequest_explained"},
    "troubles": {"source": "wmf.webrequest"},
    "agents": {"source": "wmf.pageview_actor", "labels": "wmf.webrequest_actor_label_hourly"},
}


def is_built(hour: datetime) -> bool:
    """Whether the lake has this hour's views, also when nobody read in it."""
    partition = f"year={hour.year}/month={hour.month}/day={hour.day}/hour={hour.hour}"
    return any((settings.lake_root() / "wmf" / "projectview_hourly" / partition).glob("*.parquet"))


def _is_missing_for_good(hour: datetime) -> bool:
    """Whether the seed missing_hours says that this hour of the text source cannot be had."""
    return any(
        row["webrequest_source"] in ("text", "all")
        and row["first_hour"] <= f"{hour:%Y-%m-%dT%H}" < row["end_hour"]
        for row in read_list("missing_hours")
    )


def _protected() -> str:
    """Codes of the countries whose readers are not shown to others, as SQL."""
    chosen = [row for row in read_list("countries") if str(row["is_protected"]).lower() == "true"]
    return ", ".join(map(quoted, ["--", *(row["iso_code"] for row in chosen)]))


def has_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    return bool(
        connection.execute(
            "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
            [schema, table],
        ).fetchall()
    )


class Counts:
    """The views and requests of the hours from `first` up to `end`, by the groups of charts."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        first: datetime,
        end: datetime,
        k: int,
        groups: Iterable[str] = tuple(GROUPS),
        progress: Callable[[int, int], None] = lambda done, of: None,
    ) -> None:
        self.connection, self.first, self.end, self.k = connection, first, end, k
        self.groups = {name: GROUPS[name] for name in groups}
        self.hours = [first + HOUR * n for n in range((end - first) // HOUR)]
        self.built = [hour for hour in self.hours if is_built(hour)]
        self.missing = {hour for hour in self.hours if _is_missing_for_good(hour)}
        self.protected = _protected() if k > 1 else "'--'"
        self.counted: list[datetime] = []
        self.views: dict[int, int] = {}
        """Views of the hours by their numbers, as projectview_hourly has them."""
        self.of_hours: dict[str, Counter] = {name: Counter() for name in GROUPS}
        """Per chart (time, group) to views, hour by hour."""
        self.of_days: dict[str, Counter] = {name: Counter() for name in GROUPS}
        """The same day by day, with what is known of whole days alone."""
        done = 0
        for hours in self._parts():
            self._count(hours)
            done += len(hours)
            progress(done, len(self.built))
        progress(len(self.built), len(self.built))

    def sums(self, chart: str) -> Counter[str]:
        """Group to views over all days."""
        sums: Counter[str] = Counter()
        for (_, name), views in self.of_days[chart].items():
            sums[name] += views
        return sums

    def _parts(self) -> list[list[datetime]]:
        """The built hours in whole days, as many at a time as fit into memory."""
        if not has_table(self.connection, "wmf", "pageview_actor"):
            return []
        self.views = dict(
            self.connection.execute(
                f"select {_NUMBER}, sum(view_count)::bigint from wmf.projectview_hourly "
                f"where {_window(self.first, self.end)} group by all"
            ).fetchall()
        )
        parts: list[list[datetime]] = []
        views_of_part = 0
        for _, of_day in groupby(self.built, datetime.date):
            hours = list(of_day)
            views = sum(self.views.get(_number(hour), 0) for hour in hours)
            if not parts or views_of_part + views > VIEWS_AT_ONCE:
                parts.append([])
                views_of_part = 0
            parts[-1] += hours
            views_of_part += views
        return parts

    def _count(self, built: Sequence[datetime]) -> None:
        """Adds what may be published of hours, or of the whole day when all of its are there."""
        self._read("views", built)
        hours = self._with_readers(built)
        if not hours:
            return
        self.counted += hours
        known = {*hours, *self.missing}
        days = {hour.replace(hour=0) for hour in hours}
        whole = {_number(day) for day in days if all(day + HOUR * n in known for n in range(24))}
        for table in ("views", *(name for name in _TABLES if name != "views")):
            groups = {name: group for name, group in self.groups.items() if group.rows == table}
            if groups and (table == "views" or self._read(table, hours)):
                for name, group in groups.items():
                    self._add(name, group, whole)
        for table in _TABLES:
            self.connection.execute(f"drop table if exists {table}")

    def _read(self, table: str, hours: Sequence[datetime]) -> bool:
        """Makes a temporary table of hours; whether the lake has what it is made of."""
        sources = _TABLES[table]
        if not all(has_table(self.connection, *name.split(".")) for name in sources.values()):
            return False
        numbers = ", ".join(str(_number(hour)) for hour in hours)
        chosen = f"where {_window(hours[0], hours[-1] + HOUR)} and {_NUMBER} in ({numbers})"
        rows = {
            part: f"(select * replace ({_NUMBER} as hour) from {source} {chosen}) as {part}"
            for part, source in sources.items()
        }
        if table == "troubles":
            rows |= {"slow": str(SLOW), "longest": str(3 * LONGEST_NAME)}  # encoded
        self.connection.execute(
            f"create or replace temp table {table} as {publishing.query(table, **rows)}"
        )
        return True

    def _add(self, chart: str, group: Group, whole: set[int]) -> None:
        shown = group.name.replace("{protected}", self.protected)
        name = (
            f"case when coalesce({shown}, '-') in ('-', '--', 'Unknown') "
            f"then '{UNKNOWN}' else {shown} end"
        )
        views = "sum(count_views)" if group.rows == "requests" else "count(*)"
        for number_of_day, hour, text, number in publishing.groups_of_days(
            self.connection, group.rows, name, self.k, views=views, condition=group.condition
        ):
            named = OTHER if text is None else text
            if hour is not None:
                self.of_hours[chart][(_SINCE + HOUR * hour, named)] += number
            if (hour is None) == (number_of_day * 24 in whole):
                self.of_days[chart][(_SINCE + HOUR * 24 * number_of_day, named)] += number

    def _with_readers(self, built: Sequence[datetime]) -> list[datetime]:
        """The hours whose readers can be counted: all of their views are still there one by one.
        The other hours are taken out of them."""
        found = dict(
            self.connection.execute("select hour, count(*) from views group by hour").fetchall()
        )
        hours = [
            hour for hour in built if found.get(_number(hour)) == self.views.get(_number(hour))
        ]
        if len(hours) < len(built):
            numbers = ", ".join(str(_number(hour)) for hour in hours)
            self.connection.execute(f"delete from views where hour not in ({numbers or 'null'})")
        return hours


_TIME = "make_timestamp(year, month, day, hour, 0, 0)"
_NUMBER = f"cast(epoch({_TIME}) // 3600 as bigint)"
"""The number of an hour since 1970, as SQL."""


_SINCE = datetime(1970, 1, 1)


def _number(hour: datetime) -> int:
    return (hour - _SINCE) // HOUR


def _window(first: datetime, end: datetime) -> str:
    return f"{_TIME} >= timestamp '{first}' and {_TIME} < timestamp '{end}'"


class Comparison:
    """A period and the one of equal length before it, by the times that the lake has of both.

    Times are days where the period's length is one of whole days, else hours; a day of which not
    the same hours are known would be compared with more, or less, than itself.
    """

    def __init__(self, now: Counts, before: Counts) -> None:
        self.now, self.before = now, before
        self.length = now.end - now.first
        self.by_day = self.length % timedelta(days=1) == timedelta(0)
        theirs, ours = _by_day(before.counted), _by_day(now.counted)
        if self.by_day:
            self.of_now = [
                day for day, hours in sorted(ours.items()) if theirs.get(day - self.length) == hours
            ]
            self.all = len({hour.replace(hour=0) for hour in now.hours})
        else:
            known = set(before.counted)
            self.of_now = [hour for hour in sorted(now.counted) if hour - self.length in known]
            self.all = len(now.hours)

    def sums(self, chart: str) -> tuple[Counter[str], Counter[str]]:
        """Group to views in the compared times: of the period before, and of this one."""
        found: list[Counter[str]] = []
        for counts, shift in ((self.before, self.length), (self.now, timedelta(0))):
            times = {time - shift for time in self.of_now}
            numbers = (counts.of_days if self.by_day else counts.of_hours)[chart]
            sums: Counter[str] = Counter()
            for (time, name), views in numbers.items():
                if time in times:
                    sums[name] += views
            found.append(sums)
        return found[0], found[1]

    def extent(self) -> str:
        """Which times are compared, in words."""
        step, what = (timedelta(days=1), "days") if self.by_day else (HOUR, "hours")
        first = self.now.first - self.length
        return (
            f"{len(self.of_now):,} of {self.all:,} {what}, each with the one {self.length // step} "
            f"{what} before it, from {first:%Y-%m-%d %H:%M} on"
        )


def _by_day(hours: Iterable[datetime]) -> dict[datetime, set[int]]:
    days: dict[datetime, set[int]] = {}
    for hour in hours:
        days.setdefault(hour.replace(hour=0), set()).add(hour.hour)
    return days
