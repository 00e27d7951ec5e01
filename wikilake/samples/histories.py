"""Made-up edit histories in the public format, from a seed: the shipped sample and the benchmark.

Users and pages are numbers drawn so that few do much; what a user or a page is follows from its
number alone, so that any amount of events can be made piece by piece in bounded memory.
"""

from __future__ import annotations

import bz2
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wikilake.ingest.history_dumps import LAYOUTS

PIECE = 500_000
"""Events made at a time."""

MONTHS = 30
"""Months that a history covers, the last of them the snapshot."""

WORDS = [
    "River",
    "Stone",
    "Harbour",
    "Meadow",
    "Lantern",
    "Copper",
    "Willow",
    "Falcon",
    "Marble",
    "Orchard",
    "Comet",
    "Velvet",
    "Anchor",
    "Cedar",
    "Thunder",
    "Saffron",
    "Glacier",
    "Violin",
    "Pepper",
    "Quartz",
    "Ember",
    "Lagoon",
    "Maple",
    "Tundra",
    "Zürich",
    "Łódź",
    "Québec",
    "北京",
    "Київ",
    "Ørsted",
]

NAMESPACES = {
    -2: "Media", -1: "Special", 0: "", 1: "Talk", 2: "User", 3: "User talk", 4: "Project",
    5: "Project talk", 6: "File", 7: "File talk", 10: "Template", 11: "Template talk",
    14: "Category", 15: "Category talk",
}  # fmt: skip
NAMESPACE_OF_PAGE = np.array([0] * 14 + [1, 2, 3, 3, 4, 14], dtype=np.int32)

# What happens, and how often.
EVENTS = {
    ("revision", "create"): 0.885,
    ("page", "create"): 0.05,
    ("page", "create-page"): 0.01,
    ("page", "move"): 0.007,
    ("page", "delete"): 0.003,
    ("user", "create"): 0.035,
    ("user", "altergroups"): 0.005,
    ("user", "rename"): 0.005,
}


@dataclass(frozen=True)
class Wiki:
    """A wiki and its share of the events."""

    name: str
    host: str
    language: str
    site: str
    share: float


WIKIS = (
    Wiki("simplewiki", "simple.wikipedia.org", "en", "Wikipedia", 0.5),
    Wiki("dewikivoyage", "de.wikivoyage.org", "de", "Wikivoyage", 0.2),
    Wiki("wikidatawiki", "www.wikidata.org", "en", "Wikidata", 0.3),
)


def write_namespaces(path: Path) -> None:
    """The project and namespace map of the sample's wikis, as headerless CSV."""
    text = io.StringIO()
    for wiki in WIKIS:
        for number, name in NAMESPACES.items():
            home = f"https://{wiki.host}/wiki/Main_Page"
            site = [wiki.host, wiki.language, wiki.site, wiki.name, home, "MediaWiki 1.46.0-wmf.1"]
            row: list[str | int] = [
                *site,
                "first-letter",
                number,
                name,
                name,
                "first-letter",
                int(number == 0),
            ]
            csv.writer(text, lineterminator="\n").writerow([*row, False, True])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue())


