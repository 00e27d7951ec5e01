"""One page with the pictures of a lake: views, readers, losses, edits. It needs nothing but itself.

Every chart is drawn from a table that stands below it. The tables hold sums over the period, and
groups that are too small to be shown are added up as `all others`, so totals stay exact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import altair as alt
import duckdb
import vl_convert
from jinja2 import Environment, FileSystemLoader

from wikilake.geoip import attribution
from wikilake.reader import open_catalogue

SMALLEST_GROUP = 25
"""Views that a group must have to be shown, where the lake has no seed public_aggregates."""

MOST_BARS = 20
DAYS_OF_HOURS = 14
"""Longer periods are shown day by day."""

OTHER = "all others"
UNKNOWN = "unknown"

# Told apart also by those who see few colours; readable on white and on black.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a7bd1", "#b58900", "#56a0d3", "#999999"]


class NothingToShow(Exception):
    """A period or snapshot that is not in the lake; the message says what to build."""


@dataclass
class Chart:
    """A table and the picture of it."""

    name: str
    title: str
    explanation: str
    columns: Sequence[str]
    rows: list[tuple]
    picture: alt.Chart
    drawn: list[tuple] | None = None
    """The rows in the picture, if not all."""
    total: int | None = None
    height: int | None = 240
    """Of the drawing, in pixels; None is as much as its rows need."""
    spec: str = field(init=False, default="")

    def __post_init__(self) -> None:
        shown = self.rows if self.drawn is None else self.drawn
        values = [dict(zip(self.columns, map(_plain, row), strict=True)) for row in shown]
        spec = self.picture.properties(
            data=alt.InlineData(values=values),
            width="container",
            description=self.explanation,
            height=self.height or 24 * max(len(shown), 3),
        ).to_dict()
        # A title may hold anything, also what would end the script that the spec stands in.
        self.spec = json.dumps(spec).replace("<", "\\u003c")


@dataclass
class Section:
    """Charts that belong together, with a sentence on each table that has no picture."""

    name: str
    title: str
    charts: list[Chart]


def write_report(
    output: Path,
    first: datetime | None,
    end: datetime | None,
    snapshot: str | None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> None:
    """Writes the page for the hours from `first` up to `end`, or a snapshot, or both."""
    with open_catalogue() as connection:
        connection.execute("set TimeZone = 'UTC'")
        makers: list[Callable[[], Section]] = []
        facts: list[str] = []
        if first and end:
            views = _Views(connection, first, end)
            facts += views.facts()
            makers += [views.over_time, views.pages, views.readers, views.requests]
        if snapshot:
            edits = _Edits(connection, snapshot)
            facts += edits.facts()
            makers.append(edits.by_month)
        sections = []
        for done, make in enumerate(makers):
            progress(done, len(makers))
            sections.append(make())
        progress(len(makers), len(makers))
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    templates.filters["number"] = _readable
    page = templates.get_template("report.html.jinja").render(
        sections=[section for section in sections if section.charts],
        facts=facts,
        credits=attribution(),
        colours=COLOURS,
        library=vl_convert.javascript_bundle(),
    )
    output.write_text(page, encoding="utf-8")


def _plain(value: object) -> object:
    """A value as JSON has it; times as texts that browsers read as UTC."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return value if value is None or isinstance(value, (int, float)) else str(value)


def _readable(value: object) -> str:
    """A value as the tables show it."""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3f}" if isinstance(value, float) else str(value)


def folded(rows: Iterable[tuple], smallest: int) -> list[tuple]:
    """Rows (…, group, count) with groups below `smallest` added up, for equal first columns each.

    Rows keep their order; the sum of others comes where its first part stood. The sum of the counts
    is the same.
    """
    kept: dict[tuple, int] = {}
    for *key, group, count in rows:
        name = group if count >= smallest else OTHER
        kept[(*key, name)] = kept.get((*key, name), 0) + count
    return [(*key, count) for key, count in kept.items()]


