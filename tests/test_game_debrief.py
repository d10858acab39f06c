"""The debrief: twins, flips, mechanisms, its figures and its pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from games import ACTIVE, DECISIONS, WORLD, passive, until

from experiments.game import (
    class_debrief,
    debrief,
    debrief_frame,
    debrief_pages,
    debrief_words,
    references,
    tracks,
)
from experiments.game.class_debrief import class_page, outcome_table
from experiments.game.debrief import Debrief, build, judged_names, play
from experiments.game.debrief_figures import figure_class, figure_luck
from experiments.game.debrief_pages import page
from experiments.game.debrief_reading import (
    best_flip,
    better_than,
    history_mean,
    paid_with,
    same_in_all,
    told_apart,
)
from experiments.game.debrief_summary import largest_flip, moves, summary
from experiments.game.names import clean
from experiments.game.references import twin_of
from experiments.game.rules import Injection, available
from experiments.game.runs import config_of, outcome
from experiments.game.script_file import script_of
from experiments.game.tracks import Bench
from experiments.reading.compare import sign_of
from sim.base.refusal import ConfigError


@pytest.fixture(scope="module")
def reviewed() -> Debrief:
    seen: list[tuple[int, int]] = []
    found = build(
        WORLD,
        ACTIVE,
        (Injection("regulator", "D4"),),
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
    patch.setattr(references, "N_PAIRS", 10)
    patch.setattr(debrief, "MECHANISMS", debrief.MECHANISMS[:3])
    patch.setattr(references, "RESPONSES", ("as_happened", "none", "deny"))
    yield
    patch.undo()


def test_twins_are_other_worlds_and_the_same_for_every_team():
    twins = [twin_of(WORLD, k) for k in range(200)]
    assert len({(twin.seed, twin.draw) for twin in twins}) == 200
    assert all(twin.draw != WORLD.draw and twin.seed != WORLD.seed for twin in twins)


def test_flips_are_single_and_in_the_same_world(reviewed):
    flips = {(flip.decision, flip.question, flip.option): flip for flip in reviewed.flips}
    assert not {flip[:2] for flip in flips if ACTIVE[flip[0]][flip[1]] == flip[2]}
    flip = flips["D4", "statement", "stay"]
    assert flip.kept
    turned = {**ACTIVE, "D4": {"statement": "stay"}}
    run = outcome(WORLD, turned, reviewed.injections)
    from sim.metrics import outcomes

    assert dict(flip.outcomes) == pytest.approx(outcomes(run), nan_ok=True)
    assert ("D0", "rumour", "wait") in reviewed.idle  # monitoring only informs
    assert not flips["D3", "speaker", "nobody"].kept  # no statement left to push on D4
    every = {
        (decision.key, question.key, option.key)
        for decision in DECISIONS
        for question in available(ACTIVE, decision, WORLD).questions
        for option in question.options
    }
    own = {(key, name, answer) for key, given in ACTIVE.items() for name, answer in given.items()}
    assert set(flips) | set(reviewed.idle) == every - own


def test_the_best_flip_is_the_best(reviewed):
    for name in debrief.JUDGED:
        sign = sign_of(name)
        gains = [
            sign * (flip.outcomes[name] - reviewed.own.outcomes[name]) for flip in reviewed.flips
        ]
        best = best_flip(reviewed, name)
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
        assert 0 <= better_than(reviewed, name) <= 1
    worst = replace(reviewed, own=replace(reviewed.own, outcomes={"public_reach": 9.0}))
    assert better_than(worst, "public_reach") == 0
    assert np.isnan(better_than(reviewed, "governance_share"))


def test_references_are_shared_by_teams(reviewed):
    ticks: list[int] = []
    other = build(
        WORLD, passive(WORLD), reviewed.injections, progress=lambda done, _: ticks.append(done),
        n_twins=12,
    )  # fmt: skip
    assert other.references is reviewed.references
    assert ticks[-1] == other.n_runs
    html = class_page({"red & <b>": reviewed, "silent": other}, "en")
    assert "red &amp; &lt;b&gt;" in html
    assert "<b>" not in html.replace("<body>", "")
    assert "Who chose what" in html
    zh = class_page({"红队": reviewed, "silent": other}, "zh")
    assert "红队" in zh and "谁选了什么" in zh
    assert not outside(html) and not outside(zh)


def outside(html: str) -> list[str]:
    """Addresses that a browser would ask for."""
    found = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')> ]+)""", html)
    return [address for address in found if not address.startswith(("data:", "#"))]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_says_it_all_and_asks_nobody(reviewed, lang):
    html = page(reviewed, lang, "<script>alert(1)</script> $x$" + "x" * 500)
    assert not outside(html)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "<i>x</i>" not in html
    assert "x" * 40 not in re.sub(r"data:[^\"]*", "", html)
    assert html.count('<img src="data:image/svg+xml;base64,') == 6
    first, _, rest = html.partition('id="statistics"')
    assert (
        first.count("<img ") == 1 and first.count('class="ask"') == 1
    )  # one picture, one question
    assert len(re.findall("<li>", re.search(r'<ol class="first".*?</ol>', first, re.S)[0])) == 3
    assert "Shapley" not in first and "Shapley" in rest
    parts = {
        "en": ["Luck or skill?", "One decision flipped", "Shapley", "image repair", "cannot know",
               "Report card", "not an optimum", "Coombs (2007)", "the regulator"],
        "zh": ["运气还是能力", "换掉一项决定", "Shapley", "形象修复", "模型无法知道的", "成绩表",
               "并非最优", "Coombs（2007）", "监管部门"],
    }  # fmt: skip
    for part in parts[lang]:
        assert part.lower() in html.lower()
    assert not re.search(r"\bnan\b", re.sub(r"data:[^\"]*", "", html))
    assert ("zh" if lang == "zh" else "en") in html[:60]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_three_plain_sentences_come_first(reviewed, lang):
    told = summary(reviewed, lang)
    flip = largest_flip(reviewed)
    assert flip is not None and flip.decision in told["made"]
    assert len(moves(script_of(WORLD), ACTIVE, ())) > 3 and "“" in told["did"]
    for text in told.values():
        assert not re.search(r"[{}]|nan", text)
        assert "Shapley" not in text and "log" not in text
    idle = replace(reviewed, choices=passive(WORLD), unanswered=())
    assert ("did nothing" if lang == "en" else "没有采取行动") in summary(idle, lang)["did"]
    missed = replace(reviewed, unanswered=tuple(d.key for d in DECISIONS[:5]))
    assert "5" in summary(missed, lang)["question"]
    asked = {
        summary(replace(reviewed, own=replace(reviewed.own, outcomes={**reviewed.own.outcomes,
                "outrage_burden_core": value})), lang)["question"]
        for value in (0.0, 1e3)
    }  # fmt: skip
    assert len(asked) == 2  # luck is asked about where there was some


