"""Worlds: the same draws for ever, whatever is added; and nothing believed that was altered."""

import hashlib
import json
import random
import shutil
from dataclasses import asdict, field, fields, make_dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.calibration import fit_settings, platform_fit, posterior_file
from experiments.command.cli import main
from sim.base import files
from sim.base.refusal import ConfigError
from sim.settings import posterior, prior, worlds
from sim.settings.composition import compose
from sim.settings.identity import DESIGN, NAMED
from sim.settings.parameters import Parameters, parameter
from sim.settings.posterior import posterior_world, read_posterior
from sim.settings.prior import world
from sim.settings.worlds import worlds_of


def new():
    """A field of a new parameter."""
    return parameter(0.5, 0, 1, "share", "assumed", "-", "patience", prior=(0.2, 0.8))


def digest(drawn):
    """Of the parameters that there were when names of runs were frozen."""
    kept = NAMED["parameters"]
    plain = [{k: v for k, v in asdict(one).items() if k in kept} for one in drawn]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:16]


@pytest.fixture
def fresh(monkeypatch):
    """Nothing is remembered from one test to another."""
    caches = (
        read_posterior, prior.sobol, prior.own_points, worlds._drawn, platform_fit._shipped,
    )  # fmt: skip
    for one in caches:
        one.cache_clear()
    yield
    monkeypatch.undo()
    for one in caches:
        one.cache_clear()


@pytest.fixture
def grown(monkeypatch, fresh):
    """Parameters with two more, one of which comes first of all; and draws from before."""
    drawn = [asdict(world(k)) for k in range(40)]
    fitted = [asdict(posterior_world("xiaomi_2026", k)) for k in range(8)]
    read_posterior.cache_clear()
    old = [
        (f.name, f.type, field(default=f.default, metadata=f.metadata)) for f in fields(Parameters)
    ]
    names = [("first_of_all", float, new()), *old, ("patience", float, new())]
    more = make_dataclass("Parameters", names, frozen=True)
    for module in (prior, posterior, worlds):
        monkeypatch.setattr(module, "Parameters", more)
    return SimpleNamespace(prior=drawn, fitted=fitted)


# --- draws --------------------------------------------------------------------------------------


def test_todays_worlds_keep_their_bits():
    """As drawn since what moves nothing is a constant; 1500 is in the second piece."""
    assert digest([world(k) for k in [*range(64), 1500]]) == "979374202f720757"
    assert digest([posterior_world("xiaomi_2026", k) for k in range(64)]) == "b4756915d40fb67f"
    drawn = [name for name, _, _ in prior.priors()]
    assert [name for name in DESIGN if name in drawn] == [name for name in drawn if name in DESIGN]


def test_a_new_parameter_moves_no_other_draw(grown):
    after = [asdict(world(k)) for k in range(40)]
    drawn = np.array([[one.pop("first_of_all"), one.pop("patience")] for one in after])
    assert after == grown.prior
    assert (drawn >= 0.2).all() and (drawn <= 0.8).all()
    assert len(np.unique(drawn)) == 80  # each at an address of its own


def test_draws_of_new_parameters_are_spread_and_go_in_step_with_nothing(grown):
    drawn = [asdict(world(k)) for k in range(1024)]
    u = np.array([(one["patience"] - 0.2) / 0.6 for one in drawn])
    assert abs(u.mean() - 0.5) < 0.03 and abs(u.std() - 12**-0.5) < 0.02
    for name in ("first_of_all", *DESIGN[:40]):
        other = np.array([one[name] for one in drawn])
        assert abs(np.corrcoef(u, other)[0, 1]) < 0.12, name  # 4 standard errors


def test_asking_for_more_worlds_moves_no_draw_of_a_new_parameter(grown):
    few = prior.own_points("patience", 1024)
    assert (prior.own_points("patience", 4096)[:1024] == few).all()


def test_a_parameter_that_is_gone_leaves_its_place_empty(monkeypatch, fresh):
    gone = [one for one in prior.priors() if one[0] != "relief"]
    before = asdict(world(5))
    monkeypatch.setattr(prior, "priors", lambda: gone)
    after = asdict(world(5))
    assert after.pop("relief") == Parameters().relief != before.pop("relief")
    assert after == before


# --- posteriors ---------------------------------------------------------------------------------


