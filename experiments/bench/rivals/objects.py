"""The best pure Python: slots, plain loops, posts pushed from the accounts that posted."""

from __future__ import annotations

import random
from itertools import pairwise

from experiments.bench.rivals.plain import ATTRIBUTES, Community
from experiments.bench.stage import Stage
from sim.engine import Simulation


class Person:
    """A person with nothing but slots."""

    __slots__ = ATTRIBUTES


class Objects:
    """Event-driven objects: the quick way to write the model without any library."""

    name = "python_objects"

    def __init__(self, stage: Stage) -> None:
        people = [Person() for _ in range(stage.network.n_people)]
        self.community = Community(stage, people, random.Random(stage.seed).random)
        self.run, self.rest = self.community.run, self.community.rest
        ends = stage.network.indptr.tolist()
        followers = stage.network.followers.tolist()
        self.audience = [
            tuple(people[k] for k in followers[begin:end]) for begin, end in pairwise(ends)
        ]
        bounds = self.community.bounds
        self.of_kind = [people[bounds[kind] : bounds[kind + 1]] for kind in range(3)]

    def put(self, pilot: Simulation) -> None:
        self.community.put(pilot)

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            for row, signal, topic in self.community.posts:
                if topic:
                    for person in self.audience[row]:
                        person.incoming_governance += signal
                else:
                    for person in self.audience[row]:
                        person.incoming_deal += signal
            rules = self.community.begin()
            for live, people in zip(rules, self.of_kind, strict=True):
                for person in people:
                    live(person)
            self.community.end()
