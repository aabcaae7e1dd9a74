"""Everything that the page can say in English, and where: templates, pages, scripts, the catalogue, server messages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_python
from jinja2.ext import babel_extract

from app.language import NAMES, SHOWN
from tests.tools.words_python import ROOT, server_messages

SCRIPT_CALL = re.compile(r"(?<![\w.$#])t\(")
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')
COMMENT = re.compile(r"^\s*(//|\*|/\*).*$", re.MULTILINE)
# Words of the server that stand in its sentences, and that no file spells as a sentence or a choice: states of runs,
# kinds of parts, and what is counted.
WORDS = (
    "created",
    "running",
    "paused",
    "finished",
    "diverged",
    "failed",
    "epochs",
    "samples",
    "layers",
    "bytes",
    "or",
    "and",
)
# Where a model has no lines, what is said of them is said of its layers.
LAYERS = ("Layer {0}: {1}", "Layers {0} to {1}: {2}")

Found = Iterator[tuple[str, str]]  # a message, and where it is said


def found() -> dict[str, dict[str, list[str]]]:
    """{domain: {message: its places}}; a message that several domains have is in the first of them."""
    sources = {
        "pages": [templates(), pages(), catalogue()],
        "scripts": [scripts()],
        "server": [server_messages(), server_words()],
    }
    domains: dict[str, dict[str, list[str]]] = {}
    for domain, readers in sources.items():
        domains[domain] = {}
        for reader in readers:
            for message, place in reader:
                held = next((known for known in domains.values() if message in known), domains[domain])
                places = held.setdefault(message, [])
                if place not in places:
                    places.append(place)
    return domains


def templates() -> Found:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        with open(path, "rb") as file:
            for _, _, said, _ in babel_extract(file, ("_", "gettext", "ngettext"), (), {"silent": "false"}):
                for message in said if isinstance(said, tuple) else (said,):
                    if message:
                        yield message, place(path)


def pages() -> Found:
    """`_("…")` in what makes the pages."""
    for path in [*sorted((ROOT / "app" / "pages").glob("*.py")), ROOT / "app" / "exchange" / "headline.py"]:
        with open(path, "rb") as file:
            for _, _, message, _ in extract_python(file, {"_": None}, (), {}):
                if isinstance(message, str):
                    yield message, place(path)


def catalogue() -> Found:
    """Labels and help of every part, setting and preset; names of classes, columns and options."""
    from app.pages.playground import DATA_SEED, SEED, TRAIN_FRACTION
    from app.pages.starts import starts
    from engine.spec import catalogue

    parts = catalogue()
    declared = [SEED, DATA_SEED, TRAIN_FRACTION]
    for message in shown([parts, [vars(param) for param in declared]]):
        yield message, "catalogue"
    for group in starts():
        yield group.label, "presets"
        for message in shown([{key: preset[key] for key in ("label", "help")} for preset in group.presets]):
            yield message, "presets"
    for kind in parts.values():
        for part in kind:
            named = [*(part["facts"].get("class_names") or ()), *(part["facts"].get("columns") or ())]
            options = [
                str(o).replace("_", " ") for p in part["params"] if p["widget"] == "choice" for o in p["options"]
            ]
            for name in [*named, *options, part["label"]]:  # the server speaks of a part by its label
                if re.search(r"[A-Za-z]{2}", name):
                    yield name, NAMES


def shown(value: Any) -> Iterator[str]:
    """Every label and help, however deep."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in SHOWN and isinstance(item, str) and item:
                yield item
            else:
                yield from shown(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from shown(item)


def scripts() -> Found:
    """`t("…")`, and both sides of `t(one ? "…" : "…")`. Raises ValueError where a sentence is put together."""
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        text = COMMENT.sub("", path.read_text(encoding="utf-8"))
        for call in SCRIPT_CALL.finditer(text):
            if text[: call.start()].endswith("function "):
                continue
            argument = first_argument(text, call.end())
            literals = choices(argument)
            if literals is None:
                raise ValueError(f"{place(path)}: t({argument[:60]}): a literal is expected, or a choice of literals.")
            for literal in literals:
                yield json.loads(literal), place(path)


def first_argument(text: str, start: int) -> str:
    """What stands from here to the comma or bracket that ends it."""
    depth, at = 0, start
    while at < len(text):
        if text[at] == '"' and (literal := LITERAL.match(text, at)):
            at = literal.end()
            continue
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}" or (text[at] == "," and depth == 0):
            if depth == 0:
                break
            depth -= 1
        at += 1
    return text[start:at].strip()


def choices(argument: str) -> list[str] | None:
    """The literals of `"a"`, `x ? "a" : "b"` and `x ? "a" : y ? "b" : "c"`; None where it is anything else."""
    if LITERAL.fullmatch(argument):
        return [argument]
    chosen = re.fullmatch(rf"(?s).*?\?\s*({LITERAL.pattern})\s*:\s*(.+)", argument)
    rest = choices(chosen[2].strip()) if chosen else None
    return [chosen[1], *rest] if chosen and rest else None


def server_words() -> Found:
    from engine.spec import KINDS

    for word in (*WORDS, *KINDS):
        yield word, "engine/spec.py"
    for sentence in LAYERS:
        yield sentence, "engine/importing/keras_json.py"


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
