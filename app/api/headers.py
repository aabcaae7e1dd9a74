"""Headers on every answer: no script but this server's own files, no guessing of types, no addresses told to others."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Styles may be inline (formulas are set with style attributes), scripts may not.
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ]
)
EMBEDDABLE = ("/embed/",)  # pages made to be shown inside other sites' pages; all others only inside our own
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def policy(path: str, frame_ancestors: Sequence[str]) -> str:
    """The Content-Security-Policy of what is at a path (below the server's root path)."""
    who = " ".join(frame_ancestors) if path.startswith(EMBEDDABLE) else "'self'"
    return f"{POLICY}; frame-ancestors {who}"


def route_path(scope: Scope) -> str:
    """The path below the one under which a proxy shows the server."""
    root = scope.get("root_path", "")
    return scope["path"][len(root) :] if root and scope["path"].startswith(f"{root}/") else scope["path"]


class SecurityHeaders:
    """Adds them to what has no such header of its own; answers of the API are not to be kept by caches."""

    def __init__(self, app: ASGIApp, frame_ancestors: Sequence[str] = ("'self'",)) -> None:
        self.app, self.frame_ancestors = app, frame_ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        path = route_path(scope)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", policy(path, self.frame_ancestors))
                if path.startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)
