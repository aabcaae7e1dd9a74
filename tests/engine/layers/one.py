"""One layer by itself on numbers that the test gives: `One({"type": "add"}, a, b).outputs()`."""

from typing import Any

import numpy as np

from engine.builder import batch_axis, to_samples
from engine.parameters import Parameters
from engine.program import Program
from engine.spec import make
from tests.engine.scaffold import Upstream, alone


class One:
    """A layer that reads arrays (N, *shape), float64; weights start as zeros unless given by the user's names."""

    def __init__(self, spec: Any, *inputs: Any, **weights: Any) -> None:
        arrays = [np.asarray(x, np.float64) for x in inputs]
        self.layer, self.batch = make("layer", spec), len(arrays[0])
        self.network = alone(self.layer, tuple(x.shape[1:] for x in arrays), self.batch)
        self.parameters = Parameters(self.network, np.float64)
        self.parameters.initialize(0)
        self.gradients = self.parameters.like()
        for k, x in enumerate(arrays, start=1):
            self.parameters.stored[f"input{k}"]["values"][...] = np.moveaxis(x, 0, batch_axis(x.ndim - 1))
        for name, value in weights.items():
            self.weights[name][...] = value

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """Views of the layer's weights and states by the user's names."""
        return {**self.parameters.named[self.layer.name], **self.parameters.states[self.layer.name]}

    def outputs(self) -> np.ndarray:
        """(N, *shape), in use."""
        program = Program(self.network, self.parameters, batch=self.batch)
        program.run()
        return program.outputs().copy()

    def train(self, upstream: Any = 1.0, seed: int = 0) -> tuple[np.ndarray, list[np.ndarray], dict[str, np.ndarray]]:
        """Outputs in training, the inputs' gradients (N, *shape), and the weights' by the user's names."""
        program = Program(
            self.network,
            self.parameters,
            batch=self.batch,
            gradients=self.gradients,
            loss=Upstream(),
            rng=np.random.default_rng(seed),
        )
        to_samples(program.targets, len(self.network.output.out_shape))[...] = upstream
        program.run()
        inputs = [
            to_samples(self.gradients.stored[node.id]["values"], len(node.out_shape)).copy()
            for node in self.network.nodes[:-1]
        ]
        return program.outputs().copy(), inputs, self.gradients.named[self.layer.name]
