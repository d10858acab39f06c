"""What two theories of crisis communication call an answer, and what they let one expect."""

from __future__ import annotations

from experiments.game.moves import Choices, taken
from experiments.game.script import PUSH, Script

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
    "attack": (
        ("deny: attack the accuser", "否认：攻击指控者"),
        ("reducing offensiveness: attacking the accuser", "减轻冒犯：攻击指控者"),
        ("Fits only a false accusation. Against one's own customers it looks like force, and is news in itself.",
         "只适合不实指控。对自己的顾客使用，则显得以势压人，本身即成新闻。"),
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
#: strategy -> what the model says of it, as far as a gate of README's table of facts speaks of it.
#: A test holds each against results/published/facts/gates.csv.
IN_THE_MODEL: dict[str, tuple[str, str]] = {
    "silence": (
        "Leaves more outrage and less trust than what was done in most plausible worlds (F38a, F38b), and reaches fewer people (F45a). It relapses too seldom (F46a does not hold), so it still comes out somewhat too well.",
        "在多数合理世界中比实际应对留下更多愤怒、更少信任（F38a、F38b），触达更少（F45a）。复发偏少（F46a未达标），故模型对沉默仍略偏宽。",
    ),
    "deny": (
        "A denial that is found out costs more than what was done, and denying is expected to cost more than a prompt apology (F42a, F42c). One that nobody finds out is about as bad as silence (F42b).",
        "被揭穿的否认代价高于实际应对，且否认的预期代价高于及时致歉（F42a、F42c）。未被揭穿者与沉默相当（F42b）。",
    ),
    "rebuild": (
        "An apology that ends what people are angry about leaves more trust than silence (F21b); in its first hours it costs little more than silence (F40).",
        "致歉并终止引发不满之事，信任高于沉默（F21b）；最初数小时的代价略高于沉默（F40）。",
    ),
    "thunder": (
        "Telling it early with an apology costs at most a little more than later (F43, reported and asked of nobody).",
        "及早说明并致歉，代价至多比稍后略高（F43，仅供报告，不作要求）。",
    ),
    "reform": (
        "On top of all that was done a reform does no harm; on top of an apology alone it does in about a quarter of the worlds (F44a holds, F44b does not). An empty promise leaves less trust than none (F44c).",
        "在实际应对之上，改革无害；仅在致歉之上，约四分之一的世界中有害（F44a达标，F44b未达标）。空头承诺比没有承诺信任更低（F44c）。",
    ),
}
NO_GATE = (
    "No gate speaks of it: what a run shows here follows from assumptions.",
    "没有检验涉及此项：运行所示来自假定。",
)
#: act -> the strategy of an option that does it, where its script names none.
STRATEGY_OF_ACT: dict[str, str] = {
    "disclosure": "thunder",
    "denial": "deny",
    "apology": "rebuild",
    "termination": "deed",
    "penalty": "account",
    "explanation": "rebuild",
    "reform": "reform",
    "compensation": "compensate",
    "buyback": "outside",
    "holding": "instruct",
    "statement": "diminish",
    "legal_step": "attack",
    "partner_calls": "outside",
    "fan_calls": "channel",
    "fan_panel": "reform",
    "launch_moved": "outside",
    PUSH: "channel",
}


def strategy_of(script: Script, choices: Choices, question: str, option: str) -> str:
    """The strategy of an answer; "no_move" where it only adds to an act that nobody chose."""
    for decision, asked, chosen in taken(script, choices):
        if (asked.key, chosen.key) != (question, option):
            continue
        done = {
            kind
            for at, _, other in taken(script, choices)
            if at.key == decision.key
            for kind in other.does
        }
        idle = chosen.adds and not chosen.does and not done & set(chosen.adds)
        return "no_move" if idle else chosen.strategy
    return "no_move"
