"""Which column of an export says what: by the names that tools give them, or by a mapping.

when     the moment, or the day beside `hour`
count    mentions; several columns are added (count=weibo+douyin); none: a row is a mention
source   where: platforms, channels; counts of one moment are added over them
id       of a post or its address: what is listed twice counts once. Never kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.base.cells import Unsure, number_of
from sim.base.refusal import ConfigError
from sim.base.tables import Table

#: What tools and spreadsheets call a column, in small letters.
NAMES: Mapping[str, tuple[str, ...]] = {
    "when": (
        "time", "datetime", "date time", "date/time", "timestamp", "created_at", "created at",
        "published", "published at", "publication date", "post date", "date (utc)", "day", "date",
        "时间", "日期", "发布时间", "发表时间", "发布日期", "小时", "時間", "日時",
        "datum", "zeit", "zeitpunkt", "uhrzeit", "fecha", "fecha y hora", "heure", "data",
    ),
    "hour": ("hour", "hour of day", "时", "时段", "stunde", "hora"),
    "count": (
        "count", "mentions", "mention", "number of mentions", "total mentions", "posts", "volume",
        "results", "n", "value", "messages",
        "数量", "声量", "总声量", "提及", "提及量", "讨论量", "发帖量", "条数", "件数", "微博数",
        "anzahl", "erwähnungen", "beiträge", "menciones", "cantidad", "nombre", "menzioni",
    ),
    "source": (
        "source", "platform", "channel", "media", "media type", "content source", "site", "network",
        "page type", "来源", "平台", "渠道", "媒体", "媒体类型", "quelle", "kanal", "fuente",
    ),
    "id": (
        "id", "url", "link", "permalink", "mention id", "post id", "resource id", "mid", "微博id",
        "链接", "原文链接", "地址", "网址",
    ),
}  # fmt: skip
ROLES = tuple(NAMES)


@dataclass(frozen=True)
class Columns:
    """What each column of a table is; what is kept in mapping.yaml and used for the next export."""

    when: str
    hour: str | None = None
    count: tuple[str, ...] = ()  #: none: each row is a mention
    source: str | None = None
    id: str | None = None


def mapped(table: Table, said: Mapping[str, str]) -> Columns:
    """The columns of a table. Raises ConfigError where the names leave a choice, with what to type.

    said : role -> column, as typed or from a mapping; count may be several with + between.
    """
    for role, typed in said.items():
        for one in typed.split("+") if role == "count" else [typed]:
            _check_there(table, role, one)
    found = {role: said[role] for role in said}
    for role in ROLES:
        if role not in found and (name := _by_name(table, role, found)) is not None:
            found[role] = name
    if "when" not in found:
        raise ConfigError(
            "when", None, f"no column of {table.name} is called like a time",
            _listed(table.columns), f"when={table.columns[0]!r}",
        )  # fmt: skip
    count = tuple(found["count"].split("+")) if "count" in found else ()
    _check_count(table, count, found)
    return Columns(found["when"], found.get("hour"), count, found.get("source"), found.get("id"))


def _check_there(table: Table, role: str, name: str) -> None:
    """Refuse a column that the table does not have."""
    if role not in ROLES:
        raise ConfigError(role, name, "no such part of an export", ", ".join(ROLES), "when=time")
    if name not in table.columns:
        raise ConfigError(
            role, name, f"{table.name} has no such column", _listed(table.columns),
            f"{role}={table.columns[0]!r}",
        )  # fmt: skip


def _by_name(table: Table, role: str, found: Mapping[str, str]) -> str | None:
    """The column that is called so; of several the one that this role knows first."""
    plain = {name.casefold().strip(): name for name in reversed(table.columns)}
    taken = set(found.values())
    return next((plain[n] for n in NAMES[role] if n in plain and plain[n] not in taken), None)


def _check_count(table: Table, count: Sequence[str], found: Mapping[str, str]) -> None:
    """Refuse a table whose rows are neither counts nor, as far as one sees, mentions."""
    if count or "id" in found:
        return
    numeric = [
        name for name in table.columns if name not in found.values() and _numbers(table, name)
    ]
    if numeric:
        raise ConfigError(
            "count", None, f"several columns of {table.name} may count mentions, or none",
            _listed(numeric), f"count={'+'.join(numeric)}, which adds them; or count={numeric[0]}",
        )  # fmt: skip
    raise ConfigError(
        "count", None, f"no column of {table.name} counts, and none names a post",
        _listed(table.columns), "count=COLUMN; or id=COLUMN where each row is one post",
    )  # fmt: skip


def _numbers(table: Table, name: str) -> bool:
    """Whether most cells of a column are numbers."""
    cells = table.column(name)[:50]
    return sum(_is_number(cell) for cell in cells) > 0.8 * len(cells)


def _is_number(cell: str) -> bool:
    try:
        number_of(cell)
    except Unsure:
        return False
    return True


def _listed(names: Sequence[str]) -> str:
    """Names of columns as a refusal lists them."""
    return ", ".join(name[:40] for name in names[:20])
