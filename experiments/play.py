"""The rules of the decision game: seven moments, plain choices, and what a PR team would see.

No screen in here. Everything is a pure function of the world, the choices and the injected events:
at each moment the run is simply computed again from the start, and what comes later cannot change
what came before. `nothing` is the answer of a team that does not answer; the first option of every
question does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from experiments.worlds import worlds_of
from sim.case_file import read_case
from sim.composition import compose
from sim.config import Config
from sim.metrics import BY_NAME, outcomes
from sim.parameters import Mechanisms
from sim.record import LogEntry, Run
from sim.refusal import ConfigError
from sim.response import (
    Apology,
    Buyback,
    Compensation,
    Denial,
    Disclosure,
    Explanation,
    Level,
    Penalty,
    Reform,
    Response,
    Speaker,
    Termination,
)
from sim.scenario import effective_parameters
from sim.simulate import simulate

Choices = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Option:
    """A plain choice, with its cost in words."""

    key: str
    en: str
    zh: str
    cost_en: str
    cost_zh: str


@dataclass(frozen=True)
class Question:
    """One choice among options; the first does nothing."""

    key: str
    en: str
    zh: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Decision:
    """A moment of the crisis at which the PR team decides."""

    key: str
    hours: float  #: from the case's clock start
    time: datetime  #: Hong Kong time, in the documented case unless a world was given
    en: str
    zh: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Injection:
    """Something that the facilitator lets happen at the time of a decision."""

    kind: str
    at: str


@dataclass(frozen=True)
class World:
    """What is locked for a class: the case, the chances, and the draw of the uncertain parameters.

    draw : number of the world in the posterior of the case that was fitted.
    """

    case: str
    seed: int
    draw: int
    population: str = "default"


@dataclass(frozen=True)
class Headline:
    """Something that everybody, or the team, has seen."""

    time: datetime
    text: str
    new: bool  #: since the decision before


@dataclass(frozen=True)
class Number:
    """A figure on the desk, with the interval in which the truth lies (95 %) if it is an estimate."""

    key: str
    name: str
    unit: str
    value: float
    low: float
    high: float
    as_of: datetime
    note: str
    digits: int = 0  #: to show after the point


@dataclass(frozen=True)
class Trace:
    """A series up to the last hour that is known: values and 95 % band, float64[n]."""

    name: str
    unit: str
    times: tuple[datetime, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Brief:
    """What the PR team sees at a decision; nothing of the model's hidden state."""

    decision: str
    time: datetime
    situation: str
    headlines: tuple[Headline, ...]
    numbers: tuple[Number, ...]
    series: Trace


@dataclass(frozen=True)
class Row:
    """A line of the report card; value and history may be NaN (did not happen)."""

    key: str
    name: str
    unit: str
    value: float
    history: float
    better: str  #: lower, higher or none


#: The clock start of the documented case, from which the hours of the decisions count.
_DOCUMENTED = datetime(2026, 1, 5, 13, 40)

#: kind -> what the facilitator reads, and what the teams read as a headline.
INJECTIONS: Mapping[str, tuple[str, str]] = {
    "second_screenshot": ("A second screenshot circulates", "第二张截图流传"),
    "leak": (
        "An internal memo about how it came to the deal leaks",
        "关于合作如何达成的内部备忘录泄露",
    ),
    "regulator": (
        "The regulator asks the brand to explain itself",
        "监管部门约谈，要求品牌说明情况",
    ),
}
#: What they do to the model. *Assumed*: of the size of the documented screenshot and naming.
_INJECTED: dict[str, dict[str, Any]] = {
    "second_screenshot": {
        "kind": "leak", "topic": "deal", "reach": {"core": 0.4, "customer": 0.06, "public": 0.004},
        "credibility": 0.4, "novelty": 0.8, "betrayal": 0.05, "heat": 1, "tag": True,
    },
    "leak": {
        "kind": "leak", "topic": "governance",
        "reach": {"core": 0.4, "customer": 0.08, "public": 0.01},
        "credibility": 0.3, "novelty": 0.7, "betrayal": 0, "heat": 1, "tag": True,
    },
    "regulator": {  # not of kind naming, which would also switch off other waves
        "kind": "rumour", "topic": "governance",
        "reach": {"core": 0.3, "customer": 0.1, "public": 0.03},
        "credibility": 0.2, "novelty": 0.6, "betrayal": 0, "heat": 8, "tag": True,
    },
}  # fmt: skip


def _decision(key: str, minutes: int, en: str, zh: str, *questions: Question) -> Decision:
    return Decision(
        key, minutes / 60, _DOCUMENTED + timedelta(minutes=minutes), en, zh, tuple(questions)
    )


