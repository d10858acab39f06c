"""Sentences, tables and figures say what the numbers say, in both languages."""

import json
import re
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from conftest import composed, run_of, shipped
from matplotlib.colors import to_hex

from experiments.calibration.case_score import scored
from experiments.classroom import charts
from experiments.command import printed, score_text
from experiments.pictures import amounts, comparison_plot, plots
from experiments.pictures.meanings import key_name
from experiments.pictures.parameter_words import PARAMETERS
from experiments.pictures.words import BURDEN, ON_SILENCE, caveat, counted, signed, unit_name
from experiments.reading import analysis, compare, findings, intervals, leader, sobol
from experiments.reports import (
    demo_figures,
    demo_report,
    network_figure,
    price_figure,
    shape_checks,
    study_curves,
    study_figures,
    study_labels,
    study_maps,
    study_report,
    study_tradeoffs,
)
from experiments.sweeps.design import Axis, Beside, Study, flattered
from experiments.sweeps.points import points_of
from experiments.sweeps.reference import with_reference
from experiments.sweeps.study_file import read_study, shipped_studies
from experiments.sweeps.study_words import study_of
from sim.base.refusal import ConfigError
from sim.metrics import BY_NAME, OUTCOMES, outcomes
from sim.settings.parameters import Parameters

CASE = composed().case
ROOT = Path(__file__).resolve().parent.parent
BURDEN_CORE, TRUST, GOVERNANCE = "outrage_burden_core", "trust_core_d14", "governance_share"


def axis(name, key, labels, labels_zh=()):
    text = {"en": name, "zh": name}
    values = tuple((label,) for label in labels)
    return Axis(name, text, "", (key,), values, tuple(labels), tuple(labels_zh))


ANSWER = axis("answer", "response", ("none", "apology_only", "deny"), ("沉默", "仅致歉", "否认"))
HALF_LIFE = axis("half-life", "parameters.outrage_half_life_h", ("2", "4", "8"))


def study(*axes, outcomes=(BURDEN_CORE, TRUST), **more):
    both = {"en": "?", "zh": "？"}
    reference = tuple(0 for _ in axes)
    return Study("s", both, both, (), axes, reference, outcomes, **more)


def compared(one, means, n_worlds=40, noise=0.05, n_seeds=1, seed=1):
    """An analysis of made-up outcomes: cell means with noise that is each world's own."""
    rng = np.random.default_rng(seed)
    rows = []
    for world in range(n_worlds):
        for s in range(n_seeds):
            common = rng.normal()
            for cell in range(len(one.cells)):
                value = means[cell] + common + noise * rng.normal()
                rest = {o.name: 0.5 for o in OUTCOMES}
                rest |= {BURDEN_CORE: value, TRUST: 1 - 0.1 * value}
                rows.append({"block": "main", "cell": cell, "world": world, "seed": s, **rest})
    config = composed("response=as_happened", "uncertainty=point")
    points = [SimpleNamespace(block="main", config=config)]
    plan = SimpleNamespace(study=one, points=points, folder=Path("."), parts=[])
    return analysis.compared(plan, pd.DataFrame(rows))


def said(a, lang="en"):
    return [pair[lang == "zh"] for pair in findings.findings(a)]


# --- what the model cannot say today --------------------------------------------------------------


LITERAL = [
    ("README.md", 0), ("docs/teaching/README.md", 0), ("docs/teaching/README.zh.md", 1),
    *((f"docs/teaching/{plan}{end}.md", k)
      for plan in ("plan_50_minutes", "plan_90_minutes", "plan_two_sessions")
      for k, end in enumerate(("", ".zh"))),
]  # fmt: skip


@pytest.mark.parametrize(("page", "k"), LITERAL)
def test_pages_carry_the_sentence_on_silence_word_for_word(page, k):
    assert ON_SILENCE[k] in (ROOT / page).read_text()


