"""A wheel carries everything the server needs, and nothing else; an installed one finds it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.paths import resource, vendor_files, vendor_is_complete

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(pip, check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_has_pages_scripts_and_browser_libraries(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("static", "templates"):
        files = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "node_modules" not in path.parts)
        assert {f"app/{path.relative_to(ROOT).as_posix()}" for path in files} <= names
    assert "app/static/vendor/htmx.esm.min.js" in names
    assert "app/locale/zh_Hans/LC_MESSAGES/pages.po" in names


def test_the_wheel_has_nothing_that_belongs_to_the_checkout(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "app",
        "engine",
        next(n for n in names if ".dist-info" in n).split("/")[0],
    }
    assert not [name for name in names if "node_modules" in name or "_hatch_build" in name or "__pycache__" in name]


def test_an_installed_wheel_finds_its_files(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = "from app.paths import *; print(resource('static'), resource('templates'), vendor_problem(), sep='|')"
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    shown = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == f"{tmp_path / 'app/static'}|{tmp_path / 'app/templates'}|None"


def test_missing_and_outdated_browser_libraries_are_noticed(tmp_path):
    vendor = resource("static") / "vendor"
    for path in vendor.rglob("*"):
        copy = tmp_path / path.relative_to(vendor)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file():
            copy.write_bytes(path.read_bytes())
    assert vendor_is_complete(tmp_path)

    lost = tmp_path / "uPlot.esm.js"
    assert lost.name in vendor_files(tmp_path)
    kept = lost.read_bytes()
    lost.unlink()
    assert not vendor_is_complete(tmp_path)

    lost.write_bytes(kept)
    package = tmp_path / "package.json"
    package.write_text(package.read_text().replace('"1.6.32"', '"1.6.31"'))
    assert not vendor_is_complete(tmp_path)
