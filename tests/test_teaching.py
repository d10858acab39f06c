"""Lessons: every command in them runs, both languages say the same, answers do not grow old."""

import ast
import csv
import re
import shlex
from pathlib import Path

import pytest
from games import DECISIONS

from experiments.classroom.debriefs import debrief_minutes
from experiments.command.cli import main
from experiments.command.completion import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
TEACHING = ROOT / "docs" / "teaching"
PAGES = sorted(path.name for path in TEACHING.glob("*.md") if ".zh." not in path.name)
EXERCISES = (TEACHING / "exercises.md").read_text()
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
SMALL = ("n_replicates=2", "population=classroom")
QUICK = "1a 2c 3 4 5b 6 7".split()  #: one sweep an exercise; the others in the slow test


def blocks(page, kind=""):
    """The fenced blocks of a page: of shell without a name, python, csv."""
    text = (TEACHING / page).read_text()
    return [block for name, block in FENCED.findall(text) if name == kind]


def lines(page):
    return [line for block in blocks(page) for line in block.splitlines()]


def section(page, number):
    return (TEACHING / page).read_text().split(f"\n## {number}. ")[1].split("\n## ")[0]


def words_of(line):
    """What follows `backlash` in a line."""
    assert line.startswith("backlash "), line
    return shlex.split(line)[1:]


def smaller(words):
    """The same command with few runs of few people."""
    kept = [word for word in words if not word.startswith("n_replicates=")]
    runs = kept[0] in ("run", "sweep") or kept[:2] == ["case", "score"]
    return [*kept, *SMALL] if runs else kept


def every_line():
    """Each line of the shell blocks of all pages, once, in the order of reading."""
    return list(dict.fromkeys(line for page in PAGES for line in lines(page)))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder as the students', in which what is typed as in the lessons finds the data."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "conf").symlink_to(ROOT / "conf")
    return folder


@pytest.fixture
def at_the_desk(desk, monkeypatch):
    monkeypatch.chdir(desk)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    return desk


# --- both languages -------------------------------------------------------------------------------


def plain_code(block):
    """Code without its texts: these may be in another language."""
    tree = ast.parse(block)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            node.values = [v for v in node.values if isinstance(v, ast.FormattedValue)]
    return ast.dump(tree)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_its_partner_with_the_same_commands(page):
    partner = page.replace(".md", ".zh.md")
    assert lines(page) == lines(partner)
    assert blocks(page, "csv") == blocks(partner, "csv")
    codes = [[plain_code(block) for block in blocks(p, "python")] for p in (page, partner)]
    assert codes[0] == codes[1]
    texts = [(TEACHING / name).read_text() for name in (page, partner)]
    assert partner in texts[0] and page in texts[1]
    assert len(re.findall(r"^#+ ", texts[0], re.M)) == len(re.findall(r"^#+ ", texts[1], re.M))
    rows = [len(re.findall(r"^\|", text, re.M)) for text in texts]
    assert rows[0] == rows[1]
    assert len(re.findall(r"[\u4e00-\u9fff]", texts[1])) > 400


@pytest.mark.parametrize("page", [*PAGES, *(page.replace(".md", ".zh.md") for page in PAGES)])
def test_links_and_files_that_are_named_exist(page):
    text = (TEACHING / page).read_text()
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert (TEACHING / target).exists(), target
    for path in re.findall(r"`((?:conf|docs|experiments)/[\w./]+)`", text):
        assert (ROOT / path).exists(), path


def test_the_minutes_of_a_plan_run_from_its_start_to_its_end():
    for name, ends in (("50_minutes", [50]), ("90_minutes", [90]), ("two_sessions", [90, 90])):
        for lang in ("", ".zh"):
            text = (TEACHING / f"plan_{name}{lang}.md").read_text()
            spans = [(int(a), int(b)) for a, b in re.findall(r"^\| (\d+)–(\d+) \|", text, re.M)]
            assert [b for _, b in spans if b in ends and b == max(ends)] == ends
            before = 0
            for first, last in spans:
                assert first == before and last > first
                before = 0 if last == max(ends) else last


def test_the_cards_on_paper_are_the_decisions_of_the_game():
    for lang in ("", ".zh"):
        text = (TEACHING / f"README{lang}.md").read_text()
        cards = re.findall(r"^\| (D\d) \| (.+?) \|", text, re.M)
        assert [key for key, _ in cards] == [decision.key for decision in DECISIONS]
        for (_, when), decision in zip(cards, DECISIONS, strict=True):
            assert when.endswith(f"{decision.time:%H:%M}")
            assert f"{decision.time.day} Jan" in when or f"{decision.time.day}日" in when


def test_the_times_of_debriefs_are_those_of_the_form_for_a_class():
    for lang in ("", ".zh"):
        text = (TEACHING / f"README{lang}.md").read_text()
        rows = [row for row in text.splitlines() if re.match(r"\| (debriefs|复盘)[，,]", row)]
        told = [list(map(int, re.findall(r"\d+", row.replace(",", ""))))[1:] for row in rows]
        wanted = [
            [2, debrief_minutes(2, people)[k], 10, debrief_minutes(10, people)[k]]
            for people in ("classroom", "default")
            for k in (0, 1)
        ]
        assert [sorted(row) for row in told] == [sorted(row) for row in wanted]


def test_figures_are_few_and_small():
    pictures = list((TEACHING / "figures").iterdir())
    assert 0 < len(pictures) <= 3
    assert all(picture.stat().st_size < 300_000 for picture in pictures)


