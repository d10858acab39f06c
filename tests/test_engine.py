"""Same config, same bits: whatever the engine, the activation order, the chunks, the threads."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from conftest import composed, run_of, small

from sim.base.choices import conf_dir
from sim.engine import Simulation
from sim.mesa.model import BacklashModel, release
from sim.record import SERIES
from sim.run import simulate
from sim.settings.conduct import EngineConfig
from sim.start import start_of
from sim.state import tables as w

CASES = sorted(path.stem for path in (conf_dir() / "case").glob("*.yaml"))
RESPONSES = sorted(path.stem for path in (conf_dir() / "response").glob("*.yaml"))


#: Days that are compared by day; at night a fortnight of all: the slow cases go on for months.
FORTNIGHT, DAYS = 14, 6

#: What happens late: a reform is delivered, waves come back.
LATE = ("as_happened", "reform_and_fan_panel")
#: The others of the documented case that are compared by day, and other cases as they happened.
RESPONSES_BY_DAY, CASES_BY_DAY = (
    ("none", "deny", "executives_at_once"),
    ("textbook", "starbucks_2018"),
)


def every_case_and_response():
    """All of them at night; by day a few of each kind, until all their acts have come."""
    for case in CASES:
        for response in RESPONSES:
            if response == "founder_first" and not composed(f"case={case}").case.founder:
                continue  # refused: nobody could speak
            quick = (case == "xiaomi_2026" and response in RESPONSES_BY_DAY) or (
                case in CASES_BY_DAY and response == "as_happened"
            )
            whole = case == "xiaomi_2026" and response in LATE
            if quick and not whole:
                yield case, response, DAYS
            slow = [] if whole else [pytest.mark.slow]
            yield pytest.param(case, response, FORTNIGHT, marks=slow)


def started(config, engine=Simulation, **options):
    if engine is BacklashModel:
        return BacklashModel(config)
    config, scenario, network, population = start_of(config)
    return engine(scenario, network, population, config.seed, **options)


def difference(columnar, mesa):
    """The first column or series in which two runs differ at their present step, or None."""
    for name, column in columnar.population.people._asdict().items():
        if not np.array_equal(column, getattr(mesa.population.people, name)):
            return name
    for name in ("exited", "mocks", "outraged"):
        if not np.array_equal(
            getattr(columnar.population.leaders, name), getattr(mesa.population.leaders, name)
        ):
            return name
    step = columnar.step - 1
    ours, theirs = columnar.record[step], mesa.record[step]
    if not np.array_equal(ours, theirs, equal_nan=True):  # without a market there is no price
        return SERIES[int(np.flatnonzero((ours != theirs) & ~np.isnan(ours))[0])].name
    return None


@pytest.mark.parametrize(("case", "response", "days"), list(every_case_and_response()))
def test_the_engines_agree_agent_by_agent_step_by_step(case, response, days):
    config = small(f"case={case}", f"response={response}", seed=11, n_people=16)
    columnar, mesa = started(config), started(config, BacklashModel)
    try:
        for step in range(min(columnar.script.clock.n_steps, (1 + days) * 96)):
            columnar.advance(1)
            mesa.step()
            assert difference(columnar, mesa) is None, f"step {step}"
    finally:
        release(mesa)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), 2**61 + 12345])
def test_the_engines_agree_when_much_happens(seed):
    """More people, venting, unscripted mocks, questions and hashtags of the crowd on."""
    config = replace(
        small(n_people=160, seed=seed),
        parameters=replace(
            composed().parameters,
            venting=0.1,
            mock_per_h=0.1,
            leak_per_d=0.2,
            leader_post_per_h=2.0,
            exit_threshold=0.35,
            exit_threshold_sd=0.3,
            declare_per_h=0.3,
            question_per_d=2.0,
            crowd_per_h=1.0,
            report_per_h=0.5,
        ),
    )
    columnar, mesa = started(config), started(config, BacklashModel)
    try:
        for _ in range(330):
            columnar.advance(1)
            mesa.step()
        assert difference(columnar, mesa) is None
        assert columnar.census[0, 6] > 0  # somebody has declared
        kinds = {int(entry.kind) for entry in columnar.entries[: int(columnar.table[0].n_log)]}
        assert kinds >= {w.LOG_QUESTION, w.LOG_LIST_ENTRY, w.LOG_LIST_EXIT, w.LOG_LISTED}
    finally:
        release(mesa)


def test_the_engines_agree_where_ties_have_communities():
    config = small("network=communities", n_people=120, seed=8)
    columnar, mesa = started(config), started(config, BacklashModel)
    try:
        for _ in range(150):
            columnar.advance(1)
            mesa.step()
            assert difference(columnar, mesa) is None
        assert columnar.census[0, 5] > 0  # the news has come to somebody
    finally:
        release(mesa)


def test_a_triggered_playbook_agrees_too():
    config = small("response=none", n_people=60, seed=4)
    response = composed(
        "response=none",
        "response.apology.delay_h=1",
        "response.apology.trigger=detection",
        "response.penalty.delay_h=0",
        "response.penalty.trigger=governance_talk",
        "response.penalty.threshold=0.01",
        "response.penalty.level=junior",
        "response.penalty.severity=0.5",
        "response.reform.delay_h=2",
        "response.reform.trigger=declared",
        "response.reform.threshold=0.0",
        "response.reform.governance=0.5",
    ).response
    config = replace(config, response=response)
    columnar = simulate(config)
    assert {entry.who for entry in columnar.log if entry.kind == "action"} >= {"apology", "penalty"}
    mesa = simulate(replace(config, engine=EngineConfig(name="mesa")))
    assert columnar.log == mesa.log
    assert all(np.array_equal(columnar.series[name], mesa.series[name]) for name in columnar.series)


def test_steps_in_one_call_or_many_are_the_same_run():
    config = small(n_people=500, seed=3)
    whole, pieces = started(config), started(config)
    whole.advance(1440)
    while pieces.step < 1440:
        pieces.advance(97)
    assert np.array_equal(whole.record, pieces.record)


def test_threads_do_not_change_a_bit():
    config = composed()
    alone = [run_of(seed=seed) for seed in range(3)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda seed: simulate(replace(config, seed=seed)), range(3)))
    for one, other in zip(alone, together, strict=True):
        assert one.log == other.log
        assert all(np.array_equal(one.series[name], other.series[name]) for name in one.series)


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_inside_a_run_do_not_change_a_bit(threads):
    config = small(n_people=700, seed=5)
    alone, together = started(config), started(config, threads=threads)
    assert len(together.crowds) == threads
    for simulation in (alone, together):
        simulation.advance(500)
    assert np.array_equal(alone.record, together.record)
    assert np.array_equal(alone.census, together.census)
    assert alone.table.tobytes() == together.table.tobytes()
    assert alone.entries.tobytes() == together.entries.tobytes()
    for name, column in alone.population.people._asdict().items():
        assert np.array_equal(column, getattr(together.population.people, name)), name
    assert np.array_equal(alone.population.groups.now, together.population.groups.now)


def test_more_threads_than_people_leave_nobody_out():
    config = small(n_people=30, seed=1)
    alone, together = started(config), started(config, threads=64)
    alone.advance(200)
    together.advance(200)
    assert together.crowds[0].first == 0
    assert together.crowds[-1].last == 30
    assert np.array_equal(alone.record, together.record)


def test_the_engine_is_not_part_of_a_runs_name():
    config = small(n_people=30)
    mesa = replace(
        config,
        engine=EngineConfig(name="mesa"),
        clock=replace(config.clock, horizon_d=1),
        case=composed("case=textbook").case,
        response=composed("response=none").response,
    )
    columnar = replace(mesa, engine=EngineConfig())
    assert simulate(mesa).name == simulate(columnar).name
    assert simulate(replace(columnar, seed=5)).name != simulate(columnar).name


def test_a_response_does_not_change_the_past():
    """Until the earlier response comes, two runs are one, bit for bit."""
    early = run_of(
        "response=apology_only",
        "response.apology.delay_h=12",
        "response.termination.delay_h=12",
        seed=7,
    )
    late = run_of(
        "response=apology_only",
        "response.apology.delay_h=36",
        "response.termination.delay_h=36",
        seed=7,
    )
    comes = next(entry.step for entry in early.log if entry.kind == "action")
    for name in early.series:
        assert np.array_equal(early.series[name][:comes], late.series[name][:comes]), name
    assert not np.array_equal(early.series["heat"][comes:], late.series["heat"][comes:])


def test_a_finished_mesa_model_is_freed():
    model = started(small(n_people=30), BacklashModel)
    model.step()
    alive = weakref.ref(model)
    release(model)
    del model
    gc.collect()
    assert alive() is None


def test_half_hour_steps_tell_the_same_story():
    fine = run_of(seed=1)
    coarse = simulate(replace(composed(), seed=1, clock=replace(composed().clock, dt_min=30)))
    assert coarse.series["outrage_core"].max() == pytest.approx(
        fine.series["outrage_core"].max(), abs=0.1
    )
    assert coarse.clock.n_steps == fine.clock.n_steps // 2


@pytest.mark.parametrize("n_people", [5, 17, 513, 1025])
def test_odd_sizes_run(n_people):
    run = simulate(replace(small(n_people=n_people), seed=9))
    assert all(np.isfinite(values).all() for values in run.series.values())


def test_shares_stay_shares_and_counts_never_fall():
    run = run_of(seed=2)
    for name, values in run.series.items():
        if name.startswith(("outrage", "trust", "grudge", "aware", "declared", "credib", "novel")):
            assert values.min() >= 0 and values.max() <= 1, name
        if name.startswith(("aware", "declared", "exited", "sold", "unfollowed", "cash", "legal")):
            assert (np.diff(values) >= 0).all(), name