def test_every_list_of_what_cannot_be_known_begins_with_the_sentence_on_silence():
    assert demo_report.CANNOT[0] == study_report.CANNOT[0] == ON_SILENCE
    for template in (
        "reports/demo_report",
        "reports/calibration_report",
        "game/debrief",
        "game/debrief_class",
    ):
        assert "{{ caveat }}" in (ROOT / "experiments" / f"{template}.html.j2").read_text()
    assert (
        '"caveat": caveat(lang)' in (ROOT / "experiments/reports/calibration_report.py").read_text()
    )
    panel = (ROOT / "experiments/classroom/results_panel.py").read_text()
    assert "self.draw_caveats()" in panel
    assert "caveat(" in panel.partition("def draw_caveats(self)")[2]


@pytest.fixture(autouse=True)
def styled():
    """Titles stand where figures of reports have them, whatever was tested before."""
    plots.use_style()


@pytest.fixture(scope="module")
def runs():
    return {
        name: [run_of(f"response={name}", seed=seed) for seed in range(12)]
        for name in ("as_happened", "none", "deny")
    }


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_the_demo_says_it_under_its_table_and_in_its_report(runs, lang, capsys, tmp_path):
    config = composed(f"lang={lang}", "uncertainty=point")
    demo_report.print_table(runs, config)
    assert caveat(lang) in capsys.readouterr().out
    html = demo_report.write_report(tmp_path, config, runs).read_text()
    assert html.count(caveat(lang)) == 2  # above the figures, and first of what it cannot tell
    assert BURDEN[lang == "zh"] in html


@pytest.mark.parametrize(
    ("response", "so"),
    [("none", True), ("deny", True), ("late_48h", True), ("as_happened", False),
     ("executives_at_once", False)],
)  # fmt: skip
def test_silence_denial_and_late_answers_are_known_as_such(response, so):
    assert flattered(composed(f"response={response}").response) is so


def test_a_run_of_silence_says_it_too(capsys):
    config = composed("response=none", "uncertainty=point")
    one = SimpleNamespace(
        runs=[run_of("response=none", seed=0)], failures=[], n_reused=0, snapshots=[]
    )
    printed.print_table(config, one, [])
    assert caveat("en") in capsys.readouterr().out


# --- no range from a handful ----------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 9])
def test_below_ten_runs_the_table_shows_runs_and_no_range(n, capsys):
    config = composed("response=deny", "uncertainty=point")
    some = [run_of("response=deny", seed=seed) for seed in range(n)]
    result = SimpleNamespace(runs=some, failures=[], n_reused=0, snapshots=[])
    printed.print_table(config, result, [])
    told = capsys.readouterr().out
    assert f"n = {n}: too few for a range" in told
    assert "95 %" not in told
    value = outcomes(some[0])[BURDEN_CORE]
    assert f"{value:.3g}" in told
    table = printed.as_json(config, result)["outcomes"][BURDEN_CORE]
    assert table["q05"] is table["q25"] is table["q75"] is table["q95"] is None
    assert table["values"][0] == pytest.approx(value) and "too few" in table["note"]
    json.dumps(table, allow_nan=False)


def test_from_ten_runs_on_there_is_a_range(capsys):
    config = composed("response=deny", "uncertainty=point")
    some = [run_of("response=deny", seed=seed) for seed in range(10)]
    result = SimpleNamespace(runs=some, failures=[], n_reused=0, snapshots=[])
    printed.print_table(config, result, [])
    assert "95 %" in capsys.readouterr().out
    table = printed.as_json(config, result)["outcomes"][BURDEN_CORE]
    assert table["q05"] < table["median"] < table["q95"]


def test_a_study_of_three_worlds_gives_means_and_no_range():
    a = compared(study(ANSWER), [2, 1, 3], n_worlds=3)
    (told,), (told_zh,) = said(a), said(a, "zh")
    assert "n = 3: too few for a range" in told and "n = 3：太少" in told_zh
    assert not re.search(r"95 ?%", told + told_zh)
    assert "n = 3: too few for a range" in printed.cells_text(a, "en")
    figure = study_curves.figure_curves(a, "en")
    assert "too few for a range" in figure.get_suptitle()
    plt.close(figure)


