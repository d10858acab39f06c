"""Stylised facts (docs/ODD.md, F1-F37) at the provisional parameters, each with its control.

Paired comparisons hold over the seeds given; on correct code a test that asks all of k seeds to
agree raises a false alarm with at most 2^-k when there is no effect. Facts that need the fit are
marked as known failures, with what is seen today.
"""

from dataclasses import replace

import numpy as np
import pytest
from conftest import composed, run_of

from sim.course import hours_of
from sim.metrics import outcomes
from sim.run import people_at, simulate
from sim.settings.keys import altered
from sim.settings.prior import world
from sim.settings.worlds import replicates
from sim.state.scenario import build_scenario

SEEDS = range(12)


def seen(name, *overrides, seeds=SEEDS):
    return np.array([outcomes(run_of(*overrides, seed=seed))[name] for seed in seeds])


def burden(response, seeds=SEEDS):
    return seen("outrage_burden_core", f"response={response}", seeds=seeds)


def knocked_out(mechanism, seed, **parameters):
    config = composed()
    return simulate(
        replace(
            config,
            seed=seed,
            mechanisms=replace(config.mechanisms, **{mechanism: False}),
            parameters=replace(config.parameters, **parameters),
        )
    )


# --- the shape of the documented case -------------------------------------------------------------


def test_no_hashtag_on_the_first_day_and_the_first_after_the_apology(happened):
    """F9: P(list before apology) < .2; first entry 8-24 h later (case: 17.0-17.3 h)."""
    rows = [outcomes(run) for run in happened]
    assert np.mean([row["listed_h_day_1"] > 0 for row in rows]) <= 0.25
    assert np.mean([row["first_listed_h"] >= row["first_response_h"] for row in rows]) > 0.8
    assert 8 <= np.median([row["first_listed_after_apology_h"] for row in rows]) <= 24


def test_fans_peak_before_the_public(happened):
    """F12: lag 12-40 h."""
    leads = [outcomes(run)["fan_lead_h"] for run in happened]
    assert min(leads) > 0
    assert 12 <= np.median(leads) <= 40


def test_attention_is_higher_on_7_than_on_6_january_and_gone_by_the_9th(happened):
    """O05, and F35: the day after the penalty has 5-35 % of the attention of its day."""
    rows = [outcomes(run) for run in happened]
    reads = [np.median([row[f"reads_day_{d}"] for row in rows]) for d in range(1, 6)]
    assert reads[2] > reads[1] > reads[0]
    assert 0.05 * reads[2] < reads[3] < 0.35 * reads[2]  # F35
    assert reads[4] < 0.05 * reads[2]


@pytest.mark.xfail(strict=True, reason="1.25 h on 6 January: third parties join less often now")
def test_listed_hours_are_of_the_observed_order(happened):
    """F47: medians within a factor of two of 3 h on 6 January and 18 h over three days."""
    days = np.median(
        [[outcomes(run)[f"listed_h_day_{d}"] for d in (2, 3, 4)] for run in happened], 0
    )
    assert 1.5 <= days[0] <= 6
    assert 9 <= days.sum() <= 36


def test_talk_moves_from_the_deal_to_governance(happened):
    """F31: below .2 on 5 January, above .5 on 7 January."""
    rows = [outcomes(run) for run in happened]
    assert max(row["governance_share_day_1"] for row in rows) < 0.2
    assert np.median([row["governance_share_day_3"] for row in rows]) > 0.5


def test_partners_leave_seldom_and_only_before_the_admission(happened):
    """F30: one or two of eight, none after."""
    exits = [[entry.step for entry in run.log if entry.kind == "kol_exit"] for run in happened]
    assert 0.25 <= np.mean([len(steps) for steps in exits]) <= 3
    apology = next(entry.step for entry in happened[0].log if entry.who == "apology")
    assert all(step <= apology for steps in exits for step in steps)


def test_founder_penalty_and_apology_peak_in_that_order(happened):
    """O14: company actions make attention peaks."""
    peaks = [
        np.median([outcomes(run)[f"peak_heat_{act}"] for run in happened])
        for act in ("apology", "penalty", "explanation")
    ]
    assert peaks[0] < peaks[1] < peaks[2]


