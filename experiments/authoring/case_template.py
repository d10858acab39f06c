"""`backlash case new NAME`: a commented case file, blank or filled in by a form in the terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import jinja2

from experiments.pictures.words import half_width, unit_name
from sim import zones
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.case.case import LEFT_OUT, MONEY
from sim.case.check import check_case
from sim.clock import EXCHANGES
from sim.playbook import KINDS, Level, Speaker

_T = TypeVar("_T")
Texts = Mapping[str, str]  #: en, zh

CERTAINTIES = {"exact": "documented_exact", "daypart": "documented_daypart", "guess": "inferred"}
SEVERITIES = {"reprimand": 0.2, "bonus": 0.5, "demotion": 0.75, "dismissal": 1.0}
LEVELS: Mapping[str, str] = {  #: code -> Chinese
    Level.junior.value: "基层员工",
    Level.manager.value: "经理",
    Level.vice_president.value: "副总裁",
    Level.chief_executive.value: "首席执行官",
}
VOICES: Mapping[str, str] = {
    Speaker.staff.value: "员工",
    Speaker.pr_head.value: "公关负责人",
    Speaker.company.value: "公司",
    Speaker.founder.value: "创始人",
}
HOW_HARD: Mapping[str, str] = {
    "reprimand": "批评",
    "bonus": "扣奖金",
    "demotion": "降职",
    "dismissal": "辞退",
}
#: What the brand may have done, in both languages.
ACTS: Mapping[str, Texts] = {
    kind: dict(zip(("en", "zh"), KINDS[kind].TOLD, strict=True))
    for kind in ("apology", "termination", "penalty", "explanation")
}


@dataclass(frozen=True)
class Act:
    """One thing that the brand did, and when, in the zone of the case."""

    time: datetime
    certainty: str
    source: str
    speaker: str = "company"
    acknowledgement: float = 0.6  #: share of the responsibility, 0 to 1
    level: str = "manager"
    severity: float = 0.5  #: 0 to 1
    process_h: float = 24.0  #: hours


@dataclass(frozen=True)
class Sketch:
    """What a case file is written from; the defaults are the blank template's."""

    name: str
    title: Texts = field(default_factory=lambda: {"en": "My case", "zh": "我的案例"})
    summary: Texts = field(
        default_factory=lambda: {
            "en": "A brand hurts its own fans.",
            "zh": "某品牌伤害了自己的粉丝。",
        }
    )
    leak: datetime = datetime(2026, 3, 2, 12, 0)
    certainty: str = "documented_daypart"
    source: str = "who says so: a newspaper, a post, your own memory"
    horizon_d: int = 14
    founder: bool = True
    time_zone: str = zones.USUAL
    currency: str | None = MONEY
    exchange: str | None = None  #: code of an exchange that the clock knows; None: no market
    hot_list: bool = True
    close: float | None = None  #: on the day before, in the money of the exchange, if it is known
    acts: Mapping[str, Act] = field(default_factory=dict)


def blank(name: str) -> Sketch:
    """The template: made-up round numbers, to be replaced."""
    leak, source = Sketch(name).leak, Sketch(name).source

    def after(hours: float, **more: Any) -> Act:
        return Act(leak + timedelta(hours=hours), "documented_daypart", source, **more)

    return Sketch(
        name,
        acts={
            "apology": after(6, speaker="pr_head"),
            "termination": after(6),
            "penalty": after(24),
            "explanation": after(48, speaker="founder"),
        },
    )


def _places(lang: str) -> str:
    """The exchanges that are recorded, each with its code."""
    return ", ".join(f"{code} {at.name(lang)}" for code, at in EXCHANGES.items())


# --- the file -------------------------------------------------------------------------------------


