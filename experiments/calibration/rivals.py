"""Rival structures: other accounts of a crowd and of answers, fitted and asked the same way.

What they are asked: to forecast what was held out, and which answer of a brand is better. A rival
changes settings of the model, never its code, so every one of them is also a run that anybody can
ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from experiments.calibration import holdout, observations, people_fit
from experiments.calibration.people_fit import Fit
from experiments.reading import compare
from experiments.reading.frames import frame_of
from experiments.sweeps.design import Axis

#: Structures that say otherwise what a crowd is (MODEL 4), and the last two what an answer and
#: silence do to it (MODEL-2, S3 to S6); fitted on the same targets.
RIVALS: Mapping[str, tuple[str, ...]] = {
    "no_group_reinforcement": ("mechanisms.social_reinforcement=false",),
    "hard_thresholds": ("parameters.exit_threshold_sd=0.02", "parameters.acceptance_slope=20"),
    "no_novelty_decay": ("mechanisms.novelty_decay=false",),
    "one_public": (
        "network.core_homophily=0", "parameters.identity_persistence=0",
        "parameters.list_weight_core=1",
    ),
    "no_peer_contagion": ("mechanisms.peer_contagion=false",),
    "news_is_grievance": ("mechanisms.news_apart=false",),
    "silence_costs_nothing": (
        "mechanisms.hardening_doubt=false", "mechanisms.silence_noticed=false",
        "mechanisms.open_questions=false",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Rival:
    """Another structure, fitted and predicted the same way.

    What counts is whether it forecasts better, and whether it gives other answers (`flips`).
    """

    name: str
    fit_distance: float  #: median distance of its kept worlds to the fitted targets
    holdout: pd.DataFrame  #: scores on what was not fitted
    covered: Mapping[str, float]  #: as holdout.coverage gives it
    answers: pd.DataFrame  #: which answers of a brand are better
    n_runs: int  #: of its fit and its predictions


def fit_rival(found: Fit, name: str, plain: Sequence[str], hydra: Sequence[str]) -> Rival:
    """Fit another structure: fewer worlds than the main one, the same targets and distance.

    name : of RIVALS, with the settings that make the structure. plain, hydra : words of the main
    fit, for its runs and for who runs them. A quarter of the worlds, three waves at most: enough to
    compare forecasts, too few to be shipped.
    """
    full = found.settings
    settings = replace(
        full,
        rival=name,
        rival_words=RIVALS[name],
        n_first=max(64, full.n_first // 4),
        n_keep=max(32, full.n_keep // 4),
        n_wave=max(32, full.n_wave // 4),
        max_waves=min(3, full.max_waves),
        n_predict=max(64, full.n_predict // 4),
    )
    other = people_fit.fit(settings, plain)
    _, wanted, seen = holdout.predict(other, plain, hydra)
    return Rival(
        name,
        float(np.median(observations.distance(other.gaps))),
        holdout.scores(seen, wanted, full.naive),
        holdout.coverage(holdout.intervals(seen, wanted), "holdout"),
        answers(other, plain, hydra),
        other.n_runs + settings.n_predict,
    )


# --- which answer is better -----------------------------------------------------------------------

#: Answers of the brand, on the axes of the study timing_by_severity, and saying nothing.
ANSWERS = Axis(
    "answer",
    {"en": "answer", "zh": "回应"},
    "",
    (
        "response.apology.delay_h", "response.termination.delay_h", "response.penalty.delay_h",
        "response.explanation.delay_h", "response.penalty.level", "response.penalty.severity",
    ),
    (
        (8, 8, 33, 57, "vice_president", 0.5),
        (8, 8, 33, 57, "none", 0),
        (8, 8, 33, 57, "junior", 0.5),
        (8, 8, 33, 57, "vice_president", 1),
        (8, 8, 33, 57, "chief_executive", 0.5),
        (1, 1, 26, 50, "vice_president", 0.5),
        (48, 48, 73, 97, "vice_president", 0.5),
        (None, None, None, None, "none", 0),
    ),
    ("as it happened", "none", "junior", "full", "chief", "early", "late", "silent"),
)  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """One answer against another, on one outcome: what a reader of the study would take home."""

    en: str
    zh: str
    answer: str  #: label of ANSWERS
    against: str  #: label of ANSWERS
    outcome: str  #: name of an outcome


#: What the study timing_by_severity is read for.
CLAIMS = (
    Claim("the documented answer leaves less outrage than saying nothing",
          "实际应对比沉默留下更少愤怒", "as it happened", "silent", "outrage_burden_core"),
    Claim("the documented answer keeps more trust than saying nothing",
          "实际应对比沉默保住更多信任", "as it happened", "silent", "trust_core_d14"),
    Claim("punishing the vice president leaves less outrage than punishing nobody",
          "处罚副总裁比不处罚留下更少愤怒", "as it happened", "none", "outrage_burden_core"),
    Claim("punishing a junior leaves more outrage than punishing the vice president",
          "只处罚基层比处罚副总裁留下更多愤怒", "junior", "as it happened", "outrage_burden_core"),
    Claim("a full penalty leaves less outrage than half of it",
          "处罚加倍留下更少愤怒", "full", "as it happened", "outrage_burden_core"),
    Claim("the chief executive at half severity leaves less outrage than the vice president",
          "半度处罚CEO比处罚副总裁留下更少愤怒", "chief", "as it happened", "outrage_burden_core"),
    Claim("answering after 1 h leaves less outrage than after 48 h",
          "1小时内回应比48小时留下更少愤怒", "early", "late", "outrage_burden_core"),
    Claim("punishing the vice president keeps more trust than punishing nobody",
          "处罚副总裁比不处罚保住更多信任", "as it happened", "none", "trust_core_d14"),
    Claim("the chief executive at half severity keeps more trust than the vice president",
          "半度处罚CEO比处罚副总裁保住更多信任", "chief", "as it happened", "trust_core_d14"),
    Claim("answering after 1 h keeps more trust than after 48 h",
          "1小时内回应比48小时保住更多信任", "early", "late", "trust_core_d14"),
)  # fmt: skip


def answers(found: Fit, plain: Sequence[str] = (), hydra: Sequence[str] = ()) -> pd.DataFrame:
    """Every claim under the worlds of one fit: mean difference, 95 % interval over worlds, verdict.

    verdict : "holds" or "fails" where the interval is on one side of zero, else "open".
    """
    n = max(16, found.settings.n_predict // 4)
    plan = holdout.run_draws(found, n, "answers", plain, hydra, more=(ANSWERS,))
    frame = frame_of(plan)
    size = len(ANSWERS.values)
    rows = []
    for claim in CLAIMS:
        values = compare.cube(frame, claim.outcome).reshape(-1, size).T[:, :, None]
        one, other = (ANSWERS.labels.index(name) for name in (claim.answer, claim.against))
        told = compare.contrasts(values[[other, one]], 0, claim.outcome)[1]
        wanted = compare.sign_of(claim.outcome)
        if claim.answer == "junior":  # the claim is that it is worse
            wanted = -wanted
        clear = told.low * told.high > 0
        rows.append(
            {
                "structure": found.settings.rival or "main", "en": claim.en, "zh": claim.zh,
                "outcome": claim.outcome, "mean": told.mean, "low": told.low, "high": told.high,
                "n_worlds": told.n_worlds,
                "verdict": ("holds" if told.mean * wanted > 0 else "fails") if clear else "open",
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def flips(table: pd.DataFrame) -> pd.DataFrame:
    """A row a claim, a column a structure: its verdict; last, the rivals that say the other.

    A claim flips where it holds under the main structure and fails under a rival, or the reverse.
    """
    wide = table.pivot(index=["en", "zh", "outcome"], columns="structure", values="verdict")
    wide = wide[[name for name in ("main", *RIVALS) if name in wide]]
    order = [(claim.en, claim.zh, claim.outcome) for claim in CLAIMS]
    wide = wide.reindex(pd.MultiIndex.from_tuples(order, names=["en", "zh", "outcome"]))
    other = {"holds": "fails", "fails": "holds"}
    flipped = [
        [name for name in wide.columns[1:] if row[name] == other.get(str(row["main"]))]
        for _, row in wide.iterrows()
    ]
    return wide.assign(flips=[", ".join(names) for names in flipped]).reset_index()