def test_a_quiet_week_is_quiet():
    """Negative control: nothing happens, so nobody hears, minds, leaves or trends."""
    for seed in range(3):
        run = run_of("case=quiet_week", "response=none", seed=seed)
        row = outcomes(run)
        assert row["public_reach"] == row["listed_h"] == row["declared"] == row["exited"] == 0
        assert max(run.series["outrage_core"]) == 0 == row["n_partner_exits"]
        assert np.isnan(row["first_listed_h"]) and np.isnan(row["detection_h"])


# --- platform and talk ----------------------------------------------------------------------------


def test_heat_is_a_third_of_its_peak_after_an_hour_without_posts():
    """F1: .30 of the peak an hour later over all hashtags, .47 over those above .6 M."""
    left = 2.0 ** (-1 / composed().parameters.heat_half_life_h)
    assert 0.30 <= left <= 0.47


def test_contributions_are_concentrated():
    """F6: the top 1 % write .30-.60 of posts, the top 10 % more than three quarters."""
    shares = []
    for seed in range(6):
        posts = people_at(replace(composed(), seed=seed), [1439])[1439]["n_posts"]
        ordered = np.sort(posts.astype(float))[::-1]
        shares.append([ordered[:30].sum() / ordered.sum(), ordered[:300].sum() / ordered.sum()])
    top_1, top_10 = np.mean(shares, axis=0)
    assert 0.30 <= top_1 <= 0.60
    assert top_10 > 0.75


def cascade_sizes(seed, patience_h=4):
    """Posts by cascade over the first four days: a post belongs to the cascade of the followed
    account that posted last, if that is at most `patience_h` ago, else it begins its own."""
    steps = range(96, 96 * 5)
    people = people_at(replace(composed(), seed=seed), list(steps))
    network = people[96]["network"]
    rows = np.repeat(np.arange(network.indptr.size - 1), np.diff(network.indptr))
    by_follower = np.argsort(network.followers, kind="stable")
    start = np.searchsorted(network.followers[by_follower], np.arange(network.n_people + 1))
    followed = rows[by_follower]
    last = np.full(network.indptr.size - 1, -(10**6))
    cascade = np.zeros_like(last)
    sizes, before = [], people[96]["n_posts"]
    for step in steps[1:]:
        posted = np.flatnonzero(people[step]["n_posts"] > before)
        before = people[step]["n_posts"]
        joined = []
        for i in posted:
            seen_from = followed[start[i] : start[i + 1]]
            latest = seen_from[np.argmax(last[seen_from])] if seen_from.size else i
            if step - last[latest] > patience_h * 4:
                sizes.append(0)
                joined.append(len(sizes) - 1)
            else:
                joined.append(cascade[latest])
            sizes[joined[-1]] += 1
        last[posted], cascade[posted] = step, joined
    return sizes


def test_cascades_are_heavy_tailed_and_most_posts_are_not_taken_up():
    """F7 (Goel 2016): tail slope 1-2.5 over at least 1.5 decades; most cascades are one post."""
    sizes = np.concatenate([cascade_sizes(seed) for seed in range(6)])
    assert np.mean(sizes == 1) > 0.5
    small, large = 3, 60  # 1.3 decades apart
    beyond = [np.mean(sizes >= size) for size in (small, large)]
    assert beyond[1] > 0
    assert 1 <= np.log(beyond[0] / beyond[1]) / np.log(large / small) <= 2.5


def listed_spans(*overrides, seeds=range(6)):
    """First and last step on the list of every hashtag, with its run."""
    for seed in seeds:
        run, entered = run_of(*overrides, seed=seed), {}
        for entry in run.log:
            if entry.kind == "list_entry":
                entered[entry.who] = entry.step
            elif entry.kind == "list_exit":
                yield run, entered.pop(entry.who), entry.step


