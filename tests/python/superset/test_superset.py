"""A real Superset with the dashboards: what each chart's API answers is what the marts hold."""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from conftest import BIN, PROJECT, Lake, write_countries

PROGRAMS = PROJECT / ".venv-superset" / "bin"
LOW = {
    "percountry_actors_threshold": 1,
    "min_num_daily_referrals": 1,
    "unique_devices_threshold": 1,
    "privacy_threshold": 1,
    "output_threshold": 1,
}
"""Thresholds that a made-up day of few readers reaches."""

HOUR = "make_timestamp(year, month, day, hour, 0, 0)"
MONTH = "cast(date_trunc('month', period_start) as timestamp)"
PEOPLE = "from wmf.projectview_hourly where agent_type = 'user' group by all"
PARTS = (
    "where granularity = 'monthly' and project not like 'all-%' and page_type = 'all-page-types' "
    "and editor_type <> 'all-editor-types' group by all"
)
ALL = "editor_type = 'all-editor-types' and page_type = 'all-page-types'"
EDITS = (
    "cast(substr(event_timestamp, 1, 7) || '-01' as timestamp), user_type, "
    "{} from wmf.mediawiki_history_reduced "
    "where event_entity = 'revision' and event_type = 'create' group by all"
)
LAST = f"granularity = 'monthly' and measure = 'edits' and period_start = '2026-10-01' and {ALL}"
MARTS = {
    "Views by hour and access":
        f"{HOUR}, access_method, sum(view_count) from wmf.projectview_hourly group by all",
    "Views by hour and agent":
        f"{HOUR}, agent_type, sum(view_count) from wmf.projectview_hourly group by all",
    "Most read projects": f"project, sum(view_count) {PEOPLE}",
    "Countries of readers on a map": f"country_code, sum(view_count) {PEOPLE}",
    "Countries of readers": f"country_code, sum(view_count) {PEOPLE}",
    "Where readers come from": f"referer_class, sum(view_count) {PEOPLE}",
    "Search engines": "search_engine, sum(num_referrals) from wmf.referrer_daily group by all",
    "Top pages by country":
        "country, page ->> 'project', replace(page ->> 'article', '_', ' '), "
        "(page ->> 'views_ceil')::bigint from (select country, "
        "unnest(articles::json[]) as page from wmf.pageview_top_percountry_daily "
        "where access = 'all-access')",
    "Browsers": "browser_family, sum(view_count) from wmf.browser_general group by all",
    "Devices by day":
        "strptime(timestamp, '%Y%m%d'), project, devices from wmf.unique_devices_cassandra_daily "
        "where \"access-site\" = 'all-sites'",
    "Edits by month": f"{MONTH}, editor_type, sum(edits) from wikistats.edits {PARTS}",
    "Net bytes by month": f"{MONTH}, editor_type, sum(net_bytes_diff) from wikistats.edits {PARTS}",
    "Editors by month":
        f"{MONTH}, project, editors from wikistats.editors where granularity = 'monthly' "
        f"and project not like 'all-%' and activity_level = 'all-activity-levels' and {ALL}",
    "Active editors by month":
        f"{MONTH}, project, active_editors from wikistats.active_editors "
        "where page_type = 'all-page-types'",
    "New pages by month": f"{MONTH}, editor_type, sum(new_pages) from wikistats.new_pages {PARTS}",
    "Reverted edits by month":
        EDITS.format("count(case when list_contains(other_tags, 'reverted') then 1 end)"),
    "Percent of edits reverted":
        EDITS.format("avg(case when list_contains(other_tags, 'reverted') then 100.0 else 0 end)"),
    "Most edited pages of the last month":
        "project, page_title, value from wikistats.top_edited_pages "
        f"where {LAST} and project not like 'all-%' and page_title is not null",
    "Busiest editors of the last month":
        "project, user_text, value from wikistats.top_editors "
        f"where {LAST} and project not like 'all-%' and user_text is not null",
    "Percent of lines lost":
        f"{HOUR}, webrequest_source, percent_lost from wmf_raw.webrequest_sequence_stats_hourly",
    "Lines lost":
        f"{HOUR}, webrequest_source, count_lost from wmf_raw.webrequest_sequence_stats_hourly",
    "Where requests end":
        "pageview_condition, sum(request_count) from wmf.pageview_funnel_hourly group by all",
    "Why views are a program's":
        "automated_reason, sum(view_count) from wmf.pageview_agents_hourly "
        "where agent_type = 'automated' group by all",
    "Most read pages":
        "project, replace(page_title, '_', ' '), sum(view_count) from wmf.pageview_hourly "
        "where agent_type = 'user' group by all",
}  # fmt: skip
"""Title of a chart to what it has to show, as a question to the marts."""

