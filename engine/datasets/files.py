"""Where sets live that are read from files. The application says so, once a process; the engine never looks around."""

from pathlib import Path

from engine.errors import DataError

_folder: Path | None = None


def set_folder(path: str | Path | None) -> None:
    """Look for data sets in this folder from now on (each in a folder of its own name); None: nowhere."""
    global _folder
    _folder = None if path is None else Path(path)


def folder() -> Path | None:
    """Where sets are looked for."""
    return _folder


def missing(name: str) -> DataError | None:
    """What to say of a set whose files are not here; None where they are."""
    try:
        idx_pairs(name)
    except DataError as error:
        return error
    return None


def idx_pairs(name: str) -> list[tuple[Path, Path]]:
    """Images and labels of a set in IDX files, training files first. Raises DataError where there are none."""
    folder = None if _folder is None else _folder / name
    found = (
        sorted(folder.glob("*images*idx3-ubyte*"), key=lambda p: (not p.name.startswith("train"), p.name))
        if folder
        else []
    )
    pairs = [(path, path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))) for path in found]
    complete = [pair for pair in pairs if pair[1].is_file()]
    if not complete:
        raise DataError(
            f"The files of {name} are not on this server yet.",
            where="type",
            fix=f"Fetch them with: playground data fetch {name.replace('_', '-')}. Or put train-images-idx3-ubyte.gz "
            f"and train-labels-idx1-ubyte.gz, or the t10k- ones, into "
            f"{folder or f'the folder {name} of the data folder'}.",
        )
    return complete
