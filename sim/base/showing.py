"""How what the simulator made is shown: by whoever offers to, of whom the simulator knows nothing.

Figures and pages stand above the simulator, and it imports none of them. `import backlash` offers
both; without it a run has numbers and no picture.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

_OFFERED: dict[str, tuple[str, str]] = {}


def offer(kind: str, module: str, name: str) -> None:
    """Let a function show runs. kind : figure or html. It is imported when it is first wanted."""
    _OFFERED[kind] = module, name


def shower(kind: str) -> Callable[..., Any] | None:
    """The function that shows runs as this kind; None where nobody offered one."""
    if kind not in _OFFERED:
        return None
    module, name = _OFFERED[kind]
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def figure_of(runs: Any, lang: str) -> Any:
    """Runs as a Matplotlib figure. Raises RuntimeError where nobody draws.

    lang : en or zh.
    """
    draw = shower("figure")
    if draw is None:
        raise RuntimeError(
            "nobody draws here: `sim` is the simulator by itself\n"
            "  allowed: run.plot() after `import backlash`\n"
            "  try:     import backlash"
        )
    return draw(runs, lang)
