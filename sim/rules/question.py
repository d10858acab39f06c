"""E18: what stays unanswered: doubt, silence, questions, third parties, lies that are found out.

These act on every course of events, a silent one included. Time counts from the case's clock start
(`playbook.since`); people are patient until `patience_step`, or, after a holding statement that is
believed (`believed`), at least until the step that it names is over (`patience_with`); if no word
has come in that step or before, patience is over in the next, however long it would have been. In
every step, after the second waves and before the brand's acts, once anything has happened and as
long as nothing is admitted:

1. From the step in which patience ends on, doubt hardens (`hardened`), unless the brand has been
   cleared.
2. In the step in which patience ends without a word but a holding statement, unless the brand has
   been cleared, silence itself is a matter of governance, unless `silence_size` is 0: that topic's
   novelty and grievance are renewed to `silence_size`, it is shown to `silence_reach_*` of each
   kind times that size, and leaves an angle to report (E11).
3. The truth may come out (`found_out_chance`, one uniform number of the step): of a denial, and
   where less is true than is said, of silence as well, for others look into what is believed. What
   comes out is the scenario's `accusation`. If it is true, credibility becomes 1, the denial adds
   `denial_betrayal` to the betrayal, governance is wholly new, and a hashtag becomes possible:
   somebody else has admitted it. If there were contacts and no deal, the same comes out but a
   denial of the deal was right: nothing is added for it, and betrayal falls by `contact_relief`. If
   it is false, credibility falls to 0, and no doubt hardens any more. A true accusation against a
   brand that denies nothing needs no finding out; and what a brand has admitted, nobody looks into:
   from there on the scenario makes no difference.

A second accusation (E3) comes out by itself and in the same way, in every step after these three,
whatever the brand has admitted of the first: where it was denied or is unfounded (the scenario's
`second_accusation`), with `found_out_chance` at its own credibility K2 and the second uniform
number of the step, and once. If it is true, K2 becomes 1, the denial adds `denial_betrayal`,
governance is wholly new, and a hashtag becomes possible; if it is false, K2 falls to 0, and its
betrayal with it. After either, events of this kind and denials of it are believed no more and no
less.

After the acts it is said how new the affair still is as a grievance (`armed`), which is what pushes
outrage (E5), beside how new it is as news: an act that is accepted makes news without arming anger
anew. In the same place the share of the mismatch that people charge is set (`overdue`), and how
open the question is (`unanswered`).

Opinion leaders who report (E10) come with something new, a reporter with the rate `coming`, for
two reasons, unless the brand was cleared. From the clock start on they take up what is unanswered,
which is a question (`asking_rate`); what convinces fans ends the questions. And from the step after
the first hashtag of the run has entered the list, third parties join in whom the affair was no
matter of before, and a reporter brings them (`press_rate`): the less, the longer ago that was, and
less once the brand has admitted something to everybody. `brought` says which of the two it is, and
which third party: a regulator, a media test, another brand, customers with a video (word 2 of
decision 13). Either has the size of `size_of_question`. A question is on governance with
`asked_of_governance`, otherwise on the deal; a regulator on governance, the others on the deal. It
renews the news of that topic, a question its grievance as well (a third party does not, for nobody
of the brand has done anything), is shown to `question_reach_*` of each kind times its size, and is
a hashtag at once (E11).
"""

from sim.rules import once, rule


@rule
def overdue(penalised: float, since_h: float, patience_h: float, half_life_h: float) -> float:
    """Share of the mismatch between punished and blamed that people charge, in [0, 1].

        pi = 1 once anybody is punished, else 1 - 2^(-(t - tau_w)_+ / h_w)

    penalised : 1 or 0; since_h t : `playbook.since`; patience_h tau_w; half_life_h h_w : hours.
    Nobody can charge a firm with having punished too low before it has punished at all, unless the
    penalty is overdue. Assumed (MODEL-2, S1).
    """
    if penalised == 1.0:
        return 1.0
    late = max(0.0, since_h - patience_h)
    return float(1.0 - 2.0 ** (-late / half_life_h))


