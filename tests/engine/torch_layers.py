"""PyTorch as a second opinion: what each layer of the catalogue is there.

A new layer needs one function here, under its name; `torch_reference.py` says what it gets and gives.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  as everybody calls it

from engine.builder import to_samples
from tests.engine.scaffold import stored_shape

LAYERS: dict[str, Callable[..., Tensor]] = {}


@dataclass
class Mode:
    """Whether the network is in training, and the chance that it has then."""

    training: bool
    rng: np.random.Generator


def layer(name: str) -> Callable:
    """Enter a function as the reference of the layer of this name."""

    def enter(function: Callable) -> Callable:
        LAYERS[name] = function
        return function

    return enter


@layer("dense")
def dense(layer, w, mode, x):
    return F.linear(x, w["kernel"].T, w.get("bias"))


@layer("activation")
def activation(layer, w, mode, x):
    return x


@layer("flatten")
def flatten(layer, w, mode, x):
    return torch.flatten(x, 1)


@layer("dropout")
def dropout(layer, w, mode, x):
    if not mode.training or layer.rate == 0:
        return x
    mask = mode.rng.random(stored_shape(tuple(x.shape[1:]), len(x))) < 1 - layer.rate
    return x * torch.tensor(to_samples(mask, x.ndim - 1)) / (1 - layer.rate)


@layer("reshape")
def reshape(layer, w, mode, x):
    return x.reshape(len(x), *layer.out_shape(tuple(x.shape[1:])))


@layer("batch_norm")
def batch_norm(layer, w, mode, x):
    keep = w["mean"], w["variance"], w.get("gamma"), w.get("beta")
    return F.batch_norm(x.movedim(-1, 1), *keep, mode.training, 1 - layer.momentum, layer.epsilon).movedim(1, -1)


@layer("layer_norm")
def layer_norm(layer, w, mode, x):
    return F.layer_norm(x, x.shape[-1:], w.get("gamma"), w.get("beta"), layer.epsilon)


@layer("spatial_dropout2d")
def spatial_dropout2d(layer, w, mode, x):
    if not mode.training or layer.rate == 0:
        return x
    mask = mode.rng.random((len(x), x.shape[-1])) < 1 - layer.rate
    return x * torch.tensor(mask[:, None, None]) / (1 - layer.rate)


@layer("embedding")
def embedding(layer, w, mode, x):
    return F.embedding(x.long(), w["embeddings"])


def _recurrent(function, layer, w, x, start):
    bias = w.get("bias", torch.zeros(w["kernel"].shape[1:], dtype=x.dtype))
    biases = bias if bias.ndim == 2 else (bias, torch.zeros_like(bias))
    weights = [w["kernel"].T.contiguous(), w["recurrent_kernel"].T.contiguous(), *biases]
    outputs = function(x, start, weights, True, 1, 0.0, False, False, True)[0]
    return outputs if layer.return_sequences else outputs[:, -1]


def _nothing(layer, x):
    return torch.zeros(1, len(x), layer.units, dtype=x.dtype)


@layer("simple_rnn")
def simple_rnn(layer, w, mode, x):
    return _recurrent(getattr(torch, f"rnn_{layer.nonlinearity}"), layer, w, x, _nothing(layer, x))


@layer("lstm")
def lstm(layer, w, mode, x):
    return _recurrent(torch.lstm, layer, w, x, (_nothing(layer, x), _nothing(layer, x)))


@layer("gru")
def gru(layer, w, mode, x):
    return _recurrent(torch.gru, layer, w, x, _nothing(layer, x))


def _bordered(x, layer, size, dilation=(1, 1), fill=0.0):
    """x (N, C, H, W) with the border that the layer's padding means; Keras's rule for 'same', written anew."""
    before, after = list(getattr(layer, "border", (0, 0))) if layer.padding == "explicit" else [0, 0], [0, 0]
    for axis in (0, 1) if layer.padding == "same" else ():
        n, step = x.shape[2 + axis], (layer.strides or size)[axis]
        total = max(0, (math.ceil(n / step) - 1) * step + dilation[axis] * (size[axis] - 1) + 1 - n)
        before[axis], after[axis] = total // 2, total - total // 2
    if layer.padding == "explicit":
        after = before
    return F.pad(x, (before[1], after[1], before[0], after[0]), value=fill)


@layer("conv2d")
def conv2d(layer, w, mode, x):
    x = _bordered(x.movedim(-1, 1), layer, layer.kernel_size, layer.dilation)
    kernel = w["kernel"].permute(3, 2, 0, 1)
    return F.conv2d(x, kernel, w.get("bias"), layer.strides, 0, layer.dilation, layer.groups).movedim(1, -1)


@layer("conv1d")
def conv1d(layer, w, mode, x):
    two = {name: (getattr(layer, name), one) for name, one in {"strides": 1, "dilation": 1, "border": 0}.items()}
    wide = SimpleNamespace(padding=layer.padding, groups=layer.groups, kernel_size=(layer.kernel_size, 1), **two)
    wide_weights = {name: a.unsqueeze(1) if name == "kernel" else a for name, a in w.items()}
    return conv2d(wide, wide_weights, mode, x.unsqueeze(2)).squeeze(2)


@layer("max_pool2d")
def max_pool2d(layer, w, mode, x):
    x = _bordered(x.movedim(-1, 1), layer, layer.pool_size, fill=-math.inf)
    return F.max_pool2d(x, layer.pool_size, layer.strides or layer.pool_size).movedim(1, -1)


@layer("avg_pool2d")
def avg_pool2d(layer, w, mode, x):
    size, strides = layer.pool_size, layer.strides or layer.pool_size
    x = x.movedim(-1, 1)
    there = F.avg_pool2d(_bordered(torch.ones_like(x), layer, size), size, strides)
    return (F.avg_pool2d(_bordered(x, layer, size), size, strides) / there).movedim(1, -1)


@layer("global_avg_pool2d")
def global_avg_pool2d(layer, w, mode, x):
    return x.mean(dim=(1, 2))


@layer("add")
def add(layer, w, mode, *x):
    return torch.stack(x).sum(dim=0)


@layer("multiply")
def multiply(layer, w, mode, *x):
    return torch.stack(x).prod(dim=0)


@layer("concatenate")
def concatenate(layer, w, mode, *x):
    return torch.cat(x, dim=-1)


def piece(layer, w, mode, x):
    """What the tests put in front of a layer; not a part of the catalogue."""
    stretch = x[:, layer.start : layer.start + math.prod(layer.shape)].reshape(-1, *layer.shape)
    return stretch * w["factor"] if w else stretch
