"""Messages of the server, read from its code: whole sentences, f-strings with a number for each place.

`f"Expected {kind}, got {show(value)}."` becomes "Expected {0}, got {1}.", and what `kind` can be becomes a message of
its own. A string is a message where it is a sentence, or where it is given to something in SPOKEN.
"""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEFT_OUT = (  # said to programs, programmers or whoever runs the server; or said by templates
    "app/cli", "app/client/", "app/jupyter", "app/settings", "app/_hatch", "app/paths", "app/language", "app/logs",
    "app/api/openapi", "app/api/docs", "app/api/metrics", "app/pages/", "app/store/", "app/templating", "app/main",
    "app/exchange/headline", "engine/export/program",
)  # fmt: skip
# Arguments that are no messages, and calls that only programmers hear.
OTHER_KEYWORDS = {"help", "label", "description", "summary", "formula", "source", "keras", "torch", "examples", "title"}
OTHER_CALLS = {
    "ValueError", "TypeError", "RuntimeError", "AssertionError", "NotImplementedError", "KeyError", "FileNotFoundError",
    "OSError", "Field", "Query", "Path", "Header", "info", "warning", "exception", "debug", "compile", "Preset",
}  # fmt: skip
# What is said although it is no sentence: arguments of these calls, what these functions return.
SPOKEN = {"Problem": (0, 1), "refuse": (0, 1), "mistake": (1, 2), "over": (2,), "fail": (0, 1)}
SPEAKING = {"told", "_said", "_guess"}
SAYING = {"said", "message", "fix", "SENTENCES", "SEPARATORS"}  # names whose value is said
SENTENCE = re.compile(r"(?:[A-Z0-9{“\"'‘`]|nn\.).*[.?!…]\)?", re.DOTALL)
FORMAT = re.compile(r"(\{[a-z_]\w*(?::[^{}]*)?\})")  # a place in a string that is filled by .format
INLINE = 3  # so many choices in the middle of a sentence make whole sentences; more are a place
DEEPEST = 4

Shape = tuple["str | ast.expr", ...]  # what is written and what is put in, in turn


