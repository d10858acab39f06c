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


ORACLE = {
    "exposure": {
        "remembered": lambda m, keep, new: new + m * keep,
        "offered_views": lambda t, b, li, c: (t + b + li) * c,
        "attended_views": lambda x, cap: 1 / (1 / cap + 1 / x),
        "exposure_probability": lambda x: 1 - 1 / (1 + x),
        "recent_views": lambda n, keep, hit: hit + n * keep,
    },
    "appraisal": {
        "added_credibility": lambda k, q: k + q - k * q,
        "appraisal": lambda k, b, w, chi, t, i: k * b * (w * i + (1 - w) - (1 - w) * chi * t),
        "felt_level": lambda lv, s, full: lv * np.minimum(s / full, 1),
        "accountability_gap": lambda blamed, felt: pos(1 - felt / blamed),
        "governance_appraisal": lambda gap, f, g, r, i: (
            (1 - (1 - f) * (1 - gap)) * (1 - r * g) * (0.3 + 0.7 * i)
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
        "sincerity": lambda a, co, t, d, gap, ov, v, b0, ba, bc, bs, ti, bd, td, bm, bo, bv: (
            sigmoid(
                b0
                + ba * a
                + bc * co
                + bv * v
                + bs * (1 - np.exp(-t / ti))
                - bd * np.log(1 + d / td)
                - bm * gap
                - bo * ov
            )
        ),
        "acceptance": lambda s, i, c0, c1, k: sigmoid(k * (s - c0 - c1 * i)),
        "added_relief": lambda r, x: r + x - r * x,
        "fading_relief": lambda r, c, keep: np.where(r > c, c + (r - c) * keep, c),
        "backfired": lambda o, h, xi, i: o + (1 - o) * xi * pos(h) * i,
        "raised_governance": lambda o, a, g, r, i: o + (1 - o) * a * (1 - r * g) * (0.3 + 0.7 * i),
    },
    "expression": {
        "expressed_outrage": lambda d, g, r, v: 1 - (1 - d * (1 - r)) * (1 - v * g),
        "outburst": lambda x: x + x**2 / 2 + x**3 / 6 + x**4 / 24 + x**5 / 120,
        "willingness": lambda n, kappa: 1 / (1 + kappa * pos(n - 2)),
        "posting_rate": lambda b, a, c, h, t, w: b * a * c * (h + t) * w,
        "event_probability": lambda r, dt: sat(r * dt),
        "post_weight": lambda o, delta, see, scale: np.floor(see * (1 + delta * o) * scale),
    },
    "leaving": {
        "next_grudge": lambda g, o, keep, b: g * keep + b * o * (1 - g),
        "next_trust": lambda t, t0, o, i, c, lo, ga, ba, rho: (
            t * (1 - lo * o * (0.3 + 0.7 * i)) + (ga * c + ba) * pos(rho * t0 - t)
        ),
        "peer_push": lambda m: np.clip((m - 1) / 2, 0, 1),
        "exit_pressure": lambda g, m, t, om, psi: g + om * m - psi * (t - 0.5),
    },
    "opinion_leader": {
        "exit_rate": lambda f, r, v, c, h, b, bf, bi, bc: (
            h * c * sigmoid(b + bf * f + bi * r - bc * v)
        ),
        "attention_rate": lambda h, heat, full, nu, c: h * c * nu * np.minimum(heat / full, 1),
        "reportable": lambda k, u: 1 - (1 - u) * (1 - k),
    },
    "pr_team": {
        "mention_excess": lambda v, b: (v - b) / np.sqrt(b + 1),
        "sampled_mentions": lambda v, s, z: np.maximum(s * v + z * np.sqrt(v * s - v * s**2), 0),
        "lag_steps": lambda m, sd, z, night, dt: np.ceil(
            m * np.exp(sd * z) * np.where(night > 0, 2, 1) / dt
        ),
        "expected_legal_cost": lambda r, t, tau, y, w, s: r * 2 ** (-t / tau) * 2 * y * w * s,
        "felt_unfair": lambda lv, s, b, t, tau: sigmoid(
            2 * (lv * s - 0.6 * b)
            + np.exp(-t / tau)
            - 1.5
            + np.where((lv > 0) & (lv < 1.5), 1.5 + b, 0)
        ),
    },
    "platform": {
        "next_heat": lambda h, keep, talk: h * keep + talk,
        "entry_heat": lambda h, n, c: h * (n + (1 - n) * c),
        "hashtag_level": lambda fresh, h, full: fresh * np.minimum(h / full, 1),
        "renewed": np.maximum,
    },
    "market": {
        "attention": lambda h, full: 1 / (1 + full / h),
        "sentiment_order": lambda s, a, o: -(s * a * o),
        "value_order": lambda k, v, p: k * (v - p),
        "bar_volatility": lambda d, o, n: d * ((1 - o) / n) ** 0.5,
        "buyback_impact": lambda y, d, q, v: y * d * (q / v) ** 0.5,
        "price_move": lambda a, b, c, d, e, f, r: a + b + c + d + e + f - r,
    },
}

#: Range of each argument by name, as the ODD states it; every other argument is a share.
RANGES = {
    "cap": (1, 5),
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
    "rejected_by": (-1, 1),
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
    "fundamental": (-0.1, 0.1),
    "log_price": (-0.2, 0.2),
    "talk": (0, 50),
    "views": (0, 9),
    "offered": (1e-6, 9),
    "from_ties": (0, 3),
    "novelty": (0, 1),
    "size": (0, 1),
    "circadian": (0.1, 1.7),
    "fatigue": (0, 0.8),
    "b_f": (4, 14),
    "arriving": (0, 3),
}
