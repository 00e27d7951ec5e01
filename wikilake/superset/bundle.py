"""Makes the dashboards that Superset imports out of dashboards/superset/dashboards.yml.

`python -m wikilake.superset.bundle` writes each as a folder of YAML beside it. Columns, types and
descriptions are those of the models.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from wikilake.errors import WikilakeError
from wikilake.settings import PROJECT

FOLDER = PROJECT / "dashboards" / "superset"
DATABASE = "wikilake"
TIME = "time"
"""Column of every dataset that says when a row was."""

MOST_BARS, MOST_LINES, MOST_ROWS, MOST_POINTS = 20, 10, 100, 50_000
"""How many names a chart has, lines a chart over time, rows a table, points a chart."""

PER_ROW = 2
COLUMNS_OF_PAGE, HEIGHT = 12, 50

_GRAINS = {"hour": "PT1H", "day": "P1D", "month": "P1M"}
_PICTURES = {
    "bars": "echarts_timeseries_bar",
    "columns": "echarts_timeseries_bar",
    "lines": "echarts_timeseries_line",
    "map": "world_map",
    "shares": "pie",
    "table": "table",
}
_TABLE = re.compile(r"\b(?:wmf|wmf_raw|wikistats)\.\w+")


class DeclarationWrong(WikilakeError):
    """What dashboards.yml names and the models do not have; the message says where."""


class _Part(BaseModel):
    """A part of the declaration; a misspelt key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dataset(_Part):
    """A table of the lake as charts see it."""

    time: str
    numbers: dict[str, str]
    rows: str | None = None
    columns: dict[str, str] | None = None

    def sql(self, table: str) -> str | None:
        """The query in the place of the table, None where it is the table itself."""
        return self.rows and self.rows.replace("{table}", table).strip()

    def tables(self, table: str) -> set[str]:
        """Every table that is read for it."""
        return {table, *_TABLE.findall(self.sql(table) or "")}


class Chart(_Part):
    """Numbers of a dataset, by columns of it, as a picture."""

    of: str
    kind: Literal["bars", "columns", "lines", "map", "shares", "table"] = Field(alias="as")
    show: str
    by: str | list[str]
    per: Literal["hour", "day", "month"] | None = None
    where: str | None = None

    @property
    def names(self) -> list[str]:
        """The columns by which it counts, but for the time."""
        return [self.by] if isinstance(self.by, str) else self.by


class Dashboard(_Part):
    """A page of charts. `tables` says whose: those that everyone may read, or all."""

    title: str
    tables: Literal["public", "all"]
    sections: dict[str, dict[str, Chart]]

    def charts(self) -> Iterator[tuple[str, Chart]]:
        """Title and chart, in the order of the page."""
        for section in self.sections.values():
            yield from section.items()


class Declaration(_Part):
    """All of dashboards.yml."""

    datasets: dict[str, Dataset]
    dashboards: dict[str, Dashboard]

    @model_validator(mode="after")
    def _each_chart_has_a_dataset(self) -> Declaration:
        for dashboard in self.dashboards.values():
            for title, chart in dashboard.charts():
                if chart.of not in self.datasets:
                    raise ValueError(f"{title}: there is no dataset {chart.of}")
        return self

    def tables_of(self, chart: Chart) -> set[str]:
        """Every table that a chart reads."""
        return self.datasets[chart.of].tables(chart.of)


