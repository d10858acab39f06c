"""Headlines of a brief: what everybody has seen happen, and what the team hears from inside.

They are read off the log of the run, as far as it has come. That a partner left is news only after
`EXIT_LAG_H`, unless the team has called its partners.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from experiments.game.moves import gives
from experiments.game.outlook import EXIT_LAG_H, Outlook
from experiments.game.rules import time_of
from experiments.game.script import FACTS, Texts
from experiments.game.told import TOLD, TOPICS
from sim.playbook.kinds import KINDS
from sim.playbook.names import kind_told
from sim.record import LogEntry


@dataclass(frozen=True)
class Headline:
    """Something that everybody, or the team, has seen; its time is the documented one where it has
    one.
    """

    time: datetime  #: in the zone of the case
    text: str
    new: bool  #: since the decision before


def headlines_of(o: Outlook) -> tuple[Headline, ...]:
    """All that was seen until the decision, in order of time; new is what came since the one
    before.

    An event that falls on the very step of the decision is known: it is what the meeting is about.
    """
    last = time_of(o.world, o.script.keys[o.k - 1]) if o.k else datetime.min
    found = _beside(o)
    known = set(o.exits())
    for entry in o.run.log:
        just_now = entry.kind == "forcing" and entry.step == o.now
        if entry.step >= o.now and not just_now:
            continue
        if entry.kind == "kol_exit" and entry.step not in known:
            continue
        text = _headline(o, entry.kind, entry.who)
        if text:
            late = EXIT_LAG_H if entry.kind == "kol_exit" and entry.step < o.now else 0
            moment = _moment(o, entry)
            found.append((moment, text, moment + timedelta(hours=late) >= last))
    for told, texts in _facts(o):
        found.append((time_of(o.world, told), o.said(texts), told == o.key))
    return tuple(Headline(*item) for item in sorted(found, key=lambda item: item[0]))


def _moment(o: Outlook, entry: LogEntry) -> datetime:
    """When it happened, to the minute where that is known and not to the step."""
    if entry.kind == "forcing":
        return next(event.time for event in o.case.events if event.id == entry.who)
    act = o.config.response.playbook.get(entry.who) if entry.kind == "action" else None
    if act is None or act.delay_h is None:
        return o.run.clock.time_of(entry.step)
    return o.case.after(float(act.delay_h))


def _beside(o: Outlook) -> list[tuple[datetime, str, bool]]:
    """What the script tells of what happened beside the run.

    Where it tells nothing at the first meeting: the three latest documented events from before.
    """
    found = [
        (told.time, o.said(told.words), k == o.k)
        for k, decision in enumerate(o.script.decisions[: o.k + 1])
        for told in decision.told
    ]
    if found or o.k:
        return found
    events = [e for e in o.case.events if e.role == "context" and e.time < o.case.start]
    latest = sorted(events, key=lambda event: event.time)[-3:]
    return [(event.time, event.text["zh" if o.zh else "en"], True) for event in latest]


def _facts(o: Outlook) -> list[tuple[str, Texts]]:
    """What is known inside, and from which decision on: early where the team has asked before."""
    found = []
    for fact in o.script.inside:
        before = {key: o.choices[key] for key in o.script.keys[: o.script.place[fact.early]]
                  if key in o.choices}  # fmt: skip
        at = fact.early if gives(o.script, before, FACTS) else fact.late
        if o.script.place[at] <= o.k:
            found.append((at, fact.words))
    return found


def _headline(o: Outlook, kind: str, who: str) -> str:
    """What the log's entry is called in words; "" for entries that nobody outside sees."""
    lang = "zh" if o.zh else "en"
    events = {event.id: event for event in o.case.events}
    if kind == "forcing":
        return str(events[who].text[lang])
    if kind == "action":
        kind = kind_told(who, o.config.response.acts)
        return _told(o, f"act_{kind}") or o.said(KINDS[kind].TOLD)
    if kind == "list_entry":
        return _told(o, "list").format(_topic(o, who))
    if kind == "second_wave":
        return _told(o, "inside" if who == "leak" else "wave")
    if kind == "press":
        return _told(o, "press").format(_topic(o, who))
    return _told(o, kind)


def _told(o: Outlook, key: str) -> str:
    """A headline in the words of the script, or of every game; "" for what has none."""
    texts = o.script.told.get(key) or TOLD.get(key)
    return o.said(texts) if texts else ""


def _topic(o: Outlook, who: str) -> str:
    """What a hashtag is about, from its name in the log: its origin, and what it was born of.

    Acts have a number for a second one of the same, injected events the decision. What has no words
    of its own is "the affair".
    """
    origin, name, *_ = who.split(":")
    if origin not in ("event", "act", "wave"):
        return o.said(TOPICS[origin])
    stem = name.rsplit("_", 1)[0] if name.rsplit("_", 1)[-1].isdigit() else name
    injected = name.rsplit("_D", 1)[0]
    if injected in o.script.events:
        return o.said(o.script.events[injected].topic)
    return o.said(o.script.topics.get(stem) or TOPICS.get(stem, TOPICS["other"]))
