"""The dense passes over people are loops that the compiler turns into vector instructions."""

import re

import llvmlite.binding as llvm
import numpy as np
import pytest
from conftest import small
from numba import njit, typeof

from sim import crowd
from sim.population import CORE
from sim.simulate import _engine, build_scenario, network_of, population_of

DENSE = (
    "_remember",
    "_draw",
    "_expose",
    "_feel",
    "_express",
    "_decide",
    "_remember_slowly",
    "_mark",
    "fixed_sum",
)
#: Arithmetic on four or eight numbers at once; two at once may be no loop at all.
PACKED = re.compile(r"\bv(?:(?:div|mul|add|sub)p[ds]|pmuludq|padd[dq]|cmp\w*p[ds])\b.*%[yz]mm")

needs_avx = pytest.mark.skipif(
    not llvm.get_host_cpu_features().get("avx2", False), reason="reads AVX instructions"
)


@pytest.fixture(scope="module")
def calls():
    """What a block of fans passes to each dense pass, by name."""
    config = small(n_people=3000)
    scenario, network = build_scenario(config), network_of(config)
    run = _engine(config, scenario, network, population_of(config, scenario, network))
    run.advance(200)
    seen = {}

    def recorder(name, function):
        def record(*arguments):
            seen[name] = arguments
            return function(*arguments)

        return record

    t, people = run.tables, run.population
    with pytest.MonkeyPatch.context() as patch:
        for name in DENSE:
            patch.setattr(crowd, name, recorder(name, getattr(crowd, name)))
        crowd.block.py_func(
            run.step, run.seed, scenario.clock.dt_h, 1.0, CORE, 0, crowd.BLOCK, t.constants[0],
            t.world[0], t.acts, t.views, people.people, people.groups, people.leaders,
            np.zeros((crowd.BLOCK, 3), np.int32), np.zeros(1, np.int64), t.census,
            np.zeros((14, crowd.BLOCK)), np.zeros(crowd.BLOCK, np.uint8),
        )  # fmt: skip
    return seen


def packed(name, calls, error_model):
    compiled = njit(error_model=error_model)(getattr(crowd, name).py_func)
    types = tuple(typeof(each) for each in calls[name])
    compiled.compile(types)
    return len(PACKED.findall(compiled.inspect_asm(types)))


@needs_avx
@pytest.mark.parametrize("name", DENSE)
def test_a_dense_pass_is_vectorised(calls, name):
    assert packed(name, calls, "numpy") > 0


@needs_avx
def test_a_pass_that_checks_for_division_by_zero_is_found_out(calls):
    assert packed("_expose", calls, "python") == 0
