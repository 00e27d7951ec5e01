"""The results of a run on the screen: rows in and out, losses, top pages, views."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from wikilake import settings
from wikilake.errors import WikilakeError
from wikilake.lake.hours import hour_path, hours_between
from wikilake.lake.raw_lines import count_raw_lines
from wikilake.lake.reader import open_catalog
from wikilake.settings import HOUR_FORMAT
from wikilake.terminal import plain

ROWS = """
with counted as (select {raw_lines} as raw, {refined} as refined, {rejected} as rejected)
select 'raw lines' as what, raw as count from counted
union all
select 'wmf_raw.webrequest_rejected', rejected from counted
union all
select 'repeated or excluded lines', raw - refined - rejected from counted
union all
select 'wmf.webrequest', refined from counted
union all
select 'wmf.pageview_actor', {actors}
union all
select 'wmf.pageview_hourly', {pageviews}
union all
select 'wmf.projectview_hourly', {projectviews}
union all
select 'pageviews (sum of view_count)', {views}
union all
-- Who has no events is not told so.
select * from (
    select 'event.* (events of all streams)' as what, {events} as rows
    union all
    select 'wmf_raw.event_rejected', {rejected_events}
) where rows is not null
"""
COUNTS = {
    "refined": ("wmf.webrequest", "count(*)"),
    "rejected": ("wmf_raw.webrequest_rejected", "count(*)"),
    "actors": ("wmf.pageview_actor", "count(*)"),
    "pageviews": ("wmf.pageview_hourly", "count(*)"),
    "projectviews": ("wmf.projectview_hourly", "count(*)"),
    "views": ("wmf.projectview_hourly", "sum(view_count)"),
}
EVENTS_REJECTED = "wmf_raw.event_rejected"
"""The parts of ROWS, each counted in its table; NULL where the table does not exist yet."""
LOSSES = """
select
    webrequest_source as source,
    hour,
    count_expected as expected,
    count_actual as actual,
    count_lost as lost,
    round(percent_lost, 3) as "lost %",
    count_duplicate as duplicates,
    count_bad_requests as "bad requests"
from wmf_raw.webrequest_sequence_stats_hourly
where {hours}
order by year, month, day, hour, source
"""
TOP_PAGES = """
select project, page_title as page, sum(view_count) as views
from wmf.pageview_hourly
where agent_type = 'user' and {hours}
group by project, page_title
order by views desc, project, page
limit 10
"""
VIEWS = """
pivot (
    select access_method as "access method", agent_type, view_count
    from wmf.projectview_hourly
    where {hours}
)
on agent_type
using coalesce(sum(view_count), 0)
order by "access method"
"""


def show(console: Console, first: datetime, end: datetime) -> None:
    """Prints the tables for the hours from `first` up to `end`."""
    timestamp = "make_timestamp(year, month, day, hour, 0, 0)"
    hours = f"{timestamp} >= timestamp '{first}' and {timestamp} < timestamp '{end}'"
    length = (end - first) // timedelta(hours=1)
    with open_catalog() as connection:
        raw_lines = sum(count_raw_lines(first + timedelta(hours=n)) for n in range(length))
        there = _tables(connection)
        if not _is_built(first, end):
            raise NeverBuilt(
                f"None of the hours from {first:{HOUR_FORMAT}} to {end:{HOUR_FORMAT}} was built: "
                f"wikilake build --from {first:{HOUR_FORMAT}} --to {end:{HOUR_FORMAT}}"
            )
        counts = {
            name: f"(select {count} from {source} where {hours})" if source in there else "null"
            for name, (source, count) in COUNTS.items()
        }
        events = [_count(name, hours) for name in sorted(there) if name.startswith("event.")]
        filled = ROWS.format(
            raw_lines=raw_lines,
            events=" + ".join(events) or "null",
            rejected_events=_count(EVENTS_REJECTED, hours) if EVENTS_REJECTED in there else "null",
            **counts,
        )
        console.print(table("Rows in and out", connection.execute(filled)))
        for title, source, query in (
            (
                "Losses: what the counters of the logging processes say",
                "wmf_raw.webrequest_sequence_stats_hourly",
                LOSSES,
            ),
            ("Top pages of people", "wmf.pageview_hourly", TOP_PAGES),
            ("Views by access method and agent type", "wmf.projectview_hourly", VIEWS),
        ):
            if source in there:
                console.print(table(title, connection.execute(query.format(hours=hours))))
    missing = sorted({source for source, _ in COUNTS.values()} - there)
    if missing:
        console.print(
            f"Not there yet: {', '.join(missing)}. An hour of which too much is lost is not "
            "published: wikilake check names it."
        )
    docs = Path("target/static_index.html").absolute()
    if docs.exists():
        console.print(f"Documentation of every table and rule: {plain(docs)}", soft_wrap=True)
    shown = plain(settings.catalog_path())
    console.print(f"The lake, with Parquet files beside it: {shown}", soft_wrap=True)


def _count(table: str, hours: str) -> str:
    """The rows of these hours of a table, as SQL."""
    return f"(select count(*) from {table} where {hours})"


class NeverBuilt(WikilakeError):
    """Hours of which the lake holds nothing; the message says how to build them."""


def _is_built(first: datetime, end: datetime) -> bool:
    """Whether the lake holds a partition of webrequest of one of these hours."""
    root = settings.lake_root() / "wmf/webrequest"
    sources = list(root.glob("webrequest_source=*"))
    return any(
        (source / hour_path(hour)).is_dir()
        for source in sources
        for hour in hours_between(first, end)
    )


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """`schema.name` of each table of the catalog of which the lake holds a partition."""
    views = connection.execute("select schema_name, view_name from duckdb_views()").fetchall()
    root = settings.lake_root()
    return {f"{schema}.{name}" for schema, name in views if any((root / schema / name).glob("*"))}


def table(title: str, result: duckdb.DuckDBPyConnection) -> Table:
    """A result as a table: numbers to the right with thousands apart, the rest to the left."""
    shown = Table(title=title, title_justify="left")
    rows = result.fetchall()
    for index, column in enumerate(result.description):
        is_number = any(isinstance(row[index], (int, float)) for row in rows)
        shown.add_column(plain(column[0]), justify="right" if is_number else "left")
    for row in rows:
        shown.add_row(*(_text(value) for value in row))
    return shown


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else plain(value)
