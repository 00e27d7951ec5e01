"""The namespaces of a wiki, as it tells them itself, in the form of the project namespace map."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wikilake.ingest.mediawiki_tables import ExtractFailed
from wikilake.lake.durable import write_durably

FILE = "namespaces.csv"
_SUBJECTS = ("User", "Project", "File", "MediaWiki", "Template", "Help", "Category")
CANONICAL = {-2: "Media", -1: "Special", 0: "", 1: "Talk"}
"""The English names of the namespaces that every wiki has."""
CANONICAL |= {2 * number: name for number, name in enumerate(_SUBJECTS, 1)}
CANONICAL |= {2 * number + 1: f"{name} talk" for number, name in enumerate(_SUBJECTS, 1)}

HOW = (
    "save what the wiki's api.php?action=query&meta=siteinfo&siprop=general|namespaces&format=json "
    "answers, and name the file with --siteinfo"
)


def namespaces_of(answer: Path, wiki_db: str) -> list[list[str]]:
    """The rows of the map for a wiki, of a saved answer of its API."""
    try:
        told = json.loads(answer.read_text(encoding="utf-8-sig"))["query"]
        general, namespaces = told["general"], told["namespaces"]
        if isinstance(namespaces, list):  # formatversion=2
            namespaces = {namespace["id"]: namespace for namespace in namespaces}
        host = urlsplit(general.get("server", "")).hostname or wiki_db
        return [_row(wiki_db, host, general, namespace) for namespace in namespaces.values()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExtractFailed(
            f"{answer} is no answer of a wiki about its namespaces ({type(error).__name__}): {HOW}."
        ) from None


def rows_of_dump(wiki_db: str, site: dict[str, str], names: dict[int, str]) -> list[list[str]]:
    """The rows of the map for a wiki, of the head of its dumps.

    Dumps name no English names, so those of MediaWiki stand in, and call no namespace but the main
    one content.
    """
    host = urlsplit(site.get("base", "")).hostname or wiki_db
    general = {"sitename": site.get("sitename"), "base": site.get("base")}
    general["generator"] = site.get("generator")
    return [
        _row(
            wiki_db,
            host,
            general,
            {"id": number, "canonical": CANONICAL.get(number, name), "*": name}
            | ({"content": ""} if number == 0 else {}),
        )
        for number, name in names.items()
    ]


def _row(wiki_db: str, host: str, general: dict[str, Any], namespace: dict[str, Any]) -> list[str]:
    name = namespace.get("*", namespace.get("name", ""))
    return [
        host,
        str(general.get("lang", "")),
        str(general.get("sitename", "")),
        wiki_db,
        str(general.get("base", "")),
        str(general.get("generator", "")),
        str(general.get("case", "first-letter")),
        str(int(namespace["id"])),
        str(namespace.get("canonical", "")),
        str(name),
        str(namespace.get("case", "first-letter")),
        "1" if namespace.get("content", False) not in (False, None) else "0",
        "False",  # not closed
        "False",  # no replica that everybody may ask
    ]


def write_namespaces(root: Path, wiki_db: str, rows: list[list[str]]) -> Path:
    """Puts the rows of a wiki into the map beside the tables, in the place of its older ones."""
    path = root / FILE
    kept = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            kept = [row for row in csv.reader(file) if len(row) > 3 and row[3] != wiki_db]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([*kept, *rows])
    write_durably(path, text.getvalue())
    return path
