"""Putting a network together: from a preset, from the palette, with shortcuts; by mouse and by keyboard."""

import pytest
from playwright.sync_api import expect

from engine.presets import SMALLEST, presets
from tests.browser.playground import Playground

# Two of the smallest networks stand for all: that each can be built is for the engine's tests.
SOME = [
    preset for preset in presets() if preset.group != SMALLEST or preset.name in ("smallest_wine", "smallest_digits")
]
HERE = [preset for preset in SOME if preset.data["type"] != "mnist"]
SIZES = "p.run.spec.network.layers.map((layer) => layer.units ?? layer.type)"
READS = "p.run.spec.network.layers.map((layer) => (layer.inputs ?? []).join(' '))"


def start_from(playground: Playground, name: str) -> None:
    playground.button("Start from …").click()
    playground.page.locator(f'#starts [data-preset="{name}"]').click()
    playground.settled()


def test_every_preset_opens_and_its_link_is_the_same_experiment(playground: Playground) -> None:
    playground.open()
    for preset in HERE:
        start_from(playground, preset.name)
        assert playground.ask("p.errors") == [], preset.name
        spec = playground.ask("p.run.spec")
        assert spec["data"]["type"] == preset.data["type"]
        assert [layer["type"] for layer in spec["network"]["layers"]] == [layer["type"] for layer in preset.layers]
        assert (
            playground.api(f"/runs/{playground.ask('p.runId')}")["spec"]["training"] == preset.experiment()["training"]
        )


@pytest.mark.parametrize("name", ["residual", "xor_by_hand"])
def test_a_preset_learns_and_undo_brings_back_what_was_there(playground: Playground, name: str) -> None:
    playground.open("dataset=gauss&layers=dense(units=3),dense(units=1,activation=tanh)&seed=9")
    before = playground.page.url
    start_from(playground, name)
    after = playground.page.url
    first = playground.rows()[0]["train_loss"]
    playground.play()
    playground.until("p.history.rows.at(-1)[p.history.columns.indexOf('train_loss')] < argument / 2", first)
    playground.page.keyboard.press("Control+z")
    playground.settled()
    assert playground.page.url == before
    assert playground.ask(SIZES) == [3, 1]
    playground.page.locator('[data-action="redo"]').click()
    playground.settled()
    assert playground.page.url == after
    # the link alone says it all, shortcuts included
    playground.page.goto("about:blank")
    playground.page.goto(after)
    playground.ready()
    assert playground.page.url == after
    assert playground.ask("p.errors") == []


def test_a_shortcut_is_made_drawn_and_taken_away_on_the_page(playground: Playground) -> None:
    playground.open(
        "layers=dense(units=4,activation=tanh),dense(units=4,activation=tanh),dense(units=1,activation=tanh)"
    )
    page = playground.page
    page.get_by_role("button", name="Hidden 2", exact=True).click()
    page.locator("#part-menu").get_by_role("button", name="Shortcut around it").click()
    playground.settled()
    assert playground.ask(SIZES) == [4, 4, "add", 1]
    assert playground.ask(READS) == ["", "", "hidden2 hidden1", ""]
    # the browser's pictures follow: what is added is the sum
    points = [[1.0, -2.0], [3.0, 0.5]]
    one, two, both = (playground.pictures(layer, points) for layer in ("hidden1", "hidden2", "add"))
    for a, b, total in zip(one, two, both, strict=True):
        assert total == pytest.approx([x + y for x, y in zip(a, b, strict=True)], abs=1e-6)
    # another source, by ticking it
    page.get_by_role("button", name="Add", exact=True).click()
    boxes = page.locator("#part-menu").get_by_role("group", name="Reads")
    expect(boxes.get_by_role("checkbox", name="Hidden 1")).to_be_checked()
    boxes.get_by_role("checkbox", name="Hidden 1").uncheck()
    expect(page.get_by_role("region", name="Add").locator(".layer__error")).to_contain_text("joins two or more layers")
    boxes.get_by_role("checkbox", name="Hidden 1").check()
    playground.until("p.errors.length === 0")
    # and away
    page.locator("#part-menu").get_by_role("button", name="Delete").click()
    playground.settled()
    assert playground.ask(SIZES) == [4, 4, 1]
    assert playground.ask(READS) == ["", "", ""]


