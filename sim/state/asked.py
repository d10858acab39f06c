"""Config and case -> the tables of numbers that both engines read: constants, events, acts."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim import draws
from sim.base.choices import DEFAULT_CASE
from sim.base.digest import by_identity, plain, plain_once
from sim.base.files import content_digest
from sim.base.refusal import ConfigError
from sim.case.case import MONEY, Case
from sim.clock import EXCHANGES, Clock
from sim.draws import Decision
from sim.lists import places
from sim.playbook.act import Act, Channel, Level, Speaker, Trigger
from sim.playbook.kinds import KINDS, Buyback, Compensation, Reform
from sim.playbook.names import DELIVERY, kind_of, path_of
from sim.playbook.response import Response
from sim.rules import census, exposure, market, pace, platform, playbook, question
from sim.settings.config import Accusation, Config
from sim.settings.identity import name_of_asked
from sim.settings.network_config import OF_A_LIST, NetworkConfig
from sim.settings.parameters import KNOCK_OUT, Parameters
from sim.settings.worlds import drawn
from sim.state import tables as w
from sim.state.tables import EVENT, EVENT_KINDS

_DERIVED = (
    "novelty_keep",
    "recovery_keep",
    "grudge_keep",
    "grudge_build",
    "trust_loss",
    "trust_gain",
    "trust_back",
    "relief_keep",
    "heat_keep",
    "verify_keep",
    "talk_keep",
    "hashtag_steps",
    "post_heat",
    "hour_steps",
    "promise_due_steps",
    "doubt_keep",
    "patience_until",
    "question_half_life_h",
    "press_half_life_h",
    "unfounded",
    "only_contacts",
    "clock_start",
    "wave_from",
    "bars",
    "bar_sd",
    "overnight_sd",
    "reversion",
    "previous_close_hkd",
    "turnover_hkd",
    "mean_circadian_posts",
    "share_core",
    "share_customer",
    "share_public",
    "buyback_bars",
)
CONSTANTS = np.dtype(
    [(item.name, "f8") for item in fields(Parameters)]
    + [(name, "f8") for name in _DERIVED]
    + [("memory_keep", "f8", (5,)), ("memory_weight", "f8", (5,))]
)


@dataclass(frozen=True)
class Scenario:
    """What happens to a population, as tables."""

    case: Case
    asked: Mapping[str, Any]  #: the record that names the run, made before its files are read
    clock: Clock
    constants: Any  #: one row of CONSTANTS
    events: Any  #: EVENT rows in order of time
    acts: Any  #: ACT rows, in the order of `act_names`
    act_names: tuple[str, ...]
    circadian: npt.NDArray[np.float64]
    in_session: npt.NDArray[np.bool_]
    first_bar: npt.NDArray[np.bool_]
    night: npt.NDArray[np.bool_]
    entry_heat: npt.NDArray[np.float64]  #: heat of the list's 50th place, by step (E11)


def given(config: Config) -> Case:
    """The case of a config. Raises ConfigError for settings that nobody gave one."""
    if not config.case.name:
        raise ConfigError("case", None, "no case, no run", "a case", f"case={DEFAULT_CASE}")
    return config.case


def clock_of(config: Config, case: Case) -> Clock:
    """The clock of a run: the case's start, the config's step and horizon."""
    return Clock(
        start=case.start,
        dt_min=config.clock.dt_min,
        horizon_d=config.clock.horizon_d,
        burn_in_h=config.clock.burn_in_h,
        time_zone=case.time_zone,
        exchange=case.exchange if case.listed else None,
    )


def build_scenario(config: Config) -> Scenario:
    """All tables of a run. Raises ConfigError for what lies outside the horizon."""
    case = given(config)
    clock = clock_of(config, case)
    return Scenario(
        case=case,
        asked=asked(config, case),
        clock=clock,
        constants=_constants(config, case, clock),
        events=_events(case, clock),
        acts=_acts(config.response, config, case, clock),
        act_names=act_names(config.response),
        circadian=clock.circadian(),
        in_session=clock.in_session(),
        first_bar=clock.first_bar(),
        night=clock.is_night(),
        entry_heat=entry_heats(config.seed, vars(config.parameters), clock),
    )


def effective_parameters(config: Config) -> dict[str, float]:
    """Parameters after knock-outs: a switched-off mechanism sets its parameters to nothing."""
    values = {name: float(value) for name, value in asdict(config.parameters).items()}
    for name, on in asdict(config.mechanisms).items():
        if not on:
            values.update(KNOCK_OUT[name])
    return values


def entry_heats(
    seed: int, parameters: Mapping[str, float], clock: Clock
) -> npt.NDArray[np.float64]:
    """Heat that a hashtag needs to be on the list, float64[n_steps]; parameters : by name."""
    sd, rho = parameters["entry_spread"], parameters["entry_correlation"]
    times = [clock.time_of(step) for step in range(clock.n_steps)]
    hours = int(clock.n_steps * clock.dt_h) + 2
    normals = draws.normal_column(seed, Decision.LIST, 0, hours)
    log_factor = [sd * normals[0]]
    for normal in normals[1:]:
        log_factor.append(platform.competition(sd, rho, log_factor[-1], float(normal)))
    return np.array(
        [
            platform.entry_heat(
                places.PLACE_50[time.weekday() >= 5][time.hour], log_factor[int(clock.dt_h * step)]
            )
            for step, time in enumerate(times)
        ]
    )


def _constants(config: Config, case: Case, clock: Clock) -> Any:
    values = effective_parameters(config)
    table = np.zeros(1, CONSTANTS).view(np.recarray)
    for name, value in values.items():
        table[name] = value
    dt_h = clock.dt_h
    keep = [exposure.memory_keep(tau_h, dt_h) for tau_h in exposure.MEMORY_H]
    weights = np.array(
        [
            values[name]
            for name in ("visible_12min", "visible_1h", "visible_4h", "visible_24h", "visible_200h")
        ]
    )
    table["memory_keep"][0] = keep
    table["memory_weight"][0] = [
        exposure.memory_weight(share, weights.sum(), kept)
        for share, kept in zip(weights, keep, strict=True)
    ]

    def halving(hours: float) -> float:
        return pace.keep(hours, dt_h)

    session_h = EXCHANGES[clock.exchange].day_h if clock.exchange else market.NO_SESSION_H
    bars = pace.steps(session_h, dt_h)
    derived = {
        "novelty_keep": halving(values["novelty_half_life_h"]),
        "recovery_keep": halving(values["recovery_half_life_h"]),
        "grudge_keep": halving(pace.hours(values["grudge_half_life_d"])),
        "grudge_build": pace.per_step(values["grudge_build_per_h"], dt_h),
        "trust_loss": pace.per_step(values["trust_loss_per_h"], dt_h),
        "trust_gain": pace.per_step(values["trust_gain_per_h"], dt_h),
        "trust_back": pace.per_step(values["trust_return_per_h"], dt_h),
        "relief_keep": halving(values["relief_half_life_h"]),
        "heat_keep": halving(values["heat_half_life_h"]),
        "verify_keep": halving(values["verification_h"]),
        "talk_keep": halving(values["talk_half_life_h"]),
        "hashtag_steps": pace.steps(values["hashtag_half_life_h"], dt_h),
        "post_heat": platform.post_heat(
            values["heat_per_post"], case.community_middle, values["community_size"]
        ),
        "hour_steps": pace.steps(1.0, dt_h),
        "promise_due_steps": pace.whole_steps(pace.hours(values["promise_due_d"]), dt_h),
        "doubt_keep": halving(values["doubt_half_life_h"]),
        "patience_until": question.patience_step(
            clock.step_of(case.clock_start_time), values["patience_h"], dt_h
        ),
        "question_half_life_h": pace.hours(values["question_half_life_d"]),
        "press_half_life_h": pace.hours(values["press_half_life_d"]),
        "unfounded": float(config.accusation is Accusation.unfounded),
        "only_contacts": float(config.accusation is Accusation.contact_only),
        "clock_start": clock.step_of(case.clock_start_time),
        "wave_from": clock.burn_in_steps + pace.steps(pace.hours(values["wave_after_d"]), dt_h),
        "bars": bars,
        "bar_sd": market.bar_volatility(
            values["daily_volatility"], values["overnight_share"], bars
        ),
        "overnight_sd": market.overnight_volatility(
            values["daily_volatility"], values["overnight_share"]
        ),
        "reversion": market.reversion_share(bars, values["sentiment_half_life_d"]),
        "previous_close_hkd": np.nan if case.previous_close is None else case.previous_close,
        "turnover_hkd": 1e9 * values["turnover_hkd_bn"],
        "buyback_bars": max(1.0, pace.whole_steps(values["buyback_spread_h"], dt_h)),
        "share_core": values["real_share_core"],
        "share_customer": values["real_share_customer"],
        "share_public": census.public_share(
            values["real_share_core"], values["real_share_customer"]
        ),
    }
    for name, value in derived.items():
        table[name] = value
    if any(event.kind == "naming" for event in case.forcing):
        table["exogenous_wave_per_d"] = 0.0  # the documented second wave stands for the hazard
    return table


def _events(case: Case, clock: Clock) -> Any:
    table = np.zeros(len(case.forcing), EVENT).view(np.recarray)
    for i, event in enumerate(case.forcing):
        step = _inside(clock, event.time, f"case.events.{event.id}.time")
        row = {
            "step": step,
            "kind": EVENT_KINDS.index(event.kind),
            "topic": event.topic,
            "reach_core": event.reach[0],
            "reach_customer": event.reach[1],
            "reach_public": event.reach[2],
            "credibility": event.credibility,
            "novelty": event.novelty,
            "betrayal": event.betrayal,
            "heat": event.heat,
            "tag": float(event.tag),
            "displacement": event.displacement,
            "until": step + event.duration_h / clock.dt_h,
            "requires": -1.0 if event.requires is None else w.KIND[event.requires],
        }
        for name, value in row.items():
            table[name][i] = value
    return table


def _inside(clock: Clock, time: Any, path: str) -> int:
    try:
        return clock.step_of(time)
    except ValueError:
        raise ConfigError(
            path,
            str(time),
            "outside the simulated time",
            f"{clock.time_of(0)} to {clock.time_of(clock.n_steps - 1)}",
            "a time inside, or clock.horizon_d / clock.burn_in_h that reach it",
        ) from None


def _check_money(response: Response, case: Case) -> None:
    """Refuse a buyback without a market, and an amount in HKD in a case of another currency."""
    for name, act in response.playbook.items():
        path = path_of(name)
        if isinstance(act, Buyback) and act.delay_h is not None and not case.listed:
            raise ConfigError(
                f"{path}.delay_h",
                act.delay_h,
                f"the case {case.name} has no market ({case.no_market()}): nothing can be bought "
                "back",
                "null (never)",
                f"{path}.delay_h=null",
            )
        usual = Compensation().cost_hkd
        if isinstance(act, Compensation) and not case.counts_money and act.cost_hkd != usual:
            money = "not known" if case.currency is None else f"in {case.currency}"
            raise ConfigError(
                f"{path}.cost_hkd",
                act.cost_hkd,
                f"the amounts of the model are in {MONEY}, and the money of the case {case.name} "
                f"is {money}: its cash is not counted",
                f"{usual:g}, which is not counted",
                f"{path}.cost_hkd={usual:g}",
            )


_TRIGGERS = {
    Trigger.screenshot: w.BY_SCREENSHOT,
    Trigger.detection: w.BY_DETECTION,
    Trigger.list_entry: w.BY_LIST_ENTRY,
    Trigger.governance_talk: w.BY_GOVERNANCE_TALK,
    Trigger.declared: w.BY_DECLARED,
}
#: Acts whose draws have had these addresses from the beginning: frozen, so that no draw moves.
_ADDRESSES = {
    name: k
    for k, name in enumerate(
        "disclosure denial apology termination penalty explanation reform compensation buyback "
        "delivery".split()
    )
}


def act_names(response: Response) -> tuple[str, ...]:
    """The act of each row of the table: one a kind, the delivery of its reform, then the others."""
    names = [*w.ACT_KINDS]
    for name, act in response.playbook.items():
        if name not in KINDS:
            names.append(name)
            if isinstance(act, Reform):
                names.append(f"{name}_{DELIVERY}")
    return tuple(names)


def _address(name: str) -> int:
    """Where the draws of an act lie: by its name, so that no other act moves them."""
    return _ADDRESSES.get(name, 16 + (zlib.crc32(name.encode()) & 0xFFFFFF))


def _acts(response: Response, config: Config, case: Case, clock: Clock) -> Any:
    """The playbook as ACT rows: when each act comes, and what it says and does."""
    _check_money(response, case)
    names, book = act_names(response), response.playbook
    if len(names) > w.MAX_ACTS:
        raise ConfigError(
            "response.acts",
            f"{len(response.acts)} acts",
            "more than people of this model can keep apart",
            f"{w.MAX_ACTS - w.N_KINDS} with names of their own; a reform counts twice",
            "fewer of them",
        )
    table = np.zeros(len(names), w.ACT).view(np.recarray)
    table["step"] = -1.0
    table["delivery"] = -1.0
    parameters = effective_parameters(config)
    for a, name in enumerate(names):
        act = book.get(name)
        table["address"][a] = _address(name)
        if act is None:  # what comes of a reform by itself
            promised = names.index("reform" if name == DELIVERY else name[: -len(DELIVERY) - 1])
            table["kind"][a] = w.DELIVERY
            table["spoken"][a] = table["judged"][a] = table["deed"][a] = 1.0
            table["delivery"][promised] = a
            for column in ("voice", "heat", "reach", "acknowledgement"):
                table[column][a] = table[column][promised]
            continue
        table["kind"][a] = w.KIND[kind_of(act)]
        if act.delay_h is None:
            continue
        trigger, threshold = act.waits_for
        numbers = {
            "wanted": 1.0,
            "trigger": _TRIGGERS[trigger],
            "threshold": threshold,
            "delay": act.delay_h / clock.dt_h,
            **_told(act, response.channel, parameters),
            **_levers(act),
        }
        for column, value in numbers.items():
            table[column][a] = value
        # to the minute: 0.833333 h must not fall a moment short of its step
        time = case.after(float(act.delay_h))
        step = _inside(clock, time, f"{path_of(name)}.delay_h")
        if trigger is Trigger.screenshot:
            table["step"][a] = step
    if len(set(table["address"])) < len(names):
        raise ConfigError(
            "response.acts", list(response.acts), "two names that the draws cannot tell apart",
            "other names", "another name for one of them",
        )  # fmt: skip
    return table


def _told(act: Act, channel: Channel, parameters: Mapping[str, float]) -> dict[str, float]:
    """How an act reaches people: by which voice, how loud, how far, as what news."""
    if not act.SPOKEN:
        return {}
    voice = {
        Speaker.staff: 0.0,
        Speaker.pr_head: parameters["voice_pr_head"],
        Speaker.company: parameters["voice_company"],
        Speaker.founder: 1.0,
    }
    loud = {
        Speaker.staff: parameters["heat_staff"],
        Speaker.pr_head: parameters["heat_pr_head"],
        Speaker.company: 1.0,
        Speaker.founder: parameters["heat_founder"],
    }
    speaker = getattr(act, "speaker", Speaker.company)
    push = parameters["push_reach"] if channel is Channel.public else 1.0
    return {
        "spoken": 1.0,
        "voice": voice[speaker],
        "heat": playbook.loudness(loud[speaker], 1.0 if push == 1.0 else parameters["push_heat"]),
        "reach": push,
        "topic": 1.0 if act.TOPIC == "governance" else 0.0,
        "news": parameters[act.NEWS],
        "headlines": parameters[act.HEADLINES] if act.HEADLINES else 1.0,
        "joins": float(act.JOINS),
        "judged": float(act.JUDGED),
        "private": float(act.PRIVATE),
        "text": float(act.TEXT),
        "deed": float(act.DEED),
        "concedes": float(act.CONCEDES),
    }


def _levers(act: Act) -> dict[str, float]:
    """Levers of an act as numbers: a level by its rank, yes and no as 1 and 0."""
    return {
        item.name: value.rank if isinstance(value, Level) else float(value)
        for item in fields(act)
        if item.name not in w.NO_COLUMNS
        for value in (getattr(act, item.name),)
    }


def asked(config: Config, case: Case) -> dict[str, Any]:
    """The record of what was asked; `sim.settings.identity` says what of it names the run.

    Files stand in it by the digest of their content. Raises ConfigError for one that is not there.
    """
    return {
        "case": _simulated(case),
        **{
            part: plain_once(getattr(config, part))
            for part in ("clock", "population", "response", "mechanisms")
        },
        **_asked_network(config),
        "accusation": config.accusation.value,
        "parameters": dict(vars(config.parameters)),  # numbers, 20,000 times in a sweep
        "seed": config.seed,
    }


def _asked_network(config: Config) -> dict[str, Any]:
    """The parts `network` and `population`: a network of one's own may bring its people."""
    wanted, population = config.network, plain_once(config.population)
    brought = {name: n for name, n in population.items() if name not in _SIZES}
    if wanted.saved_digest is not None:
        return {"network": {"saved": wanted.saved_digest}, "population": brought}
    network = _drawn(wanted)
    if wanted.edges is None:
        return {"network": network, "population": population}
    edges = _digest_of("network.edges", wanted.edges)
    if wanted.people is None:
        return {"network": {**network, "edges": edges}, "population": population}
    people = _digest_of("network.people", wanted.people)
    return {"network": {**network, "edges": edges, "people": people}, "population": brought}


_SIZES = ("n_people", "share_core", "share_customer")


def _digest_of(key: str, path: str) -> str:
    """Of the content of a file: an edited one is another, wherever it lies and however spelt."""
    try:
        return content_digest(Path(path).expanduser())
    except OSError as problem:
        missing = isinstance(problem, FileNotFoundError | NotADirectoryError | IsADirectoryError)
        reason = "no such file" if missing else f"cannot be read ({problem.strerror or problem})"
        raise ConfigError(key, path, reason, "a CSV or Parquet file", f"{key}=FILE.csv") from None


_AS_LISTED = {name: getattr(NetworkConfig(), name) for name in OF_A_LIST}


@by_identity
def _drawn(config: NetworkConfig) -> dict[str, Any]:
    named: dict[str, Any] = plain(config)
    del named["saved"]
    for name in OF_A_LIST:
        if getattr(config, name) is _AS_LISTED[name]:
            del named[name]
    return named


_simulated = by_identity(Case.simulated)


def name_of(config: Config) -> str:
    """The name of the run of this config. Raises ConfigError for one that asks for several runs."""
    config = drawn(config)
    return name_of_asked(asked(config, given(config)))
