"""Every value of a feature map is the sum, maximum or mean of the window that is shown, and sees what is outlined."""

import numpy as np
import pytest

from engine.errors import SpecError
from engine.experiment import Experiment
from engine.receptive import made
from engine.train import Trainer

SEQUENCES = {
    "valid": {"kernel_size": 4, "activation": "tanh"},
    "same, strides": {"kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"},
    "own border, no bias": {"kernel_size": 2, "padding": "explicit", "border": 3, "bias": False},
    "gaps and groups": {"kernel_size": 2, "dilation": 3, "groups": 2, "activation": "relu"},
}
END = [{"id": "flat", "type": "flatten"}, {"id": "out", "type": "dense", "units": 10, "activation": "softmax"}]
FIRST = {"id": "first", "type": "conv2d", "filters": 4, "kernel_size": 3, "activation": "relu"}
LAYERS = {
    "valid": {"type": "conv2d", "filters": 3, "kernel_size": 3, "activation": "tanh"},
    "same, strides": {"type": "conv2d", "filters": 2, "kernel_size": [2, 3], "strides": [2, 1], "padding": "same"},
    "own border, no bias": {"type": "conv2d", "filters": 2, "padding": "explicit", "border": [2, 1], "bias": False},
    "dilation": {"type": "conv2d", "filters": 2, "kernel_size": 2, "dilation": [2, 3], "activation": "relu"},
    "groups": {"type": "conv2d", "filters": 4, "kernel_size": 2, "groups": 2, "padding": "same"},
    "max": {"type": "max_pool2d"},
    "max over the edge": {"type": "max_pool2d", "pool_size": 3, "strides": 2, "padding": "same"},
    "mean over the edge": {"type": "avg_pool2d", "pool_size": 2, "strides": 3, "padding": "same"},
}


def trainer(*layers):
    spec = {
        "data": "digits",
        "network": {"layers": [*layers, *END]},
        "training": {"loss": "categorical_cross_entropy", "optimizer": "adam"},
    }
    t = Trainer(Experiment.from_json(spec))
    for _ in t.events("epoch"):
        return t


def layers_of(name):
    return FIRST, {"id": "look", **LAYERS[name]}


@pytest.mark.parametrize("name", LAYERS)
def test_a_value_is_made_of_its_window(name):
    t = trainer(*layers_of(name))
    x = t.data.inputs[3]
    seen = t.activations(x[None])
    sums, outputs = seen.get("look:pre", seen["look"])[0], seen["look"][0]
    source = seen["first"][0]
    for at in np.ndindex(outputs.shape):
        told = made(t, x, "look", at, most=2)
        parts = [share.sum for share in told.shares] + [told.rest] + [told.bias or 0.0]
        assert sum(parts) == pytest.approx(sums[at], abs=2e-6)
        assert (told.pre, told.output) == (sums[at], outputs[at])
        for share in told.shares:
            for i, row in enumerate(told.rows):
                for j, column in enumerate(told.columns):
                    inside = 0 <= row < source.shape[0] and 0 <= column < source.shape[1]
                    expected = source[row, column, share.channel] if inside else np.nan
                    np.testing.assert_equal(share.patch[i, j], expected)
            if share.kernel is not None:
                assert share.sum == pytest.approx(np.nansum(share.patch * share.kernel))
        if told.how == "largest":
            assert told.shares[0].patch[told.winner] == outputs[at]


def test_the_strongest_channels_come_first_and_the_rest_is_added_up():
    t = trainer(*layers_of("valid"))
    x = t.data.inputs[0]
    whole, some = (made(t, x, "look", (1, 2, 1), most) for most in (4, 1))
    sizes = [abs(share.sum) for share in whole.shares]
    assert sizes == sorted(sizes, reverse=True)
    assert (whole.channels, whole.rest) == (4, 0)
    assert some.rest == pytest.approx(sum(share.sum for share in whole.shares[1:]))


def test_a_group_sees_its_own_channels_only():
    t = trainer(*layers_of("groups"))
    for channel, expected in ((0, {0, 1}), (1, {0, 1}), (2, {2, 3}), (3, {2, 3})):
        told = made(t, t.data.inputs[0], "look", (0, 0, channel))
        assert {share.channel for share in told.shares} == expected


