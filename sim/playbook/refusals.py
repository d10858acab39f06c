"""What a brand can do: each kind of act declared once, and a response as a list of acts.

Everything else follows from the declarations below: settings and their refusals, the columns of the
engines' table of acts, case files, templates, laboratory, figures, docs/parameters.md, completion.
Uncertainties (what nobody chooses) are in `sim.settings.parameters`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, ClassVar, get_args, get_type_hints

from sim.base.fixed import Fixed, fixed
from sim.base.refusal import ConfigError, check_ranges

Texts = tuple[str, str]  #: English, Chinese


def lever(
    low: float, high: float, unit: str, meaning: str, default: Any, label: Texts = ("", "")
) -> Any:
    """A number that the brand chooses: its range, its unit, and what pages call it."""
    return field(
        default=default,
        metadata={
            "low": low,
            "high": high,
            "unit": unit,
            "meaning": meaning,
            "provenance": "lever",
            "source": "chosen by the brand",
            "label": label if label[0] else (meaning, meaning),
        },
    )


def choice(default: Any, label: Texts) -> Any:
    """One of a few, or yes or no, and what pages call it."""
    return field(default=default, metadata={"label": label})


class Speaker(Enum):
    """Who speaks for the brand; the value is the voice: 0 staff to 1 founder."""

    staff = "staff"
    pr_head = "pr_head"
    company = "company"
    founder = "founder"


class Level(Enum):
    """Highest level that a penalty reaches."""

    none = "none"
    junior = "junior"
    manager = "manager"
    vice_president = "vice_president"
    chief_executive = "chief_executive"

    @property
    def rank(self) -> float:
        """0 nobody to 4 the chief executive."""
        ranks = {"none": 0, "junior": 1, "manager": 2, "vice_president": 3, "chief_executive": 4}
        return float(ranks[self.value])


class Trigger(Enum):
    """What starts the clock of an act."""

    screenshot = "screenshot"  #: the case's clock start; delay_h counts from it
    detection = "detection"  #: the PR team has noticed (threshold unused)
    list_entry = "list_entry"  #: a hashtag of the case is on the trending list
    governance_talk = "governance_talk"  #: governance share of talk passes the threshold
    declared = "declared"  #: declared share of core fans passes the threshold


class Channel(Enum):
    """Where statements go: to the fans' channels, or pushed to everybody."""

    fan = "fan"
    public = "public"


DELAY = (0.0, 2160.0, "h after the screenshot (or after the trigger)", "delay; null = never", None)
WHEN: Texts = ("when", "时间")
ADMITS: Texts = ("responsibility acknowledged", "承认责任的程度")
SPEAKS: Texts = ("who speaks", "发言人")
#: What words can hold beside responsibility (E13): meaning, and what pages call it.
CONTENT: Mapping[str, tuple[str, Texts]] = {
    "explains": ("how far it says how it came about", ("says how it came about", "说明原委的程度")),
    "regrets": ("regret that it shows", ("shows regret", "表达歉意的程度")),
    "repairs": ("repair that it offers in words", ("offers repair", "承诺弥补的程度")),
    "requests": ("how far it asks to be forgiven", ("asks for forgiveness", "请求谅解的程度")),
}


def content(term: str, default: float = 0.0) -> Any:
    """A share of words that is one term of CONTENT."""
    meaning, label = CONTENT[term]
    return lever(0, 1, "share", meaning, default, label)


@dataclass(frozen=True)
class Act:
    """One act of the brand. A kind of act is a class below, and a line in `Response`.

    What a kind is called, does to the talk, and begins with stands in its class; its fields are the
    levers: each is a setting, a column of the engines' table and a slider of the laboratory.
    """

    NOUN: ClassVar[Texts]  #: in a sentence
    TITLE: ClassVar[Texts]  #: on a page; {about} is what the case is about
    TOLD: ClassVar[Texts]  #: as a headline of a case
    BEGINS: ClassVar[Mapping[str, Any]]  #: a usual time, hours; sizes that do something. Assumed
    SIZES: ClassVar[tuple[str, ...]] = ()  #: levers whose nothing (0, none) leaves the act out
    TOPIC: ClassVar[str] = "deal"  #: what its headline is about: deal or governance
    NEWS: ClassVar[str] = "novelty_statement"  #: parameter: how new it is
    HEADLINES: ClassVar[str] = ""  #: parameter: hashtags that it can give; "" for one
    JOINS: ClassVar[bool] = False  #: part of a statement of the same moment, if there is one
    SPOKEN: ClassVar[bool] = True  #: whether people are told
    JUDGED: ClassVar[bool] = True  #: whether people accept or reject it
    PRIVATE: ClassVar[bool] = False  #: told to some fans only, and no news
    DEED: ClassVar[bool] = False  #: whether it convinces by what is done, not only by words
    CONCEDES: ClassVar[bool] = False  #: whether it gives those who press something
    TEXT: ClassVar[bool] = False  #: whether its words say who is responsible, or that nobody is

    delay_h: float | None = lever(*DELAY, label=WHEN)

    @property
    def waits_for(self) -> tuple[Trigger, float]:
        """What starts its clock, and the threshold of that."""
        return Trigger.screenshot, 0.0