def test_bands_of_a_few_runs_are_not_drawn():
    plots.use_style()
    times = [pd.Timestamp("2026-01-05") + pd.Timedelta(hours=k) for k in range(5)]
    for n, bands in ((3, 0), (10, 1)):
        figure, ax = plt.subplots()
        plots.ensemble(ax, times, np.random.default_rng(0).random((n, 5)), plots.BLUE, "x", False)
        assert len(ax.collections) == bands
        plt.close(figure)
    assert plots.FEWEST_RUNS == intervals.FEWEST_PAIRS


def test_a_score_over_two_runs_has_no_interval(runs):
    case = composed().case
    rows = pd.DataFrame({"day": range(5), "value": [1.0, 3.0, 2.0, 1.0, 0.5], "unit": "reads"})
    few = scored(case, "attention", rows, runs["as_happened"][:2])
    assert few.days[["q05", "q25", "q75", "q95"]].isna().all().all()
    assert np.isnan(few.summary["in_90"])
    text = score_text.scores_text(few, "en")
    assert "n = 2: too few for a range" in text and "days inside" not in text
    many = scored(case, "attention", rows, runs["as_happened"])
    assert many.days["q95"].notna().all() and "few" not in many.summary


# --- levers are compared, assumptions are conditions ----------------------------------------------


def test_what_is_a_lever_is_known_by_its_keys():
    kinds = {
        "response": True, "response.apology.delay_h": True, "parameters.blamed_level": False,
        "mechanisms.rebound": False, "population.n_people": False, "network": False, "case": False,
    }  # fmt: skip
    assert {key: axis("x", key, ("a", "b")).is_lever for key in kinds} == kinds


def test_no_assumption_is_best():
    """The old product called “none · 2” best because outrage fades fast where it fades fast."""
    a = compared(study(ANSWER, HALF_LIFE), [1, 2, 4, 0.5, 1.5, 3.5, 2, 3, 5])
    one = a.plan.study
    assert one.label(a.best) == "apology_only · 2"  # under the reference's condition
    assert one.references == [0, 1, 2, 0, 1, 2, 0, 1, 2]
    # a cell is held against the reference under its own half-life, not against another half-life
    assert a.contrasts[BURDEN_CORE][5].mean == pytest.approx(-0.5, abs=0.05)
    assert set(a.near) == {3, 4, 5}
    assert a.regret["mean"][[3, 4, 5]].max() < 0.01
    assert a.front[[3, 4, 5]].all() and not a.front[[0, 1, 2]].any()
    told = said(a)
    assert told[0].startswith("With half-life 2: of 3 answers")
    assert any(
        "“apology only” has the best mean under every one of 3 conditions" in t for t in told
    )
    assert any("The order of the 3 answers" in t and "holds under all 3" in t for t in told)
    assert any("a condition, not a choice" in t for t in told)
    assert not any("12 cells" in t or "9 cells" in t for t in told)
    assert any("次序在全部3种条件下成立" in t for t in said(a, "zh"))


def test_answers_that_change_places_are_named_with_both_conditions():
    a = compared(study(ANSWER, HALF_LIFE), [1, 2, 4, 1.5, 1.5, 3.5, 3, 4, 6])
    told = next(t for t in said(a) if "change places" in t)
    assert (
        "Of 3 pairs of answers 1 change places between conditions, 1 of them beyond chance" in told
    )
    assert "“silence” and “apology only”" in told
    assert "with half-life 2" in told and "told apart at both ends" in told
    assert any("depends on the condition" in t for t in said(a))
    assert any("“沉默”与“仅致歉”" in t and "两端均可区分" in t for t in said(a, "zh"))


def test_chance_is_not_said_to_turn_an_order():
    a = compared(study(ANSWER, HALF_LIFE), [1, 1, 1, 1, 1, 1, 3, 3, 3], noise=1.0, n_worlds=12)
    for t in said(a):
        if "change places" in t:
            assert "0 of them beyond chance" in t and "not told apart at both ends" in t


