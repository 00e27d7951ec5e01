"""Made-up tables of a MediaWiki's database, from a seed: what the benchmark makes a history of.

A tenth as many pages as revisions and a fifth as many log rows. What costs most in a real wiki is
there: pages and accounts that did much more than others, a page whose texts come again and again,
titles that moves have joined to one large component, chains of renames.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wikilake.samples.histories import (
    NAMESPACE_OF_PAGE,
    WIKIS,
    WORDS,
    often,
    write_namespaces,
)

WIKI = WIKIS[0].name
BEGIN = int(datetime(2011, 1, 1, tzinfo=UTC).timestamp())
END = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
CREATIONS_ARE_LOGGED = int(datetime(2018, 6, 28, tzinfo=UTC).timestamp())
DELETED = 7
"""One page of so many is deleted."""
SANDBOX = 500
"""Texts of the busiest page, each of which comes back."""

Columns = dict[str, np.ndarray | pa.Array]


def write_wiki(root: Path, revisions: int, seed: int) -> None:
    """Writes the tables of a wiki of so many revisions below `root`, and its namespaces.

    The same arguments give the same rows.
    """
    draw = np.random.default_rng(seed)
    pages, users = revisions // 10, revisions // 20
    created = BEGIN + (draw.random(pages) ** 0.7 * 0.98 * (END - BEGIN)).astype(np.int64)
    joined = BEGIN + np.sort((draw.random(users) * 0.98 * (END - BEGIN)).astype(np.int64))
    edits = _edits(draw, revisions, created, users)
    tables = {
        **_accounts(draw, joined),
        **_texts(edits),
        **_pages(edits, pages),
        "logging": _log(draw, revisions // 5, created, joined),
        "comment": _comments(max(1000, revisions // 5)),
    }
    for name, columns in tables.items():
        size = len(next(iter(columns.values())))
        wiki = pa.array([WIKI]).take(pa.array(np.zeros(size, np.int8)))
        (root / name).mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"wiki_db": wiki, **columns}), root / name / "0.parquet")
    write_namespaces(root / "namespaces.csv")


def page_titles(page: np.ndarray) -> np.ndarray:
    """The title of a page, by its number."""
    words = np.array(WORDS)
    return np.char.add(np.char.add(words[page % 30], "_"), page.astype(str))


def user_names(user: np.ndarray) -> np.ndarray:
    """The name of an account, by its number; one in fifty is that of a bot."""
    names = np.char.add(np.array(WORDS)[user * 7 % 30], np.char.add(" ", user.astype(str)))
    return np.where(user % 50 == 3, np.char.add(names, "Bot"), names)


def _edits(draw: np.random.Generator, size: int, created: np.ndarray, users: int) -> Columns:
    """One row per revision in the order of time; the first one of each page makes it."""
    pages = len(created)
    page = np.concatenate([np.arange(pages), often(draw, size - pages, pages)])
    age = np.concatenate([np.zeros(pages), draw.random(size - pages) ** 2])
    time = created[page] + (age * (END - created[page])).astype(np.int64)
    order = np.lexsort((page, time))
    page, time = page[order], time[order]
    by_page = np.lexsort((time, page))
    before = np.full(size, -1)
    same = page[by_page][1:] == page[by_page][:-1]
    before[by_page[1:][same]] = by_page[:-1][same]
    place = np.empty(size, np.int64)  # of a revision among those of its page
    place[by_page] = np.arange(size) - np.searchsorted(page[by_page], page[by_page])
    # A revert takes the text of a revision before its parent; texts follow from one another.
    back = np.minimum(place, 2 + (draw.exponential(1.5, size)).astype(np.int64))
    reverts = (draw.random(size) < 0.08) & (place >= 2)
    rank = np.empty(size, np.int64)
    rank[by_page] = np.arange(size)
    source = np.where(reverts, by_page[np.maximum(rank - back, 0)], np.arange(size))
    busiest = np.bincount(page).argmax()
    turns = np.flatnonzero(page == busiest)
    first = turns[:SANDBOX]
    source[turns] = first[draw.integers(0, len(first), len(turns))]
    source[first] = first
    while (further := source[source] != source).any():
        source = np.where(further, source[source], source)
    has_account = draw.random(size) < 0.85
    actor = np.where(
        has_account, often(draw, size, users) + 1, users + 1 + draw.integers(0, users // 5, size)
    )
    return {
        "page": page, "time": time, "before": before, "text": source, "actor": actor,
        "length": 200 + draw.integers(0, 20_000, size), "minor": draw.random(size) < 0.2,
        "hidden": np.where(draw.random(size) < 0.002, draw.integers(1, 8, size), 0),
        "comment": draw.integers(1, max(1000, size // 5) + 1, size),
    }  # fmt: skip


def _pages(edits: Columns, pages: int) -> dict[str, Columns]:
    """Pages and their revisions, live ones and those of deleted pages."""
    page, number = edits["page"], np.arange(pages)
    is_gone = page % DELETED == 5
    rev_id = np.arange(len(page)) + 1
    parent = edits["before"] + 1
    live, gone = ~is_gone, is_gone
    time = _text(edits["time"])
    is_there = number % DELETED != 5
    return {
        "page": {
            "page_id": number[is_there] + 1,
            "page_namespace": NAMESPACE_OF_PAGE[number[is_there] % len(NAMESPACE_OF_PAGE)],
            "page_title": page_titles(number[is_there]),
            "page_is_redirect": number[is_there] % 11 == 3,
        },
        "revision": {
            "rev_id": rev_id[live], "rev_page": page[live] + 1, "rev_timestamp": time[live],
            "rev_minor_edit": edits["minor"][live],
            "rev_deleted": edits["hidden"][live].astype(np.int32),
            "rev_len": edits["length"][live], "rev_parent_id": parent[live],
            "rev_actor": edits["actor"][live], "rev_comment_id": edits["comment"][live],
        },
        "archive": {
            "ar_namespace": NAMESPACE_OF_PAGE[page[gone] % len(NAMESPACE_OF_PAGE)],
            "ar_title": page_titles(page[gone]), "ar_timestamp": time[gone],
            "ar_minor_edit": edits["minor"][gone], "ar_rev_id": rev_id[gone],
            "ar_deleted": edits["hidden"][gone].astype(np.int32), "ar_len": edits["length"][gone],
            "ar_page_id": page[gone] + 1, "ar_parent_id": parent[gone],
            "ar_actor": edits["actor"][gone],
        },
    }  # fmt: skip


def _texts(edits: Columns) -> dict[str, Columns]:
    """Slots, hashes of their texts, and tags."""
    text = edits["text"]
    rev_id = np.arange(len(text)) + 1
    numbers, first = np.unique(text, return_index=True)
    tagged = rev_id[rev_id * 7_919 % 10 < 3]
    return {
        "slots": {
            "slot_revision_id": rev_id,
            "slot_role_id": np.ones(len(text), np.int32),
            "slot_content_id": text + 1,
        },
        "slot_roles": {"role_id": np.array([1], np.int32), "role_name": np.array(["main"])},
        "content": {
            "content_id": numbers + 1,
            "content_sha1": pc.utf8_lpad(
                pa.array(np.char.add("phoiac", (numbers * 7_919).astype(str))), 31, "0"
            ),
        },
        "change_tag": {"ct_rev_id": tagged, "ct_tag_id": tagged % 4 + 1},
        "change_tag_def": {
            "ctd_id": np.arange(1, 5),
            "ctd_name": np.array(["mobile edit", "mw-rollback", "visualeditor", "mw-reverted"]),
        },
    }


def _accounts(draw: np.random.Generator, joined: np.ndarray) -> dict[str, Columns]:
    """Accounts, their groups, and those who edit, some of them without an account."""
    users = np.arange(len(joined))
    addresses = np.arange(len(joined) // 5)
    address = np.char.add("198.51.", np.char.add((addresses // 250 % 250).astype(str), "."))
    address = np.char.add(address, (addresses % 250).astype(str))
    member = users[users % 50 == 3]
    has_account = np.concatenate([np.ones(len(users), bool), np.zeros(len(addresses), bool)])
    return {
        "user": {
            "user_id": users + 1,
            "user_name": user_names(users),
            "user_registration": pa.array(_text(joined), mask=users % 20 == 0),
            "user_is_temp": np.zeros(len(users), bool),
        },
        "user_groups": {"ug_user": member + 1, "ug_group": np.full(len(member), "bot")},
        "actor": {
            "actor_id": np.arange(len(has_account)) + 1,
            "actor_user": pa.array(np.arange(len(has_account)) + 1, mask=~has_account),
            "actor_name": np.concatenate([user_names(users), address]),
        },
    }


def _comments(size: int) -> Columns:
    number = np.arange(size)
    words = np.array(WORDS)
    texts = np.char.add(np.char.add(words[number % 30], " and "), words[number // 30 % 30])
    return {"comment_id": number + 1, "comment_text": texts}


def _log(draw: np.random.Generator, size: int, created: np.ndarray, joined: np.ndarray) -> Columns:
    """Log rows of pages and accounts, in the order of time; the shares are of all of them."""
    pieces = [
        *_page_log(draw, size, created),
        *_user_log(draw, size, joined),
    ]
    kinds, times, namespaces, titles, params, pages = (
        np.concatenate(parts) for parts in zip(*pieces, strict=True)
    )
    order = np.argsort(times, kind="stable")
    kind = kinds[order]
    return {
        "log_id": np.arange(len(order)) + 1,
        "log_type": np.char.partition(kind, "/")[:, 0],
        "log_action": np.char.partition(kind, "/")[:, 2],
        "log_timestamp": _text(times[order]),
        "log_namespace": namespaces[order].astype(np.int32),
        "log_title": np.char.replace(titles[order], " ", "_"),
        "log_params": params[order],
        "log_page": pages[order],
        "log_actor": often(draw, len(order), len(joined)) + 1,
        "log_comment_id": draw.integers(1, 1000, len(order)),
        "log_deleted": np.zeros(len(order), np.int32),
    }


Piece = tuple[np.ndarray, ...]
"""Log rows: type and action, time, namespace, title, parameters, page."""


def _page_log(draw: np.random.Generator, size: int, created: np.ndarray) -> list[Piece]:
    pages = np.arange(len(created))
    spaces = NAMESPACE_OF_PAGE[pages % len(NAMESPACE_OF_PAGE)]
    titles = page_titles(pages)
    live, gone = pages[pages % DELETED != 5], pages[pages % DELETED == 5]

    def some(share: float, of: np.ndarray) -> np.ndarray:
        return draw.choice(of, min(round(share * size), len(of)), replace=False)

    def after(page: np.ndarray, least: float, most: float) -> np.ndarray:
        share = least + (most - least) * draw.random(len(page))
        return created[page] + (share * (END - created[page])).astype(np.int64)

    new = some(0.35, pages[created >= CREATIONS_ARE_LOGGED])
    deleted, back, moved = some(0.1, gone), some(0.02, live), some(0.1, live)
    hidden = some(0.02, live)
    back_time = after(back, 0.3, 0.9)
    old = np.char.add(titles[moved], "_(old)")
    # Titles that were moved to one another, back and forth: one component.
    pool = titles[live[: max(20, len(live) // 20)]]
    swaps = round(0.14 * size)
    start, end = draw.choice(pool, swaps), draw.choice(pool, swaps)
    swapped = live[draw.integers(0, len(pool), swaps)]
    pieces = [
        ("create/create", created[new], new, _array()),
        ("delete/delete", after(deleted, 0.99, 1), deleted, ""),
        ("delete/delete", back_time, back, ""),
        ("delete/restore", back_time + 3600, back, ""),
        ("delete/revision", after(hidden, 0.1, 1), hidden, ""),
    ]
    of_titles = [
        _piece(kind, time, spaces[page], titles[page], params, page + 1)
        for kind, time, page, params in pieces
    ]
    targets = ((moved, old, titles[moved], 0.9), (swapped, start, end, 1.0))
    return of_titles + [
        _piece("move/move", after(page, 0.1, most), 0, one, _array(("4::target", other)), page + 1)
        for page, one, other, most in targets
    ]


def _user_log(draw: np.random.Generator, size: int, joined: np.ndarray) -> list[Piece]:
    users = np.arange(len(joined))
    names = user_names(users)
    new = draw.choice(users, min(round(0.2 * size), len(users)), replace=False)
    blocked, promoted = (often(draw, round(share * size), len(users)) for share in (0.05, 0.02))
    renamed = draw.choice(users, min(round(0.005 * size), len(users) // 2), replace=False)
    duration = draw.choice(["31 hours", "1 week", "infinite", "tomorrow", "3 months"], len(blocked))

    def after(user: np.ndarray) -> np.ndarray:
        return joined[user] + (draw.random(len(user)) * (END - joined[user])).astype(np.int64)

    blocks = _array(("5::duration", duration), ("6::flags", "nocreate,noemail"))
    groups = 'a:2:{s:12:"4::oldgroups";a:0:{}s:12:"5::newgroups";a:1:{i:0;s:5:"sysop";}}'
    first, last = np.sort(np.stack([after(renamed), after(renamed)]), axis=0)
    oldest, older = (np.char.add(names[renamed], mark) for mark in (" (oldest)", " (older)"))
    pieces = [
        _piece("newusers/create", joined[new], 2, names[new], _array(), 0),
        _piece("block/block", after(blocked), 2, names[blocked], blocks, 0),
        _piece("block/unblock", after(blocked[::5]), 2, names[blocked[::5]], "", 0),
        _piece("rights/rights", after(promoted), 2, names[promoted], groups, 0),
    ]
    for time, one, other in ((first, oldest, older), (last, older, names[renamed])):
        renames = _array(("4::olduser", one), ("5::newuser", other))
        pieces.append(_piece("renameuser/renameuser", time, 2, one, renames, 0))
    return pieces


def _piece(kind: str, time: np.ndarray, *others: Any) -> Piece:
    return np.full(len(time), kind), time, *(np.broadcast_to(part, len(time)) for part in others)


def _array(*entries: tuple[str, np.ndarray | str]) -> np.ndarray:
    """What PHP's serialize() makes of texts by their keys."""
    text = np.array(f"a:{len(entries)}:{{")
    for key, value in entries:
        sizes = np.char.str_len(np.char.encode(value, "utf-8")).astype(str)
        for part in (f's:{len(key)}:"{key}";s:', sizes, ':"', value, '";'):
            text = np.char.add(text, part)
    return np.char.add(text, "}")


def _text(seconds: np.ndarray) -> np.ndarray:
    """Times as MediaWiki writes them."""
    text = np.datetime_as_string(seconds.astype("datetime64[s]"))
    for mark in "-T:":
        text = np.char.replace(text, mark, "")
    return text
