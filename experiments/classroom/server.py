"""`backlash serve`: one process, one port, no internet. How it starts, and all that it serves.

Everything that a page loads comes from this process: NiceGUI's own files and `FILES`. The settings
are checked, the port tried and the folder locked before NiceGUI is loaded.
"""

from __future__ import annotations

import importlib.util
import secrets
import socket
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qs

from experiments.classroom import site
from experiments.classroom.limits import Refused
from experiments.classroom.site import FACILITATOR_COOKIE, Settings, only_here, shown_host
from experiments.classroom.texts import say
from sim.base.refusal import ConfigError

if TYPE_CHECKING:
    from fastapi import Request, Response

#: What pages load besides NiceGUI's files: address -> file, type.
FILES = {
    "/classroom/font.otf": ("../pictures/_fonts/BacklashSansSC-Regular.otf", "font/otf"),
    "/classroom/classroom.css": ("classroom.css", "text/css"),
    "/classroom/classroom.js": ("classroom.js", "text/javascript"),
}


def settings_of(words: list[str]) -> Settings:
    """Settings from `KEY=VALUE` words. Raises ConfigError for what no server could be started with.

    A host that others reach has a password: the given one, or 12 random characters.
    """
    given = _given(words)
    port = given.pop("port", "8080")
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ConfigError("port", port, "no port", "1 to 65535", "port=8080")
    if "password_file" in given:
        given["password"] = _password_in(given.pop("password_file"), given.get("password"))
    settings = replace(Settings(port=int(port)), **given)  # type: ignore[arg-type]
    if settings.lang not in ("", "en", "zh"):
        raise ConfigError("lang", settings.lang, "no such language", "en, zh", "lang=zh")
    if not settings.results.strip():
        raise ConfigError("results", settings.results, "no folder", "a folder", "results=results")
    settings = replace(settings, results=_folder(settings.results))
    if settings.password and len(settings.password) < 8:
        raise ConfigError(
            "password", "...", "too short to protect a class", "8 characters or more",
            "no password=: one is made up",
        )  # fmt: skip
    if not only_here(settings.host) and not settings.password:
        settings = replace(settings, password=secrets.token_urlsafe(9))
    return settings


def _given(words: list[str]) -> dict[str, str]:
    """The words as settings, unchecked. Raises ConfigError for one that a server does not have."""
    given: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if key not in (*Settings.__dataclass_fields__, "password_file") or not equals:
            raise ConfigError(
                key, value, "no such setting of the server",
                "port, host, lang, results, password, password_file", "backlash serve port=8080",
            )  # fmt: skip
        given[key] = value
    return given


def _folder(results: str) -> str:
    """The folder of results, `~` being the home. Raises ConfigError for a home that is none."""
    try:
        return str(Path(results).expanduser())
    except RuntimeError:
        raise ConfigError(
            "results", results, "nobody of this name has a home here", "a folder",
            f"results=./{results}",
        ) from None  # fmt: skip


def _password_in(file: str, given: str | None) -> str:
    """The first line of a file: on a command line others of the machine can read a password.

    Raises ConfigError for a file without one, or beside a password.
    """
    if given is not None:
        raise ConfigError(
            "password_file", file, "beside password=", "one of the two", f"password_file={file}"
        )
    try:
        lines = Path(_folder(file)).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as problem:
        raise ConfigError(
            "password_file", file, f"cannot be read ({problem})",
            "a file with the password in its first line", "no password=: one is made up",
        ) from None  # fmt: skip
    if not lines or not lines[0].strip():
        raise ConfigError(
            "password_file", file, "its first line is empty", "8 characters or more",
            "no password=: one is made up",
        )  # fmt: skip
    return lines[0].strip()


def serve(words: list[str]) -> int:
    """Start the server; returns when it is stopped. Raises ConfigError before it listens.

    It holds a lock on its folder until the process ends.
    """
    settings = settings_of(words)
    if any(importlib.util.find_spec(name) is None for name in ("nicegui", "segno")):
        raise ConfigError(
            "serve", "", "the pages need NiceGUI and segno", "the extra `ui`",
            "make classroom, in the folder of Backlash",
        )  # fmt: skip
    _check_port(settings)
    held = _hold(settings)  # until the process ends
    from nicegui import ui

    pages(settings)
    _announce(settings, given=any(word.startswith("password") for word in words))
    with suppress(KeyboardInterrupt):  # Ctrl-C is how it is stopped
        ui.run(
            host=settings.host,
            port=settings.port,
            title=say("title", settings.spoken),
            favicon=_FAVICON,
            reload=False,
            show=False,
            show_welcome_message=False,
            reconnect_timeout=30,
            # Limits go by address; whoever comes from this machine could call itself any other.
            proxy_headers=False,
        )
    held.close()
    return 0


