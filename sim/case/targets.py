"""Targets of a case file: what was counted or seen, typed, and what it may be used for.

A target is a number with a tolerance (point), a range (interval) or an order of quantities
(ordering). Its `use` decides who may look at it: a fit, a test of the fit (holdout), or readers
only (context). What its quantity means is not checked here: `experiments.calibration.targets` knows
the quantities, and this room knows nothing of experiments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.base.cells import LARGEST
from sim.case.case import UNITS, USES, Target
from sim.case.problems import Problems

#: Type of a target -> the keys that it must have beside those of every target.
TARGET_TYPES = {
    "point": ("value", "tolerance", "unit"),
    "interval": ("low", "high", "unit"),
    "ordering": ("terms",),
}
#: Every key that a target may have. `origin` is for readers of the file alone.
TARGET_KEYS = (
    "id", "origin", "type", "quantity", "value", "tolerance", "low", "high", "unit", "terms",
    "discrepancy", "time", "source", "use", "reliability", "text",
)  # fmt: skip
NEEDED = ("id", "quantity", "source", "use", "text", "time", "reliability")  #: of every target
SPREADS = ("tolerance", "discrepancy")  #: numbers of a target that are 0 or more


def targets_in(nodes: list[Any], currency: str | None, problems: Problems) -> list[Target]:
    """The targets of a case file in their order; what is wrong with them is noted.

    currency : of the case, whose amounts may then be units; None: no amounts but in HKD and CNY.
    """
    units = UNITS if currency is None else (*UNITS, currency, f"{currency} bn", f"{currency}/day")
    targets: list[Target] = []
    for i, node in enumerate(nodes):
        path = f"targets.{node.get('id', i)}"
        _check_words(path, node, units, problems)
        if any(target.id == node.get("id") for target in targets):
            problems.add(f"{path}.id", node.get("id"), "stands twice", "each id once", "another id")
        texts = problems.texts(f"{path}.text", node.get("text"))
        numbers = _numbers_in(path, node, problems)
        targets.append(
            Target(
                id=str(node.get("id")),
                type=str(node.get("type")),
                quantity=str(node.get("quantity")),
                use=str(node.get("use")),
                source=str(node.get("source")),
                time=str(node.get("time")),
                reliability=str(node.get("reliability")),
                text=texts,
                unit=node.get("unit"),
                terms=tuple(node.get("terms", ())),
                **numbers,
            )
        )
    return targets


def _check_words(
    path: str, node: Mapping[str, Any], units: tuple[str, ...], problems: Problems
) -> None:
    """Note keys that are unknown or missing, choices that are none, and a target without source.

    path : the key of the target in the case file. node : as it stands there. units : that its
    quantity may be given in.
    """
    problems.choice(f"{path}.type", node.get("type"), tuple(TARGET_TYPES))
    needed = TARGET_TYPES.get(str(node.get("type")), ())
    problems.keys(path, node, TARGET_KEYS, (*NEEDED, *needed))
    problems.choice(f"{path}.use", node.get("use"), USES)
    problems.choice(f"{path}.reliability", node.get("reliability"), ("high", "low"))
    if node.get("use") == "fit" and node.get("reliability") == "low":
        problems.add(
            f"{path}.use", "fit", "a source of low reliability never enters a fit",
            "holdout, context", "use: context",
        )  # fmt: skip
    if "unit" in node:
        problems.choice(f"{path}.unit", node["unit"], units)
    if not str(node.get("source") or "").strip():
        problems.add(
            f"{path}.source", node.get("source"), "no source is named", "who says so",
            'source: "..."',
        )  # fmt: skip


def _numbers_in(path: str, node: Mapping[str, Any], problems: Problems) -> dict[str, float | None]:
    """The numbers of a target by key, None where it has none; notes ranges that are upside down.

    A fit measures its gaps in tolerance and discrepancy together, so a discrepancy of 0 would ask
    more of the model than anybody believes of it.
    """
    numbers = {
        key: None
        if node.get(key) is None
        else problems.number(f"{path}.{key}", node[key], 0 if key in SPREADS else -LARGEST, LARGEST)
        for key in ("value", "low", "high", *SPREADS)
    }
    low, high = numbers["low"], numbers["high"]
    if low is not None and high is not None and low > high:
        problems.add(f"{path}.low", node["low"], "is above high", f"<= {high:g}", f"low: {high:g}")
    if node.get("use") == "fit" and not (numbers["discrepancy"] or 0) > 0:
        problems.add(
            f"{path}.discrepancy", node.get("discrepancy"),
            "a target of a fit says how far a good model may be off",
            "> 0, in the unit of the target; for an ordering the share of runs", "discrepancy: 0.3",
        )  # fmt: skip
    return numbers
