"""Superset's files without a Superset: made of the models, and every chart can be asked."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import zipfile
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import BIN, PROJECT
from pydantic import ValidationError
from test_server import make_table, write_catalog

from wikilake.superset import bundle, run

DECLARED = bundle.declaration()
DOMAINS = {path.stem: path.parent.name for path in (PROJECT / "models/marts").glob("*/*.yml")}


def question(files: dict[str, dict], title: str) -> str:
    """The SQL that a chart's saved question comes to."""
    [chart] = [file for file in files.values() if file.get("slice_name") == title]
    [dataset] = [file for file in files.values() if file.get("uuid") == chart["dataset_uuid"]]
    [asked] = json.loads(chart["query_context"])["queries"]
    source = f"({dataset['sql']}) as rows" if dataset["sql"] else (
        f"{dataset['schema']}.{dataset['table_name']}"
    )  # fmt: skip
    columns = {c["column_name"]: c.get("expression", f'"{c["column_name"]}"')
               for c in dataset["columns"]}  # fmt: skip
    metrics = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
    grains = {"PT1H": "hour", "P1D": "day", "P1M": "month"}
    named = [
        columns[c] if isinstance(c, str)
        else f"date_trunc('{grains[c['timeGrain']]}', {columns[c['sqlExpression']]})"
        for c in asked["columns"]
    ]  # fmt: skip
    numbers = ", ".join(metrics[name] for name in asked["metrics"])
    where = asked["extras"]["where"] or "true"
    return (
        f"select {', '.join(named)}, {numbers}, min({columns['time']}) "
        f"from {source} where {where} group by {', '.join(map(str, range(1, len(named) + 1)))} "
        "order by all"
    )


def answer(connection: duckdb.DuckDBPyConnection, title: str) -> list[tuple]:
    """What a chart shows, without the time that `question` adds."""
    for name, dashboard in DECLARED.dashboards.items():
        if title in dict(dashboard.charts()):
            sql = question(bundle.files(name, DECLARED), title)
            return [row[:-1] for row in connection.execute(sql).fetchall()]
    raise AssertionError(title)


def fill(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict]) -> None:
    name = table.partition(".")[2]
    make_table(connection, DOMAINS[name], name, rows)


@pytest.fixture
def lake():
    """Every table that a chart reads, with the columns of its model and no rows."""
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        for table in sorted(set().union(*map(DECLARED.tables_of, charts().values()))):
            fill(connection, table, [])
        yield connection


def charts() -> dict[str, bundle.Chart]:
    return {title: chart for d in DECLARED.dashboards.values() for title, chart in d.charts()}


def test_the_files_are_those_that_the_declaration_and_the_models_make(tmp_path):
    bundle.write(tmp_path)
    made = {p.relative_to(tmp_path): p.read_text() for p in tmp_path.rglob("*.yaml")}
    kept = {p.relative_to(bundle.FOLDER): p.read_text() for p in bundle.FOLDER.rglob("*.yaml")}
    assert kept == made, "python -m wikilake.superset.bundle"
    assert len(made) > 40


def test_every_chart_can_be_asked_of_tables_with_the_columns_of_the_models(lake):
    for title in charts():
        assert answer(lake, title) == [], title


def test_each_chart_and_file_has_a_name_of_its_own():
    titles = [title for d in DECLARED.dashboards.values() for title, _ in d.charts()]
    found = [bundle.files(name, DECLARED) for name in DECLARED.dashboards]
    made = [path for files in found for path in files if path.startswith("charts/")]
    assert len(set(made)) == len(made) == len(titles) == len(set(titles)) >= 20


def test_the_lake_is_opened_for_reading_alone():
    for name in DECLARED.dashboards:
        database = bundle.files(name, DECLARED)["databases/wikilake.yaml"]
        assert database["extra"]["engine_params"]["connect_args"] == {"read_only": True}
        assert not any(database[f"allow_{what}"] for what in ("dml", "ctas", "cvas"))


