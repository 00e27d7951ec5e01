"""What a change of the definition does to an hour: it is made under two versions and compared.

Both are made outside the lake. What the versions have in common is made once; in between only the
requests that became or ceased to be pageviews are judged again, under each version that
moved a condition of pageviews, to name the change behind each.
"""

from __future__ import annotations

import glob
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from rich.console import Console

from wikilake import settings
from wikilake.answers.summary import table
from wikilake.errors import WikilakeError
from wikilake.lake.paths import quoted
from wikilake.project.arguments import users_variables
from wikilake.project.dbt import Project
from wikilake.project.lists import read_list
from wikilake.project.sandbox import MODELS_ALONE
from wikilake.settings import HOUR_FORMAT

MASKED = ("ip", "user_agent", "referer", "x_analytics", "accept_language", "x_forwarded_for")
"""Fields of examples that may tell who sent a request; shown on demand only."""

EXAMPLES = 10
"""Number of requests shown per change."""

SHOWN = 20
"""Number of projects shown on the screen; a file has all."""

DIMENSIONS = ("project", "access_method", "agent_type", "referer_class")

LAST_MODEL = "projectview_hourly"
"""The model up to which an hour is made."""

RAW_FIELDS = (
    "hostname", "sequence", "dt", "time_firstbyte", "ip", "cache_status", "http_status",
    "response_size", "http_method", "uri_host", "uri_path", "uri_query", "content_type", "referer",
    "x_forwarded_for", "user_agent", "accept_language", "x_analytics", "range", "x_cache",
)  # fmt: skip
"""The raw fields that every version has: a request is the same one when they agree."""


class VersionUnknown(WikilakeError):
    """A version that cannot be asked for; the message lists those that can."""


def known_versions() -> list[str]:
    """The versions of webrequest that can be asked for, oldest first."""
    return [
        row["record_version"]
        for row in read_list("record_versions")
        if row["table_name"] == "webrequest" and row["is_known"] == "true"
    ]


def resolve(version: str) -> str:
    """The version that a user means, `newest` being the last; raises VersionUnknown."""
    known = known_versions()
    if version == "newest":
        return known[-1]
    if version not in known:
        raise VersionUnknown(
            f"No definition {version!r} is known. Known are newest, {', '.join(reversed(known))}."
        )
    return version


def compare(
    project: Project,
    hour: datetime,
    before: str,
    after: str,
    folder: Path,
    *,
    private: bool = False,
    progress: Callable[[str], None] = lambda step: None,
) -> duckdb.DuckDBPyConnection:
    """Makes the hour under both versions in `folder` and compares; raises DbtFailed.

    Returns a connection with three tables. `changes`: record_version, change, became, ceased,
    what_changed. `views`: dimension, value, before, after, percent (of before, NULL where there was
    none), place in the dimension by views. `examples`: record_version, change, before, after (the
    first condition that fails under each version), and fields of the request.

    `private` shows the MASKED fields of examples.
    """
    work = _Work(project, hour, folder)
    progress("reading the project")
    project.parse_once()
    with settings.changed(lake=folder / "lake", scratch=folder / "scratch.duckdb"):
        progress(f"the hour under {before}")
        models = ["--select", f"+{LAST_MODEL}"]
        work.build(before, models)
        work.keep("before")
        progress(f"what differs under {after}")
        differing = _differing_models(work, before, after, models)
        work.build(after, ["--select", *differing])
        work.keep("after")
    # What does not fit into memory spills there as well, not into the working folder.
    connection = duckdb.connect(config={"temp_directory": str(folder / "spill")})
    connection.execute("set TimeZone = 'UTC'")
    versions = _turning_versions(before, after)
    _compare_requests(connection, work)
    if connection.execute("from flipped limit 1").fetchone() and len(versions) > 1:
        work.write_raw(connection)
        with settings.changed(
            raw=folder / "raw", lake=folder / "lake", scratch=folder / "steps.duckdb"
        ):
            for version in versions[:-1]:
                progress(f"the requests that differ, under {version}")
                work.build(version, ["--select", "+webrequest"])
                work.keep(version)
    _name_changes(connection, work, versions, before_is_older=_is_older(before, after))
    _sum_up(connection, work, private)
    return connection


