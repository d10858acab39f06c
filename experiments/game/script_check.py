"""What is wrong about a script and not in it: what it gives away, what cannot be chosen or played.

`backlash case check` prints it. A script whose file cannot be read has been refused before
(`script_file`); here it is held against its case.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta

from experiments.game.moves import closed, response_of
from experiments.game.rules import available, check
from experiments.game.script import FACTS, PUSH, Decision, Script, Texts, in_lang
from experiments.game.script_file import read_or_note, script_path
from experiments.game.script_parts import Noted
from experiments.game.script_template import TO_WRITE
from experiments.game.world import World, case_of
from experiments.pictures.dates import day_name, day_of
from sim.base.refusal import ConfigError
from sim.case.case import Case
from sim.playbook.act import Act
from sim.playbook.kinds import KINDS
from sim.settings.composition import compose

GAMES = 60  #: that are played by chance, answers only, to find what the playbook refuses
STATEMENTS = 2  #: decisions at which a team drafts a text


def checked(name: str) -> tuple[list[str], list[str]]:
    """Everything that is wrong with the script of a case, and notes; both empty without a script.

    name : of a shipped case, or the path of a case file, which is itself good. Problems are whole
    refusals, each with its line.
    """
    path = script_path(name)
    if not path.is_file():
        return [], [f"no script: for the laboratory only (backlash case script {name} begins one)"]
    world = World(name, 0, 0)
    case = case_of(world)
    script, problems = read_or_note(path, case)
    if problems or script is None:
        return [str(problem) for problem in problems], []
    noted = Noted(path, case.time_zone)
    _check_times(script, case, noted)
    _check_words(script, noted)
    _check_events(script, case, noted)
    for k, decision in enumerate(script.decisions):
        _check_ahead(script, k, decision, case, noted)
    if not noted.found:
        _check_history(script, world, noted)
        _check_played(script, world, noted)
    notes = _worth_knowing(script, case) if not noted.found else []
    return [str(problem) for problem in noted.found], notes


def _check_times(script: Script, case: Case, noted: Noted) -> None:
    """Note decisions out of order or outside the case, and acts before what they answer."""
    end, before = case.start + timedelta(days=case.horizon_d), case.start
    for k, decision in enumerate(script.decisions):
        path, shown = f"decisions[{k}].at", f"{decision.time:%Y-%m-%d %H:%M}"
        if decision.time >= end:
            noted.add(
                path,
                shown,
                "is after the end of the case",
                f"before {end:%Y-%m-%d %H:%M}",
                "an earlier time, or horizon_d in the case",
            )
        elif decision.time < before:
            noted.add(
                path,
                shown,
                "is before the decision above it, or before the case",
                f"from {before:%Y-%m-%d %H:%M}",
                "decisions in the order of time",
            )
        before = max(before, decision.time)
        for where, kind, levers in _acts_in(k, decision):
            early = decision.hours + float(str(levers.get("after_h", 0))) < 0
            if early and kind != "disclosure":
                noted.add(
                    where,
                    kind,
                    "comes before what it answers is public",
                    "disclosure, or a later decision",
                    "disclosure: {acknowledgement: 0.6}",
                )


def _acts_in(k: int, decision: Decision) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Every act that an option of a decision does: its path in the file, its kind, its levers."""
    for n, question in enumerate(decision.questions):
        for m, option in enumerate(question.options):
            for kind, levers in option.does.items():
                yield (f"decisions[{k}].questions[{n}].options[{m}].does.{kind}", kind,
                       dict(levers))  # fmt: skip


def _check_words(script: Script, noted: Noted) -> None:
    """Note questions that stand twice, and `needs` and `unless` of what never came before."""
    come: set[str] = set()
    for k, decision in enumerate(script.decisions):
        keys = [question.key for question in decision.questions]
        for n, question in enumerate(decision.questions):
            path = f"decisions[{k}].questions[{n}]"
            if question.key in keys[:n]:
                noted.add(f"{path}.key", question.key, "stands twice in its decision",
                          "another key", f"{question.key}_2")  # fmt: skip
            for m, option in enumerate(question.options):
                for name in ("needs", "unless"):
                    for word in getattr(option, name):
                        if word not in come:
                            noted.add(
                                f"{path}.options[{m}].{name}",
                                word,
                                "no earlier answer does or gives it",
                                ", ".join(sorted(come)) or "nothing so early",
                                "an act or a gift of an earlier decision",
                            )
        come |= {kind for _, kind, _ in _acts_in(k, decision)}
        come |= {what for q in decision.questions for o in q.options for what in o.gives}
    if "apology" in come:
        come.add("explanation")
    for k, fact in enumerate(script.inside):
        for name in ("early", "late"):
            noted.choice(f"inside[{k}].{name}", getattr(fact, name), script.keys)


def _check_events(script: Script, case: Case, noted: Noted) -> None:
    """Note topics of hashtags that the case does not give."""
    known = tuple(event.id for event in case.forcing)
    for key in script.topics:
        if key not in known:
            noted.add(f"topics.{key}", key, "no event of the case gives such a hashtag",
                      ", ".join(known) or "none", "leave it out")  # fmt: skip


