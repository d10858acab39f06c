"""QR codes, drawn on this machine: a class needs no internet to join by camera."""

from __future__ import annotations

import html
import io

import segno
from nicegui import ui


def qr_svg(text: str) -> str:
    """A QR code of a text as SVG that grows with its box; error correction M, four quiet modules.

    Not a micro code: cameras of phones do not read these.
    """
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, light="#ffffff"
    )
    return out.getvalue().decode()


def draw_qr(text: str, label: str) -> ui.element:
    """The code in an element of its own; `label` says to a screen reader where it leads."""
    box = ui.element("div").classes("game-qr")
    box.props(f'role="img" aria-label="{html.escape(label, quote=True)}"')
    with box:
        ui.html(qr_svg(text), sanitize=False)
    return box
