"""The walk over pages, components of titles and PHP's arrays, on cases that a hand can check."""

import random

import pyarrow as pa
import pytest

from wikilake.engines.components import components
from wikilake.engines.page_walk import EVENT, PAGE, Event, Page, page_walks, walk
from wikilake.engines.php_arrays import parse_all


def event(place, kind, at, start, end=None, page=None):
    by_id = page is not None
    return Event(place, kind, at, by_id, page, start, start if end is None else end)


def page(number, title, page_id, *, deleted=False, first_edit="20100101000000"):
    return Page(number, title, page_id, None if deleted else False, deleted, first_edit)


def told(states):
    """(id, title then, start, end, what opened it, what it was inferred from)."""
    return [
        (s.page_id, s.title_historical, s.start_time, s.end_time, s.event_type, s.inferred_from)
        for s in states
    ]


def test_a_move_closes_a_state_and_the_page_goes_on_under_its_old_title():
    states = walk([event(1, "move", "20200601", 1, 2, page=7)], [page(1, 2, 7)])
    assert told(states) == [
        (7, 2, "20200601", None, "move", None),
        (7, 1, "20100101000000", "20200601", "create", "original-live-state"),
    ]


def test_a_move_ends_the_page_that_stands_where_it_came_from():
    pages = [page(1, 1, 8, first_edit="20200601"), page(2, 2, 7)]
    states = walk([event(1, "move", "20200601", 1, 2, page=7)], pages)
    assert told(states)[0] == (8, 1, "20200601", None, "create", "move-conflict")


def test_an_event_that_finds_its_page_by_id_does_not_look_for_the_title():
    states = walk([event(1, "move", "20200601", 1, 2, page=99)], [page(1, 2, 7)])
    assert told(states) == [(7, 2, "20100101000000", None, "create", "original-live-state")]


def test_a_delete_and_restore_with_one_id_are_one_page():
    events = [event(1, "restore", "20170401", 1, page=7), event(2, "delete", "20170301", 1, page=7)]
    states = walk(events, [page(1, 1, 7)])
    assert [state[4] for state in told(states)] == ["restore", "delete", "create"]
    assert {state.page_id for state in states} == {7}
    assert not any(state.is_deleted for state in states)


def test_a_delete_of_an_unknown_page_makes_one_with_an_artificial_id():
    states = walk([event(5, "delete", "20110301", 1)], [])
    assert [(s.page_id, s.artificial_place, s.is_deleted) for s in states] == [(None, 5, True)] * 2
    assert told(states)[1] == (None, 1, None, "20110301", "create", "delete")


def test_a_restore_that_matches_nothing_changes_nothing():
    assert walk([event(1, "restore", "20170401", 1)], []) == []


def test_a_state_that_an_event_opens_begins_with_it_whatever_the_log_says():
    seed = random.randrange(10**6)
    print("seed", seed)
    chance = random.Random(seed)
    kinds = ["move", "delete", "restore", "create-page", "merge"]
    for _ in range(300):
        pages = [page(n, n, n + 1) for n in range(4)]
        events = [
            Event(
                place, chance.choice(kinds), f"{30000000 - place}", chance.random() < 0.5,
                chance.choice([None, 0, 1, 2, 9]), chance.randrange(5), chance.randrange(5),
            )
            for place in range(1, 12)
        ]  # fmt: skip
        times = {event.place: event.event_time for event in events}
        for state in walk(events, pages):
            if state.cause_place is not None and state.inferred_from is None:
                assert state.start_time == times[state.cause_place] == times[state.log_place]


def test_lists_of_components_are_read_as_the_walk_reads_each():
    first, second = event(1, "move", "20200601", 1, 2, page=7), event(1, "delete", "20110301", 1)
    rows = pa.array(
        [[first._asdict()], None, [second._asdict()]],
        pa.list_(EVENT),
    )
    pages = pa.array([[page(1, 2, 7)._asdict()], [], None], pa.list_(PAGE))
    lists = page_walks(rows, pages).to_pylist()
    assert [len(states) for states in lists] == [2, 0, 2]
    assert lists[0] == [state._asdict() for state in walk([first], [page(1, 2, 7)])]
    sliced = page_walks(rows.slice(2), pages.slice(2)).to_pylist()
    assert sliced == lists[2:]


def test_a_long_chain_of_moves_is_one_component():
    chain = list(range(100_000))
    random.Random(1).shuffle(chain)
    found = components(chain[:-1], chain[1:])
    assert set(found.values()) == {0}
    assert components([5, 9], [6, 8]) == {5: 5, 6: 5, 8: 8, 9: 8}


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "sysop\nbot",
        "i:5;",
        "a:1:{s:1:",
        "a:2:{i:0;i:1;}",
        'a:1:{s:1:"ä";i:1;}',
        "a:1:{i:0;i:2147483648;}",
        "a:1:{i:0;O:1:x}",
        "a:999999999:{",
        "a:1:{i:0;" * 5_000,
        'a:1:{s:999999999:"x";i:1;}',
    ],
)
def test_what_is_no_array_is_read_as_none(text):
    assert parse_all(pa.array([text], pa.string())).to_pylist() == [None]


def test_lengths_of_texts_are_bytes_and_inner_arrays_are_shown_as_maps():
    text = 'a:3:{s:2:"ä";a:2:{i:0;s:1:"x";i:1;N;}i:7;b:1;s:1:"k";s:3:"a";";}'
    (read,) = parse_all(pa.array([text])).to_pylist()
    assert read["entries"] == [("ä", "Map(0 -> x, 1 -> None)"), ("7", "true"), ("k", 'a";')]
    assert read["texts"] == [("k", 'a";')]
    assert read["lists"] == [("ä", ["x", "None"])]