def test_where_nothing_is_a_choice_nothing_is_best():
    a = compared(study(HALF_LIFE), [1, 2, 4])
    told = said(a)
    assert "Nothing here is a choice" in told[0]
    assert not any("best" in t.replace("none is best", "") for t in told)
    assert any("half-life 8 instead of half-life 2" in t and "3 more" in t for t in told)
    assert a.near == [] and not a.front.any() and a.regret.isna().all().all()
    assert "tradeoff" not in study_figures.figures_names(a)


def test_leaders_that_are_run_again_are_answers_under_one_condition():
    one = study(ANSWER, HALF_LIFE)
    values = np.repeat(np.array([3, 1, 1, 2, 1, 1, 1, 1, 1.0])[:, None, None], 12, axis=1)
    assert compare.leading(one, values.mean(axis=(1, 2)), 2) == [6, 3]


# --- ties, and one rule for words and colours -----------------------------------------------------


def test_no_difference_is_said_to_be_none():
    a = compared(study(ANSWER), [1, 1, 1], noise=0.0)
    told = said(a)
    assert told[0] == (
        "No answer differs from another in outrage burden of core fans, in any of 40 worlds."
    )
    assert any("is the same" in t for t in told)
    assert not any("+0 " in t or "20 of 40" in t for t in told)
    assert "各应对的核心粉丝愤怒负担在40个世界中完全相同" in said(a, "zh")[0]
    assert "no difference in any world" in printed.cells_text(a, "en")


def test_the_reference_is_not_compared_with_itself():
    a = compared(study(ANSWER), [1, 1.2, 3])
    told = said(a)
    assert "the reference “silence” has the lowest outrage burden" in told[0]
    assert told[1].startswith("The next, “apology only”: 0.19 more") and "+0 (" not in told[0]
    assert "the reference" in printed.cells_text(a, "en")


def test_worlds_that_tie_are_counted_as_ties():
    rng = np.random.default_rng(0)
    values = np.zeros((2, 40, 1))
    values[0, :, 0] = rng.normal(size=40)
    values[1] = values[0]
    values[1, :10] -= 1
    c = compare.contrasts(values, 0, BURDEN_CORE)[1]
    assert (c.n_better, c.n_same) == (10, 30)
    assert "better in 10 of 40 plausible worlds, the same in 30" in leader.apart(c, "h")[0]


def test_an_interval_that_holds_zero_is_said_to_hold_it():
    wide = compare.Contrast(1, -0.1, -0.3, 0.1, -0.4, 0.2, 0.6, 40, 40, 1, 1, 24, 0)
    sure = replace(wide, low=-0.2, high=-0.01)
    assert "the two cannot be told apart" in leader.apart(wide, "h")[0]
    assert "from 0.3 less to 0.1 more" in leader.apart(wide, "h")[0]
    told = leader.apart(sure, "h")
    assert "cannot be told apart" not in told[0] and "0.01 to 0.2 less" in told[0]
    assert "少0.01至0.2" in told[1]


@pytest.mark.parametrize(
    ("outcome", "low", "high", "verdict", "colour"),
    [
        (BURDEN_CORE, -0.4, -0.1, "better", plots.GREEN),
        (BURDEN_CORE, 0.1, 0.4, "worse", plots.VERMILION),
        (BURDEN_CORE, -0.1, 0.4, "unclear", plots.GREY),
        (GOVERNANCE, -0.467, -0.366, "differs", plots.BLUE),  # was grey: “cannot be told apart”
        (GOVERNANCE, 0.0, 0.0, "same", plots.GREY),
    ],
)
def test_grey_is_an_interval_that_holds_zero_and_nothing_else(outcome, low, high, verdict, colour):
    mean = (low + high) / 2
    sign = compare.sign_of(outcome)
    assert intervals.verdict(mean, low, high, sign) == verdict
    row = {"outcome": outcome, "response": "none", "mean": mean, "low": low, "high": high,
           "share_better": np.nan, "verdict": verdict}  # fmt: skip
    plots.use_style()
    figure, ax = plt.subplots()
    comparison_plot.compared([ax], pd.DataFrame([row]), "en")
    drawn = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_linewidth() == 2]
    assert to_hex(drawn[-1].get_color()).lower() == colour.lower()
    plt.close(figure)


