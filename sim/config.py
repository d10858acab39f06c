"""Every setting of a run: typed, ranged, checked together, composed by Hydra.

The dataclasses are Hydra's schema and, once built, the frozen objects that the code passes
around. No module but this one and the entry points knows Hydra. Levers (what the brand chooses)
are in `sim.response`, uncertainties (what nobody chooses) in `sim.parameters`.
"""

from __future__ import annotations

import difflib
import re
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

from sim.choices import conf_dir, read_yaml
from sim.parameters import KNOCK_OUT, Mechanisms, Parameters
from sim.refusal import ConfigError, check_ranges
from sim.response import Response, Speaker


@dataclass(frozen=True)
class ClockConfig:
    """Steps and horizon."""

    dt_min: int = field(
        default=15,
        metadata={
            "low": 15,
            "high": 30,
            "unit": "min",
            "provenance": "assumed",
            "source": "HK bars of 15 min",
            "meaning": "length of a step (15 or 30)",
        },
    )
    horizon_d: int = field(
        default=14,
        metadata={
            "low": 1,
            "high": 90,
            "unit": "d",
            "provenance": "assumed",
            "source": "the second wave is inside",
            "meaning": "days from the case's start",
        },
    )
    burn_in_h: int = field(
        default=24,
        metadata={
            "low": 0,
            "high": 72,
            "unit": "h",
            "provenance": "assumed",
            "source": "the rumour is inside",
            "meaning": "hours simulated before the case's start",
        },
    )

    def __post_init__(self) -> None:
        check_ranges(self, "clock")
        if self.dt_min not in (15, 30):
            raise ConfigError(
                "clock.dt_min",
                self.dt_min,
                "sessions are cut into 15 or 30 minutes",
                "15 or 30",
                "clock.dt_min=15",
            )


def count(default: int, high: int, meaning: str) -> Any:
    """A field that counts agents; nobody of a kind is refused."""
    return field(
        default=default,
        metadata={
            "low": 1,
            "high": high,
            "unit": "agents",
            "provenance": "assumed",
            "source": "MODEL 2.1",
            "meaning": meaning,
        },
    )


