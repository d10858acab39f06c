"""Calibration: read off runs, weighted rightly, found where known, refused where not."""

import hashlib
import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import composed, run_of

from experiments.calibration import facts, platform_fit, quantities, targets
from experiments.command.cli import main
from experiments.pictures import parameter_words
from experiments.reading.provenance import provenance
from sim.base.refusal import ConfigError
from sim.case.case import Target
from sim.settings import posterior
from sim.settings.composition import compose
from sim.settings.parameters import Parameters
from sim.settings.posterior import posterior_world, read_posterior
from sim.settings.worlds import replicates, worlds_of

CASE = composed().case
FIT = targets.targets_of(CASE, "fit")


def target(kind="point", **more):
    usual = {"id": "x", "type": kind, "quantity": "x", "use": "fit", "source": "s", "time": "",
             "reliability": "high", "text": {"en": "x", "zh": "x"}}  # fmt: skip
    return Target(**{**usual, **more})


# --- targets --------------------------------------------------------------------------------------


def test_every_target_of_a_fit_has_a_discrepancy_and_is_of_5_or_6_january():
    assert len(FIT) >= 10
    assert all(t.discrepancy and t.discrepancy > 0 for t in FIT)
    assert not any(f"2026-01-{day:02d}" in t.time for t in FIT for day in range(7, 17))
    ends = [t.time.split("..")[-1] for t in FIT if ".." in t.time]  # as in 2026-01-04..06
    assert all(int(end[:10][-2:]) <= 6 for end in ends)
    assert not any("founder" in term for t in FIT for term in t.terms or ())
    held = [t for t in CASE.targets if t.use == "holdout"]
    assert not {t.quantity for t in held} & {t.quantity for t in FIT}


