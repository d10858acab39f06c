"""Parameters in plain words, for sentences that name where their values come from."""

from __future__ import annotations

#: Parameters in plain words, for sentences that name where their values come from.
PARAMETERS: dict[str, tuple[str, str]] = {
    "post_per_h": ("how often people post", "发帖频率"),
    "heat_half_life_h": ("how fast heat fades", "热度消退速度"),
    "community_size": ("the size of the community on the list", "热搜平台上的社群规模"),
    "hashtag_spread": ("how much hashtags differ in how long they last", "各话题持续时间的差异"),
    "hashtag_half_life_h": ("how fast a hashtag loses its hold on talk", "话题吸引讨论的消退速度"),
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
    "entry_spread": ("how much the heat that the list asks for varies", "上榜所需热度的波动"),
    "entry_correlation": ("how long that lasts from hour to hour", "上榜所需热度的逐时延续"),
    "attention_heat": (
        "heat at which investors pay half their attention",
        "投资者关注过半时的热度",
    ),
    "report_per_h": ("how fast reporters take up what is new", "媒体报道新情况的快慢"),
    "report_spread": ("luck of the heat of a report", "报道热度的偶然性"),
    "crowd_per_h": ("how often people make hashtags themselves", "网民自发话题的频率"),
    "official_heat": ("how much heat a report brings", "一则报道带来的热度"),
    "heat_per_post": ("how much heat a post makes", "每帖产生的热度"),
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
    "skip_outraged": ("visits that outraged people skip", "愤怒者少到店的程度"),
    "skip_distrusting": ("visits skipped where trust is lost", "失去信任者少到店的程度"),
    "novelty_holding": ("how new a holding statement is", "缓冲声明的新鲜程度"),
    "leader_exit_called": ("how far a call keeps a partner", "沟通对挽留合作KOL的作用"),
    "sincerity_explain": ("worth of saying how it came about", "说明原委的分量"),
    "sincerity_regret": ("worth of showing regret", "表达歉意的分量"),
    "sincerity_repair": ("worth of offering repair", "承诺弥补的分量"),
    "sincerity_request": ("worth of asking for forgiveness", "请求谅解的分量"),
    "sincerity_forced": ("what a forced admission loses", "被迫承认的折损"),
    "legal_betrayal": ("how far a legal step offends", "法律行动的冒犯程度"),
    "explanation_relief": (
        "governance outrage that a full explanation takes away",
        "充分说明所平息的治理愤怒",
    ),
    "patience_h": ("how long people wait for an answer", "人们等待答复的耐心"),
    "overdue_half_life_h": ("how fast a missing penalty is charged", "未处罚被追究的快慢"),
    "doubt_hardens": ("how much doubt becomes certainty in silence", "沉默中疑虑坐实的程度"),
    "doubt_half_life_h": ("how fast doubt becomes certainty", "疑虑坐实的快慢"),
    "silence_size": ("how much of a matter silence becomes", "沉默成为话题的程度"),
    "silence_reach_core": ("core fans who see that nothing is said", "注意到沉默的核心粉丝"),
    "silence_reach_customer": ("customers who see that nothing is said", "注意到沉默的普通用户"),
    "silence_reach_public": ("public who see that nothing is said", "注意到沉默的公众"),
    "press_per_d": ("how often third parties join in", "第三方加入的频率"),
    "press_half_life_d": ("how long third parties stay interested", "第三方关注的持续时间"),
    "press_answered": ("third parties that still come after an answer", "回应后第三方仍加入的比例"),
    "question_per_d": ("how often reporters ask anew", "媒体追问的频率"),
    "question_half_life_d": ("how long reporters keep asking", "媒体追问的持续时间"),
    "question_least": ("least size of a question", "追问的最小规模"),
    "question_most": ("largest size of a question", "追问的最大规模"),
    "question_reach_core": ("core fans who see a question", "看到追问的核心粉丝"),
    "question_reach_customer": ("customers who see a question", "看到追问的普通用户"),
    "question_reach_public": ("public who see a question", "看到追问的公众"),
    "acceptance_calms": (
        "how far an accepted act is news without being a grievance",
        "被接受的举措只是新闻而不激怒的程度",
    ),
    "found_out_per_d": ("how often a denial is found out", "否认被揭穿的频率"),
    "contact_relief": (
        "betrayal that falls away if there were only contacts",
        "仅有接触时减轻的背叛感",
    ),
}


def parameter_name(name: str, lang: str) -> str:
    """A parameter in words, with its name in the settings; one without words by its name."""
    if name not in PARAMETERS:
        return name
    en, zh = PARAMETERS[name]
    return f"{zh}（{name}）" if lang == "zh" else f"{en} ({name})"
