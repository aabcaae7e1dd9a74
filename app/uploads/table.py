"""A CSV file as examples: columns to tell from, one column to tell; missing cells dropped or filled, and counted."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.uploads import columns as c
from app.uploads.choices import Choices, Limits
from app.uploads.columns import Column
from app.uploads.dialect import SEPARATORS
from app.uploads.made import Made
from app.uploads.problems import MOST, Problem, Unreadable, over, refuse
from app.uploads.rows import Rows, read_rows
from app.uploads.text import clean, decode

FEW_DROPPED = 0.05  # the share of rows that may go without asking; more, and gaps are filled
FEW_CLASSES = 10
FEWEST = 4
SHOWN = 8


@dataclass
class Table:
    """A table that is read, and how it will be used."""

    rows: Rows
    encoding: str
    columns: list[Column]
    target: Column
    task: str
    missing: str
    problems: list[Problem]

    @property
    def inputs(self) -> list[Column]:
        return [column for column in self.columns if column is not self.target and column.kind != c.OUT]


def read_table(data: bytes, choices: Choices, limits: Limits) -> Table:
    """Raises Unreadable where no table can be shown at all; what is wrong inside is in `problems`."""
    text, encoding = decode(data, choices.encoding)
    rows = read_rows(text, choices, limits)
    if not rows.cells:
        raise Unreadable(rows.problems)
    for name in [*choices.columns, *filter(None, [choices.target])]:
        if name not in rows.names:
            raise refuse(f"There is no column {name!r:.60}.", f"Choose from: {', '.join(rows.names[:20])}.")
    cells = list(zip(*rows.cells, strict=True))
    columns = [
        Column(name, list(column), rows.decimal, choices.columns.get(name, ""))
        for name, column in zip(rows.names, cells, strict=True)
    ]
    target = next((x for x in columns if x.name == choices.target), None) or _last(columns)
    task = choices.task or _task(target)
    target.chosen = c.CATEGORY if task == "classification" else c.NUMBER
    table = Table(rows, encoding, columns, target, task, "", list(rows.problems))
    table.missing = choices.missing or _gaps(table)
    if not table.problems:
        table.problems = _problems(table)
    return table


def _last(columns: list[Column]) -> Column:
    """The last column that there is something to learn about."""
    return next((x for x in reversed(columns) if x.kind != c.OUT), columns[-1])


def _task(target: Column) -> str:
    """Classes where there are words, or few whole numbers."""
    if not target.mostly_numbers:
        return "classification"
    whole = all(n is None or n == int(n) for n in target.numbers)
    few = len(target.counts) <= FEW_CLASSES and len(target.counts) <= max(2, target.known / 5)
    return "classification" if whole and few and not target.bad else "regression"


def _lost(table: Table) -> np.ndarray:
    """Rows in which an input is missing."""
    lost = np.zeros(len(table.rows.cells), bool)
    for column in table.inputs:
        lost |= column.missing
    return lost


def _with_gaps(table: Table) -> int:
    """How many rows have a value to predict and lack an input."""
    return int((_lost(table) & ~np.array(table.target.missing)).sum())


def _gaps(table: Table) -> str:
    return "drop" if _with_gaps(table) <= FEW_DROPPED * len(table.rows.cells) else "fill"


def _problems(table: Table) -> list[Problem]:
    """What keeps it from being learned."""
    target, rows, found = table.target, table.rows.numbers, []
    if not target.known:
        found.append(Problem("every cell is empty", "Choose another column to predict.", column=target.name))
    elif table.task == "regression":
        found += target.problems(rows, MOST if target.mostly_numbers else 1)
        if len(target.counts) == 1:
            found.append(Problem("it is always the same", "Choose another column to predict.", column=target.name))
    elif len(target.counts) < 2:
        said = f"there is only one class, {next(iter(target.counts))!r}"
        found.append(Problem(said, "Choose another column to predict.", column=target.name))
    elif len(target.counts) > c.CLASSES:
        said = f"{len(target.counts):,} different values are too many classes, at most {c.CLASSES}"
        found.append(Problem(said, "Choose another column, or predict it as a number.", column=target.name))
    for column in table.inputs:
        if column.kind == c.NUMBER:
            found += column.problems(rows, MOST)
    if not table.inputs:
        found.append(Problem("No column is left to tell it from.", "Take in at least one column beside the target."))
    kept = int((~_dropped(table)).sum())
    if not found and kept < FEWEST:
        said = f"Only {kept} rows are left, and at least {FEWEST} are needed"
        found.append(Problem(f"{said}.", "Fill the missing cells instead, or leave out a column with many gaps."))
    return sorted(found, key=lambda problem: problem.row or 0)


def _dropped(table: Table) -> np.ndarray:
    dropped = np.array(table.target.missing)
    return dropped | _lost(table) if table.missing == "drop" else dropped


def make(table: Table, name: str, limits: Limits) -> Made:
    """The examples. Only for a table without problems. Raises LimitError, Unreadable."""
    kept = ~_dropped(table)
    arrays: list[np.ndarray] = []
    names: list[str] = []
    plain: list[str] = []
    groups: list[dict[str, Any]] = []
    for column in table.inputs:
        if column.kind == c.NUMBER:
            values = column.array()[kept]
            values[np.isnan(values)] = _mean(values)
            arrays.append(values)
            names.append(column.name)
            continue
        values = [value for value in column.values if len(column.counts) > 1]
        codes = column.codes(values)[kept]
        codes[codes < 0] = values.index(column.counts.most_common(1)[0][0]) if values else 0
        called = [clean(f"{column.name}={value}") for value in values]
        groups.append({"column": column.name, "values": values, "columns": called})
        names += called
        plain += called
        arrays += [(codes == k).astype(np.float64) for k in range(len(values))]
        if len(names) > limits.max_columns:
            break
    if len(names) > limits.max_columns:
        raise over("max_columns", limits.max_columns, "data sets of {n} columns, one for each category", len(names))
    if clash := next((name for name in names if names.count(name) > 1), None):
        raise refuse("two columns would have the same name", "Rename one of them.", column=clash)
    classes: tuple[str, ...] | None = None
    if table.task == "classification":
        values = table.target.values
        classes = tuple(clean(value) for value in values)
        if len(set(classes)) < len(classes):
            raise refuse("two classes have the same first letters", "Shorten their names.", column=table.target.name)
        targets = table.target.codes(values)[kept]
    else:
        targets = table.target.array()[kept]
    return Made(
        name=name,
        view="table",
        inputs=np.stack(arrays, axis=1),
        targets=targets,
        columns=tuple(names),
        plain=tuple(plain),
        class_names=classes,
        target=table.target.name,
        groups=groups,
        notes=notes(table),
    )


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def notes(table: Table) -> list[str]:
    """How the file was read and what was done about gaps, in sentences."""
    rows, target = table.rows, table.target
    header = "with a header" if rows.header else "without a header"
    comma = ", decimal comma" if rows.decimal == "," else ""
    told = [f"{table.encoding}, {SEPARATORS.get(rows.separator, repr(rows.separator))} between cells{comma}, {header}."]
    if rows.blank:
        told.append(f"{_rows(rows.blank)} without any cell {'is' if rows.blank == 1 else 'are'} passed over.")
    if lost := sum(target.missing):
        told.append(f"{_rows(lost)} without {target.name!r} {'is' if lost == 1 else 'are'} left out.")
    gaps = _with_gaps(table)
    if gaps and table.missing == "drop":
        told.append(f"{_rows(gaps)} with missing cells {'is' if gaps == 1 else 'are'} left out.")
    elif gaps:
        cells = sum(sum(column.missing) for column in table.inputs)
        told.append(f"{cells:,} missing cells are filled: numbers with their mean, categories with the commonest.")
    return told


def _rows(n: int) -> str:
    return f"{n:,} row{'' if n == 1 else 's'}"


def look(table: Table) -> dict[str, Any]:
    """What a preview shows."""
    rows = table.rows
    return {
        "kind": "table",
        "rows": len(rows.cells),
        "kept": int((~_dropped(table)).sum()),
        "columns": [column.describe(_role(column, table)) for column in table.columns],
        "first": [[cell[:60] for cell in row] for row in rows.cells[:SHOWN]],
        "numbers": rows.numbers[:SHOWN],
        "chosen": {
            "header": rows.header,
            "separator": rows.separator,
            "decimal": rows.decimal,
            "target": table.target.name,
            "task": table.task,
            "missing": table.missing,
        },
        "gaps": _with_gaps(table),
        "notes": notes(table),
        "problems": [problem.to_json() for problem in table.problems[:MOST]],
    }


def _role(column: Column, table: Table) -> str:
    return "target" if column is table.target else "out" if column.kind == c.OUT else "input"
