"""Plants faults in modules of statistics and of the store, one at a time, and asks their tests.

`make mutation` runs this after the rules' own (tests/mutation.py). A fault is an operator, a
comparison, a boundary, a number, a sign, a clause, a condition, or min for max; its function, or
its table of functions, gets other code in a forked process that has imported everything and run
the tests once, so that a fault costs what its tests cost. A fault is killed when one of them fails.
What cannot matter stands in EQUIVALENT with the reason.

    python tests/faults.py experiments.reading.compare        # one module; none: all
    python tests/faults.py --sample 20                # every twentieth fault
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib
import io
import os
import signal
import sys
import time
import types
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 120  #: a fault that makes its tests wait for longer is killed
COPIES = 2  #: processes at once
NOT_PLANTED = 3  #: exit status

OF_SCORES = "crps or scores_by_hand or as_a_table"
OF_POPULATIONS = (
    "ingredient or agree or tilt or mixture or moved or weights or population_is or two"
)

#: Module -> the tests that it is held to: files, and what of them (pytest -k).
TESTS: dict[str, tuple[tuple[str, ...], str]] = {
    "experiments.reading.intervals": (("test_analysis.py",), ""),
    "experiments.reading.compare": (("test_compare.py",), ""),
    "experiments.reading.frames": (("test_compare.py",), ""),
    "experiments.reading.decisions": (("test_compare.py",), ""),
    "sim.metrics": (("test_metrics.py",), ""),
    "sim.course": (("test_metrics.py",), ""),
    "sim.store": (("test_store.py",), "not killed_while_saving"),  # in a process without faults
    "sim.parts": (("test_store.py",), "not killed_while_saving"),
    "sim.part_files": (("test_store.py",), "not killed_while_saving"),
    "experiments.calibration.targets": (("test_targets.py",), ""),
    "experiments.calibration.quantities": (("test_targets.py",), ""),
    "experiments.calibration.identifiability": (("test_checks.py",), ""),
    "experiments.calibration.holdout": (("test_checks.py",), ""),
    "experiments.calibration.case_score": (("test_case_score.py",), ""),
    "experiments.calibration.case_forecasts": (("test_case_rivals.py",), "not figure"),
    "experiments.calibration.case_size": (("test_case_rivals.py",), "not figure"),
    "experiments.calibration.day_losses": (("test_case_rivals.py",), "not figure"),
    "experiments.calibration.fit_settings": (("test_fit_settings.py",), ""),
    "experiments.calibration.waves": (("test_fit_worlds.py", "test_fit.py"), ""),
    "experiments.calibration.observations": (("test_fit.py",), ""),
    "experiments.calibration.people_fit": (("test_fit.py",), ""),
    "experiments.calibration.posterior_file": (("test_posterior_file.py",), ""),
    "experiments.calibration.case_priors": (("test_fit_worlds.py",), ""),
    "experiments.calibration.wave_contrasts": (("test_wave_runs.py",), "not run"),
    "experiments.calibration.promotion": (("test_promotion.py",), ""),
    "experiments.reading.turners": (("test_turners.py",), ""),
    "experiments.corpus.instrument": (("test_corpus_instrument.py",), "not milliseconds"),
    "experiments.corpus.targets": (
        ("test_corpus_statistics.py",),
        "not responses and not controls",
    ),
    "experiments.corpus.moments": (("test_corpus_statistics.py",), ""),
    "experiments.corpus.windows": (("test_corpus_statistics.py",), ""),
    "experiments.corpus.scores": (("test_corpus_contest.py",), OF_SCORES),
    "experiments.corpus.tables": (("test_corpus_tables.py",), "not whatever"),
    "experiments.corpus.cells": (("test_corpus_tables.py",), "not whatever"),
    "experiments.corpus.ingredients": (("test_corpus_population.py",), OF_POPULATIONS),
    "experiments.corpus.tilting": (("test_corpus_population.py",), OF_POPULATIONS),
}

OPERATOR = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
OPPOSITE = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
TWIN = {
    "min": "max", "max": "min", "argmin": "argmax", "argmax": "argmin", "any": "all",
    "all": "any", "nanmin": "nanmax", "nanmax": "nanmin", "floor": "ceil", "ceil": "floor",
}  # fmt: skip

OF_THREADS = "threads bring the same rows; that none is left at the end is what test_exit.py asks"

#: "module.function: kind: the line" -> why no test can tell.
EQUIVALENT: dict[str, str] = {
    "experiments.corpus.instrument.curves_of: number: heat = np.maximum(heat, 1.0)": (
        "guards a logarithm: no list has a heat near 1"
    ),
    "experiments.reading.intervals.governance_share: boundary: return np.divide(governance, total, "
    "out=np.full_like(total, np.nan), where=total > 0.15)": (
        "sums of float32 series are never just 0.15, so > and >= are the same"
    ),
    'experiments.reading.intervals.verdict: boundary: return "better" if sign * mean > 0 else "worse"': (
        "an interval that leaves out zero has a mean that is not zero"
    ),
    'experiments.reading.intervals.verdict: operator: return "better" if sign * mean > 0 else "worse"': (
        "multiplied with or divided by a sign of 1 or -1, a number has the same sign"
    ),
    # experiments.reading.frames, experiments.reading.decisions
    "experiments.reading.frames.frame_of: truth: rows = pa.concat_tables(tables).to_pandas("
    "use_threads=False)": OF_THREADS,
    "experiments.reading.decisions.pareto: operator: good = means.to_numpy(np.float64) * signs": (
        "multiplied with or divided by a sign of 1 or -1, a number is the same"
    ),
    # sim.store, sim.part_files
    'sim.store.Store.prepare: number: file.write(b"\\0" * 4096)': (
        "how much a trial writes: any page of a disk will do"
    ),
    "sim.store.Store._judged_now: truth: with suppress(OSError), written_aside(kept, lasting=False) "
    "as file:": "waiting for the disk costs time; what a power cut loses here is computed again",
    "sim.store.Store.frame: truth: rows = pa.concat_tables(plain).to_pandas(use_threads=False)": (
        OF_THREADS
    ),
    "sim.part_files._opened: truth: pre_buffer=False,": OF_THREADS,
    "sim.part_files._table: truth: table = parquet.read(columns, use_threads=False)": OF_THREADS,
    'sim.part_files._look: truth: names = tuple(file.read(["run"], use_threads=False)["run"]'
    ".to_pylist())": OF_THREADS,
    # experiments.calibration, the fit
    "experiments.calibration.waves.next_wave: operator: steps = near + "
    "rng.multivariate_normal(np.zeros(u.shape[1]), covariance, len(near))": (
        "a normal step is as likely backwards"
    ),
    "experiments.calibration.waves.next_wave: boundary: inside = np.all((steps >= 0) & "
    "(steps <= 1), axis=1)": "no proposal is just on an end of the ranges",
    "experiments.calibration.waves.next_wave: boundary: while len(found) < settings.n_wave:": (
        "more proposals than are taken only measure the share inside better"
    ),
    "experiments.calibration.posterior_file.save_posterior: number: write_whole("
    'path.with_suffix(".json"), (json.dumps(sealed(about), indent=1) + "\\n").encode())': (
        "how far JSON is indented"
    ),
    "experiments.calibration.people_fit._Pool.of: number: return cls(wave.worlds, wave.u, "
    "1 / wave.density, gaps, number)": "weights are shares of their sum",
    # experiments.calibration, what a fit is worth
    "experiments.calibration.identifiability.screening: number: at = size.fillna(-1.0).to_numpy()"
    ".argmax(axis=1)": "anything below 0 is less than a size",
    "experiments.calibration.identifiability.partial: number: both = (both - both.mean(axis=0)) / "
    "np.where(spread > 0, spread, 1)": "what never varies is 0 over any number",
    "experiments.calibration.identifiability.partial: boundary: if np.linalg.eigvalsh(together)[0] > "
    "SINGULAR:": "the least eigenvalue is never just that",
    "experiments.calibration.identifiability.partial: truth: known = np.linalg.pinv(together[np.ix_(rest, "
    "rest)], rcond=SINGULAR, hermitian=True)": "the same inverse by another decomposition",
    "experiments.calibration.identifiability.partial: boundary: if np.diag(left).min() > SINGULAR:": (
        "what is left of a variance is never just that"
    ),
    "experiments.calibration.holdout.draws: number: return waves.Wave(1, found.worlds[at], "
    "found.u[at], np.ones(n))": "any number but that of the first wave, which is the prior's",
    "experiments.calibration.holdout.run_draws: truth: plan = plan_of(study, words, points, "
    "progress=False)": "how far the naming of runs is, shown or not",
    'experiments.calibration.identifiability.screening: boundary: "n_targets": (size * beyond > chance)'
    ".sum(axis=1).to_numpy(),": (
        "a correlation of ranks is never just the quantile of a normal one"
    ),
}


@dataclass(frozen=True)
class Fault:
    """One change of one function."""

    module: str
    function: str  #: qualified name; of a table of functions, what it is called
    kind: str
    line: str  #: of the source, stripped
    number: int  #: of this function's faults

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.kind}: {self.line}"


#: What holds code: a function, or a table that a module gives functions in.
Home = ast.FunctionDef | ast.Assign | ast.AnnAssign


def _homes(tree: ast.Module) -> Iterator[tuple[str, Home]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    yield f"{node.name}.{item.name}", item
        elif (
            isinstance(node, ast.Assign | ast.AnnAssign)
            and isinstance(node.value, ast.Dict)
            and any(isinstance(inner, ast.Lambda) for inner in ast.walk(node.value))
        ):
            name = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            yield ast.unparse(name), node


def _code(home: Home) -> Iterator[ast.AST]:
    """What is computed: no docstring, annotation, claim, message of a refusal, text with blanks."""
    body = home.body if isinstance(home, ast.FunctionDef) else [home.value]
    waiting = [node for node in reversed(body) if node is not None]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        yield node
        children = [
            child
            for name, value in ast.iter_fields(node)
            if name not in ("annotation", "returns", "type_comment", "decorator_list")
            for child in (value if isinstance(value, list) else [value])
            if isinstance(child, ast.AST) and getattr(child, "arg", None) != "strict"  # of a zip
        ]
        waiting += reversed(children)


def _sites(home: Home) -> Iterator[tuple[ast.AST, str, object]]:
    """Node, kind of fault, and which part of the node."""
    for node in _code(home):
        if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATOR:
            yield node, "operator", None
        elif isinstance(node, ast.Compare):
            for k, op in enumerate(node.ops):
                if type(op) in OPPOSITE:
                    yield node, "comparison", k
                if type(op) in BOUNDARY:
                    yield node, "boundary", k
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, bool):
                yield node, "truth", None
            elif isinstance(node.value, int | float):
                yield node, "number", None
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
            yield node, "sign", None
        elif isinstance(node, ast.BoolOp):
            for k, value in enumerate(node.values):
                if not (isinstance(value, ast.Constant) and not value.value):  # what else is False
                    yield node, "clause", k
        elif isinstance(node, ast.If | ast.IfExp | ast.While):
            yield node, "condition", None
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else (
                node.func.id if isinstance(node.func, ast.Name) else "")  # fmt: skip
            if name in TWIN:
                yield node, "twin", name


def _plant(node: ast.AST, kind: str, part: object) -> None:
    if kind == "operator":
        assert isinstance(node, ast.BinOp | ast.AugAssign)
        node.op = OPERATOR[type(node.op)]()
    elif kind in ("comparison", "boundary"):
        assert isinstance(node, ast.Compare) and isinstance(part, int)
        table = OPPOSITE if kind == "comparison" else BOUNDARY
        node.ops[part] = table[type(node.ops[part])]()
    elif kind == "truth":
        assert isinstance(node, ast.Constant)
        node.value = not node.value
    elif kind == "number":
        assert isinstance(node, ast.Constant)
        value = node.value
        node.value = value + 1 if isinstance(value, int) else value * 1.1 + 0.05
    elif kind == "sign":
        assert isinstance(node, ast.UnaryOp)
        if isinstance(node.op, ast.Not):
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
        else:
            node.op = ast.UAdd()
    elif kind == "clause":
        assert isinstance(node, ast.BoolOp) and isinstance(part, int)
        node.values[part] = ast.Constant(isinstance(node.op, ast.And))
    elif kind == "condition":
        assert isinstance(node, ast.If | ast.IfExp | ast.While)
        node.test = ast.UnaryOp(ast.Not(), node.test)
    else:
        assert isinstance(node, ast.Call) and isinstance(part, str)
        if isinstance(node.func, ast.Attribute):
            node.func.attr = TWIN[part]
        else:
            node.func = ast.Name(TWIN[part], ast.Load())


def _source(module: str) -> str:
    return (ROOT / (module.replace(".", "/") + ".py")).read_text()


def faults_of(module: str) -> list[Fault]:
    """Every fault of a module, in the order of its source."""
    source = _source(module)
    lines = source.splitlines()
    found = []
    for name, home in _homes(ast.parse(source)):
        for k, (node, kind, _) in enumerate(_sites(home)):
            line = lines[getattr(node, "lineno", home.lineno) - 1].strip()
            found.append(Fault(module, name, kind, line, k))
    return found


def plant(fault: Fault) -> None:
    """Give the function of a fault other code, in this process; what it has made, too."""
    tree = ast.parse(_source(fault.module))
    home = dict(_homes(tree))[fault.function]
    node, kind, part = list(_sites(home))[fault.number]
    _plant(node, kind, part)
    module = importlib.import_module(fault.module)
    ast.fix_missing_locations(tree)
    if not isinstance(home, ast.FunctionDef):
        assert isinstance(home.value, ast.Dict)
        table = getattr(module, fault.function)  # others may hold it
        table.clear()
        table.update(eval(compile(ast.Expression(home.value), "table", "eval"), vars(module)))
        return
    codes = dict(_inside(compile(tree, str(module.__file__), "exec")))
    within = f"{fault.function}.<locals>."
    names = {made: made.__code__.co_qualname for made in _made(str(module.__file__))}
    meant = [made for made, name in names.items() if f"{name}.<locals>.".startswith(within)]
    assert meant, f"no function to plant in: {fault}"
    for made in meant:
        made.__code__ = codes[_place(made.__code__)]


@cache  # to look through everything in every child costs more than the tests
def _made(path: str) -> tuple[types.FunctionType, ...]:
    """Functions of a file, wherever they are: a property, remembered, in a table."""
    found = [each for each in gc.get_objects() if isinstance(each, types.FunctionType)]
    return tuple(each for each in found if each.__code__.co_filename == path)


def _place(code: types.CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _inside(code: types.CodeType) -> Iterator[tuple[tuple[str, int], types.CodeType]]:
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield _place(inner), inner
            yield from _inside(inner)


def _asked(module: str) -> list[str]:
    files, only = TESTS[module]
    words = [str(ROOT / "tests" / file) for file in files]
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--capture=sys"]
    return [*words, *options, "-m", "not slow", *(["-k", only] if only else [])]


def passes(module: str) -> bool:
    """Whether the tests of a module pass in this process; they print nothing."""
    import pytest

    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        return pytest.main(_asked(module)) == 0


def killed(fault: Fault) -> bool:
    """Whether the tests fail with the fault: in a process of its own, which is forked from this.

    Raises AssertionError for a fault that cannot be planted.
    """
    child = os.fork()
    if child == 0:
        status = NOT_PLANTED
        try:
            signal.alarm(SECONDS)  # a fault may make a loop endless
            plant(fault)
            status = 1
            status = 0 if passes(fault.module) else 1
        finally:
            os._exit(status)
    ended = os.waitpid(child, 0)[1]
    if os.WIFEXITED(ended) and os.WEXITSTATUS(ended) == NOT_PLANTED:
        raise AssertionError(f"could not be planted: {fault}")
    return ended != 0


def survivors(module: str, sample: int = 1, first: int = 0) -> tuple[list[Fault], int]:
    """Faults of a module that its tests do not see, and how many were planted."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    if not passes(module):
        raise AssertionError(f"the tests of {module} fail without any fault")
    _made(str(importlib.import_module(module).__file__))
    chosen = [fault for fault in faults_of(module) if str(fault) not in EQUIVALENT][first::sample]
    return [fault for fault in chosen if not killed(fault)], len(chosen)


