"""The first thing that anybody does, and that it can be repeated."""

import re
from itertools import product

from playwright.sync_api import expect

from tests.browser.playground import Playground

GRID = [[x / 2, y / 2] for x, y in product(range(-12, 13, 3), repeat=2)]
LAYERS = ("hidden1", "hidden2", "output")


def test_play_on_the_untouched_page_solves_the_circle_and_can_be_repeated(playground: Playground) -> None:
    playground.open()
    before = {layer: playground.pictures(layer, GRID) for layer in LAYERS}
    assert playground.ask("p.run.epoch") == 0

    playground.play()
    playground.until("p.history.rows.at(-1)[3] < 0.01")
    for layer, pictures in before.items():
        after = playground.pictures(layer, GRID)
        for unit in range(len(pictures[0])):
            moved = max(abs(a[unit] - b[unit]) for a, b in zip(pictures, after, strict=True))
            assert moved > 0.01, f"the picture of {layer}, neuron {unit + 1} has not changed"

    # a reload shows the same run, still going on, with all of its history
    run, epoch = playground.ask("p.runId"), playground.ask("p.run.epoch")
    playground.reload()
    assert playground.ask("p.runId") == run
    assert playground.ask("p.run.state") == "running"
    playground.until("p.run.epoch > argument", epoch)
    playground.pause()
    first = playground.rows()
    assert [row["epoch"] for row in first] == list(range(len(first)))

    # reset and play: the very same losses
    playground.reset()
    playground.play()
    playground.until("p.history.rows.length >= argument", len(first))
    playground.pause()
    assert playground.rows()[: len(first)] == first


def test_a_new_start_begins_elsewhere_and_says_so_in_the_address(playground: Playground) -> None:
    playground.open()
    seed, weights = playground.ask("p.spec.seed"), playground.ask("p.frame.weights")
    playground.button("New start with other weights").click()
    playground.until("p.run.spec.seed !== argument", seed)
    playground.until("JSON.stringify(p.frame.weights) !== JSON.stringify(argument)", weights)
    expect(playground.page).to_have_url(re.compile(f"seed={playground.ask('p.spec.seed')}"))


def test_steps_of_an_epoch_a_batch_and_a_sample(playground: Playground) -> None:
    playground.open()
    for unit, updates in (("epoch", 25), ("batch", 26)):
        playground.menu("Step by").select_option(unit)
        playground.button("Step").click()
        playground.rested("p.run.update === argument && p.run.state === 'paused'", updates)
    before = playground.ask("p.frame.weights")
    playground.menu("Step by").select_option("sample")
    for _ in range(10):  # a batch has ten samples: with the last one the weights move
        version = playground.ask("p.history.rows.length")
        playground.button("Step").click()
        playground.rested("p.history.rows.length > argument && p.run.state === 'paused'", version)
    assert playground.ask("p.run.update") == 27
    assert playground.ask("p.frame.weights") != before
