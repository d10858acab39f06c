"""Pages to print for a lesson, in either language, each a file that needs nothing else.

Cards and slides come from the script that is played, the timeline from the case up to its first
minute, theories and the rubric from `handout_texts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from experiments.classroom import handout_texts as texts
from experiments.classroom.handout_texts import pick, say
from experiments.classroom.story import decisions_of, situation_text
from experiments.game.debrief_words import CANNOT, month_of
from experiments.game.rules import available, time_of
from experiments.game.script import in_lang
from experiments.game.world import World, case_of
from experiments.pictures import pages
from experiments.pictures.web_font import with_font
from experiments.pictures.words import caveat
from sim.case.case import Case, Event

FOLDER = Path(__file__).parent  #: of handout.html.j2
#: What everybody may see before the game: neither what followed nor what the brand did.
BEFORE = ("context", "forcing")


def handout(what: str, world: World, lang: str) -> str:
    """A page to print. Raises KeyError for one that there is not, ConfigError for no such case."""
    case = case_of(world)
    return with_font(
        pages.environment(FOLDER)
        .get_template("handout.html.j2")
        .render(
            what=what,
            lang=lang,
            zh=lang == "zh",
            title=say(what, lang),
            case=case.title(lang),
            say=lambda key, **values: say(key, lang, **values),
            **PAGES[what](world, lang),
        )
    )


def _timeline(world: World, lang: str) -> dict[str, Any]:
    """Events before the first minute of the case, and the one that begins it."""
    case = case_of(world)
    rows = [_row(event, lang) for event in before_the_start(case)]
    return {"rows": rows, "zone": case.zone_name(lang)}


def before_the_start(case: Case) -> list[Event]:
    """What could be known when the clock starts, in the order of time.

    What followed, and what the brand did, is left out whatever its date says: of a day of which no
    hour is known, the file says midnight.
    """
    start = case.clock_start_time
    first = [e for e in case.events if e.id == case.clock_start]
    kept = [
        e
        for e in case.events
        if e.role in BEFORE and e.id != case.clock_start and _until(e) < start
    ]
    return [*sorted(kept, key=lambda e: e.time), *first]


def _until(event: Event) -> Any:
    """The latest moment at which an event may have happened."""
    return event.bracket[1] if event.bracket else event.time


def _row(event: Event, lang: str) -> dict[str, str]:
    """An event with its time, as exact as it is known."""
    vague = event.bracket is not None and (event.bracket[1] - event.bracket[0]).days >= 1
    sure = (
        "inferred"
        if event.certainty == "inferred"
        else "exact" if event.certainty == "documented_exact" else "about"
    )  # fmt: skip
    return {
        "time": f"{event.time:%Y-%m}" if vague else f"{event.time:%Y-%m-%d %H:%M}",
        "text": str(event.text[lang]),
        "sure": say(sure, lang),
    }


def _decisions(world: World, lang: str) -> list[dict[str, Any]]:
    """The decisions with their questions and options, as a team of paper has them."""
    told = []
    for k, decision in enumerate(decisions_of(world), start=1):
        offered = available({}, decision, world)
        told.append(
            {
                "key": decision.key,
                "k": k,
                "name": decision.text(lang),
                "time": f"{time_of(world, decision.key):%m-%d %H:%M}",
                "situation": situation_text(world, decision, lang),
                "statement": in_lang(decision.statement, lang) if decision.statement else "",
                "questions": [
                    {
                        "text": question.text(lang),
                        "options": [(o.text(lang), o.cost(lang)) for o in question.options],
                    }
                    for question in offered.questions
                ],
            }
        )
    return told


def _cards(world: World, lang: str) -> dict[str, Any]:
    """A card for each decision."""
    return {"decisions": _decisions(world, lang)}


def _slides(world: World, lang: str) -> dict[str, Any]:
    """Roles and rules, a slide for each decision, the questions of the debrief, and what is not
    known.
    """
    when = month_of(case_of(world).clock_start_time, lang)
    return {
        "decisions": _decisions(world, lang),
        "rules": [pick(pair, lang) for pair in texts.RULES],
        "predict": [pick(pair, lang) for pair in texts.PREDICT],
        "debrief": [pick(pair, lang) for pair in texts.DEBRIEF],
        "cannot": [caveat(lang), *(pick(pair, lang).format(when=when) for pair in CANNOT[:2])],
    }


def _theory(name: str) -> Callable[[World, str], dict[str, Any]]:
    """The page of a theory: its lead, its parts, what to do with it in the game, its source."""
    lead = {"scct": texts.SCCT_LEAD, "repair": texts.REPAIR_LEAD}[name]
    parts = {"scct": texts.SCCT, "repair": texts.REPAIR}[name]
    game = {"scct": texts.SCCT_GAME, "repair": texts.REPAIR_GAME}[name]
    source = {"scct": texts.SCCT_SOURCE, "repair": texts.REPAIR_SOURCE}[name]

    def told(world: World, lang: str) -> dict[str, Any]:
        return {
            "lead": pick(lead, lang),
            "parts": [
                (pick(head, lang), [(pick(a, lang), pick(b, lang)) for a, b in rows])
                for head, rows in parts
            ],
            "game": [pick(pair, lang) for pair in game],
            "source": source,
        }

    return told


def _rubric(world: World, lang: str) -> dict[str, Any]:
    """Five things to judge in four steps."""
    return {
        "lead": pick(texts.RUBRIC_LEAD, lang),
        "levels": [pick(pair, lang) for pair in texts.LEVELS],
        "rows": [
            (pick(head, lang), [pick(step, lang) for step in steps]) for head, steps in texts.RUBRIC
        ],
    }


#: Name of a page -> what its template needs besides.
PAGES: Mapping[str, Callable[[World, str], dict[str, Any]]] = {
    "timeline": _timeline,
    "scct": _theory("scct"),
    "repair": _theory("repair"),
    "cards": _cards,
    "slides": _slides,
    "rubric": _rubric,
}
