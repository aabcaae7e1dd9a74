"""What a file is, told by its first bytes, and the two things that can be asked of it: look at it, keep it.

Both run in a process of their own (`app.runs.uploads`): what comes in may be a mistake of megabytes, or a trap.
"""

import base64
import io
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from PIL import Image

from app.uploads import arrays, pictures, table, zips
from app.uploads.choices import Choices, Limits
from app.uploads.columns import Column
from app.uploads.made import Made, put
from app.uploads.problems import Unreadable, refuse
from app.uploads.text import clean

Files = list[tuple[str, str]]  # the name that its owner gave, and where it lies
SHOWN = 12
IDX = (b"\0\0\x08", b"\0\0\x09", b"\0\0\x0b", b"\0\0\x0c", b"\0\0\x0d", b"\0\0\x0e")


def look(files: Files, choices: Choices, limits: Limits) -> dict[str, Any]:
    """What is in the file: columns or classes, first examples, how it was read, and all that is wrong.

    Raises Unreadable where nothing can be shown, LimitError where it is too large.
    """
    found = _read(files, choices, limits)
    if isinstance(found, table.Table):
        told, made = table.look(found), None
        if not found.problems:
            made = table.make(found, _name(files, choices), limits)
    else:
        made = found
        told = _pictures(made) if made.view == "image" else _numbers(made)
    if made is not None:
        made.check(limits)
        about = made.about()
        told |= {key: about[key] for key in ("shape", "task", "class_names", "preset")}
        told["inputs"] = list(made.columns)
    return {"name": _name(files, choices), "ready": made is not None, **told}


def keep(files: Files, choices: Choices, limits: Limits, folder: str, owner: str) -> dict[str, Any]:
    """Make a data set of it in this folder. Raises Unreadable with all that is wrong, LimitError."""
    found = _read(files, choices, limits)
    if isinstance(found, table.Table):
        if found.problems:
            raise Unreadable(found.problems)
        found = table.make(found, _name(files, choices), limits)
    found.check(limits)
    return put(found, Path(folder), owner)


def _name(files: Files, choices: Choices) -> str:
    name = PurePath(files[0][0].replace("\\", "/")).name
    for ending in (".gz", ".csv", ".tsv", ".txt", ".zip", ".npz", "-ubyte", "-idx3", "-images"):
        name = name.removesuffix(ending)
    return clean(choices.name or name, 80) or "My data"


def _read(files: Files, choices: Choices, limits: Limits) -> "table.Table | Made":
    opened = [(clean(name), Path(path).read_bytes()) for name, path in files]
    if len(opened) == 1:
        return _one(*opened[0], _name(files, choices), choices, limits)
    found = [(name, _unpacked(data, limits)) for name, data in opened]
    if not all(data.startswith(IDX) for _, data in found):
        raise refuse(
            "Several files at once can only be IDX files.", "Give one file, or put pictures into one zip file."
        )
    return arrays.read_idx_files(found, _name(files, choices), limits)


def _one(file: str, data: bytes, name: str, choices: Choices, limits: Limits) -> "table.Table | Made":
    if not data:
        raise refuse("The file is empty.", "Give a file with a header and rows.")
    data = _unpacked(data, limits)
    if data.startswith(b"PK"):
        return _zip(data, name, choices, limits)
    if data.startswith(IDX):
        return arrays.read_idx_files([(file, data)], name, limits)
    if pictures.is_picture(file) or data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise refuse(
            "This is a single picture.",
            "Put the pictures of each class into a folder, and the folders into a zip file.",
        )
    if data.startswith((b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise refuse("This is not a table of text.", "Save it as CSV: in a spreadsheet, File, Save as, CSV.")
    return table.read_table(data, choices, limits)


def _zip(data: bytes, name: str, choices: Choices, limits: Limits) -> "table.Table | Made":
    opened = zips.open_zip(data, limits)
    entries = list(zips.members(opened))
    names = [entry.filename.lower() for entry in entries]
    if any(part.startswith("xl/") for part in names):
        raise refuse("This is a workbook.", "Save the sheet as CSV: File, Save as, CSV.")
    if names and all(part.endswith(".npy") for part in names):
        return arrays.read_npz(opened, name, limits)
    if any(map(pictures.is_picture, names)):
        return pictures.read_pictures(opened, name, choices, limits)
    if len(entries) == 1 and names[0].endswith((".csv", ".tsv", ".txt")):
        return table.read_table(zips.read(opened, entries[0]), choices, limits)
    found = [
        (PurePath(e.filename).name, zips.read(opened, e))
        for e in entries
        if "ubyte" in e.filename or "idx" in e.filename
    ]
    if found:
        return arrays.read_idx_files([(n, _unpacked(d, limits)) for n, d in found], name, limits)
    got = f"{len(entries):,} files, such as {entries[0].filename!r:.60}" if entries else "nothing"
    raise refuse(f"Expected pictures in folders, one CSV file, or arrays; the zip file holds {got}.",
                 "Put the pictures of each class into a folder, and the folders into the zip file.")  # fmt: skip


def _unpacked(data: bytes, limits: Limits) -> bytes:
    """The same, or what it holds where it is packed with gzip."""
    return arrays.unpacked(data, limits) if data.startswith(b"\x1f\x8b") else data


def _pictures(made: Made) -> dict[str, Any]:
    """Counts by class, and a few pictures of each as PNG."""
    assert made.class_names is not None or made.targets.dtype.kind == "f"
    n, classes = len(made.inputs), made.class_names or ()
    counts = np.bincount(made.targets, minlength=len(classes)).tolist() if classes else []
    chosen = _spread(made, SHOWN)
    return {
        "kind": "pictures",
        "rows": n,
        "kept": n,
        "classes": [[name, count] for name, count in zip(classes, counts, strict=True)],
        "samples": [
            {
                "label": classes[made.targets[k]] if classes else f"{made.targets[k]:g}",
                "png": _png(made.inputs[k], made.divide_by),
            }
            for k in chosen
        ],
        "chosen": {
            "size": made.inputs.shape[1] if made.inputs.shape[1] == made.inputs.shape[2] else None,
            "colour": made.inputs.shape[3] == 3,
        },
        "notes": made.notes,
        "problems": [],
    }


def _spread(made: Made, most: int) -> list[int]:
    """Examples of as many classes as can be shown, in the order of the classes."""
    if made.class_names is None:
        return list(range(min(most, len(made.targets))))
    each = max(1, most // len(made.class_names))
    places = [np.flatnonzero(made.targets == k)[:each].tolist() for k in range(len(made.class_names))]
    return [k for some in places for k in some][:most]


def _png(pixels: np.ndarray, full: float) -> str:
    shown = np.clip(np.asarray(pixels, np.float64) / full * 255, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(shown[..., 0] if shown.shape[2] == 1 else shown).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _numbers(made: Made) -> dict[str, Any]:
    """A table that came as arrays: nothing to choose."""
    some = [
        Column(name, [f"{v:g}" for v in made.inputs[:2000, k]], ".", "number") for k, name in enumerate(made.columns)
    ]
    return {
        "kind": "numbers",
        "rows": len(made.inputs),
        "kept": len(made.inputs),
        "columns": [column.describe("input") for column in some],
        "first": [[f"{v:g}" for v in row] for row in made.inputs[: table.SHOWN].tolist()],
        "numbers": list(range(1, min(table.SHOWN, len(made.inputs)) + 1)),
        "chosen": {"target": made.target, "task": "classification" if made.class_names else "regression"},
        "notes": made.notes,
        "problems": [],
    }
