"""Spatial dropout silences channels as a whole, in training only."""

import numpy as np
import pytest

from engine.errors import ShapeError
from engine.spec import make
from tests.engine.layers.one import One


def test_channels_fall_silent_as_a_whole_and_the_others_grow():
    y, (dx,), _ = One({"type": "spatial_dropout2d", "rate": 0.25}, np.ones((200, 3, 2, 10))).train()
    channels = y.reshape(200, 6, 10)
    assert (channels == channels[:, :1]).all()
    assert set(np.unique(y)) == {0.0, 1 / 0.75}
    assert 0.22 < (channels[:, 0] == 0).mean() < 0.28
    np.testing.assert_array_equal(dx, y)


@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_in_use_everything_passes(rate, rng):
    x = rng.normal(size=(3, 2, 2, 4))
    np.testing.assert_array_equal(One({"type": "spatial_dropout2d", "rate": rate}, x).outputs(), x)


def test_what_is_no_image_is_refused_with_a_way_out():
    with pytest.raises(ShapeError, match="image") as caught:
        make("layer", "spatial_dropout2d").out_shape((4, 3))
    assert "Dropout" in caught.value.fix
