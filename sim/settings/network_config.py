"""Settings of the network: how ties are drawn, or which file of ties and people is read.

A network has one of three origins: it is drawn from these numbers, read from lists of the user's
own (`edges`, `people`), or was saved whole (`saved`). Settings of another origin than the one that
is asked for would do nothing, and are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from enum import Enum
from pathlib import Path

from sim.base.refusal import ConfigError, check_ranges, place
from sim.settings.fields import setting


class TieFormat(Enum):
    """Which end of a tie in `network.edges` follows the other, where no column says it.

    The follower sees what the followed posts; turned round, news would run up every tie.
    """

    follower_followed = "follower_followed"  #: columns follower, followed
    first_follows_second = "first_follows_second"  #: such as Source follows Target
    second_follows_first = "second_follows_first"
    undirected = "undirected"  #: both follow: every tie is mirrored


class Lines(Enum):
    """What is done with what a network file holds and no network can.

    Nothing is left out unasked: a line that is dropped in silence is a tie that somebody counts on.
    """

    refuse = "refuse"
    drop = "drop"


@dataclass(frozen=True)
class NetworkConfig:
    """Who follows whom, and who shares a group chat.

    Raises ConfigError, when it is built, for a number out of range and for settings that contradict
    one another. Files are looked for, and read, only when a run begins.
    """

    mean_follows: float = setting(
        20.0, 1, 500, "people", "people that a person follows, on average", "-"
    )
    tail_exponent: float = setting(
        1.3, 1.05, 4, "-", "Pareto exponent of follower counts",
        "Weibo cascade authors, tail exponent about 1.27", "measured",
    )  # fmt: skip
    core_homophily: float = setting(
        0.6, 0, 1, "share", "share of a core fan's follows that are core fans", "-"
    )
    reciprocity: float = setting(
        0.2, 0, 0.9, "share", "share of ties returned",
        "between Twitter (.32 to .36, KONECT) and Weibo (about a quarter of that, Han et al. 2016)",
    )  # fmt: skip
    within_community: float = setting(
        0.0, 0, 0.9, "share",
        "share of people's own choices that stay in their community; 0 = none",
        "conf/network/communities.yaml",
    )  # fmt: skip
    community_size: int = setting(
        100, 10, 1_000_000, "people", "mean size of a community, if there are any",
        "conf/network/communities.yaml",
    )  # fmt: skip
    closure: float = setting(
        0.0, 0, 0.9, "share", "share of choices found through somebody whom one follows",
        "conf/network/communities.yaml",
    )  # fmt: skip
    groups_per_core: int = setting(2, 1, 8, "groups", "fan group chats of a core fan", "MODEL 2.4")
    group_size: int = setting(
        40, 2, 500, "people", "mean size of a group chat", "platform cap 500 (not re-checked)"
    )
    leader_share: float = setting(
        0.5, 0.01, 1, "share", "audience of the largest opinion leader, over all people",
        "2.5 million followers in an assumed universe of 5 million",
    )  # fmt: skip
    leader_exponent: float = setting(
        1.2, 0.8, 3, "-", "Pareto exponent of leaders' audiences", "Pareto"
    )
    seed: int | None = setting(
        None, 0, 2**63 - 1, "-", "seed of the network; null = the run's own seed", "-"
    )
    edges: str | None = None
    people: str | None = None
    format: TieFormat = TieFormat.follower_followed
    self_ties: Lines = field(
        default=Lines.refuse, metadata={"meaning": "lines in which somebody follows themselves"}
    )
    doubled: Lines = field(
        default=Lines.refuse,
        metadata={"meaning": "ties (undirected: pairs) that stand there again"},
    )
    other_columns: Lines = field(
        default=Lines.refuse,
        metadata={"meaning": "columns of network.edges and network.people that are no use"},
    )
    saved: str | None = None  #: a file of sim.network.saved, instead of all the others

    @property
    def saved_digest(self) -> str | None:
        """The digest of a saved network, which its file bears; None without one."""
        return None if self.saved is None else Path(self.saved).name[len("network-") : -len(".bin")]

    def __post_init__(self) -> None:
        check_ranges(self, "network")
        for name in ("edges", "people", "saved"):
            if (file := getattr(self, name)) is not None:
                place(f"network.{name}", file)
        if self.saved is not None:
            self._check_saved(self.saved)
        self._check_lists()

    def _check_lists(self) -> None:
        """Refuse people without ties, and settings of lists or draws of which there are none."""
        if self.people is not None and self.edges is None:
            raise ConfigError(
                "network.people", self.people, "attributes without an edge list",
                "a file of people only together with network.edges",
                "network.edges=FILE network.people=FILE",
            )  # fmt: skip
        for name in OF_A_LIST:
            value = getattr(self, name)
            if self.edges is None and self.saved is None and value is not _USUAL[name]:
                raise ConfigError(
                    f"network.{name}", value.value, "no list of ties is read",
                    "a setting of network.edges only",
                    f"network.edges=FILE network.{name}={value.value}",
                )  # fmt: skip
        for name in ("within_community", "closure"):
            if self.edges is not None and getattr(self, name) > 0:
                raise ConfigError(
                    f"network.{name}", getattr(self, name),
                    "ties are read from a file, so none are drawn", "0 together with network.edges",
                    f"network=default network.edges={self.edges}",
                )  # fmt: skip

    def _check_saved(self, path: str) -> None:
        """Refuse a file that is none by its name, and settings of a network that is there."""
        if not re.fullmatch(r"network-[0-9a-f]{16}\.bin", Path(path).name):
            there = place("network.saved", path).exists()
            raise ConfigError(
                "network.saved",
                path,
                "not the name of a saved network" if there else "no such file",
                "network-DIGEST.bin as it was written",
                "network.saved=network-DIGEST.bin, or network.edges=FILE for a list of ties",
            )
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name != "saved" and value != item.default:
                raise ConfigError(
                    f"network.{item.name}",
                    value,
                    "the network is drawn, and stands in network.saved",
                    "network.saved without other settings of the network",
                    f"the same without network.{item.name} and network=OPTION, or without "
                    "network.saved",
                )


#: Settings of how a list of ties is read, and what they are if nobody says.
OF_A_LIST = ("format", "self_ties", "doubled", "other_columns")
_USUAL = {item.name: item.default for item in fields(NetworkConfig) if item.name in OF_A_LIST}
