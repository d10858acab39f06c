"""Parts of a forecast as plain values: what was counted, what worlds say, notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from experiments.live.affair import AHEAD_H, Affair
from experiments.live.ahead import LEVELS, Outlook, bands
from experiments.live.seen import Seen
from experiments.live.words import named, told


def notes_told(affair: Affair, left_out: Sequence[tuple[str, str]], lang: str) -> list[str]:
    """What a reader should know of how it was read and what is not compared."""
    n = affair.later_events
    found = [told("later_events", lang, n=n)] if n else []
    found += [told("left_out", lang, name=named(name, lang), why=why) for name, why in left_out]
    return found


def is_over(affair: Affair) -> bool:
    """Whether the first hours that are forecast were counted already: then it is a replay."""
    per_hour = 60 // affair.config.clock.dt_min
    return bool((affair.seen.last >= affair.step + min(AHEAD_H) * per_hour).any())


def later_seen(affair: Affair) -> Seen:
    """What was counted after the moment, of an affair that is over."""
    per_hour = 60 // affair.config.clock.dt_min
    return affair.seen.part(affair.step, affair.step + max(AHEAD_H) * per_hour)


def counted_told(affair: Affair, seen: Seen) -> dict[str, Any]:
    """What was counted: from when to when, in hours from the moment, and how much."""
    per_hour = 60 / affair.config.clock.dt_min
    return {
        "kind": seen.kind,
        "from_h": [round(float(x), 3) for x in (seen.first - affair.step) / per_hour],
        "until_h": [round(float(x), 3) for x in (seen.last - affair.step) / per_hour],
        "count": [float(x) for x in seen.count],
    }


def outlook_told(one: Outlook) -> dict[str, Any]:
    """An outlook as plain values: bands, shares of worlds, hours, and the members to be scored."""
    hourly = {
        name: {
            level: [round(float(x), 6) for x in np.percentile(rows, at, axis=0)]
            for level, at in LEVELS.items()
        }
        for name, rows in one.hourly.items()
    }  # fmt: skip
    totals: dict[str, dict[str, Any]] = {}
    members: dict[str, dict[str, Any]] = {}
    for (name, hours), values in one.totals.items():
        totals.setdefault(name, {})[str(hours)] = bands(values)
        if name in ("mentions", "heat"):
            members.setdefault(name, {})[str(hours)] = [float(f"{x:.6g}") for x in np.sort(values)]
    events: dict[str, dict[str, float]] = {}
    for (name, hours), worlds in one.events.items():
        events.setdefault(name, {})[str(hours)] = float(worlds.mean())
    return {"totals": totals, "events": events, "hourly": hourly, "members": members}