DECISIONS: tuple[Decision, ...] = (
    _decision(
        "D0", -220, "A rumour in the fan groups", "粉丝群里的传闻",
        Question(
            "rumour", "What do you do about the rumour?", "如何对待传闻？",
            (
                Option("wait", "Wait: rumours come and go", "观望：传闻来来去去",
                       "Costs nothing now.", "眼下没有成本。"),
                Option("monitor", "Buy closer monitoring", "加购更密的舆情监测",
                       "A fee; no effect outside. From now on your estimates of volume and mood are twice as exact.",
                       "需付费；对外无影响。此后声量与情绪的估计误差减半。"),
                Option("verify", "Ask inside: is there a deal, and who signed?", "内部核实：有无合作，谁签的？",
                       "Staff time, and people notice that you ask. You know the facts at the next meeting instead of on day two.",
                       "占用人力，且会有人察觉。下次会议即知事实，而非次日。"),
                Option("disclose", "Tell the fans yourselves, before anybody else does", "抢先向粉丝公开",
                       "You admit the contact while hardly anybody has heard of it; it cannot be taken back, nor denied later.",
                       "在几乎无人知晓时承认接触；无法收回，此后不能再否认。"),
            ),
        ),
    ),
    _decision(
        "D1", 15, "The screenshot is out", "截图流出",
        Question(
            "stance", "What do you say?", "说什么？",
            (
                Option("silence", "Nothing yet", "暂不回应",
                       "No mistake in words; the fans hear only the others.", "不会说错话；但粉丝只听到别人的说法。"),
                Option("hold", "“We are looking into it”", "“我们正在核实”",
                       "A little attention, and everybody waits for what comes next.", "引来少许关注，所有人等待下文。"),
                Option("deny", "Deny that there is a deal", "否认存在合作",
                       "Sows doubt about the screenshot; if it turns out true, the denial counts as another betrayal.",
                       "使人怀疑截图；若属实，否认将成为又一次背叛。"),
                Option("apologise", "Apologise at once; the deal is “being reviewed”", "立即致歉；合作“正在复核”",
                       "Admits the contact before you know all facts; an apology comes only once.",
                       "在事实未明时承认接触；致歉只有一次。"),
                Option("apologise_end", "Apologise at once and end the deal", "立即致歉并终止合作",
                       "As above, and the deal is gone for good.", "同上，且合作永久终止。"),
                Option("end", "End the deal without a word of apology", "终止合作，不致歉",
                       "Admits by deed that there was one.", "以行动承认合作存在。"),
            ),
        ),
    ),
    _decision(
        "D2", 80, "Partners and the market", "合作KOL与股市",
        Question(
            "buyback", "Buy back own shares?", "是否回购自家股票？",
            (
                Option("none", "No", "不回购", "Costs nothing.", "无成本。"),
                Option("routine", "HKD 150 million", "回购1.5亿港元",
                       "HKD 150 million, about what a day of that month brought anyway.", "1.5亿港元，约为当月日常规模。"),
                Option("large", "HKD 500 million", "回购5亿港元",
                       "HKD 500 million; the price may move by less than an ordinary day does.", "5亿港元；对股价的作用可能小于平常一天的波动。"),
            ),
        ),
        Question(
            "partners", "Call the partner opinion leaders?", "是否致电合作KOL？",
            (
                Option("leave", "Leave them alone", "不联系", "You read it in the news if one leaves.", "若有人退出，只能从新闻得知。"),
                Option("call", "Call each of them", "逐一致电",
                       "An afternoon of senior time. It keeps nobody who wants to go, but from now on you know at once who has left.",
                       "占用高管半天。留不住要走的人，但此后可即时得知谁已退出。"),
            ),
        ),
    ),
    _decision(
        "D3", 320, "The evening curve", "晚间高峰",
        Question(
            "speaker", "Who speaks this evening?", "今晚由谁发声？",
            (
                Option("nobody", "Nobody", "无人发声", "The evening, when most people read, belongs to the others.", "晚间阅读高峰拱手让人。"),
                Option("staff", "A member of staff", "普通员工",
                       "Draws little attention; sounds as if nobody responsible had dared to.", "关注少；显得负责人不敢出面。"),
                Option("pr_head", "The head of public relations", "公关负责人",
                       "Ties the affair to a person in the department that caused it.", "把事件与涉事部门的个人绑定。"),
                Option("founder", "The founder", "创始人",
                       "The strongest voice and by far the loudest: people who knew nothing will hear of it. Can be used once.",
                       "分量最重，也最响：原本不知情者也会知晓。只能用一次。"),
            ),
        ),
        Question(
            "admission", "What is admitted, if somebody speaks?", "若发声，承认多少？",
            (
                Option("little", "“A misunderstanding; we regret the feelings”", "“是误会，对此感受表示遗憾”",
                       "Least to be held against you; sounds hollow.", "最少把柄；显得空洞。"),
                Option("some", "“There was contact; it was wrong”", "“确有接触，这是错误的”",
                       "Enough to be quoted in court, not enough for everybody.", "足以被引为证据，未必人人满意。"),
                Option("full", "Everything known, named and owned", "全部承认，点明责任",
                       "Legal advises against it; facts that are still missing may embarrass you.", "法务反对；尚缺的事实可能令你难堪。"),
            ),
        ),
        Question(
            "deal", "And the deal?", "合作如何处置？",
            (
                Option("keep", "Leave it open", "暂不处理", "Words without a deed.", "有言无行。"),
                Option("end", "End it tonight, for good", "今晚终止，永不合作", "The deal is gone; admits that there was one.", "合作不再；等于承认其存在。"),
            ),
        ),
    ),
    _decision(
        "D4", 1280, "The fans' channels, or everybody?", "粉丝渠道，还是所有人？",
        Question(
            "statement", "Who should hear you?", "让谁听到？",
            (
                Option("stay", "Stay in the fans' own channels", "留在粉丝渠道",
                       "Fans who missed it last night may never see your statement.", "昨晚错过的粉丝可能看不到声明。"),
                Option("push", "Push your statement to everybody", "向所有人推送声明",
                       "More people read your side; many of them learn only now that there is a crisis.",
                       "更多人看到你的说法；其中许多人此刻才知道有危机。"),
                Option("apologise", "Apologise now, in the fans' channels", "现在在粉丝渠道致歉",
                       "Late; but better informed than last night.", "已迟；但比昨晚更了解事实。"),
                Option("apologise_push", "Apologise now, pushed to everybody", "现在致歉，并向所有人推送",
                       "Late and loud.", "既迟且响。"),
            ),
        ),
    ),
    _decision(
        "D5", 1820, "“Only a junior?”", "“只处罚基层？”",
        Question(
            "penalty", "Who is punished, and how?", "处罚谁，如何处罚？",
            (
                Option("none", "Nobody", "不处罚", "Nobody is hurt; fans ask who is responsible.", "无人受损；粉丝追问谁负责。"),
                Option("handler", "Dismiss the handler", "辞退经办人",
                       "One junior's job; unlawful if the process is short. Fans look higher up.", "一名基层丢工作；程序仓促则可能违法。粉丝会往上看。"),
                Option("managers", "Cancel a manager's bonus", "取消经理奖金", "A manager's income and standing.", "经理的收入与声誉。"),
                Option("executives", "Cancel two executives' bonuses, in public", "公开取消两名高管奖金",
                       "A notice with names is news in itself, for days.", "点名公告本身就是新闻，可延续数日。"),
                Option("executive_out", "Dismiss the executive in charge", "辞退分管高管",
                       "The hardest: loss of a leader, fear among staff, legal cost.", "最重：失去主管，员工不安，法律成本。"),
            ),
        ),
        Question(
            "process", "How long is the hearing before the notice?", "公告前的程序用时？",
            (
                Option("short", "Two hours", "两小时", "Fast; nobody was heard, which can be unlawful.", "快；未听取当事人，可能违法。"),
                Option("day", "One day", "一天", "The notice comes tomorrow evening.", "明晚公告。"),
                Option("three_days", "Three days", "三天", "The fairest; three more evenings without an answer.", "最公正；再等三个晚上。"),
            ),
        ),
        Question(
            "reform", "Promise a reform?", "是否承诺改革？",
            (
                Option("none", "No", "不承诺", "Nothing to be held to.", "无可追究。"),
                Option("vetting", "A vetting rule for partners", "合作方审查规则", "Slows every future deal a little; must be delivered.", "今后合作略慢；须兑现。"),
                Option("panel", "A vetting rule and a panel of fans", "审查规则与粉丝评议团",
                       "Fans get a say in later deals; a broken promise is worse than none.", "粉丝参与今后决策；失信比不承诺更糟。"),
            ),
        ),
    ),
    _decision(
        "D6", 2660, "The days after", "此后数日",
        Question(
            "reply", "Does anybody explain in person?", "是否有人出面说明？",
            (
                Option("nobody", "Nobody", "无人", "The matter may rest; or it may look ducked.", "或平息，或显得回避。"),
                Option("pr_head", "The head of public relations", "公关负责人", "Some attention again.", "再次引来一些关注。"),
                Option("founder", "The founder, in a live stream", "创始人直播说明",
                       "Everybody hears it; the affair is on the list again for a night.", "人尽皆知；话题再上热搜一夜。"),
            ),
        ),
        Question(
            "delivery", "And the reform?", "改革如何推进？",
            (
                Option("leave", "Let it rest", "搁置", "Nothing now; a promise that was made falls due after about a week.", "眼下无成本；已作的承诺约一周后到期。"),
                Option("deliver", "Deliver what was promised within five days", "五天内兑现承诺", "Work for legal, purchasing and the fans' panel.", "法务、采购与评议团的工作量。"),
                Option("begin", "Promise a vetting rule and a panel now, and deliver in five days", "现在承诺审查与评议，五天内落实",
                       "Fans get a say in later deals.", "粉丝参与今后决策。"),
            ),
        ),
        Question(
            "compensation", "Compensate fans?", "是否补偿粉丝？",
            (
                Option("none", "No", "不补偿", "Costs nothing.", "无成本。"),
                Option("vouchers", "Vouchers for registered fans", "向注册粉丝发券", "HKD 10 million; some will say you pay for silence.", "1000万港元；有人会说是封口费。"),
                Option("generous", "Generous vouchers", "大额券", "HKD 20 million; the same, louder.", "2000万港元；同上，更甚。"),
            ),
        ),
    ),
)  # fmt: skip
_AT = {decision.key: k for k, decision in enumerate(DECISIONS)}


