"""Confidence sequences: intervals of a mean that hold at every look, however often one looks.

Differences of independent worlds are taken as normal with unknown mean and spread. The mixture of
t-tests over effect sizes (H. Robbins, Annals of Mathematical Statistics 41, 1970; T. L. Lai, Annals
of Statistics 4, 1976; H. Wang and A. Ramdas, "Anytime-valid t-tests and confidence sequences for
Gaussian means with unknown variance", Sequential Analysis, 2025) is a non-negative martingale that
begins at 1, so by Ville's inequality its interval leaves out the true mean at some number of worlds
with a probability of at most alpha. A sweep may therefore stop whenever it likes what it sees.
Why this one: docs/decisions/0020-sweeps-that-stop.md.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

ALPHA = 0.05  #: of everything that is called 95 %
TUNED = 40  #: worlds at which the intervals are about as narrow as they can be made


def _mixing(alpha: float) -> float:
    """The precision of the normal mixture over effect sizes, in worlds.

    It makes the interval of TUNED worlds about the narrowest (Waudby-Smith and Ramdas 2024, eq. 22,
    for a known spread); any fixed number is valid.
    """
    far = -2 * math.log(alpha)
    return TUNED / (far + math.log1p(far))


def half_width(sd: float, n: int, alpha: float = ALPHA) -> float:
    """Half of the interval of a mean of n worlds with this standard deviation (n - 1 in it).

    With a = alpha, m = `_mixing(a)` and r = m / (n + m), the means that are left are those with
    sqrt(r) ((1 + u) / (1 + r u))^(n / 2) < 1 / a, where u = n (mean - x)^2 / ((n - 1) sd^2).
    Infinite while n is too small for any; 0 where nothing varies.
    """
    if n < 2:
        return math.inf
    if sd == 0:
        return 0.0
    m = _mixing(alpha)
    r = m / (n + m)
    far = math.exp((-2 * math.log(alpha) - math.log(r)) / n)
    if far * r >= 1:
        return math.inf
    return sd * math.sqrt((n - 1) / n * (far - 1) / (1 - far * r))


def interval(values: npt.NDArray[np.float64], alpha: float = ALPHA) -> tuple[float, float]:
    """Mean of worlds and half of its interval; worlds without a value (NaN) do not count.

    NaN and infinite where there are none.
    """
    known = values[np.isfinite(values)]
    if not known.size:
        return math.nan, math.inf
    sd = float(known.std(ddof=1)) if known.size > 1 else 0.0
    return float(known.mean()), half_width(sd, known.size, alpha)
