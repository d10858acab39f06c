"""The command that says what a paper writes of a study."""

from __future__ import annotations

from experiments.command.words import lang_of, study_folder, taken


def cite(words: list[str]) -> int:
    """`backlash cite STUDY [lang=zh] [format=bibtex]`: a methods paragraph, or a BibTeX entry.

    Versions, worlds, digests and the command that repeats it, from the manifest of the study.
    """
    from experiments.reports.citation import cited
    from experiments.sweeps.plan import load_plan

    form, words = taken(words, "format", "text")
    lang, words = lang_of(words)
    print(cited(load_plan(study_folder(words, "cite", ("format", "lang"))), form, lang))
    return 0
