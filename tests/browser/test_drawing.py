"""Draw a digit and be told which; look at what is confused. Mouse, finger and keys; the engine's own answers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.playground import Playground, drawn
from tests.browser.test_for_everyone import serious
from tests.engine.datasets.test_mnist import MNIST, needs_files
from tests.tools.server import RunningServer

CNN = (
    "dataset=digits&layers=conv2d(filters=8,activation=relu,padding=same),max_pool2d,"
    "conv2d(filters=16,activation=relu),flatten,dense(units=10,activation=softmax)&speed=max"
)


def three() -> list[tuple[float, float]]:
    """A 3 as points on the pad, in one stroke."""

    def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> list[tuple[float, float]]:
        angles = np.radians(np.linspace(start, end, 16))
        return [(cx + rx * float(np.cos(a)), cy + ry * float(np.sin(a))) for a in angles]

    return arc(0.47, 0.32, 0.2, 0.16, -150, 80) + arc(0.47, 0.66, 0.22, 0.18, -80, 150)


def pad_points(playground: Playground, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    pad = playground.page.locator(".pad__canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def draw_with_mouse(playground: Playground, points: list[tuple[float, float]]) -> None:
    mouse = playground.page.mouse
    (x, y), *others = pad_points(playground, points)
    mouse.move(x, y)
    mouse.down()
    for x, y in others:
        mouse.move(x, y)
    mouse.up()
    drawn(playground.page)  # only then the whole stroke is the example


def draw_with_finger(playground: Playground, points: list[tuple[float, float]]) -> None:
    """Real touch events, as a phone sends them."""
    session = playground.page.context.new_cdp_session(playground.page)
    first, *others = pad_points(playground, points)

    def send(kind: str, at: list[tuple[float, float]]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in at]})

    send("touchStart", [first])
    for point in others:
        send("touchMove", [point])
    send("touchEnd", [])
    drawn(playground.page)


def told(playground: Playground) -> Any:
    """The network's answer to the drawing, by the engine."""
    own = playground.ask("p.example.own")
    return playground.api(f"/runs/{playground.ask('p.runId')}/predict", {"inputs": [own]})


def is_told(playground: Playground, digit: int) -> None:
    """The page says so, with the engine's probabilities."""
    expect(playground.page.locator('[data-view="example"] [data-slot="truth"]')).to_have_text(f"It says {digit}.")
    answer = told(playground)
    assert answer["predicted"] == [digit]
    playground.until(
        "p.example.output.every((v, i) => Math.abs(v - argument[i]) < 1e-5)", [float(v) for v in answer["outputs"][0]]
    )


def test_draw_a_three_and_be_told_three(playground: Playground) -> None:
    playground.open(CNN).learn(0.97)
    playground.button("Draw").click()
    draw_with_mouse(playground, three())
    is_told(playground, 3)
    page = playground.page
    assert serious(page) == []

    # the maps are of the drawing, and so is the answer after more training
    before = playground.ask("p.example.update")
    playground.play()
    playground.until("p.example.update > argument && p.example.own !== null", before)
    playground.pause()
    playground.until("p.example.update === p.run.update")
    is_told(playground, 3)

    # undo takes the stroke back, not the experiment's last change; a picture of the data set ends the drawing
    page.locator('.pad [data-action="undo-stroke"]').click()
    playground.until("p.example.own !== null && p.example.own.flat(2).every((v) => v === 0)")
    page.get_by_role("button", name="Example 2:").click()
    playground.until("p.example.own === null && p.example.index === 1")
    expect(page.locator(".pad__canvas")).to_be_hidden()


def test_a_reset_shows_the_drawing_from_the_start_again(playground: Playground) -> None:
    playground.open(CNN).learn(0.9)
    playground.button("Draw").click()
    draw_with_mouse(playground, three())
    is_told(playground, 3)
    playground.reset()
    playground.until("p.example.update === 0 && p.example.own !== null")
    assert told(playground)["outputs"][0] == pytest.approx(playground.ask("p.example.output"), abs=1e-5)


