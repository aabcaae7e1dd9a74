"""Initializers: how the first weights are drawn. `draw(rng, shape, fan_in, fan_out)` gives the array."""

import math

import numpy as np

from engine.builder import Array
from engine.spec import part, real

Rng = np.random.Generator
Shape = tuple[int, ...]


@part("initializer", "zeros", label="Zeros", formula=r"w = 0", keras="zeros", torch="nn.init.zeros_")
class Zeros:
    """All zero: right for offsets, useless for weights, since all neurons of a layer then learn the same."""

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return np.zeros(shape)


@part("initializer", "ones", label="Ones", formula=r"w = 1", keras="ones", torch="nn.init.ones_")
class Ones:
    """All one."""

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return np.ones(shape)


@part(
    "initializer",
    "constant",
    label="Constant",
    formula=r"w = c",
    keras="keras.initializers.Constant({value})",
    torch="nn.init.constant_",
    examples=({}, {"value": -0.5}),
)
class Constant:
    """All the same number."""

    value: float = real(0.1, lo=-100.0, hi=100.0, help="The number, c.")

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return np.full(shape, self.value)


@part(
    "initializer",
    "uniform",
    label="Uniform",
    formula=r"w \sim U(-a, a)",
    keras="keras.initializers.RandomUniform(-{scale}, {scale})",
    torch="nn.init.uniform_",
    examples=({}, {"scale": 0.1}),
)
class Uniform:
    """Any number between −a and a, all equally likely."""

    scale: float = real(0.5, lo=0.0, hi=100.0, help="The largest size, a.")

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return rng.uniform(-self.scale, self.scale, shape)


@part(
    "initializer",
    "normal",
    label="Normal",
    formula=r"w \sim N(0, \sigma^2)",
    keras="keras.initializers.RandomNormal(0.0, {stddev})",
    torch="nn.init.normal_",
    examples=({}, {"stddev": 0.5}),
)
class Normal:
    """Drawn from the bell curve around 0."""

    stddev: float = real(0.05, lo=0.0, hi=100.0, help="The width of the bell curve, σ.")

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return rng.normal(0.0, self.stddev, shape)


@part(
    "initializer",
    "glorot_uniform",
    label="Glorot (Xavier) uniform",
    formula=r"w \sim U(-a, a),\ a = \sqrt{6 / (n_\mathrm{in} + n_\mathrm{out})}",
    keras="glorot_uniform",
    torch="nn.init.xavier_uniform_",
    source="Glorot, Bengio 2010, AISTATS",
)
class GlorotUniform:
    """Sized so that signals neither grow nor fade from layer to layer; made for tanh and sigmoid."""

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        a = math.sqrt(6.0 / (fan_in + fan_out))
        return rng.uniform(-a, a, shape)


@part(
    "initializer",
    "glorot_normal",
    label="Glorot (Xavier) normal",
    formula=r"w \sim N(0, 2 / (n_\mathrm{in} + n_\mathrm{out}))",
    keras="keras.initializers.RandomNormal(0.0, (2 / (fan_in + fan_out)) ** 0.5)",
    torch="nn.init.xavier_normal_",
    source="Glorot, Bengio 2010, AISTATS",
)
class GlorotNormal:
    """The same size as Glorot uniform, drawn from the bell curve."""

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return rng.normal(0.0, math.sqrt(2.0 / (fan_in + fan_out)), shape)


@part(
    "initializer",
    "he_uniform",
    label="He (Kaiming) uniform",
    formula=r"w \sim U(-a, a),\ a = \sqrt{6 / n_\mathrm{in}}",
    keras="he_uniform",
    torch="nn.init.kaiming_uniform_",
    source="He et al. 2015, arXiv:1502.01852",
)
class HeUniform:
    """Like Glorot, but larger, since ReLU throws half of the signal away."""

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        a = math.sqrt(6.0 / fan_in)
        return rng.uniform(-a, a, shape)


@part(
    "initializer",
    "he_normal",
    label="He (Kaiming) normal",
    formula=r"w \sim N(0, 2 / n_\mathrm{in})",
    keras="keras.initializers.RandomNormal(0.0, (2 / fan_in) ** 0.5)",
    torch="nn.init.kaiming_normal_",
    source="He et al. 2015, arXiv:1502.01852",
)
class HeNormal:
    """The same size as He uniform, drawn from the bell curve."""

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return rng.normal(0.0, math.sqrt(2.0 / fan_in), shape)


@part(
    "initializer",
    "orthogonal",
    label="Orthogonal",
    formula=r"W^\top W = g^2 I",
    keras="keras.initializers.Orthogonal({gain})",
    torch="nn.init.orthogonal_",
    examples=({}, {"gain": 0.5}),
    source="Saxe, McClelland, Ganguli 2013, arXiv:1312.6120",
)
class Orthogonal:
    """A random rotation: signals keep their length however often they pass, which recurrent layers need.

    The matrix is the array with all axes but the last in one; its rows or columns, whichever are fewer, are
    orthogonal and of length g.
    """

    gain: float = real(1.0, lo=0.0, hi=100.0, help="The length of each row or column, g.")

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.where(np.diagonal(r) < 0, -1.0, 1.0)  # so that every rotation is equally likely
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


@part(
    "initializer",
    "torch_default",
    label="PyTorch's default",
    formula=r"w \sim U(-a, a),\ a = 1 / \sqrt{n_\mathrm{in}}",
    keras="keras.initializers.RandomUniform(-fan_in ** -0.5, fan_in ** -0.5)",
    torch="",
    source="torch.nn.Linear.reset_parameters, torch.nn.Conv2d.reset_parameters",
)
class TorchDefault:
    """What PyTorch's Linear and Conv2d start with, weights and offsets alike."""

    def draw(self, rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        a = 1.0 / math.sqrt(fan_in)
        return rng.uniform(-a, a, shape)
