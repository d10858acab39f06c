"""Kinds of acts, each declared once: its levers, its words, what it does to the talk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_type_hints

from sim.playbook.act import (
    ADMITS,
    SPEAKS,
    WHEN,
    Accused,
    Act,
    Channel,
    Level,
    Speaker,
    Triggered,
    choice,
    content,
    lever,
)


@dataclass(frozen=True)
class Disclosure(Act):
    """The brand tells the story itself, also before it leaks ("stealing thunder")."""

    NOUN = ("disclosure", "披露")
    TITLE = ("Own disclosure", "主动披露")
    TOLD = ("The brand tells the story itself", "品牌主动披露")
    BEGINS = {"delay_h": -2.0}
    TEXT = True

    delay_h: float | None = lever(
        -36, 336, "h after the screenshot; negative = before it", "delay; null = never", None, WHEN
    )
    acknowledgement: float = lever(
        0, 1, "share", "responsibility that is acknowledged", 0.6, ADMITS
    )
    explains: float = content("explains")
    regrets: float = content("regrets")
    repairs: float = content("repairs")
    requests: float = content("requests")


@dataclass(frozen=True)
class Denial(Triggered):
    """The brand denies that there was a deal, or a second accusation (SCCT: deny)."""

    NOUN = ("denial", "否认")
    TITLE = ("Denial", "否认")
    TOLD = ("The brand denies it", "品牌否认")
    BEGINS = {"delay_h": 4.0}
    TEXT = True

    speaker: Speaker = choice(Speaker.company, SPEAKS)
    answers: Accused = choice(Accused.first, ("accusation that it answers", "所否认的指控"))


@dataclass(frozen=True)
class Apology(Triggered):
    """The first statement that takes responsibility (SCCT: rebuild)."""

    NOUN = ("apology", "致歉")
    TITLE = ("Apology", "致歉")
    TOLD = ("The brand apologises", "品牌致歉")
    BEGINS = {"delay_h": 8.0}
    TEXT = True

    speaker: Speaker = choice(Speaker.pr_head, SPEAKS)
    acknowledgement: float = lever(
        0, 1, "share", "responsibility that is acknowledged", 0.6, ADMITS
    )
    explains: float = content("explains")
    regrets: float = content("regrets")
    repairs: float = content("repairs")
    requests: float = content("requests")


@dataclass(frozen=True)
class Termination(Triggered):
    """The deal is ended, for good."""

    NOUN = ("end of the deal", "终止合作")
    TITLE = ("End of {about}", "终止{about}")
    TOLD = ("The brand ends the deal", "品牌终止合作")
    BEGINS = {"delay_h": 8.0}
    JOINS, DEED, CONCEDES = True, True, True


@dataclass(frozen=True)
class Penalty(Triggered):
    """Staff are punished: how high it reaches, how hard, and after which process."""

    NOUN = ("penalty", "处罚")
    TITLE = ("Penalty", "处罚")
    TOLD = ("Staff are punished", "员工受罚")
    BEGINS = {"delay_h": 33.0, "level": Level.manager, "severity": 0.5}
    SIZES = ("level", "severity")
    TOPIC, NEWS, HEADLINES = "governance", "novelty_penalty", "penalty_headlines"
    DEED, CONCEDES = True, True

    level: Level = choice(Level.none, ("highest level punished", "处罚到的最高层级"))
    severity: float = lever(
        0, 1, "share: 0.2 reprimand, 0.5 no bonus, 0.75 demotion, 1 dismissal", "severity", 0.0,
        (
            "severity: 0.2 reprimand, 0.5 no bonus, 0.75 demotion, 1 dismissal",
            "力度：0.2警告，0.5取消奖金，0.75降职，1辞退",
        ),
    )  # fmt: skip
    process_h: float = lever(
        0, 336, "h", "time given to a fair process before the notice", 24.0,
        ("time for a fair process", "公正程序所用时间"),
    )  # fmt: skip


@dataclass(frozen=True)
class Explanation(Triggered):
    """Somebody at the top explains (live)."""

    NOUN = ("explanation", "说明")
    TITLE = ("Explanation", "说明")
    TOLD = ("Somebody at the top explains", "高层出面说明")
    BEGINS = {"delay_h": 48.0, "speaker": Speaker.company}
    TOPIC, NEWS, TEXT = "governance", "novelty_explanation", True

    speaker: Speaker = choice(Speaker.founder, SPEAKS)
    acknowledgement: float = lever(
        0, 1, "share", "responsibility that is acknowledged", 0.6, ADMITS
    )
    explains: float = content("explains", 1.0)
    regrets: float = content("regrets")
    repairs: float = content("repairs")
    requests: float = content("requests")


@dataclass(frozen=True)
class Reform(Triggered):
    """Vetting rule, fan review panel, transparency: promised, and delivered or not."""

    NOUN = ("reform", "改革")
    TITLE = ("Reform", "改革")
    TOLD = ("The brand promises a reform", "品牌承诺改革")
    BEGINS = {"delay_h": 48.0, "governance": 0.5}
    SIZES = ("governance",)
    TOPIC, NEWS, DEED, CONCEDES = "governance", "novelty_explanation", True, True

    governance: float = lever(
        0, 1, "share", "depth of the reform", 0.0, ("depth of the reform", "改革深度")
    )
    delivered: bool = choice(True, ("is delivered", "如期落实"))
    delivery_h: float = lever(
        0, 336, "h after the promise", "time to delivery", 120.0,
        ("time to delivery", "落实所需时间"),
    )  # fmt: skip


@dataclass(frozen=True)
class Compensation(Triggered):
    """Vouchers or the like for those who feel hurt."""

    NOUN = ("compensation", "补偿")
    TITLE = ("Compensation", "补偿")
    TOLD = ("The brand compensates", "品牌补偿")
    BEGINS = {"delay_h": 72.0, "share": 0.5}
    SIZES = ("share",)
    JOINS, CONCEDES = True, True

    share: float = lever(0, 1, "share", "generosity", 0.0, ("generosity", "补偿力度"))
    cost_hkd: float = lever(
        0, 1e10, "HKD", "cash at full generosity", 2e7,
        ("cash at full generosity", "全额补偿的现金"),
    )  # fmt: skip


@dataclass(frozen=True)
class Buyback(Triggered):
    """The company buys its own shares, spread over the rest of that session."""

    NOUN = ("buyback", "回购")
    TITLE = ("Buyback", "回购")
    TOLD = ("The brand buys back shares", "品牌回购股票")
    BEGINS = {"delay_h": 24.0, "amount_hkd": 1e8}
    SIZES = ("amount_hkd",)
    SPOKEN = False

    amount_hkd: float = lever(0, 2e9, "HKD", "amount", 0.0, ("amount", "金额"))


@dataclass(frozen=True)
class Holding(Triggered):
    """A first word that says nothing yet, but by when there will be one."""

    NOUN = ("holding statement", "缓冲声明")
    TITLE = ("Holding statement", "缓冲声明")
    TOLD = ("The brand asks for time, until a stated hour", "品牌请求时间并说明何时答复")
    BEGINS = {"delay_h": 2.0, "word_in_h": 12.0}
    SIZES = ("word_in_h",)
    NEWS, JUDGED = "novelty_holding", False

    word_in_h: float = lever(
        0, 336, "h", "hours until the word that is promised", 0.0,
        ("hours until the promised word", "承诺答复的时限"),
    )  # fmt: skip


@dataclass(frozen=True)
class Statement(Triggered):
    """A statement of any content; without responsibility it admits nothing."""

    NOUN = ("statement", "声明")
    TITLE = ("Statement", "声明")
    TOLD = ("The brand makes a statement", "品牌发表声明")
    BEGINS = {"delay_h": 12.0}
    TEXT = True

    speaker: Speaker = choice(Speaker.company, SPEAKS)
    acknowledgement: float = lever(
        0, 1, "share", "responsibility that is acknowledged", 0.0, ADMITS
    )
    explains: float = content("explains")
    regrets: float = content("regrets")
    repairs: float = content("repairs")
    requests: float = content("requests")


@dataclass(frozen=True)
class LegalStep(Triggered):
    """A lawyer's letter or a complaint against those who spread the accusation."""

    NOUN = ("legal step", "法律行动")
    TITLE = ("Legal step", "法律行动")
    TOLD = ("The brand takes legal steps", "品牌采取法律行动")
    BEGINS = {"delay_h": 24.0}
    TEXT = True

    speaker: Speaker = choice(Speaker.company, SPEAKS)


