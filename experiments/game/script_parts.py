"""Parts of a script file: questions, options, acts, and how what is wrong with them is noted.

Every function here returns something that reading can go on with, whether or not it noted a
problem; what is given together with problems is not used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from experiments.game.script import PUSH, Option, Question, Texts
from experiments.game.theory import STRATEGIES, STRATEGY_OF_ACT
from sim.base.choices import lines_of
from sim.base.refusal import ConfigError
from sim.case.problems import Problems
from sim.playbook.kinds import KINDS
from sim.playbook.lists import act_of

_OF_OPTION = ("key", "text", "cost", "does", "adds", "needs", "unless", "gives", "delivers_h",
              "strategy")  # fmt: skip


class Noted(Problems):
    """What is wrong with a script, each with the line that it stands in."""

    def __init__(self, path: Path, zone: str | None) -> None:
        super().__init__()
        self._path, self.time_zone = path, zone

    @cached_property
    def _lines(self) -> dict[str, int]:
        """The lines of the file, looked for when the first thing is wrong."""
        return lines_of(self._path)

    def add(self, path: str, value: object, reason: str, allowed: str, hint: str) -> None:
        """Note one thing that is wrong, as a refusal would say it, with its line."""
        at = path
        while at and at not in self._lines:
            at = re.sub(r"(\.?[^.\[]+|\[\d+\])$", "", at)
        where = f" (line {self._lines[at]})" if at else ""
        self.found.append(ConfigError(f"script.{path}", value, reason + where, allowed, hint))

    def pair(self, path: str, node: object) -> Texts:
        """A text in both languages, noted where one of them is missing."""
        both = self.texts(path, node)
        return both["en"], both["zh"]

    def mapping(self, path: str, node: object) -> Mapping[str, Any]:
        """A mapping; an empty one after noting that it is none. Nothing written is an empty one."""
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.add(path, node, "not keys with values", "a mapping", f"{path}: {{...}}")
            return {}
        return node

    def items(self, path: str, node: object) -> list[Any]:
        """A list; an empty one after noting that it is none. Nothing written is an empty one."""
        if node is None:
            return []
        if not isinstance(node, list):
            self.add(path, node, "no list", "a list", f"{path}: [...]")
            return []
        return node

    def name(self, path: str, node: object) -> str:
        """A key that saved games hold: small letters, digits and _."""
        if isinstance(node, bool):
            self.add(path, node, "YAML reads yes, no, on and off as true and false",
                     "small letters, digits and _", "as_before")  # fmt: skip
        elif not isinstance(node, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", node):
            self.add(path, node, "no key", "small letters, digits and _", "my_key")
        return str(node)


def question_in(path: str, raw: object, noted: Noted) -> Question:
    """One question with its options."""
    given = noted.mapping(path, raw)
    noted.keys(path, given, ("key", "word", "ask", "options"), ("key", "word", "ask", "options"))
    nodes = noted.items(f"{path}.options", given.get("options"))
    options = tuple(_option(f"{path}.options[{n}]", one, noted) for n, one in enumerate(nodes))
    if len(options) < 2:
        noted.add(
            f"{path}.options",
            len(options),
            "nothing to choose between",
            "two options or more",
            "an option that does nothing, and one that acts",
        )
    keys = [option.key for option in options]
    for n, key in enumerate(keys):
        if key in keys[:n]:
            noted.add(f"{path}.options[{n}].key", key, "stands twice", "another key", f"{key}_2")
    first = options[0] if options else None
    if first and (first.does or first.needs or first.unless or first.delivers_h is not None):
        noted.add(
            f"{path}.options[0]", first.key, "does something: who does not answer gets the first",
            "a first option that does nothing and is always open", "put it below another one",
        )  # fmt: skip
    return Question(
        noted.name(f"{path}.key", given.get("key")),
        noted.pair(f"{path}.ask", given.get("ask")),
        noted.pair(f"{path}.word", given.get("word")),
        options,
    )


def _option(path: str, raw: object, noted: Noted) -> Option:
    """One option, its acts held against the playbook."""
    given = noted.mapping(path, raw)
    noted.keys(path, given, _OF_OPTION, ("key", "text", "cost"))
    does = _acts(f"{path}.does", given.get("does"), noted)
    strategy = given.get("strategy") or next(
        (STRATEGY_OF_ACT.get(kind, "no_move") for kind in does), "no_move"
    )
    noted.choice(f"{path}.strategy", strategy, tuple(STRATEGIES))
    delivers = given.get("delivers_h")
    return Option(
        key=noted.name(f"{path}.key", given.get("key")),
        words=noted.pair(f"{path}.text", given.get("text")),
        price=noted.pair(f"{path}.cost", given.get("cost")),
        does=does,
        adds=_acts(f"{path}.adds", given.get("adds"), noted),
        needs=_names(f"{path}.needs", given.get("needs"), noted),
        unless=_names(f"{path}.unless", given.get("unless"), noted),
        gives=_names(f"{path}.gives", given.get("gives"), noted),
        delivers_h=None
        if delivers is None
        else noted.number(f"{path}.delivers_h", delivers, 0, 336),
        strategy=str(strategy),
    )


def _names(path: str, node: object, noted: Noted) -> tuple[str, ...]:
    """A list of acts, gifts or words of the script's own."""
    return tuple(noted.name(f"{path}[{k}]", item) for k, item in enumerate(noted.items(path, node)))


def _acts(path: str, node: object, noted: Noted) -> dict[str, dict[str, Any]]:
    """Acts of an option with their levers; what is no act of the playbook is noted."""
    found = {}
    for kind, raw in noted.mapping(path, node).items():
        levers = dict(noted.mapping(f"{path}.{kind}", raw))
        noted.choice(f"{path}.{kind}", kind, (*KINDS, PUSH))
        after = levers.pop("after_h", None)
        if after is not None:
            noted.number(f"{path}.{kind}.after_h", after, 0, 336)
        if "delay_h" in levers:
            noted.add(f"{path}.{kind}.delay_h", levers["delay_h"],
                      "the time of an act is that of its decision", "after_h: hours from then",
                      "after_h: 2")  # fmt: skip
        elif kind in KINDS:
            try:
                act_of(kind, {"kind": kind, **levers})
            except ConfigError as problem:
                lever = problem.path.rsplit(".", 1)[-1]
                noted.add(f"{path}.{kind}.{lever}", problem.value, problem.reason,
                          problem.allowed, f"{kind}: {{}}")  # fmt: skip
        found[str(kind)] = levers if after is None else {**levers, "after_h": float(after)}
    return found