@pytest.mark.xfail(
    strict=True,
    reason="known failure: half of a hashtag's views come within an hour and a half (F2: 1.9-4.4); "
    "there is no lag between entering and being read",
)
def test_half_of_a_hashtags_views_arrive_in_two_to_four_hours():
    times = []
    for run, first, last in listed_spans():
        level = run.series["list_level"][first:last].astype(float)
        views = np.cumsum(run.clock.circadian()[first:last] * level)
        times.append(0.25 * (1 + np.searchsorted(views, views[-1] / 2)))
    assert len(times) > 10
    assert 1.9 <= np.median(times) <= 4.4


def test_time_on_the_list_is_short_and_skewed():
    """F3: 52 % seen in one hourly snapshot, 90 % up to 7.4 h, 99 % up to 13 h."""
    hours = np.array([0.25 * (last - first) for _, first, last in listed_spans()])
    assert np.quantile(hours, 0.9) <= 7.4
    assert np.mean(hours < 2) > 0.4
    assert np.mean(hours) > np.median(hours)


def test_negative_posts_are_more_than_half_of_the_first_30_hours(happened):
    """F37, O01."""
    assert 0.5 < np.median([outcomes(run)["negative_share_30h"] for run in happened]) < 0.75


def test_outrage_relaxes_after_the_last_event_and_not_without_novelty_decay():
    """F34: below criticality; its control: without novelty decay outrage is locked on."""
    run = run_of(seed=1)
    after = 96 * 4 + 24 * 4  # a day after the founder's words
    omega = run.series["outrage_core"]
    assert omega[after + 36 * 4] < 0.5 * omega[after]
    locked = knocked_out("novelty_decay", 1).series["outrage_core"]
    assert locked[after + 36 * 4] > 0.8 * locked[after]


# --- people ---------------------------------------------------------------------------------------


def test_revenge_falls_while_avoidance_stays():
    """F14."""
    for seed in range(6):
        run = run_of("response=apology_only", seed=seed)
        omega, grudge, gone = (
            run.series[f"{name}_core"] for name in ("outrage", "grudge", "exited")
        )
        before_naming = 96 + 96 * 11
        assert omega[before_naming] < 0.3 * omega.max()
        assert grudge[-1] > 0.5 * grudge.max()
        assert gone[-1] >= gone[96 + 96 * 3]


def test_core_fans_are_angrier_than_customers_and_customers_than_the_public(happened):
    for run in happened:
        core, customer, public = (
            run.series[f"outrage_{kind}"].max() for kind in ("core", "customer", "public")
        )
        assert core > customer > public


def test_love_becomes_hate_or_shield():
    """F13: without self-relevance core fans lose part of their lead in outrage over the public."""
    for seed in range(6):
        leads = []
        for run in (run_of(seed=seed), knocked_out("betrayal", seed)):
            core, public = (
                run.series[f"outrage_deal_{kind}"][150:246].mean() for kind in ("core", "public")
            )
            leads.append(core / public)
        assert leads[0] > 1.25 * leads[1]


def test_far_fewer_leave_than_declare(happened):
    """F25: realised over declared at most .25; churn of all people at most .6 %."""
    rows = [outcomes(run) for run in happened]
    assert max(row["exited"] for row in rows) <= 0.006
    ratios = [row["realised_over_declared"] for row in rows if row["declared"] > 0.002]
    assert not ratios or np.median(ratios) <= 0.25


def test_strong_fans_respond_more_to_a_sincere_response():
    """F15."""
    for seed in range(6):
        silent, sincere = (
            run_of(f"response={name}", seed=seed).series for name in ("none", "executives_at_once")
        )
        calmed = [
            silent[f"outrage_{kind}"].mean() - sincere[f"outrage_{kind}"].mean()
            for kind in ("core", "public")
        ]
        assert calmed[0] > calmed[1]


# --- responses ------------------------------------------------------------------------------------


def test_self_disclosure_before_the_leak_costs_less_outrage():
    """F16 (Arpan 2005; Claeys; null in one denial study)."""
    told = seen("outrage_burden_core", "response=apology_only", "response.disclosure.delay_h=-2")
    leaked = seen("outrage_burden_core", "response=apology_only", "response.disclosure.delay_h=1")
    assert np.mean(told < leaked) > 0.8