def test_a_new_prior_leaves_the_posterior_in_use(grown):
    after = [asdict(posterior_world("xiaomi_2026", k)) for k in range(8)]
    drawn = [(one.pop("first_of_all"), one.pop("patience")) for one in after]
    assert after == grown.fitted
    assert all(0.2 <= u <= 0.8 for pair in drawn for u in pair)


@pytest.mark.parametrize("change", ["moved", "gone", "design"])
def test_a_posterior_is_refused_when_that_on_which_it_rests_has_changed(change, monkeypatch, fresh):
    priors = prior.priors()
    if change == "design":
        monkeypatch.setattr(posterior, "DESIGN_SEED", 1)
    else:
        kept = [one for one in priors if one[0] != "relief"]
        moved = [("relief", 0.1, 0.2)] if change == "moved" else []
        monkeypatch.setattr(posterior, "priors", lambda: kept + moved)
    with pytest.raises(ConfigError) as refused:
        worlds_of(compose(["posterior=xiaomi_2026", "n_replicates=2"]))
    assert ("relief" in refused.value.reason) is (change != "design")
    assert "posterior=xiaomi_2026" not in refused.value.hint  # what was refused is no help
    assert refused.value.hint.startswith("uncertainty=prior")
    assert "backlash calibrate case=xiaomi_2026" in refused.value.hint
    worlds_of(compose(["uncertainty=prior", "n_replicates=2"]))  # and what is said helps


def test_a_posterior_says_under_which_priors_it_was_fitted():
    about = read_posterior("xiaomi_2026").about
    assert about["priors"] == {name: [low, high] for name, low, high in prior.priors()}
    assert "prior_digest" not in about


@pytest.mark.parametrize("suffix", [".json", ".csv"])
def test_no_flip_in_a_posterior_goes_unnoticed(suffix, tmp_path, fresh):
    for path in posterior.FOLDER.glob("xiaomi_2026_posterior.*"):
        shutil.copy(path, tmp_path / path.name)
    own = str(tmp_path / "xiaomi_2026_posterior.csv")
    good, target = read_posterior(own), tmp_path / f"xiaomi_2026_posterior{suffix}"
    whole, draw, refused = target.read_bytes(), random.Random(20260105), 0
    digits = [at for at, byte in enumerate(whole) if chr(byte).isdigit()]
    for k in range(120):
        at = draw.choice(digits) if k % 2 else draw.randrange(len(whole))
        new = draw.choice(b"0123456789") if k % 2 else whole[at] ^ 1 << draw.randrange(8)
        target.write_bytes(whole[:at] + bytes([new]) + whole[at + 1 :])
        read_posterior.cache_clear()
        try:
            found = read_posterior(own)
        except ConfigError:
            refused += 1
            continue
        assert found.about == good.about
        assert all((found.table[n] == good.table[n]).all() for n in good.table)
    assert refused > 90


# --- files that decide results ------------------------------------------------------------------


def test_a_kept_design_is_not_believed_when_a_bit_of_it_has_changed(tmp_path, monkeypatch, fresh):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    right = prior.sobol(1024, 3, 5).copy()
    (kept,) = tmp_path.iterdir()
    whole, draw = kept.read_bytes(), random.Random(20260105)
    for change in [*range(60), "short", "empty", "plain"]:
        at = draw.randrange(len(whole))
        text = whole[:at] + bytes([whole[at] ^ 1 << draw.randrange(8)]) + whole[at + 1 :]
        text = {"short": whole[:-8], "empty": b"", "plain": whole.split(b"\n", 1)[1]}.get(
            change, text
        )
        kept.write_bytes(text)
        prior.sobol.cache_clear()
        assert (prior.sobol(1024, 3, 5) == right).all()
        assert kept.read_bytes() == whole  # made again
    stamp = kept.stat().st_mtime_ns
    prior.sobol.cache_clear()
    prior.sobol(1024, 3, 5)
    assert kept.stat().st_mtime_ns == stamp  # and used when it is good


