"""Numbers of the model that are not set: constants, each with unit, provenance and source.

A number stands here, and not among the parameters, for one of two reasons. It was never drawn:
nobody gave a second opinion of it (how far a wave is shown, how much a lag varies). Or it was
screened (`make screening`): moved over its whole prior, in eight courses of events, it changed no
outcome and no target by .15 of that outcome's standard deviation. docs/decisions/0021 and
results/published/screening.csv say which is which, and by how much each moves what it moves most.
Who doubts one edits its line; a run with another value has another name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MEASURED, LITERATURE, CALIBRATED, ASSUMED = "measured", "literature", "calibrated", "assumed"


#: Of every number, in this order: range, unit, provenance, source, meaning, and symbol if any.
SAID = ("low", "high", "unit", "provenance", "source", "meaning", "symbol")


def number(value: float, said: tuple[Any, ...], **more: Any) -> Any:
    """A field with what is said of it. said : as SAID has it, the symbol may be left out."""
    known = dict(zip(SAID, (*said, "")[: len(SAID)], strict=True))
    return field(default=value, metadata={**known, **more})


def constant(value: float, *said: Any) -> Any:
    """A field that no setting reaches; its range is where the rules mean anything."""
    return number(value, said, prior=(value, value), constant=True)


@dataclass(frozen=True)
class Constants:
    """What is the same in every world. Units and sources are in the metadata."""

    # fmt: off
    # --- E2 exposure -----------------------------------------------------------------------------

    # --- E3 evidence -----------------------------------------------------------------------------
    evidence_floor: float = constant(0.0, 0, 1, "share", ASSUMED, "0: evidence must come from events", "least credibility once anything is known; 1 knocks evidence out")

    # --- E4 appraisal ----------------------------------------------------------------------------
    mock_cap: float = constant(0.15, 0, 0.5, "share", ASSUMED, "bounded", "most betrayal that mocking can add")

    # --- E5 outrage ------------------------------------------------------------------------------
    novelty_holding: float = constant(0.2, 0, 1, "share", ASSUMED, "it says nothing yet", "novelty of a holding statement")

    # --- E6, E7 expression -----------------------------------------------------------------------
    venting: float = constant(0.0, 0, 0.3, "share", LITERATURE, "Garcia 2016: arousal falls after writing", "outrage released by posting", "zeta")

    # --- E8 grudge and trust ---------------------------------------------------------------------
    trust_gain_per_h: float = constant(0.002, 0, 0.01, "1/h", LITERATURE, "asymmetry: Slovic (not re-checked)", "trust regained by people whom action convinced", "k_plus")
    trust_return_per_h: float = constant(0.0005, 0, 0.005, "1/h", ASSUMED, "slow return by itself", "trust regained anyway", "k_0")
    concern_floor: float = constant(0.3, 0, 1, "share", ASSUMED, "strangers care, too", "concern with the company's conduct at zero identification, over a full fan's", "c_0")

    # --- E9 exit ---------------------------------------------------------------------------------
    unfollow_threshold: float = constant(0.5, 0, 1, "share", ASSUMED, "cheaper act", "pressure at which people unfollow, over that at which they declare")

    # --- E10 opinion leaders ---------------------------------------------------------------------
    leader_exit_integrity: float = constant(1.0, 0, 3, "logit", ASSUMED, "-", "weight of own integrity", "b_i")
    leader_exit_reach_core: float = constant(0.30, 0, 1, "views", ASSUMED, "-", "core fans to whom a partner's exit is shown directly")
    leader_exit_reach_customer: float = constant(0.05, 0, 1, "views", ASSUMED, "-", "customers to whom a partner's exit is shown directly")
    leader_exit_reach_public: float = constant(0.003, 0, 1, "views", ASSUMED, "-", "public to whom a partner's exit is shown directly")
    mock_heat: float = constant(12_000, 4_000, 400_000, "heat", ASSUMED, "-", "heat at which antagonists mock at that pace")

    # --- E11 platform ----------------------------------------------------------------------------
    core_heat: float = constant(0.05, 0, 1, "ratio", CALIBRATED, "F9: fan space is not the general list", "weight of a core fan's post in general heat")
    attention_heat: float = constant(170_000, 10_000, 2e6, "heat", ASSUMED, "-", "heat at which the case has half of investors' attention", "H_sat")
    entry_spread: float = constant(0.27, 0, 1, "log-sd", MEASURED, "place 50 within an hour of the day, robust", "how much the heat that the list asks for varies", "sigma_x")
    entry_correlation: float = constant(0.72, 0, 0.99, "-", MEASURED, "place 50 from one hourly sample to the next", "how long that lasts", "rho_x")
    penalty_headlines: float = constant(6, 1, 10, "hashtags", MEASURED, "the case: six on one notice, five of them within 3 h", "angles that a penalty notice has")

    # --- E12 PR team -----------------------------------------------------------------------------
    detection_z: float = constant(3.0, 2, 1e9, "sd", ASSUMED, "-", "mention excess that alarms the PR team", "z_d")
    detection_spread: float = constant(0.5, 0, 2, "log-sd", ASSUMED, "-", "spread of the lag from alarm to awareness")
    deliberation_spread: float = constant(0.6, 0, 2, "log-sd", ASSUMED, "-", "spread of deliberation")
    talk_half_life_h: float = constant(6.0, 0.5, 72, "h", ASSUMED, "-", "half-life of the talk whose mix the PR team judges")

    # --- E13 sincerity ---------------------------------------------------------------------------
    sincerity_request: float = constant(0.15, 0, 0.6, "logit", LITERATURE, "order: Lewicki 2016: the request last", "asking for forgiveness", "b_req")
    sincerity_contradicts: float = constant(1.0, 0, 3, "logit", ASSUMED, "sign: inconsistent responses, Massey 2001 (not re-checked)", "one text admits in full what the other channel's does not, for who knows both", "b_con")
    legal_betrayal: float = constant(0.05, 0, 0.4, "share", ASSUMED, "the strong against the weak", "betrayal added by a legal step against those who accuse")
    denial_betrayal: float = constant(0.12, 0, 0.4, "share", ASSUMED, "-", "betrayal added when a denial is proven false")

    # --- E14 reception ---------------------------------------------------------------------------
    compensation_noise: float = constant(0.3, 0, 1, "ratio", LITERATURE, "sign: Herhausen 2019", "extra news talk when compensation is the first answer")
    official_reach_public: float = constant(0.01, 0, 1, "share", ASSUMED, "-", "public an act reaches directly")
    push_reach: float = constant(3.0, 1, 6, "ratio", ASSUMED, "-", "reach and heat of a public push over fan channels")
    push_heat: float = constant(2.0, 1, 6, "ratio", ASSUMED, "-", "heat of a public push over fan channels, where it reaches further")

    # --- E15 costs -------------------------------------------------------------------------------
    unlawful_risk: float = constant(0.35, 0.1, 0.6, "share", ASSUMED, "PRC Labour Contract Law Art. 87 (secondary source)", "chance that a dismissal without process is unlawful", "P_0")

    # --- E16 market ------------------------------------------------------------------------------
    turnover_hkd_bn: float = constant(5.85, 4, 10, "HKD bn/d", MEASURED, "the fitted case's share, 20 days before it", "daily turnover", "V_D")
    impact: float = constant(0.75, 0, 1, "-", LITERATURE, "Sato & Kanazawa 2024: exponent .489; prefactor near 1 (not re-checked)", "square-root impact prefactor", "Y")
    impact_decay: float = constant(0.667, 0, 1, "share", LITERATURE, "two thirds (not re-checked)", "impact that fades")
    sentiment_drift: float = constant(0.018, 0, 0.04, "1/d", CALIBRATED, "events: about 2 % (Knittel & Stango 2014)", "daily fall when attention and public outrage are full", "chi_m")
    value_pull: float = constant(0.005, 0, 0.06, "1/bar", ASSUMED, "-", "pull of value investors", "kappa_v")
    sentiment_half_life_d: float = constant(5.0, 2, 20, "trading d", LITERATURE, "order: Tetlock 2007 (not re-checked)", "half-life of the sentiment part", "h_p")
    closed_weight: float = constant(4.0, 1, 10, "steps", ASSUMED, "about as many steps of a day lie outside sessions", "steps outside sessions in which sentiment moves as much as in one of a session")
    buyback_spread_h: float = constant(2.0, 0.25, 22, "h", ASSUMED, "-", "hours of session over which a buyback is spread")
    buyback_weakness: float = constant(0.25, 0, 1, "share", ASSUMED, "the case articles", "sentiment investors who see weakness in a buyback", "s_q")
    exit_value: float = constant(0.10, 0, 0.5, "ratio", ASSUMED, "-", "fundamental loss if all customers left, in log price")

    # --- E17 second wave -------------------------------------------------------------------------
    promise_worth: float = constant(0.5, 0, 1, "share", ASSUMED, "-", "depth of a promised reform that counts until delivery")
    wave_after_d: float = constant(3.0, 0, 14, "d", ASSUMED, "-", "first days of the case, without second waves")
    wave_least: float = constant(0.3, 0, 1, "share", ASSUMED, "-", "least size of a second wave, over the largest")
    wave_reach_core: float = constant(0.40, 0, 1, "views", ASSUMED, "-", "core fans to whom a full wave is shown directly")
    wave_reach_customer: float = constant(0.08, 0, 1, "views", ASSUMED, "-", "customers to whom a full wave is shown directly")
    wave_reach_public: float = constant(0.02, 0, 1, "views", ASSUMED, "-", "public to whom a full wave is shown directly")
    leak_reach_core: float = constant(0.40, 0, 1, "views", ASSUMED, "as a wave", "core fans to whom an inside leak is shown")
    leak_reach_customer: float = constant(0.08, 0, 1, "views", ASSUMED, "as a wave", "customers to whom an inside leak is shown")
    leak_reach_public: float = constant(0.01, 0, 1, "views", ASSUMED, "half a wave", "public to whom an inside leak is shown")

    # --- E18 what stays unanswered ---------------------------------------------------------------
    overdue_half_life_h: float = constant(36.0, 6, 1e9, "h", ASSUMED, "MODEL-2, S1", "hours in which half of the mismatch comes to be charged to a firm that punishes nobody", "h_w")
    silence_reach_core: float = constant(0.3, 0, 1, "views", ASSUMED, "MODEL-2, S5", "core fans to whom silence as a matter is shown, at full size")
    silence_reach_customer: float = constant(0.06, 0, 1, "views", ASSUMED, "MODEL-2, S5", "customers to whom it is shown")
    silence_reach_public: float = constant(0.01, 0, 1, "views", ASSUMED, "MODEL-2, S5", "public to whom it is shown")
    question_least: float = constant(0.25, 0, 1, "share", ASSUMED, "MODEL-2, S4", "least size of a question")
    question_most: float = constant(0.75, 0, 1, "share", ASSUMED, "MODEL-2, S4", "largest size of a question")
    question_reach_core: float = constant(0.4, 0, 1, "views", ASSUMED, "MODEL-2, S4", "core fans to whom a question is shown, at full size")
    question_reach_customer: float = constant(0.08, 0, 1, "views", ASSUMED, "MODEL-2, S4", "customers to whom it is shown")
    question_reach_public: float = constant(0.01, 0, 1, "views", ASSUMED, "MODEL-2, S4", "public to whom it is shown")
    press_formal: float = constant(0.07, 0, 0.5, "share", MEASURED, "topics of others in 304 affairs: .87 attack or other, .07 comment, .07 authority", "regulators among third parties, and as many media tests", "s")
    acceptance_calms: float = constant(1.0, 0, 1, "share", LITERATURE, "sign: Kim 2015; Hornsey 2024; size assumed", "share of an act's news that is no grievance for those who accept it", "w_a")
    contact_relief: float = constant(0.4, 0, 1, "share", ASSUMED, "a contact is less than a deal", "betrayal that falls away when only contacts come out")

    # --- E19 whether fans are heard --------------------------------------------------------------
    asked_privately: float = constant(0.3, 0, 1, "share", ASSUMED, "-", "how far a private word asks its fans, over a panel whose word binds", "w_p")

    # --- who is how many -------------------------------------------------------------------------
    real_share_customer: float = constant(0.30, 0.1, 0.6, "share", ASSUMED, "order of magnitude", "customers among real people")
    # fmt: on
