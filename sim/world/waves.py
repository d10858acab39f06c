"""Second waves: from outside, from an inside leak, of a promise that was broken (E17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import draws
from sim.base.compiled import part
from sim.draws import Decision
from sim.rules import appraisal, platform, second_wave
from sim.state.tables import (
    LOG_BROKEN,
    LOG_SECOND_WAVE,
    TAG_WAVE,
    WAVE_BROKEN,
    WAVE_LEAK,
    WAVE_OUTSIDE,
)
from sim.world.angles import bear_tag, log, report, source_code
from sim.world.changes import show, stir

if TYPE_CHECKING:
    from sim.state.types import Constants, Entry, Floats, Seed, Table, Tag, World


@part
def second_waves(
    step: int, seed: Seed, p: Constants, world: World, tags: Table[Tag], broadcast: Floats,
    entries: Table[Entry], dt_h: float,
) -> None:  # fmt: skip
    """E17: a wave from outside, or an inside leak while the blamed go unpunished."""
    if world.happened == 0.0 or step < p.wave_from:
        return
    u = draws.uniforms(seed, Decision.SECOND_WAVE, step, 0)
    size = second_wave.size(u[2], p.wave_least)
    if u[0] < second_wave.outside_chance(p.exogenous_wave_per_d, dt_h) and world.wave == 0.0:
        world.wave = 1.0
        stir(world, 0, size)
        show(
            broadcast, 0, second_wave.reach(p.wave_reach_core, size),
            second_wave.reach(p.wave_reach_customer, size),
            second_wave.reach(p.wave_reach_public, size),
        )  # fmt: skip
        row = bear_tag(world, tags, step, 0.0, source_code(TAG_WAVE, WAVE_OUTSIDE), size, 1.0)
        heat = platform.report_heat(p.official_heat, size, 1.0, 0.0, 0.0)
        report(seed, p, world, tags, row, step, heat)
        log(world, entries, step, LOG_SECOND_WAVE, WAVE_OUTSIDE, size)
    if world.admitted == 1.0:
        gap = appraisal.accountability_gap(p.blamed_level, world.felt_level)
        if u[1] < second_wave.leak_chance(p.leak_per_d, gap, dt_h):
            stir(world, 1, size)
            show(
                broadcast, 1, second_wave.reach(p.leak_reach_core, size),
                second_wave.reach(p.leak_reach_customer, size),
                second_wave.reach(p.leak_reach_public, size),
            )  # fmt: skip
            bear_tag(world, tags, step, 1.0, source_code(TAG_WAVE, WAVE_LEAK), size, 1.0)
            log(world, entries, step, LOG_SECOND_WAVE, WAVE_LEAK, size)
    if world.promised == 1.0 and step >= world.due:
        world.promised = 2.0
        world.broken = 1.0
        stir(world, 1, size)
        bear_tag(world, tags, step, 1.0, source_code(TAG_WAVE, WAVE_BROKEN), size, 1.0)
        log(world, entries, step, LOG_BROKEN, 0, size)
