"""The microscope's numbers are the engine's, and PyTorch's own autograd says the same, to the digits shown."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground
from tests.browser.states import STATES

SMALL = "features=x,y&layers=dense(units=3,activation=tanh),dense(units=1,activation=tanh)"
TWO_OUT = (
    "dataset=gauss&features=x,y&loss=categorical_cross_entropy"
    "&layers=dense(units=3,activation=tanh),dense(units=2,activation=softmax)"
)
DIGITS = 5


def opened(playground: Playground, address: str, epochs: int = 3) -> str:
    """The page with a run that has trained a little, paused. Returns the run's id."""
    playground.open(address)
    for epoch in range(1, epochs + 1):
        playground.step(epoch)
    return playground.ask("p.runId")


def look(playground: Playground) -> None:
    playground.button("One example, step by step").click()
    expect(playground.page.get_by_role("dialog", name="One example, step by step")).to_be_visible()
    expect(playground.page.locator("#microscope-step")).not_to_be_empty()


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("≈ 0", "0").removesuffix(" ✓"))


def table(playground: Playground) -> dict[str, list[str]]:
    """The rows of the table on show by their first cell."""
    rows = playground.page.locator(".terms tbody tr")
    cells = [row.locator("td").all_text_contents() for row in rows.all()]
    return {first: rest for first, *rest in cells}


def phase(playground: Playground, name: str) -> None:
    playground.page.locator(f'[data-phase="{name.lower()}"]').click()
    expect(playground.page.locator(f'[data-phase="{name.lower()}"]')).to_have_attribute("aria-pressed", "true")


def choose(playground: Playground, layer: str, unit: int, title: str) -> None:
    """Click a neuron of the drawing."""
    playground.page.locator(f'.graph__node[data-layer="{layer}"][data-unit="{unit}"]').click()
    expect(playground.page.locator("#microscope-step")).to_have_text(title)


def test_every_number_of_a_2_3_2_net_is_pytorchs(playground: Playground) -> None:
    torch = pytest.importorskip("torch")
    run = opened(playground, TWO_OUT)
    example = playground.api(f"/runs/{run}/examples?split=train&offset=0&limit=1")
    rate = playground.api(f"/runs/{run}")["spec"]["training"]["optimizer"]["learning_rate"]
    weights: dict[str, Any] = playground.api(f"/runs/{run}/weights")["layers"]
    tensors = {
        (layer, name): torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for layer, arrays in weights.items()
        for name, value in arrays.items()
    }
    x = torch.tensor(example["inputs"][0], dtype=torch.float64)
    sums = {"hidden1": x @ tensors["hidden1", "kernel"] + tensors["hidden1", "bias"]}
    hidden = torch.tanh(sums["hidden1"])
    sums["output"] = hidden @ tensors["output", "kernel"] + tensors["output", "bias"]
    loss = torch.nn.functional.cross_entropy(sums["output"], torch.tensor(example["targets"][0]))
    loss.backward()
    values = {"hidden1": x, "output": hidden.detach()}  # what each layer reads
    neurons = [("hidden1", u, f"Hidden 1, neuron {u + 1}") for u in range(3)]
    neurons += [("output", u, f"Output for {name}") for u, name in enumerate(("orange", "blue"))]

    def same(text: str, true: float) -> None:
        tolerance = 0.6 * 10**-DIGITS if abs(true) >= 1e-4 else 0.06 * abs(true)
        assert number(text) == pytest.approx(true, abs=tolerance)

    look(playground)
    phase(playground, "Loss")
    for text, true in zip(table(playground).values(), torch.softmax(sums["output"], 0).tolist(), strict=True):
        same(text[0], true)
    expect(playground.page.locator(".microscope__formula").last).to_contain_text(f"{loss.item():.5f}")

    seen = 0
    for layer, unit, title in neurons:
        kernel, bias = tensors[layer, "kernel"], tensors[layer, "bias"]
        columns = [*kernel[:, unit].tolist(), bias[unit].item()]
        gradients = [*kernel.grad[:, unit].tolist(), bias.grad[unit].item()]
        phase(playground, "Forward")
        choose(playground, layer, unit, title)
        *terms, with_bias, total = table(playground).values()
        for (read, weight, product), value, true in zip(terms, values[layer].tolist(), columns[:-1], strict=True):
            same(read, value)
            same(weight, true)
            same(product, value * true)
        same(with_bias[-1], columns[-1])
        same(total[-1], sums[layer][unit].item())
        phase(playground, "Backward")
        choose(playground, layer, unit, f"{title}, backward")
        for (_, gradient, measured), true in zip(table(playground).values(), gradients, strict=True):
            same(gradient, true)
            assert number(measured) == pytest.approx(number(gradient), abs=1.1 * 10**-DIGITS)
            seen += 1
        phase(playground, "Update")
        choose(playground, layer, unit, f"{title}, update")
        rows = table(playground).values()
        for (before, gradient, change, after), value, slope in zip(rows, columns, gradients, strict=True):
            same(before, value)
            same(gradient, slope)
            same(change, -rate * slope)
            same(after, value - rate * slope)
    assert seen == 3 * 3 + 2 * 4
    assert playground.page.locator(".terms .is-different").count() == 0


