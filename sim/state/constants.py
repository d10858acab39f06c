"""Parameters of a run as its rules read them: knock-outs applied, half-lives as keeps per step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from sim.case.case import Case
from sim.clock import EXCHANGES, Clock
from sim.rules import appraisal, census, exposure, market, pace, platform, question, reception
from sim.settings.config import Accusation, Config, SecondAccusation
from sim.settings.parameters import KNOCK_OUT, Parameters

_DERIVED = (
    "novelty_keep",
    "recovery_keep",
    "grudge_keep",
    "grudge_build",
    "trust_loss",
    "trust_gain",
    "trust_back",
    "relief_keep",
    "heat_keep",
    "verify_keep",
    "talk_keep",
    "hashtag_steps",
    "post_heat",
    "hour_steps",
    "promise_due_steps",
    "doubt_keep",
    "patience_until",
    "question_half_life_h",
    "press_half_life_h",
    "unfounded",
    "only_contacts",
    "second_unfounded",
    "clock_start",
    "wave_from",
    "bars",
    "bar_sd",
    "overnight_sd",
    "reversion",
    "previous_close_hkd",
    "turnover_hkd",
    "mean_circadian_posts",
    "share_core",
    "share_customer",
    "share_public",
    "buyback_bars",
)
CONSTANTS = np.dtype(
    [(item.name, "f8") for item in fields(Parameters)]
    + [(name, "f8") for name in _DERIVED]
    + [("memory_keep", "f8", (5,)), ("memory_weight", "f8", (5,))]
)


def effective_parameters(config: Config) -> dict[str, float]:
    """Parameters after knock-outs: a switched-off mechanism sets its parameters to nothing."""
    values = {name: float(value) for name, value in asdict(config.parameters).items()}
    for name, on in asdict(config.mechanisms).items():
        if not on:
            values.update(KNOCK_OUT[name])
    return values


#: Weights that are charged to whoever did it (E4).
CHARGED = ("betrayal", "governance_gain", "sincerity_mismatch", "just_desert")


def charged(values: Mapping[str, float], blame: float) -> dict[str, float]:
    """Parameters where this share of the blame stays with the brand (E4); 1 changes none."""
    ended = reception.ended_with_culprit(
        values["correct_termination"], values["correct_penalty"], blame
    )
    weights = {name: appraisal.charged(values[name], blame) for name in CHARGED}
    weights["correct_penalty"] = appraisal.charged(values["correct_penalty"], blame)
    return {**values, **weights, "correct_termination": ended}


def _memory(values: Mapping[str, float], dt_h: float) -> tuple[list[float], list[float]]:
    """The visibility memory (E1): what each part keeps in a step, and its weight, all 0 to 1."""
    keep = [exposure.memory_keep(tau_h, dt_h) for tau_h in exposure.MEMORY_H]
    weights = np.array(
        [
            values[name]
            for name in ("visible_12min", "visible_1h", "visible_4h", "visible_24h", "visible_200h")
        ]
    )
    return keep, [
        exposure.memory_weight(share, weights.sum(), kept)
        for share, kept in zip(weights, keep, strict=True)
    ]


def constants_of(config: Config, case: Case, clock: Clock) -> Any:
    """The row of CONSTANTS of a run: its parameters, and all that is computed from them once.

    Knocked-out mechanisms have set theirs, and a culprit outside the brand has taken its share of
    the blame (E4). Half-lives in hours become shares kept in a step (0 to 1), rates an hour become
    rates a step. clock : of the run, whose step and exchange they depend on. Record array of one
    row.
    """
    values = charged(effective_parameters(config), case.blame)
    table = np.zeros(1, CONSTANTS).view(np.recarray)
    for name, value in values.items():
        table[name] = value
    dt_h = clock.dt_h
    table["memory_keep"][0], table["memory_weight"][0] = _memory(values, dt_h)

    def halving(hours: float) -> float:
        return pace.keep(hours, dt_h)

    session_h = EXCHANGES[clock.exchange].day_h if clock.exchange else market.NO_SESSION_H
    bars = pace.steps(session_h, dt_h)
    derived = {
        "novelty_keep": halving(values["novelty_half_life_h"]),
        "recovery_keep": halving(values["recovery_half_life_h"]),
        "grudge_keep": halving(pace.hours(values["grudge_half_life_d"])),
        "grudge_build": pace.per_step(values["grudge_build_per_h"], dt_h),
        "trust_loss": pace.per_step(values["trust_loss_per_h"], dt_h),
        "trust_gain": pace.per_step(values["trust_gain_per_h"], dt_h),
        "trust_back": pace.per_step(values["trust_return_per_h"], dt_h),
        "relief_keep": halving(values["relief_half_life_h"]),
        "heat_keep": halving(values["heat_half_life_h"]),
        "verify_keep": halving(values["verification_h"]),
        "talk_keep": halving(values["talk_half_life_h"]),
        "hashtag_steps": pace.steps(values["hashtag_half_life_h"], dt_h),
        "post_heat": platform.post_heat(
            values["heat_per_post"], case.community_middle, values["community_size"]
        ),
        "hour_steps": pace.steps(1.0, dt_h),
        "promise_due_steps": pace.whole_steps(pace.hours(values["promise_due_d"]), dt_h),
        "doubt_keep": halving(values["doubt_half_life_h"]),
        "patience_until": question.patience_step(
            clock.step_of(case.clock_start_time), values["patience_h"], dt_h
        ),
        "question_half_life_h": pace.hours(values["question_half_life_d"]),
        "press_half_life_h": pace.hours(values["press_half_life_d"]),
        "unfounded": float(config.accusation is Accusation.unfounded),
        "only_contacts": float(config.accusation is Accusation.contact_only),
        "second_unfounded": float(config.second_accusation is SecondAccusation.unfounded),
        "clock_start": clock.step_of(case.clock_start_time),
        "wave_from": clock.burn_in_steps + pace.steps(pace.hours(values["wave_after_d"]), dt_h),
        "bars": bars,
        "bar_sd": market.bar_volatility(
            values["daily_volatility"], values["overnight_share"], bars
        ),
        "overnight_sd": market.overnight_volatility(
            values["daily_volatility"], values["overnight_share"]
        ),
        "reversion": market.reversion_share(bars, values["sentiment_half_life_d"]),
        "previous_close_hkd": np.nan if case.previous_close is None else case.previous_close,
        "turnover_hkd": 1e9 * values["turnover_hkd_bn"],
        "buyback_bars": max(1.0, pace.whole_steps(values["buyback_spread_h"], dt_h)),
        "share_core": values["real_share_core"],
        "share_customer": values["real_share_customer"],
        "share_public": census.public_share(
            values["real_share_core"], values["real_share_customer"]
        ),
    }
    for name, value in derived.items():
        table[name] = value
    if any(event.kind == "naming" for event in case.forcing):
        table["exogenous_wave_per_d"] = 0.0  # the documented second wave stands for the hazard
    return table
