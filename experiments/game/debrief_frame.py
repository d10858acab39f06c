"""What the debriefs of a team and of a class have in common: their frame, and figures as SVG."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

import sim
from experiments.game.debrief import Played
from experiments.game.debrief_words import CANNOT, month_of
from experiments.game.script import in_lang
from experiments.game.script_file import script_of
from experiments.game.world import blank_config, case_of
from experiments.pictures import pages
from experiments.pictures.words import caveat
from experiments.reports.demo_report import cannot
from sim.base.digest import RESULTS_VERSION

TEMPLATES = Path(__file__).parent  #: folder of debrief.html.j2 and debrief_class.html.j2


DRAWING = threading.Lock()  # matplotlib's caches are not made for several threads


def common(debrief: Played, lang: str) -> dict[str, Any]:
    """What both templates say: the case, the world, versions, injected events, and what cannot be
    known.
    """
    config = blank_config(debrief.world)
    case = config.case
    when = month_of(case_of(debrief.world).clock_start_time, lang)
    events = script_of(debrief.world).events
    injected = [
        f"{item.at}: {in_lang(events[item.kind].words, lang)}" for item in debrief.injections
    ]
    return {
        "lang": lang,
        "zh": lang == "zh",
        "case": case.title(lang),
        "world": debrief.world,
        "n_people": config.population.n_people,
        "sources": debrief.sources[lang == "zh"],
        "version": sim.__version__,
        "results_version": RESULTS_VERSION,
        "injected": injected,
        "n_twins": len(debrief.twins),
        "n_pairs": debrief.n_pairs,
        "caveat": caveat(lang),
        "cannot": [
            *(texts[lang == "zh"].format(when=when) for texts in CANNOT),
            *cannot(case, lang),
        ],
    }


def svg(figure: Figure, digest: str) -> str:
    """A figure as inline SVG, made smaller, with the version and the digest of its runs in it.

    Equal runs give equal bytes: no date is written.
    """
    text = io.StringIO()
    about = f"backlash {sim.__version__}, results {RESULTS_VERSION}, runs {digest}"
    pages.drawn(
        figure,
        text,
        format="svg",
        bbox_inches="tight",
        metadata={"Date": None, "Description": about, "Creator": "backlash"},
    )
    return pages.inline(pages.shrunk(text.getvalue()))
