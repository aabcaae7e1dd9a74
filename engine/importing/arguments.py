"""The arguments of a call, by name, defaults filled in; whoever reads them says which ones it could use."""

import ast
from typing import Any

from engine.export.signatures import REQUIRED, Signature
from engine.importing.source import Call, Unknown, at_line

# They change nothing about what is computed.
HARMLESS = frozenset(
    {
        *("name", "dtype", "device", "seed", "verbose", "inplace", "foreach", "fused", "jit_compile", "run_eagerly"),
        *("input_shape", "input_dim", "batch_input_shape", "batch_shape", "data_format", "steps_per_execution"),
    }
)


class Arguments:
    """Reads a call by its signature. `take` gives a value, `rest` what nobody took though it was said."""

    def __init__(self, call: Call, signature: Signature) -> None:
        self.call, self.signature = call, signature
        self.given: dict[str, Any] = {}
        names = list(signature.defaults)
        if len(call.args) > len(names):
            raise at_line(call.line, f"{call.name} takes {len(names)} values at most, got {len(call.args)}.")
        self.given.update(zip(names, call.args, strict=False))
        for name, value in call.keywords.items():
            if name in self.given:
                raise at_line(call.line, f"{call.name} is given {name} twice.")
            self.given[name] = value
        self._taken: set[str] = set()

    @property
    def line(self) -> int:
        return self.call.line

    def take(self, name: str) -> Any:
        """The value of that name, or its default. Raises SpecError where it is missing or not understood."""
        self._taken.add(name)
        value = self.given.get(name, self.signature.defaults.get(name, REQUIRED))
        if value is REQUIRED:
            raise at_line(self.line, f"{self.call.name} needs {name}, which is not given.")
        if isinstance(value, Unknown):
            raise at_line(
                self.line, f"The value of {name} in {self.call.name} is not plain to see.", f"Write {name} as a number."
            )
        return value

    def said(self, name: str) -> bool:
        """Whether the call gives it a value."""
        return name in self.given

    def rest(self) -> list[str]:
        """The names of arguments that were given, matter, and were not taken."""
        return [
            name
            for name, value in self.given.items()
            if name not in self._taken
            and name not in HARMLESS
            and not (name in self.signature.defaults and _same(value, self.signature.defaults[name]))
        ]


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple | list) and not isinstance(b, tuple | list):
        return bool(a) and all(_same(x, b) for x in a)
    return type(a) in (int, float, bool, str, type(None)) and a == b


def whole(value: Any, what: str, line: int) -> int:
    """A whole number. Raises SpecError at the line."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise at_line(line, f"{what} should be a whole number, got {shown(value)}.")
    return value


def real(value: Any, what: str, line: int) -> float:
    """A number. Raises SpecError at the line."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise at_line(line, f"{what} should be a number, got {shown(value)}.")
    return value


def one_or_two(value: Any, what: str, line: int) -> int | list[int]:
    """One whole number or a pair, as the catalogue's pairs take it."""
    if isinstance(value, tuple | list):
        if len(value) not in (1, 2):
            raise at_line(line, f"{what} should be one or two whole numbers, got {shown(value)}.")
        numbers = [whole(n, what, line) for n in value]
        return numbers[0] if len(numbers) == 1 else numbers
    return whole(value, what, line)


def shown(value: Any) -> str:
    """A value as a reader would write it."""
    node = getattr(value, "node", None)
    text = ast.unparse(node) if node is not None else repr(value)
    return text if len(text) <= 40 else text[:37] + "…"