def answer_of(choices: Choices, decision: str, question: str) -> str | None:
    """What was chosen, or None if it was not asked (yet)."""
    return choices.get(decision, {}).get(question)


def _spoke(choices: Choices) -> bool:
    """Whether someone spoke on the first evening."""
    return answer_of(choices, "D3", "speaker") not in (None, "nobody")


def _apologised(choices: Choices) -> bool:
    early = answer_of(choices, "D1", "stance") in ("apologise", "apologise_end")
    return early or _spoke(choices)


def _ruled_out(choices: Choices, question: str, option: str) -> bool:
    """Whether earlier choices leave no room for an option."""
    stance = answer_of(choices, "D1", "stance")
    ended = stance in ("apologise_end", "end")
    told = answer_of(choices, "D0", "rumour") == "disclose"
    at_once = stance in ("apologise", "apologise_end")
    promised = answer_of(choices, "D5", "reform") not in (None, "none")
    if question == "stance":
        return option == "deny" and told  # nobody denies what the same brand has told
    if question == "deal":
        return ended
    if question == "statement" and option == "push":
        return not (_apologised(choices) or told)  # nothing to push yet
    if question == "statement":
        return option != "stay" and _apologised(choices)
    if question == "reply":  # after an early apology the evening's statement was the explanation
        return option != "nobody" and at_once and _spoke(choices)
    if question == "delivery":
        return (option == "deliver" and not promised) or (option == "begin" and promised)
    return False


def _impossible(world: World, question: str, option: str) -> bool:
    """Whether the case has nobody or nothing for an option."""
    case = read_case(_base(world.case, world.population).case)
    if option == "founder":
        return not case.founder
    return question == "buyback" and option != "none" and not case.market.get("listed", True)


def time_of(world: World, decision: str) -> datetime:
    """When a decision is taken in the case of a world, Hong Kong time."""
    start = read_case(_base(world.case, world.population).case).clock_start_time
    return start + timedelta(minutes=round(60 * DECISIONS[_AT[decision]].hours))


def available(choices: Choices, decision: Decision, world: World | None = None) -> Decision:
    """The decision with only what earlier choices, and the case of the world, leave open.

    A question with one option left is not asked. Later choices are not looked at.
    """
    before = {key: choices[key] for key in choices if _AT.get(key, 99) < _AT[decision.key]}
    questions = []
    for question in DECISIONS[_AT[decision.key]].questions:
        options = tuple(
            option
            for option in question.options
            if not _ruled_out(before, question.key, option.key)
            and not (world and _impossible(world, question.key, option.key))
        )
        if len(options) > 1:
            questions.append(replace(question, options=options))
    time = time_of(world, decision.key) if world else decision.time
    return replace(decision, questions=tuple(questions), time=time)


def nothing(decision: Decision) -> dict[str, str]:
    """The answers of a team that does nothing: the first option of every question."""
    return {question.key: question.options[0].key for question in decision.questions}


