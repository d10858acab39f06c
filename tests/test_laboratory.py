"""The laboratory without a browser: choices, refusals, runs in pieces, charts, limits, server."""

import http.client
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.classroom import (
    chart_parts,
    charts,
    game_texts,
    messages,
    refusals,
    server,
    site,
    tables,
    texts,
    watched_run,
    workbench,
)
from experiments.classroom.choice import Choice
from experiments.classroom.film import RAMP, film_of
from experiments.classroom.lever import levers, options_of, stops
from experiments.classroom.limits import Refused
from experiments.classroom.watched_run import Cancelled
from experiments.classroom.workbench import Workbench
from experiments.pictures import words
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.course import hours_of
from sim.metrics import outcomes
from sim.playbook.act import Channel
from sim.playbook.kinds import STEPS, Apology, Buyback, Denial, Penalty, Reform
from sim.run import simulate
from sim.settings.composition import compose
from sim.settings.worlds import replicates
from sim.state.scenario import build_scenario, name_of

FOLDER = Path(charts.__file__).parent


def never():
    return False


def done(**chosen):
    return watched_run.run_in_pieces(Choice(**chosen).configs()[0], lambda share: None, never)


def view(lang="en", days=None, **chosen):
    """The screen of a choice in the small population."""
    choice = Choice(population="classroom", **chosen)
    configs = choice.configs()
    runs = [simulate(config) for config in configs]
    return chart_parts.View(
        main=runs[0],
        other=runs[1] if len(runs) > 1 else None,
        other_name=texts.say(choice.against, lang) if choice.against else "",
        case=configs[0].case,
        lang=lang,
        days=days,
    )


# --- choices and the command that reproduces them -----------------------------------------------

CHOICES = (
    Choice(),
    Choice(response="none", seed=7, draw=3),
    Choice(case="textbook", response="deny", world="point", population="classroom"),
    Choice(
        response="reform_and_fan_panel",
        population="classroom",
        changes={
            "response.apology.delay_h": 2.5,
            "response.apology.speaker": "founder",
            "response.reform.delivered": False,
            "response.buyback.delay_h": 24.0,
            "response.buyback.amount_hkd": 1.5e9,
            "response.compensation.cost_hkd": 1e10,
            "response.termination.delay_h": None,
            "response.channel": "public",
        },
    ),
)


@pytest.mark.parametrize("choice", CHOICES, ids=range(len(CHOICES)))
def test_the_command_gives_the_run_on_the_screen(choice):
    """What is copied from the page, parsed like a shell does, is the same run."""
    words = shlex.split(shlex.join(["backlash", "run", *choice.words()]))[2:]
    typed = replicates(compose(words))
    assert len(typed) == 1
    assert name_of(typed[0]) == name_of(choice.configs()[0])


def test_the_command_of_the_comparison_has_the_same_seed_and_world():
    choice = Choice(seed=4, draw=2, against="none", changes={"response.apology.delay_h": 1.0})
    config = replicates(compose(choice.words(against=True)))[0]
    assert name_of(config) == name_of(choice.configs()[1])
    assert config.seed == 4 and config.parameters == choice.configs()[0].parameters
    assert config.response.name == "none"


def test_a_run_in_pieces_is_the_run_bit_for_bit():
    config = Choice(population="classroom", seed=5).configs()[0]
    pieces, whole = done(population="classroom", seed=5), simulate(config)
    assert pieces.run.name == whole.name and pieces.run.log == whole.log
    for name, values in whole.series.items():
        np.testing.assert_array_equal(pieces.run.series[name], values)


def test_pictures_of_the_network_show_what_the_run_says():
    """Mean outrage of the pictured core fans follows that of all; visible share is a share."""
    found = done(population="classroom")
    n = found.frames.shape[1]
    core = found.frames[:, found.kind[:n] == 0].mean(axis=1) / 100
    all_of_them = found.run.series["outrage_core"][found.steps]
    assert np.corrcoef(core, all_of_them)[0, 1] > 0.95
    assert ((found.visible >= 0) & (found.visible <= 1)).all()
    assert watched_run.lay_out(found).shape == (found.rows.size, 2)


