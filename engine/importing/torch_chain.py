"""An nn.Sequential met on the way: its modules one after the other, some of them together one layer of ours."""

from typing import TYPE_CHECKING, Any

from engine.export.names import restored
from engine.importing.source import Call
from engine.importing.torch_modules import apply
from engine.importing.torch_parts import ACTIVATIONS
from engine.importing.torch_shapes import Place
from engine.importing.torch_values import LAST, Chain, Tensor, is_module

if TYPE_CHECKING:
    from engine.importing.torch_forward import Forward


def own_name(name: str | None) -> str | None:
    """The id that a name in the program stands for; None for one that says nothing, such as a number."""
    last = name.split(".")[-1] if name else ""
    return restored(last) if last and not last.isdigit() else None


def call_chain(forward: "Forward", chain: Chain, x: Any, path: str) -> Any:
    """What the modules give for a tensor. path: where the Sequential is in the state dict."""
    entries = list(chain.modules.items())
    own = path.split(".")[-1] if path and not path.split(".")[-1].isdigit() else None
    single = _one_layer([m for _, m in entries])
    k = 0
    while k < len(entries):
        name, module = entries[k]
        here = f"{path}.{name}" if path else name
        if isinstance(module, Call) and module.name.startswith("ZeroPad") and k + 1 < len(entries):
            k += 1
            after, conv = entries[k]
            inner = f"{path}.{after}" if path else after
            called = own if single else None if after.isdigit() else after
            place = Place(own_name(called), inner, conv.node, forward.initializers(conv), border=module)
            x = apply(forward.graph, conv, x, place)
        elif isinstance(module, Call) and is_module(module) and isinstance(x, Tensor):
            if single and module.name == "Flatten":
                k += 1  # the row that the next module lays out anew: one Reshape here
                x = _reshape(forward, entries[k][1], x, own)
            else:
                label = own if single else None
                x = forward.apply(module, x, module.node, label or here, module.name in ACTIVATIONS)
                if single:  # a mean over the image, and the Flatten behind it
                    forward.graph.layers[x.layer].maps = False
                    return x
        else:
            x = forward.call_module(module, x, chain.node, here)
        k += 1
    return x


def _reshape(forward: "Forward", module: Call, x: Tensor, name: str | None) -> Tensor:
    sizes = module.args[1] if len(module.args) > 1 else module.keywords.get("unflattened_size", ())
    x = forward.graph.lie(x, LAST, "a Flatten before an Unflatten", module.line)
    spec = {"type": "reshape", "shape": list(sizes)}
    return forward.graph.add(spec, [x], module.node, name=own_name(name), layout=LAST)


def _one_layer(modules: list[Any]) -> bool:
    """Whether a Sequential is one layer of ours: a border and a convolution, a mean, a Reshape."""
    names = [m.name for m in modules if isinstance(m, Call)]
    pairs = (["AdaptiveAvgPool2d", "Flatten"], ["Flatten", "Unflatten"])
    return len(modules) == 2 and (names in pairs or (len(names) == 2 and names[0].startswith("ZeroPad")))