@dataclass(frozen=True)
class PopulationConfig:
    """Who is there. Core fans are over-sampled; every reported share is weighted back."""

    n_people: int = field(
        default=3000,
        metadata={
            "low": 3,
            "high": 20_000_000,
            "unit": "people",
            "provenance": "assumed",
            "source": "N-invariance is tested",
            "meaning": "core fans, customers and public together",
        },
    )
    share_core: float = field(
        default=0.20,
        metadata={
            "low": 0.0,
            "high": 1.0,
            "unit": "share",
            "provenance": "assumed",
            "source": "over-sampled",
            "meaning": "core fans among simulated people",
        },
    )
    share_customer: float = field(
        default=0.35,
        metadata={
            "low": 0.0,
            "high": 1.0,
            "unit": "share",
            "provenance": "assumed",
            "source": "-",
            "meaning": "customers among simulated people",
        },
    )
    n_partner_leaders: int = count(8, 1000, "opinion leaders under contract")
    n_neutral_leaders: int = count(12, 1000, "opinion leaders who report")
    n_antagonist_leaders: int = count(4, 1000, "opinion leaders who mock")
    n_noise_investors: int = count(30, 100_000, "investors who trade at random")
    n_sentiment_investors: int = count(18, 100_000, "investors who follow sentiment")
    n_value_investors: int = count(12, 100_000, "investors who follow value")

    @property
    def n_core(self) -> int:
        return round(self.n_people * self.share_core)

    @property
    def n_customer(self) -> int:
        return round(self.n_people * self.share_customer)

    @property
    def n_public(self) -> int:
        return self.n_people - self.n_core - self.n_customer

    @property
    def n_leaders(self) -> int:
        return self.n_partner_leaders + self.n_neutral_leaders + self.n_antagonist_leaders

    @property
    def n_investors(self) -> int:
        return self.n_noise_investors + self.n_sentiment_investors + self.n_value_investors

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name.startswith("n_") and value < item.metadata["low"]:
                raise ConfigError(
                    f"population.{item.name}",
                    value,
                    "a kind without anybody in it cannot act",
                    f"{item.metadata['low']} or more {item.metadata['unit']}",
                    f"population.{item.name}={item.default}; to silence a kind, knock out its "
                    "mechanism, such as mechanisms.mocking=false",
                )
        check_ranges(self, "population")
        for name, n in (
            ("core", self.n_core),
            ("customer", self.n_customer),
            ("public", self.n_public),
        ):
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
class NetworkConfig:
    """Who follows whom, and who shares a group chat."""

    mean_follows: float = field(
        default=20.0,
        metadata={
            "low": 1,
            "high": 500,
            "unit": "people",
            "provenance": "assumed",
            "source": "-",
            "meaning": "people that a person follows, on average",
        },
    )
    tail_exponent: float = field(
        default=1.3,
        metadata={
            "low": 1.05,
            "high": 4,
            "unit": "-",
            "provenance": "measured",
            "source": "Weibo cascade authors, tail exponent about 1.27",
            "meaning": "Pareto exponent of follower counts",
        },
    )
    core_homophily: float = field(
        default=0.6,
        metadata={
            "low": 0,
            "high": 1,
            "unit": "share",
            "provenance": "assumed",
            "source": "-",
            "meaning": "share of a core fan's follows that are core fans",
        },
    )
    reciprocity: float = field(
        default=0.2,
        metadata={
            "low": 0,
            "high": 0.9,
            "unit": "share",
            "provenance": "assumed",
            "source": "follower graphs: about .2 (not re-checked)",
            "meaning": "share of ties returned",
        },
    )
    groups_per_core: int = field(
        default=2,
        metadata={
            "low": 1,
            "high": 8,
            "unit": "groups",
            "provenance": "assumed",
            "source": "MODEL 2.4",
            "meaning": "fan group chats of a core fan",
        },
    )
    group_size: int = field(
        default=40,
        metadata={
            "low": 2,
            "high": 500,
            "unit": "people",
            "provenance": "assumed",
            "source": "platform cap 500 (not re-checked)",
            "meaning": "mean size of a group chat",
        },
    )
    leader_share: float = field(
        default=0.5,
        metadata={
            "low": 0.01,
            "high": 1,
            "unit": "share",
            "provenance": "assumed",
            "source": "2.5 million followers in an assumed universe of 5 million",
            "meaning": "audience of the largest opinion leader, over all people",
        },
    )
    leader_exponent: float = field(
        default=1.2,
        metadata={
            "low": 0.8,
            "high": 3,
            "unit": "-",
            "provenance": "assumed",
            "source": "Pareto",
            "meaning": "Pareto exponent of leaders' audiences",
        },
    )
    seed: int | None = field(
        default=None,
        metadata={
            "low": 0,
            "high": 2**63 - 1,
            "unit": "-",
            "provenance": "assumed",
            "source": "-",
            "meaning": "seed of the network; null = the run's own seed",
        },
    )
    edges: str | None = None
    people: str | None = None

    def __post_init__(self) -> None:
        check_ranges(self, "network")
        if self.people is not None and self.edges is None:
            raise ConfigError(
                "network.people",
                self.people,
                "attributes without an edge list",
                "a file of people only together with network.edges",
                "network.edges=FILE network.people=FILE",
            )


@dataclass(frozen=True)
class UncertaintyConfig:
    """How replicates differ: `point` by seed alone, `prior` and `posterior` also by parameters.

    A posterior draws from what the fit of a case kept: what the case pins down is narrower than the
    prior, the rest is the prior. n_replicates worlds, each with n_seeds seeds; all responses meet
    the same worlds and seeds.
    """

    name: str = "point"
    posterior: str = "xiaomi_2026"  #: the case whose fit is drawn from
    n_seeds: int = 1  #: seeds in each world
    first: int = 0  #: number of the first world; later ones are fresh draws of the same design

    def __post_init__(self) -> None:
        for key, low in (("n_seeds", 1), ("first", 0)):
            value = getattr(self, key)
            if not low <= value <= 100_000:
                raise ConfigError(
                    f"uncertainty.{key}",
                    value,
                    "outside its range",
                    f"{low} to 100,000",
                    f"uncertainty.{key}={low}",
                )
        if self.name not in ("point", "prior", "posterior"):
            raise ConfigError(
                "uncertainty.name",
                self.name,
                "no such uncertainty",
                "point, prior, posterior",
                "uncertainty=point",
            )


