"""Where the parameters of runs come from, in the reader's language."""

from __future__ import annotations

from experiments.pictures.words import parameter_name
from sim.settings.config import Config
from sim.settings.worlds import read_posterior

_INTERIM = {
    "en": "worlds of the prior in which the {n} orderings that {case} documents hold "
    "({kept} of {looked}); nothing is fitted yet, every number is prior-driven",
    "zh": "世界取自先验中满足 {case} 所记载的 {n} 项先后与大小关系者（{looked} 个中的 {kept} 个）；"
    "尚未拟合，所有数值取决于先验",
}


def provenance(config: Config, lang: str) -> str:
    """Where the parameters of these runs come from."""
    if config.uncertainty.name == "posterior":
        posterior = read_posterior(config.uncertainty.posterior)
        case, between = posterior.about["case"], "、" if lang == "zh" else ", "
        if posterior.about.get("kind") == "interim":
            return _INTERIM["zh" if lang == "zh" else "en"].format(
                case=case,
                n=len(posterior.about["targets"]),
                kept=posterior.about["n_draws"],
                looked=posterior.about["n_worlds"],
            )
        pinned, measured = (
            between.join(parameter_name(str(name), lang) for name in names)
            or ("无" if lang == "zh" else "nothing")
            for names in (posterior.pinned, posterior.about["measured"])
        )
        if lang == "zh":
            return (
                f"参数自 {case} 的后验抽取；案例能确定的：{pinned}；"
                f"由其他话题测得：{measured}；其余取决于先验"
            )
        return (
            f"parameters from the fit to {case}: it pins down {pinned}; measured on other topics: "
            f"{measured}; the rest is prior-driven"
        )
    if config.uncertainty.name == "prior":
        return "参数自先验抽取" if lang == "zh" else "parameters drawn from their priors"
    return (
        "参数为暂定值，未经拟合"
        if lang == "zh"
        else "parameters are provisional: hand-checked, not fitted"
    )
