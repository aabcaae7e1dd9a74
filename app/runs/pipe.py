"""Messages between the web process and a worker: a JSON head and raw bytes behind it, no pickle.

    u32 bytes that follow | u32 bytes of the head | head (JSON, "sizes": bytes of each blob) | blobs

The worker's side blocks (`Peer`); the web side reads and writes asyncio streams (`read`, `pack`).
"""

import asyncio
import json
import selectors
import socket
import struct
from collections.abc import Sequence
from typing import Any

Message = tuple[dict[str, Any], list[bytes]]


def pack(head: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """One message as bytes."""
    text = json.dumps({**head, "sizes": [len(b) for b in blobs]}, separators=(",", ":")).encode()
    return b"".join([struct.pack("<II", 4 + len(text) + sum(map(len, blobs)), len(text)), text, *blobs])


def unpack(body: bytes) -> Message:
    """The message whose bytes after the first u32 are `body`."""
    position = 4 + struct.unpack_from("<I", body)[0]
    head = json.loads(body[4:position])
    blobs = []
    for size in head.pop("sizes"):
        blobs.append(body[position : position + size])
        position += size
    return head, blobs


async def read(stream: asyncio.StreamReader) -> Message:
    """The next message. Raises asyncio.IncompleteReadError or ConnectionError when the other side is gone."""
    (size,) = struct.unpack("<I", await stream.readexactly(4))
    return unpack(await stream.readexactly(size))


class Peer:
    """The worker's end: waits, receives, sends. Raises EOFError or OSError when the web process is gone."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        self._socket = sock
        self._selector = selectors.DefaultSelector()
        self._selector.register(sock, selectors.EVENT_READ)

    def waiting(self, timeout: float | None = 0) -> bool:
        """True when a message is there, after at most `timeout` seconds (None: as long as it takes)."""
        return bool(self._selector.select(timeout))

    def receive(self) -> Message:
        (size,) = struct.unpack("<I", self._exactly(4))
        return unpack(self._exactly(size))

    def send(self, head: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
        self._socket.sendall(pack(head, blobs))

    def _exactly(self, size: int) -> bytes:
        buffer = bytearray(size)
        view, done = memoryview(buffer), 0
        while done < size:
            got = self._socket.recv_into(view[done:])
            if not got:
                raise EOFError("the web process is gone")
            done += got
        return bytes(buffer)