@dataclass(frozen=True)
class EngineConfig:
    """How a run is computed; never part of its name, because it cannot change a bit of it."""

    name: str = "columnar"
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.name not in ("columnar", "mesa"):
            raise ConfigError(
                "engine.name", self.name, "no such engine", "columnar, mesa", "engine=columnar"
            )
        if self.threads is not None and not 1 <= self.threads <= 1024:
            raise ConfigError(
                "engine.threads",
                self.threads,
                "runs need a thread to run in",
                "1 to 1024, or null for one a core",
                "engine.threads=null",
            )


@dataclass(frozen=True)
class Config:
    """Everything that a run may be told."""

    case: dict[str, Any] = field(default_factory=dict)
    clock: ClockConfig = field(default_factory=ClockConfig)
    population: PopulationConfig = field(default_factory=PopulationConfig)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    response: Response = field(default_factory=Response)
    parameters: Parameters = field(default_factory=Parameters)
    mechanisms: Mechanisms = field(default_factory=Mechanisms)
    uncertainty: UncertaintyConfig = field(default_factory=UncertaintyConfig)
    engine: EngineConfig = field(default_factory=EngineConfig)
    seed: int = 0
    n_replicates: int = 1
    results: str = "results"
    format: str = "table"
    lang: str = "en"

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**62:
            raise ConfigError("seed", self.seed, "not a seed", "0 to 2**62 - 1", "seed=0")
        if self.n_replicates < 1:
            raise ConfigError(
                "n_replicates",
                self.n_replicates,
                "no run, no result",
                "1 or more",
                "n_replicates=50",
            )
        if not self.results.strip():
            raise ConfigError(
                "results", self.results, "no name of a folder", "a folder", "results=results"
            )
        if self.format not in ("table", "json"):
            raise ConfigError("format", self.format, "no such format", "table, json", "format=json")
        if self.lang not in ("en", "zh"):
            raise ConfigError("lang", self.lang, "no such language", "en, zh", "lang=en")
        if self.parameters.real_share_core + self.parameters.real_share_customer >= 1:
            raise ConfigError(
                "parameters.real_share_customer",
                self.parameters.real_share_customer,
                "with real_share_core it leaves no room for the public",
                "real_share_core + real_share_customer < 1",
                "parameters.real_share_customer=0.3",
            )
        if self.case and not self.case.get("founder", False):
            for step in ("explanation", "apology", "denial"):
                chosen = getattr(self.response, step)
                if chosen.delay_h is not None and chosen.speaker is Speaker.founder:
                    raise ConfigError(
                        f"response.{step}.speaker",
                        "founder",
                        f"the case {self.case.get('name')} knows no founder who could speak",
                        "staff, pr_head, company",
                        f"response.{step}.speaker=company, or response.{step}.delay_h=null",
                    )


# --- what is asked, and its name ----------------------------------------------------------------


def from_plain(values: Mapping[str, Any]) -> Config:
    """The config that `plain` wrote down, checked like any other."""

    def built(kind: Any, node: Mapping[str, Any], prefix: str) -> Any:
        types = get_type_hints(kind)
        arguments = {}
        for name, value in node.items():
            if is_dataclass(types[name]):
                arguments[name] = built(types[name], value, f"{prefix}{name}.")
            else:
                arguments[name] = value if name == "case" else _typed(prefix + name, value)
        return kind(**arguments)

    config: Config = built(Config, values, "")
    return config


# --- Hydra --------------------------------------------------------------------------------------


def schema() -> Any:
    """Config as a node that Hydra may merge into.

    OmegaConf makes frozen dataclasses read-only, which would also stop YAML and the command line
    from setting them; freezing returns with OmegaConf.to_object.
    """
    from omegaconf import OmegaConf

    node = OmegaConf.structured(Config)
    OmegaConf.set_readonly(node, False)
    for key in node:
        _unlock(node, str(key))
    return node


