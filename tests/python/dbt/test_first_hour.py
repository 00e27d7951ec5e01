"""What a user does wrong in the first hour is said at once, with the remedy."""

from __future__ import annotations

import signal
import subprocess
import time
from datetime import UTC, datetime

import duckdb
import pytest
from conftest import BIN, PROJECT, Lake

HOUR = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")


@pytest.fixture
def sample(tmp_path) -> Lake:
    """A lake for the shipped sample's hours."""
    return Lake(tmp_path)


def test_an_interrupted_build_says_how_to_go_on_and_exits_with_130(sample: Lake):
    command = [BIN / "wikilake", "build", *HOUR]
    build = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=sample.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (sample.root / ".build.json").exists():
        assert build.poll() is None, build.communicate()
        time.sleep(0.05)
    build.send_signal(signal.SIGINT)
    _, said = build.communicate(timeout=120)
    assert build.returncode == 130, said
    assert "Interrupted." in said and "wikilake build --resume" in said
    assert "Traceback" not in said
    resumed = sample.wikilake("build", "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert sample.query("select count(*) > 0 from wmf.pageview_hourly") == [(True,)]


def test_years_without_files_are_not_built_unless_they_are_meant(sample: Lake):
    built = sample.wikilake("build", "--from", "2020-01-01T00", "--to", "2026-11-01T02")
    assert built.returncode == 2
    assert "Of these 59,906 hours 2 have raw files" in built.stderr
    assert "the first is 2026-11-01T00, the last 2026-11-01T01" in built.stderr
    assert "--yes" in built.stderr


def test_hours_that_were_never_built_are_no_zeros(built_sample: Lake):
    shown = built_sample.wikilake("summary", "--from", "2020-01-01T00", "--to", "2020-01-01T02")
    assert shown.returncode == 1 and shown.stdout == ""
    assert "wikilake build --from 2020-01-01T00 --to 2020-01-01T02" in shown.stderr


@pytest.fixture
def other_map(tmp_path) -> Lake:
    """A lake with a namespace map that has none of the sample's wikis."""
    text = (PROJECT / "sample" / "namespaces.csv").read_text(encoding="utf-8")
    for wiki in ("simplewiki", "dewikivoyage", "wikidatawiki"):
        text = text.replace(wiki, f"x{wiki}")
    (tmp_path / "map.csv").write_text(text, encoding="utf-8")
    return Lake(tmp_path, {"WIKILAKE_NAMESPACES": str(tmp_path / "map.csv")})


def test_a_map_without_the_wikis_of_a_snapshot_is_an_error_that_names_them(other_map: Lake):
    built = other_map.wikilake("build", "--snapshot", "2026-10")
    assert built.returncode == 1
    assert "assert_the_namespace_map_knows_a_wiki fails for" in built.stderr
    assert "wiki_db=simplewiki, events_dropped=" in built.stderr
    assert "add the wiki to the file of WIKILAKE_NAMESPACES" in built.stderr


def test_a_snapshot_does_not_ask_for_databases_of_addresses(built_sample: Lake):
    built = built_sample.wikilake("build", "--snapshot", "2026-10")
    assert built.returncode == 0 and "WIKILAKE_GEOIP" not in built.stderr


def test_a_rule_that_fails_shows_for_which_cases(lake: Lake):
    rule = "assert_clean_title_truth_table_holds"
    assert lake.dbt("build", "--select", f"+{rule}").returncode == 0
    with duckdb.connect(str(lake.root / "wikilake.duckdb")) as connection:
        [(table,)] = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where table_name = 'truth_clean_title'"
        ).fetchall()
        connection.execute(f"update {table} set expected = 'wrong' where decoded_title = 'A B C'")
    failed = lake.dbt("test", "--select", rule)
    assert failed.returncode == 1
    assert f"{rule} fails for " in failed.stdout and "A B C" in failed.stdout


def test_models_without_what_they_read_are_refused_in_one_sentence(sample: Lake):
    refused = sample.plain_dbt("run", "--select", "webrequest")
    assert refused.returncode != 0
    assert "a work table that lives only as long as the run that makes it" in refused.stdout
    assert "--select +webrequest" in refused.stdout
    assert "does not exist" not in refused.stdout


def test_a_run_in_a_lake_without_lists_is_refused_in_one_sentence(sample: Lake):
    refused = sample.plain_dbt("run")
    assert refused.returncode != 0
    assert "this lake does not have yet. Load all lists first: dbt seed" in refused.stdout
    assert "does not exist" not in refused.stdout