# --- the demo: tables, captions, criteria, marks --------------------------------------------------


def test_the_table_of_the_demo_shows_pairs_beside_medians(runs, capsys):
    demo_report.print_table(runs, composed("uncertainty=point"))
    told = capsys.readouterr().out
    frame = intervals.frame_of([run for group in runs.values() for run in group])
    c = intervals.contrast(frame, BURDEN_CORE, "deny", "as_happened")
    assert f"{signed(c.mean)} ({signed(c.low)} to {signed(c.high)})" in told
    assert "median  paired difference" in told  # the heads stand apart
    assert told.count("the reference") == len(demo_figures.COMPARED)


def test_captions_say_what_varied_in_the_runs_shown(runs):
    seeds = runs["as_happened"]
    assert intervals.varied(seeds) == "seeds"
    assert intervals.varied(seeds[:1]) == "nothing"
    other = run_of("response=as_happened", "parameters.outrage_half_life_h=2.5", seed=3)
    assert intervals.varied([*seeds, other]) == "parameters"
    assert (
        "parameters and chance differ" in demo_figures.captions(CASE, [*seeds, other], "en")["heat"]
    )
    assert "only chance differs" in demo_figures.captions(CASE, seeds, "en")["heat"]
    assert "仅随机因素不同" in demo_figures.captions(CASE, seeds, "zh")["heat"]
    for texts in demo_figures.CAPTIONS.values():
        assert "seed uncertainty" not in texts[0]
    assert not any("seeds" in en for en, _ in demo_report.CANNOT)


def test_a_threefold_miss_does_not_hold(runs):
    """21 hours against 7 used to hold because the band of the runs covers the whole day."""
    checks = {c["en"]: c for c in shape_checks.shape_checks(composed().case, runs["as_happened"])}
    noted = intervals.noted_hours(runs["as_happened"])
    for day, observed in ((2, 3), (3, 7), (4, 8)):
        check = checks[f"hours on the list on {day + 4} January"]
        median = noted[day].median()
        allowed = max(3, observed / 2)
        off = abs(median - observed)
        if abs(off - allowed) > 0.5:  # observed hours are told without their minutes
            assert check["passed"] == (off <= allowed)
        asked = f"asked: {max(observed - allowed, 0):.1f}-{observed + allowed:.1f} h"
        assert asked in check["number"] and f"observed {observed} h" in check["number"]
    assert all("asked" in c["number"] for c in checks.values())


def test_simulated_and_observed_hours_are_different_marks(runs):
    case = composed().case
    plots.use_style()
    figure = demo_figures._figure_heat(case, runs["as_happened"], "en")
    ax = figure.axes[2]
    assert "observed 3 and 7" in ax.get_title(loc="left")
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert {"simulated: median", "observed hot list", "5-95 % of runs"} == set(labels)
    dots = next(line for line in ax.lines if line.get_label() == "observed hot list")
    whiskers = ax.containers[-1].lines[2][0].get_segments()
    assert not set(np.round(dots.get_xdata(), 3)) & {round(float(s[0][0]), 3) for s in whiskers}
    assert [t.get_text() for t in ax.get_xticklabels()][:2] == ["5 Jan", "6 Jan"]
    plt.close(figure)


def test_the_price_title_says_what_the_band_of_the_runs_does(runs):
    figure = price_figure.figure_price(composed().case, runs["as_happened"], "en")
    assert re.search(
        r"the 5-95 % band of the runs holds \d+ of 10", figure.axes[0].get_title(loc="left")
    )
    plt.close(figure)


