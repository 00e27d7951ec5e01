"""Every read of a partitioned table is bounded, and of columns that were there."""

from __future__ import annotations

import json

import pytest
from conftest import Lake
from test_contracts import unbounded


@pytest.mark.parametrize(
    ("columns", "first_hour", "words"),
    [
        (["hostname", "server_pid"], "2025-04-01T00", None),
        (["hostname", "uri_path"], "2015-01-01", None),
        (
            ["hostname", "server_pid"],
            "2025-03-31T23",
            "'server_pid' of webrequest exists since 2025-04-01 (record_version 0.0.26+20250401)",
        ),
        (["tls"], "2019-11-04", "'tls' of webrequest exists since 2019-11-05"),
        (["colour"], "2025-04-01T00", "webrequest has no column 'colour'"),
        (["tls"], "yesterday", "write the first hour that is read"),
    ],
)
def test_sql_that_reads_a_column_before_it_existed_does_not_compile(
    seeded, columns, first_hour, words
):
    guarded = f"{{{{ assert_available({columns}, from='{first_hour}') }}}} select 1 as one"
    compiled = seeded.dbt("compile", "--inline", guarded)
    assert (compiled.returncode == 0) == (words is None), compiled.stdout
    assert words is None or words in compiled.stdout
    assert "Traceback" not in compiled.stdout


@pytest.fixture(scope="module")
def seeded(tmp_path_factory) -> Lake:
    """A lake with the lists alone."""
    lake = Lake(tmp_path_factory.mktemp("seeded"))
    assert lake.dbt("seed", "--quiet", "--exclude", "tag:rule_test").returncode == 0
    return lake


@pytest.fixture(scope="module")
def compiled(tmp_path_factory) -> dict:
    """The manifest with the SQL of every model, test and analysis."""
    lake = Lake(tmp_path_factory.mktemp("compiled"))
    done = lake.plain_dbt("compile")
    assert done.returncode == 0, done.stdout
    return json.loads((lake.folder / "target" / "manifest.json").read_text())


ALL_PARTITIONS_ON_PURPOSE = {
    "assert_nothing_older_than_retention": "looks for what is older, whenever that is",
    "agents_that_do_not_say_who_they_are": "shows how it went over all days that were made",
    "browsers_by_day": "the same",
    "devices_by_day": "the same",
    "search_engines_by_country": "the same",
    "top_pages_of_each_day": "the same",
    "top_pages_of_each_month": "shows all months",
    "hours_with_losses": "looks at every hour, in a table of one row an hour and source",
}


def test_every_read_of_a_partitioned_table_names_its_partition(compiled):
    nodes = [node for node in compiled["nodes"].values() if node["package_name"] == "wikilake"]
    keys = {
        f"{node['schema']}.{node['name']}": tuple(node["config"]["partition_by"])
        for node in nodes
        if node["config"].get("materialized") == "partitioned"
    }
    keys = {
        table: tuple({"day", "hour", "snapshot"} & set(columns)) for table, columns in keys.items()
    }
    # A mart that is a view shows all snapshots: whoever reads it names one.
    views = {n["unique_id"] for n in nodes if n["path"].startswith("marts") and is_view(n)}
    read = [
        node
        for node in nodes
        if node.get("compiled_code")
        and node["unique_id"] not in views
        and node["name"] not in ALL_PARTITIONS_ON_PURPOSE
    ]
    assert len(read) > 100
    found = {node["name"]: unbounded(node["compiled_code"], keys) for node in read}
    assert sorted(f"{name} <- {tables[0]}" for name, tables in found.items() if tables) == []


def is_view(node: dict) -> bool:
    return node["config"].get("materialized") == "view"