@pytest.mark.parametrize("lang", ["", ".zh"])
def test_where_the_model_is_wrong_is_told_before_the_debrief(lang):
    """Every gate that does not hold, and no other, under what the model cannot know."""
    with (ROOT / "results/published/facts/gates.csv").open(encoding="utf-8") as file:
        failing = {row["gate"] for row in csv.DictReader(file) if row["holds"] == "False"}
    text = (TEACHING / f"README{lang}.md").read_text()
    assert set(re.findall(r"F\d+[a-c]?", text)) == failing
    answers = (TEACHING / f"answers{lang}.md").read_text()
    assert "F44b" in answers and "F38b" in answers


# --- commands -------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", every_line())
def test_every_command_is_one_that_there_is(line):
    program, *words = shlex.split(line)
    if program == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M)
        assert words[0] in targets
    elif program == "backlash":
        assert words[0] in COMMANDS
    else:
        assert line == "source .venv/bin/activate"


@pytest.fixture(scope="module")
def swept(desk):
    """A sweep of each exercise, small, once: 2 worlds, 300 people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk)
        typed = [line for line in lines("exercises.md") if line.startswith("backlash sweep ")]
        found = [line for line in typed if line.rpartition("_")[2] in QUICK]
        return {line: main(smaller(words_of(line))) for line in found}


@pytest.mark.slow
def test_the_sweeps_of_the_exercises_run(swept):
    assert len(swept) == len(QUICK)
    assert set(swept.values()) == {0}


def test_runs_of_the_lessons_run(at_the_desk, capsys):
    found = [
        words_of(line) for line in every_line() if re.match(r"backlash (run|case show) ", line)
    ]
    found = [words for words in found if "my_case.yaml" not in " ".join(words)]
    assert len(found) >= 3
    for words in found:
        assert main(smaller(words)) == 0
        assert capsys.readouterr().out


@pytest.mark.slow
def test_a_study_of_the_exercises_is_analysed_and_its_table_is_read(swept, at_the_desk, capsys):
    assert main(["analyse", "exercise_4"]) == 0
    code = next(block for block in blocks("exercises.md", "python") if "exercise_4" in block)
    capsys.readouterr()
    exec(code, {})
    said = capsys.readouterr().out
    assert "public reach as it happened" in said and "as_happened" in said


def test_the_abnormal_returns_are_those_of_the_answers(at_the_desk, capsys):
    for lang in ("", ".zh"):
        code = next(b for b in blocks(f"exercises{lang}.md", "python") if "polyfit" in b)
        exec(code, {})
        said = capsys.readouterr().out
        answer = section(f"answers{lang}.md", 3)
        scores = [float(z) for z in re.findall(r"z = ([+-][\d.]+)", said)]
        assert scores == [-1.10, -1.48, -0.65]
        for z in ("−1.1", "−1.5", "−0.65"):
            assert z in answer
        assert "alpha -0.0044" in said and "0.0044" in answer


def test_the_page_on_your_own_case_works_from_its_first_line_to_its_last(at_the_desk, capsys):
    (table,) = blocks("your_own_case.md", "csv")
    for line in lines("your_own_case.md"):
        if line.startswith("backlash case score"):
            (at_the_desk / "my_case_daily.csv").write_text(table)
            file = at_the_desk / "my_case.yaml"
            series = re.search(r"`(series: .+?)`", (TEACHING / "your_own_case.md").read_text())
            text = re.sub(r"^series: .*$", series.group(1), file.read_text(), flags=re.M)
            file.write_text(text)
        if line.startswith("backlash analyse"):
            continue  # figures take long; the exercises try them
        assert main(smaller(words_of(line))) == 0, line
    assert "peak day, observed: 2026-03-03" in capsys.readouterr().out


# --- answers --------------------------------------------------------------------------------------


#: Decimals of pencil, of settings and of observed prices, which no version of the model moves.
BY_HAND = {
    1: {"0.4", "0.5"},  # settings of two responses
    2: {"0.35", "0.33", "0.175", "15.9", "8.4"},  # the memo
    3: {"2.1", "1.1", "4.0", "1.5", "2.8", "0.65", "0.0044", "0.67", "1.9", "2.5", "0.5"},
    6: {"0.5", "0.2", "0.9", "0.875", "0.25", "0.8", "0.09", "0.29"},
}


@pytest.mark.parametrize("lang", ["", ".zh"])
def test_answers_hold_no_number_of_a_run(lang):
    """What a run shows is told by the command: numbers that nobody makes anew grow old."""
    for number in range(1, 8):
        answer = section(f"answers{lang}.md", number)
        assert set(re.findall(r"\d+\.\d+", answer)) <= BY_HAND.get(number, set()), number
        assert not re.search(r"\d+ (of|out of) \d+ worlds|\d+个世界中有?\d+个|of 40 worlds", answer)


def test_the_arithmetic_of_the_memo_is_right():
    chances = [0.35 * 2 ** (-t / 24) for t in (2, 24)]
    assert [round(c, 3) for c in chances] == [0.33, 0.175]
    assert [round(480_000 * c, -3) for c in chances] == [159_000, 84_000]


@pytest.mark.slow
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("number", range(1, 8))
def test_an_exercise_as_it_is_typed_runs(number, at_the_desk, capsys):
    """All runs, all figures: every command of the exercise in full (minutes)."""
    for kind, block in FENCED.findall(section("exercises.md", number)):
        if kind == "python":
            exec(block.replace("exercise_", "full_"), {})
            continue
        for line in block.splitlines():
            words = words_of(line)
            # the sweeps of the quick tests have the same names, but other cells
            renamed = [word.replace("exercise_", "full_") for word in words]
            assert main(renamed) == 0, line


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_studies_of_the_other_pages_run_and_are_analysed(at_the_desk):
    """Small, but every figure; after the quick tests, of which some studies are there already."""
    for line in every_line():
        if re.match(r"backlash (sweep|analyse|report) (?!case=|my_)", line):
            assert main(smaller(words_of(line))) == 0, line
