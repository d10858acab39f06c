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
    """A copy with one lever, one metric and one plot more, added where docs/recipes.md says."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("sim", "experiments", "conf"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))

    def insert(path, after, text):
        file = folder / path
        source = file.read_text()
        assert source.count(after) == 1, (path, after)
        file.write_text(source.replace(after, after + text))

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
        "sim/config.py",
        '"""The first statement that takes responsibility (SCCT: rebuild)."""\n',
        '\n    warmth: float = lever(0, 1, "share", "warmth of the words", 0.0)\n',
    )
    insert(
        "sim/scenario.py",
        '"acknowledged": getattr(act, "acknowledgement", 0.6)',
        ' + 0.4 * getattr(act, "warmth", 0.0)',
    )
    # a plot: its function, its figure, its caption
    with (folder / "experiments" / "plots.py").open("a") as file:
        file.write(
            "\n\ndef credibility(ax, times, values, lang):\n"
            "    ensemble(ax, times, values, BLUE, 'K')\n    return ax\n"
        )
    insert(
        "experiments/report.py",
        '"network": _figure_network(config, happened, lang),\n',
        '        "credibility": _figure_credibility(happened, lang),\n',
    )
    insert(
        "experiments/report.py", "CAPTIONS = {\n", '    "credibility": ("Evidence.", "证据。"),\n'
    )
    insert(
        "experiments/report.py",
        "def _times(run: Run) -> list[Any]:\n",
        "    return [run.clock.time_of(step) for step in range(run.clock.n_steps)]\n\n\n"
        "def _figure_credibility(runs, lang):\n    figure, ax = plt.subplots()\n"
        "    plots.credibility(ax, _times(runs[0]), analysis.stack(runs, 'credibility'), lang)\n"
        "    return figure\n\n\ndef _old_times(run: Run) -> list[Any]:\n",
    )
    return folder


def backlash(folder, *words):
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    environment |= {"PYTHONPATH": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "experiments.cli",
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
