"""Optimizers that give each weight a step size of its own, from the gradients it has seen."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.builder import Array, Call
from engine.optimizers.sgd import LEARNING_RATES
from engine.spec import part, real

Slots = Mapping[str, Array]


def rate(default: float) -> Any:
    """The learning rate, with this optimizer's default."""
    return real(
        default, lo=0.0, hi=100.0, help="The size of each step, η.", live=True, presets=LEARNING_RATES, scale="log"
    )


def tiny(default: float) -> Any:
    """The small number that keeps a division from exploding."""
    return real(default, lo=0.0, hi=1.0, open_lo=True, help="Keeps the division from exploding, ε.", scale="log")


def share(default: float, help: str) -> Any:
    """A share from 0 to just below 1."""
    return real(default, lo=0.0, hi=1.0, open_hi=True, help=help)


@part(
    "optimizer",
    "adagrad",
    label="Adagrad",
    formula=r"s \leftarrow s + g^2,\quad w \leftarrow w - \eta \frac{g}{\sqrt{s} + \epsilon}",
    keras="keras.optimizers.Adagrad({learning_rate}, initial_accumulator_value=0.0, epsilon={epsilon})",
    torch="torch.optim.Adagrad(model.parameters(), lr={learning_rate}, eps={epsilon})",
    source="Duchi, Hazan, Singer 2011, JMLR 12; torch.optim.Adagrad",
)
class Adagrad:
    """Weights that have moved much take smaller and smaller steps; rarely moved ones keep large steps."""

    learning_rate: float = rate(0.01)
    epsilon: float = tiny(1e-10)

    steady = True

    def slots(self) -> tuple[str, ...]:
        return ("square_sum",)

    def scalars(self, t: int, lr: float) -> dict[str, float]:
        return {"lr": lr}

    def calls(self, p: Array, g: Array, slots: Slots, s: Slots, scratch: Array) -> list[Call]:
        total = slots["square_sum"]
        return [
            (np.multiply, g, g, scratch),
            (np.add, total, scratch, total),
            (np.sqrt, total, scratch),
            (np.add, scratch, np.asarray(self.epsilon, p.dtype), scratch),
            (np.divide, g, scratch, g),
            (np.multiply, g, s["lr"], g),
            (np.subtract, p, g, p),
        ]


def _decay(average: Array, keep: float, new: Array, dtype: np.dtype) -> list[Call]:
    """average ← keep · average + (1 − keep) · new; `new` is scaled in place."""
    return [
        (np.multiply, average, np.asarray(keep, dtype), average),
        (np.multiply, new, np.asarray(1.0 - keep, dtype), new),
        (np.add, average, new, average),
    ]


@part(
    "optimizer",
    "rmsprop",
    label="RMSprop",
    formula=r"s \leftarrow \rho s + (1-\rho) g^2,\quad w \leftarrow w - \eta \frac{g}{\sqrt{s} + \epsilon}",
    keras="keras.optimizers.RMSprop({learning_rate}, rho={rho}, momentum={momentum}, epsilon={epsilon})",
    torch="torch.optim.RMSprop(model.parameters(), lr={learning_rate}, alpha={rho}, momentum={momentum},"
    " eps={epsilon})",
    examples=({}, {"momentum": 0.9, "rho": 0.9}),
    source="Hinton, Coursera lecture 6e, 2012; torch.optim.RMSprop",
)
class RMSprop:
    """Divides each step by the recent size of that weight's gradient, so all weights move at a similar pace."""

    learning_rate: float = rate(0.01)
    rho: float = share(0.99, "How slowly the average of squares forgets, ρ.")
    momentum: float = share(0.0, "How much of the last step is kept.")
    epsilon: float = tiny(1e-8)

    steady = True

    def slots(self) -> tuple[str, ...]:
        return ("square_average", "velocity") if self.momentum else ("square_average",)

    def scalars(self, t: int, lr: float) -> dict[str, float]:
        return {"lr": lr}

    def calls(self, p: Array, g: Array, slots: Slots, s: Slots, scratch: Array) -> list[Call]:
        average = slots["square_average"]
        out = [
            (np.multiply, g, g, scratch),
            *_decay(average, self.rho, scratch, p.dtype),
            (np.sqrt, average, scratch),
            (np.add, scratch, np.asarray(self.epsilon, p.dtype), scratch),
            (np.divide, g, scratch, g),
        ]
        if not self.momentum:
            return [*out, (np.multiply, g, s["lr"], g), (np.subtract, p, g, p)]
        v = slots["velocity"]
        return [
            *out,
            (np.multiply, v, np.asarray(self.momentum, p.dtype), v),
            (np.add, v, g, v),
            (np.multiply, v, s["lr"], scratch),
            (np.subtract, p, scratch, p),
        ]


