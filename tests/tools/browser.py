"""Find a Chromium for the browser tests, and get one where there is none.

    python -m tests.tools.browser            say which one will be used; get one first if need be
    python -m tests.tools.browser --find     only say it

In this order: the one named by $CHROMIUM, Playwright's own, one of the system, Playwright's download, Debian's package
(as root). Where nothing helps it says what to do and fails: browser tests are never skipped.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "No Chromium was found and none could be installed. Install one and try again: "
    "`playwright install chromium`, or as root `apt-get install chromium`; "
    "or name an executable in the environment variable CHROMIUM."
)


def own_chromium() -> str | None:
    """Playwright's own browser, where it has been downloaded."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def system_chromium() -> str | None:
    """A browser that the user names or the system has."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named) or sys.exit(f"CHROMIUM is {named!r}, which is not a program that can be run.")
    return next((path for path in map(shutil.which, NAMES) if path), None)


def find() -> str | None:
    return (system_chromium() if "CHROMIUM" in os.environ else None) or own_chromium() or system_chromium()


def install() -> None:
    """Try each way to get one, quietly where it fails."""
    attempt("Playwright's download", [sys.executable, "-m", "playwright", "install", "chromium"])
    if find() or not Path("/etc/debian_version").exists() or os.geteuid() != 0:
        return
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    if attempt("the package list", ["apt-get", "update", "-qq"], env):
        attempt("Debian's package", ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], env)


def attempt(what: str, command: list[str], env: dict[str, str] | None = None) -> bool:
    print(f"browser: trying {what}: {' '.join(command)}", flush=True)
    done = subprocess.run(command, env=os.environ | (env or {}), capture_output=True, text=True)
    if done.returncode:
        print(f"browser: that did not work: {(done.stderr or done.stdout).strip().splitlines()[-1:]}", flush=True)
    return done.returncode == 0


def main() -> int:
    path = find()
    if not path and "--find" not in sys.argv:
        install()
        path = find()
    print(f"browser: {path}" if path else ADVICE)
    return 0 if path else 1


if __name__ == "__main__":
    raise SystemExit(main())
