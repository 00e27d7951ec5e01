"""Why one request is a pageview or not: its way through the conditions, and what else is known."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from wikilake import settings
from wikilake.project import sandbox
from wikilake.project.arguments import users_variables
from wikilake.project.dbt import Project
from wikilake.settings import HOUR_FORMAT
from wikilake.terminal import plain

SOME_HOUR = "2026-11-01T00"
"""The hour of a request without one: the rules do not depend on it."""

DECIDED_BY = {
    "project": "host_rule",
    "page_title": "title_rule",
    "language_variant": "the path",
    "access_method": "the user agent, then X-Analytics or the host",
    "agent_type": "spider_rule",
    "browser_family": "ua-parser",
    "os_family": "ua-parser",
    "device_family": "ua-parser",
    "referer_class": "referer_rule",
    "referer_name": "referer_rule",
}
"""What is shown of a request, and the decision that names its rule, or the rule if it is fixed."""

NEEDED = ["+int_webrequest__page_titles", "+int_webrequest__referers", "pageview_conditions"]
"""The models behind the three analyses explain_…; page titles come after all other verdicts.

All are work tables: on DuckDB they live in memory as long as this process.
"""


@dataclass
class Explanation:
    """What the definition says of a request.

    `conditions` are in the order asked: {position, name, looks_at, looked_at, holds, sentence}.
    `decisions` has the values known of it and, under `…_rule`, what decided each. A line that
    cannot be refined has neither, only `rejected`, the reason.
    """

    conditions: list[dict[str, Any]] = field(default_factory=list)
    decisions: dict[str, Any] = field(default_factory=dict)
    rejected: str | None = None


def explain(project: Project, line: str, record_version: str) -> Explanation:
    """Refines one raw JSON line by itself, outside the lake; raises DbtFailed."""
    hour = _hour_of(line)
    period = f"{hour:{HOUR_FORMAT}}"
    variables = [
        "--vars",
        json.dumps(users_variables([]) | {"hour": period, "record_version": record_version}),
    ]
    project.parse_once()
    with sandbox.folder_of_its_own(in_memory=True) as folder:
        place = f"webrequest_source=text/{hour:year=%Y}/month={hour.month}/day={hour.day}"
        raw = folder / "raw" / place / f"hour={hour.hour}"
        request = (line.replace("\n", " ") + "\n").encode("utf-8", "surrogateescape")
        with (
            sandbox.file_in_memory(raw / "line.jsonl", request),
            settings.changed(raw=folder / "raw", lake=folder / "lake", scratch=":memory:"),
        ):
            needed = [*sandbox.MODELS_ALONE, "--select", *NEEDED]
            project.run("build", *needed, *variables)
            rejected = project.rows("explain_rejection", *variables)
            if rejected:
                return Explanation(rejected=rejected[0]["reason"])
            conditions = project.rows("explain_request", *variables)
            decisions = project.rows("explain_decisions", *variables)
    if not decisions:
        return Explanation(rejected="it is not a line that the engine can read")
    return Explanation(conditions, decisions[0])


def show(console: Console, explanation: Explanation) -> None:
    """Prints the way of a request through the conditions, and what decided what is known of it."""
    if explanation.rejected:
        console.print(f"rejected, not refined: {explanation.rejected}")
        return
    decided = explanation.decisions
    verdict = decided["pageview_condition"]
    outcome = "a pageview" if verdict == "pageview" else f"no pageview: {verdict}"
    console.print(Text(outcome, "bold"), f"by record_version {decided['record_version']}")
    if decided["is_redirect_to_pageview"]:
        console.print("a redirect to a pageview")
    conditions = Table("", "condition", "field", "value", "it holds when", title="What was asked")
    for asked in explanation.conditions:
        conditions.add_row(
            Text("yes", "green") if asked["holds"] else Text("no", "red"),
            asked["name"],
            asked["looks_at"],
            _shown(asked["looked_at"]),
            asked["sentence"],
        )
    console.print(conditions)
    known = Table("", "value", "decided by", title="What is known of it")
    for name, rule in DECIDED_BY.items():
        decision = _shown(decided[rule]) if rule in decided else rule
        known.add_row(name, _shown(decided[name]), decision)
    console.print(known)


def _shown(value: Any) -> str:
    return "-" if value is None else plain(value)


def _hour_of(line: str) -> datetime:
    """The hour that the line's dt begins with; some hour when it has no plausible one."""
    some = datetime.strptime(SOME_HOUR, HOUR_FORMAT)
    try:
        hour = datetime.strptime(str(json.loads(line)["dt"])[:13], HOUR_FORMAT)
    except (ValueError, KeyError, TypeError, RecursionError):
        return some
    return hour if 1970 <= hour.year < 9999 else some
