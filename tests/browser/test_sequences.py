"""Networks of sequences: rows of values as strips; on the input it is marked what a value can be moved by."""

import numpy as np
from playwright.sync_api import expect

from tests.browser.playground import Playground
from tests.browser.test_for_everyone import serious
from tests.browser.test_images import array, card_numbers, pixels, shown, trained

WAVES = (
    "dataset=sine&layers=conv1d(filters=6,kernel_size=5,activation=tanh),lstm(units=3,return_sequences=true),"
    "conv1d(filters=4,kernel_size=3,strides=2,padding=same,activation=tanh),flatten,dense(units=1)"
)


def sees(playground: Playground, rows: int, columns: int, field: list[int]) -> None:
    """Wait until this is marked on the input; what was pointed at before stays marked until the answer is here."""
    playground.page.wait_for_function(
        """([rows, columns, ...field]) => {
            const marks = document.querySelectorAll(".feature .outlined__marks > span");
            if (marks.length !== 1) return false;
            const { style } = marks[0];
            const [top, left, height, width] = [style.top, style.left, style.height, style.width].map(parseFloat);
            const box = [top * rows, left * columns, (top + height) * rows - 100, (left + width) * columns - 100];
            return box.every((place, i) => Math.round(place / 100) === field[i]);
        }""",
        arg=[rows, columns, *field],
    )


def point_at(playground: Playground, layer: str, unit: int, row: float, column: float) -> None:
    """Where they are, in shares of the picture."""
    picture = playground.neuron(layer, unit).locator("canvas")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box
    playground.page.mouse.move(box["x"] + column * box["width"], box["y"] + row * box["height"])


def test_what_layers_make_of_a_sequence_is_shown_step_by_step(playground: Playground) -> None:
    run = trained(playground, 3, WAVES)
    found = playground.api(f"/runs/{run}/activations?split=test&index=0")
    mine = playground.ask("p.example.layers")
    for layer in ("conv1d", "lstm", "conv1d2"):
        engine, page = array(found["layers"][layer]), array(mine[layer])
        assert page.shape == (1, *engine.shape)
        assert np.abs(page[0] - engine).max() < 1e-5
    inputs = playground.api(f"/runs/{run}/examples?split=test&offset=0&limit=1")["inputs"][0]
    rows = playground.page.locator("[data-view=example] [data-slot=values] div")
    expect(rows).to_have_count(len(inputs))
    expect(rows.nth(1)).to_contain_text("value, step 2")
    playground.painted()
    for layer, unit in (("conv1d", 2), ("lstm", 1), ("conv1d2", 3)):
        values = array(found["layers"][layer])[:, unit]
        painted = pixels(playground, f'.neuron[data-layer="{layer}"][data-unit="{unit}"] canvas').astype(int)
        assert painted.shape[:2] == (1, len(values))
        clear = np.abs(values) > 0.25 * np.abs(array(found["layers"][layer])).max()
        assert ((painted[0, :, 2] > painted[0, :, 0]) == (values > 0))[clear].all(), (layer, unit)
    kernel = np.array(playground.api(f"/runs/{run}/weights")["layers"]["conv1d2"]["kernel"])[:, :, 1]
    painted = pixels(playground, '.layer[data-layer="conv1d2"] .cell:nth-child(2) .kernel').astype(int)
    assert painted.shape[:2] == (3, 3), "a row for each channel"
    clear = np.abs(kernel.T) > 0.2 * np.abs(kernel).max()
    assert ((painted[..., 2] > painted[..., 0]) == (kernel.T > 0))[clear].all()


def test_a_value_of_a_sequence_is_followed_to_what_made_it_and_its_kernel_changed(playground: Playground) -> None:
    run = trained(playground, 2, WAVES)
    page, keys = playground.page, playground.page.keyboard
    playground.neuron("conv1d", 1).focus()
    keys.press("Enter")
    card = page.locator("#map-card")
    expect(card.locator('[data-slot="map"]')).to_be_focused()
    for _ in range(12):
        keys.press("ArrowLeft")
    for _ in range(4):
        keys.press("ArrowRight")
    expect(card.get_by_text("Step 5 of 12")).to_be_visible()
    told = playground.api(f"/runs/{run}/window?layer=conv1d&row=0&column=4&channel=1")
    expect(card.locator('[data-slot="value"]')).to_have_text(shown(told["output"]))
    expect(card.locator('[data-slot="sum"]')).to_contain_text(f"= {shown(told['pre'])}")
    (kernel,) = card_numbers(playground, "kernel")
    for text, weight in zip(kernel, told["shares"][0]["kernel"][0], strict=True):
        assert abs(float(text.replace("−", "-")) - weight) < 0.006
    assert told["field"] == [0, 4, 0, 8]
    sees(playground, 1, 16, told["field"])
    assert serious(page) == []

    card.get_by_role("button", name="Weight").nth(2).click()
    page.get_by_role("textbox", name="Weight, row 1, column 3").fill("0.75")
    keys.press("Enter")
    expect(card.get_by_role("button", name="Weight 0.75")).to_be_visible()
    playground.settled()
    assert playground.api(f"/runs/{run}/weights")["layers"]["conv1d"]["kernel"][2][0][1] == 0.75


def test_pointing_at_a_value_marks_what_it_sees_of_the_input(playground: Playground) -> None:
    run = trained(playground, 1)
    for layer, size, row, column in (("conv2d", 8, 2, 7), ("max_pool2d", 4, 1, 2), ("conv2d2", 3, 1, 0)):
        point_at(playground, layer, 1, (row + 0.4) / size, (column + 0.4) / size)
        told = playground.api(f"/runs/{run}/window?layer={layer}&row={row}&column={column}&channel=1")
        sees(playground, 8, 8, told["field"])
    playground.page.mouse.move(2, 2)
    expect(playground.page.locator(".feature .outlined__marks > span")).to_have_count(0)


def test_a_memory_sees_all_steps_so_far(playground: Playground) -> None:
    run = trained(playground, 1, WAVES)
    point_at(playground, "lstm", 0, 0.5, 5.5 / 12)
    sees(playground, 1, 16, [0, 0, 0, 9])
    point_at(playground, "conv1d2", 0, 0.5, 1.5 / 6)
    told = playground.api(f"/runs/{run}/window?layer=conv1d2&row=0&column=1&channel=0")
    sees(playground, 1, 16, told["field"])
