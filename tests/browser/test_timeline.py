"""The time line: back to a moment, on from there in another run; and the card that says why it is stuck."""

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground

DEAD = "layers=dense(units=4,activation=relu),dense(units=1,activation=tanh)&speed=60"


def scrub_to(playground: Playground, epoch: int) -> None:
    """Arrow by arrow on the slider, as a keyboard does."""
    slider = playground.page.get_by_role("slider", name="Moment on show")
    slider.focus()
    playground.page.evaluate(
        """(epoch) => {
            const slider = document.querySelector('.time-line__slider');
            slider.value = epoch;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
        }""",
        epoch,
    )
    playground.until(f"p.past !== null && p.past.epoch === {epoch}")


def test_epoch_ten_is_shown_as_it_was_and_a_fork_goes_on_from_there(playground: Playground) -> None:
    parent = playground.open("speed=60").train(15)
    newest = playground.ask("p.frame.weights")
    scrub_to(playground, 10)

    update = playground.ask("p.past.update")
    then = playground.api(f"/runs/{parent}/weights?at={update}")
    shown = playground.ask("p.frame.weights")
    assert shown != newest
    place = next(entry for entry in then["manifest"] if entry["layer"] == "hidden1" and entry["name"] == "kernel")
    told = [w for row in then["layers"]["hidden1"]["kernel"] for w in row]
    assert shown[place["offset"] : place["offset"] + place["size"]] == pytest.approx(told, abs=1e-7)
    expect(playground.page.get_by_role("group", name="Time line")).to_contain_text("Epoch 10, as it was")
    expect(playground.page.locator(".epoch__count")).to_have_text("000,010")
    row = next(row for row in playground.rows() if row["epoch"] == 10)
    assert row["test_loss"] is not None
    expect(playground.page.locator(".numbers [data-slot=test]")).to_have_text(f"{row['test_loss']:.3f}")

    playground.button("Go on from here").click()
    playground.until(f"p.past === null && p.runId !== '{parent}'")
    child = playground.ask("p.runId")
    assert playground.api(f"/runs/{child}")["epoch"] == 10
    assert playground.ask("p.frame.weights") == pytest.approx(shown, abs=1e-7)
    expect(playground.page.get_by_text("the run before")).to_be_visible()
    playground.reload()  # goes on with the fork, beside the course that it left
    assert playground.ask("p.runId") == child
    expect(playground.page.get_by_text("the run before")).to_be_visible()

    # without a change it is the same course again
    playground.step(11)
    again = next(row for row in playground.rows() if row["epoch"] == 11)
    page = playground.api(f"/runs/{parent}/history?limit=1000")
    before = next(row for row in page["rows"] if row[0] == 11)
    assert again["test_loss"] == before[page["columns"].index("test_loss")]


def test_a_change_at_epoch_ten_goes_on_from_there_with_it(playground: Playground) -> None:
    parent = playground.open("speed=60").train(12)
    scrub_to(playground, 10)
    then = playground.ask("p.frame.weights")
    playground.choose("Learning rate", "0.3")
    playground.until(f"p.past === null && p.runId !== '{parent}'")
    playground.settled()
    child = playground.ask("p.runId")
    assert playground.ask("p.frame.weights") == pytest.approx(then, abs=1e-7)
    playground.step(11)
    assert playground.api(f"/runs/{child}")["settings"]["optimizer"]["learning_rate"] == 0.3
    assert playground.api(f"/runs/{parent}")["settings"]["optimizer"]["learning_rate"] == 0.03

    # both courses, the same until epoch 10 and then another, are on one chart
    expect(playground.page.get_by_text("the run before")).to_be_visible()
    rows = {}
    for run in (parent, child):
        page = playground.api(f"/runs/{run}/history?limit=1000")
        rows[run] = {row[0]: row[page["columns"].index("test_loss")] for row in page["rows"]}
    assert [rows[child][epoch] for epoch in range(11)] == [rows[parent][epoch] for epoch in range(11)]
    assert rows[child][11] != rows[parent][11]


def test_back_to_now_shows_the_newest_again(playground: Playground) -> None:
    playground.open("speed=60").train(8)
    newest = playground.ask("p.frame.weights")
    scrub_to(playground, 2)
    assert playground.ask("p.frame.weights") != newest
    playground.button("Back to now").click()
    playground.until("p.past === null")
    assert playground.ask("p.frame.weights") == newest


def test_play_in_the_past_goes_on_from_there(playground: Playground) -> None:
    parent = playground.open("speed=60").train(8)
    scrub_to(playground, 3)
    playground.button("Play").click()
    playground.until(f"p.runId !== '{parent}' && p.past === null && p.run.epoch > 3")
    assert playground.api(f"/runs/{playground.ask('p.runId')}")["parent"] == parent
    assert playground.api(f"/runs/{parent}")["state"] == "paused"


def test_steps_within_an_epoch_are_moments_too(playground: Playground) -> None:
    playground.open("step=batch")
    for update in range(1, 4):
        playground.button("Step").click()
        playground.rested(f"p.run.update === {update} && p.run.state === 'paused'")
    playground.page.get_by_role("slider", name="Moment on show").focus()
    for update in (2, 1, 0):
        playground.page.keyboard.press("ArrowLeft")
        playground.until(f"p.past !== null && p.past.update === {update}")


def test_arrow_keys_go_from_moment_to_moment(playground: Playground) -> None:
    playground.open("speed=60").train(5)
    last = playground.ask("p.run.epoch")
    playground.page.get_by_role("slider", name="Moment on show").focus()
    playground.page.keyboard.press("ArrowLeft")
    playground.until("p.past !== null")
    first = playground.ask("p.past.epoch")
    playground.page.keyboard.press("ArrowLeft")
    playground.until(f"p.past.epoch < {first}")
    assert playground.ask("p.past.epoch") < last
    playground.page.keyboard.press("Escape")
    playground.until("p.past === null")


def test_a_dead_relu_net_is_told_why_and_what_to_try(playground: Playground) -> None:
    run = playground.open(DEAD).train(2)
    for unit in range(4):  # a bias far below zero: the neuron gives 0 for every example
        neuron = playground.neuron("hidden1", unit)
        neuron.click()
        field = playground.page.locator("#card .weight", has_text="bias").locator("input")
        field.fill("-100")
        field.press("Enter")
        playground.page.keyboard.press("Escape")
    playground.settled()
    playground.button("Step").click()
    playground.until("p.findings.length > 0")
    card = playground.page.get_by_role("region", name="Why is it stuck?")
    expect(card).to_contain_text("all 4 ReLU neurons give 0 for every example")
    found = playground.api(f"/runs/{run}/diagnosis")["findings"]
    assert found[0]["kind"] == "dead"

    card.get_by_role("button").filter(has_text="Try").first.click()
    playground.until(f"p.runId !== '{run}' && p.run.epoch > 0")
    changed = playground.ask("p.spec.network.layers[0].activation.type")
    assert (
        changed
        == playground.api(f"/runs/{playground.ask('p.runId')}")["spec"]["network"]["layers"][0]["activation"]["type"]
    )
    assert changed != "relu"