@part(
    "optimizer",
    "adadelta",
    label="Adadelta",
    formula=r"s \leftarrow \rho s + (1-\rho) g^2,\quad \Delta = \sqrt{\tfrac{u + \epsilon}{s + \epsilon}}\,g,\quad"
    r" u \leftarrow \rho u + (1-\rho)\Delta^2,\quad w \leftarrow w - \eta\Delta",
    keras="keras.optimizers.Adadelta({learning_rate}, rho={rho}, epsilon={epsilon})",
    torch="torch.optim.Adadelta(model.parameters(), lr={learning_rate}, rho={rho}, eps={epsilon})",
    source="Zeiler 2012, arXiv:1212.5701; torch.optim.Adadelta",
)
class Adadelta:
    """Finds the step size by itself, from how large its own recent steps and gradients were."""

    learning_rate: float = rate(1.0)
    rho: float = share(0.9, "How slowly the averages forget, ρ.")
    epsilon: float = tiny(1e-6)

    steady = True

    def slots(self) -> tuple[str, ...]:
        return ("square_average", "step_average")

    def scalars(self, t: int, lr: float) -> dict[str, float]:
        return {"lr": lr}

    def calls(self, p: Array, g: Array, slots: Slots, s: Slots, scratch: Array) -> list[Call]:
        average, steps, epsilon = slots["square_average"], slots["step_average"], np.asarray(self.epsilon, p.dtype)
        other = np.zeros_like(p)
        return [
            (np.multiply, g, g, scratch),
            *_decay(average, self.rho, scratch, p.dtype),
            (np.add, steps, epsilon, scratch),
            (np.sqrt, scratch, scratch),
            (np.add, average, epsilon, other),
            (np.sqrt, other, other),
            (np.divide, scratch, other, scratch),
            (np.multiply, g, scratch, g),
            (np.multiply, g, g, scratch),
            *_decay(steps, self.rho, scratch, p.dtype),
            (np.multiply, g, s["lr"], g),
            (np.subtract, p, g, p),
        ]


ADAM = (
    r"m \leftarrow \beta_1 m + (1-\beta_1) g,\quad v \leftarrow \beta_2 v + (1-\beta_2) g^2,\quad"
    r" w \leftarrow w - \eta\,\frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon}"
)


class _Adam:
    """What Adam and AdamW share."""

    beta1: Any
    beta2: Any
    epsilon: Any

    steady = False

    def slots(self) -> tuple[str, ...]:
        return ("mean", "square_average")

    def scalars(self, t: int, lr: float) -> dict[str, float]:
        # √(v/c₂) + ε = (√v + ε√c₂) / √c₂, so the step is η √c₂ / c₁ · m / (√v + ε√c₂)
        c1, c2 = 1.0 - self.beta1**t, math.sqrt(1.0 - self.beta2**t)
        return {"step": lr * c2 / c1, "epsilon": self.epsilon * c2}

    def calls(self, p: Array, g: Array, slots: Slots, s: Slots, scratch: Array) -> list[Call]:
        m, v = slots["mean"], slots["square_average"]
        return [
            (np.multiply, g, g, scratch),
            *_decay(v, self.beta2, scratch, p.dtype),
            *_decay(m, self.beta1, g, p.dtype),
            (np.sqrt, v, scratch),
            (np.add, scratch, s["epsilon"], scratch),
            (np.divide, m, scratch, scratch),
            (np.multiply, scratch, s["step"], scratch),
            (np.subtract, p, scratch, p),
        ]


@part(
    "optimizer",
    "adam",
    label="Adam",
    formula=ADAM,
    keras="keras.optimizers.Adam({learning_rate}, beta_1={beta1}, beta_2={beta2}, epsilon={epsilon})",
    torch="torch.optim.Adam(model.parameters(), lr={learning_rate}, betas=({beta1}, {beta2}), eps={epsilon})",
    examples=({}, {"beta1": 0.8, "beta2": 0.99}),
    source="Kingma, Ba 2014, arXiv:1412.6980; torch.optim.Adam",
)
class Adam(_Adam):
    """Momentum and a step size of its own for every weight: the usual first choice."""

    learning_rate: float = rate(0.001)
    beta1: float = share(0.9, "How slowly the average gradient forgets, β₁.")
    beta2: float = share(0.999, "How slowly the average of squares forgets, β₂.")
    epsilon: float = tiny(1e-8)


@part(
    "optimizer",
    "adamw",
    label="AdamW",
    formula=r"w \leftarrow w - \eta\lambda w,\quad \text{then Adam's step}",
    keras="keras.optimizers.AdamW({learning_rate}, weight_decay={weight_decay}, beta_1={beta1}, beta_2={beta2},"
    " epsilon={epsilon})",
    torch="torch.optim.AdamW(model.parameters(), lr={learning_rate}, betas=({beta1}, {beta2}), eps={epsilon},"
    " weight_decay={weight_decay})",
    examples=({}, {"weight_decay": 0.1}),
    source="Loshchilov, Hutter 2017, arXiv:1711.05101; torch.optim.AdamW",
)
class AdamW(_Adam):
    """Adam that also shrinks every weight a little each step, whatever its gradient."""

    learning_rate: float = rate(0.001)
    beta1: float = share(0.9, "How slowly the average gradient forgets, β₁.")
    beta2: float = share(0.999, "How slowly the average of squares forgets, β₂.")
    epsilon: float = tiny(1e-8)
    weight_decay: float = real(0.01, lo=0.0, hi=1.0, help="The share of a weight lost per unit of learning rate, λ.")

    def scalars(self, t: int, lr: float) -> dict[str, float]:
        return {**super().scalars(t, lr), "keep": 1.0 - lr * self.weight_decay}

    def calls(self, p: Array, g: Array, slots: Slots, s: Slots, scratch: Array) -> list[Call]:
        return [(np.multiply, p, s["keep"], p), *super().calls(p, g, slots, s, scratch)]
