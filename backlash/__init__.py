"""Backlash from Python: one door to the simulator and to what is made of its runs.

    import backlash as bl

    found = bl.compare(["as_happened", "none", "deny"], n=100)
    found.table                      # paired differences with intervals
    found.plot()                     # the same as a figure
    found.frame, found.series        # a row a run; a row an hour of a run

    bl.runs("none", n=20).plot()     # one response in twenty plausible worlds
    bl.sweep({"response.apology.delay_h": [1, 8, 24]}, n=20, name="hours").findings()
    bl.study("hours")                # what it, or `backlash sweep`, stored
    bl.explain("outrage_burden_core")

    begun = bl.begin(bl.compose(["response=none"]), 300)   # a run, divided after step 300
    begun.branch(bl.compose(["response=late_48h"]).response)
    bl.condition("affair", at="2026-01-05 20:00").frame    # worlds that agree with what was seen

Every name has a page: help(bl.compare). Numbers are those of the command line with the same
settings. `sim` is the simulator by itself: what it offers is here, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.base.showing import offer

if TYPE_CHECKING:
    from experiments.live.now import Conditioned, condition
    from experiments.scripting.comparison import Comparison, compare
    from experiments.scripting.explaining import explain
    from experiments.scripting.many import runs
    from experiments.scripting.studies import StoredStudy, study, sweep
    from sim import snapshots
    from sim.base.refusal import ConfigError
    from sim.branches import Begun, begin, branch
    from sim.mesa.model import BacklashModel, ColumnarModel
    from sim.metrics import outcomes
    from sim.record import Run
    from sim.run import finish, mesa_model, simulate
    from sim.runs import Ensemble, ensemble
    from sim.settings.composition import compose
    from sim.settings.config import Config

_PUBLIC = {
    "BacklashModel": "sim",
    "Begun": "sim.branches",
    "ColumnarModel": "sim",
    "Comparison": "experiments.scripting.comparison",
    "Conditioned": "experiments.live.now",
    "Config": "sim",
    "ConfigError": "sim",
    "Ensemble": "sim",
    "Run": "sim",
    "StoredStudy": "experiments.scripting.studies",
    "begin": "sim.branches",
    "branch": "sim.branches",
    "compare": "experiments.scripting.comparison",
    "compose": "sim",
    "condition": "experiments.live.now",
    "ensemble": "sim",
    "explain": "experiments.scripting.explaining",
    "finish": "sim",
    "mesa_model": "sim",
    "outcomes": "sim",
    "runs": "experiments.scripting.many",
    "simulate": "sim",
    "snapshots": "sim",
    "study": "experiments.scripting.studies",
    "sweep": "experiments.scripting.studies",
}
__all__ = [
    "BacklashModel",
    "Begun",
    "ColumnarModel",
    "Comparison",
    "Conditioned",
    "Config",
    "ConfigError",
    "Ensemble",
    "Run",
    "StoredStudy",
    "__version__",
    "begin",
    "branch",
    "compare",
    "compose",
    "condition",
    "ensemble",
    "explain",
    "finish",
    "mesa_model",
    "outcomes",
    "runs",
    "simulate",
    "snapshots",
    "study",
    "sweep",
]

#: Who draws what the simulator only records.
offer("figure", "experiments.reports.run_figures", "figure_runs")
offer("html", "experiments.scripting.notebook", "html_of")


def __dir__() -> list[str]:
    """The interface, for whoever presses Tab."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Import on first use: `import backlash` alone costs nothing."""
    from importlib import import_module

    if name not in _PUBLIC:
        raise AttributeError(f"module 'backlash' has no attribute {name!r}; it has {__all__}")
    value = getattr(import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value
