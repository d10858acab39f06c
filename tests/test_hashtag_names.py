"""Names of hashtags, and what becomes of them where a table is full."""

from dataclasses import replace

import pytest
from conftest import small, written

from sim.base.refusal import ConfigError
from sim.kernel.held import new_tables
from sim.run import simulate
from sim.start import network_of, population_of
from sim.state import tables as w
from sim.state.scenario import build_scenario
from sim.world import angles


@pytest.mark.parametrize("origin", range(len(w.ORIGINS)))
def test_what_a_hashtag_is_born_of_can_be_read_back(origin):
    for which in (0, 1, 99, 100, 999, 1000, 1001, 10**6, 2**31):
        assert angles.source_of(angles.source_code(origin, which)) == (origin, which)


def test_three_thousand_leaders_have_hashtags_of_their_own():
    config = small("response=none", n_people=300, seed=1)
    crowd = {f"n_{role}_leaders": 1000 for role in ("partner", "neutral", "antagonist")}
    config = replace(
        config,
        population=replace(config.population, **crowd),
        parameters=replace(
            config.parameters,
            mock_per_h=0.1,
            mock_heat=4000.0,
            official_heat=5e6,
            report_per_h=0.01,
            unconfirmed_report=1.0,
        ),
    )
    run = simulate(config)
    mocks = [entry.who for entry in run.log if entry.kind == "mock"]
    assert len(mocks) > 256  # more hashtags than there is room for
    listed = [entry.who for entry in run.log if entry.kind == "list_entry"]
    named = [who for who in listed if who.startswith("mock:")]
    assert named
    for who in named:
        assert who.split(":")[1] in mocks
    last = max(entry.step for entry in run.log if entry.kind == "list_entry")
    assert last > next(e.step for e in run.log if e.who == mocks[256])  # room was made


@pytest.mark.slow
def test_a_thousand_events_have_names_of_their_own(textbook, tmp_path):
    leak = next(event for event in textbook["events"] if event["id"] == "leak")
    rest = [event for event in textbook["events"] if event["id"] != "leak"]
    day = leak["time"].split(" ")[0]
    quiet = {**leak, "kind": "rumour", "time": f"{day} 00:00", "tag": False, "heat": 0,
             "bracket": None, "credibility": 0, "novelty": 0}  # fmt: skip
    quiet["reach"] = {"core": 0, "customer": 0, "public": 0}
    raw = {**textbook, "events": [*({**quiet, "id": f"e{k}"} for k in range(1100)), leak, *rest]}
    loud = next(event for event in raw["events"] if event["id"] == "leak")
    loud.update(heat=900_000)
    file = written(raw, tmp_path)
    run = simulate(small(f"case={file}", "response=none", n_people=60))
    assert next(e.who for e in run.log if e.kind == "list_entry") == "event:leak"
    assert sum(e.kind == "forcing" for e in run.log) == 1101


def test_a_log_that_overflows_is_refused(monkeypatch):
    monkeypatch.setattr(w, "log_size", lambda n_leaders: 5)
    with pytest.raises(ConfigError, match="more than the log of a run can hold"):
        simulate(small("response=as_happened", n_people=60))


def test_a_table_of_hashtags_that_is_full_drops_the_oldest_that_waits():
    config = small(n_people=30)
    scenario, network = build_scenario(config), network_of(config)
    t = new_tables(scenario, population_of(config, scenario, network))
    world, tags = t.world[0], t.tags
    for k in range(w.MAX_TAGS):
        angles.bear_tag(world, tags, k, 0.0, float(k), 0.5, 1.0)
    tags[0].entered = 3.0  # on the list
    tags[7].entered, tags[7].left = 8.0, 9.0  # gone
    angles.bear_tag(world, tags, 300, 1.0, 300.0, 0.5, 1.0)
    kept = [source for source in range(w.MAX_TAGS) if source != 7]
    assert tags.source.tolist() == [*kept, 300]
    assert tags[0].entered == 3 and tags[-1].topic == 1
    angles.bear_tag(world, tags, 301, 0.0, 301.0, 0.5, 1.0)
    assert tags.source.tolist() == [*(k for k in kept if k != 1), 300, 301]
    assert world.n_tags == w.MAX_TAGS
