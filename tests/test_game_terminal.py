"""The game in a terminal: played, left, resumed, refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from games import ACTIVE, DECISIONS, briefs, passive, until

from experiments.command.cli import main
from experiments.command.completion import complete
from experiments.game import debrief, terminal, terminal_texts, terminal_view

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
    assert "outrage burden of core fans" in told
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
    assert any(bar in told for bar in terminal_view.BARS)
    assert "twice as exact" in told  # the cost, asked for by ?
    path = saved(tmp_path)
    assert f"game={path.stem}" in told
    assert json.loads(path.read_text())["choices"] == until(ACTIVE, "D2")
    again = [*words, f"game={path.stem}"]
    typed(monkeypatch, "routine", "call", "leave", "pr_head", "q")
    assert main(again) == 0
    assert list(json.loads(path.read_text())["choices"]) == ["D0", "D1", "D2"]
    typed(monkeypatch, "3", "2", "2", "1", "push", "executives", "2", "panel", "3", "2", "vouchers")
    assert main(again) == 0
    assert json.loads(path.read_text())["choices"] == ACTIVE
    assert "outrage burden" in capsys.readouterr().out


def test_the_end_of_the_input_keeps_the_game(tmp_path, capsys, monkeypatch):
    typed(monkeypatch, "1")
    assert main([*PLAY, "lang=zh", "case=tea_house", f"results={tmp_path}"]) == 0
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

    def interrupted(*_: object, **__: object) -> None:
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
    complete(["play", "case=t"])  # the textbook has no script
    assert capsys.readouterr().out.split() == ["case=tea_house"]
    complete(["pl"])
    assert capsys.readouterr().out.split() == ["play"]


def test_text_fits_a_terminal():
    for lang in ("en", "zh"):
        for brief, decision in zip(briefs(lang), DECISIONS, strict=True):
            for line in terminal_view.shown(brief, decision, lang).splitlines():
                assert terminal_texts.wide(line) <= terminal_texts.WIDTH + 2
    assert terminal_view.sparkline([0, 1, 2]) == "▁▅█"


@pytest.mark.parametrize("typed_as", ["２", "２ ", "2"])
def test_digits_of_a_chinese_keyboard_are_digits(typed_as):
    question = DECISIONS[0].questions[0]
    assert terminal._ask(question, "zh", lambda prompt: typed_as) == question.options[1].key
    with pytest.raises(terminal.Stopped):
        terminal._ask(question, "zh", lambda prompt: "ｑ")


def test_a_seed_may_be_typed_with_a_chinese_keyboard():
    assert terminal._settings(["seed=１２", "world=３"])["seed"] == "12"
