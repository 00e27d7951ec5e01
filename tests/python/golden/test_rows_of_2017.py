"""The oldest definition gives the rows that Wikimedia's own code of 2017 gave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import DEVIATING_ADDRESS, Lake, compare
from test_definitions import OLDEST

TABLES_OF_2017 = {
    "webrequest",
    "pageview_hourly",
    "projectview_hourly",
    "webrequest_sequence_stats",
    "webrequest_sequence_stats_hourly",
}


@pytest.fixture(scope="module")
def golden_2017(golden) -> Path:
    return golden / "webrequest_0.0.19"


@pytest.fixture(scope="module")
def refined(golden_2017, golden_settings, tmp_path_factory) -> Callable[..., Lake]:
    """Refines a raw root of golden rows by the definition of 2017, in a lake of its own."""

    def refine(raw: Path, *hours: str, agents_of_2016: bool = True) -> Lake:
        settings = golden_settings | {"WIKILAKE_RAW": str(raw)}
        if agents_of_2016:
            settings["WIKILAKE_UA_REGEXES"] = str(golden_2017 / "regexes_2016-02-20.yaml")
        lake = Lake(tmp_path_factory.mktemp("golden"), settings)
        for hour in hours:
            lake.run_hour(hour, OLDEST)
        return lake

    return refine


def faulty(tables: list[dict]) -> list[str]:
    assert {table["table"] for table in tables} == TABLES_OF_2017
    return [table["table"] for table in tables if not table["ok"]]


def test_realistic_hours_are_those_of_2017_in_every_row_and_column(golden, golden_2017, refined):
    raw = golden / "webrequest" / "realistic" / "raw"
    lake = refined(raw, "2026-11-01T00", "2026-11-01T01")
    assert faulty(compare(golden_2017 / "realistic" / "expected", lake)) == []


def test_an_hour_of_2017_is_equal_with_later_definitions_of_user_agents(golden_2017, refined):
    lake = refined(golden_2017 / "era" / "raw", "2026-11-01T00", agents_of_2016=False)
    assert faulty(compare(golden_2017 / "era" / "expected_uap_09e9ccc", lake)) == []


def test_only_addresses_that_java_alone_reads_deviate_in_the_adversarial_hour(golden_2017, refined):
    lake = refined(golden_2017 / "adversarial" / "raw", "2026-11-01T00")
    expected = golden_2017 / "adversarial" / "expected"
    tables = compare(expected, lake)
    assert {table["table"] for table in tables} == TABLES_OF_2017
    assert all(not table["missing_columns"] + table["type_differences"] for table in tables)
    deviating = sum(table["not_found"] for table in tables)
    assert 0 < deviating <= 0.01 * sum(table["expected"] for table in tables)
    ignoring = ["--tables", "webrequest", "--ignore", "geocoded_data"]
    assert all(table["ok"] for table in compare(expected, lake, *ignoring))
    columns = """
        ip, hostname, sequence, dt, uri_host, uri_path, user_agent, referer,
        list_sort(map_entries(geocoded_data))
    """
    differing = lake.query(
        f"""
        select distinct ip from (
            select {columns} from wmf.webrequest
            except
            select {columns} from '{expected / "webrequest.parquet"}'
        ) where not regexp_matches(ip, '{DEVIATING_ADDRESS}')
        """
    )
    assert differing == []