def check(choices: Choices, world: World | None = None) -> None:
    """Refuse what is unknown, missing, out of order, or ruled out by earlier choices.

    choices : answers to the first decisions, in order, none left out. Raises ConfigError.
    """
    keys = [decision.key for decision in DECISIONS]
    for key in choices:
        if key not in keys:
            raise ConfigError("choices", key, "no such decision", ", ".join(keys), keys[0])
    for k, key in enumerate(keys[: len(choices)]):
        if key not in choices:
            raise ConfigError(
                f"choices.{key}", None, "decisions are taken in their order",
                ", ".join(keys[: len(choices)]), f"an answer to {key} first",
            )  # fmt: skip
        _check_answers(key, choices[key], available(choices, DECISIONS[k], world))


def _check_answers(key: str, answers: Mapping[str, str], offered: Decision) -> None:
    asked = {question.key: question for question in offered.questions}
    if not isinstance(answers, Mapping):
        raise ConfigError(
            f"choices.{key}", answers, "no answers", ", ".join(asked), "QUESTION: OPTION"
        )
    first = {q.key: q.options[0].key for q in DECISIONS[_AT[key]].questions}
    for name in answers:
        if name not in asked and answers[name] != first.get(name):
            raise ConfigError(
                f"choices.{key}.{name}", answers[name], "not asked here",
                ", ".join(asked) or "no question", "leave it out",
            )  # fmt: skip
    for name, question in asked.items():
        options = [option.key for option in question.options]
        if answers.get(name) not in options:
            reason = "not possible here" if name in answers else "is not answered"
            raise ConfigError(
                f"choices.{key}.{name}", answers.get(name), reason,
                ", ".join(options), f"{name}: {options[0]}",
            )  # fmt: skip


# --- choices -> config --------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _base(case: str, population: str) -> Config:
    """The case without a response; composing takes longer than a run."""
    return compose([f"case={case}", f"population={population}", "response=none"])


@lru_cache(maxsize=256)
def _response(case: str, population: str, name: str) -> Response:
    """A response of conf/response; silence for `as_happened` where the case names no levers."""
    config = _base(case, population)
    if name == "as_happened" and not read_case(config.case).levers:
        return config.response
    return compose([f"case={case}", f"population={population}", f"response={name}"]).response


@lru_cache(maxsize=256)
def _case_with(case: str, population: str, events: tuple[tuple[str, str, str, Any], ...]) -> Any:
    """The case with more forcing events: (id, kind, time, numbers as pairs)."""
    raw = _base(case, population).case
    if not events:
        return raw
    added = [
        {
            "id": name, "role": "forcing", "time": time, "bracket": None,
            "certainty": "documented_exact", "actor": "facilitator", "source": "the game",
            "text": {"en": texts[0], "zh": texts[1]}, **_unpacked(numbers),
        }
        for name, texts, time, numbers in events
    ]  # fmt: skip
    both = sorted([*raw["events"], *added], key=lambda event: str(event["time"]))
    return {**raw, "events": both}


def _packed(numbers: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (key, tuple(value.items()) if isinstance(value, Mapping) else value)
        for key, value in numbers.items()
    )