def test_of_a_smaller_lake_there_are_the_charts_that_its_tables_are_enough_for():
    present = {"wikistats.edits", "wikistats.time_span", "wikistats.top_editors", "wmf.webrequest"}
    files = bundle.files("wikilake", DECLARED, present)
    shown = {file["slice_name"] for file in files.values() if "slice_name" in file}
    assert shown == {
        "Edits by month", "Net bytes by month", "Busiest editors of the last month",
    }  # fmt: skip
    page = files["dashboards/wikilake.yaml"]
    headers = [part["meta"]["text"] for key, part in page["position"].items() if "HEADER-" in key]
    assert headers == ["Who writes"]
    [_, by_project] = page["metadata"]["native_filter_configuration"]
    targets = {target["datasetUuid"] for target in by_project["targets"]}
    assert targets <= {file["uuid"] for path, file in files.items() if "datasets/" in path}
    assert not any("charts/" in path for path in bundle.files("wikilake", DECLARED, []))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"by": "projekt"}, "has no column projekt"),
        ({"show": "view"}, "has no number 'view'"),
        ({"per": None}, "`per` belongs to columns and lines"),
    ],
)
def test_a_misspelt_name_is_an_error_that_names_it(change, words):
    chart = DECLARED.dashboards["wikilake"].sections["Who reads"]["Views by hour and access"]
    page = DECLARED.dashboards["wikilake"].model_copy(
        update={"sections": {"x": {"Odd": chart.model_copy(update=change)}}}
    )
    with pytest.raises(bundle.DeclarationWrong, match=words):
        bundle.files("x", DECLARED.model_copy(update={"dashboards": {"x": page}}))


def test_a_misspelt_key_or_table_is_an_error():
    with pytest.raises(ValidationError, match="wher"):
        bundle.Chart.model_validate(
            {"of": "wmf.x", "as": "bars", "show": "a", "by": "b", "wher": "c"}
        )
    with pytest.raises(ValidationError, match="Views by hour and access: there is no dataset wmf"):
        bundle.Declaration(datasets={}, dashboards=DECLARED.dashboards)
    datasets = {"wmf.pagview_hourly": DECLARED.datasets["wmf.projectview_hourly"]}
    chart = charts()["Most read projects"].model_copy(update={"of": "wmf.pagview_hourly"})
    page = DECLARED.dashboards["wikilake"].model_copy(update={"sections": {"x": {"Odd": chart}}})
    odd = DECLARED.model_copy(update={"dashboards": {"x": page}, "datasets": datasets})
    with pytest.raises(bundle.DeclarationWrong, match="no model pagview_hourly"):
        bundle.files("x", odd)


def test_of_several_snapshots_only_the_newest_counts(lake):
    kind = {"editor_type": "user", "page_type": "all-page-types", "granularity": "monthly"}
    month = {"project": "en.wikipedia", "period_start": date(2026, 9, 1)} | kind
    for table, measure in (("edits", "edits"), ("new_pages", "new_pages")):
        fill(lake, f"wikistats.{table}", [
            month | {"snapshot": snapshot, measure: number} | change
            for snapshot, number in (("2026-09", 100), ("2026-10", 7))
            for change in ({}, {"project": "all-projects"}, {"granularity": "daily"},
                           {"editor_type": "all-editor-types"}, {"page_type": "content"})
        ])  # fmt: skip
    fill(lake, "wikistats.time_span", [
        {"snapshot": snapshot, "first_day": date(2026, 1, 1), "last_day": last}
        for snapshot, last in (("2026-09", date(2026, 9, 30)), ("2026-10", date(2026, 10, 31)))
    ])  # fmt: skip
    assert answer(lake, "Edits by month") == [(datetime(2026, 9, 1), "user", 7)]
    assert answer(lake, "New pages by month") == [(datetime(2026, 9, 1), "user", 7)]


def test_reverts_are_counted_among_edits_alone_and_odd_times_stop_nothing(lake):
    fill(lake, "wikistats.time_span", [
        {"snapshot": "2026-10", "first_day": date(2026, 1, 1), "last_day": date(2026, 10, 31)}
    ])  # fmt: skip
    edit = {"snapshot": "2026-10", "event_entity": "revision", "event_type": "create",
            "user_type": "user", "event_timestamp": "2026-05-09 00:00:00.0"}  # fmt: skip
    fill(lake, "wmf.mediawiki_history_reduced", [
        edit | {"other_tags": tags} for tags in (["reverted"], ["revert"], [], None)
    ] + [
        edit | {"event_type": "daily_digest", "other_tags": ["reverted"]},
        edit | {"event_timestamp": "99999-99-99", "other_tags": []},
    ])  # fmt: skip
    may = datetime(2026, 5, 1)
    assert answer(lake, "Reverted edits by month") == [(may, "user", 1), (None, "user", 0)]
    assert answer(lake, "Percent of edits reverted") == [(may, "user", 25.0), (None, "user", 0.0)]


def test_lists_of_pages_by_country_are_taken_apart_whatever_their_titles_hold(lake):
    title = '"Don\'t"_\\_[{};--\u202e_👩‍👩‍👧'
    listed = [{"article": title, "project": "en.wikipedia", "views_ceil": 1200, "rank": 1}]
    row = {"country": "CH", "access": "all-access", "year": "2026", "month": "11", "day": "01"}
    fill(lake, "wmf.pageview_top_percountry_daily", [
        row | {"articles": json.dumps(listed, ensure_ascii=False)},
        row | {"articles": json.dumps(listed, ensure_ascii=False), "access": "desktop"},
        row | {"articles": "[]", "country": "DE"},
        row | {"articles": None, "country": "AT"},
    ])  # fmt: skip
    assert answer(lake, "Top pages by country") == [
        ("CH", "en.wikipedia", title.replace("_", " "), 1200)
    ]


