"""Any definition: equal to its golden rows, refused when unknown, and different by its log only."""

from __future__ import annotations

import csv
import json
import os
import random
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from conftest import DEVIATING_ADDRESS, PROJECT, Lake, compare

from wikilake.project.definitions import PAGE, definitions_page, read_list
from wikilake.samples.requests import write_sample

OLDEST = "0.0.19"
TABLES_OF_2017 = {
    "webrequest",
    "pageview_hourly",
    "projectview_hourly",
    "webrequest_sequence_stats",
    "webrequest_sequence_stats_hourly",
}


# --- the rows of 2017 -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def golden_2017(golden) -> Path:
    return golden / "webrequest_0.0.19"


@pytest.fixture(scope="module")
def refined(golden_2017, golden_settings, tmp_path_factory) -> Callable[..., Lake]:
    """Refines a raw root of golden rows by the definition of 2017, in a lake of its own."""

    def refine(raw: Path, *hours: str, agents_of_2016: bool = True) -> Lake:
        settings = golden_settings | {"WIKILAKE_RAW": str(raw)}
        if agents_of_2016:
            settings["WIKILAKE_UA_REGEXES"] = str(golden_2017 / "regexes_2016-02-20.yaml")
        lake = Lake(tmp_path_factory.mktemp("golden"), settings)
        for hour in hours:
            lake.run_hour(hour, OLDEST)
        return lake

    return refine


def faulty(tables: list[dict]) -> list[str]:
    assert {table["table"] for table in tables} == TABLES_OF_2017
    return [table["table"] for table in tables if not table["ok"]]


def test_realistic_hours_are_those_of_2017_in_every_row_and_column(golden, golden_2017, refined):
    raw = golden / "webrequest" / "realistic" / "raw"
    lake = refined(raw, "2026-11-01T00", "2026-11-01T01")
    assert faulty(compare(golden_2017 / "realistic" / "expected", lake)) == []


def test_an_hour_of_2017_is_equal_with_later_definitions_of_user_agents(golden_2017, refined):
    lake = refined(golden_2017 / "era" / "raw", "2026-11-01T00", agents_of_2016=False)
    assert faulty(compare(golden_2017 / "era" / "expected_uap_09e9ccc", lake)) == []


def test_only_addresses_that_java_alone_reads_deviate_in_the_adversarial_hour(golden_2017, refined):
    lake = refined(golden_2017 / "adversarial" / "raw", "2026-11-01T00")
    expected = golden_2017 / "adversarial" / "expected"
    tables = compare(expected, lake)
    assert {table["table"] for table in tables} == TABLES_OF_2017
    assert all(not table["missing_columns"] + table["type_differences"] for table in tables)
    deviating = sum(table["not_found"] for table in tables)
    assert 0 < deviating <= 0.01 * sum(table["expected"] for table in tables)
    ignoring = ["--tables", "webrequest", "--ignore", "geocoded_data"]
    assert all(table["ok"] for table in compare(expected, lake, *ignoring))
    columns = """
        ip, hostname, sequence, dt, uri_host, uri_path, user_agent, referer,
        list_sort(map_entries(geocoded_data))
    """
    differing = lake.query(
        f"""
        select distinct ip from (
            select {columns} from wmf.webrequest
            except
            select {columns} from '{expected / "webrequest.parquet"}'
        ) where not regexp_matches(ip, '{DEVIATING_ADDRESS}')
        """
    )
    assert differing == []


# --- the change log -------------------------------------------------------------------------------


class Change(NamedTuple):
    """A row of record_version_changes, its places as (kind, name) pairs."""

    record_version: str
    name: str
    places: frozenset[tuple[str, str]]
    conditions: frozenset[str]
    not_reproducible: str


def words(cell: str) -> list[str]:
    return [] if cell == "-" else cell.split()


def changes() -> list[Change]:
    return [
        Change(
            row["record_version"],
            row["change"],
            frozenset(tuple(place.split(":")) for place in words(row["done_by"])),
            frozenset(words(row["pageview_condition"])),
            row["not_reproducible"],
        )
        for row in read_list("record_version_changes")
    ]


def versions(known: bool | None = None) -> list[str]:
    """The numbers of webrequest, oldest first."""
    return [
        row["record_version"]
        for row in read_list("record_versions")
        if row["table_name"] == "webrequest" and known in (None, row["is_known"] == "true")
    ]


