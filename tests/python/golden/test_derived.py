"""The same rows as Wikimedia's own queries in every table that is derived from requests."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from conftest import Lake, compare
from spark_runs import on_spark

from wikilake.answers.aqs import answer

TABLES = (
    "api_metrics", "aqs_hourly", "browser_general", "interlanguage_navigation", "mediacounts",
    "mediarequest", "mediarequest_per_file_daily", "mediarequest_per_referer_daily",
    "mediarequest_top_files_daily", "pageview_per_article_daily", "pageview_per_project_daily",
    "pageview_per_project_hourly", "pageview_top_articles_daily", "pageview_top_bycountry_monthly",
    "pageview_top_percountry_daily", "referrer_daily", "unique_devices_cassandra_daily",
    "unique_devices_per_domain_daily", "unique_devices_per_project_family_daily",
    "user_agent_compliance_hourly", "user_agent_top_non_compliant_daily",
)  # fmt: skip
BASE_TABLES = "webrequest,pageview_actor,pageview_hourly,projectview_hourly"
DAY = ("--from", "2026-11-01T00", "--to", "2026-11-02T00")
VARIABLES = {
    "min_num_daily_referrals": 10,
    "privacy_threshold": 20,
    "output_threshold": 300,
    "top_n": 5,
    "mw_snapshot": "2026-10",
}
"""What the golden rows were made with; the thresholds in production are the defaults."""

TABLES_OF_A_MONTH = {
    "pageview_top_articles_monthly": (
        "pageview_top_articles_daily",
        'project, access, "articlesJSON", year, month',
    ),
    "unique_devices_per_domain_monthly": (
        "unique_devices_per_domain_daily",
        "domain, access_method, country, country_code, uniques_underestimate, uniques_offset,"
        " uniques_estimate, day",
    ),
    "unique_devices_per_project_family_monthly": (
        "unique_devices_per_project_family_daily",
        "project_family, country, country_code, uniques_underestimate, uniques_offset,"
        " uniques_estimate, day",
    ),
    "unique_devices_cassandra_monthly": (
        "unique_devices_cassandra_daily",
        'project, "access-site", timestamp, devices, "offset", underestimate, year, month',
    ),
}
"""Tables of months without golden rows, the table of days beside each, and what they share."""

JSON_COLUMNS = {"articles", "articlesJSON", "countriesJSON", "filesJSON", "video_filesJSON"}


def built_day(golden: Path, settings: dict[str, str], folder: Path, target: str) -> Lake:
    derived = golden / "derived"
    inputs = {
        "WIKILAKE_ACTOR_LABELS": "webrequest_actor_label_hourly",
        "WIKILAKE_COUNTRIES": "countries",
        "WIKILAKE_WIKIS": "wikis",
        "WIKILAKE_DISALLOWED_ARTICLES": "disallowed_articles",
        "WIKILAKE_MEDIAWIKI_FILE": "mediawiki_file",
        "WIKILAKE_MEDIAWIKI_FILETYPES": "mediawiki_filetypes",
        "WIKILAKE_USER_AGENT_COMPLIANCE_CLASSIFIED_HOURLY": (
            "user_agent_compliance_classified_hourly"
        ),
    }
    lake = Lake(
        folder,
        settings
        | {"WIKILAKE_RAW": str(derived / "raw")}
        | {name: str(derived / "inputs" / f"{file}.jsonl.gz") for name, file in inputs.items()},
    )
    if target == "spark":
        on_spark(lake)
    only = ("--target", target, "--resource-type", "model", "--vars", json.dumps(VARIABLES))
    # The month is not over, so its tables are made when they are asked for.
    month = (
        "--month",
        "2026-11",
        "--select",
        "pageview_top_bycountry_monthly",
        *TABLES_OF_A_MONTH,
        "stg_readers__countries",
        "stg_readers__wikis",
    )
    for period in (DAY, month):
        built = lake.wikilake("build", *period, *only)
        assert built.returncode == 0, built.stderr
    return lake


@pytest.fixture(scope="module")
def day(golden, golden_settings, tmp_path_factory) -> Lake:
    """The golden day as one window on DuckDB."""
    return built_day(golden, golden_settings, tmp_path_factory.mktemp("day"), "duckdb")


@pytest.fixture(scope="module")
def day_on_spark(golden, golden_settings, tmp_path_factory) -> Lake:
    return built_day(golden, golden_settings, tmp_path_factory.mktemp("spark"), "spark")


def rows_of(lake: Lake, query: str) -> tuple[list[tuple[str, str]], Counter]:
    """Columns with their types, and rows as a multiset; JSON arrays count as multisets, too."""
    with duckdb.connect(str(lake.root / "wikilake.duckdb"), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        found = connection.execute(query)
        columns = [(name, str(kind)) for name, kind, *_ in found.description]
        rows = Counter(
            tuple(comparable(name, value) for (name, _), value in zip(columns, row, strict=True))
            for row in found.fetchall()
        )
    return columns, rows


def comparable(name: str, value: Any) -> Any:
    if name in JSON_COLUMNS and value is not None:
        return tuple(sorted(json.dumps(entry, sort_keys=True) for entry in json.loads(value)))
    if isinstance(value, float):
        return f"{value:.9g}"
    return tuple(value) if isinstance(value, list) else value


def differing(golden: Path, lake: Lake, table: str, expected_table: str = "") -> list[Any]:
    """Types that differ, else the first rows that only one side has, with how often."""
    expected = golden / "derived" / "expected" / f"{expected_table or table}.parquet"
    wanted_types, wanted = rows_of(lake, f"select * from '{expected}'")
    columns = ", ".join(f'"{name}"' for name, _ in wanted_types)
    found_types, found = rows_of(lake, f"select {columns} from wmf.{table}")
    if wanted_types != found_types:
        return [pair for pair in zip(wanted_types, found_types, strict=True) if pair[0] != pair[1]]
    return [*(wanted - found).most_common(2), *(found - wanted).most_common(2)]


def test_the_base_tables_of_the_day_are_equal(golden, day):
    found = compare(golden / "derived" / "expected", day, "--tables", BASE_TABLES)
    assert [table["table"] for table in found if not table["ok"]] == []
    assert len(found) == 4


@pytest.mark.parametrize("table", TABLES)
def test_a_derived_table_is_equal_in_every_row_and_type(golden, day, table):
    assert differing(golden, day, table) == []


@pytest.mark.parametrize("table", TABLES_OF_A_MONTH)
def test_a_month_with_one_day_has_the_rows_of_that_day(day, table):
    of_days, columns = TABLES_OF_A_MONTH[table]
    _, found = rows_of(day, f"select {columns} from wmf.{table}")
    _, wanted = rows_of(day, f"select {columns} from wmf.{of_days}")
    assert found and found == wanted


def test_browsers_are_summed_step_by_step_below_the_threshold(golden, day):
    """With a lower threshold the first step, over the system's version, has rows as well."""
    variables = VARIABLES | {"output_threshold": 100, "day": "2026-11-01"}
    ran = day.dbt("run", "--select", "browser_general", variables=variables)
    assert ran.returncode == 0, ran.stdout
    assert differing(golden, day, "browser_general", "browser_general_low") == []
    variables |= {"output_threshold": 300}
    assert day.dbt("run", "--select", "browser_general", variables=variables).returncode == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_derived_table_is_equal_on_spark(golden, day_on_spark, table):
    assert differing(golden, day_on_spark, table) == []


