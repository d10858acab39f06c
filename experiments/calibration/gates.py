"""Gates F21 and F38-F48: what the model must say of answering, silence and lies, over worlds.

python -m experiments.calibration.gates [n]      # make facts; some six minutes for 200 worlds

Each gate is asked of paired worlds: the same draw of the parameters and the same seed under every
response (an *arm*). A gate is a share of worlds or a median with a window that has two ends where
the evidence has two; what fails is printed as it is. The table of responses beside it says what the
literature says of the same comparison, and whether the model agrees. Sources: MODEL-2, section 4.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from experiments.calibration.arms import ARMS, COMPARISONS, FIRST_H, SILENT
from experiments.calibration.quantities import QUANTITIES, View
from sim.base.files import write_whole
from sim.metrics import outcomes
from sim.record import Run
from sim.run import people_at
from sim.runs import ensemble
from sim.settings.composition import compose
from sim.settings.worlds import replicates

_F = npt.NDArray[np.float64]
N_WORLDS = 200
LEVEL = 0.90  #: of the intervals


@dataclass(frozen=True)
class Worlds:
    """What every arm came to in the same worlds: a column an outcome, a row a world."""

    arms: Mapping[str, pd.DataFrame]

    def of(self, arm: str, outcome: str) -> _F:
        """An outcome of an arm, float64[n worlds]."""
        return self.arms[arm][outcome].to_numpy(np.float64)

    def burden(self, arm: str) -> _F:
        """Fan-days of core outrage."""
        return self.of(arm, "outrage_burden_core")

    def trust(self, arm: str) -> _F:
        """Trust of core fans on day 14, over the initial."""
        return self.of(arm, "trust_core_d14")


@dataclass(frozen=True)
class Gate:
    """A statement on paired worlds, and from where to where its value must lie.

    value : one number a world, a yes or no (1 or 0) where the share of worlds is asked; NaN for a
    world that says nothing.
    """

    id: str
    en: str
    zh: str
    value: Callable[[Worlds], _F]
    low: float = 0.0  #: window that the value must lie in, both ends included
    high: float = 1.0
    statistic: str = "share"  #: share of worlds, their median, or their mean
    reported: bool = False  #: printed, not asked


def _below(better: str, worse: str, times: float = 1.0) -> Callable[[Worlds], _F]:
    """Whether the burden of one arm is at most `times` that of another."""
    return lambda w: (w.burden(better) <= times * w.burden(worse)).astype(float)


def _day_ratio(w: Worlds) -> _F:
    first, second = w.of("baidu", "list_day_1"), w.of("baidu", "list_day_2")
    return np.where(first > 0, second / np.where(first > 0, first, 1.0), np.nan)


GATES: tuple[Gate, ...] = (
    Gate("F21", "Answering as documented moves a fan's trust by r = .10 to .35", "按实际方式回应对粉丝信任的影响为 r = .10 至 .35", lambda w: w.of("happened", "r_trust"), 0.10, 0.35, "mean"),
    Gate("F21b", "An apology that ends the deal leaves fans more trust than silence", "致歉并终止合作后的粉丝信任高于沉默", lambda w: w.of("apology", "r_trust"), 0.0, 1.0, "mean"),
    Gate("F38a", "Fans' trust is higher as it happened than under silence", "实际回应后的粉丝信任高于沉默", lambda w: (w.trust("happened") > w.trust("none")).astype(float), 0.75),
    Gate("F38b", "Silence leaves 1.1 to 2.5 times the burden of what was done", "沉默的愤怒负担为实际回应的1.1至2.5倍", lambda w: w.burden("none") / w.burden("happened"), 1.1, 2.5, "median"),
    Gate("F39", "Late is at most as bad as never", "迟到的回应不比从不回应更糟", _below("late", "none"), 0.5),
    Gate("F40", "In its first 12 h an apology costs at most 1.15 of silence", "致歉后12小时内的愤怒至多为沉默的1.15倍", lambda w: (w.of("apology", "first_hours") <= 1.15 * w.of("none", "first_hours")).astype(float), 0.6),
    Gate("F41a", "Without a word a leak is listed within 48 h (Baidu)", "没有官方回应时，泄露48小时内上榜（百度）", lambda w: w.of("baidu", "listed_48h"), 0.8),
    Gate("F41b", "and the second day has at least .7 of the first day's attention", "且第二天的关注至少为第一天的0.7", _day_ratio, 0.7, 10.0, "median"),
    Gate("F41c", "Nothing is listed on the first day (the documented case)", "第一天没有话题上榜（本案例）", lambda w: (w.of("happened", "listed_h_day_1") == 0).astype(float), 0.8),
    Gate("F42a", "A denial that is found out costs more than what was done", "被揭穿的否认代价高于实际回应", _below("happened", "denial_found"), 0.9),
    Gate("F42b", "A denial that nobody finds out is about as bad as silence", "未被揭穿的否认与沉默相当", lambda w: w.burden("denial_kept") / w.burden("none"), 0.85, 1.25, "median"),
    Gate("F42c", "Denying is expected to cost more than a prompt apology", "否认的预期代价高于及时致歉", _below("prompt", "denial"), 0.75),
    Gate("F43", "Telling it at 1 h with an apology costs at most 5 % more than at 8 h", "1小时说明并致歉的代价至多比8小时高5%", _below("told_after", "apology", 1.05), 0.6, reported=True),
    Gate("F44a", "A reform on top of the documented acts does no harm", "在实际回应上增加改革无害", _below("reform", "happened", 1.02), 0.75),
    Gate("F44b", "nor on top of an apology alone", "在仅致歉之上亦然", _below("apology_reform", "apology", 1.02), 0.75),
    Gate("F44c", "An empty promise leaves less trust than none", "空头承诺后的信任低于没有承诺", lambda w: (w.trust("promise") < w.trust("apology")).astype(float), 0.6),
    Gate("F45a", "Silence reaches fewer people", "沉默时知晓的人更少", lambda w: (w.of("none", "public_reach") < w.of("happened", "public_reach")).astype(float), 0.8),
    Gate("F45b", "and is listed for fewer hours", "上榜时间也更短", lambda w: (w.of("none", "listed_h") < w.of("happened", "listed_h")).astype(float), 0.8),
    Gate("F46a", "Silence relapses (days 5 to 10) in at least 40 %", "沉默时第5至10天复发至少40%", lambda w: w.of("none", "relapse"), 0.4),
    Gate("F46b", "an answered affair in at most 25 %", "回应后的事件至多25%", lambda w: w.of("happened", "relapse"), 0.0, 0.25),
    Gate("F47a", "The founder's topic keeps .27 to .67 of its peak after 1.1 h", "创始人话题1.1小时后为峰值的.27至.67", lambda w: w.of("happened", "founder_heat_after_1_1h"), 0.27, 0.67, "median"),
    Gate("F47b", ".06 to .46 after 2.0 h", "2.0小时后为.06至.46", lambda w: w.of("happened", "founder_heat_after_2_0h"), 0.06, 0.46, "median"),
    Gate("F47c", "at most .28 after 3.2 h", "3.2小时后至多.28", lambda w: w.of("happened", "founder_heat_after_3_2h"), 0.0, 0.28, "median"),
    *(
        Gate(f"F47{letter}", f"Listed {low:g} to {high:g} h on day {day}", f"第{day}天在榜{low:g}至{high:g}小时", lambda w, day=day: w.of("happened", f"listed_h_day_{day}"), low, high, "median")  # type: ignore[misc]
        for letter, day, low, high in (("d", 2, 1.5, 6.0), ("e", 3, 3.5, 14.0), ("f", 4, 4.0, 16.0))
    ),
    Gate("F48", "An affair that begins on the list is listed within its first hour", "始于热搜的事件在首小时内上榜", lambda w: w.of("baidu", "listed_1h"), 0.8),
)  # fmt: skip


def _correlation(after: Mapping[str, object], before: Mapping[str, object]) -> float:
    """Person-level r of core trust between two arms of one world, signed: positive helps."""
    a, b = (
        np.asarray(people["trust"], np.float64)[: people["bounds"][1]]  # type: ignore[index]
        for people in (after, before)
    )
    sd = float(np.sqrt((a.var() + b.var()) / 2))
    d = (float(a.mean()) - float(b.mean())) / max(sd, 1e-12)
    return d / float(np.sqrt(d * d + 4))


def _row(run: Run) -> dict[str, float]:
    """What the gates ask of one run, beside its outcomes."""
    view, clock = View.of(run), run.clock
    anger, heat = view.series("outrage_core"), view.series("list_heat")
    listed = view.series("n_listed") > 0
    zero = clock.step_of(pd.Timestamp(str(run.asked["case"]["clock_start"])).to_pydatetime())
    hour = round(1 / clock.dt_h)
    said = zero + 8 * hour
    days = [float(heat[view.day(d)].sum()) for d in (1, 2)]
    first_peak = anger[: view.day(4).stop].max()
    later = anger[view.day(5).start : view.day(10).stop]
    return {
        **outcomes(run),
        "first_hours": float(anger[said + hour : said + round(FIRST_H * hour)].mean()),
        "relapse": float(_relapses(later, float(first_peak))),
        "listed_48h": float(listed[zero : zero + 48 * hour].any()),
        "listed_1h": float(listed[zero : zero + hour].any()),
        "list_day_1": days[0],
        "list_day_2": days[1],
        **{name: QUANTITIES[name](view) for name in QUANTITIES if name.startswith("founder_heat")},
    }


def _relapses(later: _F, peak: float) -> bool:
    """Whether outrage comes back: above a quarter of its first peak after having been below it."""
    below = np.flatnonzero(later < 0.25 * peak)
    if below.size == 0:
        return True  # it never went
    return bool((later[below[0] :] > 0.25 * peak).any())


def worlds(n: int = N_WORLDS, *settings: str, arms: Sequence[str] = ()) -> Worlds:
    """Every arm in the same n worlds. settings : as on the command line, of all arms."""
    frames = {}
    for arm in arms or (*ARMS, "baidu"):
        told = ARMS.get(arm, (SILENT, "case=baidu_pr_2024"))
        config = compose([*told, f"n_replicates={n}", *settings])
        frames[arm] = pd.DataFrame([_row(run) for run in ensemble(config).runs])
    asked = [arm for arm in ("happened", "apology") if arm in frames]
    if asked and "none" in frames:
        _add_people(frames, asked, n, settings)
    return Worlds(frames)


def _add_people(
    frames: Mapping[str, pd.DataFrame], asked: Sequence[str], n: int, settings: Sequence[str]
) -> None:
    """The person-level effect of each of these arms against silence, as a column `r_trust`.

    In each of n worlds the difference of core fans' trust at the end, in standard deviations over
    people, as a correlation: -1 to 1, positive helps. frames : by arm, a row a world; changed.
    """
    pairs = {
        arm: replicates(compose([*ARMS[arm], f"n_replicates={n}", *settings]))
        for arm in ("none", *asked)
    }
    effects: dict[str, list[float]] = {arm: [] for arm in asked}
    for k, config in enumerate(pairs["none"]):
        last = [
            round((config.clock.burn_in_h + 24 * config.clock.horizon_d) * 60 / config.clock.dt_min)
            - 1
        ]
        silent = people_at(config, last)[last[0]]
        for arm in asked:
            effects[arm].append(_correlation(people_at(pairs[arm][k], last)[last[0]], silent))
    for arm, values in effects.items():
        frames[arm]["r_trust"] = values


def interval(values: _F, statistic: str, level: float = LEVEL) -> tuple[float, float, float]:
    """A share of worlds (Wilson), their median (order statistics) or mean, with its interval.

    values : one a world, float64; NaN counts as not known. statistic : share, median or mean. level
    : 0 to 1. Value, low and high end; NaN three times where nothing is known.
    """
    from scipy.stats import binom, norm

    known = values[np.isfinite(values)]
    n = known.size
    if n == 0:
        return (float("nan"),) * 3
    if statistic == "median":
        ordered = np.sort(known)
        cut = int(binom.ppf((1 - level) / 2, n, 0.5))
        return (
            float(np.median(known)),
            float(ordered[max(cut - 1, 0)]),
            float(ordered[min(n - cut, n - 1)]),
        )
    z = float(norm.ppf((1 + level) / 2))
    if statistic == "mean":
        half = z * float(known.std(ddof=1)) / float(np.sqrt(n)) if n > 1 else float("nan")
        return float(known.mean()), float(known.mean()) - half, float(known.mean()) + half
    share = float(known.mean())
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    return share, centre - half, centre + half


def table(found: Worlds) -> pd.DataFrame:
    """A row a gate: its value with a 90 % interval, what is asked, and whether it holds."""
    rows = []
    for gate in GATES:
        values = gate.value(found)
        value, low, high = interval(values, gate.statistic)
        rows.append(
            {
                "gate": gate.id, "en": gate.en, "zh": gate.zh,
                "is": gate.statistic,
                "value": value, "low": low, "high": high, "wanted_from": gate.low,
                "wanted_to": gate.high, "worlds": int(np.isfinite(values).sum()),
                "holds": "reported" if gate.reported else bool(gate.low <= value <= gate.high),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def answers(found: Worlds) -> pd.DataFrame:
    """A row a comparison: paired difference in fan-days, share of worlds, and the evidence."""
    rows = []
    for one in COMPARISONS:
        gap = found.burden(one.arm) - found.burden(one.base)
        half = 1.645 * float(gap.std(ddof=1)) / float(np.sqrt(gap.size))
        mean, better = float(gap.mean()), float((gap < 0).mean())
        sign = 0 if abs(mean) <= half else (-1 if mean < 0 else 1)
        agrees = "no evidence" if one.expected == 0 else ("yes" if sign == one.expected else "NO")
        rows.append(
            {
                "arm": one.arm, "against": one.base, "en": one.en, "zh": one.zh,
                "difference": mean, "low": mean - half, "high": mean + half, "better_in": better,
                "evidence": one.source, "agrees": agrees,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def printed(gates: pd.DataFrame, compared: pd.DataFrame, n: int) -> str:
    """Both tables as text.

    gates : a row a gate, with value, window and whether it holds. compared : a row a comparison of
    answers. n : worlds.
    """
    lines = [f"Gates over {n} worlds (90 % intervals)"]
    lines += [
        "Priors were set by hand with gates in sight: this is what the model says, no test.",
        "",
    ]
    for row in gates.to_dict("records"):
        holds = {True: "holds", False: "FAILS"}.get(row["holds"], "reported")
        window = f"{row['wanted_from']:g} to {row['wanted_to']:g}"
        lines.append(
            f"{row['gate']:5s} {holds:8s} {row['value']:5.2f} ({row['low']:.2f} to {row['high']:.2f})"
            f"  asked {window:12s} {row['en']}"
        )
    lines += ["", "Core outrage, fan-days, paired over the same worlds; less is better", ""]
    for row in compared.to_dict("records"):
        lines.append(
            f"{row['arm']:13s} - {row['against']:9s} {row['difference']:+.2f} ({row['low']:+.2f} to "
            f"{row['high']:+.2f}), less in {row['better_in']:.0%}; evidence: {row['evidence']}; "
            f"agrees: {row['agrees']}"
        )
    return "\n".join(lines)


def main(n: int = N_WORLDS, folder: Path = Path("results/facts")) -> None:
    """Run every arm, print both tables, and write them as CSV."""
    found = worlds(n)
    gates, compared = table(found), answers(found)
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in (("gates", gates), ("responses", compared)):
        write_whole(folder / f"{name}.csv", frame.to_csv(index=False).encode())
    print(printed(gates, compared, n))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else N_WORLDS)
