"""What can be asked of a run: small frozen messages, JSON and bytes on the way to the worker that owns the run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

Unit = Literal["epoch", "batch", "sample"]


@dataclass(frozen=True)
class Command:
    """One wish. `name` is what it is called on the pipe; `steers` says whether training goes another way after it."""

    name: ClassVar[str]
    steers: ClassVar[bool] = False

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, **asdict(self)}

    def blobs(self) -> list[bytes]:
        """What of it goes beside the JSON."""
        return []


@dataclass(frozen=True)
class Play(Command):
    """Train until the last epoch, until somebody says pause, or for `count` units."""

    name = "play"
    unit: Unit | None = None
    count: int = 1


@dataclass(frozen=True)
class Pause(Command):
    """Stop between two updates."""

    name = "pause"


@dataclass(frozen=True)
class Reset(Command):
    """Back to the start: the same one, or with `seed` a new one."""

    name = "reset"
    steers = True
    seed: int | None = None


@dataclass(frozen=True)
class Change(Command):
    """Other settings from the next update on: learning_rate, …, and `speed` (epochs a second, None: all it can)."""

    name = "change"
    steers = True
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Edit(Command):
    """Single weights set by hand: {"layer", "name", "index", "value"} each."""

    name = "edit"
    steers = True
    edits: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Load(Command):
    """Every weight at once: float32, one after the other in the order of the manifest."""

    name = "load"
    steers = True
    weights: bytes = b""

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name}

    def blobs(self) -> list[bytes]:
        return [self.weights]


@dataclass(frozen=True)
class Watch(Command):
    """Whether anybody looks at the weights; they are sent only then."""

    name = "watch"
    on: bool = True


COMMANDS: dict[str, type[Command]] = {c.name: c for c in (Play, Pause, Reset, Change, Edit, Load, Watch)}


def from_json(message: dict[str, Any], blobs: Sequence[bytes] = ()) -> Command:
    """The inverse of `to_json` and `blobs`."""
    given = dict(message)
    return COMMANDS[given.pop("name")](*blobs, **given)