def _unpacked(numbers: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    return {key: dict(value) if isinstance(value, tuple) else value for key, value in numbers}


def blank_config(world: World) -> Config:
    """The world without a response: case, seed and parameters. Raises ConfigError."""
    base = _base(world.case, world.population)
    drawn = replace(base, uncertainty=replace(base.uncertainty, first=world.draw))
    parameters = worlds_of(replace(drawn, n_replicates=1))[0]
    return replace(base, seed=world.seed, parameters=parameters)


def _shown(config: Config, part: float, heat: float, tag: bool) -> dict[str, Any]:
    """A statement seen as an event: `part` of the reach of an official act. *Assumed*."""
    p = effective_parameters(config)
    kinds = ("core", "customer", "public")
    return {
        "kind": "rumour",
        "topic": "deal",
        "reach": {kind: min(1.0, part * p[f"official_reach_{kind}"]) for kind in kinds},
        "credibility": 0,
        "novelty": p["novelty_explanation"] if tag else 0.2,
        "betrayal": 0,
        "heat": p["official_heat"] * heat,
        "tag": tag,
    }


def _with_events(
    config: Config, world: World, choices: Choices, injections: Sequence[Injection]
) -> Config:
    """The config with injected events, and with what the model knows as events only."""
    events = []
    for injection in dict.fromkeys(injections):
        _check_injection(injection)
        when = f"{time_of(world, injection.at):%Y-%m-%d %H:%M}"
        texts, numbers = INJECTIONS[injection.kind], _INJECTED[injection.kind]
        events.append((f"{injection.kind}_{injection.at}", texts, when, _packed(numbers)))
    p = effective_parameters(config)
    if answer_of(choices, "D1", "stance") == "hold":
        numbers = _shown(config, 0.3, p["heat_staff"], False)
        when = f"{time_of(world, 'D1'):%Y-%m-%d %H:%M}"
        events.append(("holding_statement", _TOLD["hold"], when, _packed(numbers)))
    if answer_of(choices, "D4", "statement") in ("push", "apologise_push"):
        numbers = _shown(config, p["push_reach"], 2.0, True)
        when = f"{time_of(world, 'D4'):%Y-%m-%d %H:%M}"
        events.append(("pushed_statement", _TOLD["push"], when, _packed(numbers)))
    return replace(config, case=_case_with(world.case, world.population, tuple(events)))


def _check_injection(injection: Injection) -> None:
    for key, value, allowed in (
        ("kind", injection.kind, list(INJECTIONS)),
        ("at", injection.at, list(_AT)),
    ):
        if value not in allowed:
            raise ConfigError(
                f"injection.{key}", value, "no such choice", ", ".join(allowed), allowed[0]
            )


_ADMITTED = {"little": 0.2, "some": 0.6, "full": 0.9}
_PENALTIES = {
    "handler": (Level.junior, 1.0),
    "managers": (Level.manager, 0.5),
    "executives": (Level.vice_president, 0.5),
    "executive_out": (Level.vice_president, 1.0),
}
_PROCESS_H = {"short": 2.0, "day": 24.0, "three_days": 72.0}
_GOVERNANCE = {"vetting": 0.4, "panel": 0.8}
_BUYBACK_HKD = {"routine": 1.5e8, "large": 5e8}
_COMPENSATION = {"vouchers": 0.5, "generous": 1.0}
DELIVERY_D = 5  #: days from the decision to deliver until the delivery


def response_of(choices: Choices) -> Response:
    """The choices so far as a playbook; what is not decided yet is not done.

    A step says nothing before its time, so later choices change nothing earlier: a reform counts
    as undelivered until the last decision, which lies before anything could be delivered or due.
    """
    at = {decision.key: decision.hours for decision in DECISIONS}
    steps: dict[str, Any] = {"name": "own"}
    if answer_of(choices, "D0", "rumour") == "disclose":
        steps["disclosure"] = Disclosure(delay_h=at["D0"], acknowledgement=0.6)
    stance = answer_of(choices, "D1", "stance")
    if stance == "deny":
        steps["denial"] = Denial(delay_h=at["D1"], speaker=Speaker.company)
    at_once = stance in ("apologise", "apologise_end")
    if at_once:
        steps["apology"] = Apology(delay_h=at["D1"], speaker=Speaker.company, acknowledgement=0.4)
    if stance in ("apologise_end", "end"):
        steps["termination"] = Termination(delay_h=at["D1"])
    elif answer_of(choices, "D3", "deal") == "end":
        steps["termination"] = Termination(delay_h=at["D3"])
    amount = _BUYBACK_HKD.get(answer_of(choices, "D2", "buyback") or "")
    if amount:
        steps["buyback"] = Buyback(delay_h=at["D2"], amount_hkd=amount)
    if _spoke(choices):
        spoken: dict[str, Any] = {
            "delay_h": at["D3"],
            "speaker": Speaker(answer_of(choices, "D3", "speaker")),
            "acknowledgement": _ADMITTED[str(answer_of(choices, "D3", "admission"))],
        }
        steps["explanation" if at_once else "apology"] = (
            Explanation(**spoken) if at_once else Apology(**spoken)
        )
    if answer_of(choices, "D4", "statement") in ("apologise", "apologise_push"):
        steps["apology"] = Apology(delay_h=at["D4"], speaker=Speaker.company, acknowledgement=0.6)
    punished = _PENALTIES.get(answer_of(choices, "D5", "penalty") or "")
    if punished:
        process_h = _PROCESS_H[str(answer_of(choices, "D5", "process"))]
        steps["penalty"] = Penalty(
            delay_h=at["D5"] + process_h, level=punished[0], severity=punished[1],
            process_h=process_h,
        )  # fmt: skip
    steps.update(_last_steps(choices, at))
    return Response(**steps)


def _last_steps(choices: Choices, at: Mapping[str, float]) -> dict[str, Any]:
    """Reform, explanation and compensation."""
    steps: dict[str, Any] = {}
    depth = _GOVERNANCE.get(answer_of(choices, "D5", "reform") or "")
    later = answer_of(choices, "D6", "delivery")
    if depth:
        to_delivery = at["D6"] - at["D5"] + 24 * DELIVERY_D
        steps["reform"] = Reform(
            delay_h=at["D5"], governance=depth, delivered=later == "deliver",
            delivery_h=to_delivery,
        )  # fmt: skip
    elif later == "begin":
        steps["reform"] = Reform(
            delay_h=at["D6"], governance=_GOVERNANCE["panel"], delivery_h=24.0 * DELIVERY_D
        )
    reply = answer_of(choices, "D6", "reply")
    if reply not in (None, "nobody"):
        steps["explanation"] = Explanation(
            delay_h=at["D6"], speaker=Speaker(reply), acknowledgement=0.6
        )
    share = _COMPENSATION.get(answer_of(choices, "D6", "compensation") or "")
    if share:
        steps["compensation"] = Compensation(delay_h=at["D6"], share=share)
    return steps


def config_of(
    world: World,
    choices: Choices,
    injections: Sequence[Injection],
    mechanisms: Mechanisms | None = None,
) -> Config:
    """The run that these choices lead to, with all mechanisms or some. Raises ConfigError."""
    check(choices, world)
    config = replace(blank_config(world), response=response_of(choices))
    config = replace(config, mechanisms=mechanisms or config.mechanisms)
    return _with_events(config, world, choices, injections)


def response_config(world: World, response: str, injections: Sequence[Injection]) -> Config:
    """The same world and injected events with a response of conf/response. Raises ConfigError."""
    chosen = _response(world.case, world.population, response)
    return _with_events(replace(blank_config(world), response=chosen), world, {}, injections)


def history_config(world: World, injections: Sequence[Injection]) -> Config:
    """The same world with what the brand of the case did, and the same injected events."""
    return response_config(world, "as_happened", injections)


def repaired(choices: Choices, world: World) -> dict[str, dict[str, str]]:
    """The choices with what is no longer possible replaced by doing nothing.

    What a changed early choice rules out later cannot be kept; what it opens is not taken up.
    """
    kept: dict[str, dict[str, str]] = {}
    for decision in DECISIONS:
        if decision.key not in choices:
            break
        offered = available(kept, decision, world)
        answers = nothing(offered)
        for question in offered.questions:
            given = choices[decision.key].get(question.key)
            if given in [option.key for option in question.options]:
                answers[question.key] = str(given)
        kept[decision.key] = answers
    return kept


def outcome(world: World, choices: Choices, injections: Sequence[Injection]) -> Run:
    """The run of these choices, to its end."""
    return simulate(config_of(world, choices, injections))


# --- what the team sees -------------------------------------------------------------------------

VOLUME_LAG_H, MOOD_LAG_H, FOLLOWER_LAG_H, EXIT_LAG_H = 1, 3, 6, 3
HOURS_SHOWN = 36
SAMPLE = 200  #: posts that are read by hand for the mood
VOLUME_SD = 0.15  #: of the log of an hour's estimated volume; the tool reads a sample. Assumed.
FOLLOWER_SD = 0.1
#: Tags of the generators of noise; a decision's own number is added.
_NOISE_VOLUME, _NOISE_MOOD, _NOISE_FOLLOWERS = 1000, 2000, 3000


def _noise(world: World, tag: int) -> np.random.Generator:
    """The noise of one kind of report: the same at every reload."""
    return np.random.Generator(np.random.Philox(key=np.array([world.seed, tag], np.uint64)))


def brief(
    world: World, choices: Choices, injections: Sequence[Injection], decision: Decision, lang: str
) -> Brief:
    """What the PR team sees at a decision: late, noisy, and nothing of what people feel.

    Only earlier choices, and events injected until then, are looked at. Raises ConfigError.
    """
    k = _AT[decision.key]
    before = {key: choices[key] for key in choices if _AT.get(key, 99) < k}
    known = [item for item in injections if _AT.get(item.at, -1) <= k]
    config = config_of(world, before, known)
    run = simulate(config)
    desk = _Desk(world, config, run, before, k, lang)
    return Brief(
        decision.key,
        desk.time,
        desk.situation(),
        desk.headlines(),
        tuple(desk.numbers()),
        desk.volume(),
    )


class _Desk:
    """What lies on the table: reads the run up to now, and only what can be seen from outside."""

    def __init__(
        self, world: World, config: Config, run: Run, choices: Choices, k: int, lang: str
    ) -> None:
        self.world, self.config, self.run, self.choices = world, config, run, choices
        self.k, self.zh = k, int(lang == "zh")
        self.case = read_case(config.case)
        self.time = time_of(world, DECISIONS[k].key)
        self.now = run.clock.step_of(self.time)
        self.per_h = round(1 / run.clock.dt_h)
        self.exact = 0.5 if answer_of(choices, "D0", "rumour") == "monitor" else 1.0

    def said(self, texts: tuple[str, str]) -> str:
        return texts[self.zh]

    def ago(self, hours: float) -> int:
        """The step that began so many hours ago."""
        return max(0, self.now - round(hours * self.per_h))

    def situation(self) -> str:
        rumoured = any(event.time < self.time for event in self.case.forcing)
        return self.said(_SITUATION["quiet" if self.k == 0 and not rumoured else self.key])

    # the curve

    def volume(self) -> Trace:
        """Talk about the affair by hour, in ordinary hours' talk; each hour with its own noise."""
        p, clock = effective_parameters(self.config), self.run.clock
        s = {name: v[: self.now].astype(np.float64) for name, v in self.run.series.items()}
        talk = s["posts_core"] + s["posts_customer"] + s["posts_public"]
        talk += p["leader_volume"] * s["posts_kol"]
        n = sum(self.run.n_people.values())
        usual = p["post_per_h"] * p["baseline_talk"] * clock.circadian() * clock.dt_h * n
        last = self.ago(VOLUME_LAG_H) // self.per_h
        hours = range(max(0, last - HOURS_SHOWN), last)
        spread = VOLUME_SD * self.exact
        z = _noise(self.world, _NOISE_VOLUME).standard_normal(clock.n_steps // self.per_h)
        values = []
        for hour in hours:
            part = slice(hour * self.per_h, (hour + 1) * self.per_h)
            true = talk[part].sum() / max(usual[part].sum(), 1e-9)
            values.append(float(true * np.exp(spread * z[hour])))
        width = float(np.exp(1.96 * spread))
        return Trace(
            self.said(("posts about the affair", "涉事发帖量")),
            self.said(("times the brand's ordinary talk at that hour", "倍于该时段的日常声量")),
            tuple(clock.time_of(hour * self.per_h) for hour in hours),
            tuple(values),
            tuple(value / width for value in values),
            tuple(value * width for value in values),
        )

    # figures

    def numbers(self) -> list[Number]:
        found = [*self.mood(), self.listed(), self.partners(), self.followers()]
        if self.case.market.get("listed", True):
            found.append(self.price())
        return found

    def mood(self) -> list[Number]:
        """A sample of posts read by hand: how many are outraged, and about what."""
        end, begin = self.ago(MOOD_LAG_H), self.ago(MOOD_LAG_H + 6)
        posts = {
            name: float(self.run.series[f"posts_{name}"][begin:end].sum())
            for name in ("neutral", "deal", "governance")
        }
        total = sum(posts.values())
        if total < 1:
            return []
        noise = _noise(self.world, _NOISE_MOOD + self.k)
        n = round(SAMPLE / self.exact**2)
        angry = int(noise.binomial(n, 1 - posts["neutral"] / total))
        upset = posts["deal"] + posts["governance"]
        of_governance = int(noise.binomial(angry, posts["governance"] / upset if upset else 0.0))
        note = self.said(("a sample of {} posts of six hours", "六小时内抽样{}条")).format
        shares = [
            ("angry", ("outraged posts", "愤怒帖占比"), angry, n),
            (
                "governance",
                ("of these, about who is responsible", "其中追问责任者"),
                of_governance,
                angry,
            ),
        ]
        return [
            Number(
                key, self.said(names), "%", 100 * hits / tried, 100 * wilson(hits, tried)[0],
                100 * wilson(hits, tried)[1], self.run.clock.time_of(end), note(tried),
            )
            for key, names, hits, tried in shares
            if tried
        ]  # fmt: skip

    def listed(self) -> Number:
        """Own hashtags on the public list: anybody can count them."""
        value = float(self.run.series["n_listed"][self.now - 1])
        return Number(
            "listed", self.said(("own topics on the public trending list", "公众热搜在榜话题")),
            self.said(("topics", "个")), value, value, value, self.time,
            self.said(("counted", "实数")),
        )  # fmt: skip

    def exits(self) -> list[int]:
        """Steps at which partners left, as far as the team has heard."""
        lag = 0 if answer_of(self.choices, "D2", "partners") == "call" else EXIT_LAG_H
        heard = self.ago(lag)
        return [e.step for e in self.run.log if e.kind == "kol_exit" and e.step < heard]

    def partners(self) -> Number:
        called = answer_of(self.choices, "D2", "partners") == "call"
        value, all_of_them = float(len(self.exits())), self.config.population.n_partner_leaders
        return Number(
            "partners", self.said(("partner opinion leaders who have left", "已退出的合作KOL")),
            self.said((f"of {all_of_them}", f"位(共{all_of_them}位)")),
            value, value, value if called else float(all_of_them),
            self.run.clock.time_of(self.now if called else self.ago(EXIT_LAG_H)),
            self.said(("from your calls", "来自你方致电") if called
                      else ("as far as it is in the news", "据新闻报道")),
        )  # fmt: skip

    def followers(self) -> Number:
        """Followers lost, as the platform's tool shows it: late and rounded."""
        at = self.ago(FOLLOWER_LAG_H)
        true = 100 * float(self.run.weighted("unfollowed")[at])
        spread = FOLLOWER_SD * self.exact
        noise = _noise(self.world, _NOISE_FOLLOWERS + self.k)
        seen = true * float(np.exp(spread * noise.standard_normal()))
        width = float(np.exp(1.96 * spread))
        return Number(
            "followers", self.said(("followers lost", "流失关注者")), "%", seen, seen / width,
            seen * width, self.run.clock.time_of(at), self.said(("estimated", "估计值")), 2,
        )  # fmt: skip

    def price(self) -> Number:
        """The share against the close before, with what ordinary days do without any crisis."""
        seen = self.run.series["price_hkd"][: self.now].astype(np.float64)
        opened = self.run.series["in_session"][: self.now] > 0
        start = self.run.clock.burn_in_steps
        days = {self.run.clock.time_of(int(i)).date() for i in np.flatnonzero(opened) if i >= start}
        base = float(self.case.market.get("previous_close_hkd") or 100.0)
        move = 100 * (float(seen[-1]) / base - 1)
        sd = effective_parameters(self.config)["daily_volatility"]
        noise = 196 * sd * max(len(days), 1) ** 0.5
        return Number(
            "price", self.said(("share price since the last close before", "股价较事前收盘")), "%",
            move, move, move, self.time,
            self.said((
                f"HKD {seen[-1]:.2f}; ordinary days alone: within ±{noise:.1f} % (1.96 σ√days)",
                f"{seen[-1]:.2f}港元；平常波动即可达±{noise:.1f}%(1.96σ√天数)",
            )), 1,
        )  # fmt: skip

    # headlines

    def headlines(self) -> tuple[Headline, ...]:
        last = time_of(self.world, DECISIONS[self.k - 1].key) if self.k else datetime.min
        found = list(self.background() if self.k == 0 else [])
        known = set(self.exits())
        for entry in self.run.log:
            just_now = entry.kind == "forcing" and entry.step == self.now
            if entry.step >= self.now and not just_now:
                continue
            if entry.kind == "kol_exit" and entry.step not in known:
                continue
            text = self.headline(entry.kind, entry.who)
            if text:
                late = EXIT_LAG_H if entry.kind == "kol_exit" and entry.step < self.now else 0
                moment = self.moment(entry)
                found.append((moment, text, moment + timedelta(hours=late) >= last))
        for told, key in self.facts():
            found.append((time_of(self.world, told), self.said(_TOLD[key]), told == self.key))
        return tuple(Headline(*item) for item in sorted(found, key=lambda item: item[0]))

    def moment(self, entry: LogEntry) -> datetime:
        """When it happened, to the minute where that is known and not to the step."""
        if entry.kind == "forcing":
            return next(event.time for event in self.case.events if event.id == entry.who)
        act = getattr(self.config.response, entry.who, None) if entry.kind == "action" else None
        if act is None:
            return self.run.clock.time_of(entry.step)
        return self.case.clock_start_time + timedelta(minutes=round(60 * act.delay_h))

    @property
    def key(self) -> str:
        return DECISIONS[self.k].key

    def background(self) -> list[tuple[datetime, str, bool]]:
        """What is documented from before the case, for the first meeting."""
        events = [e for e in self.case.events if e.role == "context" and e.time < self.case.start]
        latest = sorted(events, key=lambda event: event.time)[-3:]
        return [(event.time, event.text["zh" if self.zh else "en"], True) for event in latest]

    def facts(self) -> list[tuple[str, str]]:
        """What is known inside, and at which decision."""
        asked = answer_of(self.choices, "D0", "rumour") == "verify"
        plan = [("D1" if asked else "D4", "true"), ("D3" if asked else "D5", "who")]
        return [(at, key) for at, key in plan if _AT[at] <= self.k]

    def headline(self, kind: str, who: str) -> str:
        lang = "zh" if self.zh else "en"
        events = {event.id: event for event in self.case.events}
        if kind == "forcing":
            return str(events[who].text[lang])
        if kind == "action":
            return self.said(_TOLD[f"act_{who}"])
        if kind == "list_entry":
            return self.said(_TOLD["list"]).format(self.topic(who))
        if kind == "second_wave":
            return self.said(_TOLD["inside" if who == "leak" else "wave"])
        return self.said(_TOLD[kind]) if kind in _TOLD else ""

    def topic(self, who: str) -> str:
        """What a hashtag is about."""
        if who.startswith(("exit_", "mock_")):
            return self.said(_TOPICS[who[:4]])
        stem = who.rsplit("_", 1)[0] if who.rsplit("_", 1)[-1].isdigit() else who
        injected = who.rsplit("_D", 1)[0]
        return self.said(_TOPICS.get(injected) or _TOPICS.get(stem, _TOPICS["other"]))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share, Wilson; n > 0."""
    z = 1.96
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * ((share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5)
    return max(0.0, middle - half), min(1.0, middle + half)


_SITUATION: dict[str, tuple[str, str]] = {
    "quiet": (
        "A colleague mentions in passing that the brand is courting an opinion leader who has insulted its fans. Nothing is public.",
        "同事偶然提到，品牌正在接触一位曾辱骂粉丝的意见领袖。外界尚无任何消息。",
    ),
    "D0": (
        "A rumour says that the brand is courting an opinion leader who has insulted its fans. It is in the fan groups only. Inside, nobody has told you anything.",
        "传闻称品牌正在接触一位曾辱骂粉丝的意见领袖。目前仅在粉丝群流传。公司内部无人告知你们任何情况。",
    ),
    "D1": (
        "A screenshot is out. Fans ask whether it is true. You do not know yet how far it has gone.",
        "截图已流出。粉丝追问真假。你们尚不知传播有多广。",
    ),
    "D2": (
        "The board asks about the share, marketing about the partners.",
        "董事会关心股价，市场部关心合作伙伴。",
    ),
    "D3": (
        "In the evening most people are online. The staff facts are incomplete.",
        "晚间上网人数最多。内部事实仍不完整。",
    ),
    "D4": (
        "The next morning. You can look at the public list yourselves; what the fans feel you can only guess.",
        "次日上午。公众榜单可自行查看；粉丝的感受只能猜测。",
    ),
    "D5": (
        "Fans ask who is responsible, and whether only somebody junior will pay for it.",
        "粉丝追问谁负责，是否只让基层承担。",
    ),
    "D6": (
        "The last meeting. What you decide now is for the days until the second week.",
        "最后一次会议。现在的决定管到第二周。",
    ),
}
_TOLD: dict[str, tuple[str, str]] = {
    "hold": ("You say that you are looking into it", "你方表示正在核实"),
    "push": ("Your statement is pushed to everybody", "你方声明向所有人推送"),
    "act_disclosure": ("You tell the fans about the contact yourselves", "你方主动公开接触一事"),
    "act_denial": ("You deny that there is a deal", "你方否认存在合作"),
    "act_apology": ("You apologise", "你方致歉"),
    "act_termination": ("You end the deal", "你方终止合作"),
    "act_penalty": ("Your penalty notice is out", "你方处罚公告发布"),
    "act_explanation": ("You explain yourselves in person", "你方出面说明"),
    "act_reform": ("You promise a reform", "你方承诺改革"),
    "act_compensation": ("You compensate fans", "你方补偿粉丝"),
    "act_buyback": ("You buy back shares", "你方回购股票"),
    "act_delivery": ("The reform is delivered", "改革已落实"),
    "kol_exit": ("A partner opinion leader ends the contract in public", "一位合作KOL公开终止合约"),
    "mock": ("An opinion leader who dislikes the brand mocks it", "一位对立KOL嘲讽品牌"),
    "list": ("On the public trending list: {}", "登上公众热搜：{}"),
    "detection": ("Your monitoring raises an alarm", "舆情监测发出警报"),
    "wave": ("The affair is taken up again from outside", "事件被外部再度提起"),
    "inside": (
        "Somebody inside talks: who was punished, and who was not",
        "内部有人透露：谁被处罚，谁没有",
    ),
    "broken_promise": (
        "The promised reform is overdue, and people notice",
        "承诺的改革逾期，引起注意",
    ),
    "true": (
        "From inside: what is being said is true in substance; who approved it is not clear yet",
        "内部消息：传言大体属实；由谁批准尚不清楚",
    ),
    "who": (
        "From inside: a handler proposed it, and people further up let it pass",
        "内部消息：由经办人提出，上级放行",
    ),
}
_TOPICS: dict[str, tuple[str, str]] = {
    "exit": ("a partner who leaves", "合作KOL退出"),
    "mock": ("the mocking", "嘲讽"),
    "apology": ("your apology", "你方致歉"),
    "disclosure": ("your disclosure", "你方公开"),
    "denial": ("your denial", "你方否认"),
    "penalty": ("your penalty notice", "你方处罚"),
    "explanation": ("your explanation", "你方说明"),
    "reform": ("your reform", "你方改革"),
    "compensation": ("your compensation", "你方补偿"),
    "pushed_statement": ("your statement", "你方声明"),
    "second_screenshot": ("the second screenshot", "第二张截图"),
    "leak": ("the leak", "泄露"),
    "regulator": ("the regulator", "监管约谈"),
    "screenshot": ("the screenshot", "截图"),
    "rumour": ("the rumour", "传闻"),
    "antagonist_mocks": ("the antagonist's reply", "对立KOL回应"),
    "naming": ("the antagonist, named in public", "对立KOL被点名"),
    "broken_promise": ("the broken promise", "未兑现的承诺"),
    "other": ("the affair", "此事"),
}

# --- the report card ----------------------------------------------------------------------------

#: Outcomes of the report card, in order; a card, not points.
CARD = (
    "outrage_burden_core", "outrage_peak_core", "time_to_half_h", "public_reach", "listed_h",
    "governance_share", "trust_core_d7", "trust_core_d14", "trust_customer_d14", "declared",
    "unfollowed", "exited", "car_0_1", "car_0_3", "cash_hkd", "legal_hkd", "morale",
    "n_partner_exits", "second_wave",
)  # fmt: skip


def card_of(world: World) -> list[str]:
    """Names of the outcomes that the report card of a world has: no returns without a share."""
    return _card(bool(read_case(_base(world.case, world.population).case).market["listed"]))


def _card(listed: bool) -> list[str]:
    return [name for name in CARD if listed or not name.startswith("car_")]


def report_card(run: Run, reference: Run, lang: str) -> list[Row]:
    """Outcomes beside those of the reference, in the same world; no total."""
    own, other = outcomes(run), outcomes(reference)
    return [
        Row(
            name, BY_NAME[name].zh if lang == "zh" else BY_NAME[name].en,
            UNITS_ZH.get(BY_NAME[name].unit, BY_NAME[name].unit)
            if lang == "zh" else BY_NAME[name].unit,
            own[name], other[name], BY_NAME[name].better,
        )
        for name in _card(bool(run.asked["case"]["market"]["listed"]))
    ]  # fmt: skip


UNITS_ZH = {
    "share": "比例", "fan-days": "人·天", "h": "小时", "share of initial": "占初始比例",
    "log return": "对数收益", "HKD": "港元", "leaders": "位", "ratio": "比值",
}  # fmt: skip
