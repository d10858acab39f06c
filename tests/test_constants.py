"""Constants: which numbers are none that may be set, why, and that nothing reaches them."""

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from experiments.calibration import screening
from experiments.command.cli import main
from experiments.reports.explained import explained
from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.constants import Constants
from sim.settings.keys import keys_of
from sim.settings.parameters import KNOCK_OUT, Parameters
from sim.settings.prior import priors
from sim.state.constants import effective_parameters
from sim.state.scenario import name_of

CONSTANTS = {item.name for item in fields(Constants)}
SET = [item.name for item in fields(Parameters) if item.name not in CONSTANTS]
FOUND = conf_dir().parent / "results" / "published" / "screening.csv"


def test_there_are_fewer_parameters_than_in_the_first_model():
    assert len(SET) < 148
    assert len(CONSTANTS) > 30


@pytest.mark.parametrize("name", sorted(CONSTANTS))
def test_a_constant_is_not_drawn_and_is_no_setting(name):
    assert name not in {drawn for drawn, _, _ in priors()}
    assert f"parameters.{name}" not in keys_of(Config)


@pytest.mark.parametrize("value", ["0.2", "0.3"])
def test_setting_a_constant_is_refused_whatever_to(value):
    with pytest.raises(ConfigError, match="a constant of the model") as told:
        compose([f"parameters.wave_least={value}"])
    assert "sim/settings/constants.py" in str(told.value)


def test_an_axis_over_a_constant_is_refused(tmp_path, capsys):
    assert main(["sweep", "parameters.wave_least=0.2,0.3", f"results={tmp_path}"]) == 2
    assert "a constant of the model" in capsys.readouterr().err


def test_a_switch_reaches_constants():
    sets = {name for values in KNOCK_OUT.values() for name in values} & CONSTANTS
    assert sets
    off = [f"mechanisms.{key}=false" for key, values in KNOCK_OUT.items() if set(values) & sets]
    left = effective_parameters(compose(off))
    for values in KNOCK_OUT.values():
        for name in set(values) & sets:
            assert left[name] == values[name]


def test_a_constant_with_another_value_has_another_name():
    config = compose(["uncertainty=point"])
    other = replace(config, parameters=replace(config.parameters, wave_least=0.31))
    assert name_of(other) != name_of(config)


def test_a_constant_is_explained_as_one():
    assert "constant of the model: 0.3" in explained("wave_least")
    assert "模型常数：0.3" in explained("wave_least", "zh") or "模型常数: 0.3" in explained(
        "wave_least", "zh"
    )


# --- the screening ------------------------------------------------------------------------------


def test_an_effect_is_a_mean_change_over_the_spread_of_the_outcome():
    base = np.array([[0.0, 5.0], [2.0, 5.0]])  # two worlds, two outcomes; the second never moves
    other = np.array([[[0.0, 5.0], [1.0, 5.0]], [[2.0, 5.0], [3.0, 5.0]]])
    found = screening.effects(base, other)
    sd = np.std([0, 0, 1, 2, 2, 3])
    np.testing.assert_allclose(found, [[0.0, 0.0], [1 / sd, 0.0]])


def test_what_comes_to_be_in_one_of_a_pair_only_is_a_whole_standard_deviation():
    base = np.array([[np.nan], [1.0]])
    other = np.array([[[np.nan], [4.0]], [[1.0], [np.nan]]])
    np.testing.assert_allclose(screening.effects(base, other)[:, 0], [0.0, 1.0])


def test_a_parameter_without_a_job_is_found_and_one_with_a_job_is_not():
    config = compose(["case=textbook", "uncertainty=prior", "population=classroom"])
    table = screening.course(config, ["outburst", "promise_due_d"], 2, 0, "")
    assert table.loc["promise_due_d"].max() == 0.0  # nothing is promised
    assert table.loc["outburst"].max() > screening.MOVES


def test_who_was_screened_out_is_a_constant_and_who_moves_something_is_not():
    found = pd.read_csv(FOUND, index_col="parameter")["effect"]
    assert set(found.index) <= {item.name for item in fields(Parameters)}
    idle = set(found.index[found < screening.MOVES])
    assert idle == (set(found.index) & CONSTANTS) | set(screening.KEPT)
