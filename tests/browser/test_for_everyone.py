"""By keyboard alone, on a phone, with a screen reader's rules, in both themes."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.playground import Playground, drawn
from tests.browser.states import CONV


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody out, and why it says so."""
    page.emulate_media(reduced_motion="reduce")  # no colour on its way to another
    drawn(page)
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['help']} at {[(node['target'], node['failureSummary']) for node in v['nodes'][:5]]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("address", ["", "dataset=blobs", "dataset=digits", "dataset=iris", "dataset=diabetes"])
def test_nothing_keeps_anybody_out(playground: Playground, address: str) -> None:
    playground.open(address)
    playground.until("p.kind !== 'other' || p.example.output !== null")  # the example comes a little later
    for theme in ("light", "dark"):
        playground.page.emulate_media(color_scheme=theme)
        assert serious(playground.page) == [], theme


def test_nothing_keeps_anybody_out_of_what_opens(playground: Playground) -> None:
    playground.open()
    page = playground.page
    playground.neuron("hidden1", 0).click()
    expect(page.locator("#card")).to_be_visible()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Hidden 1", exact=True).click()
    page.locator("#part_form .form").wait_for()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert serious(page) == []


def test_by_keyboard_alone(playground: Playground) -> None:
    playground.open()
    page = playground.page
    page.keyboard.press("Space")
    playground.until("p.run.state === 'running'")
    page.keyboard.press("Space")
    playground.until("p.run.state === 'paused'")

    # to the first neuron with Tab, onwards with arrows
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.layer .neuron')"):
            break
    focused = "[document.activeElement.dataset.layer, document.activeElement.dataset.unit]"
    assert page.evaluate(focused) == ["hidden1", "0"]
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate(focused) == ["hidden2", "1"]
    expect(page.locator(".plane__caption")).to_contain_text("Hidden 2, neuron 2")

    # its weights: open, change, close, and the focus is back where it was
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("0,75")
    page.keyboard.press("Enter")
    playground.until("p.frame.weights[12 + 1] === 0.75")
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    assert page.evaluate(focused) == ["hidden2", "1"]
    page.keyboard.press("r")
    playground.until("p.run.state === 'created' && p.run.epoch === 0")


def test_everything_fits_on_a_phone(playground: Playground) -> None:
    playground.page.set_viewport_size({"width": 360, "height": 740})
    playground.open()
    page = playground.page
    wide = "document.documentElement.scrollWidth > innerWidth"
    drawn(page)
    assert not page.evaluate(wide)
    playground.neuron("hidden1", 1).click()
    card = page.locator("#card")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    expect(card.locator("canvas")).to_be_visible()  # the neuron's picture, large
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Settings", exact=True).click()
    playground.choose("Optimizer", "Adam")
    assert playground.ask("p.spec.training.optimizer.type") == "adam"
    drawn(page)
    assert not page.evaluate(wide)


@pytest.mark.parametrize("address", ["", "dataset=digits", "dataset=breast_cancer"])
def test_no_page_is_wider_than_its_window(playground: Playground, address: str) -> None:
    playground.open(address)
    for width in (360, 768, 1024, 1440, 1920):
        playground.page.set_viewport_size({"width": width, "height": 800})
        drawn(playground.page)
        assert playground.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_main_job_needs_no_scrolling_at_1024(playground: Playground) -> None:
    playground.page.set_viewport_size({"width": 1024, "height": 768})
    playground.open()
    drawn(playground.page)
    for selector in (".transport .play", ".thumbs", ".layers", ".plane__frame", ".legend", ".chart"):
        box = playground.page.locator(selector).bounding_box()
        assert box["y"] + box["height"] <= 768, selector


def test_nothing_to_be_read_is_cut_off_at_1024(playground: Playground) -> None:
    page = playground.page
    page.set_viewport_size({"width": 1024, "height": 768})
    cut = "(all) => all.filter((e) => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight + 1)"
    cut += ".map((e) => e.textContent)"
    playground.open()
    page.locator(".plane__picture").hover(position={"x": 31, "y": 203})
    expect(page.locator(".plane__probe")).to_have_text(re.compile(r"^x = −\d.*→ [−\d.]+$"))
    assert page.locator(".plane__probe, .thumb__label").evaluate_all(cut) == []
    playground.open(f"dataset=digits&{CONV}")
    playground.until("p.run.state === 'created'")
    drawn(page)
    strip = page.locator(".network__strip")  # with the output at its end
    assert strip.evaluate("(e) => e.scrollWidth <= e.clientWidth")


def test_the_losses_keep_their_places_while_their_digits_change(playground: Playground) -> None:
    playground.open("speed=60")
    places = "[...document.querySelectorAll('.numbers dt')].map((e) => e.getBoundingClientRect().left)"
    playground.step(1)
    playground.painted()
    before = playground.page.evaluate(places)
    playground.train_until("p.history.rows.at(-1)[3] < 0.01")  # 0.00987 has more digits than 1.593
    playground.page.wait_for_function("document.querySelector('.numbers dd').textContent.length > 6")
    assert playground.page.evaluate(places) == before


def test_the_theme_is_kept(playground: Playground) -> None:
    playground.page.emulate_media(color_scheme="light")
    playground.open()
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = playground.page.evaluate(paper)
    playground.button("Light or dark").click()
    dark = playground.page.evaluate(paper)
    assert dark != light
    playground.reload()
    assert playground.page.evaluate(paper) == dark


def test_every_control_says_what_it_is_for(playground: Playground) -> None:
    playground.open()
    for name in ("Loss", "Optimizer", "Learning rate", "Schedule", "Regularization", "Speed"):
        playground.menu(name).focus()
        assert len(playground.page.locator(".foot__help").inner_text()) > 20
