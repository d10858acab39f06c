"""A forecast in a terminal: what to know first, then what comes, then which response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from experiments.live.affair import AHEAD_H
from experiments.live.ahead import QUANTITIES, SHOWN
from experiments.live.scoring import FEWEST_CURVE
from experiments.live.words import named, told
from experiments.pictures.words import caveat

_F = Mapping[str, Any]


def printed(found: _F, lang: str) -> str:
    """All of it."""
    worlds = found["worlds"]
    lines = [
        told("title", lang, case=found["titles"][lang]),
        told("at", lang, at=f"{found['at']} ({found['zone']})", age=found["age_h"]),
        told(
            "worlds", lang, n=worlds["gone_on_with"], courses=worlds["courses"],
            effective=worlds["effective"], seconds=worlds["seconds"],
        ),
        "", told("first", lang), *(f"  - {line}" for line in found["honesty"][lang]),
        f"  - {caveat(lang)}", *(f"  - {note}" for note in found["notes"][lang]),
        "", told("ahead", lang),
    ]  # fmt: skip
    for name, one in found["candidates"].items():
        lines += [f"  {named(name, lang)}", *_outlook(one, worlds["gone_on_with"], lang)]
    lines += ["", f"{told('compare', lang)} ({told('loss_' + found['goal'], lang)})"]
    lines += [f"  {row}" for row in comparison(found, found["goal"], lang)]
    lines += ["", told("wait", lang), f"  {told('how_wait', lang)}"]
    lines += [f"  {line}" for line in waits(found, lang)]
    if found["when"]:
        lines += ["", told("when", lang), *(f"  {one[lang]}" for one in found["when"])]
    return "\n".join(lines)


def bands_of(one: _F) -> Iterator[tuple[str, list[tuple[int, dict[str, float]]]]]:
    """The quantities that a candidate has, each with its band some hours ahead."""
    for name in QUANTITIES:
        if name in one["totals"]:
            yield name, [(hours, one["totals"][name][str(hours)]) for hours in AHEAD_H]


def _outlook(one: _F, n: int, lang: str) -> list[str]:
    """Bands and statements of one candidate."""
    lines = []
    for name, bands in bands_of(one):
        cells = [
            f"{hours} h {short(b['median'])} ({short(b['low90'])}–{short(b['high90'])})"
            for hours, b in bands
        ]
        lines.append(f"    {told(name, lang)}: {'; '.join(cells)}")
    for line in statements(one, n, lang):
        lines.append(f"    {line}")
    return lines


def statements(one: _F, n: int, lang: str) -> list[str]:
    """Sentences with worlds counted: a second wave within 72 h: 41 of 100 worlds."""
    found = []
    for event, hours in SHOWN:
        if event not in one["events"]:
            continue
        share = one["events"][event][str(hours)]
        held = told("of_worlds", lang, k=round(share * n), n=n)
        found.append(f"{told(event, lang, h=hours)}: {held}")
    return found


def comparison(found: _F, goal: str, lang: str) -> list[str]:
    """A line a candidate, the least loss first."""
    lines = []
    for row in sorted(found["comparison"][goal], key=lambda one: one["loss"]):
        line = f"{named(row['name'], lang)}: {told('mean', lang)} {row['loss']:.3f}"
        if row["name"] != "none":
            line += (
                f"; {told('against', lang)} {row['difference']:+.3f} "
                f"({told('most_worlds', lang)} {row['low']:+.3f} … {row['high']:+.3f}), "
                f"{told('better', lang)} {row['better']:.0%}"
            )
        lines.append(f"{line}; {told('regret', lang)} {row['regret']:.3f}")
    return lines


def waits(found: _F, lang: str) -> list[str]:
    """A line for each number of hours that one might wait."""
    lines = []
    for one in found["waiting"]:
        how = told("saves" if one["saved"] > 0 else "costs", lang)
        telling = told(one["telling"], lang, h=one["hours"])
        lines.append(
            told("waits", lang, h=one["hours"], saved=one["saved"], how=how,
                 changes=one["changes"], telling=telling)
        )  # fmt: skip
    return lines or [told("no_wait", lang)]


def short(value: float) -> str:
    """A number as a reader takes it in."""
    if abs(value) >= 10_000:
        return f"{value / 1000:,.0f}k"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"


def record_text(known: Sequence[_F], worths: Mapping[str, _F], lang: str) -> str:
    """The track record. worths : of "forecasts" and of "replays", as `scoring.calibration`."""
    made = [one for one in known if one["kind"] == "forecast"]
    if not made:
        return told("record_none", lang)
    digest = known[-1]["digest"]
    lines = [told("record_head", lang, n=len(known), forecasts=len(made), digest=digest)]
    for one in made:
        mark = f"  {told('replay_mark', lang)}" if one.get("replay") else ""
        lines.append(f"  {one['number']:4d}  {one['made']}  {one['affair']} at={one['at']}{mark}")
    for name, head in (("forecasts", "record_real"), ("replays", "record_replays")):
        if worths[name]["hours"]:
            lines += ["", told(head, lang), *_worth(worths[name], lang)]
    if not any(worth["hours"] for worth in worths.values()):
        lines.append(told("record_few", lang, least=FEWEST_CURVE))
    return "\n".join(lines)


def _worth(worth: _F, lang: str) -> list[str]:
    """What forecasts of one kind were worth."""
    lines = []
    for hours, values in worth["hours"].items():
        lines.append(told("record_hours", lang, h=hours, **values))
    if worth["brier"] is not None:
        lines.append(told("record_brier", lang, n=worth["statements"], brier=worth["brier"]))
    if not worth["curve"]:
        lines.append(told("record_few", lang, least=FEWEST_CURVE))
    return lines + [f"  {told('record_curve', lang, **row)}" for row in worth["curve"]]


def resolved_text(found: Sequence[_F], lang: str) -> str:
    """What was scored just now."""
    lines = []
    for one in found:
        for hours, values in one["hours"].items():
            where = "in50" if values["in50"] else "in90" if values["in90"] else "outside"
            lines.append(
                told("resolved", lang, affair=one["affair"], at=one["at"],
                     did=named(one["did"], lang), h=hours, came=values["came"],
                     crps=values["crps"], where=told(where, lang))
            )  # fmt: skip
    return "\n".join(lines) or told("nothing_new", lang)
