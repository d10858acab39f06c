"""The site of the documentation: pages have places, links goals, commands names."""

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS / "site"))

import made_pages  # noqa: E402
import make_site  # noqa: E402

PAGES = sorted(path for path in DOCS.rglob("*.md") if "decisions" not in path.parts)
BOOKS = sorted(DOCS.glob("notebooks/*.ipynb"))
NAMED = [
    name
    for lang in make_site.LANGS
    for section in make_site.nav()[lang]
    for name in section["pages"]
]
COMMANDS = set(re.findall(r"^  backlash (\w+)", made_pages.help_text(), re.M))


def test_every_page_has_one_place():
    assert len(NAMED) == len(set(NAMED))
    there = {path.relative_to(DOCS).as_posix() for path in PAGES + BOOKS}
    there -= {"index.md", "index.zh.md"}
    assert there - set(NAMED) == set(), "docs/site/nav.yaml"
    missing = [n for n in NAMED if n not in made_pages.pages() and not (DOCS / n).is_file()]
    assert missing == []


def test_chinese_pages_stand_in_the_chinese_tree_and_no_others():
    for lang in make_site.LANGS:
        names = [name for section in make_site.nav()[lang] for name in section["pages"]]
        assert all((".zh." in name) == (lang == "zh") for name in names)


def text_of(path):
    """A page; of a notebook the cells of text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def goals(path):
    """Files and folders that the links of a page lead to, with the part after #."""
    for found in make_site.LINK.finditer(text_of(path)):
        target = found.group(3)
        if target and not re.match(r"[a-z]+:", target):
            name, _, anchor = target.partition("#")
            yield target, (path.parent / name).resolve() if name else path, anchor


def slugs(path):
    """What a heading is called after #: small letters, hyphens, nothing but words."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    heads = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize(
    "path", PAGES + BOOKS + sorted(DOCS.glob("decisions/*.md")), ids=lambda p: p.name
)
def test_links_lead_somewhere(path):
    for target, goal, anchor in goals(path):
        made = goal.is_relative_to(DOCS) and goal.relative_to(DOCS).as_posix() in made_pages.pages()
        assert made or goal.exists(), target
        assert not anchor or made or anchor in slugs(goal), target


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A page\n[x](nowhere.md) `[no](link)` [y](#a-page)\n")
    (_, goal, _), (_, same, anchor) = goals(page)
    assert not goal.exists() and same == page and anchor in slugs(page)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_commands_are_known(path):
    """The first word after `backlash` in blocks of code, and goals of make."""
    text = path.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.S | re.M))
    typed = set(re.findall(r"^(?:\S*/)?backlash (\w+)", code, re.M))
    assert typed <= COMMANDS
    made = set(re.findall(r"^make ([a-z]+)", code, re.M))
    assert made <= set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))


@pytest.mark.parametrize("name", ["howto/paper.md", "howto/paper.zh.md"])
def test_the_study_of_the_how_to_is_a_study(name, tmp_path):
    from experiments.sweeps.study_file import read_study

    (text,) = re.findall(r"```yaml\n(.*?)```", (DOCS / name).read_text(encoding="utf-8"), re.S)
    path = tmp_path / "question.yaml"
    path.write_text(text, encoding="utf-8")
    study = read_study(str(path))
    assert len(study.axes[0].labels) + len(study.beside) == 4


def test_generated_pages_hold_what_the_program_has():
    from sim.metrics import OUTCOMES

    made = made_pages.pages()
    assert all(f"`{o.name}`" in made["reference/outcomes.zh.md"] for o in OUTCOMES)
    assert all(f"backlash {word}" in made["reference/commands.md"] for word in COMMANDS)
    assert all(f"`backlash.{n}`" in made["reference/python.md"] for n in ("compare", "Run"))
    assert made["reference/decisions.md"].count("\n## ") == len(list(DOCS.glob("decisions/*.md")))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_site_is_built_and_fetches_nothing(tmp_path):
    pytest.importorskip("furo")
    pytest.importorskip("myst_nb")
    assert make_site.build(tmp_path / "site") == 0
    for page in (tmp_path / "site").rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        fetched = re.findall(r"<(?:script|img|iframe)[^>]*src=\"([^\"]*)\"", html)
        fetched += re.findall(
            r"<link rel=\"(?:stylesheet|preload|prefetch|icon)[^>]*href=\"([^\"]*)", html
        )
        assert not [address for address in fetched if re.match(r"(?:https?:)?//", address)], page
        for address in re.findall(r"<a[^>]*href=\"([^\"#:?]+)[\"#?]", html):
            assert (page.parent / address).exists(), (page.name, address)
    index = (tmp_path / "site" / "zh" / "searchindex.js").read_text(encoding="utf-8")
    assert "粉丝" in index
