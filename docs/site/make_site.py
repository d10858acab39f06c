"""Pages of the checkout -> site/: `make site`. Nothing of the built pages is fetched from outside.

Each language is a site of its own beside the other (site/en, site/zh): a page and its translation
have the same path, which is how one leads to the other. Links to pages go to pages, links to other
files of the checkout to copies of these, links to folders become plain text.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import made_pages
import yaml

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent
ROOT = DOCS.parent
LANGS = ("en", "zh")
#: Code stays as it is; then images and links: mark, text, target.
LINK = re.compile(
    r"```.*?^\s*```|`[^`\n]*`|(!?)\[((?:`[^`\n]*`|[^\[\]`])*)\]\(([^)\s]+)\)", re.S | re.M
)
#: What a page of the checkout calls a list of files is a page here.
PLACES = {DOCS / "decisions": "reference/decisions.md", ROOT / "README.md": "index.md"}


class Page(NamedTuple):
    """A page of one language: its text, where that stands in the checkout, its path in the site."""

    lang: str
    source: Path
    path: str
    text: str


def nav() -> dict[str, list[dict]]:
    """Sections of each language: title, and pages by their paths in docs/."""
    return yaml.safe_load((HERE / "nav.yaml").read_text(encoding="utf-8"))


def placed(name: str) -> str:
    """The path in the site: the same in both languages."""
    name = name.replace(".zh.", ".")
    return f"project/{name[3:].lower()}" if name.startswith("../") else name


def pages_of(lang: str) -> list[Page]:
    """All pages of a language, the first and the decisions included."""
    names = ["index.md" if lang == "en" else "index.zh.md"]
    names += [name for section in nav()[lang] for name in section["pages"]]
    if lang == "en":
        names += [f"decisions/{path.name}" for path in sorted(DOCS.glob("decisions/*.md"))]
    made = made_pages.pages()
    return [
        Page(lang, (DOCS / name).resolve(), placed(name), made.get(name) or _read(DOCS / name))
        for name in names
    ]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def linked(page: Page, known: dict[Path, Page], files: Path) -> str:
    """The text of a page with its links as the site has them; copies what they lead to."""
    if not page.path.endswith(".ipynb"):
        return relinked(page.text, page, known, files)
    book = json.loads(page.text)
    for cell in book["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = relinked("".join(cell["source"]), page, known, files)
    return json.dumps(book, ensure_ascii=False)


def relinked(whole: str, page: Page, known: dict[Path, Page], files: Path) -> str:
    """A text of a page with its links as the site has them; copies what they lead to."""

    def changed(found: re.Match) -> str:
        mark, text, target = found.groups()
        if text is None or re.match(r"[a-z]+:|#", target):
            return found.group()
        name, hash_, anchor = target.partition("#")
        goal = (page.source.parent / name).resolve()
        up = "../" * page.path.count("/")
        if goal in PLACES:
            return (
                f"[{text}](/{PLACES[goal]})"
                if page.lang == "en"
                else _outside(text, up, "en", PLACES[goal])
            )
        if goal in known:
            other = known[goal]
            if other.lang == page.lang:
                return f"[{text}](/{other.path}{hash_}{anchor})"
            return _outside(text, up, other.lang, other.path, hash_ + anchor)
        if goal.is_dir():
            return text
        kept = files / "files" / goal.relative_to(ROOT)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(goal, kept)
        address = f"{up}files/{goal.relative_to(ROOT).as_posix()}"
        return f'<img src="{address}" alt="{text}">' if mark else f'<a href="{address}">{text}</a>'

    return LINK.sub(changed, whole)


def _outside(text: str, up: str, lang: str, path: str, anchor: str = "") -> str:
    """A link to the site of the other language."""
    return (
        f'<a href="{up}../{lang}/{Path(path).with_suffix("").as_posix()}.html{anchor}">{text}</a>'
    )


def staged(lang: str, pages: dict[str, list[Page]], folder: Path) -> None:
    """Write what Sphinx reads: the pages of a language, and the tree of its first page."""
    known = {page.source: page for both in pages.values() for page in both}
    files = folder.with_name(f"{lang}-files")
    files.mkdir(parents=True)
    for page in pages[lang]:
        text = linked(page, known, files)
        if page.path == "index.md":
            text += "".join(
                _tree(section["title"], [placed(name) for name in section["pages"]])
                for section in nav()[lang]
            )
        if page.path == "reference/decisions.md":
            text += _tree("", [p.path for p in pages[lang] if p.path.startswith("decisions/")])
        path = folder / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _tree(title: str, paths: list[str]) -> str:
    caption = f":caption: {title}\n" if title else ""
    return (
        f"\n\n```{{toctree}}\n:hidden:\n{caption}\n" + "\n".join(f"/{p}" for p in paths) + "\n```\n"
    )


def build(out: Path) -> int:
    """Both languages into a folder that is made anew; the exit code of the first that failed."""
    from sphinx.cmd.build import build_main

    import sim

    stage = ROOT / "build" / "site"
    for old in (stage, out):
        shutil.rmtree(old, ignore_errors=True)
    pages = {lang: pages_of(lang) for lang in LANGS}
    for lang in LANGS:
        other = {
            Path(p.path).with_suffix("").as_posix() for p in pages["en" if lang == "zh" else "zh"]
        }
        staged(lang, pages, stage / lang)
        os.environ["BACKLASH_SITE"] = json.dumps(
            {"lang": lang, "version": sim.__version__, "counterparts": sorted(other),
             "files": str(stage / f"{lang}-files")}
        )  # fmt: skip
        words = [
            "-q",
            "-W",
            "--keep-going",
            "-b",
            "html",
            "-c",
            str(HERE),
            "-d",
            str(stage / f"{lang}-memory"),
        ]
        code = build_main([*words, str(stage / lang), str(out / lang)])
        if code:
            return code
    shutil.copy(HERE / "first.html", out / "index.html")
    print(f"{out / 'index.html'}: open it in a browser; nothing needs the network")
    return 0


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "site").resolve()))
