"""How large the events are that a facilitator may let happen, by what a script calls them.

*Assumed*: of the size of the documented screenshot and naming, of which only the second was on the
list from the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What an event of a script is like -> its numbers, as an event of a case has them.
INJECTED: Mapping[str, Mapping[str, Any]] = {
    "evidence": {
        "kind": "leak", "topic": "deal", "reach": {"core": 0.4, "customer": 0.06, "public": 0.004},
        "credibility": 0.4, "novelty": 0.8, "betrayal": 0.05, "heat": 0, "tag": True,
    },
    "memo": {
        "kind": "leak", "topic": "governance",
        "reach": {"core": 0.4, "customer": 0.08, "public": 0.01},
        "credibility": 0.3, "novelty": 0.7, "betrayal": 0, "heat": 0, "tag": True,
    },
    "regulator": {  # not of kind naming, which would also switch off other waves
        "kind": "rumour", "topic": "governance",
        "reach": {"core": 0.3, "customer": 0.1, "public": 0.03},
        "credibility": 0.2, "novelty": 0.6, "betrayal": 0, "heat": 133_000, "tag": True,
    },
}  # fmt: skip
