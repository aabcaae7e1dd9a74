"""The plane sets follow TensorFlow Playground's formulas: geometry exactly, noise by what was measured there."""

import math

import numpy as np
import pytest

from engine.data import DataSpec, prepare
from engine.spec import CATALOGUE, make

N = 10_000


def points(name, noise=0.0, seed=0, **params):
    """x, y (n,) and targets of a large set."""
    made = make("dataset", {"type": name, "samples": N, "noise": noise, **params})
    raw = made.generate(np.random.default_rng(seed))
    return *raw.inputs.T, raw.targets


def flipped(name, noise):
    """The share of labels that noise turned around: it leaves the points where they are."""
    x, y, clean = points(name)
    x_noisy, y_noisy, noisy = points(name, noise)
    np.testing.assert_array_equal([x, y], [x_noisy, y_noisy])
    return (clean != noisy).mean()


def test_circle_is_a_disc_and_a_ring_with_nothing_between():
    x, y, blue = points("circle")
    r = np.hypot(x, y)
    assert r[blue == 1].max() < 2.5
    assert 3.5 <= r[blue == 0].min() < 3.52
    assert 4.98 < r.max() < 5
    assert blue.sum() == N / 2
    # even in the radius, not in the area: a quarter of the disc's points lies in a sixteenth of it
    assert (r[blue == 1] < 2.5 / 4).mean() == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("noise, share, positive", [(0, 0.0, 0.5), (25, 0.080, 0.431), (50, 0.248, 0.351)])
def test_circle_labels_flip_and_get_unbalanced(noise, share, positive):
    assert flipped("circle", noise) == pytest.approx(share, abs=0.012)
    assert points("circle", noise)[2].mean() == pytest.approx(positive, abs=0.012)


def test_xor_leaves_the_axes_free():
    x, y, blue = points("xor")
    for axis in (np.abs(x), np.abs(y)):
        assert 0.3 <= axis.min() < 0.31
        assert 5.29 < axis.max() <= 5.3
    np.testing.assert_array_equal(blue == 1, x * y >= 0)


@pytest.mark.parametrize("noise, share", [(0, 0.0), (25, 0.071), (50, 0.174)])
def test_xor_labels_flip(noise, share):
    assert flipped("xor", noise) == pytest.approx(share, abs=0.012)


@pytest.mark.parametrize(
    "noise, variance, error, outside", [(0, 0.5, 0.0, 0.0), (25, 2.25, 0.030, 0.008), (50, 4.0, 0.079, 0.044)]
)
def test_gauss_noise_is_the_variance(noise, variance, error, outside):
    x, y, blue = points("gauss", noise)
    sign = 2 * blue - 1
    assert blue.sum() == N / 2
    for axis in (x, y):
        assert (axis * sign).mean() == pytest.approx(2, abs=0.06)
        assert (axis * sign - 2).var() == pytest.approx(variance, rel=0.05)
    assert ((x + y) * sign < 0).mean() == pytest.approx(error, abs=0.006)  # the best border there is
    assert (np.maximum(np.abs(x), np.abs(y)) > 6).mean() == pytest.approx(outside, abs=0.006)


def test_spiral_arms_are_where_the_formula_says():
    x, y, blue = points("spiral")
    s = np.arange(N // 2) / (N // 2)
    t = 1.75 * 2 * math.pi * s
    np.testing.assert_allclose(x[blue == 1], 5 * s * np.sin(t), atol=1e-12)
    np.testing.assert_allclose(y[blue == 1], 5 * s * np.cos(t), atol=1e-12)
    np.testing.assert_allclose(x[blue == 0], -x[blue == 1], atol=1e-12)
    np.testing.assert_allclose(y[blue == 0], -y[blue == 1], atol=1e-12)


def test_spiral_noise_moves_points_by_half_at_most():
    x, y, _ = points("spiral")
    moved_x, moved_y, _ = points("spiral", 50)
    for moved in (moved_x - x, moved_y - y):
        assert 0.49 < np.abs(moved).max() <= 0.5
        assert moved.mean() == pytest.approx(0, abs=0.01)


def test_moons_are_the_same_moon_turned_around():
    x, y, blue = points("moons")
    np.testing.assert_allclose((x[blue == 1] / 3 + 0.5) ** 2 + (y[blue == 1] / 3 + 0.25) ** 2, 1)
    np.testing.assert_allclose((x[blue == 0] / 3 - 0.5) ** 2 + (y[blue == 0] / 3 - 0.25) ** 2, 1)
    assert (y[blue == 1] >= -0.75).all()
    assert (y[blue == 0] <= 0.75).all()


@pytest.mark.parametrize("classes", range(2, 9))
def test_blobs_are_one_even_cloud_a_class(classes):
    x, y, label = points("blobs", classes=classes)
    counts = np.bincount(label)
    assert len(counts) == classes
    assert counts.max() - counts.min() <= 1
    for c in range(classes):
        angle = 2 * math.pi * c / classes
        assert x[label == c].mean() == pytest.approx(4 * math.sin(angle), abs=0.06)
        assert y[label == c].mean() == pytest.approx(4 * math.cos(angle), abs=0.06)
        assert x[label == c].std() == pytest.approx(0.4, rel=0.1)


def test_reg_plane_is_the_tenth_of_the_sum():
    x, y, value = points("reg_plane")
    assert 5.99 < np.abs([x, y]).max() <= 6
    np.testing.assert_allclose(value, (x + y) / 10)
    off = points("reg_plane", 50)[2] - value
    assert np.abs(off).max() <= 0.6  # two coordinates, each moved by 3 at most
    assert off.std() == pytest.approx(math.sqrt(2 * 3**2 / 3) / 10, rel=0.03)


def test_reg_gauss_is_flat_but_for_six_cones():
    x, y, value = points("reg_gauss")
    assert (value == 0).mean() == pytest.approx(0.474, abs=0.015)
    sign = np.where(np.abs(x) < 2, -1, 1) * np.sign(y)  # the middle column is upside down
    assert (value * sign >= 0)[np.abs(y) > 0.5].all()
    centre = np.stack([np.select([x < -2, x > 2], [-4, 4], 0), 2.5 * np.sign(y)])
    np.testing.assert_allclose(np.abs(value), np.maximum(0, 1 - np.hypot(*(np.stack([x, y]) - centre)) / 2), atol=1e-12)


def test_wave_is_a_sine():
    made = make("dataset", {"type": "wave", "samples": N})
    raw = made.generate(np.random.default_rng(0))
    np.testing.assert_allclose(raw.targets, np.sin(raw.inputs[:, 0]))
    noisy = make("dataset", {"type": "wave", "samples": N, "noise": 20}).generate(np.random.default_rng(0))
    assert (noisy.targets - raw.targets).std() == pytest.approx(0.2, rel=0.05)


def test_blue_is_class_one_on_every_set_with_two_colours():
    """The page paints class 1 blue; where there are two colours, the names must say the same."""
    for cls in CATALOGUE["dataset"].values():
        if cls.view == "plane" and cls.task == "classification" and cls.name != "blobs":
            assert cls.class_names == ("orange", "blue")


def test_more_noise_moves_the_same_points():
    """Turning the knob shows what noise does, so nothing else may change with it."""
    still, moved = (prepare(DataSpec.from_json({"type": "spiral", "noise": noise})) for noise in (0, 10))
    np.testing.assert_array_equal(still.train, moved.train)
    assert np.abs(still.raw - moved.raw).max() <= 0.1
