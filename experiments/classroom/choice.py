"""What one page has chosen, as settings and as the command line that reproduces it.

A page sends one lever at a time, so a choice may stand for a while in a state that no run could
honour; `Choice.configs` refuses it then, and the page says why. `Choice.words` is tested to name
the same run as `configs`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from experiments.classroom.lever import WORLDS, Value, levers, options_of
from sim.base.choices import DEFAULT_CASE
from sim.base.refusal import ConfigError
from sim.playbook.act import SHARES
from sim.playbook.kinds import KINDS, SPOKEN, STEPS
from sim.playbook.names import says_nothing
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.keys import altered

if TYPE_CHECKING:
    pass


@dataclass
class Choice:
    """What one page has chosen. `words` gives it as the command line that reproduces it.

    Only what differs from the response's file is kept, by lever; so another response begins with
    its own levers, and a command line names nothing that goes without saying.
    """

    case: str = DEFAULT_CASE  #: a case of conf/case, by its name
    response: str = "as_happened"  #: a response of conf/response, by its name
    changes: dict[str, Value] = field(default_factory=dict)  #: lever -> value
    seed: int = 0  #: of chance
    world: str = "posterior"  #: one of WORLDS
    draw: int = 0  #: number of the world drawn from the posterior
    population: str = "default"  #: one of limits.POPULATIONS
    against: str = ""  #: response to compare with, as its file says; "" for none

    def words(self, against: bool = False) -> list[str]:
        """The words of `backlash run`; with `against`, of the response compared with."""
        return [
            f"case={self.case}",
            f"response={self.against if against else self.response}",
            f"population={self.population}",
            f"uncertainty={self.world}",
            *([f"uncertainty.first={self.draw}"] if self.world == "posterior" else []),
            f"seed={self.seed}",
            *([] if against else [f"{k}={_typed(v)}" for k, v in sorted(self.kept().items())]),
        ]

    def copy(self) -> Choice:
        """The same choice, which stays when this one changes: what a run was asked."""
        return replace(self, changes=dict(self.changes))

    def settings(self) -> Config:
        """The settings as chosen, before a world is drawn. Raises ConfigError for what no run could
        honour.
        """
        return _settings(self, self.response, self.kept())

    def blank(self) -> Config:
        """The settings without any answer of the brand: for its case and its horizon."""
        return base_of(self.case, "none", self.population, self.world)

    def kept(self) -> dict[str, Value]:
        """The changes without what means nothing as the other levers stand.

        A page may move a lever of a step that is off, or a size to nothing: a run has no such step.
        """
        kept = dict(self.changes)

        def stands(key: str) -> Value:
            """Where a lever stands with the changes that are kept so far."""
            return kept[key] if key in kept else self.usual(key)

        def leave_out(key: str) -> None:
            """A lever at its default, as a run without the step has it."""
            kept[key] = levers()[key].default

        for step in STEPS:
            path, sizes = f"response.{step}", KINDS[step].SIZES
            happens = stands(f"{path}.delay_h") is not None
            nothing = happens and any(says_nothing(stands(f"{path}.{size}")) for size in sizes)
            for lever in levers().values():
                if lever.step == step and (nothing or not (happens or lever.name in sizes)):
                    leave_out(lever.key)
            trigger = f"{path}.trigger"
            if trigger in levers() and stands(trigger) not in [share.value for share in SHARES]:
                leave_out(f"{path}.threshold")
        if not stands("response.reform.delivered"):
            leave_out("response.reform.delivery_h")
        if all(stands(f"response.{step}.delay_h") is None for step in SPOKEN):
            leave_out("response.channel")
        return {key: value for key, value in kept.items() if value != self._usual(key)}

    def _usual(self, key: str) -> Value:
        """Where a lever stands as the file says; a key that is no lever is left to be refused."""
        return self.usual(key) if key in levers() else None

    def configs(self) -> list[Config]:
        """The config of the run, and of the one compared with; both in the same world and with the
        same seed.

        Raises ConfigError for what no run could honour.
        """
        from sim.settings.worlds import replicates

        asked = [self.settings()]
        if self.against:
            asked.append(_settings(self, self.against, {}))
        return [replicates(config)[0] for config in asked]

    def set(self, key: str, value: Value) -> None:
        """Move a lever; the value that the response has anyway is no change.

        Where nobody is punished there is no severity either: the two move together.
        """
        lever = levers()[key]
        if isinstance(value, int) and not isinstance(value, bool) and lever.low is not None:
            value = float(value)
        if isinstance(value, float) and not math.isfinite(value):
            raise ConfigError(key, value, "not a number", "a number", f"{key}={lever.default}")
        if value == self.usual(key):
            self.changes.pop(key, None)
        else:
            self.changes[key] = value
        if key == "response.penalty.level" and value == "none":
            self.set("response.penalty.severity", 0.0)

    def value(self, key: str) -> Value:
        """Where a lever stands: where it was moved to, or as the file of the response says."""
        return self.changes[key] if key in self.changes else self.usual(key)

    def usual(self, key: str) -> Value:
        """Where a lever stands as the file of the response says.

        Raises AttributeError for a key that the settings do not have.
        """
        value: Any = base_of(self.case, self.response, self.population, self.world)
        for part in key.split("."):
            value = getattr(value, part)
        return value.value if isinstance(value, Enum) else value

    def switch(self, step: str, on: bool) -> None:
        """Let a step of the playbook happen, or not: all its levers together.

        Switched on it begins where the response's file has it, or else where its kind says that it
        begins.
        """
        begins = KINDS[step].BEGINS if on else {}
        usual = self.usual(f"response.{step}.delay_h")
        for lever in levers().values():
            if lever.step == step:
                value = begins.get(lever.name, lever.default)
                value = value.value if isinstance(value, Enum) else value
                if on and usual is not None:
                    value = self.usual(lever.key)
                self.set(lever.key, value)

    def happens(self, step: str) -> bool:
        """Whether a step has a time, which is what makes it happen."""
        return self.value(f"response.{step}.delay_h") is not None


def _typed(value: Value) -> str:
    """A value as it is typed on a command line."""
    return (
        "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    )


@lru_cache(maxsize=64)
def base_of(case: str, response: str, population: str, world: str) -> Config:
    """The settings before any change. Raises ConfigError for what is not among the options.

    Composed once for all changes of levers: composing takes half a second, altering none. What a
    page sends is held against the options before it is composed.
    """
    for group, option in (("case", case), ("response", response), ("population", population)):
        if option not in options_of(group):
            raise ConfigError(
                group, option, "no such option", ", ".join(options_of(group)),
                f"{group}={options_of(group)[0]}",
            )  # fmt: skip
    if world not in WORLDS:
        raise ConfigError("uncertainty", world, "no such option", ", ".join(WORLDS), "posterior")
    return compose(
        [f"case={case}", f"response={response}", f"population={population}", f"uncertainty={world}"]
    )


def _settings(choice: Choice, response: str, changes: Mapping[str, Value]) -> Config:
    """The settings of a response with changed levers, in the world of a choice. Raises ConfigError.

    Keys are held against the known levers: what a page sends must not reach any other setting.
    """
    base = base_of(choice.case, response, choice.population, choice.world)
    unknown = [key for key in changes if key not in levers()]
    if unknown:
        raise ConfigError(unknown[0], changes[unknown[0]], "no such lever", "levers", "another")
    draw = {"uncertainty.first": choice.draw} if choice.world == "posterior" else {}
    return altered(base, {**changes, **draw, "seed": choice.seed})
