"""Chinese characters of a page that stands alone, with the page: no system font is counted on.

Only the characters that the page holds are taken, so a page grows by some tens of kilobytes.
"""

from __future__ import annotations

import base64
import io
import re
from functools import lru_cache

from fontTools import subset  # matplotlib brings it
from fontTools.ttLib import TTFont

from experiments.pictures.plots import FONT

FAMILY = "Backlash Sans SC"
MARK = "/*font*/"  #: in the style of a page: where its font goes
_CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def with_font(page: str) -> str:
    """A page whose style holds MARK, with the font of its Chinese characters there.

    Equal pages give equal bytes. A page without Chinese characters gets no font.
    """
    found = "".join(sorted(set(_CHINESE.findall(page))))
    return page.replace(MARK, _face(found) if found else "", 1)


@lru_cache(maxsize=64)
def _face(characters: str) -> str:
    """The rule that brings these characters; those that the font lacks come from the system."""
    options = subset.Options()
    options.layout_features = []
    options.name_IDs = [1, 2]
    options.recalc_timestamp = False
    options.hinting = False
    options.desubroutinize = True
    out = io.BytesIO()
    with TTFont(FONT, recalcTimestamp=False) as font:
        part = subset.Subsetter(options)
        part.populate(text=characters)
        part.subset(font)
        font.save(out)
    data = base64.b64encode(out.getvalue()).decode()
    return (
        f'@font-face{{font-family:"{FAMILY}";src:url(data:font/otf;base64,{data})'
        ' format("opentype");unicode-range:U+3000-303F,U+4E00-9FFF,U+FF00-FFEF}'
    )
