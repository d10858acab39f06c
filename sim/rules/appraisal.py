"""E3, E4, E5: how a person judges the affair, and how angry that makes."""

from sim.rules import rule


@rule
def added_credibility(credibility: float, evidence: float) -> float:
    """Credibility of the affair after one more piece of evidence.

        K' = 1 - (1 - K)(1 - q)

    Both [0, 1]. Source: MODEL E3, independent pieces of evidence (Assumed).
    """
    return 1.0 - (1.0 - credibility) * (1.0 - evidence)


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
    gap: float, floor: float, reform: float, reform_relief: float, identification: float
) -> float:
    """Grievance about how the company is governed.

        A_g = [f + (1 - f) gap] (1 - r g)(.3 + .7 I)

    All [0, 1]; f: grievance that no penalty takes away; g: depth of reform; r: what reform takes.
    Assumed, after MODEL E14.
    """
    grievance = floor + (1.0 - floor) * gap
    return grievance * (1.0 - reform_relief * reform) * (0.3 + 0.7 * identification)


@rule
def habituated(recent: float, habituation: float) -> float:
    """What one more view still does after `recent` views.

        1 / (1 + eta n)

    Rational form of exp(-eta n). Source: Bao 2013 (Weibo), effect saturates at two exposures.
    """
    return 1.0 / (1.0 + habituation * recent)


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
def next_outrage(outrage: float, keep: float, push: float) -> float:
    """Outrage on one topic after a step.

        O' = keep O + (1 - O) s(push),   s(x) = x / (1 + x)

    outrage : [0, 1]; keep : 2^(-dt / h_i), a constant of the person; push >= 0.
    Source: MODEL E5; s replaces 1 - exp(-x).
    """
    return keep * outrage + (1.0 - outrage) * (push / (1.0 + push))
