"""Which lists Spark has loaded: what its note says of the very files that lie in the lake."""

import json
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dbt.node_types import NodeType

from wikilake.lake import partitions
from wikilake.project import seeds

NAMES = ("seed.wikilake.one", "seed.wikilake.two")
MANIFEST = SimpleNamespace(nodes={
    name: SimpleNamespace(
        resource_type=NodeType.Seed, tags=[], schema="reference", alias=name.split(".")[-1]
    )
    for name in NAMES
})  # fmt: skip


def load(name: str) -> None:
    folder = Path(partitions.stage_partition(f"reference/{name}", ""))
    pq.write_table(pa.table({"name": [name]}), folder / "part-0.parquet")
    partitions.publish_partition(f"reference/{name}", "")


@pytest.fixture
def lake(tmp_path, monkeypatch) -> Path:
    """A lake with two lists and the note of them, of the digest `x`."""
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path))
    for name in ("one", "two"):
        load(name)
    note = {"loaded_from": "x", "ids": seeds._ids_of_files(MANIFEST)}
    seeds._note_of_files().write_text(json.dumps(note))
    return tmp_path


def test_lists_are_loaded_that_are_those_of_the_note(lake):
    assert seeds._in_files(MANIFEST, "x") == set(NAMES)
    assert seeds._in_files(MANIFEST, "y") == set()


def test_a_list_that_somebody_loaded_again_is_not_that_of_the_note(lake):
    load("two")
    assert seeds._in_files(MANIFEST, "x") == {NAMES[0]}


@pytest.mark.parametrize("change", [Path.unlink, lambda file: file.write_bytes(b"PAR1")])
def test_a_list_whose_file_is_gone_or_another_is_not_loaded(lake, change):
    change(lake / "reference/two/part-0.parquet")
    assert seeds._in_files(MANIFEST, "x") == {NAMES[0]}


@pytest.mark.parametrize(
    "note",
    [
        None, "", "{", "[]", "null", "7", '{"loaded_from": "x"}', '{"loaded_from": "x", "ids": []}',
        '{"loaded_from": "x", "ids": "one"}', '{"loaded_from": "x", "ids": null}',
        '{"loaded_from": "x", "ids": {"seed.wikilake.one": 1}}',
    ],
)  # fmt: skip
def test_a_note_that_is_torn_or_missing_says_nothing(lake, note):
    file = seeds._note_of_files()
    file.unlink() if note is None else file.write_text(note)
    assert seeds._in_files(MANIFEST, "x") == set()
