"""The journeys of a lesson, made with a finger on a screen 360 pixels wide."""

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground


def fits(phone: Playground) -> bool:
    """Nothing makes the page wider than the screen."""
    return bool(phone.page.evaluate("document.documentElement.scrollWidth") == 360)


def step(phone: Playground, epochs: int) -> None:
    for epoch in range(1, epochs + 1):
        phone.button("Step").tap()
        phone.rested(f"p.run.epoch === {epoch} && p.run.state === 'paused'")


def compared(phone: Playground, tab: str) -> None:
    phone.open("samples=100")
    phone.page.locator('[data-action="compare"]:visible').tap()
    phone.page.locator(f'[data-tab="{tab}"]').tap()


def test_a_cnn_is_built_and_learns_digits(phone: Playground) -> None:
    phone.open()
    page = phone.page
    phone.button("Settings").tap()
    phone.choose("Task", "Classify: real data")
    phone.button("Settings").tap()
    page.locator('.thumb[data-key="digits"]').tap()
    phone.until("p.spec.data.type === 'digits'")
    for _ in range(2):
        phone.button("One hidden layer less").tap()
    for kind in ("conv2d", "max_pool2d", "flatten"):
        page.locator('[data-action="palette"]').tap()
        page.locator(f'#palette [data-key="{kind}"] button').tap()
    phone.settled()
    assert phone.ask("p.spec.network.layers.map((layer) => layer.type)") == ["conv2d", "max_pool2d", "flatten", "dense"]
    assert phone.ask("p.errors") == []
    run = phone.learn(0.9)
    told = phone.api(f"/runs/{run}/evaluation?split=test")
    assert told["metric"] > 0.88  # the page's row was of the last whole epoch
    shown = f"{100 * phone.rows()[-1]['test_metric']:.1f} %"  # type: ignore[operator]
    expect(page.locator('.numbers [data-slot="metric"]')).to_have_text(shown)
    assert fits(phone)


def test_theme_and_redo_are_among_the_settings(phone: Playground) -> None:
    phone.open()
    expect(phone.button("Light or dark")).to_be_hidden()
    phone.button("Settings").tap()
    phone.choose("Optimizer", "Adam")
    for action, optimizer in (("undo", "sgd"), ("redo", "adam")):
        phone.page.locator(f'[data-action="{action}"]').tap()  # its name says what is undone
        phone.until("p.spec.training.optimizer.type === argument", optimizer)
    phone.button("Light or dark").tap()
    expect(phone.page.locator("html")).to_have_attribute("data-theme", "dark")
    assert fits(phone)


def test_one_example_is_followed_to_its_update(phone: Playground) -> None:
    phone.open("layers=dense(units=3,activation=tanh),dense(units=1,activation=tanh)")
    step(phone, 2)
    run = phone.ask("p.runId")
    told = phone.api(f"/runs/{run}/explain?split=train&index=0")
    phone.button("One example, step by step").tap()
    counter = phone.page.locator(".microscope__count")
    for number in range(1, 14):
        expect(counter).to_have_text(f"{number} of 13")
        if number < 13:
            phone.page.locator('#microscope [data-action="next"]').tap()
    cells = phone.page.locator(".terms tbody tr").last.locator("td").all_text_contents()
    after = float(cells[-1].replace("−", "-"))
    layer = told["layers"][-1]["weights"]["bias"]
    assert after == pytest.approx(layer["after"][0], abs=1e-5)
    assert fits(phone)


def test_back_to_epoch_ten_and_on_from_there(phone: Playground) -> None:
    parent = phone.open("speed=60").train(12)
    slider = phone.page.get_by_role("slider", name="Moment on show")
    slider.scroll_into_view_if_needed()
    slider.fill("10")
    phone.until("p.past !== null && p.past.epoch === 10")
    shown = phone.ask("p.frame.weights")
    phone.button("Go on from here").tap()
    phone.until(f"p.past === null && p.runId !== '{parent}'")
    child = phone.api(f"/runs/{phone.ask('p.runId')}")
    assert child["epoch"] == 10
    assert phone.ask("p.frame.weights") == pytest.approx(shown, abs=1e-7)
    expect(phone.page.locator(".epoch__count")).to_have_text("000,010")
    assert fits(phone)


def test_twins_begin_alike_and_part(phone: Playground) -> None:
    compared(phone, "twins")
    phone.until("p.compare.id !== null && p.compare.members.length === 2")
    for epoch in (1, 2):
        phone.button("Step all by one epoch").tap()
        phone.until(f"p.compare.members.every((m) => m.epoch === {epoch} && m.state === 'paused')")
    courses = []
    for member in phone.ask("p.compare.members"):
        found = phone.api(f"/runs/{member['id']}/history?limit=10")
        courses.append([row[found["columns"].index("train_loss")] for row in found["rows"]])
    assert courses[0][0] == courses[1][0]
    assert courses[0][1:] != courses[1][1:]
    assert fits(phone)


def test_twenty_starts_and_one_is_kept(phone: Playground) -> None:
    compared(phone, "seeds")
    dialog = phone.page.get_by_role("dialog", name="Compare")
    dialog.get_by_role("combobox", name="Starts", exact=True).select_option("20")
    dialog.get_by_role("button", name="Start them").tap()
    phone.until("p.compare.members.length === 20 && p.compare.members.every((m) => m.epoch >= 3)")
    phone.pause_all()
    found = phone.api(f"/groups/{phone.ask('p.compare.id')}")
    expect(dialog.locator(".seeds__solved")).to_contain_text(f"Solved {found['solved']['count']} of 20")
    assert fits(phone)
    tile = dialog.locator(".seed").nth(4)
    tile.scroll_into_view_if_needed()
    tile.tap()
    expect(dialog).to_be_hidden()
    phone.until(f"p.spec.seed === {found['runs'][4]['seed']}")


def test_the_counter_of_epochs_has_its_place_in_the_bar(phone: Playground) -> None:
    phone.open()
    count, tools = (phone.page.locator(part).bounding_box() for part in (".epoch__count", ".transport__tools"))
    assert count["x"] + count["width"] <= tools["x"]