def declaration() -> Declaration:
    """What dashboards.yml says."""
    path = FOLDER / "dashboards.yml"
    return Declaration.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def files(
    name: str, declared: Declaration, present: Iterable[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Path to content of each file of a dashboard's bundle.

    Of a lake that has only the tables `present`, it has only the charts that they are enough for.
    """
    dashboard = declared.dashboards[name]
    tables = None if present is None else set(present)
    sections = {
        title: {
            text: chart
            for text, chart in charts.items()
            if tables is None or declared.tables_of(chart) <= tables
        }
        for title, charts in dashboard.sections.items()
    }
    shown = {text: chart for charts in sections.values() for text, chart in charts.items()}
    found: dict[str, dict[str, Any]] = {
        "metadata.yaml": {
            "version": "1.0.0",
            "type": "Dashboard",
            "timestamp": "2026-11-28T00:00:00+00:00",  # Superset wants one; files stay the same
        },
        f"databases/{DATABASE}.yaml": _database(),
        f"dashboards/{name}.yaml": _dashboard(name, dashboard.title, sections),
    }
    for table in sorted({chart.of for chart in shown.values()}):
        found[f"datasets/{DATABASE}/{table}.yaml"] = _dataset(table, declared.datasets[table])
    for text, chart in shown.items():
        found[f"charts/{_slug(text)}.yaml"] = _chart(text, chart, declared.datasets)
    return found


def as_yaml(content: dict[str, Any]) -> str:
    """A file as it is written."""
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def write(folder: Path = FOLDER) -> None:
    """Writes the bundle of every dashboard, each into a folder of its name."""
    declared = declaration()
    for name in declared.dashboards:
        shutil.rmtree(folder / name, ignore_errors=True)
        for path, content in files(name, declared).items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_text(as_yaml(content), encoding="utf-8")


def _uuid(*parts: str) -> str:
    """The same identifier in every bundle, so that a second import replaces the first."""
    return str(uuid5(NAMESPACE_URL, "/".join(("wikilake", *parts))))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _database() -> dict[str, Any]:
    """The lake's catalog, opened for reading alone; its path is for Superset's folder to have."""
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": "duckdb:///lake/wikilake.duckdb",
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "extra": {
            "allows_virtual_table_explore": True,
            "engine_params": {"connect_args": {"read_only": True}},
        },
        "uuid": _uuid("database"),
        "version": "1.0.0",
    }


@cache
def _models() -> dict[str, dict[str, Any]]:
    """Each mart by its name, as its YAML has it."""
    return {
        model["name"]: model
        for path in (PROJECT / "models" / "marts").rglob("*.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    }


def _columns(table: str, dataset: Dataset) -> dict[str, str]:
    """Column to its type, of what a dataset has."""
    if dataset.columns is not None:
        return dataset.columns
    name = table.partition(".")[2]
    if name not in _models():
        raise DeclarationWrong(f"dashboards.yml: there is no model {name}, which {table} names.")
    return {column["name"]: column["data_type"] for column in _models()[name]["columns"]}


def _dataset(table: str, dataset: Dataset) -> dict[str, Any]:
    schema, _, name = table.partition(".")
    columns = _columns(table, dataset)
    described = [
        {"column_name": column, "type": kind.upper(), "is_dttm": column == TIME}
        for column, kind in columns.items()
    ]
    if TIME not in columns:
        described.append(
            {"column_name": TIME, "type": "TIMESTAMP", "is_dttm": True, "expression": dataset.time}
        )
    return {
        "table_name": name,
        "main_dttm_col": TIME,
        "description": _models()[name]["description"].split("\n\n")[0].replace("\n", " ").strip(),
        "schema": schema,
        "sql": dataset.sql(table),
        "columns": [
            column | {"is_active": True, "groupby": True, "filterable": True}
            for column in described
        ],
        "metrics": [
            {"metric_name": number, "verbose_name": number, "expression": sql}
            for number, sql in dataset.numbers.items()
        ],
        "uuid": _uuid("dataset", table),
        "database_uuid": _uuid("database"),
        "version": "1.0.0",
    }


def _chart(title: str, chart: Chart, datasets: dict[str, Dataset]) -> dict[str, Any]:
    known = {TIME, *_columns(chart.of, datasets[chart.of])}
    if unknown := set(chart.names) - known:
        raise DeclarationWrong(f"{title}: {chart.of} has no column {', '.join(sorted(unknown))}.")
    if chart.show not in datasets[chart.of].numbers:
        raise DeclarationWrong(f"{title}: {chart.of} has no number {chart.show!r}.")
    if (chart.per is None) == (chart.kind in ("columns", "lines")):
        raise DeclarationWrong(f"{title}: `per` belongs to columns and lines, and to them alone.")
    params = {
        "viz_type": _PICTURES[chart.kind],
        "adhoc_filters": list(_filters(chart)),
        "time_range": "No filter",
        "row_limit": _row_limit(chart),
        **_look(chart),
    }
    return {
        "slice_name": title,
        "viz_type": params["viz_type"],
        "params": params,
        "query_context": json.dumps(
            {
                "datasource": {"id": 0, "type": "table"},  # the import puts its own in
                "force": False,
                "queries": [_query(chart)],
                "form_data": params,
                "result_format": "json",
                "result_type": "full",
            }
        ),
        "uuid": _uuid("chart", title),
        "version": "1.0.0",
        "dataset_uuid": _uuid("dataset", chart.of),
    }


def _row_limit(chart: Chart) -> int:
    limits = {"bars": MOST_BARS, "shares": MOST_BARS, "table": MOST_ROWS, "map": 1000}
    return limits.get(chart.kind, MOST_POINTS)


def _filters(chart: Chart) -> Iterator[dict[str, Any]]:
    """The chart's condition, and a place for that of the page's filter by time."""
    yield {
        "clause": "WHERE",
        "expressionType": "SIMPLE",
        "subject": TIME,
        "operator": "TEMPORAL_RANGE",
        "comparator": "No filter",
    }
    if chart.where:
        yield {"clause": "WHERE", "expressionType": "SQL", "sqlExpression": chart.where}


def _look(chart: Chart) -> dict[str, Any]:
    """What the kind of picture needs to be told."""
    number = {"metric": chart.show}
    if chart.kind in ("columns", "lines"):
        return {
            "x_axis": TIME,
            "time_grain_sqla": _GRAINS[chart.per or "hour"],
            "metrics": [chart.show],
            "groupby": chart.names,
            "limit": MOST_LINES,
            "order_desc": True,
            "stack": "Stack" if chart.kind == "columns" else None,
            "markerEnabled": chart.kind == "lines",
            "show_legend": True,
            "rich_tooltip": True,
            "y_axis_format": ",~r",
        }
    if chart.kind == "bars":
        return {
            "x_axis": chart.names[0],
            "metrics": [chart.show],
            "groupby": [],
            "orientation": "horizontal",
            "x_axis_sort": chart.show,
            "x_axis_sort_asc": True,
            "order_desc": True,
            "show_value": True,
            "show_legend": False,
            "y_axis_format": ",~r",
        }
    if chart.kind == "map":
        return number | {"entity": chart.names[0], "country_fieldtype": "cca2"}
    if chart.kind == "shares":
        return number | {"groupby": chart.names, "sort_by_metric": True, "donut": True}
    return {
        "query_mode": "aggregate",
        "groupby": chart.names,
        "metrics": [chart.show],
        "order_desc": True,
        "table_timestamp_format": "smart_date",
    }


def _query(chart: Chart) -> dict[str, Any]:
    """What the chart asks its dataset."""
    columns: list[Any] = list(chart.names)
    if chart.per:
        axis = {
            "columnType": "BASE_AXIS",
            "expressionType": "SQL",
            "label": TIME,
            "sqlExpression": TIME,
            "timeGrain": _GRAINS[chart.per],
        }
        columns = [axis, *columns]
    return {
        "columns": columns,
        "metrics": [chart.show],
        "filters": [{"col": TIME, "op": "TEMPORAL_RANGE", "val": "No filter"}],
        "extras": {"where": f"({chart.where})" if chart.where else "", "having": ""},
        "orderby": [[chart.show, False]],
        "order_desc": True,
        "row_limit": _row_limit(chart),
        "series_columns": chart.names if chart.per else [],
        "series_limit": MOST_LINES if chart.per else 0,
        "series_limit_metric": chart.show if chart.per else None,
        "time_range": "No filter",
    }


def _dashboard(name: str, title: str, sections: dict[str, dict[str, Chart]]) -> dict[str, Any]:
    position: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": title}},
    }

    def put(kind: str, of: str, under: str, **meta: Any) -> str:
        key = f"{kind}-{of}"
        parents = [*position[under].get("parents", []), under]
        position[key] = {
            "type": kind, "id": key, "children": [], "parents": parents, "meta": meta,
        }  # fmt: skip
        position[under]["children"].append(key)
        return key

    count = 0
    for section, charts in sections.items():
        if not charts:
            continue
        put("HEADER", _slug(section), "GRID_ID", text=section, headerSize="MEDIUM_HEADER")
        for place, text in enumerate(charts):
            if place % PER_ROW == 0:
                row = put("ROW", f"{_slug(section)}-{place // PER_ROW}", "GRID_ID",
                          background="BACKGROUND_TRANSPARENT")  # fmt: skip
            count += 1
            put("CHART", _slug(text), row, chartId=count, uuid=_uuid("chart", text),
                sliceName=text, height=HEIGHT, width=COLUMNS_OF_PAGE // PER_ROW)  # fmt: skip
    shown = [chart for charts in sections.values() for chart in charts.values()]
    return {
        "dashboard_title": f"{DATABASE}: {title}",
        "slug": name,
        "published": True,
        "uuid": _uuid("dashboard", name),
        "position": position,
        "metadata": {
            "color_scheme": "supersetColors",
            "refresh_frequency": 0,
            "cross_filters_enabled": True,
            "native_filter_configuration": list(_page_filters(shown)),
        },
        "version": "1.0.0",
    }


def _page_filters(charts: Iterable[Chart]) -> Iterator[dict[str, Any]]:
    """Choices that count for the whole page: the time, and projects where charts have them."""
    with_projects = [chart.of for chart in charts if "project" in chart.names]
    for name, kind, target in (
        ("Time", "filter_time", {}),
        *(
            ("Project", "filter_select",
             {"column": {"name": "project"}, "datasetUuid": _uuid("dataset", table)})
            for table in with_projects[:1]
        ),
    ):  # fmt: skip
        yield {
            "id": f"NATIVE_FILTER-{name}",
            "name": name,
            "type": "NATIVE_FILTER",
            "filterType": kind,
            "targets": [target],
            "controlValues": {"multiSelect": True} if target else {},
            "defaultDataMask": {"extraFormData": {}, "filterState": {}},
            "cascadeParentIds": [],
            "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
            "description": "",
        }


if __name__ == "__main__":
    write()
