"""A culprit outside the brand (E4, E13): what is charged, what a penalty and an end correct."""

from dataclasses import replace

import numpy as np
import pytest
import yaml
from conftest import small
from test_engine import difference, started

from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.case.case_file import read_case
from sim.case.check import check_case
from sim.case.timeline import describe_case
from sim.mesa.model import BacklashModel, release
from sim.run import simulate
from sim.state.constants import CHARGED
from sim.state.scenario import build_scenario, name_of

SHIPPED = sorted((conf_dir() / "case").glob("*.yaml"))


def blamed(config, blame):
    return replace(config, case=replace(config.case, culprit="supplier", blame=blame))


def asked(*words, **more):
    return small("case=textbook", *words, n_people=60, seed=3, **more)


def test_what_is_charged_is_the_share_of_the_blame_and_the_rest_is_as_it_was():
    config = asked("response=none")
    inside, outside = (build_scenario(c).constants[0] for c in (config, blamed(config, 0.4)))
    changed = {name for name in inside.dtype.names if np.any(inside[name] != outside[name])}
    changed -= {name for name in inside.dtype.names if np.isnan(inside[name]).any()}
    assert changed == {*CHARGED, "correct_penalty", "correct_termination"}
    for name in (*CHARGED, "correct_penalty"):
        assert outside[name] == pytest.approx(0.4 * inside[name])
    ended = inside.correct_termination
    assert outside.correct_termination == pytest.approx(
        ended + 0.6 * inside.correct_penalty * (1 - ended)
    )


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_in_every_shipped_case_it_was_the_brand_itself(path):
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    case = read_case({**raw, "folder": str(path.parent)})
    assert (case.culprit, case.blame, case.index, case.beta) == ("inside", 1.0, {}, 0.0)
    assert "blame" not in case.simulated() and "index" not in case.simulated()["market"]


def burden(config):
    run = simulate(config)
    return float(run.series["outrage_core"].sum())


def test_less_is_charged_to_a_brand_whose_supplier_did_it():
    config = asked("response=none")
    assert burden(blamed(config, 0.3)) < 0.8 * burden(config)


def test_an_end_of_the_deal_convinces_more_and_a_penalty_of_ones_own_people_less():
    ended = ("response=none", "response.termination.delay_h=2")
    punished = (
        "response=none", "response.penalty.delay_h=2", "response.penalty.level=chief_executive",
        "response.penalty.severity=1",
    )  # fmt: skip

    def convinced(words, blame):
        run = started(blamed(asked(*words), blame))
        run.advance(300)
        return float(run.population.people.conviction.sum())

    assert convinced(ended, 0.2) > convinced(ended, 0.9)
    assert convinced(punished, 0.2) < convinced(punished, 0.9)


def test_the_engines_agree_on_it():
    config = blamed(asked("response=as_happened"), 0.4)
    columnar, mesa = started(config), started(config, BacklashModel)
    try:
        for step in range(350):
            columnar.advance(1)
            mesa.step()
            assert difference(columnar, mesa) is None, f"step {step}"
    finally:
        release(mesa)


def test_who_it_was_changes_no_run_and_how_much_does():
    config = asked("response=none")
    by = {who: replace(config.case, culprit=who, blame=0.4) for who in ("supplier", "impostor")}
    names = {name_of(replace(config, case=case)) for case in by.values()}
    assert len(names) == 1 and names != {name_of(config)}
    assert names != {name_of(blamed(config, 0.5))}


@pytest.fixture
def raw():
    return yaml.safe_load((conf_dir() / "case" / "textbook.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("culprit", "told"),
    [
        ("inside", None),
        ({"who": "agency", "blame": 0.5}, None),
        ({"who": "impostor", "blame": 0}, None),
        ("supplier", "culprit: {who: supplier, blame: 0.5}"),
        ({"who": "supplier"}, "blame: ..."),
        ({"who": "supplier", "blame": 1}, "culprit: inside"),
        ({"who": "inside", "blame": 0.5}, "culprit: inside"),
        ({"who": "suplier", "blame": 0.5}, "supplier"),
        ({"who": "supplier", "blame": 1.5}, "0 to 1"),
        ({"who": "supplier", "blame": 0.5, "share": 1}, "no such key"),
    ],
)
def test_a_case_file_says_who_it_was_and_how_much_stays_with_the_brand(
    raw, tmp_path, culprit, told
):
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({**raw, "culprit": culprit}, allow_unicode=True))
    found = check_case(file)
    assert (found == []) if told is None else (found and told in found[0])


def test_the_timeline_says_so_in_both_languages(raw):
    case = read_case({**raw, "culprit": {"who": "agency", "blame": 0.25}})
    assert "done by: agency; 25% of the blame stays with the brand" in describe_case(case, "en")
    assert "责任方:代理公司;25%的责任仍归品牌" in describe_case(case, "zh")
    assert "done by" not in describe_case(read_case(raw), "en")
    with pytest.raises(ConfigError, match="is missing"):
        read_case({**raw, "culprit": "partner"})
