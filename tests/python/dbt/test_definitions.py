"""Definitions of pageviews on a lake: rules hold from their day, rows differ by the log only."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import PROJECT, Lake
from test_record_versions import (
    SIGNS,
    bodies_of_macros,
    changes,
    versions,
)

from wikilake.samples.requests import write_sample

OLDEST = "0.0.19"


def test_truth_tables_hold_under_every_definition(lake):
    """Those with bounds, by each version in turn; a plain build sees the rows of its own alone."""
    versioned = [
        f"assert_{path.stem.removeprefix('truth_')}_truth_table_holds"
        for path in PROJECT.glob("seeds/truth_tables/*/truth_*.csv")
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
    assert said.count(f"The variable 'record_version' is '{asked}'") == 1
    assert "nown are newest, " + ", ".join(reversed(versions(True))) in said.replace("\n", " ")
    assert "Traceback" not in said
    assert lake_files(twice.lake) == before


def lake_files(lake: Lake) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in lake.root.rglob("*.parquet")
    }