@dataclass(frozen=True)
class PartnerCalls(Triggered):
    """Partner opinion leaders are called before they hear it elsewhere."""

    NOUN = ("calls to partners", "与合作KOL沟通")
    TITLE = ("Calls to partners", "与合作KOL沟通")
    TOLD = ("The brand calls its partners", "品牌与合作KOL沟通")
    BEGINS = {"delay_h": 1.0, "share": 1.0}
    SIZES = ("share",)
    SPOKEN = False

    share: float = lever(
        0, 1, "share", "partners who are called", 0.0, ("partners who are called", "沟通覆盖比例")
    )


@dataclass(frozen=True)
class FanCalls(Triggered):
    """Core fans are told privately: a text of their own beside what is said in public."""

    NOUN = ("private word to fans", "私下告知粉丝")
    TITLE = ("Private word to fans", "私下告知粉丝")
    TOLD = ("The brand tells fans privately", "品牌私下告知粉丝")
    BEGINS = {"delay_h": 4.0, "share": 0.3}
    SIZES = ("share",)
    PRIVATE, TEXT = True, True

    share: float = lever(
        0, 1, "share", "core fans who are told", 0.0, ("core fans who are told", "告知的粉丝比例")
    )
    acknowledgement: float = lever(
        0, 1, "share", "responsibility that is acknowledged", 0.6, ADMITS
    )
    explains: float = content("explains")
    regrets: float = content("regrets")
    repairs: float = content("repairs")
    requests: float = content("requests")


