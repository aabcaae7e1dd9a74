"""Every mistake leaves as `application/problem+json` (RFC 9457): what was expected, what came, what to do, where."""

import json
import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from app.api.headers import route_path
from app.api.views import Problem
from app.errors import TITLES, status_of
from app.runs.runner import WorkError
from engine.errors import PlaygroundError

Mistakes = list[dict[str, str]]
SOON = "5"  # seconds until it is worth asking again
STATUSES = {
    400: "The body is not readable as JSON.",
    401: "The run's key is missing.",
    403: "The key belongs to another run.",
    404: "There is no such thing.",
    409: "The run is not in a state for this.",
    412: "It has changed since it was read: read it again.",
    413: "The body is too large.",
    422: "Something in the request is not valid; every mistake is named.",
    429: "A quota is used up.",
    503: "The server cannot do it now; try again after the seconds in Retry-After.",
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a route may answer with, for the OpenAPI page."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {s: {"description": STATUSES[s], "content": content} for s in statuses}


def problem(status: int, kind: str, mistakes: Mistakes, headers: dict[str, str] | None = None) -> Response:
    """One problem; the first of the mistakes (at least one) is told at the top."""
    first = mistakes[0]
    body = Problem(
        type=f"urn:neuron-playground:{kind}",
        title=TITLES.get(status, "Not possible"),
        status=status,
        detail=first["message"],
        where=first["where"],
        fix=first["fix"],
        errors=mistakes,  # type: ignore[arg-type]
    )
    extra = {"Retry-After": SOON} if status in (429, 503) else {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    text = json.dumps(body.model_dump(), ensure_ascii=True)
    return Response(text, status, {**extra, **(headers or {})}, media_type="application/problem+json")


def refused(_: Request, error: Exception) -> Response:
    """A user's mistake."""
    assert isinstance(error, PlaygroundError)
    kind = re.sub(r"(?<!^)([A-Z])", r"-\1", type(error).__name__).lower()
    found = getattr(error, "each", [error])  # a file can have many
    return problem(status_of(error), kind, [mistake(e.where, e.message, e.fix) for e in found])


def invalid(_: Request, error: Exception) -> Response:
    """What pydantic found, in our words."""
    assert isinstance(error, RequestValidationError)
    found = [explain(e, error.body) for e in error.errors()[:50]]
    if any(e["type"] == "json_invalid" for e in error.errors()):
        return problem(400, "not-json", found)
    return problem(422, "spec-error", found)


def other(request: Request, error: Exception) -> Response:
    """No such path, method not allowed, body not readable, body too large."""
    assert isinstance(error, HTTPException)
    said = {
        404: ("There is nothing at this address.", "See /api/docs for what there is."),
        405: (f"{request.method} is not possible here.", "See /api/docs for what is."),
    }
    message, fix = said.get(error.status_code, (str(error.detail), ""))
    headers = dict(error.headers or {})
    if error.status_code == 405 and (there := allowed(request)):
        headers["Allow"] = there
    kind = TITLES.get(error.status_code, "problem").lower().replace(" ", "-")
    return problem(error.status_code, kind, [mistake("", message, fix)], headers)


def allowed(request: Request) -> str:
    """All methods of an address of the interface: each route knows its own only."""
    below = route_path(request.scope)
    known = request.app.openapi()["paths"].items()
    for path, operations in sorted(
        known, key=lambda item: item[0].count("{")
    ):  # /datasets/preview is no data set's name
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), below):
            return ", ".join(sorted(verb.upper() for verb in operations))
    return ""


def failed(_: Request, error: Exception) -> Response:
    """A mistake of ours. The log has the details, the answer has none."""
    message = "Something went wrong inside the server."
    return problem(500, "internal-error", [mistake("", message, "Try again; if it stays, report it.")])


def install(app: FastAPI) -> None:
    """Have every error of an application answered like this."""
    app.add_exception_handler(PlaygroundError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, other)
    app.add_exception_handler(WorkError, failed)
    app.add_exception_handler(Exception, failed)


def mistake(where: str, message: str, fix: str = "") -> dict[str, str]:
    return {"where": where, "message": message, "fix": fix}


# ---- pydantic's findings ----


def explain(error: Any, body: Any) -> dict[str, str]:
    """One finding as where, message and fix."""
    got, context = error.get("input"), error.get("ctx") or {}
    where = path(error["loc"], body)
    kind = error["type"]
    if kind == "refused":
        return mistake(where, context["message"], context["fix"])
    if kind in ("number", "flag"):
        return mistake(where, f"{error['msg'].rstrip('.')}, got {show(got)}.")
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        (limit,) = (v for k, v in context.items() if k in ("ge", "le", "gt", "lt"))
        word = {"ge": "at least", "le": "at most", "gt": "above", "lt": "below"}[next(iter(context))]
        return mistake(where, f"Expected a number {word} {limit:,}, got {show(got)}.", f"Choose one {word} {limit:,}.")
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        tag = got.get("type") if isinstance(got, dict) else got
        said = f"There is no type {show(tag)} here." if "tag" in context else f"Expected a type, got {show(got)}."
        known = context.get("expected_tags", "").replace("'", "")
        return mistake(
            f"{where}.type".lstrip("."), said, f"Choose one of: {known}." if known else "See /api/v1/catalogue."
        )
    if kind == "extra_forbidden":
        return mistake(where, "There is no such field.", "Leave it out, or check its spelling.")
    if kind == "missing":
        return mistake(where, "This field is missing.", "Add it.")
    if kind == "json_invalid":
        return mistake(
            "", f"The body is not JSON: {context.get('error', error['msg'])} at {error['loc'][-1]}.", "Send JSON."
        )
    if kind in ("int_from_float", "int_parsing_size"):
        return mistake(where, f"Expected a whole number, got {show(got)}.")
    if kind in ("model_attributes_type", "model_type", "dict_type"):
        return mistake(where, f"Expected an object, got {show(got)}.", "Send JSON with Content-Type: application/json.")
    return mistake(where, f"{error['msg'].rstrip('.')}, got {show(got)}.")


def path(loc: Any, body: Any) -> str:
    """pydantic's location as the path of a field: without the names of union branches, layers by their id."""
    if loc and loc[0] == "header":
        return str(loc[1]).title()
    steps: list[str] = []
    value, branch = body, False
    for step in loc[1:] if loc and loc[0] in ("body", "query", "path") else loc:
        if isinstance(value, dict) and value.get("type") == step and not branch:
            branch = True  # of a union; only then may a field of that name follow
            continue
        if isinstance(value, dict) and step in value:
            value, branch = value[step], False
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value, branch = value[step], False
            if steps[-1:] == ["layers"]:
                given = value.get("id") if isinstance(value, dict) else None
                step = given if isinstance(given, str) else f"layer{step + 1}"
        elif value == step or not isinstance(step, str):
            continue
        elif not re.fullmatch(r"\w+", step):
            continue  # "function-before[…]", "literal[…]"
        steps.append(str(step)[:60])
    return ".".join(steps)


def show(value: Any) -> str:
    """A value as it was sent, shortened."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = repr(type(value).__name__)
    return text if len(text) <= 60 else text[:57] + "…"
