"""All checks, in the order in which they are quick to tell: `python -m tests`, the same here and in CI.

    python -m tests                        everything
    python -m tests --only ruff,pytest     the steps named, or those that begin with the name
    python -m tests --list                 the steps

A step that fails does not stop the others. The last lines say what failed, and the exit code is then not 0. Tests that
fail are run once more, alone and in a new process; those that pass only then are called unsteady and are to be mended.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable


@dataclass(frozen=True)
class Step:
    """One check: `command()` gives what to run; making it may raise, which counts as a failure.

    `again()` runs only what has just failed; a check without it has no second try.
    """

    name: str
    command: Callable[[], list[str] | None]
    again: Callable[[], list[str]] | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a step: "passed", "unsteady" (only the second time) or "FAILED", and its seconds."""

    word: str
    seconds: float


def installed(name: str, *args: str) -> Callable[[], list[str]]:
    """A program of this Python's environment."""
    return lambda: [str(Path(PYTHON).with_name(name)), *args]


def python(*args: str) -> Callable[[], list[str]]:
    return lambda: [PYTHON, *args]


def javascript_tests() -> list[str] | None:
    from tests.tools.node import node, unit_tests

    # The files under static/js are modules without a package.json that says so.
    return (
        [str(node()), "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "--test", *unit_tests()]
        if unit_tests()
        else None
    )


def javascript_types() -> list[str]:
    from tests.tools.node import node, typescript

    return [str(node()), str(typescript()), "--project", "tests/js"]


LAST_FAILED = ("-v", "--last-failed", "--last-failed-no-failures=none")

STEPS = (
    Step("chromium", python("-m", "tests.tools.browser")),
    Step("ruff-format", installed("ruff", "format", "--check")),
    Step("ruff-check", installed("ruff", "check")),
    Step("mypy", python("-m", "mypy")),
    Step("imports", installed("lint-imports", "--no-cache")),
    Step("docs", python("-m", "tests.tools.docs", "--check")),
    Step("words", python("-m", "tests.tools.words", "--check")),
    Step("js-tests", javascript_tests),
    Step("js-types", javascript_types),
    Step(
        "pytest",
        python("-m", "pytest", "--ignore=tests/browser"),
        python("-m", "pytest", "--ignore=tests/browser", *LAST_FAILED),
    ),
    # A process of their own: Playwright's synchronous interface leaves an event loop running.
    Step(
        "browser-tests", python("-m", "pytest", "tests/browser"), python("-m", "pytest", "tests/browser", *LAST_FAILED)
    ),
)


SOME_TESTS_FAILED = (
    1  # pytest's exit code when it ran to its end; any other is an accident that a second try would hide
)


def code_of(command: list[str]) -> int:
    """Run a command with its output shown as it comes. Returns its exit code."""
    code = subprocess.run(command, cwd=ROOT, env=os.environ).returncode
    if code < 0:
        print(f"ended by signal {-code}")
    return code


def judged(step: Step) -> str:
    """Run one step. Returns the word for how it went."""
    try:
        command = step.command()
        if command is None:
            print("nothing to do yet")
            return "passed"
        code = code_of(command)
        if code == 0:
            return "passed"
        if code == SOME_TESTS_FAILED and step.again:
            print(f"--- {step.name}: what failed, once more", flush=True)
            return "unsteady" if code_of(step.again()) == 0 else "FAILED"
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
    return "FAILED"


def run(step: Step) -> Outcome:
    print(f"\n=== {step.name}", flush=True)
    start = time.monotonic()
    outcome = Outcome(judged(step), time.monotonic() - start)
    print(f"=== {step.name}: {outcome.word} in {outcome.seconds:.1f} s", flush=True)
    return outcome


def chosen(only: str) -> list[Step]:
    names = [name.strip() for name in only.split(",") if name.strip()]
    steps = [step for step in STEPS if not names or any(step.name.startswith(name) for name in names)]
    if not steps:
        raise SystemExit(f"No step begins with {only!r}. There are: {', '.join(step.name for step in STEPS)}.")
    return steps


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", default="", metavar="NAMES", help="steps to run, separated by commas")
    parser.add_argument("--list", action="store_true", help="show the steps and stop")
    options = parser.parse_args()
    if options.list:
        print("\n".join(step.name for step in STEPS))
        return 0
    results = {step.name: run(step) for step in chosen(options.only)}
    print("\n=== summary")
    for name, outcome in results.items():
        print(f"{outcome.word:8}  {outcome.seconds:7.1f} s  {name}")
    failed = [name for name, outcome in results.items() if outcome.word == "FAILED"]
    unsteady = [name for name, outcome in results.items() if outcome.word == "unsteady"]
    total = sum(outcome.seconds for outcome in results.values())
    print(
        f"{len(results) - len(failed)} of {len(results)} steps passed in {total:.0f} s"
        + (f"; failed: {', '.join(failed)}" if failed else "")
        + (f"; with tests that passed only the second time: {', '.join(unsteady)}" if unsteady else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
