"""Goldens: numbers move only on purpose (`make golden WHY="reason"`)."""

import json
import subprocess
import sys

import golden


def test_numbers_moved_only_on_purpose():
    kept = json.loads(golden.FILE.read_text())
    now = golden.computed()
    assert set(kept) == set(now)
    for run, row in now.items():
        for name, before in kept[run].items():  # a new metric moves nothing
            value = row[name]
            same = value == before or (
                None not in (value, before) and abs(value - before) <= 1e-7 * abs(before)
            )
            assert same, f"{run}: {name} was {before}, is {value}"


def test_a_golden_is_not_rewritten_without_a_reason():
    asked = subprocess.run(
        [sys.executable, golden.__file__, " "], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 2
    assert "make golden WHY=" in asked.stderr
