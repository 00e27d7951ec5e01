"""The models of the declared streams: `wikilake streams sync` writes their files.

dbt makes a table of a file. So each stream has one line of SQL per table, which calls the macro
that makes all tables of its kind, and a page of properties, with the columns of its schema.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wikilake.streams import allowlist
from wikilake.streams.declarations import Stream, Type, declared_streams

MARK = "Written by `wikilake streams sync`"
_PLACES = ("models/staging/events", "models/marts/events", "macros/streams")
_HOUR_COLUMNS = ("year", "month", "day", "hour")
_Column = tuple[str, str, str, str | None]
"""Name, privacy class, description, and type, where the file says it."""

_STEPS = {
    "geocoded_data": "col_event_geocoded_data",
    "ip": "col_event_ip",
    "user_agent_map": "col_event_user_agent_map",
    "useragent": "col_event_useragent",
    "is_wmf_domain": "col_event_is_wmf_domain",
    "normalized_host": "col_event_normalized_host",
}
_PERSONAL = (
    "ip", "http", "performer", "params", "useragent", "user_agent_map", "geocoded_data", "agent",
)  # fmt: skip
"""Columns that are never less than private, whatever the allowlist says."""


def files() -> dict[str, str]:
    """Every file of the declared streams by its path in the project. Raises StreamError."""
    streams = declared_streams()
    rules = allowlist.allowlist()
    made: dict[str, str] = {}
    for table, stream in sorted(streams.items()):
        made |= _staging(stream) | _refined(stream, rules)
        if table in rules.tables:
            made |= _sanitized(stream, rules)
    made["macros/streams/declared_streams.sql"] = (
        f"{{# {MARK}. #}}\n\n{{% macro declared_streams() -%}}\n"
        f"    {{{{ return([{_quoted(sorted(streams))}]) }}}}\n{{%- endmacro %}}\n"
    )
    return made


def sync(project: Path, *, only_look: bool = False) -> list[str]:
    """Writes the files into a project and removes those of streams that are gone.

    Returns the paths that differed; with `only_look` nothing is changed.
    """
    wanted = files()
    found = {
        str(path.relative_to(project)): path.read_text(encoding="utf-8")
        for place in _PLACES
        for path in (project / place).glob("*")
        if path.suffix in (".sql", ".yml")
    }
    ours = {name: text for name, text in found.items() if MARK in text[:200]}
    differing = sorted(
        name for name in wanted.keys() | ours.keys() if wanted.get(name) != ours.get(name)
    )
    for name in () if only_look else differing:
        path = project / name
        if name in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[name], encoding="utf-8")
        else:
            path.unlink()
    return differing


def _staging(stream: Stream) -> dict[str, str]:
    name = f"stg_events__{stream.table}"
    columns: list[_Column] = [
        ("event", "identifying", "{{ doc('col_event_event') }}", None),
        ("event_md5", "private", "{{ doc('col_event_md5') }}", None),
        ("rejection_reason", "internal", "{{ doc('col_event_rejection_reason') }}", None),
        ("rejected_file_name", "internal", "{{ doc('col_file_name') }}", None),
        ("rejected_line", "identifying", "{{ doc('col_line') }}", None),
        ("datacenter", "public", "{{ doc('col_event_datacenter') }}", None),
        *_hours(with_types=False),
    ]
    text = (
        f"The lines of the stream `{stream.name}`, read by its schema, and those that could not be "
        "read.\n\n**Grain:** one row per event, repetitions included, or per rejected line."
    )
    return _model("staging", name, f"{{{{ event_rows({stream.table!r}) }}}}", text, columns)


def _refined(stream: Stream, rules: allowlist.Allowlist) -> dict[str, str]:
    name = f"event__{stream.table}"
    kept = rules.compiled(stream) if stream.table in rules.tables else {}
    columns: list[_Column] = [
        (
            column["name"],
            _class_of_refined(column["name"], kept.get(column["name"])),
            _text(column),
            duckdb_type(column["type"]),
        )
        for column in stream.columns
    ]
    text = (
        f"Events of the stream `{stream.name}`, refined.\n\n**Grain:** one row per event of an "
        "hour, the latest of those with the same id; no canaries."
        + (" Events of foreign hosts are dropped." if stream.is_legacy else "")
        + f"\n\n**Input:** stg_events__{stream.table}.\n\n{{{{ doc('events_refined') }}}}"
    )
    query = f"{{{{ refined_event({stream.table!r}, ref('stg_events__{stream.table}')) }}}}"
    return _mart(stream, name, "event", query, text, columns, "refined")


def _sanitized(stream: Stream, rules: allowlist.Allowlist) -> dict[str, str]:
    name = f"event_sanitized__{stream.table}"
    kept = rules.compiled(stream)
    columns: list[_Column] = [
        (
            column["name"],
            _class_of_sanitized(kept.get(column["name"])),
            allowlist.in_words(kept.get(column["name"])),
            duckdb_type(column["type"]),
        )
        for column in stream.columns
    ]
    text = (
        f"What the allowlist keeps of the events of the stream `{stream.name}`.\n\n**Grain:** one "
        f"row per row of `event.{stream.table}`, which has the same columns.\n\n"
        f"**Input:** event__{stream.table}.\n\n{{{{ doc('events_sanitized') }}}}"
    )
    query = f"{{{{ sanitized_event({stream.table!r}, ref('event__{stream.table}')) }}}}"
    return _mart(stream, name, "event_sanitized", query, text, columns, "kept")


def _mart(
    stream: Stream,
    name: str,
    schema: str,
    query: str,
    text: str,
    columns: list[_Column],
    retention: str,
) -> dict[str, str]:
    places = f"    datacenters=[{_quoted(stream.datacenters)}],\n" if stream.datacenters else ""
    config = (
        "{{ config(\n"
        f"    schema={schema!r},\n"
        f"    alias={stream.table!r},\n"
        f"    partition_by=[{_quoted(stream.partition_by)}],\n{places}"
        ") }}\n"
    )
    if stream.datacenters:
        columns.append(("datacenter", "public", "{{ doc('col_event_datacenter') }}", "varchar"))
    columns += _hours(with_types=True)
    return _model("marts", name, f"{config}\n{query}", text, columns, retention)


def _model(
    layer: str,
    name: str,
    query: str,
    text: str,
    columns: list[_Column],
    retention: str | None = None,
) -> dict[str, str]:
    lines = [f"# {MARK}.", "version: 2", "", "models:", f"  - name: {name}", "    description: |"]
    lines += [f"      {line}".rstrip() for line in text.splitlines()]
    if retention:
        lines += [
            "    config:",
            f"      meta: {{retention: {retention}}}",
            "      contract: {enforced: true}",
        ]
    lines.append("    columns:")
    for column, privacy, said, kind in columns:
        of_type = f"data_type: {json.dumps(kind)}, " if kind else ""
        lines.append(
            f"      - {{name: {json.dumps(column)}, {'quote: true, ' if kind else ''}{of_type}"
            f"config: {{meta: {{privacy: {privacy}}}}}, "
            f"description: {json.dumps(said, ensure_ascii=False)}}}"
        )
    base = f"models/{layer}/events/{name}"
    return {
        f"{base}.sql": f"{{#- {MARK}. -#}}\n{query}\n",
        f"{base}.yml": "\n".join(lines) + "\n",
    }


def _hours(*, with_types: bool) -> list[_Column]:
    kind = "integer" if with_types else None
    return [(name, "public", f"{{{{ doc('col_{name}') }}}}", kind) for name in _HOUR_COLUMNS]


def _text(column: dict[str, Any]) -> str:
    if column["step"] in _STEPS:
        return f"{{{{ doc('{_STEPS[column['step']]}') }}}}"
    said = column["text"].replace("{", "(").replace("}", ")")
    return said or f"Field `{column['key']}` of the event, as sent."


def _class_of_refined(name: str, rule: Any) -> str:
    if name == "_schema":
        return "internal"
    return "private" if rule in ("keep", "keep_all") and name not in _PERSONAL else "identifying"


def _class_of_sanitized(rule: Any) -> str:
    """What is purged says nothing; what is kept is still of single readers."""
    return "private" if rule else "internal"


def duckdb_type(column: Type) -> str:
    """A type as a contract says it."""
    kind = column["kind"]
    if kind == "array":
        return f"{duckdb_type(column['items'])}[]"
    if kind == "map":
        return f"map(varchar, {duckdb_type(column['values'])})"
    if kind == "struct":
        fields = (f"{_name(f['name'])} {duckdb_type(f['type'])}" for f in column["fields"])
        return f"struct({', '.join(fields)})"
    return {"text": "varchar", "integer": "bigint", "number": "double", "boolean": "boolean"}[kind]


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(names: Any) -> str:
    return ", ".join(f"'{name}'" for name in names)
