"""What routes ask for, declared once: the manager, the run or 404, the run if the key may steer it."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request, WebSocket
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.runs.feed import Feed
from app.runs.manager import Manager
from app.settings import Settings

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


RunsDep = Annotated[Manager, Depends(get_manager)]
SocketRunsDep = Annotated[Manager, Depends(get_socket_manager)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
KeyDep = Annotated[str | None, Depends(get_key)]
RunId = Annotated[str, Path(description="The run's id.", examples=["h5Yx0bC1Zl0mS9m6iJr3Jw"])]


async def get_run(runs: RunsDep, run: RunId) -> Feed:
    return await runs.find(run)


async def get_owned_run(runs: RunsDep, run: RunId, key: KeyDep) -> Feed:
    return await runs.owned(run, key)


RunDep = Annotated[Feed, Depends(get_run)]
OwnedRunDep = Annotated[Feed, Depends(get_owned_run)]
