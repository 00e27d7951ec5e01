"""The allowlist of events: what of each table may be kept, in Wikimedia's own format.

A table's mapping is compiled against the columns of its stream into a tree of rules, which the
macro sanitized_event() writes as one select. A rule is `keep`, `hash`, `keep_all`, `purge`, or a
mapping from the names of a struct's fields or the lower-case keys of a map to rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from wikilake.streams.declarations import (
    PARTITIONS,
    Stream,
    StreamError,
    Type,
    normalized,
    read_yaml,
    streams_folder,
)

DEFAULTS = "__defaults__"
_TAGS = ("keep", "hash", "keep_all", "drop")
_FITTING = {
    "text": "keep or hash",
    "integer": "keep",
    "number": "keep",
    "boolean": "keep",
    "array": "keep",
    "struct": "keep_all or a mapping of its fields",
    "map": "keep_all or a mapping of its keys",
}
Rule = str | dict[str, Any]
"""A tag, or the rules of a struct's fields by their names, or of a map's keys: then each is a pair,
the key as the list writes it and its rule, by the key's normal form."""


@dataclass(frozen=True)
class Allowlist:
    """A list as it was read; its names are normalised."""

    file: Path
    tables: dict[str, Any]
    defaults: dict[str, Any]

    def warnings(self, streams: dict[str, Stream]) -> list[str]:
        """What of the list has no effect, or more of one than it seems, as sentences."""
        found = []
        for table, said in self.tables.items():
            if table not in streams:
                found.append(f"{self.file}, {table}: no such stream is declared.")
            elif isinstance(said, dict):
                of_table: Type = {"kind": "struct", "fields": streams[table].columns}
                found += self._warnings(said, of_table, f"{self.file}, {table}")
        return found

    def _warnings(self, said: dict[str, Any], column: Type, place: str) -> list[str]:
        found = []
        fields = {field["name"].lower(): field["type"] for field in column["fields"]}
        for key, value in said.items():
            kind = fields.get(_name(key))
            if kind is None:
                if key not in PARTITIONS:
                    found.append(f"{place}, {key}: there is no such column.")
            elif kind["kind"] == "struct" and isinstance(value, dict):
                found += self._warnings(value, kind, f"{place}, {key}")
            elif kind["kind"] == "array" and kind["items"]["kind"] == "struct" and value == "keep":
                found.append(f"{place}, {key}: keep on an array of structs keeps all their fields.")
        return found

    def compiled(self, stream: Stream) -> dict[str, Rule]:
        """The rule of each column of a stream's tables; a column without one is purged.

        Raises StreamError for a rule that does not fit its column.
        """
        if stream.table not in self.tables:
            raise StreamError(
                f"{self.file} does not name the table {stream.table}, whose sanitised copy is to "
                "be made: name it, or have its model removed: wikilake streams sync."
            )
        said = self.tables[stream.table]
        if said == "keep_all":
            return {column["name"]: "keep_all" for column in stream.columns}
        if not isinstance(said, dict):
            raise StreamError(
                f"{self.file}, {stream.table}: {said!r} does not fit a table: write keep_all or a "
                "mapping of its columns."
            )
        of_list: Type = {
            "kind": "struct",
            "fields": [c | {"key": c.get("key") or c["name"]} for c in stream.columns],
        }
        place = f"{self.file}, {DEFAULTS}, for {stream.table}"
        defaults = self._rules(self.defaults, of_list, place)
        own = self._rules(said, of_list, f"{self.file}, {stream.table}")
        return _without_drops(_laid_over(defaults, own, of_list))

    def _rules(self, said: dict[str, Any], column: Type, place: str) -> dict[str, Rule]:
        """A mapping as rules of a struct's fields; names that it does not have are ignored."""
        rules: dict[str, Rule] = {}
        named = {_name(key): value for key, value in said.items()}
        for field in column["fields"]:
            name = field["name"].lower()
            if name in named and name not in PARTITIONS:
                where = f"{place}, {field['name']}"
                rules[field["name"]] = self._rule(named[name], field["type"], where)
        return rules

    def _rule(self, said: Any, column: Type, place: str) -> Rule:
        kind = column["kind"]
        if said == "drop":
            return "drop"
        if kind in ("struct", "map"):
            if said == "keep_all":
                return "keep_all"
            if isinstance(said, dict) and kind == "struct":
                return self._rules(said, column, place)
            if isinstance(said, dict):
                return {
                    _name(key): (key, self._rule(value, column["values"], f"{place}, {key}"))
                    for key, value in said.items()
                }
        elif said == "keep" or (said == "hash" and kind == "text"):
            return str(said)
        shown = said if isinstance(said, str) else "a mapping"
        raise StreamError(
            f"{place}: {shown} does not fit a column of kind {kind}: write {_FITTING[kind]}."
        )


def allowlist() -> Allowlist:
    """The allowlist of the declared streams. Raises StreamError."""
    file = streams_folder() / "allowlist.yaml"
    declared = read_yaml(streams_folder() / "streams.yml")
    said = declared.get("keep_all", False) if isinstance(declared, dict) else False
    if not isinstance(said, bool):
        raise StreamError(f"{file.parent / 'streams.yml'}: `keep_all` is {said!r}: true or false.")
    try:
        text = file.stat().st_mtime_ns
    except FileNotFoundError:
        return Allowlist(file, {}, {})
    return _read(file, text, said)


