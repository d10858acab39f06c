"""What a synthetic affair is made of: numbers that differ from affair to affair.

Each is log-normal over the population of affairs, with a median and a log-sd; those are what the
fit of the population moves (`population_fit`), from the broad priors of this table. Ingredients do
not vary each by itself: an affair is large or small as a whole, and organisations answer the large
ones more often. So the log of an ingredient also moves along FACTORS:

    log x = log median + a_size log(size) + a_first F + a_acts A + log-sd u

size : an ingredient of its own, of median 1 and log-sd 1 for given F and A; F, A : whether the
affair was answered before it was listed and how many kinds of response it had, of its script,
both less their mean over their sd (`scripts.Script.factors`); u : standard normal. Slopes a are
fitted where the table has one (`along`), and 0 elsewhere.

An ingredient is a parameter of the model by its name, or something of the affair itself. Everything
that is not here stands at its default: the fans' side is left to the fit of a case.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from experiments.corpus.shipped import DATA
from sim.base.files import read_sealed, write_sealed
from sim.base.refusal import ConfigError

_F = npt.NDArray[np.float64]
Texts = tuple[str, str]  #: English, Chinese
FACTORS = ("size", "answered_first", "acts")  #: what ingredients move along


@dataclass(frozen=True)
class Ingredient:
    """One number of an affair, and what is believed of it before anything is fitted."""

    name: str
    median: float  #: in its unit
    log_sd: float  #: over affairs
    unit: str
    meaning: Texts
    parameter: bool = True  #: of the model; otherwise of the affair
    along: tuple[float | None, float | None, float | None] = (None, None, None)  #: FACTORS


INGREDIENTS: tuple[Ingredient, ...] = (
    Ingredient(
        "size", 1.0, 1.0, "ratio",
        ("how large an affair is as a whole", "事件的整体规模"), False, (None, -0.5, 0.6),
    ),
    Ingredient(
        "ignition_heat", 220_000, 1.2, "heat",
        ("heat with which the accusation comes to the list", "指责进入热搜时的热度"),
        False, (0.4, None, None),
    ),
    Ingredient(
        "facets", 1.4, 0.7, "topics",
        ("sides of the accusation that come as topics of their own", "指责中各自成为话题的方面"),
        False, (0.6, -0.2, None),
    ),
    Ingredient(
        "facet_heat", 180_000, 0.4, "heat",
        ("heat with which such a side comes", "这些方面出现时的热度"), False, (0.2, None, None),
    ),
    Ingredient(
        "facets_h", 8.0, 1.2, "h",
        ("hours after which the middle one of these comes", "这些方面中位数出现的小时数"),
        False, (0.5, None, None),
    ),
    Ingredient(
        "community_size", 0.9, 0.8, "ratio",
        ("people who talk on the list, over the usual number", "在榜讨论人数（相对常规）"),
        along=(0.2, None, None),
    ),
    Ingredient(
        "unlisted_h", 4.0, 1.0, "h",
        ("hours from an accusation that nobody lists to the first answer",
         "未上榜的指责到首次回应的小时数"), False,
    ),
    Ingredient(
        "report_lag_h", 1.5, 0.7, "h",
        ("hours by which an act comes before its listed topic", "行动早于其上榜话题的小时数"),
        False,
    ),
    Ingredient(
        "heat_half_life_h", 0.9, 0.4, "h", ("half-life of a topic's heat", "话题热度半衰期")
    ),
    Ingredient(
        "hashtag_half_life_h", 0.6, 0.4, "h",
        ("half-life of a topic's claim on talk", "话题对新讨论吸引力的半衰期"),
    ),
    Ingredient(
        "hashtag_spread", 0.7, 0.3, "log-sd",
        ("how much topics differ in how long they last", "话题持续时间的差异"),
    ),
    Ingredient(
        "official_heat", 400_000, 0.4, "heat", ("heat that a report brings", "一次报道带来的热度"),
        along=(0.1, 0.0, 0.0),
    ),
    Ingredient("report_spread", 0.9, 0.2, "log-sd", ("luck of a report", "报道热度的随机差异")),
    Ingredient("report_per_h", 0.4, 0.7, "1/h", ("pace of reporters", "媒体报道速度")),
    Ingredient("verification_h", 1.5, 0.7, "h", ("time to confirm", "媒体核实所需时间")),
    Ingredient(
        "unconfirmed_report", 0.1, 1.0, "share",
        ("reporting before any official word", "官方发声前的报道比例"),
    ),
    Ingredient(
        "crowd_per_h", 0.03, 0.8, "1/h", ("topics that people make themselves", "网民自发话题速率"),
        along=(0.4, None, None),
    ),
    Ingredient(
        "question_per_d", 0.025, 0.9, "1/d", ("questions of reporters", "媒体追问速率"),
        along=(0.4, None, None),
    ),
    Ingredient(
        "question_half_life_d", 2.0, 0.6, "d", ("half-life of these questions", "追问兴趣的半衰期")
    ),
    Ingredient(
        "exogenous_wave_per_d", 0.008, 0.6, "1/d", ("waves from outside", "外部二次波速率"),
        along=(0.4, None, None),
    ),
    Ingredient(
        "leak_per_d", 0.005, 0.7, "1/d",
        ("leaks from inside while nobody is punished", "无人受罚时的内部泄密速率"),
        along=(0.2, None, None),
    ),
    Ingredient("novelty_half_life_h", 9.0, 0.35, "h", ("half-life of news", "新鲜度半衰期")),
    Ingredient(
        "heat_pr_head", 0.8, 0.4, "ratio",
        ("heat of an explanation over that of an apology", "解释相对致歉的热度"),
        along=(None, 0.0, -0.2),
    ),
    Ingredient(
        "heat_founder", 1.5, 0.5, "ratio",
        ("heat of a founder's or chief executive's words over those of the company",
         "创始人或CEO发声相对公司的热度"),
    ),
    Ingredient(
        "press_per_d", 0.2, 0.5, "1/d",
        ("third parties who join in once it is listed", "上榜后加入的第三方"),
        along=(0.4, None, None),
    ),
    Ingredient(
        "press_half_life_d", 0.9, 0.4, "d",
        ("half-life of their interest", "第三方兴趣的半衰期"), along=(0.2, None, None),
    ),
    Ingredient(
        "press_answered", 0.3, 0.6, "share",
        ("third parties and sides of the accusation that still come after an admission",
         "承认后仍出现的第三方和指责方面的比例"),
    ),
)  # fmt: skip
NAMES = tuple(one.name for one in INGREDIENTS)


@dataclass(frozen=True)
class Spread:
    """How an ingredient differs over affairs."""

    median: float
    log_sd: float  #: beside what FACTORS say
    along: tuple[float, float, float] = (0.0, 0.0, 0.0)  #: slopes of its log, by FACTORS


Population = Mapping[str, Spread]  #: by the names of INGREDIENTS


def prior() -> dict[str, Spread]:
    """The population before anything is fitted."""
    return {
        one.name: Spread(one.median, one.log_sd, _slopes([a or 0.0 for a in one.along]))
        for one in INGREDIENTS
    }


def _slopes(found: Sequence[float]) -> tuple[float, float, float]:
    """Three slopes, by FACTORS."""
    size, first, acts = (float(one) for one in found)
    return size, first, acts


def values_of(population: Population, normals: _F, factors: Sequence[float] = (0, 0)) -> _F:
    """An affair's ingredients, float[len(NAMES)]. normals : u of each; factors : F and A."""
    mean, sd, slopes = log_of(population)
    log_size = slopes[0, 1:] @ np.asarray(factors) + sd[0] * normals[0]
    logs = mean + slopes @ np.array([log_size, *factors]) + sd * normals
    found: _F = np.exp(logs)
    return found


