"""From text to rows of cells, every row as long as the first; what does not fit is named by row and column."""

import csv
import io
import re
from dataclasses import dataclass, field

from app.uploads import dialect
from app.uploads.choices import Choices, Limits
from app.uploads.made import room
from app.uploads.problems import MOST, Problem, over, refuse
from app.uploads.text import clean

LONGEST_CELL = csv.field_size_limit()
ANNOUNCED = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)  # spreadsheets write it into the first line


@dataclass
class Rows:
    """A table of text. cells: (rows, columns); numbers: which row of the file each was, from 1."""

    names: list[str]
    cells: list[list[str]]
    numbers: list[int]
    header: bool
    separator: str
    decimal: str
    blank: int = 0
    problems: list[Problem] = field(default_factory=list)


def read_rows(text: str, choices: Choices, limits: Limits) -> Rows:
    """Raises Unreadable where the text is no table, LimitError where it is too large."""
    announced = ANNOUNCED.match(text)
    separator = choices.separator or (announced[1] if announced else dialect.find_separator(text))
    some = dialect.sample(text[announced.end() :] if announced else text, separator)
    header = dialect.find_header(some) if choices.header is None else choices.header
    decimal = choices.decimal or dialect.find_decimal(some[header:], separator)
    made = Rows([], [], [], header, separator, decimal)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number, line = 0, 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            made.problems.append(_broken(text, line, number + 1, made))
            break
        if row is None:
            break
        number, line = number + 1, reader.line_num
        if number == 1 and announced:
            continue
        if not any(map(str.strip, row)):
            made.blank += 1
        elif not made.names:
            made.names = _names(row, made) if header else [f"column {k}" for k in range(1, len(row) + 1)]
            if not header:
                _add(made, row, number, limits)
        else:
            _add(made, row, number, limits)
    if len(made.names) < 2 and not made.problems:
        raise refuse(
            "There is only one column.", "Give a target and something to tell it from, or choose the separator."
        )
    if not made.cells and not made.problems:
        raise refuse("There are no rows below the header.", "Give rows too, or say that there is no header.")
    return made


def _names(row: list[str], made: Rows) -> list[str]:
    """The header's names; a column without one is called by its place."""
    names = [clean(cell) or f"column {k}" for k, cell in enumerate(row, 1)]
    while len(names) > 2 and not row[len(names) - 1].strip():  # rows that end in a separator
        names.pop()
    first: dict[str, int] = {}
    for k, name in enumerate(names):
        if first.setdefault(name, k) != k and len(made.problems) < MOST:
            said = f"columns {first[name] + 1} and {k + 1} have the same name"
            made.problems.append(Problem(said, "Give each column a name of its own.", 1, name))
    return names


def _add(made: Rows, row: list[str], number: int, limits: Limits) -> None:
    """One more row, cut to length where only empty cells are too many."""
    width = len(made.names)
    if len(row) > width and not any(map(str.strip, row[width:])):
        row = row[:width]
    if len(row) == width:
        made.cells.append([cell.strip() for cell in row])
        made.numbers.append(number)
    elif len(made.problems) < MOST:
        short = len(row) < width
        column = made.names[len(row)] if short else made.names[-1]
        said = f"the row has {len(row)} cells, and the {'header' if made.header else 'first row'} has {width}"
        fix = "Add what is missing" if short else "Put cells that contain the separator in quotes"
        made.problems.append(Problem(said, f"{fix}, or take the row out.", number, column))
    if len(made.cells) > limits.max_samples:
        raise over("max_samples", limits.max_samples, "data sets of {n} rows", len(made.cells))
    room(len(made.cells) * width, limits)


def _broken(text: str, line: int, number: int, made: Rows) -> Problem:
    """Where the quotes of a row went wrong: its column is found by walking through it."""
    lines = io.StringIO(text, newline="")
    for _ in range(line):
        lines.readline()
    column, quoted, at_start, begin = 0, False, True, 0
    record = lines.read()
    k = 0
    while k < len(record):
        sign = record[k]
        if quoted:
            if sign == '"' and record[k + 1 : k + 2] == '"':
                k += 1
            elif sign == '"':
                quoted = False
                if record[k + 1 : k + 2] not in (made.separator, "\r", "\n", ""):
                    break
        elif sign == '"' and at_start:
            quoted = True
        elif sign in "\r\n":
            break
        at_start = sign == made.separator and not quoted
        if k - begin > LONGEST_CELL:
            break
        if at_start:
            column, begin = column + 1, k
        k += 1
    name = made.names[column] if column < len(made.names) else f"column {column + 1}"
    if quoted:
        return Problem("a quote is opened and never closed", 'Add the missing ", or take this one out.', number, name)
    if k - begin > LONGEST_CELL:
        return Problem(f"a cell has more than {LONGEST_CELL:,} characters", "Shorten it.", number, name)
    return Problem("there is text after the closing quote", 'Write a quote inside a cell twice: "".', number, name)