@pytest.mark.parametrize("name", ["platform.csv", "kernel_reference.csv"])
def test_a_flipped_digit_in_measured_numbers_is_refused(name, tmp_path, monkeypatch, fresh):
    shutil.copytree(platform_fit.FOLDER, tmp_path / "fits")
    monkeypatch.setattr(platform_fit, "FOLDER", tmp_path / "fits")
    good = platform_fit._table(name)
    path = tmp_path / "fits" / name
    whole, draw = path.read_bytes(), random.Random(20260105)
    below = whole.index(b"\n")
    digits = [at for at in range(below, len(whole)) if chr(whole[at]).isdigit()]
    for _ in range(50):
        at = draw.choice(digits)
        new = draw.choice([d for d in b"0123456789" if d != whole[at]])
        path.write_bytes(whole[:at] + bytes([new]) + whole[at + 1 :])
        with pytest.raises(ConfigError, match="not as it was written"):
            platform_fit._table(name)
    path.write_bytes(whole)
    assert platform_fit._table(name).equals(good)


def test_what_is_sealed_is_read_as_it_was_written(tmp_path):
    files.write_sealed(tmp_path / "x.csv", "a,b\n1,2\n", "two numbers; no more")
    assert files.read_sealed(tmp_path / "x.csv") == "a,b\n1,2\n"


@pytest.mark.parametrize(
    ("old", "changed", "told"),
    [
        ("n_seeds: 2 ", "n_seeds: 'x ", "no YAML in line"),
        ("n_seeds: 2 ", "n_seeds: x ", "n_seeds"),
        ("n_keep: 400 ", "n_keep: 4 ", "n_keep"),
        ("min_new: 0.05 ", "min_new: 5 ", "min_new"),
        ("n_wave: 400 ", "n_vawe: 400 ", "its keys"),
        ("  - outburst", "  - outbursts", "outbursts"),
        ("  - outburst ", "  - habituation ", "each once"),
        ("  n_predict: 64", "  n_predicts: 64", "quick.n_predicts"),
        ("transfer: [eastbuy_2023", "transfer: [eastbuy_2024", "eastbuy_2024"),
        ("fitted_days: [1, 2]", "fitted_days: [2, 1]", "fitted_days"),
        ("held_out_days: [3, 12]", "held_out_days: 3", "held_out_days"),
        ("H03: {decay: 0,", "H03: {decay: none,", "naive"),
        ("fan:", "fan: &a", ""),
        ("# How", "\xff# How", ""),
    ],
)
def test_settings_of_a_fit_that_no_fit_could_go_by_are_refused(
    old, changed, told, tmp_path, monkeypatch, capsys
):
    shutil.copytree(platform_fit.FOLDER, tmp_path / "fits")
    monkeypatch.setattr(platform_fit, "FOLDER", tmp_path / "fits")
    path = tmp_path / "fits" / "xiaomi_2026.yaml"
    text = path.read_bytes()
    assert text.count(old.encode()) >= 1
    path.write_bytes(text.replace(old.encode(), changed.encode("latin-1"), 1))
    if not told:
        told = "no YAML" if "\xff" in changed else "&a"
        if told == "&a":  # an anchor that nobody uses is only a name
            fit_settings.read_settings("xiaomi_2026")
            return
    assert main(["calibrate", "case=xiaomi_2026", f"results={tmp_path}"]) == 2
    err = capsys.readouterr().err
    assert told in err and "Traceback" not in err and "try:" in err


def test_the_settings_of_the_shipped_fit_are_those_that_its_posterior_records():
    settings = fit_settings.read_settings("xiaomi_2026")
    about = read_posterior("xiaomi_2026").about
    if about.get("kind") == "interim":  # until the next fit
        assert about["fitted"] == [] and "settings" not in about
        return
    assert about["settings"] == fit_settings.said(settings)
    assert about["fitted"] == list(settings.fan)
    path = posterior.FOLDER / "xiaomi_2026_posterior.json"
    assert posterior_file.is_of(path, settings, [])
    assert not posterior_file.is_of(path, replace(settings, n_keep=401), [])
    assert not posterior_file.is_of(path, settings, ["population.n_people=400"])


def test_what_concerns_a_fit_stands_in_its_settings():
    settings = fit_settings.read_settings("xiaomi_2026")
    assert (settings.fitted_days, settings.held_out_days) == ((1, 2), (3, 12))
    assert set(settings.removed) < set(settings.transfer) and len(settings.transfer) == 6
    case = compose(["response=none"]).case
    held_out = {target.id for target in case.targets if target.use == "holdout"}
    assert set(settings.naive) <= held_out and len(settings.naive) == 14
