"""E10: what opinion leaders do.

Leaders act once anything has happened, all on the state that people left in this step and no leader
has changed yet. A partner may end the contract in public while the question is open (credibility
above 0, nothing admitted), once: the exit is evidence (`exit_evidence`), renews the deal
(`novelty_statement`), is shown directly to `leader_exit_reach_*` of each kind and leaves an angle
to report (E11). An antagonist may mock: before any admission that adds betrayal
(`evidence.mock_amount`), and it renews the deal (`novelty_mock`) and leaves an angle. A neutral
leader is a reporter, who may write about the affair (`report_rate`), may come with a new question
(E18), and otherwise may report the angle that is worth most (`angle_rate`; by the time that a
leader acts an earlier one may have reported it, and then the next best is taken). Whoever did any
of these posts once, a reporter on the topic of the question or the angle, others on the topic with
the larger novelty (the deal if they are equal, before any leader acted): the post has tone 0,
`see_leader` views and counts `leader_volume` times in mentions and in heat. A silent leader does
nothing.
"""

from sim.rules import rule
from sim.rules.reception import logistic


@rule
def exit_rate(
    outraged: float,
    integrity: float,
    contract: float,
    circadian: float,
    per_h: float,
    base: float,
    b_f: float,
    b_i: float,
    b_c: float,
    called: float,
    b_call: float,
) -> float:
    """Rate at which a partner ends the contract in public, 1/h.

        h = h_K c logistic(b_0 + b_r f + b_i r - b_v v - b_p y)

    called y : share of partners whom the brand has called; outraged f : outraged share of the
    leader's core followers; integrity r, contract v : [0, 1].
    Source: betrayal spills over, Reinikainen 2021; form and sizes Assumed.
    """
    push = base + b_f * outraged + b_i * integrity - b_c * contract - b_call * called
    return per_h * circadian * logistic(push)


@rule
def outraged_share(outraged: int, followers: int) -> float:
    """Visibly outraged share of the core fans who follow a leader.

        f = n / max(1, N)

    outraged n : at the end of the step before; followers N : core fans among the audience.
    """
    return outraged / max(1, followers)


@rule
def exit_evidence(credibility: float, contract: float) -> float:
    """Evidence that a partner's exit is: a costly signal.

        q = q_exit v

    credibility q_exit : `exit_credibility`; contract v : share of the contract forgone, [0, 1].
    Source: Spence 1973 (not re-checked); size Assumed.
    """
    return credibility * contract


@rule
def attention_rate(
    per_h: float, heat: float, full_heat: float, fresh: float, circadian: float
) -> float:
    """Rate of reporting (neutral) or mocking (antagonist) while the topic is hot and new, 1/h.

        h = h_1 c nu min(1, H / H_1)

    fresh nu : the larger novelty of the two topics, [0, 1]; without it, reports keep themselves
    alive for ever. Source: MODEL E10. Assumed.
    """
    share = heat / full_heat
    if share > 1.0:
        share = 1.0
    return per_h * circadian * fresh * share


@rule
def reportable(confirmed: float, unconfirmed: float) -> float:
    """Share of an affair that neutral leaders report, given how far it is confirmed.

        u + (1 - u) k

    confirmed k : 0 before any official word, then 1 - 2^(-t / verification time). Calibrated on
    the case: the first hashtag came 17 h after the apology, not with it.
    """
    return unconfirmed + (1.0 - unconfirmed) * confirmed


@rule
def angle_rate(per_h: float, worth: float, circadian: float) -> float:
    """Rate at which one reporter makes a headline of the angle that is worth most, 1/h.

        h = h_r c w

    per_h h_r : `report_per_h`; worth w : `platform.worth`; circadian c : reporters sleep. Assumed
    (MODEL-2, S10); calibrated on when the case's topics were listed: 17 h after an apology in the
    evening, 8 h after a penalty at night, 2.5 h after the founder spoke.
    """
    return per_h * circadian * worth


@rule
def report_rate(
    per_h: float, heat: float, full_heat: float, fresh: float, official: float, circadian: float
) -> float:
    """Rate at which a neutral leader reports, 1/h: as `attention_rate`, of what is confirmed.

        h = h_1 c nu w min(1, H / H_1)

    official w : `reportable`. Source: MODEL E10. Assumed.
    """
    return attention_rate(per_h, heat, full_heat, fresh * official, circadian)


@rule
def confirmed(before: float, keep: float) -> float:
    """How far reporters have confirmed an affair, after one more step since the admission.

        k' = 1 - (1 - k) keep

    before k : [0, 1], 0 until the brand has admitted anything; keep : 2^(-dt / verification time).
    """
    return 1.0 - (1.0 - before) * keep


@rule
def topic_of_report(deal: float, governance: float) -> int:
    """Topic of a leader's post: 1 for governance if that is the newer topic, otherwise 0.

        nu_g > nu_d

    deal nu_d, governance nu_g : novelty. Assumed.
    """
    return 1 if governance > deal else 0
