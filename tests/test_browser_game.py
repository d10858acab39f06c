"""A real browser: a facilitator and players, as people see them."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("nicegui", reason="the pages need the extra `ui`: make classroom")
sync_api = pytest.importorskip(
    "playwright.sync_api", reason="a browser is driven with the extra `browser`"
)

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
N_DECISIONS = 7


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A server of its own, started as a person does."""
    folder = tmp_path_factory.mktemp("classroom")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [f"port={port}", f"results={folder}"]
    call = "import sys; from experiments.classroom.server import serve; serve(sys.argv[1:])"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-c", call, *words],
        cwd=Path(__file__).parents[1],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/join", server)
        yield url
    finally:
        server.terminate()
        server.wait(20)
        log.close()
    text = (folder / "log").read_text()
    assert "Traceback" not in text, text[-4000:]


def _wait_for(url, server):
    for _ in range(240):
        assert server.poll() is None, "the server has stopped"
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.25)
    pytest.fail(f"{url} does not answer")


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except sync_api.Error as problem:
            pytest.skip(f"no browser is installed: {str(problem).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def people(chromium, address):
    """Opens a page for a person of their own; in the end nobody's console may hold an error."""
    faults, contexts = [], []

    def person(path, width=1280, lang="en"):
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, accept_downloads=True
        )
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": "backlash_lang", "value": lang, "url": address}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("request", lambda request: _leaves(request.url))
        page.goto(address + path)
        return page

    def _leaves(url):
        if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:", "about:")):
            faults.append(f"a request leaves the machine: {url}")

    yield person
    for context in contexts:
        context.close()
    assert not faults, faults


def new_class(people, quick=True):
    """A facilitator's page of a new class, and its code."""
    page = people("/facilitate")
    if quick:
        page.get_by_label("Model").click()
        page.get_by_role("option", name=re.compile("^300 people")).click()
    page.get_by_role("button", name="Create the class").click()
    page.wait_for_url("**/facilitate/*")
    code = page.locator(".game-code").inner_text()
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    return page, code