def test_progress_goes_up_and_a_cancelled_run_stops():
    told = []
    config = Choice(population="classroom").configs()[0]
    watched_run.run_in_pieces(config, told.append, never)
    assert told == sorted(told) and told[-1] == 1.0
    seen = []
    with pytest.raises(Cancelled):
        watched_run.run_in_pieces(config, seen.append, lambda: len(seen) >= 3)
    assert len(seen) == 3


def test_a_lever_where_the_response_has_it_is_no_change():
    choice = Choice()
    choice.set("response.apology.delay_h", 3)
    assert choice.changes == {"response.apology.delay_h": 3.0}
    choice.set("response.apology.delay_h", choice.usual("response.apology.delay_h"))
    assert not choice.changes


def test_where_nobody_is_punished_there_is_no_severity():
    choice = Choice()
    assert choice.value("response.penalty.severity") > 0
    choice.set("response.penalty.level", "none")
    assert choice.value("response.penalty.severity") == 0
    build_scenario(choice.configs()[0])


def test_a_slider_of_hours_stands_at_the_hours_that_matter():
    lever = levers()["response.apology.delay_h"]
    found = stops(lever, 336.0)
    assert {0, 0.5, 2, 4, 8, 24, 48, 72, 168, 336} <= set(found) and len(found) < 100
    before = stops(levers()["response.disclosure.delay_h"], 336.0)
    assert before == sorted(before) and before[0] == -36 and {-2, 0, 2} <= set(before)
    for lever in levers().values():
        if lever.low is not None:
            found = stops(lever, 336.0)
            assert 2 < len(found) < 140 and found[0] == lever.low


@pytest.mark.parametrize("step", [s for s in STEPS if s != "launch_moved"])  # nothing to move
def test_each_step_can_be_switched_off_and_on(step):
    """Without a refusal: all levers of a step change together."""
    choice = Choice(response="as_happened")
    choice.switch(step, False)
    assert not choice.happens(step)
    build_scenario(choice.configs()[0])
    choice.switch(step, True)
    assert choice.happens(step)
    build_scenario(choice.configs()[0])


# --- what a page sends is not trusted -----------------------------------------------------------


@pytest.mark.parametrize(
    "chosen",
    [
        {"case": "../../etc/passwd"},
        {"case": "/tmp/own.yaml"},
        {"response": "as_happened,none"},
        {"population": "n_people=20000000"},
        {"world": "FILE_posterior.csv"},
        {"changes": {"parameters.betrayal": 0.1}},
        {"changes": {"response.apology.speaker": "__import__('os')"}},
        {"changes": {"response.apology.delay_h": "3"}},
        {"changes": {"response.apology.delay_h": 1e9}},
        {"seed": -1},
        {"draw": -1},
        {"draw": 10**9},
    ],
)
def test_nothing_but_options_and_levers_is_taken(chosen):
    with pytest.raises(ConfigError):
        Choice(**chosen).configs()


@pytest.mark.parametrize("raw", [float("nan"), float("inf")])
def test_no_number_is_refused(raw):
    with pytest.raises(ConfigError, match="not a number"):
        Choice().set("response.apology.delay_h", raw)


WRONG = {
    "severity without a level": ("response.penalty.severity", 0.7, "none", "Penalty"),
    "denial after the apology": ("response.denial.delay_h", 20.0, "as_happened", "Denial at 20 h"),
    "too late": ("response.apology.delay_h", 9999.0, "as_happened", "0 to 2160 h"),
    "too much": ("response.apology.acknowledgement", 3.0, "as_happened", "0 to 1"),
    "before the event": ("response.apology.delay_h", -3.0, "as_happened", "Choose 0 h or later"),
    "reform without a time": ("response.reform.governance", 0.5, "none", "Give it a time"),
    "vouchers without a time": ("response.compensation.share", 0.5, "none", "Give it a time"),
}