def _unlock(parent: Any, key: str) -> None:
    from omegaconf import OmegaConf

    node = parent._get_node(key)
    if OmegaConf.is_dict(node):
        OmegaConf.set_readonly(node, False)
        for inner in node:
            _unlock(node, str(inner))


_COMPOSING = threading.Lock()  # Hydra keeps one global state: one thread composes at a time


def compose(overrides: Sequence[str] = ()) -> Config:
    """A checked Config from Hydra overrides, such as `["response=none", "seed=3"]`.

    Raises ConfigError, and nothing else, for whatever a user can type wrong.
    """
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.core.config_store import ConfigStore
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf import OmegaConf, open_dict
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    given = overrides = [
        word
        for item in overrides
        for word in (
            ("uncertainty=posterior", f"uncertainty.{item}")
            if str(item).startswith("posterior=")
            else (str(item),)
        )
    ]
    with tempfile.TemporaryDirectory() as scratch:
        overrides, folder = _own_case(overrides, Path(scratch))
        for item in overrides:
            _check_override(item)
        ConfigStore.instance().store(name="schema", node=schema())
        search = [f"hydra.searchpath=[file://{scratch}]"]
        try:
            with _COMPOSING:
                GlobalHydra.instance().clear()
                with initialize_config_dir(version_base="1.3", config_dir=str(conf_dir())):
                    node = hydra_compose("config", overrides=[*overrides, *search])
            with open_dict(node):
                node.case.folder = folder
            built = OmegaConf.to_object(node)
        except ConfigError:
            raise
        except (HydraException, OmegaConfBaseException) as problem:
            cause = problem.__cause__
            if isinstance(cause, ConfigError):
                raise cause from None
            raise _explain(problem, given) from None
        except YAMLError as problem:
            raise _not_yaml(_case_of(given), problem) from None
    if not isinstance(built, Config):
        raise TypeError("the composed config is not a Config")
    return built


def altered(config: Config, changes: Mapping[str, Any]) -> Config:
    """A composed config with settings changed, as if they had been composed: the same checks.

    changes : dotted key -> value as YAML reads it. A sweep composes once and alters for each cell,
    because composing takes a hundred times as long. Raises ConfigError.
    """
    inner: dict[str, dict[str, Any]] = {}
    for key, value in changes.items():
        if key.partition(".")[0] == "case":
            raise ConfigError(
                key, value, "a case is not swept key by key", "case=...", "case=xiaomi_2026"
            )
        if key not in _typed_keys():
            raise ConfigError(
                key,
                value,
                "no such setting",
                "keys of the schema (backlash run --cfg)",
                f"{_nearest(key)}={value}",
            )
        head, _, rest = key.partition(".")
        inner.setdefault(head, {})[rest] = _typed(key, value)
    return _replaced(config, inner)


def _replaced(settings: Any, inner: Mapping[str, Mapping[str, Any]]) -> Any:
    new = {}
    for name, changes in inner.items():
        if "" in changes:
            new[name] = changes[""]
            continue
        below: dict[str, dict[str, Any]] = {}
        for key, value in changes.items():
            head, _, rest = key.partition(".")
            below.setdefault(head, {})[rest] = value
        new[name] = _replaced(getattr(settings, name), below)
    return replace(settings, **new)


@cache
def _typed_keys() -> dict[str, Any]:
    """Every settable key and the type of its value."""

    def below(kind: Any, prefix: str) -> dict[str, Any]:
        types = get_type_hints(kind)
        found: dict[str, Any] = {}
        for item in fields(kind):
            hint = types[item.name]
            if is_dataclass(hint):
                found.update(below(hint, f"{prefix}{item.name}."))
            else:
                found[prefix + item.name] = hint
        return found

    return below(Config, "")


