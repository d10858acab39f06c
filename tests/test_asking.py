"""What finding out is worth before somebody is punished: by hand, and in a study."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.reading import asking
from sim.settings.composition import compose


def test_knowing_the_world_is_worth_what_the_wrong_level_costs_less_the_day():
    # two levels, two worlds: each is right in one of them; waiting costs .5 everywhere
    at_once = np.array([[1.0, 4.0], [3.0, 3.0]])
    found = asking.asking(at_once, at_once + 0.5)
    assert found.level == 0 and found.at_once == 2.5
    assert found.afterwards == 2.5  # (1.5 + 3.5) / 2
    assert found.value == 0.0
    assert found.worth.tolist() == [-0.5, 0.5] and found.pays_in == 0.5


def test_where_one_level_is_best_everywhere_asking_costs_the_day():
    at_once = np.array([[1.0, 2.0], [3.0, 3.0]])
    assert asking.asking(at_once, at_once + 0.25).value == -0.25
    with pytest.raises(ValueError, match="levels and worlds"):
        asking.asking(at_once, at_once[:1])


def study_of(hours):
    """Levels times hours of a penalty, of which a manager is right in even worlds."""
    cells, burden = [], []
    for hour in hours:
        for level, right in (("junior", 1), ("manager", 0)):
            config = compose(["response=as_happened", f"response.penalty.level={level}"])
            penalty = replace(config.response.penalty, delay_h=float(hour))
            cells.append(replace(config, response=replace(config.response, penalty=penalty)))
            burden.append([[2.0 + (world % 2 != right) + 0.01 * hour] for world in range(10)])
    points = [SimpleNamespace(block="main", cell=k, config=c) for k, c in enumerate(cells)]
    study = SimpleNamespace(spoken=lambda cell, lang="en": f"cell {cell}")
    return SimpleNamespace(
        plan=SimpleNamespace(study=study, points=points), ranked="outrage_burden_core",
        home=list(range(len(cells))), cubes={"outrage_burden_core": np.array(burden)},
    )  # fmt: skip


def test_a_study_of_levels_and_hours_says_what_a_day_of_asking_is_worth():
    (en, zh), *rest = asking.sentences(study_of((33, 40, 57)))
    assert not rest
    # at once 2.5 + .33, afterwards 2 + .57: .26, and it pays where the level would be wrong
    assert "24 h later, saves at most 0.26" in en and "50% of 10" in en
    assert "24小时后再处罚" in zh and "0.26" in zh


def test_a_study_without_a_later_hour_says_nothing_of_asking():
    assert asking.sentences(study_of((33, 40))) == []
