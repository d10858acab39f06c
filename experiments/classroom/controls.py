"""What all pages are built of: escaped texts, and the browser's own controls.

The browser's own, so that keyboard, screen reader and phone know them. Nothing here shows a text
without escaping it.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui


def escaped(text: str, kind: str = "span") -> ui.html:
    """A text in an element of its own kind; what looks like markup in it is shown as text.

    The only way in which texts reach a page: names, titles and events are typed by others.
    """
    return ui.html(html.escape(text), sanitize=False, tag=kind)


def heading(level: int, text: str) -> ui.html:
    """A heading of level 1 to 6 that screen readers know as one."""
    return escaped(text, f"h{level}")


def paragraph(text: str, classes: str = "") -> ui.html:
    """A paragraph of escaped text; returned, so that its text can be changed later."""
    return escaped(text, "p").classes(classes)


def tag(kind: str, classes: str = "", /, **attributes: Any) -> ui.element:
    """An element with attributes; `^` in front of a name makes it a start value only.

    Underscores in names become hyphens, as in aria_label.
    """
    element = ui.element(kind).classes(classes)
    for name, value in attributes.items():
        element.props[name.replace("_", "-")] = value
    return element


def text_tag(kind: str, text: str, classes: str = "", /, **attributes: Any) -> ui.element:
    """An element with attributes around a text, which is escaped."""
    element = tag(kind, classes, **attributes)
    with element:
        escaped(text)
    return element


def button(text: str, classes: str = "", /, **attributes: Any) -> ui.element:
    """A button of the laboratory that submits no form."""
    return text_tag("button", text, f"bl-button {classes}", type="button", **attributes)


def select(
    label: str, options: Mapping[str, str], value: str, changed: Callable[[str], None], name: str
) -> ui.element:
    """A labelled choice among few: `changed` is called with the option; what is none of them is
    ignored.

    name : of the field, for the browser and for tests.
    """
    with tag("div", "bl-field"):
        caption = text_tag("label", label)
        box = tag("select", "bl-input", name=name)
        caption.props["for"] = box.html_id
        with box:
            for option, text in options.items():
                item = text_tag("option", text, value=option)
                if option == value:
                    item.props["^selected"] = "selected"

    def chosen(event: Any) -> None:
        if event.args in options:
            changed(event.args)

    box.on("change", chosen, js_handler="(e) => emit(e.target.value)")
    return box


def whole_number(label: str, value: int, high: int, name: str) -> ui.element:
    """A labelled field for a whole number from 0 to `high`; what is typed is to be checked."""
    with tag("div", "bl-field"):
        caption = text_tag("label", label)
        box = tag(
            "input", "bl-input", type="number", name=name, min=0, max=high, step=1,
            inputmode="numeric", **{"^value": value},
        )  # fmt: skip
        caption.props["for"] = box.html_id
    return box


def tick_box(label: str, value: object, changed: Callable[[bool], None], name: str) -> ui.element:
    """A labelled box for yes or no; `changed` is called with what it stands at then."""
    with tag("div", "bl-check"):
        box = tag("input", type="checkbox", name=name)
        if value:
            box.props["^checked"] = ""
        text_tag("label", label).props["for"] = box.html_id
    box.on("change", lambda e: changed(e.args is True), js_handler="(e) => emit(e.target.checked)")
    return box


def number_of(raw: object) -> float | None:
    """A finite number that a page has sent, as a number or as text; None if it is none."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float) or len(str(raw)) > 30:
        return None
    try:
        value = float(raw)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
