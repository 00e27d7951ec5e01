"""wikilake as a package of another project: what a plain profile is given, and what is refused."""

from types import SimpleNamespace

import pytest
from conftest import PROJECT
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt_common.context import get_invocation_context, set_invocation_context

from wikilake import settings
from wikilake.project import package


def profile(**said) -> DuckDBCredentials:
    return DuckDBCredentials.from_dict({"path": "own.duckdb", "schema": "main", **said})


def test_a_plain_profile_gets_the_plugin_work_tables_and_utc_and_keeps_its_database():
    given = profile()
    package.complete(given)
    assert (given.path, given.database) == ("own.duckdb", "own")
    assert [each.module for each in given.plugins] == [package.PLUGIN]
    assert [(each.path, each.alias) for each in given.attach] == [(":memory:", "scratch")]
    assert given.settings == {"TimeZone": "UTC"}


def test_what_a_profile_says_is_kept_and_given_once():
    given = profile(
        plugins=[{"module": package.PLUGIN}, {"module": "excel"}],
        attach=[{"path": "work.duckdb", "alias": "scratch"}],
        settings={"timezone": "utc", "threads": 2},
        config_options={"memory_limit": "5GB"},
    )
    package.complete(given)
    package.complete(given)
    assert [(each.module, each.config) for each in given.plugins] == [
        (package.PLUGIN, {"is_package": True}), ("excel", None),
    ]  # fmt: skip
    assert [each.path for each in given.attach] == ["work.duckdb"]
    assert given.config_options["memory_limit"] == "5GB" and given.settings["threads"] == 2


@pytest.mark.parametrize("name", ["TimeZone", "timezone", "TIMEZONE"])
def test_another_time_zone_is_refused_with_the_line_to_write(name):
    with pytest.raises(package.ProfileUnfit, match="TimeZone: UTC"):
        package.complete(profile(settings={name: "Europe/Berlin"}))


def test_a_profile_of_another_engine_is_refused_with_what_to_do():
    with pytest.raises(package.ProfileUnfit, match="type: spark.*as sources"):
        package.complete(SimpleNamespace(type="spark"))


def test_a_project_has_the_package_when_it_is_installed_where_it_says(tmp_path):
    project = SimpleNamespace(project_root=str(tmp_path), packages_install_path="modules")
    assert not package.has_package(project)
    (tmp_path / "modules/wikilake").mkdir(parents=True)
    assert package.has_package(project)


def test_settings_that_nobody_gives_name_what_ships_with_wikilake(monkeypatch):
    for name in settings.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WIKILAKE_STREAMS", "")  # given, and so left alone
    set_invocation_context({})
    package.name_what_ships()
    known = get_invocation_context().env
    assert known["WIKILAKE_RAW"] == str(PROJECT / "sample/raw")
    assert not {"WIKILAKE_STREAMS", "WIKILAKE_LAKE", "WIKILAKE_MEMORY"} & known.keys()
    for name in known:
        monkeypatch.delenv(name)
