"""Commands with one metric more, or one less, than `sim.metrics` has: docs/recipes.md followed.

    python metric_store.py KIND FOLDER < commands.json     # KIND: as_is, more, less

The compiled rules stay as they are; only the module of outcomes is another.
"""

import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sim

#: Printed after what a command prints.
BETWEEN = "--- next ---"


def changed(source: str, kind: str) -> str:
    """The source of sim/metrics.py with one outcome more or less."""
    head, first = "OUTCOMES: tuple[Outcome, ...] = (\n", '        "outrage_peak_core": float('
    assert source.count(head) == source.count(first) == 1
    if kind == "more":
        entry = 'Outcome("leader_posts", "posts", "none", "posts of leaders", "意见领袖发帖"),\n'
        source = source.replace(head, f"{head}    {entry}")
        value = '"leader_posts": float(s["posts_kol"].sum()),\n'
        source = source.replace(first, f"        {value}{first}")
    if kind == "less":
        entry = (
            '    Outcome("listed_h", "h", "lower", "hours on the trending list", "热搜在榜时长"),\n'
        )
        assert source.count(entry) == 1
        source = source.replace(entry, "")
    return source


if __name__ == "__main__":
    kind, folder = sys.argv[1], Path(sys.argv[2])
    if kind != "as_is":
        text = changed(Path(sim.__file__).with_name("metrics.py").read_text(), kind)
        path = folder / f"metrics_{kind}.py"
        path.write_text(text)
        spec = spec_from_file_location("sim.metrics", path)
        sys.modules["sim.metrics"] = sim.metrics = module_from_spec(spec)
        spec.loader.exec_module(sim.metrics)
    sys.modules["weasyprint"] = None  # a PDF takes seconds and has no metric of its own
    from experiments.command.cli import main

    codes = []
    for words in json.load(sys.stdin):
        codes.append(main(words))
        print(BETWEEN)
    sys.exit(max(codes))
