"""The pictures are the engine's: what the browser computes equals what the server answers, to 1e-5."""

from itertools import product
from typing import Any

import pytest

from tests.browser.playground import Playground

NETS = {
    "tanh and every feature": "features=x,y,x_squared,y_squared,x_times_y,sin_x,sin_y",
    "many kinds of neurons": "dataset=blobs&classes=4&features=x,y,sin_y"
    "&layers=dense(units=6,activation=leaky_relu(negative_slope=0.2)),dropout(rate=0.1),dense(units=5,activation=silu),activation(activation=elu),dense(units=5,activation=gelu,bias=false),"
    "dense(units=4,activation=softmax)",
    "normalized layers": "features=x,y,x_times_y"
    "&layers=dense(units=6,activation=tanh),layer_norm,dense(units=5,activation=relu),batch_norm,"
    "layer_norm(epsilon=0.1,affine=false),dense(units=1,activation=tanh)",
    "the plane as a picture": "dataset=blobs&classes=3&features=x,y,x_squared,y_squared,x_times_y,sin_x"
    "&layers=reshape(shape=2x3x1),conv2d(filters=4,kernel_size=2,padding=same,activation=softmax),batch_norm,layer_norm,"
    "spatial_dropout2d(rate=0.1),avg_pool2d(pool_size=2x2,strides=1x1,padding=same),max_pool2d(pool_size=1x2,strides=1x1),"
    "reshape(shape=4x4),conv1d(filters=6,kernel_size=2,strides=2,padding=explicit,border=1,groups=2,activation=tanh),"
    "reshape(shape=3x2x3),global_avg_pool2d,dense(units=3,activation=softmax)",
    "the plane as a sequence": "dataset=spiral&features=x,y,sin_x,sin_y"
    "&layers=reshape(shape=4x1),lstm(units=4,return_sequences=true),gru(units=3,return_sequences=true),"
    "simple_rnn(units=4),dense(units=1,activation=tanh)",
    "two columns of iris": "dataset=iris&features=petal%20length%20(cm),sepal%20width%20(cm)"
    "&layers=dense(units=12,activation=sigmoid),dense(units=6,activation=softplus),dense(units=3,activation=softmax)",
    "a wide net on the line": "dataset=wave"
    "&layers=dense(units=48,activation=relu),dense(units=16,activation=tanh),dense(units=1)",
}


def points_of(playground: Playground) -> list[list[float]]:
    """A grid in the units of the data."""
    if playground.ask("p.kind") == "line":
        return [[x / 8] for x in range(-48, 49)]
    if playground.ask("p.spec.data.type") == "iris":
        return [[1 + x / 2, 2 + y / 4] for x, y in product(range(13), range(10))]
    return [[x / 2, y / 2] for x, y in product(range(-12, 13), repeat=2)]


def largest(a: list[list[float]], b: list[list[float]]) -> float:
    return max(abs(p - q) for row, other in zip(a, b, strict=True) for p, q in zip(row, other, strict=True))


@pytest.mark.parametrize("name", NETS)
def test_pictures_equal_the_engines_outputs(playground: Playground, name: str) -> None:
    run = playground.open(NETS[name] + "&speed=60").train(20)

    points = points_of(playground)
    engine = playground.api(f"/runs/{run}/predict", {"inputs": points})["outputs"]
    assert largest(playground.pictures("output", points), engine) < 1e-5

    # the neurons inside, at examples of the data
    for index in range(8):
        found: dict[str, Any] = playground.api(f"/runs/{run}/activations?split=test&index={index}")
        for layer in playground.ask("p.spec.network.layers.map((layer) => layer.id)"):
            browser = playground.pictures(layer, [found["raw"]])
            assert largest(browser, [found["layers"][layer]["values"]]) < 1e-5, layer


def test_what_is_painted_is_what_is_computed(playground: Playground) -> None:
    """Blue where a neuron gives more than 0, orange where less: read from the canvas itself."""
    playground.open().train(30)
    playground.painted()
    for layer, unit in (("hidden1", 0), ("hidden1", 3), ("hidden2", 1), ("output", 0)):
        side, pixels = playground.page.evaluate(
            """([layer, unit]) => {
                const canvas = document.querySelector(`.neuron[data-layer="${layer}"][data-unit="${unit}"] canvas`);
                const side = canvas.width;
                return [side, Array.from(canvas.getContext("2d").getImageData(0, 0, side, side).data)];
            }""",
            [layer, unit],
        )
        cells = [(row, column) for row in range(0, side, 3) for column in range(0, side, 3)]
        points = [[-6 + (column + 0.5) * 12 / side, 6 - (row + 0.5) * 12 / side] for row, column in cells]
        values = playground.pictures(layer, points)
        for (row, column), value in zip(cells, values, strict=True):
            if abs(value[unit]) > 0.1:
                red, _, blue, _ = pixels[4 * (row * side + column) :][:4]
                assert (blue > red) == (value[unit] > 0), (layer, unit, row, column)


def test_whatever_is_pointed_at_is_shown_large(playground: Playground) -> None:
    playground.open()
    page = playground.page
    caption = page.locator(".plane__caption")
    picture = "document.querySelector('.plane__picture').toDataURL()"
    playground.painted()
    output = page.evaluate(picture)
    playground.neuron("hidden1", 2).hover()
    caption.get_by_text("Hidden 1, neuron 3").wait_for()
    neuron = page.evaluate(picture)
    page.get_by_role("button", name="x²").hover()
    caption.get_by_text("Feature x²").wait_for()
    feature = page.evaluate(picture)
    page.locator(".chart").hover()
    caption.get_by_text("Feature x²").wait_for(state="hidden")
    playground.painted()
    assert len({output, neuron, feature}) == 3
    assert page.evaluate(picture) == output
