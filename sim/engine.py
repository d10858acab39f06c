"""The columnar engine: a run in progress, computed by one thread or by several.

What happens in a step is compiled (`sim.kernel.step`); here are only the tables it works on, and
who works on which people. Several threads share the people of a step, each with tallies of its own
that are added up at its end. All of these are integers, and posts are put together in the order of
the people who wrote them, so the bits are those of one thread.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernel import actors, crowd
from sim.kernel.held import Calendar, Posts, Scratch, Tables, Ties, hold, new_tables
from sim.kernel.step import advance, close_step, open_step, people_step
from sim.network.network import Network
from sim.people import Population
from sim.state.scenario import Scenario


@dataclass(frozen=True)
class Crowd:
    """A range of people that one thread computes, with tallies of its own."""

    first: int
    last: int
    tables: Tables  #: its own world and census, everything else shared
    population: Population  #: its own `groups.next` and `leaders.outraged_next`, all else shared
    state: Any  #: the two, and all else of the run, for the compiled step


class Simulation:
    """One run in progress: tables, columns, and how far it has come.

    Posts go back and forth between two tables: what is written in one step is read in the next,
    which is what makes a step synchronous (`posts`; `sent` is the one to be read).
    threads : how many compute the people of one step; the bits are the same for any number.
    """

    def __init__(
        self,
        scenario: Scenario,
        network: Network,
        population: Population,
        seed: int,
        threads: int = 1,
    ) -> None:
        """A run at step 0. population : its own, written to; the network and the scenario are
        shared.

        seed : of every draw. threads : 1 to 64.
        """
        self.script, self.network, self.population = scenario, network, population
        self.seed = np.uint64(seed)
        self.step = 0
        self.threads = threads
        self.tables = new_tables(scenario, population)
        self.posts = tuple(_no_posts(network.n_people + network.n_kols) for _ in range(2))
        self._wire()

    def _wire(self) -> None:
        """Everything that only points at arrays of this run."""
        t, scenario, network = self.tables, self.script, self.network
        # a copy of a population has a copy of the chats, which would be another compiled type
        groups = self.population.groups._replace(of=network.groups)
        self.population = self.population._replace(groups=groups)
        self.table, self.acts, self.tags, self.entries = t.world, t.acts, t.tags, t.entries
        self.census: npt.NDArray[np.int64] = t.census
        self.record: npt.NDArray[np.float32] = t.record
        self.calendar = Calendar(
            scenario.circadian,
            scenario.in_session,
            scenario.first_bar,
            scenario.night,
            scenario.entry_heat,
            scenario.index_move,
        )
        self.ties = Ties(network.indptr, network.followers)
        self.state = self._held(t, self.population)
        ranges = _cut(network, self.threads) if self.threads > 1 else []
        self.crowds = [self._crowd(first, last) for first, last in ranges]

    def __getstate__(self) -> dict[str, Any]:
        """What a copy needs: the compiled state points into memory and is made anew."""
        kept = ("script", "network", "population", "seed", "step", "threads", "tables", "posts")
        return {name: getattr(self, name) for name in kept}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        """Take over a copy's state, and point the compiled state at its arrays."""
        self.__dict__.update(kept)
        self._wire()

    def take_acts(self, acts: Any) -> None:
        """Go on with other ACT rows: those of a branch (`sim.branches`)."""
        self.tables = self.tables._replace(acts=acts)
        self._wire()

    @property
    def done(self) -> int:
        """Steps that are done."""
        return self.step

    def advance(self, steps: int) -> None:
        """The next `steps` steps, in one compiled call unless several threads share a step."""
        last = min(self.step + steps, self.script.clock.n_steps)
        if self.crowds:
            self._advance_together(last)
        else:
            advance(self.state, self.step, last)
        self.step = last

    @property
    def sent(self) -> npt.NDArray[np.int32]:
        """Posts that arrive in the next step: author's row, signal, topic; int32[n, 3]."""
        posts = self.posts[self.step % 2]
        return posts.rows[: posts.n[0]]

    def _held(self, tables: Tables, population: Population) -> Any:
        """Everything of this run, with these tables and people, as compiled functions take it."""
        return hold(
            self.seed,
            self.script.clock.dt_h,
            tables,
            self.calendar,
            population,
            self.ties,
            *self.posts,
            Scratch(np.zeros((14, crowd.BLOCK)), np.zeros(crowd.BLOCK, np.uint8)),
        )

    # several threads in one step

    def _crowd(self, first: int, last: int) -> Crowd:
        """A range of people with its own tallies: all integers, so that their sum has no order."""
        groups, leaders = self.population.groups, self.population.leaders
        tables = self.tables._replace(world=self.table.copy(), census=np.zeros_like(self.census))
        population = self.population._replace(
            groups=groups._replace(next=np.zeros_like(groups.next)),
            leaders=leaders._replace(outraged_next=np.zeros_like(leaders.outraged_next)),
        )
        return Crowd(first, last, tables, population, self._held(tables, population))

    def _advance_together(self, last: int) -> None:
        """Steps up to `last` by several threads, which meet at the end of each.

        The world opens and closes a step in one thread, which also takes the first range of people.
        """
        with ThreadPoolExecutor(len(self.crowds), thread_name_prefix="crowd") as pool:
            for step in range(self.step, last):
                arriving, leaving = self.posts if step % 2 == 0 else self.posts[::-1]
                open_step(self.state, step)
                mine, *others = self.crowds
                waiting = [pool.submit(self._people, k, step, arriving, leaving) for k in others]
                found = [self._people(mine, step, arriving, leaving)]
                found += [each.result() for each in waiting]
                self._gather(found, leaving)
                close_step(self.state, step, leaving)

    def _people(self, part: Crowd, step: int, arriving: Posts, leaving: Posts) -> Posts:
        """One range of people in one step; their posts, at the range's place in the table."""
        own = Posts(leaving.rows[part.first : part.last], np.zeros(1, np.int64))
        part.tables.world[:] = self.table
        part.tables.census[:] = 0
        part.population.groups.next[:] = 0
        part.population.leaders.outraged_next[:] = 0
        people_step(part.state, step, part.first, part.last, arriving, own)
        return own

    def _gather(self, found: list[Posts], leaving: Posts) -> None:
        """Add up what the ranges counted, and close the gaps between their posts."""
        n = 0
        for part, own in zip(self.crowds, found, strict=True):
            for name in actors.COUNTS:
                self.table[0][name] += part.tables.world[0][name]
            self.census += part.tables.census
            self.population.groups.next[:] += part.population.groups.next
            self.population.leaders.outraged_next[:] += part.population.leaders.outraged_next
            leaving.rows[n : n + own.n[0]] = own.rows[: own.n[0]]
            n += int(own.n[0])
        leaving.n[0] = n


def _no_posts(n_rows: int) -> Posts:
    """A table for at most so many posts, one by each account in a step, with none in it."""
    return Posts(np.zeros((n_rows, 3), np.int32), np.zeros(1, np.int64))


TIES_A_PERSON = 100  #: ties that cost as much as a person, at a post in a hundred steps. Measured.


def _cut(network: Network, threads: int) -> list[tuple[int, int]]:
    """Ranges of people of about the same cost: people, and the ties that reach them."""
    n = network.n_people
    cost = 1.0 + network.n_followed() / TIES_A_PERSON
    ends = np.searchsorted(np.cumsum(cost), cost.sum() * np.arange(1, threads) / threads)
    places = sorted({0, *(int(end) for end in ends), n})
    return list(pairwise(places))
