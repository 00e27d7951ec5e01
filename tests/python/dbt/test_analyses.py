"""The shipped questions run as they are, and answer what they say."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import PROJECT, Lake

QUESTIONS = {
    path.stem: path
    for path in sorted((PROJECT / "analyses").rglob("*.sql"))
    if path.parent.name != "explain"  # what `wikilake explain` runs
}
OF_WHOLE_DAYS = {
    "agents_that_do_not_say_who_they_are", "browsers_by_day", "devices_by_day",
    "search_engines_by_country", "top_pages_of_each_day", "top_pages_of_each_month",
}  # fmt: skip
"""What the sample's two hours cannot answer; tests/python/golden/test_derived.py does."""

EMPTY_ON_THE_SAMPLE = {"hours_with_losses", "pages_for_crawlers_only"} | OF_WHOLE_DAYS


@pytest.fixture(scope="module")
def compiled(built_sample: Lake) -> Path:
    """The folder with the SQL of the questions, as dbt passes it to an engine."""
    done = built_sample.plain_dbt("compile", "-q", "--select", "resource_type:analysis")
    assert done.returncode == 0, done.stdout
    return built_sample.folder / "target/compiled/wikilake/analyses"


def compiled_question(compiled: Path, name: str) -> str:
    return (compiled / QUESTIONS[name].relative_to(PROJECT / "analyses")).read_text()


def answer(lake: Lake, compiled: Path, name: str) -> list[dict]:
    with duckdb.connect(str(lake.root / "wikilake.duckdb"), read_only=True) as connection:
        result = connection.execute(compiled_question(compiled, name))
        columns = [column[0] for column in result.description]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def test_there_are_fifteen_questions_each_with_its_question_first():
    assert len(QUESTIONS) >= 15
    for name, path in QUESTIONS.items():
        first = path.read_text().splitlines()
        assert first[0].startswith("-- ") and "?" in " ".join(first[:2]), name


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_returns_the_columns_that_are_described(name, built_sample, compiled):
    described = [
        question
        for file in (PROJECT / "analyses").rglob("*.yml")
        for question in yaml.safe_load(file.read_text())["analyses"]
        if question["name"] == name
    ]
    with duckdb.connect(str(built_sample.root / "wikilake.duckdb"), read_only=True) as connection:
        result = connection.execute(compiled_question(compiled, name))
        columns = [column[0] for column in result.description]
        rows = result.fetchall()
    assert [column["name"] for column in described[0]["columns"]] == columns
    assert bool(rows) != (name in EMPTY_ON_THE_SAMPLE)


def test_shares_and_sums_agree_with_the_tables(built_sample, compiled):
    day = answer(built_sample, compiled, "busiest_hours_of_the_day")
    [(views,)] = built_sample.query("select sum(view_count) from wmf.projectview_hourly")
    kinds = ("reader_views", "crawler_views", "automated_views")
    assert sum(row[kind] for row in day for kind in kinds) == views
    sources = answer(built_sample, compiled, "cache_hits_by_source")
    [(requests,)] = built_sample.query("select count(*) from wmf.webrequest where hour = 0")
    assert sum(row["request_count"] for row in sources) == requests
    assert round(sum(row["percent_of_requests"] for row in sources)) == 200, "two sources"
    edits = answer(built_sample, compiled, "reverted_edits_by_editor_type")
    [(reverted,)] = built_sample.query(
        "select count(*) from wmf.mediawiki_history_reduced where event_entity = 'revision' "
        "and event_type = 'create' and list_contains(other_tags, 'reverted') "
        "and user_type is not null"
    )
    assert sum(row["reverted_count"] for row in edits) == reverted > 0


def test_new_editors_are_counted_once_and_stay_at_most_all(built_sample, compiled):
    cohorts = answer(built_sample, compiled, "new_editors_who_stay")
    [(accounts,)] = built_sample.query(
        """
        with firsts as (
            select project, user_text, min(event_timestamp[:7]) as month
            from wmf.mediawiki_history_reduced
            where event_entity = 'revision' and event_type = 'create' and user_type = 'user'
            group by all
        )
        select count(*) from firsts
        where month < (
            select max(event_timestamp[:7]) from wmf.mediawiki_history_reduced
            where event_entity = 'revision' and event_type = 'create' and user_type = 'user'
        ) and user_text is not null
        """
    )
    assert sum(row["new_editors"] for row in cohorts) == accounts
    assert all(0 <= row["stayed"] <= row["new_editors"] for row in cohorts)
    assert {row["month"] for row in cohorts} <= set(range(1, 13))
    assert 12 in {row["month"] for row in cohorts}
