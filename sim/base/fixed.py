"""Dicts and lists that runs share, and that nobody can change.

A frozen dataclass keeps its fields and not what is in them: a case in whose levers somebody writes
would be another case for every run of the process. What runs share is therefore fixed when it is
read, and stays a dict or a list for whoever reads it, copies it or writes it as JSON.
"""

from __future__ import annotations

from typing import Any, NoReturn


class Fixed(dict[Any, Any]):
    """A dict to be read: `{**it, "key": value}` is a copy that may be changed."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(
            "shared by all runs of this process, and not to be changed\n"
            "  allowed: reading it\n"
            '  try:     a copy, {**it, "key": value}, and dataclasses.replace for whoever holds it'
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> Fixed:
        """The same dict: nobody can change it."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """What a pickle keeps: it would otherwise be filled item by item, which is refused."""
        return Fixed, (dict(self),)


class FixedList(list[Any]):
    """A list to be read: `[*it, more]` is a copy that may be changed."""

    _refuse = Fixed._refuse
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> FixedList:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return FixedList, (list(self),)


def fixed(value: Any) -> Any:
    """The same value with its dicts and lists fixed, as deep as they go; once is enough."""
    if isinstance(value, Fixed | FixedList):
        return value
    if isinstance(value, dict):
        return Fixed({key: fixed(item) for key, item in value.items()})
    if isinstance(value, list):
        return FixedList(fixed(item) for item in value)
    return value
