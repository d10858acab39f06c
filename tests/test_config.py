"""Settings: everything in conf/ composes, and everything wrong is refused with what to type."""

import re
import time

import pytest
import yaml
from conftest import composed
from hydra.errors import ConfigCompositionException

from sim.base.choices import conf_dir
from sim.base.refusal import ConfigError
from sim.settings import composition
from sim.settings.composition import compose
from sim.settings.config import Config
from sim.settings.hints import allowed_of
from sim.settings.keys import keys_of
from sim.settings.parameters import KNOCK_OUT, Mechanisms, Parameters
from sim.settings.parameters_page import parameters_page
from sim.state.scenario import build_scenario

OPTIONS = [
    (folder.name, path.stem)
    for folder in sorted(conf_dir().iterdir())
    if folder.is_dir() and folder.name != "study"  # tests/test_design.py composes those
    for path in sorted(folder.glob("*.yaml"))
]


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_every_option_composes_and_can_be_run(group, option):
    build_scenario(composed(f"{group}={option}"))


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_every_option_opens_with_the_command_that_uses_it(group, option):
    first = (conf_dir() / group / f"{option}.yaml").read_text().splitlines()[0]
    assert first.startswith(f"# backlash run {group}={option}")


REFUSED = [
    (["response.penalty.delayh=3"], "no such setting", "response.penalty.delay_h=3"),
    (["popuation.n_people=4"], "no such setting", "population.n_people=4"),
    (["response.penalty.severity=soon"], "could not be converted", "a number, 0 to 1"),
    (["response.penalty.delay_h=soon"], "could not be converted", "response.penalty.delay_h=0"),
    (["n_replicates=2.5"], "could not be converted", "a whole number"),
    (["mechanisms.mocking=maybe"], "not a valid bool", "true or false"),
    (["engine.threads=all"], "could not be converted", "a whole number, or null"),
    (["response.apology=3"], "a group of settings", "response.apology.delay_h=..."),
    (["response=null"], "no such option", "as_happened"),
    (["response="], "no such option", "as_happened"),
    (["response=[deny,none]"], "no such option", "as_happened"),
    (["population=3"], "no such option", "population.n_people=3"),
    (["seed=1,2"], "several values", "seed=1"),
    (["seed=range(1,3)"], "several values", "one value"),
    (["--multirun"], "not a setting", "backlash --help"),
    (["hydra.verbose=true"], "dropped silently", "the same without it"),
    (["+hydra.verbose=true"], "dropped silently", "the same without it"),
    (["++seed=3"], "dropped silently", "seed=3"),
    (["~response"], "not added or deleted", "response=..."),
    (["case@other=textbook"], "no such setting", "case=textbook"),
    (["=3"], "no such setting", "keys of the schema"),
    (["results="], "no name of a folder", "results=results"),
    (["results=结果"], "not understood", "'results=\"结果\"'"),
    (["case.title.en=你好，世界"], "not understood", "'case.title.en=\"你好，世界\"'"),
    (["response.penalty.delay_h=${nowhere}"], "not found", "a number, 0 to 2160 h"),
    (["response.penalty.level=grovel"], "no such choice", "vice_president"),
    (["response=deni"], "no such option", "response=deny"),
    (["+foo=1"], "dropped silently", "schema"),
    (["~response.penalty"], "not added or deleted", "schema"),
    (["n_replicates=0"], "no run, no result", "n_replicates=50"),
    (["seed=-1"], "not a seed", "seed=0"),
    (["seed=x"], "could not be converted", "seed="),
    (["format=xml"], "no such format", "table, json"),
    (["lang=fr"], "no such language", "en, zh"),
    (["engine=fortran"], "no such option", "columnar"),
    (["engine.threads=0"], "need a thread", "null"),
    (["population.share_core=0"], "would be core", "share_core=0.2"),
    (["population.n_neutral_leaders=0"], "without anybody", "mechanisms.mocking=false"),
    (["population.n_people=1"], "without anybody", "3 or more"),
    (["population.share_core=0.7"], "would be public", "leave at least one"),
    (["clock.dt_min=20"], "15 or 30", "clock.dt_min=15"),
    (["parameters.betrayal=7"], "outside the range", "0 to 1"),
    (["parameters.betrayal=nan"], "outside the range", "0 to 1"),
    (["response.penalty.severity=2"], "outside the range", "0 to 1"),
    (["response=none", "response.penalty.severity=0.5"], "needs somebody to bear it", "junior"),
    (["response=none", "response.penalty.level=junior"], "without a time", "delay_h=33"),
    (["response=none", "response.reform.governance=0.5"], "without a time", "delay_h=48"),
    (
        ["response=none", "response.denial.delay_h=9", "response.apology.delay_h=5"],
        "already apologised",
        "response.denial.delay_h=null",
    ),
    (["response.apology.delay_h=4000"], "outside the range", "2160"),
    (["case=nowhere.yaml"], "no such file", "xiaomi_2026"),
    (["network.people=x.csv"], "without an edge list", "network.edges=FILE"),
    (["response=none", "response.apology.delay=3"], "response.apology.delay", "apology.delay_h=3"),
    (["study=smoke"], "swept, not run", "backlash sweep study=smoke"),
    (["snapshots.every_h=0.1"], "whole number of steps of 15 min", "snapshots.every_h=0.25"),
    (["snapshots.every_h=0.75", "clock.dt_min=30"], "steps of 30 min", "snapshots.every_h=1"),
    (["snapshots.every_h=-6"], "outside the range", "0 to 2160 h"),
    (["snapshots.every_h=often"], "could not be converted", "snapshots.every_h=0"),
    (["snapshots.people=2"], "outside the range", "3 to 2e+07 people"),
    (["snapshots.people=all"], "could not be converted", "a whole number"),
    (["snapshots=6"], "a group of settings", "snapshots.every_h=..."),
    (["uncertainty.name=likely"], "no such uncertainty", "prior"),
    (["n_replicates"], "not a setting", "KEY=VALUE"),
    (["response=tag(x,deny,none)"], "tag(...) does not take this", "sweep response=deny,none"),
    (["response=foo(deny)"], "there is no foo(...)", "try:     response=deny"),
    (["response=choice(null,deny)"], "choice(...) does not take", "try:     response=deny"),
    (
        ["response.apology.delay_h=tag(t,1,2)"],
        "does not take",
        "sweep response.apology.delay_h=1,2",
    ),
    (["response.penalty.level=among(x y)"], "there is no", "response.penalty.level=none,junior"),
    (["response.apology.delay_h=range(a)"], "does not take", "delay_h=0,12,24,36,48"),
    (["n_replicates=range()"], "does not take", "try:     n_replicates=1"),
    (["response=interval(0,1)"], "no values of its own", "sweep response=apology_only,as_happened"),
    (
        ["response.apology.delay_h=interval(1,5)"],
        "no values of",
        "response.apology.delay_h=1,2,3,4,5",
    ),
    (["results=mine(a)"], "not understood", "'results=\"mine(a)\"'"),
]


