"""The walk over the pages of one component of titles, from today back to its first event.

This is the one step of page histories that is no query: which title an event touches depends on
where the walk has put a page before. SQL lists the events in their order and the pages as they are
today, and gets back every state that a page was known to be in. PW1 to PW5 are its rules:

PW1  A move ends the walk of a page that stands where it came from, then moves its own page back.
PW2  The creation of a page, or a merge, makes the state known that begins with it.
PW3  So does a restore, after which the page waits for the deletion before it.
PW4  A delete ends the walk of a page that stands under its title. A page that waits is the deleted
     one; else one of the archive is, by its id or its title, or a page that nothing else tells of.
PW5  At the end each page that is left was there from its first edit on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, get_args, get_type_hints

import pyarrow as pa


class Event(NamedTuple):
    """A log row about a page. Titles are numbers that name a title and its namespace."""

    place: int
    """Its place in the order of the walk."""
    event_type: str
    event_time: str
    is_by_id: bool
    """Whether its page is found by its id, not by its title."""
    page_id: int | None
    from_title: int
    to_title: int


class Page(NamedTuple):
    """A page as it is today, or as the archive has it."""

    number: int
    title: int
    page_id: int
    is_redirect: bool | None
    is_deleted: bool
    first_edit: str | None


class State(NamedTuple):
    """A stretch of time in which a page had one title."""

    page_id: int | None
    artificial_place: int | None
    """The delete that the page was made from, where it has no id."""
    title: int
    title_historical: int
    is_redirect: bool | None
    is_deleted: bool
    creation: str | None
    first_edit: str | None
    start_time: str | None
    end_time: str | None
    event_type: str
    inferred_from: str | None
    cause_place: int | None
    """The event whose performer is that of the state."""
    page_number: int | None
    """The page whose first author is that of the state, where no event is its cause."""
    log_place: int | None
    """The event whose log row is that of the state."""


class _Store:
    """States by their title and by their id."""

    def __init__(self) -> None:
        self.by_title: dict[int, State] = {}
        self.by_id: dict[int, State] = {}

    def put(self, state: State, is_by_id: bool) -> None:
        self.by_title[state.title_historical] = state
        if is_by_id and state.page_id is not None:
            self.by_id[state.page_id] = state

    def drop(self, state: State) -> None:
        self.by_title.pop(state.title_historical, None)
        if state.page_id is not None and state.page_id > 0:
            self.by_id.pop(state.page_id, None)

    def find(self, event: Event) -> State | None:
        if event.is_by_id and event.page_id is not None:
            return self.by_id.get(event.page_id)
        return self.by_title.get(event.to_title)


def walk(events: Iterable[Event], pages: Iterable[Page]) -> list[State]:
    """The states of the pages of a component, by its events from the latest to the first."""
    potential, restored, archived = _Store(), _Store(), _Store()
    for page in pages:
        (archived if page.is_deleted else potential).put(_state_of(page), is_by_id=True)
    known: list[State] = []
    for event in events:
        if event.event_type == "move":  # PW1
            _flush(event, potential, "move-conflict", known)
            _go_on(event, potential, restored, known)
        elif event.event_type == "restore":  # PW3
            _restore(event, potential, restored, known)
        elif event.event_type == "delete":  # PW4
            _delete(event, potential, restored, archived, known)
        else:  # PW2
            _go_on(event, potential, restored, known)
    for store in (potential, restored, archived):  # PW5
        known += [state._replace(start_time=state.first_edit) for state in store.by_title.values()]
    return known


def _state_of(page: Page) -> State:
    return State(
        page_id=page.page_id,
        artificial_place=None,
        title=page.title,
        title_historical=page.title,
        is_redirect=page.is_redirect,
        is_deleted=page.is_deleted,
        creation=None,
        first_edit=page.first_edit,
        start_time=None,
        end_time=None,
        event_type="create",
        inferred_from="original-deleted-state" if page.is_deleted else "original-live-state",
        cause_place=None,
        page_number=page.number,
        log_place=None,
    )


def _has_id_of(state: State, event: Event) -> bool:
    return state.page_id == event.page_id and (event.page_id or 0) > 0


def _flush(
    event: Event, store: _Store, reason: str, known: list[State], keeps_start: bool = False
) -> State | None:
    """Ends the walk of a page that stands where the event needs room (PW1, PW4)."""
    state = store.by_title.get(event.from_title)
    if state is None:
        return None
    start = state.start_time if keeps_start else event.event_time
    flushed = state._replace(
        start_time=start,
        creation=state.creation if _has_id_of(state, event) else start,
        inferred_from=reason,
        log_place=event.place,
    )
    known.append(flushed)
    store.drop(state)
    return flushed


def _close(event: Event, state: State, known: list[State]) -> State:
    """Makes the state known that the event opens; returns the page as it was before."""
    known.append(
        state._replace(
            start_time=event.event_time,
            event_type=event.event_type,
            inferred_from=None,
            cause_place=event.place,
            page_number=None,
            log_place=event.place,
        )
    )
    before = state._replace(title_historical=event.from_title, end_time=event.event_time)
    return before._replace(start_time=event.event_time) if event.event_type == "restore" else before


def _go_on(event: Event, potential: _Store, restored: _Store, known: list[State]) -> None:
    for store in (potential, restored):
        state = store.find(event)
        if state is not None:
            store.drop(state)
            potential.put(_close(event, state, known), event.is_by_id)
            return


def _restore(event: Event, potential: _Store, restored: _Store, known: list[State]) -> None:
    in_potential, in_restored = potential.find(event), restored.find(event)
    state = in_potential or in_restored
    if state is None:
        return
    (potential if in_potential else restored).drop(state)
    store = potential if in_potential and in_restored else restored
    store.put(_close(event, state, known), event.is_by_id)


def _delete(
    event: Event, potential: _Store, restored: _Store, archived: _Store, known: list[State]
) -> None:
    first = None
    if not event.is_by_id:
        first = _flush(event, restored, "delete-conflict", known, keeps_start=True)
    conflict = _flush(event, potential, "delete-conflict", known) or first
    state = restored.find(event)
    if state is not None:
        restored.drop(state)
        potential.put(_close(event, state, known), event.is_by_id)
        return
    base = archived.by_id.get(event.page_id) if event.page_id else None
    base = base or archived.by_title.get(event.to_title)
    if base is not None:
        archived.drop(base)
    page_id = base.page_id if base is not None else event.page_id
    artificial = None if page_id is not None and page_id > 0 else event.place
    is_conflict = conflict is not None and _has_id_of(conflict, event)
    source = conflict if is_conflict else base
    deleted = State(
        page_id=page_id,
        artificial_place=artificial,
        title=event.from_title,
        title_historical=event.from_title,
        is_redirect=None,
        is_deleted=source.is_deleted if source else True,
        creation=source.creation if source else None,
        first_edit=source.first_edit if source else None,
        start_time=event.event_time,
        end_time=conflict.start_time if conflict else None,
        event_type="delete",
        inferred_from=None,
        cause_place=event.place,
        page_number=None,
        log_place=event.place,
    )
    known.append(deleted)
    if base is not None:
        before = base._replace(artificial_place=artificial, end_time=event.event_time)
    else:
        before = deleted._replace(
            start_time=None,
            end_time=event.event_time,
            event_type="create",
            inferred_from="delete",
            cause_place=None,
        )
    potential.by_title[event.from_title] = before
    if event.is_by_id and event.page_id is not None:
        potential.by_id[event.page_id] = before


# ------------------------------------------------------------------ for SQL

_ARROW = {int: pa.int64(), str: pa.string(), bool: pa.bool_()}


def _type_of(kind: type) -> pa.StructType:
    """The Arrow type of one of the tuples above."""
    hints = get_type_hints(kind).items()
    return pa.struct([(name, _ARROW[(get_args(hint) or (hint,))[0]]) for name, hint in hints])


EVENT, PAGE, STATE = _type_of(Event), _type_of(Page), _type_of(State)
"""An event, a page and a state as SQL sees them."""


def page_walks(events: pa.Array, pages: pa.Array) -> pa.Array:
    """The states of many components: of each a list of events, in their order, and of pages."""
    found = [
        walk(some_events, some_pages)
        for some_events, some_pages in zip(
            _lists(events, Event, Event._make), _lists(pages, Page, Page._make), strict=True
        )
    ]
    rows = [state for states in found for state in states]
    columns = [
        pa.array([row[place] for row in rows], field.type) for place, field in enumerate(STATE)
    ]
    offsets = [0]
    for states in found:
        offsets.append(offsets[-1] + len(states))
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.StructArray.from_arrays(columns, fields=list(STATE))
    )


def _lists(array: pa.Array, kind: type, make: Callable[[Sequence], tuple]) -> Iterable[list]:
    """The members of each list, read column by column; a null is an empty list."""
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    for chunk in chunks:
        names = kind._fields  # type: ignore[attr-defined]  # a NamedTuple
        inner = chunk.values
        rows = [make(row) for row in zip(*(inner.field(n).to_pylist() for n in names), strict=True)]
        offsets = chunk.offsets.to_pylist()
        valid = chunk.is_valid().to_pylist()
        for place, is_there in enumerate(valid):
            yield rows[offsets[place] : offsets[place + 1]] if is_there else []
