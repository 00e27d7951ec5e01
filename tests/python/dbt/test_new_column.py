"""A mart that gets a column keeps its history, which shows NULL in it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import BIN, Lake, copy_project

from wikilake import settings
from wikilake.upkeep import check

COLUMN = "      - {name: is_mobile, data_type: boolean, config: {meta: {privacy: public}}}\n"
VIEWS = "select hour, sum(view_count), count(*) from wmf.pageview_hourly group by all order by 1"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The project with one more column, in the middle of pageview_hourly.

    The contract of pageview_per_project_hourly has another type than its query.
    """
    folder = tmp_path_factory.mktemp("with_a_column")
    copy_project(folder)
    model = folder / "models/marts/pageview/pageview_hourly.sql"
    query = model.read_text().replace(
        "        view_count,\n        page_id,",
        "        view_count,\n        access_method <> 'desktop' as is_mobile,\n        page_id,",
    )
    model.write_text(query)
    contract = model.with_suffix(".yml")
    before = "      - {name: page_id,"
    contract.write_text(contract.read_text().replace(before, COLUMN + before, 1))
    broken = folder / "models/marts/pageview/pageview_per_project_hourly.yml"
    broken.write_text(broken.read_text().replace("data_type: bigint", "data_type: double", 1))
    return folder


@pytest.fixture(scope="module")
def lake(built_sample, tmp_path_factory) -> Lake:
    copied = Lake(tmp_path_factory.mktemp("lake"), dict(built_sample.settings))
    shutil.copytree(built_sample.root, copied.root)
    return copied


def test_one_hour_with_a_new_column_stands_beside_older_ones_that_show_null(project, lake):
    before = lake.query(VIEWS)
    built = lake.command(
        BIN / "dbt", "--no-use-colors", "run", "--project-dir", project, "--select",
        "pageview_hourly", "projectview_hourly", "--vars", json.dumps({"hour": "2026-11-01T01"}),
    )  # fmt: skip
    assert built.returncode == 0, built.stdout
    assert "wmf.pageview_hourly has other columns than before: 1 partition(s)" in built.stdout
    assert lake.query(VIEWS) == before
    mobile = """
        select hour, count(is_mobile) = count(*), bool_or(is_mobile), bool_and(is_mobile)
        from wmf.pageview_hourly group by all order by hour
    """
    assert lake.query(mobile) == [(0, False, None, None), (1, True, True, False)]


def test_a_query_of_another_type_than_its_contract_is_an_error_that_names_the_column(project, lake):
    rows = "select * from wmf.pageview_per_project_hourly order by all"
    before = lake.query(rows)
    run = lake.command(
        BIN / "dbt", "--no-use-colors", "run", "--project-dir", project, "--select",
        "pageview_per_project_hourly", "--vars", json.dumps({"hour": "2026-11-01T01"}),
    )  # fmt: skip
    assert run.returncode == 1, run.stdout
    assert "enforced contract that failed" in run.stdout
    assert re.search(r"v\s*\|\s*BIGINT\s*\|\s*DOUBLE", run.stdout), run.stdout
    assert lake.query(rows) == before != []


def test_the_check_of_the_lake_finds_nothing_then(project, lake):
    promised = check.tables(json.loads((lake.folder / "target/manifest.json").read_text()))
    [table] = [table for table in promised if table.name == "wmf/pageview_hourly"]
    assert "is_mobile" in dict(table.columns)
    with settings.changed(lake=lake.root):
        assert check.check([table]) == []
