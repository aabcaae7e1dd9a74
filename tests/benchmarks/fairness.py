"""How well a small run streams beside a heavy one: python -m tests.benchmarks.fairness [--seconds 10] [--large]

A run of digits with four layers of 256 units goes flat out, watched too; a circle runs beside it. With `--large` it
learns a spiral of 10,000 samples with 512 units, so that judging them after each epoch takes long. Printed for one
worker process, which both have to share, and for two: frames a second that the watcher of the circle gets, the time
from one frame to the next, and how far both runs get.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path

import websockets.sync.client

from app.wire import decode
from tests.tools.server import RunningServer, call


def hidden(units: int) -> list[dict]:
    return [{"id": f"hidden{i}", "type": "dense", "units": units, "activation": "relu"} for i in range(4)]


HEAVY = {
    "data": {"type": "digits", "train_fraction": 0.8},
    "network": {
        "layers": [
            {"id": "pixels", "type": "flatten"},
            *hidden(256),
            {"id": "digit", "type": "dense", "units": 10, "activation": "softmax"},
        ]
    },
    "training": {"loss": "categorical_cross_entropy", "optimizer": "adam", "batch_size": 32},
}
LARGE = {
    "data": {"type": "spiral", "samples": 10_000},
    "network": {"layers": [*hidden(512), {"id": "output", "type": "dense", "units": 1, "activation": "tanh"}]},
    "training": {"optimizer": "adam", "batch_size": 100},
}
CIRCLE: dict = {"data": "circle"}


def start(server: RunningServer, spec: dict) -> str:
    """A run that is running; answers its id."""
    made = call(server, "POST", "/runs", spec, key=None)
    call(server, "PUT", f"/runs/{made['id']}/state", {"state": "running"}, made["key"])
    return made["id"]


class Watcher(threading.Thread):
    """Reads a run's stream and acknowledges each frame at once; counts frames, rows and bytes of weights."""

    def __init__(self, server: RunningServer, run: str, seconds: float) -> None:
        super().__init__(daemon=True)
        self.url = f"{server.ws_url}/api/v1/runs/{run}/stream"
        self.seconds = seconds
        self.frames = self.rows = self.weights = 0
        self.gaps: list[float] = []

    def run(self) -> None:
        with websockets.sync.client.connect(self.url, max_size=None, compression=None) as socket:
            end = time.monotonic() + self.seconds
            last = time.monotonic()
            while (now := time.monotonic()) < end:
                message = socket.recv(timeout=30)
                if isinstance(message, str):
                    continue
                head, arrays = decode(message)
                socket.send(json.dumps({"type": "ack", "seq": head["seq"]}))
                now = time.monotonic()
                self.gaps.append(now - last)
                self.frames, self.rows, last = self.frames + 1, self.rows + len(arrays["history"]), now
                self.weights += "weights" in arrays


def measure(workers: int, seconds: float, spec: dict) -> str:
    """One line of results."""
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder), workers=workers)
        try:
            heavy, circle = start(server, spec), start(server, CIRCLE)
            time.sleep(1)
            before = call(server, "GET", f"/runs/{heavy}")["update"]
            watchers = [Watcher(server, run, seconds) for run in (circle, heavy)]
            for watcher in watchers:
                watcher.start()
            for watcher in watchers:
                watcher.join()
            updates = call(server, "GET", f"/runs/{heavy}")["update"] - before
        finally:
            server.stop()
    small, large = watchers
    gaps = sorted(small.gaps)
    return (
        f"{workers} worker{'s' * (workers > 1)}: circle {small.frames / seconds:5.1f} frames/s "
        f"(longest gap {gaps[-1] * 1000:.0f} ms, median {statistics.median(gaps) * 1000:.0f} ms), "
        f"{small.rows / seconds:,.0f} epochs/s; the other {large.frames / seconds:.1f} frames/s, "
        f"{updates / seconds:,.0f} updates/s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--large", action="store_true", help="judging takes long")
    chosen = parser.parse_args()
    for workers in (1, 2):
        print(measure(workers, chosen.seconds, LARGE if chosen.large else HEAVY), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
