"""What a synthetic affair is made of: numbers that differ from affair to affair.

Each is log-normal over the population of affairs, with a median and a log-sd; those are what the
fit of the population moves (`population_fit`), from the broad priors of this table. `of` says where
a number goes: a parameter of the model by its name, or something of the affair itself. Everything
that is not here stands at its default: the fans' side is left to the fit of a case.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.corpus.shipped import DATA
from sim.base.files import read_sealed, write_sealed
from sim.base.refusal import ConfigError

Texts = tuple[str, str]  #: English, Chinese


@dataclass(frozen=True)
class Ingredient:
    """One number of an affair, and what is believed of it before anything is fitted."""

    name: str
    median: float  #: in its unit
    log_sd: float  #: over affairs
    unit: str
    meaning: Texts
    parameter: bool = True  #: of the model; otherwise of the affair


INGREDIENTS: tuple[Ingredient, ...] = (
    Ingredient(
        "ignition_heat", 200_000, 1.5, "heat",
        ("heat with which the accusation comes to the list", "指责进入热搜时的热度"), False,
    ),
    Ingredient(
        "facets", 2.0, 1.0, "topics",
        ("sides of the accusation that come as topics of their own", "指责中各自成为话题的方面"),
        False,
    ),
    Ingredient(
        "facets_h", 2.0, 1.0, "h",
        ("hours over which these come", "这些方面陆续出现的小时数"), False,
    ),
    Ingredient(
        "community_size", 1.0, 1.0, "ratio",
        ("people who talk on the list, over the usual number", "在榜讨论人数（相对常规）"),
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
        "heat_half_life_h", 0.7, 0.4, "h", ("half-life of a topic's heat", "话题热度半衰期")
    ),
    Ingredient(
        "hashtag_half_life_h", 0.5, 0.5, "h",
        ("half-life of a topic's claim on talk", "话题对新讨论吸引力的半衰期"),
    ),
    Ingredient(
        "hashtag_spread", 0.7, 0.3, "log-sd",
        ("how much topics differ in how long they last", "话题持续时间的差异"),
    ),
    Ingredient(
        "official_heat", 700_000, 0.9, "heat", ("heat that a report brings", "一次报道带来的热度")
    ),
    Ingredient("report_spread", 0.7, 0.3, "log-sd", ("luck of a report", "报道热度的随机差异")),
    Ingredient("report_per_h", 0.25, 0.7, "1/h", ("pace of reporters", "媒体报道速度")),
    Ingredient("verification_h", 2.0, 0.7, "h", ("time to confirm", "媒体核实所需时间")),
    Ingredient(
        "unconfirmed_report", 0.1, 1.0, "share",
        ("reporting before any official word", "官方发声前的报道比例"),
    ),
    Ingredient(
        "crowd_per_h", 0.06, 1.0, "1/h", ("topics that people make themselves", "网民自发话题速率")
    ),
    Ingredient("question_per_d", 0.05, 1.0, "1/d", ("questions of reporters", "媒体追问速率")),
    Ingredient(
        "question_half_life_d", 2.0, 0.6, "d", ("half-life of these questions", "追问兴趣的半衰期")
    ),
    Ingredient(
        "exogenous_wave_per_d", 0.02, 0.6, "1/d", ("waves from outside", "外部二次波速率")
    ),
    Ingredient(
        "leak_per_d", 0.01, 0.8, "1/d",
        ("leaks from inside while nobody is punished", "无人受罚时的内部泄密速率"),
    ),
    Ingredient("novelty_half_life_h", 12.0, 0.4, "h", ("half-life of news", "新鲜度半衰期")),
    Ingredient(
        "heat_pr_head", 0.4, 0.5, "ratio",
        ("heat of an explanation over that of an apology", "解释相对致歉的热度"),
    ),
    Ingredient(
        "heat_founder", 1.5, 0.5, "ratio",
        ("heat of a founder's or chief executive's words over those of the company",
         "创始人或CEO发声相对公司的热度"),
    ),
    Ingredient(
        "press_per_d", 0.5, 0.8, "1/d",
        ("third parties who join in once it is listed", "上榜后加入的第三方"),
    ),
    Ingredient(
        "press_half_life_d", 1.0, 0.5, "d",
        ("half-life of their interest", "第三方兴趣的半衰期"),
    ),
    Ingredient(
        "press_answered", 0.3, 0.6, "share",
        ("third parties who still come after an admission", "承认后仍加入的第三方比例"),
    ),
)  # fmt: skip
NAMES = tuple(one.name for one in INGREDIENTS)


@dataclass(frozen=True)
class Spread:
    """How an ingredient differs over affairs."""

    median: float
    log_sd: float


Population = Mapping[str, Spread]  #: by the names of INGREDIENTS


def prior() -> dict[str, Spread]:
    """The population before anything is fitted."""
    return {one.name: Spread(one.median, one.log_sd) for one in INGREDIENTS}


FITTED = DATA / "population.csv"
_HEAD = ("name", "median", "log_sd", "median_low", "median_high", "unit", "meaning")


def fitted(path: Path = FITTED) -> dict[str, Spread]:
    """The population as a file holds it. Raises ConfigError for a file that was changed."""
    try:
        rows = list(csv.DictReader(io.StringIO(read_sealed(path))))
        found = {row["name"]: Spread(float(row["median"]), float(row["log_sd"])) for row in rows}
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
        numbers = (f"{value:.5g}" for value in (spread.median, spread.log_sd, low, high))
        out.writerow((one.name, *numbers, one.unit, one.meaning[0]))
    write_sealed(path, text.getvalue(), about)


def log_of(population: Population) -> tuple[list[float], list[float]]:
    """Log-medians and log-sds in the order of NAMES."""
    return (
        [math.log(population[name].median) for name in NAMES],
        [population[name].log_sd for name in NAMES],
    )
