"""E12, E13, E15: what an act of the brand does, apart from how people take it (E13, E14).

Acts come into force at the hour that the playbook says, or, if they are triggered, in the step
that the PR team has set (`pr_team.acts_in`); the order of acts of one step is that of the
playbook. Every act is logged. A buyback speaks to nobody: it costs its amount and moves the price
(E16). Calls to partners make their exits rarer (`called`, `opinion_leader.exit_rate`). A private
word is judged by those whom it is told to (`since`, `waited`) and changes nothing else: to
everybody else the brand has said nothing. Postponing a launch answers nothing: it is shown and news
as below (2 to 4), but nobody judges it, and neither `waited` nor E18 takes it for a word. Any other
act is a word of the brand:

1. `since` and `waited` are fixed for it, from the case's clock start and the brand's last word. A
   holding statement that is believed (`question.believed`) names the step in which there will be a
   word (`delivery_steps` later) and extends people's patience to it (E18); one that is not is no
   word at all, and only news. Any other word ends that wait, and if it comes by then, the hours
   that were asked for are no delay (`announced`), as those of a fair process are not.
2. It changes the world. A denial before any admission takes some credibility away
   (`evidence.doubted`); one that answers the second accusation takes it from that alone, if it was
   made and its truth is not out, whatever was admitted of the first, and counts as no text on the
   first (E13). A postponed launch costs cash, and every launch of a later step comes by so many
   hours later (`delivery_steps`), if the run lasts so long. A legal step adds `legal_betrayal` to
   the betrayal. Whether any other word admits the affair is a matter of its content: a deed
   (termination, penalty, reform, delivery) does, and so do words that acknowledge some
   responsibility. Then credibility is 1 from there on; at the first admission a denial before it
   adds `denial_betrayal`, telling it oneself before the leak takes betrayal away
   (`evidence.told_first`; only a disclosure acknowledges anything in this sense), and the admission
   is forced if a partner has left or a hashtag has been listed before. A termination ends the deal.
   A penalty sets level, severity and `appraisal.felt_level` unless an earlier one is felt as
   harder, costs `pr_team.expected_legal_cost` and morale (`pr_team.next_morale`). A reform counts
   for `promise_worth` of its depth until it is delivered; its delivery, `delivery_steps` later, is
   an act by itself, one that people had to wait for as long as the delivery took, and counts in
   full. A reform that will not be delivered is found out (E17). A compensation costs its share of
   the cash at full generosity, and if it is the brand's first act it makes extra talk
   (`compensation_talk`).
3. It is received by whoever sees anything from now on (E13, E14), unless it is a holding statement
   or a postponed launch, or a termination or a compensation that comes in one step with another
   public word that is received, in which case it belongs to that statement. A private word is
   received by core fans alone, each with the chance that its share says.
4. It is shown directly, unless it is private: on governance for a penalty, an explanation, a reform
   and a fan panel, on the deal otherwise, to `official_reach_*` of each kind times its reach (1 in
   the fans' channels, `push_reach` if pushed to everybody). It renews the news of its topic
   (`novelty_penalty` for a penalty, `novelty_explanation` for an explanation, a reform or a fan
   panel, `novelty_holding` for a holding statement, `novelty_statement` otherwise) and echoes on
   the other topic (`novelty_echo`; a holding statement and a postponed launch do not); as
   grievances the two count as far as the act is not accepted (`question.rearming`). It leaves an
   angle to report (E11), a penalty `penalty_headlines` of them; any angle of earlier steps that
   nobody has reported is no news any more. A delivery is not shown. A fan panel asks core fans
   (E19).

A disclosure, an apology, an explanation, a statement and a private word acknowledge as much
responsibility, and explain, regret, offer and ask as much, as their levers say; the others say
nothing of the kind, what they do counts as correction.
"""

import numpy as np

from sim.rules import once, rule


