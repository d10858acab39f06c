"""What figures and pages of a debrief say, and how they print a number, an answer, an outcome.

Texts are pairs of English and Chinese, as everywhere; a test fails where one is missing.
"""

from __future__ import annotations

import textwrap
from datetime import datetime

import numpy as np

from experiments.game.card import outcome_name, unit_name
from experiments.game.flips import Flip
from experiments.game.script import Script, in_lang
from experiments.pictures import words

#: key -> (English, Chinese); braces are filled in by `say`.
TEXTS: dict[str, tuple[str, str]] = {
    "own": ("your path", "你们的路径"),
    "twins": ("{n} twins: median, 5-95 %", "{n}个平行世界：中位数与5-95 %区间"),
    "history_here": ("what happened, in this world", "实际应对（同一世界）"),
    "history_mean": ("what happened, mean of the same {n} worlds", "实际应对，同样{n}个世界的均值"),
    "axis_outrage_core": ("outrage of core fans [share]", "核心粉丝愤怒 [比例]"),
    "axis_heat": ("platform heat", "平台热度"),
    "axis_twins": ("twins", "世界数"),
    "better_than": ("better than {share:.0%} of the twins", "优于{share:.0%}的平行世界"),
    "same_in_all": ("the same in all twins", "所有平行世界相同"),
    "team_number": ("team", "队"),
    "policy_mean": ("mean of {n} twins, 95 %", "{n}个平行世界的均值，95 %区间"),
    "this_world": ("in this world", "在此世界中"),
    # three sentences and a question
    "did": (
        "You acted at {k} of {n} decisions: {what}.",
        "{n} 次决策中，你们在 {k} 次采取了行动：{what}。",
    ),
    "did_some": (
        "You acted at {k} of {n} decisions; what weighed most: {what}.",
        "{n} 次决策中，你们在 {k} 次采取了行动；分量最重的是：{what}。",
    ),
    "did_nothing": (
        "You did nothing at any of the {n} decisions.",
        "{n} 次决策中，你们都没有采取行动。",
    ),
    "did_one": ("{about}, {what}", "{about}，{what}"),
    "did_mark": ("; ", "；"),
    "left": (
        "Beside what the brand really did, in the same {n} worlds, {parts}.",
        "与品牌的实际做法相比（同样的 {n} 个世界），{parts}。",
    ),
    "left_mark": (", ", "，"),
    "left_paid": (" It cost HKD {cash}.", "花费 {cash} 港元。"),
    "left_outrage_burden_core_less": ("the fans were less angry", "粉丝没那么愤怒"),
    "left_outrage_burden_core_more": ("the fans were angrier", "粉丝更愤怒"),
    "left_outrage_burden_core_same": ("the fans were about as angry", "粉丝的愤怒差不多"),
    "left_public_reach_less": ("fewer people heard of it", "听说此事的人更少"),
    "left_public_reach_more": ("more people heard of it", "听说此事的人更多"),
    "left_public_reach_same": ("about as many people heard of it", "听说此事的人差不多"),
    "left_trust_core_d14_less": (
        "and the fans trusted it less two weeks later",
        "两周后粉丝的信任更低",
    ),
    "left_trust_core_d14_more": (
        "and the fans trusted it more two weeks later",
        "两周后粉丝的信任更高",
    ),
    "left_trust_core_d14_same": (
        "and the fans trusted it about as much two weeks later",
        "两周后粉丝的信任差不多",
    ),
    "left_trust_core_d7_less": (
        "and the fans trusted it less a week later",
        "一周后粉丝的信任更低",
    ),
    "left_trust_core_d7_more": (
        "and the fans trusted it more a week later",
        "一周后粉丝的信任更高",
    ),
    "left_trust_core_d7_same": (
        "and the fans trusted it about as much a week later",
        "一周后粉丝的信任差不多",
    ),
    "made_worse": (
        "What made the most difference was {kept} at {at} ({about}): with {option} instead, the anger in your world would have been {turned} and not {own} ({unit}).",
        "影响最大的是 {at} 的{kept}（{about}）：若改为{option}，在你们的世界中愤怒会是 {turned}，而不是 {own}（{unit}）。",
    ),
    "made_better": (
        "What would have made the most difference is {at} ({about}): with {option} instead of {kept}, the anger in your world would have been {turned} and not {own} ({unit}).",
        "本可带来最大改变的是 {at}（{about}）：若选{option}而非{kept}，在你们的世界中愤怒会是 {turned}，而不是 {own}（{unit}）。",
    ),
    "made_nothing": (
        "No single other answer would have changed the fans' anger in your world.",
        "在你们的世界中，改变任何一个答案都不会改变粉丝的愤怒。",
    ),
    "ask_missed": (
        "{k} decisions passed without an answer from you. Was that a choice? What would you have needed to decide in time?",
        "有 {k} 次决策你们没有作答。这是有意的选择吗？要及时决定，你们还缺什么？",
    ),
    "ask_lucky": (
        "Chance was kind to you: {share} of the worlds with the same choices ended worse. Would you defend these choices if it had not been?",
        "运气站在你们一边：同样的选择，{share} 的世界结局更差。若运气不好，你们还会为这些选择辩护吗？",
    ),
    "ask_unlucky": (
        "Chance was against you: {share} of the worlds with the same choices ended better. What would you tell a board that only sees the outcome?",
        "运气对你们不利：同样的选择，{share} 的世界结局更好。面对只看结果的董事会，你们会怎么说？",
    ),
    "ask_better": (
        "The fans were less angry than after what the brand really did. Who paid for that, and would they agree that it was worth it?",
        "粉丝比实际应对之后更平静。谁为此付出了代价？他们会认为值得吗？",
    ),
    "ask_worse": (
        "What did you know at {at} ({about}) that spoke for your choice, and what would have changed your mind?",
        "在 {at}（{about}），哪些已知情况支持你们的选择？什么会让你们改变主意？",
    ),
    "ask_same": (
        "You chose otherwise than the brand, and the fans' anger came out about the same. How much of such a crisis is in a PR team's hands?",
        "你们的选择与品牌不同，粉丝的愤怒却差不多。这样的危机，有多少掌握在公关团队手中？",
    ),
    "mechanism_social_reinforcement": ("groups reinforce outrage", "群体强化愤怒"),
    "mechanism_leader_exit": ("partners leave", "合作KOL退出"),
    "mechanism_mocking": ("mocking", "嘲讽"),
    "mechanism_trending_list": ("the trending list", "热搜榜"),
    "mechanism_official_heat": ("reports make heat", "媒体报道带来热度"),
    "mechanism_governance_topic": ("governance becomes a topic", "治理成为话题"),
}
#: What the model cannot know of a game, beside what the report of a case already says; `when` is
#: the month of the case.
CANNOT: tuple[tuple[str, str], ...] = (
    (
        "Whether this policy would have done better in {when}: twins are plausible worlds of a model, not probabilities.",
        "此策略在{when}是否会更好：平行世界是模型中合理的世界，不是概率。",
    ),
    (
        "How words sound: an apology here has a time, a speaker and a share of responsibility that it admits, but no wording.",
        "措辞如何：这里的致歉只有时间、发声者与承认责任的程度，没有文字。",
    ),
    (
        "What a holding statement, a call to a partner, a second look at an old statement, or the injected events do: their sizes are assumed.",
        "“正在核实”、致电伙伴、重复推送声明与加入事件的作用：其大小均为假定。",
    ),
    (
        "What closer monitoring is worth beyond information: in the model it changes nothing outside.",
        "加密监测除信息外的价值：模型中它不改变外部世界。",
    ),
)


