"""What stays unanswered (E18), and acts by what they say: known answers in quiet worlds."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import composed, small
from test_engine import started

from sim.course import listed
from sim.people import CORE
from sim.rules import opinion_leader, question
from sim.run import simulate
from sim.settings.worlds import drawn
from sim.state import tables as w
from sim.world import in_force, recording

#: Nothing happens but what is asked for.
QUIET = {
    "question_per_d": 0.0, "press_per_d": 0.0, "crowd_per_h": 0.0, "report_per_h": 0.0,
    "leader_exit_per_h": 0.0,
    "mock_per_h": 0.0, "leak_per_d": 0.0, "exogenous_wave_per_d": 0.0, "found_out_per_d": 0.0,
    "doubt_hardens": 0.0, "patience_h": 12.0, "silence_size": 0.5,
}  # fmt: skip
START = 144  # the leak: noon, after 24 h of burn-in and half a day
LEAK = 0.5  # credibility of the leak
#: Whatever is said is accepted, or nothing is.
TRUSTING = {"acceptance_base": 0.1, "acceptance_identity": -0.2, "acceptance_slope": 20.0,
            "sincerity_base": 0.0}  # fmt: skip
SCEPTICAL = {"acceptance_base": 0.4, "acceptance_identity": 0.5, "acceptance_slope": 20.0,
             "sincerity_base": -1.2}  # fmt: skip


def asked(*words, n_people=60, seed=1, accusation="sound", **parameters):
    given = replace(composed().parameters, **{**QUIET, **parameters})
    words = ("case=textbook", "response=none", f"accusation={accusation}", *words)
    return small(*words, n_people=n_people, seed=seed, parameters=given)


def act(kind, hour, **levers):
    settings = {"delay_h": hour, **levers}
    return tuple(f"response.{kind}.{name}={value}" for name, value in settings.items())


def after(hours):
    """The step that lies so long after the leak."""
    return START + round(4 * hours)


def silences(*words, **parameters):
    return [entry.step for entry in simulate(asked(*words, **parameters)).log
            if entry.kind == "silence"]  # fmt: skip


def world_after(config, hours):
    """The run when everything of the step so long after the leak is done."""
    run = started(drawn(config))
    run.advance(after(hours) + 1)
    return run


# --- silence --------------------------------------------------------------------------------------


def test_silence_is_a_matter_of_governance_once_patience_has_run_out():
    run = simulate(asked())
    (entry,) = (entry for entry in run.log if entry.kind == "silence")
    assert (entry.step, entry.value, entry.who) == (after(12), 0.5, "brand")
    before, then = after(12) - 1, after(12)
    for name in ("novelty_governance", "grievance_governance"):
        assert run.series[name][: before + 1].max() == 0.0
        assert run.series[name][then] == 0.5
    keep = 2 ** (-0.25 / composed().parameters.novelty_half_life_h)
    assert run.series["novelty_deal"][then] == pytest.approx(keep**48, rel=1e-6)  # not renewed


@pytest.mark.parametrize(
    "word",
    [
        act("statement", 11.75),
        act("statement", 1.0, explains=1),
        act("denial", 3.0),
        act("legal_step", 3.0),
        act("apology", 6.0),
    ],
)
def test_a_word_in_time_keeps_silence_from_becoming_a_matter(word):
    assert silences(*word) == []


@pytest.mark.parametrize(
    "word",
    [
        act("statement", 12.25),
        act("partner_calls", 1.0, share=1),  # nobody else hears of it
    ],
)
def test_what_comes_later_or_is_no_word_does_not(word):
    assert silences(*word) == [after(12)]


def test_where_silence_is_not_noticed_nothing_comes_of_it():
    assert silences(silence_size=0.0) == []


# --- holding statements ---------------------------------------------------------------------------

HOLDING = act("holding", 2.0, word_in_h=12)


@pytest.mark.parametrize("hour", [13.0, 13.75, 14.0])
def test_a_word_that_is_kept_is_waited_for(hour):
    assert silences(*HOLDING, *act("statement", hour)) == []


@pytest.mark.parametrize("word", [(), act("statement", 14.25), act("statement", 30.0)])
def test_a_word_that_is_late_or_does_not_come_ends_patience(word):
    assert silences(*HOLDING, *word) == [after(14.25)]


def test_whoever_asks_for_more_than_patience_or_asks_again_has_said_nothing():
    long = act("holding", 2.0, word_in_h=12.25)
    assert silences(*long) == silences() == [after(12)]
    again = "={kind: holding, delay_h: 13, word_in_h: 8}"
    assert silences(*HOLDING, f"response.acts.again{again}") == [after(14.25)]
    waits = []  # hours by which the first word is late: not shortened by what was no word
    for words in ((), long, HOLDING):
        run = world_after(asked(*words, *act("apology", 13.0)), 13)
        waits.append(float(run.acts[w.KIND["apology"]].delay_h))
    assert waits == [13.0, 13.0, 0.0]


def test_once_the_word_has_come_one_may_ask_again():
    words = (*act("holding", 2.0, word_in_h=4), *act("statement", 5.0))
    run = world_after(
        asked(*words, "response.acts.again={kind: holding, delay_h: 8, word_in_h: 6}"), 9
    )
    assert run.table[0].word_due == after(14)


def test_a_broken_word_ends_patience_before_its_time():
    assert silences(*act("holding", 2.0, word_in_h=4)) == [after(6.25)]
    assert silences(*act("holding", 2.0, word_in_h=4), *act("statement", 6.0)) == []


def test_a_holding_statement_is_heard_and_judged_by_nobody():
    run = world_after(asked(*HOLDING), 12)
    row = w.KIND["holding"]
    assert run.acts[row].step == after(2)
    assert run.census[CORE, w.N_REACHED + row] == 0
    assert not (run.population.people.seen & (1 << row)).any()
    assert not run.population.people.relief.any()
    keep = 2 ** (-0.25 / composed().parameters.novelty_half_life_h)
    assert run.record[after(2), recording.NOVELTY_GOVERNANCE] == 0  # it has no echo
    assert run.record[after(2), recording.NOVELTY_DEAL] == pytest.approx(keep**8, rel=1e-6)
    assert run.table[0].answered == 0.0 and run.table[0].admitted == 0.0


def test_an_end_of_the_deal_beside_a_holding_statement_stands_for_itself():
    """It is no part of a word that says nothing; nor of one that only some fans are told."""
    for word in (act("holding", 6.0, word_in_h=3), act("fan_calls", 6.0, share=0.5)):
        run = world_after(asked(*word, *act("termination", 6.0)), 12)
        assert run.census[CORE, w.N_REACHED + in_force.TERMINATION] > 0
    run = world_after(asked(*act("statement", 6.0), *act("termination", 6.0)), 12)
    assert run.census[CORE, w.N_REACHED + in_force.TERMINATION] == 0
    assert run.census[CORE, w.N_REACHED + w.KIND["statement"]] > 0


def test_a_delivery_is_taken_in_like_any_act_and_convinces():
    """As the promise before it; half of its depth counted until then."""
    words = act("reform", 4.0, governance=0.8, delivery_h=5)
    run = started(drawn(asked(*words, n_people=200, promise_worth=0.5, **TRUSTING)))
    run.advance(after(9))
    assert run.table[0].reform == pytest.approx(0.4)
    assert run.census[CORE, w.N_REACHED + w.DELIVERY] == 0
    convinced = float(run.population.people.conviction.sum())
    run.advance(100)
    assert run.table[0].reform == pytest.approx(0.8)
    taken = run.census[CORE, [w.N_REACHED + w.DELIVERY, w.N_ACCEPTED + w.DELIVERY]]
    assert taken[0] > 20 and taken[1] > 0.8 * taken[0]
    assert run.population.people.conviction.sum() > 1.2 * convinced


# --- doubt, and what is overdue -------------------------------------------------------------------


def test_doubt_hardens_from_the_end_of_patience_until_something_is_admitted():
    words = act("apology", 24.0)
    run = simulate(asked(*words, doubt_hardens=0.5, doubt_half_life_h=6.0))
    doubted = run.series["credibility"]
    assert doubted[after(12) - 1] == LEAK
    for hours in (0.25, 1.0, 6.0):
        left = (1 - 0.5 * (1 - 2 ** (-0.25 / 6.0))) ** (4 * hours)
        assert doubted[after(12 + hours) - 1] == pytest.approx(1 - (1 - LEAK) * left, rel=1e-6)
    assert (doubted[after(24) :] == 1.0).all()


def test_who_waits_for_a_promised_word_does_not_harden():
    run = simulate(asked(*HOLDING, doubt_hardens=0.5))
    assert run.series["credibility"][after(14)] == LEAK < run.series["credibility"][after(14.25)]


def test_a_penalty_is_overdue_by_and_by_and_counts_in_full_once_there_is_one():
    words = act("penalty", 60.0, level="junior", severity=0.5)
    config = asked(*words, patience_h=24.0, overdue_half_life_h=12.0)
    charged = {}
    run = started(drawn(config))
    for hours in (1, 24, 36, 48, 60, 61):
        run.advance(after(hours) + 1 - run.step)
        charged[hours] = run.table[0].overdue
    assert charged == {1: 0.0, 24: 0.0, 36: 0.5, 48: 0.75, 60: 1.0, 61: 1.0}


# --- news and grievance ---------------------------------------------------------------------------

PLEA = act("apology", 8.0, acknowledgement=1, regrets=1, repairs=1, speaker="founder")


@pytest.fixture(scope="module")
def untouched():
    return simulate(asked(n_people=200)).series


def test_an_accepted_act_makes_news_and_no_grievance(untouched):
    run = simulate(asked(*PLEA, n_people=200, **TRUSTING))
    news, grievance = run.series["novelty_deal"], run.series["grievance_deal"]
    echo, governance = run.series["novelty_governance"], run.series["grievance_governance"]
    said = after(8)
    assert news[said] == pytest.approx(0.8) and echo[said] == pytest.approx(0.3)
    assert np.array_equal(grievance[: said + 40], untouched["grievance_deal"][: said + 40])
    assert governance[: said + 40].max() < 0.01


@pytest.mark.parametrize("how", [SCEPTICAL | {"acceptance_calms": 1.0},
                                 TRUSTING | {"acceptance_calms": 0.0}])  # fmt: skip
def test_an_act_that_is_rejected_or_calms_nobody_is_a_grievance_as_well(how):
    words = act("apology", 20.0, acknowledgement=0.1)
    run = simulate(asked(*words, n_people=200, **how))
    news, grievance = run.series["novelty_deal"], run.series["grievance_deal"]
    said = after(20)
    assert grievance[said] < 0.5 * news[said]  # nobody has judged it yet
    assert grievance[said + 8] == pytest.approx(news[said + 8], rel=0.05)
    assert grievance[said + 8] > 1.5 * grievance[said]


# --- what is found out ----------------------------------------------------------------------------


def found_out(accusation):
    """A run in which a denial is found out, and the step of it."""
    words = act("denial", 2.0)
    config = asked(*words, n_people=40, seed=6, accusation=accusation, found_out_per_d=2.0,
                   denial_doubt=0.0, doubt_hardens=0.5)  # fmt: skip
    (entry,) = (e for e in simulate(config).log if e.kind == "found_out")
    assert after(2) < entry.step < after(200)
    run = started(drawn(config))
    run.advance(entry.step)
    before = float(run.table[0].betrayal)
    run.advance(1)
    return run, before


def test_a_denial_that_is_false_is_found_out_and_adds_to_the_betrayal():
    run, before = found_out("sound")
    world, p = run.table[0], run.script.constants[0]
    assert world.admitted == 1.0 and world.credibility == 1.0
    assert world.betrayal == before + p.denial_betrayal
    assert world.novelty_governance == world.grievance_governance == 1.0
    assert world.forced == 0.0 and world.cleared == 0.0


def test_where_there_were_contacts_only_the_wrong_is_smaller():
    run, before = found_out("contact_only")
    world, p = run.table[0], run.script.constants[0]
    assert world.admitted == 1.0 and world.credibility == 1.0
    assert world.betrayal == pytest.approx(before - p.contact_relief * p.betrayal)
    assert world.betrayal < before
    assert world.novelty_governance == 1.0


def test_who_denies_what_is_false_is_cleared_and_stays_so():
    run, before = found_out("unfounded")
    world, step = run.table[0], run.step
    assert world.cleared == 1.0 and world.admitted == 0.0 and world.credibility == 0.0
    assert world.betrayal == before
    run.advance(400)
    assert world.credibility == 0.0  # no doubt hardens
    felt = run.record[:, recording.INDEX["outrage_deal_core"]]
    assert felt[step + 399] < 0.5 * felt[step - 1]


def test_a_true_accusation_that_nobody_denies_needs_no_finding_out():
    run = simulate(asked(n_people=30, found_out_per_d=2.0))
    assert not [entry for entry in run.log if entry.kind == "found_out"]


def kept_still(accusation, **parameters):
    """A silent run, and the step in which somebody else finds out what is true."""
    config = asked(n_people=40, seed=6, accusation=accusation, found_out_per_d=2.0, **parameters)
    run = simulate(config)
    (entry,) = (e for e in run.log if e.kind == "found_out")
    return run, entry.step, config


def test_an_innocent_brand_that_keeps_still_is_cleared_by_others():
    run, step, _ = kept_still("unfounded", patience_h=150.0, doubt_hardens=0.5)
    assert after(0) < step < after(150)
    assert run.series["credibility"][step - 1] == LEAK
    assert (run.series["credibility"][step:] == 0.0).all()
    assert not [e for e in run.log if e.kind == "silence"]  # nobody waits for a word any more


def test_where_there_were_contacts_only_that_comes_out_of_silence_as_well():
    _, step, config = kept_still("contact_only")
    run = started(drawn(config))
    run.advance(step + 1)
    world, p = run.table[0], run.script.constants[0]
    assert world.admitted == 1.0 and world.credibility == 1.0
    assert world.betrayal == pytest.approx(-p.contact_relief * p.betrayal)


def test_what_was_admitted_is_not_looked_into():
    words = act("apology", 0.0, acknowledgement=1)
    runs = [
        simulate(asked(*words, n_people=30, accusation=truth, found_out_per_d=2.0))
        for truth in ("sound", "contact_only", "unfounded")
    ]
    assert all(e.kind != "found_out" for run in runs for e in run.log)


def test_a_legal_step_adds_to_the_betrayal_and_admits_nothing():
    run = world_after(asked(*act("legal_step", 3.0), legal_betrayal=0.07), 3)
    world = run.table[0]
    assert world.betrayal == pytest.approx(0.07)
    assert world.admitted == 0.0 and world.credibility == LEAK


@pytest.mark.parametrize(("share", "admitted"), [(0.0, 0.0), (0.1, 1.0)])
def test_what_is_said_admits_and_not_that_it_is_said(share, admitted):
    run = world_after(asked(*act("statement", 3.0, acknowledgement=share, explains=0.5)), 3)
    assert run.table[0].admitted == admitted
    assert run.table[0].credibility == (1.0 if admitted else LEAK)


# --- partners, private words, pressure ------------------------------------------------------------


def test_calls_to_partners_make_their_exits_rarer():
    angry = {"leader_exit_per_h": 0.3, "leader_exit_called": 4.0}

    def exits(*words):
        runs = [simulate(asked(*words, seed=seed, **angry)) for seed in range(8)]
        return sum(entry.kind == "kol_exit" for run in runs for entry in run.log)

    called = exits(*act("partner_calls", 0.0, share=1))
    assert 0 <= called < 0.6 * exits()
    world = world_after(
        asked(*act("partner_calls", 1.0, share=0.4),
              "response.acts.again={kind: partner_calls, delay_h: 2, share: 0.3}"), 3,
    )  # fmt: skip
    assert world.table[0].called == 0.4


def test_until_a_partner_would_have_left_calls_change_nothing():
    without, called = (
        simulate(asked(*words, seed=10, leader_exit_per_h=0.3))
        for words in ((), act("partner_calls", 1.0, share=1))
    )
    first = min(entry.step for entry in without.log if entry.kind == "kol_exit")
    assert first > after(1)
    for name, series in without.series.items():
        assert np.array_equal(series[:first], called.series[name][:first]), name


def test_a_private_word_reaches_core_fans_alone_and_is_no_news():
    words = act("fan_calls", 4.0, share=0.5, acknowledgement=0, explains=1, regrets=1)
    config = asked(*words, n_people=600, **TRUSTING)
    run, quiet = world_after(config, 40), world_after(asked(n_people=600, **TRUSTING), 40)
    people, first = run.population.people, run.population.bounds
    core = slice(first[0], first[1])
    eased = people.relief > 0
    assert not eased[first[1] :].any() and eased[core].any()
    row = w.KIND["fan_calls"]
    told = int(run.census[CORE, w.N_REACHED + row])
    awaited = int((people.seen[core] & (1 << row) != 0).sum())
    assert awaited > 60 and abs(told - 0.5 * awaited) < 3 * np.sqrt(0.25 * awaited)
    assert told == run.census[:, w.N_REACHED + row].sum() >= eased[core].sum()
    for series in ("novelty_deal", "grievance_deal", "credibility"):
        column = recording.INDEX[series]
        assert np.array_equal(run.record[:, column], quiet.record[:, column]), series
    assert run.table[0].n_tags == quiet.table[0].n_tags  # no angle of its own
    # to everybody else the brand has said nothing
    assert run.table[0].last_word == -1.0 and run.table[0].answered == 0.0


def test_a_private_admission_admits_nothing_to_everybody():
    words = act("fan_calls", 4.0, share=0.5, acknowledgement=1)
    run = world_after(asked(*words, n_people=600, **TRUSTING), 12)
    assert run.table[0].admitted == 0.0 and run.table[0].first_act == -1.0


def accepted(pressed, kind="apology", **levers):
    """Core fans who accept an act in its own step, with or without pressure before it."""
    config = asked(*act(kind, 8.0, **levers), n_people=900, sincerity_forced=1.2)
    run = started(drawn(config))
    run.advance(after(8))
    run.table[0].pressed = pressed
    run.advance(1)
    reached, taken = run.census[CORE, [w.N_REACHED + w.KIND[kind], w.N_ACCEPTED + w.KIND[kind]]]
    return float(run.table[0].forced), int(reached), int(taken), run.population.people.relief > 0


def test_an_admission_under_pressure_counts_less():
    free, reached, willing, eased = accepted(0.0, acknowledgement=0.8)
    forced, same, reluctant, fewer = accepted(1.0, acknowledgement=0.8)
    assert (free, forced) == (0.0, 1.0) and reached == same > 20
    assert reluctant < 0.8 * willing
    assert not (fewer & ~eased).any()  # the same people, less some


def test_a_denial_under_pressure_admits_nothing_that_could_be_forced():
    free, forced = accepted(0.0, "denial"), accepted(1.0, "denial")
    assert free[:3] == forced[:3] and forced[0] == 0.0
    assert np.array_equal(free[3], forced[3])


def test_a_partner_who_has_left_and_a_hashtag_on_the_list_are_pressure():
    gone = simulate(asked(seed=10, leader_exit_per_h=0.3))
    first = min(entry.step for entry in gone.log if entry.kind == "kol_exit")
    run = started(drawn(asked(seed=10, leader_exit_per_h=0.3)))
    run.advance(first)
    assert run.table[0].pressed == 0.0
    run.advance(1)
    assert run.table[0].pressed == 1.0
    loud = {"report_per_h": 2.0, "unconfirmed_report": 1.0, "official_heat": 5e6}
    listed = simulate(asked(seed=2, **loud))
    first = min(entry.step for entry in listed.log if entry.kind == "list_entry")
    run = started(drawn(asked(seed=2, **loud)))
    run.advance(first)
    assert run.table[0].pressed == 0.0
    run.advance(1)
    assert run.table[0].pressed == 1.0


# --- questions ------------------------------------------------------------------------------------


def test_nobody_asks_a_convinced_community():
    everybody = question.unanswered(40.0 * w.SUM_SCALE, w.SUM_SCALE, 40.0)
    assert everybody == 0.0
    assert question.asking_rate(2.0, everybody, 1.0, 0.0, 168.0, 12.0) == 0.0


def test_deeds_end_questions_and_words_do_not():
    often = {"question_per_d": 2.0, "question_half_life_d": 60.0} | TRUSTING
    deeds = (
        *act("termination", 4.0),
        *act("penalty", 4.0, level="chief_executive", severity=1),
        *act("reform", 4.0, governance=1, delivery_h=1),
    )
    convincing = {"relief": 0.9, "correct_termination": 1.0, "correct_penalty": 1.0}

    def course(*words):
        runs = [simulate(asked(*words, seed=s, **often, **convincing)) for s in range(6)]
        asking = sum(entry.kind == "question" for run in runs for entry in run.log)
        return asking, np.mean([run.series["unanswered"][-1] for run in runs])

    silent, open_ = course()
    spoken, still = course(*act("apology", 4.0, acknowledgement=1))
    done, closed = course(*deeds)
    assert open_ == still == 1.0  # words convince nobody
    assert closed < 0.4 and done < 0.6 * silent
    assert spoken > 0.6 * silent


def test_a_question_is_news_a_grievance_and_a_hashtag_at_once():
    config = asked(question_per_d=2.0, official_heat=1e6)
    entry = next(entry for entry in simulate(config).log if entry.kind == "question")
    assert 0.25 <= entry.value <= 0.75
    run = started(drawn(config))
    run.advance(entry.step + 1)
    tag = run.tags[int(run.table[0].n_tags) - 1]
    assert tag.born == tag.made == entry.step and tag.heat > 0 and tag.news == entry.value
    world = run.table[0]
    fresh = (world.novelty_deal, world.novelty_governance)[int(tag.topic)]
    assert fresh >= entry.value
    assert world.n_listed == 1.0  # a million is more than any 50th place
    run.advance(1)
    assert (world.grievance_deal, world.grievance_governance)[int(tag.topic)] > 0.9 * entry.value


def test_nobody_asks_before_the_clock_starts():
    log = simulate(asked(*act("disclosure", -10.0), question_per_d=2.0)).log
    asking = [entry.step for entry in log if entry.kind == "question"]
    assert asking and min(asking) >= START


def test_a_reporter_makes_the_headlines_of_what_is_worth_most():
    assert opinion_leader.angle_rate(0.12, 0.5, 1.0) == pytest.approx(0.06)


# --- third parties --------------------------------------------------------------------------------

#: A leak that is on the list at once, and a press that brings others.
LISTED = {"press_per_d": 12.0, "press_half_life_d": 60.0, "official_heat": 2e6,
          "report_per_h": 2.0, "unconfirmed_report": 1.0}  # fmt: skip


def third(run):
    return [entry for entry in run.log if entry.kind == "press"]


def test_third_parties_join_in_once_the_affair_is_listed_and_not_before():
    run = simulate(asked(seed=2, **LISTED))
    first = min(entry.step for entry in run.log if entry.kind == "list_entry")
    assert len(third(run)) > 20 and min(entry.step for entry in third(run)) > first
    unlisted = simulate(asked(seed=2, **LISTED | {"report_per_h": 0.0}))
    assert not third(unlisted)
    assert not third(simulate(asked(seed=2, **LISTED | {"press_per_d": 0.0})))


def test_a_third_party_is_a_hashtag_at_once_that_says_who_it_is():
    run = simulate(asked(seed=2, **LISTED, press_formal=0.25))
    born = {entry.who for entry in run.log if entry.kind == "list_entry"}
    origins = {entry.who.split(":")[0] for entry in third(run)}
    assert origins == {"regulator", "media_test", "other_brand", "customer_video"}
    assert len(born & {entry.who for entry in third(run)}) > 5
    frame = listed(run)
    assert origins <= set(frame["kind"])
    assert all(0.25 <= entry.value <= 0.75 for entry in third(run))


def test_regulators_ask_about_governance_and_the_others_about_the_deal():
    config = asked(seed=2, **LISTED, press_formal=0.5)
    for origin, topic in (("regulator", 1), ("media_test", 0)):
        entry = next(e for e in third(simulate(config)) if e.who.startswith(origin))
        run = started(drawn(config))
        run.advance(entry.step + 1)
        made = [tag for tag in run.tags[: int(run.table[0].n_tags)] if tag.made == entry.step]
        assert topic in {int(tag.topic) for tag in made}
        world = run.table[0]  # news, and no grievance
        assert (world.novelty_deal, world.novelty_governance)[topic] >= entry.value
    assert world.stirred_governance == 0.0


def test_an_admission_to_everybody_leaves_a_share_of_the_third_parties():
    """A quarter of them; a denial, and a word to some fans, leave all."""
    runs = {"": [], "apology": [], "denial": [], "fan_calls": []}
    for kind, found in runs.items():
        words = act(kind, 20.0, **({"share": 0.5} if kind == "fan_calls" else {})) if kind else ()
        for seed in range(12):
            run = simulate(asked(*words, seed=seed, press_answered=0.25, **LISTED))
            found.append(sum(entry.step > after(21) for entry in third(run)))
    silent = sum(runs[""])
    assert silent > 400
    assert sum(runs["apology"]) == pytest.approx(0.25 * silent, rel=0.25)
    for kind in ("denial", "fan_calls"):
        assert sum(runs[kind]) == pytest.approx(silent, rel=0.15)


def test_third_parties_lose_interest():
    """At a half-life of a day the second day brings half as many as the first, the third half."""
    counts = np.zeros(3)
    for seed in range(40):
        run = simulate(asked(seed=seed, n_people=30, **LISTED | {"press_half_life_d": 1.0}))
        first = min((e.step for e in run.log if e.kind == "list_entry"), default=None)
        for entry in third(run):
            day = (entry.step - first) // 96
            if day < 3:
                counts[day] += 1
    assert counts[0] > 200
    assert counts[1] == pytest.approx(counts[0] / 2, rel=0.25)
    assert counts[2] == pytest.approx(counts[0] / 4, rel=0.3)


def test_what_a_reporter_comes_with():
    assert question.press_rate(2.4, 0.0, 0.25, 1.0, 24.0, 24.0, 5.0) == pytest.approx(0.01)
    assert question.press_rate(2.4, 1.0, 0.25, 1.0, 24.0, 24.0, 5.0) == pytest.approx(0.0025)
    assert [question.brought(u, 1.0, 1.0, 0.1) for u in (0.1, 0.49, 0.51, 0.56, 0.7, 0.9)] == [
        0, 0, 1, 2, 3, 4,
    ]  # fmt: skip
    assert question.brought(0.99, 0.3, 0.0, 0.1) == 0
