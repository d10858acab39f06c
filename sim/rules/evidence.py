"""E3: how far the affair is believed, and how grave the betrayal is.

Credibility K is 0 until something is known. Every forcing event, and every exit of a partner, is a
piece of evidence and sets `happened`; an official admission sets K = 1. From then on K is at least
`evidence_floor`, which is 0 unless the mechanism of evidence is knocked out.

A forcing event of the case comes in its step, unless it requires an act of the brand that has not
come into force before. An agenda only displaces the case on the list, until it ends. Any other
event is evidence by its credibility, renews the novelty of its topic, is shown to its reach of each
kind, and leaves an angle to report if its case gives it a hashtag (E11). It adds its betrayal; a
mock does so only before any admission, within a bound. The first leak of what the brand has told
before is `old_news`. A media test, a step of a regulator, another brand's trouble, a leader's post
and a customer's video are events like a rumour. An appeasing voice is one, too, but while it renews
its topic as news it calms it as a grievance (`appeased`).

A launch of the brand displaces the case as an agenda does. It is no evidence, but an occasion to
talk of what is still open: it renews its topic as news, not as a grievance, is shown to its reach,
and leaves an angle if its case gives it a hashtag, each as far as `occasion` says, and none of it
where nothing is open.

A second accusation is of another fact, and is believed by itself: K2, which is 0 until it is made.
An event of this kind sets `happened`, is shown and renews its topic like any other, but its
credibility is evidence for K2 (`added_credibility`) and its betrayal m2 counts as far as K2 goes
(`with_second`); events of this kind after a first add to both, until the truth is out (E18).
"""

from sim.rules import rule


@rule
def added_credibility(credibility: float, evidence: float) -> float:
    """Credibility of the affair after one more piece of evidence.

        K' = 1 - (1 - K)(1 - q)

    Both [0, 1]. Source: MODEL E3, independent pieces of evidence (Assumed).
    """
    return 1.0 - (1.0 - credibility) * (1.0 - evidence)


@rule
def floored(credibility: float, floor: float) -> float:
    """Credibility once anything is known: at least the floor.

        max(K, K_0)

    Both [0, 1]; floor K_0 : 0, or 1 where evidence is knocked out.
    """
    if credibility < floor:
        return floor
    return credibility


@rule
def raised_betrayal(betrayal: float, amount: float) -> float:
    """Betrayal added to the base level after an event or a mock.

        b' = b + m

    betrayal b : what has been added so far; amount m : what the event or the mock adds. Assumed.
    """
    return betrayal + amount


@rule
def doubted(credibility: float, doubt: float) -> float:
    """Credibility after a denial.

        K' = K (1 - d)

    Both [0, 1]; doubt d : `denial_doubt`. Assumed.
    """
    return credibility * (1.0 - doubt)


@rule
def told_first(added: float, betrayal: float, thunder: float, told: float) -> float:
    """Betrayal added so far, when the brand itself admits the affair before the leak.

        b' = b - beta_0 h a

    added b; betrayal beta_0 : parameter; thunder h : parameter; told a : responsibility that a
    disclosure acknowledges, 0 for any other act. Source: sign, Arpan 2005; Claeys.
    """
    return added - betrayal * thunder * told


@rule
def old_news(thunder: float) -> float:
    """How new the first leak still is when the brand has told of the affair before it.

        1 - h

    thunder h : parameter, [0, 1]. Source: as `told_first`.
    """
    return 1.0 - thunder


@rule
def still_new(fresh: float, amount: float) -> float:
    """Novelty, or views, of an event as far as it is new.

        x a

    fresh x : 1, or `old_news`; amount a : as the case file gives it, of heat as well.
    """
    return fresh * amount


@rule
def appeased(stirred: float, size: float) -> float:
    """What events and leaders have left of a topic as a grievance, after an appeasing voice.

        nu' = nu (1 - x)

    stirred nu; size x : novelty of the voice, [0, 1]. Assumed (MODEL-2, S11).
    """
    return stirred * (1.0 - size)


@rule
def occasion(size: float, unanswered: float, cleared: float) -> float:
    """News, or views, that a launch brings to the affair.

        x U (1 - y)

    size x : as the case file gives it; unanswered U : `question.unanswered` of the step before;
    cleared y : 1 once the brand was cleared. Who markets while the question is open markets the
    question; conviction ends it (MODEL-2, S4; section 5). Form Assumed.
    """
    return size * unanswered * (1.0 - cleared)


@rule
def with_second(betrayal: float, size: float, before: float, after: float) -> float:
    """Betrayal added so far, when the second accusation is believed more or less than before.

        b' = b + m2 (K2' - K2)

    betrayal b; size m2 : what it would add if nobody doubted it; before K2, after K2' : [0, 1].
    Assumed: a second wrong makes the first graver, as far as it is believed.
    """
    return betrayal + size * (after - before)


@rule
def mock_size(weight: float, betrayal: float) -> float:
    """Betrayal that one mock would add if nothing bounded it.

        delta m

    weight delta : `mock_increment`; betrayal m : `mock_betrayal`, or what a case file gives a
    documented mock. Assumed.
    """
    return weight * betrayal


@rule
def mock_amount(size: float, mocked: float, cap: float) -> float:
    """Betrayal that one mock does add: all mocks together add no more than a cap.

        min(m, M - sum), at least 0

    size m; mocked : the sum of earlier amounts; cap M : `mock_cap`. Mocks count only before the
    brand admits anything. Assumed: ridicule is bounded.
    """
    amount = size
    if amount > cap - mocked:
        amount = cap - mocked
    if amount < 0.0:
        amount = 0.0
    return amount
