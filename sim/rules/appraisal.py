"""E4, E5: how a person judges the affair, and how angry that makes.

In every step each person appraises the deal (A, from credibility and betrayal of now and the trust
that the step before has left) and governance (A_g, from the accountability gap of the level that
this person blames). Each topic then gets its push, from the view of this step (if
there was one) and from visibly outraged members of the person's own chats, and outrage moves by
`next_outrage`. Only then are the recent views counted (`exposure.recent_views`).

Where somebody outside the brand did it, a case says which share of the blame stays with the brand.
Before a run starts, `betrayal`, `governance_gain`, `sincerity_mismatch` and `just_desert` are
multiplied by it (`charged`), and what a penalty of the brand's own people cannot correct is
corrected by the end of the deal with the culprit (`reception.ended_with_culprit`).
"""

from sim.rules import once, rule


@once
def charged(weight: float, blame: float) -> float:
    """A weight of what is charged to a brand, where somebody else did it.

        w b

    weight w : parameter; blame b : of the case, 1 for a culprit inside. Source: sign, that blame
    follows responsibility, Coombs 2007 SCCT (not re-checked); Hornsey 2024 on a supplier. Assumed.
    """
    return weight * blame


@rule
def perceived_severity(betrayal: float, added: float) -> float:
    """Severity of the betrayal with what events, mocks and a false denial have added, at most 1.

        beta = min(1, beta_0 + b)

    betrayal beta_0 : parameter, [0, 1]; added b : `evidence.raised_betrayal`. Assumed.
    """
    severity = betrayal + added
    if severity > 1.0:
        severity = 1.0
    return severity


@rule
def concern(identification: float, least: float) -> float:
    """How much a person cares about how the company is run, over a full fan.

        c = c_0 + (1 - c_0) I

    Both [0, 1]; least c_0 : `concern_floor`, of somebody without any identification. Assumed.
    """
    return least + (1.0 - least) * identification


@rule
def appraisal(
    credibility: float,
    betrayal: float,
    self_relevance: float,
    trust_buffer: float,
    trust: float,
    identification: float,
) -> float:
    """Perceived betrayal of one person.

        A = K beta [(1 - w)(1 - chi T) + w I]

    All [0, 1]. w -> 1: love becomes hate (identification hurts); w -> 0: trust buffers.
    Source: sign of both limits, Trump 2014 JBR; Gregoire & Fisher 2008 JAMS. Form Assumed.
    """
    buffered = (1.0 - self_relevance) * (1.0 - trust_buffer * trust)
    return credibility * betrayal * (buffered + self_relevance * identification)


@rule
def felt_level(level: float, severity: float, full_severity: float) -> float:
    """Level that a penalty counts for: a mild one counts for less than its level.

        l_felt = l min(1, s / s_full)

    level : 0-4; severity, full_severity : [0, 1]. Assumed (MODEL E13).
    """
    share = severity / full_severity
    if share > 1.0:
        share = 1.0
    return level * share


@rule
def accountability_gap(blamed: float, felt: float) -> float:
    """How far the punished level stays below the level this person blames, in [0, 1].

        gap = max(0, l* - l_felt) / l*

    blamed : (0, 4], felt : [0, 4]. Source: sign, Moisio, Capelli & Sabadie 2021.
    """
    gap = (blamed - felt) / blamed
    if gap < 0.0:
        gap = 0.0
    return gap


@rule
def governance_appraisal(
    gap: float,
    floor: float,
    reform: float,
    reform_relief: float,
    identification: float,
    least_concern: float,
) -> float:
    """Grievance about how the company is governed.

        A_g = [f + (1 - f) gap] (1 - r g) c(I)

    All [0, 1]; f: grievance that no penalty takes away; g: depth of reform; r: what reform takes;
    c : `appraisal.concern`. Assumed, after MODEL E14.
    """
    grievance = floor + (1.0 - floor) * gap
    return grievance * (1.0 - reform_relief * reform) * concern(identification, least_concern)


@rule
def habituated(recent: float, habituation: float) -> float:
    """What one more view still does after `recent` views.

        1 / (1 + eta n)

    Rational form of exp(-eta n). Source: Bao 2013 (Weibo), effect saturates at two exposures.
    """
    return 1.0 / (1.0 + habituation * recent)


@rule
def outraged_share(outraged: int, others: float) -> float:
    """Visibly outraged share of the other members of one's own group chats.

        f = n / N

    outraged n : members of all own chats who were visibly outraged at the end of the step before,
    without oneself; others : 1 / N, the reciprocal of the number of other members, 0 if there are
    none. Somebody who shares two chats with this person counts twice, above and below.
    """
    return outraged * others


@rule
def reinforcement(outraged_share: float, threshold: float) -> float:
    """Social reinforcement from visibly outraged members of one's own group chats.

        sigma = max(0, f - phi) / (1 - phi)

    Both [0, 1), threshold below 1. Source: threshold at most .25, Centola 2018 (not re-checked).
    """
    excess = outraged_share - threshold
    if excess < 0.0:
        excess = 0.0
    return excess / (1.0 - threshold)


@rule
def social_gain(per_h: float, circadian: float, dt_h: float) -> float:
    """Weight of social reinforcement in one step.

        alpha_s c dt

    per_h alpha_s : 1/h; circadian c : mean 1 over a day; dt_h : hours. Assumed: people read their
    chats when they are awake.
    """
    return per_h * circadian * dt_h


@rule
def push(
    novelty: float,
    gain: float,
    felt: float,
    effect: float,
    seen: float,
    social: float,
    reinforced: float,
    identification: float,
    ground: float,
) -> float:
    """What pushes outrage on one topic in a step.

        push = nu [alpha A e(n) x + s sigma I k]

    novelty nu : of the topic as a grievance (`question.armed`), [0, 1]; gain alpha, felt A : of the
    topic, per view; effect e : `habituated` of the recent views of the topic; seen x : 1 if the
    topic was seen in this step, else 0; social s : `social_gain`; reinforced sigma :
    `reinforcement`; identification I; ground k : what peers can point to, credibility for the deal
    and this person's accountability gap for governance. Source: MODEL E5; that old news stirs
    nobody, `novelty`: F34. Form Assumed.
    """
    return novelty * (gain * felt * effect * seen + social * reinforced * identification * ground)


@rule
def next_outrage(outrage: float, keep: float, push: float) -> float:
    """Outrage on one topic after a step.

        O' = keep O + (1 - O) s(push),   s(x) = x / (1 + x)

    outrage : [0, 1]; keep : 2^(-dt / h_i), a constant of the person; push >= 0.
    Source: MODEL E5; s replaces 1 - exp(-x).
    """
    return keep * outrage + (1.0 - outrage) * (push / (1.0 + push))
