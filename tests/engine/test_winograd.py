"""Winograd's convolution for every number of tiles: a batch gives what its samples give one by one."""

import numpy as np
import pytest

import engine.experiment  # noqa: F401  fills the catalogue
from engine.network import Network
from engine.parameters import Parameters
from engine.program import Program, stored_inputs


@pytest.mark.parametrize("side", [2, 3, 4, 6])
@pytest.mark.parametrize("batch", [1, 2, 4, 5])
def test_a_batch_is_its_samples_one_by_one(side, batch, rng):
    layer = {"id": "conv", "type": "conv2d", "filters": 16, "kernel_size": 3, "padding": "same"}
    network = Network.from_json({"layers": [layer]}, (side, side, 16))
    weights = Parameters(network, np.float64)
    weights.initialize(1)
    x = stored_inputs(network, rng.standard_normal((batch, side, side, 16)), np.float64)

    def outputs(index):
        program = Program(network, weights, batch=len(index))
        program.load(x, np.array(index))
        program.run()
        return program.outputs().copy()

    together = outputs(range(batch))
    for k in range(batch):
        padded = np.pad(x[k], ((1, 1), (1, 1), (0, 0)))
        kernel, bias = weights.named["conv"]["kernel"], weights.named["conv"]["bias"]
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (0, 1))
        np.testing.assert_allclose(together[k], np.einsum("hwcuv,uvcf->hwf", windows, kernel) + bias, atol=1e-12)
