"""What a class leaves: tables without formulas, an anonymised file, pages to print."""

import csv
import html as html_of_python
import io
import re
import zipfile

import pytest

from experiments.classroom import handout_texts, records
from experiments.classroom.classes import Classroom
from experiments.classroom.handouts import PAGES, before_the_start, handout
from experiments.classroom.record_columns import COLUMNS, codebook
from experiments.classroom.story import decisions_of
from experiments.game.script_file import offered
from experiments.game.world import World, case_of
from experiments.pictures.web_font import FAMILY, with_font

WORLD = World("xiaomi_2026", 3, 0, "classroom")
EVIL = '=HYPERLINK("http://x")'


@pytest.fixture
def session(tmp_path):
    session = Classroom(tmp_path).create(WORLD, "+10b")
    for name in (EVIL, "蓝队", "-1+1"):
        session.join(name)
    for k in range(2):
        session.open()
        offered = session.view(1).decision
        session.answer(1, offered.key, {q.key: q.options[-1].key for q in offered.questions})
        session.write(1, offered.key, "reason", f"@SUM(1)\nBob said {k}")
        session.close()
    return session


def html_of(text):
    return html_of_python.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")


def read(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_table_of_decisions_says_who_chose_what_when_and_why(session):
    rows = read(records.as_csv("decisions", records.decision_rows(session, "en")))
    first = rows[0]
    assert first["decision"] == decisions_of(WORLD)[0].key and first["answered"] == "1"
    assert first["reason"].endswith("Bob said 0") and int(first["seconds"]) >= 0
    silent = [row for row in rows if row["team"] == "蓝队"]
    assert silent and all(row["answered"] == "0" and row["seconds"] == "" for row in silent)
    assert set(rows[0]) == {c.name for c in COLUMNS if c.table == "decisions"}


def test_what_players_type_is_no_formula(session):
    content = records.as_csv("decisions", records.decision_rows(session, "zh"))
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert records.harmless(" =1") == "' =1" and records.harmless("＝1") == "'＝1"
    assert records.harmless(-1.5) == -1.5 and records.harmless("a=b") == "a=b"


def test_the_anonymised_file_has_neither_names_nor_words(session):
    outcomes = {"history": {"morale": [1.0, None]}, "1": {"morale": [0.9, 0.8]}}
    with zipfile.ZipFile(io.BytesIO(records.anonymous_zip(session, outcomes))) as file:
        held = {name: file.read(name).decode("utf-8-sig") for name in file.namelist()}
    assert set(held) == {"decisions.csv", "outcomes.csv", "codebook_en.md", "codebook_zh.md"}
    for text in held.values():
        for secret in ("HYPERLINK", "蓝队", "Bob", "10b", session.code, session.id):
            assert secret not in text
    rows = read(held["decisions.csv"].encode())
    assert not any("T" in row.get("opened_utc", "") for row in rows)
    assert len({row["team_id"] for row in rows}) == 3
    assert {row["team_id"] for row in read(held["outcomes.csv"].encode())} <= {
        row["team_id"] for row in rows
    }
    for lang in ("en", "zh"):
        told = set(re.findall(r"^\| (\w+) \|", held[f"codebook_{lang}.md"], re.M))
        assert set(rows[0]) <= told and codebook(lang) == held[f"codebook_{lang}.md"]


def test_the_timeline_stops_where_the_game_begins():
    for name in offered():
        case = case_of(World(name, 0, 0))
        seen = before_the_start(case)
        assert seen[-1].id == case.clock_start
        assert all(event.role in ("context", "forcing") for event in seen[:-1])
        assert all(event.time <= case.clock_start_time for event in seen)
    html = handout("timeline", WORLD, "en")
    for spoiler in ("No topic about the deal", "ends his", "bloggers", "flooded", "apology"):
        assert spoiler not in html.split('<table id="timeline">')[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("what", sorted(PAGES))
def test_every_page_to_print_is_whole_and_asks_nobody(what, lang):
    html = handout(what, WORLD, lang)
    assert not re.search(r"""(?:src|href)\s*=|<script|url\((?!data:)""", html)
    assert handout_texts.say(what, lang) in html
    if what in ("cards", "slides"):
        names = [html_of(decision.text(lang)) for decision in decisions_of(WORLD)]
        assert all(name in html for name in names)
    if lang == "zh":
        assert FAMILY in html and "@font-face" in html
        body = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
        words = set(re.findall(r"\b[a-z]{4,}\b", re.sub(r"<[^>]*>", " ", body)))
        assert not words & {"with", "what", "that", "before", "decision", "because"}


def test_the_font_of_a_page_is_of_its_characters_and_the_same_each_time():
    assert with_font("/*font*/ plain") == " plain"
    once = with_font("/*font*/ 复盘")
    assert once == with_font("/*font*/ 复盘") and len(once) < 12_000
    assert "/*font*/" not in once


def test_texts_of_pages_to_print_stand_in_both_languages():
    pairs = [*handout_texts.TEXTS.values(), *handout_texts.RULES, *handout_texts.PREDICT]
    pairs += [*handout_texts.DEBRIEF, *handout_texts.SCCT_GAME, *handout_texts.REPAIR_GAME]
    for parts in (handout_texts.SCCT, handout_texts.REPAIR):
        for head, rows in parts:
            pairs.append(head)
            pairs += [pair for row in rows for pair in row]
    for head, steps in handout_texts.RUBRIC:
        pairs += [head, *steps]
    for en, zh in pairs:
        assert en and re.search(r"[\u4e00-\u9fff]", zh), en
