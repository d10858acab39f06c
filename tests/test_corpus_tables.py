"""Folders of affairs: read with certainty, or told line by line what to mend."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from experiments.corpus import shipped, targets
from experiments.corpus.affairs import Affairs, Sight, gathered
from experiments.corpus.instrument import observe
from experiments.corpus.tables import check, clock_of, read
from experiments.corpus.writing import write
from sim.base.refusal import ConfigError

AFFAIRS = """affair,organisation,sample_set,victim,cause,t0_utc8,observed_h,n_topics
茶店_2501,茶店,core,fan,values,2025-01-01T10:00+08:00,72.5,2
game_2503,Game,accusation_only,user,product,2025-03-05T22:30+08:00,48,1
"""
EVENTS = """affair,topic,t_h,kind,kind2,speaker_ceo_or_founder,topic_peak_heat,last_seen_h
茶店_2501,0,0,attack_or_other,,0,300000,1
茶店_2501,1,5.5,apologise,founder_or_ceo_speaks+explain,1,500000,6.5
game_2503,0,0,commentary,,0,120000,0
"""
SERIES = """affair,hour,heat,heat_response
茶店_2501,0,280000,0
茶店_2501,5,200000,200000
game_2503,0,90000,0
"""
SAMPLES = """affair,topic,t_h,heat,place
茶店_2501,0,0,300000,10
茶店_2501,0,1,200000,20
茶店_2501,1,5.5,500000,3
game_2503,0,0,120000,44
"""
GOOD = {"affairs": AFFAIRS, "events": EVENTS, "series": SERIES, "samples": SAMPLES}


def folder(tmp_path: Path, **changed: str | None) -> Path:
    """A good folder, but for tables that are changed or (None) left out."""
    for name, text in {**GOOD, **changed}.items():
        if text is not None:
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def told(path: Path) -> str:
    """All complaints about a folder, which cannot be read either."""
    found = check(path)
    assert found
    with pytest.raises(ConfigError, match="to mend") as refused:
        read(path)
    assert "backlash corpus check" in refused.value.hint
    return "\n".join(map(str, found))


def same(one: Affairs, other: Affairs) -> None:
    """Two populations that say the same of everything that statistics ask."""
    assert one.name == other.name
    for name, value in targets.statistics(one).items():
        assert targets.statistics(other)[name] == pytest.approx(value, nan_ok=True), name


def test_a_good_folder_is_read(tmp_path: Path) -> None:
    assert check(folder(tmp_path)) == []
    found = read(tmp_path)
    assert found.name == ("茶店_2501", "game_2503")
    assert found.clock.tolist() == [10, 22.5]
    assert found.core.tolist() == [True, False]
    assert found.topics.ceo.tolist() == [False, True, False]
    assert bin(found.topics.codes[1]).count("1") == 3
    assert found.heat[0, [0, 5]].tolist() == [280000, 200000]
    assert found.first.tolist() == [0, 2, 3]


def test_the_shipped_affairs_are_good() -> None:
    assert check(shipped.DATA) == []
    found = shipped.development()
    assert (len(found), len(found.topics.t_h), len(found.samples.t_h)) == (304, 1423, 5487)
    assert found.core.sum() == 197
    assert len(shipped.sampling_clock()) == 16098


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").replace("\n", "\r\n").encode(),
        lambda text: text.encode("utf-16"),
    ],
)
def test_tables_as_spreadsheets_write_them(tmp_path: Path, written: Callable[[str], bytes]) -> None:
    for name, text in GOOD.items():
        (tmp_path / f"{name}.csv").write_bytes(written(text))
    assert check(tmp_path) == []
    assert read(tmp_path).name[0] == "茶店_2501"


def test_packed_tables(tmp_path: Path) -> None:
    folder(tmp_path, samples=None)
    (tmp_path / "samples.csv.gz").write_bytes(gzip.compress(SAMPLES.encode()))
    assert len(read(tmp_path).samples.t_h) == 4
    (tmp_path / "samples.csv").write_text(SAMPLES, encoding="utf-8")
    assert "stand side by side" in told(tmp_path)


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


#: Table, what is changed in it, what is said, what to type.
WRONG = [
    ("events", "kind,kind2", "sort,kind2", "has no column kind", "in the header"),
    ("events", "t_h", "", "has no column t_h", "header"),
    ("events", "apologise", "apologize", "line 3, column kind: apologize is none of", "apologise"),
    ("events", "+explain", "+explains", "column kind2: explains is no code", "joined by +"),
    ("events", "5.5,apologise", "-5.5,apologise", "line 3, column t_h: -5.5 is out of range",
     "from 0"),
    ("events", "1,5.5", "1,\"5,5\"", "column t_h: 5,5: a decimal comma", "try: 5.5"),
    ("events", "game_2503,0,0", "spiel,0,0", "line 4, column affair: spiel is no affair",
     "its line in affairs.csv"),
    ("events", "game_2503,0,0", "game_2503,0,3", "the first topic of game_2503 is at 3", "at 0"),
    ("events", "1,5.5", "0,5.5", "line 3, column affair, topic: 茶店_2501 0 stands in line 2", "one"),
    ("events", "120000", "-1", "topic_peak_heat: -1 is out of range", "from 0"),
    ("events", "120000", "1e12", "topic_peak_heat: 1e12 is out of range", "to 1e+09"),
    ("events", "120000", "12万5", "topic_peak_heat: 12万5: no number", "a number"),
    ("events", "500000,6.5", "500000,4", "last_seen_h: 4 is before t_h", "5.5 or later"),
    ("events", "explain,1", "explain,yes", "speaker_ceo_or_founder: yes", "from 0 to 1"),
    ("affairs", "values,2025-01-01T10:00+08:00", "values,2025-01-01T10:00",
     "line 2, column t0_utc8: 2025-01-01T10:00 does not say its zone",
     "2025-01-01T10:00+08:00 if it is China time"),
    ("affairs", "2025-03-05T22:30+08:00", "5 March", "5 March is no time", "2025-03-01T14:05"),
    ("affairs", "2025-03-05T22:30+08:00", "0025-03-05T22:30+08:00", "in no year", "2025"),
    ("affairs", "t0_utc8", "when", "says of no affair when it began", "t0_hour_of_day"),
    ("affairs", "fan", "fans", "victim: fans is none of fan, user", "fan"),
    ("affairs", "accusation_only", "test", "sample_set: test is none of core", "the one of them"),
    ("affairs", "72.5,2", "72.5,3", "2 topics of 茶店_2501; affairs.csv, line 2, column n_topics, "
     "says 3", "2 there, or the missing ones here"),
    ("affairs", "game_2503", "茶店_2501", "line 3, column affair: 茶店_2501 stands in line 2", "one"),
    ("affairs", "72.5", "nan", "observed_h: nan: there is no value", "a number"),
    ("series", "5,200000", "-5,200000", "hour: -5 is out of range", "a whole number from 0"),
    ("series", "5,200000", "5.5,200000", "hour: 5.5 is not whole", "6"),
    ("series", "game_2503,0,90000", "茶店_2501,5,90000", "茶店_2501 5 stands in line 3", "one line"),
    ("series", "200000,200000", "200000,300000", "300000 is more than the heat of all", "part"),
    ("series", "280000", "inf", "heat: inf", "a number"),
    ("samples", "0,1,200000", "0,0,200000", "line 3, column t_h: 0 is not later than the topic's",
     "in order"),
    ("samples", "茶店_2501,1,5.5", "茶店_2501,1,7.5",
     "line 4, column t_h: topic 1 of 茶店_2501 is first sampled at 7.5; t_h of events.csv says 5.5",
     "the same moment"),
    ("samples", "game_2503,0,0,120000,44\n", "", "no sample of game_2503", "its topics were seen"),
    ("samples", "茶店_2501,1,5.5", "茶店_2501,7,5.5", "7 of 茶店_2501 is no topic of events.csv", "number"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "old", "new", "said", "remedy"), WRONG)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, table: str, old: str, new: str, said: str, remedy: str
) -> None:
    text = told(folder(tmp_path, **{table: changed(GOOD[table], old, new)}))
    assert said in text, text
    assert remedy in text.partition(said)[2], text


@pytest.mark.parametrize("table", list(GOOD))
@pytest.mark.parametrize("content", [None, "", "\n", "head\n", "\0\0\0", "<html>", "{}"])
def test_a_table_that_is_none(tmp_path: Path, table: str, content: str | None) -> None:
    assert f"{table}.csv" in told(folder(tmp_path, **{table: content}))


@pytest.mark.parametrize("table", list(GOOD))
def test_a_table_without_rows(tmp_path: Path, table: str) -> None:
    head = GOOD[table].partition("\n")[0]
    assert "it holds a header and no row" in told(folder(tmp_path, **{table: head + "\n"}))


def test_other_encodings_are_named(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "affairs.csv").write_bytes(AFFAIRS.encode("gb18030"))
    assert "GB18030" in told(tmp_path)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    assert "no such folder" in told(tmp_path / "nowhere")
    assert "affairs.csv: no such file" in told(tmp_path)
    (tmp_path / "affair.csv").write_text(AFFAIRS, encoding="utf-8")
    assert "call affair.csv affairs.csv" in told(tmp_path)


def test_an_affair_without_topics(tmp_path: Path) -> None:
    events = EVENTS.replace("game_2503,0,0,commentary,,0,120000,0\n", "")
    assert "no topic of game_2503" in told(folder(tmp_path, events=events))


def test_first_sights_agree_with_their_times(tmp_path: Path) -> None:
    lines = EVENTS.splitlines()
    times = ["time_utc8", "2025-01-01T10:00+08:00", "2025-01-01T15:31+08:00",
             "2025-03-05T22:30+08:00"]  # fmt: skip
    joined = "\n".join(f"{one},{when}" for one, when in zip(lines, times, strict=True))
    assert check(folder(tmp_path, events=joined)) == []
    text = told(folder(tmp_path, events=joined.replace("15:31", "18:31")))
    assert "8.52 h after the affair's t0_utc8; t_h says 5.5" in text


def test_the_same_complaint_is_made_once(tmp_path: Path) -> None:
    more = "".join(f"game_2503,{k},{k},attack,,0,5,{k}\n" for k in range(1, 40))
    affairs = changed(AFFAIRS, "48,1", "48,40")
    (found,) = check(folder(tmp_path, events=EVENTS + more, affairs=affairs))
    assert found.lines == tuple(range(5, 44))
    assert "line 5, 6, 7, 8, 9 and 34 more" in str(found)
    strange = "".join(f"game_2503,{k},{k},kind{k},,0,5,{k}\n" for k in range(1, 40))
    found = check(folder(tmp_path, events=EVENTS + strange, affairs=affairs))
    assert len(found) == 13
    assert "and 27 more in this column" in str(found[-1])


def test_times_of_samples(tmp_path: Path) -> None:
    assert clock_of(folder(tmp_path)) is None
    file = tmp_path / "platform_snapshots.csv"
    file.write_text("time_utc8\n2025-01-01T10:00:01+08:00\n2025-01-01T11:00+08:00\n")
    times = clock_of(tmp_path)
    assert times is not None
    assert np.diff(times).tolist() == [3599]
    file.write_text("time_utc8\n2025-01-01T10:00\n2025-01-01T11:00+08:00\n")
    assert "does not say its zone" in told(tmp_path)
    file.write_text("time_utc8\n2025-01-01T12:00+08:00\n2025-01-01T11:00+08:00\n")
    assert "line 3, column time_utc8: not later than the line above" in told(tmp_path)
    with pytest.raises(ConfigError, match="not later"):
        clock_of(tmp_path)


def test_an_hour_of_the_day_is_enough(tmp_path: Path) -> None:
    """Simulated affairs have no calendar."""
    affairs = AFFAIRS.replace("t0_utc8", "t0_hour_of_day")
    affairs = affairs.replace("2025-01-01T10:00+08:00", "10").replace(
        "2025-03-05T22:30+08:00", "22.5"
    )
    found = read(folder(tmp_path, affairs=affairs))
    assert found.clock.tolist() == [10, 22.5]
    assert np.isnan(found.start).all()


def test_a_last_sight_that_is_not_told_is_the_first(tmp_path: Path) -> None:
    """The column may be left out, or be blank in some lines."""
    without = "\n".join(line.rpartition(",")[0] for line in EVENTS.splitlines())
    assert read(folder(tmp_path, events=without)).topics.last_h.tolist() == [0, 5.5, 0]
    blank = changed(EVENTS, "500000,6.5", "500000,")
    assert read(folder(tmp_path, events=blank)).topics.last_h.tolist() == [1, 5.5, 0]


def test_no_word_is_proposed_that_is_nothing_like_what_was_written(tmp_path: Path) -> None:
    said = told(folder(tmp_path, affairs=changed(AFFAIRS, "core,fan", "core,粉丝")))
    assert "粉丝 is none of fan, user, public, worker" in said
    assert "try: the one of them that it is" in said


def test_times_of_other_zones_are_those_of_the_list(tmp_path: Path) -> None:
    affairs = changed(AFFAIRS, "2025-01-01T10:00+08:00", "2025-01-01T02:00Z")
    assert read(folder(tmp_path, affairs=affairs)).clock[0] == 10


def test_what_is_written_is_read_as_it_was(tmp_path: Path) -> None:
    """The shipped affairs, and simulated ones with and without a calendar."""
    write(tmp_path / "shipped", shipped.development())
    same(shipped.development(), read(tmp_path / "shipped"))
    t = np.arange(0, 72, 0.25)
    heat = np.array([4e5 * 0.7 ** np.maximum(t - 2, 0) * (t >= 2), 6e5 * (t > 9) * (t < 14)])
    clock = np.arange(0, 72.0)
    seen = observe(t, heat, np.array([False, True]), clock, np.full(72, 1e5), 72.0)
    assert seen is not None
    for start in (float("nan"), 1.75e9):
        one = Sight("仿真", seen, ["attack_or_other", "apologise"], 9.5, start,
                    also=[(), ("deny",)], ceo=[False, True], victim="user")  # fmt: skip
        write(tmp_path / "one", gathered([one]))
        found = read(tmp_path / "one")
        same(gathered([one]), found)
        assert found.topics.ceo.tolist() == [False, True]
        assert found.heat.sum() == pytest.approx(seen.heat.sum(), rel=1e-4)


def test_whatever_is_in_a_folder_is_told_and_not_a_traceback(tmp_path: Path) -> None:
    """Characters, cells and lines at random places: read, or refused with complaints."""
    rng = np.random.default_rng(11)
    strange = ["", "x", "-1", "1e400", "9" * 30, "１２", "é", "\0", '"', ",,", "\n", "nan", "=1+1"]
    for _ in range(150):
        name = str(rng.choice(list(GOOD)))
        text, at = GOOD[name], int(rng.integers(len(GOOD[name])))
        length = int(rng.integers(0, 12))
        broken = text[:at] + str(rng.choice(strange)) + text[at + length :]
        if check(folder(tmp_path, **{name: broken})):
            told(tmp_path)
        else:
            targets.statistics(read(tmp_path))