def test_dbt_test_works_whatever_ran_last_and_empty_runs_replace_nothing(built_sample: Lake):
    before = built_sample.query("select count(*), sum(view_count) from wmf.pageview_hourly")
    for arguments in (
        ("run", "--empty", "--select", "+pageview_hourly"),
        ("run", "--select", "stg_webrequest__raw"),
        ("test", "--select", "resource_type:unit_test", "--exclude", "tag:rule_test"),
    ):
        done = built_sample.plain_dbt(*arguments)
        assert done.returncode == 0, done.stdout
    after = built_sample.query("select count(*), sum(view_count) from wmf.pageview_hourly")
    assert before == after != [(0, None)]


@pytest.mark.parametrize(
    "told",
    ['{from: "2026-11-20T02", to: "2026-11-20T04", settled: true}', '{hour: "2026-11-20T02"}'],
)
def test_unit_tests_hold_whatever_hour_a_run_is_for_and_whether_it_settles(
    built_sample: Lake, told: str
):
    """Their rows are of hours of their own, which they say."""
    only = ("--select", "resource_type:unit_test")
    tested = built_sample.plain_dbt("test", *only, "--vars", told)
    assert tested.returncode == 0, tested.stdout[-3000:]
    assert "ERROR=0" in tested.stdout


def test_source_freshness_is_that_of_the_newest_hour_with_files(lake: Lake):
    now = datetime.now(UTC)
    for hour, files, said in (
        ("year=2026/month=11/day=1/hour=23", "part-0.jsonl", "ERROR STALE"),
        ("year=2026/month=11/day=1/hour=x", "part-0.jsonl", "ERROR STALE"),
        (
            f"{now:year=%Y/month={now.month}/day={now.day}/hour={now.hour}}",
            ".part-0",
            "ERROR STALE",
        ),
        (f"{now:year=%Y/month={now.month}/day={now.day}/hour={now.hour}}", "a.jsonl.gz", "PASS"),
    ):
        folder = lake.raw / "webrequest_source=upload" / hour
        folder.mkdir(parents=True, exist_ok=True)
        (folder / files).touch()
        found = lake.plain_dbt("source", "freshness")
        assert f"{said} freshness of raw.webrequest" in found.stdout


def test_a_target_folder_that_cannot_be_written_is_said_before_anything_starts(lake: Lake):
    file = lake.folder / "file"
    file.touch()
    told = lake.settings | {"DBT_TARGET_PATH": str(file / "target")}
    closed = Lake(lake.folder, told, is_begun=False)
    built = closed.wikilake("build", "--from", "2026-11-01T00", "--to", "2026-11-01T01")
    assert built.returncode == 1 and "Traceback" not in built.stderr
    assert f"{file} is no folder" in built.stderr and "export DBT_TARGET_PATH=" in built.stderr
    assert not lake.root.exists()


@pytest.mark.parametrize(
    "selected, said",
    [
        ("+int_webrequest__host_rules", "Previewing node 'int_webrequest__host_rules'"),
        ("stg_dumps__daily_views", "Previewing node 'stg_dumps__daily_views'"),
        ("int_media__requests", "which this lake does not have yet. Build it first: dbt build"),
        ("+int_pageview__with_signatures", "Build it first: dbt build --select +"),
        ("int_events__owned_domains", "Build it first: dbt build --select +owned_domains"),
    ],
)
def test_a_model_is_shown_in_a_lake_without_anything_or_one_sentence_says_what_to_build(
    sample: Lake, selected: str, said: str
):
    shown = sample.dbt("show", "--select", selected, "--limit", "1")
    assert said in shown.stdout
    assert "does not exist" not in shown.stdout and "No files found" not in shown.stdout


def test_a_test_of_a_table_that_is_not_there_is_an_error(lake: Lake):
    """It would say that nothing is wrong with the views of a lake that is misspelt."""
    tested = lake.dbt("test", "--select", "pageview_hourly", "--exclude", "test_type:unit")
    assert tested.returncode == 1
    assert 'Table with name "wmf.pageview_actor" does not exist' in tested.stdout


def test_a_work_table_is_shown_with_what_leads_to_it_and_named_without(built_sample: Lake):
    shown = built_sample.dbt("show", "--select", "+int_webrequest__hosts", "--limit", "3")
    assert shown.returncode == 0, shown.stdout
    assert "Previewing node 'int_webrequest__hosts'" in shown.stdout
    assert "trimmed_host" in shown.stdout
    alone = built_sample.dbt("show", "--select", "int_webrequest__hosts")
    assert alone.returncode != 0
    assert "Select what leads to it as well: --select +int_webrequest__hosts" in alone.stdout
