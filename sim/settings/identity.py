"""What names a run: everything that can change a bit of it, and nothing else.

Two settings that differ only in what has no effect (a label, an act that never happens, the
threshold of an act that waits for none, parameters of a mechanism that is off, the place of a file)
are the same run; two that can differ in a bit never are. `sim.state.scenario.asked` says what was
asked; here is what of it counts.

A field that came after this list (`NAMED`) is left out while it is at its default, so that a new
parameter or lever renames no run; its default must then leave old runs as they were, which the
goldens check. A part of the store notes the defaults that its names leave out (`unnamed`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from sim.base.digest import by_identity, digest_of, plain
from sim.playbook.act import Trigger
from sim.settings.config import Config
from sim.settings.network_config import OF_A_LIST
from sim.settings.parameters import KNOCK_OUT

#: Parameters in the order of the Sobol design (sim.settings.prior): frozen. A later one is drawn
#: at an address of its own, and one that is gone keeps its place, so that no other draw moves.
DESIGN = tuple(
    """
    visible_12min visible_1h visible_4h visible_24h visible_200h see_person see_leader see_group
    see_list list_weight_core attention_cap exit_credibility betrayal self_relevance trust_buffer
    mock_increment mock_betrayal mock_cap appraisal_gain governance_gain habituation
    recovery_half_life_h reinforcement_per_h visible_outrage reinforcement_threshold
    outrage_half_life_h identity_persistence novelty_half_life_h novelty_statement novelty_penalty
    novelty_explanation novelty_echo novelty_mock governance_voice post_per_h outburst
    baseline_talk news_talk tone_gain posting_fatigue activity_sd grudge_build_per_h
    grudge_half_life_d trust_loss_per_h trust_gain_per_h trust_return_per_h trust_ceiling
    trust_at_zero exit_threshold exit_threshold_sd peer_weight trust_weight declare_per_h
    unfollow_per_h sell_per_h realised_share switching_cost exit_per_h leader_exit_per_h
    leader_exit_base leader_exit_followers leader_exit_integrity leader_exit_contract
    leader_post_per_h leader_heat unconfirmed_report verification_h mock_per_h mock_heat
    leader_volume heat_half_life_h heat_per_post core_heat list_half_life_h list_entry_heat
    list_night list_full_heat list_drop hashtag_life_h headline_gap_h penalty_headlines
    official_heat heat_staff heat_pr_head heat_founder max_hashtags detection_z detection_lag_h
    deliberation_h sincerity_base sincerity_acknowledge sincerity_correct sincerity_specific
    sincerity_voice fact_finding_h sincerity_delay delay_scale_h sincerity_mismatch
    sincerity_excess just_desert full_severity blamed_level blamed_level_sd correct_termination
    correct_penalty correct_reform correct_compensation voice_pr_head voice_company thunder
    denial_doubt denial_betrayal relief relief_half_life_h acceptance_base acceptance_identity
    acceptance_slope backfire governance_apology governance_penalty reform_relief governance_floor
    compensation_noise official_reach_core official_reach_customer official_reach_public
    push_reach unlawful_risk process_half_life_h monthly_wage_hkd tenure_y morale_loss
    daily_volatility overnight_share turnover_hkd_bn impact impact_decay sentiment_drift
    flow_impact value_pull sentiment_half_life_d exit_value exogenous_wave_per_d leak_per_d
    promise_due_d broken_promise real_share_core real_share_customer
    """.split()
)

_PARAMETERS = (*DESIGN, "evidence_floor", "venting")
_WHEN = ("delay_h", "trigger", "threshold")

#: Fields that are always in a name, by group; frozen like DESIGN.
NAMED: Mapping[str, frozenset[str]] = {
    "clock": frozenset(("dt_min", "horizon_d", "burn_in_h")),
    "population": frozenset(
        """
        n_people share_core share_customer n_partner_leaders n_neutral_leaders
        n_antagonist_leaders n_noise_investors n_sentiment_investors n_value_investors
        """.split()
    ),
    "network": frozenset(
        """
        mean_follows tail_exponent core_homophily reciprocity within_community community_size
        closure groups_per_core group_size leader_share leader_exponent seed edges people saved
        format self_ties doubled other_columns
        """.split()
    ),
    "response": frozenset(("name", "channel")),
    "response.disclosure": frozenset(("delay_h", "acknowledgement")),
    "response.denial": frozenset((*_WHEN, "speaker")),
    "response.apology": frozenset((*_WHEN, "speaker", "acknowledgement")),
    "response.termination": frozenset(_WHEN),
    "response.penalty": frozenset((*_WHEN, "level", "severity", "process_h")),
    "response.explanation": frozenset((*_WHEN, "speaker", "acknowledgement")),
    "response.reform": frozenset((*_WHEN, "governance", "delivered", "delivery_h")),
    "response.compensation": frozenset((*_WHEN, "share", "cost_hkd")),
    "response.buyback": frozenset((*_WHEN, "amount_hkd")),
    "parameters": frozenset(_PARAMETERS),
}
#: Triggers that wait for no threshold.
_PLAIN = (Trigger.screenshot.value, Trigger.detection.value, Trigger.list_entry.value)
#: Of ties that are drawn; a list of one's own brings its ties.
_DRAWN = frozenset(
    """
    mean_follows tail_exponent core_homophily reciprocity within_community community_size closure
    """.split()
)


def name_of_asked(asked: Mapping[str, Any]) -> str:
    """The name of the run that was asked for: sixteen hex digits of what counts of it.

    Its parts are named by themselves first, and remembered: runs of a sweep share most of them.
    asked : a record as `sim.state.scenario.asked` makes it, also one that was written before some
    field came. Raises KeyError or TypeError for what is no such record.
    """
    network, seed = asked["network"], asked["seed"]
    own = network.get("seed")
    return digest_of(
        [
            _case(asked["case"]),
            _clock(asked["clock"]),
            _population(asked["population"]),
            _network(network),
            None if own == seed else own,
            _response(asked["response"]),
            _parameters(asked["parameters"], _knocked_out(asked["mechanisms"])),
            seed,
            *_accusation(asked.get("accusation")),
            *[["second", told] for told in _accusation(asked.get("second_accusation"))],
        ]
    )


def unnamed() -> dict[str, Any]:
    """Defaults that names leave out: `group.field` -> value, of every field younger than NAMED."""
    usual = _usual()
    groups = {group: usual[group] for group in ("clock", "population", "network", "parameters")}
    for act, fields in usual["response"].items():
        if isinstance(fields, dict):
            groups[f"response.{act}"] = fields
    groups["response"] = {k: v for k, v in usual["response"].items() if not isinstance(v, dict)}
    return {
        f"{group}.{name}": value
        for group, fields in groups.items()
        for name, value in fields.items()
        if name not in NAMED.get(group, ())
    }


def _accusation(asked: Any) -> list[Any]:
    """What is true of an accusation, where it is not the accusation itself."""
    return [] if asked in (None, "sound") else [asked]


@cache
def _usual() -> dict[str, Any]:
    """Every default, in plain values."""
    return dict(plain(Config()))


def _counted(group: str, fields: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a name holds, numbers written alike (33 as 33.0).

    Those of NAMED always, younger ones where they differ from `usual`, the defaults of the group.
    """
    always = NAMED.get(group, frozenset())
    return {
        name: _written(value)
        for name, value in fields.items()
        if name in always or value != usual.get(name)
    }