@rule
def hardened(credibility: float, share: float, keep: float) -> float:
    """Credibility of an affair after one more step in which the brand admits nothing.

        K' = K + rho_K (1 - K)(1 - keep)

    All [0, 1]; share rho_K : `doubt_hardens`; keep : 2^(-dt / h_K), h_K = `doubt_half_life_h`.
    Source: sign, Hornsey 2024 (no information costs trust as denial does); size Assumed.
    """
    return credibility + share * (1.0 - credibility) * (1.0 - keep)


@rule
def found_out_chance(per_d: float, credibility: float, dt_h: float) -> float:
    """Chance in a step that somebody else finds out what is true.

        lambda_e K dt / 24

    per_d lambda_e : 1/d; credibility K : what is believed is what is looked into. Assumed.
    """
    return per_d * credibility * dt_h / 24.0


@rule
def only_contacts(betrayal: float, relief: float, base: float) -> float:
    """Added betrayal after it comes out that there were contacts and no deal.

        b' = b - r beta_0

    betrayal b : added so far; relief r : `contact_relief`; base beta_0 : `betrayal`. Assumed.
    """
    return betrayal - relief * base


@rule
def shown_to(share: float, size: float) -> float:
    """Expected views of a kind of people to whom the brand's silence, or a question, is shown.

        r z

    share r : of the kind, at size 1; size z. Assumed.
    """
    return share * size


@rule
def accepted_share(accepted: float, reached: float) -> float:
    """Share of the core fans whom an act has reached so far who accepted it.

        a = n_a / max(1, n_r)

    Both integers: tallies of E13, exact in any order.
    """
    return accepted / max(1.0, reached)


@rule
def rearming(news: float, calmed: float, accepted: float, reached: float) -> float:
    """How much an act of the brand renews the affair as a grievance.

        z (1 - w a), and 0 before it has reached anybody

    news z : what is left of the novelty that it brought; calmed w : `acceptance_calms`, share of it
    that acceptance takes away; accepted a : `accepted_share`; reached : core fans whom it reached.
    Source: sign, that an accepted apology lowers anger, Kim 2015; Hornsey 2024. Form Assumed.
    """
    if reached == 0.0:
        return 0.0
    return news * (1.0 - calmed * accepted)


@rule
def armed(grievance: float, act: float) -> float:
    """Novelty of a topic as a grievance, with one act more: the largest counts.

        nu_g' = max(nu_g, x)

    grievance nu_g : what events, leaders and waves have left, and acts before; act x : `rearming`.
    """
    if act > grievance:
        return act
    return grievance


@rule
def unanswered(convinced: float, scale: float, aware: float) -> float:
    """How open the question is: mean lack of conviction among core fans who know of the affair.

        U = 1 - S / scale / n,  0 while nobody is aware

    convinced S : sum of conviction over core fans, fixed point; aware n. Conviction, which only
    deeds make (E14), is what ends a case. Assumed (MODEL-2, S4).
    """
    if aware == 0.0:
        return 0.0
    return 1.0 - convinced / scale / aware


@rule
def asking_rate(
    per_d: float, unanswered: float, circadian: float, since_h: float, half_life_h: float, n: float
) -> float:
    """Rate at which one reporter comes with a new question, 1/h.

        r_U U c 2^(-t / h_U) / (24 n)

    per_d r_U : of all reporters together, 1/d; unanswered U : `unanswered`; circadian c; since_h
    t : hours since the clock start; half_life_h h_U; n : reporters. Source: that unanswered affairs
    go on: 49 h without a word, Baidu 2024 (4, then 6 hashtags a day); size Assumed.
    """
    return float(per_d * unanswered * circadian * 2.0 ** (-since_h / half_life_h) / (24.0 * n))