def topmost(rows: Iterable[tuple], most: int) -> list[tuple]:
    """The first `most` groups by count, and all others together as `all others`, the last."""
    ranked = sorted(rows, key=lambda row: (row[0] == OTHER, -row[-1], str(row[0])))
    named = [row for row in ranked if row[0] != OTHER]
    rest = sum(row[-1] for row in ranked) - sum(row[-1] for row in named[:most])
    return named[:most] + ([(OTHER, rest)] if rest else [])


class _Views:
    """The sections about views and requests."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, first: datetime, end: datetime
    ) -> None:
        self.connection, self.first, self.end = connection, first, end
        self.by_day = end - first > timedelta(days=DAYS_OF_HOURS)
        self.step = "day" if self.by_day else "hour"
        self.smallest = _smallest_group(connection)
        time = "make_timestamp(year, month, day, hour, 0, 0)"
        self.hours = f"{time} >= timestamp '{first}' and {time} < timestamp '{end}'"
        self.time = f"date_trunc('{self.step}', {time})"
        self.built = self._one(
            f"select count(distinct {time}) from wmf.projectview_hourly where {self.hours}"
        )
        if not self.built:
            raise NothingToShow(
                f"No hour from {first:%Y-%m-%dT%H} to {end:%Y-%m-%dT%H} has views: wikilake build "
                f"--from {first:%Y-%m-%dT%H} --to {end:%Y-%m-%dT%H}"
            )

    def facts(self) -> list[str]:
        hours = (self.end - self.first) // timedelta(hours=1)
        views = self._one(f"select sum(view_count) from wmf.projectview_hourly where {self.hours}")
        gap = "; the others have none, or were not built" if self.built < hours else ""
        return [
            f"{self.first:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC: {views:,} page views "
            f"in {self.built:,} of {hours:,} hours{gap}.",
            f"Groups with fewer than {self.smallest} views are added up as “{OTHER}”. "
            "Totals are exact.",
        ]

    def over_time(self) -> Section:
        charts = []
        for column, title, explanation in (
            ("access_method", "by access method", "the desktop site, the mobile site and the apps"),
            ("agent_type", "by agent type", "people, crawlers that say so, and hidden ones"),
        ):
            rows = self._rows(
                f"select {self.time} as time, {column}, sum(view_count)::bigint as views "
                f"from wmf.projectview_hourly where {self.hours} group by all order by all"
            )
            rows = folded(rows, self.smallest)
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
                    "pages",
                    "Top pages",
                    "Pages that people read most, crawlers left out.",
                    "case when page_title = '-' then '(no title)' else page_title end "
                    "|| ' · ' || project",
                    "page",
                    "agent_type = 'user'",
                    draw_other=False,
                ),
                self._bars(
                    "projects", "Projects", "Views by people of each project or site.",
                    "project", "project", "agent_type = 'user'",
                ),
            ],
        )  # fmt: skip

    def readers(self) -> Section:
        people = "agent_type = 'user'"
        return Section(
            "readers",
            "Who reads, and from where",
            [
                self._bars(
                    "referer-classes", "Where readers come from",
                    "Views by people by the kind of site that led to the page.",
                    "referer_class", "referer class", people,
                ),
                self._bars(
                    "referer-names", "Search engines, AI chatbots and media sites",
                    "Views by people that a known site led to.",
                    "referer_name", "site", f"{people} and referer_name <> 'none'",
                ),
                self._bars(
                    "countries", "Countries",
                    "Views by people by country, as far as an address database knows it.",
                    "case when country <> 'Unknown' then country else country_code end",
                    "country", people,
                ),
                self._bars(
                    "browsers", "Browsers", "Views by people by family of browser.",
                    "user_agent_map['browser_family']", "browser", people,
                ),
                self._bars(
                    "systems", "Systems", "Views by people by operating system.",
                    "user_agent_map['os_family']", "system", people,
                ),
            ],
        )  # fmt: skip

    def requests(self) -> Section:
        charts = [self._funnel()] if self._has("wmf", "pageview_funnel_hourly") else []
        if self._has("wmf_raw", "webrequest_sequence_stats_hourly"):
            losses = self._rows(
                f"""
                select
                    {self.time} as time,
                    webrequest_source as source,
                    sum(count_expected)::bigint as expected,
                    sum(count_actual)::bigint as arrived,
                    sum(count_lost)::bigint as lost,
                    sum(count_lost) * 100.0 / nullif(sum(count_expected), 0) as "percent lost"
                from wmf_raw.webrequest_sequence_stats_hourly
                where {self.hours}
                group by all
                order by all
                """
            )
            columns = ("time", "source", "expected", "arrived", "lost", "percent lost")
            charts.append(
                Chart(
                    "losses",
                    "Losses",
                    "Log lines that the counters of the servers miss, in percent of those "
                    f"expected, by {self.step}. Unknown where the logs do not count.",
                    columns,
                    [(*row[:5], None if row[5] is None else float(row[5])) for row in losses],
                    self._lines("source", "percent lost"),
                )
            )
        if self._has("wmf_raw", "webrequest_rejected"):
            rejected = self._rows(
                f"select {self.time} as time, reason, count(*) as lines "
                f"from wmf_raw.webrequest_rejected where {self.hours} group by all order by all"
            )
            if rejected:
                charts.append(
                    Chart(
                        "rejected",
                        "Rejected lines",
                        "Log lines that could not be read and were kept aside, by reason.",
                        ("time", "reason", "lines"),
                        rejected,
                        self._stacked("reason", "lines"),
                        total=sum(row[-1] for row in rejected),
                    )
                )
        return Section("requests", "Can the figures be trusted?", charts)

    def _funnel(self) -> Chart:
        rows = self._rows(
            "select pageview_condition, sum(request_count)::bigint "
            f"from wmf.pageview_funnel_hourly where {self.hours} "
            "group by pageview_condition order by min(step)"
        )
        rows = folded(rows, self.smallest)
        return Chart(
            "funnel",
            "Where requests end",
            "All requests by the first condition of a pageview that they fail, in the order in "
            "which it is asked; the last are the pageviews.",
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

    def _bars(
        self,
        name: str,
        title: str,
        explanation: str,
        group: str,
        label: str,
        condition: str,
        *,
        draw_other: bool = True,
    ) -> Chart:
        rows = self._rows(
            f'select {group} as "group", sum(view_count)::bigint as views '
            f"from wmf.pageview_hourly where {condition} and {self.hours} "
            'group by all order by views desc, "group"'
        )
        rows = [(UNKNOWN if text in (None, "-", "--", "Unknown") else text, n) for text, n in rows]
        shown = topmost(folded(rows, self.smallest), MOST_BARS)
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
        """Bars over time, one colour a group."""
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

    def _one(self, query: str) -> int:
        try:
            return self._rows(query)[0][0] or 0
        except duckdb.CatalogException:
            return 0

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
            ("net_bytes_difference", "net_bytes_diff", "Net bytes",
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
                    table.replace("_", "-"),
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


_LEGEND = alt.Legend(orient="top", columns=3, labelLimit=160)


def _time_axis(unit: str) -> alt.X:
    return alt.X("time:T", timeUnit=unit, title=None, axis=alt.Axis(labelOverlap=True, tickCount=6))


def _smallest_group(connection: duckdb.DuckDBPyConnection) -> int:
    """The threshold of the seed public_aggregates for views; without the seed SMALLEST_GROUP."""
    try:
        found = connection.execute(
            "select max(k) from reference.public_aggregates where measure = 'view_count'"
        ).fetchone()
    except duckdb.CatalogException:
        return SMALLEST_GROUP
    return found[0] or SMALLEST_GROUP
