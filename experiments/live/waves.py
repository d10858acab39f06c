"""What a second wave is, said once for worlds and for counts.

The daily rhythm is taken out first: every night would otherwise end in a wave. Talk of six hours
falls to half of its highest or lower, and then comes back to twice its low and to half of its
highest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.clock import Clock

_F = npt.NDArray[np.float64]

SPAN = 6  #: hours that are taken together. Assumed
FALLS, RISES = 0.5, 2.0  #: to this share of the highest; to this many times the low. Assumed


def rhythm(clock: Clock, step: int, before: int, after: int) -> _F:
    """Activity over the daily mean in whole hours around a step, float64[before + after]."""
    per_hour = round(1 / clock.dt_h)
    steps = clock.circadian()[step - before * per_hour : step + after * per_hour]
    hours: _F = steps.reshape(-1, per_hour).mean(axis=1)
    return hours


def first_wave(hourly: _F, activity: _F, now: int) -> float:
    """Hours from now until a second wave is there, at the end of an hour; inf: it does not come.

    hourly : talk by the hour from the accusation on. activity : as `rhythm`, of the same hours.
    now : how many of them are past. A wave that is over is none; one that goes on counts at once.
    """
    level = np.convolve(hourly / activity, np.ones(SPAN), mode="valid")
    highest = low = 0.0
    for k, value in enumerate(level):
        back = value >= max(RISES * low, FALLS * highest) and value > 0
        if highest > 0 and low <= FALLS * highest and back:
            if k + SPAN > now:
                return float(k + SPAN - now)
            highest, low = float(value), float(value)  # that wave is past: the next is looked for
            continue
        if value > highest:
            highest, low = float(value), float(value)
        low = min(low, float(value))
    return float("inf")