def say(key: str, lang: str, **values: object) -> str:
    """A text in a language, filled in. Raises KeyError for an unknown key."""
    return words.text_of(TEXTS, key, lang, **values)


def month_of(moment: datetime, lang: str) -> str:
    """A month with its year: January 2026, or as Chinese writes it."""
    return f"{moment.year}年{moment.month}月" if lang == "zh" else f"{moment:%B %Y}"


def axis_of(name: str, lang: str, gap: str = "\n") -> str:
    """An outcome with its unit, as a chart's axis has it; `gap` stands between the two."""
    return f"{outcome_name(name, lang)}{gap}[{unit_name(name, lang)}]"


def flip_text(flip: Flip, script: Script, lang: str) -> str:
    """A flip in words: the decision, what it is about in a word, and the other answer."""
    question, option = script.option_of(flip.decision, flip.question, flip.option)
    mark = "：" if lang == "zh" else ": "
    return f"{flip.decision} {in_lang(question.about, lang)}{mark}{option.text(lang)}"


def flip_label(flip: Flip, script: Script, lang: str) -> str:
    """The same on at most two lines of a chart; a star where later answers had to go."""
    text = flip_text(flip, script, lang) + ("" if flip.kept else " *")
    return wrapped(text, 24 if lang == "zh" else 48)


def wrapped(text: str, room: int) -> str:
    """Lines of at most so many characters; Chinese, which has no spaces, is broken anywhere."""
    return "\n".join(textwrap.wrap(text, room))


def number(value: float, digits: int = 3) -> str:
    """A number as it is printed on the page; a dash for what did not happen.

    digits : those that matter, not those after the point.
    """
    return words.number(value, digits) if np.isfinite(value) else "–"


def change(value: float, digits: int = 3) -> str:
    """A difference with its sign; what would round to nothing is 0, what is not defined a dash."""
    if not np.isfinite(value):
        return "–"
    return f"{value:+,.0f}" if abs(value) >= 1000 else (
        f"{value:+.{digits}g}" if abs(value) >= 5e-4 else "0"
    )  # fmt: skip
