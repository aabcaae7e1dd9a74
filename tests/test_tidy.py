"""The habits that a machine can keep: short files that say their idea, one-way imports, documented parts.

(No `print` outside the command line is ruff's rule T20.)
"""

import ast
import importlib
import json
import pkgutil
import re
import sys
from pathlib import Path

import pytest

import engine
from app.settings import Settings
from engine.spec import CATALOGUE, explanation, params

ROOT = Path(__file__).parents[1]
LONGEST = 300

# File → why it may be longer. Empty is best.
LONGER: dict[str, str] = {}

for module in pkgutil.walk_packages(engine.__path__, "engine."):
    importlib.import_module(module.name)


def files(*patterns: str) -> list[Path]:
    """The project's own files, without what builds and checks put between them."""
    found = (path for pattern in patterns for path in sorted(ROOT.glob(pattern)) if path.is_file())
    return [path for path in found if not {"node_modules", "vendor", "__pycache__"}.intersection(path.parts)]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


PYTHON = files("engine/**/*.py", "app/**/*.py", "tests/**/*.py")
SCRIPTS = files("static/js/**/*.js")
SOURCES = PYTHON + SCRIPTS + files("static/css/**/*.css", "templates/**/*.html", "tests/**/*.mjs")
PARTS = [(kind, key) for kind, parts in CATALOGUE.items() for key in parts]


def test_no_file_is_too_long():
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    too_long = {path: n for path, n in lengths.items() if n > LONGEST and path not in LONGER}
    assert not too_long, f"Split them, or give the reason in LONGER: {too_long}"
    assert not [path for path in LONGER if lengths.get(path, 0) <= LONGEST], "LONGER names files that are short now"


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_every_python_file_begins_with_its_idea(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree), "The first sentence of a file says its idea."


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_every_script_is_type_checked_and_begins_with_its_idea(path):
    first_lines = path.read_text(encoding="utf-8").splitlines()[:3]
    assert "// @ts-check" in first_lines
    assert all(line.startswith(("//", "/*", " *")) for line in first_lines[:2])


def test_no_id_is_on_the_page_twice():
    """Pieces that scripts copy are found by their id: a second one of that name would be copied in its place."""
    html = "".join(path.read_text(encoding="utf-8") for path in files("templates/**/*.html"))
    ids = re.findall(r'<template id="([^"]+)"', html)
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize("path", files("engine/**/*.py"), ids=name)
def test_the_engine_is_numpy_and_the_standard_library(path):
    allowed = {*sys.stdlib_module_names, "numpy", "engine"}
    if "datasets" in path.parts:
        allowed.add("sklearn")
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported.add((node.module or "").split(".")[0])
    assert imported <= allowed


@pytest.mark.parametrize("kind, key", PARTS)
def test_every_part_explains_itself_and_its_parameters(kind, key):
    cls = CATALOGUE[kind][key]
    assert re.search(r"[.?!]$", explanation(cls)), "A part's docstring begins with a sentence for its user."
    assert cls.label
    for p in params(cls):
        assert re.search(r"[.?!)]$", p.help), f"{p.name} needs a sentence that says what it does."


def test_every_file_in_layers_declares_layers():
    """A file that fails to be imported, or forgets `@part`, would otherwise be missing without a word."""
    declared = {cls.__module__ for cls in CATALOGUE["layer"].values()}
    there = {f"engine.layers.{path.stem}" for path in files("engine/layers/*.py") if path.stem != "__init__"}
    assert declared == there


def test_every_setting_is_used():
    """A setting that nothing reads would be a promise that is not kept."""
    code = "".join(path.read_text(encoding="utf-8") for path in files("app/**/*.py") if path.name != "settings.py")
    names = {"database" if field == "database_url" else field for field in Settings.model_fields}
    assert not {field for field in names if not re.search(rf"settings\.{field}\b", code)}


def test_lock_files_name_versions_and_no_hosts():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in lines)
    for lock in ("static/vendor/package-lock.json", "tests/js/package-lock.json"):
        packages = json.loads((ROOT / lock).read_text())["packages"]
        assert not [key for key, package in packages.items() if "resolved" in package]
        assert all("integrity" in package for key, package in packages.items() if key)


@pytest.mark.parametrize("document", files("*.md", "docs/**/*.md"), ids=name)
def test_links_between_pages_lead_somewhere(document):
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert not missing


def test_the_comparison_names_tests_that_are_there():
    text = (ROOT / "docs" / "compared.md").read_text(encoding="utf-8")
    named = re.findall(r"\[([^\]]+)\]\(\.\./(tests/[^)]+\.py)\)", text)
    missing = [
        (words, path)
        for words, path in named
        if f"def test_{words.replace(' ', '_')}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert len(named) > 50 and not missing
