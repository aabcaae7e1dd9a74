"""More than two classes, numbers, and data that is no plane: drawn as what it is."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Playground


def test_blobs_show_the_class_that_the_engine_chooses(playground: Playground) -> None:
    playground.open("dataset=blobs&classes=4&noise=20").learn(0.9)
    page = playground.page
    page.get_by_label("Discretize").check()
    playground.painted()
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
    playground.open("dataset=digits&speed=max").learn(0.95)
    page = playground.page
    run = playground.ask("p.runId")

    # the confusion matrix is the engine's
    wanted = playground.api(f"/runs/{run}/evaluation?split=test")["confusion"]
    rows = page.locator(".confusion tbody tr")
    for r in range(10):
        expect(rows.nth(r).locator("td")).to_have_text([str(n) for n in wanted[r]])

    # the bars are the engine's answer to the example chosen
    playground.button("Next example").click()
    found = playground.api(f"/runs/{run}/activations?split=test&index=1")
    playground.until("argument.every((v, i) => Math.abs(p.example.output[i] - v) < 1e-6)", found["output"]["values"])
    playground.painted()
    for share, bar in zip(found["output"]["values"], page.locator(".bars__meter").all(), strict=True):
        assert abs(float(bar.get_attribute("value") or bar.evaluate("(m) => m.value")) - share) < 1e-6
    assert found["target"] == int(page.locator(".bars__item.is-truth .bars__name").inner_text())

    # a first-layer neuron is a picture of its 8×8 weights
    canvas = playground.neuron("hidden1", 0).locator("canvas")
    assert canvas.evaluate("(c) => [c.width, c.height]") == [8, 8]
    expect(page.get_by_role("region", name="Hidden 1").locator(".layer__more")).to_have_text("+ 22 more")


def test_a_table_of_many_columns(playground: Playground) -> None:
    playground.open("dataset=breast_cancer").learn(0.9)
    playground.page.locator(".confusion td").first.wait_for()
    expect(playground.page.locator(".features").get_by_text("+ 20 more")).to_be_visible()
    assert playground.ask("p.kind") == "other"


def test_two_columns_of_a_table_are_a_plane(playground: Playground) -> None:
    playground.open("dataset=iris")
    for column in ("sepal length (cm)", "sepal width (cm)"):
        playground.button(column).click()
        playground.settled()
    assert playground.ask("p.kind") == "plane"
    expect(playground.page).to_have_url(re.compile(re.escape("features=petal%20length%20(cm),petal%20width%20(cm)")))
    expect(playground.page.locator(".plane__picture")).to_be_visible()


@pytest.mark.parametrize("dataset", ["reg_plane", "wave"])
def test_numbers_to_predict_have_r_squared_and_no_classes(playground: Playground, dataset: str) -> None:
    playground.open(f"dataset={dataset}").learn(0.9)
    expect(playground.page.locator(".numbers").get_by_text("R²")).to_be_visible()
    expect(playground.page.get_by_label("Discretize")).to_be_hidden()


def test_predicted_against_true_for_a_table_of_numbers(playground: Playground) -> None:
    playground.open("dataset=diabetes")
    playground.page.locator(".scatter").wait_for()
    found = playground.api(f"/runs/{playground.ask('p.runId')}/activations?split=test&index=0")
    said = re.compile("true is (" + "|".join(re.escape(f"{found['target']:.{digits}f}") for digits in (0, 1)) + ")")
    expect(playground.page.locator('[data-view="example"] [data-slot="truth"]')).to_contain_text(said)
