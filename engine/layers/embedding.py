"""Embedding: a learned row of numbers for each word or sign."""

import numpy as np

from engine.builder import Builder, Tensor, Weights
from engine.layer import Layer, Shape, need_rank
from engine.spec import integer, part, sub


@part(
    "layer",
    "embedding",
    label="Embedding",
    formula=r"y_t = E_{c_t}",
    keras="keras.layers.Embedding({vocabulary}, {units})",
    torch="nn.Embedding({vocabulary}, {units})",
    examples=(({"vocabulary": 5, "units": 3}, (4,)), ({"vocabulary": 7, "units": 1}, (1,))),
    source="Bengio et al. 2003, JMLR 3; torch.nn.Embedding",
)
class Embedding(Layer):
    """Looks up each code (the number of a word or a sign) in a table of learned rows: alike signs get alike rows.

    (T,) whole numbers 0 … vocabulary − 1, stored as floats → (T, U); embeddings (vocabulary, U). A program can not
    stop in the middle of a pass to complain, so a code that is no such number is rounded to the nearest and then
    taken as 0 or vocabulary − 1 where it is outside; not-a-number is taken as 0. Gradient: dE_c = Σ dy_t over the
    places t with code c; none for the codes. The rows of all codes take part in regularization.
    """

    vocabulary: int = integer(32, lo=1, hi=100_000, help="How many different codes there are.")
    units: int = integer(8, lo=1, hi=1024, help="How many numbers each code becomes.")
    embeddings_initializer: object = sub("initializer", "uniform", help="How the first rows are drawn.")
    decayed = ("embeddings",)

    def out_shape(self, *inputs: Shape) -> Shape:
        need_rank(inputs[0], 1, "a row of codes", "Give it codes: set the data set's encoding to codes.")
        return (*inputs[0], self.units)

    def storage(self, *inputs: Shape) -> dict[str, Shape]:
        return {"embeddings": (self.vocabulary, self.units)}

    def fans(self, *inputs: Shape) -> tuple[int, int]:
        return self.vocabulary, self.units

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,), table = inputs, w.value["embeddings"]
        y = b.tensor((*x.shape, self.units))
        rounded, codes = b.like(x.value), b.like(x.value, np.intp)  # (T, N)
        b.forward(np.rint, x.value, rounded)
        b.forward(np.fmax, rounded, b.constant(0.0), rounded)  # fmax, unlike maximum, turns not-a-number into 0
        b.forward(np.fmin, rounded, b.constant(self.vocabulary - 1.0), rounded)
        b.forward(np.copyto, codes, rounded, "unsafe")
        b.forward(table.take, codes, 0, y.value, "clip")
        if b.training:
            # every number's place in the flat table: adding one number at a time is NumPy's fast way
            places, grad = b.like(y.value, np.intp), w.grad["embeddings"]
            b.backward(np.multiply, codes[..., None], np.intp(self.units), places)
            b.backward(np.add, places, np.arange(self.units), places)
            b.backward(grad.fill, 0.0)
            b.backward(np.add.at, grad.reshape(-1, copy=False), places.reshape(-1), y.grad.reshape(-1))
        return y
