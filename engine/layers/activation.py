"""Activation: an activation as a layer of its own."""

from engine.builder import Builder, Tensor, Weights
from engine.layer import Layer, Shape
from engine.spec import part, sub


@part(
    "layer",
    "activation",
    label="Activation",
    formula=r"y = f(x)",
    keras="keras.layers.Activation({activation})",
    torch="{activation}",
    examples=(({"activation": "tanh"}, (4,)), ({"activation": "softmax"}, (3, 3, 2))),
)
class Activation(Layer):
    """Applies an activation to whatever the layer before gives, value by value."""

    activation: object = sub("activation", "relu", help="The function applied.")

    def reads(self, shape: Shape, wanted: Shape) -> Shape:
        return wanted

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        return inputs[0]  # the program puts the activation behind every layer that has one
