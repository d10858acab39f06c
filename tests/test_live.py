"""An affair in progress: agreement, branches, choices, the record, and the whole chain replayed."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.command import live as commands
from experiments.live import choice, gallery, honesty, record, scoring
from experiments.live.affair import Affair, _cut, affair_of
from experiments.live.agreeing import (
    agreeing,
    in_windows,
    likelihood,
    mentions_of,
    picked,
    residuals,
    scale_of,
)
from experiments.live.ahead import ahead, outlook, path_of_run
from experiments.live.candidates import candidates_of, later, settled, waits
from experiments.live.draws import worlds_for
from experiments.live.importing import import_export
from experiments.live.now import Conditioned, condition, forecast
from experiments.live.seen import Seen
from experiments.live.waves import first_wave
from experiments.live.words import WORDS
from sim.base.refusal import ConfigError
from sim.branches import came_at
from sim.clock import CIRCADIAN
from sim.playbook.act import Trigger
from sim.state.tables import BY_DETECTION

FEW = ("population.n_people=60", "clock.dt_min=30")
EVENING = "2026-01-06 18:00"
SERIES = ("baidu_pr_2024", "eastbuy_2023", "helldivers2_2024", "new_coke_1985")


@pytest.fixture(scope="module")
def case() -> Affair:
    return affair_of("xiaomi_2026", EVENING, FEW)


@pytest.fixture(scope="module")
def conditioned(case: Affair) -> Conditioned:
    worlds = worlds_for(case.config)
    return Conditioned(case, worlds, agreeing(case, worlds, 0.0, least=24))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the mentions of a day and a half, and what came later in another export."""
    root = tmp_path_factory.mktemp("own")
    rng = np.random.default_rng(1)
    rows = ["time,count"]
    for hour in range(120):
        level = 20.0 + (0 if hour < 13 else 4000 * np.exp(-(hour - 13) / 14))
        level *= CIRCADIAN[hour % 24]
        rows.append(f"2026-03-0{2 + hour // 24} {hour % 24:02d}:00,{rng.poisson(level)}")
    (root / "export.csv").write_text("\n".join(rows[:38]), encoding="utf-8")
    (root / "all.csv").write_text("\n".join(rows), encoding="utf-8")
    import_export(str(root / "export.csv"), str(root / "own"), {"zone": "Asia/Shanghai"})
    return root


# the affair up to a moment


def test_nothing_after_the_moment_is_known(case: Affair) -> None:
    assert max(one.time for one in case.case.forcing) < case.at
    assert case.config.response.apology.delay_h is not None
    assert case.config.response.penalty.delay_h is None, "it came at night"
    assert case.happened is not None and case.happened.penalty.delay_h is not None
    assert (case.known.last <= case.step).all() and len(case.known) < len(case.seen)
    assert case.later_events > 0


def test_a_launch_to_come_is_known_and_an_index_is_not(case: Affair) -> None:
    first = case.case.forcing[0]
    late = case.at + timedelta(hours=10)
    whole = replace(
        case.case, index={"2026-01-05": 1.0},
        forcing=(first, replace(first, time=late), replace(first, time=late, kind="launch")),
    )  # fmt: skip
    cut = _cut(whole, case.at, case.case.horizon_d)
    assert [one.kind for one in cut.forcing] == [first.kind, "launch"] and not cut.index


