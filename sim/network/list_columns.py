"""Columns of a list: which end of a tie follows the other, and what else stands there.

Who sees whose posts hangs on the direction of every tie, and lists from elsewhere call its ends by
many names, or by none. A direction is therefore taken from columns `follower,followed` or from the
setting `network.format`, and never guessed from a name such as source.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

from sim.base.refusal import ConfigError
from sim.base.table_text import separated
from sim.network.list_cells import ENDS, as_text, batches_of
from sim.network.list_file import PAIRS, Source
from sim.network.list_questions import Ask
from sim.settings.network_config import Lines, NetworkConfig, TieFormat

INDEX = ("", "unnamed: 0", "__index_level_0__")  #: columns that are a frame's index
_WHICH = "columns follower, followed; or network.format: first_follows_second, "
_WHICH += "second_follows_first, undirected (both follow)"


def columns_asked(
    source: Source,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    other: Lines,
    asks: list[Ask],
    heard: str | None = None,
) -> Source:
    """The file with its columns under the names meant, compared without regard to case.

    Missing and doubled ones are refused; what else there is, is asked about (`asks`) unless `other`
    drops it: a misspelt column must not pass for an absent one. heard : a further column that has
    been understood already. Raises ConfigError.
    """
    known = {name.casefold(): name for name in required + optional}
    names = [known.get(name.strip().casefold(), name) for name in source.names]
    where = "" if source.parquet else f"line {source.skip + 1}: "
    allowed = f"columns {', '.join(required)}"
    if optional:
        allowed += f"; optional {', '.join(optional)}"
    counts = Counter(names)
    doubled = sorted(name for name in known.values() if counts[name] > 1)
    missing = [name for name in required if name not in names]
    what = ""
    if doubled:
        what = f"{where}column {', '.join(doubled)} stands twice"
    elif missing:
        what = f"{where}no column {', '.join(missing)}; found {found_columns(source)}"
    if what:
        hint = f"a header line {','.join(required)}"
        raise ConfigError(source.key, source.path, what, allowed, hint)
    ours = {*known.values(), heard}
    extra = [name for name in names if name not in ours and not _is_index(name)]
    if extra and other is Lines.refuse:
        what = f"{where}unknown column {', '.join(name[:40] for name in extra[:20])}"
        asks.append(Ask(what, allowed, "network.other_columns=drop"))
    return replace(source, names=tuple(names))


def _is_index(name: str) -> bool:
    """Whether a column is only the index of a frame that was written with it."""
    return name.strip().casefold() in INDEX


def found_columns(source: Source) -> str:
    """The columns as they stand, in words, and what parts them: often not what was thought."""
    names = ", ".join(repr(name)[1:-1][:40] for name in source.names[:12])
    more = f" and {len(source.names) - 12} more" if len(source.names) > 12 else ""
    if source.written is None or len(source.names) < 2:
        return f"{names}{more}"
    return f"{names}{more} (parted by {separated(source.written.separator)})"


def ends_asked(source: Source, config: NetworkConfig, ids: Any, asks: list[Ask]) -> Source:
    """The file with the ends of ties under the names meant: which of them is the follower.

    ids : of the people, if a file names them; they tell a first record from a header. What is not
    said is asked about (`asks`). Raises ConfigError for columns that contradict `network.format`.
    """
    folded = [name.strip().casefold() for name in source.names]
    way = config.format
    if set(ENDS) <= set(folded):
        if way in (TieFormat.first_follows_second, TieFormat.second_follows_first):
            raise ConfigError(
                "network.format", way.value, "the columns say which end follows",
                "follower_followed or undirected for columns follower, followed",
                "the same without network.format",
            )  # fmt: skip
        heard = _ask_type(source, config, asks)
        return columns_asked(source, ENDS, (), config.other_columns, asks, heard)
    headless = not source.parquet and _no_header(source, ids)
    ends = _two_ends(folded, headless)
    if ends is None:
        return columns_asked(source, ENDS, (), config.other_columns, asks)
    if way is TieFormat.follower_followed:
        asks.append(_ask_direction(source, headless))
    names = [f"column {k + 1}" if headless else name for k, name in enumerate(source.names)]
    turned = way is TieFormat.second_follows_first
    names[ends[0]], names[ends[1]] = reversed(ENDS) if turned else ENDS
    named = replace(source, names=tuple(names), header=not headless)
    heard = _ask_type(named, config, asks)
    return columns_asked(named, ENDS, (), config.other_columns, asks, heard)


def _two_ends(folded: list[str], headless: bool) -> tuple[int, int] | None:
    """Places of the two ends among columns, first and second; None where there are not two.

    folded : names of the columns in small letters. A pair of usual names, else the first two
    columns that are no index; but no other column stands in for one of follower and followed.
    """
    for a, b in PAIRS:
        if {a, b} <= set(folded):
            return folded.index(a), folded.index(b)
    at = [k for k, name in enumerate(folded) if not _is_index(name) or headless]
    if len(at) < 2 or (not headless and set(ENDS) & set(folded)):
        return None
    return at[0], at[1]


def _ask_direction(source: Source, headless: bool) -> Ask:
    """The question which end follows, where neither a column nor a setting says it."""
    where = "" if source.parquet else f"line {source.skip + 1}: "
    none = " (no header)" if headless else ""
    return Ask(
        f"{where}no column follower, followed; found {found_columns(source)}{none}; "
        "which end follows the other is not said",
        _WHICH,
        "network.format=first_follows_second",
    )


def _no_header(source: Source, ids: Any) -> bool:
    """Whether the first record is a tie already: two numbers, or two names of the people file."""
    cells = [cell for cell in source.names if cell][:2]
    if ids is not None:
        import pyarrow as pa
        import pyarrow.compute as pc

        found = pc.is_in(pa.array(cells, pa.string()), value_set=ids)
        if len(cells) == 2 and all(found.to_pylist()):
            return True
    return len(cells) == 2 and all(re.fullmatch(r"[-+]?[\d.]+(e\+?\d+)?", c, re.I) for c in cells)


def _ask_type(source: Source, config: NetworkConfig, asks: list[Ask]) -> str | None:
    """Gephi's column Type by its name, if the file has one that says directed or undirected.

    Where it does not agree with the settings, that is asked about: pairs of which nobody follows
    the other are not read as directed.
    """
    name = next((one for one in source.names if one.strip().casefold() == "type"), None)
    values = Counter[str]() if name is None else _counted(source, name)
    if not values or not set(values) <= {"directed", "undirected"}:
        return None
    mirrored = config.format is TieFormat.undirected
    word, other = ("directed", "first_follows_second") if mirrored else ("undirected",) * 2
    if values[word]:
        asks.append(
            Ask(
                f"{name} says {word} in {values[word]:,} of {values.total():,} lines",
                "ties that are all directed, or all undirected",
                f"network.format={other}"
                if len(values) == 1
                else "two files, one of directed and one of undirected ties",
            )
        )
    return name


def _counted(source: Source, name: str) -> Counter[str]:
    """How often each text stands in a column, in small letters; empty for a file that is broken."""
    import pyarrow as pa

    values: Counter[str] = Counter()
    try:
        for table in batches_of(source, [name], pa.string()):
            text = as_text(pa.Table.from_batches([table]), name)
            for one in text.value_counts().to_pylist():
                values[str(one["values"]).casefold()] += one["counts"]
    except (pa.ArrowException, OSError, EOFError):
        return Counter()  # what is broken is said when the ties are read
    return values