def _written(value: Any) -> Any:
    """A plain value so that equal numbers are written alike; -0.0 is another number than 0."""
    if isinstance(value, float):
        # -0.0 stays a float: it is equal to 0 and yet gives other bits, in 1 / x for one
        if value.is_integer() and (value or math.copysign(1.0, value) > 0):
            return int(value)
        return value
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_written(item) for item in value]
    return _written(value.item()) if isinstance(value, np.generic) else value


@by_identity
def _case(asked: Mapping[str, Any]) -> str:
    """A case by what happens in it: what it is called, and who might speak, changes no run."""
    return digest_of(_written({k: v for k, v in asked.items() if k not in ("name", "founder")}))


@by_identity
def _clock(asked: Mapping[str, Any]) -> str:
    """Steps and horizon, every field of them."""
    return digest_of(_counted("clock", asked, _usual()["clock"]))


@by_identity
def _population(asked: Mapping[str, Any]) -> str:
    """Sizes as people, not as shares; a network of one's own may have brought its people."""
    counted = _counted("population", asked, _usual()["population"])
    if "n_people" in counted:
        n = counted["n_people"]
        counted["share_core"] = round(n * asked["share_core"])
        counted["share_customer"] = round(n * asked["share_customer"])
    return digest_of(counted)


@by_identity
def _network(asked: Mapping[str, Any]) -> str:
    """Without the seed, and without what would only matter if ties were drawn otherwise."""
    counted = _counted("network", asked, _usual()["network"])
    idle = {"seed"}
    idle |= set(OF_A_LIST) if counted.get("edges") is None else _DRAWN
    if not counted.get("within_community"):
        idle |= {"within_community", "community_size"}
    return digest_of({name: value for name, value in counted.items() if name not in idle})


@by_identity
def _response(asked: Mapping[str, Any]) -> str:
    """The acts that may happen, and where they are said; without any, nothing."""
    usual = _usual()["response"]
    acts = {
        name: _act(name, act, usual.get(name, {}))
        for name, act in asked.items()
        if name != "acts" and isinstance(act, Mapping) and act["delay_h"] is not None
    }
    own = {
        name: {"kind": act["kind"], **_act(act["kind"], act, usual[act["kind"]])}
        for name, act in asked.get("acts", {}).items()
        if act["delay_h"] is not None
    }
    if own:
        acts["acts"] = own
    if not acts:
        return digest_of({})
    rest = {k: v for k, v in asked.items() if not isinstance(v, Mapping) and k != "name"}
    return digest_of({**_counted("response", rest, usual), **acts})


def _act(name: str, act: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """The levers of an act that can do something.

    A threshold counts where a trigger waits for it, a time of delivery where something is
    delivered.
    """
    counted = _counted(f"response.{name}", act, usual)
    if act.get("trigger") in _PLAIN:
        counted.pop("threshold", None)
    if act.get("delivered") is False:
        counted.pop("delivery_h", None)
    return counted


@by_identity
def _knocked_out(mechanisms: Mapping[str, bool]) -> dict[str, float]:
    """What mechanisms that are off set parameters to: switches reach a run in no other way."""
    off = [name for name, on in mechanisms.items() if not on]
    return {name: value for mechanism in off for name, value in KNOCK_OUT[mechanism].items()}


def _parameters(values: Mapping[str, Any], knocked_out: Mapping[str, float]) -> list[Any]:
    """Effective parameters: those of NAMED in order, then what else differs from its default."""
    if knocked_out:
        values = {**values, **knocked_out}
    # Named for every run of a sweep, so the common case has a short way.
    always = [  # most are no whole numbers, and written as they are
        value if type(value) is float and value % 1 else _written(value)
        for value in map(values.get, _PARAMETERS)
    ]
    if len(values) == len(_PARAMETERS) and None not in always:
        return [always, {}]
    usual = _usual()["parameters"]
    younger = {name: value for name, value in values.items() if name not in NAMED["parameters"]}
    return [always, _counted("parameters", younger, usual)]
