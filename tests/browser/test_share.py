"""A short link shows the network as it was, also in a fresh browser after a restart; dialogs make and delete it."""

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.playground import PATIENCE, Playground
from tests.browser.test_for_everyone import serious
from tests.tools.server import RunningServer

SPIRAL = "dataset=spiral&speed=60"
POINTS = [[x / 2, y / 2] for x in range(-12, 13, 3) for y in range(-12, 13, 3)]


def make_link(page: Page, title: str = "") -> str:
    """Through the dialog; answers the link."""
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share")
    dialog.get_by_label("Title, if you like").fill(title)
    with page.expect_response(
        lambda answer: answer.url.endswith("/shares") and answer.request.method == "POST"
    ) as made:
        dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.locator(".link.is-fresh")).to_be_visible()
    return made.value.json()["url"]


def fresh(browser: Browser, url: str) -> Playground:
    """A browser that has never been here."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    playground = Playground(page, url.split("/s/")[0])
    page.goto(url)
    return playground.ready()


def picture(page: Page) -> str:
    """What the large plane shows, to the last pixel."""
    return page.evaluate(
        """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
            done(document.querySelector('.plane__picture').toDataURL()))))"""
    )


def seen(playground: Playground) -> tuple[object, ...]:
    """All that a reader sees of a network: losses, pictures of neurons, weights."""
    rows = playground.rows()
    values = [playground.pictures(layer["id"], POINTS) for layer in playground.ask("p.run.spec.network.layers")]
    playground.painted()
    numbers = playground.page.locator(".numbers").inner_text()
    return rows, values, playground.ask("p.frame.weights"), numbers


def test_a_fresh_browser_sees_the_same_after_the_server_was_restarted_and_the_run_deleted(
    browser: Browser, server_factory: Callable[..., RunningServer]
) -> None:
    first = server_factory(workers=1)
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    mine = Playground(context.new_page(), first.url)
    mine.open(SPIRAL).train(40)
    url = make_link(mine.page, "A spiral")
    mine.page.keyboard.press("Escape")
    mine.page.mouse.move(5, 5)
    expect(mine.page.get_by_role("dialog", name="Share")).to_be_hidden()
    before, looked = seen(mine), picture(mine.page)
    run = mine.ask("p.runId")
    deleted = mine.page.evaluate(
        """(run) => fetch('/api/v1/runs/' + run, { method: 'DELETE',
            headers: { authorization: 'Bearer ' + localStorage.getItem('playground.key') } }).then((a) => a.status)""",
        run,
    )
    assert deleted == 204
    context.close()
    first.kill()

    server_factory(data_dir=first.data_dir, port=first.port, workers=1)
    theirs = fresh(browser, url)
    page = theirs.page
    page.mouse.move(5, 5)
    assert page.title().startswith("A spiral")
    assert re.fullmatch(r"http://[^/]+/s/[\w-]{12}", page.url.split("#")[0])
    assert theirs.ask("p.runId") != run
    assert theirs.ask("p.run.state") == "paused"
    assert seen(theirs) == before
    assert picture(page) == looked

    # and it can be played on: the same weights after a reload, another epoch on the same course
    page.reload()
    theirs.ready()
    assert theirs.rows() == before[0]
    theirs.button("Step").click()
    theirs.rested(f"p.run.epoch === {before[0][-1]['epoch'] + 1}")
    assert theirs.rows()[:-1] == before[0]
    page.context.close()


def test_another_experiment_leaves_the_short_address(playground: Playground, browser: Browser) -> None:
    playground.open(SPIRAL).train(5)
    url = make_link(playground.page)
    theirs = fresh(browser, url)
    assert "/s/" in theirs.page.url
    theirs.page.get_by_label("Show test data").check()
    expect(theirs.page).to_have_url(re.compile(r"/s/[\w-]+#show=test"))
    assert theirs.ask("p.run.epoch") >= 5  # still the shared one
    theirs.choose("Loss", "Huber")
    theirs.settled()
    expect(theirs.page).to_have_url(re.compile(r"/#dataset=spiral.*loss=huber.*show=test"))
    assert theirs.ask("p.run.epoch") == 0
    theirs.page.context.close()


def test_undo_finds_the_shared_network_with_what_it_had_learned(playground: Playground, browser: Browser) -> None:
    playground.open(SPIRAL).train(5)
    theirs = fresh(browser, make_link(playground.page))
    page, run = theirs.page, theirs.ask("p.runId")
    before = theirs.rows(), theirs.ask("p.frame.weights"), theirs.ask("p.spec")
    theirs.choose("Loss", "Huber")
    theirs.settled()
    assert (theirs.ask("p.runId") != run, theirs.ask("p.run.epoch")) == (True, 0)
    page.keyboard.press("Control+z")
    theirs.settled()
    assert theirs.ask("p.runId") == run
    assert (theirs.rows(), theirs.ask("p.frame.weights"), theirs.ask("p.spec")) == before
    assert theirs.faults == []
    page.context.close()


def test_links_are_listed_copied_and_deleted(playground: Playground) -> None:
    playground.open(SPIRAL).train(3)
    page = playground.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    url = make_link(page, "The first of two")
    dialog = page.get_by_role("dialog", name="Share")
    expect(dialog.get_by_text("The link is made and copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == url
    dialog.get_by_label("What").select_option(label="the experiment alone")
    dialog.get_by_label("Until").select_option(label="in a week")
    dialog.get_by_label("Title, if you like").fill("The second")
    dialog.get_by_role("button", name="Make a link").click()
    links = dialog.locator(".link")
    expect(links).to_have_count(2)
    expect(links.first).to_contain_text("the experiment alone · until")
    expect(links.last).to_contain_text(re.compile(r"epoch \d+ · until you delete it"))

    dialog.get_by_role("button", name="Delete link: The first of two").click()
    expect(links).to_have_count(2)  # asked first
    dialog.get_by_role("button", name="Really delete: The first of two").click()
    expect(links).to_have_count(1)
    gone = page.context.new_page()
    answer = gone.goto(url)
    assert answer and answer.status == 404
    expect(gone.get_by_role("heading", name="This link leads nowhere")).to_be_visible()
    assert serious(gone) == []
    gone.get_by_role("link", name="Open the playground").click()
    gone.wait_for_selector("html[data-ready]")


def test_a_moment_of_the_past_is_what_is_shared(playground: Playground, browser: Browser) -> None:
    playground.open(SPIRAL).train(12)
    playground.page.get_by_role("slider", name="Moment on show").focus()
    playground.page.keyboard.press("PageDown")
    playground.page.wait_for_function("() => window.playground.past !== null", timeout=PATIENCE)
    past, weights = playground.ask("p.past"), playground.ask("p.frame.weights")
    theirs = fresh(browser, make_link(playground.page))
    assert theirs.ask("p.run.epoch") == past["epoch"]
    assert theirs.ask("p.frame.weights") == weights
    theirs.page.context.close()


def test_the_teacher_ticks_boxes_and_sees_the_result(playground: Playground) -> None:
    playground.open("dataset=xor")
    page = playground.page
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Show it inside a page of yours").click()
    dialog = page.get_by_role("dialog", name="Inside a page of yours")
    frame = page.frame_locator(".embed__frame")
    expect(frame.get_by_text("Noise", exact=True)).to_be_visible()
    dialog.get_by_label("Noise: hidden").check()
    expect(frame.get_by_text("Noise", exact=True)).to_be_hidden()
    dialog.get_by_label("Learning rate: fixed").check()
    expect(frame.get_by_role("combobox", name="Learning rate", exact=True)).to_be_disabled()
    code = dialog.get_by_label("Code for your page")
    expect(code).to_have_value(re.compile(r'hide="noise" lock="learningRate"'))
    expect(code).to_have_value(
        re.compile(r"network-playground\.js.*</script>\n<network-playground experiment=\"dataset=xor")
    )
    dialog.get_by_label("Learning rate: hidden").check()  # one or the other
    expect(dialog.get_by_label("Learning rate: fixed")).not_to_be_checked()
    dialog.get_by_role("button", name="Plain frame").click()
    expect(code).to_have_value(re.compile(r"^<iframe src=.*/embed/\?hide=learningRate,noise#dataset=xor"))
    expect(dialog).to_contain_text("no other site may show it")


@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (360, "dark"), (1024, "dark"), (1920, "light")])
def test_the_dialogs_keep_nobody_out(playground: Playground, width: int, theme: Literal["light", "dark"]) -> None:
    page = playground.page
    page.set_viewport_size({"width": width, "height": 780})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no colour on its way to another
    playground.open("dataset=circle")
    make_link(page, "One")
    assert serious(page) == []
    box = page.get_by_role("dialog", name="Share").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    # by keyboard: to the embed dialog, into it and out of it
    page.get_by_role("button", name="Show it inside a page of yours").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Inside a page of yours")
    expect(page.frame_locator(".embed__frame").get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.frames[1].wait_for_selector("html[data-ready]")
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    dialog.get_by_label("Noise: hidden").focus()
    page.keyboard.press("Space")
    expect(dialog.get_by_label("Noise: hidden")).to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".embed__frame")).to_have_count(0)
