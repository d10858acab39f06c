"""Ours against rivals: Python objects, Mesa, NDlib, whole-column NumPy, C.

Every rival plays the same people in the same affair (`rivals/`), interleaved with ours in one
process. A ratio says how many times longer the rival takes; to C, how many times longer ours does.
"""

from __future__ import annotations

from collections.abc import Sequence

from experiments.bench.lines import Line, measured
from experiments.bench.measure import Contestant, interleaved, paired, spread
from experiments.bench.rivals.arrays import Arrays, PushedArrays
from experiments.bench.rivals.c_people import CPeople
from experiments.bench.rivals.columns import Columns
from experiments.bench.rivals.mesa_driver import MesaDriver
from experiments.bench.rivals.mesa_engine import MesaEngine
from experiments.bench.rivals.mesa_objects import MesaObjects
from experiments.bench.rivals.ndlib_models import models
from experiments.bench.rivals.objects import Objects
from experiments.bench.stage import Stage

#: key and name, for where it is not installed
NDLIB = (("ndlib_threshold", "NDlib Threshold"), ("ndlib_sir", "NDlib SIR"))
WHAT = {
    "mesa_engine": "this project's Mesa engine",
    "mesa_objects": "idiomatic Mesa objects",
    "python_objects": "pure-Python objects, event-driven",
    "numpy_scipy": "NumPy + SciPy, CSR @ signal",
    "numpy_pushed": "NumPy + SciPy, posts pushed",
    "mesa_driver": "Mesa's Model.step() around the kernel",
    **dict(NDLIB),
}


def _duel(
    stage: Stage, rivals: Sequence[Contestant], rounds: int, steps: int, every: int = 60
) -> list[Line]:
    """Ours and these rivals interleaved; how many times longer each of them takes.

    rounds, steps : samples, and steps in each. every : steps between two samples.
    """
    taken = interleaved(stage, [Columns(stage), *rivals], rounds, steps, every)
    ours, n = taken.pop(Columns.name), stage.network.n_people
    lines = [measured("columnar", "columnar engine, per agent-step", n, spread(ours), "ns")]
    for key, times in taken.items():
        note = f"{spread(times)[1]:,.0f} ns"
        lines.append(measured(key, WHAT[key], n, paired(times, ours), note=note))
    return lines


def objects(n_people: int, rounds: int = 7, steps: int = 2) -> list[Line]:
    """Python objects of every kind, with and without Mesa."""
    stage = Stage(n_people)
    return _duel(stage, [Objects(stage), MesaObjects(stage), MesaEngine(stage)], rounds, steps)


def many_objects(n_people: int, rounds: int = 5, steps: int = 1) -> list[Line]:
    """Mesa and NDlib where their objects no longer fit into any cache."""
    stage = Stage(n_people)
    rivals: list[Contestant] = [MesaObjects(stage), MesaEngine(stage)]
    missing = []
    try:
        rivals += models(stage)
    except ImportError as problem:
        note = f"{problem}; pip install -e '.[bench]'"
        missing = [Line(key, what, n_people, None, note=note) for key, what in NDLIB]
    return _duel(stage, rivals, rounds, steps) + missing


def arrays(n_people: int, rounds: int = 15, steps: int = 4) -> list[Line]:
    """Whole-column expressions, with the product that visits every tie and without.

    The best form that we could write of either; nothing of ours is in it.
    """
    stage = Stage(n_people)
    return _duel(stage, [Arrays(stage), PushedArrays(stage)], rounds, steps, every=30)[1:]


def driver(n_people: int, rounds: int = 15, steps: int = 40) -> list[Line]:
    """The kernel stepped by a Mesa model, over all its steps in one call: what Mesa's bookkeeping
    costs.
    """
    stage = Stage(n_people)
    return _duel(stage, [MesaDriver(stage)], rounds, steps, every=30)[1:]


def c_language(n_people: int, rounds: int = 15, steps: int = 8) -> list[Line]:
    """Our time over that of the same step with its people in C."""
    key, what = "c_people", "our time over C's, same bits"
    stage = Stage(n_people)
    try:
        rival = CPeople(stage)
    except ImportError as problem:
        return [Line(key, what, n_people, None, note=str(problem))]
    taken = interleaved(stage, [Columns(stage), rival], rounds, steps, every=30)
    ours, theirs = taken[Columns.name], taken[rival.name]
    note = f"C {spread(theirs)[1]:.1f} ns"
    return [measured(key, what, n_people, paired(ours, theirs), note=note)]
