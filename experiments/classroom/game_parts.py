"""What the pages of players and facilitators share: their frame, their clock, what is refused.

Every page of the game stands in `framed`, which counts it for its address before anything is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import HTTPException, Request
from nicegui import ui

from experiments.classroom import site
from experiments.classroom.desk import Room
from experiments.classroom.game_texts import say
from experiments.classroom.limits import Refused
from experiments.classroom.refusals import refusal
from experiments.classroom.sessions import Session
from sim.base.refusal import ConfigError

STYLES = Path(__file__).parent / "game.css"  #: on the pages of the game only
CONNECT_S = 30.0  #: that a browser may take to connect, on a slow network
LOOK_S = 0.5  #: between two looks of a page at its session


@contextmanager
def framed(room: Room, request: Request, title: str) -> Iterator[str]:
    """A page of the game with its styles; gives its language."""
    count(room, request)
    ui.add_css(STYLES)
    text = say(title, site.language(request))
    with site.frame(request, text) as lang, ui.element("div").classes("game"):
        yield lang


def count(room: Room, request: Request) -> None:
    """Pages of one address are counted before anything is built for them; 429 where it is too
    many.
    """
    try:
        room.classroom.pages.spend(site.client_of(request))
    except Refused:
        raise HTTPException(429) from None


async def connected() -> bool:
    """Whether the browser has connected: what is clicked before that would be lost."""
    try:
        await ui.context.client.connected(timeout=CONNECT_S)
    except TimeoutError:
        return False
    return True


def guarded(lang: str, call: Callable[[], Any]) -> bool:
    """Do what was clicked; what is refused is said on the screen. Whether it was done.

    Anything but a refusal is a fault, and raised.
    """
    try:
        call()
    except Refused as problem:
        ui.notify(message(problem, lang), position="top", color="negative", timeout=6000)
        return False
    return True


@contextmanager
def sent(button: ui.button, lang: str) -> Iterator[None]:
    """While a form is on its way its button rests; what is refused is said on the screen.

    Anything but a refusal is a fault, and raised.
    """
    button.disable()
    try:
        yield
    except Refused as problem:
        ui.notify(message(problem, lang), position="top", color="negative", timeout=6000)
    except ConfigError as problem:
        ui.notify(refusal(problem, lang), position="top", color="negative", timeout=12000)
    finally:
        button.enable()


def message(problem: Refused, lang: str) -> str:
    """A refusal in words, in the language of the page."""
    return say(problem.key, lang, **problem.values)


def minutes_and_seconds(seconds: float) -> str:
    """Seconds as on a clock, 4:09; rounded up, so that 0:00 means that it is over."""
    whole = int(seconds + 0.999)
    return f"{whole // 60}:{whole % 60:02d}"


def clock_text(left: float | None, paused: bool, lang: str) -> str:
    """What a clock shows: the time left; that it stands still; nothing where there is none."""
    shown = "" if left is None else minutes_and_seconds(left)
    return f"{shown} {say('paused', lang)}".strip() if paused else shown


def phase_text(session: Session, lang: str) -> str:
    """Where a session stands, in words: the lobby, a decision that is open or closed, the end."""
    return say(
        f"phase_{session.phase}", lang, at=session.decision_key, k=session.at + 1,
        n=len(session.decisions),
    )  # fmt: skip