def test_titles_of_people_are_the_numbers_of_the_table(runs):
    figure = demo_figures._figure_people(composed().case, runs["as_happened"], "en")
    frame = intervals.frame_of(runs["as_happened"])
    shown = float(re.search(r"([\d.]+)%", figure.axes[2].get_title(loc="left")).group(1)) / 100
    assert shown == pytest.approx(frame[TRUST].median(), abs=0.006)
    assert figure.axes[0].texts  # events are named
    assert "afterwards up to" in figure.axes[0].get_title(loc="left")
    plt.close(figure)


def test_the_network_shows_the_run_that_it_names(runs):
    drawn = run_of("response=as_happened", "parameters.outrage_half_life_h=8", seed=4)
    figure = network_figure.figure_network(composed("response=as_happened"), [drawn], "en")
    assert "seed 4" in figure.get_suptitle()
    peak = drawn.series["outrage_core"].max()
    shown = figure.axes[1].collections[2].get_array()  # the sample's core fans at the peak
    assert float(np.mean(shown)) == pytest.approx(float(peak), abs=0.12)
    plt.close(figure)


def test_the_laboratory_compares_more_than_peaks():
    from test_laboratory import view

    seen = view(against="none")
    caption = next(panel.caption for panel in charts.panels(seen) if panel.key == "outrage")
    here, there = (outcomes(run)[BURDEN_CORE] for run in (seen.main, seen.other))
    assert f"{here:.2f}" in caption and f"{there:.2f}" in caption and "burden" in caption


# --- the flagship ---------------------------------------------------------------------------------


def test_silence_and_denial_are_rows_of_the_flagship():
    one = read_study("timing_by_severity")
    assert len(one.grid) == 72 and len(one.cells) == 74
    assert [one.label(cell) for cell in (72, 73)] == ["silence", "denial"]
    assert one.label(72, "zh") == "沉默"
    every = shipped("timing_by_severity")[1]
    points = {p.cell: p.config for p in every if p.block == "main"}
    assert [points[cell].response.name for cell in (72, 73)] == ["none", "deny"]
    assert points[72].response == composed("response=none").response
    assert points[73].response == composed("response=deny").response
    assert points[72].n_replicates == 100
    assert {p.cell for p in every if p.block == "no_rebound"} == set(range(74))
    assert "response=none" in one.overrides(72)
    cells = study_maps.mapped_cells(one)
    assert cells.shape == (10, 9)
    assert (cells[8] == 72).all() and (cells[9] == 73).all() and cells[3, 5] == one.reference_cell


def test_answers_beside_a_grid_are_in_table_and_findings():
    beside = (Beside("silence", {"en": "silence", "zh": "沉默"}, ("response=none",)),)
    hours = axis("hours", "response.apology.delay_h", ("1", "8"))
    one = study(hours, HALF_LIFE, beside=beside)
    assert [one.label(c) for c in range(6, 9)] == ["silence · 2", "silence · 4", "silence · 8"]
    a = compared(one, [1, 2, 3, 2, 3, 4, 5, 6, 7])
    table = analysis.cell_table(a)
    assert table["hours"].tolist()[6:] == ["silence"] * 3
    assert any(t.startswith("“silence” leaves") for t in said(a))
    assert any("“沉默”为" in t for t in said(a, "zh"))
    silent = replace(one, reference=(2, 0))  # the reference is not compared with itself
    assert not any("“silence” leaves" in t for t in said(compared(silent, range(9))))


def test_a_lever_of_the_command_line_is_no_part_of_silence():
    one, plain = study_of(["study=timing_by_severity", "response.channel=public", "n_rival=0"])
    points = {p.cell: p.config for p in points_of(one, plain)}
    assert points[0].response.channel.value == "public"
    assert points[72].response == composed("response=none").response


