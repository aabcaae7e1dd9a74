"""Drag the line: neurons of the first layer as lines on the plane, whose weights follow the hand."""

import math

import pytest

from tests.browser.playground import Playground

NET = "layers=dense(units=2,activation=tanh),dense(units=1,activation=tanh)&show=lines"


def weights(playground: Playground) -> tuple[list[float], float]:
    """The first neuron's weights and bias, as the engine has them."""
    found = playground.api(f"/runs/{playground.ask('p.runId')}/weights")["layers"]["hidden1"]
    return [row[0] for row in found["kernel"]], found["bias"][0]


def centre(playground: Playground, part: str) -> tuple[float, float]:
    playground.painted()
    box = playground.page.locator(f'.line[data-key="hidden1 0"] [data-part="{part}"]').last.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(playground: Playground, start: tuple[float, float], end: tuple[float, float]) -> None:
    mouse = playground.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(*end, steps=8)
    mouse.up()
    playground.page.wait_for_function("() => window.playground.settled()")


def moved(playground: Playground, before: tuple[list[float], float]) -> tuple[list[float], float]:
    """The weights once they are others than before."""
    playground.until(
        "Math.abs(p.frame.weights[4] - argument[1]) + Math.abs(p.frame.weights[0] - argument[0][0]) > 1e-3", before
    )
    playground.settled()
    return weights(playground)


def test_a_line_is_shifted_and_turned_by_hand_and_its_weights_follow(playground: Playground) -> None:
    playground.open(NET)
    before = weights(playground)
    # set the second neuron aside, so that the first is alone under the hand
    playground.neuron("hidden1", 1).click()
    field = playground.page.locator("#card").get_by_label("bias")
    field.fill("40")
    field.press("Enter")
    playground.until("p.frame.weights[5] === 40")
    playground.page.keyboard.press("Escape")
    box = playground.page.locator(".plane__picture").bounding_box()
    unit = box["width"] / 12
    x, y = centre(playground, "middle")
    drag(playground, (x, y), (x + 2 * unit, y - 1 * unit))
    w, b = moved(playground, before)
    assert w == pytest.approx(before[0], abs=1e-5), "shifting leaves the direction"
    assert w[0] * 2 + w[1] * 1 + b == pytest.approx(0, abs=0.08 * math.hypot(*w)), (
        "the line goes through where it was put"
    )
    # turning keeps the length
    before = (w, b)
    x, y = centre(playground, "second")
    mx, my = centre(playground, "middle")
    angle = math.radians(30)
    dx, dy = x - mx, y - my
    drag(
        playground,
        (x, y),
        (mx + dx * math.cos(angle) - dy * math.sin(angle), my + dx * math.sin(angle) + dy * math.cos(angle)),
    )
    w, b = moved(playground, before)
    assert math.hypot(*w) == pytest.approx(math.hypot(*before[0]), rel=1e-4)
    turn = math.degrees(math.atan2(*reversed(w)) - math.atan2(*reversed(before[0]))) % 360
    assert turn == pytest.approx(330, abs=4), "clockwise on the screen"
    # one step back for the whole drag
    playground.page.keyboard.press("Control+z")
    playground.until("Math.abs(p.frame.weights[0] - argument) < 1e-5", before[0][0])


def test_lines_are_moved_by_keyboard(playground: Playground) -> None:
    playground.open(NET)
    before = weights(playground)
    line = playground.page.locator('.line[data-key="hidden1 0"]')
    line.focus()
    playground.painted()
    angle = int(line.get_attribute("aria-valuenow"))
    playground.page.keyboard.press("ArrowUp")
    w, b = moved(playground, before)
    assert b - before[1] == pytest.approx(-0.25 * math.hypot(*w), rel=1e-3), "towards where it is positive"
    before = (w, b)
    playground.page.keyboard.press("ArrowLeft")
    moved(playground, before)
    playground.painted()
    assert int(line.get_attribute("aria-valuenow")) in ((angle + 5) % 180, (angle + 4) % 180, (angle + 6) % 180)


@pytest.mark.parametrize(
    "address", ["features=x,y,x_squared&show=lines", "dataset=digits&show=lines", "dataset=wave&show=lines"]
)
def test_where_lines_make_no_sense_there_are_none(playground: Playground, address: str) -> None:
    playground.open(address)
    playground.painted()
    assert playground.page.locator(".line:visible").count() == 0
    assert not playground.page.get_by_label("Drag the lines").is_visible()
