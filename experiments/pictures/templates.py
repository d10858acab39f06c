"""Templates for files of text; those of pages are in `pages`, which brings Matplotlib with it."""

from __future__ import annotations

from pathlib import Path

import jinja2


def text_environment(folder: Path) -> jinja2.Environment:
    """Templates of a folder for files of text: nothing is escaped unless the template does it."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
