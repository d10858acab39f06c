"""What a paper writes of a study: the methods in a paragraph, with versions and digests, and BibTeX.

Everything stands in the manifest of the study; nothing is run.
"""

from __future__ import annotations

import sim
from experiments.reading.so_far import how_far, so_far
from experiments.reports.study_report import manifest, worlds_in
from experiments.sweeps.plan import Plan
from sim.base.digest import RESULTS_VERSION
from sim.base.refusal import ConfigError
from sim.settings.posterior import read_posterior

FORMATS = ("text", "bibtex")
_KIND = {
    "posterior": (
        "plausible worlds (the draws for the case {posterior}, digest {digest}; {fitted})",
        "个可能世界（取自案例 {posterior} 的抽样，摘要 {digest}；{fitted}）",
    ),
    "prior": ("worlds of the prior", "个先验世界"),
    "point": (
        "runs at the parameters' defaults, which differ by their seed",
        "次默认参数运行（仅随机种子不同）",
    ),
}


def methods(plan: Plan, lang: str = "en") -> str:
    """The methods of a study in a paragraph that can be taken over. lang : en or zh."""
    zh = lang == "zh"
    main = [point for point in plan.points if point.block == "main"]
    config, about = main[0].config, manifest(plan)
    kind = config.uncertainty
    facts = {
        "version": sim.__version__,
        "results": RESULTS_VERSION,
        "case": config.case.name,
        "people": f"{config.population.n_people:,}",
        "days": f"{config.clock.horizon_d or config.case.horizon_d:g}",
        "cells": len(main),
        "n": worlds_in(plan),
        "kind": _kind(kind.name, kind.posterior, zh),
        "seeds": kind.n_seeds,
        "runs": about["runs"],
        "software": about["software"],
        "study": plan.study.name,
        "command": plan.command,
    }
    return (_ZH if zh else _EN).format(**facts)


_EN = (
    "Simulations were made with Backlash {version} (results version {results}), an agent-based "
    "model of fan communities that turn on a brand; its rules, parameters and their provenance are "
    "in its ODD description. The study “{study}” of the case {case} compares {cells} courses of "
    "action among {people} people over {days} days, each in the same {n} {kind}, {seeds} seed(s) in "
    "each. Courses are compared world by world and seed by seed, with the same random numbers, so "
    "that intervals are those of paired differences; they hold for the model and not for the world. "
    "Runs: {runs}. {software}. To repeat: {command}"
)
_ZH = (
    "模拟使用 Backlash {version}（结果版本 {results}），一个粉丝社群反噬品牌的主体模型；规则、参数及其来源见其 ODD 说明。"
    "研究“{study}”（案例 {case}）比较{cells}种行动方案：{people}人，{days}天，每种方案均在相同的{n}{kind}中运行，"
    "每个世界{seeds}个随机种子。各方案在相同世界、相同种子、相同随机数下逐一比较，区间为配对差值的区间；"
    "它们只对模型成立，不对现实作保证。运行：{runs}。{software}。重复命令：{command}"
)


def _kind(name: str, case: str, zh: bool) -> str:
    """Where the worlds of a study come from, in words."""
    if name != "posterior":
        return _KIND[name][zh]
    about = read_posterior(case).about
    fitted = len(about["fitted"])
    words = (
        (f"{fitted} parameters fitted" if fitted else "nothing is fitted: prior-driven"),
        (f"拟合{fitted}个参数" if fitted else "未作拟合，由先验决定"),
    )
    return _KIND[name][zh].format(posterior=case, digest=about["digest"], fitted=words[zh])


def bibtex(plan: Plan) -> str:
    """An entry for the software, with the digest of the study's runs as a note."""
    runs = manifest(plan)["runs"]
    return (
        "@software{backlash,\n"
        "  title   = {Backlash: a laboratory for fan-community crises},\n"
        "  author  = {{The Backlash team}},\n"
        f"  version = {{{sim.__version__}}},\n"
        f"  note    = {{Results version {RESULTS_VERSION}; study {plan.study.name}, runs: {runs}}}\n"
        "}"
    )


def cited(plan: Plan, form: str, lang: str) -> str:
    """A study as a paper cites it. form : text or bibtex. Raises ConfigError for another.

    Of a sweep that stops what was run counts, and how it stopped is said; that is read in the store.
    """
    if form not in FORMATS:
        raise ConfigError(
            "format", form, "no such form of a citation", ", ".join(FORMATS), "format=bibtex"
        )
    if plan.study.stop is not None:
        seen = so_far(plan)
        if form == "text":
            return f"{methods(seen.plan, lang)}\n\n{how_far(seen)[0][lang == 'zh']}"
        plan = seen.plan
    return bibtex(plan) if form == "bibtex" else methods(plan, lang)
