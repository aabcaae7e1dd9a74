"""The same experiment in PyTorch: same data, same first weights, same batches in the same order."""

import time
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from engine.experiment import Experiment
from engine.train import Trainer

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}


def modules(trainer: Trainer) -> nn.Sequential:
    """The network of a trainer with its present weights. Knows the layers of the workloads."""
    out: list[nn.Module] = []
    flattened: tuple[int, ...] = ()
    for node in trainer.network.nodes:
        layer, w = node.layer, trainer.parameters.named[node.id]
        if layer.name == "dense":
            out.append(_linear(np.array(w["kernel"]), np.array(w["bias"]), flattened))
            flattened = ()
        elif layer.name == "conv2d":
            out.append(_conv(np.array(w["kernel"]), np.array(w["bias"])))
        elif layer.name == "max_pool2d":
            out.append(nn.MaxPool2d(layer.pool_size))
        elif layer.name == "flatten":
            flattened = node.in_shapes[0]
            out.append(nn.Flatten())
        else:
            raise ValueError(f"no twin for {layer.name}")
        name = getattr(getattr(layer, "activation", None), "name", "linear")
        if name in ACTIVATIONS:
            out.append(ACTIVATIONS[name]())
    return nn.Sequential(*out)


def _linear(kernel: np.ndarray, bias: np.ndarray, flattened: tuple[int, ...]) -> nn.Linear:
    if len(flattened) == 3:  # rows in the order (H, W, C) become (C, H, W)
        kernel = kernel.reshape(*flattened, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
    layer = nn.Linear(*kernel.shape)
    layer.weight.data = torch.from_numpy(np.ascontiguousarray(kernel.T))
    layer.bias.data = torch.from_numpy(bias)
    return layer


def _conv(kernel: np.ndarray, bias: np.ndarray) -> nn.Conv2d:
    layer = nn.Conv2d(kernel.shape[2], kernel.shape[3], kernel.shape[:2])
    layer.weight.data = torch.from_numpy(np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)))
    layer.bias.data = torch.from_numpy(bias)
    return layer


class Twin:
    """Trains like a `Trainer`, counting epochs (both losses after each) or updates; batches are full ones.

    fused: the fused optimizer; channels_last: that memory format.
    """

    def __init__(
        self, experiment: Experiment, unit: str = "updates", *, fused: bool = False, channels_last: bool = False
    ) -> None:
        trainer = Trainer(experiment)
        self.unit = unit
        data, self.batch = trainer.data, experiment.training.batch_size
        self.model = modules(trainer)
        self.x, self.y = self._tensors(trainer, data.train)
        self.test_x, self.test_y = self._tensors(trainer, data.test)
        if channels_last:
            self.model = self.model.to(memory_format=torch.channels_last)
            self.x = self.x.to(memory_format=torch.channels_last)
        self.loss = functional.mse_loss if experiment.training.loss.name == "mse" else functional.cross_entropy
        self.optimizer = self._optimizer(experiment.training.optimizer, fused)
        self.position = 0
        self.trainer = trainer if experiment.training.shuffle else None  # its order of samples is ours

    def _tensors(self, trainer: Trainer, index: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        x = torch.from_numpy(trainer.data.inputs[index].copy())
        if x.ndim == 4:
            x = x.permute(0, 3, 1, 2).contiguous()
        labels = trainer.data.targets[index]
        if trainer.experiment.training.loss.name == "mse":
            return x, torch.from_numpy(trainer.coding.encode(labels).astype(np.float32))
        return x, torch.from_numpy(labels)

    def _optimizer(self, declared: Any, fused: bool) -> torch.optim.Optimizer:
        given = {"lr": declared.learning_rate, "fused": fused}
        if declared.name == "adam":
            return torch.optim.Adam(self.model.parameters(), **given)
        return torch.optim.SGD(self.model.parameters(), momentum=declared.momentum, **given)

    def update(self) -> torch.Tensor:
        """One update; the loss of its batch before it."""
        batch: Any = slice(self.position, self.position + self.batch)
        if self.trainer is not None:
            batch = torch.from_numpy(self.trainer.order[batch])
        x, y = self.x[batch], self.y[batch]
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        self.position = (self.position + self.batch) % (len(self.x) // self.batch * self.batch)
        if self.position == 0 and self.trainer is not None:
            self.trainer._mix()
        return loss

    @torch.no_grad()
    def losses(self) -> list[float]:
        """Loss on all training and all test samples."""
        return [self.loss(self.model(self.x), self.y).item(), self.loss(self.model(self.test_x), self.test_y).item()]

    @torch.no_grad()
    def accuracy(self) -> float:
        """Share of test samples classified right (networks with one output per class)."""
        return (self.model(self.test_x).argmax(1) == self.test_y).float().mean().item()

    def run(self, count: int) -> float:
        """Train for so many units; the seconds that took."""
        started = time.perf_counter()
        for _ in range(count):
            if self.unit == "epochs":
                for _ in range(len(self.x) // self.batch):
                    self.update()
                self.losses()
            else:
                self.update()
        return time.perf_counter() - started
