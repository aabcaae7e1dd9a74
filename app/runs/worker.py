"""A worker process: a host at one end of a socket. Commands between turns, updates in batches, asleep when idle.

Requests  {"id", "op": "create" | "command" | "query" | "drop" | "save" | "ping", …}
Answers   {"kind": "reply", "id", "answer" or "error"} · {"kind": "updates", …} · {"kind": "checkpoint", …}

Updates go out before the answer to the command that caused them, so whoever asked already knows the new state, and
before the checkpoint that follows them, so that the rows up to it are known. An answer and all that belongs to it go
out in one piece: should this process die over it, the request is either answered or as if it had never been made.

Beside the socket there is a note of the run being worked on, in memory that the web process can read as well: when this
process dies or gets stuck, that tells over which run.
"""

import contextlib
import gc
import logging
import os
import signal
import socket
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app import memory
from app.runs import commands
from app.runs.host import Checkpoint, Host, NotHere, Update
from app.runs.limits import Limits
from app.runs.pipe import Message, Peer
from app.store.records import Moments
from engine.datasets import files
from engine.errors import PlaygroundError

log = logging.getLogger(__name__)
NICE = 5  # training leaves the processor to whoever answers and draws; what is left over is still all of it
AT_ONCE = 64  # commands handled before training gets a turn again


@dataclass(frozen=True)
class Config:
    """What a worker must know of the settings."""

    frames_per_second: float = 30.0
    checkpoint_seconds: float = 2.0
    limits: Limits = field(default_factory=Limits)
    datasets: str | None = None  # the folder of the sets that are read from files


def main(sock: socket.socket, config: Config, note: Any = None) -> None:
    """Serve until the other end is closed, however that comes about: then this process has nobody to work for."""
    for name in ("SIGINT", "SIGTERM"):  # sent to the whole group on Ctrl+C; the web process says when to go
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    gc.freeze()  # what was imported stays
    if hasattr(os, "nice"):
        os.nice(NICE)
    with contextlib.suppress(EOFError, OSError):
        serve(Peer(sock), config, note)


def serve(peer: Peer, config: Config, note: Any = None) -> None:
    """The loop of a worker; `note`: an array of characters. Raises EOFError or OSError when the other side is gone."""

    def doing(run: str) -> None:
        if note is not None:
            note.value = run.encode()[: len(note) - 1]

    np.seterr(all="ignore")
    files.set_folder(config.datasets)
    host = Host(time.monotonic, config.checkpoint_seconds, config.limits, doing=doing)
    given_back = time.monotonic()
    while True:
        if peer.waiting(host.idle_for()):
            replies: list[list[Message]] = []
            while len(replies) < AT_ONCE and peer.waiting():
                replies.append(_answer(host, *peer.receive()))
            _tell(peer, host, replies)
        host.train(1 / config.frames_per_second, peer.waiting)
        _tell(peer, host, [])
        if time.monotonic() - given_back > memory.EVERY:
            memory.give_back()
            given_back = time.monotonic()


def _tell(peer: Peer, host: Host, replies: list[list[Message]]) -> None:
    at = time.time()
    checkpoints, updates = host.checkpoints(), host.reports()
    host.doing("")
    news = [pack_updates(updates, at)] if updates else []
    news += map(pack_checkpoint, checkpoints)
    if replies:
        peer.send([*news, *(message for messages in replies for message in messages)])
        return
    for message in news:
        peer.send([message])


def _answer(host: Host, head: dict[str, Any], blobs: list[bytes]) -> list[Message]:
    """The messages that answer one request; the reply is the last of them."""
    reply: dict[str, Any] = {"kind": "reply", "id": head["id"]}
    before: list[Message] = []
    answer: list[bytes] = []
    host.doing(head.get("run") or "")
    try:
        match head["op"]:
            case "create":
                blob = blobs[0] if blobs else None
                reply["answer"] = host.create(head["run"], head["spec"], blob, head["meta"], blobs[1:])
            case "command":
                reply["answer"] = host.command(head["run"], commands.from_json(head["command"], blobs))
            case "query":
                answer = [host.query(head["run"], head["name"], head["args"])]
            case "drop":
                host.drop(head["run"])
            case "save":
                wanted = [head["run"]] if head["run"] else [s.run for s in host.sessions.values() if s.unsaved]
                before = [pack_checkpoint(host.snapshot(run)) for run in wanted if run in host.sessions]
            case "ping":
                reply["answer"] = {"runs": len(host.sessions)}
    except PlaygroundError as error:
        said = {"message": error.message, "where": error.where, "fix": error.fix}
        reply["error"] = {"kind": type(error).__name__, **said}
    except NotHere:
        reply["error"] = {"kind": "gone", "message": "The run is not here."}
    except Exception as error:  # answered as a failure of ours; the other runs go on
        log.exception("%s failed", head["op"])
        reply["error"] = {"kind": "failed", "message": f"{type(error).__name__} in a worker"}
    return [*before, (reply, answer)]


def pack_updates(updates: list[Update], at: float) -> Message:
    """One message for all updates of a tick, told at that time; each has one or two blobs."""
    heads, blobs = [], []
    for u in updates:
        head = {"run": u.run, "facts": u.facts, "about": u.about}
        heads.append({**head, "width": u.rows.shape[1], "weights": u.weights is not None})
        blobs += [u.rows.tobytes()] if u.weights is None else [u.rows.tobytes(), u.weights]
    return {"kind": "updates", "updates": heads, "at": at}, blobs


def unpack_updates(head: dict[str, Any], blobs: list[bytes]) -> list[Update]:
    """The inverse of `pack_updates`."""
    rest = iter(blobs)
    out = []
    for u in head["updates"]:
        rows = np.frombuffer(next(rest), np.float64).reshape(-1, u["width"])
        weights = next(rest) if u["weights"] else None
        out.append(Update(u["run"], u["facts"], rows, weights, u["about"], head["at"]))
    return out


def pack_checkpoint(checkpoint: Checkpoint) -> Message:
    c, line = checkpoint, checkpoint.moments
    head = {"kind": "checkpoint", "run": c.run, "meta": c.meta, "spec": c.spec, "settings": c.settings}
    return {**head, "line": [line.first, line.stride, list(line.new)]}, [c.blob, *line.new.values()]


def unpack_checkpoint(head: dict[str, Any], blobs: list[bytes]) -> Checkpoint:
    first, stride, seqs = head["line"]
    moments = Moments(first, stride, dict(zip(seqs, blobs[1:], strict=True)))
    return Checkpoint(head["run"], head["meta"], head["spec"], head["settings"], blobs[0], moments)
