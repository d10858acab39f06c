"""What the record says of people, and how kinds of people are weighted to real shares.

States are summed over the people of each kind as integers (each state times 2^20, cut to a whole
number), so that sums have no order. Acts are counted. Core fans are over-sampled, so means over
everybody weight the kinds by their real shares.
"""

from sim.rules import once, rule


@once
def public_share(core: float, customer: float) -> float:
    """Share of the public among real people: all who are neither fans nor customers.

        s_public = 1 - s_core - s_customer

    core, customer : `real_share_core`, `real_share_customer`.
    """
    return 1 - core - customer


@rule
def share(count: int, size: float) -> float:
    """Share of a kind that has done something.

        n / N

    count n : people of the kind; size N : all of the kind.
    """
    return count / size


@rule
def mean(total: int, scale: float, size: float) -> float:
    """Mean of a state over the people of a kind.

        S / scale / N

    total S : fixed-point sum; scale : units of one; size N : people of the kind.
    """
    return total / scale / size


@rule
def with_share(total: float, weight: float, count: int, size: float) -> float:
    """Share of real people with one more kind.

        x' = x + s n / N

    weight s : real share of the kind; count n, size N : people of the kind.
    """
    return total + weight * count / size


@rule
def with_mean(total: float, weight: float, amount: int, scale: float, size: float) -> float:
    """Mean over real people with one more kind.

        x' = x + s S / scale / N

    weight s : real share of the kind; amount S : its fixed-point sum; size N : people of the kind.
    """
    return total + weight * amount / scale / size


@rule
def among_aware(outrage: float, aware: float) -> float:
    """Mean expressed outrage among the aware, which is 0 while nobody is.

        Omega / (y + .01)

    outrage Omega, aware y : over real people, [0, 1]. Assumed: investors read what the aware write,
    and not yet much from the first hundredth.
    """
    return outrage / (aware + 0.01)
