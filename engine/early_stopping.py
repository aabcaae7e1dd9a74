"""Early stopping: training ends when the test loss has stopped falling, with the best weights on the way if wanted.

The test part does here what others call validation: it is looked at while training, so once patience (or a plateau
schedule) acts on its loss, that loss is a little too good as a forecast. A third part of the data, kept from both,
would tell; the two parts of the page are one lesson, three would hide it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.builder import Array

if TYPE_CHECKING:
    from engine.train import Trainer


@dataclass
class Best:
    """The epoch with the lowest test loss since `patience` was set, with copies of its weights and running states."""

    loss: float = math.inf
    epoch: int = 0
    waited: int = 0  # epochs since then
    restored: bool = False  # its weights have been brought back
    flat: Array | None = None
    state: Array | None = None

    def facts(self) -> tuple[float, int, int, bool]:
        """What a checkpoint keeps beside the arrays."""
        return self.loss, self.epoch, self.waited, self.restored

    @classmethod
    def from_facts(cls, facts: Sequence[Any], arrays: Mapping[str, Array]) -> "Best":
        """The best that a checkpoint kept."""
        loss, epoch, waited, restored = facts
        return cls(loss, epoch, waited, restored, arrays.get("best.flat"), arrays.get("best.state"))

    def look(self, trainer: "Trainer", loss: float) -> None:
        """After an epoch with this test loss."""
        self.restored = False
        if loss < self.loss:
            self.loss, self.epoch, self.waited = loss, trainer.epoch, 0
            self.flat, self.state = trainer.parameters.flat.copy(), trainer.parameters.state.copy()
        else:
            self.waited += 1

    def verdict(self, trainer: "Trainer") -> str | None:
        """Why training should end now; None where it should not. Brings the best weights back once, if wanted."""
        patience = trainer.training.patience
        if patience is None or self.waited < patience:
            return None
        words = f"The test loss has not been lower than {self.loss:.4g}, of epoch {self.epoch}, for {patience} epochs."
        if not trainer.training.restore_best or self.flat is None or self.state is None:
            return words
        if not self.restored:
            trainer.parameters.flat[:], trainer.parameters.state[:] = self.flat, self.state
            self.restored = True
        return f"{words} The weights of epoch {self.epoch} are back."
