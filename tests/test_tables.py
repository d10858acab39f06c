"""Tables that users bring: read with certainty, or refused with line, cell and what to type."""

import bz2
import gzip
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from experiments.authoring.case_check import checked
from experiments.calibration import case_score
from experiments.command.cli import main
from sim.base import cells
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError, printable
from sim.case import days, series
from sim.case.check import check_case
from sim.settings.composition import compose

HEAD = "date,metric,value,unit,source\n"
HK = ZoneInfo("Asia/Hong_Kong")
TEXTBOOK = (conf_dir() / "case" / "textbook.yaml").read_text(encoding="utf-8")


def day(n, value, metric="attention", more=""):
    return f"2026-03-0{n},{metric},{value},hot index,own count{more}\n"


PLAIN = HEAD + day(2, 120340) + day(3, 530668) + day(4, 2243880)
VALUES = [120340.0, 530668.0, 2243880.0]


def written(tmp_path, content, combine="", name="mine.csv", case=TEXTBOOK):
    """A case with a daily series of this content beside it; its path."""
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / name).write_bytes(data)
    combine = f", combine: {combine}" if combine else ""
    path = tmp_path / "mine.yaml"
    path.write_text(
        case.replace("prices: null}", f"prices: null, daily: {name}{combine}}}"), encoding="utf-8"
    )
    return path


def daily(path):
    case = compose([f"case={path}"]).case
    return case_score.daily_of(case)


READ = {
    "plain": PLAIN,
    "bom": "\ufeff" + PLAIN,
    "crlf": PLAIN.replace("\n", "\r\n"),
    "cr": PLAIN.replace("\n", "\r"),
    "no last line end": PLAIN.rstrip(),
    "utf-16": PLAIN.replace(",", "\t").encode("utf-16"),
    "tabs": PLAIN.replace(",", "\t"),
    "semicolons": PLAIN.replace(",", ";"),
    "capital header": PLAIN.replace("date,metric", "Date,Metric"),
    "spaces in header": PLAIN.replace("date,metric,", "date, metric, "),
    "spaces in cells": PLAIN.replace("attention", "attention "),
    "comments": "# from my crawler, 2026-03-10\n" + PLAIN.replace("\n", "\n\n", 1),
    "comment below": PLAIN + "# the end\n",
    "trailing commas": PLAIN + ",,,,\n,,,,\n",
    "trailing empty columns": PLAIN.replace("\n", ",,\n"),
    "extra column": PLAIN.replace("\n", ",weibo\n"),
    "unordered": HEAD + day(4, 2243880) + day(2, 120340) + day(3, 530668),
    "quoted comma": PLAIN.replace("own count", '"own count, by hand"'),
    "slashed dates": PLAIN.replace("2026-03-0", "2026/3/"),
    "chinese dates": PLAIN.replace("2026-03-02", "2026年3月2日"),
    "digits only": PLAIN.replace("2026-03-0", "2026030"),
    "midnight": PLAIN.replace(",attention", " 00:00:00,attention"),
    "offset of the case": PLAIN.replace(",attention", "T00:00:00+08:00,attention"),
    "full width": PLAIN.replace("120340", "１２０３４０"),
    "ten thousands": PLAIN.replace("120340", "12.034万").replace("2243880", "224.388 萬"),
    "exponent": PLAIN.replace("120340", "1.2034e5"),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_series_is_read_where_it_is_certain(tmp_path, name):
    path = written(tmp_path, READ[name])
    assert checked(str(path))[0] == []
    assert daily(path)["value"].tolist() == VALUES
    assert daily(path)["day"].tolist() == [0, 1, 2]
    assert daily(path)["date"].tolist() == ["2026-03-02", "2026-03-03", "2026-03-04"]


def packed(name):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, PLAIN)
    return held.getvalue()