@dataclass(frozen=True)
class _Triggered(Act):
    """When an act comes that answers the event: so long after it, or after a state is seen."""

    trigger: Trigger = choice(Trigger.screenshot, ("counts from", "起算点"))
    threshold: float = lever(
        0, 1, "share", "state that triggers the act", 0.5,
        ("threshold of the trigger", "触发阈值"),
    )  # fmt: skip

    @property
    def waits_for(self) -> tuple[Trigger, float]:
        """What starts its clock, and the threshold of that."""
        return self.trigger, self.threshold


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
class Denial(_Triggered):
    """The brand denies that there was a deal (SCCT: deny)."""

    NOUN = ("denial", "否认")
    TITLE = ("Denial", "否认")
    TOLD = ("The brand denies it", "品牌否认")
    BEGINS = {"delay_h": 4.0}
    TEXT = True

    speaker: Speaker = choice(Speaker.company, SPEAKS)


@dataclass(frozen=True)
class Apology(_Triggered):
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
class Termination(_Triggered):
    """The deal is ended, for good."""

    NOUN = ("end of the deal", "终止合作")
    TITLE = ("End of {about}", "终止{about}")
    TOLD = ("The brand ends the deal", "品牌终止合作")
    BEGINS = {"delay_h": 8.0}
    JOINS, DEED, CONCEDES = True, True, True


@dataclass(frozen=True)
class Penalty(_Triggered):
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
        0, 1, "share: .2 reprimand, .5 bonus, .75 demotion, 1 dismissal", "severity", 0.0,
        (
            "severity: .2 reprimand, .5 bonus, .75 demotion, 1 dismissal",
            "力度：.2警告，.5奖金，.75降职，1辞退",
        ),
    )  # fmt: skip
    process_h: float = lever(
        0, 336, "h", "time given to a fair process before the notice", 24.0,
        ("time for a fair process", "公正程序所用时间"),
    )  # fmt: skip


@dataclass(frozen=True)
class Explanation(_Triggered):
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
class Reform(_Triggered):
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
class Compensation(_Triggered):
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
class Buyback(_Triggered):
    """The company buys its own shares, spread over the rest of that session."""

    NOUN = ("buyback", "回购")
    TITLE = ("Buyback", "回购")
    TOLD = ("The brand buys back shares", "品牌回购股票")
    BEGINS = {"delay_h": 24.0, "amount_hkd": 1e8}
    SIZES = ("amount_hkd",)
    SPOKEN = False

    amount_hkd: float = lever(0, 2e9, "HKD", "amount", 0.0, ("amount", "金额"))


@dataclass(frozen=True)
class Holding(_Triggered):
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
class Statement(_Triggered):
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
class LegalStep(_Triggered):
    """A lawyer's letter or a complaint against those who spread the accusation."""

    NOUN = ("legal step", "法律行动")
    TITLE = ("Legal step", "法律行动")
    TOLD = ("The brand takes legal steps", "品牌采取法律行动")
    BEGINS = {"delay_h": 24.0}
    TEXT = True

    speaker: Speaker = choice(Speaker.company, SPEAKS)


