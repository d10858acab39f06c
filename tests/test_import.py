"""An export of mentions becomes hourly counts; what is doubtful is refused with line and remedy."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from experiments.authoring.case_check import checked
from experiments.live.importing import Imported, import_export, read_mentions
from sim.base.refusal import ConfigError

HOURS = "\n".join(
    f"2026-01-05 {h:02d}:00,{n}" for h, n in ((12, 5), (13, 900), (14, 1500), (15, 700))
)


def brought(folder: Path, text: str | bytes, name: str = "export.csv", **said: str) -> Imported:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_export(str(file), str(folder / "affair"), said)


def counts(found: Imported) -> list[float]:
    return [one.count for one in found.counts.windows]


def starts(found: Imported) -> list[str]:
    return [f"{one.begins:%d %H:%M}" for one in found.counts.windows]


def test_a_plain_table_of_hours(tmp_path: Path) -> None:
    found = brought(tmp_path, f"time,mentions\n{HOURS}\n", zone="Asia/Shanghai")
    assert counts(found) == [5, 900, 1500, 700]
    assert starts(found)[0] == "05 04:00", "counts are kept in UTC"
    assert f"{found.began:%H:%M}" == "13:00"
    assert read_mentions(found.folder / "mentions.csv") == found.counts.windows
    problems, _ = checked(str(found.folder / "affair.yaml"))
    assert not problems, problems


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("时间;声量\n" + HOURS.replace(",", ";"), {"zone": "Asia/Shanghai"}),
        ("Datum\tUhrzeit\tAnzahl\n" + "\n".join(
            f"05.01.2026\t{h}:00\t{n}" for h, n in ((12, 5), (13, 900), (14, 1500), (15, 700))
         ), {"zone": "Asia/Shanghai", "when": "Datum", "hour": "Uhrzeit"}),
        ("date,hour,count\n" + "\n".join(
            f"2026年1月5日,{h}时,{n}" for h, n in ((12, 5), (13, 900), (14, 1500), (15, 700))
         ), {"zone": "Asia/Shanghai"}),
        ("time,count\n" + HOURS.replace(":00,", ":00+08:00,"), {}),
        ("Date (UTC),Mentions\n" + HOURS.replace(" ", "T").replace(":00,", ":00:00Z,"), {}),
        ("published at,volume\n" + "\n".join(
            f"1/5/2026 {h}:00 PM,{n}" for h, n in ((12, 5), (1, 900), (2, 1500), (3, 700))
         ), {"zone": "Asia/Shanghai", "dates": "month_first"}),
    ],
)  # fmt: skip
def test_how_people_write_tables(tmp_path: Path, text: str, said: dict[str, str]) -> None:
    assert counts(brought(tmp_path, text, **said)) == [5, 900, 1500, 700]


def test_encodings(tmp_path: Path) -> None:
    text = "时间,来源,声量\n" + HOURS.replace(",", ",微博,")
    with pytest.raises(ConfigError, match="encoding=gb18030"):
        brought(tmp_path, text.encode("gb18030"), zone="Asia/Shanghai")
    found = brought(tmp_path, text.encode("gb18030"), zone="Asia/Shanghai", encoding="gb18030")
    assert found.counts.sources == {"微博": 3105.0}
    assert counts(brought(tmp_path, text.encode("utf-16"), zone="Asia/Shanghai"))[1] == 900
    assert counts(brought(tmp_path, b"\xef\xbb\xbf" + text.encode(), zone="UTC"))[1] == 900
    with pytest.raises(ConfigError, match="no encoding of this name"):
        brought(tmp_path, text, zone="UTC", encoding="klingon")
    with pytest.raises(ConfigError, match="not written in it"):
        brought(tmp_path, text.encode("utf-16"), zone="UTC", encoding="gb18030")


NUMBERS = "time,count\n2026-01-05 12:00,{}\n2026-01-05 13:00,900\n2026-01-05 14:00,{}\n"


@pytest.mark.parametrize(
    ("first", "last", "match", "said"),
    [
        ('"1,234"', '"12,345"', "numbers=1,234", {"numbers": "1,234"}),
        ("1.234", "12.345", "numbers=1.234", {"numbers": "1.234"}),
        ("1\u00a0234", "12\u202f345", "numbers=1,234", {"numbers": "1,234"}),
    ],
)
def test_thousands_are_parted_as_is_said(
    tmp_path: Path, first: str, last: str, match: str, said: dict[str, str]
) -> None:
    text = NUMBERS.format(first, last)
    with pytest.raises(ConfigError) as refusal:
        brought(tmp_path, text, zone="UTC")
    assert match in refusal.value.hint
    assert counts(brought(tmp_path, text, zone="UTC", **said)) == [1234, 900, 12345]


def test_cells_without_a_count_are_unknown_or_zero_as_is_said(tmp_path: Path) -> None:
    text = NUMBERS.format("5", "7") + "2026-01-05 15:00,n/a\n"
    with pytest.raises(ConfigError) as refusal:
        brought(tmp_path, text, zone="UTC")
    assert "empty=unknown" in refusal.value.hint
    assert counts(brought(tmp_path, text, zone="UTC", empty="zero")) == [5, 900, 7, 0]
    found = brought(tmp_path, text, zone="UTC", empty="unknown")
    assert counts(found) == [5, 900, 7] and "1 moments have a cell" in " ".join(found.counts.notes)


def test_what_stands_above_the_header_and_days_of_spreadsheets(tmp_path: Path) -> None:
    above = "Report:,Brand mentions\nfrom,a tool\n"
    text = above + "date,count,source\n46083,5,x\n46084,900,x\n46085,7,x\n"
    with pytest.raises(ConfigError) as refusal:
        brought(tmp_path, text, zone="UTC")
    assert "header=3" in refusal.value.hint
    with pytest.raises(ConfigError, match="spreadsheets keep days so"):
        brought(tmp_path, text, zone="UTC", header="3")
    found = brought(tmp_path, text, zone="UTC", header="3", dates="serial")
    assert counts(found) == [5, 900, 7] and starts(found)[0] == "02 00:00"
    again = text.replace("46084", "46083.5").replace("46085", "46083.25")
    found = brought(tmp_path, again, zone="UTC", header="3", dates="serial", span="6")
    assert starts(found) == ["02 00:00", "02 06:00", "02 12:00"]


def test_counts_that_lie_apart_say_how_long_each_is(tmp_path: Path) -> None:
    text = "time,count\n" + "".join(f"2026-01-0{d} 00:00:00,{90 * d}\n" for d in (5, 6, 7))
    with pytest.raises(ConfigError, match="24 h apart"):
        brought(tmp_path, text, zone="UTC")
    found = brought(tmp_path, text, zone="UTC", span="24")
    assert [one.ends - one.begins for one in found.counts.windows] == [timedelta(days=1)] * 3
    assert found.counts.windows[0].count == 450
    with pytest.raises(ConfigError, match="span=12"):
        brought(tmp_path, text.replace("05 00", "06 12"), zone="UTC", span="24")


def test_an_export_without_a_mention_and_a_beginning_elsewhere(tmp_path: Path) -> None:
    text = f"time,count\n{HOURS}\n"
    with pytest.raises(ConfigError, match="no mention in any"):
        brought(tmp_path, re.sub(r",\d+", ",0", text), zone="UTC")
    with pytest.raises(ConfigError, match="not among the counts"):
        brought(tmp_path, text, zone="UTC", began="2026-02-05 13:00")
    assert 'en: "affair"' in (brought(tmp_path, text, zone="UTC").folder / "affair.yaml").read_text(
        encoding="utf-8"
    )


def test_sources_units_totals_and_doubles(tmp_path: Path) -> None:
    text = (
        "时间,来源,声量\n2026-01-05 12:00,微博,1.2万\n2026-01-05 12:00,小红书,300\n"
        "2026-01-05 13:00,微博,2万\n2026-01-05 13:00,微博,2万\n2026-01-05 13:00,合计,2万\n"
        "2026-01-05 15:00,微博,50\n合计,,32350\n"
    )
    found = brought(tmp_path, text, zone="Asia/Shanghai")
    assert counts(found) == [12300, 20000, 50]
    told = " | ".join(found.counts.notes)
    assert "2 rows are sums" in told and "1 rows say again" in told
    assert "1 hours are missing in 1 places" in told
    unlike = text.replace(
        "13:00,微博,2万\n2026-01-05 13:00,微博,2万", "13:00,微博,2万\n2026-01-05 13:00,微博,1万"
    )
    with pytest.raises(ConfigError, match="lines 4, 5 with unlike counts") as refusal:
        brought(tmp_path, unlike, zone="Asia/Shanghai")
    assert refusal.value.hint == "doubled=sum"
    assert counts(brought(tmp_path, unlike, zone="Asia/Shanghai", doubled="sum"))[1] == 30000
    assert counts(brought(tmp_path, unlike, zone="Asia/Shanghai", doubled="last"))[1] == 10000


def test_columns_of_sources_are_added_where_that_is_said(tmp_path: Path) -> None:
    text = "time,weibo,douyin\n2026-01-05 12:00,5,6\n2026-01-05 13:00,7,8\n2026-01-05 14:00,1,1\n"
    with pytest.raises(ConfigError, match=r"count=weibo\+douyin"):
        brought(tmp_path, text, zone="UTC")
    assert counts(brought(tmp_path, text, zone="UTC", count="weibo+douyin")) == [11, 15, 2]


def test_posts_are_counted_and_nothing_of_them_is_kept(tmp_path: Path) -> None:
    text = "created_at,author,text,url\n"
    for k, (hour, minute) in enumerate([(12, 1), (12, 2), (14, 59), (15, 0), (16, 1)]):
        text += (
            f'2026-01-05 {hour}:{minute:02d},somebody,"a secret, \nin two lines",https://x/{k}\n'
        )
    text += '2026-01-05 12:02,somebody,"again",https://x/1\n'
    found = brought(tmp_path, text, zone="Asia/Shanghai")
    assert counts(found) == [2, 0, 1, 1]
    told = " | ".join(found.counts.notes)
    assert "counted once" in told and "may not be over" in told and "1 hours have no post" in told
    for file in found.folder.rglob("*"):
        kept = file.read_text(encoding="utf-8")
        assert "secret" not in kept and "somebody" not in kept and "https" not in kept


def test_days_beside_hours(tmp_path: Path) -> None:
    text = f"time,count\n2026-01-03,40\n2026-01-04,60\n2026-01-05,9000\n{HOURS}\n"
    found = brought(tmp_path, text, zone="Asia/Shanghai")
    assert counts(found) == [40, 60, 5, 900, 1500, 700]
    assert any("the hours were kept" in note for note in found.counts.notes)


def test_quarters_of_an_hour_are_added(tmp_path: Path) -> None:
    rows = [f"2026-01-05 {h}:{m:02d},1" for h in (12, 13, 14) for m in (0, 15, 30, 45)]
    found = brought(tmp_path, "time,count\n" + "\n".join([*rows, "2026-01-05 15:00,1"]), zone="UTC")
    assert counts(found) == [4, 4, 4]
    assert any("lack some of theirs" in note for note in found.counts.notes)


def test_summer_time(tmp_path: Path) -> None:
    autumn = "\n".join(
        f"2025-11-02 {h}:00,{n}" for h, n in (("00", 1), ("01", 2), ("01", 3), ("02", 4))
    )
    found = brought(tmp_path, f"time,count\n{autumn}\n", zone="America/New_York")
    assert counts(found) == [1, 2, 3, 4] and starts(found)[1:3] == ["02 05:00", "02 06:00"]
    assert any("show twice" in note for note in found.counts.notes)
    spring = "\n".join(f"2026-03-08 {h}:00,1" for h in ("01", "02", "03"))
    with pytest.raises(ConfigError, match="skip '2026-03-08 02:00', in line 3"):
        brought(tmp_path, f"time,count\n{spring}\n", zone="America/New_York")


@pytest.mark.parametrize(
    ("text", "said", "match"),
    [
        (f"time,count\n{HOURS}\n", {}, "says no zone"),
        (f"time,count\n{HOURS}\n", {"zone": "CST"}, "zone=Asia/Shanghai"),
        ("time,count\n3/4/2026 8:00,1\n", {"zone": "UTC"}, "may be two days, in line 2"),
        ("time,count\nyesterday,1\n", {"zone": "UTC"}, "no moment, in line 2"),
        ("time,count\n2026-02-30 08:00,1\n", {"zone": "UTC"}, "no moment, in line 2"),
        ("time,count\n2026-01-05 12:00,12k\n", {"zone": "UTC"}, "12000 in line 2"),
        ("time,count\n2026-01-05 12:00,-3\n", {"zone": "UTC"}, "no count, in line 2"),
        ("time,count\n2026-01-05 12:00,3\n", {"zone": "UTC"}, "only 1 hours"),
        ("a,b\nx,y\n", {"zone": "UTC"}, "no column of export.csv is called like a time"),
        ("time,b\n2026-01-05 12:00,y\n", {"zone": "UTC"}, "none names a post"),
        (f"time,count\n{HOURS}\n", {"zone": "UTC", "colour": "red"}, "no such setting"),
        (f"time,count\n{HOURS}\n", {"zone": "UTC", "count": "n"}, "no such column"),
        (f"time,count\n{HOURS}\n", {"zone": "UTC", "began": "noon"}, "no moment"),
        (f"time,count\n{HOURS}\n", {"zone": "UTC", "sheet": "1"}, "no workbook"),
        ("date,url\n2026-01-05,u\n", {"zone": "UTC"}, "cannot be put into hours"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_refused(
    tmp_path: Path, text: str, said: dict[str, str], match: str
) -> None:
    with pytest.raises(ConfigError, match=match):
        brought(tmp_path, text, **said)
    assert not (tmp_path / "affair").exists(), "nothing is written before all is understood"


def test_a_mapping_reads_the_next_export(tmp_path: Path) -> None:
    first = brought(tmp_path, f"when it was,how many\n{HOURS}\n", zone="Asia/Shanghai",
                    when="when it was", count="how many")  # fmt: skip
    text = (first.folder / "affair.yaml").read_text(encoding="utf-8")
    (first.folder / "affair.yaml").write_text(text + "# mine\n", encoding="utf-8")
    mapping = str(first.folder / "mapping.yaml")
    again = brought(
        tmp_path, f"when it was,how many\n{HOURS}\n2026-01-05 16:00,9\n", mapping=mapping
    )
    assert counts(again) == [5, 900, 1500, 700, 9] and again.kept == ("affair.yaml",)
    assert (again.folder / "affair.yaml").read_text(encoding="utf-8").endswith("# mine\n")
    (tmp_path / "bad.yaml").write_text("- 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="mapping"):
        brought(tmp_path, f"time,count\n{HOURS}\n", mapping=str(tmp_path / "bad.yaml"))


def test_a_sheet_of_a_workbook(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["时间", "声量"])
    for row in HOURS.splitlines():
        when, n = row.split(",")
        book.active.append([when, int(n)])
    book.save(tmp_path / "export.xlsx")
    found = import_export(str(tmp_path / "export.xlsx"), str(tmp_path / "a"), {"zone": "UTC"})
    assert counts(found) == [5, 900, 1500, 700]


def test_counts_that_were_changed_are_refused(tmp_path: Path) -> None:
    found = brought(tmp_path, f"time,mentions\n{HOURS}\n", zone="Asia/Shanghai")
    file = found.folder / "mentions.csv"
    whole = file.read_text(encoding="utf-8")
    for old, new in (("900", "many"), ("T05:00Z,2026", "T04:30Z,2026"), ("1500", "-1")):
        file.write_text(whole.replace(old, new), encoding="utf-8")
        with pytest.raises(ConfigError, match="line"):
            read_mentions(file)
