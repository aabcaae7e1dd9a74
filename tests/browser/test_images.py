"""Networks of images: maps and kernels are the engine's, every value of a map can be followed to what made it."""

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground
from tests.browser.test_for_everyone import serious

NET = (
    "dataset=digits&layers=conv2d(filters=6,activation=relu,padding=same),max_pool2d,"
    "conv2d(filters=14,kernel_size=2,activation=tanh),flatten,dense(units=10,activation=softmax)"
)


def trained(playground: Playground, epochs: int = 2, address: str = NET) -> str:
    """Open, train a little, pause; what is on show is of the newest weights. Gives the run's id."""
    run = playground.open(address).train(epochs)
    playground.until("p.example.update === p.run.update")
    return run


def array(told: dict[str, Any]) -> np.ndarray:
    return np.reshape(told["values"], told["shape"])


def shown(number: float, digits: int = 3) -> str:
    """A number as the page writes it, from 0.1 to 100."""
    return f"{number:.{digits}f}".replace("-", "−")


def pixels(playground: Playground, selector: str) -> np.ndarray:
    """(height, width, 4) of a canvas."""
    height, width, values = playground.page.evaluate(
        """(selector) => {
            const canvas = document.querySelector(selector);
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return [canvas.height, canvas.width, Array.from(data)];
        }""",
        selector,
    )
    return np.reshape(values, (height, width, 4))


def test_maps_and_kernels_are_the_engines(playground: Playground) -> None:
    run = trained(playground)
    found = playground.api(f"/runs/{run}/activations?split=test&index=0")
    mine = playground.ask("p.example")
    layers = ["conv2d", "max_pool2d", "conv2d2"]
    for layer in layers:
        engine, page = array(found["layers"][layer]), array(mine["layers"][layer])
        assert page.shape == (*engine.shape[:2], min(12, engine.shape[2])), "of 14 maps only some are sent"
        assert np.abs(page - engine[..., : page.shape[2]]).max() < 1e-5

    # what is painted: blue where a value is above 0, orange where it is below; as many pixels as values
    playground.painted()
    for layer, unit in (("conv2d", 1), ("max_pool2d", 5), ("conv2d2", 2), ("conv2d2", 9)):
        values = array(found["layers"][layer])[..., unit]
        painted = pixels(playground, f'.neuron[data-layer="{layer}"][data-unit="{unit}"] canvas').astype(int)
        assert painted.shape[:2] == values.shape
        clear = np.abs(values) > 0.25 * np.abs(array(found["layers"][layer])).max()
        assert ((painted[..., 2] > painted[..., 0]) == (values > 0))[clear].all(), (layer, unit)
        assert clear.any() or unit

    weights = playground.api(f"/runs/{run}/weights")["layers"]
    kernel = np.array(weights["conv2d"]["kernel"])[:, :, 0, 3]
    painted = pixels(playground, '.layer[data-layer="conv2d"] .cell:nth-child(4) .kernel').astype(int)
    assert painted.shape[:2] == (3, 3)
    assert ((painted[..., 2] > painted[..., 0]) == (kernel > 0))[np.abs(kernel) > 0.1].all()
    expect(playground.page.locator('.layer[data-layer="conv2d2"] [data-action="all-maps"]')).to_be_visible()


def test_maps_follow_the_training_and_the_example_chosen(playground: Playground) -> None:
    playground.open(NET + "&speed=60")
    playground.play()
    playground.until("p.example.update > 0")
    first = playground.ask("p.example.update")
    playground.until("p.example.update > argument", first)
    playground.pause()
    playground.until("p.example.update === p.run.update")
    page = playground.page
    page.get_by_role("button", name="Example 4:").click()
    playground.until("p.example.index === 3 && p.example.target !== null")
    run = playground.ask("p.runId")
    playground.until(
        "Math.abs(p.example.layers.conv2d.values[100] - argument[0]) < 1e-5 && p.example.target === argument[1]",
        [
            array(playground.api(f"/runs/{run}/activations?index=3")["layers"]["conv2d"]).ravel()[100],
            playground.api(f"/runs/{run}/activations?index=3")["target"],
        ],
    )
    page.get_by_role("button", name="Random", exact=True).click()
    playground.until("p.example.index !== 3")


