"""Recipes for people who change the code, walked through in a copy of it (nightly: it compiles)."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy with one more lever, metric, plot and kind of agent, where docs/recipes.md says."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("sim", "experiments", "conf"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))

    def insert(path, after, text):
        file = folder / path
        source = file.read_text()
        assert source.count(after) == 1, (path, after)
        file.write_text(source.replace(after, after + text))

    def insert_before(path, before, text):
        insert(path, before, "")  # the place is there, once
        file = folder / path
        file.write_text(file.read_text().replace(before, text + before))

    # a metric: two places, of which one is its test
    insert(
        "sim/metrics.py",
        "OUTCOMES: tuple[Outcome, ...] = (\n",
        '    Outcome("leader_posts", "posts", "none", "posts of leaders", "意见领袖发帖"),\n',
    )
    insert(
        "sim/metrics.py",
        '        "outrage_peak_core": float(anger[peak]),\n',
        '        "leader_posts": float(s["posts_kol"].sum()),\n',
    )
    # a lever: its field, and its number for the tables; the effect runs through a rule
    insert(
        "sim/playbook.py",
        '"""The first statement that takes responsibility (SCCT: rebuild)."""\n',
        '\n    warmth: float = lever(0, 1, "share", "warmth of the words", 0.0)\n',
    )
    insert(
        "sim/state/scenario.py",
        '"acknowledged": getattr(act, "acknowledgement", 0.6)',
        ' + 0.4 * getattr(act, "warmth", 0.0)',
    )
    # a plot: its function, its figure, its caption
    with (folder / "experiments" / "pictures" / "plots.py").open("a") as file:
        file.write(
            "\n\ndef credibility(ax, times, values, lang):\n"
            "    ensemble(ax, times, values, BLUE, 'K')\n    return ax\n"
        )
    insert(
        "experiments/reports/demo_figures.py",
        '"network": _figure_network(config, happened, lang),\n',
        '        "credibility": _figure_credibility(happened, lang),\n',
    )
    insert(
        "experiments/reports/demo_figures.py",
        "CAPTIONS = {\n",
        '    "credibility": ("Evidence.", "证据。"),\n',
    )
    insert(
        "experiments/reports/demo_figures.py",
        "def _times(run: Run) -> list[Any]:\n",
        "    return [run.clock.time_of(step) for step in range(run.clock.n_steps)]\n\n\n"
        "def _figure_credibility(runs, lang):\n    figure, ax = plt.subplots()\n"
        "    plots.credibility(ax, _times(runs[0]), analysis.stack(runs, 'credibility'), lang)\n"
        "    return figure\n\n\ndef _old_times(run: Run) -> list[Any]:\n",
    )
    _add_moderators(folder, insert, insert_before)
    return folder


def _add_moderators(folder, insert, insert_before):
    """A kind of agent: people of the platform who cool it. Both engines, one rule."""
    insert(  # 1. number and traits
        "sim/settings/config.py",
        'n_value_investors: int = count(12, 100_000, "investors who follow value")\n',
        '    n_moderators: int = count(3, 1000, "moderators of the platform")\n',
    )
    insert("sim/draws.py", "    SECOND_WAVE = 9\n", "    MODERATOR = 10\n")
    insert_before(
        "sim/people.py",
        "class Groups(NamedTuple):\n",
        "class Moderators(NamedTuple):\n    zeal: npt.NDArray[np.float64]\n\n\n",
    )
    insert("sim/people.py", "    investors: Investors\n", "    moderators: Moderators\n")
    insert(
        "sim/people.py",
        "        _investors(config, seed),\n",
        "        Moderators(draws.uniform_column(\n"
        "            seed, Decision.MODERATOR, 10**6, config.n_moderators)),\n",
    )
    insert(  # 2. rule
        "sim/rules/platform.py",
        "    return keep * heat + talk\n",
        "\n\n@rule\ndef moderated(heat: float, zeal: float, mood: float) -> float:\n"
        '    """Heat after one moderator has looked: H (1 - .1 z u)."""\n'
        "    return heat * (1.0 - 0.1 * zeal * mood)\n",
    )
    with (folder / "sim" / "mesa" / "agents.py").open("a") as file:  # 3. class and turn
        file.write(
            "\n\nfrom sim.rules import platform\n\n\nclass Moderator(mesa.Agent):\n"
            '    """Cools the platform, more on some days than on others."""\n\n'
            "    def __init__(self, model, row):\n"
            "        super().__init__(model)\n"
            "        self.row, self.zeal = row, float(model.population.moderators.zeal[row])\n\n"
            "    def step(self):\n"
            "        mood = self.model.draws(Decision.MODERATOR, self.row)[0]\n"
            "        world = self.model.world\n"
            "        world.heat = platform.moderated(world.heat, self.zeal, mood)\n"
        )
    insert("sim/mesa/model.py", "from sim.mesa.agents import CoreFan, ", "Moderator, ")
    insert(
        "sim/mesa/model.py",
        "        PRTeam(self)\n",
        "        for row in range(self.population.moderators.zeal.size):\n"
        "            Moderator(self, row)\n",
    )
    insert(
        "sim/mesa/model.py",
        "        self.close_platform()\n",
        '        self.agents_by_type[Moderator].do("step")\n',
    )
    # 4. loop
    insert_before(
        "sim/kernel/step.py",
        "    w.close_platform(step, p, world",
        "    for k in range(population.moderators.zeal.size):\n"
        "        u = draws.uniforms(seed, _D_MODERATOR, step, k)[0]\n"
        "        world.heat = w.platform.moderated(world.heat, population.moderators.zeal[k], u)\n",
    )
    insert(
        "sim/kernel/step.py",
        "_D_LEADER = int(Decision.OPINION_LEADER)\n",
        "_D_MODERATOR = int(Decision.MODERATOR)\n",
    )


def backlash(folder, *words):
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    environment |= {"PYTHONPATH": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "experiments.command.cli",
            *words,
            "population.n_people=300",
            f"results={folder / 'results'}",
        ],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


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
    assert (copy / "results" / "demo" / "figures" / "credibility.png").exists()
    assert "Evidence." in (copy / "results" / "demo" / "report.html").read_text()


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
