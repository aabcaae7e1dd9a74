"""Templates: one strict Jinja environment, in which a misspelt name is an error and every link knows its server."""

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.paths import resource


@cache
def environment() -> Environment:
    """The one environment; templates are read once."""
    made = Environment(
        loader=FileSystemLoader(resource("templates")),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["plain"] = plain
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return made


def plain(value: Any) -> str:
    """A number as people write it: 0.03, 10, 1e-05 → 0.00001."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) >= 1e-9 else f"{value:g}"


def page(request: Request, template: str, context: Any, *, headers: dict[str, str] | None = None) -> HTMLResponse:
    """A page or fragment made from one dataclass, whose fields are all that the template may name.

    Links are made by `url(name, …)`, relative to the server's root, so that they work behind a proxy.
    """
    if not is_dataclass(context):
        raise TypeError(f"A template receives a dataclass, got {type(context).__name__}.")
    values = {f.name: getattr(context, f.name) for f in fields(context)}
    made = environment().get_template(template)
    html = made.render(values, url=lambda name, **parts: request.url_for(name, **parts).path)
    return HTMLResponse(html, headers=headers)