DUMPS = {
    "pageviews-{day}-{hour}0000.gz": "pageviews/2026/2026-11/pageviews-{day}-{hour}0000.gz",
    "projectviews-{day}-{hour}0000": "pageviews/2026/2026-11/projectviews-{day}-{hour}0000",
    "projectview_geo-{day}-{hour}0000.tsv.gz": (
        "projectview_geo/2026/2026-11/projectview_geo-{day}-{hour}0000.tsv.gz"
    ),
    "pageview_complete_daily_{agent}-{day}.tsv.bz2": (
        "pageview_complete/2026/2026-11/pageviews-{day}-{agent}.bz2"
    ),
    "pageview_complete_monthly_{agent}-202611.tsv.bz2": (
        "pageview_complete/monthly/2026/2026-11/pageviews-202611-{agent}.bz2"
    ),
    "unique_devices_per_domain-{day}.tsv.gz": (
        "unique_devices/per_domain/2026/2026-11/unique_devices_per_domain_daily-2026-11-01.gz"
    ),
    "unique_devices_per_project_family-{day}.tsv.gz": (
        "unique_devices/per_project_family/2026/2026-11/"
        "unique_devices_per_project_family_daily-2026-11-01.gz"
    ),
    "referrer-{day}.tsv": "referrer/2026/2026-11/referrer_daily-{day}.tsv",
    "mediacounts-{day}.tsv.bz2": "mediacounts/daily/2026/mediacounts.2026-11-01.v00.tsv.bz2",
}
"""Files of the golden day, and where they lie here; the golden folder has names of its own."""


