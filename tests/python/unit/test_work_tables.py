"""Work tables: what is kept of them, of every run, whole or not at all; when memory holds them."""

from __future__ import annotations

import json

import pytest

from wikilake import settings
from wikilake.lake import raw, work_tables

MADE = {"staging.a": "create table scratch.staging.a (x bigint)"}


@pytest.fixture(autouse=True)
def lake(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path))


def test_the_tables_of_several_runs_are_kept_the_last_form_of_each():
    work_tables.remember_work_tables(json.dumps(MADE))
    work_tables.remember_work_tables(json.dumps({"staging.b": "b"}))
    work_tables.remember_work_tables(json.dumps({"staging.b": "a newer b"}))
    assert work_tables.recalled_work_tables() == [MADE["staging.a"], "a newer b"]
    assert work_tables.kept_work_tables("spark") == {}


@pytest.mark.parametrize(
    "torn", [b"", b'{"staging.a": "crea', b"[1]", b'{"a": 1}', b"\xff", b"null"]
)
def test_a_torn_file_counts_as_none_and_is_made_anew(torn):
    path = work_tables.work_tables_file("duckdb")
    path.write_bytes(torn)
    assert work_tables.recalled_work_tables() == []
    work_tables.remember_work_tables(json.dumps(MADE))
    assert work_tables.kept_work_tables("duckdb") == MADE
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_in_the_place_of_the_file_stops_no_test():
    work_tables.work_tables_file("duckdb").mkdir()
    assert work_tables.recalled_work_tables() == []


def test_a_history_fits_into_memory_by_the_tables_of_its_own_snapshot(tmp_path):
    for place, size in (
        ("revision/snapshot=2026-09/0.parquet", 1 << 40),
        ("revision/snapshot=2026-10/wiki_db=a/0.parquet", 50 << 20),
        ("page/0.parquet", 50 << 20),
    ):
        file = tmp_path / place
        file.parent.mkdir(parents=True)
        with file.open("wb") as sparse:
            sparse.truncate(size)
    with settings.changed(mediawiki=tmp_path):
        assert raw.history_fits_into("2GB", "2026-10")
        assert not raw.history_fits_into("1GB", "2026-10")
        assert not raw.history_fits_into("2GB", "2026-09")
    with settings.changed(mediawiki=tmp_path / "none"):
        assert raw.history_fits_into("100MB", "2026-10")