def test_an_answer_beside_the_grid_needs_a_response(tmp_path):
    text = (ROOT / "conf/study/smoke.yaml").read_text()
    wrong = "beside: [{name: x, text: {en: x, zh: x}, setting: [seed=1]}]\n"
    (tmp_path / "s.yaml").write_text(text + wrong)
    with pytest.raises(ConfigError, match="response"):
        read_study(str(tmp_path / "s.yaml"))


# --- units, names, the main outcome ---------------------------------------------------------------


def test_the_main_outcome_is_defined_once_and_its_unit_is_no_sum_over_fans(happened):
    assert BY_NAME[BURDEN_CORE].unit == "days per core fan"
    assert "fan-days" in BURDEN[0] and "time integral" in (ROOT / "docs/ODD.md").read_text()
    run = happened[0]
    inside = run.series["outrage_core"][run.clock.burn_in_steps :].astype(float)
    assert outcomes(run)[BURDEN_CORE] == pytest.approx(inside.sum() / 96, rel=1e-6)
    for page in ("README.md", "docs/scale.md", "docs/teaching/answers.md"):
        assert "fan-days" not in (ROOT / page).read_text()


@pytest.mark.parametrize("name", shipped_studies())
def test_labels_that_are_words_have_their_chinese(name):
    for one in read_study(name).axes:
        for label in one.named("zh"):
            assert not re.search("[a-z]{3}", label), (name, label)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda o: o.name)
def test_every_unit_has_its_chinese(outcome):
    assert not re.search("[A-Za-z]{2}", unit_name(outcome.unit, "zh").replace("HKD", ""))


def test_axes_that_nobody_named_have_words_and_units():
    one, _ = study_of(["response.penalty.level=junior,chief_executive", "response=none,deny"])
    assert one.axes[0].text == {
        "en": "penalty: highest level punished",
        "zh": "处罚：处罚到的最高层级",
    }
    assert one.label(0, "zh") == "基层 · 沉默"
    nobody, _ = study_of(["response.penalty.level=none,junior"])
    assert nobody.label(0, "zh") == "不处罚"
    assert key_name("response.apology.delay_h") == (
        {"en": "hours until the apology", "zh": "距致歉的小时数"}, "h"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "told"), [(-5.23e-05, "-0.00005"), (0.0, "0"), (0.25, "+0.25"), (12345.6, "+12,346")]
)
def test_a_difference_is_no_power_of_ten(value, told):
    assert signed(value) == told


def test_a_figure_of_tradeoffs_holds_two_outcomes_against_one_another():
    a = compared(study(ANSWER), [1, 2, 3])  # outcomes burden and trust: was burden against burden
    figure = study_tradeoffs.figure_tradeoff(a, "en")
    for ax in figure.axes:
        assert ax.get_xlabel() != ax.get_ylabel()
    plt.close(figure)
    alone = compared(study(ANSWER, outcomes=(BURDEN_CORE,)), [1, 2, 3])
    assert "tradeoff" not in study_figures.figures_names(alone)


def test_no_contours_run_through_names():
    one = study(axis("level", "response.penalty.level", ("junior", "manager", "vp", "ceo")),
                axis("hours", "response.apology.delay_h", ("1", "2", "4", "8")))  # fmt: skip
    a = compared(one, list(np.linspace(1, 3, 16) ** 2), noise=0)
    figure = study_maps.figure_maps(a, "en")
    names = {type(c).__name__ for ax in figure.axes for c in ax.collections}
    assert not any("Contour" in name for name in names)
    plt.close(figure)


def test_sensitivity_of_two_base_samples_has_no_interval():
    pytest.importorskip("SALib")
    rows = np.random.default_rng(0).random((8, 2))
    table = sobol.sobol_indices(rows, ["a", "b"], rows[:, 0])
    assert table[["first_low", "total_high"]].isna().all().all()
    told = sobol.sobol_sentences({BURDEN_CORE: table}, 8)[0][0]
    assert "±" not in told and "too few" in told


