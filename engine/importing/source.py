"""Python code as something to read: parsed, never run.

`evaluate` works out what an expression plainly says: numbers, texts, lists, and calls left as they stand. What it does
not understand becomes `Unknown`, which is an error only where somebody needs the value.
"""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import LimitError, SpecError

MAX_CHARACTERS = 200_000
BIGGEST = 2**53


class Node:
    """Base of what code can stand for beside plain values; `line` is where."""

    node: ast.AST

    @property
    def line(self) -> int:
        return getattr(self.node, "lineno", 0)


@dataclass(frozen=True)
class Unknown(Node):
    """Something that is not understood, and need not be."""

    node: ast.AST


@dataclass(frozen=True)
class Ref(Node):
    """A name of a library, aliases undone: `torch.nn.Linear`."""

    path: str
    node: ast.AST = field(compare=False)

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class Call(Node):
    """A call of something in a library, with what it is given."""

    path: str
    args: tuple[Any, ...]
    keywords: Mapping[str, Any]
    node: ast.Call = field(compare=False)

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class Lambda(Node):
    """A function without a name; `text` is its code in one form."""

    text: str
    node: ast.AST = field(compare=False)


def at_line(line: int, message: str, fix: str = "") -> SpecError:
    """An error that names its line."""
    return SpecError(f"Line {line}: {message}", where=f"code.line{line}", fix=fix)


def parse(text: str) -> ast.Module:
    """The code's tree. Raises SpecError at the line where it is no Python, LimitError where it is too long."""
    if len(text) > MAX_CHARACTERS:
        raise LimitError(f"The code has {len(text):,} characters, at most {MAX_CHARACTERS:,} are read.", where="code")
    try:
        return ast.parse(_bare(text))
    except SyntaxError as error:
        raise at_line(
            error.lineno or 1, f"This is not Python: {error.msg}.", "Paste the whole code as it stands in its file."
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise SpecError("This code can not be read: it is nested too deeply.", where="code") from None


def _bare(text: str) -> str:
    """Without the prompts of a session, and without a notebook's commands, which are no Python."""
    lines = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")
    if any(line.startswith(">>> ") for line in lines):
        lines = [line[4:] if line.startswith((">>> ", "... ")) else "" for line in lines]
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)


class Names:
    """What names stand for while code is read from top to bottom."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def take_import(self, statement: ast.Import | ast.ImportFrom) -> None:
        """`import torch.nn as nn`, `from keras import layers`."""
        for alias in statement.names:
            if isinstance(statement, ast.Import):
                name, path = alias.asname or alias.name.split(".")[0], alias.name
                path = path if alias.asname else name
            else:
                name, path = alias.asname or alias.name, f"{statement.module or ''}.{alias.name}"
            self.values[name] = Ref(path, statement)

    def evaluate(self, node: ast.expr) -> Any:
        """What an expression says. Raises nothing: what is not understood is `Unknown`."""
        try:
            return self._evaluate(node)
        except (ArithmeticError, RecursionError, ValueError, TypeError):
            return Unknown(node)

    def _evaluate(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.values.get(name, Ref(name, node))
            case ast.Attribute(value=inner, attr=attr):
                base = self._evaluate(inner)
                return Ref(f"{base.path}.{attr}", node) if isinstance(base, Ref) else self.attribute(base, attr, node)
            case ast.Tuple(elts=entries):
                return tuple(self._evaluate(e) for e in entries)
            case ast.List(elts=entries):
                return [self._evaluate(e) for e in entries]
            case ast.Dict(keys=keys, values=values) if all(keys):
                return {self._evaluate(k): self._evaluate(v) for k, v in zip(keys, values, strict=True) if k}
            case ast.UnaryOp(op=op, operand=operand):
                return _unary(op, self._evaluate(operand), node)
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(self._evaluate(left), op, self._evaluate(right), node)
            case ast.Call():
                return self.call(node)
            case ast.Lambda():
                return Lambda(ast.unparse(node), node)
            case ast.Subscript(value=inner, slice=index):
                return self.item(self._evaluate(inner), index, node)
        return Unknown(node)

    # what a reader of a certain kind of code knows more about

    def call(self, node: ast.Call) -> Any:
        """The value of a call: of a library's name, itself; anything else is not understood."""
        function = self._evaluate(node.func)
        args = tuple(self._evaluate(a) for a in node.args if not isinstance(a, ast.Starred))
        keywords = {k.arg: self._evaluate(k.value) for k in node.keywords if k.arg}
        return self.called(function, args, keywords, node)

    def called(self, function: Any, args: tuple[Any, ...], keywords: dict[str, Any], node: ast.Call) -> Any:
        """The value of calling something with these values."""
        return Call(function.path, args, keywords, node) if isinstance(function, Ref) else Unknown(node)

    def attribute(self, base: Any, name: str, node: ast.expr) -> Any:
        """The value of `base.name`."""
        return Unknown(node)

    def item(self, base: Any, index: ast.expr, node: ast.expr) -> Any:
        """The value of `base[index]`."""
        return Unknown(node)

    def binary(self, left: Any, op: ast.operator, right: Any, node: ast.expr) -> Any:
        """The value of `left op right`."""
        if not _number(left) or not _number(right) or type(op) not in ARITHMETIC:
            return Unknown(node)
        if isinstance(op, ast.Pow) and (abs(right) > 64 or abs(left) > 1e6):
            return Unknown(node)
        value = ARITHMETIC[type(op)](left, right)
        return value if _number(value) and abs(value) <= BIGGEST else Unknown(node)


ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
}


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and (math.isfinite(value))


def _unary(op: ast.unaryop, value: Any, node: ast.expr) -> Any:
    if isinstance(op, ast.Not) and isinstance(value, bool):
        return not value
    if _number(value) and isinstance(op, ast.USub | ast.UAdd):
        return -value if isinstance(op, ast.USub) else value
    return Unknown(node)


def match(pattern: str, node: ast.AST) -> dict[str, ast.expr] | None:
    """Whether code has a form: names in capitals in the pattern stand for any expression, which are given back."""
    found: dict[str, ast.expr] = {}
    return found if _fits(ast.parse(pattern, mode="eval").body, node, found) else None


def _fits(pattern: Any, node: Any, found: dict[str, ast.expr]) -> bool:
    if isinstance(pattern, ast.Name) and pattern.id.isupper() and isinstance(node, ast.expr):
        before = found.setdefault(pattern.id, node)
        return before is node or ast.dump(before) == ast.dump(node)
    if isinstance(pattern, ast.Constant) and isinstance(node, ast.Constant):
        return pattern.value == node.value
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, list):
        return len(pattern) == len(node) and all(_fits(a, b, found) for a, b in zip(pattern, node, strict=True))
    if isinstance(pattern, ast.AST):
        fields = [name for name in pattern._fields if name not in ("ctx", "kind", "type_comment")]
        return all(_fits(getattr(pattern, name), getattr(node, name), found) for name in fields)
    return pattern == node
