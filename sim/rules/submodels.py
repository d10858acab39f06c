"""docs/ODD.md, section 7: every submodel as its rules' docstrings say it. `make docs` writes it.

python -m sim.rules.submodels docs/ODD.md
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

#: Modules in the order in which a reader needs them.
ORDER = tuple(
    """
    pace exposure evidence appraisal reception expression leaving opinion_leader platform playbook
    pr_team market second_wave question belonging census
    """.split()
)
BEGINS = "<!-- generated from the docstrings of sim/rules by `make docs`: edit them there -->\n"
ENDS = "<!-- end of what is generated -->\n"


def rules_of(module: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Name and plain function of every rule of a module, in the order of its source."""
    there = importlib.import_module(f"sim.rules.{module}")
    for name, value in vars(there).items():
        plain = getattr(value, "py_func", None)
        if plain is not None and plain.__module__ == there.__name__:
            yield name, plain


def submodels() -> str:
    """Headings, prose and formulas of all rules, in Markdown."""
    parts = []
    for module in ORDER:
        there = importlib.import_module(f"sim.rules.{module}")
        title, _, prose = inspect.cleandoc(there.__doc__ or "").partition("\n")
        parts += [f"### {title.rstrip('.')} (`sim/rules/{module}.py`)", _joined(prose.strip())]
        for name, plain in rules_of(module):
            arguments = ", ".join(inspect.signature(plain).parameters)
            parts += [f"#### {module}.{name}", f"`{name}({arguments})`", _told(plain)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _told(rule: Callable[..., Any]) -> str:
    """A docstring with its formula as a block."""
    parts = []
    for part in inspect.cleandoc(rule.__doc__ or "").split("\n\n"):
        if part.startswith("    "):
            parts.append("```\n" + textwrap.dedent(part).rstrip() + "\n```")
        else:
            parts.append(_joined(part))
    return "\n\n".join(parts)


def _joined(prose: str) -> str:
    """Paragraphs and points of a list, each in one line."""
    lines: list[str] = []
    for line in prose.splitlines():
        point = re.match(r"(- |\d\. )", line.strip())
        if point or not line.strip() or not lines or not lines[-1]:
            lines.append(line.strip())
        else:
            lines[-1] += f" {line.strip()}"
    return "\n".join(lines)


def page(text: str) -> str:
    """The document with its generated part as the rules are now. Raises ValueError without one."""
    before, _, rest = text.partition(BEGINS)
    _, found, after = rest.partition(ENDS)
    if not found:
        raise ValueError(f"no part between the lines\n{BEGINS}{ENDS}")
    return f"{before}{BEGINS}\n{submodels()}\n{ENDS}{after}"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(page(file.read_text(encoding="utf-8")), encoding="utf-8")
