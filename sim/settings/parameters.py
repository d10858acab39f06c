"""Uncertainties: what nobody chooses. Every parameter with unit, range, provenance and source.

This is the only place where a parameter is declared; what no setting reaches is among the constants
(`sim.settings.constants`). `docs/parameters.md` is generated from both (`make docs`). Provenance is
one of

    measured     read off public data, recipe or dataset in the source
    literature   sign or size from a paper; "not re-checked" where we did not read it again
    calibrated   moved by hand (provisional) so that the stylised facts hold; a fit replaces it
    assumed      a modelling choice that no data here settles

The defaults are provisional: hand-checked against the stylised facts, not fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.base.refusal import check_ranges
from sim.settings.constants import ASSUMED, CALIBRATED, LITERATURE, MEASURED, Constants, number


def parameter(
    default: float,
    low: float,
    high: float,
    unit: str,
    provenance: str,
    source: str,
    meaning: str,
    symbol: str = "",
    prior: tuple[float, float] | None = None,
) -> Any:
    """A field with its range (what may be set), its prior (what is plausible), unit and source.

    Priors are those of MODEL 2.4 where it gives one; elsewhere half to twice the default, inside
    the range. A default of 0 without a prior is a switch that is off, and is not drawn; nor is a
    parameter whose prior is its default alone.
    """
    if prior is None:
        ends = sorted((default / 2, default * 2))
        prior = (max(low, ends[0]), min(high, ends[1]))
    said = (low, high, unit, provenance, source, meaning, symbol)
    return number(default, said, prior=prior)


@dataclass(frozen=True)
class Parameters(Constants):
    """One world: every number that nobody chooses. Units and sources are in the metadata.

    The constants are among its fields, so that rules find all numbers in one place.
    """

    # fmt: off
    # --- E1 visibility memory: share of a post's later views by time constant -----------------
    visible_12min: float = parameter(0.331, 0, 1, "share", MEASURED, "Weibo parent-to-child repost delays (489,323 pairs)", "share of views with time constant 0.2 h", "w_1", prior=(0.28, 0.38))
    visible_1h: float = parameter(0.191, 0, 1, "share", MEASURED, "as visible_12min", "share with time constant 1 h", "w_2", prior=(0.16, 0.22))
    visible_4h: float = parameter(0.211, 0, 1, "share", MEASURED, "as visible_12min", "share with time constant 4 h", "w_3", prior=(0.18, 0.24))
    visible_24h: float = parameter(0.118, 0, 1, "share", MEASURED, "as visible_12min", "share with time constant 24 h", "w_4", prior=(0.1, 0.136))
    visible_200h: float = parameter(0.149, 0, 1, "share", MEASURED, "as visible_12min", "share with time constant 200 h", "w_5", prior=(0.127, 0.171))

    # --- E2 exposure ------------------------------------------------------------------------
    see_person: float = parameter(0.025, 0, 1, "views/post", CALIBRATED, "hand-checked on F9 and F12", "expected views of one followed person's post over its life", "v_p", prior=(0.0083, 0.075))
    see_leader: float = parameter(0.12, 0, 1, "views/post", CALIBRATED, "hand-checked on F12", "expected views of one followed opinion leader's post", "v_k", prior=(0.04, 0.36))
    see_group: float = parameter(0.35, 0, 1, "views/post", CALIBRATED, "hand-checked on the onset in fan space", "expected views of one post in an own group chat", "v_g", prior=(0.14, 0.84))
    see_list: float = parameter(0.006, 0, 0.05, "views/step", CALIBRATED, "public reach", "views per 15 min of one hashtag far above all others on the trending list", "p_T", prior=(0.002, 0.03))
    list_weight_core: float = parameter(1.5, 1, 3, "ratio", ASSUMED, "core fans follow the list for the brand's name", "list views of core fans over those of others", "b_seg")
    attention_cap: float = parameter(3.0, 1, 5, "views/step", ASSUMED, "limited attention", "most views a person has in a step", "C", prior=(1, 5))

    # --- E3 evidence -------------------------------------------------------------------------
    exit_credibility: float = parameter(0.45, 0, 1, "share", ASSUMED, "costly signal, Spence 1973 (not re-checked)", "credibility added by a partner's exit, times the contract share forgone", "q_exit", prior=(0.25, 0.65))

    # --- E4 appraisal ------------------------------------------------------------------------
    betrayal: float = parameter(0.80, 0.0, 1, "share", CALIBRATED, "confounded with appraisal_gain", "perceived severity of the betrayal", "beta", prior=(0.5, 1))
    self_relevance: float = parameter(0.80, 0, 1, "share", LITERATURE, "sign: Trump 2014 JBR; Gregoire & Fisher 2008 JAMS", "1: love becomes hate; 0: love buffers", "w", prior=(0.5, 1))
    trust_buffer: float = parameter(0.5, 0, 0.8, "share", LITERATURE, "sign: Cheng, White & Chaplin 2012", "how far trust lowers the appraisal of a non-relevant wrong", "chi", prior=(0.2, 0.8))
    mock_increment: float = parameter(1.0, 0, 3, "ratio", ASSUMED, "scales the betrayal that a case file gives a mock", "weight of mocking in the betrayal", "delta_m")
    mock_betrayal: float = parameter(0.03, 0, 0.1, "share", ASSUMED, "Fan 2014: anger spreads; out-group form assumed", "betrayal added by one unscripted mock before admission", "delta_m", prior=(0, 0.1))

    # --- E5 outrage --------------------------------------------------------------------------
    appraisal_gain: float = parameter(1.0, 0.2, 4, "1/view", CALIBRATED, "with betrayal", "outrage per view of deal talk", "alpha", prior=(0.42, 1.67))
    governance_gain: float = parameter(0.9, 0.0, 4, "1/view", CALIBRATED, "F31", "outrage per view of governance talk", "alpha_g")
    habituation: float = parameter(0.30, 0, 0.7, "1/view", LITERATURE, "Bao 2013: effect saturates at two exposures", "loss of effect per recent view", "eta", prior=(0.1, 0.7))
    recovery_half_life_h: float = parameter(18.0, 4, 72, "h", ASSUMED, "spontaneous recovery", "half-life of recent-view counts")
    reinforcement_per_h: float = parameter(0.30, 0, 1, "1/h", CALIBRATED, "F34", "social reinforcement inside group chats", "alpha_s", prior=(0.06, 0.6))
    visible_outrage: float = parameter(0.35, 0.1, 0.9, "share", ASSUMED, "expressed outrage that others can see", "expressed outrage above which a person is visibly outraged", prior=(0.25, 0.5))
    reinforcement_threshold: float = parameter(0.10, 0, 0.25, "share", LITERATURE, "Centola 2018: at most .25 (not re-checked)", "outraged share of own groups above which reinforcement starts", "phi", prior=(0.05, 0.25))
    outrage_half_life_h: float = parameter(4.0, 2, 8, "h", LITERATURE, "anger about 2 h: Verduyn 2015 (secondary source)", "half-life of outrage at zero identification", "h_0", prior=(2, 8))
    identity_persistence: float = parameter(2.5, 0, 5, "ratio", LITERATURE, "hatred about 60 h: Verduyn 2015 (secondary source)", "how much longer outrage lasts at full identification", "h_1", prior=(1, 5))
    novelty_half_life_h: float = parameter(12.0, 4, 1e9, "h", CALIBRATED, "F34; hashtag half-lives 17.5 to 11.9 h (not re-checked)", "half-life of an event's novelty", "h_nu", prior=(6, 24))

    novelty_statement: float = parameter(0.80, 0, 1, "share", ASSUMED, "-", "novelty of a first statement or a partner's exit")
    novelty_penalty: float = parameter(1.0, 0, 1, "share", ASSUMED, "names and levels are news", "novelty of a penalty notice")
    novelty_explanation: float = parameter(0.50, 0, 1, "share", CALIBRATED, "H08: attention falls on day 4", "novelty of an explanation or a reform: known facts, new voice")
    novelty_echo: float = parameter(0.30, 0, 1, "share", ASSUMED, "-", "what an act stirs up on the other topic")
    novelty_mock: float = parameter(0.40, 0, 1, "share", ASSUMED, "-", "novelty of an unscripted mock")

    # --- E6, E7 expression -------------------------------------------------------------------
    governance_voice: float = parameter(1.0, 0, 1, "share", ASSUMED, "union of two independent grounds", "weight of governance outrage in expressed outrage")
    post_per_h: float = parameter(0.03, 0, 0.1, "1/h", CALIBRATED, "volume", "posting of a calm person at mean activity", "lambda_0", prior=(0.01, 0.09))
    outburst: float = parameter(2.5, 1.5, 4, "-", CALIBRATED, "Brady 2017 PNAS for tone", "log-slope of posting on expressed outrage", "gamma", prior=(1.5, 4))
    baseline_talk: float = parameter(0.05, 0, 0.2, "ratio", ASSUMED, "everyday talk", "off-topic posts, over outburst", "epsilon")
    news_talk: float = parameter(0.7, 0, 3, "ratio", CALIBRATED, "F37: .55-.66 of posts negative", "neutral on-topic posts of aware people while the news is fresh", prior=(0.3, 1.4))
    tone_gain: float = parameter(0.18, 0, 0.3, "ratio", LITERATURE, "Brady 2017 PNAS: +.15 to +.20 per moral-emotional word", "extra spread of a fully outraged post", prior=(0.1, 0.3))
    posting_fatigue: float = parameter(0.45, 0.0, 0.8, "1/view", LITERATURE, "sign: Johnen 2018; Bao 2013 saturation at two", "loss of willingness to post per view beyond two", "kappa")
    activity_sd: float = parameter(1.9, 0.5, 2.3, "log-sd", LITERATURE, "top 1 % of people write .30-.60 of posts (F6)", "spread of people's activity", "sigma_a", prior=(1.5, 2.3))

    # --- E8 grudge and trust -----------------------------------------------------------------
    grudge_build_per_h: float = parameter(0.008, 0, 0.03, "1/h", CALIBRATED, "with exit_threshold", "grudge from outrage", "g_up", prior=(0.0033, 0.02))
    grudge_half_life_d: float = parameter(21.0, 7, 60, "d", LITERATURE, "Goya boycott three weeks; Gregoire 2009 two months", "half-life of a grudge", "h_G", prior=(14, 60))
    trust_loss_per_h: float = parameter(0.0025, 0, 0.03, "1/h", LITERATURE, "asymmetry: Slovic (not re-checked)", "trust lost to outrage", "k_minus", prior=(0.001, 0.004))
    trust_ceiling: float = parameter(0.92, 0.8, 1, "share", LITERATURE, "Schweitzer 2006: never fully after deception", "most trust that can come back, over the initial", "rho", prior=(0.8, 1))
    trust_at_zero: float = parameter(0.35, 0.2, 0.5, "share", ASSUMED, "-", "mean trust at zero identification", "T_0", prior=(0.25, 0.45))

    # --- E9 exit -----------------------------------------------------------------------------
    exit_threshold: float = parameter(0.68, 0.35, 0.9, "share", CALIBRATED, "churn bound of F25", "pressure at which people act", "theta", prior=(0.5, 0.9))
    exit_threshold_sd: float = parameter(0.15, 0.02, 0.3, "share", ASSUMED, "-", "spread of that threshold", prior=(0.1, 0.2))
    peer_weight: float = parameter(0.25, 0, 0.5, "share", ASSUMED, "complex contagion, Centola 2018 (not re-checked)", "pressure from three or more declared peers; one peer alone adds none", "omega", prior=(0, 0.5))
    trust_weight: float = parameter(0.30, 0, 0.5, "share", ASSUMED, "-", "how trust holds people back", "psi", prior=(0, 0.5))
    declare_per_h: float = parameter(0.15, 0, 0.3, "1/h", ASSUMED, "-", "declaring a boycott once pressed", "b_d", prior=(0.05, 0.3))
    unfollow_per_h: float = parameter(0.005, 0, 0.3, "1/h", ASSUMED, "cheaper act at half the threshold; order of documented losses: .6 % a month, at worst 7 %", "unfollowing")
    sell_per_h: float = parameter(0.002, 0, 0.1, "1/h", ASSUMED, "costlier act", "selling a device after declaring")
    realised_share: float = parameter(0.12, 0, 0.25, "share", LITERATURE, "intention gap: Goya, close to 0", "share of those who declare who do leave", "rho_X", prior=(0.02, 0.25))
    switching_cost: float = parameter(0.30, 0, 0.9, "share", ASSUMED, "ecosystem lock-in", "share of leavers whom cost holds")
    exit_per_h: float = parameter(0.01, 0, 0.1, "1/h", ASSUMED, "-", "pace at which leavers do leave")
    demanding_share: float = parameter(0.15, 0, 1, "share", ASSUMED, "the case articles: a firm taken hostage by the next demand", "core fans whom a concession makes ask for more", "s_n", prior=(0, 0.3))
    demand_lowers: float = parameter(0.15, 0, 0.5, "share", ASSUMED, "sign: Freedman & Fraser 1966 (not re-checked)", "what a concession takes of the pressure at which these act", "x_n", prior=(0.05, 0.3))

    skip_outraged: float = parameter(0.5, 0, 1, "share", ASSUMED, "order: bud_light_2023, a quarter of sales", "visits that a fully outraged person skips", "a_v", prior=(0.2, 0.8))
    skip_distrusting: float = parameter(1.0, 0, 4, "share", ASSUMED, "order: bud_light_2023, a quarter of sales", "visits skipped at no trust left, over all", "b_v", prior=(0.5, 2))

    # --- E10 opinion leaders -----------------------------------------------------------------
    leader_exit_per_h: float = parameter(0.08, 0, 0.3, "1/h", CALIBRATED, "F30: one or two of eight", "partner's exit at full push", "h_K", prior=(0.04, 0.16))
    leader_exit_base: float = parameter(-4.5, -8, 0, "logit", ASSUMED, "-", "exit log-odds with calm followers", "b_0K", prior=(-5.5, -3.5))
    leader_exit_followers: float = parameter(9.0, 4, 14, "logit", CALIBRATED, "F30", "weight of outraged followers", "b_r", prior=(4.5, 13.5))
    leader_exit_contract: float = parameter(1.5, 0, 3, "logit", ASSUMED, "-", "weight of the contract at stake", "b_v")
    leader_exit_called: float = parameter(1.5, 0, 4, "logit", ASSUMED, "-", "weight of having been called by the brand", "b_p", prior=(0.5, 3))
    leader_post_per_h: float = parameter(0.3, 0, 2, "1/h", CALIBRATED, "F12", "neutral leader's posts when the topic is hot")
    leader_heat: float = parameter(40_000, 4_000, 400_000, "heat", ASSUMED, "-", "heat at which neutral leaders write at that pace", prior=(20_000, 80_000))
    unconfirmed_report: float = parameter(0.002, 0, 1, "share", ASSUMED, "reporters wait for something official", "reporting before any official word, over reporting after", prior=(0.0005, 0.005))
    verification_h: float = parameter(12.0, 0.5, 48, "h", CALIBRATED, "F9: first hashtag 17 h after the apology", "half-time in which reporters confirm a first official word", prior=(6, 24))
    mock_per_h: float = parameter(0.004, 0, 0.1, "1/h", ASSUMED, "-", "antagonist's mocks when the topic is hot")
    leader_volume: float = parameter(3.0, 1, 6, "posts", ASSUMED, "-", "weight of a leader's post in heat and in signals")

    # --- E11 platform ------------------------------------------------------------------------
    heat_half_life_h: float = parameter(0.8, 0.1, 6, "h", MEASURED, "hot list: a third of the peak an hour later (platform_trajectory, 30,000 peaks); split with hashtag_half_life_h by hand", "half-life of a hashtag's heat", "h_H", prior=(0.5, 1.2))
    hashtag_half_life_h: float = parameter(0.6, 0.05, 6, "h", CALIBRATED, "as heat_half_life_h", "half-life of a hashtag's claim on new talk", "h_tag", prior=(0.3, 1.5))
    hashtag_spread: float = parameter(0.7, 0, 1.5, "log-sd", CALIBRATED, "platform_trajectory says .9 (brand affairs, heat after the peak), the platform module .15 to .6 beside luck and talk that differ", "how much hashtags differ in how long they last, both half-lives together", "sigma_h", prior=(0.3, 1.0))
    heat_per_post: float = parameter(4_000, 0, 100_000, "heat/post", CALIBRATED, "peaks of the case on the list", "heat of one post in 3,000 people", "kappa", prior=(1_000, 12_000))
    community_size: float = parameter(1.0, 0.001, 1000, "ratio", ASSUMED, "a case says how large its community is, or from where to where", "people who talk on the list, over as many as the case says", "x_m", prior=(1.0, 1.0))
    report_per_h: float = parameter(0.08, 0, 2, "1/h", CALIBRATED, "the case's topics were listed 17, 8 and 2.5 h after their acts", "a reporter's headlines of what is wholly new and confirmed", "h_r", prior=(0.03, 0.16))
    report_spread: float = parameter(0.6, 0, 1.5, "log-sd", ASSUMED, "hashtags of one notice differed threefold in the case", "luck of a report's heat", "sigma_r", prior=(0.3, 0.9))
    crowd_per_h: float = parameter(0.03, 0, 5, "1/h", ASSUMED, "MODEL-2, S11", "hashtags that people make themselves where their talk of a step is as hot as the list's last place", "r_c", prior=(0, 0.1))
    official_heat: float = parameter(250_000, 0, 5e6, "heat", CALIBRATED, "peaks of the case: .53, .33, 1.05 M", "heat that a report of something wholly new brings its hashtag", "g", prior=(100_000, 600_000))

    heat_staff: float = parameter(0.5, 0, 2, "ratio", ASSUMED, "-", "heat and newsworthiness of a staff statement over the company's", prior=(0.2, 1))
    heat_pr_head: float = parameter(0.8, 0, 2, "ratio", CALIBRATED, "the apology's .53 M", "heat and newsworthiness of the PR head's personal post over the company's", prior=(0.3, 1.5))
    heat_founder: float = parameter(7.0, 1, 10, "ratio", CALIBRATED, "the founder's 1.05 M over the penalty's .33 M", "heat and newsworthiness of the founder's words over the company's", prior=(3, 7))

    # --- E12 PR team -------------------------------------------------------------------------
    detection_lag_h: float = parameter(1.0, 0.25, 6, "h", ASSUMED, "-", "median lag from alarm to awareness", "l_det", prior=(0.25, 6))
    deliberation_h: float = parameter(3.0, 0.25, 12, "h", ASSUMED, "-", "median deliberation; twice that at night", prior=(1, 12))

    # --- E13 sincerity -----------------------------------------------------------------------
    sincerity_base: float = parameter(-0.6, -1.2, 0, "logit", LITERATURE, "order: Lewicki 2016", "words without content", "b_0", prior=(-1.2, 0))
    sincerity_acknowledge: float = parameter(1.0, 0, 1.6, "logit", LITERATURE, "order: Lewicki 2016: responsibility first", "full acknowledgement of responsibility", "b_acc", prior=(0.4, 1.6))
    sincerity_explain: float = parameter(0.4, 0, 1.2, "logit", LITERATURE, "order: Lewicki 2016", "a full explanation of how it came about", "b_exp", prior=(0.1, 0.8))
    sincerity_regret: float = parameter(0.4, 0, 1.2, "logit", LITERATURE, "order: Lewicki 2016", "full regret", "b_reg", prior=(0.1, 0.8))
    sincerity_repair: float = parameter(0.7, 0, 1.6, "logit", LITERATURE, "order: Lewicki 2016: repair second", "a full offer of repair, in words", "b_rep", prior=(0.3, 1.2))
    sincerity_forced: float = parameter(0.3, 0, 1.2, "logit", ASSUMED, "the case articles: concession under pressure", "an admission that came after exits or under the list's pressure", "b_for", prior=(0, 0.8))
    sincerity_correct: float = parameter(1.3, 0, 1.9, "logit", LITERATURE, "order: Lewicki 2016", "full corrective action", "b_corr", prior=(0.7, 1.9))
    sincerity_specific: float = parameter(0.8, 0, 1.4, "logit", LITERATURE, "order: Lewicki 2016; Frantz & Bennigson 2005", "specificity once the facts are in", "b_spec", prior=(0.2, 1.4))
    sincerity_voice: float = parameter(0.4, 0, 1, "logit", LITERATURE, "sign: Zhang 2024 PRR", "who speaks, staff to founder")
    fact_finding_h: float = parameter(10.0, 4, 36, "h", ASSUMED, "-", "time in which the facts come in", "tau_inv", prior=(4, 36))
    sincerity_delay: float = parameter(0.55, 0, 1, "logit", LITERATURE, "sign: Hock & Raithel 2020; contested", "delay", "b_del", prior=(0.2, 1))
    delay_scale_h: float = parameter(6.0, 3, 24, "h", ASSUMED, "-", "scale of that delay", "tau_d", prior=(3, 24))
    sincerity_mismatch: float = parameter(0.55, 0, 1, "logit/level", LITERATURE, "sign: Moisio, Capelli & Sabadie 2021", "punished below the blamed level", "b_mis", prior=(0.2, 1))
    sincerity_excess: float = parameter(0.6, 0, 1, "logit", ASSUMED, "-", "punished beyond just desert", "b_ovr", prior=(0, 1))
    just_desert: float = parameter(2.0, 1, 3, "level", ASSUMED, "-", "level times severity that is still felt as just", "J", prior=(1, 3))
    full_severity: float = parameter(0.6, 0.3, 1, "share", ASSUMED, "-", "severity that counts as the full level", prior=(0.4, 0.9))
    blamed_level: float = parameter(2.6, 1.5, 3.5, "level 0-4", ASSUMED, "sceptics in the case articles", "mean level the public blames", "l_star", prior=(1.5, 3.5))
    blamed_level_sd: float = parameter(0.8, 0.2, 1.2, "level", ASSUMED, "-", "spread of the blamed level", prior=(0.4, 1.2))

    correct_termination: float = parameter(0.40, 0, 1, "share", ASSUMED, "-", "correction that ending the deal amounts to")
    correct_penalty: float = parameter(0.3, 0, 1, "share", ASSUMED, "-", "correction that a penalty at the blamed level is", prior=(0.1, 0.5))
    correct_reform: float = parameter(0.50, 0, 1, "share", ASSUMED, "M17", "correction that a full reform amounts to")
    correct_compensation: float = parameter(0.20, 0, 1, "share", ASSUMED, "-", "correction that full compensation amounts to", prior=(0.05, 0.6))
    voice_pr_head: float = parameter(0.50, 0, 1, "share", ASSUMED, "between staff (0) and founder (1)", "voice of the PR head")
    voice_company: float = parameter(0.40, 0, 1, "share", ASSUMED, "between staff (0) and founder (1)", "voice of the company")
    thunder: float = parameter(0.35, 0, 0.8, "share", LITERATURE, "sign: Arpan 2005; Claeys (null in one denial study)", "betrayal taken away by telling it oneself before the leak")
    denial_doubt: float = parameter(0.30, 0, 0.8, "share", ASSUMED, "-", "credibility that a denial takes from the evidence")

    # --- E14 reception -----------------------------------------------------------------------
    relief: float = parameter(0.75, 0, 0.9, "share", CALIBRATED, "modest effect: Ma & Zhan 2016, r = .23", "relief of one who accepts a fully sincere response", "mu", prior=(0.3, 0.9))
    relief_half_life_h: float = parameter(16.0, 6, 1e9, "h", CALIBRATED, "rebound", "half-life of relief from words alone", "h_R", prior=(6, 48))
    acceptance_base: float = parameter(0.25, 0.1, 0.4, "share", ASSUMED, "-", "sincerity that half of strangers accept", "c_0", prior=(0.15, 0.35))
    acceptance_identity: float = parameter(0.10, -0.2, 0.5, "share", LITERATURE, "sign contested: identification increases the effect of responses, Ma 2020 (N = 868)", "how much more full fans ask", "c_1", prior=(-0.10, 0.35))
    acceptance_slope: float = parameter(12.0, 4, 20, "1", ASSUMED, "smooth: a hard cut makes false cliffs", "slope", "k_S", prior=(6, 18))
    backfire: float = parameter(0.25, 0, 0.5, "share", ASSUMED, "-", "outrage from a response that is rejected", "xi")
    governance_apology: float = parameter(0.12, 0, 0.3, "share", CALIBRATED, "F31", "governance outrage that an apology raises", "g_A")
    governance_penalty: float = parameter(0.35, 0, 0.7, "share", CALIBRATED, "F31", "governance outrage that a mismatch raises", "g_P")
    reform_relief: float = parameter(0.7, 0, 1, "share", ASSUMED, "M17", "governance outrage that full reform takes away")
    explanation_relief: float = parameter(0.3, 0, 1, "share", ASSUMED, "the case articles: an approval chain that nobody explained", "governance outrage that a full explanation takes away, if accepted", "r_x", prior=(0.1, 0.6))
    governance_floor: float = parameter(0.35, 0, 1, "share", ASSUMED, "who approved it, who vets?", "governance grievance that no penalty takes away")
    official_reach_core: float = parameter(0.60, 0, 1, "share", ASSUMED, "core fans follow the accounts", "core fans an act reaches")
    official_reach_customer: float = parameter(0.15, 0, 1, "share", ASSUMED, "-", "customers an act reaches directly")

    # --- E15 costs ---------------------------------------------------------------------------
    process_half_life_h: float = parameter(24.0, 12, 72, "h", ASSUMED, "-", "process time that halves that chance", "tau_proc", prior=(12, 72))
    monthly_wage_hkd: float = parameter(60000.0, 1e4, 3e5, "HKD", ASSUMED, "-", "monthly wage of a dismissed handler", "w_m")
    tenure_y: float = parameter(4.0, 0.5, 20, "years", ASSUMED, "-", "tenure of a dismissed handler", "y")
    morale_loss: float = parameter(0.12, 0, 0.15, "share", LITERATURE, "Heinz 2020 EJ: 12 % less output after unfair lay-offs", "morale lost when a penalty is felt as unfair", prior=(0.05, 0.15))

    # --- E16 market --------------------------------------------------------------------------
    daily_volatility: float = parameter(0.0219, 0.015, 0.03, "1/d", MEASURED, "the fitted case's share, 62 days before it", "standard deviation of daily log returns", "sigma_D", prior=(0.018, 0.026))
    overnight_share: float = parameter(0.34, 0.2, 0.5, "share", MEASURED, "the fitted case's share, 62 days before it", "overnight share of the variance", prior=(0.25, 0.45))
    flow_impact: float = parameter(0.3, 0, 1, "sigma", ASSUMED, "Kyle 1985 (not re-checked); checked by F28", "price move of one standard deviation of noise flow", "lambda_K", prior=(0.1, 0.9))

    # --- E17 second wave ---------------------------------------------------------------------
    exogenous_wave_per_d: float = parameter(0.016, 0, 0.1, "1/d", CALIBRATED, "80 % of the fitted population of affairs (decision 17); the case: one in 11 days; re-entry of a hashtag 1.7 %", "second waves from outside, where the case has no documented one", "pi_x", prior=(0.008, 0.033))
    leak_per_d: float = parameter(0.01, 0, 0.2, "1/d", CALIBRATED, "80 % of the fitted population of affairs (decision 17): few topics come days after an apology", "inside leak at full mismatch of punished and blamed", prior=(0.004, 0.02))
    promise_due_d: float = parameter(7.0, 3, 12, "d", ASSUMED, "-", "days after which a promised reform must be delivered", prior=(5, 10))
    broken_promise: float = parameter(0.06, 0, 0.2, "share", ASSUMED, "-", "trust lost when it is not")

    # --- E18 what stays unanswered -------------------------------------------------------------
    patience_h: float = parameter(36.0, 6, 168, "h", LITERATURE, "order: statements within 72 h count as fast, Hock & Raithel 2020", "hours in which a word, an admission and a penalty are not yet overdue", "tau_w", prior=(24, 72))
    doubt_hardens: float = parameter(0.3, 0, 1, "share", LITERATURE, "sign: Hornsey 2024 (no information costs trust); size assumed", "doubt that turns into certainty while nothing is admitted", "rho_K", prior=(0, 0.6))
    doubt_half_life_h: float = parameter(36.0, 6, 168, "h", ASSUMED, "MODEL-2, S3", "half-life of what is left of that doubt", "h_K", prior=(12, 72))
    silence_size: float = parameter(0.2, 0, 1, "share", ASSUMED, "MODEL-2, S5; no comment is about as bad as defensiveness, Uhlmann & Diermeier (not re-checked)", "how new a matter of governance silence becomes when patience has run out", "z_s", prior=(0, 0.4))
    question_per_d: float = parameter(0.15, 0, 2, "1/d", ASSUMED, "MODEL-2, S4: small values meet the gates; sign: Baidu 2024, no word for 49 h", "new questions of all reporters while nobody is convinced", "r_U", prior=(0, 0.6))
    question_half_life_d: float = parameter(7.0, 1, 60, "d", ASSUMED, "MODEL-2, S4", "half-life of reporters' interest in an open question", "h_U", prior=(3, 14))
    press_per_d: float = parameter(0.4, 0, 12, "1/d", CALIBRATED, "80 % of the fitted population of affairs (decision 17)", "third parties whom all reporters bring at first, once the affair was listed", "r_P", prior=(0.13, 1.1))
    press_half_life_d: float = parameter(0.9, 0.25, 60, "d", CALIBRATED, "80 % of the fitted population of affairs (decision 17)", "half-life of third parties' interest, from the first listing on", "h_P", prior=(0.6, 1.5))
    press_answered: float = parameter(0.25, 0, 1, "share", CALIBRATED, "80 % of the fitted population of affairs (decision 17); confounded: answered affairs are larger", "third parties that still come once the brand has admitted anything to everybody", "f", prior=(0.13, 0.5))
    found_out_per_d: float = parameter(0.15, 0, 2, "1/d", ASSUMED, "MODEL-2, S7", "how often a denial is found out, at full credibility", "lambda_e", prior=(0.05, 0.4))

    # --- E19 whether fans are heard ------------------------------------------------------------
    spoken_for_per_h: float = parameter(0.01, 0, 0.1, "1/h", ASSUMED, "the case articles: from co-creators to those who are spoken for", "belonging lost at full governance outrage", "l", prior=(0.003, 0.03))
    belonging_weight: float = parameter(0.15, 0, 0.5, "share", LITERATURE, "sign: exit, voice and loyalty, Hirschman 1970 (not re-checked); size assumed", "pressure to leave where no belonging is left", "k", prior=(0, 0.3))

    # --- who is how many ---------------------------------------------------------------------
    real_share_core: float = parameter(0.05, 0.005, 0.2, "share", ASSUMED, "order of magnitude", "core fans among real people")
    # fmt: on

    def __post_init__(self) -> None:
        check_ranges(self, "parameters")


@dataclass(frozen=True)
class Mechanisms:
    """Every mechanism with its switch: false knocks it out. Equation numbers as in docs/ODD.md."""

    visibility_memory: bool = True  #: E1
    follower_ties: bool = True  #: E2
    fan_groups: bool = True  #: E2
    opinion_leaders: bool = True  #: E2, E10
    trending_list: bool = True  #: E2, E11
    evidence_credibility: bool = True  #: E3
    betrayal: bool = True  #: E4
    habituation: bool = True  #: E5
    social_reinforcement: bool = True  #: E5
    novelty_decay: bool = True  #: E5
    governance_topic: bool = True  #: E5, E14
    expressed_governance: bool = True  #: E6
    posting: bool = True  #: E7
    posting_fatigue: bool = True  #: E7
    grudge: bool = True  #: E8
    trust: bool = True  #: E8
    exit_acts: bool = True  #: E9
    peer_contagion: bool = True  #: E9
    next_demand: bool = True  #: E9
    leader_exit: bool = True  #: E10
    mocking: bool = True  #: E10
    official_heat: bool = True  #: E11
    detection: bool = True  #: E12
    sincerity: bool = True  #: E13
    reception: bool = True  #: E14
    rebound: bool = True  #: E14
    backfire: bool = True  #: E14
    costs: bool = True  #: E15
    market_sentiment: bool = True  #: E16
    buyback_impact: bool = True  #: E16
    buyback_weakness: bool = True  #: E16
    exogenous_wave: bool = True  #: E17
    endogenous_wave: bool = True  #: E17
    overdue_penalty: bool = True  #: E18
    hardening_doubt: bool = True  #: E18
    silence_noticed: bool = True  #: E18
    open_questions: bool = True  #: E18
    third_parties: bool = True  #: E18
    news_apart: bool = True  #: E18, what is accepted is news and no grievance
    denials_found_out: bool = True  #: E18
    belonging: bool = True  #: E19


_NEVER = 1e9  # an hour count, or a number of standard deviations, that no run reaches

#: What a knocked-out mechanism does to the parameters; the rules themselves have no switches.
KNOCK_OUT: dict[str, dict[str, float]] = {
    "visibility_memory": {
        "visible_12min": 1.0,
        "visible_1h": 0.0,
        "visible_4h": 0.0,
        "visible_24h": 0.0,
        "visible_200h": 0.0,
    },
    "follower_ties": {"see_person": 0.0},
    "fan_groups": {"see_group": 0.0, "reinforcement_per_h": 0.0, "peer_weight": 0.0},
    "opinion_leaders": {"see_leader": 0.0, "leader_volume": 0.0},
    "trending_list": {"see_list": 0.0},
    "evidence_credibility": {"evidence_floor": 1.0},
    "betrayal": {"self_relevance": 0.0},
    "habituation": {"habituation": 0.0},
    "social_reinforcement": {"reinforcement_per_h": 0.0},
    "novelty_decay": {"novelty_half_life_h": _NEVER},
    "governance_topic": {
        "governance_gain": 0.0,
        "governance_apology": 0.0,
        "governance_penalty": 0.0,
    },
    "expressed_governance": {"governance_voice": 0.0},
    "posting": {"post_per_h": 0.0},
    "posting_fatigue": {"posting_fatigue": 0.0},
    "grudge": {"grudge_build_per_h": 0.0},
    "trust": {"trust_loss_per_h": 0.0, "trust_gain_per_h": 0.0, "broken_promise": 0.0},
    "exit_acts": {"declare_per_h": 0.0, "unfollow_per_h": 0.0},
    "peer_contagion": {"peer_weight": 0.0},
    "next_demand": {"demanding_share": 0.0},
    "leader_exit": {"leader_exit_per_h": 0.0},
    "mocking": {"mock_per_h": 0.0, "mock_increment": 0.0},
    "official_heat": {"official_heat": 0.0},
    "detection": {"detection_z": _NEVER},
    "sincerity": {
        "sincerity_base": 0.0,
        "sincerity_acknowledge": 0.0,
        "sincerity_explain": 0.0,
        "sincerity_regret": 0.0,
        "sincerity_repair": 0.0,
        "sincerity_request": 0.0,
        "sincerity_forced": 0.0,
        "sincerity_contradicts": 0.0,
        "sincerity_correct": 0.0,
        "sincerity_specific": 0.0,
        "sincerity_voice": 0.0,
        "sincerity_delay": 0.0,
        "sincerity_mismatch": 0.0,
        "sincerity_excess": 0.0,
    },
    "reception": {
        "relief": 0.0,
        "backfire": 0.0,
        "governance_apology": 0.0,
        "governance_penalty": 0.0,
        "reform_relief": 0.0,
    },
    "rebound": {"relief_half_life_h": _NEVER},
    "backfire": {"backfire": 0.0},
    "costs": {"unlawful_risk": 0.0, "morale_loss": 0.0},
    "market_sentiment": {"sentiment_drift": 0.0},
    "buyback_impact": {"impact": 0.0},
    "buyback_weakness": {"buyback_weakness": 0.0},
    "exogenous_wave": {"exogenous_wave_per_d": 0.0},
    "endogenous_wave": {"leak_per_d": 0.0, "broken_promise": 0.0},
    "overdue_penalty": {"overdue_half_life_h": _NEVER},
    "hardening_doubt": {"doubt_hardens": 0.0},
    "silence_noticed": {"silence_size": 0.0},
    "open_questions": {"question_per_d": 0.0},
    "third_parties": {"press_per_d": 0.0},
    "news_apart": {"acceptance_calms": 0.0},
    "denials_found_out": {"found_out_per_d": 0.0},
    "belonging": {"spoken_for_per_h": 0.0},
}