def test_it_goes_from_the_input_to_the_update_by_keyboard(playground: Playground) -> None:
    opened(playground, SMALL, epochs=1)
    look(playground)
    titles = []
    for step in range(1, 14):
        expect(playground.page.locator(".microscope__count")).to_have_text(f"{step} of 13")
        titles.append(playground.page.locator("#microscope-step").text_content())
        playground.page.keyboard.press("ArrowRight")
    neurons = ["Hidden 1, neuron 1", "Hidden 1, neuron 2", "Hidden 1, neuron 3"]
    back = [f"{name}, backward" for name in ["Output", *neurons]]
    assert titles == [*neurons, "Output", "The loss", *back, *(f"{name}, update" for name in [*neurons, "Output"])]
    playground.page.keyboard.press("Escape")
    expect(playground.page.locator("#microscope")).to_be_hidden()
    assert playground.ask("p.run.epoch") == 1  # nothing of the training has changed


def test_adams_update_ends_where_the_engine_says(playground: Playground) -> None:
    run = opened(playground, SMALL + "&optimizer=adam&learningRate=0.01", epochs=2)
    told = playground.api(f"/runs/{run}/explain?split=train&index=0")
    look(playground)
    phase(playground, "Update")
    kernel = told["layers"][0]["weights"]["kernel"]
    rows = list(table(playground).values())
    for i in range(2):
        assert number(rows[i][3]) == pytest.approx(kernel["after"][i][0], abs=0.6 * 10**-DIGITS)
    assert playground.page.locator(".microscope__formula").count() == 4  # m, v, both corrected, w


def test_a_click_on_a_point_takes_that_example(playground: Playground) -> None:
    run = opened(playground, SMALL + "&samples=10", epochs=1)
    raw = playground.api(f"/runs/{run}/examples?split=train&offset=2&limit=1")["raw"][0]
    picture = playground.page.locator(".plane__picture")
    box = picture.bounding_box()
    assert box
    x, y = box["width"] * (raw[0] + 6) / 12, box["height"] * (6 - raw[1]) / 12
    picture.click(position={"x": x, "y": y})
    expect(playground.page.locator(".microscope [data-slot=index]")).to_have_value("3")
    expect(playground.page.locator(".microscope [data-slot=example]")).to_contain_text("target")


def test_a_convolution_shows_its_values_and_gradients_as_maps(playground: Playground) -> None:
    address = "dataset=digits&layers=conv2d(filters=4),flatten,dense(units=10,activation=softmax)"
    opened(playground, address, epochs=1)
    playground.button("This example, step by step").click()
    expect(playground.page.locator("#microscope-step")).not_to_be_empty()
    expect(playground.page.locator(".microscope .maps__picture")).to_have_count(4)


def test_where_there_is_no_network_the_microscope_says_why(playground: Playground) -> None:
    STATES["wrong"](playground)
    playground.button("One example, step by step").click()
    dialog = playground.page.get_by_role("dialog", name="One example, step by step")
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("^Needs an image .*Choose a data set of images.$"))
