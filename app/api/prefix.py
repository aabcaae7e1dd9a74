"""A server shown under a path: whether its proxy takes the prefix off or leaves it on, the same is found."""

from starlette.types import ASGIApp, Receive, Scope, Send


class Prefix:
    """The server puts the prefix in front of every path, as ASGI has it; where it is there twice, one goes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        if root and scope.get("path", "").startswith(f"{root}{root}/"):
            raw = (scope.get("raw_path") or b"").removeprefix(root.encode())
            scope = {**scope, "path": scope["path"].removeprefix(root), "raw_path": raw}
        await self.app(scope, receive, send)
