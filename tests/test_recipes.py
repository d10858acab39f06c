"""Recipes for people who change the code, followed to the letter in a copy of it (nightly).

Each recipe is a list of places, as many as its heading in docs/recipes.md says; nothing else is
edited but what `make docs` writes.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow

#: Recipe -> its places: file, what stands there (once), what stands there then. A place may take
#: several edits of one file that belong together.
RECIPES = {
    "a metric": [
        [
            ("sim/metrics.py", "OUTCOMES: tuple[Outcome, ...] = (\n",
             "OUTCOMES: tuple[Outcome, ...] = (\n    Outcome(\n        \"leader_posts\", \"posts\", "
             "\"none\", \"posts of leaders\", \"意见领袖发帖\"\n    ),  # fmt: skip\n"),
            ("sim/metrics.py", '        "outrage_peak_core": float(anger[peak]),\n',
             '        "outrage_peak_core": float(anger[peak]),\n'
             '        "leader_posts": float(s["posts_kol"].sum()),\n'),
        ],
        [("tests/test_metrics.py", "class Sheet:\n",
          "def test_posts_of_leaders_are_counted():\n    sheet = Sheet()\n"
          '    sheet.series["posts_kol"][5] = 3.0\n'
          '    assert outcomes(sheet.run())["leader_posts"] == 3.0\n\n\nclass Sheet:\n')],
    ],
    "a lever": [
        [("sim/playbook/kinds.py", '    BEGINS = {"delay_h": 8.0}\n    TEXT = True\n\n    speaker: Speaker = choice(Speaker.pr_head',
          '    BEGINS = {"delay_h": 8.0}\n    TEXT = True\n\n    warmth: float = lever(0, 1, "share", "warmth of the words", '
          '0.0, ("warmth", "态度"))\n    speaker: Speaker = choice(Speaker.pr_head')],
        [("sim/rules/reception.py", "@rule\ndef sincerity(\n",
          "@rule\ndef warmed(acknowledged: float, warmth: float) -> float:\n"
          '    """Responsibility acknowledged in warm words, in [0, 1].\n\n'
          "        acc + (1 - acc) w\n\n    warmth w : of the words, [0, 1]. Assumed.\n"
          '    """\n    return acknowledged + (1.0 - acknowledged) * warmth\n\n\n'
          "@rule\ndef sincerity(\n")],
        [("tests/oracle.py", '    "reception": {\n',
          '    "reception": {\n        "warmed": lambda a, w: 1 - (1 - a) * (1 - w),\n')],
        [("sim/world/receiving.py", "    content = reception.content(\n        act.acknowledgement, act.explains,",
          "    content = reception.content(\n        reception.warmed(act.acknowledgement, act.warmth), act.explains,")],
    ],
    "a kind of act": [
        [("sim/playbook/kinds.py", "@dataclass(frozen=True)\nclass OneOfEach:\n",
          "@dataclass(frozen=True)\nclass Meeting(Triggered):\n"
          '    """The brand meets its fans."""\n\n'
          '    NOUN = ("meeting", "说明")\n    TITLE = ("Meeting", "说明")\n'
          '    TOLD = ("The brand meets its fans", "品牌说明")\n    BEGINS = {"delay_h": 24.0}\n'
          '    TOPIC, DEED = "governance", True\n\n'
          "    speaker: Speaker = choice(Speaker.founder, SPEAKS)\n\n\n"
          "@dataclass(frozen=True)\nclass OneOfEach:\n")],
        [("sim/playbook/kinds.py", "    buyback: Buyback = field(default_factory=Buyback)\n",
          "    buyback: Buyback = field(default_factory=Buyback)\n"
          "    meeting: Meeting = field(default_factory=Meeting)\n")],
        [
            ("sim/world/receiving.py", "EXPLANATION, FAN_PANEL = KIND", 'MEETING = KIND["meeting"]\nEXPLANATION, FAN_PANEL = KIND'),
            ("sim/world/receiving.py", "    if kind == DENIAL or kind == LEGAL_STEP:\n        corrected = 0.0\n",
          "    if kind == DENIAL or kind == LEGAL_STEP:\n        corrected = 0.0\n"
          '    if kind == MEETING:\n        corrected = reception.correction(\n'
          "            1.0, punished, world.reform, share, p.correct_termination, p.correct_penalty,\n"
          "            p.correct_reform, p.correct_compensation,\n        )  # fmt: skip\n"),
        ],
    ],
    "a parameter": [
        [("sim/settings/parameters.py", "    relief: float = parameter(",
          '    sparkle: float = parameter(0.0, 0, 1, "share", ASSUMED, "-", "made up", prior=(0, 0.5))\n'
          "    relief: float = parameter(")],
        [("experiments/pictures/parameter_words.py", '    "post_per_h": (',
          '    "sparkle": ("how much it sparkles", "闪亮的程度"),\n    "post_per_h": (')],
    ],
    "a kind of agent": [
        [("sim/settings/config.py",
          'n_value_investors: int = count(12, 100_000, "investors who follow value")\n',
          'n_value_investors: int = count(12, 100_000, "investors who follow value")\n'
          '    n_moderators: int = setting(0, 0, 1000, "agents", "moderators", "assumed")\n')],
        [
            ("sim/people.py", "class Groups(NamedTuple):\n",
             "class Moderators(NamedTuple):\n"
             '    """Moderators of the platform, one row each."""\n\n'
             "    zeal: npt.NDArray[np.float64]  #: [0, 1]\n\n\nclass Groups(NamedTuple):\n"),
            ("sim/people.py", "    investors: Investors\n",
             "    investors: Investors\n    moderators: Moderators\n"),
            ("sim/people.py", "        _investors(config, seed),\n",
             "        _investors(config, seed),\n        Moderators(\n            draws.uniform_column("
             "seed, Decision.MODERATOR, 10**6, config.n_moderators)\n        ),\n"),
        ],
        [("sim/rules/platform.py", "@rule\ndef next_heat(",
          "@rule\ndef moderated(heat: float, zeal: float, mood: float) -> float:\n"
          '    """Heat after one moderator has looked.\n\n        H (1 - .1 z u)\n\n'
          '    zeal z, mood u : [0, 1]. Assumed.\n    """\n'
          "    return heat * (1.0 - 0.1 * zeal * mood)\n\n\n@rule\ndef next_heat(")],
        [("tests/oracle.py", '    "platform": {\n',
          '    "platform": {\n        "moderated": lambda h, z, u: h - 0.1 * h * z * u,\n')],
        [
            ("sim/mesa/agents.py", "class Investor(Member):\n",
             "class Moderator(Member):\n"
             '    """Cools the platform, more on some days than on others."""\n\n'
             '    TABLE, TURN = "moderators", Turn.leaders\n\n'
             "    model: BacklashModel\n    zeal = Cell(\"moderators\", 1.0)\n\n"
             "    def step(self) -> None:\n"
             "        mood = self.model.draws(Decision.MODERATOR, self.row)[0]\n"
             "        world = self.model.world\n"
             "        world.heat = platform.moderated(world.heat, self.zeal, mood)\n\n\n"
             "class Investor(Member):\n"),
            ("sim/mesa/agents.py", "(CoreFan, Customer, PublicMember, OpinionLeader, Investor, PRTeam)",
             "(\n    CoreFan, Customer, PublicMember, OpinionLeader, Moderator, Investor, PRTeam,\n)"),
        ],
        [
            ("sim/kernel/step.py", "_D_LEADER, _D_REPORT = int(",
             "_D_MODERATOR = int(Decision.MODERATOR)\n_D_LEADER, _D_REPORT = int("),
            ("sim/kernel/step.py", "    hot_list.close_platform(\n        step, seed,",
             "    for k in range(population.moderators.zeal.shape[0]):\n"
             "        u = draws.uniforms(seed, _D_MODERATOR, step, k)[0]\n"
             "        world.heat = platform.moderated(world.heat, population.moderators.zeal[k], u)\n"
             "    hot_list.close_platform(\n        step, seed,"),
        ],
        [("sim/draws.py", "    SECOND_WAVE = 9\n", "    SECOND_WAVE = 9\n    MODERATOR = 17\n")],
    ],
    "a plot": [
        [("experiments/pictures/plots.py", "def ensemble(",
          "def credibility(ax, times, values, lang):\n    return ensemble(ax, times, values, BLUE, 'K')"
          "\n\n\ndef ensemble(")],
        [
            ("experiments/reports/demo_figures.py", '"network": figure_network(config, happened, lang),\n',
             '"network": figure_network(config, happened, lang),\n'
             '        "credibility": _figure_credibility(happened, lang),\n'),
            ("experiments/reports/demo_figures.py", "CAPTIONS = {\n",
             'CAPTIONS = {\n    "credibility": ("Evidence.", "证据。"),\n'),
            ("experiments/reports/demo_figures.py", "def _times(run: Run) -> list[Any]:\n",
             "def _figure_credibility(runs: Any, lang: str) -> Any:\n    figure, ax = plt.subplots()\n"
             "    stacked = intervals.stack(runs, 'credibility')\n"
             "    plots.credibility(ax, _times(runs[0]), stacked, lang)\n    return figure\n\n\n"
             "def _times(run: Run) -> list[Any]:\n"),
        ],
    ],
}  # fmt: skip