def card_numbers(playground: Playground, part: str, share: int = 0) -> list[list[str]]:
    """The cells of a table in the card."""
    rows = playground.page.locator("#map-card .share").nth(share).locator(f'[data-slot="{part}"] tr')
    return [row.locator("td").all_text_contents() for row in rows.all()]


@pytest.mark.parametrize("layer", ["conv2d", "conv2d2"])
def test_a_value_of_a_map_is_followed_to_what_made_it(playground: Playground, layer: str) -> None:
    run = trained(playground)
    page = playground.page
    playground.neuron(layer, 2).focus()
    page.keyboard.press("Enter")
    card = page.locator("#map-card")
    expect(card).to_be_visible()
    canvas = card.locator('[data-slot="map"]')
    expect(canvas).to_be_focused()

    # from wherever it starts to the second row and third column, by keyboard
    for key, times in (("ArrowUp", 8), ("ArrowLeft", 8), ("ArrowDown", 1), ("ArrowRight", 2)):
        for _ in range(times):
            page.keyboard.press(key)
    expect(card.get_by_text("Row 2, column 3 of")).to_be_visible()
    told = playground.api(f"/runs/{run}/window?layer={layer}&row=1&column=2&channel=2&most=3")
    engine = array(playground.api(f"/runs/{run}/activations")["layers"][layer])[1, 2, 2]
    assert told["output"] == engine
    expect(card.locator('[data-slot="value"]')).to_have_text(shown(engine))
    expect(card.locator('[data-slot="sum"]')).to_contain_text(f"= {shown(told['pre'])}")
    for i, share in enumerate(told["shares"]):
        patch = [[0.0 if v is None else v for v in row] for row in share["patch"]]
        made = np.multiply(patch, share["kernel"])
        for part, numbers in (("patch", share["patch"]), ("kernel", share["kernel"]), ("products", made.tolist())):
            cells = card_numbers(playground, part, i)
            for texts, row in zip(cells, numbers, strict=True):
                for text, number in zip(texts, row, strict=True):
                    if number is None:
                        assert text == "·"
                    else:
                        told_by_page = float(text.replace("−", "-"))
                        assert told_by_page == pytest.approx(number, abs=0.0051 if abs(number) >= 0.1 else 0.00051)
        expect(card.locator(".share__total").nth(i)).to_have_text(f"Σ {shown(share['sum'])}")

    # what the window covers is outlined in what it reads
    outline = card.locator('[data-slot="outline"] span').first.evaluate("(e) => [e.style.left, e.style.width]")
    columns = len(told["shares"][0]["whole"][0])
    assert float(outline[0].rstrip("%")) == pytest.approx(100 * told["columns"][0] / columns)
    assert float(outline[1].rstrip("%")) == pytest.approx(100 * len(told["columns"]) / columns)

    # Escape closes it, and the focus is back
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(playground.neuron(layer, 2)).to_be_focused()


def test_pointing_at_a_value_and_which_one_won(playground: Playground) -> None:
    run = trained(playground)
    page = playground.page
    playground.neuron("max_pool2d", 0).click()
    card = page.locator("#map-card")
    box = card.locator('[data-slot="map"]').bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.35)  # of 4×4 values
    expect(card.get_by_text("Row 2, column 3 of 4×4")).to_be_visible()
    told = playground.api(f"/runs/{run}/window?layer=max_pool2d&row=1&column=2&channel=0")
    expect(card.locator('[data-slot="sum"]')).to_contain_text("The largest of 4 values")
    expect(card.locator('[data-slot="value"]')).to_have_text(
        shown(told["output"]) if told["output"] >= 0.1 else f"{told['output']:.3f}"
    )
    row, column = told["winner"]
    expect(card.locator('[data-slot="patch"] tr').nth(row).locator("td").nth(column)).to_have_class("is-winner")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # no colour on its way to another
        assert serious(page) == [], theme

    # the small picture in the network is pointed at in the same way
    small = playground.neuron("max_pool2d", 0).bounding_box()
    assert small
    page.mouse.move(small["x"] + small["width"] * 0.15, small["y"] + small["height"] * 0.85)
    expect(card.get_by_text("Row 4, column 1 of 4×4")).to_be_visible()


