"""What is wrong with a file, by row and column as a spreadsheet shows them: the header is row 1."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.errors import DataError, LimitError

MOST = 50  # problems told of one file


@dataclass(frozen=True)
class Problem:
    """One thing to mend. row and column are None where it is no single one."""

    message: str
    fix: str = ""
    row: int | None = None
    column: str | None = None

    def told(self) -> str:
        """The message with its place in front: Row 17, column 'age': …"""
        if self.row is not None and self.column is not None:
            return f"Row {self.row}, column {self.column!r}: {self.message}"
        if self.row is not None:
            return f"Row {self.row}: {self.message}"
        return f"Column {self.column!r}: {self.message}" if self.column is not None else self.message

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "message": self.told()}


class Unreadable(DataError):
    """A file that cannot be used as it is. `problems` are all that were found, the first is told in the message."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)[:MOST]
        super().__init__(self.problems[0].told(), where="file", fix=self.problems[0].fix)

    @property
    def each(self) -> list[DataError]:
        """All of them as errors, for an answer that lists them."""
        return [DataError(problem.told(), where="file", fix=problem.fix) for problem in self.problems]

    def __reduce__(self) -> tuple:
        return Unreadable, (self.problems,)


def refuse(message: str, fix: str = "", row: int | None = None, column: str | None = None) -> Unreadable:
    """A single problem as the error to raise."""
    return Unreadable([Problem(message, fix, row, column)])


def over(limit: str, most: int, what: str, got: int) -> LimitError:
    """More than the server allows, with the name of the setting."""
    message = f"This server allows {what.format(n=f'{most:,}')} ({limit}), got {got:,}."
    return LimitError(message, where="file", fix="Give less, or ask whoever runs the server.")