def test_what_a_team_wrote_is_shown_and_is_text(reviewed):
    written = {"D1": {"reason": "<b>why</b>", "statement": "Dear fans,\nwe are sorry."}}
    wrote = replace(reviewed, written=written)
    html = page(wrote, "en", "Red")
    assert "&lt;b&gt;why&lt;/b&gt;" in html and "Dear fans,\nwe are sorry." in html
    assert "What you wrote" not in page(reviewed, "en", "Red")
    together = class_page({"Red": wrote}, "zh")
    assert "各队拟稿" in together and "Dear fans" in together


def test_the_outcomes_of_a_class_are_numbers(reviewed):
    table = outcome_table({7: reviewed})
    assert json.loads(json.dumps(table, allow_nan=False))["7"]["morale"][0] is not None
    assert table["history"]["morale"][1] is None


def test_what_players_type_is_cut_and_cleaned():
    assert clean("a" * 50) == "a" * 31 + "…"
    assert clean("a\u202eb\x00c\nd") == "abcd"
    assert clean("  two   words ") == "two words"


def test_a_short_horizon_is_judged_by_what_it_has(reviewed):
    early = replace(reviewed.own, outcomes={**reviewed.own.outcomes, "trust_core_d14": np.nan})
    assert judged_names(early)[2] == "trust_core_d7"
    shorter = replace(reviewed, judged=("outrage_burden_core", "public_reach", "morale"))
    assert len(debrief_pages._judged(shorter, "en")) == 3
    shown = [ax.get_visible() for ax in figure_luck(shorter, "en").axes]
    assert shown == [True, True, True, False]


def test_teams_that_chose_alike_share_their_runs(reviewed, monkeypatch):
    ran: list[object] = []
    once = tracks._track
    monkeypatch.setattr(tracks, "_track", lambda config: ran.append(config) or once(config))
    bench, ticks = Bench(), []
    first = play(WORLD, ACTIVE, reviewed.injections, bench, n_twins=10)
    alike = {**ACTIVE, "D0": {"rumour": "wait"}}  # monitoring changes nothing outside
    n = len(ran)
    second = play(WORLD, alike, reviewed.injections, bench, lambda: ticks.append(1), n_twins=10)
    assert len(ran) == n and second.own is first.own and second.twins == first.twins
    assert len(ticks) == references.n_shared(WORLD, 10) + 11
    html = class_page({"Red": first, "Blue": second}, "en")  # before any flip was run
    assert "1 · Red" in html and "2 · Blue" in html


def test_means_stand_beside_means_over_the_same_worlds(reviewed):
    """What happened was run in the world of every twin, and its mean is on the class page."""
    assert len(reviewed.references.history_twins) == len(reviewed.twins) == 12
    mean, n = history_mean(reviewed, "outrage_burden_core")
    assert n == 12
    html = class_page({"Red": reviewed}, "en")
    row = html[html.index("<td>what happened</td>") :].split("</tr>")[0]
    assert row.count("<small>") == len(reviewed.judged) + 2
    assert f"<small>{debrief_words.number(mean)}</small>" in row


