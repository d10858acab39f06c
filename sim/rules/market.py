"""E16: investors and the share price, in trading sessions only. Prices are log prices.

Prices are relative to the last close before the case. Where the case has no exchange nothing is
traded. In a step outside sessions sentiment waits (`unpriced`). In a session every investor places
an order on the state after the platform has closed the step: noise investors a standard normal
number, sentiment and value investors by their rules; in the bars of a buyback, those sentiment
investors who see weakness in it sell as at full attention and outrage (`sees_weakness`). Orders of
a kind are added up as integers (2^30 units of one). The fundamental value then falls with those who
have left; the return of the bar is the sum of its parts (`price_move`), a buyback spread over
`buyback_spread_h` of session; and the part of the price that is sentiment takes what sentiment and
the buyback's fading impact have moved, and loses its reversion.

Where a case has a stock index and a beta, each bar of a session from the first of the case on also
moves with the index (`index_return`); before, and without an index, it moves by 0. That is no part
of the affair: it goes into `other_news` like noise."""

import math

from sim.rules import once, rule

NO_SESSION_H = 5.5  #: trading hours of a day where there is no market; nothing trades on them


@rule
def attention(heat: float, full_heat: float) -> float:
    """Share of investors' attention that the case has.

        a = H / (H + H_sat)

    heat H : at the end of the platform's step; full_heat H_sat : `attention_heat`. Assumed.
    """
    return heat / (heat + full_heat)


@rule
def sentiment_order(sensitivity: float, attention_share: float, outrage: float) -> float:
    """Order of a sentiment investor, in [-sensitivity, 0].

        q = -chi_i a Omega

    sensitivity chi_i : of the investor, mean 1; attention_share a : `attention`; outrage Omega :
    `census.among_aware`. Source: sign, Tetlock 2007 (not re-checked). Form Assumed.
    """
    return -sensitivity * attention_share * outrage


@rule
def sees_weakness(u: float, share: float, buying: float) -> bool:
    """Whether a sentiment investor takes a buyback for a sign of weakness in this bar.

        Q > 0 and u < s

    u : uniform, a trait of the investor; share s : `buyback_weakness`; buying Q : amount that is
    being bought back, 0 for none. Whoever does sells as if attention and outrage were full: nobody
    props up a price without a reason. Assumed, after the case articles.
    """
    return buying > 0.0 and u < share


@rule
def value_order(conviction: float, fundamental: float, log_price: float) -> float:
    """Order of a value investor: towards the fundamental.

        q = k_i (v - p)

    conviction k_i : of the investor, mean 1; fundamental v : `value_of`, log_price p : as the last
    session step left them. Assumed.
    """
    return conviction * (fundamental - log_price)


@rule
def other_news(before: float, noise: float, flow: float, overnight: float, index: float) -> float:
    """What has moved the value of the firm beside the affair, log, since the last close before it.

        w' = w + noise + flow + overnight + index

    noise, flow, overnight, index : `noise_return`, `flow_return`, `overnight_return`,
    `index_return` of the bar. Value
    investors take for news what nothing of the affair explains; if they pulled the price back from
    it, ten days would move it hardly more than one (F28). Source: variance ratios of daily returns
    near 1 (not re-checked). Assumed.
    """
    return before + (noise + flow + overnight + index)


@rule
def value_of(fundamental: float, other: float) -> float:
    """Log value of the firm, as value investors see it.

        v = f + w

    fundamental f : `fundamental_of`; other w : `other_news`.
    """
    return fundamental + other


