"""E16: investors and the share price, in trading sessions only. Prices are log prices."""

import math

from sim.rules import rule


@rule
def attention(heat: float, full_heat: float) -> float:
    """Share of investors' attention that the case has.

    H / (H + H_sat)
    """
    return heat / (heat + full_heat)


@rule
def sentiment_order(sensitivity: float, attention_share: float, outrage: float) -> float:
    """Order of a sentiment investor, in [-sensitivity, 0].

    q = -chi_i a Omega
    """
    return -sensitivity * attention_share * outrage


@rule
def value_order(conviction: float, fundamental: float, log_price: float) -> float:
    """Order of a value investor: towards the fundamental.

    q = k_i (v - p)
    """
    return conviction * (fundamental - log_price)


@rule
def bar_volatility(daily: float, overnight_share: float, bars: float) -> float:
    """Standard deviation of one bar's log return.

    sigma_D sqrt((1 - o) / bars)
    """
    return daily * math.sqrt((1.0 - overnight_share) / bars)


@rule
def buyback_impact(prefactor: float, daily: float, amount: float, turnover: float) -> float:
    """Log-price impact of a buyback in all.

        Y sigma_D sqrt(Q / V_D)

    amount, turnover : HKD. Source: exponent .489 over all TSE stocks, Sato & Kanazawa 2024;
    prefactor near 1 (not re-checked).
    """
    return prefactor * daily * math.sqrt(amount / turnover)


@rule
def price_move(
    noise: float,
    flow: float,
    sentiment: float,
    value: float,
    overnight: float,
    buyback: float,
    reversion: float,
) -> float:
    """Log return of one bar: the sum of what moves it."""
    return noise + flow + sentiment + value + overnight + buyback - reversion
