"""Another dbt project that has wikilake as a package, with a profile and a database of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from conftest import BIN, PROJECT, copy_project

EXAMPLE = "examples/wiki_marts"


@dataclass
class OtherProject:
    """A copy of the example in a copy of the repository, without any setting of ours."""

    folder: Path

    def dbt(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        ours = ("WIKILAKE_", "DBT_")
        given = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
        return subprocess.run(
            [BIN / "dbt", "--no-use-colors", *arguments], cwd=self.folder, text=True,
            env=given | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"} | environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.folder / "wiki_marts.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> OtherProject:
    """The example, with wikilake installed from git."""
    repository = tmp_path_factory.mktemp("repository")
    copy_project(repository)
    shutil.copytree(
        PROJECT / EXAMPLE, repository / EXAMPLE,
        ignore=shutil.ignore_patterns("dbt_packages", "target", "logs", "lake", "*.duckdb"),
    )  # fmt: skip
    for command in (
        ("init", "--quiet", "--initial-branch", "main"),
        ("add", "."),
        ("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "t"),
    ):
        subprocess.run(["git", *command], cwd=repository, check=True)
    found = OtherProject(repository / EXAMPLE)
    by_git = f"packages:\n  - git: {repository.as_uri()}\n    revision: main\n"
    (found.folder / "packages.yml").write_text(by_git)
    installed = found.dbt("deps")
    assert installed.returncode == 0, installed.stdout
    assert not (found.folder / "dbt_packages/wikilake").is_symlink()
    return found


def test_without_the_python_package_dbt_says_what_to_install(other: OtherProject, tmp_path):
    (tmp_path / "dbt_wikilake.py").touch()  # stands for an environment that has no plugin
    refused = other.dbt("parse", PYTHONPATH=str(tmp_path))
    assert refused.returncode == 2
    assert "pip install --editable dbt_packages/wikilake" in refused.stdout


def test_another_project_builds_and_reads_marts_in_its_own_database(other: OtherProject):
    built = other.dbt("build", "--select", "+busiest_projects", "--exclude", "test_type:unit",
                      "wikilake,resource_type:test")  # fmt: skip
    assert built.returncode == 0, built.stdout
    assert "ERROR=0" in built.stdout and "Grants" not in built.stdout
    views = other.query("select sum(views) from wiki_marts.main.busiest_projects")
    counted = "select sum(view_count) from wmf.pageview_hourly where agent_type = 'user'"
    assert views == other.query(counted) and views[0][0] > 100
    schemas = {name for (name,) in other.query(
        "select schema_name from duckdb_views() where not internal"
    )}  # fmt: skip
    assert schemas == {"main", "wmf", "wmf_raw", "wmf_data_ops"}
    rows = "select count(*) from duckdb_tables() where schema_name not in ('main', 'reference')"
    assert other.query(rows) == [(0,)], "rows of requests lie in the lake alone"
    files = {path.name for path in other.folder.iterdir()}
    assert "lake" in files and not (other.folder / "lake/wikilake.duckdb").exists()
    assert (other.folder / "lake/wmf").stat().st_mode & 0o077 == 0


def test_tests_that_read_more_than_is_selected_are_refused_with_the_line_to_write(other):
    selected = ("--select", "pageview_hourly", "--indirect-selection", "eager")
    refused = other.dbt("build", *selected)
    assert refused.returncode != 0
    assert "flags: {indirect_selection: buildable}" in refused.stdout
    assert "does not exist" not in refused.stdout


def test_a_lake_that_others_fill_is_read_without_building_it(other: OtherProject):
    (other.folder / "wiki_marts.duckdb").unlink()
    shown = other.dbt("run-operation", "wikilake.show_partitions_of_the_lake")
    assert shown.returncode == 0, shown.stdout
    built = other.dbt("run", "--select", "busiest_projects")
    assert built.returncode == 0, built.stdout
    assert other.query("select count(*) > 0 from busiest_projects") == [(True,)]


def test_the_example_has_wikilake_from_the_folder_around_it(other: OtherProject):
    (other.folder / "packages.yml").write_text((PROJECT / EXAMPLE / "packages.yml").read_text())
    installed = other.dbt("deps")
    assert installed.returncode == 0, installed.stdout
    assert (other.folder / "dbt_packages/wikilake").resolve() == other.folder.parents[1]
