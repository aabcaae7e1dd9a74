"""The time line: back to a moment, on from there in another run; and the card that says why it is stuck."""

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground

DEAD = "layers=dense(units=4,activation=relu),dense(units=1,activation=tanh)&speed=60"


def trained(playground: Playground, epochs: int, address: str = "speed=60") -> str:
    playground.open(address)
    playground.play()
    playground.until(f"p.run.epoch >= {epochs}")
    playground.pause()
    return playground.ask("p.runId")


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
    parent = trained(playground, 15)
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
    playground.button("Step").click()
    playground.until("p.run.epoch === 11")
    again = next(row for row in playground.rows() if row["epoch"] == 11)
    page = playground.api(f"/runs/{parent}/history?limit=1000")
    before = next(row for row in page["rows"] if row[0] == 11)
    assert again["test_loss"] == before[page["columns"].index("test_loss")]


def test_back_to_now_shows_the_newest_again(playground: Playground) -> None:
    trained(playground, 8)
    newest = playground.ask("p.frame.weights")
    scrub_to(playground, 2)
    assert playground.ask("p.frame.weights") != newest
    playground.button("Back to now").click()
    playground.until("p.past === null")
    assert playground.ask("p.frame.weights") == newest


def test_play_in_the_past_goes_on_from_there(playground: Playground) -> None:
    parent = trained(playground, 8)
    scrub_to(playground, 3)
    playground.button("Play").click()
    playground.until(f"p.runId !== '{parent}' && p.past === null && p.run.epoch > 3")
    assert playground.api(f"/runs/{playground.ask('p.runId')}")["parent"] == parent
    assert playground.api(f"/runs/{parent}")["state"] == "paused"


def test_steps_within_an_epoch_are_moments_too(playground: Playground) -> None:
    playground.open("step=batch")
    for update in range(1, 4):
        playground.button("Step").click()
        playground.until(f"p.run.update === {update} && p.run.state === 'paused'")
    playground.page.get_by_role("slider", name="Moment on show").focus()
    for update in (2, 1, 0):
        playground.page.keyboard.press("ArrowLeft")
        playground.until(f"p.past !== null && p.past.update === {update}")


def test_arrow_keys_go_from_moment_to_moment(playground: Playground) -> None:
    trained(playground, 5)
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
    run = trained(playground, 2, DEAD)
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
