"""The layers that Keras code connects, as it connects them: `Sequential`, or calls of layers on what came before."""

import ast
from dataclasses import dataclass, field
from typing import Any

from engine.errors import SpecError
from engine.importing.source import Call, Node, Ref, Unknown, at_line
from engine.importing.walk import Walker

MERGES = {"add": "Add", "multiply": "Multiply", "concatenate": "Concatenate"}
SEEDS = ("set_random_seed", "set_seed", "manual_seed", "seed")


@dataclass(eq=False)
class Tensor(Node):
    """What a layer gives; `layer` None: the input, of this shape."""

    node: ast.AST
    layer: Call | None = None
    inputs: tuple["Tensor", ...] = ()
    shape: Any = None


@dataclass(eq=False)
class Model(Node):
    """A model of the code. Where `output` is set, it is what that follows from; else `layers`, one after the other."""

    node: ast.AST
    layers: list[Call] = field(default_factory=list)
    output: Tensor | None = None
    compiled: Call | None = None
    fitted: Call | None = None
    shape: Any = None
    name: Any = None

    def inner(self) -> list[Call]:
        """Its layers inside another model; where a border and one layer are all there is, that has the model's name."""
        if len(self.layers) != 2 or not self.layers[0].name.startswith("ZeroPadding") or self.name is None:
            return self.layers
        border, last = self.layers
        return [border, Call(last.path, last.args, {**last.keywords, "name": self.name}, last.node)]


@dataclass(frozen=True)
class Method(Node):
    """A method of a model, about to be called."""

    model: Model
    name: str
    node: ast.AST


class KerasWalker(Walker):
    """Knows Keras's models, layers on tensors, and the calls that train."""

    def __init__(self) -> None:
        super().__init__()
        self.models: list[Model] = []
        self.seed: int | None = None
        self.classes: list[ast.ClassDef] = []
        self.unclear: SpecError | None = None

    def take_class(self, node: ast.ClassDef) -> None:
        self.classes.append(node)

    def attribute(self, base: Any, name: str, node: ast.expr) -> Any:
        if isinstance(base, Model):
            if name in ("output", "outputs", "inputs", "input"):
                return base.output or Unknown(node)
            return Method(base, name, node)
        return super().attribute(base, name, node)

    def called(self, function: Any, args: tuple[Any, ...], keywords: dict[str, Any], node: ast.Call) -> Any:
        if isinstance(function, Method):
            return self._method(function, args, keywords, node)
        if isinstance(function, Call | Model) and args:
            return self._applied(function, args[0], node)
        if isinstance(function, Ref):
            return self._constructed(function, args, keywords, node)
        return super().called(function, args, keywords, node)

    def _constructed(self, function: Ref, args: tuple[Any, ...], keywords: dict[str, Any], node: ast.Call) -> Any:
        name = function.name
        call = Call(function.path, args, keywords, node)
        if name == "Sequential":
            layers = args[0] if args else keywords.get("layers", [])
            model = Model(node, name=keywords.get("name"))
            for layer in layers if isinstance(layers, list | tuple) else []:
                self._append(model, layer, node)
            self.models.append(model)
            return model
        if name == "Input":
            return Tensor(node, shape=call)
        if name == "Model" and (args or keywords):
            output = keywords.get("outputs", args[1] if len(args) > 1 else None)
            if isinstance(output, list | tuple) and len(output) == 1:
                output = output[0]
            if not isinstance(output, Tensor):
                unclear = at_line(call.line, "The outputs of this Model are not plain to see.", "One output is read.")
                self.unclear = self.unclear or unclear  # a part of another model, perhaps: wrong only if it is all
                return Unknown(node)
            model = Model(node, output=output)
            self.models.append(model)
            return model
        if name in MERGES and args and isinstance(args[0], list | tuple):
            return self._applied(Call(MERGES[name], (), keywords, node), args[0], node)
        if name in SEEDS and args and isinstance(args[0], int):
            self.seed = args[0]
        return call

    def _method(self, method: Method, args: tuple[Any, ...], keywords: dict[str, Any], node: ast.Call) -> Any:
        model, call = method.model, Call(method.name, args, keywords, node)
        if method.name == "add" and args:
            self._append(model, args[0], node)
        elif method.name == "compile":
            model.compiled = call
        elif method.name in ("fit", "fit_generator"):
            model.fitted = call
        elif method.name == "build":
            shape = args[0] if args else keywords.get("input_shape")
            if isinstance(shape, tuple | list):
                model.shape = tuple(shape)[1:]
        return Unknown(node)

    def _append(self, model: Model, layer: Any, node: ast.AST) -> None:
        if isinstance(layer, Model):  # a Sequential inside another: a border and a convolution, or a part of a network
            model.layers += layer.inner() if layer.output is None else []
            self.models = [m for m in self.models if m is not layer]
        elif isinstance(layer, Tensor) and layer.layer is None:
            assert isinstance(layer.shape, Call)
            model.layers.append(layer.shape)
        elif isinstance(layer, Call):
            model.layers.append(layer)
        else:
            raise at_line(getattr(layer, "line", 0) or getattr(node, "lineno", 0), "This layer is not understood.")

    def _applied(self, layer: Call | Model, given: Any, node: ast.Call) -> Any:
        inputs = tuple(given) if isinstance(given, list | tuple) else (given,)
        if not inputs or not all(isinstance(i, Tensor) for i in inputs):
            return Unknown(node)
        if isinstance(layer, Model):
            self.models = [m for m in self.models if m is not layer]
            out: Any = inputs[0]
            for inner in layer.inner():
                out = Tensor(node, inner, (out,))
            return out
        return Tensor(node, layer, inputs)
