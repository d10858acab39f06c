"""Idiomatic Mesa: agents with plain attributes that read the accounts they follow."""

from __future__ import annotations

import mesa
import numpy as np

from experiments.bench.rivals.plain import Community
from experiments.bench.stage import Stage
from sim.engine import Simulation
from sim.mesa.model import release


class Account(mesa.Agent):
    """Anybody who can be followed; what was said in the last step is there to be read."""

    def __init__(self, model: FanModel) -> None:
        super().__init__(model)
        self.said: tuple[float, int] | None = None


class Person(Account):
    """A person with plain attributes and a list of followed accounts."""

    model: FanModel
    follows: list[Account]

    def step(self) -> None:
        """Read whom one follows, then live by the rule."""
        for account in self.follows:
            if account.said is not None:
                signal, topic = account.said
                if topic:
                    self.incoming_governance += signal
                else:
                    self.incoming_deal += signal
        self.model.rules[self.kind](self)


class FanModel(mesa.Model):
    """People and leaders as agents; the order of activation is shuffled, as Mesa users do."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(rng=stage.seed)
        network = stage.network
        self.accounts: list[Account] = [Person(self) for _ in range(network.n_people)]
        self.accounts += [Account(self) for _ in range(network.n_kols)]
        self.speakers: list[Account] = []
        self.community = Community(stage, self.accounts[: network.n_people], self.random.random)
        author = np.repeat(np.arange(len(self.accounts)), np.diff(network.indptr))
        order = np.argsort(network.followers, kind="stable")
        followed = author[order].tolist()
        ends = np.cumsum(np.bincount(network.followers, minlength=network.n_people)).tolist()
        for person, begin, end in zip(self.accounts, [0, *ends], ends, strict=False):
            person.follows = [self.accounts[k] for k in followed[begin:end]]

    def step(self) -> None:
        self.rules = self.community.begin()
        self.agents_by_type[Person].shuffle_do("step")
        self.community.end()
        self.speak()

    def speak(self) -> None:
        """What was posted in this step is what followers read in the next."""
        for account in self.speakers:
            account.said = None
        self.speakers = []
        for row, signal, topic in self.community.posts:
            self.accounts[row].said = (signal, topic)
            self.speakers.append(self.accounts[row])


class MesaObjects:
    """Mesa as its tutorials write it."""

    name = "mesa_objects"

    def __init__(self, stage: Stage) -> None:
        self.model = FanModel(stage)
        release(self.model)
        self.run, self.rest = self.model.community.run, self.model.community.rest

    def put(self, pilot: Simulation) -> None:
        self.model.community.put(pilot)
        self.model.speak()

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.model.step()
