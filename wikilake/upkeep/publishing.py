"""What of a lake may be published: one rule for `share` and `report`, see docs/privacy.md.

The rule itself is SQL, in sql/: a number is published when enough readers and views stand behind
it, rounded down, for whole hours and whole days.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from wikilake.lake.paths import quoted
from wikilake.project.lists import read_list

RULE = 2
"""Number of the rule; what was shared by another one is made again."""

DEFAULT_K = 25
"""Readers that a published number needs, where the seed public_aggregates does not say."""

_NETWORK = """
    case
        when ip like '%:%' and ip not like '%.%'
            then list_slice(string_split(split_part(lower(ip), '::', 1), ':'), 1, 4)
        else [ip]
    end
"""


def query(file: str, **parts: str) -> str:
    """The SQL of a file in sql/, its {parts} filled in; values are given as $parameters instead."""
    text = (Path(__file__).parents[1] / "sql" / f"{file}.sql").read_text(encoding="utf-8")
    statements = (line for line in text.splitlines() if not line.startswith("--"))
    return "\n".join(statements).format(network=_NETWORK, **parts)


def smallest_number(measure: str = "view_count") -> int:
    """The k of the seed public_aggregates, the largest of those that count by this measure."""
    rows = read_list("public_aggregates")
    return max((int(row["k"]) for row in rows if row["measure"] == measure), default=DEFAULT_K)


def groups_of_days(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    name: str,
    k: int,
    *,
    views: str = "count(*)",
    condition: str = "true",
) -> list[tuple[int, int | None, str | None, int]]:
    """(day, hour, name, views) of the groups of days, made of a table with `hour` and `reader`.

    Hours are numbers, 24 of them a day; the first 24 are day 0. The hour is None for the whole
    day, the name None for all other groups together. With a `k` of 1 every number is there as it
    is.
    """
    parts = {"rows": rows, "name": name, "views": views, "condition": condition}
    sql = query("published_groups", **parts)
    return connection.execute(sql, {"k": max(k, 1), "readers": k if k > 1 else 0}).fetchall()


def rows_of_hour(
    connection: duckdb.DuckDBPyConnection,
    keys: list[str],
    aggregate: dict[str, str],
    *,
    is_known: bool,
) -> None:
    """Makes the table `published` of an aggregate's hour from its tables `views` and `before`.

    `keys` are the columns that tell its rows apart. `is_known` says that the public has this hour:
    rows that it does not know yet then need twice as many readers, since what became of late data
    must not show single ones.
    """
    k = int(aggregate["k"])
    folded = dict(pair.split("=") for pair in aggregate["folded_columns"].split(";") if pair)
    parts = {
        "key": key_of(keys),
        "folded_key": _struct({c: quoted(folded[c]) if c in folded else _name(c) for c in keys}),
        "measure": _name(aggregate["measure"]),
    }
    connection.execute(
        f"create table published as {query('published_rows', **parts)}",
        {"k": k, "needed": 2 * k if is_known else k},
    )


def key_of(keys: list[str]) -> str:
    """The SQL of a row's key in published_rows.sql."""
    return _struct({column: _name(column) for column in keys})


def _struct(members: dict[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(name)}: {value}" for name, value in members.items()) + "}"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
