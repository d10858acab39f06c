"""A network in one file, named by its digest: drawn or parsed once, then read as it was.

The file is a line of JSON that names everything, filled with spaces to HEAD bytes, and then the
arrays one after the other, uncompressed and little-endian. Their shapes follow from the line.

It is named by what it holds and not by how that was made, so a list that was parsed and the same
ties saved are one network, and runs on either are the same runs. Nothing of a pickle is in it: a
file from elsewhere is read as numbers and checked, and never as code.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from sim.base.compiled import part
from sim.base.files import written_aside
from sim.base.refusal import ConfigError
from sim.network.network import Network
from sim.network.people_file import ATTRIBUTES
from sim.settings.config import PopulationConfig
from sim.settings.network_config import NetworkConfig

MAGIC = "backlash network"
VERSION = 1  #: raise it whenever something else stands in the file
HEAD = 1024  #: bytes before the arrays

_KEY = "network.saved"
_NUMBERS = ("n_core", "n_customer", "n_people", "n_kols", "n_ties", "groups_per_core", "n_groups")


def save_network(network: Network, folder: str | Path) -> Path:
    """Write a network as `network-DIGEST.bin` in this folder, which is made; returns the path.

    The file is whole or absent; several processes may write the same at once. Raises ConfigError
    for a folder that cannot be written.
    """
    attributes, digest = network.attributes or {}, network.digest
    head = {
        "magic": MAGIC,
        "version": VERSION,
        "digest": digest,
        "n_core": network.n_core,
        "n_customer": network.n_customer,
        "n_people": network.n_people,
        "n_kols": network.n_kols,
        "n_ties": network.n_ties,
        "groups_per_core": network.groups.shape[1],
        "n_groups": network.group_size.size,
        "attributes": list(attributes),
    }
    path = Path(folder).expanduser() / f"network-{digest}.bin"
    with _writing(folder, path) as file:
        file.write(_line(head))
        for name, dtype, _ in _layout(head):
            array = attributes[name] if name in attributes else getattr(network, name)
            file.write(np.ascontiguousarray(array, dtype).data)
    return path


def check_folder(folder: str | Path) -> None:
    """Refuse a folder that cannot be written, before anything is drawn for it."""
    with _writing(folder, Path(folder).expanduser() / "probe", keep=False) as file:
        file.write(b"\0")


@contextmanager
def _writing(folder: str | Path, path: Path, keep: bool = True) -> Iterator[IO[bytes]]:
    """A new file, whole or absent. Raises ConfigError for a folder that cannot be written."""
    try:
        with written_aside(path, keep=keep) as file:
            yield file
    except OSError as problem:
        raise ConfigError(
            "save", str(folder), f"cannot be written ({problem.strerror or problem})",
            "a folder that can be written, on a disk with room", "save=DIR",
        ) from None  # fmt: skip


def load_network(path: str | Path) -> Network:
    """The network of a file that `save_network` wrote, exactly as it was.

    Compiled code trusts the rows of a network, so everything is checked here. Raises ConfigError
    for a file that is absent, foreign, of another version, damaged or renamed.
    """
    file = Path(path).expanduser()
    if file.exists() and not file.is_file():
        raise _refused(str(path), "no regular file")
    network, said = _read(file, str(path))
    digest = network.digest
    if digest != said:
        raise _refused(str(path), f"damaged: what it holds has the digest {digest}")
    wrong = _inconsistent(network)
    if wrong:
        raise _refused(str(path), f"holds no network: {wrong}")
    if file.name != f"network-{digest}.bin":
        raise ConfigError(
            _KEY, str(path), "renamed: a saved network bears its digest",
            f"the name network-{digest}.bin",
            f"rename it, then {_KEY}={file.with_name(f'network-{digest}.bin')}",
        )  # fmt: skip
    return network


def _read(file: Path, path: str) -> tuple[Network, str]:
    """The network that stands in a file, and the digest that its first line says it has."""
    try:
        with file.open("rb") as stream:
            head = _head(stream, path)
            arrays = {
                name: np.fromfile(stream, dtype, math.prod(shape)).reshape(shape)
                for name, dtype, shape in _layout(head)
            }
    except OSError as problem:
        raise _refused(path, f"cannot be read ({problem.strerror or problem})") from None
    network = Network(
        n_people=head["n_people"],
        n_core=head["n_core"],
        n_customer=head["n_customer"],
        n_kols=head["n_kols"],
        indptr=arrays["indptr"],
        followers=arrays["followers"],
        groups=arrays["groups"],
        group_size=arrays["group_size"],
        attributes={name: arrays[name] for name in head["attributes"]} or None,
    )
    return network, head["digest"]


def check_people(network: Network, config: NetworkConfig, people: PopulationConfig) -> None:
    """Refuse settings of the population that a saved network contradicts.

    Who is there stands in the file and is taken from it; sizes may be left out, or must agree.
    """
    usual = PopulationConfig()
    names = ("n_people", "share_core", "share_customer")
    asked = (people.n_core, people.n_customer, people.n_public)
    if asked != network.sizes and any(getattr(people, n) != getattr(usual, n) for n in names):
        n_core, n_customer, n_public = network.sizes
        raise ConfigError(
            _KEY, config.saved,
            f"holds {n_core:,} core fans, {n_customer:,} customers and {n_public:,} of the public; "
            "population.* asks for {:,}, {:,} and {:,}".format(*asked),
            "the people of the file",
            "the same without " + ", ".join(f"population.{name}" for name in names),
        )  # fmt: skip
    if people.n_leaders != network.n_kols:
        roles = _roles_of(network.n_kols, people)
        raise ConfigError(
            _KEY, config.saved,
            f"holds the audiences of {network.n_kols} opinion leaders; "
            f"population.* asks for {people.n_leaders}",
            f"{network.n_kols} leaders: partners, then neutral ones, then antagonists",
            " ".join(f"population.n_{role}_leaders={n}" for role, n in roles.items()),
        )  # fmt: skip


def _roles_of(n_leaders: int, people: PopulationConfig) -> dict[str, int]:
    """Numbers of leaders by role that are those of a file: of partners alone, if that is enough."""
    n_partners = n_leaders - people.n_neutral_leaders - people.n_antagonist_leaders
    if n_partners < 1:
        return {"partner": n_leaders - 2, "neutral": 1, "antagonist": 1}
    return {"partner": n_partners}


def _line(head: dict[str, Any]) -> bytes:
    """The first HEAD bytes of a file: of one head always the same, on which reading insists."""
    return json.dumps(head).encode().ljust(HEAD - 1) + b"\n"


def _layout(head: dict[str, Any]) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Name, type and shape of each array in the order of the file; the widest come first."""
    yield "indptr", "<i8", (head["n_people"] + head["n_kols"] + 1,)
    for name in head["attributes"]:
        yield name, "<f8", (head["n_people"],)
    yield "followers", "<i4", (head["n_ties"],)
    yield "groups", "<i4", (head["n_core"], head["groups_per_core"])
    yield "group_size", "<i4", (head["n_groups"],)


