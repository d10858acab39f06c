"""What forecasts were worth: `backlash resolve` and the calibration of the record.

Sums are scored on a log scale (CRPS), statements that counts can settle by Brier's score. What was
not counted in every hour is not scored: an hour without a count is no hour without mentions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from experiments.corpus.scores import crps
from experiments.live import record
from experiments.live.affair import AHEAD_H, Affair, affair_of, called
from experiments.live.agreeing import LISTED
from experiments.live.seen import Seen
from experiments.live.waves import SPAN, first_wave, rhythm
from sim.base.refusal import ConfigError
from sim.state.scenario import clock_of

_F = npt.NDArray[np.float64]

LOOKED = 0.75  #: of the hours: so many looks at a list count as having watched it
FEWEST_CURVE = 10  #: scored statements from which on a calibration curve is shown
BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0001)


def came(affair: Affair) -> tuple[dict[int, float], dict[tuple[str, int], bool]]:
    """What came after the moment: mentions (or mean heat) by hours ahead, and statements.

    Only hours ahead that were counted throughout are in them.
    """
    seen, per_hour = affair.seen, 60 // affair.config.clock.dt_min
    before = affair.known
    totals: dict[int, float] = {}
    events: dict[tuple[str, int], bool] = {}
    for hours in AHEAD_H:
        part = seen.part(affair.step, affair.step + hours * per_hour)
        if seen.kind == "list":
            if len(part) < LOOKED * hours:
                continue
            totals[hours] = float(part.count.mean())
            events["listed", hours] = bool((part.count > 0).any())
            continue
        if int((part.last - part.first).sum()) < hours * per_hour:
            continue
        totals[hours] = float(part.count.sum())
        past = _hours_until(before, affair.step, per_hour)
        if (part.last - part.first == per_hour).all() and past >= SPAN:
            clock = clock_of(affair.config, affair.case)
            hourly = np.concatenate([before.count[-past:], part.count])
            activity = rhythm(clock, affair.step, past, hours)
            events |= _statements(hourly, activity, past, hours)
    return totals, events


def _hours_until(before: Seen, step: int, per_hour: int) -> int:
    """How many hours up to a step were counted one by one, without a gap."""
    n = 0
    for first, last in zip(before.first[::-1], before.last[::-1], strict=True):
        if last != step - n * per_hour or last - first != per_hour:
            break
        n += 1
    return n


def _statements(hourly: _F, activity: _F, past: int, hours: int) -> dict[tuple[str, int], bool]:
    """Statements of `ahead.outlook` as hourly counts settle them. past : hours before it."""
    three = np.convolve(hourly, np.ones(3), mode="valid")
    return {
        ("second_wave", hours): first_wave(hourly, activity, past) <= hours,
        ("over", hours): bool(three[-1] < 0.1 * three[: past - 2].max()),
    }


def resolve(path: Path, name: str, did: str = "", at: str = "") -> list[dict[str, Any]]:
    """Score all forecasts of an affair that are in the record and can be scored; the new entries.

    A forecast is scored again when more of its hours are known. did : the candidate that was
    followed; empty: as_happened of a case that is over, or the only one. at : of one moment only,
    as the record shows it; empty: all. Raises ConfigError, before anything is written.
    """
    known, name = record.entries(path), called(name)
    made = [one for one in known if one["kind"] == "forecast" and one["affair"] == name]
    if not made:
        affairs = sorted({one["affair"] for one in known if one["kind"] == "forecast"})
        raise ConfigError(
            "resolve", name, "the record has no forecast of it", ", ".join(affairs) or "none yet",
            f"backlash now {name}",
        )  # fmt: skip
    moments = sorted({one["at"] for one in made})
    if at and at not in moments:
        raise ConfigError(
            "at", at, "the record has no forecast of this moment", ", ".join(moments),
            f'at="{moments[-1]}"',
        )  # fmt: skip
    done = {(one["of"], hours) for one in known if one["kind"] == "score" for hours in one["hours"]}
    found = []
    for one in made:
        if at and one["at"] != at:
            continue
        totals, events = came(affair_of(name, one["at"]))
        new = [hours for hours in totals if (one["digest"], str(hours)) not in done]
        if not new:
            continue
        found.append(scored(one, _followed(one, did), {h: totals[h] for h in new}, events))
    return [record.add(path, entry) for entry in found]


def _followed(one: Mapping[str, Any], did: str) -> str:
    """The candidate that was followed. Raises ConfigError where nobody said which."""
    names = list(one["members"])
    if did:
        if did not in names:
            raise ConfigError(
                "did", did, f"the forecast at {one['at']} has no such candidate", ", ".join(names),
                f'did={names[0]}; or at="MOMENT", for those forecasts that have it',
            )  # fmt: skip
        return did
    if "as_happened" in names:
        return "as_happened"
    if len(names) == 1:
        return names[0]
    raise ConfigError(
        "did", None, f"which candidate of the forecast at {one['at']} was followed?",
        ", ".join(names), f"did={names[0]}",
    )  # fmt: skip


def scored(
    one: Mapping[str, Any], name: str, totals: Mapping[int, float],
    events: Mapping[tuple[str, int], bool],
) -> dict[str, Any]:  # fmt: skip
    """The entry that scores a forecast."""
    unit, offset = ("heat", LISTED) if one["counted"] == "list" else ("mentions", 1.0)
    hours: dict[str, Any] = {}
    for ahead, value in totals.items():
        members = np.array(one["members"][name][str(ahead)], np.float64)
        logs, seen = np.log(offset + members), float(np.log(offset + value))
        low, high = np.percentile(members, (5, 95))
        low50, high50 = np.percentile(members, (25, 75))
        hours[str(ahead)] = {
            "came": value, "crps": round(float(crps(logs[None], np.array([seen]))[0]), 5),
            "in90": bool(low <= value <= high), "in50": bool(low50 <= value <= high50),
            "events": {
                event: {"said": one["events"][name][event][str(ahead)], "came": was}
                for (event, of), was in events.items()
                if of == ahead
            },
        }  # fmt: skip
    return {
        "kind": "score", "of": one["digest"], "affair": one["affair"], "at": one["at"],
        "did": name, "unit": unit, "hours": hours,
        "scored": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip


def kept_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """What the record keeps of a forecast: what it said in numbers that can be scored."""
    counted = found["counted"]["kind"]
    unit = "heat" if counted == "list" else "mentions"
    keys = (
        "kind", "affair", "case", "at", "zone", "age_h", "made", "replay", "version", "results",
    )  # fmt: skip
    return {
        **{key: found[key] for key in keys},
        "forecast_digest": found["digest"],
        "counted": counted,
        "worlds": {key: found["worlds"][key] for key in ("kind", "effective", "gone_on_with")},
        "members": {name: one["members"][unit] for name, one in found["candidates"].items()},
        "events": {name: one["events"] for name, one in found["candidates"].items()},
    }


def calibrations(known: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the record is worth: its forecasts, and beside them its replays; see `calibration`."""
    return {"forecasts": calibration(known), "replays": calibration(known, replays=True)}


