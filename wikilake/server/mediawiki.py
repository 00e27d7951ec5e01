"""MediaWiki's action=sitematrix: the wikis of a lake, by language, as Wikistats asks for them."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import duckdb
from babel import Locale, UnknownLocaleError

from wikilake import settings
from wikilake.answers.aqs import FAMILIES

CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(?:[.][A-Za-z_$][\w$]*|\[[0-9]{1,9}\])*", re.ASCII)
LONGEST_CALLBACK = 200
LONGEST_KEPT = 31 * 24 * 3600

_PROJECT = re.compile(r"[a-z0-9-]+(?:[.][a-z0-9-]+)*")
_PROJECTS = {
    "wikistats.edits": (
        "where snapshot = (select max(snapshot) from wikistats.time_span) "
        "and granularity = 'monthly' and editor_type = 'all-editor-types' "
        "and page_type = 'all-page-types'"
    ),
    "wmf.unique_devices_cassandra_daily": "",
    "wmf.projectview_hourly": "where year = {year} and month = {month}",
}
"""Public tables that name projects, and which of their rows are read."""


class Refusal(Exception):
    """A parameter that is not answered in any format."""


class Asked:
    """The parameters of a request to api.php. Raises Refusal for an unsafe callback."""

    def __init__(self, query: dict[str, str]) -> None:
        self._query = query
        self._callback = query.get("callback", "")
        if self._callback and (
            len(self._callback) > LONGEST_CALLBACK or not CALLBACK.fullmatch(self._callback)
        ):
            raise Refusal("callback must be the name of a JavaScript function.")

    @property
    def kept_for(self) -> int:
        """Seconds for which a client wants to keep the answer."""
        text = self._query.get("maxage", "")
        return min(int(text), LONGEST_KEPT) if re.fullmatch("[0-9]{1,9}", text) else 0

    def without_lake(self) -> dict[str, Any] | None:
        """The answer of everything but action=sitematrix; None for that."""
        action, form = self._query.get("action", "help"), self._query.get("format", "json")
        if form not in ("json", "jsonfm", "none"):
            return _unrecognized("format", form)
        if action == "query":
            return self._pages()
        return None if action == "sitematrix" else _unrecognized("action", action)

    def _pages(self) -> dict[str, Any]:
        """No page exists here. Wikistats asks for one with remarks on each chart and waits."""
        titles = [title for title in self._query.get("titles", "").split("|") if title][:50]
        if self._query.get("formatversion") in ("2", "latest"):
            missing = [{"ns": 0, "title": title, "missing": True} for title in titles]
            return {"batchcomplete": True, "query": {"pages": missing}}
        pages = {
            str(-number): {"ns": 0, "title": title, "missing": ""}
            for number, title in enumerate(titles, 1)
        }
        return {"batchcomplete": "", "query": {"pages": pages}}

    def sitematrix(self, matrix: dict[str, Any]) -> dict[str, Any]:
        """The wikis of a lake, of the kinds and with the fields that are asked for."""
        kinds = self._listed("smtype") or ["special", "language"]
        of_language, of_site = self._listed("smlangprop"), self._listed("smsiteprop")
        found: dict[str, Any] = {"count": matrix["count"]}
        if "language" in kinds:
            for number, group in enumerate(matrix["languages"]):
                sites = [_fields(site, of_site) for site in group["site"]]
                found[str(number)] = _fields({**group, "site": sites}, of_language)
        if "special" in kinds:
            found["specials"] = [_fields(site, of_site, "lang") for site in matrix["specials"]]
        return {"sitematrix": found}

    def _listed(self, parameter: str) -> list[str]:
        return [text for text in self._query.get(parameter, "").split("|") if text]

    def written(self, body: dict[str, Any]) -> tuple[str, str]:
        """Media type and text of an answer: JSON, or a call of the callback with it."""
        if self._callback:
            # In ASCII, since JavaScript of before 2019 ends a line at U+2028.
            return "text/javascript; charset=utf-8", f"/**/{self._callback}({json.dumps(body)})"
        return "application/json; charset=utf-8", json.dumps(body, ensure_ascii=False)


def _unrecognized(parameter: str, value: str) -> dict[str, Any]:
    info = f'Unrecognized value for parameter "{parameter}": {value[:100]}.'
    return {"error": {"code": "badvalue", "info": info}}


def _fields(found: dict[str, Any], names: list[str], *always: str) -> dict[str, Any]:
    """The named fields of what was found; all where none is named."""
    wanted = {*names, *always}
    return {name: value for name, value in found.items() if not names or name in wanted}


def matrix(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The wikis of a lake: `count`, `languages` in order of their codes, and `specials`.

    Wikistats calls a family by its English wiki and stops at one that has none. So the English
    wiki of each family is listed, even if the lake has nothing of it.
    """
    projects = projects_of(connection)
    known = _known_wikis(connection)
    families = {project.rpartition(".")[2] for project in projects if _language(project)}
    projects |= {f"en.{family}" for family in families}
    languages: dict[str, list[dict[str, str]]] = {}
    specials = []
    for project in sorted(projects):
        database, domain = known.get(project, (None, f"{project}.org"))
        language, family = _language(project), project.rpartition(".")[2]
        code = "wiki" if family == "wikipedia" else family
        if language:
            name = database or language.replace("-", "_") + code
            site = _site(domain, name, code, family.capitalize())
            languages.setdefault(language, []).append(site)
        else:
            code = project.removesuffix(".wikimedia")
            title = code.capitalize() if "." not in code else code
            name = database or re.sub("[.-]", "_", code) + "wiki"
            specials.append(_site(domain, name, code, title) | {"lang": code})
    groups = [_names(code) | {"site": sites} for code, sites in sorted(languages.items())]
    return {"count": len(projects), "languages": groups, "specials": specials}


