"""Made-up fits for the tests of the calibration: settings, targets, what runs said."""

import numpy as np
import pandas as pd

from experiments.calibration.fit_settings import Settings
from experiments.calibration.observations import Seen
from sim.case.case import Target

FAN = ("relief", "outburst")
WIDE = (("doubt_hardens", 0.0, 1.0), ("silence_size", 0.0, 0.8))  #: priors of a fit's own
SMALL = {"case": "xiaomi_2026", "fan": FAN, "n_first": 64, "n_keep": 24, "n_wave": 24}


def settings(**more):
    """Settings of a fit of the case x over the parameters a and b."""
    usual = {
        "case": "x", "preset": "full", "fan": ("a", "b"), "n_seeds": 1, "n_first": 1024,
        "n_keep": 256, "n_wave": 1024, "max_waves": 6, "min_new": 0.05, "n_predict": 10,
    }  # fmt: skip
    return Settings(**{**usual, **more})


def target(kind="point", **more):
    """A target of the fit, a point unless another kind is said."""
    usual = {"id": "a", "type": kind, "quantity": "a", "use": "fit", "source": "s", "time": "",
             "reliability": "high", "text": {"en": "x", "zh": "x"}}  # fmt: skip
    return Target(**{**usual, **more})


def seen_of(means, variance=0.0, laws=1.0):
    """What runs said: a frame of targets a world, none of which was ever missed."""
    means = pd.DataFrame(means)
    held = pd.DataFrame({"F14": np.broadcast_to(laws, len(means))})
    return Seen(means, means * 0.0, means * 0.0 + variance, means, held)
