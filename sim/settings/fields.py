"""Fields of settings: a number with its range, unit, meaning and source.

What is said here once is checked (`sim.base.refusal.check_ranges`), proposed in refusals
(`sim.settings.hints`), shown in the laboratory and printed in docs/parameters.md.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any


def setting(
    default: float | None,
    low: float,
    high: float,
    unit: str,
    meaning: str,
    source: str,
    provenance: str = "assumed",
) -> Any:
    """A field that is a number, with its range, unit, meaning and where its default comes from.

    default : None for a setting that may be left open. low, high : both allowed. provenance :
    measured or assumed. source : who measured it, or why so much is assumed.
    """
    return field(
        default=default,
        metadata={
            "low": low,
            "high": high,
            "unit": unit,
            "provenance": provenance,
            "source": source,
            "meaning": meaning,
        },
    )


def count(default: int, high: int, meaning: str, least: int = 1) -> Any:
    """A field that counts agents; fewer of a kind than `least` are refused."""
    return setting(default, least, high, "agents", meaning, "MODEL 2.1")
