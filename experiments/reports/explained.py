"""What a name means: an outcome, a parameter, a setting or an act, in words.

Nothing is said here that is not said elsewhere: outcomes by the table of `pictures.outcome_words`,
settings and parameters by docs/parameters.md, acts by their classes.
"""

from __future__ import annotations

import difflib
from dataclasses import fields

from experiments.pictures.meanings import meaning_zh
from experiments.pictures.outcome_words import meaning_of
from experiments.pictures.words import say
from experiments.reports.study_labels import outcome_unit
from sim.base.refusal import ConfigError
from sim.metrics import BY_NAME
from sim.playbook.kinds import KINDS
from sim.playbook.names import path_of
from sim.settings.config import Config
from sim.settings.keys import keys_of, setting_of
from sim.settings.parameters import Parameters
from sim.settings.parameters_page import told

_HEADS = {
    "unit": ("unit", "单位"),
    "formula": ("formula", "公式"),
    "range": ("range", "取值"),
    "large": ("large", "大"),
    "small": ("small", "小"),
    "better": ("better", "方向"),
    "column": ("column", "列名"),
    "provenance": ("from", "来源"),
    "levers": ("levers", "杠杆"),
    "key": ("setting", "设置"),
    "constant": ("constant of the model", "模型常数"),
}
_BETTER = {
    "lower": ("lower is better", "越小越好"),
    "higher": ("higher is better", "越大越好"),
    "none": ("neither side is better: it describes a run", "无优劣：仅描述运行"),
}


def explained(name: str, lang: str = "en") -> str:
    """What a name means, a line a fact. lang : en or zh.

    name : an outcome (outrage_burden_core), a parameter (outrage_half_life_h), a setting
    (response.apology.delay_h) or an act (apology). Raises ConfigError, with near names, for others.

    >>> explained("outrage_burden_core").splitlines()[0]
    'outrage burden of core fans'
    """
    if lang not in ("en", "zh"):
        raise ConfigError("lang", lang, "no such language", "en, zh", "lang=zh")
    if name in BY_NAME:
        return _outcome(name, lang)
    if name in KINDS:
        return _act(name, lang)
    for key in (name, f"parameters.{name}"):
        if told(key) is not None:
            return _setting(key, lang)
    raise _unknown(name)


def _outcome(name: str, lang: str) -> str:
    """An outcome: a sentence, unit, formula, range, and how values read."""
    outcome, zh = BY_NAME[name], lang == "zh"
    lines = [outcome.zh if zh else outcome.en]
    facts = {"unit": outcome_unit(name, lang).strip("[] "), "better": _BETTER[outcome.better][zh]}
    meaning = meaning_of(name)
    if meaning is not None:
        lines.append(f"  {meaning.what[zh]}")
        facts |= {"formula": meaning.formula, "range": meaning.range[zh]}
        facts |= {"large": meaning.large[zh], "small": meaning.small[zh]}
    return _page(lines, {**facts, "column": name}, lang)


def _setting(key: str, lang: str) -> str:
    """A setting or a parameter, as docs/parameters.md has it."""
    about, zh = told(key), lang == "zh"
    assert about is not None
    meaning = (meaning_zh(key) or about.meaning) if zh else about.meaning
    facts = {"unit": about.unit, "provenance": about.provenance}
    item, usual = setting_of(key) or (None, None)
    if item is not None and item.metadata.get("constant"):
        facts["constant"] = f"{usual:g}"
    else:
        facts["key"] = key
    return _page([key.rsplit(".", 1)[-1], f"  {meaning}"], facts, lang)


def _act(name: str, lang: str) -> str:
    """An act of the brand: what it is, and the settings that shape it."""
    doc = (KINDS[name].__doc__ or "").split("\n\n")[0]
    lines = [say(name, lang), f"  {' '.join(doc.split())}"] if lang == "en" else [say(name, lang)]
    levers = "\n          ".join(f"{path_of(name)}.{item.name}" for item in fields(KINDS[name]))
    return _page(lines, {"levers": levers}, lang)


def _page(lines: list[str], facts: dict[str, str], lang: str) -> str:
    """Lines, then facts beneath each other; what is empty is left out."""
    zh = lang == "zh"
    told_facts = [f"  {_HEADS[key][zh]}: {fact}" for key, fact in facts.items() if fact]
    return "\n".join([*lines, *told_facts])


def _unknown(name: str) -> ConfigError:
    """The refusal of a name that nothing has, with near ones."""
    known = [*BY_NAME, *KINDS, *(item.name for item in fields(Parameters)), *keys_of(Config)]
    inside = [other for other in known if len(name) > 3 and name in other][:4]
    near = difflib.get_close_matches(name, known, n=4, cutoff=0.5)
    close = list(dict.fromkeys([*inside, *near]))
    return ConfigError(
        "explain", name, "no outcome, parameter, setting or act of this name",
        ", ".join(close) or "names of docs/parameters.md and of tables of outcomes",
        f"backlash explain {close[0] if close else 'outrage_burden_core'}",
    )  # fmt: skip
