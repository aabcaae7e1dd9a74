"""Initializers draw what their formulas say: the right shape, mean and spread; rotations that are rotations."""

import math

import numpy as np
import pytest

import engine.experiment  # noqa: F401  fills the catalogue
from engine.spec import make
from tests.engine.scaffold import case_id, part_cases

FAN_IN, FAN_OUT = 300, 200
SPREAD = {
    "zeros": 0.0,
    "ones": 0.0,
    "constant": 0.0,
    "glorot_uniform": math.sqrt(2 / (FAN_IN + FAN_OUT)),
    "glorot_normal": math.sqrt(2 / (FAN_IN + FAN_OUT)),
    "he_uniform": math.sqrt(2 / FAN_IN),
    "he_normal": math.sqrt(2 / FAN_IN),
    "torch_default": math.sqrt(1 / (3 * FAN_IN)),
}


@pytest.mark.parametrize("name, parameters", part_cases("initializer"), ids=case_id)
def test_spread_and_mean(name, parameters, rng):
    made = make("initializer", {"type": name, **parameters})
    drawn = made.draw(rng, (FAN_IN, FAN_OUT), FAN_IN, FAN_OUT)
    assert drawn.shape == (FAN_IN, FAN_OUT)
    spread = {
        "uniform": getattr(made, "scale", 0) / math.sqrt(3),
        "normal": getattr(made, "stddev", 0),
        "orthogonal": getattr(made, "gain", 0) / math.sqrt(FAN_IN),
        **SPREAD,
    }[name]
    assert drawn.std() == pytest.approx(spread, rel=0.02)
    assert drawn.mean() == pytest.approx(
        {"ones": 1.0, "constant": getattr(made, "value", 0)}.get(name, 0), abs=spread / 50 + 1e-12
    )


@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (2, 2, 3, 4), (4,), (1, 1)], ids=str)
def test_orthogonal_rows_or_columns_have_the_length_asked_for(shape, rng):
    drawn = make("initializer", {"type": "orthogonal", "gain": 1.5}).draw(rng, shape, 1, 1)
    assert drawn.shape == shape
    m = drawn.reshape(-1, shape[-1])
    m = m if m.shape[0] <= m.shape[1] else m.T
    np.testing.assert_allclose(m @ m.T, 2.25 * np.eye(len(m)), atol=1e-12)


def test_every_rotation_is_equally_likely(rng):
    """Without the signs of R, QR would favour one side: the first number would never be positive."""
    firsts = [make("initializer", "orthogonal").draw(rng, (2, 2), 1, 1)[0, 0] for _ in range(200)]
    assert 0.4 < np.mean(np.array(firsts) > 0) < 0.6
