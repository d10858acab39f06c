"""What a run in progress holds from step to step: tables, calendar, ties, posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import types
from numba.experimental import structref

from sim.base.compiled import entry
from sim.people import Population
from sim.state import tables as w
from sim.state.scenario import Scenario
from sim.world import recording

if TYPE_CHECKING:
    from sim.state.types import Act, Bools, Counts, Entry, Event, Floats, Seed, Singles, Table, Tag


class Tables(NamedTuple):
    """What is not a person, as rows that the compiled functions read and write."""

    constants: Any  #: one row: parameters per step
    world: Any  #: one row (sim.state.tables.WORLD)
    events: Table[Event]
    acts: Table[Act]
    tags: Table[Tag]
    entries: Table[Entry]
    broadcast: Floats
    views: Floats  #: [topic, kind] directly shown views of this step
    census: Counts  #: int64[kind, count]
    record: Singles  #: float32[n_steps, series]
    sizes: Counts  #: people of each kind


def new_tables(scenario: Scenario, population: Population) -> Tables:
    """The tables of a run that has not begun; what the script says is copied where it changes."""
    tags: Any = np.zeros(w.MAX_TAGS, w.TAG).view(np.recarray)
    room = w.log_size(population.leaders.role.size)
    entries: Any = np.zeros(room, w.LOG).view(np.recarray)
    return Tables(
        constants=scenario.constants,
        world=w.new_world(),
        events=scenario.events.copy(),
        acts=scenario.acts.copy(),
        tags=tags,
        entries=entries,
        broadcast=np.zeros((2, 3, 5)),
        views=np.zeros((2, 3)),
        census=np.zeros((3, w.N_CENSUS), np.int64),
        record=np.zeros((scenario.clock.n_steps, recording.N_SERIES), np.float32),
        sizes=np.array(np.diff(population.bounds), np.int64),
    )


class Calendar(NamedTuple):
    """What the clock knows of every step."""

    circadian: Floats
    in_session: Bools
    first_bar: Bools
    night: Bools
    entry_heat: Floats  #: heat of the 50th place on the list (E11)
    index_move: Floats  #: what the case's stock index moves its share by (E16)


class Ties(NamedTuple):
    """Who sees whose posts: a CSR from the author's row to followers in order of row."""

    indptr: Any
    followers: Any


class Posts(NamedTuple):
    """Posts of one step: author's row, signal, topic; and how many there are."""

    rows: Any  #: int32[n, 3]
    n: Any  #: int64[1]


class Scratch(NamedTuple):
    """What only this step of one block needs."""

    values: Any  #: float64[14, BLOCK]
    todo: Any  #: uint8[BLOCK]


@structref.register
class StateType(types.StructRef):
    """The compiled type of `State`."""


class State(structref.StructRefProxy):
    """All of a run in progress behind one pointer.

    A call from Python unpacks every array of every argument, 20 microseconds for the sixty of a
    run, a fifth of a step of 5,000 people; and compiled signatures with sixty arrays take seconds
    to compile.
    """


structref.define_constructor(
    State,
    StateType,
    ["seed", "dt_h", "tables", "calendar", "population", "ties", "posts", "other_posts", "scratch"],
)
structref.define_boxing(StateType, State)


@entry
def hold(
    seed: Seed,
    dt_h: float,
    tables: Tables,
    calendar: Calendar,
    population: Population,
    ties: Ties,
    posts: Posts,
    other_posts: Posts,
    scratch: Scratch,
) -> Any:
    """The state of these arrays, which it shares."""
    return State(seed, dt_h, tables, calendar, population, ties, posts, other_posts, scratch)
