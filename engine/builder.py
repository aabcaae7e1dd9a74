"""How a network becomes a flat list of NumPy calls on buffers that are made once.

A layer's `build` asks a `Builder` for buffers and tells it which calls make its output and, in training, its
gradients. Running a program is then nothing but these calls in order: no allocation, no attribute look-up, no
branch. `docs/adr/0002-compiled-step.md` tells why and how to read such a program.

Layout. A vector of D features for N samples is stored (D, N), with a row of ones below it, so that a bias is one
more column of the weight matrix. Whatever has positions is stored positions x samples x channels: an image
(H, W, N, C), a sequence (T, N, D). So each shifted or strided window has long contiguous runs.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import starmap
from operator import call
from typing import Any

import numpy as np

Array = np.ndarray
Call = tuple[Any, ...]  # (function, argument, …)
NOTHING = np.empty(0)  # stands for a gradient that nobody wants
LINE = 64  # bytes of a line of the processor's cache


def zeros(shape: int | tuple[int, ...], dtype: Any) -> Array:
    """As `np.zeros`, beginning at a line of the cache: what passes over it takes a tenth less time."""
    size = math.prod(shape if isinstance(shape, tuple) else (shape,)) * np.dtype(dtype).itemsize
    memory = np.zeros(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def _call(function: Callable, *args: Any) -> Call:
    """As it is run. NumPy 2.4 takes the output of these two by keyword only."""
    if function in (np.maximum, np.minimum) and len(args) == 3:
        return partial(function, out=args[2]), args[0], args[1]
    return (function, *args)


@np.errstate(all="ignore")
def run(calls: Iterable[Call]) -> None:
    """Make every call, in order, without returning to the interpreter between them.

    Numbers that overflow raise no warning here: whoever trains looks at the results and stops.
    """
    deque(starmap(call, calls), maxlen=0)


@np.errstate(over="ignore", invalid="ignore")
def norm(a: Array) -> float:
    """√Σa²; in double precision where the squares would overflow."""
    square = float(a.dot(a))
    return math.sqrt(square if math.isfinite(square) else float(np.square(a, dtype=np.float64).sum()))


def batch_axis(rank: int) -> int:
    """Where the sample axis stands in the stored array of a tensor with that many axes."""
    return 1 if rank == 1 else rank - 1


def channel_axis(rank: int) -> int:
    """Where the feature (channel) axis stands in the stored array."""
    return 0 if rank == 1 else rank


def to_samples(stored: Array, rank: int) -> Array:
    """A view of a stored array as the user sees it: (N, *shape)."""
    return np.moveaxis(stored, batch_axis(rank), 0)


@dataclass
class Tensor:
    """What flows between two layers: `shape` without the batch, the stored value, and its gradient in training.

    `rows` is the value with the row of ones below it, `grad_rows` the gradient with a row below that nobody reads
    (vectors only; else the value and gradient themselves). `start`: its first row among the builder's vectors.
    """

    shape: tuple[int, ...]
    value: Array
    rows: Array
    grad: Array = field(default_factory=lambda: NOTHING)
    grad_rows: Array = field(default_factory=lambda: NOTHING)
    wants_grad: bool = True
    start: int | None = None
    writers: list[Array] = field(default_factory=list)  # one gradient per reader, summed before it is read

    @property
    def axis(self) -> int:
        """The axis of features in `value`."""
        return channel_axis(len(self.shape))


@dataclass
class SlopeGroup:
    """Neighbouring vectors with the same activation: their derivatives are computed in one go."""

    activation: Any
    start: int
    stop: int
    block: int  # of the last of them, which is the first to go backward


class Memory:
    """The buffers of programs that never run at the same time and ask for the same ones: made once, lent to each.

    So the pieces of a batch that one process computes in turn use memory that is still in its cache.
    shared: makes arrays of zeros that another process may write to.
    """

    def __init__(self, shared: Callable[..., Array] = zeros) -> None:
        self.shared = shared
        self._buffers: list[Array] = []
        self._lent = 0

    def begin(self) -> None:
        """The next program asks, from the first buffer on."""
        self._lent = 0

    def take(self, shape: tuple[int, ...], dtype: Any, fill: float) -> Array:
        """The next buffer; `fill` is in it when it is new."""
        if self._lent == len(self._buffers):
            self._buffers.append(zeros(shape, dtype))
            if fill:
                self._buffers[-1][...] = fill
        self._lent += 1
        buffer = self._buffers[self._lent - 1]
        assert (buffer.shape, buffer.dtype) == (shape, np.dtype(dtype)), "programs of different form share memory"
        return buffer


@dataclass(frozen=True)
class Weights:
    """A layer's stored weights and their gradients: views into the flat vectors. `state` is not trained."""

    value: Mapping[str, Array]
    grad: Mapping[str, Array]
    state: Mapping[str, Array] = field(default_factory=dict)


