"""What passes as a result: an altered run is another one, and nobody writes to what runs share."""

import copy
import pickle
from dataclasses import FrozenInstanceError, replace

import mesa
import numpy as np
import pytest
from conftest import FEW, N_STEPS, composed, model_of, refused, small

import sim
from sim.mesa.agents import CoreFan, Investor, OpinionLeader
from sim.mesa.community import Community
from sim.mesa.model import BacklashModel
from sim.network import shared
from sim.people import PARTNER, SILENT
from sim.run import Look, engine_of, gathered
from sim.settings.conduct import EngineConfig
from sim.start import network_of, start_of
from sim.state.scenario import name_of
from sim.store import Store, StoreRefused


def test_half_a_run_is_none(begun):
    assert f"160 of {N_STEPS} steps" in refused(lambda: sim.finish(begun), RuntimeError)
    assert "sim.finish" in refused(lambda: sim.outcomes(begun), TypeError)


def test_the_parts_of_a_run_know_when_it_has_ended():
    start = start_of(small(seed=4))
    simulation = engine_of(start)
    simulation.advance(1439)
    assert "1439 of 1440" in refused(lambda: gathered(start.config, simulation), RuntimeError)
    simulation.advance(1)
    assert gathered(start.config, simulation).name == name_of(start.config)


def test_whoever_reads_only_has_the_run_of_the_config(begun):
    begun.agents.select(lambda agent: isinstance(agent, CoreFan)).agg("trust", np.mean)
    begun.run_model()
    run, usual = sim.finish(begun), sim.simulate(begun.config)
    assert run.name == usual.name and not run.altered and run.asked == usual.asked
    assert run.engine == begun.engine
    for name, series in run.series.items():
        assert np.array_equal(series, usual.series[name], equal_nan=True), name


def edits():
    """What can be done to a model that changes its bits, by what it is called."""

    def trust(model):
        for fan in model.agents_by_type[CoreFan]:
            fan.trust = 0.1

    def silence(model):
        for leader in model.agents_by_type[OpinionLeader]:
            leader.role = SILENT

    def trade(model):
        for investor in model.agents_by_type[Investor]:
            investor.trait = 9.0

    def parameter(model):
        with pytest.raises(AttributeError, match="parameters do not change in a run"):
            model.p.grudge_build = 0.0
        model.script.constants["grudge_build"] = 0.0  # what the kernel reads
        vars(model.p)["grudge_build"] = 0.0  # what agents read

    return {
        "an agent's state": trust,
        "a leader's role": silence,
        "an investor's trait": trade,
        "a column": lambda model: model.population.people.trust.fill(0.1),
        "a trait at the end": lambda model: model.population.people.trust_start.fill(0.1),
        "the world": lambda model: setattr(model.world, "heat", 99.0),
        "a parameter": parameter,
        "the playbook": lambda model: model.acts.__setitem__("severity", 1.0) or trust(model),
        "the record": lambda model: model.record.__setitem__((100, 5), 0.5),
        "the log": lambda model: setattr(model.entries[0], "step", 1),
    }


#: With the readable engine a run takes seconds: one edit of it by day, all of them at night.
BY_DAY = ("an agent's state",)


@pytest.mark.parametrize(
    ("begun", "what"),
    [
        pytest.param(
            engine,
            what,
            marks=[pytest.mark.slow] if engine == "mesa" and what not in BY_DAY else [],
        )
        for engine in ("columnar", "mesa")
        for what in edits()
    ],
    indirect=["begun"],
)
def test_an_altered_run_cannot_be_taken_for_the_one_of_its_config(begun, what, tmp_path):
    edits()[what](begun)
    begun.run_model()
    usual, run = sim.simulate(begun.config), sim.finish(begun)
    assert run.altered and not usual.altered
    assert run.name != usual.name
    assert run.asked["response"]["name"] == "deny (altered)"
    assert type(begun).__name__ in run.asked["altered"]["model"]
    refused(lambda: Store(tmp_path).save([run]), StoreRefused)
    Store(tmp_path).save([usual])
    assert sim.simulate(begun.config).name == usual.name  # and later runs are what they were
    assert sim.outcomes(sim.simulate(begun.config)) == pytest.approx(
        sim.outcomes(usual), nan_ok=True, abs=0
    )