def lines_of(path: Path) -> list[bytes]:
    opened = {".gz": gzip.open, ".bz2": bz2.open}.get(path.suffix, open)
    with opened(path, "rb") as file:
        return file.read().splitlines(keepends=True)


def files_of_day() -> dict[str, str]:
    """Every golden file and where it lies here."""
    return {
        golden.format(**names): here.format(**names)
        for golden, here in DUMPS.items()
        for hour in range(24)
        for agent in ("user", "spider", "automated")
        for names in [{"day": "20261101", "hour": f"{hour:02d}", "agent": agent}]
    }


@pytest.fixture(scope="module")
def dumps(day) -> Path:
    for period in (("--day", "2026-11-01"), ("--month", "2026-11")):
        exported = day.wikilake("export", "dumps", *period)
        assert exported.returncode == 0, exported.stderr
    return day.root / "dumps"


def test_every_dump_has_the_lines_of_the_original(golden, dumps):
    expected = golden / "derived" / "expected" / "dumps"
    files = files_of_day()
    assert files.keys() == {path.name for path in expected.iterdir()}
    assert len(files) == 82
    differing = {}
    for name, here in files.items():
        wanted, found = Counter(lines_of(expected / name)), Counter(lines_of(dumps / here))
        if wanted != found:
            differing[name] = [*list(wanted - found)[:2], *list(found - wanted)[:2]]
    assert differing == {}


def test_a_second_export_writes_nothing_and_mends_what_was_torn(day, dumps):
    again = day.wikilake("export", "dumps", "--day", "2026-11-01")
    assert "Wrote 0 files" in again.stdout, again.stderr
    torn = dumps / "pageviews/2026/2026-11/pageviews-20261101-050000.gz"
    whole = torn.read_bytes()
    torn.write_bytes(whole[:100])
    mended = day.wikilake("export", "dumps", "--day", "2026-11-01")
    assert "Wrote 1 files" in mended.stdout, mended.stderr
    assert torn.read_bytes() == whole, "the same content gives the same bytes"
    assert not list(dumps.rglob("*.new"))


def test_the_checksums_of_each_folder_are_those_of_its_files(dumps):
    listed = 0
    for sums in dumps.rglob("SHA256SUMS"):
        for line in sums.read_text().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256((sums.parent / name).read_bytes()).hexdigest() == digest
            listed += 1
    assert listed == 82
    assert {path.stat().st_mode & 0o777 for path in dumps.rglob("*.gz")} == {0o600}


WITHOUT_A_CODE = "('wikifunctions')"
"""Projects of families that the hourly files have no code of."""

TABLES_OF_DUMPS = {
    "files of hours": (
        "select project, title, access, views, hour from dumps.pageviews_hourly",
        """
        select
            project, page_title as title,
            if(access_method = 'desktop', 'desktop', 'mobile') as access,
            cast(sum(view_count) as bigint) as views, hour
        from wmf.pageview_hourly
        where agent_type = 'user' and project not in """
        + WITHOUT_A_CODE
        + " group by all",
    ),
    "files of days": (
        "select project, title, page_id, access, agent, views from dumps.pageviews_daily",
        """
        select
            project, page_title as title, page_id, replace(access_method, ' ', '-') as access,
            agent_type as agent, cast(sum(view_count) as bigint) as views
        from wmf.pageview_hourly
        group by all
        """,
    ),
    "views per project": (
        """
        select project, access, agent, v from dumps.pageviews_per_project_daily
        """,
        "select project, access, agent, v from wmf.pageview_per_project_daily",
    ),
    "top articles": (
        'select project, access, "articlesJSON", year, month, day'
        " from dumps.pageviews_top_articles_daily",
        'select project, access, "articlesJSON", year, month, day'
        " from wmf.pageview_top_articles_daily",
    ),
}


