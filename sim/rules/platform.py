"""E5, E11: the platform's heat, hashtags and the trending list; the novelty of an event.

The novelty of each topic halves in `novelty_half_life_h`; an event renews it. A discrete event (a
forcing event that its case gives a hashtag, an official act, a partner's exit, a mock, a second
wave) makes a hashtag possible; a penalty notice makes `penalty_headlines` of them, on the deal and
on governance in turn.

After the leaders, the platform closes the step. Heat takes the talk of the step. Every listed
hashtag then leaves the list if it `drops_out`; the others add to the level of their topic. At last
the newest hashtag that never was listed and `enters` does so, at most one in a step and only if the
list `has_room`; it adds to the level at once. While a documented agenda displaces the case
(`displacement`), levels count for less. People read the levels in the next step.
"""

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
    """Novelty after an event: the larger of what is left and what is new.

        nu' = max(nu, x)

    Both [0, 1]; size x : novelty of the event. Assumed.
    """
    if size > novelty:
        return size
    return novelty


@rule
def next_novelty(novelty: float, keep: float) -> float:
    """Novelty of a topic one step later, before any event.

        nu' = keep nu

    keep : 2^(-dt / h_nu), h_nu = `novelty_half_life_h`.
    """
    return novelty * keep


@rule
def freshest(deal: float, governance: float) -> float:
    """Novelty of the affair: the larger of its two topics.

        max(nu_d, nu_g)

    Both [0, 1].
    """
    if governance > deal:
        return governance
    return deal


@rule
def general_talk(customer: float, public: float, core: float, core_heat: float) -> float:
    """Posts on topic that the general list sees in a step.

        n = n_customer + n_public + w n_core

    core_heat w : weight of a core fan's post, whose fan space is not the general list. F9.
    """
    return customer + public + core_heat * core


@rule
def talk_heat(
    per_post: float,
    general: float,
    reference: float,
    people: float,
    leaders: float,
    leader_volume: float,
) -> float:
    """Heat that the posts of a step bring.

        kappa_obs R / N n + kappa_obs w n_K

    per_post kappa_obs : heat of one post in R = 3,000 people; people N : simulated; general n :
    `general_talk`; leaders n_K : posts of opinion leaders, whose number does not grow with N;
    leader_volume w. Assumed: heat is stated for a community of one size.
    """
    return per_post * reference / people * general + per_post * leader_volume * leaders


@rule
def heated(heat: float, gain: float, size: float) -> float:
    """Heat after something that brings some by itself, beside the talk about it.

        H' = H + g x

    gain g : `official_heat`, or 1 for a forcing event; size x : loudness of an act, size of a wave,
    or the heat of the event.
    """
    return heat + gain * size


@rule
def shown_share(displacement: float) -> float:
    """Share of its exposure that a listed hashtag keeps while another agenda displaces it.

        1 - d

    displacement d : of the agenda that a case documents, [0, 1].
    """
    return 1.0 - displacement


@rule
def freshness(keep: float, age: float) -> float:
    """Freshness of a hashtag `age` steps after it entered.

        keep^age

    keep : 2^(-dt / h_L), h_L = `list_half_life_h`. Source: reads half-time 2.66 h, measured.
    """
    return float(keep**age)


@rule
def drops_out(fresh: float, stale: float, heat: float, wanted: float, share: float) -> bool:
    """Whether a listed hashtag leaves the list: it is stale, or heat is gone.

        fresh < f_off  or  H < s H_wanted

    stale f_off : `list_drop`; wanted H_wanted : `entry_heat` of this hour; share s :
    `list_exit_heat`. Calibrated on F10 (dwell); s Assumed.
    """
    return fresh < stale or heat < share * wanted


@rule
def has_room(since_last: float, gap: float, listed: float, most: float) -> bool:
    """Whether the list takes one more hashtag of the case in this step.

        t_last >= gap  and  n < n_max

    since_last t_last : steps since the last entry; gap : `headline_gap_h` in steps; listed n :
    hashtags of the case on the list; most n_max : `max_hashtags`.
    """
    return since_last >= gap and listed < most


@rule
def enters(age: float, life: float, heat: float, wanted: float) -> bool:
    """Whether a hashtag that is possible enters the list now.

        age <= life  and  H > H_wanted

    age : steps since it became possible; life : `hashtag_life_h` in steps; wanted H_wanted :
    `entry_heat` of this hour.
    """
    return age <= life and heat > wanted


@rule
def with_hashtag(level: float, shown: float, one: float) -> float:
    """List level of a topic with one more hashtag.

        L' = L + x l

    shown x : 1, or `shown_share`; one l : `hashtag_level` of this hashtag.
    """
    return level + shown * one


@rule
def whole_level(deal: float, governance: float) -> float:
    """List level of both topics together.

        L_d + L_g

    Levels as `with_hashtag` leaves them.
    """
    return deal + governance


@rule
def reads(
    circadian: float,
    see: float,
    level: float,
    core: float,
    core_weight: float,
    customer: float,
    public: float,
) -> float:
    """Views of the list per real person in a step: what public reach counts.

        c p_T L (s_core b + s_customer + s_public)

    circadian c; see p_T : views per step of one fresh hashtag; level L : `whole_level` before the
    platform closes the step; core, customer, public s : real shares; core_weight b :
    `list_weight_core`.
    """
    return circadian * see * level * (core * core_weight + customer + public)
