"""One self-contained page with the charts of a lake: views, readers, losses, edits.

Every chart is drawn from a table that stands below it. Numbers of readers are only in it as far as
they may be published (see publishing.py), and totals are sums of what is shown.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import altair as alt
import duckdb
import vl_convert
from jinja2 import Environment, FileSystemLoader

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.ingest.geoip_credits import attribution
from wikilake.lake.reader import open_catalog
from wikilake.project.lists import read_list
from wikilake.upkeep import publishing

MOST_BARS = 20
DAYS_OF_HOURS = 14
"""Longer periods are shown day by day."""

OTHER = "all others"
UNKNOWN = "unknown"
LONGEST_NAME = 300
"""Characters of a name that are shown; no title of MediaWiki has more."""

# These can be told apart by colour-blind readers and read on white and on black.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a7bd1", "#b58900", "#56a0d3", "#999999"]


class NothingToShow(WikilakeError):
    """A period or snapshot that is not in the lake; the message says what to build."""


@dataclass
class Chart:
    """A table and its chart."""

    name: str
    title: str
    explanation: str
    columns: Sequence[str]
    rows: list[tuple]
    picture: alt.Chart
    drawn: list[tuple] | None = None
    """The rows in the chart, if not all."""
    total: int | None = None
    height: int | None = 240
    """Height of the chart in pixels; None is what its rows need."""
    spec: str = field(init=False, default="")

    def __post_init__(self) -> None:
        shown = self.rows if self.drawn is None else self.drawn
        values = [dict(zip(self.columns, map(_drawn, row), strict=True)) for row in shown]
        spec = self.picture.properties(
            data=alt.InlineData(values=values),
            width="container",
            description=self.explanation,
            height=self.height or 24 * max(len(shown), 3),
        ).to_dict()
        # A title may hold anything, even text that would end the script around the spec.
        self.spec = json.dumps(spec).replace("<", "\\u003c")


@dataclass
class Section:
    """Charts that belong together, with a sentence on each table that has no chart."""

    name: str
    title: str
    charts: list[Chart]


def write_report(
    output: Path,
    first: datetime | None,
    end: datetime | None,
    snapshot: str | None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    *,
    is_private: bool = False,
) -> None:
    """Writes the page for the hours from `first` up to `end`, or a snapshot, or both.

    A private page shows every number as it is, and only its owner can read the file.
    """
    facts: list[str] = []
    sections: list[Section] = []
    with (
        tempfile.TemporaryDirectory(prefix="wikilake-") as spill,
        open_catalog(spill) as connection,
    ):
        connection.execute("set TimeZone = 'UTC'")
        if first and end:
            k = 1 if is_private else publishing.smallest_number()
            views = _Views(connection, first, end, progress, k)
            is_private = k <= 1
            facts += views.facts()
            sections += [views.over_time(), views.pages(), views.readers(), views.requests()]
        if snapshot:
            edits = _Edits(connection, snapshot)
            facts += edits.facts()
            sections.append(edits.by_month())
    if is_private and output.is_file() and not output.is_symlink():  # /dev/stdout stays
        # A new file, so that whoever has the old page open does not read the new one.
        output.unlink()
    mode = 0o600 if is_private else 0o666
    with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        if is_private and output.is_file():
            os.fchmod(file.fileno(), mode)
        file.write(page(sections, facts).encode())


def page(sections: Sequence[Section], facts: Sequence[str]) -> str:
    """The whole page as HTML; charts without rows are left out."""
    for section in sections:
        section.charts = [chart for chart in section.charts if chart.rows]
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    templates.filters["number"] = _readable
    return templates.get_template("report.html.jinja").render(
        sections=[section for section in sections if section.charts],
        facts=facts,
        credits=attribution(),
        colours=COLOURS,
        library=vl_convert.javascript_bundle(),  # type: ignore[call-arg]  # snippet has a default
    )


# Control characters, separators of lines, and what turns the direction of the text around it.
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]")


def shown_name(name: str) -> str:
    """A name that can be shown anywhere: nothing in it affects the text around it."""
    text = _NOT_SHOWN.sub("\ufffd", name)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def _drawn(value: object) -> object:
    """A value as JSON has it; times as texts that browsers read as UTC.

    Names are put between invisible marks (first strong isolate and its end), which keep their
    direction to themselves, and none is a name of JavaScript's own, such as `constructor`.
    """
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if value is None or isinstance(value, (int, float)):
        return value
    return f"\u2068{shown_name(str(value))}\u2069"


def _readable(value: object) -> str:
    """A value as the tables show it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3f}" if isinstance(value, float) else shown_name(str(value))


