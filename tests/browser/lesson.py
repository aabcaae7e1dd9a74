"""Somebody else's web site: a small server of its own, whose pages hold the playground in a frame."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """`site.pages["/lesson"] = "<html>…"` is served at `site.url + "/lesson"`."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pages: dict[str, str] = {}

    def lesson(self, server: str, tag: str, path: str = "/") -> str:
        """A page with the component; `window.heard` collects its events, `window.raw` every message."""
        self.pages[path] = LESSON.format(server=server, tag=tag)
        return self.url + path


LESSON = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>A lesson</title>
<script>
  window.heard = [];
  window.raw = [];
  addEventListener("message", (event) => window.raw.push(event.data));
</script>
<script src="{server}/static/js/embed/network-playground.js"></script>
</head>
<body><h1>A lesson</h1>{tag}
<script>
  const lesson = document.querySelector("network-playground");
  for (const type of ["ready", "epoch", "state", "error"]) {{
    lesson?.addEventListener(type, ({{ detail }}) => window.heard.push({{ type, ...detail }}));
  }}
</script>
</body></html>"""


@contextmanager
def serve() -> Iterator[Site]:
    """A site on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site.pages.get(self.path.split("?")[0])
            self.send_response(200 if body else 404)
            kind = "text/javascript" if self.path.endswith(".js") else "text/html"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write((body or "nothing here").encode())

        def log_message(self, *_: object) -> None:
            """In silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
