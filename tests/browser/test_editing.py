"""Changing the network and its weights by hand: at once, in place, with undo; mistakes are said where they are."""

import math

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground


def weight(playground: Playground, layer: str, name: str, index: list[int]) -> float:
    """A weight as the engine has it."""
    found = playground.api(f"/runs/{playground.ask('p.runId')}/weights")["layers"][layer][name]
    for i in index:
        found = found[i]
    return found


def test_an_impossible_network_says_so_at_its_layer_and_the_last_one_goes_on(playground: Playground) -> None:
    playground.open("dataset=digits&speed=30")
    playground.play()
    page = playground.page
    page.get_by_role("region", name="Flatten").get_by_role("button", name="Flatten", exact=True).click()
    page.locator("#part-menu").get_by_role("button", name="Delete").click()
    layer = page.get_by_role("region", name="Hidden 1")
    layer.get_by_text("Put a Flatten layer before it").wait_for()
    assert playground.ask("p.errors.map((e) => e.where)") == ["network.layers.hidden1"]
    # the network before it goes on
    epoch = playground.ask("p.run.epoch")
    playground.until("p.run.state === 'running' && p.run.epoch > argument + 3", epoch)
    assert [la["type"] for la in playground.ask("p.run.spec.network.layers")] == ["flatten", "dense", "dense"]
    # and undo brings the controls back to it
    page.keyboard.press("Control+z")
    playground.until("p.errors.length === 0")
    expect(layer.get_by_text("Put a Flatten layer before it")).to_be_hidden()
    playground.settled()
    assert playground.ask("p.run.state") == "running"


def test_layers_are_added_moved_and_removed(playground: Playground) -> None:
    playground.open()
    page = playground.page
    playground.button("Other layers …").click()
    page.locator("#palette").get_by_role("button", name="Dropout While training").click()
    playground.settled()
    kinds = "p.run.spec.network.layers.map((layer) => layer.units ?? layer.type)"
    assert playground.ask(kinds) == [4, 2, "dropout", 1]
    page.get_by_role("region", name="Dropout").get_by_role("button", name="Move Dropout").focus()
    page.keyboard.press("Alt+ArrowLeft")
    playground.settled()
    assert playground.ask(kinds) == [4, "dropout", 2, 1]
    playground.button("One hidden layer less").click()
    playground.settled()
    assert playground.ask(kinds) == [4, "dropout", 1]
    for _ in range(3):
        playground.button("Undo").or_(page.locator('[data-action="undo"]')).first.click()
    playground.settled()
    assert playground.ask(kinds) == [4, 2, 1]
    page.locator('[data-action="redo"]').click()
    playground.settled()
    assert playground.ask(kinds) == [4, 2, "dropout", 1]


def test_layers_are_dragged_to_another_place(playground: Playground) -> None:
    playground.open(
        "layers=dense(units=3,activation=relu),dense(units=5,activation=tanh),dense(units=1,activation=tanh)"
    )
    grips = playground.page.locator(".layer__grip")
    box = playground.page.get_by_role("region", name="Hidden 2").bounding_box()
    grips.nth(0).hover()
    playground.page.mouse.down()
    for share in (0.3, 0.6, 0.8, 0.9):
        playground.page.mouse.move(box["x"] + box["width"] * share, box["y"] + 20, steps=4)
    playground.page.mouse.up()
    playground.until("p.spec.network.layers.map((layer) => layer.units).join() === '5,3,1'")
    playground.settled()
    assert [la["id"] for la in playground.ask("p.run.spec.network.layers")] == ["hidden1", "hidden2", "output"]


@pytest.mark.parametrize("typed, value", [("-1,25", -1.25), ("1/4", 0.25)])
def test_a_weight_is_set_in_place_and_undone(playground: Playground, typed: str, value: float) -> None:
    playground.open()
    page = playground.page
    before = weight(playground, "hidden2", "kernel", [1, 0])
    playground.neuron("hidden2", 0).click()
    field = page.locator("#card").get_by_label("weight of n₂")
    field.fill(typed)
    field.press("Enter")
    playground.until("Math.abs(p.frame.weights[12 + 2] - argument) < 1e-6", value)
    assert weight(playground, "hidden2", "kernel", [1, 0]) == value
    page.keyboard.press("Control+z")
    playground.until("Math.abs(p.frame.weights[12 + 2] - argument) < 1e-6", before)
    assert weight(playground, "hidden2", "kernel", [1, 0]) == pytest.approx(before, abs=1e-7)


def test_escape_cancels_and_leaving_the_field_commits(playground: Playground) -> None:
    playground.open()
    page = playground.page
    before = weight(playground, "output", "bias", [0])
    page.get_by_role("button", name="Bias 0.00 of Output").click()
    field = page.locator("#card").get_by_label("bias")
    assert page.evaluate("document.activeElement.closest('.weight').dataset.weight") == "bias"
    field.fill("7")
    field.press("Escape")
    field.fill("no number")
    field.press("Tab")
    expect(page.locator(".note__text")).to_contain_text("“no number” is no number.")
    assert weight(playground, "output", "bias", [0]) == before
    field.fill("0,5")
    page.get_by_role("heading", name="Output").first.click()
    playground.until("p.frame.weights.at(-1) === 0.5")
    assert weight(playground, "output", "bias", [0]) == 0.5


def test_settings_that_can_are_changed_while_it_trains(playground: Playground) -> None:
    playground.open()
    playground.play()
    run = playground.ask("p.runId")
    playground.choose("Learning rate", "0.1")
    playground.choose("Regularization", "L2")
    playground.choose("Rate", "0.003")
    playground.settled()
    epoch = playground.ask("p.run.epoch")
    playground.until("p.run.state === 'running' && p.run.epoch > argument", epoch)
    settings = playground.api(f"/runs/{run}/settings")
    assert (settings["learning_rate"], settings["regularizer"]) == (0.1, {"type": "l2", "rate": 0.003})
    assert playground.ask("p.runId") == run
    assert "learningRate=0.1" in playground.page.url


def test_a_run_that_diverges_says_what_to_do_and_shows_no_nan(playground: Playground) -> None:
    playground.open("dataset=reg_plane&learningRate=10&layers=dense(units=4,activation=relu),dense(units=1)")
    playground.play()
    playground.rested("p.run.state === 'diverged'")
    note = playground.page.locator(".note--error")
    expect(note).to_contain_text("smaller learning rate")
    assert "NaN" not in playground.page.locator("body").inner_text()
    assert all(math.isfinite(value) for value in playground.ask("p.frame.weights"))
    note.get_by_role("button", name="Reset").click()
    playground.until("p.run.state === 'created'")
    expect(note).to_be_hidden()


def test_any_learning_rate_can_be_typed(playground: Playground) -> None:
    playground.open()
    playground.choose("Learning rate", "other …")
    field = playground.page.get_by_role("textbox", name="Learning rate, typed")
    field.fill("0,05")
    field.press("Enter")
    assert playground.ask("p.spec.training.optimizer.learning_rate") == 0.05
    assert playground.menu("Learning rate").input_value() == "0.05"