def bodies_of_macros() -> dict[str, str]:
    """The macros of macros/rules by their names."""
    bodies = {}
    for path in (PROJECT / "macros" / "rules").rglob("*.sql"):
        for name, body in re.findall(
            r"{%-? macro (\w+)\(.*?%}(.*?){%-? endmacro", path.read_text(), re.DOTALL
        ):
            bodies[name] = body
    return bodies


@cache
def lists_with_bounds() -> dict[str, list[dict[str, str]]]:
    """The seeds of seeds/reference whose rows hold from a version to a version."""
    lists = {
        path.stem: read_list(path.stem) for path in (PROJECT / "seeds/reference").glob("*.csv")
    }
    return {name: rows for name, rows in lists.items() if rows and "since" in rows[0]}


def places_in_the_code() -> set[tuple[str, str, str]]:
    """(version, kind, name) of everything that makes a version differ from the one before."""
    macros = {
        (version, "macro", name)
        for name, body in bodies_of_macros().items()
        for version in re.findall(r"version_at_least\('([^']+)'\)", body)
    }
    columns = bodies_of_macros()["columns_since"]
    macros |= {
        (version, "macro", "columns_since") for version in re.findall(r": '([^']+)'", columns)
    }
    seeds = {
        (row[bound], "seed", name)
        for name, rows in lists_with_bounds().items()
        for row in rows
        for bound in ("since", "until")
        if row[bound] != "-"
    }
    return macros | seeds


def places_in_the_log() -> set[tuple[str, str, str]]:
    return {(change.record_version, *place) for change in changes() for place in change.places}


IN_PLACE_OF_A_BOUND = {
    ("0.0.19", "macro", "version_at_least"),
    ("0.0.19", "macro", "known_record_versions"),
    ("0.0.20", "macro", "is_preview"),
    ("0.0.21+20190718", "seed", "accepted_special_pages"),
    ("0.0.23", "macro", "app_page_endpoints"),
}


def test_what_differs_by_version_is_in_the_log_of_changes():
    assert places_in_the_code() - places_in_the_log() == set()


def test_what_the_log_says_does_a_change_does_it():
    """A place without a bound of its own works through one that has it, and is named here."""
    assert places_in_the_log() - places_in_the_code() - IN_PLACE_OF_A_BOUND == set()


def test_what_the_log_names_exists():
    macros, seeds = set(bodies_of_macros()), {p.stem for p in PROJECT.glob("seeds/**/*.csv")}
    for _, kind, name in places_in_the_log():
        assert name in {"macro": macros, "seed": seeds}[kind], f"{kind}:{name}"


def test_each_change_is_done_by_something_or_has_a_reason_why_not():
    idle = [change.name for change in changes() if not change.places]
    reasons = [change.name for change in changes() if change.not_reproducible != "-"]
    assert set(idle) <= set(reasons)
    assert idle, "the test sees no change that is not reproducible"


def test_each_version_has_a_change_and_each_change_a_version():
    assert {change.record_version for change in changes()} == set(versions())


def test_names_of_changes_are_not_repeated_in_what_can_be_asked_for():
    known = [(c.record_version, c.name) for c in changes() if c.record_version in versions(True)]
    assert len({name for _, name in known}) == len(known)


def test_conditions_in_the_log_are_those_of_pageviews():
    conditions = {row["name"] for row in read_list("pageview_conditions")}
    assert {name for change in changes() for name in change.conditions} <= conditions - {"pageview"}


def test_columns_come_with_the_version_of_the_list():
    listed = {
        (column, row["record_version"])
        for row in read_list("record_versions")
        if row["table_name"] == "webrequest" and row["record_version"] in versions(True)[1:]
        for column in row["columns_added"].split(", ")
        if column != "-" and " of " not in column
    }
    columns = re.findall(r"'(\w+)': '([^']+)'", bodies_of_macros()["columns_since"])
    assert set(columns) == listed


def test_bounds_of_lists_and_truth_tables_are_known_versions():
    allowed = {"-", *versions(True)}
    for path in PROJECT.glob("seeds/**/*.csv"):
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                bounds = {row.get("since", "-"), row.get("until", "-")}
                assert bounds <= allowed, f"{path.name}: {row}"


