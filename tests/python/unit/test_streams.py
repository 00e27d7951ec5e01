"""Declared streams, their allowlist and their salts: what is wrong in them is a sentence."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import PROJECT

from wikilake.streams import allowlist, declarations, model_files, reading, salts

TEXT = {"type": "object", "properties": {"a": {"type": "string"}}}


@pytest.fixture
def streams(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("WIKILAKE_STREAMS", str(tmp_path))
    return tmp_path


def declare(folder: Path, schema: dict, text: str = "streams: [{stream: acme.click}]") -> None:
    (folder / "streams.yml").write_text(text)
    (folder / "acme_click").mkdir(exist_ok=True)
    (folder / "acme_click" / "1.0.0.json").write_text(json.dumps(schema))


def test_the_models_are_those_of_the_declared_streams(monkeypatch):
    monkeypatch.delenv("WIKILAKE_STREAMS", raising=False)
    monkeypatch.chdir(PROJECT)
    assert model_files.sync(PROJECT, only_look=True) == [], "wikilake streams sync"


def test_a_stream_that_is_gone_loses_its_models_and_no_other_file(streams, tmp_path):
    declare(streams, TEXT)
    project = tmp_path / "project"
    (project / "models" / "marts" / "events").mkdir(parents=True)
    own = project / "models" / "marts" / "events" / "own.sql"
    own.write_text("select 1")
    model_files.sync(project)
    assert (project / "models" / "marts" / "events" / "event__acme_click.sql").exists()
    (streams / "streams.yml").write_text("streams: []")
    model_files.sync(project)
    assert [path.name for path in own.parent.iterdir()] == ["own.sql"]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string"}, "no object"),
        ({"type": "object"}, "needs `properties`"),
        ({"type": "object", "properties": {"a": {"type": ["string", "null"]}}}, "one type"),
        ({"type": "object", "properties": {"a": {"type": "array"}}}, "needs `items`"),
        ({"type": "object", "properties": {"a": {}}}, "1.0.0.json, a"),
        ({"type": "object", "properties": {"a": 1}}, "no mapping"),
        ({"type": "object", "properties": {"a": TEXT, "A": TEXT}}, "a and A"),
        ({"type": "object", "properties": {"a-b": TEXT, "a_b": TEXT}}, "a-b and a_b"),
        ({"type": "object", "properties": {"Hour": {"type": "string"}}}, "partition"),
    ],
)
def test_a_schema_that_is_no_table_is_refused_by_its_place(streams, schema, said):
    declare(streams, schema)
    with pytest.raises(declarations.StreamError, match=said):
        declarations.declared_streams()


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "streams: {}", "streams: [1]", "streams: [{stream: acme.click, colour: red}]",
        "streams: [{stream: ../click}]", "streams: [{stream: acme.click}, {stream: acme-click}]",
        "streams: [{stream: acme.click, layout: old}]", "streams: [{stream: 1}]", "a: [",
        "streams: [{stream: acme.click, datacenters: eqiad}]", "streams: []\nstreams: []",
        "streams: [{stream: acme.other}]", "? [a]\n: b",
        "streams: [{stream: acme.click, schema: /}]",
    ],
)  # fmt: skip
def test_a_declaration_that_is_none_is_refused(streams, text):
    declare(streams, TEXT, text)
    with pytest.raises(declarations.StreamError, match=r"streams\.yml|acme_other"):
        declarations.declared_streams()


def test_a_table_has_the_fields_of_all_versions_and_old_types_stay(streams):
    declare(streams, {"type": "object", "properties": {"a": {"type": "string"}, "b": TEXT}})
    newer = {"a": {"type": "integer"}, "b": {"type": "object", "properties": {"c": TEXT}}}
    newest = {"type": "object", "properties": newer | {"d": {"type": "boolean"}}}
    (streams / "acme_click" / "1.10.0.json").write_text(json.dumps(newest))
    (streams / "acme_click" / "1.9.0.json").write_text(json.dumps(TEXT))
    columns = {c["name"]: c["type"] for c in declarations.stream_of("acme_click").columns}
    assert columns["a"]["kind"] == "text"
    assert [part["name"] for part in columns["b"]["fields"]] == ["a", "c"]
    assert columns["d"]["kind"] == "boolean"


def test_the_tag_drop_takes_back_a_default_and_what_has_no_effect_is_named(streams):
    declare(streams, {"type": "object", "properties": {"a": {"type": "string"}, "b": TEXT}})
    file = streams / "allowlist.yaml"
    file.write_text("__defaults__: {a: keep, b: {a: hash}}\nacme_click: {a: drop, zz: keep}\n")
    read = allowlist.read_list(file, is_keep_all_allowed=False)
    assert read.compiled(declarations.stream_of("acme_click")) == {"b": {"a": "hash"}}
    [warning] = read.warnings(declarations.declared_streams())
    assert "zz" in warning


def test_keys_that_stand_twice_are_not_plain_and_the_last_one_counts(streams):
    inner = {"type": "object", "additionalProperties": {"type": "string"}}
    declare(streams, {"type": "object", "properties": {"a": {"type": "string"}, "m": inner}})
    is_plain = reading.plain_check("acme_click")
    assert is_plain('{"a": "x", "m": {"k": "v"}}')
    for line in (
        '{"a": "x", "a": "y"}', '{"a" :"x", "a":"y"}', '{"a"\n:"x","a":"y"}',
        '{"m": {"k": "1", "k": "2"}}', '{"a": "x", "zz": 1}',
    ):  # fmt: skip
        assert not is_plain(line), line
    assert reading.event_texts('{"a" :"x", "a":"y"}', "acme_click") == ['{"a": "y"}']
    assert reading.event_texts('{"m": {"k": "1", "k": "2"}}', "acme_click") == ['{"m": {"k": "2"}}']


@pytest.mark.parametrize("line", ["[" * 100_000, '{"a":' * 5_000, "{'a': 'x", "[null]", "[[]]"])
def test_a_hostile_line_has_a_reason(streams, line):
    declare(streams, TEXT)
    [reason] = reading.event_texts(line, "acme_click")
    assert reason in ("too_deep", "not_a_json_object")


def test_salts_are_made_once_per_quarter_and_deleted_in_time(tmp_path, monkeypatch):
    folder = tmp_path / "salts"
    monkeypatch.setenv("WIKILAKE_SALTS", str(folder))
    assert salts.rotate(datetime(2026, 11, 28, 5)) == ([], "2026100100_2027010100_2027022000")
    assert salts.rotate(datetime(2026, 12, 31, 23)) == ([], None)
    assert salts.rotate(datetime(2027, 1, 1)) == ([], "2027010100_2027040100_2027052100")
    assert salts.rotate(datetime(2027, 2, 20))[0] == ["2026100100_2027010100_2027022000"]
    [kept] = folder.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(kept.read_text()) == 64
    values = pa.array(["x", "x", None, ""])
    hours = pa.array(["2027-01-01T00", "2027-03-31T23", "2027-01-01T00", "2027-01-01T00"])
    one, other, none, empty = salts.hashes_of(values, hours).to_pylist()
    assert one == other != empty
    assert none is None
    assert len(empty) == 64
    with pytest.raises(salts.SaltError, match="2026-12-31T23"):
        salts.require_salts("acme_click", "2026-12-31T23", "2027-01-01T01")


@pytest.mark.parametrize(
    "names",
    [["x"], ["2027010100"], ["2027010100_2026010100_"], ["2027130100__"],
     ["2027010100_2027040100_", "2027030100_2027050100_"], ["2027010100__", "2027030100__"]],
)  # fmt: skip
def test_a_folder_of_salts_that_cannot_be_told_apart_is_refused(tmp_path, monkeypatch, names):
    monkeypatch.setenv("WIKILAKE_SALTS", str(tmp_path))
    for name in names:
        (tmp_path / name).write_text("0" * 64)
    with pytest.raises(salts.SaltError, match="WIKILAKE_SALTS"):
        salts.salts()