@pytest.fixture(scope="module")
def read_dumps(day, dumps) -> Lake:
    """The lake with the dumps that it wrote read again."""
    day.settings["WIKILAKE_DUMPS"] = str(dumps)
    try:
        read = day.wikilake("build", "--dumps", "--day", "2026-11-01")
    finally:
        del day.settings["WIKILAKE_DUMPS"]
    assert read.returncode == 0, read.stdout + read.stderr
    return day


@pytest.mark.parametrize("name", TABLES_OF_DUMPS)
def test_what_was_exported_is_read_as_the_tables_it_was_made_of(read_dumps, name):
    of_dumps, of_lake = TABLES_OF_DUMPS[name]
    (_, found), (_, wanted) = rows_of(read_dumps, of_dumps), rows_of(read_dumps, of_lake)
    assert sum(found.values()) > 100
    assert not (found - wanted) and not (wanted - found)


def test_of_what_was_exported_only_lines_without_a_code_are_rejected(read_dumps):
    [(reasons, lines)] = read_dumps.query(
        "select list(distinct reason), sum(line_count) from dumps.pageviews_rejected"
    )
    [(without_code,)] = read_dumps.query(
        "select count(*) from (select distinct hour, page_title, access_method = 'desktop'"
        " from wmf.pageview_hourly where agent_type = 'user' and project in "
        f"{WITHOUT_A_CODE})"
    )
    assert reasons == ["has_no_domain_code"]
    # In the file they all have the same, empty code.
    assert 0 < lines <= without_code


def test_a_day_that_is_not_whole_has_no_dumps(day):
    refused = day.wikilake("export", "dumps", "--day", "2026-11-02")
    assert refused.returncode == 1
    assert "wikilake build --from 2026-11-02T00" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (
        day.root / "dumps/pageview_complete/2026/2026-11/pageviews-20261102-user.bz2"
    ).exists()


ASKED = "/20261101/20261101"


def answer_of(day: Lake, path: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Any]:
    monkeypatch.setenv("WIKILAKE_LAKE", str(day.root))
    return answer(path)


@pytest.mark.parametrize(
    ("path", "table", "measure"),
    [
        ("pageviews/aggregate/en.wikipedia.org/all-access/user/daily/20261101/20261101",
         "pageview_per_project_daily where project = 'en.wikipedia' "
         "and access = 'all-access' and agent = 'user'",
         {"views": "v"}),
        ("pageviews/aggregate/all-projects/desktop/all-agents/hourly/2026110105/2026110106",
         "pageview_per_project_hourly where project = 'all-projects' and access = 'desktop' "
         "and agent = 'all-agents' and timestamp in ('2026110105', '2026110106')",
         {"views": "v"}),
        ("pageviews/per-article/en.wikipedia/mobile-web/spider/Main%20Page/daily/20261101/20261130",
         "pageview_per_article_daily where project = 'en.wikipedia' and article = 'Main_Page'",
         {"views": "mws"}),
        ("pageviews/per-article/en.wikipedia/all-access/all-agents/Main_Page/monthly/20261001/20261130",
         "pageview_per_article_daily where project = 'en.wikipedia' and article = 'Main_Page'",
         {"views": "aa"}),
        ("unique-devices/de.wikipedia/all-sites/daily/20261101/20261101",
         "unique_devices_cassandra_daily where project = 'de.wikipedia' "
         "and \"access-site\" = 'all-sites'",
         {"devices": "devices", "offset": "offset", "underestimate": "underestimate"}),
        ("mediarequests/aggregate/all-referers/video/user/daily/20261101/20261101",
         "mediarequest_per_referer_daily where referer = 'all-referers' "
         "and media_type = 'video' and agent = 'user'",
         {"requests": "requests"}),
    ],
)  # fmt: skip
def test_the_api_answers_from_the_golden_rows(golden, day, monkeypatch, path, table, measure):
    status, found = answer_of(day, f"/metrics/{path}", monkeypatch)
    assert status == 200, found
    name, _, condition = table.partition(" where ")
    source = golden / "derived" / "expected" / f"{name}.parquet"
    columns = ", ".join(f'cast("{column}" as bigint)' for column in measure.values())
    rows = duckdb.sql(f"select {columns} from '{source}' where {condition} order by timestamp")
    assert [tuple(item[key] for key in measure) for item in found["items"]] == rows.fetchall()
    assert found["items"][0]["granularity"] in path


