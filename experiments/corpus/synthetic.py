"""One synthetic affair: drawn, run through the model, read from its list as real ones are.

    drawn = draw(number, population, scripts)     what happens, and to whom
    run = sim.simulate(config_of(drawn))          the model
    sight = sight_of(drawn, run)                  what hourly samples of the list show of it

Small and short runs: N_PEOPLE people over DAYS days. Heat is stated for a community of one size, so
the number of people changes how grainy talk is and not how hot: over 60 affairs the log of 50,000
and the heat listed is .02 lower than with 3,000 people (90 % interval .10 lower to .06 higher).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

import sim
from experiments.corpus.affairs import Sight
from experiments.corpus.cells import LIST_ZONE
from experiments.corpus.ingredients import INGREDIENTS, NAMES, Population, values_of
from experiments.corpus.instrument import seen_in
from experiments.corpus.kinds import ANALYSED, RESPONSES
from experiments.corpus.scripts import ADMISSIONS, KIND_OF_ACT, Script, response_of, setting_of
from experiments.corpus.shipped import sampling_clock
from sim import course
from sim.case.case import Forcing
from sim.lists.places import PLACE_50
from sim.record import Run
from sim.settings.config import Config
from sim.settings.parameters import Parameters

_F = npt.NDArray[np.float64]
_I = npt.NDArray[np.int64]

N_PEOPLE, DAYS = 300, 8
LONGEST_H = 160.0  #: after the accusation; acts later than that are not simulated
LONGEST_UNLISTED_H = 40.0
#: Log-sds of the heat of an affair's sides and of the hours at which they come. Of 40 real affairs
#: with five topics of others or more the hours have 1.1 within an affair; of heat see decision 17.
MOST_FACETS, FACET_SPREAD, FACET_LATE = 40, 0.9, 1.1
SEED = 20260901
_RANGES = {item.name: (item.metadata["low"], item.metadata["high"]) for item in fields(Parameters)}
_ZONE_S = datetime.now(LIST_ZONE).utcoffset() / timedelta(seconds=1)  # type: ignore[operator]


@dataclass(frozen=True)
class Drawn:
    """One affair before it is run."""

    number: int
    script: Script
    accused: datetime  #: when the accusation comes, UTC+8
    acts: tuple[tuple[str, float], ...]  #: kinds and hours after the accusation
    values: dict[str, float]  #: by NAMES
    normals: _F  #: the standard normal number of each ingredient
    seed: int


def draw(number: int, population: Population, scripts: Sequence[Script], seed: int = 0) -> Drawn:
    """Affair of this number: the same normal numbers, script and day under every population."""
    rng = np.random.default_rng((SEED, seed, number))
    normals = rng.standard_normal(len(INGREDIENTS))
    script = scripts[int(rng.integers(len(scripts)))]
    day = scripts[int(rng.integers(len(scripts)))]
    own_seed = int(rng.integers(2**31))
    found = values_of(population, normals, script.factors)
    values = dict(zip(NAMES, found.tolist(), strict=True))
    begun = _quarter(datetime.fromtimestamp(day.start, LIST_ZONE).replace(tzinfo=None))
    return of_script(number, script, begun, values, normals, own_seed)


def of_script(
    number: int, script: Script, begun: datetime, values: dict[str, float], normals: _F, seed: int
) -> Drawn:
    """An affair with this script whose first topic would be listed at `begun`."""
    first = script.answered_first and bool(script.acts)
    unlisted = min(values["unlisted_h"], LONGEST_UNLISTED_H) if first else 0.0
    lag = values["report_lag_h"]
    acts = tuple(
        (kind, max(0.25, unlisted + hour - (0.0 if first and hour == 0.0 else lag)))
        for kind, hour in script.acts
    )
    accused = _quarter(begun - timedelta(hours=unlisted))
    return Drawn(number, script, accused, acts, values, normals, seed)


def _quarter(moment: datetime) -> datetime:
    """The beginning of the quarter of an hour, which is a step."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


