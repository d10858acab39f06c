"""The wall shows what all teams have read, and nothing that comes or that one of them did."""

import pytest
from games import DECISIONS

pytest.importorskip("nicegui", reason="the pages need the extra `ui`: make classroom")
pytest.importorskip("segno", reason="QR codes need the extra `ui`: make classroom")

from experiments.classroom import site
from experiments.classroom.projector import join_link, languages, shared_with_all
from experiments.classroom.qr import qr_svg
from experiments.game.brief import brief
from experiments.game.rules import Injection, nothing, repaired, time_of
from experiments.game.world import World, case_of

WORLD = World("xiaomi_2026", 3, 0, "classroom")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_headlines_on_the_wall_are_events_until_now(lang):
    decision = DECISIONS[4]
    come = (Injection("regulator", "D2"),)
    before = repaired({d.key: nothing(d) for d in DECISIONS[:4]}, WORLD)
    seen = shared_with_all(brief(WORLD, before, come, decision, lang), WORLD, come, lang)
    now = time_of(WORLD, decision.key)
    assert seen.headlines and all(line.time <= now for line in seen.headlines)
    texts = [line.text for line in seen.headlines]
    assert not any("silence" in text or "不作声" in text for text in texts)  # of a silent team
    later = [e.text[lang] for e in case_of(WORLD).events if e.time > now]
    assert not set(texts) & set(later)
    assert any("regulator" in text.lower() or "监管" in text for text in texts)


def test_a_wall_may_speak_both_languages():
    assert languages("both", "zh") == ("zh", "en") and languages(None, "en") == ("en",)
    assert languages("zh", "zh") == ("zh",)


def test_the_code_is_drawn_here():
    link = join_link("http://192.168.1.7:8080", "ABCD2345")
    drawn = qr_svg(link)
    assert drawn.startswith("<svg") and "http" not in drawn and "viewBox" in drawn
    assert drawn == qr_svg(link) != qr_svg(link + "6")


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("de-DE,de;q=0.9,zh-TW;q=0.5,en;q=0.3", "zh"),
        ("fr", ""),
        ("", ""),
        (";;;,q=9,zh;q=x", ""),
        ("en;q=0.2, zh;q=0.7", "zh"),
    ],
)
def test_a_browser_says_which_language_it_wants(header, lang):
    assert site.preferred(header) == lang