@pytest.mark.parametrize(("overrides", "reason", "remedy"), REFUSED)
def test_a_wrong_setting_is_refused_with_what_to_type_instead(overrides, reason, remedy):
    with pytest.raises(ConfigError) as refusal:
        compose(["case=textbook", *overrides])
    text = str(refusal.value)
    assert reason in text
    assert remedy in text
    assert "\n  allowed: " in text and "\n  try:     " in text


def test_what_a_refusal_of_chinese_text_says_to_type_is_taken():
    assert compose(['results="结果"']).results == "结果"
    assert compose(['case.title.en="你好，世界"']).case.title("en") == "你好，世界"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name: [1\nstart: }", "in line 2"),
        (b"- 1\n- 2\n", "holds no settings"),
        (b"", "holds no settings"),
        (b"\xff\xfe\x00\x01", "not a case file"),
    ],
    ids=["not YAML", "a list", "empty", "not text"],
)
def test_a_file_that_is_no_case_is_refused_and_named(tmp_path, content, reason):
    (tmp_path / "mine.yaml").write_bytes(content)
    with pytest.raises(ConfigError) as refusal:
        compose([f"case={tmp_path / 'mine.yaml'}"])
    assert reason in str(refusal.value)
    assert f"backlash case check {tmp_path / 'mine.yaml'}" in str(refusal.value)


