"""What to do about errors, told from their messages."""

import shutil
from collections import namedtuple

import duckdb
import pytest

from wikilake import terminal
from wikilake.project.remedies import remedy

Usage = namedtuple("Usage", ("total", "used", "free"))


@pytest.mark.parametrize(("free", "is_full"), [(0, True), (4096, True), (10**9, False)])
def test_a_file_without_its_end_is_blamed_on_the_disk_only_where_that_is_full(
    tmp_path, monkeypatch, free, is_full
):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**10, 10**10 - free, free))
    said = (
        f'IO Error: Could not read enough bytes from file "{tmp_path}/gone/wikilake.duckdb": '
        "attempted to read 4096 bytes from location 4096"
    )
    assert ("Make room" in remedy(said)) == is_full


def test_a_view_of_another_version_without_a_column_says_how_it_is_made_anew(capsys):
    with duckdb.connect() as connection:
        connection.execute("create view top_editors as select '2026-10' as snapshot")
        code = terminal.run(lambda: connection.execute("select month from top_editors"))
    assert code == 1
    assert "wikilake catalog rebuild" in capsys.readouterr().err


@pytest.mark.parametrize("size", ["lots", "3 lots"])
def test_memory_that_is_no_size_is_blamed_on_its_setting(size):
    with pytest.raises(duckdb.Error) as refused:
        duckdb.connect(config={"memory_limit": size})
    assert "WIKILAKE_MEMORY" in remedy(str(refused.value))
