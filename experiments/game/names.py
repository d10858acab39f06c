"""Names of teams, and whatever else players type, as they may be shown.

Nothing here decides whether a name is allowed: that is `classroom.limits.clean_name`.
"""

from __future__ import annotations

import unicodedata

NAME_LENGTH = 32  #: characters of a team's name


def hidden(character: str) -> bool:
    """Whether a character has no sign of its own: control, direction, private use, unassigned.

    Such a character could make one name look like another.
    """
    return unicodedata.category(character).startswith("C")


def clean(text: object, room: int = NAME_LENGTH) -> str:
    """Something typed by a player as it may be shown: printable, on one line, not long.

    room : characters; what is longer ends in an ellipsis. Not escaped: that is the page's business.
    """
    kept = " ".join("".join(c for c in str(text) if not hidden(c)).split())
    return kept if len(kept) <= room else kept[: room - 1] + "…"