@pytest.mark.parametrize("name", LAYERS)
def test_what_is_outside_of_the_field_changes_nothing(name, rng):
    """And each edge of the field matters: checked by changing the picture."""
    t = trainer({**FIRST, "activation": "linear", "padding": "same"}, {"id": "look", **LAYERS[name]})
    x = t.data.inputs[5]
    shape = t.activations(x[None])["look"].shape[1:]
    for at in ((0, 0, 0), (shape[0] - 1, shape[1] // 2, 1), (shape[0] // 2, shape[1] - 1, 1)):
        top, left, bottom, right = made(t, x, "look", at).field
        inside = np.zeros(x.shape, bool)
        inside[top : bottom + 1, left : right + 1] = True
        noisy = np.where(inside, x, rng.normal(size=x.shape))
        assert made(t, noisy, "look", at).output == pytest.approx(made(t, x, "look", at).output, abs=1e-5)
        if not name.startswith("max"):
            for row, column in ((top, left), (bottom, right)):
                other = x.copy()
                other[row, column] += 3
                assert made(t, other, "look", at).pre != made(t, x, "look", at).pre


def test_what_a_joined_layer_sees_is_what_both_branches_see():
    wide = {"id": "wide", "type": "conv2d", "filters": 4, "kernel_size": 5, "padding": "same", "inputs": ["first"]}
    add = {"id": "sum", "type": "add", "inputs": ["first", "wide"]}
    t = trainer({**FIRST, "padding": "same"}, wide, add, {"id": "look", "type": "max_pool2d"})
    assert made(t, t.data.inputs[0], "look", (1, 1, 0)).field == (0, 0, 6, 6)


def reader(*layers):
    """A network that reads waves, 16 steps of one value."""
    end = [{"id": "flat", "type": "flatten"}, {"id": "out", "type": "dense", "units": 1}]
    spec = {"data": "sine", "network": {"layers": [*layers, *end]}, "training": {"loss": "mse", "optimizer": "adam"}}
    t = Trainer(Experiment.from_json(spec))
    for _ in t.events("epoch"):
        return t


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_value_of_a_sequence_is_made_of_its_window_and_sees_no_more_than_its_field(name, rng):
    first = {"id": "first", "type": "conv1d", "filters": 4, "kernel_size": 3, "activation": "relu"}
    t = reader(first, {"id": "look", "type": "conv1d", "filters": 2, **SEQUENCES[name]})
    x = t.data.inputs[7]
    seen = t.activations(x[None])
    sums, outputs, source = seen.get("look:pre", seen["look"])[0], seen["look"][0], seen["first"][0]
    for step, channel in np.ndindex(outputs.shape):
        told = made(t, x, "look", (0, step, channel), most=2)
        assert told.rows == (0,)
        assert sum(share.sum for share in told.shares) + told.rest + (told.bias or 0.0) == pytest.approx(
            sums[step, channel], abs=2e-6
        )
        assert (told.pre, told.output) == (sums[step, channel], outputs[step, channel])
        for share in told.shares:
            np.testing.assert_array_equal(share.whole, source[None, :, share.channel])
            assert share.kernel.shape == (1, len(told.columns))
            inside = [source[at, share.channel] if 0 <= at < len(source) else np.nan for at in told.columns]
            np.testing.assert_array_equal(share.patch, [inside])
        top, left, bottom, right = told.field
        assert (top, bottom) == (0, 0)
        noisy = np.where((np.arange(len(x)) < left)[:, None] | (np.arange(len(x)) > right)[:, None], 9.0, x)
        assert made(t, noisy, "look", (0, step, channel)).output == pytest.approx(told.output, abs=1e-5)


def test_behind_a_recurrent_layer_lie_all_steps_so_far():
    gru = {"id": "memory", "type": "gru", "units": 3, "return_sequences": True}
    t = reader(gru, {"id": "look", "type": "conv1d", "filters": 2, "kernel_size": 3})
    assert made(t, t.data.inputs[0], "look", (0, 4, 1)).field == (0, 0, 0, 6)


def test_a_sequence_laid_out_as_a_picture_is_seen_as_a_whole_where_places_do_not_agree():
    square = {"id": "square", "type": "reshape", "shape": [4, 4, 1]}
    line = {"id": "line", "type": "reshape", "shape": [1, 16, 1]}
    look = {"id": "look", "type": "conv2d", "filters": 2, "kernel_size": [1, 2]}
    for layer, field in ((square, (0, 0, 0, 15)), (line, (0, 2, 0, 3))):
        t = reader(layer, look)
        assert made(t, t.data.inputs[0], "look", (0, 2, 0)).field == field


@pytest.mark.parametrize(
    ("layer", "at", "where"),
    [
        ("flat", (0, 0, 0), "layer"),
        ("look", (9, 0, 0), "row"),
        ("look", (0, 9, 0), "column"),
        ("look", (0, 0, 9), "channel"),
    ],
)
def test_what_is_not_there_is_named(layer, at, where):
    t = trainer(*layers_of("valid"))
    with pytest.raises(SpecError) as caught:
        made(t, t.data.inputs[0], layer, at)
    assert caught.value.where == where
    assert caught.value.fix
