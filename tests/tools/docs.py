"""Write the pages that state facts about the code, from the code: docs/manual.md and docs/settings.md.

python -m tests.tools.docs --check     fail where a page is not what the code says (part of `python -m tests`)
python -m tests.tools.docs --write     write them anew
"""

import difflib
import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
NOTE = "<!-- Written by `python -m tests.tools.docs --write`. Change the code, not this page. -->\n"
PLURALS = {"regularizer": "Regularizers", "loss": "Losses", "activation": "Activations", "settings": "Settings"}


def manual() -> str:
    """Every part of the catalogue: what it is, its formula, its parameters."""
    import engine

    for module in pkgutil.walk_packages(engine.__path__, "engine."):
        importlib.import_module(module.name)
    from engine.formula import FIX, MOST
    from engine.spec import CATALOGUE, catalogue, to_json

    more = {"feature": f"Or a formula of your own, of at most {MOST} signs. {FIX}"}
    example = next(made for made in (to_json(cls()) for cls in CATALOGUE["activation"].values()) if len(made) > 1)

    kinds = {kind: parts for kind, parts in catalogue().items() if parts}
    lines = ["# Manual: the parts", "", NOTE]
    name, long = (json.dumps(shape, ensure_ascii=False) for shape in (example["type"], example))
    lines += [f"A part is given as its name, `{name}`, or with parameters, `{long}`.", ""]
    lines += [f"- [{title(kind)}](#{title(kind).lower()})" for kind in kinds]
    for kind, parts in kinds.items():
        lines += ["", f"## {title(kind)}", *(["", more[kind]] if kind in more else [])]
        for part in parts:
            lines += ["", *section(part)]
    return "\n".join(lines) + "\n"


def title(kind: str) -> str:
    return PLURALS.get(kind, f"{kind.capitalize()}s")


def section(part: dict[str, Any]) -> Iterator[str]:
    yield f"### {part['label']} · `{part['type']}`"
    yield ""
    yield part["help"]
    if part["formula"]:
        yield ""
        yield f"$${part['formula']}$$"
    if part["source"]:
        yield ""
        yield f"Source: {part['source']}"
    if part["params"]:
        yield ""
        yield "| parameter | default | allowed | |"
        yield "|---|---|---|---|"
        for p in part["params"]:
            live = " May change while a run goes on." if p["live"] else ""
            yield row(f"`{p['name']}`", f"`{shown(p['default'])}`", allowed(p), p["help"] + live)


def allowed(p: dict[str, Any]) -> str:
    """The values a parameter takes, in words."""
    words = {"flag": "`true`, `false`", "part": f"one of the {title(p['kind']).lower()}", "text": "text"}
    if p["widget"] == "choice":
        text = ", ".join(f"`{shown(option)}`" for option in p["options"])
    elif p["widget"] == "points":
        (fewest, most), form = p["length"], ", ".join(p["options"])
        text = f"{fewest:,} to {most:,} points `[{form}]`, from {p['lo']:g} to {p['hi']:g}"
    elif p["widget"] in words:
        text = words[p["widget"]]
    else:
        number = {
            "integer": "whole number",
            "pair": "one or two whole numbers",
            "shape": "up to four whole numbers",
            "numbers": "".join(f"`{word}` or " for word in p["options"]) + "a list of numbers, each",
        }.get(p["widget"], "number")
        lo = f"above {p['lo']:,g}" if p["open_lo"] else f"from {p['lo']:,g}"
        hi = f"below {p['hi']:,g}" if p["open_hi"] else f"to {p['hi']:,g}"
        text = f"{number} {lo} {hi}"
    return text + (", or `null`" if p["optional"] else "")


def shown(value: Any) -> str:
    """A value as JSON would have it; a list of points by its length."""
    if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
        return f"{len(value)} points"
    return (
        {None: "null", True: "true", False: "false"}[value]
        if value is None or value is True or value is False
        else str(value)
    )


def row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def settings() -> str:
    """Every setting of the server: its variable, default and meaning."""
    from app.settings import PREFIX, Settings

    made_up = {"data_dir": "the user's data folder", "workers": "the number of cores"}
    lines = ["# Settings of the server", "", NOTE]
    lines += [
        "Each is an environment variable; `--host`, `--port` and `--data-dir` are options of `playground serve` too.",
        "",
    ]
    lines += ["| variable | default | |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        plain = ", ".join(field.default) if isinstance(field.default, tuple) else str(field.default)
        default = made_up.get(name) or (f"`{plain}`" if plain else "–")
        lines.append(row(f"`{PREFIX}{name.upper()}`", default, field.description or ""))
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {"manual.md": manual, "settings.md": settings}


def main() -> int:
    write = "--write" in sys.argv
    stale = 0
    for name, make in PAGES.items():
        path, new = DOCS / name, make()
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if new == old:
            continue
        if write:
            path.write_text(new, encoding="utf-8")
            print(f"docs: wrote docs/{name}")
            continue
        stale += 1
        changes = difflib.unified_diff(
            old.splitlines(), new.splitlines(), f"docs/{name}", "what the code says", "", "", 1
        )
        print("\n".join(list(changes)[:40]))
    if stale:
        print("docs: out of step with the code. Run: python -m tests.tools.docs --write")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
