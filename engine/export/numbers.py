"""Numbers as Python text: the shortest that gives the same single-precision number, several rows to a line."""

from collections.abc import Iterable

import numpy as np

from engine.builder import Array
from engine.export.code import WIDTH


def number(value: float, dtype: type = np.float32) -> str:
    """0.25, 3, 1e-05: the shortest text that reads back as the same number of that type (whole ones stay whole)."""
    exact = dtype(value)
    if exact == np.floor(exact) and abs(exact) < 1e7:
        return str(int(exact))
    return repr(float(str(exact)))


def array(values: Array, indent: int = 0, dtype: type = np.float32) -> str:
    """An `np.array(…)` over several lines; what has more than two axes is a long row and a `reshape`."""
    values = np.asarray(values)
    ending = f", dtype=np.{dtype.__name__})"
    shape = values.shape
    rows = values if values.ndim == 2 else values.reshape(1, -1)
    texts = [f"[{', '.join(number(v, dtype) for v in row)}]" for row in rows]
    if values.ndim == 2:
        body = _lines((f"{text}," for text in texts), indent + 4)
        return f"np.array([\n{body}\n{' ' * indent}]{ending}"
    turned = f".reshape({', '.join(map(str, shape))})" if values.ndim > 2 else ""
    one = f"np.array({texts[0]}{ending}{turned}"
    if indent + len(one) <= WIDTH - 30:
        return one
    body = _lines((f"{number(value, dtype)}," for value in rows[0]), indent + 4)
    return f"np.array([\n{body}\n{' ' * indent}]{ending}{turned}"


def _lines(pieces: Iterable[str], indent: int) -> str:
    """As many pieces to a line as fit; one that is too long by itself is broken at its commas."""
    margin = " " * indent
    lines, line = [], ""
    for piece in pieces:
        for part in [piece] if len(piece) + indent <= WIDTH else piece.replace(", ", ",\0").split("\0"):
            if line and len(line) + 1 + len(part) > WIDTH:
                lines.append(line)
                line = ""
            line = f"{line} {part}" if line else margin + part
    return "\n".join([*lines, line] if line else lines)
