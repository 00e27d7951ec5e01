"""Settings: environment variables that begin with WIKILAKE_, and the folders that they name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wikilake.errors import WikilakeError

PROJECT = Path(__file__).resolve().parents[1]
"""The folder of the dbt project."""

HOUR_FORMAT = "%Y-%m-%dT%H"


@dataclass(frozen=True)
class Setting:
    """An environment variable; without a default it is optional."""

    name: str
    default: str
    meaning: str
    is_internal: bool = False
    """Set by commands for a part of their run, seldom by a user."""
    former_name: str = ""
    """What it was called before; whoever still uses that is told."""
    is_path: bool = True
    """Whether it names a file or folder, or several joined by `:`."""


_TABLE = (
    Setting("WIKILAKE_RAW", "sample/raw", "root of the raw partitions"),
    Setting("WIKILAKE_EVENTS", "", "root of the raw events; else `events` in WIKILAKE_RAW"),
    Setting("WIKILAKE_LAKE", "lake", "root of the lake"),
    Setting("WIKILAKE_GEOIP_CITY", "", "address databases of places (mmdb files)"),
    Setting("WIKILAKE_GEOIP_ISP", "", "address databases of network owners (mmdb files)"),
    Setting("WIKILAKE_UA_REGEXES", "", "user-agent definitions, a uap-core regexes.yaml"),
    Setting("WIKILAKE_ACTOR_LABELS", "", "labels of automated actors, JSON lines"),
    Setting("WIKILAKE_ACTOR_KEY_FILE", "", "keys of the actor signatures, one per line"),
    Setting("WIKILAKE_ALLOWLIST", "", "expected values, tab-separated"),
    Setting("WIKILAKE_COUNTRIES", "", "countries, and which are protected, JSON lines"),
    Setting("WIKILAKE_WIKIS", "", "domains of wikis, JSON lines"),
    Setting("WIKILAKE_DISALLOWED_ARTICLES", "", "articles that no list shows, JSON lines"),
    Setting("WIKILAKE_MEDIAWIKI_FILE", "", "file tables of wikis, JSON lines"),
    Setting("WIKILAKE_MEDIAWIKI_FILETYPES", "", "file types of wikis, JSON lines"),
    Setting(
        "WIKILAKE_USER_AGENT_COMPLIANCE_CLASSIFIED_HOURLY",
        "",
        "verdicts on user agents, JSON lines",
    ),
    Setting("WIKILAKE_STREAMS", "streams", "declared streams of events and their allowlist"),
    Setting("WIKILAKE_SALTS", "", "folder of the salts that sanitised events are hashed with"),
    Setting("WIKILAKE_HISTORY", "sample/history", "root of the edit histories"),
    Setting("WIKILAKE_DUMPS", "", "folder of downloaded dumps of page views"),
    Setting("WIKILAKE_NAMESPACES", "sample/namespaces.csv", "projects and their namespaces"),
    Setting("WIKILAKE_MEDIAWIKI", "sample/mediawiki", "root of the tables of wikis' databases"),
    Setting(
        "WIKILAKE_DATABASE_PASSWORD",
        "",
        "password of the database that is extracted",
        is_path=False,
    ),
    Setting(
        "WIKILAKE_MEMORY", "2GB", "memory of DuckDB before it spills; Spark's heap", is_path=False
    ),
    Setting(
        "WIKILAKE_WINDOW",
        "",
        "raw bytes that hours built together may have, such as 256MB",
        is_path=False,
    ),
    Setting("WIKILAKE_SPARK_MASTER", "", "where Spark runs", is_path=False),
    Setting(
        "WIKILAKE_WAIT", "600", "seconds to wait for another run to leave the lake", is_path=False
    ),
    Setting(
        "WIKILAKE_TRACEBACK", "", "anything: show where an unforeseen error happened", is_path=False
    ),
    Setting("WIKILAKE_FILE", "", "the wiki's file; else wikilake.yml here, or in the project"),
    Setting(
        "WIKILAKE_VARIABLES",
        "",
        "variables of the wiki's file as JSON, which --vars win over",
        is_internal=True,
        is_path=False,
    ),
    Setting("WIKILAKE_SCRATCH", ":memory:", "file of the work tables of a run", is_internal=True),
    Setting(
        "WIKILAKE_CATALOG",
        "",
        "folder of the catalog, not the lake",
        is_internal=True,
        former_name="WIKILAKE_CATALOGUE",
    ),  # fmt: skip
)

SETTINGS = {setting.name: setting for setting in _TABLE}
"""Every setting by its name. The README, the documentation and SQL are compared with it."""


class SettingRenamed(WikilakeError):
    """A setting that is given by its former name, which would be ignored in silence."""


def given(name: str) -> str | None:
    """What the environment says of a setting; None where it says nothing."""
    setting = SETTINGS[name]
    if setting.former_name in os.environ:
        raise SettingRenamed(f"{setting.former_name} is now called {name}: set that instead.")
    return os.environ.get(name)


def value(name: str) -> str:
    """A setting as it is given, else its default."""
    text = given(name)
    return SETTINGS[name].default if text is None else text


@contextmanager
def changed(**values: Path | str) -> Iterator[None]:
    """Other settings for a while, by their names in lower case without WIKILAKE_."""
    names = {SETTINGS[f"WIKILAKE_{name.upper()}"].name: str(values[name]) for name in values}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, text in before.items():
            os.environ.pop(name, None)
            if text is not None:
                os.environ[name] = text


def mebibytes(text: str) -> int | None:
    """Mebibytes of a size such as 3GB, 800MB or 3GiB; None for what is not a size."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*([KMGT]?)(i?B)?\s*", text, re.IGNORECASE)
    if not found:
        return None
    power = "KMGT".find(found[2].upper()) if found[2] else -1
    return max(1, int(float(found[1]) * 1024.0 ** (power - 1)))


def absolute_path(path: str) -> str:
    """The path of a setting, taken from the working folder, which is the project's in every run."""
    return str(Path(path).expanduser().absolute())


def root(name: str) -> Path:
    """The absolute path of a setting that names a folder or file."""
    return Path(absolute_path(value(name)))


def lake_root() -> Path:
    """Root of the lake."""
    return root("WIKILAKE_LAKE")


def raw_root() -> Path:
    """Root of the raw partitions, by default of the shipped sample."""
    return root("WIKILAKE_RAW")


def events_root() -> Path:
    """Root of the raw events, one folder per topic."""
    text = value("WIKILAKE_EVENTS")
    return Path(absolute_path(text)) if text else raw_root() / "events"


def catalog_path() -> Path:
    """The catalog: a DuckDB file with views over the lake and the seeds, and no reader's data.

    Its name is always the same, since DuckDB calls the database by it and views name the database.
    """
    return Path(absolute_path(value("WIKILAKE_CATALOG") or str(lake_root()))) / "wikilake.duckdb"
