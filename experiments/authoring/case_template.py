"""`backlash case new NAME`: a commented case file, blank or filled in by a form in the terminal.

Words around the numbers stand in case_template.yaml.j2. The written file is checked at once, so
that a blank template, too, is a case that runs.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from experiments.authoring.case_form import Form, fill_in
from experiments.authoring.case_sketch import ACTS, Act, Sketch, Texts, blank, places
from experiments.pictures.templates import text_environment
from sim import zones
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.case.check import check_case
from sim.settings.keys import refuse_other_keys


def text_of(sketch: Sketch) -> str:
    """The commented case file, YAML: what is known filled into case_template.yaml.j2."""
    pages = text_environment(Path(__file__).parent)
    return pages.get_template("case_template.yaml.j2").render(
        name=sketch.name,
        title=_both_quoted(sketch.title),
        summary=_both_quoted(sketch.summary),
        start=f"{sketch.leak:%Y-%m-%d} 00:00",
        horizon_d=sketch.horizon_d,
        founder=str(sketch.founder).lower(),
        time_zone=sketch.time_zone,
        currency=sketch.currency or "null",
        exchange=sketch.exchange or "null",
        hot_list=str(sketch.hot_list).lower(),
        exchanges=places("en"),
        close="null" if sketch.close is None else f"{sketch.close:g}",
        levers=[_lever(key, sketch) for key in (*ACTS, "buyback")],
        leak={
            "time": f"{sketch.leak:%Y-%m-%d %H:%M}",
            "certainty": sketch.certainty,
            "source": _quoted(sketch.source),
            "text": {"en": _quoted("The wrong becomes public"), "zh": _quoted("事情被公开")},
        },
        steps=[_step(key, act) for key, act in sorted(sketch.acts.items(), key=_time_of)],
    )


def _time_of(item: tuple[str, Act]) -> datetime:
    """What acts are sorted by; those of one moment stay in the order in which they were asked."""
    return item[1].time


def _step(key: str, act: Act) -> dict[str, Any]:
    """One act as the template writes it among the events of the case.

    Ends of deals and penalties are the company's, whoever announced them.
    """
    return {
        "id": key,
        "time": f"{act.time:%Y-%m-%d %H:%M}",
        "certainty": act.certainty,
        "actor": "company" if key in ("termination", "penalty") else act.speaker,
        "source": _quoted(act.source),
        "text": _both_quoted(ACTS[key]),
    }


def _both_quoted(texts: Texts) -> dict[str, str]:
    """A text in both languages, each as YAML may hold it whatever it says."""
    return {lang: _quoted(texts[lang]) for lang in ("en", "zh")}


def _quoted(text: str) -> str:
    """A text as YAML may hold it, whatever it says: JSON strings are YAML."""
    return json.dumps(text, ensure_ascii=False)


def _lever(key: str, sketch: Sketch) -> str:
    """The line of `levers:` for one kind of act: with its time if the brand did it, else switched
    off.

    Delays are hours from the leak; what is no whole hour has six digits, so that minutes come back.
    """
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


#: Said where a form would be asked for and nobody could answer it.
_NO_FORM: Texts = {
    "en": "Nobody is at a terminal: the blank template is written (form=yes asks questions).",
    "zh": "未连接终端：直接写入空白模板（form=yes 则逐项提问）。",
}


def new(given: list[str]) -> int:
    """`backlash case new NAME [lang=zh] [form=no]`: writes NAME.yaml into this folder.

    Without a terminal the blank template is written. Raises ConfigError for a name that cannot be
    one or is taken, and when the form ends early: nothing is written then.
    """
    names = [word for word in given if "=" not in word]
    lang, form = _options(given)
    path = _path(names)
    if not any(word.startswith("form=") for word in given) and form == "no":
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


def _options(given: list[str]) -> tuple[str, str]:
    """The language, and whether a form is asked for: yes where somebody is at a terminal.

    Raises ConfigError for another setting or value.
    """
    refuse_other_keys(given, ("lang", "form"))
    options = dict(word.split("=", 1) for word in given if "=" in word)
    lang = options.pop("lang", "en")
    form = options.pop("form", "yes" if sys.stdin.isatty() else "no")
    for key, value, allowed in (("lang", lang, ("en", "zh")), ("form", form, ("yes", "no"))):
        if value not in allowed:
            raise ConfigError(key, value, "not possible here", ", ".join(allowed),
                              f"{key}={allowed[0]}")  # fmt: skip
    return lang, form


def _path(names: list[str]) -> Path:
    """The file of a new case, NAME.yaml in this folder.

    Raises ConfigError for no name or several, one that cannot be one, that of a shipped case, and
    that of a file that is there.
    """
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
    """The refusal to write over a file: a case may be weeks of work."""
    return ConfigError(
        "case new", path.stem, f"{path} is there already, and is not overwritten",
        "a name that is free", f"backlash case check {path}, or backlash case new {path.stem}_2",
    )  # fmt: skip
