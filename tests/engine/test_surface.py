"""Slices of the loss: the numbers are those of the loss itself, and paths lie where the weights were."""

import numpy as np
import pytest

from engine.errors import LimitError, SpecError
from engine.experiment import Experiment
from engine.surface import Surface, axes, flat_weights, path_plane, random_plane, weights_plane
from engine.timeline import Timeline
from engine.train import Trainer
from engine.work import work
from tests.engine.runs import experiment, go

PLENTY = 1e12


def trained(updates=40, **settings):
    t, line = Trainer(experiment(**settings)), Timeline()
    line.offer(t, 1)
    for seq in range(2, 12):
        go(t, updates // 10)
        line.offer(t, seq)
    return t, line


def surface(t, plane, xs, ys, split="train", most=PLENTY):
    return Surface(t, plane, np.asarray(xs, float), np.asarray(ys, float), split, most)


@pytest.mark.parametrize("split, column", [("train", 2), ("test", 3)])
def test_the_centre_is_the_loss_of_now_and_looking_changes_nothing(split, column):
    t, _ = trained()
    before = t.state()
    made = surface(t, random_plane(t, 1), [-1, 0, 1], [-1, 0, 1], split)
    assert made.samples == 23
    assert made.row(1)[1] == pytest.approx(t.row()[column], rel=1e-6)
    assert t.state() == before


def test_two_weights_are_those_weights():
    t, _ = trained()
    plane = weights_plane(t, "hidden.kernel.0.1", "output.bias.0")
    made = surface(t, plane, [0.5, 2.0], [-1.0, 0.25])
    for y, row in ((-1.0, made.row(0)), (0.25, made.row(1))):
        for x, loss in zip((0.5, 2.0), row, strict=True):
            t.edit("hidden", "kernel", [0, 1], x)
            t.edit("output", "bias", [0], y)
            assert loss == pytest.approx(t.row()[2], rel=1e-6)
    assert plane.labels == ("hidden.kernel[0, 1]", "output.bias[0]")


def test_filters_are_as_long_as_their_weights_and_biases_stay():
    t = Trainer(Experiment.from_json({"data": "digits", "network": {"layers": [
        {"id": "conv", "type": "conv2d", "filters": 3, "kernel_size": 3}, {"id": "flat", "type": "flatten"},
        {"id": "out", "type": "dense", "units": 10, "activation": "softmax"}]},
        "training": {"loss": "categorical_cross_entropy"}}))  # fmt: skip
    plane = random_plane(t, 3)
    for direction in plane.directions:
        named = t.parameters.like()
        named.flat[:] = direction
        for id, axis in (("conv", (0, 1, 2)), ("out", (0,))):
            lengths = [np.sqrt(np.square(a.named[id]["kernel"]).sum(axis=axis)) for a in (named, t.parameters)]
            np.testing.assert_allclose(*lengths, rtol=1e-5)
            assert not named.named[id]["bias"].any()
    np.testing.assert_array_equal(plane.directions, random_plane(t, 3).directions)
    assert not np.array_equal(plane.directions, random_plane(t, 4).directions)


def test_the_path_of_the_time_line_lies_in_its_own_plane():
    t, line = trained()
    weights = flat_weights(line.moments, t.parameters.flat.size)
    plane = path_plane(t, weights)
    seen = plane.project(weights)
    assert seen.shape == (11, 2)
    np.testing.assert_allclose(seen[-1], [0, 0], atol=1e-5)
    away = weights - plane.centre
    rest = away - seen @ plane.directions
    other = random_plane(t, 1)
    rest_of_other = away - other.project(weights) @ other.directions
    assert np.linalg.norm(rest) < 0.35 * np.linalg.norm(rest_of_other)


def test_the_axes_show_the_whole_path_and_the_centre():
    t, line = trained()
    plane = weights_plane(t, "hidden.kernel.0.0", "hidden.kernel.1.2")
    path = plane.project(flat_weights(line.moments, t.parameters.flat.size))
    expected = [[m.open()[1]["flat"][k] for k in np.flatnonzero(plane.directions.any(axis=0))] for m in line.moments]
    np.testing.assert_allclose(np.sort(path, axis=1), np.sort(expected, axis=1), rtol=1e-5)
    xs, ys = axes(plane, path, 21, None)
    assert len(xs) == len(ys) == 21
    assert xs[0] < path[:, 0].min() and xs[-1] > path[:, 0].max()
    assert ys[0] < path[:, 1].min() and ys[-1] > path[:, 1].max()
    xs, ys = axes(plane, path, 5, 2.0)
    np.testing.assert_allclose(xs, plane.origin[0] + np.array([-2, -1, 0, 1, 2]))


def test_a_grid_that_is_too_much_work_is_refused_with_the_largest_that_is_not():
    t, _ = trained()
    with pytest.raises(LimitError) as caught:
        surface(t, random_plane(t, 1), np.zeros(41), np.zeros(41), most=1e6)
    assert caught.value.where == "grid"
    most = int("".join(c for c in caught.value.fix if c.isdigit()))
    assert surface(t, random_plane(t, 1), np.zeros(most), np.zeros(most), most=1e6).samples


def test_fewer_examples_where_all_are_too_much():
    t, _ = trained(data={"type": "circle", "samples": 1000})
    made = surface(t, random_plane(t, 1), np.zeros(9), np.zeros(9), most=81 * (100 * work(t.network) + 30_000))
    assert 32 <= made.samples < 500


@pytest.mark.parametrize(
    "x, y, where",
    [("nobody.kernel.0.0", "output.bias.0", "x"), ("hidden.kernel.0", "output.bias.0", "x"),
     ("output.bias.0", "hidden.kernel.0.99", "y"), ("output.bias.0", "hidden.kernel.0.-1", "y"),
     ("output.bias.0", "output.bias.0", "y"), ("", "output.bias.0", "x"), ("output.bias.0", "hidden", "y")],
)  # fmt: skip
def test_what_is_no_weight_is_refused(x, y, where):
    t, _ = trained()
    with pytest.raises(SpecError) as caught:
        weights_plane(t, x, y)
    assert caught.value.where == where


def test_a_path_too_short_for_directions_is_refused():
    t, line = trained()
    with pytest.raises(SpecError, match="too few"):
        path_plane(t, flat_weights(line.moments[:2], t.parameters.flat.size))


def test_far_out_the_loss_is_infinite_not_an_error():
    t, _ = trained(loss="mse")
    plane = weights_plane(t, "hidden.kernel.0.0", "output.kernel.0.0")
    assert all(isinstance(v, float) for v in surface(t, plane, [1e38, 1e39], [1e38]).row(0))
