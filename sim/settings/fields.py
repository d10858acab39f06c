"""Fields of settings: a number with its range, unit, meaning and source."""

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
    """A field that is a number, with its range, unit, meaning and where its default comes from."""
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


def count(default: int, high: int, meaning: str) -> Any:
    """A field that counts agents; nobody of a kind is refused."""
    return setting(default, 1, high, "agents", meaning, "MODEL 2.1")
