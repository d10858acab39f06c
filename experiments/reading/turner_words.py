"""What is said of answers that are prior-driven: how many, and the parameter that turns each."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.pictures.amounts import two_digits
from experiments.pictures.parameter_words import parameter_name
from experiments.reading.analysis import Analysis
from experiments.reading.discovery import FEWEST_WORLDS
from experiments.reading.provenance import known_from
from experiments.reading.turners import TURNS, Unsure, outcomes_of, unsure_in
from experiments.sweeps.reference import Told
from sim.metrics import BY_NAME

MOST_TOLD = 3  #: parameters, and answers without one, that sentences name


def sentences(a: Analysis) -> list[Told]:
    """Which answers are prior-driven, and the parameter that turns each, in two languages.

    Of the ranked outcome in full, also where every order holds; of each other outcome how many
    answers, and the parameter that splits most of them.
    """
    said: list[Told] = []
    also: list[tuple[str, int]] = []
    for outcome in outcomes_of(a):
        found, ranked = unsure_in(a, outcome), outcome == a.ranked
        if not found and not ranked:
            continue
        if ranked:
            said.append(_how_many(a, outcome, found))
        else:
            also.append((outcome, len(found)))
        said += [_group(a, group) for group in _groups(found)[: MOST_TOLD if ranked else 1]]
        rest = [one for one in found if one.turner is None]
        said += [_nothing_alone(a, rest)] if rest and ranked else []
    return [*said, *([_also(also)] if also else [])]


def _also(found: Sequence[tuple[str, int]]) -> Told:
    """In which other outcomes answers are prior-driven, and how many of them."""
    told, told_zh = (
        sep.join(
            f"{BY_NAME[name].zh}{n}种" if lang == "zh" else f"{BY_NAME[name].en} ({n})"
            for name, n in found
        )
        for lang, sep in (("en", "; "), ("zh", "、"))
    )
    return (
        f"Prior-driven in other outcomes, with the number of answers: {told}.",
        f"其他结果中取决于先验的应对：{told_zh}。",
    )


def _groups(found: Sequence[Unsure]) -> list[list[Unsure]]:
    """Answers by the parameter that splits them; those that turn most come first."""
    by_parameter: dict[str, list[Unsure]] = {}
    for one in found:
        if one.turner is not None:
            by_parameter.setdefault(one.turner.parameter, []).append(one)
    return sorted(
        by_parameter.values(),
        key=lambda group: (-sum(one.turner.turns for one in group if one.turner), -len(group)),
    )


def _how_many(a: Analysis, outcome: str, found: Sequence[Unsure]) -> Told:
    """In how many answers the order against the reference hangs on the draw."""
    study, about = a.plan.study, BY_NAME[outcome]
    n = len(study.cells) - len(set(study.references))
    base, base_zh = (study.spoken(study.reference_cell, lang) for lang in ("en", "zh"))
    if not found:
        return (
            f"No contrast with “{base}” changes sign: for {about.en}, none of {n} answers "
            f"is better in more than {TURNS:.0%} of the plausible worlds and worse in more than {TURNS:.0%}.",
            f"就“{about.zh}”而言，{n}种应对与“{base_zh}”之差均不变号：没有一种在超过{TURNS:.0%}的"
            f"可能世界中更好、又在超过{TURNS:.0%}中更差。",
        )
    return (
        f"Prior-driven: for {about.en}, {len(found)} of {n} answers {'is' if len(found) == 1 else 'are'} "
        f"better than “{base}” in some plausible worlds and worse in others (more than {TURNS:.0%} each): "
        "what nobody has measured decides there, and not the answer.",
        f"取决于先验：就“{about.zh}”而言，{n}种应对中有{len(found)}种在一些可能世界中优于“{base_zh}”，"
        f"在另一些中更差（各超过{TURNS:.0%}）：此时起决定作用的是无人测得的量，而非应对本身。",
    )


def _group(a: Analysis, group: Sequence[Unsure]) -> Told:
    """One parameter, the answer that it splits most clearly, and how many more it splits."""
    one = max(
        group, key=lambda u: (u.turner.turns, u.turner.strength) if u.turner else (False, 0.0)
    )
    t, study = one.turner, a.plan.study
    assert t is not None
    config = next(point for point in a.plan.points if point.block == "main").config
    name, name_zh = (parameter_name(t.parameter, lang) for lang in ("en", "zh"))
    known, known_zh = known_from(config, t.parameter)
    more = len(group) - 1
    verb, verb_zh = (
        ("turns", "使其变号") if t.turns else ("moves but does not turn", "有影响而不变号")
    )
    about = BY_NAME[one.outcome]
    others = f" It does so for {more} more answer{'s' if more > 1 else ''}." if more else ""
    others_zh = f"另有{more}种应对也是如此。" if more else ""
    return (
        f"“{name}” ({known}) {verb} the order of "
        f"“{study.spoken(one.cell)}” in {about.en}: up to {two_digits(t.at)} it is better in {t.below.n_better} of "
        f"{t.below.n} worlds, above in {t.above.n_better} of {t.above.n}.{others}",
        f"“{name_zh}”（{known_zh}）{verb_zh}：“{study.spoken(one.cell, 'zh')}”"
        f"在该参数不超过{two_digits(t.at)}时，{t.below.n}个世界中有{t.below.n_better}个更好；超过时"
        f"{t.above.n}个中有{t.above.n_better}个。{others_zh}",
    )


def _nothing_alone(a: Analysis, rest: Sequence[Unsure]) -> Told:
    """Answers whose sign changes and which no parameter splits beyond chance."""
    study, few = a.plan.study, rest[0].n < FEWEST_WORLDS
    named, named_zh = (
        between.join(f"“{study.spoken(one.cell, lang)}”" for one in rest[:MOST_TOLD])
        for lang, between in (("en", ", "), ("zh", "、"))
    )
    more = f" and {len(rest) - MOST_TOLD} more" if len(rest) > MOST_TOLD else ""
    more_zh = f"等{len(rest)}种" if len(rest) > MOST_TOLD else ""
    if few:
        return (
            f"{rest[0].n} worlds are too few to say which parameter decides for {named}{more} "
            f"({FEWEST_WORLDS} are needed).",
            f"{rest[0].n}个世界太少，无法判断{named_zh}{more_zh}取决于哪个参数（至少需要{FEWEST_WORLDS}个）。",
        )
    return (
        f"No single parameter turns {named}{more} beyond chance: several together decide, or luck.",
        f"{named_zh}{more_zh}：没有任何单个参数的作用超出偶然，取决于多个参数的组合或运气。",
    )
