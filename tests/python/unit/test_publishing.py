"""The rule of docs/privacy.md under attack: nobody can be told from published numbers."""

from __future__ import annotations

import random
from collections import Counter

import duckdb
import pytest

from wikilake.upkeep import publishing

K = 25
Views = list[tuple[int, str, int | None]]
"""(hour, name, reader) of each view of a day."""


def published(views: Views) -> dict[tuple[int | None, str | None], int]:
    """(hour, name) to what may be published; None for the day and for all others."""
    with duckdb.connect() as connection:
        connection.execute(
            "create table views as select unnest($1::int[]) as hour, unnest($2::text[]) as name, "
            "unnest($3::ubigint[]) as reader",
            [list(column) for column in zip(*views, strict=True)] or [[], [], []],
        )
        rows = publishing.groups_of_days(connection, "views", "name", K)
    return {(hour, name): number for _, hour, name, number in rows}


def by(*readers: int, hour: int = 0, name: str = "A") -> Views:
    return [(hour, name, reader) for reader in readers]


def test_one_reader_publishes_nothing_however_often_they_reload():
    assert published(by(*[1] * 1000)) == {}
    assert published(by(*range(24), *[1] * 1000)) == {}
    assert published(by(*range(25))) == {(0, "A"): 25, (None, "A"): 25}
    assert published(by(*range(24)) + [(0, "A", None)] * 50) == {}, "the unknown are nobody"


def test_other_groups_are_added_up_where_enough_readers_stand_behind_them_and_else_left_out():
    small = [view for n in range(5) for view in by(*range(n * 5, n * 5 + 5), name=f"small {n}")]
    assert published(by(*range(30)) + small)[0, None] == 25
    assert (0, None) not in published(by(*range(30)) + small[1:])
    reloads = [(0, f"page {n}", 1) for n in range(100)]
    assert published(by(*range(30)) + reloads) == {(0, "A"): 25, (None, "A"): 25}


def test_an_hour_hides_few_views_and_the_day_shows_what_many_readers_did_in_all_its_hours():
    day = [view for h in range(24) for view in by(3 * h, 3 * h + 1, 3 * h + 2, hour=h)]
    assert published(day) == {(None, "A"): 50}, "72 views of 72 readers, three per hour"
    same = [view for h in range(24) for view in by(1, 2, 3, hour=h)]
    assert published(same) == {}
    # The day must not give away the one view of an hour beside hours that are published.
    assert published(by(*range(49)) + by(99, hour=1)) == {(0, "A"): 25, (None, "A"): 25}


def random_day(seed: int) -> Views:
    chance = random.Random(seed)
    views: Views = []
    for name in "ABCDE":
        for hour in range(chance.choice([1, 3, 24])):
            for _ in range(chance.choice([0, 1, 2, 24, 25, 26, 49, 50, 51, 80])):
                reader = chance.choice([1, 2, None, *range(10, 90)])
                views.append((hour, name, reader))
    return views


@pytest.mark.parametrize("seed", range(12))
def test_every_published_number_and_every_difference_of_two_stands_for_enough_readers(seed):
    print(f"seed {seed}")
    views = random_day(seed)
    found = published(views)
    readers: dict[tuple, set] = {}
    counts: Counter = Counter()
    for hour, name, reader in views:
        readers.setdefault((hour, name), set()).update({reader} - {None})
        counts[hour, name] += 1
    for (hour, name), number in found.items():
        assert number > 0 and number % K == 0
        if name and hour is not None:
            assert len(readers[hour, name]) >= K and 0 <= counts[hour, name] - number < K
    for name in "ABCDE":
        hours = {h for (h, n) in found if n == name and h is not None}
        rest = [view for view in views if view[1] == name and view[0] not in hours]
        of_rest = {reader for _, _, reader in rest} - {None}
        day = sum(counts[h, name] for h in hours)
        if len(of_rest) >= K and len(rest) >= K:
            day += len(rest)
        assert found.get((None, name), 0) == day - day % K
    others = {key for key in counts if key not in found}
    for hour in {h for (h, n) in found if n is None and h is not None}:
        assert len(set().union(*(readers[key] for key in others if key[0] == hour))) >= K


@pytest.mark.parametrize("seed", range(12))
def test_what_few_read_in_an_hour_has_no_influence_on_any_number_of_its_group(seed):
    print(f"seed {seed}")
    views = random_day(seed)
    found = published(views)
    for name in "ABCDE":
        shown = {h for (h, n) in found if n == name and h is not None}
        rest = [view for view in views if view[1] == name and view[0] not in shown]
        if not rest or len({reader for _, _, reader in rest} - {None}) >= K:
            continue
        without = published([view for view in views if view not in rest])
        assert {key: n for key, n in without.items() if key[1] == name} == {
            key: n for key, n in found.items() if key[1] == name
        }
        # Other hours and other groups do not move either.
        assert {key for key in without if key[1]} == {key for key in found if key[1]}