def heading(what: str) -> tuple[int, int]:
    """Fewest and most places that docs/recipes.md names for a recipe."""
    page = (ROOT / "docs" / "recipes.md").read_text()
    (text,) = re.findall(rf"## Add {what} \((.*?)\)", page)
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    return numbers[0], numbers[-1]


@pytest.mark.parametrize("what", RECIPES)
def test_a_recipe_has_as_many_places_as_its_heading_says(what):
    fewest, most = heading(what)
    assert fewest <= len(RECIPES[what]) <= most
    for place in RECIPES[what]:
        assert len({file for file, *_ in place}) == 1


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy with one more of everything, where docs/recipes.md says."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("sim", "experiments", "conf", "docs", "tests", "results"):
        skip = shutil.ignore_patterns("__pycache__", "runs", "studies", "demo")
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    for file in (*ROOT.glob("*.md"), *ROOT.glob("*.toml"), *ROOT.glob("*.txt"),
                 ROOT / "Makefile", ROOT / "LICENSE", ROOT / "CITATION.cff"):  # fmt: skip
        shutil.copy(file, folder / file.name)
    for places in RECIPES.values():
        for path, before, after in (edit for place in places for edit in place):
            file = folder / path
            source = file.read_text()
            assert source.count(before) == 1, (path, before)
            file.write_text(source.replace(before, after))
    for module, to in (("sim.settings.parameters_page", "docs/parameters.md"),
                       ("sim.rules.submodels", "")):  # fmt: skip
        words = [] if to else ["docs/ODD.md"]
        done = python(folder, "-m", module, *words)  # make docs
        if to:
            (folder / to).write_text(done.stdout)
    return folder