def _check_ahead(script: Script, k: int, decision: Decision, case: Case, noted: Noted) -> None:
    """Note what a brief would give away: a later day or hour, or an event that has not come."""
    parts: list[tuple[str, Texts]] = [
        (f"decisions[{k}].title", decision.title),
        (f"decisions[{k}].situation", decision.situation),
        *((f"decisions[{k}].headlines[{n}].text", told.words)
          for n, told in enumerate(decision.told)),
    ]  # fmt: skip
    later = [event for event in case.events if event.time > decision.time]
    for path, texts in parts:
        for lang in ("en", "zh"):
            text = in_lang(texts, lang)
            shown = next(_later_times(text, decision.time, case, lang), "")
            for event in later:
                topic = script.topics.get(event.id)
                named = topic is not None and _held(in_lang(topic, lang), text)
                if _held(event.text[lang], text) or (named and not _come(script, event.id, case)):
                    shown = shown or event.text[lang]
            if shown:
                noted.add(f"{path}.{lang}", text, f"gives away what is coming: {shown}",
                          f"what is known by {decision.time:%Y-%m-%d %H:%M}",
                          "say it at a later decision")  # fmt: skip


def _come(script: Script, event: str, case: Case) -> bool:
    """Whether an event shares its topic with an earlier one: then it names nothing new."""
    topic = script.topics[event]
    time = {item.id: item.time for item in case.events}
    return any(
        other != event and time[other] < time[event] and script.topics[other] == topic
        for other in script.topics
    )


def _held(part: str, text: str) -> bool:
    """Whether a text holds another one, whatever its capitals; short words prove nothing."""
    return len(part) > 3 and part.casefold() in text.casefold()


def _later_times(text: str, now: datetime, case: Case, lang: str) -> Iterator[str]:
    """Days and hours in a text that are still to come at a decision."""
    for n in range(1, case.horizon_d + 1):
        day = now.date() + timedelta(days=n)
        for shown in (day_of(day, lang), day_name(day, lang)):
            if re.search(rf"(?<!\d){re.escape(shown)}", text):
                yield shown
    for hour, minute in re.findall(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)", text):
        if int(hour) < 24 and (int(hour), int(minute)) > (now.hour, now.minute):
            yield f"{hour}:{minute}"


def _check_history(script: Script, world: World, noted: Noted) -> None:
    """Note where the answers under `as_happened` are no game, or not what the brand did."""
    if not script.as_happened:
        return
    try:
        check(script.as_happened, world)
        theirs = response_of(script, script.as_happened).playbook
        case = compose([f"case={world.case}", "response=as_happened"]).response.playbook
    except ConfigError as problem:
        noted.add("as_happened", problem.value, f"{problem.path}: {problem.reason}",
                  problem.allowed, problem.hint)  # fmt: skip
        return
    for kind in KINDS:
        if not _alike(theirs[kind], case[kind]):
            noted.add(
                "as_happened",
                kind,
                f"is not what the case says: {_shown(theirs[kind])}",
                _shown(case[kind]),
                "an option with these levers, or leave as_happened out",
            )


def _alike(one: Act, other: Act) -> bool:
    """Whether two acts are the same to the minute, or both never come."""
    if one.delay_h is None or other.delay_h is None:
        return one.delay_h is other.delay_h
    if abs(one.delay_h - other.delay_h) > 1 / 60:
        return False
    names = [item.name for item in fields(one) if item.name != "delay_h"]
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _shown(act: Act) -> str:
    """An act in a few words: its time and what differs from its defaults."""
    if act.delay_h is None:
        return "never"
    levers = [
        f"{item.name}: {getattr(getattr(act, item.name), 'value', getattr(act, item.name))}"
        for item in fields(act)
        if item.name != "delay_h" and getattr(act, item.name) != item.default
    ]
    return ", ".join([f"{act.delay_h:.2f} h", *levers])


def _check_played(script: Script, world: World, noted: Noted) -> None:
    """Note answers that the playbook refuses together, found by games of chance; nothing is run."""
    chance = random.Random(0)
    for _ in range(GAMES):
        choices: dict[str, dict[str, str]] = {}
        for decision in script.decisions:
            offered = available(choices, decision, world)
            choices[decision.key] = {q.key: chance.choice(q.options).key for q in offered.questions}
        try:
            response_of(script, choices)
        except ConfigError as problem:
            noted.add(
                "decisions",
                choices,
                f"cannot be played together: {problem.reason}",
                problem.allowed,
                "needs: or unless: at one of these options",
            )
            return


def _worth_knowing(script: Script, case: Case) -> list[str]:
    """Notes on a script with which nothing is wrong."""
    notes = []
    untold = [event.id for event in case.forcing if event.tag and event.id not in script.topics]
    if untold:
        notes.append(f"hashtags of {', '.join(untold)} are told as “the affair”: add to topics")
    if not script.as_happened:
        notes.append("no as_happened: nobody can choose what the brand did, and no test holds it")
    drafts = [decision.key for decision in script.decisions if decision.statement]
    if len(drafts) != STATEMENTS:
        notes.append(f"{len(drafts)} decisions ask for a drafted statement, {STATEMENTS} are usual")
    told = [text for d in script.decisions for text in (*d.title, *d.situation)]
    left = sum(TO_WRITE in text for text in told)
    if left:
        notes.append(f"{left} texts are still those of the template")
    if script.inside and not any(
        FACTS in o.gives for d in script.decisions for q in d.questions for o in q.options
    ):
        notes.append("no option gives facts: all hear them late")
    never = sum(
        closed(script, {}, option) and option.needs == ()
        for decision in script.decisions
        for question in decision.questions
        for option in question.options
        if PUSH not in option.does
    )
    return [*notes, *([f"{never} options can never be chosen"] if never else [])]
