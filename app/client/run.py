"""One run on a server: steer it, follow it, look into it."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import numpy as np

from app.client.answers import Evaluation, Event, Examples, History, Prediction, Row, RunInfo, array, names
from app.client.connection import Connection
from app.client.errors import PlaygroundError

Unit = Literal["epoch", "batch", "sample"]
Split = Literal["train", "test"]
LINES = "application/x-ndjson"


class Run:
    """A run as its owner uses it, or as anybody may watch it. `info` is how it stood when the server last said so."""

    def __init__(self, connection: Connection, info: RunInfo, key: str | None = None) -> None:
        self._connection, self.info, self.key = connection, info, key
        self._path = f"/runs/{info.id}"

    def __repr__(self) -> str:
        return f"<Run {self.id} {self.info.state} at epoch {self.info.epoch}>"

    @property
    def id(self) -> str:
        return self.info.id

    def refresh(self) -> RunInfo:
        """Ask how it stands now."""
        return self._told(self._connection.json("GET", self._path))

    # ---- steering ----

    def play(self, epochs: int | None = None) -> RunInfo:
        """Train: until it is finished, or for so many epochs. Returns at once."""
        if epochs is None:
            return self._state({"state": "running"})
        return self._state({"state": "running", "advance": {"unit": "epoch", "count": epochs}})

    def pause(self) -> RunInfo:
        return self._state({"state": "paused"})

    def step(self, unit: Unit = "epoch", count: int = 1) -> RunInfo:
        """Train for so many epochs, batches or samples and wait until that is done."""
        self._state({"state": "paused", "advance": {"unit": unit, "count": count}})
        return self.wait()

    def reset(self, seed: int | Literal["same", "new"] = "same") -> RunInfo:
        """Back to the start: the same, a new one, or that of a seed."""
        return self._state({"state": "created", "seed": seed})

    def wait(self, timeout: float | None = None) -> RunInfo:
        """Wait until it does not train any more. Raises TimeoutError after so many seconds between two news."""
        try:
            for _ in self.follow(after=self.info.seq, timeout=timeout):
                pass
        except PlaygroundError as error:
            if isinstance(error.__context__, httpx2.ReadTimeout):
                raise TimeoutError(f"Run {self.id} has said nothing for {timeout} s.") from None
            raise
        return self.refresh()

    def delete(self) -> None:
        """Stop and forget it."""
        self._connection.json("DELETE", self._path, key=self.key)

    def _state(self, wanted: dict[str, Any]) -> RunInfo:
        return self._told(self._connection.json("PUT", f"{self._path}/state", wanted, key=self.key))

    def _told(self, answer: dict[str, Any]) -> RunInfo:
        self.info = RunInfo.of(answer)
        return self.info

    # ---- settings and weights ----

    def settings(self) -> dict[str, Any]:
        """What may be changed while it goes on, as it is now."""
        return self._connection.json("GET", f"{self._path}/settings")

    def change(self, *, unless_changed_since: dict[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
        """Change settings: `run.change(learning_rate=0.1)`. Answers all of them.

        unless_changed_since: what `settings()` gave; if they are others now, nothing is done. Raises ChangedMeanwhile.
        """
        headers = {}
        if unless_changed_since is not None:
            now = self._connection.send("GET", f"{self._path}/settings")
            headers["If-Match"] = now.headers["etag"] if now.json() == unless_changed_since else '"another"'
        return self._connection.json("PATCH", f"{self._path}/settings", settings, headers=headers, key=self.key)

    def weights(self, at: int | None = None) -> dict[str, dict[str, np.ndarray]]:
        """Every weight as float32 arrays by layer and name, now or as at an update of its time line."""
        found = self._connection.json("GET", f"{self._path}/weights", params={"at": at})["layers"]
        return {layer: {name: array(values) for name, values in arrays.items()} for layer, arrays in found.items()}

    def set_weight(self, layer: str, name: str, index: tuple[int, ...] | list[int], value: float) -> RunInfo:
        """Set one weight by hand."""
        edit = {"layer": layer, "name": name, "index": list(index), "value": value}
        return self._told(self._connection.json("PATCH", f"{self._path}/weights", {"edits": [edit]}, key=self.key))

    def load(self, weights: dict[str, dict[str, np.ndarray]] | str | Path) -> RunInfo:
        """Set all weights: arrays as `weights` gives them, or a file (safetensors, NPZ, or ONNX exported here)."""
        if isinstance(weights, dict):
            packed = io.BytesIO()
            named = {f"{layer}.{name}": a for layer, arrays in weights.items() for name, a in arrays.items()}
            np.savez(packed, allow_pickle=False, **named)
            data = packed.getvalue()
        else:
            data = Path(weights).read_bytes()
        return self._told(self._connection.json("PUT", f"{self._path}/weights", file=data, key=self.key))

    # ---- following ----

    def history(self, after: int = 0) -> History:
        """All rows of the present start, or those after a row already known."""
        with self._connection.stream(f"{self._path}/history", params={"after": after}, accept=LINES) as answer:
            start, last = int(answer.headers["history-start"]), int(answer.headers["history-last"])
            rows = [json.loads(line) for line in answer.iter_lines() if line]
        if len(rows) < last - after:
            raise PlaygroundError("The run was reset while its history was read.", fix="Read it again.")
        columns = tuple(rows[0])[1:] if rows else tuple(Row.__dataclass_fields__)[1:]
        values = np.array([list(row.values())[1:] for row in rows], np.float64).reshape(-1, len(columns))
        return History(columns, values, start, after + 1)

    def events(self, after: int = 0, timeout: float | None = None) -> Iterator[Event]:
        """What happens to it, as it happens: every row of history after one already known, once; states, notes."""
        with self._connection.stream(
            f"{self._path}/events", params={"after": after}, accept="text/event-stream", timeout=timeout
        ) as answer:
            for told in httpx2.EventSource(answer):
                yield Event(told.event, json.loads(told.data))

    def follow(self, after: int = 0, timeout: float | None = None) -> Iterator[Row]:
        """Every row of history after one already known, as it is made, until the run does not train any more."""
        columns: list[str] = []
        for event in self.events(after, timeout):
            if event.kind == "hello":
                columns = event.data["columns"]
            elif event.kind == "frame":
                for number, values in enumerate(event.data["rows"], event.data["first"]):
                    yield Row.of(number, columns, values)
                after = event.data["first"] + len(event.data["rows"]) - 1
            elif event.kind == "reset":
                after = 0
            # A frame and a message each tell the state of their own moment: ask, so that no row is left behind.
            stands = event.data.get("state", "running") != "running" and self.refresh().state != "running"
            if stands and after >= self.info.seq:
                return

    # ---- looking ----

    def predict(self, inputs: Any, ready: bool = False, at: int | None = None) -> Prediction:
        """Outputs for examples (n, …) in the data set's units, or, if ready, as the network reads them."""
        body = {"inputs": np.asarray(inputs).tolist(), "ready": ready}
        found = self._connection.json("POST", f"{self._path}/predict", body, params={"at": at})
        decided = array(found.get("predicted"), np.int64)
        place = found["epoch"], found["update"]
        return Prediction(
            array(found["outputs"]), *place, names(found.get("classes")), decided, array(found.get("values"))
        )

    def examples(self, split: Split = "test", offset: int = 0, limit: int = 100) -> Examples:
        """Examples it trains or is tested with."""
        asked = {"split": split, "offset": offset, "limit": limit}
        found = self._connection.json("GET", f"{self._path}/examples", params=asked)
        index, inputs, targets = array(found["index"], np.int64), array(found["inputs"]), np.array(found["targets"])
        return Examples(index, found["raw"], inputs, targets, found["total"], names(found["classes"]))

    def evaluate(self, split: Split = "test", at: int | None = None) -> Evaluation:
        """Loss, accuracy or R², confusion matrix."""
        found = self._connection.json("GET", f"{self._path}/evaluation", params={"split": split, "at": at})
        confusion, classes = array(found["confusion"], np.int64), names(found["classes"])
        place = found["epoch"], found["update"]
        return Evaluation(found["split"], found["loss"], found["metric"], confusion, classes, *place)

    def explain(self, index: int = 0, split: Split = "train", layers: list[str] | None = None) -> dict[str, Any]:
        """One example in every number: forward, loss, backward, the update that it alone would make."""
        asked = {"index": index, "split": split, "layers": ",".join(layers) if layers else None}
        return self._connection.json("GET", f"{self._path}/explain", params=asked)

    # ---- taking away ----

    def fork(self, changes: dict[str, Any] | None = None, at: int | None = None, name: str = "") -> "Run":
        """A run of one's own that goes on from this one, now or at an update of its time line, changed or not."""
        body = {"changes": changes or {}, "name": name} | ({"at": at} if at is not None else {})
        made = self._connection.json("POST", f"{self._path}/fork", body, once=True)
        return Run(self._connection, RunInfo.of(made), made["key"])

    def export(self, format: str, path: str | Path | None = None) -> bytes:
        """A program (keras, torch, numpy), model (onnx), weights (safetensors, npz), svg, spec …; also into a file."""
        data = self._connection.send("GET", f"{self._path}/export/{format}").content
        if path is not None:
            Path(path).write_bytes(data)
        return data
