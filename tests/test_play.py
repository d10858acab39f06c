"""The decision game: rules, briefs, terminal and debrief."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from experiments import debrief, play, play_terminal
from experiments.cli import main
from experiments.completion import complete
from sim.case_file import read_case
from sim.parameters import Mechanisms
from sim.record import SERIES, Run
from sim.refusal import ConfigError
from sim.response import STEPS
from sim.simulate import simulate

WORLD = play.World("xiaomi_2026", 3, 0, "classroom")
TEXTBOOK = replace(WORLD, case="textbook")
ACTIVE: dict[str, dict[str, str]] = {
    "D0": {"rumour": "monitor"},
    "D1": {"stance": "hold"},
    "D2": {"buyback": "routine", "partners": "call"},
    "D3": {"speaker": "pr_head", "admission": "some", "deal": "end"},
    "D4": {"statement": "push"},
    "D5": {"penalty": "executives", "process": "day", "reform": "panel"},
    "D6": {"reply": "founder", "delivery": "deliver", "compensation": "vouchers"},
}
KEYS = [decision.key for decision in play.DECISIONS]


def passive(world: play.World | None = None, n: int = 7) -> dict[str, dict[str, str]]:
    """The first n decisions of a team that does nothing."""
    choices: dict[str, dict[str, str]] = {}
    for decision in play.DECISIONS[:n]:
        choices[decision.key] = play.nothing(play.available(choices, decision, world))
    return choices


def until(choices: Mapping[str, Mapping[str, str]], key: str) -> dict[str, Mapping[str, str]]:
    """The choices before a decision."""
    return {name: choices[name] for name in KEYS[: KEYS.index(key)]}


def same_until(first: Run, second: Run, step: int) -> bool:
    """Whether all series are equal bit for bit before a step."""
    return all(
        np.array_equal(first.series[s.name][:step], second.series[s.name][:step]) for s in SERIES
    )


# --- rules --------------------------------------------------------------------------------------


def test_seven_decisions_at_the_documented_times():
    assert KEYS == ["D0", "D1", "D2", "D3", "D4", "D5", "D6"]
    times = [play.time_of(WORLD, key) for key in KEYS]
    assert times == [decision.time for decision in play.DECISIONS]
    assert [f"{time:%d %H:%M}" for time in times] == [
        "05 10:00", "05 13:55", "05 15:00", "05 19:00", "06 11:00", "06 20:00", "07 10:00",
    ]  # fmt: skip
    assert times == sorted(times)
    case = read_case(play.blank_config(WORLD).case)
    assert times[0] < case.clock_start_time < times[1]


def test_times_follow_the_clock_of_another_case():
    start = read_case(play.blank_config(TEXTBOOK).case).clock_start_time
    for decision in play.DECISIONS:
        assert play.time_of(TEXTBOOK, decision.key) - start == timedelta(hours=decision.hours)


def test_every_choice_is_told_in_both_languages_with_its_cost():
    for decision in play.DECISIONS:
        assert 1 <= len(decision.questions) <= 3
        for question in decision.questions:
            assert question.en and question.zh and len(question.options) > 1
            for option in question.options:
                for text in (option.en, option.zh, option.cost_en, option.cost_zh):
                    assert text.strip()
                assert re.search(r"[\u4e00-\u9fff]", option.zh + option.cost_zh)
                assert not re.search(r"[\u4e00-\u9fff]", option.en + option.cost_en)
                assert (question.key, option.key) not in debrief.STRATEGY_OF or (
                    debrief.STRATEGY_OF[question.key, option.key] in debrief.STRATEGIES
                )
    asked = {(q.key, o.key) for d in play.DECISIONS for q in d.questions for o in q.options}
    assert set(debrief.STRATEGY_OF) <= asked


@pytest.mark.parametrize("world", [WORLD, TEXTBOOK, replace(WORLD, case="new_coke_1985")])
def test_doing_nothing_is_silence(world):
    choices = passive(world)
    play.check(choices, world)
    response = play.config_of(world, choices, ()).response
    assert all(getattr(response, step).delay_h is None for step in STEPS)


def test_choices_become_the_levers_of_their_time():
    play.check(ACTIVE, WORLD)
    response = play.config_of(WORLD, ACTIVE, ()).response
    hours = {decision.key: decision.hours for decision in play.DECISIONS}
    assert response.apology.delay_h == hours["D3"]
    assert response.apology.speaker.value == "pr_head"
    assert response.termination.delay_h == hours["D3"]
    assert response.buyback.amount_hkd == 1.5e8
    assert response.penalty.delay_h == hours["D5"] + 24
    assert response.penalty.process_h == 24
    assert response.reform.delivered and response.reform.governance == 0.8
    assert response.reform.delay_h + response.reform.delivery_h == hours["D6"] + 24 * 5
    assert response.explanation.speaker.value == "founder"
    assert response.compensation.share == 0.5


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"D9": {"x": "y"}}, "choices"),
        ({"D0": {"rumour": "nonsense"}}, "choices.D0.rumour"),
        ({"D0": {}}, "choices.D0.rumour"),
        ({"D0": {"rumour": "wait", "more": "x"}}, "choices.D0.more"),
        ({"D0": ["wait"]}, "choices.D0"),
        ({"D0": {"rumour": "disclose"}, "D1": {"stance": "deny"}}, "choices.D1.stance"),
        ({"D4": {"statement": "apologise"}}, "choices.D4.statement"),
    ],
)
def test_refused_choices(change, path):
    with pytest.raises(ConfigError) as refusal:
        play.config_of(WORLD, {**ACTIVE, **change}, ())
    assert refusal.value.path == path


def test_a_decision_cannot_be_left_out():
    with pytest.raises(ConfigError, match="order"):
        play.check({"D1": {"stance": "silence"}})
    with pytest.raises(ConfigError, match="no such choice"):
        play.config_of(WORLD, {}, (play.Injection("meteor", "D1"),))
    with pytest.raises(ConfigError, match="no such choice"):
        play.config_of(WORLD, {}, (play.Injection("leak", "D8"),))
    with pytest.raises(ConfigError):
        play.config_of(replace(WORLD, case="../../etc/passwd"), {}, ())


def test_earlier_choices_rule_options_out():
    def options(choices, key, question):
        offered = play.available(choices, play.DECISIONS[KEYS.index(key)], WORLD)
        found = [q for q in offered.questions if q.key == question]
        return [option.key for option in found[0].options] if found else None

    told = {"D0": {"rumour": "disclose"}}
    assert "deny" not in options(told, "D1", "stance")
    assert "deny" in options({"D0": {"rumour": "wait"}}, "D1", "stance")
    quick = {**passive(n=1), "D1": {"stance": "apologise_end"}, "D2": passive(n=3)["D2"]}
    assert options(quick, "D3", "deal") is None  # it has been ended: not asked
    spoken = {**quick, "D3": {"speaker": "founder", "admission": "full"}}
    play.check(spoken)
    assert options(spoken, "D4", "statement") == ["stay", "push"]
    late = {**spoken, "D4": {"statement": "stay"}, "D5": passive()["D5"]}
    assert options(late, "D6", "reply") is None  # the one explanation was given on D3
    assert options(until(ACTIVE, "D6"), "D6", "delivery") == ["leave", "deliver"]
    assert options(passive(n=6), "D6", "delivery") == ["leave", "begin"]
    assert options(passive(n=4), "D4", "statement") == ["stay", "apologise", "apologise_push"]
    # what comes later does not rule out what came before
    assert "deny" in options({**ACTIVE, "D0": {"rumour": "wait"}}, "D1", "stance")


def test_a_case_without_a_founder_or_a_share_offers_neither():
    coke = replace(WORLD, case="new_coke_1985")
    case = read_case(play.blank_config(coke).case)
    speakers = play.available(passive(coke, 3), play.DECISIONS[3], coke).questions[0].options
    assert ("founder" in [option.key for option in speakers]) == case.founder
    bought = play.available(passive(coke, 2), play.DECISIONS[2], coke).questions
    assert ("buyback" in [question.key for question in bought]) == case.market["listed"]
    assert not case.founder or not case.market["listed"]
    play.config_of(coke, passive(coke), ())
    play.config_of(coke, passive(), ())  # the only answer left may stand


# --- causality ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def active_run() -> Run:
    return play.outcome(WORLD, ACTIVE, ())


@pytest.mark.parametrize("key", KEYS)
def test_a_decision_changes_nothing_before_it(active_run, key):
    before = until(ACTIVE, key)
    step = active_run.clock.step_of(play.time_of(WORLD, key))
    assert same_until(play.outcome(WORLD, before, ()), active_run, step)


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("D1", {"stance": "deny"}),
        ("D2", {"buyback": "large", "partners": "leave"}),
        ("D3", {"speaker": "founder", "admission": "full", "deal": "keep"}),
        ("D4", {"statement": "stay"}),
        ("D5", {"penalty": "executive_out", "process": "short", "reform": "none"}),
        ("D6", {"reply": "nobody", "delivery": "leave", "compensation": "none"}),
    ],
)
def test_another_choice_changes_the_future_only(active_run, key, changed):
    turned = play.repaired({**ACTIVE, key: changed}, WORLD)
    other = play.outcome(WORLD, turned, ())
    step = active_run.clock.step_of(play.time_of(WORLD, key))
    assert same_until(other, active_run, step)
    assert not same_until(other, active_run, active_run.clock.n_steps)


@pytest.mark.parametrize("kind", list(play.INJECTIONS))
@pytest.mark.parametrize("key", ["D1", "D5"])
def test_an_injection_changes_the_future_and_not_the_past(active_run, kind, key):
    run = play.outcome(WORLD, ACTIVE, (play.Injection(kind, key),))
    step = active_run.clock.step_of(play.time_of(WORLD, key))
    assert same_until(run, active_run, step)
    assert not same_until(run, active_run, active_run.clock.n_steps)
    assert any(entry.who == f"{kind}_{key}" and entry.step == step for entry in run.log)


def test_the_same_game_is_the_same_run(active_run):
    again = play.outcome(WORLD, ACTIVE, ())
    assert again.name == active_run.name
    assert same_until(again, active_run, again.clock.n_steps)
    assert play.outcome(replace(WORLD, seed=4), ACTIVE, ()).name != active_run.name
    assert play.outcome(replace(WORLD, draw=1), ACTIVE, ()).name != active_run.name


# --- briefs -------------------------------------------------------------------------------------


def briefs(lang: str = "en", choices: Mapping = ACTIVE, injections=()) -> Iterator[play.Brief]:
    for decision in play.DECISIONS:
        yield play.brief(WORLD, until(choices, decision.key), injections, decision, lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_brief_is_late_noisy_and_repeatable(lang):
    for first, second in zip(briefs(lang), briefs(lang), strict=True):
        assert first == second
        now = first.time
        assert all(headline.time <= now for headline in first.headlines)
        assert first.series.times[-1] + timedelta(hours=1) <= now - timedelta(hours=1)
        for number in first.numbers:
            assert number.as_of <= now
            assert number.low <= number.value <= number.high
            assert np.isfinite([number.low, number.value, number.high]).all()
        assert np.isfinite(first.series.values).all()
        texts = [first.situation, *(h.text for h in first.headlines)]
        assert all(re.search(r"[\u4e00-\u9fff]", text) for text in texts) == (lang == "zh")


def test_a_brief_does_not_look_ahead():
    decision = play.DECISIONS[3]
    known = play.brief(WORLD, until(ACTIVE, "D3"), (), decision, "en")
    assert play.brief(WORLD, ACTIVE, (), decision, "en") == known
    later = (play.Injection("leak", "D5"),)
    assert play.brief(WORLD, ACTIVE, later, decision, "en") == known
    now = (play.Injection("leak", "D3"),)
    headlines = play.brief(WORLD, ACTIVE, now, decision, "en").headlines
    assert play.INJECTIONS["leak"][0] in [headline.text for headline in headlines]


def test_hidden_state_is_not_told():
    """Only what can be counted outside: no outrage, trust, credibility, cost of morale."""
    seen = {number.key for brief in briefs() for number in brief.numbers}
    assert seen == {"angry", "governance", "listed", "partners", "followers", "price"}
    words = " ".join(
        [*(h.text for b in briefs() for h in b.headlines), *play.Brief.__dataclass_fields__]
    ).lower()
    for hidden in ("outrage of", "trust", "credibility", "grudge", "novelty", "morale"):
        assert hidden not in words


def test_the_bands_mean_what_they_say(monkeypatch):
    """95 % bands of volume hold the truth of about 95 % of the hours."""
    decision, hits, total = play.DECISIONS[6], 0, 0
    for seed in range(6):
        world = replace(WORLD, seed=seed)
        seen = play.brief(world, until(ACTIVE, "D6"), (), decision, "en").series
        with monkeypatch.context() as patch:
            patch.setattr(play, "VOLUME_SD", 1e-9)
            truth = play.brief(world, until(ACTIVE, "D6"), (), decision, "en").series
        inside = np.array(seen.low) <= np.array(truth.values)
        inside &= np.array(truth.values) <= np.array(seen.high)
        counted = np.array(truth.values) > 0
        hits, total = hits + int(inside[counted].sum()), total + int(counted.sum())
    assert 0.88 <= hits / total <= 0.99


def test_closer_monitoring_narrows_and_calls_inform():
    def numbers(choices, key):
        decision = play.DECISIONS[KEYS.index(key)]
        seen = play.brief(WORLD, until(choices, key), (), decision, "en")
        return seen, {number.key: number for number in seen.numbers}

    plain = {**ACTIVE, "D0": {"rumour": "wait"}, "D2": {"buyback": "routine", "partners": "leave"}}
    seen, of = numbers(plain, "D5")
    closer, closer_of = numbers(ACTIVE, "D5")

    def width(number):
        return number.high - number.low

    assert width(closer_of["angry"]) < 0.7 * width(of["angry"])
    room, wide = (trace.high[-1] / trace.low[-1] for trace in (closer.series, seen.series))
    assert room == pytest.approx(wide**0.5)
    assert closer_of["partners"].as_of > of["partners"].as_of
    assert closer_of["partners"].low == closer_of["partners"].high


def test_verifying_tells_the_facts_earlier():
    def facts(rumour, key):
        choices = {**ACTIVE, "D0": {"rumour": rumour}}
        decision = play.DECISIONS[KEYS.index(key)]
        seen = play.brief(WORLD, until(choices, key), (), decision, "en")
        return sum(headline.text.startswith("From inside") for headline in seen.headlines)

    assert [facts("verify", key) for key in ("D1", "D3")] == [1, 2]
    assert [facts("wait", key) for key in ("D1", "D3", "D4", "D5")] == [0, 0, 1, 2]


def test_wilson_interval():
    low, high = play.wilson(0, 10)
    assert low == 0
    assert high == pytest.approx(0.2775, abs=1e-3)
    low, high = play.wilson(50, 100)
    assert (low, high) == (pytest.approx(0.4038, abs=1e-3), pytest.approx(0.5962, abs=1e-3))


def test_report_card_beside_history(active_run):
    history = simulate(play.history_config(WORLD, ()))
    rows = play.report_card(active_run, history, "en")
    assert [row.key for row in rows] == play.card_of(WORLD)
    assert next(row for row in rows if row.key == "cash_hkd").value == pytest.approx(1.6e8)
    assert all(row.better in ("lower", "higher", "none") and row.unit for row in rows)
    zh = play.report_card(active_run, history, "zh")
    assert all(re.search(r"[\u4e00-\u9fff]", row.name) for row in zh)


# --- the terminal -------------------------------------------------------------------------------

PLAY = ["play", "population=classroom", "seed=3", "debrief=no"]


def saved(folder: Path) -> Path:
    """The one game in a folder of results."""
    (path,) = (folder / "games").glob("*.json")
    return path


def typed(monkeypatch, *lines: object) -> None:
    """Answers at the prompt; then the end of the input. An exception is raised."""
    waiting = list(lines)

    def read(prompt: str = "") -> str:
        if not waiting:
            raise EOFError
        line = waiting.pop(0)
        if isinstance(line, type) and issubclass(line, BaseException):
            raise line
        return str(line)

    monkeypatch.setattr("builtins.input", read)


def test_a_logged_game_is_played_to_the_end(tmp_path, capsys):
    log = tmp_path / "log.json"
    log.write_text(json.dumps({"choices": ACTIVE, "injections": [{"kind": "leak", "at": "D4"}]}))
    results = tmp_path / "out"
    assert main([*PLAY, f"choices={log}", f"results={results}"]) == 0
    told = capsys.readouterr().out
    assert "outrage burden per core fan" in told
    assert "not points" in told
    game = json.loads(saved(results).read_text())
    assert game["choices"] == ACTIVE
    assert game["injections"] == [{"kind": "leak", "at": "D4"}]
    assert main([*PLAY, "lang=zh", f"choices={saved(results)}", f"results={results}"]) == 0
    assert "核心粉丝愤怒负担" in capsys.readouterr().out


def test_played_by_hand_left_and_resumed(tmp_path, capsys, monkeypatch):
    words = [*PLAY, f"results={tmp_path}"]
    typed(monkeypatch, "?", "99", "no such", "2", "hold", KeyboardInterrupt)
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "as of" in told
    assert any(bar in told for bar in play_terminal.BARS)
    assert "twice as exact" in told  # the cost, asked for by ?
    path = saved(tmp_path)
    assert f"game={path.stem}" in told
    assert json.loads(path.read_text())["choices"] == until(ACTIVE, "D2")
    again = [*words, f"game={path.stem}"]
    typed(monkeypatch, "routine", "call", "pr_head", "q")
    assert main(again) == 0
    assert list(json.loads(path.read_text())["choices"]) == ["D0", "D1", "D2"]
    typed(monkeypatch, "3", "2", "2", "push", "executives", "2", "panel", "3", "2", "vouchers")
    assert main(again) == 0
    assert json.loads(path.read_text())["choices"] == ACTIVE
    assert "outrage burden" in capsys.readouterr().out


def test_the_end_of_the_input_keeps_the_game(tmp_path, capsys, monkeypatch):
    typed(monkeypatch, "1")
    assert main([*PLAY, "lang=zh", "case=textbook", f"results={tmp_path}"]) == 0
    assert "已保存" in capsys.readouterr().out
    assert list(json.loads(saved(tmp_path).read_text())["choices"]) == ["D0"]


def test_a_crash_costs_the_open_decision_only(tmp_path, monkeypatch):
    typed(monkeypatch, "1", "1", MemoryError)
    with pytest.raises(MemoryError):
        main([*PLAY, f"results={tmp_path}"])
    path = saved(tmp_path)
    assert json.loads(path.read_text())["choices"] == passive(n=2)
    typed(monkeypatch, "q")
    assert main([*PLAY, f"game={path.stem}", f"results={tmp_path}"]) == 0


def test_an_interrupted_debrief_keeps_the_game(tmp_path, capsys, monkeypatch):
    log = tmp_path / "log.json"
    log.write_text(json.dumps(ACTIVE))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(debrief, "build", interrupted)
    words = [*PLAY[:-1], f"choices={log}", f"results={tmp_path}"]
    assert main(words) == 130
    assert f"game={saved(tmp_path).stem}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["lang=fr"],
        ["seed=-1"],
        ["seed=x"],
        ["nonsense=1"],
        ["case=nowhere"],
        ["game=../../etc/passwd"],
        ["game=abc"],
        ["choices=nowhere.json"],
        ["world=200000"],
        ["results="],
    ],
)
def test_refused_settings(tmp_path, capsys, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    assert main(["play", *words]) == 2
    assert "try:" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"choices": []}', '{"D0": {"rumour": "wait"}}', '{"choices": 3}']
)
def test_refused_files(tmp_path, capsys, text):
    log = tmp_path / "log.json"
    log.write_text(text)
    assert main([*PLAY, f"choices={log}", f"results={tmp_path}"]) == 2
    games = tmp_path / "games"
    games.mkdir(exist_ok=True)
    (games / "abc.json").write_text(text)
    assert main([*PLAY, "game=abc", f"results={tmp_path}"]) == 2
    assert capsys.readouterr().err.count("try:") == 2


def test_completion_offers_the_game(capsys):
    complete(["play", "case=text"])
    assert capsys.readouterr().out.split() == ["case=textbook"]
    complete(["pl"])
    assert capsys.readouterr().out.split() == ["play"]


def test_text_fits_a_terminal():
    for lang in ("en", "zh"):
        for brief, decision in zip(briefs(lang), play.DECISIONS, strict=True):
            for line in play_terminal.shown(brief, decision, lang).splitlines():
                assert play_terminal._wide(line) <= play_terminal.WIDTH + 2
    assert play_terminal.sparkline([0, 1, 2]) == "▁▅█"


# --- the debrief --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reviewed() -> debrief.Debrief:
    seen: list[tuple[int, int]] = []
    found = debrief.build(
        WORLD,
        ACTIVE,
        (play.Injection("regulator", "D4"),),
        [{"time": "now", "what": "answer", "name": "<i>x</i>"}],
        lambda done, total: seen.append((done, total)),
        n_twins=12,
    )
    assert seen[0] == (0, found.n_runs)
    assert seen[-1] == (found.n_runs, found.n_runs)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    return found


@pytest.fixture(autouse=True, scope="module")
def few_runs() -> Iterator[None]:
    """A debrief of the small population on few pairs, so that the suite stays quick."""
    patch = pytest.MonkeyPatch()
    patch.setattr(debrief, "N_PAIRS", 10)
    patch.setattr(debrief, "MECHANISMS", debrief.MECHANISMS[:3])
    patch.setattr(debrief, "RESPONSES", ("as_happened", "none", "deny"))
    yield
    patch.undo()


def test_twins_are_other_worlds_and_the_same_for_every_team():
    twins = [debrief.twin_of(WORLD, k) for k in range(200)]
    assert len({(twin.seed, twin.draw) for twin in twins}) == 200
    assert all(twin.draw != WORLD.draw and twin.seed != WORLD.seed for twin in twins)


def test_flips_are_single_and_in_the_same_world(reviewed):
    flips = {(flip.decision, flip.question, flip.option): flip for flip in reviewed.flips}
    assert not {flip[:2] for flip in flips if ACTIVE[flip[0]][flip[1]] == flip[2]}
    flip = flips["D4", "statement", "stay"]
    assert flip.kept
    turned = {**ACTIVE, "D4": {"statement": "stay"}}
    run = play.outcome(WORLD, turned, reviewed.injections)
    from sim.metrics import outcomes

    assert dict(flip.outcomes) == pytest.approx(outcomes(run), nan_ok=True)
    assert ("D0", "rumour", "wait") in reviewed.idle  # monitoring only informs
    assert not flips["D3", "speaker", "nobody"].kept  # no statement left to push on D4
    every = {
        (decision.key, question.key, option.key)
        for decision in play.DECISIONS
        for question in play.available(ACTIVE, decision, WORLD).questions
        for option in question.options
    }
    own = {(key, name, answer) for key, given in ACTIVE.items() for name, answer in given.items()}
    assert set(flips) | set(reviewed.idle) == every - own


def test_the_best_flip_is_the_best(reviewed):
    for name in debrief.JUDGED:
        sign = debrief.compare.sign_of(name)
        gains = [
            sign * (flip.outcomes[name] - reviewed.own.outcomes[name]) for flip in reviewed.flips
        ]
        best = debrief.best_flip(reviewed, name)
        if best is None:
            assert max(gains) <= 0
        else:
            assert sign * best.outcomes[name] - sign * reviewed.own.outcomes[name] == max(gains)


def test_shapley_values_add_up(reviewed):
    for name in debrief.JUDGED:
        total = sum(reviewed.shapley[name].values())
        whole = reviewed.own.outcomes[name] - reviewed.without[name]
        assert total == pytest.approx(whole, abs=1e-9)


def test_luck_is_a_share_of_twins(reviewed):
    for name in debrief.JUDGED:
        assert 0 <= debrief.better_than(reviewed, name) <= 1
    worst = replace(reviewed, own=replace(reviewed.own, outcomes={"public_reach": 9.0}))
    assert debrief.better_than(worst, "public_reach") == 0
    assert np.isnan(debrief.better_than(reviewed, "governance_share"))


def test_references_are_shared_by_teams(reviewed):
    ticks: list[int] = []
    other = debrief.build(
        WORLD, passive(WORLD), reviewed.injections, progress=lambda done, _: ticks.append(done),
        n_twins=10,
    )  # fmt: skip
    assert other.references is reviewed.references
    assert ticks[-1] == other.n_runs
    html = debrief.class_page({"red & <b>": reviewed, "silent": other}, "en")
    assert "red &amp; &lt;b&gt;" in html
    assert "<b>" not in html.replace("<body>", "")
    assert "Who chose what" in html
    zh = debrief.class_page({"红队": reviewed, "silent": other}, "zh")
    assert "红队" in zh and "谁选了什么" in zh
    assert not outside(html) and not outside(zh)


def outside(html: str) -> list[str]:
    """Addresses that a browser would ask for."""
    found = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')> ]+)""", html)
    return [address for address in found if not address.startswith(("data:", "#"))]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_says_it_all_and_asks_nobody(reviewed, lang):
    html = debrief.page(reviewed, lang, "<script>alert(1)</script> $x$" + "x" * 500)
    assert not outside(html)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "<i>x</i>" not in html
    assert "x" * 40 not in re.sub(r"data:[^\"]*", "", html)
    assert html.count('<img src="data:image/svg+xml;base64,') == 5
    parts = {
        "en": ["Luck or skill?", "One decision flipped", "Shapley", "image repair", "cannot know",
               "Report card", "not an optimum", "Coombs (2007)", "the regulator"],
        "zh": ["运气还是能力", "翻转一项决策", "Shapley", "形象修复", "模型无法知道的", "成绩单",
               "并非最优", "Coombs（2007）", "监管部门"],
    }  # fmt: skip
    for part in parts[lang]:
        assert part.lower() in html.lower()
    assert not re.search(r"\bnan\b", re.sub(r"data:[^\"]*", "", html))
    assert ("zh" if lang == "zh" else "en") in html[:60]


