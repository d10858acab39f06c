"""Heat of the last place on the Weibo hot list by hour and kind of day, and of others over it.

The file beside this one says where it is from. Hours are those of the case's own zone, which is the
list's (UTC+8) wherever a case has the list.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("weibo.csv")


def _read(column: str) -> tuple[float, ...]:
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    by_hour = {int(row["hour"]): float(row[column]) for row in csv.DictReader(lines)}
    return tuple(by_hour[hour] for hour in range(24))


#: Median heat of the 50th place: on workdays, at weekends; 24 hours each.
PLACE_50 = (_read("workday"), _read("weekend"))

#: Places, and their heat over that of the 50th at the same hour and kind of day: medians over the
#: 48 medians of the same source.
PLACES = (1, 5, 10, 20, 30, 40, 50)
OVER_50 = (12.56, 5.05, 3.15, 2.23, 1.69, 1.28, 1.0)


def place_of(ratio: float) -> int:
    """About which place a heat has, 1 to 50; ratio : over that of the 50th place, at least 1.

    Linear in the log of the heat between measured places. For an observer: nothing in a run hangs
    on it.
    """
    found = np.interp(np.log(max(ratio, 1.0)), np.log(OVER_50[::-1]), PLACES[::-1])
    return round(float(found))