@pytest.mark.parametrize(
    ("name", "at", "match"),
    [
        ("xiaomi_2026", "noon", "no moment"),
        ("xiaomi_2026", "2026-01-05 13:50", "before there is anything to go by"),
        ("xiaomi_2026", "2027-01-05 13:50", "the counts end at"),
        ("xiaomi_2026", "2026-01-06", "no moment"),
        ("starbucks_2018", "", "no series that counts talk"),
        ("textbook", "", "no series that counts talk"),
        ("nowhere", "", "nowhere"),
    ],
)
def test_moments_and_affairs_that_are_none(name: str, at: str, match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        affair_of(name, at, FEW)


def test_a_folder_that_is_no_affair(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="backlash import"):
        affair_of(str(tmp_path), "", FEW)


def test_a_moment_may_say_its_zone() -> None:
    """18:00 in Hong Kong is 10:00 UTC."""
    for text in ("2026-01-06T18:00", "2026-01-06 10:00Z", "2026-01-06 11:00+01:00"):
        assert f"{affair_of('xiaomi_2026', text, FEW).at:%Y-%m-%d %H:%M}" == EVENING


# agreement


def test_the_scale_of_mentions_makes_no_difference(folder: Path) -> None:
    affair = affair_of(str(folder / "own"), "", FEW)
    seen = affair.known
    one = seen.count + 3.0
    hours = np.ones(len(seen))
    same = [likelihood(residuals(k * one, seen), seen, hours) for k in (1.0, 50.0)]
    assert same[0] == pytest.approx(same[1]) and same[0][0] == pytest.approx(-0.5 * same[0][1])
    assert scale_of(one, seen) - scale_of(50.0 * one, seen) == pytest.approx(np.log(50.0))


def test_weights_are_those_of_worlds_and_their_seeds(conditioned: Conditioned) -> None:
    found = conditioned.found
    assert found.weights.sum() == pytest.approx(1.0)
    assert 1.0 <= found.effective_worlds <= found.effective + 1e-9 <= len(found.courses)
    best = max(found.courses, key=lambda one: one.log_likelihood)
    assert found.weights[found.courses.index(best)] == pytest.approx(found.weights.max())
    assert 0 < found.power <= 1.0 and found.effective >= 11.9, "half of the courses at the least"
    assert found.agrees and not found.in_time
    assert found.carried == pytest.approx(1.0), "so few states are all kept"
    frame = conditioned.frame
    assert len(frame) == len(found.courses) and frame["weight"].sum() == pytest.approx(1.0)


def test_the_same_worlds_agree_twice(case: Affair, conditioned: Conditioned) -> None:
    again = agreeing(case, conditioned.worlds, 0.0, least=24)
    assert [one.log_likelihood for one in again.courses] == [
        one.log_likelihood for one in conditioned.found.courses
    ]


def test_a_world_that_made_the_counts_is_found(folder: Path) -> None:
    """Counts of one world, on another scale: that world weighs most, with the scale put on it."""
    affair = affair_of(str(folder / "own"), "", ["population.n_people=600", "clock.dt_min=30"])
    worlds, seen = worlds_for(affair.config), affair.seen
    said = {
        one: in_windows(mentions_of(one.begun), affair.known)
        for one in agreeing(affair, worlds, 0.0, least=8).courses
        if one.begun is not None
    }
    made = max(said, key=lambda one: float(said[one].sum()))
    whole = seen.count.copy()
    whole[(seen.first >= affair.known.first[0]) & (seen.last <= affair.step)] = 40.0 * said[made]
    found = agreeing(replace(affair, seen=replace(seen, count=whole)), worlds, 0.0, least=8)
    best = found.courses[int(found.weights.argmax())]
    assert (best.world, best.seed) == (made.world, made.seed)
    assert best.log_scale == pytest.approx(np.log(40.0))
    assert found.surprise < 0.5


def test_few_mentions_differ_by_chance() -> None:
    steps = np.arange(3)
    few, many = (Seen("mentions", steps, steps + 1, n * np.array([0.0, 5.0, 3.0])) for n in (1, 99))
    own, hours = np.array([2.0, 2.0, 2.0]), np.ones(3)
    squares = [likelihood(residuals(own, one, 1.0), one, hours)[1] for one in (few, many)]
    assert squares[0] < 1.5 < 3.0 < squares[1]


def test_counts_that_no_world_makes_are_not_forecast(folder: Path, tmp_path: Path) -> None:
    rows = ["time,count"]
    for hour in range(48):
        burst = 10 ** (6 * (hour % 2))  # up and down by a million every hour
        rows.append(f"2026-03-0{2 + hour // 24} {hour % 24:02d}:00,{burst}")
    (tmp_path / "odd.csv").write_text("\n".join(rows), encoding="utf-8")
    import_export(str(tmp_path / "odd.csv"), str(tmp_path / "odd"), {"zone": "Asia/Shanghai"})
    with pytest.raises(ConfigError, match="lies outside of all"):
        forecast(str(tmp_path / "odd"), "", [], FEW, budget_s=1.0)


# responses from now on


def test_hours_of_a_candidate_count_from_now(case: Affair, tmp_path: Path) -> None:
    file = tmp_path / "letter.yaml"
    file.write_text("name: letter\napology: {delay_h: 2, acknowledgement: 0.9}\n", encoding="utf-8")
    found, _ = candidates_of([str(file)], case)
    assert list(found) == ["none", "letter"]
    second = found["letter"].acts["now_apology"]
    assert second["delay_h"] == pytest.approx(case.now_h + 2)
    assert found["letter"].apology == case.config.response.apology, "what was said stays said"
    moved = later(case, found["letter"], 3.0)
    assert moved.acts["now_apology"]["delay_h"] == pytest.approx(case.now_h + 5)
    assert moved.apology == case.config.response.apology
    assert not found["none"].acts and found["none"].apology == case.config.response.apology


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("denial: {delay_h: 1}", "already apologised"),
        ("apology: {delay_h: 1, colour: red}", "colour"),
    ],
)
def test_candidates_that_cannot_be(case: Affair, tmp_path: Path, text: str, match: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(f"name: own\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=match):
        candidates_of([str(file)], case)


def test_a_candidate_waits_from_now_on_or_counts_from_now(
    case: Affair, conditioned: Conditioned, tmp_path: Path
) -> None:
    """Where the team has noticed already, its hours count from the moment; else it waits."""
    file = tmp_path / "waiting.yaml"
    file.write_text("explanation: {delay_h: 3, trigger: detection}\n", encoding="utf-8")
    found = candidates_of([str(file)], case)[0]["waiting"]
    assert waits(case, found) and not waits(case, candidates_of(["none"], case)[0]["none"])
    assert later(case, found, 3.0) == found, "it waits already"
    for course in conditioned.found.courses[:12]:
        assert course.begun is not None
        own = settled(case, course.begun, found)
        noticed = came_at(course.begun.simulation, BY_DETECTION) >= 0  # type: ignore[operator]
        act = own.explanation
        assert (act.trigger is Trigger.screenshot) == noticed
        assert act.delay_h == pytest.approx(case.now_h + 3 if noticed else 3)
    file.write_text("explanation: {delay_h: 3, trigger: governance_talk, threshold: 0.3}\n",
                    encoding="utf-8")  # fmt: skip
    found = candidates_of([str(file)], case)[0]["waiting"]
    noticed_one = next(
        one.begun for one in conditioned.found.courses
        if one.begun is not None and came_at(one.begun.simulation, BY_DETECTION) != -1
    )  # fmt: skip
    with pytest.raises(ConfigError, match="do not keep whether"):
        settled(case, noticed_one, found)


def test_unknown_candidates_are_refused_and_usual_ones_left_out(case: Affair) -> None:
    for name in ("applogy_only", "missing.yaml"):
        with pytest.raises(ConfigError, match="no such"):
            candidates_of([name], case)
    found, left_out = candidates_of([], case)
    assert "deny" not in found and left_out[0][0] == "deny"


def test_branches_are_whole_runs_of_their_configs(case: Affair, conditioned: Conditioned) -> None:
    import sim

    course = picked(conditioned.found, 1, 0)[0]
    found, _ = candidates_of(["apology_only"], case)
    path = ahead(case, [course], found)["apology_only"][0]
    config = conditioned.worlds.run(course.world, course.seed)
    whole = path_of_run(sim.simulate(replace(config, response=found["apology_only"])), case.step)
    for name in vars(path):
        assert np.array_equal(getattr(path, name), getattr(whole, name)), name


def test_silence_is_the_reference_and_regret_is_least_for_the_best() -> None:
    loss = np.array([[1.0, 2.0, 3.0, 4.0], [0.5, 2.5, 2.0, 4.0]])
    none, other = choice.compared(["none", "other"], loss, 0)
    assert none.difference == 0 and none.better == 0.5
    assert other.difference == pytest.approx(-0.25) and other.better == pytest.approx(0.625)
    assert none.regret == pytest.approx(0.375) and other.regret == pytest.approx(0.125)
    assert other.best == pytest.approx(0.75)


def test_waiting_is_worth_something_where_what_is_seen_decides(case: Affair) -> None:
    """Two kinds of worlds, told apart by what comes next, with opposite best answers."""
    from experiments.live.agreeing import Course
    from experiments.live.ahead import HOURS
    from experiments.live.ahead import Path as Way

    def way(level: float) -> Way:
        hours = np.full(HOURS, level)
        return Way(hours, 1e6 * hours, hours, hours, hours, level, np.inf)

    courses = [Course(k, 0, 0.0, 0.0) for k in range(20)]
    silent = [way(1.0 if k % 2 else 0.001) for k in range(20)]
    loss = np.array(
        [[0.0 if k % 2 else 1.0 for k in range(20)], [1.0 if k % 2 else 0.0 for k in range(20)]]
    )
    (found,) = choice.waiting(case, courses, silent, loss, {6: loss})
    assert found.saved > 0.4 and found.changes == pytest.approx(0.5) and found.telling == "talk"
    (late,) = choice.waiting(case, courses, silent, loss, {6: loss + 0.6})
    assert late.saved < 0, "what waiting costs is counted"


def test_statements_and_bands_of_an_outlook(case: Affair, conditioned: Conditioned) -> None:
    courses = picked(conditioned.found, 10, 0)
    found, _ = candidates_of(["none"], case)
    paths = ahead(case, courses, found)["none"]
    one = outlook(case, courses, paths)
    assert ("mentions", 6) not in one.totals, "a list has heat and no mentions"
    for hours in (6, 24, 72):
        assert (one.events["new_topic", hours] == (one.totals["topics", hours] > 0)).all()
    assert (one.events["second_wave", 72] | ~one.events["second_wave", 24]).all()


def test_a_second_wave_is_no_morning() -> None:
    day = 1 + 0.9 * np.sin(np.arange(120) * 2 * np.pi / 24)
    falls = np.exp(-np.arange(120) / 10)
    assert first_wave(day * falls, day, 12) == np.inf, "a night and a morning are none"
    again = falls.copy()
    again[60:] += 0.8 * np.exp(-np.arange(60) / 5)
    assert 49 <= first_wave(day * again, day, 12) <= 54
    assert first_wave(day * again, day, 80) == np.inf, "a wave that is over is none"
    rising = np.exp(np.arange(120) / 20)
    assert first_wave(rising, np.ones(120), 5) == np.inf, "nor is the first, while it grows"
    assert first_wave(np.zeros(120), day, 5) == np.inf


# the record


def test_an_entry_that_was_changed_or_left_out_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    for k in range(3):
        record.add(path, {"kind": "forecast", "affair": f"a{k}"})
    assert [one["number"] for one in record.entries(path)] == [1, 2, 3]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for broken in (
        [lines[0].replace("a0", "b0"), *lines[1:]],
        [lines[0], lines[2]],
        [lines[1], lines[0], lines[2]],
        [*lines, "{}\n"],
        [*lines[:2], lines[2][:40]],
        [*lines[:2], "\udc80"],
    ):
        path.write_bytes("".join(broken).encode(errors="surrogateescape"))
        with pytest.raises(ConfigError, match=r"line \d is not as it was written"):
            record.entries(path)


def test_a_calibration_curve_from_ten_statements_on() -> None:
    nine = [one for k in range(9) for one in scored_entries(k, k < 7)]
    assert scoring.calibration(nine)["curve"] == []
    worth = scoring.calibration([*nine, *scored_entries(9, False)])
    assert worth["curve"] == [{"n": 10, "said": pytest.approx(0.8), "came": pytest.approx(0.7)}]
    assert worth["brier"] == pytest.approx(0.7 * 0.04 + 0.3 * 0.64)


def scored_entries(k: int, came: bool, at: str = "", replay: bool = False) -> list[dict[str, Any]]:
    """A forecast and its score, as a record has them."""
    events = {"over": {"said": 0.8, "came": came}}
    hours = {"24": {"crps": 0.5, "in50": True, "in90": True, "came": 1.0, "events": events}}
    made = {"kind": "forecast", "digest": str(k), "affair": "own", "at": at or str(k)}
    return [{**made, "replay": replay}, {"kind": "score", "of": str(k), "hours": hours}]


def test_only_the_first_forecast_of_a_moment_counts_and_replays_stand_apart() -> None:
    tries = [one for k in range(12) for one in scored_entries(k, True, at="same moment")]
    assert scoring.calibration(tries)["statements"] == 1
    past = [one for k in range(12) for one in scored_entries(k, True, replay=True)]
    worths = scoring.calibrations(past)
    assert worths["forecasts"]["statements"] == 0 and worths["replays"]["statements"] == 12
    assert list(scoring.curves_of(worths)) == ["replays"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_curve_of_a_record_is_drawn_once_there_are_ten(
    lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / record.NAME
    said = [f"results={tmp_path}", f"plot={tmp_path / 'curve.png'}", f"lang={lang}"]
    for k in range(10):
        made, score = scored_entries(k, k < 7)
        kept = record.add(path, {**made, "made": "2026-01-01T00:00:00Z"})
        if k == 9:
            with pytest.raises(ConfigError, match="9 statements were scored"):
                commands.record(said)
        record.add(path, {**score, "of": kept["digest"]})
    assert commands.record(said) == 0 and "curve.svg" in capsys.readouterr().out
    assert (tmp_path / "curve.png").stat().st_size > 5000


def test_two_writers_of_a_record_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / record.NAME
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda k: record.add(path, {"kind": "forecast", "affair": k}), range(12)))
    assert [one["number"] for one in record.entries(path)] == list(range(1, 13))


# the whole chain


def test_the_numbers_of_the_first_page_are_those_of_the_public_table() -> None:
    text = (Path(__file__).parents[1] / "docs" / "forecasts.md").read_text(encoding="utf-8")
    untold = text.split("## told")[0]
    for name, label in (
        ("worlds", r"\*\*model: worlds alike\*\*"), ("regression", "landmark regression"),
        ("climatology", "climatology by age"),
    ):  # fmt: skip
        row = re.search(rf"^\| {label} \| (.*) \|$", untold, re.M)
        assert row is not None
        cells = [cell.strip() for cell in row[1].split("|")]
        assert tuple(map(float, cells[1:5])) == honesty.SKILL[name]
        if name in honesty.BRIER_NEW24:
            assert float(cells[5]) == honesty.BRIER_NEW24[name]


def test_a_folder_from_export_to_score(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, results = str(folder / "own"), f"results={tmp_path}"
    said = ["at=2026-03-03 12:00", "budget_s=1", "response=none,apology_only", results, *FEW]
    assert commands.now([own, *said]) == 0
    text = capsys.readouterr().out
    assert "Before you believe it" in text and "within 72 h:" in text and "Fewer than" in text
    page = next((folder / "own").glob("forecast-*.html")).read_text(encoding="utf-8")
    assert "http" not in re.sub(
        r"http://www.w3.org\S*", "", page.split("<body>")[1].replace("data:", "")
    )
    import_export(str(folder / "all.csv"), own, {"zone": "Asia/Shanghai"})
    with pytest.raises(ConfigError, match="which candidate"):
        commands.resolve([own, results])
    assert commands.resolve([own, results, "did=none"]) == 0
    assert "72 h ahead came" in capsys.readouterr().out
    assert commands.resolve([own, results, "did=none"]) == 0
    assert "nothing new" in capsys.readouterr().out
    assert commands.record([results, "format=json"]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in kept["entries"]] == ["forecast", "score"]
    assert kept["forecasts"]["hours"]["72"]["n"] == 1 and not kept["replays"]["hours"]
    with pytest.raises(ConfigError, match="no forecast of this moment"):
        commands.resolve([own, results, "did=none", "at=2026-03-03 11:00"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_replay_of_the_documented_case(lang: str, tmp_path: Path) -> None:
    said = [f"at={EVENING}", "budget_s=1", "format=json", f"results={tmp_path}", f"lang={lang}"]
    assert commands.now(["xiaomi_2026", *said, *FEW]) == 0
    assert commands.resolve(["xiaomi_2026", f"results={tmp_path}", f"lang={lang}"]) == 0


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ([], "which affair"),
        (["xiaomi_2026", "format=xml"], "no such format"),
        (["xiaomi_2026", "budget_s=soon"], "no time"),
        (["xiaomi_2026", "budget_s=0"], "no time"),
        (["xiaomi_2026", "goal=glory"], "no such goal"),
        (["xiaomi_2026", "worlds=all", f"at={EVENING}"], "no such worlds"),
        (["baidu_pr_2024", "worlds=posterior"], "was not fitted"),
        (["xiaomi_2026", "case=textbook"], "says this itself"),
        (["xiaomi_2026", "clock.horizon_d=2"], "says this itself"),
        (["xiaomi_2026", "uncertainty=point"], "says this itself"),
        (["README.md"], "a file, and no affair"),
    ],
)
def test_words_that_mean_nothing(words: list[str], match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        commands.now(words)


def test_texts_are_there_in_both_languages() -> None:
    assert all(en and zh and en != zh for en, zh in WORDS.values())


@pytest.mark.slow
@pytest.mark.parametrize("hours", gallery.HOURS)
@pytest.mark.parametrize("name", ["xiaomi_2026", *SERIES])
def test_replays_of_every_case_with_a_series(name: str, hours: int, tmp_path: Path) -> None:
    """The whole chain on shipped cases: a forecast, or the reason why there is none yet."""
    one = gallery.replay(name, hours, 15.0)
    gallery.write([one], tmp_path, 15.0)
    page = (tmp_path / "replays.md").read_text(encoding="utf-8")
    if one.found is None:
        assert name != "xiaomi_2026" and "is over by then" in one.why and "No forecast" in page
        return
    assert one.found["worlds"]["gone_on_with"] >= 20 and one.found["replay"]
    assert (tmp_path / f"images/replays/{name}-{hours}h.png").stat().st_size > 5000


@pytest.mark.slow
def test_replays_are_of_all_cases_that_count_talk() -> None:
    assert gallery.cases() == ["xiaomi_2026", *SERIES]


def test_the_door_of_python(case: Affair) -> None:
    import backlash

    found = backlash.condition("xiaomi_2026", at=EVENING, budget_s=0.0, population__n_people=60,
                               clock__dt_min=30)  # fmt: skip
    assert found.affair.step == case.step and "carry weight" in repr(found)
    assert condition is backlash.condition
