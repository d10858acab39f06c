"""E10: what opinion leaders do."""

from sim.rules import rule
from sim.rules.reception import logistic


@rule
def exit_rate(outraged, integrity, contract, circadian, per_h, base, b_f, b_i, b_c):
    """Rate at which a partner ends the contract in public, 1/h.

        h = h_K c logistic(b_0 + b_r f + b_i r - b_v v)

    outraged f : outraged share of the leader's core followers; integrity r, contract v : [0, 1].
    Source: betrayal spills over, Reinikainen 2021; form and sizes Assumed.
    """
    push = base + b_f * outraged + b_i * integrity - b_c * contract
    return per_h * circadian * logistic(push)


@rule
def attention_rate(per_h, heat, full_heat, circadian):
    """Rate of reporting (neutral) or mocking (antagonist) while the topic is hot, 1/h.

        h = h_1 c min(1, H / H_1)

    Source: MODEL E10. Assumed.
    """
    share = heat / full_heat
    if share > 1.0:
        share = 1.0
    return per_h * circadian * share
