"""Heat of affairs between any two moments: heat-hours, from cumulated hourly heat."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from experiments.corpus.affairs import Affairs

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]
Which = Literal["all", "response", "rest"]  #: topics: all, responses, all but responses


class Windows:
    """Heat-hours of affairs between moments; before an affair and beyond its hours there are none.

    Within an hour heat is taken to be even.
    """

    def __init__(self, affairs: Affairs) -> None:
        self._all = _cumulated(affairs.heat)
        self._response = _cumulated(affairs.heat_response)

    def between(self, affair: _I, start: _F, end: _F, which: Which = "all") -> _F:
        """Heat-hours of some affairs from start to end (hours); arguments are broadcast.

        An end before its start holds nothing; a start below 0 is 0.
        """
        start = np.maximum(start, 0.0)
        end = np.maximum(end, start)
        if which == "rest":
            rest = self.between(affair, start, end) - self.between(affair, start, end, "response")
            return np.maximum(rest, 0.0)
        table = self._response if which == "response" else self._all
        held: _F = _at(table, affair, end) - _at(table, affair, start)
        return held

    def total(self) -> _F:
        """Heat-hours of each affair, float[n]."""
        total: _F = self._all[:, -1]
        return total


def _cumulated(heat: _F) -> _F:
    """Heat-hours up to the beginning of each hour and to the end of the last, float[n, hours+1]."""
    return np.concatenate([np.zeros((len(heat), 1)), np.cumsum(heat, axis=1)], axis=1)


def _at(table: _F, affair: _I, moment: _F) -> _F:
    """Cumulated heat of affairs at moments."""
    last = table.shape[1] - 1
    moment = np.minimum(moment, last)
    hour = np.minimum(moment.astype(np.int64), last - 1)
    below = table[affair, hour]
    held: _F = below + (moment - hour) * (table[affair, hour + 1] - below)
    return held
