"""Worker processes in which some runs do harm, told by their seed: one kills its process, one never comes back."""

import os
import signal
import socket

from app.runs import worker
from app.runs.commands import Watch
from app.runs.session import Session

KILLS, HANGS, KILLS_WHEN_ASKED, DIES_ANSWERING = 1001, 1002, 1003, 1004
AT = 5  # epochs that go well before, at least
ONCE = "POISON_ONCE"  # a file: how much of what it sends next gets out before a worker dies; gone when it was done
_main, _advance, _facts, _obey = worker.main, Session.advance, Session.facts, Session.obey


def advance(session, until, clock):
    if session.trainer.epoch >= AT:
        if session.trainer.seed == KILLS:
            os.kill(os.getpid(), signal.SIGKILL)
        while session.trainer.seed == HANGS:
            pass
    _advance(session, until, clock)


def facts(session):
    if session.trainer.seed == KILLS_WHEN_ASKED and session.speed:
        os.kill(os.getpid(), signal.SIGKILL)
    return _facts(session)


def obey(session, command):
    _obey(session, command)
    if session.trainer.seed == DIES_ANSWERING and not isinstance(command, Watch) and os.path.exists(os.environ[ONCE]):
        with open(os.environ[ONCE]) as file:
            Breaking.part = float(file.read())
        os.unlink(os.environ[ONCE])


class Breaking(socket.socket):
    """A connection over which part of something is sent, and then nothing any more."""

    part = None

    def sendall(self, data):
        if self.part is None:
            super().sendall(data)
            return
        super().sendall(data[: round(self.part * len(data))])
        os.kill(os.getpid(), signal.SIGKILL)


def main(sock, *args):
    """What runs in the process, in place of `worker.main`."""
    Session.advance, Session.facts, Session.obey = advance, facts, obey
    _main(Breaking(fileno=sock.detach()), *args)
