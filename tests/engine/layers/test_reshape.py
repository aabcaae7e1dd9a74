"""Reshape keeps values in order, between vectors, sequences and images, in one copy or two."""

import numpy as np
import pytest

from engine.errors import ShapeError, SpecError
from engine.experiment import check_network
from engine.spec import make, to_json
from tests.engine.layers.one import One

SHAPES = [(12,), (2, 6), (6, 2), (3, 4), (2, 2, 3), (3, 2, 2), (1, 12), (12, 1), (2, 3, 1, 2)]


@pytest.mark.parametrize("to", SHAPES, ids=str)
@pytest.mark.parametrize("come", SHAPES, ids=str)
def test_values_and_gradients_keep_their_order(come, to, rng):
    x, dy = rng.normal(size=(3, *come)), rng.normal(size=(3, *to))
    one = One({"type": "reshape", "shape": list(to)}, x)
    np.testing.assert_array_equal(one.outputs(), x.reshape(3, *to))
    y, (dx,), _ = one.train(dy)
    np.testing.assert_array_equal(y, x.reshape(3, *to))
    np.testing.assert_array_equal(dx, dy.reshape(3, *come))


def test_the_rest_goes_to_the_axis_of_minus_one():
    assert make("layer", {"type": "reshape", "shape": [-1, 3]}).out_shape((4, 6)) == (8, 3)
    assert make("layer", {"type": "reshape", "shape": 24}).out_shape((4, 6)) == (24,)
    assert make("layer", "reshape").out_shape((4, 6)) == (24,)


def test_json_there_and_back():
    made = make("layer", {"type": "reshape", "shape": [28, 28, 1]})
    assert made.shape == (28, 28, 1)
    assert to_json(made) == {"type": "reshape", "shape": [28, 28, 1]}


@pytest.mark.parametrize("shape", [[], [1, 1, 1, 1, 1], [0], [-2, 3], [2.5], "28", [-1, -1], [True], None, {"a": 1}])
def test_what_is_no_shape_is_refused_at_its_field(shape):
    with pytest.raises(SpecError) as caught:
        make("layer", {"type": "reshape", "shape": shape})
    assert caught.value.where == "shape"


@pytest.mark.parametrize("shape", [[5, 5], [-1, 5]])
def test_sizes_that_do_not_fill_are_refused_with_the_number_that_would(shape):
    with pytest.raises(ShapeError, match="24") as caught:
        make("layer", {"type": "reshape", "shape": shape}).out_shape((4, 6))
    assert caught.value.where == "shape"
    assert "24" in caught.value.fix


def test_the_mistake_is_marked_in_the_network():
    (error,) = check_network({"layers": [{"id": "r", "type": "reshape", "shape": [3]}]}, (4,))["errors"]
    assert error["where"] == "network.layers.r.shape"
