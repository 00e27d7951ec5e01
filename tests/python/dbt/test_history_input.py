"""Snapshots built from dumps: unknown wikis, doubled events, settings that cannot be used."""

import duckdb
import pytest
from conftest import PROJECT
from test_history import dbt
from test_history_files import SAMPLE, SNAPSHOT, lines


def test_a_build_of_the_sample_passes_all_checks_and_rejects_unknown_wikis(tmp_path):
    history = tmp_path / "history"
    (history / SNAPSHOT).mkdir(parents=True)
    for folder in SAMPLE.iterdir():
        (history / SNAPSHOT / folder.name).symlink_to(folder)
    namespaces = tmp_path / "map.csv"
    rows = (PROJECT / "sample/namespaces.csv").read_text().splitlines(keepends=True)
    quoted = ['"' + row.strip().replace(",", '","') + '"\n' for row in rows if "voyage" not in row]
    namespaces.write_text("".join(quoted))
    run = dbt(
        tmp_path,
        *("build", "--select", "tag:history", "--exclude", "tag:rule_test"),
        history=history,
        namespaces=namespaces,
    )
    assert run.returncode == 0, run.stdout
    assert "No snapshot 2026-09 in the lake" in run.stdout
    rejected = f"'{tmp_path}/lake/wmf_raw/mediawiki_history_rejected/*/*.parquet'"
    found = duckdb.sql(f"select wiki_db, reason, event_count from {rejected}").fetchall()
    assert found == [("dewikivoyage", "wiki_is_not_in_the_namespace_map", len(lines()))]


def test_a_map_that_doubles_events_stops_the_build(tmp_path):
    namespaces = tmp_path / "map.csv"
    rows = (PROJECT / "sample/namespaces.csv").read_text()
    namespaces.write_text(rows + rows.splitlines()[0].replace("simple.w", "other.w") + "\n")
    run = dbt(
        tmp_path,
        *("build", "--select", "tag:history", "--exclude", "tag:rule_test"),
        namespaces=namespaces,
    )
    assert run.returncode == 1
    assert "assert_each_wiki_is_one_project" in run.stdout
    assert not (tmp_path / "lake/wmf/mediawiki_history_reduced").exists()


@pytest.mark.parametrize(
    ("variables", "settings", "says"),
    [
        ("{snapshot: 2025-13}", {}, "write YYYY-MM"),
        ("{history_reduced_definition: 2018}", {}, "known are wikitech, 2026"),
        ("{}", {"namespaces": "/nowhere.csv"}, "There is no project and namespace map"),
        ("{snapshot: '2020-01'}", {}, "has no snapshot 2020-01"),
    ],
)
def test_settings_that_cannot_be_used_are_named(tmp_path, variables, settings, says):
    run = dbt(tmp_path, "run", "--select", "tag:history", "--vars", variables, **settings)
    assert run.returncode != 0
    assert says in run.stdout.replace("\n  ", " ")
