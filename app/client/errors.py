"""What a server refuses, as exceptions in its own words.

PlaygroundError
├── NotValid            422 (and 400, 413): something in the request; `mistakes` names every field
├── KeyMissing          401
├── NotAllowed          403: another's run
├── NotFound            404
├── WrongState          409
├── ChangedMeanwhile    412: read it again
├── TooMany             429: a quota or a limit; `retry_after` says when to come again
├── Unavailable         503 and other troubles of the server's own
└── Unreachable         no answer came
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong: the path of the field, what was expected and came, what to do."""

    where: str
    message: str
    fix: str


class PlaygroundError(Exception):
    """What went wrong (`message`), which field it is about (`where`), what to do (`fix`); all `mistakes`; `status`."""

    def __init__(
        self,
        message: str,
        *,
        where: str = "",
        fix: str = "",
        status: int = 0,
        mistakes: tuple[Mistake, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        self.message, self.where, self.fix, self.status = message, where, fix, status
        self.mistakes, self.retry_after = mistakes, retry_after
        super().__init__(" ".join(part for part in (f"{where}:" if where else "", message, fix) if part))


class NotValid(PlaygroundError):
    """Something in the request is not valid."""


class KeyMissing(PlaygroundError):
    """Steering needs the run's key."""


class NotAllowed(PlaygroundError):
    """The run belongs to another key."""


class NotFound(PlaygroundError):
    """There is no such thing."""


class WrongState(PlaygroundError):
    """The run is not in a state for this."""


class ChangedMeanwhile(PlaygroundError):
    """Somebody else has changed it since it was read."""


class TooMany(PlaygroundError):
    """A limit of the server is met."""


class Unavailable(PlaygroundError):
    """The server cannot do it now."""


class Unreachable(PlaygroundError):
    """No answer came from the server."""


KINDS: dict[int, type[PlaygroundError]] = {
    400: NotValid,
    401: KeyMissing,
    403: NotAllowed,
    404: NotFound,
    409: WrongState,
    412: ChangedMeanwhile,
    413: NotValid,
    422: NotValid,
    429: TooMany,
}


def from_answer(status: int, problem: Any, retry_after: str | None) -> PlaygroundError:
    """The exception for an answer; `problem` is its body, if that was JSON."""
    kind = KINDS.get(status, Unavailable if status >= 500 else PlaygroundError)
    wait = float(retry_after) if retry_after and retry_after.isdigit() else None
    if not isinstance(problem, dict) or "detail" not in problem:
        fix = "Is there a playground at this address?"
        return kind(f"The server answered with status {status}.", fix=fix, status=status, retry_after=wait)
    mistakes = tuple(Mistake(m["where"], m["message"], m["fix"]) for m in problem.get("errors", ()))
    where, fix = problem.get("where", ""), problem.get("fix", "")
    return kind(problem["detail"], where=where, fix=fix, status=status, mistakes=mistakes, retry_after=wait)
