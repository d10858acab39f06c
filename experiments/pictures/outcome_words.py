"""What each outcome means, in both languages: one table for `explain`, dictionaries and hovers.

Units, names and which way is better stand where outcomes are declared (sim/metrics.py); here is
what they are in a sentence, how they are computed, and how a large and a small value reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Told = tuple[str, str]  #: English, Chinese


@dataclass(frozen=True)
class Meaning:
    """An outcome in words. `{d}` stands for the day, or the trading day, in an outcome's name."""

    what: Told  #: one sentence
    formula: str
    range: Told  #: of possible values
    large: Told
    small: Told


_SHARE = ("0 to 1", "0到1")
_HOURS = ("0 to the end of the case, or not defined", "0至案例结束，或无定义")
_TIME = ("up to the end of the case, or not defined if it never happens",
         "不晚于案例结束；若未发生则无定义")  # fmt: skip
_LATE = ("it came late", "来得晚")
_EARLY = ("it came early", "来得早")
_MANY = ("nearly everybody did", "几乎人人如此")
_FEW = ("hardly anybody did", "几乎无人如此")

#: By name; a day in a name is written {d}.
MEANINGS: dict[str, Meaning] = {
    "outrage_peak_core": Meaning(
        ("The highest average of outrage that core fans express in any step of the case.",
         "案例期间核心粉丝所表达愤怒之平均值的最高点。"),
        "max over t of A(t), A = mean expressed outrage of core fans", _SHARE,
        ("near 1 every core fan is in full outrage at once", "接近1：所有核心粉丝同时极度愤怒"),
        ("near 0 the affair leaves core fans cool", "接近0：核心粉丝几乎不为所动")),
    "outrage_burden_core": Meaning(
        ("How many days of full outrage an average core fan goes through, from the first day of "
         "the case to its end.",
         "从案例首日到结束，平均每位核心粉丝相当于经历了多少天的极度愤怒。"),
        "sum over t of A(t) x dt / 24 h, A = mean expressed outrage of core fans, 0 to 1",
        ("0 to the length of the case in days", "0至案例天数"),
        ("long and strong anger: 3 is three days of everybody's full outrage, or six of half",
         "愤怒强而久：3相当于所有人极度愤怒三天，或半程度愤怒六天"),
        ("anger was weak, brief, or of few", "愤怒弱、短，或仅少数人愤怒")),
    "time_to_half_h": Meaning(
        ("Hours from the peak of core fans' outrage until it first falls below half of it.",
         "核心粉丝愤怒从峰值首次降到一半以下所需小时数。"),
        "min t - t_peak with A(t) < A(t_peak) / 2", _HOURS,
        ("outrage lasts", "愤怒持久"), ("outrage fades quickly", "愤怒消退快")),
    "public_reach": Meaning(
        ("The share of all people, weighted to real shares of the kinds, who have heard of the "
         "affair by the end.",
         "到结束时听说此事的人群比例（按各类人群的真实占比加权）。"),
        "sum over kinds of real share x share aware", _SHARE,
        ("nearly everybody has heard of it", "几乎人人听说"),
        ("it stayed among fans", "停留在粉丝圈内")),
    "listed_h": Meaning(
        ("Hours in which at least one hashtag of the affair is on the trending list.",
         "至少有一个相关话题在热搜榜上的小时数。"),
        "sum over t of [n_listed(t) > 0] x dt", _HOURS,
        ("the list shows the affair for long", "长时间在榜"),
        ("the list hardly shows it", "几乎不上榜")),
    "listed_h_day_{d}": Meaning(
        ("Hours of day {d} in which a hashtag of the affair is on the trending list.",
         "第{d}天有相关话题在榜的小时数。"),
        "sum over t in day {d} of [n_listed(t) > 0] x dt", ("0 to 24", "0到24"),
        ("on the list all day", "全天在榜"), ("hardly on the list", "几乎不在榜")),
    "reads_day_{d}": Meaning(
        ("Views of the trending list's hashtags on day {d}, per person; impressions, not readers.",
         "第{d}天热搜话题的人均浏览次数；为浏览量，不是人数。"),
        "sum over t in day {d} of reads(t)", ("0 upwards", "0以上"),
        ("much attention by the list", "热搜带来大量关注"), ("little attention", "关注很少")),
    "first_listed_h": Meaning(
        ("When the first hashtag of the affair comes on the trending list.",
         "首个相关话题上热搜的时间。"),
        "time of the first list entry - clock start", _TIME, _LATE, _EARLY),
    "first_listed_after_apology_h": Meaning(
        ("Hours from the apology until a hashtag next comes on the trending list.",
         "从致歉到下一次有话题上热搜的小时数。"),
        "first list entry from the apology on - apology", _TIME, _LATE, _EARLY),
    "governance_share": Meaning(
        ("The share of outraged posts that are about how the company is led, not about what "
         "started the affair.",
         "愤怒帖中针对公司治理、而非事件起因的份额。"),
        "governance posts / (deal posts + governance posts)", _SHARE,
        ("people argue about the company", "人们争论的是公司本身"),
        ("people argue about the first cause", "人们争论的是事件起因")),
    "governance_share_day_{d}": Meaning(
        ("The same share among the outraged posts of day {d}.", "第{d}天愤怒帖中的同一份额。"),
        "governance posts / outraged posts, both of day {d}", _SHARE,
        ("the company is the topic that day", "当天话题是公司本身"),
        ("the first cause is the topic that day", "当天话题是事件起因")),
    "negative_share_30h": Meaning(
        ("The share of all posts of the first 30 hours that are outraged.",
         "前30小时全部帖子中愤怒帖的份额。"),
        "outraged posts / (outraged + neutral posts), first 30 h", _SHARE,
        ("nearly all talk is angry", "几乎都是愤怒"), ("most talk is neutral", "多为中性")),
    "trust_core_d{d}": Meaning(
        ("Trust of core fans at the end of day {d}, as a share of what it was before the affair.",
         "第{d}天结束时核心粉丝的信任，占事前信任的比例。"),
        "T(end of day {d}) / T(start), means over core fans", ("0 upwards, 1 = as before",
                                                               "0以上，1为与事前相同"),
        ("trust held", "信任得以保持"), ("trust broke", "信任崩塌")),
    "trust_customer_d{d}": Meaning(
        ("Trust of customers at the end of day {d}, as a share of what it was before the affair.",
         "第{d}天结束时普通用户的信任，占事前信任的比例。"),
        "T(end of day {d}) / T(start), means over customers", ("0 upwards, 1 = as before",
                                                               "0以上，1为与事前相同"),
        ("trust held", "信任得以保持"), ("trust broke", "信任崩塌")),
    "declared": Meaning(
        ("The share of people who say by the end that they boycott the brand.",
         "到结束时宣布抵制品牌的人群比例。"),
        "sum over kinds of real share x share declared", _SHARE, _MANY, _FEW),
    "declared_core": Meaning(
        ("The share of core fans who say by the end that they boycott the brand.",
         "到结束时宣布抵制品牌的核心粉丝比例。"),
        "declared core fans / core fans", _SHARE, _MANY, _FEW),
    "unfollowed": Meaning(
        ("The share of people who have unfollowed the brand by the end.",
         "到结束时取消关注品牌的人群比例。"),
        "sum over kinds of real share x share unfollowed", _SHARE, _MANY, _FEW),
    "unfollowed_core": Meaning(
        ("The share of core fans who have unfollowed the brand by the end.",
         "到结束时取消关注品牌的核心粉丝比例。"),
        "unfollowed core fans / core fans", _SHARE, _MANY, _FEW),
    "sold": Meaning(
        ("The share of people who have sold a device of the brand by the end.",
         "到结束时出售该品牌设备的人群比例。"),
        "sum over kinds of real share x share sold", _SHARE, _MANY, _FEW),
    "visits_lost": Meaning(
        ("How many days of their usual visits and orders customers skip on average.",
         "普通用户平均少到店或下单的天数。"),
        "sum over t of (1 - visits(t)) x dt / 24 h, visits over the usual",
        ("0 to the length of the case in days", "0至案例天数"),
        ("customers stay away", "用户不来了"), ("customers come as before", "用户照常光顾")),
    "exited": Meaning(
        ("The share of people who have in fact left the brand by the end.",
         "到结束时实际离开品牌的人群比例。"),
        "sum over kinds of real share x share exited", _SHARE, _MANY, _FEW),
    "exited_core": Meaning(
        ("The share of core fans who have in fact left the brand by the end.",
         "到结束时实际离开品牌的核心粉丝比例。"),
        "exited core fans / core fans", _SHARE, _MANY, _FEW),
    "realised_over_declared": Meaning(
        ("How many left for each who said so: deeds over words.",
         "每一位宣布抵制者对应多少实际离开者：行动与言辞之比。"),
        "exited / declared", ("0 upwards; not defined if nobody declared", "0以上；无人宣布则无定义"),
        ("people do what they say", "言行一致"), ("people say it and stay", "说而不走")),
    "car_0_{d}": Meaning(
        ("What the share price gained or lost from the last close before the affair to trading "
         "day {d}, in logs.",
         "自事前最后收盘至第{d}个交易日的股价累计对数收益。"),
        "ln(close of trading day {d} / close before)", ("any; -0.05 is about -5 %",
                                                        "任意；-0.05约为-5%"),
        ("the price rose", "股价上涨"),
        ("the price fell; compare car_noise_0_{d}", "股价下跌；请与car_noise_0_{d}比较")),
    "car_noise_0_{d}": Meaning(
        ("How far chance alone moves the price to trading day {d}, up or down, in 95 % of cases.",
         "仅凭偶然，至第{d}个交易日股价在95%情形下的波动幅度。"),
        "1.96 x daily sd x sqrt({d} + 1)", ("0 upwards", "0以上"),
        ("a return must be large to mean anything", "收益须很大才有意义"),
        ("small returns mean something, too", "小幅收益也有意义")),
    "cash_hkd": Meaning(
        ("Money that the brand's acts have cost by the end, such as compensation and buybacks.",
         "到结束时品牌各项举措（如补偿、回购）的现金支出。"),
        "cash(end)", ("0 upwards", "0以上"), ("a dear answer", "应对代价高"),
        ("a cheap answer", "应对代价低")),
    "legal_hkd": Meaning(
        ("What is to be expected in court for penalties that were hasty or out of proportion.",
         "仓促或过重处罚的预期法律成本。"),
        "probability x payment, summed over penalties", ("0 upwards", "0以上"),
        ("penalties that courts may undo", "处罚可能被推翻"), ("lawful penalties, or none",
                                                         "处罚合法，或无处罚")),
    "morale": Meaning(
        ("How the staff takes what was done to colleagues; 1 before the affair.",
         "员工对同事所受处置的态度；事前为1。"),
        "morale(end)", _SHARE, ("the staff stands by the brand", "员工支持公司"),
        ("the staff feels unsafe", "员工人心不稳")),
    "n_partner_exits": Meaning(
        ("How many contracted opinion leaders have ended their contracts by the end.",
         "到结束时解约的合作意见领袖人数。"),
        "count of kol_exit in the log", ("0 to the number of partners", "0至合作者人数"),
        ("partners leave", "合作者离开"), ("partners stay", "合作者留下")),
    "fan_peak_h": Meaning(
        ("The middle of the day (24 h) in which core fans post most.", "核心粉丝发帖最多的24小时之中点。"),
        "centre of the busiest 24 h of posts_core - clock start", _TIME, _LATE, _EARLY),
    "public_peak_h": Meaning(
        ("The middle of the day (24 h) in which everybody else posts most.",
         "其他人发帖最多的24小时之中点。"),
        "centre of the busiest 24 h of all other posts - clock start", _TIME, _LATE, _EARLY),
    "fan_lead_h": Meaning(
        ("By how many hours core fans' busiest day comes before everybody else's.",
         "核心粉丝最活跃的一天早于其他人的小时数。"),
        "public_peak_h - fan_peak_h", ("any; negative if fans come later", "任意；粉丝较晚则为负"),
        ("fans are far ahead", "粉丝远早于公众"), ("all talk at once", "同时讨论")),
    "fan_peak_3h_h": Meaning(
        ("The middle of the three hours in which core fans post most.", "核心粉丝发帖最多的3小时之中点。"),
        "centre of the busiest 3 h of posts_core - clock start", _TIME, _LATE, _EARLY),
    "public_peak_3h_h": Meaning(
        ("The middle of the three hours in which everybody else posts most.",
         "其他人发帖最多的3小时之中点。"),
        "centre of the busiest 3 h of all other posts - clock start", _TIME, _LATE, _EARLY),
    "fan_lead_3h_h": Meaning(
        ("By how many hours core fans' busiest three hours come before everybody else's.",
         "核心粉丝最活跃的3小时早于其他人的小时数。"),
        "public_peak_3h_h - fan_peak_3h_h", ("any; negative if fans come later",
                                             "任意；粉丝较晚则为负"),
        ("fans are far ahead", "粉丝远早于公众"), ("all talk at once", "同时讨论")),
    "detection_h": Meaning(
        ("When the PR team notices that mentions of the brand are out of the ordinary.",
         "公关团队察觉品牌提及量异常的时间。"),
        "time of detection - clock start", _TIME, _LATE, _EARLY),
    "first_response_h": Meaning(
        ("When the brand first does something that people are told of; a buyback is no answer.",
         "品牌首次作出公众知晓的回应的时间；回购不算。"),
        "time of the first told act - clock start", _TIME, _LATE, _EARLY),
    "peak_heat_apology": Meaning(
        ("The highest heat of a listed hashtag from the apology until the next act, at most 24 h.",
         "致歉至下一举措之间（至多24小时）在榜话题的最高热度。"),
        "max of hourly listed heat", ("0 upwards; 0: nothing was on the list",
                                      "0以上；0为无话题在榜"),
        ("the apology was much talked of", "致歉引发大量讨论"), ("hardly talked of", "几乎无人讨论")),
    "peak_heat_penalty": Meaning(
        ("The highest heat of a listed hashtag from the penalty until the next act, at most 24 h.",
         "处罚至下一举措之间（至多24小时）在榜话题的最高热度。"),
        "max of hourly listed heat", ("0 upwards; 0: nothing was on the list",
                                      "0以上；0为无话题在榜"),
        ("the penalty was much talked of", "处罚引发大量讨论"), ("hardly talked of", "几乎无人讨论")),
    "peak_heat_explanation": Meaning(
        ("The highest heat of a listed hashtag in the 24 h after the explanation.",
         "说明之后24小时内在榜话题的最高热度。"),
        "max of hourly listed heat", ("0 upwards; 0: nothing was on the list",
                                      "0以上；0为无话题在榜"),
        ("the explanation was much talked of", "说明引发大量讨论"), ("hardly talked of",
                                                           "几乎无人讨论")),
    "second_wave": Meaning(
        ("How hot the list was after day 9, over its peak before.",
         "第9天之后热搜热度峰值与此前峰值之比。"),
        "max list_heat after day 9 / max before", ("0 upwards, or not defined", "0以上，或无定义"),
        ("above 1 the affair came back larger", "大于1：卷土重来且更大"),
        ("near 0 it was over", "接近0：事情已平息")),
}  # fmt: skip


def meaning_of(name: str) -> Meaning | None:
    """What an outcome means, its day filled in; None for one that the table does not know."""
    if name in MEANINGS:
        return MEANINGS[name]
    found = re.fullmatch(r"(.*?)(\d+)", name)
    known = MEANINGS.get(f"{found[1]}{{d}}") if found else None
    if found is None or known is None:
        return None

    def filled(told: Told) -> Told:
        return told[0].replace("{d}", found[2]), told[1].replace("{d}", found[2])

    return Meaning(
        filled(known.what),
        known.formula.replace("{d}", found[2]),
        filled(known.range),
        filled(known.large),
        filled(known.small),
    )
