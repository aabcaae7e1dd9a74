"""Looking at a trainer: the row of history, the weights, predictions, statistics. Nothing of it changes anything."""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import Array
from engine.evaluate import Evaluator
from engine.statistics import statistics

if TYPE_CHECKING:
    from engine.crew import Crew
    from engine.data import Prepared
    from engine.experiment import Training
    from engine.network import Network
    from engine.parameters import Parameters
    from engine.probe import Probe
    from engine.targets import Coding


class Looks:
    """The half of a `Trainer` that others look through; the other half trains."""

    training: "Training"
    data: "Prepared"
    network: "Network"
    parameters: "Parameters"
    coding: "Coding"
    probe: "Probe"
    loss: Any
    mask: Array
    x: Array
    y: Array
    samples: int
    epoch: int
    update: int
    position: int
    taken: int
    gradient_norm: float
    gradient_norms: list[float]
    crew: "Crew"
    _labels: Array
    _evaluator: Evaluator | None

    def learning_rate(self) -> float:
        """The learning rate of the next update."""
        raise NotImplementedError

    @property
    def batch_position(self) -> int:
        """How many samples of the present batch are taken in already (going sample by sample)."""
        return self.taken

    @property
    def evaluator(self) -> Evaluator:
        """Judges the present weights on training and test part; made when first needed."""
        if self._evaluator is None:
            self._evaluator = Evaluator(
                self.network,
                self.parameters,
                self.loss,
                self.coding,
                self.x,
                self.y,
                self._labels,
                self.samples,
                self.crew,
            )
        return self._evaluator

    def _judge_anew(self) -> None:
        """The weights were changed, perhaps when some of the data was judged."""
        if self._evaluator is not None:
            self._evaluator.begin()

    @np.errstate(all="ignore")
    def row(self) -> Array:
        """The present row of history: a vector of COLUMNS, float64."""
        self.evaluator.run()
        return self._row()

    @np.errstate(all="ignore")
    def _row(self) -> Array:
        """The same, where the evaluator has run."""
        penalty = self.training.regularizer.penalty(self.parameters.flat, self.mask)
        done = self.epoch + self.position / self.samples
        numbers = (done, self.update, *self.evaluator.row(), penalty, self.learning_rate(), self.gradient_norm)
        return np.array(numbers, np.float64)

    def manifest(self) -> list[dict[str, Any]]:
        """Layer, name, shape and place of every array in `packed`."""
        return self.parameters.manifest()

    def packed(self) -> Array:
        """Every weight as the wire has it: float32, (n,)."""
        return self.parameters.packed()

    def weights(self) -> dict[str, dict[str, Array]]:
        """Copies of every array in `packed` by layer and name, in the user's shapes."""
        return {id: {name: a.copy() for name, (a, _) in arrays.items()} for id, arrays in self.parameters.arrays()}

    def predict(self, inputs: Array) -> Array:
        """Outputs (N, …) for network-ready inputs (N, *input_shape)."""
        return self.probe.predict(inputs)

    def activations(self, inputs: Array) -> dict[str, Array]:
        """Every layer's output (N, …) by id, and before its activation as '<id>:pre'."""
        return self.probe.activations(inputs)

    def evaluate(self, split: str = "test", outputs: bool = True) -> dict[str, Any]:
        """Loss, metric, confusion matrix and, if wished, outputs on 'train' or 'test'."""
        return self.probe.evaluate(split, outputs)

    def statistics(self) -> list[dict[str, Any]]:
        """Of each layer: lengths of weights and gradient, mean and spread of outputs, dead and saturated neurons."""
        return statistics(self)
