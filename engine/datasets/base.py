"""What every data set declares, and the helpers that keep such a declaration short."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np

from engine.spec import choice, integer, part, real

TWO = ("orange", "blue")  # class 0 stands for −1, class 1 for +1
MIXED, IN_ORDER = "mixed", "in_order"


@dataclass(frozen=True, eq=False)
class Raw:
    """Examples in the user's units, in the order in which they were made.

    inputs: (n, *shape) float64; large images may stay uint8. targets: (n,) int64 class numbers, or float64 values.
    """

    inputs: np.ndarray
    targets: np.ndarray


class Dataset(Protocol):
    """What `engine.data` and everybody else may ask of a data set."""

    name: ClassVar[str]
    label: ClassVar[str]
    task: str  # classification | regression
    view: str  # plane | line | image | table | sequence
    shape: tuple[int, ...]  # of one example, without the batch
    columns: tuple[str, ...]  # names along the last axis; empty for images
    plain: tuple[str, ...]  # columns of a table that are not standardized
    class_names: tuple[str, ...] | None  # names of the classes; None for regression
    train_fraction: float  # the share that trains where the user does not say
    divide_by: float  # images: the largest value a pixel can have
    preset: dict[str, Any]  # {"layers": […], "training": {…}}: the smallest that solves it
    needs_files: bool  # whether somebody has to bring its files first
    personal: bool  # whether there is one for each visitor, and so none to offer before it is named

    def generate(self, rng: np.random.Generator) -> Raw:
        """Make the examples. The same generator state gives the same examples, bit for bit.

        A set with a `split` gives all that it has, in their own order, where that is IN_ORDER.
        """
        ...


class ByParameters:
    """A fact that depends on the parameters. Read on the class itself, it is that of the default parameters."""

    def __init__(self, fact: Callable[[Any], Any]) -> None:
        self.fact = fact

    def __get__(self, made: Any, cls: type) -> Any:
        return self.fact(cls() if made is None else made)


SHARED: dict[str, Any] = {
    "class_names": None, "columns": (), "plain": (), "train_fraction": 0.5, "divide_by": 1.0,
    "source": "", "needs_files": False, "personal": False,
}  # fmt: skip


def dataset(name: str, *, label: str, formula: str = "", **declared: Any) -> Callable[[type], type]:
    """Declare a data set: a part whose facts (those of the default parameters) are in its description too."""

    def enter(cls: type) -> type:
        missing = {key: value for key, value in (SHARED | declared).items() if key not in cls.__dict__}
        made: Any = part("dataset", name, label=label, formula=formula, **missing)(cls)
        made.facts = {
            key: list(value) if isinstance(value, tuple) else value
            for key in ("task", "view", "shape", "columns", "class_names", "train_fraction", "preset")
            for value in [getattr(made, key)]
        }
        return made

    return enter


def samples(default: int, help: str = "How many points are made.") -> Any:
    """The parameter of every set that is made rather than read."""
    return integer(default, lo=20, hi=10_000, help=help)


def split() -> Any:
    """The parameter of sets whose examples lie in an order that means something, such as files made for training."""
    help = "Which examples train: any, mixed by the seed; or the first in their own order, and the last ones test."
    return choice(MIXED, (MIXED, IN_ORDER), help=help)


def noise(help: str) -> Any:
    """The noise knob: percent, as on the page."""
    return real(0.0, lo=0, hi=50, help=help)


def halves(n: int) -> tuple[int, int]:
    """Sizes of two groups that differ by one at most."""
    return n - n // 2, n // 2


def mlp(units: Iterable[int], activation: str, *, out: int, out_activation: str) -> list[dict[str, Any]]:
    """The layers of a plain network: some hidden ones and the output."""
    hidden = [
        {"id": f"hidden{i}", "type": "dense", "units": u, "activation": activation} for i, u in enumerate(units, 1)
    ]
    return [*hidden, {"id": "output", "type": "dense", "units": out, "activation": out_activation}]


def flat(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same layers, for inputs that are more than a vector."""
    return [{"id": "flatten", "type": "flatten"}, *layers]


def training(loss: str, optimizer: str, learning_rate: float, *, batch_size: int = 10, **others: Any) -> dict[str, Any]:
    """The training settings of a preset."""
    return {
        "loss": loss,
        "optimizer": {"type": optimizer, "learning_rate": learning_rate},
        "batch_size": batch_size,
        **others,
    }
