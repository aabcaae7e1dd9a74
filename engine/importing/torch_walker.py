"""Reading a PyTorch program: its classes, the modules it makes, and what it says about training.

`forward` is not read here: that needs the shape of the input, which may only be known at the end.
"""

import ast
import contextlib
from typing import Any

from engine.importing.source import Call, Ref, Unknown
from engine.importing.torch_parts import STARTS, start
from engine.importing.torch_values import Array, Chain, Instance, ModuleClass, is_module
from engine.importing.walk import Walker

RNN_ARRAYS = {"weight_ih_l0": "kernel", "weight_hh_l0": "recurrent", "bias_ih_l0": "bias", "bias_hh_l0": "bias"}


class TorchWalker(Walker):
    """Knows modules and their arrays; keeps every call of a library, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []
        self.classes: list[ModuleClass] = []
        self.instances: list[Instance] = []
        self.chains: list[Chain] = []
        self.calls: list[Call] = []
        self.epochs: list[tuple[int, Any]] = []  # line and number of the loops over epochs
        self.starts: dict[tuple[int, str], Any] = {}  # (module, array) → our initializer
        self.forget: set[int] = set()  # LSTMs whose forget gate's offset starts at one

    def take_class(self, node: ast.ClassDef) -> None:
        bases = [self.evaluate(base) for base in node.bases]
        modules = [b for b in bases if isinstance(b, ModuleClass) or (isinstance(b, Ref) and b.name.endswith("Module"))]
        if modules:
            made = ModuleClass(node)
            self.values[node.name] = made
            self.classes.append(made)

    def make(self, cls: ModuleClass, args: tuple[Any, ...], keywords: dict[str, Any], node: ast.AST) -> Instance:
        """An object of a class: its `__init__` is followed with these arguments."""
        made = Instance(cls, node)
        constants = {
            target.id: self.evaluate(s.value)
            for s in cls.node.body
            if isinstance(s, ast.Assign)
            for target in s.targets
            if isinstance(target, ast.Name)
        }
        made.attributes.update(constants)
        init = cls.method("__init__")
        if init is not None and self._depth < 10:
            self.run(init, (made, *args), keywords)
        return made

    def statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.For):
            self._note_epochs(node)
        super().statement(node)

    def _note_epochs(self, node: ast.For) -> None:
        """`for epoch in range(5)`: how long training goes on."""
        name = node.target.id if isinstance(node.target, ast.Name) else ""
        if "epoch" not in name.lower() and name not in ("_", "e", "ep", "t"):
            return
        entries = self.evaluate(node.iter)
        if isinstance(entries, Call) and entries.name in ("tqdm", "trange") and entries.args:
            entries = entries.args[0]
        if isinstance(entries, Call) and entries.name == "count":
            self.epochs.append((node.lineno, None))
        elif isinstance(entries, int):
            self.epochs.append((node.lineno, entries))
        elif isinstance(entries, Call) and entries.name == "range" and all(isinstance(n, int) for n in entries.args):
            with contextlib.suppress(TypeError, ValueError):  # no numbers, or steps of 0
                self.epochs.append((node.lineno, len(range(*entries.args[:3]))))

    def store(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Attribute):
            owner = self.evaluate(target.value)
            if isinstance(owner, Instance):
                owner.attributes[target.attr] = value
            return
        super().store(target, value)

    def attribute(self, base: Any, name: str, node: ast.expr) -> Any:
        if isinstance(base, Instance):
            return base.attributes.get(name, Unknown(node))
        if is_module(base) and isinstance(base, Call) and name.startswith(("weight", "bias")):
            return Array(base, name, False, node)
        return super().attribute(base, name, node)

    def item(self, base: Any, index: ast.expr, node: ast.expr) -> Any:
        if isinstance(base, Array):
            return Array(base.module, base.name, True, node)
        place = self.evaluate(index) if not isinstance(index, ast.Slice) else None
        if isinstance(base, Chain) and isinstance(place, int) and -len(base.modules) <= place < len(base.modules):
            return list(base.modules.values())[place]
        if isinstance(base, list | tuple) and isinstance(place, int) and -len(base) <= place < len(base):
            return base[place]
        if isinstance(base, dict) and isinstance(place, str):
            return base.get(place, Unknown(node))
        return super().item(base, index, node)

    def called(self, function: Any, args: tuple[Any, ...], keywords: dict[str, Any], node: ast.Call) -> Any:
        if isinstance(function, ModuleClass):
            made = self.make(function, args, keywords, node)
            self.instances.append(made)
            return made
        if not isinstance(function, Ref):
            return super().called(function, args, keywords, node)
        call = Call(function.path, args, keywords, node)
        if function.name == "Sequential":
            return self._chain(args, node)
        if function.name in ("ModuleList", "ModuleDict") and args:
            return args[0]
        if function.name == "OrderedDict" and args:
            pairs = args[0]
            return dict(pairs) if isinstance(pairs, list) and all(isinstance(p, tuple) for p in pairs) else pairs
        if (".init." in function.path or function.name in STARTS) and args and isinstance(args[0], Array):
            self._start(call, args[0])
        self.calls.append(call)
        return call

    def _chain(self, args: tuple[Any, ...], node: ast.Call) -> Chain:
        named = args[0] if len(args) == 1 and isinstance(args[0], dict) else dict(enumerate(args))
        made = Chain({k if isinstance(k, str) else str(n): m for n, (k, m) in enumerate(named.items())}, node)
        self.chains.append(made)
        return made

    def _start(self, call: Call, array: Array) -> None:
        kind = RNN_ARRAYS.get(array.name, {"weight": "kernel", "bias": "bias"}.get(array.name, ""))
        if array.part:
            if array.module.name == "LSTM" and call.name == "ones_":
                self.forget.add(id(array.module))
            return
        found = start(call, self.notes)
        if found is not None:
            kind = "embeddings" if array.module.name == "Embedding" else kind
            self.starts[id(array.module), kind] = found

    def initializers(self, module: Call) -> dict[str, Any]:
        """Our initializers for a module, as parameters of the layer."""
        own = "torch_default" if module.name in ("Linear", "Conv1d", "Conv2d") else None
        out = {f"{kind}_initializer": own for kind in ("kernel", "bias")} if own else {}
        out |= {f"{kind}_initializer": found for (key, kind), found in self.starts.items() if key == id(module)}
        return out | ({"unit_forget_bias": True} if id(module) in self.forget else {})
