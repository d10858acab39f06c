"""The people part of a step in C: the same columns, the same bits, another compiler."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from experiments.bench.stage import Stage, put
from sim.engine import Simulation
from sim.kernel.step import close_step, open_step
from sim.people import COLUMNS, People
from sim.state import tables as w
from sim.state.constants import CONSTANTS
from sim.state.tables import ACT, KIND, WORLD

SOURCE = Path(__file__).with_name("people.c")
#: No contraction, or bits differ. The other two change no bit: they let loops with comparisons
#: vectorise, as they do in ours.
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-fno-trapping-math", "-fno-math-errno")
_C_TYPES = {"f4": "float", "i4": "int32_t", "u1": "uint8_t", "u2": "uint16_t", "u4": "uint32_t"}
_INTEGERS = ("step", "n_people", "groups_a_fan", "n_groups", "n_acts")
_CENSUS = (
    "SUM_EXPRESSED SUM_DEAL SUM_GOVERNANCE SUM_GRUDGE SUM_TRUST SUM_CONVICTION "
    "N_AWARE N_DECLARED N_UNFOLLOWED N_SOLD N_EXITED N_REACHED N_ACCEPTED N_CENSUS"
).split()
_POINTERS = {
    False: "bounds p acts views world people groups_of groups_others groups_now groups_next "
    "outraged_next partner_start partner_of indptr followers arriving".split(),
    True: "leaving n_leaving census".split(),
}


class Step(ctypes.Structure):
    """The arguments of the C function, field by field as in people.c."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in _INTEGERS),
        ("seed", ctypes.c_uint64),
        ("dt_h", ctypes.c_double),
        ("c", ctypes.c_double),
        *((name, ctypes.c_void_p) for name in _POINTERS[False]),
        ("n_arriving", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in _POINTERS[True]),
    )


def declarations() -> str:
    """Where the C code finds each parameter and field, from the tables themselves."""
    lines = ["#include <stdint.h>"]
    for prefix, table in (("P", CONSTANTS), ("W", WORLD), ("A", ACT)):
        fields: dict[str, Any] = dict(table.fields or {})
        places = [f"{prefix}_{name} = {fields[name][1] // 8}" for name in fields]
        lines.append(f"enum {{ {', '.join(places)}, {prefix}_SIZE = {table.itemsize // 8} }};")
    counts = [f"{name} = {getattr(w, name)}" for name in _CENSUS]
    lines.append(f"enum {{ {', '.join(counts)} }};")
    kinds = [f"{name.upper()} = {number}" for name, number in KIND.items()]
    lines.append(f"enum {{ {', '.join(kinds)} }};")
    types = {column.name: _C_TYPES[column.dtype] for column in COLUMNS}
    columns = " ".join(f"{types[name]} *{name};" for name in People._fields)
    lines.append(f"typedef struct {{ {columns} }} People;")
    return "\n".join(lines) + "\n"


@cache
def people_step() -> Any:
    """The compiled function. Raises ImportError without a C compiler that can do it."""
    compiler = os.environ.get("CC") or shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise ImportError("No C compiler on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder) / "people.c", Path(folder) / "people.so"
        source.write_text(declarations() + SOURCE.read_text())
        command = [compiler, *FLAGS, "-shared", "-fPIC", str(source), "-o", str(library), "-lm"]
        try:
            subprocess.run(command, check=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            raise ImportError(f"{compiler} did not compile people.c") from problem
        function = ctypes.CDLL(str(library)).people_step
    function.argtypes, function.restype = [ctypes.POINTER(Step)], None
    return function


class CPeople:
    """A run whose people are computed in C; opening and closing the step are ours."""

    name = "c_people"

    def __init__(self, stage: Stage) -> None:
        self.people_step = people_step()
        self.run = stage.run()
        run, population = self.run, self.run.population
        self.bounds = np.array(population.bounds, np.int64)
        self.columns = (ctypes.c_void_p * len(population.people))(
            *(column.ctypes.data for column in population.people)
        )
        groups, leaders, t = population.groups, population.leaders, run.tables
        arrays = {
            "bounds": self.bounds,
            "p": t.constants,
            "acts": t.acts,
            "views": t.views,
            "world": t.world,
            "groups_of": groups.of,
            "groups_others": groups.others,
            "groups_now": groups.now,
            "groups_next": groups.next,
            "outraged_next": leaders.outraged_next,
            "partner_start": leaders.partner_start,
            "partner_of": leaders.partner_of,
            "indptr": run.ties.indptr,
            "followers": run.ties.followers,
            "census": t.census,
        }
        if not all(array.flags.c_contiguous for array in (*arrays.values(), *population.people)):
            raise ValueError("a column is not contiguous")
        self.arguments = Step(
            n_people=stage.network.n_people,
            groups_a_fan=groups.of.shape[1],
            n_groups=groups.now.shape[1],
            n_acts=t.acts.shape[0],
            seed=int(run.seed),
            dt_h=run.script.clock.dt_h,
            people=ctypes.addressof(self.columns),
            **{name: array.ctypes.data for name, array in arrays.items()},
        )

    def put(self, pilot: Simulation) -> None:
        put(self.run, pilot)

    def advance(self, steps: int) -> None:
        run, s = self.run, self.arguments
        for step in range(run.step, run.step + steps):
            arriving, leaving = run.posts if step % 2 == 0 else run.posts[::-1]
            open_step(run.state, step)
            s.step, s.c = step, run.script.circadian[step]
            s.arriving, s.n_arriving = arriving.rows.ctypes.data, int(arriving.n[0])
            s.leaving, s.n_leaving = leaving.rows.ctypes.data, leaving.n.ctypes.data
            self.people_step(s)
            close_step(run.state, step, leaving)
            run.step = step + 1
