"""The watchers of the load benchmark, in a process of their own: many websockets that do little else than read.

A watcher acknowledges a frame when a page would, with the next picture of a screen that shows 60 a second. The client
is the least that will do, so that the figures are the server's: no extensions, whole messages, a parser of 20 lines.

    in   first line    {run: [url, …], …}
         then lines    "go"    count from now on     ·  "stop"  no longer
                       {run: seq, …}                    the newest row of each run; answered when all watchers have it
    out  lines         "open", "stopped", and at last the report as JSON
"""

import array
import asyncio
import base64
import hashlib
import json
import os
import random
import resource
import struct
import sys
import time
from urllib.parse import urlsplit

import numpy as np

PICTURE = 1 / 60  # seconds between two pictures of a screen
ROW = 72  # bytes: nine columns of eight
PATIENCE = 120  # seconds that the last rows may take


class History:
    """The rows of one run as its watchers got them, kept once: each watcher's must be the same."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self.differs = 0

    def take(self, first: int, rows: bytes) -> None:
        """Rows that a watcher got, of which the first has number `first`."""
        begin = (first - 1) * ROW
        known = self.bytes[begin : begin + len(rows)]
        self.differs += not rows.startswith(known)
        self.bytes += rows[len(known) :]


class Watcher(asyncio.Protocol):
    """One websocket: says hello, reads, acknowledges."""

    def __init__(self, crowd: "Crowd", run: str, url: str) -> None:
        self.crowd, self.run, self.url = crowd, run, urlsplit(url)
        self.frames = self.rows = self.gaps = self.at = 0
        self.open = False
        self.phase = random.random() * PICTURE
        self._buffer = bytearray()
        self._due = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(  # type: ignore[attr-defined]
            f"GET {self.url.path} HTTP/1.1\r\nHost: {self.url.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._buffer.startswith(b"HTTP/1.1 101"):
                raise SystemExit(f"A watcher was refused: {self._buffer[:200]!r}")
            del self._buffer[: end + 4]
            self.open = True
        position = 0
        while (end := self._message(position)) is not None:
            position = end
        del self._buffer[:position]

    def _message(self, position: int) -> int | None:
        """Take in the message that begins there; answers where the next one does, None: it is not all here."""
        buffer = self._buffer
        if len(buffer) < position + 2:
            return None
        opcode, size, body = buffer[position], buffer[position + 1], position + 2
        if size > 125:
            wide = 2 if size == 126 else 8
            if len(buffer) < body + wide:
                return None
            size, body = int.from_bytes(buffer[body : body + wide], "big"), body + wide
        if len(buffer) < body + size:
            return None
        if opcode == 0x82:
            self._frame(buffer, body)
        elif opcode == 0x89:
            self._send(0x8A, bytes(buffer[body : body + size]))
        elif opcode == 0x88:
            self.crowd.closed.append(bytes(buffer[body + 2 : body + size]).decode())
        return body + size

    def _frame(self, buffer: bytearray, body: int) -> None:
        start = body + 4 + struct.unpack_from("<I", buffer, body)[0]
        head = json.loads(buffer[body + 4 : start])
        (name, _, (count, _)), *_ = head["arrays"]
        assert name == "history"
        if count:
            self.gaps += head["first"] != self.rows + 1
            self.rows = head["first"] - 1 + count
            self.crowd.histories[self.run].take(head["first"], bytes(buffer[start : start + count * ROW]))
        if self.crowd.counting:
            self.frames += 1
            if head["at"] > self.at:
                self.crowd.delays.append(time.time() - head["at"] / 1000)
        self.at = head["at"]
        if not self._due:
            loop, now = self.crowd.loop, self.crowd.loop.time()
            loop.call_at(now + PICTURE - (now - self.phase) % PICTURE, self._acknowledge)
        self._due = head["seq"]

    def _acknowledge(self) -> None:
        text, self._due = b'{"type":"ack","seq":%d}' % self._due, 0
        self._send(0x81, text)

    def _send(self, opcode: int, data: bytes) -> None:
        """A short message. It must be masked; a mask of zeros is one."""
        self.transport.write(bytes((opcode, 0x80 | len(data))) + b"\0\0\0\0" + data)

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.lost += not self.crowd.done


class Crowd:
    """All watchers, and what they saw."""

    def __init__(self, urls: dict[str, list[str]]) -> None:
        self.loop = asyncio.get_running_loop()
        self.histories = {run: History() for run in urls}
        self.watchers = [Watcher(self, run, url) for run, many in urls.items() for url in many]
        self.counting = self.done = False
        self.delays = array.array("d")
        self.closed: list[str] = []
        self.lost = 0
        self.cpu = 0.0

    async def connect(self) -> None:
        """Open all sockets, a few at a time, as a class comes in."""
        gate = asyncio.Semaphore(20)

        async def one(watcher: Watcher) -> None:
            async with gate:
                await self.loop.create_connection(lambda: watcher, watcher.url.hostname, watcher.url.port)
                while not watcher.at and not watcher.rows and not self.lost:
                    await asyncio.sleep(0.01)

        await asyncio.gather(*map(one, self.watchers))

    def count(self, on: bool) -> None:
        """Count frames from now on, or no longer."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        self.counting, self.cpu = on, used.ru_utime + used.ru_stime - self.cpu

    async def complete(self, newest: dict[str, int]) -> None:
        """Wait until everybody has every row."""
        end = time.monotonic() + PATIENCE
        while any(w.rows < newest[w.run] for w in self.watchers) and time.monotonic() < end:
            await asyncio.sleep(0.05)

    def report(self, seconds: float, newest: dict[str, int]) -> dict:
        """What was seen. `lost_rows`: missing, out of order or not the same as another watcher's."""
        delays = sorted(self.delays) or [0.0]
        return {
            "rates": [w.frames / seconds for w in self.watchers],
            "delays": [delays[int(q * (len(delays) - 1))] for q in QUANTILES],
            "lost_rows": sum(max(0, newest[w.run] - w.rows) + w.gaps for w in self.watchers)
            + sum(history.differs for history in self.histories.values()),
            "digests": {run: digest(np.frombuffer(history.bytes)) for run, history in self.histories.items()},
            "cpu": self.cpu,
            "lost": self.lost,
            "closed": self.closed[:3],
        }


def digest(rows: np.ndarray) -> str:
    """What stands for these rows, NaN being NaN."""
    rows = np.where(np.isnan(rows), np.nan, rows)
    return hashlib.sha256(rows.astype("<f8").tobytes()).hexdigest()


QUANTILES = [k / 100 for k in range(101)]  # of the delays, so that those of several processes can be put together


async def watch() -> None:
    """Do what standard input says."""
    reader = asyncio.StreamReader(limit=2**26)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    crowd = Crowd(json.loads(await reader.readline()))
    await crowd.connect()
    began = 0.0
    say("open")
    while line := await reader.readline():
        if line == b"go\n":
            began = time.monotonic()
            crowd.count(True)
        elif line == b"stop\n":
            crowd.count(False)
            seconds = time.monotonic() - began
            say("stopped")
        else:
            newest = json.loads(line)
            await crowd.complete(newest)
            say(json.dumps(crowd.report(seconds, newest)))
            crowd.done = True
            return


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        from uvloop import run  # half the work of asyncio's own loop
    except ImportError:
        from asyncio import run
    run(watch())
