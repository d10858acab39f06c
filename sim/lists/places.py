"""Heat of the last place on the Weibo hot list by hour and kind of day, measured.

The file beside this one says where it is from. Hours are those of the case's own zone, which is the
list's (UTC+8) wherever a case has the list.
"""

from __future__ import annotations

import csv
from pathlib import Path

FILE = Path(__file__).with_name("weibo.csv")


def _read(column: str) -> tuple[float, ...]:
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    by_hour = {int(row["hour"]): float(row[column]) for row in csv.DictReader(lines)}
    return tuple(by_hour[hour] for hour in range(24))


#: Median heat of the 50th place: on workdays, at weekends; 24 hours each.
PLACE_50 = (_read("workday"), _read("weekend"))
