"""The record of what a run was asked. `sim.settings.identity` says what of it names the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.base.digest import by_identity, plain, plain_once
from sim.base.files import content_digest
from sim.base.refusal import ConfigError
from sim.case.case import Case
from sim.settings.config import Config
from sim.settings.network_config import OF_A_LIST, NetworkConfig


def asked(config: Config, case: Case) -> dict[str, Any]:
    """The record of what was asked.

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
        "second_accusation": config.second_accusation.value,
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
    """What names a drawn network: its settings without those of a list at their defaults."""
    named: dict[str, Any] = plain(config)
    del named["saved"]
    for name in OF_A_LIST:
        if getattr(config, name) is _AS_LISTED[name]:
            del named[name]
    return named


_simulated = by_identity(Case.simulated)
