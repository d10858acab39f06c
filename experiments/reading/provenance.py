"""Where the parameters of runs come from, in the reader's language.

It stands under tables and pages, so that what follows from assumed parameters does not pass for
measured.
"""

from __future__ import annotations

from experiments.pictures.parameter_words import parameter_name
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.posterior import read_posterior

_INTERIM = {
    "en": "nothing is fitted yet, every number is prior-driven: parameters come from assumed ranges, "
    "in worlds in which the {n} orderings seen in “{case}” hold ({kept} of {looked} tried)",
    "zh": "尚未拟合，所有数值取决于先验：参数取自假定的范围，只留下“{case}”所见的{n}项先后与大小关系"
    "成立的世界（试过{looked}个，留下{kept}个）",
}


def _title(name: str, config: Config, lang: str) -> str:
    """What a case is called."""
    case = config.case if config.case.name == name else compose([f"case={name}"]).case
    return case.title(lang)


def provenance(config: Config, lang: str) -> str:
    """Where the parameters of these runs come from: a fit, their priors, or values by hand.

    Of a fit it says what the case pins down and what other affairs say; the rest of the parameters
    are as their priors have them.
    """
    zh = lang == "zh"
    if config.uncertainty.name == "prior":
        return "参数自先验抽取" if zh else "parameters drawn from their priors"
    if config.uncertainty.name != "posterior":
        provisional = "parameters are provisional: hand-checked, not fitted"
        return "参数为暂定值，未经拟合" if zh else provisional
    posterior = read_posterior(config.uncertainty.posterior)
    about = posterior.about
    if about.get("kind") == "interim":
        return _INTERIM["zh" if zh else "en"].format(
            case=_title(about["case"], config, lang), n=len(about["targets"]), kept=about["n_draws"],
            looked=f"{about['n_worlds']:,}",
        )  # fmt: skip
    nothing, between = ("无", "、") if zh else ("nothing", ", ")
    pinned = between.join(parameter_name(name, lang) for name in posterior.pinned) or nothing
    case, n = _title(about["case"], config, lang), len(about["measured"])
    return (
        f"参数自“{case}”的后验抽取；案例能确定的：{pinned}；平台与第三方的{n}个参数"
        "取自其他事件的总体；其余取决于先验"
        if zh
        else f"parameters from the fit to “{case}”: it pins down {pinned}; {n} of platform and third "
        "parties are as other affairs have them; the rest is prior-driven"
    )


def known_from(config: Config, name: str) -> tuple[str, str]:
    """What is known of one parameter in these runs, in both languages: by what it is identified.

    What neither the case nor other affairs narrow is prior-driven.
    """
    if config.uncertainty.name == "posterior":
        posterior = read_posterior(config.uncertainty.posterior)
        if name in posterior.pinned:
            return "pinned down by the case", "由案例确定"
        if name in posterior.about["measured"]:
            return "as other affairs have it", "取自其他事件的总体"
    return "prior-driven: no data here say which", "取决于先验：此处没有数据可以确定"
