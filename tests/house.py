"""How the house stands: the measures of its design, each beside its goal. `make house`.

Counted in `sim`, `experiments` and `backlash`. Places to touch for a lever, a metric,
a kind of act or of agent are no matter of counting lines: tests/test_recipes.py goes through them.
A goal that is not met is printed with its reason; at length in docs/decisions/0024-house-goals.md.
"""

from __future__ import annotations

import ast
import io
import re
import statistics
import sys
import tokenize
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONE = re.compile(r"\s*[\w.\"'+-]+,\s*")  #: a line of one name or number and a comma
LONG_FILE = 350  #: lines
PACKAGES = ("sim", "experiments", "backlash")
#: Measure -> why its goal is not met, in one line; braces are filled in by `facts`.
REASONS = {
    "docstring lines per line of code": (
        "{sim:.2f} in sim; pages of the classroom, which lay out and say little, {pages:.2f}"
    ),
    f"files over {LONG_FILE} lines": (
        "tables of one line each, compiled wiring, panels of the classroom that grew last"
    ),
    "test lines per source line": (
        "by reach: {faults:,} faults are planted in {modules} modules, and tests kill each"
    ),
    "functions: median lines": "{bare:.0f} without docstrings, of which another goal wants more",
    "rooms of experiments": "corpus, live and scripting came as subjects of their own",
}


def sources(package: str) -> Iterator[Path]:
    """Python files of a package, without rivals of the benchmark, which are written to be plain."""
    for path in sorted((ROOT / package).rglob("*.py")):
        if "rivals" not in path.parts:
            yield path


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def code_lines(path: Path) -> tuple[int, int, int]:
    """Lines of code, of docstrings, and with comments."""
    text = path.read_text(encoding="utf-8")
    documented = 0
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                documented += (first.end_lineno or first.lineno) - first.lineno + 1
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    commented = sum(token.type == tokenize.COMMENT for token in tokens)
    lines = [line.strip() for line in text.splitlines()]
    code = sum(bool(line) and not line.startswith("#") for line in lines) - documented
    return code, documented, commented


def share_of_any(package: str) -> float:
    """Percent of parameters of functions that are annotated Any, and nothing else."""
    plain, every = 0, 0
    for path in sources(package):
        for function in functions(ast.parse(path.read_text(encoding="utf-8"))):
            given = function.args
            for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs):
                if argument.annotation is not None:
                    every += 1
                    plain += ast.unparse(argument.annotation) == "Any"
    return 100.0 * plain / max(every, 1)


def rooms() -> tuple[int, int, int]:
    """Rooms of `experiments`, arrows between them, and circles among modules of all packages."""
    import grimp

    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True)
    arrows: set[tuple[str, str]] = set()
    follows: dict[str, set[str]] = defaultdict(set)
    for module in graph.modules:
        for other in graph.find_modules_directly_imported_by(module):
            follows[module].add(other)
            one, two = (".".join(name.split(".")[:2]) for name in (module, other))
            both = (one, two)
            if one != two and all(name.startswith("experiments.") for name in both):
                arrows |= {both} - {("experiments.__main__", two)}  # the way in is a file, no room
    found = {room for arrow in arrows for room in arrow}
    return len(found), len(arrows), len(_circles(follows))


def _circles(follows: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import one another, however far round (Tarjan)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in follows.get(module, ()):
            if other not in number:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], number[other])
        if low[module] == number[module]:
            group = []
            while not group or group[-1] != module:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(group)

    sys.setrecursionlimit(10_000)
    for module in list(follows):
        if module not in number:
            visit(module)
    return found


def bare_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without those of its docstring."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None:
        return whole
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1)


def planted() -> tuple[int, int]:
    """Faults that `make mutation` plants, and modules in which it does: how far tests reach."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    import faults
    import mutation

    rules = 0
    for module, known in mutation.ORACLE.items():
        text = (ROOT / "sim" / "rules" / f"{module}.py").read_text(encoding="utf-8")
        found = {function.name: function for function in functions(ast.parse(text))}
        rules += sum(len(list(mutation.sites(found[name]))) for name in known)
    others = (str(fault) for module in faults.TESTS for fault in faults.faults_of(module))
    n = rules + sum(fault not in faults.EQUIVALENT for fault in others)
    return n, len(mutation.ORACLE) + len(faults.TESTS)


def facts() -> dict[str, float]:
    """What reasons are filled in with."""
    n, modules = planted()
    bare = statistics.median(
        bare_length(function)
        for package in PACKAGES
        for path in sources(package)
        for function in functions(ast.parse(path.read_text(encoding="utf-8")))
    )
    pages = [path for path in sources("experiments") if "classroom" in path.parts]
    said = {"sim": documented(sources("sim")), "pages": documented(pages)}
    return {"faults": n, "modules": modules, "bare": bare, **said}


def documented(paths: Iterable[Path]) -> float:
    """Docstring lines per line of code of some files."""
    counted = [code_lines(path) for path in paths]
    return sum(one[1] for one in counted) / sum(one[0] for one in counted)


def measured() -> list[tuple[str, str, str, bool]]:
    """Measure, value, goal, and whether it is met."""
    files = [path for package in PACKAGES for path in sources(package)]
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for text in texts.values()
        for node in functions(ast.parse(text))
    )
    counted = [code_lines(path) for path in files]
    code, documented, commented = (sum(one[k] for one in counted) for k in range(3))
    tests = sum(
        bool(line.strip())
        for path in (ROOT / "tests").glob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    long_files = [path for path, text in texts.items() if text.count("\n") > LONG_FILE]
    lone = sum(bool(LONE.fullmatch(line)) for text in texts.values() for line in text.splitlines())
    lines = sum(text.count("\n") for text in texts.values())
    n_rooms, n_arrows, n_circles = rooms()
    median, p90 = statistics.median(lengths), lengths[int(0.9 * len(lengths))]

    def row(
        what: str, value: float, goal: float, form: str, met: Callable[[float, float], bool]
    ) -> tuple[str, str, str, bool]:
        return what, format(value, form), format(goal, form), met(value, goal)

    def below(a: float, b: float) -> bool:
        return a <= b

    def above(a: float, b: float) -> bool:
        return a >= b

    return [
        row("parameters annotated Any in sim, %", share_of_any("sim"), 5, ".1f", below),
        row("docstring lines per line of code", documented / code, 0.25, ".3f", above),
        row("comments per line of code", commented / code, 0.06, ".3f", above),
        row("test lines per source line", tests / lines, 1, ".2f", above),
        row("functions: median lines", median, 7, ".0f", below),
        row("functions: nine in ten within, lines", p90, 25, ".0f", below),
        row("functions: longest, lines", lengths[-1], 80, ".0f", below),
        row(f"files over {LONG_FILE} lines", len(long_files), 8, ".0f", below),
        row("rooms of experiments", n_rooms, 12, ".0f", below),
        row("arrows between them", n_arrows, 45, ".0f", below),
        row("import circles", n_circles, 0, ".0f", below),
        row("lines of one name or number, %", 100 * lone / lines, 3, ".1f", below),
    ]


def main() -> int:
    """Print the table; 1 for a goal that is not met and has no reason."""
    rows, known = measured(), facts()
    wide = max(len(what) for what, *_ in rows)
    print(f"{'':{wide}}   {'is':>8}   {'goal':>8}")
    without = 0
    for what, value, goal, met in rows:
        reason = REASONS.get(what, "no reason is given").format(**known)
        print(f"{what:{wide}}   {value:>8}   {goal:>8}   {'met' if met else f'not met: {reason}'}")
        without += not met and what not in REASONS
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main())
