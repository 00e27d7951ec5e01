"""Why an actor is a program or a person in an hour, and what it did in the day before."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
from rich.console import Console

from wikilake.answers.summary import table
from wikilake.errors import WikilakeError
from wikilake.lake.reader import open_catalog
from wikilake.settings import HOUR_FORMAT

RULES = """
select
    case when is_redirect_to_pageview and not is_pageview then 'redirects' else 'views' end as what,
    label_reason as rule,
    measured,
    holds_when as "holds when",
    case when decides then upper(label) when holds then 'holds' else '-' end as result
from wmf.actor_explained
where actor_signature_per_project_family = $actor
    and year = $year and month = $month and day = $day and hour = $hour
order by what desc, step
"""
HOURS = """
select
    printf('%04d-%02d-%02dT%02d', year, month, day, hour) as hour,
    case when is_redirect_to_pageview and not is_pageview then 'redirects' else 'views' end as what,
    pageview_count as requests,
    pageview_rate_per_min as "per minute",
    distinct_pages_visited_count as pages,
    nocookies,
    user_agent_length as "agent's length",
    max_diff_ip_group_size as "diff group",
    diff_ip_group_count as "diff groups"
from wmf.webrequest_actor_metrics_hourly
where actor_signature_per_project_family = $actor
    and (year, month, day) in (
        (year($first), month($first), day($first)), (year($last), month($last), day($last))
    )
    and make_timestamp(year, month, day, hour, 0, 0) between $first and $last
order by hour, what desc
"""


class ActorUnknown(WikilakeError):
    """An actor without a verdict in an hour; the message says where signatures are found."""


def show_actor(console: Console, actor: str, hour: datetime) -> None:
    """Prints each rule with what it looked at, and the actor's 24 hours; raises ActorUnknown."""
    period = {part: getattr(hour, part) for part in ("year", "month", "day", "hour")}
    day = {"first": hour - timedelta(hours=23), "last": hour}
    with open_catalog() as connection:
        try:
            rules = table(
                "The rules in their order", connection.execute(RULES, {"actor": actor} | period)
            )
            hours = table("What the actor did", connection.execute(HOURS, {"actor": actor} | day))
        except duckdb.CatalogException:
            raise ActorUnknown("No hour was built with actors: wikilake build first.") from None
    if not rules.rows:
        raise ActorUnknown(
            f"Nobody has this signature in the 24 hours up to {hour:{HOUR_FORMAT}}: take one of "
            "actor_signature_per_project_family in wmf.pageview_actor, of an hour that is built."
        )
    console.print(rules)
    console.print(hours)
