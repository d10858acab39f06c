"""Tasks, scores and baselines: as published, by hand, and without a look ahead."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from experiments.corpus import baselines, contest, excitement, scores, shipped, tasks
from experiments.corpus.contest import PLAIN, REFERENCE, TOLD, UNTOLD
from experiments.corpus.forecast_file import read_forecasts
from experiments.corpus.scores import Forecast, crps
from experiments.corpus.tasks import AGES, Tasks
from sim.base.refusal import ConfigError


@cache
def built() -> Tasks:
    return tasks.build(shipped.development(), shipped.sampling_clock())


@cache
def cross_validated(key: contest.Key) -> Forecast:
    """A baseline that needs nothing but tasks, trained on other organisations."""
    fold = contest.folds(built().frame["organisation"].tolist())
    said = [(fold == k, PLAIN[key](built().at(fold != k), built().at(fold == k))) for k in range(5)]
    return scores.joined(said, len(built()))


#: Variant and name -> CRPS and the Brier scores of new24, new72, other24 as published, all ages.
PUBLISHED = {
    (UNTOLD, "climatology by age"): (0.894, 0.2096, 0.2269, 0.1675),
    (UNTOLD, "zero"): (1.4061, 0.3045, 0.3639, 0.212),
    (UNTOLD, "persistence (3 h rate)"): (1.4645, 0.1945, 0.2108, 0.1511),
    (UNTOLD, "decay kernel"): (0.8787, 0.3045, 0.3639, 0.212),
    (UNTOLD, "decay kernel, dressed"): (0.664, 0.1968, 0.215, 0.1543),
    (UNTOLD, "median topic, dressed"): (0.7414, 0.1889, 0.2061, 0.1471),
    (UNTOLD, "analogues"): (0.6565, 0.1837, 0.2002, 0.1466),
    (UNTOLD, "landmark regression"): (0.6012, 0.1699, 0.1829, 0.1373),
    (UNTOLD, "landmark regression, response status hidden"): (0.6203, 0.1802, 0.1968, 0.1379),
    (TOLD, "median topic, dressed"): (0.5369, None, None, 0.1302),
    (TOLD, "analogues"): (0.5262, None, None, 0.1363),
    (TOLD, "landmark regression"): (0.4381, None, None, 0.1283),
}


@pytest.mark.parametrize("key", list(PUBLISHED), ids=lambda key: "-".join(key))
def test_baselines_score_as_published(key: contest.Key) -> None:
    found = scores.score(cross_validated(key), built(), fair=False)
    names = ("crps", "brier_new24", "brier_new72", "brier_other24")
    for name, was in zip(names, PUBLISHED[key], strict=True):
        assert was is None or found["all", name].value == pytest.approx(was, abs=6e-5), name


def test_intervals_and_skill_are_as_published() -> None:
    """Landmark regression against climatology, all ages and at 24 h."""
    key = (UNTOLD, "landmark regression")
    found = scores.score(cross_validated(key), built(), cross_validated(REFERENCE), fair=False)
    whole, day = found["all", "crps"], found["24", "crps"]
    assert (whole.skill, whole.skill_low, whole.skill_high) == pytest.approx(
        (0.3275, 0.2779, 0.3738), abs=6e-5
    )
    assert (day.value, day.low, day.high) == pytest.approx((0.3888, 0.3184, 0.4649), abs=6e-5)
    assert whole.n == 303
    assert math.isnan(found["all", "in90"].skill)


@pytest.mark.slow
def test_the_whole_contest_is_near_what_was_published() -> None:
    """The self-exciting process is fitted otherwise here, to a higher likelihood."""
    found = contest.contest(shipped.development(), built(), built())
    for key, (was, new24) in {
        contest.EXCITED: (0.653, 0.179),
        (UNTOLD, "pool (regression, analogues, self-exciting)"): (0.597, 0.170),
    }.items():
        score = found.scores(found.forecasts[key], fair=False)
        assert score["all", "crps"].value == pytest.approx(was, abs=0.01)
        assert score["all", "brier_new24"].value == pytest.approx(new24, abs=0.005)
    assert set(found.forecasts[(TOLD, "analogues")].events) == {"other24"}


def test_there_is_a_task_for_every_affair_and_age() -> None:
    assert len(built()) == 303 * len(AGES)  # one affair is too near the end
    first = built().frame.iloc[0]
    assert (first["affair"], first["age"]) == ("exp120_2405", 3)
    assert first["so_far"] == pytest.approx(76226.05, abs=0.01)
    assert first["hour"] == pytest.approx(15.383, abs=1e-3)


def test_what_was_known_does_not_look_ahead() -> None:
    """Samples and topics after an age change nothing of what was known then."""
    affairs = shipped.development()
    late = affairs.samples.t_h > 24
    samples = replace(affairs.samples, heat=np.where(late, 50, 1) * affairs.samples.heat)
    later = affairs.topics.t_h > 24
    topics = replace(affairs.topics, t_h=affairs.topics.t_h + 300.0 * later)
    heat = affairs.heat.copy()
    heat[:, 24:] *= 9
    changed = replace(affairs, samples=samples, topics=topics, heat=heat)
    again = tasks.build(changed, shipped.sampling_clock())
    came = {"y24", "new24", "new72", "other24"}
    told = {name for name in built().frame if "told" in name}
    for name in set(built().frame) - came - told:
        assert built().frame[name].equals(again.frame[name]), name
    for mine, theirs in zip(built().live, again.live, strict=True):
        assert np.array_equal(mine, theirs)


def test_folds_keep_organisations_together() -> None:
    names = ["Xiaomi", "小米", "Haidilao", "Xiaomi"]
    found = contest.folds(names)
    assert found[0] == found[3]
    assert set(contest.folds([str(k) for k in range(200)])) == set(range(5))
    assert contest.folds(["Sam's Club"]).tolist() == contest.folds(["Sam's Club"]).tolist()


def test_crps_of_a_normal_ensemble() -> None:
    """Against its closed form; a point's is its distance; few members are fair if asked."""
    rng, y = np.random.default_rng(1), 0.7
    true = y * math.erf(y / 2**0.5) + 2 * math.exp(-y * y / 2) / (2 * math.pi) ** 0.5
    true -= 1 / math.pi**0.5
    many = crps(rng.normal(size=(1, 4000)), np.array([y]))
    assert many[0] == pytest.approx(true, abs=0.02)
    assert crps(np.array([[2.0]]), np.array([y]))[0] == pytest.approx(1.3)
    few, seen = rng.normal(size=(4000, 8)), np.full(4000, y)
    assert crps(few, seen, fair=True).mean() == pytest.approx(true, abs=0.02)
    assert crps(few, seen).mean() > true + 0.02


