"""Each setting stands in one table, and whatever else lists settings says the same."""

import re

import pytest
from conftest import PROJECT

from wikilake.settings import SETTINGS, SettingRenamed, value

NAME = re.compile("WIKILAKE_[A-Z_]+[A-Z]")
FORMER = {setting.former_name: name for name, setting in SETTINGS.items() if setting.former_name}
SQL = ("macros", "models", "profiles", "seeds", "tests/invariants")


def test_the_overview_lists_each_setting_with_its_default():
    text = (PROJECT / "models/docs/overview.md").read_text()
    listed = dict(re.findall(r"^- `(WIKILAKE_\w+)` \(default ([^)]*)\)", text, re.MULTILINE))
    assert listed.keys() == SETTINGS.keys()
    told = {name: default.strip("`") for name, default in listed.items() if default[0] == "`"}
    assert told == {name: SETTINGS[name].default for name in told}
    assert {name for name, setting in SETTINGS.items() if setting.default} - told.keys() == {
        "WIKILAKE_SCRATCH"  # as the hour needs
    }


def test_the_readme_says_the_same_defaults():
    rows = re.findall(r"^\| (`WIKILAKE_.*)", (PROJECT / "README.md").read_text(), re.MULTILINE)
    for row in rows:
        names, defaults, *_ = row.split("|")
        named = NAME.findall(names)
        assert set(named) <= SETTINGS.keys()
        if all(SETTINGS[name].default for name in named):
            assert re.findall("`([^`]*)`", defaults) == [SETTINGS[name].default for name in named]
    assert len(rows) > 5


def test_help_lists_each_setting_that_is_for_users(lake):
    settings = lake.wikilake("--help").stdout.partition("Settings (")[2]
    assert set(NAME.findall(settings)) == {
        name for name, setting in SETTINGS.items() if not setting.is_internal
    }


def test_sql_and_profiles_have_the_defaults_of_the_table():
    texts = [PROJECT / "dbt_project.yml"]
    for folder in SQL:
        texts += [path for end in ("sql", "yml") for path in (PROJECT / folder).rglob(f"*.{end}")]
    found = set()
    for path in texts:
        found |= set(re.findall(r"env_var\('(WIKILAKE_\w+)', '([^']*)'\)", path.read_text()))
        assert "env_var('WIKILAKE" not in re.sub(r"env_var\('\w+', '", "", path.read_text()), path
    assert found == {(name, SETTINGS[name].default) for name, _ in found}
    assert len(found) > 8


def test_python_reads_settings_through_the_table_alone():
    direct = re.compile(r"""(environ\.get\(|environ\[|getenv\()["']WIKILAKE""")
    for path in (PROJECT / "wikilake").rglob("*.py"):
        text = path.read_text()
        assert not direct.search(text), path
        assert set(NAME.findall(text)) <= SETTINGS.keys() | FORMER.keys(), path


@pytest.mark.parametrize("former", FORMER)
def test_a_setting_by_its_former_name_is_refused_with_the_new_one(monkeypatch, former):
    assert value(FORMER[former]) == ""
    for text in ("/a/folder", ""):
        monkeypatch.setenv(former, text)
        with pytest.raises(SettingRenamed, match=f"{former} is now called {FORMER[former]}:"):
            value(FORMER[former])
