"""E13, E14: how sincere a response looks, and what it does to those whom it reaches.

Whoever sees anything in a step (E2), once anything has happened, becomes aware and takes in every
act in force that this person has not yet received, in the order of the playbook, with one uniform
number for each (`acceptance`); a private word reaches only those core fans whom it is told to (the
second uniform number of its draw in the step in which it is said). A core fan who knows of both
channels, what is said to fans in private and what is said in public, compares texts (words that say
who is responsible: disclosure, apology, explanation, statement, private word, denial and legal
step): each that is received later is doubted as far as it differs from one of the other channel
(`contradiction`, `two_faced`). Correction is
that of the world at this moment; for a denial and a legal step it is 0, and for a compensation the
share is its own, otherwise the extra talk of an early one. An admission that was forced counts as
less sincere, in every act but a denial and a legal step. Somebody who accepts gains relief by
`added_relief` with action 1; a deed (a penalty, a reform, its delivery, a termination) also adds to
conviction, with the correction as action; a reform and its delivery lessen governance outrage
(`relieved_governance` by `reform_relief` and the depth of reform), and so does an explanation by as
much as it explains (`explanation_relief`); whoever accepts a reform hopes for it (E17). Of core
fans it is tallied whom an act reached and who accepted it (E18). Somebody who rejects is angered
(`backfired`). After that, accepted or not, governance outrage rises by `raised_governance`: with
the amount `governance_question` for a penalty, with 0 for a reform, its delivery, a compensation
and a fan panel, and with `governance_apology` for all others. Relief then fades in every step
(`fading_relief`).

These happen once per person and response, so exp and log are allowed here.
"""

import math

from sim.rules import once, rule
from sim.rules.appraisal import concern


@rule
def logistic(x: float) -> float:
    """The logistic function, for rare events only.

        1 / (1 + exp(-x))

    x : log-odds.
    """
    return 1.0 / (1.0 + math.exp(-x))


@rule
def correction(
    terminated: float,
    penalty: float,
    reform: float,
    compensation: float,
    c_term: float,
    c_pen: float,
    c_ref: float,
    c_comp: float,
) -> float:
    """Corrective action in force, in [0, 1].

        corr = 1 - (1 - c_t term)(1 - c_p pen)(1 - c_r g)(1 - c_m m)

    All [0, 1]; penalty: one minus the accountability gap, 0 before any penalty. Assumed.
    """
    left = (1.0 - c_term * terminated) * (1.0 - c_pen * penalty)
    return 1.0 - left * (1.0 - c_ref * reform) * (1.0 - c_comp * compensation)


@once
def ended_with_culprit(termination: float, penalty: float, blame: float) -> float:
    """Weight of an end of the deal, which is the penalty of a culprit outside the brand.

        c_t' = c_t + (1 - b) c_p (1 - c_t)

    termination c_t, penalty c_p : `correct_termination`, `correct_penalty`; blame b : of the case,
    1 for a culprit inside. The penalty of the brand's own people keeps b c_p. Assumed.
    """
    return termination + (1.0 - blame) * penalty * (1.0 - termination)


@rule
def punished(gap: float, penalised: float) -> float:
    """How far those whom this person blames have been punished, in [0, 1].

        pen = (1 - gap) y

    gap : `appraisal.accountability_gap`; penalised y : 1 once there was a penalty, else 0.
    """
    return (1.0 - gap) * penalised


@rule
def missing_levels(gap: float, blamed: float, overdue: float) -> float:
    """Levels by which the punished level stays below the one that this person blames.

        pi gap l*

    gap : `appraisal.accountability_gap`; blamed l* : level, (0, 4]; overdue pi :
    `question.overdue`, the share of it that counts before anybody was punished.
    """
    return overdue * gap * blamed


@rule
def over_penalty(level: float, severity: float, just_desert: float) -> float:
    """How far a penalty goes beyond just desert: a soft hinge, so that no cliff appears.

        (x + sqrt(x^2 + .1)) / 2,   x = l s - J

    level : 0-4; severity : [0, 1]; just_desert in levels. Assumed (MODEL E13).
    """
    x = level * severity - just_desert
    return 0.5 * (x + math.sqrt(x * x + 0.1))


@rule
def content(
    acknowledged: float,
    explained: float,
    regretted: float,
    repaired: float,
    requested: float,
    b_ack: float,
    b_exp: float,
    b_reg: float,
    b_rep: float,
    b_req: float,
) -> float:
    """What the words of an act add to its sincerity, log-odds.

        b_acc a + b_exp x + b_reg r + b_rep p + b_req q

    Shares in [0, 1]: responsibility acknowledged a, explanation x, regret r, repair offered p,
    forgiveness asked for q. Source: order of the terms, Lewicki 2016 (responsibility first, then
    repair, then regret and explanation, the request last). Sizes Assumed.
    """
    x = b_ack * acknowledged + b_exp * explained
    return x + b_reg * regretted + b_rep * repaired + b_req * requested


@rule
def contradiction(before: float, acknowledged: float, other: float) -> float:
    """How far two texts differ in the responsibility that they acknowledge; the most counts.

        d' = max(d, |a - a_o|)

    before d : of the texts before; acknowledged a : of the text that is received; other a_o : of a
    text of the other channel that this person has received, 0 for a denial. Assumed.
    """
    difference = acknowledged - other
    if other > acknowledged:
        difference = other - acknowledged
    if difference > before:
        return difference
    return before


