"""The files of the project: nothing of a machine, a short README, engines in their folders."""

import re
import subprocess

from conftest import PROJECT

README = (PROJECT / "README.md").read_text()


def test_nothing_of_this_machine_stands_in_the_project():
    files = subprocess.run(
        ["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True
    ).stdout.split()
    for name in files:
        path = PROJECT / name
        if path.suffix in (".md", ".sql", ".yml", ".py", ".toml", ".txt", "") and path.is_file():
            assert str(PROJECT.parent) + "/" not in path.read_text(errors="replace"), name


def test_the_readme_has_fewer_than_200_lines():
    assert len(README.splitlines()) < 200


def test_engines_are_told_apart_in_the_engine_folders_alone():
    allowed = (
        "macros/engine/",
        "macros/readers/",
        "macros/run/",
        "macros/lake/",
        "macros/dbt_overrides/",
    )
    for file in [*PROJECT.glob("[mst]*/**/*.sql"), *PROJECT.glob("analyses/**/*.sql")]:
        path = str(file.relative_to(PROJECT))
        if not path.startswith(allowed):
            text = file.read_text()
            assert not re.search(r"\b(duckdb|spark)__|target\.|adapter\.", text), path