def projects_of(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Projects of the newest snapshot, of the newest month of views, and of devices."""
    year, month = _newest_month()
    found: set[str] = set()
    for table, condition in _PROJECTS.items():
        try:
            rows = connection.execute(
                f"select distinct project from {table} {condition.format(year=year, month=month)}"
            ).fetchall()
        except duckdb.CatalogException:
            continue
        found |= {project for (project,) in rows if project and _PROJECT.fullmatch(project)}
    return {project for project in found if not re.fullmatch(r"all-([a-z]+-)?projects", project)}


def _newest_month() -> tuple[int, int]:
    """Of the partitions of views: reading all of them takes seconds in a lake of years."""
    months = [(0, 0)]
    for path in (settings.lake_root() / "wmf" / "projectview_hourly").glob("year=*/month=*"):
        if found := re.fullmatch("year=([0-9]+)/month=([0-9]+)", "/".join(path.parts[-2:])):
            months.append((int(found[1]), int(found[2])))
    return max(months)


def _known_wikis(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str]]:
    """Project to database and domain, of the wikis of the seed."""
    try:
        rows = connection.execute(
            "select pageview_code, database_code, domain_name from reference.wikis"
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    return {project: (database, domain) for project, database, domain in rows}


def _language(project: str) -> str | None:
    """The language of a wiki of a family; None for other wikis."""
    language, _, family = project.partition(".")
    return language if family in FAMILIES else None


def _site(domain: str, database: str, code: str, name: str) -> dict[str, str]:
    return {"url": f"https://{domain}", "dbname": database, "code": code, "sitename": name}


@cache
def _names(code: str) -> dict[str, str]:
    """A language's code, its name in itself and in English, and the direction of its script."""
    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return {"code": code, "name": code, "dir": "ltr", "localname": code}
    return {
        "code": code,
        "name": locale.get_display_name() or code,
        "dir": "rtl" if locale.text_direction == "rtl" else "ltr",
        "localname": locale.get_display_name("en") or code,
    }
