"""What a team sees: late, noisy, repeatable, and nothing of what people feel."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from games import ACTIVE, DECISIONS, EVENTS, KEYS, WORLD, briefs, until

from experiments.game import brief as desk
from experiments.game import brief_figures
from experiments.game.brief_figures import wilson
from experiments.game.rules import Injection


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
    decision = DECISIONS[3]
    known = desk.brief(WORLD, until(ACTIVE, "D3"), (), decision, "en")
    assert desk.brief(WORLD, ACTIVE, (), decision, "en") == known
    later = (Injection("leak", "D5"),)
    assert desk.brief(WORLD, ACTIVE, later, decision, "en") == known
    now = (Injection("leak", "D3"),)
    headlines = desk.brief(WORLD, ACTIVE, now, decision, "en").headlines
    assert EVENTS["leak"].words[0] in [headline.text for headline in headlines]


def test_hidden_state_is_not_told():
    """Only what can be counted outside: no outrage, trust, credibility, cost of morale."""
    seen = {number.key for brief in briefs() for number in brief.numbers}
    assert seen == {"angry", "governance", "listed", "partners", "followers", "price"}
    words = " ".join(
        [*(h.text for b in briefs() for h in b.headlines), *desk.Brief.__dataclass_fields__]
    ).lower()
    for hidden in ("outrage of", "trust", "credibility", "grudge", "novelty", "morale"):
        assert hidden not in words


def test_the_bands_mean_what_they_say(monkeypatch):
    """95 % bands of volume hold the truth of about 95 % of the hours."""
    decision, hits, total = DECISIONS[6], 0, 0
    for seed in range(6):
        world = replace(WORLD, seed=seed)
        seen = desk.brief(world, until(ACTIVE, "D6"), (), decision, "en").series
        with monkeypatch.context() as patch:
            patch.setattr(brief_figures, "VOLUME_SD", 1e-9)
            truth = desk.brief(world, until(ACTIVE, "D6"), (), decision, "en").series
        inside = np.array(seen.low) <= np.array(truth.values)
        inside &= np.array(truth.values) <= np.array(seen.high)
        counted = np.array(truth.values) > 0
        hits, total = hits + int(inside[counted].sum()), total + int(counted.sum())
    assert 0.88 <= hits / total <= 0.99


def test_closer_monitoring_narrows_and_calls_inform():
    def numbers(choices, key):
        decision = DECISIONS[KEYS.index(key)]
        seen = desk.brief(WORLD, until(choices, key), (), decision, "en")
        return seen, {number.key: number for number in seen.numbers}

    silent = {**ACTIVE["D2"], "partners": "leave"}
    plain = {**ACTIVE, "D0": {"rumour": "wait"}, "D2": silent}
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
        decision = DECISIONS[KEYS.index(key)]
        seen = desk.brief(WORLD, until(choices, key), (), decision, "en")
        return sum(headline.text.startswith("From inside") for headline in seen.headlines)

    assert [facts("verify", key) for key in ("D1", "D3")] == [1, 2]
    assert [facts("wait", key) for key in ("D1", "D3", "D4", "D5")] == [0, 0, 1, 2]


def test_wilson_interval():
    low, high = brief_figures.wilson(0, 10)
    assert low == 0
    assert high == pytest.approx(0.2775, abs=1e-3)
    low, high = brief_figures.wilson(50, 100)
    assert (low, high) == (pytest.approx(0.4038, abs=1e-3), pytest.approx(0.5962, abs=1e-3))


def test_the_interval_of_a_share_holds_the_share():
    for n in range(1, 400):
        assert wilson(0, n)[0] == 0 and wilson(n, n)[1] == 1
        for hits in (0, n // 3, n):
            low, high = wilson(hits, n)
            assert 0 <= low <= hits / n <= high <= 1