def python(folder, *words, timeout=600):
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    environment |= {"PYTHONPATH": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True,
        check=False, timeout=timeout,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


def backlash(folder, *words):
    sizes = ("population.n_people=300", f"results={folder / 'own_results'}")
    return python(folder, "-m", "experiments.command.cli", *words, *sizes).stdout


@pytest.mark.timeout(400)
def test_a_metric_and_a_lever_added_by_the_recipe_work(copy):
    burden = {}
    for warmth in (0, 1):
        answer = json.loads(
            backlash(
                copy,
                "run",
                "response=apology_only",
                "n_replicates=8",
                f"response.apology.warmth={warmth}",
                "format=json",
            )
        )
        burden[warmth] = answer["outcomes"]["outrage_burden_core"]["median"]
        assert answer["outcomes"]["leader_posts"]["median"] > 0
        assert answer["outcomes"]["leader_posts"]["unit"] == "posts"
    assert burden[1] < burden[0]


@pytest.mark.timeout(400)
def test_a_plot_added_by_the_recipe_is_in_the_report(copy):
    backlash(copy, "demo", "n_replicates=10")
    assert (copy / "own_results" / "demo" / "figures" / "credibility.png").exists()
    assert "Evidence." in (copy / "own_results" / "demo" / "report.html").read_text()


@pytest.mark.timeout(400)
def test_a_kind_of_agent_added_by_the_recipe_works_and_is_the_same_in_both_engines(copy):
    seen = {}
    for engine in ("columnar", "mesa"):
        for n in (1, 300):
            words = ("run", f"engine={engine}", "format=json")
            answer = json.loads(backlash(copy, *words, f"population.n_moderators={n}"))
            kept = {name: o["median"] for name, o in answer["outcomes"].items()}
            seen[engine, n] = kept
    for n in (1, 300):
        assert seen["columnar", n] == seen["mesa", n]
    assert seen["mesa", 300]["listed_h"] < seen["mesa", 1]["listed_h"]


@pytest.mark.timeout(400)
def test_a_kind_of_act_added_by_the_recipe_has_an_effect_under_any_name(copy):
    words = ("run", "n_replicates=8", "format=json", "response=apology_only")
    act = "response.acts.second={kind: meeting, delay_h: 20}"
    burden = [
        json.loads(backlash(copy, *words, *more))["outcomes"]["outrage_burden_core"]["median"]
        for more in ((), ("response.meeting.delay_h=10",), (act,))
    ]
    assert len(set(burden)) == 3


def test_the_tests_that_know_every_act_field_and_rule_are_green_in_the_copy(copy):
    """With one more of everything and no edit beside the recipes."""
    files = "identity game_rules case_acts playbook acts wiring rules metrics new_parameter".split()
    python(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "-m", "not slow",
           *(f"tests/test_{name}.py" for name in files), timeout=1500)  # fmt: skip