def test_what_players_type_is_cut_and_cleaned():
    assert debrief.clean("a" * 50) == "a" * 31 + "…"
    assert debrief.clean("a\u202eb\x00c\nd") == "abcd"
    assert debrief.clean("  two   words ") == "two words"


def test_a_short_horizon_is_judged_by_what_it_has(reviewed):
    early = replace(reviewed.own, outcomes={**reviewed.own.outcomes, "trust_core_d14": np.nan})
    assert debrief._judged_names(early)[2] == "trust_core_d7"
    shorter = replace(reviewed, judged=("outrage_burden_core", "public_reach", "morale"))
    assert len(debrief._judged(shorter, "en")) == 3
    shown = [ax.get_visible() for ax in debrief.figure_luck(shorter, "en").axes]
    assert shown == [True, True, True, False]


def test_no_debrief_of_half_a_game():
    with pytest.raises(ConfigError, match="not over"):
        debrief.build(WORLD, until(ACTIVE, "D3"), ())
    with pytest.raises(ConfigError, match="one world"):
        debrief.class_page({}, "en")


@pytest.mark.slow
def test_two_hundred_twins_in_ten_seconds():
    """On two free cores; a machine that has other work is given its share of the time."""
    import os
    import time

    world = replace(WORLD, population="default")
    configs = [
        play.config_of(debrief.twin_of(world, k), ACTIVE, ()) for k in range(debrief.N_TWINS)
    ]
    debrief._track(configs[0])
    began, spent = time.monotonic(), os.times()
    assert len(list(debrief._tracks(configs, lambda: None, None))) == debrief.N_TWINS
    now = os.times()
    work = now.user + now.system - spent.user - spent.system
    assert min(time.monotonic() - began, work / 2) <= 10.0


def test_a_pushed_statement_makes_no_heat_without_official_heat():
    whole = play.config_of(WORLD, ACTIVE, ())
    bare = play.config_of(WORLD, ACTIVE, (), Mechanisms(official_heat=False))

    def heat(config):
        events = {event.id: event for event in read_case(config.case).forcing}
        return events["pushed_statement"].heat

    assert heat(whole) > 0
    assert heat(bare) == 0
