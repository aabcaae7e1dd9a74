"""What keeping the time line costs: W1 with and without it, in turns, as a ratio.

python -m tests.benchmarks.timeline
"""

import sys
import time

import numpy as np

from app.runs.limits import Limits
from app.runs.session import Session

ROUNDS, STEP, MOST = 9, 20, 3200


class Without:
    """A time line that keeps nothing."""

    def __init__(self, line):
        self.moments, self.first, self.stride = [], 1, 1

    def offer(self, trainer, seq):
        pass


def seconds(session, epochs):
    """What so many epochs take, trained as a run trains them."""
    session.state, session.unit, session.left = "running", "epoch", epochs
    began = time.process_time()
    while session.state == "running":
        session.advance(float("inf"), time.perf_counter)
    session.rows.clear()
    return time.process_time() - began


def main():
    """Print the ratio over the first epochs, when every one is kept, and over a second of training.

    Of each stretch of epochs the quickest of all rounds counts, so that a busy machine does not.
    """
    best = np.full((2, MOST // STEP), np.inf)
    for turn in range(ROUNDS):
        pair = [Session(run, {}, None, {}, Limits()) for run in ("with", "without")]
        pair[1].past.line = Without(pair[1].past.line)
        for stretch in range(MOST // STEP):
            for k in (0, 1) if (stretch + turn) % 2 else (1, 0):
                best[k, stretch] = min(best[k, stretch], seconds(pair[k], STEP))
    for epochs in (400, MOST):
        with_line, without = best[:, : epochs // STEP].sum(axis=1)
        sys.stdout.write(f"W1, {epochs:,} epochs: {with_line / without:.3f} × the time of without\n")


if __name__ == "__main__":
    main()