def test_a_later_response_costs_more_outrage():
    assert (burden("late_48h") > burden("as_happened")).all()


@pytest.mark.slow
def test_after_the_peak_a_response_does_little():
    """F17 (Yu 2025): what it spares a day after the peak is at most half of what it spares
    four hours before it. The peak is that of the same seed without a response."""
    spared = {-4: [], 24: []}
    answered = composed("response=executives_at_once")
    for seed in SEEDS:
        silent = run_of("response=none", seed=seed)
        peak = hours_of(silent)[np.argmax(silent.series["outrage_core"])]
        for lead in spared:
            delays = {
                "apology": peak + lead,
                "termination": peak + lead,
                "penalty": peak + lead + 2,
            }
            acted = altered(
                answered,
                {f"response.{lever}.delay_h": float(hours) for lever, hours in delays.items()},
            )
            spared[lead].append(
                outcomes(silent)["outrage_burden_core"]
                - outcomes(simulate(replace(acted, seed=seed)))["outrage_burden_core"]
            )
    assert 0 < np.mean(spared[24]) <= np.mean(spared[-4]) / 2


def test_words_without_action_cost_more_than_words_with_action():
    """F18, F36."""
    words, action = burden("apology_only"), burden("as_happened")
    assert np.mean(words > action) > 0.8
    assert words.mean() >= 1.1 * action.mean()


def test_a_scapegoat_moves_talk_to_governance():
    """F19."""
    junior = seen("governance_share", "response=junior_scapegoat")
    executives = seen("governance_share", "response=executives_at_once")
    assert (junior > executives).mean() > 0.8


def test_compensation_as_the_first_move_fuels_talk():
    """F23 (Herhausen 2019)."""
    plain = ["response=apology_only"]
    paid = [*plain, "response.compensation.delay_h=8", "response.compensation.share=1"]
    more = [
        sum(
            run_of(*paid, seed=seed).series[f"posts_{kind}"].sum()
            for kind in ("core", "customer", "public")
        )
        >= sum(
            run_of(*plain, seed=seed).series[f"posts_{kind}"].sum()
            for kind in ("core", "customer", "public")
        )
        for seed in range(8)
    ]
    assert np.mean(more) > 0.7


def test_levers_that_do_nothing_change_nothing():
    """Negative control: with reception and official heat knocked out, when the brand speaks to
    nobody's ear, relief and backfire are exactly nothing."""
    run = knocked_out("reception", 3)
    config = composed()
    config = replace(config, seed=3, mechanisms=replace(config.mechanisms, reception=False))
    people = people_at(config, [800])[800]
    assert people["relief"].max() == 0 == people["conviction"].max()
    assert run.series["outrage_core"].max() > 0


def test_a_broken_promise_costs_trust():
    """E17: an undelivered reform is found out."""
    promised = ["response=reform_and_fan_panel", "response.reform.delivered=false"]
    for seed in range(6):
        broken = run_of(*promised, seed=seed)
        kept = run_of("response=reform_and_fan_panel", seed=seed)
        assert any(entry.kind == "broken_promise" for entry in broken.log)
        assert outcomes(broken)["trust_core_d14"] < outcomes(kept)["trust_core_d14"]


def test_a_denial_that_falls_costs_most():
    assert (burden("deny") > burden("as_happened")).all()


@pytest.mark.parametrize("mechanism", ["trending_list", "opinion_leaders"])
def test_what_carries_the_story_to_the_public_can_be_knocked_out(mechanism):
    for seed in range(3):
        whole = run_of(seed=seed).series["aware_public"]
        without = knocked_out(mechanism, seed).series["aware_public"]
        assert without[96 * 4] < whole[96 * 4]


def test_responding_makes_attention():
    """Headline 2: the brand's own acts heat the platform; without that, heat peaks lower."""
    for seed in range(4):
        whole, without = (
            run.series["heat"].max()
            for run in (run_of(seed=seed), knocked_out("official_heat", seed))
        )
        assert without < whole