LEFT_OUT = {  #: response, levers that are moved, and the part of the response that stays as it was
    "a speaker of an act that is off": (
        "none", {"response.apology.speaker": "company"}, "apology", Apology()
    ),
    "a channel in silence": ("none", {"response.channel": "public"}, "channel", Channel.fan),
    "a threshold without its trigger": (
        "deny", {"response.denial.threshold": 0.2}, "denial", Denial(4.0)
    ),
    "a delivery of what is not delivered": (
        "reform_and_fan_panel",
        {"response.reform.delivered": False, "response.reform.delivery_h": 20.0},
        "reform", Reform(48.0, governance=0.8, delivered=False),
    ),
    "a buyback of nothing": (
        "as_happened", {"response.buyback.amount_hkd": 0.0}, "buyback", Buyback()
    ),
    "a penalty of nobody": (
        "as_happened", {"response.penalty.severity": 0.0}, "penalty", Penalty()
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_lever_that_means_nothing_now_is_left_out(name):
    """A page may move it; the run and its command do without it."""
    response, changes, part, expected = LEFT_OUT[name]
    choice = Choice(response=response)
    for key, value in changes.items():
        choice.set(key, value)
    config = choice.configs()[0]
    build_scenario(config)
    assert getattr(config.response, part) == expected
    assert name_of(replicates(compose(choice.words()))[0]) == name_of(config)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_combination_is_refused_in_words_with_a_way_out(name):
    key, value, response, expected = WRONG[name]
    choice = Choice(response=response)
    choice.set(key, value)
    with pytest.raises(ConfigError) as refused:
        choice.configs()
    en, zh = (refusals.refusal(refused.value, lang) for lang in ("en", "zh"))
    assert expected in en
    for text in (en, zh):
        assert "response." not in text and "_" not in text
    assert re.search("[一-鿿]", zh) and not re.search(r"[a-z]{3,}", zh)
    assert re.search("请|可", zh)


def test_a_founder_that_a_case_does_not_know_is_refused_in_words():
    choice = Choice(case="baidu_pr_2024", response="apology_only")
    choice.set("response.apology.speaker", "founder")
    with pytest.raises(ConfigError) as refused:
        choice.configs()
    assert "knows no founder" in refusals.refusal(refused.value, "en")
    assert "没有可发言的创始人" in refusals.refusal(refused.value, "zh")


# --- words --------------------------------------------------------------------------------------


def test_every_lever_has_words_in_both_languages():
    for lever in levers().values():
        assert lever.name in texts.LEVERS and lever.step in texts.STEPS
        for option in lever.options:
            assert option in texts.OPTIONS
        if lever.low is not None:
            assert lever.unit in texts.UNITS


def test_every_text_is_there_twice_with_the_same_blanks():
    for table in (texts.TEXTS, texts.STEPS, texts.LEVERS, texts.OPTIONS):
        for key, (en, zh) in table.items():
            blanks = [set(re.findall(r"{(\w+)", text)) for text in (en, zh)]
            assert en and zh and blanks[0] == blanks[1], key


def test_every_chinese_character_is_in_the_font():
    """The pages, the titles and the events of the cases that come with the program."""
    from fontTools.ttLib import TTFont

    glyphs = TTFont(
        FOLDER.parent / "pictures" / "_fonts" / "BacklashSansSC-Regular.otf"
    ).getBestCmap()
    shown = [zh for _, zh in (*texts.TEXTS.values(), *texts.STEPS.values(), *texts.LEVERS.values())]
    shown += [zh for _, zh in texts.OPTIONS.values()] + list(texts.UNITS.values())
    shown += [zh for _, (_, zh) in refusals.REFUSALS]
    shown += [zh for _, zh in game_texts.TEXTS.values()]
    shown += [m.who[1] + m.text[1] for group in messages.MESSAGES for m in group]
    for name in options_of("case"):
        case = compose([f"case={name}", "response=none"]).case
        shown += [case.title("zh"), *(case.event(item.id).text["zh"] for item in case.forcing)]
    missing = {c for text in shown for c in text if "一" <= c <= "鿿" and ord(c) not in glyphs}
    assert not missing


# --- charts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", options_of("case"))
def test_every_case_has_its_charts(case):
    """In both languages, as plain JSON without NaN; no price where nothing is listed."""
    seen = view(case=case, response="apology_only", against="none")
    for lang in ("en", "zh"):
        found = charts.panels(replace(seen, lang=lang, days=None if lang == "en" else 3))
        assert [panel.key for panel in found] == ["outrage", "heat", "blame", "trust", "price"]
        for panel in found:
            json.dumps(panel.options, allow_nan=False)
            assert panel.caption and not re.search(r"{|\bnan\b", panel.caption)
    assert bool(found[-1].options) == seen.case.listed


def test_captions_say_what_this_run_shows():
    seen = view()
    heat = seen.main.series["list_heat"]
    peak = hours_of(seen.main)[int(np.argmax(heat))]
    core = seen.main.series["trust_core"][-1] / seen.main.trust_start["core"]
    found = {panel.key: panel.caption for panel in charts.panels(seen)}
    assert f"peaks {words.number(peak)} h after the clock start" in found["heat"]
    assert f"keep {core:.1%} of the trust" in found["trust"]
    assert "observed list peaks 58 h after" in found["heat"]
    hours = outcomes(seen.main)["time_to_half_h"]
    half = words.number(hours)
    assert f"has halved {texts.span_text(hours, 'en')} later" in found["outrage"]
    assert half in dict(row[:2] for row in tables.table(seen.main, None, "en")).values()
    burden = outcomes(seen.main)["outrage_burden_core"]
    assert found["outrage"].startswith(f"Outrage burden: {burden:.2f} days")
    other = {panel.key: panel.caption for panel in charts.panels(view(seed=9, response="deny"))}
    assert all(found[key] != other[key] for key in ("heat", "outrage", "trust", "price"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_comparison_speaks_of_the_burden_before_the_peak(lang):
    seen = view(lang, against="none")
    here, there = (outcomes(run)["outrage_burden_core"] for run in (seen.main, seen.other))
    caption = next(panel.caption for panel in charts.panels(seen) if panel.key == "outrage")
    compared = caption[caption.rindex("“") :]
    assert f"{there:.2f}" in compared
    assert ("more" if there > here else "less") in compared or lang == "zh"
    assert compared.index(f"{there:.2f}") < compared.index("%")


def test_before_the_first_run_what_is_documented_is_drawn():
    for name in options_of("case"):
        case = compose([f"case={name}", "response=none"]).case
        for lang in ("en", "zh"):
            panel = charts.documented_panel(case, lang)
            if panel is not None:
                assert panel.caption and json.loads(json.dumps(panel.options, allow_nan=False))
    assert charts.documented_panel(compose(["response=none"]).case, "en") is not None


NOTHING = {
    "en": ("Nobody expresses outrage", "There is no heat", "nothing to divide"),
    "zh": ("无人表达愤怒", "没有热度", "没有愤怒讨论"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_where_nothing_happens_the_captions_say_so(lang):
    """Of the run, and of the one compared with; no percentage of nothing."""
    quiet = view(lang, case="quiet_week", response="none", against="none")
    loud = view(lang)
    for seen in (quiet, replace(loud, other=quiet.main, other_name="X")):
        captions = [panel.caption for panel in charts.panels(seen)]
        for caption, said in zip(captions[:3], NOTHING[lang], strict=True):
            assert said in caption or seen.main is loud.main
            assert "0%" not in caption.split("“")[-1] or seen.main is loud.main
    caption = charts.panels(replace(quiet, other=loud.main, other_name="X"))[1].caption
    assert ("there is some" if lang == "en" else "下有热度") in caption
    assert charts.panels(quiet)[4].caption.count("crisis") == 0
    film = film_of(
        pictures := done(case="quiet_week", response="none", population="classroom"),
        watched_run.lay_out(pictures), lang,
    )  # fmt: skip
    assert "0%" not in film.caption


@pytest.mark.parametrize("case", ["xiaomi_2026", "bud_light_2023", "quiet_week"])
def test_the_days_shown_hold_what_the_captions_speak_of(case):
    seen = view(case=case, response="none" if case == "quiet_week" else "as_happened")
    days = charts.days_of(seen)
    assert days is None or days in charts.DAYS
    assert case != "quiet_week" or days == 3
    acts = [mark for mark in chart_parts.marks(seen.main, seen.case, "en") if mark.own]
    shown = replace(seen, days=days)
    assert set(acts) <= set(chart_parts.visible(shown, acts))
    top = seen.main.clock.time_of(int(np.argmax(seen.main.series[charts._shown_heat(seen)])))
    assert top <= chart_parts.window(shown)[1]


def test_long_spans_are_said_in_days():
    assert texts.span_text(34.5, "en") == "34.5 h"
    assert texts.span_text(1659.0, "en") == "69.1 days (1,659 h)"
    assert texts.span_text(96.0, "zh") == "4 天（96 小时）"
    assert texts.after_text(-2.0, "en") == "2 h before the clock start"
    assert texts.hours_text(7.91667, "en") == "7 h 55 min"
    assert texts.hours_text(-0.5, "zh") == "-0 小时 30 分"
    assert texts.hours_text(2160.0, "en") == "2,160 h"


def test_the_network_says_from_when_on_outrage_is_visible():
    found = done(population="classroom")
    at = f"{found.config.parameters.visible_outrage:.2f}"
    for lang in ("en", "zh"):
        assert at in film_of(found, watched_run.lay_out(found), lang).caption


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_charts_write_days_as_their_captions_do(lang):
    """By functions of the page: the charts' own would follow the language of the browser."""
    for panel in charts.panels(view(lang)):
        text = json.dumps(panel.options, ensure_ascii=False)
        assert "{d}" not in text and "{M}" not in text
        if panel.key == "price":
            assert panel.options["xAxis"]["data"][0][:4] in ("2 Ja", "5 Ja", "1月2日", "1月5日")
        else:
            assert f"backlash.tick('{lang}')" in text and f"backlash.moment('{lang}')" in text


def test_a_legend_names_every_series_once_and_the_comparison_in_its_colour():
    for panel in charts.panels(view(against="none")):
        names = [item["name"] for item in panel.options["series"] if item["name"]]
        legend = [n["name"] if isinstance(n, dict) else n for n in panel.options["legend"]["data"]]
        assert len(set(legend)) == len(legend) and len(set(names)) == len(names)
        other = panel.options["series"][-1]
        assert other["name"] == "silence" and other["lineStyle"]["type"] == "dashed"
        drawn = [s["color"] for s in panel.options["series"][:-1] if "(silence)" in s["name"]]
        assert other["color"] in ({*drawn} if len(set(drawn)) == 1 else {chart_parts.SOFT})


def test_the_highest_point_drawn_is_the_peak_of_the_caption():
    (panel,) = [panel for panel in charts.panels(view()) if panel.key == "heat"]
    heat = panel.options["series"][0]["data"]
    values = [row["value"][1] if isinstance(row, dict) else row[1] for row in heat]
    assert max(values) == 1.0


def test_events_are_numbered_and_the_brands_acts_are_marked_as_such():
    seen = view()
    found = chart_parts.marks(seen.main, seen.case, "en")
    assert [mark.number for mark in found] == list(range(1, len(found) + 1))
    assert {mark.text for mark in found if mark.own} >= {"Apology", "Penalty", "Explanation"}
    lines = charts.panels(seen)[0].options["series"][0]["markLine"]["data"]
    drawn = ",".join(line["label"]["formatter"] for line in lines).split(",")
    assert sorted(map(int, drawn)) == [mark.number for mark in found]


def test_the_film_holds_every_picture():
    import base64

    found = done(population="classroom")
    film = film_of(found, watched_run.lay_out(found), "en").film
    assert len(base64.b64decode(film["frames"])) == found.frames.size
    assert len(film["times"]) == len(found.steps) == len(film["visible"])
    assert sorted(k for group in film["groups"] for k in group) == list(range(film["people"]))


def test_the_data_file_says_what_it_is_and_can_be_read_back():
    import io

    import pandas as pd

    run = view().main
    text = tables.csv_of(run, "backlash run seed=0", "a world", view().case)
    assert run.name in text.decode().splitlines()[0]
    frame = pd.read_csv(io.BytesIO(text), comment="#")
    assert len(frame) == run.clock.n_steps and "price_hkd [HKD]" in frame
    np.testing.assert_allclose(frame["heat [heat]"], run.series["heat"], rtol=1e-6, atol=1e-30)


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrasts_meet_wcag_aa():
    """Text 4.5:1 (1.4.3); lines, borders and focus marks 3:1 (1.4.11)."""
    css = (FOLDER / "classroom.css").read_text()
    colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css))
    for text in ("ink", "soft", "brand", "alarm", "note"):
        for ground in ("white", "paper"):
            assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
    for text, ground in (
        ("white", "brand"), ("alarm", "alarm-pale"), ("note", "note-pale"),
        ("brand", "brand-pale"), ("ink", "brand-pale"), ("soft", "brand-pale"),
    ):  # fmt: skip
        assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
    assert contrast(colour["edge"], colour["white"]) >= 3
    for line in (
        *chart_parts.LINES.values(),
        *chart_parts.TOPICS.values(),
        chart_parts.PURPLE,
        chart_parts.GREY,
    ):
        assert contrast(line, chart_parts.WHITE) >= 3
    for mark in (chart_parts.INK, chart_parts.SOFT, chart_parts.BLUE):
        assert contrast(mark, chart_parts.WHITE) >= 4.5
    light = [luminance(step) for step in RAMP]
    assert light == sorted(light, reverse=True)


# --- limits -------------------------------------------------------------------------------------


@pytest.fixture
def bench(monkeypatch):
    """A bench of one worker whose runs wait for `go`, and the order in which they began."""
    go, order = threading.Event(), []

    def run(config, progress, cancelled):
        order.append(config.seed)
        while not go.wait(0.01):
            if cancelled():
                raise Cancelled
        if config.seed == 13:
            raise RuntimeError("thirteen")
        return config

    monkeypatch.setattr(workbench, "run_in_pieces", run)
    monkeypatch.setattr(workbench, "lay_out", lambda found: np.zeros((1, 2)))
    bench = Workbench(workers=1, keep=3)
    yield bench, go, order
    go.set()
    bench.stop()


def wait(what):
    for _ in range(500):
        if what():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def test_a_page_has_one_run_at_a_time(bench):
    bench, go, _ = bench
    first = bench.submit("page", "one", Choice(seed=1))
    with pytest.raises(Refused, match="busy"):
        bench.submit("page", "one", Choice(seed=2))
    go.set()
    wait(lambda: first.state == "done")
    wait(lambda: "page" not in bench._busy)
    again = bench.submit("page", "one", Choice(seed=2))
    wait(lambda: again.state == "done")


def test_a_flood_from_one_address_delays_the_others_by_one_run(bench):
    bench, go, order = bench
    for k in range(20):
        bench.submit(f"flood {k}", "flooder", Choice(seed=100 + k))
    wait(lambda: order)
    late = bench.submit("pupil", "pupil", Choice(seed=1))
    go.set()
    wait(lambda: late.state == "done")
    assert order.index(1) <= 2


def test_the_queue_and_the_pace_of_a_page_are_limited(bench):
    bench, go, _ = bench

    def many():
        for k in range(workbench.MAX_WAITING + 2):
            bench.submit(f"page {k}", f"address {k}", Choice(seed=k))

    def hasty():
        for k in range(workbench.REQUESTS + 2):
            job = bench.submit("hasty", "one", Choice(seed=200 + k))
            wait(lambda job=job: job.state == "done" and "hasty" not in bench._busy)

    with pytest.raises(Refused, match="queue_full"):
        many()
    go.set()
    wait(lambda: not bench._queues and not bench._busy)
    with pytest.raises(Refused, match="too_fast"):
        hasty()


def test_a_run_can_be_cancelled_and_a_failed_one_stops_nobody(bench):
    bench, go, _ = bench
    job = bench.submit("page", "one", Choice(seed=1))
    wait(lambda: job.state == "running")
    job.cancel()
    wait(lambda: job.state == "cancelled")
    go.set()
    bad = bench.submit("bad", "one", Choice(seed=13))
    wait(lambda: bad.state == "failed")
    good = bench.submit("good", "one", Choice(seed=2))
    wait(lambda: good.state == "done")


def test_no_more_runs_are_kept_than_stated(bench):
    bench, go, order = bench
    go.set()
    for k in range(6):
        job = bench.submit(f"page {k}", "one", Choice(seed=k))
        wait(lambda job=job: job.state == "done")
    assert len(bench._kept) == 3
    again = bench.submit("again", "one", Choice(seed=5))
    wait(lambda: again.state == "done")
    assert order.count(5) == 1


# --- server -------------------------------------------------------------------------------------


def test_the_server_stays_on_this_machine_unless_told_otherwise():
    settings = server.settings_of([])
    assert settings.host == "127.0.0.1" and settings.port == 8080 and not settings.password


def test_a_server_that_others_reach_has_a_password():
    made_up = [server.settings_of(["host=0.0.0.0"]).password for _ in range(2)]
    assert all(len(word) >= 12 for word in made_up) and made_up[0] != made_up[1]
    assert server.settings_of(["host=0.0.0.0", "password=long enough"]).password == "long enough"


@pytest.mark.parametrize(
    "word",
    ["port=0", "port=http", "port=99999", "lang=fr", "results= ", "password=1234", "x=1", "-h"],
)
def test_wrong_settings_of_the_server_are_refused(word):
    with pytest.raises(ConfigError):
        server.settings_of([word])


def test_the_password_is_checked_and_guessing_is_slowed(monkeypatch):
    monkeypatch.setattr(site, "SETTINGS", server.Settings(password="open sesame"))
    monkeypatch.setattr(site, "_wrong", site.Limiter(5, 1e-9))
    assert site.check_password("open sesame", "teacher")
    assert not any(site.check_password(f"guess {k}", "pupil") for k in range(5))
    with pytest.raises(Refused, match="slow_down"):
        site.check_password("open sesame", "pupil")
    assert site.check_password("open sesame", "teacher")


def test_a_password_may_lie_in_a_file_and_a_home_is_a_home(tmp_path, monkeypatch):
    """On a command line every user of the machine can read it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "word").write_text("from a file\n")
    settings = server.settings_of(["password_file=~/word", "results=~/lessons"])
    assert settings.password == "from a file"
    assert settings.results == str(tmp_path / "lessons")
    (tmp_path / "empty").write_text("\n")
    for word in ("password_file=~/empty", "password_file=~/none", "results=~nobody_at_all"):
        with pytest.raises(ConfigError):
            server.settings_of([word])
    with pytest.raises(ConfigError, match="one of the two"):
        server.settings_of(["password_file=~/word", "password=another one"])


def test_nobody_escapes_a_limit_by_calling_itself_another(tmp_path):
    """A server as a person starts it; wrong passwords from one address under a hundred names."""
    pytest.importorskip("nicegui", reason="the pages need the extra `ui`: make classroom")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    call = "import sys; from experiments.classroom.server import serve; serve(sys.argv[1:])"
    words = [f"port={port}", f"results={tmp_path}", "password=open sesame"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    process = subprocess.Popen(
        [sys.executable, "-c", call, *words],
        cwd=FOLDER.parents[1], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            assert process.poll() is None
            time.sleep(0.1)
        told = []
        for k in range(12):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            header = {"X-Forwarded-For": f"10.0.0.{k}", "Forwarded": f"for=10.0.0.{k}"}
            connection.request("POST", "/facilitator", f"password=guess{k}&next=/", header)
            answer = connection.getresponse()
            told.append(answer.getheader("location"))
            assert "frame-ancestors 'self'" in answer.getheader("content-security-policy")
            assert answer.getheader("referrer-policy") == "same-origin"
            connection.close()
    finally:
        process.terminate()
        process.wait(20)
    assert told == ["/?wrong=yes"] * 5 + ["/?wrong=often"] * 7
    assert (tmp_path / "classes").stat().st_mode & 0o077 == 0


def test_our_files_name_no_other_host():
    for path in FOLDER.iterdir():
        if path.suffix in (".css", ".js"):
            assert not re.search(r"(https?:)?//[\w.-]+\.[a-z]{2,}/", path.read_text()), path.name


def test_two_servers_do_not_share_a_folder(tmp_path):
    """The lock goes with its file, as with a process that is killed."""
    settings = server.Settings(results=str(tmp_path))
    held = server._hold(settings)
    with pytest.raises(ConfigError, match="another server uses this folder"):
        server._hold(settings)
    held.close()
    server._hold(settings).close()


def test_a_page_cannot_ask_for_a_million_people():
    offered = options_of("population")
    assert set(offered) < {path.stem for path in (conf_dir() / "population").glob("*.yaml")}
    assert all(f"population_{name}" in texts.TEXTS for name in offered)
    with pytest.raises(ConfigError, match="no such option"):
        Choice(population="full_scale").settings()


def test_every_file_that_a_page_loads_is_there():
    folder = Path(server.__file__).parent
    assert all((folder / path).is_file() for path, _ in server.FILES.values())