def test_crps_is_that_of_scoringrules() -> None:
    rules = pytest.importorskip("scoringrules")
    rng = np.random.default_rng(2)
    members, y = rng.lognormal(size=(50, 30)), rng.lognormal(size=50)
    assert crps(members, y) == pytest.approx(rules.crps_ensemble(y, members, estimator="nrg"))
    fair = rules.crps_ensemble(y, members, estimator="fair")
    assert crps(members, y, fair=True) == pytest.approx(fair)
    chance, came = rng.uniform(size=50), rng.integers(0, 2, 50)
    assert (chance - came) ** 2 == pytest.approx(rules.brier_score(came, chance))


def test_scores_by_hand() -> None:
    some = built().at(np.arange(len(built())) < 8)
    n = len(some)
    sure = Forecast(some.column("y24")[:, None], {"new24": some.column("new24")})
    found = scores.score(sure, some, fair=False)
    assert found["all", "crps"].value == found["all", "brier_new24"].value == 0
    assert found["all", "log_new24"].value == pytest.approx(-math.log(0.99))
    assert found["all", "in90"].value == 1
    wrong = Forecast(sure.ensemble + 1, {"new24": 1 - some.column("new24")})
    found = scores.score(wrong, some, reference=wrong, fair=False)
    assert found["all", "crps"].value == pytest.approx(1)
    assert found["all", "log_new24"].value == pytest.approx(-math.log(0.01))
    assert found["all", "crps"].skill == 0
    apart = scores.compare(sure, wrong, some)
    assert apart["crps"].value == pytest.approx(-1)
    assert apart["crps"].high == pytest.approx(-1)
    assert n == 8


def test_a_forecast_as_a_table(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    said = cross_validated(REFERENCE)
    some = np.arange(len(built())) < 40
    scores.table_of(said, built()).iloc[:50].to_csv(file, index=False)
    again = read_forecasts(file, built().at(some))[""]
    assert again.ensemble == pytest.approx(said.ensemble[some])
    assert set(again.events) == set(said.events)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="L"), "has no column L"),
        (lambda t: t.drop(columns="e0"), "has no column e0"),
        (lambda t: t.iloc[1:], "no row of exp120_2405 at L=3"),
        (lambda t: t.assign(p_new24=1.2), "p_new24: 1.2 is out of range"),
        (lambda t: t.assign(e0=-1.0), "e0: -1.0 is out of range"),
        (lambda t: t.assign(L=3), "stands in line 2 already"),
        (lambda t: t.assign(e0=float("nan"), e1=float("nan")), "no member of the ensemble"),
    ],
)
def test_a_forecast_that_does_not_fit(tmp_path: Path, change: object, said: str) -> None:
    some = built().at(np.arange(len(built())) < 8)
    members = np.column_stack([some.column("y24")] * 2)
    table = scores.table_of(Forecast(members, {"new24": some.column("new24")}), some)
    file = tmp_path / "mine.csv"
    change(table).to_csv(file, index=False)  # type: ignore[operator]
    with pytest.raises(ConfigError) as refused:
        read_forecasts(file, some)
    assert said in str(refused.value)