@dataclass(frozen=True)
class PartnerCalls(_Triggered):
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
class FanCalls(_Triggered):
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
class FanPanel(_Triggered):
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
class Response:
    """What the brand does: acts that are timed or triggered by the state.

    One act of each kind goes by the name of its kind; `acts` holds any number of others by names of
    their own: `response.acts.second_letter={kind: apology, delay_h: 30}`.
    """

    name: str = "none"
    channel: Channel = choice(Channel.fan, ("goes to", "发布渠道"))
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
    acts: dict[str, Any] = field(default_factory=dict)  #: name -> {kind: ..., its levers}

    def __post_init__(self) -> None:
        if not isinstance(self.acts, Fixed):
            whole = {name: written(name, given) for name, given in sorted(self.acts.items())}
            object.__setattr__(self, "acts", fixed(whole))
        check_delays(self)
        for name, act in self.playbook.items():
            check_ranges(act, path_of(name))
        check_contradictions(self)
        check_idle(self)

    @property
    def playbook(self) -> dict[str, Act]:
        """Every act by its name, also those that never come: one a kind, then the others.

        Acts of the same moment come into force in this order.
        """
        own = {name: act_of(name, given) for name, given in self.acts.items()}
        return {**{kind: getattr(self, kind) for kind in KINDS}, **own}


#: Kinds of acts in the order in which those of the same moment come into force.
KINDS: Mapping[str, type[Act]] = {
    name: hint
    for name, hint in get_type_hints(Response).items()
    if isinstance(hint, type) and issubclass(hint, Act)
}
_KIND_OF = {act: kind for kind, act in KINDS.items()}
STEPS = tuple(KINDS)
SPOKEN = tuple(kind for kind, act in KINDS.items() if act.SPOKEN)
#: Triggers that wait for a share, which is the threshold.
SHARES = (Trigger.governance_talk, Trigger.declared)
#: What comes of an act by itself, and is told like one.
DELIVERY = "delivery"
DELIVERY_TITLE: Texts = ("Delivery of the reform", "改革落实")


def path_of(name: str) -> str:
    """The setting of an act: `response.apology`, or `response.acts.second_letter`."""
    return f"response.{name}" if name in KINDS else f"response.acts.{name}"


def kind_of(act: Act) -> str:
    """The kind of an act: `apology`."""
    return _KIND_OF[type(act)]


def kind_told(who: str, own: Mapping[str, Any]) -> str:
    """The kind of an act by its name in a log. own : `response.acts`, as it was asked."""
    if who in own:
        return str(own[who]["kind"])
    return DELIVERY if who.endswith(f"_{DELIVERY}") else who


def act_of(name: str, given: Mapping[str, Any]) -> Act:
    """An act with a name of its own, from what was written. Raises ConfigError."""
    path, said = path_of(name), {k: v for k, v in given.items() if k not in ("kind", "event")}
    kind = str(given.get("kind"))
    if kind not in KINDS:
        raise ConfigError(
            f"{path}.kind",
            given.get("kind"),
            "no such kind of act",
            ", ".join(KINDS),
            f"{path}.kind=apology",
        )
    types = get_type_hints(KINDS[kind])
    levers = {item.name: types[item.name] for item in fields(KINDS[kind])}
    for key, value in said.items():
        if key not in levers:
            raise ConfigError(
                f"{path}.{key}",
                value,
                f"{_a(kind)} has no such lever",
                ", ".join(levers),
                f"the same without {path}.{key}",
            )
        said[key] = _typed(f"{path}.{key}", value, levers[key])
    return KINDS[kind](**said)


def written(name: str, given: Any) -> dict[str, Any]:
    """An act with a name of its own in plain values: its kind and all its levers."""
    path, example = f"response.acts.{name}", f"response.acts.{name}={{kind: apology, delay_h: 30}}"
    if not isinstance(given, Mapping):
        raise ConfigError(path, given, "no act", "a mapping with its kind and levers", example)
    if name in (*KINDS, DELIVERY, "channel", "name", "acts") or not re.fullmatch(
        r"[a-z][a-z_]{0,39}", name
    ):
        raise ConfigError(
            path,
            dict(given),
            "no name for an act",
            "small letters and _, and none that a kind of act has",
            "response.acts.second_letter={kind: apology, delay_h: 30}",
        )
    act = act_of(name, given)
    values = {item.name: getattr(act, item.name) for item in fields(act)}
    return {"kind": given["kind"]} | {
        key: value.value if isinstance(value, Enum) else value for key, value in values.items()
    }


