"""A tiny proxy in front of a server, as nginx or Caddy would be: it takes a prefix off, and passes the rest on."""

import re
import socket
import threading
from contextlib import suppress


class Proxy:
    """Listens on a free port; `url` is where the server's root is shown, such as http://127.0.0.1:4711/play."""

    def __init__(self, port: int, prefix: str) -> None:
        self._port, self._prefix = port, prefix
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}{prefix}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """One request, then the connection is closed; a websocket stays open."""
        with client, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                if not (more := client.recv(65536)):
                    return
                head += more
            head, rest = head.split(b"\r\n\r\n", 1)
            line, *headers = head.decode("latin-1").split("\r\n")
            method, path, version = line.split(" ")
            below = re.fullmatch(rf"{re.escape(self._prefix)}(/.*)", path)
            if below is None:  # another program's part of the site
                client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            if not any(header.lower().startswith("upgrade:") for header in headers):
                headers = [h for h in headers if not h.lower().startswith("connection:")] + ["Connection: close"]
            text = "\r\n".join([f"{method} {below[1]} {version}", *headers])
            with socket.create_connection(("127.0.0.1", self._port)) as server:
                server.sendall(text.encode("latin-1") + b"\r\n\r\n" + rest)
                threading.Thread(target=_pass, args=(client, server), daemon=True).start()
                _pass(server, client)


def _pass(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
