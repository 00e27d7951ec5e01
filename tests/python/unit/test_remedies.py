"""What to do about errors, told from their messages."""

import shutil
from collections import namedtuple

import pytest

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