def test_the_api_lists_tops_in_its_shapes(day, monkeypatch):
    def items(path: str) -> dict[str, Any]:
        status, found = answer_of(day, path, monkeypatch)
        assert status == 200, found
        [item] = found["items"]
        return item

    top = items("/metrics/pageviews/top/ar.wikipedia/all-access/2026/11/01")
    assert top["articles"][0] == {"article": "Main_Page", "views": 15, "rank": 1}
    assert (top["year"], top["month"], top["day"]) == ("2026", "11", "01")
    countries = items("/metrics/pageviews/top-by-country/all-projects/all-access/2026/11")
    assert countries["countries"][0] == {
        "country": "GB", "views": "1000-9999", "rank": 1, "views_ceil": 7000,
    }  # fmt: skip
    pages = items("/metrics/pageviews/top-per-country/fr/all-access/2026/11/01")
    assert pages["articles"] == [
        {"article": "Toussaint_(fête)", "project": "fr.wikipedia", "views_ceil": 1300, "rank": 1}
    ]
    files = items("/metrics/mediarequests/top/all-referers/image/2026/11/01")
    assert files["files"][0]["rank"] == 1
    path = quote(files["files"][0]["file_path"], safe="")
    of_file = f"/metrics/mediarequests/per-file/all-referers/user/{path}/daily/20261101/20261101"
    assert items(of_file)["requests"] >= files["files"][0]["requests"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"pageviews/per-article/en.wikipedia/all-access/user/No_such/daily{ASKED}",
         404, "valid, but"),
        ("pageviews/top/en.wikipedia/all-access/2026/11/02", 404, "valid, but"),
        ("pageviews/top/en.wikipedia/all-access/2026/02/30", 400, "invalid date"),
        ("pageviews/top/en.wikipedia/all-access/2026/1/101", 400, "invalid date"),
        (f"pageviews/per-article/en.wikipedia/mobile/user/A/daily{ASKED}", 400, "access should be"),
        (f"pageviews/per-article/en.wikipedia/desktop/bot/A/daily{ASKED}", 400, "agent should be"),
        (f"pageviews/per-article/en.wikipedia/desktop/user/A/hourly{ASKED}",
         400, "granularity should"),
        ("pageviews/aggregate/en.wikipedia/desktop/user/daily/20261102/20261101",
         400, "before the end"),
        ("pageviews/aggregate/en.wikipedia/desktop/user/daily/2026/20261101",
         400, "start timestamp is invalid"),
        ("pageviews/aggregate/en.wikipedia/desktop/user/hourly/2026110124/2026110123",
         400, "YYYYMMDDHH"),
        ("pageviews/aggregate/en.wikipedia/desktop/user/monthly/20261102/20261130",
         400, "no full months"),
        (f"pageviews/aggregate/en'; drop/desktop/user/daily{ASKED}", 400, "invalid charaters"),
        ("pageviews/top-per-country/FRA/all-access/2026/11/01", 400, "two letters"),
        (f"unique-devices/en.wikipedia/mobile/daily{ASKED}", 400, "access-site should"),
        (f"mediarequests/aggregate/all-referers/film/user/daily{ASKED}", 400, "media_type should"),
        (f"mediarequests/aggregate/all-referers/video/automated/daily{ASKED}", 400, "agent should"),
        ("legacy/pagecounts/aggregate/en.wikipedia/all-sites/daily/20150101/20150102",
         404, "valid, but"),
        ("legacy/pagecounts/aggregate/en.wikipedia/all-sites/daily/2015/20150102",
         400, "timestamp is invalid"),
        ("pageviews/nothing/en.wikipedia", 404, "no metric"),
        ("pageviews", 404, "no metric"),
    ],
)  # fmt: skip
def test_the_api_refuses_what_cannot_be_answered(day, monkeypatch, path, status, words):
    found, said = answer_of(day, f"/metrics/{path}", monkeypatch)
    assert found == status, said
    assert words in str(said["detail"])


