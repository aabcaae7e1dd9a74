"""Layer normalization: each example by itself, the same in training and in use."""

import numpy as np
import pytest

from tests.engine.layers.one import One


@pytest.mark.parametrize("shape", [(6,), (3, 6), (2, 3, 6)], ids=str)
def test_each_place_has_mean_0_and_variance_1_over_its_features(shape, rng):
    x = rng.normal(5.0, 3.0, (4, *shape))
    y = One({"type": "layer_norm", "epsilon": 1e-12}, x).outputs()
    np.testing.assert_allclose(y.mean(axis=-1), 0.0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=-1), 1.0, rtol=1e-9)


def test_gamma_and_beta_belong_to_features(rng):
    x, gamma, beta = rng.normal(size=(4, 2, 3)), np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, -1.0])
    plain = One({"type": "layer_norm", "affine": False}, x).outputs()
    scaled = One({"type": "layer_norm"}, x, gamma=gamma, beta=beta).outputs()
    np.testing.assert_allclose(scaled, plain * gamma + beta)


def test_one_example_does_not_see_the_others(rng):
    x = rng.normal(size=(4, 3))
    whole = One({"type": "layer_norm"}, x).outputs()
    alone = One({"type": "layer_norm"}, x[:1]).outputs()
    np.testing.assert_allclose(whole[:1], alone)


def test_a_single_feature_gives_the_offset_and_no_nan():
    y, (dx,), _ = One({"type": "layer_norm"}, [[7.0], [-3.0]]).train()
    np.testing.assert_array_equal(y, 0.0)
    np.testing.assert_allclose(dx, 0.0, atol=1e-9)
