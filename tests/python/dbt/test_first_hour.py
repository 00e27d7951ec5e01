"""What a user does wrong in the first hour is said at once, with the remedy."""

from __future__ import annotations

import signal
import subprocess
import time

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