def test_what_was_not_answered_is_told_apart(reviewed):
    silent = replace(reviewed, unanswered=("D1", "D5"))
    html = page(silent, "en", "Red")
    assert html.count("not answered") == 1 + len(ACTIVE["D5"])
    assert "what then holds: “We are looking into it”" in html
    assert "D1 “We are looking into it”" not in html  # no theory of what nobody chose
    assert "D1 “We are looking into it”" in page(reviewed, "en", "Red")
    assert "未作答</em>；因此视为：" in page(silent, "zh", "红队")
    taken = {row["question"]: row for row in class_debrief._taken([silent, reviewed], "en")}
    (said,) = taken["What do you say?"]["options"]
    assert said["teams"] == [2] and taken["What do you say?"]["silent"] == [1]


def test_noise_has_no_colour(reviewed):
    """Better and worse only where the pairs tell it; a return only beyond the price's noise."""

    def moved(name, own, by):
        history = [twin[name] for twin in reviewed.references.history_twins]
        twins = [
            replace(twin, outcomes={**twin.outcomes, name: history[k % len(history)] + by(k)})
            for k, twin in enumerate(reviewed.twins)
        ]
        here = reviewed.references.history.outcomes[name] + own
        own_track = replace(reviewed.own, outcomes={**reviewed.own.outcomes, name: here})
        return told_apart(replace(reviewed, own=own_track, twins=tuple(twins)), name)

    assert moved("morale", 0.1, lambda k: 0.1 + 0.001 * k) == "better"
    assert moved("morale", 0.1, lambda k: 0.1 * (-1) ** k) == ""
    assert moved("morale", -0.1, lambda k: 0.1 + 0.001 * k) == ""
    assert moved("car_0_1", 0.002, lambda k: 0.002) == ""
    assert moved("car_0_1", 5.0, lambda k: 0.002) == "better"


def test_no_rank_where_all_twins_are_the_same(reviewed):
    level = {**reviewed.own.outcomes, "morale": 1.0}
    same = replace(
        reviewed,
        own=replace(reviewed.own, outcomes=level),
        twins=tuple(replace(twin, outcomes=level) for twin in reviewed.twins),
    )
    assert same_in_all(same, "morale") and not same_in_all(reviewed, "outrage_burden_core")
    row = next(row for row in debrief_pages._card(same, "en") if row["name"] == "staff morale")
    assert row["same"]
    assert "the same in all twins" in page(same, "en", "Red")


def test_a_flip_says_what_it_costs_elsewhere(reviewed):
    hasty = next(flip for flip in reviewed.flips if flip.option == "short")
    costs = dict(paid_with(reviewed, hasty, "outrage_burden_core"))
    assert costs["legal_hkd"] > 0
    assert "outrage_burden_core" not in costs
    told = debrief_pages._paid(reviewed, hasty, "outrage_burden_core", "en")
    assert any(re.fullmatch(r"expected legal cost \+[\d,.]+ HKD", text) for text in told)


def test_team_numbers_do_not_cover_one_another(reviewed):
    paths = [reviewed.own.curves["outrage_core"] * (1 - 0.02 * k) for k in range(39)]
    teams = [
        replace(reviewed, own=replace(reviewed.own, curves={"outrage_core": path}))
        for path in paths
    ]
    above = figure_class([*teams, teams[0]], "en").axes[0]
    texts = [text for text in above.texts if not text.get_text().startswith("D")]
    assert {text.get_text() for text in texts} == {"1, 40", *(str(k) for k in range(2, 40))}
    (left, right), box = above.get_xlim(), above.get_position()
    size = 72 * above.figure.get_size_inches() * (box.width, box.height)
    places = np.array([text.get_position() for text in texts])
    places = (places - (left, 0)) / (right - left, 1) * size
    apart = np.linalg.norm(places[:, None] - places[None], axis=2) + 99 * np.eye(len(places))
    assert apart.min() > 7


def test_the_month_is_that_of_the_case(reviewed):
    other = replace(reviewed, world=replace(WORLD, case="tea_house"), injections=())
    elsewhere = " ".join(debrief_frame.common(other, "en")["cannot"])
    assert "done better in March 2026" in elsewhere and "without a share" in elsewhere
    assert "2026年1月" in " ".join(debrief_frame.common(reviewed, "zh")["cannot"])


def test_no_debrief_of_half_a_game():
    with pytest.raises(ConfigError, match="not over"):
        build(WORLD, until(ACTIVE, "D3"), ())
    with pytest.raises(ConfigError, match="one world"):
        class_page({}, "en")


@pytest.mark.slow
def test_two_hundred_twins_in_ten_seconds():
    """On two free cores; a machine that has other work is given its share of the time."""
    import os
    import time

    world = replace(WORLD, population="default")
    configs = [config_of(twin_of(world, k), ACTIVE, ()) for k in range(debrief.N_TWINS)]
    tracks._track(configs[0])
    began, spent = time.monotonic(), os.times()
    assert len(Bench().tracks(configs, lambda: None)) == debrief.N_TWINS
    now = os.times()
    work = now.user + now.system - spent.user - spent.system
    assert min(time.monotonic() - began, work / 2) <= 10.0
