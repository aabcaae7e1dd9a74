"""What routes ask for, declared once: the manager, the run or 404, the run if the key may steer it."""

import base64
import contextlib
import hmac
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Path, Request, WebSocket
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.errors import KeyMissing
from app.runs import keys
from app.runs.feed import Feed
from app.runs.manager import Manager
from app.settings import Settings
from engine.errors import SpecError

bearer = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="The key of a run, or one of your own making (20 characters or more) that all your runs belong to.",
)


def manager_of(app: Any) -> Manager:
    return app.state.manager


def get_manager(request: Request) -> Manager:
    return manager_of(request.app)


def get_socket_manager(socket: WebSocket) -> Manager:
    return manager_of(socket.app)


def get_settings(request: Request) -> Settings:
    return request.app.state.settings


def get_key(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> str | None:
    return credentials.credentials if credentials else None


def own_key(key: str | None) -> str:
    """For what is made: the key sent if it will do, else a new one. Raises SpecError."""
    if key is not None and not keys.SHORTEST <= len(key) <= keys.LONGEST:
        fix = f"Use {keys.SHORTEST} to {keys.LONGEST} random characters, or leave it out to get a key."
        raise SpecError(f"This key has {len(key)} characters.", where="Authorization", fix=fix)
    return key or keys.new_key()


def listing_key(key: str | None, what: str) -> str:
    """For lists of `what`, in the plural: the key sent. Raises KeyMissing."""
    if key is None:
        fix = "Send it: Authorization: Bearer <key>."
        raise KeyMissing(f"{what} are listed for a key, and none was sent.", where="Authorization", fix=fix)
    return key


RunsDep = Annotated[Manager, Depends(get_manager)]
SocketRunsDep = Annotated[Manager, Depends(get_socket_manager)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
KeyDep = Annotated[str | None, Depends(get_key)]
RunId = Annotated[str, Path(description="The run's id.", examples=["h5Yx0bC1Zl0mS9m6iJr3Jw"])]


def is_admin(request: Request) -> None:
    """Lets through whoever has the admin's token, as a Bearer or as a browser's password. Without one: 404."""
    token = request.app.state.settings.admin_token.get_secret_value()
    if not token:
        raise HTTPException(404)
    kind, _, sent = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        with contextlib.suppress(ValueError):
            sent = base64.b64decode(sent).decode().partition(":")[2]
    if not hmac.compare_digest(sent.strip().encode("utf-8", "replace"), token.encode()):
        said = "This page is for whoever runs the server: send the admin's token, as Bearer or as a password."
        raise HTTPException(401, said, {"WWW-Authenticate": 'Basic realm="admin", charset="UTF-8"'})


def may_read_metrics(request: Request) -> None:
    """Everyone, unless the server has an admin's token."""
    if request.app.state.settings.admin_token.get_secret_value():
        is_admin(request)


AdminOnly = Annotated[None, Depends(is_admin)]
MetricsReader = Annotated[None, Depends(may_read_metrics)]


async def get_run(runs: RunsDep, run: RunId) -> Feed:
    return await runs.find(run)


async def get_owned_run(runs: RunsDep, run: RunId, key: KeyDep) -> Feed:
    return await runs.owned(run, key)


RunDep = Annotated[Feed, Depends(get_run)]
OwnedRunDep = Annotated[Feed, Depends(get_owned_run)]
