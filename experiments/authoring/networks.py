"""`backlash network`: what a generated network is like, beside what was asked and what is measured.

References are figures of follower graphs that were looked up where `SOURCES` says; definitions are
those of `sim.network.figures`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from experiments.pictures.words import number
from experiments.sweeps.running import meanwhile
from sim.network import figures
from sim.network.network import Network
from sim.network.ties import communities, community_of_all, society
from sim.people import leader_audiences
from sim.progress import Progress
from sim.settings.config import Config
from sim.start import network_of


@dataclass(frozen=True)
class Figure:
    """One figure: asked (None where no setting says), found, its standard error (0: counted).

    Found is NaN where the network is too small to have one.
    """

    name: str  #: a key of NAMES
    asked: float | None
    found: float
    error: float = 0.0


#: Name of a figure -> English, Chinese.
NAMES: Mapping[str, tuple[str, str]] = {
    "people": ("people", "人数"),
    "ties": ("ties among people", "人与人之间的关注数"),
    "mean_follows": ("people followed, mean", "平均关注人数"),
    "core_homophily": ("fans' follows that are fans, share", "核心粉丝的关注中核心粉丝占比"),
    "reciprocity": ("ties returned, share", "互相关注占比"),
    "clustering": ("clustering, mean local", "平均局部聚类系数"),
    "tail_exponent": ("tail exponent of followers", "粉丝数尾部指数"),
    "tail_from": ("the tail begins at, followers", "尾部起点（粉丝数）"),
    "community_size": ("people in a community, mean", "社区平均人数"),
    "within_community": ("ties inside communities, share", "社区内关注占比"),
    "largest_audience": ("largest leader's audience, share", "最大意见领袖受众占比"),
    "exact_audiences": ("leaders with exactly their audience", "受众人数完全相符的意见领袖"),
    "group_size": ("members of a chat, mean", "群聊平均人数"),
    "seconds": ("seconds to draw or read it", "生成或读取用时（秒）"),
}
#: Name of a figure -> (value, source) of graphs that were measured.
REFERENCES: Mapping[str, tuple[tuple[float, str], ...]] = {
    "mean_follows": ((32.5, "higgs"), (35.3, "twitter")),
    "reciprocity": ((0.316, "higgs"), (0.362, "twitter")),
    "clustering": ((0.189, "higgs"),),
    "tail_exponent": ((1.05, "higgs"),),
}
#: Below the table, English and Chinese; the second one where communities were drawn.
NOTES: tuple[tuple[str, str], ...] = (
    (
        "±: standard error, blank where everything was counted. Ties among people only; the tail "
        "exponent is of the share with at least so many followers. In brackets: graphs that were "
        "measured. Why what is found is not what is asked: docs/scale.md.",
        "±为标准误，空白为全数计数。只算人与人之间的关注；尾部指数指“至少有这么多粉丝”的占比。"
        "括号内为实测网络。设定与实得为何不同：docs/scale.md。",
    ),
    (
        "Communities: asked is the share of people's own choices, found the share of all ties. "
        "None is larger than a tenth of the people, so that few people have smaller ones.",
        "社区：设定为自行选择中的占比，实得为全部关注中的占比。社区不超过总人数的十分之一，"
        "故人数少时社区也较小。",
    ),
)
#: Name of a graph -> what it is in English and Chinese, and where its figures stand.
SOURCES: Mapping[str, tuple[str, str, str]] = {
    "higgs": (
        "Higgs Twitter 2012, 456,626 people who wrote about one event, 14,855,842 ties "
        "(reciprocity; in-degree tail 2.051 as a density, one less here; average clustering .1887)",
        "希格斯推特2012，456,626名就同一事件发文者，14,855,842条关注"
        "（互相关注；入度尾部密度指数2.051，此处减一；平均聚类.1887）",
        "konect.cc/networks/higgs-twitter-social, sparse.tamu.edu/SNAP/higgs-twitter",
    ),
    "twitter": (
        "all of Twitter 2009 (Kwak et al. 2010), 41,652,230 people, 1,468,365,182 ties",
        "推特全网2009（Kwak 等 2010），41,652,230人，1,468,365,182条关注",
        "konect.cc/networks/twitter",
    ),
}


def looked_at(config: Config) -> tuple[Network, list[Figure]]:
    """The network of a config, drawn or read, and its figures, the time that it took among them.

    What settings ask for is None where ties are not drawn. Raises ConfigError as `network_of` does.
    """
    progress = Progress(2, "network", "steps")
    began = time.perf_counter()
    with meanwhile(partial(progress.tick, 0), 0.5):
        network = network_of(config)
    progress.tick()
    seconds = time.perf_counter() - began
    with meanwhile(partial(progress.tick, 0), 0.5):
        found = _figures(config, network)
    progress.tick()
    return network, [*found, Figure("seconds", None, seconds)]


def _figures(config: Config, network: Network) -> list[Figure]:
    """The figures of a network, beside what the settings ask for where they drew it."""
    return [
        *_ties(config, network),
        *_communities(config, network),
        *_audiences(config, network),
        Figure(
            "group_size",
            None if config.network.saved is not None else config.network.group_size,
            float(network.group_size.mean()),
        ),
    ]


def _drawn(config: Config) -> bool:
    """Whether ties are drawn, and not read from a file."""
    return config.network.edges is None and config.network.saved is None


def _ties(config: Config, network: Network) -> list[Figure]:
    """Who follows how many, whom, and how often in return; the tail of followers."""
    asked, n = config.network, network.n_people

    def wanted(value: float) -> float | None:
        return float(value) if _drawn(config) else None

    returned, closed = figures.reciprocity(network), figures.clustering(network)
    tail = figures.follower_tail(network)
    return [
        Figure("people", None, n),
        Figure("ties", None, int(network.indptr[n])),
        Figure("mean_follows", wanted(asked.mean_follows), figures.mean_follows(network)),
        Figure("core_homophily", wanted(asked.core_homophily), figures.core_homophily(network)),
        Figure("reciprocity", wanted(asked.reciprocity), *returned),
        Figure("clustering", None, *closed),
        Figure("tail_exponent", wanted(asked.tail_exponent), tail.exponent, tail.error),
        Figure("tail_from", None, tail.cutoff),
    ]


def _communities(config: Config, network: Network) -> list[Figure]:
    """How large communities are and how many ties stay inside; nothing where none are drawn.

    Which people belong together is drawn again, by the same address: the network does not keep it.
    """
    asked, people = config.network, config.population
    if not _drawn(config) or not asked.within_community > 0:
        return []
    seed = config.seed if asked.seed is None else asked.seed
    net = society(asked, seed, (people.n_core, people.n_customer, people.n_public))
    cuts = communities(asked, seed, network.n_people)
    inside = figures.share_inside(network, community_of_all(net, cuts))
    return [
        Figure("community_size", asked.community_size, network.n_people / (cuts.size - 1)),
        Figure("within_community", asked.within_community, inside),
    ]


def _audiences(config: Config, network: Network) -> list[Figure]:
    """The largest audience of a leader, and how many leaders have exactly that asked for.

    A saved network does not tell what had been asked for.
    """
    asked, n = config.network, network.n_people
    audiences = np.diff(network.indptr)[n:]
    largest = Figure("largest_audience", None, float(audiences.max() / n))
    if asked.saved is not None:
        return [largest]
    shares = leader_audiences(config.population, asked.leader_share, asked.leader_exponent)
    exact = audiences == np.clip(np.round(shares * n), 1, n)
    return [
        replace(largest, asked=asked.leader_share),
        Figure("exact_audiences", network.n_kols, int(exact.sum())),
    ]


def figures_json(config: Config, found: list[Figure]) -> dict[str, Any]:
    """What `format=json` prints: figures with their references, and where these are from.

    None stands for what is not defined, and for what no setting asks for.
    """
    return {
        "seed": config.seed if config.network.seed is None else config.network.seed,
        "figures": {
            figure.name: {
                "asked": figure.asked,
                "found": None if figure.found != figure.found else figure.found,
                "error": None if figure.error != figure.error else figure.error,
                "reference": {source: value for value, source in _references(figure)},
            }
            for figure in found
        },
        "sources": {name: f"{en}: {where}" for name, (en, _, where) in SOURCES.items()},
    }


def figures_text(config: Config, found: list[Figure]) -> str:
    """The table for a reader, and under it the sources of what stands in its last column.

    In the language of the settings. What is not defined is a dash; what nobody asked for is blank.
    """
    zh = config.lang == "zh"
    heads = (
        ("设定", "实得", "±", "指标", "参照")
        if zh
        else ("asked", "found", "±", "figure", "elsewhere")
    )
    seed = config.seed if config.network.seed is None else config.network.seed
    of = config.network.saved or config.network.edges
    title = of or (f"生成的网络，种子 {seed}" if zh else f"a network drawn with seed {seed}")
    lines = [title, "", f"{heads[0]:>12} {heads[1]:>12} {heads[2]:>8}  {heads[3]} ({heads[4]})"]
    for figure in found:
        asked = "" if figure.asked is None else number(figure.asked)
        value = "–" if figure.found != figure.found else number(figure.found)
        error = f"{figure.error:.2g}" if figure.error > 0 else ""
        measured = ", ".join(f"{number(each)} {source}" for each, source in _references(figure))
        name = NAMES[figure.name][zh] + (f" ({measured})" if measured else "")
        lines.append(f"{asked:>12} {value:>12} {error:>8}  {name}")
    inside = any(figure.name == "within_community" for figure in found)
    lines += ["", NOTES[0][zh], *([NOTES[1][zh]] if inside else [])]
    told = (f"{name}: {text[zh]}: {text[2]}" for name, text in SOURCES.items())
    return "\n".join([*lines, *told])


def _references(figure: Figure) -> tuple[tuple[float, str], ...]:
    """What was measured of this figure elsewhere: pairs of a value and a key of SOURCES."""
    return REFERENCES.get(figure.name, ())