def topmost(rows: Iterable[tuple], most: int) -> list[tuple]:
    """The first `most` groups by count, and all others together as `all others`, the last."""
    ranked = sorted(rows, key=lambda row: (row[0] == OTHER, -row[-1], str(row[0])))
    named = [row for row in ranked if row[0] != OTHER]
    rest = sum(row[-1] for row in ranked) - sum(row[-1] for row in named[:most])
    return named[:most] + ([(OTHER, rest)] if rest else [])


HOUR = timedelta(hours=1)


@dataclass
class _Group:
    """What a chart counts: rows of the table `rows` by the SQL `name`."""

    name: str
    condition: str = "true"
    rows: str = "views"


_PEOPLE = "agent_type = 'user'"
_KNOWN_SITE = f"{_PEOPLE} and referer_name <> 'none'"
_TITLE = "case when page_title = '-' then '(no title)' else page_title end"
_GROUPS = {
    "all": _Group("'all'"),
    "people": _Group("'all'", _PEOPLE),
    "known-sites": _Group("'all'", _KNOWN_SITE),
    "access_method": _Group("access_method"),
    "agent_type": _Group("agent_type"),
    "pages": _Group(f"{_TITLE} || ' · ' || project", _PEOPLE),
    "projects": _Group("project", _PEOPLE),
    "referer-classes": _Group("referer_class", _PEOPLE),
    "referer-names": _Group("referer_name", _KNOWN_SITE),
    "countries": _Group(
        "case when country <> 'Unknown' then country else country_code end", _PEOPLE
    ),
    "browsers": _Group("browser_family", _PEOPLE),
    "systems": _Group("os_family", _PEOPLE),
    "funnel": _Group("pageview_condition", rows="requests"),
    "sources": _Group("webrequest_source", rows="requests"),
}


def _is_built(hour: datetime) -> bool:
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


