"""The people of the soak benchmark: visitors who do this and that with runs, watchers who come and go, all seeded."""

import json
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError, URLError

import websockets.sync.client
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.wire import decode
from tests.tools.server import RunningServer, call

KEY = "the-key-of-all-who-visit-here"
MOST = 30  # runs at a time
PAUSE = 0.6  # seconds between two things that one visitor does, on average
EXPECTED = {404, 409, 412, 422, 429, 503}  # answers that others' deletions, ends of runs and dead workers bring about
SPECS: list[dict[str, Any]] = [
    {},
    {"data": "spiral", "training": {"optimizer": "adam"}},
    {
        "data": {"type": "digits", "train_fraction": 0.8},
        "network": {
            "layers": [
                {"id": "pixels", "type": "flatten"},
                {"id": "hidden", "type": "dense", "units": 32, "activation": "relu"},
                {"id": "digit", "type": "dense", "units": 10, "activation": "softmax"},
            ]
        },
        "training": {"loss": "categorical_cross_entropy", "optimizer": "adam", "batch_size": 32},
    },
]


@dataclass
class School:
    """What all share: the server, the runs there are, what went wrong."""

    server: RunningServer
    runs: list[str] = field(default_factory=list)
    did: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """An answer; None where the server refused for a reason that belongs to such a day."""
        try:
            return call(self.server, method, path, body, KEY)
        except HTTPError as error:
            self.did[f"answer {error.code}"] += 1
            if error.code not in EXPECTED:
                self.faults.append(f"{method} {path}: {error.code} {error.read()[:200]!r}")
        except (URLError, OSError) as error:
            self.faults.append(f"{method} {path}: {error!r}")
        return None


class Visitor(threading.Thread):
    """Does one thing after the other with runs that are everybody's."""

    def __init__(self, school: School, seed: int) -> None:
        super().__init__(daemon=True)
        self.school, self.random = school, random.Random(seed)

    def run(self) -> None:
        while not self.school.over.wait(self.random.expovariate(1 / PAUSE)):
            deeds = {self.make: 3, self.fork: 2, self.edit: 5, self.change: 4, self.toggle: 6, self.step: 3}
            deeds |= {self.reset: 1, self.look: 4, self.drop: 3 + 20 * (len(self.school.runs) > MOST)}
            (deed,) = self.random.choices(list(deeds), list(deeds.values()))
            if self.school.runs or deed == self.make:
                self.school.did[deed.__name__] += 1
                deed()

    def any(self) -> str:
        with suppress(IndexError):
            return f"/runs/{self.random.choice(self.school.runs)}"
        return "/runs/nobody"

    def make(self) -> None:
        self._made(
            self.school.ask("POST", "/runs", {**self.random.choice(SPECS), "seed": self.random.randrange(10**6)})
        )

    def fork(self) -> None:
        self._made(self.school.ask("POST", f"{self.any()}/fork", {}))

    def _made(self, made: Any) -> None:
        if made:
            self.school.runs.append(made["id"])
            path = f"/runs/{made['id']}"
            self.school.ask("PATCH", f"{path}/settings", {"speed": self.random.choice((5, 30, 200))})
            self.school.ask("PUT", f"{path}/state", {"state": "running"})

    def edit(self) -> None:
        path = self.any()
        if (weights := self.school.ask("GET", f"{path}/weights")) and weights["manifest"]:
            entry = self.random.choice(weights["manifest"])
            index = [self.random.randrange(n) for n in entry["shape"]]
            change = {"layer": entry["layer"], "name": entry["name"], "index": index, "value": self.random.random()}
            self.school.ask("PATCH", f"{path}/weights", {"edits": [change]})

    def change(self) -> None:
        settings = self.random.choice(({"learning_rate": 10 ** self.random.uniform(-3, -1)}, {"batch_size": 16}))
        self.school.ask("PATCH", f"{self.any()}/settings", settings)

    def toggle(self) -> None:
        self.school.ask("PUT", f"{self.any()}/state", {"state": self.random.choice(("running", "running", "paused"))})

    def step(self) -> None:
        advance = {"unit": self.random.choice(("epoch", "batch", "sample")), "count": self.random.randrange(1, 4)}
        self.school.ask("PUT", f"{self.any()}/state", {"state": "paused", "advance": advance})

    def reset(self) -> None:
        self.school.ask("PUT", f"{self.any()}/state", {"state": "created", "seed": self.random.choice(("same", "new"))})

    def look(self) -> None:
        what = self.random.choice(("timeline", "curve", "history?limit=100", "metrics", "examples?limit=5"))
        self.school.ask("GET", f"{self.any()}/{what}")

    def drop(self) -> None:
        with suppress(IndexError, ValueError):
            self.school.runs.remove(run := self.random.choice(self.school.runs))
            self.school.ask("DELETE", f"/runs/{run}")


class Watcher(threading.Thread):
    """Watches one run for a while, then another; now and then comes back to the same and asks for what it missed."""

    def __init__(self, school: School, seed: int) -> None:
        super().__init__(daemon=True)
        self.school, self.random = school, random.Random(seed)
        self.rows = self.start_number = 0

    def run(self) -> None:
        run = ""
        while not self.school.over.wait(self.random.uniform(0, 2)):
            if not self.school.runs:
                continue
            if not run or self.random.random() < 0.7:
                run, self.rows, self.start_number = self.random.choice(self.school.runs), 0, 1
            self.school.did["watched"] += 1
            try:
                self.watch(run)
            except (ConnectionClosed, InvalidStatus, TimeoutError):
                run = ""
            except Exception as error:
                self.school.faults.append(f"a watcher: {error!r}")
                run = ""

    def watch(self, run: str) -> None:
        slow = self.random.choice((0.0, 0.0, 0.0, 0.3, 1e9))  # seconds until it acknowledges
        url = f"{self.school.server.ws_url}/api/v1/runs/{run}/stream?after={self.rows}&start={self.start_number}"
        end = time.monotonic() + self.random.uniform(0.2, 20)
        with websockets.sync.client.connect(url, max_size=None, compression=None, open_timeout=60) as socket:
            while (left := end - time.monotonic()) > 0 and not self.school.over.is_set():
                try:
                    message = socket.recv(timeout=left)
                except TimeoutError:
                    return
                if isinstance(message, str):
                    told = json.loads(message)
                    if told["type"] == "reset":
                        self.rows, self.start_number = 0, told["start"]
                    continue
                head, arrays = decode(message)
                if head["first"] != self.rows + 1 or head["start"] != self.start_number:
                    place = f"row {self.rows} of start {self.start_number}"
                    self.school.faults.append(f"{run}: after {place} came {head['first']} of {head['start']}")
                    self.rows, self.start_number = head["first"] - 1, head["start"]
                self.rows += len(arrays["history"])
                if slow < 1e9:
                    time.sleep(slow)
                    socket.send(json.dumps({"type": "ack", "seq": head["seq"]}))
