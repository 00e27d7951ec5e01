"""A lake from a notebook: rows as frames, nothing written, whole tables warned of."""

from __future__ import annotations

import ast
import asyncio
import re
import stat
import warnings
from datetime import datetime
from pathlib import Path

import duckdb
import nbclient
import nbformat
import pytest
from conftest import PROJECT
from conftest import Lake as LakeFolder

from wikilake import Lake
from wikilake.answers.notebook import LakeError, PartitionWarning
from wikilake.answers.plots import NoPlot, Plot

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


# --- plots, and the notebook of examples/ ---------------------------------------------------------

HOURS = ("2026-11-01T00", "2026-11-01T02")


def test_plots_show_what_the_report_shows(notebook, built_sample):
    plots = notebook.plots(*HOURS, snapshot="2026-10")
    assert {"views-by-access-method", "projects", "funnel", "losses", "edits"} <= set(plots)
    assert "edits: Edits" in repr(plots)
    for name, plot in plots.items():
        shown = plot._repr_mimebundle_()
        assert shown["image/svg+xml"].startswith("<svg"), name
        marks = re.findall(r'aria-roledescription="(?!axis|legend|title)', shown["image/svg+xml"])
        assert marks and len(plot.pandas()), name
        assert plot.title and len(plot.explanation) > 20, name
    edits = plots["edits"].pandas()
    held = built_sample.query(
        "select period_start::timestamp, project, edits from wikistats.edits "
        "where granularity = 'monthly' and editor_type = 'all-editor-types' "
        "and page_type = 'all-page-types' and project not like 'all-%' order by all"
    )
    assert sorted(edits.itertuples(index=False, name=None)) == held
    views = plots["projects"].pandas()
    assert len(views) > 3 and (views["views"] % 25 == 0).all(), "few readers are not shown"


def test_plots_are_of_their_own_lake_and_private_ones_leave_nothing_behind(
    notebook, monkeypatch, tmp_path
):
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    private = notebook.plots(datetime(2026, 11, 1), datetime(2026, 11, 1, 2), is_private=True)
    assert (private["projects"].pandas()["views"] % 25 != 0).any()
    assert not [path for path in tmp_path.iterdir() if not path.name.startswith("wikilake-spill-")]


def test_a_misspelt_chart_or_hour_is_told_with_what_there_is(notebook):
    with pytest.raises(NoPlot, match="no chart 'edit', but .*edits"):
        notebook.plots(snapshot="2026-10")["edit"]
    for hours in (("2026-11-01", HOURS[1]), ("\x00", "'")):
        with pytest.raises(NoPlot, match="2026-11-01T00"):
            notebook.plots(*hours)
    for nothing in ((), (HOURS[0],), (None, HOURS[1], "2026-10")):
        with pytest.raises(NoPlot, match="a snapshot, or both"):
            notebook.plots(*nothing)


def test_names_in_a_frame_are_without_the_marks_that_keep_their_direction():
    values = [{"page": "\u2068};\nconst specs = {\u2069", "views": 25}]
    plot = Plot("a", "A & B", "<x>", {"data": {"values": values}})
    assert plot.pandas()["page"].tolist() == ["};\nconst specs = {"]


EXAMPLE = PROJECT / "examples" / "readers_and_editors.ipynb"


@pytest.fixture(scope="module")
def executed(built_sample: LakeFolder) -> nbformat.NotebookNode:
    """The example as Jupyter runs it, on the shipped sample."""
    made = nbformat.read(EXAMPLE, as_version=4)
    environment = built_sample.environment()
    client = nbclient.NotebookClient(made, timeout=120, kernel_name="python3")
    asyncio.run(run_all(client, environment))
    return made


async def run_all(client: nbclient.NotebookClient, environment: dict[str, str]) -> None:
    async with client.async_setup_kernel(env=environment, cwd=str(EXAMPLE.parent)):
        for place, cell in enumerate(client.nb.cells):
            await client.async_execute_cell(cell, place)


def as_page(executed: nbformat.NotebookNode) -> tuple[str, dict[str, str]]:
    """The page in docs/, and its pictures: each cell with what it shows."""
    parts, pictures = [], {}
    for cell in executed.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for output in cell.outputs:
            data = output.get("data", {"text/plain": output.get("text", "")})
            if "image/svg+xml" in data:
                name = f"notebook-{len(pictures) + 1}.svg"
                pictures[name] = data["image/svg+xml"]
                title = data["text/plain"].partition(":")[0]
                parts.append(f"![{title}]({name})")
            else:
                parts.append(f"```text\n{data['text/plain'].rstrip()}\n```")
    return "\n\n".join(parts) + "\n", pictures


def test_the_example_runs_and_its_page_shows_what_it_showed(executed, tmp_path):
    text, pictures = as_page(executed)
    for name, content in {"notebook.md": text, **pictures}.items():
        (tmp_path / name).write_text(content)
    docs = PROJECT / "docs"
    assert (docs / "notebook.md").read_text() == text, f"cp {tmp_path}/notebook* docs/"
    assert [name for name in pictures if not (docs / name).exists()] == []
    assert text.count("```python") == 10 and len(pictures) == 2


def test_the_example_is_kept_without_what_a_run_adds():
    for cell in nbformat.read(EXAMPLE, as_version=4).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