def _typed(path: str, value: Any, kind: Any) -> Any:
    """A value as the lever takes it. Raises ConfigError."""
    kinds = get_args(kind) or (kind,)
    allowed = "a number"
    for one in kinds:
        if one is type(None):
            if value is None:
                return None
            allowed += ", or null"
        elif issubclass(one, Enum):
            allowed = ", ".join(option.value for option in one)
            if isinstance(value, one) or value in [option.value for option in one]:
                return one(value)
        elif one is bool:
            allowed = "true, false"
            if isinstance(value, bool):
                return value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    raise ConfigError(path, value, "not possible here", allowed, f"the same without {path}")


def _a(kind: str) -> str:
    """A kind of act in a sentence: `an apology`, `a holding statement`, `a round of calls ...`."""
    noun = _SAID.get(kind, kind)
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


#: Kinds of acts whose name alone is no noun of a sentence.
_SAID: Mapping[str, str] = {
    "holding": "holding statement",
    "legal_step": "legal step",
    "partner_calls": "round of calls to partners",
    "fan_calls": "private word to fans",
    "fan_panel": "fan panel",
}


def typed_size(kind: str, size: str) -> str:
    """What to type for a size that does something: `manager`, `0.5`."""
    value = KINDS[kind].BEGINS[size]
    return value.value if isinstance(value, Enum) else f"{value:.9g}"


def says_nothing(value: object) -> bool:
    """Whether a size is that of nothing: the level of nobody, or 0."""
    return value in (Level.none, Level.none.value) or (
        isinstance(value, int | float) and not isinstance(value, bool) and value == 0
    )