@once
def loudness(speaker: float, push: float) -> float:
    """Heat of an act over that of the company's word in the fans' channels.

        x = h p

    speaker h : 1 for the company, `heat_staff`, `heat_pr_head` or `heat_founder`; push p :
    `push_heat` if the act is pushed to everybody, otherwise 1. Calibrated on H10, F9.
    """
    return speaker * push


@rule
def since(step: float, start: float, dt_h: float) -> float:
    """Hours from the case's clock start until an act comes into force.

        t = max(0, (k - k_0) dt)

    step k : of the act; start k_0 : of the clock. Nobody waits for what is unknown.
    """
    hours = (step - start) * dt_h
    if hours < 0.0:
        hours = 0.0
    return hours


@rule
def waited(step: float, last_word: float, process_h: float, dt_h: float, since_h: float) -> float:
    """Hours that people have waited for a later word of the brand.

        D = min(t, max(0, (k - k_last) dt - f))

    last_word k_last : step of the brand's last word; process_h f : hours that a fair process took
    before a notice, or that keeping a promise took; since_h t : `since`, which is D for the first
    word. Assumed.
    """
    hours = (step - last_word) * dt_h - process_h
    if hours < 0.0:
        hours = 0.0
    if hours > since_h:
        hours = since_h
    return hours


@rule
def announced(process_h: float, due: float, last_word: float, step: float, dt_h: float) -> float:
    """Hours before a word that are no delay: a fair process, and what was asked for and kept.

        f' = f + (k_due - k_last) dt  if k <= k_due, else f

    process_h f; due k_due : step of the promised word, -1 for none; last_word k_last : of the
    holding statement; step k : of the word. Nobody counts a delay that was announced and kept.
    Source: sign, Le 2019 (eight cases). Form Assumed.
    """
    if due < step:
        return process_h
    return process_h + (due - last_word) * dt_h


@rule
def reach(times: float, share: float) -> float:
    """Expected views of a kind of people that an act shows directly.

        x r

    times x : 1, or `push_reach`; share r : `official_reach_*` of the kind.
    """
    return times * share


@rule
def paid(before: float, amount: float) -> float:
    """Cash, or expected legal cost, with one more amount, HKD.

        c' = c + a

    before c; amount a.
    """
    return before + amount


@rule
def compensation_cost(cost: float, share: float) -> float:
    """Cash that a compensation costs, HKD.

        a = c s

    cost c : at full generosity; share s : generosity, [0, 1].
    """
    return cost * share


@rule
def compensation_talk(noise: float, share: float) -> float:
    """Extra news talk when compensation is the brand's first act.

        m = n s

    noise n : `compensation_noise`; share s : generosity. Source: sign, Herhausen 2019.
    """
    return noise * share


@rule
def reform_in_force(before: float, worth: float, depth: float) -> float:
    """Depth of reform that counts, after a promise or a delivery; the deepest of several counts.

        g' = max(g, w d)

    All [0, 1]; worth w : `promise_worth` for a promise, 1 for a delivery; depth d. Assumed.
    """
    counted = worth * depth
    if counted < before:
        counted = before
    return counted


@rule
def called(before: float, share: float) -> float:
    """Share of partners whom the brand has called, after another round of calls.

        y' = max(y, s)

    before y; share s : of the act. Assumed: a second round calls the same people first.
    """
    if share > before:
        return share
    return before


@rule
def delivery_steps(hours: float, dt_h: float) -> float:
    """Steps from a promise to what was promised: a delivery, or a word.

        round(t / dt)

    A half is rounded to the even number.
    """
    return float(np.rint(hours / dt_h))


@rule
def postponed(step: float, steps: float) -> float:
    """The step of a launch that is moved.

        k' = k + n

    steps n : `delivery_steps` of the hours that it is moved by.
    """
    return step + steps


@rule
def process_hours(steps: float, dt_h: float) -> float:
    """Hours that keeping a promise took: a delivery that comes when it was promised is not late.

        f = n dt

    steps n : `delivery_steps`.
    """
    return steps * dt_h