# --- how a Superset is started, with stand-ins for its programs ----------------------------------


@pytest.fixture
def programs(tmp_path, monkeypatch) -> Path:
    """Programs that write down how they were called, and a lake with a few tables."""
    write_catalog(tmp_path / "lake")
    monkeypatch.setenv("WIKILAKE_LAKE", str(tmp_path / "lake"))
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("superset", "gunicorn"):
        (folder / name).write_text(
            f'#!/bin/sh\necho {name} "$@" >> {tmp_path}/called\n'
            f'for part in "$@"; do case "$part" in *.zip) cp "$part" {tmp_path};; esac; done\n'
            f'case "$1" in "$FAILING") echo "first line"; echo "no room" >&2; exit 3;; esac\n'
        )
        (folder / name).chmod(0o755)
    return folder


def start(programs: Path, port: int | None = None, public: bool = True) -> run.Server:
    server = run.prepare(
        programs.parent / "home", programs, port=port or free_port(), is_public_only=public
    )
    subprocess.run(server.command, env=server.environment, check=True)
    return server


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def called(programs: Path) -> list[str]:
    path = programs.parent / "called"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return [" ".join(line.split()[:2]) for line in lines]


PREPARED = ["superset db", "superset fab", "superset init"]
STARTED = ["superset import-dashboards", "gunicorn --bind"]


def test_a_superset_is_prepared_once_and_closed_to_others(programs):
    server = start(programs)
    assert server.address.endswith("/superset/dashboard/wikilake/") and server.user == "admin"
    assert server.password not in (programs.parent / "called").read_text()
    assert called(programs) == PREPARED + STARTED
    assert start(programs).password == server.password
    assert called(programs) == STARTED
    home = programs.parent / "home"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "wikilake.json").stat().st_mode) == 0o600


def test_a_superset_is_prepared_again_when_that_was_broken_off_or_its_secret_is_lost(
    programs, monkeypatch
):
    monkeypatch.setenv("FAILING", "init")
    with pytest.raises(run.SupersetFailed, match="superset init failed:\nfirst line\nno room"):
        start(programs)
    assert called(programs) == PREPARED
    monkeypatch.delenv("FAILING")
    first = start(programs)
    assert called(programs) == PREPARED + STARTED
    (programs.parent / "home" / "wikilake.json").write_text('{"secret_key": "')
    assert start(programs).password != first.password
    assert called(programs) == PREPARED + STARTED


def test_a_superset_may_read_the_folders_of_its_tables_and_those_are_public_unless_told(programs):
    start(programs)
    told = json.loads((programs.parent / "home" / "wikilake.json").read_text())
    root = programs.parent / "lake"
    tables = {Path(folder).relative_to(root).as_posix() for folder in told["folders"]}
    assert "wikistats/edits" in tables and ".columns/wikistats/edits" in tables
    assert not any("webrequest" in table or "pageview_hourly" in table for table in tables)
    with zipfile.ZipFile(programs.parent / "wikilake.zip") as archive:
        names = archive.namelist()
        assert "wikilake/metadata.yaml" in names
        assert all(yaml.safe_load(archive.read(name)) for name in names)
    assert not (programs.parent / "operations.zip").exists()
    start(programs, public=False)
    assert not (programs.parent / "operations.zip").exists(), "none of its tables is there"
    with duckdb.connect(str(root / "wikilake.duckdb")) as connection:
        fill(connection, "wmf_raw.webrequest_sequence_stats_hourly", [])
    start(programs)
    assert not (programs.parent / "operations.zip").exists()
    start(programs, public=False)
    assert (programs.parent / "operations.zip").exists()


def test_what_stands_in_the_way_of_a_superset_is_said_in_words(programs, tmp_path):
    (programs.parent / "home").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(run.SupersetFailed, match="name another one with --port"):
            start(programs, port=taken.getsockname()[1])
    with run._alone(programs.parent / "home"):
        with pytest.raises(run.SupersetFailed, match="Another command prepares"):
            start(programs)
    (programs / "superset").unlink()
    with pytest.raises(run.SupersetFailed, match="make superset installs it"):
        start(programs)
    done = subprocess.run(
        [BIN / "wikilake", "superset", "--home", tmp_path / "home"],
        env={**os.environ, "WIKILAKE_LAKE": str(tmp_path / "nowhere"), "WIKILAKE_FILE": ""},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "wikilake build first" in done.stderr and "Traceback" not in done.stderr
