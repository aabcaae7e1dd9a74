"""The address bar describes the whole experiment, and the same address gives the same losses to the last digit."""

import re

from playwright.sync_api import expect

from tests.browser.playground import Playground


def test_spiral_is_solved_with_the_page_alone_and_its_link_repeats_it(
    playground: Playground, another: Playground
) -> None:
    playground.open()
    page = playground.page
    playground.button("Spiral").click()
    playground.choose("Optimizer", "Adam")
    playground.choose("Learning rate", "0.01")
    page.get_by_role("slider", name="Batch size").fill("25")
    for layer, times in (("Hidden 1", 4), ("Hidden 2", 6)):
        for _ in range(times):
            playground.button(f"One unit more in {layer}").click()
    playground.button("One hidden layer more").click()
    for layer in ("Hidden 1", "Hidden 2", "Hidden 3"):
        page.get_by_role("region", name=layer).get_by_role("combobox", name="Activation").select_option(label="GELU")
    field = page.get_by_role("textbox", name="Stop at epoch")
    field.fill("600")
    field.press("Enter")
    playground.choose("Speed", "fastest")
    playground.settled()
    assert [layer["units"] for layer in playground.ask("p.run.spec.network.layers")] == [8, 8, 8, 1]

    playground.play()
    playground.rested("p.run.state === 'finished'")
    rows = playground.rows()
    assert rows[-1]["epoch"] == 600
    assert max(row["test_metric"] for row in rows[-50:]) >= 0.98
    assert rows[-1]["test_metric"] >= 0.98

    another.page.goto(page.url)
    another.ready()
    assert another.ask("p.spec") == playground.ask("p.spec")
    another.play()
    another.rested("p.run.state === 'finished'")
    assert another.ask("p.runId") != playground.ask("p.runId")
    assert another.rows() == rows


def test_back_and_forward_go_through_the_experiments(playground: Playground) -> None:
    playground.open()
    playground.button("Exclusive or").click()
    playground.choose("Loss", "Huber")
    playground.settled()
    playground.page.go_back()
    playground.until("p.spec.data.type === 'xor' && p.spec.training.loss.type === 'mse'")
    playground.page.go_back()
    playground.until("p.spec.data.type === 'circle'")
    playground.page.go_forward()
    playground.until("p.run.spec.data.type === 'xor'")


def test_what_an_address_may_not_say_is_put_right_and_said(playground: Playground) -> None:
    playground.open(
        "noise=90&learningRate=1000&layers=dense(units=3,activation=tanh),wild,dense(units=1,activation=tanh)&colour=red"
    )
    note = playground.page.locator(".note__text").inner_text()
    for part in ("Noise: 90", "0 to 50", "50 is used", "Learning rate", "wild", "colour"):
        assert part in note
    assert playground.ask("p.spec.data.noise") == 50
    expect(playground.page).to_have_url(re.compile("noise=50"))
    assert playground.ask("p.run.state") == "created"


def test_looks_are_part_of_the_link_too(playground: Playground) -> None:
    playground.open("show=test,discrete&speed=10")
    assert playground.page.get_by_label("Show test data").is_checked()
    assert playground.page.get_by_label("Discretize").is_checked()
    playground.page.get_by_label("Discretize").uncheck()
    expect(playground.page).to_have_url(re.compile("show=test&speed=10"))