def test_every_mechanism_does_something_somewhere():
    """A switch without an effect would be a switch of nothing."""
    from sim.settings.parameters import KNOCK_OUT

    usual = (
        "response=reform_and_fan_panel", "response.reform.delivered=false",
        "response.buyback.delay_h=1", "response.buyback.amount_hkd=5e8",
        "parameters.leak_per_d=0.2",
    )  # fmt: skip
    # where a mechanism has something to do that the usual course leaves idle
    silent, denied = ("response=none",), ("response=none", "response.denial.delay_h=4")
    idle = {
        "exogenous_wave": ("case=textbook", *silent, "parameters.exogenous_wave_per_d=0.1"),
        "hardening_doubt": silent,
        "third_parties": (*silent, "parameters.press_per_d=12", "parameters.report_per_h=2"),
        "silence_noticed": silent,
        "denials_found_out": (*denied, "parameters.found_out_per_d=2"),
        "peer_contagion": (*silent, "parameters.exit_threshold=0.35", "parameters.peer_weight=0.5"),
    }
    quiet, runs = [], {}
    for name in KNOCK_OUT:
        words = idle.get(name, usual)
        config = replace(composed(*words), seed=2)
        if words not in runs:
            runs[words] = simulate(config)
        without = simulate(replace(config, mechanisms=replace(config.mechanisms, **{name: False})))
        kept = runs[words].series
        if all(np.array_equal(kept[key], without.series[key]) for key in kept):
            quiet.append(name)
    assert quiet in ([], ["exogenous_wave"])


# --- market ---------------------------------------------------------------------------------------


def quiet_returns():
    closes = []
    for seed in range(120):
        config = replace(composed("case=quiet_week", "response=none"), seed=seed)
        config = replace(config, population=replace(config.population, n_people=60))
        run = simulate(config)
        inside = np.flatnonzero(run.series["in_session"] > 0).reshape(-1, 22)
        closes.append(np.log(run.series["price_hkd"][inside[:, -1]]))
    return np.diff(np.array(closes, float), axis=1)


def test_daily_returns_have_the_measured_moments():
    """F28: sd 2.19 +- .3 %, no autocorrelation to speak of."""
    returns = quiet_returns()
    assert 0.0189 <= returns.std() <= 0.0249
    correlation = np.corrcoef(returns[:, :-1].ravel(), returns[:, 1:].ravel())[0, 1]
    assert abs(correlation) < 0.15


def test_the_one_day_reaction_is_small_against_the_noise(happened):
    """F26 in part: |mean| < 1.5 daily standard deviations."""
    first = np.mean([outcomes(run)["car_0_1"] for run in happened])
    assert -1.5 * 0.0219 < first < 1.5 * 0.0219


def test_a_buyback_moves_the_price_a_little_and_only_where_it_bites():
    """F27: below 40 basis points, and not a tick before it."""
    without = ["response=apology_only"]
    with_it = [
        *without,
        "response.buyback.delay_h=0.833333",
        "response.buyback.amount_hkd=149000000",
    ]
    for seed in range(3):
        a, b = (run_of(*words, seed=seed).series["price_hkd"] for words in (without, with_it))
        start = 96 + 14 * 4 + 2
        assert np.array_equal(a[:start], b[:start])
        assert 0 < np.log(b / a).max() < 0.0040


@pytest.mark.xfail(
    strict=True,
    reason="known failure: sentiment is too weak against the noise to "
    "give a mean fall of at least .5 % (F26); left to the calibration",
)
def test_the_mean_first_reaction_is_at_least_half_a_percent(happened):
    assert np.mean([outcomes(run)["car_0_1"] for run in happened]) < -0.005


# --- over plausible worlds (prior draws of all parameters); minutes, so nightly -------------------


def worlds(*overrides, n):
    """Runs of n plausible worlds, the same for every response."""
    config = composed(
        *overrides, "uncertainty=prior", f"n_replicates={n}", "population.n_people=900"
    )
    return [simulate(one) for one in replicates(config)]


