"""What topics of an affair are, whom it harmed, how it came into a corpus.

Codes are those of the tables; each has its words in English and Chinese for what users see.
"""

from __future__ import annotations

#: Kind of a topic -> (English, Chinese). The order is that of `Topics.kind`.
KIND_WORDS: dict[str, tuple[str, str]] = {
    "attack_or_other": ("accusation or other", "指责或其他"),
    "commentary": ("commentary", "评论"),
    "authority": ("authority", "官方机构"),
    "explain": ("explanation", "解释"),
    "deny": ("denial", "否认"),
    "founder_or_ceo_speaks": ("founder or chief executive speaks", "创始人或CEO发声"),
    "terminate_or_reverse": ("termination or reversal", "终止或撤回"),
    "apologise": ("apology", "致歉"),
    "penalty": ("penalty", "处罚"),
    "executive_penalty": ("penalty of an executive", "处罚高管"),
}
KINDS = tuple(KIND_WORDS)
PENALTIES = ("penalty", "executive_penalty")
#: What the organisation itself does or says.
RESPONSES = ("explain", "deny", "founder_or_ceo_speaks", "terminate_or_reverse", "apologise",
             *PENALTIES)  # fmt: skip
OTHERS = ("attack_or_other", "commentary", "authority")
#: Not a kind of topic: its main code is founder_or_ceo_speaks, or its speaker is one of them.
CEO = "ceo"
#: First responses that are looked at one by one.
RESPONSE_TYPES = (*(kind for kind in RESPONSES if kind != "founder_or_ceo_speaks"), CEO)

#: How an affair entered -> share of valid candidates that was taken up, turned over.
SAMPLE_SETS: dict[str, float] = {
    "core": 1.0,
    "institution_add": 1.0,
    "accusation_only": 1.5,
    "explain_only": 3.7,
}
#: The sets that most statistics are of.
ANALYSED = ("core", "institution_add")
VICTIMS = ("fan", "user", "public", "worker")
CAUSES = ("product", "values", "mixed")

_BIT = {kind: 1 << place for place, kind in enumerate(KINDS)}


def bits(*kinds: str) -> int:
    """A set of kinds as one number: bit k stands for KINDS[k]. `ceo` is no kind and has none."""
    found = 0
    for kind in kinds:
        found |= _BIT.get(kind, 0)
    return found
