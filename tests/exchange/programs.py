"""Running exported programs as their users do."""

import runpy
from pathlib import Path
from typing import Any


def run(files: dict[str, bytes], folder: Path, monkeypatch: Any, *arguments: str) -> dict[str, Any]:
    """Write the files, run the program; gives its names. Its own assertions raise here."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    program = folder / next(iter(files))
    monkeypatch.setattr("sys.argv", [str(program), *arguments])
    return runpy.run_path(str(program), run_name="__main__")
