"""Plants operator and constant faults in sim/rules, one at a time; every one must be killed.

A mutant is killed when a rule differs from the oracle on drawn arguments, or the worked values
break. Rules are run uncompiled, so a mutant costs milliseconds: `make mutation`, or this file with
names of modules.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from oracle import ORACLE, column  # noqa: E402

SWAP = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.LtE: ast.Gt,
}


def loaded(tree: ast.Module) -> dict:
    """A module of rules as plain Python functions."""
    space: dict = {"math": math, "np": np}
    for node in tree.body:  # rules of other modules, as they are
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim.rules."):
            there = importlib.import_module(str(node.module))
            space |= {name.name: getattr(there, name.name).py_func for name in node.names}
    body = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.Assign)]
    for node in body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    exec(compile(ast.fix_missing_locations(ast.Module(body, [])), "rules", "exec"), space)
    return space


def sites(function: ast.FunctionDef):
    """Every operator, comparison and number of a function's code (docstring left out)."""
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in SWAP:
            yield node, "operator"
        elif isinstance(node, ast.Compare):
            for position, op in enumerate(node.ops):
                if type(op) in SWAP:
                    yield (node, position), "comparison"
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, float | int)
            and not (isinstance(node.value, bool))
        ):
            yield node, "constant"
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield node, "sign"


def mutate(site, kind) -> None:
    if kind == "operator":
        site.op = SWAP[type(site.op)]()
    elif kind == "comparison":
        node, position = site
        node.ops[position] = SWAP[type(node.ops[position])]()
    elif kind == "constant":
        site.value = site.value * 1.1 + 0.1
    else:
        site.op = ast.UAdd()


def differs(module: str, name: str, function) -> bool:
    """Whether a function is not what the oracle says, on 300 drawn and boundary arguments."""
    generator = np.random.default_rng(3)
    arguments = inspect.signature(function).parameters
    columns = [column(module, name, argument, 300, generator) for argument in arguments]
    for row in zip(*columns, strict=True):
        expected = float(ORACLE[module][name](*(np.float64(x) for x in row)))
        try:
            value = float(function(*(float(x) for x in row)))
        except (ArithmeticError, ValueError, TypeError):
            return True
        if not math.isclose(value, expected, rel_tol=1e-9, abs_tol=1e-11):
            return True
    return False


def survivors(modules: Sequence[str] = ()) -> tuple[list[str], int]:
    """Mutants that nothing kills, and how many were planted. modules : all, if none is named."""
    alive, planted = [], 0
    for module in modules or ORACLE:
        rules = ORACLE[module]
        source = (ROOT / "sim" / "rules" / f"{module}.py").read_text(encoding="utf-8")
        tree = ast.parse(source)
        original = loaded(copy.deepcopy(tree))
        for name in rules:
            if differs(module, name, original[name]):
                raise AssertionError(f"{module}.{name} is not what the oracle says")
            function = next(
                node
                for node in tree.body
                if isinstance(node, ast.FunctionDef) and node.name == name
            )
            n_sites = len(list(sites(function)))
            for k in range(n_sites):
                mutant = copy.deepcopy(tree)
                target = next(
                    node
                    for node in mutant.body
                    if isinstance(node, ast.FunctionDef) and node.name == name
                )
                site, kind = list(sites(target))[k]
                mutate(site, kind)
                planted += 1
                if not differs(module, name, loaded(mutant)[name]):
                    line = (site[0] if isinstance(site, tuple) else site).lineno
                    alive.append(f"{module}.{name}: {kind} in line {line}")
    return alive, planted


def main() -> int:
    """Print survivors; 0 if none."""
    alive, planted = survivors(sys.argv[1:])
    print("\n".join(alive))
    print(f"{planted - len(alive)} of {planted} planted faults killed")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