def test_variants_stand_in_the_rules_and_lists_alone():
    """Settled in macros/rules; models only choose the rows of lists that are in force."""
    outside = [
        *PROJECT.glob("models/**/*.sql"),
        *(path for path in PROJECT.glob("macros/**/*.sql") if "rules" not in path.parts),
    ]
    assert [p.name for p in outside if "version_at_least" in p.read_text()] == []
    choosing = [p for p in PROJECT.glob("macros/**/*.sql") if "in_force(" in p.read_text()]
    assert [p.name for p in choosing] == ["record_version.sql"]
    for path in PROJECT.glob("models/**/*.sql"):
        chosen = re.findall(r"ref\('(\w+)'\) }}\n    where {{ in_force\(\) }}", path.read_text())
        assert path.read_text().count("in_force(") == len(chosen), path.name
        assert set(chosen) <= set(lists_with_bounds()), path.name


def test_lists_with_bounds_are_never_read_whole():
    """But for the names of conditions, which explain rows of every definition."""
    for path in PROJECT.glob("models/**/*.sql"):
        for name in set(lists_with_bounds()) - {"pageview_conditions"}:
            reads = re.findall(rf"ref\('{name}'\) }}}}\n(.*)", path.read_text())
            assert all("in_force()" in line for line in reads), f"{path.name} reads {name}"


def test_the_default_definition_is_the_newest():
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    assert project["vars"]["record_version"] == versions(True)[-1] == versions()[-1]


def test_the_page_of_definitions_is_up_to_date(monkeypatch):
    monkeypatch.chdir(PROJECT)
    assert PAGE.read_text() == definitions_page(), "run make docs"


def test_truth_tables_hold_under_every_definition(lake):
    """Those with bounds, by each version in turn; a plain build sees the rows of its own alone."""
    versioned = [
        f"assert_{path.stem.removeprefix('truth_')}_truth_table_holds"
        for path in PROJECT.glob("seeds/rules/truth_*.csv")
        if "since" in path.read_text().splitlines()[0].split(",")
    ]
    assert lake.dbt("seed", "--quiet", "--exclude", "tag:history").returncode == 0
    broken = {}
    for version in versions(True):
        run = lake.dbt("test", "--select", *versioned, record_version=version)
        assert f"{len(versioned)} data tests" in run.stdout, run.stdout
        if run.returncode:
            broken[version] = run.stdout[-3000:]
    assert broken == {}


@pytest.fixture(scope="module")
def by_each_version(tmp_path_factory) -> Callable[[str], dict[int, dict]]:
    """The refined rows of the requests OF_THEIR_TIME by a version, by their sequence."""
    folder = tmp_path_factory.mktemp("times")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    lake.write_raw(json.dumps(line).encode() for line in OF_THEIR_TIME)

    def refined(version: str) -> dict[int, dict]:
        lake.run_hour(record_version=version)
        return by_sequence(lake)

    return refined


KAIOS = {
    "user_agent": "WikipediaApp/1.0 (KAIOS)", "content_type": "application/json",
    "uri_path": "/api/rest_v1/page/mobile-sections/Cat",
}  # fmt: skip
OF_THEIR_TIME = [
    {
        "hostname": "cp1", "sequence": number, "dt": "2026-11-01T00:00:01Z", "ip": "192.0.2.1",
        "http_status": "200", "uri_host": "en.wikipedia.org", "uri_path": "/wiki/Cat",
        "uri_query": "", "content_type": "text/html", "user_agent": "Mozilla/5.0", "referer": "-",
        "x_analytics": "-",
    } | special
    for number, special in enumerate([
        {"referer": "https://www.ecosia.org/"},
        {"referer": "https://de.ask.com/"},
        {"referer": "https://www.suche.de/"},
        {"referer": "http://notbing.com/"},
        {"referer": "https://www.facebook.com/"},
        KAIOS,
        KAIOS | {"content_type": "text/html"},
        {
            "user_agent": "WikipediaApp/2.7", "content_type": "text/html; charset=utf-8; x=1",
            "uri_path": "/api/rest_v1/page/mobile-html/Cat",
        },
    ])
]  # fmt: skip
SEARCH, MEDIA = "external (search engine)", "external (media sites)"


