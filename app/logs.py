"""The log: one line for each thing that happened, for people or as JSON for machines, and no secrets in it."""

import logging
import re
import sys
from typing import Any

import structlog

SECRET = re.compile(r"(?i)(bearer|basic)\s+[^\s\"',}]+")
NAMES = frozenset({"authorization", "key", "token", "admin_token", "idempotency_key", "password", "cookie"})
HIDDEN = "…"


def hide(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """What could steer a run or open the admin's page is left out."""
    return {name: HIDDEN if name.lower() in NAMES else _hidden(value) for name, value in event.items()}


def _hidden(value: Any) -> Any:
    return SECRET.sub(rf"\1 {HIDDEN}", value) if isinstance(value, str) else value


def configure(level: str, as_json: bool) -> None:
    """Have everything that this process logs, uvicorn's lines too, written to stderr in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    last = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    logging.getLogger("uvicorn.access").disabled = True  # our own line says more, and less of what nobody should read
