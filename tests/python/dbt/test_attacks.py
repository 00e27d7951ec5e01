"""The rule of docs/privacy.md under attack on a lake: its report page and what it shares."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import Lake, write_countries
from lines import numbered
from test_report import Page

from wikilake.lake import lock
from wikilake.project.dbt import Project
from wikilake.upkeep import publishing
from wikilake.upkeep import share as sharing

NO_TITLES = "select null as zero_carrier"
"""Views that a table's titles are not among."""


SECRET = "User:Jane_Doe/jane@example.org"


def request(number: int, reader: int, path: str, **fields: str) -> bytes:
    asked = {"uri_path": path, "ip": f"198.51.100.{reader}", "accept_language": "en"}
    return json.dumps(json.loads(numbered(number)) | asked | fields).encode()


@pytest.fixture(scope="module")
def attacked(tmp_path_factory) -> Lake:
    """Two hours: 30 readers of a page, and one who reloads another 30 times; then one view more."""
    folder = tmp_path_factory.mktemp("attacked")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    lake.settings["WIKILAKE_GEOIP_CITY"] = str(write_countries(folder / "countries.mmdb"))
    many = [request(n, n, "/wiki/Read_by_many") for n in range(30)]
    one = {"ip": "81.2.69.160", "user_agent": "Seldom/1 (one of a kind)"}
    reloads = [request(100 + n, 0, f"/wiki/{SECRET}", **one) for n in range(30)]
    # The same person in 30 languages, each of which has a signature of its own.
    hosts = [
        request(
            200 + n,
            0,
            "/wiki/Cat",
            uri_host=f"{chr(97 + n % 26)}{chr(97 + n // 26)}.wikipedia.org",
            **one,
        )
        for n in range(30)
    ]
    lake.write_raw([*many, *reloads, *hosts])
    lake.write_raw([request(1, 77, "/wiki/Read_by_many")], hour=1)
    lake.run_hour("2026-11-01T00")
    lake.run_hour("2026-11-01T01")
    return lake


def report(lake: Lake, first: str, end: str, tmp_path: Path) -> tuple[Page, str]:
    output = tmp_path / f"{first}-{end}.html"
    made = lake.wikilake("report", "--from", first, "--to", end, "--output", str(output))
    assert made.returncode == 0, made.stderr
    return Page(output.read_text()), output.read_text()


def test_a_report_shows_neither_who_reloads_nor_one_view_by_the_difference_of_two(
    attacked, tmp_path
):
    first, html = report(attacked, "2026-11-01T00", "2026-11-01T01", tmp_path)
    assert first.rows("pages") == [["Read by many · en.wikipedia", 25]]
    assert first.rows("countries") == [["Peru", 25]]
    assert "Jane" not in html and "Seldom" not in html and "Japan" not in str(first.tables)
    assert "25 readers" in html
    both, _ = report(attacked, "2026-11-01T00", "2026-11-01T02", tmp_path)
    for chart in first.tables.keys() - {"losses", "rejected"}:
        assert both.rows(chart) == first.rows(chart), chart
    second, html = report(attacked, "2026-11-01T01", "2026-11-01T02", tmp_path)
    assert "So few read in these hours" in html
    assert second.tables.keys() <= {"losses", "rejected"}


def test_a_private_report_shows_every_number_to_its_owner_alone(attacked, tmp_path):
    output = tmp_path / "private.html"
    output.write_text("an older page")
    output.chmod(0o644)
    hours = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
    made = attacked.wikilake("report", *hours, "--private", "--output", str(output))
    assert made.returncode == 0, made.stderr
    html = output.read_text()
    assert "Private: single readers" in html
    assert "Jane" in html, "a page that one person read"
    assert output.stat().st_mode & 0o777 == 0o600


def test_what_is_shared_shows_no_reloads_and_late_data_no_single_view(attacked, tmp_path):
    output = tmp_path / "public"

    def share() -> tuple[list[tuple], str]:
        shared = attacked.wikilake("share", "--output", str(output))
        assert shared.returncode == 0, shared.stderr
        with duckdb.connect(str(output / "wikilake.duckdb"), read_only=True) as connection:
            query = "select hour, project, country_code, view_count from wmf.projectview_hourly"
            return connection.execute(query).fetchall(), shared.stdout

    first, said = share()
    assert first == [(0, "en.wikipedia", "PE", 25)]
    assert "left_out: 66" in said
    manifests = [path.read_text() for path in (output / "wmf").rglob("_manifest.json")]
    assert len(manifests) == 2 and "left_out" not in "".join(manifests)
    raw = attacked.write_raw([], name="late.jsonl")
    for count, expected in ((20, 25), (45, 75)):
        raw.write_bytes(b"\n".join(request(500 + n, 100 + n, "/wiki/Cat") for n in range(count)))
        attacked.run_hour("2026-11-01T00")
        rows, _ = share()
        assert rows == [(0, "en.wikipedia", "PE", expected)], count
    attacked.run_hour("2026-11-01T00", record_version="0.0.20")
    assert share()[0] == [(0, "en.wikipedia", "PE", 75)], "the same rows by another definition"
    raw.unlink()
    attacked.run_hour("2026-11-01T00")


