"""An experiment: everything a run follows from. Same experiment, same losses, bit for bit.

Its JSON is what a link, a saved file and the REST API hold. What is left out takes its default; a network that is
left out is the data set's own preset, with the preset's training settings.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

import engine.activations
import engine.initializers
import engine.layers
import engine.losses
import engine.optimizers
import engine.regularizers
import engine.schedules  # noqa: F401  all of these enter their parts in the catalogue
from engine.class_weights import BALANCED
from engine.class_weights import check as check_class_weights
from engine.data import DataSpec, Prepared, prepare
from engine.errors import PlaygroundError, SpecError
from engine.network import Network, resolve
from engine.parameters import Parameters
from engine.spec import Param, coerce, flag, integer, make, numbers, params, part, real, sub, to_json
from engine.targets import Coding, coding

VERSION = 1
# 4: the untouched page solves its circle within a hundred epochs; from some starts so small a net gets stuck.
SEED = Param("seed", "integer", 4, "Rules the first weights, the order of batches and dropout.", lo=0, hi=2**53 - 1)
FIELDS = ("version", "seed", "data", "network", "training")


@part("settings", "training", label="Training")
class Training:
    """How the network is trained."""

    loss: Any = sub("loss", "mse", help="What training makes small.")
    optimizer: Any = sub("optimizer", "sgd", help="How gradients change the weights.", live=True)
    schedule: Any = sub("schedule", "constant", help="How the learning rate changes over time.", live=True)
    regularizer: Any = sub("regularizer", "none", help="A penalty on large weights.", live=True)
    batch_size: int = integer(10, lo=1, hi=100_000, help="How many examples make one update.", live=True)
    epochs: int | None = integer(None, lo=1, hi=10_000_000, help="Stop after so many epochs; empty: go on.", live=True)
    shuffle: bool = flag(True, help="Mix the training examples anew each epoch.")
    clip_norm: float | None = real(
        None,
        lo=0.0,
        hi=1e6,
        open_lo=True,
        live=True,
        scale="log",
        help="Shorten gradients longer than this; empty: never.",
    )
    clip_value: float | None = real(
        None,
        lo=0.0,
        hi=1e6,
        open_lo=True,
        live=True,
        scale="log",
        help="Cut each number of a gradient at this size; empty: never.",
    )
    class_weights: tuple[float, ...] | str | None = numbers(
        None,
        lo=0.0,
        hi=1000.0,
        length=(2, 1000),
        options=(BALANCED,),
        live=True,
        help="How much examples of each class count: a number a class, or balanced: rare classes count more.",
    )
    patience: int | None = integer(
        None,
        lo=1,
        hi=100_000,
        live=True,
        help="Stop when the test loss was not lower for so many epochs; empty: never.",
    )
    restore_best: bool = flag(
        False, live=True, help="When patience ends, bring back the weights of the epoch with the lowest test loss."
    )

    def to_json(self) -> dict[str, Any]:
        """The JSON `training_from_json` reads."""
        out = to_json(self)
        del out["type"]
        return out


def training_from_json(spec: Any) -> Training:
    """Raises SpecError, its `where` starting with `training`."""
    if not isinstance(spec, dict):
        raise SpecError("The training settings are an object.", where="training")
    if "type" in spec:
        raise SpecError("Training settings have no type.", where="training.type", fix="Leave it out.")
    try:
        return make("settings", {**spec, "type": "training"})
    except PlaygroundError as error:
        raise error.at("training") from None


def change(training: Training, **changes: Any) -> Training:
    """The same settings with some changed, checked as the declaration wants. Raises SpecError naming the field."""
    declared = {p.name: p for p in params(Training)}
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "learning_rate":
            values["optimizer"] = make(
                "optimizer", {**to_json(values.get("optimizer", training.optimizer)), name: value}
            )
        elif name not in declared or not declared[name].live:
            able = ", ".join(["learning_rate", *(n for n, p in declared.items() if p.live)])
            raise SpecError("This can not be changed during a run.", where=name, fix=f"What can: {able}.")
        else:
            values[name] = coerce(declared[name], value)
    return replace(training, **values)


@dataclass(frozen=True)
class Experiment:
    """A checked experiment. `from_json` is the way to make one."""

    seed: int
    data: DataSpec
    network: Network
    training: Training

    @classmethod
    def from_json(cls, spec: Any) -> "Experiment":
        """Raises PlaygroundError; `where` is the path of the field: `network.layers.hidden1.units`."""
        if not isinstance(spec, dict):
            raise SpecError(f"An experiment is an object with the fields {', '.join(FIELDS)}.")
        for key in spec:
            if key not in FIELDS:
                raise SpecError(
                    f"An experiment has no field {str(key)[:60]!r}.",
                    where=str(key)[:60],
                    fix=f"Its fields: {', '.join(FIELDS)}.",
                )
        if spec.get("version", VERSION) != VERSION:
            raise SpecError(f"This server reads version {VERSION}, got {str(spec['version'])[:20]}.", where="version")
        seed = coerce(SEED, spec.get("seed", SEED.default))
        data = DataSpec.from_json(spec.get("data", "circle"))
        network, training = spec.get("network"), spec.get("training")
        if network is None:
            preset = data.part.preset
            network = {"layers": preset["layers"]}
            if training is None or isinstance(training, dict):
                training = {**preset["training"], **(training or {})}
        try:
            net = Network.from_json(network, data.input_shape)
        except PlaygroundError as error:
            raise error.at("network") from None
        made = cls(seed, data, net, training_from_json({} if training is None else training))
        made.coding()
        prepared(data)  # what is wrong with the data is told as such
        try:
            made.check_training(made.training)
        except PlaygroundError as error:
            raise error.at("training") from None
        return made

    def to_json(self) -> dict[str, Any]:
        """Complete: every default written out."""
        network = self.network.to_json()
        del network["input"]  # follows from the data
        return {
            "version": VERSION,
            "seed": self.seed,
            "data": self.data.to_json(),
            "network": network,
            "training": self.training.to_json(),
        }

    def coding(self) -> Coding:
        """How targets are written as numbers. Raises SpecError where output, loss and data do not fit."""
        return coding(self.network, self.training.loss, len(self.data.classes or ()))

    def check_training(self, training: Training) -> None:
        """Raises SpecError where the settings do not fit the data: too large a batch, class weights for no class."""
        n = len(prepared(self.data).train)
        if training.batch_size > n:
            raise SpecError(
                f"A batch of {training.batch_size} is larger than the {n} training examples.",
                where="batch_size",
                fix=f"Choose a whole number from 1 to {n}.",
            )
        check_class_weights(training.class_weights, len(self.data.classes or ()))

    def check(self) -> dict[str, Any]:
        """Shapes and sizes of every layer."""
        return summary(list(self.network.nodes), self.network.input_shape)


@lru_cache(maxsize=4)
def prepared(spec: DataSpec) -> Prepared:
    """The data of a specification; the newest few are kept, since many runs share theirs."""
    return prepare(spec)


def summary(nodes: list[Any], input_shape: tuple[int, ...]) -> dict[str, Any]:
    """Shapes, parameter counts and weights of resolved layers, as JSON."""
    layers = [
        {
            "id": node.id,
            "type": node.layer.name,
            "inputs": list(node.inputs),
            "input_shape": list(node.in_shapes[0]),
            "output_shape": list(node.out_shape),
            "parameters": node.count(),
            "weights": _weights(node),
        }
        for node in nodes
    ]
    return {
        "layers": layers,
        "parameters": sum(layer["parameters"] for layer in layers),
        "input_shape": list(input_shape),
        "output_shape": layers[-1]["output_shape"] if layers else list(input_shape),
    }


def _weights(node: Any) -> list[dict[str, Any]]:
    # broadcast zeros have every shape and no memory: a check of a huge network must not allocate it
    stored = {name: np.broadcast_to(np.float32(0), shape) for name, shape in node.storage().items()}
    return [{"name": name, "shape": list(a.shape)} for name, a in node.layer.views(stored).items()]


def check_network(
    spec: Any, input_shape: tuple[int, ...], classes: int | None = None, loss: Any = None
) -> dict[str, Any]:
    """Shapes and counts of every layer that is right, and `errors` for those that are not; raises nothing.

    classes (0: values to predict) and loss are checked against the output layer where both are given.
    """
    nodes, errors = resolve(spec, tuple(input_shape))
    errors = [error.at("network") for error in errors]
    if not errors and classes is not None and loss is not None:
        try:
            coding(Network(tuple(input_shape), tuple(nodes)), _loss(loss), classes)
        except PlaygroundError as error:
            errors.append(error)
    found = [{"where": e.where, "message": e.message, "fix": e.fix} for e in errors]
    return {**summary(nodes, tuple(input_shape)), "errors": found}


def _loss(spec: Any) -> Any:
    try:
        return make("loss", spec)
    except PlaygroundError as error:
        raise error.at("training.loss") from None


__all__ = ["Experiment", "Parameters", "Training", "change", "check_network", "prepared", "training_from_json"]
