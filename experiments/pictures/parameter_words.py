"""Parameters in plain words, for sentences that name where their values come from."""

from __future__ import annotations

#: Parameters in plain words, for sentences that name where their values come from.
PARAMETERS: dict[str, tuple[str, str]] = {
    "post_per_h": ("how often people post", "发帖频率"),
    "heat_half_life_h": ("how fast heat fades", "热度消退速度"),
    "list_half_life_h": ("how fast a hashtag on the list ages", "在榜话题老化速度"),
    "concern_floor": ("how much strangers care how the company is run", "局外人对公司治理的关心"),
    "unfollow_threshold": (
        "how much sooner people unfollow than declare",
        "取关比宣布抵制容易的程度",
    ),
    "leader_exit_reach_core": ("core fans who see a partner's exit", "看到合作方退出的核心粉丝"),
    "leader_exit_reach_customer": (
        "customers who see a partner's exit",
        "看到合作方退出的普通用户",
    ),
    "leader_exit_reach_public": ("public who see a partner's exit", "看到合作方退出的公众"),
    "list_exit_heat": ("heat below which a hashtag drops out", "话题退榜的热度比"),
    "detection_spread": ("spread of the PR team's lag", "公关察觉延迟的离散"),
    "deliberation_spread": ("spread of deliberation", "商议时间的离散"),
    "talk_half_life_h": ("half-life of the talk that the PR team judges", "公关所看讨论的半衰期"),
    "push_heat": ("heat of a public push", "公开推送的热度"),
    "closed_weight": ("how slowly sentiment moves outside sessions", "休市时情绪变化之慢"),
    "buyback_spread_h": ("hours over which a buyback is spread", "回购分摊的小时数"),
    "promise_worth": ("worth of a promised reform", "承诺而未落实的改革的分量"),
    "wave_after_d": ("days without second waves", "无第二波的天数"),
    "wave_least": ("least size of a second wave", "第二波的最小规模"),
    "wave_reach_core": ("core fans who see a second wave", "看到第二波的核心粉丝"),
    "wave_reach_customer": ("customers who see a second wave", "看到第二波的普通用户"),
    "wave_reach_public": ("public who see a second wave", "看到第二波的公众"),
    "leak_reach_core": ("core fans who see an inside leak", "看到内部爆料的核心粉丝"),
    "leak_reach_customer": ("customers who see an inside leak", "看到内部爆料的普通用户"),
    "leak_reach_public": ("public who see an inside leak", "看到内部爆料的公众"),
    "list_drop": ("how far heat falls until a hashtag leaves the list", "话题退榜的热度"),
    "list_entry_heat": ("how much heat puts a hashtag on the list", "话题上榜的热度"),
    "heat_per_post": ("how much heat a post makes", "每帖产生的热度"),
    "headline_gap_h": ("how soon the next hashtag can follow", "相邻话题上榜间隔"),
    "appraisal_gain": ("how much a post enrages", "单帖激怒程度"),
    "reinforcement_per_h": ("how much fan groups reinforce", "粉丝群强化作用"),
    "outrage_half_life_h": ("how fast outrage fades", "愤怒消退速度"),
    "novelty_half_life_h": ("how fast news grows old", "新闻老化速度"),
    "outburst": ("how much more outraged people post", "愤怒者多发帖的程度"),
    "news_talk": ("how much unmoved people talk", "旁观者的讨论量"),
    "habituation": ("how soon people get used to it", "习惯化速度"),
    "visible_outrage": ("from when outrage shows", "愤怒何时可见"),
    "betrayal": ("how grave the wrong seems", "背叛的严重程度"),
    "see_person": ("how often followed people are read", "关注者帖子的阅读率"),
}


def parameter_name(name: str, lang: str) -> str:
    """A parameter in words, with its name in the settings; one without words by its name."""
    if name not in PARAMETERS:
        return name
    en, zh = PARAMETERS[name]
    return f"{zh}（{name}）" if lang == "zh" else f"{en} ({name})"
