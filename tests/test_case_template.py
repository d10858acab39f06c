"""Your own case: a template that runs as it is, and a form that takes no answer it cannot use."""

import builtins

import pytest

from experiments.authoring import case_form, case_sketch, case_template
from experiments.command.cli import main
from sim.base.refusal import ConfigError
from sim.case.check import check_case
from sim.settings.composition import compose


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to work in, without a person at the terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    return tmp_path


def answers(monkeypatch, *given):
    """Somebody at the terminal who types these lines, then goes away."""
    left = list(given)

    def read(question):
        assert question
        if not left:
            raise EOFError
        return left.pop(0)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(builtins, "input", read)
    return left


def case_of(name):
    return compose([f"case={name}.yaml"]).case


SHORT = (
    "The tea affair", "茶饮风波", "A tea brand mocked its fans.", "", "", "2026-04-01 09:30",
    "exact", "a newspaper", "7", "no", "no", "no", "",
)  # fmt: skip
NEVER = ("never",) * 4


def test_the_form_takes_any_exchange_that_is_recorded(here, monkeypatch, capsys):
    left = answers(monkeypatch, *SHORT[:-2], "the market", "xnys", "42.5", *NEVER)
    assert main(["case", "new", "tea"]) == 0
    said = capsys.readouterr().out
    assert left == [] and "Type one of: XHKG, XNAS, XNYS, XSHE, XSHG, yes, no" in said
    case = case_of("tea")
    assert (case.exchange, case.currency, case.previous_close) == ("XNYS", "USD", 42.5)
    assert case.listed and check_case("tea.yaml") == []


@pytest.mark.slow
def test_the_template_is_good_runs_and_is_scored(here, capsys):
    assert main(["case", "new", "my_case"]) == 0
    said = capsys.readouterr().out
    assert "backlash case check my_case.yaml" in said
    assert main(["case", "check", "my_case.yaml"]) == 0
    small = ["population=classroom", "n_replicates=2", "results=results"]
    assert main(["run", "case=my_case.yaml", *small]) == 0
    series = "date,metric,value,unit,source\n" + "".join(
        f"2026-03-0{d},attention,{v},hot index,counted\n" for d, v in ((2, 3), (3, 9), (4, 4))
    )
    (here / "my_case_daily.csv").write_text(series)
    file = here / "my_case.yaml"
    file.write_text(file.read_text().replace("daily: null", "daily: my_case_daily.csv"))
    assert main(["case", "score", "my_case.yaml", *small]) == 0
    assert "peak day, observed" in capsys.readouterr().out


def test_the_template_comments_every_lever_and_speaks_both_languages(here):
    assert main(["case", "new", "my_case", "lang=zh"]) == 0
    text = (here / "my_case.yaml").read_text()
    assert text.count("#") > 25 and "假定" in text and "guesses" in text
    case = case_of("my_case")
    assert set(case.levers) == {*case_sketch.ACTS, "buyback"}


def test_a_case_is_never_overwritten(here, capsys):
    (here / "mine.yaml").write_text("mine")
    assert main(["case", "new", "mine"]) == 2
    assert (here / "mine.yaml").read_text() == "mine"
    assert "mine_2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "hint"),
    [("a b", "a_b"), ("../up", "up"), ("xiaomi_2026", "my_xiaomi_2026"), ("-", "my_case"),
     ("x" * 61, "x" * 60)],
)  # fmt: skip
def test_a_name_that_cannot_be_one_is_refused_with_one_that_can(here, capsys, name, hint):
    assert main(["case", "new", name]) == 2
    assert f"case new {hint}\n" in capsys.readouterr().err
    assert not list(here.iterdir())


@pytest.mark.parametrize(
    "given", [[], ["a", "b"], ["a", "lang=fr"], ["a", "form=perhaps"], ["a", "colour=red"]]
)
def test_anything_else_is_refused(here, given):
    assert main(["case", "new", *given]) == 2
    assert not list(here.iterdir())


def test_a_name_may_be_chinese(here):
    assert main(["case", "new", "奶茶风波"]) == 0
    assert main(["run", "case=奶茶风波.yaml", "population=classroom", "results=results"]) == 0


def test_a_brand_that_did_nothing_is_a_case_too(here, monkeypatch, capsys):
    left = answers(monkeypatch, *SHORT, *NEVER)
    assert main(["case", "new", "tea"]) == 0
    assert left == [] and check_case("tea.yaml") == []
    case = case_of("tea")
    assert case.titles == {"en": "The tea affair", "zh": "茶饮风波"}
    assert case.summary["zh"] == case.summary["en"]
    assert (case.founder, case.horizon_d) == (False, 7)
    assert (case.time_zone, case.currency, case.exchange) == ("Asia/Hong_Kong", None, None)
    assert all(lever["delay_h"] is None for lever in case.levers.values())
    config = compose(["case=tea.yaml", "response=as_happened"])
    assert config.response.penalty.level.value == "none"


def test_a_whole_form_in_chinese(here, monkeypatch, capsys):
    left = answers(
        monkeypatch,
        "门店风波", "The shop affair", "门店差别对待会员。", "", "",
        "2026-04-01 09:30", "", "报纸", "",
        "是", "", "是", "12.5",
        "2026-04-01 20:10", "exact", "微博", "pr_head", "",
        "从未",
        "2026-04-02 18:00", "guess", "推断", "junior", "dismissal", "2",
        "2026-04-03 10:00", "exact", "直播", "founder", "0.9",
    )  # fmt: skip
    assert main(["case", "new", "shop", "lang=zh"]) == 0
    assert left == [] and check_case("shop.yaml") == []
    assert "已写入" in capsys.readouterr().out
    case = case_of("shop")
    assert case.market["previous_close_hkd"] == 12.5 and case.listed
    assert (case.time_zone, case.currency, case.exchange) == ("Asia/Shanghai", "HKD", "XHKG")
    assert case.event("leak").certainty == "documented_daypart"
    levers = case.levers
    assert levers["apology"]["delay_h"] == pytest.approx(10 + 40 / 60, abs=1e-4)
    assert levers["termination"]["delay_h"] is None
    assert levers["penalty"]["level"] == "junior" and levers["penalty"]["severity"] == 1
    assert main(["run", "case=shop.yaml", "population=classroom", "results=results"]) == 0


