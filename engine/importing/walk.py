"""Going through a program's statements in the order in which they would run, without running them.

Both branches of an `if` are read, a loop over a written-out list as often as it has entries and any other once, and a
function where it is called. What is not understood is passed over: only the values matter that somebody asks for.
"""

import ast
from typing import Any

from engine.errors import LimitError
from engine.importing.source import Names, Node, Unknown

MAX_STATEMENTS = 20_000
MAX_DEPTH = 30


class Function(Node):
    """A function of the program's own."""

    def __init__(self, node: ast.FunctionDef) -> None:
        self.node = node


class Return(Exception):
    """A function's value is known."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Walker(Names):
    """Reads statements; subclasses know more about some calls and classes."""

    def __init__(self) -> None:
        super().__init__()
        self._count = self._depth = 0
        self.functions: list[Function] = []
        self.called_functions: set[int] = set()

    def walk(self, statements: list[ast.stmt]) -> None:
        """Read them in order. Raises Return where a function ends, LimitError where there is no end to it."""
        for statement in statements:
            self._count += 1
            if self._count > MAX_STATEMENTS:
                raise LimitError(f"More than {MAX_STATEMENTS:,} steps: this code is too long to follow.", where="code")
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """Read one."""
        match node:
            case ast.Import() | ast.ImportFrom():
                self.take_import(node)
            case ast.Assign(targets=targets, value=value):
                made = self.evaluate(value)
                for target in targets:
                    self.store(target, made)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self.store(target, self.evaluate(value))
            case ast.AugAssign(target=target, op=op, value=value):
                self.store(target, self.binary(self.evaluate(target), op, self.evaluate(value), value))
            case ast.Expr(value=value):
                self.evaluate(value)
            case ast.Return(value=value):
                raise Return(None if value is None else self.evaluate(value))
            case ast.FunctionDef(name=name):
                self.values[name] = Function(node)
                self.functions.append(self.values[name])
            case ast.ClassDef():
                self.take_class(node)
            case ast.If(body=body, orelse=other):
                self._branches(body, other)
            case ast.For(target=target, iter=entries, body=body):
                self._loop(target, self.evaluate(entries), body)
            case ast.While(body=body) | ast.With(body=body):
                self.walk(body)
            case ast.Try(body=body, orelse=other, finalbody=last):
                self.walk([*body, *other, *last])

    def store(self, target: ast.expr, value: Any) -> None:
        """`target = value`, or several of them at once."""
        if isinstance(target, ast.Tuple | ast.List):
            whole = isinstance(value, tuple | list) and len(value) == len(target.elts)
            for k, part in enumerate(target.elts):
                self.store(part, value[k] if whole else Unknown(target))
        elif isinstance(target, ast.Name):
            self.values[target.id] = value

    def take_class(self, node: ast.ClassDef) -> None:
        """A class of the program's own: nothing, unless a subclass knows better."""

    def _branches(self, *branches: list[ast.stmt]) -> None:
        ended: Return | None = None
        for branch in branches:
            try:
                self.walk(branch)
            except Return as found:
                ended = ended or found
        if ended is not None and all(branches):
            raise ended

    def _loop(self, target: ast.expr, entries: Any, body: list[ast.stmt]) -> None:
        for entry in entries if isinstance(entries, tuple | list) else [Unknown(target)]:
            self.store(target, entry)
            self.walk(body)

    def call_function(self, function: Function, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """The value of a call of the program's own function."""
        node = function.node
        assert isinstance(node, ast.FunctionDef)
        if self._depth >= MAX_DEPTH:
            return Unknown(node)
        self.called_functions.add(id(function))
        return self.run(node, args, keywords)

    def run(self, function: ast.FunctionDef, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """The value of a function or method of the program's own with these arguments."""
        names = [a.arg for a in function.args.args]
        defaults = dict(zip(reversed(names), map(self.evaluate, reversed(function.args.defaults)), strict=False))
        values = {n: Unknown(function) for n in names} | defaults | dict(zip(names, args, strict=False))
        values |= {k: v for k, v in keywords.items() if k in names}
        outer, self.values = self.values, {**self.values, **values}
        self._depth += 1
        try:
            self.walk(function.body)
        except Return as found:
            return found.value
        finally:
            self.values = outer
            self._depth -= 1
        return None

    def called(self, function: Any, args: tuple[Any, ...], keywords: dict[str, Any], node: ast.Call) -> Any:
        if isinstance(function, Function):
            return self.call_function(function, args, keywords)
        return super().called(function, args, keywords, node)