def test_a_reload_keeps_the_drawing_and_the_example_chosen(playground: Playground) -> None:
    playground.open(CNN).learn(0.9)
    page = playground.page
    page.get_by_role("button", name="Example 3:").click()
    playground.until("p.example.index === 2 && p.example.output !== null")
    playground.reload()
    playground.until("p.example.index === 2 && p.example.output !== null")

    playground.button("Draw").click()
    draw_with_mouse(playground, three())
    drawn = playground.ask("p.example.own")
    playground.reload()
    expect(page.locator(".pad__canvas")).to_be_visible()
    assert playground.ask("p.example.own") == drawn
    playground.until("p.example.output !== null && p.example.target === null")
    is_told(playground, int(told(playground)["predicted"][0]))
    page.locator('.pad [data-action="undo-stroke"]').click()
    playground.until("p.example.own.flat(2).every((v) => v === 0)")
    playground.button("Draw").click()
    playground.until("p.example.own === null && p.example.index === 2")


def test_by_keyboard_cells_are_filled(playground: Playground) -> None:
    playground.open(CNN)
    playground.button("Draw").press("Enter")
    pad = playground.page.locator(".pad__canvas")
    pad.focus()
    keys = playground.page.keyboard
    for _ in range(3):
        keys.press("ArrowRight")
    for row in range(8):  # a 1
        keys.press("Space")
        if row < 7:
            keys.press("ArrowDown")
    expect(playground.page.get_by_text("Row 8, column 4: filled")).to_be_attached()
    playground.until("p.example.own && p.example.own.filter((row) => row.flat().some((v) => v > 8)).length === 8")
    columns = np.array(playground.ask("p.example.own"))[..., 0].sum(axis=0)
    assert columns[:2].sum() == columns[6:].sum() == 0, "it stands in the middle"
    keys.press("Space")
    expect(playground.page.get_by_text("Row 8, column 4: clear")).to_be_attached()
    assert playground.ask("p.run.epoch") == 0, "Space on the pad does not press play"
    keys.press("Control+z")
    playground.page.locator('.pad [data-action="clear"]').click()
    playground.until("p.example.own.flat(2).every((v) => v === 0)")


def test_draw_a_three_with_a_finger(phone: Playground) -> None:
    phone.open(CNN).learn(0.97)
    phone.button("Draw").tap()
    draw_with_finger(phone, three())
    is_told(phone, 3)
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 360
    assert serious(phone.page) == []


@needs_files
def test_a_three_for_mnist(browser: Browser, server_factory: Callable[..., RunningServer], tmp_path: Path) -> None:
    folder = tmp_path / "datasets" / "mnist"
    folder.parent.mkdir()
    folder.symlink_to(MNIST, target_is_directory=True)
    server = server_factory(data_dir=tmp_path)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    playground = Playground(context.new_page(), server.url)
    playground.open("dataset=mnist&samples=2000&speed=max").learn(0.88)
    playground.button("Draw").click()
    draw_with_mouse(playground, three())
    is_told(playground, 3)
    own = np.array(playground.ask("p.example.own"))
    assert own.shape == (28, 28, 1)
    rows = np.flatnonzero(own.sum(axis=(1, 2)) > 128)
    assert 19 <= rows[-1] - rows[0] + 1 <= 21, "it fills 20 of 28 pixels"
    assert playground.faults == []
    context.close()
    server.stop()


def test_a_value_is_followed_with_a_finger(phone: Playground) -> None:
    phone.open(CNN).learn(0.9)
    page = phone.page
    phone.neuron("conv2d", 1).tap()
    card = page.locator("#map-card")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    canvas = card.locator('[data-slot="map"]')
    size = canvas.bounding_box()
    assert size
    canvas.tap(position={"x": size["width"] * 0.3, "y": size["height"] * 0.9})  # of 8×8 values
    expect(card.get_by_text("Row 8, column 3 of 8×8")).to_be_visible()
    told = phone.api(f"/runs/{phone.ask('p.runId')}/window?layer=conv2d&row=7&column=2&channel=1")
    expect(card.locator('[data-slot="sum"]')).to_contain_text(f"= {told['pre']:.3f}".replace("-", "−"))
    expect(card.locator('[data-slot="patch"] .is-outside')).to_have_count(3)  # the border below
    assert serious(page) == []
    card.get_by_role("button", name="Close").tap()
    expect(card).to_be_hidden()
