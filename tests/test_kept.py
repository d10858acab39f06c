"""What Hydra makes of a shipped case is kept on disk, until a file changes that had a say."""

from __future__ import annotations

import pytest
from conftest import composed

from sim.settings import kept


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Asks for a config, and says how often it was composed so far."""
    choices = tmp_path / "conf"
    choices.mkdir()
    (choices / "case.yaml").write_text("a: 1")
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(kept, "conf_dir", lambda: choices)
    times = []

    def made():
        times.append(1)
        return composed("case=textbook", "response=none")

    def ask(*words):
        assert kept.kept(words, made) == composed("case=textbook", "response=none")
        return len(times)

    return ask


def test_a_shipped_case_is_composed_once(asked):
    assert [asked("case=textbook", "response=none") for _ in range(3)] == [1, 1, 1]
    assert asked("response=none", "case=textbook") == 2, "later words go over earlier ones"


def test_a_file_that_changed_is_read(asked, tmp_path):
    asked("case=textbook")
    (tmp_path / "conf" / "case.yaml").write_text("a: 22")
    assert asked("case=textbook") == 2


def test_what_is_not_whole_is_composed(asked, tmp_path):
    asked("case=textbook")
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    assert asked("case=textbook") == 2
    assert asked("case=textbook") == 2


@pytest.mark.parametrize("word", ["case=own/affair.yaml", "network.edges=ties.csv", "seed=3"])
def test_what_may_refer_to_other_files_is_composed_each_time(asked, word):
    asked(word)
    assert asked(word) == 2


def test_a_folder_that_cannot_be_written_only_costs_time(asked, tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "conf" / "case.yaml" / "in a file"))
    asked("case=textbook")
    assert asked("case=textbook") == 2
