"""The sections of a report about edits, and about readers and writers together."""

from __future__ import annotations

import calendar
from collections import Counter
from datetime import datetime

import duckdb

from wikilake.answers.report_charts import Chart, Section, lines, percent
from wikilake.answers.report_counts import has_table
from wikilake.answers.report_views import NothingToShow, Views
from wikilake.upkeep import publishing


def newest_snapshot(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The newest snapshot of edit histories in the lake, if there is one."""
    if not has_table(connection, "wikistats", "edits"):
        return None
    found = connection.execute("select max(snapshot) from wikistats.edits").fetchone()
    return found[0] if found else None


class Edits:
    """The sections about the edits of a snapshot."""

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
                    lines("project", label, "utcyearmonth"),
                    drawn=[row for row in rows if row[1] in shown],
                )
            )
        return Section("edits", "Who writes", [*charts, *self._new_editors()])

    def _new_editors(self) -> list[Chart]:
        """How many come, and stay."""
        if not has_table(self.connection, "wmf", "mediawiki_history_reduced"):
            return []
        found = self.connection.execute(
            publishing.query("new_editors"), {"snapshot": self.snapshot}
        ).fetchall()
        shown = set(self.projects[: self.MOST_PROJECTS])
        rows = [
            (month, project, new, percent(stayed, new), stayed)
            for month, project, new, stayed in found
        ]
        return [
            Chart(
                "new-editors",
                "New editors who stay",
                "Accounts, no bots, by the month of their first edit; drawn are those that edited "
                "in the month after it as well.",
                ("time", "project", "new editors", "percent", "stayed"),
                rows,
                lines("project", "stayed", "utcyearmonth"),
                drawn=[row for row in rows if row[1] in shown],
            )
        ]

    def beside(self, views: Views) -> Section:
        """Views beside edits, editors and new pages of the projects and months that have both."""
        read = self._views_by_month(views)
        written = [
            {(month, project): number for month, project, number in self._rows(*metric)}
            for metric in (
                ("editors", "sum(editors)::bigint", "editor_type", "page_type", "activity_level"),
                ("new_pages", "sum(new_pages)::bigint", "editor_type", "page_type"),
                ("edits", "sum(edits)::bigint", "editor_type", "page_type"),
            )
        ]
        rows = []
        for (month, project), (days, number) in sorted(read.items()):
            editors, pages, edits = (found.get((month, project), 0) for found in written)
            of_month = calendar.monthrange(month.year, month.month)[1]
            if edits:
                per_edit = round(number / days * of_month / edits, 1)
                rows.append((month, project, days, number, editors, pages, edits, per_edit))
        return Section(
            "both",
            "Readers and writers",
            [
                Chart(
                    "views-per-edit",
                    "Views per edit",
                    "Views by people beside what was written in the same month. Where the lake has "
                    "the views of some of its days alone, the others are taken to be like them.",
                    ("time", "project", "days", "views", "editors", "new pages", "edits",
                     "views per edit"),
                    rows,
                    lines("project", "views per edit", "utcyearmonth"),
                    drawn=[row for row in rows if row[1] in self.projects[: self.MOST_PROJECTS]],
                )
            ],
        )  # fmt: skip

    def _views_by_month(self, views: Views) -> dict[tuple[datetime, str], tuple[int, int]]:
        """Month and project to days and views by people: of the report's period, and for the
        owner of every day that the lake has whole."""
        numbers: Counter[tuple[datetime, str]] = Counter(views.now.of_days["projects"])
        if views.k <= 1 and has_table(self.connection, "wmf", "pageview_per_project_daily"):
            for day, project, count in self.connection.execute(
                "select make_timestamp(year, month, day, 0, 0, 0), project, sum(v)::bigint "
                "from wmf.pageview_per_project_daily where access = 'all-access' "
                "and agent = 'user' and list_contains(?, project) group by all",
                [self.projects],
            ).fetchall():
                numbers[day, project] = max(numbers[day, project], count)
        known = set(self.projects)
        days: dict[tuple[datetime, str], tuple[int, int]] = {}
        for (day, project), count in numbers.items():
            if project in known and count:
                month = day.replace(day=1)
                found = days.get((month, project), (0, 0))
                days[month, project] = (found[0] + 1, found[1] + count)
        return days

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
