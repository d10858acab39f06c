"""What a run starts from: its script, who follows whom, and who is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sim.base.refusal import ConfigError
from sim.network import shared
from sim.network.network import Network, build_network
from sim.network.saved import check_people, load_network
from sim.people import Population, build_population, leader_audiences
from sim.settings.config import Config
from sim.settings.network_config import NetworkConfig
from sim.settings.worlds import drawn
from sim.state.asked import asked
from sim.state.scenario import Scenario, build_scenario


class Start(NamedTuple):
    """All that a run needs, before its first step."""

    config: Config  #: drawn: of one run, in one world
    script: Scenario
    network: Network
    population: Population


def checked(config: object) -> Config:
    """The config. Raises ConfigError for whatever else is given."""
    if isinstance(config, Config):
        return config
    raise ConfigError(
        "config", config, f"a {type(config).__name__} is no checked config",
        "what sim.compose returns", 'sim.compose(["response=deny", "seed=3"])',
    )  # fmt: skip


def start_of(config: Config, alive: Callable[[], None] | None = None) -> Start:
    """The start of the one run that is asked for, in the world that the command line would draw.

    Raises ConfigError for settings that no run could honour, and for what one run does not do:
    several replicates, and snapshots, which are files.
    """
    config = drawn(checked(config))
    if config.snapshots.every_h:
        raise ConfigError(
            "snapshots.every_h", config.snapshots.every_h,
            "snapshots are files, and no file is written here", "0",
            "sim.snapshots.observe(config), the same run with its snapshots; or sim.ensemble",
        )  # fmt: skip
    script = build_scenario(config)  # first: it refuses in a moment what a network takes long for
    network = network_of(config, alive)
    _check_files(config, script)
    return Start(config, script, network, population_of(config, script, network))


def _check_files(config: Config, script: Scenario) -> None:
    """Refuse files that were changed while they were read: the run would bear another's name."""
    wanted = config.network
    if wanted.edges is None or asked(config, script.case)["network"] == script.asked["network"]:
        return
    raise ConfigError(
        "network.edges", wanted.edges, "changed while it was read",
        "files that stay as they are until a run has begun", "the same command again",
    )  # fmt: skip


def network_of(config: Config, alive: Callable[[], None] | None = None) -> Network:
    """Who follows whom: drawn from the network's seed, read from the user's edge list, or saved.

    Runs share it, and nobody can write to it. alive : called while it is drawn; what it raises
    ends that.
    """
    people, wanted = config.population, config.network
    if wanted.saved is not None:
        path = wanted.saved
        # The stamp is part of the key: a file that has changed is another network.
        network = shared.held(
            (path, shared.stamp(wanted)), lambda: _checked(load_network(path), wanted)
        )
        check_people(network, wanted, people)
        return network
    seed = config.seed if wanted.seed is None else wanted.seed
    audience = leader_audiences(people, wanted.leader_share, wanted.leader_exponent)
    sizes = (people.n_core, people.n_customer, people.n_public)
    return shared.held(
        (wanted, shared.stamp(wanted), seed, sizes, audience.tobytes()),
        lambda: _checked(
            build_network(wanted, seed, *sizes, audience, alive or (lambda: None)), wanted
        ),
    )


def _checked(network: Network, config: NetworkConfig) -> Network:
    """What may arrive in one step must fit an int32: 25,000 followed accounts at full strength."""
    followed = network.n_followed().max()
    if followed * 1.3 * 65536 >= 2**31:
        key, hint = "network", "network.closure=0.3 network.tail_exponent=1.3"
        if config.saved is not None:
            key, hint = "network.saved", "a network without that person"
        elif config.edges is not None:
            key, hint = "network.edges", "an edge list without that person"
        raise ConfigError(
            key, int(followed), "one person follows more accounts than a step can sum",
            "at most 25,000 followed accounts", hint,
        )  # fmt: skip
    return network


def population_of(config: Config, scenario: Scenario, network: Network) -> Population:
    """Who is there, with traits and starting state; each trait drawn at an address of its own."""
    return build_population(
        config.population, config.parameters, network, config.seed, scenario.clock.dt_h
    )