def _typed(key: str, value: Any) -> Any:
    """A value of the type that its key has, or a refusal."""
    allowed = get_args(_typed_keys()[key]) or (_typed_keys()[key],)
    for kind in allowed:
        if value is None and kind is type(None):
            return None
        if isinstance(kind, type) and issubclass(kind, Enum):
            if value in [choice.value for choice in kind]:
                return kind(value)
        elif isinstance(value, bool) or kind is bool:
            if kind is bool and isinstance(value, bool):
                return value
        elif kind is float and isinstance(value, int | float):
            return float(value)
        elif kind in (int, str) and isinstance(value, kind):
            return value
    first = next(kind for kind in allowed if kind is not type(None))
    choices = (
        ", ".join(choice.value for choice in first)
        if isinstance(first, type) and issubclass(first, Enum)
        else {float: "a number", int: "a whole number", bool: "true, false"}.get(first, "text")
    )
    raise ConfigError(key, value, "not possible here", choices, f"backlash run --cfg shows {key}")


def _check_override(override: str) -> None:
    """Refuse whatever is not one plain `key=value`, before Hydra makes something else of it."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    key, equals, value = override.partition("=")
    bare = key.lstrip("+~")
    keys = "keys of the schema (backlash run --cfg)"
    if not equals and not key.startswith("~"):
        hint = "backlash --help" if key.startswith("-") else f"{_nearest(override)}=..."
        raise ConfigError(override, value, "not a setting", "KEY=VALUE", hint)
    if bare.partition("/")[0].partition(".")[0] == "hydra":
        raise ConfigError(key, value, "it would be dropped silently", keys, "the same without it")
    if key != bare:
        raise ConfigError(
            key,
            value,
            "settings are set, not added or deleted: a new key would be dropped silently",
            keys,
            f"{_nearest(bare)}={value or '...'}",
        )
    if key == "study":
        hint = f"backlash sweep study={value}"
        raise ConfigError(key, value, "a study is swept, not run", "settings of one run", hint)
    if not re.fullmatch(r"[A-Za-z_][\w.]*", key, re.ASCII):
        raise ConfigError(key, value, "no such setting", keys, f"{_nearest(key)}={value or '...'}")
    try:
        parsed = OverridesParser.create().parse_override(override)
    except HydraException:
        text = value.strip("'\"")
        raise ConfigError(
            key,
            value,
            "not understood as KEY=VALUE",
            "KEY=VALUE; Chinese text, spaces, commas and braces in quotes, and quotes in quotes",
            f"'{key}=\"{text}\"'",
        ) from None
    if parsed.is_sweep_override():
        first = re.split(r"[,(\[]", value)[0]
        hint = f"{key}={first}" if "," in value and "(" not in value else f"{key}=..."
        raise ConfigError(key, value, "several values where one is meant", "one value", hint)
    if (conf_dir() / key).is_dir() and not isinstance(parsed.value(), str):
        raise _no_such_option(key, value)


def _no_such_option(group: str, option: str) -> ConfigError:
    options = sorted(path.stem for path in (conf_dir() / group).glob("*.yaml"))
    close = difflib.get_close_matches(option, options, n=1, cutoff=0.3) or options[:1]
    return ConfigError(group, option, "no such option", ", ".join(options), f"{group}={close[0]}")


def _case_of(overrides: Sequence[str]) -> str:
    given = [item.partition("=")[2] for item in overrides if item.startswith("case=")]
    return given[-1] if given else "xiaomi_2026"


def _not_yaml(name: str, problem: Exception) -> ConfigError:
    mark = getattr(problem, "problem_mark", None)
    where = f" in line {mark.line + 1}" if mark is not None else ""
    what = getattr(problem, "problem", None) or "it holds no settings"
    return ConfigError(
        "case",
        name,
        f"not a case file{where}: {what}",
        "a YAML file such as conf/case/textbook.yaml",
        f"backlash case check {name}",
    )


def _own_case(overrides: list[str], scratch: Path) -> tuple[list[str], str]:
    """`case=path/to/file.yaml` becomes a group option; returns the folder where its series lie."""
    folder = str(conf_dir() / "case")
    result = []
    for item in overrides:
        key, _, value = item.partition("=")
        if key == "case" and value.endswith((".yaml", ".yml")):
            path = Path(value).expanduser()
            if not path.is_file():
                raise ConfigError(
                    "case",
                    value,
                    "no such file",
                    "a case file, or the name of one",
                    "case=xiaomi_2026, or backlash case check FILE",
                )
            _check_yaml(path, value)
            name = re.sub(r"[^A-Za-z0-9_]", "_", path.stem)
            (scratch / "case").mkdir(exist_ok=True)
            (scratch / "case" / f"own_{name}.yaml").write_bytes(path.read_bytes())
            folder, item = str(path.resolve().parent), f"case=own_{name}"
        result.append(item)
    return result, folder


def _check_yaml(path: Path, given: str) -> None:
    """A case file must at least be a mapping in YAML; `sim.case` checks the rest."""
    import yaml

    try:
        raw = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise _not_yaml(given, problem) from None
    if not isinstance(raw, dict):
        raise _not_yaml(given, ValueError())


def keys_of(settings: Any, prefix: str = "") -> list[str]:
    """Every settable key of a dataclass, dotted."""
    keys = []
    for item in fields(settings):
        inner = item.default_factory() if callable(item.default_factory) else None
        if inner is not None and is_dataclass(inner):
            keys += keys_of(inner, f"{prefix}{item.name}.")
        else:
            keys.append(prefix + item.name)
    return keys


def _nearest(key: str) -> str:
    groups = [folder.name for folder in conf_dir().iterdir() if folder.is_dir()]
    close = difflib.get_close_matches(key, keys_of(Config) + groups, n=1, cutoff=0.5)
    if not close:
        last = key.rsplit(".", 1)[-1]
        close = [
            full
            for full in keys_of(Config)
            if difflib.SequenceMatcher(None, full.rsplit(".", 1)[-1], last).ratio() > 0.7
        ]
    return close[0] if close else "response.apology.delay_h"


def _setting(key: str) -> tuple[Any, Any] | None:
    """The dataclass field of a dotted key and its default value; None if there is none."""
    value: Any = Config()
    item: Any = None
    for name in key.split("."):
        found = {item.name: item for item in fields(value)} if is_dataclass(value) else {}
        if name not in found:
            return None
        item, value = found[name], getattr(value, name)
    return item, value


def allowed_of(key: str) -> tuple[str, str]:
    """What a setting may be, in words, and an example to type."""
    found = _setting(key)
    if found is None:
        return "keys of the schema (backlash run --cfg)", f"{_nearest(key)}=..."
    item, default = found
    if is_dataclass(default):
        inner = keys_of(type(default), f"{key}.")
        return f"only its parts: {', '.join(inner)}", f"{inner[0]}=..."
    meta, kind, optional = item.metadata, str(item.type), "None" in str(item.type)
    if isinstance(default, Enum):
        options = [str(option.value) for option in type(default)]
        return ", ".join(options), f"{key}={default.value}"
    if kind.startswith("bool"):
        return "true or false", f"{key}={str(not default).lower()}"
    words = {"int": "a whole number", "float": "a number"}.get(kind.split(" ")[0], "text")
    if "low" in meta:
        words += f", {meta['low']:g} to {meta['high']:g} {meta['unit']}".rstrip(" -")
    example = default
    if default is None:
        example = max(meta["low"], 0) if "low" in meta else "null" if words != "text" else "FILE"
    shown = f"{example:g}" if isinstance(example, float) else example
    return words + (", or null" if optional else ""), f"{key}={shown}"


def options_of(key: str) -> list[str]:
    """The values of a setting that has few, for Tab completion; none of a number or a text."""
    few = {"format": ["table", "json"], "lang": ["en", "zh"]}
    found = _setting(key)
    if found is None or is_dataclass(found[1]):
        return []
    item, default = found
    if isinstance(default, Enum):
        return [str(option.value) for option in type(default)]
    if isinstance(default, bool):
        return ["true", "false"]
    return few.get(item.name, [])


def _explain(problem: Exception, overrides: Sequence[str]) -> ConfigError:
    """Hydra's complaint in our form: what, why, what is allowed, what to type."""
    text = " ".join(str(problem).split())
    cause = problem.__cause__
    if cause is not None:
        text += " " + " ".join(str(cause).split())
    given = dict(item.split("=", 1) for item in overrides if "=" in item)
    # the longest: `response` stands in every complaint about `response.apology.delay`
    guilty = max((key for key in given if key and key in text), key=len, default=None)
    missing = re.search(r"Could not find '([\w/]+)/([^']*)'", text)
    if missing and (conf_dir() / missing.group(1)).is_dir():
        return _no_such_option(*missing.groups())
    absent = re.search(r"Interpolation key '(case\.levers[\w.]*)' not found", text)
    if absent:
        return ConfigError(
            absent.group(1),
            None,
            f"the case {_case_of(overrides)} does not say what its brand did",
            "levers in the case file (as in conf/case/textbook.yaml)",
            "response=none, or another response that is not as_happened",
        )
    unknown = re.search(r"[Kk]ey '([\w.]+)'.*?(?:not in|is not in struct)", text)
    if unknown or ("Could not override" in text and "not in" in text):
        key = guilty or (unknown.group(1) if unknown else "?")
        value = given.get(key, "")
        return ConfigError(
            key,
            value,
            "no such setting",
            "keys of the schema (backlash run --cfg)",
            f"{_nearest(key)}={value or '...'}",
        )
    full = re.search(r"full_key: ([\w.\[\]]+)", text)
    key = full.group(1) if full else (guilty or "?")
    reason = re.split(r"full_key:|\sSee https|\sin your", text)[0].strip()
    reason = re.sub(r"^Error merging override \S+\s*", "", reason)
    found = _setting(key)
    if found is not None and is_dataclass(found[1]):
        reason = "a group of settings, not one"
    elif "Enum" in text or "expected one of" in text:
        reason = "no such choice"
    allowed, hint = allowed_of(key)
    return ConfigError(key, given.get(key, ""), reason[:200], allowed, hint)