@rule
def two_faced(content: float, strength: float, contradiction: float) -> float:
    """What the words of an act add to its sincerity for who knows of another text, log-odds.

        x' = x - b_con d

    content x : `content`; strength b_con : `sincerity_contradicts`; contradiction d :
    `contradiction`, 0 for whoever knows of one channel only. Source: sign, inconsistency of
    responses lowers trust, Massey 2001 (not re-checked); size Assumed.
    """
    return content - strength * contradiction


@rule
def sincerity(
    content: float,
    corrected: float,
    since_h: float,
    delay_h: float,
    gap_levels: float,
    excess: float,
    voice: float,
    forced: float,
    base: float,
    b_corr: float,
    b_spec: float,
    fact_finding_h: float,
    b_delay: float,
    delay_scale_h: float,
    b_mis: float,
    b_ovr: float,
    b_voice: float,
    b_forced: float,
) -> float:
    """Perceived sincerity of a response, in (0, 1).

        logit S = b_0 + content + b_corr corr + b_spec (1 - exp(-t / tau_inv)) + b_voice voice
                  - b_del ln(1 + D / tau_d) - b_mis gap - b_ovr over - b_for forced

    content : `two_faced`; forced : 1 if the brand first admitted the affair after a partner had
    left or a hashtag had been listed, else 0; since_h : t >= 0, hours since the case's clock start;
    delay_h : D >= 0, hours waited for it, the same for the brand's first word and less for a later
    one; gap_levels : levels by which the punished level stays below the one this person blames, as
    far as they count (`missing_levels`); excess : soft over-penalty, levels.
    Source: order of the content terms, Lewicki 2016; sign of delay, Hock & Raithel 2020
    (contested); sign of the mismatch, Moisio 2021; voice, Zhang 2024. Sizes Assumed.
    """
    x = base + content + b_corr * corrected + b_voice * voice - b_forced * forced
    x += b_spec * (1.0 - math.exp(-since_h / fact_finding_h))
    x -= b_delay * math.log(1.0 + delay_h / delay_scale_h)
    x -= b_mis * gap_levels + b_ovr * excess
    return logistic(x)


@rule
def acceptance(
    sincere: float, identification: float, base: float, b_identity: float, slope: float
) -> float:
    """Chance that a person accepts a response.

        P = logistic(k_S (S - c_0 - c_1 I))

    Assumed; smooth, because a hard cut-off makes an artificial cliff.
    """
    return logistic(slope * (sincere - base - b_identity * identification))


@rule
def added_relief(relief: float, most: float, sincere: float, action: float) -> float:
    """Relief, or conviction, after an accepted response.

        R' = 1 - (1 - R)(1 - mu S x)

    All [0, 1]; most mu : `relief` among the parameters; sincere S : `sincerity`; action x : 1 for
    relief, `correction` for conviction. Source: kept modest, Ma & Zhan 2016 (r = .23).
    """
    return 1.0 - (1.0 - relief) * (1.0 - most * sincere * action)


@rule
def relieved_governance(outrage: float, relief: float, reform: float, sincere: float) -> float:
    """Governance outrage of somebody who accepts a reform.

        O_g' = O_g (1 - r g S)

    All [0, 1]; relief r : `reform_relief`; reform g : depth in force; sincere S. Assumed.
    """
    return outrage * (1.0 - relief * reform * sincere)


@rule
def governance_question(apology: float, penalty: float, gap: float) -> float:
    """How far a penalty raises the question who approved it.

        a = g_A + g_P gap

    apology g_A, penalty g_P : `governance_apology`, `governance_penalty`; gap : of this person.
    Assumed.
    """
    return apology + penalty * gap


@rule
def fading_relief(relief: float, conviction: float, keep: float) -> float:
    """Relief from words fades towards what action has made durable.

        R' = C + keep (R - C)  if R > C, else C

    All [0, 1]; keep : 2^(-dt / h_R). Source: MODEL E14 (rebound unless action follows).
    """
    fading = conviction + keep * (relief - conviction)
    if fading < conviction:
        fading = conviction
    return fading


@rule
def backfired(
    outrage: float,
    sincere: float,
    identification: float,
    base: float,
    b_identity: float,
    strength: float,
) -> float:
    """Outrage after a response that was rejected as insincere.

        O' = O + (1 - O) xi max(0, c_0 + c_1 I - S) I

    sincere S; base c_0, b_identity c_1 : as in `acceptance`; strength xi : `backfire`. Assumed.
    """
    hinge = base + b_identity * identification - sincere
    if hinge < 0.0:
        hinge = 0.0
    return outrage + (1.0 - outrage) * strength * hinge * identification


@rule
def raised_governance(
    outrage: float,
    amount: float,
    reform: float,
    reform_relief: float,
    identification: float,
    least_concern: float,
) -> float:
    """Governance outrage after a response that raises the question who approved it.

        O_g' = O_g + (1 - O_g) a (1 - r g) c(I)

    amount a : [0, 1]; c : `appraisal.concern`. Assumed; that penalties make a topic of governance:
    the case articles.
    """
    felt = amount * (1.0 - reform_relief * reform) * concern(identification, least_concern)
    return outrage + (1.0 - outrage) * felt
