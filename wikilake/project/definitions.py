"""Writes models/docs/definitions.md from lists: the record versions, and the known incidents."""

from __future__ import annotations

from pathlib import Path

from wikilake.project.lists import read_list

PAGE = Path("models/docs/definitions.md")

_HEAD = """\
[comment]: <> (Written by `make docs` from record_versions, record_version_changes, incidents.)

{% docs definitions %}
**Definitions.** What each `record_version` changed and what does it here: a macro of
`macros/rules`, or rows of a seed by their `since` and `until`. An unknown version cannot be asked
for. Numbers with a date stand for changes without a public number. What has no known date
is taken to have come with 0.0.20, so between 0.0.19 and the newest a version is as exact as the
change log; those two are proved against the original's own rows.

| version | from | known | what changed | done by |
|---|---|---|---|---|
"""

_INCIDENTS = """\

{% docs incidents %}
| from | to | source | lost | what happened |
|---|---|---|---|---|
"""


def definitions_page() -> str:
    """The page as Markdown, two doc blocks: one row per change, oldest first, and per incident."""
    versions = [row for row in read_list("record_versions") if row["table_name"] == "webrequest"]
    changes = read_list("record_version_changes")
    rows = [
        _table_row(version, change)
        for version in versions
        for change in changes
        if change["record_version"] == version["record_version"]
    ]
    incidents = [_incident_row(incident) for incident in read_list("incidents")]
    end = "\n{% enddocs %}\n"
    return _HEAD + "\n".join(rows) + end + _INCIDENTS + "\n".join(incidents) + end


def _table_row(version: dict[str, str], change: dict[str, str]) -> str:
    done_by = ", ".join(_place(part) for part in change["done_by"].split() if part != "-")
    reason = change["not_reproducible"]
    cells = [
        f"`{version['record_version']}`",
        version["valid_from"],
        "yes" if version["is_known"] == "true" else "no",
        change["what_changed"].replace("|", "\\|"),
        "; ".join(filter(None, [done_by, f"*not: {reason}*" if reason != "-" else ""])),
    ]
    return f"| {' | '.join(cells)} |"


def _incident_row(incident: dict[str, str]) -> str:
    lost = incident["percent_lost"]
    cells = [
        incident["first_hour"],
        incident["end_hour"],
        incident["webrequest_source"],
        f"{lost} %" if lost else "unknown",
        incident["what_happened"],
    ]
    return f"| {' | '.join(cells)} |"


def _place(part: str) -> str:
    kind, name = part.split(":")
    return f"{kind} `{name}`"


if __name__ == "__main__":
    PAGE.write_text(definitions_page())
