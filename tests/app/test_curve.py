"""What is made for drawing: the history thinned to a curve, and activations as compact frames."""

import numpy as np

from app.wire import decode
from engine.events import COLUMNS
from tests.app.conftest import SMALL


def test_the_curve_is_the_history_thinned_with_the_newest_row(make):
    run = make(SMALL)
    for epochs in (3, 500, 700):
        run.step("epoch", epochs)
        curve, rows = run.get("curve"), run.rows()
        assert curve["columns"] == list(COLUMNS)
        assert len(curve["seq"]) <= 401
        assert curve["rows"] == [rows[seq - 1] for seq in curve["seq"]]
        assert curve["seq"][-1] == len(rows)
        assert set(np.diff(curve["seq"][:-1])) <= {curve["stride"]}
    run.state("created")
    assert run.get("curve")["seq"] == [1]


def test_frames_of_activations_hold_what_the_text_says(make, client):
    run = make({"data": "digits", "network": {"layers": [
        {"id": "conv", "type": "conv2d", "filters": 3, "kernel_size": 3, "activation": "relu"},
        {"id": "flat", "type": "flatten"}, {"id": "out", "type": "dense", "units": 10, "activation": "softmax"}]},
        "training": {"loss": "categorical_cross_entropy"}})  # fmt: skip
    text = run.get("activations", index=2)
    answer = client.get(f"{run.path}/activations?index=2", headers={"Accept": "application/octet-stream"})
    head, arrays = decode(answer.content)
    assert head["target"] == text["target"]
    assert arrays["conv"].shape == (6, 6, 3)
    assert arrays["input"].shape == (8, 8, 1)
    for id, layer in text["layers"].items():
        np.testing.assert_array_equal(arrays[id].ravel(), np.array(layer["values"], np.float32))
    assert len(answer.content) < len(client.get(f"{run.path}/activations?index=2").content)
    _, some = decode(
        client.get(f"{run.path}/activations?layers=conv", headers={"Accept": "application/octet-stream"}).content
    )
    assert set(some) == {"input", "output", "conv", "conv:pre"}
