"""Work comes in and goes out through the page: code is read and opened, files are downloaded and say what is shown."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.browser.playground import Playground
from tests.browser.test_for_everyone import serious

KERAS = """
import keras
model = keras.Sequential([
    keras.Input((8, 8, 1)),
    keras.layers.Conv2D(4, 3, activation="relu"),
    keras.layers.MaxPooling2D(2),
    keras.layers.Flatten(),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
"""
WRONG = 'import keras\nmodel = keras.Sequential([keras.layers.Dense("many")])'


def bring_in(page: Page, text: str) -> None:
    page.get_by_role("button", name="Start from …").first.click()
    page.get_by_role("button", name="Your code, a link, a model …").click()
    dialog = page.get_by_role("dialog", name="Bring in")
    dialog.get_by_label("Code, link or JSON").fill(text)
    dialog.get_by_role("button", name="Read it").click()


def take_away(page: Page) -> None:
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Take it away as code, model, numbers …").click()


def downloaded(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Download {name}", exact=True).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_code_is_read_shown_and_opened_and_undone(playground: Playground) -> None:
    page = playground.open("dataset=circle").page
    before = playground.ask("p.spec")
    bring_in(page, KERAS)
    dialog = page.get_by_role("dialog", name="Bring in")
    expect(dialog.get_by_role("row", name="conv2d1 conv2d 6 × 6 × 4 40")).to_be_visible()
    dialog.get_by_role("button", name="Open it here").click()
    playground.settled()
    playground.until("p.run.spec && p.run.spec.network.layers.length === 4")
    spec = playground.api(f"/runs/{playground.ask('p.runId')}")["spec"]
    assert spec["data"]["type"] == "digits"  # the code does not say its data: a set here has such pictures
    assert [layer["type"] for layer in spec["network"]["layers"]] == ["conv2d", "max_pool2d", "flatten", "dense"]
    assert spec["training"]["optimizer"]["learning_rate"] == 0.01
    page.keyboard.press("Control+z")
    playground.settled()
    assert playground.ask("p.spec") == before


def test_a_mistake_names_its_line_and_nothing_is_lost(playground: Playground) -> None:
    page = playground.open().page
    before = playground.ask("p.spec")
    bring_in(page, WRONG)
    dialog = page.get_by_role("dialog", name="Bring in")
    expect(dialog.get_by_role("alert")).to_contain_text("ine 2")
    expect(dialog.get_by_role("button", name="Open it here")).to_be_disabled()
    bring_in_again = dialog.get_by_label("Code, link or JSON")
    assert bring_in_again.input_value() == WRONG
    bring_in_again.fill("good morning")
    dialog.get_by_role("button", name="Read it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("none of the kinds")
    assert serious(page) == []
    page.keyboard.press("Escape")
    assert playground.ask("p.spec") == before


def test_a_program_computes_the_losses_shown(playground: Playground, tmp_path: Path) -> None:
    page = playground.open("dataset=xor").page
    for epoch in (1, 2, 3):  # the last row is of the newest weights: a pause may come within an epoch
        playground.step(epoch)
    take_away(page)
    assert serious(page) == []
    program = downloaded(page, "NumPy", tmp_path)
    done = subprocess.run([sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=True)
    loss = playground.ask("p.history.rows.at(-1)[p.history.columns.indexOf('train_loss')]")
    assert f"{loss:.6f}"[:8] in done.stdout
    losses = downloaded(page, "CSV", tmp_path).read_text().splitlines()
    assert float(losses[-1].split(",")[2]) == pytest.approx(loss)
    for name in ("the network as SVG", "the chart of the loss as SVG"):
        drawing = ElementTree.parse(downloaded(page, name, tmp_path)).getroot()
        assert drawing.tag.endswith("svg") and "epoch" in str(drawing[0].text)
    assert downloaded(page, "the network as PNG", tmp_path).read_bytes().startswith(b"\x89PNG")
    picture = downloaded(page, "the chart of the loss as PNG", tmp_path)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert downloaded(page, "the picture of the output", tmp_path).read_bytes().startswith(b"\x89PNG")


def test_what_was_taken_away_comes_in_again(playground: Playground, tmp_path: Path) -> None:
    page = playground.open("dataset=gauss&network=dense-3-relu,dense-1-tanh").page
    here = playground.ask("p.spec")
    take_away(page)
    saved = downloaded(page, "JSON", tmp_path)
    assert json.loads(saved.read_text())["data"]["type"] == "gauss"
    page.get_by_role("dialog", name="Take away").get_by_role("button", name="Close").click()
    playground.open("dataset=spiral")
    bring_in(page, saved.read_text())
    page.get_by_role("button", name="Open it here").click()
    playground.settled()
    assert playground.ask("p.spec") == here


def choose_file(page: Page, path: Path) -> None:
    page.get_by_role("button", name="Start from …").first.click()
    page.get_by_role("button", name="Your code, a link, a model …").click()
    page.get_by_role("dialog", name="Bring in").locator("input[type=file]").set_input_files(path)


def said(playground: Playground, run: str) -> list[list[float]]:
    """What the server says of a run's first test examples."""
    inputs = playground.api(f"/runs/{run}/examples?limit=30")["inputs"]
    return playground.api(f"/runs/{run}/predict", {"inputs": inputs, "ready": True})["outputs"]


def test_a_model_comes_in_with_its_weights_and_undo_finds_what_was_there(
    playground: Playground, tmp_path: Path
) -> None:
    pytest.importorskip("onnx")
    page = playground.open(
        "dataset=gauss&layers=dense(units=3,activation=relu),dense(units=1,activation=tanh)&speed=30"
    ).page
    first = playground.train(3)
    weights, outputs = playground.ask("p.frame.weights"), said(playground, first)
    take_away(page)
    saved = downloaded(page, "ONNX", tmp_path)
    page.goto("about:blank")
    playground.open("dataset=spiral&speed=30")
    spiral, learned = playground.train(2), playground.rows()
    choose_file(page, saved)
    dialog = page.get_by_role("dialog", name="Bring in")
    expect(dialog.get_by_text("It comes with its weights.")).to_be_visible()
    dialog.get_by_role("button", name="Open it here").click()
    playground.settled()
    brought = playground.ask("p.runId")
    assert brought not in (first, spiral)
    assert playground.ask("p.spec.data.type") == "gauss"
    playground.until("JSON.stringify(p.frame.weights) === JSON.stringify(argument)", weights)
    assert said(playground, brought) == outputs
    found = playground.api(f"/runs/{brought}/evaluation?split=test")
    assert playground.rows()[-1]["test_loss"] == pytest.approx(found["loss"], rel=1e-6)
    expect(page.locator(".numbers")).to_contain_text(f"{100 * found['metric']:.0f}")
    # undo finds the spiral as it had been learned, redo the model with its weights
    page.keyboard.press("Control+z")
    playground.settled()
    assert playground.ask("p.runId") == spiral
    assert playground.rows() == learned
    page.keyboard.press("Control+Shift+z")
    playground.settled()
    assert playground.ask("p.runId") == brought
    assert playground.ask("p.frame.weights") == weights


def test_weights_of_a_file_go_into_the_network_on_show(playground: Playground, tmp_path: Path) -> None:
    page = playground.open("dataset=xor&speed=30").page
    run = playground.train(3)
    take_away(page)
    page.get_by_label("Names of the weights").select_option("keras")
    saved = downloaded(page, "safetensors", tmp_path)
    page.get_by_role("dialog", name="Take away").get_by_role("button", name="Close").click()
    trained = playground.ask("p.frame.weights")
    playground.reset()
    start = playground.ask("p.frame.weights")
    choose_file(page, saved)
    dialog = page.get_by_role("dialog", name="Bring in")
    expect(dialog.get_by_text(f"The weights in {saved.name}")).to_be_visible()
    assert serious(page) == []
    dialog.get_by_role("button", name="Put the weights in").click()
    expect(dialog).to_be_hidden()
    playground.until("JSON.stringify(p.frame.weights) === JSON.stringify(argument)", trained)
    assert playground.ask("p.runId") == run
    page.keyboard.press("Control+z")
    playground.until("JSON.stringify(p.frame.weights) === JSON.stringify(argument)", start)
    page.keyboard.press("Control+Shift+z")
    playground.until("JSON.stringify(p.frame.weights) === JSON.stringify(argument)", trained)
    # a file of another network is refused where it was chosen, and says why
    page.goto("about:blank")
    playground.open("dataset=xor&layers=dense(units=7),dense(units=1,activation=tanh)")
    choose_file(page, saved)
    dialog.get_by_role("button", name="Put the weights in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("but the network needs (2, 7)")
    expect(dialog.get_by_role("alert")).to_contain_text("'hidden1/kernel'")


def test_over_plain_http_where_nothing_can_be_copied_it_is_said(playground: Playground) -> None:
    page = playground.page
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    playground.open()
    take_away(page)
    away = page.get_by_role("dialog", name="Take away")
    away.locator("[data-script]").first.click()
    expect(away.get_by_role("alert")).to_have_text("Copying is not allowed here.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Show it inside a page of yours …").click()
    embed = page.locator("#embed-dialog")
    embed.locator('[data-action="copy"]').click()
    expect(embed.get_by_role("status")).to_have_text("Copying is not allowed here: the code is selected, copy it.")
