"""Following `forward` with a tensor of a known shape: every module and function it meets becomes a layer."""

import ast
from typing import Any

from engine.importing.source import Call, Lambda, Ref, Unknown, at_line
from engine.importing.torch_chain import call_chain, own_name
from engine.importing.torch_graph import Graph
from engine.importing.torch_modules import apply, last_step
from engine.importing.torch_parts import ACTIVATIONS, BY_FUNCTION, function_activation, lambda_activation
from engine.importing.torch_shapes import Place, flatten, view
from engine.importing.torch_values import (
    FIRST,
    LAST,
    Batch,
    Bound,
    Chain,
    Instance,
    Memory,
    Steps,
    Tensor,
    is_module,
)
from engine.importing.torch_walker import TorchWalker

# Methods of a tensor that change nothing here.
NOTHING = ("long", "float", "double", "contiguous", "to", "cuda", "cpu", "clone", "detach", "type", "int")
POOLS = {"max_pool2d": "MaxPool2d", "avg_pool2d": "AvgPool2d", "adaptive_avg_pool2d": "AdaptiveAvgPool2d"}


class Forward(TorchWalker):
    """Goes through a `forward` of a program that has been read; `graph` collects its layers."""

    def __init__(self, read: TorchWalker, graph: Graph) -> None:
        super().__init__()
        self.__dict__.update(read.__dict__)
        self._count = 0
        self.values = dict(read.values)
        self.graph = graph
        self.used: dict[int, str] = {}  # module → the layer that has its weights
        self.paths: dict[int, str] = {}  # module → its path in the state dict

    def follow(self, root: Any, x: Tensor) -> Any:
        """What a module of the program gives for a tensor."""
        if isinstance(root, Instance):
            self._name(root, "")
        return self.call_module(root, x, root.node, path="")

    def _name(self, owner: Instance, prefix: str) -> None:
        for name, value in owner.attributes.items():
            path = f"{prefix}{name}"
            if isinstance(value, Instance):
                self._name(value, f"{path}.")
            if is_module(value):
                self.paths.setdefault(id(value), path)
            elif isinstance(value, list | tuple):
                for k, entry in enumerate(value):
                    self.paths.setdefault(id(entry), f"{path}.{k}")

    # modules

    def call_module(self, module: Any, x: Any, node: ast.AST, path: str | None = None) -> Any:
        path = self.paths.get(id(module), "") if path is None else path
        if isinstance(module, Instance):
            forward = module.cls.method("forward")
            if forward is None:
                raise at_line(module.cls.line, f"{module.cls.node.name} has no forward.")
            return self.run(forward, (module, x), {})
        if isinstance(module, Chain):
            return call_chain(self, module, x, path)
        line = getattr(node, "lineno", 0)
        if not isinstance(module, Call):
            raise at_line(line, "What is called here is no module that is understood.")
        if not isinstance(x, Tensor):
            raise at_line(line, f"What reaches nn.{module.name} is not understood.")
        folds = module.name in ACTIVATIONS and (not self._own_line(node) or own_name(path) is None)
        return self.apply(module, x, node, path, folds)

    def apply(self, module: Call, x: Tensor, node: ast.AST, path: str, folds: bool) -> Any:
        starts = self.initializers(module)
        if starts and id(module) in self.used:
            raise at_line(
                getattr(node, "lineno", 0),
                f"nn.{module.name} is used twice with the same weights, which no network here can do.",
                "Make a module of its own for each place.",
            )
        name = path.split(".")[-1] if path and not path.split(".")[-1].isdigit() else None
        if folds:
            name = None
        line = node if isinstance(node, ast.Call) and path else module.node
        out = apply(self.graph, module, x, Place(own_name(name), path, line, starts, folds))
        if starts and isinstance(out, Tensor | Steps):
            self.used[id(module)] = out.layer if isinstance(out, Tensor) else out.every.layer
        return out

    def _own_line(self, node: ast.AST) -> bool:
        """Whether an activation stands in a statement of its own: `x = self.act(x)`."""
        given = node.args[0] if isinstance(node, ast.Call) and node.args else None
        while isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute) and given.func.attr == "permute":
            given = given.func.value
        return isinstance(given, ast.Name)

    # what happens to tensors

    def called(self, function: Any, args: tuple[Any, ...], keywords: dict[str, Any], node: ast.Call) -> Any:
        if is_module(function) and args:
            return self.call_module(function, args[0], node)
        if isinstance(function, Bound):
            return self._method(function, args, keywords, node)
        if isinstance(function, Lambda) and args and isinstance(args[0], Tensor):
            own, name = self._own_line(node), getattr(node.func, "attr", None)
            f = lambda_activation(function)
            return self._activation(f, args[0], node, folds=not own, name=name if own else None)
        if isinstance(function, Ref) and any(isinstance(a, Tensor | Steps) for a in _flat([*args, *keywords.values()])):
            return self._function(function, args, keywords, node)
        if isinstance(function, Ref) and function.name == "len" and args and isinstance(args[0], Tensor):
            return Batch(node)
        return super().called(function, args, keywords, node)

    def _activation(self, f: Any, x: Tensor, node: ast.Call, *, folds: bool = True, name: str | None = None) -> Tensor:
        return self.graph.add({"type": "activation", "activation": f}, [x], node, name=own_name(name), folds=folds)

    def _function(self, function: Ref, args: tuple[Any, ...], keywords: dict[str, Any], node: ast.Call) -> Any:
        name, call = function.name, Call(function.path, args, keywords, node)
        x = args[0] if args else keywords.get("input")
        place = Place(None, "", node, {})
        if name == "len":
            return Batch(node)
        if name in BY_FUNCTION and isinstance(x, Tensor):
            return self._activation(function_activation(name, call, self.graph.notes), x, node)
        if name in POOLS and isinstance(x, Tensor):
            kind = POOLS[name]
            return apply(self.graph, Call(f"torch.nn.{kind}", args[1:], keywords, node), x, place)
        if name == "flatten" and isinstance(x, Tensor):
            return flatten(self.graph, x, place)
        if name in ("dropout", "dropout2d") and isinstance(x, Tensor):
            rate = keywords.get("p", args[1] if len(args) > 1 else 0.5)
            kind = "Dropout" if name == "dropout" else "Dropout2d"
            return apply(self.graph, Call(f"torch.nn.{kind}", (rate,), {}, node), x, place)
        if name in ("cat", "concat", "concatenate"):
            return self._cat(x, keywords.get("dim", args[1] if len(args) > 1 else 0), node)
        if name in ("add", "mul", "multiply") and len(args) == 2:
            return self._merge("add" if name == "add" else "multiply", args[0], args[1], node)
        if name in ("reshape",) and isinstance(x, Tensor):
            return view(self.graph, x, args[1:], place, call.line)
        if name == "permute" and isinstance(x, Tensor):
            return self._permute(x, args[1:], node)
        if name == "mean" and isinstance(x, Tensor):
            return self._mean(x, keywords.get("dim", args[1] if len(args) > 1 else None), node)
        raise at_line(call.line, f"{function.path} is not known here.", "Use one of PyTorch's modules in its place.")

    def attribute(self, base: Any, name: str, node: ast.expr) -> Any:
        if isinstance(base, Tensor):
            return Bound(base, name, node)
        if isinstance(base, Instance) and name not in base.attributes and base.cls.method(name) is not None:
            return Bound(base, name, node)
        return super().attribute(base, name, node)

    def _method(self, bound: Bound, args: tuple[Any, ...], keywords: dict[str, Any], node: ast.Call) -> Any:
        if isinstance(bound.owner, Instance):
            method = bound.owner.cls.method(bound.name)
            assert method is not None
            return self.run(method, (bound.owner, *args), keywords)
        x, name = bound.owner, bound.name
        place = Place(None, "", node, {})
        if name in ("view", "reshape"):
            return view(self.graph, x, args, place, bound.line)
        if name == "flatten" and args in ((), (1,)):
            return flatten(self.graph, x, place)
        if name == "permute":
            return self._permute(x, args, node)
        if name == "transpose" and len(x.shape) == 2 and sorted(args) == [1, 2]:
            return Tensor(x.layer, x.shape, LAST if x.layout == FIRST else FIRST, node)
        if name == "mean":
            return self._mean(x, keywords.get("dim", args[0] if len(args) == 1 else args), node)
        if name == "size" and args == (0,):
            return Batch(node)
        if name in NOTHING:
            return x
        if name in BY_FUNCTION:
            call = Call(name, (x, *args), keywords, node)
            return self._activation(function_activation(name, call, self.graph.notes), x, node)
        return Unknown(node) if name in ("size", "dim") else self._unknown(bound)

    def _unknown(self, bound: Bound) -> Any:
        raise at_line(bound.line, f"What .{bound.name} does to a tensor is not known here.")

    def _permute(self, x: Tensor, order: tuple[Any, ...], node: ast.AST) -> Tensor:
        if len(order) == 1 and isinstance(order[0], tuple | list):
            order = tuple(order[0])
        rank, line = len(x.shape), getattr(node, "lineno", 0)
        to_first, to_last = (0, rank, *range(1, rank)), (0, *range(2, rank + 1), 1)
        if x.layout == LAST and order == to_first:
            return Tensor(x.layer, x.shape, FIRST, node)
        if x.layout == FIRST and order == to_last:
            return Tensor(x.layer, x.shape, LAST, node)
        if rank > 1 and order == to_first and x.layer == "input":
            return Tensor(x.layer, x.shape, FIRST, node)  # the input turns out to have its channels last
        raise at_line(line, f"The order {order} of axes is not understood.", "Channels go first or last here.")

    def _mean(self, x: Tensor, dim: Any, node: ast.AST) -> Tensor:
        axes = sorted(d % 4 for d in _flat([dim]) if isinstance(d, int))
        if len(x.shape) != 3 or axes != ([2, 3] if x.layout == FIRST else [1, 2]):
            raise at_line(getattr(node, "lineno", 0), "A mean over the whole image is known here alone.")
        return self.graph.add({"type": "global_avg_pool2d"}, [x], node, layout=LAST)

    def _cat(self, entries: Any, dim: Any, node: ast.Call) -> Tensor:
        xs = [x for x in (entries if isinstance(entries, tuple | list) else []) if isinstance(x, Tensor)]
        if len(xs) < 2:
            raise at_line(node.lineno, "What is joined here is not understood.")
        rank = len(xs[0].shape)
        axis = dim % (rank + 1) if isinstance(dim, int) else 0
        channels = 1 if xs[0].layout == FIRST and rank > 1 else rank
        if axis != channels or len({x.layout for x in xs if len(x.shape) > 1}) > 1:
            raise at_line(node.lineno, "Only channels are joined here, which all lie in the same place.")
        return self.graph.add({"type": "concatenate"}, xs, node, name=self._target())

    def _merge(self, kind: str, left: Any, right: Any, node: ast.expr) -> Any:
        if not (isinstance(left, Tensor) and isinstance(right, Tensor)):
            raise at_line(node.lineno, f"Only two layers can be {'added' if kind == 'add' else 'multiplied'} here.")
        made = self.graph.layers.get(left.layer)
        sums = isinstance(node, ast.BinOp) and isinstance(node.left, ast.BinOp) and left.node is node.left
        if sums and made is not None and made.spec["type"] == kind:
            made.inputs.append(right.layer)  # a + b + c is one layer
            return Tensor(left.layer, left.shape, left.layout, node)
        return self.graph.add({"type": kind}, [left, right], node, name=self._target())

    def binary(self, left: Any, op: ast.operator, right: Any, node: ast.expr) -> Any:
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            kind = {ast.Add: "add", ast.Mult: "multiply"}.get(type(op))
            if kind is None:
                raise at_line(node.lineno, "Layers can be added and multiplied here, nothing else.")
            return self._merge(kind, left, right, node)
        return super().binary(left, op, right, node)

    def item(self, base: Any, index: ast.expr, node: ast.expr) -> Any:
        if isinstance(base, Bound) and base.name == "shape":
            return Batch(node) if isinstance(index, ast.Constant) and index.value == 0 else Unknown(node)
        if isinstance(base, Steps):
            return base.every if isinstance(index, ast.Constant) and index.value == 0 else Memory(base, node)
        if isinstance(base, Memory):
            return last_step(self.graph, base.steps)
        if isinstance(base, Tensor):
            return self._slice(base, index, node)
        return super().item(base, index, node)

    def _slice(self, x: Tensor, index: ast.expr, node: ast.expr) -> Tensor:
        made, text = self.graph.layers.get(x.layer), ast.unparse(index).replace(" ", "")
        if made is not None and made.spec.get("return_sequences") and text.strip("()") in (":,-1", ":,-1,:"):
            return last_step(self.graph, Steps(x, made.spec["type"], node))
        if made is not None and made.spec["type"].endswith("pool2d") and made.spec.get("padding") == "same":
            return Tensor(x.layer, x.shape, x.layout, node)  # windows too many at one end: part of 'same'
        raise at_line(node.lineno, f"This part of a tensor, [{text}], is not understood.")

    def store(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, Steps):
            self.store(target.elts[0], value.every)
            for rest in target.elts[1:]:
                self.store(rest, Memory(value, target))
            return
        super().store(target, value)

    def statement(self, node: ast.stmt) -> None:
        self._naming: str | None = None
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self._naming = node.targets[0].id
        super().statement(node)

    def _target(self) -> str | None:
        """The variable that the present statement fills, as the name of a layer that only joins; `x` says nothing."""
        name = getattr(self, "_naming", None)
        return None if name in (None, "x") else own_name(name)


def _flat(values: Any) -> list[Any]:
    out: list[Any] = []
    for value in values:
        out += _flat(value) if isinstance(value, tuple | list) else [value]
    return out