@pytest.mark.parametrize(
    ("version", "searched", "viewed"),
    [
        ("0.0.20", [3], []),
        ("0.0.20+20180430", [0, 3], []),
        ("0.0.22+20191105", [0, 3], []),
        ("0.0.22+20200113", [0, 1], []),
        ("0.0.22+20200318", [0, 1], [5]),
        ("0.0.23", [0, 1], [5, 7]),
        ("0.0.23+20200730", [0, 1], [5, 6]),
        ("0.0.25", [0, 1, 2], [5, 6]),
        ("0.0.26", [0, 1, 2], [5, 6]),
        ("0.0.26+20230919", [0, 1, 2], []),
        ("newest", [0, 1, 2], []),
    ],
)
def test_rules_of_a_time_hold_from_their_day_to_their_last(
    by_each_version, version, searched, viewed
):
    rows = by_each_version(version)
    assert [n for n in range(5) if rows[n]["referer_class"] == SEARCH] == searched
    assert [n for n in (5, 6, 7) if rows[n]["is_pageview"]] == viewed
    has_media = version == "newest" or version.startswith("0.0.26")
    assert (rows[4]["referer_class"] == MEDIA) == has_media
    titles = {rows[n]["pageview_info"]["page_title"] for n in viewed}
    assert titles <= {"Cat"}


# --- one hour by two definitions ------------------------------------------------------------------

ODD = {
    "uri_host": [
        "m.wikidata.org", "zero.wikipedia.org", "en.m.wikipedia.org", "en.zero.wikipedia.org",
        "EN.M.wikipedia.org", "en.wikipedia.org.", "en.wikipedia.org..", " en.wikipedia.org",
        "sysop-it.wikipedia.org", "1en.wikipedia.org", "query.wikidata.org", "www.wikidata.org",
        "www.wikifunctions.org", "advisory.wikimedia.org", "nyc.wikimedia.org", "de.wikimedia.org",
        "commons.m.wikimedia.org", "www.wikipedia.org", "x" * 800 + ".wikipedia.org", "10.0.0.1",
        "a.b.c.d.wikipedia.org", "download.wikimedia.org", "x.toolforge.org", "", None,
    ],
    "uri_path": [
        "/wiki/A%23B", "/wiki/A%7CB", "/wiki/" + "x" * 513, "/wiki/A%0AB", "/wiki/A\nB", "/", "/x",
        "/zh-hant/A\nB", "/view/en/Z1", "/v/x", "/wiki/A ", "/wiki/Special:BlankPage", "//wiki//A",
        "/wiki/UserLogin", "/w/api.php", "/w/index.php", "/api/rest_v1/page/mobile-html/A",
        "/sr-el/A", "/api/rest_v1/page/mobile-sections/A", "/wiki/",
        "/api/rest_v1/page/mobile-sections-lead/A", "https://en.wikipedia.org/wiki/A",
        "/wiki/%", "/wiki/Z%C3%BCrich", "/wiki/%ED%A0%80%FF", None,
    ],
    "uri_query": [
        "?title=A", "?title=A%23B", "?title=Special:UserLogin", "?action=edit", "?veaction=edit",
        "?sections=0", "?sections=all", "?action=mobileview&sections=all", "?page=B", "",
    ],
    "x_analytics": [
        "-", None, "", ";", "https=1;", "a=1;;b=2", "preview=1", "xpreview=1", "previews=1",
        "preview=0;preview=1", "preview=1;preview=0", "preview=2", "debug=1", "debug=true",
        "special=Watchlist", "special=Search", "special=Watchlist;preview=1", "pageview=1",
        "nopageview=1", "zero=250-99", "zero", "ismobile=1", "ismobile=0", "page_id= 7;ns=0",
        "page_id=7.9;ns=-1", "ns=4 ", "wprov= sfla1", " WPROV =x_y", "a=1;a=2", "ns=0;page_id=1",
    ],
    "user_agent": [
        "WikipediaApp/2.5 (Android)", "WikipediaApp/5.8 (iPhone; iOS 10)", "Wikipedia/5.0.1 x",
        "PhantomJS/2.1", "x MeetingRoomApp", "MeetingRoomApp/1", "Mozilla/5.0 " + "x" * 400, "bot",
        "curl/8", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "-",
        None,
    ],
    "referer": [
        "-", "", None, "https://en.wikipedia.org/wiki/A", "https://en.wikipedia.org?x", "https://x",
        "https://www.google.com/", "http://notbing.com/", "http://x.org?u=www.google.com",
        "https://www.ecosia.org/", "https://www.facebook.com/", "https://claude.ai/", "x",
        "android-app://com.google.android.gm/", "https://10.0.0.1/", "https://bücher.example.org/",
        "https://a.b.c.d.e.f.g.h.i.j.k.l.org/", "https://www.wikifunctions.org/", "https://.org/",
        "https://example.org/", "ftp://example.org/", "https://en.wikipedia.org#x",
    ],
    "dt": [
        "2026-11-01T00:00:05", "2026-11-01T00:00:05.1Z", "2026-11-01T02:00:00+02:00", "-", "", None,
        "2026-02-30T00:00:00Z", "2026-11-01T24:00:00Z", "2026-11-01T0:0:5Z", "2026-11-01 00:00:05",
    ],
    "content_type": [
        "text/html", "text/html; charset=UTF-8", "text/html;charset=utf-8", "application/json", "-",
        "application/json; charset=utf-8", "image/png", None,
    ],
    "http_status": ["200", "304", "301", "302", "404", "-", None],
    "ip": ["10.0.0.1", " 10.0.0.1", "185.15.56.1", "2a02:ec80::1", "81.2.69.160", "x", "", None],
}  # fmt: skip
"""Values of raw fields that some rule looks at, usual ones among them."""

