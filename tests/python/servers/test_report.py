"""The page of pictures: drawn without a network, true to the tables, and free of small groups."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import signal
import subprocess
import tarfile
import time
from collections import Counter
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import BIN, PROJECT, Lake
from test_own_wiki_run import OwnLake, line

from wikilake.answers import report
from wikilake.answers import report_charts as charts
from wikilake.answers.report_charts import OTHER, shown_name
from wikilake.upkeep.publishing import DEFAULT_K as K

HOURS = ("--from", "2026-11-01T00", "--to", "2026-11-01T02")
VIEW_CHARTS = {
    "views-by-access-method", "views-by-agent-type", "week", "pages", "projects",
    "referer-classes", "referer-names", "countries", "browsers", "agents", "crawlers", "systems",
    "losses", "rejected", "funnel",
}  # fmt: skip
EDIT_CHARTS = {"edits", "editors", "active-editors", "new-pages", "net-bytes-diff", "new-editors"}
OF_TWO_HOURS = {"comparison", "movers", "not-found"}
"""What a private page has besides: what is compared with the hour before, and small groups."""


MARKS = ("bar", "point", "circle", "rect mark", "geoshape")


class Page(HTMLParser):
    """The charts of a page as a browser has it: table rows and drawn marks of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.marks: dict[str, int] = {}
        self.labels: dict[str, list[str]] = {}
        self.figure, self.cell = "", False
        self.feed(re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "figure":
            self.figure = given["id"] or ""
            self.tables[self.figure], self.marks[self.figure] = [], 0
            self.labels[self.figure] = []
        elif tag == "tr":
            self.tables[self.figure].append([])
        elif tag in ("td", "th"):
            self.tables[self.figure][-1].append("")
            self.cell = True
        elif tag == "path" and given.get("aria-roledescription") in MARKS:
            self.marks[self.figure] += 1
            self.labels[self.figure].append(given.get("aria-label") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.cell = False

    def handle_data(self, data: str) -> None:
        if self.cell:
            self.tables[self.figure][-1][-1] += data

    def rows(self, chart: str) -> list[list]:
        """The body of a chart's table, numbers as numbers, without head and total."""
        body = [row for row in self.tables[chart][1:] if row[0] != "total"]
        return [[self._value(text) for text in row] for row in body]

    def total(self, chart: str) -> int:
        [row] = [row for row in self.tables[chart] if row[0] == "total"]
        return self._value(row[-1])

    @staticmethod
    def _value(text: str) -> object:
        plain = text.replace(",", "")
        return int(plain) if re.fullmatch(r"-?[0-9]+", plain) else text


def browse(page: Path, folder: Path, *arguments: str) -> tuple[str, str]:
    """A page as a headless browser renders it, and what it writes to its console."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("chromium is not installed")
    shown = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={folder}", "--enable-logging=stderr", "--window-size=400,800",
            "--virtual-time-budget=20000", *(arguments or ("--dump-dom",)), f"file://{page}",
        ],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    said = [line for line in shown.stderr.splitlines() if "CONSOLE" in line]
    return shown.stdout, "\n".join(said)


@pytest.fixture(scope="module")
def output(built_sample: Lake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    written = built_sample.wikilake(
        "report", *HOURS, "--snapshot", "2026-10", "--output", str(path)
    )
    assert written.returncode == 0, written.stderr
    return path


@pytest.fixture(scope="module")
def page(output: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    html, said = browse(output, tmp_path_factory.mktemp("profile"))
    assert said == ""
    return Page(html)


@pytest.fixture(scope="module")
def private(built_sample: Lake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The owner's page of the second hour, which is compared with the first one."""
    path = tmp_path_factory.mktemp("report") / "private.html"
    hour = ("--from", "2026-11-01T01", "--to", "2026-11-01T02")
    written = built_sample.wikilake("report", "--private", *hour, "--output", str(path))
    assert written.returncode == 0, written.stderr
    return path


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The library that checks pages for people who see or move in other ways."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("axe")
    subprocess.run(
        ["npm", "pack", "--silent", "--ignore-scripts", "axe-core@4"], cwd=folder, check=True
    )
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        return archive.extractfile("package/axe.min.js").read().decode().replace("</", "<\\/")


CHECKS = """
<script>setTimeout(async () => {
  const found = [];
  for (const open of [false, true]) {
    document.querySelectorAll("details").forEach((details) => { details.open = open; });
    const { violations, passes } = await axe.run(document);
    found.push([
      violations.map((rule) => [rule.id, rule.nodes.map((node) => node.html).slice(0, 3)]),
      passes.map((rule) => rule.id),
    ]);
  }
  const place = document.createElement("pre");
  place.id = "axe";
  place.textContent = JSON.stringify(found);
  document.body.append(place);
}, 4000);</script>
"""


def test_axe_finds_nothing_that_keeps_people_with_keyboards_or_screen_readers_out(
    private: Path, axe: str, tmp_path: Path
) -> None:
    html = private.read_text().replace("</title>", "</title><script>" + axe + "</script>", 1)
    checked = tmp_path / "checked.html"
    checked.write_text(html.removesuffix("</body>\n</html>") + CHECKS)
    shown, said = browse(checked, tmp_path / "profile")
    assert said == ""
    [result] = re.findall(r'<pre id="axe">(.*?)</pre>', shown, re.DOTALL)
    closed, opened = json.loads(unescape(result))
    for violations, passes in (closed, opened):
        assert violations == []
        assert {"bypass", "color-contrast", "region", "role-img-alt", "summary-name"} <= set(passes)
    assert "scrollable-region-focusable" in opened[1]


def test_the_owners_page_compares_with_the_hour_before_and_shows_single_readers(
    private: Path, built_sample: Lake, tmp_path: Path
) -> None:
    html, said = browse(private, tmp_path / "profile")
    assert said == ""
    drawn = Page(html)
    assert set(drawn.tables) >= VIEW_CHARTS | EDIT_CHARTS | OF_TWO_HOURS
    assert [chart for chart, marks in drawn.marks.items() if marks == 0] == []
    views = dict(
        built_sample.query(
            "select hour, sum(view_count)::bigint from wmf.pageview_hourly "
            "where agent_type = 'user' group by all"
        )
    )
    [people] = [row for row in drawn.rows("comparison") if row[0] == "views by people"]
    assert people[1:3] == [views[0], views[1]]
    pages: dict[tuple[str, int], int] = {
        (f"{title.replace('_', ' ')} · {project}", hour): count
        for title, project, hour, count in built_sample.query(
            "select page_title, project, hour, sum(view_count)::bigint from wmf.pageview_hourly "
            "where agent_type = 'user' group by all"
        )
    }
    for name, before, now, change in drawn.rows("movers")[:3]:
        assert pages.get((name, 0), 0) == before and pages.get((name, 1), 0) == now
        assert change == now - before != 0
    lost = built_sample.query(
        "select count(*) from wmf.webrequest "
        "where http_status in ('404', '410') and agent_type = 'user' and hour = 1"
    )
    assert drawn.total("not-found") == lost[0][0] > 0
    assert private.stat().st_mode & 0o777 == 0o600


def test_a_printed_page_has_its_charts_in_ink_and_nothing_to_press(
    private: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "page.pdf"
    browse(private, tmp_path / "profile", f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    written = paper.read_bytes()
    assert written.startswith(b"%PDF") and 2 < len(re.findall(rb"/Type\s*/Page\b", written)) < 30
    assert "@media print" in private.read_text()


def test_every_chart_is_drawn_and_has_its_numbers(page: Page) -> None:
    assert set(page.marks) == VIEW_CHARTS | EDIT_CHARTS
    assert [chart for chart, marks in page.marks.items() if marks == 0] == []
    assert [chart for chart in page.tables if not page.rows(chart)] == []


def test_the_page_is_small_and_fetches_nothing(output: Path) -> None:
    html = output.read_text()
    assert len(html.encode()) < 2_000_000
    assert "default-src 'none'" in html
    outside = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert not re.search(r"(src|href)=\"(?!#)", outside)
    assert "prefers-color-scheme: dark" in html and 'name="viewport"' in html


def shown_of_hours(lake: Lake, group: str, condition: str = "true") -> dict[str, int]:
    """What of the views of a group's hours may be shown: hours of 25 addresses, rounded down."""
    counted = lake.query(
        f"select {group}, hour, count(*) // {K} * {K} from wmf.pageview_actor "
        f"where is_pageview and pageview_info['project'] <> '' and {condition} "
        f"group by all having count(distinct ip) >= {K}"
    )
    sums: Counter[str] = Counter()
    for name, _, views in counted:
        sums[name] += views
    return sums


def test_the_figures_are_those_of_the_tables(page: Page, built_sample: Lake) -> None:
    people = "agent_type = 'user'"
    for chart, group in (
        ("projects", "pageview_info['project']"),
        ("countries", "replace(geocoded_data['country'], 'Unknown', 'unknown')"),
        ("browsers", "user_agent_map['browser_family']"),
        ("systems", "user_agent_map['os_family']"),
        ("referer-classes", "referer_class"),
    ):
        shown = dict(row for row in page.rows(chart) if row[0] != OTHER)
        assert shown == shown_of_hours(built_sample, group, people), chart
        assert len(shown) > 1
    by_hour = shown_of_hours(built_sample, "printf('2026-11-01 %02d:00 ', hour) || agent_type")
    assert {f"{time} {name}": views for time, name, views in page.rows("views-by-agent-type")} == (
        by_hour
    )
    for chart in VIEW_CHARTS - {"losses"}:
        assert page.total(chart) == sum(row[-1] for row in page.rows(chart)) > 0, chart
    [(views,)] = built_sample.query("select sum(view_count) from wmf.projectview_hourly")
    assert 0 <= views - page.total("views-by-agent-type") < 25 * len(by_hour)
    [(requests,)] = built_sample.query("select count(*) from wmf.webrequest")
    assert requests * 0.95 < page.total("funnel") <= requests
    assert page.rows("funnel")[-1][0] == "pageview"
    assert views - 50 < page.rows("funnel")[-1][1] <= views
    rejected = built_sample.query("select count(*) from wmf_raw.webrequest_rejected")
    assert page.total("rejected") == rejected[0][0] > 0
    lost = built_sample.query(
        "select sum(count_lost) from wmf_raw.webrequest_sequence_stats_hourly"
    )
    assert sum(row[4] for row in page.rows("losses")) == lost[0][0]


def test_the_edits_are_those_of_the_metrics(page: Page, built_sample: Lake) -> None:
    for chart, table, measure in (
        ("edits", "edits", "edits"),
        ("new-pages", "new_pages", "new_pages"),
        ("net-bytes-diff", "edits", "net_bytes_diff"),
    ):
        [(total,)] = built_sample.query(
            f"select sum({measure}) from wikistats.{table} where project = 'all-projects' "
            "and granularity = 'monthly' and editor_type = 'all-editor-types' "
            "and page_type = 'all-page-types'"
        )
        assert sum(row[-1] for row in page.rows(chart)) == total != 0
    active = built_sample.query(
        "select strftime(period_start, '%Y-%m-01 00:00'), project, active_editors "
        "from wikistats.active_editors where page_type = 'all-page-types'"
    )
    assert {tuple(row) for row in page.rows("active-editors")} == set(active)


def test_no_small_or_exact_number_of_readers_is_shown_and_no_two_of_their_traits(
    page: Page,
) -> None:
    for chart in VIEW_CHARTS - {"losses", "rejected"}:
        for row in page.rows(chart):
            assert row[-1] > 0 and row[-1] % K == 0, (chart, row)
            assert len([value for value in row if isinstance(value, str)]) <= 2, (chart, row)
    for _, _, expected, arrived, *_ in page.rows("losses"):
        assert expected % K == arrived % K == 0


HOSTILE = [
    "__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "length", "null",
    "</script><script>document.title='broken'</script>", "<img src=x onerror=document.title='x'>",
    "<!--", "{{ 7 * 7 }}", "a\u2028b\u2029c", "safe\u202eexe.txt", "a\x00\x07\x1b[31mred\x9b",
    "\u202bunclosed \u2066isolate", "ويكيبيديا (موسوعة)", "עברית 123",
    "👩‍👩‍👧‍👦 😀", "'\"`\\", "-1", "1e3",
    "x" * 5000, "  blanks  ", "&amp;", "datum.views", "all others",
]  # fmt: skip


def test_hostile_names_are_shown_as_they_are_and_do_nothing(tmp_path: Path) -> None:
    rows = [(name, 25 * (place + 1)) for place, name in enumerate(HOSTILE)]
    bars = charts.alt.Chart().mark_bar().encode(x="views:Q", y=charts.alt.Y("page:N", sort=None))
    when = report.datetime(2026, 11, 1)
    over_time = [(when, name, views) for name, views in rows]
    stacked = charts.alt.Chart().mark_bar().encode(x="time:T", y="views:Q", color="page:N")
    drawings = [
        charts.Chart("pages", "Pages", "Pages.", ("page", "views"), rows, bars, height=None),
        charts.Chart("projects", "P", "P.", ("time", "page", "views"), over_time, stacked),
    ]
    path = tmp_path / "hostile.html"
    path.write_text(report.page([charts.Section("s", "S", drawings)], ["fact"]), encoding="utf-8")
    html, said = browse(path, tmp_path / "profile")
    assert said == ""
    assert "<title>wikilake report</title>" in html
    drawn = Page(html)
    assert drawn.marks == {"pages": len(HOSTILE), "projects": len(HOSTILE)}
    expected = [shown_name(name) for name in HOSTILE]
    assert [row[0] for row in drawn.tables["pages"][1:]] == expected
    assert drawn.labels["pages"] == [
        f"views: {views}; page: \u2068{name}\u2069"
        for name, (_, views) in zip(expected, rows, strict=True)
    ]


def test_long_periods_are_shown_day_by_day(built_sample: Lake, tmp_path: Path) -> None:
    path = tmp_path / "month.html"
    month = ("--from", "2026-11-01T00", "--to", "2026-12-01T00")
    written = built_sample.wikilake("report", *month, "--output", str(path))
    assert written.returncode == 0, written.stderr
    shown = Page(path.read_text())
    assert {row[0] for row in shown.rows("views-by-agent-type")} == {"2026-11-01 00:00"}
    assert "in 2 of 720 hours" in path.read_text()
    assert set(shown.tables) == VIEW_CHARTS | EDIT_CHARTS, "beside hours the newest snapshot"


def test_tables_that_are_not_in_the_lake_are_reported_with_the_command_that_makes_them(
    built_sample: Lake, lake: Lake
) -> None:
    for where, arguments, code, words in (
        (lake, HOURS, 1, "wikilake build first"),
        (built_sample, ("--from", "2020-01-01T00", "--to", "2020-01-01T01"), 1,
         "wikilake build --from 2020-01-01T00"),
        (built_sample, ("--snapshot", "2020-01"), 1, "wikilake build --snapshot 2020-01"),
        (built_sample, (), 2, "--from and --to"),
        (built_sample, (*HOURS, "--output", "/nowhere/report.html"), 1, "cannot be written"),
    ):  # fmt: skip
        called = where.wikilake("report", *arguments)
        assert called.returncode == code
        assert words in called.stderr
        assert "Traceback" not in called.stderr


def test_the_credit_of_an_installed_database_stands_on_the_page(
    built_sample: Lake, tmp_path: Path
) -> None:
    credit = built_sample.root / "geoip" / "credit.txt"
    credit.parent.mkdir()
    credit.write_text("Places by Somebody (https://places.example), CC BY 4.0.\n")
    try:
        path = tmp_path / "report.html"
        built_sample.wikilake("report", *HOURS, "--output", str(path))
    finally:
        credit.unlink()
        credit.parent.rmdir()
    assert 'href="https://places.example"' in path.read_text()


HOSTILE_PATH = "%3C/script%3E%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE" + "x" * 3000


def test_the_watched_log_may_come_late_grow_be_rotated_and_be_cut(tmp_path: Path) -> None:
    lake = OwnLake(tmp_path)
    log, page, told = tmp_path / "access.log", tmp_path / "report.html", tmp_path / "told"
    made = lake.wikilake(
        "init", "--domain", "en.example.org", "--log", str(log), "--data", tmp_path,
        "--output", tmp_path / "wikilake.yml",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    now = datetime.now(UTC).replace(tzinfo=None)
    lake.root.mkdir()
    with (lake.root / ".lock").open("w") as held, told.open("w") as output:
        fcntl.flock(held, fcntl.LOCK_EX)
        watching = subprocess.Popen(
            [BIN / "wikilake", "report", "--watch", "--every", "3"],
            cwd=PROJECT, env=lake.environment() | {"WIKILAKE_WAIT": "0"}, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

        def until(text: str, file: Path) -> None:
            for _ in range(1200):
                if file.exists() and text in file.read_text(errors="replace"):
                    return
                assert watching.poll() is None, told.read_text()
                time.sleep(0.1)
            pytest.fail(f"{text!r} never came: {told.read_text()}")

        try:
            until("in use by another run", told)
            fcntl.flock(held, fcntl.LOCK_UN)
            until("names no log that is there", told)
            log.write_text(line(now, "Cat"))
            until("Cat · en.example", page)
            with log.open("a") as file:
                file.write(line(now, "Dog"))
            log.rename(tmp_path / "access.log.1")
            missing = line(now, HOSTILE_PATH).replace(" 200 2000", " 404 2000")
            log.write_text(missing + line(now, "Half")[:40])
            until("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;\ufffdxxx", page)
            log.write_text(line(now, "Cut"))
            until("Cut · en.example", page)
        finally:
            watching.send_signal(signal.SIGINT)
            watching.wait(60)
    said = told.read_text()
    assert watching.returncode == 0 and "Stopped." in said and "Traceback" not in said
    assert said.count("names no log that is there") == 1
    assert "Dog · en.example" in page.read_text() and "every 3 seconds" in page.read_text()
    counted = lake.query("select sum(view_count)::bigint from wmf.pageview_hourly")
    assert counted == [(3,)], "each line once"
    assert page.stat().st_mode & 0o777 == 0o600
    still = tmp_path / "still.html"  # the browser waits for the end of what happens in a page
    still.write_text(page.read_text().replace("location.reload();", ""))
    html, console = browse(still, tmp_path / "profile")
    assert "alert(1)" in html and console == ""