def test_empty_members_are_the_median(tmp_path: Path) -> None:
    some = built().at(np.arange(len(built())) < 1)
    file = tmp_path / "mine.csv"
    file.write_text("affair,L,e0,e1,e2,e3\nexp120_2405,3,1,5,2,\nelse,3,1,1,1,1\n")
    assert read_forecasts(file, some)[""].ensemble.tolist() == [[1, 5, 2, 2]]


def test_an_affair_of_nothing_new_fades() -> None:
    """What is no longer listed adds nothing; what is, fades by the measured course."""
    some = built().at(np.array([len(one) == 0 for one in built().live]))
    assert len(some) > 100
    assert baselines.fading(some).max() == 0
    rest = built().at(np.array([len(one) == 1 for one in built().live]))
    last, heat = rest.live[0][0]
    age = rest.column("age")[0]
    held = baselines._cumulated(baselines.FADING)
    left = heat * (held(age - last + 24) - held(age - last))
    assert baselines.fading(rest)[0] == pytest.approx(left)


def test_a_process_that_is_known_is_found() -> None:
    """Courses drawn from a process without frailty: the topics that one brings come out."""
    rng, courses = np.random.default_rng(4), []
    for _ in range(1500):
        course, queue = [0.0], [0.0]
        while queue:
            begin = queue.pop()
            for per_h, topics in ((1.0, 0.3), (0.05, 0.3)):
                waits = rng.exponential(1 / per_h, rng.poisson(topics))
                queue += (begin + waits).tolist()
                course += (begin + waits).tolist()
        courses.append(np.sort(course))
    found = excitement.fit(courses)
    assert found.fast + found.slow == pytest.approx(0.6, abs=0.08)
    assert found.slow_per_h == pytest.approx(0.05, abs=0.015)
    assert found.shape > 5


def test_plain_and_told_forecasts_in_one_table(tmp_path: Path) -> None:
    some = built().at(np.arange(len(built())) < 1)
    file = tmp_path / "mine.csv"
    head = "affair,L,variant,p_new24,p_other24,e0\n"
    rows = "exp120_2405,3,untold,.4,.2,1\nexp120_2405,3,told,,.3,2\n"
    file.write_text(head + rows)
    found = read_forecasts(file, some)
    assert found["untold"].events == {"new24": [0.4], "other24": [0.2]}
    assert found["told"].events == {"other24": [0.3]}
    file.write_text(head + rows.replace("told,,", "Told,,"))
    with pytest.raises(ConfigError, match="Told is none of untold, told"):
        read_forecasts(file, some)


def test_affairs_of_another_calendar_are_told() -> None:
    affairs, clock = shipped.development(), shipped.sampling_clock()
    assert tasks.unsampled(affairs, clock) == []
    later = replace(affairs, start=affairs.start + 30 * 365 * 86400)
    assert len(tasks.unsampled(later, clock)) == len(affairs)
    nowhere = replace(affairs, start=np.full(len(affairs), np.nan))
    assert len(tasks.unsampled(nowhere, clock)) == len(affairs)


def test_why_there_is_no_task_is_said_with_its_place() -> None:
    affairs, clock = shipped.development(), shipped.sampling_clock()
    assert tasks.no_task(affairs, clock) is None
    later = replace(affairs, start=affairs.start + 30 * 365 * 86400)
    problem, remedy = tasks.no_task(later, clock) or ("", "")
    assert "no sample where exp120_2405 and 303 more began, 2054-05-15T12:23+08:00" in problem
    assert "column t0_utc8" in problem and "platform_snapshots.csv" in remedy
    start = affairs.start.copy()
    start[3] = np.nan
    problem, remedy = tasks.no_task(replace(affairs, start=start), clock) or ("", "")
    assert f"of {affairs.name[3]} only the hour" in problem and "t0_utc8" in remedy
    ended = clock[clock <= affairs.start.min() + 3600]  # the list ends before any outcome is known
    one = np.flatnonzero(affairs.start == affairs.start.min())[0]
    young = replace(affairs, start=np.full(len(affairs), affairs.start[one]))
    problem, _ = tasks.no_task(young, ended) or ("", "")
    assert "less than 96 h before the last sample" in problem