@dataclass(frozen=True)
class FanPanel(Triggered):
    """Core fans get a say: a panel that is asked before such things are decided."""

    NOUN = ("fan panel", "粉丝共创")
    TITLE = ("Fan panel", "粉丝共创")
    TOLD = ("The brand gives its fans a say", "品牌让粉丝参与决定")
    BEGINS = {"delay_h": 48.0, "say": 0.5}
    SIZES = ("say",)
    TOPIC, NEWS = "governance", "novelty_explanation"

    say: float = lever(
        0, 1, "share", "how far what fans say binds the brand", 0.0,
        ("how far their word binds", "粉丝意见的约束力"),
    )  # fmt: skip


@dataclass(frozen=True)
class LaunchMoved(Triggered):
    """The launches that are still to come are postponed; it answers nothing (E15)."""

    NOUN = ("postponed launch", "推迟发布")
    TITLE = ("Postponed launch", "推迟新品发布")
    TOLD = ("The brand postpones its launch", "品牌推迟新品发布")
    BEGINS = {"delay_h": 12.0, "by_h": 168.0}
    SIZES = ("by_h",)
    JUDGED = False

    by_h: float = lever(
        0, 2160, "h", "hours by which launches are postponed", 0.0, ("postponed by", "推迟时长")
    )
    cost_hkd: float = lever(
        0, 1e10, "HKD", "cash that postponing costs", 2e7,
        ("cash that postponing costs", "推迟所耗现金"),
    )  # fmt: skip


@dataclass(frozen=True)
class OneOfEach:
    """A response, as far as it holds one act of each kind, by the name of its kind."""

    name: str = "none"
    channel: Channel = choice(Channel.fan, ("statements go to", "发布渠道"))
    disclosure: Disclosure = field(default_factory=Disclosure)
    denial: Denial = field(default_factory=Denial)
    apology: Apology = field(default_factory=Apology)
    termination: Termination = field(default_factory=Termination)
    penalty: Penalty = field(default_factory=Penalty)
    explanation: Explanation = field(default_factory=Explanation)
    reform: Reform = field(default_factory=Reform)
    compensation: Compensation = field(default_factory=Compensation)
    buyback: Buyback = field(default_factory=Buyback)
    holding: Holding = field(default_factory=Holding)
    statement: Statement = field(default_factory=Statement)
    legal_step: LegalStep = field(default_factory=LegalStep)
    partner_calls: PartnerCalls = field(default_factory=PartnerCalls)
    fan_calls: FanCalls = field(default_factory=FanCalls)
    fan_panel: FanPanel = field(default_factory=FanPanel)
    launch_moved: LaunchMoved = field(default_factory=LaunchMoved)


#: Kinds of acts in the order in which those of the same moment come into force.
KINDS: Mapping[str, type[Act]] = {
    name: hint
    for name, hint in get_type_hints(OneOfEach).items()
    if isinstance(hint, type) and issubclass(hint, Act)
}
STEPS = tuple(KINDS)
SPOKEN = tuple(kind for kind, act in KINDS.items() if act.SPOKEN)
