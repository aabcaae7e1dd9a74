"""Pictures in folders: each folder is a class. All are cut to the same square, in grey or in colour.

A picture says how large it is before its pixels are unpacked; what is too large is refused then.
"""

import io
import warnings
from pathlib import PurePosixPath
from zipfile import ZipFile

import numpy as np
from PIL import Image, ImageOps

from app.uploads import zips
from app.uploads.choices import Choices, Limits
from app.uploads.made import Made, room
from app.uploads.problems import MOST, Problem, Unreadable, over, refuse
from app.uploads.text import clean

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp")
MOST_PIXELS = 25_000_000
KEPT_SIZE = 64  # pictures that are all alike and not larger stay as they are
USUAL_SIZE = 32
GREY = 8  # channels that differ by less are the same


def is_picture(name: str) -> bool:
    return name.lower().endswith(ENDINGS)


def read_pictures(opened: ZipFile, name: str, choices: Choices, limits: Limits) -> Made:
    """Raises Unreadable, LimitError."""
    found = [(entry, zips.path_of(entry)) for entry in zips.members(opened)]
    entries = [(entry, path) for entry, path in found if is_picture(path.name)]
    if loose := next((path for _, path in entries if len(path.parts) < 2), None):
        raise refuse(f"{loose.name!r:.80} lies in no folder.", "Put the pictures of each class into a folder.")
    if len(entries) > limits.max_samples:
        raise over("max_samples", limits.max_samples, "data sets of {n} pictures", len(entries))
    folders = [clean(path.parts[-2]) for _, path in entries]
    classes = tuple(sorted(set(folders), key=str.casefold))
    if len(classes) < 2:
        only = f" {classes[0]!r}" if classes else ""
        raise refuse(f"Expected a folder for each class, found {len(classes)}:{only or ' no pictures'}.",
                     "Put the pictures of each class into a folder, and the folders into the zip file.")  # fmt: skip
    size = (choices.size, choices.size) if choices.size else None
    made: list[np.ndarray] = []
    problems: list[Problem] = []
    colour = choices.colour
    for entry, path in entries:
        try:
            picture = _open(zips.read(opened, entry), path)
            if not made:  # the first that can be opened
                size = size or _size(opened, entries, picture)
                colour = _any_colour(opened, entries) if colour is None else colour
                room(len(entries) * size[0] * size[1] * (3 if colour else 1), limits)
            assert size is not None
            made.append(_pixels(picture, size, bool(colour)))
        except Unreadable as error:
            problems += error.problems
            if len(problems) >= MOST:
                break
    if problems:
        raise Unreadable(problems)
    assert size is not None
    left_out = len(found) - len(entries)
    notes = [f"{len(entries):,} pictures of {len(classes)} classes, {size[1]}×{size[0]} pixels, "
             f"{'in colour' if colour else 'in grey'}."]  # fmt: skip
    if left_out:
        notes.append(f"{left_out:,} other file{'' if left_out == 1 else 's'} in the zip file left out.")
    return Made(
        name=name,
        view="image",
        inputs=np.stack(made),
        targets=np.array([classes.index(folder) for folder in folders], np.int64),
        class_names=classes,
        target="folder",
        notes=notes,
        divide_by=255.0,
    )


def _open(data: bytes, path: PurePosixPath) -> Image.Image:
    """A picture whose pixels are not unpacked yet. Raises Unreadable."""
    place = "/".join(path.parts[-2:])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of large pictures; we refuse them
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise refuse(f"{place!r:.90} has too many pixels.", f"Use at most {MOST_PIXELS:,}.") from None
    except Exception as error:  # a damaged picture can fail in any way
        raise refuse(f"{place!r:.90} cannot be read as a picture ({type(error).__name__}).", _OTHER) from None
    if picture.width * picture.height > MOST_PIXELS:
        said = f"{place!r:.90} has {picture.width:,}×{picture.height:,} pixels"
        raise refuse(f"{said}, which is too many.", f"Use at most {MOST_PIXELS:,}.")
    picture.info["place"] = place
    return picture


_OTHER = "Save it as PNG or JPEG again, or take it out."


def _pixels(picture: Image.Image, size: tuple[int, int], colour: bool) -> np.ndarray:
    """(H, W, 1 or 3) bytes: turned as the camera says, transparent parts white, the middle of it."""
    try:
        picture.draft("RGB" if colour else "L", (size[1] * 2, size[0] * 2))
        picture = ImageOps.exif_transpose(picture)
        if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
            picture = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
        picture = picture.convert("RGB" if colour else "L")
        if picture.size != (size[1], size[0]):
            picture = ImageOps.fit(picture, (size[1], size[0]), Image.Resampling.LANCZOS)
    except Exception as error:  # as above
        place = picture.info.get("place", "a picture")
        raise refuse(f"{place!r:.90} cannot be read as a picture ({type(error).__name__}).", _OTHER) from None
    return np.asarray(picture, np.uint8).reshape(*size, -1)


def _some(opened: ZipFile, entries: list, most: int = 40) -> list[Image.Image]:
    """A few pictures from all over the file."""
    pictures = []
    for entry, path in entries[:: max(1, len(entries) // most)]:
        try:
            pictures.append(_open(zips.read(opened, entry), path))
        except Unreadable:
            continue
    return pictures


def _size(opened: ZipFile, entries: list, first: Image.Image) -> tuple[int, int]:
    """Height and width: their own where all are alike and small."""
    sizes = {picture.size for picture in [first, *_some(opened, entries)]}
    width, height = first.size
    return (height, width) if len(sizes) == 1 and max(width, height) <= KEPT_SIZE else (USUAL_SIZE, USUAL_SIZE)


def _any_colour(opened: ZipFile, entries: list) -> bool:
    """Whether some picture is more than grey."""
    for picture in _some(opened, entries):
        try:
            some = _pixels(picture, (16, 16), True).astype(int)
        except Unreadable:
            continue
        if (some.max(axis=2) - some.min(axis=2)).max() > GREY:
            return True
    return False
