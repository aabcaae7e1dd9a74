"""Everything the engine refuses, as one small tree.

    PlaygroundError
    ├── SpecError      a declaration is not what the catalogue allows (unknown name, wrong type, out of range)
    ├── ShapeError     a layer cannot read what reaches it
    ├── DataError      a data set cannot be made, split or read as asked
    └── LimitError     allowed by the catalogue, but over a limit that the server sets

Every error says what was expected, what came and what to do, and `where`: the path of the field
("training.batch_size", "network.layers.conv1.kernel_size"), so that a page can mark the place.
"""


class PlaygroundError(Exception):
    """A mistake of the user's, in words for the user.

    `message` says what was expected and what came; `fix` what to do about it;
    `where` is the dotted path of the field or the id of the layer that is wrong.
    """

    def __init__(self, message: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(f"{where}: {message} {fix}".strip(": ") if where else f"{message} {fix}".strip())
        self.message = message
        self.where = where
        self.fix = fix

    def at(self, prefix: str) -> "PlaygroundError":
        """The same error, seen from one level further out."""
        where = ".".join(part for part in (prefix, self.where) if part)
        return type(self)(self.message, where=where, fix=self.fix)

    def __reduce__(self) -> tuple:  # keyword arguments survive the pipe between processes
        return _remake, (type(self), self.message, self.where, self.fix)


def _remake(kind: type[PlaygroundError], message: str, where: str, fix: str) -> PlaygroundError:
    return kind(message, where=where, fix=fix)


class SpecError(PlaygroundError):
    """A declaration is not what the catalogue allows."""


class ShapeError(PlaygroundError):
    """A layer cannot read what reaches it."""


class DataError(PlaygroundError):
    """A data set cannot be made, split or read as asked."""


class LimitError(PlaygroundError):
    """Allowed by the catalogue, but over a limit that the server sets."""
