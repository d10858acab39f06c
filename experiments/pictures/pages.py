"""Pages and pictures on disk: whole or absent, self-contained, the same bytes for the same runs."""

from __future__ import annotations

import base64
import io
import re
import sys
import warnings
from pathlib import Path
from typing import IO, Any

import jinja2
from matplotlib.figure import Figure

import sim
from experiments.pictures.web_font import FAMILY, MARK, with_font
from sim.base.digest import RESULTS_VERSION
from sim.base.files import write_whole


def save(figure: Figure, path: Path, digest: str) -> str:
    """PNG and SVG, whole or absent, with digest and version in their metadata; the SVG's text.

    path : without an ending. No date is written, so that the same figure gives the same bytes.
    """
    about = f"backlash {sim.__version__}, results {RESULTS_VERSION}, runs {digest}"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    drawn(
        figure,
        text,
        format="svg",
        dpi=110,  # of what is drawn as an image in it: many thin lines
        bbox_inches="tight",
        metadata={"Date": None, "Description": about, "Creator": "backlash"},
    )
    picture = io.BytesIO()
    drawn(
        figure,
        picture,
        format="png",
        dpi=200,
        bbox_inches="tight",
        metadata={"Description": about, "Software": "backlash"},
    )
    write_whole(path.with_suffix(".svg"), text.getvalue())
    write_whole(path.with_suffix(".png"), picture.getvalue())
    return text.getvalue().decode()


#: Characters that were named once, so that a report of ten figures says it once.
_NAMED: set[str] = set()


def drawn(figure: Figure, into: IO[bytes] | IO[str], **how: Any) -> None:
    """`figure.savefig`; characters that no font has are boxes in it, and are named in plain words.

    The fonts are the bundled ones, then whatever Chinese fonts the system has (plots.use_style).
    """
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        figure.savefig(into, **how)
    missing: list[str] = []
    for warning in seen:
        glyph = re.match(r"Glyph (\d+) ", str(warning.message))
        if glyph:
            missing.append(chr(int(glyph[1])))
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    new = [c for c in dict.fromkeys(missing) if c not in _NAMED]
    if new:
        _NAMED.update(new)
        named = ", ".join(f"{c} (U+{ord(c):04X})" for c in new)
        print(
            f"figures: no font here has {named}: boxes in the pictures, the words around them as "
            "they are\n  try:     install a Chinese font, such as Noto Sans CJK SC, and the same "
            "command again",
            file=sys.stderr,
        )


def suffix(lang: str) -> str:
    """What the name of a page or figure ends in: nothing in English, so that both lie together."""
    return "" if lang == "en" else f"_{lang}"


def inline(svg: str) -> str:
    """An SVG as a data address: nothing outside the page, no clash of ids between figures."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


#: How a page is printed on A4: tables as wide as the paper, figures and rows whole.
PRINT = """
@media print{@page{size:A4;margin:13mm}body{max-width:none;margin:0;padding:0;font-size:10.5pt}
h2{break-after:avoid}figure,tr,.box,.note{break-inside:avoid}
figure img{max-height:235mm;object-fit:contain}
.wide{overflow:visible}table{font-size:7.5pt}th,td{padding:2px 4px;overflow-wrap:anywhere}
.yes,.no{white-space:nowrap}}
"""


def finished(page: str) -> str:
    """A page with its rules for printing and the Chinese glyphs that it uses.

    It has one style sheet, whose list of fonts ends in sans-serif. What the machine has is first.
    """
    page = with_font(page.replace("</style>", f"{MARK}{PRINT}</style>", 1))
    return page.replace(",sans-serif", f',"{FAMILY}",sans-serif', 1)


def shrunk(svg: str) -> str:
    """Coordinates to a hundredth of a point: a smaller page, no visible change."""
    return re.sub(r"(?<![\d.])([1-9]\d*\.\d{2})\d+", r"\1", svg)  # never a scale such as 0.0156


def environment(folder: Path) -> jinja2.Environment:
    """Where the templates of pages lie; what is filled in is escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
