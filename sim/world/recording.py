"""The record takes the row of a step (columns as in `sim.record.SERIES`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.base.compiled import part
from sim.record import INDEX, SERIES
from sim.rules import census as counts
from sim.rules import leaving, market, platform
from sim.state.tables import (
    N_AWARE,
    N_DECLARED,
    N_EXITED,
    N_SOLD,
    N_UNFOLLOWED,
    SUM_DEAL,
    SUM_EXPRESSED,
    SUM_GOVERNANCE,
    SUM_GRUDGE,
    SUM_SCALE,
    SUM_TRUST,
)

if TYPE_CHECKING:
    from sim.state.types import Constants, Counts, Singles, World


POSTS = INDEX["posts_core"]
POSTS_KOL, POSTS_NEUTRAL = INDEX["posts_kol"], INDEX["posts_neutral"]
POSTS_DEAL, POSTS_GOVERNANCE = INDEX["posts_deal"], INDEX["posts_governance"]
OUTRAGE, OUTRAGE_DEAL = INDEX["outrage_core"], INDEX["outrage_deal_core"]
OUTRAGE_GOVERNANCE, GRUDGE = INDEX["outrage_governance_core"], INDEX["grudge_core"]
TRUST, AWARE_SHARE = INDEX["trust_core"], INDEX["aware_core"]
DECLARED_SHARE, UNFOLLOWED_SHARE = INDEX["declared_core"], INDEX["unfollowed_core"]
VISITS = INDEX["visits_core"]
SOLD_SHARE, EXITED_SHARE = INDEX["sold_core"], INDEX["exited_core"]
HEAT, LIST_HEAT, LIST_LEVEL = INDEX["heat"], INDEX["list_heat"], INDEX["list_level"]
LIST_LEVEL_GOVERNANCE, N_LISTED = INDEX["list_level_governance"], INDEX["n_listed"]
READS, CREDIBILITY = INDEX["reads"], INDEX["credibility"]
NOVELTY_DEAL, NOVELTY_GOVERNANCE = INDEX["novelty_deal"], INDEX["novelty_governance"]
GRIEVANCE_DEAL, GRIEVANCE_GOVERNANCE = INDEX["grievance_deal"], INDEX["grievance_governance"]
UNANSWERED, BELONGING = INDEX["unanswered"], INDEX["belonging"]
MENTION_Z, DETECTED = INDEX["mention_z"], INDEX["detected"]
PRICE, IN_SESSION, MORALE = INDEX["price_hkd"], INDEX["in_session"], INDEX["morale"]
LEGAL, CASH = INDEX["legal_hkd"], INDEX["cash_hkd"]
N_SERIES = len(SERIES)


@part
def write_row(
    step: int,
    p: Constants,
    world: World,
    census: Counts,
    sizes: Counts,
    record: Singles,
    in_session: float,
) -> None:
    """Section 12 of the step: the record takes its row (columns as in sim.record.SERIES)."""
    row = record[step]
    row[POSTS] = world.posts_core
    row[POSTS + 1] = world.posts_customer
    row[POSTS + 2] = world.posts_public
    row[POSTS_KOL] = world.posts_kol
    row[POSTS_NEUTRAL] = world.posts_neutral
    row[POSTS_DEAL] = world.posts_deal
    row[POSTS_GOVERNANCE] = world.posts_governance
    for kind in range(3):
        n = float(sizes[kind])
        row[OUTRAGE + kind] = counts.mean(census[kind, SUM_EXPRESSED], SUM_SCALE, n)
        row[OUTRAGE_DEAL + kind] = counts.mean(census[kind, SUM_DEAL], SUM_SCALE, n)
        row[OUTRAGE_GOVERNANCE + kind] = counts.mean(census[kind, SUM_GOVERNANCE], SUM_SCALE, n)
        row[GRUDGE + kind] = counts.mean(census[kind, SUM_GRUDGE], SUM_SCALE, n)
        row[TRUST + kind] = counts.mean(census[kind, SUM_TRUST], SUM_SCALE, n)
        row[AWARE_SHARE + kind] = counts.share(census[kind, N_AWARE], n)
        row[DECLARED_SHARE + kind] = counts.share(census[kind, N_DECLARED], n)
        row[UNFOLLOWED_SHARE + kind] = counts.share(census[kind, N_UNFOLLOWED], n)
        if kind < 2:
            row[VISITS + kind] = leaving.visits(
                row[OUTRAGE + kind], row[TRUST + kind], record[0][TRUST + kind], p.skip_outraged,
                p.skip_distrusting,
            )  # fmt: skip
            row[SOLD_SHARE + kind] = counts.share(census[kind, N_SOLD], n)
            row[EXITED_SHARE + kind] = counts.share(census[kind, N_EXITED], n)
    row[HEAT] = world.heat
    row[LIST_HEAT] = world.list_heat
    row[LIST_LEVEL] = platform.whole_level(world.level_deal, world.level_governance)
    row[LIST_LEVEL_GOVERNANCE] = world.level_governance
    row[N_LISTED] = world.n_listed
    row[READS] = world.reads
    row[CREDIBILITY] = world.credibility
    row[NOVELTY_DEAL] = world.novelty_deal
    row[NOVELTY_GOVERNANCE] = world.novelty_governance
    row[GRIEVANCE_DEAL] = world.grievance_deal
    row[GRIEVANCE_GOVERNANCE] = world.grievance_governance
    row[UNANSWERED] = world.unanswered
    row[BELONGING] = world.belonging
    row[MENTION_Z] = world.mention_z
    row[DETECTED] = world.noticed
    row[PRICE] = market.price_hkd(p.previous_close_hkd, world.price)
    row[IN_SESSION] = in_session
    row[MORALE] = world.morale
    row[LEGAL] = world.legal
    row[CASH] = world.cash