NEW_FIELDS = ("server_pid", "accept", "tls", "ch_ua", "termination_state")


def value_by_letters(text: str | None, key: str) -> str:
    """V(key) of the page of 0.0.19: what follows the first place of the letters."""
    start = (text or "").find(key)
    if start < 0:
        return ""
    return trimmed(text[start:].split(";")[0][len(key) + 1 :])


def value_in_map(text: str | None, key: str) -> str:
    """The trimmed value of a key, the last where it is repeated; '' for none."""
    pairs = dict(pair.partition("=")[::2] for pair in (text or "-").split(";"))
    return trimmed(pairs.get(key, ""))


def trimmed(text: str) -> str:
    return text.strip("".join(map(chr, range(33))))


def says_one(key: str) -> Callable[[dict], bool]:
    """Whether the two ways to read a key of X-Analytics disagree on the value 1."""
    return lambda row: (
        (value_by_letters(row["x_analytics"], key) == "1")
        != (value_in_map(row["x_analytics"], key) == "1")
    )


def found(field: str, pattern: str) -> Callable[[dict], bool]:
    return lambda row: bool(re.search(pattern, row[field] or "", re.DOTALL))


def any_of(*predicates: Callable[[dict], bool]) -> Callable[[dict], bool]:
    return lambda row: any(predicate(row) for predicate in predicates)


