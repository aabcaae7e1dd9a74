"""One gradient check for everything in the catalogue: the calls a part declares against central differences.

In float64, with random weights and a random upstream gradient: one of ones would hide errors (the outputs of a
softmax always add up to 1, so that their sum has no gradient whatever the code does). Each weight array and each
input is checked along random directions and in single places.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.builder import Array
from engine.network import Network
from engine.parameters import Parameters
from engine.program import Program, stored_targets
from engine.spec import make
from tests.engine.scaffold import Case, Source, Upstream, alone, apart, fill, reads_whole, stored_shape

BATCH = 3
STEP = 1e-5
RELATIVE, ABSOLUTE = 1e-6, 1e-8
DIRECTIONS, PLACES = 2, 3


class Bench:
    """A network in training mode, ready to be run again and again with the same chance and the same start.

    `loss` is the number whose gradient is wanted: Σ t·y for random t, or the mean of a loss of the catalogue.
    """

    def __init__(self, network: Network, *, seed: int = 0, loss: Any = None, targets: Array | None = None, **options):
        rng = np.random.default_rng(seed)
        self.network, self.parameters = network, Parameters(network, np.float64)
        self.gradients = self.parameters.like()
        self.parameters.initialize(seed)  # sets the states
        fill(self.parameters, rng)
        self.noise = np.random.default_rng(seed)
        self.loss = loss or Upstream()
        common: dict[str, Any] = {"batch": BATCH, "loss": self.loss, "rng": self.noise, **options}
        self.program = Program(network, self.parameters, gradients=self.gradients, **common)
        self.program.targets[...] = rng.normal(size=self.program.targets.shape) if targets is None else targets
        self.start = self.noise.bit_generator.state, self.parameters.state.copy()
        self.judge = None
        if loss is not None:
            self.judge = Program(network, self.parameters, batch=BATCH, loss=loss)
            self.judge.targets[...] = self.program.targets

    def run(self) -> float:
        """Forward and backward; the loss."""
        self.noise.bit_generator.state, self.parameters.state[:] = self.start[0], self.start[1]
        self.program.run()
        if self.judge is None:
            return float((self.program.targets * self.program.output.value).sum())
        self.judge.run()
        return float(self.judge.losses.mean())

    def analytic(self) -> Array:
        """The gradient that the program computes, in the form of the flat weights."""
        self.gradients.flat[:] = np.nan  # what nobody writes is found
        self.run()
        return self.gradients.flat.copy()

    def numeric(self, direction: Array, loss: Callable[[], float] | None = None) -> float:
        """The derivative of the loss along a direction, by central differences."""
        here, values = self.parameters.flat.copy(), []
        for sign in (1, -1):
            self.parameters.flat[:] = here + sign * STEP * direction
            values.append((loss or self.run)())
        self.parameters.flat[:] = here
        return (values[0] - values[1]) / (2 * STEP)


def check(bench: Bench, what: str, *, loss: Callable[[], float] | None = None, seed: int = 1) -> None:
    """Compare the gradient of every stored array. Raises AssertionError with what, name, analytic and numeric.

    loss: another function of the same weights whose derivative the gradient must be.
    """
    rng, gradient = np.random.default_rng(seed), bench.analytic()
    whole = reads_whole(bench.network.output.layer)
    for node in bench.network.nodes:
        if whole and isinstance(node.layer, Source):
            continue
        for name, array in bench.parameters.stored[node.id].items():
            inside = bench.parameters.like()
            inside.stored[node.id][name][...] = 1.0
            places = np.flatnonzero(inside.flat)
            assert places.size == array.size, f"{what}: {node.id}.{name} is not a part of the flat vector"
            for label, direction in _directions(rng, inside.flat, places):
                numeric, analytic = bench.numeric(direction, loss), float(gradient @ direction)
                assert abs(numeric - analytic) <= ABSOLUTE + RELATIVE * max(abs(numeric), abs(analytic)), (
                    f"{what}: the gradient of {node.id}.{name} {label} is wrong:\n"
                    f"  analytic {analytic:.12g}\n  numeric  {numeric:.12g}"
                )


def _directions(rng: np.random.Generator, inside: Array, places: Array):
    for k in range(DIRECTIONS):
        yield f"along random direction {k + 1}", inside * rng.uniform(-1, 1, inside.shape)
    for place in rng.choice(places, min(PLACES, places.size), replace=False):
        yield f"at place {place - places[0]}", (np.arange(inside.size) == place).astype(np.float64)


def check_layer(case: Case) -> None:
    """Gradients of a layer's inputs and of everything it stores."""
    name, parameters, shapes = case
    check(Bench(alone(make("layer", {"type": name, **parameters}), shapes, BATCH)), f"{name} {parameters} on {shapes}")


def check_activation(name: str, parameters: dict[str, Any], shape: tuple[int, ...]) -> None:
    """The derivative of an activation; where it declares a `surrogate`, against that function's derivative."""
    activation = {"type": name, **parameters}
    bench = Bench(alone(make("layer", {"type": "activation", "activation": activation}), (shape,), BATCH))
    surrogate = getattr(make("activation", activation), "surrogate", None)
    source, t = bench.parameters.stored["input1"]["values"], bench.program.targets
    loss = None if surrogate is None else lambda: float((t * surrogate(source)).sum())
    check(bench, f"{name} {parameters} on {shape}", loss=loss)


def targets_for(loss: Any, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Targets (N, *shape) of the kind the loss is made for."""
    if loss.targets == "signed":
        return rng.choice([-1.0, 1.0], (BATCH, *shape))
    if loss.targets == "probability" and loss.name == "categorical_cross_entropy":
        return np.eye(shape[-1])[rng.integers(0, shape[-1], (BATCH, *shape[:-1]))]
    if loss.targets == "probability":
        return rng.integers(0, 2, (BATCH, *shape)).astype(np.float64)
    return apart(rng, (BATCH, *shape)) * 1.1


def check_loss(name: str, parameters: dict[str, Any], shape: tuple[int, ...], *, samples: int | None = None) -> None:
    """The gradient of a loss against its own value. samples: as in `Program`, over how many it is averaged."""
    loss = make("loss", {"type": name, **parameters})
    targets = stored_targets(targets_for(loss, np.random.default_rng(5), shape), np.float64)
    assert targets.shape == stored_shape(shape, BATCH)
    network = Network((1,), alone(make("layer", "flatten"), (shape,), BATCH).nodes[:1])
    bench = Bench(network, loss=loss, targets=targets, samples=samples)
    share = BATCH / (samples or BATCH)
    check(bench, f"{name} {parameters} on {shape}", loss=lambda: share * bench.run())