def test_rules_of_one_s_own_make_another_run():
    class Calm(BacklashModel):
        def close_platform(self):
            super().close_platform()
            self.world.heat *= 0.5

    class Watched(BacklashModel):
        def close_platform(self):
            super().close_platform()
            self.seen = float(self.world.heat)

    config = small("case=textbook", "response=deny", "clock.horizon_d=5", n_people=30, seed=4)
    named = {}
    for kind in (Calm, Watched):
        model = sim.mesa_model(config, kind)
        model.run_model()
        named[kind] = sim.finish(model)
    assert named[Calm].altered and "Calm" in named[Calm].asked["altered"]["model"]
    assert not named[Watched].altered and named[Watched].name == name_of(config)
    again = sim.mesa_model(config, Calm)
    again.run_model()
    assert sim.finish(again).name == named[Calm].name


@pytest.mark.parametrize("value", [float("nan"), 5, -1, float("inf"), "x", None])
def test_what_cannot_be_is_not_written_to_an_agent(begun, value):
    fan = next(iter(begun.agents_by_type[CoreFan]))
    leader = next(iter(begun.agents_by_type[OpinionLeader]))
    before = fan.trust
    assert "trust = " in refused(lambda: setattr(fan, "trust", value), ValueError)
    assert "contract = " in refused(lambda: setattr(leader, "contract", value), ValueError)
    with pytest.raises(ValueError, match="trust"):
        begun.agents_by_type[CoreFan].set("trust", value)
    assert fan.trust == before


@pytest.mark.parametrize("value", [np.nan, 5.0, -1.0])
def test_a_state_that_cannot_be_is_no_result(value):
    model = model_of()
    model.advance(N_STEPS - 1)
    model.population.people.trust[3] = value
    model.run_model()
    assert "of person 3 is" in refused(lambda: sim.finish(model), RuntimeError)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda config: sim.mesa_model(config, 5), "a int is no kind of model"),
        (lambda config: sim.mesa_model(config, "mesa"), "a str is no kind of model"),
        (lambda config: sim.mesa_model(config, mesa.Model), "Model is no kind of model"),
        (lambda config: sim.mesa_model(config, CoreFan), "CoreFan is no kind of model"),
        (lambda config: sim.mesa_model(config, Community), "Community is no kind of model"),
        (lambda config: sim.simulate(config, 5), "a int is no watch"),
        (lambda config: sim.simulate(config, look=[100]), "a list is no look"),
    ],
)
def test_an_argument_that_is_none_is_refused_with_what_is_meant(wrong, said):
    assert said in refused(lambda: wrong(small(*FEW, n_people=45)), TypeError)
    assert "sim.compose" in refused(lambda: sim.snapshots.observe(5))


def test_agents_act_in_a_step_and_say_so_where_there_is_none():
    config = small("case=textbook", "response=deny", "clock.horizon_d=5", n_people=30)
    whole = sim.mesa_model(replace(config, engine=EngineConfig("mesa")))
    kinds = {kind: "observe" if kind is OpinionLeader else "step" for kind in whole.agent_types}

    def act(model, kind, verb):
        return lambda: model.agents_by_type[kind].do(verb)

    calls = [*kinds.items(), (OpinionLeader, "act")]
    for kind, verb in calls:
        assert "model.step()" in refused(act(whole, kind, verb), RuntimeError)
    whole.step()
    for kind, verb in calls:
        act(whole, kind, verb)()  # altered, and sim.finish says so
    whole.run_model()
    before = whole.world.tobytes()
    for kind, verb in calls:
        with pytest.raises(RuntimeError, match="the run has ended: it has 576 steps"):
            act(whole, kind, verb)()
    assert whole.world.tobytes() == before
    columns = sim.mesa_model(config)
    columns.step()
    before = columns.table.tobytes()
    for kind, verb in calls:
        with pytest.raises(RuntimeError, match="do not act by themselves"):
            act(columns, kind, verb)()
    assert columns.table.tobytes() == before


