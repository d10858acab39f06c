"""The page of an affair in progress: what is dropped is counts at once, and gone with the page."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("nicegui", reason="needs the extra `ui`")

from experiments.classroom import now_page
from experiments.live.words import WORDS
from sim.base.refusal import ConfigError

EXPORT = "time,text,count\n" + "\n".join(
    f"2026-01-05 {hour:02d}:00,somebody said,{10 + 90 * hour}" for hour in range(10, 20)
)


def test_a_drop_is_counts_and_the_export_is_gone(tmp_path: Path) -> None:
    found = now_page.read_drop(tmp_path, "weird 名.CSV", EXPORT.encode(), "Asia/Shanghai")
    assert {one.name for one in tmp_path.iterdir()} == {"affair"}
    assert "somebody" not in "".join(
        one.read_text(encoding="utf-8") for one in Path(found).iterdir() if one.is_file()
    )


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("export.exe", b"MZ", "no table"),
        ("../../export.csv", b"", "cannot be read"),
        ("export.csv", b"a,b\n1,2\n", "is called like a time"),
    ],
)
def test_what_is_no_export_is_refused_and_gone(
    tmp_path: Path, name: str, content: bytes, match: str
) -> None:
    with pytest.raises(ConfigError, match=match):
        now_page.read_drop(tmp_path, name, content, "UTC")
    assert not any(one.name.startswith("export") for one in tmp_path.iterdir())


def test_words_of_the_page_are_there() -> None:
    assert all(name in WORDS for name in ("lab_title", "lab_drop", "lab_wait", "lab_often"))
