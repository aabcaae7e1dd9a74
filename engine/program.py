"""A program: one network compiled for one number of samples into a flat list of calls on its own buffers.

Programs share the weights and own everything else, so a prediction in the middle of training changes nothing.
"""

from typing import Any

import numpy as np

from engine.activation import Activation
from engine.arrange import arrange
from engine.builder import Array, Builder, Call, Memory, Tensor, batch_axis, run, to_samples
from engine.layer import Shape
from engine.network import INPUT, Network
from engine.parameters import Parameters


class Program:
    """Forward, and with `gradients` also backward, for `batch` samples at a time.

    samples: how many samples the loss averages over, where the batch is a piece of a larger one.
    keep: values before each activation survive (`before`), for looking inside.
    memory: where the buffers are, shared with programs that never run at the same time.
    loss: a loss of the catalogue; then `targets` (stored layout) has to be loaded too and `losses` holds (N,).
    """

    def __init__(
        self,
        network: Network,
        weights: Parameters,
        *,
        batch: int,
        gradients: Parameters | None = None,
        loss: Any = None,
        samples: int | None = None,
        keep: bool = False,
        rng: np.random.Generator | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.network, self.batch = network, batch
        rows = sum(node.out_shape[0] + 1 for node in network.nodes if len(node.out_shape) == 1)
        b = Builder(
            batch,
            weights.dtype,
            training=gradients is not None,
            samples=samples,
            keep=keep,
            rng=rng,
            rows=rows,
            memory=memory,
        )
        plan = arrange(network, looking=keep)
        self.samples, self.input = _input(b, network.read_shape, plan.read[INPUT])
        self.tensors: dict[str, Tensor] = {INPUT: self.input}
        self.before: dict[str, Tensor] = {}
        makers: dict[int, int] = {}  # which block made a tensor
        joint = bool(loss is not None and getattr(loss, "joint", False))
        for node in network.nodes:
            b.open_block()
            inputs = [self.tensors[i] for i in node.inputs]
            b.spent = node.id in plan.spent
            y = node.layer.build(b, weights.weights(node, gradients), *inputs)
            self.before[node.id] = y
            fresh = all(y is not x for x in inputs)
            if fresh:
                makers[id(y)] = len(b.blocks) - 1
            if not (joint and node is network.output):
                b.open_block()  # an activation's backward calls come before its layer's
                y = _activate(b, plan.activations[node.id], y, fresh=fresh)
                if y is not self.before[node.id] or fresh:
                    makers[id(y)] = len(b.blocks) - 1
            self.tensors[node.id] = y
        self.output = self.tensors[network.output.id]
        self.targets: Array | None = None
        self.losses: Array | None = None
        if loss is not None:
            self.targets = b.like(self.output.value)
            if gradients is None:
                self.losses = loss.value(b, self.output, self.targets)
            else:
                b.open_block()
                loss.gradient(b, self.output, self.targets)
        for tensor in {id(t): t for t in (*self.tensors.values(), *self.before.values())}.values():
            b.sum_readers(tensor, makers.get(id(tensor)))
        b.finish_slopes()
        self.draws, self.work = b.draws, b.forward_calls + b.backward_calls()
        self.calls = self.draws + self.work

    def loading(self, inputs: Array, index: Array, targets: Array | None = None) -> list[Call]:
        """Calls that bring the samples `index` in: inputs as `stored_inputs` makes them, targets as the other does."""
        calls: list[Call] = [(inputs.take, index, 0, self.samples, "clip")]
        if self.targets is not None and targets is not None:
            calls.append((targets.take, index, batch_axis(len(self.output.shape)), self.targets, "clip"))
        return calls

    def load(self, inputs: Array, index: Array, targets: Array | None = None) -> None:
        """Bring the samples `index` in."""
        run(self.loading(inputs, index, targets))

    def run(self) -> None:
        """Compute everything this program computes."""
        run(self.calls)

    def outputs(self) -> Array:
        """The network's outputs as (N, *shape): a view, valid until the next run."""
        return to_samples(self.output.value, len(self.output.shape))


def stored_inputs(network: Network, x: Array, dtype: Any) -> Array:
    """Samples (n, *shape) as programs read them: rows of features get a one at the end, for the bias."""
    x = np.asarray(x, dtype).reshape(len(x), *network.read_shape)
    if x.ndim != 2:
        return np.ascontiguousarray(x)
    out = np.ones((len(x), x.shape[1] + 1), dtype)
    out[:, :-1] = x
    return out


def stored_targets(y: Array, dtype: Any) -> Array:
    """Targets (n, *shape) in the stored layout, samples where `to_samples` looks for them."""
    return np.ascontiguousarray(np.moveaxis(np.asarray(y, dtype), 0, batch_axis(y.ndim - 1)))


def _input(b: Builder, shape: Shape, read: Shape) -> tuple[Array, Tensor]:
    """The buffer that samples are copied into, and the tensor layers read: the first places of it, where that is all.

    A row of features stays as the data has it, samples first: its transpose is the stored layout.
    """
    if len(shape) == 1:
        samples = b.buffer(b.batch, shape[0] + 1, fill=1.0)
        return samples, Tensor(shape, samples.T[:-1], samples.T, wants_grad=False)
    samples, stored = b.buffer(b.batch, *shape), b.buffer(*read[:-1], b.batch, read[-1])
    seen = samples[(slice(None), *map(slice, read))]
    b.forward(np.copyto, stored, np.moveaxis(seen, 0, batch_axis(len(shape))))
    return samples, Tensor(read, stored, stored, wants_grad=False)


def _activate(b: Builder, f: Any, z: Tensor, *, fresh: bool) -> Tensor:
    """Put an activation, if there is one, behind a layer's output; in the same buffers where that is safe."""
    if f is None or (f.name == "linear" and fresh):
        return z
    same = fresh and f.from_output and not b.keep
    y = z if same else b.tensor(z.shape)
    f.forward(b, z.value, y.value, z.axis)
    if b.training and same and type(f).backward is Activation.backward:
        b.backward(np.multiply, y.grad, b.slope(f, y), z.grad)
    elif b.training:
        dz = z.grad if same else b.gradient(z)
        if dz is not None:
            f.backward(b, z.value, y.value, y.grad, dz, z.axis)
    return y