def test_a_case_without_levers_cannot_be_answered_as_it_happened(tmp_path):
    raw = yaml.safe_load((conf_dir() / "case" / "textbook.yaml").read_text())
    del raw["levers"]
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(raw))
    with pytest.raises(ConfigError, match=r"mine\.yaml does not say what its brand did"):
        compose([f"case={path}"])
    assert compose([f"case={path}", "response=deny"]).response.name == "deny"


def test_every_hint_for_a_wrong_type_can_be_typed():
    for key in keys_of(Config):
        if key != "case":
            hint = allowed_of(key)[1]
            if not hint.endswith("FILE"):
                key_, _, value = hint.partition("=")
                assert key_ == key
                assert value


def test_a_penalty_before_the_event_is_refused_as_the_house_promises():
    with pytest.raises(ConfigError) as refusal:
        compose(["response.penalty.delay_h=-6"])
    assert str(refusal.value) == (
        "response.penalty.delay_h = -6.0: a penalty cannot precede the event that it answers\n"
        "  allowed: hours >= 0 after the screenshot, or null for no penalty\n"
        "  try:     response.penalty.delay_h=0, or response=apology_only"
    )


def test_a_founder_who_does_not_exist_cannot_explain(tmp_path):
    raw = yaml.safe_load((conf_dir() / "case" / "textbook.yaml").read_text())
    raw["founder"] = False
    raw["levers"]["explanation"]["speaker"] = "company"
    (tmp_path / "firm.yaml").write_text(yaml.safe_dump(raw))
    with pytest.raises(ConfigError, match="knows no founder"):
        compose([f"case={tmp_path / 'firm.yaml'}", "response=founder_first"])
    assert compose([f"case={tmp_path / 'firm.yaml'}", "response=deny"]).response.name == "deny"


def test_a_lever_outside_the_horizon_is_refused():
    with pytest.raises(ConfigError, match="outside the simulated time"):
        build_scenario(compose(["response=late_48h", "clock.horizon_d=1"]))


def test_an_own_case_file_runs_by_its_path(tmp_path):
    text = (
        (conf_dir() / "case" / "textbook.yaml").read_text().replace("name: textbook", "name: mine")
    )
    (tmp_path / "my case-1.yaml").write_text(text)
    case = compose([f"case={tmp_path / 'my case-1.yaml'}"]).case
    assert (case.name, case.folder) == ("mine", tmp_path.resolve())


def test_as_happened_is_what_the_case_file_says_and_can_be_changed_in_one_place():
    response = compose(["response=as_happened", "response.penalty.severity=0.9"]).response
    assert response.penalty.severity == 0.9
    assert response.penalty.delay_h == 33.0
    assert response.apology.delay_h == pytest.approx(7.9167, abs=1e-3)


def test_every_mechanism_has_a_switch_that_sets_known_parameters():
    assert set(KNOCK_OUT) == set(Mechanisms.__dataclass_fields__)
    known = set(Parameters.__dataclass_fields__)
    assert all(set(values) <= known for values in KNOCK_OUT.values())