def by_itself(population: Population) -> dict[str, Spread]:
    """Each ingredient over affairs of all sizes and answers: what it is if nothing is known."""
    _, sd, slopes = log_of(population)
    of_size = sd[0] ** 2 + (slopes[0, 1:] ** 2).sum()
    first, acts = (slopes[:, k] + slopes[:, 0] * slopes[0, k] for k in (1, 2))
    wide = np.sqrt(sd**2 + (slopes[:, 0] * sd[0]) ** 2 + first**2 + acts**2)
    wide[0] = math.sqrt(of_size)
    return {
        name: Spread(population[name].median, float(own))
        for name, own in zip(NAMES, wide, strict=True)
    }


FITTED = DATA / "population.csv"
_ALONG = tuple(f"with_{factor}" for factor in FACTORS)
_HEAD = ("name", "median", "log_sd", *_ALONG, "median_low", "median_high", "unit", "meaning")


def fitted(path: Path = FITTED) -> dict[str, Spread]:
    """The population as a file holds it. Raises ConfigError for a file that was changed."""
    try:
        rows = list(csv.DictReader(io.StringIO(read_sealed(path))))
        found = {
            row["name"]: Spread(
                float(row["median"]), float(row["log_sd"]), _slopes([float(row[a]) for a in _ALONG])
            )
            for row in rows
        }
    except (OSError, ValueError, KeyError) as problem:
        raise ConfigError(
            "corpus", path, f"no fitted population ({problem})",
            "what backlash calibrate corpus writes", "backlash calibrate corpus",
        ) from None  # fmt: skip
    missing = set(NAMES) - set(found)
    if missing:
        raise ConfigError(
            "corpus", path, f"says nothing of {', '.join(sorted(missing))}",
            "the population of this release", "backlash calibrate corpus",
        )  # fmt: skip
    return {name: found[name] for name in NAMES}


def published(path: Path = FITTED) -> list[dict[str, str]]:
    """The rows of a file as they are written: name, median, log_sd, median_low, median_high, ..."""
    fitted(path)  # refuses what is not whole
    return list(csv.DictReader(io.StringIO(read_sealed(path))))


def save(
    path: Path, population: Population, between: Mapping[str, tuple[float, float]], about: str
) -> None:
    """Write a fitted population. between : 90 % interval of each median; about : its origin."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(_HEAD)
    for one in INGREDIENTS:
        spread, (low, high) = population[one.name], between[one.name]
        of = (spread.median, spread.log_sd, *spread.along, low, high)
        numbers = (f"{value:.5g}" for value in of)
        out.writerow((one.name, *numbers, one.unit, one.meaning[0]))
    write_sealed(path, text.getvalue(), about)


def log_of(population: Population) -> tuple[_F, _F, _F]:
    """Log-medians and log-sds, float[len(NAMES)], and slopes, float[len(NAMES), len(FACTORS)]."""
    own = [population[name] for name in NAMES]
    return (
        np.log([one.median for one in own]),
        np.array([one.log_sd for one in own]),
        np.array([one.along for one in own]),
    )
