"""Zip files from strangers: what they hold is read bit by bit into memory, never unpacked onto the disk.

A few bytes can stand for a gigabyte, or a list of entries for a million names: sizes are checked before anything is
read, and no entry gives more than it announced.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from app.uploads.choices import Limits
from app.uploads.problems import over, refuse

LISTED = 10 * 2**20  # bytes of the list of entries, which all become objects in memory
END = b"PK\5\6"
UNPACKED = 4  # a data set's bytes may come from so many times as many bytes of pictures
RATIO = 200  # no picture or table is packed better than that; a bomb is
SMALL = 2**16
DRIVE = re.compile("[A-Za-z]:")


def path_of(entry: zipfile.ZipInfo) -> PurePosixPath:
    """Where it lies in the zip file, also where that was written with backslashes."""
    return PurePosixPath(entry.filename.replace("\\", "/"))


def open_zip(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Raises Unreadable or LimitError where it is damaged, or a trap."""
    at = data.rfind(END, max(0, len(data) - 2**16 - 22))
    if at < 0 or len(data) < at + 22:
        raise refuse("This zip file is damaged: its list of files is missing.", "Make the zip file anew.")
    size, offset = struct.unpack_from("<LL", data, at + 12)
    if size > LISTED or offset > len(data):
        raise refuse("This zip file lists more files than can be read.", "Put fewer files into it.")
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise refuse(f"This zip file is damaged: {error}.", "Make the zip file anew.") from None
    total = 0
    for entry in opened.infolist():
        path = path_of(entry)
        if path.is_absolute() or ".." in path.parts or DRIVE.match(entry.filename):
            raise refuse(
                f"An entry of this zip file points outside of it: {entry.filename!r:.80}.", "Make the zip file anew."
            )
        if entry.flag_bits & 1:
            raise refuse("This zip file is locked with a password.", "Make it without one.")
        if entry.file_size > SMALL and entry.file_size > RATIO * max(1, entry.compress_size):
            raise refuse(
                f"{entry.filename!r:.80} would unpack to {entry.file_size:,} bytes: this looks like a trap.",
                "Make the zip file anew.",
            )
        if entry.file_size > limits.max_dataset_bytes:
            raise over("max_dataset_bytes", limits.max_dataset_bytes, "files of {n} bytes unpacked", entry.file_size)
        total += entry.file_size
    if total > UNPACKED * limits.max_dataset_bytes:
        raise over(
            "4 × max_dataset_bytes", UNPACKED * limits.max_dataset_bytes, "zip files of {n} bytes unpacked", total
        )
    return opened


def members(opened: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """Files, without folders and what systems put beside them."""
    for entry in opened.infolist():
        path = path_of(entry)
        if not entry.is_dir() and not any(part.startswith((".", "__MACOSX")) for part in path.parts):
            yield entry


def read(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What an entry holds: as many bytes as it announced, or Unreadable."""
    try:
        with opened.open(entry) as file:
            data = file.read(entry.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise refuse(f"{entry.filename!r:.80} cannot be unpacked: {error}.", "Make the zip file anew.") from None
    if len(data) != entry.file_size:
        raise refuse(f"{entry.filename!r:.80} is not as long as it says.", "Make the zip file anew.")
    return data