@pytest.mark.slow
def test_the_best_severity_is_inside_in_most_plausible_worlds():
    """F20, assumption-led: a utility of outrage, trust, morale and legal cost peaks inside."""
    utility = []
    nobody = ("delay_h=null", "level=none", "severity=0")
    for severity in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        punished = ("level=vice_president", f"severity={severity}") if severity else nobody
        rows = [
            outcomes(run)
            for run in worlds(*(f"response.penalty.{word}" for word in punished), n=24)
        ]
        utility.append(
            [
                row["trust_core_d14"]
                - row["outrage_burden_core"] / 3
                - 3 * (1 - row["morale"])
                - row["legal_hkd"] / 1e6
                for row in rows
            ]
        )
    best = np.argmax(utility, axis=0)
    assert np.mean((best > 0) & (best < 5)) > 0.5
    assert len(set(best)) > 2


def answers_effect(response, n=24):
    """Correlation of a core fan's trust on day 14 with whether the brand answered or kept silent:
    signed, over the people of both runs, in each of n worlds of the fit."""
    drawn = ("uncertainty=posterior", f"n_replicates={n}")
    effects = []
    for pair in zip(
        *(replicates(composed(f"response={name}", *drawn)) for name in ("none", response)),
        strict=True,
    ):
        trust = []
        for config in pair:
            last = build_scenario(config).clock.n_steps - 1
            people = people_at(config, [last])[last]
            trust.append(people["trust"][: people["bounds"][1]].astype(float))
        answered = np.repeat([0.0, 1.0], [len(row) for row in trust])
        effects.append(np.corrcoef(np.concatenate(trust), answered)[0, 1])
    return np.array(effects)


@pytest.mark.slow
@pytest.mark.xfail(
    strict=True,
    reason="known failure: r = .03 over 24 worlds of the fit, above 0 in 62 % of them. What only "
    "speaking triggers (a mismatch before anybody was punished, news that renews grievance) hides "
    "what an answer does; left to the second model",
)
def test_an_answer_helps_trust_and_modestly():
    """F21 (Ma & Zhan 2016: r = .23): signed, two-sided, over worlds of the fit."""
    assert 0.10 <= answers_effect("as_happened").mean() <= 0.35


@pytest.mark.slow
@pytest.mark.xfail(
    strict=True,
    reason="known failure: r = -.12 over 24 worlds of the fit, above 0 in a third of them: an "
    "apology without a penalty costs trust against silence; left to the second model",
)
def test_an_apology_and_an_end_of_the_deal_help_trust_against_silence():
    """F21: the sign."""
    assert answers_effect("apology_only").mean() > 0


@pytest.mark.slow
def test_how_one_answers_matters_less_than_what_one_is_blamed_for():
    """F21 (Ma & Zhan 2016: r = .23 against .54): over worlds, trust falls with the severity of the
    betrayal, and the response moves it by at most half of that, whichever way."""
    n = 192
    trust = [
        [outcomes(run)["trust_core_d14"] for run in worlds(f"response={name}", n=n)]
        for name in ("none", "as_happened")
    ]
    betrayal = [world(k).betrayal for k in range(n)]
    blamed = np.corrcoef(np.concatenate(trust), betrayal * 2)[0, 1]
    answered = np.corrcoef(np.concatenate(trust), np.repeat([0, 1], n))[0, 1]
    assert blamed < -0.1
    assert blamed / 2 <= answered <= -blamed / 2


@pytest.mark.slow
def test_lasting_damage_is_not_universal():
    """F24 (Hansen 2018): 25-55 % of worlds show customers below .97 of their trust on day 14."""
    damaged = [outcomes(run)["trust_customer_d14"] < 0.97 for run in worlds(n=32)]
    assert 0.25 <= np.mean(damaged) <= 0.55


@pytest.mark.slow
def test_words_alone_do_not_end_a_case_in_most_plausible_worlds():
    """F36: attention rises again on the next day, or within three days."""
    again = []
    for run in worlds("response=apology_only", n=32):
        talk = sum(run.series[f"posts_{kind}"] for kind in ("core", "customer", "public"))
        days = [talk[96 * d : 96 * (d + 1)].sum() for d in range(1, 5)]
        again.append(days[1] >= days[0] or days[2] > days[1] or days[3] > days[2])
    assert np.mean(again) > 0.6
