"""The results of a run on the screen: rows in and out, losses, top pages, views."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from wikilake import lake
from wikilake.raw_lines import count_raw_lines

ROWS = """
with refined as (select count(*) as rows from wmf.webrequest where {hours}),
rejected as (select count(*) as rows from wmf_raw.webrequest_rejected where {hours})
select 'raw lines' as what, {raw_lines} as count
union all
select 'wmf_raw.webrequest_rejected', rows from rejected
union all
select 'repeated or excluded lines', {raw_lines} - refined.rows - rejected.rows
from refined cross join rejected
union all
select 'wmf.webrequest', rows from refined
union all
select 'wmf.pageview_actor', count(*) from wmf.pageview_actor where {hours}
union all
select 'wmf.pageview_hourly', count(*) from wmf.pageview_hourly where {hours}
union all
select 'wmf.projectview_hourly', count(*) from wmf.projectview_hourly where {hours}
union all
select 'pageviews (sum of view_count)', sum(view_count) from wmf.projectview_hourly where {hours}
"""
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
    catalogue = lake.lake_root() / "wikilake.duckdb"
    timestamp = "make_timestamp(year, month, day, hour, 0, 0)"
    hours = f"{timestamp} >= timestamp '{first}' and {timestamp} < timestamp '{end}'"
    length = (end - first) // timedelta(hours=1)
    counted = sum(count_raw_lines(first + timedelta(hours=n)) for n in range(length))
    with duckdb.connect(str(catalogue), read_only=True) as connection:
        for title, query in (
            ("Rows in and out", ROWS),
            ("Losses: what the counters of the logging processes say", LOSSES),
            ("Top pages of people", TOP_PAGES),
            ("Views by access method and agent type", VIEWS),
        ):
            filled = query.format(hours=hours, raw_lines=counted)
            console.print(table(title, connection.execute(filled)))
    docs = Path("target/static_index.html").absolute()
    if docs.exists():
        console.print(f"Documentation of every table and rule: {docs}", soft_wrap=True)
    console.print(f"The lake, with Parquet files beside it: {catalogue}", soft_wrap=True)


def table(title: str, result: duckdb.DuckDBPyConnection) -> Table:
    """A result as a table: numbers to the right with thousands apart, the rest to the left."""
    shown = Table(title=title, title_justify="left")
    rows = result.fetchall()
    for index, column in enumerate(result.description):
        is_number = any(isinstance(row[index], (int, float)) for row in rows)
        shown.add_column(column[0], justify="right" if is_number else "left")
    for row in rows:
        shown.add_row(*(_text(value) for value in row))
    return shown


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value)
