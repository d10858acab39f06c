"""E10: what opinion leaders do."""

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
) -> float:
    """Rate at which a partner ends the contract in public, 1/h.

        h = h_K c logistic(b_0 + b_r f + b_i r - b_v v)

    outraged f : outraged share of the leader's core followers; integrity r, contract v : [0, 1].
    Source: betrayal spills over, Reinikainen 2021; form and sizes Assumed.
    """
    push = base + b_f * outraged + b_i * integrity - b_c * contract
    return per_h * circadian * logistic(push)


@rule
def attention_rate(
    per_h: float, heat: float, full_heat: float, fresh: float, circadian: float
) -> float:
    """Rate of reporting (neutral) or mocking (antagonist) while the topic is hot and new, 1/h.

        h = h_1 c nu min(1, H / H_1)

    fresh nu : novelty [0, 1]; without it, reports keep themselves alive for ever. For reporters
    it also holds the share that reports what is not yet official. Source: MODEL E10. Assumed.
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