def test_figures_call_answers_by_words_with_units():
    """A setting's value is for a command line: `chief_executive`, `as_happened`, `none`."""
    study, _ = study_of(
        ["response.apology.delay_h=1,24", "response.penalty.level=none,chief_executive",
         "response.penalty.severity=0.5,1", "n_replicates=12"]
    )  # fmt: skip
    told = [study_labels.called(study, cell, "en") for cell in range(len(study.cells))]
    assert told[0] == "1 h · none · 50 %" and told[-1] == "24 h · chief executive · 100 %"
    assert study_labels.called(study, 7, "zh") == "24 小时 · 首席执行官 · 100%"
    asked, _ = study_of(["response=as_happened,none,late_48h"])
    assert study_labels.position_labels(asked.axes[0], "en") == [
        "as it happened",
        "silence",
        "48 h later",
    ]


def test_tables_and_findings_call_levels_by_words_and_keep_what_is_stored():
    study, _ = study_of(
        ["response.penalty.level=none,vice_president,chief_executive", "response=deny,late_48h",
         "n_replicates=12"]
    )  # fmt: skip
    last = len(study.cells) - 1
    assert study.label(last) == study.choice(last) == "chief executive · late_48h"
    assert study.label(last, "key") == "chief_executive · late_48h"
    assert study.label_on(last, 0) == "chief executive"
    assert study.label_on(last, 0, "key") == "chief_executive"
    for asked in ("vice_president,deny", "vice_president · deny", "vice president · deny"):
        assert with_reference(study, [], asked).reference == (1, 0)


@pytest.mark.parametrize(("n", "told"), [(1, "1 run"), (2, "2 runs"), (50_000, "50,000 runs")])
def test_one_run_is_one_run(n, told):
    assert counted(n, "run") == told


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (2.4913, "days per core fan", "2.5 days per core fan", "每名核心粉丝2.5天"),
        (0.907, "share of initial", "91 % of what it was", "91%（相对最初）"),
        (1234567.0, "HKD", "HKD 1.2 million", "120万港元"),
        (123.4, "h", "120 h", "120小时"),
        (0.000321, "share", "0.032 %", "0.032%"),
    ],
)
def test_numbers_have_two_digits_and_a_unit(value, unit, en, zh):
    assert (amounts.amount(value, unit, "en"), amounts.amount(value, unit, "zh")) == (en, zh)


def test_differences_are_more_or_less():
    assert amounts.change(-0.0214, "share", "en") == "2.1 percentage points less"
    assert amounts.between(-0.32, -0.15, "days per core fan", "en") == "0.15 to 0.32 less"
    assert amounts.between(-0.4, 0.03, "h", "zh") == "少0.4至多0.03"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_answers_are_called_as_people_say_them(lang):
    one, _ = study_of(["response.apology.delay_h=1,null", "response.penalty.level=none,junior",
                       "response.apology.acknowledgement=0.2,0.9"])  # fmt: skip
    told = [one.spoken(cell, lang) for cell in (0, 7)]
    if lang == "en":
        assert told[0].startswith("apology after 1 h, nobody punished, ")
        assert told[1].startswith("no apology, penalty up to a junior, ") and "90 %" in told[1]
    else:
        assert told[0].startswith("1小时后致歉，不处罚，")
        assert told[1].startswith("无致歉，处罚至基层，") and "90%" in told[1]


@pytest.mark.parametrize("name", shipped_studies())
def test_shipped_studies_speak_chinese_without_english(name):
    one = read_study(name)
    for cell in (0, len(one.cells) - 1):
        assert not re.search("[A-Za-z]{3}", one.spoken(cell, "zh")), one.spoken(cell, "zh")
        assert "_" not in one.spoken(cell, "en")


@pytest.mark.slow
def test_no_drawn_parameter_is_without_plain_words():
    """By night: a parameter without a line in parameter_words.py is called by its name."""
    names = {item.name for item in fields(Parameters)}
    assert names == set(PARAMETERS)
    for en, zh in PARAMETERS.values():
        assert en and re.search("[\u4e00-\u9fff]", zh)
        assert not re.search("[A-Za-z_]", zh) and "_" not in en
