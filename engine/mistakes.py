"""The examples that a network gets most wrong, or those it takes for one certain class: by their losses."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.builder import Array
from engine.errors import SpecError
from engine.program import Program

if TYPE_CHECKING:
    from engine.train import Trainer

PIECE = 256  # examples at a time


@dataclass(frozen=True)
class Judged:
    """Examples of one part of the data, each with its loss (n,).

    index: positions within the part. predicted: class numbers, None for regression. probabilities: (n, classes), None
    where the outputs are none.
    """

    index: Array
    losses: Array
    predicted: Array | None
    probabilities: Array | None

    def take(self, chosen: Array) -> "Judged":
        """Some of them."""
        parts = (self.index, self.losses, self.predicted, self.probabilities)
        return Judged(*(None if part is None else part[chosen] for part in parts))  # type: ignore[arg-type]


def judge(trainer: "Trainer", split: str) -> Judged:
    """Every example of 'train' or 'test', in the order of the split."""
    part = slice(0, trainer.samples) if split == "train" else slice(trainer.samples, len(trainer.x))
    places = np.arange(len(trainer.x))[part]
    outputs, losses = [], []
    programs: dict[int, Program] = {}
    for lo in range(0, len(places), PIECE):
        piece = places[lo : lo + PIECE]
        if len(piece) not in programs:
            programs[len(piece)] = Program(
                trainer.network, trainer.parameters, batch=len(piece), loss=trainer.loss, keep=False
            )
        program = programs[len(piece)]
        program.load(trainer.x, piece, trainer.y)
        program.run()
        outputs.append(program.outputs().copy())
        losses.append(np.array(program.losses, np.float64))
    sums = np.concatenate(outputs)
    return Judged(np.arange(len(places)), np.concatenate(losses), *_classes(trainer, sums))


def mistakes(
    trainer: "Trainer", split: str, true: int | None = None, predicted: int | None = None
) -> tuple[Judged, Array]:
    """Examples with the largest loss first, and their targets as `trainer.data` has them.

    Classes: those taken for another one; with `true` or `predicted` (class numbers), all of that class or those taken
    for it, right ones too where both are the same. Values: all of them. Raises SpecError naming `true` or `predicted`.
    """
    judged, data, k = judge(trainer, split), trainer.data, trainer.coding.classes
    targets = data.targets[data.train if split == "train" else data.test]
    fits = np.ones(len(judged.index), bool)
    for name, wanted in (("true", true), ("predicted", predicted)):
        if wanted is not None and not 0 <= wanted < k:
            fix = f"Choose a class from 0 to {k - 1}." if k else "Leave it out."
            raise SpecError(f"There is no class {wanted} to look for.", where=name, fix=fix)
    if judged.predicted is not None:
        if true is None or true != predicted:
            fits &= judged.predicted != targets
        fits &= (targets == true) if true is not None else True
        fits &= (judged.predicted == predicted) if predicted is not None else True
    order = np.flatnonzero(fits)
    order = order[np.argsort(-np.nan_to_num(judged.losses[order], nan=np.inf), kind="stable")]
    return judged.take(order), targets[order]


@np.errstate(all="ignore")
def _classes(trainer: "Trainer", sums: Array) -> tuple[Array | None, Array | None]:
    """Class numbers and probabilities from what comes out of a program with a loss: sums, or outputs."""
    coding, joint = trainer.coding, bool(getattr(trainer.loss, "joint", False))
    if not coding.classes:
        return None, None
    sums = sums.astype(np.float64)
    if coding.outputs == 1:
        one = (
            1 / (1 + np.exp(-sums[:, 0]))
            if joint
            else np.clip((sums[:, 0] - coding.low) / (coding.high - coding.low), 0, 1)
        )
        chosen = sums[:, 0] > (0.0 if joint else coding.threshold)
        return chosen.astype(np.int64), np.stack([1 - one, one], axis=1)
    chosen = sums.argmax(axis=1)
    if joint and trainer.training.loss.name == "categorical_cross_entropy":
        powers = np.exp(sums - sums.max(axis=1, keepdims=True))
        return chosen, powers / powers.sum(axis=1, keepdims=True)
    return chosen, sums if trainer.network.output_activation == "softmax" else None