def join(people, code, name, **which):
    """A player's page after joining with the keyboard alone."""
    page = people("/join", **which)
    page.locator("input").nth(0).fill(code.lower().replace("-", " "))
    page.locator("input").nth(1).fill(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/play/*")
    return page


def choose(page, which):
    """Answer every question and confirm."""
    for question in page.locator(".game-question").all():
        question.get_by_role("radio").nth(which).click()
    page.get_by_role("button", name=re.compile("^(Confirm our decision|确认决策)$")).click()
    page.get_by_text(re.compile("^(You have decided|已作出决策)$")).wait_for()


def close(page, k):
    """Close the open decision, which is asked for once more."""
    name = f"Close D{k - 1} · decision {k}"
    page.get_by_role("button", name=name).click()
    page.get_by_role("dialog").get_by_role("button", name=name).click()
    page.get_by_role("dialog").wait_for(state="hidden")


def no_sideways_scroll(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_players_and_a_facilitator_see_one_another_move(people):
    facilitator, code = new_class(people)
    name = "<b>Red</b> &amp; co"
    red = join(people, code, name)
    blue = join(people, code, "蓝队", width=390, lang="zh")
    facilitator.get_by_role("rowheader", name=name, exact=True).wait_for()
    assert facilitator.locator("th b").count() == 0  # markup is text
    red.get_by_role("heading", name="You are in").wait_for()
    assert red.get_by_text("You are in").count() == 1
    blue.get_by_role("heading", name="已加入").wait_for()

    facilitator.get_by_role("button", name="Open D0 · decision 1").click()
    for page in (red, blue):
        page.locator(".game-curve canvas").wait_for()  # the brief has come, without a reload
        assert page.locator(".game-numbers tbody tr").count() >= 4
        no_sideways_scroll(page)
    red.get_by_text("D0 · decision 1 of 7").wait_for()
    assert re.search(r"Time left [67]:\d\d", red.locator(".game-clock").inner_text())
    red.get_by_role("button", name="Confirm our decision").click()
    red.get_by_text("Answer each question first.").wait_for()

    choose(red, 1)
    facilitator.get_by_text("Teams that have answered: 1 of 2").wait_for()
    blue.get_by_text("已作答队伍：1 / 2").wait_for()
    chosen = red.locator(".game-card .game-option-name").inner_text()
    for page in (facilitator, blue):  # nobody else sees what was chosen
        assert page.locator(".game-card").get_by_text(chosen).count() == 0

    blue.get_by_role("radio").nth(2).click()
    red.reload()  # drops out and comes back to where the team was
    red.get_by_text("You have decided").wait_for()
    assert red.locator(".game-card .game-option-name").inner_text() == chosen

    facilitator.get_by_role("button", name="The regulator asks the brand").click()
    red.locator("p.game-event", has_text="The regulator asks the brand").wait_for()
    blue.locator("p.game-event", has_text="监管部门约谈").wait_for()
    assert blue.get_by_role("radio", checked=True).count() == 1  # the half-made choice is kept

    blue.reload()
    blue.locator(".game-question").first.wait_for()
    assert blue.get_by_role("radio", checked=True).count() == 1  # also over a reload

    red.get_by_role("button", name="中文").click()
    red.get_by_role("heading", name="已作出决策").wait_for()
    close(facilitator, 1)
    blue.get_by_text("你们未及时作答：视为未采取行动。").wait_for()
    facilitator.get_by_role("cell", name="did nothing").wait_for()
    back = red.context.new_page()  # who closed the page finds the way back from /join
    back.goto(red.url.split("/play/")[0] + "/join")
    back.get_by_role("link", name=f"回到你的游戏: {name}").wait_for()
    no_sideways_scroll(facilitator)


def test_a_link_in_a_language_holds_for_what_follows(people):
    _, code = new_class(people)
    page = people(f"/join?lang=zh&code={code}")
    page.locator("input").nth(1).fill("红队")
    page.keyboard.press("Enter")
    page.wait_for_url("**/play/*")
    page.get_by_role("heading", name="已加入").wait_for()


def test_the_minutes_stay_from_one_decision_to_the_next(people):
    facilitator, code = new_class(people)
    red = join(people, code, "Red")
    facilitator.get_by_role("rowheader", name="Red").wait_for()
    facilitator.get_by_label("Minutes").fill("4")
    facilitator.get_by_role("button", name="Open D0 · decision 1").click()
    red.locator(".game-curve canvas").wait_for()
    close(facilitator, 1)
    facilitator.get_by_role("button", name="Open D1 · decision 2").wait_for()
    assert facilitator.get_by_label("Minutes").input_value() == "4"
    facilitator.get_by_role("button", name="The regulator asks the brand").click()
    facilitator.get_by_text("comes with D1 · decision 2").wait_for()


def test_a_wrong_code_and_a_link_of_nobody_are_refused(people, address):
    page = people("/join")
    page.locator("input").nth(0).fill("ABCDEFGH")
    page.locator("input").nth(1).fill("Red")
    page.get_by_role("button", name="Join", exact=True).click()
    page.get_by_text("No class has this code.").wait_for()
    assert page.url.endswith("/join")
    people("/play/nobody").get_by_text("This link is not in use").wait_for()
    for path in ("/play/nobody/debrief", "/facilitate/x/debrief/class", "/play/a%2F..%2Fb/debrief"):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(address + path, timeout=10)
        refusal.value.close()
        assert refusal.value.code == 404


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_whole_game_to_the_debrief(people, tmp_path):
    facilitator, code = new_class(people)
    red = join(people, code, "Red")
    blue = join(people, code, "蓝队", width=390, lang="zh")
    for k in range(1, N_DECISIONS + 1):
        facilitator.get_by_role(
            "button", name=re.compile(f"^Open D{k - 1} · decision {k}:")
        ).click()
        for page, which, place in (
            (red, 0, f"D{k - 1} · decision {k} of 7"),
            (blue, -1, f"第 {k} 项决策，共 7 项"),
        ):
            page.get_by_text(place).wait_for()
            page.locator(".game-curve canvas").wait_for()
            choose(page, which)
            no_sideways_scroll(page)
        if k == 3:
            blue.reload()
            blue.get_by_text("已作出决策").wait_for()
        facilitator.get_by_text("Teams that have answered: 2 of 2").wait_for()
        close(facilitator, k)
    red.get_by_text("That was the last one.").wait_for()
    facilitator.get_by_role("button", name="End the game").click()
    facilitator.get_by_role("button", name="End it").click()
    facilitator.get_by_text("The class page comes first").wait_for()
    facilitator.locator("iframe").wait_for(timeout=240_000)
    for page, name in ((red, "Red"), (blue, "蓝队")):
        page.locator("iframe").wait_for(timeout=150_000)
        page.frame_locator("iframe").get_by_role("heading", name=name).first.wait_for()
    shown = facilitator.frame_locator("iframe").locator("body").inner_text()
    assert "Red" in shown and "蓝队" in shown
    sheet = facilitator.context.new_page()  # on A4 nothing is cut: 186 mm between the margins
    sheet.goto(facilitator.url + "/debrief/class?lang=en")
    sheet.set_viewport_size({"width": 703, "height": 1000})
    sheet.emulate_media(media="print")
    wide = "[...document.querySelectorAll('td, th, img, p')].filter("
    assert sheet.evaluate(wide + "e => e.getBoundingClientRect().right > 704).length") == 0
    assert sheet.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    assert red.frame_locator("iframe").locator("#first li").count() == 3
    assert not red.frame_locator("iframe").locator("#luck_words").is_visible()  # behind the fold
    with red.expect_download() as download:
        red.get_by_role("link", name="Download (one file)").click()
    saved = tmp_path / "debrief.html"
    download.value.save_as(saved)
    text = saved.read_text(encoding="utf-8")
    assert "Red" in text and "蓝队" not in text
    assert not re.search(r"""(?:src|href)=["']?https?://""", text)
    assert json.dumps(str(Path.cwd())) not in text
