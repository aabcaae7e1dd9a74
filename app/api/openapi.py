"""The OpenAPI document: FastAPI's own, with what routes refer to by name, and the one shape of errors."""

import json
import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from app.api.problems import answers
from app.api.views import Problem
from app.schemas import ExperimentSpec, NetworkSpec

DESCRIPTION = """
Make a run from an experiment, start it, watch it, look into it.

**Authority.** Whoever has a run's id may watch it; whoever has its key may steer it. The key comes with the answer to
`POST /api/v1/runs`, or is one of your own that you send with it. Send it as `Authorization: Bearer <key>`.

**Errors** are `application/problem+json`: `detail` says what was expected and what came, `fix` what to do,
`where` names the field (`network.layers.hidden1.units`), and `errors` lists all mistakes found.

**The stream.** `ws://…/api/v1/runs/{id}/stream?after=0` sends every row of history and the newest weights as binary
frames; the format is described in `docs/api.md`.

**Reproducible.** A run is its spec: the same spec gives the same losses, bit for bit, paused or not, restarted or not.
"""
TAGS = [
    {"name": "runs", "description": "Make, find and delete runs."},
    {"name": "steering", "description": "Start, pause, reset, change settings and weights. Needs the run's key."},
    {"name": "looking", "description": "Weights, history, predictions, activations. Open to all who have the id."},
    {"name": "groups", "description": "Runs made and steered together: twins that differ in one thing, many seeds."},
    {"name": "sharing", "description": "Short links to a moment of a run, weights included, that outlive the run."},
    {"name": "parts", "description": "What networks can be made of, and whether one fits together."},
    {"name": "data sets", "description": "What there is to learn from."},
    {"name": "health", "description": "For whoever keeps the server alive."},
]
REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')
REFERRED = (ExperimentSpec, NetworkSpec, Problem)


def install(app: FastAPI) -> None:
    """Have `app.openapi()` answer this document; made once, when first asked for."""

    def document() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = build(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def build(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        tags=app.openapi_tags,
        routes=app.routes,
    )
    schemas = made["components"]["schemas"]
    modes = [(model, "validation") for model in REFERRED]
    _, extra = models_json_schema(modes, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    for name, schema in extra["$defs"].items():
        schemas.setdefault(name, schema)
    for path, operations in made["paths"].items():
        for operation in operations.values():
            if path.startswith("/api/"):
                _complete(path, operation)
    return _prune(_refer(made))


def _complete(path: str, operation: dict[str, Any]) -> None:
    """What holds for every operation: which problems it may answer, whether it can do without a key."""
    expected = {429, 503}
    if "requestBody" in operation:
        expected |= {400, 413, 422}
    if operation.get("parameters"):
        expected.add(422)
    if "{run}" in path or "{group}" in path or "{share}" in path or "{id}" in path:
        expected.add(404)
    told = operation["responses"]
    told.pop("422", None)  # FastAPI's own, or ours: put there again below
    told |= {str(status): answer for status, answer in answers(*expected).items() if str(status) not in told}
    operation["responses"] = dict(sorted(told.items()))
    if "security" in operation and "401" not in told:
        operation["security"] = [{}, *operation["security"]]  # with a key or without
    for parameter in operation.get("parameters", []):
        parameter["schema"] = _without_null(parameter["schema"])


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is there or not; in an address or a header there is no null."""
    kept = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(kept) != 1:
        return schema
    return {**kept[0], **{key: value for key, value in schema.items() if key not in ("anyOf", "default")}}


def _prune(made: dict[str, Any]) -> dict[str, Any]:
    """Without the shapes that nothing refers to."""
    schemas = made["components"]["schemas"]
    while unused := set(schemas) - set(REFERENCE.findall(json.dumps(made))):
        for name in unused:
            del schemas[name]
    return made


def _refer(value: Any) -> Any:
    """Fields that are passed on unread, with a reference to the shape they should have."""
    if isinstance(value, list):
        return [_refer(v) for v in value]
    if not isinstance(value, dict):
        return value
    out = {k: _refer(v) for k, v in value.items() if k != "x-shape"}
    return out | {"$ref": f"#/components/schemas/{value['x-shape']}"} if "x-shape" in value else out
