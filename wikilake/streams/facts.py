"""What the SQL of a stream's models asks of its declaration, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wikilake import settings
from wikilake.lake.columns import first_file
from wikilake.streams.allowlist import allowlist, for_sql, has_hash
from wikilake.streams.declarations import Stream, StreamError, Type, stream_of, streams_folder
from wikilake.streams.salts import require_salts


def stream_facts(table: str) -> str:
    """The facts of a table's stream, a JSON object. Raises StreamError."""
    stream = stream_of(table)
    columns = stream.columns
    agent = [f["type"] for f in stream.fields if f["name"].lower() == "useragent"]
    return json.dumps(
        {
            "stream": stream.name,
            "table": stream.table,
            "is_legacy": stream.is_legacy,
            "datacenters": stream.datacenters,
            "topics": stream.topics,
            "event": {"kind": "struct", "fields": stream.fields},
            "sources": stream.sources,
            "columns": columns,
            "steps": [column["step"] for column in columns if column["step"]],
            "useragent_type": agent[0] if agent else None,
        }
    )


def stream_rules(table: str, map_keys: str, first: str, end: str, is_made: str) -> str:
    """The allowlist's rules of a table's columns, a JSON object for macro sanitized_value().

    `map_keys` is the variable sanitize_map_keys. Where the table `is_made` (`yes`, else ''), each
    hour from `first` to `end` must have a salt if something is hashed, and what is copied whole may
    hold declared fields alone. Raises StreamError and SaltError.
    """
    stream = stream_of(table)
    rules = allowlist().compiled(stream)
    if is_made and has_hash(rules):
        require_salts(table, first, end)
    columns = {"kind": "struct", "fields": stream.columns}
    in_sql = for_sql(rules, columns, as_original=map_keys == "original")
    if is_made:
        _require_declared_fields(stream, in_sql)
    return json.dumps(in_sql)


def _require_declared_fields(stream: Stream, rules: dict[str, Any]) -> None:
    """Raises StreamError where a copied value has a field that no schema declares any more."""
    try:
        file = first_file(settings.lake_root() / "event" / stream.table, stream.partition_by)
    except FileNotFoundError:  # the table is being made
        return
    stored = pa.struct(list(pq.read_schema(file)))
    for place in _undeclared(stored, {"kind": "struct", "fields": stream.columns}, rules):
        raise StreamError(
            f"{streams_folder() / 'allowlist.yaml'} keeps {place.split('.')[0]} of the stream "
            f"{stream.name}, and the table event.{stream.table} has its field {place}, which no "
            f"schema in {streams_folder()} declares: put the version of the schema back that does, "
            "then run wikilake streams sync."
        )


def _undeclared(stored: pa.DataType, declared: Type, rule: Any) -> Iterator[str]:
    """Places of fields that a stored value has and its type has not, where it is copied."""
    if rule is None or rule == "hash":
        return
    if isinstance(rule, list):
        for entry in rule if pa.types.is_map(stored) else ():
            yield from _undeclared(stored.item_type, declared["values"], entry["rule"])
    elif pa.types.is_map(stored) and declared["kind"] == "map":
        yield from _undeclared(stored.item_type, declared["values"], rule)
    elif pa.types.is_list(stored) and declared["kind"] == "array":
        yield from _undeclared(stored.value_type, declared["items"], rule)
    elif pa.types.is_struct(stored) and declared["kind"] == "struct":
        known = {field["name"].lower(): field for field in declared["fields"]}
        for field in stored:
            here = known.get(field.name.lower())
            if here is None and not isinstance(rule, dict):
                yield field.name
            elif here is not None:
                inner = rule.get(here["name"]) if isinstance(rule, dict) else rule
                for place in _undeclared(field.type, here["type"], inner):
                    yield f"{field.name}.{place}"
