"""Settings of a fit: those of its file and preset, and what is refused of them."""

from dataclasses import replace

import pytest
import yaml
from fits import FAN, settings

from experiments.calibration import fit_settings, platform_fit
from experiments.calibration.fit_settings import Settings
from sim.base.refusal import ConfigError

WRITTEN = """\
fan: [relief, outburst]
n_seeds: 3
n_first: 40
n_keep: 20
n_wave: 10
max_waves: 12
min_new: 0.05
n_predict: 30
n_contrasts: 16
wave_days: 3
priors: {doubt_hardens: [0, 1]}
fitted_days: [1, 2]
held_out_days: [3, 12]
naive: {H03: {decay: 0, repeat: 2.5}}
transfer: [textbook]
removed: []
quick: {n_seeds: 1, n_keep: 8, min_new: 1}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of settings of fits of one's own, with those of the case `mine`."""
    monkeypatch.setattr(platform_fit, "FOLDER", tmp_path)
    (tmp_path / "mine.yaml").write_text(WRITTEN)
    return tmp_path


def test_settings_of_a_fit_are_those_of_its_file_and_of_its_preset(folder):
    full = Settings(
        "mine", "full", FAN, 3, 40, 20, 10, 12, 0.05, 30, 16, 3, (1, 2), (3, 12),
        (("doubt_hardens", 0.0, 1.0),), {"H03": {"decay": 0, "repeat": 2.5}}, ("textbook",), (),
    )  # fmt: skip
    assert fit_settings.read_settings("mine") == full
    quick = replace(full, preset="quick", n_seeds=1, n_keep=8, min_new=1)
    assert fit_settings.read_settings("mine", "quick") == quick
    with pytest.raises(ConfigError, match="no such preset"):
        fit_settings.read_settings("mine", "slow")
    with pytest.raises(ConfigError, match=r"no calibration is set up.*\n.*mine\n.*case=mine"):
        fit_settings.read_settings("other")


def test_studies_of_a_fit_are_called_by_case_preset_and_structure():
    full = settings(case="mine")
    assert full.name == "calibration_mine"
    assert replace(full, preset="quick").name == "calibration_mine_quick"
    assert replace(full, rival="no_memory").name == "calibration_mine_no_memory"
    assert replace(full, preset="quick", rival="r").name == "calibration_mine_quick_r"


LIMITS = {
    "n_seeds": (1, 100), "n_first": (8, 100_000), "n_keep": (8, 100_000), "n_wave": (1, 100_000),
    "max_waves": (0, 100), "min_new": (0, 1), "n_predict": (1, 100_000),
    "n_contrasts": (1, 10_000), "wave_days": (1, 90),
}  # fmt: skip


@pytest.mark.parametrize("where", ["", "quick."])
@pytest.mark.parametrize("key", LIMITS)
def test_numbers_of_a_fit_reach_from_end_to_end_and_no_farther(key, where, folder):
    def read(value):
        raw = yaml.safe_load(WRITTEN)
        (raw["quick"] if where else raw)[key] = value
        (folder / "mine.yaml").write_text(yaml.safe_dump(raw))
        return getattr(fit_settings.read_settings("mine", "quick" if where else "full"), key)

    low, high = LIMITS[key]
    assert (read(low), read(high)) == (low, high)
    for wrong in (low - 1, high + 1, True, "3", None, *([2.0] if key != "min_new" else [1.01])):
        with pytest.raises(ConfigError, match=f"mine.yaml: {where}{key} ") as refused:
            read(wrong)
        assert refused.value.hint == f"{key}: {low}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WRITTEN.replace("n_wave: 10\n", ""), "its keys"),
        (WRITTEN + "n_waves: 10\n", "its keys"),
        (WRITTEN.replace("{n_seeds: 1, n_keep: 8, min_new: 1}", "3"), "its keys"),
        ("", "its keys"),
        ("3", "its keys"),
        (f"[{', '.join(yaml.safe_load(WRITTEN))}]", "'list': not the settings"),
        (WRITTEN.replace("[relief, outburst]", "relief"), "no list of parameters"),
        (WRITTEN.replace("[relief, outburst]", "[]"), "no list of parameters"),
        (WRITTEN.replace("outburst]", "relief]"), "each once"),
        (WRITTEN.replace("outburst]", "out_burst]"), "'out_burst'.*\n.*\n.*try: +outburst"),
        (WRITTEN.replace("outburst]", "7]"), "no parameter with a prior"),
        *(
            (WRITTEN.replace("{doubt_hardens: [0, 1]}", said), told)
            for said, told in (
                ("[0, 1]", "no ranges by parameter"),
                ("{doubt_harden: [0, 1]}", "'doubt_harden'.*\n.*\n.*doubt_hardens"),
                ("{penalty_headlines: [1, 8]}", "no parameter"),  # a constant of the model
                ("{doubt_hardens: [0, 1.1]}", "two rising ends from 0 to 1"),
                ("{doubt_hardens: [1, 0]}", "no range of this parameter"),
                ("{doubt_hardens: [0]}", "no range of this parameter"),
                ("{doubt_hardens: 0.5}", "no range of this parameter"),
                ("{doubt_hardens: [0, true]}", "no range of this parameter"),
            )
        ),
        (WRITTEN.replace("n_keep: 8", "fan: [relief]"), "quick.fan.*\n.*\n.*without fan"),
        (WRITTEN.replace("n_keep: 8", "fitted_days: [1, 2]"), "quick.fitted_days"),
        (WRITTEN.replace("n_keep: 8", "n_keeps: 8"), "quick.n_keeps.*\n.*\n.*without n_keeps"),
        *(
            (WRITTEN.replace("[3, 12]", days), "no span of days")
            for days in ("[2, 1]", "[0, 1]", "[1, 91]", "[1]", "[1, 2.0]", "[1, 2, 3]", "3")
        ),
        (WRITTEN.replace("[textbook]", "[textbook, nowhere]"), "'nowhere': no case of"),
        (WRITTEN.replace("[textbook]", "textbook"), "'textbook': no list of cases"),
        *(
            (WRITTEN.replace("{decay: 0, repeat: 2.5}", said), "no numbers by target")
            for said in ("3", "{decay: 0, repeat: soon}", "{decay: true}")
        ),
        (WRITTEN.replace("{H03: {decay: 0, repeat: 2.5}}", "3"), "no numbers by target"),
        (WRITTEN.replace("2.5}}", "2.5}, H04: 3}"), "no numbers by target"),
        (WRITTEN.replace("n_seeds: 3", "n_seeds: 'x"), "no YAML in line [0-9]+: found unexpected"),
        (WRITTEN.replace("n_seeds: 3", "n_wave: 3"), "no YAML in line 2: n_wave stands twice"),
    ],
)
def test_settings_that_no_fit_could_go_by_are_refused_by_the_key(text, told, folder):
    (folder / "mine.yaml").write_text(text)
    with pytest.raises(ConfigError, match=told):
        fit_settings.read_settings("mine")


def test_days_of_a_fit_reach_from_the_first_to_the_ninetieth(folder):
    for days in ((1, 90), (7, 7)):
        (folder / "mine.yaml").write_text(WRITTEN.replace("[3, 12]", str(list(days))))
        assert fit_settings.read_settings("mine").held_out_days == days


def test_settings_that_cannot_be_read_are_refused(folder):
    (folder / "mine.yaml").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(ConfigError, match="no YAML: "):
        fit_settings.read_settings("mine")
    (folder / "folder.yaml").mkdir()
    with pytest.raises(ConfigError, match="no YAML: IsADirectoryError"):
        fit_settings.read_settings("folder")
