"""What was counted of an affair, as windows of steps: mentions of a folder, series of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from experiments.live.importing import MENTIONS, read_mentions
from sim import zones
from sim.base.refusal import ConfigError
from sim.case.case import Case
from sim.settings.config import Config
from sim.state.scenario import clock_of

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]

#: Daily metrics that count talk, the first that a case has.
DAILY = ("attention", "outraged_posts", "cumulative_outraged_posts")


@dataclass(frozen=True)
class Seen:
    """Counts in windows of a run's steps. kind : mentions (unknown scale) or list (its heat)."""

    kind: str
    first: _I  #: step at which each window begins, int[n]
    last: _I  #: step before which it ends
    count: _F  #: float[n]; of a list, the heat at a look

    def __len__(self) -> int:
        """How many windows."""
        return self.count.size

    def part(self, least: int, most: int) -> Seen:
        """The windows that lie between two steps."""
        inside = (self.first >= least) & (self.last <= most)
        return self.where(inside)

    def where(self, rows: npt.NDArray[np.bool_]) -> Seen:
        """Some of the windows."""
        return Seen(self.kind, self.first[rows], self.last[rows], self.count[rows])


def mentions_of_folder(folder: Path, config: Config) -> Seen:
    """The counts of a folder, as windows of steps."""
    clock, zone = clock_of(config, config.case), config.case.time_zone
    zero = clock.moment_of(0).astimezone(UTC) if zone != zones.UNKNOWN else None
    if zero is None:
        zero = zones.instant(clock.time_of(0), zone)
    rows = []
    for one in read_mentions(folder / MENTIONS):
        first, last = (
            (when - zero) / timedelta(minutes=clock.dt_min) for when in (one.begins, one.ends)
        )
        if first >= 0 and last <= clock.n_steps:
            rows.append((round(first), round(last), one.count))
    return _seen("mentions", rows, str(folder / MENTIONS), config)


def _seen(kind: str, rows: Sequence[tuple[int, int, float]], name: str, config: Config) -> Seen:
    """Windows in order. Raises ConfigError where none lies in the time that is simulated."""
    if len(rows) < 2:
        raise ConfigError(
            "now", name, f"holds {len(rows)} counts in the days of the case "
            f"(from {config.case.start:%Y-%m-%d})", "two or more",
            "start and the accusation in affair.yaml as the export has them",
        )  # fmt: skip
    table = np.array(sorted(rows))
    return Seen(kind, table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])


def series_of_case(config: Config) -> Seen:
    """The series of a case: its hot list hour by hour, else talk day by day."""
    case, clock = config.case, clock_of(config, config.case)
    listed = case.observed_hotlist()
    if listed is not None:
        rows = listed[listed["board"].str.startswith("weibo")]
        own = rows["phase"].isin(case.phases) if case.phases else rows["hot_score"] > 0
        heat = rows["hot_score"].where(own, 0.0).fillna(0.0).groupby(rows["time_hkt"]).sum()
        looks = []
        for when, value in heat.items():
            try:
                step = clock.step_of(when.to_pydatetime().replace(tzinfo=None))  # type: ignore[attr-defined]
            except ValueError:
                continue
            looks.append((step, step + 1, float(value)))
        return _seen("list", looks, f"the hot list of {case.name}", config)
    daily = case.observed_daily()
    metrics = () if daily is None else tuple(daily.rows["metric"].unique())
    found = next((name for name in DAILY if name in metrics), None)
    if daily is None or found is None:
        raise ConfigError(
            "now", case.name, "has no series that counts talk: " + (", ".join(metrics) or "none"),
            f"a hot list, or daily {', '.join(DAILY)}; or a folder of `backlash import`",
            "backlash import EXPORT.csv as=affair",
        )  # fmt: skip
    rows = daily.rows[daily.rows["metric"] == found].sort_values("date")
    values = rows["value"].to_numpy(float)
    if found.startswith("cumulative"):
        values = np.diff(values, prepend=0.0).clip(min=0.0)
    days = []
    for date, value in zip(rows["date"], values, strict=True):
        day = datetime.fromisoformat(str(date))
        first = round(case_hours(case, day) * 60 / clock.dt_min) + clock.burn_in_steps
        days.append((first, first + 24 * 60 // clock.dt_min, float(value)))
    return _seen("mentions", [one for one in days if one[0] >= 0], case.name, config)


def case_hours(case: Case, moment: datetime) -> float:
    """Hours from the first day of a case to a moment."""
    return zones.span(case.start, moment, case.time_zone) / timedelta(hours=1)
