"""A variable says the same to `wikilake build` as to dbt, also where it configures tests."""

import json
import re

import pytest
from conftest import PROJECT

from wikilake.project.dbt import ENABLING, Project
from wikilake.samples.histories import write_history, write_namespaces

CHECKS = ("assert_each_wiki_is_one_project", "assert_snapshot_grew_plausibly")
NEVER_GROWN = {"growth_smallest": 10, "growth_largest": 20}
CASES = (
    ({}, {CHECKS[0]}),
    ({"namespace_map_severity": "warn"}, {CHECKS[1]}),
    ({"namespace_map_severity": "warn", "growth_severity": "warn"}, set()),
)
"""Variables, and which of the two checks stops the run."""


@pytest.fixture
def months(lake):
    """A lake with a month of histories, and the next one to be built, by a map that doubles one."""
    history, namespaces = lake.folder / "history", lake.folder / "map.csv"
    for snapshot in ("2026-09", "2026-10"):
        write_history(history, 400, 1, snapshot, parquet=True)
    write_namespaces(namespaces)
    lake.settings |= {"WIKILAKE_HISTORY": str(history), "WIKILAKE_NAMESPACES": str(namespaces)}
    built = lake.wikilake(
        "build", "--snapshot", "2026-09", "--select", "+mediawiki_history_reduced_growth"
    )
    assert built.returncode == 0, built.stderr
    rows = namespaces.read_text()
    first = rows.splitlines()[0]
    namespaces.write_text(rows + first.replace(first.split(".")[0], "other", 1) + "\n")
    return lake


@pytest.mark.parametrize("program", ["dbt", "wikilake"])
def test_the_severity_of_a_check_is_what_its_variable_says(months, program):
    selected = ("--select", *(f"+{check}" for check in CHECKS))
    for variables, stopping in CASES:
        chosen = variables | NEVER_GROWN
        if program == "dbt":
            left_out = ("--exclude", "tag:rule_test", "resource_type:unit_test")
            told = {"snapshot": "2026-10"} | chosen
            ran = months.dbt("build", *selected, *left_out, variables=told)
        else:
            variables_given = ("--vars", json.dumps(chosen))
            ran = months.wikilake("build", "--snapshot", "2026-10", *selected, *variables_given)
        said = ran.stdout + ran.stderr
        assert (ran.returncode != 0) == bool(stopping), said
        assert all(check in said for check in stopping)
        if not stopping:
            assert all(check in said for check in CHECKS), said  # as warnings


def test_no_configuration_reads_a_variable_that_a_parse_does_not_know():
    """It is read while the project is parsed, which `wikilake build` does with ENABLING alone."""
    for folder in ("models", "tests/invariants", "tests/truth_tables", "analyses"):
        for path in (PROJECT / folder).rglob("*.sql"):
            for config in re.findall(r"config\((.*?)\)\s*-?}}", path.read_text(), re.DOTALL):
                read = set(re.findall(r"\bvar(?:iable)?\('(\w+)'", config))
                assert read <= set(ENABLING), path
        for path in (PROJECT / folder).rglob("*.yml"):
            assert "{{ var" not in path.read_text(), path
    assert "{{ var" not in (PROJECT / "dbt_project.yml").read_text()


def test_a_build_parses_with_the_variables_that_decide_which_tests_there_are(tmp_path):
    project = Project(["--vars", "today: 2026-11-23", "--profiles-dir", str(PROJECT / "profiles")])
    project.parse("--target-path", str(tmp_path), "--log-path", str(tmp_path))
    assert "test.wikilake.assert_nothing_older_than_retention" in project.nodes["nodes"]
