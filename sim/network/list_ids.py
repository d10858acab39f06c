"""Ids of a list that nobody has: what was probably meant, and what to type.

Ids are compared as text, or are rows from 0 where no file names people. What comes out of other
programs misses that in a few known ways: rows that count from 1, zeros in front that are lost, 7.0
for 7, ids of twelve digits that a spreadsheet has rounded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.network.list_lines import WITHOUT_THEM

MOST_PEOPLE = 20_000_000  #: as many as population.n_people may be


def whole_numbers(names: Any) -> Any:
    """Names as numbers, float64, not a number where one is none."""
    import pandas as pd

    return pd.to_numeric(pd.Series(names, dtype=object), errors="coerce").to_numpy(float)


def largest_number(names: Any) -> float:
    """The largest number among the names, -1 without one."""
    numbers = whole_numbers(names)
    return float(np.nanmax(numbers)) if numbers.size and not np.isnan(numbers).all() else -1.0


def name_rows(names: Any, n_people: int) -> bool:
    """Whether every name is the number of a row."""
    numbers = whole_numbers(names)
    return bool(((numbers == np.floor(numbers)) & (numbers >= 0) & (numbers < n_people)).all())


def n_people_hint(names: Any, n_unknown: int, codes: Any) -> tuple[str, str]:
    """What to type where ids are no rows of the people asked for, and what else to say.

    names : of all ends, each once. n_unknown : ends that are nobody. codes : both ends of each tie.
    In this order: a few names that are no numbers; rounded ids; ids too far apart to be rows; rows
    of more people, perhaps counted from 1.
    """
    numbers = whole_numbers(names)
    whole = (numbers == np.floor(numbers)) & (numbers >= 0)
    n = int(numbers[whole].max()) + 1 if whole.any() else 0
    if whole.any() and not whole.all() and n_unknown < len(codes) / 10:
        return WITHOUT_THEM, ""  # a sum below the list, a missing value
    if whole.all() and n > MOST_PEOPLE and any("e" in str(name).lower() for name in names):
        return (
            "the list as it was before a spreadsheet rounded its ids",
            " (ids such as 1.2E+12 were rounded by a spreadsheet: whom they meant is lost)",
        )
    if not whole.all() or n > MOST_PEOPLE or 2 * len(names) < n:
        sparse = f"; {len(names):,} different ids" + (f", up to {n - 1}" if whole.all() else "")
        return "network.people=FILE", sparse
    more = f"; ids end at {n - 1}"
    if numbers.min() == 1:  # as R and spreadsheets count
        more = f"; ids run from 1 to {n - 1}, and rows are counted from 0: person 0 would be alone"
    return f"population.n_people={n}", more


def people_hint(names: Any, ids: Any) -> str:
    """What to do about ids that the people file does not know.

    names : of all ends, each once. ids : of the people, as an Arrow array. Numbers that are written
    otherwise there are looked for, at most ten thousand of them.
    """
    known = set(ids.to_pylist())
    numbers = whole_numbers(names)
    lost = [
        (str(name), f"{number:.0f}")
        for name, number in zip(names, numbers, strict=True)
        if str(name) not in known and number == np.floor(number) and abs(number) < 1e15
    ][:10_000]
    for name, plain in lost:
        if plain in known:
            return f"{plain} instead of {name!r} (ids are compared as text)"
    for name, _ in lost:
        padded = next((one for one in known if one and one.lstrip("0") == name.lstrip("0")), None)
        if padded is not None:
            return f"{padded} instead of {name!r} (ids are compared as text)"
    return "a people file with those ids, or a file without those lines"
