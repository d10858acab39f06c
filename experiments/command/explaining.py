"""The command that says what a name means."""

from __future__ import annotations

from experiments.command.words import lang_of


def explain(words: list[str]) -> int:
    """`backlash explain NAME [lang=zh]`: an outcome, a parameter, a setting or an act in words.

    Raises ConfigError, with near names, for a name that nothing has, and without one.
    """
    from experiments.reports.explained import explained
    from sim.base.refusal import ConfigError

    lang, names = lang_of(words)
    if not names:
        raise ConfigError(
            "explain", None, "which name?", "an outcome, a parameter, a setting or an act",
            "backlash explain outrage_burden_core",
        )  # fmt: skip
    print("\n\n".join(explained(name, lang) for name in names))
    return 0
