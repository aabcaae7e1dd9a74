"""Points of one's own: placed, dragged and deleted by mouse, touch and keyboard, and learned as they come."""

import math

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.playground import Playground
from tests.tools.server import RunningServer

POINTS = "p.spec.data.points"
# Two points far apart to begin with, so that the rest of the plane is free.
START = "dataset=points&points=-5.5,5.5,0;5.5,-5.5,1&classes=2&batch=1"


def pixel(playground: Playground, x: float, y: float) -> tuple[float, float]:
    """Where on the screen a spot of the plane is."""
    box = playground.page.locator(".plane__picture").bounding_box()
    return box["x"] + (x + 6) / 12 * box["width"], box["y"] + (6 - y) / 12 * box["height"]


def click(playground: Playground, x: float, y: float) -> None:
    playground.page.mouse.click(*pixel(playground, x, y))


def fifty() -> list[tuple[float, float, int]]:
    """Two rings: 25 points around the middle, 25 farther out."""
    turn = 2 * math.pi / 25
    inner = [(2 * math.cos(i * turn), 2 * math.sin(i * turn), 1) for i in range(25)]
    return inner + [(4.5 * math.cos(i * turn), 4.5 * math.sin(i * turn), 0) for i in range(25)]


def test_fifty_points_are_placed_and_learned_while_it_trains(playground: Playground) -> None:
    playground.open(f"{START}&layers=dense(units=8,activation=tanh),dense(units=1,activation=tanh)&learningRate=0.01")
    page = playground.page
    playground.play()
    for k in (1, 0):
        page.keyboard.press(str(k + 1))
        for x, y, label in fifty():
            if label == k:
                click(playground, x, y)
        playground.settled()
    assert playground.ask(f"{POINTS}.length") == 52
    playground.until("p.run.state === 'running'")  # it goes on while points come; the stream tells of it later
    accuracy = "p.history.columns.indexOf('train_metric')"
    playground.until(f"p.history.rows.at(-1)[{accuracy}] >= 0.97")
    playground.pause()
    run = playground.ask("p.runId")
    assert len(playground.api(f"/runs/{run}")["spec"]["data"]["points"]) == 52
    assert playground.api(f"/runs/{run}/evaluation?split=train")["metric"] >= 0.9
    inner, outer = playground.pictures("output", [[0.0, 0.0], [0.0, 5.5]])
    assert inner[0] > 0 > outer[0]
    assert page.url.count(";") >= 51, "the address holds every point"


def test_a_point_is_dragged_and_deleted_and_both_are_undone(playground: Playground) -> None:
    playground.open(START)
    page = playground.page
    click(playground, 1, 2)
    playground.settled()
    assert playground.ask(POINTS)[-1][2] == 0
    page.mouse.move(*pixel(playground, 1, 2))
    page.mouse.down()
    page.mouse.move(*pixel(playground, -2, -1), steps=6)
    page.mouse.up()
    x, y, label = playground.ask(POINTS)[-1]
    assert (round(x), round(y), label) == (-2, -1, 0)
    playground.settled()
    assert playground.ask("p.run.spec.data.points")[-1] == [x, y, label]
    playground.button("Erase").click()
    click(playground, x, y)
    assert playground.ask(f"{POINTS}.length") == 2
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    x, y, _ = playground.ask(POINTS)[-1]
    assert (round(x), round(y)) == (1, 2)


def test_other_colours_come_with_shift_a_number_or_one_more_class(playground: Playground) -> None:
    playground.open(START)
    page = playground.page
    page.keyboard.down("Shift")
    click(playground, 0, 0)
    page.keyboard.up("Shift")
    assert playground.ask(POINTS)[-1][2] == 1
    playground.button("One colour more").click()
    click(playground, 2, 0)
    playground.settled()
    assert playground.ask(POINTS)[-1][2] == 2
    assert playground.ask("[p.run.spec.data.classes, p.run.spec.network.layers.at(-1).units]") == [3, 3]
    page.keyboard.press("1")
    click(playground, 4, 0)
    assert playground.ask(POINTS)[-1][2] == 0
    # a class that is taken away takes its points along
    page.get_by_role("slider", name="Classes").press("ArrowLeft")
    assert [point[2] for point in playground.ask(POINTS)] == [0, 1, 1, 0]
    playground.settled()
    assert playground.ask("p.errors") == []


