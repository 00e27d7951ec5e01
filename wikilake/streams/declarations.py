"""The declared streams: `streams.yml` and the JSONSchemas beside it, as columns of tables.

A folder of declarations (setting WIKILAKE_STREAMS) holds `streams.yml`, for each stream a folder of
schema versions, and `allowlist.yaml`. Every mistake in them is a StreamError that names the file,
the place in it, and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from wikilake import settings
from wikilake.errors import WikilakeError

Type = dict[str, Any]
"""A column's type: `kind` is text, integer, number, boolean, array (of `items`), map (of `values`),
or struct with `fields`, each with its `key` in JSON, its `name` in SQL, its `type`, a `text`."""

TEXT: Type = {"kind": "text"}
TEXT_MAP: Type = {"kind": "map", "values": TEXT}
PARTITIONS = ("datacenter", "year", "month", "day", "hour")
_SCALARS = {"string": "text", "boolean": "boolean", "integer": "integer", "number": "number"}
_VERSION = re.compile(r"(\d+)[.](\d+)[.](\d+)([.](json|yaml))?|schema[.](json|yaml)")
_KNOWN = {"stream", "layout", "datacenters", "schema"}
_DATACENTERS = ("eqiad", "codfw")
_LEGACY = "eventlogging_"
_AGENT_FIELDS = (
    "browser_family", "browser_major", "browser_minor", "device_family", "is_bot",
    "is_mediawiki", "os_family", "os_major", "os_minor", "wmf_app_version",
)  # fmt: skip


class StreamError(WikilakeError):
    """A declaration that cannot be used; the message names its file and place."""


class UniqueKeys(yaml.SafeLoader):
    """A reader of YAML that refuses a key that stands twice in a mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if isinstance(key, (list, dict)):
                raise StreamError(f"line {line} has a list or mapping as a key: write a name.")
            if key in seen:
                raise StreamError(f"line {line} says {key!r} a second time: leave one of them out.")
            seen.add(key)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Stream:
    """A declared stream and the table that its events become."""

    name: str
    table: str
    is_legacy: bool
    datacenters: tuple[str, ...]
    fields: list[dict[str, Any]] = field(hash=False)
    """Fields of the event as its lines spell them, see Type."""

    @property
    def topics(self) -> list[str]:
        """Names of its raw folders."""
        return [f"{place}.{self.name}" for place in self.datacenters] or [self.name]

    @property
    def partition_by(self) -> list[str]:
        """Partition columns of its tables."""
        return list(PARTITIONS if self.datacenters else PARTITIONS[1:])

    @property
    def sources(self) -> dict[str, list[list[str]]]:
        """The fields that each step of the refinement reads, in the order in which they count."""
        return {
            "domain": self._found(["meta.domain", "webHost"]),
            "canary": self._found(["meta.domain"]),
            "id": self._found(["meta.id", "uuid"]),
            "latest": self._found(["meta.dt", "meta.request_id", "meta.uri"]),
            "address": self._found(["http.client_ip", "ip", "client_ip"]),
            "agent": self._found(["agent.ua_string"]),
            "headers": self._found(["http.request_headers"], TEXT_MAP),
        }

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The columns of the refined table in their order, without those of partitions.

        Each has a `name` and a `type`; `key` is the field that it is read from, and `step` the one
        that makes it.
        """
        sources = self.sources
        steps: dict[str, Type] = {}
        if sources["address"]:
            steps["geocoded_data"] = TEXT_MAP
        if sources["address"] and "ip" in self._names():
            steps["ip"] = TEXT
        if sources["agent"] or sources["headers"]:
            steps["user_agent_map"] = TEXT_MAP
            if self._names().get("useragent", {}).get("kind") == "struct":
                steps["useragent"] = _agent_struct()
        last = {
            "is_wmf_domain": {"kind": "boolean"},
            "normalized_host": _struct(
                {
                    "project_class": TEXT,
                    "project": TEXT,
                    "qualifiers": {"kind": "array", "items": TEXT},
                    "tld": TEXT,
                    "project_family": TEXT,
                }
            ),
        }
        columns = []
        for column in self.fields:
            name = column["name"].lower()
            if name in last:
                columns.append({"name": name, "type": last.pop(name), "step": name, "text": ""})
            elif name not in steps:
                columns.append(column | {"name": name, "step": None})
            elif name in ("ip", "useragent"):
                steps[name] = steps[name] | {"key": column["key"]}
        for name, made in (steps | last).items():
            kind = {part: made[part] for part in made if part != "key"}
            columns.append(
                {"name": name, "type": kind, "step": name, "key": made.get("key"), "text": ""}
            )
        return columns

    def _names(self) -> dict[str, Type]:
        return {column["name"].lower(): column["type"] for column in self.fields}

    def _found(self, paths: list[str], kind: Type = TEXT) -> list[list[str]]:
        """Those of the paths that the event has, whatever their case, as its lines spell them."""
        found = []
        for path in paths:
            keys: list[str] = []
            here: Type = {"kind": "struct", "fields": self.fields}
            for part in path.split("."):
                fields = here.get("fields", [])
                match = next((f for f in fields if f["key"].lower() == part.lower()), None)
                if match is None:
                    break
                keys.append(match["key"])
                here = match["type"]
            else:
                if here == kind:
                    found.append(keys)
        return found


def normalized(name: str) -> str:
    """A table's or field's name: ASCII letters, digits and `_`, not beginning with a digit."""
    first = name[:1] if re.match("[A-Za-z_]", name) else "_"
    return first + re.sub("[^A-Za-z0-9_]", "_", name[1:])


def table_of(stream: str) -> str:
    """The name of a stream's table."""
    return normalized(stream.removeprefix(_LEGACY)).lower()