def test_a_map_that_is_pointed_at_is_shown_large(playground: Playground) -> None:
    trained(playground)
    page = playground.page
    picture = '[data-view="example"] [data-slot="picture"]'
    caption = page.locator('[data-view="example"] [data-slot="caption"]')
    playground.painted()
    assert pixels(playground, picture).shape[:2] == (8, 8)
    playground.neuron("max_pool2d", 3).hover()
    expect(caption).to_have_text("Max pooling 2D, map 4")
    assert pixels(playground, picture).shape[:2] == (4, 4)
    page.locator(".chart").hover()
    expect(caption).to_be_empty()
    assert pixels(playground, picture).shape[:2] == (8, 8)


def test_a_filters_bias_is_edited_in_its_card(playground: Playground) -> None:
    run = trained(playground, 1)
    page = playground.page
    page.locator('.layer[data-layer="conv2d"] .bias').nth(1).click()
    field = page.locator('#map-card [data-slot="bias"]')
    expect(field).to_be_focused()
    field.fill("0,25")
    page.keyboard.press("Enter")
    playground.settled()
    assert playground.api(f"/runs/{run}/weights")["layers"]["conv2d"]["bias"][1] == 0.25
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").first.click()
    playground.settled()
    assert playground.api(f"/runs/{run}/weights")["layers"]["conv2d"]["bias"][1] != 0.25


def test_a_kernels_weight_is_edited_where_it_stands(playground: Playground) -> None:
    run = trained(playground, 1)
    page = playground.page
    playground.neuron("conv2d2", 1).click()
    kernel = page.locator('#map-card [data-slot="kernel"]').first
    channel = int(kernel.get_attribute("data-channel") or -1)
    kernel.locator("button").first.focus()
    for key in ("ArrowDown", "ArrowRight", "Enter"):  # the last of 2×2
        page.keyboard.press(key)
    page.keyboard.type("1/2")
    page.keyboard.press("Enter")
    playground.settled()
    weights = playground.api(f"/runs/{run}/weights")["layers"]["conv2d2"]["kernel"]
    assert weights[1][1][channel][1] == 0.5
    told = playground.api(f"/runs/{run}/window?layer=conv2d2&row=0&column=0&channel=1")
    page.keyboard.press("Escape")
    expect(page.locator("#map-card")).to_be_hidden()
    assert told["update"] == playground.ask("p.run.update")
    page.get_by_role("button", name="Undo").first.click()
    playground.settled()
    assert playground.api(f"/runs/{run}/weights")["layers"]["conv2d2"]["kernel"][1][1][channel][1] != 0.5


def test_all_maps_of_a_layer_and_one_that_the_network_does_not_show(playground: Playground) -> None:
    run = trained(playground)
    page = playground.page
    playground.page.locator('.layer[data-layer="conv2d2"] [data-action="all-maps"]').click()
    dialog = page.locator("#all-maps")
    expect(dialog.get_by_role("heading")).to_contain_text("all 14 maps")
    expect(dialog.locator("canvas")).to_have_count(14)
    assert serious(page) == []
    dialog.get_by_role("button", name="Map 14").click()
    expect(dialog).to_be_hidden()
    card = page.locator("#map-card")
    expect(card.get_by_role("heading")).to_contain_text("map 14")
    engine = array(playground.api(f"/runs/{run}/activations")["layers"]["conv2d2"])[..., 13]
    expect(card.locator('[data-slot="value"]')).to_have_text(shown(engine.flat[np.abs(engine).argmax()]))

    # its kernel, labelled by the channels that it reads
    card.get_by_text("The kernel for all 6 channels").click()
    labels = card.locator(".slices__item span")
    expect(labels).to_have_text(["1", "2", "3", "4", "5", "6"])
    kernel = np.array(playground.api(f"/runs/{run}/weights")["layers"]["conv2d2"]["kernel"])[..., 13]
    for channel in (0, 5):
        painted = pixels(playground, f"#map-card .slices__item:nth-child({channel + 1}) canvas").astype(int)
        clear = np.abs(kernel[..., channel]) > 0.2 * np.abs(kernel).max()
        assert ((painted[..., 2] > painted[..., 0]) == (kernel[..., channel] > 0))[clear].all()
