"""Choices on disk: the folder they lie in, and how one file of them is read.

An option of `conf/` and a case of somebody's own are the same kind of file, and Hydra reads both;
so both are held to the same plain YAML, whoever wrote them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from sim.base.encodings import decoded

#: The case that is meant where nobody names one: the documented one, as conf/config.yaml says.
DEFAULT_CASE = "xiaomi_2026"
DEEPEST = 40  #: mappings and lists inside one another; people write five


@cache
def conf_dir() -> Path:
    """The folder of choices: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_conf", package.parent / "conf"):
        if (folder / "config.yaml").is_file():
            return folder
    raise FileNotFoundError("conf/config.yaml is missing: the installation is incomplete")


def read_yaml(path: Path) -> Any:
    """A YAML file of plain values: what Hydra would read otherwise than people do is refused.

    No anchors (a page of them can hold a machine for an hour), no key twice (the last would win
    silently), no ${...} (it would be looked up), no package line, no depths. Raises yaml.YAMLError
    for all that, and for text that is not UTF-8.
    """
    import yaml

    try:
        text = decoded(path, path.read_bytes())
    except ValueError as problem:
        raise yaml.MarkedYAMLError(problem=str(problem)) from None
    _refuse_looked_up(path, text)
    try:
        return yaml.load(text, _plain_loader())
    except yaml.YAMLError:
        raise
    except RecursionError:
        raise yaml.MarkedYAMLError(problem="nested too deep") from None
    except ValueError as problem:  # a day that no month has, a number of too many digits
        raise yaml.MarkedYAMLError(problem=str(problem)[:200]) from None


def lines_of(path: Path) -> dict[str, int]:
    """The line of every key and item of a YAML file, from 1: `decisions[2].title` -> 14.

    Raises what `read_yaml` raises.
    """
    import yaml

    def walk(node: Any, path: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = f"{path}.{key.value}".lstrip(".")
                found[inner] = key.start_mark.line + 1
                walk(value, inner)
        elif isinstance(node, yaml.SequenceNode):
            for k, value in enumerate(node.value):
                found[f"{path}[{k}]"] = value.start_mark.line + 1
                walk(value, f"{path}[{k}]")

    found: dict[str, int] = {}
    walk(yaml.compose(decoded(path, path.read_bytes()), _plain_loader()), "")
    return found


@cache
def _plain_loader() -> type[Any]:
    """YAML's safe loader, without anchors, doubled keys and depths. Made when it is first needed.

    Nodes are composed before anything is built of them, so what is refused here costs nothing: an
    anchor that stands for a page of others is never followed.
    """
    import yaml

    class Plain(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            """A node of the text. Raises MarkedYAMLError at an anchor that is used, and below
            DEEPEST.
            """
            if self.check_event(yaml.events.AliasEvent):
                mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
                raise yaml.MarkedYAMLError(problem="anchors are not read here", problem_mark=mark)
            self.depth = getattr(self, "depth", 0) + 1
            if self.depth > DEEPEST:
                mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
                raise yaml.MarkedYAMLError(
                    problem=f"nested more than {DEEPEST} deep", problem_mark=mark
                )
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            """A mapping. Raises MarkedYAMLError for a key that stands in it twice."""
            keys = [child[0].value for child in node.value]
            for child in node.value:
                if keys.count(child[0].value) > 1:
                    raise yaml.MarkedYAMLError(
                        problem=f"{child[0].value} stands twice", problem_mark=child[0].start_mark
                    )
            return super().construct_mapping(node, deep)

    return Plain


def _refuse_looked_up(path: Path, text: str) -> None:
    """Refuse lines that Hydra would not read as they stand. Raises yaml.MarkedYAMLError."""
    import yaml

    for number, line in enumerate(text.splitlines()):
        why = "a line # @package would move the settings; leave it out"
        if "${" in line:
            why = "${ would be looked up as another setting; write the text without it"
        elif not line.startswith("# @package"):
            continue
        mark = yaml.Mark(str(path), 0, number, 0, None, 0)
        what = f"{line.strip()[:60]!r} is not plain: {why}"
        raise yaml.MarkedYAMLError(problem=what, problem_mark=mark)
