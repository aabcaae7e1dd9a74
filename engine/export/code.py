"""Python code for other tools, made from what each part of the catalogue says it is there.

A part's `keras` or `torch` is a text with `{parameter}`s in it, or a method that gives one for an input shape. `code`
fills it in; `tidy` leaves out arguments that say what would happen anyway.
"""

import ast
import re
from collections.abc import Mapping
from typing import Any

from engine.errors import SpecError
from engine.export.signatures import KERAS, TORCH, Signature
from engine.layer import Shape
from engine.spec import params

SIGNATURES = {"keras": KERAS, "torch": TORCH}
WIDTH = 120
# Arguments whose two or three equal numbers may be written as one.
EQUAL = ("kernel_size", "stride", "padding", "dilation", "output_size")


def code(made: Any, tool: str, in_shape: Shape = (), **names: Any) -> str:
    """A part as an expression in a tool ('keras' or 'torch').

    names: what else `{…}` may stand for. Raises SpecError where the part has no form there.
    """
    template = getattr(made, tool, "")
    if callable(template):
        template = template(in_shape)
    if not template:
        raise SpecError(f"{made.label} has no form in {'Keras' if tool == 'keras' else 'PyTorch'}.")
    values = {p.name: getattr(made, p.name) for p in params(type(made))} | {"in_shape": in_shape} | names
    return tidy(re.sub(r"\{(\w+)(?:\[(-?\d+)\])?\}", lambda found: _fill(found, values, tool), template), tool)


def _fill(found: re.Match, values: Mapping[str, Any], tool: str) -> str:
    value = values[found[1]]
    if found[2] is not None:
        value = value[int(found[2])]
    if hasattr(value, "kind"):
        inner = code(value, tool)
        return f"'{inner}'" if inner.isidentifier() else inner
    return value if isinstance(value, str) else repr(value)


def tidy(text: str, tool: str) -> str:
    """The same expression, without arguments that are the tool's defaults, in double quotes."""
    tree = ast.parse(text.strip(), mode="eval")
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            signature = SIGNATURES[tool].get(_called(call))
            if signature:
                _shorten(call, signature, tool)
    return show(tree)


def show(tree: ast.AST) -> str:
    """Code as people write it: in double quotes."""
    return re.sub(r"'([^'\"\\]*)'", r'"\1"', ast.unparse(tree))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _shorten(call: ast.Call, signature: Signature, tool: str) -> None:
    names = list(signature.defaults)
    given: dict[str, Any] = {}
    if tool == "torch":
        call.args = [_one(a, name) for a, name in zip(call.args, names, strict=False)]
        for keyword in call.keywords:
            keyword.value = _one(keyword.value, keyword.arg or "")
    for name, node in [*zip(names, call.args, strict=False), *((k.arg, k.value) for k in call.keywords)]:
        given[name or ""] = _literal(node)
    kept = []
    for keyword in call.keywords:
        default = signature.defaults.get(keyword.arg or "", object())
        if default is None and keyword.arg in ("stride", "strides"):
            default = given.get("kernel_size", given.get("pool_size"))  # pooling: by its own size
        if default is None and keyword.arg == "activation":
            default = "linear"
        if not _same(given[keyword.arg or ""], default):
            kept.append(keyword)
    call.keywords = kept


def _one(node: ast.expr, name: str) -> ast.expr:
    """(3, 3) as 3, where the tool takes it so."""
    value = _literal(node)
    if name in EQUAL and isinstance(value, tuple) and len(set(value)) == 1:
        return ast.Constant(value[0])
    return node


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        return object()


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and not isinstance(b, tuple):
        return all(_same(n, b) for n in a)
    return type(a) is type(b) and a == b or isinstance(a, int | float) and isinstance(b, int | float) and a == b


def with_arguments(call: str, **arguments: str) -> str:
    """A call with more arguments, given as code."""
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    tree.keywords += [ast.keyword(name, ast.parse(text, mode="eval").body) for name, text in arguments.items()]
    return show(tree)


def wrapped(text: str, indent: int, before: str = "", after: str = "") -> str:
    """A call on one line, or its arguments on lines of their own where it would be too long."""
    line = " " * indent + before + text + after
    if len(line) <= WIDTH:
        return line
    tree = ast.parse(text, mode="eval").body
    if not isinstance(tree, ast.Call):
        return line
    arguments = [*map(show, tree.args), *(f"{k.arg}={show(k.value)}" for k in tree.keywords)]
    inner = " " * (indent + 4)
    return "\n".join(
        [
            " " * indent + before + show(tree.func) + "(",
            *(f"{inner}{a}," for a in arguments),
            " " * indent + ")" + after,
        ]
    )


def code_of(template: str, made: Any, **names: Any) -> str:
    """A short text with the part's parameters filled in."""
    return template.format(**{**vars(made), **names})
