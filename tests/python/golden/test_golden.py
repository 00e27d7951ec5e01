"""The same rows as Wikimedia's own code, on its raw hours."""

import json
from pathlib import Path

import pyarrow.json
import pyarrow.parquet
import pytest
from conftest import DEVIATING_ADDRESS, Lake, compare
from spark_runs import on_spark


def expected_of(golden: Path, folder: str) -> Path:
    return golden / "webrequest" / folder / "expected"


@pytest.fixture(scope="module")
def realistic(golden, golden_settings, tmp_path_factory) -> Lake:
    folder = golden / "webrequest" / "realistic"
    lake = Lake(
        tmp_path_factory.mktemp("realistic"),
        golden_settings
        | {
            "WIKILAKE_RAW": str(folder / "raw"),
            "WIKILAKE_ACTOR_LABELS": str(folder / "actor_labels.jsonl"),
            "WIKILAKE_ALLOWLIST": str(folder / "allowlist.tsv"),
        },
    )
    lake.run_hour("2026-11-01T00")
    lake.run_hour("2026-11-01T01")
    return lake


@pytest.fixture(scope="module")
def adversarial(golden, golden_settings, tmp_path_factory) -> Lake:
    raw = golden / "webrequest" / "adversarial" / "raw"
    lake = Lake(
        tmp_path_factory.mktemp("adversarial"), golden_settings | {"WIKILAKE_RAW": str(raw)}
    )
    lake.run_hour()
    return lake


def test_realistic_hours_are_equal_in_every_table_row_and_column(golden, realistic):
    tables = compare(expected_of(golden, "realistic"), realistic)
    assert len(tables) == 7
    assert [table["table"] for table in tables if not table["ok"]] == []


def test_the_adversarial_hour_deviates_in_less_than_one_percent_of_rows(golden, adversarial):
    tables = compare(expected_of(golden, "adversarial"), adversarial)
    assert len(tables) == 6
    assert all(not table["missing_columns"] + table["type_differences"] for table in tables)
    assert all(table["expected"] == table["actual"] for table in tables)
    deviating = sum(table["not_found"] for table in tables)
    assert 0 < deviating <= 0.01 * sum(table["expected"] for table in tables)


def test_only_addresses_that_java_alone_reads_deviate(golden, adversarial):
    """The one deviation: geocoded_data and isp_data of odd addresses are unknown here."""
    expected = expected_of(golden, "adversarial") / "webrequest.parquet"
    same = ["geocoded_data", "isp_data"]
    tables = compare(
        expected_of(golden, "adversarial"), adversarial,
        "--tables", "webrequest,pageview_actor", "--ignore", ",".join(same),
    )  # fmt: skip
    assert all(table["ok"] for table in tables)
    columns = (
        "ip, hostname, server_pid, sequence, dt, uri_host, uri_path, user_agent, referer, "
        "list_sort(map_entries(geocoded_data)), list_sort(map_entries(isp_data))"
    )
    differing = adversarial.query(
        f"""
        select distinct ip from (
            select {columns} from wmf.webrequest
            except
            select {columns} from '{expected}'
        ) where not regexp_matches(ip, '{DEVIATING_ADDRESS}')
        """
    )
    assert differing == []


def test_every_case_that_stops_the_original_is_refined_or_rejected(golden, golden_settings, lake):
    lake.settings |= golden_settings
    cases = json.loads((golden / "webrequest" / "fatal_cases.json").read_text())
    name = "part-0.jsonl.gz"
    lake.write_raw([], name=name).write_bytes(
        (golden / "webrequest" / "fatal.jsonl.gz").read_bytes()
    )
    lake.run_hour()
    [(refined,)] = lake.query("select count(*) from wmf.webrequest")
    rejected = dict(
        lake.query("select reason, count(*) from wmf_raw.webrequest_rejected group by reason")
    )
    assert refined + sum(rejected.values()) == len(cases) == 63
    assert refined == 38
    assert rejected == {
        "blank_line": 2,
        "not_a_json_object": 13,  # two of them hold NaN, which JSON has not
        "not_utf8": 1,
        "sequence_is_no_integer": 7,
        "response_size_is_no_integer": 1,
        "time_firstbyte_is_no_number": 1,
    }


def test_odd_json_is_read_as_the_original_reads_it_or_rejected(golden, lake):
    lake.write_raw([], name="part-0.jsonl.gz").write_bytes(
        (golden / "webrequest" / "odd_json.jsonl.gz").read_bytes()
    )
    cases = json.loads((golden / "webrequest" / "odd_json_cases.json").read_text())
    lake.run_hour()
    refined = set(lake.query("select sequence, http_status from wmf.webrequest"))
    read = {(case["read_sequence"], case["read_http_status"]) for case in cases}
    [(rejected,)] = lake.query("select count(*) from wmf_raw.webrequest_rejected")
    assert refined <= read
    assert len(refined) == 7
    assert len(refined) + rejected == len(cases)


@pytest.mark.parametrize("target", ["duckdb", "spark"])
def test_titles_are_decoded_as_java_decodes_them(golden, lake, target):
    cases = lake.folder / "cases.parquet"
    read = pyarrow.json.read_json(golden / "percent_decode.jsonl.gz")
    pyarrow.parquet.write_table(read, cases)
    source = {"duckdb": f"read_parquet('{cases}')", "spark": f"parquet.`{cases}`"}[target]
    wrong = "{{ percent_decode('encoded') }} is distinct from decoded"
    count = f"select count(*) as cases, count(case when {wrong} then 1 end) as wrong from {source}"
    if target == "spark":
        on_spark(lake)
    shown = lake.dbt("show", "--quiet", "--target", target, "--inline", count, "--output", "json")
    assert shown.returncode == 0, shown.stdout
    assert json.loads(shown.stdout)["show"] == [{"cases": 3000, "wrong": 0}], shown.stdout