@lru_cache
def _base() -> Config:
    """What all synthetic affairs share: no market, no partners, nobody who mocks."""
    config = sim.compose(["case=textbook", "response=none", "uncertainty=point"])
    case = replace(
        config.case, name="affair", exchange=None, currency=None, market={}, events=(), levers={},
        founder=True, horizon_d=DAYS,
    )  # fmt: skip
    people = replace(
        config.population, n_people=N_PEOPLE, n_partner_leaders=0, n_antagonist_leaders=0,
        n_noise_investors=1, n_sentiment_investors=1, n_value_investors=1,
    )  # fmt: skip
    return replace(
        config, case=case, population=people,
        network=replace(config.network, seed=1),
        clock=replace(config.clock, horizon_d=DAYS, burn_in_h=0),
    )  # fmt: skip


def config_of(drawn: Drawn, n_people: int = N_PEOPLE) -> Config:
    """The settings of a run of this affair."""
    base, values = _base(), drawn.values
    start = drawn.accused.replace(hour=0, minute=0)
    case = replace(
        base.case, start=start, clock_start="accusation_1", clock_start_time=drawn.accused,
        forcing=_accusations(drawn, start + timedelta(hours=24.0 * DAYS - 1)),
    )  # fmt: skip
    own = {one.name: _inside(one.name, values[one.name]) for one in INGREDIENTS if one.parameter}
    left_h = 24.0 * DAYS - (drawn.accused - start) / timedelta(hours=1) - 1.0
    return replace(
        base, case=case, seed=drawn.seed,
        parameters=replace(base.parameters, penalty_headlines=2.0, **own),
        population=replace(base.population, n_people=n_people),
        response=response_of(drawn.acts, min(LONGEST_H, left_h)),
    )  # fmt: skip


def _inside(name: str, value: float) -> float:
    """A parameter's value, moved into its range."""
    low, high = _RANGES[name]
    return float(min(max(value, low), high))


def _accusations(drawn: Drawn, last: datetime) -> tuple[Forcing, ...]:
    """What begins it, and further sides of it that come as topics of their own.

    There are more of them in larger communities, which also hear of them sooner. Where the script
    says that an answer was listed first, nobody lists the accusation before it: it has no hashtag,
    and its sides come after the answer; otherwise it comes as hot as the list asks for or hotter.
    Nobody adds to what was admitted: of sides that would come after an admission a share
    `press_answered` does. last : the latest moment of one.
    """
    first = drawn.script.answered_first and bool(drawn.script.acts)
    known_h = min(drawn.values["unlisted_h"], LONGEST_UNLISTED_H) if first else 0.0
    rng = np.random.default_rng((SEED, 1, drawn.seed))
    size = math.sqrt(drawn.values["community_size"])
    n = max(1, min(MOST_FACETS, int(drawn.values["facets"] * size)))
    late = np.exp(FACET_LATE * rng.standard_normal(n - 1))
    later = np.sort(np.minimum(drawn.values["facets_h"] * late, 24.0 * DAYS))
    luck = np.exp(FACET_SPREAD * rng.standard_normal(n))
    admitted = min((h for kind, h in drawn.acts if kind in ADMISSIONS), default=math.inf)
    still = rng.random(n) < drawn.values["press_answered"]
    found = []
    for k in range(n):
        if k and known_h + float(later[k - 1]) > admitted and not still[k]:
            continue
        when = _quarter(
            drawn.accused + timedelta(hours=known_h + float(later[k - 1]) if k else 0.0)
        )
        if when > last:
            break
        heat = drawn.values["facet_heat"] * float(luck[k]) if k else _ignition(drawn, luck[0])
        found.append(
            Forcing(
                id=f"accusation_{k + 1}", kind="leak" if k == 0 else "rumour", time=when, topic=0,
                reach=(min(1.0, 0.3 * size), min(0.2, 0.05 * size), min(0.08, 0.01 * size)),
                credibility=0.6 if k == 0 else 0.1, novelty=1.0 if k == 0 else 0.6, betrayal=0.0,
                heat=min(heat, 2e7) if k or not first else 0.0, tag=bool(k) or not first,
                displacement=0.0, duration_h=0.0,
            )
        )  # fmt: skip
    return tuple(found)


