"""Where the parameters of runs come from, in the reader's language.

It stands under tables and pages, so that what follows from assumed parameters does not pass for
measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.pictures.parameter_words import parameter_name
from sim.base.digest import RESULTS_VERSION
from sim.settings.config import Config
from sim.settings.worlds import read_posterior

#: Results from which on an act is judged by its own words and by how long people waited for it.
MENDED = 6
_BEFORE = {
    "en": "; it was fitted before the rules were mended by which acts of the brand are judged "
    "(results {was}, now {now})",
    "zh": "；拟合早于对品牌举措评判规则的修正（结果版本 {was}，现为 {now}）",
}


def _before(about: Mapping[str, Any], lang: str) -> str:
    """Whether a fit was made under other rules than those of today's runs, in words, or "".

    about : what the posterior says of itself; one without a version is older than versions are.
    """
    was = int(about.get("results_version", 0))
    return _BEFORE[lang].format(was=was, now=RESULTS_VERSION) if was < MENDED else ""


def provenance(config: Config, lang: str) -> str:
    """Where the parameters of these runs come from: a fit, their priors, or values by hand.

    Of a fit it says what the case pins down and what was measured on other topics; the rest of the
    parameters are as their priors have them.
    """
    zh = lang == "zh"
    if config.uncertainty.name == "prior":
        return "参数自先验抽取" if zh else "parameters drawn from their priors"
    if config.uncertainty.name != "posterior":
        provisional = "parameters are provisional: hand-checked, not fitted"
        return "参数为暂定值，未经拟合" if zh else provisional
    posterior = read_posterior(config.uncertainty.posterior)
    nothing, between = ("无", "、") if zh else ("nothing", ", ")
    pinned, measured = (
        between.join(parameter_name(str(name), lang) for name in names) or nothing
        for names in (posterior.pinned, posterior.about["measured"])
    )
    case = posterior.about["case"]
    told = (
        f"参数自 {case} 的后验抽取；案例能确定的：{pinned}；"
        f"由其他话题测得：{measured}；其余取决于先验"
        if zh
        else f"parameters from the fit to {case}: it pins down {pinned}; measured on other topics: "
        f"{measured}; the rest is prior-driven"
    )
    return told + _before(posterior.about, lang)
