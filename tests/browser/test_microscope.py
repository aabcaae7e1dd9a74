"""The microscope's numbers are the engine's, and PyTorch's own autograd says the same, to the digits shown."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground

SMALL = "features=x,y&layers=dense(units=3,activation=tanh),dense(units=1,activation=tanh)"
DIGITS = 5


def opened(playground: Playground, address: str, epochs: int = 3) -> str:
    """The page with a run that has trained a little, paused. Returns the run's id."""
    playground.open(address)
    for epoch in range(1, epochs + 1):
        playground.button("Step").click()
        playground.until(f"p.run.epoch === {epoch} && p.run.state === 'paused'")
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


def test_its_gradients_are_pytorchs(playground: Playground) -> None:
    torch = pytest.importorskip("torch")
    run = opened(playground, SMALL)
    example = playground.api(f"/runs/{run}/examples?split=train&offset=0&limit=1")
    weights: dict[str, Any] = playground.api(f"/runs/{run}/weights")["layers"]
    tensors = {
        (layer, name): torch.tensor(value, dtype=torch.float64, requires_grad=True)
        for layer, arrays in weights.items()
        for name, value in arrays.items()
    }
    x = torch.tensor(example["inputs"][0], dtype=torch.float64)
    hidden = torch.tanh(x @ tensors["hidden1", "kernel"] + tensors["hidden1", "bias"])
    output = torch.tanh(hidden @ tensors["output", "kernel"] + tensors["output", "bias"])
    target = 1.0 if example["targets"][0] == 1 else -1.0
    loss = ((output - target) ** 2).mean()
    loss.backward()

    look(playground)
    phase(playground, "Loss")
    assert number(table(playground)["Output"][0]) == pytest.approx(output.item(), abs=0.6 * 10**-DIGITS)
    phase(playground, "Backward")
    seen = 0
    for layer, unit, title in [("output", 0, "Output")] + [
        ("hidden1", u, f"Hidden 1, neuron {u + 1}") for u in range(3)
    ]:
        choose(playground, layer, unit, f"{title}, backward")
        gradients = [*tensors[layer, "kernel"].grad[:, unit].tolist(), tensors[layer, "bias"].grad[unit].item()]
        for (_, gradient, measured), true in zip(table(playground).values(), gradients, strict=True):
            tolerance = max(0.6 * 10**-DIGITS, 1e-9) if abs(true) >= 1e-4 else 0.06 * abs(true)
            assert number(gradient) == pytest.approx(true, abs=tolerance)
            assert number(measured) == pytest.approx(number(gradient), abs=1.1 * 10**-DIGITS)
            seen += 1
    assert seen == 4 + 3 * 3
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
