"""Golden runs: `make golden WHY="reason"` rewrites them, raises RESULTS_VERSION, notes it.

A golden is the outcomes of one run of every case and response at 400 people, to nine digits. They
say that numbers moved, not that they are right; the stylised facts say that.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "tests" / "golden" / "outcomes.json"
PAIRS = [
    ("xiaomi_2026", name)
    for name in (
        "as_happened",
        "none",
        "deny",
        "junior_scapegoat",
        "reform_and_fan_panel",
        "late_48h",
    )
] + [("textbook", "as_happened"), ("quiet_week", "none")]


def computed() -> dict[str, dict[str, float | None]]:
    """Outcomes of every golden run, now."""
    from sim.metrics import outcomes
    from sim.run import simulate
    from sim.settings.composition import compose

    golden = {}
    for case, response in PAIRS:
        words = (f"case={case}", f"response={response}", "population.n_people=400")
        config = compose([*words, "uncertainty=point"])
        row = outcomes(simulate(replace(config, seed=2026)))
        golden[f"{case} {response}"] = {
            name: None if value != value else float(f"{value:.9g}") for name, value in row.items()
        }
    return golden


def main() -> int:
    """Rewrite the goldens; refuses without a reason."""
    why = " ".join(sys.argv[1:]).strip()
    if not why:
        print(
            'a golden changes only for a reason\n  try:     make golden WHY="reason"',
            file=sys.stderr,
        )
        return 2
    old = json.loads(FILE.read_text()) if FILE.exists() else {}
    new = computed()
    moved = 0
    for run, row in new.items():
        for name in row.keys() & old.get(run, {}).keys():  # a new metric moves nothing
            before, value = old[run][name], row[name]
            if before != value:
                moved += 1
                print(f"{run:<38} {name:<30} {before} -> {value}")
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(new, indent=1) + "\n")
    if old and moved:
        digest = ROOT / "sim" / "base" / "digest.py"
        text = digest.read_text()
        version = int(re.search(r"^RESULTS_VERSION = (\d+)", text, re.M).group(1)) + 1
        digest.write_text(
            re.sub(r"^RESULTS_VERSION = \d+", f"RESULTS_VERSION = {version}", text, flags=re.M)
        )
        log = ROOT / "CHANGELOG.md"
        head, _, rest = log.read_text().partition("\n- ")
        log.write_text(f"{head}\n- RESULTS {version}: {why}\n- {rest}")
    print(f"{moved} numbers moved")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
