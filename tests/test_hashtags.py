"""Hashtags one by one (E11): known answers on a list whose heat is measured."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import yaml
from conftest import composed, run_of, small
from test_engine import started
from test_question import QUIET, act, after, asked

from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.course import listed, notes
from sim.lists import places
from sim.run import simulate
from sim.settings.worlds import drawn, replicates
from sim.state import tables as w
from sim.state.scenario import build_scenario
from sim.world import angles

LOUD = {
    "crowd_per_h": 5.0, "report_per_h": 2.0, "unconfirmed_report": 1.0, "question_per_d": 2.0,
    "heat_per_post": 12_000.0,
}  # fmt: skip


def much():
    """A penalty with its six angles, and people and reporters who make hashtags of anything."""
    words = act("penalty", 6.0, level="junior", severity=0.5)
    return drawn(asked(*words, n_people=300, seed=3, **LOUD))


@pytest.fixture(scope="module")
def busy():
    """A run with many hashtags, and what the list asks for in each step."""
    return simulate(much()), build_scenario(much()).entry_heat


def leak_with(tmp_path, *more, case=None, **changes):
    """The textbook case, its leak changed, with more forcing events and keys of the case."""
    raw = yaml.safe_load((conf_dir() / "case" / "textbook.yaml").read_text()) | (case or {})
    leak = next(event for event in raw["events"] if event["id"] == "leak")
    leak.update(changes)
    where = raw["events"].index(leak) + 1
    raw["events"][where:where] = [{**leak, **event} for event in more]
    # a path of its own: configs are kept by it
    folder = tmp_path / f"{len(more)}{len(list(tmp_path.iterdir()))}"
    folder.mkdir()
    file = folder / f"{raw['name']}.yaml"
    file.write_text(json.dumps(raw))
    return file


def of_case(file, n_people=60, seed=1, **parameters):
    still = {"entry_spread": 0.0, "hashtag_spread": 0.0}
    given = replace(composed().parameters, **{**QUIET, **still, **parameters})
    return small(f"case={file}", "response=none", n_people=n_people, seed=seed, parameters=given)


# --- the list -------------------------------------------------------------------------------------


def test_the_list_asks_for_the_measured_heat_of_the_hour():
    """Monday 2 March 2026 at 13:00, the following Saturday at 13:00, both to the digit."""
    script = build_scenario(drawn(asked(entry_spread=0.0)))
    saturday = after(1) + 5 * 96
    assert script.entry_heat[after(1)] == 115955
    assert script.entry_heat[after(1) + 3] == 115955  # 13:45
    assert script.entry_heat[after(2)] == 108981
    assert script.entry_heat[saturday] == 103909


def test_the_table_is_the_file_beside_it():
    lines = [line for line in places.FILE.read_text().splitlines() if line[0] != "#"]
    rows = list(csv.DictReader(lines))
    assert [int(row["hour"]) for row in rows] == list(range(24))
    for kind, column in zip(places.PLACE_50, ("workday", "weekend"), strict=True):
        assert list(kind) == [float(row[column]) for row in rows]


def test_competition_varies_as_it_was_measured_and_not_within_an_hour():
    quiet = build_scenario(drawn(asked(entry_spread=0.0))).entry_heat
    pairs = []
    for seed in range(30):
        factor = np.log(build_scenario(drawn(asked(seed=seed))).entry_heat / quiet)
        by_hour = factor[: len(factor) // 4 * 4].reshape(-1, 4)
        assert np.ptp(by_hour, axis=1).max() < 1e-12
        pairs.append(by_hour[:, 0])
    pairs = np.array(pairs)
    assert pairs.std() == pytest.approx(0.27, abs=0.01)
    now, later = pairs[:, :-1].ravel(), pairs[:, 1:].ravel()
    assert np.corrcoef(now, later)[0, 1] == pytest.approx(0.72, abs=0.03)


def test_a_hashtag_enters_at_the_heat_of_the_hour_and_leaves_below_it(busy):
    run, wanted = busy
    entries = [entry for entry in run.log if entry.kind == "list_entry"]
    exits = [entry for entry in run.log if entry.kind == "list_exit"]
    notes = [entry for entry in run.log if entry.kind == "listed"]
    assert len(entries) > 10 and exits and notes
    assert all(entry.value > wanted[entry.step] for entry in (*entries, *notes))
    assert all(entry.value <= wanted[entry.step] for entry in exits)


def test_what_has_left_the_list_does_not_come_back():
    run = started(much())
    gone = {}
    for _ in range(700):
        run.advance(1)
        for tag in run.tags[: int(run.table[0].n_tags)]:
            if tag.left >= 0:
                key = (float(tag.source), float(tag.made))
                assert gone.setdefault(key, (float(tag.left), float(tag.heat))) == (
                    tag.left,
                    tag.heat,
                )
    assert len(gone) > 5


@pytest.mark.parametrize("which", ["busy", "documented"])
def test_the_hourly_notes_agree_with_the_series_to_the_bit(busy, which):
    run = busy[0] if which == "busy" else run_of("response=as_happened", seed=1)
    sums = np.zeros(run.clock.n_steps)
    counts = np.zeros(run.clock.n_steps)
    for entry in run.log:
        if entry.kind == "listed":
            assert entry.step % 4 == 0
            sums[entry.step] += entry.value
            counts[entry.step] += 1
    assert counts.any()
    hours = slice(None, None, 4)
    assert np.array_equal(sums[hours].astype(np.float32), run.series["list_heat"][hours])
    assert np.array_equal(counts[hours], run.series["n_listed"][hours])


# --- one hashtag alone ----------------------------------------------------------------------------


def test_a_documented_hashtag_ramps_up_cools_and_leaves_as_the_formulas_say(tmp_path):
    """900,000 at noon on a Monday, nobody talks: H = 900,000 keep^k against the table."""
    file = leak_with(tmp_path, heat=900_000)
    run = simulate(of_case(file, heat_per_post=0.0))
    keep = 2 ** (-0.25 / composed().parameters.heat_half_life_h)
    places_50 = {12: 135312, 13: 115955, 14: 108981, 15: 107442}
    step, listed = after(0), []
    for k in range(16):
        heat, wanted = 900_000 * keep ** (k + 1), places_50[12 + k // 4]
        if heat <= wanted:
            break
        shown = min(1.0, (k + 1) / 4) * (heat - wanted) / (heat + wanted)
        assert run.series["list_level"][step + k] == pytest.approx(shown, rel=1e-5)
        assert run.series["list_heat"][step + k] == pytest.approx(heat, rel=1e-5)
        listed.append(step + k)
    assert 4 < len(listed) < 16
    (entered,) = (entry for entry in run.log if entry.kind == "list_entry")
    (left,) = (entry for entry in run.log if entry.kind == "list_exit")
    assert (entered.step, left.step) == (step, listed[-1] + 1)
    assert entered.who == left.who == "event:leak"
    assert run.series["n_listed"].sum() == len(listed)


def test_an_event_without_a_heat_waits_for_somebody_who_reports_it():
    config = asked(entry_spread=0.0)
    run = started(drawn(config))
    run.advance(after(3))
    assert run.table[0].n_tags == 1 and run.tags[0].born == -1.0
    assert run.tags[0].heat == 0.0 and run.table[0].n_listed == 0
    run = started(drawn(asked(report_per_h=2.0, unconfirmed_report=1.0, seed=2)))
    run.advance(after(12))
    assert run.tags[0].made == after(0) < run.tags[0].born


# --- talk -----------------------------------------------------------------------------------------


def test_two_hashtags_of_a_topic_share_its_talk(tmp_path):
    """In their first step each of two takes half of what one alone takes."""
    talk = {"heat_per_post": 50_000.0, "baseline_talk": 0.2, "news_talk": 3.0}
    twin = {"id": "twin", "kind": "rumour", "credibility": 0, "novelty": 0,
            "reach": {"core": 0, "customer": 0, "public": 0}}  # fmt: skip
    keep = 2 ** (-0.25 / composed().parameters.heat_half_life_h)
    heats = []
    for more in ((), (twin,)):
        file = leak_with(tmp_path, *more, heat=100_000)
        run = started(drawn(of_case(file, n_people=900, **talk)))
        run.advance(after(0) + 1)
        n = int(run.table[0].n_tags)
        heats.append(np.array([float(tag.heat) for tag in run.tags[:n]]) - 100_000 * keep)
    (alone,), (one, other) = heats
    assert alone > 5_000
    assert one == pytest.approx(alone / 2, rel=1e-9) and one == other


def test_the_claim_of_one_hashtag_fades_and_the_rest_of_the_talk_is_lost(tmp_path):
    """After n half-lives it takes 2^-n of the talk."""
    file = leak_with(tmp_path, heat=100_000)
    config = of_case(
        file, n_people=900, heat_per_post=20_000.0, news_talk=3.0, hashtag_half_life_h=1.0
    )
    run = started(drawn(config))
    keep = 2 ** (-0.25 / composed().parameters.heat_half_life_h)
    run.advance(after(0))
    affair, tag, checked = float(run.table[0].heat), 0.0, 0
    for k in range(12):
        begins = 100_000.0 if k == 0 else 0.0
        run.advance(1)
        talk = run.table[0].heat - keep * (affair + begins)
        own = run.tags[0].heat - keep * (tag + begins)
        on_deal = run.table[0].voice_other_governance == run.table[0].voice_core_governance == 0
        if talk > 1.0 and on_deal and run.table[0].kol_governance == 0:
            assert own == pytest.approx(talk * 2 ** (-k / 4), rel=1e-6)
            checked += 1
        affair, tag = float(run.table[0].heat), float(run.tags[0].heat)
        if run.tags[0].left >= 0:
            break
    assert checked > 3


@pytest.mark.parametrize(
    ("community", "size"), [(3, 1.0), (1, 3.0), ([1, 9], 1.0), ([0.25, 4], 3.0)]
)
def test_a_community_three_times_as_large_heats_the_list_three_times(tmp_path, community, size):
    """In one step, on equal ties, people and draws: talk brings three times the heat."""
    keep, heats = 2 ** (-0.25 / composed().parameters.heat_half_life_h), []
    for one, factor in ((1, 1.0), (community, size)):
        file = leak_with(tmp_path, heat=100_000, case={"community": one})
        config = of_case(file, n_people=900, heat_per_post=500.0, community_size=factor)
        run = started(drawn(config))
        run.advance(after(0) + 1)
        heats.append(float(run.table[0].heat) - 100_000 * keep)
    assert heats[0] > 50
    assert heats[1] == pytest.approx(3 * heats[0], rel=1e-9)


def test_worlds_draw_the_community_inside_the_bounds_of_the_case(tmp_path):
    file = leak_with(tmp_path, case={"community": [0.5, 8]})
    asked_for = (f"case={file}", "uncertainty=prior", "n_replicates=400")
    sizes = np.array([one.parameters.community_size for one in replicates(composed(*asked_for))])
    assert 0.25 <= sizes.min() < 0.26 and 3.9 < sizes.max() <= 4  # of 2, their geometric mean
    assert np.log(sizes).mean() == pytest.approx(0.0, abs=0.15)
    fixed = replicates(composed(*asked_for, "parameters.community_size=1"))
    assert {one.parameters.community_size for one in fixed} == {1.0}


@pytest.mark.parametrize("said", [0, -1, "many", [1], [3, 2], [1, 2, 3], True, 1e9])
def test_a_community_that_is_none_is_refused(tmp_path, said):
    with pytest.raises(ConfigError, match="community"):
        composed(f"case={leak_with(tmp_path, case={'community': said})}")


def test_a_repeat_poster_counts_less():
    """A first post 65,536 units, the second half of it, the third a third: in every step."""
    run = started(drawn(asked(n_people=300, seed=3)))
    core = run.population.bounds[1]
    repeated = 0
    for _ in range(after(30)):
        before = run.population.people.n_posts.astype(int)
        run.advance(1)
        wrote = run.population.people.n_posts.astype(int) - before
        assert wrote.max() <= 1
        units = (65536 / (1 + before)).astype(int) * wrote
        world = run.table[0]
        assert world.voice_core_deal + world.voice_core_governance == units[:core].sum()
        assert world.voice_other_deal + world.voice_other_governance == units[core:].sum()
        repeated += int((before * wrote > 1).sum())
    assert repeated > 20


# --- angles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["apology", "statement", "denial", "legal_step"])
def test_an_angle_that_nobody_has_reported_dies_when_the_brand_speaks(kind):
    run = started(drawn(asked(*act(kind, 6.0))))
    run.advance(after(6))
    assert run.tags[0].news == 1.0
    run.advance(1)
    assert run.tags[0].news == 0.0 and run.tags[0].born == -1.0
    assert run.table[0].n_tags == 2
    assert run.tags[1].news == pytest.approx(composed().parameters.novelty_statement)
    _, worth = angles.best_angle(run.script.constants[0], run.table[0], run.tags, after(6))
    assert worth == pytest.approx(
        run.tags[1].news * run.tags[1].loudness * float(run.script.constants[0].unconfirmed_report),
        rel=0.01,
    )


def test_a_private_word_leaves_angles_as_they_are():
    run = started(drawn(asked(*act("fan_calls", 6.0, share=1, acknowledgement=0))))
    run.advance(after(7))
    assert run.table[0].n_tags == 1 and run.tags[0].news == 1.0


def test_a_penalty_has_as_many_angles_as_the_case_had_on_both_topics():
    run = started(drawn(asked(*act("penalty", 6.0, level="manager", severity=0.5))))
    run.advance(after(6) + 1)
    assert run.table[0].n_tags == 1 + 6
    assert [int(tag.topic) for tag in run.tags[1:7]] == [1, 1, 0, 1, 0, 1]


def test_people_make_hashtags_only_where_they_talk():
    quiet = simulate(asked(crowd_per_h=5.0, heat_per_post=0.0, n_people=300))
    assert not [entry for entry in quiet.log if entry.who.startswith("crowd:")]
    loud = simulate(asked(crowd_per_h=5.0, heat_per_post=20_000.0, n_people=300))
    steps = [entry.step for entry in loud.log
             if entry.kind == "list_entry" and entry.who.startswith("crowd:")]  # fmt: skip
    assert len(steps) > 3 and min(steps) >= after(0)


# --- what an observer sees ------------------------------------------------------------------------


def test_the_list_is_read_hashtag_by_hashtag(tmp_path):
    """900,000 at noon: 6.7, 4.3 and 2.5 times the 50th place an hour apart, then below it."""
    run = simulate(of_case(leak_with(tmp_path, heat=900_000), heat_per_post=0.0))
    frame = listed(run)
    keep = 2 ** (-0.25 / composed().parameters.heat_half_life_h)
    heats = [900_000 * keep ** (1 + 4 * hour) for hour in range(3)]
    assert list(frame["hashtag"]) == 3 * ["event:leak"]
    assert set(frame["source"]) == set(frame["kind"]) == {"leak"}
    assert list(frame["t_h"]) == [0.0, 1.0, 2.0]
    assert list(frame["heat"]) == pytest.approx(heats)
    assert list(frame["place"]) == [
        places.place_of(h / at) for h, at in zip(heats, (135312, 115955, 108981), strict=True)
    ]


def test_places_are_those_that_were_measured():
    for place, ratio in zip(places.PLACES, places.OVER_50, strict=True):
        assert places.place_of(ratio) == place
    assert places.place_of(100.0) == 1 and places.place_of(0.9) == 50
    assert places.place_of(float(np.sqrt(5.05 * 12.56))) == 3


def test_no_two_hashtags_of_a_run_have_one_name(busy):
    run, _ = busy
    seen = {}
    for entry in run.log:
        if entry.kind == "list_entry":
            assert entry.who not in seen
            seen[entry.who] = entry.step
    frame = listed(run)
    assert set(frame["hashtag"]) <= set(seen) and len(frame) == len(notes(run))
    assert {"penalty", "crowd", "question"} <= set(frame["kind"])
    questions = frame[frame["kind"] == "question"]
    assert questions["source"].str.startswith("neutral_").all()
    assert questions["hashtag"].nunique() > questions["source"].nunique()


# --- how long each of them lasts ------------------------------------------------------------------


def reported(config):
    """Hashtags of a run in its last step: share of heat kept a step, half-life of the claim."""
    run = started(drawn(config))
    run.advance(700)
    tags = [tag for tag in run.tags[: int(run.table[0].n_tags)] if tag.born >= 0]
    return {
        (float(tag.source), int(tag.made)): (float(tag.keep), float(tag.half_life), tag)
        for tag in tags
    }


def test_hashtags_last_as_long_as_their_draws_say():
    """Half-lives .8 h e^(.7 u) and .6 h e^(.7 u): the same u for both, another for each hashtag."""
    kept = reported(much())
    assert len(kept) > 10
    factors = [-0.25 / np.log2(keep) / 0.8 for keep, _, _ in kept.values()]
    claims = [steps / 4 / 0.6 for _, steps, _ in kept.values()]
    assert claims == pytest.approx(factors)
    assert len(set(claims)) == len(claims)
    numbers = []
    for seed in range(200):
        words = act("penalty", 6.0, level="junior", severity=0.5)
        run = started(drawn(asked(*words, seed=seed, n_people=30)))
        run.advance(after(6) + 1)
        row, p = angles.report, run.script.constants[0]
        for k in range(1, 7):
            row(run.seed, p, run.table[0], run.tags, k, after(6), 0.0)
            numbers.append(np.log(run.tags[k].half_life / p.hashtag_steps) / 0.7)
    assert np.mean(numbers) == pytest.approx(0.0, abs=0.1)
    assert np.std(numbers) == pytest.approx(1.0, abs=0.07)


def test_hashtags_last_equally_long_where_nothing_spreads_them():
    config = much()
    alike = replace(config, parameters=replace(config.parameters, hashtag_spread=0.0))
    keep = 2 ** (-0.25 / 0.8)
    assert {(k, steps) for k, steps, _ in reported(alike).values()} == {(keep, 2.4)}


def test_another_angle_does_not_move_how_long_a_hashtag_lasts():
    """The penalty's six headlines last as long whether or not an act was added before it."""
    words = act("penalty", 6.0, level="junior", severity=0.5)
    loud = {"report_per_h": 2.0, "unconfirmed_report": 1.0, "n_people": 60}
    more = "response.acts.again={kind: statement, delay_h: 3}"
    alone, beside = (reported(asked(*words, *also, **loud)) for also in ((), (more,)))
    common = [key for key in alone if key in beside and int(key[0]) >> 32 == w.TAG_ACT]
    assert len(common) >= 3
    assert all(alone[key][:2] == beside[key][:2] for key in common)
