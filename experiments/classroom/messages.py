"""What comes in while a team decides: somebody asks, somebody warns. Nothing of it is in the model.

Messages say no fact and recommend nothing, so they fit every story; they are the noise of such an
hour. They come after shares of the clock, or after so many seconds where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SHARES = (0.15, 0.4, 0.65)  #: of the clock, when the messages of a decision come
SECONDS = (45.0, 110.0, 200.0)  #: after which they come without a clock


@dataclass(frozen=True)
class Message:
    """A message: who writes, and what."""

    who: tuple[str, str]  #: a role, English and Chinese
    text: tuple[str, str]

    def line(self, lang: str) -> tuple[str, str]:
        """Who writes and what, in a language."""
        zh = lang == "zh"
        return self.who[zh], self.text[zh]


_FAN = ("A fan", "一位粉丝")
_REPORTER = ("A reporter", "一位记者")
_LEGAL = ("Legal", "法务")
_BOSS = ("Management", "管理层")
_SERVICE = ("Customer service", "客服")
_STAFF = ("A colleague", "一位同事")
_MODERATOR = ("A fan group", "粉丝群群主")
_PARTNER = ("A partner", "合作方")

#: By the place of the decision in the game; of a longer one the last are used again.
MESSAGES: tuple[tuple[Message, ...], ...] = (
    (
        Message(_SERVICE, ("Somebody has asked about this. What may we say?",
                           "有人来问这件事。我们可以怎么说？")),
        Message(_LEGAL, ("Whatever you write about this today may be read out one day.",
                         "今天写下的每一句，日后都可能被当众念出。")),
    ),
    (
        Message(_REPORTER, ("I publish in ten minutes, with or without a word from you.",
                            "十分钟后发稿，有没有你们的回应都发。")),
        Message(_MODERATOR, ("People here ask me. Is anybody at your place reading this?",
                             "群里都在问我。你们有人在看吗？")),
        Message(_BOSS, ("Promise nothing that we cannot keep.", "做不到的，不要承诺。")),
    ),
    (
        Message(_BOSS, ("The board wants one sentence by tonight. Which one?",
                        "董事会今晚要一句话。说哪一句？")),
        Message(_PARTNER, ("Is there anything that we should hear from you first?",
                           "有没有什么是我们该先从你们这里听到的？")),
    ),
    (
        Message(_STAFF, ("Comments come faster than we can read. Who answers them?",
                         "评论多到看不过来。谁来回？")),
        Message(_LEGAL, ("Every word that you admit tonight can be quoted in court.",
                         "今晚承认的每个字，都可能在法庭上被引用。")),
        Message(_FAN, ("I have defended you for years. What do I tell the others?",
                       "我为你们辩护了很多年。现在我该怎么跟别人说？")),
    ),
    (
        Message(_REPORTER, ("Is what you said yesterday, or did not say, still your position?",
                            "昨天说的（或没说的），今天还算数吗？")),
        Message(_FAN, ("I heard of this only today. What is it about?",
                       "我今天才听说。到底怎么回事？")),
    ),
    (
        Message(_STAFF, ("Whoever is named: was that person heard first?",
                         "无论点谁的名：先听过本人的说法吗？")),
        Message(_FAN, ("Who is responsible? We ask only once more.",
                       "到底谁负责？我们只再问一次。")),
    ),
    (
        Message(_REPORTER, ("A month from now: what will be different?",
                            "一个月后，会有什么不同？")),
        Message(_STAFF, ("May we talk about it at home?", "回家可以谈这件事吗？")),
    ),
)  # fmt: skip


def come(place: int, elapsed_s: float, length_s: float | None) -> Sequence[Message]:
    """The messages of a decision that have come by now, in their order.

    place : of the decision, from 0. length_s : of its clock; None without one.
    """
    of_decision = MESSAGES[min(place, len(MESSAGES) - 1)]
    due = SECONDS if length_s is None else tuple(share * length_s for share in SHARES)
    return [message for message, at in zip(of_decision, due, strict=False) if elapsed_s >= at]