def parameters_page() -> str:
    """docs/parameters.md: every setting with default, range, unit, provenance and source."""
    lines = [
        "# Every setting",
        "",
        "Generated from the typed configuration (`make docs`); a test compares.",
        "Provenance: measured, literature, calibrated (by hand, provisional), assumed; levers are "
        "chosen by the brand.",
        "The range is what may be set; the prior is what is plausible (`uncertainty=prior` draws "
        "from it).",
    ]
    for title, prefix, settings in (
        ("Levers", "response", Response()),
        ("Time", "clock", ClockConfig()),
        ("Population", "population", PopulationConfig()),
        ("Network", "network", NetworkConfig()),
        ("Parameters", "parameters", Parameters()),
    ):
        lines += [
            "",
            f"## {title}",
            "",
            "| key | default | range | prior | unit | meaning | provenance | source |",
            "|---|---|---|---|---|---|---|---|",
        ]
        lines += _rows_of(settings, prefix)
    lines += [
        "",
        "## Mechanisms",
        "",
        "Each can be knocked out: `mechanisms.NAME=false` sets its parameters to nothing.",
        "",
        "| key | sets |",
        "|---|---|",
    ]
    lines += [
        f"| `mechanisms.{name}` | {', '.join(f'{k} = {v:g}' for k, v in values.items())} |"
        for name, values in KNOCK_OUT.items()
    ]
    return "\n".join(lines)


def _rows_of(settings: Any, prefix: str) -> list[str]:
    rows = []
    for item in fields(settings):
        value, meta = getattr(settings, item.name), item.metadata
        if is_dataclass(value):
            rows += _rows_of(value, f"{prefix}.{item.name}")
        elif "low" in meta:
            default = "null" if value is None else f"{value:g}"
            low, high = meta.get("prior", (0, 0))
            prior = f"{low:g} to {high:g}" if low < high else "-"
            rows.append(
                f"| `{prefix}.{item.name}` | {default} | {meta['low']:g} to {meta['high']:g} | "
                f"{prior} | {meta['unit']} | {meta['meaning']} | {meta['provenance']} | "
                f"{meta['source']} |"
            )
        elif isinstance(value, Enum):
            options = ", ".join(str(option.value) for option in type(value))
            rows.append(
                f"| `{prefix}.{item.name}` | {value.value} | {options} | - | choice | "
                f"{(type(value).__doc__ or '').splitlines()[0]} | lever | - |"
            )
    return rows


if __name__ == "__main__":
    print(parameters_page())