@dataclass
class _Work:
    """Where the comparison puts the hour of each version, and how it is made."""

    project: Project
    hour: datetime
    folder: Path

    @property
    def period(self) -> str:
        return f"{self.hour:{HOUR_FORMAT}}"

    def variables(self, version: str) -> list[str]:
        return [
            "--vars",
            json.dumps(users_variables([]) | {"hour": self.period, "record_version": version}),
        ]

    def build(self, version: str, selection: Sequence[str]) -> None:
        self.project.run("build", *MODELS_ALONE, *selection, *self.variables(version))

    def keep(self, name: str) -> None:
        """Saves the marts that were made under a name."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / "lake" / "wmf").rename(self.folder / name)

    def rows(self, name: str, table: str) -> str:
        """SQL for the rows of a table that was saved."""
        pattern = f"{glob.escape(str(self.folder))}/{name}/{table}/**/*.parquet"
        return f"read_parquet({quoted(pattern)}, hive_partitioning=true)"

    def write_raw(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Writes the requests that flipped as raw lines of the same hour."""
        sources = connection.execute("select distinct webrequest_source from flipped").fetchall()
        for (source,) in sources:
            place = self.folder / "raw" / f"webrequest_source={source}"
            place = place / f"{self.hour:year=%Y}/month={self.hour.month}/day={self.hour.day}"
            place = place / f"hour={self.hour.hour}"
            place.mkdir(parents=True)
            connection.execute(
                f"copy (select {', '.join(RAW_FIELDS)} from flipped where webrequest_source = ?) "
                f"to {quoted(f'{place}/part-0.jsonl')} (format json)",
                [source],
            )


def _differing_models(work: _Work, before: str, after: str, models: Sequence[str]) -> list[str]:
    """The models whose SQL is not the same under both versions, and all that read them."""
    old, new = (
        work.project.compiled(*models, *work.variables(version)) for version in (before, after)
    )
    differing = [name for name, code in new.items() if old.get(name) != code]
    return [f"{name}+,+{LAST_MODEL}" for name in differing]


def _turning_versions(before: str, after: str) -> list[str]:
    """The versions between two, later than the older one, that moved a condition of pageviews."""
    known = known_versions()
    older, newer = sorted((before, after), key=known.index)
    turning = {
        row["record_version"]
        for row in read_list("record_version_changes")
        if row["pageview_condition"] != "-"
    }
    between = known[known.index(older) + 1 : known.index(newer) + 1]
    return [version for version in between if version in turning]


def _is_older(before: str, after: str) -> bool:
    known = known_versions()
    return known.index(before) <= known.index(after)


def _compare_requests(connection: duckdb.DuckDBPyConnection, work: _Work) -> None:
    """Makes `flipped`: each request that is a pageview under one version only, once."""
    fields = ", ".join(("webrequest_source", *RAW_FIELDS))
    connection.execute(
        f"""
        create table flipped as
        with outcomes as (
            select {fields}, pageview_condition as before, null as after, count(*) as rows_before,
                0 as rows_after
            from {work.rows("before", "webrequest")} group by all
            union all
            select {fields}, null, pageview_condition, 0, count(*)
            from {work.rows("after", "webrequest")} group by all
        ),
        requests as (
            select {fields}, max(before) as before, max(after) as after,
                sum(rows_before) as rows_before, sum(rows_after) as rows_after
            from outcomes group by {fields}
        )
        select row_number() over () as request, * from requests
        where (before = 'pageview') <> (after = 'pageview')
        """
    )


def _name_changes(
    connection: duckdb.DuckDBPyConnection,
    work: _Work,
    versions: Sequence[str],
    *,
    before_is_older: bool,
) -> None:
    """Makes `named`: `flipped` with the version and the change behind each request.

    The conditions of a request are followed from the older version to the newer; the last time
    that it became or ceased to be a pageview names the version, and the condition that failed on
    the one side of that step names the change.
    """
    older, newer = ("before", "after") if before_is_older else ("after", "before")
    same = " and ".join(
        f"flipped.{name} is not distinct from step.{name}"
        for name in ("webrequest_source", *RAW_FIELDS)
    )
    steps = [f"select request, 0 as step, {older} as condition from flipped"]
    for index, version in enumerate(versions[:-1], start=1):
        rows = work.rows(version, "webrequest")
        if (work.folder / version).exists():
            steps.append(
                f"select distinct request, {index}, step.pageview_condition "
                f"from flipped join {rows} as step on {same}"
            )
    steps.append(f"select request, {max(len(versions), 1)}, {newer} from flipped")
    connection.execute("create table turning (step integer, version text)")
    connection.executemany(
        "insert into turning values (?, ?)", [*enumerate(versions, start=1)] or [(1, None)]
    )
    changes = [
        (row["record_version"], row["change"], row["what_changed"], condition)
        for row in read_list("record_version_changes")
        for condition in row["pageview_condition"].split()
        if condition != "-"
    ]
    connection.execute(
        "create table listed (version text, change text, what_changed text, condition text)"
    )
    connection.executemany("insert into listed values (?, ?, ?, ?)", changes)
    connection.execute(
        f"""
        create table named as
        with steps as ({" union all ".join(steps)}),
        moves as (
            select request, step, condition,
                lag(condition) over (partition by request order by step) as earlier
            from steps
        ),
        last_moves as (
            select request, max(step) as step,
                arg_max(case when condition = 'pageview' then earlier else condition end, step)
                    as condition
            from moves
            where (condition = 'pageview') <> (earlier = 'pageview')
            group by request
        )
        select
            flipped.*,
            turning.version as record_version,
            coalesce(listed.change, 'not in the change log') as change,
            coalesce(listed.what_changed, 'condition ' || last_moves.condition) as what_changed
        from flipped
        join last_moves using (request)
        join turning on last_moves.step = turning.step
        left join listed
            on turning.version = listed.version and last_moves.condition = listed.condition
        """
    )


