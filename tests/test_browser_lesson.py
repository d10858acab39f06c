"""A real browser: what is projected, how a class is led, what is written and taken along."""

import io
import re
import zipfile

import pytest

pytest.importorskip("nicegui", reason="the pages need the extra `ui`: make classroom")
pytest.importorskip("segno", reason="QR codes need the extra `ui`: make classroom")
pytest.importorskip("playwright.sync_api", reason="a browser is driven with the extra `browser`")

from test_browser_game import (
    address,  # noqa: F401
    choose,
    chromium,  # noqa: F401
    close,
    join,
    new_class,
    no_sideways_scroll,
    people,  # noqa: F401
)

COMING = re.compile("leak|memo|备忘录|regulator|监管")


def test_the_wall_says_what_all_know_and_nothing_that_comes(people):  # noqa: F811
    facilitator, code = new_class(people)
    wall = people("/" + facilitator.url.split("/", 3)[3] + "/screen")
    wall.locator(".wall-join .game-qr svg").wait_for()
    assert wall.locator(".game-code").inner_text() == code
    red = join(people, code, "Red <b>")
    join(people, code, "蓝队", lang="zh")
    wall.get_by_text("Teams: 2").wait_for()
    facilitator.get_by_role("button", name="Open D0 · decision 1").click()
    wall.get_by_role("heading", name="A rumour in the fan groups").wait_for()
    wall.locator(".wall-situation").wait_for(timeout=150_000)
    choose(red, 1)
    wall.locator(".wall-ready", has_text="Red <b>").wait_for()
    assert wall.locator(".wall-teams li").count() == 2
    close(facilitator, 1)
    facilitator.get_by_role("button", name="The regulator asks the brand").click()
    facilitator.get_by_text("comes with D1").wait_for()
    wall.get_by_text("This decision is closed").wait_for()
    chosen = red.locator(".game-card .game-option-name").inner_text()
    shown = wall.locator("body").inner_text()
    assert not COMING.search(shown) and chosen not in shown
    wall.goto(wall.url + "?lang=both")
    facilitator.get_by_role("button", name="Open D1 · decision 2").click()
    wall.get_by_role("heading", name="The screenshot is out").wait_for()
    wall.get_by_role("heading", name="截图流出").wait_for()
    wall.locator(".wall-situation").nth(1).wait_for()
    assert COMING.search(wall.locator("body").inner_text())  # now it has come
    for size in ({"width": 1024, "height": 768}, {"width": 1920, "height": 1080}):
        wall.set_viewport_size(size)
        no_sideways_scroll(wall)


def test_a_class_can_be_paused_and_a_decision_opened_again(people):  # noqa: F811
    facilitator, code = new_class(people)
    red = join(people, code, "Red")
    join(people, code, "Blue")
    facilitator.get_by_role("button", name="Open D0 · decision 1").click()
    facilitator.get_by_role("button", name="Pause the clock").click()
    red.locator(".game-clock", has_text="paused").wait_for()
    choose(red, 1)
    facilitator.get_by_role("button", name="Let the clock run on").click()
    red.locator(".game-clock", has_text="paused").wait_for(state="hidden")
    facilitator.get_by_role("button", name="Close D0 · decision 1").click()
    facilitator.get_by_role("dialog").get_by_text("would do nothing: Blue").wait_for()
    facilitator.get_by_role("dialog").get_by_role("button", name="No").click()
    facilitator.get_by_role("dialog").wait_for(state="hidden")
    red.get_by_text("You have decided").wait_for()
    close(facilitator, 1)
    facilitator.get_by_role("cell", name="did nothing").wait_for()
    facilitator.get_by_role("button", name="Open D0 · decision 1 again").click()
    red.get_by_text("You have decided").wait_for()
    facilitator.get_by_role("cell", name="thinking").wait_for()
    facilitator.get_by_role("button", name="New link").first.click()
    given = facilitator.get_by_role("dialog")
    given.locator(".game-qr svg").wait_for()
    link = given.locator("code").inner_text()
    assert re.search(r"/play/[\w-]{32}$", link)
    given.get_by_role("button", name="Copy the link").click()
    facilitator.get_by_text("Copied.").wait_for()
    given.get_by_role("button", name="Done").click()
    red.get_by_text("This link is not in use").wait_for()
    red.goto(link)
    red.get_by_text("You have decided").wait_for()


