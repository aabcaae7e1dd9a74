"""The network that a data set of one's own starts with: small, and large enough for its inputs and classes."""

import math
from typing import Any

from engine.datasets.base import flat, mlp, training

SMALL_IMAGE = 16  # pixels; below, a plain network does as well as a convolution


def preset(shape: tuple[int, ...], classes: int, trains: int) -> dict[str, Any]:
    """Layers and settings. classes: 0 where numbers are predicted; trains: examples that train."""
    out, activation, loss = _end(classes)
    batch = max(1, min(32 if trains >= 400 else 10, trains))
    rate = 0.003 if len(shape) > 1 or trains >= 5_000 else 0.01
    told = training(loss, "adam", rate, batch_size=batch)
    if len(shape) == 1:
        inputs = shape[0]
        units = [8] if inputs <= 8 else [16] if inputs <= 40 else [32]
        return {"layers": mlp(units, "relu", out=out, out_activation=activation), "training": told}
    if min(shape[:2]) < SMALL_IMAGE:
        return {"layers": flat(mlp([32], "relu", out=out, out_activation=activation)), "training": told}
    return {"layers": [*_maps(shape), *flat(mlp([32], "relu", out=out, out_activation=activation))], "training": told}


def _maps(shape: tuple[int, ...]) -> list[dict[str, Any]]:
    """Convolutions and pools until the maps are small."""
    layers: list[dict[str, Any]] = []
    for k in range(1, max(2, round(math.log2(min(shape[:2]) / 7))) + 1):
        conv = {"type": "conv2d", "filters": 4 * 2 ** min(k, 2), "kernel_size": 3, "padding": "same"}
        layers += [
            {"id": f"conv{k}", **conv, "activation": "relu"},
            {"id": f"pool{k}", "type": "max_pool2d", "pool_size": 2},
        ]
    return layers


def _end(classes: int) -> tuple[int, str, str]:
    """Units, activation and loss of the output."""
    if classes == 0:
        return 1, "linear", "mse"
    if classes == 2:
        return 1, "sigmoid", "binary_cross_entropy"
    return classes, "softmax", "categorical_cross_entropy"