def test_every_parameter_has_unit_range_provenance_and_source():
    for name, item in Parameters.__dataclass_fields__.items():
        meta = item.metadata
        assert meta["provenance"] in ("measured", "literature", "calibrated", "assumed"), name
        assert meta["unit"] and meta["source"] and meta["meaning"], name
        assert meta["low"] <= item.default <= meta["high"], name


def test_docs_parameters_is_what_the_configuration_says():
    page = conf_dir().parent / "docs" / "parameters.md"
    assert page.read_text().strip() == parameters_page().strip()


def test_settings_are_frozen():
    config = composed()
    with pytest.raises(AttributeError):
        config.seed = 3  # type: ignore[misc]
    assert isinstance(config, Config)
    assert "response.penalty.delay_h" in keys_of(Config)


def test_several_threads_may_compose_at_once():
    """Hydra keeps one global state; a notebook or a server has several threads."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        seeds = list(pool.map(lambda seed: compose([f"seed={seed}"]).seed, range(6)))
    assert seeds == list(range(6))


def test_an_interrupt_while_settings_are_composed_is_no_refusal(monkeypatch):
    # OmegaConf fails anew as it cleans up a config that a Ctrl-C left half-built, and Hydra wraps
    # that: the demo left a response out and went on.
    def interrupted(*args: object, **kwargs: object) -> None:
        try:
            try:
                raise KeyboardInterrupt
            finally:
                None._invalidate_flags_cache()  # type: ignore[attr-defined]
        except AttributeError as problem:
            raise ConfigCompositionException(str(problem)) from problem

    monkeypatch.setattr(composition, "hydra_compose", interrupted)
    monkeypatch.setattr(composition, "variant_of", lambda words: None)  # Hydra is asked
    with pytest.raises(KeyboardInterrupt):
        compose(["population.n_people=317"])


#: Words that are put into a composed case, and words that only Hydra understands.
VARIED = (
    ("response=none",),
    ("response=junior_scapegoat", "response.penalty.delay_h=10"),
    ("population=classroom", "network=communities", "engine=mesa"),
    ("uncertainty=prior", "uncertainty.first=5", "results='a b'", "network.edges=null"),
    ("response=deny", "parameters.outrage_half_life_h=3", "mechanisms.mocking=false"),
    ("case=textbook", "clock.horizon_d=5", "response=none"),
    ("response.penalty.level=chief_executive", "response.apology.delay_h=null"),
)
FOR_HYDRA = (
    ("results=5",),
    ("response.penalty.level=ceo",),
    ("parameters.outrage_half_life_h='4'",),
    ("response=none", "parameters.outrage_half_life_h=true"),
    ("response=none", "parameters.self_relevance=7"),
    ("response=none", "parameters.trust_weight=${parameters.peer_weight}"),
    ("posterior=xiaomi_2026",),
    ("parameters.nosuch=1",),
    ("response=noone",),
    ("response=none,deny",),
)


@pytest.mark.parametrize("words", [*VARIED, *FOR_HYDRA], ids=" ".join)
def test_what_is_put_into_a_composed_case_is_what_hydra_composes(words):
    def told(how):
        try:
            return repr(how())
        except ConfigError as refusal:
            return str(refusal)

    assert told(lambda: compose(words)) == told(lambda: composition._composed(words))
    assert (composition._varied(words) is None) == (words in FOR_HYDRA)


def test_variants_of_a_case_cost_milliseconds():
    compose(["response=none"])
    began = time.process_time()
    for k in range(20):
        compose(["response=deny", f"response.denial.delay_h={k + 1}"])
    assert time.process_time() - began < 1.0  # ten times what it takes; Hydra takes ten seconds


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("response.penalty.level=ceo", "response.penalty.level=chief_executive"),
        ("response.apology.speaker=ceo", "response.apology.speaker=founder"),
        ("response=silence", "response=none"),
    ],
)
def test_what_people_call_a_choice_is_known(word, hint):
    with pytest.raises(ConfigError, match=re.escape(hint)):
        compose([word])
