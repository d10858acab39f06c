"""Reference pages, from what the program itself uses: commands, outcomes, parameters, Python."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import backlash
from experiments.command.cli import main
from experiments.pictures.outcome_words import meaning_of
from experiments.pictures.parameter_words import PARAMETERS
from experiments.pictures.words import unit_name
from sim.metrics import OUTCOMES
from sim.settings.parameters import Parameters

DOCS = Path(__file__).resolve().parent.parent
BETTER_ZH = {"lower": "越小越好", "higher": "越大越好", "none": "无好坏之分"}


def pages() -> dict[str, str]:
    """Text by name, as docs/site/nav.yaml names them."""
    return {
        "reference/commands.md": commands(),
        "reference/outcomes.md": outcomes("en"),
        "reference/outcomes.zh.md": outcomes("zh"),
        "reference/parameters.zh.md": parameters_zh(),
        "reference/python.md": python(),
        "reference/decisions.md": decisions(),
    }


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown; what would end a cell is escaped."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", r"\|") for c in row) + " |" for row in lines)


def help_text() -> str:
    """What `backlash --help` prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        main(["--help"])
    return printed.getvalue()


def commands() -> str:
    """Commands, examples and choices, as the program's help has them."""
    text = help_text()
    known, _, rest = text.partition("Choices are")
    rows = re.findall(r"^  (backlash \S.*?) {2,}(\S.*)$", known, re.M)
    examples = "\n".join(line.strip() for line in re.findall(r"^  backlash .*$", rest, re.M))
    choices = re.findall(r"^(?:Choices:)? +(\w+)=(\S+\|\S+)$", rest, re.M)
    told = table(("command", "what it does"), [(f"`{c}`", meaning) for c, meaning in rows])
    options = table(
        ("choice", "options"),
        [(f"`{key}`", ", ".join(f"`{o}`" for o in all_.split("|"))) for key, all_ in choices],
    )
    return (
        "# Commands\n\nFrom `backlash --help`; `backlash COMMAND --help` says more of one. In a clone "
        "the program is `.venv/bin/backlash`. A wrong word is refused with what may be typed "
        "instead. Exit codes: 0 done, 1 something failed or is missing, 2 refused, 130 "
        f"interrupted.\n\n{told}\n\n## Examples\n\nChoices are `KEY=OPTION`, settings are "
        f"`KEY=VALUE` ([every setting](../parameters.md)):\n\n```\n{examples}\n```\n\n"
        f"## Choices\n\n{options}\n"
    )


def outcomes(lang: str) -> str:
    """Every outcome: name, what it is, unit, which way is better, formula, range, readings."""
    zh = lang == "zh"
    parts = []
    for o in OUTCOMES:
        better = (
            BETTER_ZH[o.better] if zh else {"none": "neither is better"}.get(o.better, o.better)
        )
        lines = [f"## {o.zh if zh else o.en}\n\n`{o.name}` · {unit_name(o.unit, lang)} · {better}"]
        meaning = meaning_of(o.name)
        if meaning:
            heads = ("范围", "大", "小", "算法") if zh else ("Range", "Large", "Small", "Formula")
            told = (meaning.range, meaning.large, meaning.small)
            said = [*(text[zh] for text in told), f"`{meaning.formula}`"]
            colon = "：" if zh else ": "
            lines.append(meaning.what[zh])
            lines.append("\n".join(f"- {h}{colon}{t}" for h, t in zip(heads, said, strict=True)))
        parts.append("\n\n".join(lines))
    about = (
        "# 结果指标\n\n一次运行由下列数字评判，出自 `sim/metrics.py`。时间从案例的起点事件（真实案例中为截图流出）"
        "算起；份额按各类人群的真实比例加权。没有发生的时间、分母为零的比值记为空值。"
        if zh
        else "# Outcomes\n\nThe numbers a run is judged by, from `sim/metrics.py`. Hours count from "
        "the event that starts the clock of the case (the screenshot). Shares of people are "
        "weighted to the real shares of their kinds. A time of what did not happen, and a ratio "
        "of nothing, is NaN. [Add one of your own](../howto/own_metric.md)."
    )
    return about + "\n\n" + "\n\n".join(parts) + "\n"


