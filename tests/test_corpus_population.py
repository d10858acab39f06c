"""Synthetic affairs: draws, runs, their library, and the population that is fitted to many."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.command.cli import main
from experiments.corpus import agreement, tilting
from experiments.corpus import library as blocks
from experiments.corpus.affairs import gathered
from experiments.corpus.bootstrap import Measured
from experiments.corpus.ingredients import (
    INGREDIENTS,
    NAMES,
    Spread,
    by_itself,
    fitted,
    prior,
    save,
    values_of,
)
from experiments.corpus.library import kept
from experiments.corpus.population_fit import _settled
from experiments.corpus.scripts import AGAIN_H, KIND_OF_ACT, again, response_of, scripts_of
from experiments.corpus.shipped import DATA, development, published_targets
from experiments.corpus.synthetic import Drawn, config_of, draw, kind_of, sample_set, sight_of
from experiments.corpus.tables import check, read
from experiments.corpus.targets import statistics
from experiments.corpus.tilting import Library, Weighted, wanted
from experiments.corpus.writing import write
from experiments.reports.population_figures import inside
from sim import simulate
from sim.base.refusal import ConfigError
from sim.settings.parameters import Parameters

SCRIPTS = scripts_of(development())


def drawn(number: int, **changes: float) -> Drawn:
    """An affair of the prior, with some of its numbers set."""
    one = draw(number, prior(), SCRIPTS)
    return replace(one, values={**one.values, **changes})


def test_an_affair_of_a_number_is_the_same_under_every_population() -> None:
    wide = {name: replace(one, median=one.median * 2) for name, one in prior().items()}
    one, other = draw(7, prior(), SCRIPTS), draw(7, wide, SCRIPTS)
    assert one.script == other.script and one.seed == other.seed
    assert (one.normals == other.normals).all()
    assert other.values["official_heat"] == pytest.approx(2 * one.values["official_heat"])
    assert draw(8, prior(), SCRIPTS).seed != one.seed


def test_ingredients_are_parameters_or_of_the_affair() -> None:
    known = set(Parameters.__dataclass_fields__)
    assert {one.name for one in INGREDIENTS if one.parameter} <= known
    assert not {one.name for one in INGREDIENTS if not one.parameter} & known


def test_scripts_are_the_listed_responses() -> None:
    assert len(SCRIPTS) == 304
    answered = sum(bool(one.acts) for one in SCRIPTS)
    assert answered == 241  # as the description of the corpus counts them
    first = [one for one in SCRIPTS if one.answered_first]
    assert all(one.acts[0][1] == 0.0 for one in first)
    for one in SCRIPTS:
        assert [hour for _, hour in one.acts] == sorted(hour for _, hour in one.acts)


def test_nobody_denies_what_the_brand_has_admitted() -> None:
    both = response_of((("apologise", 2.0), ("deny", 4.0)), 100.0)
    assert both.denial.delay_h is None and both.apology.delay_h == 2.0
    turned = response_of((("deny", 2.0), ("apologise", 4.0)), 100.0)
    assert turned.denial.delay_h == 2.0
    assert response_of((("apologise", 200.0),), 100.0).apology.delay_h is None


def test_a_second_statement_days_later_is_another_act() -> None:
    acts = (("explain", 1.0), ("explain", 30.0), ("apologise", 40.0), ("deny", 41.0),
            ("explain", 50.0), ("explain", 300.0))  # fmt: skip
    found = response_of(acts, 160.0)
    assert found.statement.delay_h == 1.0 and found.apology.delay_h == 40.0
    assert found.denial.delay_h is None
    more = {name: (one["kind"], one["delay_h"]) for name, one in found.acts.items()}
    assert more == {
        "statement_again_aa": ("statement", 30.0), "statement_again_ab": ("statement", 50.0)
    }  # fmt: skip
    assert found.acts["statement_again_aa"]["explains"] == found.statement.explains
    assert kind_of("act:statement_again_ab:0", drawn(0)) == "explain"
    assert len({again("statement", number) for number in range(100)}) == 100
    for one in SCRIPTS:
        for kind in {kind for kind, _ in one.acts}:
            hours = [hour for name, hour in one.acts if name == kind]
            assert (np.diff(hours) >= AGAIN_H).all()
    assert sum(len(one.acts) - len({kind for kind, _ in one.acts}) for one in SCRIPTS) == 71


def test_kinds_of_topics_follow_from_what_hashtags_are_born_of() -> None:
    plain = drawn(0)
    for act, kind in KIND_OF_ACT.items():
        assert kind_of(f"act:{act}:0", replace(plain, acts=())) == kind
    high = replace(plain, acts=(("executive_penalty", 3.0),))
    assert kind_of("act:penalty:1", high) == "executive_penalty"
    assert kind_of("question:neutral_2:30", plain) == "commentary"
    assert kind_of("regulator:neutral_2:30", plain) == "authority"
    assert kind_of("wave:found_out", plain) == "authority"
    for other in (
        "event:accusation_1",
        "crowd:crowd:31",
        "wave:leak",
        "customer_video:neutral_1:3",
    ):
        assert kind_of(other, plain) == "attack_or_other"


def test_sample_sets_say_how_an_affair_would_have_entered() -> None:
    plain = replace(SCRIPTS[0], acts=(("apologise", 1.0),), sample_set="core")
    assert sample_set(set(), plain) == "accusation_only"
    assert sample_set({"explain"}, plain) == "explain_only"
    assert sample_set({"explain", "apologise"}, plain) == "core"


def test_what_entered_by_a_response_that_the_archive_does_not_show_stays_what_it_is() -> None:
    for acts in ((), (("explain", 2.0),)):
        hidden = replace(SCRIPTS[0], acts=acts, sample_set="institution_add")
        assert sample_set(set(), hidden) == "institution_add"
        assert sample_set(set(), replace(hidden, sample_set="explain_only")) == "accusation_only"
    core = [one for one in SCRIPTS if one.sample_set == "core"]
    assert len(core) == 181
    assert sum({kind for kind, _ in one.acts} <= {"explain"} for one in core) == 24


def test_factors_of_scripts_have_mean_0_and_sd_1() -> None:
    factors = np.array([one.factors for one in SCRIPTS])
    assert factors.mean(axis=0) == pytest.approx(0, abs=0.01)
    assert factors.std(axis=0) == pytest.approx(1, abs=0.01)
    most = replace(SCRIPTS[0], acts=(("apologise", 1.0),) * 9)
    assert (
        most.factors[1] == replace(most, acts=most.acts[:4]).factors[1]
    )  # no more than four count


def test_ingredients_move_along_the_size_and_the_answers_of_an_affair() -> None:
    still = {name: Spread(2.0, 0.5) for name in NAMES}
    still["size"] = Spread(1.0, 2.0, (0.0, 0.3, -0.4))
    still["facets"] = Spread(3.0, 0.1, (0.5, 0.2, 0.7))
    normals = np.zeros(len(NAMES))
    normals[NAMES.index("size")], normals[NAMES.index("facets")] = 1.5, -2.0
    found = dict(zip(NAMES, np.log(values_of(still, normals, (1.0, -0.5))), strict=True))
    assert found["size"] == pytest.approx(0.3 * 1.0 + 0.4 * 0.5 + 2.0 * 1.5)
    assert found["facets"] == pytest.approx(
        math.log(3.0) + 0.5 * found["size"] + 0.2 * 1.0 - 0.7 * 0.5 - 0.1 * 2.0
    )
    assert found["press_per_d"] == pytest.approx(math.log(2.0))


def test_an_ingredient_by_itself_is_as_wide_as_over_all_affairs() -> None:
    rng = np.random.default_rng(5)
    population = {**prior(), "facets": Spread(3.0, 0.4, (0.8, -0.6, 0.5))}
    draws = [
        values_of(population, rng.standard_normal(len(NAMES)), rng.standard_normal(2))
        for _ in range(20_000)
    ]
    logs = np.log(draws)
    for name, spread in by_itself(population).items():
        column = logs[:, NAMES.index(name)]
        assert column.mean() == pytest.approx(math.log(spread.median), abs=0.06), name
        assert column.std() == pytest.approx(spread.log_sd, rel=0.03), name
        assert spread.along == (0.0, 0.0, 0.0)


def test_affairs_agree_with_scripts_or_do_not() -> None:
    """A listed accusation before an answer contradicts a script that was answered first."""
    script = replace(SCRIPTS[0], acts=(("apologise", 0.0),), answered_first=True)
    one = replace(drawn(2), script=script, acts=(("apologise", 6.0),))
    seen = [
        SimpleNamespace(kinds=["attack_or_other", "apologise"], seen=SimpleNamespace(source=order))
        for order in ([0, 1], [1, 0], [0])
    ]
    found = agreement.agreement([(one, sight) for sight in seen])  # type: ignore[misc]
    assert found["answered first"].value.tolist() == [0.0, 1.0, 0.0]
    assert found["listed apologise"].value.tolist() == [1.0, 1.0, 0.0]
    assert found["listed apologise"].affair.tolist() == [0, 1, 2]
    assert not len(found["accused first"].value) and not len(found["listed deny"].value)


def test_settings_of_an_affair_stay_inside_their_ranges() -> None:
    extreme = dict.fromkeys(NAMES, 1000000000000.0)
    config = config_of(drawn(3, **extreme))
    for name in (one.name for one in INGREDIENTS if one.parameter):
        high = Parameters.__dataclass_fields__[name].metadata["high"]
        assert getattr(config.parameters, name) == high


def test_hotter_accusations_are_listed_and_cold_ones_are_not() -> None:
    silent = {"crowd_per_h": 0.0, "press_per_d": 0.0, "question_per_d": 0.0, "facets": 1.0,
              "exogenous_wave_per_d": 0.0, "unconfirmed_report": 0.0}  # fmt: skip
    script = replace(SCRIPTS[0], acts=(), answered_first=False)
    unlisted = replace(script, acts=(("apologise", 0.0),), answered_first=True)
    cold = drawn(1, ignition_heat=1.0, community_size=0.01, **silent)
    cold = replace(cold, acts=(), script=unlisted)
    hot = drawn(1, ignition_heat=3e6, heat_half_life_h=5.0, **silent)
    hot = replace(hot, acts=(), script=script)
    assert sight_of(cold, simulate(config_of(cold))) is None
    seen = sight_of(hot, simulate(config_of(hot)))
    assert seen is not None
    assert seen.kinds[seen.seen.source[0]] == "attack_or_other" and seen.seen.t_h[0] == 0.0


def test_an_answer_is_listed_as_what_it_is() -> None:
    loud = {"official_heat": 4e6, "report_per_h": 2.0, "verification_h": 0.5}
    one = replace(drawn(2, **loud), acts=(("apologise", 3.0),))
    seen = sight_of(one, simulate(config_of(one)))
    assert seen is not None and "apologise" in {seen.kinds[k] for k in seen.seen.source}
    assert seen.sample_set == "core"


def test_tables_of_synthetic_affairs_are_a_corpus(tmp_path: Path) -> None:
    found = [sight_of(d, simulate(config_of(d))) for d in (drawn(k) for k in range(12))]
    affairs = gathered([one for one in found if one is not None])
    write(tmp_path, affairs)
    assert not check(tmp_path)
    again = statistics(read(tmp_path))
    for name, value in statistics(affairs).items():
        assert again[name] == pytest.approx(value, rel=1e-3, abs=1e-3, nan_ok=True)


def _squared(k: int) -> int:
    return k * k


def test_a_library_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 4)
    monkeypatch.setattr(blocks.os, "sched_getaffinity", lambda _: {0})
    assert kept(_squared, range(10), tmp_path, "numbers") == [k * k for k in range(10)]
    files = sorted(tmp_path.iterdir())
    assert len(files) == 3
    files[1].write_bytes(files[1].read_bytes()[:-1])  # a damaged block is run again, others not
    times = {path: path.stat().st_mtime_ns for path in files}
    assert kept(_squared, range(10), tmp_path, "numbers") == [k * k for k in range(10)]
    assert [path for path in files if path.stat().st_mtime_ns != times[path]] == [files[1]]


def test_equal_weights_give_the_statistics_themselves() -> None:
    affairs = development()
    names = [name for name, one in published_targets().items() if one.use == "calibrate"]
    value, behind = Weighted([affairs], names).under(np.ones(len(affairs)))
    plain = statistics(affairs)
    for name, found in zip(names, value, strict=True):
        # a quantile lies between values in another way: by ranks in the middle of each
        assert found == pytest.approx(plain[name], rel=0.08, abs=0.05), name
    assert behind[names.index("K01")] == pytest.approx(197)


def test_two_libraries_count_as_one() -> None:
    affairs = development()
    value, behind = Weighted([affairs, affairs], ["K01", "K03"]).under(np.ones(2 * len(affairs)))
    once, single = Weighted([affairs], ["K01", "K03"]).under(np.ones(len(affairs)))
    assert value == pytest.approx(once) and behind == pytest.approx(2 * single)


class _Known:
    """One statistic of a library: the weighted mean of a number of each affair."""

    def __init__(self, number: np.ndarray) -> None:
        self._row = Measured(np.arange(len(number)), number)

    def under(self, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        share = weight / weight.sum()
        return np.array([share @ self._row.value]), np.array([1 / (share**2).sum()])


def _library(n: int, rng: np.random.Generator) -> Library:
    """Affairs of the prior, that were not run."""
    factors = rng.standard_normal((n, 2))
    logs = np.log([values_of(prior(), rng.standard_normal(len(NAMES)), one) for one in factors])
    return Library(logs, np.column_stack([logs[:, 0], factors]), [(prior(), n)])


def test_a_tilt_finds_the_slope_that_a_statistic_asks_for() -> None:
    """Topics of affairs with many answers: a slope makes them more, a median would not alone."""
    of = _library(4000, np.random.default_rng(3))
    at = NAMES.index("facets")
    mean = of.logs[:, at]
    many = of.factors[:, 2] > 0
    wanted_of = tilting.Wanted(
        ("few", "many"), np.array([mean[~many].mean() - 0.15, mean[many].mean() + 0.15]),
        np.array([0.02, 0.02]),
    )  # fmt: skip

    class Known:
        def under(self, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            parts = [weight * ~many, weight * many]
            value = np.array([one @ mean / one.sum() for one in parts])
            return value, np.array([one.sum() ** 2 / (one**2).sum() for one in parts])

    found = tilting.tilted(of, prior(), Known(), wanted_of)  # type: ignore[arg-type]
    value, _ = Known().under(found.weight)
    assert value == pytest.approx(wanted_of.value, abs=0.03)
    before, after = prior(), found.population
    along = {name: np.subtract(after[name].along, before[name].along) for name in NAMES}
    assert along["facets"][0] + along["size"][2] > 0.1
    assert after["size"].median == 1.0 and after["size"].log_sd == 1.0


def test_a_tilt_moves_the_median_that_a_statistic_asks_for() -> None:
    rng = np.random.default_rng(0)
    mean, at = tilting.log_of(prior())[0], NAMES.index("official_heat")
    of = _library(4000, rng)
    logs = of.logs
    target = tilting.Wanted(("size",), np.array([mean[at] + 0.4]), np.array([0.01]))
    found = tilting.tilted(of, prior(), _Known(logs[:, at]), target)  # type: ignore[arg-type]
    moved = math.log(found.population["official_heat"].median) - mean[at]
    assert moved == pytest.approx(0.4, abs=0.05)
    still = math.log(found.population["verification_h"].median / prior()["verification_h"].median)
    assert abs(still) < 0.1
    assert found.weight.sum() == pytest.approx(1) and found.effective > 800


def test_a_tilt_of_a_bag_does_not_see_the_others() -> None:
    of = _library(1000, np.random.default_rng(1))
    number, kept_of = of.logs[:, 1], np.arange(1000) < 600
    target = tilting.Wanted(("size",), np.array([number[kept_of].mean() + 0.2]), np.array([0.05]))
    found = tilting.tilted(of, prior(), _Known(number), target, 20, kept_of)  # type: ignore[arg-type]
    assert (found.weight[~kept_of] == 0).all() and found.effective > 200


def test_an_averaged_population_is_between() -> None:
    wide = {
        name: Spread(4 * one.median, 4 * one.log_sd, (1, 1, 1)) for name, one in prior().items()
    }
    for name, one in tilting.averaged([prior(), wide]).items():
        assert one.median == pytest.approx(2 * prior()[name].median)
        assert one.log_sd == pytest.approx(2 * prior()[name].log_sd)
        assert one.along == pytest.approx(np.add(prior()[name].along, 1) / 2)


def test_a_mixture_weights_affairs_by_where_they_were_drawn() -> None:
    other = {**prior(), "official_heat": Spread(1e6, 0.5)}
    row, factors = np.array([tilting.log_of(prior())[0]]), np.zeros((1, 3))
    half, own, theirs = (
        Library(row, factors, of).mixture()[0]
        for of in ([(prior(), 100), (other, 100)], [(prior(), 100)], [(other, 100)])
    )
    assert half == pytest.approx(np.logaddexp(own, theirs) - math.log(2))


def test_moved_statistics_stay_inside_their_intervals() -> None:
    seen = published_targets()
    far = wanted(seen, np.full(len(wanted(seen).names), 99.0))
    for name, value in zip(far.names, far.value, strict=True):
        assert value == pytest.approx(seen[name].high)
    plain = wanted(seen)
    assert len(plain.names) == 52 and (plain.half > 0).all()


def test_a_fit_ends_when_waves_bring_nothing() -> None:
    assert not _settled([100.0, 99.0])
    assert not _settled([100.0, 90.0, 80.0])
    assert _settled([100.0, 98.0, 99.0])
    assert not _settled([100.0, 99.0, 90.0])


def test_a_population_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "population.csv"
    save(path, prior(), dict.fromkeys(NAMES, (1.0, 2.0)), "a trial")
    assert fitted(path) == {
        name: Spread(float(f"{one.median:.5g}"), float(f"{one.log_sd:.5g}"), one.along)
        for name, one in prior().items()
    }
    path.write_text(path.read_text().replace("official_heat", "officer_heat"))
    with pytest.raises(ConfigError, match="no fitted population"):
        fitted(path)


def test_the_shipped_population_is_whole() -> None:
    assert set(fitted()) == set(NAMES)
    assert all(one.median > 0 and one.log_sd > 0 for one in fitted().values())


def test_simulate_writes_a_corpus_and_refuses_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(blocks.os, "sched_getaffinity", lambda _: {0})
    monkeypatch.setattr("experiments.command.corpus_runs.AT_ONCE", 4)
    assert main(["corpus", "simulate", "n=3", "out=made"]) == 0
    assert not check(tmp_path / "made") and len(read(tmp_path / "made")) == 3
    assert "3 synthetic affairs" in capsys.readouterr().out
    for words, said in (
        (["n=0", "out=x"], "a whole number"),
        (["n=3"], "where to?"),
        (["n=3", "out=x", "population=nowhere.csv"], "no fitted population"),
        (["n=3", "out=x", "people=3"], "no such setting"),
        (["300", "out=x"], "no such word here"),
    ):
        assert main(["corpus", "simulate", *words]) == 2
        assert said in capsys.readouterr().err


def test_what_is_said_of_the_fit_is_what_is_shipped() -> None:
    statistics = pd.read_csv(DATA / "population_statistics.csv")
    met = int(inside(statistics).sum())
    off = (statistics["fitted"] - statistics["observed"]).abs()
    far = statistics["id"][off > statistics["high"] - statistics["low"]]
    assert len(statistics) == 52 and not list(far[far != "K24_q10"])
    root = Path(__file__).resolve().parent.parent
    assert f"{met} of 52 statistics" in (root / "README.md").read_text()
    assert f"and {met} of the 52 statistics" in (root / "docs" / "corpus.md").read_text()


def test_signs_of_responses_are_those_that_decision_17_tells() -> None:
    """Heat up in every wave, topics but for an early apology; of outrage only two signs stay."""
    told = pd.read_csv(DATA / "population_contrasts.csv").set_index(["outcome", "arm"]).sort_index()
    early = "apology after 4 h"
    assert (told.loc["heat_ratio", "low"] > 0).all()
    topics = told.loc["topics"]
    assert (topics.drop(index=early)["mean"] > 0).all() and (topics.loc[early, "low"] < 0.1).all()
    outrage = told.loc["outrage_burden_core"]
    assert (outrage.loc["denial after 4 h", "mean"] > 0).all()
    assert (outrage.loc["explanation after 4 h", "high"] < 0).all()
    apology = outrage.loc[early, "mean"]
    assert (apology > 0).any() and (apology < 0).any()  # hangs on when the fit stops


@pytest.mark.slow
def test_fewer_people_make_neither_more_nor_less_heat() -> None:
    population, apart = fitted(), []
    for number in range(60):
        one = draw(number, population, SCRIPTS, seed=7)
        seen = [sight_of(one, simulate(config_of(one, n))) for n in (300, 3000)]
        few, many = (math.log(5e4 + (s.seen.heat.sum() if s else 0.0)) for s in seen)
        apart.append(few - many)
    mean, error = np.mean(apart), np.std(apart) / math.sqrt(len(apart))
    assert mean - 1.645 * error > -0.15 and mean + 1.645 * error < 0.15
