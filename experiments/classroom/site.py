"""What every page stands in: how the server was started, facilitators, frame and language.

The settings of the process are set once, by the start, and read from then on. Facilitators are
known by a cookie with a random token; tokens end with the process.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from experiments.classroom.limits import Limiter, Refused
from experiments.classroom.texts import say

if TYPE_CHECKING:
    from fastapi import Request

#: Wrong passwords of one address: 5 at once, then one every 12 s.
WRONG_PASSWORDS, WRONG_PASSWORDS_PER_S = 5, 1 / 12
LANG_COOKIE, FACILITATOR_COOKIE = "backlash_lang", "backlash_facilitator"


@dataclass(frozen=True)
class Settings:
    """How a server was started; the words of `backlash serve`."""

    port: int = 8080
    host: str = "127.0.0.1"  #: others reach the server under any but this
    lang: str = ""  #: of a page that asks for none; "": that of its browser, else English
    results: str = "results"  #: folder; classes lie in it
    password: str = ""  #: of facilitators; "" only where nobody else reaches the server

    @property
    def spoken(self) -> str:
        """The language of what is not a page: what the terminal prints, the title of the server."""
        return self.lang or "en"


SETTINGS = Settings()  #: of this process; the start sets them
_wrong = Limiter(WRONG_PASSWORDS, WRONG_PASSWORDS_PER_S)  #: by address
_facilitators: set[str] = set()  #: tokens of browsers that have given the password


def only_here(host: str) -> bool:
    """Whether nobody but this machine reaches the host; names other than localhost count as
    open.
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shown_host(settings: Settings) -> str:
    """The address to give to others, where the server listens on all of them.

    That of the network card which leads outside; the name of the machine where there is none.
    """
    if settings.host not in ("0.0.0.0", "::", ""):
        return f"[{settings.host}]" if ":" in settings.host else settings.host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # chooses a network card; nothing is sent
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()


# --- facilitators -------------------------------------------------------------------------------


def client_of(request: Request) -> str:
    """The address that a request comes from; requests are counted by it, so it is never one it
    claims.
    """
    return request.client.host if request.client else "?"


def check_password(given: str, address: str) -> bool:
    """Whether it is the facilitators' password; takes the same time wherever it differs.

    Raises Refused("slow_down") for an address that has been wrong too often. Right ones cost
    nothing.
    """
    try:
        _wrong.check(address)
    except Refused:
        raise Refused("slow_down") from None
    if hmac.compare_digest(given.encode(), SETTINGS.password.encode()):
        return True
    _wrong.spend(address)
    return False


def let_in() -> str:
    """A token for a browser that has given the password; it lasts as long as the process."""
    token = secrets.token_urlsafe(24)
    _facilitators.add(token)
    return token


def is_facilitator(request: Request) -> bool:
    """Whether this browser has given the password; everybody where there is none."""
    return not SETTINGS.password or request.cookies.get(FACILITATOR_COOKIE, "") in _facilitators


def allowed(request: Request, lang: str) -> bool:
    """Whether a page for facilitators may be shown; if not, the form for the password is there.

    The form posts to /facilitator (`server.enter`), which comes back to this page.
    """
    from nicegui import ui

    if is_facilitator(request):
        return True
    wrong = {"yes": "wrong_password", "often": "slow_down"}.get(
        request.query_params.get("wrong", ""), ""
    )
    with (
        ui.element("form")
        .props(f'method="post" action="/facilitator" aria-label="{say("password_title", lang)}"')
        .classes("bl-card")
    ):
        with ui.element("h1"):
            ui.label(say("password_title", lang))
        if wrong:
            ui.label(say(wrong, lang)).props('role="alert"').classes("bl-refusal")
        ui.element("input").props(f'type="hidden" name="next" value="{quote(request.url.path)}"')
        with ui.element("label").props('for="password"'):
            ui.label(say("password_label", lang))
        ui.element("input").props(
            'id="password" type="password" name="password" autocomplete="current-password"'
        ).classes("bl-input")
        with ui.element("button").props('type="submit"').classes("bl-button"):
            ui.label(say("enter", lang))
    return False


# --- frame of every page ------------------------------------------------------------------------


def language(request: Request) -> str:
    """The language of a page: as its address says, as chosen before, as the server was told, or
    as the browser asks.

    Anything but en and zh is as if it had not been said; where nothing is said it is English.
    """
    said = (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE), SETTINGS.lang)
    for lang in said:
        if lang in ("en", "zh"):
            return lang
    return preferred(request.headers.get("accept-language", "")) or "en"


def preferred(header: str) -> str:
    """en or zh, whichever a browser would rather have (`zh-CN,zh;q=0.9,en;q=0.8`); "" for neither.

    What cannot be read of a header is left out: it comes from anybody.
    """
    best, wanted = "", 0.0
    for part in header[:500].split(","):
        name, _, weight = part.strip().partition(";")
        lang = name.strip().lower().partition("-")[0]
        try:
            q = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if lang in ("en", "zh") and q > wanted:
            best, wanted = lang, q
    return best


def address(request: Request) -> str:
    """The address that players type: scheme, host and port, as the others reach it.

    A facilitator may have come by localhost, which is nothing for others.
    """
    host = request.url.hostname or ""
    if only_here(host) and not only_here(SETTINGS.host):
        host = shown_host(SETTINGS)
    return f"{request.url.scheme}://{host}:{request.url.port or SETTINGS.port}"


def head(lang: str, title: str) -> None:
    """Styles, font and script of a page; its title and language."""
    from nicegui import ui

    ui.page_title(title)
    ui.colors(primary="#0b4f7d", secondary="#4a5560", accent="#8f3f78", negative="#a61b1b")
    ui.add_head_html(
        '<link rel="stylesheet" href="/classroom/classroom.css">'
        '<script src="/classroom/classroom.js"></script>'
        f"<script>document.documentElement.lang = {json.dumps(lang)};</script>"
        f"<noscript>{say('needs_script', lang)}</noscript>"
    )


@contextmanager
def frame(request: Request, title: str) -> Iterator[str]:
    """A page with head, navigation and language switch; gives its language.

    The switch loads the page again in the other language: what a page shows is kept on the server.
    """
    from nicegui import ui

    lang = language(request)
    other = "en" if lang == "zh" else "zh"
    head(lang, title)
    if request.query_params.get("lang") == lang:  # a link in a language holds for what follows
        ui.add_head_html(f"<script>backlash.remember({json.dumps(lang)})</script>")
    with ui.element("header").classes("bl-header"):
        navigation(lang)
        with (
            ui.element("a")
            .props(
                f'href="?lang={other}" lang="{other}" role="button" id="language" '
                f'aria-label="{say("other_language_label", lang)}"'
            )
            .classes("bl-language")
            .on("click", js_handler=f"() => backlash.remember({json.dumps(other)})")
        ):
            ui.label(say("other_language", lang))
    with ui.element("div").classes("bl-main").props('id="main"'):  # inside NiceGUI's <main>
        yield lang


def navigation(lang: str) -> None:
    """The links at the head of every page: laboratory, joining a game, leading one."""
    from nicegui import ui

    with ui.element("nav").classes("bl-nav"):
        for target, key in (
            ("/", "laboratory"), ("/now", "now"), ("/join", "classroom"), ("/facilitate", "lead"),
        ):  # fmt: skip
            with ui.element("a").props(f'href="{target}"'):
                ui.label(say(key, lang))
