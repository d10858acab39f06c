"""What a name means, for whoever meets it in a table."""

from __future__ import annotations

from experiments.reports.explained import explained


def explain(name: str, lang: str = "en") -> None:
    """Print what a name means: an outcome, a parameter, a setting or an act of the brand.

    name : as in columns and settings. lang : en or zh. Raises ConfigError, with near names, for a
    name that nothing has.

    >>> import backlash
    >>> backlash.explain("outrage_burden_core")   # doctest: +ELLIPSIS
    outrage burden of core fans
      How many days of full outrage an average core fan goes through, ...
    """
    print(explained(name, lang))