def write_history(
    root: Path,
    events: int,
    seed: int,
    snapshot: str,
    parquet: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> None:
    """Writes a snapshot of made-up histories: one dump per wiki, or with `parquet` Parquet files.

    The same arguments give the same events. `progress` is told the rows of each piece.
    """
    for number, wiki in enumerate(WIKIS):
        rows = round(events * wiki.share)
        pieces = -(-rows // PIECE)
        folder = root / (f"snapshot={snapshot}" if parquet else f"{snapshot}/{wiki.name}")
        folder.mkdir(parents=True, exist_ok=True)
        for piece in range(pieces):
            draw = np.random.default_rng([seed, number, piece])
            size = rows * (piece + 1) // pieces - rows * piece // pieces
            table = _piece(draw, wiki, size, rows, snapshot, piece / pieces, (piece + 1) / pieces)
            if parquet:
                pq.write_table(table, folder / f"{wiki.name}-{piece:03}.parquet")
            else:
                time = "all-time" if pieces == 1 else f"part-{piece:03}"
                write_dump(table, folder / f"{snapshot}.{wiki.name}.{time}.tsv.bz2")
            progress(size)


def write_dump(table: pa.Table, path: Path, columns: int = 78) -> None:
    """Writes rows of mediawiki_history as a dump of so many columns; `.bz2`, or plain text."""
    types = {field.name: field.type for field in table.schema}
    fields = ", ".join(
        f"coalesce({_as_text(name, types.get(name))}, '')" for name in LAYOUTS[columns]
    )
    connection = duckdb.connect(config={"temp_directory": ""})
    connection.register("events", table)
    lines = connection.execute(f"select concat_ws(chr(9), {fields}) || chr(10) from events")
    with bz2.open(path, "wb") if path.suffix == ".bz2" else path.open("wb") as file:
        while texts := lines.fetchmany(10_000):
            file.writelines(text.encode() for (text,) in texts)


def _as_text(name: str, kind: pa.DataType | None) -> str:
    """The SQL that writes a column as a dump does; null where it is not there."""
    if kind is None:
        return "cast(null as varchar)"
    if pa.types.is_list(kind):
        name = (
            f"array_to_string(list_transform({name}, lambda part: replace(part, ',', '\\,')), ',')"
        )
    text = f"cast({name} as varchar)"
    for real, letter in ((9, "t"), (10, "n"), (13, "r")):
        text = f"replace({text}, chr({real}), '\\{letter}')"
    return text


def _piece(
    draw: np.random.Generator,
    wiki: Wiki,
    size: int,
    of_all: int,
    snapshot: str,
    start: float,
    end: float,
) -> pa.Table:
    """Some events of a wiki, from one share of its time to another, ordered by time."""
    kinds = draw.choice(len(EVENTS), size, p=list(EVENTS.values()))
    entity, kind = (np.array(part)[kinds] for part in zip(*EVENTS, strict=True))
    first, last = _seconds(snapshot)
    time = np.sort(
        first + ((start + (end - start) * draw.random(size)) * (last - first)).astype(int)
    )
    user = often(draw, size, max(20, of_all // 25))
    page = often(draw, size, max(50, of_all // 8))
    is_user, is_page, is_revision = (entity == name for name in ("user", "page", "revision"))
    bytes_diff = (draw.lognormal(4, 1.6, size) * np.where(draw.random(size) < 0.22, -1, 1)).astype(
        int
    )
    reverts = draw.random(size)
    columns = {
        "wiki_db": np.full(size, wiki.name),
        "event_entity": entity,
        "event_type": kind,
        "event_timestamp": _text(time),
        **_performer(draw, user, time, size),
        **_page(page, time, ~is_user, is_page),
        "user_text": _where(is_user, _user_names(user)),
        "user_text_historical": _where(is_user, _user_names(user)),
        "user_is_created_by_self": _where(is_user, user % 7 > 1),
        "revision_id": _where(is_revision, time * 3 + np.arange(size)),
        "revision_minor_edit": _where(is_revision, reverts < 0.2),
        "revision_text_bytes": _where(is_revision, np.abs(bytes_diff) * 9),
        "revision_text_bytes_diff": _where(is_revision, bytes_diff),
        "revision_is_deleted_by_page_deletion": _where(is_revision, page % 37 == 5),
        "revision_is_identity_reverted": _where(is_revision, reverts > 0.95),
        "revision_is_identity_revert": _where(is_revision, (reverts > 0.91) & (reverts < 0.955)),
        "snapshot": np.full(size, snapshot),
    }
    return pa.table(columns)


def _performer(
    draw: np.random.Generator, user: np.ndarray, time: np.ndarray, size: int
) -> dict[str, pa.Array]:
    """Who did it: one in six without an account, some temporary, some bots, a few hidden."""
    share = user % 50
    is_anonymous, is_temporary = share >= 44, (share >= 40) & (share < 44)
    is_group_bot, is_name_bot = share == 3, (share == 3) | (share == 11)
    is_named = ~is_anonymous & (draw.random(size) > 0.002)
    names = _user_names(user)
    bot_by = pa.array(
        [
            (["name"] if by_name else []) + (["group"] if by_group else []) if known else None
            for by_name, by_group, known in zip(is_name_bot, is_group_bot, is_named, strict=True)
        ],
        pa.list_(pa.string()),
    )
    # One account in ten is new: it exists since its first event.
    _, seen, place = np.unique(user, return_index=True, return_inverse=True)
    created = np.where(user % 10 == 7, time[seen][place], time[0] - 86_400 * (1 + user % 3_000))
    return {
        "event_user_id": _where(is_named, user + 1),
        "event_user_central_id": _where(is_named, user * 13 + 7),
        "event_user_text": _where(is_named | is_anonymous, names),
        "event_user_text_historical": _where(is_named | is_anonymous, names),
        "event_user_is_bot_by": bot_by,
        "event_user_is_bot_by_historical": bot_by,
        "event_user_groups": _lists(is_group_bot & is_named, ["bot"]),
        "event_user_is_created_by_self": _where(is_named, user % 7 > 1),
        "event_user_is_anonymous": is_anonymous,
        "event_user_is_temporary": is_temporary,
        "event_user_is_permanent": ~is_anonymous & ~is_temporary,
        "event_user_creation_timestamp": _where(is_named, _text(created)),
    }


def _page(
    page: np.ndarray, time: np.ndarray, has_page: np.ndarray, is_page: np.ndarray
) -> dict[str, pa.Array]:
    """On what: pages keep their namespace; some are redirects, some deleted."""
    namespace = NAMESPACE_OF_PAGE[page % len(NAMESPACE_OF_PAGE)]
    is_deleted = page % 37 == 5
    words = np.array(WORDS)
    titles = np.char.add(words[page % 29], np.char.add("_", words[page // 29 % 30]))
    titles = np.char.add(np.char.add(titles, "_"), page.astype(str))
    first_edit = _text(time - 3_600 * (page % 5))
    return {
        "page_id": _where(has_page & ~is_deleted, page + 1),
        "page_title": _where(has_page, titles),
        "page_title_historical": _where(has_page, titles),
        "page_namespace": _where(has_page, namespace),
        "page_namespace_historical": _where(has_page, namespace),
        "page_namespace_is_content": _where(has_page, namespace == 0),
        "page_namespace_is_content_historical": _where(has_page, namespace == 0),
        "page_is_redirect": _where(has_page & ~is_deleted, page % 23 == 9),
        "page_is_deleted": _where(has_page, is_deleted),
        "page_first_edit_timestamp": _where(is_page, first_edit),
    }


def _user_names(user: np.ndarray) -> np.ndarray:
    """Names of accounts; addresses and temporary names where a user has no account."""
    share, words = user % 50, np.array(WORDS)
    named = np.char.add(words[user * 7 % 30], np.char.add(" ", user.astype(str)))
    named = np.where((share == 3) | (share == 11), np.char.add(named, "Bot"), named)
    address = np.char.add("198.51.", np.char.add((user // 250 % 250).astype(str), "."))
    address = np.char.add(address, (user % 250).astype(str))
    temporary = np.char.add("~2026-", user.astype(str))
    return np.where(share >= 44, address, np.where(share >= 40, temporary, named))


def often(draw: np.random.Generator, size: int, count: int) -> np.ndarray:
    """Numbers below `count`, the small ones often; scattered so that none is like its neighbour."""
    return (draw.random(size) ** 2.5 * count).astype(np.int64) * 7_919 % count


def _seconds(snapshot: str) -> tuple[int, int]:
    """First and last second of a history, since 1970."""
    year, month = map(int, snapshot.split("-"))
    end = (year * 12 + month, year * 12 + month - MONTHS)
    dates = [datetime(months // 12, months % 12 + 1, 1) for months in end]
    epoch = datetime(1970, 1, 1)
    last, first = (int((date - epoch).total_seconds()) for date in dates)
    return first, last


def _text(seconds: np.ndarray) -> np.ndarray:
    """Times as mediawiki_history spells them."""
    text = np.datetime_as_string(seconds.astype("datetime64[s]"))
    return np.char.add(np.char.replace(text, "T", " "), ".0")


def _where(is_there: np.ndarray, values: np.ndarray) -> pa.Array:
    """An array that is null where nothing is there."""
    return pa.array(values, mask=~is_there)


def _lists(is_there: np.ndarray, value: list[str]) -> pa.Array:
    return pa.array([value if there else [] for there in is_there], pa.list_(pa.string()))
