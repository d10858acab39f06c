"""Sphinx: what both languages share. `make_site.py` sets language, pages and counterparts."""

import json
import os
import re
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.highlighting import lexers
from sphinx.search import SearchLanguage, languages

_told = json.loads(os.environ["BACKLASH_SITE"])  #: language, version, pages of the other language
_here = Path(__file__).parent
_zh = _told["lang"] == "zh"

project = "Backlash"
author = copyright = "The Backlash team"
version = release = _told["version"]
language = "zh_CN" if _zh else "en"
extensions = ["myst_nb"]  # notebooks, and pages in Markdown by myst_parser
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
nb_execution_mode = "force"  # notebooks are kept without their output
nb_execution_in_temp = True  # what they store is nobody's
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True
nb_output_stderr = "remove"  # how far runs are
myst_heading_anchors = 4
root_doc = "index"
suppress_warnings = ["myst.header"]  # pages that begin below the first level, generated tables
html_theme = "furo"
html_title = "Backlash"
html_static_path = [str(_here / "static")]
html_css_files = ["site.css"]
templates_path = [str(_here / "templates")]
html_show_sourcelink = html_copy_source = False
html_extra_path = [_told["files"]]
html_use_index = False
html_search_language = "zh" if _zh else "en"
html_context = {
    "counterparts": _told["counterparts"],
    "other": "en" if _zh else "zh",
    "other_name": "English" if _zh else "中文",
}
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}


class ByCharacters(SearchLanguage):
    """Chinese without a dictionary: a text is found by any two neighbouring characters of it.

    Words of a dictionary would have to be cut alike here and in the reader's browser.
    """

    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = """
var splitQuery = (query) => (query.match(/[\\u4e00-\\u9fff]+|[a-zA-Z0-9_]+/g) || []).flatMap(
  (run) => (/[a-zA-Z0-9_]/.test(run[0]) || run.length < 2)
    ? [run] : Array.from({length: run.length - 1}, (_, k) => run.slice(k, k + 2)));
"""

    def split(self, input: str) -> list[str]:
        """Latin words whole; of Chinese each character and each pair of neighbours."""
        words = []
        for run in re.findall(r"[\u4e00-\u9fff]+|[a-zA-Z0-9_]+", input):
            latin = run[0].isascii()
            words += [run] if latin else [*run, *(run[k : k + 2] for k in range(len(run) - 1))]
        return words


languages["zh"] = ByCharacters
lexers["csv"] = TextLexer()  # Pygments has none
