"""E5, E11: the platform's heat, hashtags and the trending list; the novelty of an event."""

from sim.rules import rule


@rule
def next_heat(heat: float, keep: float, talk: float) -> float:
    """Heat of the case on the platform.

        H' = keep H + talk

    keep : 2^(-dt / h_H); talk : weighted posts of the step in 3,000 people. Source: half-life
    1.2-2.0 h, measured on the hot list.
    """
    return keep * heat + talk


@rule
def entry_heat(threshold: float, night: float, circadian: float) -> float:
    """Heat that a hashtag needs to enter the list: less at night, when the list is quiet.

        H_on (n + (1 - n) c)

    night n : [0, 1]. Form after MODEL E11 (n = .25); calibrated on F9.
    """
    return threshold * (night + (1.0 - night) * circadian)


@rule
def hashtag_level(fresh: float, heat: float, full_heat: float) -> float:
    """Exposure that one listed hashtag gives, in [0, 1].

        L = fresh min(1, H / H_sat)

    fresh : 2^(-age / h_L). Source: reads half-time 2.66 h, measured.
    """
    share = heat / full_heat
    if share > 1.0:
        share = 1.0
    return fresh * share


@rule
def renewed(novelty: float, size: float) -> float:
    """Novelty after an event: the larger of what is left and what is new."""
    if size > novelty:
        return size
    return novelty
