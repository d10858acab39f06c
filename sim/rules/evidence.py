"""E3: how far the affair is believed, and how grave the betrayal is.

Credibility K is 0 until something is known. Every forcing event, and every exit of a partner, is a
piece of evidence and sets `happened`; an official admission sets K = 1. From then on K is at least
`evidence_floor`, which is 0 unless the mechanism of evidence is knocked out.
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