def _sum_up(connection: duckdb.DuckDBPyConnection, work: _Work, private: bool) -> None:
    """Makes the tables `changes`, `views` and `examples`."""
    became = "sum(case when after = 'pageview' then rows_after else 0 end)::bigint"
    ceased = "sum(case when before = 'pageview' then rows_before else 0 end)::bigint"
    connection.execute(
        f"""
        create table changes as
        select record_version, change, {became} as became, {ceased} as ceased, what_changed
        from named group by all order by became + ceased desc, record_version, change
        """
    )
    counted = " union all ".join(
        f"select '{dimension}' as dimension, {dimension} as value, "
        f"{'view_count' if name == 'before' else 0} as before, "
        f"{'view_count' if name == 'after' else 0} as after "
        f"from {work.rows(name, 'projectview_hourly')}"
        for dimension in DIMENSIONS
        for name in ("before", "after")
    )
    connection.execute(
        f"""
        create table views as
        select dimension, value, sum(before)::bigint as before, sum(after)::bigint as after,
            round((sum(after) - sum(before)) * 100.0 / nullif(sum(before), 0), 2) as percent,
            row_number() over (
                partition by dimension order by sum(before) + sum(after) desc, value
            ) as place
        from ({counted}) group by dimension, value
        order by list_position({list(DIMENSIONS)}, dimension), place
        """
    )
    shown = ", ".join(MASKED) if private else ", ".join(f"'…' as {name}" for name in MASKED)
    query = "uri_query" if private else "regexp_replace(uri_query, '(appInstallID=)[^&]*', '\\1…')"
    connection.execute(
        f"""
        create table examples as
        select record_version, change, before, after, http_status, uri_host, uri_path,
            {query} as uri_query, content_type, {shown}
        from named
        qualify row_number() over (
            partition by record_version, change order by uri_host, uri_path, request
        ) <= {EXAMPLES}
        order by record_version, change, uri_host, uri_path
        """
    )


def show_difference(
    console: Console, difference: duckdb.DuckDBPyConnection, before: str, after: str
) -> None:
    """Prints the changes, the views (of projects the largest) and the examples."""
    console.print(f"From record_version {before} to {after}")
    results = {
        "Requests that became or ceased to be pageviews, by the change behind it": "from changes",
        "Views": f"""
            select * exclude (place) from views
            where dimension <> 'project' or place <= {SHOWN}
            """,
        "Examples: the first condition that fails, before and after": """
            select record_version, change, before, after, http_status as status, uri_host, uri_path,
                uri_query
            from examples
            """,
    }
    for title, query in results.items():
        console.print(table(title, difference.execute(query)))


def write(difference: duckdb.DuckDBPyConnection, output: Path) -> None:
    """Writes all three results as one table, CSV or Parquet by the file's ending.

    Columns: section (change, views, example), name, value, before, after, percent, details (text;
    of an example its fields as JSON).
    A change counts ceased views as before and new ones as after.
    """
    difference.execute(
        f"""
        copy (
            select 'change' as section, record_version as name, change as value, ceased as before,
                became as after, null::double as percent, what_changed as details
            from changes
            union all
            select 'views', dimension, value, before, after, percent, null from views
            union all
            select 'example', record_version, change, null, null, null, to_json(examples)::text
            from examples
        ) to {quoted(str(output))}
        """
    )
