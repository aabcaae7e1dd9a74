"""A formula in x and y, typed by a user: read by a small parser, computed by NumPy, written as code.

    sum     = product {("+" | "-") product}      power = atom ["^" sign]
    product = sign {("*" | "/") sign}            atom  = number | "x" | "y" | "pi" | "(" sum ")"
    sign    = {"-" | "+"} power                          | function "(" sum {"," sum} ")"

The page has the same parser in static/js/lib/formula.js; tests/data/formulas.json holds both to one table of cases.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from engine.errors import SpecError

MOST = 80  # signs
TOKEN = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[A-Za-z]\w*|\*\*|\S", re.ASCII)
# What people also write, by what it stands for.
SAME = {"**": "^", "·": "*", "×": "*", "−": "-", "x1": "x", "x2": "y", "X": "x", "Y": "y"}
RAISED = {"²": "2", "³": "3"}
CONSTANTS = {"pi": math.pi}
VARIABLES = ("x", "y")
ONE: dict[str, Callable[..., Any]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs,
}  # fmt: skip
SEVERAL: dict[str, Callable[..., Any]] = {"min": np.minimum, "max": np.maximum}
OPERATORS: dict[str, Callable[..., Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power,
}  # fmt: skip
IN_CODE = {"min": "minimum", "max": "maximum", "^": "power"}
EXPECTED = {
    "value": "a number, x, y or a function",
    "operator": "an operator or the end",
    "opening": "“(” after the function",
    "closing": "“)” or an operator",
    "comma": "“,” and another value",
}
FIX = f"Use numbers, x, y, pi, + - * / ^, parentheses and {', '.join((*ONE, *SEVERAL))}: sin(3*x), sqrt(x^2 + y^2)."


class FormulaError(SpecError):
    """A text that stops being a formula. sign: where, from 1; expected: a key of EXPECTED, or "short"."""

    sign = 0
    expected = ""


@dataclass(frozen=True)
class Node:
    """A number, a variable, or an operator or function of others."""

    sign: str
    parts: tuple["Node", ...] = ()
    value: float = 0.0

    def compute(self, x: np.ndarray, y: np.ndarray) -> Any:
        """(n,) float64, or one number where neither x nor y is in it. Not finite where there is no value."""
        if not self.parts:
            return {"x": x, "y": y}.get(self.sign, np.float64(self.value))
        values = [part.compute(x, y) for part in self.parts]
        if len(values) == 1:
            return np.negative(values[0]) if self.sign == "-" else ONE[self.sign](values[0])
        return reduce((OPERATORS | SEVERAL)[self.sign], values)

    def code(self) -> str:
        """The same in Python with NumPy; what operators join stands in parentheses."""
        if self.sign in VARIABLES:
            return self.sign
        if not self.varies():
            with np.errstate(all="ignore"):
                value = float(self.compute(np.zeros(1), np.zeros(1)))
            return f"{value!r}" if math.isfinite(value) else f"np.float64('{value}')"
        first, *others = (part.code() for part in self.parts)
        if self.sign in ("+", "-", "*", "/"):
            return f"({first} {self.sign} {others[0]})" if others else f"(-{first})"
        name = f"np.{IN_CODE.get(self.sign, self.sign)}"
        return reduce(lambda a, b: f"{name}({a}, {b})", others, first) if others else f"{name}({first})"

    def varies(self) -> bool:
        """Whether x or y is in it."""
        return self.sign in VARIABLES or any(part.varies() for part in self.parts)


@dataclass(frozen=True)
class Formula:
    """A feature of one's own. name: the formula as it is kept, without blanks, x1 and x2 as x and y."""

    name: str
    tree: Node

    def compute(self, xy: np.ndarray) -> np.ndarray:
        """(n, 2) float64 → (n,), not finite where the formula has no value."""
        with np.errstate(all="ignore"):
            return np.broadcast_to(self.tree.compute(xy[:, 0], xy[:, 1]), len(xy))

    def code(self) -> str:
        """In Python, for arrays x and y."""
        return self.tree.code() if self.tree.varies() else f"np.full_like(x, {self.tree.code()})"


def read(text: str) -> Formula:
    """Raises FormulaError: where the text is no formula, and what was expected there."""
    if len(text) > MOST:
        error = FormulaError(f"Expected a formula of at most {MOST} signs, got {len(text)}.", fix="Make it shorter.")
        error.sign, error.expected = MOST + 1, "short"
        raise error
    return _Reader(text).read()


class _Reader:
    """Goes through the tokens of one text: each method takes what its rule of the grammar says."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.tokens: list[tuple[str, int]] = []
        for found in TOKEN.finditer(text):
            token, place = found.group(), found.start() + 1
            self.tokens += (
                [("^", place), (RAISED[token], place)] if token in RAISED else [(SAME.get(token, token), place)]
            )

    def read(self) -> Formula:
        tree = self._sum()
        if self._next():
            raise self._refusal("operator")
        return Formula("".join(token for token, _ in self.tokens), tree)

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._take("+", "-"):
            node = Node(sign, (node, self._product()))
        return node

    def _product(self) -> Node:
        node = self._sign()
        while sign := self._take("*", "/"):
            node = Node(sign, (node, self._sign()))
        return node

    def _sign(self) -> Node:
        if sign := self._take("-", "+"):
            node = self._sign()
            return Node("-", (node,)) if sign == "-" else node
        return self._power()

    def _power(self) -> Node:
        node = self._atom()
        return Node("^", (node, self._sign())) if self._take("^") else node

    def _atom(self) -> Node:
        token = self._next()
        if token[:1].isdigit() or (token[:1] == "." and len(token) > 1):
            self.at += 1
            return Node("number", value=float(token))
        if self._take(*VARIABLES):
            return Node(token)
        if self._take(*CONSTANTS):
            return Node("number", value=CONSTANTS[token])
        if self._take("("):
            return self._closed([self._sum()])[0]
        if not self._take(*ONE, *SEVERAL):
            raise self._refusal("value")
        if not self._take("("):
            raise self._refusal("opening")
        parts = [self._sum()]
        while token in SEVERAL and self._take(","):
            parts.append(self._sum())
        if token in SEVERAL and len(parts) == 1 and self._next() == ")":
            raise self._refusal("comma")
        return Node(token, tuple(self._closed(parts)))

    def _closed(self, parts: list[Node]) -> list[Node]:
        if not self._take(")"):
            raise self._refusal("closing")
        return parts

    def _next(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def _take(self, *wanted: str) -> str:
        """The next token, if it is one of these."""
        token = self._next()
        if token not in wanted:
            return ""
        self.at += 1
        return token

    def _refusal(self, expected: str) -> FormulaError:
        token = self._next()
        sign = self.tokens[self.at][1] if token else len(self.text) + 1
        got = f"“{token}” at sign {sign}" if token else "the end"
        error = FormulaError(f"Expected {EXPECTED[expected]}, got {got} of “{self.text}”.", fix=FIX)
        error.sign, error.expected = sign, expected
        return error