def without_nothings(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by dotted key in which an act whose size is set to nothing is left out whole.

    An axis of amounts may begin with 0, one of levels with none: that cell is the run without the
    act. Beside other answers silence has no channel: its cells are one run. Values are as YAML
    reads them.
    """
    kept = dict(changes)
    if changes.get("response") == "none" and "response.channel" in changes:
        kept["response.channel"] = Channel.fan.value
    for kind, act in KINDS.items():
        keys = [f"response.{kind}.{size}" for size in act.SIZES]
        if any(key in changes and says_nothing(changes[key]) for key in keys):
            for item in fields(act):
                usual = item.default
                kept[f"response.{kind}.{item.name}"] = (
                    usual.value if isinstance(usual, Enum) else usual
                )
    return kept


def check_delays(response: Response) -> None:
    """No act but the disclosure can precede the event that it answers."""
    for name, act in response.playbook.items():
        delay, path = act.delay_h, path_of(name)
        if delay is not None and not delay >= 0 and not isinstance(act, Disclosure):
            raise ConfigError(
                f"{path}.delay_h",
                delay,
                f"{_a(kind_of(act))} cannot precede the event that it answers",
                f"hours >= 0 after the screenshot, or null for no {name}",
                f"{path}.delay_h=0, or "
                + ("response=apology_only" if name == "penalty" else f"{path}.delay_h=null"),
            )


def check_contradictions(response: Response) -> None:
    """Refuse levers that contradict one another, in one act or between two."""
    book = response.playbook
    for name, act in book.items():
        if isinstance(act, Penalty):
            _check_penalty(act, path_of(name))
        if isinstance(act, Reform) and act.delay_h is None and act.governance > 0:
            raise ConfigError(
                f"{path_of(name)}.governance",
                act.governance,
                "a reform without a time never comes",
                f"0 while {path_of(name)}.delay_h=null",
                f"{path_of(name)}.delay_h=48",
            )
    unkept = [n for n, a in book.items() if isinstance(a, Reform) and not a.delivered]
    if len(unkept) > 1:
        raise ConfigError(
            f"{path_of(unkept[1])}.delivered",
            False,
            f"one promise at a time can be broken, and {path_of(unkept[0])} is",
            "true for all reforms but one",
            f"{path_of(unkept[1])}.delivered=true",
        )
    for name, denial in book.items():
        for other, apology in book.items():
            if (
                isinstance(denial, Denial)
                and isinstance(apology, Apology)
                and denial.delay_h is not None
                and apology.delay_h is not None
                and denial.trigger is apology.trigger
                and denial.delay_h >= apology.delay_h
            ):
                raise ConfigError(
                    f"{path_of(name)}.delay_h",
                    denial.delay_h,
                    "nobody denies what the same brand has already apologised for",
                    f"less than {path_of(other)}.delay_h = {apology.delay_h:g}, or null",
                    f"{path_of(name)}.delay_h=null, or {path_of(other)}.delay_h=null",
                )


def _check_penalty(penalty: Penalty, path: str) -> None:
    if penalty.level is Level.none and penalty.severity > 0:
        raise ConfigError(
            f"{path}.level",
            "none",
            f"severity {penalty.severity:g} needs somebody to bear it",
            ", ".join(level.value for level in Level if level is not Level.none),
            f"{path}.level=manager, or {path}.severity=0",
        )
    if penalty.level is not Level.none and penalty.delay_h is None:
        raise ConfigError(
            f"{path}.level",
            penalty.level.value,
            "a penalty without a time never comes",
            f"none while {path}.delay_h=null",
            f"{path}.delay_h=33, or {path}.level=none",
        )


def check_idle(response: Response) -> None:
    """Refuse what would be taken and change nothing: settings of an act that never comes, an act
    of nothing, a threshold that no trigger reads, a channel that nobody speaks in."""
    book = response.playbook
    for name, act in book.items():
        path, kind = path_of(name), kind_of(act)
        if act.delay_h is None:
            _refuse_settings_of_no_act(act, path)
            continue
        for size in act.SIZES:
            value = getattr(act, size)
            if says_nothing(value):
                raise ConfigError(
                    f"{path}.{size}",
                    value.value if isinstance(value, Enum) else value,
                    f"{_NOTHING[kind]}, but this one has a time",
                    f"more than nothing, or {path}.delay_h=null for no {name}",
                    f"{_sized(act, path)}, or {_left_out(act, path)}",
                )
        trigger, threshold = act.waits_for
        if (
            isinstance(act, _Triggered)
            and trigger not in SHARES
            and threshold != _default(act, "threshold")
        ):
            raise ConfigError(
                f"{path}.threshold",
                threshold,
                f"nothing reads it: trigger {trigger.value} waits for no share",
                f"{path}.trigger={' or '.join(share.value for share in SHARES)} with a threshold",
                f"{path}.trigger=declared {path}.threshold={threshold:g}",
            )
        if (
            isinstance(act, Reform)
            and not act.delivered
            and act.delivery_h != _default(act, "delivery_h")
        ):
            raise ConfigError(
                f"{path}.delivery_h",
                act.delivery_h,
                "a reform that is not delivered has no time of delivery",
                f"a time of delivery with {path}.delivered=true",
                f"{path}.delivered=true, or the same without {path}.delivery_h",
            )
    carried = (act for act in book.values() if act.SPOKEN and not act.PRIVATE)
    silent = all(act.delay_h is None for act in carried)
    if silent and response.channel is not Channel.fan:
        raise ConfigError(
            "response.channel",
            response.channel.value,
            "nobody says anything that a channel could carry",
            "a channel together with an act that speaks in public",
            f"response.apology.delay_h={Apology.BEGINS['delay_h']:g}, or response.channel=fan",
        )


#: What a size of nothing is called.
_NOTHING: Mapping[str, str] = {
    "penalty": "a penalty of nobody is none",
    **{
        kind: f"{_a(kind)} of nothing is none"
        for kind, act in KINDS.items()
        if act.SIZES and kind != "penalty"
    },
}


def _refuse_settings_of_no_act(act: Act, path: str) -> None:
    for item in fields(act):
        value = getattr(act, item.name)
        if value != item.default:
            usual = item.default.value if isinstance(item.default, Enum) else item.default
            shown = str(usual).lower() if isinstance(usual, bool) else usual
            raise ConfigError(
                f"{path}.{item.name}",
                value.value if isinstance(value, Enum) else value,
                f"{_a(kind_of(act))} without a time never comes",
                f"{shown} while {path}.delay_h=null",
                f"{path}.delay_h={act.BEGINS['delay_h']:g} {_sized(act, path)}".rstrip()
                + f", or the same without {path}.{item.name}",
            )


def _sized(act: Act, path: str) -> str:
    """What to type so that an act does something: words for each size that says nothing."""
    return " ".join(
        f"{path}.{size}={typed_size(kind_of(act), size)}"
        for size in act.SIZES
        if says_nothing(getattr(act, size))
    )


def _left_out(act: Act, path: str) -> str:
    """What to type so that an act never comes."""
    sizes = [size for size in act.SIZES if not says_nothing(getattr(act, size))]
    nothing = {size: "none" if size == "level" else "0" for size in sizes}
    return " ".join([f"{path}.delay_h=null", *(f"{path}.{k}={v}" for k, v in nothing.items())])


def _default(settings: Any, name: str) -> Any:
    return type(settings).__dataclass_fields__[name].default
