"""What is not an agent, as declared tables: one row of numbers (WORLD) and a few small tables
(EVENT, ACT, TAG, LOG), and what their numbers stand for.

Both engines keep the same rows; how they change in a step is in `sim.world`.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from sim.case.case import FORCING_KINDS
from sim.playbook.kinds import KINDS
from sim.playbook.names import DELIVERY as DELIVERED

SCALE = 65536.0  #: fixed-point units of one expected view
SUM_SCALE = 1048576.0  #: fixed-point units of sums over people
ORDER_SCALE = 1073741824.0  #: fixed-point units of investors' orders
REFERENCE_PEOPLE = 3000.0  #: heat is stated for a community of this size

N_COUNTS = 11
# Columns of the census, int64: fixed-point sums of the step, then what is kept: counts and the sum
# of conviction, which changes only when an act is received.
(
    SUM_EXPRESSED,
    SUM_DEAL,
    SUM_GOVERNANCE,
    SUM_GRUDGE,
    SUM_TRUST,
    N_AWARE,
    N_DECLARED,
    N_UNFOLLOWED,
    N_SOLD,
    N_EXITED,
    SUM_CONVICTION,
) = range(N_COUNTS)

#: Kinds of acts, and what comes of one by itself; the number of each in the column `kind`.
ACT_KINDS = (*KINDS, DELIVERED)
KIND = {kind: number for number, kind in enumerate(ACT_KINDS)}
DENIAL, PENALTY, COMPENSATION = KIND["denial"], KIND["penalty"], KIND["compensation"]
REFORM, DELIVERY, LEGAL_STEP = KIND["reform"], KIND[DELIVERED], KIND["legal_step"]
LAUNCH_MOVED = KIND["launch_moved"]
N_KINDS = len(ACT_KINDS)  #: rows that every table of acts has: one a kind, in this order
MAX_ACTS = 32  #: rows at most: the bits in which people keep what they have seen
# Behind the counts: whom each act has reached, and who accepted it.
N_REACHED, N_ACCEPTED = N_COUNTS, N_COUNTS + MAX_ACTS
N_CENSUS = N_COUNTS + 2 * MAX_ACTS

EVENT_KINDS = FORCING_KINDS

BY_SCREENSHOT, BY_DETECTION, BY_LIST_ENTRY, BY_GOVERNANCE_TALK, BY_DECLARED = range(5)

# Kinds of log entries.
LOG_KINDS = (
    "forcing",
    "action",
    "kol_exit",
    "mock",
    "list_entry",
    "list_exit",
    "detection",
    "second_wave",
    "broken_promise",
    "silence",
    "question",
    "found_out",
    "listed",
    "press",
)
(
    LOG_FORCING,
    LOG_ACTION,
    LOG_EXIT,
    LOG_MOCK,
    LOG_LIST_ENTRY,
    LOG_LIST_EXIT,
    LOG_DETECTION,
    LOG_SECOND_WAVE,
    LOG_BROKEN,
    LOG_SILENCE,
    LOG_QUESTION,
    LOG_FOUND_OUT,
    LOG_LISTED,
    LOG_PRESS,
) = range(14)

# What a hashtag is born of. Its `source` is one number, `source_code(origin, which)`: the event,
# the act (and the headline of a notice), the leader (and the step), the wave, the crowd's step.
# The last four are third parties, in the order of `question.brought`.
ORIGINS = (
    "event", "act", "exit", "mock", "wave", "question", "crowd", "regulator", "media_test",
    "other_brand", "customer_video",
)  # fmt: skip
TAG_EVENT, TAG_ACT, TAG_EXIT, TAG_MOCK, TAG_WAVE, TAG_QUESTION, TAG_CROWD = range(7)
TAG_REGULATOR = 7
LEADERS = 4096  #: more than any run has: what a leader does again is told apart by its step
SOURCES = 4294967296.0  #: room for each origin: more than any run has, and exact in a float64
ADDRESSES = 268435456  #: room for each origin among addresses of draws
HEADLINES = 10  #: as many as an act may have
WAVES = ("second_wave", "leak", "broken_promise", "silence", "found_out", "second_found_out")
(WAVE_OUTSIDE, WAVE_LEAK, WAVE_BROKEN, WAVE_SILENCE, WAVE_FOUND_OUT, WAVE_SECOND) = range(6)
ACCUSATIONS = ("denial", "second_accusation")  #: what is found out, as a log names it

_WORLD_FIELDS = (
    # platform
    "heat",
    "list_heat",
    "level_deal",
    "level_governance",
    "n_listed",
    "reads",
    "displacement",
    "displaced_until",
    # evidence and novelty
    "happened",
    "leaked",
    "admitted",
    "confirmed",
    "denied",
    "credibility",
    "betrayal",
    "mocked",
    "novelty_deal",
    "novelty_governance",
    "stirred_deal",
    "stirred_governance",
    "grievance_deal",
    "grievance_governance",
    "news",
    # what stays unanswered
    "overdue",
    "unanswered",
    "cleared",
    "second",  # credibility of the second accusation
    "second_size",  # betrayal that it adds if it is believed
    "second_denied",
    "second_out",  # whether what is true of it has come out
    "patience_until",
    "word_due",
    "called",
    "pressed",
    "forced",
    "answered",
    "told",
    "first_listed",
    # whether fans are heard
    "spoken_for",
    "belonging",
    "unheard",
    # what the brand has done
    "penalised",
    "level",
    "severity",
    "felt_level",
    "reform",
    "promised",
    "terminated",
    "compensated",
    "active",
    "first_act",
    "last_word",
    "due",
    "broken",
    # counts of the step that is being computed
    "posts_core",
    "posts_customer",
    "posts_public",
    "posts_kol",
    "posts_neutral",
    "posts_deal",
    "posts_governance",
    "volume",
    "voice_core_deal",
    "voice_core_governance",
    "voice_other_deal",
    "voice_other_governance",
    "kol_deal",
    "kol_governance",
    # PR team
    "mention_z",
    "alarmed",
    "detected",
    "noticed",
    # firm
    "morale",
    "legal",
    "cash",
    # market, log price relative to the last close before the case
    "price",
    "fundamental",
    "other_news",
    "sentiment",
    "unpriced",
    "buyback_bars",
    "buyback_bar",
    # orders of the step, fixed point
    "orders_noise",
    "orders_sentiment",
    "orders_value",
    # talk of the last day, for triggers
    "talk_deal",
    "talk_governance",
    "n_log",
    "n_tags",
    "wave",
)
WORLD = np.dtype([(name, "f8") for name in _WORLD_FIELDS])

EVENT = np.dtype(
    [
        (name, "f8")
        for name in (
            "step",
            "kind",
            "topic",
            "reach_core",
            "reach_customer",
            "reach_public",
            "credibility",
            "novelty",
            "betrayal",
            "heat",
            "tag",
            "displacement",
            "until",
            "requires",
        )
    ]
)

#: Levers that are no columns: when an act comes and who speaks are said by other columns.
NO_COLUMNS = ("delay_h", "trigger", "threshold", "speaker")
#: Levers of all kinds, each a column of its name; 0 for a kind that has no such lever.
LEVERS = tuple(
    dict.fromkeys(
        item.name for act in KINDS.values() for item in fields(act) if item.name not in NO_COLUMNS
    )
)
ACT = np.dtype(
    [
        (name, "f8")
        for name in (
            "kind",  # a place in ACT_KINDS
            "address",  # of its draws, which no other act moves
            "step",
            "wanted",
            "delay",
            "trigger",
            "threshold",
            "voice",
            "heat",
            "reach",
            "topic",  # of its headline: 0 deal, 1 governance
            "news",
            "fresh",  # what is left of that novelty, on its topic
            "fresh_echo",  # and on the other
            "headlines",
            "joins",
            "spoken",
            "deed",
            "concedes",  # by itself
            "conceded",  # what it carries as a word of its step
            "judged",
            "private",
            "text",
            "delivery",  # row of what comes of it by itself, -1 for none
            "since_h",
            "delay_h",
            *LEVERS,
        )
    ]
)

TAG = np.dtype(
    [
        (name, "f8")
        for name in (
            "made",  # step in which there was something to report
            "topic",
            "news",  # novelty, when it was new
            "loudness",
            "born",  # step of the report; -1 for an angle that nobody has reported
            "heat",
            "entered",
            "left",
            "source",
            "address",  # of its own draw
            "half_life",  # of its claim on talk, steps
            "keep",  # of its heat, a step
        )
    ]
)
LOG = np.dtype([(name, "f8") for name in ("step", "kind", "who", "value")])
MAX_TAGS = 256  #: angles, hashtags and what has left the list; of more the oldest go


def log_size(n_leaders: int) -> int:
    """Entries that a run has room for; `sim.run` refuses a run in which more happened."""
    return 4096 + 400 * n_leaders


def new_world() -> Any:
    """A quiet world: one row, addressed by name."""
    table = np.zeros(1, WORLD).view(np.recarray)
    table[0].first_act = -1.0
    table[0].word_due = -1.0
    table[0].first_listed = -1.0
    table[0].last_word = -1.0
    table[0].alarmed = -1.0
    table[0].detected = -1.0
    table[0].morale = 1.0
    table[0].belonging = 1.0
    return table
