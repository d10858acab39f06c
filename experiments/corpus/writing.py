"""Affairs -> a folder of the four tables, as `tables.read` and anybody's own code read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np

from experiments.corpus.affairs import Affairs
from experiments.corpus.cells import LIST_ZONE
from experiments.corpus.kinds import KINDS, bits
from sim.base.files import write_whole

_AFFAIRS = ("affair", "organisation", "sample_set", "victim", "cause")
_EVENTS = ("affair", "topic", "t_h", "kind", "kind2", "speaker_ceo_or_founder", "topic_peak_heat",
           "last_seen_h")  # fmt: skip
Rows = Iterator[tuple[object, ...]]


def write(folder: Path, affairs: Affairs) -> None:
    """Affairs as affairs.csv, events.csv, series.csv and samples.csv, in a folder that is made.

    Starts are written to the minute, hours of topics and samples to a ten-thousandth, heat to a
    tenth; hours of less heat are left out, as hours in which nothing was listed.
    """
    start = "t0_hour_of_day" if np.isnan(affairs.start).any() else "t0_utc8"
    heads = (*_AFFAIRS, start, "observed_h", "n_topics")
    for name, head, rows in (
        ("affairs", heads, _affair_rows(affairs)),
        ("events", _EVENTS, _event_rows(affairs)),
        ("series", ("affair", "hour", "heat", "heat_response"), _series_rows(affairs)),
        ("samples", ("affair", "topic", "t_h", "heat", "place"), _sample_rows(affairs)),
    ):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([head, *rows])
        write_whole(folder / f"{name}.csv", text.getvalue().encode())


def _affair_rows(a: Affairs) -> Rows:
    """A row an affair."""
    n_topics = np.diff(a.first)
    calendar = not np.isnan(a.start).any()
    for row, name in enumerate(a.name):
        began = (
            datetime.fromtimestamp(a.start[row], LIST_ZONE).isoformat(timespec="minutes")
            if calendar
            else f"{a.clock[row]:.4f}"
        )
        yield (
            name, a.organisation[row], a.sample_set[row], a.victim[row], a.cause[row], began,
            f"{a.observed_h[row]:.4f}", n_topics[row],
        )  # fmt: skip


def _event_rows(a: Affairs) -> Rows:
    """A row a topic."""
    t = a.topics
    for row, affair in enumerate(t.affair.tolist()):
        further = [one for one in KINDS if t.codes[row] & bits(one) and one != KINDS[t.kind[row]]]
        yield (
            a.name[affair], t.number[row], f"{t.t_h[row]:.4f}", KINDS[t.kind[row]],
            "+".join(further), int(t.ceo[row]), f"{t.peak[row]:.1f}", f"{t.last_h[row]:.4f}",
        )  # fmt: skip


def _series_rows(a: Affairs) -> Rows:
    """A row an hour in which something was listed."""
    for row, hour in np.argwhere(a.heat >= 0.05).tolist():
        yield (
            a.name[row], hour, f"{a.heat[row, hour]:.1f}", f"{a.heat_response[row, hour]:.1f}"
        )  # fmt: skip


def _sample_rows(a: Affairs) -> Rows:
    """A row a sample and topic."""
    s = a.samples
    for row, affair in enumerate(s.affair.tolist()):
        yield a.name[affair], s.topic[row], f"{s.t_h[row]:.4f}", f"{s.heat[row]:.1f}", s.place[row]