def test_chinese_answers_are_taken_and_codes_are_glossed(here, monkeypatch, capsys):
    answers(
        monkeypatch,
        "门店风波", "", "门店差别对待会员。", "", "",
        "2026-04-01 09:30", "精确", "", "推断自报道", "",
        "是", "否", "否", "",
        "2026-04-01 20:10", "exact", "微博", "谁", "公关负责人", "",
        "从未", "2026-04-02 18:00", "推断", "推断自报道", "基层员工", "扣奖金", "2", "从未",
    )  # fmt: skip
    assert main(["case", "new", "shop", "lang=zh"]) == 0
    told = capsys.readouterr().out
    assert "pr_head 公关负责人" in told and "inferred from" in told
    levers = case_of("shop").levers
    assert levers["apology"]["speaker"] == "pr_head"
    assert levers["penalty"]["level"] == "junior" and levers["penalty"]["severity"] == 0.5


def test_without_a_terminal_it_says_that_the_template_is_written(here, capsys):
    assert main(["case", "new", "one"]) == 0
    assert "form=yes asks" in capsys.readouterr().err
    assert main(["case", "new", "two", "form=no"]) == 0
    assert not capsys.readouterr().err


@pytest.mark.parametrize(
    ("at", "bad", "said"),
    [
        (0, "", "one line of text"),
        (0, "${oops}", "one line of text"),
        (4, "EST", "Type it like America/New_York"),
        (4, "Beijing", "Type it like Asia/Shanghai"),
        (5, "yesterday", "Type it like"),
        (5, "1700-01-01 00:00", "from 1900"),
        (6, "very", "Type one of: exact"),
        (8, "200", "from 1 to 90"),
        (8, "soon", "from 1 to 90"),
        (9, "maybe", "Type one of: yes"),
        (12, "dollars", "Type three letters"),
        (13, "2026-03-31 09:00", "from 2026-04-01 09:30 to before 2026-04-08 00:00"),
        (13, "2026-05-01 09:00", "to before 2026-04-08"),
    ],
)
def test_an_answer_is_refused_at_once_with_what_to_type(here, monkeypatch, capsys, at, bad, said):
    given = [*SHORT, *NEVER]
    left = answers(monkeypatch, *given[:at], bad, *given[at:])
    assert main(["case", "new", "tea"]) == 0
    assert left == [] and check_case("tea.yaml") == []
    assert said in capsys.readouterr().out


def test_nobody_but_a_founder_speaks_as_the_founder(here, monkeypatch, capsys):
    apology = ("2026-04-01 20:00", "exact", "a post", "founder", "company", "0.5")
    answers(monkeypatch, *SHORT, *apology, *NEVER[1:])
    assert main(["case", "new", "tea"]) == 0
    assert "Type one of: staff, pr_head, company." in capsys.readouterr().out
    assert case_of("tea").levers["apology"]["speaker"] == "company"


def test_a_form_that_is_left_writes_nothing(here, monkeypatch, capsys):
    answers(monkeypatch, *SHORT[:3])
    assert main(["case", "new", "tea"]) == 2
    assert "form=no" in capsys.readouterr().err
    assert not list(here.iterdir())


@pytest.mark.parametrize("text", ['a "quoted" word', "colon: and # hash", "{brace}", "back\\slash"])
def test_any_line_of_text_survives_the_file(here, text):
    sketch = case_sketch.Sketch("odd", title={"en": text, "zh": text})
    (here / "odd.yaml").write_text(case_template.text_of(sketch))
    assert check_case("odd.yaml") == []
    assert case_of("odd").titles["en"] == text


def test_the_words_for_the_end_of_input_need_no_terminal():
    def read(question):
        raise EOFError

    with pytest.raises(ConfigError, match="nothing is written"):
        case_form.fill_in("x", case_form.Form("en", read))


def test_an_american_case_has_its_own_zone_and_money_and_no_market(here, monkeypatch):
    """25 h on the wall across the change to summer time are 24 h of waiting."""
    given = [*SHORT, "2026-03-08 12:00", "exact", "a notice", "company", "", *NEVER[1:]]
    given[4], given[5], given[12] = "America/New_York", "2026-03-07 11:00", "usd"
    left = answers(monkeypatch, *given)
    assert main(["case", "new", "tea"]) == 0
    assert left == [] and check_case("tea.yaml") == []
    case = case_of("tea")
    assert (case.time_zone, case.currency, case.exchange) == ("America/New_York", "USD", None)
    assert case.levers["apology"]["delay_h"] == 24 and not case.listed


@pytest.mark.parametrize(
    ("zone", "when", "said"),
    [
        ("America/New_York", "2026-03-08 02:30", "never came"),
        ("America/New_York", "2026-11-01 01:30", "came twice"),
    ],
)
def test_a_time_that_the_clocks_never_showed_or_showed_twice_is_refused(
    here, monkeypatch, capsys, zone, when, said
):
    answers(monkeypatch, *SHORT[:4], zone, when, *SHORT[5:], *NEVER)
    assert main(["case", "new", "tea"]) == 0
    assert said in capsys.readouterr().out
