"""A metric comes or goes: no run is renamed, no part is damaged, nothing is run again."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from metric_store import BETWEEN

TINY = ["case=textbook", "population=classroom", "clock.horizon_d=5", "uncertainty=point"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("metric")


def commands(kind, folder, *lines):
    """What each line prints, and the whole of what was printed."""
    driver = Path(__file__).with_name("metric_store.py")
    done = subprocess.run(
        [sys.executable, str(driver), kind, str(folder)],
        input=json.dumps([[*line, f"results={folder}/store"] for line in lines]),
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split(BETWEEN)[:-1]


RUN = ["run", *TINY, "response=apology_only", "n_replicates=3", "format=json"]
SWEEP = ["sweep", *TINY, "response=none,deny", "n_replicates=4", "name=small"]


@pytest.fixture(scope="module")
def stored(folder):
    """The store before the metric came: path of each part -> its bytes."""
    commands("as_is", folder, RUN, SWEEP)
    parts = {path: path.read_bytes() for path in (folder / "store" / "runs").glob("*.parquet")}
    assert len(parts) == 4  # as_happened, which the sweep is compared with, among them
    return parts


def untouched(folder, stored):
    runs = folder / "store" / "runs"
    assert {path: path.read_bytes() for path in runs.glob("*.parquet")} == stored
    assert not list(runs.rglob("*.damaged"))
    return True


@pytest.mark.parametrize("kind", ["more", "less"])
@pytest.mark.slow
def test_what_is_there_is_used_read_reported_and_exported(kind, folder, stored):
    page, table, swept, status, *_ = commands(
        kind, folder, RUN, RUN[:-1], SWEEP, ["status", "small"], ["analyse", "small"],
        ["report", "small"], ["export", "small"], ["store"],
    )  # fmt: skip
    assert ("leader_posts" in json.loads(page)["outcomes"]) is (kind == "more")
    assert "(3 of 3 were already there)" in table
    for told in (swept, status):
        assert "done           12" in told and "missing         0" in told
    assert untouched(folder, stored)
    frame = pd.read_parquet(folder / "store" / "studies" / "small" / "export" / "runs.parquet")
    assert ("leader_posts" in frame) is (kind == "more")
    assert ("listed_h" in frame) is (kind != "less")
    if kind == "more":
        totals = {}
        for path in stored:
            table = pq.read_table(path, columns=["run", "series_posts_kol"])
            for row in table.to_pylist():
                totals[row["run"]] = sum(row["series_posts_kol"])
        assert frame["leader_posts"].tolist() == [totals[run] for run in frame["run"]]
        assert frame["leader_posts"].sum() > 0