def is_no_plain_time(row: dict) -> bool:
    try:
        datetime.strptime(row["dt"] or "", "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return True
    return len(row["dt"]) != 20


def referer_has(*classes: str, until: bool = False) -> Callable[[dict], bool]:
    """Whether a referer holds the text of a row of referer_hosts of these classes."""
    texts = [
        row["host"].split("?")[0]
        for row in read_list("referer_hosts")
        if row["referer_class"] in classes and (row["until"] != "-" or not until)
    ]
    return lambda row: any(text in (row["referer"] or "") for text in texts)


def mobile_signs_differ(row: dict) -> bool:
    label = bool(re.search(r"(^|[.])(m|zero|wap|mobile)[.]", row["uri_host"] or ""))
    return label != (value_in_map(row["x_analytics"], "ismobile") == "1")


FORBIDDEN = (
    "BannerRandom|HideBanners|CentralAutoLogin|MobileEditor|UndefinedMobileMenu|BlankPage|UserLogin"
    "|ZeroRatedMobileAccess"
)
APP = found("user_agent", "WikipediaApp|Wikipedia/5[.]0[.]")

SIGNS: dict[str, Callable[[dict], bool]] = {
    "zero": lambda row: True,
    "preview_value": any_of(
        says_one("preview"), lambda row: APP(row) and says_one("pageview")(row)
    ),
    "empty_pieces": found("x_analytics", ";$"),
    "numbers": found("x_analytics", "(page_id|ns)=([^;]*[\x00- ])"),
    "owned_hosts": any_of(
        found(
            "uri_host",
            r"(?i)(^|[.])(wikifunctions[.]org|sysop|query|[0-9_-])"
            r"|^\s*(advisory|foundation|strategy|usability|wikimania|wikitech|[a-z]{3})[.]",
        ),
        found("uri_host", ".{801}"),
    ),
    "view_paths": found("uri_path", "^/v(iew)?/"),
    "host_qualifiers": found("uri_host", "(?i)^(m|mobile|wap|zero|download)[.]"),
    "project_length": found("uri_host", ".{801}"),
    "path_blanks": found("uri_path", "^[\x00- ]|[\x00- ]$"),
    "app_endpoints": found("uri_path", "^/api/rest_v1/page/mobile-sections/"),
    "mobile_html": found("uri_path", "^/api/rest_v1/page/mobile-html/"),
    "user_agent_length": found("user_agent", ".{401}"),
    "spiders": found("user_agent", "(?i)PhantomJS|^MeetingRoomApp"),
    "referer_parts": found(
        "referer",
        r"^android-app:|^https?://([^/]*[^A-Za-z0-9_.:/-]|[^A-Za-z/]*(/|$)|([^/.]*[.]){11})",
    ),
    "ecosia_startpage": found("referer", "[.](ecosia|startpage|ixquick)[.]"),
    "search_engine_list": found("referer", "[.](ecosia|startpage|ask)[.]|search"),
    "more_search_engines": found("referer", "baidu[.]|search|go[.]mail[.]ru|suche"),
    "search_engines": any_of(
        referer_has("external (search engine)"), found("referer", "search|suche")
    ),
    "media_sites": referer_has("external (media sites)"),
    "ai_chatbots": referer_has("external (AI chatbot)"),
    "dt": is_no_plain_time,
    "tags": any_of(found("uri_host", "(?i)wikidata"), lambda row: row["newest"]["is_pageview"]),
    "own_networks": lambda row: False,  # without a database every address is unknown
    "titles": lambda row: bool(
        re.search(
            r"[#<>{}|\[\]\x00-\x1f\x7f]|^$|.{513}",
            (row["oldest"]["pageview_info"] or {}).get("page_title", "x"),
            re.DOTALL,
        )
    ),
    "special_pages": any_of(
        lambda row: value_in_map(row["x_analytics"], "special") != "",
        lambda row: value_in_map(row["x_analytics"], "preview") not in ("", "1"),
        found("uri_path", FORBIDDEN),
        found("uri_query", "CentralAutoLogin|MobileEditor|UserLogin|ZeroRatedMobileAccess"),
    ),
    "debug": lambda row: value_in_map(row["x_analytics"], "debug") != "",
    "kaios": lambda row: APP(row) and "/page/mobile-sections/" in (row["uri_path"] or ""),
    "mobile_html_views": lambda row: APP(row) and "/page/mobile-html/" in (row["uri_path"] or ""),
    "kaios_ended": lambda row: APP(row) and "/page/mobile-sections/" in (row["uri_path"] or ""),
    "app_tag": APP,
    "geocoded_keys": lambda row: True,
    "redirects": found("http_status", "^30[127]$"),
    "trailing_dot": found("uri_host", "[.]$"),
    "mobile_web": mobile_signs_differ,
    "wprov": found("x_analytics", "(?i)(^|;) *wprov *="),
}
"""What a request shows when a change between 0.0.19 and the newest concerns it, by the specs."""

OF_PAGEVIEWS = {
    "preview_value", "owned_hosts", "view_paths", "special_pages", "debug", "app_tag",
    "trailing_dot",
}  # fmt: skip

CONCERNED = {
    "is_zero": {"zero"},
    "x_analytics_map": {"empty_pieces", "wprov"},
    "page_id": {"numbers"},
    "namespace_id": {"numbers"},
    "is_pageview": OF_PAGEVIEWS,
    "pageview_info": OF_PAGEVIEWS
    | {
        "redirects", "titles", "project_length", "path_blanks", "app_endpoints", "mobile_html",
    },
    "normalized_host": {"host_qualifiers"},
    "user_agent_map": {"user_agent_length"},
    "agent_type": {"spiders", "user_agent_length"},
    "access_method": {"mobile_web"},
    "referer_class": {"referer_parts", "search_engines", "media_sites", "ai_chatbots"},
    "ts": {"dt"},
    "tags": {"tags"},
    "geocoded_data": {"geocoded_keys", "own_networks"},
}  # fmt: skip
"""The changes that may make a column differ; a column that is not here never does."""

OF_A_TIME = {
    "ecosia_startpage", "search_engine_list", "more_search_engines", "kaios", "mobile_html_views",
    "kaios_ended",
}  # fmt: skip
"""What came after 0.0.19 and was replaced before the newest: versions between them show it."""

NEVER_ALONE = {"own_networks", "project_length"} | OF_A_TIME
"""Needs a database of addresses; comes with owned_hosts, which also ends at 800 characters."""

OF_OTHER_TABLES = {
    "statistics", "pageview_hourly_0.0.6", "automated", "numbers_of_views",
}  # fmt: skip


class Twice(NamedTuple):
    """The same requests by both definitions: raw fields, and the refined row of each."""

    rows: list[dict]
    held: dict[str, list[tuple]]  # what each table of the lake said after either run
    lake: Lake


@pytest.fixture(scope="module")
def twice(tmp_path_factory) -> Twice:
    seed = int(os.environ.get("RECORD_VERSIONS_SEED", random.randrange(2**32)))
    print("to see these requests again: RECORD_VERSIONS_SEED =", seed)
    folder = tmp_path_factory.mktemp("twice")
    lake = Lake(folder, {"WIKILAKE_RAW": str(folder / "raw")})
    lake.write_raw(json.dumps(line).encode() for line in odd_lines(folder / "sample", seed))
    refined, stamps = {}, {}
    for name, version in (("newest", "newest"), ("oldest", OLDEST)):
        lake.run_hour(record_version=version)
        refined[name] = by_sequence(lake)
        stamps[name] = [
            *lake.query("select distinct record_version from wmf.webrequest"),
            *lake.query("select distinct record_version from wmf.pageview_hourly"),
            *lake.query("select distinct record_version from wmf.projectview_hourly"),
        ]
    assert refined["newest"].keys() == refined["oldest"].keys()
    raw = [column for column in ODD]
    rows = [
        {field: new[field] for field in raw} | {"newest": new, "oldest": refined["oldest"][key]}
        for key, new in refined["newest"].items()
    ]
    return Twice(rows, stamps, lake)


def odd_lines(folder: Path, seed: int) -> list[dict]:
    """Lines of a sample, a plain view with each odd value, and mixtures; numbered."""
    draw = random.Random(seed)
    write_sample(folder, 1500, seed, [datetime(2026, 11, 1, tzinfo=UTC)], files=1, compress=False)
    lines = []
    for path in sorted(folder.rglob("*.jsonl")):
        for text in path.read_bytes().splitlines():
            try:
                lines.append(json.loads(text))
            except ValueError:
                continue  # the sample has lines that are cut off
    plain = {
        "hostname": "cp1", "dt": "2026-11-01T00:00:01Z", "http_status": "200", "ip": "192.0.2.1",
        "uri_host": "en.wikipedia.org", "uri_path": "/wiki/Cat", "uri_query": "", "referer": "-",
        "content_type": "text/html", "user_agent": "Mozilla/5.0", "x_analytics": "-",
        "server_pid": "7", "tls": "a=1", "accept": "x", "termination_state": "-", "ch_ua": "y",
    }  # fmt: skip
    single = [plain | {field: value} for field, values in ODD.items() for value in values]
    app = {"user_agent": "WikipediaApp/2.5 (Android)", "content_type": "application/json"}
    api = {"uri_path": "/w/api.php", "uri_query": "?sections=0"}
    single += [plain | app | api, plain | app | {"x_analytics": "pageview=1", "uri_path": "/x"}]
    for endpoint in ("mobile-html", "mobile-sections"):
        path = f"/api/rest_v1/page/{endpoint}/A"
        single += [plain | app | {"x_analytics": "pageview=1", "uri_path": path}]
        single += [plain | {"uri_path": path, "uri_query": "?curid=1"}]
    mixed = []
    for _ in range(4000):
        line = dict(draw.choice([plain, *lines]) if draw.random() < 0.5 else plain)
        for field in draw.sample(list(ODD), draw.choice([1, 2, 2, 3, 4])):
            line[field] = draw.choice(ODD[field])
        mixed.append(line)
    every = [*lines, *single, *mixed]
    return [line | {"sequence": number} for number, line in enumerate(every, 1)]


def by_sequence(lake: Lake) -> dict[int, dict]:
    """The files of webrequest by number, also the column that the view leaves out."""
    files = lake.root / "wmf" / "webrequest" / "**" / "*.parquet"
    sql = f"from read_parquet('{files}', hive_partitioning = true)"
    names = [name for name, *_ in lake.query(f"describe {sql}")]
    return {
        row[names.index("sequence")]: dict(zip(names, row, strict=True)) for row in lake.query(sql)
    }


def same(old: object, new: object) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        return sorted(old) == sorted(new)
    return old == new


def columns_of_2017(names: Iterable[str]) -> list[str]:
    later = dict(re.findall(r"'(\w+)': '([^']+)'", bodies_of_macros()["columns_since"]))
    return [n for n in names if n not in {*later, "record_version", "pageview_condition"}]


def test_each_change_that_can_concern_a_request_has_a_sign():
    columns = {c.name for c in changes() if c.places == {("macro", "columns_since")}}
    later = {c.name for c in changes() if c.record_version in versions(True)[1:] and c.places}
    assert set(SIGNS) | OF_OTHER_TABLES | (columns - {"redirects"}) | {"server_pid"} == later


def test_definitions_agree_wherever_no_change_between_them_applies(twice):
    signs = [{name for name, holds in SIGNS.items() if holds(row)} for row in twice.rows]
    columns = columns_of_2017(twice.rows[0]["oldest"])
    unexplained, seen = [], set()
    for row, shown in zip(twice.rows, signs, strict=True):
        for column in columns:
            old, new = row["oldest"][column], row["newest"][column]
            if same(old, new):
                continue
            reasons = CONCERNED.get(column, set()) & shown
            seen |= {(column, name) for name in reasons if len(reasons) == 1}
            if not reasons:
                raw = {field: row[field] for field in ODD}
                unexplained.append((column, old, new, raw))
    assert unexplained == []
    shown_alone = {name for _, name in seen}
    assert set(SIGNS) - shown_alone == NEVER_ALONE, "no request shows these changes alone"
    quiet = [row for row, shown in zip(twice.rows, signs, strict=True) if len(shown) == 2]
    assert len(quiet) > 500


def test_the_condition_on_which_definitions_part_is_one_that_a_change_moved(twice):
    moved = {change.name: change.conditions for change in changes()}
    parted = 0
    for row in twice.rows:
        conditions = {row[name]["pageview_condition"] for name in ("oldest", "newest")}
        if "pageview" not in conditions or len(conditions) == 1:
            continue
        parted += 1
        [failed] = conditions - {"pageview"}
        shown = {name for name in OF_PAGEVIEWS if SIGNS[name](row)}
        assert failed in set().union(*(moved[name] for name in shown)), row
    assert parted > 100


def test_an_hour_that_is_refined_again_by_another_definition_is_wholly_of_that(twice):
    newest = versions(True)[-1]
    assert twice.held == {
        "newest": [(newest,), (newest,), (newest,)],
        "oldest": [("0.0.19",), ("0.0.5",), ("0.0.1",)],
    }
    for row in twice.rows:
        assert all(row["oldest"][field] is None for field in NEW_FIELDS)
    assert any(row["newest"][field] for row in twice.rows for field in NEW_FIELDS)


@pytest.mark.parametrize("asked", ["0.0.18", "x'y"])
def test_an_unknown_definition_is_one_error_that_lists_the_known_ones(twice, asked):
    before = lake_files(twice.lake)
    run = twice.lake.dbt("run", "--select", "webrequest", record_version=asked)
    assert run.returncode != 0, run.stdout
    said = run.stdout + run.stderr
    assert (
        f"The variable 'record_version' is '{asked}': no definition of that name is known." in said
    )
    assert "Known are newest, " + ", ".join(reversed(versions(True))) in said.replace("\n", " ")
    assert said.count("no definition of that name is known") == 1
    assert "Traceback" not in said
    assert lake_files(twice.lake) == before


def lake_files(lake: Lake) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in lake.root.rglob("*.parquet")
    }