def parameters_zh() -> str:
    """Parameters with their Chinese names; ranges and sources stand in the English table."""
    rows = []
    for item in fields(Parameters):
        meta = item.metadata
        name = PARAMETERS.get(item.name, ("", "-"))[1]
        bounds = f"{meta['low']:g} 至 {meta['high']:g}"
        rows.append(
            (f"`{item.name}`", name, f"{item.default:g}", bounds, unit_name(meta["unit"], "zh"))
        )
    return (
        "# 参数\n\n用 `parameters.键=数值` 设定；未设定者在每个可能世界中各抽一次。来源、先验与其余设定见"
        "[英文总表](../parameters.md)。\n\n"
        + table(("键", "含义", "默认值", "可设范围", "单位"), rows)
        + "\n"
    )


def python() -> str:
    """Every public name of the door for Python: signature and docstring."""
    about = (backlash.__doc__ or "").partition("Every name has")
    example = inspect.cleandoc("\n" + about[0].partition("\n")[2])
    parts = [
        f"# Python\n\n```python\n{example}\n```\n\n{about[1]}{about[2].rstrip()}\n\n"
        "Longer examples: [recipes](../recipes.md#use-it-from-python-0-places)."
    ]
    for name in sorted(set(backlash.__all__) - {"__version__"}, key=str.lower):
        thing = getattr(backlash, name)
        head = f"## `backlash.{name}`"
        parts.append(f"{head}\n\n{_signature(name, thing)}{_told(thing)}{_members(thing)}")
    return "\n\n".join(parts) + "\n"


def _signature(name: str, thing: Any) -> str:
    if not inspect.isfunction(thing):
        return ""
    return f"```python\nbacklash.{name}{_plain(inspect.signature(thing))}\n```\n\n"


def _plain(signature: inspect.Signature) -> str:
    """A signature whose types are not in quotes."""
    return re.sub(r"'([^']*)'", r"\1", str(signature))


def _told(thing: Any) -> str:
    """A docstring as paragraphs; lines that stand further in are code."""
    text = inspect.getdoc(thing) or ""
    text, _, example = text.partition(">>> ")
    blocks = text.strip().split("\n\n")
    told = []
    for block in blocks:
        lines = block.splitlines()
        if lines and all(line.startswith("    ") for line in lines):
            told.append("```python\n" + inspect.cleandoc("\n" + block) + "\n```")
        else:
            text = re.sub(r"\n(\w+ *) : ", r"\n\n\1 : ", block)
            told.append(re.sub(r"([<*])", r"\\\1", text) if "`" not in text else text)
    if example:
        told.append(f"```pycon\n>>> {example.rstrip()}\n```")
    return "\n\n".join(told)


def _members(thing: Any) -> str:
    """Fields and public methods of a class, with the first paragraph of what is said of each."""
    if not inspect.isclass(thing):
        return ""
    rows = []
    if is_dataclass(thing):
        rows += [(f"`{f.name}`", f"`{f.type}`") for f in fields(thing)]
    for name, member in vars(thing).items():
        inner = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if name.startswith("_") or not inspect.isfunction(inner) or not inner.__doc__:
            continue
        call = (
            ""
            if isinstance(member, property)
            else _plain(inspect.signature(inner)).replace("self, ", "").replace("self", "")
        )
        said = inspect.getdoc(inner) or ""
        rows.append((f"`{name}{call}`", " ".join(said.split("\n\n")[0].split())))
    return "\n\n" + table(("name", "what it is"), rows) if rows else ""


def decisions() -> str:
    """What was decided, with the first sentences of each; the pages themselves follow."""
    parts = [
        "# Decisions\n\nWhy things are as they are: each page says what was decided, what else there "
        "was, and what it costs. Later ones may change earlier ones, and say so."
    ]
    for path in sorted((DOCS / "decisions").glob("*.md")):
        title, _, body = path.read_text(encoding="utf-8").partition("\n")
        first = next(p for p in body.split("\n\n") if p.strip() and not p.lstrip().startswith("#"))
        first = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", first.strip().split("\n")[0])
        parts.append(f"## [{title.lstrip('# ')}](../decisions/{path.name})\n\n{first}")
    return "\n\n".join(parts) + "\n"
