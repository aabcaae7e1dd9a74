"""More than two classes, numbers, and data that is no plane: drawn as what it is."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground


def test_blobs_show_the_class_that_the_engine_chooses(playground: Playground) -> None:
    playground.open("dataset=blobs&classes=4&noise=20")
    playground.play()
    playground.until("p.history.rows.at(-1)[5] > 0.9")
    playground.pause()
    page = playground.page
    page.get_by_label("Discretize").check()
    page.wait_for_timeout(150)
    side, pixels = page.evaluate(
        """() => {
            const canvas = document.querySelector(".plane__picture");
            const side = canvas.width;
            return [side, Array.from(canvas.getContext("2d").getImageData(0, 0, side, side).data)];
        }"""
    )
    cells = [(row, column) for row in range(2, side, 7) for column in range(2, side, 7)]
    points = [[-6 + (c + 0.5) * 12 / side, 6 - (r + 0.5) * 12 / side] for r, c in cells]
    chosen = playground.api(f"/runs/{playground.ask('p.runId')}/predict", {"inputs": points})["predicted"]
    colours: dict[int, set[tuple[int, ...]]] = {}
    for (row, column), kind in zip(cells, chosen, strict=True):
        colours.setdefault(kind, set()).add(tuple(pixels[4 * (row * side + column) :][:3]))
    assert sorted(colours) == [0, 1, 2, 3]
    assert all(len(found) == 1 for found in colours.values()), "each class has one colour"
    assert len({next(iter(found)) for found in colours.values()}) == 4, "and no two the same"
    expect(page.locator(".legend")).to_have_text(re.compile(r"^\s*A\s*B\s*C\s*D\s*$"))


def test_digits_show_weights_an_example_and_what_is_confused(playground: Playground) -> None:
    playground.open("dataset=digits&speed=max")
    playground.play()
    playground.until("p.history.rows.at(-1)[5] > 0.95")
    playground.pause()
    page = playground.page
    page.wait_for_timeout(1500)  # the newest confusion matrix comes about once a second
    run = playground.ask("p.runId")

    # the confusion matrix is the engine's
    wanted = playground.api(f"/runs/{run}/evaluation?split=test")["confusion"]
    rows = page.locator(".confusion tbody tr")
    shown = [[int(cell) for cell in rows.nth(r).locator("td").all_text_contents()] for r in range(10)]
    assert shown == wanted

    # the bars are the engine's answer to the example chosen
    playground.button("Next example").click()
    page.wait_for_timeout(600)
    found = playground.api(f"/runs/{run}/activations?split=test&index=1")
    for share, bar in zip(found["output"]["values"], page.locator(".bars__meter").all(), strict=True):
        assert abs(float(bar.get_attribute("value") or bar.evaluate("(m) => m.value")) - share) < 1e-6
    assert found["target"] == int(page.locator(".bars__item.is-truth .bars__name").inner_text())

    # a first-layer neuron is a picture of its 8×8 weights
    canvas = playground.neuron("hidden1", 0).locator("canvas")
    assert canvas.evaluate("(c) => [c.width, c.height]") == [8, 8]
    expect(page.get_by_role("region", name="Hidden 1").get_by_text("+ 22 more")).to_be_visible()


def test_a_table_of_many_columns(playground: Playground) -> None:
    playground.open("dataset=breast_cancer")
    playground.play()
    playground.until("p.history.rows.at(-1)[5] > 0.9")
    playground.pause()
    playground.page.locator(".confusion td").first.wait_for()
    expect(playground.page.locator(".features").get_by_text("+ 20 more")).to_be_visible()
    assert playground.ask("p.kind") == "other"


def test_two_columns_of_a_table_are_a_plane(playground: Playground) -> None:
    playground.open("dataset=iris")
    playground.page.wait_for_timeout(300)
    for column in ("sepal length (cm)", "sepal width (cm)"):
        playground.button(column).click()
        playground.settled()
    assert playground.ask("p.kind") == "plane"
    assert "features=petal%20length%20(cm),petal%20width%20(cm)" in playground.page.url
    expect(playground.page.locator(".plane__picture")).to_be_visible()


@pytest.mark.parametrize("dataset", ["reg_plane", "wave"])
def test_numbers_to_predict_have_r_squared_and_no_classes(playground: Playground, dataset: str) -> None:
    playground.open(f"dataset={dataset}")
    playground.play()
    playground.until("p.history.rows.at(-1)[5] > 0.9")
    playground.pause()
    expect(playground.page.locator(".numbers").get_by_text("R²")).to_be_visible()
    expect(playground.page.get_by_label("Discretize")).to_be_hidden()


def test_predicted_against_true_for_a_table_of_numbers(playground: Playground) -> None:
    playground.open("dataset=diabetes")
    playground.page.locator(".scatter").wait_for()
    said = playground.page.locator('[data-view="example"] [data-slot="truth"]').inner_text()
    found = playground.api(f"/runs/{playground.ask('p.runId')}/activations?split=test&index=0")
    assert f"true is {found['target']:.1f}" in said or f"true is {found['target']:.0f}" in said
