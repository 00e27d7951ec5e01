"""The semantic layer: MetricFlow's own command asks for metrics, and gets the marts' numbers."""

import csv
import json
import os
import subprocess
from datetime import date

import duckdb
import pytest
import yaml
from conftest import BIN, PROJECT
from test_server import make_table, write_catalog

OLD, NEW = "2026-09", "2026-10"


def edits_of(snapshot, number):
    """Rows of edits as the marts have them: the parts, and all their totals."""
    types = [("user", "content"), ("anonymous", "non-content")]
    for project, parts in (("en.wikipedia", 2), ("wikidata", 1), ("all-projects", 2)):
        for editors, pages in (*types[:parts], ("all-editor-types", "all-page-types")):
            for granularity in ("daily", "monthly"):
                yield {
                    "snapshot": snapshot, "project": project, "granularity": granularity,
                    "period_start": date(2026, 9, 1), "editor_type": editors, "page_type": pages,
                    "edits": number, "net_bytes_diff": -number, "abs_bytes_diff": 10 * number,
                }  # fmt: skip


def people(snapshot, measure, number):
    for project in ("en.wikipedia", "wikidata"):
        for granularity in ("daily", "monthly"):
            for pages in ("content", "all-page-types"):
                row = {"snapshot": snapshot, "project": project, "period_start": date(2026, 9, 1)}
                row |= {"page_type": pages, measure: number}
                if measure == "editors":
                    row |= {"granularity": granularity, "editor_type": "all-editor-types"}
                    row |= {"activity_level": "all-activity-levels"}
                if measure == "editors" or granularity == "monthly":
                    yield row


@pytest.fixture(scope="module")
def project(parsed, tmp_path_factory):
    """The project with a target of its own, which MetricFlow takes no setting for, and a lake."""
    folder = tmp_path_factory.mktemp("semantic")
    for path in PROJECT.iterdir():
        if path.name not in ("target", "logs", "lake"):
            (folder / path.name).symlink_to(path)
    (folder / "target").symlink_to(parsed)
    root = folder / "lake"
    write_catalog(root)
    snapshots = ((OLD, 100), (NEW, 7))
    day = {"year": 2026, "month": 9, "day": 1}
    with duckdb.connect(str(root / "wikilake.duckdb")) as connection:
        make_table(connection, "wikistats", "edits", [r for s in snapshots for r in edits_of(*s)])
        new_pages = [
            {key: row[key] for key in row if "bytes" not in key and key != "edits"}
            | {"new_pages": row["edits"]}
            for snapshot in snapshots
            for row in edits_of(*snapshot)
        ]
        make_table(connection, "wikistats", "new_pages", new_pages)
        for table in ("editors", "active_editors"):
            rows = [row for snapshot, n in snapshots for row in people(snapshot, table, n)]
            make_table(connection, "wikistats", table, rows)
        views = [
            {"project": project, "view_count": number, "hour": hour} | day
            for project, number, hour in (
                ("en.wikipedia", 5, 0),
                ("en.wikipedia", 6, 1),
                ("x", 9, 0),
            )
        ]
        make_table(connection, "pageview", "projectview_hourly", views)
        devices = [{"project": "en.wikipedia", "access-site": site, "devices": n} | day
                   for site, n in (("all-sites", 40), ("desktop-site", 30))]  # fmt: skip
        make_table(connection, "readers", "unique_devices_cassandra_daily", devices)
        make_table(connection, "webrequest", "webrequest_sequence_stats_hourly", [
            {"webrequest_source": s, "count_lost": 1, "count_expected": n, "hour": h} | day
            for s, n, h in (("text", 10, 0), ("text", 30, 1), ("upload", 60, 0))
        ])  # fmt: skip
    return folder


def ask(project, metrics, group_by):
    """The rows of `mf query`, keys in lower case without what is joined before them."""
    path = project / "rows.csv"
    run = subprocess.run(
        [BIN / "mf", "query", "--metrics", metrics, "--group-by", group_by, "--csv", path],
        cwd=project,
        env={
            **os.environ,
            "DBT_PROFILES_DIR": str(PROJECT / "profiles"),
            "DBT_LOG_PATH": str(project / "mf-logs"),
            "WIKILAKE_LAKE": str(project / "lake"),
        },
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return list(csv.DictReader(path.open()))


def test_every_metric_counts_parts_or_totals_once_and_of_the_newest_snapshot(project):
    described = yaml.safe_load((PROJECT / "models/_semantic.yml").read_text())
    names = [metric["name"] for metric in described["metrics"]]
    [row] = ask(project, ",".join(names), "metric_time__month")
    assert row.pop("metric_time__month").startswith("2026-09-01")
    expected = {"edits": 21, "net_bytes": -21, "absolute_bytes": 210, "new_pages": 21}
    expected |= {"editors": 14, "active_editors": 14, "views": 20, "devices": 40}
    expected |= {"requests_lost": 3, "requests_expected": 100, "loss": 0.03}
    assert {name: float(text) for name, text in row.items()} == expected
    assert set(names) == set(expected)


def test_metrics_are_grouped_by_dimensions(project):
    rows = ask(project, "loss", "source_hour__webrequest_source")
    assert {row["source_hour__webrequest_source"]: float(row["loss"]) for row in rows} == {
        "text": 0.05,
        "upload": 1 / 60,
    }


def test_each_semantic_model_names_columns_of_its_mart_and_each_consumer_is_an_exposure(
    parsed, manifest
):
    semantic = json.loads((parsed / "semantic_manifest.json").read_text())
    of_model = {
        node["relation_name"]: set(node["columns"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    for model in semantic["semantic_models"]:
        columns = of_model[model["node_relation"]["relation_name"]]
        for part in (*model["dimensions"], *model["measures"]):
            expression = part["expr"] or part["name"]
            assert any(column in expression for column in columns), (model["name"], part["name"])
    exposed = {exposure["name"] for exposure in manifest["exposures"].values()}
    assert exposed >= {
        "metrics_api", "traffic_api", "metrics_server", "semantic_layer", "public_dumps",
        "druid", "report", "notebook", "shared_lake",
    }  # fmt: skip
