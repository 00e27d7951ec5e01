"""A misspelt name is an error that says what may be meant, never a run that does nothing."""

from __future__ import annotations

import pytest
from conftest import Lake

from wikilake import Lake as Notebook
from wikilake.answers.notebook import LakeError

HOUR = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("--select", "pagview_hourly"), "Did you mean pageview_hourly?"),
        (("--select", "+pageview_hourli+"), "Did you mean pageview_hourly?"),
        (("--exclude", "tag:histori"), "'tag:histori' does not match"),
    ],
)
def test_a_selection_of_nothing_is_an_error(lake: Lake, arguments, meant):
    built = lake.wikilake("build", *HOUR, *arguments)
    assert built.returncode == 1
    assert meant in built.stderr and "Traceback" not in built.stderr
    assert "Built" not in built.stdout and not (lake.root / "wmf").exists()


@pytest.mark.parametrize("command", ["build", "test"])
def test_an_unknown_variable_is_an_error_of_dbt(lake: Lake, command):
    done = lake.plain_dbt(command, "--select", "webrequest", "--vars", "{site_profil: generic}")
    assert done.returncode != 0
    assert "There is no variable 'site_profil'. Did you mean site_profile?" in done.stdout


def test_an_unknown_variable_is_an_error_before_anything_starts(lake: Lake):
    lake.is_begun = False
    built = lake.wikilake("build", *HOUR, "--vars", "{site_profil: generic}")
    assert built.returncode == 1
    assert "there is no variable 'site_profil'. Did you mean site_profile?" in built.stderr
    assert not lake.root.exists()


def test_a_notebook_opens_no_other_lake_than_the_one_that_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "misspelt"))
    with pytest.raises(LakeError, match="There is no lake at .*misspelt"):
        Notebook()
