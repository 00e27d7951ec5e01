"""Errors of DuckDB say what happened, and nothing of the request that it happened to."""

from __future__ import annotations

import shutil
import traceback

import duckdb
import pytest
from conftest import BIN, PROJECT, Lake
from test_explain import MARKS, line

from wikilake.engines import duckdb_errors, parsers, spark_session
from wikilake.lake.raw import RawFileError

VALUE = "qzmark 'quoted\" 198.51.100.213\nqzmark"


def raising(error: Exception):
    def function(text: str) -> int:
        raise error

    return function


@pytest.mark.parametrize(
    "expression",
    [
        "cast(x as integer)", "cast(x as date)", "cast(x as timestamp)", "cast(x as timestamptz)",
        "cast(x as uuid)", "cast(x as decimal(3, 1))", "cast(x as double)", "cast(x as boolean)",
        "cast(x as enum('a', 'b'))", "cast(x as struct(a integer))", "cast(x as integer[])",
        "cast(x as map(varchar, integer))", "cast('{' || x as json)", "cast(x as interval)",
        "json_extract('{' || x, '$.a')", "url_decode('%E6%97' || x)", "strptime(x, '%Y')",
        "regexp_matches('a', '(' || x)", "error(x)", "python(x)", "cast(x as bit)",
        "cast(198511002 + length(x) as tinyint)", "9223372036854775807 + 198511002 * length(x)",
        "make_date(198511, length(x), 213)", "cast(encode(x) || '\\xff'::blob as varchar)::integer",
    ],
)  # fmt: skip
def test_an_error_about_a_value_does_not_quote_it(expression):
    with duckdb.connect() as connection:
        connection.create_function("python", raising(ValueError(VALUE)), ["VARCHAR"], "BIGINT")
        with pytest.raises(duckdb.Error) as raised:
            connection.execute(f"select {expression} from (select ? as x)", [VALUE]).fetchall()
    said = duckdb_errors.without_values(raised.value)
    head = said.partition("\n\nLINE")[0]  # after it comes the text of the query
    assert len(head) > 15 and not any(mark in head.encode() for mark in MARKS)
    assert "198511" not in head


def test_an_error_about_a_file_or_a_setting_is_told_in_full(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path))
    broken = tmp_path / "part-0.parquet"
    broken.write_bytes(b"no Parquet " * 9)
    own = [RawFileError("/raw/x 7 is 'cut off'"), parsers.SettingError("WIKILAKE_X: 'y' is no 7")]
    with duckdb.connect() as connection:
        for number, error in enumerate(own):
            connection.create_function(f"own{number}", raising(error), ["VARCHAR"], "BIGINT")
        queries = [f"from '{broken}'", "from '/nowhere/7.parquet'", "select nosuch(7)"]
        for query in [*queries, "select own0('')", "select own1('')"]:
            with pytest.raises(duckdb.Error) as raised:
                connection.execute(query)
            assert duckdb_errors.without_values(raised.value) == str(raised.value)


def test_a_setting_that_fails_on_an_executor_of_spark_is_told_in_full_and_alone(monkeypatch):
    """Files that a setting names may be missing there, although the driver has them."""
    monkeypatch.setenv("WIKILAKE_GEOIP_CITY", "/nowhere/city.mmdb")
    with pytest.raises(parsers.SettingError) as raised:
        parsers.parse_address("192.0.2.1")
    python = "".join(traceback.format_exception(raised.value))
    error = RuntimeError(f"[PYTHON_EXCEPTION] Job aborted: {python}\n\tat org.apache.spark.Task")
    assert spark_session._in_words(error) == str(raised.value)


@pytest.mark.parametrize("program", ["dbt", "wikilake"])
def test_a_failing_model_names_no_request_on_the_screen_in_a_log_or_an_artifact(
    lake: Lake, tmp_path, program
):
    lake.write_raw([line(user_agent="qzmark", ip="198.51.100.213").encode()])
    models = tmp_path / "project"
    models.mkdir()
    for path in PROJECT.iterdir():
        if path.name not in (".venv", "target", "logs", "lake", ".git", "models"):
            (models / path.name).symlink_to(path)
    shutil.copytree(PROJECT / "models", models / "models")
    (models / "models" / "failing.sql").write_text(
        "{{ config(materialized='table', database='scratch', schema='intermediate') }}\n"
        "select cast(user_agent || ip as integer) as n from {{ ref('stg_webrequest__raw') }}\n"
    )
    period = ("--from", "2026-11-01T00", "--to", "2026-11-01T01") if program == "wikilake" else ()
    command = [BIN / program, "build", *period, "--project-dir", models, "--select", "+failing"]
    failed = lake.command(*command)
    said = failed.stdout + failed.stderr
    assert failed.returncode == 1 and "Could not convert string … to" in said, said
    assert not any(mark in said.encode() for mark in MARKS)
    assert {path.stat().st_mode & 0o777 for path in (lake.folder / "logs").iterdir()} <= {0o600}
    for folder in (lake.folder / "target", lake.folder / "logs"):
        for path in folder.rglob("*"):
            assert not path.is_file() or not any(mark in path.read_bytes() for mark in MARKS), path