TAIL = day(3, 530668) + day(4, 2243880)
#: A series that is refused: its content, and what the refusal says.
REFUSED = {
    "gbk": (PLAIN.replace("own count", "热搜榜计数").encode("gbk"), ["line 2, 3, 4", "GB18030"]),
    "latin-1": (PLAIN.replace("own", "cosmé").encode("latin-1"), ["line 2, 3, 4", "Latin-1"]),
    "utf-16 without mark": (PLAIN.encode("utf-16-le"), ["code 0"]),
    "same day twice": (PLAIN + day(3, 7), ["lines 3 and 5", "combine: sum"]),
    "same rows twice": (PLAIN + PLAIN[len(HEAD) :], ["lines 2 and 5", "(2 more rows like it)"]),
    "hours": (
        HEAD + "2026-03-02 00:00,attention,1,n,x\n2026-03-02 01:00,attention,2,n,x\n",
        ["lines 2 and 3", "combine: sum"],
    ),
    "two units": (PLAIN + "2026-03-05,attention,3,reads,x\n", ["line 5", "hot index"]),
    "thousands": (HEAD + day(2, '"120,340"') + TAIL, ["'120,340'", "value 120340 ", "line 2"]),
    "millions": (HEAD + day(2, '"1,234,567"') + TAIL, ["value 1234567 in line 2"]),
    "decimal comma": (HEAD + day(2, '"120,5"') + TAIL, ["value 120.5 in line 2"]),
    "german": (HEAD + day(2, '"1.234.567,5"') + TAIL, ["value 1234567.5 in line 2"]),
    "percent": (HEAD + day(2, "70%") + TAIL, ["value 70 (or 0.7 as a share)"]),
    "blank inside": (HEAD + day(2, "120\u00a0340") + TAIL, ["value 120340 in line 2"]),
    "k": (HEAD + day(2, "12.5k") + TAIL, ["value 12500 in line 2"]),
    "w": (HEAD + day(2, "1.2w") + TAIL, ["value 12000 in line 2"]),
    "infinite": (HEAD + day(2, "inf") + TAIL, ["'inf'", "line 2"]),
    "nan": (HEAD + day(2, "nan") + TAIL, ["leave the line out"]),
    "too large": (HEAD + day(2, "1e999") + TAIL, ["larger than 1e+15", "without line 2"]),
    "huge": (HEAD + day(2, "1e308") + TAIL, ["'1e308'", "line 2"]),
    "huge, in hundred millions": (HEAD + day(2, "10000001亿") + TAIL, ["line 2", "1e+15"]),
    "blank lines": (
        HEAD + day(2, 1) + "\n\n" + day(3, "n/a") + day(4, 3),
        ["'n/a'", "line 5", "without line 5"],
    ),
    "no value": (HEAD + day(2, "") + TAIL, ["line 2", "leave the line out"]),
    "comment moves lines": ("# a\n" + HEAD + "# b\n" + day(2, "x") + TAIL, ["line 4"]),
    "serial": (PLAIN.replace("2026-03-02", "46083"), ["'46083'", "date 2026-03-02 in line 2"]),
    "day first": (
        PLAIN.replace("2026-03-04", "04/03/2026"),
        ["date 2026-03-04 or 2026-04-03 in line 4"],
    ),
    "day first, certain": (PLAIN.replace("2026-03-04", "24/03/2026"), ["date 2026-03-24 in"]),
    "another zone": (
        PLAIN.replace("2026-03-02", "2026-03-01T16:00:00Z"),
        ["another zone", "date 2026-03-02 (or 2026-03-01"],
    ),
    "no such day": (PLAIN.replace("2026-03-02", "2026-02-30"), ["no such day", "line 2"]),
    "no year": (PLAIN.replace("2026-03-02", "3月2日"), ["date 2026-03-02 in line 2"]),
    "sum below": (PLAIN + "合计,,2894888,,\n", ["line 5", "leave the line out"]),
    "chinese metric": (PLAIN.replace("attention", "热度"), ["'热度'", "metric attention in"]),
    "other metric": (PLAIN.replace("attention", "likes"), ["'likes'", "cumulative_outraged_posts"]),
    "chinese header": (
        PLAIN.replace("date,metric", "日期,指标"),
        ["日期 -> date, 指标 -> metric"],
    ),
    "wide": ("date,attention\n2026-03-02,1\n", ["no column metric", "one row a day and metric"]),
    "preamble": ('"Report:","Brand"\n\n' + PLAIN, ["further down", "without the lines above"]),
    "comma too many": (
        PLAIN.replace("own count", "own count, by hand"),
        ["line 2: 6 cells, 5 columns", "quotes around a text"],
    ),
    "cells too few": (PLAIN + "2026-03-05,attention\n", ["line 5: 2 cells, 5 columns"]),
    "quote left open": (PLAIN + '2026-03-05,attention,3,n,"own\n', ["left open", "line 5"]),
    "quote over lines": (
        HEAD + '2026-03-02,attention,1,n,"own\n' + day(3, 2) + '2026-03-04,attention,3,n",x\n',
        ["line 2"],
    ),
    "nul": (PLAIN.replace("2243880", "22\0880"), ["code 0", "line 4"]),
    "empty": (b"", ["the file is empty"]),
    "header only": (HEAD, ["a header and no row"]),
    "comments only": ("# a\n# b\n", ["nothing but comments"]),
    "gzip": (gzip.compress(PLAIN.encode()), ["compressed with gzip", "mine.csv.gz"]),
    "bzip2": (bz2.compress(PLAIN.encode()), ["compressed with bzip2"]),
    "zip": (packed("mine.csv"), ["a ZIP archive", "unzip it"]),
    "xlsx": (packed("xl/workbook.xml"), ["an Excel workbook", "CSV UTF-8"]),
    "json": ('[{"date": 1}]', ["JSON"]),
    "web page": ("<!DOCTYPE html><html></html>", ["a web page"]),
    "less than nothing": (
        PLAIN.replace("120340", "-120340"),
        ["line 2", "less than nothing counted"],
    ),
    "before the case": (PLAIN.replace("2026", "2025"), ["no day of it lies inside"]),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_series_that_is_not_certain_is_refused_by_check_and_score(tmp_path, capsys, name):
    content, told = REFUSED[name]
    path = written(tmp_path, content)
    problems = "\n".join(check_case(path))
    assert all(part in problems for part in told), problems
    assert ("try:" in problems and problems.isprintable()) or "\n" in problems
    assert printable(problems) == problems
    assert main(["case", "check", str(path)]) == 2
    assert "good" not in capsys.readouterr().out.replace("a good", "")
    with pytest.raises(ConfigError) as refusal:
        daily(path)
    assert str(refusal.value) in problems


def test_several_rows_a_day_are_combined_where_the_case_says_how(tmp_path):
    rows = HEAD + day(2, 1) + day(2, 2) + day(3, 10) + day(3, 5) + day(4, 7)
    for how, values in (
        ("sum", [3, 15, 7]),
        ("mean", [1.5, 7.5, 7]),
        ("max", [2, 10, 7]),
        ("last", [2, 5, 7]),
        ("{attention: sum}", [3, 15, 7]),
    ):
        path = written(tmp_path, rows, how)
        problems, notes = checked(str(path))
        assert problems == []
        assert any("combined by" in note for note in notes)
        assert daily(path)["value"].tolist() == values
    assert any(
        "fewer (2026-03-04: 1)" in note for note in checked(str(written(tmp_path, rows, "sum")))[1]
    )
    for how in ("median", "{likes: sum}"):
        assert "no such choice" in check_case(written(tmp_path, rows, how))[0]
    path = written(tmp_path, rows, "{trust: last}")
    assert "lines 2 and 3" in check_case(path)[0]


def test_days_with_fewer_rows_are_told_of_the_metric_that_has_them(tmp_path):
    """Another metric with days of its own was taken for one of fewer rows, in a traceback."""
    trust = day(5, 0.5, "trust").replace("hot index", "share")
    rows = HEAD + trust + day(2, 1) + day(2, 2) + day(3, 7)
    notes = checked(str(written(tmp_path, rows, "{attention: sum}")))[1]
    assert any("fewer (2026-03-03: 1)" in note for note in notes)


def test_text_that_is_utf16_only_by_its_mark_is_refused(tmp_path):
    """It ended in a traceback."""
    path = written(tmp_path, PLAIN.encode("utf-16") + b"\x00\xdc,1\n")
    assert any("cannot be read" in problem for problem in check_case(path))


def test_a_level_is_not_summed(tmp_path):
    rows = (HEAD + day(2, 1) + day(2, 2)).replace("attention", "trust")
    path = written(tmp_path, rows, "sum")
    assert "does not add up" in check_case(path)[0]
    assert daily(written(tmp_path, rows, "last"))["value"].tolist() == [2]


def test_the_peak_of_a_doubled_day_is_not_moved_in_silence(tmp_path, capsys):
    """Rows of two sources a day: the last one won, and the peak moved from 4 to 5 March."""
    rows = HEAD + day(3, 10) + day(4, 90) + day(4, 5) + day(5, 20)
    path = written(tmp_path, rows)
    words = ["population=classroom", "n_replicates=2", f"results={tmp_path}", "format=json"]
    assert main(["case", "score", str(path), *words]) == 2
    assert "lines 3 and 4" in capsys.readouterr().err
    path = written(tmp_path, rows, "max")
    assert main(["case", "score", str(path), *words]) == 0
    (metric,) = json.loads(capsys.readouterr().out)["metrics"]
    assert metric["peak_day_observed"] == "2026-03-04"


def test_days_are_those_of_the_calendar(tmp_path):
    case = TEXTBOOK.replace('start: "2026-03-02 00:00"', 'start: "2026-03-02 06:00"')
    (problem,) = check_case(written(tmp_path, PLAIN, case=case))
    assert "by the calendar" in problem and 'start: "2026-03-02 00:00"' in problem


def test_what_is_left_out_is_said(tmp_path):
    path = written(tmp_path, PLAIN + "2026-05-02,attention,3,hot index,x\n")
    problems, notes = checked(str(path))
    assert problems == []
    assert any("1 of 4 days lie outside" in note and "2026-05-02" in note for note in notes)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1.2万", 12000), ("12.0万", 120000), ("0.29万", 2900), ("3亿", 3e8), ("１２．５", 12.5),
     ("-4", -4), (" 7 ", 7), (".5", 0.5), ("2.", 2)],
)  # fmt: skip
def test_numbers_as_people_write_them(cell, value):
    assert cells.number_of(cell) == value