@rule
def bar_volatility(daily: float, overnight_share: float, bars: float) -> float:
    """Standard deviation of one bar's log return.

        sigma_D sqrt((1 - o) / bars)

    daily sigma_D; overnight_share o : of the variance; bars : steps in a session day. Measured.
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
    index: float,
) -> float:
    """Log return of one bar: the sum of what moves it.

        r = noise + flow + sentiment + value + overnight + buyback - reversion + index

    overnight : 0 but in the first bar of a day; buyback : 0 while nothing is bought; index : 0
    without one.
    """
    return noise + flow + sentiment + value + overnight + buyback - reversion + index


@once
def index_return(beta: float, before: float, close: float, bars: float) -> float:
    """Part of a bar's return that an index moves: that of its day, evenly.

        beta ln(I / I_0) / n

    beta : of the case; before I_0, close I : of the index, on the last session and this one; bars
    n : of this session in the run. Source: market model of event studies (MacKinlay 1997, not
    re-checked); that it comes evenly is Assumed.
    """
    return beta * math.log(close / before) / bars


@once
def overnight_volatility(daily: float, overnight_share: float) -> float:
    """Standard deviation of the overnight log return.

        sigma_D sqrt(o)

    daily sigma_D; overnight_share o : of the variance. Measured.
    """
    return float(daily * overnight_share**0.5)


@once
def reversion_share(bars: float, half_life_d: float) -> float:
    """Share of the sentiment part that a bar takes back.

        1 - 2^(-1 / (bars h_p))

    bars : steps in a session day; half_life_d h_p : trading days. Source: order, Tetlock 2007 (not
    re-checked).
    """
    return float(1 - 2.0 ** (-1 / (bars * half_life_d)))


@rule
def mood(attention_share: float, outrage: float) -> float:
    """What sentiment follows: outrage that investors attend to.

        a Omega

    attention_share a : `attention`; outrage Omega : `census.among_aware`.
    """
    return attention_share * outrage


@rule
def unpriced(before: float, drift: float, mood: float, weight: float, bars: float) -> float:
    """Sentiment that waits for the next session, after one more step outside.

        u' = u + chi_m a Omega / (w bars)

    before u; drift chi_m : per day; weight w : `closed_weight`, steps outside sessions that count
    as one of a session; bars : steps in a session day. Assumed.
    """
    return before + drift * mood / (weight * bars)


@rule
def fundamental_of(loss: float, lost: float) -> float:
    """Fundamental value, log, relative to that before the case.

        v = -e x

    loss e : `exit_value`, if all had left; lost x : core fans and customers who have left, over
    real people. Assumed.
    """
    return -loss * lost


@rule
def noise_return(bar_sd: float, flow_impact: float, normal: float) -> float:
    """Part of a bar's return that nothing explains.

        sigma_b sqrt(1 - lambda^2) z

    bar_sd sigma_b : `bar_volatility`; flow_impact lambda : share of it that noise flow explains;
    normal z : standard normal.
    """
    return bar_sd * math.sqrt(1.0 - flow_impact * flow_impact) * normal


@rule
def flow_return(bar_sd: float, flow_impact: float, orders: float, scale: float, n: float) -> float:
    """Part of a bar's return that the flow of noise investors moves.

        sigma_b lambda Q / scale / sqrt(n)

    orders Q : sum of standard normal orders, fixed point; scale : units of one; n : of noise
    investors. Source: Kyle 1985 (not re-checked); checked by F28.
    """
    return bar_sd * flow_impact * orders / scale / math.sqrt(n)


@rule
def sentiment_return(
    drift: float, bars: float, orders: float, scale: float, n: float, waiting: float
) -> float:
    """Part of a bar's return that sentiment moves, with what has waited outside sessions.

        chi_m / bars Q / scale / n - u

    drift chi_m : daily fall at full attention and outrage; orders Q : of sentiment investors, fixed
    point, at most 0; n : how many they are; waiting u : `unpriced`, which is 0 afterwards.
    Source: events, about 2 % (Knittel & Stango 2014). Form Assumed.
    """
    return drift / bars * orders / scale / n - waiting


@rule
def value_return(pull: float, orders: float, scale: float, n: float) -> float:
    """Part of a bar's return that value investors move.

        kappa_v Q / scale / n

    pull kappa_v : `value_pull`, per bar; orders Q : fixed point; n : value investors. Assumed.
    """
    return pull * orders / scale / n


@rule
def overnight_return(sd: float, normal: float) -> float:
    """Return between two sessions, which the first bar of a day takes.

        sigma_o z

    sd sigma_o : `overnight_volatility`; normal z : standard normal.
    """
    return sd * normal


@rule
def buyback_return(whole: float, bars: float) -> float:
    """Part of a bar's return that a buyback moves, in each of the bars over which it is spread.

        Y / bars

    whole Y : `buyback_impact`; bars : `buyback_spread_h` in steps, at least 1. Assumed.
    """
    return whole / bars


@rule
def joined_buyback(whole: float, left: float, bars: float, amount: float) -> float:
    """Amount that is being bought when another buyback comes, HKD.

        Q' = Q n / N + a

    whole Q : of the earlier one, 0 if there is none; left n : bars in which it has yet to be
    bought; bars N : over which one is spread; amount a : of the new one, spread over N bars from
    now on together with what is left.
    """
    return whole * left / bars + amount


@rule
def reverted(share: float, sentiment: float) -> float:
    """What a bar takes back of the part of the price that is sentiment.

        rho s

    share rho : `reversion_share`; sentiment s : log price.
    """
    return share * sentiment


@rule
def next_sentiment(
    sentiment: float, moved: float, decay: float, buyback: float, reversion: float
) -> float:
    """Part of the log price that will be taken back.

        s' = s + (m + d b - r)

    moved m : `sentiment_return`; decay d : share of impact that fades; buyback b :
    `buyback_return`; reversion r : `reverted`. Source: two thirds of impact fade (not re-checked).
    """
    return sentiment + (moved + decay * buyback - reversion)


@rule
def next_price(log_price: float, move: float) -> float:
    """Log price after a bar.

        p' = p + r

    move r : `price_move`.
    """
    return log_price + move


@rule
def price_hkd(previous_close: float, log_price: float) -> float:
    """Share price in the currency of the exchange.

        P = P_0 exp(p)

    previous_close P_0 : the last close before the case.
    """
    return previous_close * math.exp(log_price)