MAY_BE_EMPTY = {"Why views are a program's"}
MOST = {"Most read projects": 20, "Devices by day": 10, "Most read pages": 100, "Browsers": 20,
        "Busiest editors of the last month": 100, "Most edited pages of the last month": 100,
        "Search engines": 20, "Top pages by country": 100}  # fmt: skip
"""Rows that a chart has at most; of equals any may be left out."""


@dataclass
class Superset:
    """A Superset that answers, and who may ask it."""

    root: str
    password: str
    lake: Lake

    def __post_init__(self) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.headers: dict[str, str] = {}
        user = {"username": "admin", "password": self.password, "provider": "db"}
        token = self.ask("/api/v1/security/login", user)["access_token"]
        self.headers["Authorization"] = f"Bearer {token}"
        self.headers["X-CSRFToken"] = self.ask("/api/v1/security/csrf_token/")["result"]
        self.headers["Referer"] = self.root

    def ask(self, path: str, body: dict | None = None) -> Any:
        """The JSON that a path answers; that of an error has no `result`."""
        sent = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        request = urllib.request.Request(self.root + path, sent, self.headers | kind)
        try:
            with self.opener.open(request, timeout=300) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return {"status": error.code, "said": error.read().decode()}

    def charts(self) -> dict[str, int]:
        listed = self.ask("/api/v1/chart/?q=(page_size:100,columns:!(id,slice_name))")["result"]
        return {chart["slice_name"]: chart["id"] for chart in listed}

    def data(self, chart: int) -> list[tuple]:
        """A chart's rows: what it counts by, then the number."""
        answered = self.ask(f"/api/v1/chart/{chart}/data/")
        assert "result" in answered, answered
        [result] = answered["result"]
        assert result["status"] == "success" and not result["error"], result
        return [tuple(map(plain, row, row.values())) for row in result["data"]]

    def sql(self, query: str) -> Any:
        """What a person gets who writes SQL: rows, or words."""
        databases = self.ask("/api/v1/database/")["result"]
        asked = {"database_id": databases[0]["id"], "sql": query, "schema": "wmf"}
        answered = self.ask("/api/v1/sqllab/execute/", asked)
        return answered.get("data", answered)