@pytest.mark.parametrize("cell", ["", "1,2,3", "1 2", "abc", "0x10", "1_000", "--", "1e", "+-1"])
def test_what_is_no_number_is_none(cell):
    with pytest.raises(cells.Unsure):
        cells.number_of(cell)


def test_a_day_in_another_zone_is_never_taken():
    new_york = ZoneInfo("America/New_York")
    assert days.day_of("2026-03-02 23:30", new_york, 2026) == date(2026, 3, 2)
    assert days.day_of("2026-03-02T23:30:00-05:00", new_york, 2026) == date(2026, 3, 2)
    with pytest.raises(cells.Unsure) as unsure:
        days.day_of("2026-03-02T00:00:00Z", new_york, 2026)
    assert unsure.value.typed == "2026-03-01 (or 2026-03-02 if it stands for the whole day)"


def test_a_hot_list_and_prices_are_checked_row_by_row(tmp_path):
    case = TEXTBOOK.replace("hotlist: null, prices: null", "hotlist: h.csv, prices: p.csv")
    (tmp_path / "c.yaml").write_text(case, encoding="utf-8")
    hot = "time_hkt,board,phase,hot_score\n2026-03-02 12:00,weibo_hot_search,none,5\n"
    prices = "date,close_hkd\n2026-03-02,38\n"
    for h, p, told in (
        (hot, prices, None),
        (hot + "2026-03-02,x,none,many\n", prices, "line 3"),
        (hot + "noon,x,none,3\n", prices, "line 3"),
        (hot + "2026-03-02 13:00,x,none,-3\n", prices, "below 0"),
        (hot, prices + "2026-03-02,39\n", "lines 2 and 3"),
        (hot, prices + "2026-03-03,0\n", "above 0"),
        (hot, prices + "2026-03-03,1e9\n", "at most 1,000,000"),
        (hot + "2026-03-02 13:00,x,none,1e308\n", prices, "line 3"),
        (hot, prices + '2026-03-03,"38,5"\n', "close_hkd 38.5 in line 3"),
    ):
        (tmp_path / "h.csv").write_text(h)
        (tmp_path / "p.csv").write_text(p)
        problems = check_case(tmp_path / "c.yaml")
        assert (problems == []) if told is None else (told in problems[0]), problems
    (tmp_path / "h.csv").write_text(hot)
    (tmp_path / "p.csv").write_text(prices)
    found = compose([f"case={tmp_path / 'c.yaml'}"]).case
    assert found.observed_hotlist()["time_hkt"].tolist() == [datetime(2026, 3, 2, 12)]
    assert found.observed_prices()["close_hkd"].tolist() == [38.0]


