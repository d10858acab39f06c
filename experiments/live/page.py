"""The report of a forecast: one page that needs nothing beside it, and its figures for slides."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.live.affair import AHEAD_H
from experiments.live.figures import figure_record, figures_of
from experiments.live.honesty import SCORED_AGES
from experiments.live.printed import bands_of, comparison, short, statements, waits
from experiments.live.words import named, told
from experiments.pictures import pages
from experiments.pictures.words import caveat
from sim.base.files import write_whole


def write_page(
    found: Mapping[str, Any], folder: Path, lang: str, curves: Mapping[str, Any] | None = None
) -> Path:
    """Write forecast-MOMENT.html (_zh), .json and figures into a folder; give the page's path.

    curves : calibration of the record so far, once ten statements were scored.
    """
    stem = "forecast-" + found["at"].replace("-", "").replace(" ", "T").replace(":", "")
    suffix = pages.suffix(lang)
    sources = {}
    drawn = figures_of(found, lang)
    if curves:
        drawn["record"] = figure_record(curves, lang)
    for name, figure in drawn.items():
        svg = pages.save(figure, folder / "figures" / f"{stem}-{name}{suffix}", found["digest"])
        sources[name] = pages.inline(pages.shrunk(svg))
    template = pages.environment(Path(__file__).parent).get_template("page.html.j2")
    n = found["worlds"]["gone_on_with"]
    text = template.render(
        lang=lang, found=found, figures=sources, ages=SCORED_AGES,
        quoted=shlex.quote(found["affair"]), told=lambda key, **v: told(key, lang, **v),
        honesty=[*found["honesty"][lang], caveat(lang)],
        candidates=[
            (named(name, lang), statements(one, n, lang), _rows(one, lang))
            for name, one in found["candidates"].items()
        ],
        hours=AHEAD_H, waits=waits(found, lang),
        goals=[(told(f"loss_{goal}", lang), comparison(found, goal, lang))
               for goal in found["comparison"]],
    )  # fmt: skip
    path = folder / f"{stem}{suffix}.html"
    write_whole(path, pages.finished(text).encode())
    plain = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(folder / f"{stem}.json", plain.encode())
    return path


def _rows(one: Mapping[str, Any], lang: str) -> list[tuple[str, list[str]]]:
    """Bands as cells of a table: median, half and 90 % of worlds."""
    rows = []
    for name, bands in bands_of(one):
        cells = [
            f"{short(b['median'])} [{short(b['low50'])}–{short(b['high50'])}] "
            f"({short(b['low90'])}–{short(b['high90'])})"
            for _, b in bands
        ]
        rows.append((told(name, lang), cells))
    return rows
