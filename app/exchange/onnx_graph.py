"""An ONNX graph while it is being written: nodes and arrays under names that people can read."""

from typing import Any

import numpy as np

from engine.errors import PlaygroundError

MISSING = "This needs the `onnx` package."
INSTALL = "Install it: pip install 'neuron-playground[onnx]'."


def library() -> Any:
    """The `onnx` package. Raises PlaygroundError where it is not installed."""
    try:
        import onnx
    except ImportError:
        raise PlaygroundError(MISSING, fix=INSTALL) from None
    return onnx


class Graph:
    """Collects nodes. Names: a layer's output is called as the layer, what comes before it `id:1`, `id:2` …"""

    def __init__(self) -> None:
        self.onnx = library()
        self.nodes: list[Any] = []
        self.arrays: dict[str, Any] = {}
        self.layer = ""
        self._count = self._start = 0

    def open(self, layer: str) -> None:
        """What follows belongs to this layer."""
        self.layer, self._count, self._start = layer, 0, len(self.nodes)

    def node(self, op: str, *inputs: str, outputs: int = 1, want: int = 0, **attributes: Any) -> str:
        """Add a node; gives the name of its output, or of output number `want` where it has several."""
        names = []
        for k in range(outputs):
            self._count += k == want
            names.append(f"{self.layer}:{self._count}" if k == want else "")
        made = self.onnx.helper.make_node(op, list(inputs), names, name=f"{self.layer}/{op}{self._count}", **attributes)
        self.nodes.append(made)
        return names[want]

    def array(self, name: str, values: Any, dtype: Any = np.float32) -> str:
        """Add an array `layer.name`; gives that name."""
        full = f"{self.layer}.{name}"
        self.arrays[full] = self.onnx.numpy_helper.from_array(np.array(values, dtype, order="C"), full)
        return full

    def whole(self, name: str, *numbers: int) -> str:
        """Add an array of whole numbers, as shapes and axes are given."""
        return self.array(name, numbers, np.int64)

    def close(self, output: str) -> None:
        """The layer's output gets the layer's name."""
        own = self.nodes[self._start :]  # a transposed input is shared, so its name has to stay
        if not own or output not in own[-1].output or own[-1].op_type == "Transpose":
            output = self.node("Identity", output)
        names = self.nodes[-1].output
        names[list(names).index(output)] = self.layer