def _ignition(drawn: Drawn, luck: float) -> float:
    """Heat of a listed accusation: as it is drawn, or by luck above the list's last place.

    luck : a factor, above or below 1.
    """
    asked = PLACE_50[drawn.accused.weekday() >= 5][drawn.accused.hour]
    heat = drawn.values["ignition_heat"]
    return heat if heat >= asked else float(asked * max(luck, 1 / luck))


@lru_cache
def _sampled_hours() -> _I:
    """Hours since 1970 (of the list's zone) in which the archive has a sample, rising."""
    return np.unique(np.floor((sampling_clock() + _ZONE_S) / 3600).astype(np.int64))


def sight_of(drawn: Drawn, run: Run, hours: float = 168.0) -> Sight | None:
    """What the archive would have of it; None if it was never listed in a sample.

    The model notes its list once an hour; hours in which the archive has no sample are not read.
    hours : of watching, from the first sample on.
    """
    zero = int((run.clock.time_of(0) - datetime(1970, 1, 1)) / timedelta(hours=1))
    per_hour = round(1 / run.clock.dt_h)
    noted = course.notes(run)
    hour = np.array([zero + entry.step // per_hour for entry in noted], dtype=np.int64)
    sampled = _sampled_hours()
    read = np.isin(hour, sampled)
    if not read.any():
        return None
    begun = int(hour[read].min())
    read &= hour < begun + hours
    names = [entry.who for entry, one in zip(noted, read, strict=True) if one]
    tags = list(dict.fromkeys(names))
    kinds = [kind_of(tag, drawn) for tag in tags]
    near = sampled[np.searchsorted(sampled, begun) : np.searchsorted(sampled, begun + hours)]
    t_h = (hour[read] - begun).astype(np.float64)
    heat = np.array([entry.value for entry, one in zip(noted, read, strict=True) if one])
    seen = seen_in(
        np.array([tags.index(name) for name in names]), t_h, heat, _places(t_h, heat),
        (near - begun).astype(np.float64), hours, np.array([kind in RESPONSES for kind in kinds]),
    )  # fmt: skip
    listed = {kinds[k] for k in seen.source} & set(RESPONSES)
    return Sight(
        name=f"synthetic_{drawn.number}", seen=seen, kinds=kinds, clock=float(begun % 24),
        start=begun * 3600.0 - _ZONE_S,
        ceo=[kind == "founder_or_ceo_speaks" for kind in kinds],
        organisation=f"organisation_{drawn.number}", sample_set=sample_set(listed, drawn.script),
        victim=drawn.script.victim,
        cause=drawn.script.cause,
    )  # fmt: skip


def _places(t_h: _F, heat: _F) -> _I:
    """Place of each sample among those of its hour, by heat, from 0."""
    order = np.lexsort((-heat, t_h))
    first = np.searchsorted(t_h[order], t_h[order])
    place = np.empty(len(heat), dtype=np.int64)
    place[order] = np.arange(len(heat)) - first
    return place


def sample_set(listed: set[str], script: Script) -> str:
    """How an affair with these listed responses would have entered the corpus.

    One in eight affairs of the analysis set entered by a response that the archive does not show
    (another list did): they stay what they are.
    """
    found = _entered(listed)
    hidden = script.sample_set in ANALYSED and _entered({kind for kind, _ in script.acts}) != "core"
    return script.sample_set if hidden else found


def _entered(listed: set[str]) -> str:
    """The sample set of an affair with these responses."""
    if not listed:
        return "accusation_only"
    return "explain_only" if listed == {"explain"} else "core"


#: What a hashtag is born of -> kind of topic; acts are looked up in KIND_OF_ACT. An accusation,
#: what people make themselves, mocks and waves are "other".
_KINDS = {"question": "commentary", "regulator": "authority", "wave:found_out": "authority"}


def kind_of(tag: str, drawn: Drawn) -> str:
    """The kind of topic that a hashtag of a run is, by its name (`sim.course.listed`)."""
    origin, source, *_ = f"{tag}:".split(":")
    if origin != "act":
        return _KINDS.get(origin, _KINDS.get(f"{origin}:{source}", "attack_or_other"))
    if setting_of(source) == "penalty" and any(
        kind == "executive_penalty" for kind, _ in drawn.acts
    ):
        return "executive_penalty"
    return KIND_OF_ACT[setting_of(source)]