def _head(stream: IO[bytes], path: str) -> dict[str, Any]:
    """The first line of a saved network, whose arrays then fill the file to its last byte.

    Nothing is believed before it is checked: sizes that are too large would be memory asked for.
    Raises ConfigError.
    """
    line = stream.read(HEAD)
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict) or head.get("magic") != MAGIC:
        raise _refused(path, "not a saved network")
    if head.get("version") != VERSION:
        raise _refused(path, f"of version {head.get('version')}; this release reads {VERSION}")
    numbers = [head.get(name) for name in _NUMBERS]
    names = head.get("attributes")
    if (
        list(head) != ["magic", "version", "digest", *_NUMBERS, "attributes"]
        or not all(type(n) is int and 0 <= n < 2**40 for n in numbers)
        or not isinstance(names, list)
        or names != [name for name in ATTRIBUTES if name in names]
        or line != _line(head)
    ):
        raise _refused(path, "damaged in its first line")
    size = HEAD + sum(
        np.dtype(kind).itemsize * math.prod(shape) for _, kind, shape in _layout(head)
    )
    there = os.fstat(stream.fileno()).st_size
    if there != size:
        raise _refused(path, f"damaged: {there:,} bytes of {size:,}")
    return head


def _inconsistent(network: Network) -> str:
    """What compiled code or a rule would stumble over; empty for a network."""
    if min(network.sizes) < 1:
        return "a kind without anybody in it"
    if not _rows_stand(network.indptr, network.followers, network.n_people):
        return "rows of ties that are not sorted people"
    n_groups = network.group_size.size
    groups = network.groups[network.groups >= 0]
    if network.groups.min(initial=-1) < -1 or groups.max(initial=-1) >= n_groups:
        return "groups that there are not"
    if not np.array_equal(np.bincount(groups, minlength=n_groups), network.group_size):
        return "groups of another size"
    for name, values in (network.attributes or {}).items():
        low, high = ATTRIBUTES[name]
        if not np.all((values >= low) & (values <= high)):
            return f"{name} out of range"
    return ""


@part
def _rows_stand(indptr: Any, followers: Any, n_people: Any) -> Any:
    """Whether rows follow one another, each with different people in order and not its own."""
    if indptr[0] != 0 or indptr[-1] != followers.shape[0]:
        return False
    for row in range(indptr.shape[0] - 1):
        if not indptr[row] <= indptr[row + 1] <= followers.shape[0]:
            return False
        last = -1
        for person in followers[indptr[row] : indptr[row + 1]]:
            if person <= last or person >= n_people or person == row:
                return False
            last = person
    return True


def _refused(path: str, reason: str) -> ConfigError:
    """The refusal of a file that is no saved network, for this reason."""
    return ConfigError(
        _KEY, path, reason, "network-DIGEST.bin as it was written",
        "another copy of the file, or save the network again with the settings that made it",
    )  # fmt: skip
