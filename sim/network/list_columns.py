"""Columns of a list: which end of a tie follows the other, and what else stands there."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

from sim.base.refusal import ConfigError
from sim.base.tables import separated
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
    """Columns under the names meant. Missing and doubled ones are refused; what else there is, is
    asked about: a misspelt column must not pass for an absent one. heard : is no such column."""
    known = {name.casefold(): name for name in required + optional}
    names = [known.get(name.strip().casefold(), name) for name in source.names]
    counts = Counter(names)
    doubled = sorted(name for name in known.values() if counts[name] > 1)
    where = "" if source.parquet else f"line {source.skip + 1}: "
    allowed = f"columns {', '.join(required)}"
    if optional:
        allowed += f"; optional {', '.join(optional)}"
    if doubled:
        what = f"{where}column {', '.join(doubled)} stands twice"
        hint = f"a header line {','.join(required)}"
        raise ConfigError(source.key, source.path, what, allowed, hint)
    missing = [name for name in required if name not in names]
    if missing:
        what = f"{where}no column {', '.join(missing)}; found {found_columns(source)}"
        hint = f"a header line {','.join(required)}"
        raise ConfigError(source.key, source.path, what, allowed, hint)
    extra = [
        name
        for name in names
        if name not in known.values() and not _is_index(name) and name != heard
    ]
    if extra and other is Lines.refuse:
        what = f"{where}unknown column {', '.join(name[:40] for name in extra[:20])}"
        asks.append(Ask(what, allowed, "network.other_columns=drop"))
    return replace(source, names=tuple(names))


def _is_index(name: str) -> bool:
    return name.strip().casefold() in INDEX


def found_columns(source: Source) -> str:
    names = ", ".join(repr(name)[1:-1][:40] for name in source.names[:12])
    more = f" and {len(source.names) - 12} more" if len(source.names) > 12 else ""
    parted = (
        ""
        if source.written is None
        else (
            f" (parted by {separated(source.written.separator)})" if len(source.names) > 1 else ""
        )
    )
    return f"{names}{more}{parted}"


def ends_asked(source: Source, config: NetworkConfig, ids: Any, asks: list[Ask]) -> Source:
    """The columns of a list of ties: which end is the follower, and what else stands there."""
    folded = [name.strip().casefold() for name in source.names]
    way = config.format
    if set(ENDS) <= set(folded):
        if way in (TieFormat.first_follows_second, TieFormat.second_follows_first):
            raise ConfigError(
                "network.format",
                way.value,
                "the columns say which end follows",
                "follower_followed or undirected for columns follower, followed",
                "the same without network.format",
            )
        heard = _ask_type(source, config, asks)
        return columns_asked(source, ENDS, (), config.other_columns, asks, heard)
    headless = not source.parquet and _no_header(source, ids)
    at = [k for k, name in enumerate(folded) if not _is_index(name) or headless]
    pair = next(
        ((folded.index(a), folded.index(b)) for a, b in PAIRS if {a, b} <= set(folded)), None
    )
    if pair is None and (len(at) < 2 or (not headless and set(ENDS) & set(folded))):
        return columns_asked(source, ENDS, (), config.other_columns, asks)
    first, second = pair or (at[0], at[1])
    names = [f"column {k + 1}" if headless else name for k, name in enumerate(source.names)]
    if way is TieFormat.follower_followed:
        where = "" if source.parquet else f"line {source.skip + 1}: "
        none = " (no header)" if headless else ""
        asks.append(
            Ask(
                f"{where}no column follower, followed; found {found_columns(source)}{none}; "
                "which end follows the other is not said",
                _WHICH,
                "network.format=first_follows_second",
            )
        )
    ends = ("followed", "follower") if way is TieFormat.second_follows_first else ENDS
    names[first], names[second] = ends
    named = replace(source, names=tuple(names), header=not headless)
    heard = _ask_type(named, config, asks)
    return columns_asked(named, ENDS, (), config.other_columns, asks, heard)


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
    """Gephi's column Type, if it agrees with the settings; where it does not, that is asked about:
    pairs of which nobody follows the other are not read as directed."""
    import pyarrow as pa

    name = next((one for one in source.names if one.strip().casefold() == "type"), None)
    if name is None:
        return None
    values: Counter[str] = Counter()
    try:
        for table in batches_of(source, [name], pa.string()):
            text = as_text(pa.Table.from_batches([table]), name)
            for one in text.value_counts().to_pylist():
                values[str(one["values"]).casefold()] += one["counts"]
    except (pa.ArrowException, OSError, EOFError):
        return None  # what is broken is said when the ties are read
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