def plain(name: str, value: Any) -> Any:
    if name == "time" and value is not None:
        return datetime.fromtimestamp(value / 1000, UTC).replace(tzinfo=None)
    return round(value, 6) if isinstance(value, float) else value


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A made-up day, of which every table for readers has rows, and the shipped snapshot."""
    lake = Lake(tmp_path_factory.mktemp("a wiki's [lake]"))
    lake.settings["WIKILAKE_GEOIP_CITY"] = str(write_countries(lake.folder / "countries.mmdb"))
    lake.settings["WIKILAKE_RAW"] = str(lake.folder / "raw")
    assert lake.wikilake("sample", "--rows", "300", "--seed", "1", "--hours", "25").returncode == 0
    lose_lines(next(lake.raw.glob("webrequest_source=text/*/*/*/hour=5/*.jsonl.gz")))
    day = ("--from", "2026-11-01T00", "--to", "2026-11-02T00")
    for period in (day, ("--snapshot", "2026-10")):
        told = ("--exclude", "test_type:data", "--vars", json.dumps(LOW))
        built = lake.wikilake("build", *period, *told)
        assert built.returncode == 0, built.stderr
    return lake


def lose_lines(path: Path) -> None:
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[:3] + lines[6:])))


@pytest.fixture(scope="module")
def superset(lake: Lake):
    if not (PROGRAMS / "gunicorn").exists():
        pytest.skip("Superset is not installed: make test-superset")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    home, said = lake.folder / "superset", lake.folder / "said"
    with said.open("w") as out:
        process = subprocess.Popen(
            [BIN / "wikilake", "superset", "--tables", "all", "--port", str(port),
             "--home", home],
            cwd=PROJECT, env=lake.environment(), stdout=out, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    root, end = f"http://127.0.0.1:{port}", time.monotonic() + 500
    while not answers(f"{root}/health"):
        assert process.poll() is None and time.monotonic() < end, said.read_text()
        time.sleep(1)
    password = json.loads((home / "wikilake.json").read_text())["password"]
    assert password in said.read_text()
    try:
        yield Superset(root, password, lake)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert not answers(f"{root}/health"), "Ctrl-C ends all of it"


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def test_each_chart_shows_what_the_marts_hold_also_when_all_are_asked_at_once(
    superset: Superset,
) -> None:
    charts = superset.charts()
    assert charts.keys() == MARTS.keys()
    with ThreadPoolExecutor(8) as pool:
        shown = dict(zip(charts, pool.map(superset.data, charts.values()), strict=True))
    for title, question in MARTS.items():
        held = {
            row[:-1]: plain("", float(row[-1]))
            for row in superset.lake.query(f"select {question}")
            if row[-1] is not None
        }
        assert any(held.values()) or title in MAY_BE_EMPTY, title
        rows = {row[:-1]: row[-1] for row in shown[title] if row[-1] is not None}
        assert rows == pytest.approx({key: held.get(key) for key in rows}), title
        most = MOST.get(title, len(held))
        assert sorted(rows.values()) == pytest.approx(sorted(held.values())[-most:]), title


def test_whoever_writes_sql_reads_the_tables_of_the_dashboards_and_nothing_else(
    superset: Superset, tmp_path: Path
) -> None:
    assert superset.sql("select count(*) as n from wmf.projectview_hourly")[0]["n"] > 0
    for query, words in (
        ("select ip from wmf.webrequest", "Permission Error"),
        ("select ip from wmf.pageview_actor", "Permission Error"),
        ("select * from wmf_raw.webrequest_rejected", "Permission Error"),
        (f"select * from read_parquet('{superset.lake.root}/wmf/webrequest/**/*.parquet')", ""),
        (f"select * from read_text('{superset.lake.folder}/superset/wikilake.json')", ""),
        ("select * from read_text('/etc/hostname')", ""),
        ("select * from glob('/*')", ""),
        (f"copy (select 1) to '{tmp_path}/out.csv'", ""),
        (f"attach '{tmp_path}/x.duckdb' as x", ""),
        ("set enable_external_access = true", ""),
        ("create table wmf.mine as select 1 as x", ""),
        ("drop view wmf.projectview_hourly", ""),
    ):
        answered = superset.sql(query)
        assert isinstance(answered, dict) and answered["status"] >= 400, (query, answered)
        assert words in answered["said"], (query, answered)
    assert not list(tmp_path.iterdir())
    assert superset.lake.query("select count(*) from wmf.projectview_hourly")[0][0] > 0


def test_a_database_of_another_file_is_the_lake_as_well(superset: Superset, tmp_path: Path) -> None:
    made = superset.ask(
        "/api/v1/database/",
        {"database_name": "other", "sqlalchemy_uri": f"duckdb:///{tmp_path}/other.duckdb",
         "expose_in_sqllab": True, "allow_dml": True},
    )  # fmt: skip
    assert "id" in made, made
    asked = {"database_id": made["id"], "sql": "select count(*) as n from wmf.projectview_hourly"}
    assert superset.ask("/api/v1/sqllab/execute/", asked)["data"][0]["n"] > 0
    asked["sql"] = "create table x as select 1 as x"
    assert superset.ask("/api/v1/sqllab/execute/", asked)["status"] >= 400
    assert not list(tmp_path.iterdir())


def test_an_hour_that_is_built_meanwhile_is_shown_without_a_restart(superset: Superset) -> None:
    chart = superset.charts()["Views by hour and agent"]
    hour = datetime(2026, 11, 2)
    assert hour not in {row[0] for row in superset.data(chart)}
    built = superset.lake.wikilake(
        "build", "--from", "2026-11-02T00", "--to", "2026-11-02T01", "--exclude", "test_type:data"
    )
    assert built.returncode == 0, built.stderr
    assert hour in {row[0] for row in superset.data(chart)}


def test_a_browser_draws_every_chart(superset: Superset, tmp_path: Path) -> None:
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        pytest.skip("chromium is not installed")
    pictures = {slug: tmp_path / f"{slug}.png" for slug in ("wikilake", "operations")}
    looked = subprocess.run(
        [PROGRAMS / "python", Path(__file__).with_name("screenshot.py"), superset.root, "admin",
         superset.password, *(f"{slug}={path}" for slug, path in pictures.items())],
        capture_output=True, text=True, timeout=400,
    )  # fmt: skip
    assert looked.returncode == 0, looked.stderr
    found: dict[str, str] = {}
    for slug, charts in json.loads(looked.stdout).items():
        found |= charts
        assert pictures[slug].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        assert pictures[slug].stat().st_size > 50_000
    assert found.keys() == MARTS.keys()
    odd = {title: what for title, what in found.items() if what != "drawn"}
    assert odd.keys() <= MAY_BE_EMPTY and set(odd.values()) <= {"no results"}, odd
