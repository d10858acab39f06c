"""What a team can look back on at a decision: the run up to now, and nothing after it.

`brief_figures` and `headlines` read their parts of a brief through it. The run itself goes on to
its end; that nothing later is shown is what `now` and `ago` are for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from experiments.game.moves import Choices, acts_of, gives
from experiments.game.rules import time_of
from experiments.game.script import MONITORING, Script
from experiments.game.script_file import script_of
from experiments.game.world import World
from sim.case.case import Case
from sim.record import Run
from sim.settings.config import Config

EXIT_LAG_H = 3  #: until the news has that a partner left


@dataclass(frozen=True)
class Outlook:
    """A decision in a run: where now is, and the run as far as it has come.

    The run is that of the earlier choices, with nothing done afterwards; it is the same until now
    whatever comes later.
    """

    world: World  #: seed of the noise on the desk
    config: Config  #: of the run
    run: Run  #: to its end; only what lies before `now` may be shown
    choices: Choices  #: of earlier decisions
    k: int  #: place of the decision, from 0
    lang: str  #: en or zh

    @property
    def zh(self) -> int:
        """Place of the language in a pair of texts: 0 English, 1 Chinese."""
        return int(self.lang == "zh")

    @property
    def case(self) -> Case:
        """The case that is played, with the events that were injected until now."""
        return self.config.case

    @property
    def script(self) -> Script:
        """The script that is played."""
        return script_of(self.world)

    @property
    def key(self) -> str:
        """The key of the decision: D0, D1, ..."""
        return self.script.keys[self.k]

    @property
    def time(self) -> datetime:
        """When the decision is taken, in the zone of the case."""
        return time_of(self.world, self.key)

    @property
    def now(self) -> int:
        """The step of the decision; series are read before it."""
        return self.run.clock.step_of(self.time)

    @property
    def per_h(self) -> int:
        """Steps an hour."""
        return round(1 / self.run.clock.dt_h)

    @property
    def exact(self) -> float:
        """Factor of the standard errors of estimates: a half under closer monitoring."""
        return 0.5 if gives(self.script, self.choices, MONITORING) else 1.0

    def said(self, texts: tuple[str, str]) -> str:
        """A pair of texts, English and Chinese, in the language of the team."""
        return texts[self.zh]

    def ago(self, hours: float) -> int:
        """The step that began so many hours before the decision; the first one at the earliest."""
        return max(0, self.now - round(hours * self.per_h))

    @property
    def called(self) -> bool:
        """Whether the team has called its partners, and so hears from them at once."""
        return "partner_calls" in acts_of(self.script, self.choices)

    def exits(self) -> list[int]:
        """Steps at which partners left, as far as the team has heard.

        At once where it called its partners, else `EXIT_LAG_H` later.
        """
        lag = 0 if self.called else EXIT_LAG_H
        heard = self.ago(lag)
        return [e.step for e in self.run.log if e.kind == "kol_exit" and e.step < heard]