@lru_cache(maxsize=8)
def _read(file: Path, _: int, is_keep_all_allowed: bool) -> Allowlist:
    return read_list(file, is_keep_all_allowed=is_keep_all_allowed)


def read_list(file: Path, *, is_keep_all_allowed: bool) -> Allowlist:
    """A list from its file. Raises StreamError."""
    said = read_yaml(file)
    if not isinstance(said, dict):
        raise StreamError(
            f"{file} is no mapping of tables: write `table: {{column: keep}}`, or remove the file."
        )
    checked = _checked(said, str(file), is_keep_all_allowed)
    defaults = checked.pop(DEFAULTS, {})
    if not isinstance(defaults, dict):
        raise StreamError(
            f"{file}, {DEFAULTS}: {defaults!r} does not fit: write a mapping of columns."
        )
    return Allowlist(file, {_name(table): kept for table, kept in checked.items()}, defaults)


def _checked(said: dict[Any, Any], place: str, is_keep_all_allowed: bool) -> dict[str, Any]:
    """A mapping of the list with normalised names, after a look at all of its keys and tags."""
    checked: dict[str, Any] = {}
    names: set[str] = set()
    for key, value in said.items():
        if not isinstance(key, str):
            raise StreamError(f"{place}: YAML reads the key {key!r} as no text: put it in quotes.")
        where = f"{place}, {key}"
        name = key if key == DEFAULTS else _name(key)
        if name in names:
            raise StreamError(f"{where}: another name is the same to SQL, {name}: leave one out.")
        names.add(name)
        if isinstance(value, dict):
            checked[key] = _checked(value, where, is_keep_all_allowed)
        elif value not in _TAGS or not isinstance(value, str):
            raise StreamError(
                f"{where}: {value!r} is no tag: write keep, hash, keep_all, drop or a mapping."
            )
        elif value == "keep_all" and not is_keep_all_allowed:
            raise StreamError(
                f"{where}: keep_all is not allowed here: name the fields, or write `keep_all: "
                "true` into streams.yml."
            )
        else:
            checked[key] = value
    return checked


def _name(key: str) -> str:
    return normalized(key).lower()


def _laid_over(default: Rule | None, own: Rule | None, column: Type) -> Any:
    """A table's rule over the default's."""
    if own is None:
        return default
    if not (isinstance(default, dict) and isinstance(own, dict)):
        return own
    kind = column["kind"]
    if kind == "struct":
        return {
            field["name"]: merged
            for field in column["fields"]
            if (name := field["name"]) in default or name in own
            for merged in [_laid_over(default.get(name), own.get(name), field["type"])]
        }
    merged = dict(default)
    for name, (key, rule) in own.items():
        if name in default and column["values"]["kind"] == "map":
            rule = _laid_over(default[name][1], rule, column["values"])
        merged[name] = (key, rule)
    return merged


def _without_drops(rules: Any) -> Any:
    """Rules without the tag `drop`: what has none is purged."""
    if not isinstance(rules, dict):
        return rules
    kept = {name: rule for name, rule in rules.items() if _tag(rule) != "drop"}
    return {
        name: (rule[0], _without_drops(rule[1]))
        if isinstance(rule, tuple)
        else _without_drops(rule)
        for name, rule in kept.items()
    }


def _tag(rule: Any) -> Any:
    """A rule, whether it stands alone or beside the key of a map."""
    return rule[1] if isinstance(rule, tuple) else rule


def for_sql(rule: Any, column: Type, *, as_original: bool) -> Any:
    """A rule as SQL asks for it: a map's is a list of the `keys` that it takes and their `rule`.

    The original compares the normal form of a listed key alone, so that it never finds one with a
    dash.
    """
    if not isinstance(rule, dict):
        return rule
    if column["kind"] == "struct":
        types = {field["name"]: field["type"] for field in column["fields"]}
        return {
            name: for_sql(inner, types[name], as_original=as_original)
            for name, inner in rule.items()
        }
    return [
        {
            "keys": [name] if as_original else sorted({name, key.lower()}),
            "rule": for_sql(inner, column["values"], as_original=as_original),
        }
        for name, (key, inner) in rule.items()
    ]


def has_hash(rules: Any) -> bool:
    """Whether something of these rules is hashed."""
    if isinstance(rules, dict):
        return any(has_hash(_tag(rule)) for rule in rules.values())
    return bool(rules == "hash")


def in_words(rule: Rule | None) -> str:
    """What a rule does, as the description of a column."""
    if rule is None:
        return "Purged: NULL, a struct of NULLs, or a map without entries."
    if rule == "hash":
        return "A hash of the value, made with a salt that is deleted later."
    if isinstance(rule, str):
        return "Copied as it is in the refined table."
    return f"Kept in part: {_listed(rule)}." if rule else "Kept without any of its parts."


def _listed(rule: dict[str, Any]) -> str:
    parts = []
    for name, inner in rule.items():
        kept = _tag(inner)
        key = inner[0] if isinstance(inner, tuple) else name
        parts.append(f"{key} ({_listed(kept) if isinstance(kept, dict) else kept})")
    return ", ".join(parts)
