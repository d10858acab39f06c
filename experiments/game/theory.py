"""What two theories of crisis communication call an answer, and what they let one expect."""

from __future__ import annotations

from experiments.game.rules import Choices, answer_of

#: strategy -> its name in SCCT, its name in image repair, and what the theories let one expect.
#: Coombs (2007), Corporate Reputation Review 10(3), 163-176; Benoit (1997), Public Relations
#: Review 23(2), 177-186; stealing thunder: Arpan & Pompper (2003), Public Relations Review 29(3),
#: 291-308. In own words, from memory; not re-checked.
STRATEGIES: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "silence": (
        ("no response", "不回应"),
        ("none of the five", "不属于五类策略"),
        ("Others fill the silence. It can pass where blame is weak; where the brand is held responsible it reads as having no answer.",
         "沉默由他人填补。责任归因弱时或可过去；被认定有责任时，则显得无言以对。"),
    ),
    "no_move": (
        ("no move on this point", "此项未行动"),
        ("no move on this point", "此项未行动"),
        ("Nothing was said or done here, so there is nothing to match.",
         "此处未言未行，无从匹配。"),
    ),
    "voice": (
        ("who speaks, not what is said", "谁说，而非说什么"),
        ("who speaks, not what is said", "谁说，而非说什么"),
        ("A speaker with responsibility lends weight to a rebuilding statement, and draws attention to it.",
         "有责任者发声使重建更有分量，也更引人注目。"),
    ),
    "process": (
        ("outside the theory", "不在理论之内"),
        ("outside the theory", "不在理论之内"),
        ("A question of fair procedure: people, staff above all, judge how a penalty came about as well as how hard it is.",
         "属程序公正：人们（尤其员工）既看处罚轻重，也看如何作出。"),
    ),
    "thunder": (
        ("stealing thunder, then rebuild", "抢先披露，再重建"),
        ("mortification, early", "承认过错（提前）"),
        ("Bad news hurts less from one's own mouth; the price is that it is then certainly true.",
         "坏消息由自己说出，伤害较小；代价是从此确凿无疑。"),
    ),
    "instruct": (
        ("instructing information", "指导性信息"),
        ("none of the five", "不属于五类策略"),
        ("Buys time; whoever says that he is looking into it must come back soon with something.",
         "争取时间；说“正在核实”者必须尽快给出下文。"),
    ),
    "deny": (
        ("deny", "否认"),
        ("simple denial", "直接否认"),
        ("Fits only where there is truly no responsibility. When evidence turns up, it counts as a second offence.",
         "只适合确无责任的情形。一旦出现证据，即成第二次过错。"),
    ),
    "diminish": (
        ("diminish: excuse", "弱化：辩解"),
        ("evading responsibility", "规避责任"),
        ("Fits accidents. For something done on purpose it is too little, and is heard as an excuse.",
         "适合意外事故。对有意为之的事则过轻，会被当作借口。"),
    ),
    "rebuild": (
        ("rebuild: apology", "重建：致歉"),
        ("mortification", "承认过错"),
        ("The match for a preventable crisis. It accepts blame, and works better with a deed and with a speaker who carries weight.",
         "与可预防型危机相匹配。它承担责任；若伴随行动、由有分量者发声，效果更好。"),
    ),
    "deed": (
        ("rebuild, by a deed", "重建（以行动）"),
        ("corrective action", "纠正行动"),
        ("Deeds make words credible; without words they leave open what was wrong.",
         "行动使言辞可信；若无言辞，则错在何处仍不清楚。"),
    ),
    "scapegoat": (
        ("deny: scapegoat", "否认：替罪"),
        ("shifting the blame", "转移责任"),
        ("May move blame downwards; where people think that it came from above, it looks unfair and turns on the brand.",
         "可能把责任下移；若人们认为责任在上，则显得不公，反噬品牌。"),
    ),
    "account": (
        ("rebuild, with accountability", "重建（追责）"),
        ("corrective action and mortification", "纠正行动与承认过错"),
        ("Answers the question of who is responsible, and makes news of it; too hard a penalty raises the question of fairness.",
         "回答“谁负责”，同时制造新闻；处罚过重则引出公平问题。"),
    ),
    "reform": (
        ("adjusting information, rebuild", "调整性信息，重建"),
        ("corrective action", "纠正行动"),
        ("Says why it will not happen again. It counts once it is delivered; an empty promise is a second offence.",
         "说明为何不会再犯。兑现方才算数；空头承诺是第二次过错。"),
    ),
    "compensate": (
        ("rebuild: compensation", "重建：补偿"),
        ("reducing offensiveness: compensation", "减轻冒犯：补偿"),
        ("Helps those who lost something; for hurt identity it can look like payment for silence.",
         "对有损失者有用；对受伤的认同则可能像封口费。"),
    ),
    "bolster": (
        ("rebuild with bolstering", "重建并强化"),
        ("mortification and bolstering", "承认过错与形象强化"),
        ("A high speaker shows that it matters, and draws everybody's eyes.",
         "高层发声显示重视，也引来所有人的目光。"),
    ),
    "outside": (
        ("outside the theory", "不在理论之内"),
        ("outside the theory", "不在理论之内"),
        ("Speaks to investors, partners or the desk, not to those who feel hurt.",
         "面向投资者、伙伴或内部，而非受伤害者。"),
    ),
    "channel": (
        ("a matter of channel, not of strategy", "渠道问题，而非策略"),
        ("outside the theory", "不在理论之内"),
        ("The theories say what to say, hardly to whom. Whoever pushes a statement also informs those who knew nothing.",
         "理论谈说什么，少谈对谁说。推送声明也会告知原本不知情者。"),
    ),
}  # fmt: skip
#: (question, option) -> strategy; what is not listed is no move on its point.
STRATEGY_OF: dict[tuple[str, str], str] = {
    ("rumour", "wait"): "silence",
    ("stance", "silence"): "silence",
    ("speaker", "nobody"): "silence",
    ("penalty", "none"): "silence",
    ("reply", "nobody"): "silence",
    ("speaker", "staff"): "voice",
    ("speaker", "pr_head"): "voice",
    ("speaker", "founder"): "voice",
    ("statement", "stay"): "channel",
    ("process", "short"): "process",
    ("process", "day"): "process",
    ("process", "three_days"): "process",
    ("rumour", "disclose"): "thunder",
    ("rumour", "monitor"): "outside",
    ("rumour", "verify"): "outside",
    ("stance", "hold"): "instruct",
    ("stance", "deny"): "deny",
    ("stance", "apologise"): "rebuild",
    ("stance", "apologise_end"): "rebuild",
    ("stance", "end"): "deed",
    ("buyback", "routine"): "outside",
    ("buyback", "large"): "outside",
    ("partners", "call"): "outside",
    ("admission", "little"): "diminish",
    ("admission", "some"): "rebuild",
    ("admission", "full"): "rebuild",
    ("deal", "end"): "deed",
    ("statement", "push"): "channel",
    ("statement", "apologise"): "rebuild",
    ("statement", "apologise_push"): "rebuild",
    ("penalty", "handler"): "scapegoat",
    ("penalty", "managers"): "account",
    ("penalty", "executives"): "account",
    ("penalty", "executive_out"): "account",
    ("reform", "vetting"): "reform",
    ("reform", "panel"): "reform",
    ("delivery", "deliver"): "reform",
    ("delivery", "begin"): "reform",
    ("reply", "pr_head"): "rebuild",
    ("reply", "founder"): "bolster",
    ("compensation", "vouchers"): "compensate",
    ("compensation", "generous"): "compensate",
}


def strategy_of(choices: Choices, question: str, option: str) -> str:
    """The strategy of an answer; "no_move" where nobody spoke or nobody was heard.

    Raises nothing for unknown answers: what has no strategy is no move.
    """
    silent = answer_of(choices, "D3", "speaker") == "nobody"
    spared = answer_of(choices, "D5", "penalty") == "none"
    if (question == "admission" and silent) or (question == "process" and spared):
        return "no_move"
    return STRATEGY_OF.get((question, option), "no_move")
