"""`backlash corpus`: what it prints, in both languages, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from test_corpus_tables import folder

from experiments.command import printed_corpora
from experiments.command.cli import main
from experiments.corpus import appraisal, contest, kinds, shipped, tasks, words
from experiments.corpus.affairs import Affairs, Sight, gathered
from experiments.corpus.appraisal import Beside
from experiments.corpus.bootstrap import Estimate
from experiments.corpus.instrument import observe
from experiments.corpus.writing import write


@pytest.fixture
def backlash(capsys):
    """The command: its exit code, what it printed, what it said of errors."""

    def call(*words: str) -> tuple[int, str, str]:
        code = main([*map(str, words)])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def simulated(n: int, start: float = float("nan")) -> Affairs:
    """A few affairs as a simulator would hand them over; by itself without a calendar."""
    rng, t, sights = np.random.default_rng(5), np.arange(0, 96, 0.25), []
    for k in range(n):
        begins = np.sort(rng.uniform(0, 30, 4))[:, None]
        heat = rng.lognormal(13, 0.6, (4, 1)) * 0.6 ** np.maximum(t - begins, 0) * (t >= begins)
        kinds_of = ["attack_or_other", "explain", "apologise", "commentary"]
        response = np.array([kind in kinds.RESPONSES for kind in kinds_of])
        seen = observe(t, heat, response, np.arange(96.0), np.full(96, 1e5), 96.0)
        assert seen is not None
        sights.append(Sight(f"sim{k}", seen, kinds_of, clock=10.0, start=start))
    return gathered(sights)


def test_the_shipped_affairs_are_shown(backlash):
    code, out, err = backlash("corpus", "show")
    assert (code, err) == (0, "")
    assert "304 affairs (197 in the analysis set), 1423 listed topics" in out
    assert "2024-05-22 to 2026-08-20" in out
    assert "no listed response: 63" in out
    assert "MIT, (c) 2020 xiadd" in out
    assert "calibrate 25, check 80, no 67" in out
    (line,) = [one for one in out.splitlines() if one.split()[:1] == ["K19"]]
    assert "[1.330, 1.967]  38 calibrate" in line


def test_affairs_are_shown_in_chinese(backlash):
    code, out, _ = backlash("corpus", "show", "lang=zh")
    assert code == 0
    assert "304起事件" in out
    assert "致歉 129" in out
    assert "可以用来做什么" in out


def test_a_folder_of_ones_own_is_shown_and_checked(backlash, tmp_path):
    code, out, _ = backlash("corpus", "show", folder(tmp_path))
    assert code == 0
    assert "2 affairs (1 in the analysis set)" in out
    assert "development" in out
    code, out, err = backlash("corpus", "check", tmp_path)
    assert (code, out, err) == (0, f"{tmp_path}: good\n", "")
    (tmp_path / "samples.csv").unlink()
    code, out, _ = backlash("corpus", "check", tmp_path, tmp_path / "none")
    assert code == 2
    assert "samples.csv: no such file\n  try: a table samples.csv" in out
    assert "none: no such folder" in out
    code, _, err = backlash("corpus", "show", tmp_path)
    assert code == 2
    assert f"try:     backlash corpus check {tmp_path}" in err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([], "corpus = None: show, score or forecast which, or check which folder?"),
        (["shew"], "try:     backlash corpus show"),
        (["check"], "check which folder?"),
        (["show", "a", "b"], "corpus = 'show a b'"),
        (["show", "lang=fr"], "allowed: en, zh"),
        (["show", "format=json"], "no such setting here"),
        (["score", "format=xml"], "allowed: text, json"),
        (["score", "forecasts=x"], "try:     forecast=x"),
        (["score", "nowhere"], "no such folder"),
        (["score", "simulated=nowhere"], "no such folder"),
    ],
)
def test_what_is_typed_wrong_is_refused_with_a_remedy(backlash, typed, said):
    code, out, err = backlash("corpus", *typed)
    assert (code, out) == (2, "")
    assert said in err
    assert "try:" in err


def test_tab_offers_verbs_and_settings(backlash):
    assert backlash("_complete", "corpus", "s")[1].split() == ["show", "score", "simulate"]
    assert "simulated=" in backlash("_complete", "corpus", "score", "")[1].split()
    assert backlash("_complete", "corpus", "check", "")[1].split() == []
    assert backlash("corpus", "--help")[1].count("backlash corpus") == 5


def test_simulated_affairs_stand_beside_observed_ones(backlash, tmp_path):
    """With no calendar no forecast can be made of them, and that is said."""
    write(tmp_path / "made", simulated(30))
    write(tmp_path / "seen", simulated(20))
    code, out, _ = backlash(
        "corpus", "score", tmp_path / "seen", f"simulated={tmp_path / 'made'}", "format=json"
    )
    assert code == 0
    told = json.loads(out)
    assert (told["affairs"], told["simulated_affairs"], told["forecasts"]) == (20, 30, None)
    assert "platform_snapshots" in told["why"]
    by = {one["id"]: one for one in told["statistics"]}
    assert len(by) == 61
    assert by["K01"]["simulated"]["inside"] in (True, False)
    assert by["K17"]["value"] is None
    assert by["S1_q50"]["development"]["value"] == pytest.approx(2.4164)
    assert {one["id"] for one in told["responses"]} == {f"R{k:03d}" for k in range(1, 173)}
    code, out, _ = backlash(
        "corpus", "score", tmp_path / "seen", f"simulated={tmp_path / 'made'}", "lang=zh"
    )
    assert "项在观测的90%区间内" in out
    assert "无预测" in out
    file = tmp_path / "mine.csv"
    file.write_text("affair,L,e0\nsim0,3,1\n")
    code, _, err = backlash("corpus", "score", tmp_path / "seen", f"forecast={file}", "n=0")
    assert code == 2
    assert "no task can be made of the affairs" in err


def of(value: float, low: float, high: float, made: float | None) -> Beside:
    seen = Estimate(value, low, high, 9)
    return Beside("K01", (), "calibrate", seen, seen, None if made is None else
                  Estimate(made, made, made, 9))  # fmt: skip


def test_what_is_simulated_is_inside_or_so_many_half_widths_off():
    assert (of(1, 0, 2, 1.5).inside, of(1, 0, 2, 1.5).off) == (True, 0.5)
    assert (of(1, 0, 2, 4).inside, of(1, 0, 2, 4).off) == (False, 3)
    assert (of(0, 0, 0, 0).inside, of(0, 0, 0, 0).off) == (True, 0)
    assert (of(0, 0, 0, 1).inside, of(0, 0, 0, 1).off) == (False, float("inf"))
    nothing = of(1, 0, 2, float("nan"))
    assert nothing.inside is None
    assert np.isnan(nothing.off)
    rows = [of(1, 0, 2, 1.5), of(1, 0, 2, 4), nothing]
    said = printed_corpora.verdict_text(rows, "en")
    assert said.startswith("of 3 statistics to calibrate, 1 inside")
    assert "2 off by more than twice its half-width (K01, K01)" in said


@pytest.mark.slow
def test_forecasts_of_other_affairs_are_scored(backlash, tmp_path):
    """A folder of a few affairs with a calendar, forecast by what was trained on the shipped."""
    write(tmp_path, simulated(3, start=float(shipped.sampling_clock()[5000])))
    file = tmp_path / "mine.csv"
    lines = [f"sim{k},{age},1,2,.5,.3" for k in range(3) for age in tasks.AGES]
    file.write_text("\n".join(["affair,L,e0,e1,p_new24,p_other24", *lines]) + "\n")
    code, out, err = backlash("corpus", "score", tmp_path, f"forecast={file}", "n=0")
    assert (code, err) == (0, "")
    assert "forecasts: 12 tasks of 3 affairs" in out
    assert "trained on the development affairs\n" in out
    mine = next(line for line in out.splitlines() if "YOUR FORECAST" in line)
    assert mine.count("–") == 1  # new72 was not forecast
    assert "less decay, dressed: CRPS" in out
    file.write_text(file.read_text().replace("sim2,24", "sim2,23"))
    code, _, err = backlash("corpus", "score", tmp_path, f"forecast={file}", "n=0")
    assert code == 2
    assert "no row of sim2 at L=24" in err


def test_everything_that_is_named_has_words():
    for variant, name in [*contest.PLAIN, *contest.POOLS, contest.EXCITED]:
        assert words.say(variant, "zh") != words.say(name, "en")
    for one in (*kinds.SAMPLE_SETS, *kinds.VICTIMS, kinds.CEO):
        assert words.say(one, "zh")
    assert all(f"use_{use}" in words.WORDS for use in appraisal.USES)
    assert set(appraisal.RIVALS) <= {name for _, name in contest.PLAIN}
    for en, zh in words.WORDS.values():
        assert en.count("{") == zh.count("{")


def test_the_page_says_what_the_code_does():
    """Scores in the table of both pages, and the codes of the tables."""
    root = Path(__file__).parent.parent / "docs"
    for page in ("corpus.md", "corpus.zh.md"):
        text = (root / page).read_text(encoding="utf-8")
        for code in (*kinds.KINDS, *kinds.VICTIMS, *kinds.CAUSES, *kinds.SAMPLE_SETS):
            assert code in text, code
        assert "(c) 2020 xiadd" in text
    english, chinese = ((root / name).read_text() for name in ("corpus.md", "corpus.zh.md"))
    assert english.count("\n|") == chinese.count("\n|")
    assert english.count("\n#") == chinese.count("\n#")


@pytest.mark.parametrize("page", ["corpus.md", "corpus.zh.md"])
def test_the_python_lines_of_the_page_work(page, capsys):
    text = (Path(__file__).parent.parent / "docs" / page).read_text(encoding="utf-8")
    exec(text.partition("```python\n")[2].partition("```")[0], {})
    assert capsys.readouterr().out.startswith("1.7389")
