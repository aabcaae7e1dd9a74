"""Small forms for one part of an experiment, made from its declaration: what a layer, an optimizer … can be told."""

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.templating import page, plain
from engine.spec import CATALOGUE, describe, lookup

router = APIRouter()
DEEPEST = 4  # parts within parts


@dataclass(frozen=True)
class Field:
    """One control: a declared parameter, where in the experiment its value is, and the value shown."""

    path: str
    param: dict[str, Any]
    value: Any
    choices: list[tuple[str, str]]  # value and label, for the kinds that choose
    inner: "list[Field]"  # the parameters of a part within this part

    @property
    def text(self) -> str:
        """The value as a text field shows it: lists of sizes as 3×3, nothing for None."""
        if self.value is None:
            return ""
        if isinstance(self.value, list | tuple):
            return "×".join(map(plain, self.value))
        return plain(self.value)


@dataclass(frozen=True)
class PartForm:
    """A part's explanation, formula and controls. Controls whose names are in `without` are shown elsewhere."""

    part: dict[str, Any]
    fields: list[Field]


@router.get("/parts/{kind}/{type}", name="part_form", response_class=HTMLResponse)
def part_form(
    request: Request, kind: str, type: str, path: str = "", values: str = "{}", without: str = ""
) -> HTMLResponse:
    """The form of one part. `values` is JSON of what is set now; what it lacks shows its default."""
    if kind not in CATALOGUE:
        return HTMLResponse(status_code=404)
    part = describe(lookup(kind, type))
    context = PartForm(part=part, fields=fields(part, path, given(values), set(without.split(","))))
    return page(request, "partials/part_form.html", context)


def given(text: str) -> dict[str, Any]:
    """The values sent along; anything that is no object counts as none."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def fields(part: dict[str, Any], path: str, values: dict[str, Any], without: set[str], depth: int = 0) -> list[Field]:
    """A field for each parameter of a part, those of parts inside it too."""
    made = []
    for param in part["params"]:
        if param["name"] in without:
            continue
        where = f"{path}.{param['name']}" if path else param["name"]
        value = values.get(param["name"], param["default"])
        choices: list[tuple[str, str]] = []
        inner: list[Field] = []
        if param["widget"] == "part":
            value = {"type": value} if isinstance(value, str) else value or {"type": param["default"]}
            choices = [(name, cls.label) for name, cls in CATALOGUE[param["kind"]].items()]
            cls = CATALOGUE[param["kind"]].get(str(value.get("type")))
            if cls is not None and depth < DEEPEST:
                inner = fields(describe(cls), where, value, set(), depth + 1)
            value = value.get("type")
        elif param["widget"] == "choice":
            choices = [(str(option), str(option).replace("_", " ")) for option in param["options"]]
        made.append(Field(where, param, value, choices, inner))
    return made
