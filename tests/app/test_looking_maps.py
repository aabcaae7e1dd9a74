"""Feature maps through REST: some channels only, and every number that made one value."""

import numpy as np
import pytest

from app.wire import decode
from tests.app.test_examining import IMAGES, post, twin_of


def test_some_channels_of_the_maps(make):
    run = make(IMAGES)
    run.step("epoch")
    whole = run.get("activations", index=2)["layers"]["conv"]
    some = run.get("activations", index=2, channels=3)["layers"]
    assert (whole["shape"], some["conv"]["shape"]) == ([6, 6, 4], [6, 6, 3])
    values = np.reshape(whole["values"], whole["shape"])[..., :3]
    assert np.reshape(some["conv"]["values"], (6, 6, 3)).tolist() == values.tolist()
    assert some["out"]["shape"] == [10]
    packed = run.client.get(
        f"{run.path}/activations?index=2&channels=3", headers={"accept": "application/octet-stream"}
    )
    assert decode(packed.content)[1]["pool"].shape == (3, 3, 3)


@pytest.mark.parametrize("at", [0, None], ids=["past", "now"])
def test_a_value_of_a_map_and_what_made_it(make, at):
    run = make(IMAGES)
    run.step("epoch", 2)
    more = {} if at is None else {"at": at}
    told = run.get("window", layer="conv", row=2, column=1, channel=3, index=4, **more)
    t = twin_of(IMAGES, 2 if at is None else 0) if at is None else None
    seen = run.get("activations", index=4, **more)["layers"]
    assert told["output"] == np.reshape(seen["conv"]["values"], (6, 6, 4))[2, 1, 3]
    assert told["pre"] == np.reshape(seen["conv:pre"]["values"], (6, 6, 4))[2, 1, 3]
    (share,) = told["shares"]
    assert np.sum(np.multiply(share["patch"], share["kernel"])) + told["bias"] == pytest.approx(told["pre"], abs=1e-5)
    assert (told["reads"], told["field"], told["epoch"]) == ("input", [2, 1, 4, 3], 0 if at == 0 else 2)
    if t is not None:
        np.testing.assert_allclose(share["kernel"], t.weights()["conv"]["kernel"][:, :, 0, 3])


def test_a_drawn_picture_has_windows_too(make, client):
    run = make(IMAGES)
    of_data = run.get("window", layer="pool", row=1, column=1, channel=0, index=4)
    drawn = post(
        client,
        run,
        "window",
        {"input": run.get("activations", index=4)["raw"]},
        layer="pool",
        row=1,
        column=1,
        channel=0,
    )
    assert drawn == of_data
    assert of_data["how"] == "largest"
    row, column = of_data["winner"]
    assert of_data["shares"][0]["patch"][row][column] == of_data["output"]
    refused = run.client.get(f"{run.path}/window?layer=out&row=0&column=0&channel=0")
    assert (refused.status_code, refused.json()["where"]) == (422, "layer")


def test_a_sequence_has_maps_of_one_row(make):
    run = make(
        {
            "data": "sine",
            "network": {
                "layers": [
                    {"id": "conv", "type": "conv1d", "filters": 5, "kernel_size": 3, "activation": "tanh"},
                    {"id": "flat", "type": "flatten"},
                    {"id": "out", "type": "dense", "units": 1},
                ]
            },
            "training": {"loss": "mse"},
        }
    )
    run.step("epoch")
    whole = np.reshape(run.get("activations", index=3)["layers"]["conv"]["values"], (14, 5))
    some = run.get("activations", index=3, channels=2)["layers"]["conv"]
    assert some["shape"] == [14, 2]
    assert np.reshape(some["values"], (14, 2)).tolist() == whole[:, :2].tolist()
    told = run.get("window", layer="conv", row=0, column=6, channel=4, index=3)
    assert (told["output"], told["columns"], told["field"]) == (whole[6, 4], [6, 7, 8], [0, 6, 0, 8])
    refused = run.client.get(f"{run.path}/window?layer=conv&row=1&column=0&channel=0")
    assert (refused.status_code, refused.json()["where"]) == (422, "row")
