"""The sections of a report about views and requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import duckdb

from wikilake.answers.report_charts import (
    COLOURS,
    MOST_BARS,
    OTHER,
    UNKNOWN,
    WEEKDAYS,
    Chart,
    Section,
    TimeUnit,
    bars,
    bars_over_time,
    drawn_value,
    lines,
    map_of,
    pairs,
    percent,
    title_as_read,
    topmost,
    week,
)
from wikilake.answers.report_counts import (
    COMPARED,
    GROUPS,
    SLOW,
    Comparison,
    Counts,
    has_table,
)
from wikilake.errors import WikilakeError
from wikilake.project.lists import read_list

DAYS_OF_HOURS = 14
"""Longer periods are shown day by day."""

KINDS = {"user": "people", "spider": "crawlers that say so", "automated": "hidden programs"}


class NothingToShow(WikilakeError):
    """A period or snapshot that is not in the lake; the message says what to build."""


class Views:
    """The sections about views and requests."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        first: datetime,
        end: datetime,
        k: int,
        progress: Callable[[int, int], None] = lambda done, of: None,
        *,
        is_private: bool = False,
    ) -> None:
        self.connection, self.first, self.end, self.k = connection, first, end, k
        self.is_private = is_private
        self.by_day = end - first > timedelta(days=DAYS_OF_HOURS)
        self.step = "day" if self.by_day else "hour"
        self.unit: TimeUnit = "utcyearmonthdate" if self.by_day else "utcyearmonthdatehours"
        self.now = Counts(connection, first, end, k, progress=progress)
        if not self.now.built:
            raise NothingToShow(
                f"No hour from {first:%Y-%m-%dT%H} to {end:%Y-%m-%dT%H} has views: wikilake build "
                f"--from {first:%Y-%m-%dT%H} --to {end:%Y-%m-%dT%H}"
            )
        if not self.now.counted:
            raise NothingToShow(
                "The readers of these hours cannot be counted, so nothing of them may be shown: "
                "wmf.pageview_actor does not hold their requests (any more). Make the report "
                "within its retention, or build the hours again."
            )
        before = Counts(connection, first - (end - first), first, k, COMPARED)
        self.compared = Comparison(self.now, before)

    def facts(self) -> list[str]:
        views = sum(self.now.of_days["all"].values())
        gap = "" if len(self.now.built) == len(self.now.hours) else "; the others were not built"
        least = "at least " if self.k > 1 else ""
        facts = [
            f"{self.first:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC: {least}{views:,} "
            f"page views in {len(self.now.built):,} of {len(self.now.hours):,} hours{gap}."
        ]
        if self.is_private:
            facts.append(
                "Private: single readers can be told from these numbers. Do not hand on this page."
            )
        if self.k > 1:
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
        if uncounted := len(self.now.built) - len(self.now.counted):
            facts.append(
                f"{uncounted:,} hours are left out, since their readers cannot be counted now."
            )
        if self.compared.of_now:
            facts.append(self._against_before())
        else:
            facts.append("The period before is not in the lake, so nothing is compared with it.")
        return facts

    def _against_before(self) -> str:
        before, now = (sum(sums.values()) for sums in self.compared.sums("people"))
        if not before or not now:
            change = "with nothing that could be compared in both periods"
        elif now == before:
            change = "as many as in the period before"
        else:
            share = abs(now - before) * 100 / before
            change = f"{share:,.1f} % {'more' if now > before else 'fewer'} than before"
        return f"Views by people: {now:,}, {change} ({self.compared.extent()})."

    def over_time(self) -> Section:
        charts = [*self._trend(), *self._comparison()]
        for column, title, explanation in (
            ("access_method", "by access method", "the desktop site, the mobile site and the apps"),
            ("agent_type", "by agent type", "people, crawlers that say so, and hidden ones"),
        ):
            found = (self.now.of_days if self.by_day else self.now.of_hours)[column]
            rows = [(time, name, views) for (time, name), views in sorted(found.items())]
            series = column.replace("_", " ")
            charts.append(
                Chart(
                    f"views-by-{column.replace('_', '-')}",
                    f"Views {title}",
                    f"Page views by {self.step}: {explanation}.",
                    ("time", series, "views"),
                    rows,
                    bars_over_time(series, "views", self.unit),
                    total=sum(row[-1] for row in rows),
                )
            )
        return Section("time", "Views over time", [*charts, self._week()])

    def _trend(self) -> list[Chart]:
        """Views by people day by day, beside those of the period before, where it has days."""
        ours = _totals(self.now.of_days["people"])
        length = self.end - self.first
        theirs = {
            time + length: views
            for time, views in _totals(self.compared.before.of_days["people"]).items()
            if time in {day - length for day in self.compared.of_now}
        }
        if len(ours) < 2:
            return []
        rows = [(day, theirs.get(day), views) for day, views in sorted(ours.items())]
        values = [
            {"time": drawn_value(time), "period": period, "views": views}
            for time, *both in rows
            for period, views in zip(("before", "now"), both, strict=True)
            if views is not None
        ]
        return [
            Chart(
                "trend",
                "Views by people, day by day",
                "Each day beside the one of the period before, as far as the lake has it whole.",
                ("day", "views before", "views"),
                rows,
                lines("period", "views", "utcyearmonthdate"),
                values=values,
                total=sum(row[-1] for row in rows),
            )
        ]

    def _comparison(self) -> list[Chart]:
        """Totals of the period and of the one before it."""
        if not self.compared.of_now:
            return []
        before, now = self.compared.sums("agent_type")
        found = [(f"views by {shown}", before[name], now[name]) for name, shown in KINDS.items()]
        for chart, label in (("not-found", "pages not found"), ("slow", "slow answers")):
            before, now = self.compared.sums(chart)
            found.append((label, sum(before.values()), sum(now.values())))
        # What is not shown is not nothing, unless every number is.
        known = any if self.k <= 1 else all
        rows = [(name, a, b, percent(b - a, a)) for name, a, b in found if known((a, b))]
        values = [
            {"what": name, "period": period, "number": number}
            for name, *both, _ in rows
            for period, number in zip(("before", "now"), both, strict=True)
        ]
        return [
            Chart(
                "comparison",
                "Compared with the period before",
                f"Compared are {self.compared.extent()}.",
                ("what", "before", "now", "change in percent"),
                rows,
                pairs("what", "period", "number"),
                values=values,
                height=60 * max(len(rows), 2),
            )
        ]

    def _week(self) -> Chart:
        """Views by people by weekday and hour."""
        counted = Counter((hour.weekday(), hour.hour) for hour in self.now.counted)
        views: Counter[tuple[int, int]] = Counter()
        for (hour, _), number in self.now.of_hours["people"].items():
            views[hour.weekday(), hour.hour] += number
        rows = [
            (WEEKDAYS[day], hour, hours, views[day, hour])
            for (day, hour), hours in sorted(counted.items())
            if views[day, hour]
        ]
        return Chart(
            "week",
            "Hours of the week",
            "Views by people in each hour (UTC) of each weekday; the chart shows the mean of the "
            "hours that are in the period.",
            ("weekday", "hour", "hours", "views"),
            rows,
            week("views per hour"),
            values=[
                {"weekday": day, "hour": hour, "views per hour": number / hours}
                for day, hour, hours, number in rows
            ],
            total=sum(row[-1] for row in rows),
        )

    def pages(self) -> Section:
        return Section(
            "pages",
            "What is read",
            [
                self._bars(
                    "pages", "Top pages", "Pages that people read most, crawlers left out.",
                    "page", draw_other=False, name=title_as_read,
                ),
                *self._movers(),
                self._bars(
                    "projects", "Projects", "Views by people of each project or site.", "project"
                ),
                *self._media(),
                self._bars(
                    "not-found", "Pages that were not found",
                    "Addresses that people were told are not there (404, 410). Each is a link to "
                    "mend or a page to write.",
                    "address", measure="requests", draw_other=False, name=title_as_read,
                ),
                self._bars(
                    "slow", "Slow pages",
                    f"Addresses by how often their answer to people took {SLOW} second or more "
                    "to begin.",
                    "address", measure="requests", draw_other=False, name=title_as_read,
                ),
            ],
        )  # fmt: skip

    def _movers(self) -> list[Chart]:
        """The pages whose views changed most against the period before."""
        before, now = (_renamed(sums, title_as_read) for sums in self.compared.sums("pages"))
        names = before.keys() | now.keys() if self.k <= 1 else before.keys() & now.keys()
        found = [
            (name, before[name], now[name], now[name] - before[name])
            for name in names - {OTHER}
            if now[name] != before[name]
        ]
        found.sort(key=lambda row: (-abs(row[-1]), row[0]))
        chosen = found[:MOST_BARS] if self.compared.of_now else []
        rows = sorted(chosen, key=lambda row: (-row[-1], row[0]))
        return [
            Chart(
                "movers",
                "Rising and falling pages",
                f"Pages whose views by people changed most. Compared are {self.compared.extent()}.",
                ("page", "before", "now", "change"),
                rows,
                bars("page", "change"),
                height=None,
            )
        ]

    def readers(self) -> Section:
        return Section(
            "readers",
            "Who reads, and from where",
            [
                *self._devices(),
                self._bars(
                    "referer-classes", "Where readers come from",
                    "Views by people by the kind of site that led to the page.", "referer class",
                ),
                self._bars(
                    "referer-names", "Search engines, AI chatbots and media sites",
                    "Views by people that a known site led to.", "site",
                ),
                self._countries(),
                self._bars("browsers", "Browsers", "Views by people by family of browser.",
                           "browser"),
                self._bars("systems", "Systems", "Views by people by operating system.", "system"),
                self._agents(),
                self._bars(
                    "crawlers", "Crawlers that say so", "Views by crawlers by the name they give.",
                    "crawler",
                ),
            ],
        )  # fmt: skip

    def _agents(self) -> Chart:
        sums = self.now.sums("agents")
        all_views = sum(sums.values())
        rows = [
            (name, percent(views, all_views), views)
            for name, views in topmost(sums.items(), MOST_BARS)
        ]
        return Chart(
            "agents",
            "People and programs",
            "All views by who made them: people, crawlers that say so, and hidden ones by the "
            "rule that gave them away.",
            ("agent", "percent", "views"),
            rows,
            bars("agent", "views"),
            total=all_views,
            height=None,
        )

    def _countries(self) -> Chart:
        """Countries on a map; the table has those too that have no place on it."""
        found: list[tuple[str, str, int]] = []
        for text, views in self.now.sums("countries").most_common():
            code, _, name = text.partition(" ")
            is_group = text in (OTHER, UNKNOWN)
            found.append((text, "", views) if is_group else (name, code, views))
        found.sort(key=lambda row: (row[0] == OTHER, -row[-1], row[0]))
        picture, values = map_of(found, "views")
        if not values:
            return self._bars("countries", "Countries", "Views by people by country.", "country")
        return Chart(
            "countries",
            "Countries",
            "Views by people by country, as far as an address database knows it. Circles are "
            "countries too small for their outlines.",
            ("country", "views"),
            [(name, views) for name, _, views in found],
            picture,
            values=values,
            total=sum(row[-1] for row in found),
            height=320,
        )

    def requests(self) -> Section:
        charts = [self._funnel(), *self._compliance()]
        if has_table(self.connection, "wmf_raw", "webrequest_sequence_stats_hourly"):
            charts.append(self._losses())
        if has_table(self.connection, "wmf_raw", "webrequest_rejected"):
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
                    bars_over_time("reason", "lines", self.unit),
                    total=sum(row[-1] for row in rejected),
                )
            )
        return Section("requests", "Can the figures be trusted?", charts)

    def _devices(self) -> list[Chart]:
        """Devices per day and site; each number is one of readers, and shown as such."""
        if not has_table(self.connection, "wmf", "unique_devices_per_domain_daily"):
            return []
        found = self._rows(
            f"""
            select day::timestamp as time, domain, sum(uniques_estimate)::bigint as devices
            from wmf.unique_devices_per_domain_daily
            where day between timestamp '{self.first}' and timestamp '{self.end}' - interval 1 day
            group by all
            having devices >= {self.k}
            order by all
            """
        )
        rows = [(time, domain, self._rounded(devices)) for time, domain, devices in found]
        largest: Counter[str] = Counter()
        for _, domain, devices in rows:
            largest[domain] += devices
        drawn = {domain for domain, _ in largest.most_common(len(COLOURS))}
        return [
            Chart(
                "devices",
                "Devices",
                "Devices that came to each site on each whole day: estimated by cookies that say "
                "on which day a browser was here last.",
                ("time", "site", "devices"),
                rows,
                lines("site", "devices", "utcyearmonthdate"),
                drawn=[row for row in rows if row[1] in drawn],
            )
        ]

    def _media(self) -> list[Chart]:
        """Files are only in a private page, since nothing says how many readers asked for them."""
        if self.k > 1 or not has_table(self.connection, "wmf", "mediarequest"):
            return []
        rows = self._rows(
            f"""
            select base_name, sum(request_count)::bigint as requests
            from wmf.mediarequest
            where {self._window()} and agent_type = 'user'
            group by all
            order by requests desc, base_name
            limit {MOST_BARS}
            """
        )
        return [
            Chart(
                "media",
                "Media files",
                "Files that people fetched most, crawlers left out.",
                ("file", "requests"),
                rows,
                bars("file", "requests"),
                height=None,
            )
        ]

    def _compliance(self) -> list[Chart]:
        """Programs by whether they say who runs them; only in a private page, like all of them."""
        if self.k > 1 or not has_table(self.connection, "wmf", "user_agent_compliance_hourly"):
            return []
        rows = self._rows(
            f"""
            select compliance_status, sum(request_count)::bigint as requests
            from wmf.user_agent_compliance_hourly
            where {self._window().replace(" hour,", " hour_of_day,")}
                and compliance_status <> 'not_applicable'
            group by all
            order by requests desc, compliance_status
            """
        )
        return [
            Chart(
                "compliance",
                "Programs that say who runs them",
                "Requests by the verdict on the user agent's rule; requests without one left out.",
                ("verdict", "requests"),
                rows,
                bars("verdict", "requests"),
                height=None,
            )
        ]

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
            if self.now.of_hours["sources"][(hour, source)]:
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
            lines("source", "percent lost", self.unit)
            if any(row[-1] is not None for row in rows)
            else bars_over_time("source", "arrived", self.unit),
        )

    def _rounded(self, number: int | None) -> int:
        return (number or 0) // max(self.k, 1) * max(self.k, 1)

    def _funnel(self) -> Chart:
        order = {name: place for place, name in enumerate(self._conditions())}
        requests = self.now.sums("funnel")
        rows = sorted(requests.items(), key=lambda row: order.get(row[0], -1))
        return Chart(
            "funnel",
            "Where requests end",
            "All requests by the first condition of a pageview that they fail, in the order in "
            "which it is asked; the last are the pageviews. Readers are addresses here.",
            ("condition", "requests"),
            rows,
            bars("condition", "requests"),
            total=sum(row[-1] for row in rows),
            height=None,
        )

    def _conditions(self) -> list[str]:
        return [row["name"] for row in read_list("pageview_conditions")]

    def _bars(
        self,
        chart: str,
        title: str,
        explanation: str,
        label: str,
        *,
        measure: str = "views",
        draw_other: bool = True,
        name: Callable[[str], str] = str,
    ) -> Chart:
        """Bars of the largest groups of a chart, by their names as people read them."""
        shown = topmost(_renamed(self.now.sums(chart), name).items(), MOST_BARS)
        left_out = sum(self.now.sums(GROUPS[chart].all).values())
        left_out -= sum(views for _, views in shown)
        if left_out > 0:
            explanation += f" At least {left_out:,} more {measure} are in no row."
        return Chart(
            chart,
            title,
            explanation,
            (label, measure),
            shown,
            bars(label, measure),
            drawn=None if draw_other or len(shown) == 1 else [r for r in shown if r[0] != OTHER],
            total=sum(row[-1] for row in shown),
            height=None,
        )

    def _rows(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()

    def _window(self) -> str:
        time = "make_timestamp(year, month, day, hour, 0, 0)"
        return f"{time} >= timestamp '{self.first}' and {time} < timestamp '{self.end}'"

    def _time(self) -> str:
        return f"date_trunc('{self.step}', make_timestamp(year, month, day, hour, 0, 0))"


def _totals(numbers: Counter[tuple[datetime, str]]) -> Counter[datetime]:
    """Time to the sum of all groups."""
    totals: Counter[datetime] = Counter()
    for (time, _), views in numbers.items():
        totals[time] += views
    return totals


def _renamed(sums: Counter[str], name: Callable[[str], str]) -> Counter[str]:
    """The same groups by other names; those that are read alike are one."""
    renamed: Counter[str] = Counter()
    for text, views in sums.items():
        renamed[text if text == OTHER else name(text)] += views
    return renamed
