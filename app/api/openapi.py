"""The OpenAPI document: FastAPI's own, with what routes refer to by name, and the one shape of errors."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

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
    {"name": "parts", "description": "What networks can be made of, and whether one fits together."},
    {"name": "data sets", "description": "What there is to learn from."},
    {"name": "health", "description": "For whoever keeps the server alive."},
]
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
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own shape, which is not used here
        schemas.pop(name, None)
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in made["paths"].values():
        for operation in operations.values():
            invalid = operation.get("responses", {}).get("422")
            if invalid and "application/problem+json" not in invalid.get("content", {}):
                operation["responses"]["422"] = {"description": "Something is not valid.", "content": problem}
    return _refer(made)


def _refer(value: Any) -> Any:
    """Fields that are passed on unread, with a reference to the shape they should have."""
    if isinstance(value, list):
        return [_refer(v) for v in value]
    if not isinstance(value, dict):
        return value
    out = {k: _refer(v) for k, v in value.items() if k != "x-shape"}
    return out | {"$ref": f"#/components/schemas/{value['x-shape']}"} if "x-shape" in value else out