def _announce(settings: Settings, given: bool) -> None:
    """Print where the server is, and the password of facilitators unless it was given."""
    print(say("serving", settings.spoken, url=f"http://{shown_host(settings)}:{settings.port}"))
    if settings.password and not given:
        print(say("password", settings.spoken, password=settings.password))
    sys.stdout.flush()


_FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="6" fill="#0b4f7d"/>'
    '<path d="M5 22 L12 9 L17 18 L21 13 L27 22" fill="none" stroke="#fff"'
    ' stroke-width="3" stroke-linejoin="round"/></svg>'
)


def _hold(settings: Settings) -> IO[str]:
    """The folder of the classes, for this process alone: two servers would overwrite each other.

    The lock goes with the process, also with a killed one. Raises ConfigError.
    """
    folder = Path(settings.results) / "classes"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # codes of classes and answers of teams are nobody else's
        file = (folder / ".lock").open("w")
    except OSError as problem:
        raise ConfigError(
            "results", settings.results, f"cannot be written to ({problem})",
            "a folder that can be written to", "results=results",
        ) from None  # fmt: skip
    try:
        import fcntl
    except ImportError:  # Windows has no such lock
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise ConfigError(
            "results", settings.results, "another server uses this folder",
            "a folder of its own for each server", f"results={settings.results.rstrip('/')}_2",
        ) from None  # fmt: skip
    return file


def _check_port(settings: Settings) -> None:
    """Refuse a host and port that cannot be had, before anything is loaded. Raises ConfigError."""
    try:
        family = socket.getaddrinfo(settings.host, settings.port)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as problem:
        raise ConfigError(
            "port", settings.port, f"{settings.host}:{settings.port} cannot be had ({problem})",
            "an address of this machine and a free port", f"port={settings.port + 1}",
        ) from None  # fmt: skip


#: What a browser may do with a page: load nothing from elsewhere, be framed by no other site, hand
#: a team's link to nobody. Vue compiles templates in the page, hence unsafe-eval.
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        b"connect-src 'self' ws: wss:; form-action 'self'; base-uri 'self'; "
        b"frame-ancestors 'self'; object-src 'none'",
    ),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


class Guarded:
    """Middleware by which every HTTP answer carries HEADERS; websockets pass as they are."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request; websockets pass."""

        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *HEADERS]}
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)


def pages(settings: Settings) -> None:
    """Put every page on the server."""
    from nicegui import app
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from experiments.classroom import facilitate, laboratory, now_page, players
    from experiments.classroom.desk import open_room

    site.SETTINGS = settings
    if not settings.password:  # a page from elsewhere must not reach in under a name of its own
        names = ["localhost", "127.0.0.1", "[", settings.host]  # "[": the host before an IPv6 port
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=names)
    app.add_middleware(Guarded)
    for address, (path, kind) in FILES.items():
        app.add_api_route(address, _file(path, kind), include_in_schema=False)
    app.add_route("/facilitator", enter, methods=["POST"])
    laboratory.register()
    now_page.register()
    room = open_room(Path(settings.results) / "classes")
    players.register(room)
    facilitate.register(room)


def _file(path: str, kind: str) -> Any:
    """What answers with a file of this folder.

    A browser asks each time whether it is still the same, so that an update is seen at once.
    """
    from fastapi.responses import FileResponse

    whole = Path(__file__).parent / path
    return lambda: FileResponse(whole, media_type=kind, headers={"Cache-Control": "no-cache"})


async def enter(request: Request) -> Response:
    """The form of the facilitators' password: back to the page that asked, with a cookie or not.

    Answers 413 to a form of more than 4 KiB. A page elsewhere is never gone back to: `next` counts
    only as a path of this server.
    """
    from fastapi import Response
    from fastapi.responses import RedirectResponse

    body = b""
    async for part in request.stream():
        body += part
        if len(body) > 4096:
            return Response(status_code=413)
    form = parse_qs(body.decode("utf-8", "replace"))
    wanted = form.get("next", ["/"])[0]
    target = wanted if wanted.startswith("/") and wanted[1:2] not in ("/", "\\") else "/"
    mark = "&" if "?" in target else "?"
    try:
        right = site.check_password(form.get("password", [""])[0], site.client_of(request))
    except Refused:
        return RedirectResponse(f"{target}{mark}wrong=often", 303)
    if not right:
        return RedirectResponse(f"{target}{mark}wrong=yes", 303)
    answer = RedirectResponse(target, 303)
    answer.set_cookie(FACILITATOR_COOKIE, site.let_in(), httponly=True, samesite="strict")
    return answer