def main(words: list[str] | None = None) -> int:
    """Print survivors; 0 if none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=list(TESTS))
    parser.add_argument("--sample", type=int, default=1, help="only every so many-th fault")
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args(words)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # each of COPIES has a core; before NumPy
    n_alive = 0
    for module in asked.modules:
        began = time.monotonic()
        reader, writer = os.pipe()
        children = []
        for k in range(COPIES):  # each a process of its own: what tests leave behind stays there
            child = os.fork()
            if child == 0:
                first = asked.first + k * asked.sample
                alive, planted = survivors(module, COPIES * asked.sample, first)
                text = "".join(f"  {fault}\n" for fault in alive)
                os.write(writer, f"{planted} {len(alive)}\n{text}\0".encode())
                os._exit(0)
            children.append(child)
        os.close(writer)
        with os.fdopen(reader) as told:
            parts = [part for part in told.read().split("\0") if part]
        failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
        if failed or len(parts) < COPIES:
            print(f"{module}: its tests fail without any fault, or it could not be tried")
            return 1
        heads = [part.splitlines()[0].split() for part in parts]
        planted, alive_here = (sum(int(head[k]) for head in heads) for k in (0, 1))
        for part in parts:
            print("\n".join(part.splitlines()[1:]), end="\n" if len(part.splitlines()) > 1 else "")
        spent = time.monotonic() - began
        print(
            f"{module}: {planted - alive_here} of {planted} planted faults killed "
            f"({spent:.0f} s; {sum(k.startswith(module + '.') for k in EQUIVALENT)} equivalent)",
            flush=True,
        )
        n_alive += alive_here
    return 1 if n_alive else 0


if __name__ == "__main__":
    sys.exit(main())
