"""How a table is written: which sign parts its cells, whether the first row is a header, comma or point in numbers."""

import csv
import io
import re
from collections import Counter

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
SAMPLE_CHARACTERS = 65_536
SAMPLE_ROWS = 200
WITH_COMMA = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?", re.ASCII)
WITH_POINT = re.compile(r"[+-]?(\d+\.\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,' \u00a0\u202f]\d{3})+", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
MISSING = frozenset(["", "na", "n/a", "nan", "null", "none", "?", "-", "--", ".", "#n/a", "#na", "missing", "nil"])


def is_missing(cell: str) -> bool:
    """Whether a cell says that nothing is known."""
    return cell.casefold() in MISSING


def sample(text: str, separator: str) -> list[list[str]]:
    """The first rows, read leniently; the last one, which may be cut, is left out."""
    part = text[:SAMPLE_CHARACTERS]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(part, newline=""), delimiter=separator):
            rows.append([cell.strip() for cell in row])
            if len(rows) > SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    if len(rows) > 1 and (len(part) < len(text) or len(rows) > SAMPLE_ROWS):
        rows.pop()
    return [row for row in rows if any(row)]


def find_separator(text: str) -> str:
    """The sign that gives rows of the same length whose cells need no further parting."""

    def fits(separator: str) -> tuple[float, int]:
        rows = sample(text, separator)
        width, often = Counter(map(len, rows)).most_common(1)[0] if rows else (1, 0)
        if width < 2:
            return 0.0, 0
        cells = [cell for row in rows if len(row) == width for cell in row]
        others = [sign for sign in SEPARATORS if sign != separator]
        whole = sum(bool(NUMBER.fullmatch(cell)) or not any(sign in cell for sign in others) for cell in cells)
        return often / len(rows) * (0.2 + 0.8 * whole / len(cells)), width

    return max(SEPARATORS, key=fits)


def find_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: no numbers in it, and not one of the values below."""
    if len(rows) < 2:
        return True
    first, below = rows[0], rows[1:]
    if any(NUMBER.fullmatch(cell) or THOUSANDS.fullmatch(cell) for cell in first):
        return False
    columns = list(zip(*(row for row in below if len(row) == len(first)), strict=True)) or [()] * len(first)
    if any(NUMBER.fullmatch(cell) for column in columns for cell in column):
        return True
    return not any(name in column for name, column in zip(first, columns, strict=True) if name)


def find_decimal(rows: list[list[str]], separator: str) -> str:
    """The decimal sign: whichever the numbers are written with."""
    cells = [cell for row in rows for cell in row]
    plain = [cell for cell in cells if not THOUSANDS.fullmatch(cell)]
    commas = sum(bool(WITH_COMMA.fullmatch(cell)) for cell in plain)
    points = sum(bool(WITH_POINT.fullmatch(cell)) for cell in plain)
    if commas == points and separator == ";":  # "1,234" alone could be either; where cells part at ; it is 1.234
        return "," if any(THOUSANDS.fullmatch(cell) and "," in cell for cell in cells) else "."
    return "," if commas > points else "."
