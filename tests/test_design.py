"""Studies: from files and from command lines, and what is refused."""

import pytest
import yaml
from conftest import composed, shipped

from experiments.sweeps.points import points_of
from experiments.sweeps.study_file import NO_SENTENCE, read_study, shipped_studies
from experiments.sweeps.study_words import study_of
from sim.base.choices import conf_dir
from sim.base.digest import plain
from sim.base.refusal import ConfigError
from sim.settings.composition import compose
from sim.settings.keys import altered, from_plain
from sim.settings.worlds import replicates

#: Studies whose thousands of points take half a minute to make: at night.
LARGE = ("timing_by_severity", "sensitivity", "who_did_what")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if name in LARGE else [])
        for name in shipped_studies()
    ],
)
def test_a_shipped_study_spans_its_cells_and_opens_with_its_question(name):
    study, points = shipped(name)
    assert study.question["en"] and study.question["zh"] and study.sentence["en"]
    assert len({str(plain(p.config)) for p in points if p.block == "main"}) == len(study.cells)
    first = (conf_dir() / "study" / f"{name}.yaml").read_text().splitlines()
    assert first[0].startswith(f"# backlash sweep study={name}") and "?" in first[1]


def test_the_flagship_is_eight_timings_by_nine_penalties():
    study, points = shipped("timing_by_severity")
    assert [len(axis.values) for axis in study.axes] == [8, 9]
    assert study.label(study.reference_cell) == "8 · VP ½"
    config = points[study.reference_cell].config
    assert (config.n_replicates, config.uncertainty.n_seeds) == (100, 3)
    assert config.response.apology.delay_h == 8
    assert config.response.penalty.level.value == "vice_president"


def test_sweep_overrides_become_axes():
    study, rest = study_of(
        ["response.apology.delay_h=1,4,8", "response.penalty.severity=range(0,2)", "n_replicates=7"]
    )
    assert [axis.labels for axis in study.axes] == [("1", "4", "8"), ("0", "1")]
    assert rest == ["n_replicates=7"]
    assert len(study.cells) == 6
    points = points_of(study, rest)
    assert [p.config.response.apology.delay_h for p in points] == [1, 1, 4, 4, 8, 8]
    assert {p.config.n_replicates for p in points} == {7}


def test_null_and_patterns_are_swept():
    study, _ = study_of(["response.apology.delay_h=choice(null,8)"])
    assert study.axes[0].values == ((None,), (8,))
    study, _ = study_of(["response=glob([as_*,d*])"])
    assert study.axes[0].labels == ("as_happened", "deny")


def test_options_can_be_swept():
    study, rest = study_of(["response=none,deny", "case=textbook"])
    assert [p.config.response.name for p in points_of(study, rest)] == ["none", "deny"]


def test_a_widened_axis_is_the_same_study():
    narrow, _ = study_of(["response.apology.delay_h=1,2", "n_replicates=3"])
    wide, _ = study_of(["response.apology.delay_h=1,2,3", "n_replicates=3"])
    other, _ = study_of(["response.apology.delay_h=1,2", "n_replicates=4"])
    assert narrow.name == wide.name != other.name


def test_an_override_takes_the_place_of_the_axis_on_the_same_key():
    study, _ = study_of(["study=smoke", "response.apology.acknowledgement=0.1,0.5,1"])
    assert [axis.name for axis in study.axes] == ["timing", "response.apology.acknowledgement"]
    assert len(study.cells) == 9


