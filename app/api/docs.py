"""The OpenAPI document as a page to read: plain HTML made here, no script, nothing from elsewhere."""

import json
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1rem }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #8884 }
article { margin: 1.5rem 0; padding: .25rem 1rem; border: 1px solid #8884; border-radius: .5rem }
h3 code { font-size: 1rem } h4 { margin: 1rem 0 .25rem }
b.verb { display: inline-block; min-width: 4rem }
pre { overflow: auto; padding: .75rem; background: #8881; border-radius: .25rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .2rem .5rem }
td { border-top: 1px solid #8883 } td:first-child { white-space: nowrap }
"""


@router.get("/api/docs", response_class=HTMLResponse, name="api_docs")
def page(request: Request) -> HTMLResponse:
    """Every operation with what it takes, what it answers and an example."""
    return HTMLResponse(render(request.app.openapi(), request.scope.get("root_path", "")))


def render(document: dict[str, Any], root: str) -> str:
    schemas = document["components"]["schemas"]
    parts = [f"<h1>{escape(document['info']['title'])}: the interface for programs</h1>"]
    parts += [f"<p>{_marked(text)}</p>" for text in document["info"]["description"].strip().split("\n\n")]
    source = escape(f"{root}/api/v1/openapi.json")
    parts.append(f'<p>The same for machines: <a href="{source}">openapi.json</a>.</p>')
    for tag in document["tags"]:
        parts.append(f"<h2>{escape(tag['name'].capitalize())}</h2><p>{escape(tag['description'])}</p>")
        for path, operations in document["paths"].items():
            parts += [
                _operation(verb, path, operation, schemas)
                for verb, operation in operations.items()
                if tag["name"] in operation.get("tags", [])
            ]
    parts.append("<h2>Shapes</h2>")
    parts += [_schema(name, schema, schemas) for name, schema in sorted(schemas.items())]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
    title = escape(document["info"]["title"])
    body = f"<head><title>{title}: API</title>{head}</head><body>{''.join(parts)}</body>"
    return f'<!doctype html><html lang="en">{body}</html>'


def _operation(verb: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    parts = [f'<article><h3><code><b class="verb">{verb.upper()}</b>{escape(path)}</code></h3>']
    parts += [f"<p>{_marked(text)}</p>" for text in operation.get("description", "").split("\n\n")]
    rows = [
        (p["name"], _type(p["schema"]), p.get("description") or p["schema"].get("description", ""))
        for p in operation.get("parameters", [])
    ]
    if rows:
        parts.append("<h4>Parameters</h4>" + _table(rows))
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<h4>Takes <code>{kind}</code>: {_type(body['schema'])}</h4>{_example(body['schema'], schemas)}")
    for status, answer in operation.get("responses", {}).items():
        for kind, body in (answer.get("content") or {"": {}}).items():
            said = "" if answer["description"] == "Successful Response" else escape(answer["description"])
            parts.append(f"<h4>{status} <code>{kind}</code> {_type(body.get('schema', {}))} {said}</h4>")
            if status.startswith("2"):
                parts.append(_example(body.get("schema", {}), schemas))
    return "".join(parts) + "</article>"


def _schema(name: str, schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    rows = []
    for key, field in schema.get("properties", {}).items():
        limits = [f"{word} {field[k]}" for k, word in LIMITS.items() if k in field]
        default = [f"default {json.dumps(field['default'])}"] if "default" in field else []
        rows.append((key, _type(field), "; ".join([field.get("description", ""), *limits, *default]).strip("; ")))
    text = f"<p>{_marked(schema.get('description', ''))}</p>"
    return f'<article id="{escape(name)}"><h3><code>{escape(name)}</code></h3>{text}{_table(rows)}</article>'


LIMITS = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}


def _type(schema: dict[str, Any]) -> str:
    """A schema in a few words, with links."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f'<a href="#{escape(name)}">{escape(name)}</a>'
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(s) for s in schema[key]))
    if "const" in schema or "enum" in schema:
        return " ".join(f"<code>{escape(json.dumps(v))}</code>" for v in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape({"object": "object", None: ""}.get(schema.get("type"), str(schema.get("type"))))


def _example(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    made = sample(schema, schemas)
    return "" if made is None else f"<pre>{escape(json.dumps(made, indent=2, ensure_ascii=False))}</pre>"


def sample(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """An example of a schema: the one it gives, else put together from those of its fields."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, depth + 1) if depth < 6 else None
    if "default" in schema:
        return schema["default"]
    if "const" in schema:
        return schema["const"]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return sample(schema[key][0], schemas, depth)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        inner = sample(schema.get("items", {}), schemas, depth + 1)
        return [] if inner is None else [inner]
    if "properties" in schema:
        return {k: sample(s, schemas, depth + 1) for k, s in schema["properties"].items()}
    plain = {"integer": 1, "number": 0.5, "string": "", "boolean": True, "object": {}}
    return plain.get(schema.get("type", ""))


def _table(rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    cells = "".join(f"<tr><td><code>{escape(a)}</code><td>{b}<td>{_marked(c)}" for a, b, c in rows)
    return f"<table>{cells}</table>"


def _marked(text: str) -> str:
    """Text with `code` and **bold**."""
    pieces = escape(text, quote=False).split("`")
    out = "".join(f"<code>{piece}</code>" if i % 2 else piece for i, piece in enumerate(pieces))
    bold = out.split("**")
    return "".join(f"<b>{piece}</b>" if i % 2 else piece for i, piece in enumerate(bold))
