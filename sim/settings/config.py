"""Every setting of a run but the levers and the parameters: typed, ranged, checked together.

The dataclasses are the schema that choices and command lines are merged into and, once built, the
frozen objects that the code passes around. Levers (what the brand chooses) are in `sim.playbook`,
uncertainties (what nobody chooses) in `sim.settings.parameters`, settings of the network in
`sim.settings.network_config`; `Config` holds all of them.

Every group checks itself when it is built, and `Config` what only several groups together can get
wrong. So a Config that exists can be run, however it was made: by Hydra, by `replace`, from a
manifest. All of them raise ConfigError with what to type instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum

from sim.base.choices import DEFAULT_CASE
from sim.base.refusal import ConfigError, check_ranges, place
from sim.case.case import NO_CASE, Case
from sim.playbook.act import Speaker
from sim.playbook.kinds import PartnerCalls
from sim.playbook.names import path_of
from sim.playbook.response import Response
from sim.settings.conduct import EngineConfig, SnapshotConfig
from sim.settings.fields import count, setting
from sim.settings.network_config import NetworkConfig
from sim.settings.parameters import Mechanisms, Parameters


@dataclass(frozen=True)
class ClockConfig:
    """How long a step is, and from when to when people are simulated."""

    dt_min: int = setting(
        15, 15, 30, "min", "length of a step (15 or 30)", "bars of an exchange: 15 min"
    )
    horizon_d: int = setting(
        14, 1, 90, "d", "days from the case's start", "the second wave is inside"
    )
    burn_in_h: int = setting(
        24, 0, 72, "h", "hours simulated before the case's start", "the rumour is inside"
    )

    def __post_init__(self) -> None:
        """Refuse numbers out of range, and steps that divide no session. Raises ConfigError."""
        check_ranges(self, "clock")
        if self.dt_min not in (15, 30):
            raise ConfigError(
                "clock.dt_min", self.dt_min, "sessions are cut into 15 or 30 minutes", "15 or 30",
                "clock.dt_min=15",
            )  # fmt: skip


@dataclass(frozen=True)
class PopulationConfig:
    """Who is there, as numbers of people, opinion leaders and investors.

    Core fans are over-sampled, for they are few and most happens among them; every reported share
    is weighted back to the real shares of the kinds (`real_share_core`, `real_share_customer`).
    """

    n_people: int = setting(
        3000, 3, 20_000_000, "people", "core fans, customers and public together",
        "N-invariance is tested",
    )  # fmt: skip
    share_core: float = setting(
        0.20, 0.0, 1.0, "share", "core fans among simulated people", "over-sampled"
    )
    share_customer: float = setting(
        0.35, 0.0, 1.0, "share", "customers among simulated people", "-"
    )
    n_partner_leaders: int = count(8, 1000, "opinion leaders under contract", least=0)
    n_neutral_leaders: int = count(12, 1000, "opinion leaders who report")
    n_antagonist_leaders: int = count(4, 1000, "opinion leaders who mock", least=0)
    n_noise_investors: int = count(30, 100_000, "investors who trade at random")
    n_sentiment_investors: int = count(18, 100_000, "investors who follow sentiment")
    n_value_investors: int = count(12, 100_000, "investors who follow value")

    @property
    def n_core(self) -> int:
        """Core fans among the simulated people: the first rows."""
        return round(self.n_people * self.share_core)

    @property
    def n_customer(self) -> int:
        """Customers among the simulated people: the rows after the core fans."""
        return round(self.n_people * self.share_customer)

    @property
    def n_public(self) -> int:
        """People of neither kind: whoever is left."""
        return self.n_people - self.n_core - self.n_customer

    @property
    def n_leaders(self) -> int:
        """Opinion leaders of all three roles."""
        return self.n_partner_leaders + self.n_neutral_leaders + self.n_antagonist_leaders

    @property
    def n_investors(self) -> int:
        """Investors of all three strategies."""
        return self.n_noise_investors + self.n_sentiment_investors + self.n_value_investors

    def __post_init__(self) -> None:
        self._check_counts()
        check_ranges(self, "population")
        self._check_kinds()

    def _check_counts(self) -> None:
        """Refuse a kind of agent without anybody in it, before its range is looked at.

        The range would be refused, too, but without saying how a kind is silenced.
        """
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name.startswith("n_") and value < item.metadata["low"]:
                raise ConfigError(
                    f"population.{item.name}", value, "a kind without anybody in it cannot act",
                    f"{item.metadata['low']} or more {item.metadata['unit']}",
                    f"population.{item.name}={item.default}; to silence a kind, knock out its "
                    "mechanism, such as mechanisms.mocking=false",
                )  # fmt: skip

    def _check_kinds(self) -> None:
        """Refuse shares that leave a kind of people without anybody, once they are rounded."""
        kinds = {"core": self.n_core, "customer": self.n_customer, "public": self.n_public}
        for name, n in kinds.items():
            if n < 1:
                key = "share_customer" if name == "public" else f"share_{name}"
                raise ConfigError(
                    f"population.{key}",
                    getattr(self, key),
                    f"{n} of {self.n_people} people would be {name}",
                    "shares that leave at least one person of each kind "
                    "(core, customer, and the rest public)",
                    "population.share_core=0.2 population.share_customer=0.35 "
                    "population.n_people=3000",
                )


@dataclass(frozen=True)
class UncertaintyConfig:
    """How replicates differ: `point` by seed alone, `prior` and `posterior` also by parameters.

    A posterior draws from what the fit of a case kept: what the case pins down is narrower than the
    prior, the rest is the prior. n_replicates worlds, each with n_seeds seeds; all responses meet
    the same worlds and seeds.
    """

    name: str = "point"  #: point, prior or posterior
    posterior: str = DEFAULT_CASE  #: the case whose fit is drawn from
    n_seeds: int = 1  #: seeds in each world
    first: int = 0  #: number of the first world; later ones are fresh draws of the same design
    #: Parameters that are not drawn, by name, with spaces between: whoever sets a parameter, to its
    #: default too, means that value in every world. `compose` and `altered` write it.
    fixed: str = ""

    def __post_init__(self) -> None:
        known = {item.name for item in fields(Parameters)}
        for name in self.fixed.split():
            if name not in known:
                raise ConfigError(
                    "uncertainty.fixed", name, "no such parameter",
                    "names of parameters with spaces between (docs/parameters.md)",
                    f"uncertainty.fixed={min(known)}",
                )  # fmt: skip
        for key, low in (("n_seeds", 1), ("first", 0)):
            value = getattr(self, key)
            if not low <= value <= 100_000:
                raise ConfigError(
                    f"uncertainty.{key}", value, "outside its range", f"{low} to 100,000",
                    f"uncertainty.{key}={low}",
                )  # fmt: skip
        if self.name not in ("point", "prior", "posterior"):
            raise ConfigError(
                "uncertainty.name", self.name, "no such uncertainty", "point, prior, posterior",
                "uncertainty=point",
            )  # fmt: skip


WORTH_SHARING = 100_000  #: people from which a second thread in one run pays. Measured.


class Accusation(Enum):
    """What is true of the accusation, and comes out if somebody finds out: nobody knows it yet."""

    sound = "sound"  #: the accusation is true
    contact_only = "contact_only"  #: there were contacts, and no deal
    unfounded = "unfounded"  #: nothing of it is true


class SecondAccusation(Enum):
    """What is true of the second accusation of a case, and comes out if somebody finds out."""

    sound = "sound"  #: it is true
    unfounded = "unfounded"  #: nothing of it is true


@dataclass(frozen=True)
class Config:
    """Everything that a run may be told, and everything that runs of it share.

    Frozen: a change makes another Config (`dataclasses.replace`, `sim.settings.keys.altered`),
    which is checked like the first.
    """

    case: Case = NO_CASE
    accusation: Accusation = Accusation.sound  #: what is true, and may come out
    second_accusation: SecondAccusation = SecondAccusation.sound  #: the same of a second one
    clock: ClockConfig = field(default_factory=ClockConfig)
    population: PopulationConfig = field(default_factory=PopulationConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    response: Response = field(default_factory=Response)
    parameters: Parameters = field(default_factory=Parameters)
    mechanisms: Mechanisms = field(default_factory=Mechanisms)
    uncertainty: UncertaintyConfig = field(default_factory=UncertaintyConfig)
    engine: EngineConfig = field(default_factory=EngineConfig)
    snapshots: SnapshotConfig = field(default_factory=SnapshotConfig)
    seed: int = 0  #: of the first run
    n_replicates: int = 1  #: worlds, each with uncertainty.n_seeds seeds
    results: str = "results"  #: the folder of the store
    format: str = "table"  #: of what is printed: table or json
    lang: str = "en"  #: of what is printed and drawn: en or zh

    def __post_init__(self) -> None:
        _check_runs(self)
        _check_snapshots(self)
        _check_printed(self)
        _check_people(self)
        _check_second(self)
        _check_partners(self)


def _check_runs(config: Config) -> None:
    """Refuse what is no case, and numbers of runs, seeds and threads that mean none."""
    if not isinstance(config.case, Case):
        raise ConfigError(
            "case", type(config.case).__name__, "a case is read before it is run", "a Case",
            "sim.case.case_file.read_case(...), or sim.compose with case=FILE.yaml",
        )  # fmt: skip
    if not 0 <= config.seed < 2**62:
        raise ConfigError("seed", config.seed, "not a seed", "0 to 2**62 - 1", "seed=0")
    if config.n_replicates < 1:
        raise ConfigError(
            "n_replicates", config.n_replicates, "no run, no result", "1 or more", "n_replicates=50"
        )
    people, shared = config.population.n_people, config.engine.threads_per_run
    drawn = config.network.edges is None and config.network.saved is None
    if shared > 1 and drawn and people < WORTH_SHARING:
        raise ConfigError(
            "engine.threads_per_run", shared, f"{people:,} people are done before threads have met",
            f"1 below {WORTH_SHARING:,} people; replicates run side by side in any case",
            "engine.threads_per_run=1",
        )  # fmt: skip


def _check_snapshots(config: Config) -> None:
    """Refuse a sample of people at whom nobody looks, and looks between two steps."""
    wanted, dt_min = config.snapshots, config.clock.dt_min
    if wanted.every_h == 0 and wanted.people != SnapshotConfig().people:
        raise ConfigError(
            "snapshots.people", wanted.people,
            "no snapshot is taken without snapshots.every_h", "snapshots.every_h above 0",
            f"snapshots.every_h=6 snapshots.people={wanted.people}",
        )  # fmt: skip
    steps = wanted.every_h * 60 / dt_min
    if steps != round(steps):
        raise ConfigError(
            "snapshots.every_h", wanted.every_h, f"not a whole number of steps of {dt_min} min",
            f"multiples of {dt_min / 60:g} h, or 0 for no snapshots",
            f"snapshots.every_h={max(1, round(steps)) * dt_min / 60:g}",
        )  # fmt: skip


def _check_printed(config: Config) -> None:
    """Refuse results, formats and languages that nothing could be written in."""
    place("results", config.results)
    if not config.results.strip():
        raise ConfigError(
            "results", config.results, "no name of a folder", "a folder", "results=results"
        )
    if config.format not in ("table", "json"):
        raise ConfigError("format", config.format, "no such format", "table, json", "format=json")
    if config.lang not in ("en", "zh"):
        raise ConfigError("lang", config.lang, "no such language", "en, zh", "lang=en")


def _check_people(config: Config) -> None:
    """Refuse a founder whom the case lacks."""
    case = config.case
    if not case.name or case.founder:
        return
    for name, act in config.response.playbook.items():
        if act.delay_h is not None and getattr(act, "speaker", None) is Speaker.founder:
            path = path_of(name)
            raise ConfigError(
                f"{path}.speaker", "founder",
                f"the case {case.name} knows no founder who could speak",
                "staff, pr_head, company",
                f"{path}.speaker=company, or {path}.delay_h=null",
            )  # fmt: skip


def _check_second(config: Config) -> None:
    """Refuse a truth of a second accusation that the case does not have."""
    told = config.second_accusation
    if told is SecondAccusation.sound or not config.case.name:
        return
    if not config.case.has("second_accusation"):
        raise ConfigError(
            "second_accusation", told.value,
            f"nobody makes a second accusation in the case {config.case.name}",
            "sound, or a case with an event of kind second_accusation", "accusation=unfounded",
        )  # fmt: skip


def _check_partners(config: Config) -> None:
    """Refuse calls to partners where there are none."""
    if config.population.n_partner_leaders > 0:
        return
    for name, act in config.response.playbook.items():
        if act.delay_h is not None and isinstance(act, PartnerCalls):
            path = path_of(name)
            raise ConfigError(
                f"{path}.delay_h", act.delay_h,
                "there is no partner whom the brand could call",
                "null while population.n_partner_leaders=0",
                f"population.n_partner_leaders=8, or {path}.delay_h=null {path}.share=0",
            )  # fmt: skip