def test_all_cells_meet_the_same_worlds_and_seeds():
    study = read_study("smoke")
    inner = [
        [(one.seed, one.parameters) for one in replicates(point.config)]
        for point in points_of(study, ["n_replicates=4", "uncertainty.n_seeds=2"])
        if point.block == "main"
    ]
    assert all(cell == inner[0] for cell in inner)
    assert len({parameters for _, parameters in inner[0]}) == 4
    assert len({seed for seed, _ in inner[0]}) == 8


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["study=timing"], "timing_by_severity"),
        (["n_replicates=3"], "nothing is varied"),
        (["response.apology.delay_h=1,six"], "a number"),
        (["response.apology.delay_h=choice()"], "delay_h"),
        (["response.penalty.levl=junior,manager"], "response.penalty.level"),
        (["response.penalty.level=junior,janitor"], "vice_president"),
        (["response.penalty.delay_h=-6,4"], "precede"),
        (["response.apology.delay_h=1,1"], "twice"),
        (["response.apology.delay_h=4,4.0,8"], "try:     response.apology.delay_h=4,8"),
        (["response.apology.delay_h=1,2", "name=a/b"], "no name of a folder"),
        (["response.apology.delay_h=range(0,20000)"], "too many"),
        (["study=smoke", "n_confirm=-1"], "number of worlds"),
        (["case.founder=true,false"], "case"),
    ],
)
def test_what_cannot_be_swept_is_refused_with_what_to_type(words, told):
    with pytest.raises(ConfigError, match=told) as refusal:
        points_of(*study_of(words))
    assert "try:" in str(refusal.value)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("axes", [], "nothing is varied"),
        ("axes", [{"name": "a", "keys": ["seed"], "values": []}], "empty axis"),
        ("axes", [{"name": "a", "keys": ["seed"], "values": [[1, 2]]}], "a value to each"),
        ("outcomes", ["outrage"], "no such outcome"),
        ("question", " ", "says nothing"),
        ("question", {"en": "why?", "de": "warum?"}, "no such language: de"),
        ("reference", {"timming": "2"}, "no axis is called so"),
        ("reference", ["12"], "no mapping"),
        ("setting", "response=none", "no list"),
        ("setting", 5, "no list"),
        ("axes", 5, "no list"),
        ("outcomes", [["exited"]], "no word"),
        ("rivals", ["mechanisms.mocking=false"], "no mapping"),
        ("rivals", {"same": None}, "changes nothing"),
        ("thresholds", {"exited": float("inf")}, "no number"),
        ("beside", True, "no list"),
        ("n_rival", -1, "number of worlds"),
        ("refrence", {}, "reference"),
        ("thresholds", {"governance_share": 1}, "direction"),
        ("reference", {"timing": "7"}, "no label"),
    ],
)
def test_a_wrong_study_file_is_refused(tmp_path, key, value, told):
    raw = yaml.safe_load((conf_dir() / "study" / "smoke.yaml").read_text())
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({**raw, key: value}))
    with pytest.raises(ConfigError, match=told):
        read_study(str(file))


def test_a_study_may_speak_one_language_and_expect_nothing(tmp_path):
    """A recipe of docs/recipes.md: what a text says in one language stands in both."""
    raw = yaml.safe_load((conf_dir() / "study" / "smoke.yaml").read_text())
    del raw["sentence"]
    raw["question"] = "Does it work?"
    raw["axes"][0]["text"] = {"zh": "致歉时间"}
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    study = read_study(str(file))
    assert study.question == {"en": "Does it work?", "zh": "Does it work?"}
    assert study.axes[0].text == {"en": "致歉时间", "zh": "致歉时间"}
    assert study.sentence == NO_SENTENCE


def test_altering_is_composing():
    words = {
        "response.penalty.level": "junior",
        "response.penalty.severity": 0.5,
        "response.apology.delay_h": 4,
        "seed": 3,
        "parameters.betrayal": 1,
        "mechanisms.rebound": False,
    }
    overrides = [f"{key}={value}" for key, value in words.items()]
    assert altered(composed(), words) == compose([*overrides, "uncertainty=point"])


def test_an_axis_gives_what_the_rest_of_a_cell_needs():
    """A penalty has a time and a severity here, and its level in the cell."""
    words = ("response.penalty.delay_h=20", "response.penalty.severity=0.5")
    levels = ("manager", "chief_executive")
    study, plain = study_of(
        [f"response.penalty.level={','.join(levels)}", "response=deny,none", *words, "seed=3"]
    )
    points = points_of(study, plain)
    asked = [
        compose([f"response={answer}", *words, "seed=3", f"response.penalty.level={level}"])
        for level in levels
        for answer in ("deny", "none")
    ]
    assert [point.config for point in points] == asked
    with pytest.raises(ConfigError, match="a penalty of nobody is none"):
        points_of(*study_of(["response=deny,none", "response.penalty.delay_h=20"]))


def test_a_config_survives_being_written_down():
    config = composed("response=deny", "uncertainty=prior", "case=textbook")
    assert from_plain(plain(config)) == config


def test_a_key_that_stands_twice_and_another_encoding_are_named(tmp_path):
    text = (conf_dir() / "study" / "smoke.yaml").read_text()
    twice, utf16 = tmp_path / "twice.yaml", tmp_path / "utf16.yaml"
    twice.write_text(text + "\noutcomes: [public_reach]\n")
    utf16.write_bytes(text.encode("utf-16"))
    for path, told in ((twice, "outcomes stands twice"), (utf16, "UTF-16")):
        with pytest.raises(ConfigError, match=told):
            read_study(str(path))