def curves_of(worths: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The calibration curves that there are: of ten statements or more."""
    return {name: worth["curve"] for name, worth in worths.items() if worth["curve"]}


def calibration(known: Sequence[Mapping[str, Any]], replays: bool = False) -> dict[str, Any]:
    """What the record is worth: mean CRPS and coverage by hours ahead, Brier, and the curve.

    Of a forecast that was scored twice, each hour ahead counts once; of several forecasts of one
    moment of an affair only the first counts, so that nobody asks until it looks well. replays :
    of forecasts that were made when what came was counted already, which are no track record.
    """
    first: dict[tuple[str, str], Mapping[str, Any]] = {}
    for one in known:
        if one["kind"] == "forecast":
            first.setdefault((one["affair"], one["at"]), one)
    counts = {one["digest"] for one in first.values() if one.get("replay", False) == replays}
    rows = [
        (int(hours), values) for one in known if one["kind"] == "score" and one["of"] in counts
        for hours, values in one["hours"].items()
    ]  # fmt: skip
    by_hours = {}
    for ahead in AHEAD_H:
        own = [values for hours, values in rows if hours == ahead]
        if own:
            by_hours[ahead] = {
                "n": len(own),
                **{key: float(np.mean([v[key] for v in own])) for key in ("crps", "in50", "in90")},
            }
    said = [
        (event["said"], float(event["came"]))
        for _, values in rows
        for event in values["events"].values()
    ]
    table = np.array(said) if said else np.zeros((0, 2))
    curve = []
    if len(table) >= FEWEST_CURVE:
        for low, high in pairwise(BINS):
            inside = (table[:, 0] >= low) & (table[:, 0] < high)
            if inside.any():
                mean = table[inside].mean(axis=0)
                curve.append(
                    {"n": int(inside.sum()), "said": float(mean[0]), "came": float(mean[1])}
                )
    brier = float(((table[:, 0] - table[:, 1]) ** 2).mean()) if len(table) else None
    return {"hours": by_hours, "statements": len(table), "brier": brier, "curve": curve}