@pytest.mark.parametrize(
    ("k", "table", "words"),
    [("1", "projectview_hourly", "shows single readers"), ("25", "pageview_hourly", "page_title")],
)
def test_what_would_show_single_readers_cannot_be_shared(
    attacked, tmp_path, monkeypatch, k, table, words
):
    row = {"table_name": table, "measure": "view_count", "k": k, "folded_columns": ""}
    monkeypatch.setenv("WIKILAKE_LAKE", str(attacked.root))
    for module in (sharing, sharing.publishing):
        monkeypatch.setattr(module, "read_list", lambda name: [row])
    monkeypatch.setattr(sharing, "public_tables", lambda project: [f"wmf/{table}"])
    monkeypatch.setattr(sharing.publishing, "query", lambda file, **_: NO_TITLES)
    try:
        with pytest.raises(sharing.ShareError, match=words):
            sharing.share(Project(), tmp_path / "public")
    finally:  # this process lives on, and would keep other commands from the lake
        lock.release_lake(attacked.root)
        lock.release_lake(tmp_path / "public")
    assert not [*tmp_path.rglob("*.parquet")]


def test_the_numbers_of_hours_without_their_requests_are_withheld(attacked, tmp_path):
    actors = attacked.root / "wmf/pageview_actor/year=2026/month=11/day=1/hour=0"
    kept = tmp_path / "kept"
    actors.rename(kept)
    try:
        shared = attacked.wikilake("share", "--output", str(tmp_path / "public"))
        assert shared.returncode == 0, shared.stderr
        assert "1 hours of wmf/projectview_hourly are withheld" in shared.stdout
        assert not [*(tmp_path / "public/wmf").rglob("hour=0/*.parquet")]
        told = ("--from", "2026-11-01T00", "--to", "2026-11-01T01")
        made = attacked.wikilake("report", *told, "--output", str(tmp_path / "r.html"))
        assert made.returncode == 1 and not (tmp_path / "r.html").exists()
        assert "cannot be counted" in made.stderr and "Traceback" not in made.stderr
    finally:
        kept.rename(actors)


def test_what_was_shared_by_an_older_rule_is_withdrawn_where_it_cannot_be_verified(
    attacked, tmp_path
):
    output = tmp_path / "public"
    assert attacked.wikilake("share", "--output", str(output)).returncode == 0
    hour = output / "wmf/projectview_hourly/year=2026/month=11/day=1/hour=0"
    manifest = json.loads((hour / "_manifest.json").read_text())
    manifest["made_from"]["aggregate"].pop("rule")
    (hour / "_manifest.json").write_text(json.dumps(manifest))
    actors = attacked.root / "wmf/pageview_actor/year=2026/month=11/day=1/hour=0"
    kept = tmp_path / "kept"
    actors.rename(kept)
    try:
        assert attacked.wikilake("share", "--output", str(output)).returncode == 0
    finally:
        kept.rename(actors)
    with duckdb.connect() as connection:
        connection.read_parquet(str(hour / "*.parquet")).create_view("left_there")
        assert connection.execute("select count(*) from left_there").fetchone() == (0,)


def test_a_whole_day_shows_what_its_hours_are_too_small_for(attacked, tmp_path):
    day = attacked.root / "wmf/pageview_actor/year=2026/month=11/day=1"
    copies = []
    for table in ("pageview_actor", "projectview_hourly"):
        folder = Path(str(day).replace("pageview_actor", table))
        for hour in range(2, 24):
            copies.append(shutil.copytree(folder / "hour=1", folder / f"hour={hour}"))
    try:
        page, html = report(attacked, "2026-11-01T00", "2026-11-02T00", tmp_path)
        assert "in 24 of 24 hours" in html
        # 23 views of one reader in the other hours: still nobody's.
        assert page.rows("pages") == [["Read by many · en.wikipedia", 25]]
    finally:
        for copy in copies:
            shutil.rmtree(copy)


def test_the_views_that_are_counted_are_those_of_pageview_hourly(built_sample):
    with duckdb.connect(str(built_sample.root / "wikilake.duckdb"), read_only=True) as connection:
        columns = (
            "hour, project, page_title, access_method, zero_carrier, agent_type, referer_class, "
            "continent, country_code, country, referer_name, browser_family, os_family"
        )
        counted = publishing.query("views", source="wmf.pageview_actor")
        maps = ", ".join(
            f"user_agent_map['{key}'] as {key}" for key in ("browser_family", "os_family")
        )
        ours = f"select {columns}, count(*) as n from ({counted}) group by all"
        theirs = (
            f"select {columns}, sum(view_count)::bigint as n "
            f"from (select *, {maps} from wmf.pageview_hourly) group by all"
        )
        differences = f"(({ours}) except ({theirs})) union all (({theirs}) except ({ours}))"
        assert connection.execute(differences).fetchall() == []
        assert connection.execute(f"select count(*) > 100 from ({ours})").fetchone() == (True,)


def test_a_page_of_single_readers_says_that_it_is_private_and_is_closed(
    attacked, tmp_path, monkeypatch
):
    from wikilake.answers import report as reporting
    from wikilake.answers.report_charts import title_as_read

    monkeypatch.setenv("WIKILAKE_LAKE", str(attacked.root))
    monkeypatch.setattr(publishing, "smallest_number", lambda: 1)
    hours = [reporting.datetime(2026, 11, 1, hour) for hour in (0, 2)]
    output = tmp_path / "private.html"
    output.touch(0o644)
    reporting.write_report(output, *hours, None)
    assert output.stat().st_mode & 0o777 == 0o600
    html = output.read_text()
    assert "Private: single readers" in html
    pages = Page(html).rows("pages")
    assert pages[:2] == [
        ["Read by many · en.wikipedia", 31],
        [f"{title_as_read(SECRET)} · en.wikipedia", 30],
    ]
    assert ["Cat · aa.wikipedia", 1] in pages
    link = tmp_path / "stdout"
    link.symlink_to(tmp_path / "redirected")
    (tmp_path / "redirected").touch(0o644)
    reporting.write_report(link, *hours, None)
    assert link.is_symlink() and link.read_text() == html, "what is written to keeps its place"
    assert link.stat().st_mode & 0o777 == 0o600
