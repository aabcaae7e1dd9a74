"""Uploaded data as the interface shows it: what was chosen, what was found in a file, what is kept."""

from typing import Any, Literal

from pydantic import Field

from app.api.views import View
from app.schemas import Body, Text, Whole
from app.store.uploads import UploadRecord


class Choices(Body):
    """How a file is to be read. What is left out is found out."""

    name: Text | None = Field(None, max_length=80, examples=["Penguins"])
    """What to call it; left out, the file's name."""
    header: bool | None = Field(None, examples=[True])
    """Tables: whether the first row names the columns."""
    separator: Literal[",", ";", "\t", "|"] | None = Field(None, examples=[";"])
    """Tables: what stands between cells."""
    decimal: Literal[".", ","] | None = Field(None, examples=[","])
    """Tables: what stands before the decimals of a number."""
    encoding: Literal["utf-8", "utf-16", "latin-1"] | None = None
    """Tables: how the text is written."""
    target: Text | None = Field(None, max_length=200, examples=["species"])
    """Tables: the column to predict; left out, the last one."""
    task: Literal["classification", "regression"] | None = None
    """Tables: whether to predict a class or a number."""
    missing: Literal["drop", "fill"] | None = None
    """Tables: rows with missing cells are left out, or the cells filled with the mean or the commonest category."""
    columns: dict[str, Literal["number", "category", "out"]] = Field({}, max_length=1000, examples=[{"id": "out"}])
    """Tables: what some columns are: numbers, categories (one input for each), or left out."""
    size: Whole | None = Field(None, ge=4, le=128, examples=[32])
    """Pictures: cut to a square of so many pixels a side."""
    colour: bool | None = None
    """Pictures: in colour, or in grey."""


class FileProblem(View):
    message: str = Field(examples=["Row 17, column 'age': 'abc' is not a number"])
    """What is wrong, with its place in front."""
    fix: str = Field(examples=["Correct the cell, or take the column as categories, or leave it out."])
    """What to do about it."""
    row: int | None = Field(examples=[17])
    """The row, as a spreadsheet numbers it: the header is row 1."""
    column: str | None = Field(examples=["age"])
    """The column's name."""


class ColumnLook(View):
    name: str = Field(examples=["age"])
    """As in the header."""
    role: str = Field(examples=["input"])
    """input, target or out (left out)."""
    kind: str = Field(examples=["number"])
    """number, category or out."""
    note: str = Field(examples=["always the same"])
    """Why it is left out, where nobody said so."""
    missing: int = Field(examples=[0])
    """Cells without a value."""
    different: int = Field(examples=[47])
    """Different values."""
    numeric: bool
    """Whether it can be taken as numbers."""
    lo: float | None
    """Numbers: the smallest."""
    hi: float | None
    """Numbers: the largest."""
    mean: float | None
    """Numbers: their mean."""
    bins: list[int] = Field(examples=[[3, 8, 12, 5]])
    """Numbers: how many lie in each of twelve equal parts from lo to hi."""
    top: list[tuple[str, int]] = Field(examples=[[["female", 314], ["male", 577]]])
    """Categories: the commonest, and how often each is there."""


class Sample(View):
    label: str = Field(examples=["cat"])
    """Its class, or the value to predict."""
    png: str = Field(examples=["data:image/png;base64,iVBORw0KGgo="])
    """The picture as it would be learned, as an address that holds it."""


class Look(View):
    """What is in a file, before anything is kept of it."""

    name: str = Field(examples=["penguins"])
    """What the data set would be called."""
    kind: str = Field(examples=["table"])
    """table, pictures, or numbers (a table that came as arrays: there is nothing to choose)."""
    ready: bool
    """Whether it can be kept as it is: there are no problems."""
    rows: int = Field(examples=[891])
    """Examples in the file."""
    kept: int = Field(examples=[889])
    """Examples that would be kept."""
    gaps: int = Field(0, examples=[177])
    """Tables: rows in which some input is missing."""
    columns: list[ColumnLook] = []
    """Tables: each column."""
    first: list[list[str]] = []
    """Tables: the first rows, as text."""
    numbers: list[int] = []
    """Tables: their numbers in the file."""
    classes: list[tuple[str, int]] = Field([], examples=[[["cat", 120], ["dog", 98]]])
    """Pictures: each class and how many there are of it."""
    samples: list[Sample] = []
    """Pictures: a few of them."""
    chosen: dict[str, Any] = Field(examples=[{"header": True, "separator": ";", "target": "species"}])
    """How it was read: what was chosen, and what was found out."""
    notes: list[str] = Field(examples=[["UTF-8, semicolon between cells, decimal comma, with a header."]])
    """The same in sentences, and what was done about gaps."""
    problems: list[FileProblem]
    """What has to be mended first; empty where it is ready."""
    shape: list[int] = Field([], examples=[[4]])
    """Shape of one example as the network will read it."""
    task: str = Field("", examples=["classification"])
    """classification or regression."""
    class_names: list[str] | None = Field(None, examples=[["Adelie", "Gentoo"]])
    """Names of the classes; null where numbers are predicted."""
    inputs: list[str] = Field([], examples=[["bill length", "island=Dream"]])
    """Tables: what the network will read, one for each category."""
    preset: dict[str, Any] | None = None
    """The network to start with."""


class UploadView(View):
    """A data set that was uploaded."""

    id: str = Field(examples=["h5Yx0bC1Zl0mS9m6iJr3Jw"])
    """Its id. It follows from owner and content, so the same upload again has it too."""
    name: str = Field(examples=["penguins"])
    """Its name."""
    shared: bool
    """Whether everybody who knows the id may use it, as those do who open a link to an experiment with it."""
    mine: bool
    """Whether it belongs to the key sent."""
    size: int = Field(examples=[48_112])
    """Bytes that it takes on the server."""
    created_at: float = Field(examples=[1790000000.5])
    """Seconds since 1970, UTC."""
    data: dict[str, Any] = Field(examples=[{"type": "own", "id": "h5Yx0bC1Zl0mS9m6iJr3Jw"}])
    """What an experiment's `data` has to be to learn from it."""
    facts: dict[str, Any]
    """task, view, shape, columns, class_names, train_fraction, preset, as of every data set; samples; target; groups
    (the columns that stand for the categories of one)."""
    notes: list[str]
    """How it was read, and what was done about gaps."""

    @classmethod
    def of(cls, upload: UploadRecord, mine: bool) -> "UploadView":
        about = upload.about
        names = (
            "task",
            "view",
            "shape",
            "columns",
            "class_names",
            "train_fraction",
            "preset",
            "samples",
            "target",
            "groups",
        )
        return cls(
            id=upload.id,
            name=upload.name,
            shared=upload.shared,
            mine=mine,
            size=upload.size,
            created_at=upload.created_at,
            data={"type": "own", "id": upload.id},
            facts={name: about[name] for name in names},
            notes=about["notes"],
        )


class UploadCreated(UploadView):
    key: str
    """The key that it belongs to: the one sent, or a new one. It is not told again."""


class UploadList(View):
    uploads: list[UploadView]
    """Newest first."""


class UploadChange(Body):
    shared: bool
    """Whether everybody who knows the id may use it."""