def test_points_are_placed_by_keyboard_alone(playground: Playground) -> None:
    playground.open(START)
    page = playground.page
    page.locator(".plane__picture").focus()
    page.keyboard.press("2")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert playground.ask(POINTS)[-1] == [3, 0, 1]
    page.keyboard.press("Enter")  # takes hold of it
    for _ in range(10):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert playground.ask(POINTS)[-1] == [3, 3, 1]
    expect(page.locator(".place [role=status]")).to_have_text("Moved to 3, 3.")
    page.keyboard.press("Delete")
    assert playground.ask(f"{POINTS}.length") == 2


def test_fifty_points_are_placed_by_touch_on_a_phone_and_learned(browser: Browser, server: RunningServer) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    playground = Playground(context.new_page(), server.url).open(f"{START}&speed=max")
    page = playground.page
    picture = page.locator(".plane__picture")
    picture.scroll_into_view_if_needed()
    grid = [(1.1 * column - 4.95, 2.0 * row - 4.0) for row in range(5) for column in range(10)]
    for label in (0, 1):
        page.locator(".swatch").nth(label).tap()
        picture.scroll_into_view_if_needed()
        for x, y in grid:
            if int(x + y > 0) == label:
                page.touchscreen.tap(*pixel(playground, x, y))
    playground.settled()
    data = playground.ask("p.run.spec.data.points")
    assert len(data) == 52
    assert all(label == int(x + y > 0) for x, y, label in data[2:])

    playground.button("Play").tap()
    playground.until("p.history.rows.at(-1)[p.history.columns.indexOf('train_metric')] >= 0.95")
    playground.button("Pause").tap()
    playground.rested("p.run.state === 'paused'")
    told = playground.api(f"/runs/{playground.ask('p.runId')}/evaluation?split=train")
    assert told["metric"] >= 0.9

    playground.button("Erase").tap()
    picture.scroll_into_view_if_needed()
    page.touchscreen.tap(*pixel(playground, *grid[0]))
    assert playground.ask(f"{POINTS}.length") == 51
    assert playground.faults == []
    context.close()


@pytest.mark.parametrize(
    "address, kind", [("dataset=blobs&samples=60", "points"), ("dataset=reg_plane&samples=60", "reg_points")]
)
def test_any_points_of_the_plane_become_ones_own(playground: Playground, address: str, kind: str) -> None:
    playground.open(address)
    layers = playground.ask("p.spec.network.layers")
    playground.button("Edit these points").click()
    playground.settled()
    data = playground.ask("p.run.spec.data")
    assert (data["type"], len(data["points"])) == (kind, 60)
    assert playground.ask("p.spec.network.layers") == layers
    click(playground, 0, 5.5)
    playground.settled()
    assert playground.ask("p.run.spec.data.points.length") == 61
    playground.page.keyboard.press("Control+z")
    playground.page.keyboard.press("Control+z")
    assert playground.ask("p.spec.data.type") == address.split("&")[0].removeprefix("dataset=")


def test_too_few_points_are_said_calmly(playground: Playground) -> None:
    playground.open(START)
    playground.button("Clear").click()
    expect(playground.page.locator(".note--calm")).to_contain_text("Place at least two points")
    click(playground, -3, 0)
    click(playground, 3, 0)
    expect(playground.page.locator(".note--calm")).to_have_count(0)
    playground.settled()
    assert playground.ask("p.run.spec.data.points.length") == 2


def test_a_digit_pressed_in_a_dialog_chooses_no_colour_behind_it(playground: Playground) -> None:
    page = playground.open(START).page
    first, second = (page.locator(".swatch input").nth(i) for i in range(2))
    page.keyboard.press("2")
    expect(second).to_be_checked()
    playground.button("Share").click()
    share = page.get_by_role("dialog", name="Share")
    share.get_by_role("button", name="Close").press("1")
    page.keyboard.press("Escape")
    expect(share).to_be_hidden()
    expect(second).to_be_checked()
    page.keyboard.press("1")
    expect(first).to_be_checked()
