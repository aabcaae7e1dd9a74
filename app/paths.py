"""Where templates, static files and the browser libraries are, in a checkout and in an installed wheel.

The standard library only: the build hook runs this file before anything is installed.
"""

import hashlib
import json
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The folder `static` or `templates`: inside the package when installed, beside it in a checkout."""
    for base in (HERE, HERE.parent):
        if (base / name).is_dir():
            return base / name
    raise FileNotFoundError(f"The folder {name}/ belongs in {HERE} or {HERE.parent} and is in neither.")


def vendor_stamp(vendor: Path) -> str:
    """Changes whenever another library, version or file is asked for."""
    wanted = [(vendor / name).read_bytes() for name in ("package.json", "package-lock.json")]
    return hashlib.sha256(b"\0".join(wanted)).hexdigest()


def vendor_files(vendor: Path) -> dict[str, str]:
    """Name under static/vendor → path or pattern under node_modules; a name that ends in / is a folder."""
    return json.loads((vendor / "package.json").read_text(encoding="utf-8"))["vendor"]


def vendor_is_complete(vendor: Path) -> bool:
    """True when every browser library asked for is there, in the version asked for."""
    stamp = vendor / ".stamp"
    return (
        stamp.is_file()
        and stamp.read_text(encoding="utf-8") == vendor_stamp(vendor)
        and all((vendor / name).exists() for name in vendor_files(vendor))
    )


def vendor_problem() -> str | None:
    """What to tell whoever starts a server whose browser libraries are missing or old; None when all is well."""
    vendor = resource("static") / "vendor"
    if vendor_is_complete(vendor):
        return None
    root = HERE.parent
    if not (root / "pyproject.toml").is_file():
        return f"The browser libraries are missing from {vendor}. Install neuron-playground again."
    pip = f"{sys.executable} -m pip install --no-deps -e"
    installer = pip if find_spec("pip") else "uv sync --reinstall-package neuron-playground --project"
    return (
        f"The browser libraries are missing from {vendor}, or are not the versions this checkout asks for.\n"
        f"Fetch them with:  {installer} {root}"
    )
