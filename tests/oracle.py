"""The rules once more, in plain NumPy, written from docs/ODD.md and not from sim.rules.

Engines that share a wrong rule agree on it; this independent reading does not share it.
Names are the ODD's headings.
"""

import numpy as np


def pos(x):
    return np.maximum(x, 0.0)


def sat(x):
    return x / (1 + x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def kind_of_post(u, heat, news, aware, everyday):
    """2 outraged, 1 neutral, 0 off topic: three pieces of one line."""
    place = u * (heat + news * aware + everyday)
    return 2.0 * (place < heat) + 1.0 * ((place >= heat) & (place < heat + news * aware))


def brought(u, asking, press, formal):
    """0 a question, then a regulator and a media test of equal share, a brand, a video."""
    v = u + (u - 1) * asking / np.maximum(press, 1e-12)
    third = 1.0 + (v >= formal) + (v >= 2 * formal) + (v >= 0.5 + formal)
    return np.where(asking >= u * asking + u * press, 0.0, third)


ORACLE = {
    "pace": {
        "keep": lambda h, dt: 0.5 ** (dt / h),
        "per_step": lambda r, dt: r * dt,
        "hours": lambda d: d * 24,
        "steps": lambda t, dt: t / dt,
        "whole_steps": lambda t, dt: np.rint(t / dt),
    },
    "exposure": {
        "memory_keep": lambda tau, dt: np.exp(-dt / tau),
        "memory_weight": lambda w, whole, keep: (w - w * keep) / np.maximum(whole, 1e-12),
        "chat_views": lambda v, n: v * n,
        "arriving_views": lambda k, scale, chat: chat + k / scale,
        "visible_views": lambda x, w, m: w * m + x,
        "list_views": lambda p, b, level: level * b * p,
        "remembered": lambda m, keep, new: new + m * keep,
        "offered_views": lambda t, b, li, c: (t + b + li) * c,
        "attended_views": lambda d, g, cap: (d + g) / (1 + (d + g) / cap),
        "exposure_probability": lambda x: 1 - 1 / (1 + x),
        "governance_chance": lambda p, d, g: p * g / np.where(d + g > 0, d + g, 1),
        "seen_governance": lambda u, g: 1.0 * (u < g),
        "seen_deal": lambda u, g, p: 1.0 * ((g <= u) & (u < p)),
        "anything_seen": lambda d, g: d + g,
        "recent_views": lambda n, keep, hit: hit + n * keep,
    },
    "evidence": {
        "added_credibility": lambda k, q: k + q - k * q,
        "floored": np.maximum,
        "raised_betrayal": lambda b, m: m + b,
        "doubted": lambda k, d: k - d * k,
        "told_first": lambda b, b0, h, a: b - b0 * h * a,
        "old_news": lambda h: 1 - h,
        "still_new": lambda x, a: a * x,
        "appeased": lambda nu, x: nu - x * nu,
        "occasion": lambda x, u, y: x * u - x * u * y,
        "with_second": lambda b, m, old, new: b - m * old + m * new,
        "mock_size": lambda d, m: m * d,
        "mock_amount": lambda m, so_far, cap: pos(np.minimum(m + so_far, cap) - so_far),
    },
    "appraisal": {
        "charged": lambda w, b: b * w,
        "perceived_severity": lambda b, more: np.minimum(b + more, 1),
        "concern": lambda i, c: 1 - (1 - c) * (1 - i),
        "appraisal": lambda k, b, w, chi, t, i: k * b * (w * i + (1 - w) - (1 - w) * chi * t),
        "felt_level": lambda lv, s, full: lv * np.minimum(s / full, 1),
        "accountability_gap": lambda blamed, felt: pos(1 - felt / blamed),
        "governance_appraisal": lambda gap, f, g, r, i, c: (
            (1 - (1 - f) * (1 - gap)) * (1 - r * g) * (i + c - c * i)
        ),
        "outraged_share": lambda n, others: others * n,
        "social_gain": lambda a, c, dt: a * dt * c,
        "push": lambda nu, a, felt, e, x, s, sigma, i, k: (
            nu * a * felt * e * x + nu * s * sigma * i * k
        ),
        "habituated": lambda n, eta: 1 / (1 + n * eta),
        "reinforcement": lambda f, phi: pos(f - phi) / (1 - phi),
        "next_outrage": lambda o, keep, push: o * keep + (1 - o) * sat(push),
    },
    "reception": {
        "logistic": sigmoid,
        "correction": lambda t, p, g, m, ct, cp, cr, cm: (
            1 - (1 - ct * t) * (1 - cp * p) * (1 - cr * g) * (1 - cm * m)
        ),
        "over_penalty": lambda lv, s, j: ((lv * s - j) + np.sqrt((lv * s - j) ** 2 + 0.1)) / 2,
        "content": lambda a, x, r, p, q, ba, bx, br, bp, bq: (
            ba * a + bx * x + br * r + bp * p + bq * q
        ),
        "contradiction": lambda d, a, o: np.maximum(d, np.abs(a - o)),
        "two_faced": lambda x, b, d: x - d * b,
        "sincerity": lambda c, co, t, d, gap, ov, v, f, b0, bc, bs, ti, bd, td, bm, bo, bv, bf: (
            sigmoid(
                b0
                + c
                - bf * f
                + bc * co
                + bv * v
                + bs * (1 - np.exp(-t / ti))
                - bd * np.log(1 + d / td)
                - bm * gap
                - bo * ov
            )
        ),
        "acceptance": lambda s, i, c0, c1, k: sigmoid(k * (s - c0 - c1 * i)),
        "punished": lambda gap, y: y - gap * y,
        "ended_with_culprit": lambda t, p, b: t + p * (1 - t) - b * p * (1 - t),
        "missing_levels": lambda gap, blamed, pi: pi * (blamed * gap),
        "added_relief": lambda r, mu, s, x: r + mu * s * x * (1 - r),
        "relieved_governance": lambda o, r, g, s: o - o * r * g * s,
        "governance_question": lambda a, p, gap: gap * p + a,
        "fading_relief": lambda r, c, keep: np.where(r > c, c + (r - c) * keep, c),
        "backfired": lambda o, s, i, c0, c1, xi: o + (1 - o) * xi * pos(c0 + c1 * i - s) * i,
        "raised_governance": lambda o, a, g, r, i, c: (
            o + (1 - o) * a * (1 - r * g) * (c + i - i * c)
        ),
    },
    "expression": {
        "expressed_outrage": lambda d, g, r, v: 1 - (1 - d * (1 - r)) * (1 - v * g),
        "outburst": lambda x: x + x**2 / 2 + x**3 / 6 + x**4 / 24 + x**5 / 120,
        "visibly_outraged": lambda o, v: 1.0 * (o >= v),
        "arousal": lambda g, o: sum((g * o) ** k / f for k, f in enumerate((1, 2, 6, 24, 120), 1)),
        "news_talk": lambda n, nu, m: n * nu + n * nu * m,
        "talk": lambda e, n, y: n * y + e,
        "willingness": lambda d, g, kappa: 1 / (1 + kappa * pos(d + g - 2)),
        "posting_rate": lambda b, a, c, h, t, w: b * a * c * (h + t) * w,
        "event_probability": lambda r, dt: sat(r * dt),
        "post_weight": lambda o, delta, see, scale: np.floor(see * (1 + delta * o) * scale),
        "kind_of_post": kind_of_post,
        "deal_ground": lambda o, r: o - o * r,
        "governance_ground": lambda v, o: o * v,
        "topic_of_post": lambda u, d, g: 1.0 * (u * d < (1 - u) * g),
        "vented": lambda o, z: o - z * o,
    },
    "leaving": {
        "next_grudge": lambda g, o, keep, b: g * keep + b * o * (1 - g),
        "next_trust": lambda t, t0, o, i, c, lo, ga, ba, rho, c0: (
            t * (1 - lo * o * (i + (1 - i) * c0)) + (ga * c + ba) * pos(rho * t0 - t)
        ),
        "trust_after_promise": lambda t, lo, x, y: t - t * lo * x * y,
        "peer_push": lambda m: np.clip((m - 1) / 2, 0, 1),
        "exit_pressure": lambda g, m, t, u, om, psi: u + g + om * m - psi * (t - 0.5),
        "wants_more": lambda u, s: 1.0 * (u < s),
        "lowered_threshold": lambda theta, x: theta - x * theta,
        "presses": lambda p, theta, s: 1.0 * (p > theta * s),
        "act_probability": lambda r, c, dt: sat(r * c * dt),
        "visits": lambda o, t, t0, a, b: pos((1 - a * o) * (1 - b * pos(1 - t / t0))),
        "leaver_share": lambda rho, k: rho - rho * k,
    },
    "opinion_leader": {
        "exit_rate": lambda f, r, v, c, h, b, bf, bi, bc, y, by: (
            h * c * sigmoid(b + bf * f + bi * r - bc * v - by * y)
        ),
        "angle_rate": lambda h, w, c: w * c * h,
        "attention_rate": lambda h, heat, full, nu, c: h * c * nu * np.minimum(heat / full, 1),
        "reportable": lambda k, u: 1 - (1 - u) * (1 - k),
        "outraged_share": lambda n, whole: n / np.maximum(whole, 1),
        "exit_evidence": lambda q, v: v * q,
        "report_rate": lambda h, heat, full, nu, w, c: h * c * nu * w * np.minimum(heat / full, 1),
        "confirmed": lambda k, keep: k * keep + 1 - keep,
        "topic_of_report": lambda d, g: 1.0 * (g > d),
    },
    "pr_team": {
        "mention_excess": lambda v, b: (v - b) / np.sqrt(b + 1),
        "sampled_mentions": lambda v, s, z: np.maximum(s * v + z * np.sqrt(v * s - v * s**2), 0),
        "lag_steps": lambda m, sd, z, night, dt: np.ceil(
            m * np.exp(sd * z) * np.where(night > 0, 2, 1) / dt
        ),
        "sampled_share": lambda r, n: np.minimum(r / n, 1),
        "expected_mentions": lambda s, r, e, c, dt, n: s * r * e * c * dt * n,
        "next_morale": lambda m, lo, x: m - x * lo,
        "recent_talk": lambda n, keep, posts: n * keep + posts,
        "governance_share": lambda d, g: g / (1e-9 + d + g),
        "acts_in": lambda t, delay, wait: t + wait + np.floor(delay) + 1,
        "expected_legal_cost": lambda r, t, tau, y, w, s: r * 2 ** (-t / tau) * 2 * y * w * s,
        "felt_unfair": lambda lv, s, b, t, tau: sigmoid(
            2 * (lv * s - 0.6 * b)
            + np.exp(-t / tau)
            - 1.5
            + np.where((lv > 0) & (lv < 1.5), 1.5 + b, 0)
        ),
    },
    "platform": {
        "voice": lambda n, scale: np.floor(scale / (n + 1)),
        "next_heat": lambda h, keep, talk: h * keep + talk,
        "post_heat": lambda k, m, x: x * m * k,
        "claim": lambda age, h: 0.5 ** (age / h),
        "lasting": lambda s, u: np.exp(u * s),
        "own_half_life": lambda h, x: x * h,
        "own_keep": lambda keep, x: np.power(keep, 1 / x),
        "share_of_talk": lambda w, whole, k: k * w / np.maximum(whole, 1),
        "report_heat": lambda g, z, x, s, u: np.exp(s * u) * x * z * g,
        "worth": lambda z, keep, age, q, x: x * q * np.power(keep, age) * z,
        "crowd_chance": lambda r, k, wanted, dt: sat(r * dt * (k / wanted) ** 2),
        "competition": lambda sd, rho, x, z: rho * x + z * sd * np.sqrt(1 - rho**2),
        "entry_heat": lambda place, x: np.exp(x) * place,
        "place_share": lambda h, wanted: pos(h - wanted) / (h + wanted),
        "ramp": lambda age, n: np.minimum((1 + age) / n, 1),
        "hashtag_level": lambda f, u: u * f,
        "renewed": np.maximum,
        "next_novelty": lambda nu, keep: keep * nu,
        "freshest": np.maximum,
        "general_talk": lambda v, core, scale, w: v / scale + w * (core / scale),
        "talk_heat": lambda k, n, r, people, leaders, w: k * (n * r / people + leaders * w),
        "shown_share": lambda d: 1 - d,
        "with_hashtag": lambda level, x, one: level + one * x,
        "whole_level": lambda d, g: g + d,
        "reads": lambda c, p, level, s0, b, s1, s2: c * p * level * (s0 * b + s1 + s2),
    },
    "playbook": {
        "loudness": lambda h, p: p * h,
        "since": lambda k, k0, dt: pos(k - k0) * dt,
        "waited": lambda k, last, f, dt, t: np.clip((k - last) * dt - f, 0, t),
        "announced": lambda f, due, last, k, dt: np.where(k > due, f, f + due * dt - last * dt),
        "reach": lambda x, r: r * x,
        "paid": lambda c, a: a + c,
        "compensation_cost": lambda c, s: c * s,
        "compensation_talk": lambda n, s: s * n,
        "reform_in_force": lambda g, w, d: np.maximum(w * d, g),
        "delivery_steps": lambda t, dt: np.round(t / dt),
        "postponed": lambda k, n: n + k,
        "process_hours": lambda n, dt: n * dt,
        "called": lambda y, s: np.where(s > y, s, y),
    },
    "second_wave": {
        "size": lambda u, s0: 1 - (1 - s0) * (1 - u),
        "outside_chance": lambda pi, dt: pi * dt / 24,
        "leak_chance": lambda pi, gap, dt: pi * gap * dt / 24,
        "reach": lambda r, s: s * r,
    },
    "question": {
        "overdue": lambda y, t, w, h: np.where(y == 1, 1, 1 - 0.5 ** (pos(t - w) / h)),
        "hardened": lambda k, rho, keep: 1 - (1 - k) * (1 - rho * (1 - keep)),
        "found_out_chance": lambda lam, k, dt: lam * k * (dt / 24),
        "only_contacts": lambda b, r, b0: b - b0 * r,
        "shown_to": lambda r, z: z * r,
        "accepted_share": lambda a, n: a / np.maximum(n, 1),
        "rearming": lambda z, w, a, n: np.where(n > 0, z - z * w * a, 0),
        "armed": lambda nu, x: np.maximum(x, nu),
        "unanswered": lambda s, scale, n: np.where(n > 0, 1 - s / (scale * np.maximum(n, 1)), 0),
        "asking_rate": lambda r, open_, c, t, h, n: r / 24 / n * open_ * c * 0.5 ** (t / h),
        "press_rate": lambda r, y, f, c, t, h, n: r / 24 / n * (1 - y + y * f) * c * 0.5 ** (t / h),
        "coming": lambda a, b: b + a,
        "brought": brought,
        "size_of_question": lambda u, z0, z1: (1 - u) * z0 + u * z1,
        "asked_of_governance": lambda u, y, gap: 1.0 * (u < np.where(y == 1, gap, 0.5)),
        "believed": lambda a, tau, due: 1.0 * ((a <= tau) & (due < 0)),
        "patience_with": lambda k, due: np.maximum(due + 1, k),
        "patience_step": lambda k0, tau, dt: k0 + np.ceil(tau / dt),
    },
    "belonging": {
        "governance_mean": lambda s, scale, n: np.where(n > 0, s / (scale * np.maximum(n, 1)), 0),
        "spoken_for": lambda lost, per_h, m, dt: lost + (1 - lost) * m * per_h * dt,
        "heard": lambda h, x, a, n: h + (1 - h) * x * a / np.maximum(n, 1),
        "belonging": lambda lost, h: 1 - lost + lost * h,
        "unheard": lambda k, b: k - k * b,
    },
    "census": {
        "public_share": lambda s0, s1: 1 - (s0 + s1),
        "share": lambda n, whole: n / whole,
        "mean": lambda total, scale, whole: total / (scale * whole),
        "with_share": lambda x, s, n, whole: x + s * n / whole,
        "with_mean": lambda x, s, total, scale, whole: x + s * total / (scale * whole),
        "among_aware": lambda o, y: o / (0.01 + y),
    },
    "market": {
        "attention": lambda h, full: 1 / (1 + full / h),
        "sentiment_order": lambda s, a, o: -(s * a * o),
        "sees_weakness": lambda u, s, q: 1.0 * ((q > 0) & (u < s)),
        "other_news": lambda w, noise, flow, night, index: noise + flow + night + w + index,
        "index_return": lambda beta, old, new, n: beta * (np.log(new) - np.log(old)) / n,
        "value_of": lambda f, w: w + f,
        "value_order": lambda k, v, p: k * (v - p),
        "bar_volatility": lambda d, o, n: d * ((1 - o) / n) ** 0.5,
        "buyback_impact": lambda y, d, q, v: y * d * (q / v) ** 0.5,
        "price_move": lambda a, b, c, d, e, f, r, index: a + b + c + d + e + f - r + index,
        "overnight_volatility": lambda d, o: d * np.sqrt(o),
        "reversion_share": lambda n, h: 1 - 0.5 ** (1 / (n * h)),
        "mood": lambda a, o: o * a,
        "unpriced": lambda u, chi, m, w, n: u + chi * m / w / n,
        "fundamental_of": lambda e, x: -(e * x),
        "noise_return": lambda s, la, z: s * z * np.sqrt(1 - la**2),
        "flow_return": lambda s, la, q, scale, n: s * la * (q / scale) / n**0.5,
        "sentiment_return": lambda chi, bars, q, scale, n, u: chi * q / (bars * scale * n) - u,
        "value_return": lambda k, q, scale, n: k * q / (scale * n),
        "overnight_return": lambda s, z: z * s,
        "buyback_return": lambda y, n: y / n,
        "joined_buyback": lambda q, left, bars, a: a + q * (left / bars),
        "reverted": lambda rho, s: s * rho,
        "next_sentiment": lambda s, m, d, b, r: s + m + d * b - r,
        "next_price": lambda p, r: r + p,
        "price_hkd": lambda p0, p: p0 * np.exp(p),
    },
}


def range_of(module, name, argument):
    """Least and largest value that an argument of a rule is tried with."""
    return RANGES.get(f"{module}.{name}.{argument}", RANGES.get(argument, (0, 1)))


def column(module, name, argument, n, generator):
    """Random values of an argument inside its range, the ends included."""
    low, high = range_of(module, name, argument)
    values = generator.uniform(low, high, n)
    values[:2] = low, high
    if argument in WHOLE or f"{module}.{name}.{argument}" in WHOLE:
        values = np.rint(values)
    return generator.permutation(values)


#: Arguments that are counts, or yes and no.
WHOLE = {
    "penalised",
    "earlier",
    "playbook.announced.step",
    "playbook.announced.due",
    "question.accepted_share.reached",
    "question.rearming.reached",
    "question.unanswered.aware",
    "question.believed.due",
    "belonging.governance_mean.aware",
    "belonging.heard.aware",
}


#: Range of each argument by name, as the ODD states it; every other argument is a share. Where a
#: name means something else in one rule, that rule stands before it.
RANGES = {
    "tau_h": (0.2, 200),
    "hours": (0, 300),
    "half_life_d": (2, 20),
    "incoming": (0, 1e6),
    "posts": (0, 20),
    "exposure.attended_views.deal": (0, 5),
    "exposure.attended_views.governance": (0, 5),
    "outraged": (0, 20),
    "opinion_leader.exit_rate.outraged": (0, 1),
    "followers": (0, 50),
    "gain": (0.2, 4),
    "expression.arousal.gain": (1.5, 4),
    "expression.willingness.deal": (0, 2),
    "expression.willingness.governance": (0, 2),
    "expression.kind_of_post.heat": (0, 3),
    "pressure": (-0.2, 1.3),
    "start": (0, 20),
    "playbook.since.step": (0, 20),
    "playbook.announced.step": (0, 100),
    "playbook.announced.due": (-1, 100),
    "playbook.announced.last_word": (0, 100),
    "leaving.visits.start": (0.2, 1),
    "leaving.visits.skips_distrusting": (0, 4),
    "playbook.waited.step": (0, 100),
    "playbook.waited.last_word": (0, 100),
    "playbook.waited.process_h": (0, 10),
    "playbook.waited.since_h": (0, 30),
    "cost": (1e6, 1e9),
    "playbook.paid.before": (0, 1e9),
    "playbook.process_hours.steps": (0, 100),
    "whole": (0, 1e9),
    "left": (0, 8),
    "step": (0, 1440),
    "delay": (0, 200),
    "deliberation": (1, 60),
    "reference": (2000, 4000),
    "people": (16, 10_000),
    "age": (0, 60),
    "wanted": (2e4, 3e5),
    "lasts": (0.2, 5),
    "half_life": (0.5, 24),
    "claims": (0, 6),
    "earlier": (0, 20),
    "others": (0, 1e6),
    "core": (0, 1e6),
    "appraisal.outraged_share.others": (0, 1),
    "census.public_share.core": (0, 1),
    "platform.reads.core": (0, 1),
    "loudness": (0.2, 6),
    "platform.report_heat.gain": (1e5, 6e5),
    "platform.crowd_chance.heat": (0, 3e5),
    "platform.place_share.heat": (1e4, 1e6),
    "log_factor": (-0.8, 0.8),
    "competition.before": (-0.8, 0.8),
    "place": (2e4, 2e5),
    "platform.hashtag_level.place": (0, 1),
    "ramp_steps": (2, 8),
    "platform.ramp.age": (0, 10),
    "patience_h": (6, 168),
    "accepted": (0, 20),
    "question.rearming.accepted": (0, 1),
    "question.accepted_share.reached": (0, 20),
    "question.rearming.reached": (0, 3),
    "convinced": (0, 1e6),
    "question.unanswered.aware": (0, 20),
    "belonging.governance_mean.aware": (0, 20),
    "belonging.governance_mean.total": (0, 1e6),
    "belonging.heard.aware": (0, 20),
    "question.asking_rate.n": (1, 24),
    "question.press_rate.n": (1, 24),
    "question.press_rate.since_h": (0, 100),
    "question.brought.formal": (0, 0.5),
    "question.patience_with.patience": (0, 300),
    "question.believed.asked_h": (0, 336),
    "question.believed.due": (-1, 1),
    "due": (0, 300),
    "fundamental": (-0.1, 0.1),
    "leaders": (0, 24),
    "leader_volume": (1, 6),
    "count": (0, 600),
    "total": (0, 1),
    "census.mean.total": (0, 1e6),
    "census.mean.size": (1, 600),
    "census.share.size": (1, 600),
    "census.with_share.size": (1, 600),
    "census.with_mean.size": (1, 600),
    "census.with_mean.amount": (0, 1e6),
    "market.unpriced.weight": (1, 10),
    "market.index_return.before": (50, 150),
    "market.index_return.close": (50, 150),
    "beta": (-1, 2),
    "orders": (-1e6, 1e6),
    "n": (1, 60),
    "previous_close": (1, 100),
    "cap": (1, 5),
    "evidence.mock_amount.cap": (0, 1),
    "recent": (0, 20),
    "level": (0, 4),
    "blamed": (0.3, 4),
    "felt": (0, 4),
    "habituation": (0, 0.7),
    "threshold": (0, 0.9),
    "push": (0, 5),
    "x": (-4, 4),
    "since_h": (0, 300),
    "delay_h": (0, 300),
    "gap_levels": (0, 4),
    "excess": (0, 2),
    "base": (-3, 3),
    "b_ack": (-1, 2),
    "fact_finding_h": (4, 36),
    "delay_scale_h": (3, 24),
    "slope": (4, 20),
    "just_desert": (1, 3),
    "full_severity": (0.3, 1),
    "activity": (0, 30),
    "heat": (0.1, 100),
    "full_heat": (5, 90),
    "rate": (0, 10),
    "scale": (1000, 65536),
    "n_declared": (0, 8),
    "volume": (0, 500),
    "expected": (0, 100),
    "median_h": (0.25, 12),
    "normal": (-3, 3),
    "night": (-1, 1),
    "dt_h": (0.25, 0.5),
    "process_h": (0, 200),
    "half_life_h": (12, 72),
    "tenure_y": (0.5, 20),
    "monthly_wage": (1e4, 3e5),
    "bars": (11, 22),
    "amount": (1e6, 1e9),
    "turnover": (4e9, 1e10),
    "log_price": (-0.2, 0.2),
    "talk": (0, 50),
    "views": (0, 9),
    "from_ties": (0, 3),
    "novelty": (0, 1),
    "size": (0, 1),
    "circadian": (0.1, 1.7),
    "fatigue": (0, 0.8),
    "b_f": (4, 14),
    "arriving": (0, 3),
}
