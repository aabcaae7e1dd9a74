"""What the layers that join several inputs share: they take two or more, of shapes that fit."""

from engine.errors import ShapeError
from engine.layer import Layer, Shape


class Merge(Layer):
    """Base of the merges; this one wants inputs of one shape and gives that shape."""

    merges = True
    facts = {"merges": True}  # what the catalogue tells of it

    def out_shape(self, *inputs: Shape) -> Shape:
        if len(set(inputs)) > 1:
            raise ShapeError(
                "Needs inputs of one shape, but they differ.",
                where="inputs",
                fix="Put a layer on the shorter way that brings it to the other's shape, such as Dense with as many"
                " units or Conv2D 1×1 with as many filters; or use Concatenate.",
            )
        return inputs[0]
