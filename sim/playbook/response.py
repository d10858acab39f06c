"""What a brand does: one act of each kind, and any number of others by names of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.base.fixed import Fixed, fixed
from sim.base.refusal import check_ranges
from sim.playbook.act import Act
from sim.playbook.kinds import KINDS, OneOfEach
from sim.playbook.lists import act_of, written
from sim.playbook.names import path_of
from sim.playbook.refusals import check_contradictions, check_delays, check_idle


@dataclass(frozen=True)
class Response(OneOfEach):
    """What the brand does: acts that are timed or triggered by the state.

    One act of each kind goes by the name of its kind; `acts` holds any number of others by names of
    their own: `response.acts.second_letter={kind: apology, delay_h: 30}`.
    """

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
