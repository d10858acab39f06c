"""A buyback that some read as weakness (E16): known answers."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import composed, small
from test_engine import started

from sim import draws
from sim.draws import Decision
from sim.people import SENTIMENT
from sim.settings.worlds import drawn


def bought(*words, weakness=None):
    """A run in which nothing is done but shares bought back; weakness: who sees it in that."""
    config = small(
        "response=none", "response.buyback.delay_h=12", "response.buyback.amount_hkd=1e8", *words,
        n_people=60,
    )  # fmt: skip
    population = replace(config.population, n_sentiment_investors=20)
    if weakness is not None:
        seen = replace(config.parameters, buyback_weakness=weakness)
        config = replace(config, parameters=seen)
    return started(drawn(replace(config, population=population)))


def orders(share):
    """Orders of sentiment investors in each bar while shares are bought, and who sees weakness."""
    run = bought(weakness=share)
    investors, found = run.population.investors, []
    mine = investors.kind == SENTIMENT
    for _ in range(400):
        before = run.table[0].buyback_bar
        run.advance(1)
        if before > 0.0 and run.script.in_session[run.step - 1]:
            found.append(investors.belief[mine].copy())
    u = draws.uniform_column(int(run.seed), Decision.INVESTOR, 0, mine.size, 2)[mine]
    return np.array(found), u < share, investors.trait[mine]


def test_those_who_see_weakness_sell_as_at_full_attention_and_outrage():
    found, weak, trait = orders(0.4)
    assert len(found) >= 3 and 2 < weak.sum() < 16
    assert found[:, weak] == pytest.approx(np.tile(-trait[weak], (len(found), 1)))
    alone, _, _ = orders(0.0)
    assert np.array_equal(found[:, ~weak], alone[:, ~weak])  # prices move none of these
    assert (np.abs(alone) < np.abs(trait)).all()


def test_the_price_falls_by_what_they_sell_and_not_where_it_is_knocked_out():
    price = {}
    for switch in ("true", "false"):
        run = bought(f"mechanisms.buyback_weakness={switch}", weakness=1.0)
        run.advance(400)
        price[switch] = float(run.table[0].price)
    p = composed().parameters
    full = p.sentiment_drift * p.buyback_spread_h / 5.5  # a fall at full mood in the hours of it
    assert 0.5 * full < price["false"] - price["true"] < 1.5 * full
