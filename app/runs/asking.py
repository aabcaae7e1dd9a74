"""What can be asked of a run where it lives, by name: of its trainer, now or at a moment, or of the session.

Answers are JSON text ready to be sent, or bytes where text would be long.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.runs import inside, pipe, queries, slices
from app.runs.portrait import portrait
from app.runs.queries import listed, place, text
from app.runs.session import Session
from engine.diagnosis import as_json, diagnose
from engine.errors import DataError


def explain(session: Session, at: int | None = None, **asked: Any) -> bytes:
    """See `inside.explain`; the limit on its size is the session's."""
    return inside.explain(session.past.at(session.trainer, at), session.limits.max_explained, **asked)


def timeline(session: Session) -> bytes:
    """The moments kept, in order, and where the run is now."""
    line = session.past.line
    moments = [m.place() for m in line.moments]
    about = {"start": session.start, "stride": line.stride, "bytes": line.size}
    return text({**about, "moments": moments, "present": {"seq": session.seq, **place(session.trainer)}})


def fork(session: Session, at: int | None, changes: dict[str, Any], drawn: bool = False) -> bytes:
    """A message for whoever makes the new run: what it is, and its checkpoint. Raises PlaygroundError.

    drawn: with what a picture of it needs.
    """
    session.changed = session.hurry = True  # rows up to the moment go out before the answer
    moment, made = session.past.fork(session.trainer, session.seq, at, changes)
    if not made.trainer.finite():
        fix = "Fork from an earlier moment with `at`, such as 0."
        raise DataError("The weights are no finite numbers there.", where="at", fix=fix)
    told = {**moment.place(), "start": session.start, "exact": made.exact, "fresh": list(made.fresh)}
    told |= {"spec": made.trainer.experiment.to_json(), "speed": changes.get("speed", session.speed)}
    state = made.trainer.state()
    return pipe.pack(told | ({"portrait": portrait(made.trainer)} if drawn else {}), [state])


def diagnosis(session: Session, rows: list[Any], recent: list[Any]) -> bytes:
    """What may be why the run is stuck, from rows of its history (null: undefined) and the state of its layers."""
    ended = session.state == "diverged"
    found = diagnose(session.trainer, np.array(rows, np.float64), np.array(recent, np.float64), ended)
    layers = [{k: None if v is None else listed(v) if isinstance(v, float) else v for k, v in row.items()}
              for row in session.trainer.statistics()]  # fmt: skip
    return text({"findings": as_json(found), "layers": layers, **place(session.trainer)})


TRAINER: dict[str, Callable[..., bytes]] = {
    **queries.QUERIES, "activations": inside.activations, "mistakes": inside.mistakes, "window": inside.window,
}  # fmt: skip
SESSION: dict[str, Callable[..., bytes]] = {
    f.__name__: f
    for f in (
        explain, timeline, fork, diagnosis, slices.surface_plan, slices.surface_points, slices.surface_path,
    )
}  # fmt: skip
