"""A debrief in three plain sentences and a question: what was done, what it left, what mattered.

For a team that reads nothing else. Every word that compares rests on the same pairs as the tables:
"about as" is said where chance explains the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.game.card import unit_name
from experiments.game.debrief import Debrief
from experiments.game.debrief_reading import against_history, better_than, told_apart
from experiments.game.debrief_words import number, say
from experiments.game.flips import Flip
from experiments.game.moves import Choices
from experiments.game.script import Script, in_lang
from experiments.game.script_file import script_of
from experiments.reading import compare
from experiments.reading.intervals import told_apart as excludes_zero

MOST = 4  #: choices that the first sentence names
LUCKY, UNLUCKY = 0.8, 0.2  #: shares of twins from which on a world is called kind or harsh
MANY_MISSED = 3  #: decisions without an answer from which on the question is about that


def summary(debrief: Debrief, lang: str) -> dict[str, Any]:
    """The three sentences, and a question to discuss, in "en" or "zh"."""
    return {
        "did": _did(debrief, lang),
        "left": _left(debrief, lang),
        "made": _made(debrief, lang),
        "question": _question(debrief, lang),
    }


def quoted(text: str, lang: str) -> str:
    """A text in the quotation marks of a language; its own go, for they would meet."""
    bare = text.strip("“”")
    return f"“{bare}”" if lang == "en" or "“" not in bare else f"「{bare}」"


def moves(
    script: Script, choices: Choices, unanswered: Sequence[str]
) -> list[tuple[str, str, str]]:
    """The answers that did something: decision, question, option, in their order."""
    found = []
    for decision in script.decisions:
        if decision.key in unanswered:
            continue
        for question in decision.questions:
            answer = choices[decision.key].get(question.key)
            if answer is not None and answer != question.options[0].key:
                found.append((decision.key, question.key, answer))
    return found


def _did(debrief: Debrief, lang: str) -> str:
    """What the team did: its choices that changed most, in the order of time."""
    script = script_of(debrief.world)
    found = moves(script, debrief.choices, debrief.unanswered)
    if not found:
        return say("did_nothing", lang, n=len(script.decisions))
    weight = {move: _weight(debrief, *move[:2]) for move in found}
    chosen = sorted(found, key=lambda move: -weight[move])[:MOST]
    told = [
        say("did_one", lang, about=in_lang(question.about, lang),
            what=quoted(option.text(lang), lang))
        for question, option in (script.option_of(*move) for move in found if move in chosen)
    ]  # fmt: skip
    acted = len({decision for decision, _, _ in found})
    key = "did_some" if len(found) > len(chosen) else "did"
    return say(key, lang, k=acted, n=len(script.decisions), what=say("did_mark", lang).join(told))


def _weight(debrief: Debrief, decision: str, question: str) -> float:
    """How much of what is judged first the other answers to a question would have changed."""
    name, own = debrief.judged[0], debrief.own.outcomes[debrief.judged[0]]
    changes = [
        abs(flip.outcomes[name] - own)
        for flip in debrief.flips
        if (flip.decision, flip.question) == (decision, question)
    ]
    return max(changes, default=0.0)


def _left(debrief: Debrief, lang: str) -> str:
    """What it left, beside what the brand did in the same worlds."""
    parts = []
    for name in debrief.judged:
        key = f"left_{name}" if name in _TOLD else ""
        if key:
            parts.append(say(f"{key}_{_direction(debrief, name)}", lang))
    cash = debrief.own.outcomes.get("cash_hkd", 0.0)
    paid = say("left_paid", lang, cash=number(cash)) if np.isfinite(cash) and cash >= 1 else ""
    text = say("left", lang, n=debrief.n_pairs, parts=say("left_mark", lang).join(parts))
    return text + paid


#: Outcomes that the second sentence speaks of.
_TOLD = ("outrage_burden_core", "public_reach", "trust_core_d14", "trust_core_d7")


def _direction(debrief: Debrief, name: str) -> str:
    """more, less or same: the own choices against what happened, over the twins' worlds."""
    mean, low, high, _ = against_history(debrief, name)
    if not excludes_zero(low, high):
        return "same"
    return "more" if mean > 0 else "less"


def _made(debrief: Debrief, lang: str) -> str:
    """The one other answer that would have changed most of what is judged first, either way."""
    flip = largest_flip(debrief)
    name = debrief.judged[0]
    if flip is None:
        return say("made_nothing", lang)
    own, turned = debrief.own.outcomes[name], flip.outcomes[name]
    script = script_of(debrief.world)
    question, option = script.option_of(flip.decision, flip.question, flip.option)
    answer = debrief.choices[flip.decision][flip.question]
    _, kept = script.option_of(flip.decision, flip.question, answer)
    better = compare.sign_of(name) * (turned - own) > 0
    return say(
        "made_better" if better else "made_worse", lang,
        at=flip.decision, about=in_lang(question.about, lang),
        option=quoted(option.text(lang), lang), kept=quoted(kept.text(lang), lang),
        own=number(own), turned=number(turned), unit=unit_name(name, lang),
    )  # fmt: skip


def largest_flip(debrief: Debrief) -> Flip | None:
    """The flip that changes most of what is judged first; None where none would be seen."""
    name = debrief.judged[0]
    own = debrief.own.outcomes[name]
    flips = [flip for flip in debrief.flips if np.isfinite(flip.outcomes[name])]
    best = max(flips, key=lambda flip: abs(flip.outcomes[name] - own), default=None)
    if best is None or number(best.outcomes[name]) == number(own):
        return None
    return best


def _question(debrief: Debrief, lang: str) -> str:
    """One question to discuss: about what was missed, luck, a price, or what spoke for a choice."""
    name = debrief.judged[0]
    if len(debrief.unanswered) >= MANY_MISSED:
        return say("ask_missed", lang, k=len(debrief.unanswered))
    share = better_than(debrief, name)
    if share >= LUCKY:
        return say("ask_lucky", lang, share=f"{share:.0%}")
    if share <= UNLUCKY:
        return say("ask_unlucky", lang, share=f"{1 - share:.0%}")
    verdict = told_apart(debrief, name)
    if verdict == "better":
        return say("ask_better", lang)
    flip = largest_flip(debrief)
    if verdict == "worse" and flip is not None:
        question, _ = script_of(debrief.world).option_of(flip.decision, flip.question, flip.option)
        return say("ask_worse", lang, at=flip.decision, about=in_lang(question.about, lang))
    return say("ask_same", lang)
