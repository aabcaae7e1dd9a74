"""What every test stands on: numeric mistakes are errors, random tests repeat, and a real server to talk to."""

import os
from collections.abc import Callable, Iterator

import hypothesis
import numpy as np
import pytest

from tests.tools.browser import ADVICE, system_chromium
from tests.tools.server import RunningServer

IN_CI = bool(os.environ.get("CI"))

# How long a machine takes is nobody's mistake.
hypothesis.settings.register_profile(
    "dev", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("dev"), derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if IN_CI else "dev")


@pytest.fixture(autouse=True)
def float_errors() -> Iterator[None]:
    """Overflow, invalid operations and division by zero fail the test that makes them."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        yield


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


# The server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One real server for all tests that only need one: `server.url`, `server.ws_url`, `server.log()`."""
    running = RunningServer(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()
    assert "Traceback (most recent call last)" not in running.log(), f"The server's log shows a crash:\n{running.log()}"


@pytest.fixture
def server_factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RunningServer]]:
    """Servers to kill and start again: `first = server_factory(workers=1)`, `first.kill()`,
    `server_factory(data_dir=first.data_dir, port=first.port)`."""
    started: list[RunningServer] = []

    def start(data_dir=None, **settings) -> RunningServer:
        running = RunningServer(data_dir or tmp_path_factory.mktemp("server"), **settings)
        started.append(running)
        return running

    yield start
    for running in started:
        running.kill()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failing test shows the end of its server's log."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, RunningServer):
                report.sections.append((f"log of {name}", value.log()[-8000:]))
    return report


# The browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, playwright):
    """Playwright's own Chromium or the system's; its sandbox is on unless root runs the tests.

    Without a graphics card, pages are painted sooner when Chromium does not imitate one.
    """
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    args = {**browser_type_launch_args, "chromium_sandbox": not root, "args": ["--disable-gpu"]}
    if "CHROMIUM" in os.environ or not os.path.exists(playwright.chromium.executable_path):
        path = system_chromium()
        if not path:
            pytest.fail(ADVICE)
        args["executable_path"] = path
    return args


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args, request):
    """Pages open relative to the server: `page.goto("/")`."""
    return {**browser_context_args, "base_url": request.getfixturevalue("server").url}
