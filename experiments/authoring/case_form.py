"""A case by question and answer, in one language.

Each question is one function here or one line of `fill_in`; what may be answered is in `answers`.
Nothing is written before the last answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from experiments.authoring.answers import (
    YES_NO,
    Refused,
    a_currency,
    a_zone,
    an_exchange,
    choice,
    glossed,
    moment,
    number,
    or_never,
    or_unknown,
    who_says,
    words,
)
from experiments.authoring.case_sketch import (
    ACTS,
    CERTAINTIES,
    HOW_HARD,
    LEVELS,
    SEVERITIES,
    VOICES,
    Act,
    Sketch,
    Texts,
    places,
)
from experiments.pictures.words import unit_name
from sim import zones
from sim.base.refusal import ConfigError
from sim.clock import EXCHANGES
from sim.playbook.act import Speaker

_T = TypeVar("_T")


@dataclass(frozen=True)
class Form:
    """Asks in one language until an answer can be used."""

    lang: str  #: of the questions; answers are taken in either
    read: Callable[[str], str] = input  #: takes what is shown, returns what was typed

    def ask(self, question: Texts, parse: Callable[[str], _T], usual: str | None = None) -> _T:
        """The parsed answer; Enter takes `usual`, if there is one.

        Asks until `parse` takes what was typed. Raises ConfigError where the input ends.
        """
        shown = f"{question[self.lang]}{f' [{usual}]' if usual else ''}\n> "
        while True:
            try:
                given = self.read(shown).strip()
            except EOFError:
                raise ConfigError(
                    "case new", None, "the form ended before its last question; nothing is written",
                    "answers to all questions, or the template without them", "form=no",
                ) from None  # fmt: skip
            try:
                return parse(given or usual or "")
            except Refused as refusal:
                print("  " + refusal.texts[self.lang])


#: Kind of act -> how it is asked for.
_ASKED: Mapping[str, Texts] = {
    "apology": {"en": "When did the brand apologise?", "zh": "品牌何时致歉？"},
    "termination": {
        "en": "When did it end what people were angry about (a deal, a feature)?",
        "zh": "品牌何时终止引发不满的事（合作、功能等）？",
    },
    "penalty": {"en": "When were staff punished?", "zh": "何时处罚员工？"},
    "explanation": {
        "en": "When did somebody at the top explain in person?",
        "zh": "高层何时亲自出面说明？",
    },
}


def fill_in(name: str, form: Form) -> Sketch:
    """A case by question and answer, in the order in which a newspaper would tell it.

    Raises ConfigError when the input ends before the last question.
    """
    title = _in_both(form, "What is the case called?", "案例叫什么？")
    summary = _in_both(form, "What happened, in one sentence?", "一句话说明发生了什么。")
    zone = _zone(form)
    leak = _leak(form, zone)
    certainty, source = _sure(form)
    days = form.ask(
        {"en": "How many days from then on matter? 1 to 90", "zh": "此后关注多少天？1至90"},
        number(1, 90),
        "14",
    )
    founder = _yes_or_no(
        form, "Is there a founder who could speak? yes, no", "是否有可以发声的创始人？是、否"
    )
    hot_list = _yes_or_no(
        form,
        "Does its platform show a public list of trending topics? yes, no",
        "其平台是否有公开的热搜榜？是、否",
    )
    exchange = _exchange(form)
    currency, close = _currency(form) if exchange is None else _last_close(form, exchange)
    midnight = leak.replace(hour=0, minute=0)
    within = moment(leak, midnight + timedelta(days=int(days)), zone)
    found = {key: _act(key, form, within, founder) for key in ACTS}
    acts = {key: act for key, act in found.items() if act is not None}
    return Sketch(
        name, title, summary, leak, certainty, source, int(days), founder, zone, currency,
        exchange, hot_list, close, acts,
    )  # fmt: skip


def _in_both(form: Form, en: str, zh: str) -> Texts:
    """A text in the language of the form, then in the other one; Enter leaves it as it is."""
    other = {"en": "zh", "zh": "en"}[form.lang]
    said = form.ask({"en": en, "zh": zh}, words)
    again = form.ask(
        {"en": "The same in Chinese (Enter: leave it so)", "zh": "英文（回车：保持原样）"},
        words,
        said,
    )
    return {form.lang: said, other: again}


def _yes_or_no(form: Form, en: str, zh: str) -> bool:
    """The answer to a question of yes or no; Enter means yes."""
    return form.ask({"en": en, "zh": zh}, YES_NO, "yes" if form.lang == "en" else "是")


def _zone(form: Form) -> str:
    """The time zone that all times of the case are given in; that of the reader's language by
    default.
    """
    return form.ask(
        {
            "en": "In which time zone are its times? Such as America/New_York, Etc/UTC",
            "zh": "时间属于哪个时区？如 Asia/Hong_Kong、America/New_York、Etc/UTC",
        },
        a_zone,
        "Asia/Hong_Kong" if form.lang == "en" else "Asia/Shanghai",
    )


def _leak(form: Form, zone: str) -> datetime:
    """When the wrong became public: what all delays of the case count from."""
    return form.ask(
        {
            "en": f"When did it become public? YYYY-MM-DD HH:MM, {zones.zone_name(zone, 'en')}",
            "zh": f"事情何时公开？YYYY-MM-DD HH:MM，{zones.zone_name(zone, 'zh')}",
        },
        moment(datetime(1900, 1, 2), datetime(2100, 1, 1), zone),
    )


def _exchange(form: Form) -> str | None:
    """The code of the exchange at which the share is traded; None for a company without one."""
    return form.ask(
        {
            "en": f"At which exchange is the share traded? {places('en')}; or no",
            "zh": f"在哪个交易所上市？{places('zh')}；或“否”",
        },
        an_exchange,
        "no" if form.lang == "en" else "否",
    )


def _last_close(form: Form, exchange: str) -> tuple[str | None, float | None]:
    """The money of the exchange, and the last price before the case; None where it is unknown."""
    currency = EXCHANGES[exchange].currency
    close = form.ask(
        {
            "en": f"Its close on the day before, {currency}? A number, or unknown: no price is "
            "shown",
            "zh": f"前一交易日收盘价（{unit_name(currency, 'zh')}）？"
            "数字，或“未知”（则不显示股价）",
        },
        or_unknown(number(1e-3, 1e6)),
    )
    return currency, close


def _currency(form: Form) -> tuple[str | None, None]:
    """The money in which a company without a share sells, if it is known; and no price."""
    currency = form.ask(
        {
            "en": "In which currency does it sell? Three letters such as USD, or unknown",
            "zh": "品牌以何种货币销售？三个字母，如 CNY，或“未知”",
        },
        a_currency,
        "unknown" if form.lang == "en" else "CNY",
    )
    return currency, None


def _sure(form: Form) -> tuple[str, str]:
    """How sure a time is, and who says so: a value of CERTAINTIES, a source on one line."""
    certainty = form.ask(
        {
            "en": "How sure is that time? exact, daypart (such as 'in the evening'), guess",
            "zh": "时间有多确定？exact 精确，daypart 只知时段，guess 推断",
        },
        choice(CERTAINTIES, {"exact": "精确", "daypart": "只知时段", "guess": "推断"}),
        "daypart",
    )
    return certainty, form.ask(
        {
            "en": "Where can one read it (who says so)? Or: inferred from ...",
            "zh": "何处可查（谁说的）？无出处可写：inferred from ……",
        },
        who_says,
    )


def _act(key: str, form: Form, when: Callable[[str], datetime], founder: bool) -> Act | None:
    """One thing that the brand did, or None if it never did.

    key : the kind of act. when : reads a time of the case, and refuses one that is none. founder :
    whether a founder may have spoken.
    """
    never = {"en": "never", "zh": "从未"}
    asked = {
        lang: _ASKED[key][lang] + {"en": " A time, or never", "zh": "输入时间，或“从未”"}[lang]
        for lang in ("en", "zh")
    }
    time = form.ask(asked, or_never(when), never[form.lang])
    if time is None:
        return None
    certainty, source = _sure(form)
    if key == "termination":
        return Act(time, certainty, source)
    if key == "penalty":
        return _penalty(form, Act(time, certainty, source))
    return _statement(form, Act(time, certainty, source), founder)


def _penalty(form: Form, act: Act) -> Act:
    """Who was punished how hard, and how long those concerned were heard."""
    level = form.ask(
        {"en": f"Up to which level? {', '.join(LEVELS)}", "zh": f"最高到哪一级？{glossed(LEVELS)}"},
        choice({one: one for one in LEVELS}, LEVELS),
    )
    severity = form.ask(
        {"en": f"How hard? {', '.join(SEVERITIES)}", "zh": f"多重？{glossed(HOW_HARD)}"},
        choice(SEVERITIES, HOW_HARD),
    )
    process_h = form.ask(
        {
            "en": "How many hours were those concerned given to be heard? 0 to 336",
            "zh": "给当事人多少小时申辩？0至336",
        },
        number(0, 336),
        "24",
    )
    return replace(act, level=level, severity=severity, process_h=process_h)


def _statement(form: Form, act: Act, founder: bool) -> Act:
    """Who spoke, and how much responsibility was taken; a founder only where there is one."""
    voices = {code: zh for code, zh in VOICES.items() if founder or code != Speaker.founder.value}
    speaker = form.ask(
        {"en": f"Who spoke? {', '.join(voices)}", "zh": f"由谁发声？{glossed(voices)}"},
        choice({one: one for one in voices}, voices),
    )
    share = form.ask(
        {
            "en": "How much responsibility was taken? 0 none to 1 all; .3 regret, .6 a fault",
            "zh": "承担了多少责任？0为无，1为全部；.3为遗憾，.6为认错",
        },
        number(0, 1),
        "0.6",
    )
    return replace(act, speaker=speaker, acknowledgement=share)
