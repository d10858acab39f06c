"""The dense passes over people are loops that the compiler turns into vector instructions."""

import re

import numpy as np
import pytest
from conftest import small
from numba import njit, typeof

from experiments.bench import passes
from sim.kernel import passes as dense
from sim.people import CORE
from sim.run import engine_of
from sim.start import start_of

DENSE = [*(set(passes.DENSE) - {"chat"}), "fixed_sum"]  # chats are read one by one
#: Arithmetic on several numbers at once in the optimised code, whatever machine it is for.
PACKED = re.compile(
    r"= (?:fdiv|fmul|fadd|fsub|fptosi|mul|add|lshr|xor)(?: \w+)* <(?:vscale x )?\d+ x"
)


@pytest.fixture(scope="module")
def calls():
    """What a block of fans passes to each dense pass, by name."""
    config = small(n_people=3000)
    run = engine_of(start_of(config))
    run.advance(200)
    return passes.calls_of(run, CORE, DENSE)


def packed(function, arguments, error_model):
    compiled = njit(error_model=error_model)(function)
    types = tuple(typeof(each) for each in arguments)
    compiled.compile(types)
    return len(PACKED.findall(compiled.overloads[types].library.get_llvm_str()))


@pytest.mark.parametrize("name", sorted(DENSE))
def test_a_dense_pass_is_vectorised(calls, name):
    assert packed(getattr(dense, name).py_func, calls[name][0][1], "numpy") > 0


def test_a_pass_that_checks_for_division_by_zero_is_found_out():
    def shares(part, whole, out):
        for i in range(out.shape[0]):
            out[i] = part[i] / whole[i]

    columns = (np.ones(512), np.ones(512), np.ones(512))
    assert packed(shares, columns, "numpy") > 0
    assert packed(shares, columns, "python") == 0
