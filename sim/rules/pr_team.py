"""E12, E15: what the PR team notices and how long it takes; what its acts cost.

After the platform the PR team counts mentions: all posts of the step, on and off topic, leaders'
`leader_volume` times. It monitors a sample as large as what 3,000 people write. Once something has
happened, the first step with an excess above `detection_z` alarms it, and after a lag
(`lag_steps` of `detection_lag_h`, `detection_spread`) it has noticed. From then on a triggered act
of the playbook waits for its state: being noticed, a hashtag on the list, a governance share of
recent outraged talk above a threshold, a declared share of core fans above a threshold. When the
state has come, the step is set for `acts_in` later. Timed steps need no detection.
"""

import math

from sim.rules import rule


@rule
def sampled_share(reference: float, people: float) -> float:
    """Share of posts that monitoring reads.

        s = min(1, R / N)

    reference R : 3,000 people; people N : simulated. Assumed.
    """
    return min(1.0, reference / people)


@rule
def expected_mentions(
    sampled: float, per_h: float, everyday: float, circadian: float, dt_h: float, people: float
) -> float:
    """Mentions that the sample of a step holds when nothing has happened.

        B = s lambda_0 epsilon c dt N

    sampled s; per_h lambda_0 : `post_per_h`; everyday epsilon : `baseline_talk`; circadian c;
    people N. The baseline of the hour.
    """
    return sampled * (per_h * everyday * circadian * dt_h * people)


@rule
def mention_excess(volume: float, expected: float) -> float:
    """Mentions above the baseline of the hour, in standard deviations of a count.

        z = (V - B) / sqrt(B + 1)

    volume, expected : posts per step. The + 1 keeps a tiny community from false alarms. Assumed.
    """
    return (volume - expected) / math.sqrt(expected + 1.0)


@rule
def sampled_mentions(volume: float, sampled: float, normal: float) -> float:
    """Mentions in a random sample of the posts of a step, at least none.

        s V + sqrt(s (1 - s) V) z

    sampled s : (0, 1]; z : standard normal. The binomial law's normal form. Assumed: monitoring
    reads a sample, so that alarms do not depend on how many people are simulated.
    """
    seen = sampled * volume + math.sqrt(sampled * (1.0 - sampled) * volume) * normal
    return max(0.0, seen)


@rule
def lag_steps(median_h: float, spread: float, normal: float, night: float, dt_h: float) -> float:
    """A human delay in steps: lognormal, twice as long at night, at least one step.

        ceil(median exp(spread z) (2 at night) / dt)

    spread : log-sd; normal z : standard normal. Assumed (MODEL E12).
    """
    hours = median_h * math.exp(spread * normal)
    if night > 0.0:
        hours = 2.0 * hours
    return math.ceil(hours / dt_h)


@rule
def expected_legal_cost(
    risk: float,
    process_h: float,
    half_life_h: float,
    tenure_y: float,
    monthly_wage: float,
    severity: float,
) -> float:
    """Expected cost of an unlawful dismissal, HKD.

        P_0 2^(-t / tau) 2 y w s

    Twice the statutory severance of one month a year. Source: PRC Labour Contract Law Art. 87
    (secondary source); that severity below dismissal costs its share is Assumed.
    """
    chance = risk * math.exp(-math.log(2.0) * process_h / half_life_h)
    return chance * 2.0 * tenure_y * monthly_wage * severity


@rule
def felt_unfair(
    level: float, severity: float, blamed: float, process_h: float, half_life_h: float
) -> float:
    """How unfair colleagues find a penalty, in (0, 1).

        logistic(2 (l s - .6 l*) + exp(-t / tau) - 1.5) , and 1.5 more when juniors alone bear it

    Source: unfair lay-offs cost output of the unaffected, Heinz 2020 EJ; form Assumed.
    """
    haste = math.exp(-process_h / half_life_h)
    x = 2.0 * (level * severity - 0.6 * blamed) + haste - 1.5
    if 0.0 < level < 1.5:
        x += 1.5 + blamed
    return 1.0 / (1.0 + math.exp(-x))


@rule
def next_morale(morale: float, loss: float, unfair: float) -> float:
    """Morale of colleagues after a penalty.

        m' = m - l x

    morale m : 1 before the case; loss l : `morale_loss`; unfair x : `felt_unfair`. Source: Heinz
    2020 EJ, 12 % less output after unfair lay-offs.
    """
    return morale - loss * unfair


@rule
def recent_talk(talk: float, keep: float, posts: float) -> float:
    """Outraged talk on a topic in the last hours, as the PR team reads it.

        n' = keep n + posts

    keep : 2^(-dt / h), h = `talk_half_life_h`; posts : outraged posts of the step on the topic.
    Assumed.
    """
    return keep * talk + posts


@rule
def governance_share(deal: float, governance: float) -> float:
    """Governance share of recent outraged talk, 0 while there is none.

        n_g / (n_d + n_g + 1e-9)

    Both `recent_talk`, posts.
    """
    return governance / (deal + governance + 1e-9)


@rule
def acts_in(step: float, delay: float, deliberation: float) -> float:
    """Step in which a triggered act comes into force.

        t + 1 + floor(delay) + deliberation

    step t : in which its state came; delay : that the playbook adds, steps; deliberation :
    `lag_steps` of `deliberation_h`, `deliberation_spread`.
    """
    return step + 1.0 + delay // 1.0 + deliberation