class _Views:
    """The sections about views and requests."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        first: datetime,
        end: datetime,
        progress: Callable[[int, int], None],
        k: int,
    ) -> None:
        self.connection, self.first, self.end, self.k = connection, first, end, k
        self.by_day = end - first > timedelta(days=DAYS_OF_HOURS)
        self.step = "day" if self.by_day else "hour"
        self.hours = [first + HOUR * n for n in range((end - first) // HOUR)]
        self.built = [hour for hour in self.hours if _is_built(hour)]
        if not self.built:
            raise NothingToShow(
                f"No hour from {first:%Y-%m-%dT%H} to {end:%Y-%m-%dT%H} has views: wikilake build "
                f"--from {first:%Y-%m-%dT%H} --to {end:%Y-%m-%dT%H}"
            )
        self.counted: list[datetime] = []
        self.of_hours: dict[str, Counter] = {name: Counter() for name in _GROUPS}
        """Per chart (time, group) to views, hour by hour."""
        self.of_days: dict[str, Counter] = {name: Counter() for name in _GROUPS}
        """The same day by day, with what is known of whole days alone."""
        days = sorted({hour.replace(hour=0) for hour in self.hours})
        for done, day in enumerate(days):
            progress(done, len(days))
            self._count(day, [hour for hour in self.built if hour.date() == day.date()])
        progress(len(days), len(days))
        if not self.counted:
            raise NothingToShow(
                "The readers of these hours cannot be counted, so nothing of them may be shown: "
                "wmf.pageview_actor does not hold their requests (any more). Make the report "
                "within its retention, or build the hours again."
            )

    def _count(self, day: datetime, built: Sequence[datetime]) -> None:
        """Adds what may be published of a day's hours, or of the whole day when all are there."""
        hours = self._with_readers(day, built)
        if not hours:
            return
        self.counted += hours
        known = {*hours, *(hour for hour in self.hours if _is_missing_for_good(hour))}
        is_whole = all(day + HOUR * n in known for n in range(24))
        numbers = ", ".join(str(hour.hour) for hour in hours)
        of_day = f"year = {day.year} and month = {day.month} and day = {day.day}"
        tables = {"views": "wmf.pageview_actor", "requests": "wmf.webrequest_explained"}
        for table, source in tables.items():
            if not self._has(*source.split(".")):
                continue
            rows = f"(select * from {source} where {of_day} and hour in ({numbers})) as source_rows"
            self.connection.execute(
                f"create or replace temp table {table} as {publishing.query(table, source=rows)}"
            )
            for name, group in _GROUPS.items():
                if group.rows == table:
                    self._add(name, group, day, is_whole)

    def _add(self, chart: str, group: _Group, day: datetime, is_whole: bool) -> None:
        name = (
            f"case when coalesce({group.name}, '-') in ('-', '--', 'Unknown') "
            f"then '{UNKNOWN}' else {group.name} end"
        )
        views = "count(*)" if group.rows == "views" else "sum(count_views)"
        for hour, text, number in publishing.groups_of_day(
            self.connection, group.rows, name, self.k, views=views, condition=group.condition
        ):
            named = OTHER if text is None else text
            if hour is not None:
                self.of_hours[chart][(day + HOUR * hour, named)] += number
            if (hour is None) == is_whole:
                self.of_days[chart][(day, named)] += number

    def _with_readers(self, day: datetime, built: Sequence[datetime]) -> list[datetime]:
        """The built hours of a day whose readers can be counted: their requests are still there."""
        if not self._has("wmf", "pageview_actor"):
            return []
        of_day = f"year = {day.year} and month = {day.month} and day = {day.day}"
        requests = dict(
            self._rows(
                f"select hour, count(*) from wmf.pageview_actor where {of_day} and is_pageview "
                "and pageview_info['project'] <> '' group by hour"
            )
        )
        views = dict(
            self._rows(
                "select hour, sum(view_count)::bigint from wmf.projectview_hourly "
                f"where {of_day} group by hour"
            )
        )
        return [hour for hour in built if requests.get(hour.hour) == views.get(hour.hour)]

    def facts(self) -> list[str]:
        views = sum(self.of_days["all"].values())
        gap = "" if len(self.built) == len(self.hours) else "; the others were not built"
        facts = [
            f"{self.first:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC: at least {views:,} "
            f"page views in {len(self.built):,} of {len(self.hours):,} hours{gap}."
        ]
        if self.k <= 1:
            facts.append(
                "Private: single readers can be told from these numbers. Do not hand on this page."
            )
        else:
            facts.append(
                f"A number is shown where at least {self.k} readers and {self.k} views of one "
                f"hour or one whole day stand behind it, rounded down to a multiple of {self.k}. "
                f"Smaller groups are added up as “{OTHER}”, or left out where they are too few "
                "even so. Totals are sums of what is shown."
            )
        if not views:
            facts.append(
                "So few read in these hours that nothing may be shown to others. For yourself "
                "alone: wikilake report --private."
            )
        if uncounted := len(self.built) - len(self.counted):
            facts.append(
                f"{uncounted:,} hours are left out, since their readers cannot be counted now."
            )
        return facts

    def over_time(self) -> Section:
        charts = []
        for column, title, explanation in (
            ("access_method", "by access method", "the desktop site, the mobile site and the apps"),
            ("agent_type", "by agent type", "people, crawlers that say so, and hidden ones"),
        ):
            found = (self.of_days if self.by_day else self.of_hours)[column]
            rows = [(time, name, views) for (time, name), views in sorted(found.items())]
            charts.append(
                Chart(
                    f"views-by-{column.replace('_', '-')}",
                    f"Views {title}",
                    f"Page views by {self.step}: {explanation}.",
                    ("time", column.replace("_", " "), "views"),
                    rows,
                    self._stacked(column.replace("_", " "), "views"),
                    total=sum(row[-1] for row in rows),
                )
            )
        return Section("time", "Views over time", charts)

    def pages(self) -> Section:
        return Section(
            "pages",
            "What is read",
            [
                self._bars(
                    "pages", "Top pages", "Pages that people read most, crawlers left out.",
                    "page", draw_other=False,
                ),
                self._bars(
                    "projects", "Projects", "Views by people of each project or site.", "project"
                ),
            ],
        )  # fmt: skip

    def readers(self) -> Section:
        return Section(
            "readers",
            "Who reads, and from where",
            [
                self._bars(
                    "referer-classes", "Where readers come from",
                    "Views by people by the kind of site that led to the page.", "referer class",
                ),
                self._bars(
                    "referer-names", "Search engines, AI chatbots and media sites",
                    "Views by people that a known site led to.", "site",
                ),
                self._bars(
                    "countries", "Countries",
                    "Views by people by country, as far as an address database knows it.",
                    "country",
                ),
                self._bars("browsers", "Browsers", "Views by people by family of browser.",
                           "browser"),
                self._bars("systems", "Systems", "Views by people by operating system.", "system"),
            ],
        )  # fmt: skip

    def requests(self) -> Section:
        charts = [self._funnel()]
        if self._has("wmf_raw", "webrequest_sequence_stats_hourly"):
            charts.append(self._losses())
        if self._has("wmf_raw", "webrequest_rejected"):
            rejected = self._rows(
                f"select {self._time()} as time, reason, count(*) as lines "
                f"from wmf_raw.webrequest_rejected where {self._window()} "
                "group by all order by all"
            )
            charts.append(
                Chart(
                    "rejected",
                    "Rejected lines",
                    "Log lines that could not be read and were rejected, by reason.",
                    ("time", "reason", "lines"),
                    rejected,
                    self._stacked("reason", "lines"),
                    total=sum(row[-1] for row in rejected),
                )
            )
        return Section("requests", "Can the figures be trusted?", charts)

    def _losses(self) -> Chart:
        """Losses are about servers and shown as they are; arrivals are shown like readers.

        Only hours of sources that enough addresses asked are in it.
        """
        found: dict[tuple, Counter] = {}
        for hour, source, expected, arrived, lost in self._rows(
            f"""
            select make_timestamp(year, month, day, hour, 0, 0), webrequest_source,
                count_expected, count_actual, count_lost
            from wmf_raw.webrequest_sequence_stats_hourly where {self._window()} order by all
            """
        ):
            if self.of_hours["sources"][(hour, source)]:
                time = hour.replace(hour=0) if self.by_day else hour
                numbers = found.setdefault((time, source), Counter())
                numbers["expected"] += self._rounded(expected)
                numbers["arrived"] += self._rounded(arrived)
                numbers["lost"] += lost or 0
        rows = [
            (
                *key,
                *(numbers[name] for name in ("expected", "arrived", "lost")),
                min(100.0, numbers["lost"] * 100 / numbers["expected"])
                if numbers["expected"]
                else None,
            )
            for key, numbers in sorted(found.items())
        ]
        return Chart(
            "losses",
            "Losses",
            "Log lines that the counters of the servers miss, in percent of those "
            f"expected, by {self.step}. Unknown where the logs do not count.",
            ("time", "source", "expected", "arrived", "lost", "percent lost"),
            rows,
            self._lines("source", "percent lost"),
        )

    def _rounded(self, number: int | None) -> int:
        return (number or 0) // max(self.k, 1) * max(self.k, 1)

    def _funnel(self) -> Chart:
        order = {name: place for place, name in enumerate(self._conditions())}
        requests = self._sums("funnel")
        rows = sorted(requests.items(), key=lambda row: order.get(row[0], -1))
        return Chart(
            "funnel",
            "Where requests end",
            "All requests by the first condition of a pageview that they fail, in the order in "
            "which it is asked; the last are the pageviews. Readers are addresses here.",
            ("condition", "requests"),
            rows,
            alt.Chart()
            .mark_bar(color=COLOURS[0])
            .encode(
                x=alt.X("requests:Q", title="requests", axis=alt.Axis(tickCount=4)),
                y=alt.Y("condition:N", sort=None, title=None, axis=alt.Axis(labelLimit=190)),
                tooltip=["condition:N", alt.Tooltip("requests:Q", format=",")],
            ),
            total=sum(row[-1] for row in rows),
            height=None,
        )

    def _conditions(self) -> list[str]:
        return [row["name"] for row in read_list("pageview_conditions")]

    def _sums(self, chart: str) -> Counter[str]:
        """Group to views over all days."""
        sums: Counter[str] = Counter()
        for (_, name), views in self.of_days[chart].items():
            sums[name] += views
        return sums

    def _bars(
        self, name: str, title: str, explanation: str, label: str, *, draw_other: bool = True
    ) -> Chart:
        shown = topmost(self._sums(name).items(), MOST_BARS)
        left_out = sum(self._sums("known-sites" if name == "referer-names" else "people").values())
        left_out -= sum(views for _, views in shown)
        if left_out > 0:
            explanation += f" At least {left_out:,} more views are in no row."
        picture = (
            alt.Chart()
            .mark_bar(color=COLOURS[0])
            .encode(
                x=alt.X("views:Q", title="views", axis=alt.Axis(tickCount=4)),
                y=alt.Y(f"{label}:N", sort=None, title=None, axis=alt.Axis(labelLimit=190)),
                tooltip=[alt.Tooltip(f"{label}:N"), alt.Tooltip("views:Q", format=",")],
            )
        )
        return Chart(
            name,
            title,
            explanation,
            (label, "views"),
            shown,
            picture,
            drawn=None if draw_other or len(shown) == 1 else [r for r in shown if r[0] != OTHER],
            total=sum(row[-1] for row in shown),
            height=None,
        )

    def _stacked(self, series: str, measure: str) -> alt.Chart:
        """Bars over time, one colour per group."""
        return (
            alt.Chart()
            .mark_bar()
            .encode(
                x=_time_axis("utcyearmonthdate" if self.by_day else "utcyearmonthdatehours"),
                y=alt.Y(f"{measure}:Q", title=measure, axis=alt.Axis(tickCount=5)),
                color=alt.Color(f"{series}:N", title=None, legend=_LEGEND),
                tooltip=["time:T", f"{series}:N", alt.Tooltip(f"{measure}:Q", format=",")],
            )
        )

    def _lines(self, series: str, measure: str) -> alt.Chart:
        return (
            alt.Chart()
            .mark_line(point=True)
            .encode(
                x=_time_axis("utcyearmonthdate" if self.by_day else "utcyearmonthdatehours"),
                y=alt.Y(f"{measure}:Q", title=measure, axis=alt.Axis(tickCount=5)),
                color=alt.Color(f"{series}:N", title=None, legend=_LEGEND),
                tooltip=["time:T", f"{series}:N", f"{measure}:Q"],
            )
        )

    def _rows(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()

    def _window(self) -> str:
        time = "make_timestamp(year, month, day, hour, 0, 0)"
        return f"{time} >= timestamp '{self.first}' and {time} < timestamp '{self.end}'"

    def _time(self) -> str:
        return f"date_trunc('{self.step}', make_timestamp(year, month, day, hour, 0, 0))"

    def _has(self, schema: str, table: str) -> bool:
        return bool(
            self.connection.execute(
                "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
                [schema, table],
            ).fetchall()
        )


class _Edits:
    """The section about the edits of a snapshot."""

    MOST_PROJECTS = 7

    def __init__(self, connection: duckdb.DuckDBPyConnection, snapshot: str) -> None:
        self.connection, self.snapshot = connection, snapshot
        try:
            found = self._rows("edits", "sum(edits)::bigint", "editor_type", "page_type")
        except duckdb.CatalogException:
            found = []
        if not found:
            raise NothingToShow(
                f"Snapshot {snapshot} is not in the lake: wikilake build --snapshot {snapshot}"
            )
        projects: dict[str, int] = {}
        for _, project, edits in found:
            projects[project] = projects.get(project, 0) + edits
        self.projects = sorted(projects, key=lambda name: (-projects[name], name))
        self.edits = projects

    def facts(self) -> list[str]:
        edits = sum(self.edits.values())
        return [f"Snapshot {self.snapshot}: {edits:,} edits of {len(self.projects):,} projects."]

    def by_month(self) -> Section:
        charts = []
        for table, measure, title, explanation, kinds in (
            ("edits", "edits", "Edits", "Edits a month that were not deleted since.",
             ("editor_type", "page_type")),
            ("editors", "editors", "Editors", "People and programs that edited in the month.",
             ("editor_type", "page_type", "activity_level")),
            ("active_editors", "active_editors", "Active editors",
             "Accounts, no bots, with five edits or more in the month.", ("page_type",)),
            ("new_pages", "new_pages", "New pages", "Pages made in the month.",
             ("editor_type", "page_type")),
            ("edits", "net_bytes_diff", "Net bytes",
             "Bytes added less bytes removed in the month.", ("editor_type", "page_type")),
        ):  # fmt: skip
            rows = self._rows(table, f"sum({measure})::bigint", *kinds)
            shown = set(self.projects[: self.MOST_PROJECTS])
            label = measure.replace("_", " ")
            explanation += (
                f" The {self.MOST_PROJECTS} projects with most edits are drawn."
                if len(self.projects) > self.MOST_PROJECTS
                else ""
            )
            charts.append(
                Chart(
                    measure.replace("_", "-"),
                    title,
                    explanation,
                    ("time", "project", label),
                    rows,
                    alt.Chart()
                    .mark_line(point=True)
                    .encode(
                        x=_time_axis("utcyearmonth"),
                        y=alt.Y(f"{label}:Q", title=label, axis=alt.Axis(tickCount=5)),
                        color=alt.Color("project:N", title=None, legend=_LEGEND),
                        tooltip=["time:T", "project:N", alt.Tooltip(f"{label}:Q", format=",")],
                    ),
                    drawn=[row for row in rows if row[1] in shown],
                )
            )
        return Section("edits", "Who writes", charts)

    def _rows(self, table: str, measure: str, *kinds: str) -> list[tuple]:
        """(month, project, measure) of the metric, over all kinds of editors and pages."""
        names = {
            "editor_type": "all-editor-types",
            "page_type": "all-page-types",
            "activity_level": "all-activity-levels",
        }
        conditions = [f"{kind} = '{names[kind]}'" for kind in kinds]
        if table != "active_editors":
            conditions.append("granularity = 'monthly'")
        return self.connection.execute(
            f"""
            select cast(period_start as timestamp), project, {measure}
            from wikistats.{table}
            where snapshot = ? and not starts_with(project, 'all-') and {" and ".join(conditions)}
            group by all
            order by all
            """,
            [self.snapshot],
        ).fetchall()


TimeUnit = Literal["utcyearmonth", "utcyearmonthdate", "utcyearmonthdatehours"]

_LEGEND = alt.Legend(orient="top", columns=3, labelLimit=160)


def _time_axis(unit: TimeUnit) -> alt.X:
    return alt.X("time:T", timeUnit=unit, title=None, axis=alt.Axis(labelOverlap=True, tickCount=6))