def text_of(sketch: Sketch) -> str:
    """The commented case file, YAML."""
    folder = Path(__file__).parent
    page = jinja2.Environment(  # text, not a page: nothing is escaped but by _quoted
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    steps = [
        {
            "id": key,
            "time": f"{act.time:%Y-%m-%d %H:%M}",
            "certainty": act.certainty,
            "actor": "company" if key in ("termination", "penalty") else act.speaker,
            "source": _quoted(act.source),
            "text": {lang: _quoted(ACTS[key][lang]) for lang in ("en", "zh")},
        }
        for key, act in sorted(sketch.acts.items(), key=lambda item: item[1].time)
    ]
    return page.get_template("case_template.yaml.j2").render(
        name=sketch.name,
        title={lang: _quoted(sketch.title[lang]) for lang in ("en", "zh")},
        summary={lang: _quoted(sketch.summary[lang]) for lang in ("en", "zh")},
        start=f"{sketch.leak:%Y-%m-%d} 00:00",
        horizon_d=sketch.horizon_d,
        founder=str(sketch.founder).lower(),
        time_zone=sketch.time_zone,
        currency=sketch.currency or "null",
        exchange=sketch.exchange or "null",
        hot_list=str(sketch.hot_list).lower(),
        exchanges=_places("en"),
        close="null" if sketch.close is None else f"{sketch.close:g}",
        levers=[_lever(key, sketch) for key in (*ACTS, "buyback")],
        leak={
            "time": f"{sketch.leak:%Y-%m-%d %H:%M}",
            "certainty": sketch.certainty,
            "source": _quoted(sketch.source),
            "text": {"en": _quoted("The wrong becomes public"), "zh": _quoted("事情被公开")},
        },
        steps=steps,
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _lever(key: str, sketch: Sketch) -> str:
    act = sketch.acts.get(key)
    if key == "buyback":
        return "buyback: {delay_h: null, amount_hkd: 0}"
    usual = Act(sketch.leak, "", "", speaker="founder" if key == "explanation" else "pr_head")
    shown = act or usual
    parts = ["delay_h: null"]
    if act is not None:
        hours = zones.span(sketch.leak, act.time, sketch.time_zone) / timedelta(hours=1)
        parts = [f"event: {key}", f"delay_h: {round(hours, 6):g}" if hours % 1 == 0
                 else f"delay_h: {hours:.6f}"]  # fmt: skip
    if key == "penalty":
        level, severity = (act.level, act.severity) if act else ("none", 0.0)
        parts += [f"level: {level}", f"severity: {severity:g}",
                  f"process_h: {shown.process_h:g}"]  # fmt: skip
    elif key in ("apology", "explanation"):
        parts += [f"speaker: {shown.speaker}", f"acknowledgement: {shown.acknowledgement:g}"]
    return f"{key}: {{{', '.join(parts)}}}"


# --- the form -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """Asks in one language until an answer can be used."""

    lang: str
    read: Callable[[str], str] = input

    def ask(self, question: Texts, parse: Callable[[str], _T], usual: str | None = None) -> _T:
        """The parsed answer; Enter takes `usual`, if there is one. Ends with the input."""
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


class Refused(ValueError):
    """An answer that cannot be used, with what to type instead, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.texts = {"en": en, "zh": zh}


def words(answer: str) -> str:
    """Some text on one line. Raises Refused."""
    if not answer or not answer.isprintable() or len(answer) > 300 or "${" in answer:
        raise Refused(
            "Type one line of text, at most 300 characters, without ${.",
            "请输入一行文字，不超过300字，不含 ${。",
        )
    return answer


def choice(
    options: Mapping[str, _T], chinese: Mapping[str, str] | None = None
) -> Callable[[str], _T]:
    """One of some words, or its Chinese name."""
    codes = {zh: code for code, zh in (chinese or {}).items()}

    def parse(answer: str) -> _T:
        answer = half_width(answer)
        given = codes.get(answer, answer.lower())
        if given not in options:
            shown = _glossed(chinese) if chinese else "、".join(options)
            raise Refused(f"Type one of: {', '.join(options)}.", f"请输入其中之一：{shown}。")
        return options[given]

    return parse


def _glossed(options: Mapping[str, str]) -> str:
    """Codes, each with its Chinese name."""
    return "、".join(f"{code} {zh}" for code, zh in options.items())


def who_says(answer: str) -> str:
    """Who says so, on one line. Raises Refused."""
    if not answer:
        raise Refused(
            "Type a source: a newspaper, a post, a link; or 'inferred from ...' if nobody says so.",
            "请输入出处：报纸、帖子或链接；若无出处，可写“inferred from ……”（推断自……）。",
        )
    return words(answer)


def an_exchange(answer: str) -> str | None:
    """The code of an exchange that is recorded, or None for no; yes meant the first of them."""
    typed = half_width(answer)
    if typed.upper() in EXCHANGES:
        return typed.upper()
    return LEFT_OUT["exchange"] if choice(_LISTED)(answer) else None


_ANSWERS = {"yes": True, "no": False, "y": True, "n": False, "是": True, "否": False}
YES_NO = choice(_ANSWERS)
_LISTED = {**dict.fromkeys(EXCHANGES, True), **_ANSWERS}  #: what may be answered, for the refusal


def number(low: float, high: float) -> Callable[[str], float]:
    """A number from low to high."""

    def parse(answer: str) -> float:
        try:
            value = float(half_width(answer))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise Refused(
                f"Type a number from {low:g} to {high:g}.", f"请输入{low:g}至{high:g}之间的数字。"
            )
        return value

    return parse


def a_zone(answer: str) -> str:
    """An IANA time zone. Raises Refused."""
    if zones.is_zone(answer):
        return answer
    close = zones.nearest_zone(answer)
    raise Refused(
        f"No time zone of a place. Type it like {close}, Europe/London, or Etc/UTC.",
        f"不是某地的时区。请按此格式输入：{close}、Europe/London 或 Etc/UTC。",
    )


def a_currency(answer: str) -> str | None:
    """A currency, or None for `unknown`. Raises Refused."""
    answer = half_width(answer)
    if answer.lower() in ("unknown", "null", "未知"):
        return None
    if re.fullmatch("[A-Za-z]{3}", answer):
        return answer.upper()
    raise Refused(
        "Type three letters, such as HKD, CNY, USD; or unknown.",
        "请输入三个字母，如 HKD、CNY、USD；或“未知”。",
    )


def moment(first: datetime, last: datetime, zone: str) -> Callable[[str], datetime]:
    """A time of a zone in whole minutes, first <= time < last, that its clocks showed once."""

    def parse(answer: str) -> datetime:
        try:
            found = datetime.strptime(half_width(answer), "%Y-%m-%d %H:%M")
        except ValueError:
            raise Refused(
                f"Not a time. Type it like 2026-03-02 12:00 ({zones.zone_name(zone, 'en')}).",
                f"不是时间。请按此格式输入：2026-03-02 12:00（{zones.zone_name(zone, 'zh')}）。",
            ) from None
        if not first <= found < last:
            ends = (f"{first:%Y-%m-%d %H:%M}", f"{last:%Y-%m-%d %H:%M}")
            raise Refused(
                f"Outside what is simulated. Type a time from {ends[0]} to before {ends[1]}.",
                f"不在模拟时段内。请输入{ends[0]}至{ends[1]}之前的时间。",
            )
        if (shown := zones.shown_how_often(found, zone)) != 1:
            raise Refused(
                "The clocks were put forward over this time: it never came. Type another."
                if shown == 0
                else "The clocks were put back: this time came twice. Type one outside that hour.",
                "夏令时开始，此时刻被跳过。请输入其他时间。"
                if shown == 0
                else "夏令时结束，此时刻出现两次。请输入该小时以外的时间。",
            )
        return found

    return parse


def or_never(parse: Callable[[str], _T]) -> Callable[[str], _T | None]:
    """The same, or None for `never`."""
    return lambda a: None if half_width(a).lower() in ("never", "从未") else parse(a)


def or_unknown(parse: Callable[[str], _T]) -> Callable[[str], _T | None]:
    """The same, or None for `unknown`."""
    return lambda a: None if half_width(a).lower() in ("unknown", "未知") else parse(a)


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
    """A case by question and answer. Raises ConfigError when the input ends early."""
    other = {"en": "zh", "zh": "en"}[form.lang]

    def both(en: str, zh: str) -> Texts:
        said = form.ask({"en": en, "zh": zh}, words)
        again = form.ask(
            {"en": "The same in Chinese (Enter: leave it so)", "zh": "英文（回车：保持原样）"},
            words,
            said,
        )
        return {form.lang: said, other: again}

    title = both("What is the case called?", "案例叫什么？")
    summary = both("What happened, in one sentence?", "一句话说明发生了什么。")
    zone = form.ask(
        {
            "en": "In which time zone are its times? Such as America/New_York, Etc/UTC",
            "zh": "时间属于哪个时区？如 Asia/Hong_Kong、America/New_York、Etc/UTC",
        },
        a_zone,
        "Asia/Hong_Kong" if form.lang == "en" else "Asia/Shanghai",
    )
    leak = form.ask(
        {
            "en": f"When did it become public? YYYY-MM-DD HH:MM, {zones.zone_name(zone, 'en')}",
            "zh": f"事情何时公开？YYYY-MM-DD HH:MM，{zones.zone_name(zone, 'zh')}",
        },
        moment(datetime(1900, 1, 2), datetime(2100, 1, 1), zone),
    )
    certainty, source = _sure(form)
    days = form.ask(
        {"en": "How many days from then on matter? 1 to 90", "zh": "此后关注多少天？1至90"},
        number(1, 90),
        "14",
    )
    founder = form.ask(
        {
            "en": "Is there a founder who could speak? yes, no",
            "zh": "是否有可以发声的创始人？是、否",
        },
        YES_NO,
        "yes" if form.lang == "en" else "是",
    )
    hot_list = form.ask(
        {
            "en": "Does its platform show a public list of trending topics? yes, no",
            "zh": "其平台是否有公开的热搜榜？是、否",
        },
        YES_NO,
        "yes" if form.lang == "en" else "是",
    )
    exchange = form.ask(
        {
            "en": f"At which exchange is the share traded? {_places('en')}; or no",
            "zh": f"在哪个交易所上市？{_places('zh')}；或“否”",
        },
        an_exchange,
        "no" if form.lang == "en" else "否",
    )
    currency: str | None
    if exchange is not None:
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
    else:
        close = None
        currency = form.ask(
            {
                "en": "In which currency does it sell? Three letters such as USD, or unknown",
                "zh": "品牌以何种货币销售？三个字母，如 CNY，或“未知”",
            },
            a_currency,
            "unknown" if form.lang == "en" else "CNY",
        )
    midnight = leak.replace(hour=0, minute=0)
    found = {
        key: _act(key, form, moment(leak, midnight + timedelta(days=int(days)), zone), founder)
        for key in ACTS
    }
    acts = {key: act for key, act in found.items() if act is not None}
    return Sketch(
        name, title, summary, leak, certainty, source, int(days), founder, zone, currency,
        exchange, hot_list, close, acts,
    )  # fmt: skip


def _sure(form: Form) -> tuple[str, str]:
    """How sure a time is, and who says so."""
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
    """One thing that the brand did, or None if it never did."""
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
        level = form.ask(
            {
                "en": f"Up to which level? {', '.join(LEVELS)}",
                "zh": f"最高到哪一级？{_glossed(LEVELS)}",
            },
            choice({one: one for one in LEVELS}, LEVELS),
        )
        severity = form.ask(
            {"en": f"How hard? {', '.join(SEVERITIES)}", "zh": f"多重？{_glossed(HOW_HARD)}"},
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
        return Act(time, certainty, source, level=level, severity=severity, process_h=process_h)
    voices = {code: zh for code, zh in VOICES.items() if founder or code != Speaker.founder.value}
    speaker = form.ask(
        {"en": f"Who spoke? {', '.join(voices)}", "zh": f"由谁发声？{_glossed(voices)}"},
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
    return Act(time, certainty, source, speaker=speaker, acknowledgement=share)


# --- the command ----------------------------------------------------------------------------------


_NO_FORM: Texts = {
    "en": "Nobody is at a terminal: the blank template is written (form=yes asks questions).",
    "zh": "未连接终端：直接写入空白模板（form=yes 则逐项提问）。",
}


def new(given: list[str]) -> int:
    """`backlash case new NAME [lang=zh] [form=no]`: writes NAME.yaml into this folder."""
    names = [word for word in given if "=" not in word]
    options = dict(word.split("=", 1) for word in given if "=" in word)
    asked = set(options)
    lang = options.pop("lang", "en")
    form = options.pop("form", "yes" if sys.stdin.isatty() else "no")
    for key, value, allowed in (("lang", lang, ("en", "zh")), ("form", form, ("yes", "no"))):
        if value not in allowed:
            raise ConfigError(key, value, "not possible here", ", ".join(allowed),
                              f"{key}={allowed[0]}")  # fmt: skip
    for key in options:
        raise ConfigError(key, options[key], "no such setting here", "lang=, form=", "lang=zh")
    path = _path(names)
    if "form" not in asked and form == "no":
        print(_NO_FORM[lang], file=sys.stderr)
    sketch = fill_in(path.stem, Form(lang, input)) if form == "yes" else blank(path.stem)
    text = text_of(sketch)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _exists(path) from None
    for problem in check_case(path):
        print(problem, file=sys.stderr)
    told = (
        ("written: ", "change it, then:") if lang == "en" else ("已写入：", "修改后运行：")
    )  # fmt: skip
    print(f"{told[0]}{path}\n{told[1]}")
    for command in (f"case check {path}", f"run case={path} n_replicates=20"):
        print(f"  backlash {command}")
    return 0


def _path(names: list[str]) -> Path:
    """The file of a new case. Raises ConfigError for a name that cannot be one."""
    if len(names) != 1:
        raise ConfigError(
            "case new", " ".join(names) or None, "one name is needed", "letters, digits and _",
            "backlash case new my_case",
        )  # fmt: skip
    name = names[0].removesuffix(".yaml").removesuffix(".yml")
    if not re.fullmatch(r"\w{1,60}", name):
        close = re.sub(r"\W+", "_", name).strip("_")[:60] or "my_case"
        raise ConfigError(
            "case new", names[0], "no name of a case", "letters, digits and _, at most 60",
            f"backlash case new {close}",
        )  # fmt: skip
    if (conf_dir() / "case" / f"{name}.yaml").exists():
        raise ConfigError(
            "case new", name, "a shipped case has this name", "another name",
            f"backlash case new my_{name}",
        )  # fmt: skip
    path = Path(f"{name}.yaml")
    if path.exists():
        raise _exists(path)
    return path


def _exists(path: Path) -> ConfigError:
    return ConfigError(
        "case new", path.stem, f"{path} is there already, and is not overwritten",
        "a name that is free", f"backlash case check {path}, or backlash case new {path.stem}_2",
    )  # fmt: skip
