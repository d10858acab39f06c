"""What anything that happens does to the world: shown, believed, admitted, news, mocked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.base.compiled import part
from sim.rules import evidence, exposure, platform

if TYPE_CHECKING:
    from sim.state.types import Constants, Floats, World


@part
def show(broadcast: Floats, topic: int, core: float, customer: float, public: float) -> None:
    """Something is shown directly: expected views by kind, remembered like posts (E1)."""
    for k in range(5):
        broadcast[topic, 0, k] = exposure.remembered(broadcast[topic, 0, k], 1.0, core)
        broadcast[topic, 1, k] = exposure.remembered(broadcast[topic, 1, k], 1.0, customer)
        broadcast[topic, 2, k] = exposure.remembered(broadcast[topic, 2, k], 1.0, public)


@part
def believe(world: World, piece: Any) -> None:
    """Evidence adds to the credibility of the affair (E3)."""
    world.happened = 1.0
    world.credibility = evidence.added_credibility(world.credibility, piece)


@part
def accuse(world: World, piece: Any, size: Any) -> None:
    """Somebody makes the second accusation: evidence for it, and what it adds if believed (E3)."""
    world.happened = 1.0
    if world.second_out == 0.0:
        world.betrayal = evidence.with_second(world.betrayal, size, 0.0, world.second)
        world.second_size = evidence.raised_betrayal(world.second_size, size)
        believe_second(world, evidence.added_credibility(world.second, piece))


@part
def believe_second(world: World, credibility: Any) -> None:
    """The second accusation is believed so far from here on, and its betrayal counts so far."""
    world.betrayal = evidence.with_second(
        world.betrayal, world.second_size, world.second, credibility
    )
    world.second = credibility


@part
def admit(world: World, p: Constants, thunder: float) -> None:
    """An official admission: credibility is 1 from here on; a denial before it backfires."""
    if world.admitted == 0.0:
        if world.denied == 1.0:
            world.betrayal = evidence.raised_betrayal(world.betrayal, p.denial_betrayal)
        if world.leaked == 0.0:  # told before the leak: less betrayal ("stealing thunder")
            world.betrayal = evidence.told_first(world.betrayal, p.betrayal, p.thunder, thunder)
        world.forced = world.pressed
    world.admitted = 1.0
    world.told = 1.0
    world.happened = 1.0
    world.credibility = 1.0


@part
def renew(world: World, topic: int, size: Any) -> None:
    """Something renews a topic as news."""
    if topic == 0:
        world.novelty_deal = platform.renewed(world.novelty_deal, size)
    else:
        world.novelty_governance = platform.renewed(world.novelty_governance, size)


@part
def stir(world: World, topic: int, size: Any) -> None:
    """Something other than an act of the brand renews a topic, as news and as a grievance."""
    renew(world, topic, size)
    if topic == 0:
        world.stirred_deal = platform.renewed(world.stirred_deal, size)
    else:
        world.stirred_governance = platform.renewed(world.stirred_governance, size)


@part
def appease(world: World, topic: int, size: Any) -> None:
    """Somebody speaks for the brand: that renews a topic as news, and calms it as a grievance."""
    renew(world, topic, size)
    if topic == 0:
        world.stirred_deal = evidence.appeased(world.stirred_deal, size)
    else:
        world.stirred_governance = evidence.appeased(world.stirred_governance, size)


@part
def mock(p: Constants, world: World, size: Any) -> None:
    """A mock before any admission adds to the betrayal, within a bound (E3)."""
    amount = evidence.mock_amount(size, world.mocked, p.mock_cap)
    world.mocked = evidence.raised_betrayal(world.mocked, amount)
    world.betrayal = evidence.raised_betrayal(world.betrayal, amount)
