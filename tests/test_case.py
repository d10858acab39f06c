"""Case files: the shipped ones are whole, and a wrong one says what to mend."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
import yaml

from experiments.calibration import case_score
from experiments.command.cli import main
from sim.base.choices import conf_dir
from sim.base.digest import plain
from sim.base.refusal import ConfigError
from sim.case.case import SHAPE, Case
from sim.case.case_file import _read, read_case
from sim.case.check import check_case
from sim.case.problems import Problems
from sim.case.timeline import describe_case
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.keys import from_plain
from sim.state.scenario import build_scenario, name_of

FOLDER = conf_dir() / "case"
TEXTBOOK = (FOLDER / "textbook.yaml").read_text(encoding="utf-8")
SHIPPED = sorted(FOLDER.glob("*.yaml"))
#: Every target of the dossier: times, numbers, volumes, hot lists, market, base, orderings.
TARGETS = (
    "T01 T02 T03 T03b T04 T05 T06 T07 T08 N01 N01b N02 N03 N04 N05 N06 V01 V02 V03 V04 V05 "
    "V06 H01 H02 H03 H04 H05 H06 H07 H08 H09 H10 H11 H12 H13 H14 H15 H16 M01 M02 M03 M04 M05 "
    "M06 M07 M08 M09 M10 M11 M12 M13 M14 M15 B01 O01 O02 O03 O04 O05 O06 O07 O08 O09 O10 O11 "
    "O12 O13 O14 O15 O16 O17 O18 O19 O20 O21 O22 "
).split()


@pytest.fixture
def raw():
    return yaml.safe_load((FOLDER / "xiaomi_2026.yaml").read_text())


@pytest.fixture
def xiaomi(raw):
    return read_case({**raw, "folder": str(FOLDER)})


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_case_is_good(path):
    assert check_case(path) == []


def test_the_dossier_is_carried_whole(raw, xiaomi):
    assert len(xiaomi.events) == 41
    assert sorted({t["origin"] for t in raw["targets"] if "origin" in t}) == sorted(TARGETS)
    assert all(event.source and event.text["en"] and event.text["zh"] for event in xiaomi.events)


def test_roles_are_as_documented(xiaomi):
    role = {event.id: event.role for event in xiaomi.events}
    assert [event.id for event in xiaomi.forcing] == [
        "rumour",
        "screenshot",
        "antagonist_mocks",
        "product_launch",
        "naming",
    ]
    assert {name for name, value in role.items() if value == "lever"} == {
        "apology",
        "buyback",
        "penalty",
        "founder_explanation",
    }
    assert all(
        role[name] == "outcome"
        for name in ("partner_exit", "comment_flood", "first_hashtag", "share_low", "close_8_jan")
    )


def test_fit_targets_are_of_5_and_6_january_and_reliable(xiaomi):
    fit = [target for target in xiaomi.targets if target.use == "fit"]
    assert len(fit) >= 12
    assert all(target.reliability == "high" for target in fit)
    for day in ("2026-01-07", "2026-01-08", "2026-01-09"):
        assert not any(target.time.startswith(day) for target in fit)
    assert any(
        target.quantity == "reads_7_jan" and target.use == "holdout" for target in xiaomi.targets
    )


def test_observed_series_are_there(xiaomi):
    hotlist, prices = xiaomi.observed_hotlist(), xiaomi.observed_prices()
    assert hotlist["hot_score"].max() > 1e6
    assert prices.set_index("date").loc["2026-01-05", "close_hkd"] == 39.34
    assert compose(["case=quiet_week"]).case.observed_hotlist() is None


def test_texts_and_targets_are_not_part_of_a_runs_name(raw):
    other = copy.deepcopy(raw)
    other["events"][0]["text"]["en"] = "other words"
    other["targets"] = []
    both = [read_case({**one, "folder": str(FOLDER)}).simulated() for one in (raw, other)]
    assert both[0] == both[1]


def test_the_timeline_can_be_read_in_both_languages(xiaomi):
    english, chinese = describe_case(xiaomi, "en"), describe_case(xiaomi, "zh")
    assert "2026-01-05 21:35 = lever" in english
    assert "截图" in chinese
    assert len(english.splitlines()) == len(chinese.splitlines())


def event(raw, name):
    return next(node for node in raw["events"] if node["id"] == name)


BROKEN = [
    (
        lambda raw: event(raw, "screenshot").update(time="2026-01-31 10:00", bracket=None),
        "outside the horizon",
    ),
    (lambda raw: event(raw, "screenshot").update(time="noon"), "not a time"),
    (lambda raw: event(raw, "screenshot").update(source=" "), "no source"),
    (lambda raw: event(raw, "screenshot").update(bracket=["2026-01-05 14:00"]), "not closed"),
    (
        lambda raw: event(raw, "screenshot").update(
            bracket=["2026-01-05 14:00", "2026-01-05 15:00"]
        ),
        "does not contain",
    ),
    (lambda raw: event(raw, "penalty").update(bracket=None), "needs its bracket"),
    (lambda raw: event(raw, "screenshot").update(credibility=3), "not a number in range"),
    (lambda raw: event(raw, "screenshot").update(kind="leek"), "leak"),
    (lambda raw: event(raw, "screenshot").update(colour="red"), "no such key"),
    (lambda raw: event(raw, "screenshot").pop("reach"), "is missing"),
    (lambda raw: event(raw, "screenshot")["text"].pop("zh"), "both languages"),
    (lambda raw: event(raw, "screenshot").update(id="rumour"), "stands twice"),
    (
        lambda raw: event(raw, "screenshot").update(time="2026-01-04 09:00", bracket=None),
        "order of time",
    ),
    (lambda raw: raw.update(clock_start="nothing"), "names no event"),
    (lambda raw: raw["levers"]["penalty"].update(delay_h=5), "not the time from the clock start"),
    (lambda raw: raw["series"].update(prices="gone.csv"), "no such file"),
    (lambda raw: raw["targets"][0].update(unit="furlongs"), "no such choice"),
    (lambda raw: raw["targets"][0].update(type="guess"), "no such choice"),
    (lambda raw: raw["targets"][0].update(low=9, high=1), "above high"),
    (lambda raw: raw["targets"][0].update(use="fit", reliability="low"), "never enters a fit"),
    (lambda raw: raw.pop("market"), "is missing"),
    (lambda raw: raw.update(events=raw["events"][:3]), "names no event"),
]


@pytest.mark.parametrize(("spoil", "expected"), BROKEN)
def test_a_broken_case_says_what_to_mend(raw, tmp_path, spoil, expected):
    spoil(raw)
    for name in ("xiaomi_2026_hotlist.csv", "xiaomi_2026_prices.csv"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    path = tmp_path / "case.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True))
    problems = check_case(path)
    assert any(expected in problem for problem in problems), problems
    assert all("case." in problem and "try:" in problem for problem in problems)
    with pytest.raises(ConfigError):
        read_case({**raw, "folder": str(tmp_path)})


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "\ufffe"])
def test_what_is_no_case_is_said_to_be_none(tmp_path, text):
    path = tmp_path / "case.yaml"
    path.write_text(text)
    assert len(check_case(path)) == 1
    assert len(check_case(tmp_path / "gone.yaml")) == 1


@pytest.mark.parametrize(
    ("lever", "key", "value", "told"),
    [
        ("apology", "speaker", "ceo", "founder"),
        ("apology", "delay_h", "six", "0 to 2160"),
        ("penalty", "level", "janitor", "vice_president"),
        ("penalty", "severity", 5, "0 to 1"),
        ("penalty", "severty", 0.5, "severity"),
    ],
)
def test_a_lever_value_that_no_response_could_take_is_found(raw, lever, key, value, told):
    raw["levers"][lever][key] = value
    with pytest.raises(ConfigError, match=told):
        read_case({**raw, "folder": str(FOLDER)})


def test_a_founder_is_there_or_not(raw):
    with pytest.raises(ConfigError, match="true, false"):
        read_case({**raw, "founder": "maybe", "folder": str(FOLDER)})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda raw: raw.update(start="2026-01-05 00:00:37"), "whole minutes"),
        (lambda raw: raw.update(start="2026-01-05T00:00Z"), "offset"),
        (lambda raw: raw.update(start="0001-01-01 00:00"), "1900 to 2100"),
        (lambda raw: raw.update(horizon_d=3.7), "whole days"),
        (lambda raw: raw.update(market=None), "market"),
        (lambda raw: raw.update(market="maybe"), "mapping"),
        (lambda raw: raw["market"].update(listed=True), "at the top of a case file"),
        (lambda raw: raw.update(events=-1), "no list"),
        (lambda raw: raw.update(targets=[1]), "case"),
        (lambda raw: raw.update(name=["a"]), "no name"),
        (lambda raw: raw["levers"]["apology"].pop("delay_h"), "case"),
    ],
)
def test_odd_values_are_said_and_never_a_traceback(raw, tmp_path, change, told):
    change(raw)
    file = tmp_path / "odd.yaml"
    file.write_text(yaml.safe_dump({**raw, "series": {}}, allow_unicode=True))
    assert any(told in problem for problem in check_case(file))


@pytest.mark.parametrize(
    ("days", "told"),
    [(400, "try:     90"), (0, "try:     1"), (-3, "try:     1"), (14.0, "horizon_d: 14"),
     (float("nan"), "1 to 90"), ("14", "1 to 90")],
)  # fmt: skip
def test_a_horizon_out_of_range_is_one_fault_and_named_with_the_nearer_end(raw, days, told):
    raw["horizon_d"] = days
    problems = Problems()
    _read({**raw, "folder": str(FOLDER)}, problems)
    assert len(problems.found) == 1, problems.found
    assert told in str(problems.found[0])


def test_an_event_that_no_horizon_reaches_is_not_told_to_ask_for_a_longer_one(raw):
    for time, hint in (
        ("2026-01-30 10:00", "role: context, or a longer horizon_d"),
        ("2026-01-02 10:00", "role: context, or an earlier start"),
        ("2026-06-30 10:00", "role: context"),
    ):
        event(raw, "naming").update(time=time, bracket=None, certainty="inferred")
        problems = Problems()
        _read({**raw, "folder": str(FOLDER)}, problems)
        assert next(one for one in problems.found if one.path.endswith("naming.time")).hint == hint


@pytest.mark.parametrize("value", [1e308, float("nan"), float("inf"), "many", True, -1e16])
@pytest.mark.parametrize("key", ["value", "low", "tolerance", "discrepancy"])
def test_a_number_of_a_target_is_one_that_can_be_counted_with(raw, key, value):
    raw["targets"][0].update({"type": "point", "value": 1, "tolerance": 1, key: value})
    problems = Problems()
    _read({**raw, "folder": str(FOLDER)}, problems)
    assert [one.path for one in problems.found][:1] == [
        f"case.targets.{raw['targets'][0]['id']}.{key}"
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("horizon_d: 3", "stands twice"),
        ("note: &n [*n]", "anchors"),
        ('summary2: "${oc.env:HOME}"', "not plain"),
    ],
)
def test_a_case_file_is_plain_yaml(tmp_path, line, told):
    file = tmp_path / "odd.yaml"
    file.write_text((FOLDER / "textbook.yaml").read_text() + line + "\n")
    assert told in check_case(file)[0]
    with pytest.raises(ConfigError, match=told):
        compose([f"case={file}"])


def test_a_series_without_its_columns_is_found(raw, tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    file = tmp_path / "case.yaml"
    file.write_text(yaml.safe_dump({**raw, "series": {"hotlist": "x.csv"}}, allow_unicode=True))
    assert any("no column time_hkt" in problem for problem in check_case(file))


def test_a_case_says_how_long_it_is_simulated(tmp_path):
    text = (FOLDER / "textbook.yaml").read_text()
    file = tmp_path / "long.yaml"
    file.write_text(text.replace("horizon_d: 14", "horizon_d: 30"))
    assert compose([f"case={file}"]).clock.horizon_d == 30
    assert compose([f"case={file}", "clock.horizon_d=20"]).clock.horizon_d == 20


# --- how a case is reproduced when only its events are re-set -------------------------------------


def test_every_comparison_case_has_a_daily_series_that_can_be_read():
    for path in SHIPPED:
        case = read_case({**yaml.safe_load(path.read_text()), "folder": str(FOLDER)})
        if case.series.get("daily"):
            rows = case_score.daily_of(case)
            assert set(rows["metric"]) <= set(case_score.METRICS)
            assert (rows["day"] >= 0).all() and rows["source"].notna().all()
    assert len([path for path in SHIPPED if path.with_name(f"{path.stem}_daily.csv").exists()]) == 7


def test_shapes_are_compared_and_not_units():
    values = np.array([0.0, 2.0, 4.0, 1.0])
    assert case_score.shape(values, "attention").tolist() == [0, 0.5, 1, 0.25]
    assert case_score.shape(1000 * values, "attention").tolist() == [0, 0.5, 1, 0.25]
    assert case_score.shape(np.array([13.0, 5.0, -8.0]), "trust") == pytest.approx([0, -8 / 21, -1])
    assert case_score.shape(np.zeros(3), "attention").tolist() == [0, 0, 0]


def test_a_case_is_scored_against_its_series(tmp_path, capsys):
    words = ["population=classroom", "population.n_people=60", "n_replicates=10",
             f"results={tmp_path}", "format=json"]  # fmt: skip
    assert main(["case", "score", "baidu_pr_2024", *words]) == 0
    page = json.loads(capsys.readouterr().out)
    (metric,) = page["metrics"]
    assert metric["n_days"] == len(metric["days"]) == 12
    assert max(day["observed"] for day in metric["days"]) == 1.0
    assert 0 <= metric["in_50"] <= metric["in_90"] <= 1
    assert "orderings seen in" in page["parameters"]
    assert main(["case", "score", "baidu_pr_2024", *words[:-1]]) == 0
    assert "rank correlation" in capsys.readouterr().out
    assert main(["case", "score", "baidu_pr_2024", *words[:-1], "lang=zh"]) == 0
    assert "score" not in (told := capsys.readouterr().out) and "得分" in told


def test_a_series_of_zeros_has_no_peak_day(tmp_path, capsys):
    zeros = "".join(f"2026-03-0{d},attention,0,hot index,counted\n" for d in (2, 3, 4))
    (tmp_path / "mine.csv").write_text("date,metric,value,unit,source\n" + zeros)
    text = (FOLDER / "textbook.yaml").read_text()
    (tmp_path / "mine.yaml").write_text(
        text.replace("prices: null}", "prices: null, daily: mine.csv}")
    )
    words = [str(tmp_path / "mine.yaml"), "population=classroom", "n_replicates=2"]
    assert main(["case", "score", *words, f"results={tmp_path}", "format=json"]) == 0
    (metric,) = json.loads(capsys.readouterr().out)["metrics"]
    assert metric["peak_day_observed"] is None
    assert main(["case", "score", *words, f"results={tmp_path}"]) == 0
    assert "peak day, observed: –" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "date,metric,value,unit,source\n2026-03-02,attention,1,n,x\n2026-03-03,likes,1,n,x\n",
            "metric = 'likes': mine.csv, line 3: not usable: no such metric\n"
            "  allowed: one of attention",
        ),
        (
            "date,metric,value,unit,source\n2026-03-02,attention,many,n,x\n",
            "value = 'many': mine.csv, line 2: not usable: no number\n  allowed: a number",
        ),
        (
            "date,metric,value,unit,source\n02/03/2026,attention,1,n,x\n"
            "03/03/2026,attention,1,n,x\n",
            "date = '02/03/2026': mine.csv, line 2: not usable (1 more like it): day and "
            "month cannot be told apart\n  allowed: a day as YYYY-MM-DD",
        ),
        ("date,metric,value,unit,source\n2025-03-02,attention,1,n,x\n", "no day of it"),
        ("date,value\n2026-03-02,1\n", "no column metric"),
        (None, "no daily series"),
    ],
)
def test_a_series_that_cannot_be_used_is_refused(tmp_path, capsys, content, told):
    text = (FOLDER / "textbook.yaml").read_text()
    if content is not None:
        text = text.replace("prices: null}", "prices: null, daily: mine.csv}")
        (tmp_path / "mine.csv").write_text(content)
    (tmp_path / "mine.yaml").write_text(text)
    results = tmp_path / "results"
    assert main(["case", "score", str(tmp_path / "mine.yaml"), f"results={results}"]) == 2
    assert told in capsys.readouterr().err
    assert not results.exists()


# --- typed, and read once -------------------------------------------------------------------------


def test_a_config_holds_its_case_typed():
    config = compose(["case=textbook", "response=none"])
    assert isinstance(config.case, Case) and config.case.name == "textbook"
    assert build_scenario(config).case is config.case
    assert plain(config)["case"] == {**yaml.safe_load(TEXTBOOK), "folder": str(FOLDER)}


def test_a_key_of_a_case_is_answered_with_its_field():
    case = compose(["case=textbook", "response=none"]).case
    for key, told in (("title", "config.case.titles"), ("name", "config.case.name")):
        with pytest.raises(TypeError, match=told):
            case[key]


def test_a_mapping_is_no_case_and_without_one_nothing_runs():
    config = compose(["case=textbook", "response=none"])
    with pytest.raises(ConfigError, match="a case is read before it is run"):
        replace(config, case=dict(config.case.written))
    assert plain(Config())["case"] == {}
    for what in (build_scenario, name_of):
        with pytest.raises(ConfigError, match="no case, no run"):
            what(Config())


def test_a_fault_of_a_case_file_is_refused_where_it_is_composed(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(TEXTBOOK.replace("clock_start: leak", "clock_start: never"))
    with pytest.raises(ConfigError, match="names no event"):
        compose([f"case={file}", "response=none"])


def test_a_case_without_levers_takes_every_other_response(tmp_path):
    raw = yaml.safe_load(TEXTBOOK)
    del raw["levers"]
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True))
    assert check_case(file) == []
    assert build_scenario(compose([f"case={file}", "response=deny"])).case.levers == {}


def test_a_stored_study_is_read_where_the_files_of_its_case_are_not(tmp_path):
    """As before: what was simulated does not depend on the series beside a case."""
    config = compose(["response=none"])
    there = plain(config)
    there["case"]["folder"] = str(tmp_path / "gone")
    moved = from_plain(there)
    assert moved.case.simulated() == config.case.simulated() and name_of(moved) == name_of(config)
    with pytest.raises(ConfigError, match="no such file"):
        read_case(there["case"])


# --- the shape that a report asks of runs ---------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rises": {}}, "no such key"),
        ({"quiet": {"day": 1}}, "is missing"),
        ({"quiet": {"day": 1, "share": "few"}}, "not a number"),
        ({"rise": {"days": [2, 9], "times": [1, 9], "observed": ""}}, "no days"),
        ({"rise": {"days": [2, 3], "times": 9, "observed": ""}}, "not a number"),
        ({"fan_lead": {"h": 12}}, "not a number"),
        ({"fan_lead": 12}, "is no mapping"),
        ({"first_entry": {"share": 0.8, "after_apology_h": [8, 24], "observed": 17}}, "is no text"),
        ([], "is no mapping"),
    ],
)
def test_a_shape_that_says_nothing_certain_is_refused(raw, change, told):
    with pytest.raises(ConfigError, match=told):
        read_case({**raw, "folder": str(FOLDER), "shape": change})


def test_the_shape_of_the_documented_case_stands_in_its_file(xiaomi):
    assert set(xiaomi.shape) == set(SHAPE)
    assert compose(["case=textbook", "response=none"]).case.shape == {}


@pytest.mark.parametrize("heat", [1, 12, 1000, 4999])
def test_a_heat_that_no_place_of_the_list_has_is_refused(raw, tmp_path, heat):
    file = tmp_path / "mine.yaml"
    events = [{**e, "heat": heat} if e["role"] == "forcing" else e for e in raw["events"]]
    file.write_text(yaml.safe_dump({**raw, "events": events}, allow_unicode=True), "utf-8")
    assert any("in the list's index" in problem for problem in check_case(file))


def test_the_template_leaves_its_leak_to_reporters(tmp_path, monkeypatch):
    """A heat of a few points would stand in the place of what a reporter brings."""
    monkeypatch.chdir(tmp_path)
    assert main(["case", "new", "mine", "form=no"]) == 0
    written = yaml.safe_load((tmp_path / "mine.yaml").read_text("utf-8"))
    case = read_case({**written, "folder": str(tmp_path)})
    assert [event.heat for event in case.forcing] == [0.0]