KEYS = ["project", "country", "continent"]
AGGREGATE = {"measure": "n", "k": "10", "folded_columns": "country=--;continent=Unknown"}


def shared(views: list[tuple], before: list[tuple] | None = None) -> list[tuple]:
    """What becomes of (project, country, continent, readers, views of each) when it is shared."""
    with duckdb.connect() as connection:
        types = "project text, country text, continent text"
        connection.execute(f"create table views ({types}, reader ubigint)")
        for place, (*row, readers, each) in enumerate(views):
            connection.execute(
                "insert into views select ?, ?, ?, ? + r.range from range(?) r, range(?)",
                [*row, place * 1000, readers, each],
            )
        connection.execute(f"create table known ({types}, n bigint)")
        for row in before or []:
            connection.execute("insert into known values (?, ?, ?, ?)", row)
        key = publishing.key_of(KEYS)
        connection.execute(f"create table before as select {key} as key, n as published from known")
        publishing.rows_of_hour(connection, KEYS, AGGREGATE, is_known=before is not None)
        return connection.execute("from published").fetchall()


def test_rows_of_few_readers_are_folded_and_what_stays_few_is_left_out():
    assert shared(
        [
            ("a", "DE", "Europe", 10, 1),
            ("a", "FR", "Europe", 9, 1),
            ("a", "JP", "Asia", 1, 99),
            ("b", "DE", "Europe", 9, 3),
            ("a", "--", "Unknown", 11, 1),
            ("c", None, None, 12, 1),
            ("d", "DE", "Europe", 1, 99),
        ]
    ) == [
        ("a", "--", "Unknown", 110),
        ("a", "DE", "Europe", 10),
        ("c", None, None, 10),
    ]


def test_readers_without_a_place_count_together_with_those_who_have_one():
    """9 readers without a place and 1 in France are 10 together; neither would be shown alone."""
    assert shared([("a", "--", "Unknown", 9, 1)]) == []
    both = [("a", "--", "Unknown", 9, 1), ("a", "FR", "Europe", 1, 1)]
    assert shared(both) == [("a", "--", "Unknown", 10)]


def test_late_data_shows_no_single_view():
    first = shared([("a", "DE", "Europe", 19, 1), ("b", "FR", "Europe", 9, 1)])
    assert first == [("a", "DE", "Europe", 10)]
    for readers in (19, 20, 21, 29):
        late = [("a", "DE", "Europe", readers, 1), ("b", "FR", "Europe", 10, 1)]
        assert shared(late, before=first) == first, readers
    assert shared([("a", "DE", "Europe", 18, 1)], before=first) == first, "one view fewer"
    assert shared([("a", "DE", "Europe", 30, 1)], before=first) == [("a", "DE", "Europe", 30)]
    assert shared([("b", "FR", "Europe", 20, 1)], before=first) == [("b", "FR", "Europe", 20)]


def readers_of(*requests: tuple[str | None, str | None]) -> int:
    """How many readers (address, user agent) of views are."""
    with duckdb.connect() as connection:
        source = """(
            select 0 as hour, map {'project': 'p', 'page_title': 't'} as pageview_info,
                map {'zero': null} as x_analytics_map, map {'country': 'c'} as geocoded_data,
                map {'os_family': 'o'} as user_agent_map, {'referer_name': 'r'} as referer_data,
                'desktop' as access_method, 'user' as agent_type, 'none' as referer_class,
                true as is_pageview, ip, user_agent
            from requests
        )"""
        connection.execute("create table requests (ip text, user_agent text)")
        connection.executemany("insert into requests values (?, ?)", requests)
        sql = publishing.query("views", source=source)
        return connection.execute(f"select count(distinct reader) from ({sql})").fetchone()[0]


def test_a_reader_is_an_address_or_network_with_a_user_agent():
    assert readers_of(("192.0.2.1", "a"), ("192.0.2.1", "a"), ("192.0.2.2", "a")) == 2
    assert readers_of(("192.0.2.1", None), ("192.0.2.1", "")) == 1
    assert readers_of((None, "a"), ("", "b")) == 0, "who has no address is nobody"
    assert readers_of(*((f"2001:db8:1:2::{n:x}", "a") for n in range(1, 30))) == 1
    assert readers_of(("2001:db8:1:2::1", "a"), ("2001:DB8:1:2:3:4:5:6", "a")) == 1
    assert readers_of(("2001:db8:1:2::1", "a"), ("2001:db8:1:3::1", "a")) == 2
    assert readers_of(("::ffff:192.0.2.1", "a"), ("::ffff:192.0.2.2", "a")) == 2
    # What cannot be told apart, and docs/privacy.md says so: one who changes his user agent.
    assert readers_of(*(("192.0.2.1", f"agent {n}") for n in range(25))) == 25