def test_what_a_run_says_agrees_with_its_log_and_series():
    run = run_of("response=as_happened")
    said = targets.observe(quantities.View.of(run), [*FIT, *targets.targets_of(CASE, "holdout")])
    entries = [e for e in run.log if e.kind == "list_entry"]
    day = round(24 / run.clock.dt_h)
    of_day = [(e.step - run.clock.burn_in_steps) // day for e in entries]
    assert [said["H01"], said["H02"], said["H03"]] == [of_day.count(d) for d in (0, 1, 2)]
    assert said["F30"] == sum(e.kind == "kol_exit" for e in run.log)
    assert said["O05"] in (0.0, 1.0)
    assert 0 < said["V03"] < 1


def test_a_run_without_an_answer_misses_what_hangs_on_it():
    said = targets.observe(quantities.View.of(run_of("response=none")), FIT)
    assert np.isnan(said["T05"]) and np.isnan(said["T07"])
    assert said["O02"] == 0.0  # no apology: the order does not hold


def test_implausibility_counts_from_the_nearest_end_in_standard_deviations():
    wanted = [
        target(id="a", value=10, tolerance=3, discrepancy=4),
        target("interval", id="b", low=1, high=2, discrepancy=0.5),
        target("ordering", id="c", discrepancy=0.25),
    ]
    means = pd.DataFrame({"a": [10.0, 20.0, np.nan], "b": [1.5, 3.0, 0.0], "c": [1.0, 0.5, 0.0]})
    missed = pd.DataFrame({"a": [0.0, 0.0, 1.0], "b": [0.0] * 3, "c": [0.0] * 3})
    gaps = targets.implausibility(means, missed, wanted, {"a": 0.0, "b": 0.0, "c": 9.0})
    assert gaps["a"].tolist() == pytest.approx([0, 2, targets.MISSED])
    assert gaps["b"].tolist() == pytest.approx([0, 2, 2])
    assert gaps["c"].tolist() == pytest.approx([0, 2, 4])  # the spread of a yes or no is not twice
    noisy = targets.implausibility(means, missed, wanted, {"a": 12.0})
    assert noisy["a"][1] == pytest.approx(10 / 13)


# --- the platform ---------------------------------------------------------------------------------


#: Hashtags of which nobody talks and which all fade alike: what a report brings, and no more.
BARE = {
    "heat_half_life_h": 0.8, "hashtag_half_life_h": 0.5, "hashtag_spread": 0.0,
    "report_log_median": 2.5, "report_log_sd": 0.3, "talk_log_median": -30.0, "talk_log_sd": 0.0,
    "talk_half_life_h": 10.0,
}  # fmt: skip


def course_of(report, talk=0.0, half_life=4.0, claim=2.0, hour=8.0, wanted=(1.0,) * 24):
    """One hashtag: steps on the list, heat and views while it is on it."""
    heat, views = np.zeros(96), np.zeros(96)
    stays = platform_fit.hashtag_course(
        half_life, claim, report, talk, 1e9, hour, np.array(wanted), heat, views
    )
    return stays, heat[:stays], views[:stays]


def test_a_hashtag_stays_until_its_heat_has_fallen_to_that_of_the_last_place():
    stays, heat, views = course_of(16.0)  # heat 16 2^(-k/4) after k steps: 1 after 16
    assert stays == 15
    np.testing.assert_allclose(heat, 16 * 2.0 ** (-np.arange(1, 16) / 4))
    np.testing.assert_allclose(views[3:], (heat[3:] - 1) / (heat[3:] + 1))
    assert views[0] == pytest.approx((heat[0] - 1) / (heat[0] + 1) / 4)  # it ramps up in an hour
    assert course_of(1.0)[0] == 0  # it never enters


def test_talk_feeds_a_hashtag_as_far_as_it_still_claims_it():
    fed = course_of(16.0, talk=4.0, claim=1.0)[1]
    assert fed[0] == pytest.approx(16 * 2**-0.25 + 4)  # all of the talk at first
    assert fed[1] == pytest.approx(fed[0] * 2**-0.25 + 4 / 2)  # then half of it
    assert course_of(16.0, talk=4.0, claim=8.0)[0] > course_of(16.0, talk=4.0, claim=1.0)[0]


def test_a_hashtag_outlasts_the_night_in_which_less_heat_is_asked_for():
    night = [0.25 if hour < 6 else 1.0 for hour in range(24)]
    assert course_of(4.0, hour=22.0, wanted=night)[0] == 7  # 2^-2 is reached a step before
    assert course_of(4.0, hour=22.5, wanted=night)[0] == 15  # at midnight it is still on


def test_statistics_of_hashtags_without_talk_are_those_of_their_half_life():
    fast, slow = (platform_fit.statistics({**BARE, "heat_half_life_h": h}) for h in (0.8, 1.6))
    for found, hours in ((fast, 0.8), (slow, 1.6)):
        assert found["half_life_p10"] == pytest.approx(60 * hours)
        assert found["half_life_p90"] == pytest.approx(60 * hours)
        assert found["decay_heat_060min"] == pytest.approx(2 ** (-1 / hours))
    assert slow["seen_once"] < fast["seen_once"]
    assert slow["reads_half_time_p50"] > fast["reads_half_time_p50"]
    talked = {**BARE, "talk_log_median": -1.0}
    short, long = (platform_fit.statistics({**talked, "hashtag_half_life_h": h}) for h in (0.2, 2))
    assert short["half_life_p50"] < long["half_life_p50"]


def test_an_observer_who_looks_once_an_hour_sees_what_stays_an_hour_once():
    stays = np.array([4, 4, 5, 5, 2, 2, 0])
    first = np.array([0, 3, 0, 1, 1, 2, 0])
    none = np.zeros((7, 96))
    topics = platform_fit.Topics(none, none, stays, first)
    assert platform_fit._samples(topics).tolist() == [1, 1, 2, 1, 1, 0, 0]
    assert platform_fit._stays(topics)["seen_once"] == 4 / 5


@pytest.mark.slow
def test_the_shipped_platform_quantiles_are_those_of_the_fit():
    table = platform_fit.quantile_table(platform_fit.fit())
    pd.testing.assert_frame_equal(
        table, pd.read_csv(platform_fit.FOLDER / "platform.csv", comment="#"), rtol=1e-4
    )


# --- what is refused ------------------------------------------------------------------------------


def test_a_report_needs_a_finished_fit(tmp_path, capsys):
    assert main(["report", "calibration", f"results={tmp_path}"]) == 2
    said = capsys.readouterr().err
    assert (
        "holds no finished fit" in said and "try:     backlash calibrate case=xiaomi_2026" in said
    )


@pytest.mark.parametrize(
    "word",
    ["response=none", "uncertainty=prior", "n_replicates=1", "seed=5", "parameters.relief=.2"],
)
def test_a_fit_takes_no_settings_that_would_make_it_another(word, tmp_path, capsys):
    assert main(["calibrate", "preset=quick", word, f"results={tmp_path}"]) == 2
    assert "the fit itself sets" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "table", ["", "world,weight\n", "world,relief\n1,2\n", "world,weight,nonsense\n1,1,1\n",
              "world,weight\n1,nan\n", "world,weight\n1,0\n"]
)  # fmt: skip
def test_draws_that_are_no_worlds_are_refused(table, tmp_path):
    about = json.loads((posterior.FOLDER / "xiaomi_2026_posterior.json").read_text())
    about["digest"] = hashlib.sha256(table.encode()).hexdigest()[:16]
    (tmp_path / "mine_posterior.json").write_text(json.dumps(posterior.sealed(about)))
    (tmp_path / "mine_posterior.csv").write_text(table)
    with pytest.raises(ConfigError, match="not worlds"):
        read_posterior(str(tmp_path / "mine_posterior.csv"))


# --- the posterior that is shipped ----------------------------------------------------------------


def test_worlds_of_the_posterior_are_stable_and_keep_what_is_asked_for():
    config = compose(["posterior=xiaomi_2026", "n_replicates=6", "uncertainty.n_seeds=2"])
    runs = replicates(config)
    assert len(runs) == 12 and len({run.seed for run in runs}) == 12
    more = replicates(replace(config, n_replicates=9))
    assert [run.parameters for run in more[:12]] == [run.parameters for run in runs]
    kept = posterior_world("xiaomi_2026", 3, Parameters(relief=0.42, betrayal=0.6))
    assert (kept.relief, kept.betrayal) == (0.42, 0.6)
    assert kept.outburst == posterior_world("xiaomi_2026", 3).outburst


