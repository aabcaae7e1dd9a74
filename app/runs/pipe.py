"""Messages between the web process and a worker: a JSON head and raw bytes behind it, no pickle.

    u32 bytes that follow | u32 bytes of the head | head (JSON, "sizes": bytes of each blob) | blobs

A worker says several of them in one piece, u32 bytes that follow | messages, which are heard all or none: where it dies
in between, nobody takes for undone what was done.

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
    return b"".join(_parts(head, blobs))


def _parts(head: dict[str, Any], blobs: Sequence[bytes]) -> list[bytes]:
    text = json.dumps({**head, "sizes": [len(b) for b in blobs]}, separators=(",", ":")).encode()
    return [struct.pack("<II", 4 + len(text) + sum(map(len, blobs)), len(text)), text, *blobs]


def unpack(body: bytes) -> Message:
    """The message whose bytes after the first u32 are `body`."""
    return _unpack(body, 0)


def _unpack(body: bytes, start: int) -> Message:
    position = start + 4 + struct.unpack_from("<I", body, start)[0]
    head = json.loads(body[start + 4 : position])
    blobs = []
    for size in head.pop("sizes"):
        blobs.append(body[position : position + size])
        position += size
    return head, blobs


async def read(stream: asyncio.StreamReader) -> list[Message]:
    """What a worker says next. Raises asyncio.IncompleteReadError or ConnectionError when it is gone."""
    (size,) = struct.unpack("<I", await stream.readexactly(4))
    body, start, messages = await stream.readexactly(size), 0, []
    while start < size:
        messages.append(_unpack(body, start + 4))
        start += 4 + struct.unpack_from("<I", body, start)[0]
    return messages


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

    def send(self, messages: Sequence[Message]) -> None:
        """Say all of this in one piece."""
        parts = [part for head, blobs in messages for part in _parts(head, blobs)]
        self._socket.sendall(b"".join([struct.pack("<I", sum(map(len, parts))), *parts]))

    def _exactly(self, size: int) -> bytes:
        buffer = bytearray(size)
        view, done = memoryview(buffer), 0
        while done < size:
            got = self._socket.recv_into(view[done:])
            if not got:
                raise EOFError("the web process is gone")
            done += got
        return bytes(buffer)