def test_a_layer_is_found_by_name_and_put_in_anywhere(playground: Playground) -> None:
    playground.open()
    page = playground.page
    playground.button("Other layers …").click()
    palette = page.locator("#palette")
    page.keyboard.type("layer norm")
    expect(palette.get_by_role("listitem").first).to_contain_text("Layer normalization")
    palette.get_by_label("before").select_option(label="Hidden 2")
    palette.get_by_label("Find a kind of layer").press("Enter")
    playground.settled()
    assert playground.ask(SIZES) == [4, "layer_norm", 2, 1]
    assert page.evaluate("document.activeElement.closest('.layer').dataset.layer") == "layer_norm"


def test_a_layer_is_dragged_from_the_palette_to_its_place(playground: Playground) -> None:
    playground.open()
    page = playground.page
    playground.button("Other layers …").click()
    item = page.locator("#palette").get_by_role("button", name="Dropout While training")
    item.scroll_into_view_if_needed()
    box = page.get_by_role("region", name="Hidden 2").bounding_box()
    item.hover()
    page.mouse.down()
    for share in (0.9, 0.6, 0.4):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + 200, steps=4)
    expect(page.locator("#drop-mark")).to_be_visible()
    page.mouse.up()
    playground.settled()
    assert playground.ask(SIZES) == [4, "dropout", 2, 1]
    expect(page.locator("#drop-mark")).to_be_hidden()
    expect(page.locator("#palette")).to_be_hidden()


def test_a_mistake_is_put_right_by_a_button_at_its_layer(playground: Playground) -> None:
    playground.open("dataset=digits")
    page = playground.page
    page.get_by_role("button", name="Flatten", exact=True).click()
    page.locator("#part-menu").get_by_role("button", name="Delete").click()
    layer = page.get_by_role("region", name="Hidden 1")
    layer.get_by_role("button", name="Put Flatten before it").click()
    playground.until("p.errors.length === 0")
    playground.settled()
    assert playground.ask(SIZES) == ["flatten", 32, 10]
    expect(layer.locator(".layer__repairs")).to_be_empty()
    # another: two outputs for ten classes
    page.get_by_role("button", name="Output", exact=True).click()
    units = page.locator("#part_form").get_by_label("Units")
    units.fill("2")
    units.press("Enter")
    page.keyboard.press("Escape")
    playground.page.get_by_role("button", name="Fit the outputs to the data").click()
    playground.settled()
    assert playground.ask(SIZES) == ["flatten", 32, 10]
    assert playground.ask("p.errors") == []


def test_every_layer_says_its_shapes_and_how_many_weights_it_has(playground: Playground) -> None:
    playground.open("dataset=digits&layers=conv2d(filters=4),flatten,dense(units=10,activation=softmax)")
    spec = playground.ask("p.run.spec")
    check = playground.api("/networks/check", {"network": spec["network"], "data": {"type": "digits"}})["layers"]
    facts = playground.page.locator(".layer__head")
    for place, layer in enumerate(check):
        text = facts.nth(place).inner_text()
        assert "×".join(map(str, layer["output_shape"])) in text
        assert f"{layer['parameters']} weights" in text or layer["parameters"] == 0
    # live: another kernel, other numbers
    playground.page.get_by_role("button", name="Conv2D", exact=True).click()
    field = playground.page.locator("#part_form").get_by_label("Filters")
    field.fill("5")
    field.press("Enter")
    expect(facts.first).to_contain_text("6×6×5")
    expect(facts.first).to_contain_text("50 weights")


def test_a_reload_shows_shapes_weights_and_maps_as_before(playground: Playground) -> None:
    playground.open("dataset=digits&layers=conv2d(filters=4),flatten,dense(units=10,activation=softmax)")
    heads, maps = playground.page.locator(".layer__head"), playground.page.locator('.neuron[data-layer="conv2d"]')
    expect(maps).to_have_count(4)
    before = heads.all_inner_texts()
    run = playground.ask("p.runId")
    playground.reload()
    assert playground.ask("p.runId") == run
    expect(maps).to_have_count(4)
    for place, text in enumerate(before):
        expect(heads.nth(place)).to_have_text(text, use_inner_text=True)