def test_shipped_series_are_read_as_pandas_reads_them():
    for path in (conf_dir() / "case").glob("*_hotlist.csv"):
        plain = pd.read_csv(path, parse_dates=["time_hkt"])
        found, problems = series.hotlist_problems(path, HK)
        assert problems == []
        pd.testing.assert_frame_equal(plain, found, check_dtype=False)
    for path in (conf_dir() / "case").glob("*_prices.csv"):
        plain = pd.read_csv(path, parse_dates=["date"])
        found, problems = series.prices_problems(path, HK, 2026)
        assert problems == []
        pd.testing.assert_frame_equal(plain, found, check_dtype=False)


# --- case files -----------------------------------------------------------------------------------

ODD = {
    "float horizon": (("horizon_d: 14", "horizon_d: 14.0"), "horizon_d: 14"),
    "unlisted nan": (("previous_close_hkd: 100.0", "previous_close_hkd: .nan"), "previous_close"),
    "unlisted inf": (("previous_close_hkd: 100.0", "previous_close_hkd: .inf"), "previous_close"),
    "unlisted text": (("previous_close_hkd: 100.0", "previous_close_hkd: many"), "previous_close"),
    "unlisted huge": (
        ("previous_close_hkd: 100.0", "previous_close_hkd: 1" + "0" * 400),
        "previous_close",
    ),
    "very huge": (("previous_close_hkd: 100.0", "previous_close_hkd: 1" + "0" * 5000), "digits"),
    "decimal comma": (("severity: 0.5", "severity: 0,5"), "severity: 0.5 (a decimal point)"),
    "slashed": (('time: "2026-03-02 12:00"', 'time: "2026/3/2 12:00"'), '"2026-03-02 12:00"'),
    "curly quotes": (('time: "2026-03-02 12:00"', "time: “2026-03-02 12:00”"), "03-02 12:00"),
    "afternoon": (('time: "2026-03-02 12:00"', 'time: "2026-03-02 1:05 PM"'), '"2026-03-02 13:05"'),
    "control": (("The textbook crisis", "The \\e[2J crisis"), "control character"),
    "right to left": (("The textbook crisis", "The \\u202e crisis"), "control character"),
    "interpolation": (("The textbook crisis", "costs ${5}"), "looked up as another setting"),
    "colon": (('"The textbook crisis"', "A: crisis"), "double quotes"),
    "windows path": (("prices: null}", 'prices: "data\\p.csv"}'), "/ in place of"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_case_file_is_refused_by_check_and_run_alike(tmp_path, capsys, name):
    (old, new), told = ODD[name]
    assert old in TEXTBOOK
    text = TEXTBOOK.replace(old, new)
    if name.startswith("unlisted"):
        text = text.replace("listed: true", "listed: false")
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    problems = "\n".join(checked(str(path))[0])
    assert told in problems and printable(problems) == problems
    assert "clock_start" not in problems  # one fault, one refusal
    assert main(["run", f"case={path}", f"results={tmp_path}"]) == 2
    shown = capsys.readouterr().err
    assert "Traceback" not in shown and "\x1b" not in shown and "dereferencing" not in shown


@pytest.mark.parametrize("depth", [100, 900, 3000])
def test_a_case_nested_deep_is_refused(tmp_path, capsys, depth):
    path = tmp_path / "deep.yaml"
    path.write_text("a: " + "[" * depth + "]" * depth)
    assert "deep" in check_case(path)[0]
    assert main(["run", f"case={path}", f"results={tmp_path}"]) == 2
    assert "deep" in capsys.readouterr().err


@pytest.mark.parametrize(("code", "words"), [("gbk", "GB18030"), ("utf-16", "UTF-16")])
def test_a_case_file_in_another_encoding_is_named(tmp_path, capsys, code, words):
    path = tmp_path / "mine.yaml"
    path.write_bytes(TEXTBOOK.encode(code))
    assert words in check_case(path)[0] and "UTF-8" in check_case(path)[0]
    assert main(["run", f"case={path}", f"results={tmp_path}"]) == 2
    assert words in capsys.readouterr().err


def test_a_template_that_nobody_filled_in_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["case", "new", "mine", "form=no"]) == 0
    capsys.readouterr()
    assert main(["case", "check", "mine.yaml"]) == 0
    told = capsys.readouterr().out
    assert "5 sources are still those of the template" in told and "leak" in told


@pytest.mark.parametrize("name", ["我的 案例.yaml", "UP.YAML", "a,b.yaml", "it's.yml", "x=1.yaml"])
@pytest.mark.parametrize("quotes", ["", '"'])
def test_a_case_file_of_any_name_is_found(tmp_path, monkeypatch, name, quotes):
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(TEXTBOOK, encoding="utf-8")
    assert compose([f"case={quotes}{name}{quotes}"]).case.name == "textbook"
    assert checked(name)[0] == []


@pytest.mark.parametrize("key", ["network.edges", "results"])
def test_a_comma_in_a_path_is_quoted_in_the_hint(key):
    with pytest.raises(ConfigError) as refusal:
        compose([f"{key}=a,b"])
    typed, _, rest = refusal.value.hint.partition(", or ")
    assert typed == f"'{key}=\"a,b\"'"
    assert rest == (f"backlash sweep {key}=a,b" if key != "results" else "")  # is no axis
    assert compose([typed.strip("'")]) is not None


def test_no_control_sequence_reaches_the_terminal(capsys):
    from experiments.command.console import printing

    with printing():
        print("a\x1b[2Jb\u202ec\x9bd")
        print("\rprogress", end="")
    assert capsys.readouterr().out == "a\\x1b[2Jb\\u202ec\\x9bd\n\rprogress"
