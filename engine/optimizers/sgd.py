"""Gradient descent, plain and with momentum."""

from collections.abc import Mapping

import numpy as np

from engine.builder import Array, Call
from engine.errors import SpecError
from engine.spec import flag, part, real

LEARNING_RATES = (0.00001, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@part(
    "optimizer",
    "sgd",
    label="SGD",
    formula=r"v \leftarrow \mu v + g,\quad w \leftarrow w - \eta v",
    keras="keras.optimizers.SGD({learning_rate}, momentum={momentum}, nesterov={nesterov})",
    torch="torch.optim.SGD(model.parameters(), lr={learning_rate}, momentum={momentum}, nesterov={nesterov})",
    examples=({}, {"momentum": 0.9}, {"momentum": 0.8, "nesterov": True}),
    source="Sutskever et al. 2013, ICML; torch.optim.SGD",
)
class SGD:
    """Takes a step against the gradient of each batch; with momentum it keeps rolling in the direction so far."""

    learning_rate: float = real(
        0.03, lo=0.0, hi=100.0, help="The size of each step, η.", live=True, presets=LEARNING_RATES, scale="log"
    )
    momentum: float = real(0.0, lo=0.0, hi=1.0, open_hi=True, help="How much of the last step is kept, μ.", live=True)
    nesterov: bool = flag(False, help="Look ahead: take the gradient's step after the momentum's.", live=True)

    def __post_init__(self) -> None:
        if self.nesterov and self.momentum == 0.0:
            raise SpecError("Nesterov needs momentum.", where="nesterov", fix="Set momentum above 0, such as 0.9.")

    steady = True

    def slots(self) -> tuple[str, ...]:
        return ("velocity",) if self.momentum else ()

    def scalars(self, t: int, lr: float) -> dict[str, float]:
        return {"lr": lr}

    def calls(
        self, p: Array, g: Array, slots: Mapping[str, Array], s: Mapping[str, Array], scratch: Array
    ) -> list[Call]:
        if not self.momentum:
            return [(np.multiply, g, s["lr"], g), (np.subtract, p, g, p)]
        v, mu = slots["velocity"], np.asarray(self.momentum, p.dtype)
        roll = [(np.multiply, v, mu, v), (np.add, v, g, v)]
        if self.nesterov:
            return [
                *roll,
                (np.multiply, v, mu, scratch),
                (np.add, g, scratch, g),
                (np.multiply, g, s["lr"], g),
                (np.subtract, p, g, p),
            ]
        return [*roll, (np.multiply, v, s["lr"], scratch), (np.subtract, p, scratch, p)]