@rule
def press_rate(
    per_d: float, told: float, left: float, circadian: float, since_h: float, half_life_h: float,
    n: float,
) -> float:  # fmt: skip
    """Rate at which one reporter brings a third party, 1/h.

        r_P (1 - y (1 - f)) c 2^(-t / h_P) / (24 n)

    per_d r_P : of all reporters together, 1/d; told y : 1 once the brand itself has admitted
    anything in public, else 0; left f : `press_answered`; circadian c; since_h t : hours since the
    first hashtag was listed; half_life_h h_P; n : reporters. Source: new topics of others in 304
    affairs, .6 a day half a day after the first, .5 on the second day, .3 on the fourth (data of
    affairs); that answers make them fewer is Assumed, for there answered affairs have more of them.
    """
    open_ = 1.0 - told * (1.0 - left)
    return float(per_d * open_ * circadian * 2.0 ** (-since_h / half_life_h) / (24.0 * n))


@rule
def coming(asking: float, press: float) -> float:
    """Rate at which one reporter comes with something new, 1/h.

        h = h_U + h_P

    asking h_U : `asking_rate`; press h_P : `press_rate`.
    """
    return asking + press


@rule
def brought(u: float, asking: float, press: float, formal: float) -> int:
    """What a reporter comes with: 0 a question, 1 to 4 a regulator, media test, brand, video.

        0 if u (h_U + h_P) <= h_U, else with v = (u (h_U + h_P) - h_U) / h_P
        1 if v < s, 2 if v < 2 s, 3 if v < s + 1/2, else 4

    u : uniform; asking h_U; press h_P; formal s : `press_formal`, share of regulators among third
    parties, and of media tests.
    """
    place = u * (asking + press)
    if place <= asking:  # always, where nobody brings a third party
        return 0
    v = (place - asking) / press
    if v < formal:
        return 1
    if v < 2.0 * formal:
        return 2
    if v < formal + 0.5:
        return 3
    return 4


@rule
def size_of_question(u: float, least: float, most: float) -> float:
    """Novelty that a question brings, and share of a full one's reach.

        z = z_0 + (z_1 - z_0) u

    u : uniform; least z_0, most z_1 : `question_least`, `question_most`. Assumed.
    """
    return least + (most - least) * u


@rule
def asked_of_governance(u: float, penalised: float, gap: float) -> int:
    """Topic of a question: 1 for governance, 0 for the deal.

        u < gap if anybody was punished, else u < 1/2

    gap : `appraisal.accountability_gap` of the mean blamed level. Assumed (MODEL-2, S4).
    """
    chance = gap if penalised == 1.0 else 0.5
    return 1 if u < chance else 0


@rule
def believed(asked_h: float, patience_h: float, due: float) -> bool:
    """Whether a holding statement is a word: it asks for no more than patience, and only once.

        a <= tau_w and k_due < 0

    asked_h a : hours that it asks for; patience_h tau_w; due k_due : step of a word that has been
    promised already, -1 for none. Assumed: whoever asks for two weeks, or again before the word has
    come, has said nothing.
    """
    return asked_h <= patience_h and due < 0.0


@rule
def patience_with(patience: float, due: float) -> float:
    """Step in which patience runs out after a holding statement: after that of the promised word.

        k' = max(k, k_due + 1)

    patience k : `patience_step`, or what it has become; due k_due : step of the promised word,
    which is kept if a word comes in it. Source: sign, announced and kept delays preserve, Le 2019
    (eight cases). Form Assumed.
    """
    after = due + 1.0
    if after < patience:
        after = patience
    return after


@once
def patience_step(start: float, patience_h: float, dt_h: float) -> float:
    """Step in which patience runs out.

        k_0 + ceil(tau_w / dt)

    start k_0 : of the case's clock; patience_h tau_w.
    """
    return float(start - (-patience_h // dt_h))
