"""Schedules: how the learning rate changes over time.

`factor(epoch, memory)` is what multiplies the learning rate that is set; epoch may be a fraction. Every schedule can
begin with a warm-up, in which its factor is multiplied by a climb from near zero to 1. A schedule that `watches`
looks at the test loss after each epoch and keeps what it must know in `memory`, which belongs to the run.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

from engine.spec import integer, part, real

Memory = dict[str, float]
WARM_START = 0.01  # the share of the learning rate that a warm-up begins with
THRESHOLD = 1e-4  # by which share the loss has to fall to count as lower, as in PyTorch


@dataclass(frozen=True)
class Schedule:
    """Base of the schedules; they say their `course`."""

    warmup: float = real(
        0.0,
        lo=0.0,
        hi=100_000.0,
        help="So many epochs the learning rate first climbs from near zero, which spares the first, wildest updates.",
        label="Warm-up",
    )
    watches: ClassVar[bool] = False

    @property
    def steady(self) -> bool:
        """Whether the factor is always 1."""
        return False

    def factor(self, epoch: float, memory: Memory | None = None) -> float:
        """What the learning rate is multiplied by at this moment."""
        course = self.course(epoch, memory or self.start())
        if epoch >= self.warmup:
            return course
        return course * (WARM_START + (1.0 - WARM_START) * epoch / self.warmup)

    def course(self, epoch: float, memory: Memory) -> float:
        """The factor without warm-up."""
        raise NotImplementedError

    def start(self) -> Memory:
        """The memory of a new run."""
        return {}

    def look(self, memory: Memory, loss: float) -> None:
        """After an epoch with this test loss."""


@part("schedule", "constant", label="Constant", formula=r"\eta_t = \eta", examples=({}, {"warmup": 4}))
class ConstantSchedule(Schedule):
    """The learning rate stays as it is set."""

    @property
    def steady(self) -> bool:
        return self.warmup == 0.0

    def course(self, epoch: float, memory: Memory) -> float:
        return 1.0


@part(
    "schedule",
    "step_decay",
    label="Step decay",
    formula=r"\eta_t = \eta\,\gamma^{\lfloor t / s \rfloor}",
    torch="torch.optim.lr_scheduler.StepLR(optimizer, {every}, {gamma})",
    examples=({}, {"every": 3, "gamma": 0.5}, {"every": 4, "gamma": 0.5, "warmup": 6}),
)
class StepDecay(Schedule):
    """Every few epochs the learning rate drops by a factor."""

    every: int = integer(30, lo=1, hi=100_000, help="Epochs between two drops, s.")
    gamma: float = real(0.1, lo=0.0, hi=1.0, open_lo=True, help="The factor of each drop, γ.")

    def course(self, epoch: float, memory: Memory) -> float:
        return float(self.gamma ** (int(epoch) // self.every))


@part(
    "schedule",
    "exponential_decay",
    label="Exponential decay",
    formula=r"\eta_t = \eta\,\gamma^{t}",
    torch="torch.optim.lr_scheduler.ExponentialLR(optimizer, {gamma})",
    examples=({}, {"gamma": 0.9}),
)
class ExponentialDecay(Schedule):
    """The learning rate shrinks by the same factor each epoch."""

    gamma: float = real(0.99, lo=0.0, hi=1.0, open_lo=True, help="The factor per epoch, γ.")

    def course(self, epoch: float, memory: Memory) -> float:
        return float(self.gamma**epoch)


@part(
    "schedule",
    "cosine",
    label="Cosine",
    formula=r"\eta_t = \eta\left(m + \tfrac{1 - m}{2}\left(1 + \cos\frac{\pi t}{T}\right)\right)",
    torch="torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, {epochs})",
    examples=({}, {"epochs": 5, "floor": 0.1}, {"epochs": 30, "warmup": 5}),
    source="Loshchilov, Hutter 2016, arXiv:1608.03983",
)
class Cosine(Schedule):
    """The learning rate falls along half a cosine wave, then stays at its floor."""

    epochs: int = integer(100, lo=1, hi=100_000, help="How many epochs the fall takes, T.")
    floor: float = real(0.0, lo=0.0, hi=1.0, help="The share of the learning rate that is left at the end, m.")

    def course(self, epoch: float, memory: Memory) -> float:
        t = min(epoch / self.epochs, 1.0)
        return self.floor + (1.0 - self.floor) * 0.5 * (1.0 + math.cos(math.pi * t))


@part(
    "schedule",
    "plateau",
    label="On a plateau",
    formula=r"\eta \leftarrow \max(\gamma\,\eta,\ m\,\eta_0)\ \text{when the test loss has not fallen for } p"
    r"\text{ epochs}",
    keras="keras.callbacks.ReduceLROnPlateau(factor={gamma}, patience={patience})",
    torch="torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor={gamma}, patience={patience})",
    examples=({}, {"patience": 1, "gamma": 0.1, "floor": 0.002}, {"patience": 2, "warmup": 3}),
    source="torch.optim.lr_scheduler.ReduceLROnPlateau, relative threshold 0.0001",
)
class Plateau(Schedule):
    """When the test loss has stopped falling, the learning rate drops by a factor; then it waits again.

    It drops after the first epoch beyond `patience` in which the loss was not lower than the best by 0.01 %. The test
    part thereby has a say in training: its loss is a little too good as a forecast for new data.
    """

    patience: int = integer(10, lo=0, hi=100_000, help="How many epochs without a lower test loss are let pass, p.")
    gamma: float = real(0.5, lo=0.0, hi=1.0, open_lo=True, open_hi=True, help="The factor of each drop, γ.")
    floor: float = real(0.0, lo=0.0, hi=1.0, help="The share of the learning rate below which it never drops, m.")
    watches: ClassVar[bool] = True

    def course(self, epoch: float, memory: Memory) -> float:
        return memory["scale"]

    def start(self) -> Memory:
        return {"best": math.inf, "waited": 0, "scale": 1.0}

    def look(self, memory: Memory, loss: float) -> None:
        if loss < memory["best"] * (1.0 - THRESHOLD):
            memory.update(best=loss, waited=0)
        else:
            memory["waited"] += 1
        if memory["waited"] > self.patience:
            memory.update(scale=max(memory["scale"] * self.gamma, self.floor), waited=0)
