"""What a class may send and how often; what is more is refused with a reason for the reader.

Limits protect a class from a neighbour who floods the server, and a session from somebody who
guesses codes. They go by address, so they are wide enough for a class behind one.
"""

from __future__ import annotations

import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable

from experiments.game.names import NAME_LENGTH, hidden

#: What a page may run: a million people would take the machine from a class for minutes.
POPULATIONS = ("default", "classroom")
MAX_OPEN_SESSIONS = 12  #: lessons at the same time on one server
MAX_PRACTICES = 40  #: games of one person alone that are not over
PRACTICE_KEPT_S = 2 * 3600.0  #: so long is one kept that nobody goes on with, if room is needed
MAX_TEAMS = 60  #: in one session
MAX_REVISIONS = 20  #: answers of one team to one decision, the first included
MAX_MINUTES = 24 * 60.0  #: of a clock; a decision may be homework
TITLE_LENGTH = 60  #: characters of a session's title
MAX_CLIENTS = 4096  #: whose requests are counted; the one that was quiet longest is forgotten

#: 31 letters and digits that nobody confuses; 8 of them make 8.5e11 codes.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
#: Wrong codes of one address: 20 at once, then one every half minute. In 90 minutes one address
#: has 3 chances in 1e9 to meet one of 12 sessions; 4,096 addresses together, 1 in 80,000.
WRONG_CODES, WRONG_CODES_PER_S = 20, 1 / 30
#: Teams that one address brings in: a class behind one address, but not every place of a session.
JOINS, JOINS_PER_S = 45, 1 / 30
#: Games that one address begins alone.
PRACTICES, PRACTICES_PER_S = 40, 1 / 60
#: Pages of one address: a class may sit behind one.
PAGES, PAGES_PER_S = 200, 20.0
#: Laboratory pages of one address: each takes about 1.5 MB until its browser is gone.
LABORATORIES, LABORATORIES_PER_S = 80, 1.0
#: Clicks of one team or one facilitator.
CLICKS, CLICKS_PER_S = 12, 3.0

#: Letters and a pattern that show nothing: Hangul fillers, the blank of Braille.
_BLANK = set("\u115f\u1160\u3164\uffa0\u2800")
_BREAKS = {"Zl", "Zp"}  #: separators of lines and paragraphs


class Refused(Exception):
    """A request that is not honoured: `key` of `game_texts.TEXTS`, `values` fill it in.

    Whoever catches it says it in the language of the page (`game_parts.message`).
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values


class Limiter:
    """So many requests at once, then so many a second, for each client; see `MAX_CLIENTS`.

    A bucket that fills up again: `burst` requests fit into it. May be called from any thread.
    """

    def __init__(
        self, burst: float, per_s: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._per_s, self._now = burst, per_s, now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def left(self, client: str) -> float:
        """Requests that the client may make now; a part of one counts as none."""
        left, at = self._left.get(client, (self._burst, 0.0))
        return min(self._burst, left + (self._now() - at) * self._per_s)

    def check(self, client: str) -> None:
        """Raises Refused where nothing is left; takes nothing."""
        with self._lock:
            if self.left(client) < 1:
                raise Refused("too_fast")

    def spend(self, client: str) -> None:
        """Take one. Raises Refused where nothing is left."""
        with self._lock:
            left = self.left(client)
            if left < 1:
                raise Refused("too_fast")
            self._left[client] = (left - 1, self._now())
            self._left.move_to_end(client)
            while len(self._left) > MAX_CLIENTS:
                self._left.popitem(last=False)


def clean_name(raw: object, length: int = NAME_LENGTH) -> str:
    """A name as it is kept: one line of 1 to `length` visible characters, NFC, single spaces.

    Raises Refused for anything else. Markup is not refused but shown as text: "R&D <3" is a name.
    """
    if not isinstance(raw, str):
        raise Refused("name_characters")
    if len(raw) > 4 * length:
        raise Refused("name_length", n=length)
    if any(hidden(c) or unicodedata.category(c) in _BREAKS for c in raw):
        raise Refused("name_characters")
    name = " ".join(unicodedata.normalize("NFC", raw).split())
    if not 1 <= len(name) <= length:
        raise Refused("name_length", n=length)
    if not any(unicodedata.category(c)[0] in "LNPS" and c not in _BLANK for c in name):
        raise Refused("name_characters")  # nobody could tell whom to remove
    return name


def clean_minutes(raw: object) -> float | None:
    """Minutes of a clock, more than 0 and at most MAX_MINUTES; None is no clock. Raises Refused."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Refused("minutes", n=f"{MAX_MINUTES:g}")
    if not 0 < raw <= MAX_MINUTES:
        raise Refused("minutes", n=f"{MAX_MINUTES:g}")
    return float(raw)


def clean_code(raw: object) -> str:
    """A join code as typed, without spaces and hyphens, in capitals; "" if it can be none."""
    if not isinstance(raw, str) or len(raw) > 4 * CODE_LENGTH:
        return ""
    code = "".join(c for c in raw.upper() if c not in " -\u3000\t")
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


def shown_code(code: str) -> str:
    """A join code as it is projected: ABCD-EFGH."""
    return f"{code[: CODE_LENGTH // 2]}-{code[CODE_LENGTH // 2 :]}"
