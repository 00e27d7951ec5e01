"""The log of changes: what differs between definitions stands in it, and the other way round."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import NamedTuple

import yaml
from conftest import PROJECT

from wikilake.project.definitions import PAGE, definitions_page
from wikilake.project.lists import read_list

# --- the rows of 2017 -----------------------------------------------------------------------------


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


def test_what_the_log_names_for_a_change_depends_on_its_version():
    """A place without a bound calls one that has it, and IN_PLACE_OF_A_BOUND names it."""
    assert places_in_the_log() - places_in_the_code() - IN_PLACE_OF_A_BOUND == set()


def test_what_the_log_names_exists():
    macros, seeds = set(bodies_of_macros()), {p.stem for p in PROJECT.glob("seeds/**/*.csv")}
    for _, kind, name in places_in_the_log():
        assert name in {"macro": macros, "seed": seeds}[kind], f"{kind}:{name}"


def test_each_change_is_implemented_or_says_why_it_is_not():
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


# --- one hour by two definitions ------------------------------------------------------------------


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


OF_OTHER_TABLES = {
    "statistics", "pageview_hourly_0.0.6", "automated", "numbers_of_views",
}  # fmt: skip


def test_each_change_that_can_concern_a_request_has_a_sign():
    columns = {c.name for c in changes() if c.places == {("macro", "columns_since")}}
    later = {c.name for c in changes() if c.record_version in versions(True)[1:] and c.places}
    assert set(SIGNS) | OF_OTHER_TABLES | (columns - {"redirects"}) | {"server_pid"} == later
