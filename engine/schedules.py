"""Schedules: how the learning rate changes over time. `factor(epoch)` multiplies it; epoch may be a fraction."""

import math

from engine.spec import integer, part, real


@part("schedule", "constant", label="Constant", formula=r"\eta_t = \eta")
class ConstantSchedule:
    """The learning rate stays as it is set."""

    def factor(self, epoch: float) -> float:
        return 1.0


@part(
    "schedule",
    "step_decay",
    label="Step decay",
    formula=r"\eta_t = \eta\,\gamma^{\lfloor t / s \rfloor}",
    torch="torch.optim.lr_scheduler.StepLR(optimizer, {every}, {gamma})",
    examples=({}, {"every": 3, "gamma": 0.5}),
)
class StepDecay:
    """Every few epochs the learning rate drops by a factor."""

    every: int = integer(30, lo=1, hi=100_000, help="Epochs between two drops, s.")
    gamma: float = real(0.1, lo=0.0, hi=1.0, open_lo=True, help="The factor of each drop, γ.")

    def factor(self, epoch: float) -> float:
        return float(self.gamma ** (int(epoch) // self.every))


@part(
    "schedule",
    "exponential_decay",
    label="Exponential decay",
    formula=r"\eta_t = \eta\,\gamma^{t}",
    torch="torch.optim.lr_scheduler.ExponentialLR(optimizer, {gamma})",
    examples=({}, {"gamma": 0.9}),
)
class ExponentialDecay:
    """The learning rate shrinks by the same factor each epoch."""

    gamma: float = real(0.99, lo=0.0, hi=1.0, open_lo=True, help="The factor per epoch, γ.")

    def factor(self, epoch: float) -> float:
        return float(self.gamma**epoch)


@part(
    "schedule",
    "cosine",
    label="Cosine",
    formula=r"\eta_t = \eta\left(m + \tfrac{1 - m}{2}\left(1 + \cos\frac{\pi t}{T}\right)\right)",
    torch="torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, {epochs})",
    examples=({}, {"epochs": 5, "floor": 0.1}),
    source="Loshchilov, Hutter 2016, arXiv:1608.03983",
)
class Cosine:
    """The learning rate falls along half a cosine wave, then stays at its floor."""

    epochs: int = integer(100, lo=1, hi=100_000, help="How many epochs the fall takes, T.")
    floor: float = real(0.0, lo=0.0, hi=1.0, help="The share of the learning rate that is left at the end, m.")

    def factor(self, epoch: float) -> float:
        t = min(epoch / self.epochs, 1.0)
        return self.floor + (1.0 - self.floor) * 0.5 * (1.0 + math.cos(math.pi * t))


@part(
    "schedule",
    "warmup",
    label="Warm-up",
    formula=r"\eta_t = \eta\,\min(1,\ t / T)",
    examples=({}, {"epochs": 2}),
    source="Goyal et al. 2017, arXiv:1706.02677",
)
class Warmup:
    """The learning rate climbs from near zero to its value, which spares the first, wildest updates."""

    epochs: int = integer(5, lo=1, hi=100_000, help="How many epochs the climb takes, T.")
    start: float = real(0.01, lo=0.0, hi=1.0, open_lo=True, help="The share of the learning rate to start with.")

    def factor(self, epoch: float) -> float:
        return min(1.0, self.start + (1.0 - self.start) * epoch / self.epochs)