def test_reasons_and_statements_are_kept_and_come_along(people, address):  # noqa: F811
    facilitator, code = new_class(people)
    red = join(people, code, "=Red")
    facilitator.get_by_label("Minutes").fill("0.4")
    facilitator.get_by_role("button", name="Open D0 · decision 1").click()
    reason = red.get_by_label("Why? One or two sentences")
    reason.fill("=1+1 because\nwe ask")
    red.locator(".game-inbox", has_text="Customer service").wait_for()  # while the clock runs
    assert reason.input_value() == "=1+1 because\nwe ask"
    red.wait_for_timeout(700)
    red.reload()
    assert red.get_by_label("Why? One or two sentences").input_value() == "=1+1 because\nwe ask"
    assert red.get_by_label("Draft statement").count() == 0
    choose(red, 1)
    red.get_by_text("=1+1 because").wait_for()
    close(facilitator, 1)
    facilitator.get_by_role("button", name="Open D1 · decision 2").click()
    red.get_by_label("Draft statement").fill("Dear fans,")
    red.wait_for_timeout(700)
    choose(red, 1)
    base = facilitator.url
    table = facilitator.request.get(f"{base}/table/decisions.csv").body().decode("utf-8-sig")
    assert "'=1+1 because" in table and "'=Red" in table and "Dear fans," in table
    secret = facilitator.request.get(f"{base}/table/anonymous.zip").body()
    with zipfile.ZipFile(io.BytesIO(secret)) as file:
        assert "Red" not in file.read("decisions.csv").decode()
    assert facilitator.request.get(f"{address}/handout/nothing").status == 404
    page = people("/handout/cards?lang=zh")
    page.get_by_role("heading", name="粉丝群里的传闻").wait_for()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_one_person_practises_alone_to_the_debrief(people):  # noqa: F811
    page = people("/practice")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/play/*")
    for k in range(1, 8):
        page.get_by_text(f"D{k - 1} · decision {k} of 7").wait_for()
        for question in page.locator(".game-question").all():
            question.get_by_role("radio").last.click()
        page.get_by_role("button", name="Confirm our decision").click()
    page.locator("iframe").wait_for(timeout=300_000)
    page.frame_locator("iframe").locator("#first li").nth(2).wait_for()
    assert people("/facilitate").get_by_text("Practice").count() == 0


def test_a_browser_from_china_is_met_in_chinese(chromium, address):  # noqa: F811
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(address + "/join")
    page.get_by_role("heading", name="加入游戏").wait_for()
    page.get_by_role("button", name="Switch the page to English").click()
    page.get_by_role("heading", name="Join the game").wait_for()
    page.goto(address + "/practice")  # what was chosen holds
    page.get_by_role("heading", name="Practice").wait_for()
    context.close()


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768), (390, 844)])
def test_the_laboratory_shows_a_chart_at_first_sight(people, size):  # noqa: F811
    page = people("/", width=size[0])
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.locator("#panel-outrage canvas").wait_for(timeout=150_000)
    box = page.locator("#panel-outrage canvas").bounding_box()
    assert box["y"] + 0.6 * box["height"] < size[1]
    assert not page.locator("input[name=seed]").is_visible()
    page.locator("#purpose").wait_for()
    assert "burden" in page.inner_text("#panel-outrage .bl-caption")
    no_sideways_scroll(page)
    if size[0] < 800:
        page.locator("select[name=response]").select_option("none")
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.click("#run")
        top = "document.getElementById('results').getBoundingClientRect().top"
        page.wait_for_function(f"{top} < 60 && {top} > -200")