class Builder:
    """Collects the calls of one program for a fixed number of samples.

    batch: samples in this program. samples: over how many the loss is averaged (a batch may be split).
    training: whether gradients are wanted. keep: whether values before an activation must survive it.
    rows: how many rows all vectors need together; so many lie in one buffer, one below the other.
    memory: where buffers come from; programs that share it must not run at the same time.
    """

    def __init__(
        self,
        batch: int,
        dtype: np.dtype,
        *,
        training: bool = False,
        samples: int | None = None,
        keep: bool = False,
        rng: np.random.Generator | None = None,
        rows: int = 0,
        memory: Memory | None = None,
    ) -> None:
        self.batch, self.dtype, self.training, self.keep = batch, np.dtype(dtype), training, keep
        self.samples = samples or batch
        self.noisy = training and rng is not None  # whether dropout has anything to do
        self.rng = rng or np.random.default_rng(0)
        self.draws: list[Call] = []
        self.forward_calls: list[Call] = []
        self.blocks: list[list[Call]] = []
        self._constants: dict[float, Array] = {}
        self._memory = memory or Memory()
        self._memory.begin()
        self._vectors, self._used = self.buffer(rows, batch, fill=1.0), 0
        self._slopes = self.buffer(rows if training else 0, batch)
        self.spent = False  # whether the next tensor's value is done with before its gradient is written
        self._groups: list[SlopeGroup] = []

    # buffers

    def buffer(self, *shape: int, dtype: Any = None, fill: float = 0.0) -> Array:
        """A buffer that no other call of this program writes to, filled with a number at first.

        Each run must write all of it that it reads, besides that number.
        """
        return self._memory.take(shape, dtype or self.dtype, fill)

    def like(self, a: Array, dtype: Any = None) -> Array:
        """A buffer of the same shape."""
        return self.buffer(*a.shape, dtype=dtype)

    def chance(self, *shape: int) -> Array:
        """Random numbers from 0 to below 1, new in each run: drawn before it starts, in memory of their own."""
        numbers = self._memory.shared(shape, self.dtype)
        self.draws.append((self.rng.random, None, self.dtype, numbers))
        return numbers

    def constant(self, value: float) -> Array:
        """A number as a 0-d array of the program's type: NumPy takes it faster than a Python float."""
        if value not in self._constants:
            self._constants[value] = np.asarray(value, self.dtype)
        return self._constants[value]

    def tensor(self, shape: tuple[int, ...]) -> Tensor:
        """A tensor with buffers for its value and, in training, its gradient."""
        if len(shape) > 1:
            value = self.buffer(*shape[:-1], self.batch, shape[-1])
            grad = NOTHING if not self.training else value if self.spent else self.like(value)
            return Tensor(shape, value, value, grad, grad)
        start, stop = self._used, self._used + shape[0] + 1
        fits = stop <= len(self._vectors)
        if fits:
            self._used = stop
        rows = self._vectors[start:stop] if fits else self.buffer(stop - start, self.batch, fill=1.0)
        grad_rows = self.like(rows) if self.training else NOTHING
        return Tensor(shape, rows[:-1], rows, grad_rows[:-1], grad_rows, start=start if fits else None)

    # calls

    def forward(self, function: Callable, *args: Any) -> None:
        """One call of the forward pass."""
        self.forward_calls.append(_call(function, *args))

    def backward(self, function: Callable, *args: Any) -> None:
        """One call of the layer's backward pass, in the order in which it is made."""
        self.blocks[-1].append(_call(function, *args))

    def open_block(self) -> None:
        """Start the backward calls of the next layer; blocks run last layer first."""
        self.blocks.append([])

    def backward_calls(self) -> list[Call]:
        """All backward calls: the last block first, each block in its own order."""
        return [c for block in reversed(self.blocks) for c in block]

    def gradient(self, x: Tensor, *, rows: bool = False) -> Array | None:
        """Where this reader of `x` writes the loss's gradient with respect to it; None where nobody needs it.

        Each reader writes an array of its own; `sum_readers` adds them up before they are read. rows: the array
        has the form of `x.grad_rows`, with a last row that may hold anything.
        """
        if not self.training or not x.wants_grad:
            return None
        whole = x.grad_rows if not x.writers else self.like(x.grad_rows)
        values = whole[: x.shape[0]] if len(x.shape) == 1 else whole
        x.writers.append(values)
        return whole if rows else values

    def sum_readers(self, x: Tensor, block: int | None) -> None:
        """Where several layers read `x`, put the sum of their gradients in front of the block that made it."""
        if block is None or len(x.writers) < 2:
            return
        self.blocks[block][:0] = [(np.add, x.grad, other, x.grad) for other in x.writers[1:]]

    def slope(self, activation: Any, y: Tensor) -> Array:
        """Where f'(z) will be when the backward pass gets to y = f(z), an activation that needs y alone."""
        if y.start is None:
            s = self.like(y.value)
            activation.slope(self, y.value, y.value, s)
            return s
        stop, block = y.start + len(y.rows), len(self.blocks) - 1
        group = self._groups[-1] if self._groups else None
        if group and group.activation == activation and group.stop == y.start:
            group.stop, group.block = stop, block
        else:
            self._groups.append(SlopeGroup(activation, y.start, stop, block))
        return self._slopes[y.start : stop - 1]

    def finish_slopes(self) -> None:
        """Put the calls that compute each group's derivatives in front of the first block that needs them."""
        for group in self._groups:
            y, s = self._vectors[group.start : group.stop], self._slopes[group.start : group.stop]
            self.open_block()
            group.activation.slope(self, y, y, s)
            self.blocks[group.block][:0] = self.blocks.pop()
