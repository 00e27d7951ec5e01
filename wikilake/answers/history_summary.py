"""The results of a snapshot on the screen: rows per table, edits and active editors per month."""

from __future__ import annotations

from rich.console import Console

from wikilake.answers.summary import table
from wikilake.lake.reader import open_catalog

ROWS = """
select event_entity as entity, event_type as type, count(*) as rows
from wmf.mediawiki_history_reduced
where snapshot = $snapshot
group by event_entity, event_type
order by rows desc, entity, type
"""
REJECTED = """
select reason, sum(event_count) as events
from wmf_raw.mediawiki_history_rejected
where snapshot = $snapshot
group by reason
order by events desc, reason
"""
MONTHS = """
select
    edits.project,
    strftime(edits.period_start, '%Y-%m') as month,
    edits.edits,
    coalesce(active.active_editors, 0) as "active editors"
from wikistats.edits
left join wikistats.active_editors as active
    on edits.snapshot = active.snapshot
    and edits.project = active.project
    and edits.period_start = active.period_start
    and active.page_type = 'all-page-types'
where edits.snapshot = $snapshot
    and edits.granularity = 'monthly'
    and edits.editor_type = 'all-editor-types'
    and edits.page_type = 'all-page-types'
    and not edits.project like 'all-%'
qualify edits.period_start > max(edits.period_start) over () - interval 6 month
order by edits.project, month
"""


def show_snapshot(console: Console, snapshot: str) -> None:
    """Prints rows by type, what was rejected, and the last six months of each project."""
    with open_catalog() as connection:
        for title, query in (
            (f"mediawiki_history_reduced, snapshot {snapshot}", ROWS),
            ("rejected", REJECTED),
            ("edits and active editors", MONTHS),
        ):
            shown = table(title, connection.execute(query, {"snapshot": snapshot}))
            if shown.rows:
                console.print(shown)