def test_draws_meet_the_weights_of_the_posterior():
    posterior = read_posterior("xiaomi_2026")
    table = posterior.table
    assert len(table["weight"]) >= 200
    assert table["weight"].sum() == pytest.approx(1, abs=1e-6)
    drawn = pd.DataFrame([posterior.row(k) for k in range(1024)])
    world = table["world"]
    sd = float(np.sqrt(table["weight"] @ (world - table["weight"] @ world) ** 2))
    assert drawn["world"].mean() == pytest.approx(table["weight"] @ world, abs=0.1 * sd)


def test_a_fit_of_ones_own_is_drawn_from_by_its_file(tmp_path):
    for path in posterior.FOLDER.glob("xiaomi_2026_posterior.*"):
        shutil.copy(path, tmp_path / path.name.replace("xiaomi_2026", "mine"))
    config = compose([f"posterior={tmp_path}/mine_posterior.csv", "n_replicates=3"])
    assert worlds_of(config) == worlds_of(compose(["posterior=xiaomi_2026", "n_replicates=3"]))
    assert "orderings seen in “Xiaomi, January 2026” hold" in provenance(config, "en")
    assert "尚未拟合" in provenance(config, "zh")
    about = read_posterior("xiaomi_2026").about
    assert {*about["fitted"], *about["measured"]} <= set(parameter_words.PARAMETERS)
    (tmp_path / "mine_posterior.json").write_text("[]")
    read_posterior.cache_clear()
    with pytest.raises(ConfigError, match="does not say where"):
        worlds_of(config)
    read_posterior.cache_clear()


def test_a_posterior_that_does_not_hold_is_refused(tmp_path, monkeypatch):
    for path in posterior.FOLDER.glob("xiaomi_2026_posterior.*"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(posterior, "FOLDER", tmp_path)
    read_posterior.cache_clear()
    about = tmp_path / "xiaomi_2026_posterior.json"
    good = json.loads(about.read_text())
    moved = {"priors": {**good["priors"], "relief": [0.1, 0.2]}}
    for change, told in (({"digest": "0"}, "not the one"), (moved, "the prior of relief was")):
        about.write_text(json.dumps(posterior.sealed(good | change)))
        with pytest.raises(ConfigError, match=told):
            read_posterior("xiaomi_2026")
        about.write_text(json.dumps(good | change))
        with pytest.raises(ConfigError, match="not as it was written"):
            read_posterior("xiaomi_2026")
    with pytest.raises(ConfigError, match="no posterior of this case"):
        read_posterior("nowhere")
    monkeypatch.undo()
    read_posterior.cache_clear()


# --- the command ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["case=quiet_week"], "no calibration is set up"),
        (["preset=fast"], "no such preset"),
        (["response.apology.delay=3"], "response.apology.delay"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(words, told, tmp_path, capsys):
    assert main(["calibrate", *words, f"results={tmp_path}"]) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_calibration_from_the_command_to_the_page(tmp_path, capsys):
    words = [
        "preset=quick",
        "population=classroom",
        "population.n_people=60",
        f"results={tmp_path}",
    ]
    assert main(["calibrate", *words]) == 0
    folder = tmp_path / "studies" / "calibration_xiaomi_2026_quick"
    about = json.loads((folder / "xiaomi_2026_posterior.json").read_text())
    assert about["n_draws"] == 64 and set(about["shrinkage"]) >= set(about["fitted"])
    parts = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "runs").glob("*.parquet")}
    for lang, page in (("en", "report.html"), ("zh", "report_zh.html")):
        assert main(["report", "calibration", f"lang={lang}", *words]) == 0
        first = (folder / page).read_bytes()
        assert main(["report", "calibration", f"lang={lang}", *words]) == 0
        assert (folder / page).read_bytes() == first
        assert b"http" not in first.replace(b"http://www.w3.org", b"")
    after = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "runs").glob("*.parquet")}
    assert after == parts  # from the store alone


def test_every_stylised_fact_has_its_row():
    """F1 to F37, each asked of runs or said where it is tested; shares are shares."""
    runs = [run_of("response=as_happened", seed=seed) for seed in range(4)]
    held = pd.DataFrame([facts.holding(quantities.View.of(run)) for run in runs])
    table = facts.table(held, held)
    numbers = {int(re.match(r"F(\d+)", name).group(1)) for name in table["fact"]}
    assert numbers == set(range(1, 38))
    asked = table[table["share"].notna()]
    assert len(asked) >= 18 and asked["share"].between(0, 1).all()
    assert (table[table["share"].isna()]["elsewhere"] != "").all()
    silent = facts.holding(quantities.View.of(run_of("response=none")))
    assert not silent["F9"] and not silent["F11"]  # no act, no peak of it
