"""A lake from a notebook: rows as frames, nothing written, whole tables warned of."""

from __future__ import annotations

import ast
import stat
import warnings
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT
from conftest import Lake as LakeFolder

from wikilake import Lake
from wikilake.answers.notebook import LakeError, PartitionWarning

VIEWS = (
    "select project, sum(view_count)::bigint as views from wmf.projectview_hourly "
    "where year = 2026 and hour = 0 group by project order by all"
)


@pytest.fixture(scope="module")
def notebook(built_sample: LakeFolder) -> Lake:
    return Lake(built_sample.root)


def test_rows_come_as_arrow_pandas_and_polars(notebook, built_sample):
    expected = built_sample.query(VIEWS)
    result = notebook.sql(VIEWS)
    assert [tuple(row.values()) for row in result.arrow().to_pylist()] == expected
    frame = result.pandas()
    assert list(frame.itertuples(index=False, name=None)) == expected
    polars = pytest.importorskip("polars")
    assert isinstance(result.polars(), polars.DataFrame)
    assert result.polars().rows() == expected
    assert len(result) == len(expected)
    assert f"{len(expected) - 20} rows more" in repr(result)
    assert "<table" in result._repr_html_()


def test_nothing_can_be_written_or_read_from_elsewhere(notebook, tmp_path):
    for query in (
        "create table wmf.mine as select 1",
        "delete from reference.networks",
        f"copy (select 1) to '{tmp_path}/out.csv'",
        "select 1; drop view wmf.webrequest",
        f"attach '{tmp_path}/x.duckdb' as x",
        "set memory_limit = '1GB'",
        "select * from read_text('/etc/hostname')",
        "select * from nowhere",
        "selekt",
    ):
        with pytest.raises(LakeError):
            notebook.sql(query)
    assert not list(tmp_path.iterdir())


def test_a_lake_may_be_built_while_a_notebook_looks_at_it(notebook, built_sample):
    notebook.sql(VIEWS)
    duckdb.connect(str(built_sample.root / "wikilake.duckdb")).close()
    with duckdb.connect(str(built_sample.root / "wikilake.duckdb")):
        pass
    assert len(notebook.sql(VIEWS))


@pytest.mark.parametrize(
    ("query", "warned"),
    [
        ("select count(*) from wmf.webrequest", True),
        ("select count(*) from wmf.webrequest where hour = 0", False),
        ("select max(hour) from wmf.webrequest where agent_type = 'user'", True),
        ("with x as (select * from wmf.webrequest) select * from x where hour = 0", True),
        ("with x as (select * from wmf.webrequest where day = 1) select count(*) from x", False),
        (
            "select count(*) from wmf.pageview_hourly join wmf.projectview_hourly using (hour)",
            False,
        ),
        ("select count(*) from reference.networks", False),
        ("select count(*) from wmf.mediawiki_history_reduced where SNAPSHOT = '2026-10'", False),
    ],
)
def test_a_query_that_names_no_partition_is_warned_of(notebook, query, warned):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        notebook.sql(query)
    told = [one for one in caught if one.category is PartitionWarning]
    assert bool(told) == warned
    if warned:
        assert "webrequest_source, year, month, day, hour" in str(told[0].message)
        assert told[0].filename == __file__


def test_the_tables_are_listed_with_what_they_hold(notebook):
    tables = {row["table"]: row for row in notebook.tables().arrow().to_pylist()}
    assert tables["wmf.pageview_hourly"]["partitioned_by"] == "year, month, day, hour"
    assert {"wikistats.edits", "wmf_raw.webrequest_rejected", "reference.networks"} <= set(tables)
    assert [name for name, row in tables.items() if len(row["description"]) < 20] == []


def test_mistakes_are_reported_in_words(tmp_path, notebook):
    with pytest.raises(LakeError, match="wikilake build first"):
        Lake(tmp_path)
    with pytest.raises(LakeError, match="duckdb or spark"):
        Lake(tmp_path, engine="tea")


def test_spark_gives_the_same_rows(built_sample, notebook):
    pytest.importorskip("pyspark")
    spark = Lake(built_sample.root, engine="spark")
    query = VIEWS.replace("::bigint", "").replace("order by all", "order by project")
    expected = [tuple(row.values()) for row in notebook.sql(VIEWS).arrow().to_pylist()]
    assert [tuple(row.values()) for row in spark.sql(query).arrow().to_pylist()] == expected
    with pytest.raises(LakeError):
        spark.sql("drop table wmf.projectview_hourly")


def test_what_does_not_fit_into_memory_goes_to_a_closed_folder_that_goes_too(built_sample):
    lake = Lake(built_sample.root)
    [(spill,)] = lake.sql("select current_setting('temp_directory')").arrow().to_pandas().to_numpy()
    assert stat.S_IMODE(Path(spill).stat().st_mode) == 0o700
    del lake
    assert not Path(spill).exists()


def test_no_database_in_memory_spills_into_the_working_folder():
    """By default DuckDB spills into `.tmp`, where everybody could see rows of readers."""
    calls = 0
    for path in sorted((PROJECT / "wikilake").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "duckdb.connect":
                said = ast.unparse(call)
                is_told = call.args or "temp_directory" in said  # else it is beside the file
                assert is_told, f"{path}:{call.lineno} {said}"
                calls += 1
    assert calls > 4
