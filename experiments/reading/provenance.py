"""Where the parameters of runs come from, in the reader's language."""

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
    """Whether a fit was made under other rules than those of today's runs, in words."""
    was = int(about.get("results_version", 0))
    return _BEFORE[lang].format(was=was, now=RESULTS_VERSION) if was < MENDED else ""


def provenance(config: Config, lang: str) -> str:
    """Where the parameters of these runs come from."""
    if config.uncertainty.name == "posterior":
        posterior = read_posterior(config.uncertainty.posterior)
        case, between = posterior.about["case"], "、" if lang == "zh" else ", "
        pinned, measured = (
            between.join(parameter_name(str(name), lang) for name in names)
            or ("无" if lang == "zh" else "nothing")
            for names in (posterior.pinned, posterior.about["measured"])
        )
        if lang == "zh":
            return (
                f"参数自 {case} 的后验抽取；案例能确定的：{pinned}；"
                f"由其他话题测得：{measured}；其余取决于先验" + _before(posterior.about, lang)
            )
        return (
            f"parameters from the fit to {case}: it pins down {pinned}; measured on other topics: "
            f"{measured}; the rest is prior-driven" + _before(posterior.about, lang)
        )
    if config.uncertainty.name == "prior":
        return "参数自先验抽取" if lang == "zh" else "parameters drawn from their priors"
    return (
        "参数为暂定值，未经拟合"
        if lang == "zh"
        else "parameters are provisional: hand-checked, not fitted"
    )
