"""From bytes to text: marks at the beginning, UTF-8, UTF-16 without a mark, and what Western Windows wrote."""

import codecs
import re

from app.uploads.problems import refuse

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
LABELS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
SAMPLE = 4096
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text and the name of its encoding. Raises Unreadable where it is none."""
    chosen = encoding or guess(data)
    if chosen == "latin-1":
        try:
            return _text(data.decode("cp1252")), "Latin-1"
        except UnicodeDecodeError:
            return _text(data.decode("latin-1")), "Latin-1"
    try:
        return _text(data.decode("utf-8-sig" if chosen == "utf-8" else chosen)), LABELS[chosen]
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise refuse(
            f"the text cannot be read as {LABELS[chosen]}", "Choose another encoding, or save it as UTF-8.", row
        ) from None


def guess(data: bytes) -> str:
    """The encoding that the bytes speak for."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return name
    some = data[:SAMPLE]
    zeros = [some[start::2].count(0) for start in (0, 1)]
    if max(zeros) > len(some) / 8 and min(zeros) <= max(zeros) / 8:
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=True)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _text(text: str) -> str:
    """Raises Unreadable where the file is no text."""
    if not text.strip():
        raise refuse("The file is empty.", "Give a file with a header and rows.")
    at = text.find("\0")
    if at >= 0:
        raise refuse(
            "there is a zero byte: this is no text file", "Save the table as CSV.", text.count("\n", 0, at) + 1
        )
    return text


def clean(name: str, most: int = 60) -> str:
    """A name that can stand in a list, an address or a comment of a program: one line, not long."""
    name = " ".join(UNSEEN.sub(" ", name).split())
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"
