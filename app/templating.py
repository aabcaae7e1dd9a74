"""Templates: a strict Jinja environment for each language, in which a misspelt name is an error."""

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.language import LANGUAGES, Language, language_of, translated, words
from app.paths import resource


@cache
def environment(language: Language) -> Environment:
    """The one environment of a language; templates are read once. `_("…")` and {% trans %} say things in it."""
    made = Environment(
        loader=FileSystemLoader(resource("templates")),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    say = words(language).say
    made.install_gettext_callables(say, lambda one, many, n: say(one if n == 1 else many))  # type: ignore[attr-defined]
    made.filters["plain"] = plain
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return made


def plain(value: Any) -> str:
    """A number as people write it: 0.03, 10, 1e-05 → 0.00001."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) >= 1e-9 else f"{value:g}"


def page(request: Request, template: str, context: Any, *, headers: dict[str, str] | None = None) -> HTMLResponse:
    """A page or fragment made from one dataclass, whose fields are all that the template may name, in the language
    of whoever asks.

    Links are made by `url(name, …)`, relative to the server's root, so that they work behind a proxy.
    """
    if not is_dataclass(context):
        raise TypeError(f"A template receives a dataclass, got {type(context).__name__}.")
    language = language_of(request)
    values = {f.name: translated(getattr(context, f.name), language) for f in fields(context)}
    html = (
        environment(language)
        .get_template(template)
        .render(
            values,
            url=lambda name, **parts: request.url_for(name, **parts).path,
            language=language,
            languages=LANGUAGES.values(),
            words=words(language).scripts,
        )
    )
    said = {"Content-Language": language.tag, "Vary": "Accept-Language, Cookie"}
    return HTMLResponse(html, headers=said | (headers or {}))
