"""The project as a whole: dbt alone works, README does what it says."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import warm
from conftest import BIN, PROJECT, Lake
from lines import numbered
from test_project_files import README

from wikilake.project.dbt import ENABLING


@pytest.fixture(scope="module")
def sample_lake(tmp_path_factory) -> Lake:
    """The shipped sample, built by plain dbt with every test, without any variable or setting."""
    lake = Lake(tmp_path_factory.mktemp("sample"))
    return lake


def test_plain_dbt_builds_and_tests_the_sample_without_any_variable(sample_lake):
    built = sample_lake.command(BIN / "dbt", "--no-use-colors", "build")
    assert built.returncode == 0, built.stdout
    assert "ERROR=0" in built.stdout
    [(views,)] = sample_lake.query("select sum(view_count) from wmf.pageview_hourly")
    assert views > 500
    assert "WIKILAKE_GEOIP_CITY names no address database" in built.stdout


def test_dbt_test_alone_passes_after_a_build(sample_lake):
    tested = sample_lake.plain_dbt("test")
    assert tested.returncode == 0, tested.stdout
    assert "not checked, its work tables live only as long as dbt build" in tested.stdout


def test_a_farm_counts_its_own_domains_by_editing_seeds_alone(lake, tmp_path):
    farm = copy_of_the_project(tmp_path / "farm")
    with (farm / "seeds/reference/owned_domains.csv").open("a") as seed:
        seed.write("farm.example,true,false,any,www,-,-\n")
    requests = [
        (b"cats.farm.example", b"https://dogs.farm.example/wiki/Dog"),
        (b"www.farm.example", b"-"),
        (b"cats.elsewhere.example", b"-"),
    ]
    line = numbered(1).replace(b'"referer": "-"', b'"referer": "%s"')
    lines = (line.replace(b"en.wikipedia.org", host) % referer for host, referer in requests)
    lake.write_raw(lines)
    built = subprocess.run(
        [BIN / "dbt", "build", "--exclude", "tag:history", "tag:rule_test"],
        cwd=farm, env=lake.environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout
    assert lake.query("select project, page_title, referer_class from wmf.pageview_hourly") == [
        ("cats.farm", "Cat", "internal")
    ]


def copy_of_the_project(copy: Path) -> Path:
    """The files that git knows or would take, in a folder of their own."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    for name in listed:
        if (PROJECT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, copy / name)
    return copy


def readme_commands() -> list[str]:
    """Every command of the README's console blocks: the lines that begin with `$ `."""
    return re.findall(r"^\$ (.*)$", README, flags=re.MULTILINE)


PLAIN_CALL = re.compile(r"(?:export )?((?:\w+=\S+ )*)[.]venv/bin/(dbt|wikilake) ([^|;&<>$]*)")
"""A call of one program with its settings, which needs no shell."""


def test_every_command_of_the_readme_runs(lake, tmp_path):
    """In a copy of the project with this environment's .venv, so that `make` installs nothing.

    This is slow since the README builds lakes of five kinds. Calls that need no shell go to one
    process that has loaded the copy.
    """
    copy = copy_of_the_project(tmp_path / "wikilake")
    (copy / ".venv").symlink_to(PROJECT / ".venv")
    environment = {
        name: text
        for name, text in lake.environment().items()
        if not name.startswith(("WIKILAKE_", "DBT_"))
    } | {"PYTHONPATH": str(copy)}
    commands = readme_commands()
    assert len(commands) >= 5
    for command in commands:
        if command.startswith(("git clone", "make test", "make bench", "cd ")):
            continue  # the clone is this copy; the tests run this test; the benchmark takes long
        # What changes which models there are has the project parsed, which no fork can do.
        parses = any(name in command for name in ENABLING)
        if (call := PLAIN_CALL.fullmatch(command.replace("; ", " "))) and not parses:
            settings = dict(setting.split("=", 1) for setting in call[1].split())
            arguments = shlex.split(call[3])
            ran = warm.ask(warm.process(copy), call[2], arguments, environment | settings)
        else:
            ran = subprocess.run(
                ["bash", "-ec", command], cwd=copy, env=environment, capture_output=True, text=True
            )
        assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"


def test_settings_of_a_lake_have_nothing_parsed_anew(parsed, tmp_path):
    names = ["LAKE", "RAW", "EVENTS", "HISTORY", "NAMESPACES", "MEDIAWIKI", "SCRATCH", "CATALOG"]
    settings = {f"WIKILAKE_{name}": str(tmp_path / name.lower()) for name in names}
    lake = Lake(tmp_path, settings | {"WIKILAKE_MEMORY": "3GB", "DBT_TARGET_PATH": str(parsed)})
    run = lake.command(BIN / "dbt", "--debug", "parse", "--profiles-dir", PROJECT / "profiles")
    assert run.returncode == 0, run.stdout
    assert "no changes found, skipping parsing" in run.stdout