def streams_folder() -> Path:
    """The folder of the declarations."""
    return settings.root("WIKILAKE_STREAMS")


def declared_streams() -> dict[str, Stream]:
    """Every declared stream by its table. Raises StreamError."""
    folder = streams_folder()
    return _declared(folder, _state(folder))


def stream_of(table: str) -> Stream:
    """The stream of a table. Raises StreamError where none is declared."""
    streams = declared_streams()
    if table not in streams:
        raise StreamError(
            f"{streams_folder() / 'streams.yml'} declares no stream of the table {table}: declare "
            "it, or have its models removed: wikilake streams sync."
        )
    return streams[table]


def read_yaml(path: Path) -> Any:
    """A file of YAML or JSON. Raises StreamError for what is not one, or has a key twice."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), UniqueKeys)
    except StreamError as error:
        raise StreamError(f"{path}: {error}") from None
    except FileNotFoundError:
        raise StreamError(
            f"{path} is missing: WIKILAKE_STREAMS names the folder that holds it."
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        said = " ".join(str(error).split())
        raise StreamError(f"{path} cannot be read: {said}. Write it as YAML in UTF-8.") from None


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes when a declaration does."""
    files = sorted(path for path in folder.glob("**/*") if path.is_file())
    return tuple((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files)


@lru_cache(maxsize=4)
def _declared(folder: Path, _: object) -> dict[str, Stream]:
    file = folder / "streams.yml"
    declared = read_yaml(file)
    entries = declared.get("streams") if isinstance(declared, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise StreamError(
            f"{file} has no list `streams` of mappings: write `streams:` and under it "
            "`- stream: acme.click` for each stream."
        )
    streams: dict[str, Stream] = {}
    for number, entry in enumerate(entries, 1):
        stream = _stream(folder, f"{file}, entry {number}", entry)
        if stream.table in streams:
            raise StreamError(
                f"{file}, entry {number}: {stream.name} and {streams[stream.table].name} are both "
                f"the table {stream.table}: rename one of the streams."
            )
        streams[stream.table] = stream
    return streams


def _stream(folder: Path, place: str, entry: dict[str, Any]) -> Stream:
    if unknown := sorted(map(str, entry.keys() - _KNOWN)):
        raise StreamError(f"{place}: {unknown[0]!r} is not known; known are {sorted(_KNOWN)}.")
    name = entry.get("stream")
    if not isinstance(name, str) or not re.fullmatch("[A-Za-z0-9_.-]+", name) or name[0] == ".":
        raise StreamError(
            f"{place}: `stream` is {name!r}: write the stream's name, letters, digits and _ . -"
        )
    layout = entry.get("layout", "legacy" if name.startswith(_LEGACY) else "modern")
    if layout not in ("modern", "legacy"):
        raise StreamError(f"{place}: `layout` is {layout!r}: write modern or legacy.")
    default = () if layout == "legacy" else _DATACENTERS
    places = entry.get("datacenters", list(default))
    if not isinstance(places, list) or not all(
        isinstance(part, str) and re.fullmatch("[a-z0-9_-]+", part) for part in places
    ):
        raise StreamError(
            f"{place}: `datacenters` is {places!r}: write a list of names in lower case, [] for a "
            "stream whose topic has no data centre before its name."
        )
    table = table_of(name)
    schema = entry.get("schema", table)
    if not isinstance(schema, str) or not re.fullmatch("[A-Za-z0-9_-]+", schema):
        raise StreamError(f"{place}: `schema` is {schema!r}: write the name of a folder.")
    fields = _fields_of(folder / schema)
    return Stream(name, table, layout == "legacy", tuple(dict.fromkeys(places)), fields)


def _fields_of(folder: Path) -> list[dict[str, Any]]:
    """The fields of all versions of a schema, those of the newest counting where they differ."""
    names = [path for path in folder.glob("*") if _VERSION.fullmatch(path.name)]
    versions = sorted(names, key=_version_of)
    if not versions:
        raise StreamError(
            f"{folder} holds no schema: put the stream's JSONSchema there as 1.0.0.json."
        )
    united: Type = {"kind": "struct", "fields": []}
    for path in versions:
        made = _type_of(read_yaml(path), path, "")
        if made["kind"] != "struct":
            raise StreamError(f"{path} is no object with `properties`: an event is one.")
        united = _united(united, made)
    top = united["fields"]
    _check_names(folder, "", [column | {"name": column["name"].lower()} for column in top])
    if taken := {column["name"].lower() for column in top} & set(PARTITIONS):
        raise StreamError(
            f"{folder}: the field {min(taken)} has the name of a partition column: rename it."
        )
    return top


def _version_of(path: Path) -> tuple[int, ...]:
    found = _VERSION.fullmatch(path.name)
    return tuple(int(part) for part in found.groups()[:3]) if found and found[1] else (0,)


def _type_of(schema: Any, path: Path, place: str, *, is_renamed: bool = True) -> Type:
    """A JSONSchema as a Type. Names below arrays and maps stay as they are."""
    where = f"{path}, {place or 'the whole schema'}"
    if not isinstance(schema, dict):
        raise StreamError(f"{where}: it is no mapping: write a JSONSchema with a `type`.")
    said = schema.get("type")
    if said == "null":
        return TEXT
    if isinstance(said, str) and said in _SCALARS:
        return {"kind": _SCALARS[said]}
    if said == "array":
        if not isinstance(schema.get("items"), dict):
            raise StreamError(f"{where}: an array needs `items`, one schema of its members.")
        return {
            "kind": "array",
            "items": _type_of(schema["items"], path, place + "[]", is_renamed=False),
        }
    if said != "object":
        raise StreamError(
            f"{where}: `type` is {said!r}: write one of string, integer, number, boolean, array, "
            "object; a field has one type."
        )
    values = schema.get("additionalProperties")
    if isinstance(values, dict) and values:
        return {"kind": "map", "values": _type_of(values, path, place + "{}", is_renamed=False)}
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not properties:
        raise StreamError(
            f"{where}: an object needs `properties`, or `additionalProperties` with the type of "
            "its values where any key may come."
        )
    fields = []
    for key, value in properties.items():
        inner = f"{place}.{key}".lstrip(".")
        if not isinstance(key, str) or not key or re.search("[\x00-\x1f\x7f\ud800-\udfff]", key):
            raise StreamError(f"{where}: {key!r} is no name of a field: write a text.")
        made = _type_of(value, path, inner, is_renamed=is_renamed)
        text = value.get("description")
        name = normalized(key) if is_renamed else key
        said_of = " ".join(text.split()) if isinstance(text, str) else ""
        fields.append({"key": key, "name": name, "type": made, "text": said_of})
    _check_names(path, place, fields)
    return {"kind": "struct", "fields": fields}


def _check_names(path: Path, place: str, fields: list[dict[str, Any]]) -> None:
    """Raises StreamError where SQL cannot tell two fields apart."""
    seen: dict[str, str] = {}
    for column in fields:
        name = column["name"].lower()
        if name in seen:
            raise StreamError(
                f"{path}, {place or 'the whole schema'}: the fields {seen[name]} and "
                f"{column['key']} would both be called {name}: rename one of them."
            )
        seen[name] = column["key"]


def _united(old: Type, new: Type) -> Type:
    """The type that holds values of both: old fields first, and the old type where they differ."""
    if old["kind"] != new["kind"]:
        return old
    if old["kind"] == "array":
        return {"kind": "array", "items": _united(old["items"], new["items"])}
    if old["kind"] == "map":
        return {"kind": "map", "values": _united(old["values"], new["values"])}
    if old["kind"] != "struct":
        return new
    before = {column["key"]: column for column in old["fields"]}
    after = {column["key"]: column for column in new["fields"]}
    fields = [
        after[key] | {"type": _united(column["type"], after[key]["type"])}
        if key in after
        else column
        for key, column in before.items()
    ]
    return {"kind": "struct", "fields": fields + [after[key] for key in after if key not in before]}


def _struct(fields: dict[str, Type]) -> Type:
    return {
        "kind": "struct",
        "fields": [{"key": k, "name": k, "type": t, "text": ""} for k, t in fields.items()],
    }


def _agent_struct() -> Type:
    """The legacy struct `useragent`."""
    booleans = ("is_bot", "is_mediawiki")
    return _struct({n: {"kind": "boolean"} if n in booleans else TEXT for n in _AGENT_FIELDS})


def leaves(column: Type, path: str = "") -> Iterator[tuple[str, Type]]:
    """The fields of a struct that are no structs themselves, by their paths."""
    if column["kind"] != "struct":
        yield path, column
        return
    for part in column["fields"]:
        yield from leaves(part["type"], f"{path}.{part['name']}".lstrip("."))
