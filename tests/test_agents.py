"""Agents on Mesa: a contract that every kind keeps, and the ways Mesa users know."""

import inspect
from dataclasses import replace
from typing import ClassVar

import mesa
import numpy as np
import pytest
from conftest import small

import sim
from sim.mesa import agents, attributes, person
from sim.mesa.agents import CoreFan, Customer, Investor, OpinionLeader, PRTeam, PublicMember
from sim.mesa.model import BacklashModel, ColumnarModel, release
from sim.mesa.person import Person


@pytest.fixture(scope="module")
def model():
    config = small(n_people=60, seed=1)
    built = BacklashModel(config)
    for _ in range(170):
        built.step()
    yield built
    release(built)


class Contract:
    """What every kind of agent promises."""

    kind: type
    count: int

    def test_it_is_a_mesa_agent_and_all_are_there(self, model):
        assert issubclass(self.kind, mesa.Agent)
        assert len(model.agents_by_type[self.kind]) == self.count

    def test_it_says_what_it_is(self, model):
        assert inspect.getdoc(self.kind)
        acts = [name for name in ("step", "observe", "act") if hasattr(self.kind, name)]
        assert acts and all(
            inspect.getdoc(getattr(self.kind, name)) or name == "step" for name in acts
        )

    def test_it_draws_only_addressed_numbers(self):
        source = "".join(inspect.getsource(each) for each in (agents, attributes, person))
        assert ".random" not in source and "self.rng" not in source and "np.random" not in source

    def test_rows_are_identities(self, model):
        members = list(model.agents_by_type[self.kind])
        rows = [agent.row for agent in members if hasattr(agent, "row")]
        assert len(set(rows)) == len(rows)


class PersonContract(Contract):
    def test_state_lives_in_the_columns_as_float32(self, model):
        somebody = next(iter(model.agents_by_type[self.kind]))
        kept = somebody.trust
        somebody.trust = 1 / 3
        assert somebody.trust == float(np.float32(1 / 3)) != 1 / 3
        assert model.population.people.trust[somebody.row] == np.float32(1 / 3)
        somebody.trust = kept

    def test_flags_are_single_bits(self, model):
        somebody = next(iter(model.agents_by_type[self.kind]))
        before = int(model.population.people.flags[somebody.row])
        somebody.sold = True
        assert (somebody.sold and not somebody.exited) or before & 32
        somebody.sold = False
        assert int(model.population.people.flags[somebody.row]) == before & ~16

    def test_aggregates_work_as_mesa_users_expect(self, model):
        trust = model.agents_by_type[self.kind].agg("trust", np.mean)
        assert 0 < trust < 1
        angry = model.agents_by_type[self.kind].select(lambda agent: agent.expressed > 0.35)
        assert len(angry) <= self.count


class TestCoreFan(PersonContract):
    kind, count = CoreFan, 12

    def test_it_reads_its_chats(self, model):
        fan = next(iter(model.agents_by_type[CoreFan]))
        assert len(fan.own_groups) == 2
        assert len(fan.read_groups()) == 4


class TestCustomer(PersonContract):
    kind, count = Customer, 21


class TestPublicMember(PersonContract):
    kind, count = PublicMember, 27

    def test_it_has_nothing_to_sell(self):
        assert PublicMember.follow_through is Person.follow_through


class TestOpinionLeader(Contract):
    kind, count = OpinionLeader, 5


class TestInvestor(Contract):
    kind, count = Investor, 6


class TestPRTeam(Contract):
    kind, count = PRTeam, 1


def test_the_datacollector_follows_the_crisis(model):
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == 170
    assert frame["credibility"].iloc[0] == 0 < frame["credibility"].iloc[-1]


def test_the_step_lists_its_twelve_sections():
    text = inspect.getdoc(BacklashModel.step)
    assert [f"{i}. " in text for i in range(1, 13)] == [True] * 12


# the kernel in a Mesa model


@pytest.fixture
def driven():
    built = sim.mesa_model(small(n_people=300, seed=4))
    yield built
    release(built)


def test_the_kernel_in_mesa_has_the_bits_of_a_run(driven):
    driven.run_model()
    run = sim.simulate(small(n_people=300, seed=4))
    for place, (name, series) in enumerate(run.series.items()):
        assert np.array_equal(driven.record[:, place], series, equal_nan=True), name
    assert not driven.running
    before = driven.record.copy()
    driven.advance(5)
    assert np.array_equal(before, driven.record, equal_nan=True)


def test_agents_of_the_kernel_are_there_when_asked_for_and_see_what_it_did(driven):
    driven.advance(170)
    assert not driven._agents
    fans = driven.agents_by_type[CoreFan]
    columns, bounds = driven.population.people, driven.population.bounds
    assert len(fans) == bounds[1]
    seen = columns.expressed[: bounds[1]].mean(dtype=float)
    assert fans.agg("expressed", np.mean) == pytest.approx(seen) and seen > 0
    driven.advance(60)
    assert len(driven.agents) == len(driven._agents) > bounds[3]
    assert set(driven.agent_types) == {
        CoreFan,
        Customer,
        PublicMember,
        OpinionLeader,
        Investor,
        PRTeam,
    }
    after = columns.expressed[: bounds[1]].mean(dtype=float)
    assert fans.agg("expressed", np.mean) == pytest.approx(after) and after != seen


def test_the_kernel_and_the_agents_collect_the_same():
    frames = []
    for engine in ("columnar", "mesa"):
        config = small(n_people=60, seed=1)
        config = replace(config, engine=replace(config.engine, name=engine))
        built = sim.mesa_model(config)
        built.advance(200)
        frames.append(built.datacollector.get_model_vars_dataframe())
        release(built)
    assert len(frames[0]) == 200
    assert frames[0].equals(frames[1])


def test_nobody_acts_by_themselves_in_the_kernel_s_model_and_nothing_follows_the_end(driven):
    with pytest.raises(RuntimeError, match=r"model\.step\(\) moves all of them"):
        driven.agents_by_type[CoreFan].do("step")
    driven.run_model()
    with pytest.raises(RuntimeError, match="the run has ended"):
        driven.step()
    assert len(driven.datacollector.get_model_vars_dataframe()) == driven.script.clock.n_steps


def test_what_is_written_to_an_agent_of_the_kernel_counts(driven):
    for fan in driven.agents_by_type[CoreFan]:
        fan.trust = 0.1
    driven.advance(1)
    trust = driven.population.people.trust[: driven.population.bounds[1]]
    assert np.allclose(trust, 0.1, atol=0.01)


def test_a_model_of_one_s_own_keeps_more_and_ends_in_a_run():
    class Mine(ColumnarModel):
        reporters: ClassVar = {
            **ColumnarModel.reporters,
            "trust": lambda model: float(model.population.people.trust.mean(dtype=float)),
        }

    config = small(n_people=90, seed=2)
    mine = sim.mesa_model(config, Mine)
    mine.run_model()
    kept = mine.datacollector.get_model_vars_dataframe()
    assert {"trust", "heat", "hour"} <= set(kept) and kept["trust"].between(0, 1).all()
    run, usual = sim.finish(mine), sim.simulate(config)
    assert run.name == usual.name and run.log == usual.log
    assert run.to_frame().equals(usual.to_frame())
    assert np.array_equal(kept["heat"].to_numpy(np.float32), run.series["heat"])
    release(mine)
