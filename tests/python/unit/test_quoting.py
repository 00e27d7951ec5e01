"""No value of a variable, a setting or a file's name becomes a part of SQL, or a pattern."""

from __future__ import annotations

import re

import pytest
import values
import yaml
from conftest import PROJECT

from wikilake.lake import paths

HOUR = "year=2026/month=11/day=1/hour=0"
KINDS = "macros/run/variables.sql"
LINES = "tests/invariants/assert_every_line_of_the_raw_files_is_read.sql"


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return values.project_texts()


@pytest.fixture(scope="module")
def kinds(texts) -> dict[str, dict]:
    return values.variable_kinds(texts[KINDS])


def test_every_value_reaches_sql_through_the_macro_that_quotes(texts, kinds):
    assert values.findings(texts, kinds) == []


@pytest.mark.parametrize(
    ("file", "quoted", "bare"),
    [
        ("macros/rules/sites/site_profile.sql", "position_of(literal(text)", "position_of((text)"),
        ("macros/rules/sites/site_profile.sql", "{{ literal(domain) }}", "'{{ domain }}'"),
        (
            "macros/rules/sites/site_profile.sql",
            "{{ literal(beginning) }} and",
            "'{{ beginning }}' and",
        ),
        (
            "macros/rules/webrequest/is_excluded_row.sql",
            "{{ literal(row.hostname) }}",
            "'{{ row.hostname }}'",
        ),
        ("macros/rules/webrequest/is_excluded_row.sql", "row.sequence | int", "row.sequence"),
        ("macros/engine/regex/regex_matches.sql", "{{ literal(pattern) }}", "'{{ pattern }}'"),
        ("macros/engine/regex/spark_regex.sql", "spark__literal('(?d)' ~", "('(?d)' ~"),
        ("macros/readers/raw_lines.sql", "{{ literal(file.pattern) }}", "'{{ file.pattern }}'"),
        (LINES, "literal(found.webrequest_source)", "found.webrequest_source"),
        ("macros/readers/raw_lines.sql", "| max | int + 2", "| max + 2"),
        ("macros/lake/record_test_results.sql", "literal(tojson(said))", "tojson(said)"),
        ("macros/lake/partitioned.sql", "duckdb__literal(pattern)", "pattern"),
        ("macros/lake/partitioned.sql", "literal(folder ~ '/part-0.parquet')", "folder"),
        ("macros/lake/partitioned_spark.sql", "literal(lake_root()", "(lake_root()"),
        (
            "tests/invariants/mediawiki_history/assert_the_expected_wikis_have_histories.sql",
            "literal(wiki)",
            "wiki",
        ),
    ],
)  # fmt: skip
def test_the_check_finds_a_value_that_is_not_quoted(texts, kinds, file, quoted, bare):
    assert quoted in texts[file]
    changed = texts[file].replace(quoted, bare)
    assert values.findings(texts | {file: changed}, kinds)


def test_every_variable_of_the_project_has_a_kind(kinds):
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert set(kinds) == set(project["vars"])


def test_variables_are_read_through_the_macro_that_checks_them(texts):
    reads = {
        (file, name)
        for file, text in texts.items()
        for name in re.findall(r"(?<![\w.])var\((\w+|'\w+')\)", text)
    }
    assert {file for file, _ in reads} == {
        "macros/run/variables.sql",
        "macros/run/run_window.sql",  # what follows read and check for themselves
        "macros/run/run_snapshot.sql",
        "macros/rules/mediawiki_history/is_kept_event.sql",
        "macros/rules/versions/record_version.sql",
        "macros/rules/sites/site_profile.sql",
    }


NAMES = ["..", "../x", "/etc", "a/../b", "a//b", "a/", ".hidden", "a b", "a'b", "a*", "a\\b", "a\n"]


@pytest.mark.parametrize("name", [*NAMES, "~", "$HOME", "a;b", "ü", "a\x00", "wmf/.staging"])
def test_a_function_on_files_takes_no_name_that_leads_elsewhere(tmp_path, monkeypatch, name):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    called = []
    function = paths.in_lake(lambda *arguments: called.append(arguments), 2)
    for arguments in ((name, "year=2026"), ("wmf/webrequest", name)):
        with pytest.raises(paths.PathRefused):
            function(*arguments)
    assert called == []


def test_a_function_on_files_takes_the_names_of_the_lake(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    function = paths.in_lake(lambda *arguments: arguments, 2)
    for arguments in (("wmf/webrequest", f"webrequest_source=text/{HOUR}"), ("reference/x", "")):
        assert function(*arguments, "{}") == (*arguments, "{}")


def test_a_link_that_leads_out_of_the_lake_is_no_place_to_write(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    (tmp_path / "lake" / "wmf").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "lake" / "wmf" / "webrequest").symlink_to(tmp_path / "outside")
    function = paths.in_lake(lambda *arguments: None, 2)
    with pytest.raises(paths.PathRefused, match="leads out of"):
        function("wmf/webrequest", HOUR)
    (tmp_path / "lake" / ".staging").symlink_to(tmp_path / "outside")
    with pytest.raises(paths.PathRefused, match="is a link"):
        function("wmf/pageview_hourly", HOUR)


@pytest.mark.parametrize(
    "text", ["", "'", "\\", "\\'", "it''s", "a\nb", "x'); select 1; --", "{{ ü }}"]
)
def test_a_function_of_spark_s_driver_gets_the_text_that_was_quoted(monkeypatch, text):
    from wikilake.engines import spark_session

    monkeypatch.setitem(spark_session.DRIVER_FUNCTIONS, "absolute_path", lambda *given: list(given))
    quoted = paths.quoted_for_spark(text)
    rows = spark_session._driver_call(f"/* dbt */ select unnest(absolute_path({quoted}, 'b'))")
    assert [row[0] for row in rows] == [text, "b"]


@pytest.mark.parametrize(
    ("path", "fault", "on_spark"),
    [
        ("a\\b", "backslash", False),
        ("a?b", "question mark", False),
        ("a\udcff", "not UTF-8", False),
        ("x=1/a", "name=value", False),
        ("", "empty", False),
        ("a:b", "colon", True),
    ],
)
def test_a_root_that_an_engine_would_misread_is_refused(monkeypatch, path, fault, on_spark):
    for setting in ("WIKILAKE_LAKE", "WIKILAKE_RAW"):
        with monkeypatch.context() as context:
            context.setenv(setting, path)
            with pytest.raises(paths.PathRefused, match=f"{setting}.*{fault}"):
                paths.check_roots(on_spark)