def test_share_publishes_whole_periods_built_with_the_thresholds_of_the_original(day, tmp_path):
    """Referrers and browsers were built with lower ones here, and the month has but one day."""
    shared = tmp_path / "public"
    said = day.wikilake("share", "--output", str(shared))
    assert said.returncode == 0, said.stderr
    assert sorted(path.name for path in (shared / "wmf").iterdir()) == [
        "pageview_top_percountry_daily",
        "projectview_hourly",
        "unique_devices_cassandra_daily",
    ]
    for table in ("pageview_top_percountry_daily", "unique_devices_cassandra_daily"):
        files = f"{table}/**/*.parquet"
        here, there = (
            duckdb.sql(f"select count(*) from '{root}/wmf/{files}'").fetchall()
            for root in (day.root, shared)
        )
        assert here == there


@pytest.fixture(scope="module")
def answers(day) -> dict[str, list[tuple]]:
    """What the shipped questions about whole days answer on the golden day."""
    compiled = day.plain_dbt("compile", "--quiet", "--select", "resource_type:analysis")
    assert compiled.returncode == 0, compiled.stdout
    folder = day.folder / "target/compiled/wikilake/analyses"
    return {
        path.stem: day.query(path.read_text())
        for path in [
            *folder.glob("api/*"),
            *folder.glob("readers/*"),
            *folder.glob("pageview/*each*"),
        ]
    }


@pytest.mark.parametrize(
    ("question", "total"),
    [
        ("devices_by_day", "select sum(uniques_estimate) from unique_devices_per_domain_daily"),
        ("browsers_by_day", "select sum(view_count) from browser_general"),
        ("search_engines_by_country", "select sum(num_referrals) from referrer_daily"),
        ("agents_that_do_not_say_who_they_are",
         "select sum(request_count) from user_agent_top_non_compliant_daily"),
    ],
)  # fmt: skip
def test_a_question_about_a_day_sums_up_the_golden_rows(golden, answers, question, total):
    measure = {"devices_by_day": -2, "browsers_by_day": -2}.get(question, -1)
    for table in TABLES:
        total = total.replace(f"from {table}", f"from '{golden}/derived/expected/{table}.parquet'")
    assert sum(row[measure] for row in answers[question]) == duckdb.sql(total).fetchall()[0][0] > 0


@pytest.mark.parametrize("period", ["day", "month"])
def test_the_top_pages_are_those_with_the_most_views_by_people(golden, answers, period):
    """The golden day is the only one of its month."""
    found = answers[f"top_pages_of_each_{period}"]
    expected = duckdb.sql(
        f"""
        select project, article, au::bigint as views
        from '{golden}/derived/expected/pageview_per_article_daily.parquet'
        where au <> '0' and article <> '-'
        qualify row_number() over (partition by project order by views desc, article) <= 10
        order by project, views desc, article
        """
    ).fetchall()
    assert [(*row[-4:-3], *row[-2:]) for row in found] == expected


def test_a_private_report_shows_devices_files_and_programs_of_the_golden_day(golden, day, tmp_path):
    page = tmp_path / "report.html"
    made = day.wikilake("report", *DAY, "--private", "--output", str(page))
    assert made.returncode == 0, made.stderr
    html = page.read_text()
    rows = {
        name: re.findall(
            r"<tr>(<td.*?)</tr>", html[html.index(f'<figure id="{name}">') :].split("</figure>")[0]
        )
        for name in ("devices", "media", "compliance")
    }
    assert len(rows["media"]) == 20 and 0 < len(rows["compliance"]) < 10
    sums = {
        name: sum(int(re.sub("[^0-9]", "", row.rpartition("<td")[2])) for row in found)
        for name, found in rows.items()
    }
    expected = golden / "derived/expected"
    [(devices,)] = duckdb.sql(
        f"select sum(uniques_estimate) from '{expected}/unique_devices_per_domain_daily.parquet'"
    ).fetchall()
    [(judged,)] = duckdb.sql(
        f"select sum(request_count) from '{expected}/user_agent_compliance_hourly.parquet' "
        "where compliance_status <> 'not_applicable'"
    ).fetchall()
    assert (sums["devices"], sums["compliance"]) == (devices, judged)
