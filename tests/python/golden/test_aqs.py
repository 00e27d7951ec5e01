"""Wikistats' metrics: the answers of the public API, the same under both definitions."""

import gzip
import json

import duckdb
import pytest
from test_history import dbt, differences

from wikilake.answers.aqs import METRICS, answer

SNAPSHOT = "2025-06"


def build(lake, source, definition):
    run = dbt(
        lake,
        *("run", "--select", "tag:history"),
        *("--vars", f"{{snapshot: '{SNAPSHOT}', history_reduced_definition: '{definition}'}}"),
        history=source / "mediawiki_history",
        namespaces=source / "mediawiki_project_namespace_map",
    )
    assert run.returncode == 0, run.stdout
    return duckdb.connect(str(lake / "lake/wikilake.duckdb"), read_only=True)


@pytest.fixture(scope="module")
def catalog(golden, tmp_path_factory):
    source = golden / "history/real200k/input"
    return build(tmp_path_factory.mktemp("aqs"), source, "wikitech")


def test_every_golden_path_has_the_golden_answer(golden, catalog):
    wrong, count = [], 0
    with gzip.open(golden / "history/real200k/expected/aqs_golden.jsonl.gz", "rt") as lines:
        for case in map(json.loads, lines):
            expected = case.get("body") or json.loads(case.get("detail", "null"))
            status, body = answer(case["path"], catalog)
            count += 1
            if status != case["status"] or expected not in (None, body):
                wrong.append(case["path"])
    assert (wrong, count) == ([], 2_106)


@pytest.mark.parametrize(
    "path",
    [
        "/metrics/pageviews/aggregate/en.wikipedia/all-access/all-agents/daily/20250601/20250602",
        "/metrics/edits/aggregate/en.wikipedia/user/content/monthly/20240401",
        "/metrics",
        "",
    ],
)
def test_an_unknown_path_is_not_found(catalog, path):
    status, body = answer(path, catalog)
    assert (status, body["type"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("edits/aggregate/en.wikipedia/user/content/hourly/20240401/20240501", "granularity"),
        ("edits/aggregate/en.wikipedia/user/content/daily/2024/20240501", "start timestamp"),
        ("editors/aggregate/en.wikipedia/user/content/5-edits/daily/20240401/20240501", "activity"),
        ("editors/top-by-edits/en.wikipedia/user/content/2024/13/all-days", "date"),
        ("edits/per-page/all-projects/X/user/daily/20240401/20240501", "not accepted"),
    ],
)
def test_what_the_api_refuses_is_refused_with_a_reason(catalog, path, says):
    status, body = answer(f"/metrics/{path}", catalog)
    assert (status, body["type"]) == (400, "invalid_request")
    assert says in str(body["detail"])


NO_START = "start timestamp is invalid, must be a valid date in YYYYMMDD format"
NO_END = "end timestamp is invalid, must be a valid date in YYYYMMDD format"
BACKWARDS = "start timestamp should be before the end timestamp"
TOO_LONG = "Query timespan is too long (max: ) 31708800 seconds"
NO_MONTHS = "no full months found in specified date range"
EDITOR, EVERYONE = (
    "edits/per-editor/en.wikipedia/X/all-page-types",
    "edits/aggregate/x/user/content",
)


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        (f"{EDITOR}/monthly/2017010100/2018010400", [TOO_LONG]),
        (f"{EDITOR}/monthly/20170101/20180103", None),
        (f"{EDITOR}/daily/20170101/20180103", None),
        (f"{EDITOR}/daily/20170101/20180104", [TOO_LONG]),
        (f"{EDITOR}/monthly/20161215/20180101", [TOO_LONG]),
        (f"{EVERYONE}/monthly/2017010100/2018010400", None),
        (f"{EVERYONE}/daily/20250231/2025", [NO_START, NO_END]),
        (f"{EVERYONE}/monthly/20250630/20250601", [BACKWARDS, NO_MONTHS]),
        (f"{EVERYONE}/daily/20250601/20250601", None),
        (f"{EVERYONE}/monthly/20250601/20250601", [NO_MONTHS]),
        (f"{EVERYONE}/monthly/20250230/20250301", [NO_START, NO_MONTHS]),
        (f"{EVERYONE}/monthly/20250231/20250601", [NO_START]),
        (f"{EVERYONE}/monthly/x/20250601", [NO_START, NO_MONTHS]),
        (f"{EVERYONE}/monthly/20250601/x", [NO_END]),
        (f"{EVERYONE}/monthly/x/y", [NO_START, NO_END, NO_MONTHS]),
        (f"{EDITOR}/monthly/20251301/20250601", [NO_START, TOO_LONG, NO_MONTHS]),
        (f"{EDITOR}/daily/20250231/20250301", [NO_START, TOO_LONG]),
        (f"{EDITOR}/daily/20250201/20250231", [NO_END]),
        (f"{EVERYONE}/monthly/99991215/99991231", [NO_MONTHS]),
        (f"{EVERYONE}/monthly/00000000/99999999", [NO_START, NO_END, NO_MONTHS]),
        (
            "editors/top-by-edits/x/user/content/2025/02/30",
            ["Given year/month/day is invalid date"],
        ),
    ],
)
def test_all_that_is_wrong_with_dates_is_said_at_once_and_before_they_are_cut(
    catalog, path, detail
):
    status, body = answer(f"/metrics/{path}", catalog)
    assert (status, body.get("detail")) == (400 if detail else 200, detail)


def test_names_with_quotes_never_run_as_sql(catalog):
    path = "/edits/per-editor/en.wikipedia/O'Hara' or '1'='1/content/daily/20250601/20250603"
    status, body = answer(path, catalog)
    assert status == 200
    assert [day["edits"] for day in body["items"][0]["results"]] == [0, 0]


def test_a_lake_without_snapshots_answers_not_found():
    path = "/edits/aggregate/en.wikipedia/user/content/daily/20250601/20250602"
    assert answer(path, duckdb.connect())[0] == 404


def test_metrics_are_the_same_under_both_definitions(golden, tmp_path):
    source = golden / "history/adv20k/input"
    lakes = [tmp_path / "wikitech", tmp_path / "2026"]
    for lake in lakes:
        build(lake, source, lake.name).close()
    for table in {metric.table for metric in METRICS.values() if "_per_" not in metric.table} | {
        "active_editors",
        "pages_to_date",
    }:
        if table.startswith("top_"):
            continue
        files = [f"'{lake}/lake/wikistats/{table}/*/*.parquet'" for lake in lakes]
        assert differences(*files) == (0, 0), table
    con = duckdb.connect()
    for name in ("wikitech", "2026"):
        con.execute(f"attach '{tmp_path}/{name}/lake/wikilake.duckdb' as \"{name}\" (read_only)")
    for table in {metric.table for metric in METRICS.values() if "top_" in metric.table}:
        one, other = (f'"{name}".wikistats.{table}' for name in ("wikitech", "2026"))
        query = f"select count(*) from (from {one} except all from {other})"
        assert con.execute(query).fetchall() == [(0,)], table