def test_nobody_of_backlash_joins_or_leaves(begun):
    fan = next(iter(begun.agents_by_type[CoreFan]))
    assert "mechanisms.mocking=false" in refused(fan.remove, RuntimeError)
    refused(begun.remove_all_agents, RuntimeError)
    assert "population.n_people" in refused(lambda: CoreFan(begun, 3), RuntimeError)
    assert "rows 0 to 5" in refused(lambda: CoreFan(begun, 99999), IndexError)
    assert len(begun.agents_by_type[CoreFan]) == 6

    class Journalist(mesa.Agent):
        pass

    mine = Journalist(begun)
    assert mine in begun.agents
    mine.remove()
    assert mine not in begun.agents


@pytest.mark.parametrize("source", ["drawn", "saved", "own"])
def test_nobody_can_write_to_a_network(source, tmp_path):
    from sim.network.saved import save_network

    words = ("population.n_people=150",)
    if source == "own":
        ties, people = tmp_path / "ties.csv", tmp_path / "people.csv"
        kinds = ["core"] * 5 + ["customer"] * 5 + ["public"] * 5
        people.write_text(
            "id,kind,trust\n" + "".join(f"{k},{kind},0.5\n" for k, kind in enumerate(kinds))
        )
        ties.write_text("follower,followed\n" + "".join(f"{k},{k + 1}\n" for k in range(14)))
        words = (f"network.edges={ties}", f"network.people={people}", "population.n_people=15")
    network = network_of(composed(*words))
    if source == "saved":
        file = save_network(network, tmp_path)
        network = network_of(composed(f"network.saved={file}"))
    arrays = [network.indptr, network.followers, network.groups, network.group_size]
    arrays += list((network.attributes or {}).values())
    assert len(arrays) == (5 if source == "own" else 4)
    for each in (network, pickle.loads(pickle.dumps(network)), copy.deepcopy(network)):
        for array in (each.indptr, each.followers, each.groups, each.group_size):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.setflags(write=True)
    if network.attributes is not None:
        with pytest.raises(ValueError, match="read-only"):
            network.attributes["trust"][0] = 0
        refused(lambda: network.attributes.clear(), TypeError)
    assert network.followers is shared.held((source,), lambda: network).followers


def test_nobody_can_write_to_a_case_or_to_what_was_asked():
    config = composed(*FEW, "uncertainty=posterior")
    before = sim.simulate(config)
    with pytest.raises(FrozenInstanceError):
        config.case.founder = False
    refused(lambda: config.case.events[0].text.clear(), TypeError)
    refused(lambda: config.case.targets[0].text.clear(), TypeError)
    refused(lambda: config.case.about.clear(), TypeError)
    refused(lambda: config.case.written["events"][0].pop("id"), TypeError)
    refused(lambda: sim.mesa_model(config).script.case.market.clear(), TypeError)
    before.asked["response"]["apology"]["delay_h"] = 99  # one's own copy
    before.asked["case"]["market"]["listed"] = False
    after = sim.simulate(config)
    assert after.name == before.name == name_of(config)
    assert after.asked["response"]["apology"]["delay_h"] is None


def test_whoever_looks_at_a_run_cannot_change_it():
    def write(step, network, population):
        with pytest.raises(ValueError, match="read-only"):
            population.people.trust[:] = 0
        with pytest.raises(ValueError, match="read-only"):
            population.leaders.role[:] = SILENT
        seen.append(float(population.people.trust.mean()))

    seen = []
    config = composed(*FEW)
    run = sim.simulate(config, look=Look([10, 1000], write))
    assert len(set(seen)) == 2
    assert np.array_equal(run.series["trust_core"], sim.simulate(config).series["trust_core"])


def test_the_role_of_a_leader_is_read_where_it_stands():
    model = model_of()
    leader = next(iter(model.agents_by_type[OpinionLeader]))
    assert leader.role == PARTNER
    leader.role = SILENT
    assert model.population.leaders.role[leader.row] == SILENT == leader.role
