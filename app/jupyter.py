"""A widget for notebooks: the playground below a cell, its losses as traits. Needs the extra `jupyter` and a server.

playground = Playground("http://localhost:8000", experiment="dataset=spiral", hide=["noise"])
"""

from typing import Any

import anywidget
import traitlets

from app.paths import resource


class Playground(anywidget.AnyWidget):
    """The playground of a server in a frame. What it shows and hides is set when it is made, or later."""

    _esm = resource("static") / "js" / "embed" / "notebook.js"

    server = traitlets.Unicode(help="Address of the server.").tag(sync=True)
    experiment = traitlets.Unicode(help="What stands after the # of the playground's address.").tag(sync=True)
    share = traitlets.Unicode(help="Id of a shared run, instead of an experiment.").tag(sync=True)
    hide = traitlets.List(traitlets.Unicode(), help="Names of controls that are not shown.").tag(sync=True)
    lock = traitlets.List(traitlets.Unicode(), help="Names of controls that can not be changed.").tag(sync=True)
    theme = traitlets.Enum(("", "light", "dark"), "", help="Colours; empty: as the system has them.").tag(sync=True)
    lang = traitlets.Unicode("", help="Language, such as zh; empty: as the reader has it.").tag(sync=True)
    height = traitlets.Int(0, min=0, help="Pixels; 0: as high as what is in it.").tag(sync=True)

    # told by the frame
    state = traitlets.Unicode("none", help="created, running, paused, finished, diverged or failed.").tag(sync=True)
    epoch = traitlets.Float(0.0, help="Times that every training example was used.").tag(sync=True)
    update = traitlets.Int(0, help="Times that the weights were changed.").tag(sync=True)
    train_loss = traitlets.Float(None, allow_none=True, help="Loss on training examples.").tag(sync=True)
    test_loss = traitlets.Float(None, allow_none=True, help="Loss on test examples.").tag(sync=True)
    error = traitlets.Unicode("", help="What went wrong last.").tag(sync=True)

    def __init__(self, server: str = "http://localhost:8000", **traits: Any) -> None:
        super().__init__(server=server.rstrip("/"), **traits)

    def play(self) -> None:
        """Train."""
        self._ask("play")

    def pause(self) -> None:
        """Stop between two updates."""
        self._ask("pause")

    def step(self, unit: str = "epoch") -> None:
        """Train one epoch, batch or sample."""
        self._ask("step", unit=unit)

    def reset(self) -> None:
        """Back to the start, with the same first weights."""
        self._ask("reset")

    def set(self, path: str, value: Any) -> None:
        """Change one value of the experiment, such as training.optimizer.learning_rate."""
        self._ask("set", path=path, value=value)

    def _ask(self, type: str, **fields: Any) -> None:
        self.send({"type": type, **fields})