class Module:
    """One file: its messages by what its names can be."""

    def __init__(self, path: Path) -> None:
        self.place = path.relative_to(ROOT).as_posix()
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self.functions = {n.name: n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)}
        self.seen: set[str] = set()
        self.given: set[tuple[str, str, int]] = set()  # parameters put into a message: function, name, place

    def messages(self) -> Iterator[str]:
        """Every message, and then what can stand in its places."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) or self._is_other(node):
                continue
            for shape in self.shapes(node):
                if SENTENCE.fullmatch(pattern(shape)) or self._is_spoken(node):
                    yield from self._with_places(shape)

    def arguments(self, given: set[tuple[str, str, int]]) -> Iterator[str]:
        """What is passed to parameters that functions, here or elsewhere, put into messages."""
        for call in [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]:
            for _, name, place in sorted(one for one in given if one[0] == called(call)):
                passed = [keyword.value for keyword in call.keywords if keyword.arg == name]
                for value in passed or call.args[place : place + 1]:
                    for shape in self.shapes(value):
                        if re.search(r"[a-z] [a-z]|[a-z] \(", pattern(shape)):  # words, no name of a field
                            yield from self._with_places(shape)

    def _with_places(self, shape: Shape) -> Iterator[str]:
        text = pattern(shape)
        if text in self.seen:
            return
        self.seen.add(text)
        if re.search(r"[A-Za-z]{2}", re.sub(r"\{\d+\}", "", text)):
            yield text
        for part in shape:
            if isinstance(part, ast.expr):
                self._note_parameter(part)
                for inner in self.shapes(part):
                    yield from self._with_places(inner)

    def _note_parameter(self, part: ast.expr) -> None:
        function = self._function(part)
        if isinstance(part, ast.Name) and function is not None:
            names = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
            if part.id in names:
                self.given.add((function.name, part.id, names.index(part.id)))

    def _is_other(self, node: ast.AST) -> bool:
        """Part of a larger string, a docstring, or not said to users."""
        parent = self.parents.get(node)
        if isinstance(parent, ast.JoinedStr | ast.FormattedValue | ast.Expr | ast.Compare | ast.Subscript):
            return True
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add):
            return True
        while parent is not None and not isinstance(parent, ast.stmt):
            if isinstance(parent, ast.keyword) and parent.arg in OTHER_KEYWORDS:
                return True
            if isinstance(parent, ast.Call) and called(parent) in OTHER_CALLS:
                return True
            parent = self.parents.get(parent)
        return isinstance(parent, ast.Assert)

    def _is_spoken(self, node: ast.AST) -> bool:
        parent, child = self.parents.get(node), node
        while isinstance(parent, ast.IfExp | ast.BoolOp | ast.Tuple):
            parent, child = self.parents.get(parent), parent
        if isinstance(parent, ast.Call) and called(parent) in SPOKEN:
            return any(child is parent.args[k] for k in SPOKEN[called(parent)] if k < len(parent.args))
        function = self._function(node)
        if isinstance(parent, ast.Return) and function is not None:
            return function.name in SPEAKING
        if isinstance(parent, ast.Dict):
            if child not in parent.values:
                return False
            parent = self.parents.get(parent)
        targets = getattr(parent, "targets", [getattr(parent, "target", None)])
        return any(isinstance(target, ast.Name) and target.id in SAYING for target in targets)

    def _function(self, node: ast.AST | None) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        while node is not None and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node = self.parents.get(node)
        return node

    def shapes(self, node: ast.expr, depth: int = 0) -> list[Shape]:
        """All that an expression can say, as far as the file tells."""
        if depth > DEEPEST:
            return []
        match node:
            case ast.Constant(value=str(text)):
                return [tuple(ast.Constant(None) if k % 2 else piece for k, piece in enumerate(FORMAT.split(text)))]
            case ast.JoinedStr():
                return joined([self._inserted(value, depth) for value in node.values])
            case ast.BinOp(op=ast.Add()):
                return joined([self.shapes(side, depth + 1) or [(side,)] for side in (node.left, node.right)])
            case ast.IfExp():
                return self.shapes(node.body, depth + 1) + self.shapes(node.orelse, depth + 1)
            case ast.BoolOp():
                return [shape for value in node.values for shape in self.shapes(value, depth + 1)]
            case ast.Subscript():
                return self._entries(node.value, depth + 1)
            case ast.Call(func=ast.Attribute(attr="get", value=held)):
                return self._entries(held, depth + 1)
            case ast.Call(func=ast.Attribute(attr="join"), args=[ast.GeneratorExp() | ast.ListComp() as every]):
                return self.shapes(every.elt, depth + 1)
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                returns = [n for n in ast.walk(self.functions[name]) if isinstance(n, ast.Return) and n.value]
                return [shape for r in returns for shape in self.shapes(r.value, depth + 1)]  # type: ignore[arg-type]
            case ast.Name():
                return [shape for value in self._values(node) for shape in self.shapes(value, depth + 1)]
        return []

    def _inserted(self, value: ast.expr, depth: int) -> list[Shape]:
        """A piece of an f-string: a few words to choose from are written out, all else is a place."""
        if not isinstance(value, ast.FormattedValue):
            return self.shapes(value, depth + 1)
        found = self.shapes(value.value, depth + 1) if value.conversion == -1 and not value.format_spec else []
        whole = all(isinstance(part, str) for shape in found for part in shape)
        certain = isinstance(value.value, ast.IfExp | ast.Name) and self._is_certain(value.value)
        return found if found and whole and certain and len(found) <= INLINE else [(value.value,)]

    def _is_certain(self, node: ast.expr) -> bool:
        """Whether nothing else than what is written can stand there."""
        if isinstance(node, ast.IfExp):
            return self._is_certain(node.body) and self._is_certain(node.orelse)
        if isinstance(node, ast.Name):
            values = self._values(node)
            return bool(values) and all(self._is_certain(value) for value in values)
        return isinstance(node, ast.Constant)

    def _entries(self, held: ast.expr, depth: int) -> list[Shape]:
        tables = [held] if isinstance(held, ast.Dict) else self._values(held) if isinstance(held, ast.Name) else []
        values = [value for table in tables if isinstance(table, ast.Dict) for value in table.values]
        return [shape for value in values for shape in self.shapes(value, depth)]

    def _values(self, name: ast.Name) -> list[ast.expr]:
        """What is assigned to a name, in its function or else in the file."""
        for scope in (self._function(name), self.tree):
            found: list[ast.expr] = []
            for node in ast.walk(scope) if scope is not None else ():
                if isinstance(node, ast.Assign):
                    for target in node.targets:
                        found += paired(target, node.value, name.id)
                elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
                    found += paired(node.target, node.value, name.id)
            if found:
                return found
            if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) and name.id in {
                a.arg for a in [*scope.args.args, *scope.args.kwonlyargs]
            }:
                return []
        return []


def paired(target: ast.expr, value: ast.expr, name: str) -> list[ast.expr]:
    """The value that an assignment gives a name: `a, b = 1, 2` gives b the 2."""
    if isinstance(target, ast.Name) and target.id == name:
        return [value]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.IfExp):
        return paired(target, value.body, name) + paired(target, value.orelse, name)
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return [v for t, e in zip(target.elts, value.elts, strict=True) for v in paired(t, e, name)]
    return []


def joined(pieces: list[list[Shape]]) -> list[Shape]:
    return [tuple(part for piece in chosen for part in piece) for chosen in product(*pieces)]


def pattern(shape: Shape) -> str:
    """The words, and {0}, {1} … where something is put in."""
    places = iter(range(len(shape)))
    return "".join(part if isinstance(part, str) else f"{{{next(places)}}}" for part in shape)


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def server_messages() -> Iterator[tuple[str, str]]:
    """Each message and the file it is in."""
    paths = [path for folder in ("engine", "app") for path in sorted((ROOT / folder).rglob("*.py"))]
    modules = [Module(path) for path in paths if not path.relative_to(ROOT).as_posix().startswith(LEFT_OUT)]
    for module in modules:
        for message in module.messages():
            yield message, module.place
    given = set().union(*(module.given for module in modules))
    for module in modules:
        for message in module.arguments(given):
            yield message, module.place
